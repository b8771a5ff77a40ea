//! The network of this machine with errors on demand, for tests.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use crossbeam_channel::{Receiver, Sender, unbounded};
use mio::net::UdpSocket;

use super::socket::{Network, System};

/// The errors that come next, each in the place of a call that would have worked.
#[derive(Default)]
pub(super) struct Faults {
    pub opens: VecDeque<ErrorKind>,
    pub reads: VecDeque<ErrorKind>,
    pub sends: VecDeque<ErrorKind>,
}

/// The test's hand on a network.
#[derive(Clone)]
pub(super) struct Trouble {
    faults: Arc<Mutex<Faults>>,
    /// Every socket that was asked for, and whether it was opened.
    pub asked: Receiver<(SocketAddr, bool)>,
}

impl Trouble {
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().expect("nobody panicked")
    }
}

pub(super) struct Faulty {
    faults: Arc<Mutex<Faults>>,
    asked: Sender<(SocketAddr, bool)>,
}

impl Faulty {
    #[allow(clippy::disallowed_methods, reason = "a test asks for few sockets")]
    pub fn new() -> (Box<Self>, Trouble) {
        let (sender, asked) = unbounded();
        let faults = Arc::new(Mutex::new(Faults::default()));
        let network = Self {
            faults: faults.clone(),
            asked: sender,
        };
        (Box::new(network), Trouble { faults, asked })
    }

    /// The fault that is next among those of one kind.
    fn fail(&self, kind: impl FnOnce(&mut Faults) -> &mut VecDeque<ErrorKind>) -> io::Result<()> {
        let mut faults = self.faults.lock().expect("nobody panicked");
        let next = kind(&mut faults).pop_front();
        next.map_or(Ok(()), |kind| Err(kind.into()))
    }
}

impl Network for Faulty {
    fn open(&mut self, address: SocketAddr) -> io::Result<UdpSocket> {
        let socket = self
            .fail(|faults| &mut faults.opens)
            .and_then(|()| System.open(address));
        let _ = self.asked.send((address, socket.is_ok()));
        socket
    }

    fn recv_from(
        &mut self,
        socket: &UdpSocket,
        buffer: &mut [u8],
    ) -> io::Result<(usize, SocketAddr)> {
        self.fail(|faults| &mut faults.reads)?;
        System.recv_from(socket, buffer)
    }

    fn send_to(&mut self, socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.fail(|faults| &mut faults.sends)?;
        System.send_to(socket, bytes, to)
    }
}
