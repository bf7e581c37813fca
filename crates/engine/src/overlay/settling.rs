//! What happened to one invoice at the biller: money that came and went back, its end, and whether the biller still acts.
//!
//! Of a receivable that enters now everything is told at its own moment, so that nobody gets a receipt of last year. Money goes
//! the way of every gateway's: by its name, once. Deliberately absent: what a policy makes of it.

use std::collections::BTreeMap;

use regua_core::facts::Fact;
use regua_core::ids::ReceivableId;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_store::charging::mirrored::MirroredRow;
use regua_store::charging::payments;
use regua_store::db::Tx;
use regua_wire::gateways::Settlement;
use regua_wire::gateways::mirror::{BilledInvoice, BilledPayment, BilledReturn, BilledStatus, INVOICE};

use super::invoices::mirrored_row;
use super::pausing::Laid;
use super::{Site, Synced};
use crate::Engine;
use crate::case::Case;
use crate::charging::Work;
use crate::commands::account::enter;
use crate::error::{Error, Kind, Result};
use crate::tenancy::Tenancy;

/// What a mirror calls a payment on an invoice: what attempts are joined by.
pub(super) const PAYMENT: &str = "payment";

/// A page of invoices being taken in.
pub(super) struct Taking<'a> {
    pub(super) site: Site<'a>,
    pub(super) tenancy: &'a Tenancy,
    pub(super) work: Work,
    /// What is known of pauses and switches.
    pub(super) laid: Laid,
    pub(super) synced: &'a mut Synced,
    /// What the mirror knows from now on, each object once.
    pub(super) rows: BTreeMap<(String, String), MirroredRow>,
}

/// An invoice and its receivable.
#[derive(Clone, Copy)]
pub(super) struct One<'p> {
    pub(super) item: &'p BilledInvoice,
    pub(super) receivable: ReceivableId,
    /// Whether it entered in this transaction.
    pub(super) new: bool,
}

impl Taking<'_> {
    /// Everything that happened to one invoice.
    pub(super) fn settle(&mut self, tx: &mut Tx<'_>, case: &mut Case, one: One<'_>) -> Result<()> {
        let walk = case.walk_of(one.receivable).ok_or_else(|| Error::bug("walk", "a mirrored receivable is not among its customer's"))?;
        let mut came: Vec<&BilledPayment> = one.item.payments.iter().filter(|payment| payment.settled.is_some()).collect();
        came.sort_by_key(|payment| (payment.settled.as_ref().map(|money| money.paid_on), &payment.reference));
        let mut last = None;
        for payment in came {
            let Some(money) = &payment.settled else { continue };
            let at = self.moment(case, one.new, money);
            last = Some(at);
            self.take(tx, case, walk, one, (payment, money), at)?;
        }
        for back in &one.item.returned {
            self.give_back(tx, case, back)?;
        }
        let at = last.filter(|_| one.new).unwrap_or(self.site.now);
        self.end(tx, case, walk, one, at)?;
        self.pause(case, walk, one)
    }

    /// When a payment is told: at its own moment when its receivable enters now, else now.
    fn moment(&self, case: &Case, new: bool, money: &Settlement) -> Instant {
        let now = self.site.now;
        // Known by its day alone it is visible from the next one on, as in a file.
        if new { money.at.unwrap_or_else(|| case.facts.zone.midnight(money.paid_on.plus(1))).min(now) } else { now }
    }

    /// Books one payment, unless it is known.
    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        walk: usize,
        one: One<'_>,
        (payment, money): (&BilledPayment, &Settlement),
        at: Instant,
    ) -> Result<()> {
        let currency = case.facts.walks[walk].ledger.currency();
        if money.amount.currency() != currency || money.amount.minor() <= 0 {
            let told = format!("a payment of {} on an invoice in {}; enter it by hand", money.amount, currency.code());
            self.synced.refuse("invoice", &one.item.reference, told);
            return Ok(());
        }
        if !payments::by_reference(tx, self.site.tenant, self.site.gateway, &[money.reference.as_str()])?.is_empty() {
            return Ok(());
        }
        let on = money.paid_on.min(case.facts.zone.day_of(at));
        self.add_charges(case, walk, (payment.added, money.amount, on), at)?;
        self.work.now = at;
        let taken = self.work.take_money(tx, case, self.tenancy, (self.site.gateway, one.receivable, None), money);
        self.work.now = self.site.now;
        match taken {
            Ok(took) if took.new => self.synced.payments += 1,
            Ok(_known) => {}
            // Refused before anything of it was entered.
            Err(error) if error.kind == Kind::Refused => self.synced.refuse("invoice", &one.item.reference, error.to_string()),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What the biller itself added to what was owed, as far as it is more than what the policy adds: else the payer would
    /// have paid too much here.
    fn add_charges(&self, case: &mut Case, walk: usize, (added, paid, on): (Option<Money>, Money, Day), at: Instant) -> Result<()> {
        let Some(added) = added.filter(|added| added.minor() > 0 && added.currency() == paid.currency()) else { return Ok(()) };
        let known = &case.facts.walks[walk];
        if known.has_ended() {
            return Ok(());
        }
        let due = known.ledger.amount_due(&known.terms(self.tenancy.policies(case.customer)), on).total;
        let more = paid.minor().saturating_sub(due.minor()).min(added.minor());
        if more <= 0 {
            return Ok(());
        }
        enter(case, self.tenancy, Some(walk), Fact::FeeAdded { on, amount: Money::new(more, paid.currency()) }, at).map(drop)
    }

    /// Money of a payment went back, unless that is known.
    fn give_back(&mut self, tx: &mut Tx<'_>, case: &mut Case, back: &BilledReturn) -> Result<()> {
        let (tenant, gateway) = (self.site.tenant, self.site.gateway);
        let Some(known) = payments::by_reference(tx, tenant, gateway, &[back.payment.as_str()])?.pop() else { return Ok(()) };
        let fits = known.customer == case.customer
            && back.amount.currency().code() == known.currency
            && back.amount.minor() > 0
            && back.amount.minor() <= known.amount;
        let kind = if back.taken_back { "chargeback" } else { "refund" };
        if !fits {
            self.synced.refuse("invoice", &back.payment, format!("a {kind} of {} does not fit its payment; enter it by hand", back.amount));
            return Ok(());
        }
        // All of it is back already: it was told under another name.
        if known.returned.saturating_add(back.amount.minor()) > known.amount {
            return Ok(());
        }
        self.work.give_back(tx, case, self.tenancy, &known, (kind, &back.reference, back.amount, back.on)).map(drop)
    }

    /// What the biller says of its end.
    fn end(&mut self, tx: &mut Tx<'_>, case: &mut Case, walk: usize, one: One<'_>, at: Instant) -> Result<()> {
        let known = &case.facts.walks[walk];
        let (ended, void) = (known.has_ended(), known.ledger.is_void());
        let taken_back = one.item.returned.iter().any(|back| back.taken_back);
        match one.item.status {
            BilledStatus::Void if !void => enter(case, self.tenancy, Some(walk), Fact::Voided, at).map(drop)?,
            BilledStatus::Uncollectible if !ended => enter(case, self.tenancy, Some(walk), Fact::WrittenOff, at).map(drop)?,
            // Paid in part by a credit note or the customer's balance there, or fine and interest that the biller does not ask for.
            BilledStatus::Paid if !ended && !taken_back => self.forgive(case, walk, at)?,
            BilledStatus::Void | BilledStatus::Uncollectible | BilledStatus::Paid => {}
            BilledStatus::Open | BilledStatus::Draft => return Ok(()),
        }
        // What else could be paid here is taken away.
        if !one.new && case.facts.walks[walk].has_ended() {
            self.work.take_away(tx, one.receivable, None)?;
        }
        Ok(())
    }

    /// Nothing is owed at the biller any more, so nothing is here.
    fn forgive(&self, case: &mut Case, walk: usize, at: Instant) -> Result<()> {
        let on = case.facts.zone.day_of(at);
        let known = &case.facts.walks[walk];
        let rest = known.ledger.amount_due(&known.terms(self.tenancy.policies(case.customer)), on).total;
        if rest.minor() <= 0 {
            return Ok(());
        }
        enter(case, self.tenancy, Some(walk), Fact::Credited { on, amount: rest }, at).map(drop)
    }

    /// What the mirror knows of it from now on.
    pub(super) fn remember(&mut self, engine: &Engine, case: &Case, one: One<'_>, digest: [u8; 32]) {
        let whose = (case.customer, Some(one.receivable));
        let row = mirrored_row(self.site, INVOICE, &one.item.reference, whose, digest);
        self.put(MirroredRow { biller_acts: one.item.acts.is_some(), ..row });
        for payment in &one.item.payments {
            let digest = engine.understood(self.site, &payment.reference);
            self.put(mirrored_row(self.site, PAYMENT, &payment.reference, whose, digest));
        }
    }

    /// One more row; of two of one object the later counts.
    pub(super) fn put(&mut self, row: MirroredRow) {
        self.rows.insert((row.object.clone(), row.reference.clone()), row);
    }
}
