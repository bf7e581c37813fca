//! The tenant's own chain: what it is called, how real its decisions are, its policies, its pauses, the roots of its days.

use regua_core::ids::{HoldId, TenantId};
use regua_core::time::{Day, Instant};
use regua_store::bank::{self, AccountRow};
use regua_store::billing::{self, StoredPlan};
use regua_store::db::{Db, Scope, Tx};
use regua_store::log::{self, StoredEvent};
use regua_store::tenants::{self, StoredPause, StoredPolicy, StoredTenant};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::PAGE;
use super::chain::Link;
use super::verdict::{Report, Sort};
use crate::bank::AccountAdded;
use crate::brands::Told;
use crate::commands::days::DaySealed;
use crate::error::{Error, Result};
use crate::log::Act;
use crate::requests::HeldNote;
use crate::texts;

/// What the tenant's chain came to.
pub(super) struct Own {
    pub(super) stored: StoredTenant,
    pub(super) policies: Vec<StoredPolicy>,
    /// The roots that were told: day, pages, root.
    pub(super) roots: Vec<(Day, i64, String)>,
    pub(super) events: u64,
    /// The brands that were told of.
    brands: Told,
    /// The texts that were told of.
    texts: texts::Told,
}

#[derive(Deserialize)]
struct Added {
    name: String,
    mode: String,
    source: String,
}

#[derive(Deserialize)]
struct PolicyPublished {
    number: i64,
    hash: String,
    name: String,
    share_bp: i64,
    body: String,
}

#[derive(Deserialize)]
struct ModeSet {
    mode: String,
    redirect_to: Option<String>,
}

#[derive(Deserialize)]
struct Paused {
    pause: String,
    filter: Option<String>,
    until: Option<Instant>,
    act: Act,
}

#[derive(Deserialize)]
struct Resumed {
    pause: String,
}

#[derive(Deserialize)]
struct PlanPublished {
    plan: String,
    version: i64,
    body: String,
}

/// Checks the chain and makes the rows that follow from it.
pub(super) fn rebuild(tx: &mut Tx<'_>, copy: &Db, tenant: TenantId, report: &mut Report) -> Result<Own> {
    let head =
        tenants::one(tx, tenant)?.ok_or_else(|| Error::not_found("no_tenant", "this database has no such tenant; see: regua doctor"))?;
    let stored = StoredTenant {
        tenant,
        name: String::new(),
        mode: String::new(),
        redirect_to: None,
        created_at: Instant::DAWN,
        seq: 0,
        head: [0; 32],
    };
    let mut own =
        Own { stored, policies: Vec::new(), roots: Vec::new(), events: 0, brands: Told::default(), texts: texts::Told::default() };
    let mut link = Link::before(tenant.to_bytes());
    loop {
        let page = log::of(tx, tenant, tenant.to_bytes(), link.seq, PAGE)?;
        if page.is_empty() {
            break;
        }
        copy.write(Scope::Owner, |copy| {
            for event in &page {
                link.take(tenant, event, report);
                own.events += 1;
                match own.apply(copy, event) {
                    Err(error) if error.store().is_none() => {
                        report.add(Sort::NotReplayed, format!("the tenant's own chain, event {}: {error}", event.seq));
                    }
                    done => done?,
                }
            }
            own.stored.seq = link.seq;
            own.stored.head = link.hash.unwrap_or_default();
            tenants::set(copy, &own.stored).map_err(Error::from)
        })?;
    }
    link.end(tenant, Some((head.seq, head.head)), report);
    let brands = std::mem::take(&mut own.brands).differing(tx, tenant)?;
    for (sort, found) in [(Sort::UnknownRow, brands.unknown), (Sort::AlteredRow, brands.altered), (Sort::MissingRow, brands.missing)] {
        for brand in found {
            report.add(sort, format!("brands: {brand} is not as the tenant's own chain says"));
        }
    }
    let found = std::mem::take(&mut own.texts).differing(tx, tenant)?;
    for (sort, numbers) in [Sort::UnknownRow, Sort::AlteredRow, Sort::MissingRow].into_iter().zip(found) {
        for number in numbers {
            report.add(sort, format!("template_texts: version {number} is not as the tenant's own chain says"));
        }
    }
    Ok(own)
}

impl Own {
    fn apply(&mut self, copy: &mut Tx<'_>, event: &StoredEvent) -> Result<()> {
        let own = self.stored.tenant;
        match event.kind.as_str() {
            "tenant_added" => {
                let added: Added = payload(event)?;
                (self.stored.name, self.stored.mode) = (added.name, added.mode);
                self.stored.created_at = event.at;
                tenants::add(copy, &self.stored)?;
                tenants::read(copy, own, &added.source, Instant::DAWN)?;
            }
            "policy_published" => {
                let PolicyPublished { number, hash, name, share_bp, body } = payload(event)?;
                let policy = StoredPolicy { number, hash, name, body, share_bp, published_at: event.at };
                tenants::add_policy(copy, own, &policy)?;
                self.policies.push(policy);
            }
            "mode_set" => {
                let ModeSet { mode, redirect_to } = payload(event)?;
                self.stored.mode = mode;
                self.stored.redirect_to = redirect_to.map(String::into_bytes);
            }
            "paused" => {
                let Paused { pause, filter, until, act } = payload(event)?;
                let pause = StoredPause {
                    pause: hold(&pause)?,
                    filter,
                    reason: act.reason.unwrap_or_default(),
                    from_at: event.at,
                    until_at: until.unwrap_or(Instant::NEVER),
                };
                tenants::add_pause(copy, own, &pause)?;
            }
            "resumed" => {
                let Resumed { pause } = payload(event)?;
                tenants::end_pause(copy, own, hold(&pause)?, event.at)?;
            }
            "plan_published" => {
                let PlanPublished { plan, version, body } = payload(event)?;
                billing::add_plan(copy, own, &StoredPlan { plan, version, body, published_at: event.at })?;
            }
            "bank_account_added" => {
                let AccountAdded { account, body, next_number, .. } = payload(event)?;
                bank::add_account(copy, own, &AccountRow { account, body, added_at: event.at, next_number, next_file: 1 })?;
            }
            kind @ ("brand_put" | "brand_default" | "brand_removed") => self.brands.take(kind, &event.payload)?,
            "text_published" => self.texts.take(&event.payload)?,
            // Rows of acts that waited are forgotten some day; the steps are the record.
            "held_act" => drop(payload::<HeldNote>(event)?),
            // Endpoints are settings; that somebody changed them is what is kept.
            "endpoint_added" | "endpoint_changed" | "endpoint_paused" | "endpoint_resumed" | "endpoint_removed" | "endpoint_rotated"
            | "endpoint_tested" | "endpoint_replayed" | "endpoint_disabled" => {}
            // So are secrets that a company's own server signs with.
            "in_app_secret_made" | "in_app_secrets_ended" => {}
            // What followed from their lines is in the chains of customers.
            "bank_file_read" | "bank_line_set_aside" => {}
            // The list is looked at before each message; that somebody changed it, and why, is what is kept.
            "suppression_added" | "suppression_lifted" => {}
            // The record of who did it: the rows are of what is under way, which no log makes again.
            "request_closed" | "source_read" | "hook_replayed" | "billed_again" | "gateway_added" | "gateway_role_set"
            | "retries_learnt" => {}
            "day_sealed" => {
                let DaySealed { day, pages, root } = payload(event)?;
                self.roots.push((day, pages, root));
            }
            kind => {
                if !super::people::apply(copy, own, event)? {
                    return Err(unknown(kind));
                }
            }
        }
        Ok(())
    }
}

fn hold(text: &str) -> Result<HoldId> {
    text.parse().map_err(|bad: regua_core::ids::BadId| Error::bug("event", format!("`{text}` is no pause: {bad}")))
}

/// The error for an event that this program does not write.
pub(super) fn unknown(kind: &str) -> Error {
    Error::bug("event_kind", format!("this program does not know events of kind `{kind}`; a newer one wrote it"))
}

/// What an event says.
pub(super) fn payload<T: DeserializeOwned>(event: &StoredEvent) -> Result<T> {
    serde_json::from_str(&event.payload).map_err(|why| Error::bug("event_read", format!("a `{}` event cannot be read: {why}", event.kind)))
}
