//! Refunds on their way: ordered once by key, sent, asked about by the same key, booked when the gateway says that it is done.

use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_store::charging::payments::{self, PaymentRow};
use regua_store::charging::refunds::{self, RefundRow};
use regua_store::db::{Scope, Tx};
use regua_wire::gateways::{Refund, RefundOrder, RefundStanding, Trouble};

use super::answer::Work;
use super::money::refund_key;
use super::{Charged, Charging, Gateways};
use crate::Engine;
use crate::case::Case;
use crate::error::{Error, Result};
use crate::pass::patiently;
use crate::tenancy::Tenancy;

/// What one transaction takes at most.
const GROUP: i64 = 16;
/// Refunds of one payment that are looked through.
const OF_PAYMENT: i64 = 100;

struct Going {
    tenant: TenantId,
    row: RefundRow,
    order: RefundOrder,
}

type Said = Result<Refund, Trouble>;

impl Engine {
    /// Sends every refund that is due, and asks about those under way.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database is; whatever else it says. What a gateway says is no error.
    pub fn refunds_due(&self, clock: &dyn Fn() -> Instant, gateways: &mut Gateways, how: Charging) -> Result<Charged> {
        let mut all = Charged::default();
        let mut answered: Vec<(Going, Said)> = Vec::new();
        loop {
            let mut turned = None;
            patiently(&mut || self.refund_turn(clock(), &answered, how), &mut |done| {
                turned = Some(done);
                false
            })?;
            let going = turned.unwrap_or_default();
            let still = answered.is_empty() && going.is_empty();
            all.refunds += crate::case::count_u64(going.len());
            answered = going.into_iter().map(|going| carry(going, gateways)).collect();
            if still {
                return Ok(all);
            }
        }
    }

    fn refund_turn(&self, now: Instant, answered: &[(Going, Said)], how: Charging) -> Result<Vec<Going>> {
        self.db.write(Scope::Claim, |tx| {
            let taken = refunds::take(tx, now, GROUP)?;
            for (going, said) in answered {
                tx.scope(Scope::Tenant(going.tenant))?;
                self.refund_answered(tx, going, said, how, now)?;
            }
            let mut out = Vec::new();
            for due in taken {
                tx.scope(Scope::Tenant(due.tenant))?;
                let Some(mut row) = refunds::load(tx, due.tenant, &[due.refund])?.pop() else { continue };
                if row.due_at.is_none_or(|due| due > now) {
                    continue; // answered above
                }
                row.tries += 1;
                row.due_at = Some(Instant::from_micros(now.micros().saturating_add(how.lease_micros)));
                row.status = if row.status == "sending" { "unknown" } else { row.status.as_str() }.to_owned();
                refunds::set(tx, due.tenant, std::slice::from_ref(&row))?;
                let currency = regua_core::currency::Currency::parse(&row.currency);
                let currency = currency.ok_or_else(|| Error::bug("refund_read", "a refund has no currency"))?;
                let order = RefundOrder {
                    key: refund_key(row.refund),
                    payment: row.payment.clone(),
                    amount: Money::new(row.amount, currency),
                    description: row.said.clone().unwrap_or_default(),
                };
                out.push(Going { tenant: due.tenant, row, order });
            }
            Ok::<_, Error>(out)
        })
    }

    fn refund_answered(&self, tx: &mut Tx<'_>, going: &Going, said: &Said, how: Charging, now: Instant) -> Result<()> {
        let who = (going.row.customer, going.row.receivable);
        self.with_gateway(tx, going.tenant, who, how, now, |tx, case, tenancy, work| {
            let Some(row) = refunds::load(tx, going.tenant, &[going.row.refund])?.pop() else { return Ok(()) };
            if row.tries != going.row.tries || row.status == "done" {
                return Ok(());
            }
            match said {
                Ok(refund) => match &refund.standing {
                    RefundStanding::Done => work.refund_done(tx, case, tenancy, row, &refund.reference),
                    RefundStanding::Pending => {
                        let reference = Some(refund.reference.clone());
                        let due_at = Some(work.after(how.back_off(row.tries.max(6))));
                        let row = RefundRow { status: "pending".to_owned(), reference, due_at, ..row };
                        refunds::set(tx, going.tenant, &[row]).map_err(Into::into)
                    }
                    RefundStanding::Refused { why } => refuse(tx, going.tenant, row, why, now),
                },
                Err(trouble @ (Trouble::Refused { .. } | Trouble::NotFound)) => refuse(tx, going.tenant, row, &trouble.to_string(), now),
                Err(trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. })) => {
                    let due_at = Some(work.after(how.back_off(row.tries)));
                    refunds::set(tx, going.tenant, &[RefundRow { due_at, said: Some(trouble.to_string()), ..row }]).map_err(Into::into)
                }
            }
        })
    }
}

impl Work {
    /// Money of a payment has gone back by our order.
    fn refund_done(&mut self, tx: &mut Tx<'_>, case: &mut Case, tenancy: &Tenancy, row: RefundRow, reference: &str) -> Result<()> {
        let payment = payments::by_reference(tx, self.tenant, &row.gateway, &[row.payment.as_str()])?.pop();
        let payment = payment.ok_or_else(|| Error::bug("refund", "a refund is of no payment"))?;
        let currency = regua_core::currency::Currency::parse(&row.currency);
        let currency = currency.ok_or_else(|| Error::bug("refund_read", "a refund has no currency"))?;
        let (amount, on) = (Money::new(row.amount, currency), case.facts.zone.day_of(self.now));
        let row = RefundRow {
            status: "done".to_owned(),
            reference: Some(reference.to_owned()),
            due_at: None,
            finished_at: Some(self.now),
            ..row
        };
        refunds::set(tx, self.tenant, &[row])?;
        self.returned(tx, case, tenancy, &payment, ("refund", amount, on))
    }

    /// Whether a refund that a gateway tells of is one of ours that is under way: then that one is done.
    pub(super) fn is_own_refund(
        &mut self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        tenancy: &Tenancy,
        payment: &PaymentRow,
        (reference, amount, _on): (&str, Money, Day),
    ) -> Result<bool> {
        let known = refunds::of_payment(tx, self.tenant, &payment.gateway, &payment.reference, OF_PAYMENT)?;
        let open = |row: &&RefundRow| row.kind == "refund" && !matches!(row.status.as_str(), "done" | "refused");
        let own = known
            .iter()
            .filter(open)
            .find(|row| row.reference.as_deref() == Some(reference) || (row.reference.is_none() && row.amount == amount.minor()));
        let Some(own) = own.cloned() else { return Ok(false) };
        self.refund_done(tx, case, tenancy, own, reference)?;
        Ok(true)
    }
}

/// A refund that will not happen: the money stays the customer's credit, and a person is shown it.
fn refuse(tx: &mut Tx<'_>, tenant: TenantId, row: RefundRow, why: &str, now: Instant) -> Result<()> {
    payments::add_returned(tx, tenant, &row.gateway, &[(&row.payment, 0, "credited")])?;
    let row = RefundRow { status: "refused".to_owned(), due_at: None, finished_at: Some(now), said: Some(why.to_owned()), ..row };
    refunds::set(tx, tenant, &[row]).map_err(Into::into)
}

fn carry(going: Going, gateways: &mut Gateways) -> (Going, Said) {
    let Some(gateway) = gateways.get(going.tenant, &going.row.gateway) else {
        let why = format!("this process has no gateway `{}`; add it to the settings", going.row.gateway);
        return (going, Err(Trouble::Outage { why, wait_secs: None }));
    };
    let said = gateway.refund(&going.order);
    (going, said)
}
