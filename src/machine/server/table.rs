//! The table: one numbered log of changes, of which each person's latest counts, and that of the room's
//! name. An extended client
//! stands at a number and gets the changes since as pages, made once for all who stand there;
//! changes of one tick go together. A classic client gets the whole table.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;
use std::time::Duration;

use super::limits::*;
use super::members::{Link, Member, Retry, TableFlight, Word};
use super::{Now, Server};
use crate::protocol::limits::{CLASSIC_DATAGRAM_MAX, DATAGRAM_MAX, ROOM_NAME_CHARS_MAX};
use crate::protocol::{
    Datagram, Nickname, RoomName, Style, Table, TableEntry, TablePage, Version, encode,
};

/// What a change was of.
enum Changed {
    Person(Nickname),
    Name,
}

#[derive(Default)]
pub(super) struct Board {
    version: Version,
    /// What it was the latest change of.
    log: BTreeMap<Version, Changed>,
    name: RoomName,
    /// When the name changed last.
    named: Version,
    pages: BTreeMap<Version, (Version, Arc<[u8]>)>,
    whole: Option<Arc<[u8]>>,
    /// Changes wait to be sent.
    dirty: bool,
    /// When everybody may be sent changes again.
    next_flush: Duration,
}

impl Board {
    /// Counts a change of somebody whose last one was `before` ([`Version`] 0: none).
    pub fn change(&mut self, nickname: &Nickname, before: Version) -> Version {
        self.count(Changed::Person(nickname.clone()), before)
    }

    /// Changes what the room is called.
    pub fn rename(&mut self, name: RoomName) {
        if self.name != name {
            self.name = name;
            self.named = self.count(Changed::Name, self.named);
        }
    }

    fn count(&mut self, changed: Changed, before: Version) -> Version {
        self.log.remove(&before);
        self.version.0 += 1;
        self.log.insert(self.version, changed);
        self.pages.clear();
        self.whole = None;
        self.dirty = true;
        self.version
    }

    pub fn due(&self) -> Option<Duration> {
        self.dirty.then_some(self.next_flush)
    }
}

/// JSON of a page without its entries, with every number at its widest.
const PAGE_FRAME: usize = 112;
/// JSON of a room's name at its longest; the few characters that JSON escapes are shorter in UTF-8.
const NAME_SIZE_MAX: usize = "\"rm\":\"\",".len() + 4 * ROOM_NAME_CHARS_MAX;

impl Server {
    /// Sends changes to everybody, at most once a tick.
    pub(super) fn flush_if_due(&mut self, now: Now) {
        if self.board.due().is_none_or(|due| due > now.mono) {
            return;
        }
        self.flush(now);
    }

    /// Sends the changes that wait to everybody.
    pub(super) fn flush(&mut self, now: Now) {
        let thousands = (self.addresses.len() / 1000) as u32;
        self.board.dirty = false;
        self.board.next_flush = now.mono + TICK + TICK_PER_THOUSAND * thousands;
        let online: Vec<_> = self.addresses.values().cloned().collect();
        for nickname in &online {
            self.fill_table(now, nickname);
        }
    }

    /// Brings an extended member's table on, as far as its window allows.
    fn fill_table(&mut self, now: Now, nickname: &Nickname) {
        while let Some((address, table)) = self.table_flight(nickname)
            && table.pages.len() < table.window()
        {
            let from = table.sent;
            if from >= self.board.version {
                break;
            }
            let (to, bytes) = self.page(from);
            self.sink.send_bytes(address, bytes);
            let Some((_, table)) = self.table_flight(nickname) else {
                return;
            };
            table.on_sent(now.mono, to);
            table
                .retry
                .get_or_insert(Retry::first(now.mono, RETRY_FIRST));
        }
        self.reschedule(nickname);
    }

    fn table_flight(
        &mut self,
        nickname: &Nickname,
    ) -> Option<(std::net::SocketAddr, &mut TableFlight)> {
        let member = self.members.get_mut(nickname)?;
        match &mut member.session.as_mut()?.link {
            Link::Extended(link) => Some((member.address, &mut link.table)),
            Link::Classic(_) => None,
        }
    }

    /// The page of changes behind `from`.
    fn page(&mut self, from: Version) -> (Version, Arc<[u8]>) {
        if let Some(page) = self.board.pages.get(&from) {
            return page.clone();
        }
        let mut to = from;
        let mut left = DATAGRAM_MAX - PAGE_FRAME;
        let (mut name, mut entries) = (None, Vec::new());
        for (version, changed) in self.board.log.range((Excluded(from), Unbounded)) {
            let entry = match changed {
                Changed::Person(nickname) => Some(entry(nickname, &self.members[nickname])),
                Changed::Name => None,
            };
            let size = match &entry {
                Some(entry) => {
                    entry.nickname.as_str().len()
                        + entry.address.ip().to_string().len()
                        + "[\"\",\"\",65535,3],".len()
                }
                None => NAME_SIZE_MAX,
            };
            if size > left {
                break;
            }
            left -= size;
            to = *version;
            match entry {
                Some(entry) => entries.push(entry),
                None => name = Some(self.board.name.clone()),
            }
        }
        let page = TablePage {
            instance: self.instance,
            from,
            to,
            room: name,
            entries,
        };
        let bytes: Arc<[u8]> = encode(&Datagram::Table(Table::Page(page)), Style::Compact).into();
        debug_assert!(bytes.len() <= DATAGRAM_MAX);
        self.board.pages.insert(from, (to, bytes.clone()));
        (to, bytes)
    }

    /// An extended member's table stands at `version`.
    pub(super) fn on_table_ack(&mut self, now: Now, nickname: &Nickname, version: Version) {
        let newest = self.board.version;
        let Some((_, table)) = self.table_flight(nickname) else {
            return;
        };
        if version > newest {
            return;
        }
        let measured = table.measured(now.mono, version);
        let is_first = table.rtt.mean().is_none();
        if let Some(round_trip) = measured {
            table.rtt.sample(round_trip);
        }
        if measured.is_some() && (is_first || self.addresses.len() <= ROUND_TRIPS_TOLD_MAX) {
            self.touch(nickname);
        }
        let Some((_, table)) = self.table_flight(nickname) else {
            return;
        };
        // Whoever stands lower than they did, still after a page was sent again, began anew: an ack of
        // their program's last run came late.
        let fell_back = version < table.acked && table.retry.is_some_and(|retry| retry.tries > 1);
        let missing = version == table.acked && !table.pages.is_empty() && now.mono >= table.resent;
        if fell_back {
            table.acked = version;
            table.restart();
        } else if version > table.acked {
            table.acked = version;
            table.sent = table.sent.max(version);
            while table.pages.front().is_some_and(|to| *to <= version) {
                table.pages.pop_front();
            }
            table.retry = if table.pages.is_empty() {
                None
            } else {
                Some(Retry::first(now.mono, RETRY_FIRST))
            };
        } else if missing {
            self.resend_page(now, nickname);
        }
        self.fill_table(now, nickname);
    }

    /// The client waits for the page behind what it has; later ones it keeps.
    fn resend_page(&mut self, now: Now, nickname: &Nickname) {
        let Some((_, table)) = self.table_flight(nickname) else {
            return;
        };
        table.resent = now.mono + RETRY_FIRST / 2;
        table.on_sent_again();
        let from = table.acked;
        let (_, bytes) = self.page(from);
        if let Some((address, _)) = self.table_flight(nickname) {
            self.sink.send_bytes(address, bytes);
        }
    }

    pub(super) fn table_timeout(&mut self, now: Now, nickname: &Nickname) {
        let Some((_, table)) = self.table_flight(nickname) else {
            return;
        };
        let Some(mut retry) = table.retry.filter(|retry| retry.next <= now.mono) else {
            return;
        };
        let tired = retry.tries >= RETRIES_BEFORE_CHECK;
        retry.again(now.mono, RETRY_FIRST, &mut self.rng);
        if let Some((_, table)) = self.table_flight(nickname) {
            table.retry = Some(retry);
        }
        self.resend_page(now, nickname);
        if tired {
            self.check(now, nickname, None);
        }
    }

    /// Puts the whole table in every classic client's queue.
    pub(super) fn table_to_classics(&mut self, now: Now) {
        let classics: Vec<_> = self.classics.iter().cloned().collect();
        for nickname in &classics {
            self.say(now, nickname, Word::Table);
        }
    }

    /// The whole table, or where that is too long for a classic datagram: those online, then those
    /// seen last, as many as fit.
    pub(super) fn classic_table(&mut self) -> Arc<[u8]> {
        if let Some(bytes) = &self.board.whole {
            return bytes.clone();
        }
        let table = |members: &[(&Nickname, &Member)]| -> Vec<u8> {
            let entries = members
                .iter()
                .map(|(nickname, member)| classic_entry(nickname, member))
                .collect();
            encode(&Datagram::Table(Table::Whole(entries)), Style::Classic)
        };
        // The shortest entry takes 30 bytes: more people can't fit.
        const FIT_MAX: usize = CLASSIC_DATAGRAM_MAX / 30;
        let mut members: Vec<_> = self.members.iter().collect();
        let mut bytes = table(&members[..members.len().min(FIT_MAX)]);
        if members.len() > FIT_MAX || bytes.len() > CLASSIC_DATAGRAM_MAX {
            members.sort_by_key(|(_, member)| {
                (member.session.is_none(), std::cmp::Reverse(member.seen_ms))
            });
            members.truncate(FIT_MAX);
            let counts: Vec<usize> = (1..=members.len()).collect();
            let fits = |count: &usize| table(&members[..*count]).len() <= CLASSIC_DATAGRAM_MAX;
            bytes = table(&members[..counts.partition_point(fits)]);
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.board.whole = Some(bytes.clone());
        bytes
    }
}

fn entry<'a>(nickname: &'a Nickname, member: &Member) -> TableEntry<'a> {
    let (address, extended) = (member.address, member.extended);
    TableEntry {
        nickname: nickname.name(),
        address,
        online: member.session.is_some(),
        extended,
    }
}

/// The entry as a classic client can take it: its socket knows IPv4 alone, and fails at the sight of
/// another address. Somebody there counts as offline, and is written to through the server.
fn classic_entry<'a>(nickname: &'a Nickname, member: &Member) -> TableEntry<'a> {
    let entry = entry(nickname, member);
    if entry.address.is_ipv4() {
        return entry;
    }
    TableEntry {
        address: (Ipv4Addr::UNSPECIFIED, entry.address.port()).into(),
        online: false,
        ..entry
    }
}
