//! The server's thread, its store's thread, and the handle that a window or a console holds.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::clock::Clock;
use super::event_loop::{BUFFER_LEN, COMMANDS_MAX, EventLoop, Port, Role, TOLD_MAX};
use super::handle::{Handle, Teller};
use super::keeper::Keeper;
use super::{DriverError, Notify, SendError};
use crate::machine::server::{self as machine, Command, Event};
use crate::machine::{Machine, Now};
use crate::store::mailbox::Mailbox;

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
    let (news, told) = bounded(TOLD_MAX);
    let teller = Teller { news, notify };
    let (commands, asked) = bounded(COMMANDS_MAX);
    let handle = match launch(Port::open(bind, port), store, teller.clone(), asked) {
        Ok((waker, thread)) => Handle {
            commands,
            told,
            waker: Some(waker),
            thread: Some(thread),
        },
        Err(error) => {
            teller.tell_last(Told::Failed(error));
            Handle {
                commands,
                told,
                waker: None,
                thread: None,
            }
        }
    };
    Server { handle }
}

type Launched = (Arc<mio::Waker>, thread::JoinHandle<()>);

fn launch(
    port: Result<Port, DriverError>,
    store: PathBuf,
    teller: Teller<Told>,
    asked: Receiver<Command>,
) -> Result<Launched, DriverError> {
    let port = port?;
    let waker = port.waker.clone();
    let run = move || match open_store(store, &port.waker) {
        Ok((machine, keeper)) => {
            let untold = VecDeque::from([Told::Bound(port.address)]);
            let _ = port.waker.wake();
            let role = ServerRole { asked };
            let mut clock = Clock::start();
            EventLoop {
                role,
                machine,
                port,
                keeper,
                teller,
                now: clock.now(),
                clock,
                last: false,
                untold,
                buffer: vec![0; BUFFER_LEN].into(),
            }
            .run();
        }
        Err(error) => teller.tell_last(Told::Failed(error)),
    };
    let thread = thread::Builder::new().name("server".into()).spawn(run);
    Ok((
        waker,
        thread.map_err(|error| DriverError::Socket(error.to_string()))?,
    ))
}

type Opened = (machine::Server, Keeper<machine::Record, Event>);

fn open_store(path: PathBuf, waker: &Arc<mio::Waker>) -> Result<Opened, DriverError> {
    let (mut mailbox, saved) =
        Mailbox::open(&path).map_err(|error| DriverError::Store(error.to_string()))?;
    let commit = move |records: &[machine::Record]| {
        mailbox.commit(records).map_err(|error| error.to_string())
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
        self.handle.told.try_recv().ok()
    }

    /// Waits for news until `deadline`; `None`: it passed, or the thread has ended.
    pub fn wait_told(&self, deadline: Instant) -> Option<Told> {
        self.handle.told.recv_deadline(deadline).ok()
    }

    /// Waits until the thread has ended, after [`Server::stop`].
    pub fn join(self) {
        self.handle.join();
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

    fn told(event: Event) -> Told {
        Told::Server(event)
    }

    fn failed(error: DriverError) -> Told {
        Told::Failed(error)
    }

    fn is_last(event: &Event) -> bool {
        *event == Event::Stopped
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
