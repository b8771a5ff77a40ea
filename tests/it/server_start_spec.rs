//! The server's rules for its own start: those whom its last run knew learn of it at once.

use std::net::SocketAddr;

use super_chatter::machine::client::{Event, Session};
use super_chatter::machine::server::{Person, Saved};
use super_chatter::protocol::{Datagram, Instance, Table, TablePage, Version};

use crate::bench::*;
use crate::room::Room;

#[test]
fn those_whom_the_last_run_knew_are_greeted_until_they_are_back() {
    let mut room = Room::new(known(&[(2, true), (3, true)]));
    room.join("p2", at(2));
    room.sent.clear();
    room.run_for(10_000);
    let greeted = greetings(&room);
    assert_eq!(greeted, [(0, at(3)), (1_000, at(3)), (4_000, at(3))]);
}

#[test]
fn a_classic_client_is_not_greeted() {
    let mut room = Room::new(known(&[(2, false)]));
    room.run_for(10_000);
    assert_eq!(room.sent, []);
}

#[test]
fn many_are_greeted_a_few_at_a_time() {
    let people: Vec<_> = (2..=101).map(|n| (n, true)).collect();
    let mut room = Room::new(known(&people));
    room.run_for(500);
    let greeted = greetings(&room);
    assert_eq!(greeted.len(), 100);
    let at_first = greeted.iter().filter(|(ms, _)| *ms == 0).count();
    assert!(at_first < 50, "{at_first} at once");
}

#[test]
fn a_host_with_two_addresses_that_is_asked_at_both_has_one_client() {
    let mut room = Room::new(Saved::default());
    let id = room.request();
    room.hear(at(2), &reg("x", Some(id)));
    room.hear(at(3), &reg("x", Some(id)));
    room.run_for(3_000);
    // The client answers at its second address, and that is where it is.
    assert_eq!(room.table_of(at(3)).online.get("x"), Some(&true));
    let answers = room.words_to(at(3));
    assert!(answers.contains(&"welcome".to_owned()), "{answers:?}");
    assert!(!answers.contains(&"taken".to_owned()), "{answers:?}");
}

#[test]
fn a_client_registers_again_as_soon_as_it_hears_of_a_new_run() {
    let mut bench = room();
    bench.run_for(5_000);
    bench.take();
    bench.hear(server_at(), &greeting());
    assert!(asks(&mut bench), "it was online at the old run");

    let mut bench = room();
    bench.hear(server_at(), &notification("[Server is Down!]", true));
    assert!(matches!(bench.sessions()[..], [Session::Waiting { .. }]));
    bench.hear(server_at(), &greeting());
    assert!(asks(&mut bench), "it waited for a pause to end");
}

#[test]
fn a_late_page_of_the_old_run_brings_nobody_back() {
    let mut bench = room();
    bench.hear(server_at(), &notification("[Server is Down!]", true));
    bench.take();
    bench.hear(server_at(), &page(4, 5, Vec::new()));
    assert!(!asks(&mut bench));
    let told = bench.events();
    assert!(!told.iter().any(|event| matches!(event, Event::Contacts(_))));
}

fn known(people: &[(u16, bool)]) -> Saved {
    let person = |(n, extended): &(u16, bool)| Person {
        nickname: nick(&format!("p{n}")),
        address: at(*n),
        extended: *extended,
        seen_ms: 0,
    };
    Saved {
        people: people.iter().map(person).collect(),
        ..Saved::default()
    }
}

fn greeting() -> Datagram<'static> {
    Datagram::Table(Table::Page(TablePage {
        instance: Instance(INSTANCE.0 + 1),
        from: Version(0),
        to: Version(0),
        room: None,
        entries: Vec::new(),
    }))
}

/// The empty pages that were sent, and when.
fn greetings(room: &Room) -> Vec<(u64, SocketAddr)> {
    let empty = |datagram: &Datagram<'_>| match datagram {
        Datagram::Table(Table::Page(page)) => page.entries.is_empty(),
        Datagram::Table(Table::Whole(_))
        | Datagram::Reg { .. }
        | Datagram::Dereg { .. }
        | Datagram::Offline { .. }
        | Datagram::Chat { .. }
        | Datagram::Typing { .. }
        | Datagram::Read { .. }
        | Datagram::Ack(_)
        | Datagram::Notification { .. }
        | Datagram::Verification { .. } => false,
    };
    let sent = room.sent.iter().filter(|(_, _, datagram)| empty(datagram));
    sent.map(|(ms, to, _)| (*ms, *to)).collect()
}

/// Whether the client has asked to be registered.
fn asks(bench: &mut Bench<super_chatter::machine::client::Client>) -> bool {
    let sent = bench.peek(|bench| bench.sent_to(server_at()));
    sent.iter()
        .any(|datagram| matches!(datagram, Datagram::Reg { .. }))
}
