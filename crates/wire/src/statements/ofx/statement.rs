//! The statements of an OFX file, token by token.
//!
//! Deliberately absent: the nesting as the standard has it. End tags go missing, so a statement ends where it is closed, or
//! where the next begins, and an element belongs to the innermost aggregate of interest that is open.

use std::borrow::Cow;

use regua_core::bank::Statement;
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::gather::{self, Gathered};
use super::super::{amount, text};
use super::scan::{Scan, Token};
use super::transaction::{self, Raw};

/// Kinds of investment transactions. Source: Open Financial Exchange 2.2, section 13.9.2.4.
const INVESTED: [&str; 20] = [
    "BUYDEBT",
    "BUYMF",
    "BUYOPT",
    "BUYOTHER",
    "BUYSTOCK",
    "CLOSUREOPT",
    "INCOME",
    "INVEXPENSE",
    "JRNLFUND",
    "JRNLSEC",
    "MARGININTEREST",
    "REINVEST",
    "RETOFCAP",
    "SELLDEBT",
    "SELLMF",
    "SELLOPT",
    "SELLOTHER",
    "SELLSTOCK",
    "SPLIT",
    "TRANSFER",
];

/// The aggregate of interest within a statement that is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Inside {
    Nothing,
    Account,
    Ledger,
    /// Something whose elements are not ours: the available balance, the original currency.
    Foreign,
    Payee,
    Other,
    Status,
}

/// A statement that is being read.
#[derive(Debug, Default)]
struct Open {
    place: u32,
    currency: Option<Currency>,
    bad_currency: Option<u32>,
    unread: usize,
    bank: String,
    branch: String,
    number: String,
    start: Option<Day>,
    until: Option<Day>,
    lines: Vec<regua_core::bank::Line>,
    moved: i128,
    balance: Option<(u32, String)>,
    balance_on: Option<Day>,
}

/// A balance of a statement that ended, for the check of the next one.
struct Ended {
    account: regua_core::bank::BankAccount,
    currency: Currency,
    until: Day,
    minor: i64,
}

struct Reader<'t, 'g> {
    gathered: &'g mut Gathered,
    made_on: Option<Day>,
    inside: Inside,
    open: Option<Open>,
    raw: Option<Raw<'t>>,
    status: Option<Cow<'t, str>>,
    ended: Option<Ended>,
    /// Whether any statement began.
    any: bool,
    closed: bool,
}

/// Reads every statement of a text.
pub(super) fn read(text: &str, gathered: &mut Gathered) {
    let mut reader = Reader {
        gathered,
        made_on: None,
        inside: Inside::Nothing,
        open: None,
        raw: None,
        status: None,
        ended: None,
        any: false,
        closed: false,
    };
    let mut scan = Scan::new(text);
    for (place, token) in scan.by_ref() {
        match token {
            Token::Open(name) => reader.begins(place, name),
            Token::Close(name) => reader.ends(&name),
            Token::Leaf(name, value) => reader.leaf(place, name, value),
        }
    }
    let last = scan.last_line();
    if let Some(raw) = reader.raw.take() {
        let what = "the file ends within this transaction; ask the bank for the file again";
        reader.gathered.refuse(raw.place, what);
    }
    reader.finish();
    if !reader.any {
        reader.gathered.refuse(last, "no statement of an account is in this file; ask the bank for one");
    }
    if !reader.closed {
        reader.gathered.refuse(last, "the file ends before `</OFX>`: lines may be missing; ask the bank for the file again");
    }
}

fn is_statement(name: &str) -> bool {
    matches!(name, "STMTRS" | "CCSTMTRS" | "INVSTMTRS")
}

fn is_transaction(name: &str) -> bool {
    name == "STMTTRN" || INVESTED.contains(&name)
}

impl<'t> Reader<'t, '_> {
    fn begins(&mut self, place: u32, name: Cow<'t, str>) {
        if is_statement(&name) {
            self.finish();
            self.open = Some(Open { place, ..Open::default() });
            self.any = true;
            self.inside = Inside::Nothing;
        } else if is_transaction(&name) && self.open.is_none() {
            self.gathered.refuse(place, format!("{name}: a transaction outside of a statement has no account"));
        } else if is_transaction(&name) {
            self.line();
            self.raw = Some(Raw::new(place, name));
            self.inside = Inside::Nothing;
        } else {
            self.inside = match name.as_ref() {
                "BANKACCTFROM" | "CCACCTFROM" | "INVACCTFROM" => Inside::Account,
                "LEDGERBAL" => Inside::Ledger,
                "AVAILBAL" | "ORIGCURRENCY" => Inside::Foreign,
                "PAYEE" => Inside::Payee,
                "BANKACCTTO" | "CCACCTTO" => Inside::Other,
                "STATUS" => Inside::Status,
                // An empty element, or an aggregate that changes nothing.
                _ => return,
            };
        }
    }

    fn ends(&mut self, name: &str) {
        if name == "OFX" {
            self.closed = true;
        }
        if name == "OFX" || is_statement(name) {
            self.finish();
        } else if self.raw.as_ref().is_some_and(|raw| raw.kind == name) || matches!(name, "BANKTRANLIST" | "INVTRANLIST") {
            self.line();
        }
        let aggregate = matches!(
            name,
            "BANKACCTFROM" | "CCACCTFROM" | "INVACCTFROM" | "LEDGERBAL" | "AVAILBAL" | "ORIGCURRENCY" | "PAYEE" | "BANKACCTTO" | "CCACCTTO"
        );
        if aggregate || name == "STATUS" {
            self.inside = Inside::Nothing;
        }
    }

    fn leaf(&mut self, place: u32, name: Cow<'t, str>, value: Cow<'t, str>) {
        if self.inside == Inside::Status {
            return self.status(place, &name, value);
        }
        if name == "DTSERVER" {
            self.made_on = transaction::date(&value);
        } else if name == "STMTTRN" {
            self.gathered.refuse(place, "STMTTRN: text where its elements should be");
        } else if let Some(raw) = self.raw.as_mut() {
            match self.inside {
                Inside::Nothing | Inside::Payee => raw.keep(place, name, value),
                Inside::Other if name == "ACCTID" => raw.keep(place, Cow::Borrowed("TO"), value),
                Inside::Account | Inside::Ledger | Inside::Foreign | Inside::Other | Inside::Status => {}
            }
        } else if let Some(open) = self.open.as_mut() {
            open.keep(place, self.inside, &name, &value);
        }
    }

    /// An answer of the bank that is an error comes instead of a statement.
    fn status(&mut self, place: u32, name: &str, value: Cow<'t, str>) {
        match name {
            "CODE" => self.status = Some(value),
            "SEVERITY" if value.trim().eq_ignore_ascii_case("ERROR") => {
                let code = self.status.take().unwrap_or_default();
                let code = if code.trim().bytes().all(|byte| byte.is_ascii_digit()) && code.len() < 12 { code.trim() } else { "" };
                self.gathered.refuse(place, format!("STATUS: the bank answered with error {code} instead of a statement; ask it again"));
            }
            _ => {}
        }
    }

    /// A transaction is complete.
    fn line(&mut self) {
        let (Some(raw), Some(open)) = (self.raw.take(), self.open.as_mut()) else { return };
        self.inside = Inside::Nothing;
        let own = match raw.currency() {
            Ok(own) => own,
            Err((place, what)) => return self.gathered.refuse(place, what),
        };
        let Some(currency) = open.currency.or(own) else {
            open.unread += 1;
            return;
        };
        if own.is_some_and(|own| own != currency) {
            return self.gathered.refuse(raw.place, "CURRENCY: an amount in another currency than its account's; enter it by hand");
        }
        open.currency = Some(currency);
        let line = if raw.kind == "STMTTRN" {
            transaction::banked(&raw, currency)
        } else {
            transaction::invested(&raw, currency).map(|line| (line, 0))
        };
        match line {
            Ok((line, minor)) => {
                open.moved += i128::from(minor);
                open.lines.push(line);
            }
            Err((place, what)) => self.gathered.refuse(place, what),
        }
    }

    /// A statement is complete.
    fn finish(&mut self) {
        self.line();
        self.inside = Inside::Nothing;
        let Some(open) = self.open.take() else { return };
        let Some(currency) = open.currency else {
            let place = open.bad_currency.unwrap_or(open.place);
            let what =
                format!("CURDEF: no currency of ISO 4217; without it the {} transactions of this statement are not read", open.unread);
            return self.gathered.refuse(place, what);
        };
        let account = gather::account(&open.bank, &open.branch, &open.number, Some(currency));
        let balance = open.balance.as_ref().filter(|(_, text)| !text.trim().is_empty());
        let balance = balance.and_then(|(place, text)| match amount::minor(text, currency.digits()) {
            Ok(minor) => Some((*place, minor)),
            Err(what) => {
                self.gathered.refuse(*place, format!("BALAMT: {what}"));
                None
            }
        });
        let (until, on) = (open.until, open.balance_on);
        let at_end = balance.and_then(|(place, minor)| Some((place, minor, until.filter(|until| Some(*until) == on)?)));
        let before = self.ended.take().filter(|ended| ended.account == account && ended.currency == currency);
        if let (Some(before), Some((place, minor, _))) = (before, at_end)
            && open.start == Some(before.until.plus(1))
        {
            let read = i128::from(before.minor) + open.moved;
            self.gathered.check(place, "balance before and movements make the balance after", i128::from(minor), read);
        }
        self.ended = at_end.map(|(_, minor, until)| Ended { account: account.clone(), currency, until, minor });
        self.gathered.statements.push(Statement { account, currency, number: None, made_on: self.made_on, until, lines: open.lines });
    }
}

impl Open {
    fn keep(&mut self, place: u32, inside: Inside, name: &str, value: &str) {
        match (inside, name) {
            (Inside::Nothing, "CURDEF") => {
                self.currency = Currency::parse(value.trim());
                self.bad_currency = self.currency.is_none().then_some(place);
            }
            (Inside::Nothing, "DTSTART") => self.start = transaction::date(value),
            (Inside::Nothing, "DTEND") => self.until = transaction::date(value),
            (Inside::Account, "BANKID" | "BROKERID") => self.bank = text::clean(value).into(),
            (Inside::Account, "BRANCHID") => self.branch = text::clean(value).into(),
            (Inside::Account, "ACCTID") => self.number = text::clean(value).into(),
            (Inside::Ledger, "BALAMT") => self.balance = Some((place, value.to_owned())),
            (Inside::Ledger, "DTASOF") => self.balance_on = transaction::date(value),
            _ => {}
        }
    }
}
