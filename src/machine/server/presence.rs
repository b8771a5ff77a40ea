//! Whether somebody is there: asked when the name is wanted, when mail gets no answer, and after
//! a long silence. Many are asked at the same time; nobody waits for somebody else's answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::*;
use super::members::{Check, Link, Member, Session, Waiter, Word};
use super::{Now, Server};
use crate::protocol::{Answer, Datagram, Nickname, RequestId, Style, texts};

impl Server {
    /// Anything that somebody sends shows that they are there.
    pub(super) fn hear(&mut self, now: Now, from: SocketAddr) {
        let Some(nickname) = self.addresses.get(&from).cloned() else {
            return;
        };
        let Some(session) = session_mut(&mut self.members, &nickname) else {
            return;
        };
        session.heard = now.mono;
        if let Some(check) = session.check.take() {
            if let Link::Classic(link) = &mut session.link {
                link.queue.retain(|word| *word != Word::Verification);
            }
            for waiter in check.waiters {
                self.found_there(now, &nickname, waiter);
            }
            self.reschedule(&nickname);
        }
    }

    /// An extended client asks whether the server is there and still knows it.
    pub(super) fn on_verification(&mut self, from: SocketAddr, id: Option<RequestId>) {
        if self.addresses.contains_key(&from) {
            self.answer(from, id, Answer::Done);
        }
    }

    /// Asks somebody who is online whether they are there, for `waiter` too.
    pub(super) fn check(&mut self, now: Now, nickname: &Nickname, waiter: Option<Waiter>) {
        let id = self.next_request();
        let Some(session) = session_mut(&mut self.members, nickname) else {
            return;
        };
        let begins = session.check.is_none();
        let fresh = || Check {
            began: now.mono,
            tries: 0,
            next: now.mono,
            id,
            waiters: Default::default(),
        };
        let check = session.check.get_or_insert_with(fresh);
        if let Some(waiter) = waiter
            && check.waiters.len() < WAITERS_MAX
            && !check.waiters.iter().any(|other| other.is_same(&waiter))
        {
            check.waiters.push_back(waiter);
        }
        if begins {
            self.ask(now, nickname);
        }
        self.reschedule(nickname);
    }

    /// Asks once more, or finds that nobody is there.
    pub(super) fn ask(&mut self, now: Now, nickname: &Nickname) {
        let Some(member) = self.members.get_mut(nickname) else {
            return;
        };
        let address = member.address;
        let Some(session) = member.session.as_mut() else {
            return;
        };
        let Some(check) = &mut session.check else {
            return;
        };
        match &session.link {
            Link::Extended(_) => {
                if now.mono >= check.began + CHECK_END {
                    return self.found_gone(now, nickname);
                }
                check.tries += 1;
                let at = CHECK_TRIES_MS.get(check.tries as usize);
                check.next = check.began + at.map_or(CHECK_END, |ms| Duration::from_millis(*ms));
                self.sink.send(
                    address,
                    &Datagram::Verification {
                        id: Some(check.id),
                        token: None,
                    },
                    Style::Compact,
                );
            }
            Link::Classic(_) => self.say(now, nickname, Word::Verification),
        }
    }

    /// A classic client did not ack a verification.
    pub(super) fn on_classic_silence(&mut self, now: Now, nickname: &Nickname) {
        let Some(session) = session_mut(&mut self.members, nickname) else {
            return;
        };
        let Some(check) = &mut session.check else {
            return;
        };
        check.tries += 1;
        // Whoever waits gets the answer to one question, as from the classic server.
        if !check.waiters.is_empty() || check.tries >= CLASSIC_CHECKS {
            self.found_gone(now, nickname);
        } else {
            self.say(now, nickname, Word::Verification);
        }
    }

    fn found_there(&mut self, now: Now, nickname: &Nickname, waiter: Waiter) {
        match waiter {
            Waiter::Newcomer { from, id } => self.refuse_newcomer(from, nickname, id),
            Waiter::Mail { from, .. } => {
                self.say_to(now, from, texts::client_exists(nickname));
                if let Some(requester) = self.addresses.get(&from).cloned() {
                    self.say(now, &requester, Word::Table);
                }
            }
        }
    }

    /// Takes somebody out of the room, serves whoever waited for that, and tells everybody.
    pub(super) fn found_gone(&mut self, now: Now, nickname: &Nickname) {
        let session = session_mut(&mut self.members, nickname);
        let waiters = session
            .and_then(|session| session.check.take())
            .map(|check| check.waiters)
            .unwrap_or_default();
        // Gone first: mail that is kept from here on is not sent to where nobody answers.
        let left = self.leave(nickname);
        let mut newcomer = None;
        for waiter in waiters {
            match waiter {
                Waiter::Mail { from, sender, text } => {
                    self.store_classic_mail(now, from, (sender, nickname.clone()), &text)
                }
                Waiter::Newcomer { from, id } if newcomer.is_none() => newcomer = Some((from, id)),
                Waiter::Newcomer { from, id } => self.refuse_newcomer(from, nickname, id),
            }
        }
        match newcomer {
            Some((from, id)) => self.welcome(now, from, nickname.clone(), id),
            None if left => self.table_to_classics(now),
            None => {}
        }
    }

    /// Something is due for a member.
    pub(super) fn member_timeout(&mut self, now: Now, nickname: &Nickname) {
        let Some(session) = self
            .members
            .get(nickname)
            .and_then(|member| member.session.as_ref())
        else {
            return;
        };
        let (quiet, extended) = match &session.link {
            Link::Classic(_) => (CLASSIC_QUIET, false),
            Link::Extended(_) => (EXTENDED_QUIET, true),
        };
        match &session.check {
            Some(check) if extended && check.next <= now.mono => self.ask(now, nickname),
            None if session.heard + quiet <= now.mono => self.check(now, nickname, None),
            Some(_) | None => {}
        }
        if extended {
            self.table_timeout(now, nickname);
            self.post_timeout(now, nickname);
        } else {
            self.classic_timeout(now, nickname);
        }
    }
}

/// The session of somebody who is online.
pub(super) fn session_mut<'a>(
    members: &'a mut BTreeMap<Nickname, Member>,
    nickname: &Nickname,
) -> Option<&'a mut Session> {
    members.get_mut(nickname)?.session.as_mut()
}

impl Waiter {
    /// The same request, asked again.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Newcomer { from, .. }, Self::Newcomer { from: other, .. }) => from == other,
            (
                Self::Mail { from, text, .. },
                Self::Mail {
                    from: other,
                    text: again,
                    ..
                },
            ) => from == other && text == again,
            (Self::Newcomer { .. }, Self::Mail { .. })
            | (Self::Mail { .. }, Self::Newcomer { .. }) => false,
        }
    }
}
