//! What the host says to everybody who is online: one announcement after the other, each in rounds
//! until all who can confirm it have. A classic client is told once, in its turn, since its ack names
//! nothing.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::limits::*;
use super::members::Word;
use super::told::What;
use super::types::Event;
use super::{Now, Server};
use crate::protocol::{Datagram, Nickname, RequestId, Style, encode, texts};

/// Longest announcement, in bytes of UTF-8. Quotation marks and backslashes take two bytes in a
/// datagram between two Super Chatters and everything beyond ASCII up to three times as many in a
/// classic one: with what stands around it both keep to their limits.
pub const ANNOUNCEMENT_MAX: usize = 500;

/// A text that can be announced: not empty, at most [`ANNOUNCEMENT_MAX`] bytes, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement(String);

/// Why a text can't be announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnnouncementError {
    #[error("expected a text, got none")]
    Empty,
    #[error("expected at most {ANNOUNCEMENT_MAX} bytes, got {0}")]
    TooLong(usize),
}

impl Announcement {
    /// Line breaks and other control characters become spaces: a classic client shows one line.
    pub fn parse(text: &str) -> Result<Self, AnnouncementError> {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let text: String = text.chars().map(plain).collect();
        let text = text.trim();
        match text.len() {
            0 => Err(AnnouncementError::Empty),
            1..=ANNOUNCEMENT_MAX => Ok(Self(text.to_owned())),
            len => Err(AnnouncementError::TooLong(len)),
        }
    }
}

/// The announcements, at most [`ANNOUNCEMENTS_MAX`]; the first is going out.
#[derive(Default)]
pub(super) struct Announcements {
    last: u64,
    waiting: VecDeque<(u64, Announcement)>,
    open: Option<Open>,
}

/// The announcement that is going out.
struct Open {
    number: u64,
    id: RequestId,
    bytes: Arc<[u8]>,
    /// Who has not confirmed it.
    missing: BTreeSet<Nickname>,
    /// Those of them who are still to be told in this round.
    queue: VecDeque<Nickname>,
    rounds: usize,
    next: Duration,
    told: usize,
    classic: usize,
    confirmed: usize,
}

impl Open {
    fn progress(&self) -> Event {
        Event::Announced {
            number: self.number,
            told: self.told,
            classic: self.classic,
            confirmed: self.confirmed,
        }
    }
}

impl Announcements {
    pub fn due(&self) -> Option<Duration> {
        self.open.as_ref().map(|open| open.next)
    }
}

impl Server {
    /// Says something to everybody who is online when its turn comes.
    pub(super) fn announce(&mut self, now: Now, announcement: Announcement) {
        if self.announcements.waiting.len() >= ANNOUNCEMENTS_MAX {
            return self.sink.tell(Event::NotAnnounced);
        }
        self.announcements.last += 1;
        let number = self.announcements.last;
        self.announcements.waiting.push_back((number, announcement));
        self.announce_next(now);
    }

    /// Begins with the next one, if none is going out.
    fn announce_next(&mut self, now: Now) {
        if self.announcements.open.is_some() {
            return;
        }
        let Some((number, Announcement(text))) = self.announcements.waiting.pop_front() else {
            return;
        };
        let text = texts::announcement(&text);
        let id = self.next_request();
        let word = Datagram::Notification {
            text: text.as_str().into(),
            offline: false,
            id: Some(id),
            receipts: Vec::new(),
            expired: Vec::new(),
        };
        let online = self.addresses.values();
        let extended = online.filter(|nickname| !self.classics.contains(*nickname));
        let missing: BTreeSet<_> = extended.cloned().collect();
        let mut classic = 0;
        for nickname in self.classics.clone() {
            let (text, offline) = (text.clone(), false);
            let taken = self.say(now, &nickname, Word::Notification { text, offline });
            classic += usize::from(taken);
        }
        let told = missing.len() + classic;
        self.diary.note(now, What::Announced { people: told });
        self.announcements.open = Some(Open {
            number,
            id,
            bytes: encode(&word, Style::Compact).into(),
            queue: VecDeque::new(),
            rounds: 0,
            next: now.mono,
            told,
            classic,
            confirmed: 0,
            missing,
        });
        self.announce_timeout(now);
    }

    /// Tells the next few, or begins the next round with those who have not confirmed it.
    pub(super) fn announce_timeout(&mut self, now: Now) {
        let Some(open) = &mut self.announcements.open else {
            return;
        };
        if open.next > now.mono {
            return;
        }
        self.sink.tell(open.progress());
        let mut silent = Vec::new();
        if open.queue.is_empty() {
            let members = &self.members;
            let is_there = |nickname: &Nickname| members[nickname].session.is_some();
            open.missing.retain(is_there);
            if open.missing.is_empty() || open.rounds == ANNOUNCEMENT_ROUNDS.len() {
                self.announcements.open = None;
                return self.announce_next(now);
            }
            open.queue.extend(open.missing.iter().cloned());
            if open.rounds > RETRIES_BEFORE_CHECK as usize {
                silent.extend(open.missing.iter().cloned());
            }
            open.rounds += 1;
        }
        let count = open.queue.len().min(ANNOUNCED_AT_ONCE);
        for nickname in open.queue.drain(..count) {
            let member = self.members.get(&nickname);
            let there = member.filter(|member| member.extended && member.session.is_some());
            if let Some(member) = there.filter(|_| open.missing.contains(&nickname)) {
                self.sink.send_bytes(member.address, open.bytes.clone());
            }
        }
        open.next = now.mono
            + match open.queue.is_empty() {
                false => ANNOUNCEMENT_TICK,
                true => ANNOUNCEMENT_ROUNDS[open.rounds - 1],
            };
        for nickname in &silent {
            self.check(now, nickname, None);
        }
    }

    /// A member answered a request. Answers whether it was the announcement.
    pub(super) fn on_announcement_ack(
        &mut self,
        now: Now,
        nickname: &Nickname,
        id: RequestId,
    ) -> bool {
        let Some(open) = &mut self.announcements.open else {
            return false;
        };
        if open.id != id {
            return false;
        }
        open.confirmed += usize::from(open.missing.remove(nickname));
        if open.missing.is_empty() {
            open.queue.clear();
            open.next = now.mono;
            self.announce_timeout(now);
        }
        true
    }
}
