//! Thin bars over the conversation: signed out, a server that does not answer, something to know.

use egui::{RichText, Ui};

use super::{theme, words};
use crate::app::form::Form;
use crate::app::language::Sentence;
use crate::app::session::{Session, Standing};
use crate::app::{Command, Now, hosting, hosting::Hosting, sentences};

/// What the bar about the server shows.
pub struct View<'a> {
    pub now: Now,
    pub session: &'a Session,
    pub hosting: &'a Hosting,
    pub form: &'a Form,
}

/// Draws the bar about the server, if there is something to say about it. Its button keeps its place
/// while the server is asked, so that a second click does nothing else.
pub fn session_bar_ui(ui: &mut Ui, view: &View<'_>, commands: &mut Vec<Command>) {
    let session = view.session;
    match session.standing {
        Standing::Online => {}
        Standing::SignedOut if session.at_own_host && view.hosting.was_stopped => {
            let idle = view.hosting.standing == hosting::Standing::Off;
            if bar_ui(
                ui,
                &words::say(ui, "notice-stopped-hosting"),
                ("Host again", idle),
            ) {
                commands.push(Command::Host(view.form.clone()));
            }
        }
        Standing::SignedOut => {
            if bar_ui(
                ui,
                &words::say(ui, "notice-signed-out"),
                ("Sign in again", true),
            ) {
                commands.push(Command::SignIn(view.form.clone()));
            }
        }
        Standing::SigningIn { attempt } => {
            let text = match (session.lost, attempt) {
                (Some(cause), _) => words::tell(ui, &sentences::asked_again(cause)),
                (None, 0 | 1) => "Asking the server…".to_owned(),
                (None, _) => format!("Asking the server… (try {attempt})"),
            };
            bar_ui(ui, &text, ("Try now", false));
        }
        Standing::Waiting { cause, .. } => {
            let seconds = session.retry_in_s(view.now).unwrap_or(0);
            let text = words::tell(ui, &sentences::lost(cause, seconds));
            if bar_ui(ui, &text, ("Try now", true)) {
                commands.push(Command::Reconnect);
            }
        }
    }
}

/// Draws the bar with the notice, if there is one.
pub fn notice_bar_ui(ui: &mut Ui, notice: Option<&Sentence>, commands: &mut Vec<Command>) {
    if let Some(notice) = notice
        && bar_ui(ui, &words::tell(ui, notice), ("Dismiss", true))
    {
        commands.push(Command::DismissNotice);
    }
}

/// One bar with one button and whether that can be used; true: it was clicked.
fn bar_ui(ui: &mut Ui, text: &str, (action, enabled): (&str, bool)) -> bool {
    let frame = theme::bar_frame(ui);
    let colour = theme::palette(ui).on_bar;
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let label = egui::Label::new(RichText::new(text).color(colour)).wrap();
            egui::Sides::new().shrink_left().wrap().show(
                ui,
                |ui| ui.add(label),
                |ui| {
                    let button = egui::Button::new(action);
                    ui.add_enabled(enabled, button).clicked()
                },
            )
        })
        .inner
        .1
}
