//! The network of a simulated world: it loses, repeats, delays and reorders. Every decision is a hash
//! of the seed and the datagram's number, so that the same seed gives the same run. No test lives here.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What the network does to a packet.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// Share of packets lost, and sent twice, in percent.
    pub loss: u64,
    pub doubles: u64,
    /// Shortest and longest way, in milliseconds. Packets overtake each other.
    pub delay_ms: (u64, u64),
}

pub const PERFECT: Network = Network {
    loss: 0,
    doubles: 0,
    delay_ms: (1, 1),
};
pub const ROUGH: Network = Network {
    loss: 30,
    doubles: 10,
    delay_ms: (1, 80),
};

pub struct Wire {
    seed: u64,
    pub network: Network,
    /// No packet passes between these two.
    pub walls: Vec<(IpAddr, IpAddr)>,
    pub datagrams: u64,
    pub largest: usize,
    /// A running hash of all that was sent.
    pub trace: u64,
}

impl Wire {
    pub fn new(seed: u64, network: Network) -> Self {
        Self {
            seed,
            network,
            walls: Vec::new(),
            datagrams: 0,
            largest: 0,
            trace: seed,
        }
    }

    /// How long each copy of a datagram is on its way; none: it is lost.
    pub fn carry(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Duration> {
        self.datagrams += 1;
        self.largest = self.largest.max(bytes.len());
        let chance = mix(self.seed, self.datagrams);
        self.trace = mix(self.trace, hash(bytes));
        let between = (from.ip(), to.ip());
        let is_wall = |(one, other): &(IpAddr, IpAddr)| {
            between == (*one, *other) || between == (*other, *one)
        };
        if self.walls.iter().any(is_wall) || chance % 100 < self.network.loss {
            return Vec::new();
        }
        let copies = 1 + u64::from((chance >> 8) % 100 < self.network.doubles);
        let (shortest, longest) = self.network.delay_ms;
        let delay_ms = |copy| shortest + mix(chance, copy) % (longest - shortest + 1);
        let delay = |copy| Duration::from_millis(delay_ms(copy));
        (0..copies).map(delay).collect()
    }
}

/// SplitMix64's finisher over both numbers.
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(b.wrapping_mul(0xd1b5_4a32_d192_ed03));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |hash, byte| mix(hash, u64::from(*byte)))
}
