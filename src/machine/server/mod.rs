//! The server machine: who is registered and there (`registration`, `presence`), what everybody
//! is told of it (`table`), the mail it keeps (`mailroom`, `post`) and how it speaks with a
//! classic client, one datagram at a time (`classic`).

mod classic;
mod limits;
mod mailroom;
mod members;
mod post;
mod presence;
mod registration;
mod table;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

pub use self::types::*;

use self::limits::FAREWELL;
use self::mailroom::Mailroom;
use self::members::Member;
use self::table::Board;
use super::sink::Sink;
use super::{Machine, Now, Output, Room};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::{
    Ack, Datagram, Epoch, Instance, Nickname, RequestId, Style, Version, decode, texts,
};

type ServerSink = Sink<Record, Event>;

/// The server of one room.
pub struct Server {
    rng: fastrand::Rng,
    sink: ServerSink,
    instance: Instance,
    epoch: Epoch,
    last_request: u64,
    members: BTreeMap<Nickname, Member>,
    /// Everybody online, by address.
    addresses: BTreeMap<SocketAddr, Nickname>,
    /// The classic clients among them.
    classics: BTreeSet<Nickname>,
    /// When which member has something due.
    timers: BTreeSet<(Duration, Nickname)>,
    board: Board,
    mailroom: Mailroom,
    farewell: Option<Farewell>,
    told: Option<Event>,
}

/// The server's end: who has not confirmed the good-bye yet.
struct Farewell {
    until: Duration,
    again: Duration,
    missing: BTreeSet<SocketAddr>,
}

impl Server {
    /// A server that goes on with what was kept. Chance (its run's name, streams) comes from `seed`.
    pub fn new(seed: u64, saved: Saved) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut server = Self {
            instance: Instance(rng.u64(..NUMBER_END)),
            epoch: Epoch(rng.u64(..NUMBER_END)),
            rng,
            sink: Sink::new(),
            last_request: 0,
            members: BTreeMap::new(),
            addresses: BTreeMap::new(),
            classics: BTreeSet::new(),
            timers: BTreeSet::new(),
            board: Board::default(),
            mailroom: Mailroom::default(),
            farewell: None,
            told: None,
        };
        for person in saved.people {
            let changed = server.board.change(&person.nickname, Version(0));
            let Person {
                nickname,
                address,
                extended,
                seen_ms,
            } = person;
            server.members.insert(
                nickname,
                Member {
                    address,
                    extended,
                    seen_ms,
                    changed,
                    session: None,
                    timer: None,
                },
            );
        }
        saved
            .mail
            .into_iter()
            .for_each(|mail| server.mailroom.restore(mail));
        saved
            .receipts
            .into_iter()
            .for_each(|held| server.mailroom.restore_receipt(held));
        saved
            .classic_streams
            .into_iter()
            .for_each(|stream| server.mailroom.restore_stream(stream));
        server.tell_counts();
        server
    }

    fn next_request(&mut self) -> RequestId {
        self.last_request += 1;
        RequestId(self.last_request)
    }

    /// What follows every input: changes go out, and the host is told what it can see.
    fn settle(&mut self, now: Now) {
        self.flush_if_due(now);
        self.tell_counts();
    }

    fn tell_counts(&mut self) {
        let counts = Event::Counts {
            online: self.addresses.len(),
            known: self.members.len(),
            mail: self.mailroom.len(),
        };
        if self.told != Some(counts) {
            self.told = Some(counts);
            self.sink.tell(counts);
        }
    }

    /// Puts a member's next deadline into the timers. One that has only moved back is found when the
    /// old time comes: it moves with every datagram, and moving it in the timers each time would cost
    /// more than all else that a datagram does.
    fn reschedule(&mut self, nickname: &Nickname) {
        let Some(member) = self.members.get_mut(nickname) else {
            return;
        };
        let due = member.session.as_ref().map(members::Session::deadline);
        let stands = member
            .timer
            .is_some_and(|timer| due.is_none_or(|due| timer <= due));
        if stands || due.is_none() {
            return;
        }
        if let Some(old) = member.timer.take() {
            self.timers.remove(&(old, nickname.clone()));
        }
        if let Some(due) = due {
            self.timers.insert((due, nickname.clone()));
        }
        member.timer = due;
    }

    /// The time of the earliest timer has come: what was due is done, and the next one set.
    fn run_timer(&mut self, now: Now) {
        let Some((_, nickname)) = self.timers.pop_first() else {
            return;
        };
        if let Some(member) = self.members.get_mut(&nickname) {
            member.timer = None;
        }
        self.member_timeout(now, &nickname);
        self.reschedule(&nickname);
    }

    fn receive(&mut self, now: Now, from: SocketAddr, datagram: Datagram<'_>) {
        // Who signs out, or takes another name, is not found there by that.
        let here = self.addresses.get(&from).map(Nickname::as_str);
        let leaves = match &datagram {
            Datagram::Reg { nickname, .. } => here.is_some_and(|here| here != nickname.as_str()),
            Datagram::Dereg { nickname, .. } => here == Some(nickname.as_str()),
            Datagram::Offline { .. }
            | Datagram::Chat { .. }
            | Datagram::Ack(_)
            | Datagram::Table(_)
            | Datagram::Notification { .. }
            | Datagram::Verification { .. } => false,
        };
        if !leaves {
            self.hear(now, from);
        }
        match datagram {
            Datagram::Reg { nickname, id, .. } => {
                self.on_reg(now, from, nickname.to_nickname(), id)
            }
            Datagram::Dereg { nickname, id } => {
                self.on_dereg(now, from, &nickname.to_nickname(), id)
            }
            Datagram::Offline {
                sender,
                recipient,
                text,
                part,
                ..
            } => {
                let (sender, recipient) = (sender.to_nickname(), recipient.to_nickname());
                match part {
                    Some(part) => self.on_mail(now, from, (sender, recipient), part, &text),
                    None => self.on_classic_mail(now, from, (sender, recipient), &text),
                }
            }
            Datagram::Ack(ack) => self.on_ack(now, from, ack),
            Datagram::Verification { id, .. } => self.on_verification(from, id),
            Datagram::Chat { .. } | Datagram::Table(_) | Datagram::Notification { .. } => {
                tracing::debug!(%from, "dropped a datagram that is not for a server");
            }
        }
    }

    fn on_ack(&mut self, now: Now, from: SocketAddr, ack: Ack) {
        let Some(nickname) = self.addresses.get(&from).cloned() else {
            return;
        };
        match ack {
            Ack::Plain => self.on_classic_ack(now, &nickname),
            Ack::Table { instance, version } if instance == self.instance => {
                self.on_table_ack(now, &nickname, version);
            }
            Ack::Part { seq, receipt, .. } => self.on_mail_ack(now, &nickname, seq, receipt),
            Ack::Request { id, .. } => self.on_request_ack(now, &nickname, id),
            Ack::Table { .. } | Ack::Mail { .. } => {}
        }
        self.reschedule(&nickname);
    }

    fn stop(&mut self, now: Now) {
        // Who left just before is not shown as online for as long as there is no server.
        self.flush(now);
        let missing = self.addresses.keys().copied().collect();
        self.farewell = Some(Farewell {
            until: now.mono + FAREWELL,
            again: now.mono,
            missing,
        });
        self.say_farewell(now);
    }

    /// Says good-bye, to extended clients again until they confirm it.
    fn say_farewell(&mut self, now: Now) {
        let Some(farewell) = &mut self.farewell else {
            return;
        };
        if farewell.missing.is_empty() || now.mono >= farewell.until {
            farewell.missing.clear();
            farewell.until = Duration::MAX;
            return self.sink.tell(Event::Stopped);
        }
        if now.mono < farewell.again {
            return;
        }
        let first = farewell.again + FAREWELL == farewell.until;
        farewell.again = now.mono + FAREWELL / 4;
        for address in &farewell.missing {
            let member = self
                .addresses
                .get(address)
                .and_then(|nickname| self.members.get(nickname));
            let extended = member.is_some_and(|member| member.extended);
            let id = extended.then_some(RequestId(0));
            let (text, receipts) = (texts::SERVER_IS_DOWN.into(), Vec::new());
            if first || extended {
                let style = if extended {
                    Style::Compact
                } else {
                    Style::Classic
                };
                self.sink.send(
                    *address,
                    &Datagram::Notification {
                        text,
                        offline: true,
                        id,
                        receipts,
                        expired: Vec::new(),
                    },
                    style,
                );
            }
        }
    }

    fn on_farewell_ack(&mut self, now: Now, from: SocketAddr) {
        if let Some(farewell) = &mut self.farewell
            && farewell.missing.remove(&from)
            && farewell.missing.is_empty()
        {
            self.say_farewell(now);
        }
    }
}

impl Machine for Server {
    type Command = Command;
    type Record = Record;
    type Event = Event;

    fn handle_command(&mut self, now: Now, command: Command) {
        match command {
            Command::Stop if self.farewell.is_none() => self.stop(now),
            Command::Stop => {}
        }
    }

    fn handle_datagram(&mut self, now: Now, from: SocketAddr, bytes: &[u8]) {
        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
        match decode(bytes) {
            Err(error) => tracing::debug!(%from, %error, "dropped a datagram"),
            Ok(Datagram::Ack(_)) if self.farewell.is_some() => self.on_farewell_ack(now, from),
            Ok(_) if self.farewell.is_some() => {}
            Ok(datagram) => {
                self.receive(now, from, datagram);
                self.settle(now);
            }
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        if self.farewell.is_some() {
            return self.say_farewell(now);
        }
        while self.timers.first().is_some_and(|(due, _)| *due <= now.mono) {
            self.run_timer(now);
        }
        self.settle(now);
    }

    fn handle_wake(&mut self, _now: Now) {}

    fn handle_room(&mut self, _now: Now, _room: Room) {}

    fn poll_output(&mut self) -> Option<Output<Record, Event>> {
        self.sink.poll()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match &self.farewell {
            Some(farewell) if farewell.until == Duration::MAX => None,
            Some(farewell) => Some(farewell.again.min(farewell.until)),
            None => [self.timers.first().map(|(due, _)| *due), self.board.due()]
                .into_iter()
                .flatten()
                .min(),
        }
    }
}
