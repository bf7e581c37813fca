//! Why something did or did not happen to a customer: its past as it was decided, how things stand now, and the books.

use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::decide::{Decisions, decide};
use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::ledger::StoredEntry;
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::outbox::{self, Overview};
use regua_store::person::{self, OwedRow};

use crate::Engine;
use crate::case;
use crate::commands::ahead::Ahead;
use crate::commands::messages::names;
use crate::commands::tell::find;
use crate::error::{Error, Result};
use crate::order::Plan;
use crate::replay::{Moment, Recalled, past};
use crate::tenancy::Tenancy;
use crate::{blob, commands::person as sentences};

/// Messages that are told.
const MESSAGES_MAX: i64 = 1_000;

/// What there is to tell besides moments.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The customer.
    pub customer: CustomerId,
    /// What its source calls it; our id once it is erased.
    pub external_id: String,
    /// What is known of it as a person; nothing once it is erased.
    pub name: Option<String>,
    /// When it was erased.
    pub erased_at: Option<Instant>,
    /// Why nothing is decided of it, if so.
    pub parked: Option<String>,
    /// The receivables that are asked about, with their ledgers, by what their source calls them.
    pub owed: Vec<(OwedRow, Vec<StoredEntry>)>,
    /// The message that is asked about, if one is.
    pub message: Option<MessageId>,
    /// The messages about these receivables, oldest first: each with what it is about, receivable and step.
    pub messages: Vec<Written>,
    /// How far the past could be shown.
    pub past: Recalled,
    /// Decisions of the past that could not be shown, as they are stored.
    pub stored: Vec<Stored>,
}

/// A message, and what it is about: receivables, as their source calls them, and steps.
pub type Written = (Overview, Vec<(String, String)>);

/// A decision as it is stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Of which receivable.
    pub receivable: String,
    /// The step's name.
    pub step: String,
    /// The cycle and the occurrence.
    pub key: (i64, i64),
    /// When.
    pub at: Instant,
    /// done, or why it was skipped.
    pub outcome: String,
    /// In a sentence; nothing when no policy knows the step.
    pub says: Option<String>,
    /// The rule of law behind it.
    pub rule: Option<String>,
}

impl Engine {
    /// Tells everything about a receivable, a customer or a message; `see` is shown its moments one after the other, the
    /// last of them now.
    ///
    /// * `id` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such thing; whatever the database says.
    pub fn explain(&self, tenant: TenantId, id: &str, now: Instant, see: &mut dyn FnMut(Moment<'_>)) -> Result<Explained> {
        let message = id.parse::<MessageId>().ok();
        let about = match message {
            None => Some(self.resolve(tenant, id)?),
            Some(_) => None,
        };
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (customer, only) = match (&about, message) {
                (Some(about), _) => {
                    let found = find(tx, tenant, about)?;
                    (found.customer, found.receivable.map(|one| vec![one.to_bytes()]))
                }
                (None, Some(message)) => of_message(tx, tenant, message)?,
                (None, None) => return Err(Error::not_found("no_subject", format!("`{id}` is nothing"))),
            };
            let tenancy = self.tenancies.read(tx, tenant)?;
            let past = past(self, tx, tenant, customer, see)?;
            let stands = self.stands(tx, &tenancy, customer, now, see)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let row = person::person(tx, tenant, customer)?.ok_or_else(missing)?;
            let mut owed = person::receivables(tx, tenant, customer)?;
            let stored = stored(tx, &tenancy, customer, past.until, &owed)?;
            if let Some(only) = &only {
                owed.retain(|row| only.contains(&row.receivable.to_bytes()));
            }
            let messages = messages(tx, tenant, customer, only.as_deref(), message)?;
            Ok(Explained {
                customer,
                external_id: row.external_id,
                name: stands.name,
                erased_at: row.erased_at,
                parked: stands.parked,
                owed: with_ledgers(tx, tenant, owed)?,
                message,
                messages,
                past,
                stored,
            })
        })
    }

    /// Shows the customer as it stands and what would be decided of it now.
    fn stands(
        &self,
        tx: &mut Tx<'_>,
        tenancy: &Tenancy,
        customer: CustomerId,
        now: Instant,
        see: &mut dyn FnMut(Moment<'_>),
    ) -> Result<Stands> {
        let loaded = case::load(tx, tenancy, &self.master, &[customer.to_bytes()], Which::All)?.pop();
        let mut case = match loaded {
            Some((_, Ok(case))) => case,
            Some((_, Err(error))) => return Ok(Stands { name: None, parked: Some(error.to_string()) }),
            None => return Ok(Stands::default()),
        };
        case.facts.approvals = self.tenancies.approvals();
        case.keep_time(tenancy, Instant::from_micros(now.micros().saturating_add(1)));
        case.pause(tenancy, now);
        let policies = tenancy.policies(customer);
        let mut decisions = Decisions::default();
        decide(&mut case.facts, policies, now, &mut decisions);
        let receivables: Vec<&str> = case.held.iter().map(|held| held.external_id.as_str()).collect();
        let ahead =
            Ahead { now, customer: &case.external_id, receivables: &receivables, facts: &case.facts, policies, decisions: &decisions };
        see(Moment::Now(ahead));
        Ok(Stands { name: case.facts.customer.name.as_deref().map(str::to_owned), parked: case.parked.clone() })
    }
}

/// What of a customer is told besides.
#[derive(Default)]
struct Stands {
    name: Option<String>,
    parked: Option<String>,
}

/// Whom a message is to, and the receivables that it is about.
fn of_message(tx: &mut Tx<'_>, tenant: TenantId, message: MessageId) -> Result<(CustomerId, Option<Vec<[u8; 16]>>)> {
    let missing = || Error::not_found("no_message", format!("no message {message}; see: regua messages"));
    let stored = outbox::one(tx, tenant, message)?.ok_or_else(missing)?;
    let plan: Plan = blob::decode(&stored.plan, "the plan of a message")?;
    Ok((stored.customer, Some(plan.items.iter().map(|item| item.receivable).collect())))
}

/// The messages about these receivables; all of the customer's when none is named.
fn messages(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    customer: CustomerId,
    only: Option<&[[u8; 16]]>,
    message: Option<MessageId>,
) -> Result<Vec<Written>> {
    let mut told = Vec::new();
    for overview in outbox::written_to(tx, tenant, customer, MESSAGES_MAX)? {
        if message.is_some_and(|wanted| wanted != overview.message) {
            continue;
        }
        let Some(stored) = outbox::one(tx, tenant, overview.message)? else { continue };
        let plan: Plan = blob::decode(&stored.plan, "the plan of a message")?;
        if only.is_some_and(|only| !plan.items.iter().any(|item| only.contains(&item.receivable))) {
            continue;
        }
        let names = names(tx, tenant, &plan)?;
        let item = |item: &crate::order::Item| (names.get(&item.receivable).cloned().unwrap_or_default(), item.step.clone());
        let items = plan.items.iter().map(item).collect();
        told.push((overview, items));
    }
    Ok(told)
}

/// Decisions behind an event, as they are stored.
fn stored(tx: &mut Tx<'_>, tenancy: &Tenancy, customer: CustomerId, after: i64, owed: &[OwedRow]) -> Result<Vec<Stored>> {
    let tenant = tenancy.stored.tenant;
    let mut rows = person::decisions(tx, tenant, customer)?;
    rows.retain(|row| row.seq > after);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let over = person::messages(tx, tenant, customer)?;
    let over: sentences::Over = over.iter().map(|sent| (sent.message, sentences::channels(&sent.channels))).collect();
    let told = rows.iter().map(|row| {
        let together = rows.iter().filter(|other| row.message.is_some() && other.message == row.message).count();
        let channels = row.message.and_then(|message| over.get(&message)).copied().unwrap_or_default();
        Stored {
            receivable: sentences::called(owed, row.receivable),
            step: row.step.clone(),
            key: (row.cycle, row.occurrence),
            at: row.decided_at,
            outcome: row.outcome.clone(),
            says: sentences::sentence(tenancy, row, (channels, together), customer),
            rule: row.rule.clone(),
        }
    });
    Ok(told.collect())
}

fn with_ledgers(tx: &mut Tx<'_>, tenant: TenantId, owed: Vec<OwedRow>) -> Result<Vec<(OwedRow, Vec<StoredEntry>)>> {
    let ids: Vec<[u8; 16]> = owed.iter().map(|row| row.receivable.to_bytes()).collect();
    let currencies: BTreeMap<ReceivableId, Currency> =
        owed.iter().filter_map(|row| Some((row.receivable, Currency::parse(&row.currency)?))).collect();
    let mut ledgers: BTreeMap<ReceivableId, Vec<StoredEntry>> = BTreeMap::new();
    for (receivable, entry) in due::entries(tx, tenant, &ids, |id| currencies.get(&id).copied())? {
        ledgers.entry(receivable).or_default().push(entry);
    }
    Ok(owed.into_iter().map(|row| (ledgers.remove(&row.receivable).unwrap_or_default(), row)).map(|(ledger, row)| (row, ledger)).collect())
}
