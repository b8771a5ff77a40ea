//! All messages under way, by recipient, and what the answers to them mean.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::ClientSink;
use super::ladder::{Around, ServerSide};
use super::limits::*;
use super::outbound::{Line, Outbound, State};
use super::roster::{Entry, Kind, Roster};
use super::types::{Delivery, Event, Failure, LineId};
use crate::machine::Now;
use crate::protocol::limits::{NUMBER_END, TEXT_MAX};
use crate::protocol::parts::parts;
use crate::protocol::{MailAnswer, Nickname, Receipt, Seq, Stream};

/// The peers are few at a time: those that something is under way for.
#[derive(Default)]
pub(super) struct Outbox {
    pub peers: BTreeMap<Nickname, Outbound>,
    streams: BTreeMap<Stream, Nickname>,
    failed: VecDeque<Written>,
}

/// A line as the user wrote it.
pub(super) struct Written {
    pub line: LineId,
    pub to: Nickname,
    pub text: String,
    pub written_ms: i64,
}

/// Whose messages are to move.
#[derive(Clone, Copy)]
pub(super) enum Which<'a> {
    One(&'a Nickname),
    /// Everybody's whose time has come.
    Due,
    All,
}

/// Who the client is and whom it can ask.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub me: &'a Nickname,
    pub server: ServerSide,
    pub roster: &'a Roster,
}

impl Side<'_> {
    pub fn around<'a>(&'a self, now: Now, peer: &'a Nickname) -> Around<'a> {
        // Somebody who has left the table altogether can only be reached by the server.
        let gone = Entry {
            address: ([0, 0, 0, 0], 0).into(),
            online: false,
            kind: Kind::Unknown,
        };
        let entry = self.roster.entry(peer).copied().unwrap_or(gone);
        Around {
            now,
            me: self.me,
            peer,
            entry,
            server: self.server,
        }
    }
}

impl Outbox {
    /// Accepts a line, or says why not.
    pub fn submit(
        &mut self,
        written: Written,
        roster: &Roster,
        rng: &mut fastrand::Rng,
        sink: &mut ClientSink,
    ) {
        let waiting = self.peers.get(&written.to).map_or(0, Outbound::len);
        let failure = if written.text.len() > TEXT_MAX {
            Some(Failure::TooLong)
        } else if roster.entry(&written.to).is_none() {
            Some(Failure::UnknownRecipient)
        } else if waiting >= LINES_MAX {
            Some(Failure::TooMany)
        } else {
            None
        };
        if let Some(failure) = failure {
            sink.tell(Event::Delivery {
                line: written.line,
                delivery: Delivery::Failed(failure),
            });
            remember_failed(&mut self.failed, written);
            return;
        }
        let streams = &mut self.streams;
        let outbound = self.peers.entry(written.to.clone()).or_insert_with(|| {
            let stream = Stream(rng.u64(..NUMBER_END));
            streams.insert(stream, written.to);
            Outbound::new(stream)
        });
        let ranges = parts(&written.text);
        outbound.queue.push_back(Line {
            id: written.line,
            ranges,
            text: written.text,
            written_ms: written.written_ms,
            first: Seq::FIRST,
            told: Delivery::Trying,
            closed: false,
        });
        sink.tell(Event::Delivery {
            line: written.line,
            delivery: Delivery::Trying,
        });
    }

    /// Takes a failed line back, to be submitted again.
    pub fn take_failed(&mut self, line: LineId) -> Option<Written> {
        let at = self
            .failed
            .iter()
            .position(|written| written.line == line)?;
        self.failed.remove(at)
    }

    /// Moves what is due. Answers whether the server was silent to every try.
    #[must_use]
    pub fn drive(
        &mut self,
        now: Now,
        which: Which<'_>,
        side: Side<'_>,
        sink: &mut ClientSink,
    ) -> bool {
        let Self { peers, failed, .. } = self;
        let mut silent = false;
        let mut one = |peer: &Nickname, outbound: &mut Outbound| {
            silent |= outbound.drive(&side.around(now, peer), sink);
            // What turned out not to be sendable is kept for a retry.
            for Line {
                id,
                text,
                written_ms,
                ..
            } in outbound.refused.drain(..)
            {
                remember_failed(
                    failed,
                    Written {
                        line: id,
                        to: peer.clone(),
                        text,
                        written_ms,
                    },
                );
            }
        };
        let due = |outbound: &Outbound| outbound.deadline().is_some_and(|at| at <= now.mono);
        match which {
            Which::One(peer) => peers
                .get_mut(peer)
                .into_iter()
                .for_each(|outbound| one(peer, outbound)),
            Which::Due => peers
                .iter_mut()
                .filter(|(_, outbound)| due(outbound))
                .for_each(|(p, o)| one(p, o)),
            Which::All => peers
                .iter_mut()
                .for_each(|(peer, outbound)| one(peer, outbound)),
        }
        silent
    }

    pub fn deadline(&self) -> Option<Duration> {
        self.peers.values().filter_map(Outbound::deadline).min()
    }

    /// Whose stream it is.
    pub fn peer_of(&self, stream: Stream) -> Option<&Nickname> {
        self.streams.get(&stream)
    }

    /// The recipient has everything below, and perhaps `seq`, which waits for an earlier part.
    pub fn confirm(&mut self, now: Now, receipt: Receipt, seq: Option<Seq>, sink: &mut ClientSink) {
        let Some(outbound) = self
            .streams
            .get(&receipt.stream)
            .and_then(|peer| self.peers.get_mut(peer))
        else {
            return;
        };
        outbound.confirm(receipt.below, sink);
        if let Some(seq) = seq {
            outbound.mark_early(seq, now.mono);
        }
    }

    /// The extended server's word on a part.
    pub fn on_mail_answer(
        &mut self,
        now: Now,
        stream: Stream,
        seq: Seq,
        answer: MailAnswer,
        sink: &mut ClientSink,
    ) {
        let Some(peer) = self.streams.get(&stream) else {
            return;
        };
        let Some(outbound) = self.peers.get_mut(peer) else {
            return;
        };
        if !matches!(outbound.state(seq), Some(State::Server { .. })) {
            return;
        }
        let parked = State::Parked {
            next: now.mono + PARKED_WAIT,
        };
        match answer {
            MailAnswer::Stored => outbound.set(
                seq,
                State::Stored {
                    next: Some(now.mono + STORED_WAIT),
                },
            ),
            MailAnswer::Unknown | MailAnswer::Unregistered => outbound.set(seq, parked),
            MailAnswer::Full => {
                outbound.set(seq, parked);
                sink.tell(Event::MailboxFull(peer.clone()));
            }
        }
    }
}

fn remember_failed(failed: &mut VecDeque<Written>, written: Written) {
    if failed.len() >= FAILED_MAX {
        failed.pop_front();
    }
    failed.push_back(written);
}
