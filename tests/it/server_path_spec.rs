//! The server and the ways to its clients: round trips that are measured, a host that slept, and
//! addresses that a classic client can't reach.

use std::net::SocketAddr;

use super_chatter::machine::Machine;
use super_chatter::machine::server::Saved;
use super_chatter::protocol::{Ack, Datagram, Part, Receipt, Seq, Stream, Table};

use crate::bench::{at, confirmation, mail, part, reg};
use crate::room::Room;
use crate::world::saved;

#[test]
fn each_try_of_a_part_has_its_number() {
    let mut room = room_of_two();
    room.silent.insert(at(2));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 1, 1))));
    room.run_for(2_000);
    let tries: Vec<_> = parts_to(&mut room)
        .into_iter()
        .map(|(_, part)| part.attempt)
        .collect();
    assert_eq!(tries[..4], [1, 2, 3, 4]);
}

#[test]
fn the_wait_for_an_answer_is_what_the_answered_try_took() {
    // An answer to the first try or to the second, 1000 ms after the first: mean 1000 or 800, with
    // half of it four times as variation.
    for (attempt, first_wait_ms) in [(1, 3_000), (2, 2_400)] {
        let mut room = room_of_two();
        room.silent.insert(at(2));
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 1, 1))));
        room.run_for(1_000);
        parts_to(&mut room);
        let answered = Part {
            attempt,
            ..part(3, 1, 1)
        };
        room.hear(at(2), &confirmation(answered));
        assert_eq!(waits(&mut room, 2), [first_wait_ms]);
    }
}

#[test]
fn a_part_that_three_later_ones_have_overtaken_is_sent_again_at_once() {
    let mut room = room_of_two();
    room.silent.insert(at(2));
    for seq in 1..=6 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 1))));
    }
    room.run_for(20);
    assert_eq!(parts_to(&mut room).len(), 6);
    let receipt = Receipt {
        stream: Stream(3),
        below: Seq(1),
    };
    for (answered, again) in [(2, 0), (3, 0), (4, 1), (5, 0), (6, 0)] {
        let ack = Ack::Part {
            seq: Seq(answered),
            receipt,
            attempt: 1,
        };
        room.hear(at(2), &Datagram::Ack(ack));
        room.run_for(1);
        let seqs: Vec<_> = parts_to(&mut room)
            .iter()
            .map(|(_, part)| part.seq)
            .collect();
        assert_eq!(seqs, vec![Seq(1); again], "after part {answered}");
    }
}

#[test]
fn an_answer_that_names_no_try_that_was_made_measures_nothing() {
    for attempt in [9, 255] {
        let mut room = room_of_two();
        room.silent.insert(at(2));
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 1, 1))));
        room.run_for(1_000);
        parts_to(&mut room);
        let answered = Part {
            attempt,
            ..part(3, 1, 1)
        };
        room.hear(at(2), &confirmation(answered));
        assert_eq!(waits(&mut room, 2), [200]);
    }
}

#[test]
fn an_answer_that_comes_again_measures_nothing() {
    let mut room = room_of_two();
    room.silent.insert(at(2));
    // The second part waits at its recipient for the first.
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 2, 1))));
    let early = Datagram::Ack(Ack::Part {
        seq: Seq(2),
        receipt: Receipt {
            stream: Stream(3),
            below: Seq(1),
        },
        attempt: 1,
    });
    room.run_for(10);
    room.hear(at(2), &early);
    room.run_for(2_000);
    room.hear(at(2), &early);
    parts_to(&mut room);
    assert_eq!(waits(&mut room, 3), [100]);
}

#[test]
fn after_a_sleep_everybody_is_asked_within_a_second_and_not_at_once() {
    let mut room = Room::new(Saved::default());
    for number in 0..100 {
        room.join(&format!("p{number}"), at(number));
    }
    room.join_classic("classic", at(200));
    room.run_for(2_000);
    room.forget();
    wake(&mut room);
    room.run_for(1_001);
    let asked = room.sent.iter();
    let asked: Vec<_> = asked
        .filter(|(.., datagram)| matches!(datagram, Datagram::Verification { .. }))
        .map(|(ms, ..)| *ms)
        .collect();
    assert_eq!(asked.len(), 101);
    let at_once = asked.iter().filter(|ms| **ms == asked[0]).count();
    assert!(at_once <= 2, "{at_once} at once");
    assert!(room.table_of(at(0)).online.values().all(|online| *online));
}

#[test]
fn who_was_being_asked_when_the_host_fell_asleep_has_every_chance_again() {
    for (y, asked_for_ms) in [(Some(1), 1_400), (None, 400)] {
        let mut room = Room::new(Saved::default());
        room.hear(at(1), &reg("x", Some(1)));
        room.hear(at(2), &reg("y", y));
        room.run_for(50);
        room.silent.insert(at(2));
        room.join("y", at(9));
        room.run_for(asked_for_ms);
        // Asleep for an hour, and the clock has counted it.
        room.bench.now += std::time::Duration::from_secs(3_600);
        wake(&mut room);
        room.silent.clear();
        room.run_for(3_000);
        assert_eq!(room.words_to(at(9)), ["taken"]);
        assert!(room.table_of(at(1)).online["y"]);
    }
}

#[test]
fn who_is_gone_when_the_host_wakes_is_found_gone() {
    let mut room = room_of_two();
    wake(&mut room);
    room.silent.insert(at(2));
    room.run_for(3_000);
    assert!(room.table_of(at(1)).online["x"]);
    assert!(!room.table_of(at(1)).online["y"]);
}

#[test]
fn a_client_of_a_single_link_is_answered_over_that_link() {
    let place: SocketAddr = "[fe80::2%3]:6000".parse().expect("an address");
    let mut room = Room::new(Saved::default());
    room.join("x", place);
    assert_eq!(room.words_to(place)[0], "welcome");
    let mut room = Room::new(saved(&room.records));
    room.run_for(10);
    assert_eq!(
        room.words_to(place),
        ["page"],
        "greeted there after a restart"
    );
}

#[test]
fn a_classic_client_is_shown_no_address_that_its_socket_cannot_take() {
    let far: SocketAddr = "[fd00::5]:6000".parse().expect("an address");
    let mut room = Room::new(Saved::default());
    room.join("far", far);
    room.join_classic("classic", at(1));
    room.run_for(1_000);
    let whole = |datagram| {
        let Datagram::Table(Table::Whole(entries)) = datagram else {
            return None;
        };
        Some(entries)
    };
    let entries = room
        .sent_to(at(1))
        .into_iter()
        .filter_map(whole)
        .next_back();
    let entries = entries.expect("a table");
    let listed = |name: &str| {
        let entry = entries.iter().find(|entry| entry.nickname.as_str() == name);
        entry.map(|entry| (entry.address, entry.online))
    };
    let nowhere = "0.0.0.0:6000".parse().expect("an address");
    assert_eq!(listed("far"), Some((nowhere, false)));
    assert_eq!(listed("classic"), Some((at(1), true)));
    // What is written to them goes through the server at once.
    room.sent_to(far);
    room.hear(at(1), &mail("classic", "far", "hi", None));
    assert!(room.words_to(far).contains(&"hi".to_owned()));
}

/// `x` at place 1 and `y` at place 2, both ours.
fn room_of_two() -> Room {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &reg("x", Some(1)));
    room.hear(at(2), &reg("y", Some(1)));
    room.run_for(50);
    room.forget();
    room
}

fn wake(room: &mut Room) {
    let now = room.bench.clock();
    room.bench.machine.handle_wake(now);
}

/// How long the server waits for the answer to the next part, before it sends that again.
fn waits(room: &mut Room, seq: u64) -> Vec<u64> {
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 1))));
    room.run_for(3_000);
    let sent = parts_to(room);
    let times: Vec<_> = sent
        .iter()
        .filter(|(_, part)| part.seq == Seq(seq))
        .map(|(ms, _)| *ms)
        .collect();
    times
        .windows(2)
        .take(1)
        .map(|pair| pair[1] - pair[0])
        .collect()
}

/// When `y` was sent which parts since the last time.
fn parts_to(room: &mut Room) -> Vec<(u64, Part)> {
    let taken = room.sent.extract_if(.., |(_, to, _)| *to == at(2));
    let part = |(ms, _, datagram)| {
        let Datagram::Chat {
            part: Some(part), ..
        } = datagram
        else {
            return None;
        };
        Some((ms, part))
    };
    taken.filter_map(part).collect()
}
