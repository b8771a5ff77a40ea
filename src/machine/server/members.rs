//! The people that a server knows, and what is under way to each of them.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::*;
use super::types::MailId;
use crate::machine::rtt::Rtt;
use crate::protocol::limits::ATTEMPT_MAX;
use crate::protocol::{Expired, Nickname, Receipt, RequestId, Token, Version};

pub(super) struct Member {
    pub address: SocketAddr,
    pub extended: bool,
    pub seen_ms: i64,
    /// The host has signed this person out: only a `Reg` brings them back. Not on disk: a server that
    /// starts knows nobody to be gone, and takes up whoever writes from where they were.
    pub removed: bool,
    /// The last change of the table that concerns this person.
    pub changed: Version,
    /// `None`: offline.
    pub session: Option<Session>,
    /// Under which the member stands in the server's timers.
    pub timer: Option<Duration>,
}

/// What a person who is online is being sent.
pub(super) struct Session {
    /// When the member is asked whether they are there, if nothing is heard before.
    pub quiet_at: Duration,
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
    pub question: Question,
    pub waiters: VecDeque<Waiter>,
}

/// A question that is repeated until it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub id: RequestId,
    pub tries: u32,
    pub next: Duration,
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
pub(super) struct ExtendedLink {
    /// Shows at another address that it is this member.
    pub token: Token,
    pub table: TableFlight,
    pub mail: BTreeMap<MailId, Retry>,
    pub notice: Option<Box<NoticeFlight>>,
    pub rtt: Rtt,
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
    /// The page that was sent while no other was under way, and when: its answer tells a round trip,
    /// unless it was sent again.
    timed: Option<(Version, Duration)>,
    /// The round trips of such pages: to be seen by whoever watches. What is waited for is estimated from
    /// answers that stand behind a disk ([`ExtendedLink::rtt`]).
    pub rtt: Rtt,
}

/// What a sender of mail is being told.
pub(super) struct NoticeFlight {
    pub id: RequestId,
    pub receipts: Vec<Receipt>,
    pub expired: Vec<Expired>,
    pub retry: Retry,
}

/// Something that is sent again until it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// Tries since anything was answered.
    pub tries: u32,
    pub next: Duration,
    /// It has arrived, and is sent again only in case that was forgotten.
    pub settled: bool,
    /// The number of the last try.
    pub attempt: u32,
    /// When the last tries were made, each under its number's remainder.
    made: [Option<Duration>; TIMED_TRIES],
    /// When the last try was made, and how many later tries of other parts were answered since.
    last: Duration,
    overtaken: u32,
}

impl Retry {
    /// The first try, and the wait for its answer.
    pub fn first(now: Duration, wait: Duration) -> Self {
        let mut retry = Self {
            tries: 1,
            next: now + wait,
            settled: false,
            attempt: 1,
            made: [None; TIMED_TRIES],
            last: now,
            overtaken: 0,
        };
        retry.note(now);
        retry
    }

    /// A part behind this one, whose try was made at `sent`, was answered, and this one was not. After
    /// [`OVERTAKEN_MAX`] of them it is lost rather than late: it is sent again at once.
    pub fn overtake(&mut self, now: Duration, sent: Duration) {
        if self.settled || sent < self.last {
            return;
        }
        self.overtaken += 1;
        if self.overtaken >= OVERTAKEN_MAX {
            // Whoever answers is there: the wait begins anew.
            self.tries = 0;
            self.next = now;
        }
    }

    /// One more try: the wait, first `wait`, doubles and varies by a quarter, so that many who lost
    /// the same moment do not meet again.
    pub fn again(&mut self, now: Duration, wait: Duration, rng: &mut fastrand::Rng) {
        let wait = (wait * 2u32.saturating_pow(self.tries.min(8))).min(RETRY_LAST);
        let wait = (wait * rng.u32(75..=125) / 100).min(RETRY_LAST);
        self.tries += 1;
        self.next = now + wait;
        self.settled = false;
        self.last = now;
        self.overtaken = 0;
        if self.attempt == ATTEMPT_MAX {
            // Later tries can't be told apart.
            self.made = [None; TIMED_TRIES];
        } else {
            self.attempt += 1;
            self.note(now);
        }
    }

    fn note(&mut self, now: Duration) {
        self.made[self.attempt as usize % TIMED_TRIES] = Some(now);
    }

    /// An answer to the try of that number has come. Answers the round trip, once for all tries.
    pub fn answered(&mut self, now: Duration, attempt: u32) -> Option<Duration> {
        let (first, last) = (
            self.attempt.saturating_sub(TIMED_TRIES as u32),
            self.attempt,
        );
        let known = first < attempt && attempt <= last;
        let made = known.then_some(self.made[attempt as usize % TIMED_TRIES]);
        self.made = [None; TIMED_TRIES];
        now.checked_sub(made??)
    }

    /// It has arrived, but waits for something before it.
    pub fn settle(&mut self, now: Duration) {
        self.tries = 1;
        self.next = now + EARLY_WAIT;
        self.settled = true;
    }
}

impl Question {
    pub fn new(now: Duration, id: RequestId) -> Self {
        Self {
            id,
            tries: 0,
            next: now,
        }
    }

    /// Counts one more try; `false`: the last one had its time. The times count from try to try: while
    /// the host itself stands still, nobody misses a question.
    pub fn ask(&mut self, now: Duration) -> bool {
        let at = |tries: usize| {
            let ms = CHECK_TRIES_MS.get(tries);
            ms.map_or(CHECK_END, |ms| Duration::from_millis(*ms))
        };
        let tries = self.tries as usize;
        if tries == CHECK_TRIES_MS.len() {
            return false;
        }
        self.tries += 1;
        self.next = now + at(tries + 1) - at(tries);
        true
    }
}

impl ExtendedLink {
    fn new(token: Token) -> Self {
        Self {
            token,
            table: TableFlight::default(),
            mail: BTreeMap::new(),
            notice: None,
            rtt: Rtt::default(),
        }
    }

    /// How long an answer is waited for at first.
    pub fn wait(&self) -> Duration {
        self.rtt
            .timeout(RETRY_SHORTEST)
            .unwrap_or(RETRY_FIRST)
            .min(RETRY_LAST)
    }

    /// The client is at another address: what was under way may have gone to the old one, and the way
    /// is another.
    pub fn restart(&mut self) {
        self.mail.clear();
        self.notice = None;
        self.rtt = Rtt::default();
        self.table.restart();
    }
}

impl TableFlight {
    /// Pages are sent anew from where the client stands.
    pub fn restart(&mut self) {
        self.sent = self.acked;
        self.pages.clear();
        self.retry = None;
        self.timed = None;
    }

    /// A page has been sent.
    pub fn on_sent(&mut self, now: Duration, to: Version) {
        self.timed = self.pages.is_empty().then_some((to, now));
        self.sent = to;
        self.pages.push_back(to);
    }

    /// A page is sent again: its answer may be the first one's.
    pub fn on_sent_again(&mut self) {
        self.timed = None;
    }

    /// The client stands at `version`. Answers the round trip that this tells.
    pub fn measured(&mut self, now: Duration, version: Version) -> Option<Duration> {
        let (_, sent) = self.timed.take_if(|(page, _)| *page <= version)?;
        now.checked_sub(sent)
    }

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
    /// `token`: an extended client's.
    pub fn new(now: Duration, request: Option<RequestId>, token: Option<Token>) -> Self {
        let link = match token {
            Some(token) => Link::Extended(ExtendedLink::new(token)),
            None => Link::Classic(ClassicLink::default()),
        };
        let mut session = Self {
            quiet_at: now,
            request,
            check: None,
            link,
        };
        session.heard(now);
        session
    }

    /// Something came from the member.
    pub fn heard(&mut self, now: Duration) {
        self.quiet_at = now
            + match &self.link {
                Link::Classic(_) => CLASSIC_QUIET,
                Link::Extended(_) => EXTENDED_QUIET,
            };
    }

    /// An extended client's token.
    pub fn token(&self) -> Option<Token> {
        match &self.link {
            Link::Extended(link) => Some(link.token),
            Link::Classic(_) => None,
        }
    }

    /// When something is due by itself.
    pub fn deadline(&self) -> Duration {
        let quiet = match (&self.check, &self.link) {
            (Some(check), Link::Extended(_)) => check.question.next,
            (Some(_), Link::Classic(_)) => Duration::MAX,
            (None, _) => self.quiet_at,
        };
        let link = match &self.link {
            Link::Classic(link) => link.flight.as_ref().map(|flight| flight.until),
            Link::Extended(link) => {
                let table = link.table.retry.map(|retry| retry.next);
                let notice = link.notice.as_ref().map(|flight| flight.retry.next);
                let mail = link.mail.values().map(|retry| retry.next).min();
                [table, notice, mail].into_iter().flatten().min()
            }
        };
        link.map_or(quiet, |link| link.min(quiet))
    }
}

impl ClassicLink {
    /// Puts a word in the queue, and answers whether it is to come. The table and mail stand there once;
    /// beyond [`CLASSIC_QUEUE_MAX`] a notification is dropped.
    pub fn say(&mut self, word: Word) -> bool {
        let once = matches!(word, Word::Table | Word::Mail | Word::Verification);
        if once && self.queue.contains(&word) {
            return true;
        }
        if !once && self.queue.len() >= CLASSIC_QUEUE_MAX {
            return false;
        }
        match word {
            Word::Verification => self.queue.push_front(word),
            Word::Table | Word::Mail | Word::Notification { .. } => self.queue.push_back(word),
        }
        true
    }
}
