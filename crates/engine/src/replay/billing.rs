//! Events of billing carried out again: subscriptions begin and change, and what was billed is drawn up anew.
//!
//! The receivables that an invoice became were told in the event before: here it is asked that they are those of the invoice.

use std::collections::BTreeMap;

use regua_core::billing::{BillingError, Subscription};
use regua_core::decide::ENGINE_VERSION;
use regua_core::ids::{BadId, InvoiceId, SubscriptionId};
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::billing::{self, BillingRows};
use regua_store::db::Tx;
use regua_store::due::Which;
use regua_store::log::StoredEvent;

use super::Left;
use super::chain::stream_name;
use super::events::{Events, as_recorded, customer_of, receivable_of};
use super::tenant::payload;
use super::verdict::{Finding, Sort};
use crate::billing::{
    BilledNote, CreditedNote, Drawn, Lapsed, SubscriptionNote, VoidedNote, What, draw_up, first_row, note_again, noted_row, row_of,
};
use crate::blob;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

impl Events<'_> {
    /// A subscription began or changed.
    pub(super) fn subscription(&mut self, copy: &mut Tx<'_>, event: &StoredEvent) -> Result<Option<Left>> {
        let note: SubscriptionNote = payload(event)?;
        let tenancy = self.timeline.at(note.seen)?;
        let mut case = self.customer(copy, &tenancy, event, &[])?;
        if case.key.is_none() {
            return Ok(Some(Left::Erased));
        }
        let zone = case.facts.zone;
        let (id, today) = (subscription_of(&note.subscription)?, zone.day_of(event.at));
        let misfit = |why: BillingError| Error::bug("event", format!("{id}: what happened to it cannot: {why}"));
        let mut rows = BillingRows::default();
        match note.what {
            What::Begun { method, new } => {
                let subscription = Subscription::new(*new).map_err(misfit)?;
                rows.begun.push(first_row((id, case.customer), &subscription, method, zone, (today, event.at))?);
            }
            What::Changed(change) => {
                let row = billing::one(copy, self.tenant, id)?.ok_or_else(|| unknown(&note.subscription))?;
                let mut subscription: Subscription = blob::decode(&row.body, "a subscription")?;
                subscription.apply(*change, note.on).map(drop).map_err(misfit)?;
                rows.changed.push(row_of(&row, &subscription, zone, today)?);
            }
        }
        self.keep(copy, &mut case, &tenancy, event, &rows)
    }

    /// What was due of a customer was billed.
    pub(super) fn billed(&mut self, copy: &mut Tx<'_>, event: &StoredEvent, findings: &mut Vec<Finding>) -> Result<Option<Left>> {
        let recorded: BilledNote = payload(event)?;
        if recorded.engine != ENGINE_VERSION {
            return Ok(Some(Left::OtherVersion));
        }
        let tenancy = self.timeline.at(recorded.seen)?;
        let told = recorded.subscriptions.iter().flat_map(|one| &one.documents).flat_map(|document| &document.receivables);
        let about = told.map(|id| receivable_of(id).map(|id| id.to_bytes())).collect::<Result<Vec<_>>>()?;
        let mut case = self.customer(copy, &tenancy, event, &about)?;
        if case.key.is_none() {
            return Ok(Some(Left::Erased));
        }
        let issued_on = case.facts.zone.day_of(event.at);
        let mut used: BTreeMap<InvoiceId, i64> = BTreeMap::new();
        for (credit, _, amount) in &recorded.applied {
            *used.entry(invoice_of(credit)?).or_default() += amount;
        }
        let mut again = BilledNote::new(recorded.seen, issued_on);
        again.applied.clone_from(&recorded.applied);
        let mut rows = BillingRows::default();
        for lapsed in &recorded.subscriptions {
            let row = billing::one(copy, self.tenant, subscription_of(&lapsed.subscription)?)?;
            let row = row.ok_or_else(|| unknown(&lapsed.subscription))?;
            let (moved, _, drawn) = draw_up(self.tenant, &row, case.facts.zone, issued_on, event.at)?;
            for one in &drawn {
                check_parts(&case, one)?;
                one.enter(&row, one.credit() - used.remove(&one.invoice).unwrap_or(0), event.at, &mut rows)?;
            }
            again.subscriptions.push(Lapsed::of(lapsed.subscription.clone(), &drawn));
            rows.changed.push(moved);
        }
        for (credit, amount) in used {
            let known = billing::invoice(copy, self.tenant, credit)?;
            let known = known.ok_or_else(|| Error::bug("event", format!("the credit {credit} was not made")))?;
            rows.credits.push((credit, known.credit_left - amount));
        }
        if again != recorded {
            let what = format!("{}, event {}: what was billed comes to something else", stream_name(self.tenant, &event.stream), event.seq);
            findings.push(Finding { sort: Sort::DecidedOtherwise, what });
            return Ok(Some(Left::Broken));
        }
        self.keep(copy, &mut case, &tenancy, event, &rows)
    }

    /// An invoice was taken back.
    pub(super) fn voided(&mut self, copy: &mut Tx<'_>, event: &StoredEvent) -> Result<Option<Left>> {
        let note: VoidedNote = payload(event)?;
        let tenancy = self.timeline.latest()?;
        let mut case = self.customer(copy, &tenancy, event, &[])?;
        if case.key.is_none() {
            return Ok(Some(Left::Erased));
        }
        let voided: Vec<(InvoiceId, Instant)> = vec![(invoice_of(&note.invoice)?, event.at)];
        self.keep(copy, &mut case, &tenancy, event, &BillingRows { voided, ..BillingRows::default() })
    }

    /// A person made a credit note.
    pub(super) fn credited(&mut self, copy: &mut Tx<'_>, event: &StoredEvent, findings: &mut Vec<Finding>) -> Result<Option<Left>> {
        let note: CreditedNote = payload(event)?;
        let tenancy = self.timeline.at(note.seen)?;
        let mut case = self.customer(copy, &tenancy, event, &[])?;
        if case.key.is_none() {
            return Ok(Some(Left::Erased));
        }
        let reason = note.act.reason.as_deref().unwrap_or_default();
        let (of, document) = (invoice_of(&note.invoice)?, invoice_of(&note.document)?);
        let known = billing::invoice(copy, self.tenant, of)?;
        let known = known.ok_or_else(|| Error::bug("event", format!("the invoice {of} was not made")))?;
        let again = note_again(copy, self.tenant, &known, note.what, note.on, reason)?;
        let used = note.applied.iter().map(|(_, _, amount)| amount).sum::<i64>();
        let row = noted_row(&known, document, &again, again.note.total - used, event.at)?;
        if row.key != note.key || again.document.amount().to_string() != note.total {
            let what = format!("{}, event {}: the credit note comes to something else", stream_name(self.tenant, &event.stream), event.seq);
            findings.push(Finding { sort: Sort::DecidedOtherwise, what });
            return Ok(Some(Left::Broken));
        }
        self.keep(copy, &mut case, &tenancy, event, &BillingRows { invoices: vec![row], ..BillingRows::default() })
    }

    pub(super) fn customer(&self, copy: &mut Tx<'_>, tenancy: &Tenancy, event: &StoredEvent, about: &[[u8; 16]]) -> Result<Case> {
        let id = customer_of(event)?.to_bytes();
        let missing = || Error::bug("customer", "no event before it made the customer known");
        case::load_also(copy, tenancy, self.master, &[id], Which::Live, about)?.pop().ok_or_else(missing)?.1
    }

    fn keep(&self, copy: &mut Tx<'_>, case: &mut Case, tenancy: &Tenancy, event: &StoredEvent, rows: &BillingRows) -> Result<Option<Left>> {
        let mut batch = Batch::default();
        case.save(tenancy, event.at, Instant::NEVER, &mut batch)?;
        as_recorded(&mut batch, case.customer, event);
        batch.write(copy, self.tenant)?;
        rows.write(copy, self.tenant)?;
        Ok(None)
    }
}

/// Each part of an invoice has entered, for the money and the day that the invoice says.
fn check_parts(case: &Case, drawn: &Drawn) -> Result<()> {
    for (instalment, &receivable) in drawn.draft.instalments.iter().zip(&drawn.receivables) {
        let walk = case.walk_of(receivable).and_then(|walk| case.facts.walks.get(walk));
        let is = walk.map(|walk| (walk.ledger.billed().minor(), walk.due_on));
        if is != Some((instalment.amount, instalment.due_on)) {
            return Err(Error::bug("event", format!("{}: its part {receivable} did not enter as the invoice says", drawn.draft.key)));
        }
    }
    Ok(())
}

fn unknown(subscription: &str) -> Error {
    Error::bug("event", format!("{subscription} has not begun"))
}

fn subscription_of(text: &str) -> Result<SubscriptionId> {
    text.parse().map_err(|bad: BadId| Error::bug("event", format!("`{text}` is no subscription: {bad}")))
}

fn invoice_of(text: &str) -> Result<InvoiceId> {
    text.parse().map_err(|bad: BadId| Error::bug("event", format!("`{text}` is no invoice: {bad}")))
}
