//! An entry (`Ntry`) as lines: one, or one for each transaction of a batch.
//!
//! A batch is taken apart only if each of its transactions has an amount in the account's currency; else the entry is one
//! line, so that no money is told twice or lost. The sum of the parts is checked against the entry.
//! Deliberately absent: `NtryRef`, which counts entries anew in each statement and identifies nothing.

use regua_core::bank::{Event, Line};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::gather::{self, Gathered};
use super::super::text::{clean, joined};
use super::super::{amount, day, pix};
use super::detail::{self, Detail};
use super::tree::Node;

/// Sub-families that are charges. Source: ISO 20022 external code set, bank transaction sub-family.
const FEES: [&str; 6] = ["CHRG", "FEES", "COMM", "COME", "COMI", "COMT"];
/// Sub-families of a debit that takes an earlier credit back: payment or direct debit returned, reversed or unpaid.
const RETURNS: [&str; 5] = ["RRTN", "RPCR", "UPDD", "PRDD", "UPCQ"];

type Bad = (u32, String);

/// What an entry says as a whole.
#[derive(Debug)]
pub(super) struct Whole {
    place: u32,
    pub(super) currency: Currency,
    /// Signed minor units.
    pub(super) minor: i64,
    /// Whether it is booked, and so in the balances.
    pub(super) booked: bool,
    credit: bool,
    reversal: bool,
    status: Box<str>,
    posted_on: Option<Day>,
    reference: Option<Box<str>>,
    codes: Vec<Box<str>>,
    sub_family: Box<str>,
    text: Box<str>,
}

fn day(node: &Node, name: &str) -> Result<Option<Day>, Bad> {
    let found = node.at(&[name, "Dt"]).or_else(|| node.at(&[name, "DtTm"]));
    let Some(found) = found.filter(|found| !found.text(&[]).is_empty()) else { return Ok(None) };
    day::iso(found.text(&[])).map(Some).ok_or_else(|| (found.place, format!("{name}: not a day that exists, such as 2026-11-30")))
}

/// Reads what an entry says as a whole.
///
/// # Errors
/// The first element that is wrong or missing, with its line.
pub(super) fn whole(node: &Node) -> Result<Whole, Bad> {
    if node.spoilt {
        return Err((node.place, "Ntry: its XML is broken, a tag is missing or not closed; ask the bank for the file again".to_owned()));
    }
    let found = node.at(&["Amt"]).ok_or_else(|| (node.place, "Ntry/Amt: missing".to_owned()))?;
    let bad = |what: &str| (found.place, format!("Ntry/Amt: {what}"));
    let currency = Currency::parse(&found.currency).ok_or_else(|| bad("`Ccy` is not a currency of ISO 4217, such as EUR"))?;
    let size = amount::minor(found.text(&[]), currency.digits()).map_err(bad)?;
    if size < 0 {
        return Err(bad("below zero; the sign stands in CdtDbtInd"));
    }
    let credit = detail::sign(node).ok_or_else(|| (node.place, "Ntry/CdtDbtInd: neither CRDT nor DBIT".to_owned()))?;
    let status = ["Cd", "Prtry"].iter().find_map(|name| node.word(&["Sts", name])).unwrap_or_else(|| node.clean(&["Sts"]));
    let mut codes = Vec::new();
    let sub_family = detail::codes_of(node, &mut codes);
    Ok(Whole {
        place: node.place,
        currency,
        minor: if credit { size } else { -size },
        // Version 1 and some banks leave the status out of what is booked.
        booked: matches!(&*status, "BOOK" | ""),
        credit,
        reversal: matches!(node.text(&["RvslInd"]), "true" | "1"),
        status,
        posted_on: day(node, "BookgDt")?.or(day(node, "ValDt")?),
        reference: node.word(&["AcctSvcrRef"]),
        codes,
        sub_family,
        text: node.clean(&["AddtlNtryInf"]),
    })
}

impl Whole {
    /// What happened: by the status, the sign, and whether it takes an earlier movement back.
    fn event(&self, credit: bool, detail: Option<&Detail>) -> Event {
        let own = detail.map_or("", |detail| &*detail.sub_family);
        let is = |list: &[&str]| list.contains(&&*self.sub_family) || list.contains(&own);
        let back = self.reversal || detail.is_some_and(|detail| detail.returned);
        match (self.booked, credit) {
            (false, true) if matches!(&*self.status, "PDNG" | "FUTR") => Event::Pending,
            (false, _) => Event::Other,
            // What the company itself paid came back: no customer paid it.
            (true, true) if back => Event::Other,
            (true, true) => Event::Paid,
            (true, false) if back || is(&RETURNS) => Event::Returned,
            (true, false) if is(&FEES) => Event::Fee,
            (true, false) => Event::Spent,
        }
    }

    /// One line of an amount, with what a transaction says of it.
    fn line(&self, minor: i64, credit: bool, detail: Option<Detail>) -> Result<Line, Bad> {
        let event = if minor == 0 { Event::Other } else { self.event(credit, detail.as_ref()) };
        let place = detail.as_ref().map_or(self.place, |detail| detail.place);
        let mut line = gather::line(place, event, minor, self.currency).map_err(|what| (self.place, format!("Ntry/Amt: {what}")))?;
        line.posted_on = self.posted_on;
        line.codes = self.codes.clone();
        line.text = self.text.clone();
        if let Some(detail) = detail {
            line.paid_on = detail.paid_on;
            line.names = detail.names;
            if credit || event == Event::Returned {
                line.payer = detail.payer;
            }
            line.codes.extend(detail.codes.into_iter().filter(|code| !self.codes.contains(code)));
            line.text = clean(&joined([&*detail.text, &*self.text], " / "));
        }
        pix::lift(&line.text, self.currency, &mut line.names);
        Ok(line)
    }

    /// The lines of an entry with its transactions.
    ///
    /// # Errors
    /// The entry as a whole is wrong. What is wrong with parts is told to `gathered`.
    pub(super) fn lines(&self, mut details: Vec<Detail>, batch: &Node, gathered: &mut Gathered) -> Result<Vec<Line>, Bad> {
        let count = details.len();
        self.count(count, batch, gathered);
        if count < 2 {
            let mut detail = details.pop();
            if let Some(bad) = detail.as_mut().and_then(|detail| detail.bad.take()) {
                return Err(bad);
            }
            if let Some(told) = detail.as_ref().filter(|detail| !detail.charged).and_then(|detail| self.minor_of(detail).ok()) {
                gathered.check(self.place, "transactions of an entry make its amount", i128::from(self.minor), i128::from(told));
            }
            let mut line = self.line(self.minor, self.credit, detail)?;
            line.place = self.place;
            let own = self.reference.clone();
            line.names.bank_id = own.or(line.names.bank_id);
            return Ok(vec![line]);
        }
        match details.iter().map(|detail| self.minor_of(detail)).collect::<Result<Vec<_>, _>>() {
            Ok(amounts) => self.parts(details, &amounts, gathered),
            Err(_) => {
                for bad in details.iter().filter_map(|detail| self.minor_of(detail).err()) {
                    gathered.refuse(bad.0, format!("{}; the entry stays one line", bad.1));
                }
                let mut line = self.line(self.minor, self.credit, None)?;
                line.names.bank_id.clone_from(&self.reference);
                Ok(vec![line])
            }
        }
    }

    fn parts(&self, details: Vec<Detail>, amounts: &[i64], gathered: &mut Gathered) -> Result<Vec<Line>, Bad> {
        let sum = amounts.iter().map(|minor| i128::from(*minor)).sum();
        gathered.check(self.place, "transactions of an entry make its amount", i128::from(self.minor), sum);
        let mut lines = Vec::with_capacity(details.len());
        for ((detail, minor), number) in details.into_iter().zip(amounts).zip(1_u32..) {
            let mut line = self.line(*minor, *minor > 0, Some(detail))?;
            if line.names.bank_id.is_none() {
                line.names.bank_id = self.reference.as_ref().map(|reference| format!("{reference}/{number}").into());
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// How many transactions a batch says it has, beside how many are told.
    fn count(&self, count: usize, entry: &Node, gathered: &mut Gathered) {
        let mut batches = entry.all("NtryDtls");
        let (Some(only), None) = (batches.next(), batches.next()) else { return };
        let told = only.at(&["Btch", "NbOfTxs"]).and_then(|told| Some((told.place, told.text(&[]).parse::<u32>().ok()?)));
        if let (Some((place, told)), 1..) = (told, count) {
            let read = i128::try_from(count).unwrap_or(i128::MAX);
            gathered.check(place, "transactions of a batch", i128::from(told), read);
        }
    }

    /// What a transaction moved, in signed minor units of the account's currency.
    fn minor_of(&self, detail: &Detail) -> Result<i64, Bad> {
        if let Some(bad) = &detail.bad {
            return Err(bad.clone());
        }
        let bad = |what: &str| (detail.place, format!("TxDtls/Amt: {what}"));
        let text = detail.amount(self.currency).ok_or_else(|| bad("no amount in the currency of its entry"))?;
        let size = amount::minor(text, self.currency.digits()).map_err(bad)?;
        if size < 0 {
            return Err(bad("below zero; the sign stands in CdtDbtInd"));
        }
        Ok(if detail.sign.unwrap_or(self.credit) { size } else { -size })
    }
}
