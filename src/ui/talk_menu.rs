//! The button at the upper right of a conversation, and the menu of what can be done with all of it.

use egui::containers::menu::MenuButton;
use egui::{Atom, Button, Key, KeyboardShortcut, Modifiers, Ui, vec2};

use super::{icons, theme, words};
use crate::app::conversations::Conversations;
use crate::app::filing::Step;
use crate::app::language::Sentence;
use crate::app::{Command, Nickname};

/// Draws the button. True: the user wants to search in the conversation.
pub fn menu_ui(
    ui: &mut Ui,
    (all, peer): (&Conversations, &Nickname),
    commands: &mut Vec<Command>,
) -> bool {
    let colour = theme::palette(ui).text;
    let dots = Atom::paint(vec2(16.0, 16.0), move |ui, args| {
        icons::dots(ui, args.rect, colour);
    });
    let button = Button::new(dots)
        .frame_when_inactive(false)
        .min_size(vec2(theme::TAB_HEIGHT, theme::TAB_HEIGHT));
    let label = words::tell(ui, &Sentence::new("talk-more").with("peer", peer));
    let (button, menu) = MenuButton::from_button(button).ui(ui, |ui| {
        let search = Button::new(words::say(ui, "talk-more-search"));
        let search = ui.add(search.shortcut_text(keys(ui, Key::F))).clicked();
        let read = Button::new(words::say(ui, "talk-more-read"));
        if ui.add_enabled(all.unread_from(peer) > 0, read).clicked() {
            commands.push(Command::MarkRead(peer.clone()));
        }
        export_ui(ui, peer, commands);
        close_ui(ui, (all, peer), commands);
        search
    });
    button.accessible_name(&label).on_hover_text(label);
    menu.is_some_and(|menu| menu.inner)
}

/// The items that close tabs, in any menu.
pub fn close_ui(
    ui: &mut Ui,
    (all, peer): (&Conversations, &Nickname),
    commands: &mut Vec<Command>,
) {
    let mut close = Button::new(words::say(ui, "talk-more-close"));
    if all.selected() == Some(peer) {
        close = close.shortcut_text(keys(ui, Key::W));
    }
    if ui.add(close).clicked() {
        commands.push(Command::CloseTab(peer.clone()));
    }
    let others = all.tabs().iter().filter(|tab| *tab != peer);
    let close = Button::new(words::say(ui, "talk-more-close-others"));
    if ui.add_enabled(all.tabs().len() > 1, close).clicked() {
        commands.extend(others.cloned().map(Command::CloseTab));
    }
}

/// The item that saves a conversation as a file, in any menu.
pub fn export_ui(ui: &mut Ui, peer: &Nickname, commands: &mut Vec<Command>) {
    if ui.button(words::say(ui, "talk-more-export")).clicked() {
        commands.push(Command::File(Step::Begin(peer.clone())));
    }
}

/// How the system writes that Ctrl, or what stands for it, and this key are pressed.
fn keys(ui: &Ui, key: Key) -> String {
    let shortcut = KeyboardShortcut::new(Modifiers::COMMAND, key);
    ui.ctx().format_shortcut(&shortcut)
}
