//! The addresses of a host that somebody named. Who asks, and on which thread, does not live here.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use super::DriverError;
use super::socket::reaches;
use crate::machine::canonical;

/// Addresses of one host that are asked: more than a machine with a few networks has.
const ADDRESSES_MAX: usize = 8;

/// The addresses of `host`, at least one.
pub(super) fn resolve(host: &str, port: u16, own: IpAddr) -> Result<Vec<SocketAddr>, DriverError> {
    let found = (host, port).to_socket_addrs().into_iter().flatten();
    let candidates = candidates(found, own);
    if candidates.is_empty() {
        return Err(DriverError::UnknownHost(host.to_owned()));
    }
    Ok(candidates)
}

/// Those that a socket on `own` can reach, each once, in their order, at most [`ADDRESSES_MAX`].
fn candidates(found: impl Iterator<Item = SocketAddr>, own: IpAddr) -> Vec<SocketAddr> {
    let mut candidates = Vec::new();
    for address in found.map(canonical) {
        if candidates.len() < ADDRESSES_MAX
            && reaches(own, address.ip())
            && !candidates.contains(&address)
        {
            candidates.push(address);
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_at_all_of_its_addresses_that_the_socket_reaches() {
        let found = [
            "[::1]:5000",
            "127.0.0.1:5000",
            "[::ffff:127.0.0.1]:5000",
            "[fd00::1]:5000",
        ];
        for (own, expected) in [
            ("::", "[::1]:5000 127.0.0.1:5000 [fd00::1]:5000"),
            ("0.0.0.0", "127.0.0.1:5000"),
            ("127.0.0.1", "127.0.0.1:5000"),
            ("::1", "[::1]:5000 [fd00::1]:5000"),
        ] {
            let found = found.iter().map(|text| text.parse().expect("an address"));
            let candidates = candidates(found, own.parse().expect("an address"));
            let texts: Vec<_> = candidates.iter().map(SocketAddr::to_string).collect();
            assert_eq!(texts.join(" "), expected, "{own}");
        }
        let many = (0..100).map(|number| SocketAddr::from(([10, 0, 0, number], 5000)));
        let own = IpAddr::from([0, 0, 0, 0]);
        assert_eq!(
            candidates(many.clone(), own),
            many.take(ADDRESSES_MAX).collect::<Vec<_>>()
        );
    }
}
