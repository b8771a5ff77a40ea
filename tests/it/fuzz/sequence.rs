//! Some hundreds of datagrams, commands and steps of time, one behind the other: the bytes choose.
//! Names, places and numbers come from small ranges, or are those that the machine named itself, so
//! that they meet. What a machine keeps then stays small.

use std::net::SocketAddr;

use super_chatter::machine::client::{self, Client, LineId};
use super_chatter::machine::server::{self, Server};
use super_chatter::machine::{Machine, Output, Room};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Epoch, Expired, Instance, MailAnswer, Mark, Name, Part, Receipt,
    RequestId, RoomName, Seq, Stream, Style, Table, TableEntry, TablePage, Token, Version, decode,
    encode, texts,
};

use super::choices::Choices;
use super::client::{ME, Shown};
use super::server::Styles;
use super::watch::{Outputs, Watch, transmits};
use crate::bench::{at, name, nick, server_at};

/// Steps of one sequence.
const STEPS_MAX: usize = 300;

/// What a machine may keep after them, in bytes: each step brings a datagram of at most some hundred
/// bytes, or a line to keep and its parts.
const KEPT_MAX: i64 = 2 << 20;

const NAMES: [&str; 6] = [ME, "y", "classic", "away", "z", "é"];

pub fn sequence(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    // What is kept is counted together with the machine that keeps it.
    let mut client = None;
    let mut server = None;
    let counted = allocation_counter::measure(|| match choices.flag() {
        true => client = Some(of_client(choices)),
        false => server = Some(of_server(choices)),
    });
    let kept = counted.bytes_current;
    assert!(kept <= KEPT_MAX, "{kept} bytes are kept");
}

fn of_client(mut choices: Choices<'_>) -> Watch<Client> {
    let mut watch = Watch::new(Client::new(7, client::Saved::default()));
    let (mut known, mut shown) = (Known::default(), Shown::default());
    for _ in 0..STEPS_MAX {
        if choices.is_over() {
            break;
        }
        let outputs = match choices.below(8) {
            0 => watch.ask(command(&mut choices)),
            1 => pass_or_wake(&mut watch, &mut choices),
            2 => watch.pass(u64::from(choices.byte())),
            _ => hear(&mut watch, &mut choices, &known),
        };
        known.look_at::<Client>(&outputs);
        shown.look_at(&outputs);
    }
    watch
}

fn of_server(mut choices: Choices<'_>) -> Watch<Server> {
    let mut watch = Watch::new(Server::new(7, server::Saved::default()));
    let (mut known, mut styles) = (Known::default(), Styles::default());
    for _ in 0..STEPS_MAX {
        if choices.is_over() {
            break;
        }
        let outputs = match choices.below(8) {
            0 if choices.byte() == 255 => watch.ask(server::Command::Stop),
            1 => pass_or_wake(&mut watch, &mut choices),
            2 => watch.pass(u64::from(choices.byte())),
            _ => hear(&mut watch, &mut choices, &known),
        };
        known.look_at::<Server>(&outputs);
        styles.look_at(&outputs);
    }
    watch
}

fn pass_or_wake<M: Machine>(watch: &mut Watch<M>, choices: &mut Choices<'_>) -> Outputs<M> {
    match choices.below(10) {
        0 => watch.wake(),
        1 => watch.room(Room::Scarce),
        2 => watch.room(Room::Plenty),
        step => {
            watch.pass([500, 1_000, 3_000, 20_000, 60_000, 600_000, 86_400_000][step as usize - 3])
        }
    }
}

fn hear<M: Machine>(watch: &mut Watch<M>, choices: &mut Choices<'_>, known: &Known) -> Outputs<M> {
    let from = place(choices);
    if choices.byte() == 255 {
        let raw = choices.text();
        return watch.feed(from, raw.as_bytes());
    }
    let style = choices.one(&[Style::Compact, Style::Classic]);
    let bytes = encode(&datagram(choices, known), style);
    watch.feed(from, &bytes)
}

fn command(choices: &mut Choices<'_>) -> client::Command {
    let to = nick(choices.one(&NAMES));
    match choices.below(12) {
        0 => client::Command::Deregister,
        1 => client::Command::Reconnect,
        2 => client::Command::Retry {
            line: LineId(choices.below(8)),
            to,
            text: text(choices),
        },
        3 => client::Command::Draft {
            peer: to,
            text: text(choices),
        },
        4 if choices.byte() == 255 => client::Command::Close,
        4..8 => client::Command::Register {
            nickname: nick(ME),
            servers: (0..choices.below(3))
                .map(|at| if at == 0 { server_at() } else { place(choices) })
                .collect(),
        },
        _ => client::Command::Send {
            to,
            text: text(choices),
        },
    }
}

/// The server's place, the people's, and a stranger's.
fn place(choices: &mut Choices<'_>) -> SocketAddr {
    match choices.below(8) {
        0..3 => server_at(),
        number => at(number as u16),
    }
}

/// A short text, a sentence of the classic server, or one of many parts.
fn text(choices: &mut Choices<'_>) -> String {
    let sentences = [
        texts::WELCOME,
        texts::BYE,
        texts::SAVED,
        texts::YOU_HAVE_MESSAGES,
        texts::SERVER_IS_DOWN,
        "[Clienty exists!!]",
        "[Client y Not Existed!]",
        "[y is already Online!]",
    ];
    match choices.below(16) {
        at @ 0..8 => sentences[at as usize].to_owned(),
        8 => "é明🦔\u{1}".repeat(choices.below(200) as usize),
        _ => choices.text(),
    }
}

/// What the machine named, lately.
#[derive(Default)]
struct Known {
    numbers: Vec<u64>,
}

impl Known {
    fn look_at<M: Machine>(&mut self, outputs: &[Output<M::Record, M::Event>]) {
        for sent in transmits(outputs) {
            self.numbers.extend(
                match decode(&sent.bytes).expect("a machine sends datagrams") {
                    Datagram::Reg { id: Some(id), .. }
                    | Datagram::Dereg { id: Some(id), .. }
                    | Datagram::Verification { id: Some(id), .. }
                    | Datagram::Notification { id: Some(id), .. } => vec![id.0],
                    Datagram::Chat {
                        part: Some(part), ..
                    }
                    | Datagram::Offline {
                        part: Some(part), ..
                    } => vec![part.stream.0],
                    Datagram::Table(Table::Page(page)) => vec![page.instance.0],
                    Datagram::Reg { .. }
                    | Datagram::Dereg { .. }
                    | Datagram::Verification { .. }
                    | Datagram::Notification { .. }
                    | Datagram::Chat { .. }
                    | Datagram::Offline { .. }
                    | Datagram::Typing { .. }
                    | Datagram::Read { .. }
                    | Datagram::Ack(_)
                    | Datagram::Table(_) => Vec::new(),
                },
            );
        }
        self.numbers.dedup();
        let old = self.numbers.len().saturating_sub(8);
        self.numbers.drain(..old);
    }

    /// One of them, the latest in half of the cases, or a small number.
    fn number(&self, choices: &mut Choices<'_>) -> u64 {
        let chosen = usize::from(choices.byte());
        match chosen {
            0..64 => chosen as u64 % 8,
            64..160 => self.numbers.last().copied().unwrap_or(1),
            _ => self.numbers.get(chosen % 8).copied().unwrap_or(1),
        }
    }
}

fn seq(choices: &mut Choices<'_>) -> Seq {
    match choices.byte() {
        255 => Seq((1 << 53) - 2),
        number => Seq(1 + u64::from(number) % 20),
    }
}

fn part(choices: &mut Choices<'_>, known: &Known) -> Option<Part> {
    let stream = Stream(known.number(choices));
    let (seq, count) = (seq(choices), 1 + choices.below(4) as u32);
    let part = Part {
        stream,
        seq,
        lowest: Seq(1 + choices.below(20)).min(seq),
        index: 1 + (choices.byte() as u32 % count),
        count,
        written_ms: 0,
        attempt: 1 + choices.below(4) as u32,
    };
    (choices.byte() >= 64).then_some(part)
}

fn mark(choices: &mut Choices<'_>, known: &Known) -> Mark {
    Mark {
        stream: Stream(known.number(choices)),
        below: seq(choices),
    }
}

fn receipts(choices: &mut Choices<'_>, known: &Known) -> Vec<Receipt> {
    let receipt = |choices: &mut Choices<'_>| Receipt {
        stream: Stream(known.number(choices)),
        below: seq(choices),
    };
    (0..choices.below(4)).map(|_| receipt(choices)).collect()
}

fn answer(choices: &mut Choices<'_>, known: &Known) -> Answer {
    match choices.below(8) {
        0 => Answer::Taken,
        1 => Answer::Refused,
        2..4 => Answer::Done,
        _ => Answer::Welcome {
            instance: Instance(known.number(choices)),
            epoch: Epoch(choices.below(2)),
            token: Token(choices.below(2)),
        },
    }
}

fn ack(choices: &mut Choices<'_>, known: &Known) -> Ack {
    match choices.below(7) {
        0 => Ack::Plain,
        6 => Ack::Read(mark(choices, known)),
        1..3 => Ack::Request {
            id: RequestId(known.number(choices)),
            answer: answer(choices, known),
        },
        3 => Ack::Part {
            receipt: Receipt {
                stream: Stream(known.number(choices)),
                below: seq(choices),
            },
            seq: seq(choices),
            attempt: 1 + choices.below(4) as u32,
        },
        4 => Ack::Mail {
            stream: Stream(known.number(choices)),
            seq: seq(choices),
            answer: choices.one(&[
                MailAnswer::Stored,
                MailAnswer::Unknown,
                MailAnswer::Full,
                MailAnswer::Unregistered,
            ]),
        },
        _ => Ack::Table {
            instance: Instance(known.number(choices)),
            version: Version(choices.below(20)),
        },
    }
}

fn table(choices: &mut Choices<'_>, known: &Known) -> Table<'static> {
    let entry = |choices: &mut Choices<'_>| TableEntry {
        nickname: name(choices.one(&NAMES)),
        address: place(choices),
        online: choices.byte() >= 64,
        extended: choices.flag(),
    };
    let entries = (0..choices.below(6)).map(|_| entry(choices)).collect();
    if choices.byte() < 64 {
        return Table::Whole(entries);
    }
    let from = choices.below(20);
    Table::Page(TablePage {
        instance: Instance(known.number(choices)),
        from: Version(from),
        to: Version(from + choices.below(6)),
        room: (choices.byte() >= 192).then(|| RoomName::of("Room 204")),
        entries,
    })
}

fn datagram(choices: &mut Choices<'_>, known: &Known) -> Datagram<'static> {
    let sender: Name<'static> = name(choices.one(&NAMES));
    let id = Some(RequestId(known.number(choices))).filter(|_| choices.byte() >= 64);
    let token = Some(Token(choices.below(2))).filter(|_| id.is_some() && choices.flag());
    match choices.below(18) {
        16 => Datagram::Typing { sender },
        17 => Datagram::Read {
            sender,
            mark: mark(choices, known),
        },
        0 | 1 => Datagram::Reg {
            nickname: sender,
            id,
            token,
        },
        2 => Datagram::Dereg {
            nickname: sender,
            id,
        },
        3..6 => Datagram::Offline {
            sender,
            recipient: name(choices.one(&NAMES)),
            thought_online: choices.flag(),
            text: text(choices).into(),
            part: part(choices, known),
        },
        6..8 => Datagram::Chat {
            sender,
            text: text(choices).into(),
            part: part(choices, known),
        },
        8..12 => Datagram::Ack(ack(choices, known)),
        12 => Datagram::Table(table(choices, known)),
        13 | 14 => Datagram::Notification {
            text: text(choices).into(),
            offline: choices.byte() == 255,
            id,
            receipts: receipts(choices, known),
            expired: receipts(choices, known)
                .into_iter()
                .map(|Receipt { stream, below }| Expired { stream, seq: below })
                .collect(),
        },
        _ => Datagram::Verification { id, token },
    }
}
