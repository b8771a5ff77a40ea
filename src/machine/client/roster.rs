//! Who is in the table and where: whole tables from a classic server, numbered pages from ours.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::limits::{CONTACTS_MAX, EARLY_PAGES_MAX, PAGES_AN_ANSWER};
use super::types::Contact;
use crate::protocol::{Ack, Instance, Nickname, RoomName, TableEntry, TablePage, Version};

/// What is known of a person's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing yet: a classic server's table does not say.
    Unknown,
    Classic,
    Extended,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub address: SocketAddr,
    pub online: bool,
    pub kind: Kind,
}

impl Entry {
    /// Somebody who has left the table altogether, and can only be reached by the server.
    pub const GONE: Self = Self {
        address: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
        online: false,
        kind: Kind::Unknown,
    };
}

#[derive(Default)]
pub(super) struct Roster {
    entries: BTreeMap<Nickname, Entry>,
    /// Who is at an address: whoever is online there, else who was there first.
    names: BTreeMap<SocketAddr, Nickname>,
    instance: Option<Instance>,
    /// What the host calls the room.
    room: RoomName,
    version: Version,
    /// Pages that came before the one that is waited for, by where they begin.
    early: BTreeMap<Version, TablePage<'static>>,
    /// Pages that the server has no answer to yet, and when it gets one.
    unanswered: u32,
    answer_at: Option<Duration>,
}

impl Roster {
    pub fn entry(&self, nickname: &Nickname) -> Option<&Entry> {
        self.entries.get(nickname)
    }

    pub fn name_at(&self, address: SocketAddr) -> Option<&Nickname> {
        self.names.get(&address)
    }

    pub fn room(&self) -> &RoomName {
        &self.room
    }

    /// Where an extended peer is who is there.
    pub fn extended_at(&self, nickname: &Nickname) -> Option<SocketAddr> {
        let entry = self.entries.get(nickname)?;
        (entry.online && entry.kind == Kind::Extended).then_some(entry.address)
    }

    /// What a peer's own datagrams say of its program.
    pub fn learn_kind(&mut self, nickname: &Nickname, kind: Kind) {
        if let Some(entry) = self.entries.get_mut(nickname) {
            entry.kind = kind;
        }
    }

    /// A server's run begins: its table counts from zero, and nobody is online until it says so.
    /// The same run goes on from the state that is known.
    pub fn begin(&mut self, instance: Instance) -> Vec<Contact> {
        if self.instance == Some(instance) {
            return Vec::new();
        }
        self.instance = Some(instance);
        self.version = Version(0);
        self.room = RoomName::default();
        self.early.clear();
        self.all_offline(|_| false)
    }

    /// Whether it is another run than the one that is known.
    pub fn is_new(&self, instance: Instance) -> bool {
        self.instance != Some(instance)
    }

    /// Takes a page and what it was waited for with it; keeps one that comes early. The server gets
    /// its answer at `answer_at`, or at once when there is more to say.
    /// `None`: it is of another run.
    pub fn apply_page(&mut self, page: TablePage<'_>, answer_at: Duration) -> Option<Vec<Contact>> {
        if self.instance != Some(page.instance) {
            return None;
        }
        let before = self.version;
        let mut changed = Vec::new();
        if page.from <= before {
            self.continue_with(&page, &mut changed);
        } else if self.early.len() < EARLY_PAGES_MAX {
            self.early.insert(page.from, page.into_owned());
        }
        while let Some(first) = self.early.first_entry()
            && *first.key() <= self.version
        {
            let page = first.remove();
            self.continue_with(&page, &mut changed);
        }
        self.unanswered += 1;
        let lacks_one = self.version == before || !self.early.is_empty();
        // The server sends but one page before the first answer.
        let first = before == Version(0);
        let at_once = lacks_one || first || self.unanswered >= PAGES_AN_ANSWER;
        let at = if at_once { Duration::ZERO } else { answer_at };
        self.answer_at = Some(self.answer_at.map_or(at, |earlier| earlier.min(at)));
        Some(changed)
    }

    /// When the server is to be told what is known.
    pub fn answer_at(&self) -> Option<Duration> {
        self.answer_at
    }

    /// What the server is told, when it is time.
    pub fn poll_answer(&mut self, now: Duration) -> Option<Ack> {
        self.answer_at.take_if(|at| *at <= now)?;
        self.unanswered = 0;
        let (instance, version) = (self.instance?, self.version);
        Some(Ack::Table { instance, version })
    }

    fn continue_with(&mut self, page: &TablePage<'_>, changed: &mut Vec<Contact>) {
        if page.to > self.version {
            self.version = page.to;
            if let Some(room) = &page.room {
                self.room = room.clone();
            }
            changed.extend(page.entries.iter().filter_map(|entry| self.put(entry)));
        }
    }

    /// Takes a classic server's table. It says nothing of the programs; what is known of a person
    /// who is still at the same address stays.
    pub fn apply_whole(&mut self, table: &[TableEntry<'_>]) -> Vec<Contact> {
        self.instance = None;
        self.room = RoomName::default();
        let listed = |nickname: &Nickname| {
            table
                .iter()
                .any(|entry| entry.nickname.as_str() == nickname.as_str())
        };
        let mut changed = self.all_offline(listed);
        changed.extend(table.iter().filter_map(|entry| self.put(entry)));
        changed
    }

    fn put(&mut self, told: &TableEntry<'_>) -> Option<Contact> {
        let nickname = told.nickname.to_nickname();
        let before = self.entries.get(&nickname).copied();
        if before.is_none() && self.entries.len() >= CONTACTS_MAX {
            return None;
        }
        let kind = match before {
            _ if told.extended => Kind::Extended,
            _ if self.instance.is_some() => Kind::Classic,
            Some(before) if before.address == told.address => before.kind,
            Some(_) | None => Kind::Unknown,
        };
        let entry = Entry {
            address: told.address,
            online: told.online,
            kind,
        };
        if let Some(before) = before
            && self.names.get(&before.address) == Some(&nickname)
        {
            self.names.remove(&before.address);
        }
        if entry.online || !self.names.contains_key(&entry.address) {
            self.names.insert(entry.address, nickname.clone());
        }
        self.entries.insert(nickname.clone(), entry);
        Some(contact(nickname, &entry))
    }

    fn all_offline(&mut self, but: impl Fn(&Nickname) -> bool) -> Vec<Contact> {
        let online = |(nickname, entry): &(&Nickname, &mut Entry)| entry.online && !but(nickname);
        let mark = |(nickname, entry): (&Nickname, &mut Entry)| {
            entry.online = false;
            contact(nickname.clone(), entry)
        };
        self.entries.iter_mut().filter(online).map(mark).collect()
    }
}

fn contact(nickname: Nickname, entry: &Entry) -> Contact {
    Contact {
        nickname,
        address: entry.address,
        online: entry.online,
        extended: entry.kind == Kind::Extended,
    }
}
