//! A tenant's own receivables and what was paid on them, as a backtest reads them: what happened, without what was decided.

use regua_core::facts::Walk;
use regua_core::ids::TenantId;
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_store::due::Which;
use regua_wire::files::portfolio::PaymentId;
use regua_wire::files::{CustomerRow, PaymentRow, Portfolio, ReceivableRow, When};

use crate::Engine;
use crate::error::{Error, Result};

/// What happened.
#[derive(Default)]
pub struct History {
    /// Customers who had a receivable, their receivables, what was paid on them.
    pub portfolio: Portfolio,
    /// Receivables that were cancelled: nobody owed them in the end, and they are not in the portfolio.
    pub void: u64,
}

impl Engine {
    /// The receivables that were issued on a day or later, with whose they are and what was paid on them; at most `most`.
    ///
    /// What was taken back of a payment is left out of it, as if it had never been. What people said (disputes, promises, holds) is not
    /// told. Profiles are opened, so that the portfolio holds personal data.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when there are more than `most`; whatever the database says.
    pub fn history(&self, tenant: TenantId, issued_from: Day, most: usize) -> Result<History> {
        let mut history = History::default();
        self.look_at_each(tenant, Which::All, |case, _tenancy| {
            let customer = u32::try_from(history.portfolio.customers.len()).unwrap_or(u32::MAX);
            let before = history.portfolio.receivables.len();
            for (walk, held) in case.facts.walks.iter().zip(&case.held) {
                if walk.issued_on < issued_from {
                    continue;
                }
                if walk.ledger.is_void() {
                    history.void += 1;
                    continue;
                }
                if history.portfolio.receivables.len() >= most {
                    let told = format!(
                        "more than {most} receivables were issued since {issued_from}; ask for a later day, or use `regua backtest`"
                    );
                    return Err(Error::refused("too_many", told));
                }
                history.add(walk, &held.external_id, customer);
            }
            if history.portfolio.receivables.len() > before {
                let row = CustomerRow { id: case.external_id.as_str().into(), customer: case.facts.customer.clone().into_owned() };
                history.portfolio.customers.push(row);
            }
            Ok(())
        })?;
        Ok(history)
    }
}

impl History {
    fn add(&mut self, walk: &Walk, id: &str, customer: u32) {
        let receivable = u32::try_from(self.portfolio.receivables.len()).unwrap_or(u32::MAX);
        self.portfolio.receivables.push(ReceivableRow {
            id: id.into(),
            customer,
            issued: When::On(walk.issued_on),
            due_on: walk.due_on,
            amount: walk.ledger.billed(),
            method: walk.method,
        });
        let entries: Vec<_> = walk.ledger.stored().collect();
        for (number, entry) in (0_i64..).zip(&entries) {
            if !matches!(entry.kind, EntryKind::Payment | EntryKind::Application) || entry.amount.minor() >= 0 {
                continue;
            }
            // The charge is entry 0, so that what undoes a payment names a number above it.
            let undone = entries.iter().filter(|other| number > 0 && other.origin == Some(number));
            let left = undone.fold(entry.amount.minor(), |left, other| left.saturating_add(other.amount.minor()));
            if left < 0 {
                let amount = Money::new(left.saturating_neg(), entry.amount.currency());
                let id = PaymentId::Own(number.to_string().into());
                self.portfolio.payments.push(PaymentRow { receivable, paid: When::On(entry.on), amount: Some(amount), id });
            }
        }
    }
}
