//! Any text is a nickname or an error, and a nickname stays itself wherever it is written.

use super_chatter::protocol::limits::{NICKNAME_BYTES_MAX, NICKNAME_CHARS_MAX};
use super_chatter::protocol::mail_line::{MailLine, read_mail_line, write_mail_line};
use super_chatter::protocol::{Datagram, Name, Nickname, NicknameError, Style, decode, encode};

/// Marks that turn the text around them, and tags: none of them is seen.
const UNSEEN: [std::ops::RangeInclusive<char>; 7] = [
    '\0'..='\u{1f}',
    '\u{7f}'..='\u{9f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{fff9}'..='\u{fffb}',
    '\u{e0000}'..='\u{e007f}',
];

pub fn nickname(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = Nickname::parse(&text);
    assert_eq!(
        Name::parse(text.clone()).map(|name| name.to_nickname()),
        parsed
    );
    let nickname = match parsed {
        Ok(nickname) => nickname,
        Err(NicknameError::Empty) => return assert!(text.is_empty()),
        Err(NicknameError::TooLong) => return assert!(text.chars().count() > NICKNAME_CHARS_MAX),
        Err(NicknameError::Space) => return assert!(text.contains(char::is_whitespace)),
        Err(NicknameError::Character) => return,
    };
    let name = nickname.as_str();
    assert_eq!(name, text);
    assert_eq!(nickname.to_string(), name);
    assert!(!name.is_empty() && name.len() <= NICKNAME_BYTES_MAX);
    assert!(name.chars().count() <= NICKNAME_CHARS_MAX);
    for c in name.chars() {
        assert!(!c.is_whitespace() && !matches!(c, '"' | '\\'), "{c:?}");
        assert!(!UNSEEN.iter().any(|unseen| unseen.contains(&c)), "{c:?}");
    }
    stays_itself(&nickname);
}

fn stays_itself(nickname: &Nickname) {
    assert_eq!(Nickname::parse(nickname.as_str()).as_ref(), Ok(nickname));
    let datagram = Datagram::Reg {
        nickname: nickname.name(),
        id: None,
        token: None,
    };
    for style in [Style::Compact, Style::Classic] {
        let bytes = encode(&datagram, style);
        assert_eq!(decode(&bytes).expect("our own datagram"), datagram);
        let json: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(json["Nickname"], nickname.as_str());
    }
    let line = MailLine {
        sender: nickname.clone(),
        text: nickname.to_string(),
        stored_ms: 0,
    };
    let written = write_mail_line(&line);
    assert_eq!(read_mail_line(written.as_bytes()).expect("our line"), line);
}
