//! What a datagram means, as types. How it is written is the subject of [`decode`](mod@super::decode) and [`encode`](mod@super::encode).

use std::borrow::Cow;
use std::net::SocketAddr;

use super::nickname::Name;
use super::room_name::RoomName;

/// Names the direction from one sender to one recipient: drawn at random when the direction's
/// first message is written, so that nobody who has not seen the direction can confirm its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream(pub u64);

/// A part's place in its stream, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// Names a request within the machine that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Names one run of a server. Its table counts from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance(pub u64);

/// Names a server's store, drawn when the store is made. Whoever meets another one than before
/// knows that what the server had confirmed may be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Shows at another address that somebody is who registered: known to the server and that client alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// A state of the table: the number of changes that led to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// The identity and place of a part of a message. It is the same on every hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub stream: Stream,
    pub seq: Seq,
    /// Every part of the stream below this one is confirmed: nobody needs to wait for it.
    pub lowest: Seq,
    /// Which part of its message this is, 1 ≤ `index` ≤ `count`.
    pub index: u32,
    /// Parts of the message, 1 to [`PARTS_MAX`](super::limits::PARTS_MAX).
    pub count: u32,
    /// When the sender accepted the message, in Unix milliseconds by the sender's clock.
    pub written_ms: i64,
    /// Which try this datagram is, 1 to [`ATTEMPT_MAX`](super::limits::ATTEMPT_MAX). The ack echoes it, so that a round trip is measured with
    /// the try that was answered. No part of the identity.
    pub attempt: u32,
}

impl Seq {
    pub const FIRST: Self = Self(1);

    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Everything below `below` in `stream` has reached the recipient for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub stream: Stream,
    pub below: Seq,
}

/// The server no longer keeps this part: nobody came for it in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    pub stream: Stream,
    pub seq: Seq,
}

/// Everything below `below` in `stream` has been read by its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub stream: Stream,
    pub below: Seq,
}

/// How a request to the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Registered, in this run of the server and with this store of it.
    Welcome {
        instance: Instance,
        epoch: Epoch,
        token: Token,
    },
    /// The name is in use at another address that still answers.
    Taken,
    /// The server takes nobody more.
    Refused,
    /// Done (sign-out, verification, notification).
    Done,
}

/// What the server did with a part of a message for somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailAnswer {
    /// On the server's disk.
    Stored,
    /// Nobody of that name ever registered here.
    Unknown,
    /// The recipient's mailbox, the sender's share of it, or the server's disk is full.
    Full,
    /// The requester is not registered from this address.
    Unregistered,
}

/// An acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// The classic one: it answers whatever was sent to that address last.
    Plain,
    /// Answers the request of that number.
    Request { id: RequestId, answer: Answer },
    /// A recipient has `seq`, and everything below `receipt.below` for good. `attempt` is the part's.
    Part {
        seq: Seq,
        receipt: Receipt,
        attempt: u32,
    },
    /// The server has decided about a part.
    Mail {
        stream: Stream,
        seq: Seq,
        answer: MailAnswer,
    },
    /// The client's table stands at `version` of `instance`.
    Table {
        instance: Instance,
        version: Version,
    },
    /// A sender has written down, or has no use for, that its messages were read so far.
    Read(Mark),
}

/// One person in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableEntry<'a> {
    pub nickname: Name<'a>,
    pub address: SocketAddr,
    pub online: bool,
    /// Whether the person's program understands the extension.
    pub extended: bool,
}

/// A run of the table's changes: whoever stands at `from` stands at `to` after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePage<'a> {
    pub instance: Instance,
    pub from: Version,
    pub to: Version,
    /// What the room is called, if that is among the changes.
    pub room: Option<RoomName>,
    pub entries: Vec<TableEntry<'a>>,
}

impl TablePage<'_> {
    /// The same page, with nothing left in the datagram it came in.
    pub fn into_owned(self) -> TablePage<'static> {
        let owned = |entry: TableEntry<'_>| TableEntry {
            nickname: entry.nickname.into_owned(),
            ..entry
        };
        TablePage {
            entries: self.entries.into_iter().map(owned).collect(),
            ..self
        }
    }
}

/// The table as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Table<'a> {
    /// The whole table, for a classic client.
    Whole(Vec<TableEntry<'a>>),
    Page(TablePage<'a>),
}

/// One datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datagram<'a> {
    /// `token`: the one of an earlier welcome, when the client may have another address since.
    Reg {
        nickname: Name<'a>,
        id: Option<RequestId>,
        token: Option<Token>,
    },
    Dereg {
        nickname: Name<'a>,
        id: Option<RequestId>,
    },
    /// Mail for somebody who did not answer. `thought_online`: what the sender's table said.
    Offline {
        sender: Name<'a>,
        recipient: Name<'a>,
        thought_online: bool,
        text: Cow<'a, str>,
        part: Option<Part>,
    },
    Chat {
        sender: Name<'a>,
        text: Cow<'a, str>,
        part: Option<Part>,
    },
    /// Somebody writes to the one who gets this. From peer to peer only, and never answered.
    Typing {
        sender: Name<'a>,
    },
    /// `sender` has read messages of the one who gets this. From peer to peer only.
    Read {
        sender: Name<'a>,
        mark: Mark,
    },
    Ack(Ack),
    Table(Table<'a>),
    Notification {
        text: Cow<'a, str>,
        /// The client is offline from now on.
        offline: bool,
        id: Option<RequestId>,
        receipts: Vec<Receipt>,
        expired: Vec<Expired>,
    },
    /// `token`: a client's, so that the server knows it at another address.
    Verification {
        id: Option<RequestId>,
        token: Option<Token>,
    },
}

/// Most receipts, and most expired parts, in one notification: with the widest numbers all keep to a datagram.
pub const RECEIPTS_MAX: usize = 14;
