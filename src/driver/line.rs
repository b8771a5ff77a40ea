//! The network as a loop uses it: one socket that is opened again where it broke, and whose errors
//! end here. When it is replaced is [`Mender`]'s decision.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};

use super::DriverError;
use super::mender::{Ask, Mender, Wish};
use super::occasional::Occasional;
use super::socket::{Network, outer};
use crate::machine::{Transmit, canonical};

pub(super) const SOCKET: Token = Token(0);

pub(super) struct Line {
    network: Box<dyn Network>,
    registry: Registry,
    /// What was asked for: one address, or all of them.
    bind: IpAddr,
    /// `None`: the last one is closed, and no other could be opened yet.
    socket: Option<UdpSocket>,
    /// Where it is open, or was last.
    address: SocketAddr,
    mender: Mender,
    read_errors: Occasional,
    send_errors: Occasional,
}

/// What one read came to.
pub(super) enum Read {
    Datagram {
        len: usize,
        from: SocketAddr,
    },
    /// Nothing is left, or the socket is to be replaced.
    Nothing,
    /// A peer's "port unreachable", a datagram that is too long: the next read may work.
    Failed,
}

/// A new socket is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mended {
    Here,
    Moved(SocketAddr),
}

impl Line {
    /// Opens a socket on `wanted` (`::`: all addresses of this machine; port 0: any).
    pub fn open(
        mut network: Box<dyn Network>,
        registry: Registry,
        wanted: SocketAddr,
        wish: Wish,
    ) -> Result<Self, DriverError> {
        let wanted = canonical(wanted);
        let bound = bind(&mut *network, &registry, wanted);
        let (socket, address) = bound.map_err(|error| {
            if error.kind() == ErrorKind::AddrInUse {
                DriverError::PortTaken(wanted.port())
            } else if error.kind() == ErrorKind::AddrNotAvailable {
                DriverError::NotOurAddress(wanted.ip())
            } else {
                DriverError::Socket(error.into())
            }
        })?;
        Ok(Self {
            network,
            registry,
            bind: wanted.ip(),
            socket: Some(socket),
            address,
            mender: Mender::new(wish),
            read_errors: Occasional::default(),
            send_errors: Occasional::default(),
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn recv(&mut self, mono: Duration, buffer: &mut [u8]) -> Read {
        let Some(socket) = &self.socket else {
            return Read::Nothing;
        };
        match self.network.recv_from(socket, buffer) {
            Ok((len, from)) => {
                self.mender.on_read();
                let from = canonical(from);
                Read::Datagram { len, from }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.mender.on_emptied();
                Read::Nothing
            }
            Err(error) => {
                if let Some(unlogged) = self.read_errors.count(mono) {
                    tracing::debug!(%error, unlogged, "a datagram could not be read");
                }
                self.mender.on_read_error(mono, error.kind());
                self.failed()
            }
        }
    }

    /// A whole round of [`Self::recv`] gave nothing but [`Read::Failed`].
    pub fn on_failing_round(&mut self, mono: Duration) {
        self.mender.on_failing_round(mono);
    }

    /// The computer slept.
    pub fn on_sleep(&mut self, mono: Duration) {
        self.mender.on_sleep(mono);
    }

    /// A datagram that can't be sent is lost, as it could be on its way.
    pub fn send(&mut self, mono: Duration, Transmit { to, bytes }: &Transmit) {
        let (Some(socket), Some(outer)) = (&self.socket, outer(self.address.ip(), *to)) else {
            return;
        };
        match self.network.send_to(socket, bytes, outer) {
            Ok(_) => self.mender.on_sent(),
            Err(error) => {
                if let Some(unlogged) = self.send_errors.count(mono) {
                    tracing::debug!(%to, %error, unlogged, "a datagram could not be sent");
                }
                self.mender.on_send_error(mono, error.kind(), *to);
            }
        }
    }

    /// When [`Self::mend`] has something to do; `None`: all is well.
    pub fn poll_due(&self) -> Option<Duration> {
        self.mender.poll_due()
    }

    /// Replaces the socket if it is time to.
    pub fn mend(&mut self, mono: Duration) -> Option<Mended> {
        let port = match self.mender.poll_ask(mono)? {
            Ask::Same => self.address.port(),
            Ask::Any => 0,
        };
        // The port is free again only when the old socket is closed.
        if let Some(mut old) = self.socket.take() {
            let _ = self.registry.deregister(&mut old);
        }
        let wanted = SocketAddr::new(self.bind, port);
        match bind(&mut *self.network, &self.registry, wanted) {
            Ok((socket, address)) => {
                tracing::info!(%address, "the socket was opened again");
                self.mender.on_opened(mono);
                self.socket = Some(socket);
                let before = std::mem::replace(&mut self.address, address);
                Some(if before == address {
                    Mended::Here
                } else {
                    Mended::Moved(address)
                })
            }
            Err(error) => {
                self.mender.on_refused(mono);
                let again = self.mender.poll_due().map(|due| due.saturating_sub(mono));
                tracing::warn!(%wanted, %error, ?again, "the socket could not be opened again");
                None
            }
        }
    }

    fn failed(&self) -> Read {
        match self.mender.poll_due() {
            Some(_) => Read::Nothing,
            None => Read::Failed,
        }
    }
}

/// A socket on `wanted` that the loop is woken by. Where `::` is asked for and there is no IPv6,
/// IPv4 alone will do.
fn bind(
    network: &mut dyn Network,
    registry: &Registry,
    wanted: SocketAddr,
) -> io::Result<(UdpSocket, SocketAddr)> {
    let all = wanted.is_ipv6() && wanted.ip().is_unspecified();
    let mut socket = match network.open(wanted) {
        Err(error) if all && error.kind() != ErrorKind::AddrInUse => {
            network.open((Ipv4Addr::UNSPECIFIED, wanted.port()).into())?
        }
        opened => opened?,
    };
    registry.register(&mut socket, SOCKET, Interest::READABLE)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

#[cfg(test)]
mod tests {
    use mio::Poll;

    use super::super::faulty::{Faulty, Trouble};
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn open(wanted: SocketAddr, wish: Wish) -> (Line, Trouble) {
        let (network, trouble) = Faulty::new();
        let registry = Poll::new().expect("a poll").registry().try_clone();
        let line = Line::open(network, registry.expect("a poll"), wanted, wish);
        (line.expect("a free port"), trouble)
    }

    fn here() -> SocketAddr {
        (Ipv4Addr::LOCALHOST, 0).into()
    }

    fn transmit(to: SocketAddr) -> Transmit {
        let bytes = (*b"x").into();
        Transmit { to, bytes }
    }

    #[test]
    fn a_client_whose_port_is_refused_comes_back_on_another() {
        let (mut line, trouble) = open(here(), Wish::Preferred);
        let port = line.address().port();
        trouble.faults().opens.extend([ErrorKind::AddrInUse; 3]);
        line.on_sleep(at(100));
        for second in [100, 101, 103] {
            assert_eq!(line.mend(at(second)), None);
            assert!(matches!(line.recv(at(second), &mut []), Read::Nothing));
            line.send(at(second), &transmit(here()));
        }
        assert_eq!(line.mend(at(106)), None, "the pause is not over");
        // Any port but the old one, which somebody else has.
        let _other = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, port));
        let moved = line.mend(at(107));
        assert_eq!(moved, Some(Mended::Moved(line.address())));
        assert_ne!(line.address().port(), port);
        let asked: Vec<_> = trouble.asked.try_iter().map(|(at, _)| at.port()).collect();
        assert_eq!(asked, [0, port, port, port, 0]);
    }

    #[test]
    fn a_server_waits_for_its_port() {
        let (mut line, trouble) = open(here(), Wish::Only);
        trouble.faults().opens.extend([ErrorKind::AddrInUse; 20]);
        line.on_sleep(at(0));
        let mut tries = 0;
        while let Some(due) = line.poll_due() {
            let mended = line.mend(due);
            assert_eq!(mended, (tries == 20).then_some(Mended::Here));
            tries += 1;
        }
    }

    #[test]
    fn sends_that_fail_to_everybody_replace_the_socket() {
        let (mut line, trouble) = open(here(), Wish::Preferred);
        let unreachable = [ErrorKind::NetworkUnreachable; 3];
        trouble.faults().sends.extend(unreachable);
        let peer = |number| transmit(([127, 0, 0, 1], number).into());
        line.send(at(0), &peer(5001));
        line.send(at(5), &peer(5002));
        assert_eq!(line.poll_due(), None);
        line.send(at(10), &peer(5001));
        assert_eq!(line.mend(at(10)), Some(Mended::Here));
    }

    #[test]
    fn where_the_socket_can_not_send_to_nothing_is_tried() {
        let (mut line, trouble) = open(here(), Wish::Preferred);
        trouble.faults().sends.push_back(ErrorKind::BrokenPipe);
        line.send(
            at(0),
            &transmit((std::net::Ipv6Addr::LOCALHOST, 5000).into()),
        );
        assert_eq!(trouble.faults().sends.len(), 1);
        assert_eq!(line.poll_due(), None);
    }
}
