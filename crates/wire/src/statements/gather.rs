//! What every reader of a format gathers: statements, refused lines, checks, each within its limit.
//!
//! Deliberately absent: what a format looks like.

use regua_core::bank::{BadLine, BankAccount, BankFile, Check, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;

/// Most refused lines that are listed; a file with more is not of this format, or destroyed.
pub const REFUSED_MAX: usize = 10_000;

/// A file while it is read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) statements: Vec<Statement>,
    refused: Vec<BadLine>,
    checks: Vec<Check>,
}

impl Gathered {
    /// Sets a line aside.
    pub(super) fn refuse(&mut self, place: u32, what: impl Into<String>) {
        if self.refused.len() < REFUSED_MAX {
            self.refused.push(BadLine { place, what: what.into() });
        } else if self.refused.len() == REFUSED_MAX {
            let what =
                format!("more than {REFUSED_MAX} lines are refused, those from here on are not listed; see whether the file is whole");
            self.refused.push(BadLine { place, what });
        }
    }

    /// Notes what the file says of itself beside what was read.
    pub(super) fn check(&mut self, place: u32, of: &'static str, told: i128, read: i128) {
        match (i64::try_from(told), i64::try_from(read)) {
            (Ok(told), Ok(read)) => self.checks.push(Check { place, of, told, read }),
            (Err(_), _) | (_, Err(_)) => self.refuse(place, format!("{of}: the sum is too large to be one")),
        }
    }

    /// The file, its refused lines and checks in the order of their places.
    pub(super) fn into_file(mut self, format: Format) -> BankFile {
        self.refused.sort_by_key(|bad| bad.place);
        self.checks.sort_by_key(|check| check.place);
        BankFile { format, statements: self.statements, refused: self.refused, checks: self.checks }
    }
}

/// A line that says nothing yet but what happened, and how much moved if anything did.
///
/// * `minor` — signed minor units; only how much they are is kept.
///
/// # Errors
/// What is wrong with the amount.
pub(super) fn line(place: u32, event: Event, minor: i64, currency: Currency) -> Result<Line, &'static str> {
    let amount = minor.checked_abs().ok_or("too large")?;
    Ok(Line {
        place,
        event,
        amount: (amount != 0).then(|| Money::new(amount, currency)),
        paid_on: None,
        posted_on: None,
        names: Names::default(),
        payer: Payer::default(),
        parts: Parts::default(),
        text: "".into(),
        codes: Vec::new(),
    })
}

/// A company's account. Zeros in front are left out of all but IBANs; a Brazilian bank has three digits.
pub(super) fn account(bank: &str, branch: &str, number: &str, currency: Option<Currency>) -> BankAccount {
    let plain = |text: &str| text.trim().trim_start_matches('0').into();
    let bank = bank.trim();
    let digits = !bank.is_empty() && bank.bytes().all(|byte| byte.is_ascii_digit());
    let short = bank.trim_start_matches('0');
    let bank = if currency == Some(Currency::BRL) && digits && short.len() <= 3 { format!("{short:0>3}").into() } else { bank.into() };
    BankAccount { bank, branch: plain(branch), number: plain(number) }
}
