//! One datagram to a client: the first byte chooses where the client stands, the second one who sends.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super_chatter::machine::client::{Client, Command, Event, Line, LineId, Origin, Record, Saved};
use super_chatter::machine::{Machine, Output};
use super_chatter::protocol::limits::TEXT_MAX;
use super_chatter::protocol::{Ack, Datagram, Part, Seq, Stream, Style, Table, decode, encode};

use super::choices::Choices;
use super::watch::{Outputs, Watch, assert_classic, transmits, with_numbers};
use crate::bench::{
    INSTANCE, at, chat, entry, name, nick, notification, page, part, request_ack, server_at,
    welcome,
};

/// The one whose client it is. No classic program could take the name as it stands.
pub const ME: &str = "明x";

/// A message that has only come in part.
const HALF: u64 = 5;

pub fn client(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut room = Room::new(choices.below(8));
    let from = choices.one(&[server_at(), at(2), at(3), at(4), at(9)]);
    let stranger = from == at(9);
    // A stranger knows no number.
    let bytes = match stranger {
        true => choices.rest().to_vec(),
        false => with_numbers(choices.rest(), [room.request, room.stream, INSTANCE.0]),
    };
    let due = room.watch.machine.poll_timeout();
    let outputs = room.watch.feed(from, &bytes);
    if stranger {
        assert!(outputs.is_empty(), "a stranger moved something");
        assert_eq!(room.watch.machine.poll_timeout(), due);
    }
    room.look_at(&outputs, from == server_at() || from == at(3));
    for ms in [0, 60, 500, 2_000, 30_000] {
        let outputs = room.watch.pass(ms);
        room.look_at(&outputs, true);
    }
}

/// A client in a room of people of every kind, with lines under way and a message half arrived.
struct Room {
    watch: Watch<Client>,
    shown: Shown,
    /// The last request, and the stream of the lines to `y`.
    request: u64,
    stream: u64,
}

impl Room {
    fn new(state: u64) -> Self {
        let mut room = Self {
            watch: Watch::new(Client::new(7, Saved::default())),
            shown: Shown::default(),
            request: 0,
            stream: 0,
        };
        match state {
            0 => room.write(),
            1 => room.sign_in(),
            2 | 3 => room.be_online(),
            4 => room.be_online_at_classic(),
            5 => {
                room.be_online();
                room.hear(server_at(), &notification("[Server is Down!]", true));
            }
            6 => {
                room.be_online();
                room.ask(Command::Deregister);
            }
            _ => {
                room.be_online_at_classic();
                (0..2).for_each(|_| room.pass(600));
            }
        }
        room
    }

    fn sign_in(&mut self) {
        self.ask(Command::Register {
            nickname: nick(ME),
            servers: vec![server_at()],
        });
    }

    fn be_online(&mut self) {
        self.sign_in();
        let id = super_chatter::protocol::RequestId(self.request);
        self.hear(server_at(), &request_ack(id, welcome(INSTANCE)));
        self.hear(server_at(), &page(0, 4, people()));
        self.write();
        self.receive_half();
    }

    fn be_online_at_classic(&mut self) {
        self.sign_in();
        self.hear(
            server_at(),
            &notification("[Welcome, You are registered.]", false),
        );
        self.hear(server_at(), &Datagram::Table(Table::Whole(people())));
        self.receive_half();
        self.write();
    }

    fn write(&mut self) {
        for to in ["y", "classic", "away"] {
            let text = "é明🦔".repeat(if to == "y" { 200 } else { 3 });
            for text in [text, "\u{1}\"".to_owned()] {
                self.ask(Command::Send { to: nick(to), text });
            }
        }
    }

    fn receive_half(&mut self) {
        for index in [1, 3] {
            let of_three = Part {
                index,
                count: 3,
                ..part(HALF, u64::from(index), 1)
            };
            self.hear(at(2), &chat("y", "é", Some(of_three)));
        }
    }

    fn ask(&mut self, command: Command) {
        let outputs = self.watch.ask(command);
        self.look_at(&outputs, false);
    }

    fn hear(&mut self, from: SocketAddr, datagram: &Datagram<'_>) {
        let outputs = self.watch.feed(from, &encode(datagram, Style::Compact));
        self.look_at(&outputs, false);
    }

    fn pass(&mut self, ms: u64) {
        let outputs = self.watch.pass(ms);
        self.look_at(&outputs, false);
    }

    /// `told`: the classic peer may have been told of as somebody else since.
    fn look_at(&mut self, outputs: &Outputs<Client>, told: bool) {
        self.shown.look_at(outputs);
        for sent in transmits(outputs) {
            if sent.to == at(3) && !told {
                assert_classic(sent);
            }
            match decode(&sent.bytes).expect("a machine sends datagrams") {
                Datagram::Reg { id: Some(id), .. }
                | Datagram::Dereg { id: Some(id), .. }
                | Datagram::Verification { id: Some(id), .. } => self.request = id.0,
                Datagram::Chat {
                    part: Some(part), ..
                } if sent.to == at(2) => self.stream = part.stream.0,
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

fn people() -> Vec<super_chatter::protocol::TableEntry<'static>> {
    vec![
        super_chatter::protocol::TableEntry {
            nickname: name(ME),
            ..entry("x", at(1), true, true)
        },
        entry("y", at(2), true, true),
        entry("classic", at(3), true, false),
        entry("away", at(4), false, true),
    ]
}

/// What a client has written down, and so may say and show.
#[derive(Default)]
pub struct Shown {
    taken: BTreeMap<Stream, Seq>,
    last_line: Option<LineId>,
}

impl Shown {
    /// In the order in which it came out: written down, then confirmed, then shown.
    pub fn look_at(&mut self, outputs: &Outputs<Client>) {
        for output in outputs {
            match output {
                Output::Persist(record) => self.written(record),
                Output::Transmit(sent) => {
                    if let Ok(Datagram::Ack(Ack::Part { receipt, .. })) = decode(&sent.bytes) {
                        let stands = self.taken.get(&receipt.stream);
                        let stands = stands.copied().unwrap_or(Seq::FIRST);
                        assert_eq!(receipt.below, stands, "confirmed, and not written down");
                    }
                }
                Output::Event(Event::Line(line)) => {
                    assert_eq!(self.last_line, Some(line.id), "shown, and not written down");
                }
                Output::Event(_) => {}
            }
        }
    }

    fn written(&mut self, record: &Record) {
        match record {
            Record::Line(Line {
                id, text, origin, ..
            }) => {
                assert!(self.last_line < Some(*id), "{id:?} twice");
                self.last_line = Some(*id);
                let cut = if let Origin::Theirs { .. } = origin {
                    '…'.len_utf8()
                } else {
                    0
                };
                assert!(text.len() <= TEXT_MAX + cut, "{} bytes", text.len());
            }
            Record::Incoming(incoming) => {
                let before = self.taken.insert(incoming.stream, incoming.next);
                assert!(before < Some(incoming.next), "a stream went back");
            }
            Record::IncomingForgotten(stream) => {
                self.taken.remove(stream);
            }
            Record::Delivery { .. }
            | Record::Deleted(_)
            | Record::Outgoing(_)
            | Record::Placed { .. }
            | Record::Piece { .. }
            | Record::PiecesJoined(_)
            | Record::Draft { .. }
            | Record::Read { .. }
            | Record::Tabs { .. }
            | Record::ReadBy { .. }
            | Record::Ends { .. }
            | Record::EndForgotten(_)
            | Record::Tell { .. } => {}
        }
    }
}
