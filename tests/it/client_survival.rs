//! What a client gets through: a server that changes its kind, answers that come late or from the
//! wrong place, names that move, and a server or a stranger that lies.

use std::time::Duration;

use super_chatter::machine::Output;
use super_chatter::machine::client::{self, Client, Command, Delivery, Event, Session};
use super_chatter::protocol::{Ack, Datagram, Part, Table};

use crate::bench::*;
use crate::wire::PERFECT;
use crate::world::World;

const PLAIN: Datagram<'static> = Datagram::Ack(Ack::Plain);

#[test]
fn a_client_that_starts_again_on_its_port_gets_the_whole_table() {
    let mut world = World::new(1, PERFECT);
    world.join("tails");
    let sonic = world.join("sonic");
    world.run_for(Duration::from_secs(1));
    assert!(world.people[&sonic].sees_online("tails"));
    let person = world.people.get_mut(&sonic).expect("sonic");
    person.machine = Client::new(99, client::Saved::default());
    person.contacts.clear();
    world.sign_in(sonic);
    world.run_for(Duration::from_secs(5));
    assert!(world.people[&sonic].sees_online("tails"));
}

#[test]
fn what_waits_for_a_classic_server_goes_on_at_an_extended_one() {
    let mut bench = at_classic(false);
    bench.write(1, "b", "hi");
    bench.take();
    sign_in(&mut bench, "me");
    bench.be_welcome();
    let people = vec![
        entry("me", at(1), true, true),
        entry("b", at(2), false, true),
    ];
    bench.hear(server_at(), &page(0, 2, people));
    bench.run_for(15_000);
    let numbered = |datagram: &_| matches!(datagram, Datagram::Offline { part: Some(_), .. });
    assert!(bench.sent_to(server_at()).iter().any(numbered));
}

/// The bench ends a test in which a deadline stays in the past.
#[test]
fn mail_in_hand_leaves_no_deadline_behind_while_the_client_signs_in_again() {
    let mut bench = at_classic(false);
    bench.run_for(3_000);
    bench.write(1, "b", "hi");
    forget_me(&mut bench);
    bench.run_for(2_000);
}

#[test]
fn mail_in_hand_leaves_no_deadline_behind_when_the_server_has_become_an_extended_one() {
    let mut bench = at_classic(false);
    bench.run_for(3_000);
    bench.write(1, "b", "hi");
    forget_me(&mut bench);
    bench.be_welcome();
    bench.run_for(2_000);
}

#[test]
fn a_server_that_is_no_longer_asked_is_not_called_silent() {
    let mut bench = at_classic(true);
    bench.write(1, "b", "hi");
    let part = chatted(&bench.sent_to(at(2))).pop().expect("a part");
    bench.run_for(550);
    let asked = |datagram: &_| matches!(datagram, Datagram::Offline { .. });
    assert!(bench.sent_to(server_at()).iter().any(asked));
    // The server did not hear it, and the peer's ack comes late.
    bench.hear(at(2), &confirmation(part));
    bench.take();
    bench.run_for(5_000);
    let lost = |(_, output): &_| {
        matches!(
            output,
            Output::Event(Event::Session(Session::Waiting { .. }))
        )
    };
    assert!(!bench.take().iter().any(lost));
}

#[test]
fn a_classic_server_never_gets_a_datagram_that_it_cannot_read() {
    for length in (3_800..4_096).step_by(8) {
        let mut bench = at_classic(false);
        bench.write(1, "b", &"x".repeat(length));
        bench.take();
        // It turns out to be one of ours: what the server keeps for it is then armoured.
        bench.hear(at(2), &chat("b", "hello", Some(part(5, 1, 1))));
        bench.run_for(2_000);
        let sent = bench.sent().into_iter().filter(|s| s.to == server_at());
        let longest = sent.map(|s| s.bytes.len()).max();
        assert!(longest.is_none_or(|bytes| bytes <= 4_096), "{longest:?}");
    }
}

#[test]
fn a_classic_ack_counts_for_who_is_online_at_its_address() {
    // b was called z for a while, and a classic table forgets nobody.
    let people = vec![
        entry("me", at(1), true, false),
        entry("b", at(2), true, false),
        entry("z", at(2), false, false),
    ];
    let mut bench = client_at_classic("me", people);
    bench.write(1, "b", "hi");
    let mut shown = 0;
    for _ in 0..600 {
        for sent in bench.sent() {
            let datagram = sent.datagram();
            if matches!(datagram, Datagram::Offline { .. }) {
                bench.hear(server_at(), &PLAIN);
                bench.hear(server_at(), &notification("[Clientbexists!!]", false));
            } else if sent.to == at(2) && matches!(datagram, Datagram::Chat { .. }) {
                shown += 1;
                bench.hear(at(2), &PLAIN);
            }
        }
        bench.run_for(100);
    }
    assert_eq!(shown, 1);
}

#[test]
fn what_the_server_keeps_is_shown_once_though_its_sender_has_a_new_name() {
    let mut world = World::new(1, PERFECT);
    let (a, b) = (world.join("a1"), world.join("b"));
    let second = Duration::from_secs(1);
    world.run_for(second);
    world.ask(b, Command::Deregister);
    world.run_for(second);
    world.say(a, b, "hi");
    world.run_for(second);
    let (nickname, servers) = (nick("a2"), vec![world.server_at]);
    world.ask(a, Command::Register { nickname, servers });
    world.run_for(second);
    world.sign_in(b);
    world.run_for(60 * second);
    let texts = world.people[&b].shown.iter().map(|(_, text)| text);
    assert_eq!(texts.collect::<Vec<_>>(), ["hi"]);
}

#[test]
fn one_classic_ack_confirms_one_message() {
    let mut bench = among_two();
    for line in 1..=5 {
        bench.write(line, "b", "hi");
    }
    // A classic program takes the place of b's, at the same address.
    let classic = vec![entry("b", at(2), true, false)];
    bench.hear(server_at(), &page(2, 3, classic));
    bench.take();
    bench.hear(at(2), &PLAIN);
    let told = bench.deliveries();
    let delivered = told.iter().filter(|(_, told)| is_delivered(told));
    assert!(delivered.count() <= 1, "{told:?}");
}

#[test]
fn a_stranger_at_somebodys_old_address_does_not_speak_for_them() {
    let people = vec![
        entry("me", at(1), true, true),
        entry("boss", at(2), false, true),
        entry("mallory", at(2), true, true),
    ];
    let mut bench = client_among("me", people);
    let lie = chat("boss", "you are fired", Some(part(5, 1, 1)));
    bench.hear(at(2), &lie);
    bench.hear(at(2), &chat("boss", "you are fired", None));
    assert_eq!(bench.shown(), []);
}

#[test]
fn a_server_that_invents_senders_does_not_drown_a_genuine_one() {
    let mut bench = among_two();
    bench.hear(at(2), &chat("b", "before", Some(part(5, 1, 1))));
    let text = "x".repeat(700);
    for number in 0..10_000 {
        let sender = format!("n{number}");
        // Its first part never comes.
        let invented = chat(&sender, &text, Some(part(1_000 + number, 2, 1)));
        bench.hear(server_at(), &invented);
    }
    let next = part(5, 2, 2);
    for _ in 0..2 {
        bench.hear(at(2), &chat("b", "after", Some(next)));
    }
    // It starts anew, and its first message comes by way of the server.
    bench.hear(server_at(), &chat("b", "anew", Some(part(6, 1, 1))));
    let said = ["before", "after", "anew"].map(|text| ("b".to_owned(), text.to_owned()));
    assert_eq!(bench.shown(), said);
    bench.hear(at(2), &chat("b", "after", Some(next)));
    assert_eq!(bench.sent_to(at(2)), [confirmation(next)]);
}

#[test]
fn an_ack_of_a_stranger_confirms_nothing() {
    let mut bench = among_two();
    bench.write(1, "b", "hi");
    let part = chatted(&bench.sent_to(at(2))).pop().expect("a part");
    bench.hear(at(77), &confirmation(part));
    assert_eq!(bench.deliveries(), []);
    bench.hear(at(2), &confirmation(part));
    assert!(matches!(&bench.deliveries()[..], [(1, told)] if is_delivered(told)));
}

#[test]
fn a_table_that_goes_through_my_absence_does_not_sign_me_in_again() {
    let mut bench = among_two();
    bench.run_for(3_000);
    bench.take();
    let back = vec![entry("me", at(1), true, true)];
    let gone = vec![entry("me", at(1), false, true)];
    bench.hear(server_at(), &page(3, 4, back));
    bench.hear(server_at(), &page(2, 3, gone));
    bench.run_for(5_000);
    let asks = |datagram: &_| matches!(datagram, Datagram::Reg { .. });
    let sent = bench.sent_to(server_at());
    assert!(!sent.iter().any(asks), "{sent:?}");
}

/// `me`, at a classic server with `b`, whose program is not known.
fn at_classic(online: bool) -> Bench<Client> {
    let people = vec![
        entry("me", at(1), true, false),
        entry("b", at(2), online, false),
    ];
    client_at_classic("me", people)
}

/// `me`, at an extended server with `b`, one of ours.
fn among_two() -> Bench<Client> {
    let people = vec![
        entry("me", at(1), true, true),
        entry("b", at(2), true, true),
    ];
    client_among("me", people)
}

fn sign_in(bench: &mut Bench<Client>, nickname: &str) {
    let (nickname, servers) = (nick(nickname), vec![server_at()]);
    bench.ask(Command::Register { nickname, servers });
}

/// The classic server takes `me` for gone.
fn forget_me(bench: &mut Bench<Client>) {
    let people = vec![
        entry("me", at(1), false, false),
        entry("b", at(2), false, false),
    ];
    bench.hear(server_at(), &Datagram::Table(Table::Whole(people)));
}

/// The parts of the messages among what was sent.
fn chatted(sent: &[Datagram<'_>]) -> Vec<Part> {
    let part = |datagram: &_| {
        let Datagram::Chat { part, .. } = datagram else {
            return None;
        };
        *part
    };
    sent.iter().filter_map(part).collect()
}

fn is_delivered(told: &Delivery) -> bool {
    matches!(told, Delivery::Delivered(_))
}
