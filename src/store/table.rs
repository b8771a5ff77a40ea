//! From the rows of a table to what they mean. A row may have been edited by hand: whatever does not
//! parse is an error that names the row. Which tables there are does not live here.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row};

use crate::protocol::limits::{NUMBER_END, PARTS_MAX, TEXT_MAX};
use crate::protocol::{Nickname, Seq};
use crate::store::StoreError;

/// Characters of a wrong value that an error shows.
const SHOWN_MAX: usize = 60;

/// What to read.
pub(super) struct Table<'a> {
    pub connection: &'a Connection,
    pub path: &'a Path,
    /// Its name in an error.
    pub table: &'static str,
    /// The first column names the row in an error.
    pub query: &'a str,
}

impl Table<'_> {
    /// Reads each row that the query gives for `parameters`.
    pub fn read<T>(
        &self,
        parameters: impl Params,
        parse: fn(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let unreadable = |source| {
            let path = self.path.to_owned();
            // A column that is not there. Its other words are our query.
            if let rusqlite::Error::SqlInputError { msg, .. } = source {
                return StoreError::Damaged { path, report: msg };
            }
            StoreError::Unreadable { path, source }
        };
        let mut statement = self
            .connection
            .prepare_cached(self.query)
            .map_err(unreadable)?;
        let mut rows = statement.query(parameters).map_err(unreadable)?;
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
pub(super) struct Fields<'a> {
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

    pub fn time(&self, column: &'static str) -> Result<i64, StoreError> {
        self.integer(column)
            .ok_or_else(|| self.wrong(column, "an integer"))
    }

    pub fn number(&self, column: &'static str) -> Result<u64, StoreError> {
        let number = self
            .integer(column)
            .and_then(|number| u64::try_from(number).ok());
        number
            .filter(|number| *number < NUMBER_END)
            .ok_or_else(|| self.wrong(column, "a number from 0 below 2^53"))
    }

    pub fn seq(&self, column: &'static str) -> Result<Seq, StoreError> {
        match self.number(column)? {
            0 => Err(self.wrong(column, "a number from 1")),
            seq => Ok(Seq(seq)),
        }
    }

    /// Nothing, or what `parse` makes of the column.
    pub fn optional<T>(
        &self,
        column: &'static str,
        parse: impl Fn(&Self, &'static str) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(_) | Err(_) => parse(self, column).map(Some),
        }
    }

    pub fn part_number(&self, column: &'static str) -> Result<u32, StoreError> {
        let number = u32::try_from(self.number(column)?).ok();
        number
            .filter(|number| (1..=PARTS_MAX).contains(number))
            .ok_or_else(|| self.wrong(column, "a part's number"))
    }

    pub fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        match self.integer(column) {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            Some(_) | None => Err(self.wrong(column, "0 or 1")),
        }
    }

    pub fn nickname(&self, column: &'static str) -> Result<Nickname, StoreError> {
        let nickname = self
            .text(column)
            .and_then(|text| Nickname::parse(text).ok());
        nickname.ok_or_else(|| self.wrong(column, "a nickname"))
    }

    pub fn address(&self, column: &'static str) -> Result<SocketAddr, StoreError> {
        let address = self.text(column).and_then(|text| text.parse().ok());
        address.ok_or_else(|| self.wrong(column, "an address with a port"))
    }

    pub fn ip(&self, column: &'static str) -> Result<IpAddr, StoreError> {
        let ip = self.text(column).and_then(|text| text.parse().ok());
        ip.ok_or_else(|| self.wrong(column, "an address without a port"))
    }

    pub fn message(&self, column: &'static str) -> Result<String, StoreError> {
        let text = self.text(column).filter(|text| text.len() <= TEXT_MAX);
        text.map(str::to_owned)
            .ok_or_else(|| self.wrong(column, "a text of at most 16 KiB"))
    }

    /// Of any length: what its writer accepted.
    pub fn string(&self, column: &'static str) -> Result<String, StoreError> {
        let text = self.text(column).map(str::to_owned);
        text.ok_or_else(|| self.wrong(column, "a text"))
    }

    pub fn wrong(&self, column: &'static str, expected: &'static str) -> StoreError {
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
