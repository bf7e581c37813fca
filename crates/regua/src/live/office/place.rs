//! The one place for what is slow: whoever finds it taken waits a moment for it.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// For how long somebody waits: two people who open the same page at once both see it, and a queue does not hold threads for long.
const PATIENCE: Duration = Duration::from_secs(4);

/// A place that one has at a time.
#[derive(Default)]
pub(crate) struct Place {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// Whoever holds this has the place.
pub(crate) struct Seat<'p>(&'p Place);

impl Place {
    /// The place, when it is or becomes free within a moment.
    pub(crate) fn take(&self) -> Option<Seat<'_>> {
        self.take_within(PATIENCE)
    }

    fn take_within(&self, patience: Duration) -> Option<Seat<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_timeout_while(taken, patience, |taken| *taken);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        Some(Seat(self))
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_it_and_the_next_waits_for_it() {
        let place = Place::default();
        let seat = place.take_within(Duration::ZERO).unwrap();
        assert!(place.take_within(Duration::from_millis(5)).is_none(), "it is taken");
        std::thread::scope(|scope| {
            let next = scope.spawn(|| place.take_within(Duration::from_secs(60)).is_some());
            drop(seat);
            assert!(next.join().unwrap(), "it became free");
        });
        assert!(place.take_within(Duration::ZERO).is_some(), "whoever waited gave it back");
    }
}
