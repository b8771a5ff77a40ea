//! Mail for people who are away, from the request to `stored`, beside the bare disk in the same run;
//! and what somebody hears meanwhile who needs no disk.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super_chatter::machine::client::ANSWER_WAIT;
use super_chatter::protocol::{Datagram, Nickname};

use super::disk;
use super::load::{self, Loaded, Plan};
use super::people::{Crowd, News};
use super::program::Program;
use crate::support::echo::{exchange, socket};
use crate::support::{Times, median, now, print_head};

/// Bytes of a text.
const LEN: usize = 150;

/// Bytes that the bare disk gets for a message: its text, names and numbers.
const BARE_LEN: usize = 256;

/// People who are away: their mailboxes together hold more than the whole store may.
const AWAY: usize = 20;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1500);

/// Between two questions.
const ASK: Duration = Duration::from_millis(1);

/// Messages of one round, by senders: the quotas of a sender and of the store hold a third more.
const SENDERS: [(usize, usize); 3] = [(1, 15_000), (50, 120_000), (1000, 120_000)];

/// One sender's p50, as a multiple of the bare append's.
const ALONE: f64 = 1.25;

/// Many senders' rate, as a share of the bound.
const SHARE: [(usize, f64); 2] = [(50, 0.6), (1000, 0.75)];

/// Messages a commit that fifty senders must reach at least, or requests are not grouped.
const GROUP_LEAST: f64 = 5.0;

struct Round {
    loaded: Loaded,
    /// Messages a commit.
    group: f64,
    each: Times,
    grouped: Times,
    sqlite: Times,
    /// One datagram's way through the system, in nanoseconds.
    datagram: f64,
    asked: Times,
    idle: Times,
}

/// Answers whether requests are grouped.
pub fn run() -> bool {
    print_head("mail for who is away, until it is stored");
    let mut grouped = true;
    for (senders, count) in SENDERS {
        let rounds: Vec<_> = (0..ROUNDS).map(|_| round(senders, count)).collect();
        print(senders, &rounds);
        let group = median(rounds.iter().map(|round| round.group));
        // Where the system does not tell it, it decides nothing.
        grouped &= senders != 50 || group.is_nan() || group >= GROUP_LEAST;
    }
    grouped
}

fn round(senders: usize, count: usize) -> Round {
    let folder = tempfile::tempdir().expect("a folder for the store");
    let program = Program::start(folder.path());
    let mut crowd = Crowd::new("sender", senders, program.address);
    let plan = Plan {
        recipients: away(AWAY, &program),
        ahead: 1,
        len: LEN,
        first: 1,
    };
    crowd.sign_in();
    let mut asker = Crowd::new("asker", 1, program.address);
    asker.sign_in();
    let idle = ask_until(&mut asker, |asked| asked >= 300);
    let before = program.commits();
    let over = AtomicBool::new(false);
    let (loaded, asked) = thread::scope(|scope| {
        let ask = || ask_until(&mut asker, |_| over.load(Ordering::Relaxed));
        let asking = thread::Builder::new().name("asker".into());
        let asking = asking.spawn_scoped(scope, ask).expect("a thread can start");
        let loaded = load::run(&mut crowd, &plan, count, (ROUND, true));
        over.store(true, Ordering::Relaxed);
        (loaded, asking.join().expect("it is answered"))
    });
    let commits = program.commits().zip(before).map(|(now, then)| now - then);
    let group = commits.map_or(f64::NAN, |commits| {
        loaded.messages as f64 / f64::from(commits)
    });
    drop(program);
    let size = (group.round() as usize).max(1);
    Round {
        loaded,
        group,
        each: disk::append(1, BARE_LEN),
        grouped: disk::append(size, BARE_LEN),
        sqlite: disk::sqlite(size, BARE_LEN),
        datagram: datagram(),
        asked,
        idle,
    }
}

/// Registers people who then go away.
pub fn away(count: usize, program: &Program) -> Vec<Nickname> {
    let mut crowd = Crowd::new("away", count, program.address);
    crowd.sign_in();
    crowd.sign_out();
    let names = crowd.people.iter().map(|person| person.name.clone());
    names.collect()
}

/// Asks the server once in [`ASK`] whether it is there, whether or not it has answered before: a slow
/// answer then hides no other one.
fn ask_until(asker: &mut Crowd, is_over: impl Fn(usize) -> bool) -> Times {
    let mut times = Times::default();
    let mut open = BTreeMap::new();
    let (start, mut asked) = (now(), 0);
    while !is_over(asked as usize) {
        let due = start + ASK * asked;
        let wait = due.saturating_duration_since(now());
        if wait.is_zero() {
            asked += 1;
            let id = asker.next_request();
            let question = Datagram::Verification {
                id: Some(id),
                token: None,
            };
            open.insert(id, now());
            asker.send(0, asker.server, &question);
        }
        for (_, at, news) in asker.poll(wait) {
            if let News::Done(id) = news
                && let Some(from) = open.remove(&id)
            {
                times.push(at - from);
            }
        }
    }
    times
}

/// One send and one receive of a request, in nanoseconds, without a second thread.
fn datagram() -> f64 {
    let socket = socket();
    let to = socket.local_addr().expect("it is bound");
    let bytes = vec![b'-'; BARE_LEN];
    exchange((&socket, to), 10_000, || bytes.clone(), |_| true).percentile(0.5)
}

fn print(senders: usize, rounds: &[Round]) {
    let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value));
    let ms = |times: fn(&Round) -> &Times, share| of(&|round| times(round).percentile(share)) / 1e6;
    let rate = of(&|round| round.loaded.rate());
    let group = of(&|round| round.group);
    let whole = |round: &Round| round.group.round().max(1.0);
    let late: usize = rounds.iter().map(|round| round.loaded.again).sum();
    println!(
        "{senders:>5} senders: {rate:7.0} /s, p50 {:.2} p99 {:.2} longest {:.2} ms, {group:.1} messages a commit, \
         {late} asked again after {} ms",
        ms(|r| &r.loaded.times, 0.5),
        ms(|r| &r.loaded.times, 0.99),
        ms(|r| &r.loaded.times, 1.0),
        ANSWER_WAIT.as_millis(),
    );
    println!(
        "      bare: append and fdatasync each p50 {:.2} p99 {:.2} ms; in groups of {:.0} p50 {:.2} p99 {:.2} ms; \
         SQLite, WAL and FULL, p50 {:.2} ms; a datagram {:.1} us",
        ms(|r| &r.each, 0.5),
        ms(|r| &r.each, 0.99),
        of(&whole),
        ms(|r| &r.grouped, 0.5),
        ms(|r| &r.grouped, 0.99),
        ms(|r| &r.sqlite, 0.5),
        of(&|round| round.datagram) / 1e3,
    );
    let each = of(&|round| round.loaded.rate() * round.each.mean() / 1e9);
    let sqlite = of(&|round| round.loaded.rate() * round.sqlite.mean() / 1e9 / whole(round));
    // Each message's own datagrams, and its share of the group's commit.
    let share = of(&|round| {
        let commit = round.grouped.mean() / whole(round);
        round.loaded.rate() * (round.datagram + commit) / 1e9
    });
    println!(
        "      rate: {each:.2}x one append at a time, {sqlite:.2}x SQLite's groups, {share:.2}x the bound{}",
        verdict(SHARE.iter().find(|(of, _)| *of == senders), |least| share
            >= least),
    );
    if senders == 1 {
        let alone = of(&|r| r.loaded.times.percentile(0.5) / r.each.percentile(0.5));
        let kept = verdict(Some(&(1, ALONE)), |most| alone <= most);
        println!("      p50: {alone:.2}x the bare append's{kept}");
    }
    println!(
        "      Verification meanwhile: p50 {:.3} p99 {:.3} ms, before {:.3} and {:.3} ms",
        ms(|r| &r.asked, 0.5),
        ms(|r| &r.asked, 0.99),
        ms(|r| &r.idle, 0.5),
        ms(|r| &r.idle, 0.99),
    );
}

fn verdict(target: Option<&(usize, f64)>, is_kept: impl Fn(f64) -> bool) -> String {
    let word = |kept| if kept { "kept" } else { "MISSED" };
    target.map_or(String::new(), |(_, target)| {
        format!("  target {target:.2}x {}", word(is_kept(*target)))
    })
}
