//! Classic mail files: taken in whole and once, written as the classic program reads them.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use super_chatter::driver::server::{self, Server};
use super_chatter::machine::server::{ClassicStream, Mail, MailId, Person, Record, Saved};
use super_chatter::protocol::{Nickname, Part, Seq, Stream};
use super_chatter::store::classic_mail::{Exported, Imported, export, import};
use super_chatter::store::mailbox::Mailbox;
use super_chatter::store::{Fault, StoreError};
use tempfile::TempDir;

use crate::bench::at;
use crate::loopback::{HERE, PATIENCE, nobody, start_client, stop_server, wait_text};
use crate::room::Room;

const FROM_KNUCKLES: &str =
    "{\"Msg\": \"hi\", \"Sender\": \"knuckles\", \"Time\": 1488400115.368341}\n";
const FROM_TAILS: &str =
    "{\"Msg\": \"\\u4f60\\u597d\", \"Sender\": \"tails\", \"Time\": 1488400116}\n";

/// When a test's files are taken in: more than six years after what stands in them.
const IMPORTED_MS: i64 = 1_700_000_000_000;

#[test]
fn mail_waits_for_its_recipient_after_an_import() {
    let place = Place::new();
    place.file(
        "sonic",
        &[FROM_KNUCKLES, FROM_TAILS, FROM_KNUCKLES].concat(),
    );
    let imported = place.import();
    assert_eq!((imported.files, imported.messages), (1, 3));
    assert!(imported.problems.is_empty(), "{:?}", imported.problems);

    let saved = place.saved();
    let told: Vec<_> = saved
        .mail
        .iter()
        .map(|mail| (mail.sender.as_str(), mail.text.as_str(), mail.part.seq.0))
        .collect();
    assert_eq!(
        told,
        [
            ("knuckles", "hi", 1),
            ("tails", "你好", 1),
            ("knuckles", "hi", 2)
        ]
    );
    assert!(
        saved
            .mail
            .iter()
            .all(|mail| mail.recipient == nickname("sonic") && mail.part.lowest == Seq::FIRST)
    );
    assert_eq!(saved.mail[0].stored_ms, IMPORTED_MS);
    assert_eq!(saved.mail[0].part.written_ms, 1_488_400_115_368);
    assert_eq!(
        saved.people,
        [Person {
            nickname: nickname("sonic"),
            address: ([0, 0, 0, 0], 0).into(),
            extended: false,
            seen_ms: 0
        }]
    );
    let next: Vec<_> = saved
        .classic_streams
        .iter()
        .map(|stream| (stream.sender.as_str(), stream.next.0))
        .collect();
    assert_eq!(next, [("knuckles", 3), ("tails", 2)]);
    assert_eq!(saved.classic_streams[0].stream, saved.mail[0].part.stream);
    assert_ne!(saved.mail[0].part.stream, saved.mail[1].part.stream);
}

#[test]
fn old_mail_is_kept_as_long_as_new_mail_and_shown_with_its_time() {
    let place = Place::new();
    place.file("sonic", FROM_KNUCKLES);
    place.import();
    let mut room = Room::new(place.saved());
    room.join_classic("knuckles", at(1));
    room.run_for(130_000);
    room.join_classic("sonic", at(2));
    room.run_for(1_000);
    let words = room.words_to(at(2));
    let hi = "2017-03-01 21:28:35 hi".to_owned();
    assert!(words.contains(&hi), "{words:?}");
}

#[test]
fn an_import_goes_on_where_the_mailbox_stands() {
    let place = Place::new();
    let known = Person {
        nickname: nickname("sonic"),
        address: ([127, 0, 0, 1], 1234).into(),
        extended: true,
        seen_ms: 5,
    };
    let stream = ClassicStream {
        sender: nickname("knuckles"),
        recipient: nickname("sonic"),
        stream: Stream(77),
        next: Seq(6),
    };
    let records = [
        Record::Person(known.clone()),
        Record::Mail(kept(41, 5, "there")),
        Record::ClassicStream(stream),
    ];
    place.mailbox().0.commit(&records).expect("a good batch");
    place.file("sonic", FROM_KNUCKLES);
    place.import();

    let saved = place.saved();
    assert_eq!(saved.people, [known]);
    assert_eq!(saved.mail[1].id, MailId(42));
    let Part {
        stream,
        seq,
        lowest,
        ..
    } = saved.mail[1].part;
    assert_eq!((stream, seq, lowest), (Stream(77), Seq(6), Seq(5)));
    assert_eq!(saved.classic_streams[0].next, Seq(7));
}

#[test]
fn what_was_imported_is_kept_and_not_taken_again() {
    let place = Place::new();
    for expected in ["sonic.imported", "sonic.imported.2", "sonic.imported.3"] {
        place.file("sonic", FROM_KNUCKLES);
        assert_eq!(place.import().messages, 1);
        assert_eq!(
            fs::read_to_string(place.mail.path().join(expected)).expect("the file"),
            FROM_KNUCKLES
        );
    }
    let again = place.import();
    assert_eq!(
        (again.files, again.messages, again.problems.len()),
        (0, 0, 0)
    );
    assert_eq!(place.saved().mail.len(), 3);
}

#[test]
fn a_bad_file_is_reported_and_left_whole() {
    let place = Place::new();
    let bad = [FROM_KNUCKLES, "hi\n", FROM_TAILS].concat();
    place.file("sonic", &bad);
    place.file("two words", FROM_KNUCKLES);
    place.file("tails", FROM_KNUCKLES);
    fs::create_dir(place.mail.path().join("amy")).expect("a folder");
    let imported = place.import();

    let told: Vec<_> = imported.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("amy: expected a regular file"), "{told:?}");
    assert!(
        told[1].contains("sonic, line 2: expected one JSON object"),
        "{told:?}"
    );
    assert!(
        told[2].contains("two words: expected a nickname"),
        "{told:?}"
    );
    assert_eq!(imported.messages, 1);
    assert_eq!(
        fs::read_to_string(place.mail.path().join("sonic")).expect("the file"),
        bad
    );
    assert!(
        place
            .saved()
            .mail
            .iter()
            .all(|mail| mail.recipient == nickname("tails"))
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    let place = Place::new();
    let elsewhere = TempDir::new().expect("a folder");
    let target = elsewhere.path().join("target");
    fs::write(&target, FROM_KNUCKLES).expect("a file");
    std::os::unix::fs::symlink(&target, place.mail.path().join("sonic")).expect("a link");
    let imported = place.import();
    assert_eq!((imported.messages, imported.problems.len()), (0, 1));

    place
        .mailbox()
        .0
        .commit(&[Record::Mail(kept(1, 1, "hi"))])
        .expect("a good batch");
    assert!(matches!(
        export(&place.saved(), place.mail.path()),
        Err(StoreError::Exists { .. })
    ));
    let partial = place.mail.path().join("sonic (partial)");
    fs::remove_file(place.mail.path().join("sonic")).expect("the link");
    std::os::unix::fs::symlink(&target, &partial).expect("a link");
    export(&place.saved(), place.mail.path()).expect("room for the file");
    assert_eq!(
        fs::read_to_string(&target).expect("the file"),
        FROM_KNUCKLES
    );
}

#[test]
fn a_long_text_travels_in_parts_and_is_written_as_one() {
    let place = Place::new();
    let text = "a long story, 很长 ".repeat(700);
    place.file(
        "sonic",
        &format!("{{\"Msg\": \"{text}\", \"Sender\": \"tails\", \"Time\": 1.5}}\n"),
    );
    assert_eq!(place.import().messages, 1);
    let mail = place.saved().mail;
    assert!(mail.len() > 10);
    let count = u32::try_from(mail.len()).expect("few parts");
    for (index, mail) in (1..).zip(&mail) {
        assert_eq!(
            (mail.part.index, mail.part.count, mail.part.seq.0),
            (index, count, u64::from(index))
        );
        assert_eq!(mail.part.lowest, Seq::FIRST);
    }
    let (exported, folder) = place.export();
    assert_eq!(
        exported,
        Exported {
            files: 1,
            messages: 1
        }
    );
    let written = fs::read_to_string(folder.path().join("sonic")).expect("the file");
    assert!(written.is_ascii() && written.ends_with("\", \"Sender\": \"tails\", \"Time\": 1.5}\n"));
    let value: serde_json::Value = serde_json::from_str(&written).expect("one object");
    assert_eq!(value["Msg"], text);
}

#[test]
fn of_a_message_that_lacks_parts_what_is_there_is_written() {
    let place = Place::new();
    let part = |id, index, text: &str| {
        let mut mail = kept(id, 4 + u64::from(index), text);
        (mail.part.index, mail.part.count) = (index, 3);
        Record::Mail(mail)
    };
    let batch = [
        part(1, 3, "end"),
        Record::Mail(kept(2, 4, "other")),
        part(3, 1, "start "),
    ];
    place.mailbox().0.commit(&batch).expect("a good batch");
    let (exported, folder) = place.export();
    assert_eq!(
        exported,
        Exported {
            files: 1,
            messages: 2
        }
    );
    let written = fs::read_to_string(folder.path().join("sonic")).expect("the file");
    let texts: Vec<_> = written
        .lines()
        .map(|line| line.split('"').nth(3).expect("a text"))
        .collect();
    assert_eq!(texts, ["start end", "other"]);
}

#[test]
fn an_export_reads_back_as_it_was_and_leaves_the_mailbox() {
    let place = Place::new();
    place.file("sonic", &[FROM_KNUCKLES, FROM_TAILS].concat());
    place.import();
    let before = place.saved();
    let (_, folder) = place.export();
    assert_eq!(place.saved(), before);
    let expected = "{\"Msg\": \"hi\", \"Sender\": \"knuckles\", \"Time\": 1488400115.368}\n\
        {\"Msg\": \"\\u4f60\\u597d\", \"Sender\": \"tails\", \"Time\": 1488400116.0}\n";
    assert_eq!(
        fs::read_to_string(folder.path().join("sonic")).expect("the file"),
        expected
    );

    let error = export(&before, folder.path()).expect_err("it is there already");
    assert!(
        error.to_string().contains("sonic is there already"),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("sonic")).expect("the file"),
        expected
    );
}

#[test]
fn nothing_is_written_outside_the_folder_whatever_the_names() {
    let names = [
        "../x",
        "a/b",
        "CON",
        ".hidden",
        "..",
        "x.imported",
        "/tmp/x",
        "%41",
        "王小明",
    ];
    let place = Place::new();
    let mut mailbox = place.mailbox().0;
    for (id, name) in (1..).zip(names) {
        let mail = Mail {
            recipient: nickname(name),
            ..kept(id, id, name)
        };
        mailbox.commit(&[Record::Mail(mail)]).expect("a good batch");
    }
    drop(mailbox);
    let root = TempDir::new().expect("a folder");
    let folder = root.path().join("out");
    export(&place.saved(), &folder).expect("room for the files");
    assert_eq!(fs::read_dir(root.path()).expect("the folder").count(), 1);
    assert_eq!(
        fs::read_dir(&folder).expect("the folder").count(),
        names.len()
    );

    let other = Place::new();
    let (mut mailbox, saved) = other.mailbox();
    assert_eq!(
        import(&mut mailbox, &saved, &folder, IMPORTED_MS)
            .expect("good files")
            .messages,
        names.len()
    );
    drop(mailbox);
    assert!(
        other
            .saved()
            .mail
            .iter()
            .all(|mail| mail.recipient.as_str() == mail.text)
    );
}

/// A mailbox and a folder of mail files.
struct Place {
    data: TempDir,
    mail: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            data: TempDir::new().expect("a folder"),
            mail: TempDir::new().expect("a folder"),
        }
    }

    fn file(&self, name: &str, content: &str) {
        fs::write(self.mail.path().join(name), content).expect("a file");
    }

    fn mailbox(&self) -> (Mailbox, Saved) {
        let path: &Path = self.data.path();
        let opened = Mailbox::open(&path.join("server.db")).expect("a mailbox");
        (opened.mailbox, opened.saved)
    }

    fn saved(&self) -> Saved {
        self.mailbox().1
    }

    fn import(&self) -> Imported {
        let (mut mailbox, saved) = self.mailbox();
        import(&mut mailbox, &saved, self.mail.path(), IMPORTED_MS).expect("a good folder")
    }

    fn export(&self) -> (Exported, TempDir) {
        let folder = TempDir::new().expect("a folder");
        (
            export(&self.saved(), folder.path()).expect("room for the files"),
            folder,
        )
    }
}

#[test]
fn a_host_takes_mail_in_as_it_starts_and_says_what_became_of_it() {
    let place = Place::new();
    place.file("sonic", &[FROM_KNUCKLES, FROM_TAILS].concat());
    place.file("tails", "no mail\n");
    let (server, imported, address) = hosting(&place, place.mail.path());
    let imported = imported.expect("a good folder");
    assert_eq!((imported.files, imported.messages), (1, 2));
    assert_eq!(imported.problems.len(), 1);
    let sonic = start_client("sonic", address, place.data.path());
    assert_eq!(wait_text(&sonic), "hi");
    assert_eq!(wait_text(&sonic), "你好");
    stop_server(server);
    let (server, imported, _) = hosting(&place, place.mail.path());
    assert_eq!(imported.expect("a good folder").messages, 0, "never twice");
    stop_server(server);
}

#[test]
fn a_host_whose_mail_can_not_be_taken_in_says_why_and_serves() {
    let place = Place::new();
    let nowhere = place.mail.path().join("nowhere");
    let (server, imported, _) = hosting(&place, &nowhere);
    let why = imported.expect_err("there is no such folder");
    assert!(why.to_string().contains("nowhere"), "{why}");
    stop_server(server);
}

/// A server that has taken in the mail of a folder, what it said of that, and where it is.
fn hosting(place: &Place, mail: &Path) -> (Server, Result<Imported, Fault>, SocketAddr) {
    let (store, mail) = (place.data.path().join("server.db"), mail.to_owned());
    let server = server::start_importing(HERE, 0, store, mail, nobody());
    let deadline = Instant::now() + PATIENCE;
    let Some(server::Told::Imported(imported)) = server.wait_told(deadline) else {
        panic!("expected what became of the mail");
    };
    let Some(server::Told::Bound(address)) = server.wait_told(deadline) else {
        panic!("expected an open port");
    };
    (server, imported, address)
}

fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

/// A part that the server keeps for sonic.
fn kept(id: u64, seq: u64, text: &str) -> Mail {
    let part = Part {
        stream: Stream(77),
        seq: Seq(seq),
        lowest: Seq::FIRST,
        index: 1,
        count: 1,
        written_ms: 1000,
        attempt: 1,
    };
    let (recipient, sender) = (nickname("sonic"), nickname("knuckles"));
    Mail {
        id: MailId(id),
        recipient,
        sender,
        part,
        text: text.to_owned(),
        stored_ms: 1000,
    }
}
