//! A server that is killed in the middle of the load and started again on the same store: all that
//! it had called stored is there.

use std::time::Duration;

use super::load::{self, Plan};
use super::people::{Crowd, Shown};
use super::program::Program;
use super::stored::away;
use crate::support::{now, print_head};

const KILLS: usize = 10;
const SENDERS: usize = 50;
const AWAY: usize = 5;

/// The load before a kill, in messages: it is never twice at the same place of a commit.
const LEAST: usize = 2000;
const MORE: usize = 997;

/// Without anything new for so long, nothing more comes.
const QUIET: Duration = Duration::from_secs(2);

/// Answers whether nothing was lost.
pub fn run() -> bool {
    print_head("a server that is killed under load");
    let folder = tempfile::tempdir().expect("a folder for the store");
    let (mut promised, mut lost, mut more) = (0, 0, 0);
    for kill in 0..KILLS {
        let program = Program::start(folder.path());
        let plan = Plan {
            recipients: away(AWAY, &program),
            ahead: 4,
            len: 150,
            first: 1 + (kill * SENDERS * AWAY) as u64,
        };
        let mut crowd = Crowd::new("sender", SENDERS, program.address);
        crowd.sign_in();
        let count = LEAST + kill * MORE;
        let time = Duration::from_secs(10);
        // The count ends it with the others' requests under way.
        let loaded = load::run(&mut crowd, &plan, count, (time, false));
        drop(program);
        let program = Program::start(folder.path());
        let shown = fetch(&program);
        for (stream, stored) in &loaded.stored {
            promised += stored;
            lost += stored.saturating_sub(shown.of(*stream));
        }
        more += shown.all()
            - loaded
                .stored
                .iter()
                .map(|(stream, stored)| shown.of(*stream).min(*stored))
                .sum::<u64>();
    }
    println!(
        "{KILLS} kills, {promised} messages stored, lost {lost}; {more} more were on the disk unanswered"
    );
    lost == 0
}

/// Everybody who was away comes and takes all that there is.
fn fetch(program: &Program) -> Shown {
    let mut crowd = Crowd::new("away", AWAY, program.address);
    let mut shown = Shown::default();
    let mut last = now();
    crowd
        .sign_in()
        .into_iter()
        .for_each(|news| shown.take(news));
    while last.elapsed() < QUIET {
        for (_, _, news) in crowd.poll(Duration::from_millis(50)) {
            shown.take(news);
            last = now();
        }
    }
    crowd.sign_out();
    shown
}
