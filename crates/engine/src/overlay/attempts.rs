//! Attempts that a biller made: they count in the budgets of the schemes as ours do, since networks count whoever asks.
//!
//! Each is entered once, by the biller's name of it. Deliberately absent: what a failed one makes a policy do: the biller
//! answered for it; and attempts without an invoice, which are nobody's debt here.

use std::collections::BTreeMap;

use regua_core::charging::{Scheme, Signal, Tried, Trigger, declines};
use regua_core::facts::Fact;
use regua_core::ids::{ChargeId, CustomerId, PaymentMethodId, ReceivableId};
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::charging::charges::{self, ChargeRow};
use regua_store::charging::{codes, methods};
use regua_store::db::Tx;
use regua_store::due::{self, Which};
use regua_wire::gateways::mirror::{BilledAttempt, INVOICE, Outcome};
use sha2::{Digest as _, Sha256};

use super::settling::PAYMENT;
use super::{Site, Synced};
use crate::Engine;
use crate::case;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log;

/// Attempts older than this are counted by no scheme.
pub(super) const COUNTED_DAYS: i64 = 200;

/// An attempt with the receivable that it was for.
type Of<'p> = (&'p BilledAttempt, ReceivableId);

impl Engine {
    /// Takes a page of attempts in.
    pub(super) fn take_attempts(&self, tx: &mut Tx<'_>, site: Site<'_>, items: &[BilledAttempt], synced: &mut Synced) -> Result<()> {
        let oldest = site.now.plus_hours(-24 * COUNTED_DAYS);
        let counts = |item: &&BilledAttempt| !item.ours && item.reached_scheme && item.at >= oldest && item.outcome != Outcome::Pending;
        let wanted: BTreeMap<&str, &BilledAttempt> = items.iter().filter(counts).map(|item| (item.reference.as_str(), item)).collect();
        synced.attempts.left += crate::case::count_u64(items.len().saturating_sub(wanted.len()));
        let references: Vec<&str> = wanted.keys().copied().collect();
        if references.is_empty() {
            return Ok(());
        }
        let known: Vec<String> =
            charges::by_reference(tx, site.tenant, site.gateway, &references)?.into_iter().filter_map(|row| row.reference).collect();
        let fresh: Vec<&BilledAttempt> = wanted.into_values().filter(|item| !known.contains(&item.reference)).collect();
        synced.attempts.same += crate::case::count_u64(known.len());
        let groups = self.owed_by(tx, site, &fresh, synced)?;
        if site.dry_run {
            synced.attempts.new += groups.values().map(|group| crate::case::count_u64(group.len())).sum::<u64>();
            return Ok(());
        }
        self.write_attempts(tx, site, &groups, synced)
    }

    /// By whom attempts were owed, and for what: told by the invoice, else by its payment.
    fn owed_by<'p>(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        fresh: &[&'p BilledAttempt],
        synced: &mut Synced,
    ) -> Result<BTreeMap<CustomerId, Vec<Of<'p>>>> {
        let invoices: Vec<&str> = fresh.iter().filter_map(|item| item.invoice.as_deref()).collect();
        let payments: Vec<&str> = fresh.iter().filter_map(|item| item.payment.as_deref()).collect();
        let (invoices, payments) = (self.mirrored(tx, site, INVOICE, &invoices)?, self.mirrored(tx, site, PAYMENT, &payments)?);
        let mut groups: BTreeMap<CustomerId, Vec<Of<'p>>> = BTreeMap::new();
        for &item in fresh {
            let by_invoice = item.invoice.as_ref().and_then(|name| invoices.get(name));
            let row = by_invoice.or_else(|| item.payment.as_ref().and_then(|name| payments.get(name)));
            match row.and_then(|row| row.customer.zip(row.receivable)) {
                Some((customer, receivable)) => groups.entry(customer).or_default().push((item, receivable)),
                None => synced.attempts.left += 1,
            }
        }
        Ok(groups)
    }

    fn write_attempts(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        groups: &BTreeMap<CustomerId, Vec<Of<'_>>>,
        synced: &mut Synced,
    ) -> Result<()> {
        let ids: Vec<[u8; 16]> = groups.keys().map(|id| id.to_bytes()).collect();
        let about: Vec<[u8; 16]> = groups.values().flatten().map(|(_, receivable)| receivable.to_bytes()).collect();
        due::lock(tx, site.tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, site.tenant)?;
        let held = self.methods_of(tx, site, groups)?;
        let (mut batch, mut rows, mut unmapped) = (Batch::default(), Vec::new(), Vec::new());
        for (customer, case) in case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)? {
            let Some(group) = groups.get(&customer) else { continue };
            let mut case = match case {
                Ok(case) => case,
                Err(error) => {
                    group.iter().for_each(|(item, _)| synced.refuse("attempt", &item.reference, error.to_string()));
                    continue;
                }
            };
            for &(item, receivable) in group {
                let missing = || Error::bug("walk", "a mirrored receivable is not among its customer's");
                let walk = case.walk_of(receivable).ok_or_else(missing)?;
                let row = self.attempt_row(site, customer, (item, receivable), &held)?;
                let failed = match &item.outcome {
                    Outcome::Failed(signals) => {
                        let advice = declines::read(signals);
                        if advice.unmapped {
                            unmapped.extend(signals.iter().cloned());
                        }
                        Some(advice)
                    }
                    Outcome::Settled | Outcome::Pending => None,
                };
                let tried = Tried {
                    charge: Some(row.charge),
                    credential: row.credential,
                    at: item.at,
                    amount: item.amount,
                    trigger: Trigger::Biller,
                    failed,
                    series: row.series,
                    // What the biller took is its own affair; only of ours the facts hear it.
                    settled: false,
                };
                let row = ChargeRow { reason: failed.map(|advice| advice.reason), ..row };
                case.tell(&tenancy, Some(walk), Fact::Tried { tried }, site.now).map_err(|bad| Error::bug("tried", bad.to_string()))?;
                case.name_attempt(&row);
                synced.attempts.new += 1;
                rows.push(row);
            }
            case.save_if_changed(&tenancy, site.now, &mut batch)?;
        }
        batch.write(tx, site.tenant)?;
        charges::enter(tx, site.tenant, &rows)?;
        codes::count(tx, site.tenant, &unmapped, site.now)?;
        Ok(())
    }

    /// The stored methods that attempts were made with, by the gateway's name.
    fn methods_of(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        groups: &BTreeMap<CustomerId, Vec<Of<'_>>>,
    ) -> Result<BTreeMap<[u8; 16], PaymentMethodId>> {
        let named = groups.values().flatten().filter_map(|(item, _)| item.method.as_deref());
        let marks: Vec<[u8; 16]> = named.map(|token| self.token_mark(site.tenant, site.gateway, token)).collect();
        if marks.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(methods::by_marks(tx, site.tenant, site.gateway, &marks)?.into_iter().map(|row| (row.mark, row.method)).collect())
    }

    /// The row of an attempt that ended long ago.
    fn attempt_row(
        &self,
        site: Site<'_>,
        customer: CustomerId,
        (item, receivable): Of<'_>,
        held: &BTreeMap<[u8; 16], PaymentMethodId>,
    ) -> Result<ChargeRow> {
        // As a stored method is counted, so that both count together.
        let named = item.fingerprint.as_deref().or(item.method.as_deref()).unwrap_or_default();
        let signals: Option<&[Signal]> = match &item.outcome {
            Outcome::Failed(signals) => Some(signals),
            Outcome::Settled | Outcome::Pending => None,
        };
        let mark = item.method.as_deref().map(|token| self.token_mark(site.tenant, site.gateway, token));
        Ok(ChargeRow {
            charge: charge_id(site, &item.reference, item.at),
            customer,
            receivable,
            gateway: site.gateway.to_owned(),
            method: mark.and_then(|mark| held.get(&mark).copied()),
            scheme: item.scheme.unwrap_or(Scheme::OtherCard),
            credential: self.credential_mark(site.tenant, site.gateway, named, item.expires_on),
            trigger: Trigger::Biller,
            step: None,
            cycle: 0,
            occurrence: 0,
            retry: 0,
            series: receivable.to_bytes(),
            currency: item.amount.currency().code().to_owned(),
            amount: item.amount.minor(),
            status: if signals.is_some() { "declined" } else { "settled" }.to_owned(),
            reference: Some(item.reference.clone()),
            ordered_at: item.at,
            sent_at: Some(item.at),
            due_at: None,
            tries: 1,
            finished_at: Some(item.at),
            reason: None,
            signals: signals.map(|signals| log::json(&signals)).transpose()?,
            said: None,
            propensity: None,
            features: None,
            discount: 0,
        })
    }
}

/// The id of an attempt that another system made: of what that calls it, so that it is one however often it is told.
fn charge_id(site: Site<'_>, reference: &str, at: Instant) -> ChargeId {
    let mut hash = Sha256::new();
    hash.update(site.tenant.to_bytes());
    for word in ["biller", site.gateway, reference] {
        hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(word);
    }
    let mut bits = [0; 10];
    bits.iter_mut().zip(hash.finalize()).for_each(|(bit, byte)| *bit = byte);
    ChargeId::new(millis(at), bits)
}
