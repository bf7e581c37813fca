//! Money that a gateway took or gave back: each payment and each return once, whoever tells of it.
//!
//! The gateway's name of a payment is its key in the database. One that comes when nothing is owed any more is a second
//! payment: credited or refunded as the policy says, and shown. The first one takes away whatever else could be paid.

use regua_core::charging::discounts;
use regua_core::facts::{Closed, Fact};
use regua_core::ids::{ChargeId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::SecondPayment;
use regua_store::charging::payments::{self, PaymentRow};
use regua_store::charging::refunds::{self, RefundRow};
use regua_store::charging::{charges, instruments};
use regua_store::db::Tx;
use regua_wire::gateways::Settlement;
use sha2::{Digest as _, Sha256};

use super::answer::Work;
use super::send::tell;
use crate::case::Case;
use crate::commands::account::{enter, take_payment};
use crate::error::Result;
use crate::tenancy::Tenancy;

/// What became of a payment that was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Took {
    /// Whether it was not known before.
    pub(crate) new: bool,
    /// What the progressive discount took off, in minor units.
    pub(crate) discount: i64,
}

impl Work {
    /// Books a payment, unless it is known. `about` says by which gateway, for what, and by which attempt of ours.
    pub(crate) fn take_money(
        &mut self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        tenancy: &Tenancy,
        (gateway, receivable, charge): (&str, ReceivableId, Option<ChargeId>),
        settlement: &Settlement,
    ) -> Result<Took> {
        let counts_on = |(walk, charge)| case.facts.counts_on(walk, charge, settlement.paid_on, tenancy.policies(case.customer));
        let on = case.walk_of(receivable).zip(charge).map_or(settlement.paid_on, counts_on).min(case.facts.zone.day_of(self.now));
        if !payments::by_reference(tx, self.tenant, gateway, &[settlement.reference.as_str()])?.is_empty() {
            if let (Some(charge), Some(walk)) = (charge, case.walk_of(receivable)) {
                tell(case, tenancy, Some(walk), Fact::Taken { charge, on }, self.now)?;
            }
            return Ok(Took { new: false, discount: 0 });
        }
        let mut discount = 0;
        let walk = case.walk_of(receivable);
        // What comes for what was given up is no second payment: it is a recovery.
        let given_up = |walk: usize| matches!(case.facts.walks[walk].closed, Some(Closed::WrittenOff(_) | Closed::Assigned(_)));
        let second = walk.is_none_or(|walk| case.facts.walks[walk].has_ended() && !given_up(walk));
        if let (Some(charge), Some(walk)) = (charge, walk) {
            if !second {
                discount = self.grant_discount(case, tenancy, walk, (settlement.amount, on))?;
            }
            tell(case, tenancy, Some(walk), Fact::Taken { charge, on }, self.now)?;
        }
        let named: Vec<usize> = walk.into_iter().filter(|_| !second).collect();
        let key = format!("{gateway}:{}", settlement.reference);
        take_payment(case, tenancy, &named, (settlement.amount, on), Some(&key), self.now)?;
        let refund = second && !self.mirrored && second_payment(tenancy, case) == SecondPayment::Refund;
        let fate = match (second, refund) {
            (false, _) => "kept",
            (true, false) => "credited",
            (true, true) => "refunding",
        };
        let row = PaymentRow {
            gateway: gateway.to_owned(),
            reference: settlement.reference.clone(),
            customer: case.customer,
            receivable,
            rail: settlement.rail,
            currency: settlement.amount.currency().code().to_owned(),
            amount: settlement.amount.minor(),
            fee: settlement.fee.map(Money::minor),
            paid_on: on,
            known_at: self.now,
            kind: if second { "second" } else { "kept" }.to_owned(),
            fate: fate.to_owned(),
            returned: 0,
        };
        payments::enter(tx, self.tenant, gateway, &[row])?;
        if refund {
            self.order_refund(tx, case, (gateway, receivable), settlement)?;
        }
        if walk.is_some_and(|walk| case.facts.walks[walk].has_ended()) {
            self.take_away(tx, receivable, charge)?;
        }
        Ok(Took { new: true, discount })
    }

    /// The progressive discount for automatic payment: what was left out of the attempt is owed no more, now that it came.
    fn grant_discount(&self, case: &mut Case, tenancy: &Tenancy, walk: usize, (amount, on): (Money, Day)) -> Result<i64> {
        let policies = tenancy.policies(case.customer);
        let receivable = &case.facts.walks[walk];
        if on > receivable.due {
            return Ok(0);
        }
        let due = receivable.ledger.amount_due(&receivable.terms(policies), on).total;
        let off = discounts::of(receivable.autopay_discounts(policies), case.facts.autopaid, due);
        let left = due.minor().saturating_sub(amount.minor());
        if off.minor() <= 0 || left != off.minor() {
            return Ok(0);
        }
        enter(case, tenancy, Some(walk), Fact::Credited { on, amount: off }, self.now)?;
        Ok(off.minor())
    }

    /// Orders that a second payment goes back. The same payment gives the same key, so it is ordered once.
    fn order_refund(
        &self,
        tx: &mut Tx<'_>,
        case: &Case,
        (gateway, receivable): (&str, ReceivableId),
        settlement: &Settlement,
    ) -> Result<()> {
        let row = RefundRow {
            refund: refund_id(self.tenant, gateway, "second", &settlement.reference),
            gateway: gateway.to_owned(),
            payment: settlement.reference.clone(),
            reference: None,
            customer: case.customer,
            receivable,
            kind: "refund".to_owned(),
            currency: settlement.amount.currency().code().to_owned(),
            amount: settlement.amount.minor(),
            counts_on: case.facts.zone.day_of(self.now),
            status: "ordered".to_owned(),
            ordered_at: self.now,
            due_at: Some(self.now),
            tries: 0,
            finished_at: None,
            said: Some("a second payment of what was paid".to_owned()),
        };
        refunds::enter(tx, self.tenant, &row).map(drop).map_err(Into::into)
    }

    /// Nothing is owed any more: whatever else could still be paid is taken away, and an attempt under way is stopped or,
    /// where that comes too late, its money is a second payment.
    pub(crate) fn take_away(&mut self, tx: &mut Tx<'_>, receivable: ReceivableId, but: Option<ChargeId>) -> Result<()> {
        let mut rows = instruments::of_receivables(tx, self.tenant, &[receivable.to_bytes()])?;
        for row in &mut rows {
            row.status = "closing".to_owned();
            row.due_at = Some(self.now);
            row.tries = 0;
        }
        instruments::set(tx, self.tenant, &rows)?;
        for mut row in charges::under_way(tx, self.tenant, &[receivable.to_bytes()])? {
            if Some(row.charge) != but && row.status != "sending" {
                row.due_at = Some(self.now);
                self.rows.retain(|known| known.charge != row.charge);
                self.rows.push(row);
            }
        }
        Ok(())
    }

    /// Books that money of a payment went back or was taken back, unless it is known. Whether it was new.
    pub(crate) fn give_back(
        &mut self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        tenancy: &Tenancy,
        payment: &PaymentRow,
        (kind, reference, amount, on): (&str, &str, Money, Day),
    ) -> Result<bool> {
        if !refunds::by_reference(tx, self.tenant, (&payment.gateway, kind), &[reference])?.is_empty() {
            return Ok(false);
        }
        let on = on.min(case.facts.zone.day_of(self.now));
        let row = RefundRow {
            refund: refund_id(self.tenant, &payment.gateway, kind, reference),
            gateway: payment.gateway.clone(),
            payment: payment.reference.clone(),
            reference: Some(reference.to_owned()),
            customer: case.customer,
            receivable: payment.receivable,
            kind: kind.to_owned(),
            currency: payment.currency.clone(),
            amount: amount.minor(),
            counts_on: on,
            status: "done".to_owned(),
            ordered_at: self.now,
            due_at: None,
            tries: 0,
            finished_at: Some(self.now),
            said: None,
        };
        refunds::enter(tx, self.tenant, &row)?;
        self.returned(tx, case, tenancy, payment, (kind, amount, on))?;
        Ok(true)
    }

    /// The facts of money that went back, was taken back, or came again.
    pub(super) fn returned(
        &mut self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        tenancy: &Tenancy,
        payment: &PaymentRow,
        (kind, amount, on): (&str, Money, Day),
    ) -> Result<()> {
        let walk = case.walk_of(payment.receivable);
        // A second payment is the customer's credit: what goes back of it opens nothing.
        let (walk, fact) = match (kind, payment.kind.as_str(), walk) {
            ("refund", "kept", Some(walk)) => (Some(walk), Fact::Refunded { on, amount: Some(amount) }),
            ("chargeback", "kept", Some(walk)) => (Some(walk), Fact::ChargedBack { on, amount: Some(amount) }),
            ("dispute_won", "kept", Some(walk)) => (Some(walk), Fact::Paid { paid_on: on, amount: Some(amount) }),
            ("dispute_won", ..) => (None, Fact::Received { on, amount }),
            _ => (None, Fact::CreditRefunded { on, amount }),
        };
        enter(case, tenancy, walk, fact, self.now)?;
        let minor = if kind == "dispute_won" { -amount.minor() } else { amount.minor() };
        let whole = payment.returned.saturating_add(minor) >= payment.amount;
        let fate = match kind {
            "chargeback" => "charged_back",
            "refund" if whole => "refunded",
            _ => payment.fate.as_str(),
        };
        payments::add_returned(tx, self.tenant, &payment.gateway, &[(&payment.reference, minor, fate)]).map_err(Into::into)
    }
}

/// What is done with a second payment, by the newest policy.
fn second_payment(tenancy: &Tenancy, case: &Case) -> SecondPayment {
    tenancy.policies(case.customer).newest().second_payment
}

/// The id of a refund: made of what it is about, so that it is ordered once.
fn refund_id(tenant: TenantId, gateway: &str, kind: &str, name: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(tenant.to_bytes());
    for word in [gateway, kind, name] {
        hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(word);
    }
    let mut id = [0; 16];
    id.iter_mut().zip(hash.finalize()).for_each(|(byte, digest)| *byte = digest);
    id
}

/// A refund's id as a key for gateways: 32 characters of `[0-9a-f]`.
pub(super) fn refund_key(id: [u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
