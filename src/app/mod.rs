//! What the user is looking at, without pixels: who one is ([`session`]), who is there ([`contacts`]),
//! what was said ([`conversations`]), the server on this computer ([`hosting`]) and what to say when
//! something is wrong ([`sentences`]). A front end draws this model and changes it only through
//! [`App::run`]; the network changes it through [`App::handle_events`].
//!
//! What does not live here: pixels, sockets, threads, clocks. The time is an argument.

pub mod contacts;
pub mod conversations;
pub mod form;
pub mod hosting;
pub mod lines;
mod news;
pub mod sentences;
pub mod session;
pub mod text;

use std::net::IpAddr;
use std::path::PathBuf;

pub use crate::driver::Notify;
use crate::driver::{SendError, client, server};
pub use crate::machine::client::{Contact, Delivery, Failure, LineId, LostCause, Path};
pub use crate::protocol::Nickname;
pub use crate::protocol::limits::TEXT_MAX;
use contacts::Contacts;
use conversations::Conversations;
use form::{Field, Form, Problems, SignIn};
use hosting::Hosting;
use session::Session;

/// The port of a host that names no other.
pub const DEFAULT_PORT: u16 = 50000;

/// Events taken from the network in one call of [`App::handle_events`], so that a flood of them
/// leaves time for drawing. What is left waits for the next call.
pub const EVENTS_MAX: usize = 1000;

/// The file in the data folder that keeps the register and the mail of a server on this computer.
const SERVER_STORE: &str = "server.db";

/// The time as people read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// The wall clock in Unix milliseconds.
    pub unix_ms: i64,
    /// Local time less UTC, in seconds.
    pub utc_offset_s: i32,
}

/// What the program was started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where a server on this computer keeps its mail.
    pub data_dir: PathBuf,
    /// The address that the client and a hosted server listen on.
    pub bind: IpAddr,
    /// Stands in the nickname field at first; see [`text::nickname_from_account`].
    pub nickname: String,
    /// Stands in the server field at first.
    pub server: String,
    pub port: u16,
    /// 0: any free port.
    pub own_port: u16,
    pub host_port: u16,
    /// Sign in at once.
    pub sign_in: bool,
    /// Host a server at once and sign in to it.
    pub host: bool,
}

/// All that a user can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    SignIn(Form),
    SignOut,
    /// Ask a silent server now instead of when the pause is over.
    Reconnect,
    /// Start a server on this computer and sign in to it.
    Host(Form),
    StopHosting,
    /// Look at the conversation with this person; it gets a tab if it has none.
    Open(Nickname),
    CloseTab(Nickname),
    Send {
        to: Nickname,
        text: String,
    },
    /// Try a failed line again.
    Retry(LineId),
    DismissNotice,
    /// Whether the user sees the newest lines of the selected conversation: what arrives unseen
    /// counts as unread. To be said again when another conversation is selected.
    Attend(bool),
    /// Say good-bye and end the threads; [`App::has_ended`] tells when that is done.
    Quit,
}

/// The model behind the window.
pub struct App {
    options: Options,
    notify: Notify,
    client: Option<client::Client>,
    /// The port that the running client was asked to use.
    own_port: u16,
    /// What follows once the running client, which uses another port, has closed.
    next: Option<SignIn>,
    server: Option<server::Server>,
    stop_once_signed_out: bool,
    session: Session,
    contacts: Contacts,
    conversations: Conversations,
    hosting: Hosting,
    problems: Problems,
    notice: Option<String>,
    ending: bool,
}

impl App {
    /// A model at rest, or already signing in or hosting if `options` ask for it. `notify` is called
    /// by background threads when there is something for [`App::handle_events`].
    pub fn new(now: Now, options: Options, notify: Notify) -> Self {
        let mut app = Self {
            notify,
            client: None,
            own_port: options.own_port,
            next: None,
            server: None,
            stop_once_signed_out: false,
            session: Session::default(),
            contacts: Contacts::default(),
            conversations: Conversations::default(),
            hosting: Hosting::default(),
            problems: Problems::default(),
            notice: None,
            ending: false,
            options,
        };
        let form = app.form();
        if app.options.host {
            app.run(now, Command::Host(form));
        } else if app.options.sign_in {
            app.run(now, Command::SignIn(form));
        }
        app
    }

    /// What stands in the form at first.
    pub fn form(&self) -> Form {
        Form {
            nickname: self.options.nickname.clone(),
            server: self.options.server.clone(),
            port: self.options.port.to_string(),
            own_port: self.options.own_port.to_string(),
            host_port: self.options.host_port.to_string(),
        }
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

    pub fn hosting(&self) -> &Hosting {
        &self.hosting
    }

    /// What is wrong with the form, field by field.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Something to tell that belongs to no field.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
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
            Command::Reconnect => self.tell(client::Command::Reconnect),
            Command::Host(form) => self.host(&form),
            Command::StopHosting => self.stop_hosting(),
            Command::Open(peer) => self.conversations.open(peer),
            Command::CloseTab(peer) => self.conversations.close(&peer),
            Command::Send { to, text } => self.send(now, to, text),
            Command::Retry(line) => self.retry(line),
            Command::DismissNotice => self.notice = None,
            Command::Attend(attended) => self.conversations.attend(attended),
            Command::Quit => self.quit(),
        }
    }

    fn sign_in(&mut self, form: &Form) {
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
    fn start_session(&mut self, sign_in: SignIn) {
        self.session.on_asked(&sign_in);
        self.contacts.on_self(&sign_in.nickname);
        if self.client.is_some() && (self.next.is_some() || self.own_port != sign_in.own_port) {
            if self.next.replace(sign_in).is_none() {
                self.tell(client::Command::Close);
            }
            return;
        }
        if self.client.is_none() {
            self.own_port = sign_in.own_port;
            let notify = self.notify.clone();
            self.client = Some(client::start(self.options.bind, self.own_port, notify));
        }
        self.tell(client::Command::SignIn {
            nickname: sign_in.nickname,
            host: sign_in.host,
            port: sign_in.port,
        });
        self.hand_over();
    }

    fn sign_out(&mut self) {
        self.problems.clear();
        if self.next.take().is_some() {
            // The old client is closing and the new one was not started: that is signed out.
            self.session.on_ended();
            self.on_signed_out();
        }
        self.tell(client::Command::SignOut);
    }

    fn host(&mut self, form: &Form) {
        self.problems.clear();
        if self.server.is_some() {
            return;
        }
        match form.parse_host() {
            Ok((sign_in, port)) => {
                let store = self.options.data_dir.join(SERVER_STORE);
                let notify = self.notify.clone();
                self.server = Some(server::start(self.options.bind, port, store, notify));
                self.hosting.on_asked(sign_in);
            }
            Err(problems) => self.problems = problems,
        }
    }

    fn stop_hosting(&mut self) {
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

    fn on_signed_out(&mut self) {
        if std::mem::take(&mut self.stop_once_signed_out) {
            self.stop_server();
        }
    }

    fn stop_server(&mut self) {
        let Some(server) = &self.server else { return };
        match server.stop() {
            Ok(()) => self.hosting.on_stop_asked(),
            Err(SendError::Busy) => self.notice = Some(sentences::BUSY.to_owned()),
            // Its last word waits among the news.
            Err(SendError::Ended) => {}
        }
    }

    fn send(&mut self, now: Now, to: Nickname, text: String) {
        if text.trim().is_empty() || text.len() > TEXT_MAX {
            return;
        }
        self.conversations.write(now, to, text);
        self.hand_over();
    }

    fn retry(&mut self, line: LineId) {
        self.conversations.retry(line);
        self.hand_over();
    }

    /// Gives the client the lines that it does not have yet, in the order of writing.
    fn hand_over(&mut self) {
        let Some(client) = &self.client else { return };
        if self.next.is_some() {
            return;
        }
        let handed = self
            .conversations
            .hand_over(|_, to, text| client.send(client::Command::Send { to, text }));
        if let Err(error) = handed {
            self.on_send_error(error);
        }
    }

    fn tell(&mut self, command: client::Command) {
        let Some(client) = &self.client else { return };
        if let Err(error) = client.send(command) {
            self.on_send_error(error);
        }
    }

    fn on_send_error(&mut self, error: SendError) {
        match error {
            SendError::Busy => self.notice = Some(sentences::BUSY.to_owned()),
            // Its last word waits among the news.
            SendError::Ended => {}
        }
    }

    /// The client's thread is no more; its lines are handed to the next one.
    fn on_client_gone(&mut self) {
        self.client = None;
        self.conversations.on_client_gone();
        self.session.on_ended();
        self.on_signed_out();
        let next = self.next.take();
        if let (Some(sign_in), false) = (next, self.ending) {
            self.start_session(sign_in);
        }
    }

    fn quit(&mut self) {
        if self.ending {
            return;
        }
        self.ending = true;
        self.next = None;
        self.tell(client::Command::Close);
        self.stop_server_once_signed_out();
    }

    fn problem(&mut self, field: Field, sentence: String) {
        self.problems.set(field, sentence);
    }
}
