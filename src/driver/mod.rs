//! *Does*: the UDP thread and its one event loop, the clock, the order "write, then send", and the
//! socket, which it keeps working; also the desktop around the window, the settings' file and the log's
//! latest lines. It decides nothing that a message depends on.

pub mod client;
#[cfg(test)]
mod client_tests;
pub mod clock;
pub mod desktop;
pub mod dialogs;
mod event_loop;
#[cfg(test)]
mod faulty;
mod handle;
mod history;
mod host;
#[cfg(feature = "gui")]
pub mod instance;
mod keeper;
mod line;
pub mod log;
#[cfg(test)]
mod loop_tests;
mod mender;
mod occasional;
mod rounds;
pub mod server;
pub mod settings;
mod socket;
pub mod starter;
pub mod stepped;
#[cfg(test)]
mod toy;

use std::sync::Arc;

use crate::store::StoreError;
pub use crate::store::{Aside, Fault, FaultKind, Zone};

/// Called by a background thread whenever it has told something, so that a window can look.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

/// Why a background thread could not start or go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// Another program has the port.
    #[error("port {0} is in use by another program")]
    PortTaken(u16),
    /// The address is none of this machine's.
    #[error("{0} is no address of this machine")]
    NotOurAddress(std::net::IpAddr),
    /// Any other refusal of the system.
    #[error("the network can't be used: {0}")]
    Socket(Fault),
    /// The name of the server is unknown to the resolver.
    #[error("no machine called {0} was found")]
    UnknownHost(String),
    /// Another program on this computer has the same store open.
    #[error("{} is in use by another Super Chatter", .0.display())]
    StoreInUse(std::path::PathBuf),
    /// The store can't be opened or written.
    #[error("{0}")]
    Store(Fault),
    /// The thread is no more, and had no time to say why: it panicked, or its last word found the
    /// channel full.
    #[error("the network thread has ended")]
    Ended,
}

impl From<StoreError> for DriverError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::InUse { path } => Self::StoreInUse(path),
            StoreError::File { .. }
            | StoreError::SetAside { .. }
            | StoreError::Exists { .. }
            | StoreError::Own { .. }
            | StoreError::Unreadable { .. }
            | StoreError::Damaged { .. }
            | StoreError::Foreign { .. }
            | StoreError::Newer { .. }
            | StoreError::Setting { .. }
            | StoreError::Row { .. }
            | StoreError::NoRoom { .. }
            | StoreError::Write { .. } => Self::Store(error.into()),
        }
    }
}

/// A command could not be passed on: the thread has ended, or is far behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("the network thread has ended")]
    Ended,
    #[error("the network thread is too busy")]
    Busy,
}
