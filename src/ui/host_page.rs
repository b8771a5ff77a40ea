//! The page of the server on this computer.

use egui::Ui;

use super::window::Window;
use crate::app::{Command, Now};

impl Window {
    pub(super) fn host_page_ui(&mut self, _ui: &mut Ui, _now: Now, _commands: &mut Vec<Command>) {}
}
