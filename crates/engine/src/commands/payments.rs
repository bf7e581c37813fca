//! Payments of a file beside those that are known: what is new, and what was told otherwise before.
//!
//! A payment with an id of its source's is that payment whatever it says. A receivable's own row says how much has been paid
//! altogether. One without either is known by what it says. In the table of payments the id begins with what is known by an
//! id (`=`) or by its row (`row`), and with how often it was told; nothing there is ever changed.

use regua_core::currency::Currency;
use regua_core::facts::Fact;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_store::lookup::StoredPayment;
use regua_wire::files::portfolio::{PaymentId, PaymentRow, When};

/// What a file tells of a payment that was not known so.
pub(crate) struct News {
    /// What it is called in the table of payments.
    pub(crate) key: String,
    /// What becomes known.
    pub(crate) fact: Fact,
    /// As it was told before and as it is told now, when it is corrected.
    pub(crate) corrects: Option<(String, String)>,
}

/// What a payment says, for those that have no id of their own.
pub(crate) fn content(file: &PaymentRow, paid_on: Day) -> String {
    let when = match file.paid {
        When::On(_) => paid_on.to_string(),
        When::At(at) => at.micros().to_string(),
    };
    match file.amount {
        Some(amount) => format!("{when}|{}", amount.minor()),
        None => format!("{when}|all"),
    }
}

/// A payment in a few words, for a list of changes.
fn says(amount: Option<Money>, paid_on: Day) -> String {
    amount.map_or_else(|| format!("all on {paid_on}"), |amount| format!("{amount} on {paid_on}"))
}

/// What is new in a payment of a file; nothing when it is known so.
///
/// * `currency` — its receivable's.
/// * `key` — the key by content, for one that has no other.
/// * `known` — the payments of its receivable.
///
/// # Errors
/// Why it cannot be taken in, and the mend.
pub(crate) fn news(
    file: &PaymentRow,
    currency: Currency,
    paid_on: Day,
    key: &str,
    known: &[StoredPayment],
) -> Result<Option<News>, String> {
    let paid = |key: String, amount: Option<Money>| News { key, fact: Fact::Paid { paid_on, amount }, corrects: None };
    match &file.id {
        PaymentId::Content => Ok((!known.iter().any(|old| old.external_id == key)).then(|| paid(key.to_owned(), file.amount))),
        PaymentId::Own(id) => {
            let told = known.iter().filter_map(|old| Some((own_told(&old.external_id, id)?, old)));
            let Some((times, old)) = told.max_by_key(|(times, _)| *times) else { return Ok(Some(paid(own_key(id), file.amount))) };
            Ok(corrected(currency, paid_on, old, file.amount, format!("={}={id}", times + 1)))
        }
        PaymentId::Row => row(file, currency, paid_on, known, &paid),
    }
}

/// What a receivable's own row says anew: that more was paid, or that its last payment was another one.
fn row(
    file: &PaymentRow,
    currency: Currency,
    paid_on: Day,
    known: &[StoredPayment],
    paid: &dyn Fn(String, Option<Money>) -> News,
) -> Result<Option<News>, String> {
    let parts = parts_of_row(known);
    let Some(&((number, times), last)) = parts.last() else { return Ok(Some(paid("row#1.1".to_owned(), file.amount))) };
    let again = format!("row#{number}.{}", times + 1);
    let earlier: i64 = parts.iter().rev().skip(1).filter_map(|(_, part)| part.amount).sum();
    let Some(altogether) = file.amount else {
        // In full: what is still open was paid since, unless it was the last payment that was told wrongly.
        let more = last.amount.is_some() && paid_on != last.paid_on;
        return Ok(if more { Some(paid(format!("row#{}.1", number + 1), None)) } else { corrected(currency, paid_on, last, None, again) });
    };
    let of_last = Money::new(altogether.minor() - earlier, currency);
    if let Some(before) = last.amount.filter(|&before| of_last.minor() > before) {
        let more = Money::new(of_last.minor() - before, currency);
        return Ok(Some(paid(format!("row#{}.1", number + 1), Some(more))));
    }
    if of_last.minor() > 0 {
        return Ok(corrected(currency, paid_on, last, Some(of_last), again));
    }
    Err(format!(
        "the row says that {altogether} was paid; before it was more, in several parts: give the payments in a file of their own, \
         each with its payment_id"
    ))
}

/// The payments that a receivable's row has told of, each as it was told last, in their order.
fn parts_of_row(known: &[StoredPayment]) -> Vec<((u32, u32), &StoredPayment)> {
    let mut parts: Vec<((u32, u32), &StoredPayment)> = known.iter().filter_map(|old| Some((row_told(&old.external_id)?, old))).collect();
    parts.sort_by_key(|(told, _)| *told);
    let mut latest: Vec<((u32, u32), &StoredPayment)> = Vec::with_capacity(parts.len());
    for part in parts {
        if latest.last().is_some_and(|((number, _), _)| *number == part.0.0) {
            latest.pop();
        }
        latest.push(part);
    }
    latest
}

/// A payment that was told otherwise; nothing when it was not.
fn corrected(currency: Currency, paid_on: Day, old: &StoredPayment, amount: Option<Money>, key: String) -> Option<News> {
    let minor = amount.map(Money::minor);
    if (old.paid_on, old.amount) == (paid_on, minor) {
        return None;
    }
    let was = old.amount.map(|minor| Money::new(minor, currency));
    let fact = Fact::Corrected { was_on: old.paid_on, was, paid_on, amount };
    Some(News { key, fact, corrects: Some((says(was, old.paid_on), says(amount, paid_on))) })
}

/// The key of a payment that is told for the first time, by the id of its source's.
pub(crate) fn own_key(id: &str) -> String {
    format!("=1={id}")
}

/// How often a payment with this id was told, by the key of a row of the table.
fn own_told(key: &str, id: &str) -> Option<u32> {
    let (times, own) = key.strip_prefix('=')?.split_once('=')?;
    if own == id { times.parse().ok() } else { None }
}

/// Which part of what a receivable's row tells, and how often it was told.
fn row_told(key: &str) -> Option<(u32, u32)> {
    let (number, times) = key.strip_prefix("row#")?.split_once('.')?;
    Some((number.parse().ok()?, times.parse().ok()?))
}
