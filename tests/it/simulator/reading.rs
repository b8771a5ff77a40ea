//! People at windows: they type before they say something and read what comes, some of it at once, some
//! later. And what must be true of the marks that tell others so.

use std::time::Duration;

use super_chatter::machine::client::{Command, Event, LineId, Origin};
use super_chatter::protocol::Nickname;

use super::chance::mix;
use super::kept::Profile;
use super::model::{Model, Verdict, broken, number, who};
use super::node::Input;
use super::plan::{CLASSIC, Who};
use super::room::Room;
use super::world::{Happening, World};

/// After which times somebody looks at a line, in milliseconds; `None`: not before a later one.
const LOOKS: [Option<u64>; 4] = [Some(0), Some(50), Some(3000), None];

impl World<'_> {
    /// Somebody sits down at their window.
    pub fn open_window(&mut self, who: Who) -> Verdict {
        match self.plan.windows {
            true => self.feed(who, Input::Command(&Command::TellRead(true))),
            false => Ok(()),
        }
    }

    /// Somebody begins to write.
    pub fn type_to(&mut self, who: Who, to: &Nickname) -> Verdict {
        let typing = Command::Typing { to: to.clone() };
        match self.plan.windows {
            true => self.feed(who, Input::Command(&typing)),
            false => Ok(()),
        }
    }

    /// Something stands in a window: it is looked at, sooner or later.
    pub fn look_at(&mut self, who: Who, event: &Event) {
        let Event::Line(line) = event else { return };
        if !self.plan.windows || !matches!(line.origin, Origin::Theirs { .. }) {
            return;
        }
        let chance = mix(mix(self.plan.seed, 0x5ee + who.0 as u64), line.id.0);
        if let Some(ms) = LOOKS[chance as usize % LOOKS.len()] {
            let at = self.now + Duration::from_millis(ms);
            self.schedule(at, Happening::Seen(who, line.id.0));
        }
    }

    /// Somebody sees a line, if their window is open.
    pub fn see(&mut self, who: Who, line: u64) -> Verdict {
        let Some(kept) = self.room.profile(who).history.get(&line) else {
            return Ok(());
        };
        let (peer, line) = (kept.peer.clone(), LineId(line));
        self.feed(who, Input::Command(&Command::Read { peer, line }))
    }

    /// Everybody looks at everything that they have not seen.
    pub fn see_all(&mut self) -> Verdict {
        if !self.plan.windows {
            return Ok(());
        }
        for who in (1..=self.plan.people).map(Who) {
            let profile = self.room.profile(who);
            let told = self.model.told.get(&who).into_iter().flatten();
            let unseen = told.filter(|line| !profile.has_seen(**line));
            for line in unseen.copied().collect::<Vec<_>>() {
                self.see(who, line)?;
            }
        }
        Ok(())
    }

    /// What was read is known to whoever wrote it, if they ever reach each other straight.
    pub fn all_that_was_read_is_told(&self) -> Verdict {
        if !self.plan.windows {
            return Ok(());
        }
        for (from, to) in self.model.pairs.keys() {
            let cut =
                |(one, other): &(Who, Who)| [(one, other), (other, one)].contains(&(from, to));
            let gone = self.room.is_gone(*from) || self.room.is_gone(*to);
            if gone || [*from, *to].contains(&CLASSIC) || self.plan.cut.iter().any(cut) {
                continue;
            }
            let (writer, reader) = (self.room.profile(*from), self.room.profile(*to));
            let own = self.model.own.range((*from, 0)..=(*from, u64::MAX));
            let delivered = own.filter(|(_, own)| own.to == *to && own.rank == 4);
            let read = delivered.filter(|(_, own)| has_read(reader, *from, own.number));
            let newest = read.map(|((_, line), _)| *line).max();
            let told = writer.read_by.get(&self.room.person(*to).nickname);
            if newest > told.copied() {
                let (from, to) = (from.name(), to.name());
                let detail = format!("{to} has read {newest:?} of {from}, who knows {told:?}");
                return broken("all that was read is told", detail);
            }
        }
        Ok(())
    }
}

/// Somebody wrote down that an own line was read: it was, and so was all before it that is told as
/// delivered; and it is more than was known.
pub fn a_mark_is_true(
    model: &Model,
    room: &Room,
    me: Who,
    (peer, line): (&Nickname, LineId),
    before: Option<u64>,
) -> Verdict {
    const RULE: &str = "a mark names what was read";
    let named = model.own.get(&(me, line.0));
    let reader = who(peer.as_str()).filter(|reader| *reader != CLASSIC);
    let (Some(own), Some(reader)) = (named, reader) else {
        return broken(RULE, format!("{}'s {line:?} of {peer}", me.name()));
    };
    if own.to != reader {
        return broken(RULE, format!("#{} was for {}", own.number, own.to.name()));
    }
    if before >= Some(line.0) {
        return broken("a mark moves forward", format!("{before:?} to {line:?}"));
    }
    let pair = &model.pairs[&(me, reader)].attempts;
    // A line that was tried again is younger than its number says.
    let once = |number| pair.iter().filter(|one| one.number == number).count() == 1;
    let up_to = model.own.range((me, 0)..(me, line.0));
    let stands = up_to.filter(|(_, own)| own.to == reader && own.rank == 4 && once(own.number));
    let mut numbers = stands.map(|(_, own)| own.number).chain([own.number]);
    // Whoever deletes a line has it before them: it counts as read, and can't be seen to be.
    let is_read =
        |number| has_read(room.profile(reader), me, number) || model.has_deleted(reader, number);
    match numbers.find(|number| !is_read(*number)) {
        Some(number) => broken(RULE, format!("{peer} has not read #{number}")),
        None => Ok(()),
    }
}

/// Whether what `from` said with that number is in a profile and was read there.
fn has_read(reader: &Profile, from: Who, said: u64) -> bool {
    reader.history.values().any(|line| {
        line.peer.as_str() == from.name()
            && matches!(line.origin, Origin::Theirs { .. })
            && number(&line.text) == Some(said)
            && reader.has_seen(line.id.0)
    })
}
