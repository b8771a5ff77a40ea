//! What the user is looking at, without pixels: who one is ([`session`]), who is there ([`contacts`]),
//! what was said ([`conversations`], [`search`]), the server on this computer ([`hosting`], [`host_panel`]) and what to
//! say when something is wrong ([`sentences`]). A front end draws this model and changes it only through
//! [`App::run`]; the network changes it through [`App::handle_events`].
//!
//! What does not live here: pixels, sockets, threads, files, clocks. The time is an argument.

mod at_home;
pub mod attention;
mod clocks;
pub mod closing;
mod command;
mod connecting;
pub mod contacts;
pub mod conversations;
mod draft;
mod faults;
pub mod filing;
pub mod form;
pub mod fuzzy;
mod handling;
pub mod host_panel;
pub mod hosting;
pub mod importing;
mod keeping;
pub mod language;
pub mod limit;
pub mod lines;
mod names;
mod news;
mod notices;
mod options;
pub mod pages;
pub mod report;
pub mod search;
pub mod sentences;
pub mod session;
pub mod story;
mod tabs;
pub mod text;
mod typing;
mod writing;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub use self::command::{Command, Page};
pub use self::options::Options;
pub use crate::driver::desktop::{Desktop, Picture, System};
#[cfg(feature = "gui")]
pub use crate::driver::instance::Instance;
use crate::driver::settings::Saver;
pub use crate::driver::settings::{Appearance, Choice, Place, Settings};
use crate::driver::starter::{Starter, Threads};
pub use crate::driver::{Notify, Zone};
use crate::driver::{SendError, client, server};
pub use crate::machine::client::{Contact, Delivery, Failure, LineId, LostCause, Path};
pub use crate::protocol::limits::{ROOM_NAME_CHARS_MAX, TEXT_MAX};
pub use crate::protocol::{Nickname, RoomName};
use at_home::AtHome;
pub use at_home::Raise;
use clocks::Clocks;
use closing::Unsent;
use contacts::Contacts;
use conversations::Conversations;
use filing::{Filing, Saved};
use form::{Field, Problems, SignIn};
use host_panel::HostCommand;
use hosting::Hosting;
use importing::Kept;
use keeping::Keeping;
use language::{Language, Sentence};
use names::Taken;
use notices::Notices;
use pages::Side;
use search::{Searches, Searching};
use session::Session;
use story::Telling;

/// The port of a host that names no other.
pub const DEFAULT_PORT: u16 = 50000;

/// Events taken from the network in one call of [`App::handle_events`], so that a flood of them
/// leaves time for drawing. What is left waits for the next call.
pub const EVENTS_MAX: usize = 1000;

/// The file in the data folder that keeps what the client knows.
const PROFILE: &str = "profile.db";

/// The file in the data folder that keeps what the user has chosen.
pub const SETTINGS: &str = "settings.json";

/// The time as people read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// The wall clock in Unix milliseconds.
    pub unix_ms: i64,
    /// Where local time is from UTC, now and at every other time.
    pub zone: Zone,
}

/// The model behind the window.
pub struct App {
    starter: Box<dyn Starter>,
    options: Options,
    settings: Settings,
    saver: Saver,
    page: Page,
    notify: Notify,
    client: Option<client::Client>,
    /// The port that the running client was asked to use.
    own_port: u16,
    /// What follows once the running client, which uses another port, has closed.
    next: Option<SignIn>,
    /// The running client has opened the profile.
    opened: bool,
    keeping: Keeping,
    server: Option<server::Server>,
    /// Where the server is, or was last.
    kept: Option<Kept>,
    /// Mail files that are taken in once the server has stopped.
    import: Option<PathBuf>,
    stop_once_signed_out: bool,
    session: Session,
    /// The last sign-in that was started: what is remembered once a server takes it.
    asked: Option<SignIn>,
    taken: Taken,
    clocks: Clocks,
    contacts: Contacts,
    conversations: Conversations,
    searches: Searches,
    story: Option<Telling>,
    hosting: Hosting,
    /// The host's page is in sight.
    sees_host: bool,
    problems: Problems,
    notice: Option<Sentence>,
    notices: Notices,
    at_home: AtHome,
    unsent: Unsent,
    /// Failed lines that are tried again or taken back, until the client has said what came of it.
    handled: BTreeSet<LineId>,
    /// A conversation that is being saved as a file, and the last file.
    filing: Option<Filing>,
    /// How many were asked for.
    filings: u64,
    saved: Option<Saved>,
    /// What became of a profile that can't be used: a notice that no other takes the place of.
    aside: Option<Sentence>,
    ending: bool,
    /// The client is asked to close.
    closing: bool,
}

impl App {
    /// A model whose profile is being opened, and that is already signing in or hosting if `options`
    /// ask for it. `notify` is called by background threads when there is something for
    /// [`App::handle_events`].
    pub fn new(now: Now, options: Options, notify: Notify) -> Self {
        Self::with_starter(Box::new(Threads), now, options, notify)
    }

    /// As [`App::new`], with a client and a server that `starter` starts.
    pub fn with_starter(
        starter: Box<dyn Starter>,
        now: Now,
        options: Options,
        notify: Notify,
    ) -> Self {
        let saver = Saver::start(options.data_dir.join(SETTINGS), notify.clone());
        let mut app = Self {
            starter,
            settings: options.settings.clone(),
            saver,
            page: Page::default(),
            notify,
            client: None,
            own_port: options.own_port,
            next: None,
            opened: false,
            keeping: Keeping::default(),
            server: None,
            kept: None,
            import: None,
            stop_once_signed_out: false,
            session: Session::default(),
            asked: None,
            taken: Taken::default(),
            clocks: Clocks::default(),
            contacts: Contacts::default(),
            conversations: Conversations::default(),
            searches: Searches::default(),
            story: None,
            hosting: Hosting::default(),
            sees_host: false,
            problems: Problems::default(),
            notice: None,
            notices: Notices::default(),
            at_home: AtHome::default(),
            unsent: Unsent::default(),
            handled: BTreeSet::new(),
            filing: None,
            filings: 0,
            saved: None,
            aside: None,
            ending: false,
            closing: false,
            options,
        };
        if let Some(aside) = app.options.settings_aside.take() {
            app.notice = Some(faults::settings_aside(&aside));
        }
        app.start_client(app.own_port);
        let form = app.form();
        if app.options.host {
            app.run(now, Command::Host(form));
        } else if app.options.sign_in && form.joins().is_some() {
            app.run(now, Command::SignIn(form));
        }
        app
    }

    /// What is to be called when there is something for [`App::handle_events`].
    pub fn notify(&self) -> &Notify {
        &self.notify
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The interface's language.
    pub fn language(&self) -> Language {
        let chosen = self.settings.language.as_deref();
        Language::chosen(chosen).unwrap_or(self.options.language)
    }

    /// Where the program keeps everything.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.options.data_dir
    }

    pub fn page(&self) -> Page {
        self.page
    }

    /// Neither signed in nor with a conversation open: there is only the form to sign in with.
    pub fn is_welcome(&self) -> bool {
        self.conversations.tabs().is_empty() && !self.session.entered
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    pub fn conversations(&self) -> &Conversations {
        &self.conversations
    }

    /// The profile is open, and what it holds is shown.
    pub fn is_opened(&self) -> bool {
        self.opened
    }

    /// The last search in the conversation with `peer`, or in all.
    pub fn search(&self, peer: Option<&Nickname>) -> Option<&Searching> {
        self.searches.of(peer)
    }

    pub fn hosting(&self) -> &Hosting {
        &self.hosting
    }

    /// What is wrong with the form, field by field.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Something to tell that belongs to no field.
    pub fn notice(&self) -> Option<&Sentence> {
        self.aside.as_ref().or(self.notice.as_ref())
    }

    /// When [`App::handle_events`] is to be called although nothing was told, in Unix milliseconds;
    /// `None`: never.
    pub fn wake_at_ms(&self) -> Option<i64> {
        let due = [
            // Without a client there is nobody to keep them.
            self.keeping.due_ms().filter(|_| self.client.is_some()),
            self.ask_desktop_at_ms(),
            self.conversations.typists.due_ms(),
        ];
        due.into_iter().flatten().min()
    }

    /// After [`Command::Quit`]: everybody has been told good-bye and the threads have ended.
    pub fn has_ended(&self) -> bool {
        self.client.is_none() && self.server.is_none()
    }

    /// Carries out what the user asked for. Never blocks.
    pub fn run(&mut self, now: Now, command: Command) {
        match command {
            Command::SignIn(form) => self.sign_in(&form),
            Command::SignOut => self.sign_out(),
            Command::Reconnect => {
                self.tell(client::Command::Reconnect);
            }
            Command::Host(form) => self.host(&form, None),
            Command::StopHosting => self.stop_hosting(),
            Command::Import { mail, form } => self.import(now, &form, mail),
            Command::Hosting(command) => self.ask_server(command),
            Command::Go(page) => self.page = page,
            Command::Change(settings) => self.change(*settings),
            Command::Open(peer) => {
                self.page = Page::Talk;
                self.contacts.on_looked_at(&peer);
                self.conversations.open(peer);
            }
            Command::CloseTab(peer) => self.conversations.close(&peer),
            Command::ReopenTab => {
                self.page = Page::Talk;
                self.conversations.reopen();
            }
            Command::MoveTab { peer, to } => self.conversations.move_tab(&peer, to),
            Command::MarkRead(peer) => self.mark_read(peer),
            Command::Draft { peer, text } => self.write(now, peer, text),
            Command::Send { to, text } => self.send(now, to, text),
            Command::Retry(line) => self.retry(line),
            Command::Edit(line) => self.edit(now, line),
            Command::Delete(line) => self.delete(line),
            Command::Story(line) => self.look_at(line),
            Command::ShowEarlier(peer) => self.show_more(peer, Side::Earlier),
            Command::ShowLater(peer) => self.show_more(peer, Side::Later),
            Command::ShowNewest(peer) => self.show_newest(peer),
            Command::ShowLine { peer, line } => self.show_line(peer, line),
            Command::Search { text, peer } => self.search_for(text, peer),
            Command::SearchEarlier(peer) => self.search_earlier(peer.as_ref()),
            Command::DismissNotice => self.dismiss_notice(),
            Command::DismissStanding => self.notices.dismiss(),
            Command::Attend(attended) => self.conversations.attend(attended),
            Command::SeeHost(seen) => {
                self.sees_host = seen;
                self.watch_server();
            }
            Command::Watch(watching) => self.watch(watching),
            Command::Hide => self.hide(),
            Command::File(step) => self.file(now, step),
            Command::Quit => self.quit(now),
        }
        self.contacts.settle();
        self.keep(now);
        self.ask_desktop(now);
    }

    fn change(&mut self, settings: Settings) {
        if self.settings != settings {
            self.saver.save(settings.clone());
            let before = std::mem::replace(&mut self.settings, settings);
            if before.host_name != self.settings.host_name {
                self.ask_server(HostCommand::Name(RoomName::of(&self.settings.host_name)));
            }
            if !self.settings.typing {
                self.conversations.typists.clear();
            }
        }
    }

    fn dismiss_notice(&mut self) {
        if self.aside.take().is_none() {
            self.notice = None;
        }
    }

    /// Passes a command on. False: it was not taken, and the user is told.
    fn tell(&mut self, command: client::Command) -> bool {
        let told = self.ask(command);
        match told {
            Ok(()) => {}
            Err(SendError::Busy) => self.notice = Some(Sentence::new("notice-busy")),
            // One that has just ended says why in its last word, which waits among the news.
            Err(SendError::Ended) if self.client.is_some() => {}
            Err(SendError::Ended) => self.notice = Some(Sentence::new("notice-ended")),
        }
        told.is_ok()
    }

    fn problem(&mut self, field: Field, sentence: Sentence) {
        self.problems.set(field, sentence);
    }
}
