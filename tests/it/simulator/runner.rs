//! Carries plans out: one, or many on all processors until the first that fails.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::model::Broken;
use super::mutants::Mutant;
use super::plan::Plan;
use super::world::{Outcome, World};

/// Carries out a plan. A machine that panics has broken a rule, too.
pub fn run(plan: &Plan, mutant: Option<Mutant>) -> Outcome {
    let ran = catch_unwind(AssertUnwindSafe(|| World::new(plan, mutant).run()));
    ran.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| Some((*panic.downcast_ref::<&str>()?).to_owned()));
        Outcome {
            broken: Some(Broken {
                invariant: "nothing panics",
                detail: text.unwrap_or_default(),
            }),
            at: Duration::ZERO,
            trace: 0,
            datagrams: 0,
        }
    })
}

/// The lowest of the seeds that fails, as far as was looked, and how many were looked at.
pub fn first_failure(seeds: Range<u64>, mutant: Option<Mutant>) -> (Option<(u64, Outcome)>, u64) {
    let next = AtomicU64::new(seeds.start);
    let found = AtomicU64::new(u64::MAX);
    let looked = AtomicU64::new(0);
    let work = || {
        let mut failure = None;
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || found.load(Ordering::Relaxed) < seed {
                return failure;
            }
            looked.fetch_add(1, Ordering::Relaxed);
            let outcome = run(&Plan::of_seed(seed), mutant);
            if outcome.broken.is_some() {
                found.fetch_min(seed, Ordering::Relaxed);
                failure = Some((seed, outcome));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let failures = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = started.into_iter().filter_map(|thread| thread.join().ok());
        ended.flatten().collect::<Vec<_>>()
    });
    let first = failures.into_iter().min_by_key(|(seed, _)| *seed);
    (first, looked.into_inner())
}

/// A number from the environment.
pub fn from_environment(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |set| {
        set.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {set}"))
    })
}
