//! The server's register and mail in one SQLite file. What a row means is the subject of `rows`, the
//! file itself of `file`; what is kept, and for how long, is the server machine's decision.

use std::path::Path;

use rusqlite::{Transaction, params};

use crate::machine::Room;
use crate::machine::server::{
    ClassicStream, HeldExpiry, HeldReceipt, Mail, Passed, Person, Record, Saved,
};
use crate::protocol::Expired;
use crate::store::StoreError;
use crate::store::aside::Aside;
use crate::store::file::{self, Database, Kind, integer};
use crate::store::rows;

/// `scMB`, big-endian.
const KIND: Kind = Kind {
    application: 0x7363_4d42,
    // A host's batches are large: an emptying for each few of them would cost more than they do.
    log_bytes: 4 << 20,
    unmarked: Some("classic_streams"),
    steps: STEPS,
    // Its pieces of mail are small and many: what is removed is soon written over.
    erases: false,
};

/// The steps from an empty file on.
const STEPS: &[&str] = &[TABLES, EPOCH_AND_EXPIRY, BLOCKED];

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
";

/// What was settled of a stream is of use only while mail of it is kept.
const EPOCH_AND_EXPIRY: &str = "
CREATE TABLE epoch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;
CREATE TABLE passed (
    stream INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL,
    below INTEGER NOT NULL
) STRICT;
CREATE TABLE expired (
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sender TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT;
CREATE INDEX mail_of_stream ON mail (stream);
CREATE TRIGGER last_of_stream AFTER DELETE ON mail
WHEN NOT EXISTS (SELECT 1 FROM mail WHERE stream = OLD.stream)
BEGIN
    DELETE FROM passed WHERE stream = OLD.stream;
END;
";

/// An address as it is written, without a port.
const BLOCKED: &str = "CREATE TABLE blocked (address TEXT PRIMARY KEY) STRICT;";

/// An open mailbox. While it is open nobody else can open it.
#[derive(Debug)]
pub struct Mailbox(Database);

/// A mailbox and what is in it.
#[derive(Debug)]
pub struct Opened {
    pub mailbox: Mailbox,
    pub saved: Saved,
    /// The mailbox that was there before and can't be used.
    pub aside: Option<Aside>,
    pub room: Room,
}

impl Mailbox {
    /// Opens the mailbox in the file `path` and reads all of it. The file is made, with its folder,
    /// when it is not there; on Unix for nobody but their owner. A damaged or newer one is moved
    /// aside for a new one.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        let (database, saved, aside) = file::open(path, &KIND, rows::read_all)?;
        Ok(Opened {
            room: database.room(),
            mailbox: Self(database),
            saved,
            aside,
        })
    }

    /// Puts `records` on the disk in their order: all of them, or none and an error, which is for
    /// good. Answers whether there is room for more.
    pub fn commit(&mut self, records: &[Record]) -> Result<Room, StoreError> {
        let write = |transaction: &Transaction<'_>| {
            records
                .iter()
                .try_for_each(|record| apply(transaction, record))
        };
        self.0.commit(write)
    }
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
        Record::Receipt(held) => insert_receipt(transaction, held),
        Record::ReceiptTaken(stream) => run(
            "DELETE FROM receipts WHERE stream = ?1",
            params![integer(stream.0)?],
        ),
        Record::ClassicStream(stream) => insert_classic_stream(transaction, stream),
        Record::Epoch(epoch) => run(
            "REPLACE INTO epoch (id, number) VALUES (1, ?1)",
            params![integer(epoch.0)?],
        ),
        Record::Passed(Passed {
            recipient,
            stream,
            below,
        }) => run(
            "REPLACE INTO passed (stream, recipient, below) VALUES (?1, ?2, ?3)",
            params![integer(stream.0)?, recipient.as_str(), integer(below.0)?],
        ),
        Record::Expired(HeldExpiry { sender, expired }) => run(
            "REPLACE INTO expired (stream, seq, sender) VALUES (?1, ?2, ?3)",
            params![
                integer(expired.stream.0)?,
                integer(expired.seq.0)?,
                sender.as_str()
            ],
        ),
        Record::ExpiryTaken(Expired { stream, seq }) => run(
            "DELETE FROM expired WHERE stream = ?1 AND seq = ?2",
            params![integer(stream.0)?, integer(seq.0)?],
        ),
        Record::Blocked(ip) => run(
            "REPLACE INTO blocked (address) VALUES (?1)",
            params![ip.to_string()],
        ),
        Record::Unblocked(ip) => run(
            "DELETE FROM blocked WHERE address = ?1",
            params![ip.to_string()],
        ),
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

fn insert_receipt(transaction: &Transaction<'_>, held: &HeldReceipt) -> rusqlite::Result<()> {
    let mut statement = transaction
        .prepare_cached("REPLACE INTO receipts (stream, sender, below) VALUES (?1, ?2, ?3)")?;
    let HeldReceipt { sender, receipt } = held;
    statement.execute(params![
        integer(receipt.stream.0)?,
        sender.as_str(),
        integer(receipt.below.0)?
    ])?;
    Ok(())
}

fn insert_classic_stream(
    transaction: &Transaction<'_>,
    counted: &ClassicStream,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "REPLACE INTO classic_streams (sender, recipient, stream, next) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let ClassicStream {
        sender,
        recipient,
        stream,
        next,
    } = counted;
    statement.execute(params![
        sender.as_str(),
        recipient.as_str(),
        integer(stream.0)?,
        integer(next.0)?
    ])?;
    Ok(())
}
