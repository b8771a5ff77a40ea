//! The client's rules for who is writing: told at a keystroke to one of ours who is there, heard from
//! where its sender is, and no flood of it reaches a window.

use std::net::SocketAddr;

use super_chatter::machine::client::{Client, Command, Event};
use super_chatter::protocol::{Datagram, Nickname};

use crate::bench::*;

#[test]
fn whoever_writes_is_shown_as_writing_again_every_3_s() {
    let mut bench = room();
    for _ in 0..70 {
        keystroke(&mut bench, "y");
        bench.run_for(100);
    }
    let sent = bench.sent();
    let typing = sent.iter().filter(|sent| sent.to == at(2));
    let times: Vec<_> = typing
        .map(|sent| {
            assert_eq!(sent.datagram(), typing_of("x"));
            sent.at_ms
        })
        .collect();
    assert_eq!(times, [0, 3_000, 6_000]);
}

#[test]
fn nobody_is_told_who_could_not_take_it_or_is_not_there() {
    let mut bench = room();
    for to in ["classic", "away", "nobody", "x"] {
        keystroke(&mut bench, to);
    }
    assert!(bench.sent().is_empty());
    bench.ask(Command::Deregister);
    bench.take();
    keystroke(&mut bench, "y");
    assert!(bench.sent().is_empty(), "signed out");
    let mut bench = client_at_classic("x", vec![entry("y", at(2), true, false)]);
    keystroke(&mut bench, "y");
    assert!(bench.sent().is_empty(), "of its program nothing is known");
}

#[test]
fn who_has_sent_a_line_and_writes_on_is_shown_at_once() {
    let mut bench = room();
    keystroke(&mut bench, "y");
    bench.write(1, "y", "hi");
    bench.take();
    keystroke(&mut bench, "y");
    assert_eq!(bench.sent_to(at(2)), [typing_of("x")]);
}

#[test]
fn writing_is_told_from_where_its_writer_is_and_is_not_answered() {
    let mut bench = room();
    for (from, sender) in [(at(9), "y"), (server_at(), "y"), (at(2), "classic")] {
        bench.hear(from, &typing_of(sender));
        assert!(bench.take().is_empty(), "{sender} at {from}");
    }
    bench.hear(at(2), &typing_of("y"));
    assert!(bench.peek(Bench::sent).is_empty());
    assert_eq!(typists(&mut bench), [nick("y")]);
}

#[test]
fn a_flood_is_told_once_a_second() {
    let mut bench = room();
    let mut told = 0;
    for _ in 0..100 {
        for _ in 0..10 {
            bench.hear(at(2), &typing_of("y"));
        }
        told += typists(&mut bench).len();
        bench.run_for(25);
    }
    assert_eq!(told, 3);
}

#[test]
fn of_a_crowd_that_writes_at_once_64_are_told() {
    let names: Vec<_> = (0..100).map(|number| format!("p{number}")).collect();
    let crowd = (10..).zip(&names);
    let people = crowd.map(|(place, name)| entry(name, at(place), true, true));
    let mut bench = client_among("x", people.collect());
    let all = |bench: &mut Bench<Client>| {
        for (place, name) in (10..).zip(&names) {
            let from: SocketAddr = at(place);
            bench.hear(from, &typing_of(name));
        }
        typists(bench).len()
    };
    assert_eq!(all(&mut bench), 64);
    bench.run_for(500);
    assert_eq!(all(&mut bench), 0);
    bench.run_for(500);
    assert_eq!(all(&mut bench), 64);
}

fn keystroke(bench: &mut Bench<Client>, to: &str) {
    bench.ask(Command::Typing { to: nick(to) });
}

fn typing_of(sender: &str) -> Datagram<'_> {
    let sender = name(sender);
    Datagram::Typing { sender }
}

/// Who was told as writing since the last time.
fn typists(bench: &mut Bench<Client>) -> Vec<Nickname> {
    let typist = |event| match event {
        Event::Typing(nickname) => Some(nickname),
        Event::Session(_)
        | Event::Contacts(_)
        | Event::Room(_)
        | Event::Line(_)
        | Event::Refused { .. }
        | Event::Delivery { .. }
        | Event::ReadBy { .. }
        | Event::MailboxFull(_)
        | Event::NotRetried { .. }
        | Event::Deleted(_)
        | Event::Notice(_)
        | Event::Closed => None,
    };
    bench.events().into_iter().filter_map(typist).collect()
}
