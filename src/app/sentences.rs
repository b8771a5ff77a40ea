//! What the program says when something is wrong or under way: one plain sentence each that tells
//! what to do. The labels of buttons and fields stand where they are drawn.

use super::{Delivery, Failure, LostCause, Nickname, Path};
use crate::driver::DriverError;
use crate::protocol::NicknameError;

pub const NO_SERVER: &str =
    "Enter the server's address, for example 192.168.1.20, or host a server yourself.";
pub const PORT: &str = "Enter a port between 1024 and 65535.";
pub const OWN_PORT: &str = "Enter a port between 1024 and 65535, or 0 for any free one.";
pub const NICKNAME_BEFORE_HOSTING: &str = "Choose a nickname first, then tick this again.";
pub const REFUSED: &str =
    "This server has too many people already. Join another one, or host one here.";
pub(super) const BUSY: &str = "This computer is too busy right now. Try again in a moment.";
pub(super) const ENDED: &str = "The network part of the program has stopped. Sign in again.";
const SERVER_ENDED: &str =
    "The server on this computer has stopped by itself. Tick this again to start it.";
const PROFILE_IN_USE: &str = "Super Chatter is open already, with the same messages. Use that \
    window, or close it and sign in here. To run both, start this one with another --data-dir.";
pub const SIGNED_OUT: &str = "You are signed out.";
pub const STOPPED_HOSTING: &str = "You stopped hosting.";

pub(super) fn nickname_error(error: NicknameError) -> &'static str {
    match error {
        NicknameError::Empty => "Enter a nickname.",
        NicknameError::TooLong => "Choose a shorter nickname, of at most 32 letters.",
        NicknameError::Space => "Choose a nickname without spaces, for example amy_rose.",
        NicknameError::Character => "Choose a nickname without quotation marks and odd characters.",
    }
}

pub(super) fn name_taken(nickname: Option<&Nickname>) -> String {
    let name = nickname.map_or("you", Nickname::as_str);
    let other = format!("{name}2");
    match Nickname::parse(&other) {
        Ok(other) => format!("{name} is already here. Choose another nickname, such as {other}."),
        Err(_) => format!("{name} is already here. Choose another nickname."),
    }
}

pub(super) fn client_error(error: &DriverError) -> String {
    match error {
        DriverError::PortTaken(port) => format!(
            "Another program uses port {port}. Choose another own port, or 0 for any free one."
        ),
        DriverError::UnknownHost(host) => format!(
            "No computer called “{}” was found. Check the spelling, or enter its address, for \
             example 192.168.1.20.",
            super::text::short(host)
        ),
        DriverError::StoreInUse(_) => PROFILE_IN_USE.to_owned(),
        DriverError::Ended => ENDED.to_owned(),
        DriverError::NotOurAddress(_) | DriverError::Socket(_) | DriverError::Store(_) => {
            other_error(error)
        }
    }
}

pub(super) fn server_error(error: &DriverError) -> String {
    match error {
        DriverError::PortTaken(port) => format!(
            "Another program uses port {port}. Choose another port, such as {}.",
            another_port(*port)
        ),
        DriverError::Ended => SERVER_ENDED.to_owned(),
        DriverError::NotOurAddress(_)
        | DriverError::Socket(_)
        | DriverError::UnknownHost(_)
        | DriverError::StoreInUse(_)
        | DriverError::Store(_) => other_error(error),
    }
}

fn other_error(error: &DriverError) -> String {
    match error {
        DriverError::NotOurAddress(ip) => {
            format!("{ip} is not an address of this computer. Start the program with another one.")
        }
        DriverError::Socket(why) => format!(
            "The network can't be used ({why}). Check that this computer is connected, then try \
             again."
        ),
        DriverError::Store(why) => format!(
            "Messages can't be kept on this computer ({why}). Check that its disk is not full and \
             can be written, then try again."
        ),
        DriverError::StoreInUse(_) => "Another Super Chatter on this computer already hosts with \
            this folder. Close it, or start this one with another --data-dir."
            .to_owned(),
        DriverError::PortTaken(_) | DriverError::UnknownHost(_) | DriverError::Ended => {
            error.to_string()
        }
    }
}

fn another_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(super::DEFAULT_PORT)
}

/// A server that never answered, at its field.
pub fn silent(server: &str, retry_in_s: u64) -> String {
    format!(
        "{server} does not answer. Check the address and the port, and that the server is \
         running. Trying again in {retry_in_s} s."
    )
}

/// A server that was there and is not any more.
pub fn lost(cause: LostCause, retry_in_s: u64) -> String {
    format!("{} Trying again in {retry_in_s} s.", why_lost(cause))
}

/// Such a server, while it is being asked again.
pub fn asked_again(cause: LostCause) -> String {
    format!("{} Trying again…", why_lost(cause))
}

fn why_lost(cause: LostCause) -> &'static str {
    match cause {
        LostCause::Silent => "The server does not answer.",
        LostCause::Down => "The server has stopped.",
    }
}

/// The server takes nothing more for somebody who is away.
pub(super) fn mailbox_full(peer: &Nickname) -> String {
    format!("{peer}'s mailbox is full. What you write waits here and is tried again by itself.")
}

/// What is kept can't be read: `why` says where it is now.
pub(super) fn aside(why: &str) -> String {
    format!(
        "What was kept on this computer can't be used, so Super Chatter begins anew. Nothing was \
         deleted: {}.",
        super::text::visible(why).replace('\n', " ")
    )
}

/// Older lines could not be read.
pub(super) fn not_read(why: &str) -> String {
    let why = super::text::short(why);
    format!("Earlier messages can't be read now ({why}). Try again in a moment.")
}

/// A text that is too long to send.
pub fn too_long(chars_over: usize) -> String {
    let characters = if chars_over == 1 {
        "character"
    } else {
        "characters"
    };
    format!(
        "This is too long for one message. Shorten it by {chars_over} {characters}, or send it in \
         parts."
    )
}

/// How far an own line to `peer` has come.
pub fn delivery(delivery: Delivery, peer: &Nickname) -> String {
    match delivery {
        Delivery::Trying => "sending…".to_owned(),
        Delivery::HandingOver => "no answer, asking the server…".to_owned(),
        Delivery::Waiting => format!("waiting: neither {peer} nor the server answers"),
        Delivery::Stored => "kept by the server".to_owned(),
        Delivery::Delivered(Path::Direct) => "delivered".to_owned(),
        Delivery::Delivered(Path::ViaServer) => "delivered through the server".to_owned(),
        Delivery::Failed(failure) => failed(failure, peer),
    }
}

/// Why a text was not accepted. It stands in the message field again.
pub(super) fn refused(failure: Failure, peer: &Nickname) -> String {
    match failure {
        Failure::DiskFull => format!(
            "Your message to {peer} was not sent: the disk of this computer is full. Free some space, \
             then send it again."
        ),
        Failure::UnknownRecipient => format!(
            "Your message was not sent: the server knows nobody called {peer}. Send it again when they \
             are here."
        ),
        Failure::TooLong => {
            format!("Your message to {peer} was not sent: it is too long. Send it in parts.")
        }
        Failure::TooLongForClassic => format!(
            "Your message was not sent: {peer}'s program takes shorter texts only. Send it in parts."
        ),
        Failure::TooMany => format!(
            "Your message was not sent: too many messages wait for {peer}. Send it again in a while."
        ),
        Failure::Expired => failed(failure, peer),
    }
}

/// Why a line failed, or can't be tried again yet.
pub(super) fn failed(failure: Failure, peer: &Nickname) -> String {
    match failure {
        Failure::UnknownRecipient => {
            format!("Not sent: the server knows nobody called {peer}. Retry when they are here.")
        }
        Failure::TooLong => "Not sent: it is too long. Send it in parts.".to_owned(),
        Failure::TooLongForClassic => {
            format!("Not sent: {peer}'s program takes shorter texts only. Send it in parts.")
        }
        Failure::Expired => format!(
            "Not delivered: {peer} was not here for 30 days, and the server keeps it no longer. Retry \
             when they are here."
        ),
        Failure::DiskFull => {
            "Not sent: the disk of this computer is full. Free some space, then retry.".to_owned()
        }
        Failure::TooMany => {
            format!("Not sent: too many messages wait for {peer}. Retry in a while.")
        }
    }
}
