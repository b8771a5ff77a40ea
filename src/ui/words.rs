//! The interface's language, as the panels see it: kept with the context, as the theme is.

use egui::{Context, Id, Ui};

use crate::app::language::{Language, Sentence};

/// Draws in this language from now on.
pub fn set(ctx: &Context, language: Language) {
    ctx.data_mut(|data| data.insert_temp(Id::NULL, language));
}

pub fn language(ui: &Ui) -> Language {
    ui.data(|data| data.get_temp(Id::NULL)).unwrap_or_default()
}

/// The text of that name.
pub fn say(ui: &Ui, id: &'static str) -> String {
    language(ui).say(id)
}

/// A sentence in the interface's language.
pub fn tell(ui: &Ui, sentence: &Sentence) -> String {
    sentence.say(language(ui))
}
