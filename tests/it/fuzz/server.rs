//! One datagram to a server: the first byte chooses how the room stands, the second one who sends.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super_chatter::machine::server::{Command, Person, Record, Saved, Server};
use super_chatter::machine::{Machine, Output};
use super_chatter::protocol::limits::DATAGRAM_MAX;
use super_chatter::protocol::{Ack, Answer, Datagram, Part, Style, decode, encode};

use super::choices::Choices;
use super::watch::{Outputs, Watch, assert_classic, transmits, with_numbers};
use crate::bench::{at, dereg, mail, part, reg};

/// The stream of the mail to those who are away.
const MAIL: u64 = 5;

pub fn server(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut room = Room::new(choices.below(5));
    let from = choices.one(&[at(1), at(2), at(3), at(4), at(9)]);
    let stranger = from == at(9);
    let bytes = match stranger {
        true => choices.rest().to_vec(),
        false => with_numbers(choices.rest(), [room.request, MAIL, room.instance]),
    };
    let due = room.watch.machine.poll_timeout();
    let outputs = room.watch.feed(from, &bytes);
    let asks = matches!(
        decode(&bytes),
        Ok(Datagram::Reg { .. } | Datagram::Dereg { .. } | Datagram::Offline { .. })
    );
    if stranger && !asks {
        assert!(outputs.is_empty(), "a stranger moved something");
        assert_eq!(room.watch.machine.poll_timeout(), due);
    }
    room.look_at(&outputs);
    for ms in [0, 60, 500, 2_000, 30_000] {
        let outputs = room.watch.pass(ms);
        room.look_at(&outputs);
    }
}

/// A server with people of every kind, mail for who is away and receipts for who sent it.
struct Room {
    watch: Watch<Server>,
    styles: Styles,
    /// The last request of the server's, and its run.
    request: u64,
    instance: u64,
}

impl Room {
    fn new(state: u64) -> Self {
        let mut room = Self {
            watch: Watch::new(Server::new(7, Saved::default())),
            styles: Styles::default(),
            request: 0,
            instance: 0,
        };
        if state == 0 {
            return room;
        }
        for (nickname, place, id) in [
            ("é明", at(1), Some(1)),
            ("bob", at(2), Some(2)),
            ("carl", at(3), None),
            ("dora", at(4), Some(3)),
        ] {
            room.hear(place, &reg(nickname, id));
        }
        room.hear(at(3), &Datagram::Ack(Ack::Plain));
        if state > 1 {
            room.keep_mail();
        }
        match state {
            3 => room.hear(at(9), &reg("bob", Some(4))),
            4 => {
                let outputs = room.watch.ask(Command::Stop);
                room.look_at(&outputs);
            }
            _ => {}
        }
        room
    }

    /// Mail of both kinds for one who comes back and one who does not, and a receipt.
    fn keep_mail(&mut self) {
        self.hear(at(4), &dereg("dora", Some(5)));
        let text = "é明🦔".repeat(60);
        for (recipient, stream) in [("dora", MAIL), ("carl", MAIL + 1), ("bob", MAIL + 2)] {
            for index in 1..=3 {
                let of_three = Part {
                    index,
                    count: 3,
                    ..part(stream, u64::from(index), 1)
                };
                self.hear(at(1), &mail("é明", recipient, &text, Some(of_three)));
            }
        }
        self.hear(at(3), &mail("carl", "dora", "hi", None));
        let receipt = super_chatter::protocol::Receipt {
            stream: super_chatter::protocol::Stream(MAIL + 2),
            below: super_chatter::protocol::Seq(3),
        };
        let ack = Ack::Part {
            seq: super_chatter::protocol::Seq(2),
            receipt,
            attempt: 1,
        };
        self.hear(at(2), &Datagram::Ack(ack));
    }

    fn hear(&mut self, from: SocketAddr, datagram: &Datagram<'_>) {
        let outputs = self.watch.feed(from, &encode(datagram, Style::Compact));
        self.look_at(&outputs);
    }

    fn look_at(&mut self, outputs: &Outputs<Server>) {
        self.styles.look_at(outputs);
        for sent in transmits(outputs) {
            match decode(&sent.bytes).expect("a machine sends datagrams") {
                Datagram::Verification { id: Some(id), .. }
                | Datagram::Notification { id: Some(id), .. } => self.request = id.0,
                Datagram::Ack(Ack::Request {
                    answer: Answer::Welcome { instance, .. },
                    ..
                }) => self.instance = instance.0,
                Datagram::Reg { .. }
                | Datagram::Dereg { .. }
                | Datagram::Verification { .. }
                | Datagram::Chat { .. }
                | Datagram::Offline { .. }
                | Datagram::Typing { .. }
                | Datagram::Read { .. }
                | Datagram::Ack(_)
                | Datagram::Table(_)
                | Datagram::Notification { .. } => {}
            }
        }
    }
}

/// Who registered where, and with which program.
#[derive(Default)]
pub struct Styles(BTreeMap<SocketAddr, bool>);

impl Styles {
    /// Everybody is sent what their program can take.
    pub fn look_at(&mut self, outputs: &Outputs<Server>) {
        for output in outputs {
            match output {
                Output::Persist(Record::Person(Person {
                    address, extended, ..
                })) => {
                    self.0.insert(*address, *extended);
                }
                Output::Transmit(sent) => {
                    if self.0.get(&sent.to).copied().unwrap_or(false) {
                        let len = sent.bytes.len();
                        assert!(len <= DATAGRAM_MAX, "{len} bytes to {}", sent.to);
                    } else {
                        assert_classic(sent);
                    }
                }
                Output::Persist(_) | Output::Event(_) => {}
            }
        }
    }
}
