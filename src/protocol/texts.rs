//! The sentences of the classic protocol, to the letter.

use super::nickname::Nickname;

pub const WELCOME: &str = "[Welcome, You are registered.]";
pub const BYE: &str = "[You are Offline. Bye.]";
pub const SAVED: &str = "[Messages received by the server and saved]";
pub const YOU_HAVE_MESSAGES: &str = "[You Have Messages]";
pub const SERVER_IS_DOWN: &str = "[Server is Down!]";

/// The host has signed somebody out.
pub const REMOVED: &str = "[You were removed by the host.]";

const ANNOUNCEMENT: &str = "[Announcement] ";
const ALREADY_ONLINE: &str = " is already Online!]";
const EXISTS: &str = "exists!!]";

/// What the host says to everybody. Whatever it says is taken for nothing else.
pub fn announcement(text: &str) -> String {
    format!("{ANNOUNCEMENT}{text}")
}

/// What the host says to everybody, if this is such a notification.
pub fn announced(text: &str) -> Option<&str> {
    text.strip_prefix(ANNOUNCEMENT)
}

/// The name is held by somebody who is there.
pub fn already_online(nickname: &Nickname) -> String {
    format!("[{nickname}{ALREADY_ONLINE}")
}

/// The recipient of the mail is online: send it straight.
pub fn client_exists(nickname: &Nickname) -> String {
    format!("[Client{nickname}{EXISTS}")
}

/// Nobody of that name is in the table.
pub fn not_existed(nickname: &str) -> String {
    format!("[Client {nickname} Not Existed!]")
}

/// What a classic server's notification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    Welcome,
    AlreadyOnline,
    Bye,
    Saved,
    Exists(&'a str),
    NotExisted(&'a str),
    Messages,
    Down,
    Other,
}

/// Reads a notification's text.
pub fn said(text: &str) -> Said<'_> {
    match text {
        WELCOME => Said::Welcome,
        BYE => Said::Bye,
        SAVED => Said::Saved,
        YOU_HAVE_MESSAGES => Said::Messages,
        SERVER_IS_DOWN => Said::Down,
        _ if text.starts_with(ANNOUNCEMENT) => Said::Other,
        _ if text.ends_with(ALREADY_ONLINE) => Said::AlreadyOnline,
        _ => match text
            .strip_prefix("[Client")
            .and_then(|t| t.strip_suffix(EXISTS))
        {
            Some(nickname) => Said::Exists(nickname),
            None => match text
                .strip_prefix("[Client ")
                .and_then(|t| t.strip_suffix(" Not Existed!]"))
            {
                Some(nickname) => Said::NotExisted(nickname),
                None => Said::Other,
            },
        },
    }
}
