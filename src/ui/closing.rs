//! Closing the window: what is asked first, the farewells, and staying in the tray instead.

use std::time::Duration;

use egui::{Context, Modal, Ui, ViewportCommand};

use super::window::Window;
use super::{theme, words};
use crate::app::closing::Worry;
use crate::app::language::Sentence;
use crate::app::{Command, Now, Settings};

/// How long a closing window waits for the farewells, in milliseconds. A server that is gone must
/// not keep it open.
const CLOSE_MS: i64 = 2000;

/// Whether the window is to close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Closing {
    #[default]
    No,
    /// The user is asked. `new`: nothing was drawn of it yet.
    Asking { new: bool },
    /// The user wants it all the same.
    Sure,
    /// It waits for the farewells, no longer than until this Unix time in milliseconds.
    By(i64),
}

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Stay,
    Hide,
    Close,
}

impl Window {
    /// Asks before closing where somebody would lose something, and then holds the window until
    /// everybody has been told, but not for long.
    pub(super) fn close(&mut self, ctx: &Context, now: Now) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        let quits = self.app.take_quit();
        match self.closing {
            Closing::No if asked && !quits && self.app.hides_instead() => {
                self.app.run(now, Command::Hide);
            }
            Closing::No if asked && !quits && self.app.worry(now).is_some() => {
                self.closing = Closing::Asking { new: true };
                ctx.request_repaint();
            }
            Closing::Sure => self.end(ctx, now),
            Closing::No if asked || quits => self.end(ctx, now),
            // What was asked about is no more: it was delivered or taken in, or everybody has left.
            Closing::Asking { .. } if quits || self.app.worry(now).is_none() => self.end(ctx, now),
            Closing::No | Closing::Asking { .. } | Closing::By(_) => {}
        }
        let is_over = match self.closing {
            Closing::No | Closing::Asking { .. } | Closing::Sure => false,
            Closing::By(by_ms) => {
                let left_ms = by_ms.saturating_sub(now.unix_ms).max(0);
                ctx.request_repaint_after(Duration::from_millis(left_ms.unsigned_abs()));
                left_ms == 0 || self.app.has_ended()
            }
        };
        match (asked, is_over) {
            (true, false) => ctx.send_viewport_cmd(ViewportCommand::CancelClose),
            (false, true) => ctx.send_viewport_cmd(ViewportCommand::Close),
            (true, true) | (false, false) => {}
        }
    }

    fn end(&mut self, ctx: &Context, now: Now) {
        self.keep_last_place(ctx, now);
        self.closing = Closing::By(now.unix_ms.saturating_add(CLOSE_MS));
        self.app.run(now, Command::Quit);
    }

    /// Draws the question, if there is one.
    pub(super) fn ask_before_closing_ui(&mut self, ui: &Ui, now: Now, commands: &mut Vec<Command>) {
        let (Closing::Asking { new }, Some(worry)) = (self.closing, self.app.worry(now)) else {
            return;
        };
        self.closing = Closing::Asking { new: false };
        match ask_ui(ui, worry, self.app.settings(), (new, commands)) {
            None => {}
            Some(Answer::Stay) => self.closing = Closing::No,
            Some(Answer::Hide) => {
                self.closing = Closing::No;
                commands.push(Command::Hide);
            }
            Some(Answer::Close) => {
                self.closing = Closing::Sure;
                ui.ctx().request_repaint();
            }
        }
    }
}

/// Draws the question; `None`: it is not answered yet. The keyboard is at the answer that changes
/// nothing.
fn ask_ui(
    ui: &Ui,
    worry: Worry,
    settings: &Settings,
    (new, commands): (bool, &mut Vec<Command>),
) -> Option<Answer> {
    let hosts = worry.people > 0;
    let mut answer = None;
    let modal = Modal::new(egui::Id::unique("closing")).frame(theme::dialog_frame(ui));
    let modal = modal.show(ui.ctx(), |ui| {
        ui.spacing_mut().interact_size.y = theme::BUTTON_HEIGHT;
        ui.set_width(theme::CARD_WIDTH.min(ui.ctx().content_rect().width() - 5.0 * theme::EDGE));
        ui.heading(words::say(ui, "desk-close-title"));
        ui.add_space(theme::GAP);
        for (id, gap, number) in [
            ("desk-close-people", "people", worry.people),
            ("desk-close-lines", "lines", worry.lines),
        ] {
            if number > 0 {
                let sentence = Sentence::new(id).count(gap, number);
                ui.label(words::tell(ui, &sentence));
                ui.add_space(theme::GAP);
            }
        }
        for (works, id) in [
            (worry.importing, "desk-close-importing"),
            (worry.saving, "desk-close-saving"),
        ] {
            if works {
                ui.label(words::say(ui, id));
                ui.add_space(theme::GAP);
            }
        }
        ui.vertical_centered_justified(|ui| {
            if worry.has_tray {
                let keep = words::say(ui, "desk-close-keep");
                if ui.add(theme::main_button(ui, &keep)).clicked() {
                    answer = Some(Answer::Hide);
                }
            }
            let close = match hosts {
                true => words::say(ui, "desk-close-stop"),
                false => words::say(ui, "desk-close-anyway"),
            };
            if ui.button(close).clicked() {
                answer = Some(Answer::Close);
            }
            let stay = match hosts {
                true => words::say(ui, "shell-cancel"),
                false => words::say(ui, "desk-close-stay"),
            };
            let stay = ui.button(stay);
            if new {
                stay.request_focus();
            }
            if stay.clicked() {
                answer = Some(Answer::Stay);
            }
        });
        if worry.has_tray {
            ui.add_space(theme::GAP);
            let mut always = settings.keep_hosting;
            let label = words::say(ui, "desk-close-always");
            if ui.checkbox(&mut always, label).changed() {
                let mut settings = settings.clone();
                settings.keep_hosting = always;
                commands.push(Command::Change(Box::new(settings)));
            }
        }
    });
    answer.or(modal.should_close().then_some(Answer::Stay))
}
