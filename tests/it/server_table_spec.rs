//! The server's table: pages that get through any loss, one datagram a client for a change, and as
//! much as a classic client can read.

use std::collections::BTreeSet;

use super_chatter::machine::server::{Command, Saved};
use super_chatter::protocol::{Ack, Datagram, Instance, RoomName, Table, Version};

use crate::bench::{at, nick};
use crate::room::{Room, known};
use crate::wire::mix;

#[test]
fn a_client_that_loses_pages_gets_the_whole_table_of_2000() {
    let mut room = Room::new(known(2_000));
    room.loses = |number| mix(3, number) % 100 < 30;
    room.join("sonic", at(5_000));
    room.run_for(20_000);
    let table = room.table_of(at(5_000));
    assert_eq!(table.online.len(), 2_001);
    assert_eq!(table.online.values().filter(|online| **online).count(), 1);
    assert!(room.longest <= 1_200, "{} bytes", room.longest);
}

#[test]
fn what_the_room_is_called_comes_with_the_table_and_through_any_loss() {
    let mut room = Room::new(known(200));
    room.loses = |number| mix(3, number) % 100 < 30;
    let longest = RoomName::of(&"教".repeat(100));
    room.ask(Command::Name(longest.clone()));
    room.join("sonic", at(5_000));
    room.run_for(20_000);
    assert_eq!(room.table_of(at(5_000)).room, longest);
    for name in ["Room 204", ""] {
        room.ask(Command::Name(RoomName::of(name)));
        room.run_for(20_000);
        room.join("tails", at(5_001));
        room.run_for(20_000);
        for from in [at(5_000), at(5_001)] {
            assert_eq!(room.table_of(from).room.as_str(), name, "{from}");
            assert_eq!(room.table_of(from).online.len(), 202);
        }
        room.leave("tails", at(5_001));
        room.run_for(20_000);
    }
    assert!(room.longest <= 1_200, "{} bytes", room.longest);
}

#[test]
fn a_name_is_told_once_however_often_it_is_given() {
    let mut room = Room::new(Saved::default());
    room.join("sonic", at(1));
    room.run_for(1_000);
    room.forget();
    for _ in 0..5 {
        room.ask(Command::Name(RoomName::of("Room 204")));
        room.run_for(1_000);
    }
    assert_eq!(room.words_to(at(1)), ["page"]);
}

#[test]
fn a_change_costs_one_datagram_for_each_client() {
    let mut room = Room::new(known(300));
    for number in 1..=30 {
        room.join(&format!("p{number}"), at(number));
    }
    room.run_for(1_000);
    room.forget();
    room.leave("p30", at(30));
    room.run_for(1_000);
    for number in 1..30 {
        assert_eq!(room.words_to(at(number)), ["page"], "p{number}");
    }
    assert!(room.longest <= 1_200);
}

#[test]
fn a_change_that_is_lost_is_sent_again_until_it_is_confirmed() {
    let mut room = Room::new(Saved::default());
    room.join("sonic", at(1));
    room.join("tails", at(2));
    room.run_for(1_000);
    room.forget();
    room.silent.insert(at(1));
    room.leave("tails", at(2));
    room.run_for(500);
    assert_eq!(room.words_to(at(1)), ["page"; 2]);
    room.silent.clear();
    room.run_for(1_000);
    assert!(!room.table_of(at(1)).online["tails"]);
}

#[test]
fn changes_of_one_tick_go_together() {
    let mut room = Room::new(Saved::default());
    room.join("sonic", at(1));
    room.run_for(1_000);
    room.forget();
    for number in 2..=12 {
        room.join(&format!("p{number}"), at(number));
        room.run_for(1);
    }
    room.run_for(100);
    // The first change goes out at once, the other ten with the tick that it began.
    assert_eq!(room.words_to(at(1)), ["page", "page"]);
    assert_eq!(room.table_of(at(1)).online.len(), 12);
}

#[test]
fn somebody_who_comes_and_goes_within_a_tick_is_one_entry() {
    let mut room = Room::new(Saved::default());
    room.join("sonic", at(1));
    room.run_for(1_000);
    room.join("first", at(3));
    room.forget();
    for _ in 0..5 {
        room.join("tails", at(2));
        room.leave("tails", at(2));
    }
    room.run_for(100);
    let Some(Datagram::Table(Table::Page(page))) = room.sent_to(at(1)).pop() else {
        panic!("a page is sent");
    };
    let tails = page
        .entries
        .iter()
        .filter(|entry| entry.nickname.as_str() == "tails");
    assert_eq!(tails.count(), 1);
}

#[test]
fn pages_that_are_confirmed_are_not_sent_again() {
    let mut room = Room::new(known(500));
    room.join("sonic", at(5_000));
    room.run_for(1_000);
    room.forget();
    room.run_for(20_000);
    assert_eq!(room.words_to(at(5_000)), Vec::<String>::new());
}

#[test]
fn a_client_that_began_anew_gets_the_table_though_an_ack_of_its_last_run_comes_late() {
    let mut room = Room::new(known(10));
    room.join("sonic", at(5_000));
    room.run_for(1_000);
    let table = room.table_of(at(5_000));
    let (version, instance) = (table.version, table.instance.expect("a page came"));
    room.silent.insert(at(5_000));
    room.join("sonic", at(5_000));
    room.hear(at(5_000), &Datagram::Ack(Ack::Table { instance, version }));
    room.silent.clear();
    room.run_for(5_000);
    assert_eq!(room.table_of(at(5_000)).online.len(), 11);
    room.forget();
    room.run_for(20_000);
    assert_eq!(room.words_to(at(5_000)), Vec::<String>::new());
}

#[test]
fn an_ack_for_a_table_that_never_was_changes_nothing() {
    let mut room = Room::new(known(10));
    room.join("sonic", at(5_000));
    room.run_for(100);
    let instance = room.table_of(at(5_000)).instance.expect("a page came");
    room.forget();
    for (instance, version) in [(instance, 1_000), (Instance(1), 3)] {
        let version = Version(version);
        room.hear(at(5_000), &Datagram::Ack(Ack::Table { instance, version }));
    }
    room.join("tails", at(5_001));
    room.run_for(100);
    assert_eq!(room.words_to(at(5_000)), ["page"]);
}

#[test]
fn a_classic_client_gets_what_fits_of_500_who_is_there_and_who_was_seen_last() {
    let mut room = Room::new(known(480));
    for number in 1..=20 {
        room.join(&format!("here{number}"), at(number));
    }
    room.run_for(100);
    room.forget();
    room.longest = 0;
    room.join_classic("classic", at(5_000));
    let sizes = room.longest;
    let entries = whole_table(&mut room);
    assert!((3_900..=4_096).contains(&sizes), "{sizes} bytes");
    let listed: BTreeSet<_> = entries.iter().map(|(name, _)| name.clone()).collect();
    assert!((1..=20).all(|number| listed.contains(&format!("here{number}"))));
    assert!(listed.contains("classic"));
    // Of those who are away, the ones seen last without a gap.
    let away = listed.len() - 21;
    assert!(away > 20);
    assert!((480 - away..480).all(|number| listed.contains(&format!("p{number}"))));
}

#[test]
fn five_hundred_who_are_there_fill_a_classic_table_and_no_more() {
    let mut room = Room::new(Saved::default());
    room.join_classic("classic", at(5_000));
    for number in 0..500 {
        room.join(&format!("p{number}"), at(number));
    }
    room.run_for(1_000);
    let entries = whole_table(&mut room);
    assert!(entries.len() > 60, "{} people", entries.len());
    assert!(entries.iter().all(|(_, online)| *online));
    assert!(room.longest <= 4_096, "{} bytes", room.longest);
}

#[test]
fn a_table_of_long_names_in_any_script_keeps_to_a_classic_datagram() {
    let mut saved = known(100);
    for (number, person) in saved.people.iter_mut().enumerate() {
        person.nickname = nick(&format!("{}{number}", "明".repeat(20)));
    }
    let mut room = Room::new(saved);
    room.join_classic("classic", at(5_000));
    assert!(whole_table(&mut room).len() > 10);
    assert!(room.longest <= 4_096, "{} bytes", room.longest);
}

/// The last table that the classic client got: who, and whether there.
fn whole_table(room: &mut Room) -> Vec<(String, bool)> {
    let whole = |datagram| {
        let Datagram::Table(Table::Whole(entries)) = datagram else {
            return None;
        };
        Some(entries)
    };
    let table = room
        .sent_to(at(5_000))
        .into_iter()
        .filter_map(whole)
        .next_back();
    let entries = table.expect("a table");
    entries
        .into_iter()
        .map(|entry| (entry.nickname.as_str().to_owned(), entry.online))
        .collect()
}
