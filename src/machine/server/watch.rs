//! Telling whoever watches what has changed: at most four times a second, in pieces, and nothing while
//! nobody watches or what was told last was not taken. What is told is the subject of `told`.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::limits::{HAPPENINGS_MAX, PEOPLE_TOLD_MAX, TOTALS_EVERY, WATCH_TICK};
use super::members::{Link, Session};
use super::told::{Happening, PersonState, Totals, What};
use super::types::Event;
use super::{Now, Server};
use crate::protocol::Nickname;

/// What is still to be told.
pub(super) struct Watch {
    /// Whose entry has changed, and the same in the order of changing: nobody is told twice while
    /// others wait.
    changed: BTreeSet<Nickname>,
    order: VecDeque<Nickname>,
    happened: Vec<Happening>,
    missed: u64,
    /// Nothing more is told before this.
    next: Duration,
    totals_at: Duration,
    /// What was told last of what is counted.
    told: Option<Totals>,
}

impl Watch {
    fn new(now: Duration, everybody: impl Iterator<Item = Nickname>) -> Self {
        let order: VecDeque<_> = everybody.collect();
        Self {
            changed: order.iter().cloned().collect(),
            order,
            happened: Vec::new(),
            missed: 0,
            next: now,
            totals_at: now,
            told: None,
        }
    }

    /// Tells everything anew to whoever begins to look, and what has happened but is not told yet.
    fn begin_again(&mut self, now: Duration, everybody: impl Iterator<Item = Nickname>) {
        for nickname in everybody {
            if self.changed.insert(nickname.clone()) {
                self.order.push_back(nickname);
            }
        }
        self.totals_at = now;
        self.told = None;
    }

    /// When there is something to tell, as the counts are now.
    pub fn due(&self, totals: &Totals) -> Option<Duration> {
        let totals = (self.told.as_ref() != Some(totals)).then_some(self.totals_at);
        let quiet = self.order.is_empty() && self.happened.is_empty();
        let others = (!quiet).then_some(self.next);
        [totals, others].into_iter().flatten().min()
    }

    fn note(&mut self, happening: Happening) {
        let Happening { at_ms, what } = happening;
        let what = match self.happened.last_mut() {
            Some(last) => match last.what.join(what) {
                Ok(()) => return,
                Err(what) => what,
            },
            None => what,
        };
        if self.happened.len() < HAPPENINGS_MAX {
            self.happened.push(Happening { at_ms, what });
        } else {
            self.missed += 1;
        }
    }
}

impl Server {
    /// Begins to tell, with everybody; or ends it.
    pub(super) fn set_watch(&mut self, now: Now, on: bool) {
        let everybody = self.members.keys().cloned();
        match &mut self.watch {
            Some(watch) if on => watch.begin_again(now.mono, everybody),
            Some(_) | None => {
                self.watch = on.then(|| Box::new(Watch::new(now.mono, everybody)));
            }
        }
        self.watch_timeout(now);
    }

    /// Somebody's entry has changed.
    pub(super) fn touch(&mut self, nickname: &Nickname) {
        if let Some(watch) = &mut self.watch
            && watch.changed.insert(nickname.clone())
        {
            watch.order.push_back(nickname.clone());
        }
    }

    /// Something has happened; `what` is made only while somebody watches.
    pub(super) fn note(&mut self, now: Now, what: impl FnOnce() -> What) {
        if let Some(watch) = &mut self.watch {
            let (at_ms, what) = (now.unix_ms, what());
            watch.note(Happening { at_ms, what });
        }
    }

    /// Tells what there is to tell, when it is time.
    pub(super) fn watch_timeout(&mut self, now: Now) {
        let Some(watch) = &mut self.watch else {
            return;
        };
        if self.held {
            // A driver says so in its next round at the latest.
            watch.next = watch.next.max(now.mono + WATCH_TICK);
            watch.totals_at = watch.totals_at.max(now.mono + WATCH_TICK);
            return;
        }
        if watch.totals_at <= now.mono && watch.told != Some(self.totals) {
            watch.totals_at = now.mono + TOTALS_EVERY;
            watch.told = Some(self.totals);
            let (at_ms, totals) = (now.unix_ms, self.totals);
            self.sink.tell(Event::Totals { at_ms, totals });
        }
        if watch.next > now.mono {
            return;
        }
        let count = watch.order.len().min(PEOPLE_TOLD_MAX);
        let nicknames: Vec<_> = watch.order.drain(..count).collect();
        for nickname in &nicknames {
            watch.changed.remove(nickname);
        }
        let happened = std::mem::take(&mut watch.happened);
        let missed = std::mem::take(&mut watch.missed);
        if !nicknames.is_empty() || !happened.is_empty() {
            watch.next = now.mono + WATCH_TICK;
        }
        let people = nicknames
            .into_iter()
            .filter_map(|nickname| self.state_of(nickname));
        let people: Vec<_> = people.collect();
        if !people.is_empty() {
            self.sink.tell(Event::People(people));
        }
        if !happened.is_empty() {
            self.sink.tell(Event::Happened { happened, missed });
        }
    }

    fn state_of(&self, nickname: Nickname) -> Option<PersonState> {
        let member = self.members.get(&nickname)?;
        let round_trip = |session: &Session| match &session.link {
            Link::Extended(link) => link.table.rtt.mean().or(link.rtt.mean()),
            Link::Classic(_) => None,
        };
        let (mail_messages, mail_bytes) = self.mailroom.waiting_for(&nickname);
        Some(PersonState {
            address: member.address,
            online: member.session.is_some(),
            extended: member.extended,
            since_ms: member.seen_ms,
            round_trip: member.session.as_ref().and_then(round_trip),
            mail_messages,
            mail_bytes,
            nickname,
        })
    }
}
