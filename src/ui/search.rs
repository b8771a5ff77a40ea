//! The page with a search in everything that was ever said.

use egui::Ui;

use super::window::Window;
use crate::app::{Command, Now};

impl Window {
    pub(super) fn search_ui(&mut self, _ui: &mut Ui, _now: Now, _commands: &mut Vec<Command>) {}
}
