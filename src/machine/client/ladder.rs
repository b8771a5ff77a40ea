//! How the messages under way to one person move. A part first goes straight to the peer, again as
//! its round trip asks for; after 500 ms of silence the server gets it; if that is silent too it is
//! parked and tried again, with growing pauses.
//! Towards an extended peer parts are pipelined; a classic one gets one message at a time.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use super::ClientSink;
use super::limits::*;
use super::line::{Line, Settled, note};
use super::outbound::Outbound;
use super::roster::{Entry, Kind};
use super::types::{Delivery, Failure, Record};
use super::way::{State, Tries, is_moving};
use crate::machine::Now;
use crate::protocol::limits::CLASSIC_DATAGRAM_MAX;
use crate::protocol::parts::text_len;
use crate::protocol::{Datagram, Nickname, Part, RequestId, Style, encode};

/// The question what a peer's program is, where the table does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Unasked,
    Asked {
        until: Duration,
    },
    /// No answer came in time; another line asks again.
    Silent,
}

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

impl Outbound {
    /// Moves everything that is due. Answers whether the server was silent to every try.
    #[must_use]
    pub fn drive(&mut self, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        if self.quiet_until <= around.now.mono {
            self.quiet_until = Duration::ZERO;
        }
        if matches!(self.probe, Probe::Asked { until } if until <= around.now.mono) {
            self.probe = Probe::Silent;
        }
        self.number(around, sink);
        let mut silent = false;
        for at in 0..self.states.len() {
            silent |= match around.entry.kind {
                Kind::Extended => self.drive_part(at, around, sink),
                Kind::Classic | Kind::Unknown => self.drive_classic(at, around, sink),
            };
        }
        if self.probe == Probe::Silent {
            self.probe = Probe::Unasked;
        }
        self.tell(around.now, sink);
        silent
    }

    /// Gives numbers to waiting lines while there is room under way.
    fn number(&mut self, around: &Around<'_>, sink: &mut ClientSink) {
        let mut under_way = self.states.iter().filter(|state| is_moving(state)).count();
        let room = if around.entry.kind == Kind::Extended {
            WINDOW
        } else {
            1
        };
        while under_way < room {
            let Some(line) = self.queue.front() else {
                return;
            };
            let too_long = around.entry.kind != Kind::Extended && !fits_classic(around, &line.text);
            if line.ranges.len() > 1
                && around.entry.kind == Kind::Unknown
                && self.probe_peer(around, sink)
            {
                return;
            }
            let by_classic = matches!(around.server, ServerSide::Classic(_));
            if too_long && around.entry.kind == Kind::Unknown && !by_classic {
                // Our server's table will say what the recipient's program takes.
                return;
            }
            let line = self.queue.pop_front().expect("the front was just seen");
            if too_long {
                let delivery = Delivery::Failed(Failure::TooLongForClassic);
                self.forget_retry(line.id);
                note(around.now, line.id, delivery, Settled::Yes, sink);
                continue;
            }
            let first = self.next();
            under_way += line.ranges.len();
            self.states
                .extend(line.ranges.iter().map(|_| State::Queued));
            sink.persist(Record::Placed {
                line: line.id,
                first,
            });
            self.keep(sink);
            let line = Line { first, ..line };
            self.keep_end(&line, sink);
            self.lines.push_back(line);
        }
    }

    /// The peer answered something: a question about its program is settled.
    pub fn end_probe(&mut self) {
        self.probe = Probe::Unasked;
    }

    /// Asks a peer whose program is unknown whether it is there: its ack tells. Answers whether to wait.
    fn probe_peer(&mut self, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        match self.probe {
            Probe::Asked { .. } => true,
            Probe::Unasked if around.entry.online => {
                let id = Some(RequestId(self.stream.0));
                let question = Datagram::Verification { id, token: None };
                sink.send(around.entry.address, &question, Style::Classic);
                self.probe = Probe::Asked {
                    until: around.now.mono + ANSWER_WAIT,
                };
                true
            }
            Probe::Unasked | Probe::Silent => false,
        }
    }

    fn drive_part(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        let now = around.now.mono;
        match self.states[at] {
            State::Queued if !around.entry.online => self.hand_over(at, around, sink),
            State::Queued if at < WINDOW => self.send_direct(at, Tries::none(now), around, sink),
            State::Direct { sent, next } if next <= now => {
                match sent.count < DIRECT_TRIES && now < sent.since() + ANSWER_WAIT {
                    true => self.send_direct(at, sent, around, sink),
                    false => self.hand_over(at, around, sink),
                }
            }
            // Whoever stored it knows whether it is there still; a classic server does not tell.
            State::Stored { next: Some(next) }
                if next <= now && !matches!(around.server, ServerSide::Classic(_)) =>
            {
                self.hand_over(at, around, sink)
            }
            State::Early { next } | State::Stored { next: Some(next) } | State::Parked { next }
                if next <= now =>
            {
                match at < WINDOW {
                    true => self.send_direct(at, Tries::none(now), around, sink),
                    false => self.put_off(at, now),
                }
            }
            State::Server { .. } => return self.drive_server(at, around, sink),
            State::Lane => self.leave_lane(at, around, sink),
            State::Queued
            | State::Direct { .. }
            | State::Early { .. }
            | State::Stored { .. }
            | State::Parked { .. }
            | State::Done => {}
        }
        false
    }

    /// What waits for a classic server that is no longer the server goes another way.
    fn leave_lane(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) {
        if !matches!(around.server, ServerSide::Classic(_)) {
            self.hand_over(at, around, sink);
        }
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
            self.states[at] = self.tire(now);
            return true;
        }
        self.send_server(at, tries, around, sink);
        false
    }

    /// One message at a time: only the first part that is not with the server may start anything,
    /// and it takes the other parts of its line along.
    fn drive_classic(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) -> bool {
        let now = around.now.mono;
        let led = self.states.iter().take(at).any(is_moving);
        match self.states[at] {
            State::Server { .. } => return self.drive_server(at, around, sink),
            State::Lane => self.leave_lane(at, around, sink),
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
            // It waits its turn, or, where the server has it, for the server.
            State::Direct { next, .. } | State::Early { next } | State::Parked { next }
                if next <= now =>
            {
                self.states[at] = State::Queued;
            }
            State::Stored { next: Some(next) } if next <= now => match around.server {
                ServerSide::Extended(_) => self.hand_over(at, around, sink),
                // It is asked when it is there: its store may be another one then.
                ServerSide::Away => {
                    let next = Some(now + REOFFER_WAIT);
                    self.states[at] = State::Stored { next };
                }
                ServerSide::Classic(_) => self.states[at] = State::Stored { next: None },
            },
            State::Direct { .. }
            | State::Early { .. }
            | State::Parked { .. }
            | State::Stored { .. }
            | State::Done => {}
        }
        false
    }

    fn send_direct(
        &mut self,
        at: usize,
        mut sent: Tries,
        around: &Around<'_>,
        sink: &mut ClientSink,
    ) {
        let now = around.now.mono;
        sent.count_one(now);
        let (line, part) = self.part(at);
        let part = Part {
            attempt: sent.count as u32,
            ..part
        };
        let text = line.text[line.ranges[part.index as usize - 1].clone()].into();
        let chat = Datagram::Chat {
            sender: around.me.name(),
            text,
            part: Some(part),
        };
        sink.send(around.entry.address, &chat, Style::Compact);
        let end = sent.since() + ANSWER_WAIT;
        let again = match sent.count < DIRECT_TRIES {
            true => now + self.direct_wait(sent.count),
            false => end,
        };
        let next = again.min(end);
        self.states[at] = State::Direct { sent, next };
    }

    /// The wait behind that many straight tries.
    fn direct_wait(&mut self, tries: usize) -> Duration {
        let first = self.rtt.timeout(DIRECT_WAIT).unwrap_or(DIRECT_WAIT);
        let shortest = first * (1 << (tries - 1));
        shortest.mul_f64(1.0 + self.rng.f64() / 4.0)
    }

    /// What lies beyond the window is looked at again later.
    fn put_off(&mut self, at: usize, now: Duration) {
        self.states[at] = match self.states[at] {
            State::Stored { .. } => State::Stored {
                next: Some(now + REOFFER_WAIT),
            },
            State::Early { .. } => State::Early {
                next: now + BUFFERED_WAIT,
            },
            State::Parked { .. } => self.tire(now),
            state @ (State::Queued
            | State::Direct { .. }
            | State::Server { .. }
            | State::Lane
            | State::Done) => state,
        };
    }

    fn send_classic(&mut self, at: usize, around: &Around<'_>, sink: &mut ClientSink) {
        let unit = self.unit(at, around);
        // Several parts have no one number: one of ours would show again what it has of them.
        if unit.len() > 1 && around.entry.kind == Kind::Unknown && self.probe_peer(around, sink) {
            self.states[at] = State::Queued;
            return;
        }
        let (line, part) = self.part(at);
        let first = part.index as usize - 1;
        let end = line.ranges[first + unit.len() - 1].end;
        let text = line.text[line.ranges[first].start..end].into();
        let part = (unit.len() == 1).then_some(part);
        let sender = around.me.name();
        sink.send(
            around.entry.address,
            &Datagram::Chat { sender, text, part },
            Style::Classic,
        );
        let now = around.now.mono;
        for at in unit {
            self.states[at] = State::Direct {
                sent: Tries::once(now),
                next: now + ANSWER_WAIT,
            };
        }
    }

    /// The parts that a classic peer gets together with `at`: its whole line where that fits.
    pub fn unit(&self, at: usize, around: &Around<'_>) -> Range<usize> {
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
            ServerSide::Away => self.states[at] = self.tire(around.now.mono),
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
}

/// Whether a classic peer can take `text` in one datagram.
fn fits_classic(around: &Around<'_>, text: &str) -> bool {
    text_len(text, Style::Classic) <= classic_room(around.me, around.peer)
}

/// Bytes that the text of a message from `me` to `peer` may have, as the classic program writes it
/// ([`text_len`]): one datagram, also as stored mail, which has 20 bytes of time in front.
pub fn classic_room(me: &Nickname, peer: &Nickname) -> usize {
    const STORED_TIME: usize = 20;
    let mail = Datagram::Offline {
        sender: me.name(),
        recipient: peer.name(),
        thought_online: false,
        text: "".into(),
        part: None,
    };
    CLASSIC_DATAGRAM_MAX - STORED_TIME - encode(&mail, Style::Classic).len()
}
