//! The client's thread.
use std::net::{IpAddr, SocketAddr};
use crate::driver::{DriverError, Notify, SendError};
use crate::machine::client::{Event, LineId};
use crate::protocol::Nickname;

/// What can be asked of the client's thread. Sign-in names a host, which the thread resolves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    SignIn { nickname: Nickname, host: String, port: u16 },
    SignOut,
    Send { line: LineId, to: Nickname, text: String },
    Retry { line: LineId },
    Reconnect,
    /// Sign out and end the thread. `Event::Closed` comes last.
    Close,
}

/// What the client's thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The socket is open at this address. First of all, once.
    Bound(SocketAddr),
    /// The thread could not start (nothing follows), or a host did not resolve (it goes on).
    Failed(DriverError),
    Client(Event),
}

/// A running client. Dropping it ends the thread without a farewell: send [`Command::Close`] first.
pub struct Client { _private: () }

/// Starts a client on `bind`:`port` (0: any free port).
pub fn start(bind: IpAddr, port: u16, notify: Notify) -> Client { let _ = (bind, port, notify); Client { _private: () } }

impl Client {
    /// Never blocks.
    pub fn send(&self, command: Command) -> Result<(), SendError> { let _ = command; Ok(()) }
    /// Never blocks; `None`: nothing new.
    pub fn poll_told(&self) -> Option<Told> { None }
    /// Waits for news until `deadline`; `None`: it passed, or the thread has ended. For tests and the console.
    pub fn wait_told(&self, deadline: std::time::Instant) -> Option<Told> { let _ = deadline; None }
    /// Waits until the thread has ended (after [`Command::Close`]).
    pub fn join(self) {}
}
