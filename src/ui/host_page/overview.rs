//! The server's state and what is set for it; what the host says to everybody.

use std::path::PathBuf;

use egui::{ScrollArea, TextEdit, Ui};

use super::{View, import, plot, share, title_ui, weak_ui};
use crate::app::form::{Field, Form};
use crate::app::host_panel::{ANNOUNCEMENT_MAX, Announcement, HostCommand};
use crate::app::hosting::{Ask, Dialog, Standing, show_dialog};
use crate::app::language::Sentence;
use crate::app::{Command, ROOM_NAME_CHARS_MAX, Settings, text};
use crate::ui::{theme, widgets, words};

/// Bytes before the end of an announcement from which on the rest is counted.
const COUNTED_FROM: usize = 150;

/// What is typed and not done yet.
#[derive(Default)]
pub struct State {
    share: share::State,
    announcement: String,
    /// The last announcement: it stands in the field again if it was not taken.
    sent: Option<String>,
    /// What stands in the field of the folder; `None`: what is set.
    folder: Option<String>,
    dialog: Option<Dialog>,
    import: import::State,
}

pub fn overview_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (state, form): (&mut State, &mut Form),
    commands: &mut Vec<Command>,
) {
    let scroll = ScrollArea::vertical().id_salt("host_overview");
    scroll.auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width().min(theme::BUBBLE_MAX + 120.0));
        switch_ui(ui, view, form, commands);
        name_ui(ui, view, commands);
        if view.hosting.standing == Standing::On {
            share::share_ui(ui, view, &mut state.share);
            announce_ui(ui, view, state, commands);
            plot::counts_ui(ui, view);
        }
        folder_ui(ui, view, state, commands);
        import::import_ui(ui, view, (&mut state.import, form), commands);
        ui.add_space(theme::EDGE);
    });
}

/// Whether it runs, and the switch.
fn switch_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form, commands: &mut Vec<Command>) {
    let hosting = view.hosting;
    let state = match hosting.standing {
        Standing::Off => Sentence::new("host-state-off"),
        Standing::Starting | Standing::Stopping if hosting.importing => {
            Sentence::new("host-state-importing")
        }
        Standing::Starting => Sentence::new("host-state-starting"),
        Standing::Stopping => Sentence::new("host-state-stopping"),
        Standing::On => {
            let since = hosting.since_ms.unwrap_or(view.now.unix_ms);
            Sentence::new("host-state-on")
                .with("since", text::clock_or_date(view.now, since))
                .count("online", hosting.online)
                .count("known", hosting.panel.people().len())
                .count("mail", hosting.mail)
        }
    };
    ui.add(egui::Label::new(words::tell(ui, &state)).wrap());
    ui.horizontal(|ui| {
        // As high as the button from the start: else it hangs below the others.
        ui.set_min_height(theme::BUTTON_HEIGHT);
        match hosting.standing {
            Standing::Off => {
                let label = ui.label(words::say(ui, "host-port"));
                let field = TextEdit::singleline(&mut form.host_port).char_limit(5);
                let field = field.desired_width(theme::PORT_WIDTH);
                ui.add(field).labelled_by(label.id);
                let start = words::say(ui, "host-start");
                if ui.add(theme::main_button(ui, &start)).clicked() {
                    commands.push(Command::Host(form.clone()));
                }
            }
            Standing::Starting | Standing::On => {
                if ui.button(words::say(ui, "host-stop")).clicked() {
                    commands.push(Command::StopHosting);
                }
            }
            Standing::Stopping => {}
        }
    });
    widgets::problem_ui(ui, view.problems.at(Field::Host));
    widgets::problem_ui(ui, view.problems.at(Field::HostPort));
}

/// What the room is called.
fn name_ui(ui: &mut Ui, view: &View<'_>, commands: &mut Vec<Command>) {
    let title = title_ui(ui, &words::say(ui, "host-name"));
    let mut name = view.settings.host_name.clone();
    let field = TextEdit::singleline(&mut name)
        .char_limit(ROOM_NAME_CHARS_MAX)
        .hint_text(words::say(ui, "host-name-hint"))
        .margin(theme::FIELD_MARGIN)
        .desired_width(f32::INFINITY);
    let field = ui.add(field).labelled_by(title.id);
    if field.changed() {
        let name = name.chars().filter(|c| !c.is_control()).collect();
        commands.push(Command::Change(Box::new(Settings {
            host_name: name,
            ..view.settings.clone()
        })));
    }
}

/// How much more fits, near the end, or how much is too much: in characters like the last one, since
/// bytes say nothing to people.
fn room_ui(ui: &mut Ui, text: &str) {
    let bytes = text.chars().next_back().map_or(1, char::len_utf8);
    if let Some(over @ 1..) = text.len().checked_sub(ANNOUNCEMENT_MAX) {
        let over = over.div_ceil(bytes) as u64;
        let over = Sentence::new("host-announce-over").count("over", over);
        widgets::problem_ui(ui, Some(&over));
    } else if text.len() + COUNTED_FROM > ANNOUNCEMENT_MAX {
        let left = ((ANNOUNCEMENT_MAX - text.len()) / bytes) as u64;
        let left = Sentence::new("host-announce-left").count("left", left);
        weak_ui(ui, &words::tell(ui, &left));
    }
}

/// A line for everybody, how long it may still become, and how far the last one is.
fn announce_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let refused = view.hosting.panel.not_announced();
    let text = &mut state.announcement;
    if let Some(sent) = state.sent.take_if(|_| refused.is_some()) {
        // Before what was typed since.
        *text = format!("{sent} {text}").trim_end().to_owned();
    }
    let title = title_ui(ui, &words::say(ui, "host-announce"));
    let field = TextEdit::singleline(text)
        .hint_text(words::say(ui, "host-announce-hint"))
        .margin(theme::FIELD_MARGIN)
        .desired_width(f32::INFINITY);
    let field = ui.add(field).labelled_by(title.id);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let announcement = Announcement::parse(text);
    ui.horizontal_wrapped(|ui| {
        let send = egui::Button::new(words::say(ui, "host-announce-send"));
        let clicked = ui.add_enabled(announcement.is_ok(), send).clicked();
        if let (true, Ok(announcement)) = (clicked || entered, announcement) {
            commands.push(Command::Hosting(HostCommand::Announce(announcement)));
            state.sent = Some(std::mem::take(text));
        }
        room_ui(ui, text.trim());
    });
    widgets::problem_ui(ui, refused);
    if let Some(last) = view.hosting.panel.announced() {
        let could = (last.told - last.classic) as u64;
        let far = Sentence::new("host-announced")
            .count("confirmed", last.confirmed as u64)
            .count("told", could);
        weak_ui(ui, &words::tell(ui, &far));
        if last.classic > 0 {
            let classic = Sentence::new("host-announced-classic");
            let classic = classic.count("classic", last.classic as u64);
            weak_ui(ui, &words::tell(ui, &classic));
        }
    }
}

/// Where mail is kept: typed, or chosen with the system's dialog. It holds from the next start on.
fn folder_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let title = title_ui(ui, &words::say(ui, "host-folder"));
    let set = view.settings.host_folder.as_deref();
    let shown = set.unwrap_or(view.data_dir);
    let mut choose = |folder: Option<PathBuf>| {
        commands.push(Command::Change(Box::new(Settings {
            host_folder: folder,
            ..view.settings.clone()
        })));
    };
    if let Some(chosen) = state.dialog.as_ref().and_then(Dialog::poll) {
        state.dialog = None;
        if let Some(folder) = chosen {
            state.folder = None;
            choose(Some(folder));
        }
    }
    let mut text = state
        .folder
        .clone()
        .unwrap_or_else(|| shown.display().to_string());
    let field = TextEdit::singleline(&mut text)
        .margin(theme::FIELD_MARGIN)
        .desired_width(f32::INFINITY);
    let field = ui.add(field).labelled_by(title.id);
    if field.changed() {
        state.folder = Some(text.clone());
    }
    if let (true, Some(text)) = (field.lost_focus(), &state.folder) {
        let folder = PathBuf::from(text.trim());
        if text.trim().is_empty() || folder.is_absolute() {
            state.folder = None;
            choose(folder.is_absolute().then_some(folder));
        }
    }
    let typed = state.folder.as_deref().map(str::trim).unwrap_or_default();
    if !typed.is_empty() && !PathBuf::from(typed).is_absolute() {
        widgets::problem_ui(ui, Some(&Sentence::new("host-folder-absolute")));
    }
    ui.horizontal_wrapped(|ui| {
        let open = egui::Button::new(words::say(ui, "host-folder-choose"));
        if ui.add_enabled(state.dialog.is_none(), open).clicked() {
            let ask = Ask::Folder {
                title: words::say(ui, "host-folder-title"),
                path: shown.to_owned(),
            };
            state.dialog = Some(Dialog::open(show_dialog, ask, view.notify.clone()));
        }
        if set.is_some() && ui.button(words::say(ui, "host-folder-usual")).clicked() {
            state.folder = None;
            choose(None);
        }
    });
    let id = match view.hosting.standing {
        Standing::Off => "host-folder-hint",
        Standing::Starting | Standing::On | Standing::Stopping => "host-folder-later",
    };
    weak_ui(ui, &words::say(ui, id));
}
