//! What must hold at each step: one function an invariant, each looking only at what has just
//! changed. What must hold on the hop through the server is in [`super::hops`], what must hold at rest in
//! [`super::rest`].

use super_chatter::machine::client::{self, Delivery, Failure, Line, Origin};
use super_chatter::protocol::parts::parts;
use super_chatter::protocol::{Datagram, Seq, Stream, decode};

use super::chance::hash;
use super::deletions::*;
use super::kept::Profile;
use super::model::{Broken, Model, Placed, Verdict, broken, number, text, who};
use super::plan::{CLASSIC, Who};
use super::reading::a_mark_is_true;
use super::room::Room;

/// Records of somebody came to disk.
pub fn client_committed(
    model: &mut Model,
    room: &Room,
    me: Who,
    records: &[client::Record],
) -> Verdict {
    use client::Record;
    for record in records {
        match record {
            Record::Line(line) => match line.origin {
                Origin::Own { .. } => accepted(model, me, line)?,
                Origin::Theirs { .. } => shown(model, me, line)?,
            },
            Record::Delivery { line, delivery, .. } => {
                moved_on(model, me, line.0, *delivery)?;
                what_is_told_is_true(model, room, me, line.0, *delivery)?;
            }
            Record::Placed { line, first } => {
                let profile = room.profile(me);
                let (Some(line), Some(own)) =
                    (profile.history.get(&line.0), model.own.get(&(me, line.0)))
                else {
                    return broken("I16 every state re-opens", "a place of an unknown line");
                };
                debug_assert_eq!(number(&line.text), Some(own.number));
                if let Some(outgoing) = profile.outgoing.get(&line.peer) {
                    let placed = Placed {
                        who: me,
                        line: line.id.0,
                        parts: parts(&line.text).len() as u64,
                    };
                    model.placed.insert((outgoing.stream, *first), placed);
                }
            }
            Record::Deleted(line) => i20_what_is_under_way_is_not_deleted(model, me, line.0)?,
            Record::ReadBy { peer, line } => {
                let before = model.read_by.insert((me, peer.clone()), line.0);
                a_mark_is_true(model, room, me, (peer, *line), before)?;
            }
            Record::Outgoing(_)
            | Record::Ends { .. }
            | Record::EndForgotten(_)
            | Record::Tell { .. }
            | Record::Incoming(_)
            | Record::IncomingForgotten(_)
            | Record::Piece { .. }
            | Record::PiecesJoined(_)
            | Record::Draft { .. }
            | Record::Read { .. }
            | Record::Tabs { .. } => {}
        }
    }
    Ok(())
}

fn accepted(model: &mut Model, me: Who, line: &Line) -> Verdict {
    let said = number(&line.text).and_then(|number| Some((number, *model.said.get(&number)?)));
    let Some((number, said)) = said else {
        return broken(
            "the history holds what was said",
            format!("{:?}", line.text),
        );
    };
    if said.from != me || who(line.peer.as_str()) != Some(said.to) {
        return broken(
            "the history holds what was said",
            format!("#{number} by somebody else"),
        );
    }
    if line.text != text(number, said.bytes) {
        return broken(
            "the history holds what was said",
            format!("#{number} is changed"),
        );
    }
    model.accept(me, line.id.0, number, said.to);
    Ok(())
}

/// I1 and I2: once, in order, by its sender, to its recipient, and whole.
fn shown(model: &mut Model, me: Who, line: &Line) -> Verdict {
    if let Some(rest) = line.text.strip_prefix('…') {
        return a_rest_is_of_an_expired_line(model, me, line, rest);
    }
    let said = number(&line.text).and_then(|number| Some((number, *model.said.get(&number)?)));
    let Some((number, said)) = said else {
        return broken("what is shown was said", format!("{:?}", line.text));
    };
    if who(line.peer.as_str()) != Some(said.from) {
        return broken(
            "what is shown bears its sender's name",
            format!("#{number}"),
        );
    }
    if said.to != me {
        return broken(
            "what is shown is for whom it is shown to",
            format!("#{number}"),
        );
    }
    model.came.insert((me, line.id.0), number);
    if said.from == CLASSIC {
        return Ok(());
    }
    if line.text != text(number, said.bytes) {
        return broken(
            "what is shown is whole",
            format!("#{number}: {:?}", line.text),
        );
    }
    let expired = model.expired_from(said.from, me);
    let pair = model.pairs.entry((said.from, me)).or_default();
    let late = &pair.attempts[pair.cursor..];
    let on_its_way = late
        .iter()
        .position(|attempt| attempt.number == number && !attempt.failed);
    let Some(at) = on_its_way.map(|at| at + pair.cursor) else {
        // Its end was told, and it came all the same: only its receipt was lost.
        let mut of_it = pair
            .attempts
            .iter_mut()
            .filter(|attempt| attempt.number == number);
        let failed = of_it.find(|attempt| attempt.failed && !attempt.shown);
        return match failed {
            Some(failed) => {
                failed.shown = true;
                Ok(())
            }
            None => broken(
                "I1 never shown twice",
                format!("#{number}, or never accepted"),
            ),
        };
    };
    let skipped = pair.attempts[pair.cursor..at].iter();
    let mut skipped = skipped.filter(|attempt| !attempt.failed);
    let missing = skipped.find(|attempt| !expired.contains(&attempt.number));
    if let Some(missing) = missing {
        return broken(
            "I2 shown in the order of accepting",
            format!("#{number} before #{}", missing.number),
        );
    }
    pair.attempts[at].shown = true;
    pair.cursor = at + 1;
    Ok(())
}

/// Somebody offers the last parts of a text before they are told that the server gave up the first:
/// then the rest of it is shown, with an ellipsis in front. It counts as not shown.
fn a_rest_is_of_an_expired_line(model: &Model, me: Who, line: &Line, rest: &str) -> Verdict {
    let from = who(line.peer.as_str());
    let expired = from.map(|from| model.expired_from(from, me));
    let mut texts = expired.into_iter().flatten().filter_map(|number| {
        let said = model.said.get(&number)?;
        Some(text(number, said.bytes))
    });
    match texts.any(|text| text.ends_with(rest)) {
        true => Ok(()),
        false => broken("what is shown was said", format!("{:?}", line.text)),
    }
}

fn rank(delivery: Delivery) -> u8 {
    match delivery {
        Delivery::Trying => 0,
        Delivery::HandingOver => 1,
        Delivery::Waiting => 2,
        Delivery::Stored => 3,
        Delivery::Delivered(_) => 4,
        Delivery::Failed(_) => 5,
    }
}

/// What is told of a line only moves forward; a failure is left only by a retry.
fn moved_on(model: &mut Model, me: Who, line: u64, delivery: Delivery) -> Verdict {
    const RULE: &str = "what is told only moves forward";
    i20_what_is_deleted_stays_so(model, me, line)?;
    let Some(own) = model.own.get_mut(&(me, line)) else {
        return broken(RULE, format!("line {line} is unknown"));
    };
    let (before, now) = (own.rank, rank(delivery));
    let (number, to) = (own.number, own.to);
    own.rank = now;
    own.stored |= delivery == Delivery::Stored;
    match (before, now) {
        (5, 0) => model.accept(me, line, number, to),
        (4 | 5, _) => return broken(RULE, format!("#{number} from {before} to {now}")),
        _ if now <= before => return broken(RULE, format!("#{number} from {before} to {now}")),
        _ => {}
    }
    if let (Delivery::Failed(_), Some(attempt)) = (delivery, model.attempt(me, line)) {
        attempt.failed = true;
    }
    Ok(())
}

fn what_is_told_is_true(
    model: &mut Model,
    room: &Room,
    me: Who,
    line: u64,
    delivery: Delivery,
) -> Verdict {
    match delivery {
        Delivery::Trying | Delivery::HandingOver | Delivery::Waiting => Ok(()),
        Delivery::Stored => i5_told_stored_is_kept(model, room, me, line),
        Delivery::Delivered(_) => i4_told_delivered_is_durable(model, me, line),
        Delivery::Failed(failure) => a_failure_is_one(model, me, line, failure),
    }
}

/// I4: whoever reads "delivered" can throw the sender's computer away.
fn i4_told_delivered_is_durable(model: &mut Model, me: Who, line: u64) -> Verdict {
    let own = &model.own[&(me, line)];
    let (number, to) = (own.number, own.to);
    // A classic ack names nothing: what it meant can't be told.
    if to == CLASSIC {
        return Ok(());
    }
    match model.attempt(me, line) {
        Some(attempt) if attempt.shown => Ok(()),
        _ => broken(
            "I4 told delivered is durable at the recipient",
            format!("#{number}"),
        ),
    }
}

/// I5: the server has every part on its disk, or the recipient has, or the loss is known.
fn i5_told_stored_is_kept(model: &Model, room: &Room, me: Who, line: u64) -> Verdict {
    let own = &model.own[&(me, line)];
    let lost = model.places(me, line).into_iter().find(|place| {
        let there = room.mailbox().places.contains_key(place)
            || model.wiped.contains(place)
            || model.expired.contains(place);
        !there && !has_taken(room, own.to, *place)
    });
    match lost {
        Some((_, seq)) if own.to != CLASSIC => broken(
            "I5 told stored is kept",
            format!("#{}, part {}", own.number, seq.0),
        ),
        Some(_) | None => Ok(()),
    }
}

pub fn has_taken(room: &Room, to: Who, (stream, seq): (Stream, Seq)) -> bool {
    to != CLASSIC && room.profile(to).taken(stream) > seq
}

fn a_failure_is_one(model: &Model, me: Who, line: u64, failure: Failure) -> Verdict {
    let own = &model.own[&(me, line)];
    let may = match failure {
        Failure::Expired => model
            .places(me, line)
            .iter()
            .any(|place| model.expired.contains(place)),
        Failure::TooLongForClassic => own.to == CLASSIC,
        Failure::UnknownRecipient | Failure::TooLong | Failure::TooMany | Failure::DiskFull => {
            false
        }
    };
    match may {
        true => Ok(()),
        false => broken("a failure is one", format!("#{}: {failure:?}", own.number)),
    }
}

/// Somebody is told something.
pub fn client_told(
    model: &mut Model,
    profile: &Profile,
    me: Who,
    event: &client::Event,
) -> Verdict {
    match event {
        client::Event::Line(line) => {
            let kept = profile.history.get(&line.id.0);
            let is_it = |kept: &Line| kept.text == line.text && kept.peer == line.peer;
            let deleted = model.deleted.contains(&(me, line.id.0));
            if !kept.map_or(deleted, is_it) {
                return broken(
                    "a line in the window is on disk",
                    format!("{:?}", line.text),
                );
            }
            match model.told.entry(me).or_default().insert(line.id.0) {
                true => Ok(()),
                false => broken("I1 never shown twice", format!("line {} again", line.id.0)),
            }
        }
        client::Event::Delivery { line, delivery, .. } => {
            let kept = profile.history.get(&line.0).map(|line| line.origin);
            let known = match kept {
                Some(Origin::Own { delivery }) => rank(delivery),
                None if model.deleted.contains(&(me, line.0)) => return Ok(()),
                Some(Origin::Theirs { .. }) | None => 0,
            };
            match rank(*delivery) <= known {
                true => Ok(()),
                false => broken("what is told of a line is on disk", format!("{delivery:?}")),
            }
        }
        client::Event::Deleted(line) => i20_a_deletion_is_on_disk(model, me, line.0),
        client::Event::ReadBy { peer, line } => match profile.read_by.get(peer) {
            Some(known) if *known >= line.0 => Ok(()),
            Some(_) | None => broken("what is told of a line is on disk", format!("{line:?}")),
        },
        client::Event::Session(_)
        | client::Event::Contacts(_)
        | client::Event::Room(_)
        | client::Event::Refused { .. }
        | client::Event::NotRetried { .. }
        | client::Event::Typing(_)
        | client::Event::MailboxFull(_)
        | client::Event::Notice(_)
        | client::Event::Closed => Ok(()),
    }
}

/// I10: one place of a stream never carries two texts.
pub fn i10_one_place_one_text(model: &mut Model, bytes: &[u8]) -> Verdict {
    let (text, part) = match decode(bytes) {
        Ok(Datagram::Chat {
            text,
            part: Some(part),
            ..
        }) => (text, part),
        Ok(Datagram::Offline {
            text,
            part: Some(part),
            ..
        }) => (text, part),
        _ => return Ok(()),
    };
    let hash = hash(text.as_bytes());
    let place = (part.stream, part.seq);
    match model.carried.insert(place, hash) {
        Some(before) if before != hash => broken(
            "I10 one place of a stream carries one text",
            format!("part {}: now {text:?}", part.seq.0),
        ),
        Some(_) | None => Ok(()),
    }
}

/// I16: what is on disk after a crash can be gone on from.
pub fn i16_a_profile_re_opens(model: &Model, me: Who, profile: &Profile) -> Verdict {
    let bad = |what: String| {
        Err(Broken {
            invariant: "I16 every state re-opens",
            detail: format!("{}: {what}", me.name()),
        })
    };
    for outgoing in profile.outgoing.values() {
        if outgoing.lowest > outgoing.next || outgoing.lowest < Seq::FIRST {
            return bad(format!("{outgoing:?}"));
        }
    }
    for (id, first) in &profile.open {
        let Some(line) = profile.history.get(id) else {
            return bad(format!("open line {id} is not in the history"));
        };
        let Some(outgoing) = profile.outgoing.get(&line.peer) else {
            return bad(format!("open line {id} has no stream"));
        };
        let end = first.map(|first| first.0 + parts(&line.text).len() as u64);
        if end.is_some_and(|end| end > outgoing.next.0 || end <= outgoing.lowest.0) {
            return bad(format!("open line {id} ends at {end:?} of {outgoing:?}"));
        }
    }
    i20_nothing_else_vanishes(model, me, profile)
}
