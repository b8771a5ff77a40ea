//! An own line under way, and what is written down and told of it.

use std::ops::Range;

use super::ClientSink;
use super::types::{Delivery, Event, Line as Kept, LineId, Origin, Record};
use crate::machine::Now;
use crate::protocol::Seq;
use crate::protocol::parts::parts;

/// An own line under way.
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

impl Line {
    pub fn new(kept: Kept) -> Self {
        let told = match kept.origin {
            Origin::Own { delivery } => delivery,
            Origin::Theirs { .. } => Delivery::Trying,
        };
        Self {
            id: kept.id,
            ranges: parts(&kept.text),
            text: kept.text,
            written_ms: kept.at_ms,
            first: Seq::FIRST,
            told,
            closed: false,
        }
    }

    /// The places of its parts.
    pub fn seqs(&self) -> impl Iterator<Item = Seq> + use<> {
        (self.first.0..self.end().0).map(Seq)
    }

    /// The place behind its last part.
    pub fn end(&self) -> Seq {
        Seq(self.first.0 + self.ranges.len() as u64)
    }
}

/// Says how far a line is, if that is further than was told.
pub(super) fn advance(now: Now, line: &mut Line, reached: Delivery, sink: &mut ClientSink) {
    if reached.step() > line.told.step() {
        line.told = reached;
        note(now, line.id, reached, Settled::No, sink);
    }
}

/// Says the last word on a line.
pub(super) fn settle(now: Now, line: LineId, last: Delivery, sink: &mut ClientSink) {
    note(now, line, last, Settled::Yes, sink);
}

/// Whether more will be known of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    Yes,
    No,
}

/// Writes down how far a line is, then tells it.
pub(super) fn note(
    now: Now,
    line: LineId,
    delivery: Delivery,
    settled: Settled,
    sink: &mut ClientSink,
) {
    let at_ms = now.unix_ms;
    sink.persist(Record::Delivery {
        line,
        delivery,
        at_ms,
        settled: settled == Settled::Yes,
    });
    sink.tell(Event::Delivery {
        line,
        delivery,
        at_ms,
    });
}
