//! The messages under way to one person: numbered parts, each with its state, and how they move.
//!
//! A part first goes straight to the peer; after 500 ms of silence the server gets it; if that is
//! silent too it is parked and tried again. It leaves only when the recipient has confirmed it.
//! Towards an extended peer parts are pipelined; a classic one gets one message at a time.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use super::ClientSink;
use super::limits::*;
use super::roster::{Entry, Kind};
use super::types::{Delivery, Event, Failure, LineId, Path};
use crate::machine::Now;
use crate::protocol::limits::CLASSIC_DATAGRAM_MAX;
use crate::protocol::{Datagram, Nickname, Part, Seq, Stream, Style, encode};

/// The way to the server, as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerSide {
    /// Not signed in: it can't be asked.
    Away,
    Classic(SocketAddr),
    Extended(SocketAddr),
}

/// What surrounds a conversation when it moves.
pub(super) struct Around<'a> {
    pub now: Now,
    pub me: &'a Nickname,
    pub peer: &'a Nickname,
    pub entry: Entry,
    pub server: ServerSide,
}

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
    lowest: Seq,
    states: VecDeque<State>,
    /// Numbered lines, the oldest first.
    lines: VecDeque<Line>,
    /// Lines that have no numbers yet.
    pub queue: VecDeque<Line>,
    quiet_until: Duration,
    /// A question about the peer's program is out until then.
    probe: Option<Duration>,
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
            probe: None,
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
        let quiet = (waiting && self.quiet_until > Duration::ZERO).then_some(self.quiet_until);
        self.states
            .iter()
            .filter_map(due)
            .chain(quiet)
            .chain(self.probe)
            .min()
    }

    /// Moves everything that is due. Answers whether the server was silent to every try.
    #[must_use]
    pub fn drive(&mut self, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        if self.quiet_until <= around.now.mono {
            self.quiet_until = Duration::ZERO;
        }
        self.number(around, sink);
        let mut silent = false;
        for at in 0..self.states.len() {
            silent |= match around.entry.kind {
                Kind::Extended => self.drive_part(at, around, sink),
                Kind::Classic | Kind::Unknown => self.drive_classic(at, around, sink),
            };
        }
        self.tell(sink);
        silent
    }

    /// Gives numbers to waiting lines while there is room under way.
    fn number(&mut self, around: &Around<'_>, sink: &mut ClientSink) {
        let moving = |state: &&State| !matches!(state, State::Stored { .. } | State::Done);
        let mut under_way = self.states.iter().filter(moving).count();
        let room = if around.entry.kind == Kind::Extended {
            WINDOW
        } else {
            1
        };
        while under_way < room {
            let Some(line) = self.queue.front() else {
                return;
            };
            if line.ranges.len() > 1
                && around.entry.kind == Kind::Unknown
                && self.probe_peer(around, sink)
            {
                return;
            }
            let line = self.queue.pop_front().expect("the front was just seen");
            if around.entry.kind != Kind::Extended && !fits_classic(around, &line.text) {
                let delivery = Delivery::Failed(Failure::TooLongForClassic);
                sink.tell(Event::Delivery {
                    line: line.id,
                    delivery,
                });
                self.refused.push(line);
                continue;
            }
            let first = Seq(self.lowest.0 + self.states.len() as u64);
            under_way += line.ranges.len();
            self.states
                .extend(line.ranges.iter().map(|_| State::Queued));
            self.lines.push_back(Line { first, ..line });
        }
    }

    /// Asks a peer whose program is unknown whether it is there: its ack tells. Answers whether to wait.
    fn probe_peer(&mut self, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        let now = around.now.mono;
        match self.probe {
            Some(until) if until > now => true,
            Some(_) => {
                self.probe = None;
                false
            }
            None if around.entry.online => {
                let id = Some(crate::protocol::RequestId(self.stream.0));
                sink.send(
                    around.entry.address,
                    &Datagram::Verification { id },
                    Style::Classic,
                );
                self.probe = Some(now + ANSWER_WAIT);
                true
            }
            None => false,
        }
    }

    /// The peer answered something: a question about its program is settled.
    pub fn end_probe(&mut self) {
        self.probe = None;
    }

    fn drive_part(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        let now = around.now.mono;
        match self.states[at] {
            State::Queued if !around.entry.online => self.hand_over(at, around, sink),
            State::Queued if at < WINDOW => self.send_direct(at, now, 0, around, sink),
            State::Direct { since, tries, next } if next <= now => match tries < DIRECT_TRIES.len()
            {
                true => self.send_direct(at, since, tries, around, sink),
                false => self.hand_over(at, around, sink),
            },
            State::Early { next } | State::Stored { next: Some(next) } | State::Parked { next }
                if next <= now =>
            {
                match at < WINDOW {
                    true => self.send_direct(at, now, 0, around, sink),
                    false => self.states[at] = later(self.states[at], now),
                }
            }
            State::Server { .. } => return self.drive_server(at, around, sink),
            State::Queued
            | State::Direct { .. }
            | State::Early { .. }
            | State::Stored { .. }
            | State::Parked { .. }
            | State::Lane
            | State::Done => {}
        }
        false
    }

    fn drive_server(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        let now = around.now.mono;
        let State::Server { tries, next } = self.states[at] else {
            return false;
        };
        let ServerSide::Extended(_) = around.server else {
            self.hand_over(at, around, sink);
            return false;
        };
        if next > now {
            return false;
        }
        if tries >= ATTEMPTS_MAX {
            self.states[at] = State::Parked {
                next: now + PARKED_WAIT,
            };
            return true;
        }
        self.send_server(at, tries, around, sink);
        false
    }

    /// One message at a time: only the first part that is not with the server may start anything,
    /// and it takes the other parts of its line along.
    fn drive_classic(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        let now = around.now.mono;
        let earlier = |state: &State| !matches!(state, State::Stored { .. } | State::Done);
        let led = self.states.iter().take(at).any(earlier);
        match self.states[at] {
            State::Server { .. } => return self.drive_server(at, around, sink),
            State::Queued if led => {}
            State::Queued if !around.entry.online => self.hand_over_unit(at, around, sink),
            State::Queued if self.quiet_until > now => {}
            State::Queued => self.send_classic(at, around, sink),
            State::Direct { next, .. } if next <= now && !led => {
                self.quiet_until = now + CLASSIC_QUIET;
                self.hand_over_unit(at, around, sink);
            }
            State::Early { next } | State::Parked { next } if next <= now && !led => {
                self.send_classic(at, around, sink);
            }
            State::Direct { .. }
            | State::Early { .. }
            | State::Parked { .. }
            | State::Stored { .. }
            | State::Lane
            | State::Done => {}
        }
        false
    }

    fn send_direct(
        &mut self,
        at: usize,
        since: Duration,
        tries: usize,
        around: &Around<'_>,
        sink: &mut ClientSink,
    ) {
        let (line, part) = self.part(at);
        let text = line.text[line.ranges[part.index as usize - 1].clone()].into();
        let chat = Datagram::Chat {
            sender: around.me.name(),
            text,
            part: Some(part),
        };
        sink.send(around.entry.address, &chat, Style::Compact);
        let tries = tries + 1;
        let next = since + DIRECT_TRIES.get(tries).copied().unwrap_or(ANSWER_WAIT);
        self.states[at] = State::Direct { since, tries, next };
    }

    fn send_classic(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) {
        let unit = self.unit(at, around);
        let (line, part) = self.part(at);
        let text = line.text[line.ranges[part.index as usize - 1].start..].into();
        let (text, part) = match unit.len() {
            1 => (
                line.text[line.ranges[part.index as usize - 1].clone()].into(),
                Some(part),
            ),
            _ => (text, None),
        };
        // A piece of a line that a classic peer gets in pieces is a message of its own.
        let part = part.map(|part| Part {
            index: 1,
            count: 1,
            ..part
        });
        sink.send(
            around.entry.address,
            &Datagram::Chat {
                sender: around.me.name(),
                text,
                part,
            },
            Style::Classic,
        );
        let now = around.now.mono;
        for at in unit {
            self.states[at] = State::Direct {
                since: now,
                tries: DIRECT_TRIES.len(),
                next: now + ANSWER_WAIT,
            };
        }
    }

    /// The parts that a classic peer gets together with `at`: its whole line where that fits.
    fn unit(&self, at: usize, around: &Around<'_>) -> Range<usize> {
        let (line, part) = self.part(at);
        if part.index == 1 && fits_classic(around, &line.text) {
            at..at + line.ranges.len()
        } else {
            at..at + 1
        }
    }

    fn hand_over_unit(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) {
        for at in self.unit(at, around) {
            self.hand_over(at, around, sink);
        }
    }

    fn hand_over(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) {
        match around.server {
            ServerSide::Extended(_) => self.send_server(at, 0, around, sink),
            ServerSide::Classic(_) => self.states[at] = State::Lane,
            ServerSide::Away => {
                self.states[at] = State::Parked {
                    next: around.now.mono + PARKED_WAIT,
                }
            }
        }
    }

    fn send_server(&mut self, at: usize, tries: u32, around: &Around<'_>, sink: &mut ClientSink) {
        let ServerSide::Extended(server) = around.server else {
            return;
        };
        let (line, part) = self.part(at);
        let offline = Datagram::Offline {
            sender: around.me.name(),
            recipient: around.peer.name(),
            thought_online: around.entry.online,
            text: line.text[line.ranges[part.index as usize - 1].clone()].into(),
            part: Some(part),
        };
        sink.send(server, &offline, Style::Compact);
        self.states[at] = State::Server {
            tries: tries + 1,
            next: around.now.mono + ANSWER_WAIT,
        };
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
        for state in self.states.iter_mut().skip(at) {
            if !matches!(state, State::Direct { .. }) {
                break;
            }
            *state = State::Done;
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
    fn tell(&mut self, sink: &mut ClientSink) {
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

fn later(state: State, now: Duration) -> State {
    match state {
        State::Stored { .. } => State::Stored {
            next: Some(now + REOFFER_WAIT),
        },
        State::Early { .. } => State::Early {
            next: now + BUFFERED_WAIT,
        },
        State::Parked { .. } => State::Parked {
            next: now + PARKED_WAIT,
        },
        State::Queued | State::Direct { .. } | State::Server { .. } | State::Lane | State::Done => {
            state
        }
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

/// Whether a classic peer can take `text` in one datagram, also as stored mail, which has 20 bytes
/// of time in front.
fn fits_classic(around: &Around<'_>, text: &str) -> bool {
    const STORED_TIME: usize = 20;
    let (sender, recipient) = (around.me.name(), around.peer.name());
    let mail = Datagram::Offline {
        sender,
        recipient,
        thought_online: false,
        text: text.into(),
        part: None,
    };
    encode(&mail, Style::Classic).len() + STORED_TIME <= CLASSIC_DATAGRAM_MAX
}
