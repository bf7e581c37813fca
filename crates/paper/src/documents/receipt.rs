//! A receipt. Deliberately absent: whether the money came, which the ledger knows.

use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{Language, Rail};

use super::Party;

/// That a payment was received, and for what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The payer's language.
    pub language: Language,
    /// The number it is known by.
    pub number: String,
    /// Who paid.
    pub payer: Party,
    /// The day it was issued.
    pub issued_on: Day,
    /// The day of the payment.
    pub paid_on: Day,
    /// How much was paid.
    pub amount: Money,
    /// How.
    pub rail: Rail,
    /// The payment's reference, e.g. a Pix's end-to-end id.
    pub reference: Option<String>,
    /// What it paid. With the credit they give the amount.
    pub paid: Vec<Paid>,
    /// What was too much and stays as credit.
    pub credit: Option<Money>,
    /// Notes below, one paragraph each.
    pub notes: Vec<String>,
}

/// A part of a payment, and what it paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paid {
    /// The document's number.
    pub document: String,
    /// What it was for.
    pub description: String,
    /// When it was due.
    pub due_on: Day,
    /// How much of the payment it took.
    pub amount: Money,
}
