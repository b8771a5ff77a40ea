//! Signing in, staying signed in, signing out.

use std::net::SocketAddr;
use std::time::Duration;

use super::limits::*;
use super::outbox::Which;
use super::questions::Question;
use super::roster::Entry;
use super::types::{Event, LostCause, Session};
use super::{Client, Now};
use crate::machine::canonical;
use crate::protocol::{Answer, Epoch, Instance, Nickname, RequestId, RoomName};

/// What the server turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerKind {
    Classic,
    Extended,
}

#[derive(Debug)]
pub(super) enum Phase {
    Out,
    Registering(Question),
    Online {
        kind: ServerKind,
        since: Duration,
        /// Whether a table has come.
        listed: bool,
        /// When the server was last heard.
        heard: Duration,
        /// Whether it is there.
        probe: Option<Question>,
    },
    Waiting {
        until: Duration,
    },
    Leaving(Question),
}

/// After an answer a server that seems to have forgotten the client is not asked before this time.
const WELCOME_HOLDS: Duration = Duration::from_secs(2);

impl Client {
    pub(super) fn register(&mut self, now: Now, nickname: Nickname, servers: Vec<SocketAddr>) {
        let servers: Vec<_> = servers
            .into_iter()
            .map(canonical)
            .take(SERVERS_MAX)
            .collect();
        if self.me.as_ref() != Some(&nickname) || self.servers != servers {
            self.token = None;
        }
        self.me = Some(nickname);
        self.server = servers.first().copied();
        self.servers = servers;
        self.rounds = 0;
        self.begin_registering(now);
    }

    pub(super) fn begin_registering(&mut self, now: Now) {
        if self.servers.is_empty() {
            // Nobody to ask: as good as one who does not answer.
            return self.lose_server(now, LostCause::Silent);
        }
        self.lane.clear();
        let id = self.next_request();
        self.phase = Phase::Registering(Question {
            id,
            attempt: 0,
            next: now.mono,
        });
        self.session_timeout(now);
    }

    /// The server has forgotten the client, or never heard its sign-in: sign in again, soon.
    pub(super) fn register_again(&mut self, now: Now) {
        let Phase::Online { since, .. } = self.phase else {
            return;
        };
        if now.mono < since + WELCOME_HOLDS {
            self.lane.clear();
            self.phase = Phase::Waiting {
                until: since + WELCOME_HOLDS,
            };
        } else {
            self.begin_registering(now);
        }
    }

    pub(super) fn reconnect(&mut self, now: Now) {
        if let Phase::Waiting { .. } = self.phase {
            self.begin_registering(now);
        }
    }

    pub(super) fn deregister(&mut self, now: Now) {
        match self.phase {
            Phase::Online { .. } | Phase::Registering(_) => {
                let id = self.next_request();
                self.phase = Phase::Leaving(Question {
                    id,
                    attempt: 0,
                    next: now.mono,
                });
                self.park(now);
                self.session_timeout(now);
            }
            Phase::Waiting { .. } => {
                self.end(now, Session::SignedOut);
            }
            Phase::Out => self.end(now, Session::SignedOut),
            Phase::Leaving(_) => {}
        }
    }

    pub(super) fn close(&mut self, now: Now) {
        self.closing = true;
        self.deregister(now);
    }

    fn park(&mut self, now: Now) {
        self.lane.clear();
        for outbound in self.outbox.peers.values_mut() {
            outbound.park(now, &mut self.sink);
        }
    }

    /// Whether `from` is the server, or, as long as none has answered, one of its addresses.
    pub(super) fn is_server(&self, from: SocketAddr) -> bool {
        match self.phase {
            Phase::Registering(_) => self.servers.contains(&from),
            Phase::Out | Phase::Online { .. } | Phase::Waiting { .. } | Phase::Leaving(_) => {
                self.server == Some(from)
            }
        }
    }

    /// Whether the server tells by itself what became of the mail that it keeps.
    pub(super) fn server_tells(&self) -> bool {
        match self.phase {
            Phase::Online { kind, .. } => kind == ServerKind::Extended,
            Phase::Out | Phase::Registering(_) | Phase::Waiting { .. } | Phase::Leaving(_) => false,
        }
    }

    /// The computer slept, or the socket is another: the server is told where the client is now, and
    /// whatever waited is tried again.
    pub(super) fn wake(&mut self, now: Now) {
        match self.phase {
            Phase::Online { .. } | Phase::Waiting { .. } => {
                self.rounds = 0;
                self.begin_registering(now);
                self.wake_all(now);
            }
            Phase::Out | Phase::Registering(_) | Phase::Leaving(_) => {}
        }
    }

    /// Signed out, for the reason given.
    pub(super) fn end(&mut self, now: Now, session: Session) {
        self.phase = Phase::Out;
        self.park(now);
        self.sink.tell(Event::Session(session));
        if self.closing {
            self.sink.tell(Event::Closed);
        }
    }

    /// The server's store is named: another one than before does not have what that had stored.
    fn meet_store(&mut self, epoch: Epoch) {
        if self
            .epoch
            .replace(epoch)
            .is_some_and(|before| before != epoch)
        {
            self.outbox.offer_again();
        }
    }

    pub(super) fn go_online(&mut self, now: Now, kind: ServerKind, instance: Option<Instance>) {
        self.phase = Phase::Online {
            kind,
            since: now.mono,
            listed: false,
            heard: now.mono,
            probe: None,
        };
        self.rounds = 0;
        self.sink.tell(Event::Session(Session::Online));
        let mut room = RoomName::default();
        if let Some(instance) = instance {
            let gone = self.roster.begin(instance);
            room = self.roster.room().clone();
            if !gone.is_empty() {
                self.sink.tell(Event::Contacts(gone));
            }
        }
        self.sink.tell(Event::Room(room));
        self.reading.wake_all();
        self.tell_seen(now);
        // Who is known is written to at once; the others may be in the table, which follows.
        let listed = |peer: &&Nickname| self.roster.entry(peer).is_some();
        let known: Vec<_> = self.outbox.peers.keys().filter(listed).cloned().collect();
        known.iter().for_each(|peer| self.wake_one(now, peer));
    }

    /// The first table has come: who is not in it is away.
    pub(super) fn on_listed(&mut self, now: Now) {
        if let Phase::Online { listed, .. } = &mut self.phase
            && !std::mem::replace(listed, true)
        {
            self.wake_all(now);
        }
    }

    /// Whatever waited is tried again.
    fn wake_all(&mut self, now: Now) {
        let peers: Vec<_> = self.outbox.peers.keys().cloned().collect();
        peers.iter().for_each(|peer| self.wake_one(now, peer));
    }

    /// What waited for somebody is tried again.
    fn wake_one(&mut self, now: Now, peer: &Nickname) {
        let told = self.server_tells();
        let entry = self.roster.entry(peer).copied().unwrap_or(Entry::GONE);
        if let Some(outbound) = self.outbox.peers.get_mut(peer) {
            outbound.wake(now.mono, &entry, told);
        }
        self.drive(now, Which::One(peer));
    }

    /// The server is gone for now; the client tries again by itself, with growing pauses.
    pub(super) fn lose_server(&mut self, now: Now, cause: LostCause) {
        let retry_after = pause(self.rounds, &mut self.rng);
        self.rounds += 1;
        self.phase = Phase::Waiting {
            until: now.mono + retry_after,
        };
        self.lane.clear();
        self.sink
            .tell(Event::Session(Session::Waiting { retry_after, cause }));
        self.drive(now, Which::All);
    }

    /// Anything from the server shows that it is there.
    pub(super) fn hear_server(&mut self, now: Now) {
        if let Phase::Online { heard, probe, .. } = &mut self.phase {
            *heard = now.mono;
            *probe = None;
        }
    }

    /// An extended server's answer to a request by number.
    pub(super) fn on_answer(
        &mut self,
        now: Now,
        from: SocketAddr,
        (id, answer): (RequestId, Answer),
    ) {
        match (&self.phase, answer) {
            (
                Phase::Registering(question),
                Answer::Welcome {
                    instance,
                    epoch,
                    token,
                },
            ) if question.id == id => {
                self.server = Some(from);
                self.token = Some(token);
                self.meet_store(epoch);
                self.go_online(now, ServerKind::Extended, Some(instance));
            }
            (Phase::Registering(question), Answer::Taken) if question.id == id => {
                self.end(now, Session::NameTaken);
            }
            (Phase::Registering(question), Answer::Refused) if question.id == id => {
                self.end(now, Session::Refused);
            }
            (Phase::Leaving(question), Answer::Done) if question.id == id => {
                self.end(now, Session::SignedOut)
            }
            (
                Phase::Out
                | Phase::Registering(_)
                | Phase::Online { .. }
                | Phase::Waiting { .. }
                | Phase::Leaving(_),
                _,
            ) => {}
        }
    }

    /// A classic server has read a request. Its word follows; only then is it asked again.
    pub(super) fn on_classic_ack(&mut self, now: Now) {
        match &mut self.phase {
            Phase::Registering(question) | Phase::Leaving(question) => {
                question.next = question.next.max(now.mono + CLASSIC_OUTCOME_WAIT);
            }
            Phase::Online {
                kind: ServerKind::Classic,
                ..
            } => self.lane.on_ack(now.mono),
            Phase::Online { .. } | Phase::Out | Phase::Waiting { .. } => {}
        }
    }
}
