//! What the benchmarks share: times and their percentiles, interleaved rounds, printing. Nothing
//! here knows what is measured.
//!
//! Rules: times are only ever compared within one run, as ratios to something bare that takes turns
//! with what is measured; only counts decide whether a program fails.

#![allow(dead_code, reason = "every program uses its part")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

pub mod echo;

use std::time::{Duration, Instant};

/// Rounds of each side. The first one of each warms up and is not counted.
pub const ROUNDS: usize = 7;

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Durations of one round, in nanoseconds.
#[derive(Default)]
pub struct Times(Vec<f64>);

impl Times {
    pub fn push(&mut self, time: Duration) {
        self.0.push(time.as_nanos() as f64);
    }

    /// One time for each of `count` equal operations that took `time` together.
    pub fn push_mean(&mut self, time: Duration, count: usize) {
        self.0.push(time.as_nanos() as f64 / count as f64);
    }

    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// `share` of the times are at most this.
    pub fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (share * (sorted.len() - 1) as f64).round() as usize;
        sorted.get(at).copied().unwrap_or(f64::NAN)
    }
}

/// The middle one, of at least one.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A percentile of ours, of the bare one, and the median of the rounds' ratios with its spread.
#[derive(Clone, Copy)]
pub struct Ratio {
    pub ours_ns: f64,
    pub bare_ns: f64,
    pub ratio: f64,
    pub least: f64,
    pub most: f64,
}

/// Both sides of an interleaved run.
pub struct Compared {
    rounds: Vec<(Times, Times)>,
}

/// Runs `ours` and `bare` in turns.
pub fn interleave(mut ours: impl FnMut() -> Times, mut bare: impl FnMut() -> Times) -> Compared {
    let rounds = (0..=ROUNDS).map(|_| (ours(), bare())).skip(1).collect();
    Compared { rounds }
}

impl Compared {
    pub fn at(&self, share: f64) -> Ratio {
        let of = |(ours, bare): &(Times, Times)| (ours.percentile(share), bare.percentile(share));
        let pairs: Vec<_> = self.rounds.iter().map(of).collect();
        let ratios: Vec<_> = pairs.iter().map(|(ours, bare)| ours / bare).collect();
        Ratio {
            ours_ns: median(pairs.iter().map(|pair| pair.0)),
            bare_ns: median(pairs.iter().map(|pair| pair.1)),
            ratio: median(ratios.iter().copied()),
            least: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            most: ratios.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Prints p50 and p99 with their ratios; `targets`: the ratios to keep to.
    pub fn print(&self, what: &str, targets: Option<(f64, f64)>) {
        let lines = [
            ("p50", 0.5, targets.map(|targets| targets.0)),
            ("p99", 0.99, targets.map(|targets| targets.1)),
        ];
        for (name, share, target) in lines {
            println!("{what:<44} {name} {}", self.at(share).line(target));
        }
    }
}

impl Ratio {
    /// One line of a table.
    pub fn line(&self, target: Option<f64>) -> String {
        let verdict = target.map_or(String::new(), |target| {
            let word = if self.ratio <= target {
                "kept"
            } else {
                "MISSED"
            };
            format!("  target {target:.2}x {word}")
        });
        let (ours, bare) = (self.ours_ns / 1000.0, self.bare_ns / 1000.0);
        let (ratio, least, most) = (self.ratio, self.least, self.most);
        format!("{ours:9.3} us  bare {bare:9.3} us  {ratio:5.2}x [{least:.2}, {most:.2}]{verdict}")
    }
}

/// Prints what is run, and how busy the machine is.
pub fn print_head(what: &str) {
    println!("\n## {what} (load {})", load());
}

/// The load averages of 1, 5 and 15 minutes, where the system tells them.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let three: Vec<_> = text.split(' ').take(3).collect();
    if three.len() == 3 {
        three.join(" ")
    } else {
        "unknown".to_owned()
    }
}

/// Processor time of this process's threads of that name, where the system tells it.
pub fn thread_time(name: &str) -> Option<Duration> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let time = |task: std::fs::DirEntry| {
        let comm = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let stat = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        let ns = stat.split(' ').next()?.parse().ok()?;
        (comm.trim_end() == name).then_some(Duration::from_nanos(ns))
    };
    Some(tasks.flatten().filter_map(time).sum())
}
