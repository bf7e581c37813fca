//! The discount that grows with automatic payments in time (`autopay_discount` of a policy).
//!
//! Deliberately absent: what counts as automatic, which whoever reads the charges decides.

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
pub fn streak(history: &[Automatic]) -> u16 {
    let decided = history.iter().rev().filter(|payment| payment.failed || payment.settled_on.is_some());
    let row = decided.take_while(|payment| !payment.failed && payment.settled_on.is_some_and(|day| day <= payment.due));
    u16::try_from(row.count()).unwrap_or(u16::MAX)
}

/// The rate after so many in a row in time: the n-th after n, the last for all further ones.
///
/// ```
/// # use regua_core::charging::discounts::rate;
/// # use regua_core::rate::Rate;
/// let rates = [Rate::from_bps(100), Rate::from_bps(200), Rate::from_bps(300)];
/// assert_eq!(rate(&rates, 0), None);
/// assert_eq!(rate(&rates, 2), Some(Rate::from_bps(200)));
/// assert_eq!(rate(&rates, 5), Some(Rate::from_bps(300)));
/// ```
#[must_use]
pub fn rate(rates: &[Rate], streak: u16) -> Option<Rate> {
    let place = usize::from(streak).min(rates.len()).checked_sub(1)?;
    rates.get(place).copied()
}

/// What is taken off an amount after so many automatic payments in a row in time: rounded half up, never more than the amount.
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
pub fn of(rates: &[Rate], streak: u16, due: Money) -> Money {
    let zero = Money::zero(due.currency());
    if due.minor() <= 0 {
        return zero;
    }
    let off = rate(rates, streak).and_then(|rate| due.times(rate, Rounding::HalfUp).ok()).unwrap_or(zero);
    Money::new(off.minor().clamp(0, due.minor()), due.currency())
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
            assert_eq!(rate(&rates, streak(&history)), expected.map(Rate::from_bps), "{history:?}");
        }
        assert_eq!(rate(&[], 1), None);
    }

    #[test]
    fn what_is_taken_off_is_rounded_and_never_more_than_the_amount() {
        let real = |minor| Money::new(minor, crate::currency::Currency::BRL);
        let rates = [Rate::from_bps(100), Rate::from_bps(250)];
        for (streak, due, expected) in [(0, 9990, 0), (1, 9990, 100), (1, 9949, 99), (2, 1000, 25), (9, 1000, 25), (1, 0, 0), (1, -500, 0)]
        {
            assert_eq!(of(&rates, streak, real(due)), real(expected), "{streak} {due}");
        }
        assert_eq!(of(&[Rate::from_bps(20_000)], 1, real(500)), real(500));
    }
}
