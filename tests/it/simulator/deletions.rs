//! I20: what is deleted stays so, only what is settled can be, and nothing else ever vanishes.

use super::kept::Profile;
use super::model::{Model, Verdict, broken};
use super::plan::Who;

const RULE: &str = "I20 what is deleted stays so";

/// A deletion came to disk: it takes nothing back that is under way.
pub fn i20_what_is_under_way_is_not_deleted(model: &mut Model, me: Who, line: u64) -> Verdict {
    model.deleted.insert((me, line));
    match model.own.get(&(me, line)) {
        Some(own) if own.rank < 4 => broken(
            "I20 what is under way is not deleted",
            format!("#{} at {}", own.number, own.rank),
        ),
        Some(_) | None => Ok(()),
    }
}

/// A line moves.
pub fn i20_what_is_deleted_stays_so(model: &Model, me: Who, line: u64) -> Verdict {
    match model.deleted.contains(&(me, line)) {
        true => broken(RULE, format!("line {line} of {} moves", me.name())),
        false => Ok(()),
    }
}

/// A deletion is told.
pub fn i20_a_deletion_is_on_disk(model: &Model, me: Who, line: u64) -> Verdict {
    match model.deleted.contains(&(me, line)) {
        true => Ok(()),
        false => broken("I20 a deletion that is told is on disk", line.to_string()),
    }
}

/// What is on disk after a crash.
pub fn i20_nothing_else_vanishes(model: &Model, me: Who, profile: &Profile) -> Verdict {
    let told = model.told.get(&me).into_iter().flatten();
    let own = model.own.range((me, 0)..=(me, u64::MAX));
    for line in told.chain(own.map(|((_, line), _)| line)) {
        let is_there = profile.history.contains_key(line);
        let is_deleted = model.deleted.contains(&(me, *line));
        if is_there == is_deleted {
            let rule = match is_there {
                true => RULE,
                false => "lines that were told never vanish",
            };
            return broken(rule, format!("{} {line}", me.name()));
        }
    }
    Ok(())
}
