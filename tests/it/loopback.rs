//! The background threads on real sockets of this machine.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use super_chatter::driver::client::{self, Client, Command};
use super_chatter::driver::server::{self, Server};
use super_chatter::driver::{DriverError, Notify, SendError};
use super_chatter::machine::client::{
    Contact, Delivery, Event, LineId, Origin, Path as Way, Session,
};
use super_chatter::machine::server::Event as ServerEvent;
use super_chatter::protocol::Nickname;

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ALL: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// Far longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn nobody() -> Notify {
    Arc::new(|| {})
}

pub fn name(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}

pub fn start_server(port: u16, folder: &Path) -> (Server, SocketAddr) {
    start_server_on(HERE, port, folder)
}

fn start_server_on(bind: IpAddr, port: u16, folder: &Path) -> (Server, SocketAddr) {
    let server = server::start(bind, port, folder.join("server.db"), nobody());
    match server.wait_told(Instant::now() + PATIENCE) {
        Some(server::Told::Bound(address)) => (server, address),
        told => panic!("expected an open port, got {told:?}"),
    }
}

pub fn stop_server(server: Server) {
    server.stop().expect("it runs");
    let last = |told: &server::Told| *told == server::Told::Server(ServerEvent::Stopped);
    while server
        .wait_told(Instant::now() + PATIENCE)
        .is_some_and(|told| !last(&told))
    {}
    server.join();
}

/// A client whose profile is in `folder`, under its name.
pub fn start_client(nickname: &str, server: SocketAddr, folder: &Path) -> Client {
    let client = client::start(HERE, 0, profile(nickname, folder), nobody());
    sign_in(&client, nickname, server);
    client
}

/// A client that uses all addresses of this machine, as is the default.
fn start_client_at(nickname: &str, (host, port): (&str, u16), folder: &Path) -> Client {
    let client = client::start(ALL, 0, profile(nickname, folder), nobody());
    sign_in_at(&client, nickname, host, port);
    client
}

pub fn profile(nickname: &str, folder: &Path) -> PathBuf {
    folder.join(nickname).join("profile.db")
}

pub fn sign_in(client: &Client, nickname: &str, server: SocketAddr) {
    sign_in_at(client, nickname, &server.ip().to_string(), server.port());
}

fn sign_in_at(client: &Client, nickname: &str, host: &str, port: u16) {
    let host = host.to_owned();
    client
        .send(Command::SignIn {
            nickname: name(nickname),
            host,
            port,
        })
        .expect("it runs");
}

/// Waits for the event that `wanted` turns into something.
pub fn wait<T>(client: &Client, what: &str, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match client.wait_told(deadline) {
            Some(client::Told::Client(event)) => {
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
            Some(client::Told::Opened(_) | client::Told::Bound(_)) => {}
            told => panic!("waited for {what}, got {told:?}"),
        }
    }
}

pub fn wait_seen(client: &Client, who: &str, online: bool) {
    wait(client, who, |event| {
        let Event::Contacts(contacts) = event else {
            return None;
        };
        let wanted = |c: &&Contact| c.online == online && c.nickname.as_str() == who;
        contacts.iter().find(wanted).map(|_| ())
    });
}

pub fn wait_text(client: &Client) -> String {
    wait(client, "a message", |event| {
        let Event::Line(line) = event else {
            return None;
        };
        matches!(line.origin, Origin::Theirs { .. }).then(|| line.text.clone())
    })
}

pub fn wait_delivery(client: &Client, id: LineId, wanted: Delivery) {
    wait(client, "a delivery", |event| {
        let Event::Delivery { line, delivery, .. } = event else {
            return None;
        };
        (*line == id && *delivery == wanted).then_some(())
    });
}

/// Returns when the line is accepted.
pub fn say(client: &Client, to: &str, text: &str) -> LineId {
    let send = Command::Send {
        to: name(to),
        text: text.to_owned(),
    };
    client.send(send).expect("it runs");
    wait(client, "an accepted line", |event| {
        let Event::Line(line) = event else {
            return None;
        };
        matches!(line.origin, Origin::Own { .. }).then_some(line.id)
    })
}

#[test]
fn a_message_goes_from_one_client_to_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let (x, y) = (
        start_client("x", address, folder.path()),
        start_client("y", address, folder.path()),
    );
    wait_seen(&x, "y", true);
    wait_seen(&y, "x", true);
    let long = "長い文 ".repeat(1500);
    say(&x, "y", "hi y");
    let line = say(&x, "y", &long);
    assert_eq!(wait_text(&y), "hi y");
    assert_eq!(wait_text(&y), long);
    wait_delivery(&x, line, Delivery::Delivered(Way::Direct));
    stop_server(server);
}

#[test]
fn a_hundred_who_come_at_the_same_instant_all_see_everybody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let names: BTreeSet<String> = (0..100).map(|number| format!("p{number}")).collect();
    let clients: Vec<_> = names
        .iter()
        .map(|name| start_client(name, address, folder.path()))
        .collect();
    for client in &clients {
        let mut seen = BTreeSet::new();
        wait(client, "everybody", |event| {
            if let Event::Contacts(contacts) = event {
                seen.extend(
                    contacts
                        .iter()
                        .filter(|c| c.online)
                        .map(|c| c.nickname.to_string()),
                );
            }
            (seen == names).then_some(())
        });
    }
    stop_server(server);
}

#[test]
fn mail_outlives_the_server_that_took_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let (x, y) = (
        start_client("x", address, folder.path()),
        start_client("y", address, folder.path()),
    );
    wait_seen(&x, "y", true);
    y.send(Command::SignOut).expect("it runs");
    wait(&y, "the end", |event| {
        (*event == Event::Session(Session::SignedOut)).then_some(())
    });
    let line = say(&x, "y", "for later");
    wait_delivery(&x, line, Delivery::Stored);
    stop_server(server);
    // At once, on the same port and store.
    let (server, address) = start_server(address.port(), folder.path());
    sign_in(&y, "y", address);
    assert_eq!(wait_text(&y), "for later");
    wait_delivery(&x, line, Delivery::Delivered(Way::ViaServer));
    stop_server(server);
}

#[test]
fn a_client_that_closes_says_good_bye_and_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let (x, y) = (
        start_client("x", address, folder.path()),
        start_client("y", address, folder.path()),
    );
    wait_seen(&x, "y", true);
    wait(&y, "a sign-in", |event| {
        (*event == Event::Session(Session::Online)).then_some(())
    });
    y.send(Command::Close).expect("it runs");
    wait(&y, "the end", |event| {
        (*event == Event::Closed).then_some(())
    });
    assert_eq!(y.wait_told(Instant::now() + PATIENCE), None);
    y.join();
    wait_seen(&x, "y", false);
    stop_server(server);
}

#[test]
fn a_host_that_is_not_found_ends_the_old_session() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let x = start_client("x", address, folder.path());
    stop_server(server);
    wait(&x, "the server's end", |event| {
        matches!(event, Event::Session(Session::Waiting { .. })).then_some(())
    });
    let host = "no.such.host.invalid".to_owned();
    x.send(Command::SignIn {
        nickname: name("x"),
        host: host.clone(),
        port: 50000,
    })
    .expect("it runs");
    let failed = client::Told::Failed(DriverError::UnknownHost(host));
    // The old server is still asked until the look-up is over.
    while let Some(told) = x.wait_told(Instant::now() + PATIENCE)
        && told != failed
    {}
    wait(&x, "the end of the session", |event| {
        (*event == Event::Session(Session::SignedOut)).then_some(())
    });
    // It goes on: the next sign-in is as good as the first.
    let (server, address) = start_server(address.port(), folder.path());
    sign_in(&x, "x", address);
    wait_seen(&x, "x", true);
    stop_server(server);
}

#[test]
fn by_default_both_ipv4_and_ipv6_are_spoken() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server_on(ALL, 0, folder.path());
    let port = address.port();
    let (a, b) = (
        start_client_at("a", ("127.0.0.1", port), folder.path()),
        start_client_at("b", ("127.0.0.1", port), folder.path()),
    );
    wait_seen(&a, "b", true);
    wait_seen(&b, "a", true);
    let line = say(&a, "b", "by IPv4");
    assert_eq!(wait_text(&b), "by IPv4");
    wait_delivery(&a, line, Delivery::Delivered(Way::Direct));
    // The server's machine knows it as an address of IPv4, and so does everybody.
    if !has_ipv6() {
        return stop_server(server);
    }
    let (x, y) = (
        start_client_at("x", ("::1", port), folder.path()),
        start_client_at("y", ("::1", port), folder.path()),
    );
    wait_seen(&x, "y", true);
    wait_seen(&y, "x", true);
    let line = say(&x, "y", "by IPv6");
    assert_eq!(wait_text(&y), "by IPv6");
    wait_delivery(&x, line, Delivery::Delivered(Way::Direct));
    // Each other's address is none that the table knows: the server is between them.
    say(&x, "a", "from IPv6 to IPv4");
    assert_eq!(wait_text(&a), "from IPv6 to IPv4");
    say(&a, "x", "and back");
    assert_eq!(wait_text(&x), "and back");
    stop_server(server);
}

#[test]
fn one_who_speaks_only_ipv4_is_in_the_same_room() {
    if !has_ipv6() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server_on(ALL, 0, folder.path());
    let port = address.port();
    let x = start_client("x", SocketAddr::new(HERE, port), folder.path());
    let y = start_client_at("y", ("::1", port), folder.path());
    wait_seen(&x, "y", true);
    wait_seen(&y, "x", true);
    // Its socket can't send to the other's address: that is a lost datagram.
    let line = say(&x, "y", "by the server");
    assert_eq!(wait_text(&y), "by the server");
    wait_delivery(&x, line, Delivery::Delivered(Way::ViaServer));
    say(&y, "x", "and back");
    assert_eq!(wait_text(&x), "and back");
    stop_server(server);
}

#[allow(clippy::print_stderr, reason = "what is not tested is said")]
#[test]
fn localhost_is_found_whichever_loopback_its_server_has() {
    for bind in [HERE, IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        let mut named = ("localhost", 0).to_socket_addrs().expect("it resolves");
        if !named.any(|address| address.ip() == bind) {
            eprintln!("NOT TESTED: this machine does not call {bind} localhost");
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let (server, address) = start_server_on(bind, 0, folder.path());
        let x = start_client_at("x", ("localhost", address.port()), folder.path());
        wait_seen(&x, "x", true);
        stop_server(server);
    }
}

/// Whether this machine has the loopback of IPv6.
#[allow(clippy::print_stderr, reason = "what is not tested is said")]
fn has_ipv6() -> bool {
    let has = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        eprintln!("NOT TESTED: this machine has no IPv6");
    }
    has
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = UdpSocket::bind((HERE, 0)).expect("a free port");
    let port = taken.local_addr().expect("it is bound").port();
    let folder = tempfile::tempdir().expect("a folder");
    let server = server::start(HERE, port, folder.path().join("server.db"), nobody());
    let told = server.wait_told(Instant::now() + PATIENCE);
    assert_eq!(
        told,
        Some(server::Told::Failed(DriverError::PortTaken(port)))
    );
    let client = client::start(HERE, port, profile("x", folder.path()), nobody());
    let told = client.wait_told(Instant::now() + PATIENCE);
    assert_eq!(
        told,
        Some(client::Told::Failed(DriverError::PortTaken(port)))
    );
    assert_eq!(client.poll_told(), None);
}

#[test]
fn a_store_that_can_not_be_opened_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("server.db")).expect("a folder in the way");
    let server = server::start(HERE, 0, folder.path().join("server.db"), nobody());
    let told = server.wait_told(Instant::now() + PATIENCE);
    assert!(
        matches!(told, Some(server::Told::Failed(DriverError::Store(_)))),
        "{told:?}"
    );
}

#[test]
fn a_thread_that_panics_is_noticed_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (notify, rung) = panics_at_first();
    let client = client::start(HERE, 0, profile("x", folder.path()), notify);
    let mut told = Vec::new();
    while let Some(news) = client.wait_told(Instant::now() + PATIENCE) {
        told.push(news);
    }
    assert!(
        matches!(
            told[..],
            [
                client::Told::Opened(_),
                client::Told::Bound(_),
                client::Told::Failed(DriverError::Ended)
            ]
        ),
        "{told:?}"
    );
    rung.recv_timeout(PATIENCE).expect("the end is announced");
    assert_eq!(client.send(Command::Reconnect), Err(SendError::Ended));
    assert_eq!(client.poll_told(), None);

    let (notify, _rung) = panics_at_first();
    let server = server::start(HERE, 0, folder.path().join("server.db"), notify);
    let last = std::iter::from_fn(|| server.wait_told(Instant::now() + PATIENCE)).last();
    assert_eq!(last, Some(server::Told::Failed(DriverError::Ended)));
}

/// Panics in the thread that calls it first, and passes on later calls.
fn panics_at_first() -> (Notify, Receiver<()>) {
    let (sender, receiver) = bounded(16);
    let called = AtomicBool::new(false);
    let notify: Notify = Arc::new(move || {
        assert!(called.swap(true, Ordering::Relaxed), "on purpose");
        let _ = sender.try_send(());
    });
    (notify, receiver)
}
