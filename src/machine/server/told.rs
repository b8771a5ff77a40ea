//! What a server tells of itself to whoever watches it: the people it knows, what it has counted, and
//! what happens. When it is told is the subject of `watch`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::protocol::Nickname;

/// Somebody whom the server knows, as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonState {
    pub nickname: Nickname,
    /// Where they are, or were last.
    pub address: SocketAddr,
    pub online: bool,
    /// Their program speaks the extension.
    pub extended: bool,
    /// Their last sign-in, in Unix milliseconds: since when they are here if they are.
    pub since_ms: i64,
    /// The smoothed round trip to them; `None`: nothing has been measured.
    pub round_trip: Option<Duration>,
    /// Messages that wait for them.
    pub mail_messages: usize,
    /// The text of all that waits for them, in bytes.
    pub mail_bytes: usize,
}

/// What a server has counted since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Datagrams that came, and that were sent.
    pub received: u64,
    pub sent: u64,
    /// Datagrams, of those that came, that were none, were not for a server or came from somebody
    /// who is shut out.
    pub dropped: u64,
    /// Parts of messages that were taken to be kept, that their recipients have confirmed, and that
    /// nobody came for.
    pub stored: u64,
    pub handed_over: u64,
    pub expired: u64,
}

/// What had been counted at a moment, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub at_ms: i64,
    pub totals: Totals,
}

/// Something that happened, and when, in Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    pub at_ms: i64,
    pub what: What,
}

/// What happened. Parts of messages of one sender for one recipient that follow each other are one
/// happening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Joined {
        nickname: Nickname,
        address: SocketAddr,
    },
    /// Is at another address, and stayed signed in.
    Moved {
        nickname: Nickname,
        address: SocketAddr,
    },
    SignedOut(Nickname),
    /// Answers no more.
    Lost(Nickname),
    /// Somebody of another name has signed in from the same address.
    Replaced(Nickname),
    /// Was signed out by the host.
    Removed(Nickname),
    /// Wanted a name whose holder is there.
    NameRefused {
        nickname: Nickname,
        address: SocketAddr,
    },
    /// Is one too many.
    TurnedAway {
        nickname: Nickname,
        address: SocketAddr,
    },
    Blocked(IpAddr),
    Unblocked(IpAddr),
    Stored {
        sender: Nickname,
        recipient: Nickname,
        parts: u32,
    },
    HandedOver {
        sender: Nickname,
        recipient: Nickname,
        parts: u32,
    },
    /// Nobody came for it in 30 days.
    Expired {
        sender: Nickname,
        recipient: Nickname,
        parts: u32,
    },
    /// Mail was not taken: a mailbox, the sender's share or the disk is full.
    MailboxFull {
        sender: Nickname,
        recipient: Nickname,
    },
    /// An announcement goes out to so many.
    Announced {
        people: usize,
    },
}

impl What {
    /// Takes up another one that tells more of the same; else gives it back.
    pub(super) fn join(&mut self, other: Self) -> Result<(), Self> {
        let pair = |what: &Self| match what {
            Self::Stored {
                sender, recipient, ..
            }
            | Self::HandedOver {
                sender, recipient, ..
            }
            | Self::Expired {
                sender, recipient, ..
            }
            | Self::MailboxFull { sender, recipient } => Some((sender.clone(), recipient.clone())),
            Self::Joined { .. }
            | Self::Moved { .. }
            | Self::SignedOut(_)
            | Self::Lost(_)
            | Self::Replaced(_)
            | Self::Removed(_)
            | Self::NameRefused { .. }
            | Self::TurnedAway { .. }
            | Self::Blocked(_)
            | Self::Unblocked(_)
            | Self::Announced { .. } => None,
        };
        if pair(self).is_none() || pair(self) != pair(&other) {
            return Err(other);
        }
        match (self, &other) {
            (Self::Stored { parts, .. }, Self::Stored { parts: more, .. })
            | (Self::HandedOver { parts, .. }, Self::HandedOver { parts: more, .. })
            | (Self::Expired { parts, .. }, Self::Expired { parts: more, .. }) => {
                *parts += more;
                Ok(())
            }
            (Self::MailboxFull { .. }, Self::MailboxFull { .. }) => Ok(()),
            (_, _) => Err(other),
        }
    }
}
