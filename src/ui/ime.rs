//! Following an input method, such as one for Chinese: while a word is being composed its keys are its
//! own.

use egui::{Event, ImeEvent, Ui};

/// Follows the input method through this frame. While it is in a word, at some point of it, Enter, Esc
/// and arrows belong to the word and are taken out of this frame's input.
pub fn follow(ui: &Ui, composing: &mut bool) {
    let mut was = *composing;
    ui.input_mut(|input| {
        for event in &input.events {
            let Event::Ime(event) = event else { continue };
            let is_word = |text: &String| !text.is_empty();
            *composing = matches!(event, ImeEvent::Preedit { text, .. } if is_word(text));
            was |= *composing || matches!(event, ImeEvent::Commit(text) if is_word(text));
        }
        let is_word_s = |event: &Event| matches!(event, Event::Key { pressed: true, modifiers, .. } if !modifiers.command);
        if was {
            input.events.retain(|event| !is_word_s(event));
        }
    });
}
