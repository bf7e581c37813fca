//! What people see of attempts, second payments, refunds and codes that nobody knows.

use regua_core::charging::timing::{Features, Timing};
use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};
use regua_store::charging::charges::{self, Overview};
use regua_store::charging::payments::{self, PaymentRow};
use regua_store::charging::{codes, gateways, timings};
use regua_store::db::Scope;

use crate::Engine;
use crate::commands::tell::{About, find};
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};

/// An attempt as a list shows it.
pub type Attempt = Overview;

/// A payment that came when nothing was owed any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Second {
    /// The gateway.
    pub gateway: String,
    /// Its name of the payment.
    pub reference: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The payer's day.
    pub paid_on: Day,
    /// credited, refunding, refunded, charged_back.
    pub fate: String,
}

impl From<PaymentRow> for Second {
    fn from(row: PaymentRow) -> Self {
        let PaymentRow { gateway, reference, amount, currency, paid_on, fate, .. } = row;
        Self { gateway, reference, amount, currency, paid_on, fate }
    }
}

impl Engine {
    /// Adds a gateway by its name, or leaves it; whether it is new.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn add_gateway(&self, tenant: TenantId, name: &str, kind: &str, role: &str, act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            if gateways::one(tx, tenant, name)?.is_some() {
                return Ok(false); // asked at every start: the tenant's row is left alone
            }
            let mut stored = self.locked_tenant(tx, tenant)?;
            let payload = log::json(&serde_json::json!({ "gateway": name, "kind": kind, "role": role, "act": act }))?;
            let (gateway, kind, role) = (name.to_owned(), kind.to_owned(), role.to_owned());
            let new = gateways::GatewayRow { gateway, kind, role, added_at: now, listed_at: now, place: None };
            let is_new = gateways::add(tx, tenant, &new)?;
            if is_new {
                note(tx, &mut stored, now, "gateway_added", payload)?;
            }
            Ok(is_new)
        })
    }

    /// The tenant's gateways.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn gateways(&self, tenant: TenantId) -> Result<Vec<gateways::GatewayRow>> {
        self.db.read(Scope::Tenant(tenant), |tx| gateways::all(tx, tenant).map_err(Error::from))
    }

    /// The newest attempts of a customer, those under way, or those that a person must look at.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn attempts(&self, tenant: TenantId, about: Option<&About>, needing: bool, limit: i64) -> Result<Vec<Attempt>> {
        self.db.read(Scope::Tenant(tenant), |tx| match about {
            Some(about) => {
                let found = find(tx, tenant, about)?;
                let all = charges::of_customer(tx, tenant, found.customer, limit)?;
                Ok(all.into_iter().filter(|one| found.receivable.is_none_or(|id| one.row.receivable == id)).collect())
            }
            None if needing => charges::needing(tx, tenant, limit).map_err(Error::from),
            None => charges::waiting(tx, tenant, limit).map_err(Error::from),
        })
    }

    /// Second payments, the newest first.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn second_payments(&self, tenant: TenantId, limit: i64) -> Result<Vec<Second>> {
        self.db.read(Scope::Tenant(tenant), |tx| Ok(payments::seconds(tx, tenant, limit)?.into_iter().map(Second::from).collect()))
    }

    /// Codes of failed attempts that no row of the table fits.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn unmapped_codes(&self, tenant: TenantId, limit: i64) -> Result<Vec<codes::CodeRow>> {
        self.db.read(Scope::Tenant(tenant), |tx| codes::list(tx, tenant, limit).map_err(Error::from))
    }

    /// When something of gateways is due next.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn next_charge_due(&self) -> Result<Instant> {
        self.db.read(Scope::Claim, |tx| {
            let charges = charges::next_due(tx)?;
            let instruments = regua_store::charging::instruments::next_due(tx)?;
            Ok(charges.min(instruments).min(regua_store::charging::refunds::next_due(tx)?))
        })
    }

    /// What came of retries whose moments were chosen: what weights are learnt from. At most `limit`, of whole customers.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn retry_outcomes(&self, tenant: TenantId, limit: usize) -> Result<Vec<RetryOutcome>> {
        let (mut all, mut after) = (Vec::new(), [0; 16]);
        while all.len() < limit {
            let (ids, rows) = self.db.read(Scope::Tenant(tenant), |tx| {
                let ids = timings::customers(tx, tenant, after, CUSTOMERS_AT_ONCE)?;
                let rows = timings::outcomes(tx, tenant, &ids)?;
                Ok::<_, Error>((ids, rows))
            })?;
            let Some(last) = ids.last() else { break };
            after = *last;
            // What another version logged says nothing to this one.
            all.extend(rows.into_iter().filter_map(|row| {
                let features = serde_json::from_str::<Features>(&row.features).ok()?;
                Some(RetryOutcome { features, settled: row.settled, propensity_bp: u16::try_from(row.propensity).ok()? })
            }));
        }
        Ok(all)
    }

    /// The weights that retries are chosen by: since when, and of how many attempts they were learnt; nothing while the
    /// shipped ones count.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn timing(&self, tenant: TenantId) -> Result<Option<(Instant, i64)>> {
        self.db.read(Scope::Tenant(tenant), |tx| Ok(timings::newest(tx, tenant)?.map(|row| (row.learnt_at, row.attempts))))
    }

    /// From now on retries are chosen by these weights.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn set_timing(&self, tenant: TenantId, timing: &Timing, attempts: i64, act: &Act, now: Instant) -> Result<()> {
        let body = log::json(timing)?;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let version = timings::newest(tx, tenant)?.map_or(1, |row| row.version + 1);
            timings::add(tx, tenant, &timings::TimingRow { version, body: body.clone(), attempts, learnt_at: now })?;
            let payload = log::json(&serde_json::json!({ "version": version, "attempts": attempts, "act": act }))?;
            note(tx, &mut stored, now, "retries_learnt", payload)
        })
    }

    /// What the progressive discount for automatic payment cost in a span, by currency: how often, and how much.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn autopay_discounts(&self, tenant: TenantId, from: Instant, until: Instant) -> Result<Vec<charges::Discounted>> {
        self.db.read(Scope::Tenant(tenant), |tx| charges::discounted(tx, tenant, from, until).map_err(Error::from))
    }
}

/// Customers whose retries are read at a time.
const CUSTOMERS_AT_ONCE: i64 = 500;

/// What came of a retry whose moment was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetryOutcome {
    /// What the chooser saw of the moment.
    pub features: Features,
    /// Whether the money was taken.
    pub settled: bool,
    /// The chance with which the moment was chosen, in basis points.
    pub propensity_bp: u16,
}
