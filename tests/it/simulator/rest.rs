//! What must hold when everything has healed: all comes to rest, nothing is left over, and then the
//! wire is quiet. And what a classic program can read.

use std::collections::BTreeSet;
use std::time::Duration;

use super_chatter::machine::client::Session;

use super::model::{Verdict, broken};
use super::plan::{CLASSIC, SERVER, What, Who};
use super::world::{Happening, World};
use crate::classic_program::lint;

/// I11: the time from the healing to rest. The longest pauses of both machines are 37 s; behind one
/// a session and a round of tries must fit, and a name may have to be wrested from a ghost.
const REST_MAX: Duration = Duration::from_secs(180);

/// And where mail was given up: a request to keep a later part may name as its lowest one that was given
/// up meanwhile. The recipient waits for that one until the sender, who has heard of it, offers again
/// what the server keeps: after 600 s.
const REST_AFTER_EXPIRY_MAX: Duration = Duration::from_secs(180 + 600);

/// Before that a client may not know yet that its server is another: it asks after 20 s of silence,
/// five times, and begins anew after a pause.
const SETTLED: Duration = Duration::from_secs(40);

/// How long the wire is watched at rest.
const QUIET: Duration = Duration::from_secs(60);

/// I9: datagrams a client and minute at rest: three questions to the server and their answers, and a
/// page of the table with its ack, twice: the last who came or went may be told of after the rest
/// began. And as much for each part of mail or of a line that waits for somebody who never comes, and for
/// each mark for somebody who can't be reached.
const HEARTBEATS_MAX: u64 = 10;

impl World<'_> {
    fn rest_max(&self) -> Duration {
        let mut done = self.plan.operations.iter().map(|operation| &operation.what);
        match done.any(|what| matches!(what, What::LongAway(_))) {
            true => REST_AFTER_EXPIRY_MAX,
            false => REST_MAX,
        }
    }

    /// Looks whether all is at rest, every second.
    pub fn look(&mut self) -> Verdict {
        let again = self.now + Duration::from_secs(1);
        self.see_all()?;
        let Some((since, before)) = self.rested else {
            if self.now > self.healed.unwrap_or_default() + SETTLED && self.is_at_rest() {
                self.rested = Some((self.now, self.datagrams));
            } else if self.now > self.healed.unwrap_or_default() + self.rest_max() {
                self.what_is_missing()?;
                return broken("I11 rest comes in time", self.unrest());
            } else if (self.now - self.healed.unwrap_or_default()).as_secs() % 5 == 4 {
                for who in (1..=self.plan.people).map(Who) {
                    self.unstick(who)?;
                }
            }
            self.schedule(again, Happening::Look);
            return Ok(());
        };
        if self.now < since + QUIET {
            self.schedule(again, Happening::Look);
            return Ok(());
        }
        self.ended = true;
        self.what_is_missing()?;
        if !self.is_at_rest() {
            return broken("I11 rest lasts", self.unrest());
        }
        self.i9_the_wire_is_quiet(self.datagrams - before)
    }

    fn i9_the_wire_is_quiet(&self, datagrams: u64) -> Verdict {
        let clients = self.plan.people as u64 + u64::from(self.plan.classic);
        let left = self.left_open() + self.room.mailbox().mail.len() as u64;
        let marks = self
            .room
            .profiles()
            .map(|(_, profile)| profile.tell.len() as u64);
        let most = (clients + left + marks.sum::<u64>()) * HEARTBEATS_MAX;
        match datagrams <= most {
            true => Ok(()),
            false => broken(
                "I9 the wire is quiet at rest",
                format!("{datagrams} > {most}"),
            ),
        }
    }

    /// Parts of lines for somebody who never comes back.
    fn left_open(&self) -> u64 {
        self.room
            .profiles()
            .map(|(_, profile)| profile.open.len() as u64 * 30)
            .sum()
    }

    fn is_at_rest(&self) -> bool {
        let room = &self.room;
        let here = (1..=self.plan.people)
            .map(Who)
            .filter(|who| !room.is_gone(*who));
        let mut here = here.map(|who| room.person(who));
        here.all(|person| person.session == Session::Online && person.node.disk.is_idle())
            && room.server.disk.is_idle()
            && self.i6_mailbox_is_empty().is_ok()
            && self.i7_outboxes_are_empty().is_ok()
            && self.i3_all_is_shown().is_ok()
            && self.everybody_sees_who_is_there().is_ok()
            && self.everybody_knows_the_room().is_ok()
            && self.all_that_was_read_is_told().is_ok()
    }

    fn what_is_missing(&self) -> Verdict {
        self.i3_all_is_shown()?;
        self.i7_outboxes_are_empty()?;
        self.i6_mailbox_is_empty()?;
        self.all_that_was_read_is_told()?;
        self.everybody_sees_who_is_there()?;
        self.everybody_knows_the_room()
    }

    /// Whose table misses somebody, or shows somebody who is gone, writes to the wrong place.
    fn everybody_sees_who_is_there(&self) -> Verdict {
        let here: Vec<_> = (1..=self.plan.people)
            .map(Who)
            .filter(|who| !self.room.is_gone(*who))
            .collect();
        for who in &here {
            let sees = &self.room.person(*who).sees;
            let ours = sees.iter().filter(|name| name.as_str() != CLASSIC.name());
            let names = here.iter().map(|who| &self.room.person(*who).nickname);
            if ours.collect::<BTreeSet<_>>() != names.collect() {
                let detail = format!("{} sees {sees:?}", who.name());
                return broken("everybody sees who is there", detail);
            }
        }
        Ok(())
    }

    fn everybody_knows_the_room(&self) -> Verdict {
        let here = (1..=self.plan.people).map(Who);
        for who in here.filter(|who| !self.room.is_gone(*who)) {
            let calls = &self.room.person(who).calls;
            if *calls != self.room.name {
                let detail = format!("{} calls it {calls:?}", who.name());
                return broken("everybody knows what the room is called", detail);
            }
        }
        Ok(())
    }

    fn unrest(&self) -> String {
        let session = |who: Who| format!("{}: {:?}", who.name(), self.room.person(who).session);
        let sessions: Vec<_> = (1..=self.plan.people).map(Who).map(session).collect();
        sessions.join(", ")
    }

    /// I3 and I3b: all that was accepted for somebody who is there is shown there, or told as failed;
    /// of somebody who is gone for good, what the server had.
    fn i3_all_is_shown(&self) -> Verdict {
        for ((from, to), pair) in &self.model.pairs {
            if *to == CLASSIC || self.room.is_gone(*to) {
                continue;
            }
            let own = self.model.own.range((*from, 0)..=(*from, u64::MAX));
            let stored: Vec<_> = own
                .filter(|(_, own)| own.to == *to && own.stored)
                .map(|((_, line), own)| (own.attempt, *line))
                .collect();
            for (at, attempt) in pair.attempts.iter().enumerate() {
                if attempt.shown || attempt.failed {
                    continue;
                }
                if self.room.is_gone(*from) {
                    let line = stored.iter().find(|(attempt, _)| *attempt == at);
                    let lost = |line: u64| {
                        let places = self.model.places(*from, line);
                        places.iter().any(|place| {
                            self.model.wiped.contains(place) || self.model.expired.contains(place)
                        })
                    };
                    if line.is_none_or(|(_, line)| lost(*line)) {
                        // What follows it is not shown before it, that is, never.
                        break;
                    }
                }
                return broken(
                    "I3 all that was accepted is shown",
                    format!("#{} of {} to {}", attempt.number, from.name(), to.name()),
                );
            }
        }
        Ok(())
    }

    /// I6: nothing is left at the server but for those who never come, and what waits for a part that
    /// somebody who is gone took along.
    fn i6_mailbox_is_empty(&self) -> Verdict {
        const RULE: &str = "I6 the mailbox is empty at rest";
        // A classic program that was taken for gone does not come back by itself.
        let gone = |name: &str| {
            let who = super::model::who(name);
            who.is_none_or(|who| who == CLASSIC || self.room.is_gone(who))
        };
        let mailbox = self.room.mailbox();
        let mut mail = mailbox.mail.values();
        let left = mail.find(|mail| !gone(mail.recipient.as_str()) && !gone(mail.sender.as_str()));
        if let Some(mail) = left {
            return broken(RULE, format!("{mail:?}"));
        }
        let mut receipts = mailbox.receipts.values();
        if let Some(held) = receipts.find(|held| !gone(held.sender.as_str())) {
            return broken(RULE, format!("{held:?}"));
        }
        let mut expired = mailbox.expired.values();
        match expired.find(|held| !gone(held.sender.as_str())) {
            Some(held) => broken(RULE, format!("{held:?}")),
            None => Ok(()),
        }
    }

    /// I7: no line is open but those for somebody who never comes back.
    fn i7_outboxes_are_empty(&self) -> Verdict {
        for (who, profile) in self.room.profiles() {
            if self.room.is_gone(who) {
                continue;
            }
            let open = profile.open.keys().find(|id| {
                let to = profile.history.get(id).map(|line| line.peer.as_str());
                let to = to.and_then(super::model::who);
                to.is_none_or(|to| !self.room.is_gone(to) && to != CLASSIC)
            });
            if let Some(id) = open {
                let number = self.model.own.get(&(who, *id)).map(|own| own.number);
                return broken(
                    "I7 the outbox is empty at rest",
                    format!("{}'s line {id}, #{number:?}", who.name()),
                );
            }
        }
        Ok(())
    }
}

/// I19: a datagram to a classic program is one of its own.
pub fn i19_a_classic_program_can_read_it(from: Who, bytes: &[u8]) -> Verdict {
    const RULE: &str = "I19 a classic program can read what it gets";
    if let Err(fault) = lint(bytes) {
        return broken(RULE, format!("{}: {fault}", from.name()));
    }
    // Clients offer the extension to peers whose program they don't know; the server knows it.
    let offers = bytes.windows(4).any(|window| window == br#""sc""#);
    match from == SERVER && offers {
        true => broken(RULE, "the server sends it the extension"),
        false => Ok(()),
    }
}
