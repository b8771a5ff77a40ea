//! What is typed to be looked for: it is asked for when the typing pauses.

use std::time::Duration;

use egui::Ui;

/// How long a pause is, in seconds: whoever types on makes none, and nobody waits for it.
const PAUSE_S: f64 = 0.15;

/// Most characters of a search: as many as are looked at.
pub const SEARCH_MAX: usize = 256;

/// The text of a field, and what of it was asked.
#[derive(Debug, Default)]
pub struct Typed {
    pub text: String,
    asked: String,
    /// When it was changed last, by the context's clock.
    changed_s: Option<f64>,
}

impl Typed {
    /// What is looked for.
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// This stands in the field and is looked for already.
    pub fn set(&mut self, text: String) {
        *self = Self {
            asked: text.trim().to_owned(),
            text,
            changed_s: None,
        };
    }

    /// Looked for again, also if it was before.
    pub fn forget(&mut self) {
        self.asked.clear();
    }

    /// What is to be looked for from now on: the typing has paused, or Enter was pressed (`at_once`).
    pub fn take(&mut self, ui: &Ui, (changed, at_once): (bool, bool)) -> Option<String> {
        let now_s = ui.input(|input| input.time);
        if changed {
            self.changed_s = Some(now_s);
        }
        let text = self.text.trim();
        if text == self.asked {
            self.changed_s = None;
            return None;
        }
        let left_s = self.changed_s.map_or(0.0, |at_s| at_s + PAUSE_S - now_s);
        if left_s > 0.0 && !at_once {
            let left = Duration::from_secs_f64(left_s);
            ui.ctx().request_repaint_after(left);
            return None;
        }
        self.asked = text.to_owned();
        self.changed_s = None;
        Some(self.asked.clone())
    }
}
