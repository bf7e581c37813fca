//! When the next document is due, and the document.
//!
//! The invoice of a period bills the period in advance, what the one before it used, and the changes since. It is due on
//! the period's first running day, so a period that is paused as a whole has none.

use super::coupon::Redeemed;
use super::invoice::sum;
use super::sheet::{add_discount, take_off};
use super::{BillingError, DraftInvoice, Head, InvoiceKey, Off, Period, Purpose, Subscription};
use crate::time::Day;

/// A document that is to come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The day from which it can be made.
    pub on: Day,
    /// Its key.
    pub key: InvoiceKey,
}

/// Where and why the next document is made.
#[derive(Clone, Copy)]
struct Next {
    on: Day,
    period: i32,
    purpose: Purpose,
}

impl Subscription {
    /// The day of the next document, as far as is known now; none when it has ended, or rests until it is resumed.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] when that is after 2199.
    pub fn next_billing(&self) -> Result<Option<Day>, BillingError> {
        Ok(self.next_document()?.map(|next| next.on))
    }

    /// The next document with its key, which is the same before and after it was asked for.
    ///
    /// # Errors
    /// As [`Subscription::next_billing`].
    pub fn next_due(&self) -> Result<Option<Due>, BillingError> {
        Ok(self.next_document()?.map(|next| Due { on: next.on, key: self.invoice_key(next) }))
    }

    /// Makes the next document if it is due by `issued_on`, the day of its issue, and moves on; else nothing. Called
    /// until it gives nothing, it makes up for all that was missed, one document after the other.
    ///
    /// The caller stores the draft under its key and the subscription in one transaction. A draft without anything owed
    /// is one too: it shows that the period was billed.
    ///
    /// # Errors
    /// [`BillingError`]; the subscription is then as it was.
    pub fn bill(&mut self, issued_on: Day) -> Result<Option<DraftInvoice>, BillingError> {
        let Some(next) = self.next_document()?.filter(|next| next.on <= issued_on) else { return Ok(None) };
        match next.purpose {
            Purpose::Period => self.bill_period(next, issued_on),
            Purpose::Final => self.bill_final(next, issued_on),
            Purpose::Change(_) | Purpose::Manual(_) => self.bill_change(next, issued_on),
        }
        .map(Some)
    }

    fn next_document(&self) -> Result<Option<Next>, BillingError> {
        if self.closed {
            return Ok(None);
        }
        let period = self.next_period()?.map(|(on, period)| Next { on, period, purpose: Purpose::Period });
        let regular = match period {
            Some(next) => Some(next),
            None => self.last_document()?,
        };
        let own = self.settle_on.map(|on| Next { on, period: self.next - 1, purpose: Purpose::Change(self.settled) });
        // On one day the regular document takes the changes with it.
        Ok(match (regular, own) {
            (Some(regular), Some(own)) if own.on < regular.on => Some(own),
            (Some(regular), _) => Some(regular),
            (None, own) => own,
        })
    }

    /// The next period that has something to bill, and from which day.
    fn next_period(&self) -> Result<Option<(Day, i32)>, BillingError> {
        let mut index = self.next;
        loop {
            let period = self.eras.period(index)?;
            if self.end.is_some_and(|end| period.from >= end.owed_to) {
                return Ok(None);
            }
            let open_from = self.eras.period(self.open)?.from;
            if !self.pending.is_empty() || self.has_arrears(open_from, period.from) {
                return Ok(Some((period.from, index)));
            }
            if let Some(day) = self.first_in_advance(period.from, period.to) {
                return Ok(Some((day, index)));
            }
            // What was used before a pause is billed with the next period, running or not.
            let goes_on = *self.running.at(period.to) || self.has_arrears(open_from, period.to);
            let resumes = if goes_on { Some(period.to) } else { self.running.after(period.to).next().map(|step| step.0) };
            let Some(resumes) = resumes else { return Ok(None) };
            index = self.eras.index_at(resumes)?.max(index.checked_add(1).ok_or(BillingError::OutOfRange)?);
        }
    }

    /// What is to be billed or given back once it has ended.
    fn last_document(&self) -> Result<Option<Next>, BillingError> {
        let Some(end) = self.end else { return Ok(None) };
        let open_from = self.eras.period(self.open)?.from;
        let wanted = !self.pending.is_empty() || self.has_arrears(open_from, end.on);
        Ok(wanted.then_some(Next { on: end.on, period: (self.next - 1).max(0), purpose: Purpose::Final }))
    }

    fn bill_period(&mut self, next: Next, issued_on: Day) -> Result<DraftInvoice, BillingError> {
        let period = self.eras.period(next.period)?;
        let off = self.coupons_on(next.on);
        let mut sheet = self.advance(&period, period.from, period.to, &off)?;
        let in_advance = sheet.lines.len();
        self.arrears_until(next.period, &mut sheet.lines)?;
        if sheet.lines.len() > in_advance && !off.is_empty() {
            let used = sum(sheet.lines.iter().skip(in_advance).map(|line| line.amount))?;
            // What was used gets what the days in advance leave of a sum; all of it when nothing is billed in advance.
            let left = |code: &str, amount: i64| {
                let taken = sheet.discounts.iter().filter(|discount| *discount.code == *code).map(|discount| -discount.amount).sum::<i64>();
                if in_advance == 0 { amount } else { (self.coupon_part(&period, (period.from, period.to), amount) - taken).max(0) }
            };
            for discount in take_off(&off, used, left, self.terms.rounding)? {
                add_discount(&mut sheet.discounts, discount)?;
            }
        }
        let coupons = self.coupons_after(next.on, |code| sheet.discounts.iter().any(|discount| *discount.code == *code));
        sheet.lines.extend(self.pending.iter().cloned());
        sheet.discounts.extend(self.pending_discounts.iter().cloned());
        let draft = DraftInvoice::assemble(self.head(next, issued_on, &period), sheet.lines, sheet.discounts, &self.terms)?;
        self.coupons = coupons;
        self.used = off;
        self.next = next.period.checked_add(1).ok_or(BillingError::OutOfRange)?;
        self.open = next.period;
        self.settle();
        self.forget_before(&period);
        Ok(draft)
    }

    fn bill_final(&mut self, next: Next, issued_on: Day) -> Result<DraftInvoice, BillingError> {
        let period = self.eras.period(next.period)?;
        let mut lines = Vec::new();
        let after = self.eras.index_at(next.on)?.checked_add(1).ok_or(BillingError::OutOfRange)?;
        self.arrears_until(after, &mut lines)?;
        let base = sum(lines.iter().map(|line| line.amount))?;
        let mut discounts = take_off(&self.coupons_on(next.on), base, |_, amount| amount, self.terms.rounding)?;
        lines.extend(self.pending.iter().cloned());
        discounts.extend(self.pending_discounts.iter().cloned());
        let draft = DraftInvoice::assemble(self.head(next, issued_on, &period), lines, discounts, &self.terms)?;
        self.settle();
        self.usage.clear();
        self.closed = true;
        Ok(draft)
    }

    fn bill_change(&mut self, next: Next, issued_on: Day) -> Result<DraftInvoice, BillingError> {
        let period = self.eras.period(next.period)?;
        let head = self.head(next, issued_on, &period);
        let draft = DraftInvoice::assemble(head, self.pending.clone(), self.pending_discounts.clone(), &self.terms)?;
        self.settled = self.settled.saturating_add(1);
        self.settle();
        Ok(draft)
    }

    /// What all periods before a number cost afterwards that were not billed yet.
    fn arrears_until(&self, index: i32, lines: &mut Vec<super::Line>) -> Result<(), BillingError> {
        for open in self.open..index {
            self.arrears(&self.eras.period(open)?, lines)?;
        }
        Ok(())
    }

    /// The coupons that reduce an invoice due on a day.
    fn coupons_on(&self, on: Day) -> Vec<(Box<str>, Off)> {
        self.coupons.iter().filter(|coupon| coupon.reduces(on)).map(|coupon| (coupon.code.clone(), coupon.off)).collect()
    }

    /// The coupons that are left after an invoice due on a day.
    fn coupons_after(&self, on: Day, reduced: impl Fn(&str) -> bool) -> Vec<Redeemed> {
        let after = |coupon: &Redeemed| {
            if coupon.until.is_some_and(|until| until <= on) {
                None
            } else if coupon.from > on {
                Some(coupon.clone())
            } else {
                coupon.clone().after(reduced(&coupon.code))
            }
        };
        self.coupons.iter().filter_map(after).collect()
    }

    fn invoice_key(&self, next: Next) -> InvoiceKey {
        InvoiceKey { subscription: self.key.clone(), period: next.period, purpose: next.purpose, revision: 0 }
    }

    fn head(&self, next: Next, issued_on: Day, period: &Period) -> Head {
        let currency = self.plans.at(next.on).currency();
        Head { key: self.invoice_key(next), currency, issued_on, period: Some((period.from, period.to)) }
    }

    /// The changes are invoiced.
    fn settle(&mut self) {
        self.pending.clear();
        self.pending_discounts.clear();
        self.settle_on = None;
    }

    /// What was before a billed period cannot change any more.
    fn forget_before(&mut self, period: &Period) {
        self.plans.forget_before(period.from);
        self.quantities.forget_before(period.from);
        self.running.forget_before(period.from);
        self.eras.forget_before(period.index);
        self.usage.retain(|usage| usage.on >= period.from);
    }
}
