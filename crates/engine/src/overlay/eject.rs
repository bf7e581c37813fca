//! Handing control back to a biller: nothing is charged by its gateway any more, everything mirrored is held, and what the
//! biller must know is told row by row.
//!
//! Doing it again changes nothing and tells the same. Deliberately absent: turning the biller's switches on, which a person does
//! once the rows are there, and waiting: whoever calls looks again while attempts are under way.

use std::collections::BTreeMap;

use regua_core::charging::Tried;
use regua_core::facts::{Cause, Fact};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::party::Consent;
use regua_core::time::{Day, Instant};
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::charging::mirrored::{self, MirroredRow};
use regua_store::charging::{charges, gateways};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_wire::gateways::mirror::INVOICE;

use super::no_gateway;
use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::tenancy::Tenancy;

/// Mirrored invoices in one transaction.
const PAGE: i64 = 200;
/// Attempts under way that are looked through; more are under way nowhere.
const UNDER_WAY_MAX: i64 = 100_000;
/// Who charges by a gateway: another, or we.
const MIRROR: &str = "mirror";
const OWNER: &str = "owner";

/// What handing back did, or with `dry_run` would do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ejected {
    /// Whether the gateway was a mirror already.
    pub already: bool,
    /// Attempts by it that nobody knows the end of yet: control is back only when there are none.
    pub under_way: Vec<UnderWay>,
    /// Receivables that are held from now on.
    pub held: u64,
    /// Receivables that were held already.
    pub held_before: u64,
    /// What is open, each as it was handed over.
    pub open: u64,
}

/// An attempt whose end nobody knows yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnderWay {
    /// The receivable, as the source calls it.
    pub receivable: String,
    /// ordered, sending, pending, unknown.
    pub status: String,
    /// Since when.
    pub since: Instant,
}

/// An open receivable, as a biller must know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handed {
    /// The biller's name of the invoice.
    pub invoice: String,
    /// The biller's name of the customer.
    pub customer: String,
    /// The due date as written.
    pub due_on: Day,
    /// What was billed and is not paid, without what accrued since.
    pub balance: Money,
    /// What settles it today.
    pub due: Money,
    /// Until when its customer promised to pay.
    pub promised_on: Option<Day>,
    /// Whether an agreement stands.
    pub agreement: bool,
    /// What else freezes it: dispute, complaint, and so on.
    pub frozen_by: Vec<Cause>,
    /// Attempts of the last thirty days, whoever made them: they count in the budgets of the biller's scheme too.
    pub tries: u64,
    /// The last attempt, and the normalised reason when it failed.
    pub last_try: Option<(Instant, Option<&'static str>)>,
    /// Channels on which the customer opted out.
    pub opted_out: Vec<Channel>,
}

impl Engine {
    /// Hands control back to the biller of a gateway: we charge by it no more, hold every mirrored receivable, and tell of each
    /// open one. `handed` gets them page by page.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such gateway.
    pub fn eject(
        &self,
        tenant: TenantId,
        gateway: &str,
        dry_run: bool,
        act: &Act,
        now: Instant,
        handed: &mut dyn FnMut(&Handed),
    ) -> Result<Ejected> {
        let mut ejected = self.db.write(Scope::Tenant(tenant), |tx| {
            let row = gateways::one(tx, tenant, gateway)?.ok_or_else(|| no_gateway(gateway))?;
            // First of all: what is not sent yet is not sent any more.
            if !dry_run && row.role != MIRROR {
                self.note_role(tx, tenant, (gateway, MIRROR), act, now)?;
            }
            let waiting = charges::waiting(tx, tenant, UNDER_WAY_MAX)?;
            let own = waiting.into_iter().filter(|one| one.row.gateway == gateway);
            let under_way = own.map(|one| UnderWay { receivable: one.receivable, status: one.row.status, since: one.row.ordered_at });
            Ok::<_, Error>(Ejected { already: row.role == MIRROR, under_way: under_way.collect(), ..Ejected::default() })
        })?;
        let mut after = String::new();
        loop {
            let (last, page) =
                self.db.write(Scope::Tenant(tenant), |tx| self.eject_page(tx, (tenant, gateway), &after, (dry_run, act), now))?;
            page.rows.iter().for_each(&mut *handed);
            ejected.open += case::count_u64(page.rows.len());
            ejected.held += page.held;
            ejected.held_before += page.held_before;
            match last {
                Some(last) => after = last,
                None => return Ok(ejected),
            }
        }
    }

    /// From now on we charge by a gateway what its biller does not charge itself.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such gateway.
    pub fn take_over(&self, tenant: TenantId, gateway: &str, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let row = gateways::one(tx, tenant, gateway)?.ok_or_else(|| no_gateway(gateway))?;
            if row.role == OWNER { Ok(()) } else { self.note_role(tx, tenant, (gateway, OWNER), act, now) }
        })
    }

    /// Says who charges by a gateway, and in the tenant's log who said so.
    fn note_role(&self, tx: &mut Tx<'_>, tenant: TenantId, (gateway, role): (&str, &str), act: &Act, now: Instant) -> Result<()> {
        let mut stored = self.locked_tenant(tx, tenant)?;
        gateways::set_role(tx, tenant, gateway, role)?;
        let payload = log::json(&serde_json::json!({ "gateway": gateway, "role": role, "act": act }))?;
        note(tx, &mut stored, now, "gateway_role_set", payload)
    }

    fn eject_page(
        &self,
        tx: &mut Tx<'_>,
        (tenant, gateway): (TenantId, &str),
        after: &str,
        (dry_run, act): (bool, &Act),
        now: Instant,
    ) -> Result<(Option<String>, Page)> {
        let rows = mirrored::page(tx, tenant, (gateway, INVOICE), after, PAGE)?;
        let last = rows.last().map(|row| row.reference.clone());
        let mut own: BTreeMap<CustomerId, BTreeMap<ReceivableId, &MirroredRow>> = BTreeMap::new();
        for row in &rows {
            if let (Some(customer), Some(receivable)) = (row.customer, row.receivable) {
                own.entry(customer).or_default().insert(receivable, row);
            }
        }
        let mut page = Page::default();
        let ids: Vec<[u8; 16]> = own.keys().map(|id| id.to_bytes()).collect();
        if ids.is_empty() {
            return Ok((last, page));
        }
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut batch = Batch::default();
        for (customer, case) in case::load(tx, &tenancy, &self.master, &ids, Which::Live)? {
            // Parked: nothing happens to them anyhow, and doctor shows them.
            let (Some(own), Ok(mut case)) = (own.get(&customer), case) else { continue };
            case.act = Some(act.clone());
            for walk in 0..case.held.len() {
                let Some(row) = case.held.get(walk).and_then(|held| own.get(&held.receivable)) else { continue };
                if case.facts.walks[walk].has_ended() {
                    continue;
                }
                page.rows.push(handed_of(&case, &tenancy, walk, &row.reference, now));
                if case.facts.walks[walk].causes.contains(&Cause::Hold) {
                    page.held_before += 1;
                } else {
                    page.held += 1;
                    if !dry_run {
                        let fact = Fact::Froze { cause: Cause::Hold };
                        case.tell(&tenancy, Some(walk), fact, now).map_err(|bad| Error::bug("held", bad.to_string()))?;
                    }
                }
            }
            case.save_if_changed(&tenancy, now, &mut batch)?;
        }
        batch.write(tx, tenant)?;
        Ok((last, page))
    }
}

/// What a page of mirrored invoices came to.
#[derive(Default)]
struct Page {
    rows: Vec<Handed>,
    held: u64,
    held_before: u64,
}

fn handed_of(case: &Case, tenancy: &Tenancy, walk: usize, invoice: &str, now: Instant) -> Handed {
    let (facts, known) = (&case.facts, &case.facts.walks[walk]);
    let due = known.ledger.amount_due(&known.terms(tenancy.policies(case.customer)), facts.zone.day_of(now)).total;
    let mut frozen_by: Vec<Cause> = known.causes.iter().chain(&facts.causes).copied().collect();
    // What this very act lays is no news.
    frozen_by.retain(|cause| *cause != Cause::Hold);
    frozen_by.dedup();
    let own = || facts.tried.iter().filter(|tried| tried.series == known.series);
    let month = now.plus_hours(-24 * 30);
    let last_try = own().max_by_key(|tried: &&Tried| tried.at);
    let mut opted_out: Vec<Channel> =
        facts.customer.contacts.iter().filter(|point| point.consent == Consent::OptedOut).map(|point| point.channel).collect();
    opted_out.sort_by_key(|channel| channel.as_str());
    opted_out.dedup();
    Handed {
        invoice: invoice.to_owned(),
        customer: case.external_id.clone(),
        due_on: known.due_on,
        balance: known.ledger.balance(),
        due,
        promised_on: known.promises.iter().map(|promise| promise.on).max(),
        agreement: frozen_by.contains(&Cause::Agreement),
        frozen_by: frozen_by.into_iter().filter(|cause| *cause != Cause::Agreement).collect(),
        tries: case::count_u64(own().filter(|tried| tried.at >= month).count()),
        last_try: last_try.map(|tried| (tried.at, tried.failed.map(|advice| advice.reason.as_str()))),
        opted_out,
    }
}
