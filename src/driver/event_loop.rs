//! The loop of a UDP thread, the same for the client and the server. Each round:
//!
//! 1. wait for a datagram, a command, a commit or the machine's deadline;
//! 2. feed the commands;
//! 3. feed the datagrams, and answer each before the next is read;
//! 4. feed the deadline;
//! 5. pass the records that were decided to the store, all of the round as one commit;
//! 6. tell what there is to tell.
//!
//! Whatever the machine decides goes through one queue in its order: what stands behind a record
//! waits there until the record is on disk, and is sent in the round in which that is known.
//! A failed send is a lost datagram. A failed write ends the thread with an event.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::TrySendError;
use mio::{Events, Interest, Poll, Token, Waker};

use super::clock::Clock;
use super::handle::{Teller, Told};
use super::keeper::{Keeper, Turn};
use super::{DriverError, socket};
use crate::machine::{Machine, Now, Output, Transmit};

/// Datagrams taken in one round: commands and deadlines wait no longer than that.
const ROUND_MAX: usize = 256;

/// Outputs and news that may wait. Beyond it the socket is not read: what comes is lost or waits in
/// the system's buffer, and is sent again by whoever wants an answer.
const WAITING_MAX: usize = 65_536;

/// How soon a full channel to the window is tried again.
const TOLD_AGAIN: Duration = Duration::from_millis(20);

/// How soon a socket that gave nothing but errors for a whole round is read again: short enough that
/// datagrams behind many errors are not late, long enough for the processor to rest.
const READ_AGAIN: Duration = Duration::from_millis(20);

const SOCKET: Token = Token(0);
const WAKER: Token = Token(1);

/// What distinguishes the client's loop from the server's.
pub(super) trait Role: Send + 'static {
    type Machine: Machine<Record: Send + 'static> + Send;
    type Told: Told<Event = <Self::Machine as Machine>::Event>;

    /// Feeds the commands that wait. `false`: whoever gave them is gone.
    fn feed(
        &mut self,
        now: Now,
        machine: &mut Self::Machine,
        tell: &mut dyn FnMut(Self::Told),
    ) -> bool;
}

/// An open socket with its poll, before the thread starts.
pub(super) struct Port {
    pub socket: mio::net::UdpSocket,
    pub address: SocketAddr,
    pub poll: Poll,
    pub waker: Arc<Waker>,
}

impl Port {
    pub fn open(bind: std::net::IpAddr, port: u16) -> Result<Self, DriverError> {
        let (mut socket, address) = socket::open(bind, port)?;
        let other = |error: std::io::Error| DriverError::Socket(error.to_string());
        let poll = Poll::new().map_err(other)?;
        poll.registry()
            .register(&mut socket, SOCKET, Interest::READABLE)
            .map_err(other)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER).map_err(other)?);
        Ok(Self {
            socket,
            address,
            poll,
            waker,
        })
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
    read_errors: Occasional,
    /// The last word stands in `untold`.
    last: bool,
    /// As long as any datagram: a longer one than ours is refused whole, not read in part.
    buffer: Box<[u8]>,
}

/// The longest datagram that UDP has, rounded up, in bytes.
const BUFFER_LEN: usize = 65_536;

/// Something that may happen all the time and is logged at most once in [`LOG_AGAIN`].
#[derive(Default)]
struct Occasional {
    next: Duration,
    unlogged: u64,
}

/// Often enough to see that it goes on.
const LOG_AGAIN: Duration = Duration::from_secs(10);

impl Occasional {
    /// How often it has happened unlogged before; `None`: too soon to log it.
    fn count(&mut self, mono: Duration) -> Option<u64> {
        if mono < self.next {
            self.unlogged += 1;
            return None;
        }
        self.next = mono + LOG_AGAIN;
        Some(std::mem::take(&mut self.unlogged))
    }
}

/// What reading the socket came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Nothing is left, or there is no room for more.
    Done,
    /// There may be more.
    More,
    /// Nothing but errors. Whether the system announces the next datagram after them is its own
    /// affair, so the socket is read again after [`READ_AGAIN`].
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
        machine: R::Machine,
        port: Port,
        keeper: Keeper<<R::Machine as Machine>::Record, <R::Machine as Machine>::Event>,
        teller: Teller<R::Told>,
    ) -> Self {
        // What stands in `untold` is told in the first round, which must not wait.
        let _ = port.waker.wake();
        let mut clock = Clock::start();
        Self {
            role,
            machine,
            untold: VecDeque::from([Told::bound(port.address)]),
            port,
            keeper,
            teller,
            now: clock.now(),
            clock,
            read_errors: Occasional::default(),
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
            // 2
            self.now = self.clock.now();
            if self.feed_commands() == Flow::End {
                break Ok(());
            }
            self.carry_out();
            // 3
            reading = self.feed_datagrams();
            // 4
            if self
                .machine
                .poll_timeout()
                .is_some_and(|at| at <= self.now.mono)
            {
                self.machine.handle_timeout(self.now);
                self.carry_out();
            }
            // 5
            match self.keeper.turn() {
                Ok(Turn::Same) => {}
                Ok(Turn::Committed) => self.carry_out(),
                Err(error) => break Err(error),
            }
            // 6
            if self.last || self.tell() == Flow::End {
                break Ok(());
            }
        };
        self.end(end);
    }

    /// Closes the store, then tells what is left to tell: whoever hears the last word can open it again.
    fn end(mut self, end: Result<(), DriverError>) {
        self.keeper.finish();
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
            Reading::More => return Some(Duration::ZERO),
            Reading::Failing => Some(READ_AGAIN),
        };
        let deadline = self
            .machine
            .poll_timeout()
            .map(|at| at.saturating_sub(self.now.mono));
        let untold = (!self.untold.is_empty()).then_some(TOLD_AGAIN);
        deadline.into_iter().chain(untold).chain(again).min()
    }

    fn feed_commands(&mut self) -> Flow {
        let (untold, last) = (&mut self.untold, &mut self.last);
        let mut tell = |told: R::Told| {
            *last |= told.is_last();
            untold.push_back(told);
        };
        if self.role.feed(self.now, &mut self.machine, &mut tell) {
            Flow::On
        } else {
            Flow::End
        }
    }

    fn feed_datagrams(&mut self) -> Reading {
        let mut read = false;
        for number in 0..ROUND_MAX {
            if self.keeper.waiting() >= WAITING_MAX || self.untold.len() >= WAITING_MAX {
                return Reading::Done;
            }
            match self.port.socket.recv_from(&mut self.buffer) {
                Ok((len, from)) => {
                    if number > 0 {
                        self.now = self.clock.now();
                    }
                    self.machine
                        .handle_datagram(self.now, from, &self.buffer[..len]);
                    self.carry_out();
                    read = true;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Reading::Done,
                // A peer's "port unreachable", an interface that went: the next read may work.
                Err(error) => {
                    if let Some(unlogged) = self.read_errors.count(self.now.mono) {
                        tracing::debug!(%error, unlogged, "a datagram could not be read");
                    }
                }
            }
        }
        if read {
            Reading::More
        } else {
            Reading::Failing
        }
    }

    /// Takes the machine's decisions, and does what need not wait for the disk.
    fn carry_out(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            self.keeper.push(output);
        }
        while let Some(output) = self.keeper.poll() {
            match output {
                Output::Transmit(Transmit { to, bytes }) => {
                    if let Err(error) = self.port.socket.send_to(&bytes, to) {
                        tracing::debug!(%to, %error, "a datagram could not be sent");
                    }
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_all_the_time_is_logged_now_and_then() {
        let mut errors = Occasional::default();
        assert_eq!(errors.count(Duration::ZERO), Some(0));
        assert_eq!(errors.count(Duration::ZERO), None);
        assert_eq!(errors.count(LOG_AGAIN / 2), None);
        assert_eq!(errors.count(LOG_AGAIN), Some(2));
        assert_eq!(errors.count(LOG_AGAIN), None);
    }
}
