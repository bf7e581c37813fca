//! Keys of programs: a set of scopes, a limit, and a person who answers for them.
//!
//! A key never may more than its person does now: when that person's role shrinks, so does the key, and while the person is
//! disabled the key does not work. Whoever rotates a key answers for it from then on.

use std::fmt;

use regua_core::ids::{KeyId, PersonId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope as Rows, Tx};
use regua_store::people::keys::{self, KeyRow};
use regua_store::people::persons;

use super::caller::{Caller, Limit, Who};
use super::events::{self, KeyChanged, KeyMade, tell};
use super::scope::{Scope, Scopes};
use super::session::role_of;
use super::staff::{PAGE_MAX, checked_name};
use super::throttle::after;
use super::token::{self, Sort, Token};
use crate::Engine;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::ports::Rng;
use crate::secret::Secret;

/// How long the secret before a rotation may go on counting at most, in seconds.
pub const OVERLAP_MAX: i64 = 7 * 24 * 60 * 60;
/// When a key was last used is written no more often than this, in seconds.
const USED: i64 = 60 * 60;

/// A key to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// What people call it, 1 to 100 characters.
    pub name: &'a str,
    /// What it may do: something, and nothing that its maker may not.
    pub scopes: Scopes,
    /// How much it may decide alone, within its maker's limit; none is without limit.
    pub limit: Option<Limit>,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
}

/// A key as people see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyView {
    /// Which.
    pub key: KeyId,
    /// What people call it.
    pub name: String,
    /// What its token begins with, by which it is recognised; no part of the secret.
    pub prefix: String,
    /// What it was made for.
    pub scopes: Scopes,
    /// How much it may decide alone; none is without limit.
    pub limit: Option<Limit>,
    /// Who answers for it.
    pub person: PersonId,
    /// When it was made.
    pub made_at: Instant,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
    /// When somebody ended it.
    pub revoked_at: Option<Instant>,
    /// When it was last used, to the hour.
    pub used_at: Option<Instant>,
    /// Until when the secret before the last rotation still counts.
    pub old_until: Option<Instant>,
    /// What it may do now: less than it was made for when its person may less, and nothing when it has ended.
    pub now: Scopes,
}

/// A key that was made or rotated: its secret is shown this once.
pub struct MadeKey {
    /// Which.
    pub key: KeyId,
    /// What the program shows from now on.
    pub secret: Secret,
}

/// Without the secret.
impl fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeKey").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Engine {
    /// Makes a key. Its maker answers for it.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when it may do nothing, or more than its maker, or a program asks; whatever the database says.
    pub fn create_key(&self, by: &Caller, new: NewKey<'_>, now: Instant, rng: &mut dyn Rng) -> Result<MadeKey> {
        let name = checked_name(new.name)?;
        if new.scopes.is_empty() {
            return Err(Error::refused("no_scopes", "a key without a scope opens nothing"));
        }
        if new.expires_at.is_some_and(|at| at <= now) {
            return Err(Error::refused("expired", "a key ends in the future, or not by itself"));
        }
        let tenant = by.tenant;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let by = self.again(tx, by, now)?;
            let person = by.person().ok_or_else(|| Error::refused("keys_make_no_keys", "a person makes keys, not a program"))?;
            may_answer(&by, new.scopes, new.limit)?;
            let key = KeyId::new(millis(now), rng.bytes());
            let token = Token::new(tenant, key.to_bytes(), rng);
            let row = KeyRow {
                key,
                name,
                scopes: new.scopes.words(),
                limit_minor: new.limit.map(|limit| limit.minor),
                person,
                hash: token.hash().to_vec(),
                old_hash: None,
                old_until: None,
                made_at: now,
                expires_at: new.expires_at,
                revoked_at: None,
                used_at: None,
            };
            keys::add(tx, tenant, &row)?;
            let made = KeyMade { key, scopes: row.scopes, limit: row.limit_minor, expires_at: row.expires_at, by: person };
            tell(tx, &mut stored, now, events::KEY_MADE, &made)?;
            Ok(MadeKey { key, secret: token.text(Sort::Key) })
        })
    }

    /// The keys of a tenant behind one, in the order in which they were made, ended ones too: 200 at most.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn keys(&self, tenant: TenantId, after: Option<KeyId>, limit: i64, now: Instant) -> Result<Vec<KeyView>> {
        self.db.read(Rows::Tenant(tenant), |tx| {
            let rows = keys::page(tx, tenant, after.map_or([0; 16], KeyId::to_bytes), limit.clamp(1, PAGE_MAX))?;
            rows.into_iter().map(|row| seen(tx, tenant, row, now)).collect()
        })
    }

    /// A key, also one that has ended.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a key; whatever the database says.
    pub fn key_view(&self, tenant: TenantId, key: KeyId, now: Instant) -> Result<KeyView> {
        self.db.read(Rows::Tenant(tenant), |tx| {
            let row = keys::one(tx, tenant, key)?.ok_or_else(|| no_key(key))?;
            seen(tx, tenant, row, now)
        })
    }

    /// Ends a key, for good; whether it was running.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when it is another person's and the caller may not change people; [`crate::Kind::NotFound`] without
    /// such a key; whatever the database says.
    pub fn revoke_key(&self, by: &Caller, key: KeyId, now: Instant) -> Result<bool> {
        self.db.write(Rows::Tenant(by.tenant), |tx| {
            let mut stored = self.locked_tenant(tx, by.tenant)?;
            let by = self.again(tx, by, now)?;
            owned(tx, &by, key)?;
            let ended = keys::revoke(tx, by.tenant, key, now)?;
            if ended {
                let told = KeyChanged { key, by: by.who.to_string(), person: None, old_until: None };
                tell(tx, &mut stored, now, events::KEY_REVOKED, &told)?;
            }
            Ok(ended)
        })
    }

    /// Gives a key another secret. Whoever does it answers for the key from now on.
    ///
    /// * `overlap_secs` — how long the secret before still counts, so that programs can change over: seven days at most.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the key has ended, may more than the caller, or is another person's and the caller may not
    /// change people; [`crate::Kind::NotFound`] without such a key; whatever the database says.
    pub fn rotate_key(&self, by: &Caller, key: KeyId, overlap_secs: i64, now: Instant, rng: &mut dyn Rng) -> Result<MadeKey> {
        if !(0..=OVERLAP_MAX).contains(&overlap_secs) {
            return Err(Error::refused("bad_overlap", "the secret before goes on counting for seven days at most"));
        }
        let tenant = by.tenant;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let by = self.again(tx, by, now)?;
            let mut row = owned(tx, &by, key)?;
            let person = by.person().ok_or_else(|| Error::refused("keys_make_no_keys", "a person makes keys, not a program"))?;
            if row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= now) {
                return Err(Error::refused("key_ended", "this key has ended; make another"));
            }
            may_answer(&by, known(&row.scopes), row.limit_minor.and_then(Limit::new))?;
            let token = Token::new(tenant, key.to_bytes(), rng);
            let before = std::mem::replace(&mut row.hash, token.hash().to_vec());
            row.old_until = (overlap_secs > 0).then(|| after(now, overlap_secs));
            row.old_hash = row.old_until.map(|_| before);
            row.person = person;
            keys::rotate(tx, tenant, &row)?;
            let told = KeyChanged { key, by: by.who.to_string(), person: Some(person), old_until: row.old_until };
            tell(tx, &mut stored, now, events::KEY_ROTATED, &told)?;
            Ok(MadeKey { key, secret: token.text(Sort::Key) })
        })
    }

    /// Which key a program shows; nobody when it is none, has ended, or nobody answers for it any more.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn key(&self, shown: &str, now: Instant) -> Result<Option<Caller>> {
        let Some(shown) = Token::parse(Sort::Key, shown) else { return Ok(None) };
        let Ok(id) = KeyId::from_bytes(shown.id) else { return Ok(None) };
        let tenant = shown.tenant;
        let found = self.db.read(Rows::Tenant(tenant), |tx| {
            let Some(row) = keys::one(tx, tenant, id)? else { return Ok(None) };
            let old = row.old_until.filter(|until| *until > now).and(row.old_hash.as_deref());
            if !shown.is(&row.hash) && !old.is_some_and(|old| shown.is(old)) {
                return Ok(None);
            }
            let caller = answered(tx, tenant, &row, now)?;
            Ok::<_, Error>(caller.map(|caller| (caller, row.used_at)))
        })?;
        let Some((caller, used_at)) = found else { return Ok(None) };
        if used_at.is_none_or(|used| after(used, USED) <= now) {
            // Whoever cannot write it now does next time: the key is good all the same.
            drop(self.db.write(Rows::Tenant(tenant), |tx| keys::use_at(tx, tenant, id, now)));
        }
        Ok(Some(caller))
    }
}

/// A key as people see it.
fn seen(tx: &mut Tx<'_>, tenant: TenantId, row: KeyRow, now: Instant) -> Result<KeyView> {
    let may = answered(tx, tenant, &row, now)?.map_or(Scopes::NONE, |caller| caller.scopes);
    Ok(KeyView {
        key: row.key,
        prefix: token::open(Sort::Key, tenant, row.key.to_bytes()),
        scopes: known(&row.scopes),
        limit: row.limit_minor.and_then(Limit::new),
        person: row.person,
        made_at: row.made_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        used_at: row.used_at,
        old_until: row.old_until.filter(|until| *until > now),
        now: may,
        name: row.name,
    })
}

fn no_key(key: KeyId) -> Error {
    Error::not_found("no_key", format!("there is no {key}"))
}

/// A key as a caller, by its id, while it runs and somebody answers for it.
pub(super) fn caller_of(tx: &mut Tx<'_>, tenant: TenantId, id: KeyId, now: Instant) -> Result<Option<Caller>> {
    match keys::one(tx, tenant, id)? {
        Some(row) => answered(tx, tenant, &row, now),
        None => Ok(None),
    }
}

/// The same, of its row.
fn answered(tx: &mut Tx<'_>, tenant: TenantId, row: &KeyRow, now: Instant) -> Result<Option<Caller>> {
    if row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= now) {
        return Ok(None);
    }
    let person = persons::one(tx, tenant, row.person)?.filter(|person| person.disabled_at.is_none());
    let Some(person) = person else { return Ok(None) };
    Ok(Some(Caller {
        tenant,
        who: Who::Key(row.key),
        name: row.name.clone(),
        role: None,
        scopes: known(&row.scopes).both(role_of(&person)?.scopes()),
        limit: Limit::narrower(row.limit_minor.and_then(Limit::new), person.limit_minor.and_then(Limit::new)),
        csrf: None,
        session: None,
    }))
}

/// The scopes of stored words; words of another version open nothing.
fn known(words: &str) -> Scopes {
    words.split_ascii_whitespace().filter_map(Scope::parse).collect()
}

/// A key that a caller may end or rotate: their own, or anybody's for whoever may change people.
fn owned(tx: &mut Tx<'_>, by: &Caller, key: KeyId) -> Result<KeyRow> {
    let row = keys::one(tx, by.tenant, key)?.ok_or_else(|| no_key(key))?;
    if by.person() != Some(row.person) {
        by.need(Scope::PeopleAct)?;
    }
    Ok(row)
}

/// Refuses to answer for more than one may oneself.
fn may_answer(by: &Caller, scopes: Scopes, limit: Option<Limit>) -> Result<()> {
    if scopes.has(Scope::PeopleAct) && !by.is_owner() {
        return Err(Error::refused("owners_only", "only an owner makes a key that changes people"));
    }
    if !scopes.within(by.scopes) {
        let over = scopes.without(by.scopes).words();
        return Err(Error::refused("above_oneself", format!("a key may no more than its maker, who has not: {over}")));
    }
    if !Limit::within(limit, by.limit) {
        return Err(Error::refused("above_oneself", "a key decides over no more than its maker: give it a limit within yours"));
    }
    Ok(())
}
