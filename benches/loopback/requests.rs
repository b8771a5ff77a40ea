//! Requests that the server answers out of its memory: is it there, and a sign-in that is repeated.

use super_chatter::protocol::{Ack, Datagram, RequestId, Style, decode, encode};

use super::host::{Host, Peer, REGISTRATION, nickname};
use crate::support::echo::{Echo, exchange, socket};
use crate::support::{interleave, print_head};

/// Round trips of one round.
const TRIPS: usize = 2000;

/// As for a message between clients.
const TARGETS: (f64, f64) = (1.2, 2.0);

pub fn run() {
    print_head("a request to the server and its answer");
    let host = Host::open();
    let peer = Peer::register("sonic", &host);
    compare("Verification", &peer, |id| {
        let id = RequestId(1000 + id);
        (
            Datagram::Verification {
                id: Some(id),
                token: None,
            },
            id,
        )
    });
    let sonic = nickname("sonic");
    compare("Reg, repeated", &peer, |_| {
        let reg = Datagram::Reg {
            nickname: sonic.name(),
            id: Some(REGISTRATION),
            token: None,
        };
        (reg, REGISTRATION)
    });
    host.close();
}

fn compare<'a>(what: &str, peer: &Peer, make: impl Fn(u64) -> (Datagram<'a>, RequestId)) {
    let number = std::cell::Cell::new(0);
    let answer_len = std::cell::Cell::new(0);
    let bytes = encode(&make(1 << 10).0, Style::Compact);
    let ours = || {
        let request = || {
            number.set(number.get() + 1);
            encode(&make(number.get()).0, Style::Compact)
        };
        let is_answer = |bytes: &[u8]| match decode(bytes) {
            Ok(Datagram::Ack(Ack::Request { id, .. })) if id == make(number.get()).1 => {
                answer_len.set(bytes.len());
                true
            }
            Ok(datagram) => {
                peer.attend(datagram);
                false
            }
            Err(error) => panic!("expected a datagram of the protocol: {error}"),
        };
        exchange((&peer.socket, peer.server), TRIPS, request, is_answer)
    };
    ours();
    let (echo, socket) = (Echo::start(answer_len.get()), socket());
    let bare = || exchange((&socket, echo.address), TRIPS, || bytes.clone(), |_| true);
    let what = format!("{what}, {} B, answer {} B", bytes.len(), answer_len.get());
    interleave(ours, bare).print(&what, Some(TARGETS));
}
