//! The emoji that are offered, by kind, and the search in their English names and in the names of the
//! kinds. Also what completes `:smile` in the message field. They are chosen in
//! [`super::emoji_picker`].

use egui::Ui;
use emojis::{Emoji, EmojiVersion, Group};

use super::words;

/// Used last, so many: three rows.
pub const RECENT_MAX: usize = 24;

/// Newer ones are in few fonts yet. The fonts that come with the program have all of these.
const VERSION_MAX: EmojiVersion = EmojiVersion::new(15, 0);

/// Offered for `:smi`, so many.
const COMPLETIONS_MAX: usize = 8;

/// The kinds, each with its name and the emoji that stands for it.
pub const KINDS: [(Group, &str, &str); 9] = [
    (Group::SmileysAndEmotion, "talk-emoji-smileys", "😀"),
    (Group::PeopleAndBody, "talk-emoji-people", "👋"),
    (Group::AnimalsAndNature, "talk-emoji-nature", "🐻"),
    (Group::FoodAndDrink, "talk-emoji-food", "🍎"),
    (Group::TravelAndPlaces, "talk-emoji-travel", "🚗"),
    (Group::Activities, "talk-emoji-activities", "⚽"),
    (Group::Objects, "talk-emoji-objects", "💡"),
    (Group::Symbols, "talk-emoji-symbols", "💯"),
    (Group::Flags, "talk-emoji-flags", "🚩"),
];

/// Whether most computers can show it.
pub fn is_offered(emoji: &Emoji) -> bool {
    emoji.emoji_version() <= VERSION_MAX
}

/// Those whose name or whose kind has all words of the query, the best first.
pub fn found(ui: &Ui, query: &str) -> Vec<&'static Emoji> {
    let kinds = KINDS.map(|(_, name, _)| words::say(ui, name).to_lowercase());
    let all = KINDS.iter().zip(&kinds).flat_map(|((group, ..), kind)| {
        let emoji = group.emojis().filter(|it| is_offered(it));
        emoji.filter_map(|it| Some((rank(it, kind, query)?, it)))
    });
    let mut found: Vec<_> = all.collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, emoji)| emoji).collect()
}

/// How well it fits: 0 is best; `None`: not at all.
fn rank(emoji: &Emoji, kind: &str, query: &str) -> Option<u32> {
    let is_code = |code: &str| code == query;
    if emoji.as_str() == query || emoji.name() == query || emoji.shortcodes().any(is_code) {
        return Some(0);
    }
    let starts = |word: &str| {
        let in_name = || {
            emoji
                .name()
                .split([' ', '-', ':'])
                .any(|part| part.to_lowercase().starts_with(word))
        };
        let in_code = || {
            emoji
                .shortcodes()
                .flat_map(|code| code.split('_'))
                .any(|part| part.starts_with(word))
        };
        in_name() || in_code()
    };
    if query.split_whitespace().all(starts) {
        return Some(1);
    }
    kind.contains(query).then_some(2)
}

/// The emoji that `:smi` may mean, with their short names, the shortest first.
pub fn completions(word: &str) -> Vec<(&'static Emoji, &'static str)> {
    let Some(start) = word.strip_prefix(':').filter(|start| start.len() >= 2) else {
        return Vec::new();
    };
    let start = start.strip_suffix(':').unwrap_or(start);
    let code = |emoji: &'static Emoji| {
        let fitting = emoji.shortcodes().filter(|code| code.starts_with(start));
        Some((emoji, fitting.min_by_key(|code| code.len())?))
    };
    let offered = emojis::iter().filter(|emoji| is_offered(emoji));
    let mut found: Vec<_> = offered.filter_map(code).collect();
    found.sort_by_key(|(_, code)| code.len());
    found.truncate(COMPLETIONS_MAX);
    found
}

/// Those used last, with this one.
pub fn used(recent: &[String], emoji: &str) -> Vec<String> {
    let others = recent.iter().filter(|it| *it != emoji).cloned();
    let mut recent: Vec<String> = [emoji.to_owned()].into_iter().chain(others).collect();
    recent.truncate(RECENT_MAX);
    recent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_completed_from_its_second_letter_on() {
        assert!(completions(":s").is_empty() && completions("smile").is_empty());
        let first = completions(":smile")
            .first()
            .map(|(emoji, code)| (emoji.as_str(), *code));
        assert_eq!(first, Some(("😄", "smile")));
        assert_eq!(
            completions(":smile:").first().map(|(_, code)| *code),
            Some("smile")
        );
        assert_eq!(completions(":no_such_thing"), []);
    }

    #[test]
    fn the_newest_of_those_used_last_comes_first_and_once() {
        let mut recent = Vec::new();
        for emoji in ["a", "b", "a"] {
            recent = used(&recent, emoji);
        }
        assert_eq!(recent, ["a", "b"]);
        for n in 0..100 {
            recent = used(&recent, &n.to_string());
        }
        assert_eq!((recent.len(), recent[0].as_str()), (RECENT_MAX, "99"));
    }
}
