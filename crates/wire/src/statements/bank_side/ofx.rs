//! OFX 1.02, SGML without end tags, as most banks of Brazil give it out.
//!
//! Deliberately absent: the number of a statement, payers' tax ids, parts of an amount, ids of a Pix outside of the text.

use std::fmt::Write as _;

use quick_xml::escape::partial_escape;
use regua_core::bank::{Event, Line, Statement};
use regua_core::money::Money;
use regua_core::time::Day;

use super::{closing, plain, told};

/// A statement as an OFX 1.02 file in UTF-8.
///
/// * `opening` — the balance before its lines; with it a `LEDGERBAL` is written, as of `until`.
///
/// Read back by [`super::super::ofx::read`] it is equal where: events are paid, pending, spent, fee, or returned with
/// `names.of`; codes are OFX's own of the event; ids of a Pix stand in the text; lines with a payer's name have a text.
///
/// ```
/// # use regua_core::{bank::{BankAccount, Statement}, currency::Currency};
/// let account = BankAccount { bank: "341".into(), branch: "".into(), number: "123-4".into() };
/// let empty = Statement { account, currency: Currency::BRL, number: None, made_on: None, until: None, lines: vec![] };
/// let file = regua_wire::statements::ofx::read(regua_wire::statements::bank_side::ofx102(&empty, None).as_bytes())?;
/// assert_eq!(file.statements, [empty]);
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
#[must_use]
pub fn ofx102(statement: &Statement, opening: Option<Money>) -> String {
    let mut out = String::from(
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UTF-8\nCHARSET:NONE\nCOMPRESSION:NONE\n\
         OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX>\n<SIGNONMSGSRSV1>\n<SONRS>\n<STATUS>\n<CODE>0\n<SEVERITY>INFO\n</STATUS>\n",
    );
    day(&mut out, "DTSERVER", statement.made_on);
    out.push_str("<LANGUAGE>POR\n</SONRS>\n</SIGNONMSGSRSV1>\n<BANKMSGSRSV1>\n<STMTTRNRS>\n<TRNUID>1\n<STATUS>\n<CODE>0\n<SEVERITY>INFO\n</STATUS>\n<STMTRS>\n");
    element(&mut out, "CURDEF", statement.currency.code());
    out.push_str("<BANKACCTFROM>\n");
    element(&mut out, "BANKID", &statement.account.bank);
    element(&mut out, "BRANCHID", &statement.account.branch);
    element(&mut out, "ACCTID", &statement.account.number);
    out.push_str("<ACCTTYPE>CHECKING\n</BANKACCTFROM>\n<BANKTRANLIST>\n");
    day(&mut out, "DTSTART", statement.lines.iter().filter_map(|line| line.posted_on).min());
    day(&mut out, "DTEND", statement.until);
    for (line, amount, sign) in told(statement) {
        transaction(&mut out, line, amount, sign);
    }
    out.push_str("</BANKTRANLIST>\n");
    if let Some(opening) = opening {
        out.push_str("<LEDGERBAL>\n");
        element(&mut out, "BALAMT", &plain(closing(statement, opening)));
        day(&mut out, "DTASOF", statement.until);
        out.push_str("</LEDGERBAL>\n");
    }
    out.push_str("</STMTRS>\n</STMTTRNRS>\n</BANKMSGSRSV1>\n</OFX>\n");
    out
}

fn transaction(out: &mut String, line: &Line, amount: Money, sign: i64) {
    let kind = match line.event {
        Event::Paid => "CREDIT",
        Event::Pending => "HOLD",
        Event::Fee => "FEE",
        Event::PaidClosed
        | Event::Returned
        | Event::Registered
        | Event::Rejected
        | Event::Closed
        | Event::Changed
        | Event::Spent
        | Event::Other => "DEBIT",
    };
    out.push_str("<STMTTRN>\n");
    element(out, "TRNTYPE", kind);
    day(out, "DTPOSTED", line.posted_on);
    day(out, "DTUSER", line.paid_on);
    element(out, "TRNAMT", &format!("{}{}", if sign < 0 { "-" } else { "" }, plain(amount)));
    let names = &line.names;
    element(out, "FITID", names.bank_id.as_deref().unwrap_or(""));
    if line.event == Event::Returned && names.of.is_some() {
        element(out, "CORRECTFITID", names.of.as_deref().unwrap_or(""));
        element(out, "CORRECTACTION", "DELETE");
    }
    element(out, "CHECKNUM", names.document.as_deref().unwrap_or(""));
    element(out, "NAME", line.payer.name.as_deref().unwrap_or(""));
    if let Some(account) = &line.payer.account {
        out.push_str("<BANKACCTTO>\n");
        element(out, "ACCTID", account);
        out.push_str("</BANKACCTTO>\n");
    }
    element(out, "MEMO", &line.text);
    out.push_str("</STMTTRN>\n");
}

/// An element, or nothing where there is no value.
fn element(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "<{name}>{}", partial_escape(value));
    }
}

/// Noon, so that no reader's zone moves it to another day.
fn day(out: &mut String, name: &str, day: Option<Day>) {
    if let Some(day) = day {
        element(out, name, &format!("{}120000", day.to_string().replace('-', "")));
    }
}
