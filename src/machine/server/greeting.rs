//! A server that starts goes to those whom its predecessor knew: a table page of a run that is new to
//! them makes them register again, long before they would miss the old one. What they answer with is
//! the subject of `registration`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::limits::{GREETED_AT_ONCE, GREETED_MAX, GREETING_TICK, GREETINGS_S};
use super::types::Person;
use super::{Now, Server};
use crate::protocol::{Datagram, Style, Table, TablePage, Version};

/// Who is still to be greeted.
#[derive(Default)]
pub(super) struct Greeting {
    /// The addresses of extended clients; classic ones would not understand it.
    known: Vec<SocketAddr>,
    /// Those of this round.
    queue: VecDeque<SocketAddr>,
    rounds: usize,
    next: Option<Duration>,
}

impl Greeting {
    /// The people who were here last, at most [`GREETED_MAX`].
    pub fn new(people: &[Person]) -> Self {
        let mut known: Vec<_> = people.iter().filter(|person| person.extended).collect();
        known.sort_by_key(|person| std::cmp::Reverse(person.seen_ms));
        let known: Vec<_> = known.iter().take(GREETED_MAX).map(|p| p.address).collect();
        Self {
            next: (!known.is_empty()).then_some(Duration::ZERO),
            known,
            ..Self::default()
        }
    }

    pub fn due(&self) -> Option<Duration> {
        self.next
    }
}

impl Server {
    /// Greets the next few, in rounds, since a greeting can be lost; whoever is back needs none, and
    /// whoever has been shut out by then gets none.
    pub(super) fn greet_if_due(&mut self, now: Now) {
        if self.greeting.next.is_none_or(|next| next > now.mono) {
            return;
        }
        if self.greeting.queue.is_empty() {
            self.greeting.rounds += 1;
            self.greeting.queue.extend(&self.greeting.known);
        }
        let page = Datagram::Table(Table::Page(TablePage {
            instance: self.instance,
            from: Version(0),
            to: Version(0),
            room: None,
            entries: Vec::new(),
        }));
        for _ in 0..GREETED_AT_ONCE {
            let Some(address) = self.greeting.queue.pop_front() else {
                break;
            };
            if !self.addresses.contains_key(&address) && !self.door.is_shut(address) {
                self.sink.send(address, &page, Style::Compact);
            }
        }
        self.greeting.next = match self.greeting.queue.is_empty() {
            false => Some(now.mono + GREETING_TICK),
            true => GREETINGS_S
                .get(self.greeting.rounds)
                .map(|after_s| now.mono + Duration::from_secs(*after_s)),
        };
    }
}
