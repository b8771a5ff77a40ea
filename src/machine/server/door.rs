//! Who is put out by the host and who is kept out: people who are removed, addresses that are blocked.
//! Mail that waits for them stays, and so does what they have sent.
//!
//! Whoever is removed is told until they confirm it, and not heard meanwhile: a request of theirs that
//! was under way would bring them back at once. From a blocked address nothing is answered, since the
//! address of a datagram can be forged: a blocked one can neither be made to receive anything, nor
//! cost more than the reading of what came.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::limits::{BLOCKED_MAX, DISMISSED_MAX, OWN_MAX};
use super::members::{Question, Waiter};
use super::told::What;
use super::types::{Event, Record};
use super::{Now, Server};
use crate::protocol::{Ack, Datagram, Nickname, RequestId, Style, decode, texts};

#[derive(Default)]
pub(super) struct Door {
    blocked: BTreeSet<IpAddr>,
    /// The addresses of the host's own computer.
    own: Vec<IpAddr>,
    /// Who has not confirmed that they are out. At most [`DISMISSED_MAX`]; one more is told once.
    dismissed: BTreeMap<SocketAddr, Question>,
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

    pub fn is_blocked(&self, address: SocketAddr) -> bool {
        !self.blocked.is_empty() && self.blocked.contains(&address.ip())
    }

    /// Whether nothing from there is heard but that the good-bye has come.
    pub fn is_shut(&self, from: SocketAddr) -> bool {
        self.is_blocked(from) || (!self.dismissed.is_empty() && self.dismissed.contains_key(&from))
    }

    pub fn due(&self) -> Option<Duration> {
        self.dismissed.values().map(|question| question.next).min()
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
        let Some(member) = self.members.get(nickname) else {
            return;
        };
        let (address, extended) = (member.address, member.extended);
        if member.session.is_none() {
            return;
        }
        if !extended {
            self.notify(address, texts::REMOVED.into(), true);
        } else {
            let mut question = Question::new(now.mono, self.next_request());
            question.ask(now.mono);
            self.send_dismissal(address, question.id);
            if self.door.dismissed.len() < DISMISSED_MAX {
                self.door.dismissed.insert(address, question);
            }
        }
        self.found_gone(now, nickname, What::Removed);
    }

    fn send_dismissal(&mut self, to: SocketAddr, id: RequestId) {
        let word = Datagram::Notification {
            text: texts::REMOVED.into(),
            offline: true,
            id: Some(id),
            receipts: Vec::new(),
            expired: Vec::new(),
        };
        self.sink.send(to, &word, Style::Compact);
    }

    /// Tells those again who have not confirmed that they are out, and lets go of those who never do.
    pub(super) fn door_timeout(&mut self, now: Now) {
        let mut again = Vec::new();
        self.door.dismissed.retain(|address, question| {
            if question.next > now.mono {
                return true;
            }
            let goes_on = question.ask(now.mono);
            if goes_on {
                again.push((*address, question.id));
            }
            goes_on
        });
        for (address, id) in again {
            self.send_dismissal(address, id);
        }
    }

    /// Something came from where nobody is heard.
    pub(super) fn on_shut_out(&mut self, from: SocketAddr, bytes: &[u8]) {
        let awaited = self.door.dismissed.get(&from).map(|question| question.id);
        match awaited.map(|id| (id, decode(bytes))) {
            Some((id, Ok(Datagram::Ack(Ack::Request { id: answered, .. })))) if answered == id => {
                self.door.dismissed.remove(&from);
            }
            Some(_) | None => self.totals.dropped += 1,
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
        let all = SocketAddr::new(ip, 0)..=SocketAddr::new(ip, u16::MAX);
        let there: Vec<_> = self.addresses.range(all).map(|(_, n)| n.clone()).collect();
        for nickname in there {
            self.dismiss(now, &nickname);
        }
        self.sink.tell(Event::Blocked(self.door.list()));
    }

    /// Nobody at that address waits for a name any more, or has moved there.
    fn forget_questions_of(&mut self, ip: IpAddr) {
        self.moves.end_at(ip);
        let sessions = self.members.values_mut().flat_map(|m| &mut m.session);
        for check in sessions.flat_map(|session| &mut session.check) {
            check.waiters.retain(|waiter| match waiter {
                Waiter::Newcomer { from, .. } => from.ip() != ip,
                Waiter::Mail { .. } => true,
            });
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
