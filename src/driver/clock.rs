//! The one place that reads the clocks.

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

fn local_offset_s() -> i32 {
    Local::now().offset().fix().local_minus_utc()
}
