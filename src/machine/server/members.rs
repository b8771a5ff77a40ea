//! The people that a server knows, and what is under way to each of them.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::*;
use super::types::MailId;
use crate::protocol::{Nickname, Receipt, RequestId, Version};

pub(super) struct Member {
    pub address: SocketAddr,
    pub extended: bool,
    pub seen_ms: i64,
    /// The last change of the table that concerns this person.
    pub changed: Version,
    /// `None`: offline.
    pub session: Option<Session>,
    /// Under which the member stands in the server's timers.
    pub timer: Option<Duration>,
}

/// What a person who is online is being sent.
pub(super) struct Session {
    pub heard: Duration,
    /// The request that began the session, to answer its repeats alike.
    pub request: Option<RequestId>,
    pub check: Option<Check>,
    pub link: Link,
}

pub(super) enum Link {
    Classic(ClassicLink),
    Extended(ExtendedLink),
}

/// A question whether somebody is there.
pub(super) struct Check {
    pub began: Duration,
    pub tries: u32,
    pub next: Duration,
    pub id: RequestId,
    pub waiters: VecDeque<Waiter>,
}

/// Who waits for the answer.
pub(super) enum Waiter {
    /// Somebody who wants the name.
    Newcomer {
        from: SocketAddr,
        id: Option<RequestId>,
    },
    /// Mail of a classic sender.
    Mail {
        from: SocketAddr,
        sender: Nickname,
        text: String,
    },
}

/// What a classic client can be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    Notification {
        text: String,
        offline: bool,
    },
    Table,
    Verification,
    /// The next piece of mail, whatever it is then.
    Mail,
}

/// A classic client: one datagram at a time, since its ack names nothing.
#[derive(Default)]
pub(super) struct ClassicLink {
    pub queue: VecDeque<Word>,
    pub flight: Option<Flight>,
    /// Datagrams in a row that were not acked.
    pub misses: u32,
}

/// What a classic client has not acked yet.
pub(super) struct Flight {
    pub until: Duration,
    /// The mail that the ack confirms.
    pub mail: Vec<MailId>,
    /// More pieces of the same message.
    pub rest: VecDeque<String>,
    pub sender: Option<Nickname>,
    /// It asks whether the client is there.
    pub verifies: bool,
}

/// An extended client: everything has its number.
#[derive(Default)]
pub(super) struct ExtendedLink {
    pub table: TableFlight,
    pub mail: BTreeMap<MailId, Retry>,
    pub receipts: Option<ReceiptFlight>,
}

/// How far an extended client's table is.
#[derive(Default)]
pub(super) struct TableFlight {
    pub acked: Version,
    pub sent: Version,
    /// Where the pages that are under way end.
    pub pages: VecDeque<Version>,
    pub retry: Option<Retry>,
    /// A missing page was just sent again: no more before this.
    pub resent: Duration,
}

pub(super) struct ReceiptFlight {
    pub id: RequestId,
    pub receipts: Vec<Receipt>,
    pub retry: Retry,
}

/// Something that is sent again until it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    pub tries: u32,
    pub next: Duration,
    /// It has arrived, and is sent again only in case that was forgotten.
    pub settled: bool,
}

impl Retry {
    pub fn first(now: Duration) -> Self {
        Self {
            tries: 1,
            next: now + RETRY_FIRST,
            settled: false,
        }
    }

    /// One more try: the wait doubles.
    pub fn again(self, now: Duration) -> Self {
        let wait = (RETRY_FIRST * 2u32.saturating_pow(self.tries.min(8))).min(RETRY_LAST);
        Self {
            tries: self.tries + 1,
            next: now + wait,
            settled: false,
        }
    }
}

impl TableFlight {
    /// Pages that may be under way: one until an answer shows that somebody wants them at that address.
    pub fn window(&self) -> usize {
        if self.acked == Version(0) {
            1
        } else {
            PAGE_WINDOW
        }
    }
}

impl Session {
    pub fn new(now: Duration, request: Option<RequestId>) -> Self {
        let link = match request {
            Some(_) => Link::Extended(ExtendedLink::default()),
            None => Link::Classic(ClassicLink::default()),
        };
        Self {
            heard: now,
            request,
            check: None,
            link,
        }
    }

    /// When something is due by itself.
    pub fn deadline(&self) -> Duration {
        let quiet = match (&self.check, &self.link) {
            (Some(check), Link::Extended(_)) => check.next,
            (Some(_), Link::Classic(_)) => Duration::MAX,
            (None, Link::Extended(_)) => self.heard + EXTENDED_QUIET,
            (None, Link::Classic(_)) => self.heard + CLASSIC_QUIET,
        };
        let link = match &self.link {
            Link::Classic(link) => link.flight.as_ref().map(|flight| flight.until),
            Link::Extended(link) => {
                let table = link.table.retry.map(|retry| retry.next);
                let receipts = link.receipts.as_ref().map(|flight| flight.retry.next);
                let mail = link.mail.values().map(|retry| retry.next).min();
                [table, receipts, mail].into_iter().flatten().min()
            }
        };
        link.map_or(quiet, |link| link.min(quiet))
    }
}

impl ClassicLink {
    /// Puts a word in the queue. The table and mail stand there once; beyond
    /// [`CLASSIC_QUEUE_MAX`] a notification is dropped.
    pub fn say(&mut self, word: Word) {
        let once = matches!(word, Word::Table | Word::Mail | Word::Verification);
        if (once && self.queue.contains(&word)) || (!once && self.queue.len() >= CLASSIC_QUEUE_MAX)
        {
            return;
        }
        match word {
            Word::Verification => self.queue.push_front(word),
            Word::Table | Word::Mail | Word::Notification { .. } => self.queue.push_back(word),
        }
    }
}
