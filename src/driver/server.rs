//! The server's thread.
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use crate::driver::{DriverError, Notify};
use crate::machine::server::Event;

/// What the server's thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Open at this address, mail read. First of all, once.
    Bound(SocketAddr),
    /// The thread could not start or had to end; nothing follows.
    Failed(DriverError),
    Server(Event),
}

/// A running server.
pub struct Server { _private: () }

/// Starts a server on `bind`:`port` that keeps its mail in the SQLite file `store` (made, with its
/// folder, when it is not there).
pub fn start(bind: IpAddr, port: u16, store: PathBuf, notify: Notify) -> Server { let _ = (bind, port, store, notify); Server { _private: () } }

impl Server {
    /// Asks it to say good-bye to everybody and end; `Event::Stopped` comes last. Never blocks.
    pub fn stop(&self) {}
    pub fn poll_told(&self) -> Option<Told> { None }
    pub fn wait_told(&self, deadline: std::time::Instant) -> Option<Told> { let _ = deadline; None }
    pub fn join(self) {}
}

/// The addresses under which others reach a server that listens on `bind`: those of this machine's
/// networks first, loopback last (and alone when there is no network).
pub fn reachable_at(bind: IpAddr) -> Vec<IpAddr> { vec![bind] }
