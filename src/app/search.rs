//! What was found in everything that was ever said. How it is found lives in the store.

use super::contacts::Newest;
use super::language::Sentence;
use super::{App, LineId, Nickname, sentences};
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

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Reading,
    /// There may be earlier lines.
    More,
    /// There are none, or too many were found.
    Done,
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
            limit: FOUND,
        });
    }

    pub(super) fn search_earlier(&mut self) {
        let Some(Searching {
            asked,
            lines,
            progress: Progress::More,
        }) = &self.search
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
        let before = self.search.take().filter(|_| search.before.is_some());
        let question = Question::Search(search.clone());
        let progress = match self.ask(Command::Look(question)) {
            Ok(()) => Progress::Reading,
            Err(_) => {
                self.notice = Some(Sentence::new("notice-busy"));
                Progress::More
            }
        };
        self.search = Some(Searching {
            asked: search,
            lines: before.map(|before| before.lines).unwrap_or_default(),
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
                    Question::Search(search) => self.on_found(&search, Vec::new()),
                    Question::People => {}
                    Question::Story(line) => self.on_story(line, None),
                }
                self.notice = Some(sentences::not_read(&why));
            }
        }
    }

    /// Nobody answers any more.
    pub(super) fn on_search_ended(&mut self) {
        if let Some(searching) = &mut self.search
            && searching.progress == Progress::Reading
        {
            searching.progress = Progress::More;
        }
    }

    /// An answer to an earlier search than the last is late.
    fn on_found(&mut self, search: &Search, found: Vec<Line>) {
        let Some(searching) = &mut self.search else {
            return;
        };
        if searching.asked != *search || searching.progress != Progress::Reading {
            return;
        }
        let is_full = found.len() >= FOUND;
        searching.lines.extend(found);
        searching.progress = if is_full && searching.lines.len() < FOUND_MAX {
            Progress::More
        } else {
            Progress::Done
        };
    }
}
