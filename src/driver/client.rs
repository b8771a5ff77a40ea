//! The client's thread, and the handle that a window or a console holds.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use super::event_loop::{EventLoop, Port, Role};
use super::handle::{self, COMMANDS_MAX, Handle, Teller};
pub use super::history::{
    Answer, Edge, Export, Exported, Form, Known, Page, Question, Search, Story, Words,
};
use super::history::{Reader, Report};
use super::host::resolve;
use super::keeper::Keeper;
use super::mender::Wish;
use super::socket::{Network, System};
use super::{DriverError, Notify, SendError};
use crate::machine::client::{self as machine, Event, Line, LineId, Record};
use crate::machine::{Machine, Now};
use crate::protocol::Nickname;
use crate::store::profile::{self, Profile};
pub use crate::store::profile::{Conversation, Overview};

/// What can be asked of the client's thread. A sign-in names a host, which the thread resolves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    SignIn {
        nickname: Nickname,
        host: String,
        port: u16,
    },
    SignOut,
    Send {
        to: Nickname,
        text: String,
    },
    Retry {
        line: LineId,
        to: Nickname,
        text: String,
    },
    /// Delete a line here, for good. Answered by [`Event::Deleted`], unless the line is an own one that
    /// is under way.
    Delete(LineId),
    Reconnect,
    /// What stands in the message field for somebody; empty: nothing.
    Draft {
        peer: Nickname,
        text: String,
    },
    /// A key was struck in the message field for somebody.
    Typing {
        to: Nickname,
    },
    /// Everything up to this line has been seen.
    Read {
        peer: Nickname,
        line: LineId,
    },
    /// The open tabs in their order, and which of them is looked at; `None`: none of them.
    Tabs {
        tabs: Vec<Nickname>,
        selected: Option<Nickname>,
    },
    /// Whether others are told what has been seen; until this is said they are not
    /// ([`machine::Command::TellRead`]).
    TellRead(bool),
    /// Answered by [`Told::History`].
    Look(Question),
    /// Save a conversation as a file. Answered by [`Told::Exported`]; one at a time.
    Export(Box<Export>),
    /// Sign out and end the thread. [`Event::Closed`] comes last.
    Close,
}

/// What the client's thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The profile is open. First of all, once; all that happens later is told as events.
    Opened(Opened),
    /// The profile that was there before can't be used. It was moved aside for a new one: the sentence
    /// says why and where it is.
    Aside(String),
    /// The socket is open at this address. After the profile, and again when the address has
    /// changed.
    Bound(SocketAddr),
    /// A host did not resolve ([`DriverError::UnknownHost`]: the thread goes on), or the thread could
    /// not start or had to end (nothing follows).
    Failed(DriverError),
    Client(Event),
    /// What was looked up.
    History(Answer),
    /// A conversation was saved as a file that is whole. Or the sentence says why not: what was in its
    /// place is as it was.
    Exported(Result<Exported, String>),
}

/// What a profile holds when it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub overview: Overview,
    /// Own lines of which more will be told.
    pub open: Vec<Line>,
}

/// A running client. Dropping it ends the thread without a farewell: send [`Command::Close`] first.
pub struct Client {
    handle: Handle<Command, Told>,
}

/// Starts a client on `bind`:`port` (`::`: all addresses of this machine, IPv4 and IPv6; 0: any free
/// port) that keeps what it knows in the SQLite file
/// `profile` (made, with its folder, when it is not there). The file is opened on the client's thread.
/// `notify` is called after news.
pub fn start(bind: IpAddr, port: u16, profile: PathBuf, notify: Notify) -> Client {
    let wanted = SocketAddr::new(bind, port);
    start_on(Box::new(System), wanted, profile, notify)
}

pub(super) fn start_on(
    network: Box<dyn Network>,
    wanted: SocketAddr,
    profile: PathBuf,
    notify: Notify,
) -> Client {
    let port = Port::open(network, wanted, Wish::Preferred);
    let run = move |port: Port, asked, teller: Teller<Told>| match open(profile, &port.waker) {
        Ok(Start {
            news,
            machine,
            keeper,
            reader,
        }) => {
            for told in news {
                // Nobody listens any more: the loop finds out.
                let _ = teller.news.try_send(told);
            }
            let (found, lookups) = bounded(COMMANDS_MAX);
            let role = ClientRole {
                own: port.line.address().ip(),
                asked,
                found,
                lookups,
                waker: port.waker.clone(),
                lookup: 0,
                reader,
            };
            EventLoop::new(role, machine, port, keeper, teller).run();
        }
        Err(error) => {
            let _ = teller.news.try_send(Told::Failed(error));
        }
    };
    Client {
        handle: Handle::start("client", port, notify, run),
    }
}

/// What the thread begins with.
struct Start {
    news: Vec<Told>,
    machine: machine::Client,
    keeper: Keeper<Record, Event>,
    reader: Reader,
}

fn open(path: PathBuf, waker: &Arc<mio::Waker>) -> Result<Start, DriverError> {
    let profile::Opened {
        mut profile,
        saved,
        overview,
        room,
        aside,
    } = Profile::open(&path)?;
    let open = saved.open.iter().map(|open| open.line.clone()).collect();
    let mut news = vec![Told::Opened(Opened { overview, open })];
    news.extend(aside.map(|aside| Told::Aside(aside.to_string())));
    let commit =
        move |records: &[Record]| profile.commit(records).map_err(|error| error.to_string());
    Ok(Start {
        news,
        machine: machine::Client::new(fastrand::u64(..), saved),
        keeper: Keeper::start(Box::new(commit), waker.clone())?.with_room(room),
        reader: Reader::start(path, waker.clone())?,
    })
}

impl Client {
    /// Never blocks.
    pub fn send(&self, command: Command) -> Result<(), SendError> {
        self.handle.send(command)
    }

    /// Never blocks; `None`: nothing new.
    pub fn poll_told(&self) -> Option<Told> {
        self.handle.poll_told()
    }

    /// Waits for news until `deadline`; `None`: it passed, or the thread has ended and said why.
    pub fn wait_told(&self, deadline: Instant) -> Option<Told> {
        self.handle.wait_told(deadline)
    }

    /// Waits until the thread has ended, after [`Command::Close`].
    pub fn join(self) {
        self.handle.join();
    }
}

impl From<Report> for Told {
    fn from(report: Report) -> Self {
        match report {
            Report::Answer(answer) => Self::History(answer),
            Report::Exported(exported) => Self::Exported(exported),
        }
    }
}

impl handle::Told for Told {
    type Event = Event;

    fn bound(address: SocketAddr) -> Self {
        Self::Bound(address)
    }

    fn failed(error: DriverError) -> Self {
        Self::Failed(error)
    }

    fn event(event: Event) -> Self {
        Self::Client(event)
    }

    fn is_last(&self) -> bool {
        match self {
            Self::Opened(_)
            | Self::Aside(_)
            | Self::Bound(_)
            | Self::History(_)
            | Self::Exported(_) => false,
            Self::Failed(error) => !matches!(error, DriverError::UnknownHost(_)),
            Self::Client(event) => *event == Event::Closed,
        }
    }
}

/// A host that was looked up, or not found, for the sign-in of that number.
struct Lookup {
    number: u64,
    nickname: Nickname,
    found: Result<Vec<SocketAddr>, DriverError>,
}

struct ClientRole {
    /// What the socket was bound to at first.
    own: IpAddr,
    asked: Receiver<Command>,
    found: Sender<Lookup>,
    lookups: Receiver<Lookup>,
    waker: Arc<mio::Waker>,
    /// The newest sign-in: an answer to an earlier one, or to one that was taken back, is late.
    lookup: u64,
    reader: Reader,
}

impl ClientRole {
    /// What the machine is to do now.
    fn on_command(
        &mut self,
        command: Command,
        tell: &mut dyn FnMut(Told),
    ) -> Option<machine::Command> {
        Some(match command {
            Command::SignIn {
                nickname,
                host,
                port,
            } => {
                if let Err(error) = self.look_up(nickname, host, port) {
                    tell(Told::Failed(error));
                }
                return None;
            }
            Command::Look(question) => {
                if let Err(report) = self.reader.ask(question) {
                    tell(report.into());
                }
                return None;
            }
            Command::Export(export) => {
                if let Err(report) = self.reader.export(export) {
                    tell(report.into());
                }
                return None;
            }
            Command::SignOut => {
                self.lookup += 1;
                machine::Command::Deregister
            }
            Command::Close => {
                self.lookup += 1;
                machine::Command::Close
            }
            Command::Send { to, text } => machine::Command::Send { to, text },
            Command::Retry { line, to, text } => machine::Command::Retry { line, to, text },
            Command::Delete(line) => machine::Command::Delete(line),
            Command::Draft { peer, text } => machine::Command::Draft { peer, text },
            Command::Typing { to } => machine::Command::Typing { to },
            Command::TellRead(tells) => machine::Command::TellRead(tells),
            Command::Read { peer, line } => machine::Command::Read { peer, line },
            Command::Tabs { tabs, selected } => machine::Command::Tabs { tabs, selected },
            Command::Reconnect => machine::Command::Reconnect,
        })
    }

    /// A host was looked up, or not found.
    fn on_lookup(
        &self,
        now: Now,
        lookup: Lookup,
        machine: &mut machine::Client,
        tell: &mut dyn FnMut(Told),
    ) {
        if lookup.number != self.lookup {
            return;
        }
        let nickname = lookup.nickname;
        let command = match lookup.found {
            Ok(servers) => machine::Command::Register { nickname, servers },
            // The old session would go on by itself behind the user's back.
            Err(error) => {
                tell(Told::Failed(error));
                machine::Command::Deregister
            }
        };
        machine.handle_command(now, command);
    }

    /// Looks the host up on a thread of its own, since the system's resolver blocks.
    fn look_up(&mut self, nickname: Nickname, host: String, port: u16) -> Result<(), DriverError> {
        self.lookup += 1;
        let (number, own, found, waker) = (
            self.lookup,
            self.own,
            self.found.clone(),
            self.waker.clone(),
        );
        let run = move || {
            let found_at = resolve(&host, port, own);
            if found
                .try_send(Lookup {
                    number,
                    nickname,
                    found: found_at,
                })
                .is_ok()
            {
                let _ = waker.wake();
            }
        };
        let thread = thread::Builder::new().name("resolve".into()).spawn(run);
        thread
            .map(drop)
            .map_err(|error| DriverError::Socket(error.to_string()))
    }
}

impl Role for ClientRole {
    type Machine = machine::Client;
    type Told = Told;

    fn feed(
        &mut self,
        now: Now,
        machine: &mut machine::Client,
        _taken: bool,
        tell: &mut dyn FnMut(Told),
    ) -> bool {
        while let Some(report) = self.reader.poll_report() {
            tell(report.into());
        }
        while let Ok(lookup) = self.lookups.try_recv() {
            self.on_lookup(now, lookup, machine, tell);
        }
        loop {
            let command = match self.asked.try_recv() {
                Ok(command) => command,
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            };
            if let Some(command) = self.on_command(command, tell) {
                machine.handle_command(now, command);
            }
        }
    }
}
