//! Amounts as Stripe writes them: whole numbers, not always in the minor unit of ISO 4217.
//!
//! Source: Stripe, "Currencies": zero-decimal currencies, three-decimal currencies, special cases.
//! Deliberately absent: the least and the largest amount of a currency, which depend on the account; Stripe refuses those.

use regua_core::currency::Currency;
use regua_core::money::Money;

use super::super::Trouble;

/// Written without a fraction.
const WHOLE: &[&str] = &["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Written in thousandths, of which the last must be 0.
const THOUSANDTHS: &[&str] = &["BHD", "JOD", "KWD", "OMR", "TND"];

/// Digits behind the point at Stripe. Everything else has two, also `ISK` and `UGX`, which have none by ISO 4217.
fn digits(currency: Currency) -> u32 {
    let code = currency.code();
    if WHOLE.contains(&code) {
        0
    } else if THOUSANDTHS.contains(&code) {
        3
    } else {
        2
    }
}

/// The number and the currency to write.
///
/// # Errors
/// [`Trouble::Refused`] when it is not more than nothing, or Stripe cannot write it exactly.
pub(super) fn written(amount: Money) -> Result<(String, String), Trouble> {
    let refused = |why: &str| Trouble::Refused { code: "amount".to_owned(), why: why.to_owned() };
    if amount.minor() <= 0 {
        return Err(refused("only more than nothing can be asked for; look at what is owed"));
    }
    let (ours, theirs) = (amount.currency().digits(), digits(amount.currency()));
    let number = scaled(amount.minor(), ours, theirs).ok_or_else(|| refused("Stripe does not take so small a part of this currency"))?;
    if theirs == 3 && number % 10 != 0 {
        return Err(refused("Stripe takes this currency in hundredths only; round what is owed"));
    }
    Ok((number.to_string(), amount.currency().code().to_ascii_lowercase()))
}

/// What a number and a currency of Stripe's mean; none for a currency that is none, or a part smaller than ours.
pub(super) fn read(number: i64, currency: &str) -> Option<Money> {
    if currency.len() != 3 {
        return None;
    }
    let currency = Currency::parse(&currency.to_ascii_uppercase())?;
    scaled(number, digits(currency), currency.digits()).map(|minor| Money::new(minor, currency))
}

/// A number of `from` digits behind the point with `to` digits; none when that is not exact or does not fit.
fn scaled(number: i64, from: u32, to: u32) -> Option<i64> {
    let scale = 10_i64.checked_pow(from.abs_diff(to))?;
    if to >= from { number.checked_mul(scale) } else { (number % scale == 0).then_some(number / scale) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, Currency::parse(code).unwrap())
    }

    #[test]
    fn amounts_are_written_in_stripes_own_units_and_read_as_the_same() {
        let rows = [
            (21_990, "BRL", "21990"),
            (1, "USD", "1"),
            (500, "JPY", "500"),
            (500, "CLP", "500"),
            (500, "ISK", "50000"),
            (3_600, "UGX", "360000"),
            (50_000, "MGA", "500"),
            (5_120, "KWD", "5120"),
            (1_250, "HUF", "1250"),
        ];
        for (minor, code, number) in rows {
            let (written, currency) = written(money(minor, code)).unwrap();
            assert_eq!((written.as_str(), currency.as_str()), (number, code.to_ascii_lowercase().as_str()));
            assert_eq!(read(written.parse().unwrap(), &currency), Some(money(minor, code)), "{code}");
        }
    }

    #[test]
    fn what_stripe_cannot_write_is_refused_and_never_rounded() {
        for (minor, code) in [(0, "BRL"), (-1, "BRL"), (5_123, "KWD"), (50, "MGA"), (i64::MAX, "ISK")] {
            assert!(matches!(written(money(minor, code)), Err(Trouble::Refused { .. })), "{minor} {code}");
        }
        for (number, code) in [(150, "isk"), (1, "xxxx"), (1, ""), (1, "€"), (i64::MAX, "mga")] {
            assert_eq!(read(number, code), None, "{number} {code}");
        }
    }
}
