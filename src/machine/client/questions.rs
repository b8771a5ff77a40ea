//! Questions to the server, asked again until it answers or is silent.

use std::time::Duration;

use super::limits::*;
use super::session::{Phase, ServerKind};
use super::types::{Event, LostCause, Session};
use super::{Client, Now};
use crate::protocol::{Datagram, RequestId, Style};

/// A question that is repeated until it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub id: RequestId,
    /// Times asked, from 1.
    pub attempt: u32,
    /// When to ask again.
    pub next: Duration,
}

impl Client {
    pub(super) fn session_deadline(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Registering(question) | Phase::Leaving(question) => Some(question.next),
            Phase::Online {
                probe: Some(question),
                ..
            } => Some(question.next),
            Phase::Online {
                kind: ServerKind::Extended,
                heard,
                ..
            } => Some(*heard + SERVER_QUIET),
            Phase::Online { .. } | Phase::Out => None,
            Phase::Waiting { until } => Some(*until),
        }
    }

    pub(super) fn session_timeout(&mut self, now: Now) {
        if self.session_deadline().is_none_or(|at| at > now.mono) {
            return;
        }
        if let Phase::Waiting { .. } = self.phase {
            return self.begin_registering(now);
        }
        let again = self.question().and_then(|question| question.ask_again(now));
        if let (Phase::Registering(_), Some(Question { attempt, .. })) = (&self.phase, again) {
            let turn = (attempt as usize - 1) % self.servers.len().max(1);
            self.server = self.servers.get(turn).copied();
        }
        let (Some(me), Some(server)) = (self.me.clone(), self.server) else {
            return;
        };
        let token = self.token;
        match (&self.phase, again) {
            (Phase::Registering(_), Some(Question { id, attempt, .. })) => {
                self.sink
                    .tell(Event::Session(Session::Registering { attempt }));
                self.sink.send(
                    server,
                    &Datagram::Reg {
                        nickname: me.name(),
                        id: Some(id),
                        token,
                    },
                    Style::Classic,
                );
            }
            (Phase::Leaving(_), Some(Question { id, .. })) => {
                self.sink.send(
                    server,
                    &Datagram::Dereg {
                        nickname: me.name(),
                        id: Some(id),
                    },
                    Style::Classic,
                );
            }
            (Phase::Leaving(_), None) => {
                let retry_after = Duration::ZERO;
                self.sink.tell(Event::Session(Session::Waiting {
                    retry_after,
                    cause: LostCause::Silent,
                }));
                self.end(now, Session::SignedOut);
            }
            (Phase::Online { .. }, Some(Question { id, .. })) => {
                self.sink.send(
                    server,
                    &Datagram::Verification {
                        id: Some(id),
                        token,
                    },
                    Style::Compact,
                );
            }
            (Phase::Online { probe: None, .. }, None) => self.probe_server(now),
            (Phase::Registering(_) | Phase::Online { .. }, None) => {
                self.lose_server(now, LostCause::Silent)
            }
            (Phase::Waiting { .. } | Phase::Out, _) => {}
        }
    }

    /// The question to the server that is open.
    fn question(&mut self) -> Option<&mut Question> {
        match &mut self.phase {
            Phase::Registering(question) | Phase::Leaving(question) => Some(question),
            Phase::Online { probe, .. } => probe.as_mut(),
            Phase::Out | Phase::Waiting { .. } => None,
        }
    }

    fn probe_server(&mut self, now: Now) {
        let id = self.next_request();
        if let Phase::Online { probe, .. } = &mut self.phase {
            *probe = Some(Question {
                id,
                attempt: 0,
                next: now.mono,
            });
        }
        self.session_timeout(now);
    }
}

impl Question {
    /// Counts another try, unless all are used up.
    fn ask_again(&mut self, now: Now) -> Option<Self> {
        if self.attempt >= ATTEMPTS_MAX {
            return None;
        }
        self.attempt += 1;
        self.next = now.mono + ANSWER_WAIT;
        Some(*self)
    }
}
