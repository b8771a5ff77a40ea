//! Mail that is fetched: the first of it after the welcome, all of it, and all of it when datagrams
//! get lost.

use std::time::{Duration, Instant};

use super_chatter::protocol::{Ack, Datagram, Receipt, Seq, Stream, Style, encode};

use super::load::{self, Plan};
use super::people::{Crowd, News, Shown, part, text};
use super::program::{PATIENCE, Program};
use super::stored::away;
use crate::support::echo::{Echo, exchange, socket};
use crate::support::{median, now, print_head};

/// Senders of the mail: one may fill a quarter of a mailbox.
const SENDERS: usize = 5;

/// Bytes of a text.
const LEN: usize = 8;

/// Messages that are kept, and the share of datagrams that gets lost. A mailbox of 4 MiB holds
/// 15 800 of the shortest ones.
const RUNS: [(usize, f64); 4] = [(1, 0.0), (1000, 0.0), (15_000, 0.0), (1000, 0.1)];

const ROUNDS: usize = 3;

/// Round trips of the bare echo, of one round.
const TRIPS: usize = 2000;

/// Messages a second.
const RATE: f64 = 1e6;

/// Round trips from the welcome to the first message.
const FIRST: f64 = 1.0;

struct Round {
    first: Duration,
    all: Duration,
    commits: Option<u32>,
    /// A round trip of the bare echo, in nanoseconds.
    trip: f64,
}

/// Answers whether all came.
pub fn run() -> bool {
    print_head("mail that is fetched");
    for (count, loss) in RUNS {
        let rounds: Vec<_> = (0..ROUNDS).map(|_| round(count, loss)).collect();
        print((count, loss), &rounds);
    }
    true
}

/// Panics when a message does not come, comes twice or before an earlier one.
fn round(count: usize, loss: f64) -> Round {
    let folder = tempfile::tempdir().expect("a folder for the store");
    let program = Program::start(folder.path());
    let plan = Plan {
        recipients: away(1, &program),
        ahead: 64,
        len: LEN,
        first: 1,
    };
    let mut senders = Crowd::new("sender", SENDERS.min(count), program.address);
    senders.sign_in();
    let loaded = load::run(&mut senders, &plan, count, (6 * PATIENCE, true));
    assert_eq!(loaded.messages, count, "all is stored");
    // What the senders would be told of it is another subject.
    senders.sign_out();
    let before = program.commits();
    let mut crowd = Crowd::new("away", 1, program.address);
    crowd.loss = loss;
    let (first, all) = fetch(&mut crowd, count);
    Round {
        first,
        all,
        commits: program.commits().zip(before).map(|(now, then)| now - then),
        trip: trip(),
    }
}

/// Times from the welcome on.
fn fetch(crowd: &mut Crowd, count: usize) -> (Duration, Duration) {
    let mut shown = Shown::default();
    let (mut welcome, mut first) = (None::<Instant>, None);
    let id = crowd.next_request();
    let mut asked = now();
    crowd.ask_in(0, id);
    loop {
        assert!(asked.elapsed() < 6 * PATIENCE, "all comes in the end");
        for (_, at, news) in crowd.poll(Duration::from_millis(50)) {
            if news == News::Welcome {
                welcome.get_or_insert(at);
            }
            if let News::Shown { .. } = news {
                first.get_or_insert(at);
            }
            shown.take(news);
            if let (Some(welcome), Some(first)) = (welcome, first)
                && shown.all() == count as u64
            {
                return (first.saturating_duration_since(welcome), at - welcome);
            }
        }
        if welcome.is_none() && asked.elapsed() > Duration::from_millis(500) {
            asked = now();
            crowd.ask_in(0, id);
        }
    }
}

/// The bare echo of a message and its acknowledgement.
fn trip() -> f64 {
    let (stream, seq) = (Stream(1), Seq(1 << 10));
    let name = super_chatter::protocol::Name::parse("sender0000".into()).expect("a valid name");
    let chat = Datagram::Chat {
        sender: name,
        text: text(1, LEN).into(),
        part: Some(part(stream, seq)),
    };
    let receipt = Receipt { stream, below: seq };
    let ack = Ack::Part {
        seq,
        receipt,
        attempt: 1,
    };
    let echo = Echo::start(encode(&Datagram::Ack(ack), Style::Compact).len());
    let (socket, bytes) = (socket(), encode(&chat, Style::Compact));
    exchange((&socket, echo.address), TRIPS, || bytes.clone(), |_| true).percentile(0.5)
}

fn print((count, loss): (usize, f64), rounds: &[Round]) {
    let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value));
    let rate = of(&|round| count as f64 / round.all.as_secs_f64());
    let trip = of(&|round| round.trip);
    let first = of(&|round| round.first.as_nanos() as f64);
    let first_trips = of(&|round| round.first.as_nanos() as f64 / round.trip);
    let ratio = of(&|round| count as f64 * round.trip / round.all.as_nanos() as f64);
    let group = of(&|round| {
        round
            .commits
            .map_or(f64::NAN, |commits| count as f64 / f64::from(commits))
    });
    let word = |kept| if kept { "kept" } else { "MISSED" };
    println!(
        "{count:>6} kept, {:.0} % lost: first {:.3} ms after the welcome, {first_trips:.1} bare trips (target {FIRST}, {}); \
         all in {:.1} ms",
        loss * 100.0,
        first / 1e6,
        word(first_trips <= FIRST),
        of(&|round| round.all.as_secs_f64()) * 1e3,
    );
    println!(
        "       {rate:.0} /s (target {RATE:.0}, {}), {ratio:.2}x of the bare echo's {:.0} trips/s; {group:.1} messages a commit; \
         all came, in order, once",
        word(rate >= RATE),
        1e9 / trip,
    );
}
