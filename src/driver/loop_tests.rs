//! The loop with a small machine, on a network and a disk that fail when they are told to.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crossbeam_channel::{TryRecvError, bounded};

use super::DriverError;
use super::faulty::Faulty;
use super::toy::{Kept, PATIENCE, Seen, Told, Toy};
use crate::machine::Room;
use crate::store::{Fault, FaultKind};

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
    let commit = move |_: &[Kept]| rooms.next().ok_or_else(|| broken("no more"));
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
            _ => Err(broken("can't be written: EIO")),
        }
    };
    let toy = Toy::start(Some(Box::new(commit)));
    toy.ask("keep");
    assert_eq!(toy.answer(), "kept");
    assert_eq!(toy.told(), Told::Event(Seen::Kept));
    toy.ask("keep");
    let failed = DriverError::Store(broken("can't be written: EIO"));
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

#[test]
fn the_role_hears_whether_all_that_was_told_is_taken() {
    let toy = Toy::start(Some(Box::new(|_: &[Kept]| Ok(Room::Plenty))));
    let taken = || {
        toy.handle.send(()).expect("it runs");
        toy.taken.recv_timeout(PATIENCE).expect("a round")
    };
    assert!(taken());
    toy.ask("keep");
    assert_eq!(toy.answer(), "kept");
    // The event stands behind the answer, and is told in the same round.
    assert!(!taken());
    assert_eq!(toy.told(), Told::Event(Seen::Kept));
    assert!(taken());
}

#[test]
fn the_role_has_ended_when_the_last_word_comes() {
    let toy = Toy::start(Some(Box::new(|_: &[Kept]| Err(broken("no room")))));
    toy.ask("keep");
    assert!(matches!(toy.told(), Told::Failed(_)));
    assert_eq!(toy.taken.try_recv(), Err(TryRecvError::Disconnected));
}

/// Whether this machine has the loopback of IPv6.
fn has_ipv6() -> bool {
    let has = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        eprintln!("NOT TESTED: this machine has no IPv6");
    }
    has
}

fn broken(why: &str) -> Fault {
    Fault::new(FaultKind::Other, why)
}
