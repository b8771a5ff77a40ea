//! What becomes of a datagram: lost, doubled, late. Each decision is a hash of the seed, the sender
//! and the sender's count of datagrams.

use std::time::Duration;

use super_chatter::machine::Transmit;

use super::chance::{hash, mix};
use super::plan::{CLASSIC, SERVER, Who};
use super::world::{Happening, World};

/// How much longer the way of an outlier is.
const OUTLIER: u64 = 20;

/// Whether a datagram is an ack of either kind, as both programs write it.
pub fn is_ack(bytes: &[u8]) -> bool {
    bytes.starts_with(br#"{"Type":"ack""#) || bytes.starts_with(br#"{"Type": "ack""#)
}

impl World<'_> {
    /// Hands a datagram to the network.
    pub fn pass(&mut self, from: Who, transmit: Transmit) {
        self.datagrams += 1;
        let count = match from {
            SERVER => &mut self.room.server.packets,
            CLASSIC => &mut self.classic_packets,
            _ => &mut self.room.person_mut(from).node.packets,
        };
        *count += 1;
        let chance = mix(mix(self.plan.seed, 0x0e7 + from.0 as u64), *count);
        self.trace = mix(self.trace ^ self.now.as_micros() as u64, hash(&transmit.bytes));
        let edits = self.edits.iter().filter(|edit| (edit.from, edit.packet) == (from, *count));
        let edit = edits.map(|edit| edit.fate).next();
        let Some(to) = self.room.at(transmit.to) else {
            return;
        };
        if self.is_walled(from, to) || edit == Some(Fate::Lost) {
            return;
        }
        if chance % 100 < self.network.loss {
            return;
        }
        let twice = (chance >> 8) % 100 < self.network.doubles;
        for copy in 0..1 + u64::from(twice || edit == Some(Fate::Doubled)) {
            let chance = mix(chance, copy);
            let mut delay_ms = 1 + (chance >> 8) % self.network.delay_ms.max(1);
            if chance % 100 < self.network.outliers {
                delay_ms *= OUTLIER;
            }
            if copy == 1 && edit == Some(Fate::Doubled) {
                delay_ms += 10_000;
            }
            let arrival = Happening::Arrival {
                from: self.room.address(from),
                to: transmit.to,
                bytes: transmit.bytes.clone(),
            };
            self.schedule(self.now + Duration::from_millis(delay_ms), arrival);
        }
    }

    fn is_walled(&self, from: Who, to: Who) -> bool {
        let between = |one: Who, other: Who| (one, other) == (from, to) || (other, one) == (from, to);
        let cut = self.plan.cut.iter().any(|(one, other)| between(*one, *other));
        let walled = |(one, other, until): &(Who, Who, Duration)| {
            *until > self.now && between(*one, *other)
        };
        cut || self.walls.iter().any(walled)
    }
}

/// What is to become of one datagram, whatever chance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Lost,
    /// The second copy comes 10 s later.
    Doubled,
}

/// Names a datagram by its sender and the sender's count, from 1.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    pub from: Who,
    pub packet: u64,
    pub fate: Fate,
}
