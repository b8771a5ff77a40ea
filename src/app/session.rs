//! Who the user is to the server, as it is shown. The client machine decides it; the fields of the
//! form live in [`super::form`].

use std::net::SocketAddr;

use super::form::SignIn;
use super::{LostCause, Nickname, Now};
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

/// Who the user is to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub standing: Standing,
    /// The server has accepted this sign-in: a later silence is a pause, not a failed sign-in.
    pub entered: bool,
    /// Why the server is being asked again.
    pub lost: Option<LostCause>,
    /// The name of the last sign-in.
    pub nickname: Option<Nickname>,
    /// The server of the last sign-in, as it was entered.
    pub server: String,
    /// That server runs in this program.
    pub at_own_host: bool,
    /// Where the client listens.
    pub own_address: Option<SocketAddr>,
}

impl Session {
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

    pub(super) fn on_asked(&mut self, sign_in: &SignIn) {
        *self = Self {
            standing: Standing::SigningIn { attempt: 1 },
            entered: false,
            lost: None,
            nickname: Some(sign_in.nickname.clone()),
            server: sign_in.server(),
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
            }
            Told::Waiting { retry_after, cause } => {
                let after_ms = i64::try_from(retry_after.as_millis()).unwrap_or(i64::MAX);
                let retry_at_ms = now.unix_ms.saturating_add(after_ms);
                self.standing = Standing::Waiting { retry_at_ms, cause };
                self.lost = Some(cause);
            }
        }
    }

    pub(super) fn on_ended(&mut self) {
        self.standing = Standing::SignedOut;
        self.entered = false;
        self.lost = None;
    }
}
