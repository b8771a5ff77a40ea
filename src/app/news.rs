//! What the network tells, carried into the model. What the user asks for is in the parent.

use super::contacts::Newest;
use super::form::Field;
use super::language::Sentence;
use super::session::Standing;
use super::{App, Delivery, EVENTS_MAX, Now, faults, notices, sentences};
use crate::driver::client::{Opened, Overview};
use crate::driver::{Aside, DriverError, client, server};
use crate::machine::client::{Event, Line, Origin, Session as Told};
use crate::machine::server::Event as ServerEvent;

impl App {
    /// Takes what the background threads have told since the last call, at most [`EVENTS_MAX`]
    /// of each. Never blocks. True: more waits, call again soon.
    pub fn handle_events(&mut self, now: Now) -> bool {
        self.hear_desktop(now);
        for _ in 0..EVENTS_MAX {
            let client = self.client.as_ref().and_then(client::Client::poll_told);
            let server = self.server.as_ref().and_then(server::Server::poll_told);
            if client.is_none() && server.is_none() {
                if let Some(why) = self.saver.poll_error() {
                    self.notice = Some(faults::not_saved(&why));
                }
                self.contacts.settle();
                self.keep(now);
                self.ask_desktop(now);
                self.poll_filing(now);
                if self.ending {
                    self.close_client(now);
                    self.end_server();
                }
                return false;
            }
            if let Some(told) = client {
                self.on_client(now, told);
            }
            if let Some(told) = server {
                self.on_server(now, told);
            }
        }
        self.contacts.settle();
        true
    }

    /// One thing that the client's thread told.
    pub fn on_client(&mut self, now: Now, told: client::Told) {
        match told {
            client::Told::Opened(Opened { overview, .. }) => {
                self.opened = true;
                self.keeping.on_opened(&overview);
                self.on_overview(&overview);
                self.conversations.on_opened(overview);
            }
            client::Told::Aside(aside) => self.on_aside(&aside),
            client::Told::Bound(address) => {
                tracing::info!(%address, "the client listens");
                self.session.own_address = Some(address);
            }
            client::Told::Failed(error) => self.on_client_failed(now, &error),
            client::Told::Client(event) => self.on_event(now, event),
            client::Told::History(answer) => self.on_answer(answer),
            client::Told::Exported(number, exported) => self.on_exported(number, exported),
        }
    }

    /// Those that the profile shows at once stand in the list at once, the rest of its people when they
    /// were looked up.
    fn on_overview(&mut self, overview: &Overview) {
        self.contacts.on_opened();
        for with in &overview.conversations {
            if overview.tabs.contains(&with.peer) || !with.draft.is_empty() {
                self.contacts.on_looked_at(&with.peer);
            }
            if let Some(line) = with.lines.last() {
                self.contacts.on_said(&with.peer, newest(line));
            }
        }
        // The list is whole without them, too.
        let _ = self.ask(client::Command::Look(client::Question::People));
    }

    /// Something that was kept stands elsewhere now. Both profile and mail can be told of.
    fn on_aside(&mut self, aside: &Aside) {
        let sentence = faults::aside(aside);
        self.aside = Some(match self.aside.take() {
            None => sentence,
            Some(before) => Sentence::new("notice-both")
                .quote("first", before)
                .quote("second", sentence),
        });
    }

    /// One thing that the server's thread told.
    pub fn on_server(&mut self, now: Now, told: server::Told) {
        match told {
            server::Told::Aside(aside) => self.on_aside(&aside),
            server::Told::Bound(address) => self.on_hosting(now, address),
            server::Told::Imported(imported) => self.on_imported(imported),
            server::Told::Failed(error) => self.on_server_failed(&error),
            server::Told::Server(ServerEvent::Counts { online, mail, .. }) => {
                self.hosting.on_counts(online, mail);
            }
            server::Told::Server(ServerEvent::Stopped) => self.on_server_gone(),
            server::Told::Server(event) => self.hosting.panel.on_event(event),
        }
    }

    fn on_client_failed(&mut self, now: Now, error: &DriverError) {
        tracing::info!(%error, "the client");
        let sentence = sentences::client_error(error);
        match error {
            DriverError::UnknownHost(_) => {
                self.session.on_ended();
                self.problem(Field::Server, sentence);
            }
            DriverError::PortTaken(_) => {
                self.on_client_gone(now);
                self.problem(Field::OwnPort, sentence);
            }
            DriverError::StoreInUse(_) => {
                self.on_client_gone(now);
                self.problem(Field::Profile, sentence);
            }
            DriverError::NotOurAddress(_)
            | DriverError::Socket(_)
            | DriverError::Store(_)
            | DriverError::Ended => {
                self.on_client_gone(now);
                self.notice = Some(sentence);
            }
        }
    }

    fn on_server_failed(&mut self, error: &DriverError) {
        tracing::info!(%error, "the server");
        let sentence = sentences::server_error(error);
        match error {
            DriverError::PortTaken(_) => self.problem(Field::HostPort, sentence),
            DriverError::NotOurAddress(_)
            | DriverError::Socket(_)
            | DriverError::UnknownHost(_)
            | DriverError::StoreInUse(_)
            | DriverError::Store(_)
            | DriverError::Ended => self.problem(Field::Host, sentence),
        }
        self.on_server_gone();
    }

    fn on_server_gone(&mut self) {
        self.server = None;
        self.hosting.on_stopped();
        // Nobody is to join here any more.
        let invites = [
            "notice-hosting-instead",
            "notice-hosting-left",
            "notice-new-address",
        ];
        self.notice
            .take_if(|notice| invites.iter().any(|id| notice.is(id)));
        self.start_import();
    }

    fn on_event(&mut self, now: Now, event: Event) {
        match event {
            Event::Session(told) => self.on_session(now, told),
            Event::Room(room) => self.on_room(room),
            Event::Contacts(changed) => self.contacts.on_changed(changed),
            Event::Line(line) => {
                match line.origin {
                    Origin::Own { .. } => {
                        self.keeping.on_answered();
                        self.unsent.on_written(line.id);
                    }
                    Origin::Theirs { .. } => self.on_text(now, &line.peer, &line.text),
                }
                if let Some(sentence) = self.clocks.on_line(&line) {
                    self.notice = Some(sentence);
                }
                self.contacts.on_said(&line.peer, newest(&line));
                self.conversations.on_line(line);
            }
            Event::Refused { to, text, failure } => {
                self.keeping.on_answered();
                self.notice = Some(sentences::refused(failure, &to));
                self.give_back(now, to, text);
            }
            Event::NotRetried { line, to, failure } => {
                self.handled.remove(&line);
                self.unsent.on_delivery(line, Delivery::Failed(failure));
                self.notice = Some(sentences::failed(failure, &to));
            }
            Event::Delivery { line, delivery, .. } => {
                self.handled.remove(&line);
                self.unsent.on_delivery(line, delivery);
                self.conversations.on_delivery(line, delivery);
                self.on_moved(line);
            }
            Event::Deleted(line) => {
                self.handled.remove(&line);
                self.conversations.on_deleted(line);
                self.on_found_deleted(line);
            }
            Event::Typing(peer) => self.on_typing(now, peer),
            Event::ReadBy { peer, line } => self.conversations.on_read_by(&peer, line),
            Event::MailboxFull(peer) => self.notice = Some(sentences::mailbox_full(&peer)),
            Event::Notice(notice) => self.notices.add(notices::said(&notice)),
            Event::Closed => self.on_client_gone(now),
        }
    }

    fn on_session(&mut self, now: Now, told: Told) {
        tracing::info!(?told, "the session");
        self.session.on_told(now, told);
        if self.session.standing == Standing::SignedOut {
            self.on_signed_out();
        }
        match told {
            Told::NameTaken => self.on_name_taken(),
            Told::Refused => self.problem(Field::Server, Sentence::new("problem-refused")),
            Told::Online => {
                self.problems.clear();
                // It said to sign in again.
                self.notice
                    .take_if(|notice| *notice == Sentence::new("notice-ended"));
                self.remember();
            }
            Told::SignedOut | Told::Registering { .. } | Told::Waiting { .. } => {}
        }
    }
}

/// What the list of people knows of a line.
fn newest(line: &Line) -> Newest {
    Newest {
        line: line.id,
        at_ms: line.at_ms,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use super::super::Settings;
    use super::super::language::Language;
    use super::super::{Command, Failure, LineId, Nickname, Options};
    use super::*;
    use crate::driver::{Fault, FaultKind};

    #[test]
    fn a_network_thread_that_ended_without_a_word_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let online = client::Told::Client(Event::Session(Told::Online));
        app.on_client(Now::default(), online);
        app.on_client(Now::default(), client::Told::Failed(DriverError::Ended));
        assert_eq!(app.session().standing, Standing::SignedOut);
        let notice = said(app.notice());
        assert!(notice.contains("has stopped"), "{notice}");

        app.on_server(Now::default(), server::Told::Failed(DriverError::Ended));
        let problem = said(app.problems().at(Field::Host));
        assert!(problem.contains("has stopped"), "{problem}");
    }

    #[test]
    fn what_is_said_of_an_unknown_host_outlives_the_old_session() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let unknown = DriverError::UnknownHost("no.such.host".to_owned());
        app.on_client(Now::default(), client::Told::Failed(unknown));
        let signed_out = client::Told::Client(Event::Session(Told::SignedOut));
        app.on_client(Now::default(), signed_out);
        assert_eq!(app.session().standing, Standing::SignedOut);
        let problem = said(app.problems().at(Field::Server));
        assert!(problem.contains("no.such.host"), "{problem}");
    }

    #[test]
    fn a_line_whose_text_was_taken_back_is_not_taken_back_or_tried_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let sonic = Nickname::parse("sonic").expect("a test's name is valid");
        let line = own(&sonic, Delivery::Failed(Failure::UnknownRecipient));
        app.on_client(Now::default(), client::Told::Client(Event::Line(line)));
        for _ in 0..2 {
            app.run(Now::default(), Command::Edit(LineId(1)));
        }
        assert_eq!(app.conversations().draft(&sonic), "first", "once");
        assert!(app.failed(LineId(1)).is_none(), "nothing to try again");
    }

    #[test]
    fn a_line_that_is_being_tried_again_is_not_taken_back_until_it_has_failed_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let sonic = Nickname::parse("sonic").expect("a test's name is valid");
        let failure = Failure::UnknownRecipient;
        let failed = own(&sonic, Delivery::Failed(failure));
        app.on_client(Now::default(), client::Told::Client(Event::Line(failed)));
        app.run(Now::default(), Command::Retry(LineId(1)));
        app.run(Now::default(), Command::Edit(LineId(1)));
        assert_eq!(app.conversations().draft(&sonic), "");
        for delivery in [Delivery::Trying, Delivery::Failed(failure)] {
            let (line, at_ms) = (LineId(1), 0);
            let event = Event::Delivery {
                line,
                delivery,
                at_ms,
            };
            app.on_client(Now::default(), client::Told::Client(event));
        }
        app.run(Now::default(), Command::Edit(LineId(1)));
        assert_eq!(app.conversations().draft(&sonic), "first");
    }

    #[test]
    fn a_line_that_can_not_be_tried_again_does_not_hold_the_window_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let sonic = Nickname::parse("sonic").expect("a test's name is valid");
        let failure = Failure::UnknownRecipient;
        let failed = own(&sonic, Delivery::Failed(failure));
        app.on_client(Now::default(), client::Told::Client(Event::Line(failed)));
        app.run(Now::default(), Command::Retry(LineId(1)));
        assert!(app.worry(Now::default()).is_some());
        let (line, to) = (LineId(1), sonic);
        let refused = Event::NotRetried { line, to, failure };
        app.on_client(Now::default(), client::Told::Client(refused));
        assert_eq!(app.worry(Now::default()), None);
    }

    #[test]
    fn drafts_without_a_client_wake_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let peer = Nickname::parse("sonic").expect("a test's name is valid");
        let text = "half a thou".to_owned();
        app.run(Now::default(), Command::Draft { peer, text });
        assert_eq!(app.wake_at_ms(), Some(500));
        app.on_client(Now::default(), client::Told::Failed(DriverError::Ended));
        assert_eq!(app.wake_at_ms(), None);
    }

    #[test]
    fn what_a_client_that_failed_had_not_accepted_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = app(folder.path());
        let sonic = Nickname::parse("sonic").expect("a test's name is valid");
        for text in ["first", "second"] {
            let to = sonic.clone();
            let text = text.to_owned();
            app.run(Now::default(), Command::Send { to, text });
        }
        let peer = sonic.clone();
        let text = "third".to_owned();
        app.run(Now::default(), Command::Draft { peer, text });
        let line = own(&sonic, Delivery::Trying);
        let accepted = client::Told::Client(Event::Line(line));
        app.on_client(Now::default(), accepted);
        let full = DriverError::Store(Fault::new(FaultKind::Other, "the disk is gone"));
        app.on_client(Now::default(), client::Told::Failed(full));
        assert_eq!(app.conversations().draft(&sonic), "second\nthird");

        let to = sonic.clone();
        let text = "second\nthird".to_owned();
        app.run(Now::default(), Command::Send { to, text });
        assert_eq!(
            app.conversations().draft(&sonic),
            "second\nthird",
            "nobody took it"
        );
        assert!(said(app.notice()).contains("Sign in again"));
    }

    fn own(peer: &Nickname, delivery: Delivery) -> Line {
        Line {
            id: LineId(1),
            peer: peer.clone(),
            text: "first".to_owned(),
            at_ms: 0,
            origin: Origin::Own { delivery },
        }
    }

    fn said(sentence: Option<&Sentence>) -> String {
        sentence.map_or_else(String::new, |sentence| sentence.say(Language::English))
    }

    pub fn app(folder: &std::path::Path) -> App {
        let options = Options {
            data_dir: folder.to_owned(),
            documents: folder.to_owned(),
            bind: Ipv4Addr::LOCALHOST.into(),
            nickname: "amy".to_owned(),
            server: String::new(),
            port: 50000,
            own_port: 0,
            host_port: 0,
            sign_in: false,
            host: false,
            settings: Settings::default(),
            settings_aside: None,
            language: Language::English,
        };
        App::new(Now::default(), options, Arc::new(|| {}))
    }
}
