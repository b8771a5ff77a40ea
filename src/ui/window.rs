//! The window: which panels stand where, and the way of a command. Panels are drawn from the model
//! and fill a list of commands; the model is changed after drawing, never during it.

use std::time::Duration;

use egui::{Context, Ui, ViewportCommand};

use super::{composer, contacts, tabs, transcript, words};
use crate::app::form::Form;
use crate::app::session::Standing;
use crate::app::{App, Command, Nickname, Notify, Now, Options, Page};

/// How long a closing window waits for the farewells, in milliseconds. A server that is gone must
/// not keep it open.
const CLOSE_MS: i64 = 2000;

/// What a narrow window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    People,
    /// The page beside the people.
    Page,
}

/// The model and all that only the screen knows of it.
pub struct Window {
    pub(super) app: App,
    pub(super) form: Form,
    pub(super) side: Side,
    pub(super) wide: bool,
    pub(super) contacts: contacts::State,
    pub(super) tabs: tabs::State,
    pub(super) transcript: transcript::State,
    pub(super) composer: composer::State,
    /// The conversation that was in front when the last frame was drawn.
    in_front: Option<Nickname>,
    title: String,
    /// Nothing was drawn yet.
    pub(super) is_new: bool,
    /// The window is asked to close, and waits no longer than until this Unix time.
    close_by_ms: Option<i64>,
    commands: Vec<Command>,
}

impl Window {
    /// A window onto a new model.
    pub fn start(options: Options, notify: Notify) -> Self {
        Self::new(App::new(now(), options, notify))
    }

    /// A window onto `app`.
    pub fn new(app: App) -> Self {
        Self {
            form: app.form(),
            app,
            side: Side::People,
            wide: true,
            contacts: contacts::State::default(),
            tabs: tabs::State::default(),
            transcript: transcript::State::default(),
            composer: composer::State::default(),
            in_front: None,
            title: String::new(),
            is_new: true,
            close_by_ms: None,
            commands: Vec::new(),
        }
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// For what comes in by another way than the network.
    pub fn app_mut(&mut self) -> &mut App {
        &mut self.app
    }

    /// Takes in what the network told; also while the window is hidden. Draws nothing.
    pub fn logic(&mut self, ctx: &Context) {
        let now = now();
        self.look_away(ctx, now);
        if self.app.handle_events(now) {
            ctx.request_repaint();
        }
        self.close(ctx, now);
        let title = match self.app.conversations().unread() {
            0 => "Super Chatter".to_owned(),
            unread => format!("({unread}) Super Chatter"),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws the window, then carries out what the user asked for in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let now = now();
        words::set(ui.ctx(), self.app.language());
        let mut commands = std::mem::take(&mut self.commands);
        if self.close_by_ms.is_some() {
            self.closing_ui(ui);
        } else {
            self.panels_ui(ui, now, &mut commands);
        }
        if !commands.is_empty() {
            ui.ctx().request_repaint();
        }
        for command in commands.drain(..) {
            if matches!(command, Command::Open(_) | Command::Go(_)) {
                self.side = Side::Page;
            }
            if matches!(command, Command::Open(_)) {
                self.composer.request_focus();
            }
            self.app.run(now, command);
        }
        self.commands = commands;
        self.wake(ui.ctx(), now);
    }

    /// Tells the model whether the user sees what comes in now.
    fn look_away(&mut self, ctx: &Context, now: Now) {
        let focused = ctx.input(|input| input.viewport().focused.unwrap_or(input.focused));
        let all = self.app.conversations();
        let (selected, unread) = (all.selected(), all.unread());
        let newest = selected.is_none_or(|peer| self.transcript.is_at_bottom(peer));
        let in_view = self.app.page() == Page::Talk && (self.wide || self.side == Side::Page);
        let attended = focused && newest && in_view;
        self.app.run(now, Command::Attend(attended));
        if self.app.conversations().unread() != unread {
            ctx.request_repaint();
        }
        let selected = self.app.conversations().selected();
        if selected != self.in_front.as_ref() {
            self.in_front = selected.cloned();
            self.composer.request_focus();
        }
    }

    /// Holds a closing window until everybody has been told, but not for long.
    fn close(&mut self, ctx: &Context, now: Now) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        if asked && self.close_by_ms.is_none() {
            self.close_by_ms = Some(now.unix_ms.saturating_add(CLOSE_MS));
            self.app.run(now, Command::Quit);
        }
        let Some(by_ms) = self.close_by_ms else {
            return;
        };
        let is_over = self.app.has_ended() || now.unix_ms >= by_ms;
        match (asked, is_over) {
            (true, false) => ctx.send_viewport_cmd(ViewportCommand::CancelClose),
            (false, true) => ctx.send_viewport_cmd(ViewportCommand::Close),
            (true, true) | (false, false) => {}
        }
        let left_ms = by_ms.saturating_sub(now.unix_ms).max(0).unsigned_abs();
        ctx.request_repaint_after(Duration::from_millis(left_ms));
    }

    /// Wakes the window for what comes without news: the countdown's next second, and a draft that is
    /// to be saved.
    fn wake(&self, ctx: &Context, now: Now) {
        if let Some(at_ms) = self.app.wake_at_ms() {
            let left_ms = at_ms.saturating_sub(now.unix_ms).max(1).unsigned_abs();
            ctx.request_repaint_after(Duration::from_millis(left_ms));
        }
        if let Standing::Waiting { retry_at_ms, .. } = self.app.session().standing {
            let left_ms = retry_at_ms.saturating_sub(now.unix_ms);
            if left_ms > 0 {
                let to_next = left_ms.unsigned_abs() % 1000 + 1;
                ctx.request_repaint_after(Duration::from_millis(to_next));
            }
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}

/// The wall clock, for people to read.
fn now() -> Now {
    let local = chrono::Local::now();
    Now {
        unix_ms: local.timestamp_millis(),
        utc_offset_s: local.offset().local_minus_utc(),
    }
}
