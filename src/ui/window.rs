//! The window: which panels stand where, and the way of a command. Panels are drawn from the model
//! and fill a list of commands; the model is changed after drawing, never during it.

use std::time::Duration;

use egui::{CentralPanel, Context, Panel, RichText, ScrollArea, Ui, ViewportCommand};

use super::{bars, composer, contacts, host, login, tabs, theme, transcript, widgets};
use crate::app::conversations::Earlier;
use crate::app::form::Form;
use crate::app::session::Standing;
use crate::app::{App, Command, Nickname, Notify, Now, Options};

/// How long a closing window waits for the farewells, in milliseconds. A server that is gone must
/// not keep it open.
const CLOSE_MS: i64 = 2000;

/// What a narrow window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    People,
    Talk,
}

/// The model and all that only the screen knows of it.
pub struct Window {
    app: App,
    form: Form,
    page: Page,
    wide: bool,
    tabs: tabs::State,
    transcript: transcript::State,
    composer: composer::State,
    /// The conversation that was in front when the last frame was drawn.
    in_front: Option<Nickname>,
    title: String,
    /// Nothing was drawn yet.
    is_new: bool,
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
            page: Page::People,
            wide: true,
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
            if matches!(command, Command::Open(_)) {
                self.page = Page::Talk;
                self.composer.request_focus();
            }
            self.app.run(now, command);
        }
        self.commands = commands;
        self.wake(ui.ctx(), now);
    }

    fn panels_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        self.wide = ui.available_width() >= theme::WIDE_MIN;
        tabs::keys_ui(ui, self.app.conversations(), commands);
        let talks = !self.app.conversations().tabs().is_empty();
        if !self.app.session().entered && !talks {
            self.welcome_ui(ui, now, commands);
            return;
        }
        if !self.wide {
            match self.page {
                Page::People => {
                    let frame = theme::side_frame(ui);
                    let panel = CentralPanel::default().frame(frame);
                    panel.show(ui, |ui| self.side_ui(ui, now, commands));
                }
                Page::Talk => self.talk_ui(ui, now, commands),
            }
            return;
        }
        Panel::left("side")
            .exact_size(theme::SIDE_WIDTH)
            .resizable(false)
            .frame(theme::side_frame(ui))
            .show(ui, |ui| self.side_ui(ui, now, commands));
        self.talk_ui(ui, now, commands);
    }

    /// The whole window before the first sign-in.
    fn welcome_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            bars::notice_bar_ui(ui, self.app.notice(), commands);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let room = ui.available_width();
                let width = theme::CARD_WIDTH.min(room - 2.0 * theme::EDGE);
                let margin = (room - width) / 2.0;
                ui.horizontal_top(|ui| {
                    ui.add_space(margin);
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        ui.add_space(if self.wide { 56.0 } else { 20.0 });
                        ui.heading("Super Chatter");
                        let subtitle = "Talk with the people on your network.";
                        let colour = theme::palette(ui).weak;
                        ui.label(RichText::new(subtitle).color(colour));
                        ui.add_space(theme::EDGE);
                        self.login_ui(ui, now, commands);
                        ui.add_space(theme::EDGE);
                    });
                });
            });
        });
    }

    fn login_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let view = login::View {
            now,
            session: self.app.session(),
            problems: self.app.problems(),
            hosting: self.app.hosting(),
            focus: std::mem::take(&mut self.is_new),
        };
        login::login_ui(ui, &view, &mut self.form, commands);
    }

    /// The people and oneself; while signed out the form to sign in.
    fn side_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        if !self.wide && !self.app.conversations().tabs().is_empty() {
            let back = match self.app.conversations().unread() {
                0 => "Conversations".to_owned(),
                unread => format!("Conversations ({unread})"),
            };
            if ui.button(back).clicked() {
                self.page = Page::Talk;
            }
            ui.add_space(theme::GAP);
        }
        if !self.app.session().entered {
            ScrollArea::vertical().show(ui, |ui| self.login_ui(ui, now, commands));
            return;
        }
        self.self_ui(ui, commands);
        ui.separator();
        let bottom = Panel::bottom("host").frame(egui::Frame::NONE);
        bottom.show_separator_line(false).show(ui, |ui| {
            ui.add_space(theme::GAP);
            ui.separator();
            ui.add_space(2.0);
            let hosting = self.app.hosting();
            let form = (&mut self.form, self.app.problems());
            host::host_ui(ui, hosting, form, commands);
        });
        let view = contacts::View {
            contacts: self.app.contacts(),
            conversations: self.app.conversations(),
            hosting: self.app.hosting(),
            present: self.app.session().standing == Standing::Online,
        };
        contacts::contacts_ui(ui, &view, commands);
    }

    /// Oneself: name, standing, and the way out.
    fn self_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let session = self.app.session();
        let online = session.standing == Standing::Online;
        let name = session.nickname.as_ref().map_or("", Nickname::as_str);
        let colour = theme::palette(ui).weak;
        egui::Sides::new().shrink_left().truncate().show(
            ui,
            |ui| {
                let (dot, _) = ui.allocate_exact_size(egui::vec2(14.0, 20.0), egui::Sense::hover());
                widgets::presence_dot(ui, dot.center(), online);
                ui.label(RichText::new(name).strong());
            },
            |ui| {
                if ui.button("Sign out").clicked() {
                    commands.push(Command::SignOut);
                }
            },
        );
        let state = if online {
            "Signed in at"
        } else {
            "Looking for"
        };
        let text = RichText::new(format!("{state} {}", session.server));
        let at = ui.add(egui::Label::new(text.small().color(colour)).truncate());
        if let Some(address) = session.own_address {
            at.on_hover_text(format!("Your own port is {}.", address.port()));
        }
    }

    /// The conversation in front, with its tabs and bars.
    fn talk_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            self.top_ui(ui, now, commands);
            let Some(peer) = self.app.conversations().selected().cloned() else {
                self.no_talk_ui(ui);
                return;
            };
            let frame = theme::composer_frame(ui);
            Panel::bottom("composer").frame(frame).show(ui, |ui| {
                let draft = self.app.conversations().draft(&peer);
                let field = (&peer, draft);
                composer::composer_ui(ui, field, &mut self.composer, commands);
            });
            if let Some(with) = self.app.conversations().with(&peer) {
                let view = transcript::View {
                    now,
                    peer: &peer,
                    lines: &with.lines,
                    unread: with.unread > 0,
                    earlier: with.earlier == Earlier::Perhaps,
                };
                self.transcript.keep(self.app.conversations().tabs());
                transcript::transcript_ui(ui, &view, &mut self.transcript, commands);
            }
        });
    }

    fn top_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let margin = egui::Margin::symmetric(theme::GAP as i8, 5);
        let frame = egui::Frame::NONE.inner_margin(margin);
        let all = self.app.conversations();
        if !self.wide || !all.tabs().is_empty() {
            frame.show(ui, |ui| {
                ui.horizontal(|ui| {
                    if !self.wide && ui.button("People").clicked() {
                        self.page = Page::People;
                    }
                    ui.set_min_height(theme::TAB_HEIGHT);
                    tabs::tabs_ui(ui, all, &mut self.tabs, commands);
                });
            });
            ui.separator();
        }
        self.bars_ui(ui, now, commands);
    }

    fn bars_ui(&self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let view = bars::View {
            now,
            session: self.app.session(),
            hosting: self.app.hosting(),
            form: &self.form,
        };
        bars::session_bar_ui(ui, &view, commands);
        bars::notice_bar_ui(ui, self.app.notice(), commands);
    }

    fn no_talk_ui(&self, ui: &mut Ui) {
        ui.add_space(ui.available_height() * 0.38);
        let sentence = match self.app.contacts().is_alone() {
            true => "When somebody joins, they appear in the list of people.",
            false => "Choose somebody from the list to start talking.",
        };
        ui.vertical_centered(|ui| widgets::empty_ui(ui, sentence));
    }

    fn closing_ui(&self, ui: &mut Ui) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.add_space(ui.available_height() * 0.45);
            ui.vertical_centered(|ui| widgets::empty_ui(ui, "Saying good-bye…"));
        });
    }

    /// Tells the model whether the user sees what comes in now.
    fn look_away(&mut self, ctx: &Context, now: Now) {
        let focused = ctx.input(|input| input.viewport().focused.unwrap_or(input.focused));
        let all = self.app.conversations();
        let (selected, unread) = (all.selected(), all.unread());
        let newest = selected.is_none_or(|peer| self.transcript.is_at_bottom(peer));
        let attended = focused && newest && (self.wide || self.page == Page::Talk);
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
