//! The bar that looks for words in the conversation in front, and walks through what it finds, the
//! newest first.

use egui::{Align, Id, Key, Label, Layout, Modifiers, RichText, TextEdit, Ui};

use super::typed::{SEARCH_MAX, Typed};
use super::window::Window;
use super::{icons, theme, widgets, words};
use crate::app::language::Sentence;
use crate::app::search::{self, Progress, Searching};
use crate::app::{Command, LineId, Nickname};

/// What only the screen knows of it.
#[derive(Debug, Default)]
pub struct State {
    is_open: bool,
    is_new: bool,
    has_focus: bool,
    typed: Typed,
    /// What is looked for, word by word.
    words: Vec<String>,
    /// With whom.
    peer: Option<Nickname>,
    /// The line that is looked at.
    at: Option<LineId>,
    /// The next line is wanted when more of them are found.
    goes_on: bool,
    /// The user has looked for something else: the first line is wanted. Only coming to another
    /// conversation moves nothing in it.
    begins: bool,
}

/// A way through what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Older,
    Newer,
}

impl State {
    /// Opens the bar, or gives it the keyboard again.
    pub fn open(&mut self) {
        self.is_open = true;
        self.is_new = true;
    }

    /// Opens the bar with this text, at a line in which it was found.
    pub fn open_at(&mut self, text: &str, peer: &Nickname, line: LineId) {
        *self = Self {
            is_open: true,
            peer: Some(peer.clone()),
            at: Some(line),
            words: search::words(text),
            ..Self::default()
        };
        self.typed.text = text.to_owned();
    }

    /// The words to be marked in a conversation, and the line that is looked at.
    pub fn found(&self, peer: &Nickname) -> (&[String], Option<LineId>) {
        match self.is_open && self.peer.as_ref() == Some(peer) {
            true => (&self.words, self.at),
            false => (&[], None),
        }
    }
}

impl Window {
    /// Draws the bar over the conversation with `peer`, while it is open.
    pub(super) fn find_ui(&mut self, ui: &mut Ui, peer: &Nickname, commands: &mut Vec<Command>) {
        if !self.find.is_open {
            return;
        }
        if self.find.peer.as_ref() != Some(peer) {
            self.find.peer = Some(peer.clone());
            (self.find.at, self.find.begins) = (None, false);
            self.find.typed.forget();
        } else if self.found_here().is_none() {
            // Something else was looked for in between.
            self.find.typed.forget();
        }
        let is_failed = |all: &Searching| all.progress == Progress::Failed;
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if self.find.has_focus && pressed(Key::Escape) {
            self.close_find();
            return;
        }
        let (step, entered) = self.find_keys(ui);
        let frame = theme::bar_frame(ui).fill(theme::palette(ui).side);
        let (step, changed) = frame.show(ui, |ui| self.find_bar_ui(ui, step)).inner;
        if entered && self.found_here().is_some_and(is_failed) {
            self.find.typed.forget();
        }
        self.find.begins |= changed || entered;
        if let Some(text) = self.find.typed.take(ui, (changed, entered)) {
            self.find.words = search::words(&text);
            let kept = self.find.at.take_if(|_| !changed && !entered);
            (self.find.at, self.find.goes_on) = (kept, false);
            let peer = Some(peer.clone());
            commands.push(Command::Search { text, peer });
            return;
        }
        self.walk(peer, step, commands);
    }

    /// F3 anywhere, Enter in the field: the next one; with Shift the one before. And whether Enter was
    /// pressed.
    fn find_keys(&self, ui: &Ui) -> (Option<Step>, bool) {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let entered = |modifiers| self.find.has_focus && pressed(modifiers, Key::Enter);
        let (before, next) = (entered(Modifiers::SHIFT), entered(Modifiers::NONE));
        if before || pressed(Modifiers::SHIFT, Key::F3) {
            (Some(Step::Newer), before)
        } else if next || pressed(Modifiers::NONE, Key::F3) {
            (Some(Step::Older), next)
        } else {
            (None, false)
        }
    }

    fn close_find(&mut self) {
        self.find.is_open = false;
        self.find.has_focus = false;
        self.find.typed.forget();
        self.composer.request_focus();
    }

    /// The bar itself: where to go, and whether the text was changed.
    fn find_bar_ui(&mut self, ui: &mut Ui, mut step: Option<Step>) -> (Option<Step>, bool) {
        let state = self.find_state(ui);
        let right = Layout::right_to_left(Align::Center);
        // Of one row: by itself the layout would take all the height that there is.
        let row = egui::vec2(ui.available_width(), theme::BUTTON_HEIGHT);
        ui.allocate_ui_with_layout(row, right, |ui| {
            if widgets::icon_button(ui, &words::say(ui, "people-find-close"), icons::cross)
                .clicked()
            {
                self.close_find();
            }
            let older = words::say(ui, "people-find-older");
            if widgets::icon_button(ui, &older, icons::down).clicked() {
                step = Some(Step::Older);
            }
            let newer = words::say(ui, "people-find-newer");
            if widgets::icon_button(ui, &newer, icons::up).clicked() {
                step = Some(Step::Newer);
            }
            let colour = theme::palette(ui).weak;
            ui.add(Label::new(RichText::new(state).color(colour)).extend());
            let id = Id::unique(("find", "field"));
            if std::mem::take(&mut self.find.is_new) {
                widgets::select_all(ui, id, &self.find.typed.text);
            }
            let name = words::say(ui, "people-find");
            let field = TextEdit::singleline(&mut self.find.typed.text)
                .id(id)
                .hint_text(name.as_str())
                .desired_width(ui.available_width())
                .char_limit(SEARCH_MAX)
                .margin(egui::Margin::symmetric(8, 5));
            let field = ui.add(field);
            self.find.has_focus = field.has_focus() && self.find.is_open;
            let changed = field.changed();
            field.accessible_name(name);
            (step, changed)
        })
        .inner
    }

    /// What the last search of this bar has found.
    fn found_here(&self) -> Option<&Searching> {
        let typed = &self.find.typed;
        let is_mine = |all: &&Searching| all.text() == typed.asked();
        self.app
            .search(self.find.peer.as_ref())
            .filter(is_mine)
            .filter(|_| !typed.asked().is_empty())
    }

    /// What there is to say: `3 of 17`, nothing found, or why not.
    fn find_state(&self, ui: &Ui) -> String {
        let Some(found) = self.found_here() else {
            return String::new();
        };
        let place = found
            .lines
            .iter()
            .position(|line| Some(line.id) == self.find.at);
        let count = found.lines.len();
        let sentence = match (found.progress, count, place) {
            (Progress::Failed, ..) => Sentence::new("people-find-failed"),
            (Progress::Reading, 0, _) => Sentence::new("people-find-reading"),
            (_, 0, _) => Sentence::new("people-find-none"),
            (Progress::Done, _, Some(place)) => Sentence::new("people-find-at")
                .count("at", place + 1)
                .count("count", count),
            (_, _, Some(place)) => Sentence::new("people-find-at-more")
                .count("at", place + 1)
                .count("count", count),
            (_, _, None) => Sentence::new("people-find-count").count("count", count),
        };
        words::tell(ui, &sentence)
    }

    /// Goes to the line that is wanted now, or to the first that was found.
    fn walk(&mut self, peer: &Nickname, step: Option<Step>, commands: &mut Vec<Command>) {
        let Some(found) = self.found_here() else {
            return;
        };
        let ids: Vec<LineId> = found.lines.iter().map(|line| line.id).collect();
        let here = ids.iter().position(|id| Some(*id) == self.find.at);
        let (Some(last), progress) = (ids.len().checked_sub(1), found.progress) else {
            return;
        };
        let goes_on = std::mem::take(&mut self.find.goes_on);
        let begins = std::mem::take(&mut self.find.begins);
        let to = match (step, here) {
            (None, None) if self.find.at.is_none() && begins => 0,
            (None, Some(here)) if goes_on && here < last => here + 1,
            (None, Some(_)) if goes_on && progress == Progress::Reading => {
                self.find.goes_on = true;
                return;
            }
            (None, Some(_)) if goes_on => 0,
            (None, _) => return,
            (Some(Step::Older), Some(here)) if here == last && progress == Progress::More => {
                self.find.goes_on = true;
                commands.push(Command::SearchEarlier(Some(peer.clone())));
                return;
            }
            (Some(Step::Older), Some(here)) => (here + 1) % ids.len(),
            (Some(Step::Newer), Some(0)) => last,
            (Some(Step::Newer), Some(here)) => here - 1,
            (Some(_), None) => 0,
        };
        let line = ids[to];
        self.find.at = Some(line);
        self.transcript.go_to(peer, line);
        let peer = peer.clone();
        commands.push(Command::ShowLine { peer, line });
    }
}
