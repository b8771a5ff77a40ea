//! A part's identity inside a text, for the one hop that keeps nothing but text: the mailbox of a
//! classic server, between two people who are both known to understand it.

use super::limits::{NUMBER_END, PARTS_MAX};
use super::message::{Part, Seq, Stream};

const MARK: &str = "SC1.";

/// `text` with the identity in front: `SC1.<stream>.<seq>.<lowest>.<index>.<count>.<written> <text>`.
pub fn wrap(part: &Part, text: &str) -> String {
    let Part {
        stream,
        seq,
        lowest,
        index,
        count,
        written_ms,
        attempt: _,
    } = part;
    format!(
        "{MARK}{}.{}.{}.{index}.{count}.{written_ms} {text}",
        stream.0, seq.0, lowest.0
    )
}

/// Takes the identity off a text that the server may have put its time of storing in front of.
/// `None`: the text carries none.
pub fn unwrap(text: &str) -> Option<(Part, &str)> {
    let text = without_time(text).unwrap_or(text);
    let (head, rest) = text.strip_prefix(MARK)?.split_once(' ')?;
    let mut fields = head.split('.');
    let mut number = || {
        fields
            .next()?
            .parse::<u64>()
            .ok()
            .filter(|n| *n < NUMBER_END)
    };
    let part = Part {
        stream: Stream(number()?),
        seq: Seq(number()?),
        lowest: Seq(number()?),
        index: u32::try_from(number()?).ok()?,
        count: u32::try_from(number()?).ok()?,
        written_ms: i64::try_from(number()?).ok()?,
        attempt: 1,
    };
    let whole = part.index >= 1 && part.index <= part.count && part.count <= PARTS_MAX;
    let placed =
        part.lowest >= Seq::FIRST && part.lowest <= part.seq && part.seq.0 < NUMBER_END - 1;
    (whole && placed && fields.next().is_none()).then_some((part, rest))
}

/// Takes `YYYY-MM-DD HH:MM:SS ` off stored mail; `None`: it does not stand there.
pub fn without_time(text: &str) -> Option<&str> {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00 ";
    let head = text.as_bytes().get(..SHAPE.len())?;
    let fits = |(&byte, &shape): (&u8, &u8)| {
        if shape == b'0' {
            byte.is_ascii_digit()
        } else {
            byte == shape
        }
    };
    head.iter()
        .zip(SHAPE)
        .all(fits)
        .then(|| &text[SHAPE.len()..])
}
