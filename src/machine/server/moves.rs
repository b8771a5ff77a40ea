//! Members at another address than before: a NAT that forgot, another network, a new socket. The new
//! address is asked, and is theirs when the answer has come from there; until then nothing changes.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::delivery::extended_link;
use super::limits::MOVES_MAX;
use super::members::Question;
use super::presence::session_mut;
use super::told::What;
use super::types::{Person, Record};
use super::{Now, Server};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::{Answer, Nickname, RequestId, Token};

/// Those who may have moved, at most [`MOVES_MAX`], each to one address at a time: another one asks
/// again when that question is over.
#[derive(Default)]
pub(super) struct Moves(BTreeMap<Nickname, Move>);

struct Move {
    to: SocketAddr,
    asked: Asked,
    question: Question,
}

/// The request that showed it, which is answered in the end.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    Reg(RequestId),
    Verification(RequestId),
}

impl Moves {
    pub fn due(&self) -> Option<Duration> {
        self.0.values().map(|open| open.question.next).min()
    }

    /// Somebody has a place at this address, or has lost theirs: what was asked is settled.
    pub fn end(&mut self, nickname: &Nickname, address: Option<SocketAddr>) {
        self.0
            .retain(|other, open| other != nickname && Some(open.to) != address);
    }

    /// Nobody moves to this address any more.
    pub fn end_at(&mut self, ip: IpAddr) {
        self.0.retain(|_, open| open.to.ip() != ip);
    }

    /// Takes out the move that an answer from an address proves.
    fn take(&mut self, from: SocketAddr, id: RequestId) -> Option<(Nickname, Move)> {
        let proven = |(_, open): &(&Nickname, &Move)| open.to == from && open.question.id == id;
        let nickname = self.0.iter().find(proven)?.0.clone();
        let open = self.0.remove(&nickname)?;
        Some((nickname, open))
    }
}

impl Server {
    /// An extended client asks whether the server is there and still knows it.
    pub(super) fn on_verification(
        &mut self,
        now: Now,
        from: SocketAddr,
        id: Option<RequestId>,
        token: Option<Token>,
    ) {
        let Some(id) = id else { return };
        let owner = token.and_then(|token| self.tokens.get(&token)).cloned();
        match (self.addresses.get(&from), owner) {
            // Two claim the address. A registration will say who is there.
            (Some(here), Some(owner)) if *here != owner => {}
            (Some(_), _) => self.answer(from, Some(id), Answer::Done),
            (None, Some(owner)) => self.on_elsewhere(now, &owner, from, Asked::Verification(id)),
            (None, None) => {}
        }
    }

    /// Somebody with a member's token is at an address that nobody has.
    pub(super) fn on_elsewhere(
        &mut self,
        now: Now,
        nickname: &Nickname,
        to: SocketAddr,
        asked: Asked,
    ) {
        if let Some(open) = self.moves.0.get_mut(nickname) {
            if open.to == to {
                open.asked = asked;
            }
            return;
        }
        if self.moves.0.len() >= MOVES_MAX {
            return;
        }
        // By chance: whoever can't read what arrives there can't answer in its place.
        let id = RequestId(self.rng.u64(..NUMBER_END));
        let question = Question::new(now.mono, id);
        let open = Move {
            to,
            asked,
            question,
        };
        self.moves.0.insert(nickname.clone(), open);
        self.moves_timeout(now);
    }

    /// Asks again where an answer is due, and gives up where none came.
    pub(super) fn moves_timeout(&mut self, now: Now) {
        let mut ask = Vec::new();
        self.moves.0.retain(|_, open| {
            if open.question.next > now.mono {
                return true;
            }
            let goes_on = open.question.ask(now.mono);
            if goes_on {
                ask.push((open.to, open.question.id));
            }
            goes_on
        });
        for (to, id) in ask {
            self.send_question(to, id);
        }
    }

    /// An answer from somewhere. Answers whether it proved a move.
    pub(super) fn on_move_ack(&mut self, now: Now, from: SocketAddr, id: RequestId) -> bool {
        let Some((nickname, open)) = self.moves.take(from, id) else {
            return false;
        };
        let session = session_mut(&mut self.members, &nickname);
        let check = session.and_then(|session| session.check.take());
        let waiters = check.map(|check| check.waiters).unwrap_or_default();
        for waiter in waiters.into_iter().filter(|waiter| waiter.from() != from) {
            self.found_there(now, &nickname, waiter);
        }
        match open.asked {
            Asked::Reg(id) => self.welcome(now, from, nickname, Some(id)),
            Asked::Verification(id) => self.relocate(now, &nickname, from, id),
        }
        true
    }

    /// Goes on with a member's session at another address.
    fn relocate(&mut self, now: Now, nickname: &Nickname, to: SocketAddr, id: RequestId) {
        let Some(member) = self.members.get_mut(nickname) else {
            return;
        };
        let before = std::mem::replace(&mut member.address, to);
        member.changed = self.board.change(nickname, member.changed);
        let person = Person {
            nickname: nickname.clone(),
            address: to,
            extended: member.extended,
            seen_ms: member.seen_ms,
        };
        if let Some(session) = &mut member.session {
            session.heard(now.mono);
        }
        if let Some(link) = extended_link(&mut self.members, nickname) {
            link.restart();
        }
        self.addresses.remove(&before);
        self.addresses.insert(to, nickname.clone());
        self.moves.end(nickname, Some(to));
        self.sink.persist(Record::Person(person));
        self.touch(nickname);
        self.diary.note(
            now,
            What::Moved {
                nickname: nickname.clone(),
                address: to,
            },
        );
        self.answer(to, Some(id), Answer::Done);
        self.table_to_classics(now);
        self.deliver(now, nickname);
        self.deliver_notices(now, nickname);
        self.reschedule(nickname);
    }
}
