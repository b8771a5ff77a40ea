//! What a screen reader says of the lines.

use egui::Ui;

use super::super::words;
use super::View;
use super::bubble::delivery;
use crate::app::language::Sentence;
use crate::app::lines::{Line, shown_at_ms};
use crate::app::{sentences, text};

/// Most lines that are said at once when many come in.
pub const TOLD_MAX: usize = 5;

/// Who said it, when, how far it has come, and what it is.
pub fn line(ui: &Ui, view: &View<'_>, line: &Line, shown: &str) -> String {
    let time = text::clock(view.now, shown_at_ms(line));
    let sentence = match delivery(line) {
        Some(delivery) => {
            Sentence::new("talk-line-own").quote("state", sentences::delivery(delivery, view.peer))
        }
        None => Sentence::new("talk-line-theirs").with("name", view.peer),
    };
    words::tell(ui, &sentence.with("time", time).with("text", shown))
}
