//! One machine on a bench: datagrams and commands are put in, time is turned by hand, and what
//! comes out is written down with its time. No test lives here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super_chatter::machine::client::{self, Client, Delivery, Line, LineId, Origin, Session};
use super_chatter::machine::{Machine, Now, Output, Room, Transmit};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Epoch, Instance, MailAnswer, Name, Nickname, Part, Receipt, RequestId,
    Seq, Stream, Style, Table, TableEntry, TablePage, Token, Version, decode, encode,
};

/// A datagram that a machine sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub at_ms: u64,
    pub to: SocketAddr,
    pub bytes: Arc<[u8]>,
}

impl Sent {
    /// Read again. The bytes are given away for the length of the test.
    pub fn datagram(&self) -> Datagram<'static> {
        decode(self.bytes.to_vec().leak()).expect("a machine sends datagrams")
    }
}

/// What a machine put out, and when.
pub type Timed<M> = (u64, Output<<M as Machine>::Record, <M as Machine>::Event>);

pub struct Bench<M: Machine> {
    pub machine: M,
    pub now: Duration,
    /// Unix milliseconds at the start, and local time less UTC in seconds.
    pub wall: (i64, i32),
    /// All that came out, in its order.
    pub outputs: Vec<Timed<M>>,
}

impl<M: Machine> Bench<M> {
    pub fn new(machine: M) -> Self {
        let mut bench = Self {
            machine,
            now: Duration::ZERO,
            wall: (1_700_000_000_000, 3600),
            outputs: Vec::new(),
        };
        bench.drain();
        bench
    }

    pub fn clock(&self) -> Now {
        Now {
            mono: self.now,
            unix_ms: self.wall.0 + self.now.as_millis() as i64,
            utc_offset_s: self.wall.1,
        }
    }

    pub fn ask(&mut self, command: M::Command) {
        self.machine.handle_command(self.clock(), command);
        self.drain();
    }

    pub fn feed(&mut self, from: SocketAddr, bytes: &[u8]) {
        self.machine.handle_datagram(self.clock(), from, bytes);
        self.drain();
    }

    pub fn hear(&mut self, from: SocketAddr, datagram: &Datagram<'_>) {
        self.feed(from, &encode(datagram, Style::Compact));
    }

    /// Turns the clock to `at_ms` since the start, through everything that is due until then.
    pub fn run_to(&mut self, at_ms: u64) {
        let end = Duration::from_millis(at_ms);
        let mut turns = 0;
        while let Some(due) = self.machine.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.machine.handle_timeout(self.clock());
            self.drain();
            turns += 1;
            assert!(turns < 100_000, "a deadline that is never served");
        }
        self.now = self.now.max(end);
    }

    pub fn run_for(&mut self, ms: u64) {
        self.run_to(self.now_ms() + ms);
    }

    pub fn now_ms(&self) -> u64 {
        self.now.as_millis() as u64
    }

    fn drain(&mut self) {
        let at_ms = self.now_ms();
        while let Some(output) = self.machine.poll_output() {
            self.outputs.push((at_ms, output));
        }
    }

    /// Takes what came out since the last time.
    pub fn take(&mut self) -> Vec<Timed<M>> {
        std::mem::take(&mut self.outputs)
    }

    /// Takes the datagrams that came out since the last time, and forgets the rest.
    pub fn sent(&mut self) -> Vec<Sent> {
        let sent = |(at_ms, output)| match output {
            Output::Transmit(transmit) => {
                let Transmit { to, bytes } = transmit;
                Some(Sent { at_ms, to, bytes })
            }
            Output::Persist(_) | Output::Event(_) => None,
        };
        self.take().into_iter().filter_map(sent).collect()
    }

    /// The datagrams for one address among [`Self::sent`].
    pub fn sent_to(&mut self, to: SocketAddr) -> Vec<Datagram<'static>> {
        let sent = self.sent();
        let to = sent.iter().filter(|sent| sent.to == to);
        to.map(Sent::datagram).collect()
    }

    /// Looks at what came out since the last time without taking it.
    pub fn peek<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T
    where
        Timed<M>: Clone,
    {
        let kept = self.outputs.clone();
        let seen = look(self);
        self.outputs = kept;
        seen
    }

    pub fn wake(&mut self) {
        self.machine.handle_wake(self.clock());
        self.drain();
    }

    pub fn set_room(&mut self, room: Room) {
        self.machine.handle_room(self.clock(), room);
        self.drain();
    }

    /// Takes the events that came out since the last time, and forgets the rest.
    pub fn events(&mut self) -> Vec<M::Event> {
        let event = |(_, output)| match output {
            Output::Event(event) => Some(event),
            Output::Transmit(_) | Output::Persist(_) => None,
        };
        self.take().into_iter().filter_map(event).collect()
    }
}

pub const SERVER: &str = "10.0.0.1:5000";
pub const INSTANCE: Instance = Instance(77);

pub fn server_at() -> SocketAddr {
    SERVER.parse().expect("an address")
}

/// A place in the room.
pub fn at(number: u16) -> SocketAddr {
    let [high, low] = number.to_be_bytes();
    ([10, 1, high, low], 6000).into()
}

pub fn nick(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

pub fn name(text: &str) -> Name<'_> {
    Name::parse(text.into()).expect("a valid name")
}

pub fn reg(nickname: &str, id: Option<u64>) -> Datagram<'_> {
    Datagram::Reg {
        nickname: name(nickname),
        id: id.map(RequestId),
        token: None,
    }
}

pub fn dereg(nickname: &str, id: Option<u64>) -> Datagram<'_> {
    Datagram::Dereg {
        nickname: name(nickname),
        id: id.map(RequestId),
    }
}

pub fn chat<'a>(sender: &'a str, text: &'a str, part: Option<Part>) -> Datagram<'a> {
    Datagram::Chat {
        sender: name(sender),
        text: text.into(),
        part,
    }
}

/// A request to keep a message for its recipient.
pub fn mail<'a>(
    sender: &'a str,
    recipient: &'a str,
    text: &'a str,
    part: Option<Part>,
) -> Datagram<'a> {
    Datagram::Offline {
        sender: name(sender),
        recipient: name(recipient),
        thought_online: false,
        text: text.into(),
        part,
    }
}

/// A message of one part.
pub fn part(stream: u64, seq: u64, lowest: u64) -> Part {
    Part {
        stream: Stream(stream),
        seq: Seq(seq),
        lowest: Seq(lowest),
        index: 1,
        count: 1,
        written_ms: 1_700_000_000_000,
        attempt: 1,
    }
}

pub fn notification(text: &str, offline: bool) -> Datagram<'_> {
    Datagram::Notification {
        text: text.into(),
        offline,
        id: None,
        receipts: Vec::new(),
        expired: Vec::new(),
    }
}

pub fn entry(nickname: &str, address: SocketAddr, online: bool, extended: bool) -> TableEntry<'_> {
    TableEntry {
        nickname: name(nickname),
        address,
        online,
        extended,
    }
}

pub fn page(from: u64, to: u64, entries: Vec<TableEntry<'_>>) -> Datagram<'_> {
    Datagram::Table(Table::Page(TablePage {
        instance: INSTANCE,
        from: Version(from),
        to: Version(to),
        room: None,
        entries,
    }))
}

/// A client that is signed in as `me` at an extended server whose table is `people`.
pub fn client_among(me: &str, people: Vec<TableEntry<'_>>) -> Bench<Client> {
    let mut bench = Bench::new(Client::new(7, client::Saved::default()));
    bench.ask(client::Command::Register {
        nickname: nick(me),
        servers: vec![server_at()],
    });
    bench.be_welcome();
    let count = people.len() as u64;
    bench.hear(server_at(), &page(0, count, people));
    bench.take();
    bench
}

/// A client that is signed in as `me` at a classic server whose table is `people`.
pub fn client_at_classic(me: &str, people: Vec<TableEntry<'_>>) -> Bench<Client> {
    let mut bench = Bench::new(Client::new(7, client::Saved::default()));
    bench.ask(client::Command::Register {
        nickname: nick(me),
        servers: vec![server_at()],
    });
    bench.hear(
        server_at(),
        &notification("[Welcome, You are registered.]", false),
    );
    bench.hear(server_at(), &Datagram::Table(Table::Whole(people)));
    bench.take();
    bench
}

pub fn request_ack(id: RequestId, answer: Answer) -> Datagram<'static> {
    Datagram::Ack(Ack::Request { id, answer })
}

impl Bench<Client> {
    /// An extended server's answer to the last request for a place.
    pub fn be_welcome(&mut self) {
        let Some(Datagram::Reg { id: Some(id), .. }) = self.sent_to(server_at()).pop() else {
            panic!("a client asks to be registered");
        };
        let answer = welcome(INSTANCE);
        self.hear(server_at(), &request_ack(id, answer));
    }

    /// Writes the line that becomes number `line`, or is refused.
    pub fn write(&mut self, line: u64, to: &str, text: &str) {
        let before = self.outputs.len();
        self.ask(client::Command::Send {
            to: nick(to),
            text: text.to_owned(),
        });
        let taken = self.outputs[before..]
            .iter()
            .find_map(|(_, output)| match output {
                Output::Event(client::Event::Line(line)) => Some(line.id),
                Output::Event(_) | Output::Transmit(_) | Output::Persist(_) => None,
            });
        assert!(taken.is_none_or(|id| id == LineId(line)), "{taken:?}");
    }

    /// What became of the lines, and of the session, since the last time.
    pub fn deliveries(&mut self) -> Vec<(u64, Delivery)> {
        let delivery = |event| match event {
            client::Event::Delivery { line, delivery, .. } => Some((line.0, delivery)),
            client::Event::Session(_)
            | client::Event::Contacts(_)
            | client::Event::Room(_)
            | client::Event::Line(_)
            | client::Event::Refused { .. }
            | client::Event::NotRetried { .. }
            | client::Event::Deleted(_)
            | client::Event::Typing(_)
            | client::Event::ReadBy { .. }
            | client::Event::MailboxFull(_)
            | client::Event::Notice(_)
            | client::Event::Closed => None,
        };
        self.events().into_iter().filter_map(delivery).collect()
    }

    pub fn sessions(&mut self) -> Vec<Session> {
        let session = |event| match event {
            client::Event::Session(session) => Some(session),
            client::Event::Contacts(_)
            | client::Event::Room(_)
            | client::Event::Delivery { .. }
            | client::Event::Line(_)
            | client::Event::Refused { .. }
            | client::Event::NotRetried { .. }
            | client::Event::Deleted(_)
            | client::Event::Typing(_)
            | client::Event::ReadBy { .. }
            | client::Event::MailboxFull(_)
            | client::Event::Notice(_)
            | client::Event::Closed => None,
        };
        self.events().into_iter().filter_map(session).collect()
    }

    /// What was not accepted since the last time, and why.
    pub fn refused(&mut self) -> Vec<(String, client::Failure)> {
        let refused = |event| match event {
            client::Event::Refused { text, failure, .. } => Some((text, failure)),
            client::Event::Session(_)
            | client::Event::Contacts(_)
            | client::Event::Room(_)
            | client::Event::Line(_)
            | client::Event::Delivery { .. }
            | client::Event::NotRetried { .. }
            | client::Event::Deleted(_)
            | client::Event::Typing(_)
            | client::Event::ReadBy { .. }
            | client::Event::MailboxFull(_)
            | client::Event::Notice(_)
            | client::Event::Closed => None,
        };
        self.events().into_iter().filter_map(refused).collect()
    }

    /// The texts that were shown since the last time, with their senders.
    pub fn shown(&mut self) -> Vec<(String, String)> {
        let shown = |event| match event {
            client::Event::Line(Line {
                peer,
                text,
                origin: Origin::Theirs { .. },
                ..
            }) => Some((peer.to_string(), text)),
            client::Event::Session(_)
            | client::Event::Contacts(_)
            | client::Event::Room(_)
            | client::Event::Line(_)
            | client::Event::Refused { .. }
            | client::Event::Delivery { .. }
            | client::Event::NotRetried { .. }
            | client::Event::Deleted(_)
            | client::Event::Typing(_)
            | client::Event::ReadBy { .. }
            | client::Event::MailboxFull(_)
            | client::Event::Notice(_)
            | client::Event::Closed => None,
        };
        self.events().into_iter().filter_map(shown).collect()
    }
}

/// The ack of a part, and of everything before it.
pub fn confirmation(part: Part) -> Datagram<'static> {
    let receipt = Receipt {
        stream: part.stream,
        below: part.seq.next(),
    };
    let seq = part.seq;
    Datagram::Ack(Ack::Part {
        seq,
        receipt,
        attempt: part.attempt,
    })
}

/// Registered in this run of a server whose store and tokens stay the same.
pub fn welcome(instance: Instance) -> Answer {
    Answer::Welcome {
        instance,
        epoch: Epoch(11),
        token: Token(12),
    }
}

/// `x`, signed in among one of ours, a classic one, and one who is away.
pub fn room() -> Bench<Client> {
    let people = vec![
        entry("x", at(1), true, true),
        entry("y", at(2), true, true),
        entry("classic", at(3), true, false),
        entry("away", at(4), false, true),
    ];
    client_among("x", people)
}

/// The server's word on a part.
pub fn mail_answer(part: Part, answer: MailAnswer) -> Datagram<'static> {
    Datagram::Ack(Ack::Mail {
        stream: part.stream,
        seq: part.seq,
        answer,
    })
}
