//! The button at the upper right of a conversation, and the menu of what can be done with all of it.

use egui::containers::menu::MenuButton;
use egui::{Atom, Ui, vec2};

use super::{icons, theme, words};
use crate::app::filing::Step;
use crate::app::language::Sentence;
use crate::app::{Command, Nickname};

/// How wide the button is.
pub const WIDTH: f32 = 34.0;

/// Draws the button.
pub fn menu_ui(ui: &mut Ui, peer: &Nickname, commands: &mut Vec<Command>) {
    let colour = theme::palette(ui).text;
    let dots = Atom::paint(vec2(16.0, 16.0), move |ui, args| {
        icons::dots(ui, args.rect, colour)
    });
    let button = egui::Button::new(dots)
        .frame_when_inactive(false)
        .min_size(vec2(WIDTH, theme::TAB_HEIGHT));
    let label = Sentence::new("talk-menu").with("peer", peer);
    let label = words::tell(ui, &label);
    ui.scope(|ui| {
        ui.spacing_mut().button_padding.x = 8.0;
        let (button, _) = MenuButton::from_button(button).ui(ui, |ui| {
            items_ui(ui, peer, commands);
        });
        button.accessible_name(&label).on_hover_text(label);
    });
}

/// What can be done with a conversation, in any menu.
pub fn items_ui(ui: &mut Ui, peer: &Nickname, commands: &mut Vec<Command>) {
    ui.set_min_width(180.0);
    let items = [
        ("talk-menu-export", Command::File(Step::Begin(peer.clone()))),
        ("talk-menu-close", Command::CloseTab(peer.clone())),
    ];
    for (word, command) in items {
        if ui.button(words::say(ui, word)).clicked() {
            commands.push(command);
        }
    }
}
