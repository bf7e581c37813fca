//! Amounts and shares as remittances hold them: cents, and hundredths of a percent.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::rate::Rate;

use super::super::title::{Charge, InterestRate};
use crate::fixed::BadField;

/// Units of a rate in a hundredth of a percent.
const HUNDREDTH: i64 = 10_000;

/// Cents of an amount in reais, zero or more.
pub(super) fn cents(amount: Money, field: &'static str) -> Result<i64, BadField> {
    if amount.currency() != Currency::BRL {
        return Err(BadField::new(field, "is not in reais; slips are"));
    }
    Ok(amount.minor())
}

/// Hundredths of a percent.
pub(super) fn hundredths(share: Rate, field: &'static str) -> Result<i64, BadField> {
    if share.units() % HUNDREDTH != 0 {
        return Err(BadField::new(field, "has more than two digits after the point; the file holds two"));
    }
    Ok(share.units() / HUNDREDTH)
}

/// Reais.
pub(super) const fn real(cents: i64) -> Money {
    Money::new(cents, Currency::BRL)
}

/// A share of hundredths of a percent.
pub(super) const fn share(hundredths: i64) -> Rate {
    Rate::from_units(hundredths.saturating_mul(HUNDREDTH))
}

/// A charge as code and value: 1 reais, 2 a share.
pub(super) fn charge(charge: Charge, field: &'static str) -> Result<(&'static str, i64), BadField> {
    match charge {
        Charge::Amount(amount) => Ok(("1", cents(amount, field)?)),
        Charge::Share(rate) => Ok(("2", hundredths(rate, field)?)),
    }
}

/// The charge of a code and a value; none for any other code.
pub(super) fn charge_of(code: &str, value: i64) -> Option<Charge> {
    match code {
        "1" => Some(Charge::Amount(real(value))),
        "2" => Some(Charge::Share(share(value))),
        _ => None,
    }
}

/// Interest as code and value: 1 reais a day, 2 a share a month.
pub(super) fn interest(rate: InterestRate) -> Result<(&'static str, i64), BadField> {
    match rate {
        InterestRate::Daily(amount) => Ok(("1", cents(amount, "interest")?)),
        InterestRate::Monthly(rate) => Ok(("2", hundredths(rate, "interest")?)),
    }
}

/// The interest of a code and a value; none for any other code.
pub(super) fn interest_of(code: &str, value: i64) -> Option<InterestRate> {
    match code {
        "1" => Some(InterestRate::Daily(real(value))),
        "2" => Some(InterestRate::Monthly(share(value))),
        _ => None,
    }
}
