//! Whether the clock of this computer and somebody else's disagree. It is for people to know: nothing
//! is decided by a wall clock.

use super::language::Sentence;
use super::{Nickname, Path};
use crate::machine::client::{Line, Origin};

/// Clocks that differ by less are nobody's trouble, in milliseconds.
const SKEW_MS: i64 = 2 * 60 * 1000;

/// Two lines that came at least so long after one another did not wait for the same thing, in
/// milliseconds.
const APART_MS: i64 = 5000;

/// Two lines that were as old as each other but for this were not kept waiting: their sender's clock
/// is another. In milliseconds: more than a network takes.
const SAME_MS: i64 = 2000;

/// Compares the times at which others wrote with those at which it came here.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    /// The last line that seemed old, with its time and how old it seemed, in milliseconds.
    old: Option<(Nickname, i64, i64)>,
    /// It is said once.
    is_told: bool,
}

impl Clocks {
    /// What to say of a line that has come; mostly nothing. What was written after it came shows a
    /// difference at once. What was written long before may only have waited, so it shows none until
    /// another line of the same person, which came later, seems just as old.
    pub fn on_line(&mut self, line: &Line) -> Option<Sentence> {
        let Origin::Theirs {
            written_ms: Some(written_ms),
            path: Path::Direct,
        } = line.origin
        else {
            return None;
        };
        let ahead_ms = line.at_ms.saturating_sub(written_ms);
        let is_wrong = if ahead_ms > SKEW_MS {
            let before = self.old.replace((line.peer.clone(), line.at_ms, ahead_ms));
            before.is_some_and(|(peer, at_ms, before_ms)| {
                peer == line.peer
                    && line.at_ms.saturating_sub(at_ms) >= APART_MS
                    && ahead_ms.abs_diff(before_ms) <= SAME_MS.unsigned_abs()
            })
        } else {
            if self
                .old
                .as_ref()
                .is_some_and(|(peer, ..)| *peer == line.peer)
            {
                self.old = None;
            }
            ahead_ms < -SKEW_MS
        };
        if !is_wrong || std::mem::replace(&mut self.is_told, true) {
            return None;
        }
        Some(sentence(&line.peer, ahead_ms))
    }
}

fn sentence(peer: &Nickname, ahead_ms: i64) -> Sentence {
    const MINUTE_MS: u64 = 60 * 1000;
    const HOUR_MS: u64 = 60 * MINUTE_MS;
    let by_ms = ahead_ms.unsigned_abs();
    let by = if by_ms < 2 * HOUR_MS {
        Sentence::new("notice-minutes").count("minutes", (by_ms + MINUTE_MS / 2) / MINUTE_MS)
    } else {
        Sentence::new("notice-hours").count("hours", (by_ms + HOUR_MS / 2) / HOUR_MS)
    };
    let sentence = if ahead_ms > 0 {
        Sentence::new("notice-clock-ahead")
    } else {
        Sentence::new("notice-clock-behind")
    };
    sentence.quote("by", by).with("peer", peer)
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::*;
    use crate::machine::client::LineId;

    const MINUTE_MS: i64 = 60 * 1000;

    #[test]
    fn a_line_from_the_future_tells_that_this_clock_is_behind_once() {
        let mut clocks = Clocks::default();
        let line = line("sonic", 0, Some(4 * MINUTE_MS));
        let said = clocks.on_line(&line).expect("the clocks differ");
        let english = said.say(Language::English);
        assert!(english.contains("about 4 min behind sonic's"), "{english}");
        assert_eq!(clocks.on_line(&line), None, "once is enough");
    }

    #[test]
    fn a_clock_that_is_ahead_shows_in_two_lines_that_seem_as_old_as_each_other() {
        let mut clocks = Clocks::default();
        let first = line("sonic", 10 * MINUTE_MS, Some(6 * MINUTE_MS));
        assert_eq!(clocks.on_line(&first), None, "it may have waited");
        let second = line("sonic", 11 * MINUTE_MS, Some(7 * MINUTE_MS - 800));
        let said = clocks.on_line(&second).expect("the clocks differ");
        let english = said.say(Language::English);
        assert!(
            english.contains("about 4 min ahead of sonic's"),
            "{english}"
        );
    }

    #[test]
    fn lines_that_waited_are_no_sign_of_a_wrong_clock() {
        let mut clocks = Clocks::default();
        let at = 60 * MINUTE_MS;
        for line in [
            // What waited comes all at once, however far apart it was written.
            line("sonic", at, Some(10 * MINUTE_MS)),
            line("sonic", at + 40, Some(10 * MINUTE_MS + 30)),
            line("sonic", at + 80, Some(30 * MINUTE_MS)),
            // And then the next one is fresh.
            line("sonic", at + MINUTE_MS, Some(at + MINUTE_MS - 20)),
            line("sonic", at + 30 * MINUTE_MS, Some(at)),
            line("tails", at + 31 * MINUTE_MS, Some(at + MINUTE_MS)),
            // A classic program does not tell the time, and a server's mail is as old as it is.
            line("tails", at, None),
        ] {
            assert_eq!(clocks.on_line(&line), None, "{line:?}");
        }
        let mail = Line {
            origin: Origin::Theirs {
                written_ms: Some(at + 10 * MINUTE_MS),
                path: Path::ViaServer,
            },
            ..line("tails", at, None)
        };
        assert_eq!(clocks.on_line(&mail), None);
    }

    #[test]
    fn whatever_a_peer_claims_is_counted_without_harm() {
        for written_ms in [i64::MIN, i64::MAX] {
            let mut clocks = Clocks::default();
            for at_ms in [i64::MIN, 0, i64::MAX] {
                let _ = clocks.on_line(&line("sonic", at_ms, Some(written_ms)));
            }
        }
    }

    fn line(peer: &str, at_ms: i64, written_ms: Option<i64>) -> Line {
        Line {
            id: LineId(1),
            peer: Nickname::parse(peer).expect("a test's name is valid"),
            text: "hello".to_owned(),
            at_ms,
            origin: Origin::Theirs {
                written_ms,
                path: Path::Direct,
            },
        }
    }
}
