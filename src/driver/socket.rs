//! Opening a UDP socket.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};

use super::DriverError;

/// Room for what comes at the same instant, in bytes, as far as the system grants it: a default
/// receive buffer holds some 250 small datagrams.
const BUFFER: usize = 4 << 20;

/// A socket that never blocks, and its address.
pub(super) fn open(
    bind: IpAddr,
    port: u16,
) -> Result<(mio::net::UdpSocket, SocketAddr), DriverError> {
    let address = SocketAddr::new(bind, port);
    let other = |error: std::io::Error| DriverError::Socket(error.to_string());
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )
    .map_err(other)?;
    // A smaller buffer works too, so a refusal is no error.
    let _ = socket.set_recv_buffer_size(BUFFER);
    let _ = socket.set_send_buffer_size(BUFFER);
    socket.set_nonblocking(true).map_err(other)?;
    socket.bind(&address.into()).map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse {
            DriverError::PortTaken(port)
        } else if error.kind() == ErrorKind::AddrNotAvailable {
            DriverError::NotOurAddress(bind)
        } else {
            other(error)
        }
    })?;
    let socket = mio::net::UdpSocket::from_std(socket.into());
    let address = socket.local_addr().map_err(other)?;
    Ok((socket, address))
}
