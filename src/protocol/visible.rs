//! Text from outside, made fit for showing: characters that hide or reorder text become visible,
//! heaps of accents are cut. Whoever shows a text, or writes it where people read it, shows it like
//! this.

use super::nickname::is_unseen;

/// Most combining marks drawn on one character. No living script needs more; a tower of them covers
/// the lines around it.
const MARKS_MAX: usize = 4;

/// `text` as it can be shown: line breaks and tabs stay, control and direction characters are
/// written out as `<U+202E>`, what has no look of its own is left out.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
            // Emoji are joined with U+200D, Persian words are shaped with U+200C.
            '\n' | '\t' | '\u{200c}' | '\u{200d}' => shown.push(c),
            '\u{ad}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{e0020}'..='\u{e007f}' => {}
            c if is_unseen(c) => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c if marks <= MARKS_MAX => shown.push(c),
            _ => {}
        }
    }
    shown
}

fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_is_untouched() {
        for text in ["héllo\n\tyou", "你好", "👨‍👩‍👧 ❤️", "می‌خواهم", "e\u{301}"]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_hides_or_turns_text_is_written_out() {
        assert_eq!(visible("\u{1b}[2Jx"), "<U+001B>[2Jx");
        assert_eq!(visible("\u{202e}gnp.exe"), "<U+202E>gnp.exe");
        assert_eq!(visible("a\r\nb\rc\u{2028}d\u{feff}"), "a\nb\nc\nd");
        let tower = format!("z{}", "\u{301}".repeat(200));
        assert_eq!(visible(&tower).chars().count(), 1 + MARKS_MAX);
    }
}
