//! The discount that grows with automatic payments in time (`autopay_discount` of a policy).
//!
//! Deliberately absent: what it is taken off and how it is rounded, which is billing; and what counts as automatic, which
//! whoever reads the charges decides.

use crate::money::Money;
use crate::policy::program::Rounding;
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

/// What the discount takes off an amount after so many automatic payments in time in a row; nothing without one.
///
/// ```
/// # use regua_core::charging::discounts::of;
/// # use regua_core::{currency::Currency, money::Money, rate::Rate};
/// let (rates, due) = ([Rate::from_bps(100), Rate::from_bps(200)], Money::new(10_000, Currency::BRL));
/// assert_eq!(of(&rates, 0, due).minor(), 0);
/// assert_eq!(of(&rates, 1, due).minor(), 100);
/// assert_eq!(of(&rates, 9, due).minor(), 200);
/// ```
#[must_use]
pub fn of(rates: &[Rate], in_a_row: u16, due: Money) -> Money {
    let place = usize::from(in_a_row).min(rates.len()).checked_sub(1);
    let rate = place.and_then(|place| rates.get(place));
    rate.and_then(|rate| due.times(*rate, Rounding::HalfUp).ok()).unwrap_or_else(|| Money::zero(due.currency()))
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
