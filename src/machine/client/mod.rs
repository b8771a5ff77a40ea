//! The client machine: signs in and stays signed in (`session`, `questions`), knows who is where
//! (`roster`), brings out what the user writes (`outbox`, `outbound`, `ladder`, `lane`, `restore`) and takes in
//! what others send (`receive`, `messages`, `inbox`), and lets two who talk see each other read (`reading`, `ends`) and
//! write (`typing`). What has to outlive the program leaves as a [`Record`] before
//! anything that depends on it is sent or told; [`Saved`] is what it goes on from.

mod ends;
mod inbox;
mod ladder;
mod lane;
mod limits;
mod line;
mod messages;
mod outbound;
mod outbox;
mod questions;
mod reading;
mod receive;
mod restore;
mod roster;
mod session;
mod types;
mod typing;
mod way;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

pub use self::ladder::classic_room;
pub use self::limits::{ANSWER_WAIT, ATTEMPTS_MAX, LINES_MAX, TYPING_FADES, WINDOW};
pub use self::types::*;

use self::inbox::Inbox;
use self::ladder::ServerSide;
use self::lane::ClassicLane;
use self::limits::DELETED_MAX;
use self::line::{Settled, note};
use self::outbox::{Outbox, Side, Which};
use self::reading::Reading;
use self::roster::Roster;
use self::session::{Phase, ServerKind};
use self::typing::Typing;
use super::sink::Sink;
use super::{Machine, Now, Output, Room};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::{Epoch, Mark, Nickname, RequestId, Token};

type ClientSink = Sink<Record, Event>;

/// One person's client.
pub struct Client {
    rng: fastrand::Rng,
    sink: ClientSink,
    me: Option<Nickname>,
    /// The addresses of the host, and the one that answered, or is being asked.
    servers: Vec<SocketAddr>,
    server: Option<SocketAddr>,
    /// Of the last welcome there.
    token: Option<Token>,
    /// The store that the server had then. What it had stored is offered again to another one.
    epoch: Option<Epoch>,
    room: Room,
    phase: Phase,
    /// Rounds of silence since the server last answered.
    rounds: usize,
    closing: bool,
    last_request: u64,
    last_line: u64,
    /// The last [`DELETED_MAX`] lines that were deleted, the oldest first.
    deleted: VecDeque<LineId>,
    roster: Roster,
    inbox: Inbox,
    outbox: Outbox,
    lane: ClassicLane,
    reading: Reading,
    typing: Typing,
    /// The numbers of the notices that were shown last, at most [`NOTICES_MAX`].
    notices: VecDeque<RequestId>,
}

impl Client {
    /// A client that is signed out and goes on with what was kept. Chance (stream names, the spread of
    /// pauses) comes from `seed`.
    pub fn new(seed: u64, mut saved: Saved) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut client = Self {
            // Not from zero: a program that starts again on its old port asks something new.
            last_request: rng.u64(..NUMBER_END / 2),
            rng,
            sink: Sink::new(),
            me: None,
            servers: Vec::new(),
            server: None,
            token: None,
            epoch: None,
            room: Room::Plenty,
            phase: Phase::Out,
            rounds: 0,
            closing: false,
            roster: Roster::default(),
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            lane: ClassicLane::default(),
            reading: Reading::default(),
            typing: Typing::default(),
            notices: VecDeque::new(),
            last_line: saved.last_line,
            deleted: VecDeque::new(),
        };
        client
            .outbox
            .restore(&mut saved, &mut client.rng, &mut client.sink);
        for (incoming, begun) in saved.incoming {
            client.inbox.restore(incoming, begun);
        }
        client.restore_reading(saved.readers, saved.ends);
        client
    }

    fn next_request(&mut self) -> RequestId {
        self.last_request += 1;
        RequestId(self.last_request)
    }

    /// Accepts what the user wrote, or says why not.
    fn write(&mut self, now: Now, to: Nickname, text: String) {
        // While there is no table nobody is known to be unknown; nor is anybody who has written here.
        let known = !matches!(self.phase, Phase::Online { .. })
            || self.roster.entry(&to).is_some()
            || self.inbox.knows(&to);
        let refusal = match self.room {
            Room::Scarce => Some(Failure::DiskFull),
            Room::Plenty => self.outbox.refusal(&to, &text, known),
        };
        if let Some(failure) = refusal {
            return self.sink.tell(Event::Refused { to, text, failure });
        }
        self.typing.end(&to);
        let delivery = Delivery::Trying;
        let line = self.add_line(now, to.clone(), text, Origin::Own { delivery }, None);
        self.outbox.submit(line, &mut self.rng, &mut self.sink);
        self.drive(now, Which::One(&to));
    }

    /// Adds a line to the history. `mark`: what tells its writer that it was read.
    fn add_line(
        &mut self,
        now: Now,
        peer: Nickname,
        text: String,
        origin: Origin,
        mark: Option<Mark>,
    ) -> Line {
        self.last_line += 1;
        let line = Line {
            id: LineId(self.last_line),
            peer,
            text,
            at_ms: now.unix_ms,
            origin,
        };
        self.sink.persist(Record::Line(line.clone()));
        if let Some(mark) = mark {
            self.reading.on_line(&line, mark, &mut self.sink);
        }
        self.sink.tell(Event::Line(line.clone()));
        line
    }

    /// Deletes a line of the history, unless more will be known of it.
    fn delete(&mut self, id: LineId) {
        let is_line = (1..=self.last_line).contains(&id.0);
        if !is_line || self.outbox.is_open(id) {
            return;
        }
        if self.deleted.len() >= DELETED_MAX {
            self.deleted.pop_front();
        }
        self.deleted.push_back(id);
        self.sink.persist(Record::Deleted(id));
        self.sink.tell(Event::Deleted(id));
    }

    /// Takes a failed line up again.
    fn retry(&mut self, now: Now, id: LineId, (to, text): (Nickname, String)) {
        if self.deleted.contains(&id) || !self.outbox.takes_again(&to, id) {
            return;
        }
        if let Some(failure) = self.outbox.refusal(&to, &text, true) {
            let line = id;
            return self.sink.tell(Event::NotRetried { line, to, failure });
        }
        note(now, id, Delivery::Trying, Settled::No, &mut self.sink);
        let line = Line {
            id,
            peer: to.clone(),
            text,
            at_ms: now.unix_ms,
            origin: Origin::Own {
                delivery: Delivery::Trying,
            },
        };
        self.outbox
            .submit_again(line, &mut self.rng, &mut self.sink);
        self.drive(now, Which::One(&to));
    }

    /// Moves what is under way.
    fn drive(&mut self, now: Now, which: Which<'_>) {
        let Some(side) = side(&self.phase, &self.me, self.server, &self.roster) else {
            return;
        };
        let mut silent = self.outbox.drive(now, which, side, &mut self.sink);
        silent |= self.lane.drive(now, &mut self.outbox, side, &mut self.sink);
        if silent {
            self.lose_server(now, LostCause::Silent);
        }
    }

    /// Signed in by the user's wish, whether or not the server answers right now.
    fn is_in(&self) -> bool {
        match self.phase {
            Phase::Registering(_) | Phase::Online { .. } | Phase::Waiting { .. } => true,
            Phase::Out | Phase::Leaving(_) => false,
        }
    }
}

/// How things stand for the messages under way; `None`: signed out, they wait.
fn side<'a>(
    phase: &Phase,
    me: &'a Option<Nickname>,
    server: Option<SocketAddr>,
    roster: &'a Roster,
) -> Option<Side<'a>> {
    let server = match (phase, server) {
        (
            Phase::Online {
                kind: ServerKind::Extended,
                ..
            },
            Some(server),
        ) => ServerSide::Extended(server),
        (
            Phase::Online {
                kind: ServerKind::Classic,
                ..
            },
            Some(server),
        ) => ServerSide::Classic(server),
        (Phase::Online { .. } | Phase::Registering(_) | Phase::Waiting { .. }, _) => {
            ServerSide::Away
        }
        (Phase::Out | Phase::Leaving(_), _) => return None,
    };
    Some(Side {
        me: me.as_ref()?,
        server,
        roster,
    })
}

impl Machine for Client {
    type Command = Command;
    type Record = Record;
    type Event = Event;

    fn handle_command(&mut self, now: Now, command: Command) {
        match command {
            Command::Register { nickname, servers } => self.register(now, nickname, servers),
            Command::Deregister => self.deregister(now),
            Command::Send { to, text } => self.write(now, to, text),
            Command::Retry { line, to, text } => self.retry(now, line, (to, text)),
            Command::Delete(line) => self.delete(line),
            Command::Draft { peer, text } => self.sink.persist(Record::Draft { peer, text }),
            Command::Tabs { tabs, selected } => {
                self.sink.persist(Record::Tabs { tabs, selected });
            }
            Command::Typing { to } => self.on_keystroke(now, &to),
            Command::Read { peer, line } => self.on_seen(now, peer, line),
            Command::TellRead(tells) => self.set_telling(now, tells),
            Command::Reconnect => self.reconnect(now),
            Command::Close => self.close(now),
        }
    }

    fn handle_datagram(&mut self, now: Now, from: SocketAddr, bytes: &[u8]) {
        self.receive(now, from, bytes);
    }

    fn handle_timeout(&mut self, now: Now) {
        self.session_timeout(now);
        self.answer_pages(now);
        self.tell_seen(now);
        self.drive(now, Which::Due);
    }

    fn handle_wake(&mut self, now: Now) {
        self.wake(now);
    }

    fn handle_room(&mut self, _now: Now, room: Room) {
        self.room = room;
    }

    fn poll_output(&mut self) -> Option<Output<Record, Event>> {
        self.sink.poll()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let under_way = self.is_in().then(|| self.outbox.deadline()).flatten();
        let lane = self.is_in().then(|| self.lane.deadline()).flatten();
        [
            self.session_deadline(),
            self.roster.answer_at(),
            under_way,
            lane,
            self.telling_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
