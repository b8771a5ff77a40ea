//! Makes a failing plan small: leaves out operations in ever smaller bunches and fault classes as a
//! whole, for as long as the same rule is broken.

use super::mutants::Mutant;
use super::plan::{Network, Plan};
use super::runner::run;

/// Worlds that are tried at most.
const TRIES_MAX: usize = 2000;

/// The smallest plan found that breaks the same rule.
pub fn shrink(plan: &Plan, mutant: Option<Mutant>) -> Plan {
    let mut shrinker = Shrinker {
        rule: rule(plan, mutant),
        best: plan.clone(),
        mutant,
        tries: 0,
    };
    let mut before = usize::MAX;
    while shrinker.size() < before {
        before = shrinker.size();
        shrinker.leave_out_classes();
        shrinker.leave_out_operations();
    }
    shrinker.best
}

fn rule(plan: &Plan, mutant: Option<Mutant>) -> Option<&'static str> {
    run(plan, mutant).broken.map(|broken| broken.invariant)
}

struct Shrinker {
    rule: Option<&'static str>,
    best: Plan,
    mutant: Option<Mutant>,
    tries: usize,
}

impl Shrinker {
    /// Lines of the plan.
    fn size(&self) -> usize {
        self.best.to_string().lines().count()
    }

    /// Takes a smaller plan if it breaks the same rule.
    fn takes(&mut self, smaller: Plan) -> bool {
        if self.tries >= TRIES_MAX || smaller == self.best {
            return false;
        }
        self.tries += 1;
        let fails = rule(&smaller, self.mutant) == self.rule;
        if fails {
            self.best = smaller;
        }
        fails
    }

    fn leave_out_classes(&mut self) {
        let without: [fn(&mut Network); 4] = [
            |network| network.loss = 0,
            |network| network.doubles = 0,
            |network| network.outliers = 0,
            |network| network.delay_ms = 1,
        ];
        for without in without {
            let mut smaller = self.best.clone();
            without(&mut smaller.network);
            self.takes(smaller);
        }
        for at in (0..self.best.cut.len()).rev() {
            let mut smaller = self.best.clone();
            smaller.cut.remove(at);
            self.takes(smaller);
        }
        let (classic, windows) = (false, false);
        let best = self.best.clone();
        self.takes(Plan { classic, ..best });
        let best = self.best.clone();
        self.takes(Plan { windows, ..best });
    }

    fn leave_out_operations(&mut self) {
        let mut bunch = self.best.operations.len().div_ceil(2);
        while bunch > 0 {
            let mut at = self.best.operations.len();
            while at > 0 {
                let start = at.saturating_sub(bunch);
                let mut smaller = self.best.clone();
                smaller
                    .operations
                    .drain(start..at.min(smaller.operations.len()));
                self.takes(smaller);
                at = start.min(self.best.operations.len());
            }
            bunch /= 2;
        }
    }
}
