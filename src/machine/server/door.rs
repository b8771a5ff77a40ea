//! Who is put out by the host and who is kept out: people who are removed, addresses that are blocked.
//! Mail that waits for them stays, and so does what they have sent.
//!
//! Whoever is removed is told until they confirm it, and not heard meanwhile: a request of theirs that
//! was under way would bring them back at once. The ack of a classic program names nothing, and may be
//! of something earlier: it ends the telling, but the door stays shut for its time. From then on nothing
//! but a `Reg` brings back whoever was removed. From a blocked address nothing is answered, since the
//! address of a datagram can be forged: a blocked one can neither be made to receive anything, nor
//! cost more than the reading of what came.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::limits::{BLOCKED_MAX, CHECK_END, CLASSIC_WAIT, DISMISSED_MAX, OWN_MAX};
use super::members::Question;
use super::told::What;
use super::types::{Event, Record};
use super::{Now, Server};
use crate::protocol::{Ack, Datagram, Nickname, RequestId, Style, decode, texts};

#[derive(Default)]
pub(super) struct Door {
    blocked: BTreeSet<IpAddr>,
    /// The addresses of the host's own computer.
    own: Vec<IpAddr>,
    /// Who is being told that they are out. At most [`DISMISSED_MAX`]; one more is told once.
    dismissed: BTreeMap<SocketAddr, Dismissal>,
}

/// How somebody is told that they are out.
enum Dismissal {
    /// By number, until it is answered.
    Extended(Question),
    /// As often as the classic program's own wait for an ack fits before `until`, or until one has come.
    Classic {
        /// `None`: an ack has come.
        again: Option<Duration>,
        until: Duration,
    },
}

impl Dismissal {
    fn due(&self) -> Duration {
        match self {
            Self::Extended(question) => question.next,
            Self::Classic { again, until } => again.unwrap_or(*until),
        }
    }

    /// It is due: once more, or `None`: it had its time.
    fn next(&mut self, now: Duration) -> Option<Word> {
        match self {
            Self::Extended(question) => question.ask(now).then_some(Word::Numbered(question.id)),
            Self::Classic { until, .. } if *until <= now => None,
            Self::Classic { again, until } => {
                *again = Some((now + CLASSIC_WAIT).min(*until));
                Some(Word::Plain)
            }
        }
    }
}

/// The word that somebody is out.
enum Word {
    Numbered(RequestId),
    Plain,
}

impl Door {
    /// The addresses that were blocked when the server ended, at most [`BLOCKED_MAX`].
    pub fn new(blocked: Vec<IpAddr>) -> Self {
        let blocked = blocked.into_iter().map(|ip| ip.to_canonical());
        Self {
            blocked: blocked.take(BLOCKED_MAX).collect(),
            ..Self::default()
        }
    }

    /// A blocked address can become one of the host's own later: the host is never kept out.
    pub fn is_blocked(&self, address: SocketAddr) -> bool {
        let ip = address.ip();
        !self.blocked.is_empty() && self.blocked.contains(&ip) && !self.is_own(ip)
    }

    /// Whether nothing from there is heard but that the good-bye has come.
    pub fn is_shut(&self, from: SocketAddr) -> bool {
        self.is_blocked(from) || (!self.dismissed.is_empty() && self.dismissed.contains_key(&from))
    }

    pub fn due(&self) -> Option<Duration> {
        self.dismissed.values().map(Dismissal::due).min()
    }

    fn list(&self) -> Vec<IpAddr> {
        self.blocked.iter().copied().collect()
    }

    /// Whether the server would lock out its own host, or what is no computer's address.
    fn is_own(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || self.own.contains(&ip)
    }
}

impl Server {
    /// Tells who is blocked, if anybody is.
    pub(super) fn tell_blocked_at_first(&mut self) {
        if !self.door.blocked.is_empty() {
            self.sink.tell(Event::Blocked(self.door.list()));
        }
    }

    pub(super) fn set_own(&mut self, own: Vec<IpAddr>) {
        let own = own.into_iter().map(|ip| ip.to_canonical());
        self.door.own = own.take(OWN_MAX).collect();
    }

    /// Signs somebody out who is online, and tells them.
    pub(super) fn dismiss(&mut self, now: Now, nickname: &Nickname) {
        let id = self.next_request();
        let Some(member) = self.members.get_mut(nickname) else {
            return;
        };
        if member.session.is_none() {
            return;
        }
        member.removed = true;
        let address = member.address;
        let mut dismissal = match member.extended {
            true => Dismissal::Extended(Question::new(now.mono, id)),
            false => Dismissal::Classic {
                again: Some(now.mono),
                until: now.mono + CHECK_END,
            },
        };
        if let Some(word) = dismissal.next(now.mono) {
            self.send_dismissal(address, word);
        }
        if self.door.dismissed.len() < DISMISSED_MAX {
            self.door.dismissed.insert(address, dismissal);
        }
        self.found_gone(now, nickname, What::Removed);
    }

    fn send_dismissal(&mut self, to: SocketAddr, word: Word) {
        let Word::Numbered(id) = word else {
            return self.notify(to, texts::REMOVED.into(), true);
        };
        let word = Datagram::Notification {
            text: texts::REMOVED.into(),
            offline: true,
            id: Some(id),
            receipts: Vec::new(),
            expired: Vec::new(),
        };
        self.sink.send(to, &word, Style::Compact);
    }

    /// Tells those again who have not confirmed that they are out, and lets go of those who had their
    /// time.
    pub(super) fn door_timeout(&mut self, now: Now) {
        let mut again = Vec::new();
        self.door.dismissed.retain(|address, dismissal| {
            if dismissal.due() > now.mono {
                return true;
            }
            let word = dismissal.next(now.mono);
            let goes_on = word.is_some();
            again.extend(word.map(|word| (*address, word)));
            goes_on
        });
        for (address, word) in again {
            self.send_dismissal(address, word);
        }
    }

    /// Something came from where nobody is heard.
    pub(super) fn on_shut_out(&mut self, from: SocketAddr, bytes: &[u8]) {
        let answer = match self.door.dismissed.contains_key(&from) {
            true => decode(bytes).ok(),
            false => None,
        };
        match (self.door.dismissed.get_mut(&from), answer) {
            (Some(Dismissal::Extended(question)), Some(Datagram::Ack(Ack::Request { id, .. })))
                if question.id == id =>
            {
                self.door.dismissed.remove(&from);
            }
            (Some(Dismissal::Classic { again, .. }), Some(Datagram::Ack(Ack::Plain))) => {
                *again = None;
            }
            (Some(_) | None, Some(_) | None) => self.totals.dropped += 1,
        }
    }

    /// Shuts an address out, for good: whoever is there is removed.
    pub(super) fn block(&mut self, now: Now, ip: IpAddr) {
        let ip = ip.to_canonical();
        let full = self.door.blocked.len() >= BLOCKED_MAX;
        if self.door.is_own(ip) || (full && !self.door.blocked.contains(&ip)) {
            return self.sink.tell(Event::NotBlocked(ip));
        }
        if !self.door.blocked.insert(ip) {
            return;
        }
        self.sink.persist(Record::Blocked(ip));
        self.diary.note(now, What::Blocked(ip));
        self.forget_questions_of(ip);
        let there = self
            .addresses
            .iter()
            .filter(|(address, _)| address.ip() == ip);
        let there: Vec<_> = there.map(|(_, nickname)| nickname.clone()).collect();
        for nickname in there {
            self.dismiss(now, &nickname);
        }
        self.sink.tell(Event::Blocked(self.door.list()));
    }

    /// Nobody at that address waits for a name or for what becomes of their mail any more, or has moved
    /// there.
    fn forget_questions_of(&mut self, ip: IpAddr) {
        self.moves.end_at(ip);
        let sessions = self.members.values_mut().flat_map(|m| &mut m.session);
        for check in sessions.flat_map(|session| &mut session.check) {
            check.waiters.retain(|waiter| waiter.from().ip() != ip);
        }
    }

    pub(super) fn unblock(&mut self, now: Now, ip: IpAddr) {
        let ip = ip.to_canonical();
        if self.door.blocked.remove(&ip) {
            self.sink.persist(Record::Unblocked(ip));
            self.diary.note(now, What::Unblocked(ip));
            self.sink.tell(Event::Blocked(self.door.list()));
        }
    }
}
