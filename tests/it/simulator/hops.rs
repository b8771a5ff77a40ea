//! What must hold on the hop through the server: end to end a lost promise there hides for long, since
//! senders offer again what is not confirmed. And what a server's disk must be to go on from it.

use std::collections::BTreeMap;

use super_chatter::machine::client::{Delivery, Origin};
use super_chatter::machine::server::{self, Mail};
use super_chatter::protocol::{Expired, Nickname, Seq, Stream};

use super::invariants::has_taken;
use super::kept::Mailbox;
use super::model::{Model, Placed, Verdict, broken, who};
use super::plan::{CLASSIC, Who};
use super::room::Room;

/// Records of the server came to disk.
pub fn server_committed(model: &mut Model, room: &Room, records: &[server::Record]) -> Verdict {
    use server::Record;
    ids_grow(room.mailbox(), records)?;
    for record in records {
        match record {
            Record::Mail(mail) => {
                let (from, to) = (who(mail.sender.as_str()), who(mail.recipient.as_str()));
                let (Some(from), Some(to)) = (from, to) else {
                    return broken("mail is from somebody for somebody", format!("{mail:?}"));
                };
                let place = (mail.part.stream, mail.part.seq, from, to);
                model.mail.insert(mail.id, place);
            }
            Record::Receipt(held) => {
                model
                    .receipts
                    .insert(held.receipt.stream, held.receipt.below);
            }
            Record::Expired(held) => {
                let Expired { stream, seq } = held.expired;
                model.expired.insert((stream, seq));
            }
            Record::MailRemoved(_)
            | Record::ReceiptTaken(_)
            | Record::ExpiryTaken(_)
            | Record::Person(_)
            | Record::ClassicStream(_)
            | Record::Epoch(_)
            | Record::Passed(_)
            | Record::Blocked(_)
            | Record::Unblocked(_) => {}
        }
    }
    for record in records {
        match record {
            Record::MailRemoved(id) => i5_mail_goes_only_when_it_arrived(model, room, *id)?,
            Record::ReceiptTaken(stream) => {
                a_receipt_goes_only_when_it_is_known(model, room, *stream)?
            }
            Record::Mail(_)
            | Record::Receipt(_)
            | Record::Expired(_)
            | Record::ExpiryTaken(_)
            | Record::Person(_)
            | Record::ClassicStream(_)
            | Record::Epoch(_)
            | Record::Passed(_)
            | Record::Blocked(_)
            | Record::Unblocked(_) => {}
        }
    }
    Ok(())
}

/// I5 on the hop from the server: what it lets go of is with the recipient, or its end is told; and
/// the word of that is kept for the sender.
fn i5_mail_goes_only_when_it_arrived(model: &Model, room: &Room, id: server::MailId) -> Verdict {
    const RULE: &str = "I5 mail goes only when it arrived";
    let Some((stream, seq, from, to)) = model.mail.get(&id).copied() else {
        return broken(RULE, format!("{id:?} never came to the disk"));
    };
    if from == CLASSIC || to == CLASSIC {
        return Ok(());
    }
    let given_up = || {
        let failed = |placed: Placed| {
            let profile = room.profile(placed.who);
            let line = profile.history.get(&placed.line).map(|line| line.origin);
            matches!(
                line,
                Some(Origin::Own {
                    delivery: Delivery::Failed(_)
                })
            ) || !profile.open.contains_key(&placed.line)
        };
        model.expired.contains(&(stream, seq)) || model.line_at(stream, seq).is_some_and(failed)
    };
    if !has_taken(room, to, (stream, seq)) && !given_up() {
        return broken(
            RULE,
            format!("{} to {}, part {}", from.name(), to.name(), seq.0),
        );
    }
    let known = settled_below(room, from, stream) > seq;
    let held = |mailbox: &Mailbox| {
        mailbox
            .receipts
            .get(&stream)
            .is_some_and(|held| held.receipt.below > seq)
    };
    if !known && !held(room.mailbox()) && !given_up() {
        let part = format!("{} to {}, part {}", from.name(), to.name(), seq.0);
        return broken("a receipt is kept for its sender", part);
    }
    Ok(())
}

/// Below what the sender of a stream knows all to be settled, on its disk.
fn settled_below(room: &Room, from: Who, stream: Stream) -> Seq {
    let outgoing = room.profile(from).outgoing.values();
    let own = outgoing.filter(|outgoing| outgoing.stream == stream);
    own.map(|outgoing| outgoing.lowest)
        .max()
        .unwrap_or(Seq::FIRST)
}

fn a_receipt_goes_only_when_it_is_known(model: &Model, room: &Room, stream: Stream) -> Verdict {
    let Some(below) = model.receipts.get(&stream) else {
        return Ok(());
    };
    let known = room
        .profiles()
        .any(|(who, _)| settled_below(room, who, stream) >= *below);
    match known || room.mailbox().receipts.contains_key(&stream) {
        true => Ok(()),
        false => broken(
            "a receipt goes only when its sender has it on disk",
            format!("below {}", below.0),
        ),
    }
}

/// I16: what is on the server's disk after a crash can be gone on from.
pub fn i16_a_mailbox_re_opens(mailbox: &Mailbox) -> Verdict {
    let bad = |what: String| broken("I16 every state re-opens", format!("server: {what}"));
    let is_known = |name: &Nickname| mailbox.people.contains_key(name);
    if mailbox.epoch.is_none() && !(mailbox.people.is_empty() && mailbox.mail.is_empty()) {
        return bad("a store without a name".into());
    }
    if mailbox.places.len() != mailbox.mail.len() {
        return bad("two pieces of mail have one place".into());
    }
    let mut pairs = BTreeMap::new();
    for (id, mail) in &mailbox.mail {
        let Mail {
            part,
            sender,
            recipient,
            ..
        } = mail;
        let whole = part.lowest <= part.seq && (1..=part.count).contains(&part.index);
        let pair = pairs.entry(part.stream).or_insert((sender, recipient));
        let known = is_known(sender) && is_known(recipient);
        if *id != mail.id || !whole || !known || *pair != (sender, recipient) {
            return bad(format!("{mail:?}"));
        }
    }
    for passed in mailbox.passed.values() {
        if pairs
            .get(&passed.stream)
            .is_none_or(|pair| *pair.1 != passed.recipient)
        {
            return bad(format!("{passed:?} of no mail"));
        }
    }
    let receipts = mailbox.receipts.values().map(|held| &held.sender);
    let mut told = receipts.chain(mailbox.expired.values().map(|held| &held.sender));
    if let Some(stranger) = told.find(|sender| !is_known(sender)) {
        return bad(format!("word for {stranger}, whom nobody knows"));
    }
    if let Some(both) = mailbox
        .expired
        .keys()
        .find(|place| mailbox.places.contains_key(place))
    {
        return bad(format!("{both:?} is given up and kept"));
    }
    for counted in mailbox.classic_streams.values() {
        let of_stream = (counted.stream, counted.next)..=(counted.stream, Seq(u64::MAX));
        if mailbox.places.range(of_stream).next().is_some() {
            return bad(format!("{counted:?} has mail beyond its end"));
        }
    }
    Ok(())
}

/// Mail that came later has a greater id than all that is kept.
fn ids_grow(mailbox: &Mailbox, records: &[server::Record]) -> Verdict {
    let ids = |record: &server::Record| match record {
        server::Record::Mail(mail) => Some(mail.id),
        server::Record::MailRemoved(_)
        | server::Record::Receipt(_)
        | server::Record::ReceiptTaken(_)
        | server::Record::Expired(_)
        | server::Record::ExpiryTaken(_)
        | server::Record::Person(_)
        | server::Record::ClassicStream(_)
        | server::Record::Epoch(_)
        | server::Record::Passed(_)
        | server::Record::Blocked(_)
        | server::Record::Unblocked(_) => None,
    };
    let new: Vec<_> = records.iter().filter_map(ids).collect();
    let Some(first) = new.first() else {
        return Ok(());
    };
    let mut behind = mailbox.mail.range(first..).map(|(id, _)| id);
    match new.is_sorted_by(|one, other| one < other) && behind.all(|id| new.contains(id)) {
        true => Ok(()),
        false => broken("ids of mail grow", format!("{new:?}")),
    }
}
