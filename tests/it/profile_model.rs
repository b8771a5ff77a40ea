//! What a profile has to hold after some records, said in the plainest way; and such records from
//! chance.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use super_chatter::machine::client::{
    Delivery, End, Failure, Incoming, Line, LineId, OpenLine, Origin, Outgoing, Path, Reader,
    Record, Saved,
};
use super_chatter::protocol::{Mark, Nickname, Seq, Stream};
use super_chatter::store::history::Story;
use super_chatter::store::profile::{Conversation, LINES_MAX, Overview};

/// What the records so far add up to.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// With the place of an own line's first part.
    lines: BTreeMap<u64, (Story, Option<Seq>)>,
    /// The greatest id of any line ever.
    last: u64,
    outgoing: BTreeMap<Nickname, Outgoing>,
    incoming: BTreeMap<Stream, Incoming>,
    pieces: BTreeMap<Stream, String>,
    drafts: BTreeMap<Nickname, String>,
    read: BTreeMap<Nickname, u64>,
    read_by: BTreeMap<Nickname, u64>,
    ends: BTreeMap<u64, End>,
    tell: BTreeMap<Nickname, Mark>,
    tabs: Vec<Nickname>,
    selected: Option<Nickname>,
}

impl Model {
    pub fn apply(&mut self, record: &Record) {
        match record.clone() {
            Record::Line(line) => {
                let settled = match line.origin {
                    Origin::Theirs { .. } => true,
                    Origin::Own { delivery } => {
                        matches!(delivery, Delivery::Delivered(_) | Delivery::Failed(_))
                    }
                };
                self.last = line.id.0.max(self.last);
                self.lines.insert(line.id.0, (story(line, settled), None));
            }
            Record::Delivery {
                line,
                delivery,
                at_ms,
                settled,
            } => self.on_delivery(line, delivery, at_ms, settled),
            Record::Deleted(line) => {
                self.lines.remove(&line.0);
            }
            Record::Outgoing(outgoing) => {
                self.outgoing.insert(outgoing.peer.clone(), outgoing);
            }
            Record::Placed { line, first } => {
                if let Some((_, place)) = self.lines.get_mut(&line.0) {
                    *place = Some(first);
                }
            }
            Record::Incoming(incoming) => {
                self.incoming.insert(incoming.stream, incoming);
            }
            Record::IncomingForgotten(stream) => {
                self.incoming.remove(&stream);
                self.pieces.remove(&stream);
            }
            Record::Piece { stream, text } => *self.pieces.entry(stream).or_default() += &text,
            Record::PiecesJoined(stream) => {
                self.pieces.remove(&stream);
            }
            Record::Draft { peer, text } => {
                self.drafts.insert(peer, text);
            }
            Record::Read { peer, line } => {
                self.forget_ends(&peer, line, false);
                let read = self.read.entry(peer).or_default();
                *read = line.0.max(*read);
            }
            Record::Tabs { tabs, selected } => {
                self.selected = selected.filter(|selected| tabs.contains(selected));
                self.tabs = tabs;
            }
            Record::ReadBy { peer, line } => {
                self.forget_ends(&peer, line, true);
                let read = self.read_by.entry(peer).or_default();
                *read = line.0.max(*read);
            }
            Record::Ends { line, mark } => self.on_end(line, mark),
            Record::EndForgotten(line) => {
                self.ends.remove(&line.0);
            }
            Record::Tell { peer, mark } => match mark {
                Some(mark) => drop(self.tell.insert(peer, mark)),
                None => drop(self.tell.remove(&peer)),
            },
        }
    }

    fn on_end(&mut self, line: LineId, mark: Mark) {
        let Some((story, _)) = self.lines.get(&line.0) else {
            return;
        };
        let end = End {
            line,
            peer: story.line.peer.clone(),
            mark,
            own: matches!(story.line.origin, Origin::Own { .. }),
        };
        self.ends.insert(line.0, end);
    }

    fn forget_ends(&mut self, peer: &Nickname, up_to: LineId, own: bool) {
        self.ends
            .retain(|_, end| end.line > up_to || end.peer != *peer || end.own != own);
    }

    fn on_delivery(&mut self, line: LineId, delivery: Delivery, at_ms: i64, settled: bool) {
        let Some((kept, first)) = self.lines.get_mut(&line.0) else {
            return;
        };
        let Origin::Own { .. } = kept.line.origin else {
            return;
        };
        kept.line.origin = Origin::Own { delivery };
        kept.settled = settled;
        let time = match delivery {
            Delivery::Trying => {
                *kept = story(kept.line.clone(), settled);
                *first = None;
                return;
            }
            Delivery::HandingOver => &mut kept.handing_over_ms,
            Delivery::Waiting => &mut kept.waiting_ms,
            Delivery::Stored => &mut kept.stored_ms,
            Delivery::Delivered(_) | Delivery::Failed(_) => &mut kept.done_ms,
        };
        *time = time.or(Some(at_ms));
    }

    pub fn saved(&self) -> Saved {
        let own =
            |(story, _): &&(Story, Option<Seq>)| matches!(story.line.origin, Origin::Own { .. });
        let open = self
            .lines
            .values()
            .filter(own)
            .filter(|(story, _)| !story.settled);
        let open = open.map(|(story, first)| OpenLine {
            line: story.line.clone(),
            first: *first,
        });
        let pieces = |stream| self.pieces.get(&stream).cloned().unwrap_or_default();
        let incoming = self.incoming.values();
        Saved {
            last_line: self.last,
            outgoing: self.outgoing.values().cloned().collect(),
            open: open.collect(),
            incoming: incoming
                .map(|one| (one.clone(), pieces(one.stream)))
                .collect(),
            ends: self.ends.values().cloned().collect(),
            readers: self.readers(),
        }
    }

    fn readers(&self) -> Vec<Reader> {
        let read = self.read_by.iter().filter(|(_, line)| **line > 0);
        let peers: BTreeSet<_> = read.map(|(peer, _)| peer).chain(self.tell.keys()).collect();
        let reader = |peer: &Nickname| Reader {
            peer: peer.clone(),
            read_by: self.read_by(peer),
            tell: self.tell.get(peer).copied(),
        };
        peers.into_iter().map(reader).collect()
    }

    fn read_by(&self, peer: &Nickname) -> LineId {
        LineId(self.read_by.get(peer).copied().unwrap_or_default())
    }

    pub fn overview(&self) -> Overview {
        let with_lines = self.stories().map(|story| &story.line.peer);
        let drafts = self.drafts.iter().filter(|(_, draft)| !draft.is_empty());
        let mut people: BTreeSet<&Nickname> = with_lines.collect();
        people.extend(drafts.map(|(peer, _)| peer));
        people.extend(&self.tabs);
        let mut conversations: Vec<_> = people
            .into_iter()
            .map(|peer| self.conversation(peer))
            .collect();
        let last = |peer: &Nickname| self.lines_with(peer).last().map(|line| line.id);
        conversations.sort_by_key(|one| std::cmp::Reverse(last(&one.peer)));
        Overview {
            tabs: self.tabs.clone(),
            selected: self.selected.clone(),
            conversations,
        }
    }

    fn conversation(&self, peer: &Nickname) -> Conversation {
        let read = self.read.get(peer).copied().unwrap_or_default();
        let lines = self.lines_with(peer);
        let theirs = |line: &&Line| matches!(line.origin, Origin::Theirs { .. });
        let unread = lines.iter().filter(theirs).filter(|line| line.id.0 > read);
        Conversation {
            peer: peer.clone(),
            draft: self.drafts.get(peer).cloned().unwrap_or_default(),
            read: LineId(read),
            read_by: self.read_by(peer),
            unread: unread.count() as u64,
            lines: if self.tabs.contains(peer) {
                lines[lines.len().saturating_sub(LINES_MAX)..].to_vec()
            } else {
                lines.last().cloned().into_iter().collect()
            },
        }
    }

    pub fn stories(&self) -> impl Iterator<Item = &Story> {
        self.lines.values().map(|(story, _)| story)
    }

    pub fn lines_with(&self, peer: &Nickname) -> Vec<Line> {
        let lines = self.stories().map(|story| &story.line);
        lines.filter(|line| line.peer == *peer).cloned().collect()
    }
}

fn story(line: Line, settled: bool) -> Story {
    Story {
        line,
        settled,
        handing_over_ms: None,
        waiting_ms: None,
        stored_ms: None,
        done_ms: None,
    }
}

pub const DELIVERIES: [Delivery; 12] = [
    Delivery::Trying,
    Delivery::HandingOver,
    Delivery::Waiting,
    Delivery::Stored,
    Delivery::Delivered(Path::Direct),
    Delivery::Delivered(Path::ViaServer),
    Delivery::Failed(Failure::UnknownRecipient),
    Delivery::Failed(Failure::TooLong),
    Delivery::Failed(Failure::TooLongForClassic),
    Delivery::Failed(Failure::TooMany),
    Delivery::Failed(Failure::Expired),
    Delivery::Failed(Failure::DiskFull),
];

pub const PEERS: [&str; 4] = ["sonic", "王小明", "Zoë", "O'Neill;--"];

pub fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

/// Commits of some records each, whose lines are numbered from 1.
pub fn commits(count: usize) -> impl Strategy<Value = Vec<Vec<Record>>> {
    let commit = prop::collection::vec(record(), 1..6);
    prop::collection::vec(commit, count).prop_map(|mut commits| {
        let mut last = 0;
        for record in commits.iter_mut().flatten() {
            match record {
                Record::Line(line) => {
                    last += 1;
                    line.id = LineId(last);
                }
                Record::Delivery { line, .. }
                | Record::Deleted(line)
                | Record::Placed { line, .. }
                | Record::Ends { line, .. }
                | Record::EndForgotten(line)
                | Record::ReadBy { line, .. }
                | Record::Read { line, .. } => *line = LineId(line.0 % (last + 2)),
                Record::Outgoing(_)
                | Record::Incoming(_)
                | Record::IncomingForgotten(_)
                | Record::Piece { .. }
                | Record::PiecesJoined(_)
                | Record::Draft { .. }
                | Record::Tabs { .. }
                | Record::Tell { .. } => {}
            }
        }
        commits
    })
}

fn record() -> impl Strategy<Value = Record> {
    let streams = || (1..4_u64).prop_map(Stream);
    let line_ids = || any::<u16>().prop_map(|id| LineId(u64::from(id)));
    prop_oneof![
        4 => line().prop_map(Record::Line),
        4 => (line_ids(), delivery(), any::<i64>(), any::<bool>()).prop_map(
            |(line, delivery, at_ms, settled)| Record::Delivery { line, delivery, at_ms, settled }
        ),
        1 => line_ids().prop_map(Record::Deleted),
        1 => (peer(), streams(), 1..9_u64, 0..9_u64).prop_map(|(peer, stream, lowest, more)| {
            let (lowest, next) = (Seq(lowest), Seq(lowest + more));
            Record::Outgoing(Outgoing { peer, stream, lowest, next })
        }),
        2 => (line_ids(), seq()).prop_map(|(line, first)| Record::Placed { line, first }),
        1 => (streams(), peer(), seq()).prop_map(|(stream, from, next)| {
            Record::Incoming(Incoming { stream, from, next })
        }),
        1 => streams().prop_map(Record::IncomingForgotten),
        2 => (streams(), text()).prop_map(|(stream, text)| Record::Piece { stream, text }),
        1 => streams().prop_map(Record::PiecesJoined),
        1 => (peer(), text()).prop_map(|(peer, text)| Record::Draft { peer, text }),
        1 => (peer(), line_ids()).prop_map(|(peer, line)| Record::Read { peer, line }),
        1 => (peer(), line_ids()).prop_map(|(peer, line)| Record::ReadBy { peer, line }),
        2 => (line_ids(), mark()).prop_map(|(line, mark)| Record::Ends { line, mark }),
        1 => line_ids().prop_map(Record::EndForgotten),
        1 => (peer(), prop::option::of(mark())).prop_map(|(peer, mark)| Record::Tell { peer, mark }),
        1 => Just(PEERS.map(nickname).to_vec())
            .prop_shuffle()
            .prop_flat_map(|peers| (0..=peers.len()).prop_map(move |count| peers[..count].to_vec()))
            .prop_flat_map(|tabs| (Just(tabs), prop::option::of(peer())))
            .prop_map(|(tabs, selected)| Record::Tabs { tabs, selected }),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    let way = prop_oneof![Just(Path::Direct), Just(Path::ViaServer)];
    let origin = prop_oneof![
        delivery().prop_map(|delivery| Origin::Own { delivery }),
        (any::<Option<i64>>(), way)
            .prop_map(|(written_ms, path)| Origin::Theirs { written_ms, path }),
    ];
    (peer(), text(), any::<i64>(), origin).prop_map(|(peer, text, at_ms, origin)| Line {
        id: LineId(0),
        peer,
        text,
        at_ms,
        origin,
    })
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop::sample::select(DELIVERIES.to_vec())
}

fn peer() -> impl Strategy<Value = Nickname> {
    prop::sample::select(PEERS.to_vec()).prop_map(nickname)
}

fn mark() -> impl Strategy<Value = Mark> {
    (1..4_u64, seq()).prop_map(|(stream, below)| Mark {
        stream: Stream(stream),
        below,
    })
}

fn seq() -> impl Strategy<Value = Seq> {
    (1..100_u64).prop_map(Seq)
}

/// With everything in it that a person, or a program, can write.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z中文\0\u{1b}\"'\\\\%_ 🦔é\n]{0,12}",
        any::<String>(),
        Just("长".repeat(16 * 1024 / 3)),
    ]
}
