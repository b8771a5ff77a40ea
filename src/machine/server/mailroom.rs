//! The mail and the receipts that a server keeps, in memory as they are on disk.

use std::collections::{BTreeMap, BTreeSet};

use super::limits::*;
use super::types::{ClassicStream, HeldReceipt, Mail, MailId};
use crate::protocol::{Nickname, Part, Receipt, Seq, Stream};

#[derive(Default)]
pub(super) struct Mailroom {
    boxes: BTreeMap<Nickname, Mailbox>,
    parts: usize,
    bytes: usize,
    last_id: u64,
    receipts: BTreeMap<Nickname, BTreeMap<Stream, Seq>>,
    receipts_kept: usize,
    classic: BTreeMap<(Nickname, Nickname), ClassicStream>,
}

#[derive(Default)]
struct Mailbox {
    mail: BTreeMap<MailId, Mail>,
    places: BTreeMap<(Stream, Seq), MailId>,
    /// Up to where the recipient has confirmed a stream that mail is kept of. After a restart it is
    /// known again from the next part or receipt.
    confirmed: BTreeMap<Stream, Seq>,
    bytes: usize,
}

/// The mailbox or the whole store has no room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Mailroom {
    /// Mail as it was read from disk.
    pub fn restore(&mut self, mail: Mail) {
        self.last_id = self.last_id.max(mail.id.0);
        self.insert(mail);
    }

    pub fn restore_receipt(&mut self, held: HeldReceipt) {
        self.hold_receipt(&held);
    }

    pub fn restore_stream(&mut self, stream: ClassicStream) {
        self.classic
            .insert((stream.sender.clone(), stream.recipient.clone()), stream);
    }

    /// Parts kept.
    pub fn len(&self) -> usize {
        self.parts
    }

    fn insert(&mut self, mail: Mail) {
        let size = mail.text.len() + MAIL_OVERHEAD;
        let mailbox = self.boxes.entry(mail.recipient.clone()).or_default();
        let confirmed = mailbox
            .confirmed
            .entry(mail.part.stream)
            .or_insert(Seq::FIRST);
        *confirmed = mail.part.lowest.max(*confirmed);
        mailbox
            .places
            .insert((mail.part.stream, mail.part.seq), mail.id);
        mailbox.bytes += size;
        mailbox.mail.insert(mail.id, mail);
        self.bytes += size;
        self.parts += 1;
    }

    /// Whose stream it is, as far as mail is kept of it.
    pub fn sender_of(&self, recipient: &Nickname, stream: Stream) -> Option<&Nickname> {
        let mailbox = self.boxes.get(recipient)?;
        let (place, id) = mailbox.places.range((stream, Seq(0))..).next()?;
        (place.0 == stream).then(|| &mailbox.mail[id].sender)
    }

    /// Learns that the recipient has everything below, as the stream's sender or the recipient says.
    pub fn learn_confirmed(&mut self, recipient: &Nickname, receipt: Receipt) {
        let known = self
            .boxes
            .get_mut(recipient)
            .and_then(|mailbox| mailbox.confirmed.get_mut(&receipt.stream));
        if let Some(known) = known {
            *known = receipt.below.max(*known);
        }
    }

    /// Whether the part is kept already.
    pub fn holds(&self, recipient: &Nickname, part: &Part) -> bool {
        self.boxes
            .get(recipient)
            .is_some_and(|mailbox| mailbox.places.contains_key(&(part.stream, part.seq)))
    }

    /// Whether the recipient has confirmed the part, as far as is still known.
    pub fn is_confirmed(&self, sender: &Nickname, part: &Part) -> bool {
        part.seq < self.confirmed_below(sender, part.stream)
    }

    /// Up to where a stream is known to be confirmed.
    pub fn confirmed_below(&self, sender: &Nickname, stream: Stream) -> Seq {
        let below = self
            .receipts
            .get(sender)
            .and_then(|receipts| receipts.get(&stream));
        below.copied().unwrap_or(Seq::FIRST)
    }

    /// Whether the stream is one that the server counts for a classic sender.
    pub fn is_own(&self, sender: &Nickname, recipient: &Nickname, stream: Stream) -> bool {
        let own = self.classic.get(&(sender.clone(), recipient.clone()));
        own.is_some_and(|own| own.stream == stream)
    }

    /// Whether `bytes` more of text find room in a mailbox.
    pub fn has_room(&self, recipient: &Nickname, bytes: usize) -> bool {
        let size = bytes + MAIL_OVERHEAD;
        let used = self.boxes.get(recipient).map_or(0, |mailbox| mailbox.bytes);
        used + size <= MAILBOX_BYTES_MAX && self.bytes + size <= MAIL_BYTES_MAX
    }

    /// Keeps a part. The record of it is the caller's to write.
    pub fn keep(&mut self, mut mail: Mail) -> Result<Mail, Full> {
        if !self.has_room(&mail.recipient, mail.text.len()) {
            return Err(Full);
        }
        self.last_id += 1;
        mail.id = MailId(self.last_id);
        self.insert(mail.clone());
        Ok(mail)
    }

    pub fn remove(&mut self, recipient: &Nickname, id: MailId) -> Option<Mail> {
        let mailbox = self.boxes.get_mut(recipient)?;
        let mail = mailbox.mail.remove(&id)?;
        let size = mail.text.len() + MAIL_OVERHEAD;
        mailbox.places.remove(&(mail.part.stream, mail.part.seq));
        let stream = mail.part.stream;
        if mailbox
            .places
            .range((stream, Seq(0))..)
            .next()
            .is_none_or(|(place, _)| place.0 != stream)
        {
            mailbox.confirmed.remove(&stream);
        }
        mailbox.bytes -= size;
        if mailbox.mail.is_empty() {
            self.boxes.remove(recipient);
        }
        self.bytes -= size;
        self.parts -= 1;
        Some(mail)
    }

    pub fn get(&self, recipient: &Nickname, id: MailId) -> Option<&Mail> {
        self.boxes.get(recipient)?.mail.get(&id)
    }

    /// The kept parts that a receipt confirms.
    pub fn below(&self, recipient: &Nickname, receipt: Receipt) -> Vec<MailId> {
        let range = (receipt.stream, Seq(0))..(receipt.stream, receipt.below);
        let of = |mailbox: &Mailbox| mailbox.places.range(range).map(|(_, id)| *id).collect();
        self.boxes.get(recipient).map(of).unwrap_or_default()
    }

    pub fn id_of(&self, recipient: &Nickname, stream: Stream, seq: Seq) -> Option<MailId> {
        self.boxes
            .get(recipient)?
            .places
            .get(&(stream, seq))
            .copied()
    }

    /// The oldest message that can be shown whole to a classic recipient: the lowest parts of its
    /// stream, up to the message's end. A stream that lacks one of them is passed over.
    pub fn next_message(&self, recipient: &Nickname) -> Option<Vec<&Mail>> {
        let mailbox = self.boxes.get(recipient)?;
        let mut seen = BTreeSet::new();
        mailbox.mail.values().find_map(|mail| {
            let stream = mail.part.stream;
            if !seen.insert(stream) {
                return None;
            }
            let ((_, first), id) = mailbox.places.range((stream, Seq(0))..).next()?;
            let Mail { part, sender, .. } = &mailbox.mail[id];
            let nothing_before =
                self.is_own(sender, recipient, stream) || part.seq <= self.lowest(recipient, mail);
            let last = first.0 + u64::from(part.count - part.index);
            let of = |seq| Some(&mailbox.mail[mailbox.places.get(&(stream, Seq(seq)))?]);
            let parts = nothing_before.then(|| (first.0..=last).map(of).collect());
            parts.flatten()
        })
    }

    /// What can be under way to an extended recipient: the lowest `window` parts of each stream, the
    /// oldest mail first. Not simply the oldest: a recipient that waits for one part of a stream
    /// keeps no more than a window behind it, and the others' mail must not wait for that.
    pub fn window(&self, recipient: &Nickname, window: usize) -> Vec<MailId> {
        let Some(mailbox) = self.boxes.get(recipient) else {
            return Vec::new();
        };
        let mut ids = Vec::new();
        let mut from = Stream(0);
        while let Some(((stream, _), _)) = mailbox.places.range((from, Seq(0))..).next() {
            let of_stream = (*stream, Seq(0))..(Stream(stream.0 + 1), Seq(0));
            ids.extend(
                mailbox
                    .places
                    .range(of_stream)
                    .map(|(_, id)| *id)
                    .take(window),
            );
            from = Stream(stream.0 + 1);
        }
        ids.sort_unstable();
        ids
    }

    /// Keeps what a sender has to be told. Answers whether it is news.
    pub fn hold_receipt(&mut self, held: &HeldReceipt) -> bool {
        let of_sender = self.receipts.get(&held.sender);
        let known = of_sender
            .and_then(|receipts| receipts.get(&held.receipt.stream))
            .copied();
        if known.is_some_and(|below| below >= held.receipt.below) {
            return false;
        }
        if known.is_none() && self.receipts_kept >= RECEIPTS_KEPT_MAX {
            return false;
        }
        self.receipts_kept += usize::from(known.is_none());
        let of_sender = self.receipts.entry(held.sender.clone()).or_default();
        of_sender.insert(held.receipt.stream, held.receipt.below);
        true
    }

    pub fn receipts_of(&self, sender: &Nickname) -> impl Iterator<Item = Receipt> {
        let receipts = self.receipts.get(sender).into_iter().flatten();
        receipts.map(|(stream, below)| Receipt {
            stream: *stream,
            below: *below,
        })
    }

    /// The sender has it. Answers whether it was the newest of its stream.
    pub fn drop_receipt(&mut self, sender: &Nickname, receipt: Receipt) -> bool {
        let Some(of_sender) = self.receipts.get_mut(sender) else {
            return false;
        };
        if of_sender.get(&receipt.stream) != Some(&receipt.below) {
            return false;
        }
        of_sender.remove(&receipt.stream);
        self.receipts_kept -= 1;
        if of_sender.is_empty() {
            self.receipts.remove(sender);
        }
        true
    }

    /// The stream in which a classic sender's mail is counted, with `parts` places taken from it.
    pub fn take_places(
        &mut self,
        pair: (Nickname, Nickname),
        parts: usize,
        fresh: Stream,
    ) -> Result<(Seq, ClassicStream), Full> {
        if self.classic.len() >= CLASSIC_STREAMS_MAX && !self.classic.contains_key(&pair) {
            return Err(Full);
        }
        let (sender, recipient) = pair.clone();
        let begin = || ClassicStream {
            sender,
            recipient,
            stream: fresh,
            next: Seq::FIRST,
        };
        let stream = self.classic.entry(pair).or_insert_with(begin);
        let first = stream.next;
        stream.next = Seq(first.0 + parts as u64);
        Ok((first, stream.clone()))
    }

    /// What the recipient of a part need not wait for.
    pub fn lowest(&self, recipient: &Nickname, mail: &Mail) -> Seq {
        let Mail { part, sender, .. } = mail;
        let Some(mailbox) = self.boxes.get(recipient) else {
            return part.lowest;
        };
        if self.is_own(sender, recipient, part.stream) {
            // The server counts it: what is no longer kept is confirmed.
            let first = mailbox.places.range((part.stream, Seq(0))..).next();
            return first.map_or(part.seq, |((_, seq), _)| (*seq).min(part.seq));
        }
        let confirmed = mailbox
            .confirmed
            .get(&part.stream)
            .copied()
            .unwrap_or(part.lowest);
        confirmed.max(self.confirmed_below(sender, part.stream))
    }
}
