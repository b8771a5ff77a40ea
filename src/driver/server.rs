//! The server's thread, its store's thread, and the handle that a window or a console holds.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError};

use super::clock::Clock;
use super::event_loop::{EventLoop, Port};
use super::handle::{self, Handle, Teller};
use super::keeper::Keeper;
use super::mender::Wish;
use super::rounds::{Parts, Role, Seat};
use super::socket::{System, reaches};
use super::stepped::{self, Start, Stepped};
use super::{DriverError, Notify, SendError};
use crate::machine::server::{self as machine, Command, Event};
use crate::machine::{Machine, Now};
pub use crate::store::classic_mail::{Imported, Problem, Wrong};
use crate::store::mailbox::{self, Mailbox};
use crate::store::{Aside, Fault, classic_mail};

/// What the server's thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The mail that was there before can't be used. It was moved aside and a new store begun.
    Aside(Aside),
    /// What became of the mail that was to be taken in ([`start_importing`]), or why not all of it was:
    /// what was taken is kept, and the server goes on.
    Imported(Result<Imported, Fault>),
    /// Open at this address, mail read. At first, and again when the address has changed, or those under
    /// which others reach it ([`reachable_at`]).
    Bound(SocketAddr),
    /// The thread could not start or had to end; nothing follows.
    Failed(DriverError),
    Server(Event),
}

/// A running server. Dropping it ends the thread without a farewell: [`Server::stop`] it first.
pub struct Server {
    handle: Handle<Command, Told>,
}

/// Starts a server on `bind`:`port` (`::`: all addresses of this machine, IPv4 and IPv6) that keeps its mail in the SQLite file `store` (made, with its
/// folder, when it is not there). The file is opened on the server's thread.
pub fn start(bind: IpAddr, port: u16, store: PathBuf, notify: Notify) -> Server {
    let store = Store {
        file: store,
        mail: None,
    };
    start_on(SocketAddr::new(bind, port), store, notify)
}

/// Starts a server like [`start`] that first takes in the classic program's mail files of the folder
/// `mail`, and then tells [`Told::Imported`]. A host stops and starts again to import: mail then has one
/// way into a store that nothing else writes to, a file is taken whole whatever the limits of what a
/// running server accepts, and everybody's client comes back by itself.
pub fn start_importing(
    bind: IpAddr,
    port: u16,
    store: PathBuf,
    mail: PathBuf,
    notify: Notify,
) -> Server {
    let store = Store {
        file: store,
        mail: Some(mail),
    };
    start_on(SocketAddr::new(bind, port), store, notify)
}

/// What a server begins with.
struct Store {
    file: PathBuf,
    /// A folder of mail files to be taken in first.
    mail: Option<PathBuf>,
}

fn start_on(wanted: SocketAddr, store: Store, notify: Notify) -> Server {
    let port = Port::open(Box::new(System), wanted, Wish::Only);
    let run = move |port: Port, asked, teller: Teller<Told>| {
        let seat = Seat {
            own: port.line.address(),
            seed: fastrand::u64(..),
            waker: port.waker.clone(),
        };
        match open(seat, store, asked) {
            Ok(parts) => EventLoop::new(parts, port, teller).run(),
            Err(error) => {
                let _ = teller.news.try_send(Told::Failed(error));
            }
        }
    };
    Server {
        handle: Handle::start("server", port, notify, run),
    }
}

/// A server like one of [`start`], or of [`start_importing`] if there is `mail`, but without a thread:
/// the caller turns it.
pub fn start_stepped(
    start: Start,
    store: PathBuf,
    mail: Option<PathBuf>,
    notify: Notify,
) -> Result<(Server, Box<dyn Stepped>), DriverError> {
    let store = Store { file: store, mail };
    let open = |seat, asked| open(seat, store, asked);
    let (handle, stepped) = stepped::start(start, notify, open)?;
    Ok((Server { handle }, stepped))
}

fn open(
    seat: Seat,
    store: Store,
    asked: Receiver<Command>,
) -> Result<Parts<ServerRole>, DriverError> {
    let Store { file, mail } = store;
    let mut opened = Mailbox::open(&file)?;
    let mut news: Vec<_> = opened.aside.take().map(Told::Aside).into_iter().collect();
    if let Some(folder) = mail {
        let now_ms = Clock::start().now().unix_ms;
        let imported = classic_mail::import(&mut opened.mailbox, &opened.saved, &folder, now_ms);
        news.push(Told::Imported(imported.map_err(Fault::from)));
        drop(opened);
        // What was taken in is read with all else.
        opened = Mailbox::open(&file)?;
        news.extend(opened.aside.take().map(Told::Aside));
    }
    let mailbox::Opened {
        mut mailbox,
        saved,
        room,
        aside: _,
    } = opened;
    let commit = move |records: &[machine::Record]| mailbox.commit(records).map_err(Fault::from);
    let Seat { own, seed, waker } = seat;
    Ok(Parts {
        role: ServerRole::new(asked, own, Box::new(own_addresses)),
        machine: machine::Server::new(seed, saved),
        keeper: Keeper::start(Box::new(commit), waker)?.with_room(room),
        news,
    })
}

impl Server {
    /// Asks for something; what comes of it is told. Never blocks. The addresses of this computer are
    /// the thread's to find out: [`Command::Own`] need not be sent.
    pub fn ask(&self, command: Command) -> Result<(), SendError> {
        self.handle.send(command)
    }

    /// Asks it to say good-bye to everybody and end; [`Event::Stopped`] comes last. Never blocks.
    pub fn stop(&self) -> Result<(), SendError> {
        self.ask(Command::Stop)
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
            Self::Aside(_) | Self::Imported(_) | Self::Bound(_) => false,
            Self::Failed(_) => true,
            Self::Server(event) => *event == Event::Stopped,
        }
    }
}

/// How often a server looks where others reach it. Only a round that comes anyway does so: without anybody
/// signed in it may be later.
const LOOK_EVERY: Duration = Duration::from_secs(10);

struct ServerRole {
    asked: Receiver<Command>,
    address: SocketAddr,
    /// The addresses of this computer.
    own: Box<dyn FnMut() -> Vec<IpAddr> + Send>,
    /// What the machine knows of them.
    known: Vec<IpAddr>,
    /// Whether all that was told had been taken when the machine was last told.
    taken: bool,
    /// Where others reached it at the last look.
    reachable: Vec<IpAddr>,
    look_at: Duration,
}

impl ServerRole {
    fn new(
        asked: Receiver<Command>,
        address: SocketAddr,
        mut own: Box<dyn FnMut() -> Vec<IpAddr> + Send>,
    ) -> Self {
        Self {
            asked,
            address,
            reachable: reachable_among(address.ip(), own().into_iter()),
            own,
            known: Vec::new(),
            taken: true,
            look_at: Duration::ZERO,
        }
    }

    /// Tells the address again when others reach the server elsewhere: a network was joined or left, or
    /// gave another address, which breaks no socket that is open on all of them. The machine learns what
    /// the host must not be shut out from.
    fn look(&mut self, now: Now, machine: &mut machine::Server, tell: &mut dyn FnMut(Told)) {
        if now.mono < self.look_at {
            return;
        }
        self.look_at = now.mono + LOOK_EVERY;
        let own = (self.own)();
        if own != self.known {
            self.known = own.clone();
            machine.handle_command(now, Command::Own(own.clone()));
        }
        let reachable = reachable_among(self.address.ip(), own.into_iter());
        if reachable != self.reachable {
            self.reachable = reachable;
            tell(Told::Bound(self.address));
        }
    }
}

impl Role for ServerRole {
    type Machine = machine::Server;
    type Told = Told;

    fn feed(
        &mut self,
        now: Now,
        machine: &mut machine::Server,
        taken: bool,
        tell: &mut dyn FnMut(Told),
    ) -> bool {
        self.look(now, machine, tell);
        if taken != std::mem::replace(&mut self.taken, taken) {
            machine.handle_command(now, Command::Hold(!taken));
        }
        loop {
            match self.asked.try_recv() {
                Ok(command) => {
                    if let Command::Block(_) = command {
                        // Which networks there are may have changed just now.
                        self.look_at = now.mono;
                        self.look(now, machine, tell);
                    }
                    machine.handle_command(now, command);
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }
}

fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.iter().map(if_addrs::Interface::ip).collect()
}

/// The addresses under which others reach a server that listens on `bind`, those of IPv4 before those
/// of IPv6. Loopback is none, unless the server listens on nothing else; without a network there is none.
pub fn reachable_at(bind: IpAddr) -> Vec<IpAddr> {
    reachable_among(bind, own_addresses().into_iter())
}

fn reachable_among(bind: IpAddr, own: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    if !bind.is_unspecified() {
        return vec![bind];
    }
    let useful = |ip: &IpAddr| reaches(bind, *ip) && !ip.is_loopback() && !is_link_local(ip);
    let mut addresses: Vec<_> = own.filter(useful).collect();
    // Stable: the system's order stays within each.
    addresses.sort_by_key(IpAddr::is_ipv6);
    addresses.dedup();
    addresses
}

fn is_link_local(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Output;

    #[test]
    fn another_address_of_this_computer_is_told_within_ten_seconds_and_once() {
        let looks = ["10.0.0.5", "10.0.0.5", "10.0.0.9", "10.0.0.9"];
        let mut looks = looks.into_iter().cycle();
        let own = move || vec![looks.next().expect("no end").parse().expect("an address")];
        let (_ask, asked) = crossbeam_channel::bounded(1);
        let address = "0.0.0.0:50000".parse().expect("an address");
        let mut role = ServerRole::new(asked, address, Box::new(own));
        let mut machine = machine::Server::new(1, machine::Saved::default());
        let mut told = |at_s| {
            let now = at(at_s);
            let mut told = Vec::new();
            assert!(role.feed(now, &mut machine, true, &mut |news| told.push(news)));
            told
        };
        assert_eq!(told(10), [], "the same");
        assert_eq!(told(19), [], "not looked yet");
        assert_eq!(told(20), [Told::Bound(address)]);
        assert_eq!(told(30), [], "once");
    }

    #[test]
    fn whoever_does_not_take_what_is_told_is_told_no_more_of_the_room() {
        let (ask, asked) = crossbeam_channel::bounded(1);
        let address = "0.0.0.0:50000".parse().expect("an address");
        let mut role = ServerRole::new(asked, address, Box::new(Vec::new));
        let mut machine = machine::Server::new(1, machine::Saved::default());
        ask.send(Command::Watch(true)).expect("there is room");
        let mut told = |second, taken| {
            assert!(role.feed(at(second), &mut machine, taken, &mut |_| {}));
            let from = SocketAddr::new([10, 0, 0, second as u8].into(), 6000);
            let sign_in = format!(r#"{{"Type":"Reg","Nickname":"x{second}"}}"#);
            machine.handle_datagram(at(second), from, sign_in.as_bytes());
            machine.handle_timeout(at(second));
            let outputs: Vec<_> = std::iter::from_fn(|| machine.poll_output()).collect();
            let people = |output: &Output<_, _>| match output {
                Output::Event(Event::People(people)) => people.len(),
                Output::Event(_) | Output::Persist(_) | Output::Transmit(_) => 0,
            };
            outputs.iter().map(people).sum::<usize>()
        };
        assert_eq!(told(1, true), 1);
        let held: usize = (2..60).map(|second| told(second, false)).sum();
        assert_eq!(held, 0);
        assert!(told(60, true) >= 59, "all that has changed meanwhile");
    }

    #[test]
    fn a_host_at_an_address_that_was_blocked_before_is_heard() {
        let (before, now) = ("10.0.0.5", "10.0.0.9");
        for looks in [vec![now], vec![before, before, now]] {
            let mut looks = looks.into_iter().cycle();
            let own = move || vec![looks.next().expect("no end").parse().expect("an address")];
            let (_ask, asked) = crossbeam_channel::bounded(1);
            let address = "0.0.0.0:50000".parse().expect("an address");
            let mut role = ServerRole::new(asked, address, Box::new(own));
            let blocked = vec![now.parse().expect("an address")];
            let saved = machine::Saved {
                blocked,
                ..Default::default()
            };
            let mut machine = machine::Server::new(1, saved);
            for at_s in [0, 10] {
                assert!(role.feed(at(at_s), &mut machine, true, &mut |_| {}));
            }
            let from = SocketAddr::new(now.parse().expect("an address"), 6000);
            let sign_in = br#"{"Type":"Reg","Nickname":"x"}"#;
            machine.handle_datagram(at(11), from, sign_in);
            let outputs: Vec<_> = std::iter::from_fn(|| machine.poll_output()).collect();
            let answered =
                |output: &Output<_, _>| matches!(output, Output::Transmit(sent) if sent.to == from);
            assert!(outputs.iter().any(answered), "{outputs:?}");
        }
    }

    #[test]
    fn others_are_told_the_addresses_of_networks_and_of_ipv4_first() {
        let own = [
            "127.0.0.1",
            "::1",
            "fe80::1",
            "fd00::2",
            "169.254.3.4",
            "192.168.1.5",
            "10.0.0.5",
        ];
        for (bind, expected) in [
            ("::", "192.168.1.5 10.0.0.5 fd00::2"),
            ("0.0.0.0", "192.168.1.5 10.0.0.5"),
            ("10.0.0.5", "10.0.0.5"),
            ("fd00::2", "fd00::2"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            let bind = bind.parse().expect("an address");
            let own = own.iter().map(|text| text.parse().expect("an address"));
            let reachable = reachable_among(bind, own);
            let texts: Vec<_> = reachable.iter().map(IpAddr::to_string).collect();
            assert_eq!(texts.join(" "), expected);
        }
        let alone = own[..3]
            .iter()
            .map(|text| text.parse().expect("an address"));
        let everywhere = "::".parse().expect("an address");
        assert!(reachable_among(everywhere, alone).is_empty());
    }

    fn at(seconds: u64) -> Now {
        Now {
            mono: Duration::from_secs(seconds),
            unix_ms: 0,
            utc_offset_s: 0,
        }
    }
}
