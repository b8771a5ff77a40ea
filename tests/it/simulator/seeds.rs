//! Thousands of seeds, each a world of its own.

use super::plan::Plan;
use super::runner::{first_failure, from_environment, run};
use super::shrink::shrink;

#[test]
fn what_is_accepted_is_shown_once_and_in_order_whatever_happens() {
    let first = from_environment("SIMULATOR_FIRST", 1);
    let count = from_environment("SIMULATOR_SEEDS", 20_000);
    let (failure, looked) = first_failure(first..first + count, None);
    if let Some((seed, outcome)) = failure {
        let small = shrink(&Plan::of_seed(seed), None);
        panic!(
            "seed {seed}: {outcome:?}\n\
             again: SIMULATOR_FIRST={seed} SIMULATOR_SEEDS=1 cargo test --no-default-features \
             --test it simulator::seeds\nmade small: {:?}\n{small}",
            run(&small, None).broken
        );
    }
    println!("{looked} seeds");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 1..=20 {
        let plan = Plan::of_seed(seed);
        let (one, other) = (run(&plan, None), run(&plan, None));
        assert_eq!(one, other);
        assert_ne!(one.trace, run(&Plan::of_seed(seed + 1), None).trace);
    }
}

#[test]
fn a_plan_is_read_as_it_is_written() {
    for seed in 1..=200 {
        let plan = Plan::of_seed(seed);
        assert_eq!(plan.to_string().parse(), Ok(plan));
    }
}

/// Carries out the plan in the file that `SIMULATOR_PLAN` names.
#[test]
fn a_plan_from_a_file_holds() {
    let Ok(path) = std::env::var("SIMULATOR_PLAN") else {
        return;
    };
    let text = std::fs::read_to_string(&path).expect("a file with a plan");
    let plan: Plan = text.parse().expect("a plan");
    assert_eq!(run(&plan, None).broken, None, "{plan}");
}
