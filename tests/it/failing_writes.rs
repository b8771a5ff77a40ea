//! Two clients and their server, one of whom can't write at some moment: at each write of a session
//! in turn. What was accepted, stored or shown before is there after the next start, and goes on.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use super_chatter::driver::client::{self, Client, Command};
use super_chatter::driver::server::{self, Server};
use super_chatter::driver::{DriverError, SendError};
use super_chatter::machine::client::{Contact, Delivery, Event, Line, Origin};
use super_chatter::store::history::{Edge, History};

use crate::loopback::{
    HERE, PATIENCE, name, nobody, profile, sign_in, start_client, start_server, wait_seen,
};

/// How long one of the three is listened to before the next.
const TURN: Duration = Duration::from_millis(5);

/// What the first line says, in several parts.
fn long() -> String {
    "first ".repeat(500)
}

#[test]
fn a_server_that_can_not_write_loses_nothing() {
    let failures = fail_each_write(|folder| folder.join("server.db"));
    assert!(failures > 5, "{failures}");
}

#[test]
fn a_sender_who_can_not_write_loses_nothing() {
    let failures = fail_each_write(|folder| profile("x", folder));
    assert!(failures > 5, "{failures}");
}

#[test]
fn a_recipient_who_can_not_write_loses_nothing() {
    let failures = fail_each_write(|folder| profile("y", folder));
    assert!(failures > 5, "{failures}");
}

/// Runs the session once for each write of `victim`'s, until one has no failure. Answers how many
/// had one.
fn fail_each_write(victim: impl Fn(&Path) -> PathBuf) -> u64 {
    for number in 1.. {
        let folder = tempfile::tempdir().expect("a folder");
        acquaint(folder.path());
        let victim = victim(folder.path());
        fail_at(&victim, number);
        let mut broken = Trio::start(folder.path());
        let failed = broken.talk();
        let (x, y) = broken.end();
        heal(&victim);

        let mut healed = Trio::start(folder.path());
        healed.rest(x.stored);
        healed.end();
        for (one, other) in [(&x, &y), (&y, &x)] {
            let own = texts(&one.lines(), true);
            assert!(own.starts_with(&one.accepted), "write {number}: {own:?}");
            let shown = texts(&other.lines(), false);
            assert_eq!(shown, own, "write {number}");
            assert!(shown.starts_with(&other.shown), "write {number}");
        }
        if !failed {
            assert_eq!(
                (x.accepted.len(), y.accepted.len()),
                (2, 1),
                "write {number}"
            );
            return number - 1;
        }
    }
    unreachable!("a session has an end")
}

/// The server knows both, and both are away.
fn acquaint(folder: &Path) {
    let (server, address) = start_server(0, folder);
    let x = start_client("x", address, folder);
    let y = start_client("y", address, folder);
    wait_seen(&x, "y", true);
    wait_seen(&y, "x", true);
    for client in [&y, &x] {
        client.send(Command::Close).expect("it runs");
        crate::loopback::wait(client, "the end", |event| {
            (*event == Event::Closed).then_some(())
        });
    }
    crate::loopback::stop_server(server);
}

/// The `number`-th row that is written from now on can't be.
fn fail_at(store: &Path, number: u64) {
    let store = Connection::open(store).expect("a store");
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'words%'
        AND name NOT LIKE 'sqlite%'";
    let mut tables = store.prepare(tables).expect("a schema");
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("tables");
    let begin = "CREATE TABLE writes (done INTEGER); INSERT INTO writes VALUES (0)";
    store.execute_batch(begin).expect("a store");
    for table in tables {
        for kind in ["INSERT", "UPDATE", "DELETE"] {
            let trigger = format!(
                "CREATE TRIGGER fail_{kind}_{table} BEFORE {kind} ON {table} BEGIN
                    UPDATE writes SET done = done + 1;
                    SELECT RAISE(ABORT, 'on purpose') WHERE (SELECT done FROM writes) = {number};
                END"
            );
            store.execute_batch(&trigger).expect("a trigger");
        }
    }
}

fn heal(store: &Path) {
    let store = Connection::open(store).expect("a store");
    // Its triggers count in it, and go on without a failure.
    store
        .execute_batch("UPDATE writes SET done = 1000000")
        .expect("a store");
}

/// A server with two clients, and whether one of them failed.
struct Trio {
    server: Server,
    address: SocketAddr,
    x: Person,
    y: Person,
    failed: bool,
}

/// A client, and what it told.
struct Person {
    nickname: &'static str,
    peer: &'static str,
    profile: PathBuf,
    client: Option<Client>,
    /// It knows its peer.
    ready: bool,
    accepted: Vec<String>,
    shown: Vec<String>,
    stored: bool,
}

impl Trio {
    fn start(folder: &Path) -> Self {
        let (server, address) = start_server(0, folder);
        Self {
            server,
            address,
            x: Person::start("x", "y", folder),
            y: Person::start("y", "x", folder),
            failed: false,
        }
    }

    /// Mail, then a talk. Answers whether somebody failed before its end.
    fn talk(&mut self) -> bool {
        self.x.sign_in(self.address);
        self.until("x is there", |trio| trio.x.ready);
        if !self.failed {
            self.x.say(&long());
        }
        self.until("the mail is stored", |trio| trio.x.stored);
        self.y.sign_in(self.address);
        self.until("the mail is there", |trio| {
            trio.y.ready && !trio.y.shown.is_empty()
        });
        if !self.failed {
            self.x.say("second");
            self.y.say("back");
        }
        self.until("all is settled", |trio| {
            let accepted = (trio.x.accepted.len(), trio.y.accepted.len());
            accepted == (2, 1) && trio.is_settled()
        });
        self.failed
    }

    /// Everybody is there until nothing is under way. What was `stored` needs no sender.
    fn rest(&mut self, stored: bool) {
        self.y.sign_in(self.address);
        if stored {
            self.until("the mail is there", |trio| !trio.y.lines().is_empty());
        }
        self.x.sign_in(self.address);
        self.until("both are there", |trio| trio.x.ready && trio.y.ready);
        self.until("all is settled", Self::is_settled);
        assert!(!self.failed, "nothing fails any more");
    }

    /// Every line that was accepted is shown, and known to be.
    fn is_settled(&self) -> bool {
        let pairs = [(&self.x, &self.y), (&self.y, &self.x)];
        pairs.iter().all(|(one, other)| {
            let lines = one.lines();
            let delivered = |line: &Line| match line.origin {
                Origin::Own { delivery } => matches!(delivery, Delivery::Delivered(_)),
                Origin::Theirs { .. } => true,
            };
            let own = texts(&lines, true);
            lines.iter().all(delivered) && texts(&other.lines(), false) == own
        })
    }

    /// Listens to all until something is so, or somebody has failed.
    fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + 3 * PATIENCE;
        while !self.failed && !so(self) {
            assert!(Instant::now() < deadline, "{what}");
            self.failed |= self.x.listen() | self.y.listen();
            match self.server.wait_told(Instant::now() + TURN) {
                Some(server::Told::Failed(error)) => {
                    on_purpose(&error);
                    self.failed = true;
                }
                Some(server::Told::Aside(why)) => panic!("{why}"),
                Some(
                    server::Told::Imported(_) | server::Told::Bound(_) | server::Told::Server(_),
                )
                | None => {}
            }
        }
    }

    /// Everything ends without a farewell.
    fn end(mut self) -> (Person, Person) {
        for person in [&mut self.x, &mut self.y] {
            // What was told until now counts, whoever failed meanwhile.
            person.listen();
            person.client.take().expect("it was started").join();
        }
        self.server.join();
        (self.x, self.y)
    }
}

impl Person {
    fn start(nickname: &'static str, peer: &'static str, folder: &Path) -> Self {
        let path = profile(nickname, folder);
        Self {
            nickname,
            peer,
            client: Some(client::start(HERE, 0, path.clone(), nobody())),
            profile: path,
            ready: false,
            accepted: Vec::new(),
            shown: Vec::new(),
            stored: false,
        }
    }

    fn sign_in(&self, server: SocketAddr) {
        sign_in(self.client(), self.nickname, server);
    }

    fn say(&self, text: &str) {
        let send = Command::Send {
            to: name(self.peer),
            text: text.to_owned(),
        };
        // One that fails just now hears nothing more.
        let said = self.client().send(send);
        assert!(matches!(said, Ok(()) | Err(SendError::Ended)), "{said:?}");
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("it was started")
    }

    /// Hears what there is to hear. Answers whether it has failed.
    fn listen(&mut self) -> bool {
        while let Some(told) = self.client().wait_told(Instant::now() + TURN) {
            match told {
                client::Told::Client(event) => self.on_event(event),
                client::Told::Failed(error) => {
                    on_purpose(&error);
                    return true;
                }
                client::Told::Opened(_) | client::Told::Bound(_) => {}
                client::Told::Aside(why) => panic!("{why}"),
                client::Told::History(_) | client::Told::Exported(..) => {}
            }
        }
        false
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Contacts(contacts) => {
                let peer = |contact: &Contact| contact.nickname.as_str() == self.peer;
                self.ready |= contacts.iter().any(peer);
            }
            Event::Line(line) => match line.origin {
                Origin::Own { .. } => self.accepted.push(line.text),
                Origin::Theirs { .. } => self.shown.push(line.text),
            },
            Event::Delivery { delivery, .. } => self.stored |= delivery == Delivery::Stored,
            Event::Refused { failure, .. } => panic!("{failure:?}"),
            Event::Session(_)
            | Event::Room(_)
            | Event::NotRetried { .. }
            | Event::Deleted(_)
            | Event::Typing(_)
            | Event::ReadBy { .. }
            | Event::MailboxFull(_)
            | Event::Notice(_)
            | Event::Closed => {}
        }
    }

    fn lines(&self) -> Vec<Line> {
        let history = History::open(&self.profile).expect("a profile");
        let page = history.page(&name(self.peer), Edge::Latest, 100);
        page.expect("lines").lines
    }
}

fn on_purpose(error: &DriverError) {
    let DriverError::Store(why) = error else {
        panic!("{error}");
    };
    assert!(why.to_string().contains("on purpose"), "{why}");
}

fn texts(lines: &[Line], own: bool) -> Vec<String> {
    let wanted = |line: &&Line| matches!(line.origin, Origin::Own { .. }) == own;
    let wanted = lines.iter().filter(wanted);
    wanted.map(|line| line.text.clone()).collect()
}
