//! The server machine: who is registered, there and where (`registration`, `presence`, `moves`),
//! what everybody is told of it (`table`), the mail it keeps (`mailroom`, `quota`), how that comes in
//! (`post`), goes out (`delivery`) and is given up (`expiry`), what its senders hear of it (`ledger`,
//! `notices`), how it speaks with a classic client, one datagram at a time (`classic`), what the host
//! sees of it all (`told`, `watch`, `diary`), and does: who is put out (`door`) and what is said to
//! everybody (`announce`).

mod announce;
mod classic;
mod delivery;
mod diary;
mod door;
mod expiry;
mod farewell;
mod greeting;
mod ledger;
mod limits;
mod mailroom;
mod members;
mod moves;
mod notices;
mod post;
mod presence;
mod quota;
mod registration;
mod table;
mod told;
mod types;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

pub use self::announce::{ANNOUNCEMENT_MAX, Announcement, AnnouncementError};
pub use self::told::*;
pub use self::types::*;

use self::announce::Announcements;
use self::diary::Diary;
use self::door::Door;
use self::farewell::Farewell;
use self::greeting::Greeting;
use self::ledger::Ledger;
use self::mailroom::Mailroom;
use self::members::Member;
use self::moves::Moves;
use self::table::Board;
use self::watch::Watch;
use super::sink::Sink;
use super::{Machine, Now, Output, Room, canonical};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::{
    Ack, Datagram, Epoch, Instance, Nickname, RequestId, Token, Version, decode,
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
    /// Whose token it is, of the extended ones.
    tokens: BTreeMap<Token, Nickname>,
    moves: Moves,
    greeting: Greeting,
    /// When which member has something due.
    timers: BTreeSet<(Duration, Nickname)>,
    board: Board,
    mailroom: Mailroom,
    /// When mail is looked through for what is too old.
    next_expiry: Duration,
    room: Room,
    farewell: Option<Farewell>,
    door: Door,
    announcements: Announcements,
    totals: Totals,
    diary: Diary,
    /// `None`: nobody watches.
    watch: Option<Box<Watch>>,
    /// Whoever watches has not taken what was told last.
    held: bool,
    /// The counts that were told last.
    told: Option<Event>,
}

impl Server {
    /// A server that goes on with what was kept. Chance (its run's name, tokens, streams) comes from
    /// `seed`. The name of a new store is the first thing that it wants written.
    pub fn new(seed: u64, saved: Saved) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut sink = Sink::new();
        let instance = Instance(rng.u64(..NUMBER_END));
        let epoch = saved.epoch.unwrap_or_else(|| {
            let epoch = Epoch(rng.u64(..NUMBER_END));
            sink.persist(Record::Epoch(epoch));
            epoch
        });
        let mut server = Self {
            instance,
            epoch,
            last_request: rng.u64(..NUMBER_END / 2),
            rng,
            sink,
            members: BTreeMap::new(),
            addresses: BTreeMap::new(),
            classics: BTreeSet::new(),
            tokens: BTreeMap::new(),
            moves: Moves::default(),
            greeting: Greeting::new(&saved.people),
            timers: BTreeSet::new(),
            board: Board::default(),
            mailroom: Mailroom::new(
                saved.mail,
                saved.passed,
                saved.classic_streams,
                Ledger::new(saved.receipts, saved.expired),
            ),
            next_expiry: Duration::ZERO,
            room: Room::Plenty,
            farewell: None,
            door: Door::new(saved.blocked),
            announcements: Announcements::default(),
            totals: Totals::default(),
            diary: Diary::default(),
            watch: None,
            held: false,
            told: None,
        };
        server.restore_people(saved.people);
        server.tell_blocked_at_first();
        server.tell_counts();
        server
    }

    fn restore_people(&mut self, people: Vec<Person>) {
        for person in people {
            let Person {
                nickname,
                address,
                extended,
                seen_ms,
            } = person;
            let member = Member {
                address,
                extended,
                seen_ms,
                removed: false,
                changed: self.board.change(&nickname, Version(0)),
                session: None,
                timer: None,
            };
            self.members.insert(nickname, member);
        }
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

    fn receive(&mut self, now: Now, from: SocketAddr, datagram: Datagram<'_>) {
        // Who signs out, takes another name, or is somebody else, is not found there by that.
        let here = self.addresses.get(&from).map(Nickname::as_str);
        let leaves = match &datagram {
            Datagram::Reg { nickname, .. } => here.is_some_and(|here| here != nickname.as_str()),
            Datagram::Dereg { nickname, .. } => here == Some(nickname.as_str()),
            Datagram::Verification { token, .. } => token
                .and_then(|token| self.tokens.get(&token))
                .is_some_and(|owner| here.is_some_and(|here| here != owner.as_str())),
            Datagram::Offline { .. }
            | Datagram::Chat { .. }
            | Datagram::Ack(_)
            | Datagram::Table(_)
            | Datagram::Typing { .. }
            | Datagram::Read { .. }
            | Datagram::Notification { .. } => false,
        };
        if !leaves {
            self.hear(now, from);
        }
        match datagram {
            Datagram::Reg {
                nickname,
                id,
                token,
            } => self.on_reg(now, from, nickname.to_nickname(), (id, token)),
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
            Datagram::Verification { id, token } => self.on_verification(now, from, id, token),
            Datagram::Chat { .. }
            | Datagram::Typing { .. }
            | Datagram::Read { .. }
            | Datagram::Table(_)
            | Datagram::Notification { .. } => {
                tracing::debug!(%from, "dropped a datagram that is not for a server");
                self.totals.dropped += 1;
            }
        }
    }

    fn on_ack(&mut self, now: Now, from: SocketAddr, ack: Ack) {
        if let Ack::Request { id, .. } = ack
            && self.on_move_ack(now, from, id)
        {
            return;
        }
        let Some(nickname) = self.addresses.get(&from).cloned() else {
            return;
        };
        match ack {
            Ack::Plain => self.on_classic_ack(now, &nickname),
            Ack::Table { instance, version } if instance == self.instance => {
                self.on_table_ack(now, &nickname, version);
            }
            Ack::Part {
                seq,
                receipt,
                attempt,
            } => self.on_mail_ack(now, &nickname, (seq, attempt), receipt),
            Ack::Request { id, .. } => self.on_request_ack(now, &nickname, id),
            Ack::Table { .. } | Ack::Mail { .. } | Ack::Read(_) => {}
        }
        self.reschedule(&nickname);
    }
}

impl Machine for Server {
    type Command = Command;
    type Record = Record;
    type Event = Event;

    fn handle_command(&mut self, now: Now, command: Command) {
        if self.farewell.is_some() {
            return;
        }
        self.on_input(now);
        match command {
            Command::Stop => return self.stop(now),
            Command::Watch(on) => self.set_watch(now, on),
            Command::Hold(held) => self.held = held,
            Command::Remove(nickname) => self.dismiss(now, &nickname),
            Command::Own(addresses) => self.set_own(addresses),
            Command::Name(name) => self.board.rename(name),
            Command::Block(ip) => self.block(now, ip),
            Command::Unblock(ip) => self.unblock(now, ip),
            Command::Announce(announcement) => self.announce(now, announcement),
        }
        self.settle(now);
    }

    fn handle_datagram(&mut self, now: Now, from: SocketAddr, bytes: &[u8]) {
        let from = canonical(from);
        self.on_input(now);
        self.totals.received += 1;
        if self.door.is_shut(from) {
            return self.on_shut_out(from, bytes);
        }
        match decode(bytes) {
            Err(error) => {
                tracing::debug!(%from, %error, "dropped a datagram");
                self.totals.dropped += 1;
            }
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
        self.on_input(now);
        while self.timers.first().is_some_and(|(due, _)| *due <= now.mono) {
            self.run_timer(now);
        }
        self.greet_if_due(now);
        self.moves_timeout(now);
        self.expire_if_due(now);
        self.door_timeout(now);
        self.announce_timeout(now);
        self.watch_timeout(now);
        self.settle(now);
    }

    fn handle_wake(&mut self, now: Now) {
        if self.farewell.is_none() {
            self.ask_everybody(now);
        }
    }

    fn handle_room(&mut self, _now: Now, room: Room) {
        self.room = room;
    }

    fn poll_output(&mut self) -> Option<Output<Record, Event>> {
        let output = self.sink.poll();
        self.totals.sent += u64::from(matches!(output, Some(Output::Transmit(_))));
        output
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match &self.farewell {
            Some(farewell) if farewell.until == Duration::MAX => None,
            Some(farewell) => Some(farewell.again.min(farewell.until)),
            None => {
                let timer = self.timers.first().map(|(due, _)| *due);
                let others = [
                    self.board.due(),
                    self.moves.due(),
                    self.greeting.due(),
                    self.expiry_due(),
                    self.door.due(),
                    self.announcements.due(),
                    self.watch
                        .as_ref()
                        .and_then(|watch| watch.due(&self.diary, &self.totals)),
                ];
                others.into_iter().chain([timer]).flatten().min()
            }
        }
    }
}
