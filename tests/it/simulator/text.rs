//! A plan as text that people read and edit, one thing a line, and back.

use std::fmt;
use std::str::FromStr;

use super::plan::{Moment, NAMES, Network, Operation, Plan, STRAYS, Stray, What, Who};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Network {
            loss,
            doubles,
            delay_ms,
            outliers,
        } = self.network;
        let classic = if self.classic { "classic" } else { "modern" };
        let end = if self.heals { "heals" } else { "goes-on" };
        writeln!(
            f,
            "seed {} people {} {classic} loss {loss} doubles {doubles} delay {delay_ms} outliers {outliers} {end}",
            self.seed, self.people
        )?;
        for (one, other) in &self.cut {
            writeln!(f, "cut {} {}", one.name(), other.name())?;
        }
        if self.windows {
            writeln!(f, "windows")?;
        }
        self.operations
            .iter()
            .try_for_each(|operation| writeln!(f, "{operation}"))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms #{} ", self.at_ms, self.number)?;
        match self.what {
            What::Say { from, to, bytes } => {
                write!(f, "{} says {bytes} bytes to {}", from.name(), to.name())
            }
            What::Retry(who) => write!(f, "{} retries", who.name()),
            What::Delete(who) => write!(f, "{} deletes", who.name()),
            What::SignOut { who, span } => write!(f, "{} signs-out for {span} ms", who.name()),
            What::Crash { who, moment, span } => {
                write!(f, "{} crashes {moment} for {span} ms", who.name())
            }
            What::Wipe { span } => write!(f, "server is-wiped for {span} ms"),
            What::Vanish(who) => write!(f, "{} vanishes", who.name()),
            What::Sleep { who, span } => write!(f, "{} sleeps for {span} ms", who.name()),
            What::Move { who, told } => {
                let told = if told { "told" } else { "untold" };
                write!(f, "{} moves {told}", who.name())
            }
            What::Clock { who, hours } => {
                write!(f, "{} clock-jumps {hours} hours", who.name())
            }
            What::Wall { one, other, span } => {
                let (one, other) = (one.name(), other.name());
                write!(f, "{one} does-not-reach {other} for {span} ms")
            }
            What::Scarce { who, span } => write!(f, "{} has-no-room for {span} ms", who.name()),
            What::Stray { to, stray } => write!(f, "{} gets-stray {stray:?}", to.name()),
            What::Remove(who) => write!(f, "{} is-removed", who.name()),
            What::Block { who, span } => write!(f, "{} is-blocked for {span} ms", who.name()),
            What::Announce => write!(f, "server announces"),
            What::LongAway(who) => write!(f, "{} is-away-for-31-days", who.name()),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => write!(f, "now"),
            Self::BeforeCommit => write!(f, "before-its-commit"),
            Self::AfterCommit => write!(f, "after-its-commit"),
            Self::AfterOutputs(count) => write!(f, "after-outputs-{count}"),
        }
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().map(str::trim);
        let mut lines = lines.by_ref().filter(|line| !line.is_empty());
        let mut plan = head(lines.next().unwrap_or_default())?;
        for line in lines {
            let words: Vec<_> = line.split_whitespace().collect();
            match words[..] {
                ["windows"] => plan.windows = true,
                ["cut", one, other] => plan.cut.push((who(one)?, who(other)?)),
                _ => plan.operations.push(operation(&words, line)?),
            }
        }
        Ok(plan)
    }
}

fn head(line: &str) -> Result<Plan, String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [
        "seed",
        seed,
        "people",
        people,
        classic,
        "loss",
        loss,
        "doubles",
        doubles,
        "delay",
        delay,
        "outliers",
        outliers,
        end,
    ] = words[..]
    else {
        return Err(format!("expected a plan's head, got {line:?}"));
    };
    Ok(Plan {
        seed: number(seed)?,
        people: number(people)?,
        classic: classic == "classic",
        network: Network {
            loss: number(loss)?,
            doubles: number(doubles)?,
            delay_ms: number(delay)?,
            outliers: number(outliers)?,
        },
        cut: Vec::new(),
        heals: end == "heals",
        windows: false,
        operations: Vec::new(),
    })
}

fn operation(words: &[&str], line: &str) -> Result<Operation, String> {
    let [at_ms, "ms", name, one, verb, rest @ ..] = words else {
        return Err(format!("expected an operation, got {line:?}"));
    };
    let one = who(one)?;
    let what = match (*verb, rest) {
        ("says", [bytes, "bytes", "to", to]) => What::Say {
            from: one,
            to: who(to)?,
            bytes: number(bytes)?,
        },
        ("retries", []) => What::Retry(one),
        ("deletes", []) => What::Delete(one),
        ("signs-out", ["for", span, "ms"]) => What::SignOut {
            who: one,
            span: number(span)?,
        },
        ("crashes", [moment, "for", span, "ms"]) => What::Crash {
            who: one,
            moment: self::moment(moment)?,
            span: number(span)?,
        },
        ("is-wiped", ["for", span, "ms"]) => What::Wipe {
            span: number(span)?,
        },
        ("vanishes", []) => What::Vanish(one),
        ("sleeps", ["for", span, "ms"]) => What::Sleep {
            who: one,
            span: number(span)?,
        },
        ("moves", [told]) => What::Move {
            who: one,
            told: *told == "told",
        },
        ("does-not-reach", [other, "for", span, "ms"]) => What::Wall {
            one,
            other: who(other)?,
            span: number(span)?,
        },
        ("has-no-room", ["for", span, "ms"]) => What::Scarce {
            who: one,
            span: number(span)?,
        },
        ("clock-jumps", [hours, "hours"]) => What::Clock {
            who: one,
            hours: number(hours)?,
        },
        ("gets-stray", [stray]) => What::Stray {
            to: one,
            stray: self::stray(stray)?,
        },
        ("is-removed", []) => What::Remove(one),
        ("is-blocked", ["for", span, "ms"]) => What::Block {
            who: one,
            span: number(span)?,
        },
        ("announces", []) => What::Announce,
        ("is-away-for-31-days", []) => What::LongAway(one),
        _ => return Err(format!("expected an operation, got {line:?}")),
    };
    Ok(Operation {
        number: number(name.trim_start_matches('#'))?,
        at_ms: number(at_ms)?,
        what,
    })
}

fn moment(word: &str) -> Result<Moment, String> {
    match word {
        "now" => Ok(Moment::Now),
        "before-its-commit" => Ok(Moment::BeforeCommit),
        "after-its-commit" => Ok(Moment::AfterCommit),
        _ => number(word.trim_start_matches("after-outputs-")).map(Moment::AfterOutputs),
    }
}

fn stray(word: &str) -> Result<Stray, String> {
    let named = |stray: &&Stray| format!("{stray:?}") == word;
    let stray = STRAYS.iter().find(named);
    stray
        .copied()
        .ok_or_else(|| format!("expected a stray datagram, got {word:?}"))
}

fn who(word: &str) -> Result<Who, String> {
    let at = NAMES.iter().position(|name| *name == word);
    at.map(Who)
        .ok_or_else(|| format!("expected a name, got {word:?}"))
}

fn number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse()
        .map_err(|_| format!("expected a number, got {word:?}"))
}
