//! Invoices as they are drafted: lines, discounts, taxes, their total, and when it is due.
//!
//! Amounts are minor units of the invoice's one currency, so that no line can be of another. Deliberately absent: the
//! number that an issued invoice gets, and names and addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Attachment, BillingError, Collection, TaxMode, Terms, tax};
use crate::currency::Currency;
use crate::money::Money;
use crate::rate::Rate;
use crate::time::Day;
use crate::words::text_enum;

/// What an invoice is for: made once, however often it is asked for. Unique in a store.
///
/// ```
/// # use regua_core::billing::{InvoiceKey, Purpose};
/// let key = InvoiceKey { subscription: "sub_a".into(), period: 3, purpose: Purpose::Period, revision: 0 };
/// assert_eq!(key.to_string(), "sub_a/3/period");
/// assert_eq!(key.replacement().to_string(), "sub_a/3/period/1");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct InvoiceKey {
    /// The subscription, or whatever else names who is billed.
    pub subscription: Box<str>,
    /// The number of the period.
    pub period: i32,
    /// What of the period.
    pub purpose: Purpose,
    /// 0; one more for each that took the place of a voided one.
    pub revision: u16,
}

/// Why an invoice is made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The period itself, and what the one before it used.
    Period,
    /// The so-manieth change that was invoiced at once.
    Change(u32),
    /// What was still to be billed or credited at the end.
    Final,
    /// Something that a person billed by hand.
    Manual(u32),
}

impl InvoiceKey {
    /// The key of the invoice that takes the place of this one once it is voided.
    #[must_use]
    pub fn replacement(&self) -> Self {
        Self { revision: self.revision.saturating_add(1), ..self.clone() }
    }
}

impl fmt::Display for InvoiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.subscription, self.period)?;
        match self.purpose {
            Purpose::Period => f.write_str("period")?,
            Purpose::Change(n) => write!(f, "change-{n}")?,
            Purpose::Final => f.write_str("final")?,
            Purpose::Manual(n) => write!(f, "manual-{n}")?,
        }
        if self.revision == 0 { Ok(()) } else { write!(f, "/{}", self.revision) }
    }
}

/// An invoice that is not issued yet. Its total is the sum of its lines, discounts and exclusive taxes, always.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DraftInvoice {
    /// What makes it the only one.
    pub key: InvoiceKey,
    /// Whether it asks for money or gives it back.
    pub kind: DocumentKind,
    /// Of all its amounts.
    pub currency: Currency,
    /// The day of issue.
    pub issued_on: Day,
    /// When it is due; the first part of it when there are instalments. The policy's calendar may still roll it.
    pub due_on: Day,
    /// The first day of the period it bills, and the first day after it; none outside periods.
    pub period: Option<(Day, Day)>,
    /// What is billed and credited.
    pub lines: Vec<Line>,
    /// What coupons take off.
    pub discounts: Vec<DiscountLine>,
    /// The taxes.
    pub taxes: Vec<TaxLine>,
    /// What is owed; below zero what the customer gets as credit.
    pub total: i64,
    /// How it is collected.
    pub collection: Collection,
    /// The parts in which it is due: one receivable each. Empty when nothing is owed.
    pub instalments: Vec<Instalment>,
    /// The number that the customer's purchasing wants to read.
    pub purchase_order: Option<Box<str>>,
    /// What is sent with it.
    pub attachments: Vec<Attachment>,
}

text_enum! {
    /// Whether a document asks for money (or for none), or gives some back.
    DocumentKind, "document" { Invoice = "invoice", Credit = "credit" }
}

/// One line: a price over some days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// The key of the plan; empty when billed by hand.
    pub plan: Box<str>,
    /// The key of the price.
    pub price: Box<str>,
    /// What the price is called.
    pub name: Box<str>,
    /// How many: of the subscription, or used; 1 for a flat price.
    pub quantity: u64,
    /// The first day.
    pub from: Day,
    /// The first day that is not in it.
    pub to: Day,
    /// Days of the whole period, of which the line may bill a part; 0 when it has none.
    pub whole_days: i32,
    /// Minor units; negative when credited.
    pub amount: i64,
}

text_enum! {
    /// What a line is: a price, a price given back for the days left, what was used, what is missing to the minimum, or
    /// something billed by hand.
    LineKind, "line" { Charge = "charge", Credit = "credit", Usage = "usage", Minimum = "minimum", Manual = "manual" }
}

/// What a coupon takes off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DiscountLine {
    /// The coupon.
    pub code: Box<str>,
    /// Minor units: negative, or positive where what was taken off is taken back with a credited line.
    pub amount: i64,
}

/// One tax on an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaxLine {
    /// What it is called.
    pub name: Box<str>,
    /// Its rate.
    pub rate: Rate,
    /// How the rate meets the price.
    pub mode: TaxMode,
    /// What the rate was applied to, in minor units.
    pub base: i64,
    /// Minor units; part of the total, and on top of the lines only when exclusive.
    pub amount: i64,
}

/// One part of a total with its day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Instalment {
    /// When it is due.
    pub due_on: Day,
    /// Minor units.
    pub amount: i64,
}

/// What stands above the lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// What makes the invoice the only one.
    pub key: InvoiceKey,
    /// Of all its amounts.
    pub currency: Currency,
    /// The day of issue.
    pub issued_on: Day,
    /// The first day of the period, and the first day after it.
    pub period: Option<(Day, Day)>,
}

impl DraftInvoice {
    /// Puts taxes, total, due date and instalments to lines: for what periods bill and for what a person bills by hand.
    ///
    /// # Errors
    /// [`BillingError::Overflow`], [`BillingError::Percentage`] of a tax, or [`BillingError::OutOfRange`] when an
    /// instalment would be due after 2199.
    ///
    /// ```
    /// # use regua_core::billing::{DraftInvoice, Head, InvoiceKey, Line, LineKind, Purpose, Tax, TaxMode, Terms};
    /// # use regua_core::{currency::Currency, rate::Rate, time::Day};
    /// let day = Day::parse("2026-12-01").unwrap();
    /// let key = InvoiceKey { subscription: "cus_a".into(), period: 0, purpose: Purpose::Manual(1), revision: 0 };
    /// let head = Head { key, currency: Currency::EUR, issued_on: day, period: None };
    /// let setup = Line {
    ///     kind: LineKind::Manual, plan: "".into(), price: "setup".into(), name: "Set-up".into(), quantity: 1,
    ///     from: day, to: day, whole_days: 0, amount: 10_000,
    /// };
    /// let vat = Tax { name: "VAT".into(), rate: Rate::from_bps(2_200), mode: TaxMode::Exclusive };
    /// let invoice = DraftInvoice::assemble(head, vec![setup], Vec::new(), &Terms { taxes: vec![vat], ..Terms::default() })?;
    /// assert_eq!(invoice.total, 12_200);
    /// # Ok::<(), regua_core::billing::BillingError>(())
    /// ```
    pub fn assemble(head: Head, lines: Vec<Line>, discounts: Vec<DiscountLine>, terms: &Terms) -> Result<Self, BillingError> {
        terms.check()?;
        let Head { key, currency, issued_on, period } = head;
        let price = sum(lines.iter().map(|line| line.amount).chain(discounts.iter().map(|discount| discount.amount)))?;
        let taxes = tax::lines(&terms.taxes, price, terms.rounding)?;
        let on_top = taxes.iter().filter(|tax| tax.mode == TaxMode::Exclusive).map(|tax| tax.amount);
        let total = sum(std::iter::once(price).chain(on_top))?;
        let kind = if total < 0 { DocumentKind::Credit } else { DocumentKind::Invoice };
        let due_on = match kind {
            DocumentKind::Invoice => terms.due_on(issued_on),
            DocumentKind::Credit => issued_on,
        };
        let instalments = terms.instalments(Money::new(total, currency), due_on)?;
        Ok(Self {
            key,
            kind,
            currency,
            issued_on,
            due_on,
            period,
            lines,
            discounts,
            taxes,
            total,
            collection: terms.collection,
            instalments,
            purchase_order: terms.purchase_order.clone(),
            attachments: terms.attachments.clone(),
        })
    }

    /// What is owed, or credited when negative, with its currency.
    #[must_use]
    pub const fn amount(&self) -> Money {
        Money::new(self.total, self.currency)
    }
}

/// The sum of minor units.
pub(super) fn sum(mut amounts: impl Iterator<Item = i64>) -> Result<i64, BillingError> {
    amounts.try_fold(0_i64, i64::checked_add).ok_or(BillingError::Overflow)
}
