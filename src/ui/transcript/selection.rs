//! What of a conversation is selected: from a character of one line to a character of another, whether
//! they are in view or not. How the mouse and the keys select lives in [`super::pointer`].

use std::ops::Range;

use egui::text::CCursor;
use egui::text_selection::text_cursor_state::{ccursor_next_word, ccursor_previous_word};

use crate::app::lines::{Line, Lines};
use crate::app::{LineId, text};

/// A place in a conversation: before this character of this line's text as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub line: LineId,
    pub at: usize,
}

impl Spot {
    pub fn start(line: LineId) -> Self {
        Self { line, at: 0 }
    }

    /// Behind the last character, however many there are.
    pub fn end(line: LineId) -> Self {
        let at = usize::MAX;
        Self { line, at }
    }
}

/// From where selecting began to where it is now, in either order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    pub anchor: Spot,
    pub head: Spot,
}

impl Selection {
    pub fn is_empty(&self) -> bool {
        self.anchor == self.head
    }

    /// The whole of one line.
    pub fn line(line: LineId) -> Self {
        Self {
            anchor: Spot::start(line),
            head: Spot::end(line),
        }
    }

    /// The word at `spot`, in the text that is shown there.
    pub fn word(spot: Spot, shown: &str) -> Self {
        let at = CCursor::new(spot.at);
        let start = ccursor_previous_word(shown, at + usize::from(!is_at_word_end(shown, spot.at)));
        let end = ccursor_next_word(shown, start).index.0.max(spot.at);
        let line = spot.line;
        Self {
            anchor: Spot {
                line,
                at: start.index.0,
            },
            head: Spot { line, at: end },
        }
    }

    /// The characters of this line that are selected; the end may be far behind its text.
    pub fn within(&self, line: LineId) -> Option<Range<usize>> {
        let (from, to) = self.ends();
        if line < from.line || line > to.line {
            return None;
        }
        let start = if line == from.line { from.at } else { 0 };
        let end = if line == to.line { to.at } else { usize::MAX };
        (start < end).then_some(start..end)
    }

    /// What is selected, as text: of one line just that, of several each behind what `head` says of it.
    pub fn text(&self, lines: &Lines, head: impl Fn(&Line) -> String) -> String {
        let (from, to) = self.ends();
        let places = lines.place_from(from.line)..lines.place_from(LineId(to.line.0 + 1));
        let parts: Vec<_> = lines
            .range(places)
            .filter_map(|line| Some((line, self.part(line)?)))
            .collect();
        match parts.as_slice() {
            [(_, part)] => part.clone(),
            parts => {
                let say = |(line, part): &(&Line, String)| format!("{}{part}", head(line));
                parts.iter().map(say).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// What of this line is selected.
    fn part(&self, line: &Line) -> Option<String> {
        let chars = self.within(line.id)?;
        let shown = text::visible(&line.text);
        Some(shown.chars().take(chars.end).skip(chars.start).collect())
    }

    fn ends(&self) -> (Spot, Spot) {
        let (anchor, head) = (self.anchor, self.head);
        (anchor.min(head), anchor.max(head))
    }
}

/// Whether a word ends before this character: then that word is meant, not what follows.
fn is_at_word_end(shown: &str, at: usize) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut chars = shown.chars().skip(at.saturating_sub(1));
    let before = if at == 0 { None } else { chars.next() };
    is_word(before) && !is_word(chars.next())
}
