//! Long texts in parts, and how long a text is once it stands in JSON.

use std::ops::Range;

use super::encode::Style;
use super::limits::PART_TEXT_MAX;

/// Bytes that `c` takes inside a JSON string.
fn encoded_len(c: char, style: Style) -> usize {
    match (c, style) {
        ('"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}', _) => 2,
        ('\0'..='\u{1f}', _) => 6,
        (_, Style::Compact) => c.len_utf8(),
        (_, Style::Classic) if c.is_ascii() => 1,
        (_, Style::Classic) => 6 * c.len_utf16(),
    }
}

/// Bytes that `text` takes inside a JSON string, without its quotation marks.
pub fn text_len(text: &str, style: Style) -> usize {
    text.chars().map(|c| encoded_len(c, style)).sum()
}

/// Cuts `text` into the fewest pieces of at most `budget` bytes each once written in `style`;
/// `budget` holds any one character (12 bytes). An empty text is one empty piece.
pub fn split(text: &str, budget: usize, style: Style) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in text.char_indices() {
        let len = encoded_len(c, style);
        if used + len > budget && at > start {
            pieces.push(start..at);
            (start, used) = (at, 0);
        }
        used += len;
    }
    pieces.push(start..text.len());
    pieces
}

/// The parts in which `text` travels between two Super Chatters.
pub fn parts(text: &str) -> Vec<Range<usize>> {
    split(text, PART_TEXT_MAX, Style::Compact)
}
