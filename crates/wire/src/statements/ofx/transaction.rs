//! One transaction of an OFX statement as a line.
//!
//! | element | becomes |
//! | --- | --- |
//! | `TRNTYPE`, sign of `TRNAMT` | the event, see [`event`] |
//! | `DTPOSTED`, `DTUSER` | `posted_on`, `paid_on` |
//! | `FITID` | `names.bank_id` |
//! | `CHECKNUM`, else `REFNUM` | `names.document` |
//! | `NAME` or `PAYEE`, `MEMO` | the payer's name (credits), the text |
//! | `BANKACCTTO`, `CCACCTTO` | the payer's account (credits) |
//! | `CORRECTFITID`, `CORRECTACTION` | `names.of`; `DELETE` is `returned`, `REPLACE` is `changed` |
//! | `CURRENCY` | the amount's currency, which must be the account's; `ORIGCURRENCY` is only told, and left out |
//!
//! A day is the eight digits as they stand: with or without a zone in brackets they are the bank's local day.
//! Deliberately absent: the words of a memo. `ESTORNO` may be anything; a Pix return id (`D…`) in a debit is what it says.
//!
//! Source: Open Financial Exchange 2.2, sections 3.2.8 (dates, amounts) and 11.4.4 (`STMTTRN`).

use std::borrow::Cow;

use regua_core::bank::{Event, Line};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::text::{clean, joined, word};
use super::super::{amount, day, gather, pix};

/// Most elements that are kept of one transaction; the standard has some thirty.
const FIELDS_MAX: usize = 64;

/// The elements of a transaction while it is read.
#[derive(Debug)]
pub(super) struct Raw<'t> {
    /// Where it begins.
    pub(super) place: u32,
    /// `STMTTRN`, or the kind of an investment.
    pub(super) kind: Cow<'t, str>,
    fields: Vec<(u32, Cow<'t, str>, Cow<'t, str>)>,
}

/// Why a transaction is refused, and where.
pub(super) type Bad = (u32, String);

impl<'t> Raw<'t> {
    pub(super) const fn new(place: u32, kind: Cow<'t, str>) -> Self {
        Self { place, kind, fields: Vec::new() }
    }

    /// Keeps an element; the first of its name counts.
    pub(super) fn keep(&mut self, place: u32, name: Cow<'t, str>, value: Cow<'t, str>) {
        if self.fields.len() < FIELDS_MAX {
            self.fields.push((place, name, value));
        }
    }

    fn get(&self, name: &str) -> Option<(u32, &str)> {
        let found = self.fields.iter().find(|(_, known, _)| known == name);
        found.map(|(place, _, value)| (*place, value.trim())).filter(|(_, value)| !value.is_empty())
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", |(_, value)| value)
    }

    /// The currency that the transaction itself names.
    pub(super) fn currency(&self) -> Result<Option<Currency>, Bad> {
        let Some((place, code)) = self.get("CURSYM") else { return Ok(None) };
        Currency::parse(code).map(Some).ok_or_else(|| (place, "CURSYM: not a currency of ISO 4217, such as BRL".to_owned()))
    }

    fn day(&self, name: &str) -> Result<Option<Day>, Bad> {
        let Some((place, text)) = self.get(name) else { return Ok(None) };
        date(text).map(Some).ok_or_else(|| (place, format!("{name}: not a day that exists, such as 20261130")))
    }

    fn minor(&self, name: &str, currency: Currency) -> Result<i64, Bad> {
        let (place, text) = self.get(name).ok_or_else(|| (self.place, format!("{name}: missing or empty")))?;
        amount::minor(text, currency.digits()).map_err(|what| (place, format!("{name}: {what}")))
    }
}

/// The day of an OFX date and time: its first eight digits; what follows must be a time or a zone.
pub(super) fn date(text: &str) -> Option<Day> {
    let (day, rest) = text.trim().split_at_checked(8)?;
    let timed = rest.is_empty() || rest.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '[' | ':' | ' '));
    timed.then(|| day::yyyymmdd(day)).flatten()
}

/// What a type and a sign say together; where they contradict each other, a person should look.
fn event(kind: &str, minor: i64) -> Event {
    match (kind, minor.signum()) {
        (_, 0) => Event::Other,
        ("HOLD", _) => Event::Pending,
        ("DEBIT" | "FEE" | "SRVCHG" | "CHECK" | "PAYMENT" | "DIRECTDEBIT" | "REPEATPMT", 1) => Event::Other,
        ("CREDIT" | "DEP" | "DIRECTDEP", -1) => Event::Other,
        ("FEE" | "SRVCHG" | "INT", -1) => Event::Fee,
        (_, 1) => Event::Paid,
        (_, _) => Event::Spent,
    }
}

/// A transaction of a bank or card statement.
///
/// # Errors
/// The first element that is wrong or missing, with its line.
pub(super) fn banked(raw: &Raw<'_>, currency: Currency) -> Result<(Line, i64), Bad> {
    let kind = raw.get("TRNTYPE").map(|(_, kind)| kind.to_ascii_uppercase()).unwrap_or_default();
    let posted = raw.day("DTPOSTED")?.ok_or_else(|| (raw.place, "DTPOSTED: missing or empty".to_owned()))?;
    let minor = raw.minor("TRNAMT", currency)?;
    let event = event(&kind, minor);
    let mut line = gather::line(raw.place, event, minor, currency).map_err(|what| (raw.place, format!("TRNAMT: {what}")))?;
    line.posted_on = Some(posted);
    line.paid_on = raw.day("DTUSER")?;
    line.names.bank_id = word(raw.text("FITID"));
    let (check, reference) = (word(raw.text("CHECKNUM")), word(raw.text("REFNUM")));
    let (name, memo) = (clean(raw.get("NAME").or_else(|| raw.get("PAYEE")).map_or("", |(_, name)| name)), clean(raw.text("MEMO")));
    let further = reference.clone().filter(|reference| check.is_some() && check.as_ref() != Some(reference));
    let further = further.filter(|reference| line.names.bank_id.as_ref() != Some(reference)).unwrap_or_default();
    line.names.document = check.or(reference);
    let came = minor > 0;
    if came {
        line.payer.name = word(&name);
        line.payer.account = word(raw.text("TO"));
    }
    let name = if came && !memo.is_empty() { "" } else { &*name };
    line.text = clean(&joined([name, &*memo, &*further], " / "));
    let back = pix::lift(&line.text, currency, &mut line.names);
    if back && minor < 0 {
        line.event = Event::Returned;
    }
    line.names.of = word(raw.text("CORRECTFITID"));
    if line.names.of.is_some() {
        line.event = if raw.text("CORRECTACTION").eq_ignore_ascii_case("DELETE") { Event::Returned } else { Event::Changed };
    }
    line.codes = word(&kind).into_iter().collect();
    Ok((line, minor))
}

/// A transaction of an investment account that moved no money of a bank account: news for a person.
///
/// # Errors
/// As for [`banked`]; an amount that is not exact is left out, since nothing is done with it.
pub(super) fn invested(raw: &Raw<'_>, currency: Currency) -> Result<Line, Bad> {
    let traded = raw.day("DTTRADE")?.ok_or_else(|| (raw.place, "DTTRADE: missing or empty".to_owned()))?;
    let minor = raw.minor("TOTAL", currency).unwrap_or(0);
    let mut line = gather::line(raw.place, Event::Other, minor, currency).map_err(|what| (raw.place, format!("TOTAL: {what}")))?;
    line.posted_on = Some(traded);
    line.names.bank_id = word(raw.text("FITID"));
    line.text = clean(raw.text("MEMO"));
    line.codes = word(&raw.kind).into_iter().collect();
    Ok(line)
}
