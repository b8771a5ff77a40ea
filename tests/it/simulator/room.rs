//! The parties of a world, each at its address.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::client::{Client, Command, Event, Session};
use super_chatter::machine::server::Server;
use super_chatter::protocol::{Nickname, RoomName};

use super::kept::{Mailbox, Profile};
use super::mutants::Mutant;
use super::node::Node;
use super::plan::{CLASSIC, SERVER, Who};
use crate::classic_program::{ClassicClient, Job};

pub const SERVER_PORT: u16 = 5000;
const CLIENT_PORT: u16 = 6000;

/// Somebody with our program.
pub struct Person {
    pub node: Node<Client>,
    pub nickname: Nickname,
    pub port: u16,
    pub session: Session,
    /// Whom its table shows as there.
    pub sees: BTreeSet<Nickname>,
    /// What its table calls the room.
    pub calls: RoomName,
    /// Signed in by the person's wish.
    pub wants_in: bool,
    /// Never comes back.
    pub gone: bool,
}

impl Person {
    pub fn hear(&mut self, event: &Event) {
        if let Event::Session(session) = event {
            self.session = *session;
        }
        if let Event::Room(room) = event {
            self.calls = room.clone();
        }
        if let Event::Contacts(contacts) = event {
            for contact in contacts {
                match contact.online {
                    true => self.sees.insert(contact.nickname.clone()),
                    false => self.sees.remove(&contact.nickname),
                };
            }
        }
    }

    /// Whether the client does not get in by itself.
    pub fn is_stuck(&self) -> bool {
        match self.session {
            Session::SignedOut | Session::NameTaken | Session::Refused => true,
            Session::Registering { .. } | Session::Online | Session::Waiting { .. } => false,
        }
    }

    pub fn register(&self) -> Command {
        Command::Register {
            nickname: self.nickname.clone(),
            servers: vec![address(SERVER, SERVER_PORT)],
        }
    }
}

pub struct Room {
    pub server: Node<Server>,
    /// What the host calls the room.
    pub name: RoomName,
    /// In the order of [`Who`], from 1.
    pub people: Vec<Person>,
    pub classic: Option<ClassicClient>,
}

impl Room {
    pub fn new(people: usize, classic: bool, mutant: Option<Mutant>) -> Self {
        let person = |who: usize| Person {
            node: Node::new(mutant),
            nickname: Nickname::parse(Who(who).name()).expect("a valid name"),
            port: CLIENT_PORT,
            session: Session::SignedOut,
            sees: BTreeSet::new(),
            calls: RoomName::default(),
            wants_in: true,
            gone: false,
        };
        let classic = classic.then(|| {
            let mut classic = ClassicClient::new(CLASSIC.name(), address(SERVER, SERVER_PORT));
            classic.command(0, Job::Reg);
            classic
        });
        Self {
            server: Node::new(mutant),
            name: RoomName::default(),
            people: (1..=people).map(person).collect(),
            classic,
        }
    }

    pub fn mailbox(&self) -> &Mailbox {
        &self.server.disk.kept
    }

    pub fn person(&self, who: Who) -> &Person {
        &self.people[who.0 - 1]
    }

    pub fn person_mut(&mut self, who: Who) -> &mut Person {
        &mut self.people[who.0 - 1]
    }

    pub fn profile(&self, who: Who) -> &Profile {
        &self.person(who).node.disk.kept
    }

    pub fn profiles(&self) -> impl Iterator<Item = (Who, &Profile)> {
        self.people
            .iter()
            .enumerate()
            .map(|(at, person)| (Who(at + 1), &person.node.disk.kept))
    }

    pub fn is_gone(&self, who: Who) -> bool {
        who != SERVER && who != CLASSIC && self.person(who).gone
    }

    /// Where somebody is now.
    pub fn address(&self, who: Who) -> SocketAddr {
        let port = match who {
            SERVER => SERVER_PORT,
            CLASSIC => CLIENT_PORT,
            _ => self.person(who).port,
        };
        address(who, port)
    }

    /// Who is there now.
    pub fn at(&self, address: SocketAddr) -> Option<Who> {
        let SocketAddr::V4(v4) = address else {
            return None;
        };
        let who = Who(usize::from(v4.ip().octets()[3]).checked_sub(1)?);
        let there = match who {
            SERVER => true,
            CLASSIC => self.classic.is_some(),
            _ => who.0 <= self.people.len(),
        };
        (there && self.address(who) == address).then_some(who)
    }

    /// When the next of the machines wants time, and whose it is.
    pub fn deadline(&self) -> Option<(Duration, Who)> {
        let server = (self.server.is_awake().then_some(self.server.deadline)).flatten();
        let mut first = server.map(|at| (at, SERVER));
        for (at, person) in self.people.iter().enumerate() {
            if let Some(due) = person.node.deadline
                && person.node.is_awake()
                && first.is_none_or(|(first, _)| due < first)
            {
                first = Some((due, Who(at + 1)));
            }
        }
        let classic = self.classic.as_ref().and_then(ClassicClient::deadline);
        if let Some(due) = classic.map(Duration::from_millis)
            && first.is_none_or(|(first, _)| due < first)
        {
            first = Some((due, CLASSIC));
        }
        first
    }
}

fn address(who: Who, port: u16) -> SocketAddr {
    ([10, 0, 0, 1 + who.0 as u8], port).into()
}
