//! What the console client says and understands, word for word as the classic program where that
//! has a word for it. It neither reads nor writes: lines and news go in, lines and commands come out.

use std::collections::{BTreeMap, BTreeSet};

use super::failures::failed;
use crate::app::text::visible;
use crate::driver::DriverError;
use crate::driver::client::{Command, Opened, Told};
use crate::machine::client::{
    self as machine, Contact, Delivery, Event, LineId, LostCause, Origin, Path, Session,
};
use crate::protocol::Nickname;
use crate::protocol::texts;

/// What stands in front of a line that can be typed.
pub const PROMPT: &str = ">>> ";

const USAGE: &str = "[Commands: send <nick> <text>, dereg, reg <nick>]";

/// What follows from a line or from news.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// To be shown, safe for a terminal.
    pub lines: Vec<String>,
    /// To be passed on.
    pub commands: Vec<Command>,
    /// The console ends.
    pub exit: Option<Exit>,
}

/// How the console ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By the user's wish, or because the server said good-bye.
    Done,
    /// The server does not answer.
    NoServer,
    Failed(DriverError),
}

/// One person at one console.
#[derive(Debug)]
pub struct Console {
    nickname: Nickname,
    host: String,
    port: u16,
    session: Session,
    online: BTreeSet<Nickname>,
    /// The table has come as far as this console's own entry, the newest there was.
    listed: bool,
    /// The lines that the client has not brought to an end; it keeps a limited number of them.
    lines: BTreeMap<LineId, Line>,
    /// Messages that the client has neither accepted nor refused yet: no more than its channel takes.
    asked: usize,
    /// Mail was announced since the last sign-in.
    announced: bool,
    ending: Ending,
}

#[derive(Debug)]
struct Line {
    to: Nickname,
    delivery: Delivery,
}

/// Whether the user has done enough typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    No,
    /// No more lines come; those that are under way go out before the end.
    Soon,
    /// [`Command::Close`] is out.
    Closing,
}

impl Step {
    fn say(line: impl Into<String>) -> Self {
        Self {
            lines: vec![line.into()],
            ..Self::default()
        }
    }

    fn ask(command: Command) -> Self {
        Self {
            commands: vec![command],
            ..Self::default()
        }
    }

    fn exit(exit: Exit) -> Self {
        Self {
            exit: Some(exit),
            ..Self::default()
        }
    }
}

impl Console {
    pub fn new(nickname: Nickname, host: String, port: u16) -> Self {
        Self {
            nickname,
            host,
            port,
            session: Session::SignedOut,
            online: BTreeSet::new(),
            listed: false,
            lines: BTreeMap::new(),
            asked: 0,
            announced: false,
            ending: Ending::No,
        }
    }

    /// Signs in: the first of all.
    pub fn start(&mut self) -> Step {
        self.sign_in()
    }

    /// Whether a line can be typed: not while it is open who is there to be written to.
    pub fn takes_lines(&self) -> bool {
        match self.session {
            Session::Registering { .. } => false,
            Session::Online => self.listed,
            Session::SignedOut
            | Session::Waiting { .. }
            | Session::NameTaken
            | Session::Refused => true,
        }
    }

    /// Makes do with the table as it is: the rest of it is late, or lost.
    pub fn give_up_on_table(&mut self) {
        self.listed = true;
    }

    /// The user typed `line`.
    pub fn on_line(&mut self, line: &str) -> Step {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match (word, rest.trim_start()) {
            ("", _) => Step::default(),
            ("send", rest) => match rest.split_once(char::is_whitespace) {
                Some((to, text)) => self.on_send(to, text.trim_start()),
                None => Step::say(USAGE),
            },
            ("reg", name) if !name.is_empty() => match Nickname::parse(name) {
                Ok(nickname) => {
                    self.nickname = nickname;
                    self.sign_in()
                }
                Err(error) => Step::say(format!("[{error}]")),
            },
            ("dereg", "") if self.session == Session::SignedOut => {
                Step::say("[You are offline already.]")
            }
            ("dereg", "") => Step::ask(Command::SignOut),
            _ => Step::say(USAGE),
        }
    }

    fn on_send(&mut self, to: &str, text: &str) -> Step {
        let Ok(to) = Nickname::parse(to) else {
            return Step::say(texts::not_existed(&visible(to)));
        };
        self.asked += 1;
        Step::ask(Command::Send {
            to,
            text: text.to_owned(),
        })
    }

    /// There is nothing more to read: ends as soon as what was typed is on its way no more.
    pub fn on_end_of_input(&mut self) -> Step {
        if self.ending == Ending::No {
            self.ending = Ending::Soon;
        }
        self.close_when_done()
    }

    /// Ctrl+C: signs out and ends.
    pub fn on_interrupt(&mut self) -> Step {
        match self.ending {
            Ending::No | Ending::Soon => self.close(),
            Ending::Closing => Step::default(),
        }
    }

    /// The client's thread told something.
    pub fn on_told(&mut self, told: Told) -> Step {
        let mut step = match told {
            Told::Opened(opened) => self.on_opened(opened),
            Told::Aside(aside) => Step::say(format!("[{}]", visible(&aside.to_string()))),
            Told::Bound(_) | Told::History(_) | Told::Exported(..) => Step::default(),
            Told::Failed(error) => Step::exit(Exit::Failed(error)),
            Told::Client(event) => self.on_event(event),
        };
        if step.exit.is_none() {
            step.commands.extend(self.close_when_done().commands);
            return step;
        }
        if let waiting @ 1.. = self.waiting() {
            let waits = format!("[Messages that wait for the next start: {waiting}]");
            step.lines.push(waits);
        }
        if let lost @ 1.. = self.asked {
            step.lines.push(format!("[Messages not accepted: {lost}]"));
        }
        step
    }

    /// Lines that nobody but this console's profile has.
    fn waiting(&self) -> usize {
        let unstored = |line: &&Line| line.delivery != Delivery::Stored;
        self.lines.values().filter(unstored).count()
    }

    /// The lines that the last run left go on being delivered.
    fn on_opened(&mut self, opened: Opened) -> Step {
        for line in opened.open {
            self.follow(line);
        }
        match self.waiting() {
            0 => Step::default(),
            waiting => Step::say(format!("[Messages that wait: {waiting}]")),
        }
    }

    fn on_event(&mut self, event: Event) -> Step {
        match event {
            Event::Session(session) => self.on_session(session),
            Event::Contacts(contacts) => self.on_contacts(contacts),
            Event::Room(room) if room.is_empty() => Step::default(),
            Event::Room(room) => Step::say(format!("[This is {room}.]")),
            Event::Line(line) => self.on_kept(line),
            Event::Refused { to, failure, .. } => {
                self.asked = self.asked.saturating_sub(1);
                Step::say(failed(&to, failure))
            }
            Event::Delivery { line, delivery, .. } => self.on_delivery(line, delivery),
            Event::Typing(_) | Event::ReadBy { .. } => Step::default(),
            Event::MailboxFull(to) => {
                Step::say(format!("[The mailbox of {to} is full. The message waits.]"))
            }
            // Nothing here asks for it.
            Event::Deleted(_) | Event::NotRetried { .. } => Step::default(),
            Event::Notice(text) => Step::say(visible(&text)),
            Event::Closed => Step::exit(Exit::Done),
        }
    }

    fn on_contacts(&mut self, contacts: Vec<Contact>) -> Step {
        if contacts.is_empty() {
            return Step::default();
        }
        for Contact {
            nickname, online, ..
        } in contacts
        {
            self.listed |= online && nickname == self.nickname;
            if online {
                self.online.insert(nickname)
            } else {
                self.online.remove(&nickname)
            };
        }
        Step::say("[Client table updated.]")
    }

    fn on_session(&mut self, session: Session) -> Step {
        let before = std::mem::replace(&mut self.session, session);
        match session {
            Session::SignedOut if before == Session::SignedOut => Step::default(),
            Session::SignedOut => Step::say(texts::BYE),
            Session::Registering { attempt: 0 | 1 } => Step::default(),
            Session::Registering { attempt } => {
                Step::say(format!("[{} Attempt Connection.]", attempt - 1))
            }
            Session::Online => {
                self.announced = false;
                self.listed = false;
                Step::say(texts::WELCOME)
            }
            Session::Waiting { .. } if self.ending == Ending::Closing => Step::default(),
            Session::Waiting {
                cause: LostCause::Silent,
                ..
            } => Step {
                lines: vec!["[Server not responding]".to_owned(), "[Exiting]".to_owned()],
                exit: Some(Exit::NoServer),
                ..Step::default()
            },
            Session::Waiting {
                cause: LostCause::Down,
                ..
            } => Step {
                exit: Some(Exit::Done),
                ..Step::say(texts::SERVER_IS_DOWN)
            },
            Session::NameTaken => Step::say(texts::already_online(&self.nickname)),
            Session::Refused => Step::say("[The server takes nobody more.]"),
        }
    }

    fn on_kept(&mut self, line: machine::Line) -> Step {
        match line.origin {
            Origin::Own { .. } => {
                self.asked = self.asked.saturating_sub(1);
                self.follow(line);
                Step::default()
            }
            Origin::Theirs { path, .. } => self.on_received(&line.peer, &line.text, path),
        }
    }

    /// Says from now on what becomes of an own line.
    fn follow(&mut self, line: machine::Line) {
        if let Origin::Own { delivery } = line.origin {
            let to = line.peer;
            self.lines.insert(line.id, Line { to, delivery });
        }
    }

    fn on_received(&mut self, from: &Nickname, text: &str, path: Path) -> Step {
        let mut step = Step::default();
        if path == Path::ViaServer && !self.announced {
            self.announced = true;
            step.lines.push(texts::YOU_HAVE_MESSAGES.to_owned());
        }
        // Indented, so that no line of a text can pass for another sender's.
        let text = visible(text).replace('\n', "\n    ");
        step.lines.push(format!("{from}: {text}"));
        step
    }

    fn on_delivery(&mut self, id: LineId, delivery: Delivery) -> Step {
        let Some(line) = self.lines.get_mut(&id) else {
            return Step::default();
        };
        line.delivery = delivery;
        let to = line.to.clone();
        match delivery {
            Delivery::Trying => Step::default(),
            // To somebody who is offline it goes to the server at once, and nobody was asked for an ACK.
            Delivery::HandingOver if self.online.contains(&to) => {
                Step::say(format!("[No ACK from {to}, message sent to server.]"))
            }
            Delivery::HandingOver => Step::default(),
            Delivery::Waiting if self.ending == Ending::Closing => Step::default(),
            Delivery::Waiting => Step::say(format!(
                "[The message to {to} waits: it can't be delivered now.]"
            )),
            Delivery::Stored => Step::say(texts::SAVED),
            Delivery::Delivered(Path::Direct | Path::ViaServer) => {
                self.lines.remove(&id);
                Step::say(format!("[Message received by {to}.]"))
            }
            Delivery::Failed(failure) => {
                self.lines.remove(&id);
                Step::say(failed(&to, failure))
            }
        }
    }

    fn sign_in(&mut self) -> Step {
        let (nickname, host, port) = (self.nickname.clone(), self.host.clone(), self.port);
        self.session = Session::Registering { attempt: 1 };
        Step::ask(Command::SignIn {
            nickname,
            host,
            port,
        })
    }

    fn close_when_done(&mut self) -> Step {
        let trying =
            |line: &Line| matches!(line.delivery, Delivery::Trying | Delivery::HandingOver);
        let connected = matches!(self.session, Session::Registering { .. } | Session::Online);
        let busy = self.asked > 0 || connected && self.lines.values().any(trying);
        if self.ending != Ending::Soon || busy {
            return Step::default();
        }
        self.close()
    }

    fn close(&mut self) -> Step {
        self.ending = Ending::Closing;
        Step::ask(Command::Close)
    }
}
