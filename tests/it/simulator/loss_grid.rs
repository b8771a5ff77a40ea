//! What loss does to delivery: shares, times and datagrams, as a table that stands beside this file.

use std::fmt::Write;
use std::time::Duration;

use super::plan::{Network, Operation, Plan, What, Who};
use super::world::World;

const TABLE: &str = include_str!("loss_grid.txt");

/// Messages of each seed, and seeds of each cell of the table.
const MESSAGES: u64 = 200;
const SEEDS: u64 = 3;

/// When the talk begins, and the time that is left to deliver after it.
const BEGIN: Duration = Duration::from_secs(60);
const AFTERMATH: Duration = Duration::from_secs(120);

/// Accepts the new table.
const ACCEPT: &str = "SIMULATOR_ACCEPT";

#[test]
fn the_table_of_losses_is_as_it_stands() {
    let mut table = String::from(
        "clients  loss %  delivered %  median ms  99th percentile ms  datagrams a message\n",
    );
    for clients in [2, 5, 10] {
        for loss in [0, 1, 5, 10, 20, 30, 40] {
            writeln!(table, "{}", cell(clients, loss)).expect("a string grows");
        }
    }
    if std::env::var_os(ACCEPT).is_some() {
        let path = "tests/it/simulator/loss_grid.txt";
        std::fs::write(path, &table).expect("the table can be written");
    }
    assert!(
        table == TABLE || std::env::var_os(ACCEPT).is_some(),
        "the table is now\n{table}accept it: {ACCEPT}=1 cargo test --no-default-features --test it loss_grid"
    );
}

/// Everybody says a message to somebody every 50 ms, when everybody has seen everybody; then there are
/// two minutes for what is under way.
fn cell(clients: usize, loss: u64) -> String {
    let (mut waits, mut datagrams) = (Vec::new(), 0);
    for seed in 1..=SEEDS {
        let plan = talk(seed, clients, loss);
        let mut world = World::new(&plan, None);
        go_on_until(&mut world, |world| world.now >= BEGIN);
        let before = world.datagrams;
        let end = BEGIN + Duration::from_millis(MESSAGES * 50) + AFTERMATH;
        go_on_until(&mut world, |world| {
            world.now >= end || waits_of(world).len() as u64 == MESSAGES
        });
        let accepted = world.times.len() as u64;
        assert_eq!(accepted, MESSAGES, "{clients} at {loss} %, seed {seed}");
        datagrams += world.datagrams - before;
        waits.extend(waits_of(&world));
    }
    waits.sort_unstable();
    let all = (MESSAGES * SEEDS) as f64;
    let share = waits.len() as f64 * 100.0 / all;
    let at = |percent: usize| {
        let wait = waits.get((waits.len() * percent / 100).min(waits.len().saturating_sub(1)));
        wait.map_or(0, Duration::as_millis)
    };
    format!(
        "{clients:>7}{loss:>8}{share:>13.1}{:>11}{:>20}{:>21.2}",
        at(50),
        at(99),
        datagrams as f64 / all
    )
}

fn talk(seed: u64, clients: usize, loss: u64) -> Plan {
    let at_ms = |number: u64| BEGIN.as_millis() as u64 + number * 50;
    let say = |number: u64| {
        let from = number as usize % clients;
        let other = 1 + number as usize / clients % (clients - 1);
        let (from, to) = (Who(1 + from), Who(1 + (from + other) % clients));
        Operation {
            number,
            at_ms: at_ms(number),
            what: What::Say {
                from,
                to,
                bytes: 60,
            },
        }
    };
    let mut operations: Vec<_> = (1..=MESSAGES).map(say).collect();
    // Something to be done after the end, so that the plan is not over before.
    operations.push(Operation {
        number: MESSAGES + 1,
        at_ms: at_ms(MESSAGES) + 2 * AFTERMATH.as_millis() as u64,
        what: What::Retry(Who(1)),
    });
    let network = Network {
        loss,
        delay_ms: 5,
        ..Network::default()
    };
    Plan {
        seed,
        people: clients,
        classic: false,
        network,
        cut: Vec::new(),
        heals: false,
        windows: false,
        operations,
    }
}

fn go_on_until(world: &mut World<'_>, done: impl Fn(&World<'_>) -> bool) {
    while !done(world) {
        assert_eq!(world.step(), Ok(()));
    }
}

/// The times from accepting to "delivered".
fn waits_of(world: &World<'_>) -> Vec<Duration> {
    let waits = world.times.values();
    let waits = waits.filter_map(|(at, done)| Some(done.as_ref()?.saturating_sub(*at)));
    waits.collect()
}
