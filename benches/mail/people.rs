//! Many people at sockets of their own, all played by one thread. They speak the protocol as far as
//! the server needs it: they answer what it asks, turn its table's pages, and take mail in order and
//! once. What they want to say is decided elsewhere.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use super_chatter::machine::client::{ANSWER_WAIT, WINDOW};
use super_chatter::protocol::{
    Ack, Answer, Datagram, MailAnswer, Nickname, Part, Receipt, RequestId, Seq, Stream, Style,
    Table, TablePage, Version, decode, encode,
};

use super::program::{LOOPBACK, PATIENCE};
use crate::support::now;

/// What somebody learned from a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Welcome,
    /// The answer to another request.
    Done(RequestId),
    Mail {
        stream: Stream,
        seq: Seq,
        answer: MailAnswer,
    },
    /// A message would now be shown; its text begins with this number.
    Shown {
        stream: Stream,
        number: u64,
    },
    /// A peer has everything below.
    Confirmed(Receipt),
}

/// How far a stream has come in.
struct Inbox {
    next: Seq,
    early: BTreeMap<Seq, u64>,
}

pub struct Person {
    pub name: Nickname,
    pub address: SocketAddr,
    socket: UdpSocket,
    version: Version,
    inbox: BTreeMap<Stream, Inbox>,
}

pub struct Crowd {
    pub people: Vec<Person>,
    pub server: SocketAddr,
    poll: Poll,
    events: Events,
    rng: fastrand::Rng,
    /// The share of datagrams that get lost, each way.
    pub loss: f64,
    requests: u64,
}

impl Crowd {
    /// `count` people, called `name` and a number. Nobody is registered.
    pub fn new(name: &str, count: usize, server: SocketAddr) -> Self {
        let poll = Poll::new().expect("sockets can be polled");
        let person = |number| {
            let mut socket = UdpSocket::bind(SocketAddr::new(LOOPBACK, 0))
                .expect("loopback has a free port, and a process enough files (see ulimit -n)");
            poll.registry()
                .register(&mut socket, Token(number), Interest::READABLE)
                .expect("a socket can be polled");
            Person {
                name: Nickname::parse(&format!("{name}{number:04}")).expect("a valid name"),
                address: socket.local_addr().expect("it is bound"),
                socket,
                version: Version(0),
                inbox: BTreeMap::new(),
            }
        };
        let people = (0..count).map(person).collect();
        Self {
            people,
            server,
            poll,
            events: Events::with_capacity(count),
            rng: fastrand::Rng::with_seed(1),
            loss: 0.0,
            requests: 0,
        }
    }

    /// Sends a datagram, or loses it. A full send buffer is a lost datagram, too.
    pub fn send(&mut self, from: usize, to: SocketAddr, datagram: &Datagram<'_>) {
        if self.loss == 0.0 || self.rng.f64() >= self.loss {
            let bytes = encode(datagram, Style::Compact);
            let _ = self.people[from].socket.send_to(&bytes, to);
        }
    }

    pub fn next_request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId(self.requests)
    }

    /// Begins a session, or repeats its beginning.
    pub fn ask_in(&mut self, number: usize, id: RequestId) {
        let person = &mut self.people[number];
        person.version = Version(0);
        let nickname = person.name.clone();
        let reg = Datagram::Reg {
            nickname: nickname.name(),
            id: Some(id),
            token: None,
        };
        self.send(number, self.server, &reg);
    }

    pub fn ask_out(&mut self, number: usize, id: RequestId) {
        let nickname = self.people[number].name.clone();
        let dereg = Datagram::Dereg {
            nickname: nickname.name(),
            id: Some(id),
        };
        self.send(number, self.server, &dereg);
    }

    /// Everybody signs in. Answers the news that came meanwhile, but for the welcomes.
    pub fn sign_in(&mut self) -> Vec<News> {
        self.until_all(Self::ask_in, |news, _| news == News::Welcome)
    }

    /// Everybody signs out.
    pub fn sign_out(&mut self) -> Vec<News> {
        self.until_all(Self::ask_out, |news, id| news == News::Done(id))
    }

    /// Everybody asks until they are answered; few at a time, so that no buffer overflows.
    fn until_all(
        &mut self,
        ask: fn(&mut Self, usize, RequestId),
        is_answer: fn(News, RequestId) -> bool,
    ) -> Vec<News> {
        let mut others = Vec::new();
        let end = now() + 3 * PATIENCE;
        for first in (0..self.people.len()).step_by(WINDOW) {
            let some = first..self.people.len().min(first + WINDOW);
            let fresh = |number| (number, (self.next_request(), now()));
            let mut open: BTreeMap<_, _> = some.map(fresh).collect();
            for (number, (id, _)) in &open {
                ask(self, *number, *id);
            }
            while !open.is_empty() {
                assert!(now() < end, "the server does not answer");
                for (number, _, news) in self.poll(Duration::from_millis(20)) {
                    if open
                        .get(&number)
                        .is_some_and(|(id, _)| is_answer(news, *id))
                    {
                        open.remove(&number);
                    } else {
                        others.push(news);
                    }
                }
                for (number, (id, asked)) in &mut open {
                    if asked.elapsed() >= ANSWER_WAIT {
                        *asked = now();
                        ask(self, *number, *id);
                    }
                }
            }
        }
        others
    }

    /// Waits for datagrams and takes in all that came: to whom, when, and what.
    pub fn poll(&mut self, wait: Duration) -> Vec<(usize, Instant, News)> {
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        self.poll
            .poll(&mut events, Some(wait))
            .expect("sockets can be polled");
        let mut all = Vec::new();
        let mut buffer = [0; 2048];
        for number in events.iter().map(|event| event.token().0) {
            while let Ok((len, from)) = self.people[number].socket.recv_from(&mut buffer) {
                if self.loss > 0.0 && self.rng.f64() < self.loss {
                    continue;
                }
                let at = now();
                let datagram = decode(&buffer[..len]).expect("a datagram of the protocol");
                let mut tell = |news| all.push((number, at, news));
                if let Some(ack) = self.people[number].take(datagram, &mut tell) {
                    self.send(number, from, &Datagram::Ack(ack));
                }
            }
        }
        self.events = events;
        all
    }
}

impl Person {
    /// Takes in a datagram: how it is acknowledged.
    fn take(&mut self, datagram: Datagram<'_>, tell: &mut dyn FnMut(News)) -> Option<Ack> {
        let done = |id| Ack::Request {
            id,
            answer: Answer::Done,
        };
        match datagram {
            Datagram::Ack(ack) => {
                tell(answered(ack)?);
                None
            }
            Datagram::Verification { id, .. } | Datagram::Notification { id, .. } => id.map(done),
            Datagram::Table(Table::Page(page)) => Some(self.turn(&page)),
            Datagram::Chat { text, part, .. } => Some(self.read(part?, &text, tell)),
            Datagram::Table(Table::Whole(_))
            | Datagram::Reg { .. }
            | Datagram::Dereg { .. }
            | Datagram::Offline { .. }
            | Datagram::Typing { .. }
            | Datagram::Read { .. } => None,
        }
    }

    fn turn(&mut self, page: &TablePage<'_>) -> Ack {
        if page.from <= self.version {
            self.version = self.version.max(page.to);
        }
        Ack::Table {
            instance: page.instance,
            version: self.version,
        }
    }

    /// In order, once, and with room for a window that came early.
    fn read(&mut self, part: Part, text: &str, tell: &mut dyn FnMut(News)) -> Ack {
        let stream = part.stream;
        let fresh = || Inbox {
            next: Seq::FIRST,
            early: BTreeMap::new(),
        };
        let inbox = self.inbox.entry(stream).or_insert_with(fresh);
        inbox.next = inbox.next.max(part.lowest);
        if part.seq >= inbox.next && part.seq.0 < inbox.next.0 + WINDOW as u64 {
            inbox.early.insert(part.seq, number(text));
        }
        while let Some(number) = inbox.early.remove(&inbox.next) {
            tell(News::Shown { stream, number });
            inbox.next = inbox.next.next();
        }
        Ack::Part {
            seq: part.seq,
            receipt: Receipt {
                stream,
                below: inbox.next,
            },
            attempt: part.attempt,
        }
    }
}

fn answered(ack: Ack) -> Option<News> {
    match ack {
        Ack::Request {
            answer: Answer::Welcome { .. },
            ..
        } => Some(News::Welcome),
        Ack::Request {
            id,
            answer: Answer::Done,
        } => Some(News::Done(id)),
        Ack::Request {
            answer: Answer::Taken | Answer::Refused,
            ..
        } => panic!("a name of ours was refused"),
        Ack::Mail {
            stream,
            seq,
            answer,
        } => Some(News::Mail {
            stream,
            seq,
            answer,
        }),
        Ack::Part { receipt, .. } => Some(News::Confirmed(receipt)),
        Ack::Plain | Ack::Table { .. } | Ack::Read(_) => None,
    }
}

/// A text of `len` bytes, 8 at least, that says which one of its stream it is.
pub fn text(number: u64, len: usize) -> String {
    format!("{number:08}{}", "-".repeat(len - 8))
}

fn number(text: &str) -> u64 {
    let digits = text.get(..8).and_then(|digits| digits.parse().ok());
    digits.expect("a text of ours")
}

/// The part that is a whole message by itself.
pub fn part(stream: Stream, seq: Seq) -> Part {
    Part {
        stream,
        seq,
        lowest: Seq::FIRST,
        index: 1,
        count: 1,
        written_ms: 1_700_000_000_000,
        attempt: 1,
    }
}

/// What every recipient has been shown: each stream's messages in their order and none twice.
#[derive(Default)]
pub struct Shown(BTreeMap<Stream, u64>);

impl Shown {
    /// Panics when a message is shown twice or before an earlier one.
    pub fn add(&mut self, stream: Stream, number: u64) {
        let count = self.0.entry(stream).or_default();
        *count += 1;
        assert_eq!(number, *count, "shown out of its order in {stream:?}");
    }

    pub fn take(&mut self, news: News) {
        if let News::Shown { stream, number } = news {
            self.add(stream, number);
        }
    }

    pub fn of(&self, stream: Stream) -> u64 {
        self.0.get(&stream).copied().unwrap_or_default()
    }

    pub fn all(&self) -> u64 {
        self.0.values().sum()
    }
}
