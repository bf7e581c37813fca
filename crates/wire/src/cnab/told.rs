//! What a detail says, in cents, on its way to a line of a bank file.
//!
//! Both formats meet here, so the rules of amounts are written once. Deliberately absent: columns.

use regua_core::bank::{Event, Line, Names, Parts, Payer};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

/// A detail as it was read; amounts in cents, zero where the file says zero or nothing.
#[derive(Default)]
pub(super) struct Told {
    pub(super) place: u32,
    pub(super) code: String,
    pub(super) reasons: Vec<Box<str>>,
    pub(super) names: Names,
    pub(super) payer: Payer,
    pub(super) billed: i64,
    pub(super) added: i64,
    pub(super) discount: i64,
    pub(super) abatement: i64,
    pub(super) tax: i64,
    pub(super) fee: i64,
    /// What the payer paid; none when the columns that say so could not be read.
    pub(super) paid: Option<i64>,
    pub(super) occurred_on: Option<Day>,
    pub(super) credited_on: Option<Day>,
}

impl Told {
    /// The line, when its code means `event`.
    ///
    /// * Money that came, may come or was taken back has an amount, and be it zero: without one it would settle a slip in full.
    /// * When the amount could not be read such a line is no settlement: it becomes `Other`, and a person sees it.
    /// * A fee's amount is the fee. A slip that was registered, closed or changed moved nothing, whatever its columns say.
    pub(super) fn line(self, event: Event) -> Line {
        let some = |cents: i64| (cents > 0).then(|| Money::new(cents, Currency::BRL));
        let (event, amount) = match (event, self.paid) {
            (Event::Paid | Event::PaidClosed | Event::Pending | Event::Returned, Some(paid)) => {
                (event, Some(Money::new(paid, Currency::BRL)))
            }
            (Event::Paid | Event::PaidClosed | Event::Pending | Event::Returned, None) => (Event::Other, None),
            (Event::Fee, _) => (event, some(self.fee)),
            (Event::Other | Event::Spent, paid) => (event, some(paid.unwrap_or(0))),
            (Event::Registered | Event::Rejected | Event::Closed | Event::Changed, _) => (event, None),
        };
        let mut codes = vec![self.code.into_boxed_str()];
        codes.extend(self.reasons);
        Line {
            place: self.place,
            event,
            amount,
            paid_on: self.occurred_on,
            posted_on: self.credited_on,
            names: self.names,
            payer: self.payer,
            parts: Parts {
                billed: some(self.billed),
                added: some(self.added),
                discount: some(self.discount),
                abatement: some(self.abatement),
                tax: some(self.tax),
                fee: some(self.fee),
            },
            text: "".into(),
            codes,
        }
    }
}

/// A record that is no slip: kept as one line with what it is called, so that nothing of a file goes unseen.
pub(super) fn other(place: u32, code: String) -> Line {
    Told { place, code, ..Told::default() }.line(Event::Other)
}

/// Reasons of a column, `width` characters each, without blanks and zeros.
pub(super) fn reasons(text: &str, width: usize) -> Vec<Box<str>> {
    let letters: Vec<char> = text.chars().collect();
    let each = letters.chunks(width.max(1)).map(|part| part.iter().collect::<String>());
    each.map(|part| part.trim().to_owned()).filter(|part| part.bytes().any(|byte| byte != b'0')).map(String::into_boxed_str).collect()
}

/// An account's number with its check digit behind a `-`, without zeros in front.
pub(super) fn account_number(number: Option<Box<str>>, check: &str) -> Box<str> {
    match number {
        Some(number) if check.is_empty() => number,
        Some(number) => format!("{number}-{check}").into_boxed_str(),
        None => "".into(),
    }
}
