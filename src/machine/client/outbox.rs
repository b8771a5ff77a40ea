//! All messages under way, by recipient, and what the answers to them mean.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ClientSink;
use super::ends::Seen;
use super::ladder::{Around, ServerSide};
use super::limits::*;
use super::line::Line;
use super::outbound::Outbound;
use super::roster::{Entry, Roster};
use super::types::{End, Event, Failure, Line as Kept, LineId, Reader, Saved};
use super::way::State;
use crate::machine::Now;
use crate::protocol::limits::{NUMBER_END, TEXT_MAX};
use crate::protocol::{Expired, MailAnswer, Mark, Nickname, Receipt, Seq, Stream};

/// The peers are few at a time: those that something is under way for.
#[derive(Default)]
pub(super) struct Outbox {
    pub peers: BTreeMap<Nickname, Outbound>,
    /// Each peer's stream.
    streams: BTreeMap<Stream, Nickname>,
}

/// What a receipt speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmed {
    AsSent,
    /// Parts that were sent by a later state of this profile than the one that is known.
    NeverSent,
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
        let entry = self.roster.entry(peer).copied().unwrap_or(Entry::GONE);
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
    /// The streams and the open lines as they were kept.
    pub fn restore(&mut self, saved: &mut Saved, rng: &mut fastrand::Rng, sink: &mut ClientSink) {
        for outbound in saved.outgoing.drain(..).filter_map(Outbound::restore) {
            self.streams.insert(outbound.stream, outbound.peer.clone());
            self.peers.insert(outbound.peer.clone(), outbound);
        }
        for open in saved.open.drain(..) {
            self.outbound(&open.line.peer, rng, sink).restore_line(open);
        }
    }

    /// What somebody is known to have read, as it was kept.
    pub fn restore_read(&mut self, reader: &Reader) {
        if let Some(outbound) = self.peers.get_mut(&reader.peer) {
            outbound.ends.read = reader.read_by;
        }
    }

    /// Where an own line ends, as it was kept. A place in another stream has no meaning any more.
    pub fn restore_end(&mut self, end: &End) {
        if let Some(outbound) = self.of_stream(end.mark.stream)
            && outbound.peer == end.peer
        {
            outbound.ends.add(end.mark.below, end.line);
        }
    }

    /// Why a text can't be accepted; `None`: it can.
    pub fn refusal(&self, to: &Nickname, text: &str, known: bool) -> Option<Failure> {
        let outbound = self.peers.get(to);
        if text.len() > TEXT_MAX {
            Some(Failure::TooLong)
        } else if !known && outbound.is_none() {
            Some(Failure::UnknownRecipient)
        } else if outbound.map_or(0, Outbound::len) >= LINES_MAX {
            Some(Failure::TooMany)
        } else {
            None
        }
    }

    /// Takes an own line up that stands in the history.
    pub fn submit(&mut self, line: Kept, rng: &mut fastrand::Rng, sink: &mut ClientSink) {
        let outbound = self.outbound(&line.peer, rng, sink);
        outbound.queue.push_back(Line::new(line));
    }

    /// What is under way to somebody, in a new stream if there is none.
    fn outbound(
        &mut self,
        peer: &Nickname,
        rng: &mut fastrand::Rng,
        sink: &mut ClientSink,
    ) -> &mut Outbound {
        let streams = &mut self.streams;
        self.peers.entry(peer.clone()).or_insert_with(|| {
            let stream = Stream(rng.u64(..NUMBER_END));
            streams.insert(stream, peer.clone());
            let outbound = Outbound::new(peer.clone(), stream);
            outbound.keep(sink);
            outbound
        })
    }

    /// Whether a line to somebody that failed can be tried again.
    pub fn takes_again(&self, to: &Nickname, line: LineId) -> bool {
        let outbound = self.peers.get(to);
        outbound.is_none_or(|outbound| outbound.takes_again(line))
    }

    /// Takes a line that failed up once more.
    pub fn submit_again(&mut self, line: Kept, rng: &mut fastrand::Rng, sink: &mut ClientSink) {
        self.outbound(&line.peer, rng, sink).count_retry(line.id);
        self.submit(line, rng, sink);
    }

    /// Whether a line to anybody is under way.
    pub fn is_open(&self, line: LineId) -> bool {
        self.peers.values().any(|outbound| outbound.has(line))
    }

    /// The server's store is another one than what it stored in.
    pub fn offer_again(&mut self) {
        self.peers.values_mut().for_each(Outbound::offer_again);
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
        let peers = &mut self.peers;
        let mut silent = false;
        let mut one = |peer: &Nickname, outbound: &mut Outbound| {
            silent |= outbound.drive(&side.around(now, peer), sink);
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

    /// The recipient has everything below.
    pub fn confirm(&mut self, now: Now, receipt: Receipt, sink: &mut ClientSink) -> Confirmed {
        let Some(outbound) = self.of_stream(receipt.stream) else {
            return Confirmed::AsSent;
        };
        if receipt.below > outbound.next() {
            return Confirmed::NeverSent;
        }
        outbound.confirm(now, receipt.below, sink);
        Confirmed::AsSent
    }

    /// Somebody says how far they have read a stream.
    pub fn read(&mut self, reader: &Nickname, mark: Mark) -> Seen {
        match self.of_stream(mark.stream) {
            Some(outbound) if outbound.peer == *reader => outbound.read(mark.below),
            Some(_) | None => Seen::Known,
        }
    }

    /// The recipient knows more of a stream than this profile ever sent: it is an old copy of what it
    /// was. Its numbers are used up, so what is open goes on in another stream; what is still said of
    /// the old one concerns none of its places.
    pub fn begin_anew(&mut self, now: Now, peer: &Nickname, stream: Stream, sink: &mut ClientSink) {
        if let Some(outbound) = self.peers.get_mut(peer) {
            self.streams.remove(&outbound.stream);
            self.streams.insert(stream, peer.clone());
            outbound.begin_anew(now, stream, sink);
        }
    }

    /// The server gave a part up.
    pub fn expire(&mut self, now: Now, expired: Expired, sink: &mut ClientSink) {
        if let Some(outbound) = self.of_stream(expired.stream) {
            outbound.expire(now, expired.seq, sink);
        }
    }

    fn of_stream(&mut self, stream: Stream) -> Option<&mut Outbound> {
        self.peers.get_mut(self.streams.get(&stream)?)
    }

    /// The extended server's word on a part.
    pub fn on_mail_answer(
        &mut self,
        now: Now,
        (stream, seq): (Stream, Seq),
        answer: MailAnswer,
        sink: &mut ClientSink,
    ) {
        let Some(outbound) = self.of_stream(stream) else {
            return;
        };
        if !matches!(outbound.state(seq), Some(State::Server { .. })) {
            return;
        }
        let state = match answer {
            MailAnswer::Stored => State::Stored {
                next: Some(now.mono + STORED_WAIT),
            },
            MailAnswer::Full | MailAnswer::Unknown | MailAnswer::Unregistered => {
                outbound.tire(now.mono)
            }
        };
        outbound.set(seq, state);
        if answer == MailAnswer::Full {
            sink.tell(Event::MailboxFull(outbound.peer.clone()));
        }
    }
}
