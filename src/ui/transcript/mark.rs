//! The sign at an own line that says how far it has come, without a word while all is well: nothing for
//! half a second, then a ring; a tick when the other has it, two when they have read it; a box while the
//! server keeps it, a tick in a box when it was handed over.

use std::time::Duration;

use egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, vec2};

use super::super::theme;
use crate::app::{Delivery, Path};

/// A line that was delivered so soon never showed anything else, in milliseconds.
const QUIET_MS: i64 = 500;

/// So long a line waits without a word about it, in milliseconds: a cable that was pulled and put back.
const WORDLESS_MS: i64 = 10_000;

/// What is shown of an own line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It has only just been written.
    Quiet,
    /// It is under way.
    Ring,
    /// It waits here for the other or for the server.
    Clock,
    /// It waits so long that a word is due.
    LongClock,
    Box,
    TickInBox,
    Tick,
    /// The other has read it.
    TwoTicks,
    Failed,
}

impl Mark {
    /// For a line that was written so long ago, in milliseconds.
    pub fn new(delivery: Delivery, age_ms: i64, read: bool) -> Self {
        match delivery {
            Delivery::Trying if age_ms < QUIET_MS => Self::Quiet,
            Delivery::Trying | Delivery::HandingOver => Self::Ring,
            Delivery::Waiting if age_ms < WORDLESS_MS => Self::Clock,
            Delivery::Waiting => Self::LongClock,
            Delivery::Stored => Self::Box,
            Delivery::Delivered(_) if read => Self::TwoTicks,
            Delivery::Delivered(Path::Direct) => Self::Tick,
            Delivery::Delivered(Path::ViaServer) => Self::TickInBox,
            Delivery::Failed(_) => Self::Failed,
        }
    }

    /// How long it is before the mark is another one although nothing happens; `None`: for ever.
    pub fn turns_in(self, age_ms: i64) -> Option<Duration> {
        let at_ms = match self {
            Self::Quiet => QUIET_MS,
            Self::Clock => WORDLESS_MS,
            Self::Ring
            | Self::LongClock
            | Self::Box
            | Self::TickInBox
            | Self::Tick
            | Self::TwoTicks
            | Self::Failed => return None,
        };
        // A clock that was set back must not keep the window waiting.
        let left_ms = at_ms.saturating_sub(age_ms).clamp(1, at_ms);
        Some(Duration::from_millis(left_ms.unsigned_abs()))
    }

    /// It says so in words, too.
    pub fn has_words(self) -> bool {
        matches!(self, Self::LongClock | Self::Failed)
    }

    pub fn paint(self, painter: &Painter, center: Pos2, colour: Color32) {
        let stroke = Stroke::new(1.4, colour);
        let radius = theme::MARK / 2.0;
        let square = Rect::from_center_size(center, vec2(theme::MARK, theme::MARK));
        let tick = |middle: Pos2, scale: f32| {
            let at = |x: f32, y: f32| middle + scale * vec2(x, y);
            painter.line(vec![at(-4.0, 0.5), at(-1.2, 3.2), at(4.2, -3.4)], stroke);
        };
        let boxed = || {
            painter.rect_stroke(square.shrink(0.5), 2.0, stroke, StrokeKind::Middle);
        };
        let ring = || {
            painter.circle_stroke(center, radius - 0.5, stroke);
        };
        match self {
            Self::Quiet => {}
            Self::Ring => ring(),
            Self::Clock | Self::LongClock => {
                ring();
                let thin = Stroke::new(1.2, colour);
                painter.line_segment([center, center - vec2(0.0, 2.8)], thin);
                painter.line_segment([center, center + vec2(2.2, 0.0)], thin);
            }
            Self::Box => boxed(),
            Self::TickInBox => {
                boxed();
                tick(center, 0.6);
            }
            Self::Tick => tick(center, 1.0),
            Self::TwoTicks => {
                tick(center - vec2(2.2, 0.0), 0.9);
                tick(center + vec2(2.2, 0.0), 0.9);
            }
            Self::Failed => {
                ring();
                painter.line_segment([center - vec2(0.0, 2.6), center + vec2(0.0, 0.4)], stroke);
                painter.circle_filled(center + vec2(0.0, 2.2), 0.8, colour);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_shown_at_first_then_a_ring_and_words_only_when_it_takes_long() {
        let trying = |age_ms| Mark::new(Delivery::Trying, age_ms, false);
        assert_eq!(trying(0), Mark::Quiet);
        assert_eq!(trying(0).turns_in(100), Some(Duration::from_millis(400)));
        assert_eq!((trying(500), trying(500).turns_in(500)), (Mark::Ring, None));
        let waiting = |age_ms| Mark::new(Delivery::Waiting, age_ms, false);
        assert!(!waiting(3000).has_words() && waiting(10_000).has_words());
        assert_eq!(
            waiting(3000).turns_in(3000),
            Some(Duration::from_millis(7000))
        );
        assert_eq!(waiting(10_000).turns_in(10_000), None);
    }

    #[test]
    fn only_what_was_delivered_can_have_been_read() {
        let delivered = Delivery::Delivered(Path::ViaServer);
        assert_eq!(Mark::new(delivered, 0, true), Mark::TwoTicks);
        assert_eq!(Mark::new(delivered, 0, false), Mark::TickInBox);
        assert_eq!(Mark::new(Delivery::Stored, 0, true), Mark::Box);
    }
}
