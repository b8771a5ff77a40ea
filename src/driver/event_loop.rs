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
//! Here are the socket, the clock and the wait; the rest of a round is in [`super::rounds`].
//! No error of the network ends the thread: what can't be sent is lost, and a socket that broke is
//! replaced. A failed write ends it with an event.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};

use super::DriverError;
use super::clock::{self, Clock};
use super::handle::Teller;
use super::line::{Line, Mended, Read};
use super::mender::Wish;
use super::rounds::{Flow, Parts, Role, Rounds};
use super::socket::Network;

/// Datagrams taken in one round: commands and deadlines wait no longer than that.
const ROUND_MAX: usize = 256;

/// How soon a socket that gave nothing but errors for a whole round is read again: short enough that
/// datagrams behind many errors are not late, long enough for the processor to rest.
const READ_AGAIN: Duration = Duration::from_millis(20);

const WAKER: Token = Token(1);

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
        let (poll, waker) = poll()?;
        let other = |error: std::io::Error| DriverError::Socket(error.into());
        let registry = poll.registry().try_clone().map_err(other)?;
        let line = Line::open(network, registry, wanted, wish)?;
        Ok(Self { line, poll, waker })
    }
}

/// What a loop waits with, and what ends its wait.
pub(super) fn poll() -> Result<(Poll, Arc<Waker>), DriverError> {
    let other = |error: std::io::Error| DriverError::Socket(error.into());
    let poll = Poll::new().map_err(other)?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKER).map_err(other)?);
    Ok((poll, waker))
}

pub(super) struct EventLoop<R: Role> {
    rounds: Rounds<R>,
    port: Port,
    clock: Clock,
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

impl<R: Role> EventLoop<R> {
    pub fn new(parts: Parts<R>, port: Port, teller: Teller<R::Told>) -> Self {
        // What there is to tell is told in the first round, which must not wait.
        let _ = port.waker.wake();
        let mut clock = Clock::start();
        Self {
            rounds: Rounds::new(clock.now(), parts, port.line.address(), teller),
            port,
            clock,
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
                break Err(DriverError::Socket(error.into()));
            }
            let now = self.clock.now();
            let before = self.rounds.begin(now);
            // 2
            if clock::slept(before, now, wait) {
                tracing::info!("the computer slept");
                self.port.line.on_sleep(now.mono);
            }
            self.mend(now.mono);
            // 3
            if self.rounds.feed_commands(&mut self.port.line) == Flow::End {
                break Ok(());
            }
            // 4
            reading = self.feed_datagrams();
            // 5
            self.rounds.feed_deadline(&mut self.port.line);
            // 6
            if let Err(error) = self.rounds.keep(&mut self.port.line) {
                break Err(error);
            }
            // 7
            if self.rounds.tell() == Flow::End {
                break Ok(());
            }
        };
        self.rounds.end(self.port, end);
    }

    fn wait(&self, reading: Reading) -> Option<Duration> {
        let again = match reading {
            Reading::Done => None,
            Reading::Held if self.rounds.is_full() => None,
            Reading::Held | Reading::More => return Some(Duration::ZERO),
            Reading::Failing => Some(READ_AGAIN),
        };
        let due = [self.rounds.due(), self.port.line.poll_due()];
        let due = due.into_iter().flatten().min();
        let wait = due.map(|at| at.saturating_sub(self.rounds.now().mono));
        wait.into_iter().chain(again).min()
    }

    fn mend(&mut self, mono: Duration) {
        let Some(mended) = self.port.line.mend(mono) else {
            return;
        };
        let moved = match mended {
            Mended::Here => None,
            Mended::Moved(address) => Some(address),
        };
        self.rounds.wake(moved, &mut self.port.line);
    }

    fn feed_datagrams(&mut self) -> Reading {
        let mut read = false;
        for number in 0..ROUND_MAX {
            if self.rounds.is_full() {
                return Reading::Held;
            }
            let mono = self.rounds.now().mono;
            match self.port.line.recv(mono, &mut self.buffer) {
                Read::Datagram { len, from } => {
                    if number > 0 {
                        self.rounds.begin(self.clock.now());
                    }
                    let (line, bytes) = (&mut self.port.line, &self.buffer[..len]);
                    self.rounds.feed_datagram(from, bytes, line);
                    read = true;
                }
                Read::Nothing => return Reading::Done,
                Read::Failed => {}
            }
        }
        if read {
            return Reading::More;
        }
        self.port.line.on_failing_round(self.rounds.now().mono);
        Reading::Failing
    }
}
