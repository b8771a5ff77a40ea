//! The loop of a UDP thread, the same for the client and the server. Each round:
//!
//! 1. wait for a datagram, a command, a commit or a deadline;
//! 2. open the socket again if it broke or the computer slept, and tell the machine;
//! 3. feed the commands;
//! 4. feed the datagrams, and answer each before the next is read;
//! 5. feed the machine's deadline;
//! 6. pass the records that were decided to the store, all of the round as one commit;
//! 7. tell what there is to tell.
//!
//! Whatever the machine decides goes through one queue in its order: what stands behind a record
//! waits there until the record is on disk, and is sent in the round in which that is known. While
//! too much waits the machine is fed nothing.
//! No error of the network ends the thread: what can't be sent is lost, and a socket that broke is
//! replaced. A failed write ends it with an event.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::TrySendError;
use mio::{Events, Poll, Token, Waker};

use super::DriverError;
use super::clock::{self, Clock};
use super::handle::{Teller, Told};
use super::keeper::{Keeper, Turn};
use super::line::{Line, Mended, Read};
use super::mender::Wish;
use super::socket::Network;
use crate::machine::{Machine, Now, Output, Room};

/// Datagrams taken in one round: commands and deadlines wait no longer than that.
const ROUND_MAX: usize = 256;

/// Outputs for the disk, and news, that may wait: memory for a disk that hangs for seconds under full
/// load. Beyond it the socket is not read: what comes is lost or waits in the system's buffer, and is
/// sent again by whoever wants an answer. Where the disk is behind, commands wait in their channel and
/// deadlines for the disk, too; a window that is behind can still close.
pub(super) const WAITING_MAX: usize = 65_536;

/// How soon a full channel to the window is tried again.
const TOLD_AGAIN: Duration = Duration::from_millis(20);

/// How soon a socket that gave nothing but errors for a whole round is read again: short enough that
/// datagrams behind many errors are not late, long enough for the processor to rest.
const READ_AGAIN: Duration = Duration::from_millis(20);

const WAKER: Token = Token(1);

/// What distinguishes the client's loop from the server's.
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
}

/// An open socket with its poll, before the thread starts.
pub(super) struct Port {
    pub line: Line,
    pub poll: Poll,
    pub waker: Arc<Waker>,
}

impl Port {
    pub fn open(
        network: Box<dyn Network>,
        wanted: SocketAddr,
        wish: Wish,
    ) -> Result<Self, DriverError> {
        let other = |error: std::io::Error| DriverError::Socket(error.to_string());
        let poll = Poll::new().map_err(other)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER).map_err(other)?);
        let registry = poll.registry().try_clone().map_err(other)?;
        let line = Line::open(network, registry, wanted, wish)?;
        Ok(Self { line, poll, waker })
    }
}

pub(super) struct EventLoop<R: Role> {
    role: R,
    machine: R::Machine,
    port: Port,
    keeper: Keeper<<R::Machine as Machine>::Record, <R::Machine as Machine>::Event>,
    teller: Teller<R::Told>,
    clock: Clock,
    /// News that did not fit in the channel yet.
    untold: VecDeque<R::Told>,
    /// When the round began, or its latest datagram was read.
    now: Now,
    /// What the store said last.
    room: Room,
    /// The last word stands in `untold`.
    last: bool,
    /// As long as any datagram: a longer one than ours is refused whole, not read in part.
    buffer: Box<[u8]>,
}

/// The longest datagram that UDP has, rounded up, in bytes.
const BUFFER_LEN: usize = 65_536;

/// What reading the socket came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Nothing is left.
    Done,
    /// There may be more, and no room for it. It is not announced a second time.
    Held,
    /// There may be more.
    More,
    /// Nothing but errors. Whether the system announces the next datagram after them is its own
    /// affair, so the socket is read again after [`READ_AGAIN`], until it is replaced.
    Failing,
}

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    End,
}

impl<R: Role> EventLoop<R> {
    /// A loop whose first news is the port's address.
    pub fn new(
        role: R,
        mut machine: R::Machine,
        port: Port,
        keeper: Keeper<<R::Machine as Machine>::Record, <R::Machine as Machine>::Event>,
        teller: Teller<R::Told>,
    ) -> Self {
        // What stands in `untold` is told in the first round, which must not wait.
        let _ = port.waker.wake();
        let mut clock = Clock::start();
        let (now, room) = (clock.now(), keeper.room());
        if room == Room::Scarce {
            machine.handle_room(now, room);
        }
        Self {
            role,
            machine,
            untold: VecDeque::from([Told::bound(port.line.address())]),
            port,
            keeper,
            teller,
            now,
            clock,
            room,
            last: false,
            buffer: vec![0; BUFFER_LEN].into(),
        }
    }

    /// Runs until the machine has ended, the store fails, or nobody listens any more.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(8);
        let mut reading = Reading::Done;
        let end = loop {
            // 1
            let wait = self.wait(reading);
            if let Err(error) = self.port.poll.poll(&mut events, wait)
                && error.kind() != ErrorKind::Interrupted
            {
                break Err(DriverError::Socket(error.to_string()));
            }
            let before = std::mem::replace(&mut self.now, self.clock.now());
            // 2
            if clock::slept(before, self.now, wait) {
                tracing::info!("the computer slept");
                self.port.line.on_sleep(self.now.mono);
            }
            self.mend();
            // 3
            if self.feed_commands() == Flow::End {
                break Ok(());
            }
            // 4
            reading = self.feed_datagrams();
            // 5
            if self.deadline().is_some_and(|at| at <= self.now.mono) {
                self.machine.handle_timeout(self.now);
                self.carry_out();
            }
            // 6
            match self.keeper.turn(self.now.mono) {
                Ok(Turn::Same) => {}
                Ok(Turn::Committed(room)) => self.on_committed(room),
                Err(error) => break Err(error),
            }
            // 7
            if self.last || self.tell() == Flow::End {
                break Ok(());
            }
        };
        self.end(end);
    }

    /// Ends the role's own threads, closes the store and the socket, then tells what is left to tell:
    /// whoever hears the last word finds nothing of it at work any more, and can open both again.
    fn end(mut self, end: Result<(), DriverError>) {
        drop(self.role);
        self.keeper.finish();
        drop(self.port);
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

    fn wait(&self, reading: Reading) -> Option<Duration> {
        let again = match reading {
            Reading::Done => None,
            Reading::Held if self.is_full() => None,
            Reading::Held | Reading::More => return Some(Duration::ZERO),
            Reading::Failing => Some(READ_AGAIN),
        };
        let others = [self.port.line.poll_due(), self.keeper.ask_again_at()];
        let due = self
            .deadline()
            .into_iter()
            .chain(others.into_iter().flatten());
        let due = due.min();
        let deadline = due.map(|at| at.saturating_sub(self.now.mono));
        let untold = (!self.untold.is_empty()).then_some(TOLD_AGAIN);
        deadline.into_iter().chain(untold).chain(again).min()
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
    fn is_full(&self) -> bool {
        self.is_behind() || self.untold.len() >= WAITING_MAX
    }

    fn mend(&mut self) {
        let Some(mended) = self.port.line.mend(self.now.mono) else {
            return;
        };
        if let Mended::Moved(address) = mended {
            self.untold.push_back(Told::bound(address));
        }
        self.machine.handle_wake(self.now);
        self.carry_out();
    }

    fn on_committed(&mut self, room: Room) {
        self.carry_out();
        if room != self.room {
            self.room = room;
            self.machine.handle_room(self.now, room);
            self.carry_out();
        }
    }

    fn feed_commands(&mut self) -> Flow {
        if self.is_behind() {
            return Flow::On;
        }
        let taken = self.untold.is_empty() && self.teller.news.is_empty();
        let (untold, last) = (&mut self.untold, &mut self.last);
        let mut tell = |told: R::Told| {
            *last |= told.is_last();
            untold.push_back(told);
        };
        if !self
            .role
            .feed(self.now, &mut self.machine, taken, &mut tell)
        {
            return Flow::End;
        }
        self.carry_out();
        Flow::On
    }

    fn feed_datagrams(&mut self) -> Reading {
        let mut read = false;
        for number in 0..ROUND_MAX {
            if self.is_full() {
                return Reading::Held;
            }
            match self.port.line.recv(self.now.mono, &mut self.buffer) {
                Read::Datagram { len, from } => {
                    if number > 0 {
                        self.now = self.clock.now();
                    }
                    self.machine
                        .handle_datagram(self.now, from, &self.buffer[..len]);
                    self.carry_out();
                    read = true;
                }
                Read::Nothing => return Reading::Done,
                Read::Failed => {}
            }
        }
        if read {
            return Reading::More;
        }
        self.port.line.on_failing_round(self.now.mono);
        Reading::Failing
    }

    /// Takes the machine's decisions, and does what need not wait for the disk.
    fn carry_out(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            self.keeper.push(output);
        }
        while let Some(output) = self.keeper.poll() {
            match output {
                Output::Transmit(transmit) => self.port.line.send(self.now.mono, &transmit),
                Output::Event(event) => {
                    let told: R::Told = Told::event(event);
                    self.last |= told.is_last();
                    self.untold.push_back(told);
                }
                Output::Persist(_) => {}
            }
        }
    }

    fn tell(&mut self) -> Flow {
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
}
