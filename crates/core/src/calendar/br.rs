//! `br-banking`: national bank holidays of Brazil.
//!
//! Sources: Resolução CMN 4.880/2020 (days without banking hours) and the list of ANBIMA; Lei 662/1949 and Lei
//! 10.607/2002 (1 January, 21 April, 1 May, 7 September, 2 and 15 November, 25 December), Lei 6.802/1980
//! (12 October), Lei 14.759/2023 (20 November, national since 2024).
//!
//! Ash Wednesday, 24 and 31 December are business days: branches keep shorter hours or none, but titles fall due.
//! Absent: state and municipal holidays and election days. Years before 1980 get today's list without 12 October;
//! nothing still collected depends on them.

use crate::time::Day;

use super::easter::{date, easter};

/// The year since which 12 October is a holiday (Lei 6.802 of 30 June 1980).
const APARECIDA_SINCE: i16 = 1980;
/// The year since which 20 November is one (Lei 14.759 of 21 December 2023).
const CONSCIENCIA_NEGRA_SINCE: i16 = 2024;

pub(super) fn holidays(year: i16, out: &mut Vec<Day>) {
    let easter = easter(year);
    out.extend([
        date(year, 1, 1),
        easter.plus(-48), // Carnival Monday
        easter.plus(-47), // Carnival Tuesday
        easter.plus(-2),  // Good Friday
        date(year, 4, 21),
        date(year, 5, 1),
        easter.plus(60), // Corpus Christi
        date(year, 9, 7),
        date(year, 11, 2),
        date(year, 11, 15),
        date(year, 12, 25),
    ]);
    if year >= APARECIDA_SINCE {
        out.push(date(year, 10, 12));
    }
    if year >= CONSCIENCIA_NEGRA_SINCE {
        out.push(date(year, 11, 20));
    }
}
