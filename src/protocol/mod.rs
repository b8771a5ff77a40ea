//! The words on the wire: what they mean ([`message`]), how they are written ([`codec`]), how long
//! they may be ([`limits`]), who may be named ([`nickname`]). Nothing outside this room knows JSON.

pub mod armour;
pub mod codec;
pub mod limits;
pub mod mail_line;
pub mod message;
pub mod nickname;
pub mod parts;
pub mod texts;
mod wire;

pub use codec::{DecodeError, Style, decode, encode};
pub use message::*;
pub use nickname::{Name, Nickname, NicknameError};
