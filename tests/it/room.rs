//! A room around one server: clients that answer everything as they should, except those that are
//! silent, and a list of what each was sent. No test lives here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::server::{Command, Event, Person, Record, Saved, Server};
use super_chatter::machine::{Machine, Output, Transmit};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Instance, Receipt, RequestId, RoomName, Seq, Stream, Table, TablePage,
    Version,
};

use crate::bench::{Bench, Sent, at, dereg, nick, reg, request_ack};

pub struct Room {
    pub bench: Bench<Server>,
    /// Who answers nothing.
    pub silent: BTreeSet<SocketAddr>,
    /// Whom a datagram does not reach: the number of the datagram, counted in the whole room.
    pub loses: fn(u64) -> bool,
    pub count: u64,
    /// What was sent and when, to whom.
    pub sent: Vec<(u64, SocketAddr, Datagram<'static>)>,
    pub longest: usize,
    pub records: Vec<Record>,
    pub events: Vec<Event>,
    tables: BTreeMap<SocketAddr, ClientTable>,
    streams: BTreeMap<(SocketAddr, Stream), Seq>,
    last_request: u64,
}

/// The table as one extended client has it.
#[derive(Default)]
pub struct ClientTable {
    pub instance: Option<Instance>,
    pub version: Version,
    pub online: BTreeMap<String, bool>,
    /// What the room is called.
    pub room: RoomName,
    /// Pages that came before an earlier one.
    early: BTreeMap<Version, TablePage<'static>>,
}

impl ClientTable {
    fn take(&mut self, page: TablePage<'static>) {
        self.instance = Some(page.instance);
        self.early.insert(page.from, page);
        while let Some(first) = self.early.first_entry()
            && *first.key() <= self.version
        {
            let page = first.remove();
            if page.to <= self.version {
                continue;
            }
            self.version = page.to;
            if let Some(room) = page.room {
                self.room = room;
            }
            for entry in page.entries {
                let name = entry.nickname.as_str().to_owned();
                self.online.insert(name, entry.online);
            }
        }
    }
}

impl Room {
    pub fn new(saved: Saved) -> Self {
        Self {
            bench: Bench::new(Server::new(5, saved)),
            silent: BTreeSet::new(),
            loses: |_| false,
            count: 0,
            sent: Vec::new(),
            longest: 0,
            records: Vec::new(),
            events: Vec::new(),
            tables: BTreeMap::new(),
            streams: BTreeMap::new(),
            last_request: 1000,
        }
    }

    /// Signs an extended client in.
    pub fn join(&mut self, nickname: &str, from: SocketAddr) {
        let id = self.request();
        self.tables.remove(&from);
        self.hear(from, &reg(nickname, Some(id)));
    }

    /// Signs a classic client in.
    pub fn join_classic(&mut self, nickname: &str, from: SocketAddr) {
        self.hear(from, &reg(nickname, None));
    }

    pub fn leave(&mut self, nickname: &str, from: SocketAddr) {
        let id = self.request();
        self.hear(from, &dereg(nickname, Some(id)));
    }

    pub fn request(&mut self) -> u64 {
        self.last_request += 1;
        self.last_request
    }

    pub fn hear(&mut self, from: SocketAddr, datagram: &Datagram<'_>) {
        self.bench.hear(from, datagram);
        self.settle();
    }

    pub fn feed(&mut self, from: SocketAddr, bytes: &[u8]) {
        self.bench.feed(from, bytes);
        self.settle();
    }

    pub fn stop(&mut self) {
        self.ask(Command::Stop);
    }

    pub fn ask(&mut self, command: Command) {
        self.bench.ask(command);
        self.settle();
    }

    pub fn run_to(&mut self, ms: u64) {
        while let Some(due) = self.bench.machine.poll_timeout()
            && due <= Duration::from_millis(ms)
        {
            self.bench.run_to(due.as_nanos().div_ceil(1_000_000) as u64);
            self.settle();
        }
        self.bench.run_to(ms);
    }

    pub fn run_for(&mut self, ms: u64) {
        self.run_to(self.bench.now_ms() + ms);
    }

    /// Lets everybody answer, until nothing more comes.
    fn settle(&mut self) {
        loop {
            let mut sent = Vec::new();
            for (at_ms, output) in self.bench.take() {
                match output {
                    Output::Persist(record) => self.records.push(record),
                    Output::Event(event) => self.events.push(event),
                    Output::Transmit(transmit) => {
                        let Transmit { to, bytes } = transmit;
                        sent.push(Sent { at_ms, to, bytes });
                    }
                }
            }
            if sent.is_empty() {
                return;
            }
            for sent in sent {
                self.count += 1;
                self.longest = self.longest.max(sent.bytes.len());
                let datagram = sent.datagram();
                self.sent.push((sent.at_ms, sent.to, datagram.clone()));
                let arrives = !self.silent.contains(&sent.to) && !(self.loses)(self.count);
                if arrives && let Some(ack) = self.answer(sent.to, datagram) {
                    self.bench.hear(sent.to, &Datagram::Ack(ack));
                }
            }
        }
    }

    fn answer(&mut self, to: SocketAddr, datagram: Datagram<'static>) -> Option<Ack> {
        let plain_or = |id: Option<RequestId>| {
            let done = |id| Ack::Request {
                id,
                answer: Answer::Done,
            };
            Some(id.map_or(Ack::Plain, done))
        };
        match datagram {
            Datagram::Verification { id, .. } | Datagram::Notification { id, .. } => plain_or(id),
            Datagram::Table(Table::Whole(_)) | Datagram::Chat { part: None, .. } => {
                Some(Ack::Plain)
            }
            Datagram::Table(Table::Page(page)) => {
                let table = self.tables.entry(to).or_default();
                let instance = page.instance;
                table.take(page);
                let version = table.version;
                Some(Ack::Table { instance, version })
            }
            Datagram::Chat {
                part: Some(part), ..
            } => {
                let next = self.streams.entry((to, part.stream)).or_insert(part.lowest);
                if part.seq == *next {
                    *next = part.seq.next();
                }
                let receipt = Receipt {
                    stream: part.stream,
                    below: *next,
                };
                let seq = part.seq;
                Some(Ack::Part {
                    seq,
                    receipt,
                    attempt: part.attempt,
                })
            }
            Datagram::Ack(_)
            | Datagram::Reg { .. }
            | Datagram::Dereg { .. }
            | Datagram::Typing { .. }
            | Datagram::Read { .. }
            | Datagram::Offline { .. } => None,
        }
    }

    /// Takes what one client was sent since the last time.
    pub fn sent_to(&mut self, to: SocketAddr) -> Vec<Datagram<'static>> {
        let taken = self.sent.extract_if(.., |(_, other, _)| *other == to);
        taken.map(|(_, _, datagram)| datagram).collect()
    }

    /// The texts that a client was sent since the last time, in short: notifications and chats as
    /// they stand, everything else by its kind.
    pub fn words_to(&mut self, to: SocketAddr) -> Vec<String> {
        self.sent_to(to).into_iter().map(word).collect()
    }

    /// The receipts that a client was told since the last time.
    pub fn receipts_to(&mut self, to: SocketAddr) -> Vec<Receipt> {
        let receipts = |datagram| {
            let Datagram::Notification { receipts, .. } = datagram else {
                return Vec::new();
            };
            receipts
        };
        self.sent_to(to).into_iter().flat_map(receipts).collect()
    }

    pub fn table_of(&self, client: SocketAddr) -> &ClientTable {
        &self.tables[&client]
    }

    /// Forgets what was sent.
    pub fn forget(&mut self) {
        self.sent.clear();
        self.records.clear();
        self.events.clear();
    }
}

fn word(datagram: Datagram<'static>) -> String {
    match datagram {
        Datagram::Notification { text, .. } | Datagram::Chat { text, .. } => text.into_owned(),
        Datagram::Ack(Ack::Plain) => "ack".into(),
        Datagram::Ack(Ack::Request { answer, .. }) => match answer {
            Answer::Welcome { .. } => "welcome".into(),
            Answer::Taken => "taken".into(),
            Answer::Refused => "refused".into(),
            Answer::Done => "done".into(),
        },
        Datagram::Ack(Ack::Mail { answer, .. }) => format!("{answer:?}").to_lowercase(),
        Datagram::Ack(Ack::Part { .. } | Ack::Table { .. }) => "confirmed".into(),
        Datagram::Table(Table::Whole(_)) => "table".into(),
        Datagram::Table(Table::Page(_)) => "page".into(),
        Datagram::Verification { .. } => "are you there?".into(),
        Datagram::Reg { .. } | Datagram::Dereg { .. } | Datagram::Offline { .. } => {
            panic!("a server sends no requests of a client")
        }
        Datagram::Typing { .. } | Datagram::Read { .. } | Datagram::Ack(Ack::Read(_)) => {
            panic!("a server has no part in what two peers tell each other")
        }
    }
}

/// Answers by hand, for a client that is silent otherwise.
pub fn done(id: RequestId) -> Datagram<'static> {
    request_ack(id, Answer::Done)
}

/// A server that knows so many people, the later ones seen later.
pub fn known(count: u16) -> Saved {
    let person = |number| Person {
        nickname: nick(&format!("p{number}")),
        address: at(number),
        extended: true,
        seen_ms: 1_600_000_000_000 + i64::from(number) * 1_000,
    };
    Saved {
        people: (0..count).map(person).collect(),
        ..Saved::default()
    }
}
