//! How far local time is from UTC, at any time: it changes twice a year in most places.

use chrono::{DateTime, Local, Offset, TimeZone};

/// Tells local time less UTC in seconds, for a time in Unix milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Zone(pub fn(i64) -> i32);

impl Zone {
    /// What the computer's user has chosen.
    pub const SYSTEM: Self = Self(system);
    pub const UTC: Self = Self(utc);

    /// Local time less UTC at this time, in seconds.
    pub fn offset_s(self, at_ms: i64) -> i32 {
        (self.0)(at_ms)
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

/// Two of the same function are the same.
impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Eq for Zone {}

fn system(at_ms: i64) -> i32 {
    let Some(at) = DateTime::from_timestamp_millis(at_ms) else {
        return 0;
    };
    let offset = Local.offset_from_utc_datetime(&at.naive_utc());
    offset.fix().local_minus_utc()
}

fn utc(_: i64) -> i32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_local_time_for_every_time() {
        for at_ms in [i64::MIN, -1, 0, 1_763_121_600_000, i64::MAX] {
            assert!(Zone::SYSTEM.offset_s(at_ms).abs() <= 24 * 60 * 60);
        }
    }
}
