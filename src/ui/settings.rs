//! The page with all settings. Each holds, and is saved, at once.

use egui::Ui;

use super::window::Window;
use crate::app::Command;

impl Window {
    pub(super) fn settings_ui(&mut self, _ui: &mut Ui, _commands: &mut Vec<Command>) {}
}
