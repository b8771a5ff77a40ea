//! The history: what it takes to open a profile of a million lines, to turn a page, to search, and to
//! add lines, beside a scan of the same texts in memory. Half of the texts are English, half Chinese.
//!
//! `cargo bench --no-default-features --bench history -- 20000` takes fewer lines.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod support;

use std::fs;
use std::hint::black_box;
use std::path::Path;

use super_chatter::machine::client::{Delivery, Line, LineId, Origin, Path as Way, Record};
use super_chatter::protocol::Nickname;
use super_chatter::store::history::{Edge, History, Search};
use super_chatter::store::profile::{LINES_MAX, Opened, Profile};

use support::{Times, now, print_head};

/// Unless the first argument says another number.
const LINES: u64 = 1_000_000;

const PEOPLE: u64 = 100;

/// Lines in a commit while the history is made, as of a server that hands over much mail.
const BATCH: u64 = 1000;

/// Lines that are added one by one at the end, each a commit.
const SINGLE: u64 = 200;

/// How often each question is asked.
const ASKED: usize = 100;

/// Words and characters to choose from: small numbers are chosen often, as in a language.
const WORDS: u64 = 20_000;
const CHARACTERS: u64 = 3_000;

fn main() {
    let arguments = std::env::args().skip(1);
    let count = arguments
        .filter_map(|argument| argument.parse().ok())
        .next();
    let count = count.unwrap_or(LINES);
    print_head(&format!("history: {count} lines, us a question"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("profile.db");
    let texts = texts(count);
    make(&path, &texts);
    let raw: usize = texts.iter().map(String::len).sum();
    let size = fs::metadata(&path).expect("a file").len();
    println!(
        "text {:.1} MB, {} B a line; file {:.1} MB, {:.2}x the text",
        raw as f64 / 1e6,
        raw as u64 / count,
        size as f64 / 1e6,
        size as f64 / raw as f64
    );
    print("open, last page of one tab", &ask(|_| open(&path)));
    let mut opened = Profile::open(&path).expect("a profile");
    let history = History::open(&path).expect("a profile");
    look_up(&history, count);
    let flat = texts.join("\n");
    print(
        "scan of the texts in memory",
        &ask(|_| flat.matches("\u{fffd}x").count()),
    );
    print(
        "an answer that is empty",
        &ask(|_| search(&history, "zzzzzz", None)),
    );
    print("a commit of one line", &add(&mut opened.profile, count));
}

fn look_up(history: &History, count: u64) {
    let page = |edge| {
        let page = history.page(&person(1), edge, LINES_MAX);
        page.expect("a page").lines.len()
    };
    let middle = |number: usize| LineId(count / 2 + number as u64 * 100);
    print("last page", &ask(|_| page(Edge::Latest)));
    print(
        "page before a line",
        &ask(|number| page(Edge::Before(middle(number)))),
    );
    print(
        "page after a line",
        &ask(|number| page(Edge::After(middle(number)))),
    );
    print(
        "page around a line",
        &ask(|number| page(Edge::Around(middle(number)))),
    );
    for (what, text) in [
        ("two characters", han(40) + &han(41)),
        ("two common characters", han(0) + &han(1)),
        ("a word", word(100)),
        ("the most common word", word(0)),
        ("a rare word", word(WORDS - 7)),
        ("two words", format!("{} {}", word(30), word(31))),
        ("a beginning of two letters", word(100)[..2].to_owned()),
        ("a beginning of four letters", word(100)[..4].to_owned()),
        ("an emoji, which no index has", "🦔".to_owned()),
    ] {
        let found = search(history, &text, None);
        print(
            &format!("search: {what} ({found} found)"),
            &ask(|_| search(history, &text, None)),
        );
        let found = search(history, &text, Some(person(1)));
        let times = ask(|_| search(history, &text, Some(person(1))));
        print(&format!("  the same with one person ({found})"), &times);
    }
    print("people", &ask(|_| history.people().expect("people").len()));
}

/// The time of each of many questions, after one that is not counted.
fn ask<T>(mut question: impl FnMut(usize) -> T) -> Times {
    black_box(question(0));
    let mut times = Times::default();
    for number in 0..ASKED {
        let start = now();
        black_box(question(number));
        times.push(start.elapsed());
    }
    times
}

fn print(what: &str, times: &Times) {
    let (half, most) = (times.percentile(0.5) / 1e3, times.percentile(0.99) / 1e3);
    println!("{what:<52} p50 {half:10.1} us  p99 {most:10.1} us");
}

fn open(path: &Path) -> usize {
    let Opened { overview, .. } = Profile::open(path).expect("a profile");
    assert_eq!(overview.tabs.len(), 1);
    overview.conversations.len()
}

fn search(history: &History, text: &str, peer: Option<Nickname>) -> usize {
    let search = Search {
        text: text.to_owned(),
        peer,
        before: None,
        limit: 50,
    };
    history.search(&search).expect("a good search").len()
}

/// Writes the history and says how long that took.
fn make(path: &Path, texts: &[String]) {
    let mut profile = Profile::open(path).expect("a new profile").profile;
    let tab = Record::Tabs {
        tabs: vec![person(1)],
        selected: None,
    };
    profile.commit(&[tab]).expect("a good batch");
    let start = now();
    let mut records = Vec::new();
    for (id, text) in (1..).zip(texts) {
        records.push(line(id, text.clone()));
        if id.is_multiple_of(BATCH) || id == texts.len() as u64 {
            profile.commit(&records).expect("a good batch");
            records.clear();
        }
    }
    let read = (1..=PEOPLE).map(|number| Record::Read {
        peer: person(number),
        line: LineId(texts.len() as u64),
    });
    profile
        .commit(&read.collect::<Vec<_>>())
        .expect("a good batch");
    drop(profile);
    let seconds = start.elapsed().as_secs_f64();
    let rate = texts.len() as f64 / seconds;
    println!("written in {seconds:.1} s: {rate:.0} lines a second in commits of {BATCH}");
}

fn add(profile: &mut Profile, last: u64) -> Times {
    let mut times = Times::default();
    for id in last + 1..=last + SINGLE {
        let line = line(id, "one line more".to_owned());
        let start = now();
        profile.commit(&[line]).expect("a good batch");
        times.push(start.elapsed());
    }
    times
}

fn line(id: u64, text: String) -> Record {
    let delivery = Delivery::Delivered(Way::Direct);
    let origin = if id.is_multiple_of(2) {
        Origin::Own { delivery }
    } else {
        Origin::Theirs {
            written_ms: Some(1_700_000_000_000 + id as i64),
            path: Way::Direct,
        }
    };
    Record::Line(Line {
        id: LineId(id),
        peer: person(1 + id * 7 / 3 % PEOPLE),
        text,
        at_ms: 1_700_000_000_000 + id as i64,
        origin,
    })
}

fn person(number: u64) -> Nickname {
    Nickname::parse(&format!("person{number}")).expect("a valid name")
}

/// Half of 14 English words each, half of 30 Chinese characters, in the mean.
fn texts(count: u64) -> Vec<String> {
    let mut rng = fastrand::Rng::with_seed(10);
    let mut text = |id: u64| {
        if id % 4 < 2 {
            let words = (0..rng.u64(4..=24)).map(|_| word(often(&mut rng, WORDS)));
            words.collect::<Vec<_>>().join(" ")
        } else {
            let count = rng.u64(8..=50);
            (0..count)
                .map(|_| han(often(&mut rng, CHARACTERS)))
                .collect()
        }
    };
    (0..count).map(&mut text).collect()
}

/// Small numbers far more often than great ones.
fn often(rng: &mut fastrand::Rng, end: u64) -> u64 {
    ((end as f64).powf(rng.f64()) - 1.0) as u64
}

/// The word of that number, from four to eight letters.
fn word(number: u64) -> String {
    let mut letters = fastrand::Rng::with_seed(number);
    let length = letters.usize(4..=8);
    (0..length).map(|_| letters.lowercase()).collect()
}

fn han(number: u64) -> String {
    let code = 0x4e00 + u32::try_from(number).unwrap_or_default();
    char::from_u32(code).map(String::from).unwrap_or_default()
}
