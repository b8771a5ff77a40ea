//! One line of a classic mail file. Files, and which recipient they belong to, do not live here.

use serde::{Deserialize, Serialize};

use super::limits::{NUMBER_END, TEXT_MAX};
use super::nickname::{Nickname, NicknameError};
use super::wire::ClassicFormatter;

/// A message as the classic program stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLine {
    pub sender: Nickname,
    pub text: String,
    /// When it was stored, in Unix milliseconds. The file says seconds with a fraction.
    pub stored_ms: i64,
}

/// Why a line is no message.
#[derive(Debug, thiserror::Error)]
pub enum MailLineError {
    #[error("expected one JSON object with the keys Msg, Sender and Time: {0}")]
    Json(#[from] serde_json::Error),
    #[error("expected a nickname as Sender: {0}")]
    Sender(#[from] NicknameError),
    #[error("expected a Msg of at most {TEXT_MAX} bytes, got {0}")]
    TooLong(usize),
    #[error("expected a Time in Unix seconds, got {0}")]
    Time(f64),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "Msg")]
    msg: String,
    #[serde(rename = "Sender")]
    sender: String,
    #[serde(rename = "Time")]
    time: f64,
}

/// Reads a line without its end.
pub fn read_mail_line(line: &[u8]) -> Result<MailLine, MailLineError> {
    let Line { msg, sender, time } = serde_json::from_slice(line)?;
    if msg.len() > TEXT_MAX {
        return Err(MailLineError::TooLong(msg.len()));
    }
    let stored_ms = (time * 1000.0).round();
    // Seconds with a fraction tell milliseconds apart below half of the wire's numbers.
    if !(0.0..(NUMBER_END / 2) as f64).contains(&stored_ms) {
        return Err(MailLineError::Time(time));
    }
    Ok(MailLine {
        sender: Nickname::parse(&sender)?,
        text: msg,
        stored_ms: stored_ms as i64,
    })
}

/// Writes a line as the classic program does: ASCII, spaced, without its end.
pub fn write_mail_line(line: &MailLine) -> String {
    let time = line.stored_ms as f64 / 1000.0;
    let line = Line {
        msg: line.text.clone(),
        sender: line.sender.to_string(),
        time,
    };
    let mut bytes = Vec::new();
    line.serialize(&mut serde_json::Serializer::with_formatter(
        &mut bytes,
        ClassicFormatter,
    ))
    .expect("strings and numbers always serialize into memory");
    String::from_utf8(bytes).expect("the classic style is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, stored_ms: i64) -> MailLine {
        let sender = Nickname::parse("lanking").expect("a valid name");
        MailLine {
            sender,
            text: text.to_owned(),
            stored_ms,
        }
    }

    #[test]
    fn a_line_of_the_classic_program_is_read() {
        let read =
            read_mail_line(br#"{"Msg": "hi", "Sender": "lanking", "Time": 1488400115.368341}"#);
        assert_eq!(read.expect("a classic line"), line("hi", 1_488_400_115_368));
    }

    #[test]
    fn a_line_is_written_to_the_letter_and_reads_back() {
        let said = line("你好 \"🦔\"\u{7f}\n", 1_488_400_115_368);
        let written = write_mail_line(&said);
        let expected = "{\"Msg\": \"\\u4f60\\u597d \\\"\\ud83e\\udd94\\\"\u{7f}\\n\", \"Sender\": \"lanking\", \"Time\": 1488400115.368}";
        assert_eq!(written, expected);
        assert_eq!(
            read_mail_line(written.as_bytes()).expect("our own line"),
            said
        );
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bad in [
            "",
            "hi",
            "{}",
            r#"{"Msg": "hi", "Sender": "x"}"#,
            r#"{"Msg": "hi", "Sender": "x", "Time": "now"}"#,
            r#"{"Msg": "hi", "Sender": "x", "Time": -1}"#,
            r#"{"Msg": "hi", "Sender": "x", "Time": 1e300}"#,
            r#"{"Msg": "hi", "Sender": "x", "Time": 4503599627370.496}"#,
            r#"{"Msg": "hi", "Sender": "a b", "Time": 1}"#,
            r#"{"Msg": "hi", "Sender": "x", "Time": 1, "To": "y"}"#,
            r#"{"Msg": "hi", "Sender": "x", "Time": 1} {}"#,
        ] {
            assert!(read_mail_line(bad.as_bytes()).is_err(), "{bad}");
        }
        let long = format!(
            r#"{{"Msg": "{}", "Sender": "x", "Time": 1}}"#,
            "m".repeat(TEXT_MAX + 1)
        );
        assert!(matches!(
            read_mail_line(long.as_bytes()),
            Err(MailLineError::TooLong(_))
        ));
    }
}
