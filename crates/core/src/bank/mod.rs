//! What a bank's file says, line by line, whatever its format: returns of boletos and debits, statements of accounts.
//!
//! `wire` reads files into these types, `matching` says what a line is about, `engine` writes it down. A line holds what the
//! bank said and nothing that anybody concluded from it. Deliberately absent: the bytes, and whose money it is.

pub mod matching;

use crate::currency::Currency;
use crate::money::Money;
use crate::time::Day;
use crate::words::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The format of a file.
    Format, "bank file format" {
        Cnab240 = "cnab240", Cnab400 = "cnab400", Debit150 = "debit150", Ofx = "ofx", Camt = "camt", Mt940 = "mt940", Nacha = "nacha",
    }
}

text_enum! {
    /// What a line says happened.
    ///
    /// `paid` is money that came in for good; `paid_closed` the same for a slip that was closed or never registered, which a
    /// person should see; `pending` is money that may still bounce; `returned` is money that was taken back or never came;
    /// `spent` is money that left for a reason of the company's own; `fee` is what the bank took for itself.
    Event, "bank event" {
        Paid = "paid", PaidClosed = "paid_closed", Pending = "pending", Returned = "returned", Registered = "registered",
        Rejected = "rejected", Closed = "closed", Changed = "changed", Fee = "fee", Spent = "spent", Other = "other",
    }
}

/// A file as it was read: every good line, every bad one, and whether it adds up to what it says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankFile {
    /// Its format.
    pub format: Format,
    /// One for each account (and period) that it tells of, in its order.
    pub statements: Vec<Statement>,
    /// Lines that could not be read. The good ones beside them are in the statements.
    pub refused: Vec<BadLine>,
    /// What its trailers say beside what was read.
    pub checks: Vec<Check>,
}

/// What a file says of one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The company's account.
    pub account: BankAccount,
    /// The currency of its lines.
    pub currency: Currency,
    /// Its number in the bank's count, where the format has one.
    pub number: Option<u64>,
    /// The day on which the bank wrote it.
    pub made_on: Option<Day>,
    /// Until which day it tells everything, where the format says so.
    pub until: Option<Day>,
    /// What happened, in the file's order.
    pub lines: Vec<Line>,
}

/// An account of the company's, as its file names it: each part trimmed, without zeros in front, `""` where there is none.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct BankAccount {
    /// The bank: three digits in Brazil, else what identifies it (BIC, routing number).
    pub bank: Box<str>,
    /// The branch without its check digit.
    pub branch: Box<str>,
    /// The account with its check digit behind a `-` where the file tells them apart; an IBAN as it is.
    pub number: Box<str>,
}

/// One line: a movement, or news of a slip or debit.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Where it begins in its file: a line, from 1, for a person who looks it up.
    pub place: u32,
    /// What happened.
    pub event: Event,
    /// How much money moved; never below zero, and none where nothing moved.
    pub amount: Option<Money>,
    /// The payer's day.
    pub paid_on: Option<Day>,
    /// The bank's day: when the account was credited or debited.
    pub posted_on: Option<Day>,
    /// What it is called by.
    pub names: Names,
    /// Who paid.
    pub payer: Payer,
    /// What of the amount is what.
    pub parts: Parts,
    /// What the bank wrote beside it, for a person; may be empty.
    pub text: Box<str>,
    /// The bank's own code of the event, and of its reasons.
    pub codes: Vec<Box<str>>,
}

/// What a line is called by; each without blanks around it, and absent when the file leaves it empty or zero.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// The bank's id of this very line, the same in every file that tells of it (FITID, AcctSvcrRef, trace number).
    pub bank_id: Option<Box<str>>,
    /// The slip's number at the bank (nosso número), digits as the file has them.
    pub our_number: Option<Box<str>>,
    /// The company's number of the document (seu número).
    pub document: Option<Box<str>>,
    /// What the company wrote for itself (uso da empresa, EndToEndId of its own, individual id).
    pub company_use: Option<Box<str>>,
    /// End-to-end id of a Pix.
    pub end_to_end: Option<Box<str>>,
    /// Transaction id of a Pix charge.
    pub txid: Option<Box<str>>,
    /// What a return is of: the bank's id of the earlier line.
    pub of: Option<Box<str>>,
}

/// Who paid, as the bank says.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub struct Payer {
    /// Name.
    pub name: Option<Box<str>>,
    /// Tax id: digits and letters, no punctuation.
    pub tax_id: Option<Box<str>>,
    /// Account that it came from.
    pub account: Option<Box<str>>,
}

/// What of an amount is what; absent where the file does not say.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Parts {
    /// The slip's own amount.
    pub billed: Option<Money>,
    /// Fine and interest.
    pub added: Option<Money>,
    /// Discount.
    pub discount: Option<Money>,
    /// Abatement.
    pub abatement: Option<Money>,
    /// Tax that was withheld (IOF).
    pub tax: Option<Money>,
    /// What the bank takes for it.
    pub fee: Option<Money>,
}

/// A line that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadLine {
    /// Where: a line, from 1.
    pub place: u32,
    /// The columns or the element, then what is wrong with it and what would be right. Nothing of what stands there.
    pub what: String,
}

/// A sum or count that a file says of itself, beside what was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// Where the file says it: a line, from 1.
    pub place: u32,
    /// Of what: `lines of the file`, `sum of settled slips` …
    pub of: &'static str,
    /// What the file says: a count, or minor units.
    pub told: i64,
    /// What was read.
    pub read: i64,
}

impl Check {
    /// Whether the file adds up.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.told == self.read
    }
}
