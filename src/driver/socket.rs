//! The system's UDP sockets, and the forms in which they name an address.

use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::net::UdpSocket;
use socket2::{Domain, Protocol, Socket, Type};

/// Room for what comes at the same instant, in bytes, as far as the system grants it: a default
/// receive buffer holds some 250 small datagrams.
const BUFFER: usize = 4 << 20;

/// What a line asks of the system. A test puts errors in between.
pub(super) trait Network: Send {
    /// A socket on `address` that never blocks.
    fn open(&mut self, address: SocketAddr) -> io::Result<UdpSocket>;

    fn recv_from(
        &mut self,
        socket: &UdpSocket,
        buffer: &mut [u8],
    ) -> io::Result<(usize, SocketAddr)>;

    fn send_to(&mut self, socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> io::Result<usize>;
}

/// The network as it is.
pub(super) struct System;

impl Network for System {
    fn open(&mut self, address: SocketAddr) -> io::Result<UdpSocket> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if takes_both(address.ip()) {
            socket.set_only_v6(false)?;
        }
        // A smaller buffer works too, so a refusal is no error.
        let _ = socket.set_recv_buffer_size(BUFFER);
        let _ = socket.set_send_buffer_size(BUFFER);
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        Ok(UdpSocket::from_std(socket.into()))
    }

    fn recv_from(
        &mut self,
        socket: &UdpSocket,
        buffer: &mut [u8],
    ) -> io::Result<(usize, SocketAddr)> {
        socket.recv_from(buffer)
    }

    fn send_to(&mut self, socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        socket.send_to(bytes, to)
    }
}

/// Whether a socket on `own` speaks IPv4 and IPv6: one on `::` does.
fn takes_both(own: IpAddr) -> bool {
    own.is_ipv6() && own.is_unspecified()
}

/// Whether a socket on `own` can send to `other` at all.
pub(super) fn reaches(own: IpAddr, other: IpAddr) -> bool {
    own.is_ipv4() == other.is_ipv4() || takes_both(own)
}

/// `to` as a socket on `own` names it; `None`: it can't send there.
pub(super) fn outer(own: IpAddr, to: SocketAddr) -> Option<SocketAddr> {
    if !reaches(own, to.ip()) {
        return None;
    }
    match to {
        SocketAddr::V4(to) if own.is_ipv6() => Some((to.ip().to_ipv6_mapped(), to.port()).into()),
        SocketAddr::V4(_) | SocketAddr::V6(_) => Some(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::canonical;

    #[test]
    fn an_address_has_one_form_inside_and_the_sockets_own_outside() {
        for (own, inside, outside) in [
            ("0.0.0.0", "10.0.0.1:5000", Some("10.0.0.1:5000")),
            ("::", "10.0.0.1:5000", Some("[::ffff:10.0.0.1]:5000")),
            ("::", "[fd00::1]:5000", Some("[fd00::1]:5000")),
            ("::1", "[fd00::1]:5000", Some("[fd00::1]:5000")),
            ("::", "[fe80::1%3]:5000", Some("[fe80::1%3]:5000")),
            ("0.0.0.0", "[fd00::1]:5000", None),
            ("127.0.0.1", "[::1]:5000", None),
            ("::1", "127.0.0.1:5000", None),
        ] {
            let own: IpAddr = own.parse().expect("an address");
            let inside: SocketAddr = inside.parse().expect("an address");
            let outside = outside.map(|text| text.parse().expect("an address"));
            assert_eq!(outer(own, inside), outside, "{own} to {inside}");
            assert_eq!(reaches(own, inside.ip()), outside.is_some());
            assert_eq!(outside.map_or(inside, canonical), inside);
        }
    }
}
