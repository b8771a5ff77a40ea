//! The loop of a UDP thread, the same for the client and the server. Each round:
//!
//! 1. wait for a datagram, a command, a commit or the machine's deadline;
//! 2. feed the commands;
//! 3. feed the datagrams;
//! 4. feed the deadline;
//! 5. take the machine's decisions, in their order, and pass its records to the store;
//! 6. carry out what need not wait for the disk: send, tell.
//!
//! A failed send is a lost datagram. A failed write ends the thread with an event.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};
use mio::{Events, Interest, Poll, Token, Waker};

use super::clock::Clock;
use super::keeper::Keeper;
use super::{DriverError, Notify, socket};
use crate::machine::{Machine, Now, Output, Transmit};
use crate::protocol::limits::CLASSIC_DATAGRAM_MAX;

/// Datagrams taken in one round: commands and deadlines wait no longer than that.
const ROUND_MAX: usize = 256;

/// Bytes read of one datagram. A longer one than any we take comes in cut, and still too long.
/// It is cleared every round, so every byte of it costs every message.
const READ_MAX: usize = CLASSIC_DATAGRAM_MAX + 1;

/// Outputs and news that may wait. Beyond it the socket is not read: what comes is lost or waits in
/// the system's buffer, and is sent again by whoever wants an answer.
const WAITING_MAX: usize = 65_536;

/// News that fit in the channel to the window.
pub(super) const TOLD_MAX: usize = 8_192;

/// Commands that fit in the channel from the window.
pub(super) const COMMANDS_MAX: usize = 1_024;

/// How soon a full channel to the window is tried again.
const TOLD_AGAIN: Duration = Duration::from_millis(20);

const SOCKET: Token = Token(0);
const WAKER: Token = Token(1);

/// What distinguishes the client's loop from the server's.
pub(super) trait Role: Send + 'static {
    type Machine: Machine<Record: Send + 'static> + Send;
    type Told: Send;

    /// Feeds the commands that wait. `false`: whoever gave them is gone.
    fn feed(
        &mut self,
        now: Now,
        machine: &mut Self::Machine,
        tell: &mut dyn FnMut(Self::Told),
    ) -> bool;
    fn told(event: <Self::Machine as Machine>::Event) -> Self::Told;
    fn failed(error: DriverError) -> Self::Told;
    fn is_last(event: &<Self::Machine as Machine>::Event) -> bool;
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
    pub role: R,
    pub machine: R::Machine,
    pub port: Port,
    pub keeper: Keeper<<R::Machine as Machine>::Record, <R::Machine as Machine>::Event>,
    pub news: Sender<R::Told>,
    pub notify: Notify,
    pub clock: Clock,
    /// News that did not fit in the channel yet.
    pub untold: VecDeque<R::Told>,
}

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    End,
}

impl<R: Role> EventLoop<R> {
    /// Runs until the machine has ended, the store fails, or nobody listens any more.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(8);
        let mut more = false;
        loop {
            // 1
            let wait = if more {
                Some(Duration::ZERO)
            } else {
                self.wait()
            };
            if let Err(error) = self.port.poll.poll(&mut events, wait)
                && error.kind() != ErrorKind::Interrupted
            {
                return self.fail(DriverError::Socket(error.to_string()));
            }
            // 2
            let now = self.clock.now();
            let untold = &mut self.untold;
            if !self
                .role
                .feed(now, &mut self.machine, &mut |told| untold.push_back(told))
            {
                return;
            }
            // 3
            more = self.feed_datagrams();
            // 4
            let now = self.clock.now();
            if self.machine.poll_timeout().is_some_and(|at| at <= now.mono) {
                self.machine.handle_timeout(now);
            }
            // 5
            while let Some(output) = self.machine.poll_output() {
                self.keeper.push(output);
            }
            if let Err(error) = self.keeper.turn() {
                return self.fail(error);
            }
            // 6
            if self.carry_out() == Flow::End {
                return;
            }
        }
    }

    fn wait(&mut self) -> Option<Duration> {
        let now = self.clock.now().mono;
        let deadline = self.machine.poll_timeout().map(|at| at.saturating_sub(now));
        let untold = (!self.untold.is_empty()).then_some(TOLD_AGAIN);
        // The system's timers count whole milliseconds and may round down: never spin at the end.
        deadline
            .into_iter()
            .chain(untold)
            .min()
            .map(|wait| wait + Duration::from_micros(500))
    }

    /// Answers whether there may be more.
    fn feed_datagrams(&mut self) -> bool {
        let mut buffer = [0; READ_MAX];
        for _ in 0..ROUND_MAX {
            if self.keeper.waiting() >= WAITING_MAX || self.untold.len() >= WAITING_MAX {
                return false;
            }
            match self.port.socket.recv_from(&mut buffer) {
                Ok((len, from)) => {
                    let now = self.clock.now();
                    self.machine.handle_datagram(now, from, &buffer[..len]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                // A peer's "port unreachable", an interface that went: the next read may work.
                Err(error) => tracing::debug!(%error, "a datagram could not be read"),
            }
        }
        true
    }

    fn carry_out(&mut self) -> Flow {
        let mut flow = Flow::On;
        while let Some(output) = self.keeper.poll() {
            match output {
                Output::Transmit(Transmit { to, bytes }) => {
                    if let Err(error) = self.port.socket.send_to(&bytes, to) {
                        tracing::debug!(%to, %error, "a datagram could not be sent");
                    }
                }
                Output::Event(event) => {
                    if R::is_last(&event) {
                        flow = Flow::End;
                    }
                    self.untold.push_back(R::told(event));
                }
                Output::Persist(_) => {}
            }
        }
        if self.tell() == Flow::End {
            Flow::End
        } else {
            flow
        }
    }

    fn tell(&mut self) -> Flow {
        let mut told = false;
        let mut flow = Flow::On;
        while let Some(news) = self.untold.pop_front() {
            match self.news.try_send(news) {
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
            (self.notify)();
        }
        flow
    }

    fn fail(mut self, error: DriverError) {
        tracing::error!(%error, "the network thread ends");
        self.untold.push_back(R::failed(error));
        self.tell();
    }
}
