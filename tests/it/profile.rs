//! What a profile keeps: every record as it was meant, whatever came before, and whatever the disk
//! did to what was not finished.

use std::fs;
use std::path::{Path, PathBuf};
use std::slice;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use super_chatter::machine::Room;
use super_chatter::machine::client::{
    Delivery, End, Failure, Incoming, Line, LineId, OpenLine, Origin, Outgoing, Path as Way,
    Reader, Record, Saved,
};
use super_chatter::protocol::limits::NUMBER_END;
use super_chatter::protocol::{Mark, Seq, Stream};
use super_chatter::store::StoreError;
use super_chatter::store::history::{ANSWER_MAX, Edge, History, Known, Page};
use super_chatter::store::profile::{LINES_MAX, Opened, Overview, PEOPLE_MAX, Profile};
use tempfile::TempDir;

use crate::profile_model::{DELIVERIES, Model, PEERS, commits, nickname};

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let place = Place::new();
    let records = one_of_each();
    place.commit(&records);
    let opened = place.open();
    let sonic = nickname("sonic");
    let saved = Saved {
        last_line: 3,
        outgoing: vec![Outgoing {
            peer: sonic.clone(),
            stream: Stream(NUMBER_END - 1),
            lowest: Seq(2),
            next: Seq(NUMBER_END - 1),
        }],
        open: vec![OpenLine {
            line: own(1, "sonic", "你好 🦔\0\n", Delivery::Stored),
            first: Some(Seq(7)),
        }],
        incoming: vec![(incoming(4, 9), "begun, goes on".to_owned())],
        ends: vec![
            End {
                line: LineId(2),
                peer: sonic.clone(),
                mark: mark(8, 9),
                own: true,
            },
            End {
                line: LineId(3),
                peer: sonic.clone(),
                mark: mark(4, NUMBER_END - 1),
                own: false,
            },
        ],
        readers: vec![Reader {
            peer: sonic.clone(),
            read_by: LineId(1),
            tell: Some(mark(4, 7)),
        }],
    };
    assert_eq!(opened.saved, saved);
    let [conversation] = &opened.overview.conversations[..] else {
        panic!("{:?}", opened.overview);
    };
    assert_eq!(opened.overview.tabs, slice::from_ref(&sonic));
    assert_eq!(opened.overview.selected, Some(sonic));
    assert_eq!(conversation.draft, "half a thou");
    assert_eq!((conversation.read, conversation.unread), (LineId(2), 1));
    assert_eq!(conversation.read_by, LineId(1));
    assert_eq!(conversation.lines.len(), 3);
    assert_eq!(conversation.lines[2], theirs(3, "sonic", "hi"));
}

#[test]
fn a_line_comes_back_in_each_state_of_delivery() {
    let place = Place::new();
    let lines: Vec<_> = (1..)
        .zip(DELIVERIES)
        .map(|(id, delivery)| own(id, "sonic", "x", delivery))
        .collect();
    let records: Vec<_> = lines.iter().cloned().map(Record::Line).collect();
    place.commit(&records);
    assert_eq!(
        place
            .history()
            .page(&nickname("sonic"), Edge::Latest, 99)
            .expect("a page")
            .lines,
        lines
    );
}

#[test]
fn a_line_that_is_tried_again_begins_anew() {
    let place = Place::new();
    let delivery = |delivery, at_ms, settled| Record::Delivery {
        line: LineId(1),
        delivery,
        at_ms,
        settled,
    };
    place.commit(&[
        Record::Line(own(1, "sonic", "x", Delivery::Trying)),
        Record::Placed {
            line: LineId(1),
            first: Seq(1),
        },
        delivery(Delivery::HandingOver, 10, false),
        delivery(Delivery::Waiting, 20, false),
        delivery(Delivery::Waiting, 25, false),
        delivery(Delivery::Stored, 30, false),
        delivery(Delivery::Failed(Failure::Expired), 40, true),
    ]);
    let story = place.story(1);
    assert_eq!(
        (story.handing_over_ms, story.waiting_ms),
        (Some(10), Some(20))
    );
    assert_eq!(
        (story.stored_ms, story.done_ms, story.settled),
        (Some(30), Some(40), true)
    );
    assert_eq!(place.open().saved.open, [], "it is settled");

    place.commit(&[delivery(Delivery::Trying, 50, false)]);
    let saved = place.open().saved;
    let line = own(1, "sonic", "x", Delivery::Trying);
    assert_eq!(saved.open, [OpenLine { line, first: None }]);
    let story = place.story(1);
    assert_eq!((story.handing_over_ms, story.waiting_ms), (None, None));
    assert_eq!(
        (story.stored_ms, story.done_ms, story.settled),
        (None, None, false)
    );
}

#[test]
fn what_has_no_end_is_cut_at_its_limit() {
    let place = Place::new();
    let mut records = vec![Record::Tabs {
        tabs: vec![nickname("sonic")],
        selected: None,
    }];
    let failed = Delivery::Failed(Failure::TooMany);
    let many = LINES_MAX as u64 + 10;
    records.extend((1..=many).map(|id| Record::Line(own(id, "sonic", "x", failed))));
    let people = PEOPLE_MAX as u64 + 10;
    let person = |id: u64| format!("person{id}");
    records.extend((1..=people).map(|id| Record::Line(own(many + id, &person(id), "x", failed))));
    records.push(Record::Line(theirs(many + people + 1, "sonic", "hi")));
    place.commit(&records);
    let Opened { overview, .. } = place.open();
    assert_eq!(overview.conversations.len(), PEOPLE_MAX);
    assert_eq!(overview.conversations[0].peer, nickname("sonic"));
    assert_eq!(overview.conversations[1].peer, nickname(&person(people)));
    let lines = &overview.conversations[0].lines;
    assert_eq!(lines.len(), LINES_MAX);
    assert_eq!(lines.last().map(|line| line.id.0), Some(many + people + 1));
    let others = &overview.conversations[1..];
    assert!(
        others.iter().all(|one| one.lines.len() == 1),
        "of what has no tab the rest is read when it is opened"
    );
}

#[test]
fn an_old_draft_or_an_unread_line_is_not_forgotten_for_later_people() {
    let place = Place::new();
    let mut records = vec![
        Record::Line(theirs(1, "unread", "hi")),
        Record::Draft {
            peer: nickname("draft"),
            text: "x".into(),
        },
        Record::Draft {
            peer: nickname("cleared"),
            text: "x".into(),
        },
        Record::Draft {
            peer: nickname("cleared"),
            text: String::new(),
        },
        Record::Tabs {
            tabs: vec![nickname("tab")],
            selected: None,
        },
    ];
    let later = 2..PEOPLE_MAX as u64 + 20;
    let trying = Delivery::Trying;
    records.extend(later.map(|id| Record::Line(own(id, &format!("p{id}"), "x", trying))));
    place.commit(&records);
    let overview = place.open().overview;
    let has = |name: &str| {
        overview
            .conversations
            .iter()
            .any(|one| one.peer == nickname(name))
    };
    assert!(has("unread") && has("draft") && has("tab") && !has("cleared"));
}

#[test]
fn what_is_deleted_is_gone_and_its_id_is_never_anothers() {
    let place = Place::new();
    let failed = Delivery::Failed(Failure::Expired);
    place.commit(&[
        Record::Line(theirs(1, "sonic", "seen, hedgehog")),
        Record::Line(theirs(2, "sonic", "unseen, hedgehog")),
        Record::Line(own(3, "tails", "failed, 刺猬", failed)),
        Record::Read {
            peer: nickname("sonic"),
            line: LineId(1),
        },
        Record::Tabs {
            tabs: vec![nickname("sonic")],
            selected: None,
        },
    ]);
    let unread = || {
        let Opened { overview, .. } = place.open();
        let sonic = overview.conversations.iter();
        let sonic = sonic.filter(|one| one.peer == nickname("sonic"));
        sonic
            .map(|one| (one.unread, one.read.0, one.lines.len()))
            .next()
    };
    assert_eq!(unread(), Some((1, 1, 2)));
    place.commit(&[Record::Deleted(LineId(1))]);
    assert_eq!(unread(), Some((1, 1, 1)), "it had been seen");
    place.commit(&[Record::Deleted(LineId(2)), Record::Deleted(LineId(3))]);
    assert_eq!(unread(), Some((0, 1, 0)));
    place.commit(&[Record::Delivery {
        line: LineId(3),
        delivery: Delivery::Trying,
        at_ms: 0,
        settled: false,
    }]);
    let saved = place.open().saved;
    assert_eq!((saved.last_line, saved.open), (3, Vec::new()));
    assert_eq!(place.search("hedgehog"), []);
    assert_eq!(place.search("刺猬"), []);
    assert_eq!(place.history().people().expect("nobody"), []);
    place.commit(&[Record::Deleted(LineId(1)), Record::Deleted(LineId(99))]);
    assert_eq!(place.open().saved.last_line, 3);
}

#[test]
fn after_the_latest_line_the_one_before_it_is_the_last() {
    let place = Place::new();
    place.commit(&[
        Record::Line(theirs(1, "sonic", "x")),
        Record::Line(theirs(2, "tails", "x")),
        Record::Line(theirs(3, "sonic", "x")),
        Record::Deleted(LineId(3)),
    ]);
    let people = place.history().people().expect("two");
    let last: Vec<_> = people.iter().map(|one| one.last.0).collect();
    assert_eq!(last, [2, 1]);
}

#[test]
fn nothing_of_what_is_deleted_stands_in_the_file() {
    let place = Place::new();
    let long = format!("knuckles {} robotnik", "filler ".repeat(2000));
    place.commit(&[
        Record::Line(theirs(1, "sonic", "where is")),
        Record::Line(theirs(2, "sonic", &long)),
        Record::Line(theirs(3, "sonic", "who knows")),
    ]);
    let stands = |word: &str| {
        let file = fs::read(&place.path).expect("a file");
        file.windows(word.len())
            .any(|bytes| bytes == word.as_bytes())
    };
    assert!(stands("knuckles") && stands("robotnik"));
    place.commit(&[Record::Deleted(LineId(2))]);
    for word in ["knuckles", "nuckles", "robotnik", "filler"] {
        assert!(!stands(word), "{word}");
    }
    assert!(stands("where is") && stands("who knows"));
    assert_eq!(place.search("knows").len(), 1);
}

#[test]
fn a_commit_is_kept_whole_or_not_at_all() {
    let place = Place::new();
    let first = Record::Line(own(1, "sonic", "first", Delivery::Trying));
    place.commit(slice::from_ref(&first));
    let batch = [Record::Line(theirs(2, "sonic", "second")), first];
    let mut opened = place.open();
    let error = opened.profile.commit(&batch).expect_err("an id twice");
    assert!(matches!(error, StoreError::Write { .. }), "{error}");
    drop(opened);
    assert_eq!(place.open().saved.last_line, 1);
    assert_eq!(place.search("second"), []);
}

#[test]
fn a_profile_is_open_once_and_read_beside_that() {
    let place = Place::new();
    let mut opened = place.open();
    assert_eq!(opened.room, Room::Plenty);
    let error = Profile::open(&place.path).expect_err("it is open");
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    let history = place.history();
    assert_eq!(history.people().expect("nobody"), []);
    for id in 1..4 {
        let line = theirs(id, "sonic", "hi");
        opened
            .profile
            .commit(&[Record::Line(line)])
            .expect("a good batch");
        let last = LineId(id);
        let known = Known {
            peer: nickname("sonic"),
            last,
            at_ms: 1000,
        };
        assert_eq!(history.people().expect("one"), [known]);
    }
}

#[test]
fn a_page_goes_both_ways_from_any_line_and_says_whether_there_is_more() {
    let place = Place::new();
    let both = (1..=40).map(|id| Record::Line(theirs(id, PEERS[(id % 2) as usize], "x")));
    place.commit(&both.collect::<Vec<_>>());
    let history = place.history();
    let line = |id: u64| LineId(id);
    // Of the odd lines: what is asked for, what comes, whether there is more before and behind.
    for (edge, limit, lines, more) in [
        (Edge::Latest, 3, &[35, 37, 39][..], (true, false)),
        (Edge::Latest, 20, &ODD[..], (false, false)),
        (Edge::Latest, 0, &[], (true, false)),
        (Edge::Before(line(35)), 3, &[29, 31, 33], (true, true)),
        (Edge::Before(line(34)), 1, &[33], (true, true)),
        (Edge::Before(line(5)), 10, &[1, 3], (false, true)),
        (Edge::Before(line(1)), 10, &[], (false, true)),
        (Edge::Before(line(u64::MAX)), 1, &[39], (true, false)),
        (Edge::After(line(35)), 3, &[37, 39], (true, false)),
        (Edge::After(line(30)), 2, &[31, 33], (true, true)),
        (Edge::After(line(0)), 2, &[1, 3], (false, true)),
        (Edge::After(line(39)), 2, &[], (true, false)),
        (Edge::After(line(u64::MAX)), 2, &[], (true, false)),
        (Edge::Around(line(21)), 4, &[17, 19, 21, 23], (true, true)),
        (Edge::Around(line(20)), 3, &[19, 21, 23], (true, true)),
        (Edge::Around(line(1)), 4, &[1, 3], (false, true)),
        (Edge::Around(line(39)), 4, &[35, 37, 39], (true, false)),
        (Edge::Around(line(21)), 1, &[21], (true, true)),
    ] {
        let page = history.page(&nickname(PEERS[1]), edge, limit);
        let page = page.expect("a page");
        let ids: Vec<_> = page.lines.iter().map(|line| line.id.0).collect();
        assert_eq!(ids, lines, "{edge:?}");
        assert_eq!((page.earlier, page.later), more, "{edge:?}");
    }
    let nobody = history.page(&nickname("nobody"), Edge::Latest, 10);
    assert_eq!(nobody.expect("a page"), Page::default());
    assert_eq!(history.story(LineId(99)).expect("no line"), None);
    assert_eq!(history.story(LineId(u64::MAX)).expect("no line"), None);
}

const ODD: [u64; 20] = [
    1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39,
];

#[test]
fn a_page_around_a_line_that_was_deleted_shows_where_it_was() {
    let place = Place::new();
    let mut records: Vec<_> = (1..=9)
        .map(|id| Record::Line(theirs(id, "sonic", "x")))
        .collect();
    records.push(Record::Deleted(LineId(5)));
    place.commit(&records);
    let page = place
        .history()
        .page(&nickname("sonic"), Edge::Around(LineId(5)), 4);
    let ids: Vec<_> = page
        .expect("a page")
        .lines
        .iter()
        .map(|line| line.id.0)
        .collect();
    assert_eq!(ids, [3, 4, 6, 7]);
}

#[test]
fn the_longest_page_has_an_end() {
    let place = Place::new();
    let many = 1..=ANSWER_MAX as u64 + 10;
    place.commit(
        &many
            .map(|id| Record::Line(theirs(id, "sonic", "x")))
            .collect::<Vec<_>>(),
    );
    for edge in [
        Edge::Latest,
        Edge::After(LineId(0)),
        Edge::Around(LineId(505)),
    ] {
        let page = place.history().page(&nickname("sonic"), edge, usize::MAX);
        assert_eq!(page.expect("a page").lines.len(), ANSWER_MAX, "{edge:?}");
    }
}

#[test]
fn a_profile_that_can_not_be_used_is_moved_aside() {
    for damage in [
        "UPDATE lines SET delivery = 12 WHERE id = 1",
        "UPDATE lines SET delivery = -1 WHERE id = 1",
        "UPDATE lines SET settled = NULL WHERE id = 1",
        "UPDATE lines SET settled = 2 WHERE id = 2",
        "UPDATE lines SET path = 2 WHERE id = 3",
        "UPDATE lines SET path = NULL WHERE id = 3",
        "UPDATE lines SET person = 99",
        "UPDATE lines SET first = 0",
        "UPDATE lines SET text = CAST(x'ff' AS TEXT)",
        "UPDATE people SET nickname = 'a b'",
        "UPDATE people SET unread = -1",
        "UPDATE outgoing SET lowest = next + 1",
        "UPDATE outgoing SET person = 99",
        "UPDATE incoming SET person = 99",
        "UPDATE incoming SET next = 0",
        "DROP TABLE pieces",
        "DROP TABLE deleted",
        "UPDATE people SET selected = 2",
        "UPDATE people SET read_by = -1",
        "UPDATE people SET mark_below = 0, mark_stream = 1",
        "UPDATE ends SET person = 99",
        "UPDATE ends SET own = 2",
        "UPDATE ends SET below = 0",
        "PRAGMA user_version = 99",
    ] {
        let place = Place::new();
        place.commit(&one_of_each());
        place.edit(damage);
        let opened = Profile::open(&place.path).expect(damage);
        assert_eq!(opened.saved, Saved::default(), "{damage}");
        assert_eq!(opened.overview, Overview::default(), "{damage}");
        let aside = opened
            .aside
            .unwrap_or_else(|| panic!("{damage}: not moved"));
        assert!(aside.path.is_file(), "{damage}: {aside}");
    }
}

#[test]
fn a_profile_of_an_older_program_is_taken_over() {
    let place = Place::new();
    place.commit(&one_of_each());
    place.edit(
        "ALTER TABLE people DROP COLUMN selected;
        DROP TABLE deleted;
        DROP TABLE ends;
        ALTER TABLE people DROP COLUMN read_by;
        ALTER TABLE people DROP COLUMN mark_stream;
        ALTER TABLE people DROP COLUMN mark_below;
        INSERT INTO words (words, rank) VALUES ('secure-delete', 0);
        PRAGMA user_version = 1;",
    );
    let opened = place.open();
    assert_eq!(opened.saved.last_line, 3);
    assert_eq!(opened.overview.selected, None);
    drop(opened);
    place.commit(&[Record::Deleted(LineId(3))]);
    assert_eq!(place.search("hi"), []);
    assert_eq!(place.open().saved.last_line, 3);
}

#[test]
fn a_profile_from_before_anybody_told_what_they_read_is_brought_up_to_date() {
    let place = Place::new();
    place.commit(&one_of_each());
    let before = place.open().saved;
    place.edit(
        "DROP TABLE ends;
        ALTER TABLE people DROP COLUMN read_by;
        ALTER TABLE people DROP COLUMN mark_stream;
        ALTER TABLE people DROP COLUMN mark_below;
        PRAGMA user_version = 3",
    );
    let opened = place.open();
    assert!(opened.aside.is_none(), "{:?}", opened.aside);
    let (ends, readers) = (Vec::new(), Vec::new());
    let expected = Saved {
        ends,
        readers,
        ..before
    };
    assert_eq!(opened.saved, expected);
    assert_eq!(opened.overview.conversations[0].read_by, LineId(0));
}

#[test]
fn a_servers_mailbox_is_no_profile() {
    let place = Place::new();
    super_chatter::store::mailbox::Mailbox::open(&place.path).expect("a mailbox");
    let error = Profile::open(&place.path).expect_err("a mailbox");
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_committed_adds_up_to_what_it_says(commits in commits(12), again in 0..12_usize) {
        let place = Place::new();
        let mut model = Model::default();
        let mut opened = place.open();
        for (number, commit) in commits.iter().enumerate() {
            opened.profile.commit(commit).expect("a good batch");
            commit.iter().for_each(|record| model.apply(record));
            if number == again {
                drop(opened);
                opened = place.open();
                prop_assert_eq!(&opened.saved, &model.saved());
            }
        }
        drop(opened);
        let opened = place.open();
        prop_assert_eq!(&opened.saved, &model.saved());
        prop_assert_eq!(&opened.overview, &model.overview());
        let history = place.history();
        for story in model.stories() {
            let told = history.story(story.line.id).expect("a story");
            prop_assert_eq!(told.as_ref(), Some(story));
        }
        for peer in PEERS.map(nickname) {
            prop_assert_eq!(history.page(&peer, Edge::Latest, 99).expect("a page").lines, model.lines_with(&peer));
        }
    }
}

/// A power cut leaves some beginning of the log, or one with wrong bytes in it. What opens then is
/// what it was after one of the commits: of a commit all or nothing, of the log an unbroken row.
#[test]
fn a_torn_log_leaves_the_state_after_one_of_the_commits() {
    for before in [0, 6] {
        let (states, file, log) = recorded(before);
        let place = Place::new();
        drop(place.open());
        let reopened = |log: &[u8], what: &str| {
            fs::write(&place.path, &file).expect("a file");
            fs::write(place.beside("-wal"), log).expect("a file");
            let Opened {
                saved,
                overview,
                aside,
                ..
            } = Profile::open(&place.path).expect(what);
            assert!(aside.is_none(), "{what}: {aside:?}");
            let state = states
                .iter()
                .rposition(|state| *state == (saved.clone(), overview.clone()));
            state.unwrap_or_else(|| panic!("{what}: a state that never was: {saved:?}"))
        };
        let last = states.len() - 1;
        assert_eq!(reopened(&log, "the whole log"), last);
        let mut reached = 0;
        for length in lengths(log.len()) {
            let state = reopened(&log[..length], &format!("{length} bytes"));
            assert!(state >= reached, "{length} bytes: {state} after {reached}");
            reached = state;
        }
        assert!(reached < last, "the last byte counts");
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..60 {
            let mut flipped = log.clone();
            let at = rng.usize(..log.len());
            flipped[at] ^= 1 << rng.u8(..8);
            reopened(&flipped, &format!("a wrong bit at {at}"));
        }
    }
}

/// The log's frames have 24 bytes and a page each, behind 32 bytes: each length where one ends, one
/// byte less, and somewhere in between.
fn lengths(log: usize) -> impl Iterator<Item = usize> {
    let ends = (0..).map(|frame| 32 + frame * (24 + 4096));
    let within = ends.flat_map(|end| [end - 1, end, end + 1500]);
    std::iter::once(0).chain(within.take_while(move |length| *length < log))
}

type States = Vec<(Saved, Overview)>;

/// The states from nothing to the last of some commits, the file and its log at the end. The first
/// `before` of them are in the file, the rest in the log.
fn recorded(before: usize) -> (States, Vec<u8>, Vec<u8>) {
    let mut runner = TestRunner::deterministic();
    let commits = commits(14)
        .new_tree(&mut runner)
        .expect("records")
        .current();
    let place = Place::new();
    let mut model = Model::default();
    let mut states = vec![(model.saved(), model.overview())];
    let mut opened = place.open();
    for (number, commit) in commits.iter().enumerate() {
        if number == before && before > 0 {
            drop(opened);
            opened = place.open();
        }
        opened.profile.commit(commit).expect("a good batch");
        commit.iter().for_each(|record| model.apply(record));
        states.push((model.saved(), model.overview()));
    }
    let file = fs::read(&place.path).expect("a file");
    let log = fs::read(place.beside("-wal")).expect("a log");
    (states, file, log)
}

/// A folder for one profile.
pub struct Place {
    path: PathBuf,
    _folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        Self {
            path: folder.path().join("profile.db"),
            _folder: folder,
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn open(&self) -> Opened {
        let opened = Profile::open(&self.path).expect("a profile");
        assert!(opened.aside.is_none(), "{:?}", opened.aside);
        opened
    }

    pub fn commit(&self, records: &[Record]) {
        self.open().profile.commit(records).expect("a good batch");
    }

    pub fn history(&self) -> History {
        History::open(&self.path).expect("a profile")
    }

    fn story(&self, line: u64) -> super_chatter::store::history::Story {
        let story = self.history().story(LineId(line)).expect("a story");
        story.expect("a line")
    }

    fn search(&self, text: &str) -> Vec<Line> {
        let search = super_chatter::store::history::Search {
            text: text.to_owned(),
            peer: None,
            before: None,
            limit: 99,
        };
        self.history().search(&search).expect("a good search")
    }

    fn edit(&self, statement: &str) {
        let connection = rusqlite::Connection::open(&self.path).expect("a database");
        connection
            .execute_batch(statement)
            .expect("a good statement");
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let name = format!("profile.db{ending}");
        self.path
            .parent()
            .map_or(PathBuf::new(), Path::to_owned)
            .join(name)
    }
}

/// Records of every kind, all with one person.
fn one_of_each() -> Vec<Record> {
    let sonic = nickname("sonic");
    let piece = |text: &str| Record::Piece {
        stream: Stream(4),
        text: text.to_owned(),
    };
    vec![
        Record::Line(own(1, "sonic", "你好 🦔\0\n", Delivery::Trying)),
        Record::Placed {
            line: LineId(1),
            first: Seq(7),
        },
        Record::Delivery {
            line: LineId(1),
            delivery: Delivery::Stored,
            at_ms: 30,
            settled: false,
        },
        Record::Line(own(
            2,
            "sonic",
            "too long",
            Delivery::Failed(Failure::TooLong),
        )),
        Record::Line(theirs(3, "sonic", "hi")),
        Record::Outgoing(Outgoing {
            peer: sonic.clone(),
            stream: Stream(8),
            lowest: Seq(1),
            next: Seq(2),
        }),
        Record::Outgoing(Outgoing {
            peer: sonic.clone(),
            stream: Stream(NUMBER_END - 1),
            lowest: Seq(2),
            next: Seq(NUMBER_END - 1),
        }),
        piece("begun, "),
        Record::Incoming(incoming(4, 8)),
        Record::Incoming(incoming(4, 9)),
        piece("goes on"),
        Record::Incoming(incoming(5, 3)),
        Record::Piece {
            stream: Stream(5),
            text: "forgotten".to_owned(),
        },
        Record::IncomingForgotten(Stream(5)),
        Record::Piece {
            stream: Stream(6),
            text: "joined".to_owned(),
        },
        Record::PiecesJoined(Stream(6)),
        Record::Draft {
            peer: sonic.clone(),
            text: "half a thou".to_owned(),
        },
        Record::Tabs {
            tabs: vec![sonic.clone()],
            selected: Some(sonic),
        },
    ]
    .into_iter()
    .chain(what_is_read())
    .collect()
}

/// Of the lines of [`one_of_each`].
fn what_is_read() -> Vec<Record> {
    let sonic = nickname("sonic");
    vec![
        ends(1, mark(8, 8)),
        ends(2, mark(8, 9)),
        ends(3, mark(4, 8)),
        ends(3, mark(4, NUMBER_END - 1)),
        Record::EndForgotten(LineId(2)),
        ends(2, mark(8, 9)),
        Record::Read {
            peer: sonic.clone(),
            line: LineId(2),
        },
        Record::ReadBy {
            peer: sonic.clone(),
            line: LineId(1),
        },
        Record::Tell {
            peer: sonic.clone(),
            mark: None,
        },
        Record::Tell {
            peer: sonic.clone(),
            mark: Some(mark(4, 7)),
        },
        Record::Read {
            peer: sonic.clone(),
            line: LineId(1),
        },
    ]
}

fn ends(line: u64, mark: Mark) -> Record {
    let line = LineId(line);
    Record::Ends { line, mark }
}

fn mark(stream: u64, below: u64) -> Mark {
    Mark {
        stream: Stream(stream),
        below: Seq(below),
    }
}

fn incoming(stream: u64, next: u64) -> Incoming {
    Incoming {
        stream: Stream(stream),
        from: nickname("sonic"),
        next: Seq(next),
    }
}

pub fn own(id: u64, peer: &str, text: &str, delivery: Delivery) -> Line {
    Line {
        origin: Origin::Own { delivery },
        ..theirs(id, peer, text)
    }
}

pub fn theirs(id: u64, peer: &str, text: &str) -> Line {
    Line {
        id: LineId(id),
        peer: nickname(peer),
        text: text.to_owned(),
        at_ms: 1000,
        origin: Origin::Theirs {
            written_ms: Some(-5),
            path: Way::ViaServer,
        },
    }
}
