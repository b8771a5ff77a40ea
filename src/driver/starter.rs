//! Who starts the client and the server behind a window.

use std::net::IpAddr;
use std::path::PathBuf;

use super::Notify;
use super::client::{self, Client};
use super::server::{self, Server};

/// Starts what a window is in front of.
pub trait Starter {
    /// As [`client::start`].
    fn client(&self, bind: IpAddr, port: u16, profile: PathBuf, notify: Notify) -> Client;

    /// As [`server::start`], or as [`server::start_importing`] if there is `mail`.
    fn server(
        &self,
        bind: IpAddr,
        port: u16,
        store: PathBuf,
        mail: Option<PathBuf>,
        notify: Notify,
    ) -> Server;
}

/// Starts them on threads, with the computer's sockets and clocks.
pub struct Threads;

impl Starter for Threads {
    fn client(&self, bind: IpAddr, port: u16, profile: PathBuf, notify: Notify) -> Client {
        client::start(bind, port, profile, notify)
    }

    fn server(
        &self,
        bind: IpAddr,
        port: u16,
        store: PathBuf,
        mail: Option<PathBuf>,
        notify: Notify,
    ) -> Server {
        match mail {
            Some(mail) => server::start_importing(bind, port, store, mail, notify),
            None => server::start(bind, port, store, notify),
        }
    }
}
