//! The one place that reads the clocks, and that sees in them that the computer slept.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{Local, Offset};

use crate::machine::Now;

/// A driver's clock: monotonic since its start, and the wall clock beside it.
pub struct Clock {
    start: Instant,
    /// The zone is looked up at most once in [`ZONE_HOLDS`].
    zone: (Duration, i32),
}

/// Local time changes its distance to UTC twice a year; a minute late is soon enough.
const ZONE_HOLDS: Duration = Duration::from_secs(60);

/// A shorter sleep is no different from lost datagrams.
const SLEEP: Duration = Duration::from_secs(10);

#[allow(clippy::disallowed_methods, reason = "this is the clock")]
impl Clock {
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            zone: (Duration::ZERO, local_offset_s()),
        }
    }

    pub fn now(&mut self) -> Now {
        let mono = self.start.elapsed();
        if mono >= self.zone.0 + ZONE_HOLDS {
            self.zone = (mono, local_offset_s());
        }
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Now {
            mono,
            unix_ms: since.as_millis().try_into().unwrap_or(i64::MAX),
            utc_offset_s: self.zone.1,
        }
    }
}

/// Whether the computer slept between `before` and `now`, of which `asked` was to be waited (`None`:
/// for as long as it takes). Where the monotonic clock stands still in a sleep (Linux, macOS), the
/// wall clock leaps ahead of it; where it goes on (Windows), the wait ends late. A wall clock that
/// somebody sets looks the same, and a socket that is opened again for nothing does no harm.
pub(super) fn slept(before: Now, now: Now, asked: Option<Duration>) -> bool {
    let mono = now.mono.saturating_sub(before.mono);
    let wall_ms = now.unix_ms.saturating_sub(before.unix_ms).try_into();
    // A wall clock that went back is no sleep.
    let wall = wall_ms.map_or(Duration::ZERO, Duration::from_millis);
    let late = asked.map(|asked| mono.saturating_sub(asked));
    wall.saturating_sub(mono) > SLEEP || late.is_some_and(|late| late > SLEEP)
}

fn local_offset_s() -> i32 {
    Local::now().offset().fix().local_minus_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds of the monotonic clock, the wall clock and the wait that was asked for.
    fn sees_sleep(mono: u64, wall: i64, asked: Option<u64>) -> bool {
        let before = Now {
            mono: Duration::from_secs(1000),
            unix_ms: 1_700_000_000_000,
            utc_offset_s: 3600,
        };
        let now = Now {
            mono: before.mono + Duration::from_secs(mono),
            unix_ms: before.unix_ms + wall * 1000,
            // Summer begins.
            utc_offset_s: 7200,
        };
        slept(before, now, asked.map(Duration::from_secs))
    }

    #[test]
    fn a_sleep_shows_in_one_of_two_ways() {
        // The monotonic clock stood still: however long was waited, or with no end.
        assert!(sees_sleep(3, 3600, Some(20)));
        assert!(sees_sleep(0, 14, None));
        assert!(sees_sleep(20, 31, Some(20)));
        // It went on, beyond what was waited for.
        assert!(sees_sleep(3600, 3600, Some(20)));
        assert!(sees_sleep(31, 31, Some(20)));
    }

    #[test]
    fn what_is_no_sleep_is_not_taken_for_one() {
        assert!(!sees_sleep(20, 20, Some(20)));
        assert!(!sees_sleep(3600, 3600, None));
        // A slow machine, a wall clock that is corrected, or set back.
        assert!(!sees_sleep(29, 29, Some(20)));
        assert!(!sees_sleep(20, 29, Some(20)));
        assert!(!sees_sleep(20, -3600, Some(20)));
        assert!(!sees_sleep(0, 0, Some(0)));
    }
}
