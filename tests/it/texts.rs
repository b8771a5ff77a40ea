//! The window's texts: each is there in every language with the same gaps, each that the code names is
//! there, each that is there is named, and the panels hold none of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// With which words the names of texts begin.
const ROOMS: [&str; 16] = [
    "day-",
    "delivery-",
    "desk-",
    "failed-",
    "fault-",
    "host-",
    "notice-",
    "people-",
    "problem-",
    "refused-",
    "search-",
    "settings-",
    "shell-",
    "story-",
    "talk-",
    "too-",
];

#[test]
fn every_text_is_there_in_every_language_with_the_same_gaps() {
    let (english, chinese) = (texts("en"), texts("zh"));
    assert!(english.len() > 40, "the texts were not found");
    for (id, gaps) in &english {
        assert_eq!(chinese.get(id), Some(gaps), "{id} in zh");
    }
    for id in chinese.keys() {
        assert!(english.contains_key(id), "{id} is in zh only");
    }
}

#[test]
fn the_code_names_every_text_and_no_other() {
    let there = texts("en");
    let named: BTreeSet<String> = sources("src")
        .iter()
        .flat_map(|code| literals(code))
        .collect();
    let unused: Vec<_> = there.keys().filter(|id| !named.contains(*id)).collect();
    assert!(unused.is_empty(), "nobody says {unused:#?}");
    let is_id = |word: &&String| {
        ROOMS.iter().any(|room| word.starts_with(room))
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let missing: Vec<_> = named
        .iter()
        .filter(is_id)
        .filter(|id| !there.contains_key(*id))
        .collect();
    assert!(missing.is_empty(), "there is no text {missing:#?}");
}

#[test]
fn the_panels_hold_no_text_of_their_own() {
    let mut found = Vec::new();
    for code in sources("src/ui") {
        let shown = code.lines().filter(|line| !is_for_programmers(line));
        let shown: String = shown.map(|line| format!("{line}\n")).collect();
        found.extend(literals(&shown).into_iter().filter(|text| is_prose(text)));
    }
    assert!(
        found.is_empty(),
        "these belong into assets/lang: {found:#?}"
    );
}

#[test]
fn one_thing_has_one_word_in_chinese() {
    for (word, twins) in [
        ("开启", &["开设"][..]),
        ("响应", &["应答"]),
        ("告别", &["道别"]),
        ("暂存", &["保管"]),
        ("电脑", &["计算机"]),
        ("勿扰", &["请勿打扰"]),
        ("昵称", &["名字", "姓名"]),
    ] {
        for file in files("assets/lang/zh", "ftl") {
            let twin = twins.iter().find(|twin| file.contains(**twin));
            assert_eq!(twin, None, "it is called {word} elsewhere");
        }
    }
}

/// A line whose text no user sees.
fn is_for_programmers(line: &str) -> bool {
    [
        ".expect(", "#[", "assert", "panic!", "debug!", "info!", "warn!", "error!", "trace!",
    ]
    .iter()
    .any(|word| line.contains(word))
}

/// Two words in a row, or one that begins like a sentence. The program's name is said as it is.
fn is_prose(text: &str) -> bool {
    let text = text.replace("Super Chatter", "");
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(char::is_alphabetic);
    let words = text.split(|c: char| c.is_whitespace() || ".,:;!?…".contains(c));
    let words: Vec<_> = words.filter(is_word).collect();
    let is_capital = |word: &&str| word.starts_with(char::is_uppercase) && word.len() > 3;
    words.len() > 1 || words.first().is_some_and(is_capital)
}

/// The names of a language's texts, each with its gaps.
fn texts(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut id = String::new();
    for file in files(&format!("assets/lang/{language}"), "ftl") {
        for line in file.lines() {
            let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
            if let (true, Some((name, _))) = (starts, line.split_once(" =")) {
                id = name.to_owned();
                let before = texts.insert(id.clone(), BTreeSet::new());
                assert_eq!(before, None, "{id} stands there twice");
            }
            if line.starts_with('#') {
                continue;
            }
            for (at, _) in line.match_indices('$') {
                let gap: String = line[at + 1..]
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                    .collect();
                texts.entry(id.clone()).or_default().insert(gap);
            }
        }
    }
    texts
}

/// The code of every file below `folder`, without comments and tests.
fn sources(folder: &str) -> Vec<String> {
    let without = |text: String| {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        lines.map(|line| format!("{line}\n")).collect()
    };
    files(folder, "rs").into_iter().map(without).collect()
}

/// What stands between quotation marks.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = code.chars();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let is_char = before == '\'';
        before = c;
        if c != '"' || is_char {
            continue;
        }
        let mut text = String::new();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => {
                    chars.next();
                    text.push(' ');
                }
                c => text.push(c),
            }
        }
        found.push(text);
    }
    found
}

fn files(folder: &str, extension: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                texts.push(fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    assert!(!texts.is_empty(), "nothing was found");
    texts
}
