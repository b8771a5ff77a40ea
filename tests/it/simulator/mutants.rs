//! Planted bugs: each distorts a real machine at its seam (its outputs, what comes to its disk, what
//! it reads), so that the program itself holds nothing for tests. The simulator must find each.

use super_chatter::machine::client::{self, Client, Delivery, Origin, Path};
use super_chatter::machine::server::{self, Server};
use super_chatter::machine::{Machine, Output, Transmit};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Epoch, Name, Receipt, RequestId, Stream, Style, decode, encode,
};

use super::node::Order;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    ServerAcksBeforeCommit,
    ClientAcksBeforeCommit,
    ShowsBeforeCommit,
    SendsBeforeCommit,
    MailGoesWhenItIsSent,
    MailIsNotPersisted,
    RemovalsAreNotPersisted,
    ReceiptsAreNotPersisted,
    LinesAreForgottenWhenStored,
    LinesAreNotPersisted,
    DeletionsAreNotPersisted,
    DeliveriesAreNotPersisted,
    IncomingIsNotPersisted,
    OutgoingIsNotPersisted,
    NextIsNotPersisted,
    PlacesAreNotPersisted,
    PiecesAreNotPersisted,
    AcksHaveNoIdentity,
    NothingIsWaitedFor,
    ReceiptsAreConfirmedBeforeCommit,
    NoOfferAfterWipe,
    TornCommit,
    LyingDisk,
    DeliveredWhenStored,
    RepeatsAreShown,
    ExpiryIsNotTold,
    ExtensionToClassic,
    AcksAreAnswered,
    MailToTheWrongPerson,
    MailOfTheWrongName,
    EndlessRetransmission,
    MarksAreNotPersisted,
    MarksAreSentBeforeCommit,
    MarksNameTheNextLine,
    MarksAreAckedBeforeCommit,
    EndsAreNotPersisted,
    MarksGoBack,
}

pub const MUTANTS: [Mutant; 37] = [
    Mutant::ServerAcksBeforeCommit,
    Mutant::ClientAcksBeforeCommit,
    Mutant::ShowsBeforeCommit,
    Mutant::SendsBeforeCommit,
    Mutant::MailGoesWhenItIsSent,
    Mutant::MailIsNotPersisted,
    Mutant::RemovalsAreNotPersisted,
    Mutant::ReceiptsAreNotPersisted,
    Mutant::LinesAreForgottenWhenStored,
    Mutant::LinesAreNotPersisted,
    Mutant::DeletionsAreNotPersisted,
    Mutant::DeliveriesAreNotPersisted,
    Mutant::IncomingIsNotPersisted,
    Mutant::OutgoingIsNotPersisted,
    Mutant::NextIsNotPersisted,
    Mutant::PlacesAreNotPersisted,
    Mutant::PiecesAreNotPersisted,
    Mutant::AcksHaveNoIdentity,
    Mutant::NothingIsWaitedFor,
    Mutant::ReceiptsAreConfirmedBeforeCommit,
    Mutant::NoOfferAfterWipe,
    Mutant::TornCommit,
    Mutant::LyingDisk,
    Mutant::DeliveredWhenStored,
    Mutant::RepeatsAreShown,
    Mutant::ExpiryIsNotTold,
    Mutant::ExtensionToClassic,
    Mutant::AcksAreAnswered,
    Mutant::MailToTheWrongPerson,
    Mutant::MailOfTheWrongName,
    Mutant::EndlessRetransmission,
    Mutant::MarksAreNotPersisted,
    Mutant::MarksAreSentBeforeCommit,
    Mutant::MarksNameTheNextLine,
    Mutant::MarksAreAckedBeforeCommit,
    Mutant::EndsAreNotPersisted,
    Mutant::MarksGoBack,
];

/// Where a mutant gets its hands on a machine.
pub trait Seam: Machine + Sized {
    /// Passes an output on: as it is, changed, early, twice, or not at all.
    fn distort(
        mutant: Mutant,
        output: Output<Self::Record, Self::Event>,
        pass: &mut dyn FnMut(Order, Output<Self::Record, Self::Event>),
    );
}

impl Seam for Client {
    fn distort(
        mutant: Mutant,
        output: Output<client::Record, client::Event>,
        pass: &mut dyn FnMut(Order, Output<client::Record, client::Event>),
    ) {
        match output {
            Output::Persist(record) => {
                if let Some(record) = client_record(mutant, record) {
                    pass(Order::Waits, Output::Persist(record));
                }
            }
            Output::Event(event) => {
                let early =
                    mutant == Mutant::ShowsBeforeCommit && matches!(event, client::Event::Line(_));
                pass(order(early), Output::Event(client_event(mutant, event)));
            }
            Output::Transmit(transmit) => {
                let datagram = decode(&transmit.bytes).ok();
                let acks = matches!(datagram, Some(Datagram::Ack(Ack::Part { .. })));
                let confirms = matches!(datagram, Some(Datagram::Ack(Ack::Request { .. })));
                let says = matches!(
                    datagram,
                    Some(Datagram::Chat { .. } | Datagram::Offline { .. })
                );
                let marks = matches!(datagram, Some(Datagram::Read { .. }));
                let notes = matches!(datagram, Some(Datagram::Ack(Ack::Read(_))));
                let rash = [
                    (Mutant::MarksAreSentBeforeCommit, marks),
                    (Mutant::MarksAreAckedBeforeCommit, notes),
                    (Mutant::ClientAcksBeforeCommit, acks),
                    (Mutant::ReceiptsAreConfirmedBeforeCommit, confirms),
                    (Mutant::SendsBeforeCommit, says),
                ]
                .contains(&(mutant, true));
                pass(order(rash), Output::Transmit(sent(mutant, transmit)));
            }
        }
    }
}

impl Seam for Server {
    fn distort(
        mutant: Mutant,
        output: Output<server::Record, server::Event>,
        pass: &mut dyn FnMut(Order, Output<server::Record, server::Event>),
    ) {
        match output {
            Output::Persist(record) => {
                use server::Record;
                let mail = matches!(record, Record::Mail(_));
                let removal = matches!(record, Record::MailRemoved(_));
                let receipt = matches!(record, Record::Receipt(_));
                let expired = matches!(record, Record::Expired(_));
                let lost = [
                    (Mutant::ExpiryIsNotTold, expired),
                    (Mutant::MailIsNotPersisted, mail),
                    (Mutant::RemovalsAreNotPersisted, removal),
                    (Mutant::ReceiptsAreNotPersisted, receipt),
                ]
                .contains(&(mutant, true));
                if let (Mutant::MailGoesWhenItIsSent, server::Record::Mail(mail)) =
                    (mutant, &record)
                {
                    let id = mail.id;
                    pass(Order::Waits, Output::Persist(record));
                    let gone = server::Record::MailRemoved(id);
                    return pass(Order::Waits, Output::Persist(gone));
                }
                if !lost {
                    pass(Order::Waits, Output::Persist(record));
                }
            }
            Output::Event(event) => pass(Order::Waits, Output::Event(event)),
            Output::Transmit(transmit) => {
                let mail = matches!(decode(&transmit.bytes), Ok(Datagram::Ack(Ack::Mail { .. })));
                let early = mutant == Mutant::ServerAcksBeforeCommit && mail;
                pass(
                    order(early),
                    Output::Transmit(handed_over(mutant, transmit)),
                );
            }
        }
    }
}

fn order(early: bool) -> Order {
    if early {
        Order::Overtakes
    } else {
        Order::Waits
    }
}

/// What becomes of a client's record on its way to the disk.
fn client_record(mutant: Mutant, record: client::Record) -> Option<client::Record> {
    use client::Record;
    let own = |line: &client::Line| matches!(line.origin, Origin::Own { .. });
    let line = matches!(&record, Record::Line(line) if own(line));
    let deletion = matches!(record, Record::Deleted(_));
    let delivery = matches!(record, Record::Delivery { .. });
    let incoming = matches!(record, Record::Incoming(_));
    let outgoing = matches!(record, Record::Outgoing(_));
    let next = matches!(&record, Record::Outgoing(outgoing) if outgoing.next.0 > 1);
    let placed = matches!(record, Record::Placed { .. });
    let piece = matches!(record, Record::Piece { .. });
    let mark = matches!(record, Record::Tell { mark: Some(_), .. });
    let end = matches!(record, Record::Ends { .. });
    let lost = [
        (Mutant::MarksAreNotPersisted, mark),
        (Mutant::EndsAreNotPersisted, end),
        (Mutant::LinesAreNotPersisted, line),
        (Mutant::DeletionsAreNotPersisted, deletion),
        (Mutant::DeliveriesAreNotPersisted, delivery),
        (Mutant::IncomingIsNotPersisted, incoming),
        (Mutant::OutgoingIsNotPersisted, outgoing),
        (Mutant::NextIsNotPersisted, next),
        (Mutant::PlacesAreNotPersisted, placed),
        (Mutant::PiecesAreNotPersisted, piece),
    ]
    .contains(&(mutant, true));
    if lost {
        return None;
    }
    let mut record = record;
    if let Record::Delivery {
        delivery, settled, ..
    } = &mut record
        && *delivery == Delivery::Stored
    {
        *settled |= mutant == Mutant::LinesAreForgottenWhenStored;
        if mutant == Mutant::DeliveredWhenStored {
            *delivery = Delivery::Delivered(Path::ViaServer);
        }
    }
    if let Record::ReadBy { line, .. } = &mut record
        && mutant == Mutant::MarksGoBack
        && line.0.is_multiple_of(3)
    {
        line.0 -= 2;
    }
    Some(record)
}

fn client_event(mutant: Mutant, mut event: client::Event) -> client::Event {
    if let client::Event::Delivery { delivery, .. } = &mut event
        && *delivery == Delivery::Stored
        && mutant == Mutant::DeliveredWhenStored
    {
        *delivery = Delivery::Delivered(Path::ViaServer);
    }
    event
}

/// What a client sends.
fn sent(mutant: Mutant, transmit: Transmit) -> Transmit {
    let Ok(Datagram::Chat {
        sender,
        text,
        part: Some(mut part),
    }) = decode(&transmit.bytes)
    else {
        return transmit;
    };
    if mutant != Mutant::NothingIsWaitedFor {
        return transmit;
    }
    part.lowest = part.seq;
    let part = Some(part);
    again(&transmit, &Datagram::Chat { sender, text, part })
}

/// What the server sends.
fn handed_over(mutant: Mutant, transmit: Transmit) -> Transmit {
    match (mutant, decode(&transmit.bytes)) {
        (Mutant::MailToTheWrongPerson, Ok(Datagram::Chat { .. })) => {
            // One house on.
            let mut to = transmit.to;
            if let std::net::SocketAddr::V4(v4) = &mut to {
                let [a, b, c, d] = v4.ip().octets();
                v4.set_ip([a, b, c, 1 + d % 3].into());
            }
            Transmit { to, ..transmit }
        }
        (Mutant::MailOfTheWrongName, Ok(Datagram::Chat { text, part, .. })) => {
            let sender = Name::parse("tails".into()).expect("a valid name");
            again(&transmit, &Datagram::Chat { sender, text, part })
        }
        (Mutant::ExtensionToClassic, Ok(Datagram::Verification { id: None, .. })) => {
            let (id, token) = (Some(RequestId(7)), None);
            let question = Datagram::Verification { id, token };
            let bytes = encode(&question, Style::Classic).into();
            Transmit { bytes, ..transmit }
        }
        (
            Mutant::ExpiryIsNotTold,
            Ok(Datagram::Notification {
                text,
                offline,
                id,
                receipts,
                ..
            }),
        ) => {
            let expired = Vec::new();
            let told = Datagram::Notification {
                text,
                offline,
                id,
                receipts,
                expired,
            };
            again(&transmit, &told)
        }
        _ => transmit,
    }
}

fn again(transmit: &Transmit, datagram: &Datagram<'_>) -> Transmit {
    Transmit {
        to: transmit.to,
        bytes: encode(datagram, Style::Compact).into(),
    }
}

/// What a machine reads in the place of a datagram; `None`: the datagram.
pub fn misread(mutant: Mutant, bytes: &[u8]) -> Option<Vec<u8>> {
    let datagram = match (mutant, decode(bytes).ok()?) {
        (
            Mutant::AcksHaveNoIdentity,
            Datagram::Ack(Ack::Part {
                seq,
                receipt,
                attempt,
            }),
        ) => {
            let below = receipt.below.max(seq.next());
            let receipt = Receipt { below, ..receipt };
            Datagram::Ack(Ack::Part {
                seq,
                receipt,
                attempt,
            })
        }
        (Mutant::MarksNameTheNextLine, Datagram::Read { sender, mut mark }) => {
            mark.below = mark.below.next();
            Datagram::Read { sender, mark }
        }
        (
            Mutant::NoOfferAfterWipe,
            Datagram::Ack(Ack::Request {
                id,
                answer: Answer::Welcome {
                    instance, token, ..
                },
            }),
        ) => {
            let epoch = Epoch(1);
            let answer = Answer::Welcome {
                instance,
                epoch,
                token,
            };
            Datagram::Ack(Ack::Request { id, answer })
        }
        (
            Mutant::RepeatsAreShown,
            Datagram::Chat {
                sender,
                text,
                part: Some(mut part),
            },
        ) if part.attempt > 1 => {
            part.stream = Stream(part.stream.0 ^ 1);
            let part = Some(part);
            Datagram::Chat { sender, text, part }
        }
        _ => return None,
    };
    Some(encode(&datagram, Style::Compact))
}
