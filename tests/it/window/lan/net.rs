//! All of the network but the windows: the clock, the datagrams on their way, and the clients and servers,
//! which are turned when they are due.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super_chatter::app::{Notify, Now};
use super_chatter::driver::client::{self, Client};
use super_chatter::driver::server::{self, Server};
use super_chatter::driver::starter::Starter;
use super_chatter::driver::stepped::{Start, Stepped};
use super_chatter::machine;

use super::super::screen::NOON;
use crate::wire::{Network, Wire, mix};

pub struct Net {
    pub seed: u64,
    /// Since the beginning.
    pub now: Duration,
    pub wire: Wire,
    on_the_way: BinaryHeap<Reverse<(Duration, u64, Packet)>>,
    sent: u64,
    parties: BTreeMap<SocketAddr, Box<dyn Stepped>>,
    started: u64,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Packet {
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
}

impl Net {
    pub fn new(seed: u64, network: Network) -> Self {
        Self {
            seed,
            now: Duration::ZERO,
            wire: Wire::new(seed, network),
            on_the_way: BinaryHeap::new(),
            sent: 0,
            parties: BTreeMap::new(),
            started: 0,
        }
    }

    /// As people read it.
    pub fn clock(&self) -> Now {
        Now {
            unix_ms: NOON.unix_ms + self.now.as_millis() as i64,
            zone: NOON.zone,
        }
    }

    fn machines_clock(&self) -> machine::Now {
        let Now { unix_ms, zone } = self.clock();
        machine::Now {
            mono: self.now,
            unix_ms,
            utc_offset_s: zone.offset_s(unix_ms),
        }
    }

    /// Starts a server at `own`.
    pub fn serve(
        &mut self,
        own: SocketAddr,
        store: PathBuf,
        mail: Option<PathBuf>,
        notify: Notify,
    ) -> Server {
        let started = server::start_stepped(self.start(own), store, mail, notify);
        let (server, stepped) = started.expect("a store in a folder of its own");
        self.parties.insert(own, stepped);
        server
    }

    pub fn has_ended(&self, place: SocketAddr) -> bool {
        self.parties[&place].has_ended()
    }

    fn start(&mut self, own: SocketAddr) -> Start {
        self.started += 1;
        Start {
            now: self.machines_clock(),
            own,
            seed: mix(self.seed, self.started),
        }
    }

    /// When something happens next; `None`: never.
    pub fn due(&self) -> Option<Duration> {
        let packet = self.on_the_way.peek().map(|Reverse((at, ..))| *at);
        let parties = self.parties.values().filter_map(|party| party.due());
        parties.chain(packet).min()
    }

    /// All that is due now.
    pub fn happen(&mut self) {
        let now = self.machines_clock();
        while let Some(Reverse((_, _, packet))) = self.next_packet() {
            let Some(party) = self.parties.get_mut(&packet.to) else {
                continue;
            };
            let sent = party.turn(now, Some((packet.from, &packet.bytes)));
            self.post(packet.to, sent);
        }
        let places: Vec<_> = self.parties.keys().copied().collect();
        for place in places {
            let party = self.parties.get_mut(&place).expect("it was just seen");
            let sent = party.turn(now, None);
            self.post(place, sent);
        }
    }

    fn next_packet(&mut self) -> Option<Reverse<(Duration, u64, Packet)>> {
        let Reverse((at, ..)) = self.on_the_way.peek()?;
        if *at > self.now {
            return None;
        }
        self.on_the_way.pop()
    }

    fn post(&mut self, from: SocketAddr, sent: Vec<machine::Transmit>) {
        for machine::Transmit { to, bytes } in sent {
            for delay in self.wire.carry(from, to, &bytes) {
                self.sent += 1;
                let bytes = bytes.to_vec();
                let packet = Packet { from, to, bytes };
                let arrival = (self.now + delay, self.sent, packet);
                self.on_the_way.push(Reverse(arrival));
            }
        }
    }
}

/// Starts a window's client and server on the network.
pub struct OnNet(pub Rc<RefCell<Net>>);

impl Starter for OnNet {
    fn client(&self, bind: IpAddr, port: u16, profile: PathBuf, notify: Notify) -> Client {
        let own = SocketAddr::new(bind, if port == 0 { 50_001 } else { port });
        let mut net = self.0.borrow_mut();
        let started = client::start_stepped(net.start(own), profile, notify);
        let (client, stepped) = started.expect("a profile in a folder of its own");
        net.parties.insert(own, stepped);
        client
    }

    fn server(
        &self,
        bind: IpAddr,
        port: u16,
        store: PathBuf,
        mail: Option<PathBuf>,
        notify: Notify,
    ) -> Server {
        let own = SocketAddr::new(bind, if port == 0 { 50_000 } else { port });
        self.0.borrow_mut().serve(own, store, mail, notify)
    }
}
