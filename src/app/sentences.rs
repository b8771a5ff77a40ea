//! What the program says when something is wrong or under way: one plain sentence each that tells
//! what to do. The words stand in `assets/lang`; the labels of buttons and fields are named where they
//! are drawn.

use super::language::Sentence;
use super::{Delivery, Failure, LostCause, Nickname, Path, faults};
use crate::driver::DriverError;
use crate::protocol::NicknameError;

pub(super) fn nickname_error(error: NicknameError) -> Sentence {
    Sentence::new(match error {
        NicknameError::Empty => "problem-nickname-empty",
        NicknameError::TooLong => "problem-nickname-long",
        NicknameError::Space => "problem-nickname-space",
        NicknameError::Character => "problem-nickname-character",
    })
}

/// Somebody else has the name; `other` may be free.
pub(super) fn name_taken(name: &Nickname, other: Option<&Nickname>) -> Sentence {
    match other {
        Some(other) => Sentence::new("problem-name-taken-other").with("other", other),
        None => Sentence::new("problem-name-taken"),
    }
    .with("name", name)
}

pub(super) fn client_error(error: &DriverError) -> Sentence {
    match error {
        DriverError::PortTaken(port) => {
            Sentence::new("problem-client-port-taken").with("port", port)
        }
        DriverError::UnknownHost(host) => {
            Sentence::new("problem-unknown-host").with("host", super::text::short(host))
        }
        DriverError::StoreInUse(_) => Sentence::new("problem-profile-in-use"),
        DriverError::Ended => Sentence::new("notice-ended"),
        DriverError::NotOurAddress(_) | DriverError::Socket(_) | DriverError::Store(_) => {
            other_error(error)
        }
    }
}

pub(super) fn server_error(error: &DriverError) -> Sentence {
    match error {
        DriverError::PortTaken(port) => Sentence::new("problem-server-port-taken")
            .with("port", port)
            .with("other", another_port(*port)),
        DriverError::Ended => Sentence::new("problem-server-ended"),
        DriverError::NotOurAddress(_)
        | DriverError::Socket(_)
        | DriverError::UnknownHost(_)
        | DriverError::StoreInUse(_)
        | DriverError::Store(_) => other_error(error),
    }
}

fn other_error(error: &DriverError) -> Sentence {
    match error {
        DriverError::NotOurAddress(ip) => {
            Sentence::new("problem-not-our-address").with("address", ip)
        }
        DriverError::Socket(why) => {
            Sentence::new("problem-network").quote("why", faults::fault(why))
        }
        DriverError::Store(why) => Sentence::new("problem-store").quote("why", faults::fault(why)),
        DriverError::StoreInUse(_) => Sentence::new("problem-store-in-use"),
        DriverError::PortTaken(_) | DriverError::UnknownHost(_) | DriverError::Ended => {
            Sentence::new("problem-other").with("text", error)
        }
    }
}

fn another_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(super::DEFAULT_PORT)
}

/// A server that never answered, at its field.
pub fn silent(server: &str, retry_in_s: u64) -> Sentence {
    Sentence::new("problem-silent")
        .with("server", server)
        .count("seconds", retry_in_s)
}

/// A server that was there and is not any more.
pub fn lost(cause: LostCause, retry_in_s: u64) -> Sentence {
    Sentence::new(match cause {
        LostCause::Silent => "notice-lost-silent",
        LostCause::Down => "notice-lost-down",
    })
    .count("seconds", retry_in_s)
}

/// Such a server, while it is being asked again.
pub fn asked_again(cause: LostCause) -> Sentence {
    Sentence::new(match cause {
        LostCause::Silent => "notice-asked-silent",
        LostCause::Down => "notice-asked-down",
    })
}

/// The server takes nothing more for somebody who is away.
pub(super) fn mailbox_full(peer: &Nickname) -> Sentence {
    Sentence::new("notice-mailbox-full").with("peer", peer)
}

/// A text that is too long to send.
pub fn too_long(chars_over: usize) -> Sentence {
    Sentence::new("too-long").count("over", chars_over)
}

/// A text that is too long to send to somebody whose program takes shorter ones.
pub fn too_long_classic(chars_over: usize, peer: &Nickname) -> Sentence {
    Sentence::new("too-long-classic")
        .count("over", chars_over)
        .with("peer", peer)
}

/// How far an own line to `peer` has come.
pub fn delivery(delivery: Delivery, peer: &Nickname) -> Sentence {
    match delivery {
        Delivery::Trying => Sentence::new("delivery-trying"),
        Delivery::HandingOver => Sentence::new("delivery-handing-over"),
        Delivery::Waiting => Sentence::new("delivery-waiting").with("peer", peer),
        Delivery::Stored => Sentence::new("delivery-stored"),
        Delivery::Delivered(Path::Direct) => Sentence::new("delivery-direct"),
        Delivery::Delivered(Path::ViaServer) => Sentence::new("delivery-through"),
        Delivery::Failed(failure) => failed(failure, peer),
    }
}

/// Why a text was not accepted. It stands in the message field again.
pub(super) fn refused(failure: Failure, peer: &Nickname) -> Sentence {
    match failure {
        Failure::DiskFull => Sentence::new("refused-disk"),
        Failure::UnknownRecipient => Sentence::new("refused-unknown"),
        Failure::TooLong => Sentence::new("refused-long"),
        Failure::TooLongForClassic => Sentence::new("refused-long-classic"),
        Failure::TooMany => Sentence::new("refused-many"),
        Failure::Expired => Sentence::new("failed-expired"),
    }
    .with("peer", peer)
}

/// Why a line failed, or can't be tried again yet.
pub(super) fn failed(failure: Failure, peer: &Nickname) -> Sentence {
    match failure {
        Failure::UnknownRecipient => Sentence::new("failed-unknown"),
        Failure::TooLong => Sentence::new("failed-long"),
        Failure::TooLongForClassic => Sentence::new("failed-long-classic"),
        Failure::Expired => Sentence::new("failed-expired"),
        Failure::DiskFull => Sentence::new("failed-disk"),
        Failure::TooMany => Sentence::new("failed-many"),
    }
    .with("peer", peer)
}
