//! The rounds of one machine: what is fed to it, and what becomes of what it decides, whoever brings
//! the time and the datagrams ([`super::event_loop`], [`super::stepped`]).
//!
//! Whatever the machine decides goes through one queue in its order: what stands behind a record
//! waits there until the record is on disk, and is sent in the round in which that is known. While
//! too much waits the machine is fed nothing.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::TrySendError;
use mio::Waker;

use super::DriverError;
use super::handle::{Teller, Told};
use super::keeper::{Keeper, Turn};
use super::line::Line;
use crate::machine::{Machine, Now, Output, Room, Transmit};

/// Outputs for the disk, and news, that may wait: memory for a disk that hangs for seconds under full
/// load. Beyond it the socket is not read: what comes is lost or waits in the system's buffer, and is
/// sent again by whoever wants an answer. Where the disk is behind, commands wait in their channel and
/// deadlines for the disk, too; a window that is behind can still close.
pub(super) const WAITING_MAX: usize = 65_536;

/// How soon a full channel to the window is tried again.
const TOLD_AGAIN: Duration = Duration::from_millis(20);

/// What distinguishes the client from the server.
pub(super) trait Role: Send + 'static {
    type Machine: Machine<Record: Send + 'static> + Send;
    type Told: Told<Event = <Self::Machine as Machine>::Event>;

    /// Feeds the commands that wait. `false`: whoever gave them is gone. `taken`: all that was told has
    /// been taken.
    fn feed(
        &mut self,
        now: Now,
        machine: &mut Self::Machine,
        taken: bool,
        tell: &mut dyn FnMut(Self::Told),
    ) -> bool;

    /// What it has had helping threads do, and has not taken back.
    fn errands(&self) -> Errands {
        Errands::default()
    }
}

/// What helping threads are to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Errands {
    pub asked: usize,
    /// So many of them wait to be taken back.
    pub done: usize,
}

/// Where datagrams go.
pub(super) trait Way {
    /// A datagram that can't be sent is lost.
    fn send(&mut self, mono: Duration, transmit: Transmit);
}

impl Way for Line {
    fn send(&mut self, mono: Duration, transmit: Transmit) {
        Self::send(self, mono, &transmit);
    }
}

/// Where rounds take place.
pub(super) struct Seat {
    /// The socket's address.
    pub own: SocketAddr,
    /// Of all that the machine leaves to chance.
    pub seed: u64,
    /// Rung by threads that have done something for the rounds.
    pub waker: Arc<Waker>,
}

/// What rounds begin with.
pub(super) struct Parts<R: Role> {
    pub role: R,
    pub machine: R::Machine,
    pub keeper: Keeper<<R::Machine as Machine>::Record, <R::Machine as Machine>::Event>,
    /// What is told before all else.
    pub news: Vec<R::Told>,
}

pub(super) struct Rounds<R: Role> {
    role: R,
    machine: R::Machine,
    keeper: Keeper<<R::Machine as Machine>::Record, <R::Machine as Machine>::Event>,
    teller: Teller<R::Told>,
    /// News that did not fit in the channel yet.
    untold: VecDeque<R::Told>,
    /// When the round began, or its latest datagram was read.
    now: Now,
    /// What the store said last.
    room: Room,
    /// The last word stands in `untold`.
    last: bool,
}

/// Whether the rounds go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    End,
}

impl<R: Role> Rounds<R> {
    /// Rounds that tell the address first, after the parts' own news.
    pub fn new(now: Now, parts: Parts<R>, address: SocketAddr, teller: Teller<R::Told>) -> Self {
        let Parts {
            role,
            mut machine,
            keeper,
            news,
        } = parts;
        let room = keeper.room();
        if room == Room::Scarce {
            machine.handle_room(now, room);
        }
        Self {
            role,
            machine,
            keeper,
            teller,
            untold: news.into_iter().chain([Told::bound(address)]).collect(),
            now,
            room,
            last: false,
        }
    }

    /// It is `now`. Returns the time of the round before.
    pub fn begin(&mut self, now: Now) -> Now {
        std::mem::replace(&mut self.now, now)
    }

    pub fn now(&self) -> Now {
        self.now
    }

    /// When a round is due although nothing comes in; `None`: never.
    pub fn due(&self) -> Option<Duration> {
        let untold = (!self.untold.is_empty()).then_some(self.now.mono + TOLD_AGAIN);
        let due = [self.deadline(), self.keeper.ask_again_at(), untold];
        due.into_iter().flatten().min()
    }

    /// When the machine is due; `None`: never, or not while so much waits for the disk.
    fn deadline(&self) -> Option<Duration> {
        let at = self.machine.poll_timeout()?;
        (!self.is_behind()).then_some(at)
    }

    /// Too much waits for the disk. Its next commit wakes the loop.
    fn is_behind(&self) -> bool {
        self.keeper.waiting() >= WAITING_MAX
    }

    /// There is no room for what datagrams bring.
    pub fn is_full(&self) -> bool {
        self.is_behind() || self.untold.len() >= WAITING_MAX
    }

    /// As [`Role::errands`].
    pub fn errands(&self) -> Errands {
        self.role.errands()
    }

    /// Records are on their way to the disk.
    pub fn is_keeping(&self) -> bool {
        self.keeper.is_busy()
    }

    /// The socket is another since, perhaps at another address.
    pub fn wake(&mut self, moved: Option<SocketAddr>, way: &mut impl Way) {
        self.untold.extend(moved.map(Told::bound));
        self.machine.handle_wake(self.now);
        self.carry_out(way);
    }

    pub fn feed_commands(&mut self, way: &mut impl Way) -> Flow {
        if self.is_behind() {
            return Flow::On;
        }
        let taken = self.untold.is_empty() && self.teller.news.is_empty();
        let (untold, last) = (&mut self.untold, &mut self.last);
        let mut tell = |told: R::Told| {
            *last |= told.is_last();
            untold.push_back(told);
        };
        let (role, machine) = (&mut self.role, &mut self.machine);
        if !role.feed(self.now, machine, taken, &mut tell) {
            return Flow::End;
        }
        self.carry_out(way);
        Flow::On
    }

    pub fn feed_datagram(&mut self, from: SocketAddr, bytes: &[u8], way: &mut impl Way) {
        self.machine.handle_datagram(self.now, from, bytes);
        self.carry_out(way);
    }

    pub fn feed_deadline(&mut self, way: &mut impl Way) {
        if self.deadline().is_some_and(|at| at <= self.now.mono) {
            self.machine.handle_timeout(self.now);
            self.carry_out(way);
        }
    }

    /// Passes the gathered records on, and does what has waited for those that are on disk. An error is
    /// the store's, for good.
    pub fn keep(&mut self, way: &mut impl Way) -> Result<(), DriverError> {
        let Turn::Committed(room) = self.keeper.turn(self.now.mono)? else {
            return Ok(());
        };
        self.carry_out(way);
        if room != self.room {
            self.room = room;
            self.machine.handle_room(self.now, room);
            self.carry_out(way);
        }
        Ok(())
    }

    /// Takes the machine's decisions, and does what need not wait for the disk.
    fn carry_out(&mut self, way: &mut impl Way) {
        while let Some(output) = self.machine.poll_output() {
            self.keeper.push(output);
        }
        while let Some(output) = self.keeper.poll() {
            match output {
                Output::Transmit(transmit) => way.send(self.now.mono, transmit),
                Output::Event(event) => {
                    let told: R::Told = Told::event(event);
                    self.last |= told.is_last();
                    self.untold.push_back(told);
                }
                Output::Persist(_) => {}
            }
        }
    }

    /// Tells what there is to tell; the last word is left for the end.
    pub fn tell(&mut self) -> Flow {
        if self.last {
            return Flow::End;
        }
        let mut told = false;
        let mut flow = Flow::On;
        while let Some(news) = self.untold.pop_front() {
            match self.teller.news.try_send(news) {
                Ok(()) => told = true,
                Err(TrySendError::Full(news)) => {
                    self.untold.push_front(news);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => {
                    flow = Flow::End;
                    break;
                }
            }
        }
        if told {
            self.teller.bell.ring();
        }
        flow
    }

    /// Ends the role's own threads, closes the store and the `socket`, then tells what is left to tell:
    /// whoever hears the last word finds nothing of it at work any more, and can open both again.
    pub fn end<S>(mut self, socket: S, end: Result<(), DriverError>) {
        drop(self.role);
        self.keeper.finish();
        drop(socket);
        if let Err(error) = end {
            tracing::error!(%error, "the network thread ends");
            self.untold.push_back(Told::failed(error));
        }
        for news in self.untold {
            if self.teller.news.try_send(news).is_err() {
                break;
            }
        }
    }
}
