//! A tenant's policies as customers saw them at one moment or another.

use std::collections::BTreeMap;
use std::sync::Arc;

use regua_core::policy::Policy;
use regua_core::words::Mode;
use regua_store::tenants::{StoredPolicy, StoredTenant};

use super::verdict::{Report, Sort};
use crate::error::{Error, Result};
use crate::log::Seen;
use crate::tenancy::{self, Published, Tenancy};

/// Everything that was published, and views of it.
pub(super) struct Timeline {
    stored: StoredTenant,
    rows: Vec<StoredPolicy>,
    compiled: Vec<Arc<Policy>>,
    made: BTreeMap<Seen, Arc<Tenancy>>,
}

impl Timeline {
    /// Of a tenant's chain. A policy that cannot be read, or is not the one that its hash names, is reported.
    pub(super) fn of(stored: &StoredTenant, rows: Vec<StoredPolicy>, report: &mut Report) -> Self {
        let mut compiled = Vec::with_capacity(rows.len());
        for row in &rows {
            match tenancy::compile(row) {
                Ok(policy) => {
                    if policy.hash != row.hash {
                        report.add(Sort::NotReplayed, format!("policy {}: its text is not the one that its hash names", row.number));
                    }
                    compiled.push(policy);
                }
                Err(error) => {
                    report.add(Sort::NotReplayed, format!("policy {}: {error}", row.number));
                    break; // those behind it have no place without it
                }
            }
        }
        Self { stored: stored.clone(), rows, compiled, made: BTreeMap::new() }
    }

    /// How many there are.
    pub(super) fn published(&self) -> i64 {
        crate::case::count(self.compiled.len())
    }

    /// The tenant with all policies, for what asks none of them.
    pub(super) fn latest(&mut self) -> Result<Arc<Tenancy>> {
        let published = self.published();
        self.at(Seen { policy: published, published })
    }

    /// The tenant as a customer saw it.
    pub(super) fn at(&mut self, seen: Seen) -> Result<Arc<Tenancy>> {
        if let Some(made) = self.made.get(&seen) {
            return Ok(Arc::clone(made));
        }
        let unknown = || Error::bug("policy_seen", format!("it met policy {} of {}, which the log has not", seen.policy, seen.published));
        let published = usize::try_from(seen.published).ok().unwrap_or(usize::MAX);
        let newest = seen.policy.checked_sub(1).and_then(|newest| usize::try_from(newest).ok()).ok_or_else(unknown)?;
        let rows = self.rows.get(..published).ok_or_else(unknown)?;
        let compiled = self.compiled.get(..published).ok_or_else(unknown)?;
        let published = Published::as_seen(rows, compiled, newest).ok_or_else(unknown)?;
        // The mode is that of the customer, which its own chain tells; so are pauses, which each decision names.
        let tenancy = Tenancy {
            stored: self.stored.clone(),
            mode: Mode::Shadow,
            published: Arc::new(published),
            pauses: Vec::new(),
            // Each decision names whether there was a gateway of its own, which is a setting.
            charges: true,
            marker: None,
        };
        let tenancy = Arc::new(tenancy);
        self.made.insert(seen, Arc::clone(&tenancy));
        Ok(tenancy)
    }
}
