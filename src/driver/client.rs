//! The client's thread, and the handle that a window or a console holds.

mod role;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::event_loop::{EventLoop, Port};
use super::handle::{self, Handle, Teller};
pub use super::history::{
    Answer, Edge, Export, Exported, Form, Known, Page, Question, Search, Story, Words,
};
use super::history::{Reader, Report};
use super::keeper::Keeper;
use super::mender::Wish;
use super::rounds::{Parts, Seat};
use super::socket::{Network, System};
use super::stepped::{self, Start, Stepped};
use super::{DriverError, Notify, SendError};
use crate::machine::client::{self as machine, Event, Line, LineId, Record};
use crate::protocol::Nickname;
use crate::store::profile::{self, Profile};
pub use crate::store::profile::{Conversation, Overview};
use crate::store::{Aside, Fault};
use role::ClientRole;

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
    /// Save a conversation as a file, one at a time. Answered by [`Told::Exported`] with this number.
    Export(u64, Box<Export>),
    /// Sign out and end the thread. [`Event::Closed`] comes last.
    Close,
}

/// What the client's thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The profile is open. First of all, once; all that happens later is told as events.
    Opened(Opened),
    /// The profile that was there before can't be used. It was moved aside for a new one.
    Aside(Aside),
    /// The socket is open at this address. After the profile, and again when the address has
    /// changed.
    Bound(SocketAddr),
    /// A host did not resolve ([`DriverError::UnknownHost`]: the thread goes on), or the thread could
    /// not start or had to end (nothing follows).
    Failed(DriverError),
    Client(Event),
    /// What was looked up.
    History(Answer),
    /// A conversation was saved as a file that is whole, or why not: what was in its place is as it was.
    Exported(u64, Result<Exported, Fault>),
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
    let run = move |port: Port, asked, teller: Teller<Told>| {
        let seat = Seat {
            own: port.line.address(),
            seed: fastrand::u64(..),
            waker: port.waker.clone(),
        };
        match open(seat, profile, asked) {
            Ok(parts) => EventLoop::new(parts, port, teller).run(),
            Err(error) => {
                let _ = teller.news.try_send(Told::Failed(error));
            }
        }
    };
    Client {
        handle: Handle::start("client", port, notify, run),
    }
}

/// A client like one of [`start`], but without a thread: the caller turns it.
pub fn start_stepped(
    start: Start,
    profile: PathBuf,
    notify: Notify,
) -> Result<(Client, Box<dyn Stepped>), DriverError> {
    let open = |seat, asked| open(seat, profile, asked);
    let (handle, stepped) = stepped::start(start, notify, open)?;
    Ok((Client { handle }, stepped))
}

fn open(
    seat: Seat,
    path: PathBuf,
    asked: Receiver<Command>,
) -> Result<Parts<ClientRole>, DriverError> {
    let profile::Opened {
        mut profile,
        saved,
        overview,
        room,
        aside,
    } = Profile::open(&path)?;
    let open = saved.open.iter().map(|open| open.line.clone()).collect();
    let mut news = vec![Told::Opened(Opened { overview, open })];
    news.extend(aside.map(Told::Aside));
    let commit = move |records: &[Record]| profile.commit(records).map_err(Fault::from);
    let Seat { own, seed, waker } = seat;
    let keeper = Keeper::start(Box::new(commit), waker.clone())?.with_room(room);
    let reader = Reader::start(path, waker.clone())?;
    Ok(Parts {
        role: ClientRole::new(own.ip(), asked, waker, reader),
        machine: machine::Client::new(seed, saved),
        keeper,
        news,
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
            Report::Exported(number, exported) => Self::Exported(number, exported),
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
            | Self::Exported(..) => false,
            Self::Failed(error) => !matches!(error, DriverError::UnknownHost(_)),
            Self::Client(event) => *event == Event::Closed,
        }
    }
}
