//! The rate of a channel: so many messages a second, evenly, and never more.
//!
//! Deliberately absent: a clock. Moments are microseconds of whoever asks, so that a test plays them.

const SECOND: u64 = 1_000_000;

/// When the next message of a channel may go.
///
/// ```
/// use regua_engine::adapters::channels::Pace;
/// let mut pace = Pace::new(4);
/// assert_eq!(pace.wait(0), 0);
/// pace.went(0);
/// assert_eq!(pace.wait(100_000), 150_000, "four a second are one each quarter");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    per_second: u32,
    next: u64,
}

impl Pace {
    /// So many a second; 0 for any number.
    #[must_use]
    pub const fn new(per_second: u32) -> Self {
        Self { per_second, next: 0 }
    }

    /// Microseconds between two messages, rounded up so that a second never holds one too many.
    fn interval(self) -> u64 {
        match u64::from(self.per_second) {
            0 => 0,
            per_second => SECOND.div_ceil(per_second),
        }
    }

    /// How long the next one waits, in microseconds.
    #[must_use]
    pub const fn wait(&self, now: u64) -> u64 {
        self.next.saturating_sub(now)
    }

    /// One went at this moment.
    pub fn went(&mut self, now: u64) {
        self.next = self.next.max(now).saturating_add(self.interval());
    }

    /// How many of `wanted` may go within so many seconds, at least one.
    #[must_use]
    pub fn within(self, secs: u32, wanted: usize) -> usize {
        if self.per_second == 0 {
            return wanted;
        }
        let most = usize::try_from(u64::from(self.per_second).saturating_mul(u64::from(secs))).unwrap_or(usize::MAX);
        wanted.min(most.max(1))
    }

    /// Seconds until the `place`-th behind those that go now has its turn, from 1.
    #[must_use]
    pub fn turn_secs(self, place: usize) -> u64 {
        let place = u64::try_from(place).unwrap_or(u64::MAX);
        place.checked_div(u64::from(self.per_second)).map_or(0, |secs| secs.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_rate_is_no_wait() {
        let mut pace = Pace::new(0);
        for _ in 0..100 {
            assert_eq!(pace.wait(5), 0);
            pace.went(5);
        }
        assert_eq!((pace.within(2, 7), pace.turn_secs(100)), (7, 0));
        assert_eq!((Pace::new(3).within(2, 100), Pace::new(3).turn_secs(0), Pace::new(3).turn_secs(6)), (6, 1, 3));
    }

    proptest! {
        #[test]
        fn no_second_holds_more_than_the_rate(rate in 1_u32..200, arrivals in prop::collection::vec(0_u64..50_000, 1..600), late in 0_u64..3_000) {
            let (mut pace, mut now, mut went) = (Pace::new(rate), 0_u64, Vec::new());
            for (place, gap) in arrivals.into_iter().enumerate() {
                now += gap;
                // Whoever waits wakes a little late, each time by another bit.
                let wait = pace.wait(now);
                now += if wait == 0 { 0 } else { wait + late * (u64::try_from(place).unwrap() % 3) };
                pace.went(now);
                went.push(now);
            }
            for (place, from) in went.iter().enumerate() {
                let within = went[place..].iter().take_while(|at| **at < from + SECOND).count();
                prop_assert!(within <= usize::try_from(rate).unwrap(), "{within} in a second at {rate}");
            }
        }

        #[test]
        fn a_rate_that_is_asked_for_without_pause_is_reached(rate in 1_u32..500) {
            let (mut pace, mut now, mut sent) = (Pace::new(rate), 0_u64, 0_u32);
            while now < 10 * SECOND {
                now += pace.wait(now);
                pace.went(now);
                sent += 1;
            }
            prop_assert!(sent >= 10 * rate - rate / 10, "{sent} in ten seconds at {rate}");
        }
    }
}
