//! One scripted session, and every single fault in it: each commit of each party crashed before and
//! after it, each datagram lost, each datagram doubled and its double 10 s late.

use super::model::Broken;
use super::network::{Edit, Fate};
use super::plan::{Moment, Operation, Plan, SERVER, What, Who};
use super::world::World;

/// Three people, short and long texts, sign-outs, mail and receipts.
const SESSION: &str = "seed 1 people 3 modern loss 0 doubles 0 delay 4 outliers 0 heals
    windows
    1000 ms #1 sonic says 20 bytes to tails
    1100 ms #2 tails says 2000 bytes to sonic
    1150 ms #3 sonic says 30 bytes to knuckles
    1200 ms #4 tails signs-out for 2500 ms
    1700 ms #5 sonic says 1500 bytes to tails
    1710 ms #6 sonic says 10 bytes to tails
    1800 ms #7 knuckles says 40 bytes to tails
    2600 ms #8 sonic signs-out for 2000 ms
    3000 ms #9 knuckles says 900 bytes to sonic
    4200 ms #10 tails says 15 bytes to sonic";

/// The session with one fault more.
fn with(
    session: &Plan,
    edits: Vec<Edit>,
    crash: Option<(Who, u64, Moment)>,
) -> (Option<Broken>, Counts) {
    let mut world = World::new(session, None);
    world.edits = edits;
    world.crash_at = crash;
    let broken = world.go_on().err();
    let counts = (0..=3).map(Who).map(|who| world.counts(who));
    (broken, counts.collect())
}

/// Commits and datagrams of each party.
type Counts = Vec<(u64, u64)>;

#[test]
fn a_crash_at_any_commit_of_anybody_loses_nothing() {
    let session: Plan = SESSION.parse().expect("a plan");
    let (broken, counts) = with(&session, Vec::new(), None);
    assert_eq!(broken, None);
    for who in (0..=3).map(Who) {
        let (commits, _) = counts[who.0];
        assert!(commits > 3, "{} has {commits} commits", who.name());
        for commit in 1..=commits {
            let moments = [
                Moment::BeforeCommit,
                Moment::AfterCommit,
                Moment::AfterOutputs(1),
            ];
            for moment in moments {
                let (broken, _) = with(&session, Vec::new(), Some((who, commit, moment)));
                assert_eq!(broken, None, "{}, commit {commit}, {moment}", who.name());
            }
        }
    }
}

#[test]
fn any_single_datagram_can_be_lost_or_come_again_10_s_later() {
    let session: Plan = SESSION.parse().expect("a plan");
    let (_, counts) = with(&session, Vec::new(), None);
    for from in (0..=3).map(Who) {
        let (_, packets) = counts[from.0];
        for packet in 1..=packets {
            for fate in [Fate::Lost, Fate::Doubled] {
                let edit = Edit { from, packet, fate };
                let (broken, _) = with(&session, vec![edit], None);
                assert_eq!(broken, None, "{edit:?}");
            }
        }
    }
}

#[test]
fn a_server_that_loses_its_disk_at_any_moment_costs_only_what_it_alone_had() {
    let session: Plan = SESSION.parse().expect("a plan");
    for at_ms in (900..5000).step_by(50) {
        let mut session = session.clone();
        let (number, what) = (99, What::Wipe { span: 300 });
        session.operations.push(Operation {
            number,
            at_ms,
            what,
        });
        session.operations.sort_by_key(|operation| operation.at_ms);
        let (broken, _) = with(&session, Vec::new(), None);
        assert_eq!(broken, None, "{at_ms} ms");
    }
}

impl World<'_> {
    fn counts(&self, who: Who) -> (u64, u64) {
        if who == SERVER {
            return (self.room.server.commits, self.room.server.packets);
        }
        let node = &self.room.person(who).node;
        (node.commits, node.packets)
    }
}
