//! Many people who sign in at the same instant, each at a socket of their own: who is registered,
//! who holds the whole table, and what it cost. One thread plays all of them, as far as a client
//! answers by itself: it repeats its `Reg` as a client does and acknowledges what it is sent. It
//! shares the machine with the server, so most of them only look at a page's versions, and every
//! [`READERS`]th reads the names too.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use super_chatter::machine::client::{ANSWER_WAIT, ATTEMPTS_MAX};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Instance, RequestId, Style, Table, TableEntry, Version, decode, encode,
    texts,
};

use super::host::{Host, LOOPBACK, nickname};
use crate::support::{median, now, print_head, thread_time};

/// A run that takes longer has failed.
const END: Duration = Duration::from_secs(15);

/// Up to that many people everybody reads the names; of more, one in as many does.
const READERS: usize = 50;

/// Runs of each size.
const RUNS: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Classic,
    Extended,
}

/// One person at a socket.
struct Person {
    socket: UdpSocket,
    name: String,
    attempts: u32,
    ask_again: Duration,
    registered: Option<Duration>,
    whole: Option<Duration>,
    version: Version,
    /// Pages that came before an earlier one, as runs of versions.
    early: BTreeSet<(Version, Version)>,
    reads: bool,
    online: BTreeSet<String>,
}

/// What the datagrams of one run were.
#[derive(Default)]
struct Traffic {
    sent: u64,
    received: u64,
    pages: u64,
    /// Pages of which nothing was new.
    again: u64,
}

struct Storm {
    kind: Kind,
    server: SocketAddr,
    start: Instant,
    people: Vec<Person>,
    traffic: Traffic,
}

/// What came out of one run.
struct Outcome {
    registered: usize,
    whole: usize,
    all_registered: Option<Duration>,
    all_whole: Option<Duration>,
    server_time: Option<Duration>,
    traffic: Traffic,
}

pub fn run() {
    print_head("many sign in at the same instant");
    for (count, kind) in [
        (50, Kind::Classic),
        (50, Kind::Extended),
        (100, Kind::Extended),
        (200, Kind::Extended),
        (1000, Kind::Extended),
    ] {
        let outcomes: Vec<_> = (0..RUNS).map(|_| once(count, kind)).collect();
        print(count, kind, &outcomes);
    }
}

fn once(count: usize, kind: Kind) -> Outcome {
    let host = Host::open();
    let mut poll = Poll::new().expect("sockets can be polled");
    let people = (0..count)
        .map(|number| person((number, count), &mut poll))
        .collect();
    let before = thread_time("server");
    let mut storm = Storm {
        kind,
        server: host.address,
        start: now(),
        people,
        traffic: Traffic::default(),
    };
    storm.run(&mut poll);
    let after = thread_time("server");
    let last = |of: fn(&Person) -> Option<Duration>| {
        let times: Option<Vec<_>> = storm.people.iter().map(of).collect();
        times.and_then(|times| times.into_iter().max())
    };
    let outcome = Outcome {
        registered: storm
            .people
            .iter()
            .filter(|p| p.registered.is_some())
            .count(),
        whole: storm.people.iter().filter(|p| p.whole.is_some()).count(),
        all_registered: last(|person| person.registered),
        all_whole: last(|person| person.whole),
        server_time: after.zip(before).map(|(after, before)| after - before),
        traffic: storm.traffic,
    };
    host.close();
    outcome
}

fn person((number, count): (usize, usize), poll: &mut Poll) -> Person {
    let mut socket = UdpSocket::bind(SocketAddr::new(LOOPBACK, 0))
        .expect("loopback has a free port, and a process enough files (see ulimit -n)");
    poll.registry()
        .register(&mut socket, Token(number), Interest::READABLE)
        .expect("a socket can be polled");
    Person {
        socket,
        name: format!("user{number:04}"),
        attempts: 0,
        ask_again: Duration::ZERO,
        registered: None,
        whole: None,
        version: Version(0),
        early: BTreeSet::new(),
        reads: number % READERS == 0 || count <= READERS,
        online: BTreeSet::new(),
    }
}

impl Storm {
    fn run(&mut self, poll: &mut Poll) {
        let mut events = Events::with_capacity(self.people.len());
        while self.start.elapsed() < END && self.people.iter().any(|p| p.whole.is_none()) {
            self.ask();
            let wait = Duration::from_millis(10);
            poll.poll(&mut events, Some(wait))
                .expect("sockets can be polled");
            for event in &events {
                self.read(event.token().0);
            }
        }
    }

    /// Sends the sign-ins that are due.
    fn ask(&mut self) {
        let now = self.start.elapsed();
        for person in &mut self.people {
            let open = person.registered.is_none() && person.attempts < ATTEMPTS_MAX;
            if open && person.ask_again <= now {
                person.attempts += 1;
                person.ask_again = now + ANSWER_WAIT;
                let nickname = nickname(&person.name);
                let id = (self.kind == Kind::Extended).then_some(RequestId(1));
                let nickname = nickname.name();
                let reg = Datagram::Reg {
                    nickname,
                    id,
                    token: None,
                };
                person.send(self.server, &reg, self.kind, &mut self.traffic);
            }
        }
    }

    fn read(&mut self, number: usize) {
        let count = self.people.len();
        let mut buffer = [0; 8192];
        while let Ok(len) = self.people[number].socket.recv(&mut buffer) {
            self.traffic.received += 1;
            let at = self.start.elapsed();
            let person = &mut self.people[number];
            let ack = match versions(&buffer[..len]).filter(|_| !person.reads) {
                Some(page) => person.turn(page, &mut self.traffic),
                None => {
                    let datagram = decode(&buffer[..len]).expect("a datagram of the protocol");
                    person.take(datagram, at, &mut self.traffic)
                }
            };
            if let Some(ack) = ack {
                let ack = Datagram::Ack(ack);
                person.send(self.server, &ack, self.kind, &mut self.traffic);
            }
            if person.whole.is_none() && person.holds(count) {
                person.whole = Some(at);
            }
        }
    }
}

impl Person {
    fn send(&self, to: SocketAddr, datagram: &Datagram<'_>, kind: Kind, traffic: &mut Traffic) {
        let style = match kind {
            Kind::Classic => Style::Classic,
            Kind::Extended => Style::Compact,
        };
        // A full send buffer is a lost datagram.
        let _ = self.socket.send_to(&encode(datagram, style), to);
        traffic.sent += 1;
    }

    /// Takes in what the server sent, and how it is acknowledged.
    fn take(&mut self, datagram: Datagram<'_>, at: Duration, traffic: &mut Traffic) -> Option<Ack> {
        match datagram {
            Datagram::Ack(Ack::Request {
                answer: Answer::Welcome { .. },
                ..
            }) => {
                self.registered.get_or_insert(at);
                None
            }
            Datagram::Notification { text, id: None, .. } => {
                if text == texts::WELCOME {
                    self.registered.get_or_insert(at);
                }
                Some(Ack::Plain)
            }
            Datagram::Verification { id: None, .. } => Some(Ack::Plain),
            Datagram::Verification { id: Some(id), .. }
            | Datagram::Notification { id: Some(id), .. } => Some(Ack::Request {
                id,
                answer: Answer::Done,
            }),
            Datagram::Table(Table::Whole(entries)) => {
                traffic.pages += 1;
                self.online.clear();
                self.learn(&entries);
                Some(Ack::Plain)
            }
            Datagram::Table(Table::Page(page)) => {
                self.learn(&page.entries);
                self.turn((page.instance, page.from, page.to), traffic)
            }
            Datagram::Ack(_)
            | Datagram::Chat { .. }
            | Datagram::Reg { .. }
            | Datagram::Dereg { .. }
            | Datagram::Offline { .. }
            | Datagram::Typing { .. }
            | Datagram::Read { .. } => None,
        }
    }

    /// Takes a page in by its versions.
    fn turn(
        &mut self,
        (instance, from, to): (Instance, Version, Version),
        traffic: &mut Traffic,
    ) -> Option<Ack> {
        traffic.pages += 1;
        let is_new = to > self.version && self.early.insert((from, to));
        traffic.again += u64::from(!is_new);
        while let Some((from, to)) = self.early.first().copied()
            && from <= self.version
        {
            self.version = self.version.max(to);
            self.early.pop_first();
        }
        let version = self.version;
        Some(Ack::Table { instance, version })
    }

    /// Whether the table of `count` people, of whom each came once, is complete here.
    fn holds(&self, count: usize) -> bool {
        let versions = self.version.0 >= count as u64;
        (versions && !self.reads) || self.online.len() == count
    }

    fn learn(&mut self, entries: &[TableEntry<'_>]) {
        let online = entries.iter().filter(|entry| entry.online);
        self.online
            .extend(online.map(|entry| entry.nickname.as_str().to_owned()));
    }
}

/// What a page says of itself, without its entries; `None`: it is something else.
fn versions(bytes: &[u8]) -> Option<(Instance, Version, Version)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let head = text
        .strip_prefix(r#"{"Type":"Table","sc":"#)?
        .split("[")
        .next()?;
    let number = |key| {
        let behind = head.split_once(key)?.1;
        let end = behind.find(|c: char| !c.is_ascii_digit())?;
        behind[..end].parse().ok()
    };
    Some((
        Instance(number(r#""in":"#)?),
        Version(number(r#""tf":"#)?),
        Version(number(r#""tv":"#)?),
    ))
}

fn print(count: usize, kind: Kind, outcomes: &[Outcome]) {
    let least = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).min().unwrap_or_default();
    let ms = |of: fn(&Outcome) -> Option<Duration>| {
        let time = |outcome| of(outcome).map_or(f64::INFINITY, |time| time.as_secs_f64() * 1e3);
        median(outcomes.iter().map(time))
    };
    let mean = |of: fn(&Traffic) -> u64| {
        outcomes
            .iter()
            .map(|outcome| of(&outcome.traffic))
            .sum::<u64>()
            / outcomes.len() as u64
    };
    let (registered, whole) = (least(|o| o.registered), least(|o| o.whole));
    let server_ms = ms(|outcome| outcome.server_time);
    let notice_ns = server_ms * 1e6 / (count * count) as f64;
    let (pages, again) = (mean(|traffic| traffic.pages), mean(|traffic| traffic.again));
    let (sent, received) = (
        mean(|traffic| traffic.sent),
        mean(|traffic| traffic.received),
    );
    println!(
        "{count:>5} {kind:?}: registered at least {registered} (lost {}), whole table at least {whole}; \
         all registered after {:.1} ms, all whole after {:.1} ms",
        count - registered,
        ms(|outcome| outcome.all_registered),
        ms(|outcome| outcome.all_whole),
    );
    println!(
        "      datagrams: {sent} to the server, {received} from it, {pages} of them tables, {again} sent \
         again; server {server_ms:.1} ms of processor time, {notice_ns:.0} ns a notice"
    );
}
