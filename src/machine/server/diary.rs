//! What has happened and what was counted lately, kept for whoever begins to watch: nobody need watch
//! all the time to know what was. When it is told is the subject of `watch`.

use std::collections::VecDeque;
use std::time::Duration;

use super::Now;
use super::limits::{HAPPENINGS_MAX, SAMPLES_MAX, TOTALS_EVERY, WATCH_TICK};
use super::told::{Happening, Sample, Totals, What};
use super::types::Event;

/// What nobody was told yet of what happened, and what was counted in the last minutes.
#[derive(Default)]
pub(super) struct Diary {
    happened: VecDeque<Happening>,
    /// So many more that are not kept.
    missed: u64,
    /// Until then what tells more of the last happening is one with it.
    join_until: Duration,
    samples: VecDeque<Sample>,
    /// No sample is taken before this.
    next: Duration,
    /// When something came in last, which is when the latest was counted, in Unix milliseconds.
    last_ms: i64,
}

impl Diary {
    pub fn note(&mut self, now: Now, what: What) {
        let what = match self.happened.back_mut() {
            Some(last) if now.mono < self.join_until => match last.what.join(what) {
                Ok(()) => return,
                Err(what) => what,
            },
            Some(_) | None => what,
        };
        let at_ms = now.unix_ms;
        self.happened.push_back(Happening { at_ms, what });
        self.join_until = now.mono + WATCH_TICK;
        if self.happened.len() > HAPPENINGS_MAX {
            self.happened.pop_front();
            self.missed += 1;
        }
    }

    /// Nothing has happened that was not told.
    pub fn is_told(&self) -> bool {
        self.happened.is_empty()
    }

    /// What has happened since the last time.
    pub fn take_happened(&mut self) -> Option<Event> {
        if self.is_told() {
            return None;
        }
        Some(Event::Happened {
            happened: std::mem::take(&mut self.happened).into(),
            missed: std::mem::take(&mut self.missed),
        })
    }

    /// When the counts are worth a sample; `None`: they have not changed since the last.
    pub fn due(&self, totals: &Totals) -> Option<Duration> {
        let last = self.samples.back().map(|sample| &sample.totals);
        (last != Some(totals)).then_some(self.next)
    }

    /// Something comes in: what was counted before it has the time of what came in before it.
    pub fn on_input(&mut self, now: Now) {
        self.last_ms = now.unix_ms;
    }

    /// Takes a sample if it is time to; true: it was.
    pub fn sample_if_due(&mut self, now: Now, totals: Totals) -> bool {
        let is_due = self.due(&totals).is_some_and(|due| due <= now.mono);
        if is_due {
            self.sample(now, totals);
        }
        is_due
    }

    /// No sample is taken before `mono`.
    pub fn wait_until(&mut self, mono: Duration) {
        self.next = self.next.max(mono);
    }

    /// All samples, the last of them with what was counted until now.
    pub fn all_samples(&mut self, now: Now, totals: Totals) -> Event {
        if self.due(&totals).is_some() {
            self.sample(now, totals);
        }
        Event::Totals(self.samples.iter().copied().collect())
    }

    /// The last sample, behind the one that it is compared with.
    pub fn last_sample(&self) -> Event {
        let before_last = self.samples.len().saturating_sub(2);
        Event::Totals(self.samples.range(before_last..).copied().collect())
    }

    fn sample(&mut self, now: Now, totals: Totals) {
        self.next = now.mono + TOTALS_EVERY;
        // Before the first there is nothing that came in.
        let at_ms = match self.samples.is_empty() {
            true => now.unix_ms,
            false => self.last_ms,
        };
        self.samples.push_back(Sample { at_ms, totals });
        if self.samples.len() > SAMPLES_MAX {
            self.samples.pop_front();
        }
    }
}
