//! The server's register and mail in one SQLite file. What a row means is the subject of `rows`;
//! what is kept, and for how long, is the server machine's decision.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, params};

use crate::machine::server::{ClassicStream, HeldReceipt, Mail, Person, Record, Saved};
use crate::store::{StoreError, make_folder, private_file, rows};

/// The schema's number, kept in `user_version`. A file without one is new.
const SCHEMA: i64 = 1;

/// How long to wait for a program that looks into the file from outside (a backup, `sqlite3`).
const BUSY_TIMEOUT: Duration = Duration::from_millis(250);

const TABLES: &str = "
CREATE TABLE people (
    nickname TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    extended INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE mail (
    id INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL,
    sender TEXT NOT NULL,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lowest INTEGER NOT NULL,
    part_index INTEGER NOT NULL,
    part_count INTEGER NOT NULL,
    written_ms INTEGER NOT NULL,
    text TEXT NOT NULL,
    stored_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE receipts (
    stream INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    below INTEGER NOT NULL
) STRICT;
CREATE TABLE classic_streams (
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    stream INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (sender, recipient)
) STRICT;
PRAGMA user_version = 1;
";

/// An open mailbox. While it is open nobody else can open it.
#[derive(Debug)]
pub struct Mailbox {
    path: PathBuf,
    connection: Connection,
    /// Held, never read: it ends with the mailbox.
    _lock: File,
}

impl Mailbox {
    /// Opens the mailbox in the file `path` and reads all of it. The file is made, with its folder,
    /// when it is not there; on Unix for nobody but their owner. Nothing is written to a file that
    /// is not understood.
    pub fn open(path: &Path) -> Result<(Self, Saved), StoreError> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            make_folder(folder)?;
        }
        let lock = lock(path)?;
        let in_file = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        private_file()
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(in_file)?;

        let unreadable = |source| StoreError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(unreadable)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(unreadable)?;
        let saved = if is_new(&connection, path)? {
            make_durable(&connection, path)?;
            let tables = |transaction: &Transaction<'_>| transaction.execute_batch(TABLES);
            in_transaction(&mut connection, tables).map_err(|source| StoreError::Write {
                path: path.to_owned(),
                source,
            })?;
            Saved::default()
        } else {
            check(&connection, path)?;
            let saved = rows::read_all(&connection, path)?;
            make_durable(&connection, path)?;
            saved
        };
        Ok((
            Self {
                path: path.to_owned(),
                connection,
                _lock: lock,
            },
            saved,
        ))
    }

    /// Puts `records` on the disk in their order: all of them, or none and an error.
    pub fn commit(&mut self, records: &[Record]) -> Result<(), StoreError> {
        let write = |transaction: &Transaction<'_>| {
            records
                .iter()
                .try_for_each(|record| apply(transaction, record))
        };
        in_transaction(&mut self.connection, write).map_err(|source| StoreError::Write {
            path: self.path.clone(),
            source,
        })
    }
}

/// SQLite's own locks let a second program in between two commits; this one does not.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
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
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(in_lock(source)),
    }
}

/// Whether there is nothing in the file yet. An error when it holds what this program doesn't know.
fn is_new(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let number = |query: &str| {
        let answer = connection.query_row(query, [], |row| row.get::<_, i64>(0));
        answer.map_err(|source| StoreError::Unreadable {
            path: path.to_owned(),
            source,
        })
    };
    let found = number("PRAGMA user_version")?;
    if found > SCHEMA {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: SCHEMA,
        });
    }
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    match (found, tables) {
        (SCHEMA, _) => Ok(false),
        (0, 0) => Ok(true),
        _ => Err(StoreError::Foreign {
            path: path.to_owned(),
        }),
    }
}

/// A commit is on the disk when it returns. Some file systems can't do it: then there is no mailbox.
fn make_durable(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let unreadable = |source| StoreError::Unreadable {
        path: path.to_owned(),
        source,
    };
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        .map_err(unreadable)?;
    let journal: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .map_err(unreadable)?;
    let setting = |name, expected, got| StoreError::Setting {
        path: path.to_owned(),
        name,
        expected,
        got,
    };
    if journal != "wal" {
        return Err(setting("journal_mode", "wal", journal));
    }
    let synchronous: i64 = connection
        .query_row("PRAGMA synchronous", [], |row| row.get(0))
        .map_err(unreadable)?;
    if synchronous != 2 {
        return Err(setting("synchronous", "2 (full)", synchronous.to_string()));
    }
    Ok(())
}

fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let report: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|source| StoreError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
    if report != "ok" {
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            report,
        });
    }
    Ok(())
}

fn in_transaction(
    connection: &mut Connection,
    write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    write(&transaction)?;
    transaction.commit()
}

fn apply(transaction: &Transaction<'_>, record: &Record) -> rusqlite::Result<()> {
    let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| {
        transaction
            .prepare_cached(statement)?
            .execute(values)
            .map(|_| ())
    };
    match record {
        Record::Person(Person {
            nickname,
            address,
            extended,
            seen_ms,
        }) => run(
            "REPLACE INTO people (nickname, address, extended, seen_ms) VALUES (?1, ?2, ?3, ?4)",
            params![nickname.as_str(), address.to_string(), extended, seen_ms],
        ),
        Record::Mail(mail) => insert_mail(transaction, mail),
        Record::MailRemoved(id) => run("DELETE FROM mail WHERE id = ?1", params![integer(id.0)?]),
        Record::Receipt(HeldReceipt { sender, receipt }) => run(
            "REPLACE INTO receipts (stream, sender, below) VALUES (?1, ?2, ?3)",
            params![
                integer(receipt.stream.0)?,
                sender.as_str(),
                integer(receipt.below.0)?
            ],
        ),
        Record::ReceiptTaken(stream) => run(
            "DELETE FROM receipts WHERE stream = ?1",
            params![integer(stream.0)?],
        ),
        Record::ClassicStream(ClassicStream {
            sender,
            recipient,
            stream,
            next,
        }) => run(
            "REPLACE INTO classic_streams (sender, recipient, stream, next) VALUES (?1, ?2, ?3, ?4)",
            params![
                sender.as_str(),
                recipient.as_str(),
                integer(stream.0)?,
                integer(next.0)?
            ],
        ),
        Record::Epoch(_) | Record::Passed(_) | Record::Expired(_) | Record::ExpiryTaken(_) => {
            Ok(())
        }
    }
}

fn insert_mail(transaction: &Transaction<'_>, mail: &Mail) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO mail (id, recipient, sender, stream, seq, lowest, part_index, part_count,
            written_ms, text, stored_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let Mail {
        id,
        recipient,
        sender,
        part,
        text,
        stored_ms,
    } = mail;
    statement.execute(params![
        integer(id.0)?,
        recipient.as_str(),
        sender.as_str(),
        integer(part.stream.0)?,
        integer(part.seq.0)?,
        integer(part.lowest.0)?,
        part.index,
        part.count,
        part.written_ms,
        text,
        stored_ms
    ])?;
    Ok(())
}

/// SQLite's integers are signed; the wire's numbers keep below 2^53.
fn integer(number: u64) -> rusqlite::Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
