//! Commits, and the crashes around them.

use std::time::Duration;

use super::chance::mix;
use super::disk::Torn;
use super::hops::{i16_a_mailbox_re_opens, server_committed};
use super::invariants::{client_committed, i16_a_profile_re_opens};
use super::model::Verdict;
use super::mutants::Mutant;
use super::node::{Node, Starts};
use super::plan::{Moment, SERVER, Who};
use super::world::{Happening, World};

/// How long a party that [`World::crash_at`] stopped is away, in milliseconds.
const PLANTED_MS: u64 = 700;

impl World<'_> {
    /// A commit is done, if the party lives still; whoever waits for it to crash does.
    pub fn committed(&mut self, who: Who, life: u64) -> Verdict {
        let (now, trap, asleep) = match who {
            SERVER => state(&self.room.server, life),
            _ => state(&self.room.person(who).node, life),
        };
        if !now {
            return Ok(());
        }
        if let Some(until) = asleep {
            self.schedule(until, Happening::Commit(who, life));
            return Ok(());
        }
        let commits = match who {
            SERVER => self.room.server.commits,
            _ => self.room.person(who).node.commits,
        };
        let planted = self
            .crash_at
            .filter(|(at, commit, _)| (*at, *commit) == (who, commits));
        let trap = trap.or(planted.map(|(_, _, moment)| (moment, PLANTED_MS)));
        if let Some((Moment::BeforeCommit, span)) = trap {
            return self.crash(who, Some(span), Some(Torn::Nothing));
        }
        match who {
            SERVER => {
                let records = self.room.server.disk.commit();
                server_committed(&mut self.model, &self.room, &records)?;
            }
            _ => {
                let records = self.room.person_mut(who).node.disk.commit();
                client_committed(&mut self.model, &self.room, who, &records)?;
            }
        }
        match trap {
            Some((Moment::AfterCommit, span)) => self.crash(who, Some(span), None),
            Some((Moment::AfterOutputs(count), span)) => {
                self.carry_out(who, count)?;
                self.crash(who, Some(span), None)
            }
            Some((Moment::Now | Moment::BeforeCommit, _)) | None => self.carry_out(who, u64::MAX),
        }
    }

    /// Stops a party, and starts it again after `span_ms`, if there is one.
    pub fn crash(&mut self, who: Who, span_ms: Option<u64>, torn: Option<Torn>) -> Verdict {
        let (commits, life) = match who {
            SERVER => (self.room.server.commits, self.room.server.life),
            _ => (
                self.room.person(who).node.commits,
                self.room.person(who).node.life,
            ),
        };
        let whole = mix(mix(self.plan.seed, 0x70a2 + who.0 as u64), commits).is_multiple_of(2);
        let by_chance = match whole {
            _ if self.mutant == Some(Mutant::TornCommit) => Torn::Half,
            true => Torn::Whole,
            false => Torn::Nothing,
        };
        let torn = torn.unwrap_or(by_chance);
        if who == SERVER {
            let records = self.room.server.crash(torn);
            server_committed(&mut self.model, &self.room, &records)?;
            i16_a_mailbox_re_opens(self.room.mailbox())?;
        } else {
            let records = self.room.person_mut(who).node.crash(torn);
            client_committed(&mut self.model, &self.room, who, &records)?;
            i16_a_profile_re_opens(&self.model, who, self.room.profile(who))?;
        }
        if let Some(span_ms) = span_ms {
            let at = self.now + Duration::from_millis(span_ms);
            self.schedule(at, Happening::Back(who, life));
        }
        Ok(())
    }
}

/// Whether it is in that life still, its trap, and until when it sleeps.
fn state<M: Starts>(node: &Node<M>, life: u64) -> (bool, Option<(Moment, u64)>, Option<Duration>) {
    let alive = node.machine.is_some() && node.life == life;
    (alive, node.trap, node.asleep)
}
