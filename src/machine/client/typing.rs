//! Who is writing: told straight to an extended peer who is there, heard from one, and nothing of it
//! kept.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::{TYPING_EVERY, TYPING_TOLD_EVERY, TYPISTS_MAX};
use super::types::Event;
use super::{Client, Now};
use crate::protocol::{Datagram, Name, Nickname, Style};

/// When something was last done for each of a few people.
#[derive(Default)]
struct Pace(BTreeMap<Nickname, Duration>);

impl Pace {
    /// Whether it is time to do it for `peer`, which is done once in `every`. If so, it counts as done.
    fn is_due(&mut self, now: Duration, peer: &Nickname, every: Duration) -> bool {
        self.0.retain(|_, last| *last + every > now);
        if self.0.contains_key(peer) || self.0.len() >= TYPISTS_MAX {
            return false;
        }
        self.0.insert(peer.clone(), now);
        true
    }
}

#[derive(Default)]
pub(super) struct Typing {
    /// When others were told that the user writes to them.
    sent: Pace,
    /// When the window was told that others write.
    told: Pace,
}

impl Typing {
    /// What was written is sent: the next keystroke begins something new.
    pub fn end(&mut self, to: &Nickname) {
        self.sent.0.remove(to);
    }

    /// What somebody wrote is here: the next sign of theirs is of something new, too.
    pub fn came(&mut self, from: &Nickname) {
        self.told.0.remove(from);
    }
}

impl Client {
    /// The user writes to somebody.
    pub(super) fn on_keystroke(&mut self, now: Now, to: &Nickname) {
        let Some(me) = self.me.as_ref().filter(|me| self.is_in() && *me != to) else {
            return;
        };
        let Some(address) = self.roster.extended_at(to) else {
            return;
        };
        if self.typing.sent.is_due(now.mono, to, TYPING_EVERY) {
            let sender = me.name();
            let typing = Datagram::Typing { sender };
            self.sink.send(address, &typing, Style::Compact);
        }
    }

    /// Somebody writes to the user.
    pub(super) fn on_typing(&mut self, now: Now, from: SocketAddr, sender: &Name<'_>) {
        let sender = sender.to_nickname();
        if self.roster.name_at(from) != Some(&sender) {
            return tracing::debug!(%from, %sender, "dropped a sign of writing from an address that is not its sender's");
        }
        if self
            .typing
            .told
            .is_due(now.mono, &sender, TYPING_TOLD_EVERY)
        {
            self.sink.tell(Event::Typing(sender));
        }
    }
}
