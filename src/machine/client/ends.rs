//! Where own lines end in their stream: what turns "everything below that place is read" into a line.

use std::collections::VecDeque;

use super::ClientSink;
use super::limits::ENDS_MAX;
use super::line::Line;
use super::outbound::Outbound;
use super::types::{LineId, Record};
use crate::protocol::{Mark, Seq};

/// The own lines to one person that they are not known to have read.
pub(super) struct Ends {
    /// The place behind each line's last part, in the order of places.
    open: VecDeque<(Seq, LineId)>,
    /// All lines up to this one are known to be read.
    pub read: LineId,
}

/// What somebody's word on what they read comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It speaks of parts of which nobody knows yet that they arrived: their acks come first.
    Early,
    /// It says nothing new, or nothing of use.
    Known,
    /// Everything up to this line.
    UpTo(LineId),
}

impl Default for Ends {
    fn default() -> Self {
        Self {
            open: VecDeque::new(),
            read: LineId(0),
        }
    }
}

impl Ends {
    /// Keeps where a line ends. Answers the line that is forgotten for it.
    pub fn add(&mut self, end: Seq, line: LineId) -> Option<LineId> {
        let at = self.open.partition_point(|(other, _)| *other < end);
        self.open.insert(at, (end, line));
        let full = self.open.len() > ENDS_MAX;
        let oldest = self.open.pop_front_if(|_| full)?;
        Some(oldest.1)
    }

    /// Forgets where a line ends. Answers whether that was known.
    fn forget(&mut self, line: LineId) -> bool {
        let before = self.open.len();
        self.open.retain(|(_, other)| *other != line);
        self.open.len() < before
    }

    /// Everything below a place is read: up to which line that is, if it is a later one than before. A
    /// line that was tried again has a later place than younger lines.
    fn read(&mut self, below: Seq) -> Option<LineId> {
        let read = self.open.partition_point(|(end, _)| *end <= below);
        let newest = self.open.drain(..read).map(|(_, line)| line).max()?;
        if newest <= self.read {
            return None;
        }
        self.read = newest;
        Some(newest)
    }
}

impl Outbound {
    /// A line has its place: where it ends is written down.
    pub fn keep_end(&mut self, line: &Line, sink: &mut ClientSink) {
        let mark = Mark {
            stream: self.stream,
            below: line.end(),
        };
        sink.persist(Record::Ends {
            line: line.id,
            mark,
        });
        if let Some(forgotten) = self.ends.add(line.end(), line.id) {
            sink.persist(Record::EndForgotten(forgotten));
        }
    }

    /// Nobody will read the line as it was sent.
    pub fn forget_end(&mut self, line: LineId, sink: &mut ClientSink) {
        if self.ends.forget(line) {
            sink.persist(Record::EndForgotten(line));
        }
    }

    /// Another stream begins: no word on the old one has a meaning any more.
    pub fn forget_ends(&mut self, sink: &mut ClientSink) {
        for (_, line) in self.ends.open.drain(..) {
            sink.persist(Record::EndForgotten(line));
        }
    }

    /// The peer says that everything below a place is read.
    pub fn read(&mut self, below: Seq) -> Seen {
        if below > self.next() {
            // It was never sent; the peer knows more than this profile.
            return Seen::Known;
        }
        if below > self.lowest {
            return Seen::Early;
        }
        self.ends.read(below).map_or(Seen::Known, Seen::UpTo)
    }
}
