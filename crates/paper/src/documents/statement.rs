//! A statement of account. Deliberately absent: how the entries came about, and a list of what is overdue.

use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::Language;

use super::Party;

/// What a customer owes, and how it came to that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The customer's language.
    pub language: Language,
    /// Whose account it is.
    pub customer: Party,
    /// The day it was issued.
    pub issued_on: Day,
    /// The first day that is in it.
    pub from: Day,
    /// The last day that is in it.
    pub to: Day,
    /// What was owed before the first day; below zero when the customer had credit.
    pub opening: Money,
    /// What changed it, in order.
    pub movements: Vec<Movement>,
    /// What is owed after the last day.
    pub closing: Money,
    /// Notes below, one paragraph each.
    pub notes: Vec<String>,
}

/// One change of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Movement {
    /// When.
    pub on: Day,
    /// What.
    pub description: String,
    /// The document's number.
    pub document: Option<String>,
    /// How much: above zero what is charged, below zero what was paid or given back.
    pub amount: Money,
}
