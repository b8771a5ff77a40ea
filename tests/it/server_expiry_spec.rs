//! The server's rules for mail that nobody comes for: given up after 30 days, never silently, and
//! nobody waits for it.

use super_chatter::machine::server::{HeldExpiry, Record, Saved};
use super_chatter::machine::{Machine, Output};
use super_chatter::protocol::{Datagram, Expired, Part, Receipt, Seq, Stream};

use crate::bench::{at, dereg, mail, nick, part, reg};
use crate::room::Room;
use crate::world::saved;

const STREAM: u64 = 7;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[test]
fn mail_of_30_days_is_let_go_of_in_one_step_and_its_sender_told() {
    let mut room = room_with_mail(1);
    room.bench.wall.0 += 30 * DAY_MS - 60_000;
    room.run_for(59_000);
    assert_eq!(removed(&room), 0, "not a second early");
    room.bench.wall.0 += 2_000;
    room.bench.take();
    let due = room.bench.machine.poll_timeout().expect("a look a minute");
    room.bench.run_to(due.as_millis() as u64);
    while room.bench.outputs.is_empty() {
        room.bench.run_for(1_000);
    }
    let outputs: Vec<_> = room
        .bench
        .take()
        .into_iter()
        .map(|(_, output)| output)
        .collect();
    let [
        Output::Persist(one),
        Output::Persist(other),
        Output::Transmit(told),
        ..,
    ] = &outputs[..]
    else {
        panic!("both records, then the word: {outputs:?}");
    };
    assert_eq!(one, &Record::Expired(held(1)));
    assert!(matches!(other, Record::MailRemoved(_)));
    assert_eq!(told.to, at(1));
    assert!(String::from_utf8_lossy(&told.bytes).contains("\"ex\":[[7,1]]"));
}

#[test]
fn the_word_is_said_until_it_is_heard_and_kept_until_then() {
    let mut room = room_with_mail(1);
    room.run_to(60_000);
    room.silent.insert(at(1));
    room.bench.wall.0 += 31 * DAY_MS;
    room.run_for(2_000);
    assert!(expired_to(&mut room).len() > 1, "it is said again");
    let mut room = Room::new(saved(&room.records));
    room.join("x", at(1));
    assert_eq!(expired_to(&mut room), [expired(1)]);
    assert!(room.records.contains(&Record::ExpiryTaken(expired(1))));
    room.run_for(60_000);
    assert_eq!(expired_to(&mut room), []);
}

#[test]
fn mail_that_grew_old_while_the_server_was_off_goes_at_its_start() {
    let room = room_with_mail(1);
    let mut room = Room::new(saved(&room.records));
    room.bench.wall.0 += 31 * DAY_MS;
    room.run_for(0);
    assert_eq!(removed(&room), 1);
}

#[test]
fn nobody_waits_for_a_part_that_expired() {
    for restarts in [false, true] {
        let mut room = room_with_mail(2);
        room.bench.wall.0 += 20 * DAY_MS;
        room.hear(at(1), &mail("x", "y", "young", Some(part(STREAM, 3, 1))));
        room.bench.wall.0 += 11 * DAY_MS;
        room.run_for(61_000);
        assert_eq!(removed(&room), 2);
        if restarts {
            let saved = saved(&room.records);
            assert_eq!(saved.expired, [], "the sender has heard of it");
            let wall = room.bench.wall;
            room = Room::new(saved);
            room.bench.wall = wall;
        }
        room.sent_to(at(2));
        room.join("y", at(2));
        let parts = parts_to(&mut room);
        assert_eq!(parts, [(Seq(3), Seq(3))]);
    }
}

#[test]
fn a_part_that_is_offered_anew_is_waited_for_again() {
    let mut room = room_with_mail(1);
    room.bench.wall.0 += 20 * DAY_MS;
    room.hear(at(1), &mail("x", "y", "young", Some(part(STREAM, 2, 1))));
    room.bench.wall.0 += 11 * DAY_MS;
    room.run_for(61_000);
    assert_eq!(removed(&room), 1);
    // Its sender has heard of that, and does not give it up; what comes sooner may be a late copy.
    room.run_for(11_000);
    room.hear(at(1), &mail("x", "y", "old", Some(part(STREAM, 1, 1))));
    room.sent_to(at(2));
    room.join("y", at(2));
    let mut parts = parts_to(&mut room);
    parts.sort();
    assert_eq!(parts, [(Seq(1), Seq(1)), (Seq(2), Seq(1))]);
}

#[test]
fn a_part_behind_one_that_expired_before_it_came_is_not_held_up() {
    let mut room = room_with_mail(1);
    room.silent.insert(at(1));
    room.bench.wall.0 += 31 * DAY_MS;
    room.run_for(61_000);
    room.join("x", at(1));
    // Its sender does not know yet, and writes on; the first part's request comes late, too.
    room.hear(at(1), &mail("x", "y", "new", Some(part(STREAM, 2, 1))));
    room.hear(at(1), &mail("x", "y", "old", Some(part(STREAM, 1, 1))));
    room.sent_to(at(2));
    room.join("y", at(2));
    assert_eq!(parts_to(&mut room), [(Seq(2), Seq(2))]);
}

#[test]
fn a_message_goes_as_a_whole_and_a_stream_from_its_beginning() {
    let mut room = room_with_mail(0);
    let of_three = |index| Part {
        index,
        count: 3,
        ..part(STREAM, u64::from(index), 1)
    };
    room.hear(at(1), &mail("x", "y", "a", Some(of_three(1))));
    room.hear(at(1), &mail("x", "y", "b", Some(of_three(2))));
    // One that came before what stands before it.
    room.hear(at(1), &mail("x", "y", "e", Some(part(STREAM, 5, 1))));
    room.bench.wall.0 += 20 * DAY_MS;
    room.hear(at(1), &mail("x", "y", "c", Some(of_three(3))));
    room.hear(at(1), &mail("x", "y", "d", Some(part(STREAM, 4, 1))));
    room.bench.wall.0 += 11 * DAY_MS;
    room.run_for(61_000);
    assert_eq!(expired_to(&mut room), [expired(1), expired(2), expired(3)]);
}

#[test]
fn a_receipt_is_told_when_all_is_told_that_it_would_count_as_there() {
    let mut room = room_with_mail(20);
    room.bench.wall.0 += 20 * DAY_MS;
    room.hear(at(1), &mail("x", "y", "young", Some(part(STREAM, 21, 1))));
    room.leave("x", at(1));
    room.bench.wall.0 += 11 * DAY_MS;
    room.run_for(61_000);
    room.join("y", at(2));
    room.run_for(1_000);
    room.forget();
    room.join("x", at(1));
    let notices: Vec<_> = room.sent_to(at(1)).into_iter().filter_map(notice).collect();
    let receipt = Receipt {
        stream: Stream(STREAM),
        below: Seq(22),
    };
    assert_eq!(notices, [(14, vec![]), (6, vec![receipt])]);
}

#[test]
fn a_clock_that_goes_back_gives_nothing_up() {
    let mut room = room_with_mail(1);
    for wall_ms in [0, i64::MIN / 2, i64::MIN] {
        room.bench.wall.0 = wall_ms;
        room.run_for(120_000);
    }
    assert_eq!(removed(&room), 0);
}

#[test]
fn mail_for_somebody_who_is_there_is_under_way_and_not_given_up() {
    let mut room = room_with_mail(1);
    room.run_to(60_000);
    room.bench.hear(at(2), &reg("y", Some(3)));
    room.bench.wall.0 += 31 * DAY_MS;
    room.bench.run_for(100);
    let given_up =
        |output: &Output<Record, _>| matches!(output, Output::Persist(Record::Expired(_)));
    let outputs = room.bench.take();
    assert!(!outputs.iter().any(|(_, output)| given_up(output)));
}

#[test]
fn a_server_without_mail_has_nothing_to_do() {
    let room = room_with_mail(0);
    let mut room = Room::new(saved(&room.records));
    // Longer than it greets those whom it knows.
    room.run_for(10_000);
    assert_eq!(room.bench.machine.poll_timeout(), None);
}

#[test]
fn a_classic_sender_is_told_in_words_and_what_was_written_stays_until_then() {
    let mut room = room_with_mail(0);
    room.join_classic("c", at(3));
    for _ in 0..3 {
        room.hear(at(3), &mail("c", "y", "hi", None));
    }
    room.hear(at(3), &dereg("c", None));
    room.bench.wall.0 += 31 * DAY_MS;
    room.run_for(120_000);
    assert_eq!(removed(&room), 0);
    room.join_classic("c", at(3));
    room.sent_to(at(3));
    room.run_for(61_000);
    assert_eq!(removed(&room), 3);
    let words = room.words_to(at(3));
    let said = "[Messages to y were not fetched in 30 days and are no longer kept]";
    assert_eq!(words.iter().filter(|word| *word == said).count(), 1);
}

#[test]
fn where_too_many_words_wait_already_nothing_more_expires() {
    let room = room_with_mail(1);
    let mut saved = saved(&room.records);
    saved.expired = (1..=100_000).map(|seq| held(seq + 1)).collect();
    let mut room = Room::new(saved);
    room.bench.wall.0 += 31 * DAY_MS;
    room.run_for(61_000);
    assert_eq!(removed(&room), 0);
    // With room for one more it goes.
    room.join("x", at(1));
    room.run_for(120_000);
    assert_eq!(removed(&room), 1);
}

#[test]
fn nothing_of_a_message_is_kept_of_which_a_part_expired_and_its_sender_does_not_know_yet() {
    let of_three = |seq| Part {
        index: seq as u32,
        count: 3,
        ..part(STREAM, seq, 1)
    };
    let mut room = room_with_mail(0);
    room.hear(at(1), &mail("x", "y", "one", Some(of_three(1))));
    room.silent.insert(at(1));
    room.bench.wall.0 += 31 * DAY_MS;
    room.run_for(61_000);
    room.join("x", at(1));
    room.forget();
    for seq in 2..=3 {
        room.hear(at(1), &mail("x", "y", "late", Some(of_three(seq))));
    }
    let kept = |room: &Room| saved(&room.records).mail.len();
    let answers = |words: Vec<String>| words.iter().filter(|word| *word == "stored").count();
    assert_eq!((kept(&room), answers(room.words_to(at(1)))), (0, 0));
    // What the sender still asks for when they know is another matter, and what follows always was.
    room.hear(at(1), &mail("x", "y", "next", Some(part(STREAM, 4, 4))));
    room.silent.clear();
    room.run_for(6_000);
    room.hear(at(1), &mail("x", "y", "late", Some(of_three(3))));
    assert_eq!((kept(&room), answers(room.words_to(at(1)))), (1, 1));
    room.run_for(10_000);
    room.hear(at(1), &mail("x", "y", "late", Some(of_three(3))));
    assert_eq!((kept(&room), answers(room.words_to(at(1)))), (2, 1));
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

fn expired(seq: u64) -> Expired {
    Expired {
        stream: Stream(STREAM),
        seq: Seq(seq),
    }
}

fn held(seq: u64) -> HeldExpiry {
    HeldExpiry {
        sender: nick("x"),
        expired: expired(seq),
    }
}

fn removed(room: &Room) -> usize {
    let removed = |record: &&Record| matches!(record, Record::MailRemoved(_));
    room.records.iter().filter(removed).count()
}

/// What a notification tells: how many parts expired, and the receipts.
fn notice(datagram: Datagram<'_>) -> Option<(usize, Vec<Receipt>)> {
    let Datagram::Notification {
        expired, receipts, ..
    } = datagram
    else {
        return None;
    };
    Some((expired.len(), receipts))
}

/// The expired parts that `x` was told of.
fn expired_to(room: &mut Room) -> Vec<Expired> {
    let expired = |datagram| {
        let Datagram::Notification { expired, .. } = datagram else {
            return Vec::new();
        };
        expired
    };
    room.sent_to(at(1)).into_iter().flat_map(expired).collect()
}

/// The parts that `y` was sent: their places, and what need not be waited for.
fn parts_to(room: &mut Room) -> Vec<(Seq, Seq)> {
    let place = |datagram| {
        let Datagram::Chat {
            part: Some(part), ..
        } = datagram
        else {
            return None;
        };
        Some((part.seq, part.lowest))
    };
    room.sent_to(at(2)).into_iter().filter_map(place).collect()
}
