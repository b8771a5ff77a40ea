//! What others send: every stream in its order, every part once, parts joined to messages.

use std::collections::BTreeMap;
use std::time::Duration;

use super::limits::{EARLY_BYTES_MAX, STREAMS_MAX, WINDOW};
use super::types::Path;
use crate::protocol::limits::TEXT_MAX;
use crate::protocol::{Part, Receipt, Seq, Stream};

/// A message that is whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub text: String,
    pub written_ms: i64,
    pub path: Path,
}

/// What became of a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// What the sender is told; `None`: it lies beyond the window and is not kept.
    pub receipt: Option<Receipt>,
    pub messages: Vec<Message>,
}

#[derive(Default)]
pub(super) struct Inbox {
    /// A stream is its number: who changes their name goes on in it.
    streams: BTreeMap<Stream, Inbound>,
    /// Bytes of parts that came early, of all streams.
    early: usize,
}

struct Inbound {
    next: Seq,
    /// Parts that came early: at most [`WINDOW`], since no later one is kept.
    early: BTreeMap<Seq, (Part, String, Path)>,
    /// The parts so far of the message that is arriving.
    begun: String,
    used: Duration,
}

impl Inbox {
    /// Takes a part in, and what it was waited for with it.
    pub fn take(&mut self, now: Duration, part: Part, text: &str, path: Path) -> Taken {
        let full = self.early >= EARLY_BYTES_MAX;
        let inbound = self.stream(now, part.stream);
        let before = inbound.early_bytes();
        inbound.skip_to(part.lowest);
        let beyond = part.seq.0 >= inbound.next.0 + WINDOW as u64;
        if beyond || (full && part.seq > inbound.next) {
            let after = inbound.early_bytes();
            self.early = self.early + after - before;
            return Taken {
                receipt: None,
                messages: Vec::new(),
            };
        }
        if part.seq >= inbound.next {
            let early = || (part, text.to_owned(), path);
            inbound.early.entry(part.seq).or_insert_with(early);
        }
        let mut messages = Vec::new();
        while let Some((part, text, path)) = inbound.early.remove(&inbound.next) {
            inbound.next = part.seq.next();
            messages.extend(inbound.join(part, &text, path));
        }
        let receipt = Some(Receipt {
            stream: part.stream,
            below: inbound.next,
        });
        let after = inbound.early_bytes();
        self.early = self.early + after - before;
        Taken { receipt, messages }
    }

    fn stream(&mut self, now: Duration, stream: Stream) -> &mut Inbound {
        if !self.streams.contains_key(&stream) && self.streams.len() >= STREAMS_MAX {
            let oldest = self.streams.iter().min_by_key(|(_, inbound)| inbound.used);
            let oldest = oldest.map(|(stream, _)| *stream);
            let gone = oldest.and_then(|oldest| self.streams.remove(&oldest));
            self.early -= gone.map_or(0, |gone| gone.early_bytes());
        }
        let fresh = || Inbound {
            next: Seq::FIRST,
            early: BTreeMap::new(),
            begun: String::new(),
            used: now,
        };
        let inbound = self.streams.entry(stream).or_insert_with(fresh);
        inbound.used = now;
        inbound
    }
}

impl Inbound {
    fn early_bytes(&self) -> usize {
        self.early.values().map(|(_, text, _)| text.len()).sum()
    }

    /// The sender says that everything below `lowest` was confirmed: by this program before it
    /// was started anew, then, since it waits for something earlier.
    fn skip_to(&mut self, lowest: Seq) {
        if lowest > self.next {
            self.next = lowest;
            self.early = self.early.split_off(&lowest);
            self.begun.clear();
        }
    }

    fn join(&mut self, part: Part, text: &str, path: Path) -> Option<Message> {
        if part.index == 1 {
            self.begun.clear();
        } else if self.begun.is_empty() {
            // The beginning was shown before this program was started anew.
            self.begun.push('…');
        }
        if self.begun.len() + text.len() <= TEXT_MAX + '…'.len_utf8() {
            self.begun.push_str(text);
        }
        let whole = part.index == part.count;
        whole.then(|| Message {
            text: std::mem::take(&mut self.begun),
            written_ms: part.written_ms,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(seq: u64, lowest: u64) -> Part {
        Part {
            stream: Stream(7),
            seq: Seq(seq),
            lowest: Seq(lowest),
            index: 1,
            count: 1,
            written_ms: 0,
            attempt: 1,
        }
    }

    fn take(inbox: &mut Inbox, part: Part, text: &str) -> (Option<u64>, Vec<String>) {
        let taken = inbox.take(Duration::ZERO, part, text, Path::Direct);
        let texts = taken
            .messages
            .into_iter()
            .map(|message| message.text)
            .collect();
        (taken.receipt.map(|receipt| receipt.below.0), texts)
    }

    #[test]
    fn parts_are_shown_in_order_and_once() {
        let mut inbox = Inbox::default();
        assert_eq!(take(&mut inbox, part(2, 1), "b"), (Some(1), vec![]));
        assert_eq!(
            take(&mut inbox, part(1, 1), "a"),
            (Some(3), vec!["a".into(), "b".into()])
        );
        assert_eq!(take(&mut inbox, part(2, 1), "b"), (Some(3), vec![]));
    }

    #[test]
    fn a_part_beyond_the_window_is_neither_kept_nor_confirmed() {
        let mut inbox = Inbox::default();
        assert_eq!(take(&mut inbox, part(17, 1), "far"), (None, vec![]));
        assert_eq!(take(&mut inbox, part(16, 1), "edge"), (Some(1), vec![]));
    }

    #[test]
    fn what_was_confirmed_before_a_restart_is_not_waited_for() {
        let mut inbox = Inbox::default();
        assert_eq!(
            take(&mut inbox, part(9, 9), "on"),
            (Some(10), vec!["on".into()])
        );
    }

    #[test]
    fn a_long_message_is_joined_from_its_parts() {
        let mut inbox = Inbox::default();
        let of = |index| Part {
            index,
            count: 3,
            seq: Seq(u64::from(index)),
            ..part(1, 1)
        };
        assert_eq!(take(&mut inbox, of(3), "!"), (Some(1), vec![]));
        assert_eq!(take(&mut inbox, of(1), "你"), (Some(2), vec![]));
        assert_eq!(
            take(&mut inbox, of(2), "好"),
            (Some(4), vec!["你好!".into()])
        );
    }
}
