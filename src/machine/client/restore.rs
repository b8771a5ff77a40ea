//! From what was kept to what is under way. The disk may have been edited: what can't be is not
//! believed, and every open line goes on.

use std::time::Duration;

use super::limits::LINES_MAX;
use super::line::Line;
use super::outbound::Outbound;
use super::types::{Delivery, OpenLine, Outgoing};
use super::way::State;
use crate::protocol::limits::{NUMBER_END, PARTS_MAX};

/// Places between the lowest open part of a stream and its next one: those of all lines that may wait.
const OPEN_MAX: u64 = LINES_MAX as u64 * PARTS_MAX as u64;

impl Outbound {
    /// A stream as it was kept; `None`: nobody ever came so far, and another one begins.
    pub fn restore(outgoing: Outgoing) -> Option<Self> {
        let Outgoing {
            peer,
            stream,
            lowest,
            next,
        } = outgoing;
        let parts = next.0.checked_sub(lowest.0)?;
        if parts > OPEN_MAX || next.0 > NUMBER_END / 2 {
            return None;
        }
        let mut outbound = Self::new(peer, stream);
        outbound.lowest = lowest;
        // What no open line has is finished.
        outbound.states = (0..parts).map(|_| State::Done).collect();
        Some(outbound)
    }

    /// A line as it was kept, in the order of their ids. One that was tried again has a later place
    /// than younger lines.
    pub fn restore_line(&mut self, OpenLine { line, first }: OpenLine) {
        let mut line = Line::new(line);
        let Some(first) = first else {
            return self.queue.push_back(line);
        };
        line.first = first;
        let at = self.lines.partition_point(|other| other.first < first);
        let before = at.checked_sub(1).map(|before| self.lines[before].end());
        let behind = self.lines.get(at).map_or(self.next(), |other| other.first);
        if line.end() <= self.lowest || line.end() > behind || before > Some(first) {
            // Where it is said to be is no place for it: it gets another one.
            return self.queue.push_back(line);
        }
        // The server is asked first for what it kept: it knows whether that is there still.
        let state = match line.told {
            Delivery::Stored => State::Stored {
                next: Some(Duration::ZERO),
            },
            Delivery::Trying
            | Delivery::HandingOver
            | Delivery::Waiting
            | Delivery::Delivered(_)
            | Delivery::Failed(_) => State::Queued,
        };
        for seq in line.seqs() {
            self.set(seq, state);
        }
        self.lines.insert(at, line);
    }
}
