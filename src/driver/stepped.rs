//! Clients and servers without a thread, a socket and a clock of their own: whoever starts one turns it,
//! on a clock and a network of their own. All else is as on a thread: the channels to the window, the
//! order "write, then send", the store. So a window stands on a simulated network, and the same seed
//! gives the same run: what helping threads do is waited for, within the round.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Receiver;
use mio::{Events, Poll, Waker};

use super::event_loop::poll;
use super::handle::Handle;
use super::rounds::{Flow, Parts, Role, Rounds, Seat, Way};
use super::{DriverError, Notify};
use crate::machine::{Now, Transmit};

/// What a stepped client or server begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub now: Now,
    /// Its address on the caller's network.
    pub own: SocketAddr,
    /// Of all that it leaves to chance.
    pub seed: u64,
}

/// A client or a server that its caller turns.
pub trait Stepped {
    /// When a round is due although nothing comes in, on the scale of [`Now::mono`]; `None`: never.
    fn due(&self) -> Option<Duration>;

    /// One round at `now` with the datagram that came in, if one did, and the commands that wait.
    /// Returns what is to be sent: all that it hangs on is on disk.
    fn turn(&mut self, now: Now, came: Option<(SocketAddr, &[u8])>) -> Vec<Transmit>;

    /// It has said its last word; more rounds do nothing.
    fn has_ended(&self) -> bool;
}

impl Way for Vec<Transmit> {
    fn send(&mut self, _: Duration, transmit: Transmit) {
        self.push(transmit);
    }
}

struct Turned<R: Role> {
    /// `None`: they have ended.
    rounds: Option<Rounds<R>>,
    bench: Bench,
}

/// Where helping threads are waited for.
struct Bench {
    poll: Poll,
    events: Events,
    /// Held as long as the poll: a waker that is gone takes its alarms along.
    _waker: Arc<Waker>,
}

/// The near end, and what is to be turned.
pub(super) type Ends<C, T> = (Handle<C, T>, Box<dyn Stepped>);

pub(super) fn start<R: Role, C: Send + 'static>(
    start: Start,
    notify: Notify,
    open: impl FnOnce(Seat, Receiver<C>) -> Result<Parts<R>, DriverError>,
) -> Result<Ends<C, R::Told>, DriverError> {
    let Start { now, own, seed } = start;
    let (poll, waker) = poll()?;
    let (handle, asked, teller) = Handle::without_thread(waker.clone(), notify);
    let seat = Seat {
        own,
        seed,
        waker: waker.clone(),
    };
    let parts = open(seat, asked)?;
    let bench = Bench {
        poll,
        events: Events::with_capacity(8),
        _waker: waker,
    };
    let rounds = Some(Rounds::new(now, parts, own, teller));
    Ok((handle, Box::new(Turned { rounds, bench })))
}

impl<R: Role> Stepped for Turned<R> {
    fn due(&self) -> Option<Duration> {
        self.rounds.as_ref()?.due()
    }

    fn turn(&mut self, now: Now, came: Option<(SocketAddr, &[u8])>) -> Vec<Transmit> {
        let mut sent = Vec::new();
        let Some(mut rounds) = self.rounds.take() else {
            return sent;
        };
        rounds.begin(now);
        match self.bench.round(&mut rounds, came, &mut sent) {
            Ok(Flow::On) => self.rounds = Some(rounds),
            Ok(Flow::End) => rounds.end((), Ok(())),
            Err(error) => rounds.end((), Err(error)),
        }
        sent
    }

    fn has_ended(&self) -> bool {
        self.rounds.is_none()
    }
}

impl Bench {
    fn round<R: Role>(
        &mut self,
        rounds: &mut Rounds<R>,
        came: Option<(SocketAddr, &[u8])>,
        sent: &mut Vec<Transmit>,
    ) -> Result<Flow, DriverError> {
        // What is looked up is as it was before the round's records.
        loop {
            if rounds.feed_commands(sent) == Flow::End {
                return Ok(Flow::End);
            }
            if rounds.errands().asked == 0 {
                break;
            }
            // All at once, lest their order be chance.
            while rounds.errands().done < rounds.errands().asked {
                self.wait()?;
            }
        }
        if let Some((from, bytes)) = came {
            rounds.feed_datagram(from, bytes, sent);
        }
        rounds.feed_deadline(sent);
        rounds.keep(sent)?;
        while rounds.is_keeping() {
            self.wait()?;
            rounds.keep(sent)?;
        }
        Ok(rounds.tell())
    }

    /// Waits until a helping thread has done something.
    fn wait(&mut self) -> Result<(), DriverError> {
        match self.poll.poll(&mut self.events, None) {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                Err(DriverError::Socket(error.into()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
