//! Telling what happened to one receivable or customer: payments, promises, disputes, holds, verdicts, what else.

use regua_core::facts::{Applied, Fact};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::ledger::Receipt;
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::{lookup, tenants};

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tenant::note;
use crate::error::{Error, Kind, Result};
use crate::log::{self, Act};

/// Whom a command is about: by our id, or by what the source calls it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// A receivable.
    Receivable(String),
    /// A customer, with all receivables.
    Customer(String),
}

/// What a command found its subject to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The customer.
    pub customer: CustomerId,
    /// The receivable, when it is about one.
    pub receivable: Option<ReceivableId>,
    /// What its source calls it.
    pub external_id: String,
}

impl Engine {
    /// Enters one fact now: everything follows from it before the next effect, queued ones included.
    ///
    /// Returns what money moved, if any did.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when there is no such subject; [`Kind::Refused`] when the fact does not fit it.
    pub fn tell(&self, tenant: TenantId, about: &About, fact: Fact, act: Option<&Act>, now: Instant) -> Result<Option<Receipt>> {
        self.tell_all(tenant, about, vec![fact], act, now)
    }

    /// Enters several facts of one subject at one moment, in order, or none of them.
    ///
    /// # Errors
    /// As [`Engine::tell`].
    pub fn tell_all(&self, tenant: TenantId, about: &About, facts: Vec<Fact>, act: Option<&Act>, now: Instant) -> Result<Option<Receipt>> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            self.heed_biller(tx, tenant, found.receivable, &facts)?;
            self.with_case(tx, tenant, found.customer, found.receivable.as_slice(), now, |case, tenancy| {
                let walk = match found.receivable {
                    None => None,
                    Some(id) => Some(case.walk_of(id).ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?),
                };
                case.act = act.cloned();
                let mut moved = None;
                for fact in facts {
                    let applied = case.tell(tenancy, walk, fact, now);
                    match applied.map_err(|bad| Error::refused("does_not_fit", format!("{}: {bad}", found.external_id)))? {
                        Applied::Moved(receipt) => moved = Some(receipt),
                        Applied::Known | Applied::Entered(_) => {}
                    }
                }
                Ok(moved)
            })
        })
    }

    /// Works on one customer under its lock and wakes it: what can change by itself is in hand, and the receivables that
    /// it is about.
    pub(crate) fn with_case<T>(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        customer: CustomerId,
        about: &[ReceivableId],
        now: Instant,
        work: impl FnOnce(&mut Case, &crate::tenancy::Tenancy) -> Result<T>,
    ) -> Result<T> {
        let ids = [customer.to_bytes()];
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let about: Vec<[u8; 16]> = about.iter().map(|id| id.to_bytes()).collect();
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let (_, case) = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)?.pop().ok_or_else(missing)?;
        let mut case = case?;
        let result = work(&mut case, &tenancy)?;
        let mut batch = Batch::default();
        case.save(&tenancy, now, now, &mut batch)?;
        batch.write(tx, tenant)?;
        Ok(result)
    }

    /// The source of payments was read and had nothing, or nothing more, to tell.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn source_read(&self, tenant: TenantId, source: &str, now: Instant) -> Result<u64> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            tenants::read(tx, tenant, source, now)?;
            tenants::wake_readers(tx, tenant, now).map_err(Error::from)
        })
    }

    /// A person or a program says that a source of payments was read and had nothing, or nothing more, to tell; how many
    /// customers had waited for that.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when nothing was ever taken in of such a source.
    pub fn tell_source_read(&self, tenant: TenantId, source: &str, act: &Act, now: Instant) -> Result<u64> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            if !tenants::sources(tx, tenant)?.iter().any(|(known, _)| known == source) {
                let mend = format!("no source `{source}`; one becomes known with the first record of it");
                return Err(Error::not_found("no_source", mend));
            }
            tenants::read(tx, tenant, source, now)?;
            let payload = log::json(&serde_json::json!({ "source": source, "act": act }))?;
            note(tx, &mut stored, now, "source_read", payload)?;
            tenants::wake_readers(tx, tenant, now).map_err(Error::from)
        })
    }

    /// Whom `id` names: a customer's or receivable's id of ours, else what a source calls a receivable or a customer.
    /// `rcv:` or `cus:` before it says which.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when it names nothing, [`Kind::Refused`] when it names both.
    pub fn resolve(&self, tenant: TenantId, id: &str) -> Result<About> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let said = id.strip_prefix("rcv:").map(|id| About::Receivable(id.to_owned()));
            if let Some(about) = said.or_else(|| id.strip_prefix("cus:").map(|id| About::Customer(id.to_owned()))) {
                return find(tx, tenant, &about).map(|_| about);
            }
            let (receivable, customer) = (About::Receivable(id.to_owned()), About::Customer(id.to_owned()));
            match (find(tx, tenant, &receivable), find(tx, tenant, &customer)) {
                (Ok(_), Err(error)) if error.kind == Kind::NotFound => Ok(receivable),
                (Err(error), Ok(_)) if error.kind == Kind::NotFound => Ok(customer),
                (Ok(_), Ok(_)) => {
                    Err(Error::refused("ambiguous", format!("`{id}` is a receivable and a customer; write rcv:{id} or cus:{id}")))
                }
                (Err(_), Err(error)) if error.kind == Kind::NotFound => {
                    Err(Error::not_found("no_subject", format!("no receivable or customer `{id}`; ids are as in the imported file")))
                }
                (Err(error), _) | (_, Err(error)) => Err(error),
            }
        })
    }
}

/// Finds a subject.
pub(crate) fn find(tx: &mut Tx<'_>, tenant: TenantId, about: &About) -> Result<Found> {
    match about {
        About::Receivable(id) => {
            if let Ok(receivable) = id.parse::<ReceivableId>()
                && let Some((customer, external_id)) = lookup::receivable_of(tx, tenant, receivable)?
            {
                return Ok(Found { customer, receivable: Some(receivable), external_id });
            }
            let found = lookup::receivables(tx, tenant, &[id.as_str()])?.pop();
            let (receivable, customer, external_id) =
                found.ok_or_else(|| Error::not_found("no_receivable", format!("no receivable `{id}`; ids are as in the imported file")))?;
            Ok(Found { customer, receivable: Some(receivable), external_id })
        }
        About::Customer(id) => {
            if let Ok(customer) = id.parse::<CustomerId>()
                && let Some(external_id) = lookup::customer_of(tx, tenant, customer)?
            {
                return Ok(Found { customer, receivable: None, external_id });
            }
            let found = lookup::customers(tx, tenant, &[id.as_str()])?.pop();
            let (customer, external_id) =
                found.ok_or_else(|| Error::not_found("no_customer", format!("no customer `{id}`; ids are as in the imported file")))?;
            Ok(Found { customer, receivable: None, external_id })
        }
    }
}
