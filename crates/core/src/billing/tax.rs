//! Taxes on an invoice: the three ways in which a rate meets a price.

use serde::{Deserialize, Serialize};

use super::{BillingError, TaxLine};
use crate::money::div_round;
use crate::policy::program::Rounding;
use crate::rate::Rate;
use crate::words::text_enum;

/// A tax with its rate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tax {
    /// What the invoice calls it.
    pub name: Box<str>,
    /// Its rate.
    pub rate: Rate,
    /// How the rate meets the price.
    pub mode: TaxMode,
}

text_enum! {
    /// How a rate meets a price of 100: `exclusive` adds to it (100 + 20); `inclusive` is contained, the rate being of
    /// the price without it (20 % of 83.33 = 16.67, as EU VAT); `within` is contained, the rate being of the price
    /// itself (20 % of 100 = 20, as ISS in Brazil, *por dentro*).
    TaxMode, "tax mode" { Exclusive = "exclusive", Inclusive = "inclusive", Within = "within" }
}

/// Refuses rates that cannot be.
pub(super) fn check(taxes: &[Tax]) -> Result<(), BillingError> {
    let mut within: i64 = 0;
    for tax in taxes {
        let units = tax.rate.units();
        within += if tax.mode == TaxMode::Within { units.clamp(0, Rate::ONE) } else { 0 };
        if !(0..=Rate::ONE).contains(&units) || within >= Rate::ONE {
            return Err(BillingError::Percentage(tax.name.clone()));
        }
    }
    Ok(())
}

/// The tax lines on what lines and discounts come to. Exclusive ones are reckoned on the price without the contained
/// ones; contained ones of one mode are rounded together, so that their sum is right.
pub(super) fn lines(taxes: &[Tax], price: i64, rounding: Rounding) -> Result<Vec<TaxLine>, BillingError> {
    let one = i128::from(Rate::ONE);
    let sum = |mode| taxes.iter().filter(|tax| tax.mode == mode).map(|tax| i128::from(tax.rate.units())).sum::<i128>();
    let (within, inclusive) = (sum(TaxMode::Within), sum(TaxMode::Inclusive));
    let price = i128::from(price);
    let within_all = div_round(price * within, one, rounding);
    let rest = price - within_all;
    let net = div_round(rest * one, one + inclusive, rounding);
    let inclusive_all = rest - net;
    // Parts of a rounded sum by what has been given so far.
    let part = |all: i128, before: i128, rate: i128, of: i128| {
        if of == 0 { 0 } else { div_round(all * (before + rate), of, rounding) - div_round(all * before, of, rounding) }
    };
    let (mut within_given, mut inclusive_given) = (0, 0);
    let mut lines = Vec::with_capacity(taxes.len());
    for tax in taxes {
        let rate = i128::from(tax.rate.units());
        let (base, amount) = match tax.mode {
            TaxMode::Exclusive => (net, div_round(net * rate, one, rounding)),
            TaxMode::Inclusive => {
                let amount = part(inclusive_all, inclusive_given, rate, inclusive);
                inclusive_given += rate;
                (net, amount)
            }
            TaxMode::Within => {
                let amount = part(within_all, within_given, rate, within);
                within_given += rate;
                (price, amount)
            }
        };
        let fits = |minor: i128| i64::try_from(minor).or(Err(BillingError::Overflow));
        lines.push(TaxLine { name: tax.name.clone(), rate: tax.rate, mode: tax.mode, base: fits(base)?, amount: fits(amount)? });
    }
    Ok(lines)
}
