//! A simulated world: the real machines on one virtual clock and one network ([`Wire`]). The same seed
//! gives the same run. No test lives here.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::client::{self, Client, Delivery, LineId, Session};
use super_chatter::machine::server::{self, Record, Saved, Server};
use super_chatter::machine::{Machine, Now, Output};
use super_chatter::protocol::Nickname;

use crate::wire::{Network, Wire};

/// The time that a commit takes.
const COMMIT: Duration = Duration::from_millis(4);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Packet {
        from: SocketAddr,
        to: SocketAddr,
        bytes: Vec<u8>,
    },
    Commit,
}

/// One person at a client.
pub struct Person {
    pub nickname: Nickname,
    pub address: SocketAddr,
    pub machine: Client,
    pub session: Session,
    /// Who and what was shown, in order.
    pub shown: Vec<(Nickname, String)>,
    pub deliveries: BTreeMap<LineId, Vec<Delivery>>,
    pub contacts: BTreeMap<Nickname, client::Contact>,
    pub notices: Vec<String>,
    /// The number of the line that came or was written last.
    last_line: u64,
}

pub struct World {
    seed: u64,
    pub wire: Wire,
    pub now: Duration,
    queue: BinaryHeap<Reverse<(Duration, u64, Happening)>>,
    happenings: u64,
    pub people: BTreeMap<SocketAddr, Person>,
    pub server: Option<Server>,
    pub server_at: SocketAddr,
    /// What the server has on disk.
    pub disk: Vec<Record>,
    gathering: Vec<Record>,
    committing: Vec<Record>,
    /// Server outputs, with the number of the commit that they wait for.
    waiting: VecDeque<(u64, Output<Record, server::Event>)>,
    commits: u64,
    pub stopped: bool,
}

impl World {
    pub fn new(seed: u64, network: Network) -> Self {
        Self {
            seed,
            wire: Wire::new(seed, network),
            now: Duration::ZERO,
            queue: BinaryHeap::new(),
            happenings: 0,
            people: BTreeMap::new(),
            server: Some(Server::new(seed, Saved::default())),
            server_at: ([10, 0, 0, 1], 5000).into(),
            disk: Vec::new(),
            gathering: Vec::new(),
            committing: Vec::new(),
            waiting: VecDeque::new(),
            commits: 0,
            stopped: false,
        }
    }

    pub fn clock(&self) -> Now {
        Now {
            mono: self.now,
            unix_ms: 1_700_000_000_000 + self.now.as_millis() as i64,
            utc_offset_s: 3600,
        }
    }

    /// Puts a person at a fresh address and signs them in.
    pub fn join(&mut self, name: &str) -> SocketAddr {
        let at = ([10, 0, 0, 2 + self.people.len() as u8], 6000).into();
        let nickname = Nickname::parse(name).expect("a valid name");
        let machine = Client::new(
            self.seed ^ (1 + self.people.len() as u64),
            client::Saved::default(),
        );
        let person = Person {
            nickname: nickname.clone(),
            address: at,
            machine,
            session: Session::SignedOut,
            shown: Vec::new(),
            deliveries: BTreeMap::new(),
            contacts: BTreeMap::new(),
            notices: Vec::new(),
            last_line: 0,
        };
        self.people.insert(at, person);
        self.sign_in(at);
        at
    }

    pub fn sign_in(&mut self, at: SocketAddr) {
        let (nickname, server) = (self.people[&at].nickname.clone(), self.server_at);
        self.ask(
            at,
            client::Command::Register {
                nickname,
                servers: vec![server],
            },
        );
    }

    pub fn ask(&mut self, at: SocketAddr, command: client::Command) {
        let now = self.clock();
        let person = self.people.get_mut(&at).expect("somebody is there");
        person.machine.handle_command(now, command);
        self.drain_person(at);
    }

    pub fn ask_server(&mut self, command: server::Command) {
        let now = self.clock();
        if let Some(server) = &mut self.server {
            server.handle_command(now, command);
        }
        self.drain_server();
    }

    pub fn say(&mut self, from: SocketAddr, to: SocketAddr, text: &str) -> LineId {
        let to = self.people[&to].nickname.clone();
        self.ask(
            from,
            client::Command::Send {
                to,
                text: text.to_owned(),
            },
        );
        LineId(self.people[&from].last_line)
    }

    /// Stops the server as a crash would: what is not on disk is gone.
    pub fn crash_server(&mut self) {
        self.server = None;
        self.gathering.clear();
        self.committing.clear();
        self.waiting.clear();
    }

    /// Starts the server from its disk.
    pub fn restart_server(&mut self) {
        self.commits += 1;
        self.server = Some(Server::new(self.seed + self.commits, saved(&self.disk)));
        self.drain_server();
    }

    /// Lets things happen until `done`. Panics with the seed after `limit` of virtual time.
    pub fn run_until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) {
        let end = self.now + limit;
        while !done(self) {
            assert!(
                self.step(end),
                "seed {}: not done at {:?}",
                self.seed,
                self.now
            );
        }
    }

    pub fn run_for(&mut self, span: Duration) {
        let end = self.now + span;
        while self.step(end) {}
        self.now = end;
    }

    /// The next thing that happens before `end`.
    fn step(&mut self, end: Duration) -> bool {
        let person = self
            .people
            .values()
            .filter_map(|p| Some((p.machine.poll_timeout()?, p.address)))
            .min();
        let server = self.server.as_ref().and_then(Machine::poll_timeout);
        let packet = self.queue.peek().map(|Reverse((at, ..))| *at);
        let next = [person.map(|(at, _)| at), server, packet]
            .into_iter()
            .flatten()
            .min();
        let Some(at) = next.filter(|at| *at <= end) else {
            return false;
        };
        self.now = self.now.max(at);
        let now = self.clock();
        if packet == Some(at) {
            let Some(Reverse((_, _, happening))) = self.queue.pop() else {
                return false;
            };
            self.happen(happening);
        } else if server == Some(at) {
            if let Some(server) = &mut self.server {
                time_out(server, now);
            }
            self.drain_server();
        } else if let Some((_, address)) = person {
            let person = self.people.get_mut(&address);
            time_out(&mut person.expect("it was just seen").machine, now);
            self.drain_person(address);
        }
        true
    }

    fn happen(&mut self, happening: Happening) {
        let now = self.clock();
        match happening {
            Happening::Packet { from, to, bytes } if to == self.server_at => {
                if let Some(server) = &mut self.server {
                    server.handle_datagram(now, from, &bytes);
                    self.drain_server();
                }
            }
            Happening::Packet { from, to, bytes } => {
                if let Some(person) = self.people.get_mut(&to) {
                    person.machine.handle_datagram(now, from, &bytes);
                    self.drain_person(to);
                }
            }
            Happening::Commit => {
                let committed = std::mem::take(&mut self.committing);
                if !committed.is_empty() {
                    self.disk.extend(committed);
                    self.commits += 1;
                    self.release();
                    self.turn();
                }
            }
        }
    }

    fn drain_person(&mut self, at: SocketAddr) {
        let mut sent = Vec::new();
        let person = self.people.get_mut(&at).expect("somebody is there");
        while let Some(output) = person.machine.poll_output() {
            match output {
                Output::Persist(_) => {}
                Output::Transmit(transmit) => sent.push(transmit),
                Output::Event(event) => person.hear(event),
            }
        }
        for transmit in sent {
            self.transmit(at, transmit.to, &transmit.bytes);
        }
    }

    fn drain_server(&mut self) {
        while let Some(output) = self.server.as_mut().and_then(Machine::poll_output) {
            match output {
                Output::Persist(record) => self.gathering.push(record),
                Output::Transmit(_) | Output::Event(_) => {
                    let batches = u64::from(!self.gathering.is_empty())
                        + u64::from(!self.committing.is_empty());
                    self.waiting.push_back((self.commits + batches, output));
                }
            }
        }
        self.release();
        self.turn();
    }

    fn turn(&mut self) {
        if self.committing.is_empty() && !self.gathering.is_empty() {
            self.committing = std::mem::take(&mut self.gathering);
            self.schedule(self.now + COMMIT, Happening::Commit);
        }
    }

    fn release(&mut self) {
        while let Some((_, output)) = self
            .waiting
            .pop_front_if(|(commit, _)| *commit <= self.commits)
        {
            match output {
                Output::Transmit(transmit) => {
                    self.transmit(self.server_at, transmit.to, &transmit.bytes)
                }
                Output::Event(server::Event::Stopped) => self.stopped = true,
                Output::Event(_) | Output::Persist(_) => {}
            }
        }
    }

    fn transmit(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        for delay in self.wire.carry(from, to, bytes) {
            let packet = Happening::Packet {
                from,
                to,
                bytes: bytes.to_vec(),
            };
            self.schedule(self.now + delay, packet);
        }
    }

    fn schedule(&mut self, at: Duration, happening: Happening) {
        self.happenings += 1;
        self.queue.push(Reverse((at, self.happenings, happening)));
    }
}

impl Person {
    fn hear(&mut self, event: client::Event) {
        match event {
            client::Event::Session(session) => self.session = session,
            client::Event::Contacts(contacts) => {
                self.contacts.extend(
                    contacts
                        .into_iter()
                        .map(|contact| (contact.nickname.clone(), contact)),
                );
            }
            client::Event::Line(line) => {
                self.last_line = line.id.0;
                if let client::Origin::Theirs { .. } = line.origin {
                    self.shown.push((line.peer, line.text));
                }
            }
            client::Event::Refused { text, failure, .. } => panic!("{failure:?}: {text}"),
            client::Event::Delivery { line, delivery, .. } => {
                self.deliveries.entry(line).or_default().push(delivery)
            }
            client::Event::Notice(text) => self.notices.push(text),
            client::Event::Room(_)
            | client::Event::NotRetried { .. }
            | client::Event::Deleted(_)
            | client::Event::Typing(_)
            | client::Event::ReadBy { .. }
            | client::Event::MailboxFull(_)
            | client::Event::Closed => {}
        }
    }

    /// The texts that `from` had shown here.
    pub fn from(&self, from: &str) -> Vec<&str> {
        let by = |(sender, _): &&(Nickname, String)| sender.as_str() == from;
        self.shown
            .iter()
            .filter(by)
            .map(|(_, text)| text.as_str())
            .collect()
    }

    /// What was told last of a line; `None`: nothing but that it was accepted.
    pub fn last_told(&self, line: LineId) -> Option<Delivery> {
        self.deliveries.get(&line)?.last().copied()
    }

    pub fn is_delivered(&self, line: LineId) -> bool {
        matches!(self.last_told(line), Some(Delivery::Delivered(_)))
    }

    pub fn sees_online(&self, name: &str) -> bool {
        self.contacts
            .get(name)
            .is_some_and(|contact| contact.online)
    }
}

/// A deadline that was handled is over: else a driver would turn without end.
fn time_out(machine: &mut impl Machine, now: Now) {
    machine.handle_timeout(now);
    let next = machine.poll_timeout();
    assert!(
        next.is_none_or(|next| next > now.mono),
        "{next:?} is due at {:?}",
        now.mono
    );
}

/// What the records on disk add up to.
pub fn saved(disk: &[Record]) -> Saved {
    let mut saved = Saved::default();
    for record in disk.iter().cloned() {
        match record {
            Record::Person(person) => {
                saved
                    .people
                    .retain(|other| other.nickname != person.nickname);
                saved.people.push(person);
            }
            Record::Mail(mail) => saved.mail.push(mail),
            Record::MailRemoved(id) => {
                saved.mail.retain(|mail| mail.id != id);
                // A stream's row goes with its last mail.
                let mail = &saved.mail;
                saved.passed.retain(|passed| {
                    mail.iter().any(|mail| {
                        (&mail.recipient, mail.part.stream) == (&passed.recipient, passed.stream)
                    })
                });
            }
            Record::Receipt(held) => {
                saved
                    .receipts
                    .retain(|other| other.receipt.stream != held.receipt.stream);
                saved.receipts.push(held);
            }
            Record::ReceiptTaken(stream) => {
                saved.receipts.retain(|held| held.receipt.stream != stream)
            }
            Record::ClassicStream(stream) => {
                let pair = (stream.sender.clone(), stream.recipient.clone());
                saved
                    .classic_streams
                    .retain(|s| (s.sender.clone(), s.recipient.clone()) != pair);
                saved.classic_streams.push(stream);
            }
            Record::Epoch(epoch) => saved.epoch = Some(epoch),
            Record::Passed(passed) => {
                let key = (passed.recipient.clone(), passed.stream);
                saved
                    .passed
                    .retain(|other| (other.recipient.clone(), other.stream) != key);
                saved.passed.push(passed);
            }
            Record::Expired(held) => saved.expired.push(held),
            Record::ExpiryTaken(expired) => saved.expired.retain(|held| held.expired != expired),
            Record::Blocked(ip) => saved.blocked.push(ip),
            Record::Unblocked(ip) => saved.blocked.retain(|other| *other != ip),
        }
    }
    saved
}
