//! Days of Pix charges: until when a due-dated one can be paid, and when a recurring one is announced, tried and called off.
//!
//! Functions of dates alone. Holidays of the payer's town count too, which only the payer's bank knows: the calendar is an
//! argument, and a day that is closed there moves what is computed here. Deliberately absent: hours of settlement.
//!
//! Source: Banco Central do Brasil, Pix API 2.9.0 (cobv, examples A to G); for Pix Automático the rules of IN BCB 513 as Cielo,
//! Asaas and the Open Finance guide print them: calendar days, since no two sources say business days.

use regua_core::calendar::Calendar;
use regua_core::time::{Day, LocalTime};

/// Days after the due date on which a charge can be paid, where it does not say (`validadeAposVencimento`).
pub const VALIDITY_DAYS: u16 = 30;
/// How many days before its settlement a recurring charge reaches the payer's bank, at the earliest and at the latest.
pub const INSTRUCT_DAYS: (i32, i32) = (10, 2);
/// How many days after the first try the last retry may lie.
pub const RETRY_DAYS: i32 = 7;
/// How many retries there are, each on a day of its own.
pub const RETRIES_MAX: usize = 3;

/// Until when a due-dated charge (cobv) can be paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Payable {
    /// The due date, rolled to an open day: charges, discounts and validity are counted from it.
    pub adjusted_due_on: Day,
    /// The last day on which it can be paid, through its end.
    pub last_on: Day,
}

/// Until when a due-dated charge can be paid.
///
/// * `validity_days`: calendar days after the due date; 0 ends it with the due date.
///
/// ```
/// # use regua_core::{calendar::Calendar, time::Day};
/// # use regua_wire::pix::payable;
/// let christmas = Day::parse("2020-12-25")?;
/// assert_eq!(payable(christmas, 4, Calendar::BrBanking).last_on, Day::parse("2021-01-04")?);
/// # Ok::<(), regua_core::time::BadTime>(())
/// ```
#[must_use]
pub fn payable(due_on: Day, validity_days: u16, calendar: Calendar) -> Payable {
    let adjusted_due_on = calendar.roll(due_on);
    Payable { adjusted_due_on, last_on: calendar.roll(adjusted_due_on.plus(validity_days.into())) }
}

/// The days of one charge of Pix Automático (cobr).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// When it is debited.
    pub settles_on: Day,
    /// From when on the payer's bank takes the charge.
    pub instruct_from: Day,
    /// Until when.
    pub instruct_until: Day,
    /// Until when the receiver may call it off, local time.
    pub receiver_cancels_until: (Day, LocalTime),
    /// Until when the payer may.
    pub payer_cancels_until: (Day, LocalTime),
    /// Days on which it may be tried again where the authorisation allows retries: at most [`RETRIES_MAX`] of them, each asked
    /// for a day or more ahead.
    pub retry_days: Vec<Day>,
}

/// The days of a recurring charge.
///
/// * `due_on`: `dataDeVencimento`; with `ajusteDiaUtil`, which is usual, `calendar` rolls it, and [`Calendar::None`] is without.
/// * `next_on`: when the next cycle settles, before which retries end.
///
/// ```
/// # use regua_core::{calendar::Calendar, time::Day};
/// # use regua_wire::pix::attempt;
/// let days = attempt(Day::parse("2026-12-12")?, Calendar::BrBanking, None); // a Saturday
/// assert_eq!((days.settles_on, days.instruct_until), (Day::parse("2026-12-14")?, Day::parse("2026-12-12")?));
/// # Ok::<(), regua_core::time::BadTime>(())
/// ```
#[must_use]
pub fn attempt(due_on: Day, calendar: Calendar, next_on: Option<Day>) -> Attempt {
    let settles_on = calendar.roll(due_on);
    let eve = settles_on.plus(-1);
    let before_next = |day: &Day| next_on.is_none_or(|next| *day < next);
    Attempt {
        settles_on,
        instruct_from: settles_on.plus(-INSTRUCT_DAYS.0),
        instruct_until: settles_on.plus(-INSTRUCT_DAYS.1),
        receiver_cancels_until: (eve, LocalTime::hour(22)),
        payer_cancels_until: (eve, LocalTime::new(23, 59).unwrap_or_default()),
        retry_days: (1..=RETRY_DAYS).map(|days| settles_on.plus(days)).filter(before_next).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_end_before_the_next_cycle() {
        let day = |text| Day::parse(text).unwrap();
        let weekly = attempt(day("2026-12-14"), Calendar::BrBanking, Some(day("2026-12-18")));
        assert_eq!(weekly.retry_days, [day("2026-12-15"), day("2026-12-16"), day("2026-12-17")]);
    }

    #[test]
    fn without_validity_the_due_date_is_the_last_day() {
        let saturday = Day::parse("2026-12-12").unwrap();
        let payable = payable(saturday, 0, Calendar::BrBanking);
        assert_eq!((payable.adjusted_due_on, payable.last_on), (saturday.plus(2), saturday.plus(2)));
    }
}
