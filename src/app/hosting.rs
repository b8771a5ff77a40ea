//! The server on this computer, as it is shown.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Now;
use super::form::SignIn;
use super::host_panel::Panel;
#[cfg(feature = "gui")]
pub use crate::driver::dialogs::{Ask, Dialog, show as show_dialog};
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

/// How long whoever was here is waited for after the server was started again, in milliseconds: until
/// the slowest program finds that the old run does not answer.
const AWAITED_MS: i64 = 30_000;

/// Others who were here when the server stopped in order to start again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Awaited {
    people: usize,
    /// Until then, in Unix milliseconds; `None`: it has not started yet.
    until_ms: Option<i64>,
}

/// The server on this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosting {
    pub standing: Standing,
    /// Since when it runs, in Unix milliseconds; `None`: it is not open yet.
    pub since_ms: Option<i64>,
    /// Where others reach it, best first, each with its port. None while it is open: this computer is on
    /// no network.
    pub addresses: Vec<String>,
    /// What it tells of itself.
    pub panel: Panel,
    /// People that are signed in to it.
    pub online: usize,
    /// Parts of messages that it keeps for people who are away.
    pub mail: usize,
    /// It is not open since it takes in mail files.
    pub importing: bool,
    /// Folders of mail that were taken in whole since the program started.
    pub imported: u64,
    /// The user has stopped it, or is about to.
    pub was_stopped: bool,
    awaited: Option<Awaited>,
    /// The sign-in that follows once it is open.
    next: Option<SignIn>,
    /// It was asked to tell what there is to see.
    pub(super) watched: bool,
    /// Where this computer's own client reaches it.
    pub(super) reach: Option<(String, u16)>,
}

impl Hosting {
    /// The user wants it to run, even if it is not open yet.
    pub fn is_wanted(&self) -> bool {
        matches!(self.standing, Standing::Starting | Standing::On)
    }

    /// People who use it, without `own`: also those who come back by themselves while it starts again.
    pub(super) fn others(&self, now: Now, own: usize) -> usize {
        if !self.is_wanted() && !self.importing {
            return 0;
        }
        let is_awaited = |awaited: &Awaited| awaited.until_ms.is_none_or(|at| now.unix_ms < at);
        let awaited = self.awaited.filter(is_awaited);
        let awaited = awaited.map_or(0, |awaited| awaited.people);
        self.online.saturating_sub(own).max(awaited)
    }

    /// `importing`: it takes in mail files first.
    pub(super) fn on_asked(&mut self, sign_in: SignIn, importing: bool) {
        *self = Self {
            standing: Standing::Starting,
            importing,
            next: Some(sign_in),
            imported: self.imported,
            ..Self::default()
        };
    }

    /// The server on this computer in the place of the one that `sign_in` names, if it is wanted;
    /// `None`: it is not open yet and the sign-in follows then.
    pub(super) fn redirect(&mut self, sign_in: SignIn) -> Option<SignIn> {
        match (self.standing, &self.reach) {
            (Standing::On, Some((host, port))) => Some(SignIn {
                host: host.clone(),
                port: *port,
                own_host: true,
                ..sign_in
            }),
            (Standing::Starting, _) => {
                self.next = Some(sign_in);
                None
            }
            (Standing::Off | Standing::On | Standing::Stopping, _) => Some(sign_in),
        }
    }

    /// The server is open: returns the sign-in to it.
    pub(super) fn on_bound(
        &mut self,
        now: Now,
        bind: IpAddr,
        address: SocketAddr,
    ) -> Option<SignIn> {
        self.since_ms.get_or_insert(now.unix_ms);
        if self.standing == Standing::Starting {
            self.standing = Standing::On;
            self.importing = false;
            if let Some(awaited) = &mut self.awaited {
                awaited.until_ms = Some(now.unix_ms.saturating_add(AWAITED_MS));
            }
        }
        self.on_reachable(&server::reachable_at(bind), address.port());
        let sign_in = self.next.take()?;
        self.redirect(sign_in)
    }

    /// Others reach it there. Where nobody does, this computer's own client still does.
    fn on_reachable(&mut self, others: &[IpAddr], port: u16) {
        let with_port = |ip: &IpAddr| SocketAddr::new(*ip, port).to_string();
        self.addresses = others.iter().map(with_port).collect();
        let own = others.first().copied();
        let own = own.unwrap_or(Ipv4Addr::LOCALHOST.into());
        self.reach = Some((own.to_string(), port));
    }

    pub(super) fn on_counts(&mut self, online: usize, mail: usize) {
        self.online = online;
        self.mail = mail;
    }

    pub(super) fn on_stop_asked(&mut self) {
        self.standing = Standing::Stopping;
        self.was_stopped = true;
        self.awaited = None;
        self.next = None;
    }

    /// It stops in order to start again, which is not the user's wish to stop. So many others use it.
    pub(super) fn on_restart_asked(&mut self, people: usize) {
        self.awaited = Some(Awaited {
            people,
            until_ms: None,
        });
        self.standing = Standing::Stopping;
        self.importing = true;
    }

    pub(super) fn on_restarted(&mut self) {
        self.standing = Standing::Starting;
        self.importing = true;
    }

    pub(super) fn on_stopped(&mut self) {
        *self = Self {
            was_stopped: self.was_stopped,
            imported: self.imported,
            awaited: self.awaited,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_back_to_a_server_that_starts_again_uses_it_meanwhile() {
        let mut hosting = Hosting {
            standing: Standing::On,
            ..Hosting::default()
        };
        hosting.on_counts(4, 0);
        assert_eq!(hosting.others(at(0), 1), 3);
        hosting.on_restart_asked(3);
        hosting.on_stopped();
        assert_eq!(hosting.others(at(0), 1), 0, "it is gone");
        hosting.on_restarted();
        assert_eq!(hosting.others(at(1_000_000), 1), 3, "however long it takes");
        let (bind, address) = ([127, 0, 0, 1].into(), ([127, 0, 0, 1], 50_000).into());
        hosting.on_bound(at(2_000), bind, address);
        hosting.on_counts(2, 0);
        assert_eq!(
            hosting.others(at(31_999), 1),
            3,
            "two more are on their way"
        );
        assert_eq!(hosting.others(at(32_000), 1), 1);
    }

    fn at(unix_ms: i64) -> Now {
        Now {
            unix_ms,
            ..Now::default()
        }
    }

    #[test]
    fn without_a_network_only_this_computer_s_own_client_comes_in() {
        let mut hosting = Hosting::default();
        hosting.on_reachable(&[], 50_000);
        assert!(hosting.addresses.is_empty());
        assert_eq!(hosting.reach, Some(("127.0.0.1".to_owned(), 50_000)));
        hosting.on_reachable(&[[10, 0, 0, 5].into()], 50_000);
        assert_eq!(hosting.addresses, ["10.0.0.5:50000"]);
        assert_eq!(hosting.reach, Some(("10.0.0.5".to_owned(), 50_000)));
    }
}
