//! The real machines in a simulated world without faults of their own: single promises at full
//! length. All that can go wrong together is the simulator's subject.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::client::{self, Delivery, LineId, Session};

use crate::wire::{Network, PERFECT, ROUGH, mix};
use crate::world::World;

const MINUTES: Duration = Duration::from_secs(60);

/// Signs people in and waits until everybody sees everybody.
fn room(seed: u64, network: Network, names: &[&str]) -> (World, Vec<SocketAddr>) {
    let mut world = World::new(seed, network);
    let people: Vec<_> = names.iter().map(|name| world.join(name)).collect();
    let complete = |world: &World| {
        world
            .people
            .values()
            .all(|person| names.iter().all(|name| person.sees_online(name)))
    };
    world.run_until(10 * MINUTES, complete);
    (world, people)
}

/// Everything that was said, in the order in which it was accepted.
type Said = BTreeMap<(SocketAddr, SocketAddr), Vec<(LineId, String)>>;

fn assert_prefix(world: &World, said: &Said, seed: u64) {
    for ((from, to), lines) in said {
        let sender = world.people[from].nickname.as_str();
        let shown = world.people[to].from(sender);
        let expected: Vec<_> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert!(
            expected.starts_with(&shown),
            "seed {seed}: {sender} had shown {shown:?}"
        );
    }
}

fn all_delivered(world: &World, said: &Said) -> bool {
    said.iter().all(|((from, _), lines)| {
        lines
            .iter()
            .all(|(line, _)| world.people[from].is_delivered(*line))
    })
}

fn a_thousand_messages(seed: u64, network: Network) -> World {
    let (mut world, people) = room(
        seed,
        network,
        &["sonic", "tails", "knuckles", "王小明", "amy"],
    );
    let mut said = Said::new();
    for number in 0..1000 {
        let chance = mix(seed, number);
        let from = people[chance as usize % people.len()];
        let to = people[(chance >> 16) as usize % people.len()];
        let text = format!(
            "{number} 你好 {}",
            "x".repeat((chance >> 32) as usize % 2000)
        );
        let line = world.say(from, to, &text);
        said.entry((from, to)).or_default().push((line, text));
        world.run_for(Duration::from_millis((chance >> 24) % 40));
        assert_prefix(&world, &said, seed);
    }
    world.run_until(30 * MINUTES, |world| all_delivered(world, &said));
    assert_prefix(&world, &said, seed);
    let shown: usize = world.people.values().map(|person| person.shown.len()).sum();
    assert_eq!(shown, 1000, "seed {seed}");
    assert!(
        world.wire.largest <= 1200,
        "seed {seed}: a datagram of {} bytes",
        world.wire.largest
    );
    world
}

#[test]
fn a_thousand_messages_at_30_percent_loss_are_each_shown_once_and_in_order() {
    for seed in 1..=8 {
        a_thousand_messages(seed, ROUGH);
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let (first, second) = (
        a_thousand_messages(77, ROUGH),
        a_thousand_messages(77, ROUGH),
    );
    assert_eq!(
        (first.wire.trace, first.wire.datagrams),
        (second.wire.trace, second.wire.datagrams)
    );
    assert_ne!(first.wire.trace, a_thousand_messages(78, ROUGH).wire.trace);
}

#[test]
fn a_message_on_a_good_network_takes_two_datagrams() {
    let (mut world, people) = room(1, PERFECT, &["sonic", "tails"]);
    world.run_for(Duration::from_secs(1));
    let before = world.wire.datagrams;
    let line = world.say(people[0], people[1], "hi");
    world.run_for(Duration::from_millis(10));
    assert!(world.people[&people[0]].is_delivered(line));
    assert_eq!(world.wire.datagrams - before, 2);
}

#[test]
fn people_whose_machines_cannot_reach_each_other_talk_through_the_server() {
    let (mut world, people) = room(3, ROUGH, &["sonic", "tails"]);
    world.wire.walls.push((people[0].ip(), people[1].ip()));
    let mut said = Said::new();
    for number in 0..50 {
        let text = format!("line {number}");
        let line = world.say(people[0], people[1], &text);
        said.entry((people[0], people[1]))
            .or_default()
            .push((line, text));
    }
    world.run_until(2 * MINUTES, |world| all_delivered(world, &said));
    assert_prefix(&world, &said, 3);
    assert_eq!(world.people[&people[1]].shown.len(), 50);
}

#[test]
fn mail_waits_for_its_recipient_through_a_crash_of_the_server() {
    for seed in 1..=20 {
        let (mut world, people) = room(seed, ROUGH, &["sonic", "tails"]);
        let (sonic, tails) = (people[0], people[1]);
        world.ask(tails, client::Command::Deregister);
        world.run_until(MINUTES, |world| {
            world.people[&tails].session == Session::SignedOut
        });
        let mut said = Said::new();
        for number in 0..30 {
            let text = format!("line {number}");
            let line = world.say(sonic, tails, &text);
            said.entry((sonic, tails)).or_default().push((line, text));
        }
        let stored = |world: &World| {
            let sonic = &world.people[&sonic];
            said[&(people[0], tails)]
                .iter()
                .all(|(line, _)| sonic.last_told(*line) == Some(Delivery::Stored))
        };
        world.run_until(10 * MINUTES, stored);
        // Its sender is cut off meanwhile: only the server's disk can bring it out.
        let (from, server) = (sonic.ip(), world.server_at.ip());
        world.wire.walls = vec![(from, tails.ip()), (from, server)];
        world.crash_server();
        world.run_for(Duration::from_secs(30));
        world.restart_server();
        world.sign_in(tails);
        world.run_until(20 * MINUTES, |world| world.people[&tails].shown.len() == 30);
        world.wire.walls.clear();
        world.run_until(20 * MINUTES, |world| all_delivered(world, &said));
        assert_prefix(&world, &said, seed);
        assert_eq!(world.people[&tails].shown.len(), 30, "seed {seed}");
        let left = crate::world::saved(&world.disk).mail;
        world.run_for(MINUTES);
        assert!(
            crate::world::saved(&world.disk).mail.is_empty(),
            "seed {seed}: {left:?}"
        );
    }
}
