//! The field where a message is written. Enter sends it, Shift+Enter breaks the line. What is written
//! and not sent yet is the model's.

use egui::{Event, ImeEvent, Key, KeyboardShortcut, Modifiers, RichText, ScrollArea, Ui};

use super::{theme, words};
use crate::app::{Command, Nickname, TEXT_MAX, sentences};

/// Most characters that the field takes: room to paste a text and cut it into messages.
const INPUT_MAX: usize = 4 * TEXT_MAX;

/// What only the screen knows of the field.
#[derive(Debug, Default)]
pub struct State {
    /// An input method is in the middle of a word: its Enter ends the word, not the message.
    composing: bool,
    focus: bool,
}

impl State {
    /// The field gets the keyboard when it is drawn next.
    pub fn request_focus(&mut self) {
        self.focus = true;
    }
}

/// Draws the field for a message to `peer`, in which `before` stands.
pub fn composer_ui(
    ui: &mut Ui,
    (peer, before): (&Nickname, &str),
    state: &mut State,
    commands: &mut Vec<Command>,
) {
    let id = ui.make_persistent_id(("composer", peer.as_str()));
    if std::mem::take(&mut state.focus) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let focused = ui.memory(|memory| memory.has_focus(id));
    let composing = is_composing(ui, &mut state.composing);
    let enter = focused && !composing && takes_enter(ui);
    let mut draft = before.to_owned();
    let clicked = row_ui(ui, peer, id, &mut draft);
    if draft != before {
        commands.push(Command::Draft {
            peer: peer.clone(),
            text: draft.clone(),
        });
    }
    let over = chars_over(&draft);
    if over > 0 {
        let sentence = words::tell(ui, &sentences::too_long(over));
        ui.label(
            RichText::new(sentence)
                .small()
                .color(theme::palette(ui).bad),
        );
    }
    if (enter || clicked) && over == 0 && !draft.trim().is_empty() {
        commands.push(Command::Send {
            to: peer.clone(),
            text: draft,
        });
        ui.memory_mut(|memory| memory.request_focus(id));
    }
}

/// The field and the button beside it; true: the button was clicked.
fn row_ui(ui: &mut Ui, peer: &Nickname, id: egui::Id, draft: &mut String) -> bool {
    const BUTTON: f32 = 68.0;
    let row = ui.text_style_height(&egui::TextStyle::Body);
    ui.horizontal_top(|ui| {
        let width = ui.available_width() - BUTTON - theme::GAP;
        let height = row * theme::COMPOSER_ROWS_MAX;
        let focused = ui.memory(|memory| memory.has_focus(id));
        theme::field_frame(ui, focused).show(ui, |ui| {
            let width = width - 2.0 * theme::FIELD_MARGIN.x;
            ui.spacing_mut().interact_size.y = row;
            ScrollArea::vertical()
                .id_salt(id)
                .max_width(width)
                .max_height(height)
                .min_scrolled_height(height)
                .show(ui, |ui| {
                    let field = egui::TextEdit::multiline(draft)
                        .id(id)
                        .hint_text(format!("Write to {peer}"))
                        .desired_rows(1)
                        .desired_width(width)
                        .char_limit(INPUT_MAX)
                        .frame(egui::Frame::NONE)
                        .margin(egui::Margin::ZERO)
                        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
                    let label = format!("Message to {peer}");
                    ui.add(field).accessible_name(label);
                });
        });
        let can_send = !draft.trim().is_empty() && chars_over(draft) == 0;
        let size = egui::vec2(BUTTON, row + 2.0 * theme::FIELD_MARGIN.y);
        let button = theme::main_button(ui, "Send").min_size(size);
        ui.add_enabled(can_send, button).clicked()
    })
    .inner
}

/// Takes the Enter that sends out of this frame's input; true: there was one.
fn takes_enter(ui: &Ui) -> bool {
    let sends = |event: &Event| matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift);
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| !sends(event));
        input.events.len() < before
    })
}

/// Follows the input method through this frame; true: it was in a word at some point of it.
fn is_composing(ui: &Ui, composing: &mut bool) -> bool {
    let mut was = *composing;
    ui.input(|input| {
        for event in &input.events {
            if let Event::Ime(event) = event {
                *composing = matches!(event, ImeEvent::Preedit { text, .. } if !text.is_empty());
                was = true;
            }
        }
    });
    was
}

/// How many characters have to go from the end of `text` until it can be sent.
fn chars_over(text: &str) -> usize {
    if text.len() <= TEXT_MAX {
        return 0;
    }
    let fitting = text.floor_char_boundary(TEXT_MAX);
    text[fitting..].chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_over_the_limit_are_counted_exactly() {
        assert_eq!(chars_over(&"x".repeat(TEXT_MAX)), 0);
        assert_eq!(chars_over(&"x".repeat(TEXT_MAX + 3)), 3);
        // 5461 ideographs of three bytes fit into 16384 bytes.
        assert_eq!(chars_over(&"明".repeat(5461)), 0);
        assert_eq!(chars_over(&"明".repeat(5463)), 2);
    }
}
