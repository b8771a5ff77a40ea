//! What a search in the history finds, and that nothing that somebody types is more than a text to
//! find.

use super_chatter::machine::client::{LineId, Record};
use super_chatter::store::history::{ANSWER_MAX, History, SCAN_MAX, Search};

use crate::profile::{Place, theirs};
use crate::profile_model::nickname;

const LINES: [(&str, &str); 14] = [
    ("sonic", "Where is Knuckles?"),
    ("sonic", "我们用中文聊天"),
    ("王小明", "中国的文化"),
    ("sonic", "v2的中文版 is out"),
    ("sonic", "Crème brûlée at the café"),
    ("王小明", "カタカナとひらがな"),
    ("王小明", "안녕하세요 여러분"),
    ("sonic", "say \"hello world\" twice"),
    ("sonic", "world, hello"),
    ("sonic", "🦔 ran by"),
    ("王小明", "100% :-)"),
    ("sonic", "one\0two\u{1b}three"),
    ("17", "seventeen"),
    ("sonic", "AND OR NOT NEAR x"),
];

#[test]
fn a_search_finds_what_is_meant() {
    let place = Place::new();
    place.commit(&lines(&LINES));
    let history = place.history();
    for (typed, expected) in [
        ("knuckles", &[1][..]),
        ("knuck", &[1]),
        ("nuckles", &[]),
        ("is", &[4, 1]),
        ("中文", &[4, 2]),
        ("文化", &[3]),
        ("中", &[4, 3, 2]),
        ("文中", &[]),
        ("中文聊天", &[2]),
        ("v2的中", &[4]),
        ("中文 out", &[4]),
        ("カナ", &[6]),
        ("ひら", &[6]),
        ("하세요", &[7]),
        ("여러 안녕", &[7]),
        ("creme", &[5]),
        ("BRÛLÉE", &[5]),
        ("cafe\u{301}", &[5]),
        ("hello world", &[9, 8]),
        ("\"hello world\"", &[9, 8]),
        ("hello-world", &[8]),
        ("twice hel", &[8]),
        ("🦔", &[10]),
        ("🦔 ran", &[10]),
        (":-)", &[11]),
        ("%", &[11]),
        ("100%", &[11]),
        ("_", &[]),
        ("two", &[12]),
        ("one\0two", &[12]),
        ("17", &[]),
        ("seventeen", &[13]),
        ("s", &[]),
        ("x", &[14]),
        ("near", &[14]),
        ("  knuckles  ", &[1]),
        ("", &[]),
        (" \n\t", &[]),
        ("\0", &[12]),
    ] {
        assert_eq!(found(&history, typed, None), expected, "{typed:?}");
    }
}

#[test]
fn a_search_keeps_to_a_person_and_a_place() {
    let place = Place::new();
    place.commit(&lines(&LINES));
    let history = place.history();
    assert_eq!(found(&history, "中", Some("王小明")), [3]);
    assert_eq!(found(&history, "中", Some("sonic")), [4, 2]);
    assert_eq!(found(&history, "seven", Some("17")), [13]);
    assert_eq!(found(&history, ":-)", Some("sonic")), [0; 0]);
    assert_eq!(found(&history, ":-)", Some("王小明")), [11]);
    assert_eq!(found(&history, "中", Some("nobody")), [0; 0]);
    let mut search = search("中", None);
    search.before = Some(LineId(4));
    search.limit = 1;
    assert_eq!(ids(&history, &search), [3]);
    search.before = Some(LineId(3));
    assert_eq!(ids(&history, &search), [2]);
    search.before = Some(LineId(2));
    assert_eq!(ids(&history, &search), [0; 0]);
}

/// Each of these is a word of the index's query language, or of SQL's, or ends one.
#[test]
fn nothing_that_is_typed_is_more_than_a_text() {
    let place = Place::new();
    place.commit(&lines(&LINES));
    let history = place.history();
    let parts = [
        "\"",
        "*",
        "^",
        ":",
        "(",
        ")",
        "-",
        "+",
        "NEAR",
        "NEAR(",
        "AND",
        "OR",
        "NOT",
        "text:",
        "person:",
        "{text}",
        "'",
        "';--",
        "\\",
        "%",
        "\0",
        "\u{1b}",
        "中",
        "é",
        "x",
        "\u{fffd}",
        "\u{20000}",
        "🦔",
        ",2)",
    ];
    for first in parts {
        for second in parts {
            for text in [
                format!("{first}{second}"),
                format!("{first} {second}"),
                format!("x{first}{second}*"),
            ] {
                for peer in [None, Some("sonic")] {
                    let search = search(&text, peer);
                    history
                        .search(&search)
                        .unwrap_or_else(|error| panic!("{text:?}: {error}"));
                }
            }
        }
    }
    assert_eq!(found(&history, &"中文 ".repeat(10_000), None), [4, 2]);
    assert_eq!(found(&history, &"\"".repeat(10_000), None), [0; 0]);
}

#[test]
fn the_widest_text_is_found_and_one_answer_has_an_end() {
    let place = Place::new();
    let long = "很长 ".repeat(16 * 1024 / 7) + "end";
    let mut records = lines(&[("sonic", &long)]);
    let many = 2..ANSWER_MAX as u64 + 20;
    records.extend(many.map(|id| Record::Line(theirs(id, "sonic", "word :-)"))));
    place.commit(&records);
    let history = place.history();
    assert_eq!(found(&history, "end", None), [1]);
    assert_eq!(found(&history, "word", None).len(), ANSWER_MAX);
    assert_eq!(found(&history, ":-)", None).len(), ANSWER_MAX);
}

#[test]
fn what_has_no_word_is_looked_for_in_the_latest_lines_only() {
    let place = Place::new();
    place.commit(&[
        Record::Line(theirs(1, "sonic", "🦔")),
        Record::Line(theirs(2, "sonic", "🦔")),
        Record::Line(theirs(SCAN_MAX + 1, "sonic", "last")),
    ]);
    let history = place.history();
    assert_eq!(found(&history, "🦔", None), [2]);
    let mut before = search("🦔", None);
    before.before = Some(LineId(2));
    assert_eq!(ids(&history, &before), [1]);
}

fn lines(lines: &[(&str, &str)]) -> Vec<Record> {
    let record = |(id, (peer, text)): (u64, &(&str, &str))| Record::Line(theirs(id, peer, text));
    (1..).zip(lines).map(record).collect()
}

fn search(text: &str, peer: Option<&str>) -> Search {
    Search {
        text: text.to_owned(),
        peer: peer.map(nickname),
        before: None,
        limit: usize::MAX,
    }
}

fn found(history: &History, text: &str, peer: Option<&str>) -> Vec<u64> {
    ids(history, &search(text, peer))
}

fn ids(history: &History, search: &Search) -> Vec<u64> {
    let lines = history.search(search);
    let lines = lines.unwrap_or_else(|error| panic!("{search:?}: {error}"));
    lines.iter().map(|line| line.id.0).collect()
}
