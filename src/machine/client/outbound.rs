//! The messages under way to one person: lines, their numbered parts, and what is known of each.
//! A part leaves only when the recipient has confirmed it. How parts move is the ladder's subject.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::ClientSink;
use super::ladder::Around;
use super::limits::{BUFFERED_WAIT, PARKED_WAIT, REOFFER_WAIT};
use super::roster::{Entry, Kind};
use super::types::{Delivery, Event, LineId, Path};
use crate::protocol::{Part, Seq, Stream};

/// Where one part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Queued,
    Direct {
        since: Duration,
        tries: usize,
        next: Duration,
    },
    /// The peer has it but waits for an earlier one.
    Early {
        next: Duration,
    },
    Server {
        tries: u32,
        next: Duration,
    },
    /// Waits its turn at a classic server.
    Lane,
    /// On the server's disk. `next`: when to offer it straight.
    Stored {
        next: Option<Duration>,
    },
    /// Neither answers.
    Parked {
        next: Duration,
    },
    /// Finished before an earlier part was.
    Done,
}

/// The question what a peer's program is, where the table does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Unasked,
    Asked { until: Duration },
    Silent,
}

pub(super) struct Line {
    pub id: LineId,
    pub text: String,
    pub ranges: Vec<Range<usize>>,
    pub written_ms: i64,
    /// Place of its first part, once it has one.
    pub first: Seq,
    pub told: Delivery,
    /// Nothing more will be known of it.
    pub closed: bool,
}

pub(super) struct Outbound {
    pub stream: Stream,
    /// The place of `states[0]`.
    pub lowest: Seq,
    pub states: VecDeque<State>,
    /// Numbered lines, the oldest first.
    pub lines: VecDeque<Line>,
    /// Lines that have no numbers yet.
    pub queue: VecDeque<Line>,
    /// A classic peer's late ack may come until then.
    pub quiet_until: Duration,
    pub probe: Probe,
    /// Lines that turned out not to be sendable, for a retry.
    pub refused: Vec<Line>,
}

impl Outbound {
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            lowest: Seq::FIRST,
            states: VecDeque::new(),
            lines: VecDeque::new(),
            queue: VecDeque::new(),
            quiet_until: Duration::ZERO,
            probe: Probe::Unasked,
            refused: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.lines.len() + self.queue.len()
    }

    /// When [`Self::drive`] has something to do by itself.
    pub fn deadline(&self) -> Option<Duration> {
        let due = |state: &State| match *state {
            State::Direct { next, .. }
            | State::Early { next }
            | State::Server { next, .. }
            | State::Parked { next } => Some(next),
            State::Stored { next } => next,
            State::Queued | State::Lane | State::Done => None,
        };
        let waiting = !self.queue.is_empty() || self.states.contains(&State::Queued);
        let probe = match self.probe {
            Probe::Asked { until } => Some(until),
            Probe::Unasked | Probe::Silent => None,
        };
        let quiet = (waiting && self.quiet_until > Duration::ZERO).then_some(self.quiet_until);
        self.states
            .iter()
            .filter_map(due)
            .chain(quiet)
            .chain(probe)
            .min()
    }

    /// The peer answered something: a question about its program is settled.
    pub fn end_probe(&mut self) {
        self.probe = Probe::Unasked;
    }

    /// The line and the identity of the part at `at`.
    pub fn part(&self, at: usize) -> (&Line, Part) {
        let seq = Seq(self.lowest.0 + at as u64);
        let line = &self.lines[self.lines.partition_point(|line| line.first <= seq) - 1];
        let part = Part {
            stream: self.stream,
            seq,
            lowest: self.lowest,
            index: (seq.0 - line.first.0) as u32 + 1,
            count: line.ranges.len() as u32,
            written_ms: line.written_ms,
            attempt: 1,
        };
        (line, part)
    }

    /// Everything below `below` is with the recipient.
    pub fn confirm(&mut self, below: Seq, sink: &mut ClientSink) {
        while self.lowest < below && !self.states.is_empty() {
            self.states.pop_front();
            self.lowest = self.lowest.next();
        }
        self.finish(sink);
    }

    /// Lets go of what is finished at the front.
    fn finish(&mut self, sink: &mut ClientSink) {
        while self.states.front() == Some(&State::Done) {
            self.states.pop_front();
            self.lowest = self.lowest.next();
        }
        while let Some(line) = self.lines.front()
            && line.first.0 + line.ranges.len() as u64 <= self.lowest.0
        {
            let line = self.lines.pop_front().expect("the front was just seen");
            let path = if line.told == Delivery::Stored {
                Path::ViaServer
            } else {
                Path::Direct
            };
            if !line.closed {
                sink.tell(Event::Delivery {
                    line: line.id,
                    delivery: Delivery::Delivered(path),
                });
            }
        }
    }

    /// The peer has the part `seq` but waits for an earlier one.
    pub fn mark_early(&mut self, seq: Seq, now: Duration) {
        if let Some(State::Direct { .. }) = self.state(seq) {
            self.set(
                seq,
                State::Early {
                    next: now + BUFFERED_WAIT,
                },
            );
        }
    }

    /// The state of the part `seq`; `None`: it is confirmed, or has no number yet.
    pub fn state(&self, seq: Seq) -> Option<State> {
        let at = seq.0.checked_sub(self.lowest.0)?;
        self.states.get(usize::try_from(at).ok()?).copied()
    }

    pub fn set(&mut self, seq: Seq, state: State) {
        if let Some(at) = self.place(seq) {
            self.states[at] = state;
        }
    }

    /// A classic peer's ack: what was last sent straight to it has arrived.
    pub fn confirm_direct(&mut self, sink: &mut ClientSink) {
        let Some(at) = self
            .states
            .iter()
            .position(|state| matches!(state, State::Direct { .. }))
        else {
            return;
        };
        let (id, first, len) = {
            let (line, _) = self.part(at);
            (line.id, line.first, line.ranges.len() as u64)
        };
        let end = usize::try_from(first.0 + len - self.lowest.0).expect("a line lies in memory");
        for state in self.states.range_mut(at..end) {
            if matches!(state, State::Direct { .. }) {
                *state = State::Done;
            }
        }
        if (first.0..first.0 + len)
            .all(|seq| matches!(self.state(Seq(seq)), None | Some(State::Done)))
        {
            self.close(id, Delivery::Delivered(Path::Direct), sink);
        }
    }

    /// Where the part `seq` stands among those that are not confirmed.
    pub fn place(&self, seq: Seq) -> Option<usize> {
        self.state(seq)?;
        usize::try_from(seq.0 - self.lowest.0).ok()
    }

    /// Says the last word on the line of the part `seq`.
    pub fn close_at(&mut self, seq: Seq, last: Delivery, sink: &mut ClientSink) {
        if let Some(at) = self.place(seq) {
            let id = self.part(at).0.id;
            self.close(id, last, sink);
        }
    }

    /// Says the last word on a line and lets go of its parts.
    fn close(&mut self, id: LineId, last: Delivery, sink: &mut ClientSink) {
        let Some(line) = self.lines.iter_mut().find(|line| line.id == id) else {
            return;
        };
        line.closed = true;
        let (first, len) = (line.first, line.ranges.len() as u64);
        for seq in first.0..first.0 + len {
            self.set(Seq(seq), State::Done);
        }
        sink.tell(Event::Delivery {
            line: id,
            delivery: last,
        });
        self.finish(sink);
    }

    /// The peer or the server can be asked again: whatever is parked starts anew.
    pub fn wake(&mut self, now: Duration, entry: &Entry) {
        for state in &mut self.states {
            match state {
                State::Parked { .. } => *state = State::Queued,
                State::Stored { next } if entry.online && entry.kind == Kind::Extended => {
                    *next = Some(now + REOFFER_WAIT)
                }
                State::Stored { .. }
                | State::Queued
                | State::Direct { .. }
                | State::Early { .. }
                | State::Server { .. }
                | State::Lane
                | State::Done => {}
            }
        }
    }

    /// Signed out: nothing is under way any more.
    pub fn park(&mut self, now: Duration, sink: &mut ClientSink) {
        for state in &mut self.states {
            if !matches!(state, State::Stored { .. } | State::Done) {
                *state = State::Parked {
                    next: now + PARKED_WAIT,
                };
            }
        }
        self.tell(sink);
    }

    /// The first part that waits for a classic server.
    pub fn lane_part(&self) -> Option<usize> {
        self.states.iter().position(|state| *state == State::Lane)
    }

    /// The parts that a classic server gets as one mail, `at` first.
    pub fn lane_unit(&self, at: usize, around: &Around<'_>) -> Range<usize> {
        if around.entry.kind == Kind::Extended {
            at..at + 1
        } else {
            self.unit(at, around)
        }
    }

    /// Tells how far every line has come, if that is further than it was told.
    pub fn tell(&mut self, sink: &mut ClientSink) {
        let mut parked = false;
        for line in self.lines.iter_mut().filter(|line| !line.closed) {
            let end = line.first.0 + line.ranges.len() as u64;
            let begin = line.first.0.max(self.lowest.0) - self.lowest.0;
            let states = self
                .states
                .range(begin as usize..(end - self.lowest.0) as usize);
            let reached = states
                .map(stage)
                .min_by_key(|delivery| rank(*delivery))
                .unwrap_or(Delivery::Trying);
            parked |= reached == Delivery::Waiting;
            advance(line, reached, sink);
        }
        if parked {
            self.queue
                .iter_mut()
                .for_each(|line| advance(line, Delivery::Waiting, sink));
        }
    }
}

fn advance(line: &mut Line, reached: Delivery, sink: &mut ClientSink) {
    if rank(reached) > rank(line.told) {
        line.told = reached;
        sink.tell(Event::Delivery {
            line: line.id,
            delivery: reached,
        });
    }
}

fn stage(state: &State) -> Delivery {
    match state {
        State::Queued | State::Direct { .. } | State::Early { .. } => Delivery::Trying,
        State::Server { .. } | State::Lane => Delivery::HandingOver,
        State::Parked { .. } => Delivery::Waiting,
        State::Stored { .. } | State::Done => Delivery::Stored,
    }
}

fn rank(delivery: Delivery) -> u8 {
    match delivery {
        Delivery::Trying => 0,
        Delivery::HandingOver => 1,
        Delivery::Waiting => 2,
        Delivery::Stored => 3,
        Delivery::Delivered(_) | Delivery::Failed(_) => 4,
    }
}
