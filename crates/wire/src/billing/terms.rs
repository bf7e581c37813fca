//! Terms as people write them on a command line, in settings and in files: `10d`, `ISS=5%:within`, `HALF=50%:once`.
//!
//! Each says what is wrong with it and how it is written. Deliberately absent: what is left unsaid; that is the caller's.

use std::num::NonZeroU16;

use regua_core::billing::{Anchor, Attachment, Collection, Coupon, Cycle, Lasts, Net, Off, Tax, TaxMode, Terms, Unit};
use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::rate::Rate;
use regua_core::time::Day;

/// A text that is no term, with how one is written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadTerm(String);

fn bad<T>(what: String) -> Result<T, BadTerm> {
    Err(BadTerm(what))
}

/// Terms that somebody said; what is absent stays as it was.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TermsWords {
    /// How it is collected.
    pub collection: Option<Collection>,
    /// When it is due.
    pub net: Option<Net>,
    /// In how many monthly parts.
    pub instalments: Option<NonZeroU16>,
    /// All taxes; none is said by an empty list.
    pub taxes: Option<Vec<Tax>>,
    /// The purchase-order number; empty takes it away.
    pub purchase_order: Option<Box<str>>,
    /// All attachments.
    pub attachments: Option<Vec<Attachment>>,
}

impl TermsWords {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The terms with what was said instead of what they had.
    #[must_use]
    pub fn over(self, terms: Terms, calendar: Calendar) -> Terms {
        let purchase_order = match self.purchase_order {
            None => terms.purchase_order,
            Some(said) => Some(said).filter(|said| !said.is_empty()),
        };
        Terms {
            collection: self.collection.unwrap_or(terms.collection),
            net: self.net.unwrap_or(terms.net),
            calendar: if self.net.is_some() { calendar } else { terms.calendar },
            instalments: self.instalments.unwrap_or(terms.instalments),
            taxes: self.taxes.unwrap_or(terms.taxes),
            rounding: terms.rounding,
            purchase_order,
            attachments: self.attachments.unwrap_or(terms.attachments),
        }
    }

    /// What is said here, else what is said there.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            collection: self.collection.or(other.collection),
            net: self.net.or(other.net),
            instalments: self.instalments.or(other.instalments),
            taxes: self.taxes.or(other.taxes),
            purchase_order: self.purchase_order.or(other.purchase_order),
            attachments: self.attachments.or(other.attachments),
        }
    }
}

/// Where periods begin, as it is said: a day of the month, or a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AnchorWords {
    /// So-manieth of the month, or its last day.
    DayOfMonth(u8),
    /// A date.
    On(Day),
}

impl AnchorWords {
    /// Reads `31` or `2026-01-31`.
    ///
    /// # Errors
    /// [`BadTerm`].
    pub fn parse(text: &str) -> Result<Self, BadTerm> {
        let day = text.parse().ok().filter(|day| (1..=31).contains(day)).map(Self::DayOfMonth);
        match day.or_else(|| Day::parse(text).ok().map(Self::On)) {
            Some(anchor) => Ok(anchor),
            None => bad(format!("`{text}` is neither a day of the month (1 to 31) nor a date such as 2026-01-31")),
        }
    }

    /// The anchor of something whose first billed day is known.
    #[must_use]
    pub fn anchor(self, first_on: Day) -> Anchor {
        match self {
            Self::DayOfMonth(day) => Anchor::with_day(first_on, day).unwrap_or_else(|_bad| Anchor::on(first_on)),
            Self::On(day) => Anchor::on(day),
        }
    }
}

/// Reads how often something is billed: `month`, `3 months`, `year`.
///
/// ```
/// # use regua_wire::billing::cycle;
/// assert_eq!(cycle("3 months")?.every.get(), 3);
/// assert!(cycle("quarterly").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`BadTerm`].
pub fn cycle(text: &str) -> Result<Cycle, BadTerm> {
    let (every, unit) = text.trim().split_once(' ').unwrap_or(("1", text.trim()));
    let unit: Option<Unit> = unit.parse().ok().or_else(|| unit.strip_suffix('s').and_then(|unit| unit.parse().ok()));
    match (every.parse().ok(), unit) {
        (Some(every), Some(unit)) => Ok(Cycle::new(every, unit)),
        _ => bad(format!("`{text}` is not a cycle; write day, week, month or year, or so many of them, such as `3 months`")),
    }
}

/// Reads when something is due after its issue: `10d` in days, `10bd` in open days, `10d-open` on the next open day.
///
/// ```
/// # use regua_core::billing::Net;
/// # use regua_wire::billing::net;
/// assert_eq!(net("10bd")?, Net::OpenDays(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`BadTerm`].
pub fn net(text: &str) -> Result<Net, BadTerm> {
    type Make = fn(u16) -> Net;
    let kinds: [(&str, Make); 3] = [("d-open", Net::Rolled), ("bd", Net::OpenDays), ("d", Net::Days)];
    let read = |(suffix, make): (&str, Make)| text.strip_suffix(suffix).and_then(|days| days.parse().ok()).map(make);
    match kinds.into_iter().find_map(read) {
        Some(net) => Ok(net),
        None => bad(format!(
            "`{text}` does not say when an invoice is due; write days after its issue: 10d, 10bd (open days) or 10d-open \
             (on the next open day)"
        )),
    }
}

/// Writes what [`net`] reads.
#[must_use]
pub fn net_words(net: Net) -> String {
    match net {
        Net::Days(days) => format!("{days}d"),
        Net::Rolled(days) => format!("{days}d-open"),
        Net::OpenDays(days) => format!("{days}bd"),
    }
}

/// Reads a tax: `ISS=5%:within`.
///
/// # Errors
/// [`BadTerm`].
pub fn tax(text: &str) -> Result<Tax, BadTerm> {
    let read = || {
        let (name, rest) = text.split_once('=')?;
        let (rate, mode) = rest.split_once(':')?;
        let mode: TaxMode = mode.trim().parse().ok()?;
        let name = Some(name.trim()).filter(|name| !name.is_empty())?;
        Some(Tax { name: name.into(), rate: Rate::parse(rate.trim()).ok()?, mode })
    };
    match read() {
        Some(tax) => Ok(tax),
        None => bad(format!(
            "`{text}` is not a tax; write NAME=RATE:MODE, such as ISS=5%:within (contained, of the price itself), VAT=22%:inclusive \
             (contained, of the price without it) or VAT=22%:exclusive (on top)"
        )),
    }
}

/// Reads a coupon: `HALF=50%:once`, `TEN=10.00:3`, `FRIEND=20%:forever`.
///
/// * `currency` — of a sum.
///
/// # Errors
/// [`BadTerm`].
pub fn coupon(text: &str, currency: Currency) -> Result<Coupon, BadTerm> {
    let read = || {
        let (code, rest) = text.split_once('=')?;
        let (off, lasts) = rest.split_once(':')?;
        let code = Some(code.trim()).filter(|code| !code.is_empty())?;
        let off = if off.trim().ends_with('%') {
            Off::Percent(Rate::parse(off.trim()).ok()?)
        } else {
            Off::Amount(Money::parse(off.trim(), currency).ok()?)
        };
        let lasts = match lasts.trim() {
            "once" => Lasts::Once,
            "forever" => Lasts::Forever,
            periods => Lasts::Periods(periods.parse().ok()?),
        };
        Some(Coupon { code: code.into(), off, lasts, expires_on: None })
    };
    match read() {
        Some(coupon) => Ok(coupon),
        None => bad(format!(
            "`{text}` is not a coupon; write CODE=OFF:LASTS, such as HALF=50%:once, TEN=10.00:3 (three periods) or FRIEND=20%:forever"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_is_read_as_it_is_written_and_refused_with_how() {
        assert_eq!(cycle("month").unwrap(), Cycle::MONTHLY);
        assert_eq!(cycle("2 weeks").unwrap().unit, Unit::Week);
        assert!(cycle("0 months").unwrap_err().to_string().contains("3 months"));
        for text in ["0d", "10bd", "15d-open"] {
            assert_eq!(net_words(net(text).unwrap()), text);
        }
        assert!(net("10").unwrap_err().to_string().contains("10d"));
        assert_eq!(tax("ISS=5%:within").unwrap().mode, TaxMode::Within);
        assert!(tax("ISS 5%").unwrap_err().to_string().contains("NAME=RATE:MODE"));
        assert_eq!(coupon("TEN=10.00:3", Currency::BRL).unwrap().off, Off::Amount(Money::new(1_000, Currency::BRL)));
        assert!(coupon("TEN=10.001:3", Currency::BRL).is_err());
        assert_eq!(AnchorWords::parse("31").unwrap(), AnchorWords::DayOfMonth(31));
        assert!(AnchorWords::parse("32").is_err());
    }

    #[test]
    fn what_is_not_said_stays() {
        let before =
            Terms { purchase_order: Some("PO 1".into()), net: Net::OpenDays(3), calendar: Calendar::BrBanking, ..Terms::default() };
        assert_eq!(TermsWords::default().over(before.clone(), Calendar::None), before);
        let said = TermsWords { purchase_order: Some("".into()), collection: Some(Collection::Automatic), ..TermsWords::default() };
        let after = said.over(before, Calendar::None);
        assert_eq!((after.purchase_order, after.net, after.collection), (None, Net::OpenDays(3), Collection::Automatic));
    }
}
