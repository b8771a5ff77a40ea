//! Coming and going: `Reg` and `Dereg`.

use std::net::SocketAddr;

use super::limits::PEOPLE_MAX;
use super::members::{Member, Session, Waiter, Word};
use super::moves::Asked;
use super::told::What;
use super::types::{Person, Record};
use super::{Now, Server};
use crate::machine::Room;
use crate::protocol::limits::NUMBER_END;
use crate::protocol::{Ack, Answer, Datagram, Nickname, RequestId, Style, Token, Version, texts};

impl Server {
    pub(super) fn on_reg(
        &mut self,
        now: Now,
        from: SocketAddr,
        nickname: Nickname,
        (id, token): (Option<RequestId>, Option<Token>),
    ) {
        if id.is_none() {
            self.sink
                .send(from, &Datagram::Ack(Ack::Plain), Style::Classic);
        }
        // Whoever was at this address is there no longer.
        if let Some(other) = self.addresses.get(&from).cloned()
            && other != nickname
        {
            self.found_gone(now, &other, What::Replaced);
        }
        let known = self.members.get(&nickname);
        let full = self.members.len() >= PEOPLE_MAX || self.room == Room::Scarce;
        if known.is_none() && full {
            self.diary.note(
                now,
                What::TurnedAway {
                    nickname,
                    address: from,
                },
            );
            return self.refuse(from, id);
        }
        let session = known.and_then(|member| Some((member.address, member.session.as_ref()?)));
        match session {
            Some((address, session))
                if address == from && id.is_some() && session.request == id =>
            {
                let token = session.token();
                self.answer_welcome(from, id, token);
            }
            Some((address, session)) if address != from => match id {
                // Who knows the number of the holder's own request is the holder, as who knows the
                // token: a host with two addresses is asked at both before the first answers.
                Some(id)
                    if session.request == Some(id)
                        || token.is_some() && session.token() == token =>
                {
                    self.on_elsewhere(now, &nickname, from, Asked::Reg(id));
                }
                Some(_) | None => {
                    self.check(now, &nickname, Some(Waiter::Newcomer { from, id }));
                }
            },
            Some(_) | None => self.welcome(now, from, nickname, id),
        }
    }

    /// Registers somebody: on disk, then told, then in everybody's table, then the mail.
    pub(super) fn welcome(
        &mut self,
        now: Now,
        from: SocketAddr,
        nickname: Nickname,
        id: Option<RequestId>,
    ) {
        let member = self.members.get(&nickname);
        let here = member.filter(|member| member.session.is_some());
        let here = here.map(|member| (member.address, member.seen_ms));
        // Whose program signs in anew without having been away is here since before.
        let seen_ms = here.map_or(now.unix_ms, |(_, seen_ms)| seen_ms);
        let person = Person {
            nickname: nickname.clone(),
            address: from,
            extended: id.is_some(),
            seen_ms,
        };
        let token = self.seat(now, person.clone(), id);
        self.sink.persist(Record::Person(person));
        let (name, address) = (nickname.clone(), from);
        let what = match here {
            None => Some(What::Joined {
                nickname: name,
                address,
            }),
            Some((before, _)) if before != from => Some(What::Moved {
                nickname: name,
                address,
            }),
            Some(_) => None,
        };
        if let Some(what) = what {
            self.diary.note(now, what);
        }
        match id {
            Some(_) => self.answer_welcome(from, id, token),
            None => {
                let (text, offline) = (texts::WELCOME.into(), false);
                self.say(now, &nickname, Word::Notification { text, offline });
            }
        }
        self.table_to_classics(now);
        if id.is_none() && self.mailroom.next_message(&nickname).is_some() {
            let text = texts::YOU_HAVE_MESSAGES.into();
            self.say(
                now,
                &nickname,
                Word::Notification {
                    text,
                    offline: false,
                },
            );
        }
        self.deliver(now, &nickname);
        self.deliver_notices(now, &nickname);
        self.reschedule(&nickname);
    }

    /// Gives somebody a place in the room, in the place of an earlier one. Answers an extended
    /// client's token.
    fn seat(&mut self, now: Now, person: Person, id: Option<RequestId>) -> Option<Token> {
        let Person {
            nickname,
            address: from,
            extended,
            seen_ms,
        } = person;
        let before = self.members.remove(&nickname);
        self.moves.end(&nickname, Some(from));
        if let Some(before) = &before {
            self.void_token(before.session.as_ref());
            // Somebody else may be where this person was last.
            if self.addresses.get(&before.address) == Some(&nickname) {
                self.addresses.remove(&before.address);
            }
            before
                .timer
                .map(|timer| self.timers.remove(&(timer, nickname.clone())));
        }
        let changed = self.board.change(
            &nickname,
            before.map_or(Version(0), |before| before.changed),
        );
        let token = id.map(|_| Token(self.rng.u64(..NUMBER_END)));
        if let Some(token) = token {
            self.tokens.insert(token, nickname.clone());
        }
        let session = Some(Session::new(now.mono, id, token));
        let member = Member {
            address: from,
            extended,
            seen_ms,
            removed: false,
            changed,
            session,
            timer: None,
        };
        self.touch(&nickname);
        self.members.insert(nickname.clone(), member);
        self.addresses.insert(from, nickname.clone());
        match extended {
            true => self.classics.remove(&nickname),
            false => self.classics.insert(nickname.clone()),
        };
        token
    }

    /// The token of a session that has ended shows nothing any more.
    fn void_token(&mut self, session: Option<&Session>) {
        if let Some(token) = session.and_then(Session::token) {
            self.tokens.remove(&token);
        }
    }

    /// The name stays with its holder.
    pub(super) fn refuse_newcomer(
        &mut self,
        now: Now,
        from: SocketAddr,
        nickname: &Nickname,
        id: Option<RequestId>,
    ) {
        self.diary.note(
            now,
            What::NameRefused {
                nickname: nickname.clone(),
                address: from,
            },
        );
        match id {
            Some(_) => self.answer(from, id, Answer::Taken),
            None => self.notify(from, texts::already_online(nickname), true),
        }
    }

    /// There are too many people already.
    fn refuse(&mut self, from: SocketAddr, id: Option<RequestId>) {
        match id {
            Some(_) => self.answer(from, id, Answer::Refused),
            None => self.notify(from, "[The server takes nobody more]".into(), true),
        }
    }

    pub(super) fn on_dereg(
        &mut self,
        now: Now,
        from: SocketAddr,
        nickname: &Nickname,
        id: Option<RequestId>,
    ) {
        let held = self
            .members
            .get(nickname)
            .is_some_and(|member| member.address == from);
        match id {
            Some(_) if held => self.answer(from, id, Answer::Done),
            Some(_) => return,
            None => self
                .sink
                .send(from, &Datagram::Ack(Ack::Plain), Style::Classic),
        }
        if held && id.is_none() {
            self.notify(from, texts::BYE.into(), true);
        }
        if held {
            self.found_gone(now, nickname, What::SignedOut);
        }
    }

    /// Takes somebody out of the room. Answers whether they were there: then classic clients are
    /// still to be told.
    pub(super) fn leave(&mut self, nickname: &Nickname) -> bool {
        let Some(member) = self.members.get_mut(nickname) else {
            return false;
        };
        let Some(session) = member.session.take() else {
            return false;
        };
        self.addresses.remove(&member.address);
        self.classics.remove(nickname);
        member.changed = self.board.change(nickname, member.changed);
        self.void_token(Some(&session));
        self.moves.end(nickname, None);
        self.touch(nickname);
        self.reschedule(nickname);
        true
    }

    fn answer_welcome(&mut self, to: SocketAddr, id: Option<RequestId>, token: Option<Token>) {
        let Some(token) = token else { return };
        let welcome = Answer::Welcome {
            instance: self.instance,
            epoch: self.epoch,
            token,
        };
        self.answer(to, id, welcome);
    }

    pub(super) fn answer(&mut self, to: SocketAddr, id: Option<RequestId>, answer: Answer) {
        if let Some(id) = id {
            self.sink.send(
                to,
                &Datagram::Ack(Ack::Request { id, answer }),
                Style::Compact,
            );
        }
    }

    /// Says something to a classic address that is not, or no longer, a member's.
    pub(super) fn notify(&mut self, to: SocketAddr, text: String, offline: bool) {
        let (text, receipts) = (text.into(), Vec::new());
        self.sink.send(
            to,
            &Datagram::Notification {
                text,
                offline,
                id: None,
                receipts,
                expired: Vec::new(),
            },
            Style::Classic,
        );
    }

    /// Says something to a requester: in its turn when it is a member, else straight.
    pub(super) fn say_to(&mut self, now: Now, to: SocketAddr, text: String) {
        match self.addresses.get(&to).cloned() {
            Some(nickname) if self.is_classic(&nickname) => {
                self.say(
                    now,
                    &nickname,
                    Word::Notification {
                        text,
                        offline: false,
                    },
                );
            }
            Some(_) | None => self.notify(to, text, false),
        }
    }

    /// Whether somebody is online with a classic program.
    pub(super) fn is_classic(&self, nickname: &Nickname) -> bool {
        self.classics.contains(nickname)
    }
}
