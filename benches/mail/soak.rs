//! A server over a longer time: people come and go, write to friends who are there, leave mail for
//! those who are not and fetch theirs. Its memory, its open files and its store must not grow, and
//! what was acknowledged must come.

use std::time::{Duration, Instant};

use super_chatter::machine::client::ANSWER_WAIT;
use super_chatter::protocol::{Datagram, MailAnswer, RequestId, Seq, Stream};

use super::people::{Crowd, News, Shown, part, text};
use super::program::{PATIENCE, Program};
use crate::support::{now, print_head};

/// People and seconds, when no arguments say others.
const PEOPLE: usize = 200;
const SECONDS: usize = 30;

/// Each writes to as many others, so that every stream is used often.
const FRIENDS: usize = 4;

/// Between two deeds of somebody who has nothing under way, in milliseconds: half of it to all.
const PAUSE_MS: u64 = 200;

/// One deed in as many is to sign out, for whoever is there.
const LEAVES: u64 = 8;

/// Bytes of a text.
const LEN: usize = 150;

const SAMPLES: u32 = 30;

/// What somebody waits for.
#[derive(Clone, Copy)]
enum Doing {
    Nothing { until: Instant },
    Coming(RequestId),
    Leaving(RequestId),
    Writing { to: usize, straight: bool },
}

#[derive(Clone, Copy)]
struct State {
    online: bool,
    doing: Doing,
    /// When it was asked for last.
    asked: Instant,
    /// Messages to each friend that were acknowledged.
    done: [u64; FRIENDS],
    friend: usize,
}

#[derive(Default)]
struct Sums {
    straight: u64,
    stored: u64,
    full: u64,
    sessions: u64,
}

struct Soak {
    crowd: Crowd,
    states: Vec<State>,
    shown: Shown,
    rng: fastrand::Rng,
    sums: Sums,
}

/// The server at one moment.
struct Sample {
    at: f64,
    resident: f64,
    files: f64,
    store: f64,
}

/// Answers whether all came that was acknowledged.
pub fn run() -> bool {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let people = numbers.first().copied().unwrap_or(PEOPLE).max(FRIENDS + 1);
    let seconds = numbers.get(1).copied().unwrap_or(SECONDS);
    print_head(&format!("{people} people for {seconds} s"));
    let folder = tempfile::tempdir().expect("a folder for the store");
    let program = Program::start(folder.path());
    let mut soak = Soak::new(people, &program);
    let time = Duration::from_secs(seconds as u64);
    let (start, mut samples) = (now(), Vec::new());
    while start.elapsed() < time {
        if start.elapsed() >= time * samples.len() as u32 / SAMPLES {
            samples.push(sample(&program, start));
        }
        soak.step();
    }
    let sums = &soak.sums;
    println!(
        "      {} sessions, {} messages straight, {} stored, {} refused as full",
        sums.sessions, sums.straight, sums.stored, sums.full
    );
    print(&samples);
    let (acknowledged, lost) = soak.settle();
    println!(
        "      {acknowledged} messages acknowledged, lost {lost}; none shown twice or out of order"
    );
    lost == 0
}

impl Soak {
    fn new(people: usize, program: &Program) -> Self {
        let mut crowd = Crowd::new("user", people, program.address);
        let mut shown = Shown::default();
        crowd
            .sign_in()
            .into_iter()
            .for_each(|news| shown.take(news));
        let state = State {
            online: true,
            doing: Doing::Nothing { until: now() },
            asked: now(),
            done: [0; FRIENDS],
            friend: 0,
        };
        Self {
            crowd,
            states: vec![state; people],
            shown,
            rng: fastrand::Rng::with_seed(2),
            sums: Sums::default(),
        }
    }

    fn step(&mut self) {
        for (number, _, news) in self.crowd.poll(Duration::from_millis(5)) {
            self.hear(number, news);
        }
        for number in 0..self.states.len() {
            self.act(number);
        }
    }

    fn hear(&mut self, number: usize, news: News) {
        self.shown.take(news);
        let state = self.states[number];
        match (state.doing, news) {
            (Doing::Coming(_), News::Welcome) => {
                self.sums.sessions += 1;
                self.states[number].online = true;
            }
            (Doing::Leaving(id), News::Done(done)) if done == id => {
                self.states[number].online = false;
            }
            (Doing::Writing { .. }, News::Confirmed(receipt))
                if receipt.stream == self.stream(number) && receipt.below > self.seq(number) =>
            {
                self.sums.straight += 1;
                self.states[number].done[state.friend] += 1;
            }
            (
                Doing::Writing { .. },
                News::Mail {
                    stream,
                    seq,
                    answer,
                },
            ) if (stream, seq) == (self.stream(number), self.seq(number)) => match answer {
                MailAnswer::Stored => {
                    self.sums.stored += 1;
                    self.states[number].done[state.friend] += 1;
                }
                MailAnswer::Full => self.sums.full += 1,
                MailAnswer::Unknown | MailAnswer::Unregistered => {
                    panic!("the server knows everybody, got {answer:?}")
                }
            },
            _ => return,
        }
        let pause = Duration::from_millis(self.rng.u64(PAUSE_MS / 2..PAUSE_MS));
        let until = now() + pause;
        self.states[number].doing = Doing::Nothing { until };
    }

    /// Begins something, or repeats what got no answer in time.
    fn act(&mut self, number: usize) {
        let state = self.states[number];
        let doing = match state.doing {
            Doing::Nothing { until } if until > now() => return,
            Doing::Nothing { .. } => self.choose(number),
            _ if state.asked.elapsed() < ANSWER_WAIT => return,
            // Who does not answer gets it by the server.
            Doing::Writing { to, .. } => Doing::Writing {
                to,
                straight: false,
            },
            same @ (Doing::Coming(_) | Doing::Leaving(_)) => same,
        };
        self.states[number].doing = doing;
        self.states[number].asked = now();
        match doing {
            Doing::Nothing { .. } => {}
            Doing::Coming(id) => self.crowd.ask_in(number, id),
            Doing::Leaving(id) => self.crowd.ask_out(number, id),
            Doing::Writing { to, straight } => self.write(number, to, straight),
        }
    }

    fn choose(&mut self, number: usize) -> Doing {
        if !self.states[number].online {
            return Doing::Coming(self.crowd.next_request());
        }
        if self.rng.u64(..LEAVES) == 0 {
            return Doing::Leaving(self.crowd.next_request());
        }
        let friend = self.rng.usize(..FRIENDS);
        self.states[number].friend = friend;
        let to = (number + 1 + friend) % self.states.len();
        let straight = self.states[to].online;
        Doing::Writing { to, straight }
    }

    fn write(&mut self, number: usize, to: usize, straight: bool) {
        let (stream, seq) = (self.stream(number), self.seq(number));
        let name = |person: usize| self.crowd.people[person].name.clone();
        let (sender, recipient) = (name(number), name(to));
        let (text, part) = (text(seq.0, LEN).into(), Some(part(stream, seq)));
        let (address, datagram) = if straight {
            let address = self.crowd.people[to].address;
            let sender = sender.name();
            (address, Datagram::Chat { sender, text, part })
        } else {
            let mail = Datagram::Offline {
                sender: sender.name(),
                recipient: recipient.name(),
                thought_online: false,
                text,
                part,
            };
            (self.crowd.server, mail)
        };
        self.crowd.send(number, address, &datagram);
    }

    /// The stream to the friend to whom somebody writes.
    fn stream(&self, number: usize) -> Stream {
        Stream((number * FRIENDS + self.states[number].friend) as u64)
    }

    fn seq(&self, number: usize) -> Seq {
        let state = &self.states[number];
        Seq(state.done[state.friend] + 1)
    }

    /// Everybody comes and takes what is there. Answers what was acknowledged, and how much of it
    /// did not come.
    fn settle(&mut self) -> (u64, u64) {
        let news = self.crowd.sign_in();
        news.into_iter().for_each(|news| self.shown.take(news));
        let start = now();
        loop {
            let lost = self.missing();
            if lost == 0 || start.elapsed() > PATIENCE {
                let done = self.states.iter().flat_map(|state| state.done);
                return (done.sum(), lost);
            }
            for (_, _, news) in self.crowd.poll(Duration::from_millis(50)) {
                self.shown.take(news);
            }
        }
    }

    fn missing(&self) -> u64 {
        let done = self.states.iter().flat_map(|state| state.done);
        let missing =
            |(stream, done): (u64, u64)| done.saturating_sub(self.shown.of(Stream(stream)));
        (0..).zip(done).map(missing).sum()
    }
}

fn sample(program: &Program, start: Instant) -> Sample {
    let resident = program.resident().map_or(f64::NAN, |bytes| bytes as f64);
    Sample {
        at: start.elapsed().as_secs_f64(),
        resident: resident / 1024.0,
        files: program.open_files().map_or(f64::NAN, |files| files as f64),
        store: program.store_len() as f64 / 1024.0,
    }
}

fn print(samples: &[Sample]) {
    for sample in samples.iter().step_by(5) {
        println!(
            "      after {:5.1} s: {:8.0} KiB resident, {:3.0} files, store {:8.0} KiB",
            sample.at, sample.resident, sample.files, sample.store
        );
    }
    let warm = &samples[samples.len() / 3..];
    print_slope("resident, KiB", warm, |sample| sample.resident);
    print_slope("open files", warm, |sample| sample.files);
    print_slope("store, KiB", warm, |sample| sample.store);
}

fn print_slope(name: &str, samples: &[Sample], value: fn(&Sample) -> f64) {
    let points = samples.iter().map(|sample| (sample.at, value(sample)));
    let (slope, error) = slope(&points.collect::<Vec<_>>());
    let flat = slope.abs() <= 2.0 * error;
    println!(
        "      {name:<14} {:+10.2} a minute after the first third, standard error {:.2}  target 0 {}",
        slope * 60.0,
        error * 60.0,
        if flat { "kept" } else { "MISSED" },
    );
}

/// Least squares: what is added in a unit of the first coordinate, and the standard error of it.
fn slope(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|(x, _)| (x - x_mean).powi(2)).sum();
    let common: f64 = points
        .iter()
        .map(|(x, y)| (x - x_mean) * (y - y_mean))
        .sum();
    let slope = common / spread;
    let rest: f64 = points
        .iter()
        .map(|(x, y)| (y - y_mean - slope * (x - x_mean)).powi(2))
        .sum();
    (slope, (rest / (count - 2.0) / spread).sqrt())
}
