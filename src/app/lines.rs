//! The lines of one conversation and how far each of them has come. Tabs and what is unread live in
//! [`super::conversations`].

use std::collections::VecDeque;
use std::ops::Range;

use super::{Delivery, LineId, Path};
pub use crate::machine::client::{Line, Origin};

/// Most lines of one conversation in memory: some weeks of talk that can be scrolled. The oldest go
/// first; on disk all of them stay.
pub const LINES_KEPT_MAX: usize = 5000;

/// Most text kept in one conversation, in bytes: a flood of the longest texts stays harmless. The
/// oldest lines go first; the newest always stays.
pub const TEXT_KEPT_MAX: usize = 2 * 1024 * 1024;

/// Lines that stay when earlier or later ones come in: they may be in view. Even the longest texts
/// leave room for more beside so many.
const NEAR: usize = 100;

/// The lines of one conversation, oldest first and without a gap.
#[derive(Debug, Default)]
pub struct Lines {
    lines: VecDeque<Line>,
    bytes: usize,
    changes: u64,
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

    /// A number that grows whenever a line comes or goes.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How many of the lines from this one on are somebody else's.
    pub fn theirs_from(&self, id: LineId) -> usize {
        let lines = self.lines.range(self.place_from(id)..);
        lines.filter(|line| is_theirs(line)).count()
    }

    /// The first of at most so many of somebody else's lines that end before this one, and their number.
    pub(super) fn theirs_before(&self, id: LineId, most: usize) -> (Option<LineId>, usize) {
        let lines = self.lines.range(..self.place_from(id)).rev();
        let theirs = lines.filter(|line| is_theirs(line)).take(most);
        theirs.fold((None, 0), |(_, count), line| (Some(line.id), count + 1))
    }

    /// The first of so many latest lines of somebody else's, or the first of all if there are fewer.
    pub(super) fn latest_theirs(&self, count: usize) -> Option<LineId> {
        let mut theirs = self.lines.iter().rev().filter(|line| is_theirs(line));
        let first = theirs.nth(count.checked_sub(1)?);
        first.or(self.lines.front()).map(|line| line.id)
    }

    /// The place of this line, or where it would be.
    pub fn place_from(&self, id: LineId) -> usize {
        self.lines.partition_point(|line| line.id < id)
    }

    /// The lines at these places, counted from the oldest; at most to the newest.
    pub fn range(&self, places: Range<usize>) -> impl DoubleEndedIterator<Item = &Line> {
        let end = places.end.min(self.lines.len());
        self.lines.range(places.start.min(end)..end)
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

    /// Adds a line, which is nearly always the newest, where it belongs, unless it is there.
    pub(super) fn add(&mut self, line: Line) {
        let Err(place) = self.lines.binary_search_by_key(&line.id, |line| line.id) else {
            return;
        };
        self.bytes += line.text.len();
        self.changes += 1;
        self.lines.insert(place, line);
        while !self.fits(0, 0) && self.lines.len() > 1 {
            self.drop_oldest();
        }
    }

    /// The line is no more. It was this one; `None`: it is not here.
    pub(super) fn remove(&mut self, id: LineId) -> Option<Line> {
        let line = self.place(id).and_then(|at| self.lines.remove(at))?;
        self.bytes -= line.text.len();
        self.changes += 1;
        Some(line)
    }

    /// Adds what came before, oldest first: as many of the latest as there is room for when the newest
    /// lines go, but for [`NEAR`] of them. False: there is no room for all.
    pub(super) fn add_earlier(&mut self, earlier: Vec<Line>) -> bool {
        let mut near = NEAR;
        for line in earlier.into_iter().rev() {
            // The last ones of a page may be here, or new.
            if self.at(0).is_some_and(|oldest| oldest.id <= line.id) {
                self.add(line);
                continue;
            }
            while !self.fits(1, line.text.len()) && self.lines.len() > near {
                self.drop_newest();
            }
            if !self.fits(1, line.text.len()) {
                return false;
            }
            self.bytes += line.text.len();
            self.changes += 1;
            self.lines.push_front(line);
            near += 1;
        }
        true
    }

    /// Adds what came after, oldest first: as many of the oldest as there is room for when the oldest
    /// lines go, but for [`NEAR`] of them. False: there is no room for all.
    pub(super) fn add_later(&mut self, later: Vec<Line>) -> bool {
        for (near, line) in (NEAR..).zip(later) {
            while !self.fits(1, line.text.len()) && self.lines.len() > near {
                self.drop_oldest();
            }
            if !self.fits(1, line.text.len()) {
                return false;
            }
            self.add(line);
        }
        true
    }

    /// All of them go.
    pub(super) fn clear(&mut self) {
        *self = Self {
            changes: self.changes + 1,
            ..Self::default()
        };
    }

    /// Whether so many more lines, of so many bytes, can be kept.
    fn fits(&self, lines: usize, bytes: usize) -> bool {
        self.lines.len() + lines <= LINES_KEPT_MAX && self.bytes + bytes <= TEXT_KEPT_MAX
    }

    fn drop_newest(&mut self) {
        if let Some(newest) = self.lines.pop_back() {
            self.bytes -= newest.text.len();
            self.changes += 1;
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.lines.pop_front() {
            self.bytes -= oldest.text.len();
            self.changes += 1;
        }
    }
}

fn is_theirs(line: &Line) -> bool {
    matches!(line.origin, Origin::Theirs { .. })
}

/// How far another's clock may be ahead and still be believed, in milliseconds.
const AHEAD_MAX_MS: i64 = 120_000;

/// The time that stands at a line, in Unix milliseconds: mail that the server kept shows when it was
/// written; what comes straight was written just now.
pub fn shown_at_ms(line: &Line) -> i64 {
    match line.origin {
        Origin::Theirs {
            written_ms: Some(written_ms),
            path: Path::ViaServer,
        } if written_ms <= line.at_ms.saturating_add(AHEAD_MAX_MS) => written_ms,
        Origin::Theirs { .. } | Origin::Own { .. } => line.at_ms,
    }
}

/// Whether a line in state `old` may be shown in state `new`: only forward, and a failed line stays
/// failed until it is tried again.
pub(super) fn moves_forward(old: Delivery, new: Delivery) -> bool {
    match (old, new) {
        (Delivery::Failed(_), _) => new == Delivery::Trying,
        (Delivery::Delivered(_), _) => false,
        _ => old.step() < new.step(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Failure, Nickname};
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
        let failed = Failed(Failure::Expired);
        assert!(moves_forward(Waiting, failed) && moves_forward(Stored, failed));
        assert!(!moves_forward(Delivered(Path::Direct), failed));
        assert!(!moves_forward(failed, Delivered(Path::Direct)));
        assert!(moves_forward(failed, Trying), "by a retry");
    }

    #[test]
    fn the_oldest_lines_go_when_there_are_too_many_or_too_long_ones() {
        let mut many = Lines::default();
        for id in 0..LINES_KEPT_MAX as u64 + 3 {
            many.add(line(id, "x"));
        }
        assert_eq!(many.len(), LINES_KEPT_MAX);
        assert_eq!(many.get(LineId(2)), None);
        assert!(many.get(LineId(3)).is_some());

        let mut long = Lines::default();
        let text = "x".repeat(TEXT_KEPT_MAX / 2 + 1);
        long.add(line(0, &text));
        long.add(line(1, &text));
        assert_eq!((long.len(), long.place(LineId(1))), (1, Some(0)));
    }

    #[test]
    fn earlier_lines_come_in_front_and_later_ones_behind() {
        let mut lines = Lines::default();
        lines.add(line(7, "seven"));
        lines.add(line(9, "nine"));
        lines.add(line(9, "nine"));
        assert_eq!(ids(&lines), [7, 9], "each once");
        assert!(lines.add_earlier(vec![line(4, "four"), line(5, "five"), line(7, "seven")]));
        assert!(lines.add_later(vec![line(9, "nine"), line(10, "ten"), line(11, "eleven")]));
        assert_eq!(ids(&lines), [4, 5, 7, 9, 10, 11]);
    }

    #[test]
    fn what_comes_in_takes_the_place_of_what_is_far_away_but_not_of_what_is_near() {
        let mut lines = Lines::default();
        let long = "x".repeat(crate::protocol::limits::TEXT_MAX);
        for id in 1000..1200 {
            lines.add(line(id, &long));
        }
        let kept = ids(&lines);
        let page = || (500..700).map(|id| line(id, &long)).collect();
        assert!(!lines.add_earlier(page()), "not all of them");
        let with_earlier = ids(&lines);
        let near = kept.iter().take(NEAR);
        assert!(near.into_iter().all(|id| with_earlier.contains(id)));
        assert_eq!(with_earlier.iter().filter(|id| **id == 699).count(), 1);
        assert!(lines.bytes <= TEXT_KEPT_MAX && lines.len() > NEAR);

        let page = (1200..1400).map(|id| line(id, &long)).collect();
        let before = ids(&lines);
        assert!(!lines.add_later(page));
        let near = before.iter().rev().take(NEAR);
        let now = ids(&lines);
        assert!(near.into_iter().all(|id| now.contains(id)));
    }

    #[test]
    fn the_latest_lines_of_the_other_are_found_and_counted() {
        let mut lines = Lines::default();
        for id in [2, 4, 6, 8] {
            lines.add(line(id, "theirs"));
        }
        let origin = Origin::Own {
            delivery: Delivery::Trying,
        };
        lines.add(Line {
            origin,
            ..line(7, "own")
        });
        assert_eq!(lines.latest_theirs(2), Some(LineId(6)));
        assert_eq!(lines.latest_theirs(9), Some(LineId(2)), "the first of all");
        assert_eq!(lines.latest_theirs(0), None);
        assert_eq!(lines.theirs_from(LineId(5)), 2);
        assert_eq!(lines.theirs_before(LineId(8), 2), (Some(LineId(4)), 2));
        assert_eq!(lines.theirs_before(LineId(4), 9), (Some(LineId(2)), 1));
        assert_eq!(lines.theirs_before(LineId(2), 9), (None, 0));
        assert_eq!(lines.changes(), 5);
        lines.remove(LineId(6));
        lines.remove(LineId(6));
        assert_eq!((lines.changes(), lines.len()), (6, 4));
    }

    #[test]
    fn mail_shows_when_it_was_written_if_that_can_be() {
        let mail = |written_ms, path| Line {
            at_ms: 1_000_000,
            origin: Origin::Theirs {
                written_ms: Some(written_ms),
                path,
            },
            ..line(1, "x")
        };
        assert_eq!(shown_at_ms(&mail(5, Path::ViaServer)), 5);
        assert_eq!(shown_at_ms(&mail(5, Path::Direct)), 1_000_000);
        let ahead = 1_000_001 + AHEAD_MAX_MS;
        assert_eq!(shown_at_ms(&mail(ahead, Path::ViaServer)), 1_000_000);
    }

    fn ids(lines: &Lines) -> Vec<u64> {
        lines.iter().map(|line| line.id.0).collect()
    }

    fn line(id: u64, text: &str) -> Line {
        Line {
            id: LineId(id),
            peer: Nickname::parse("sonic").expect("a test's name is valid"),
            text: text.into(),
            at_ms: 0,
            origin: Origin::Theirs {
                written_ms: None,
                path: Path::Direct,
            },
        }
    }
}
