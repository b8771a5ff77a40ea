//! What a server tells whoever watches it: the people, what it has counted, what happens; and nothing
//! while nobody watches.

use std::collections::BTreeSet;
use std::time::Duration;

use super_chatter::machine::Machine;
use super_chatter::machine::server::{
    Announcement, Command, Event, Happening, PersonState, Sample, Saved, Totals, What,
};
use super_chatter::protocol::{Ack, Answer, Datagram, Nickname, Part, RequestId, Table};

use crate::bench::{at, chat, confirmation, mail, name, nick, part, reg};
use crate::room::{Room, known};

#[test]
fn while_nobody_watches_nothing_is_told_and_nothing_is_due() {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.run_for(1_000);
    room.forget();
    room.hear(at(1), &mail("x", "x", "hi", Some(part(3, 1, 1))));
    room.run_for(1_000);
    let counts = |event: &Event| matches!(event, Event::Counts { .. });
    assert!(room.events.iter().all(counts), "{:?}", room.events);
    room.ask(Command::Watch(true));
    room.ask(Command::Watch(false));
    room.forget();
    room.join("y", at(2));
    room.leave("y", at(2));
    room.run_for(5_000);
    assert!(room.events.iter().all(counts), "{:?}", room.events);
}

#[test]
fn whoever_begins_to_watch_is_told_everybody_and_what_was_counted() {
    let mut room = Room::new(known(1));
    room.join("x", at(1));
    room.join_classic("c", at(3));
    room.run_for(100);
    room.forget();
    room.ask(Command::Watch(true));
    let state = |name: &str, place, online, extended, since_ms| PersonState {
        nickname: nick(name),
        address: at(place),
        online,
        extended,
        since_ms,
        round_trip: (online && extended).then_some(Duration::ZERO),
        mail_messages: 0,
        mail_bytes: 0,
    };
    let people = vec![
        state("c", 3, true, false, 1_700_000_000_000),
        state("p0", 0, false, true, 1_600_000_000_000),
        state("x", 1, true, true, 1_700_000_000_000),
    ];
    let [
        Event::Totals(_),
        Event::People(told),
        Event::Happened { .. },
    ] = &room.events[..]
    else {
        panic!("{:?}", room.events);
    };
    assert_eq!(*told, people);
    let totals = totals(&room)[0];
    assert!(totals.received > 0 && totals.sent > 0);
    assert_eq!(totals.stored + totals.dropped, 0);
}

#[test]
fn changes_are_told_together_and_four_times_a_second() {
    let mut room = watched();
    room.join("n9", at(9));
    room.run_for(10);
    assert_eq!(people(&room).len(), 1, "the first at once");
    room.forget();
    for number in 10..20 {
        room.join(&format!("n{number}"), at(number));
        room.run_for(10);
        room.leave(&format!("n{number}"), at(number));
    }
    assert_eq!(people(&room), Vec::<Vec<String>>::new(), "not yet");
    room.run_for(150);
    assert_eq!(people(&room).len(), 1);
    let told = &people(&room)[0];
    assert_eq!(
        told.len(),
        told.iter().collect::<BTreeSet<_>>().len(),
        "each once"
    );
    assert!(told.len() >= 10);
    room.run_for(1_000);
    room.forget();
    room.run_for(10_000);
    assert_eq!(people(&room), Vec::<Vec<String>>::new(), "nothing new");
}

#[test]
fn ten_thousand_are_told_in_portions_within_a_second() {
    let mut room = Room::new(known(10_000));
    room.ask(Command::Watch(true));
    let told = |room: &Room| people(room).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(told(&room), [2_500]);
    room.run_for(1_000);
    assert_eq!(told(&room), [2_500; 4]);
    let mut names: Vec<_> = people(&room).concat();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 10_000);
}

#[test]
fn mail_that_waits_is_told_in_messages_and_bytes() {
    let mut room = watched();
    room.leave("y", at(2));
    for (seq, index) in [(1, 1), (2, 2), (3, 3)] {
        let part = Part {
            index,
            count: 3,
            ..part(3, seq, 1)
        };
        room.hear(at(1), &mail("x", "y", "12345", Some(part)));
    }
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 4, 1))));
    room.run_for(300);
    let waits = |room: &Room| {
        let state = last_state(room, "y");
        (state.online, state.mail_messages, state.mail_bytes)
    };
    assert_eq!(waits(&room), (false, 2, 17));
    room.silent.insert(at(2));
    room.join("y", at(2));
    room.hear(at(2), &confirmation(part(3, 3, 1)));
    room.run_for(300);
    assert_eq!(waits(&room), (true, 1, 2));
    room.hear(at(2), &confirmation(part(3, 4, 1)));
    room.run_for(300);
    assert_eq!(waits(&room), (true, 0, 0));
}

#[test]
fn a_round_trip_is_told_once_it_is_known() {
    let mut room = watched();
    room.silent.insert(at(9));
    room.join("z", at(9));
    let sent = part(3, 1, 1);
    room.hear(at(1), &mail("x", "z", "hi", Some(sent)));
    room.run_for(80);
    assert_eq!(last_state(&room, "z").round_trip, None);
    room.hear(at(9), &confirmation(sent));
    room.run_for(300);
    let measured = last_state(&room, "z").round_trip;
    assert_eq!(measured, Some(Duration::from_millis(80)));
}

#[test]
fn the_answer_to_a_table_page_tells_a_round_trip_too() {
    let mut room = watched();
    room.silent.insert(at(9));
    room.join("z", at(9));
    room.run_for(20);
    let Some(Datagram::Table(Table::Page(page))) = room.sent_to(at(9)).pop() else {
        panic!("a page for the newcomer");
    };
    room.run_for(60);
    let (instance, version) = (page.instance, page.to);
    room.hear(at(9), &Datagram::Ack(Ack::Table { instance, version }));
    room.run_for(300);
    let measured = last_state(&room, "z").round_trip;
    let expected = Duration::from_millis(60)..=Duration::from_millis(80);
    assert!(
        measured.is_some_and(|ms| expected.contains(&ms)),
        "{measured:?}"
    );
    // An answer after a repeat may be the first one's.
    room.silent.clear();
    room.join("late", at(8));
    room.run_for(1_000);
    room.silent.insert(at(8));
    room.forget();
    room.join("other", at(7));
    room.run_for(250);
    let version = room.table_of(at(7)).version;
    room.hear(at(8), &Datagram::Ack(Ack::Table { instance, version }));
    room.run_for(300);
    let measured = last_state(&room, "late").round_trip;
    assert!(
        measured.is_none_or(|ms| ms < Duration::from_millis(10)),
        "{measured:?}"
    );
}

#[test]
fn what_is_counted_is_told_once_a_second_while_it_changes() {
    let mut room = watched();
    let before = totals(&room).pop().expect("told at first");
    room.forget();
    room.silent.extend([at(1), at(2)]);
    room.feed(at(1), b"not a datagram");
    room.hear(at(1), &chat("x", "hi", Some(part(1, 1, 1))));
    for seq in 1..=2 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 1))));
    }
    room.hear(at(2), &confirmation(part(3, 1, 1)));
    room.run_for(1_000);
    let told = totals(&room);
    assert_eq!(told.len(), 1);
    let now = told[0];
    assert_eq!(now.received - before.received, 5);
    assert_eq!(now.dropped - before.dropped, 2);
    assert_eq!((now.stored, now.handed_over, now.expired), (2, 1, 0));
    assert!(now.sent > before.sent);
    for (ms, times) in [(10, 0), (950, 0), (100, 1)] {
        room.forget();
        room.feed(at(1), b"not a datagram");
        room.run_for(ms);
        assert_eq!(totals(&room).len(), times, "{ms}");
    }
    room.ask(Command::Remove(nick("x")));
    room.ask(Command::Remove(nick("y")));
    room.run_for(10_000);
    room.forget();
    room.run_for(10_000);
    assert_eq!(totals(&room), [], "nothing is counted while nothing comes");
}

#[test]
fn whoever_is_shut_out_is_counted_as_dropped() {
    let mut room = watched();
    room.ask(Command::Block(at(9).ip()));
    room.hear(at(9), &reg("z", Some(1)));
    room.run_for(1_000);
    assert_eq!(totals(&room).last().expect("told").dropped, 1);
}

#[test]
fn what_happens_is_told_in_its_order_with_its_time() {
    let mut room = watched();
    room.join("z", at(5));
    room.leave("z", at(5));
    room.join("x", at(6));
    room.run_for(250);
    let begun = Happening {
        at_ms: 1_700_000_001_001,
        what: What::Joined {
            nickname: nick("z"),
            address: at(5),
        },
    };
    assert_eq!(happened(&room)[0], begun);
    let refused = What::NameRefused {
        nickname: nick("x"),
        address: at(6),
    };
    assert_eq!(whats(&room)[1..], [What::SignedOut(nick("z")), refused]);
    room.forget();
    room.ask(Command::Remove(nick("y")));
    room.ask(Command::Block(at(1).ip()));
    room.ask(Command::Unblock(at(1).ip()));
    room.ask(Command::Announce(
        Announcement::parse("Hi").expect("a text"),
    ));
    room.run_for(500);
    let expected = [
        What::Removed(nick("y")),
        What::Blocked(at(1).ip()),
        What::Removed(nick("x")),
        What::Unblocked(at(1).ip()),
        What::Announced { people: 0 },
    ];
    assert_eq!(whats(&room), expected);
}

#[test]
fn whose_program_signs_in_anew_has_stayed_and_one_elsewhere_has_moved() {
    let mut room = watched();
    let since = |room: &Room| last_state(room, "x").since_ms;
    room.join("x", at(1));
    let Some(Datagram::Ack(Ack::Request { id, answer })) = room.sent_to(at(1)).into_iter().next()
    else {
        panic!("a welcome");
    };
    let Answer::Welcome { token, .. } = answer else {
        panic!("a welcome");
    };
    room.run_for(300);
    assert_eq!(whats(&room), []);
    assert_eq!(since(&room), 1_700_000_000_000);
    let again = Datagram::Reg {
        nickname: name("x"),
        id: Some(RequestId(id.0 + 500)),
        token: Some(token),
    };
    room.hear(at(6), &again);
    room.run_for(300);
    let moved = What::Moved {
        nickname: nick("x"),
        address: at(6),
    };
    assert_eq!(whats(&room), [moved]);
    assert_eq!(since(&room), 1_700_000_000_000);
    room.leave("x", at(6));
    room.join("x", at(6));
    room.run_for(300);
    assert!(since(&room) > 1_700_000_000_000);
}

#[test]
fn whoever_begins_to_watch_again_is_told_everybody_and_what_was_not_told_yet() {
    let mut room = watched();
    room.join("z", at(5));
    room.run_for(10);
    room.join("late", at(6));
    room.forget();
    room.ask(Command::Watch(true));
    room.run_for(300);
    let joined = What::Joined {
        nickname: nick("late"),
        address: at(6),
    };
    assert_eq!(whats(&room), [joined]);
    let mut told = people(&room).concat();
    told.sort();
    assert_eq!(told, ["late", "x", "y", "z"]);
    assert!(!totals(&room).is_empty());
}

#[test]
fn who_is_lost_and_who_is_replaced_is_told() {
    let mut room = watched();
    room.join("z", at(2));
    room.run_for(250);
    let expected = [
        What::Replaced(nick("y")),
        What::Joined {
            nickname: nick("z"),
            address: at(2),
        },
    ];
    assert_eq!(whats(&room), expected);
    room.forget();
    room.silent.insert(at(1));
    room.run_for(30_000);
    assert_eq!(whats(&room), [What::Lost(nick("x"))]);
}

#[test]
fn the_ways_of_mail_are_told_and_parts_that_follow_each_other_together() {
    let mut room = watched();
    room.leave("y", at(2));
    for seq in 1..=5 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 1))));
    }
    room.run_for(300);
    let (sender, recipient) = (nick("x"), nick("y"));
    let stored = What::Stored {
        sender: sender.clone(),
        recipient: recipient.clone(),
        parts: 5,
    };
    assert_eq!(whats(&room), [What::SignedOut(nick("y")), stored]);
    room.forget();
    room.join("y", at(2));
    room.run_for(300);
    let handed_over = What::HandedOver {
        sender: sender.clone(),
        recipient: recipient.clone(),
        parts: 5,
    };
    assert_eq!(whats(&room)[1..], [handed_over]);
    room.leave("y", at(2));
    room.run_for(300);
    room.forget();
    let now = room.bench.clock();
    let scarce = super_chatter::machine::Room::Scarce;
    room.bench.machine.handle_room(now, scarce);
    for seq in 6..=8 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 6))));
    }
    room.join("new", at(9));
    room.run_for(300);
    let turned_away = What::TurnedAway {
        nickname: nick("new"),
        address: at(9),
    };
    let full = What::MailboxFull { sender, recipient };
    assert_eq!(whats(&room), [full, turned_away]);
}

#[test]
fn mail_that_nobody_came_for_is_told() {
    let mut room = watched();
    room.leave("y", at(2));
    for seq in 1..=2 {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 1))));
    }
    room.run_for(300);
    room.forget();
    room.bench.wall.0 += 31 * 24 * 3_600_000;
    room.run_for(62_000);
    let expired = What::Expired {
        sender: nick("x"),
        recipient: nick("y"),
        parts: 2,
    };
    assert_eq!(whats(&room), [expired]);
    assert_eq!(totals(&room).last().expect("told").expired, 2);
    assert_eq!(last_state(&room, "y").mail_messages, 0);
}

#[test]
fn what_happened_while_nobody_watched_is_told_to_whoever_watches_next() {
    let mut room = watched();
    room.ask(Command::Watch(false));
    room.forget();
    room.join("z", at(9));
    room.run_for(60_000);
    room.leave("z", at(9));
    room.run_for(60_000);
    assert_eq!(whats(&room), []);
    room.ask(Command::Watch(true));
    let joined = What::Joined {
        nickname: nick("z"),
        address: at(9),
    };
    assert_eq!(whats(&room), [joined, What::SignedOut(nick("z"))]);
    let [first, second] = &happened(&room)[..] else {
        panic!("both");
    };
    let apart_ms = second.at_ms - first.at_ms;
    assert!((60_000..61_000).contains(&apart_ms), "{apart_ms}");
    room.forget();
    room.ask(Command::Watch(true));
    room.run_for(1_000);
    assert_eq!(whats(&room), [], "once");
}

#[test]
fn mail_that_comes_long_after_other_mail_is_told_with_its_own_time() {
    let mut room = watched();
    room.leave("y", at(2));
    room.ask(Command::Watch(false));
    room.forget();
    for (seq, ms) in [(1, 10), (2, 5_000), (3, 0)] {
        room.hear(at(1), &mail("x", "y", "hi", Some(part(3, seq, 1))));
        room.run_for(ms);
    }
    room.ask(Command::Watch(true));
    let parts = |what| {
        let What::Stored { parts, .. } = what else {
            return None;
        };
        Some(parts)
    };
    let stored: Vec<_> = whats(&room).into_iter().filter_map(parts).collect();
    assert_eq!(stored, [2, 1]);
}

#[test]
fn the_newest_thousand_are_kept_and_the_others_counted() {
    let mut room = watched();
    room.ask(Command::Watch(false));
    room.forget();
    for number in 0..600 {
        room.join(&format!("n{number}"), at(100 + number));
        room.leave(&format!("n{number}"), at(100 + number));
    }
    room.ask(Command::Watch(true));
    let Some(Event::Happened { happened, missed }) = room.events.iter().find(is_happened) else {
        panic!("{:?}", room.events);
    };
    assert_eq!((happened.len(), *missed), (1_000, 200));
    let last = happened.last().map(|last| &last.what);
    assert_eq!(last, Some(&What::SignedOut(nick("n599"))));
}

#[test]
fn what_was_counted_in_the_last_two_minutes_is_told_at_first_with_its_time() {
    let mut room = watched();
    room.ask(Command::Watch(false));
    let begun_ms = room.bench.clock().unix_ms;
    for _ in 0..300 {
        room.feed(at(1), b"not a datagram");
        room.run_for(1_000);
    }
    let last_ms = room.bench.clock().unix_ms - 1_000;
    room.run_for(20_000);
    room.forget();
    room.ask(Command::Watch(true));
    let [Event::Totals(samples), ..] = &room.events[..] else {
        panic!("{:?}", room.events);
    };
    assert_eq!(samples.len(), 121);
    let dropped: Vec<_> = samples.iter().map(|sample| sample.totals.dropped).collect();
    assert_eq!(dropped, (180..=300).collect::<Vec<_>>());
    assert!(samples[0].at_ms > begun_ms);
    let counted_ms = samples.last().map(|last| last.at_ms);
    let late_ms = counted_ms.map(|at_ms| at_ms - last_ms);
    assert!(late_ms.is_some_and(|ms| ms <= 1_000), "{late_ms:?}");
}

/// `x` and `y` at places 1 and 2, and somebody who has watched for a second.
fn watched() -> Room {
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.join("y", at(2));
    room.run_for(1);
    room.ask(Command::Watch(true));
    room.run_for(1_000);
    let totals = totals(&room).pop().expect("told at first");
    room.forget();
    room.events
        .push(Event::Totals(vec![Sample { at_ms: 0, totals }]));
    room
}

fn people(room: &Room) -> Vec<Vec<String>> {
    let names = |event: &Event| {
        let Event::People(people) = event else {
            return None;
        };
        Some(
            people
                .iter()
                .map(|person| person.nickname.to_string())
                .collect(),
        )
    };
    room.events.iter().filter_map(names).collect()
}

/// What was told last of somebody.
fn last_state(room: &Room, name: &str) -> PersonState {
    let name: Nickname = nick(name);
    let state = |event: &Event| {
        let Event::People(people) = event else {
            return None;
        };
        people
            .iter()
            .find(|person| person.nickname == name)
            .cloned()
    };
    let events = room.events.iter().rev();
    events.into_iter().find_map(state).unwrap_or(PersonState {
        nickname: name.clone(),
        address: at(0),
        online: false,
        extended: false,
        since_ms: 0,
        round_trip: None,
        mail_messages: 0,
        mail_bytes: 0,
    })
}

fn totals(room: &Room) -> Vec<Totals> {
    let totals = |event: &Event| {
        let Event::Totals(samples) = event else {
            return None;
        };
        samples.last().map(|sample| sample.totals)
    };
    room.events.iter().filter_map(totals).collect()
}

fn is_happened(event: &&Event) -> bool {
    matches!(event, Event::Happened { .. })
}

fn happened(room: &Room) -> Vec<Happening> {
    let happened = |event: &Event| {
        let Event::Happened { happened, .. } = event else {
            return Vec::new();
        };
        happened.clone()
    };
    room.events.iter().flat_map(happened).collect()
}

fn whats(room: &Room) -> Vec<What> {
    happened(room)
        .into_iter()
        .map(|happening| happening.what)
        .collect()
}
