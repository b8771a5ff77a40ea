//! The server's rules for mail: on disk before it is acknowledged, kept until it is confirmed.

use super_chatter::machine::Output;
use super_chatter::machine::server::{MailId, Record, Saved};
use super_chatter::protocol::{Ack, Datagram, Part, Receipt, Seq, Stream};

use crate::bench::{at, mail, nick, part};
use crate::room::Room;
use crate::world::saved;

const SAVED: &str = "[Messages received by the server and saved]";
const STREAM: u64 = 7;

#[test]
fn mail_is_on_disk_before_it_is_acknowledged() {
    let mut room = room_of(Some(1), Some(1));
    room.leave("y", at(2));
    room.bench.take();
    room.bench
        .hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    let outputs = room.bench.take();
    let [
        (_, Output::Persist(Record::Mail(kept))),
        (_, Output::Transmit(ack)),
        ..,
    ] = &outputs[..]
    else {
        panic!("not kept, then acknowledged: {outputs:?}");
    };
    assert_eq!((kept.text.as_str(), &kept.recipient), ("hi", &nick("y")));
    assert!(String::from_utf8_lossy(&ack.bytes).contains("stored"));
}

#[test]
fn mail_of_a_classic_sender_is_on_disk_before_it_is_said_to_be() {
    let mut room = room_of(None, Some(1));
    room.leave("y", at(2));
    room.bench.take();
    room.bench.hear(at(1), &mail("x", "y", "hi", None));
    let mut kept = false;
    for (_, output) in room.bench.take() {
        match output {
            Output::Persist(record) => kept |= matches!(record, Record::Mail(_)),
            Output::Transmit(transmit) if transmit.bytes.windows(5).any(|w| w == b"saved") => {
                return assert!(kept);
            }
            Output::Transmit(_) | Output::Event(_) => {}
        }
    }
    panic!("the sender is never told");
}

#[test]
fn mail_for_one_of_ours_who_is_there_is_handed_over_at_once() {
    let mut room = room_of(Some(1), Some(1));
    room.forget();
    let now_ms = room.bench.now_ms();
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    assert_eq!(room.words_to(at(2)), ["hi"]);
    assert_eq!(room.bench.now_ms(), now_ms);
}

#[test]
fn mail_is_kept_until_its_recipient_has_confirmed_it_and_its_sender_is_told() {
    let mut room = room_of(Some(1), Some(1));
    room.silent.insert(at(2));
    for seq in 1..=3 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, seq, 1))));
    }
    room.run_for(3_000);
    assert_eq!(removed(&room.records), 0);
    assert_eq!(room.receipts_to(at(1)), []);
    room.silent.clear();
    room.run_for(6_000);
    room.join("y", at(2));
    room.run_for(6_000);
    assert_eq!(removed(&room.records), 3);
    assert_eq!(room.receipts_to(at(1)).last(), Some(&below(4)));
    assert_eq!(saved(&room.records).mail, []);
}

#[test]
fn a_receipt_is_kept_until_the_sender_has_it() {
    let mut room = room_of(Some(1), Some(1));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    assert!(room.records.contains(&Record::ReceiptTaken(Stream(STREAM))));
    room.forget();
    room.silent.insert(at(1));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 2, 2))));
    room.run_for(1_000);
    assert!(room.receipts_to(at(1)).len() > 1, "it is said again");
    let left = saved(&room.records).receipts;
    assert_eq!(left.len(), 1);
    // Through a restart.
    let mut room = Room::new(Saved {
        receipts: left,
        ..Saved::default()
    });
    room.join("x", at(1));
    assert_eq!(room.receipts_to(at(1)), [below(3)]);
    assert!(room.records.contains(&Record::ReceiptTaken(Stream(STREAM))));
}

#[test]
fn mail_waits_through_a_restart() {
    let mut room = room_of(Some(1), Some(1));
    room.leave("y", at(2));
    for seq in 1..=3 {
        let text = format!("line {seq}");
        room.hear(at(1), &mail("x", "y", &text, Some(part(STREAM, seq, 1))));
    }
    let mut room = Room::new(saved(&room.records));
    room.join("y", at(2));
    room.run_for(100);
    let words = room.words_to(at(2));
    assert_eq!(words, ["welcome", "line 1", "line 2", "line 3", "page"]);
    assert_eq!(removed(&room.records), 3);
}

#[test]
fn mail_that_is_sent_again_is_kept_once_and_answered_alike() {
    let mut room = room_of(Some(1), Some(1));
    room.leave("y", at(2));
    room.forget();
    for _ in 0..3 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    }
    assert_eq!(room.words_to(at(1)), ["stored"; 3]);
    assert_eq!(saved(&room.records).mail.len(), 1);
}

#[test]
fn mail_that_was_confirmed_is_not_taken_again() {
    let mut room = room_of(Some(1), Some(1));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    room.silent.insert(at(1));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 2, 1))));
    room.forget();
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 2, 1))));
    assert_eq!(room.words_to(at(2)), Vec::<String>::new());
    assert_eq!(room.records, []);
}

#[test]
fn mail_is_taken_only_from_somebody_who_is_registered_there() {
    let mut room = room_of(Some(1), Some(1));
    room.forget();
    // A stranger, somebody with another's name, and somebody who has signed out.
    room.hear(at(9), &mail("x", "y", "hi", Some(part(1, 1, 1))));
    room.hear(at(2), &mail("x", "y", "hi", Some(part(2, 1, 1))));
    room.hear(at(9), &mail("x", "y", "hi", None));
    assert_eq!(
        room.words_to(at(9)),
        ["unregistered", "ack", "[Client x Not Existed!]"]
    );
    assert_eq!(room.words_to(at(2)), ["unregistered"]);
    room.leave("x", at(1));
    room.sent_to(at(1));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 1, 1))));
    assert_eq!(room.words_to(at(1)), ["unregistered"]);
    assert_eq!(room.records, []);
}

#[test]
fn mail_for_nobody_is_refused() {
    let mut room = room_of(Some(1), None);
    room.forget();
    room.hear(at(1), &mail("x", "nobody", "hi", Some(part(STREAM, 1, 1))));
    assert_eq!(room.words_to(at(1)), ["unknown"]);
    room.hear(at(2), &mail("y", "nobody", "hi", None));
    assert_eq!(
        room.words_to(at(2)),
        ["ack", "[Client nobody Not Existed!]"]
    );
    assert_eq!(room.records, []);
}

#[test]
fn mail_of_a_classic_sender_for_somebody_who_is_there_is_not_kept() {
    let mut room = room_of(None, None);
    room.forget();
    room.hear(at(1), &mail("x", "y", "hi", None));
    assert_eq!(room.words_to(at(2)), ["are you there?"]);
    let said = ["ack", "[Clientyexists!!]", "table"];
    assert_eq!(room.words_to(at(1)), said);
    assert_eq!(room.records, []);
}

#[test]
fn mail_of_a_classic_sender_for_somebody_who_is_gone_is_kept_after_one_question() {
    let mut room = room_of(None, None);
    room.silent.insert(at(2));
    room.forget();
    room.hear(at(1), &mail("x", "y", "hi", None));
    room.run_for(499);
    assert_eq!(room.words_to(at(1)), ["ack"]);
    room.run_for(1);
    assert_eq!(room.words_to(at(1)), [SAVED, "table"]);
    // Nothing but the question went to where nobody is.
    assert_eq!(room.words_to(at(2)), ["are you there?"]);
    room.silent.clear();
    room.join_classic("y", at(2));
    let words = room.words_to(at(2));
    assert_eq!(
        words[..3],
        ["ack", "[Welcome, You are registered.]", "table"]
    );
    assert_eq!(
        words[3..],
        ["[You Have Messages]", "2023-11-14 23:13:20 hi"]
    );
    assert_eq!(saved(&room.records).mail, []);
}

#[test]
fn a_classic_recipient_gets_one_message_at_a_time_and_keeps_what_it_did_not_ack() {
    let mut room = room_of(Some(1), None);
    room.hear(at(2), &crate::bench::dereg("y", None));
    for seq in 1..=3 {
        let text = format!("line {seq}");
        room.hear(at(1), &mail("x", "y", &text, Some(part(STREAM, seq, 1))));
    }
    room.forget();
    room.silent.insert(at(2));
    room.join_classic("y", at(2));
    assert_eq!(
        room.words_to(at(2))[1..],
        ["[Welcome, You are registered.]"]
    );
    for said in ["table", "[You Have Messages]", "line 1"] {
        room.bench.hear(at(2), &Datagram::Ack(Ack::Plain));
        room.run_for(0);
        room.hear(at(9), &Datagram::Ack(Ack::Plain));
        let words = room.words_to(at(2));
        assert!(words.len() == 1 && words[0].ends_with(said), "{words:?}");
    }
    assert_eq!(removed(&room.records), 0);
    room.hear(at(2), &Datagram::Ack(Ack::Plain));
    assert_eq!(removed(&room.records), 1);
    room.run_for(10_000);
    assert_eq!(removed(&room.records), 1, "what nobody acked is kept");
}

#[test]
fn a_long_message_reaches_a_classic_recipient_in_pieces_it_can_read() {
    let mut room = room_of(Some(1), None);
    room.hear(at(2), &crate::bench::dereg("y", None));
    let text = "明🦔\"\\".repeat(1_000);
    let ranges = super_chatter::protocol::parts::parts(&text);
    let count = ranges.len() as u32;
    for (index, range) in (1..).zip(ranges) {
        let part = Part {
            index,
            count,
            ..part(STREAM, u64::from(index), 1)
        };
        room.hear(at(1), &mail("x", "y", &text[range], Some(part)));
    }
    room.forget();
    room.longest = 0;
    room.join_classic("y", at(2));
    let words = room.words_to(at(2));
    let pieces = words
        .iter()
        .filter_map(|word| word.strip_prefix("2023-11-14 23:13:20 "));
    assert_eq!(pieces.collect::<String>(), text);
    assert!(room.longest <= 4096, "{} bytes", room.longest);
    assert_eq!(saved(&room.records).mail, []);
}

#[test]
fn mail_that_gets_no_answer_is_sent_again_ever_more_rarely() {
    let mut room = room_of(Some(1), Some(1));
    room.silent.insert(at(2));
    room.forget();
    let began_ms = room.bench.now_ms();
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    room.run_for(2_000);
    let tries = room
        .sent
        .iter()
        .filter(|(_, to, datagram)| *to == at(2) && matches!(datagram, Datagram::Chat { .. }));
    let tries: Vec<_> = tries.map(|(ms, ..)| ms - began_ms).collect();
    // 200 ms, then twice as long each time, give or take a quarter.
    assert_eq!(tries[..2], [0, 200]);
    assert!((500..=700).contains(&tries[2]), "{tries:?}");
    assert!((600..=1_000).contains(&(tries[3] - tries[2])), "{tries:?}");
}

#[test]
fn a_receipt_that_somebody_makes_up_removes_nothing() {
    let mut room = room_of(Some(1), Some(1));
    room.join("z", at(3));
    room.leave("y", at(2));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(STREAM, 1, 1))));
    room.forget();
    let receipt = below(2);
    let made_up = Datagram::Ack(Ack::Part {
        seq: Seq(1),
        receipt,
        attempt: 1,
    });
    for from in [at(1), at(2), at(3), at(9)] {
        room.hear(from, &made_up);
    }
    assert_eq!(room.records, []);
}

/// `x` at place 1 and `y` at place 2, with a request number for ours and none for classic ones.
fn room_of(x: Option<u64>, y: Option<u64>) -> Room {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &crate::bench::reg("x", x));
    room.hear(at(2), &crate::bench::reg("y", y));
    room.run_for(50);
    room
}

fn removed(records: &[Record]) -> usize {
    let removed = records
        .iter()
        .filter(|record| matches!(record, Record::MailRemoved(MailId(_))));
    removed.count()
}

fn below(seq: u64) -> Receipt {
    Receipt {
        stream: Stream(STREAM),
        below: Seq(seq),
    }
}
