//! What the mailbox keeps: all of it, in its order, and nothing that it does not understand.

use std::fs;
use std::path::{Path, PathBuf};

use super_chatter::machine::server::{
    ClassicStream, HeldReceipt, Mail, MailId, Person, Record, Saved,
};
use super_chatter::protocol::limits::NUMBER_END;
use super_chatter::protocol::{Nickname, Part, Receipt, Seq, Stream};
use super_chatter::store::StoreError;
use super_chatter::store::mailbox::Mailbox;
use tempfile::TempDir;

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let (folder, path) = place();
    let records = [
        Record::Person(person("y", 1232)),
        Record::Person(person("x", 1234)),
        Record::Mail(mail(7, "Where is Knuckles?")),
        Record::Mail(mail(9, "你好 🦔\n")),
        Record::Receipt(receipt(3, 5)),
        Record::ClassicStream(classic_stream(2)),
    ];
    fresh(&path).commit(&records).expect("a good batch");
    let expected = Saved {
        people: vec![person("x", 1234), person("y", 1232)],
        mail: vec![mail(7, "Where is Knuckles?"), mail(9, "你好 🦔\n")],
        receipts: vec![receipt(3, 5)],
        classic_streams: vec![classic_stream(2)],
        ..Saved::default()
    };
    assert_eq!(saved(&path), expected);
    drop(folder);
}

#[test]
fn a_later_record_takes_the_place_of_the_earlier_one() {
    let (_folder, path) = place();
    let mut mailbox = fresh(&path);
    let first = [
        Record::Person(person("x", 1234)),
        Record::Mail(mail(7, "a")),
        Record::Mail(mail(8, "b")),
        Record::Receipt(receipt(3, 5)),
        Record::Receipt(receipt(4, 5)),
        Record::ClassicStream(classic_stream(2)),
    ];
    let second = [
        Record::Person(person("x", 4321)),
        Record::MailRemoved(MailId(7)),
        Record::MailRemoved(MailId(1000)),
        Record::Receipt(receipt(3, 6)),
        Record::ReceiptTaken(Stream(4)),
        Record::ClassicStream(classic_stream(3)),
    ];
    mailbox.commit(&first).expect("a good batch");
    mailbox.commit(&second).expect("a good batch");
    drop(mailbox);
    let expected = Saved {
        people: vec![person("x", 4321)],
        mail: vec![mail(8, "b")],
        receipts: vec![receipt(3, 6)],
        classic_streams: vec![classic_stream(3)],
        ..Saved::default()
    };
    assert_eq!(saved(&path), expected);
}

#[test]
fn the_widest_numbers_of_the_wire_are_kept() {
    let (_folder, path) = place();
    let last = NUMBER_END - 1;
    let mut wide = mail(last, "wide");
    wide.part.stream = Stream(last);
    wide.part.seq = Seq(last);
    wide.part.lowest = Seq(last);
    wide.part.written_ms = i64::MIN;
    wide.stored_ms = i64::MAX;
    fresh(&path)
        .commit(&[Record::Mail(wide.clone())])
        .expect("a good batch");
    assert_eq!(saved(&path).mail, vec![wide]);
}

#[test]
fn a_batch_is_kept_whole_or_not_at_all() {
    let (_folder, path) = place();
    let mut mailbox = fresh(&path);
    mailbox
        .commit(&[Record::Mail(mail(7, "first"))])
        .expect("a good batch");
    let batch = [Record::Mail(mail(8, "b")), Record::Mail(mail(7, "again"))];
    let error = mailbox.commit(&batch).expect_err("an id twice");
    assert!(matches!(error, StoreError::Write { .. }), "{error}");
    mailbox
        .commit(&[Record::Mail(mail(9, "after it"))])
        .expect("the mailbox goes on");
    drop(mailbox);
    assert_eq!(
        saved(&path).mail,
        vec![mail(7, "first"), mail(9, "after it")]
    );
}

#[test]
fn a_mailbox_is_open_once() {
    let (_folder, path) = place();
    let mailbox = fresh(&path);
    let error = Mailbox::open(&path).expect_err("it is open");
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("server.db"), "{error}");
    drop(mailbox);
    assert_eq!(saved(&path), Saved::default());
}

#[test]
fn a_file_that_is_not_understood_stays_as_it_is() {
    let (_folder, path) = place();
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let mut contents = vec![("letter".as_bytes().to_vec(), "is no mailbox")];

    fresh(&path);
    edit(&path, "PRAGMA user_version = 2");
    contents.push((fs::read(&path).expect("a file"), "newer"));
    edit(&path, "PRAGMA user_version = 0");
    contents.push((fs::read(&path).expect("a file"), "another program"));
    edit(&path, "PRAGMA user_version = 1");
    let mut damaged = fs::read(&path).expect("a file");
    let end = damaged.len();
    damaged[4096..end].fill(0x5a);
    contents.push((damaged, "damaged"));

    for (content, reason) in contents {
        fs::write(&path, &content).expect("a file");
        let error = Mailbox::open(&path).expect_err(reason).to_string();
        assert!(
            error.contains(reason) && error.contains("server.db"),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
        assert_eq!(fs::read(&path).expect("a file"), content, "{reason}");
    }
}

#[test]
fn a_row_that_was_edited_by_hand_is_named() {
    for (edited, expected) in [
        (
            "UPDATE people SET address = 'home'",
            "table people, row \"x\": expected address",
        ),
        (
            "UPDATE people SET extended = 2",
            "row \"x\": expected extended",
        ),
        (
            "UPDATE mail SET recipient = 'a b'",
            "table mail, row 7: expected recipient",
        ),
        ("UPDATE mail SET seq = 0", "row 7: expected seq"),
        ("UPDATE mail SET stream = -1", "row 7: expected stream"),
        ("UPDATE mail SET lowest = 9", "row 7: expected lowest"),
        (
            "UPDATE mail SET part_index = 2",
            "row 7: expected part_index",
        ),
        (
            "UPDATE mail SET part_count = 1 << 40",
            "row 7: expected part_count",
        ),
        (
            "UPDATE mail SET text = CAST(zeroblob(20000) AS TEXT)",
            "row 7: expected text",
        ),
        (
            "UPDATE receipts SET below = 1 << 60",
            "table receipts, row 3: expected below",
        ),
        (
            "UPDATE classic_streams SET sender = ''",
            "table classic_streams, row \"\": expected sender",
        ),
    ] {
        let (_folder, path) = place();
        let records = [
            Record::Person(person("x", 1234)),
            Record::Mail(mail(7, "hi")),
            Record::Receipt(receipt(3, 5)),
            Record::ClassicStream(classic_stream(2)),
        ];
        fresh(&path).commit(&records).expect("a good batch");
        edit(&path, edited);
        let error = Mailbox::open(&path).expect_err(edited).to_string();
        assert!(error.contains(expected), "{edited}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    let mut mailbox = fresh(&path);
    mailbox
        .commit(&[Record::Mail(mail(7, "secret"))])
        .expect("a good batch");
    let folder = path.parent().expect("a folder");
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(folder), 0o700);
    for file in fs::read_dir(folder).expect("a folder") {
        let file = file.expect("a file").path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

/// A path in a folder that is not made yet.
fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("data").join("server.db");
    (folder, path)
}

fn fresh(path: &Path) -> Mailbox {
    let (mailbox, saved) = Mailbox::open(path).expect("a new mailbox");
    assert_eq!(saved, Saved::default());
    mailbox
}

fn saved(path: &Path) -> Saved {
    Mailbox::open(path).expect("an old mailbox").1
}

fn edit(path: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(path).expect("a database");
    connection
        .execute_batch(statement)
        .expect("a good statement");
}

fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

fn person(name: &str, port: u16) -> Person {
    let address = ([127, 0, 0, 1], port).into();
    Person {
        nickname: nickname(name),
        address,
        extended: true,
        seen_ms: 1_488_400_115_368,
    }
}

fn mail(id: u64, text: &str) -> Mail {
    let part = Part {
        stream: Stream(3),
        seq: Seq(5),
        lowest: Seq(4),
        index: 1,
        count: 1,
        written_ms: -1,
        attempt: 1,
    };
    Mail {
        id: MailId(id),
        recipient: nickname("x"),
        sender: nickname("y"),
        part,
        text: text.to_owned(),
        stored_ms: 1_488_400_115_368,
    }
}

fn receipt(stream: u64, below: u64) -> HeldReceipt {
    HeldReceipt {
        sender: nickname("y"),
        receipt: Receipt {
            stream: Stream(stream),
            below: Seq(below),
        },
    }
}

fn classic_stream(next: u64) -> ClassicStream {
    ClassicStream {
        sender: nickname("y"),
        recipient: nickname("x"),
        stream: Stream(11),
        next: Seq(next),
    }
}
