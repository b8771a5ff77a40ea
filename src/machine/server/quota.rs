//! How much is kept: in all, of one sender, for one recipient, and of one for the other. One flood
//! then fills neither a mailbox nor the store.

use std::collections::BTreeMap;

use super::limits::*;
use super::types::Mail;
use crate::protocol::Nickname;

/// Bytes kept, each part with its overhead.
#[derive(Default)]
pub(super) struct Quota {
    whole: usize,
    senders: BTreeMap<Nickname, usize>,
    recipients: BTreeMap<Nickname, Share>,
}

#[derive(Default)]
struct Share {
    whole: usize,
    senders: BTreeMap<Nickname, usize>,
}

impl Quota {
    /// Whether `parts` of a sender with `bytes` of text in all find room for a recipient.
    pub fn has_room(
        &self,
        (sender, recipient): (&Nickname, &Nickname),
        parts: usize,
        bytes: usize,
    ) -> bool {
        let size = bytes + parts * MAIL_OVERHEAD;
        let share = self.recipients.get(recipient);
        let for_recipient = share.map_or(0, |share| share.whole);
        let pair = share.map_or(0, |share| used(&share.senders, sender));
        self.whole + size <= MAIL_BYTES_MAX
            && used(&self.senders, sender) + size <= SENDER_BYTES_MAX
            && for_recipient + size <= MAILBOX_BYTES_MAX
            && pair + size <= PAIR_BYTES_MAX
    }

    pub fn add(&mut self, mail: &Mail) {
        let size = size(mail);
        self.whole += size;
        *self.senders.entry(mail.sender.clone()).or_default() += size;
        let share = self.recipients.entry(mail.recipient.clone()).or_default();
        share.whole += size;
        *share.senders.entry(mail.sender.clone()).or_default() += size;
    }

    /// Of mail that was added.
    pub fn subtract(&mut self, mail: &Mail) {
        let size = size(mail);
        self.whole -= size;
        subtract(&mut self.senders, &mail.sender, size);
        let Some(share) = self.recipients.get_mut(&mail.recipient) else {
            return;
        };
        share.whole -= size;
        subtract(&mut share.senders, &mail.sender, size);
        if share.whole == 0 {
            self.recipients.remove(&mail.recipient);
        }
    }
}

fn size(mail: &Mail) -> usize {
    mail.text.len() + MAIL_OVERHEAD
}

fn used(senders: &BTreeMap<Nickname, usize>, sender: &Nickname) -> usize {
    senders.get(sender).copied().unwrap_or_default()
}

fn subtract(senders: &mut BTreeMap<Nickname, usize>, sender: &Nickname, size: usize) {
    let left = used(senders, sender) - size;
    if left == 0 {
        senders.remove(sender);
    } else if let Some(used) = senders.get_mut(sender) {
        *used = left;
    }
}
