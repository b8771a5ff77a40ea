//! A mailbox or a profile that somebody edited, or that is no database at all: it is read, or moved
//! aside and said why; and a machine goes on from what was read.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use rusqlite::Connection;
use rusqlite::types::Value;
use super_chatter::machine::client::{self, Client, Command, OpenLine, Saved as Kept};
use super_chatter::machine::server::{Saved, Server};
use super_chatter::protocol::limits::TEXT_MAX;
use super_chatter::store::mailbox::Mailbox;
use super_chatter::store::profile::Profile;
use super_chatter::store::{Aside, StoreError};
use tempfile::TempDir;

use super::choices::Choices;
use super::watch::Watch;
use crate::bench::{nick, server_at};

/// Rows that are put into one file.
const ROWS_MAX: usize = 12;

/// Longest sentence about a file, in bytes, beside its path.
const SENTENCE_MAX: usize = 600;

const MAILBOX: &[(&str, &str)] = &[
    ("people", "nickname, address, extended, seen_ms"),
    (
        "mail",
        "id, recipient, sender, stream, seq, lowest, part_index, part_count, written_ms, text, stored_ms",
    ),
    ("receipts", "stream, sender, below"),
    ("classic_streams", "sender, recipient, stream, next"),
    ("epoch", "id, number"),
    ("passed", "stream, recipient, below"),
    ("expired", "stream, seq, sender"),
    ("blocked", "address"),
];

const PROFILE: &[(&str, &str)] = &[
    (
        "people",
        "id, nickname, last, read, unread, tab, draft, read_by, mark_stream, mark_below",
    ),
    (
        "lines",
        "id, person, text, at_ms, written_ms, path, delivery, settled, first, handing_over_ms, waiting_ms, stored_ms, done_ms",
    ),
    ("outgoing", "person, stream, lowest, next"),
    ("incoming", "stream, person, next"),
    ("pieces", "stream, text"),
    ("ends", "line, person, own, stream, below"),
];

pub fn rows(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("store.db");
    match choices.below(4) {
        0 => {
            fs::write(&path, choices.rest()).expect("a file");
            open_mailbox(&path);
        }
        1 => {
            fs::write(&path, choices.rest()).expect("a file");
            open_profile(&path);
        }
        2 => {
            fs::write(&path, empty_mailbox()).expect("a file");
            edit(&path, MAILBOX, choices);
            open_mailbox(&path);
        }
        _ => {
            fs::write(&path, empty_profile()).expect("a file");
            edit(&path, PROFILE, choices);
            open_profile(&path);
        }
    }
}

fn open_mailbox(path: &Path) {
    let opened = Mailbox::open(path).map(|opened| (opened.saved, opened.aside));
    let Some(saved) = looked_at(opened) else {
        return;
    };
    let again = Mailbox::open(path).expect("what was opened once");
    assert!(again.aside.is_none() && again.saved == saved);
    let Saved { people, mail, .. } = &saved;
    assert!(people.len() + mail.len() <= ROWS_MAX);
    let ordered = mail.is_sorted_by(|one, other| one.id < other.id);
    assert!(ordered && mail.iter().all(|mail| mail.text.len() <= TEXT_MAX));
    let mut watch = Watch::new(Server::new(7, saved));
    for ms in [0, 20, 30_000, 86_400_000] {
        watch.pass(ms);
    }
}

fn open_profile(path: &Path) {
    let opened = Profile::open(path).map(|opened| (opened.saved, opened.aside));
    let Some(saved) = looked_at(opened) else {
        return;
    };
    let again = Profile::open(path).expect("what was opened once");
    assert!(again.aside.is_none() && again.saved == saved);
    let Kept { open, .. } = &saved;
    let ordered = open.is_sorted_by(|one: &OpenLine, other| one.line.id < other.line.id);
    assert!(ordered && open.len() <= ROWS_MAX);
    let mut watch = Watch::new(Client::new(7, saved));
    watch.ask(Command::Send {
        to: nick("y"),
        text: "hi".to_owned(),
    });
    watch.ask(client::Command::Register {
        nickname: nick("x"),
        servers: vec![server_at()],
    });
    for ms in [0, 60, 500, 30_000] {
        watch.pass(ms);
    }
}

/// What was read, if anything was. Why not is one short sentence, and what could not be used is not
/// removed.
fn looked_at<T>(opened: Result<(T, Option<Aside>), StoreError>) -> Option<T> {
    let why = match &opened {
        Ok((_, None)) => return opened.ok().map(|(saved, _)| saved),
        Ok((_, Some(aside))) => {
            assert!(aside.path.exists());
            aside.why.to_string()
        }
        Err(error) => error.to_string(),
    };
    assert!(why.len() <= SENTENCE_MAX && !why.contains('\n'), "{why}");
    opened.ok().map(|(saved, _)| saved)
}

fn edit(path: &Path, tables: &[(&str, &str)], mut choices: Choices<'_>) {
    let connection = Connection::open(path).expect("our own file");
    connection
        .execute_batch("PRAGMA synchronous = OFF")
        .expect("a setting");
    // Somebody may have made a table anew that takes values of any kind.
    let loose = choices.byte();
    for (at, (table, columns)) in tables.iter().enumerate() {
        if loose >> at & 1 == 1 {
            let anew = format!("DROP TABLE {table}; CREATE TABLE {table} ({columns});");
            connection.execute_batch(&anew).expect("a table");
        }
    }
    for _ in 0..ROWS_MAX {
        if choices.is_over() {
            break;
        }
        let (table, columns) = choices.one(tables);
        let values: Vec<_> = columns.split(',').map(|_| value(&mut choices)).collect();
        let places = vec!["?"; values.len()].join(", ");
        let insert = format!("INSERT INTO {table} ({columns}) VALUES ({places})");
        // A strict table refuses values of another kind.
        let _ = connection.execute(&insert, rusqlite::params_from_iter(values));
    }
}

fn value(choices: &mut Choices<'_>) -> Value {
    let texts = [
        "x",
        "y",
        "a b",
        "",
        "10.0.0.1:5000",
        "[::1]:1",
        "\u{202e}",
        "é\0\n",
    ];
    match choices.byte() {
        number @ 0..100 => Value::Integer(i64::from(number) % 4),
        number @ 100..130 => Value::Integer(i64::from(number)),
        130..140 => Value::Integer(choices.number() as i64),
        140..145 => Value::Integer((1 << 53) - choices.below(3) as i64),
        145..150 => Value::Null,
        150..155 => Value::Real(f64::from_bits(choices.number())),
        155..165 => Value::Blob(choices.bytes(9).to_vec()),
        165..170 => Value::Text("x".repeat(TEXT_MAX + choices.below(2) as usize)),
        170..180 => Value::Text(choices.text()),
        at => Value::Text(texts[usize::from(at) % texts.len()].to_owned()),
    }
}

fn empty_mailbox() -> &'static [u8] {
    static EMPTY: OnceLock<Vec<u8>> = OnceLock::new();
    EMPTY.get_or_init(|| made(|path| drop(Mailbox::open(path).expect("a new mailbox"))))
}

fn empty_profile() -> &'static [u8] {
    static EMPTY: OnceLock<Vec<u8>> = OnceLock::new();
    EMPTY.get_or_init(|| made(|path| drop(Profile::open(path).expect("a new profile"))))
}

/// The bytes of the file that `make` makes.
fn made(make: impl FnOnce(&Path)) -> Vec<u8> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("store.db");
    make(&path);
    let connection = Connection::open(&path).expect("our own file");
    connection
        .pragma_query(None, "wal_checkpoint", |_| Ok(()))
        .expect("all in one file");
    drop(connection);
    fs::read(&path).expect("the file")
}
