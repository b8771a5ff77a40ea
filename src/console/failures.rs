//! Why a message was not accepted or not delivered, as the console client says it.

use crate::machine::client::Failure;
use crate::protocol::limits::{CLASSIC_DATAGRAM_MAX, TEXT_MAX};
use crate::protocol::{Nickname, texts};

pub(super) fn failed(to: &Nickname, failure: Failure) -> String {
    match failure {
        Failure::UnknownRecipient => texts::not_existed(to.as_str()),
        Failure::TooLong => format!("[Not sent to {to}: a message has at most {TEXT_MAX} bytes.]"),
        Failure::TooLongForClassic => {
            format!("[Not sent: {to} can't take more than {CLASSIC_DATAGRAM_MAX} bytes.]")
        }
        Failure::Expired => format!("[Not delivered: {to} did not come for it in 30 days.]"),
        Failure::DiskFull => "[Not sent: the disk is full.]".into(),
        Failure::TooMany => format!("[Not sent: too many messages wait for {to}.]"),
    }
}
