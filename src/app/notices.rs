//! What the user is told one after the other, each until they have read it: the words of a host and of
//! its server, and what became of mail that was imported. What is only of the moment is
//! [`App::notice`].

use std::collections::VecDeque;

use super::language::Sentence;
use super::{App, text};
use crate::protocol::texts;

/// Notices that wait to be read; the oldest goes for one more. No host says so much to be read, and a
/// hostile one fills no memory.
const NOTICES_MAX: usize = 100;

/// What waits to be read, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Notices(VecDeque<Sentence>);

impl Notices {
    pub fn add(&mut self, notice: Sentence) {
        if self.0.len() == NOTICES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(notice);
    }

    pub fn dismiss(&mut self) {
        self.0.pop_front();
    }
}

impl App {
    /// The oldest notice that was not dismissed, and how many wait behind it.
    pub fn standing_notice(&self) -> Option<(&Sentence, usize)> {
        let notices = &self.notices.0;
        Some((notices.front()?, notices.len() - 1))
    }
}

/// What a server says to people, in the interface's language as far as the sentence is one of ours.
pub(super) fn said(notice: &str) -> Sentence {
    if notice == texts::REMOVED {
        return Sentence::new("notice-removed");
    }
    match texts::announced(notice) {
        Some(text) => Sentence::new("notice-announced").with("text", text::short(text)),
        None => Sentence::new("notice-said").with("text", text::short(notice)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::*;

    #[test]
    fn what_a_host_says_is_told_in_the_interfaces_language() {
        for (wire, english) in [
            (
                texts::REMOVED,
                "You were removed by the host. You can sign in again.",
            ),
            (
                "[Announcement] Dinner!",
                "Announcement from the host: Dinner!",
            ),
            (
                "[Maintenance at noon]",
                "The server says: [Maintenance at noon]",
            ),
        ] {
            assert_eq!(said(wire).say(Language::English), english);
            assert_ne!(said(wire).say(Language::English), "");
        }
        assert!(!said(texts::REMOVED).say(Language::Chinese).contains("host"));
    }

    #[test]
    fn none_takes_the_place_of_another_and_a_flood_has_an_end() {
        let mut notices = Notices::default();
        let number = |number: usize| Sentence::new("notice-said").with("text", number);
        (0..NOTICES_MAX + 2).for_each(|at| notices.add(number(at)));
        assert_eq!(notices.0.len(), NOTICES_MAX);
        assert_eq!(notices.0.front(), Some(&number(2)));
        notices.dismiss();
        assert_eq!(notices.0.front(), Some(&number(3)));
    }
}
