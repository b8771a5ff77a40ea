//! What was read: the user's reading is told to whoever wrote it, until they have heard it; what they
//! say of own lines is written down and told. Only the newest word of each person counts, so nothing
//! piles up while somebody is away.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::ends::Seen;
use super::limits::{UNSEEN_MAX, pause};
use super::types::{End, Event, Line, LineId, Reader, Record};
use super::{Client, ClientSink, Now};
use crate::protocol::{Ack, Datagram, Mark, Name, Nickname, Style};

#[derive(Default)]
pub(super) struct Reading {
    /// Whether others are told.
    tells: bool,
    /// Where the others' lines end that the user has not seen, with their writers.
    unseen: BTreeMap<LineId, (Nickname, Mark)>,
    /// What is not acknowledged: of everybody whose lines the user has seen at most one.
    telling: BTreeMap<Nickname, Telling>,
}

/// What somebody is told.
struct Telling {
    mark: Mark,
    /// The times that it was sent since they were last heard.
    rounds: usize,
    /// When to send it, if they are there.
    next: Duration,
}

impl Telling {
    fn new(mark: Mark) -> Self {
        Self {
            mark,
            rounds: 0,
            next: Duration::ZERO,
        }
    }
}

impl Reading {
    /// Somebody's line has come.
    pub fn on_line(&mut self, line: &Line, mark: Mark, sink: &mut ClientSink) {
        let (line, from) = (line.id, line.peer.clone());
        sink.persist(Record::Ends { line, mark });
        if let Some(forgotten) = self.add(line, from, mark) {
            sink.persist(Record::EndForgotten(forgotten));
        }
    }

    /// Keeps where somebody's line ends. Answers the line that is forgotten for it.
    fn add(&mut self, line: LineId, from: Nickname, mark: Mark) -> Option<LineId> {
        self.unseen.insert(line, (from, mark));
        let full = self.unseen.len() > UNSEEN_MAX;
        let (oldest, _) = self.unseen.first_entry().filter(|_| full)?.remove_entry();
        Some(oldest)
    }

    /// The user has seen somebody's lines up to one. Answers where the newest of them ends.
    fn see(&mut self, peer: &Nickname, line: LineId) -> Option<Mark> {
        let seen = self
            .unseen
            .extract_if(..=line, |_, (writer, _)| writer == peer);
        seen.last().map(|(_, (_, mark))| mark)
    }

    /// Somebody may be reached now: what they are to be told is told at once.
    pub fn wake(&mut self, peer: &Nickname) {
        if let Some(telling) = self.telling.get_mut(peer) {
            *telling = Telling::new(telling.mark);
        }
    }

    pub fn wake_all(&mut self) {
        for telling in self.telling.values_mut() {
            *telling = Telling::new(telling.mark);
        }
    }
}

impl Client {
    /// How far lines were read, as it was kept.
    pub(super) fn restore_reading(&mut self, readers: Vec<Reader>, ends: Vec<End>) {
        for reader in readers {
            self.outbox.restore_read(&reader);
            if let Some(mark) = reader.tell {
                let telling = Telling::new(mark);
                self.reading.telling.insert(reader.peer, telling);
            }
        }
        for end in ends {
            match end.own {
                true => self.outbox.restore_end(&end),
                false => drop(self.reading.add(end.line, end.peer, end.mark)),
            }
        }
    }

    /// The user has seen everything up to a line.
    pub(super) fn on_seen(&mut self, now: Now, peer: Nickname, line: LineId) {
        let newest = self.reading.see(&peer, line);
        let about = peer.clone();
        self.sink.persist(Record::Read { peer: about, line });
        let Some(mark) = newest.filter(|_| self.reading.tells) else {
            return;
        };
        self.tell_later(peer, Some(mark));
        self.tell_seen(now);
    }

    /// Whether others are told. What they were not told when that ends they are never told.
    pub(super) fn set_telling(&mut self, now: Now, tells: bool) {
        self.reading.tells = tells;
        if !tells {
            let waiting = std::mem::take(&mut self.reading.telling);
            for peer in waiting.into_keys() {
                self.sink.persist(Record::Tell { peer, mark: None });
            }
        }
        self.tell_seen(now);
    }

    /// Writes down what somebody is to be told. What is on its way to them is answered first, or
    /// not at all: a flood of lines is not answered by one of marks.
    fn tell_later(&mut self, peer: Nickname, mark: Option<Mark>) {
        let about = peer.clone();
        self.sink.persist(Record::Tell { peer: about, mark });
        match mark {
            Some(mark) => {
                let telling = self.reading.telling.entry(peer);
                telling.or_insert(Telling::new(mark)).mark = mark;
            }
            None => drop(self.reading.telling.remove(&peer)),
        }
    }

    /// When somebody who is there is to be told something.
    pub(super) fn telling_at(&self) -> Option<Duration> {
        let there = |(peer, _): &(&Nickname, &Telling)| self.roster.extended_at(peer).is_some();
        let tells = self.reading.tells && self.is_in();
        let telling = self.reading.telling.iter().filter(|_| tells);
        telling.filter(there).map(|(_, telling)| telling.next).min()
    }

    /// Tells what is due to whoever is there.
    pub(super) fn tell_seen(&mut self, now: Now) {
        let Some(me) = self.me.as_ref().filter(|_| self.is_in()) else {
            return;
        };
        if !self.reading.tells {
            return;
        }
        for (peer, telling) in &mut self.reading.telling {
            let Some(address) = self.roster.extended_at(peer) else {
                continue;
            };
            if telling.next > now.mono {
                continue;
            }
            telling.next = now.mono + pause(telling.rounds, &mut self.rng);
            telling.rounds += 1;
            let (sender, mark) = (me.name(), telling.mark);
            let read = Datagram::Read { sender, mark };
            self.sink.send(address, &read, Style::Compact);
        }
    }

    /// Somebody has written down how far they are read.
    pub(super) fn on_read_ack(&mut self, now: Now, from: SocketAddr, ack: Mark) {
        let Some(peer) = self.roster.name_at(from).cloned() else {
            return;
        };
        let Some(telling) = self.reading.telling.get_mut(&peer) else {
            return;
        };
        if telling.mark == ack {
            return self.tell_later(peer, None);
        }
        // The newest word waited for the answer to an earlier one.
        if telling.mark.stream != ack.stream || ack.below < telling.mark.below {
            *telling = Telling::new(telling.mark);
            self.tell_seen(now);
        }
    }

    /// Somebody says how far they have read.
    pub(super) fn on_read(&mut self, from: SocketAddr, sender: &Name<'_>, mark: Mark) {
        let peer = sender.to_nickname();
        if self.roster.name_at(from) != Some(&peer) {
            return tracing::debug!(%from, %peer, "dropped a mark from an address that is not its sender's");
        }
        match self.outbox.read(&peer, mark) {
            Seen::Early => return,
            Seen::Known => {}
            Seen::UpTo(line) => {
                let about = peer.clone();
                self.sink.persist(Record::ReadBy { peer: about, line });
                self.sink.tell(Event::ReadBy { peer, line });
            }
        }
        self.sink
            .send(from, &Datagram::Ack(Ack::Read(mark)), Style::Compact);
    }
}
