//! Taking back what was invoiced: credit notes, voiding, and where an invoice stands.
//!
//! Deliberately absent: the ledger's entries that follow, and the numbers that notes get.

use serde::{Deserialize, Serialize};

use super::{DocumentKind, DraftInvoice, InvoiceKey, Line, LineKind, TaxLine, TaxMode};
use crate::currency::Currency;
use crate::money::{Money, div_round};
use crate::policy::program::Rounding;
use crate::time::Day;
use crate::words::text_enum;

/// A part of an invoice, or all of it, that is not owed after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreditNote {
    /// Of which invoice.
    pub of: InvoiceKey,
    /// The so-manieth of it, from 1 on; unique together with the invoice.
    pub number: u32,
    /// Of all its amounts.
    pub currency: Currency,
    /// The day of issue.
    pub issued_on: Day,
    /// Why, as the customer reads it.
    pub reason: Box<str>,
    /// The lines it credits; empty when it credits a sum of the whole.
    pub lines: Vec<CreditShare>,
    /// Minor units before exclusive taxes, above zero.
    pub price: i64,
    /// The taxes in it: the invoice's own, in proportion.
    pub taxes: Vec<TaxLine>,
    /// Minor units that are not owed, above zero.
    pub total: i64,
}

/// What a credit note is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditOf {
    /// All that was not credited yet.
    All,
    /// Minor units with taxes.
    Amount(i64),
    /// Parts of lines.
    Lines(Vec<CreditShare>),
}

/// A part of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreditShare {
    /// The line's place on the invoice, from 0 on.
    pub line: u32,
    /// Minor units before exclusive taxes, what was really charged: without what a coupon had taken off.
    pub amount: i64,
}

/// Why an invoice cannot be credited or voided.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CreditError {
    /// It asks for no money.
    #[error("the document asks for no money, so nothing of it can be credited")]
    NothingOwed,
    /// The invoice has no such line.
    #[error("the invoice has no line {0}: lines count from 0")]
    NoLine(u32),
    /// Nothing, or less, was to be credited.
    #[error("a credit note is for an amount above zero")]
    NotPositive,
    /// More than is left.
    #[error("only {left} is left to credit")]
    TooMuch {
        /// What is left.
        left: Money,
    },
    /// The note before it belongs to another invoice.
    #[error("the credit note before is of the invoice {0}: pass the notes of this invoice only")]
    OtherInvoice(InvoiceKey),
    /// Money was paid on it.
    #[error("{paid} was paid on the invoice: refund it or make a credit note, only an unpaid invoice can be voided")]
    Paid {
        /// What was paid.
        paid: Money,
    },
    /// It stands where that cannot happen.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
}

impl DraftInvoice {
    /// A credit note on this invoice, given the ones before it.
    ///
    /// Taxes go back in proportion, reckoned on all that was credited so far, so that notes for the whole give back each
    /// tax to the cent.
    ///
    /// # Errors
    /// [`CreditError`] when more than is left, or nothing, would be credited.
    ///
    /// ```
    /// # use regua_core::billing::*;
    /// # use regua_core::{currency::Currency, rate::Rate, time::Day};
    /// # let day = Day::parse("2026-12-01").unwrap();
    /// # let key = InvoiceKey { subscription: "cus_a".into(), period: 0, purpose: Purpose::Manual(1), revision: 0 };
    /// # let head = Head { key, currency: Currency::EUR, issued_on: day, period: None };
    /// # let line = Line { kind: LineKind::Manual, plan: "".into(), price: "a".into(), name: "A".into(), quantity: 1,
    /// #     from: day, to: day, whole_days: 0, amount: 10_000 };
    /// # let vat = Tax { name: "VAT".into(), rate: Rate::from_bps(2_200), mode: TaxMode::Exclusive };
    /// # let terms = Terms { taxes: vec![vat], ..Terms::default() };
    /// // An invoice of 100.00 and 22 % VAT.
    /// let invoice = DraftInvoice::assemble(head, vec![line], Vec::new(), &terms).unwrap();
    /// let note = invoice.credit_note(&[], CreditOf::Amount(6_100), day, "half of it was down")?;
    /// assert_eq!((note.price, note.taxes[0].amount, note.total), (5_000, 1_100, 6_100));
    /// assert!(invoice.credit_note(&[note], CreditOf::Amount(6_101), day, "too much").is_err());
    /// # Ok::<(), CreditError>(())
    /// ```
    pub fn credit_note(&self, before: &[CreditNote], what: CreditOf, on: Day, reason: &str) -> Result<CreditNote, CreditError> {
        let left = self.left_to_credit(before)?;
        let (lines, ratio, price, total) = match what {
            CreditOf::All => (Vec::new(), (1, 1), None, Some(left.total)),
            CreditOf::Amount(amount) => {
                let credited = i128::from(self.total) - i128::from(left.total) + i128::from(amount);
                (Vec::new(), (credited, i128::from(self.total)), None, Some(amount))
            }
            CreditOf::Lines(lines) => {
                let price = self.price_of(&lines, before)?;
                let credited = i128::from(left.whole_price) - i128::from(left.price) + i128::from(price);
                (lines, (credited, i128::from(left.whole_price)), Some(price), None)
            }
        };
        let too_much = CreditError::TooMuch { left: Money::new(left.total, self.currency) };
        if price.or(total).is_none_or(|amount| amount <= 0) {
            return Err(CreditError::NotPositive);
        }
        if ratio.0 > ratio.1 {
            return Err(too_much);
        }
        let taxes: Vec<TaxLine> = self.taxes.iter().enumerate().map(|(place, tax)| tax_back(tax, place, ratio, before)).collect();
        let on_top: i64 = taxes.iter().filter(|tax| tax.mode == TaxMode::Exclusive).map(|tax| tax.amount).sum();
        let (price, total) = match (price, total) {
            (Some(price), _) => (price, price.saturating_add(on_top)),
            (None, total) => (total.unwrap_or(0).saturating_sub(on_top), total.unwrap_or(0)),
        };
        if price > left.price || total > left.total {
            return Err(too_much);
        }
        let number = u32::try_from(before.len()).unwrap_or(u32::MAX).saturating_add(1);
        let (of, currency, reason) = (self.key.clone(), self.currency, reason.into());
        Ok(CreditNote { of, number, currency, issued_on: on, reason, lines, price, taxes, total })
    }

    fn left_to_credit(&self, before: &[CreditNote]) -> Result<Left, CreditError> {
        if self.kind == DocumentKind::Credit || self.total <= 0 {
            return Err(CreditError::NothingOwed);
        }
        if let Some(other) = before.iter().find(|note| note.of != self.key) {
            return Err(CreditError::OtherInvoice(other.of.clone()));
        }
        let on_top = self.taxes.iter().filter(|tax| tax.mode == TaxMode::Exclusive).fold(0_i64, |sum, tax| sum.saturating_add(tax.amount));
        let whole_price = self.total.saturating_sub(on_top);
        if whole_price <= 0 {
            return Err(CreditError::NothingOwed);
        }
        let price = before.iter().fold(whole_price, |left, note| left.saturating_sub(note.price));
        let total = before.iter().fold(self.total, |left, note| left.saturating_sub(note.total));
        Ok(Left { whole_price, price, total })
    }

    /// The sum of parts of lines; none may be more than is left of its line.
    fn price_of(&self, parts: &[CreditShare], before: &[CreditNote]) -> Result<i64, CreditError> {
        let mut price = 0_i64;
        for (place, part) in parts.iter().enumerate() {
            let line = usize::try_from(part.line).ok().and_then(|line| self.lines.get(line)).ok_or(CreditError::NoLine(part.line))?;
            let earlier = before.iter().flat_map(|note| &note.lines).chain(parts.iter().take(place));
            let credited = earlier.filter(|other| other.line == part.line).fold(0_i64, |sum, other| sum.saturating_add(other.amount));
            let left = line.amount.max(0).saturating_sub(credited);
            if part.amount <= 0 {
                return Err(CreditError::NotPositive);
            }
            if part.amount > left {
                return Err(CreditError::TooMuch { left: Money::new(left.max(0), self.currency) });
            }
            price = price.saturating_add(part.amount);
        }
        Ok(price)
    }
}

impl CreditNote {
    /// The note as a document of its invoice's: what it credits line by line, below zero.
    ///
    /// * `of` — the invoice that it is of.
    #[must_use]
    pub fn document(&self, of: &DraftInvoice) -> DraftInvoice {
        let credited = |name: Box<str>, known: Option<&Line>, amount: i64| Line {
            kind: LineKind::Credit,
            plan: known.map(|line| line.plan.clone()).unwrap_or_default(),
            price: known.map(|line| line.price.clone()).unwrap_or_default(),
            name,
            quantity: known.map_or(1, |line| line.quantity),
            from: known.map_or(self.issued_on, |line| line.from),
            to: known.map_or(self.issued_on, |line| line.to),
            whole_days: 0,
            amount: amount.saturating_neg(),
        };
        let line = |share: &CreditShare| {
            let known = usize::try_from(share.line).ok().and_then(|line| of.lines.get(line));
            credited(known.map(|line| line.name.clone()).unwrap_or_default(), known, share.amount)
        };
        let lines = if self.lines.is_empty() {
            vec![credited(self.reason.clone(), None, self.price)]
        } else {
            self.lines.iter().map(line).collect()
        };
        let back = |tax: &TaxLine| TaxLine { base: tax.base.saturating_neg(), amount: tax.amount.saturating_neg(), ..tax.clone() };
        DraftInvoice {
            key: self.of.clone(),
            kind: DocumentKind::Credit,
            currency: self.currency,
            issued_on: self.issued_on,
            due_on: self.issued_on,
            period: of.period,
            lines,
            discounts: Vec::new(),
            taxes: self.taxes.iter().map(back).collect(),
            total: self.total.saturating_neg(),
            collection: of.collection,
            instalments: Vec::new(),
            purchase_order: of.purchase_order.clone(),
            attachments: Vec::new(),
        }
    }

    /// What makes it the only one: its invoice's key and its number.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/credit-{}", self.of, self.number)
    }
}

/// What is left to credit.
struct Left {
    whole_price: i64,
    price: i64,
    total: i64,
}

/// What of a tax goes back now, when so much of the whole has been credited.
fn tax_back(tax: &TaxLine, place: usize, (credited, whole): (i128, i128), before: &[CreditNote]) -> TaxLine {
    let upto = |minor: i64| i64::try_from(div_round(i128::from(minor).saturating_mul(credited), whole, Rounding::HalfEven)).unwrap_or(0);
    let given =
        |read: fn(&TaxLine) -> i64| before.iter().filter_map(|note| note.taxes.get(place)).map(read).fold(0_i64, i64::saturating_add);
    let amount = upto(tax.amount).saturating_sub(given(|tax| tax.amount));
    let base = upto(tax.base).saturating_sub(given(|tax| tax.base));
    TaxLine { amount: amount.max(0), base: base.max(0), ..tax.clone() }
}

text_enum! {
    /// Where an invoice stands (SPEC §1).
    InvoiceStatus, "invoice status" { Draft = "draft", Open = "open", Paid = "paid", Void = "void", Uncollectible = "uncollectible" }
}

text_enum! {
    /// What moves an invoice: it is issued, paid in full, owed again after a refund or chargeback, voided, or given up.
    InvoiceMove, "move of an invoice" { Issue = "issue", Pay = "pay", Reopen = "reopen", Void = "void", GiveUp = "give_up" }
}

/// A move that an invoice cannot make from where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an invoice that is `{from}` cannot take the move `{to}`")]
pub struct NotAllowed {
    /// Where it stands.
    pub from: InvoiceStatus,
    /// The move.
    pub to: InvoiceMove,
}

impl InvoiceStatus {
    /// Where a move leads: `draft → open → paid / void / uncollectible`; a payment after it was given up is a recovery.
    ///
    /// # Errors
    /// [`NotAllowed`] when it leads nowhere.
    ///
    /// ```
    /// # use regua_core::billing::{InvoiceMove, InvoiceStatus};
    /// let open = InvoiceStatus::Draft.after(InvoiceMove::Issue)?;
    /// assert_eq!(open.after(InvoiceMove::Pay)?, InvoiceStatus::Paid);
    /// assert!(InvoiceStatus::Paid.after(InvoiceMove::Void).is_err());
    /// # Ok::<(), regua_core::billing::NotAllowed>(())
    /// ```
    pub fn after(self, to: InvoiceMove) -> Result<Self, NotAllowed> {
        match (self, to) {
            (Self::Draft, InvoiceMove::Issue) | (Self::Paid, InvoiceMove::Reopen) => Ok(Self::Open),
            (Self::Open | Self::Uncollectible, InvoiceMove::Pay) => Ok(Self::Paid),
            (Self::Draft | Self::Open | Self::Uncollectible, InvoiceMove::Void) => Ok(Self::Void),
            (Self::Open, InvoiceMove::GiveUp) => Ok(Self::Uncollectible),
            (Self::Draft, InvoiceMove::Pay | InvoiceMove::Reopen | InvoiceMove::GiveUp)
            | (Self::Open, InvoiceMove::Issue | InvoiceMove::Reopen)
            | (Self::Paid, InvoiceMove::Issue | InvoiceMove::Pay | InvoiceMove::Void | InvoiceMove::GiveUp)
            | (Self::Uncollectible, InvoiceMove::Issue | InvoiceMove::Reopen | InvoiceMove::GiveUp)
            | (Self::Void, _) => Err(NotAllowed { from: self, to }),
        }
    }
}

/// An invoice that is taken back as a whole. It stays, with its number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voided {
    /// Which.
    pub of: InvoiceKey,
    /// The day.
    pub on: Day,
    /// Why.
    pub reason: Box<str>,
    /// Minor units that are not owed any more: the total less what was credited.
    pub amount: i64,
    /// The key of an invoice that takes its place, if one is made.
    pub replacement: InvoiceKey,
}

/// Voids an invoice on which nothing was paid.
///
/// * `paid` — minor units that were paid and not given back.
/// * `notes` — its credit notes.
///
/// # Errors
/// [`CreditError::Paid`], [`CreditError::NotAllowed`] or [`CreditError::OtherInvoice`].
pub fn void(
    invoice: &DraftInvoice,
    status: InvoiceStatus,
    paid: i64,
    notes: &[CreditNote],
    on: Day,
    reason: &str,
) -> Result<Voided, CreditError> {
    status.after(InvoiceMove::Void)?;
    if paid != 0 {
        return Err(CreditError::Paid { paid: Money::new(paid, invoice.currency) });
    }
    if let Some(other) = notes.iter().find(|note| note.of != invoice.key) {
        return Err(CreditError::OtherInvoice(other.of.clone()));
    }
    let amount = notes.iter().fold(invoice.total, |left, note| left.saturating_sub(note.total));
    Ok(Voided { of: invoice.key.clone(), on, reason: reason.into(), amount, replacement: invoice.key.replacement() })
}
