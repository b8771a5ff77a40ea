//! Real clients of a real server, on a network that fails when it is told to.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::{self, Client, Command, Told};
use super::faulty::Faulty;
use super::server;
use super::socket::System;
use crate::machine::client::{Delivery, Event, Origin};
use crate::protocol::Nickname;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn two_talk_again_when_the_network_of_one_is_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server::start(HERE, 0, folder.path().join("server.db"), Arc::new(|| {}));
    let Some(server::Told::Bound(server_at)) = server.wait_told(Instant::now() + PATIENCE) else {
        panic!("expected an open port");
    };
    let any = SocketAddr::new(HERE, 0);
    let (network, trouble) = Faulty::new();
    let x = client::start_on(network, any, folder.path().join("x.db"), Arc::new(|| {}));
    let y = client::start_on(
        Box::new(System),
        any,
        folder.path().join("y.db"),
        Arc::new(|| {}),
    );
    let x_at = wait(&x, |told| {
        let Told::Bound(address) = told else {
            return None;
        };
        Some(address)
    });
    for (client, nickname) in [(&x, "x"), (&y, "y")] {
        let nickname = name(nickname);
        let (host, port) = (server_at.ip().to_string(), server_at.port());
        let sign_in = Command::SignIn {
            nickname,
            host,
            port,
        };
        client.send(sign_in).expect("it runs");
    }
    wait_seen(&x, "y");
    wait_seen(&y, "x");

    trouble.asked.try_iter().for_each(drop);
    {
        let mut faults = trouble.faults();
        faults.reads.push_back(ErrorKind::NetworkDown);
        faults.opens.extend([ErrorKind::AddrNotAvailable; 2]);
    }
    // Anything that comes makes it read.
    let peer = UdpSocket::bind(any).expect("a free port");
    peer.send_to(b"?", x_at).expect("it is sent");
    for open in [false, false, true] {
        let asked = trouble.asked.recv_timeout(PATIENCE);
        assert_eq!(asked, Ok((x_at, open)), "on the port that others know");
    }
    say(&x, "y");
    wait_received(&y);
    wait(&x, |told| {
        let Told::Client(Event::Delivery { delivery, .. }) = told else {
            return None;
        };
        matches!(delivery, Delivery::Delivered(_)).then_some(())
    });
    say(&y, "x");
    wait_received(&x);
}

fn name(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

fn say(client: &Client, to: &str) {
    let send = Command::Send {
        to: name(to),
        text: "hi".to_owned(),
    };
    client.send(send).expect("it runs");
}

/// Waits for what `wanted` turns into something.
fn wait<T>(client: &Client, mut wanted: impl FnMut(Told) -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let told = client.wait_told(deadline).expect("it comes");
        assert!(!matches!(told, Told::Failed(_)), "{told:?}");
        if let Some(found) = wanted(told) {
            return found;
        }
    }
}

fn wait_seen(client: &Client, who: &str) {
    wait(client, |told| {
        let Told::Client(Event::Contacts(contacts)) = told else {
            return None;
        };
        let mut online = contacts.iter().filter(|contact| contact.online);
        online.find(|contact| contact.nickname.as_str() == who)?;
        Some(())
    });
}

fn wait_received(client: &Client) {
    wait(client, |told| {
        let Told::Client(Event::Line(line)) = told else {
            return None;
        };
        matches!(line.origin, Origin::Theirs { .. }).then_some(())
    });
}
