//! The tables of a client's profile, as the steps that made them. A step is never changed: somebody's
//! profile stands on it.

/// In this order; a profile's version says how many of them it has taken.
pub(super) const STEPS: &[&str] = &[TABLES, DELETION, SELECTION, READING];

/// `people.last` and `people.unread` follow from the lines; they are kept so that opening does not
/// have to read them. A line of somebody else has neither `delivery` nor `settled`; own ones have no
/// `path`. `words` finds lines by their id and holds no text itself.
const TABLES: &str = "
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    nickname TEXT NOT NULL UNIQUE,
    last INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    tab INTEGER,
    draft TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE lines (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    text TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    written_ms INTEGER,
    path INTEGER,
    delivery INTEGER,
    settled INTEGER,
    first INTEGER,
    handing_over_ms INTEGER,
    waiting_ms INTEGER,
    stored_ms INTEGER,
    done_ms INTEGER
) STRICT;
CREATE INDEX lines_of_person ON lines (person);
CREATE INDEX open_lines ON lines (settled) WHERE settled = 0;
CREATE TABLE outgoing (
    person INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    lowest INTEGER NOT NULL,
    next INTEGER NOT NULL
) STRICT;
CREATE TABLE incoming (
    stream INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    next INTEGER NOT NULL
) STRICT;
CREATE TABLE pieces (
    stream INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (
    person, text, content = '', columnsize = 0, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
";

/// The greatest id of a line that was deleted outlives it. Without `secure-delete` the words of a deleted line
/// would stand in the index until it is rewritten.
const DELETION: &str = "
CREATE TABLE deleted (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
";

/// Whether a tab is the one that is looked at.
const SELECTION: &str = "ALTER TABLE people ADD COLUMN selected INTEGER NOT NULL DEFAULT 0;";

/// What two who talk have read of each other. `people.read_by` is their `read`; `mark_stream` and
/// `mark_below` are what they are still to be told of their own lines. `ends` holds nothing but what
/// is not read: a line goes from there when it is, so that opening has few rows to read.
const READING: &str = "
ALTER TABLE people ADD COLUMN read_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN mark_stream INTEGER;
ALTER TABLE people ADD COLUMN mark_below INTEGER;
CREATE TABLE ends (
    line INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    own INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    below INTEGER NOT NULL
) STRICT;
CREATE INDEX ends_of_person ON ends (person, own);
";
