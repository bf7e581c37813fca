//! An invoice, or the credit note that takes one back. Deliberately absent: how its amounts came about.

use regua_core::money::Money;
use regua_core::rate::Rate;
use regua_core::time::Day;
use regua_core::words::Language;

use super::Party;

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvoiceKind {
    /// Something is owed.
    Invoice,
    /// Something is given back: its amounts are negative, as billing computes them.
    Credit,
}

/// An invoice. All its amounts are in the currency of the total.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// Which it is.
    pub kind: InvoiceKind,
    /// The customer's language.
    pub language: Language,
    /// The number it is known by.
    pub number: String,
    /// Who owes it.
    pub customer: Party,
    /// The day it was issued.
    pub issued_on: Day,
    /// The last day to pay it without consequences.
    pub due_on: Day,
    /// The days it is for: the first and the last.
    pub period: Option<(Day, Day)>,
    /// The customer's order number.
    pub purchase_order: Option<String>,
    /// What is charged. At least one.
    pub lines: Vec<InvoiceLine>,
    /// What is taken off, each amount negative (positive on a credit note that takes a discount back).
    pub discounts: Vec<Adjustment>,
    /// The taxes.
    pub taxes: Vec<TaxLine>,
    /// What is owed: the lines, the discounts, and the taxes on top.
    pub total: Money,
    /// The parts it is due in. Empty when it is due as a whole; else they give the total.
    pub instalments: Vec<Instalment>,
    /// Whether it is charged without the customer doing anything.
    pub is_automatic: bool,
    /// How to pay, where no slip and no Pix code comes with it, e.g. a bank account. One line each.
    pub how_to_pay: Vec<String>,
    /// A Pix copy-and-paste code, where no slip with one comes with it.
    pub pix: Option<String>,
    /// Notes below, one paragraph each.
    pub notes: Vec<String>,
}

impl Invoice {
    /// An invoice without lines, which it needs before it can be printed.
    #[must_use]
    pub fn new(language: Language, number: &str, customer: Party, issued_on: Day, due_on: Day, total: Money) -> Self {
        Self {
            kind: InvoiceKind::Invoice,
            language,
            number: number.to_owned(),
            customer,
            issued_on,
            due_on,
            period: None,
            purchase_order: None,
            lines: Vec::new(),
            discounts: Vec::new(),
            taxes: Vec::new(),
            total,
            instalments: Vec::new(),
            is_automatic: false,
            how_to_pay: Vec::new(),
            pix: None,
            notes: Vec::new(),
        }
    }
}

/// One thing that is charged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceLine {
    /// What it is.
    pub description: String,
    /// More about it, in small print below.
    pub detail: Option<String>,
    /// The days it is for: the first and the last.
    pub period: Option<(Day, Day)>,
    /// How many.
    pub quantity: u64,
    /// What one costs, where each costs the same.
    pub unit_price: Option<Money>,
    /// What all of them cost.
    pub amount: Money,
}

impl InvoiceLine {
    /// One of something.
    #[must_use]
    pub fn new(description: &str, amount: Money) -> Self {
        Self { description: description.to_owned(), detail: None, period: None, quantity: 1, unit_price: None, amount }
    }
}

/// A discount or another sum below the lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adjustment {
    /// What it is called, e.g. a coupon's code.
    pub label: String,
    /// How much, with its sign.
    pub amount: Money,
}

/// A tax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxLine {
    /// Its name, e.g. `ISS`.
    pub name: String,
    /// Its rate.
    pub rate: Rate,
    /// Its amount.
    pub amount: Money,
    /// Whether the prices contain it; else it comes on top.
    pub is_contained: bool,
}

/// A part of a total.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instalment {
    /// When it is due.
    pub due_on: Day,
    /// How much.
    pub amount: Money,
}
