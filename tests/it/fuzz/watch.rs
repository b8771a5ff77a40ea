//! A machine under watch: what must be true of it whatever comes in is checked at every step.

use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::{Machine, Now, Output, Room, Transmit};
use super_chatter::protocol::limits::{CLASSIC_DATAGRAM_MAX, DATAGRAM_MAX};
use super_chatter::protocol::{Ack, Answer, Datagram, decode};

/// Most outputs of one step: a datagram wakes all that is under way to everybody it tells of, with up
/// to a window of parts each.
const OUTPUTS_MAX: usize = 2_000;

/// Most turns until no deadline lies in the past: what a deadline begins may be due at once.
const TURNS_MAX: usize = 64;

pub type Outputs<M> = Vec<Output<<M as Machine>::Record, <M as Machine>::Event>>;

pub struct Watch<M: Machine> {
    pub machine: M,
    mono: Duration,
}

impl<M: Machine> Watch<M> {
    pub fn new(machine: M) -> Self {
        let mut watch = Self {
            machine,
            mono: Duration::ZERO,
        };
        // What it tells when it begins.
        watch.step(|_, _| ());
        watch
    }

    pub fn ask(&mut self, command: M::Command) -> Outputs<M> {
        self.step(|machine, now| machine.handle_command(now, command))
    }

    /// Puts one datagram in. No ack and no garbage is answered, and garbage changes nothing.
    pub fn feed(&mut self, from: SocketAddr, bytes: &[u8]) -> Outputs<M> {
        let due = self.machine.poll_timeout();
        let outputs = self.step(|machine, now| machine.handle_datagram(now, from, bytes));
        match decode(bytes) {
            Err(_) => {
                assert!(outputs.is_empty(), "garbage was answered");
                assert_eq!(self.machine.poll_timeout(), due, "garbage moved a deadline");
            }
            Ok(Datagram::Ack(_)) => {
                // Somebody else may have waited for it.
                let to_sender = transmits(&outputs).filter(|sent| sent.to == from);
                let acks = to_sender.filter(|sent| is_answer(&sent.bytes));
                assert_eq!(acks.count(), 0, "an ack was acked");
            }
            Ok(_) => {}
        }
        outputs
    }

    pub fn wake(&mut self) -> Outputs<M> {
        self.step(M::handle_wake)
    }

    pub fn room(&mut self, room: Room) -> Outputs<M> {
        self.step(|machine, now| machine.handle_room(now, room))
    }

    /// Turns the clock on, and serves what is due by then.
    pub fn pass(&mut self, ms: u64) -> Outputs<M> {
        self.mono += Duration::from_millis(ms);
        let mut outputs = self.step(M::handle_timeout);
        let mut turns = 0;
        while self
            .machine
            .poll_timeout()
            .is_some_and(|due| due <= self.mono)
        {
            turns += 1;
            assert!(turns < TURNS_MAX, "a deadline stays in the past");
            outputs.extend(self.step(M::handle_timeout));
        }
        outputs
    }

    fn step(&mut self, put_in: impl FnOnce(&mut M, Now)) -> Outputs<M> {
        let now = Now {
            mono: self.mono,
            unix_ms: 1_700_000_000_000 + self.mono.as_millis() as i64,
            utc_offset_s: 3600,
        };
        put_in(&mut self.machine, now);
        let mut outputs = Vec::new();
        while let Some(output) = self.machine.poll_output() {
            outputs.push(output);
            assert!(outputs.len() <= OUTPUTS_MAX, "more and more comes out");
        }
        for Transmit { to, bytes } in transmits(&outputs) {
            let shown = bytes.escape_ascii();
            assert!(decode(bytes).is_ok(), "sent to {to}: {shown}");
            let compact = bytes.len() <= DATAGRAM_MAX;
            let classic = bytes.is_ascii() && bytes.len() <= CLASSIC_DATAGRAM_MAX;
            assert!(compact || classic, "sent to {to}: {shown}");
        }
        outputs
    }
}

pub fn transmits<R, E>(outputs: &[Output<R, E>]) -> impl Iterator<Item = &Transmit> {
    outputs.iter().filter_map(|output| match output {
        Output::Transmit(transmit) => Some(transmit),
        Output::Persist(_) | Output::Event(_) => None,
    })
}

/// Whether the datagram answers what somebody sent just now. A place in the table waits for its time,
/// and a `Reg` for the answer of somebody else, or of its sender at a new place.
fn is_answer(bytes: &[u8]) -> bool {
    match decode(bytes) {
        Ok(Datagram::Ack(Ack::Table { .. })) => false,
        Ok(Datagram::Ack(Ack::Request { answer, .. })) => answer == Answer::Done,
        Ok(Datagram::Ack(_)) => true,
        Ok(_) | Err(_) => false,
    }
}

/// What a classic program can take.
pub fn assert_classic(sent: &Transmit) {
    let classic = sent.bytes.is_ascii() && sent.bytes.len() <= CLASSIC_DATAGRAM_MAX;
    assert!(
        classic,
        "to a classic program: {}",
        sent.bytes.escape_ascii()
    );
}

/// Numbers that only the two sides know, where the control characters 1 to 3 stand in `bytes`: no
/// datagram has any, so that whoever makes one can name what is under way.
pub fn with_numbers(bytes: &[u8], numbers: [u64; 3]) -> Vec<u8> {
    let mut made = Vec::new();
    for byte in bytes {
        match byte {
            1..=3 => made.extend(numbers[usize::from(byte - 1)].to_string().bytes()),
            _ => made.push(*byte),
        }
    }
    made
}
