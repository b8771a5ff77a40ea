//! A party that runs one of our machines: the machine, its disk, its own clock, and the crash that
//! is waiting for it. What it says and how that is checked is the world's subject.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::client::Client;
use super_chatter::machine::server::Server;
use super_chatter::machine::{Machine, Now, Output, Room};

use super::disk::{Disk, Torn};
use super::kept::{Kept, Mailbox, Profile};
use super::mutants::{Mutant, Seam};
use super::plan::Moment;

/// Outputs that one input may have: far above what a full outbox or mailbox has of them.
const OUTPUTS_MAX: usize = 20_000;

/// Outputs and records that may wait for a disk in so small a room.
pub const WAITING_MAX: usize = 20_000;

/// A machine that can be started from what it kept.
pub trait Starts: Machine + Seam {
    type Kept: Kept<Record = Self::Record>;

    fn start(seed: u64, kept: &Self::Kept) -> Self;
}

impl Starts for Client {
    type Kept = Profile;

    fn start(seed: u64, kept: &Profile) -> Self {
        Self::new(seed, kept.saved())
    }
}

impl Starts for Server {
    type Kept = Mailbox;

    fn start(seed: u64, kept: &Mailbox) -> Self {
        Self::new(seed, kept.saved())
    }
}

/// What is put into a machine.
#[derive(Clone, Copy)]
pub enum Input<'a, C> {
    Command(&'a C),
    Datagram(SocketAddr, &'a [u8]),
    Timeout,
    Wake,
    Room(Room),
}

pub struct Node<M: Starts> {
    pub machine: Option<M>,
    pub disk: Disk<M::Kept, M::Event>,
    /// When the machine's clock was at zero.
    zero: Duration,
    /// What its wall clock is ahead of the true time, in milliseconds.
    pub clock_ahead_ms: i64,
    /// When it wants the next [`Input::Timeout`], on the world's clock.
    pub deadline: Option<Duration>,
    /// Gets no time until it is woken.
    pub asleep: Option<Duration>,
    /// A crash that waits for a commit, and for how long the party is away then, in milliseconds.
    pub trap: Option<(Moment, u64)>,
    /// Counts the times that it was started.
    pub life: u64,
    pub commits: u64,
    /// Datagrams that it has sent.
    pub packets: u64,
    /// Datagrams that the machine has decided to send in this life.
    pub decided: u64,
    /// Outputs that do not wait for the disk, of a machine that is wrong.
    rash: VecDeque<Output<M::Record, M::Event>>,
    mutant: Option<Mutant>,
}

impl<M: Starts> Node<M> {
    pub fn new(mutant: Option<Mutant>) -> Self {
        let mut disk = Disk::new(M::Kept::default());
        if mutant == Some(Mutant::LyingDisk) {
            disk.lie();
        }
        Self {
            machine: None,
            disk,
            zero: Duration::ZERO,
            clock_ahead_ms: 0,
            deadline: None,
            asleep: None,
            trap: None,
            life: 0,
            commits: 0,
            packets: 0,
            decided: 0,
            rash: VecDeque::new(),
            mutant,
        }
    }

    /// Starts the machine from the disk.
    pub fn start(&mut self, now: Duration, seed: u64) {
        self.life += 1;
        self.zero = now;
        self.asleep = None;
        self.machine = Some(M::start(seed, &self.disk.kept));
    }

    /// The machine is gone, and all that was not on disk with it.
    pub fn crash(&mut self, torn: Torn) -> Vec<M::Record> {
        self.machine = None;
        self.deadline = None;
        self.asleep = None;
        self.trap = None;
        self.rash.clear();
        self.disk.crash(torn)
    }

    /// The time as the machine sees it.
    fn clock(&self, now: Duration) -> Now {
        Now {
            mono: now.saturating_sub(self.zero),
            unix_ms: 1_700_000_000_000 + now.as_millis() as i64 + self.clock_ahead_ms,
            utc_offset_s: 3600,
        }
    }

    /// Its clock stands still from now to `until`.
    pub fn stop_clock(&mut self, now: Duration, until: Duration) {
        self.zero += until - now;
    }

    pub fn is_awake(&self) -> bool {
        self.machine.is_some() && self.asleep.is_none()
    }

    /// Puts something in and takes out what comes of it. An error says which bound was broken.
    pub fn feed(&mut self, now: Duration, input: Input<'_, M::Command>) -> Result<(), String>
    where
        M::Command: Clone,
    {
        let clock = self.clock(now);
        let Some(machine) = &mut self.machine else {
            return Ok(());
        };
        match input {
            Input::Command(command) => machine.handle_command(clock, command.clone()),
            Input::Datagram(from, bytes) => machine.handle_datagram(clock, from, bytes),
            Input::Timeout => machine.handle_timeout(clock),
            Input::Wake => machine.handle_wake(clock),
            Input::Room(room) => machine.handle_room(clock, room),
        }
        self.drain(now, matches!(input, Input::Timeout))
    }

    /// Takes out what the machine has decided.
    pub fn drain(&mut self, now: Duration, timed_out: bool) -> Result<(), String> {
        let clock = self.clock(now);
        let Some(machine) = &mut self.machine else {
            return Ok(());
        };
        let mut count = 0;
        while let Some(output) = machine.poll_output() {
            count += 1;
            if count > OUTPUTS_MAX {
                return Err(format!("more than {OUTPUTS_MAX} outputs of one input"));
            }
            self.decided += u64::from(matches!(output, Output::Transmit(_)));
            match self.mutant {
                None => push(&mut self.disk, output),
                Some(mutant) => M::distort(mutant, output, &mut |order, output| match order {
                    Order::Waits => push(&mut self.disk, output),
                    Order::Overtakes => self.rash.push_back(output),
                }),
            }
        }
        let deadline = machine.poll_timeout();
        if timed_out && deadline.is_some_and(|deadline| deadline <= clock.mono) {
            return Err("a deadline that was handled is due again at once".into());
        }
        if self.disk.waiting() > WAITING_MAX {
            return Err(format!("more than {WAITING_MAX} outputs wait for the disk"));
        }
        self.deadline = deadline.map(|deadline| deadline + self.zero);
        Ok(())
    }

    /// The next output that may go out.
    pub fn poll(&mut self) -> Option<Output<M::Record, M::Event>> {
        self.rash.pop_front().or_else(|| self.disk.poll())
    }
}

/// Whether an output keeps its place behind the records before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Waits,
    Overtakes,
}

fn push<K: Kept, E>(disk: &mut Disk<K, E>, output: Output<K::Record, E>) {
    match output {
        Output::Persist(record) => disk.write(record),
        Output::Transmit(_) | Output::Event(_) => disk.wait(output),
    }
}
