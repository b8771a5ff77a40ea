//! A small machine in the real loop, on a network and a disk that fail when they are told to. No test
//! lives here.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};

use super::DriverError;
use super::event_loop::{EventLoop, Port};
use super::faulty::{Faulty, Trouble};
use super::handle::{self, Handle, Teller};
use super::keeper::{Commit, Keeper};
use super::mender::Wish;
use super::rounds::{Parts, Role, WAITING_MAX};
use crate::machine::{Machine, Now, Output, Room, Transmit};

/// Far longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const HERE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// A record.
pub struct Kept;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Kept,
    Wake,
    Room(Room),
}

#[derive(Debug, PartialEq, Eq)]
pub enum Told {
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
    /// One for each command: whether all that was told had been taken.
    taken: Sender<bool>,
}

/// Its end takes a while, as that of a role with a thread of its own.
impl Drop for ToyRole {
    fn drop(&mut self) {
        (0..1000).for_each(|_| std::thread::yield_now());
    }
}

impl Role for ToyRole {
    type Machine = ToyMachine;
    type Told = Told;

    fn feed(&mut self, _: Now, _: &mut ToyMachine, taken: bool, _: &mut dyn FnMut(Told)) -> bool {
        loop {
            match self.asked.try_recv() {
                Ok(()) => drop(self.taken.send(taken)),
                Err(error) => return error == TryRecvError::Empty,
            }
        }
    }
}

/// A loop on its thread, and a peer of it.
pub struct Toy {
    pub handle: Handle<(), Told>,
    pub trouble: Trouble,
    pub address: SocketAddr,
    pub peer: UdpSocket,
    /// The datagrams that the machine has read.
    pub read: Receiver<String>,
    pub looks: Receiver<()>,
    /// Closed with the role.
    pub taken: Receiver<bool>,
}

impl Toy {
    pub fn start(commit: Option<Commit<Kept>>) -> Self {
        let (network, trouble) = Faulty::new();
        Self::start_on(network, trouble, HERE.into(), commit)
    }

    pub fn start_on(
        network: Box<Faulty>,
        trouble: Trouble,
        wanted: SocketAddr,
        commit: Option<Commit<Kept>>,
    ) -> Self {
        let ((to_read, read), (look, looks)) = (unbounded(), unbounded());
        let (take, taken) = unbounded();
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
                role: ToyRole { asked, taken: take },
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
            taken,
        };
        let Told::Bound(address) = toy.told() else {
            panic!("expected an open port");
        };
        toy.address = address;
        toy
    }

    pub fn told(&self) -> Told {
        let told = self.handle.wait_told(Instant::now() + PATIENCE);
        told.expect("there is news")
    }

    pub fn ask(&self, text: &str) {
        let to = (Ipv4Addr::LOCALHOST, self.address.port());
        self.peer.send_to(text.as_bytes(), to).expect("it is sent");
    }

    pub fn answer(&self) -> String {
        let mut buffer = [0; 64];
        let len = self.peer.recv(&mut buffer).expect("an answer");
        String::from_utf8_lossy(&buffer[..len]).into_owned()
    }

    pub fn wait_read(&self, text: &str) {
        assert_eq!(self.read.recv_timeout(PATIENCE).as_deref(), Ok(text));
    }

    /// Waits until the loop has gone round at least once.
    pub fn wait_rounds(&self) {
        while self.looks.try_recv().is_ok() {}
        for _ in 0..6 {
            self.handle.send(()).expect("it runs");
            self.looks.recv_timeout(PATIENCE).expect("a round");
        }
    }
}
