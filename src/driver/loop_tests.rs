//! The loop with a small machine, on a network and a disk that fail when they are told to.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, unbounded};

use super::DriverError;
use super::event_loop::{EventLoop, Port};
use super::faulty::{Faulty, Trouble};
use super::handle::{self, Handle, Teller};
use super::keeper::{Commit, Keeper};
use super::mender::Wish;
use super::rounds::{Parts, Role, WAITING_MAX};
use crate::machine::{Machine, Now, Output, Room, Transmit};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

const HERE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

#[test]
fn a_machine_hears_that_its_socket_is_another() {
    let toy = Toy::start(None);
    toy.trouble.faults().reads.push_back(ErrorKind::NetworkDown);
    toy.ask("ping");
    assert_eq!(toy.told(), Told::Event(Seen::Wake));
    toy.ask("ping");
    assert_eq!(toy.answer(), "pong");
    let port = toy.address.port();
    let asked: Vec<_> = toy.trouble.asked.try_iter().collect();
    let ports: Vec<_> = asked.iter().map(|(at, open)| (at.port(), *open)).collect();
    assert_eq!(ports, [(0, true), (port, true)]);
}

#[test]
fn errors_that_a_peer_can_cause_are_read_over() {
    let toy = Toy::start(None);
    let kinds = [
        ErrorKind::ConnectionRefused,
        ErrorKind::ConnectionReset,
        ErrorKind::Interrupted,
        ErrorKind::Other,
    ];
    toy.trouble.faults().reads.extend(kinds);
    toy.ask("ping");
    assert_eq!(toy.answer(), "pong");
    assert_eq!(
        toy.trouble.asked.try_iter().count(),
        1,
        "it was not opened again"
    );
}

#[test]
fn a_socket_that_gives_nothing_but_errors_is_replaced() {
    let toy = Toy::start(None);
    // Whatever they are: as many as are read before it is given up.
    let errors = std::iter::repeat_n(ErrorKind::Other, 3 * 256);
    toy.trouble.faults().reads.extend(errors);
    toy.ask("ping");
    assert_eq!(toy.told(), Told::Event(Seen::Wake));
    toy.ask("ping");
    assert_eq!(toy.answer(), "pong");
}

#[test]
fn without_ipv6_it_listens_on_ipv4_and_tells_when_that_changes() {
    let (network, trouble) = Faulty::new();
    trouble.faults().opens.push_back(ErrorKind::Unsupported);
    let all = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0));
    let toy = Toy::start_on(network, trouble, all, None);
    assert_eq!(toy.address.ip(), Ipv4Addr::UNSPECIFIED);
    toy.ask("ping");
    assert_eq!(toy.answer(), "pong");
    if !has_ipv6() {
        return;
    }
    toy.trouble.faults().reads.push_back(ErrorKind::NetworkDown);
    toy.ask("ping");
    let now = SocketAddr::from((Ipv6Addr::UNSPECIFIED, toy.address.port()));
    assert_eq!(toy.told(), Told::Bound(now));
    assert_eq!(toy.told(), Told::Event(Seen::Wake));
    toy.ask("ping");
    assert_eq!(toy.answer(), "pong", "by IPv4, through the socket for both");
    toy.ask("who");
    let peer = toy.peer.local_addr().expect("it is bound");
    assert_eq!(toy.answer(), peer.to_string(), "an address has one form");
}

#[test]
fn a_machine_hears_how_much_room_there_is_when_that_changes() {
    let mut rooms = [Room::Plenty, Room::Scarce, Room::Scarce, Room::Plenty].into_iter();
    let commit = move |_: &[Kept]| rooms.next().ok_or_else(|| "no more".to_owned());
    let toy = Toy::start(Some(Box::new(commit)));
    for _ in 0..4 {
        toy.ask("keep");
        assert_eq!(toy.answer(), "kept");
    }
    let told = [
        toy.told(),
        toy.told(),
        toy.told(),
        toy.told(),
        toy.told(),
        toy.told(),
    ];
    let event = Told::Event;
    assert_eq!(
        told,
        [
            event(Seen::Kept),
            event(Seen::Kept),
            event(Seen::Room(Room::Scarce)),
            event(Seen::Kept),
            event(Seen::Kept),
            event(Seen::Room(Room::Plenty)),
        ]
    );
}

#[test]
fn nothing_that_hangs_on_a_failed_write_is_sent_or_told() {
    let mut calls = 0;
    let commit = move |_: &[Kept]| {
        calls += 1;
        match calls {
            1 => Ok(Room::Plenty),
            _ => Err("can't be written: EIO".to_owned()),
        }
    };
    let toy = Toy::start(Some(Box::new(commit)));
    toy.ask("keep");
    assert_eq!(toy.answer(), "kept");
    assert_eq!(toy.told(), Told::Event(Seen::Kept));
    toy.ask("keep");
    let failed = DriverError::Store("can't be written: EIO".to_owned());
    assert_eq!(toy.told(), Told::Failed(failed));
    assert_eq!(toy.handle.poll_told(), None);
    let Toy { handle, peer, .. } = toy;
    handle.join();
    // On one machine what was sent has arrived.
    peer.set_nonblocking(true).expect("a socket");
    let nothing = peer.recv(&mut [0; 16]).map_err(|error| error.kind());
    assert_eq!(nothing, Err(ErrorKind::WouldBlock));
}

#[test]
fn reading_goes_on_while_the_disk_hangs_until_too_much_waits() {
    let (entered, is_entered) = bounded(1);
    let (open, gate) = bounded::<()>(0);
    let commit = move |_: &[Kept]| {
        let _ = entered.send(());
        // Closed: it opens for good.
        let _ = gate.recv();
        Ok(Room::Plenty)
    };
    let toy = Toy::start(Some(Box::new(commit)));
    toy.ask("keep");
    is_entered.recv_timeout(PATIENCE).expect("a commit");
    // The network is read, and what comes is decided, though nothing goes out yet.
    toy.wait_read("keep");
    toy.ask("ping");
    toy.wait_read("ping");
    toy.ask("flood");
    toy.wait_read("flood");
    toy.ask("ping");
    toy.wait_rounds();
    assert_eq!(
        toy.read.try_recv(),
        Err(TryRecvError::Empty),
        "too much waits"
    );
    drop(open);
    let answers = [toy.answer(), toy.answer(), toy.answer()];
    assert_eq!(answers, ["kept", "pong", "pong"], "in order, and none lost");
}

/// Whether this machine has the loopback of IPv6.
fn has_ipv6() -> bool {
    let has = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        eprintln!("NOT TESTED: this machine has no IPv6");
    }
    has
}

/// A record.
struct Kept;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Kept,
    Wake,
    Room(Room),
}

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Bound(SocketAddr),
    Failed(DriverError),
    Event(Seen),
}

impl handle::Told for Told {
    type Event = Seen;

    fn bound(address: SocketAddr) -> Self {
        Self::Bound(address)
    }

    fn failed(error: DriverError) -> Self {
        Self::Failed(error)
    }

    fn event(event: Seen) -> Self {
        Self::Event(event)
    }

    fn is_last(&self) -> bool {
        match self {
            Self::Bound(_) | Self::Event(_) => false,
            Self::Failed(_) => true,
        }
    }
}

/// Answers a datagram at once, behind a record, or with far too much.
struct ToyMachine {
    outputs: VecDeque<Output<Kept, Seen>>,
    read: Sender<String>,
    /// One for each look at the deadline, of which a round has two at the most.
    looks: Sender<()>,
}

impl Machine for ToyMachine {
    type Command = ();
    type Record = Kept;
    type Event = Seen;

    fn handle_command(&mut self, _: Now, (): ()) {}

    fn handle_datagram(&mut self, _: Now, from: SocketAddr, bytes: &[u8]) {
        let transmit = |to, text: &str| {
            let bytes = text.as_bytes().into();
            Output::Transmit(Transmit { to, bytes })
        };
        match bytes {
            b"keep" => self.outputs.extend([
                Output::Persist(Kept),
                transmit(from, "kept"),
                Output::Event(Seen::Kept),
            ]),
            b"who" => self.outputs.push_back(transmit(from, &from.to_string())),
            b"ping" => self.outputs.push_back(transmit(from, "pong")),
            _ => {
                // Nowhere: a socket for IPv4 does not send there.
                let to = (Ipv6Addr::LOCALHOST, 9).into();
                let flood = (0..WAITING_MAX).map(|_| transmit(to, "flood"));
                self.outputs.extend(flood);
            }
        }
        let _ = self.read.send(String::from_utf8_lossy(bytes).into_owned());
    }

    fn handle_timeout(&mut self, _: Now) {}

    fn handle_wake(&mut self, _: Now) {
        self.outputs.push_back(Output::Event(Seen::Wake));
    }

    fn handle_room(&mut self, _: Now, room: Room) {
        self.outputs.push_back(Output::Event(Seen::Room(room)));
    }

    fn poll_output(&mut self) -> Option<Output<Kept, Seen>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let _ = self.looks.send(());
        None
    }
}

struct ToyRole {
    asked: Receiver<()>,
}

impl Role for ToyRole {
    type Machine = ToyMachine;
    type Told = Told;

    fn feed(&mut self, _: Now, _: &mut ToyMachine, _: &mut dyn FnMut(Told)) -> bool {
        loop {
            match self.asked.try_recv() {
                Ok(()) => {}
                Err(error) => return error == TryRecvError::Empty,
            }
        }
    }
}

/// A loop on its thread, and a peer of it.
struct Toy {
    handle: Handle<(), Told>,
    trouble: Trouble,
    address: SocketAddr,
    peer: UdpSocket,
    /// The datagrams that the machine has read.
    read: Receiver<String>,
    looks: Receiver<()>,
}

impl Toy {
    fn start(commit: Option<Commit<Kept>>) -> Self {
        let (network, trouble) = Faulty::new();
        Self::start_on(network, trouble, HERE.into(), commit)
    }

    fn start_on(
        network: Box<Faulty>,
        trouble: Trouble,
        wanted: SocketAddr,
        commit: Option<Commit<Kept>>,
    ) -> Self {
        let ((to_read, read), (look, looks)) = (unbounded(), unbounded());
        let machine = ToyMachine {
            outputs: VecDeque::new(),
            read: to_read,
            looks: look,
        };
        let run = move |port: Port, asked, teller: Teller<Told>| {
            let keeper = match commit {
                Some(commit) => Keeper::start(commit, port.waker.clone()).expect("a thread"),
                None => Keeper::none(),
            };
            let parts = Parts {
                role: ToyRole { asked },
                machine,
                keeper,
                news: Vec::new(),
            };
            EventLoop::new(parts, port, teller).run();
        };
        let port = Port::open(network, wanted, Wish::Only);
        let handle = Handle::start("toy", port, Arc::new(|| {}), run);
        let peer = UdpSocket::bind(HERE).expect("a free port");
        peer.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut toy = Self {
            handle,
            trouble,
            address: HERE.into(),
            peer,
            read,
            looks,
        };
        let Told::Bound(address) = toy.told() else {
            panic!("expected an open port");
        };
        toy.address = address;
        toy
    }

    fn told(&self) -> Told {
        let told = self.handle.wait_told(Instant::now() + PATIENCE);
        told.expect("there is news")
    }

    fn ask(&self, text: &str) {
        let to = (Ipv4Addr::LOCALHOST, self.address.port());
        self.peer.send_to(text.as_bytes(), to).expect("it is sent");
    }

    fn answer(&self) -> String {
        let mut buffer = [0; 64];
        let len = self.peer.recv(&mut buffer).expect("an answer");
        String::from_utf8_lossy(&buffer[..len]).into_owned()
    }

    fn wait_read(&self, text: &str) {
        assert_eq!(self.read.recv_timeout(PATIENCE).as_deref(), Ok(text));
    }

    /// Waits until the loop has gone round at least once.
    fn wait_rounds(&self) {
        while self.looks.try_recv().is_ok() {}
        for _ in 0..6 {
            self.handle.send(()).expect("it runs");
            self.looks.recv_timeout(PATIENCE).expect("a round");
        }
    }
}
