//! The server's thread, its store's thread, and the handle that a window or a console holds.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, TryRecvError};

use super::event_loop::{EventLoop, Port, Role};
use super::handle::{self, Handle, Teller};
use super::keeper::Keeper;
use super::{DriverError, Notify, SendError};
use crate::machine::server::{self as machine, Command, Event};
use crate::machine::{Machine, Now};
use crate::store::StoreError;
use crate::store::mailbox::{self, Mailbox};

/// What the server's thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Open at this address, mail read. First of all, once.
    Bound(SocketAddr),
    /// The thread could not start or had to end; nothing follows.
    Failed(DriverError),
    Server(Event),
}

/// A running server. Dropping it ends the thread without a farewell: [`Server::stop`] it first.
pub struct Server {
    handle: Handle<Command, Told>,
}

/// Starts a server on `bind`:`port` that keeps its mail in the SQLite file `store` (made, with its
/// folder, when it is not there). The file is opened on the server's thread.
pub fn start(bind: IpAddr, port: u16, store: PathBuf, notify: Notify) -> Server {
    let run = move |port: Port, asked, teller: Teller<Told>| match open_store(store, &port.waker) {
        Ok((machine, keeper)) => {
            EventLoop::new(ServerRole { asked }, machine, port, keeper, teller).run();
        }
        Err(error) => {
            let _ = teller.news.try_send(Told::Failed(error));
        }
    };
    Server {
        handle: Handle::start("server", Port::open(bind, port), notify, run),
    }
}

type Opened = (machine::Server, Keeper<machine::Record, Event>);

fn open_store(path: PathBuf, waker: &Arc<mio::Waker>) -> Result<Opened, DriverError> {
    let failed = |error| match error {
        StoreError::InUse { path } => DriverError::StoreInUse(path),
        error @ (StoreError::File { .. }
        | StoreError::SetAside { .. }
        | StoreError::Exists { .. }
        | StoreError::Unreadable { .. }
        | StoreError::Damaged { .. }
        | StoreError::Foreign { .. }
        | StoreError::Newer { .. }
        | StoreError::Setting { .. }
        | StoreError::Row { .. }
        | StoreError::Write { .. }) => DriverError::Store(error.to_string()),
    };
    let mailbox::Opened {
        mut mailbox,
        saved,
        aside,
        ..
    } = Mailbox::open(&path).map_err(failed)?;
    if let Some(aside) = aside {
        tracing::error!("{aside}");
    }
    let commit = move |records: &[machine::Record]| {
        let committed = mailbox.commit(records);
        committed.map(|_| ()).map_err(|error| error.to_string())
    };
    let keeper = Keeper::start(Box::new(commit), waker.clone())?;
    Ok((machine::Server::new(fastrand::u64(..), saved), keeper))
}

impl Server {
    /// Asks it to say good-bye to everybody and end; [`Event::Stopped`] comes last. Never blocks.
    pub fn stop(&self) -> Result<(), SendError> {
        self.handle.send(Command::Stop)
    }

    /// Never blocks; `None`: nothing new.
    pub fn poll_told(&self) -> Option<Told> {
        self.handle.poll_told()
    }

    /// Waits for news until `deadline`; `None`: it passed, or the thread has ended and said why.
    pub fn wait_told(&self, deadline: Instant) -> Option<Told> {
        self.handle.wait_told(deadline)
    }

    /// Waits until the thread has ended, after [`Server::stop`].
    pub fn join(self) {
        self.handle.join();
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
        Self::Server(event)
    }

    fn is_last(&self) -> bool {
        match self {
            Self::Bound(_) => false,
            Self::Failed(_) => true,
            Self::Server(event) => *event == Event::Stopped,
        }
    }
}

struct ServerRole {
    asked: Receiver<Command>,
}

impl Role for ServerRole {
    type Machine = machine::Server;
    type Told = Told;

    fn feed(&mut self, now: Now, machine: &mut machine::Server, _: &mut dyn FnMut(Told)) -> bool {
        loop {
            match self.asked.try_recv() {
                Ok(command) => machine.handle_command(now, command),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }
}

/// The addresses under which others reach a server that listens on `bind`: those of this machine's
/// networks first, loopback last.
pub fn reachable_at(bind: IpAddr) -> Vec<IpAddr> {
    if !bind.is_unspecified() {
        return vec![bind];
    }
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let own =
        |ip: &IpAddr| ip.is_ipv4() == bind.is_ipv4() && !ip.is_loopback() && !is_link_local(ip);
    let mut addresses: Vec<_> = interfaces
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(own)
        .collect();
    addresses.push(if bind.is_ipv4() {
        Ipv4Addr::LOCALHOST.into()
    } else {
        std::net::Ipv6Addr::LOCALHOST.into()
    });
    addresses.dedup();
    addresses
}

fn is_link_local(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}
