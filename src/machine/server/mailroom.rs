//! The mail that a server keeps, in memory as it is on disk, and what is known of its streams.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use super::limits::*;
use super::quota::Quota;
use super::types::{ClassicStream, Mail, MailId, Passed};
use crate::protocol::{Nickname, Part, Receipt, Seq, Stream};

#[derive(Default)]
pub(super) struct Mailroom {
    boxes: BTreeMap<Nickname, Mailbox>,
    parts: usize,
    quota: Quota,
    last_id: u64,
    classic: BTreeMap<(Nickname, Nickname), ClassicStream>,
    /// What the senders are to be told.
    pub ledger: Ledger,
}

#[derive(Default)]
struct Mailbox {
    mail: BTreeMap<MailId, Mail>,
    /// Of the kept parts: messages by their last ones, and bytes of text.
    messages: usize,
    bytes: usize,
    places: BTreeMap<(Stream, Seq), MailId>,
    streams: BTreeMap<Stream, Progress>,
}

/// How far a stream is settled that mail is kept of.
struct Progress {
    sender: Nickname,
    /// Nobody need wait for what is below: its recipient has it or its sender knows of its end.
    passed: Seq,
    /// What the disk tells of that by itself.
    recorded: Seq,
    /// Of the kept parts, the one that tells most of it by its own `lowest`.
    bearer: Option<(MailId, Seq)>,
}

/// A mailbox, a share of one or the whole store has no room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Mailroom {
    /// All as it was read from disk.
    pub fn new(
        mail: Vec<Mail>,
        passed: Vec<Passed>,
        classic: Vec<ClassicStream>,
        ledger: Ledger,
    ) -> Self {
        let pair = |stream: ClassicStream| {
            let pair = (stream.sender.clone(), stream.recipient.clone());
            (pair, stream)
        };
        let mut mailroom = Self {
            classic: classic.into_iter().map(pair).collect(),
            ledger,
            ..Self::default()
        };
        for mail in mail {
            mailroom.last_id = mailroom.last_id.max(mail.id.0);
            mailroom.insert(mail);
        }
        for passed in passed {
            mailroom.restore_passed(passed);
        }
        mailroom
    }

    fn restore_passed(&mut self, passed: Passed) {
        let mailbox = self.boxes.get_mut(&passed.recipient);
        let progress = mailbox.and_then(|mailbox| mailbox.streams.get_mut(&passed.stream));
        if let Some(progress) = progress {
            progress.passed = progress.passed.max(passed.below);
            progress.recorded = passed.below;
        }
    }

    /// Parts kept.
    pub fn len(&self) -> usize {
        self.parts
    }

    /// Messages and bytes of text that wait for somebody.
    pub fn waiting_for(&self, recipient: &Nickname) -> (usize, usize) {
        let mailbox = self.boxes.get(recipient);
        mailbox.map_or((0, 0), |mailbox| (mailbox.messages, mailbox.bytes))
    }

    fn insert(&mut self, mail: Mail) {
        self.quota.add(&mail);
        let mailbox = self.boxes.entry(mail.recipient.clone()).or_default();
        let fresh = || Progress {
            sender: mail.sender.clone(),
            passed: Seq::FIRST,
            recorded: Seq::FIRST,
            bearer: None,
        };
        let progress = mailbox
            .streams
            .entry(mail.part.stream)
            .or_insert_with(fresh);
        let lowest = mail.part.lowest;
        progress.passed = progress.passed.max(lowest);
        if progress.bearer.is_none_or(|(_, known)| known <= lowest) {
            progress.bearer = Some((mail.id, lowest));
        }
        mailbox.messages += usize::from(mail.is_last());
        mailbox.bytes += mail.text.len();
        mailbox
            .places
            .insert((mail.part.stream, mail.part.seq), mail.id);
        mailbox.mail.insert(mail.id, mail);
        self.parts += 1;
    }

    /// Whose stream it is, as far as mail is kept of it.
    pub fn sender_of(&self, recipient: &Nickname, stream: Stream) -> Option<&Nickname> {
        let progress = self.boxes.get(recipient)?.streams.get(&stream)?;
        Some(&progress.sender)
    }

    /// Learns that the recipient has everything below, as the stream's sender or the recipient says.
    pub fn learn_confirmed(&mut self, recipient: &Nickname, receipt: Receipt) {
        let progress = self
            .boxes
            .get_mut(recipient)
            .and_then(|mailbox| mailbox.streams.get_mut(&receipt.stream));
        if let Some(progress) = progress {
            progress.passed = receipt.below.max(progress.passed);
        }
    }

    /// Brings together what is known of a stream. Answers it if the disk does not tell it yet; the
    /// record of it is the caller's to write. A stream that the server counts itself needs none:
    /// what is no longer kept of it is settled.
    pub fn news_passed(&mut self, recipient: &Nickname, stream: Stream) -> Option<Passed> {
        let progress = self.boxes.get_mut(recipient)?.streams.get_mut(&stream)?;
        let (ledger, sender) = (&self.ledger, &progress.sender);
        let mut passed = progress.passed.max(ledger.confirmed_below(sender, stream));
        while ledger.is_expired(sender, stream, passed) {
            passed = passed.next();
        }
        progress.passed = passed;
        let borne = progress.bearer.map_or(Seq::FIRST, |(_, lowest)| lowest);
        if passed <= progress.recorded.max(borne) {
            return None;
        }
        let own = self.classic.get(&(sender.clone(), recipient.clone()));
        if own.is_some_and(|own| own.stream == stream) {
            return None;
        }
        progress.recorded = passed;
        Some(Passed {
            recipient: recipient.clone(),
            stream,
            below: passed,
        })
    }

    /// Whether the part is kept already.
    pub fn holds(&self, recipient: &Nickname, part: &Part) -> bool {
        self.id_of(recipient, part.stream, part.seq).is_some()
    }

    /// Whether the stream is one that the server counts for a classic sender.
    pub fn is_own(&self, sender: &Nickname, recipient: &Nickname, stream: Stream) -> bool {
        let own = self.classic.get(&(sender.clone(), recipient.clone()));
        own.is_some_and(|own| own.stream == stream)
    }

    /// Whether `parts` more with `bytes` of text in all find room, for a sender and a recipient.
    pub fn has_room(&self, pair: (&Nickname, &Nickname), parts: usize, bytes: usize) -> bool {
        self.quota.has_room(pair, parts, bytes)
    }

    /// Keeps a part. The record of it is the caller's to write.
    pub fn keep(&mut self, mut mail: Mail) -> Result<Mail, Full> {
        if !self.has_room((&mail.sender, &mail.recipient), 1, mail.text.len()) {
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
        let stream = mail.part.stream;
        mailbox.messages -= usize::from(mail.is_last());
        mailbox.bytes -= mail.text.len();
        mailbox.places.remove(&(stream, mail.part.seq));
        let next = mailbox.places.range((stream, Seq(0))..).next();
        if next.is_none_or(|(place, _)| place.0 != stream) {
            mailbox.streams.remove(&stream);
        } else if let Some(progress) = mailbox.streams.get_mut(&stream) {
            progress.bearer = progress.bearer.filter(|(bearer, _)| *bearer != id);
        }
        if mailbox.mail.is_empty() {
            self.boxes.remove(recipient);
        }
        self.quota.subtract(&mail);
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
        for stream in mailbox.streams.keys() {
            let of_stream = (*stream, Seq(0))..(Stream(stream.0 + 1), Seq(0));
            let parts = mailbox.places.range(of_stream).take(window);
            ids.extend(parts.map(|(_, id)| *id));
        }
        ids.sort_unstable();
        ids
    }

    /// The messages that are older than `since_ms` and may be given up, up to [`EXPIRED_ROUND_MAX`]
    /// parts and the last one's rest. A stream is given up from its beginning and a message as a
    /// whole: what is left is never behind something that was kept.
    pub fn overdue(
        &self,
        since_ms: i64,
        may_go: impl Fn(&Mail) -> bool,
    ) -> Vec<(Nickname, MailId)> {
        let mut overdue = Vec::new();
        for (recipient, mailbox) in &self.boxes {
            let mut rest = None;
            let mut stays = None;
            for ((stream, seq), id) in &mailbox.places {
                let mail = &mailbox.mail[id];
                let goes_on = rest.is_some_and(|(of, last)| of == *stream && *seq <= last);
                if stays == Some(*stream) {
                    continue;
                }
                if !goes_on && overdue.len() >= EXPIRED_ROUND_MAX {
                    return overdue;
                }
                if !goes_on && (mail.stored_ms >= since_ms || !may_go(mail)) {
                    stays = Some(*stream);
                    continue;
                }
                let left = u64::from(mail.part.count - mail.part.index);
                rest = Some((*stream, Seq(seq.0 + left)));
                overdue.push((recipient.clone(), *id));
            }
        }
        overdue
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
        let first = mailbox.places.range((part.stream, Seq(0))..).next();
        let first = first.map_or(part.seq, |((_, seq), _)| (*seq).min(part.seq));
        if self.is_own(sender, recipient, part.stream) {
            // The server counts it: what is no longer kept is confirmed.
            return first;
        }
        // A part that was given up and offered anew is on its way again.
        let progress = mailbox.streams.get(&part.stream);
        progress.map_or(part.lowest, |progress| progress.passed.min(first))
    }
}

impl Mail {
    /// The time that a classic program shows with it, in Unix milliseconds. `own`: it is of a stream that
    /// the server counts itself, and so dated: mail that was taken in from a file came before it was stored.
    /// Elsewhere the time of writing is the sender's word.
    pub fn shown_ms(&self, own: bool) -> i64 {
        match own {
            true => self.part.written_ms,
            false => self.stored_ms,
        }
    }

    /// Whether it is its message's last part: with it the message counts.
    fn is_last(&self) -> bool {
        self.part.index == self.part.count
    }
}
