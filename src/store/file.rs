//! What all our SQLite files have in common: one program at a time, commits that are on the disk when
//! they return, a check at opening, schemas that follow each other, a reserve for a full disk. What
//! is in the tables does not live here.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};

use crate::machine::Room;
use crate::store::aside::{Aside, move_aside};
use crate::store::reserve::Reserve;
use crate::store::{StoreError, beside, make_folder, private_file};

/// How long to wait for a program that looks into the file from outside (a backup, `sqlite3`).
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_millis(250);

/// Statements that are kept ready: more than any store has.
const STATEMENTS: usize = 64;

/// A file up to this size, in bytes, is read whole and checked at each opening: a fifth of a second.
/// A larger one only after an end that was not orderly.
const CHECK_MAX: u64 = 64 << 20;

/// SQLite's numbers for a write, and for a growth of its shared memory, that failed for a reason
/// that the system told: a quota that is used up is one.
const IOERR_WRITE: i32 = 778;
const IOERR_SHMSIZE: i32 = 4874;

/// SQLite's page, in bytes.
const PAGE_BYTES: usize = 4096;

/// What a file of ours is.
pub(super) struct Kind {
    /// Stands in the file's header (`application_id`).
    pub application: i32,
    /// How far the write-ahead log grows, in bytes, before it is emptied into the file. Twice as much
    /// is held in reserve: the whole log, and as much again.
    pub log_bytes: usize,
    /// A table by which a file of the first schema is known, where that one had no mark in its
    /// header.
    pub unmarked: Option<&'static str>,
    /// What makes each schema from the one before it; the first begins with an empty file. The
    /// schema's number, kept in `user_version`, is that of the steps that were taken.
    pub steps: &'static [&'static str],
    /// What is deleted is written over with zeros at once, which costs a write for each page that becomes
    /// free. It still stands in the log until that is emptied, and wherever the disk or a backup
    /// has copies of its own.
    pub erases: bool,
}

/// An open file. While it is open nobody else can open it.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    connection: Connection,
    reserve: Reserve,
    /// Held, never read: it ends with the database.
    _lock: Lock,
}

/// A locked file. Its end is told to the system: closing it is not enough while a program that was
/// started meanwhile, and has not come to itself yet, holds a copy of it.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // A lock that can't be given back ends with the program.
        let _ = self.0.unlock();
    }
}

/// Opens the file `path` and reads what is in it. The file is made, with its folder, when it is not
/// there; on Unix for nobody but their owner. One that is damaged or from a newer program is moved
/// aside and a new one is begun; another program's is left alone. On a full disk the reserve is given
/// up for it: what is kept can be read and removed.
pub(super) fn open<T>(
    path: &Path,
    kind: &Kind,
    read: impl Fn(&Connection, &Path) -> Result<T, StoreError>,
) -> Result<(Database, T, Option<Aside>), StoreError> {
    let folder = path.parent();
    if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let lock = lock(path)?;
    let mut reserve = Reserve::find(path, 2 * kind.log_bytes);
    let mut begin = || match begin(path, kind, &read) {
        Err(StoreError::NoRoom { .. }) if reserve.give() => begin(path, kind, &read),
        begun => begun,
    };
    let (opened, aside) = match begin() {
        Ok(opened) => (opened, None),
        Err(why) => {
            let Some(word) = unusable(&why) else {
                return Err(why);
            };
            let moved = move_aside(path, word)?;
            let why = why.into();
            let aside = Aside { path: moved, why };
            (begin()?, Some(aside))
        }
    };
    let (connection, content) = opened;
    reserve.on_open();
    let database = Database {
        path: path.to_owned(),
        connection,
        reserve,
        _lock: lock,
    };
    Ok((database, content, aside))
}

impl Database {
    /// Puts what `write` says on the disk: all of it, or none and an error, after which the store is
    /// to be closed. On a full disk the reserve is given up for it.
    pub fn commit(
        &mut self,
        write: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<Room, StoreError> {
        let mut written = in_transaction(&mut self.connection, &write);
        if written.as_ref().is_err_and(is_full) && self.reserve.give() {
            written = in_transaction(&mut self.connection, &write);
        } else if written.is_ok() {
            self.reserve.on_commit();
        }
        if let Err(source) = written {
            // The log stays, by which the next opening knows to look at all of the file.
            let _ = leave_log(&self.connection, true);
            return Err(unwritable(&self.path, source));
        }
        Ok(self.room())
    }

    pub fn room(&self) -> Room {
        self.reserve.room()
    }
}

/// SQLite's own locks let a second program in between two commits; this one does not.
fn lock(path: &Path) -> Result<Lock, StoreError> {
    let lock = beside(path, ".lock");
    let in_lock = |source: io::Error| StoreError::File {
        path: lock.clone(),
        source,
    };
    let file = private_file()
        .create(true)
        .truncate(false)
        .open(&lock)
        .map_err(in_lock)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(in_lock(source)),
    }
}

/// How a file is called from now on that this error is about, and that makes place for a new one.
fn unusable(why: &StoreError) -> Option<&'static str> {
    match why {
        StoreError::Newer { .. } => Some("newer"),
        StoreError::Damaged { .. } | StoreError::Row { .. } => Some("damaged"),
        // `Unknown` is SQLite's word for a table that is not there.
        StoreError::Unreadable { source, .. } => matches!(
            source.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown)
        )
        .then_some("damaged"),
        StoreError::File { .. }
        | StoreError::SetAside { .. }
        | StoreError::Exists { .. }
        | StoreError::Own { .. }
        | StoreError::InUse { .. }
        | StoreError::Foreign { .. }
        | StoreError::Setting { .. }
        | StoreError::NoRoom { .. }
        | StoreError::Write { .. } => None,
    }
}

fn begin<T>(
    path: &Path,
    kind: &Kind,
    read: impl Fn(&Connection, &Path) -> Result<T, StoreError>,
) -> Result<(Connection, T), StoreError> {
    let unreadable = |source| unreadable(path, source);
    let unwritable = |source| unwritable(path, source);
    let log = fs::metadata(beside(path, "-wal")).map(|log| log.len()).ok();
    let size = make_file(path)?;
    // SQLite would remove the log of a file that is empty.
    if size == 0 && log.is_some_and(|bytes| bytes > 0) {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            report: "it is empty, and its log is not".to_owned(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(unreadable)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(unreadable)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    leave_log(&connection, true).map_err(unreadable)?;
    let schema = identify(&connection, path, kind)?;
    if size <= CHECK_MAX || log.is_some() {
        check(&connection, path)?;
    }
    make_durable(&connection, path)?;
    let (pages, erases) = (kind.log_bytes / PAGE_BYTES, i32::from(kind.erases));
    let settings = format!("PRAGMA wal_autocheckpoint = {pages}; PRAGMA secure_delete = {erases}");
    connection.execute_batch(&settings).map_err(unreadable)?;
    let transaction = connection.transaction().map_err(unreadable)?;
    for (number, step) in (1..).zip(kind.steps).skip(schema) {
        let marks = format!(
            "PRAGMA application_id = {}; PRAGMA user_version = {number}",
            kind.application
        );
        transaction.execute_batch(step).map_err(unwritable)?;
        transaction.execute_batch(&marks).map_err(unwritable)?;
    }
    let content = read(&transaction, path)?;
    transaction.commit().map_err(unwritable)?;
    leave_log(&connection, false).map_err(unreadable)?;
    Ok((connection, content))
}

/// Makes the file when it is not there. Answers its size, in bytes.
fn make_file(path: &Path) -> Result<u64, StoreError> {
    let file = private_file().create(true).truncate(false).open(path);
    let size = file.and_then(|file| Ok(file.metadata()?.len()));
    size.map_err(|source| StoreError::File {
        path: path.to_owned(),
        source,
    })
}

/// Whether closing leaves the log as it is, instead of taking it into the file: nothing is written
/// to a file that is not understood.
fn leave_log(connection: &Connection, leave: bool) -> rusqlite::Result<bool> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave)
}

/// The steps that were taken in this file; none: it is new. An error when it is not ours to change.
fn identify(connection: &Connection, path: &Path, kind: &Kind) -> Result<usize, StoreError> {
    let number = |query: &str| {
        let answer = connection.query_row(query, [], |row| row.get::<_, i64>(0));
        answer.map_err(|source| unreadable(path, source))
    };
    let application = number("PRAGMA application_id")?;
    let schema = number("PRAGMA user_version")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    if (application, schema, tables) == (0, 0, 0) {
        return Ok(0);
    }
    let unmarked = match kind.unmarked {
        Some(table) if (application, schema) == (0, 1) => number(&format!(
            "SELECT count(*) FROM sqlite_schema WHERE name = '{table}'"
        ))?,
        Some(_) | None => 0,
    };
    if application != i64::from(kind.application) && unmarked == 0 {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
        });
    }
    let known = kind.steps.len();
    match usize::try_from(schema) {
        Ok(schema) if (1..=known).contains(&schema) => Ok(schema),
        Ok(found) if found > known => Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        }),
        Ok(_) | Err(_) => Err(StoreError::Damaged {
            path: path.to_owned(),
            report: format!("it has the schema {schema}"),
        }),
    }
}

fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let report: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|source| unreadable(path, source))?;
    if report != "ok" {
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            report,
        });
    }
    Ok(())
}

/// A commit is on the disk when it returns. Some file systems can't do it: then there is no store.
fn make_durable(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let unreadable = |source| unreadable(path, source);
    let setting = |name, expected, got| StoreError::Setting {
        path: path.to_owned(),
        name,
        expected,
        got,
    };
    let journal: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(unreadable)?;
    if journal != "wal" {
        return Err(setting("journal_mode", "wal", journal));
    }
    // The last two make a Mac's disk empty its cache; elsewhere they change nothing.
    for (name, value, expected) in [
        ("synchronous", 2, "2 (full)"),
        ("fullfsync", 1, "1"),
        ("checkpoint_fullfsync", 1, "1"),
    ] {
        connection
            .execute_batch(&format!("PRAGMA {name} = {value}"))
            .map_err(unreadable)?;
        let got: i64 = connection
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
            .map_err(unreadable)?;
        if got != value {
            return Err(setting(name, expected, got.to_string()));
        }
    }
    Ok(())
}

fn in_transaction(
    connection: &mut Connection,
    write: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    write(&transaction)?;
    transaction.commit()
}

/// Reading writes, too: the log's index.
fn unreadable(path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    if is_full(&source) {
        StoreError::NoRoom { path, source }
    } else {
        StoreError::Unreadable { path, source }
    }
}

fn unwritable(path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    if is_full(&source) {
        StoreError::NoRoom { path, source }
    } else {
        StoreError::Write { path, source }
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    let Some(failure) = error.sqlite_error() else {
        return false;
    };
    failure.code == ErrorCode::DiskFull
        || [IOERR_WRITE, IOERR_SHMSIZE].contains(&failure.extended_code)
}

/// SQLite's integers are signed; the wire's numbers keep below 2^53.
pub(super) fn integer(number: u64) -> rusqlite::Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const KIND: Kind = Kind {
        log_bytes: 4 << 20,
        application: 7,
        unmarked: None,
        steps: &["CREATE TABLE t (x BLOB NOT NULL) STRICT"],
        erases: false,
    };

    /// Pages of a disk that is full, and of one where somebody made room.
    const FULL: u32 = 40;
    const ROOMY: u32 = 100_000;

    /// Writes as to a disk that has `FULL` pages, and more when the reserve is gone.
    fn on_small_disk(transaction: &Transaction<'_>, sql: &str) -> rusqlite::Result<()> {
        let path = PathBuf::from(transaction.path().expect("a file"));
        let held = beside(&path, ".reserve").exists();
        let pages = if held { FULL } else { ROOMY };
        let set = format!("PRAGMA max_page_count = {pages}");
        transaction.query_row(&set, [], |_| Ok(()))?;
        transaction.execute_batch(sql)
    }

    fn count(database: &Database) -> i64 {
        let count = "SELECT count(*) FROM t";
        let count = database.connection.query_row(count, [], |row| row.get(0));
        count.expect("a table")
    }

    fn database(folder: &TempDir) -> Database {
        let path = folder.path().join("store.db");
        let opened = open(&path, &KIND, |_, _| Ok(()));
        opened.expect("a new store").0
    }

    const LINE: &str = "INSERT INTO t VALUES (zeroblob(20000))";

    #[test]
    fn on_a_full_disk_a_commit_takes_the_reserve_and_says_so() {
        let folder = TempDir::new().expect("a folder");
        let mut database = database(&folder);
        let mut lines = 0;
        let room = loop {
            lines += 1;
            let room = database.commit(|transaction| on_small_disk(transaction, LINE));
            match room.expect("the reserve is there") {
                Room::Plenty => assert!(lines < 20, "the disk is full"),
                Room::Scarce => break Room::Scarce,
            }
        };
        assert_eq!(database.room(), room);
        assert_eq!(
            count(&database),
            lines,
            "the line that found it full is there, once"
        );
        let deleted = database.commit(|transaction| on_small_disk(transaction, "DELETE FROM t"));
        assert_eq!(deleted.expect("there is room to delete"), Room::Scarce);
        assert_eq!(count(&database), 0);
        for _ in 0..20 {
            database.commit(|_| Ok(())).expect("nothing to write");
        }
        assert_eq!(database.room(), Room::Plenty, "there is room again");
    }

    #[test]
    fn without_the_reserve_a_full_disk_is_an_error_and_nothing_is_half_written() {
        let folder = TempDir::new().expect("a folder");
        let mut database = database(&folder);
        let commit = database.commit(|transaction| transaction.execute_batch(LINE));
        commit.expect("there is room");
        let small = format!("PRAGMA max_page_count = {FULL}");
        let write = |transaction: &Transaction<'_>| {
            transaction.query_row(&small, [], |_| Ok(()))?;
            (0..20).try_for_each(|_| transaction.execute_batch(LINE))
        };
        let error = database.commit(write).expect_err("no room with it either");
        assert!(matches!(error, StoreError::NoRoom { .. }), "{error}");
        assert_eq!(
            database.room(),
            Room::Scarce,
            "the reserve was given for it"
        );
        assert_eq!(count(&database), 1);
    }

    #[test]
    fn another_error_does_not_cost_the_reserve() {
        let folder = TempDir::new().expect("a folder");
        let mut database = database(&folder);
        let wrong = |transaction: &Transaction<'_>| {
            transaction.execute_batch(LINE)?;
            transaction.execute_batch("INSERT INTO t VALUES (NULL)")
        };
        database.commit(wrong).expect_err("a wrong value");
        assert_eq!(database.room(), Room::Plenty);
        assert_eq!(count(&database), 0);
    }

    #[test]
    fn after_a_commit_that_failed_the_next_opening_looks_at_all_of_the_file() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("store.db");
        let log = beside(&path, "-wal");
        drop(database(&folder));
        assert!(!log.exists(), "an orderly end");
        let mut failing = database(&folder);
        failing
            .commit(|transaction| transaction.execute_batch("INSERT INTO t VALUES (NULL)"))
            .expect_err("a wrong value");
        drop(failing);
        assert!(log.exists(), "by this it is known");
    }

    #[test]
    fn a_commit_is_on_the_disk_when_it_returns() {
        let folder = TempDir::new().expect("a folder");
        let database = database(&folder);
        let setting = |name: &str| {
            let query = format!("PRAGMA {name}");
            let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
            let value = database.connection.query_row(&query, [], value);
            format!("{:?}", value.expect("a setting"))
        };
        assert_eq!(setting("journal_mode"), "Text(\"wal\")");
        assert_eq!(setting("synchronous"), "Integer(2)");
        assert_eq!(setting("fullfsync"), "Integer(1)");
        assert_eq!(setting("checkpoint_fullfsync"), "Integer(1)");
    }
}
