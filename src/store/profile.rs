//! A client's profile in one SQLite file: the history of its lines, what its delivery goes on from, and
//! where its user was. Writing lives here; what a row means is the subject of `profile_rows`, the file
//! itself of `file`, looking things up of [`history`](super::history).

use std::path::Path;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::machine::Room;
use crate::machine::client::{Delivery, Incoming, Line, LineId, Origin, Outgoing, Record, Saved};
use crate::protocol::{Nickname, Seq, Stream};
use crate::store::aside::Aside;
use crate::store::file::{self, Database, Kind, integer};
use crate::store::profile_rows::{self as rows, delivery_number, path_number};
use crate::store::profile_tables::STEPS;
use crate::store::{StoreError, words};

/// People whose conversations an [`Overview`] has in any case: those with the latest lines.
pub const PEOPLE_MAX: usize = 200;

/// Lines of an open tab that an [`Overview`] has: a few windows full. The rest is read when it is
/// looked at.
pub const LINES_MAX: usize = 200;

/// `scPF`, big-endian.
const KIND: Kind = Kind {
    application: 0x7363_5046,
    log_bytes: 1 << 20,
    unmarked: None,
    steps: STEPS,
    erases: true,
};

/// An open profile. While it is open nobody else can open it; a [`History`](super::history::History)
/// can be open beside it.
#[derive(Debug)]
pub struct Profile(Database);

/// A profile and what is in it.
#[derive(Debug)]
pub struct Opened {
    pub profile: Profile,
    pub saved: Saved,
    pub overview: Overview,
    pub room: Room,
    /// The profile that was there before and can't be used.
    pub aside: Option<Aside>,
}

/// Where the user was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// The open tabs in their order.
    pub tabs: Vec<Nickname>,
    /// The tab that was looked at; `None`: none, or one that was not among them.
    pub selected: Option<Nickname>,
    /// Everybody with a tab, a draft or unread lines, and the [`PEOPLE_MAX`] people with the latest
    /// lines; latest first.
    pub conversations: Vec<Conversation>,
}

/// What there is with one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub peer: Nickname,
    /// What stands in the message field.
    pub draft: String,
    /// Everything up to this line has been seen; 0: nothing.
    pub read: LineId,
    /// They have seen all own lines up to this one that were delivered; 0: none.
    pub read_by: LineId,
    /// Lines of the other's that have not been seen.
    pub unread: u64,
    /// The latest [`LINES_MAX`], oldest first; of a person without a tab the latest one.
    pub lines: Vec<Line>,
}

impl Profile {
    /// Opens the profile in the file `path`. The file is made, with its folder, when it is not there;
    /// on Unix for nobody but their owner. A damaged or newer one is moved aside for a new one.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        let (database, (saved, overview), aside) = file::open(path, &KIND, rows::read_all)?;
        Ok(Opened {
            room: database.room(),
            profile: Self(database),
            saved,
            overview,
            aside,
        })
    }

    /// Puts `records` on the disk in their order: all of them, or none and an error, which is for
    /// good. Answers whether there is room for more.
    pub fn commit(&mut self, records: &[Record]) -> Result<Room, StoreError> {
        let write = |transaction: &Transaction<'_>| {
            let profile = Writing(transaction);
            records.iter().try_for_each(|record| profile.apply(record))
        };
        self.0.commit(write)
    }
}

/// A commit that is being made.
struct Writing<'a>(&'a Transaction<'a>);

impl Writing<'_> {
    fn apply(&self, record: &Record) -> rusqlite::Result<()> {
        match record {
            Record::Line(line) => self.line(line),
            Record::Delivery {
                line,
                delivery,
                at_ms,
                settled,
            } => self.delivery(*line, *delivery, *at_ms, *settled),
            Record::Deleted(line) => self.deleted(*line),
            Record::Outgoing(outgoing) => self.outgoing(outgoing),
            Record::Placed { line, first } => self.run(
                "UPDATE lines SET first = ?2 WHERE id = ?1",
                params![integer(line.0)?, integer(first.0)?],
            ),
            Record::Incoming(incoming) => self.incoming(incoming),
            Record::IncomingForgotten(stream) => {
                self.run(
                    "DELETE FROM incoming WHERE stream = ?1",
                    params![integer(stream.0)?],
                )?;
                self.pieces_joined(*stream)
            }
            Record::Piece { stream, text } => self.run(
                "INSERT INTO pieces (stream, text) VALUES (?1, ?2)
                    ON CONFLICT (stream) DO UPDATE SET text = text || excluded.text",
                params![integer(stream.0)?, text],
            ),
            Record::PiecesJoined(stream) => self.pieces_joined(*stream),
            Record::Draft { peer, text } => self.run(
                "UPDATE people SET draft = ?2 WHERE id = ?1",
                params![self.person(peer)?, text],
            ),
            Record::Read { peer, line } => self.read(peer, *line),
            Record::ReadBy { peer, line } => self.read_by(peer, *line),
            Record::Ends { line, mark } => self.run(
                "REPLACE INTO ends (line, person, own, stream, below)
                    SELECT id, person, delivery IS NOT NULL, ?2, ?3 FROM lines WHERE id = ?1",
                params![
                    integer(line.0)?,
                    integer(mark.stream.0)?,
                    integer(mark.below.0)?
                ],
            ),
            Record::EndForgotten(line) => self.run(
                "DELETE FROM ends WHERE line = ?1",
                params![integer(line.0)?],
            ),
            Record::Tell { peer, mark } => self.run(
                "UPDATE people SET mark_stream = ?2, mark_below = ?3 WHERE id = ?1",
                params![
                    self.person(peer)?,
                    mark.map(|mark| integer(mark.stream.0)).transpose()?,
                    mark.map(|mark| integer(mark.below.0)).transpose()?
                ],
            ),
            Record::Tabs { tabs, selected } => self.tabs(tabs, selected.as_ref()),
        }
    }

    fn run(&self, statement: &str, values: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<()> {
        self.0.prepare_cached(statement)?.execute(values)?;
        Ok(())
    }

    /// The person's number, from now on if there was none.
    fn person(&self, nickname: &Nickname) -> rusqlite::Result<i64> {
        let mut find = self
            .0
            .prepare_cached("SELECT id FROM people WHERE nickname = ?1")?;
        let found = find.query_row([nickname.as_str()], |row| row.get(0));
        if let Some(person) = found.optional()? {
            return Ok(person);
        }
        let add = "INSERT INTO people (nickname) VALUES (?1)";
        self.run(add, params![nickname.as_str()])?;
        Ok(self.0.last_insert_rowid())
    }

    fn line(&self, line: &Line) -> rusqlite::Result<()> {
        let id = integer(line.id.0)?;
        let person = self.person(&line.peer)?;
        let (written_ms, path, delivery) = match line.origin {
            Origin::Own { delivery } => (None, None, Some(delivery)),
            Origin::Theirs { written_ms, path } => (written_ms, Some(path), None),
        };
        self.run(
            "INSERT INTO lines (id, person, text, at_ms, written_ms, path, delivery, settled)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id,
                person,
                line.text,
                line.at_ms,
                written_ms,
                path.map(path_number),
                delivery.map(delivery_number),
                delivery.map(|delivery| matches!(
                    delivery,
                    Delivery::Delivered(_) | Delivery::Failed(_)
                ))
            ],
        )?;
        self.run(
            "UPDATE people SET last = max(last, ?2), unread = unread + (?3 AND ?2 > read)
                WHERE id = ?1",
            params![person, id, path.is_some()],
        )?;
        self.run(
            "INSERT INTO words (rowid, person, text) VALUES (?1, ?2, ?3)",
            params![id, person.to_string(), words::spaced(&line.text)],
        )
    }

    fn deleted(&self, line: LineId) -> rusqlite::Result<()> {
        let id = integer(line.0)?;
        let mut delete = self.0.prepare_cached(
            "DELETE FROM lines WHERE id = ?1 RETURNING person, text, delivery IS NULL",
        )?;
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let gone: Option<(i64, String, bool)> = delete.query_row([id], row).optional()?;
        let Some((person, text, theirs)) = gone else {
            return Ok(());
        };
        // The index holds no text itself: it has to be told what to take out.
        self.run(
            "INSERT INTO words (words, rowid, person, text) VALUES ('delete', ?1, ?2, ?3)",
            params![id, person.to_string(), words::spaced(&text)],
        )?;
        self.run(
            "UPDATE people SET unread = unread - (?3 AND ?2 > read),
                last = (SELECT coalesce(max(id), 0) FROM lines WHERE person = people.id)
                WHERE id = ?1",
            params![person, id, theirs],
        )?;
        self.run(
            "INSERT INTO deleted (id, last) VALUES (1, ?1)
                ON CONFLICT (id) DO UPDATE SET last = max(last, excluded.last)",
            params![id],
        )
    }

    /// The first time that a line comes to each state is kept. A retry begins anew.
    fn delivery(
        &self,
        line: LineId,
        delivery: Delivery,
        at_ms: i64,
        settled: bool,
    ) -> rusqlite::Result<()> {
        let time = match delivery {
            Delivery::Trying => {
                return self.run(
                    "UPDATE lines SET delivery = ?2, settled = ?3, first = NULL,
                        handing_over_ms = NULL, waiting_ms = NULL, stored_ms = NULL, done_ms = NULL
                        WHERE id = ?1 AND delivery IS NOT NULL",
                    params![integer(line.0)?, delivery_number(delivery), settled],
                );
            }
            Delivery::HandingOver => "handing_over_ms",
            Delivery::Waiting => "waiting_ms",
            Delivery::Stored => "stored_ms",
            Delivery::Delivered(_) | Delivery::Failed(_) => "done_ms",
        };
        let statement = format!(
            "UPDATE lines SET delivery = ?2, settled = ?3, {time} = coalesce({time}, ?4)
                WHERE id = ?1 AND delivery IS NOT NULL"
        );
        self.run(
            &statement,
            params![integer(line.0)?, delivery_number(delivery), settled, at_ms],
        )
    }

    fn read(&self, peer: &Nickname, line: LineId) -> rusqlite::Result<()> {
        let seen = params![self.person(peer)?, integer(line.0)?];
        self.run(
            "UPDATE people SET read = max(read, ?2), unread = (SELECT count(*) FROM lines
                WHERE person = people.id AND lines.id > max(read, ?2) AND delivery IS NULL)
                WHERE id = ?1",
            seen,
        )?;
        self.run(
            "DELETE FROM ends WHERE person = ?1 AND own = 0 AND line <= ?2",
            seen,
        )
    }

    fn read_by(&self, peer: &Nickname, line: LineId) -> rusqlite::Result<()> {
        let seen = params![self.person(peer)?, integer(line.0)?];
        self.run(
            "UPDATE people SET read_by = max(read_by, ?2) WHERE id = ?1",
            seen,
        )?;
        self.run(
            "DELETE FROM ends WHERE person = ?1 AND own = 1 AND line <= ?2",
            seen,
        )
    }

    fn outgoing(&self, outgoing: &Outgoing) -> rusqlite::Result<()> {
        let Outgoing {
            peer,
            stream: Stream(stream),
            lowest: Seq(lowest),
            next: Seq(next),
        } = outgoing;
        self.run(
            "REPLACE INTO outgoing (person, stream, lowest, next) VALUES (?1, ?2, ?3, ?4)",
            params![
                self.person(peer)?,
                integer(*stream)?,
                integer(*lowest)?,
                integer(*next)?
            ],
        )
    }

    fn incoming(&self, incoming: &Incoming) -> rusqlite::Result<()> {
        let Incoming { stream, from, next } = incoming;
        self.run(
            "REPLACE INTO incoming (stream, person, next) VALUES (?1, ?2, ?3)",
            params![integer(stream.0)?, self.person(from)?, integer(next.0)?],
        )
    }

    fn pieces_joined(&self, stream: Stream) -> rusqlite::Result<()> {
        self.run(
            "DELETE FROM pieces WHERE stream = ?1",
            params![integer(stream.0)?],
        )
    }

    fn tabs(&self, tabs: &[Nickname], selected: Option<&Nickname>) -> rusqlite::Result<()> {
        self.run(
            "UPDATE people SET tab = NULL, selected = 0 WHERE tab IS NOT NULL",
            &[],
        )?;
        for (place, peer) in (0_i64..).zip(tabs) {
            self.run(
                "UPDATE people SET tab = ?2, selected = ?3 WHERE id = ?1",
                params![self.person(peer)?, place, selected == Some(peer)],
            )?;
        }
        Ok(())
    }
}
