//! Who the user is to the server, as it is shown. The client machine decides it; the fields of the
//! form live in [`super::form`].

use std::net::SocketAddr;

use super::form::SignIn;
use super::{LostCause, Nickname, Now, RoomName};
use crate::machine::client::Session as Told;

/// Where the user stands with the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    SignedOut,
    /// The server is being asked; `attempt` counts from 1.
    SigningIn {
        attempt: u32,
    },
    Online,
    /// The server is asked again by itself at this Unix time.
    Waiting {
        retry_at_ms: i64,
        cause: LostCause,
    },
}

/// A server that is gone for so long does not just start again, in milliseconds.
const LONG_MS: i64 = 10_000;

/// Who the user is to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub standing: Standing,
    /// The server has accepted this sign-in: a later silence is a pause, not a failed sign-in.
    pub entered: bool,
    /// Why the server is being asked again.
    pub lost: Option<LostCause>,
    /// Since when it has not answered, in Unix milliseconds.
    lost_since_ms: Option<i64>,
    /// The name of the last sign-in.
    pub nickname: Option<Nickname>,
    /// The server of the last sign-in, as it was entered.
    pub server: String,
    /// What its host calls the room; empty: nothing, or not known yet.
    pub room: RoomName,
    /// That server runs in this program.
    pub at_own_host: bool,
    /// Where the client listens.
    pub own_address: Option<SocketAddr>,
}

impl Session {
    /// Where one is, as people call it: the room, or the server's address.
    pub fn place(&self) -> &str {
        match self.room.is_empty() {
            true => &self.server,
            false => self.room.as_str(),
        }
    }

    /// Whole seconds until the server is asked again, rounded up; `None`: it is not paused.
    pub fn retry_in_s(&self, now: Now) -> Option<u64> {
        match self.standing {
            Standing::Waiting { retry_at_ms, .. } => {
                let left_ms = retry_at_ms.saturating_sub(now.unix_ms).max(0);
                Some(left_ms.unsigned_abs().div_ceil(1000))
            }
            Standing::SignedOut | Standing::SigningIn { .. } | Standing::Online => None,
        }
    }

    /// The server has been gone for so long that somebody else may want to host.
    pub fn is_lost_for_long(&self, now: Now) -> bool {
        let since_ms = self.lost_since_ms.unwrap_or(now.unix_ms);
        now.unix_ms.saturating_sub(since_ms) >= LONG_MS
    }

    pub(super) fn on_asked(&mut self, sign_in: &SignIn) {
        *self = Self {
            standing: Standing::SigningIn { attempt: 1 },
            // Whoever hosts in the place of a server that is lost goes on where they are.
            entered: self.entered && sign_in.own_host,
            lost: None,
            lost_since_ms: None,
            nickname: Some(sign_in.nickname.clone()),
            server: sign_in.server(),
            room: RoomName::default(),
            at_own_host: sign_in.own_host,
            own_address: self.own_address,
        };
    }

    pub(super) fn on_told(&mut self, now: Now, told: Told) {
        match told {
            Told::SignedOut | Told::NameTaken | Told::Refused => self.on_ended(),
            Told::Registering { attempt } => self.standing = Standing::SigningIn { attempt },
            Told::Online => {
                self.standing = Standing::Online;
                self.entered = true;
                self.lost = None;
                self.lost_since_ms = None;
            }
            Told::Waiting { retry_after, cause } => {
                // One that said good-bye does not answer either: that it has stopped says more.
                let cause = match self.lost {
                    Some(LostCause::Down) => LostCause::Down,
                    Some(LostCause::Silent) | None => cause,
                };
                let after_ms = i64::try_from(retry_after.as_millis()).unwrap_or(i64::MAX);
                let retry_at_ms = now.unix_ms.saturating_add(after_ms);
                self.standing = Standing::Waiting { retry_at_ms, cause };
                self.lost = Some(cause);
                self.lost_since_ms.get_or_insert(now.unix_ms);
            }
        }
    }

    pub(super) fn on_ended(&mut self) {
        self.standing = Standing::SignedOut;
        self.entered = false;
        self.lost = None;
        self.lost_since_ms = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::app::Zone;

    #[test]
    fn a_server_is_lost_for_long_after_ten_seconds_whatever_is_tried_meanwhile() {
        let mut session = Session::default();
        assert!(!session.is_lost_for_long(at(1_000_000)));
        let waiting = Told::Waiting {
            retry_after: Duration::from_secs(1),
            cause: LostCause::Silent,
        };
        session.on_told(at(1000), waiting);
        session.on_told(at(2000), Told::Registering { attempt: 1 });
        session.on_told(at(5000), waiting);
        assert!(!session.is_lost_for_long(at(10_999)));
        assert!(session.is_lost_for_long(at(11_000)));
        session.on_told(at(12_000), Told::Online);
        assert!(!session.is_lost_for_long(at(30_000)));
    }

    #[test]
    fn a_server_that_has_stopped_goes_on_having_stopped_until_it_answers() {
        let mut session = Session::default();
        let waiting = |cause| Told::Waiting {
            retry_after: Duration::from_secs(1),
            cause,
        };
        session.on_told(at(1000), Told::Online);
        session.on_told(at(2000), waiting(LostCause::Down));
        session.on_told(at(3000), Told::Registering { attempt: 1 });
        session.on_told(at(5000), waiting(LostCause::Silent));
        assert_eq!(session.lost, Some(LostCause::Down));
        let is_down = |standing| {
            matches!(
                standing,
                Standing::Waiting {
                    cause: LostCause::Down,
                    ..
                }
            )
        };
        assert!(is_down(session.standing));
        session.on_told(at(6000), Told::Online);
        session.on_told(at(7000), waiting(LostCause::Silent));
        assert_eq!(session.lost, Some(LostCause::Silent), "another time");
    }

    fn at(unix_ms: i64) -> Now {
        Now {
            unix_ms,
            zone: Zone::UTC,
        }
    }
}
