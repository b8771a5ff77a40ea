//! The lines of one conversation and how far each of them has come. Tabs and what is unread live in
//! [`super::conversations`].

use std::collections::VecDeque;

use super::{Delivery, LineId, Path};

/// Most lines kept in one conversation: some weeks of talk that can still be scrolled. The oldest
/// go first.
pub const LINES_KEPT_MAX: usize = 5000;

/// Most text kept in one conversation, in bytes: a flood of the longest texts stays harmless. The
/// oldest lines go first; the newest always stays.
pub const TEXT_KEPT_MAX: usize = 2 * 1024 * 1024;

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Greater than that of every earlier line.
    pub id: LineId,
    /// As it was sent: may hold any character. Show [`super::text::visible`] of it.
    pub text: String,
    /// When it was written here or came in, in Unix milliseconds.
    pub at_ms: i64,
    pub origin: Origin,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Own {
        delivery: Delivery,
        /// The client that runs has it.
        handed: bool,
    },
    Theirs {
        /// When its sender wrote it, by the sender's clock.
        written_ms: Option<i64>,
        path: Path,
    },
}

/// The lines of one conversation, oldest first.
#[derive(Debug, Default)]
pub struct Lines {
    lines: VecDeque<Line>,
    bytes: usize,
}

impl Lines {
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The line at this place, counted from the oldest.
    pub fn at(&self, place: usize) -> Option<&Line> {
        self.lines.get(place)
    }

    /// Where this line is, counted from the oldest.
    pub fn place(&self, id: LineId) -> Option<usize> {
        self.lines.binary_search_by_key(&id, |line| line.id).ok()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter()
    }

    pub fn last(&self) -> Option<&Line> {
        self.lines.back()
    }

    pub(super) fn get(&self, id: LineId) -> Option<&Line> {
        self.lines.get(self.place(id)?)
    }

    pub(super) fn get_mut(&mut self, id: LineId) -> Option<&mut Line> {
        let place = self.place(id)?;
        self.lines.get_mut(place)
    }

    /// Adds the newest line; returns those that had to go for it.
    pub(super) fn push(&mut self, line: Line) -> Vec<LineId> {
        self.bytes += line.text.len();
        self.lines.push_back(line);
        let mut gone = Vec::new();
        while self.lines.len() > LINES_KEPT_MAX
            || (self.bytes > TEXT_KEPT_MAX && self.lines.len() > 1)
        {
            let Some(oldest) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= oldest.text.len();
            gone.push(oldest.id);
        }
        gone
    }
}

/// Whether a line in state `old` may be shown in state `new`: only forward, and a failed line stays
/// failed until it is tried again.
pub(super) fn moves_forward(old: Delivery, new: Delivery) -> bool {
    match (old, new) {
        (Delivery::Failed(_), _) => false,
        (_, Delivery::Failed(_)) => step(old) < step(Delivery::Stored),
        _ => step(old) < step(new),
    }
}

/// Whether the line is still in the client's hands only: a new client has to be given it again.
pub(super) fn is_pending(delivery: Delivery) -> bool {
    step(delivery) < step(Delivery::Stored)
}

fn step(delivery: Delivery) -> u8 {
    match delivery {
        Delivery::Trying => 0,
        Delivery::HandingOver => 1,
        Delivery::Waiting => 2,
        Delivery::Stored => 3,
        Delivery::Delivered(_) => 4,
        Delivery::Failed(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Failure;
    use super::*;

    #[test]
    fn a_delivery_state_only_moves_forward() {
        use Delivery::*;
        let way = [
            Trying,
            HandingOver,
            Waiting,
            Stored,
            Delivered(Path::ViaServer),
        ];
        for (i, &old) in way.iter().enumerate() {
            for (k, &new) in way.iter().enumerate() {
                assert_eq!(moves_forward(old, new), i < k, "{old:?} to {new:?}");
            }
        }
        let failed = Failed(Failure::UnknownRecipient);
        assert!(moves_forward(Waiting, failed));
        assert!(!moves_forward(Stored, failed));
        assert!(!moves_forward(failed, Delivered(Path::Direct)));
    }

    #[test]
    fn the_oldest_lines_go_when_there_are_too_many_or_too_long_ones() {
        let mut many = Lines::default();
        let gone: usize = (0..LINES_KEPT_MAX as u64 + 3)
            .map(|id| many.push(line(id, "x")).len())
            .sum();
        assert_eq!((many.len(), gone), (LINES_KEPT_MAX, 3));
        assert_eq!(many.get(LineId(2)), None);
        assert!(many.get(LineId(3)).is_some());

        let mut long = Lines::default();
        let text = "x".repeat(TEXT_KEPT_MAX / 2 + 1);
        long.push(line(0, &text));
        assert_eq!(long.push(line(1, &text)), [LineId(0)]);
    }

    fn line(id: u64, text: &str) -> Line {
        Line {
            id: LineId(id),
            text: text.into(),
            at_ms: 0,
            origin: Origin::Theirs {
                written_ms: None,
                path: Path::Direct,
            },
        }
    }
}
