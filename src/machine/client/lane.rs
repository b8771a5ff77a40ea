//! Mail for a classic server: one request at a time, since its ack names nothing, and only its
//! notification tells what became of it.

use std::ops::Range;
use std::time::Duration;

use super::ClientSink;
use super::ladder::{Around, ServerSide};
use super::limits::*;
use super::outbound::Outbound;
use super::outbox::{Outbox, Side};
use super::roster::Kind;
use super::types::Delivery;
use super::way::State;
use crate::machine::Now;
use crate::protocol::{Datagram, Nickname, Seq, Style, armour};

/// The request that is out.
pub(super) struct Lane {
    peer: Nickname,
    seqs: Vec<Seq>,
    /// The recipient is known to understand an identity in the text.
    armoured: bool,
    tries: u32,
    next: Duration,
}

/// What a classic server said of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Saved,
    /// The recipient is there after all, or unknown.
    NotTaken,
}

/// The way of mail to a classic server.
#[derive(Default)]
pub(super) struct ClassicLane {
    out: Option<Lane>,
}

impl ClassicLane {
    pub fn deadline(&self) -> Option<Duration> {
        self.out.as_ref().map(|lane| lane.next)
    }

    /// Signed out, or another server: what was out is parked with the rest.
    pub fn clear(&mut self) {
        self.out = None;
    }

    /// Sends what is due. Answers whether the server was silent to every try.
    #[must_use]
    pub fn drive(
        &mut self,
        now: Now,
        outbox: &mut Outbox,
        side: Side<'_>,
        sink: &mut ClientSink,
    ) -> bool {
        let ServerSide::Classic(_) = side.server else {
            return false;
        };
        if self.out.is_none() {
            let waiting = outbox
                .peers
                .iter()
                .find_map(|(peer, outbound)| Some((peer.clone(), outbound.lane_part()?)));
            let Some((peer, at)) = waiting else {
                return false;
            };
            let outbound = &outbox.peers[&peer];
            let around = side.around(now, &peer);
            let unit = outbound.lane_unit(at, &around);
            let seqs = unit.map(|at| outbound.part(at).1.seq).collect();
            let armoured = around.entry.kind == Kind::Extended;
            self.out = Some(Lane {
                peer,
                seqs,
                armoured,
                tries: 0,
                next: now.mono,
            });
        }
        let Some(lane) = &mut self.out else {
            return false;
        };
        if lane.next > now.mono {
            return false;
        }
        let waits = |outbound: &Outbound| outbound.state(lane.seqs[0]) == Some(State::Lane);
        if !outbox.peers.get(&lane.peer).is_some_and(waits) {
            // It has arrived on another way meanwhile, and the server's late word is past.
            self.out = None;
            return self.drive(now, outbox, side, sink);
        }
        if lane.tries >= ATTEMPTS_MAX {
            self.park(now.mono, outbox);
            return true;
        }
        lane.tries += 1;
        lane.next = now.mono + ANSWER_WAIT;
        lane.send(outbox, &side.around(now, &lane.peer), sink);
        false
    }

    /// The server has read the request; its word follows.
    pub fn on_ack(&mut self, now: Duration) {
        if let Some(lane) = &mut self.out {
            lane.next = lane.next.max(now + CLASSIC_OUTCOME_WAIT);
        }
    }

    /// The server has said what became of the mail.
    pub fn on_outcome(
        &mut self,
        now: Now,
        outcome: Outcome,
        outbox: &mut Outbox,
        sink: &mut ClientSink,
    ) {
        let Some(lane) = &self.out else { return };
        match outcome {
            Outcome::Saved if lane.armoured => self.settle(
                outbox,
                State::Stored {
                    next: Some(now.mono + STORED_WAIT),
                },
            ),
            Outcome::Saved => {
                // A classic server tells nothing more of it.
                let closed = lane
                    .seqs
                    .first()
                    .and_then(|seq| Some((outbox.peers.get_mut(&lane.peer)?, *seq)));
                if let Some((outbound, seq)) = closed {
                    outbound.close_at(now, seq, Delivery::Stored, sink);
                }
                self.out = None;
            }
            Outcome::NotTaken => self.park(now.mono, outbox),
        }
    }

    fn park(&mut self, now: Duration, outbox: &mut Outbox) {
        let outbound = self
            .out
            .as_ref()
            .and_then(|lane| outbox.peers.get_mut(&lane.peer));
        if let Some(parked) = outbound.map(|outbound| outbound.tire(now)) {
            self.settle(outbox, parked);
        }
    }

    fn settle(&mut self, outbox: &mut Outbox, state: State) {
        let Some(lane) = self.out.take() else { return };
        if let Some(outbound) = outbox.peers.get_mut(&lane.peer) {
            lane.seqs.iter().for_each(|seq| outbound.set(*seq, state));
        }
    }
}

impl Outbound {
    /// The first part that waits for a classic server.
    fn lane_part(&self) -> Option<usize> {
        self.states.iter().position(|state| *state == State::Lane)
    }

    /// The parts that a classic server gets as one mail, `at` first.
    fn lane_unit(&self, at: usize, around: &Around<'_>) -> Range<usize> {
        if around.entry.kind == Kind::Extended {
            at..at + 1
        } else {
            self.unit(at, around)
        }
    }
}

impl Lane {
    fn send(&self, outbox: &Outbox, around: &Around<'_>, sink: &mut ClientSink) {
        let ServerSide::Classic(server) = around.server else {
            return;
        };
        let Some(outbound) = outbox.peers.get(&self.peer) else {
            return;
        };
        let Some(at) = self.seqs.first().and_then(|seq| outbound.place(*seq)) else {
            return;
        };
        let (line, part) = outbound.part(at);
        let range = &line.ranges[part.index as usize - 1];
        let end = line.ranges[part.index as usize + self.seqs.len() - 2].end;
        let text = &line.text[range.start..end];
        // The server keeps nothing but text, so the identity travels in it to whom it can be of use.
        let text = match self.armoured {
            true => armour::wrap(&part, text).into(),
            false => text.into(),
        };
        let thought_online = around.entry.online;
        let (sender, recipient) = (around.me.name(), self.peer.name());
        let offline = Datagram::Offline {
            sender,
            recipient,
            thought_online,
            text,
            part: None,
        };
        sink.send(server, &offline, Style::Classic);
    }
}
