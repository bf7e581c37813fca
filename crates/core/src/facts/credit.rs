//! What changes the facts of money besides payments: taxes withheld, fees, and the customer's credit.

use crate::account::{AccountEntry, AccountKind};
use crate::facts::fact::FactError;
use crate::facts::plan::Policies;
use crate::facts::{Closed, Facts};
use crate::ledger::{Ledger, LedgerError, Receipt};
use crate::money::Money;
use crate::time::{Day, Instant};

impl Facts<'_> {
    /// A tax that the payer withheld: who then owes nothing has paid.
    ///
    /// # Errors
    /// [`LedgerError`] when the amount is of another currency or more than is due.
    pub fn withhold(&mut self, walk: usize, amount: Money, on: Day, at: Instant, policies: &Policies) -> Result<Receipt, LedgerError> {
        let receivable = &mut self.walks[walk];
        let terms = receivable.terms(policies);
        let receipt = receivable.ledger.withhold(&terms, amount, on, at)?;
        self.lowered(walk, at, policies);
        Ok(receipt)
    }

    /// A fee. What was paid is open again, as by a bill that turns out to be larger.
    ///
    /// # Errors
    /// [`FactError::Ended`] on what is void or given up; [`LedgerError`] when the amount is of another currency or absurd.
    pub fn add_fee(&mut self, walk: usize, amount: Money, on: Day, at: Instant, policies: &Policies) -> Result<Receipt, FactError> {
        let receivable = &mut self.walks[walk];
        let paid = matches!(receivable.closed, Some(Closed::Paid(_)));
        if receivable.has_ended() && matches!(receivable.closed, Some(Closed::Void(_) | Closed::WrittenOff(_))) {
            return Err(FactError::Ended);
        }
        let (terms, paid_on) = (receivable.terms(policies), receivable.ledger.settled_on());
        let receipt = receivable.ledger.fee(&terms, amount, on, at)?;
        if paid && !receipt.settled {
            self.was_not_paid(paid_on);
            self.renew(walk, at, policies);
        }
        self.touch();
        Ok(receipt)
    }

    /// The customer's credit pays on a receivable.
    ///
    /// # Errors
    /// [`FactError::Credit`] when there is less; [`LedgerError`] when it is more than is due.
    pub fn use_credit(&mut self, walk: usize, amount: Money, on: Day, at: Instant, policies: &Policies) -> Result<Receipt, FactError> {
        self.has_credit(amount)?;
        let receivable = &mut self.walks[walk];
        let (terms, paid_before) = (receivable.terms(policies), receivable.ledger.is_paid());
        let receipt = receivable.ledger.pay_from_credit(&terms, amount, on, at)?;
        receivable.touch();
        if receivable.ledger.is_paid() && !paid_before {
            self.settle(walk, on, at, policies);
        }
        let amount = Money::new(-amount.minor(), amount.currency());
        self.account.enter(AccountEntry { kind: AccountKind::Applied, amount, walk: Some(walk), on, at });
        Ok(receipt)
    }

    /// Money that no receivable takes is credit.
    ///
    /// # Errors
    /// [`LedgerError::Amount`] when it is nothing or absurd.
    pub fn receive(&mut self, amount: Money, on: Day, at: Instant) -> Result<(), LedgerError> {
        positive(amount)?;
        self.account.enter(AccountEntry { kind: AccountKind::Received, amount, walk: None, on, at });
        Ok(())
    }

    /// Credit is paid out.
    ///
    /// # Errors
    /// [`FactError::Credit`] when there is less; [`LedgerError::Amount`] when it is nothing or absurd.
    pub fn refund_credit(&mut self, amount: Money, on: Day, at: Instant) -> Result<(), FactError> {
        positive(amount)?;
        self.has_credit(amount)?;
        let amount = Money::new(-amount.minor(), amount.currency());
        self.account.enter(AccountEntry { kind: AccountKind::Refunded, amount, walk: None, on, at });
        Ok(())
    }

    fn has_credit(&self, asked: Money) -> Result<(), FactError> {
        let credit = self.account.credit(asked.currency());
        if asked.minor() > credit.minor() { Err(FactError::Credit { asked, credit }) } else { Ok(()) }
    }
}

fn positive(amount: Money) -> Result<(), LedgerError> {
    if (1..=Ledger::MINOR_MAX).contains(&amount.minor()) { Ok(()) } else { Err(LedgerError::Amount(amount)) }
}
