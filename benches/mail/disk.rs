//! The bare disk under the same folder for temporary files: bytes that are appended and synced, one
//! message at a time or some together, and SQLite's own transactions of them.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use rusqlite::Connection;

use crate::support::{Times, now};

/// A round ends after as many commits, or this time.
const COMMITS: usize = 300;
const ROUND: Duration = Duration::from_millis(500);

/// Appends `group` messages of `len` bytes and waits for the disk, again and again: the times of one
/// group.
pub fn append(group: usize, len: usize) -> Times {
    let mut file: File = tempfile::tempfile().expect("a temporary file");
    let bytes = vec![b'-'; group * len];
    repeat(|| {
        file.write_all(&bytes).expect("the disk has room");
        file.sync_data().expect("the disk works");
    })
}

/// The same in a table of SQLite, with a log that is synced at each commit.
pub fn sqlite(group: usize, len: usize) -> Times {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut connection = Connection::open(folder.path().join("bare.sqlite")).expect("a database");
    connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        })
        .expect("a log");
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL;
             CREATE TABLE mail (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
        )
        .expect("a table");
    let bytes = vec![b'-'; len];
    repeat(|| {
        let transaction = connection.transaction().expect("a transaction");
        for _ in 0..group {
            let mut insert = transaction
                .prepare_cached("INSERT INTO mail (bytes) VALUES (?1)")
                .expect("a statement");
            insert.execute([&bytes]).expect("the disk has room");
        }
        transaction.commit().expect("the disk works");
    })
}

fn repeat(mut commit: impl FnMut()) -> Times {
    let mut times = Times::default();
    let start = now();
    for _ in 0..COMMITS {
        let before = now();
        commit();
        times.push(before.elapsed());
        if start.elapsed() >= ROUND {
            break;
        }
    }
    times
}
