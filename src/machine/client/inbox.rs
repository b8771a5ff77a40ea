//! What others send: every stream in its order, every part once, parts joined to messages.

use std::collections::BTreeMap;
use std::time::Duration;

use super::limits::{EARLY_BYTES_MAX, STREAMS_MAX, STREAMS_OF_ONE_MAX, WINDOW};
use super::types::{Incoming, Path, Record};
use crate::protocol::limits::TEXT_MAX;
use crate::protocol::{Mark, Nickname, Part, Receipt, Seq, Stream};

/// A message that is whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub text: String,
    pub written_ms: i64,
    pub path: Path,
    /// What tells its writer that it was read.
    pub mark: Mark,
}

/// What became of a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// What has to be on disk before the receipt is given.
    pub records: Vec<Record>,
    /// What the sender is told; `None`: it lies beyond the window and is not kept.
    pub receipt: Option<Receipt>,
    pub messages: Vec<Message>,
}

/// A part as it came.
#[derive(Clone, Copy)]
pub(super) struct Arrival<'a> {
    pub from: &'a Nickname,
    pub part: Part,
    pub text: &'a str,
    pub path: Path,
}

#[derive(Default)]
pub(super) struct Inbox {
    /// A stream is its number: who changes their name goes on in it.
    streams: BTreeMap<Stream, Inbound>,
    /// Bytes of parts that came early, of all streams.
    early: usize,
}

struct Inbound {
    /// Who wrote first in it.
    from: Nickname,
    next: Seq,
    /// Parts that came early: at most [`WINDOW`], since no later one is kept.
    early: BTreeMap<Seq, (Part, String, Path)>,
    /// The parts so far of the message that is arriving.
    begun: String,
    used: Duration,
}

impl Inbox {
    /// A stream as it was kept, with the text of its message that has not come whole.
    pub fn restore(&mut self, incoming: Incoming, begun: String) {
        let Incoming { stream, from, next } = incoming;
        let inbound = Inbound {
            from,
            next,
            early: BTreeMap::new(),
            begun,
            used: Duration::ZERO,
        };
        self.streams.insert(stream, inbound);
    }

    /// Whether somebody has written here.
    pub fn knows(&self, nickname: &Nickname) -> bool {
        self.streams
            .values()
            .any(|inbound| inbound.from == *nickname)
    }

    /// Whether the part was taken before: its sender can be told so without keeping anything.
    pub fn has(&self, part: &Part) -> bool {
        self.streams
            .get(&part.stream)
            .is_some_and(|inbound| part.seq < inbound.next && part.lowest <= inbound.next)
    }

    /// Takes a part in, and what it was waited for with it.
    pub fn take(&mut self, now: Duration, arrival: Arrival<'_>) -> Taken {
        let Arrival {
            from,
            part,
            text,
            path,
        } = arrival;
        let full = self.early >= EARLY_BYTES_MAX;
        let mut records = Vec::new();
        let inbound = self.stream(now, from, part.stream, &mut records);
        let (before, stood) = (inbound.early_bytes(), inbound.next);
        inbound.skip_to(part.stream, part.lowest, &mut records);
        let beyond = part.seq.0 >= inbound.next.0 + WINDOW as u64;
        let refused = beyond || (full && part.seq > inbound.next);
        if !refused && part.seq >= inbound.next {
            let early = || (part, text.to_owned(), path);
            inbound.early.entry(part.seq).or_insert_with(early);
        }
        let mut messages = Vec::new();
        while let Some((part, text, path)) = inbound.early.remove(&inbound.next) {
            inbound.next = part.seq.next();
            messages.extend(inbound.join(part, &text, path, &mut records));
        }
        let below = inbound.next;
        if below > stood {
            let (stream, from) = (part.stream, inbound.from.clone());
            records.push(Record::Incoming(Incoming {
                stream,
                from,
                next: below,
            }));
        }
        let after = inbound.early_bytes();
        self.early = self.early + after - before;
        let receipt = (!refused).then_some(Receipt {
            stream: part.stream,
            below,
        });
        Taken {
            records,
            receipt,
            messages,
        }
    }

    fn stream(
        &mut self,
        now: Duration,
        from: &Nickname,
        stream: Stream,
        records: &mut Vec<Record>,
    ) -> &mut Inbound {
        if !self.streams.contains_key(&stream) {
            let theirs = |inbound: &&Inbound| inbound.from == *from;
            if self.streams.values().filter(theirs).count() >= STREAMS_OF_ONE_MAX {
                self.forget(records, |inbound| inbound.from == *from);
            } else if self.streams.len() >= STREAMS_MAX {
                self.forget(records, |_| true);
            }
        }
        let fresh = || Inbound {
            from: from.clone(),
            next: Seq::FIRST,
            early: BTreeMap::new(),
            begun: String::new(),
            used: now,
        };
        let inbound = self.streams.entry(stream).or_insert_with(fresh);
        inbound.used = now;
        inbound
    }

    /// Forgets the stream that was silent longest among those that `may` be.
    fn forget(&mut self, records: &mut Vec<Record>, may: impl Fn(&Inbound) -> bool) {
        let silent = self.streams.iter().filter(|(_, inbound)| may(inbound));
        let oldest = silent.min_by_key(|(_, inbound)| inbound.used);
        let Some(oldest) = oldest.map(|(stream, _)| *stream) else {
            return;
        };
        let gone = self.streams.remove(&oldest);
        self.early -= gone.map_or(0, |gone| gone.early_bytes());
        records.push(Record::IncomingForgotten(oldest));
    }
}

impl Inbound {
    fn early_bytes(&self) -> usize {
        self.early.values().map(|(_, text, _)| text.len()).sum()
    }

    /// The sender says that nobody needs to wait for what is below `lowest`: it was confirmed by a
    /// profile that is lost, or given up.
    fn skip_to(&mut self, stream: Stream, lowest: Seq, records: &mut Vec<Record>) {
        if lowest > self.next {
            self.next = lowest;
            self.early = self.early.split_off(&lowest);
            self.give_up(stream, records);
        }
    }

    fn give_up(&mut self, stream: Stream, records: &mut Vec<Record>) {
        if !self.begun.is_empty() {
            self.begun.clear();
            records.push(Record::PiecesJoined(stream));
        }
    }

    fn join(
        &mut self,
        part: Part,
        text: &str,
        path: Path,
        records: &mut Vec<Record>,
    ) -> Option<Message> {
        let stream = part.stream;
        let whole = part.index == part.count;
        if part.index == 1 {
            self.give_up(stream, records);
        }
        // A message whose beginning was shown elsewhere, or given up, goes on without it.
        let gap = if part.index > 1 && self.begun.is_empty() {
            "…"
        } else {
            ""
        };
        let fits = self.begun.len() + gap.len() + text.len() <= TEXT_MAX + '…'.len_utf8();
        let piece = if fits {
            format!("{gap}{text}")
        } else {
            String::new()
        };
        if whole {
            let text = std::mem::take(&mut self.begun) + &piece;
            if part.index > 1 {
                records.push(Record::PiecesJoined(stream));
            }
            return Some(Message {
                text,
                written_ms: part.written_ms,
                path,
                mark: Mark {
                    stream,
                    below: part.seq.next(),
                },
            });
        }
        self.begun.push_str(&piece);
        if !piece.is_empty() {
            records.push(Record::Piece {
                stream,
                text: piece,
            });
        }
        None
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
        let arrival = Arrival {
            from: &Nickname::parse("sonic").expect("a valid name"),
            part,
            text,
            path: Path::Direct,
        };
        let taken = inbox.take(Duration::ZERO, arrival);
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
