//! The audit: who did what, when and why, newest first, as the chains say it.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, PersonId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope as Rows, Tx};
use regua_store::people::{persons, trail};
use serde_json::Value;

use super::staff::PAGE_MAX;
use crate::Engine;
use crate::error::{Error, Result};

/// Parts of payloads that are long and are shown elsewhere.
const LONG: &[&str] = &["body"];

/// Something that happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Audited {
    /// Its place in the chain, from 1: also the cursor.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What sort, such as `policy_published`.
    pub kind: String,
    /// Who did it, when somebody did: a name with an id, or `machine`.
    pub by: Option<String>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// What the chain says, without what is long.
    pub detail: Value,
}

impl Engine {
    /// What happened of a tenant, or of one of its customers, before a place of its chain, newest first: 200 at most.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn audit(&self, tenant: TenantId, of: Option<CustomerId>, before: Option<i64>, limit: i64) -> Result<Vec<Audited>> {
        let stream = of.map_or_else(|| tenant.to_bytes(), CustomerId::to_bytes);
        self.db.read(Rows::Tenant(tenant), |tx| {
            let rows = trail::before(tx, tenant, stream, before.unwrap_or(i64::MAX), limit.clamp(1, PAGE_MAX))?;
            let mut names = BTreeMap::new();
            let read = |row: trail::TrailRow| {
                let mut detail: Value = serde_json::from_str(&row.payload)
                    .map_err(|why| Error::bug("event_read", format!("a `{}` event cannot be read: {why}", row.kind)))?;
                if let Value::Object(fields) = &mut detail {
                    fields.retain(|name, _| !LONG.contains(&name.as_str()));
                }
                let text = |at: &str| detail.pointer(at).and_then(Value::as_str).map(str::to_owned);
                // What people do to themselves names them once.
                let by = text("/act/by").or_else(|| text("/by")).or_else(|| text("/person"));
                let by = by.map(|by| named(tx, tenant, &mut names, by)).transpose()?;
                Ok(Audited { seq: row.seq, at: row.at, kind: row.kind, by, reason: text("/act/reason"), detail })
            };
            rows.into_iter().map(read).collect()
        })
    }
}

/// A person's name with the id, as acts have it; everything else as it is.
fn named(tx: &mut Tx<'_>, tenant: TenantId, names: &mut BTreeMap<String, String>, by: String) -> Result<String> {
    if let Some(known) = names.get(&by) {
        return Ok(known.clone());
    }
    let shown = match by.parse::<PersonId>() {
        Ok(id) => persons::one(tx, tenant, id)?.map_or_else(|| by.clone(), |row| format!("{} ({id})", row.name)),
        Err(_) => by.clone(),
    };
    names.insert(by, shown.clone());
    Ok(shown)
}
