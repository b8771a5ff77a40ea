//! Mail that nobody came for: given up after 30 days, and its sender told.

use std::collections::BTreeSet;
use std::time::Duration;

use super::limits::*;
use super::told::What;
use super::types::{HeldExpiry, Mail, Record};
use super::{Now, Server};
use crate::protocol::{Expired, Nickname};

impl Server {
    /// When mail is looked through next; `None`: nothing is kept.
    pub(super) fn expiry_due(&self) -> Option<Duration> {
        (self.mailroom.len() > 0).then_some(self.next_expiry)
    }

    /// Gives up what is too old, and tells its senders. What is kept for somebody who is there is
    /// under way to them. A classic sender can be told only while being there: what they wrote
    /// stays until then.
    pub(super) fn expire_if_due(&mut self, now: Now) {
        if self.expiry_due().is_none_or(|due| due > now.mono) {
            return;
        }
        self.next_expiry = now.mono + EXPIRY_EVERY;
        let since_ms = now.unix_ms.saturating_sub(MAIL_AGE_MAX_MS);
        let is_there = |nickname: &Nickname| {
            let member = self.members.get(nickname);
            member.is_some_and(|member| member.session.is_some())
        };
        let may_go = |mail: &Mail| {
            let Mail {
                sender, recipient, ..
            } = mail;
            let own = self.mailroom.is_own(sender, recipient, mail.part.stream);
            !is_there(recipient) && (!own || is_there(sender))
        };
        let overdue = self.mailroom.overdue(since_ms, may_go);
        let (mut numbered, mut worded) = (BTreeSet::new(), BTreeSet::new());
        for (recipient, id) in overdue {
            let Some(mail) = self.mailroom.get(&recipient, id) else {
                continue;
            };
            let (sender, stream) = (mail.sender.clone(), mail.part.stream);
            let (seq, of) = (mail.part.seq, sender.clone());
            if self.mailroom.is_own(&sender, &recipient, stream) {
                worded.insert((sender, recipient.clone()));
            } else {
                let expired = Expired { stream, seq };
                let held = HeldExpiry { sender, expired };
                if !self.mailroom.ledger.hold_expiry(&held) {
                    continue;
                }
                numbered.insert(held.sender.clone());
                self.sink.persist(Record::Expired(held));
            }
            self.drop_mail(&recipient, id);
            self.totals.expired += 1;
            self.diary.note(
                now,
                What::Expired {
                    sender: of,
                    recipient: recipient.clone(),
                    parts: 1,
                },
            );
            self.record_passed(&recipient, stream);
        }
        for sender in numbered {
            self.deliver_notices(now, &sender);
        }
        for (sender, recipient) in worded {
            self.say_expired(now, &sender, &recipient);
        }
    }

    fn say_expired(&mut self, now: Now, sender: &Nickname, recipient: &Nickname) {
        let address = self.members[sender].address;
        let text =
            format!("[Messages to {recipient} were not fetched in 30 days and are no longer kept]");
        self.say_to(now, address, text);
    }
}
