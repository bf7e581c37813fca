//! What wakes workers: a bell that everybody hears who waits, and a pulse that says whether they live.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant as Clock};

use regua_core::time::Instant;

/// How often a wait looks whether it is interrupted: a signal cannot ring.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Something may be due: whoever waits goes on at once. What rings while nobody waits is heard by the next who does.
#[derive(Default)]
pub(crate) struct Wake {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Wake {
    /// Wakes everybody.
    pub(crate) fn ring(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        *rung = rung.wrapping_add(1);
        drop(rung);
        self.heard.notify_all();
    }

    /// Wakes everybody else: what rang meanwhile is still heard.
    pub(crate) fn ring_others(&self, seen: &mut u64) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let all_heard = *rung == *seen;
        *rung = rung.wrapping_add(1);
        if all_heard {
            *seen = *rung;
        }
        drop(rung);
        self.heard.notify_all();
    }

    /// Waits until it rings, the time is up or everything stops. `seen` is what one has heard so far.
    pub(crate) fn wait(&self, seen: &mut u64, length: Duration, stop: &AtomicBool) {
        let begun = Clock::now();
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while *rung == *seen && !stop.load(Ordering::Relaxed) {
            let left = length.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            rung = self.heard.wait_timeout(rung, left.min(LOOK_EVERY)).unwrap_or_else(PoisonError::into_inner).0;
        }
        *seen = *rung;
    }
}

/// When the workers last did something.
#[derive(Default)]
pub(crate) struct Pulse(AtomicI64);

impl Pulse {
    /// They do something now.
    pub(crate) fn beat(&self, now: Instant) {
        self.0.store(now.micros(), Ordering::Relaxed);
    }

    /// Whether they did within some seconds.
    pub(crate) fn is_felt(&self, now: Instant, seconds: i64) -> bool {
        now.micros().saturating_sub(self.0.load(Ordering::Relaxed)) < seconds.saturating_mul(1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_woken_and_what_rang_before_is_heard() {
        let (wake, stop) = (Wake::default(), AtomicBool::new(false));
        wake.ring();
        let (mut one, mut two) = (0, 0);
        let begun = Clock::now();
        wake.wait(&mut one, Duration::from_secs(60), &stop);
        wake.wait(&mut two, Duration::from_secs(60), &stop);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wake.wait(&mut one, Duration::from_secs(60), &stop));
            std::thread::park_timeout(Duration::from_millis(50));
            wake.ring();
            waiting.join().expect("it ends");
        });
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody slept it off");
        wake.ring_others(&mut one);
        let own = one;
        wake.wait(&mut one, Duration::from_millis(10), &stop);
        assert_eq!(one, own, "nobody wakes themselves");
        wake.ring();
        wake.ring_others(&mut one);
        assert_eq!(one, own, "what rang meanwhile is still to be heard");
        stop.store(true, Ordering::Relaxed);
        wake.wait(&mut one, Duration::from_secs(60), &stop);
        assert!(begun.elapsed() < Duration::from_secs(30), "a stop ends a wait");
    }

    #[test]
    fn a_pulse_is_felt_for_a_while() {
        let (pulse, now) = (Pulse::default(), Instant::from_secs(1_000_000));
        assert!(!pulse.is_felt(now, 300));
        pulse.beat(now);
        assert!(pulse.is_felt(now.plus_hours(0), 300) && !pulse.is_felt(now.plus_hours(1), 300));
    }
}
