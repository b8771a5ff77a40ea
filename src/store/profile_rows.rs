//! From the profile's rows to what a client goes on from and what its user sees. Writing and files do
//! not live here.

use std::path::Path;

use rusqlite::{Connection, Params};

use crate::machine::client::{
    Delivery, End, Failure, Incoming, Line, LineId, OpenLine, Origin, Outgoing, Path as Way,
    Reader, Saved,
};
use crate::protocol::{Mark, Nickname, Stream};
use crate::store::StoreError;
use crate::store::profile::{Conversation, LINES_MAX, Overview, PEOPLE_MAX};
use crate::store::table::{Fields, Table};

/// Every state of an own line; its place here is its number in the file, so that new ones come last.
const DELIVERIES: [Delivery; 12] = [
    Delivery::Trying,
    Delivery::HandingOver,
    Delivery::Waiting,
    Delivery::Stored,
    Delivery::Delivered(Way::Direct),
    Delivery::Delivered(Way::ViaServer),
    Delivery::Failed(Failure::UnknownRecipient),
    Delivery::Failed(Failure::TooLong),
    Delivery::Failed(Failure::TooLongForClassic),
    Delivery::Failed(Failure::TooMany),
    Delivery::Failed(Failure::Expired),
    Delivery::Failed(Failure::DiskFull),
];

pub(super) fn delivery_number(delivery: Delivery) -> i64 {
    match delivery {
        Delivery::Trying => 0,
        Delivery::HandingOver => 1,
        Delivery::Waiting => 2,
        Delivery::Stored => 3,
        Delivery::Delivered(path) => 4 + path_number(path),
        Delivery::Failed(Failure::UnknownRecipient) => 6,
        Delivery::Failed(Failure::TooLong) => 7,
        Delivery::Failed(Failure::TooLongForClassic) => 8,
        Delivery::Failed(Failure::TooMany) => 9,
        Delivery::Failed(Failure::Expired) => 10,
        Delivery::Failed(Failure::DiskFull) => 11,
    }
}

pub(super) fn path_number(path: Way) -> i64 {
    match path {
        Way::Direct => 0,
        Way::ViaServer => 1,
    }
}

/// Where lines come from, with the columns that [`line`] reads. What follows says which.
macro_rules! lines {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT lines.id, nickname, lines.text, at_ms, written_ms, path, delivery, settled, first,
                handing_over_ms, waiting_ms, stored_ms, done_ms FROM ",
            $from,
            " LEFT JOIN people ON people.id = lines.person ",
            $rest
        )
    };
}
pub(super) use lines;

/// Reads what delivery goes on from, and where the user was.
pub(super) fn read_all(
    connection: &Connection,
    path: &Path,
) -> Result<(Saved, Overview), StoreError> {
    let profile = Reading { connection, path };
    Ok((profile.saved()?, profile.overview()?))
}

/// A profile that is being read.
pub(super) struct Reading<'a> {
    pub connection: &'a Connection,
    pub path: &'a Path,
}

impl Reading<'_> {
    pub fn rows<T>(
        &self,
        (table, query): (&'static str, &str),
        parameters: impl Params,
        parse: fn(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let table = Table {
            connection: self.connection,
            path: self.path,
            table,
            query,
        };
        table.read(parameters, parse)
    }

    fn saved(&self) -> Result<Saved, StoreError> {
        let last = "SELECT max((SELECT coalesce(max(id), 0) FROM lines),
            (SELECT coalesce(max(last), 0) FROM deleted)) AS last";
        let last = self.rows(("lines", last), [], |fields| fields.number("last"))?;
        let outgoing = "SELECT outgoing.person, nickname, stream, lowest, next FROM outgoing
            LEFT JOIN people ON people.id = outgoing.person ORDER BY nickname";
        let incoming = "SELECT incoming.stream, nickname, next, pieces.text FROM incoming
            LEFT JOIN people ON people.id = incoming.person
            LEFT JOIN pieces ON pieces.stream = incoming.stream ORDER BY incoming.stream";
        let ends = "SELECT ends.line, nickname, own, stream, below FROM ends
            LEFT JOIN people ON people.id = ends.person ORDER BY ends.line";
        let readers = "SELECT nickname, read_by, mark_stream, mark_below FROM people
            WHERE read_by > 0 OR mark_stream IS NOT NULL ORDER BY nickname";
        let open = lines!("lines", "WHERE settled = 0 ORDER BY lines.id");
        Ok(Saved {
            last_line: last.into_iter().next().unwrap_or_default(),
            outgoing: self.rows(("outgoing", outgoing), [], outgoing_stream)?,
            open: self.rows(("lines", open), [], open_line)?,
            incoming: self.rows(("incoming", incoming), [], incoming_stream)?,
            ends: self.rows(("ends", ends), [], end)?,
            readers: self.rows(("people", readers), [], reader)?,
        })
    }

    fn overview(&self) -> Result<Overview, StoreError> {
        let people = "SELECT id, nickname, read, read_by, unread, tab, selected, draft FROM people
            WHERE tab IS NOT NULL OR draft <> '' OR unread > 0 OR id IN
                (SELECT id FROM people WHERE last > 0 ORDER BY last DESC LIMIT ?1)
            ORDER BY last DESC, nickname";
        let people = self.rows(("people", people), [PEOPLE_MAX as i64], person)?;
        let mut overview = Overview::default();
        let mut tabs = Vec::new();
        for Person {
            id,
            tab,
            selected,
            mut conversation,
        } in people
        {
            let limit = if tab.is_some() { LINES_MAX } else { 1 };
            conversation.lines = self.before(id, i64::MAX, limit)?;
            if let Some(place) = tab {
                tabs.push((place, conversation.peer.clone()));
                if selected {
                    overview.selected = Some(conversation.peer.clone());
                }
            }
            overview.conversations.push(conversation);
        }
        tabs.sort();
        overview.tabs = tabs.into_iter().map(|(_, peer)| peer).collect();
        Ok(overview)
    }

    /// The latest lines with that person below `before`, oldest first.
    pub fn before(&self, person: i64, before: i64, limit: usize) -> Result<Vec<Line>, StoreError> {
        let page = lines!(
            "lines",
            "WHERE lines.person = ?1 AND lines.id < ?2 ORDER BY lines.id DESC LIMIT ?3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut page = self.rows(("lines", page), (person, before, limit), line)?;
        page.reverse();
        Ok(page)
    }

    /// The earliest lines with that person from `from` on, oldest first.
    pub fn since(&self, person: i64, from: i64, limit: usize) -> Result<Vec<Line>, StoreError> {
        let page = lines!(
            "lines",
            "WHERE lines.person = ?1 AND lines.id >= ?2 ORDER BY lines.id LIMIT ?3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(("lines", page), (person, from, limit), line)
    }
}

struct Person {
    id: i64,
    tab: Option<i64>,
    selected: bool,
    /// Without its lines.
    conversation: Conversation,
}

fn person(fields: &Fields<'_>) -> Result<Person, StoreError> {
    Ok(Person {
        id: fields.time("id")?,
        tab: fields.optional("tab", Fields::time)?,
        selected: fields.flag("selected")?,
        conversation: Conversation {
            peer: fields.nickname("nickname")?,
            draft: fields.string("draft")?,
            read: LineId(fields.number("read")?),
            read_by: LineId(fields.number("read_by")?),
            unread: fields.number("unread")?,
            lines: Vec::new(),
        },
    })
}

pub(super) fn line(fields: &Fields<'_>) -> Result<Line, StoreError> {
    let origin = match fields.optional("delivery", delivery)? {
        Some(delivery) => {
            fields.flag("settled")?;
            Origin::Own { delivery }
        }
        None => Origin::Theirs {
            written_ms: fields.optional("written_ms", Fields::time)?,
            path: match fields.flag("path")? {
                false => Way::Direct,
                true => Way::ViaServer,
            },
        },
    };
    Ok(Line {
        id: LineId(fields.number("id")?),
        peer: peer(fields)?,
        text: fields.string("text")?,
        at_ms: fields.time("at_ms")?,
        origin,
    })
}

fn peer(fields: &Fields<'_>) -> Result<Nickname, StoreError> {
    fields.nickname("nickname")
}

fn delivery(fields: &Fields<'_>, column: &'static str) -> Result<Delivery, StoreError> {
    let delivery = usize::try_from(fields.number(column)?).ok();
    let delivery = delivery.and_then(|number| DELIVERIES.get(number));
    delivery
        .copied()
        .ok_or_else(|| fields.wrong(column, "a state of delivery"))
}

fn open_line(fields: &Fields<'_>) -> Result<OpenLine, StoreError> {
    Ok(OpenLine {
        line: line(fields)?,
        first: fields.optional("first", Fields::seq)?,
    })
}

fn outgoing_stream(fields: &Fields<'_>) -> Result<Outgoing, StoreError> {
    let (lowest, next) = (fields.seq("lowest")?, fields.seq("next")?);
    if lowest > next {
        return Err(fields.wrong("lowest", "at most next"));
    }
    Ok(Outgoing {
        peer: peer(fields)?,
        stream: Stream(fields.number("stream")?),
        lowest,
        next,
    })
}

fn incoming_stream(fields: &Fields<'_>) -> Result<(Incoming, String), StoreError> {
    let incoming = Incoming {
        stream: Stream(fields.number("stream")?),
        from: peer(fields)?,
        next: fields.seq("next")?,
    };
    let pieces = fields.optional("text", Fields::string)?;
    Ok((incoming, pieces.unwrap_or_default()))
}

fn end(fields: &Fields<'_>) -> Result<End, StoreError> {
    Ok(End {
        line: LineId(fields.number("line")?),
        peer: peer(fields)?,
        mark: Mark {
            stream: Stream(fields.number("stream")?),
            below: fields.seq("below")?,
        },
        own: fields.flag("own")?,
    })
}

fn reader(fields: &Fields<'_>) -> Result<Reader, StoreError> {
    let below = fields.optional("mark_below", Fields::seq)?;
    let stream = fields.optional("mark_stream", Fields::number)?;
    let mark = |(stream, below)| Mark {
        stream: Stream(stream),
        below,
    };
    Ok(Reader {
        peer: peer(fields)?,
        read_by: LineId(fields.number("read_by")?),
        tell: stream.zip(below).map(mark),
    })
}
