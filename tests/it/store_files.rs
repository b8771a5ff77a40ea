//! What becomes of a store's file: an older one is brought up to date, a damaged or newer one is moved
//! aside and stays as it was, another program's is left alone, and nothing is ever written over.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super_chatter::machine::Room;
use super_chatter::machine::server::{
    ClassicStream, HeldReceipt, Mail, MailId, Person, Record, Saved,
};
use super_chatter::protocol::{Epoch, Nickname, Part, Receipt, Seq, Stream};
use super_chatter::store::StoreError;
use super_chatter::store::mailbox::Mailbox;
use tempfile::TempDir;

/// The mailbox's first schema, as it was.
const SCHEMA_1: &str = "
PRAGMA journal_mode = WAL;
CREATE TABLE people (nickname TEXT PRIMARY KEY, address TEXT NOT NULL, extended INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL) STRICT;
CREATE TABLE mail (id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, sender TEXT NOT NULL,
    stream INTEGER NOT NULL, seq INTEGER NOT NULL, lowest INTEGER NOT NULL,
    part_index INTEGER NOT NULL, part_count INTEGER NOT NULL, written_ms INTEGER NOT NULL,
    text TEXT NOT NULL, stored_ms INTEGER NOT NULL) STRICT;
CREATE TABLE receipts (stream INTEGER PRIMARY KEY, sender TEXT NOT NULL,
    below INTEGER NOT NULL) STRICT;
CREATE TABLE classic_streams (sender TEXT NOT NULL, recipient TEXT NOT NULL,
    stream INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (sender, recipient)) STRICT;
PRAGMA user_version = 1;
INSERT INTO people VALUES ('x', '127.0.0.1:1234', 1, 5);
INSERT INTO mail VALUES (7, 'x', 'y', 3, 5, 4, 1, 1, -1, '你好', 6);
INSERT INTO receipts VALUES (9, 'y', 2);
INSERT INTO classic_streams VALUES ('y', 'x', 11, 2);
";

/// What a mailbox holds in reserve, in bytes.
const RESERVE_BYTES: usize = 8 << 20;

#[test]
fn a_mailbox_of_the_first_schema_is_brought_up_to_date() {
    let place = Place::new();
    place.edit(SCHEMA_1);
    let expected = Saved {
        people: vec![Person {
            nickname: nickname("x"),
            address: ([127, 0, 0, 1], 1234).into(),
            extended: true,
            seen_ms: 5,
        }],
        mail: vec![mail(7)],
        receipts: vec![HeldReceipt {
            sender: nickname("y"),
            receipt: Receipt {
                stream: Stream(9),
                below: Seq(2),
            },
        }],
        classic_streams: vec![ClassicStream {
            sender: nickname("y"),
            recipient: nickname("x"),
            stream: Stream(11),
            next: Seq(2),
        }],
        ..Saved::default()
    };
    let mut opened = Mailbox::open(&place.path).expect("an older mailbox");
    assert!(opened.aside.is_none(), "{:?}", opened.aside);
    assert_eq!(opened.saved, expected);
    let epoch = [Record::Epoch(Epoch(4))];
    opened.mailbox.commit(&epoch).expect("a good batch");
    drop(opened);
    let epoch = Some(Epoch(4));
    assert_eq!(place.saved(), Saved { epoch, ..expected });
}

#[test]
fn a_store_is_open_once() {
    let place = Place::new();
    let opened = place.fill();
    let error = Mailbox::open(&place.path).expect_err("it is open");
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("server.db"), "{error}");
    drop(opened);
    assert_eq!(place.saved().mail, [mail(7)]);
}

#[test]
fn a_store_that_can_not_be_used_is_moved_aside_as_it_is() {
    for (what, damage) in damages() {
        let place = Place::new();
        drop(place.fill());
        damage(&place);
        let before = place.store_files("server.db");
        let opened = Mailbox::open(&place.path).expect(what);
        assert_eq!(opened.saved, Saved::default(), "{what}");
        let aside = opened.aside.unwrap_or_else(|| panic!("{what}: not moved"));
        let sentence = aside.to_string();
        let name = aside.path.file_name().expect("a name").to_string_lossy();
        assert!(
            sentence.contains("server.db ") || sentence.contains("server.db,"),
            "{what}: {sentence}"
        );
        assert!(sentence.contains(&*name), "{what}: {sentence}");
        assert!(!sentence.contains('\n'), "{what}: {sentence}");
        let word = what.split(' ').next().expect("a word");
        assert!(name.starts_with(&format!("server.db.{word}-2")), "{name}");
        assert!(place.store_files(&name) == before, "{what}");
    }
}

#[test]
fn a_new_store_stands_in_the_place_of_one_that_was_moved_aside() {
    let place = Place::new();
    for _ in 0..3 {
        let opened = place.fill();
        drop(opened);
        assert_eq!(place.saved().mail, [mail(7)]);
        fs::write(&place.path, "letter").expect("a file");
        let aside = Mailbox::open(&place.path).expect("a new mailbox").aside;
        assert!(aside.is_some());
    }
    let names: Vec<_> = place.files().into_keys().collect();
    let aside = names.iter().filter(|name| name.contains("damaged")).count();
    assert_eq!(
        aside, 3,
        "three within a second, and each has its name: {names:?}"
    );
}

#[test]
fn a_store_without_its_file_keeps_its_log() {
    let place = Place::new();
    let opened = place.fill();
    let log = fs::read(place.beside("-wal")).expect("a log");
    drop(opened);
    for empty in [true, false] {
        fs::write(place.beside("-wal"), &log).expect("a file");
        fs::remove_file(&place.path).expect("a file");
        if empty {
            fs::write(&place.path, "").expect("a file");
        }
        let aside = Mailbox::open(&place.path).expect("a new mailbox").aside;
        let aside = aside.expect("the log was moved").path;
        let name = aside.file_name().expect("a name").to_string_lossy();
        assert_eq!(place.store_files(&name)["-wal"], log);
    }
}

#[test]
fn an_empty_file_is_a_new_store() {
    let place = Place::new();
    fs::write(&place.path, "").expect("a file");
    let opened = Mailbox::open(&place.path).expect("a new mailbox");
    assert!(opened.aside.is_none());
}

#[test]
fn another_programs_database_is_left_alone() {
    for statement in [
        "CREATE TABLE people (name TEXT); PRAGMA user_version = 1",
        "CREATE TABLE t (x)",
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 7",
        "PRAGMA journal_mode = WAL; CREATE TABLE t (x); PRAGMA application_id = 7",
    ] {
        let place = Place::new();
        place.edit(statement);
        let before = place.files();
        let error = Mailbox::open(&place.path).expect_err(statement);
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert!(place.files() == before, "{statement}");
    }
}

#[test]
fn a_reserve_is_held_and_really_there() {
    let place = Place::new();
    let opened = place.fill();
    assert_eq!(opened.room, Room::Plenty);
    let reserve = fs::read(place.beside(".reserve")).expect("a reserve");
    assert_eq!(reserve.len(), RESERVE_BYTES);
    let zeros = reserve.iter().filter(|byte| **byte == 0).count();
    assert!(zeros < RESERVE_BYTES / 100, "{zeros} zeros");
}

#[test]
fn without_room_for_a_reserve_the_store_opens_and_takes_it_when_there_is_room() {
    let place = Place::new();
    // Nothing can be written there, as on a full disk.
    fs::create_dir(place.beside(".reserve")).expect("a folder");
    let mut opened = Mailbox::open(&place.path).expect("a mailbox");
    assert_eq!(opened.room, Room::Scarce);
    let mut commit = |id| opened.mailbox.commit(&[Record::Mail(mail(id))]);
    for id in 0..20 {
        assert_eq!(commit(id).expect("a good batch"), Room::Scarce);
    }
    fs::remove_dir(place.beside(".reserve")).expect("a folder");
    let plenty = (20..40).find(|id| commit(*id).expect("a good batch") == Room::Plenty);
    assert!(plenty.is_some_and(|id| id < 30), "{plenty:?}");
    let reserve = fs::metadata(place.beside(".reserve")).expect("a reserve");
    assert_eq!(reserve.len(), RESERVE_BYTES as u64);
}

#[test]
fn a_reserve_that_was_cut_short_is_made_anew() {
    let place = Place::new();
    drop(place.fill());
    fs::write(place.beside(".reserve"), "short").expect("a file");
    assert_eq!(place.fill_again().room, Room::Plenty);
    let reserve = fs::metadata(place.beside(".reserve")).expect("a reserve");
    assert_eq!(reserve.len(), RESERVE_BYTES as u64);
}

type Damage = Box<dyn Fn(&Place)>;
type Change = fn(&mut Vec<u8>);

/// What can befall a file's bytes, by the word that its new name then has.
const TO_BYTES: [(&str, Change); 8] = [
    ("damaged in the middle", |bytes| bytes[4096..].fill(0x5a)),
    ("damaged in one page", |bytes| bytes[8192..9000].fill(0xff)),
    ("damaged and cut", |bytes| bytes.truncate(bytes.len() / 2)),
    ("damaged and cut within a page", |bytes| {
        bytes.truncate(5000)
    }),
    ("damaged and cut to a few bytes", |bytes| bytes.truncate(70)),
    ("damaged header", |bytes| bytes[..16].fill(b'x')),
    ("damaged all over", |bytes| bytes.fill(0)),
    ("damaged to a letter", |bytes| *bytes = b"letter".to_vec()),
];

/// What can befall what is in it.
const TO_ROWS: [(&str, &str); 21] = [
    ("damaged schema number", "PRAGMA user_version = 0"),
    ("damaged schema", "DROP TABLE expired"),
    (
        "damaged column",
        "ALTER TABLE mail RENAME COLUMN seq TO place",
    ),
    ("damaged address", "UPDATE people SET address = 'home'"),
    ("damaged flag", "UPDATE people SET extended = 2"),
    ("damaged name", "UPDATE mail SET recipient = 'a b'"),
    ("damaged place", "UPDATE mail SET seq = 0"),
    ("damaged stream", "UPDATE mail SET stream = -1"),
    ("damaged lowest place", "UPDATE mail SET lowest = 9"),
    ("damaged part", "UPDATE mail SET part_index = 2"),
    ("damaged count", "UPDATE mail SET part_count = 1 << 40"),
    (
        "damaged text",
        "UPDATE mail SET text = CAST(zeroblob(20000) AS TEXT)",
    ),
    (
        "damaged text, no UTF-8",
        "UPDATE mail SET text = CAST(x'ff' AS TEXT)",
    ),
    (
        "damaged receipt",
        "INSERT INTO receipts VALUES (3, 'y', 1 << 60)",
    ),
    (
        "damaged stream's sender",
        "INSERT INTO classic_streams VALUES ('', 'x', 1, 1)",
    ),
    ("damaged epoch", "INSERT INTO epoch VALUES (1, -1)"),
    ("damaged bound", "INSERT INTO passed VALUES (1, 'x', 0)"),
    ("damaged expiry", "INSERT INTO expired VALUES (1, 1, 'a b')"),
    ("damaged block", "INSERT INTO blocked VALUES ('10.0.0.300')"),
    ("newer", "PRAGMA user_version = 4"),
    (
        "newer by far",
        "PRAGMA user_version = 2000000000; DROP TABLE people",
    ),
];

fn damages() -> Vec<(&'static str, Damage)> {
    let to_bytes = TO_BYTES.map(|(what, change)| -> (_, Damage) {
        let damage = move |place: &Place| {
            let mut bytes = fs::read(&place.path).expect("a file");
            change(&mut bytes);
            fs::write(&place.path, bytes).expect("a file");
        };
        (what, Box::new(damage))
    });
    let to_rows = TO_ROWS.map(|(what, statement)| -> (_, Damage) {
        (what, Box::new(move |place| place.edit(statement)))
    });
    to_bytes.into_iter().chain(to_rows).collect()
}

/// A folder for one store.
struct Place {
    path: PathBuf,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("server.db");
        Self { path, folder }
    }

    /// A new mailbox with somebody and one mail.
    fn fill(&self) -> super_chatter::store::mailbox::Opened {
        let mut opened = self.fill_again();
        let person = Person {
            nickname: nickname("x"),
            address: ([127, 0, 0, 1], 1234).into(),
            extended: true,
            seen_ms: 5,
        };
        let records = [Record::Person(person), Record::Mail(mail(7))];
        let room = opened.mailbox.commit(&records).expect("a good batch");
        assert_eq!(room, Room::Plenty);
        opened
    }

    fn fill_again(&self) -> super_chatter::store::mailbox::Opened {
        let opened = Mailbox::open(&self.path).expect("a mailbox");
        assert!(opened.aside.is_none(), "{:?}", opened.aside);
        opened
    }

    fn saved(&self) -> Saved {
        self.fill_again().saved
    }

    fn edit(&self, statement: &str) {
        let connection = rusqlite::Connection::open(&self.path).expect("a database");
        connection
            .execute_batch(statement)
            .expect("a good statement");
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        name.into()
    }

    /// All files by their names, without those that hold nothing of a store's: an empty log is none.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let files = entries.map(|entry| entry.expect("an entry").path());
        let named = |path: PathBuf| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let content = fs::read(&path).expect("a file");
            (name, content)
        };
        let kept = |(name, content): &(String, Vec<u8>)| {
            !content.is_empty()
                && !name.ends_with(".lock")
                && !name.ends_with(".reserve")
                && !name.ends_with("-shm")
        };
        files.map(named).filter(kept).collect()
    }

    /// The files of the store of that name, by what follows the name.
    fn store_files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let parts = ["", "-wal"];
        let some = |content: &Vec<u8>| !content.is_empty();
        let file = |part: &&str| fs::read(self.folder.path().join(format!("{name}{part}")));
        let found = parts.iter().map(|part| (part.to_string(), file(part)));
        found
            .filter_map(|(part, file)| Some((part, file.ok().filter(some)?)))
            .collect()
    }
}

fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

fn mail(id: u64) -> Mail {
    let part = Part {
        stream: Stream(3),
        seq: Seq(5),
        lowest: Seq(4),
        index: 1,
        count: 1,
        written_ms: -1,
        attempt: 1,
    };
    Mail {
        id: MailId(id),
        recipient: nickname("x"),
        sender: nickname("y"),
        part,
        text: "你好".to_owned(),
        stored_ms: 6,
    }
}
