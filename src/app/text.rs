//! Text from outside, made fit for showing: characters that hide or reorder text become visible,
//! heaps of accents are cut. Also times as people read them, and names made from account names.

use chrono::Datelike;

use super::language::Language;
use super::{Nickname, Now};
use crate::protocol::limits::NICKNAME_CHARS_MAX;
use crate::protocol::nickname::is_unseen;

/// Most combining marks drawn on one character. No living script needs more; a tower of them covers
/// the lines around it.
const MARKS_MAX: usize = 4;

/// Longest notice that is shown, in characters.
const NOTICE_MAX: usize = 300;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

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

/// A notice from the network on one line of bounded length.
pub(super) fn short(notice: &str) -> String {
    let mut shown: String = visible(notice).chars().take(NOTICE_MAX + 1).collect();
    if let Some((end, _)) = shown.char_indices().nth(NOTICE_MAX) {
        shown.truncate(end);
        shown.push('…');
    }
    shown.replace(['\n', '\t'], " ")
}

/// A valid nickname made from an account's name; empty if nothing of it can stand in one.
pub fn nickname_from_account(account: &str) -> String {
    let mut name = String::new();
    for c in account.trim().chars().take(NICKNAME_CHARS_MAX) {
        let c = if c.is_whitespace() { '_' } else { c };
        if Nickname::parse(c.encode_utf8(&mut [0; 4])).is_ok() {
            name.push(c);
        }
    }
    name
}

/// The time of day, such as `14:05`.
pub fn clock(now: Now, at_ms: i64) -> String {
    local(now, at_ms).map_or_else(String::new, |at| at.format("%H:%M").to_string())
}

/// The day, such as `Today` or `Monday, 3 November`; the year is added when it is another one.
pub fn day(language: Language, now: Now, at_ms: i64) -> String {
    let (Some(today), Some(at)) = (local(now, now.unix_ms), local(now, at_ms)) else {
        return String::new();
    };
    let days_ago = (today.date_naive() - at.date_naive()).num_days();
    let format = match days_ago {
        0 => return language.say("day-today"),
        1 => return language.say("day-yesterday"),
        _ if today.year() == at.year() => language.say("day-format"),
        _ => language.say("day-format-year"),
    };
    at.format_localized(&format, language.locale()).to_string()
}

/// As short as can be: the time of day for today, the weekday for the days before, then the date.
pub fn when(language: Language, now: Now, at_ms: i64) -> String {
    let (Some(today), Some(at)) = (local(now, now.unix_ms), local(now, at_ms)) else {
        return String::new();
    };
    let format = match (today.date_naive() - at.date_naive()).num_days() {
        0 => return clock(now, at_ms),
        1..=6 => language.say("people-weekday"),
        _ if today.year() == at.year() => language.say("people-date"),
        _ => language.say("people-date-year"),
    };
    at.format_localized(&format, language.locale()).to_string()
}

/// The beginning of a text on one line of at most so many characters, such as stands beside a name.
pub fn beginning(text: &str, chars_max: usize) -> String {
    let shown: String = visible(
        text.get(..text.floor_char_boundary(8 * chars_max))
            .unwrap_or(text),
    )
    .split_whitespace()
    .collect::<Vec<_>>()
    .join(" ");
    match shown.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// A number that differs between two days of the local calendar.
pub fn day_number(now: Now, at_ms: i64) -> i64 {
    let offset_ms = i64::from(now.utc_offset_s) * 1000;
    at_ms.saturating_add(offset_ms).div_euclid(DAY_MS)
}

fn local(now: Now, at_ms: i64) -> Option<chrono::DateTime<chrono::Utc>> {
    let offset_ms = i64::from(now.utc_offset_s) * 1000;
    chrono::DateTime::from_timestamp_millis(at_ms.checked_add(offset_ms)?)
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

    #[test]
    fn a_notice_is_one_bounded_line() {
        let notice = short(&"ab\n".repeat(10_000));
        assert_eq!(notice.chars().count(), NOTICE_MAX + 1);
        assert!(!notice.contains('\n') && notice.ends_with('…'));
        assert_eq!(short("hi"), "hi");
    }

    #[test]
    fn the_beginning_of_a_text_is_one_short_line() {
        assert_eq!(beginning("one\n\n two", 20), "one two");
        assert_eq!(beginning("一二三四五", 3), "一二三…");
        assert_eq!(beginning(&"\n".repeat(20_000), 3), "");
        assert_eq!(beginning("", 3), "");
    }

    #[test]
    fn an_account_name_becomes_a_valid_nickname() {
        for (account, nickname) in [
            ("sonic", "sonic"),
            ("Amy Rose", "Amy_Rose"),
            ("王小明", "王小明"),
            ("a\"b\\c\u{202e}d", "abcd"),
            ("\u{7}", ""),
        ] {
            assert_eq!(nickname_from_account(account), nickname);
        }
        assert!(Nickname::parse(&nickname_from_account(&"明".repeat(99))).is_ok());
    }

    #[test]
    fn days_are_those_of_the_local_calendar() {
        let now = Now {
            unix_ms: 1_763_078_400_000, // 2025-11-14 00:00 UTC
            utc_offset_s: 3600,
        };
        let hour = 60 * 60 * 1000;
        assert_eq!(clock(now, now.unix_ms), "01:00");
        assert_eq!(day(Language::English, now, now.unix_ms - hour), "Today");
        assert_eq!(
            day(Language::English, now, now.unix_ms - 2 * hour),
            "Yesterday"
        );
        assert_eq!(
            day(Language::English, now, now.unix_ms - 4 * DAY_MS),
            "Monday, 10 November"
        );
        assert_eq!(day(Language::English, now, 0), "Thursday, 1 January 1970");
        assert_eq!(day(Language::English, now, i64::MAX), "");
        let when = |ago_ms| when(Language::English, now, now.unix_ms - ago_ms);
        assert_eq!(when(0), "01:00");
        assert_eq!(when(DAY_MS), "Thu");
        assert_eq!(when(6 * DAY_MS), "Sat");
        assert_eq!(when(7 * DAY_MS), "7 Nov");
        assert_eq!(when(400 * DAY_MS), "10/10/24");
        assert_ne!(
            day_number(now, now.unix_ms - hour),
            day_number(now, now.unix_ms - 2 * hour)
        );
    }
}
