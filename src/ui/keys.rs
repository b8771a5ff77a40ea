//! All keys that mean the same wherever the keyboard is, in one table from which they are also listed.

use egui::{
    Event, Grid, Id, Key, KeyboardShortcut, Label, Modal, Modifiers, Popup, RichText, ScrollArea,
    Ui,
};

use super::window::{Side, Window};
use super::{theme, words};
use crate::app::{Command, Page};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Jump,
    Filter,
    Find,
    FindEverywhere,
    NextTab,
    PreviousTab,
    MoveRight,
    MoveLeft,
    CloseTab,
    ReopenTab,
    Help,
}

const CTRL_SHIFT: Modifiers = Modifiers::CTRL.plus(Modifiers::SHIFT);
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// The keys. Those with Shift come first, since the others would take them as well.
const KEYS: [(Does, Modifiers, Key); 14] = [
    (Does::FindEverywhere, COMMAND_SHIFT, Key::F),
    (Does::ReopenTab, COMMAND_SHIFT, Key::T),
    (Does::PreviousTab, CTRL_SHIFT, Key::Tab),
    (Does::MoveLeft, CTRL_SHIFT, Key::PageUp),
    (Does::MoveRight, CTRL_SHIFT, Key::PageDown),
    (Does::Jump, Modifiers::COMMAND, Key::K),
    (Does::Filter, Modifiers::COMMAND, Key::L),
    (Does::Find, Modifiers::COMMAND, Key::F),
    (Does::NextTab, Modifiers::CTRL, Key::Tab),
    (Does::PreviousTab, Modifiers::CTRL, Key::PageUp),
    (Does::NextTab, Modifiers::CTRL, Key::PageDown),
    (Does::CloseTab, Modifiers::COMMAND, Key::W),
    (Does::Help, Modifiers::COMMAND, Key::Slash),
    (Does::Help, Modifiers::NONE, Key::F1),
];

/// The keys of the first nine tabs, with Alt.
const NUMBERS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// What other parts of the window do at their own keys.
const OTHERS: [(&str, Modifiers, Key); 9] = [
    ("people-keys-send", Modifiers::NONE, Key::Enter),
    ("people-keys-break", Modifiers::SHIFT, Key::Enter),
    ("people-keys-recall", Modifiers::NONE, Key::ArrowUp),
    ("people-keys-emoji", Modifiers::COMMAND, Key::E),
    ("people-keys-menu", Modifiers::SHIFT, Key::F10),
    ("people-keys-settings", Modifiers::COMMAND, Key::Comma),
    ("people-keys-larger", Modifiers::COMMAND, Key::Plus),
    ("people-keys-smaller", Modifiers::COMMAND, Key::Minus),
    ("people-keys-size", Modifiers::COMMAND, Key::Num0),
];

impl Does {
    fn id(self) -> &'static str {
        match self {
            Self::Jump => "people-keys-jump",
            Self::Filter => "people-keys-filter",
            Self::Find => "people-keys-find",
            Self::FindEverywhere => "people-keys-find-everywhere",
            Self::NextTab => "people-keys-next",
            Self::PreviousTab => "people-keys-previous",
            Self::MoveRight => "people-keys-move-right",
            Self::MoveLeft => "people-keys-move-left",
            Self::CloseTab => "people-keys-close",
            Self::ReopenTab => "people-keys-reopen",
            Self::Help => "people-keys-help",
        }
    }
}

impl Window {
    /// Takes the keys of this frame, before any field does. A letter that no field waits for goes to
    /// the message field.
    pub(super) fn keys_ui(&mut self, ui: &Ui, commands: &mut Vec<Command>) {
        if ui.memory(|memory| memory.top_modal_layer().is_some()) {
            return;
        }
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let is_welcome = self.app.is_welcome();
        let in_talk = self.app.page() == Page::Talk && (self.wide || self.side == Side::Page);
        for (does, modifiers, key) in KEYS {
            let is_there = match does {
                Does::Jump | Does::Help => true,
                // Nobody closes or moves a tab unseen.
                Does::CloseTab | Does::MoveLeft | Does::MoveRight => in_talk,
                Does::Filter => self.app.session().entered,
                Does::Find
                | Does::FindEverywhere
                | Does::NextTab
                | Does::PreviousTab
                | Does::ReopenTab => !is_welcome,
            };
            if pressed(modifiers, key) && is_there {
                self.on_key(does, commands);
            }
        }
        let is_away = self.app.page() != Page::Talk;
        let is_taken = self.contacts.takes_escape(ui) || Popup::is_any_open(ui.ctx());
        if is_away && !is_taken && pressed(Modifiers::NONE, Key::Escape) {
            commands.push(Command::Go(Page::Talk));
            self.composer.request_focus();
        }
        for (key, place) in NUMBERS.into_iter().zip(0..) {
            if pressed(Modifiers::ALT, key) {
                // The system takes it for a figure that is typed, too.
                ui.input_mut(|input| {
                    let is_text = |event: &Event| matches!(event, Event::Text(_));
                    input.events.retain(|event| !is_text(event));
                });
                let tabs = self.app.conversations().tabs();
                commands.extend(tabs.get(place).cloned().map(Command::Open));
            }
        }
        if in_talk
            && !ui.ctx().text_edit_focused()
            && !Popup::is_any_open(ui.ctx())
            && is_typing(ui)
        {
            self.composer.request_focus();
        }
    }

    fn on_key(&mut self, does: Does, commands: &mut Vec<Command>) {
        match does {
            Does::Jump => self.jump.open(),
            Does::Filter => {
                self.side = Side::People;
                self.contacts.request_filter();
            }
            Does::Find => {
                if self.app.conversations().selected().is_some() {
                    commands.push(Command::Go(Page::Talk));
                    self.find.open();
                }
            }
            Does::FindEverywhere => {
                commands.push(Command::Go(Page::Search));
                self.search.request_focus();
            }
            Does::NextTab => self.step(1, commands),
            Does::PreviousTab => self.step(-1, commands),
            Does::MoveRight => self.shift(1, commands),
            Does::MoveLeft => self.shift(-1, commands),
            Does::CloseTab => {
                let selected = self.app.conversations().selected();
                commands.extend(selected.cloned().map(Command::CloseTab));
            }
            Does::ReopenTab => commands.push(Command::ReopenTab),
            Does::Help => self.help = true,
        }
    }

    /// Goes to a tab beside the one in front, round at the ends.
    fn step(&self, steps: isize, commands: &mut Vec<Command>) {
        let all = self.app.conversations();
        let tabs = all.tabs();
        let here = tabs.iter().position(|tab| Some(tab) == all.selected());
        let Some(here) = here.and_then(|here| isize::try_from(here).ok()) else {
            return;
        };
        let round = isize::try_from(tabs.len()).unwrap_or(isize::MAX);
        let to = (here + steps).rem_euclid(round).unsigned_abs();
        commands.extend(tabs.get(to).cloned().map(Command::Open));
    }

    /// Moves the tab in front.
    fn shift(&self, steps: isize, commands: &mut Vec<Command>) {
        let all = self.app.conversations();
        let here = |peer| all.tabs().iter().position(|tab| tab == peer);
        if let Some(peer) = all.selected()
            && let Some(to) = here(peer).and_then(|here| here.checked_add_signed(steps))
        {
            let peer = peer.clone();
            commands.push(Command::MoveTab { peer, to });
        }
    }
}

/// A letter was typed.
fn is_typing(ui: &Ui) -> bool {
    let is_letter = |event: &Event| matches!(event, Event::Text(text) if !text.trim().is_empty());
    ui.input(|input| input.events.iter().any(is_letter))
}

/// The list of all keys over the window, while it is `open`.
pub fn help_ui(ui: &Ui, open: &mut bool) {
    if !*open {
        return;
    }
    let modal = Modal::new(Id::unique("keys")).frame(theme::dialog_frame(ui));
    let modal = modal.show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect().size();
        ui.set_width(theme::DIALOG_WIDTH.min(room.x - 5.0 * theme::EDGE));
        let title = RichText::new(words::say(ui, "people-keys"));
        ui.label(title.size(theme::TITLE).strong());
        ui.add_space(theme::GAP);
        let height = room.y - 160.0;
        ScrollArea::vertical()
            .max_height(height)
            // The first time it is not known yet how much there is.
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show(ui, list_ui);
        ui.add_space(theme::GAP);
        ui.button(words::say(ui, "people-keys-shut")).clicked()
    });
    if modal.inner || modal.should_close() {
        *open = false;
    }
}

fn list_ui(ui: &mut Ui) {
    let own = KEYS.map(|(does, modifiers, key)| (does.id(), modifiers, key));
    let (numbers, escape) = (
        ("people-keys-number", Modifiers::ALT, Key::Num1),
        ("people-keys-escape", Modifiers::NONE, Key::Escape),
    );
    let all = own
        .into_iter()
        .chain([numbers])
        .chain(OTHERS)
        .chain([escape]);
    let mut listed: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (id, modifiers, key) in all {
        let mut shown = ui
            .ctx()
            .format_shortcut(&KeyboardShortcut::new(modifiers, key));
        if key == Key::Num1 {
            shown.push_str("…9");
        } else if key == Key::Slash {
            // What stands on the key, not what it is called.
            shown = shown.replace(key.name(), key.symbol_or_name());
        }
        match listed.iter_mut().find(|(listed, _)| *listed == id) {
            Some((_, keys)) => keys.push(shown),
            None => listed.push((id, vec![shown])),
        }
    }
    let colour = theme::palette(ui).weak;
    let half = ui.available_width() * 0.5;
    Grid::new("keys")
        .num_columns(2)
        .min_col_width(half - theme::GAP)
        .max_col_width(half)
        .show(ui, |ui| {
            for (id, keys) in listed {
                ui.add(Label::new(words::say(ui, id)).wrap());
                let keys = RichText::new(keys.join(", ")).color(colour);
                ui.add(Label::new(keys).wrap());
                ui.end_row();
            }
        });
}
