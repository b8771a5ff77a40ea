//! The panel to sign in with: who one is, which server, and behind "Advanced" the own port. Hosting
//! a server is drawn by [`super::host`].

use egui::{RichText, Ui};

use super::{host, theme, widgets};
use crate::app::form::{Field, Form, Problems};
use crate::app::session::{Session, Standing};
use crate::app::{Command, Now, hosting::Hosting, sentences};

/// What the panel shows.
pub struct View<'a> {
    pub now: Now,
    pub session: &'a Session,
    pub problems: &'a Problems,
    pub hosting: &'a Hosting,
    /// The field that is to be filled first gets the keyboard.
    pub focus: bool,
}

/// Draws the panel into the width that is there.
pub fn login_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form, commands: &mut Vec<Command>) {
    let width = ui.available_width();
    let before = form.clone();
    let idle = is_idle(view.session);
    widgets::problem_ui(ui, view.problems.at(Field::Profile));
    let nickname = ui.add_enabled_ui(idle, |ui| {
        widgets::field(ui, "Nickname", &mut form.nickname, width)
    });
    if view.focus && form.nickname.is_empty() {
        nickname.inner.request_focus();
    }
    widgets::problem_ui(ui, view.problems.at(Field::Nickname));
    ui.add_space(4.0);
    let mut enter = is_entered(ui, &nickname.inner);
    enter |= server_ui(ui, view, form);
    ui.add_space(theme::GAP);
    match view.session.standing {
        Standing::SignedOut => {
            let button = theme::main_button(ui, "Sign in");
            let size = [width, theme::BUTTON_HEIGHT];
            if ui.add_sized(size, button).clicked() || enter {
                commands.push(Command::SignIn(form.clone()));
            }
        }
        Standing::SigningIn { attempt } => signing_in_ui(ui, attempt, commands),
        Standing::Online | Standing::Waiting { .. } => {
            if waiting_ui(ui, commands) || enter {
                commands.push(Command::SignIn(form.clone()));
            }
        }
    }
    ui.add_space(theme::EDGE);
    ui.separator();
    ui.add_space(theme::GAP);
    host::host_ui(ui, view.hosting, (form, view.problems), commands);
    ui.add_space(theme::GAP);
    if advanced_ui(ui, view, form) {
        commands.push(Command::SignIn(form.clone()));
    }
    // Whoever is entering another address is not to be interrupted by a try of the old one.
    let waiting = matches!(view.session.standing, Standing::Waiting { .. });
    if waiting && commands.is_empty() && *form != before {
        commands.push(Command::SignOut);
    }
}

/// The server's address and port, unless it is the one on this computer; true: Enter was pressed in
/// one of them.
fn server_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form) -> bool {
    if view.hosting.is_wanted() {
        return false;
    }
    let idle = is_idle(view.session);
    let mut enter = false;
    ui.add_enabled_ui(idle, |ui| {
        ui.horizontal_top(|ui| {
            let width = ui.available_width() - theme::PORT_WIDTH - theme::GAP;
            let server = widgets::field(ui, "Server", &mut form.server, width);
            let port = widgets::field(ui, "Port", &mut form.port, theme::PORT_WIDTH);
            enter = is_entered(ui, &server) || is_entered(ui, &port);
            if view.focus && !form.nickname.is_empty() {
                server.request_focus();
            }
        });
    });
    widgets::problem_ui(ui, view.problems.at(Field::Server));
    widgets::problem_ui(ui, view.problems.at(Field::Port));
    if let Some(seconds) = view.session.retry_in_s(view.now) {
        let sentence = sentences::silent(&view.session.server, seconds);
        widgets::problem_ui(ui, Some(&sentence));
    }
    enter
}

fn signing_in_ui(ui: &mut Ui, attempt: u32, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let text = match attempt {
            0 | 1 => "Signing in…".to_owned(),
            _ => format!("Signing in… (try {attempt})"),
        };
        ui.label(RichText::new(text).color(theme::palette(ui).weak));
        if ui.button("Cancel").clicked() {
            commands.push(Command::SignOut);
        }
    });
}

/// The server is silent and asked again by itself; true: the user wants it asked now, perhaps with
/// another address.
fn waiting_ui(ui: &mut Ui, commands: &mut Vec<Command>) -> bool {
    ui.horizontal(|ui| {
        let button = theme::main_button(ui, "Try now");
        let now = ui.add(button).clicked();
        if ui.button("Cancel").clicked() {
            commands.push(Command::SignOut);
        }
        now
    })
    .inner
}

/// The own port; true: Enter was pressed in it.
fn advanced_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form) -> bool {
    let mut enter = false;
    let problem = view.problems.at(Field::OwnPort);
    let open = problem.is_some().then_some(true);
    egui::CollapsingHeader::new("Advanced")
        .open(open)
        .show_unindented(ui, |ui| {
            let idle = is_idle(view.session);
            ui.add_enabled_ui(idle, |ui| {
                let port = widgets::field(ui, "Own port", &mut form.own_port, theme::PORT_WIDTH);
                enter = is_entered(ui, &port);
            });
            widgets::problem_ui(ui, problem);
            let hint = "The port that others reach you at. 0 takes any free one.";
            ui.label(RichText::new(hint).small().color(theme::palette(ui).weak));
        });
    enter
}

fn is_entered(ui: &Ui, field: &egui::Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// No request is under way, so the fields can be changed.
fn is_idle(session: &Session) -> bool {
    matches!(
        session.standing,
        Standing::SignedOut | Standing::Waiting { .. }
    )
}
