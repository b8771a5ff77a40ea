//! What may happen all the time is logged now and then.

use std::time::Duration;

/// Something that is logged at most once in [`LOG_AGAIN`].
#[derive(Default)]
pub(super) struct Occasional {
    next: Duration,
    unlogged: u64,
}

/// Often enough to see that it goes on.
const LOG_AGAIN: Duration = Duration::from_secs(10);

impl Occasional {
    /// How often it has happened unlogged before; `None`: too soon to log it.
    pub fn count(&mut self, mono: Duration) -> Option<u64> {
        if mono < self.next {
            self.unlogged += 1;
            return None;
        }
        self.next = mono + LOG_AGAIN;
        Some(std::mem::take(&mut self.unlogged))
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
