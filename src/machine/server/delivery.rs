//! Mail that goes out: handed over, sent again until it is confirmed, and then let go of.

use std::collections::BTreeMap;

use super::limits::*;
use super::members::{ExtendedLink, Link, Member, Retry, Word};
use super::presence::session_mut;
use super::told::What;
use super::types::{HeldReceipt, Mail, MailId, Record};
use super::{Now, Server};
use crate::protocol::{Datagram, Nickname, Part, Receipt, Seq, Stream, Style};

impl Server {
    /// Hands over what is kept for somebody who is online.
    pub(super) fn deliver(&mut self, now: Now, recipient: &Nickname) {
        if self.is_classic(recipient) {
            if self.mailroom.next_message(recipient).is_some() {
                self.say(now, recipient, Word::Mail);
            }
            return;
        }
        let Some(link) = extended_link(&mut self.members, recipient) else {
            return;
        };
        let waiting = link.mail.values().filter(|retry| !retry.settled).count();
        let room = MAIL_FLIGHT_MAX.saturating_sub(waiting);
        if room == 0 {
            return;
        }
        let window = self.mailroom.window(recipient, MAIL_WINDOW);
        let next = window
            .into_iter()
            .filter(|id| !link.mail.contains_key(id))
            .take(room);
        let next: Vec<_> = next.collect();
        let wait = link.wait();
        for id in &next {
            link.mail.insert(*id, Retry::first(now.mono, wait));
        }
        for id in next {
            self.send_mail(recipient, id);
        }
        self.reschedule(recipient);
    }

    fn send_mail(&mut self, recipient: &Nickname, id: MailId) {
        let Some(link) = extended_link(&mut self.members, recipient) else {
            return;
        };
        let attempt = link.mail.get(&id).map_or(1, |retry| retry.attempt);
        let Some(mail) = self.mailroom.get(recipient, id) else {
            return;
        };
        let Some(address) = self.members.get(recipient).map(|member| member.address) else {
            return;
        };
        let lowest = self.mailroom.lowest(recipient, mail);
        let part = Part {
            lowest,
            attempt,
            ..mail.part
        };
        let chat = Datagram::Chat {
            sender: mail.sender.name(),
            text: mail.text.as_str().into(),
            part: Some(part),
        };
        self.sink.send(address, &chat, Style::Compact);
    }

    /// An extended recipient confirmed mail: it is no longer kept, and its sender is told.
    pub(super) fn on_mail_ack(
        &mut self,
        now: Now,
        recipient: &Nickname,
        (seq, attempt): (Seq, u32),
        receipt: Receipt,
    ) {
        let Receipt { stream, below } = receipt;
        let id = self.mailroom.id_of(recipient, stream, seq);
        let waited_for = self.mailroom.id_of(recipient, stream, below);
        if let Some(link) = extended_link(&mut self.members, recipient)
            && let Some(retry) = id.and_then(|id| link.mail.get_mut(&id))
        {
            let round_trip = retry.answered(now.mono, attempt);
            // If it stays, it waits for an earlier one.
            retry.settle(now.mono);
            if let Some(round_trip) = round_trip {
                link.rtt.sample(round_trip);
                let sent = now.mono - round_trip;
                if let Some(missing) = waited_for.and_then(|id| link.mail.get_mut(&id)) {
                    missing.overtake(now.mono, sent);
                }
            }
        }
        self.touch(recipient);
        self.mailroom.learn_confirmed(recipient, receipt);
        let confirmed = self.mailroom.below(recipient, receipt);
        let gone = confirmed
            .into_iter()
            .filter_map(|id| self.drop_mail(recipient, id));
        let (mut sender, mut parts) = (None, 0);
        for mail in gone {
            sender = Some(mail.sender);
            parts += 1;
        }
        if let Some(sender) = sender {
            self.on_handed_over(now, (&sender, recipient), parts);
            self.hold_receipt(now, HeldReceipt { sender, receipt }, recipient);
        }
        self.record_passed(recipient, receipt.stream);
        self.deliver(now, recipient);
    }

    /// Mail has been confirmed by its recipient.
    pub(super) fn on_handed_over(
        &mut self,
        now: Now,
        (sender, recipient): (&Nickname, &Nickname),
        parts: u32,
    ) {
        self.totals.handed_over += u64::from(parts);
        self.diary.note(
            now,
            What::HandedOver {
                sender: sender.clone(),
                recipient: recipient.clone(),
                parts,
            },
        );
    }

    /// Writes down how far a stream is settled, if the disk does not tell it.
    pub(super) fn record_passed(&mut self, recipient: &Nickname, stream: Stream) {
        if let Some(passed) = self.mailroom.news_passed(recipient, stream) {
            self.sink.persist(Record::Passed(passed));
        }
    }

    /// Lets go of mail: its recipient has it, or it is given up.
    pub(super) fn drop_mail(&mut self, recipient: &Nickname, id: MailId) -> Option<Mail> {
        let mail = self.mailroom.remove(recipient, id)?;
        self.touch(recipient);
        self.sink.persist(Record::MailRemoved(id));
        if let Some(link) = extended_link(&mut self.members, recipient) {
            link.mail.remove(&id);
        }
        Some(mail)
    }

    /// Sends mail and notices again whose answer is due.
    pub(super) fn post_timeout(&mut self, now: Now, nickname: &Nickname) {
        let Some(link) = extended_link(&mut self.members, nickname) else {
            return;
        };
        let mut tired = false;
        let wait = link.wait();
        let mut again = Vec::new();
        for (id, retry) in link
            .mail
            .iter_mut()
            .filter(|(_, retry)| retry.next <= now.mono)
        {
            tired |= retry.tries >= RETRIES_BEFORE_CHECK;
            retry.again(now.mono, wait, &mut self.rng);
            again.push(*id);
        }
        let notice = match &mut link.notice {
            Some(flight) if flight.retry.next <= now.mono => {
                tired |= flight.retry.tries >= RETRIES_BEFORE_CHECK;
                flight.retry.again(now.mono, wait, &mut self.rng);
                true
            }
            Some(_) | None => false,
        };
        again
            .into_iter()
            .for_each(|id| self.send_mail(nickname, id));
        if notice {
            self.send_notice(nickname);
        }
        if tired {
            self.check(now, nickname, None);
        }
    }
}

/// The link of an extended client that is online.
pub(super) fn extended_link<'a>(
    members: &'a mut BTreeMap<Nickname, Member>,
    nickname: &Nickname,
) -> Option<&'a mut ExtendedLink> {
    match &mut session_mut(members, nickname)?.link {
        Link::Extended(link) => Some(link),
        Link::Classic(_) => None,
    }
}
