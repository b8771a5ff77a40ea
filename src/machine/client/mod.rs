//! The client machine: signs in and stays signed in (`session`), knows who is where
//! (`roster`), brings out what the user writes (`outbox`, `outbound`, `lane`) and takes in
//! what others send (`receive`, `inbox`). It keeps everything in memory.

mod inbox;
mod ladder;
mod lane;
mod limits;
mod outbound;
mod outbox;
mod receive;
mod roster;
mod session;
mod types;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

pub use self::limits::{ANSWER_WAIT, ATTEMPTS_MAX, FAILED_MAX, LINES_MAX, WINDOW};
pub use self::types::*;

use self::inbox::Inbox;
use self::ladder::ServerSide;
use self::lane::ClassicLane;
use self::outbox::{Outbox, Side, Which, Written};
use self::roster::Roster;
use self::session::{Phase, ServerKind};
use super::sink::Sink;
use super::{Machine, Now, Output, Room};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::{Nickname, RequestId};

type ClientSink = Sink<Infallible, Event>;

/// One person's client.
pub struct Client {
    rng: fastrand::Rng,
    sink: ClientSink,
    me: Option<Nickname>,
    server: Option<SocketAddr>,
    phase: Phase,
    /// Rounds of silence since the server last answered.
    rounds: usize,
    closing: bool,
    last_request: u64,
    roster: Roster,
    inbox: Inbox,
    outbox: Outbox,
    lane: ClassicLane,
}

impl Client {
    /// A client that is signed out. Chance (stream names, the spread of pauses) comes from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        Self {
            // Not from zero: a program that starts again on its old port asks something new.
            last_request: rng.u64(..NUMBER_END / 2),
            rng,
            sink: Sink::new(),
            me: None,
            server: None,
            phase: Phase::Out,
            rounds: 0,
            closing: false,
            roster: Roster::default(),
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            lane: ClassicLane::default(),
        }
    }

    fn next_request(&mut self) -> RequestId {
        self.last_request += 1;
        RequestId(self.last_request)
    }

    fn submit(&mut self, now: Now, written: Written) {
        let to = written.to.clone();
        self.outbox
            .submit(written, &self.roster, &mut self.rng, &mut self.sink);
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
    /// A client writes nothing down: what is under way ends with the program.
    type Record = Infallible;
    type Event = Event;

    fn handle_command(&mut self, now: Now, command: Command) {
        match command {
            Command::Register { nickname, server } => self.register(now, nickname, server),
            Command::Deregister => self.deregister(now),
            Command::Send { line, to, text } => {
                self.submit(
                    now,
                    Written {
                        line,
                        to,
                        text,
                        written_ms: now.unix_ms,
                    },
                );
            }
            Command::Retry { line } => {
                if let Some(written) = self.outbox.take_failed(line) {
                    self.submit(now, written);
                }
            }
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
        self.drive(now, Which::Due);
    }

    fn handle_wake(&mut self, _now: Now) {}

    fn handle_room(&mut self, _now: Now, _room: Room) {}

    fn poll_output(&mut self) -> Option<Output<Infallible, Event>> {
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
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
