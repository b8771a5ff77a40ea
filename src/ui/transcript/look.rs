//! How a line looks among its neighbours: where bursts begin and end, where a day or the unread lines
//! begin, which lines tell the time, and what mark an own one has.

use super::View;
use super::bubble::delivery;
use super::mark::Mark;
use crate::app::lines::{Line, Origin, shown_at_ms};
use crate::app::text;

/// Two lines of a sender further apart than this do not belong together, in milliseconds.
const BURST_MS: i64 = 5 * 60 * 1000;

/// All that decides about a line's size, but for its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Of the conversation, in points.
    pub width: f32,
    /// The first line of a day.
    pub new_day: bool,
    /// So many lines are new from here on.
    pub divider: Option<usize>,
    /// The first and the last of a burst.
    pub first: bool,
    pub last: bool,
    /// The time stands at it: at the last of a burst, and where the minute changes.
    pub timed: bool,
    /// For an own line.
    pub mark: Option<Mark>,
}

impl Look {
    /// The look of the line at this place, in a conversation of this width.
    pub fn new(view: &View<'_>, place: usize, line: &Line, width: f32) -> Self {
        let before = place.checked_sub(1).and_then(|place| view.lines.at(place));
        let after = view.lines.at(place + 1);
        let divided = |line: &Line| view.divider == Some(line.id);
        let day = |line: &Line| text::day_number(view.now, shown_at_ms(line));
        let minute = |line: &Line| shown_at_ms(line).div_euclid(60_000);
        let goes_on = |from: &Line, to: &Line| {
            let apart_ms = shown_at_ms(to).saturating_sub(shown_at_ms(from));
            is_own(from) == is_own(to)
                && apart_ms < BURST_MS
                && day(from) == day(to)
                && !divided(to)
        };
        let last = after.is_none_or(|after| !goes_on(line, after));
        let read = is_read(view, line);
        let age_ms = view.now.unix_ms.saturating_sub(line.at_ms);
        Self {
            width,
            new_day: before.is_none_or(|before| day(before) != day(line)),
            divider: divided(line).then_some(view.divided).filter(|&new| new > 0),
            first: before.is_none_or(|before| !goes_on(before, line)),
            last,
            timed: last || after.is_some_and(|after| minute(after) != minute(line)),
            mark: delivery(view, line).map(|delivery| Mark::new(delivery, age_ms, read)),
        }
    }

    pub fn own(&self) -> bool {
        self.mark.is_some()
    }
}

/// The other has read this own line.
pub fn is_read(view: &View<'_>, line: &Line) -> bool {
    view.read_by >= Some(line.id) && !view.late.contains_key(&line.id)
}

pub fn is_own(line: &Line) -> bool {
    matches!(line.origin, Origin::Own { .. })
}
