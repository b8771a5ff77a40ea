//! How much one message to somebody holds, and how a longer text is cut into several.

use super::language::Sentence;
use super::session::Standing;
use super::{App, Nickname, TEXT_MAX};
use crate::machine::client::classic_room;
use crate::protocol::{Style, parts};

/// Most messages that one text is cut into: a megabyte of it, which is a file and no message.
pub const MESSAGES_MAX: usize = 64;

/// What one message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`TEXT_MAX`] bytes of UTF-8.
    Extended,
    /// So many bytes as the classic program writes them, in which an ideograph takes six.
    Classic(usize),
}

/// How a text stands to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is nothing to say about it.
    Plenty,
    /// About so many characters more fit.
    Left(usize),
    /// So many characters have to go from its end.
    Over(usize),
}

impl Limit {
    fn bytes(self) -> usize {
        match self {
            Self::Extended => TEXT_MAX,
            Self::Classic(bytes) => bytes,
        }
    }

    fn len(self, text: &str) -> usize {
        match self {
            Self::Extended => text.len(),
            Self::Classic(_) => parts::text_len(text, Style::Classic),
        }
    }

    pub fn is_classic(self) -> bool {
        matches!(self, Self::Classic(_))
    }

    pub fn fits(self, text: &str) -> bool {
        self.len(text) <= self.bytes()
    }

    /// From nine tenths of the limit on there is something to say.
    pub fn room(self, text: &str) -> Room {
        let (len, most) = (self.len(text), self.bytes());
        if len > most {
            let fitting = self.fitting(text);
            return Room::Over(text[fitting..].chars().count());
        }
        if len < most - most / 10 {
            return Room::Plenty;
        }
        // In characters like those that are there.
        Room::Left((most - len) * text.chars().count() / len.max(1))
    }

    /// Where the longest beginning of `text` that fits ends, in bytes.
    pub fn fitting(self, text: &str) -> usize {
        let mut used = 0;
        let mut buffer = [0; 4];
        for (at, c) in text.char_indices() {
            used += self.len(c.encode_utf8(&mut buffer));
            if used > self.bytes() {
                return at;
            }
        }
        text.len()
    }

    /// Cuts `text` into messages: after a line or else after a word, where that leaves a message at
    /// least half full. The space or line break at a cut goes, and messages of nothing else.
    pub fn cut(self, text: &str) -> Vec<&str> {
        let mut messages = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (message, after) = self.cut_once(rest);
            if !message.trim().is_empty() {
                messages.push(message);
            }
            rest = after;
        }
        messages
    }

    fn cut_once(self, text: &str) -> (&str, &str) {
        let fitting = self.fitting(text);
        if fitting == text.len() {
            return (text, "");
        }
        let first = text.chars().next().map_or(0, char::len_utf8);
        // One more, since a break right behind what fits is a good place, too.
        let next = text[fitting..].chars().next().map_or(0, char::len_utf8);
        let room = &text[..fitting + next];
        let line = room.rfind('\n').filter(|at| *at >= fitting / 2);
        let word = || {
            room.rfind(char::is_whitespace)
                .filter(|at| *at >= fitting / 2)
        };
        let Some(at) = line.or_else(word) else {
            return text.split_at(fitting.max(first));
        };
        let gap = text[at..].chars().next().map_or(0, char::len_utf8);
        (&text[..at], &text[at + gap..])
    }
}

impl App {
    /// What one message to `peer` holds.
    pub fn limit(&self, peer: &Nickname) -> Limit {
        let classic = self
            .contacts
            .get(peer)
            .is_some_and(|person| !person.extended);
        match &self.session.nickname {
            Some(me) if classic => Limit::Classic(classic_room(me, peer)),
            Some(_) | None => Limit::Extended,
        }
    }

    /// Why a message to `peer` would be refused now, as far as is known here.
    pub fn obstacle(&self, peer: &Nickname) -> Option<Sentence> {
        let online = self.session.standing == Standing::Online;
        let unknown = online && self.contacts.get(peer).is_none();
        unknown.then(|| Sentence::new("talk-send-unknown").with("peer", peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_over_the_limit_are_counted_exactly() {
        let room = |text: &str| Limit::Extended.room(text);
        assert_eq!(room(&"x".repeat(TEXT_MAX)), Room::Left(0));
        assert_eq!(room(&"x".repeat(TEXT_MAX + 3)), Room::Over(3));
        // 5461 ideographs of three bytes fit into 16384 bytes.
        assert_eq!(room(&"明".repeat(5461)), Room::Left(0));
        assert_eq!(room(&"明".repeat(5463)), Room::Over(2));
        assert_eq!(room(&"明".repeat(5000)), Room::Left(461));
        assert_eq!(room(&"x".repeat(TEXT_MAX * 8 / 10)), Room::Plenty);
        assert_eq!(room(""), Room::Plenty);
    }

    #[test]
    fn a_classic_peer_takes_less_and_ideographs_cost_more() {
        let limit = Limit::Classic(600);
        assert_eq!(limit.room(&"x".repeat(600)), Room::Left(0));
        assert_eq!(limit.room(&"明".repeat(101)), Room::Over(1));
        assert_eq!(limit.room(&"\"".repeat(299)), Room::Left(1));
    }

    #[test]
    fn a_long_text_is_cut_between_lines_or_else_between_words() {
        let limit = Limit::Classic(10);
        for (text, messages) in [
            ("short", &["short"][..]),
            ("12345\ntwo three", &["12345", "two three"]),
            ("one\ntwo three", &["one\ntwo", "three"]),
            ("one two three four", &["one two", "three four"]),
            ("1234567890 x", &["1234567890", "x"]),
            ("a 12345678901234", &["a 12345678", "901234"]),
            ("0123456789abcdef", &["0123456789", "abcdef"]),
            ("  \n \n          \n    x", &["    x"]),
            ("明明", &["明", "明"]),
            ("", &[]),
        ] {
            assert_eq!(limit.cut(text), messages, "{text:?}");
        }
    }

    #[test]
    fn nothing_but_white_space_is_lost_in_a_cut() {
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..500 {
            let alphabet = ['a', '\n', ' ', '明', '"', '\u{1f642}', '\u{0}', '\u{301}'];
            let text: String = (0..rng.usize(..200))
                .map(|_| alphabet[rng.usize(..8)])
                .collect();
            for limit in [Limit::Classic(20), Limit::Classic(1)] {
                let messages = limit.cut(&text);
                assert_eq!(bare(&messages.concat()), bare(&text));
                let fits = |message: &&str| limit.fits(message) || message.chars().count() == 1;
                assert!(messages.iter().all(fits), "{messages:?}");
            }
        }
    }
}
