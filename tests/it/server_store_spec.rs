//! What a server's store must tell after a restart, and how much it takes: the store's name, how far a
//! stream is settled, shares of a mailbox, and a disk without room.

use super_chatter::machine::server::{Record, Saved};
use super_chatter::machine::{Machine, Output, Room as Disk};
use super_chatter::protocol::{Ack, Answer, Datagram, Epoch, MailAnswer, Receipt, Seq, Stream};

use crate::bench::{at, confirmation, dereg, mail, part, reg};
use crate::room::Room;
use crate::world::saved;

const STREAM: u64 = 7;

#[test]
fn a_new_store_is_named_before_anything_else_and_keeps_its_name() {
    let mut room = Room::new(Saved::default());
    let first = room.bench.outputs.first().cloned();
    let Some((_, Output::Persist(Record::Epoch(epoch)))) = first else {
        panic!("the name comes first: {first:?}");
    };
    room.join("x", at(1));
    assert_eq!(told_epoch(&mut room), Some(epoch));
    let mut room = Room::new(saved(&room.records));
    assert!(room.records.is_empty());
    room.join("x", at(1));
    assert_eq!(told_epoch(&mut room), Some(epoch));
    let named = |record: &Record| matches!(record, Record::Epoch(_));
    assert!(!room.records.iter().any(named));
}

#[test]
fn who_was_confirmed_is_not_waited_for_after_a_restart() {
    let mut room = room_with_mail(3);
    room.silent.insert(at(2));
    room.join("y", at(2));
    room.hear(at(2), &confirmation(part(STREAM, 1, 1)));
    room.run_for(100);
    assert!(room.records.contains(&Record::ReceiptTaken(Stream(STREAM))));
    // Nobody but the store knows of the first part any more, and its recipient has forgotten.
    let mut room = Room::new(saved(&room.records));
    room.join("y", at(3));
    room.run_for(1_000);
    assert_eq!(lowests(room.sent_to(at(3))), [2, 2]);
    assert_eq!(saved(&room.records).mail, []);
}

#[test]
fn a_stream_of_which_nothing_is_kept_leaves_no_record() {
    let mut room = room_with_mail(3);
    room.join("y", at(2));
    room.run_for(100);
    assert_eq!(saved(&room.records).mail, []);
    assert_eq!(saved(&room.records).passed, []);
}

#[test]
fn what_a_part_itself_tells_is_not_recorded_twice() {
    let mut room = room_with_mail(0);
    for seq in 10..20 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, seq, 10))));
    }
    let passed = |record: &&Record| matches!(record, Record::Passed(_));
    assert_eq!(room.records.iter().filter(passed).count(), 0);
}

#[test]
fn a_request_that_comes_late_is_not_kept_anew_and_a_classic_recipient_sees_it_once() {
    let mut room = room_with_mail(0);
    room.join_classic("y", at(2));
    room.run_for(1_000);
    room.sent_to(at(2));
    let request = mail("x", "y", "hi", Some(part(STREAM, 1, 1)));
    room.hear(at(1), &request);
    room.run_for(1_000);
    assert!(room.words_to(at(2)).iter().any(|word| word.ends_with("hi")));
    assert!(room.records.contains(&Record::ReceiptTaken(Stream(STREAM))));
    room.forget();
    room.hear(at(1), &request);
    room.run_for(1_000);
    let receipt = Receipt {
        stream: Stream(STREAM),
        below: Seq(2),
    };
    assert_eq!(room.receipts_to(at(1)), [receipt]);
    assert_eq!(room.words_to(at(2)), Vec::<String>::new());
    let kept = |record: &Record| matches!(record, Record::Mail(_) | Record::Receipt(_));
    assert!(!room.records.iter().any(kept));
}

#[test]
fn whoever_asks_for_a_message_that_has_arrived_is_told_so_again() {
    // Somebody else with that name, or the same person's other profile, took the word of it.
    let mut room = room_with_mail(1);
    room.leave("x", at(1));
    room.join("y", at(2));
    room.join("x", at(9));
    let receipt = |room: &mut Room, to| room.receipts_to(to).pop().map(|receipt| receipt.below);
    assert_eq!(receipt(&mut room, at(9)), Some(Seq(2)));
    room.leave("x", at(9));
    room.join("x", at(1));
    room.forget();
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    assert_eq!(receipt(&mut room, at(1)), Some(Seq(2)));
    assert_eq!(
        room.words_to(at(2)),
        Vec::<String>::new(),
        "it is not shown again"
    );
}

#[test]
fn a_receipt_for_a_stream_that_the_server_never_had_tells_nobody_anything() {
    let mut room = room_with_mail(2);
    room.join("y", at(2));
    room.run_for(100);
    room.forget();
    room.hear(at(2), &confirmation(part(STREAM, 9, 1)));
    room.hear(at(2), &confirmation(part(99, 9, 1)));
    assert_eq!(room.receipts_to(at(1)), []);
    assert_eq!(room.records, []);
}

#[test]
fn one_sender_fills_a_quarter_of_a_mailbox_and_an_eighth_of_the_store() {
    let mut room = room_with_mail(0);
    room.join("z", at(3));
    // A mebibyte for each recipient, each part with 256 bytes for its place.
    for number in 0..8 {
        let recipient = format!("r{number}");
        room.join(&recipient, at(100 + number));
        room.leave(&recipient, at(100 + number));
        assert_eq!(fill(&mut room, ("x", at(1)), &recipient), 1 << 20);
    }
    assert_eq!(fill(&mut room, ("x", at(1)), "y"), 0, "eight in all");
    assert_eq!(fill(&mut room, ("z", at(3)), "r0"), 1 << 20);
    assert_eq!(fill(&mut room, ("z", at(3)), "y"), 1 << 20);
}

#[test]
fn four_senders_fill_a_mailbox() {
    let mut room = room_with_mail(0);
    for number in 0..5 {
        let sender = format!("s{number}");
        room.join(&sender, at(100 + number));
        let expected = if number < 4 { 1 << 20 } else { 0 };
        let filled = fill(&mut room, (&sender, at(100 + number)), "y");
        assert_eq!(filled, expected, "{sender}");
    }
}

#[test]
fn what_is_counted_comes_back_with_a_restart_and_goes_with_the_mail() {
    let mut room = room_with_mail(0);
    fill(&mut room, ("x", at(1)), "y");
    let mut room = Room::new(saved(&room.records));
    room.join("x", at(1));
    assert_eq!(fill(&mut room, ("x", at(1)), "y"), 0);
    room.join("y", at(2));
    room.run_for(10_000);
    assert_eq!(saved(&room.records).mail, []);
    room.leave("y", at(2));
    assert_eq!(fill(&mut room, ("x", at(1)), "y"), 1 << 20);
}

#[test]
fn a_disk_without_room_takes_nothing_new_and_goes_on_with_the_rest() {
    let mut room = room_with_mail(1);
    room.join_classic("c", at(4));
    room.run_for(1_000);
    let now = room.bench.clock();
    room.bench.machine.handle_room(now, Disk::Scarce);
    room.forget();
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 2, 1))));
    assert_eq!(room.words_to(at(1)), ["stored", "full"]);
    room.hear(at(4), &mail("c", "y", "hi", None));
    assert_eq!(room.words_to(at(4)), ["ack", "[The mailbox of y is full]"]);
    room.join("new", at(5));
    room.join_classic("old", at(6));
    assert_eq!(room.words_to(at(5)), ["refused"]);
    assert_eq!(room.words_to(at(6))[1], "[The server takes nobody more]");
    assert_eq!(room.records, []);
    // Who is known comes, takes their mail, and its sender hears of it.
    room.join("y", at(2));
    assert_eq!(room.words_to(at(2))[..2], ["welcome", "hi"]);
    assert_eq!(room.receipts_to(at(1)), [below(2)]);
    room.bench.machine.handle_room(now, Disk::Plenty);
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 2, 2))));
    assert_eq!(
        room.words_to(at(1)).first().map(String::as_str),
        Some("stored")
    );
}

/// `x` at place 1, and `y` who is away and has so many parts waiting.
fn room_with_mail(parts: u64) -> Room {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &reg("x", Some(1)));
    room.hear(at(2), &reg("y", Some(1)));
    room.run_for(50);
    room.hear(at(2), &dereg("y", Some(2)));
    for seq in 1..=parts {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, seq, 1))));
    }
    room.run_for(50);
    room.sent.clear();
    room
}

/// Sends parts of 512 bytes with their overhead until the server takes no more. Answers what it took.
fn fill(room: &mut Room, (sender, from): (&str, std::net::SocketAddr), to: &str) -> usize {
    let text = "x".repeat(512 - 256);
    let stream = room.request();
    for seq in 1.. {
        let request = mail(sender, to, &text, Some(part(stream, seq, 1)));
        room.hear(from, &request);
        let full = |datagram: &Datagram<'_>| {
            let Datagram::Ack(Ack::Mail { answer, .. }) = datagram else {
                return false;
            };
            *answer == MailAnswer::Full
        };
        if room.sent_to(from).iter().any(full) {
            return (seq as usize - 1) * 512;
        }
    }
    unreachable!("there is a limit")
}

fn lowests(sent: Vec<Datagram<'_>>) -> Vec<u64> {
    let lowest = |datagram| {
        let Datagram::Chat {
            part: Some(part), ..
        } = datagram
        else {
            return None;
        };
        Some(part.lowest.0)
    };
    sent.into_iter().filter_map(lowest).collect()
}

fn told_epoch(room: &mut Room) -> Option<Epoch> {
    room.sent_to(at(1)).into_iter().find_map(|datagram| {
        let Datagram::Ack(Ack::Request {
            answer: Answer::Welcome { epoch, .. },
            ..
        }) = datagram
        else {
            return None;
        };
        Some(epoch)
    })
}

fn below(seq: u64) -> Receipt {
    Receipt {
        stream: Stream(STREAM),
        below: Seq(seq),
    }
}
