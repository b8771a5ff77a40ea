//! Whatever reads as a datagram is written so that it reads as the same again.

use super_chatter::protocol::limits::{CLASSIC_DATAGRAM_MAX, NUMBER_END};
use super_chatter::protocol::{Ack, Datagram, Part, Style, armour, decode, encode};

pub fn codec(bytes: &[u8]) {
    if let Ok(datagram) = decode(bytes) {
        numbers_are_numbers(&datagram);
        for style in [Style::Compact, Style::Classic] {
            let written = encode(&datagram, style);
            assert!(style == Style::Compact || written.is_ascii());
            // Escapes, and keys that the sender left out, make it longer.
            if written.len() <= CLASSIC_DATAGRAM_MAX {
                let again = decode(&written).expect("our own datagram");
                assert_eq!(again, datagram, "{}", written.escape_ascii());
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some((part, inner)) = armour::unwrap(text)
    {
        number(part.written_ms as u64);
        let wrapped = armour::wrap(&part, inner);
        assert_eq!(armour::unwrap(&wrapped), Some((part, inner)));
    }
}

/// Every number of the extension is an integer from 0 to 2^53 - 1.
fn numbers_are_numbers(datagram: &Datagram<'_>) {
    match datagram {
        Datagram::Chat {
            part: Some(part), ..
        }
        | Datagram::Offline {
            part: Some(part), ..
        } => {
            let Part {
                stream,
                seq,
                lowest,
                written_ms,
                ..
            } = part;
            // The place behind the part is a number, too.
            [stream.0, seq.next().0, lowest.0]
                .into_iter()
                .for_each(number);
            number(u64::try_from(*written_ms).expect("a number from 0 on"));
        }
        Datagram::Ack(Ack::Part { seq, receipt, .. }) => {
            [seq.0, receipt.stream.0, receipt.below.0]
                .into_iter()
                .for_each(number);
        }
        Datagram::Notification {
            receipts, expired, ..
        } => {
            receipts.iter().for_each(|receipt| number(receipt.below.0));
            expired.iter().for_each(|expired| number(expired.seq.0));
        }
        Datagram::Reg { id, token, .. } | Datagram::Verification { id, token } => {
            id.iter().for_each(|id| number(id.0));
            token.iter().for_each(|token| number(token.0));
        }
        Datagram::Read { mark, .. } | Datagram::Ack(Ack::Read(mark)) => {
            [mark.stream.0, mark.below.0].into_iter().for_each(number);
        }
        Datagram::Dereg { .. }
        | Datagram::Typing { .. }
        | Datagram::Offline { .. }
        | Datagram::Chat { .. }
        | Datagram::Ack(_)
        | Datagram::Table(_) => {}
    }
}

fn number(number: u64) {
    assert!(number < NUMBER_END, "{number} is no number of the wire");
}
