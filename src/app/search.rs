//! What was found in everything that was ever said, and where the words stand in it. How it is found
//! lives in the store.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::contacts::Newest;
use super::language::Sentence;
use super::{App, LineId, Nickname, faults};
use crate::driver::client::{Answer, Command, Known, Question, Search};
use crate::machine::client::Line;

/// Lines that are found at once: a few windows full.
const FOUND: usize = 100;

/// Lines found that are kept: nobody reads on so far instead of typing one more word.
const FOUND_MAX: usize = 2000;

/// A search and what it has found so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searching {
    /// What was asked last.
    asked: Search,
    /// Newest first.
    pub lines: Vec<Line>,
    pub progress: Progress,
}

/// Words of a search that are marked in a text: nobody types more.
const WORDS_MAX: usize = 16;

/// The words of what was typed, as they are marked.
pub fn words(typed: &str) -> Vec<String> {
    let words = typed.split_whitespace().take(WORDS_MAX);
    let words = words.map(|word| word.chars().filter_map(folded).collect());
    words.filter(|word: &String| !word.is_empty()).collect()
}

/// Where `words` (of [`words`]) stand in a text: characters, in their order and apart from each other.
/// A word that has letters of a script with spaces is found at the beginning of a word only, and Latin
/// letters with marks are found as those without, as the index finds them.
pub fn marks(text: &str, words: &[String]) -> Vec<Range<usize>> {
    if words.is_empty() {
        return Vec::new();
    }
    // One for each character, so that places stay the same.
    let folded: Vec<Option<char>> = text.chars().map(folded).collect();
    let mut marks: Vec<Range<usize>> = Vec::new();
    let (mut at, mut before) = (0, None);
    while at < folded.len() {
        let begins = |word: &String| {
            let inside =
                before.is_some_and(is_letter) && word.chars().next().is_some_and(is_letter);
            (!inside).then(|| begins_with(&folded[at..], word))?
        };
        let longest = words.iter().filter_map(begins).max().unwrap_or(0);
        if longest > 0 {
            marks.push(at..at + longest);
        }
        let next = at + longest.max(1);
        before = folded[at..next].iter().rev().find_map(|c| *c).or(before);
        at = next;
    }
    marks
}

/// How many characters of the text, with the marks on its letters, are this word; `None`: it begins
/// otherwise.
fn begins_with(text: &[Option<char>], word: &str) -> Option<usize> {
    // A mark belongs to the letter before it.
    text.first().copied().flatten()?;
    let mut at = 0;
    for letter in word.chars() {
        at += text[at..].iter().position(Option::is_some)?;
        if text[at] != Some(letter) {
            return None;
        }
        at += 1;
    }
    let marks = text[at..].iter().take_while(|c| c.is_none());
    Some(at + marks.count())
}

/// A character in lower case, a Latin letter without its marks; `None`: it is only a mark on the letter
/// before it.
fn folded(c: char) -> Option<char> {
    if is_combining_mark(c) {
        return None;
    }
    let base = std::iter::once(c).nfd().next().filter(char::is_ascii);
    let base = base.unwrap_or(c);
    base.to_lowercase().next().or(Some(base))
}

/// A letter of a script that has spaces between its words.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && (c < '\u{1100}' || c.is_lowercase() || c.is_uppercase())
}

/// The last search in one conversation and the last in all, which do not disturb each other.
#[derive(Debug, Default)]
pub(super) struct Searches {
    one: Option<Searching>,
    all: Option<Searching>,
}

impl Searches {
    pub fn of(&self, peer: Option<&Nickname>) -> Option<&Searching> {
        let searching = match peer {
            Some(_) => &self.one,
            None => &self.all,
        };
        searching.as_ref().filter(|it| it.peer() == peer)
    }

    fn place(&mut self, search: &Search) -> &mut Option<Searching> {
        match search.peer {
            Some(_) => &mut self.one,
            None => &mut self.all,
        }
    }

    /// The search that asked this.
    fn asking(&mut self, search: &Search) -> Option<&mut Searching> {
        self.place(search)
            .as_mut()
            .filter(|it| it.asked == *search && it.progress == Progress::Reading)
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Searching> {
        self.one.iter_mut().chain(&mut self.all)
    }
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Reading,
    /// There are earlier lines.
    More,
    /// There are none.
    Done,
    /// There are, and so many were found that one more word helps more.
    TooMany,
    /// The profile could not be read.
    Failed,
}

impl Searching {
    /// What is looked for, as it was typed.
    pub fn text(&self) -> &str {
        &self.asked.text
    }

    /// With whom; `None`: with anybody.
    pub fn peer(&self) -> Option<&Nickname> {
        self.asked.peer.as_ref()
    }
}

impl App {
    pub(super) fn search_for(&mut self, text: String, peer: Option<Nickname>) {
        self.look_for(Search {
            text,
            peer,
            before: None,
            limit: FOUND + 1,
        });
    }

    pub(super) fn search_earlier(&mut self, peer: Option<&Nickname>) {
        let Some(Searching {
            asked,
            lines,
            progress: Progress::More,
        }) = self.searches.of(peer)
        else {
            return;
        };
        let before: Option<LineId> = lines.last().map(|line| line.id);
        self.look_for(Search {
            before,
            ..asked.clone()
        });
    }

    fn look_for(&mut self, search: Search) {
        let place = self.searches.place(&search);
        let before = place.take().filter(|_| search.before.is_some());
        let lines = before.map(|before| before.lines).unwrap_or_default();
        let question = Question::Search(search.clone());
        let progress = match self.ask(Command::Look(question)) {
            Ok(()) => Progress::Reading,
            Err(_) => {
                self.notice = Some(Sentence::new("notice-busy"));
                Progress::Failed
            }
        };
        let place = self.searches.place(&search);
        *place = Some(Searching {
            asked: search,
            lines,
            progress,
        });
    }

    /// What was looked up in the profile.
    pub(super) fn on_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Page { peer, edge, page } => self.conversations.on_page(&peer, edge, page),
            Answer::Found { search, lines } => self.on_found(&search, lines),
            Answer::People(known) => {
                for Known { peer, last, at_ms } in known {
                    self.contacts.on_said(&peer, Newest { line: last, at_ms });
                }
            }
            Answer::Story { line, story } => self.on_story(line, story),
            Answer::Failed { question, why } => {
                match question {
                    Question::Page { peer, edge, .. } => {
                        self.conversations.on_not_read(&peer, edge)
                    }
                    Question::Search(search) => self.on_not_found(&search),
                    Question::People => {}
                    Question::Story(line) => self.on_story(line, None),
                }
                self.notice = Some(faults::not_read(&why));
            }
        }
    }

    fn on_not_found(&mut self, search: &Search) {
        if let Some(searching) = self.searches.asking(search) {
            searching.progress = Progress::Failed;
        }
    }

    /// The line is gone from the profile.
    pub(super) fn on_found_deleted(&mut self, line: LineId) {
        for searching in self.searches.each() {
            searching.lines.retain(|found| found.id != line);
        }
    }

    /// Nobody answers any more.
    pub(super) fn on_search_ended(&mut self) {
        for searching in self.searches.each() {
            if searching.progress == Progress::Reading {
                searching.progress = Progress::Failed;
            }
        }
    }

    /// An answer to an earlier search than the last is late.
    fn on_found(&mut self, search: &Search, found: Vec<Line>) {
        let Some(searching) = self.searches.asking(search) else {
            return;
        };
        // One more than is wanted was asked for: it tells whether there are more.
        let is_all = found.len() <= FOUND;
        searching.lines.extend(found.into_iter().take(FOUND));
        searching.progress = match is_all {
            true => Progress::Done,
            false if searching.lines.len() < FOUND_MAX => Progress::More,
            false => Progress::TooMany,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_where_the_index_finds_them() {
        for (typed, text, marked) in [
            ("the", "The other, the THEme", vec!["The", "the", "THE"]),
            ("hi world", "hi, World! shi", vec!["hi", "World"]),
            ("中文", "说中文和中文", vec!["中文", "中文"]),
            ("v2 中", "v2中", vec!["v2", "中"]),
            ("é", "Éva évé", vec!["É", "é"]),
            (
                "cafe",
                "Café, CAFE\u{301} café",
                vec!["Café", "CAFE\u{301}", "café"],
            ),
            ("cafe\u{301}", "cafe, cafés", vec!["cafe", "café"]),
            ("viet", "Việt e\u{301}viet", vec!["Việt"]),
            ("и", "й", vec![]),
            ("한", "한국", vec!["한"]),
            ("\u{301}", "a\u{301}", vec![]),
            ("🦔", "a🦔b", vec!["🦔"]),
            ("a ab", "abc", vec!["ab"]),
            ("", "abc", vec![]),
            ("x", "", vec![]),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let found = marks(text, &words(typed));
            let found: Vec<String> = found
                .into_iter()
                .map(|at| chars[at].iter().collect())
                .collect();
            assert_eq!(found, marked, "{typed} in {text}");
        }
    }

    #[test]
    fn letters_that_grow_in_lower_case_move_no_mark() {
        let found = marks("İİ word", &words("word"));
        assert_eq!(found, vec![3..7]);
    }
}
