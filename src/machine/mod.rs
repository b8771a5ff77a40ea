//! *Decides*: the client and the server as machines without input or output of their own. A driver
//! (the UDP loop, or a simulation) puts commands, datagrams and the passing of time in, and carries
//! out what comes out of one first-in-first-out queue. Time is an argument, chance is a seed: the
//! same inputs give the same outputs.
//!
//! What does not live here: sockets, files, threads, channels, clocks, JSON.

pub mod client;
mod rtt;
pub mod server;
mod sink;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The time that a driver passes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since the driver started, never going back: all that is decided is decided by it.
    pub mono: Duration,
    /// The wall clock in Unix milliseconds: for people to read, decides nothing.
    pub unix_ms: i64,
    /// Local time less UTC, in seconds: for people to read.
    pub utc_offset_s: i32,
}

/// The one form in which the machines know an address: one of IPv4 that is written as IPv6 is one of
/// IPv4. Any other stays whole, since one of a single link needs its scope.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => (ip, address.port()).into(),
        IpAddr::V6(_) => address,
    }
}

/// A datagram to send. Shared, since a table page goes to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    pub to: SocketAddr,
    pub bytes: Arc<[u8]>,
}

/// What a machine has decided, in the order of deciding. A driver keeps that order: what stands
/// behind a record waits until the record is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output<R, E> {
    Persist(R),
    Transmit(Transmit),
    Event(E),
}

/// How much room there is to keep things in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Plenty,
    /// The disk is full but for a reserve: what is kept can be confirmed and removed, nothing is added.
    Scarce,
}

/// A machine, as its two drivers see it.
pub trait Machine {
    type Command;
    type Record;
    type Event;

    fn handle_command(&mut self, now: Now, command: Self::Command);
    /// Bytes that are no datagram, or not one for this machine, are dropped without an answer.
    fn handle_datagram(&mut self, now: Now, from: SocketAddr, bytes: &[u8]);
    fn handle_timeout(&mut self, now: Now);
    /// The computer slept, or the socket is another since: who was heard before may be elsewhere.
    fn handle_wake(&mut self, now: Now);
    /// The store's room has changed. At first there is plenty.
    fn handle_room(&mut self, now: Now, room: Room);
    fn poll_output(&mut self) -> Option<Output<Self::Record, Self::Event>>;
    /// When [`Machine::handle_timeout`] is due, on the scale of [`Now::mono`]; `None`: never.
    fn poll_timeout(&self) -> Option<Duration>;
}
