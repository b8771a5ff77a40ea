//! From rows to what the server keeps. A row may have been edited by hand: whatever does not parse
//! is an error that names the row. Files and commits do not live here.

use std::net::SocketAddr;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use crate::machine::server::{ClassicStream, HeldReceipt, Mail, MailId, Person, Saved};
use crate::protocol::limits::{NUMBER_END, PARTS_MAX, TEXT_MAX};
use crate::protocol::{Nickname, Part, Receipt, Seq, Stream};
use crate::store::StoreError;

/// Characters of a wrong value that an error shows.
const SHOWN_MAX: usize = 60;

/// Reads all that is kept.
pub(super) fn read_all(connection: &Connection, path: &Path) -> Result<Saved, StoreError> {
    let people = "SELECT nickname, address, extended, seen_ms FROM people ORDER BY nickname";
    let mail = "SELECT id, recipient, sender, stream, seq, lowest, part_index, part_count,
        written_ms, text, stored_ms FROM mail ORDER BY id";
    let receipts = "SELECT stream, sender, below FROM receipts ORDER BY stream";
    let classic =
        "SELECT sender, recipient, stream, next FROM classic_streams ORDER BY sender, recipient";
    let table = |table, query| Table {
        connection,
        path,
        table,
        query,
    };
    Ok(Saved {
        people: table("people", people).read(person)?,
        mail: table("mail", mail).read(mail_part)?,
        receipts: table("receipts", receipts).read(receipt)?,
        classic_streams: table("classic_streams", classic).read(classic_stream)?,
        ..Saved::default()
    })
}

fn person(fields: &Fields<'_>) -> Result<Person, StoreError> {
    Ok(Person {
        nickname: fields.nickname("nickname")?,
        address: fields.address("address")?,
        extended: fields.flag("extended")?,
        seen_ms: fields.time("seen_ms")?,
    })
}

fn mail_part(fields: &Fields<'_>) -> Result<Mail, StoreError> {
    let part = Part {
        stream: Stream(fields.number("stream")?),
        seq: fields.seq("seq")?,
        lowest: fields.seq("lowest")?,
        index: fields.part_number("part_index")?,
        count: fields.part_number("part_count")?,
        written_ms: fields.time("written_ms")?,
        attempt: 1,
    };
    if part.lowest > part.seq {
        return Err(fields.wrong("lowest", "at most seq"));
    }
    if part.index > part.count {
        return Err(fields.wrong("part_index", "at most part_count"));
    }
    Ok(Mail {
        id: MailId(fields.number("id")?),
        recipient: fields.nickname("recipient")?,
        sender: fields.nickname("sender")?,
        part,
        text: fields.message("text")?,
        stored_ms: fields.time("stored_ms")?,
    })
}

fn receipt(fields: &Fields<'_>) -> Result<HeldReceipt, StoreError> {
    let stream = Stream(fields.number("stream")?);
    let receipt = Receipt {
        stream,
        below: fields.seq("below")?,
    };
    Ok(HeldReceipt {
        sender: fields.nickname("sender")?,
        receipt,
    })
}

fn classic_stream(fields: &Fields<'_>) -> Result<ClassicStream, StoreError> {
    Ok(ClassicStream {
        sender: fields.nickname("sender")?,
        recipient: fields.nickname("recipient")?,
        stream: Stream(fields.number("stream")?),
        next: fields.seq("next")?,
    })
}

struct Table<'a> {
    connection: &'a Connection,
    path: &'a Path,
    table: &'static str,
    /// The first column names the row in an error.
    query: &'static str,
}

impl Table<'_> {
    fn read<T>(
        &self,
        parse: fn(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let unreadable = |source| StoreError::Unreadable {
            path: self.path.to_owned(),
            source,
        };
        let mut statement = self.connection.prepare(self.query).map_err(unreadable)?;
        let mut rows = statement.query([]).map_err(unreadable)?;
        let mut parsed = Vec::new();
        while let Some(row) = rows.next().map_err(unreadable)? {
            parsed.push(parse(&Fields {
                row,
                table: self.table,
                path: self.path,
            })?);
        }
        Ok(parsed)
    }
}

/// A row with what an error needs to name it.
struct Fields<'a> {
    row: &'a Row<'a>,
    table: &'static str,
    path: &'a Path,
}

impl Fields<'_> {
    fn integer(&self, column: &str) -> Option<i64> {
        match self.row.get_ref(column).ok()? {
            ValueRef::Integer(number) => Some(number),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => None,
        }
    }

    fn text(&self, column: &str) -> Option<&str> {
        self.row.get_ref(column).ok()?.as_str().ok()
    }

    fn time(&self, column: &'static str) -> Result<i64, StoreError> {
        self.integer(column)
            .ok_or_else(|| self.wrong(column, "an integer"))
    }

    fn number(&self, column: &'static str) -> Result<u64, StoreError> {
        let number = self
            .integer(column)
            .and_then(|number| u64::try_from(number).ok());
        number
            .filter(|number| *number < NUMBER_END)
            .ok_or_else(|| self.wrong(column, "a number from 0 below 2^53"))
    }

    fn seq(&self, column: &'static str) -> Result<Seq, StoreError> {
        match self.number(column)? {
            0 => Err(self.wrong(column, "a number from 1")),
            seq => Ok(Seq(seq)),
        }
    }

    fn part_number(&self, column: &'static str) -> Result<u32, StoreError> {
        let number = u32::try_from(self.number(column)?).ok();
        number
            .filter(|number| (1..=PARTS_MAX).contains(number))
            .ok_or_else(|| self.wrong(column, "a part's number"))
    }

    fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        match self.integer(column) {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            Some(_) | None => Err(self.wrong(column, "0 or 1")),
        }
    }

    fn nickname(&self, column: &'static str) -> Result<Nickname, StoreError> {
        let nickname = self
            .text(column)
            .and_then(|text| Nickname::parse(text).ok());
        nickname.ok_or_else(|| self.wrong(column, "a nickname"))
    }

    fn address(&self, column: &'static str) -> Result<SocketAddr, StoreError> {
        let address = self.text(column).and_then(|text| text.parse().ok());
        address.ok_or_else(|| self.wrong(column, "an address with a port"))
    }

    fn message(&self, column: &'static str) -> Result<String, StoreError> {
        let text = self.text(column).filter(|text| text.len() <= TEXT_MAX);
        text.map(str::to_owned)
            .ok_or_else(|| self.wrong(column, "a text of at most 16 KiB"))
    }

    fn wrong(&self, column: &'static str, expected: &'static str) -> StoreError {
        let row = self
            .row
            .get_ref(0)
            .map_or_else(|error| error.to_string(), shown);
        let got = self
            .row
            .get_ref(column)
            .map_or_else(|error| error.to_string(), shown);
        StoreError::Row {
            path: self.path.to_owned(),
            table: self.table,
            row,
            column,
            expected,
            got,
        }
    }
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "nothing".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            format!("{:?}", text.chars().take(SHOWN_MAX).collect::<String>())
        }
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
