//! Telling whoever watches what has changed: at most four times a second, in pieces, and nothing while
//! nobody watches or what was told last was not taken. What is told is the subject of `told`, what is
//! kept meanwhile that of `diary`. How many there are is told without being watched.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::diary::Diary;
use super::limits::{PEOPLE_TOLD_MAX, WATCH_TICK};
use super::members::{Link, Session};
use super::told::{PersonState, Totals};
use super::types::Event;
use super::{Now, Server};
use crate::protocol::Nickname;

/// What is still to be told.
pub(super) struct Watch {
    /// Whose entry has changed, and the same in the order of changing: nobody is told twice while
    /// others wait.
    changed: BTreeSet<Nickname>,
    order: VecDeque<Nickname>,
    /// Nothing more is told before this, but for what is counted.
    next: Duration,
}

impl Watch {
    fn new(now: Duration, everybody: impl Iterator<Item = Nickname>) -> Self {
        let order: VecDeque<_> = everybody.collect();
        Self {
            changed: order.iter().cloned().collect(),
            order,
            next: now,
        }
    }

    /// Tells everybody anew to whoever begins to look.
    fn begin_again(&mut self, everybody: impl Iterator<Item = Nickname>) {
        for nickname in everybody {
            if self.changed.insert(nickname.clone()) {
                self.order.push_back(nickname);
            }
        }
    }

    /// When there is something to tell, as the counts are now.
    pub fn due(&self, diary: &Diary, totals: &Totals) -> Option<Duration> {
        let quiet = self.order.is_empty() && diary.is_told();
        let others = (!quiet).then_some(self.next);
        [diary.due(totals), others].into_iter().flatten().min()
    }
}

impl Server {
    /// How many there are is told to everybody who runs a server, whether they watch or not.
    pub(super) fn tell_counts(&mut self) {
        let counts = Event::Counts {
            online: self.addresses.len(),
            known: self.members.len(),
            mail: self.mailroom.len(),
        };
        if self.told.as_ref() != Some(&counts) {
            self.told = Some(counts.clone());
            self.sink.tell(counts);
        }
    }

    /// Begins to tell, with everybody; or ends it.
    pub(super) fn set_watch(&mut self, now: Now, on: bool) {
        let everybody = self.members.keys().cloned();
        match &mut self.watch {
            Some(watch) if on => watch.begin_again(everybody),
            Some(_) | None => {
                self.watch = on.then(|| Box::new(Watch::new(now.mono, everybody)));
            }
        }
        if on {
            self.sink.tell(self.diary.all_samples(now, self.totals));
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

    /// Something comes in, or a deadline has come. While nobody watches no deadline does for the sake of
    /// a sample, so what was counted before is looked at now.
    pub(super) fn on_input(&mut self, now: Now) {
        if self.watch.is_none() {
            self.diary.sample_if_due(now, self.totals);
        }
        self.diary.on_input(now);
    }

    /// Tells what there is to tell, when it is time.
    pub(super) fn watch_timeout(&mut self, now: Now) {
        let Some(watch) = &mut self.watch else {
            return;
        };
        if self.held {
            // A driver says so in its next round at the latest.
            watch.next = watch.next.max(now.mono + WATCH_TICK);
            self.diary.wait_until(now.mono + WATCH_TICK);
            return;
        }
        if self.diary.sample_if_due(now, self.totals) {
            self.sink.tell(self.diary.last_sample());
        }
        if watch.next > now.mono {
            return;
        }
        let count = watch.order.len().min(PEOPLE_TOLD_MAX);
        let nicknames: Vec<_> = watch.order.drain(..count).collect();
        for nickname in &nicknames {
            watch.changed.remove(nickname);
        }
        let happened = self.diary.take_happened();
        if !nicknames.is_empty() || happened.is_some() {
            watch.next = now.mono + WATCH_TICK;
        }
        let people = nicknames
            .into_iter()
            .filter_map(|nickname| self.state_of(nickname));
        let people: Vec<_> = people.collect();
        if !people.is_empty() {
            self.sink.tell(Event::People(people));
        }
        if let Some(happened) = happened {
            self.sink.tell(happened);
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
