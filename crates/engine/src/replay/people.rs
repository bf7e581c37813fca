//! People and keys as the tenant's chain knows them: by id, with role, limit and scopes. What proves who somebody is, and what
//! they are called, the log has not.

use regua_core::ids::{PersonId, TenantId};
use regua_store::db::Tx;
use regua_store::log::StoredEvent;
use regua_store::people::keys::{self, KeyRow};
use regua_store::people::persons::{self, PersonRow};

use super::tenant::payload;
use crate::error::{Error, Result};
use crate::people::events::{self, Happened, KeyChanged, KeyMade, Stands};

/// Carries out an event of people or keys; whether it was one.
pub(super) fn apply(copy: &mut Tx<'_>, own: TenantId, event: &StoredEvent) -> Result<bool> {
    match event.kind.as_str() {
        events::ADDED => {
            let Stands { person, role, limit, founder, .. } = payload(event)?;
            let row = PersonRow {
                person,
                // The key of the table wants one, and only the id is known here.
                email: person.to_string(),
                name: String::new(),
                role,
                limit_minor: limit,
                founder,
                created_at: event.at,
                disabled_at: None,
                password: None,
                totp: None,
                totp_at: None,
                totp_step: 0,
            };
            persons::add(copy, own, &row)?;
        }
        events::CHANGED => {
            let Stands { person, role, limit, .. } = payload(event)?;
            let mut row = known(copy, own, person)?;
            (row.role, row.limit_minor) = (role, limit);
            persons::set(copy, own, &row)?;
        }
        kind @ (events::DISABLED | events::ENABLED) => {
            let Happened { person, .. } = payload(event)?;
            let mut row = known(copy, own, person)?;
            row.disabled_at = (kind == events::DISABLED).then_some(event.at);
            persons::set(copy, own, &row)?;
        }
        events::KEY_MADE => {
            let KeyMade { key, scopes, limit, expires_at, by } = payload(event)?;
            let row = KeyRow {
                key,
                name: String::new(),
                scopes,
                limit_minor: limit,
                person: by,
                hash: Vec::new(),
                old_hash: None,
                old_until: None,
                made_at: event.at,
                expires_at,
                revoked_at: None,
                used_at: None,
            };
            keys::add(copy, own, &row)?;
        }
        events::KEY_REVOKED => {
            let KeyChanged { key, .. } = payload(event)?;
            keys::revoke(copy, own, key, event.at)?;
        }
        events::KEY_ROTATED => {
            let KeyChanged { key, person, old_until, .. } = payload(event)?;
            let row = keys::one(copy, own, key)?;
            let mut row = row.ok_or_else(|| Error::bug("event", format!("{key} was rotated before it was made")))?;
            (row.person, row.old_until) = (person.unwrap_or(row.person), old_until);
            keys::rotate(copy, own, &row)?;
        }
        kind => {
            if !events::TOLD.contains(&kind) {
                return Ok(false);
            }
            let Happened { person, .. } = payload(event)?;
            known(copy, own, person)?;
        }
    }
    Ok(true)
}

fn known(copy: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<PersonRow> {
    persons::one(copy, own, id)?.ok_or_else(|| Error::bug("event", format!("the log names {id} before it knows them")))
}
