//! The house's rules that no compiler knows: rooms import only from floors below, inner rooms touch
//! nothing outside, and every file says what lives there.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms and their floors: a room imports from itself and from lower floors. The driver stands
/// above the store, which it opens.
const FLOORS: [(&str, u32); 9] = [
    ("protocol", 0),
    ("machine", 1),
    ("store", 2),
    ("driver", 3),
    ("app", 4),
    ("ui", 5),
    ("console", 5),
    ("arguments", 6),
    ("main", 7),
];

/// What a room must not name, by the words that stand in the source.
const FORBIDDEN: [(&str, &[&str]); 8] = [
    (
        "protocol",
        &[
            "UdpSocket",
            "std::fs",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "crossbeam",
            "rusqlite",
        ],
    ),
    (
        "machine",
        &[
            "UdpSocket",
            "std::fs",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "crossbeam",
            "rusqlite",
            "serde_json",
            "HashMap",
            "HashSet",
        ],
    ),
    (
        "store",
        &[
            "UdpSocket",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "crossbeam",
            "egui",
        ],
    ),
    ("driver", &["egui"]),
    (
        "app",
        &[
            "UdpSocket",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "egui",
            // The window's thread opens no file and reads none.
            "std::fs",
            "rusqlite",
            "crate::store",
        ],
    ),
    (
        "ui",
        &[
            "std::fs",
            "rusqlite",
            "crate::store",
            "crate::machine",
            "crate::driver",
            "UdpSocket",
            "std::thread",
            "crossbeam",
        ],
    ),
    ("console", &["UdpSocket", "egui"]),
    (
        "arguments",
        &["UdpSocket", "std::fs", "std::thread", "egui"],
    ),
];

/// Longest file without its tests, in lines.
const LINES_MAX: usize = 400;

#[test]
fn a_room_imports_only_from_floors_below() {
    let upward: Vec<_> = sources().iter().flat_map(upward_imports).collect();
    assert!(upward.is_empty(), "{upward:#?}");
}

#[test]
fn a_room_touches_only_what_is_its_own() {
    let mut touched = Vec::new();
    for source in sources() {
        for (room, words) in FORBIDDEN {
            let named = words
                .iter()
                .filter(|word| source.room == room && source.code.contains(**word));
            touched.extend(named.map(|word| format!("{} names {word}", source.path.display())));
        }
    }
    assert!(touched.is_empty(), "{touched:#?}");
}

#[test]
fn every_file_says_what_lives_there_and_is_short() {
    let mut broken = Vec::new();
    for source in sources() {
        let path = source.path.display();
        if !source.text.starts_with("//! ") {
            broken.push(format!("{path} does not open with //!"));
        }
        let untested = source.text.split("#[cfg(test)]").next();
        let lines = untested.map_or(0, |text| text.lines().count());
        if lines > LINES_MAX {
            broken.push(format!("{path} has {lines} lines before its tests"));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    for (code, found) in [
        ("use crate::protocol::Nickname;", &[][..]),
        ("use crate::store::mailbox::{Mailbox, self};", &[]),
        ("use crate::console::talk;", &["console"]),
        (
            "use crate::{protocol::{Part, Seq}, app::{self, x::{y, z}}, ui};",
            &["app", "ui"],
        ),
        ("use crate::{\n    driver,\n    protocol,\n};", &["driver"]),
        ("use super_chatter::ui::run;", &["ui"]),
        ("let x = crate::app::Options::default();", &["app"]),
        ("pub(crate) fn f() {} // crate::app is not code", &[]),
    ] {
        let source = Source::new(PathBuf::from("store/file.rs"), code.to_owned());
        let rooms: Vec<_> = upward_imports(&source)
            .into_iter()
            .map(|(_, room)| room)
            .collect();
        assert_eq!(rooms, found, "{code}");
    }
}

/// A file of `src`.
struct Source {
    /// Below `src`.
    path: PathBuf,
    room: String,
    text: String,
    /// The text without comments.
    code: String,
}

impl Source {
    fn new(path: PathBuf, text: String) -> Self {
        let first = path.components().next().expect("a file has a name");
        let room = Path::new(first.as_os_str())
            .with_extension("")
            .to_string_lossy()
            .into_owned();
        let code = text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n")
            .collect();
        Self {
            path,
            room,
            text,
            code,
        }
    }
}

/// Every source file but `lib.rs`, which is the list of rooms itself.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path != root.join("lib.rs")
            {
                let text = fs::read_to_string(&path).expect("a source");
                sources.push(Source::new(
                    path.strip_prefix(&root).expect("below src").to_owned(),
                    text,
                ));
            }
        }
    }
    assert!(sources.len() > 10, "the sources were not found");
    sources
}

/// The file and the room, for every room that it names and that is not below its own.
fn upward_imports(source: &Source) -> Vec<(String, String)> {
    let floor =
        floor(&source.room).unwrap_or_else(|| panic!("{} is in no room", source.path.display()));
    let named = ["crate::", "super_chatter::"].iter().flat_map(|from| {
        source
            .code
            .match_indices(from)
            .flat_map(|(at, from)| rooms(&source.code[at + from.len()..]))
    });
    let upward =
        |room: &&str| *room != source.room && self::floor(room).is_some_and(|other| other >= floor);
    named
        .filter(upward)
        .map(|room| (source.path.display().to_string(), room.to_owned()))
        .collect()
}

/// The first words of a path, or of every path of a group in braces.
fn rooms(path: &str) -> Vec<&str> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let (mut depth, mut rooms) = (0, vec![word(group)]);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return rooms,
            '}' => depth -= 1,
            ',' if depth == 0 => rooms.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    rooms
}

fn word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

fn floor(room: &str) -> Option<u32> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, floor)| *floor)
}
