//! `eu-target2`: days on which the euro's settlement system (TARGET, TARGET2, T2) is closed.
//!
//! Source: the long-term calendar of the European Central Bank (press release of 14 December 2000, in force since
//! 2002): Saturdays, Sundays and the six days below. 31 December was closed as well in 1999 and 2001 for the
//! change-over. The system began in 1999; earlier years get the same six days.
//!
//! SEPA payments and most euro contracts go by it. National holidays of a member state are absent.

use crate::time::Day;

use super::easter::{date, easter};

pub(super) fn holidays(year: i16, out: &mut Vec<Day>) {
    let easter = easter(year);
    out.extend([
        date(year, 1, 1),
        easter.plus(-2), // Good Friday
        easter.plus(1),  // Easter Monday
        date(year, 5, 1),
        date(year, 12, 25),
        date(year, 12, 26),
    ]);
    if matches!(year, 1999 | 2001) {
        out.push(date(year, 12, 31));
    }
}
