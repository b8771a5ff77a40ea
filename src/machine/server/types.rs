//! What can be asked of a server, what it keeps, and what it tells.

use std::net::{IpAddr, SocketAddr};

use super::announce::Announcement;
use super::told::{Happening, PersonState, Sample};
use crate::protocol::{Epoch, Expired, Nickname, Part, Receipt, RoomName, Seq, Stream};

/// All that can be asked of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Say good-bye to everybody, then [`Event::Stopped`].
    Stop,
    /// Whether somebody looks: only then [`Event::People`], [`Event::Totals`] and [`Event::Happened`]
    /// are told. Whoever begins to look is told all people, and what happened and was counted before.
    Watch(bool),
    /// Whether whoever looks has not taken yet what was told last. Meanwhile nothing of [`Command::Watch`]
    /// is told, and what changes is told together afterwards: a window that hangs costs no more memory
    /// than one telling.
    Hold(bool),
    /// Sign somebody out who is online, and tell them. They are not heard until they have confirmed it,
    /// or for 1.5 s; a classic program, whose ack names nothing, for all of that. What waits for them stays,
    /// and they can sign in again: while this server runs, nothing else brings them back.
    Remove(Nickname),
    /// The addresses of the host's own computer, at most 64, in the place of those known before. They are
    /// heard even where one of them was blocked when it was somebody else's.
    Own(Vec<IpAddr>),
    /// What the room is called from now on.
    Name(RoomName),
    /// Shut an address out, also after a restart. Answered by [`Event::Blocked`] or
    /// [`Event::NotBlocked`], or not at all if it is blocked already.
    Block(IpAddr),
    /// Hear a blocked address again.
    Unblock(IpAddr),
    /// Tell everybody who is online when its turn comes. Answered by [`Event::Announced`], more than once, or
    /// [`Event::NotAnnounced`].
    Announce(Announcement),
}

/// What a server tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// People online, people known, parts of messages kept: told when one of them changed.
    Counts {
        online: usize,
        known: usize,
        mail: usize,
    },
    /// These people's entries have changed. At first everybody's, in pieces.
    People(Vec<PersonState>),
    /// What had been counted, in its order: at first the last two minutes of what was, then at most
    /// once a second, when something was, the new behind the one before.
    Totals(Vec<Sample>),
    /// What has happened, in its order, also while nobody looked; `missed`: so much before it is not
    /// kept.
    Happened {
        happened: Vec<Happening>,
        missed: u64,
    },
    /// All addresses that are blocked: told at the start if there are any, and when they change.
    Blocked(Vec<IpAddr>),
    /// It is the host's own address, or too many are blocked already.
    NotBlocked(IpAddr),
    /// How far an announcement is. The first has number 1.
    Announced {
        number: u64,
        /// To whom it goes: who was online when its turn came, but for classic programs that so much waits
        /// for already that it was not taken.
        told: usize,
        /// Those of them with a classic program, which can't confirm it.
        classic: usize,
        /// Those of the others who have it.
        confirmed: usize,
    },
    /// Too many announcements are under way.
    NotAnnounced,
    /// The server has ended; nothing follows.
    Stopped,
}

/// Somebody who registered once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub nickname: Nickname,
    /// Where the person was last.
    pub address: SocketAddr,
    pub extended: bool,
    /// Since when the person is here, or was last, in Unix milliseconds.
    pub seen_ms: i64,
}

/// Names a piece of mail; mail that came later has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailId(pub u64);

/// A part of a message that the server keeps for its recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: MailId,
    pub recipient: Nickname,
    pub sender: Nickname,
    pub part: Part,
    pub text: String,
    /// When the server took it, in Unix milliseconds.
    pub stored_ms: i64,
}

/// A confirmation that the server keeps until the sender of the messages has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldReceipt {
    /// Who wrote the messages, and is told.
    pub sender: Nickname,
    pub receipt: Receipt,
}

/// The stream that the server keeps for a sender whose program counts nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicStream {
    pub sender: Nickname,
    pub recipient: Nickname,
    pub stream: Stream,
    /// The next part's place.
    pub next: Seq,
}

/// How far a stream is known to be settled that mail is kept of: its recipient need not wait for what
/// is below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    pub recipient: Nickname,
    pub stream: Stream,
    pub below: Seq,
}

/// Word of a part that is no longer kept, kept itself until the part's sender has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldExpiry {
    pub sender: Nickname,
    pub expired: Expired,
}

/// One change of what the server keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// New, or in the place of the person of that name.
    Person(Person),
    /// New mail.
    Mail(Mail),
    /// Confirmed by its recipient.
    MailRemoved(MailId),
    /// New, or in the place of the stream's earlier one.
    Receipt(HeldReceipt),
    /// The sender has the stream's receipt.
    ReceiptTaken(Stream),
    /// New, or in the place of the one for the same sender and recipient.
    ClassicStream(ClassicStream),
    /// The store's name: the first record of a new store, and never another.
    Epoch(Epoch),
    /// New, or in the place of the stream's earlier one. It goes with the stream's last mail.
    Passed(Passed),
    /// The part is too old; the record of its removal stands beside this one.
    Expired(HeldExpiry),
    /// The sender has the word of it.
    ExpiryTaken(Expired),
    /// Nothing from this address is heard any more.
    Blocked(IpAddr),
    /// It is heard again.
    Unblocked(IpAddr),
}

/// All that a server keeps: what it restarts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    pub people: Vec<Person>,
    /// In the order of their ids.
    pub mail: Vec<Mail>,
    pub receipts: Vec<HeldReceipt>,
    pub classic_streams: Vec<ClassicStream>,
    /// `None`: the store is new.
    pub epoch: Option<Epoch>,
    pub passed: Vec<Passed>,
    pub expired: Vec<HeldExpiry>,
    /// The addresses that are shut out.
    pub blocked: Vec<IpAddr>,
}
