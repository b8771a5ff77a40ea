//! Messages over a network that loses packets, in the simulated world: how many reach their
//! recipient straight, without the server, within the 500 ms that a peer has. The same figures on
//! every machine, so falling below a target, or showing a message twice, is an error.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[allow(dead_code, reason = "the network serves the tests as well")]
#[path = "../tests/it/wire.rs"]
mod wire;
#[allow(dead_code, reason = "the world serves the tests as well")]
#[path = "../tests/it/world.rs"]
mod world;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use super_chatter::machine::client::{Delivery, Path};

use wire::{Network, PERFECT};
use world::World;

const MESSAGES: usize = 2000;
const SEEDS: u64 = 10;
const MINUTES: Duration = Duration::from_secs(60);

/// The time in which a peer has to answer before the server is asked.
const STRAIGHT: Duration = Duration::from_millis(500);

/// Packets lost, and the share that has to arrive straight, both in percent.
const TARGETS: [(u64, f64); 4] = [(1, 99.99), (5, 99.9), (10, 99.8), (20, 98.0)];

/// What became of the messages of some runs.
#[derive(Default)]
struct Outcome {
    sent: usize,
    straight: usize,
    shown: usize,
    datagrams: u64,
}

fn main() -> ExitCode {
    println!("\n## delivered straight within 500 ms, {SEEDS} runs of {MESSAGES} messages");
    let mut failed = false;
    for (loss, target) in TARGETS {
        let mut outcome = Outcome::default();
        (1..=SEEDS).for_each(|seed| run(seed, loss, &mut outcome));
        let share = 100.0 * outcome.straight as f64 / outcome.sent as f64;
        // Straight when a datagram and its ack both pass in one of four tries.
        let through = (1.0 - loss as f64 / 100.0).powi(2);
        let bound = 100.0 * (1.0 - (1.0 - through).powi(4));
        let doubles = outcome.shown - outcome.sent;
        let each = outcome.datagrams as f64 / outcome.sent as f64;
        let kept = share >= target && doubles == 0;
        let word = if kept { "kept" } else { "MISSED" };
        println!(
            "loss {loss:>2} %: straight {share:7.3} % (four tries allow {bound:7.3} %), \
             shown twice {doubles}, datagrams a message {each:.2}, target {target} % {word}"
        );
        failed |= !kept;
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Two people on a good network, then one message after the other on the bad one.
fn run(seed: u64, loss: u64, outcome: &mut Outcome) {
    let mut world = World::new(seed, PERFECT);
    let (sonic, tails) = (world.join("sonic"), world.join("tails"));
    let sees = |world: &World, at: &SocketAddr, name| world.people[at].sees_online(name);
    world.run_until(MINUTES, |world| {
        sees(world, &sonic, "tails") && sees(world, &tails, "sonic")
    });
    world.wire.network = Network {
        loss,
        doubles: 0,
        delay_ms: (1, 5),
    };
    let before = world.wire.datagrams;
    for number in 0..MESSAGES {
        let line = world.say(sonic, tails, &format!("line {number}"));
        world.run_for(STRAIGHT);
        let told = &world.people[&sonic].deliveries[&line];
        let straight = told.contains(&Delivery::Delivered(Path::Direct))
            && !told.contains(&Delivery::HandingOver);
        outcome.straight += usize::from(straight);
        world.run_until(10 * MINUTES, |world| {
            world.people[&sonic].is_delivered(line)
        });
    }
    outcome.sent += MESSAGES;
    outcome.shown += world.people[&tails].from("sonic").len();
    outcome.datagrams += world.wire.datagrams - before;
}
