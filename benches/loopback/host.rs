//! A real server with a store in a folder of its own, real clients, and a peer made of a bare
//! socket that speaks the extension as far as the others need it to.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use super_chatter::driver::client::{self, Client};
use super_chatter::driver::server::{self, Server};
use super_chatter::machine::client::Event;
use super_chatter::machine::server::Event as ServerEvent;
use super_chatter::protocol::{
    Ack, Answer, Datagram, Nickname, RequestId, Style, Table, decode, encode,
};

use crate::support::{echo::socket, now};

pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Nothing here takes longer on a machine that works.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running server.
pub struct Host {
    server: Server,
    pub address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Host {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the store");
        let server = server::start(
            LOOPBACK,
            0,
            folder.path().join("mailbox.sqlite"),
            Arc::new(|| {}),
        );
        let address = match server.wait_told(now() + PATIENCE) {
            Some(server::Told::Bound(address)) => address,
            other => panic!("expected a server to start, got {other:?}"),
        };
        Self {
            server,
            address,
            _folder: folder,
        }
    }

    /// Ends the server and waits for it.
    pub fn close(self) {
        self.server.stop().expect("it runs");
        let end = now() + PATIENCE;
        while let Some(told) = self.server.wait_told(end) {
            if told == server::Told::Server(ServerEvent::Stopped) {
                break;
            }
        }
        self.server.join();
    }
}

/// A real client that is online.
pub struct Guest {
    pub client: Client,
    pub address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Guest {
    /// Signs in, and waits until everybody of `others` is online in the client's table.
    pub fn sign_in(name: &str, host: &Host, others: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the profile");
        let profile = folder.path().join("profile.db");
        let client = client::start(LOOPBACK, 0, profile, Arc::new(|| {}));
        let told = || client.wait_told(now() + PATIENCE);
        let (opened, bound) = (told(), told());
        let (Some(client::Told::Opened(_)), Some(client::Told::Bound(address))) = (opened, bound)
        else {
            panic!("expected a client to start");
        };
        let command = client::Command::SignIn {
            nickname: nickname(name),
            host: host.address.ip().to_string(),
            port: host.address.port(),
        };
        client.send(command).expect("it runs");
        let guest = Self {
            client,
            address,
            _folder: folder,
        };
        guest.wait_for(others);
        guest
    }

    /// Waits until everybody of `names` was told as online from now on.
    pub fn wait_for(&self, names: &[&str]) {
        let mut missing: BTreeSet<_> = names.iter().copied().collect();
        let end = now() + PATIENCE;
        while !missing.is_empty() {
            let told = self.client.wait_told(end);
            match told.unwrap_or_else(|| panic!("{missing:?} did not appear")) {
                client::Told::Client(Event::Contacts(contacts)) => {
                    for contact in contacts.iter().filter(|contact| contact.online) {
                        missing.remove(contact.nickname.as_str());
                    }
                }
                client::Told::Client(_)
                | client::Told::Opened(_)
                | client::Told::Aside(_)
                | client::Told::Bound(_)
                | client::Told::History(_)
                | client::Told::Exported(..)
                | client::Told::Failed(_) => {}
            }
        }
    }

    /// Passes by what was told.
    pub fn drain(&self) {
        while self.client.poll_told().is_some() {}
    }

    pub fn close(self) {
        self.client.send(client::Command::Close).expect("it runs");
        let end = now() + PATIENCE;
        while let Some(told) = self.client.wait_told(end) {
            if told == client::Told::Client(Event::Closed) {
                break;
            }
        }
        self.client.join();
    }
}

/// A registered peer made of a socket.
pub struct Peer {
    pub socket: UdpSocket,
    pub server: SocketAddr,
}

/// The number under which a [`Peer`] registers.
pub const REGISTRATION: RequestId = RequestId(1);

impl Peer {
    pub fn register(name: &str, host: &Host) -> Self {
        let peer = Self {
            socket: socket(),
            server: host.address,
        };
        let nickname = nickname(name);
        let reg = Datagram::Reg {
            nickname: nickname.name(),
            id: Some(REGISTRATION),
            token: None,
        };
        let reg = encode(&reg, Style::Compact);
        peer.socket
            .send_to(&reg, host.address)
            .expect("loopback takes it");
        let mut buffer = [0; 2048];
        loop {
            let len = peer.socket.recv(&mut buffer).expect("an answer in time");
            match decode(&buffer[..len]) {
                Ok(Datagram::Ack(Ack::Request {
                    answer: Answer::Welcome { .. },
                    ..
                })) => return peer,
                Ok(datagram) => peer.attend(datagram),
                Err(error) => panic!("expected a datagram of the protocol: {error}"),
            }
        }
    }

    /// Answers what the server wants answered.
    pub fn attend(&self, datagram: Datagram<'_>) {
        let ack = match datagram {
            Datagram::Verification { id: Some(id), .. }
            | Datagram::Notification { id: Some(id), .. } => Ack::Request {
                id,
                answer: Answer::Done,
            },
            Datagram::Table(Table::Page(page)) => Ack::Table {
                instance: page.instance,
                version: page.to,
            },
            Datagram::Verification { id: None, .. }
            | Datagram::Notification { id: None, .. }
            | Datagram::Table(Table::Whole(_))
            | Datagram::Ack(_)
            | Datagram::Chat { .. }
            | Datagram::Reg { .. }
            | Datagram::Dereg { .. }
            | Datagram::Offline { .. }
            | Datagram::Typing { .. }
            | Datagram::Read { .. } => return,
        };
        let bytes = encode(&Datagram::Ack(ack), Style::Compact);
        self.socket
            .send_to(&bytes, self.server)
            .expect("loopback takes it");
    }
}

pub fn nickname(name: &str) -> Nickname {
    Nickname::parse(name).expect("a valid name")
}
