//! Signing in and out, hosting, and the threads that carry it out. What they tell is in [`super::news`].

use std::net::SocketAddr;
use std::path::PathBuf;

use super::form::{Field, Form, SignIn, address};
use super::host_panel::HostCommand;
use super::importing::Kept;
use super::language::Sentence;
use super::{
    App, DEFAULT_PORT, Nickname, Now, PROFILE, RoomName, Settings, hosting, sentences, session,
};
use crate::driver::{SendError, client};

impl App {
    /// What stands in the form at first.
    pub fn form(&self) -> Form {
        Form {
            nickname: self.options.nickname.clone(),
            server: match self.options.server.as_str() {
                "" => String::new(),
                server => address(server, self.options.port),
            },
            port: DEFAULT_PORT.to_string(),
            own_port: self.options.own_port.to_string(),
            host_port: self.options.host_port.to_string(),
        }
    }

    pub(super) fn sign_in(&mut self, form: &Form) {
        self.problems.clear();
        let parsed = if self.hosting.is_wanted() {
            form.parse_host().map(|(sign_in, _)| sign_in)
        } else {
            form.parse_sign_in()
        };
        match parsed {
            Ok(sign_in) => {
                if let Some(sign_in) = self.hosting.redirect(sign_in) {
                    self.start_session(sign_in);
                }
            }
            Err(problems) => self.problems = problems,
        }
    }

    /// Signs in with the client that runs, or with a new one if none does or it has another port.
    pub(super) fn start_session(&mut self, sign_in: SignIn) {
        self.asked = Some(sign_in.clone());
        self.session.on_asked(&sign_in);
        self.contacts.on_self(&sign_in.nickname);
        // Another port is another socket, and only one client at a time can have the profile.
        if self.client.is_some() && (self.next.is_some() || self.own_port != sign_in.own_port) {
            if self.next.is_some() || self.tell(client::Command::Close) {
                self.next = Some(sign_in);
            } else {
                self.session.on_ended();
            }
            return;
        }
        if self.client.is_none() {
            self.start_client(sign_in.own_port);
        }
        self.tell(client::Command::SignIn {
            nickname: sign_in.nickname,
            host: sign_in.host,
            port: sign_in.port,
        });
    }

    /// A server has taken the sign-in: next time it is offered again.
    pub(super) fn remember(&mut self) {
        let Some(asked) = &self.asked else { return };
        let mut settings = self.settings.clone();
        settings.nickname = asked.nickname.to_string();
        settings.own_port = asked.own_port;
        if !asked.own_host {
            settings.server = asked.host.clone();
            settings.port = asked.port;
        }
        self.change(settings);
    }

    /// The host calls the room so.
    pub(super) fn on_room(&mut self, room: RoomName) {
        self.session.room = room;
        if !self.session.at_own_host {
            let settings = Settings {
                room: self.session.room.to_string(),
                ..self.settings.clone()
            };
            self.change(settings);
        }
    }

    /// The server on this computer is open, or open again, perhaps at another address.
    pub(super) fn on_hosting(&mut self, now: Now, address: SocketAddr) {
        tracing::info!(%address, "the server listens");
        self.ask_server(HostCommand::Name(RoomName::of(&self.settings.host_name)));
        let before = self.hosting.reach.clone();
        let sign_in = self.hosting.on_bound(now, self.options.bind, address);
        self.watch_server();
        if self.ending {
            return;
        }
        if let Some(kept) = &mut self.kept {
            kept.port = address.port();
        }
        let mut settings = self.settings.clone();
        settings.host_port = address.port();
        self.change(settings);
        let is_elsewhere = self.session.entered && !self.session.at_own_host;
        let join_at = |id| match self.hosting.addresses.first() {
            Some(address) => Sentence::new(id).with("address", address),
            None => Sentence::new("host-join-nowhere"),
        };
        match before {
            None if self.is_well_elsewhere() => {
                let left = join_at("notice-hosting-left").with("place", self.session.place());
                self.notice = Some(left);
            }
            None if is_elsewhere => self.notice = Some(join_at("notice-hosting-instead")),
            before if before.is_some() && before != self.hosting.reach => {
                self.notice = Some(join_at("notice-new-address"));
                self.sign_in_at_own_host();
            }
            None | Some(_) => {}
        }
        if let Some(sign_in) = sign_in {
            self.start_session(sign_in);
        }
    }

    /// The server on this computer is not where one signed in to it: one follows it.
    fn sign_in_at_own_host(&mut self) {
        let is_there = self.session.standing != session::Standing::SignedOut;
        let asked = self
            .asked
            .clone()
            .filter(|asked| asked.own_host && is_there);
        if let Some(sign_in) = asked.and_then(|asked| self.hosting.redirect(asked)) {
            self.start_session(sign_in);
        }
    }

    /// Somebody else has the name: another one is suggested.
    pub(super) fn on_name_taken(&mut self) {
        let Some(name) = self.session.nickname.clone() else {
            return;
        };
        self.taken.on_refused(&self.session.server, name.clone());
        let is_known = |other: &Nickname| self.contacts.get(other).is_some();
        let other = self.taken.another(&name, is_known);
        self.problems.set(
            Field::Nickname,
            sentences::name_taken(&name, other.as_ref()),
        );
        self.problems.suggest(other);
    }

    pub(super) fn start_client(&mut self, own_port: u16) {
        self.own_port = own_port;
        let profile = self.options.data_dir.join(PROFILE);
        let notify = self.notify.clone();
        let bind = self.options.bind;
        self.client = Some(self.starter.client(bind, own_port, profile, notify));
        self.keeping.on_start();
    }

    pub(super) fn sign_out(&mut self) {
        self.problems.clear();
        if self.next.take().is_some() {
            // The old client is closing and the new one was not started: that is signed out.
            self.session.on_ended();
            self.on_signed_out();
        }
        self.tell(client::Command::SignOut);
    }

    /// Starts a server that first takes in the mail files of a folder, if there is one.
    pub(super) fn host(&mut self, form: &Form, mail: Option<PathBuf>) {
        self.problems.clear();
        if self.server.is_some() {
            return;
        }
        match form.parse_host() {
            Ok((sign_in, port)) => {
                let store = self.settings.server_store(&self.options.data_dir);
                self.hosting.on_asked(sign_in, mail.is_some());
                self.start_server(Kept { port, store }, mail);
            }
            Err(problems) => self.problems = problems,
        }
    }

    pub(super) fn start_server(&mut self, kept: Kept, mail: Option<PathBuf>) {
        let (bind, notify) = (self.options.bind, self.notify.clone());
        let Kept { port, store } = kept.clone();
        self.server = Some(self.starter.server(bind, port, store, mail, notify));
        self.kept = Some(kept);
    }

    /// Has the server tell what there is to see as long as somebody looks: it counts at every sign of
    /// life of everybody, and each word of it wakes the window. One that is too busy is asked again.
    pub(super) fn watch_server(&mut self) {
        let wanted = self.sees_host && self.hosting.standing == hosting::Standing::On;
        if wanted == self.hosting.watched {
            return;
        }
        let Some(server) = &self.server else { return };
        if server.ask(HostCommand::Watch(wanted).into()).is_ok() {
            self.hosting.watched = wanted;
        }
    }

    /// Passes on what the host asks of the server.
    pub(super) fn ask_server(&mut self, command: HostCommand) {
        let Some(server) = &self.server else { return };
        self.hosting.panel.on_asked(&command);
        match server.ask(command.clone().into()) {
            Ok(()) => {}
            Err(SendError::Busy) if self.hosting.panel.on_unheard(&command) => {}
            Err(SendError::Busy) => self.notice = Some(Sentence::new("notice-busy")),
            // Its last word waits among the news.
            Err(SendError::Ended) => {}
        }
    }

    pub(super) fn stop_hosting(&mut self) {
        self.problems.clear();
        if self.session.at_own_host {
            self.sign_out();
        }
        self.stop_server_once_signed_out();
    }

    /// One's own farewell comes first: a server that has stopped answers none.
    fn stop_server_once_signed_out(&mut self) {
        if self.session.at_own_host && self.session.standing != session::Standing::SignedOut {
            self.hosting.on_stop_asked();
            self.stop_once_signed_out = true;
        } else {
            self.stop_server();
        }
    }

    /// Asks again for what the server was too busy to hear.
    pub(super) fn end_server(&mut self) {
        if self.session.standing == session::Standing::SignedOut {
            self.on_signed_out();
        }
    }

    pub(super) fn on_signed_out(&mut self) {
        if std::mem::take(&mut self.stop_once_signed_out) {
            self.stop_server();
        }
    }

    fn stop_server(&mut self) {
        let Some(server) = &self.server else { return };
        match server.stop() {
            Ok(()) => self.hosting.on_stop_asked(),
            // While the program ends it is asked again.
            Err(SendError::Busy) if self.ending => self.stop_once_signed_out = true,
            Err(SendError::Busy) => self.notice = Some(Sentence::new("notice-busy")),
            // Its last word waits among the news.
            Err(SendError::Ended) => {}
        }
    }

    /// The client's thread is no more. What it has accepted stands in the profile.
    pub(super) fn on_client_gone(&mut self, now: Now) {
        self.client = None;
        self.opened = false;
        self.handled.clear();
        for (to, text) in self.keeping.take_unanswered() {
            self.give_back(now, to, text);
        }
        self.on_search_ended();
        self.on_filing_ended();
        self.session.on_ended();
        self.on_signed_out();
        let next = self.next.take();
        if let (Some(sign_in), false) = (next, self.ending) {
            self.start_session(sign_in);
        }
    }

    pub(super) fn quit(&mut self, now: Now) {
        if self.ending {
            return;
        }
        self.ending = true;
        self.next = None;
        self.close_client(now);
        self.stop_server_once_signed_out();
    }

    /// Closes the client once the profile has all that is to be kept.
    pub(super) fn close_client(&mut self, now: Now) {
        if self.closing || !self.keep_drafts(now) {
            return;
        }
        self.closing = self.ask(client::Command::Close).is_ok();
    }
}
