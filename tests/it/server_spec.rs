//! The server's rules: who may have which name, who is there, and how it ends.

use std::collections::BTreeMap;

use super_chatter::machine::server::{Event, Person, Record, Saved};
use super_chatter::machine::{Machine, Output};
use super_chatter::protocol::{Ack, Answer, Datagram, RequestId, Table};

use crate::bench::{at, chat, dereg, nick, notification, reg, request_ack};
use crate::room::{Room, done};

const WELCOME: &str = "[Welcome, You are registered.]";

#[test]
fn whoever_registers_is_on_disk_before_being_told() {
    for id in [Some(1), None] {
        let mut room = Room::new(Saved::default());
        room.bench.hear(at(1), &reg("x", id));
        let outputs = room.bench.take();
        let place = |wanted: &dyn Fn(&Output<Record, Event>) -> bool| {
            outputs.iter().position(|(_, output)| wanted(output))
        };
        let person = Person {
            nickname: nick("x"),
            address: at(1),
            extended: id.is_some(),
            seen_ms: 1_700_000_000_000,
        };
        let kept = place(&|output| *output == Output::Persist(Record::Person(person.clone())));
        let said = ["welcome", WELCOME];
        let told = place(&|output| match output {
            Output::Transmit(transmit) => said
                .iter()
                .any(|said| String::from_utf8_lossy(&transmit.bytes).contains(said)),
            Output::Persist(_) | Output::Event(_) => false,
        });
        assert!(kept.expect("kept") < told.expect("told"), "{outputs:?}");
    }
}

#[test]
fn everybody_who_is_there_learns_of_whoever_comes() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join_classic("y", at(2));
    room.run_for(20);
    room.forget();
    room.join("z", at(3));
    room.run_for(20);
    assert_eq!(room.words_to(at(1)), ["page"]);
    assert_eq!(room.words_to(at(2)), ["table"]);
    assert_eq!(room.words_to(at(3)), ["welcome", "page"]);
    let online: BTreeMap<_, _> = [("x", true), ("y", true), ("z", true)]
        .map(|(name, there)| (name.to_owned(), there))
        .into();
    assert_eq!(room.table_of(at(1)).online, online);
    assert_eq!(room.table_of(at(3)).online, online);
}

#[test]
fn a_request_that_is_repeated_is_answered_alike_and_changes_nothing() {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &reg("x", Some(1)));
    room.run_for(100);
    let first = room.sent_to(at(1))[0].clone();
    room.forget();
    room.hear(at(1), &reg("x", Some(1)));
    room.run_for(100);
    assert_eq!(room.sent_to(at(1)), [first]);
    assert_eq!(room.records, []);
}

#[test]
fn a_name_stays_with_a_holder_who_answers_and_only_then_the_newcomer_hears() {
    for id in [Some(9), None] {
        let mut room = Room::new(Saved::default());
        room.join("x", at(1));
        room.run_for(20);
        room.silent.insert(at(1));
        room.forget();
        room.hear(at(2), &reg("x", id));
        let Some(Datagram::Verification {
            id: Some(question), ..
        }) = room.sent_to(at(1)).pop()
        else {
            panic!("the holder is asked");
        };
        let ack = if id.is_none() { vec!["ack"] } else { vec![] };
        assert_eq!(room.words_to(at(2)), ack, "nothing is decided yet");
        room.run_for(100);
        room.hear(at(1), &done(question));
        let refusal = if id.is_none() {
            "[x is already Online!]"
        } else {
            "taken"
        };
        assert_eq!(room.words_to(at(2)), [refusal]);
        assert_eq!(room.records, []);
    }
}

#[test]
fn a_classic_newcomer_who_is_refused_is_told_to_go_offline() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join_classic("x", at(2));
    let refused = room.sent_to(at(2)).pop();
    assert_eq!(refused, Some(notification("[x is already Online!]", true)));
}

#[test]
fn a_name_passes_on_when_its_holder_is_gone() {
    // A classic holder has one question of 500 ms, one of ours several tries in 1500 ms.
    for (holder, gone_ms) in [(None, 500), (Some(1), 1500)] {
        let mut room = Room::new(Saved::default());
        room.hear(at(1), &reg("x", holder));
        room.run_for(20);
        room.silent.insert(at(1));
        let asked_ms = room.bench.now_ms();
        room.join("x", at(2));
        room.run_to(asked_ms + gone_ms - 1);
        assert_eq!(room.words_to(at(2)), Vec::<String>::new());
        room.run_to(asked_ms + gone_ms);
        assert_eq!(room.words_to(at(2))[0], "welcome");
        room.run_for(20);
        assert!(room.table_of(at(2)).online["x"]);
    }
}

#[test]
fn one_of_ours_hears_eight_questions_before_it_counts_as_gone() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.run_for(20);
    room.silent.insert(at(1));
    let asked_ms = room.bench.now_ms();
    room.join("x", at(2));
    room.run_for(1500);
    let asked: Vec<_> = room
        .sent
        .iter()
        .filter(|(_, to, datagram)| {
            *to == at(1) && matches!(datagram, Datagram::Verification { .. })
        })
        .map(|(ms, ..)| ms - asked_ms)
        .collect();
    assert_eq!(asked, [0, 60, 160, 330, 500, 750, 1000, 1250]);
}

#[test]
fn many_newcomers_at_once_are_each_answered_and_nobody_waits_for_another() {
    let mut room = Room::new(Saved::default());
    for number in 1..=40 {
        room.join(&format!("p{number}"), at(number));
        room.join_classic(&format!("c{number}"), at(100 + number));
    }
    room.run_for(100);
    // The last name of either kind is held by somebody who is silent.
    room.silent.extend([at(40), at(140)]);
    let asked_ms = room.bench.now_ms();
    room.forget();
    for number in 1..=40 {
        room.hear(at(1000 + number), &reg(&format!("p{number}"), Some(1)));
        room.hear(at(2000 + number), &reg(&format!("c{number}"), Some(1)));
    }
    for number in 1..40 {
        assert_eq!(room.words_to(at(1000 + number)), ["taken"], "{number}");
        assert_eq!(room.words_to(at(2000 + number)), ["taken"], "{number}");
    }
    assert_eq!(room.bench.now_ms(), asked_ms, "nobody has waited");
    room.run_for(1500);
    assert_eq!(room.words_to(at(1040))[0], "welcome");
    assert_eq!(room.words_to(at(2040))[0], "welcome");
}

#[test]
fn of_several_newcomers_for_a_free_name_the_first_gets_it() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.silent.insert(at(1));
    for number in 2..=6 {
        room.join("x", at(number));
    }
    room.run_for(1500);
    assert_eq!(room.words_to(at(2))[0], "welcome");
    for number in 3..=6 {
        assert_eq!(room.words_to(at(number)), ["taken"]);
    }
}

#[test]
fn a_client_that_is_silent_delays_nobody() {
    let mut room = Room::new(Saved::default());
    for number in 1..=20 {
        room.join_classic(&format!("dead{number}"), at(number));
    }
    room.join_classic("alive", at(30));
    room.run_for(20);
    room.silent.extend((1..=20).map(at));
    room.forget();
    room.join_classic("new", at(31));
    assert_eq!(room.words_to(at(31)), ["ack", WELCOME, "table"]);
    assert_eq!(room.words_to(at(30)), ["table"]);
    room.hear(at(31), &dereg("new", None));
    assert_eq!(room.words_to(at(31)), ["ack", "[You are Offline. Bye.]"]);
    assert_eq!(room.words_to(at(30)), ["table"]);
}

#[test]
fn only_the_holder_of_a_name_signs_it_out() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join("y", at(2));
    room.run_for(20);
    room.forget();
    room.hear(at(2), &dereg("x", Some(1)));
    room.hear(at(3), &dereg("x", Some(1)));
    room.hear(at(4), &dereg("x", None));
    room.run_for(20);
    assert_eq!(room.words_to(at(2)), Vec::<String>::new());
    assert_eq!(room.words_to(at(3)), Vec::<String>::new());
    assert_eq!(room.words_to(at(4)), ["ack"]);
    assert!(room.table_of(at(2)).online["x"]);
    room.hear(at(1), &dereg("x", Some(2)));
    room.hear(at(1), &dereg("x", Some(2)));
    room.run_for(20);
    assert_eq!(room.words_to(at(1)), ["done", "done"]);
    assert!(!room.table_of(at(2)).online["x"]);
}

#[test]
fn whoever_takes_another_name_leaves_the_first() {
    let mut room = Room::new(Saved::default());
    room.join("y", at(2));
    room.join("x", at(1));
    room.join("knuckles", at(1));
    room.run_for(40);
    assert!(!room.table_of(at(2)).online["x"]);
    assert!(room.table_of(at(2)).online["knuckles"]);
}

#[test]
fn somebody_who_falls_silent_is_asked_and_then_offline() {
    // Ours are asked after 25 s, classic ones after 60 s and three times.
    for (id, asked_ms, gone_ms) in [(Some(1), 25_000, 26_500), (None, 60_000, 61_500)] {
        let mut room = Room::new(Saved::default());
        room.join("y", at(2));
        room.run_for(100);
        room.hear(at(1), &reg("x", id));
        room.run_for(100);
        let heard_ms = 100;
        room.silent.insert(at(1));
        room.sent_to(at(1));
        room.run_to(heard_ms + asked_ms - 100);
        assert_eq!(room.words_to(at(1)), Vec::<String>::new());
        room.run_to(heard_ms + gone_ms - 100);
        assert!(room.words_to(at(1)).contains(&"are you there?".to_owned()));
        assert!(room.table_of(at(2)).online["x"]);
        room.run_to(heard_ms + gone_ms + 100);
        assert!(!room.table_of(at(2)).online["x"]);
    }
}

#[test]
fn somebody_who_answers_stays_for_ever() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join_classic("y", at(2));
    room.run_to(3_600_000);
    assert!(room.table_of(at(1)).online["x"]);
    assert!(room.table_of(at(1)).online["y"]);
    assert!(room.words_to(at(2)).contains(&"are you there?".to_owned()));
}

#[test]
fn what_is_no_request_gets_no_answer() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.run_for(100);
    room.forget();
    for from in [at(1), at(9)] {
        room.hear(from, &Datagram::Ack(Ack::Plain));
        room.hear(from, &request_ack(RequestId(1), Answer::Done));
        room.hear(from, &notification("[Server is Down!]", true));
        room.hear(from, &chat("x", "hi", None));
        room.hear(from, &Datagram::Table(Table::Whole(Vec::new())));
        for garbage in [
            &b"\xff\xfe"[..],
            b"",
            b"[]",
            b"{}",
            &[b'['; 4000],
            &[0; 9000],
        ] {
            room.feed(from, garbage);
        }
    }
    room.run_for(1000);
    assert_eq!(room.words_to(at(1)), Vec::<String>::new());
    assert_eq!(room.words_to(at(9)), Vec::<String>::new());
}

#[test]
fn a_server_that_stops_says_so_and_ends_when_all_have_heard_it() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join_classic("y", at(2));
    room.run_for(20);
    room.forget();
    let stopped_ms = room.bench.now_ms();
    room.stop();
    assert_eq!(room.words_to(at(1)), ["[Server is Down!]"]);
    assert_eq!(room.words_to(at(2)), ["[Server is Down!]"]);
    assert_eq!(room.events, [Event::Stopped]);
    assert_eq!(room.bench.now_ms(), stopped_ms);
    assert_eq!(room.bench.machine.poll_timeout(), None);
    room.hear(at(1), &reg("x", Some(5)));
    assert_eq!(room.words_to(at(1)), Vec::<String>::new());
}

#[test]
fn a_server_that_stops_waits_600_ms_for_the_silent_and_repeats_itself_only_to_ours() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join_classic("y", at(2));
    room.run_for(20);
    room.silent.extend([at(1), at(2)]);
    room.forget();
    let stopped_ms = room.bench.now_ms();
    room.stop();
    room.run_to(stopped_ms + 599);
    assert_eq!(room.events, []);
    room.run_to(stopped_ms + 600);
    assert_eq!(room.events, [Event::Stopped]);
    assert_eq!(room.words_to(at(1)), vec!["[Server is Down!]"; 4]);
    assert_eq!(room.words_to(at(2)), ["[Server is Down!]"]);
}
