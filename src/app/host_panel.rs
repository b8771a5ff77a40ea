//! What the server on this computer tells its host: people, what was counted, what happened; and what
//! the host can ask of it. How it is drawn lives in `ui`.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use super::language::Sentence;
use super::{Nickname, RoomName};
pub use crate::machine::server::{
    ANNOUNCEMENT_MAX, Announcement, Happening, PersonState, Sample, Totals, What,
};
use crate::machine::server::{Command, Event};

/// Happenings that are kept to be read; the oldest goes for one more. A busy evening of a full room.
pub const LOG_MAX: usize = 5_000;

/// How far back the plot goes, in seconds.
pub const PLOT_S: i64 = 120;

/// What the host asks of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostCommand {
    /// Whether to tell what there is to see.
    Watch(bool),
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
            HostCommand::Watch(on) => Self::Watch(on),
            HostCommand::Name(name) => Self::Name(name),
            HostCommand::Remove(nickname) => Self::Remove(nickname),
            HostCommand::Block(address) => Self::Block(address),
            HostCommand::Unblock(address) => Self::Unblock(address),
            HostCommand::Announce(announcement) => Self::Announce(announcement),
        }
    }
}

/// What was counted up to a second, since the one before that is kept.
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
    /// Happenings that ever stood in the log.
    logged: u64,
    /// Happenings that were not kept to be told.
    missed: u64,
    totals: Totals,
    seconds: VecDeque<Second>,
    announced: Option<Announced>,
    not_announced: Option<Sentence>,
    not_blocked: Option<(IpAddr, Sentence)>,
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
    pub fn log(&self) -> impl ExactSizeIterator<Item = &Happening> {
        self.log.iter()
    }

    /// The number of the first of them: each has one, counted from 0 on.
    pub fn first_logged(&self) -> u64 {
        self.logged - self.log.len() as u64
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

    /// Why the last announcement was not taken, until the next one is tried.
    pub fn not_announced(&self) -> Option<&Sentence> {
        self.not_announced.as_ref()
    }

    /// The address that was not blocked, and why, until the next is tried.
    pub fn not_blocked(&self) -> Option<&(IpAddr, Sentence)> {
        self.not_blocked.as_ref()
    }

    /// Grows with every change of the people.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The server is asked for something: what it said to the last of the kind holds no more.
    pub(super) fn on_asked(&mut self, command: &HostCommand) {
        match command {
            HostCommand::Announce(_) => self.not_announced = None,
            HostCommand::Block(_) | HostCommand::Unblock(_) => self.not_blocked = None,
            HostCommand::Watch(_) | HostCommand::Name(_) | HostCommand::Remove(_) => {}
        }
    }

    /// The server is too busy to hear it. False: there is no place here to say so.
    pub(super) fn on_unheard(&mut self, command: &HostCommand) -> bool {
        let busy = Sentence::new("notice-busy");
        match command {
            HostCommand::Announce(_) => self.not_announced = Some(busy),
            HostCommand::Block(ip) => self.not_blocked = Some((*ip, busy)),
            HostCommand::Watch(_)
            | HostCommand::Name(_)
            | HostCommand::Remove(_)
            | HostCommand::Unblock(_) => return false,
        }
        true
    }

    pub(super) fn on_event(&mut self, event: Event) {
        match event {
            Event::People(people) => {
                self.changes += 1;
                let by_name = people.into_iter();
                let by_name = by_name.map(|person| (person.nickname.clone(), person));
                self.people.extend(by_name);
            }
            Event::Totals(samples) => self.on_samples(&samples),
            Event::Happened { happened, missed } => {
                self.missed += missed;
                self.logged += happened.len() as u64;
                self.log.extend(happened);
                let over = self.log.len().saturating_sub(LOG_MAX);
                self.log.drain(..over);
            }
            Event::Blocked(blocked) => self.blocked = blocked,
            Event::NotBlocked(ip) => {
                let why = Sentence::new("host-not-blocked").with("address", ip);
                self.not_blocked = Some((ip, why));
            }
            Event::Announced {
                number,
                told,
                classic,
                confirmed,
            } => {
                self.announced = Some(Announced {
                    number,
                    told,
                    classic,
                    confirmed,
                });
            }
            Event::NotAnnounced => {
                self.not_announced = Some(Sentence::new("host-not-announced"));
            }
            Event::Counts { .. } | Event::Stopped => {}
        }
    }

    /// Each sample is compared with the one before it. Those that were told before are told again to
    /// whoever looks again.
    fn on_samples(&mut self, samples: &[Sample]) {
        let count = |totals: &Totals| totals.received + totals.sent;
        for pair in samples.windows(2) {
            let [before, now] = pair else { continue };
            if count(&now.totals) > count(&self.totals) {
                self.on_second(before, now);
            }
        }
        if let Some(last) = samples.last() {
            self.totals = last.totals;
        }
    }

    fn on_second(&mut self, before: &Sample, now: &Sample) {
        let at_s = now.at_ms.div_euclid(1_000);
        let (now, before) = (&now.totals, &before.totals);
        let since = |now: u64, before: u64| now.saturating_sub(before);
        let mut second = Second {
            at_s,
            received: since(now.received, before.received),
            sent: since(now.sent, before.sent),
            mail: since(now.stored, before.stored),
        };
        if let Some(same) = self.seconds.pop_back_if(|last| last.at_s == at_s) {
            second.received += same.received;
            second.sent += same.sent;
            second.mail += same.mail;
        }
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
        panel.on_event(totals(&[(5_000, 100), (6_000, 110)]));
        panel.on_event(totals(&[(6_000, 110), (9_500, 111)]));
        panel.on_event(totals(&[(9_500, 111), (9_900, 113)]));
        assert_eq!(seconds(&panel), [(6, 10), (9, 3)]);
        assert_eq!(panel.totals().received, 113);
    }

    #[test]
    fn whoever_looks_again_sees_each_second_once_and_no_peak_for_what_was_not_seen() {
        let mut panel = Panel::default();
        panel.on_event(totals(&[(5_000, 100), (6_000, 110)]));
        panel.on_event(totals(&[(5_000, 100), (6_000, 110), (7_000, 111)]));
        assert_eq!(seconds(&panel), [(6, 10), (7, 1)]);
        panel.on_event(totals(&[(100_000, 9_000), (101_000, 9_002)]));
        assert_eq!(seconds(&panel), [(6, 10), (7, 1), (101, 2)]);
    }

    #[test]
    fn the_plot_forgets_what_is_older_and_a_clock_that_was_set_back_begins_anew() {
        let mut panel = Panel::default();
        let told = |at_s: i64| (at_s * 1_000, at_s as u64);
        for at_s in 1..500 {
            panel.on_event(totals(&[told(at_s - 1), told(at_s)]));
        }
        assert_eq!(panel.seconds().count(), PLOT_S as usize + 1);
        panel.on_event(totals(&[told(499), (7_000, 500)]));
        assert_eq!(panel.seconds().count(), 1);
    }

    #[test]
    fn what_a_busy_server_did_not_hear_is_said_at_its_own_place_until_it_is_tried_again() {
        let text = Announcement::parse("Dinner!").expect("a text");
        let (announce, block) = (
            HostCommand::Announce(text),
            HostCommand::Block([10, 9, 8, 7].into()),
        );
        let mut panel = Panel::default();
        assert!(panel.on_unheard(&announce));
        assert!(panel.not_announced().is_some() && panel.not_blocked().is_none());
        assert!(panel.on_unheard(&block));
        panel.on_asked(&announce);
        assert!(panel.not_announced().is_none());
        let why = panel.not_blocked().map(|(ip, _)| *ip);
        assert_eq!(why, Some([10, 9, 8, 7].into()));
        panel.on_asked(&block);
        assert!(panel.not_blocked().is_none());
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
        assert_eq!(panel.first_logged(), 10);
    }

    fn seconds(panel: &Panel) -> Vec<(i64, u64)> {
        panel.seconds().map(|s| (s.at_s, s.received)).collect()
    }

    /// What had been received at which times.
    fn totals(samples: &[(i64, u64)]) -> Event {
        let sample = |&(at_ms, received): &(i64, u64)| {
            let totals = Totals {
                received,
                ..Totals::default()
            };
            Sample { at_ms, totals }
        };
        Event::Totals(samples.iter().map(sample).collect())
    }
}
