//! Where one part of a message is on its way. What moves it is the ladder's subject.

use std::time::Duration;

use super::limits::DIRECT_TRIES;
use super::types::Delivery;

/// Where one part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Queued,
    Direct {
        sent: Tries,
        next: Duration,
    },
    /// The peer has it but waits for an earlier one.
    Early {
        next: Duration,
    },
    Server {
        tries: u32,
        next: Duration,
    },
    /// Waits its turn at a classic server.
    Lane,
    /// On the server's disk. `next`: when to offer it straight.
    Stored {
        next: Option<Duration>,
    },
    /// Neither answers.
    Parked {
        next: Duration,
    },
    /// Finished before an earlier part was.
    Done,
}

/// When a part was sent straight, this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tries {
    pub count: usize,
    at: [Duration; DIRECT_TRIES],
}

impl Tries {
    /// None yet; a round of tries begins at `since`.
    pub fn none(since: Duration) -> Self {
        Self {
            count: 0,
            at: [since; DIRECT_TRIES],
        }
    }

    /// One that is the only one.
    pub fn once(now: Duration) -> Self {
        Self {
            count: DIRECT_TRIES,
            ..Self::none(now)
        }
    }

    pub fn since(&self) -> Duration {
        self.at[0]
    }

    pub fn count_one(&mut self, now: Duration) {
        if let Some(at) = self.at.get_mut(self.count) {
            *at = now;
            self.count += 1;
        }
    }

    /// When the try of that number, from 1, was made.
    pub fn at(&self, attempt: u32) -> Option<Duration> {
        let made = self.at.get(..self.count)?;
        made.get((attempt as usize).checked_sub(1)?).copied()
    }
}

/// Whether the part is neither finished nor in the server's hands.
pub(super) fn is_moving(state: &State) -> bool {
    !matches!(state, State::Stored { .. } | State::Done)
}

/// What its line's writer is told of a part there.
pub(super) fn stage(state: &State) -> Delivery {
    match state {
        State::Queued | State::Direct { .. } | State::Early { .. } => Delivery::Trying,
        State::Server { .. } | State::Lane => Delivery::HandingOver,
        State::Parked { .. } => Delivery::Waiting,
        State::Stored { .. } | State::Done => Delivery::Stored,
    }
}
