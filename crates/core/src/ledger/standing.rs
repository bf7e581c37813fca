//! Where a receivable stands after some movements: what is open, what has been entered, since when interest runs.

use crate::charges::{Due, Terms};
use crate::currency::Currency;
use crate::money::Money;
use crate::time::Day;

/// All amounts in minor units of the receivable's currency; none is ever negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    currency: Currency,
    /// What was billed: the base of early discounts.
    billed: i64,
    /// Unpaid principal.
    pub(super) principal: i64,
    /// Entered and unpaid.
    interest: i64,
    /// Entered and unpaid.
    fine: i64,
    /// Compensation and fees, entered and unpaid.
    fixed: i64,
    /// Money and credit that paid on it, less what was given back.
    received: i64,
    /// Whether it is over: then nothing opens again.
    pub(super) ended: Option<Ended>,
    /// The principal that was open when it ended, less what was recovered.
    pub(super) lost: i64,
    /// Lateness, once it has begun.
    late: Option<Late>,
    /// What has been entered so far.
    pub(super) entered: Entered,
}

/// What runs while a receivable is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Late {
    /// The principal unpaid at the first late day: the base of fine and fixed sum.
    principal: i64,
    /// Interest has been counted to the end of this day.
    counted_to: Day,
    /// Principal times days, counted but not entered.
    unit_days: i128,
    /// Whether fine and fixed sum have been entered.
    fined: bool,
}

/// How a receivable is over though nobody paid it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// Cancelled as if never billed: what is paid on it is credit.
    Void,
    /// Given up: what is paid on it is a recovery, and what would be owed anew is given up too.
    GivenUp,
}

/// Sums of the entries that follow from payments and terms, not from an order of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Entered {
    pub(super) interest: i64,
    pub(super) fine: i64,
    pub(super) compensation: i64,
    pub(super) discount: i64,
    pub(super) overpayment: i64,
    pub(super) write_off: i64,
    pub(super) voided: i64,
}

impl Standing {
    /// A receivable on which nothing has moved.
    pub(super) fn new(billed: Money) -> Self {
        let minor = billed.minor();
        let entered = Entered::default();
        Self {
            currency: billed.currency(),
            billed: minor,
            principal: minor,
            interest: 0,
            fine: 0,
            fixed: 0,
            received: 0,
            ended: None,
            lost: 0,
            late: None,
            entered,
        }
    }

    /// Whether nothing is open, given up or cancelled.
    pub(super) fn is_paid(&self) -> bool {
        self.balance() == 0 && self.entered.write_off == 0 && self.ended != Some(Ended::Void)
    }

    /// What is entered and unpaid.
    pub(super) fn balance(&self) -> i64 {
        self.principal.saturating_add(self.interest).saturating_add(self.fine).saturating_add(self.fixed)
    }

    /// Counts interest to the end of a day. Days that have been counted are not counted again.
    fn accrue(&mut self, terms: &Terms<'_>, on: Day) {
        if on <= terms.adjusted || self.ended == Some(Ended::Void) {
            return;
        }
        let principal = self.principal;
        let late = self.late.get_or_insert(Late { principal, counted_to: terms.late_from(), unit_days: 0, fined: false });
        late.unit_days += i128::from(principal) * i128::from(on.since(late.counted_to).max(0));
        late.counted_to = late.counted_to.max(on);
    }

    /// Interest, fine and fixed sum that are counted and not entered.
    fn accrued(&self, terms: &Terms<'_>) -> (i64, i64, i64) {
        let Some(late) = self.late.filter(|_| self.ended != Some(Ended::Void)) else { return (0, 0, 0) };
        let interest = terms.interest(late.unit_days);
        if late.fined {
            return (interest, 0, 0);
        }
        (interest, terms.fine(late.principal), terms.fixed_sum(self.money(late.principal)))
    }

    /// Counts to a day and enters what has accrued.
    pub(super) fn enter_charges(&mut self, terms: &Terms<'_>, on: Day) {
        self.accrue(terms, on);
        let (interest, fine, fixed) = self.accrued(terms);
        if let Some(late) = &mut self.late {
            late.unit_days = 0;
            late.fined = true;
        }
        add(&mut self.interest, interest);
        add(&mut self.entered.interest, interest);
        add(&mut self.fine, fine);
        add(&mut self.entered.fine, fine);
        add(&mut self.fixed, fixed);
        add(&mut self.entered.compensation, fixed);
    }

    /// A payment: takes the early discount if it settles with it, then pays interest, fine, fixed sums and principal.
    /// What is left recovers a write-off, and then is the customer's credit.
    pub(super) fn pay(&mut self, terms: &Terms<'_>, on: Day, amount: i64) {
        add(&mut self.received, amount);
        if self.ended == Some(Ended::Void) {
            self.keep_as_credit(amount.saturating_neg());
            return;
        }
        self.enter_charges(terms, on);
        if let Some((discount, _)) = self.discount(terms, on)
            && amount >= self.balance().saturating_sub(discount)
        {
            self.principal -= discount;
            add(&mut self.entered.discount, discount);
        }
        let mut left = amount;
        for open in [&mut self.interest, &mut self.fine, &mut self.fixed, &mut self.principal, &mut self.entered.write_off] {
            let part = left.min(*open);
            *open -= part;
            left -= part;
        }
        self.recovered();
        add(&mut self.entered.overpayment, left);
    }

    /// Of what is void all that came in is credit, in whatever order it came; `raises` is the entry that moves it.
    fn keep_as_credit(&mut self, raises: i64) {
        let more = self.received.max(0) - self.entered.overpayment;
        self.entered.overpayment += more;
        add(&mut self.entered.voided, raises.saturating_add(more));
    }

    /// A write-off is recovered like a debt is paid: charges first, the principal at last.
    fn recovered(&mut self) {
        if self.ended == Some(Ended::GivenUp) {
            self.lost = self.lost.min(self.entered.write_off);
        }
    }

    /// A credit note or a tax withheld: lowers the principal first, since it says that less was owed.
    pub(super) fn credit(&mut self, terms: &Terms<'_>, on: Day, amount: i64) {
        if self.ended == Some(Ended::Void) {
            self.entered.voided -= amount; // less was there to cancel
            return;
        }
        self.accrue(terms, on);
        let mut left = amount;
        for open in [&mut self.principal, &mut self.fixed, &mut self.fine, &mut self.interest, &mut self.entered.write_off] {
            let part = left.min(*open);
            *open -= part;
            left -= part;
        }
        self.recovered();
        add(&mut self.entered.overpayment, left);
    }

    /// More or less was billed than was said: from this day on that is the principal.
    pub(super) fn amend(&mut self, terms: &Terms<'_>, on: Day, difference: i64) {
        self.billed = self.billed.saturating_add(difference).max(0);
        if self.ended == Some(Ended::Void) {
            add(&mut self.entered.voided, difference);
        } else if difference < 0 {
            self.credit(terms, on, difference.saturating_neg());
        } else {
            self.accrue(terms, on);
            let surplus = difference.min(self.entered.overpayment);
            self.entered.overpayment -= surplus;
            self.owe(difference - surplus, 0);
        }
    }

    /// More is owed than before: principal, and what bears nothing. Where it is over, that is over too.
    fn owe(&mut self, principal: i64, fixed: i64) {
        match self.ended {
            None => {
                add(&mut self.principal, principal);
                add(&mut self.fixed, fixed);
            }
            Some(Ended::GivenUp) => {
                add(&mut self.entered.write_off, principal.saturating_add(fixed));
                add(&mut self.lost, principal);
            }
            Some(Ended::Void) => add(&mut self.entered.voided, principal.saturating_add(fixed)),
        }
    }

    /// Money given back: first what had been too much, then the principal is open again from this day on, then the
    /// charges that had been paid, on which nothing runs.
    pub(super) fn refund(&mut self, terms: &Terms<'_>, on: Day, amount: i64) {
        self.received -= amount;
        if self.ended == Some(Ended::Void) {
            self.keep_as_credit(amount);
            return;
        }
        self.accrue(terms, on);
        let surplus = amount.min(self.entered.overpayment);
        self.entered.overpayment -= surplus;
        let principal = (amount - surplus).min(self.billed.saturating_sub(self.principal).saturating_sub(self.lost).max(0));
        self.owe(principal, amount - surplus - principal);
    }

    /// A fee: due, but no base of fine or interest.
    pub(super) fn fee(&mut self, amount: i64) {
        self.owe(0, amount);
    }

    /// Gives up everything that is open on a day.
    pub(super) fn write_off(&mut self, terms: &Terms<'_>, on: Day) {
        if self.ended.is_some() {
            return;
        }
        self.enter_charges(terms, on);
        let open = self.balance();
        add(&mut self.entered.write_off, open);
        (self.ended, self.lost) = (Some(Ended::GivenUp), self.principal);
        (self.principal, self.interest, self.fine, self.fixed) = (0, 0, 0, 0);
    }

    /// Cancels it: nothing was owed, so what was paid is credit.
    pub(super) fn void(&mut self) {
        if self.ended == Some(Ended::Void) {
            return;
        }
        let paid = self.received.max(0);
        let taken = self.balance().saturating_add(self.entered.write_off).saturating_add(paid - self.entered.overpayment);
        add(&mut self.entered.voided, taken);
        self.entered.write_off = 0;
        self.entered.overpayment = paid;
        self.lost = self.lost.max(self.principal);
        self.ended = Some(Ended::Void);
        (self.principal, self.interest, self.fine, self.fixed) = (0, 0, 0, 0);
    }

    /// The amount due on a day, or on the day of the last movement if that is later.
    pub(super) fn due(mut self, terms: &Terms<'_>, on: Day) -> Due {
        self.accrue(terms, on);
        let (interest, fine, fixed) = self.accrued(terms);
        let (interest, fine) = (self.interest.saturating_add(interest), self.fine.saturating_add(fine));
        let fixed = self.fixed.saturating_add(fixed);
        let (discount, discount_until) = self.discount(terms, on).unzip();
        let discount = discount.unwrap_or(0);
        let total = (self.principal - discount).saturating_add(interest).saturating_add(fine).saturating_add(fixed);
        Due {
            principal: self.money(self.principal),
            fine: self.money(fine),
            interest: self.money(interest),
            fixed: self.money(fixed),
            discount: self.money(discount),
            total: self.money(total),
            days_late: if total == 0 { 0 } else { terms.days_late(on) },
            valid_until: discount_until.unwrap_or_else(|| self.steady_until(terms, on)),
        }
    }

    /// The last day on which the amount due is what it is on `on`, discounts aside.
    fn steady_until(&self, terms: &Terms<'_>, on: Day) -> Day {
        let grows = terms.late.interest.rate.units() != 0;
        let costs = grows || terms.late.fine.units() != 0 || !terms.late.fixed.is_empty();
        match (self.principal > 0, self.late) {
            (true, None) if costs => terms.adjusted,
            (true, Some(_)) if grows => on,
            _ => Day::MAX,
        }
    }

    /// The early discount open on a day, never more than the principal left, with its last day.
    fn discount(&self, terms: &Terms<'_>, on: Day) -> Option<(i64, Day)> {
        if self.late.is_some() || self.principal == 0 || terms.early.is_empty() {
            return None;
        }
        terms.early_discount(self.billed, on).map(|(discount, until)| (discount.min(self.principal), until))
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }
}

fn add(to: &mut i64, amount: i64) {
    *to = to.saturating_add(amount);
}
