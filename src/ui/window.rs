//! The window: which panels stand where, and the way of a command. Panels are drawn from the model
//! and fill a list of commands; the model is changed after drawing, never during it.

use std::time::Duration;

use egui::{Context, Ui, UserAttentionType, ViewportCommand};

use super::closing::Closing;
use super::question::Question;
use super::{
    composer, contacts, find, fonts, host_page, jump, login, search, settings, tabs, theme,
    transcript, words,
};
use crate::app::attention::Watching;
use crate::app::form::Form;
use crate::app::report::Drawn;
use crate::app::session::Standing;
use crate::app::{App, Command, Desktop, Nickname, Notify, Now, Options, Page, Raise, Zone};

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
    pub(super) login: login::State,
    pub(super) settings: settings::State,
    pub(super) side: Side,
    pub(super) wide: bool,
    pub(super) contacts: contacts::State,
    pub(super) tabs: tabs::State,
    pub(super) jump: jump::State,
    pub(super) find: find::State,
    pub(super) search: search::State,
    /// The list of keys is open.
    pub(super) help: bool,
    pub(super) transcript: transcript::State,
    pub(super) composer: composer::State,
    pub(super) host_page: host_page::State,
    /// The conversation that was in front when the last frame was drawn.
    in_front: Option<Nickname>,
    title: String,
    pub(super) closing: Closing,
    pub(super) question: Option<Question>,
    /// The desktop was asked to point at the window.
    called: bool,
    /// The window is out of sight.
    hidden: bool,
    /// Where a window can't be hidden it is made an icon.
    hides_as_icon: bool,
    /// When its place was last written, in Unix milliseconds.
    pub(super) placed_ms: i64,
    /// An input method is in the middle of a word.
    pub(super) composing: bool,
    commands: Vec<Command>,
    clock: Box<dyn Fn() -> Now>,
}

impl Window {
    /// A window onto a new model, on this desktop.
    pub fn start(options: Options, desktop: Desktop, notify: Notify) -> Self {
        let mut app = App::new(now(), options, notify);
        app.stand_on(desktop);
        Self::new(app)
    }

    /// A window onto `app`.
    pub fn new(app: App) -> Self {
        let form = app.form();
        Self {
            login: login::State::new(&form),
            settings: settings::State::default(),
            form,
            app,
            side: Side::People,
            wide: true,
            contacts: contacts::State::default(),
            tabs: tabs::State::default(),
            jump: jump::State::default(),
            find: find::State::default(),
            search: search::State::default(),
            help: false,
            transcript: transcript::State::default(),
            composer: composer::State::default(),
            host_page: host_page::State::default(),
            in_front: None,
            title: String::new(),
            closing: Closing::No,
            question: None,
            called: false,
            hidden: false,
            hides_as_icon: false,
            placed_ms: 0,
            composing: false,
            commands: Vec::new(),
            clock: Box::new(now),
        }
    }

    /// The window with another clock than the system's.
    pub fn with_clock(self, clock: impl Fn() -> Now + 'static) -> Self {
        let clock = Box::new(clock);
        Self { clock, ..self }
    }

    /// The window where the system has no way to hide one.
    pub fn hiding_as_icon(self, hides_as_icon: bool) -> Self {
        Self {
            hides_as_icon,
            ..self
        }
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// For what comes in by another way than the network.
    pub fn app_mut(&mut self) -> &mut App {
        &mut self.app
    }

    /// How the program stands, for somebody who reports a fault.
    pub fn diagnosis(&self, ctx: &Context) -> String {
        self.app.diagnosis(Drawn {
            renderer: "glow",
            scale: ctx.pixels_per_point(),
            zoom: ctx.zoom_factor(),
            size: ctx.content_rect().size().into(),
        })
    }

    /// Takes in what the network told; also while the window is hidden. Draws nothing.
    pub fn logic(&mut self, ctx: &Context) {
        let now = (self.clock)();
        self.look_away(ctx, now);
        if self.app.handle_events(now) {
            ctx.request_repaint();
        }
        self.show_or_hide(ctx);
        self.close(ctx, now);
        self.keep_place(ctx, now);
        self.set_title(ctx);
        self.wake(ctx, now);
    }

    /// Draws the window, then carries out what the user asked for in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let now = (self.clock)();
        words::set(ui.ctx(), self.app.language());
        fonts::prefer_emoji(ui.ctx());
        theme::choose(ui.ctx(), self.app.settings(), self.app.system());
        let mut commands = std::mem::take(&mut self.commands);
        let mut sure = None;
        if matches!(self.closing, Closing::By(_)) {
            self.closing_ui(ui);
        } else {
            // Before the panels, which have a use for Escape, too.
            self.ask_before_closing_ui(ui, now, &mut commands);
            sure = self.question_ui(ui, now);
            self.panels_ui(ui, now, &mut commands);
        }
        theme::focus_ui(ui);
        if !commands.is_empty() || sure.is_some() {
            ui.ctx().request_repaint();
        }
        for command in commands.drain(..) {
            if !self.asks_first(now, &command) {
                self.carry_out(now, command);
            }
        }
        if let Some(command) = sure {
            self.carry_out(now, command);
        }
        self.commands = commands;
    }

    /// Does what the user asked for, and shows it.
    fn carry_out(&mut self, now: Now, command: Command) {
        let no_talk = self.app.conversations().tabs().is_empty();
        if no_talk && command == Command::Go(Page::Talk) {
            // The people are all that there is to see.
            self.side = Side::People;
        } else if matches!(
            command,
            Command::Open(_) | Command::ReopenTab | Command::Go(_)
        ) {
            self.side = Side::Page;
        }
        if matches!(command, Command::Open(_) | Command::Edit(_)) {
            self.composer.request_focus();
        }
        if let Command::Send { to, .. } = &command {
            self.transcript.go_to_newest(to);
        }
        self.app.run(now, command);
    }

    /// Tells the model whether the user sees what comes in now.
    fn look_away(&mut self, ctx: &Context, now: Now) {
        let focused = ctx.input(|input| input.viewport().focused.unwrap_or(input.focused));
        let all = self.app.conversations();
        let (selected, unread) = (all.selected(), all.unread());
        let newest = selected.is_none_or(|peer| self.transcript.is_at_bottom(peer));
        let in_view = self.app.page() == Page::Talk && (self.wide || self.side == Side::Page);
        let watching = match (focused && !self.hidden, in_view) {
            (true, true) => Watching::Talk,
            (true, false) => Watching::Window,
            (false, _) => Watching::Away,
        };
        self.app.run(now, Command::Watch(watching));
        let in_sight = !self.hidden && ctx.input(|input| input.viewport().visible()) != Some(false);
        let beside = self.wide || self.side == Side::Page;
        let seen = in_sight && beside && self.app.page() == Page::Host;
        self.app.run(now, Command::SeeHost(seen));
        let attended = watching == Watching::Talk && newest;
        self.app.run(now, Command::Attend(attended));
        if self.app.conversations().unread() != unread {
            ctx.request_repaint();
        }
        let selected = self.app.conversations().selected();
        if selected != self.in_front.as_ref() {
            // Somebody's first line takes the keyboard from no other field.
            if self.in_front.is_some() || !ctx.text_edit_focused() {
                self.composer.request_focus();
            }
            self.in_front = selected.cloned();
        }
    }

    /// Does with the window what the model wants: out of sight, to the front, pointed at.
    fn show_or_hide(&mut self, ctx: &Context) {
        let hidden = self.app.is_hidden();
        if hidden != self.hidden {
            self.hidden = hidden;
            ctx.send_viewport_cmd(match self.hides_as_icon {
                true => ViewportCommand::Minimized(hidden),
                false => ViewportCommand::Visible(!hidden),
            });
            if !hidden {
                self.come_back(ctx);
            }
        }
        if let Some(raise) = self.app.take_raise() {
            if raise == Raise::Talk {
                self.side = Side::Page;
                self.composer.request_focus();
            }
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            ctx.request_repaint();
        }
        let calls = self.app.calls();
        if calls != self.called {
            self.called = calls;
            let kind = match calls {
                true => UserAttentionType::Informational,
                false => UserAttentionType::Reset,
            };
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(kind));
        }
    }

    /// What is unread, and who one is: two windows are told apart by it.
    fn set_title(&mut self, ctx: &Context) {
        let session = self.app.session();
        let name = session.nickname.as_ref().filter(|_| session.entered);
        let title = match (self.app.conversations().unread(), name) {
            (0, None) => "Super Chatter".to_owned(),
            (0, Some(name)) => format!("{name} · Super Chatter"),
            (unread, None) => format!("({unread}) Super Chatter"),
            (unread, Some(name)) => format!("({unread}) {name} · Super Chatter"),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
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
    Now {
        unix_ms: chrono::Utc::now().timestamp_millis(),
        zone: Zone::SYSTEM,
    }
}
