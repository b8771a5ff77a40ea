//! The server on this computer, as it is shown.

use std::net::{IpAddr, SocketAddr};

use super::form::SignIn;
use crate::driver::server;

/// Where the server on this computer stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Off,
    Starting,
    On,
    Stopping,
}

/// The server on this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosting {
    pub standing: Standing,
    /// Where others reach it, best first, each with its port.
    pub addresses: Vec<String>,
    /// People that are signed in to it.
    pub online: usize,
    /// Parts of messages that it keeps for people who are away.
    pub mail: usize,
    /// The sign-in that follows once it is open.
    next: Option<SignIn>,
}

impl Hosting {
    /// The box is ticked, even if the server is not open yet.
    pub fn is_wanted(&self) -> bool {
        matches!(self.standing, Standing::Starting | Standing::On)
    }

    pub(super) fn on_asked(&mut self, port: u16, sign_in: SignIn) {
        *self = Self {
            standing: Standing::Starting,
            next: Some(SignIn { port, ..sign_in }),
            ..Self::default()
        };
    }

    /// The server is open: returns the sign-in to it.
    pub(super) fn on_bound(&mut self, bind: IpAddr, address: SocketAddr) -> Option<SignIn> {
        if self.standing == Standing::Starting {
            self.standing = Standing::On;
        }
        let reachable = server::reachable_at(bind);
        let with_port = |ip: &IpAddr| SocketAddr::new(*ip, address.port()).to_string();
        self.addresses = reachable.iter().map(with_port).collect();
        let host = reachable.first().unwrap_or(&bind).to_string();
        let sign_in = self.next.take()?;
        Some(SignIn {
            host,
            port: address.port(),
            ..sign_in
        })
    }

    pub(super) fn on_counts(&mut self, online: usize, mail: usize) {
        self.online = online;
        self.mail = mail;
    }

    pub(super) fn on_stop_asked(&mut self) {
        self.standing = Standing::Stopping;
        self.next = None;
    }

    pub(super) fn on_stopped(&mut self) {
        *self = Self::default();
    }
}
