//! Decides when a socket is replaced, and by which: after what the system said of it, after a sleep,
//! and again where a replacement was refused. It opens nothing and reads no clock.
//!
//! What may be a peer's doing (its port is closed, its datagram is too long, nobody routes to it)
//! replaces nothing. What only the socket itself can be the cause of does, at once the first time,
//! later after growing pauses.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

/// Whether a port can be given up for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Others know the port: it is asked for until it is free again.
    Only,
    /// Any other port does as well when this one is refused [`REFUSALS_MAX`] times.
    Preferred,
}

/// The port that the next socket asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Same,
    Any,
}

/// Refusals of one port before another is taken: it may be held for good.
const REFUSALS_MAX: u32 = 3;

/// The pauses before a socket is replaced begin here and double: a network that comes up takes
/// seconds.
const PAUSE: Duration = Duration::from_secs(1);

/// They end here: soon enough for a person who waits, and rare enough for the log.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// A socket that held this long was good: what breaks it is a new trouble.
const HELD: Duration = Duration::from_secs(30);

/// Rounds in a row in which a socket gave nothing but errors, until it is replaced.
const FAILING_MAX: u32 = 3;

/// How long nothing was sent and nothing read, with sends to several failing, until the socket is
/// replaced: longer than any run of retries to some who can't be reached, which ends at the server.
const UNSENT_FOR: Duration = Duration::from_secs(10);

/// Times are on the scale of [`crate::machine::Now::mono`].
#[derive(Debug)]
pub(super) struct Mender {
    wish: Wish,
    /// When the present socket was opened.
    opened: Duration,
    /// When it is to be replaced; `None`: it is good.
    due: Option<Duration>,
    /// Replacements that were tried since a socket held.
    tries: u32,
    /// How often in a row the same port was refused.
    refusals: u32,
    /// Rounds of nothing but read errors in a row.
    failing: u32,
    unsent: Option<Unsent>,
}

/// Sends that failed since one succeeded, or anything was read.
#[derive(Debug)]
struct Unsent {
    since: Duration,
    to: SocketAddr,
    /// Others than `to` could not be reached either.
    several: bool,
}

impl Mender {
    /// For a socket that is open since the beginning of time.
    pub fn new(wish: Wish) -> Self {
        Self {
            wish,
            opened: Duration::ZERO,
            due: None,
            tries: 0,
            refusals: 0,
            failing: 0,
            unsent: None,
        }
    }

    /// A datagram came: the socket works.
    pub fn on_read(&mut self) {
        self.failing = 0;
        self.unsent = None;
    }

    /// Nothing is left to read, which is no error.
    pub fn on_emptied(&mut self) {
        self.failing = 0;
    }

    pub fn on_read_error(&mut self, now: Duration, kind: ErrorKind) {
        if is_own_trouble(kind) {
            self.replace(now);
        }
    }

    /// A whole round of reads gave nothing but errors, whichever they were.
    pub fn on_failing_round(&mut self, now: Duration) {
        self.failing += 1;
        if self.failing >= FAILING_MAX {
            self.replace(now);
        }
    }

    pub fn on_sent(&mut self) {
        self.unsent = None;
    }

    /// A send failed. Whoever can't be reached is lost alone: only when nobody can be, several were
    /// tried, and nobody is heard either, is it the socket.
    pub fn on_send_error(&mut self, now: Duration, kind: ErrorKind, to: SocketAddr) {
        // A socket that is shut says so whoever the destination is.
        if matches!(kind, ErrorKind::BrokenPipe | ErrorKind::NotConnected) {
            self.replace(now);
        } else if is_own_trouble(kind)
            || matches!(
                kind,
                ErrorKind::HostUnreachable | ErrorKind::PermissionDenied
            )
        {
            let unsent = self.unsent.get_or_insert(Unsent {
                since: now,
                to,
                several: false,
            });
            unsent.several |= unsent.to != to;
            if unsent.several && now >= unsent.since + UNSENT_FOR {
                self.replace(now);
            }
        }
    }

    /// The computer slept: the network is another, and pauses of before mean nothing.
    pub fn on_sleep(&mut self, now: Duration) {
        (self.tries, self.refusals) = (0, 0);
        self.due = Some(now);
    }

    /// When to look again; `None`: the socket is good.
    pub fn poll_due(&self) -> Option<Duration> {
        self.due
    }

    /// The socket to open now, if it is time. [`Self::on_opened`] or [`Self::on_refused`] follows.
    pub fn poll_ask(&self, now: Duration) -> Option<Ask> {
        self.due.filter(|due| *due <= now)?;
        match self.wish {
            Wish::Preferred if self.refusals >= REFUSALS_MAX => Some(Ask::Any),
            Wish::Preferred | Wish::Only => Some(Ask::Same),
        }
    }

    /// The new socket is open. Whether it works is not known yet.
    pub fn on_opened(&mut self, now: Duration) {
        *self = Self {
            opened: now,
            tries: self.tries.saturating_add(1),
            ..Self::new(self.wish)
        };
    }

    pub fn on_refused(&mut self, now: Duration) {
        self.tries = self.tries.saturating_add(1);
        self.refusals = self.refusals.saturating_add(1);
        self.due = Some(now + pause(self.tries));
    }

    fn replace(&mut self, now: Duration) {
        if self.due.is_some() {
            return;
        }
        if now >= self.opened + HELD {
            self.tries = 0;
        }
        self.due = Some(now + pause(self.tries));
    }
}

/// Whether an error on a read speaks of our own socket and no peer.
fn is_own_trouble(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable
            | ErrorKind::InvalidInput
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
    )
}

/// How long to wait after so many tries: nothing, 1 s, 2 s, 4 s ... 30 s.
fn pause(tries: u32) -> Duration {
    let Some(doublings) = tries.checked_sub(1) else {
        return Duration::ZERO;
    };
    let factor = 2_u32.checked_pow(doublings);
    factor.map_or(PAUSE_MAX, |factor| (PAUSE * factor).min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: ErrorKind = ErrorKind::NetworkDown;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn peer(number: u8) -> SocketAddr {
        ([10, 0, 0, number], 5000).into()
    }

    /// Refuses every socket `times` times from `now` on; returns the pauses and what was asked for.
    fn refuse(mender: &mut Mender, mut now: Duration, times: usize) -> Vec<(u64, Ask)> {
        let mut asked = Vec::new();
        for _ in 0..times {
            let due = mender.poll_due().expect("it goes on");
            let waited = due.saturating_sub(now).as_secs();
            now = now.max(due);
            asked.push((waited, mender.poll_ask(now).expect("it is due")));
            mender.on_refused(now);
        }
        asked
    }

    #[test]
    fn what_a_peer_can_cause_replaces_nothing() {
        let mut mender = Mender::new(Wish::Preferred);
        for kind in [
            ErrorKind::ConnectionRefused,
            ErrorKind::ConnectionReset,
            ErrorKind::HostUnreachable,
            ErrorKind::PermissionDenied,
            ErrorKind::Interrupted,
            ErrorKind::OutOfMemory,
            ErrorKind::Other,
        ] {
            for second in 0..100 {
                mender.on_read_error(at(second), kind);
            }
            assert_eq!(mender.poll_due(), None, "{kind}");
        }
    }

    #[test]
    fn a_socket_in_trouble_of_its_own_is_replaced_at_once() {
        for kind in [
            ErrorKind::NetworkDown,
            ErrorKind::NetworkUnreachable,
            ErrorKind::AddrNotAvailable,
            ErrorKind::InvalidInput,
            ErrorKind::BrokenPipe,
            ErrorKind::NotConnected,
        ] {
            let mut mender = Mender::new(Wish::Preferred);
            mender.on_read_error(at(7), kind);
            assert_eq!(mender.poll_ask(at(7)), Some(Ask::Same), "{kind}");
            mender.on_opened(at(7));
            assert_eq!((mender.poll_due(), mender.poll_ask(at(99))), (None, None));
        }
    }

    #[test]
    fn rounds_of_nothing_but_errors_replace_it_unless_one_gives_something() {
        let mut mender = Mender::new(Wish::Only);
        for recover in [Mender::on_read, Mender::on_emptied] {
            mender.on_failing_round(at(0));
            mender.on_failing_round(at(0));
            recover(&mut mender);
        }
        mender.on_failing_round(at(0));
        mender.on_failing_round(at(0));
        assert_eq!(mender.poll_due(), None);
        mender.on_failing_round(at(0));
        assert_eq!(mender.poll_due(), Some(at(0)));
    }

    #[test]
    fn a_server_asks_for_its_port_for_ever_after_growing_pauses() {
        let mut mender = Mender::new(Wish::Only);
        mender.on_read_error(at(100), DOWN);
        let asked = refuse(&mut mender, at(100), 100);
        let pauses: Vec<_> = asked.iter().map(|(pause, _)| *pause).collect();
        assert_eq!(pauses[..8], [0, 1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(pauses[99], 30);
        assert!(asked.iter().all(|(_, ask)| *ask == Ask::Same));
    }

    #[test]
    fn a_client_takes_another_port_after_three_refusals() {
        let mut mender = Mender::new(Wish::Preferred);
        mender.on_read_error(at(100), DOWN);
        let asks = [
            (0, Ask::Same),
            (1, Ask::Same),
            (2, Ask::Same),
            (4, Ask::Any),
            (8, Ask::Any),
        ];
        assert_eq!(refuse(&mut mender, at(100), 5), asks);
        // Whatever port it has got, it wants to keep.
        mender.on_opened(at(200));
        mender.on_read_error(at(300), DOWN);
        assert_eq!(mender.poll_ask(at(300)), Some(Ask::Same));
    }

    #[test]
    fn nothing_is_asked_for_before_the_pause_is_over() {
        let mut mender = Mender::new(Wish::Only);
        mender.on_read_error(at(0), DOWN);
        mender.on_refused(at(0));
        // More errors neither hasten nor delay it.
        mender.on_read_error(Duration::from_millis(500), DOWN);
        assert_eq!(mender.poll_ask(Duration::from_millis(999)), None);
        assert_eq!(mender.poll_ask(at(1)), Some(Ask::Same));
    }

    #[test]
    fn sockets_that_open_and_break_at_once_are_not_replaced_all_the_time() {
        let mut mender = Mender::new(Wish::Preferred);
        let (mut now, mut dues) = (at(100), Vec::new());
        for _ in 0..5 {
            mender.on_read_error(now, DOWN);
            let due = mender.poll_due().expect("it is broken");
            dues.push((due - now).as_secs());
            mender.on_opened(due);
            now = due;
        }
        assert_eq!(dues, [0, 1, 2, 4, 8]);
        // One that held is replaced without a pause.
        mender.on_read_error(now + HELD, DOWN);
        assert_eq!(mender.poll_due(), Some(now + HELD));
    }

    #[test]
    fn one_who_can_not_be_reached_is_not_the_sockets_fault() {
        let mut mender = Mender::new(Wish::Preferred);
        for second in 0..1000 {
            mender.on_send_error(at(second), ErrorKind::NetworkUnreachable, peer(1));
        }
        assert_eq!(mender.poll_due(), None);
    }

    #[test]
    fn several_who_can_not_be_reached_are_not_while_anybody_can() {
        for recover in [Mender::on_sent, Mender::on_read] {
            let mut mender = Mender::new(Wish::Preferred);
            for second in 0..1000 {
                let to = peer((second % 2) as u8);
                mender.on_send_error(at(second), ErrorKind::HostUnreachable, to);
                if second % 5 == 0 {
                    recover(&mut mender);
                }
            }
            assert_eq!(mender.poll_due(), None);
        }
    }

    #[test]
    fn nobody_who_can_be_reached_for_long_is() {
        for kind in [
            ErrorKind::NetworkUnreachable,
            ErrorKind::NetworkDown,
            ErrorKind::AddrNotAvailable,
            ErrorKind::HostUnreachable,
            ErrorKind::PermissionDenied,
            ErrorKind::InvalidInput,
        ] {
            let mut mender = Mender::new(Wish::Preferred);
            mender.on_send_error(at(50), kind, peer(1));
            mender.on_send_error(at(59), kind, peer(2));
            assert_eq!(mender.poll_due(), None, "{kind}");
            mender.on_send_error(at(60), kind, peer(1));
            assert_eq!(mender.poll_due(), Some(at(60)), "{kind}");
        }
    }

    #[test]
    fn a_send_that_is_merely_lost_counts_for_nothing() {
        let mut mender = Mender::new(Wish::Preferred);
        for second in 0..100 {
            let to = peer((second % 3) as u8);
            for kind in [ErrorKind::WouldBlock, ErrorKind::ConnectionRefused] {
                mender.on_send_error(at(second), kind, to);
            }
        }
        assert_eq!(mender.poll_due(), None);
    }

    #[test]
    fn a_socket_that_is_shut_shows_in_the_first_send() {
        for kind in [ErrorKind::BrokenPipe, ErrorKind::NotConnected] {
            let mut mender = Mender::new(Wish::Only);
            mender.on_send_error(at(5), kind, peer(1));
            assert_eq!(mender.poll_due(), Some(at(5)), "{kind}");
        }
    }

    #[test]
    fn after_a_sleep_it_is_replaced_at_once_even_amid_long_pauses() {
        let mut mender = Mender::new(Wish::Only);
        mender.on_sleep(at(9));
        assert_eq!(mender.poll_ask(at(9)), Some(Ask::Same));
        refuse(&mut mender, at(9), 20);
        mender.on_sleep(at(500));
        assert_eq!(mender.poll_due(), Some(at(500)));
        assert_eq!(
            refuse(&mut mender, at(500), 2),
            [(0, Ask::Same), (1, Ask::Same)]
        );
    }
}
