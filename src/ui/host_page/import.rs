//! Taking in the mail that a classic server kept: which folder, typed or chosen with the system's dialog,
//! and what it means for a server that runs or is off.

use std::path::PathBuf;

use egui::{TextEdit, Ui};

use super::{View, weak_ui};
use crate::app::Command;
use crate::app::form::Form;
use crate::app::hosting::{Ask, Dialog, Standing, show_dialog};
use crate::app::language::Sentence;
use crate::ui::{theme, widgets, words};

/// What is typed and not done yet. It stays until all mail in the folder was taken in.
#[derive(Default)]
pub struct State {
    /// Folders that had been taken in when this was begun.
    imported: u64,
    open: bool,
    folder: String,
    dialog: Option<Dialog>,
}

pub fn import_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (state, form): (&mut State, &Form),
    commands: &mut Vec<Command>,
) {
    if state.imported != view.hosting.imported {
        *state = State {
            imported: view.hosting.imported,
            ..State::default()
        };
    }
    if let Some(chosen) = state.dialog.as_ref().and_then(Dialog::poll) {
        state.dialog = None;
        if let Some(folder) = chosen {
            state.folder = folder.display().to_string();
        }
    }
    ui.add_space(theme::GAP);
    if ui.button(words::say(ui, "host-import")).clicked() {
        state.open = !state.open;
    }
    if !state.open {
        return;
    }
    weak_ui(ui, &words::say(ui, "host-import-hint"));
    folder_ui(ui, view, state);
    let folder = PathBuf::from(state.folder.trim());
    if !state.folder.trim().is_empty() && !folder.is_absolute() {
        widgets::problem_ui(ui, Some(&Sentence::new("host-folder-absolute")));
    }
    let (hint, start) = match view.hosting.standing {
        Standing::Off => ("host-import-off", words::say(ui, "host-import-and-start")),
        Standing::Starting | Standing::On | Standing::Stopping => {
            ("host-import-on", words::say(ui, "host-import-start"))
        }
    };
    weak_ui(ui, &words::say(ui, hint));
    let settled = matches!(view.hosting.standing, Standing::Off | Standing::On);
    let start = egui::Button::new(start);
    if ui
        .add_enabled(settled && folder.is_absolute(), start)
        .clicked()
    {
        commands.push(Command::Import {
            mail: folder,
            form: form.clone(),
        });
    }
}

/// The folder's field, and the system's dialog for it.
fn folder_ui(ui: &mut Ui, view: &View<'_>, state: &mut State) {
    let label = weak_ui(ui, &words::say(ui, "host-import-folder"));
    let field = TextEdit::singleline(&mut state.folder)
        .margin(theme::FIELD_MARGIN)
        .desired_width(f32::INFINITY);
    ui.add(field).labelled_by(label.id);
    let choose = egui::Button::new(words::say(ui, "host-import-choose"));
    if ui.add_enabled(state.dialog.is_none(), choose).clicked() {
        let ask = Ask::Folder {
            title: words::say(ui, "host-import-folder"),
            path: view.data_dir.to_owned(),
        };
        state.dialog = Some(Dialog::open(show_dialog, ask, view.notify.clone()));
    }
}
