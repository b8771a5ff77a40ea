//! What the mailbox keeps: all of it, in its order, and nothing that it does not understand.

use std::fs;
use std::path::{Path, PathBuf};

use super_chatter::machine::server::{
    ClassicStream, HeldExpiry, HeldReceipt, Mail, MailId, Passed, Person, Record, Saved,
};
use super_chatter::protocol::limits::NUMBER_END;
use super_chatter::protocol::{Epoch, Expired, Nickname, Part, Receipt, Seq, Stream};
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
        Record::Epoch(Epoch(8)),
        Record::Passed(passed(3, 4)),
        Record::Expired(expired(3, 2)),
        Record::Blocked(ip("10.0.0.9")),
        Record::Blocked(ip("fd00::9")),
    ];
    fresh(&path).commit(&records).expect("a good batch");
    let expected = Saved {
        people: vec![person("x", 1234), person("y", 1232)],
        mail: vec![mail(7, "Where is Knuckles?"), mail(9, "你好 🦔\n")],
        receipts: vec![receipt(3, 5)],
        classic_streams: vec![classic_stream(2)],
        epoch: Some(Epoch(8)),
        passed: vec![passed(3, 4)],
        expired: vec![expired(3, 2)],
        blocked: vec![ip("10.0.0.9"), ip("fd00::9")],
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
        Record::Passed(passed(3, 4)),
        Record::Expired(expired(3, 1)),
        Record::Expired(expired(3, 2)),
        Record::Blocked(ip("10.0.0.9")),
        Record::Blocked(ip("10.0.0.8")),
        Record::Blocked(ip("10.0.0.8")),
    ];
    let second = [
        Record::Person(person("x", 4321)),
        Record::MailRemoved(MailId(7)),
        Record::MailRemoved(MailId(1000)),
        Record::Receipt(receipt(3, 6)),
        Record::ReceiptTaken(Stream(4)),
        Record::ClassicStream(classic_stream(3)),
        Record::Passed(passed(3, 6)),
        Record::ExpiryTaken(expired(3, 1).expired),
        Record::ExpiryTaken(expired(4, 2).expired),
        Record::Unblocked(ip("10.0.0.9")),
        Record::Unblocked(ip("10.0.0.7")),
    ];
    mailbox.commit(&first).expect("a good batch");
    mailbox.commit(&second).expect("a good batch");
    drop(mailbox);
    let expected = Saved {
        people: vec![person("x", 4321)],
        mail: vec![mail(8, "b")],
        receipts: vec![receipt(3, 6)],
        classic_streams: vec![classic_stream(3)],
        passed: vec![passed(3, 6)],
        expired: vec![expired(3, 2)],
        blocked: vec![ip("10.0.0.8")],
        ..Saved::default()
    };
    assert_eq!(saved(&path), expected);
}

#[test]
fn how_far_a_stream_is_settled_goes_with_its_last_mail() {
    let (_folder, path) = place();
    let mut mailbox = fresh(&path);
    let mut other = mail(9, "c");
    other.part.stream = Stream(4);
    let records = [
        Record::Mail(mail(7, "a")),
        Record::Mail(mail(8, "b")),
        Record::Mail(other),
        Record::Passed(passed(3, 4)),
        Record::Passed(passed(4, 2)),
    ];
    mailbox.commit(&records).expect("a good batch");
    for (removed, left) in [
        (7, vec![passed(3, 4), passed(4, 2)]),
        (8, vec![passed(4, 2)]),
        (9, vec![]),
    ] {
        let records = [Record::MailRemoved(MailId(removed))];
        mailbox.commit(&records).expect("a good batch");
        drop(mailbox);
        let opened = Mailbox::open(&path).expect("an old mailbox");
        assert_eq!(opened.saved.passed, left);
        mailbox = opened.mailbox;
    }
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
    let opened = Mailbox::open(path).expect("a new mailbox");
    assert_eq!(opened.saved, Saved::default());
    opened.mailbox
}

fn saved(path: &Path) -> Saved {
    Mailbox::open(path).expect("an old mailbox").saved
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

fn passed(stream: u64, below: u64) -> Passed {
    Passed {
        recipient: nickname("x"),
        stream: Stream(stream),
        below: Seq(below),
    }
}

fn expired(stream: u64, seq: u64) -> HeldExpiry {
    HeldExpiry {
        sender: nickname("y"),
        expired: Expired {
            stream: Stream(stream),
            seq: Seq(seq),
        },
    }
}

fn ip(text: &str) -> std::net::IpAddr {
    text.parse().expect("an address")
}
