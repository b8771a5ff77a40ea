//! The page of the server on this computer: its state, where others reach it, what is said to everybody
//! and what it counts (`overview`, `share`, `plot`), who is there (`people`), what happened (`log`), and the mail of a
//! classic server (`import`).

mod import;
mod log;
mod overview;
mod people;
mod plot;
mod share;

use egui::{CentralPanel, Frame, Margin, RichText, Ui};

use super::window::{Side, Window};
use super::{theme, widgets, words};
use crate::app::form::{Form, Problems};
use crate::app::hosting::{Hosting, Standing};
use crate::app::{Command, Notify, Now, Page, RoomName, Settings};

/// The parts of the page, one of which is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Section {
    #[default]
    Overview,
    People,
    Log,
}

/// What only the screen knows of the page.
#[derive(Default)]
pub struct State {
    section: Section,
    overview: overview::State,
    people: people::State,
    log: log::State,
}

/// What the page shows.
struct View<'a> {
    now: Now,
    hosting: &'a Hosting,
    settings: &'a Settings,
    problems: &'a Problems,
    /// Where mail is kept if nothing else is chosen.
    data_dir: &'a std::path::Path,
    /// To be called when a dialog has closed.
    notify: &'a Notify,
    wide: bool,
}

impl Window {
    pub(super) fn host_page_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let margin = Margin::symmetric(theme::EDGE as i8, theme::GAP as i8);
            Frame::NONE.inner_margin(margin).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                widgets::column_ui(ui, |ui| self.host_column_ui(ui, now, commands));
            });
        });
    }

    fn host_column_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        self.host_head_ui(ui, commands);
        let view = View {
            now,
            hosting: self.app.hosting(),
            settings: self.app.settings(),
            problems: self.app.problems(),
            data_dir: self.app.data_dir(),
            notify: self.app.notify(),
            wide: ui.available_width() >= theme::WIDE_MIN,
        };
        page_ui(ui, &view, (&mut self.host_page, &mut self.form), commands);
    }

    /// What the page is, and the way back.
    fn host_head_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let name = RoomName::of(&self.app.settings().host_name);
        let title = match name.is_empty() {
            true => words::say(ui, "host-title"),
            false => name.to_string(),
        };
        egui::Sides::new().shrink_left().truncate().show(
            ui,
            |ui| {
                let people = !self.wide && self.app.session().entered;
                if people && ui.button(words::say(ui, "host-to-people")).clicked() {
                    self.side = Side::People;
                }
                ui.label(RichText::new(title).heading());
            },
            |ui| {
                if ui.button(words::say(ui, "host-close")).clicked() {
                    commands.push(Command::Go(Page::Talk));
                }
            },
        );
    }
}

fn page_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (state, form): (&mut State, &mut Form),
    commands: &mut Vec<Command>,
) {
    if view.hosting.standing != Standing::On {
        state.section = Section::Overview;
    } else {
        sections_ui(ui, view, &mut state.section);
    }
    ui.separator();
    // Named, so that a button of one is not taken for a field of another that stood in its place.
    ui.push_id(state.section, |ui| match state.section {
        Section::Overview => overview::overview_ui(ui, view, (&mut state.overview, form), commands),
        Section::People => people::people_ui(ui, view, &mut state.people, commands),
        Section::Log => log::log_ui(ui, view, &mut state.log),
    });
}

/// The parts to choose from.
fn sections_ui(ui: &mut Ui, view: &View<'_>, section: &mut Section) {
    ui.horizontal_wrapped(|ui| {
        let overview = words::say(ui, "host-overview");
        ui.selectable_value(section, Section::Overview, overview);
        let online = crate::app::language::Sentence::new("host-people-count");
        let online = words::tell(ui, &online.count("online", view.hosting.online));
        ui.selectable_value(section, Section::People, online);
        let log = words::say(ui, "host-log");
        ui.selectable_value(section, Section::Log, log);
    });
}

/// A small title over a part of the page.
fn title_ui(ui: &mut Ui, text: &str) -> egui::Response {
    ui.add_space(theme::GAP);
    ui.label(RichText::new(text).strong())
}

fn weak_ui(ui: &mut Ui, text: &str) -> egui::Response {
    let text = RichText::new(text).small().color(theme::palette(ui).weak);
    ui.add(egui::Label::new(text).wrap())
}
