//! Looking things up in a client's profile, beside whoever writes it: earlier lines, a search, what
//! became of a line. Nothing is written here, and nothing that is asked takes long: every question has
//! a limit.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::machine::client::{Line, LineId};
use crate::protocol::Nickname;
use crate::store::file::BUSY_TIMEOUT;
use crate::store::profile_rows::{Reading, line, lines};
use crate::store::table::Fields;
use crate::store::{StoreError, words};

/// Most lines of one answer: more than any window shows. Whoever wants more asks again.
pub const ANSWER_MAX: usize = 1000;

/// A search for something without a letter or digit (an emoji, a smiley) looks through this many of
/// the latest lines: no index knows them, and so many are read in a twentieth of a second.
pub const SCAN_MAX: u64 = 100_000;

/// Most people that are listed: those with the latest lines.
pub const PEOPLE_MAX: usize = 10_000;

/// A reader of a profile that is open elsewhere.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    connection: Connection,
}

/// Where a page of a conversation is. The line that is named need not be there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The end.
    Latest,
    Before(LineId),
    After(LineId),
    /// Half of them before the line; the line itself is the first of the other half.
    Around(LineId),
}

/// Lines of a conversation that follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Oldest first.
    pub lines: Vec<Line>,
    /// There are lines before them, and behind them.
    pub earlier: bool,
    pub later: bool,
}

/// What to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// As it was typed: words that all have to be there, in any order, upper and lower case alike and
    /// without regard to accents. The last one may be a word's beginning, from two letters on. Text
    /// without spaces between its words is found by any run of its characters.
    pub text: String,
    /// Only lines with this person.
    pub peer: Option<Nickname>,
    /// Only lines before this one.
    pub before: Option<LineId>,
    /// Most lines to find, up to [`ANSWER_MAX`].
    pub limit: usize,
}

/// What became of a line, and when, in Unix milliseconds by the clock here. A retry begins it anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub line: Line,
    /// Nothing more will be known of it. A line of somebody else's always is.
    pub settled: bool,
    /// The peer had not answered in time.
    pub handing_over_ms: Option<i64>,
    /// Neither the peer nor the server had answered.
    pub waiting_ms: Option<i64>,
    /// The server had it on disk.
    pub stored_ms: Option<i64>,
    /// It was delivered, or had failed.
    pub done_ms: Option<i64>,
}

/// Somebody with whom there is a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub peer: Nickname,
    pub last: LineId,
    /// When the last line was accepted here, or came in, in Unix milliseconds.
    pub at_ms: i64,
}

impl History {
    /// Opens the profile in the file `path` for reading, while a
    /// [`Profile`](super::profile::Profile) has it open: that one has made and checked it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let unreadable = |source| StoreError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(unreadable)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(unreadable)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
        })
    }

    /// The lines with `peer` at an edge: at most `limit`, and at most [`ANSWER_MAX`].
    pub fn page(&self, peer: &Nickname, edge: Edge, limit: usize) -> Result<Page, StoreError> {
        let Some(person) = self.person(peer)? else {
            return Ok(Page::default());
        };
        let limit = limit.min(ANSWER_MAX);
        let reading = self.reading();
        // The first id behind the page's beginning, or before its end, where it has no lines.
        let (cut, lines) = match edge {
            Edge::Latest => (i64::MAX, reading.before(person, i64::MAX, limit)?),
            Edge::Before(line) => {
                let cut = below(Some(line));
                (cut, reading.before(person, cut, limit)?)
            }
            Edge::After(line) => {
                let cut = below(Some(line)).saturating_add(1);
                (cut, reading.since(person, cut, limit)?)
            }
            Edge::Around(line) => {
                let cut = below(Some(line));
                let mut lines = reading.before(person, cut, limit / 2)?;
                lines.extend(reading.since(person, cut, limit - limit / 2)?);
                (cut, lines)
            }
        };
        let first = lines.first().map_or(cut, |line| below(Some(line.id)));
        let end = lines.last().map_or(cut, |line| below(Some(line.id)) + 1);
        Ok(Page {
            earlier: !reading.before(person, first, 1)?.is_empty(),
            later: !reading.since(person, end, 1)?.is_empty(),
            lines,
        })
    }

    /// The lines that `search` finds, newest first.
    pub fn search(&self, search: &Search) -> Result<Vec<Line>, StoreError> {
        let typed = search.text.trim();
        let person = match &search.peer {
            None => None,
            Some(peer) => match self.person(peer)? {
                None => return Ok(Vec::new()),
                person @ Some(_) => person,
            },
        };
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        let before = below(search.before);
        let limit = search.limit.min(ANSWER_MAX) as i64;
        let Some(query) = words::query(typed) else {
            return self.scan(typed, person, before, limit);
        };
        let within = person.map_or(String::new(), |person| {
            format!("person : \"{person}\" AND ")
        });
        let found = lines!(
            "words CROSS JOIN lines ON lines.id = words.rowid",
            "WHERE words MATCH ?1 AND words.rowid < ?2 ORDER BY words.rowid DESC LIMIT ?3"
        );
        let query = format!("{within}text : ({query})");
        self.reading()
            .rows(("lines", found), (query, before, limit), line)
    }

    /// What became of a line; `None`: there is none.
    pub fn story(&self, line: LineId) -> Result<Option<Story>, StoreError> {
        let one = lines!("lines", "WHERE lines.id = ?1");
        let id = below(Some(line));
        let found = self.reading().rows(("lines", one), [id], story)?;
        Ok(found.into_iter().next())
    }

    /// With whom there is a history: the [`PEOPLE_MAX`] with the latest lines, latest first.
    pub fn people(&self) -> Result<Vec<Known>, StoreError> {
        let people = "SELECT people.id, nickname, last, at_ms FROM people
            LEFT JOIN lines ON lines.id = people.last WHERE last > 0 ORDER BY last DESC LIMIT ?1";
        self.reading()
            .rows(("people", people), [PEOPLE_MAX as i64], known)
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            connection: &self.connection,
            path: &self.path,
        }
    }

    fn person(&self, peer: &Nickname) -> Result<Option<i64>, StoreError> {
        let find = "SELECT id FROM people WHERE nickname = ?1";
        let found = self
            .connection
            .query_row(find, [peer.as_str()], |row| row.get(0));
        found.optional().map_err(|source| StoreError::Unreadable {
            path: self.path.clone(),
            source,
        })
    }

    fn scan(
        &self,
        typed: &str,
        person: Option<i64>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Line>, StoreError> {
        let found = lines!(
            "lines",
            "WHERE lines.id < ?2 AND lines.id >=
                min(?2, (SELECT coalesce(max(id), 0) + 1 FROM lines)) - ?3
                AND (?4 IS NULL OR lines.person = ?4) AND instr(lines.text, ?1) > 0
                ORDER BY lines.id DESC LIMIT ?5"
        );
        let values = (typed, before, SCAN_MAX as i64, person, limit);
        self.reading().rows(("lines", found), values, line)
    }
}

/// SQLite's integers are signed; no line has a greater number.
fn below(line: Option<LineId>) -> i64 {
    line.and_then(|line| i64::try_from(line.0).ok())
        .unwrap_or(i64::MAX)
}

fn story(fields: &Fields<'_>) -> Result<Story, StoreError> {
    let time = |column| fields.optional(column, Fields::time);
    Ok(Story {
        line: line(fields)?,
        settled: fields.optional("settled", Fields::flag)?.unwrap_or(true),
        handing_over_ms: time("handing_over_ms")?,
        waiting_ms: time("waiting_ms")?,
        stored_ms: time("stored_ms")?,
        done_ms: time("done_ms")?,
    })
}

fn known(fields: &Fields<'_>) -> Result<Known, StoreError> {
    Ok(Known {
        peer: fields.nickname("nickname")?,
        last: LineId(fields.number("last")?),
        at_ms: fields.time("at_ms")?,
    })
}
