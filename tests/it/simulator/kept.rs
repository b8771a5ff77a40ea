//! What the parties have on disk: records folded one by one, as a real store folds them, and read
//! back when a party starts again. No rule of delivery lives here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super_chatter::machine::client::{self, End, Line, LineId, OpenLine, Origin, Outgoing, Reader};
use super_chatter::machine::server::{
    self, ClassicStream, HeldExpiry, HeldReceipt, Mail, MailId, Passed, Person,
};
use super_chatter::protocol::{Epoch, Expired, Mark, Nickname, Seq, Stream};

/// A store of a machine's records.
pub trait Kept: Clone + Default {
    type Record: Clone;

    fn apply(&mut self, record: &Self::Record);
}

/// A profile on disk.
#[derive(Clone, Default)]
pub struct Profile {
    /// Every line that was not deleted.
    pub history: BTreeMap<u64, Line>,
    /// The greatest id of any line ever.
    last_line: u64,
    /// Own lines that are not settled, each with the place of its first part.
    pub open: BTreeMap<u64, Option<Seq>>,
    pub outgoing: BTreeMap<Nickname, Outgoing>,
    pub incoming: BTreeMap<Stream, client::Incoming>,
    pieces: BTreeMap<Stream, String>,
    /// The latest line that was seen of each person, and the latest own one that each has seen.
    read: BTreeMap<Nickname, u64>,
    pub read_by: BTreeMap<Nickname, u64>,
    ends: BTreeMap<u64, End>,
    /// What each person is to be told.
    pub tell: BTreeMap<Nickname, Mark>,
}

impl Kept for Profile {
    type Record = client::Record;

    fn apply(&mut self, record: &client::Record) {
        use client::Record;
        match record {
            Record::Line(line) => {
                if let Origin::Own { .. } = line.origin {
                    self.open.insert(line.id.0, None);
                }
                self.last_line = line.id.0.max(self.last_line);
                self.history.insert(line.id.0, line.clone());
            }
            Record::Delivery {
                line,
                delivery,
                settled,
                ..
            } => {
                if let Some(kept) = self.history.get_mut(&line.0) {
                    kept.origin = Origin::Own {
                        delivery: *delivery,
                    };
                }
                if *settled {
                    self.open.remove(&line.0);
                } else {
                    self.open.entry(line.0).or_insert(None);
                }
            }
            Record::Deleted(line) => {
                self.history.remove(&line.0);
                self.open.remove(&line.0);
            }
            Record::Outgoing(outgoing) => {
                self.outgoing
                    .insert(outgoing.peer.clone(), outgoing.clone());
            }
            Record::Placed { line, first } => {
                self.open.insert(line.0, Some(*first));
            }
            Record::Incoming(incoming) => {
                self.incoming.insert(incoming.stream, incoming.clone());
            }
            Record::IncomingForgotten(stream) => {
                self.incoming.remove(stream);
                self.pieces.remove(stream);
            }
            Record::Piece { stream, text } => {
                self.pieces.entry(*stream).or_default().push_str(text);
            }
            Record::PiecesJoined(stream) => {
                self.pieces.remove(stream);
            }
            Record::Read { peer, line } => {
                let read = self.read.entry(peer.clone()).or_default();
                *read = line.0.max(*read);
                self.forget_ends(peer, line.0, false);
            }
            Record::ReadBy { peer, line } => {
                let read = self.read_by.entry(peer.clone()).or_default();
                *read = line.0.max(*read);
                self.forget_ends(peer, line.0, true);
            }
            Record::Ends { line, mark } => self.keep_end(*line, *mark),
            Record::EndForgotten(line) => {
                self.ends.remove(&line.0);
            }
            Record::Tell { peer, mark } => {
                self.tell.remove(peer);
                self.tell.extend(mark.map(|mark| (peer.clone(), mark)));
            }
            Record::Draft { .. } | Record::Tabs { .. } => {}
        }
    }
}

impl Profile {
    fn keep_end(&mut self, line: LineId, mark: Mark) {
        let Some(kept) = self.history.get(&line.0) else {
            return;
        };
        let end = End {
            line,
            peer: kept.peer.clone(),
            mark,
            own: matches!(kept.origin, Origin::Own { .. }),
        };
        self.ends.insert(line.0, end);
    }

    fn forget_ends(&mut self, peer: &Nickname, up_to: u64, own: bool) {
        self.ends
            .retain(|line, end| *line > up_to || end.peer != *peer || end.own != own);
    }

    /// Whether a line was seen; an own one always was.
    pub fn has_seen(&self, line: u64) -> bool {
        self.history.get(&line).is_some_and(|kept| {
            matches!(kept.origin, Origin::Own { .. })
                || self.read.get(&kept.peer).is_some_and(|read| *read >= line)
        })
    }

    fn readers(&self) -> Vec<Reader> {
        let peers: BTreeSet<_> = self.read_by.keys().chain(self.tell.keys()).collect();
        let reader = |peer: &Nickname| Reader {
            peer: peer.clone(),
            read_by: LineId(self.read_by.get(peer).copied().unwrap_or_default()),
            tell: self.tell.get(peer).copied(),
        };
        peers.into_iter().map(reader).collect()
    }

    /// How far somebody's stream has been taken.
    pub fn taken(&self, stream: Stream) -> Seq {
        self.incoming
            .get(&stream)
            .map_or(Seq::FIRST, |incoming| incoming.next)
    }

    /// What a client goes on from.
    pub fn saved(&self) -> client::Saved {
        let open = self.open.iter().filter_map(|(id, first)| {
            let line = self.history.get(id)?.clone();
            Some(OpenLine {
                line,
                first: *first,
            })
        });
        let begun = |stream| self.pieces.get(stream).cloned().unwrap_or_default();
        let incoming = self.incoming.iter();
        client::Saved {
            last_line: self.last_line,
            outgoing: self.outgoing.values().cloned().collect(),
            open: open.collect(),
            incoming: incoming
                .map(|(stream, incoming)| (incoming.clone(), begun(stream)))
                .collect(),
            ends: self.ends.values().cloned().collect(),
            readers: self.readers(),
        }
    }
}

/// A server's store on disk.
#[derive(Clone, Default)]
pub struct Mailbox {
    pub people: BTreeMap<Nickname, Person>,
    pub mail: BTreeMap<MailId, Mail>,
    pub places: BTreeMap<(Stream, Seq), MailId>,
    pub receipts: BTreeMap<Stream, HeldReceipt>,
    pub classic_streams: BTreeMap<(Nickname, Nickname), ClassicStream>,
    pub epoch: Option<Epoch>,
    pub passed: BTreeMap<Stream, Passed>,
    pub expired: BTreeMap<(Stream, Seq), HeldExpiry>,
    pub blocked: BTreeSet<IpAddr>,
}

impl Kept for Mailbox {
    type Record = server::Record;

    fn apply(&mut self, record: &server::Record) {
        use server::Record;
        match record {
            Record::Person(person) => {
                self.people.insert(person.nickname.clone(), person.clone());
            }
            Record::Mail(mail) => {
                self.places
                    .insert((mail.part.stream, mail.part.seq), mail.id);
                self.mail.insert(mail.id, mail.clone());
            }
            Record::MailRemoved(id) => self.remove(*id),
            Record::Receipt(held) => {
                self.receipts.insert(held.receipt.stream, held.clone());
            }
            Record::ReceiptTaken(stream) => {
                self.receipts.remove(stream);
            }
            Record::ClassicStream(stream) => {
                let pair = (stream.sender.clone(), stream.recipient.clone());
                self.classic_streams.insert(pair, stream.clone());
            }
            Record::Epoch(epoch) => self.epoch = Some(*epoch),
            Record::Passed(passed) => {
                self.passed.insert(passed.stream, passed.clone());
            }
            Record::Expired(held) => {
                let Expired { stream, seq } = held.expired;
                self.expired.insert((stream, seq), held.clone());
            }
            Record::ExpiryTaken(Expired { stream, seq }) => {
                self.expired.remove(&(*stream, *seq));
            }
            Record::Blocked(ip) => {
                self.blocked.insert(*ip);
            }
            Record::Unblocked(ip) => {
                self.blocked.remove(ip);
            }
        }
    }
}

impl Mailbox {
    fn remove(&mut self, id: MailId) {
        let Some(mail) = self.mail.remove(&id) else {
            return;
        };
        let stream = mail.part.stream;
        self.places.remove(&(stream, mail.part.seq));
        let mut rest = self.places.range((stream, Seq(0))..);
        if rest.next().is_none_or(|(place, _)| place.0 != stream) {
            self.passed.remove(&stream);
        }
    }

    /// What a server goes on from.
    pub fn saved(&self) -> server::Saved {
        server::Saved {
            people: self.people.values().cloned().collect(),
            mail: self.mail.values().cloned().collect(),
            receipts: self.receipts.values().cloned().collect(),
            classic_streams: self.classic_streams.values().cloned().collect(),
            epoch: self.epoch,
            passed: self.passed.values().cloned().collect(),
            expired: self.expired.values().cloned().collect(),
            blocked: self.blocked.iter().copied().collect(),
        }
    }
}
