//! What the server on this computer tells its host: people, what was counted, what happened; and what
//! the host can ask of it. How it is drawn lives in `ui`.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use super::language::Sentence;
use super::{Nickname, RoomName};
pub use crate::machine::server::{
    ANNOUNCEMENT_MAX, Announcement, Happening, PersonState, Totals, What,
};
use crate::machine::server::{Command, Event};

/// Happenings that are kept to be read; the oldest goes for one more. A busy evening of a full room.
pub const LOG_MAX: usize = 5_000;

/// How far back the plot goes, in seconds.
pub const PLOT_S: i64 = 120;

/// What the host asks of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostCommand {
    /// Tell what there is to see.
    Watch,
    /// What the room is called from now on.
    Name(RoomName),
    Remove(Nickname),
    Block(IpAddr),
    Unblock(IpAddr),
    Announce(Announcement),
}

impl From<HostCommand> for Command {
    fn from(command: HostCommand) -> Self {
        match command {
            HostCommand::Watch => Self::Watch(true),
            HostCommand::Name(name) => Self::Name(name),
            HostCommand::Remove(nickname) => Self::Remove(nickname),
            HostCommand::Block(address) => Self::Block(address),
            HostCommand::Unblock(address) => Self::Unblock(address),
            HostCommand::Announce(announcement) => Self::Announce(announcement),
        }
    }
}

/// What happened in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Its Unix time.
    pub at_s: i64,
    pub received: u64,
    pub sent: u64,
    pub mail: u64,
}

/// How far the last announcement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    pub number: u64,
    pub told: usize,
    pub classic: usize,
    pub confirmed: usize,
}

/// What the server has told since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Panel {
    people: BTreeMap<Nickname, PersonState>,
    blocked: Vec<IpAddr>,
    log: VecDeque<Happening>,
    /// Happenings that were not told one by one.
    missed: u64,
    totals: Totals,
    seconds: VecDeque<Second>,
    announced: Option<Announced>,
    refused: Option<Sentence>,
    since_ms: Option<i64>,
    changes: u64,
}

impl Panel {
    /// Everybody whom the server knows, by name.
    pub fn people(&self) -> impl ExactSizeIterator<Item = &PersonState> {
        self.people.values()
    }

    pub fn person(&self, nickname: &Nickname) -> Option<&PersonState> {
        self.people.get(nickname)
    }

    /// The addresses that are shut out.
    pub fn blocked(&self) -> &[IpAddr] {
        &self.blocked
    }

    /// What happened, the oldest first.
    pub fn log(&self) -> impl DoubleEndedIterator<Item = &Happening> {
        self.log.iter()
    }

    pub fn missed(&self) -> u64 {
        self.missed
    }

    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The seconds in which something was counted, the oldest first.
    pub fn seconds(&self) -> impl DoubleEndedIterator<Item = &Second> {
        self.seconds.iter()
    }

    pub fn announced(&self) -> Option<Announced> {
        self.announced
    }

    /// Why the last wish was not fulfilled.
    pub fn refused(&self) -> Option<&Sentence> {
        self.refused.as_ref()
    }

    /// Since when the server runs, in Unix milliseconds; `None`: it has told nothing yet.
    pub fn since_ms(&self) -> Option<i64> {
        self.since_ms
    }

    /// Grows with every change of the people and of the log.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn on_event(&mut self, event: Event) {
        match event {
            Event::People(people) => {
                self.changes += 1;
                let by_name = people.into_iter();
                let by_name = by_name.map(|person| (person.nickname.clone(), person));
                self.people.extend(by_name);
            }
            Event::Totals { at_ms, totals } => self.on_totals(at_ms, totals),
            Event::Happened { happened, missed } => {
                self.changes += 1;
                self.missed += missed;
                self.log.extend(happened);
                let over = self.log.len().saturating_sub(LOG_MAX);
                self.log.drain(..over);
            }
            Event::Blocked(blocked) => {
                self.refused = None;
                self.blocked = blocked;
            }
            Event::NotBlocked(ip) => {
                self.refused = Some(Sentence::new("host-not-blocked").with("address", ip));
            }
            Event::Announced {
                number,
                told,
                classic,
                confirmed,
            } => {
                self.refused = None;
                self.announced = Some(Announced {
                    number,
                    told,
                    classic,
                    confirmed,
                });
            }
            Event::NotAnnounced => self.refused = Some(Sentence::new("host-not-announced")),
            Event::Counts { .. } | Event::Stopped => {}
        }
    }

    /// The first word of a server is what others are compared with.
    fn on_totals(&mut self, at_ms: i64, totals: Totals) {
        let before = std::mem::replace(&mut self.totals, totals);
        if self.since_ms.is_none() {
            self.since_ms = Some(at_ms);
            return;
        }
        let at_s = at_ms.div_euclid(1_000);
        let since = |now: u64, before: u64| now.saturating_sub(before);
        let second = Second {
            at_s,
            received: since(totals.received, before.received),
            sent: since(totals.sent, before.sent),
            mail: since(totals.stored, before.stored),
        };
        self.seconds.push_back(second);
        // A clock that was set back begins anew.
        self.seconds
            .retain(|second| (at_s - PLOT_S..=at_s).contains(&second.at_s));
    }
}

/// What a happening is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    People,
    Mail,
    Host,
}

/// What a happening is about.
pub fn kind(what: &What) -> Kind {
    match what {
        What::Joined { .. }
        | What::Moved { .. }
        | What::SignedOut(_)
        | What::Lost(_)
        | What::Replaced(_)
        | What::NameRefused { .. }
        | What::TurnedAway { .. } => Kind::People,
        What::Stored { .. }
        | What::HandedOver { .. }
        | What::Expired { .. }
        | What::MailboxFull { .. } => Kind::Mail,
        What::Removed(_) | What::Blocked(_) | What::Unblocked(_) | What::Announced { .. } => {
            Kind::Host
        }
    }
}

/// A happening in words.
pub fn sentence(what: &What) -> Sentence {
    let mail = |sentence: Sentence, sender: &Nickname, recipient: &Nickname, parts: &u32| {
        let sentence = sentence.with("sender", sender).with("recipient", recipient);
        sentence.count("parts", u64::from(*parts))
    };
    let from = |sentence: Sentence, name: &Nickname, address: &std::net::SocketAddr| {
        sentence.with("name", name).with("address", address)
    };
    match what {
        What::Joined { nickname, address } => {
            from(Sentence::new("host-log-joined"), nickname, address)
        }
        What::Moved { nickname, address } => {
            from(Sentence::new("host-log-moved"), nickname, address)
        }
        What::NameRefused { nickname, address } => {
            from(Sentence::new("host-log-name-refused"), nickname, address)
        }
        What::TurnedAway { nickname, address } => {
            from(Sentence::new("host-log-turned-away"), nickname, address)
        }
        What::SignedOut(name) => Sentence::new("host-log-signed-out").with("name", name),
        What::Lost(name) => Sentence::new("host-log-lost").with("name", name),
        What::Replaced(name) => Sentence::new("host-log-replaced").with("name", name),
        What::Removed(name) => Sentence::new("host-log-removed").with("name", name),
        What::Blocked(ip) => Sentence::new("host-log-blocked").with("address", ip),
        What::Unblocked(ip) => Sentence::new("host-log-unblocked").with("address", ip),
        What::Stored {
            sender,
            recipient,
            parts,
        } => mail(Sentence::new("host-log-stored"), sender, recipient, parts),
        What::HandedOver {
            sender,
            recipient,
            parts,
        } => mail(
            Sentence::new("host-log-handed-over"),
            sender,
            recipient,
            parts,
        ),
        What::Expired {
            sender,
            recipient,
            parts,
        } => mail(Sentence::new("host-log-expired"), sender, recipient, parts),
        What::MailboxFull { sender, recipient } => Sentence::new("host-log-full")
            .with("sender", sender)
            .with("recipient", recipient),
        What::Announced { people } => Sentence::new("host-log-announced").count("people", *people),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_what_was_counted_since_the_last_word() {
        let mut panel = Panel::default();
        for (at_ms, received) in [(5_000, 100), (6_000, 110), (9_500, 111)] {
            panel.on_event(totals(at_ms, received));
        }
        let seconds: Vec<_> = panel.seconds().map(|s| (s.at_s, s.received)).collect();
        assert_eq!(seconds, [(6, 10), (9, 1)], "the first word is no second");
        assert_eq!(panel.since_ms(), Some(5_000));
    }

    #[test]
    fn the_plot_forgets_what_is_older_and_a_clock_that_was_set_back_begins_anew() {
        let mut panel = Panel::default();
        for at_s in 0..500 {
            panel.on_event(totals(at_s * 1_000, 1));
        }
        assert_eq!(panel.seconds().count(), PLOT_S as usize + 1);
        panel.on_event(totals(7_000, 1));
        assert_eq!(panel.seconds().count(), 1);
    }

    #[test]
    fn the_log_keeps_the_newest() {
        let mut panel = Panel::default();
        for at_ms in 0..LOG_MAX as i64 + 10 {
            let what = What::Announced { people: 1 };
            let happened = vec![Happening { at_ms, what }];
            panel.on_event(Event::Happened {
                happened,
                missed: 0,
            });
        }
        assert_eq!(panel.log().count(), LOG_MAX);
        assert_eq!(panel.log().next().map(|first| first.at_ms), Some(10));
    }

    fn totals(at_ms: i64, received: u64) -> Event {
        let totals = Totals {
            received,
            ..Totals::default()
        };
        Event::Totals { at_ms, totals }
    }
}
