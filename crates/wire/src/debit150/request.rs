//! Debits that a company asks for: a header, an E for each, a trailer; version 4.
//!
//! Deliberately absent: permissions (D), and files of one bank with several agreements.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

use super::{
    ACCOUNT, AGREEMENT, AMOUNT, BANK, BANK_NAME, BRANCH, CODE, COMPANY, COMPANY_USE_5, CUSTOMER, DAY, DIRECTION, KIND, LINES, MADE_ON,
    MOVEMENT, NUMBER, SERVICE, SUM, VERSION, WIDTH,
};
use crate::fixed::{BadField, Pen, write_line};

/// The version that is written.
const VERSION_WRITTEN: i64 = 4;

/// The real, in the list of currencies of this format.
const REAL: &str = "03";

/// Who asks, and in which file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    /// The agreement with the bank.
    pub agreement: Box<str>,
    /// The company's name; folded and cut at 20 characters.
    pub company: Box<str>,
    /// Three digits.
    pub bank: Box<str>,
    /// The bank's name; folded and cut at 20 characters.
    pub bank_name: Box<str>,
    /// The file's number in the company's count (NSA), from 1; the bank refuses gaps.
    pub number: u32,
    /// When the file is made.
    pub made_on: Day,
}

/// A debit that is asked for, or an earlier one that is to be taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Debit {
    /// The customer as the bank's permission names them, at most 25 characters.
    pub customer: Box<str>,
    /// The customer's branch.
    pub branch: Box<str>,
    /// The customer's account, as the permission names it.
    pub account: Box<str>,
    /// When it is to be debited.
    pub day: Day,
    /// How much, in reais.
    pub amount: Money,
    /// What the bank sends back unread, at most 60 characters.
    pub company_use: Box<str>,
    /// Takes an earlier debit back instead.
    pub takes_back: bool,
}

/// Writes a file of debits; lines have 150 bytes and end with CR LF.
///
/// # Errors
/// [`BadField`] names what does not fit.
///
/// ```
/// # use regua_core::{currency::Currency, money::Money, time::Day};
/// # use regua_wire::debit150::{self, Debit, Sender};
/// let sender = Sender {
///     agreement: "4321".into(),
///     company: "ACME".into(),
///     bank: "237".into(),
///     bank_name: "BRADESCO".into(),
///     number: 1,
///     made_on: Day::parse("2026-12-01")?,
/// };
/// let debit = Debit {
///     customer: "CLI42".into(),
///     branch: "1234".into(),
///     account: "567890".into(),
///     day: Day::parse("2026-12-10")?,
///     amount: Money::new(21_990, Currency::BRL),
///     company_use: "FAT0001".into(),
///     takes_back: false,
/// };
/// let file = debit150::write(&sender, &[debit])?;
/// assert_eq!(file.len(), 3 * 152);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(sender: &Sender, debits: &[Debit]) -> Result<Vec<u8>, BadField> {
    let mut out = Vec::new();
    let mut pen = Pen::new(WIDTH);
    pen.text(KIND, "A")?.text(DIRECTION, "1")?.text(AGREEMENT, &sender.agreement)?.name(COMPANY, &sender.company)?;
    pen.text(BANK, &sender.bank)?.name(BANK_NAME, &sender.bank_name)?.day(MADE_ON, Some(sender.made_on))?;
    pen.whole(NUMBER, i64::from(sender.number))?.whole(VERSION, VERSION_WRITTEN)?.text(SERVICE, "DEBITO AUTOMATICO")?;
    write_line(&mut out, &pen);
    let mut sum = 0_i64;
    for debit in debits {
        if debit.amount.currency() != Currency::BRL {
            return Err(BadField::new("amount", "is not in reais"));
        }
        sum = sum.saturating_add(debit.amount.minor());
        let mut pen = Pen::new(WIDTH);
        pen.text(KIND, "E")?.text(CUSTOMER, &debit.customer)?.text(BRANCH, &debit.branch)?.text(ACCOUNT, &debit.account)?;
        pen.day(DAY, Some(debit.day))?.whole(AMOUNT, debit.amount.minor())?.text(CODE, REAL)?;
        pen.text(COMPANY_USE_5, &debit.company_use)?.text(MOVEMENT, if debit.takes_back { "1" } else { "0" })?;
        write_line(&mut out, &pen);
    }
    let mut pen = Pen::new(WIDTH);
    pen.text(KIND, "Z")?.whole(LINES, i64::try_from(debits.len()).unwrap_or(i64::MAX).saturating_add(2))?.whole(SUM, sum)?;
    write_line(&mut out, &pen);
    Ok(out)
}
