//! Notices from outside on one line, times as people read them, and names made from account names.

use chrono::{DateTime, Datelike, Utc, Weekday};

use super::language::{Language, Sentence};
use super::{Nickname, Now};
use crate::machine::server::ANNOUNCEMENT_MAX;
use crate::protocol::limits::NICKNAME_CHARS_MAX;
pub use crate::protocol::visible::visible;

/// Longest notice that is shown, in characters: an announcement is shown whole.
const NOTICE_MAX: usize = ANNOUNCEMENT_MAX;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A notice from the network on one line of bounded length.
pub(super) fn short(notice: &str) -> String {
    let mut shown: String = visible(notice).chars().take(NOTICE_MAX + 1).collect();
    if let Some((end, _)) = shown.char_indices().nth(NOTICE_MAX) {
        shown.truncate(end);
        shown.push('…');
    }
    shown.replace(['\n', '\t'], " ")
}

/// A number in groups of three digits, such as `4 200`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push('\u{a0}');
        }
        shown.push(digit);
    }
    shown
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

/// Today, such as `2026-01-31`.
pub fn date(now: Now) -> String {
    local(now, now.unix_ms).map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string())
}

/// The time of day to the second, such as `14:05:09`.
pub fn clock_s(now: Now, at_ms: i64) -> String {
    local(now, at_ms).map_or_else(String::new, |at| at.format("%H:%M:%S").to_string())
}

/// The day of the year and the time to the second, such as `01-31 14:05:09`.
pub fn day_clock_s(now: Now, at_ms: i64) -> String {
    local(now, at_ms).map_or_else(String::new, |at| at.format("%m-%d %H:%M:%S").to_string())
}

/// The time of day, such as `14:05`; of another day with its date.
pub fn clock_or_date(now: Now, at_ms: i64) -> String {
    if is_same_day(now, at_ms, now.unix_ms) {
        return clock(now, at_ms);
    }
    local(now, at_ms).map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string())
}

/// The day, such as `Today` or `Monday, 3 November`; the year is added when it is another one.
pub fn day(language: Language, now: Now, at_ms: i64) -> String {
    let (Some(today), Some(at)) = (local(now, now.unix_ms), local(now, at_ms)) else {
        return String::new();
    };
    let days_ago = (today.date_naive() - at.date_naive()).num_days();
    let id = match days_ago {
        0 => return language.say("day-today"),
        1 => return language.say("day-yesterday"),
        _ if today.year() == at.year() => "day-date",
        _ => "day-date-year",
    };
    dated(language, id, at)
}

/// This time of day, behind its day where that is another one than the day of `beside_ms`.
pub fn with_day(
    language: Language,
    now: Now,
    (at_ms, beside_ms): (i64, i64),
    time: String,
) -> String {
    match is_same_day(now, at_ms, beside_ms) {
        true => time,
        false => format!("{}, {time}", day(language, now, at_ms)),
    }
}

/// As short as can be: the time of day for today, the weekday for the days before, then the date.
pub fn when(language: Language, now: Now, at_ms: i64) -> String {
    let (Some(today), Some(at)) = (local(now, now.unix_ms), local(now, at_ms)) else {
        return String::new();
    };
    let id = match (today.date_naive() - at.date_naive()).num_days() {
        0 => return clock(now, at_ms),
        1..=6 => "people-weekday",
        _ if today.year() == at.year() => "people-date",
        _ => "people-date-year",
    };
    dated(language, id, at)
}

/// A text with a date's parts in its gaps. A text takes those that it wants.
fn dated(language: Language, id: &'static str, at: DateTime<Utc>) -> String {
    let weekday = Sentence::new(match at.weekday() {
        Weekday::Mon => "day-monday",
        Weekday::Tue => "day-tuesday",
        Weekday::Wed => "day-wednesday",
        Weekday::Thu => "day-thursday",
        Weekday::Fri => "day-friday",
        Weekday::Sat => "day-saturday",
        Weekday::Sun => "day-sunday",
    });
    let month = Sentence::new(
        MONTHS
            .get(at.month0() as usize)
            .copied()
            .unwrap_or_default(),
    );
    let short =
        |sentence: &Sentence| -> String { sentence.say(language).chars().take(3).collect() };
    Sentence::new(id)
        .with("short-weekday", short(&weekday))
        .with("short-month", short(&month))
        .quote("weekday", weekday)
        .quote("month", month)
        .with("day", at.day())
        .with("year", at.year())
        .say(language)
}

const MONTHS: [&str; 12] = [
    "day-january",
    "day-february",
    "day-march",
    "day-april",
    "day-may",
    "day-june",
    "day-july",
    "day-august",
    "day-september",
    "day-october",
    "day-november",
    "day-december",
];

/// A text on one line.
pub fn one_line(text: &str) -> String {
    let visible = visible(text);
    let words: Vec<&str> = visible.split_whitespace().collect();
    words.join(" ")
}

/// The beginning of a text on one line of at most so many characters, such as stands beside a name.
pub fn beginning(text: &str, chars_max: usize) -> String {
    // No more is looked at of a long text, even if it begins with many spaces.
    let shown = one_line(&text[..text.floor_char_boundary(8 * chars_max)]);
    match shown.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

fn is_same_day(now: Now, one_ms: i64, other_ms: i64) -> bool {
    day_number(now, one_ms) == day_number(now, other_ms)
}

/// A number that differs between two days of the local calendar.
pub fn day_number(now: Now, at_ms: i64) -> i64 {
    at_ms
        .saturating_add(offset_ms(now, at_ms))
        .div_euclid(DAY_MS)
}

fn local(now: Now, at_ms: i64) -> Option<chrono::DateTime<chrono::Utc>> {
    chrono::DateTime::from_timestamp_millis(at_ms.checked_add(offset_ms(now, at_ms))?)
}

/// Local time less UTC at that time, which may be another one than now.
fn offset_ms(now: Now, at_ms: i64) -> i64 {
    i64::from(now.zone.offset_s(at_ms)) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Zone;

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
        assert_eq!(beginning("\u{202e}evil\n\n\tnow", 20), "<U+202E>evil now");
        let long = beginning(&"\u{7}".repeat(16_384), 140);
        assert!(long.chars().count() == 141 && long.ends_with('…'), "{long}");
    }

    #[test]
    fn long_numbers_are_written_in_groups() {
        let shown = |number| grouped(number).replace('\u{a0}', "_");
        assert_eq!(shown(0), "0");
        assert_eq!(shown(999), "999");
        assert_eq!(shown(4200), "4_200");
        assert_eq!(shown(1_234_567), "1_234_567");
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
    fn what_was_before_the_clocks_changed_keeps_its_time_and_its_day() {
        /// 2025-10-26 01:00 UTC: summer ends.
        const CHANGE_MS: i64 = 1_761_440_400_000;
        let now = Now {
            unix_ms: CHANGE_MS + 30 * DAY_MS,
            zone: Zone(|at_ms| if at_ms < CHANGE_MS { 7200 } else { 3600 }),
        };
        let hour = 60 * 60 * 1000;
        assert_eq!(clock(now, CHANGE_MS - 1), "02:59");
        assert_eq!(clock(now, CHANGE_MS), "02:00");
        // Half an hour past midnight there, which is 23:30 by now's distance.
        let night = CHANGE_MS - 2 * hour - hour / 2;
        assert_eq!(clock(now, night), "00:30");
        let said = day(Language::English, now, night);
        assert_eq!(said, "Sunday, 26 October");
        assert_eq!(day_number(now, night), day_number(now, CHANGE_MS));
        let beside = |beside_ms| {
            let time = clock(now, night);
            with_day(Language::English, now, (night, beside_ms), time)
        };
        assert_eq!(beside(CHANGE_MS), "00:30");
        assert_eq!(beside(now.unix_ms), "Sunday, 26 October, 00:30");
    }

    #[test]
    fn days_are_those_of_the_local_calendar() {
        let now = Now {
            unix_ms: 1_763_078_400_000, // 2025-11-14 00:00 UTC
            zone: Zone(|_| 3600),
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
        assert_eq!(when(400 * DAY_MS), "10 Oct 2024");
        assert_ne!(
            day_number(now, now.unix_ms - hour),
            day_number(now, now.unix_ms - 2 * hour)
        );
    }
}
