//! How high each line is: estimated until it has been laid out. There are at most
//! [`LINES_KEPT_MAX`](crate::app::lines::LINES_KEPT_MAX) of them, and adding up so many numbers takes
//! some microseconds: no tree is needed to find where a line stands.

use std::ops::Range;

use crate::app::LineId;
use crate::app::lines::{Line, Lines};

/// The heights of a conversation's lines, in points.
#[derive(Debug, Default)]
pub struct Heights {
    heights: Vec<Height>,
    /// The width that they hold for.
    width: f32,
    /// What the lines were when they were last looked at.
    seen: Option<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Height {
    id: LineId,
    height: f32,
    exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    changes: u64,
    ends: Option<(LineId, LineId)>,
}

impl Heights {
    /// Goes along with `lines`, drawn at this width; a new one is as high as `estimate` says.
    pub fn follow(&mut self, lines: &Lines, width: f32, estimate: impl Fn(&Line) -> f32) {
        if (self.width - width).abs() > 0.1 {
            *self = Self {
                width,
                ..Self::default()
            };
        }
        let first = lines.at(0).map(|line| line.id);
        let seen = Seen {
            changes: lines.changes(),
            ends: first.zip(lines.last().map(|line| line.id)),
        };
        if self.seen.replace(seen) == Some(seen) {
            return;
        }
        let mut known = std::mem::take(&mut self.heights).into_iter().peekable();
        let height = |line: &Line| {
            while known.next_if(|known| known.id < line.id).is_some() {}
            known
                .next_if(|known| known.id == line.id)
                .unwrap_or_else(|| Height {
                    id: line.id,
                    height: estimate(line),
                    exact: false,
                })
        };
        self.heights = lines.iter().map(height).collect();
    }

    /// The line at this place has been laid out. True: it is not as high as it was thought to be.
    pub fn set(&mut self, place: usize, exact: f32) -> bool {
        let Some(height) = self.heights.get_mut(place) else {
            return false;
        };
        let is_new = (height.height - exact).abs() > 0.1;
        height.exact = true;
        if is_new {
            height.height = exact;
        }
        is_new
    }

    /// The width that all of them hold for.
    pub fn width(&self) -> f32 {
        self.width
    }

    /// Of the line at this place.
    pub fn height(&self, place: usize) -> f32 {
        self.heights.get(place).map_or(0.0, |height| height.height)
    }

    /// The line at this place has been laid out once.
    pub fn is_exact(&self, place: usize) -> bool {
        self.heights.get(place).is_some_and(|height| height.exact)
    }

    /// Where the line at this place begins, below the first; behind the last one: where all end.
    pub fn top(&self, place: usize) -> f32 {
        let above = self.heights.iter().take(place);
        above.map(|height| height.height).sum()
    }

    pub fn total(&self) -> f32 {
        self.top(self.heights.len())
    }

    /// The places of the lines that stand somewhere between these two.
    pub fn between(&self, from: f32, to: f32) -> Range<usize> {
        let (mut y, mut start, mut end) = (0.0, None, self.heights.len());
        for (place, height) in self.heights.iter().enumerate() {
            if y > to {
                end = place;
                break;
            }
            y += height.height;
            if start.is_none() && y > from {
                start = Some(place);
            }
        }
        start.unwrap_or(end)..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_below_all_before_it() {
        let heights = heights(&[10.0, 20.0, 30.0]);
        assert_eq!(heights.top(0), 0.0);
        assert_eq!(heights.top(2), 30.0);
        assert_eq!((heights.total(), heights.top(9)), (60.0, 60.0));
    }

    #[test]
    fn what_is_in_view_is_found() {
        let heights = heights(&[10.0, 20.0, 30.0]);
        assert_eq!(heights.between(0.0, 100.0), 0..3);
        assert_eq!(heights.between(10.0, 29.0), 1..2);
        assert_eq!(heights.between(29.0, 31.0), 1..3);
        assert_eq!(heights.between(90.0, 99.0), 3..3);
    }

    #[test]
    fn an_exact_height_takes_the_place_of_an_estimate() {
        let mut heights = heights(&[10.0, 20.0]);
        assert!(!heights.is_exact(0));
        assert!(heights.set(0, 15.0), "it moves the others");
        assert!(heights.is_exact(0) && !heights.set(0, 15.0));
        assert_eq!(heights.top(1), 15.0);
        assert!(!heights.set(7, 1.0), "there is none");
    }

    fn heights(heights: &[f32]) -> Heights {
        let height = |(id, &height)| Height {
            id: LineId(id),
            height,
            exact: false,
        };
        let heights = (0..).zip(heights).map(height).collect();
        Heights {
            heights,
            ..Heights::default()
        }
    }
}
