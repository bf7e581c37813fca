//! The discount that grows with automatic payments in time (`autopay_discount` of a policy).
//!
//! Deliberately absent: what it is taken off and how it is rounded, which is billing; and what counts as automatic, which
//! whoever reads the charges decides.

use crate::rate::Rate;
use crate::time::Day;

/// One automatic payment of a customer, or the attempt at one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Automatic {
    /// The day on which it was due.
    pub due: Day,
    /// The day on which the payer's money moved; none while it did not.
    pub settled_on: Option<Day>,
    /// Whether an attempt at it failed, even if a later one succeeded.
    pub failed: bool,
}

/// How many payments in time lie at the end of a history, oldest first.
///
/// One that failed or came late ends the row, whatever came before. One that is still under way counts neither way.
#[must_use]
pub fn streak(history: &[Automatic]) -> usize {
    let decided = history.iter().rev().filter(|payment| payment.failed || payment.settled_on.is_some());
    decided.take_while(|payment| !payment.failed && payment.settled_on.is_some_and(|day| day <= payment.due)).count()
}

/// The discount on the next automatic payment: the n-th rate after n in a row in time, the last rate for all further ones.
///
/// ```
/// # use regua_core::charging::discounts::{Automatic, autopay};
/// # use regua_core::{rate::Rate, time::Day};
/// let rates = [Rate::from_bps(100), Rate::from_bps(200), Rate::from_bps(300)];
/// let due = Day::parse("2026-12-10")?;
/// let in_time = Automatic { due, settled_on: Some(due), failed: false };
/// assert_eq!(autopay(&rates, &[]), None);
/// assert_eq!(autopay(&rates, &[in_time, in_time]), Some(Rate::from_bps(200)));
/// assert_eq!(autopay(&rates, &[in_time; 5]), Some(Rate::from_bps(300)));
/// # Ok::<(), regua_core::time::BadTime>(())
/// ```
#[must_use]
pub fn autopay(rates: &[Rate], history: &[Automatic]) -> Option<Rate> {
    let place = streak(history).min(rates.len()).checked_sub(1)?;
    rates.get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_or_late_payment_starts_anew_and_one_under_way_does_not() {
        let due = Day::from_epoch(20_000);
        let rates = [Rate::from_bps(100), Rate::from_bps(200), Rate::from_bps(300)];
        let paid = |late: i32| Automatic { due, settled_on: Some(due.plus(late)), failed: false };
        let (good, late, early) = (paid(0), paid(1), paid(-3));
        let failed = Automatic { failed: true, ..good };
        let open = Automatic { settled_on: None, ..good };
        for (history, expected) in [
            (vec![], None),
            (vec![good], Some(100)),
            (vec![good, early], Some(200)),
            (vec![good, good, good], Some(300)),
            (vec![good; 9], Some(300)),
            (vec![good, good, late], None),
            (vec![good, good, late, good], Some(100)),
            (vec![good, failed], None),
            (vec![failed, good, good], Some(200)),
            (vec![good, good, open], Some(200)),
            (vec![open], None),
        ] {
            assert_eq!(autopay(&rates, &history), expected.map(Rate::from_bps), "{history:?}");
        }
        assert_eq!(autopay(&[], &[good]), None);
    }
}
