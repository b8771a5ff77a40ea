//! What loss does to delivery: shares, times and datagrams, as a table that stands beside this file.

use std::fmt::Write;
use std::time::Duration;

use super::plan::{Network, Operation, Plan, What, Who};
use super::world::World;

const TABLE: &str = include_str!("loss_grid.txt");

/// Messages in each cell of the table.
const MESSAGES: u64 = 200;

/// Accepts the new table.
const ACCEPT: &str = "SIMULATOR_ACCEPT";

#[test]
fn the_table_of_losses_is_as_it_stands() {
    let mut table = String::from(
        "clients  loss %  delivered %  median ms  99th percentile ms  datagrams a message\n",
    );
    for clients in [2, 3, 4] {
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

/// Everybody says a message to somebody every 50 ms; 30 s later it is counted.
fn cell(clients: usize, loss: u64) -> String {
    let say = |number: u64| {
        let from = number as usize % clients;
        let other = 1 + number as usize / clients % (clients - 1);
        let (from, to) = (Who(1 + from), Who(1 + (from + other) % clients));
        Operation {
            number,
            at_ms: 5000 + number * 50,
            what: What::Say {
                from,
                to,
                bytes: 60,
            },
        }
    };
    let mut operations: Vec<_> = (1..=MESSAGES).map(say).collect();
    let who = Who(1);
    operations.push(Operation {
        number: MESSAGES + 1,
        at_ms: 5000 + MESSAGES * 50 + 30_000,
        what: What::Retry(who),
    });
    let network = Network {
        loss,
        delay_ms: 5,
        ..Network::default()
    };
    let plan = Plan {
        seed: 1,
        people: clients,
        classic: false,
        network,
        cut: Vec::new(),
        heals: false,
        operations,
    };
    let mut world = World::new(&plan, None);
    assert_eq!(world.go_on(), Ok(()));
    let delivered = world
        .times
        .values()
        .filter_map(|(at, done)| Some(done.as_ref()?.saturating_sub(*at)));
    let mut waits: Vec<_> = delivered.collect();
    waits.sort_unstable();
    let share = waits.len() as f64 * 100.0 / MESSAGES as f64;
    let at = |percent: usize| {
        let wait = waits.get((waits.len() * percent / 100).min(waits.len().saturating_sub(1)));
        wait.map_or(0, Duration::as_millis)
    };
    let datagrams = world.datagrams as f64 / MESSAGES as f64;
    format!(
        "{clients:>7}{loss:>8}{share:>13.1}{:>11}{:>20}{datagrams:>21.2}",
        at(50),
        at(99)
    )
}
