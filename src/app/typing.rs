//! What others let one know of themselves: who is writing to the user, and how far they have read. That
//! the user writes is told in `writing`, what the user has read in `keeping`.

use std::collections::BTreeMap;

use super::{App, LineId, Nickname, Now};
use crate::machine::client::TYPING_FADES;

/// How long somebody counts as writing after the last sign of it, in milliseconds.
const FADES_MS: i64 = TYPING_FADES.as_millis() as i64;

/// Most people who are known to be writing. Nobody looks at more; one more is not shown.
const TYPISTS_MAX: usize = 64;

/// Who is writing to the user.
#[derive(Debug, Default)]
pub(super) struct Typists(BTreeMap<Nickname, i64>);

impl Typists {
    /// `peer` gave a sign of writing.
    pub fn on_typing(&mut self, now: Now, peer: Nickname) {
        self.fade(now);
        if self.0.len() < TYPISTS_MAX || self.0.contains_key(&peer) {
            self.0.insert(peer, now.unix_ms);
        }
    }

    /// What they wrote is here.
    pub fn on_line(&mut self, peer: &Nickname) {
        self.0.remove(peer);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn has(&self, peer: &Nickname, now: Now) -> bool {
        self.0.get(peer).is_some_and(|since| is_fresh(*since, now))
    }

    /// When the next of them fades, in Unix milliseconds.
    pub fn due_ms(&self) -> Option<i64> {
        let oldest = self.0.values().min()?;
        Some(oldest.saturating_add(FADES_MS))
    }

    /// Forgets who has not written for a while.
    pub fn fade(&mut self, now: Now) {
        self.0.retain(|_, since| is_fresh(*since, now));
    }
}

/// A clock that was set back ends it, too.
fn is_fresh(since_ms: i64, now: Now) -> bool {
    (since_ms..since_ms.saturating_add(FADES_MS)).contains(&now.unix_ms)
}

impl App {
    /// Somebody writes to the user. Whoever does not tell it of themselves is not told of others.
    pub(super) fn on_typing(&mut self, now: Now, peer: Nickname) {
        if self.settings.typing {
            self.conversations.typists.on_typing(now, peer);
        }
    }

    /// Up to which own line somebody has read, if that is told between people.
    pub fn read_by(&self, peer: &Nickname) -> Option<LineId> {
        let with = self.conversations.with(peer)?;
        with.read_by.filter(|_| self.settings.read_receipts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Zone;

    #[test]
    fn who_writes_is_shown_for_six_seconds_or_until_it_is_here() {
        let mut typists = Typists::default();
        assert_eq!(typists.due_ms(), None);
        typists.on_typing(at(1000), name("sonic"));
        typists.on_typing(at(2000), name("tails"));
        assert!(typists.has(&name("sonic"), at(6999)));
        assert!(!typists.has(&name("sonic"), at(7000)));
        assert!(
            !typists.has(&name("sonic"), at(999)),
            "the clock was set back"
        );
        assert_eq!(typists.due_ms(), Some(7000));
        typists.on_typing(at(3000), name("sonic"));
        assert!(typists.has(&name("sonic"), at(8999)), "a new sign");
        typists.on_line(&name("sonic"));
        assert!(!typists.has(&name("sonic"), at(3000)));
        typists.fade(at(8000));
        assert_eq!(typists.due_ms(), None);
    }

    #[test]
    fn a_crowd_that_writes_stays_bounded() {
        let mut typists = Typists::default();
        for n in 0..TYPISTS_MAX + 5 {
            typists.on_typing(at(0), name(&format!("n{n}")));
        }
        assert_eq!(typists.0.len(), TYPISTS_MAX);
        typists.on_typing(at(1), name("n0"));
        assert!(typists.has(&name("n0"), at(6000)), "known ones go on");
        typists.on_typing(at(7000), name("later"));
        assert!(typists.has(&name("later"), at(7000)), "there is room again");
    }

    fn at(unix_ms: i64) -> Now {
        Now {
            unix_ms,
            zone: Zone::UTC,
        }
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
