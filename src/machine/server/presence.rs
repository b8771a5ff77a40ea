//! Whether somebody is there: asked when the name is wanted, when mail gets no answer, and after
//! a long silence. Many are asked at the same time; nobody waits for somebody else's answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::*;
use super::members::{Check, Link, Member, Question, Session, Waiter, Word};
use super::told::What;
use super::{Now, Server};
use crate::protocol::{Datagram, Nickname, RequestId, Style, texts};

impl Server {
    /// Anything that somebody sends shows that they are there.
    pub(super) fn hear(&mut self, now: Now, from: SocketAddr) {
        let Some(nickname) = self.addresses.get(&from).cloned() else {
            return;
        };
        let Some(session) = session_mut(&mut self.members, &nickname) else {
            return;
        };
        session.heard(now.mono);
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

    /// Asks somebody who is online whether they are there, for `waiter` too.
    pub(super) fn check(&mut self, now: Now, nickname: &Nickname, waiter: Option<Waiter>) {
        let id = self.next_request();
        let Some(session) = session_mut(&mut self.members, nickname) else {
            return;
        };
        let begins = session.check.is_none();
        let fresh = || Check {
            question: Question::new(now.mono, id),
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
            Link::Extended(_) if check.question.ask(now.mono) => {
                let id = check.question.id;
                self.send_question(address, id);
            }
            Link::Extended(_) => self.found_gone(now, nickname, What::Lost),
            Link::Classic(_) => {
                self.say(now, nickname, Word::Verification);
            }
        }
    }

    /// Asks an extended client whether it is there.
    pub(super) fn send_question(&mut self, to: SocketAddr, id: RequestId) {
        let question = Datagram::Verification {
            id: Some(id),
            token: None,
        };
        self.sink.send(to, &question, Style::Compact);
    }

    /// A classic client did not ack a verification.
    pub(super) fn on_classic_silence(&mut self, now: Now, nickname: &Nickname) {
        let Some(session) = session_mut(&mut self.members, nickname) else {
            return;
        };
        let Some(check) = &mut session.check else {
            return;
        };
        check.question.tries += 1;
        // Whoever waits gets the answer to one question, as from the classic server.
        if !check.waiters.is_empty() || check.question.tries >= CLASSIC_CHECKS {
            self.found_gone(now, nickname, What::Lost);
        } else {
            self.say(now, nickname, Word::Verification);
        }
    }

    pub(super) fn found_there(&mut self, now: Now, nickname: &Nickname, waiter: Waiter) {
        match waiter {
            Waiter::Newcomer { from, id } => self.refuse_newcomer(now, from, nickname, id),
            Waiter::Mail { from, .. } => {
                self.say_to(now, from, texts::client_exists(nickname));
                if let Some(requester) = self.addresses.get(&from).cloned() {
                    self.say(now, &requester, Word::Table);
                }
            }
        }
    }

    /// Takes somebody out of the room, serves whoever waited for that, and tells everybody. `why`:
    /// what it is to whoever watches.
    pub(super) fn found_gone(&mut self, now: Now, nickname: &Nickname, why: fn(Nickname) -> What) {
        let session = session_mut(&mut self.members, nickname);
        let waiters = session
            .and_then(|session| session.check.take())
            .map(|check| check.waiters)
            .unwrap_or_default();
        // Gone first: mail that is kept from here on is not sent to where nobody answers.
        let left = self.leave(nickname);
        if left {
            self.diary.note(now, why(nickname.clone()));
        }
        let mut newcomer = None;
        for waiter in waiters {
            match waiter {
                Waiter::Mail { from, sender, text } => {
                    self.store_classic_mail(now, from, (sender, nickname.clone()), &text)
                }
                // Whoever has another name by now wants this one no more.
                Waiter::Newcomer { from, .. } if self.addresses.contains_key(&from) => {}
                Waiter::Newcomer { from, id } if newcomer.is_none() => newcomer = Some((from, id)),
                Waiter::Newcomer { from, id } => self.refuse_newcomer(now, from, nickname, id),
            }
        }
        match newcomer {
            Some((from, id)) => self.welcome(now, from, nickname.clone(), id),
            None if left => self.table_to_classics(now),
            None => {}
        }
    }

    /// The host slept: everybody online is asked whether they are there, spread so that it is no
    /// storm. What they did not answer while nobody could hear them does not count.
    pub(super) fn ask_everybody(&mut self, now: Now) {
        let online: Vec<_> = self.addresses.values().cloned().collect();
        let count = online.len() as u32;
        for (number, nickname) in (0..).zip(online) {
            let at = now.mono + WAKE_SPREAD * number / count;
            if let Some(session) = session_mut(&mut self.members, &nickname) {
                session.woke(now.mono, at);
            }
            self.reschedule(&nickname);
        }
    }

    /// The time of the earliest timer has come: what was due is done, and the next one set.
    pub(super) fn run_timer(&mut self, now: Now) {
        let Some((_, nickname)) = self.timers.pop_first() else {
            return;
        };
        if let Some(member) = self.members.get_mut(&nickname) {
            member.timer = None;
        }
        self.member_timeout(now, &nickname);
        self.reschedule(&nickname);
    }

    /// Something is due for a member.
    fn member_timeout(&mut self, now: Now, nickname: &Nickname) {
        let Some(session) = self
            .members
            .get(nickname)
            .and_then(|member| member.session.as_ref())
        else {
            return;
        };
        let extended = match &session.link {
            Link::Classic(_) => false,
            Link::Extended(_) => true,
        };
        match &session.check {
            Some(check) if extended && check.question.next <= now.mono => self.ask(now, nickname),
            None if session.quiet_at <= now.mono => self.check(now, nickname, None),
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

impl Session {
    /// The member is asked at `at`, with all tries before them.
    fn woke(&mut self, now: Duration, at: Duration) {
        self.quiet_at = at;
        if let Some(check) = &mut self.check {
            check.question = Question::new(at, check.question.id);
        }
        let Link::Classic(link) = &mut self.link else {
            return;
        };
        link.misses = 0;
        if let Some(flight) = &mut link.flight {
            // Its ack may have waited here meanwhile; a question is put again.
            flight.until = now + CLASSIC_WAIT;
            if std::mem::take(&mut flight.verifies) {
                link.say(Word::Verification);
            }
        }
    }
}

impl Waiter {
    /// Who gets the answer.
    pub fn from(&self) -> SocketAddr {
        match self {
            Self::Newcomer { from, .. } | Self::Mail { from, .. } => *from,
        }
    }

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
