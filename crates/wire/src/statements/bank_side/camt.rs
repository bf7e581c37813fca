//! camt.053.001.08, the end-of-day statement of ISO 20022.
//!
//! Deliberately absent: batches, what a return is of, parts of an amount, addresses.

use std::fmt::Write as _;

use quick_xml::escape::escape;
use regua_core::bank::{Event, Line, Statement};
use regua_core::money::Money;
use regua_core::time::Day;

use super::{closing, plain, told};

/// A statement as a camt.053.001.08 file.
///
/// * `opening` — the balance before its lines; with it the opening and closing balances are written, the latter as of `until`.
///
/// Read back by [`super::super::camt::read`] it is equal where: events are paid, pending, spent, fee or returned; the first
/// code is the one that is written for the event (`PMNT/RCDT/DMCT` and its like), the next one, of a return, its reason; an
/// end-to-end id of a Pix stands alone or beside a company's own in the text; `names.of` is absent; only what came, or came
/// back, has a payer.
///
/// ```
/// # use regua_core::{bank::{BankAccount, Statement}, currency::Currency, money::Money};
/// let account = BankAccount { bank: "".into(), branch: "".into(), number: "DE89370400440532013000".into() };
/// let empty = Statement { account, currency: Currency::EUR, number: Some(7), made_on: None, until: None, lines: vec![] };
/// let file = regua_wire::statements::bank_side::camt053(&empty, Some(Money::new(100, Currency::EUR)));
/// let file = regua_wire::statements::camt::read(file.as_bytes())?;
/// assert_eq!((file.statements, file.checks[0].holds()), (vec![empty], true));
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
#[must_use]
pub fn camt053(statement: &Statement, opening: Option<Money>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n\
         <BkToCstmrStmt>\n<GrpHdr><MsgId>1</MsgId>",
    );
    let moment = |day: Option<Day>, time: &str| day.map(|day| format!("{day}T{time}")).unwrap_or_default();
    element(&mut out, "CreDtTm", &moment(statement.made_on, "12:00:00"));
    out.push_str("</GrpHdr>\n<Stmt><Id>1</Id>");
    element(&mut out, "ElctrncSeqNb", &statement.number.map(|number| number.to_string()).unwrap_or_default());
    element(&mut out, "CreDtTm", &moment(statement.made_on, "12:00:00"));
    within(&mut out, &["FrToDt"], |out| element(out, "ToDtTm", &moment(statement.until, "23:59:59")));
    account(&mut out, statement);
    if let Some(opening) = opening {
        let first = statement.lines.iter().filter_map(|line| line.posted_on).min();
        balance(&mut out, "OPBD", opening, first.or(statement.until));
        balance(&mut out, "CLBD", closing(statement, opening), statement.until);
    }
    for (line, amount, sign) in told(statement) {
        entry(&mut out, line, amount, sign);
    }
    out.push_str("</Stmt>\n</BkToCstmrStmt>\n</Document>\n");
    out
}

fn account(out: &mut String, statement: &Statement) {
    let account = &statement.account;
    out.push_str("<Acct>");
    account_id(out, &account.number);
    element(out, "Ccy", statement.currency.code());
    out.push_str("<Svcr>");
    within(out, &["FinInstnId"], |out| {
        let bic = matches!(account.bank.len(), 8 | 11) && account.bank.starts_with(|letter: char| letter.is_ascii_uppercase());
        if bic {
            element(out, "BICFI", &account.bank);
        } else {
            within(out, &["ClrSysMmbId"], |out| element(out, "MmbId", &account.bank));
        }
    });
    within(out, &["BrnchId"], |out| element(out, "Id", &account.branch));
    out.push_str("</Svcr></Acct>\n");
}

/// `Id` of an account: an IBAN by its form, or another.
fn account_id(out: &mut String, number: &str) {
    let (front, _) = number.split_at_checked(4).unwrap_or(("", ""));
    let iban = number.len() >= 15 && front.bytes().take(2).all(|byte| byte.is_ascii_uppercase());
    if iban {
        within(out, &["Id"], |out| element(out, "IBAN", number));
    } else {
        within(out, &["Id", "Othr"], |out| element(out, "Id", number));
    }
}

fn balance(out: &mut String, kind: &str, amount: Money, on: Option<Day>) {
    out.push_str("<Bal>");
    within(out, &["Tp", "CdOrPrtry"], |out| element(out, "Cd", kind));
    signed(out, amount);
    within(out, &["Dt"], |out| element(out, "Dt", &day(on)));
    out.push_str("</Bal>\n");
}

/// An amount of any sign, with its indicator.
fn signed(out: &mut String, amount: Money) {
    let digits = plain(amount);
    let size = digits.trim_start_matches('-');
    // Writing into a string cannot fail.
    let _ = write!(out, "<Amt Ccy=\"{}\">{size}</Amt>", amount.currency());
    element(out, "CdtDbtInd", if amount.minor() < 0 { "DBIT" } else { "CRDT" });
}

/// Domain, family, sub-family of an event. Source: ISO 20022 external code set, bank transaction codes.
const fn code(event: Event) -> [&'static str; 3] {
    match event {
        Event::Returned => ["PMNT", "IDDT", "UPDD"],
        Event::Fee => ["ACMT", "MDOP", "CHRG"],
        Event::Spent => ["PMNT", "ICDT", "DMCT"],
        Event::Paid
        | Event::PaidClosed
        | Event::Pending
        | Event::Registered
        | Event::Rejected
        | Event::Closed
        | Event::Changed
        | Event::Other => ["PMNT", "RCDT", "DMCT"],
    }
}

fn entry(out: &mut String, line: &Line, amount: Money, sign: i64) {
    out.push_str("<Ntry>");
    signed(out, Money::new(amount.minor().saturating_mul(sign), amount.currency()));
    within(out, &["Sts"], |out| element(out, "Cd", if line.event == Event::Pending { "PDNG" } else { "BOOK" }));
    within(out, &["BookgDt"], |out| element(out, "Dt", &day(line.posted_on)));
    element(out, "AcctSvcrRef", line.names.bank_id.as_deref().unwrap_or(""));
    let [domain, family, sub_family] = code(line.event);
    within(out, &["BkTxCd", "Domn"], |out| {
        element(out, "Cd", domain);
        within(out, &["Fmly"], |out| {
            element(out, "Cd", family);
            element(out, "SubFmlyCd", sub_family);
        });
    });
    within(out, &["NtryDtls", "TxDtls"], |out| detail(out, line));
    out.push_str("</Ntry>\n");
}

fn detail(out: &mut String, line: &Line) {
    let names = &line.names;
    let own = names.company_use.as_deref().or(names.end_to_end.as_deref());
    within(out, &["Refs"], |out| element(out, "EndToEndId", own.unwrap_or("")));
    within(out, &["RltdPties"], |out| {
        let payer = &line.payer;
        within(out, &["Dbtr", "Pty"], |out| {
            element(out, "Nm", payer.name.as_deref().unwrap_or(""));
            within(out, &["Id", "OrgId", "Othr"], |out| element(out, "Id", payer.tax_id.as_deref().unwrap_or("")));
        });
        within(out, &["DbtrAcct"], |out| account_id(out, payer.account.as_deref().unwrap_or("")));
    });
    within(out, &["RmtInf"], |out| {
        element(out, "Ustrd", &line.text);
        within(out, &["Strd", "CdtrRefInf"], |out| element(out, "Ref", names.document.as_deref().unwrap_or("")));
    });
    within(out, &["RltdDts"], |out| {
        let accepted = line.paid_on.map(|day| format!("{day}T12:00:00")).unwrap_or_default();
        element(out, "AccptncDtTm", &accepted);
    });
    if line.event == Event::Returned {
        within(out, &["RtrInf", "Rsn"], |out| element(out, "Cd", line.codes.get(1).map_or("", |reason| reason)));
    }
}

/// An element, or nothing where there is no value.
fn element(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = write!(out, "<{name}>{}</{name}>", escape(value));
    }
}

/// Elements around what is written within, or nothing where nothing is.
fn within(out: &mut String, names: &[&str], inner: impl FnOnce(&mut String)) {
    let before = out.len();
    for name in names {
        let _ = write!(out, "<{name}>");
    }
    let opened = out.len();
    inner(out);
    if out.len() == opened {
        out.truncate(before);
        return;
    }
    for name in names.iter().rev() {
        let _ = write!(out, "</{name}>");
    }
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
