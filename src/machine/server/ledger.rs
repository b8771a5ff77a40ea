//! What the senders of mail are still to be told: how far it has reached its recipients, and what was
//! given up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::limits::*;
use super::types::{HeldExpiry, HeldReceipt};
use crate::protocol::{Expired, Nickname, Part, RECEIPTS_MAX, Receipt, Seq, Stream};

#[derive(Default)]
pub(super) struct Ledger {
    receipts: BTreeMap<Nickname, BTreeMap<Stream, Seq>>,
    receipts_kept: usize,
    expired: BTreeMap<Nickname, BTreeSet<(Stream, Seq)>>,
    expired_kept: usize,
    /// Given-up parts whose senders have heard of it lately, and when; the oldest first beside it.
    told: BTreeMap<(Stream, Seq), (Nickname, Duration)>,
    told_order: VecDeque<(Stream, Seq)>,
    /// Receipts that their senders have taken lately.
    taken: BTreeMap<Stream, (Nickname, Seq)>,
    /// The streams of `taken`, the oldest first.
    taken_order: VecDeque<Stream>,
}

impl Ledger {
    /// What was still to be told when the server ended.
    pub fn new(receipts: Vec<HeldReceipt>, expired: Vec<HeldExpiry>) -> Self {
        let mut ledger = Self::default();
        for held in receipts {
            ledger.hold_receipt(&held);
        }
        for held in expired {
            ledger.hold_expiry(&held);
        }
        ledger
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

    /// Keeps the word of a part that is given up, unless too many wait already.
    pub fn hold_expiry(&mut self, held: &HeldExpiry) -> bool {
        if self.expired_kept >= EXPIRED_KEPT_MAX {
            return false;
        }
        let Expired { stream, seq } = held.expired;
        let of_sender = self.expired.entry(held.sender.clone()).or_default();
        self.expired_kept += usize::from(of_sender.insert((stream, seq)));
        true
    }

    /// What the next notification tells a sender: whatever was given up first, and the receipts of
    /// streams of which nothing given up is left to tell. A receipt counts a part as done that its
    /// recipient was told not to wait for; its sender must know better by then.
    pub fn next_notice(&self, sender: &Nickname) -> (Vec<Receipt>, Vec<Expired>) {
        let none = BTreeSet::new();
        let all = self.expired.get(sender).unwrap_or(&none);
        let places: Vec<_> = all.iter().copied().take(RECEIPTS_MAX).collect();
        let is_told = |stream: Stream| {
            let of_stream = (stream, Seq(0))..=(stream, Seq(u64::MAX));
            let last = all.range(of_stream).next_back();
            last.is_none_or(|last| Some(last) <= places.last())
        };
        let receipts = self.receipts.get(sender).into_iter().flatten();
        let receipts = receipts.filter(|(stream, _)| is_told(**stream));
        let receipt = |(stream, below): (&Stream, &Seq)| Receipt {
            stream: *stream,
            below: *below,
        };
        let receipts = receipts.map(receipt).take(RECEIPTS_MAX).collect();
        let expired = |&(stream, seq): &(Stream, Seq)| Expired { stream, seq };
        (receipts, places.iter().map(expired).collect())
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
        self.remember(sender, receipt);
        true
    }

    /// A request to keep a part may still be on its way when everything about the part is done.
    fn remember(&mut self, sender: &Nickname, Receipt { stream, below }: Receipt) {
        let taken = (sender.clone(), below);
        if self.taken.insert(stream, taken).is_none() {
            self.taken_order.push_back(stream);
        }
        if self.taken_order.len() > RECEIPTS_TAKEN_MAX
            && let Some(oldest) = self.taken_order.pop_front()
        {
            self.taken.remove(&oldest);
        }
    }

    /// The sender asks for a part whose receipt was taken under their name: they are to have it again.
    /// It is not written down, since whoever misses it asks again.
    pub fn recall(&mut self, sender: &Nickname, part: &Part) {
        if let Some((of, below)) = self.taken.get(&part.stream)
            && of == sender
            && part.seq < *below
        {
            let (sender, stream, below) = (sender.clone(), part.stream, *below);
            let receipt = Receipt { stream, below };
            self.hold_receipt(&HeldReceipt { sender, receipt });
        }
    }

    /// The sender has the word of the part. Answers whether it was kept.
    pub fn drop_expiry(&mut self, now: Duration, sender: &Nickname, expired: Expired) -> bool {
        let Some(of_sender) = self.expired.get_mut(sender) else {
            return false;
        };
        if !of_sender.remove(&(expired.stream, expired.seq)) {
            return false;
        }
        self.expired_kept -= 1;
        if of_sender.is_empty() {
            self.expired.remove(sender);
        }
        let place = (expired.stream, expired.seq);
        if self.told.insert(place, (sender.clone(), now)).is_none() {
            self.told_order.push_back(place);
        }
        if self.told_order.len() > EXPIRED_TOLD_MAX
            && let Some(oldest) = self.told_order.pop_front()
        {
            self.told.remove(&oldest);
        }
        true
    }

    /// Up to where the recipient has confirmed a stream, as far as its sender is still to be told.
    pub fn confirmed_below(&self, sender: &Nickname, stream: Stream) -> Seq {
        let below = self
            .receipts
            .get(sender)
            .and_then(|receipts| receipts.get(&stream));
        below.copied().unwrap_or(Seq::FIRST)
    }

    /// Whether the part was given up, and its sender is still to be told.
    pub fn is_expired(&self, sender: &Nickname, stream: Stream, seq: Seq) -> bool {
        let of_sender = self.expired.get(sender);
        of_sender.is_some_and(|places| places.contains(&(stream, seq)))
    }

    /// Whether a part of the same message was given up, and its sender does not know, or did not when
    /// the request to keep this one was sent.
    pub fn is_cut(&self, now: Duration, sender: &Nickname, part: &Part) -> bool {
        let first = Seq((part.seq.0 + 1).saturating_sub(u64::from(part.index)));
        let end = Seq(first.0 + u64::from(part.count));
        let message = (part.stream, first)..(part.stream, end);
        let untold = self.expired.get(sender);
        let is_untold = untold.is_some_and(|all| all.range(message.clone()).next().is_some());
        let mut told = self.told.range(message).map(|(_, told)| told);
        is_untold || told.any(|(of, at)| of == sender && now < *at + LATE_MAX)
    }

    /// Whether nothing is to be done for the part but to tell its sender, who may know it already.
    pub fn is_done(&self, sender: &Nickname, part: &Part) -> bool {
        let taken = self.taken.get(&part.stream);
        part.seq < self.confirmed_below(sender, part.stream)
            || self.is_expired(sender, part.stream, part.seq)
            || taken.is_some_and(|(of, below)| of == sender && part.seq < *below)
    }
}
