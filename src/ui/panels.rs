//! How the window is divided: the people and oneself at the left, the page beside them, both in turn
//! where it is narrow. What the panels hold is drawn by their own files.

use egui::{CentralPanel, Panel, RichText, ScrollArea, Ui};

use super::window::{Side, Window};
use super::{
    bars, composer, filing, ime, keys, login, settings, tabs, talk_menu, theme, transcript,
    widgets, words,
};
use crate::app::lines::Lines;
use crate::app::session::Standing;
use crate::app::{Command, Nickname, Now, Page};

impl Window {
    pub(super) fn panels_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        self.wide = ui.available_width() >= theme::WIDE_MIN;
        // Before every field: the keys of a word that is being composed are no field's.
        ime::follow(ui, &mut self.composing);
        settings::keys_ui(ui, &self.app, commands);
        if self.app.page() != Page::Settings {
            self.settings = settings::State::default();
        }
        if self.app.session().entered {
            self.login.on_entered(&self.form);
        }
        self.keys_ui(ui, commands);
        self.jump_ui(ui, now, commands);
        keys::help_ui(ui, &mut self.help);
        if self.app.is_welcome() {
            match self.app.page() {
                Page::Settings => self.settings_ui(ui, commands),
                Page::Host => self.page_ui(ui, now, commands),
                Page::Talk | Page::Search => self.welcome_ui(ui, now, commands),
            }
            return;
        }
        if !self.wide {
            match self.side {
                Side::People => {
                    self.bars_ui(ui, now, commands);
                    let frame = theme::side_frame(ui);
                    let panel = CentralPanel::default().frame(frame);
                    panel.show(ui, |ui| self.side_ui(ui, now, commands));
                }
                Side::Page => self.page_ui(ui, now, commands),
            }
            return;
        }
        self.side_panel_ui(ui, now, commands);
        self.page_ui(ui, now, commands);
    }

    /// What stands beside the people.
    fn page_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        self.bars_ui(ui, now, commands);
        match self.app.page() {
            Page::Talk => self.talk_ui(ui, now, commands),
            Page::Search => self.search_ui(ui, now, commands),
            Page::Host => self.host_page_ui(ui, now, commands),
            Page::Settings => self.settings_ui(ui, commands),
        }
    }

    /// The whole window before the first sign-in.
    fn welcome_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            bars::notice_bar_ui(ui, self.app.notice(), commands);
            bars::standing_bar_ui(ui, self.app.standing_notice(), commands);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let room = ui.available_width();
                let width = theme::CARD_WIDTH.min(room - 2.0 * theme::EDGE);
                let margin = (room - width) / 2.0;
                ui.horizontal_top(|ui| {
                    ui.add_space(margin);
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        ui.add_space(
                            (ui.ctx().content_rect().height() * theme::WELCOME_AT).max(20.0),
                        );
                        egui::Sides::new().shrink_left().show(
                            ui,
                            |ui| ui.heading("Super Chatter"),
                            |ui| settings::gear_ui(ui, commands),
                        );
                        let subtitle = words::say(ui, "shell-subtitle");
                        let colour = theme::palette(ui).weak;
                        ui.label(RichText::new(subtitle).color(colour));
                        ui.add_space(theme::EDGE);
                        self.login_ui(ui, now, commands);
                        widgets::follow_focus(ui);
                        ui.add_space(theme::EDGE);
                    });
                });
            });
        });
    }

    pub(super) fn login_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let view = login::View {
            now,
            session: self.app.session(),
            problems: self.app.problems(),
            hosting: self.app.hosting(),
            settings: self.app.settings(),
        };
        login::login_ui(ui, &view, (&mut self.form, &mut self.login), commands);
    }

    /// The conversation in front, with its tabs and bars.
    fn talk_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            self.top_ui(ui, commands);
            let Some(peer) = self.app.conversations().selected().cloned() else {
                // There is no field: the one that comes later takes the keyboard from nobody.
                self.composer = composer::State::default();
                self.no_talk_ui(ui);
                return;
            };
            if transcript::is_typed_at(ui, &peer) {
                self.composer.request_focus();
            }
            let frame = theme::composer_frame(ui);
            Panel::bottom("composer").frame(frame).show(ui, |ui| {
                widgets::column_ui(ui, |ui| self.composer_ui(ui, now, &peer, commands));
            });
            self.find_ui(ui, &peer, commands);
            if let Some(with) = self.app.conversations().with(&peer) {
                let view = transcript::View {
                    now,
                    peer: &peer,
                    me: self.app.session().nickname.as_ref(),
                    lines: &with.lines,
                    unread: with.unread,
                    divider: self.app.conversations().divider(&peer),
                    divided: self.app.conversations().divided(&peer),
                    read_by: self.app.read_by(&peer),
                    late: &with.late,
                    story: self.app.story(),
                    signed_out: self.app.session().standing == Standing::SignedOut,
                    earlier: with.can_show_earlier(),
                    first: with.has_first(),
                    later: with.can_show_later(),
                    behind: with.is_behind(),
                    found: self.find.found(&peer),
                };
                self.transcript.keep(self.app.conversations().tabs());
                transcript::transcript_ui(ui, &view, &mut self.transcript, commands);
            }
        });
    }

    fn composer_ui(&mut self, ui: &mut Ui, now: Now, peer: &Nickname, commands: &mut Vec<Command>) {
        let all = self.app.conversations();
        let none = Lines::default();
        let view = composer::View {
            peer,
            draft: all.draft(peer),
            lines: all.with(peer).map_or(&none, |with| &with.lines),
            limit: self.app.limit(peer),
            obstacle: self.app.obstacle(peer),
            typing: all.is_typing(peer, now),
            settings: self.app.settings(),
        };
        composer::composer_ui(ui, &view, &mut self.composer, commands);
    }

    fn top_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let margin = egui::Margin::symmetric(theme::GAP as i8, 5);
        let frame = egui::Frame::NONE.inner_margin(margin);
        let all = self.app.conversations();
        if !self.wide || !all.tabs().is_empty() {
            frame.show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.set_min_height(theme::TAB_HEIGHT);
                    if !self.wide {
                        // As high as the tabs beside it.
                        let people = egui::Button::new(words::say(ui, "people-show"));
                        let people = people.min_size(egui::vec2(0.0, theme::TAB_HEIGHT));
                        if ui.add(people).clicked() {
                            self.side = Side::People;
                        }
                    }
                    let rest = egui::Layout::right_to_left(egui::Align::Center);
                    ui.with_layout(rest, |ui| {
                        if let Some(peer) = all.selected()
                            && talk_menu::menu_ui(ui, (all, peer), commands)
                        {
                            self.find.open();
                        }
                        let tabs = egui::Layout::left_to_right(egui::Align::Center);
                        ui.with_layout(tabs, |ui| {
                            tabs::tabs_ui(ui, all, &mut self.tabs, commands);
                        });
                    });
                });
            });
            ui.separator();
        }
    }

    /// The bars, over whatever page there is.
    fn bars_ui(&self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let view = bars::View {
            now,
            session: self.app.session(),
            hosting: self.app.hosting(),
            problems: self.app.problems(),
            form: &self.form,
        };
        filing::filing_ui(ui, self.app.filing(), commands);
        let (notice, saved) = (self.app.notice(), self.app.saved());
        let standing = self.app.standing_notice();
        let online = self.app.session().standing == Standing::Online;
        if online && notice.is_none() && standing.is_none() && saved.is_none() {
            return;
        }
        let bars = Panel::top("bars").frame(egui::Frame::NONE);
        bars.show_separator_line(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            bars::session_bar_ui(ui, &view, commands);
            bars::notice_bar_ui(ui, notice, commands);
            bars::standing_bar_ui(ui, standing, commands);
            filing::saved_bar_ui(ui, saved, commands);
        });
    }

    fn no_talk_ui(&self, ui: &mut Ui) {
        ui.add_space(ui.available_height() * 0.38);
        let sentence = match self.app.contacts().is_alone() {
            true => words::say(ui, "people-none-joined"),
            false => words::say(ui, "people-choose"),
        };
        ui.vertical_centered(|ui| widgets::empty_ui(ui, &sentence));
    }

    pub(super) fn closing_ui(&self, ui: &mut Ui) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.add_space(ui.available_height() * 0.45);
            let text = words::say(ui, "shell-good-bye");
            ui.vertical_centered(|ui| widgets::empty_ui(ui, &text));
        });
    }
}
