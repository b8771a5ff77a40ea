//! The messages under way to one person: lines, their numbered parts, and what is known of each.
//! A part leaves only when the recipient has confirmed it. How parts move is the ladder's subject.

use std::collections::VecDeque;
use std::time::Duration;

use super::ClientSink;
use super::ends::Ends;
use super::ladder::Probe;
use super::limits::{ANSWER_WAIT, BUFFERED_WAIT, REOFFER_WAIT, RETRIED_MAX, pause};
use super::line::{Line, advance, settle};
use super::roster::{Entry, Kind};
use super::types::{Delivery, Failure, LineId, Outgoing, Path, Record};
use super::way::{State, is_moving, stage};
use crate::machine::Now;
use crate::machine::rtt::Rtt;
use crate::protocol::{Nickname, Part, Seq, Stream};

pub(super) struct Outbound {
    pub peer: Nickname,
    pub stream: Stream,
    /// The place of `states[0]`.
    pub lowest: Seq,
    pub states: VecDeque<State>,
    /// Numbered lines in the order of their places.
    pub lines: VecDeque<Line>,
    /// Lines that have no numbers yet.
    pub queue: VecDeque<Line>,
    /// Lines that were tried again of late and have not failed since: at most [`RETRIED_MAX`], the oldest
    /// first.
    retried: VecDeque<LineId>,
    /// Lines that the peer is not known to have read.
    pub ends: Ends,
    /// A classic peer's late ack may come until then.
    pub quiet_until: Duration,
    pub probe: Probe,
    /// The way to the peer.
    pub rtt: Rtt,
    /// Rounds of tries since the peer or the server last answered, and when the last one ended.
    rounds: usize,
    tired: Duration,
    pub rng: fastrand::Rng,
}

impl Outbound {
    pub fn new(peer: Nickname, stream: Stream) -> Self {
        Self {
            peer,
            stream,
            lowest: Seq::FIRST,
            states: VecDeque::new(),
            lines: VecDeque::new(),
            queue: VecDeque::new(),
            retried: VecDeque::new(),
            ends: Ends::default(),
            quiet_until: Duration::ZERO,
            probe: Probe::Unasked,
            rtt: Rtt::default(),
            rounds: 0,
            tired: Duration::ZERO,
            rng: fastrand::Rng::with_seed(stream.0),
        }
    }

    /// Goes on in another stream, with all that is open in its order.
    pub fn begin_anew(&mut self, now: Now, stream: Stream, sink: &mut ClientSink) {
        self.states.clear();
        self.forget_ends(sink);
        self.lowest = Seq::FIRST;
        self.stream = stream;
        self.keep(sink);
        let open: Vec<_> = self.lines.drain(..).filter(|line| !line.closed).collect();
        for line in open.into_iter().rev() {
            // Its place is gone with the old stream.
            sink.persist(Record::Delivery {
                line: line.id,
                delivery: Delivery::Trying,
                at_ms: now.unix_ms,
                settled: false,
            });
            self.queue.push_front(line);
        }
    }

    /// Writes down how far the stream is.
    pub fn keep(&self, sink: &mut ClientSink) {
        sink.persist(Record::Outgoing(Outgoing {
            peer: self.peer.clone(),
            stream: self.stream,
            lowest: self.lowest,
            next: self.next(),
        }));
    }

    /// The next part's place.
    pub fn next(&self) -> Seq {
        Seq(self.lowest.0 + self.states.len() as u64)
    }

    /// Whether the line is under way.
    pub fn has(&self, id: LineId) -> bool {
        let mut lines = self.lines.iter().chain(&self.queue);
        lines.any(|line| line.id == id && !line.closed)
    }

    /// Whether the line can be tried again: it is not under way, and has not arrived since a retry that
    /// was asked for before this one.
    pub fn takes_again(&self, id: LineId) -> bool {
        !self.has(id) && !self.retried.contains(&id)
    }

    /// A line is tried again.
    pub fn count_retry(&mut self, id: LineId) {
        if self.retried.len() == RETRIED_MAX {
            self.retried.pop_front();
        }
        self.retried.push_back(id);
    }

    /// The line has failed once more.
    pub fn forget_retry(&mut self, id: LineId) {
        self.retried.retain(|retried| *retried != id);
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
    pub fn confirm(&mut self, now: Now, below: Seq, sink: &mut ClientSink) {
        let before = self.lowest;
        while self.lowest < below && !self.states.is_empty() {
            self.states.pop_front();
            self.lowest = self.lowest.next();
        }
        self.finish(now, before, sink);
    }

    /// Lets go of what is finished at the front, and writes down how far that is.
    fn finish(&mut self, now: Now, before: Seq, sink: &mut ClientSink) {
        while self.states.front() == Some(&State::Done) {
            self.states.pop_front();
            self.lowest = self.lowest.next();
        }
        while let Some(line) = self.lines.front()
            && line.end() <= self.lowest
        {
            let line = self.lines.pop_front().expect("the front was just seen");
            let path = if line.told == Delivery::Stored {
                Path::ViaServer
            } else {
                Path::Direct
            };
            if !line.closed {
                settle(now, line.id, Delivery::Delivered(path), sink);
            }
        }
        if self.lowest > before {
            self.rounds = 0;
            self.keep(sink);
        }
    }

    /// The peer has answered that try of a part.
    pub fn measure(&mut self, now: Duration, seq: Seq, attempt: u32) {
        if let Some(State::Direct { sent, .. }) = self.state(seq)
            && let Some(at) = sent.at(attempt)
        {
            self.rtt.sample(now.saturating_sub(at));
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
    pub fn confirm_direct(&mut self, now: Now, sink: &mut ClientSink) {
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
            self.close(now, id, Delivery::Delivered(Path::Direct), sink);
        }
    }

    /// Where the part `seq` stands among those that are not confirmed.
    pub fn place(&self, seq: Seq) -> Option<usize> {
        self.state(seq)?;
        usize::try_from(seq.0 - self.lowest.0).ok()
    }

    /// Says the last word on the line of the part `seq`.
    pub fn close_at(&mut self, now: Now, seq: Seq, last: Delivery, sink: &mut ClientSink) {
        if let Some(at) = self.place(seq) {
            let id = self.part(at).0.id;
            self.close(now, id, last, sink);
        }
    }

    /// The server no longer keeps the part `seq`, and nobody has it. What follows it is told to the
    /// server again, so that nobody waits for it.
    pub fn expire(&mut self, now: Now, seq: Seq, sink: &mut ClientSink) {
        let Some(at) = self.place(seq) else { return };
        // What is on its way straight to the peer again may still arrive. Anything else is over, also
        // where the word that all parts were stored was lost: a later receipt passes over this one.
        let with_server = matches!(
            self.states[at],
            State::Queued | State::Stored { .. } | State::Server { .. } | State::Parked { .. }
        );
        if !with_server {
            return;
        }
        self.close_at(now, seq, Delivery::Failed(Failure::Expired), sink);
        self.offer_again();
    }

    /// What the server stored is not there any more: it is offered anew.
    pub fn offer_again(&mut self) {
        for state in &mut self.states {
            if matches!(state, State::Stored { .. }) {
                *state = State::Queued;
            }
        }
    }

    /// Says the last word on a line and lets go of its parts. One that was tried again may stand here
    /// closed, too, as it was before.
    fn close(&mut self, now: Now, id: LineId, last: Delivery, sink: &mut ClientSink) {
        let mut open = self.lines.iter_mut().filter(|line| !line.closed);
        let Some(line) = open.find(|line| line.id == id) else {
            return;
        };
        line.closed = true;
        for seq in line.seqs() {
            self.set(seq, State::Done);
        }
        settle(now, id, last, sink);
        if let Delivery::Failed(_) = last {
            self.forget_retry(id);
            self.forget_end(id, sink);
        }
        self.finish(now, self.lowest, sink);
    }

    /// The peer or the server can be asked again: whatever is parked starts anew. What a server
    /// stored it hands over by itself, but only an extended one tells that it did.
    pub fn wake(&mut self, now: Duration, entry: &Entry, told: bool) {
        self.rounds = 0;
        for state in &mut self.states {
            match state {
                State::Parked { .. } => *state = State::Queued,
                State::Stored { next } if !told && entry.online && entry.kind == Kind::Extended => {
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
    pub fn park(&mut self, now: Now, sink: &mut ClientSink) {
        let parked = self.tire(now.mono);
        for state in &mut self.states {
            if is_moving(state) {
                *state = parked;
            }
        }
        self.tell(now, sink);
    }

    /// Another round of tries brought no answer: when to begin the next.
    pub fn tire(&mut self, now: Duration) -> State {
        let next = now + pause(self.rounds, &mut self.rng);
        // Many parts end a round together.
        if now >= self.tired + ANSWER_WAIT {
            self.tired = now;
            self.rounds += 1;
        }
        State::Parked { next }
    }

    /// Tells how far every line has come, if that is further than it was told.
    pub fn tell(&mut self, now: Now, sink: &mut ClientSink) {
        // What has no number with nothing before it under way waits for news of its recipient.
        let asks = matches!(self.probe, Probe::Asked { .. });
        let mut waits = !asks && !self.states.iter().any(is_moving);
        for line in self.lines.iter_mut().filter(|line| !line.closed) {
            let begin = line.first.0.max(self.lowest.0) - self.lowest.0;
            let states = self
                .states
                .range(begin as usize..(line.end().0 - self.lowest.0) as usize);
            let reached = states
                .map(stage)
                .min_by_key(|delivery| delivery.step())
                .unwrap_or(Delivery::Trying);
            waits |= reached == Delivery::Waiting;
            advance(now, line, reached, sink);
        }
        if waits {
            self.queue
                .iter_mut()
                .for_each(|line| advance(now, line, Delivery::Waiting, sink));
        }
    }
}
