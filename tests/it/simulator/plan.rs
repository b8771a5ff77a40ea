//! A plan: who takes part, how bad the network is, and what is done and goes wrong when. It is made
//! from a seed, or read from text ([`super::text`]), and leaving out any of it leaves a plan.

use super::chance::{Dice, mix};

/// A party: the server, a person, or somebody with the classic program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who(pub usize);

pub const SERVER: Who = Who(0);
/// The one with the classic program.
pub const CLASSIC: Who = Who(11);
/// The names of all parties.
pub const NAMES: [&str; 12] = [
    "server", "sonic", "tails", "knuckles", "amy", "shadow", "rouge", "silver", "blaze", "cream",
    "vector", "robotnik",
];

impl Who {
    pub fn name(self) -> &'static str {
        NAMES[self.0]
    }
}

/// What the network does to every datagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Share that is lost, and that arrives twice, in percent.
    pub loss: u64,
    pub doubles: u64,
    /// The longest way, in milliseconds; the shortest takes 1.
    pub delay_ms: u64,
    /// Share whose way is twenty times as long, in percent.
    pub outliers: u64,
}

/// Where in its work a party crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Now,
    /// At its next commit, which is lost.
    BeforeCommit,
    /// At its next commit, which is on disk, before anything that waited for it.
    AfterCommit,
    /// After its next commit and that many of the outputs that waited for it.
    AfterOutputs(u64),
}

/// A datagram that nobody of the room sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    Garbage,
    PlainAck,
    RequestAck,
    PartAck,
    MailAck,
    TableAck,
    Unknown,
    Truncated,
}

pub const STRAYS: [Stray; 8] = [
    Stray::Garbage,
    Stray::PlainAck,
    Stray::RequestAck,
    Stray::PartAck,
    Stray::MailAck,
    Stray::TableAck,
    Stray::Unknown,
    Stray::Truncated,
];

/// What is done, or goes wrong. Spans are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Say {
        from: Who,
        to: Who,
        bytes: u64,
    },
    /// Takes the oldest failed line up again.
    Retry(Who),
    /// Deletes any line of the history.
    Delete(Who),
    SignOut {
        who: Who,
        span: u64,
    },
    Crash {
        who: Who,
        moment: Moment,
        span: u64,
    },
    /// The server stops at once and comes back with an empty disk.
    Wipe {
        span: u64,
    },
    /// Never comes back.
    Vanish(Who),
    /// Gets no time, then is woken.
    Sleep {
        who: Who,
        span: u64,
    },
    /// Has another port; `told`: is woken.
    Move {
        who: Who,
        told: bool,
    },
    /// Its wall clock jumps, forward or back.
    Clock {
        who: Who,
        hours: i64,
    },
    /// Nothing passes between the two.
    Wall {
        one: Who,
        other: Who,
        span: u64,
    },
    /// There is no room on the disk.
    Scarce {
        who: Who,
        span: u64,
    },
    Stray {
        to: Who,
        stray: Stray,
    },
    /// The host signs somebody out.
    Remove(Who),
    /// The host shuts somebody's address out for so long.
    Block {
        who: Who,
        span: u64,
    },
    /// The host says something to everybody.
    Announce,
    /// Everybody is away for 31 days, this person a minute longer.
    LongAway(Who),
}

/// One thing of a plan. Its number stands in the text that it says, and names its chances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    pub number: u64,
    pub at_ms: u64,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    /// With our program: 2 to 10. The plan of a seed has 2 to 4.
    pub people: usize,
    pub classic: bool,
    pub network: Network,
    /// Pairs that never reach each other straight.
    pub cut: Vec<(Who, Who)>,
    /// Whether everything heals after the last operation, and must then come to rest.
    pub heals: bool,
    /// Whether people sit at windows: they show that they type, and what they have read.
    pub windows: bool,
    pub operations: Vec<Operation>,
}

/// The classes of faults, which a seed has or has not as a whole.
struct Classes(u64);

const WALLS: u64 = 0;
const CRASHES: u64 = 1;
const SERVER_CRASHES: u64 = 2;
const WIPES: u64 = 3;
const VANISHING: u64 = 4;
const SIGN_OUTS: u64 = 5;
const SLEEP: u64 = 6;
const MOVES: u64 = 7;
const SCARCITY: u64 = 8;
const STRAY: u64 = 9;
const CLOCKS: u64 = 10;
const DELETIONS: u64 = 11;
const CLASSES: u64 = 12;

impl Plan {
    /// The plan of a seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let people = 2 + dice.below(3) as usize;
        let classic = dice.once_in(8);
        let classes = Classes(dice.below(1 << CLASSES));
        let mut one_of = |all: &[u64]| all[dice.below(all.len() as u64) as usize];
        let network = Network {
            loss: one_of(&[0, 0, 1, 5, 10, 20, 30, 40]),
            doubles: one_of(&[0, 0, 5, 20, 50]),
            delay_ms: one_of(&[1, 2, 20, 80, 300]),
            outliers: one_of(&[0, 0, 1, 5]),
        };
        let mut plan = Self {
            seed,
            people,
            classic,
            network,
            cut: Vec::new(),
            heals: !dice.once_in(8),
            windows: false,
            operations: Vec::new(),
        };
        if dice.once_in(3) {
            for one in 1..=people {
                let others = (one + 1..=people).filter(|_| dice.once_in(2));
                plan.cut.extend(others.map(|other| (Who(one), Who(other))));
            }
        }
        plan.fill(&classes, &mut dice);
        plan.add_a_host(seed);
        plan.windows = dice.once_in(2);
        plan
    }

    fn fill(&mut self, classes: &Classes, dice: &mut Dice) {
        let count = 8 + dice.below(28);
        let pace = [20, 200, 1000, 3000][dice.below(4) as usize];
        let mut at_ms = if dice.once_in(4) {
            0
        } else {
            500 + dice.below(2000)
        };
        let long_away = dice.once_in(64);
        let mut vanished = false;
        for number in 1..=count {
            at_ms += dice.below(pace);
            let mut what = match dice.below(2) {
                0 => None,
                _ => classes.fault(self, dice),
            };
            if let Some(What::Vanish(_)) = what {
                what = what.filter(|_| !vanished);
                vanished = true;
            }
            let what = what.unwrap_or_else(|| self.say(dice));
            self.operations.push(Operation {
                number,
                at_ms,
                what,
            });
        }
        if long_away {
            let what = What::LongAway(self.person(dice));
            let (number, at_ms) = (count + 1, at_ms + 2000);
            self.operations.push(Operation {
                number,
                at_ms,
                what,
            });
            for number in count + 2..count + 6 {
                let at_ms = at_ms + 70_000 + number * 500;
                let what = if dice.once_in(3) {
                    What::Retry(self.person(dice))
                } else {
                    self.say(dice)
                };
                self.operations.push(Operation {
                    number,
                    at_ms,
                    what,
                });
            }
        }
    }

    /// In one room of six the host does something, too. It has dice of its own: what it does takes
    /// nothing from the rest of the plan.
    fn add_a_host(&mut self, seed: u64) {
        let mut dice = Dice::new(mix(seed, 0x4057));
        if !dice.once_in(6) {
            return;
        }
        let end_ms = self.operations.last().map_or(1, |last| last.at_ms);
        for number in 101..102 + dice.below(4) {
            let (at_ms, who) = (1 + dice.below(end_ms), self.person(&mut dice));
            let what = match dice.below(4) {
                0 => What::Announce,
                1 => What::Block {
                    who,
                    span: 1 + dice.below(20_000),
                },
                _ => What::Remove(who),
            };
            self.operations.push(Operation {
                number,
                at_ms,
                what,
            });
        }
        self.operations.sort_by_key(|operation| operation.at_ms);
    }

    fn person(&self, dice: &mut Dice) -> Who {
        Who(1 + dice.below(self.people as u64) as usize)
    }

    fn say(&self, dice: &mut Dice) -> What {
        let everybody = self.people + usize::from(self.classic);
        let any = |dice: &mut Dice| match 1 + dice.below(everybody as u64) as usize {
            number if number > self.people => CLASSIC,
            number => Who(number),
        };
        // Many talk to one: conversations are longer than chance would have them.
        let from = any(dice);
        let mut to = if dice.once_in(2) { Who(1) } else { any(dice) };
        if to == from {
            to = if from == Who(1) { Who(2) } else { Who(1) };
        }
        let bytes = match dice.below(16) {
            0 | 1 => dice.below(3000),
            2 if from != CLASSIC && to != CLASSIC => dice.below(13_000),
            _ => dice.below(60),
        };
        What::Say { from, to, bytes }
    }
}

impl Classes {
    fn fault(&self, plan: &Plan, dice: &mut Dice) -> Option<What> {
        let class = dice.below(CLASSES);
        if self.0 & (1 << class) == 0 {
            return None;
        }
        let who = plan.person(dice);
        let span = [100, 1000, 5000, 20_000][dice.below(4) as usize];
        let span = 1 + dice.below(span);
        let moment = match dice.below(6) {
            0 | 1 => Moment::Now,
            2 => Moment::BeforeCommit,
            3 => Moment::AfterCommit,
            _ => Moment::AfterOutputs(1 + dice.below(3)),
        };
        Some(match class {
            WALLS if dice.once_in(2) => What::Wall {
                one: SERVER,
                other: who,
                span: span * 6,
            },
            WALLS => What::Wall {
                one: who,
                other: Who(1 + who.0 % plan.people),
                span,
            },
            CRASHES => What::Crash { who, moment, span },
            SERVER_CRASHES => What::Crash {
                who: SERVER,
                moment,
                span,
            },
            WIPES if dice.once_in(3) => What::Wipe { span },
            VANISHING if dice.once_in(2) => What::Vanish(who),
            SIGN_OUTS => What::SignOut { who, span },
            SLEEP => What::Sleep {
                who: if dice.once_in(4) { SERVER } else { who },
                span: span * 6,
            },
            MOVES => What::Move {
                who,
                told: dice.once_in(2),
            },
            SCARCITY => What::Scarce {
                who: if dice.once_in(3) { SERVER } else { who },
                span,
            },
            CLOCKS => What::Clock {
                who: if dice.once_in(3) { SERVER } else { who },
                hours: dice.below(25) as i64 - 12,
            },
            DELETIONS => What::Delete(who),
            STRAY => What::Stray {
                to: if dice.once_in(3) { SERVER } else { who },
                stray: STRAYS[dice.below(STRAYS.len() as u64) as usize],
            },
            _ => return None,
        })
    }
}
