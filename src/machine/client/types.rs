//! What can be asked of a client, and what it tells.

use std::net::SocketAddr;
use std::time::Duration;

use crate::protocol::{Mark, Nickname, RoomName, Seq, Stream};

/// Names a line of the history. A later line has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub u64);

/// All that can be asked of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Sign in. Also moves to another server or name; what is under way for others goes on.
    /// `servers`: the addresses of one host, asked in turn until one answers.
    Register {
        nickname: Nickname,
        servers: Vec<SocketAddr>,
    },
    /// Sign out and stay; messages that are not delivered wait.
    Deregister,
    /// Answered by [`Event::Line`] or [`Event::Refused`], in the order of asking.
    Send { to: Nickname, text: String },
    /// Try a failed line again; [`Event::NotRetried`] says why it stays failed. One that is under way
    /// already goes on as it is, one that has arrived since another retry is not sent twice, and one that
    /// was deleted stays so: none of them is answered.
    Retry {
        line: LineId,
        to: Nickname,
        text: String,
    },
    /// Delete a line here, for good: a line of somebody else, or an own one that is settled. One that
    /// is under way stays as it is. Answered by [`Event::Deleted`].
    Delete(LineId),
    /// Try the server now instead of when the pause is over.
    Reconnect,
    /// What stands in the message field for somebody; empty: nothing.
    Draft { peer: Nickname, text: String },
    /// A key was struck in the message field for somebody, who is told so if their program takes it.
    Typing { to: Nickname },
    /// Everything up to this line has been seen.
    Read { peer: Nickname, line: LineId },
    /// The open tabs in their order, and which of them is looked at; `None`: none of them.
    Tabs {
        tabs: Vec<Nickname>,
        selected: Option<Nickname>,
    },
    /// Whether others are told what has been seen; until this is said they are not. What is seen while
    /// they are not, and what they could not be told before, is not told later. (A later line that is
    /// told stands for all before it.)
    TellRead(bool),
    /// Sign out if signed in, then [`Event::Closed`].
    Close,
}

/// Where the client stands with its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// By the user's wish, or never signed in.
    SignedOut,
    /// Asking the server; `attempt` counts from 1 to [`super::ATTEMPTS_MAX`].
    Registering {
        attempt: u32,
    },
    Online,
    /// The server does not answer, or said good-bye. The client tries again by itself.
    Waiting {
        retry_after: Duration,
        cause: LostCause,
    },
    /// The name is in use by somebody who is there. The client does not try again by itself.
    NameTaken,
    /// The server takes nobody more.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostCause {
    /// No answer to [`super::ATTEMPTS_MAX`] requests.
    Silent,
    /// The server said that it stops.
    Down,
}

/// A person in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub nickname: Nickname,
    pub address: SocketAddr,
    pub online: bool,
    /// Speaks the extension. A classic peer takes one message at a time, and short ones.
    pub extended: bool,
}

/// The way a message took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    Direct,
    ViaServer,
}

/// Where a line is. It only moves forward in this order; [`Delivery::Failed`] is left by a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// On its way to the peer, or waiting its turn.
    Trying,
    /// The peer did not answer in time; the server is being asked to keep it.
    HandingOver,
    /// Neither the peer nor the server answers. It is kept here and tried again when one does.
    Waiting,
    /// The server has it on disk.
    Stored,
    /// The recipient has it.
    Delivered(Path),
    Failed(Failure),
}

impl Delivery {
    /// How far a line is: it never goes back, but for a retry.
    pub fn step(self) -> u8 {
        match self {
            Self::Trying => 0,
            Self::HandingOver => 1,
            Self::Waiting => 2,
            Self::Stored => 3,
            Self::Delivered(_) => 4,
            Self::Failed(_) => 5,
        }
    }
}

/// Why a line can't be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody of that name is known.
    UnknownRecipient,
    /// Longer than [`crate::protocol::limits::TEXT_MAX`].
    TooLong,
    /// The recipient runs the classic program, which takes a shorter text.
    TooLongForClassic,
    /// Too many lines are waiting for this person ([`super::LINES_MAX`]).
    TooMany,
    /// The server kept it for 30 days and nobody came for it.
    Expired,
    /// There is no room on the disk to keep it.
    DiskFull,
}

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Own {
        delivery: Delivery,
    },
    Theirs {
        /// When its sender wrote it, by the sender's clock; `None`: a classic sender.
        written_ms: Option<i64>,
        path: Path,
    },
}

/// Something that was said, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: LineId,
    /// With whom.
    pub peer: Nickname,
    pub text: String,
    /// When it was accepted here, or came in, in Unix milliseconds.
    pub at_ms: i64,
    pub origin: Origin,
}

/// The stream of one's own messages to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub peer: Nickname,
    pub stream: Stream,
    /// Everything below is confirmed.
    pub lowest: Seq,
    /// The next part's place.
    pub next: Seq,
}

/// A stream of somebody's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub stream: Stream,
    pub from: Nickname,
    /// Everything below has been taken: it is never shown again.
    pub next: Seq,
}

/// One change of what a client keeps. The records of one step are one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A new line of the history.
    Line(Line),
    /// An own line has moved on. `settled`: nothing more will be known of it.
    Delivery {
        line: LineId,
        delivery: Delivery,
        at_ms: i64,
        settled: bool,
    },
    /// The line is deleted. Its id is never another's.
    Deleted(LineId),
    /// New, or in the place of the one to the same person.
    Outgoing(Outgoing),
    /// The parts of an own line have places in its stream, from this one.
    Placed { line: LineId, first: Seq },
    /// New, or in the place of the stream's earlier one.
    Incoming(Incoming),
    /// A stream that is not remembered any more.
    IncomingForgotten(Stream),
    /// Text of a message that has not come whole goes on with this.
    Piece { stream: Stream, text: String },
    /// The message is whole, or given up: its pieces are not needed any more.
    PiecesJoined(Stream),
    /// What stands in the message field for somebody; empty: nothing.
    Draft { peer: Nickname, text: String },
    /// Everything up to this line has been seen. What [`Record::Ends`] said of the other's lines up to
    /// it is not needed any more.
    Read { peer: Nickname, line: LineId },
    /// The open tabs in their order, and which of them is looked at.
    Tabs {
        tabs: Vec<Nickname>,
        selected: Option<Nickname>,
    },
    /// Everything up to this own line has been seen by its recipient. What [`Record::Ends`] said of own
    /// lines up to it is not needed any more.
    ReadBy { peer: Nickname, line: LineId },
    /// Where a line ends: whoever says this of its stream has seen it. New, or in the place of the
    /// line's earlier one.
    Ends { line: LineId, mark: Mark },
    /// Where the line ends is not needed any more.
    EndForgotten(LineId),
    /// What somebody is to be told of their lines, in the place of what they were to be told before;
    /// `None`: nothing more.
    Tell { peer: Nickname, mark: Option<Mark> },
}

/// An own line that is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLine {
    pub line: Line,
    /// The place of its first part; `None`: it has none yet.
    pub first: Option<Seq>,
}

/// Where a line ends that its reader has not seen, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub line: LineId,
    pub peer: Nickname,
    /// Whoever says this of the line's stream has seen it.
    pub mark: Mark,
    /// The line is the user's own.
    pub own: bool,
}

/// How far two have seen each other's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub peer: Nickname,
    /// They have seen all own lines up to this one; 0: none.
    pub read_by: LineId,
    /// What they are to be told of theirs.
    pub tell: Option<Mark>,
}

/// All that a client's delivery goes on from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The greatest id that any line ever had, deleted ones too; 0: there was none. Ids begin at 1.
    pub last_line: u64,
    pub outgoing: Vec<Outgoing>,
    /// In the order of their ids.
    pub open: Vec<OpenLine>,
    /// Each with the pieces of its message that has not come whole.
    pub incoming: Vec<(Incoming, String)>,
    /// In the order of their lines.
    pub ends: Vec<End>,
    pub readers: Vec<Reader>,
}

/// What a client tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Session(Session),
    /// What the host calls the room: told when one is signed in, and when it changes.
    Room(RoomName),
    /// The table changed, in these entries. Somebody who is no longer in it is told as offline.
    Contacts(Vec<Contact>),
    /// A line stands in the history and on disk: an own one that was accepted, or a message, once.
    Line(Line),
    /// A text that was not accepted and is kept nowhere.
    Refused {
        to: Nickname,
        text: String,
        failure: Failure,
    },
    /// A line that can't be tried again now. It stays failed as it was.
    NotRetried {
        line: LineId,
        to: Nickname,
        failure: Failure,
    },
    /// An own line has moved on.
    Delivery {
        line: LineId,
        delivery: Delivery,
        /// In Unix milliseconds.
        at_ms: i64,
    },
    /// The line is gone from the history, and from the disk.
    Deleted(LineId),
    /// Somebody is writing to the user: at most once a second for each. It fades after
    /// [`super::TYPING_FADES`] and ends with their next line.
    Typing(Nickname),
    /// Somebody has seen all own lines up to this one that were delivered to them. Only ever told of a
    /// greater line than before.
    ReadBy {
        peer: Nickname,
        line: LineId,
    },
    /// The server's mailbox for this person is full. What is for it waits here and is tried again.
    MailboxFull(Nickname),
    /// Something that the server says to people.
    Notice(String),
    /// The client has ended; nothing follows.
    Closed,
}
