//! The side of the window: oneself, the people and the server on this computer; while signed out the
//! form to sign in.

use egui::{Label, Panel, RichText, ScrollArea, Sense, Ui, vec2};

use super::window::{Side, Window};
use super::{avatar, contacts, host, settings, theme, words};
use crate::app::language::Sentence;
use crate::app::session::Standing;
use crate::app::{Command, Nickname, Now, Settings};

impl Window {
    /// The side beside the page, as wide as the user has made it.
    pub(super) fn side_panel_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let widest =
            (ui.available_width() - theme::PAGE_MIN).clamp(theme::SIDE_MIN, theme::SIDE_MAX);
        let chosen = self.app.settings().side_width;
        let panel = Panel::left("side")
            .default_size(chosen)
            .size_range(theme::SIDE_MIN..=widest)
            .resizable(true)
            .frame(theme::side_frame(ui));
        let shown = panel.show(ui, |ui| self.side_ui(ui, now, commands));
        let width = shown.response.rect.width().round();
        let held = ui.input(|input| input.pointer.any_down());
        // A window that was made narrow for a while changes nothing.
        let is_chosen = width < widest && (width - chosen).abs() >= 1.0;
        if is_chosen && !held {
            commands.push(Command::Change(Box::new(Settings {
                side_width: width,
                ..self.app.settings().clone()
            })));
        }
    }

    /// The people and oneself; while signed out the form to sign in.
    pub(super) fn side_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        if !self.wide && !self.app.conversations().tabs().is_empty() {
            let unread = self.app.conversations().unread();
            let back = Sentence::new("people-back").count("unread", unread);
            if ui.button(words::tell(ui, &back)).clicked() {
                self.side = Side::Page;
            }
            ui.add_space(theme::GAP);
        }
        if !self.app.session().entered {
            ScrollArea::vertical().show(ui, |ui| {
                egui::Sides::new().shrink_left().show(
                    ui,
                    |ui| ui.label(RichText::new("Super Chatter").size(theme::TITLE).strong()),
                    |ui| settings::gear_ui(ui, commands),
                );
                ui.add_space(theme::GAP);
                self.login_ui(ui, now, commands);
            });
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
            host::page_button_ui(ui, commands);
        });
        let view = contacts::View {
            now,
            contacts: self.app.contacts(),
            conversations: self.app.conversations(),
            hosting: self.app.hosting(),
            present: self.app.session().standing == Standing::Online,
        };
        contacts::contacts_ui(ui, &view, &mut self.contacts, commands);
    }

    /// Oneself: name, standing, and the way out.
    fn self_ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let session = self.app.session();
        let online = session.standing == Standing::Online;
        let name = session.nickname.as_ref().map_or("", Nickname::as_str);
        let sentence = if online {
            Sentence::new("people-signed-in")
        } else {
            Sentence::new("people-looking")
        };
        let state = words::tell(ui, &sentence.with("server", session.place()));
        let height = 2.0 * theme::AVATAR_RADIUS + 4.0;
        let sides = egui::Sides::new().height(height).shrink_left().truncate();
        sides.show(
            ui,
            |ui| {
                let radius = theme::AVATAR_RADIUS;
                let size = vec2(2.0 * radius, height);
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                avatar::avatar(ui, rect.center(), radius, name);
                let colours = theme::palette(ui);
                avatar::presence(ui, rect.center(), radius, colours.side, online);
                ui.add(Label::new(RichText::new(name).strong()).truncate());
            },
            |ui| {
                settings::gear_ui(ui, commands);
                if ui.button(words::say(ui, "people-sign-out")).clicked() {
                    commands.push(Command::SignOut);
                }
            },
        );
        // A line of its own: beside the buttons there is no room for an address.
        let text = RichText::new(state).small().color(theme::palette(ui).weak);
        let at = ui.add(Label::new(text).truncate());
        if let Some(address) = session.own_address {
            let own = Sentence::new("people-own-port")
                .with("server", &session.server)
                .with("port", address.port());
            at.on_hover_text(words::tell(ui, &own));
        }
    }
}
