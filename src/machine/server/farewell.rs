//! The server's end: everybody hears that it stops, and then it does.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::FAREWELL;
use super::types::Event;
use super::{Now, Server};
use crate::protocol::{Datagram, RequestId, Style, texts};

/// Who has not confirmed the good-bye yet.
pub(super) struct Farewell {
    pub until: Duration,
    pub again: Duration,
    missing: BTreeSet<SocketAddr>,
}

impl Server {
    pub(super) fn stop(&mut self, now: Now) {
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
    pub(super) fn say_farewell(&mut self, now: Now) {
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

    pub(super) fn on_farewell_ack(&mut self, now: Now, from: SocketAddr) {
        if let Some(farewell) = &mut self.farewell
            && farewell.missing.remove(&from)
            && farewell.missing.is_empty()
        {
            self.say_farewell(now);
        }
    }
}
