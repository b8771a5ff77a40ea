//! How long an answer takes, estimated from the round trips so far as in RFC 6298, and how long to
//! wait for the next one as in RFC 8085. Every sample is of a known try: who measures counts the
//! tries, and the answer names one. What does not live here: when to send again.

use std::time::Duration;

/// The longest round trip that counts. Whoever answers later than this slept, and one such sample
/// would lengthen the waits of a long time.
const SAMPLE_MAX: Duration = Duration::from_secs(10);

/// The round trip to one address.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rtt {
    srtt: Option<Duration>,
    rttvar: Option<Duration>,
}

impl Rtt {
    /// Learns from one round trip, with the weights of RFC 6298 section 2: an eighth for the mean, a
    /// quarter for the variation.
    pub fn sample(&mut self, round_trip: Duration) {
        let round_trip = round_trip.min(SAMPLE_MAX);
        let (Some(srtt), Some(rttvar)) = (self.srtt, self.rttvar) else {
            self.srtt = Some(round_trip);
            self.rttvar = Some(round_trip / 2);
            return;
        };
        self.rttvar = Some((rttvar * 3 + srtt.abs_diff(round_trip)) / 4);
        self.srtt = Some((srtt * 7 + round_trip) / 8);
    }

    /// The smoothed round trip; `None`: nothing has been measured.
    pub fn mean(&self) -> Option<Duration> {
        self.srtt
    }

    /// How long to wait for an answer, at least `shortest`, which covers what the measure does not:
    /// an answer may stand behind a disk's commit of up to 20 ms. `None`: nothing has been measured.
    pub fn timeout(&self, shortest: Duration) -> Option<Duration> {
        let wait = self.srtt? + self.rttvar? * 4;
        Some(wait.max(shortest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORTEST: Duration = Duration::from_millis(100);

    #[test]
    fn nothing_is_known_before_the_first_sample() {
        assert_eq!(Rtt::default().timeout(SHORTEST), None);
    }

    #[test]
    fn the_first_sample_counts_three_times() {
        assert_eq!(after(&[200]), ms(600));
    }

    #[test]
    fn later_samples_weigh_an_eighth_and_a_quarter() {
        // Mean (7 * 200 + 400) / 8 = 225, variation (3 * 100 + 200) / 4 = 125.
        assert_eq!(after(&[200, 400]), ms(225 + 4 * 125));
        assert_eq!(after(&[400, 200]), ms(375 + 4 * 200));
    }

    #[test]
    fn a_steady_path_is_waited_for_no_longer_than_it_takes() {
        assert_eq!(after(&[160; 100]).as_millis(), 160);
    }

    #[test]
    fn the_wait_is_never_below_the_shortest() {
        assert_eq!(after(&[0; 10]), ms(100));
        assert_eq!(after(&[1]), ms(100));
    }

    #[test]
    fn an_answer_after_a_sleep_does_not_lengthen_the_waits_of_a_long_time() {
        let mut rtt = Rtt::default();
        rtt.sample(ms(20));
        rtt.sample(Duration::MAX);
        assert!(rtt.timeout(SHORTEST).expect("measured") < Duration::from_secs(12));
        (0..40).for_each(|_| rtt.sample(ms(20)));
        assert!(rtt.timeout(SHORTEST).expect("measured") < ms(150));
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn after(samples_ms: &[u64]) -> Duration {
        let mut rtt = Rtt::default();
        samples_ms.iter().for_each(|sample| rtt.sample(ms(*sample)));
        rtt.timeout(SHORTEST).expect("measured")
    }
}
