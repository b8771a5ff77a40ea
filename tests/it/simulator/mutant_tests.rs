//! The test of the test: each planted bug is found.

use super::mutants::{MUTANTS, Mutant};
use super::plan::Plan;
use super::runner::{first_failure, run};
use super::shrink::shrink;

/// Seeds among which one must show a planted bug.
const SEEDS: u64 = 10_000;

#[test]
fn every_planted_bug_is_found() {
    let mut missed = Vec::new();
    for mutant in MUTANTS {
        let (failure, looked) = first_failure(1..1 + SEEDS, Some(mutant));
        match failure.and_then(|(seed, outcome)| Some((seed, outcome.broken?))) {
            Some((seed, broken)) => {
                println!(
                    "{mutant:?}: seed {seed}, {looked} seeds: {}",
                    broken.invariant
                );
            }
            None => missed.push(mutant),
        }
    }
    assert_eq!(missed, []);
}

#[test]
fn a_failing_plan_is_made_small_and_fails_still() {
    let mutant = Some(Mutant::PlacesAreNotPersisted);
    let (failure, _) = first_failure(1..1 + SEEDS, mutant);
    let (seed, outcome) = failure.expect("the planted bug is found");
    let small = shrink(&Plan::of_seed(seed), mutant);
    let rule = |broken: Option<super::model::Broken>| broken.map(|broken| broken.invariant);
    assert_eq!(rule(run(&small, mutant).broken), rule(outcome.broken));
    assert!(small.operations.len() <= 6, "{small}");
}
