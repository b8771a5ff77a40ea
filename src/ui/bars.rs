//! Thin bars over the conversation: signed out, a server that does not answer, something to know.

use egui::{RichText, Ui};

use super::theme;
use crate::app::form::Form;
use crate::app::session::{Session, Standing};
use crate::app::{Command, Now, sentences};

/// Draws the bar about the server, if there is something to say about it.
pub fn session_bar_ui(
    ui: &mut Ui,
    now: Now,
    session: &Session,
    form: &Form,
    commands: &mut Vec<Command>,
) {
    match session.standing {
        Standing::Online => {}
        Standing::SignedOut => {
            if bar_ui(ui, sentences::SIGNED_OUT, "Sign in again") {
                commands.push(Command::SignIn(form.clone()));
            }
        }
        Standing::SigningIn { attempt } => {
            let text = match attempt {
                0 | 1 => "Asking the server…".to_owned(),
                _ => format!("Asking the server… (try {attempt})"),
            };
            if bar_ui(ui, &text, "Sign out") {
                commands.push(Command::SignOut);
            }
        }
        Standing::Waiting { cause, .. } => {
            let seconds = session.retry_in_s(now).unwrap_or(0);
            if bar_ui(ui, &sentences::lost(cause, seconds), "Try now") {
                commands.push(Command::Reconnect);
            }
        }
    }
}

/// Draws the bar with the notice, if there is one.
pub fn notice_bar_ui(ui: &mut Ui, notice: Option<&str>, commands: &mut Vec<Command>) {
    if let Some(notice) = notice
        && bar_ui(ui, notice, "Dismiss")
    {
        commands.push(Command::DismissNotice);
    }
}

/// One bar with one button; true: it was clicked.
fn bar_ui(ui: &mut Ui, text: &str, action: &str) -> bool {
    let frame = theme::bar_frame(ui);
    let colour = theme::palette(ui).on_bar;
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let label = egui::Label::new(RichText::new(text).color(colour)).wrap();
            egui::Sides::new().shrink_left().wrap().show(
                ui,
                |ui| ui.add(label),
                |ui| ui.button(action).clicked(),
            )
        })
        .inner
        .1
}
