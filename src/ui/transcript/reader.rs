//! What a screen reader says of the lines.

use egui::Ui;

use super::super::words;
use super::View;
use super::bubble::delivery;
use super::look;
use crate::app::language::Sentence;
use crate::app::lines::{Line, shown_at_ms};
use crate::app::{Delivery, sentences, text};

/// Most lines that are said at once when many come in.
pub const TOLD_MAX: usize = 5;

/// Who said it, when, how far it has come, and what it is.
pub fn line(ui: &Ui, view: &View<'_>, line: &Line, shown: &str) -> String {
    let time = text::clock(view.now, shown_at_ms(line));
    let sentence = match delivery(view, line) {
        Some(delivery) => {
            let there = matches!(delivery, Delivery::Delivered(_));
            let state = match there && look::is_read(view, line) {
                true => Sentence::new("delivery-read"),
                false => sentences::delivery(delivery, view.peer),
            };
            Sentence::new("talk-line-own").quote("state", state)
        }
        None => Sentence::new("talk-line-theirs").with("name", view.peer),
    };
    words::tell(ui, &sentence.with("time", time).with("text", shown))
}
