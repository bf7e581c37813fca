//! People of the company: the first one, those who are invited, and how they stand.

use std::fmt;

use regua_core::ids::{PersonId, TenantId};
use regua_core::party::Email;
use regua_core::time::Instant;
use regua_store::db::{Scope as Rows, StoreError, Tx};
use regua_store::people::persons::{self, PersonRow};
use regua_store::people::{identities, sessions, tokens};
use regua_store::tenants::StoredTenant;

use super::caller::{Caller, Limit, Who};
use super::events::{self, Happened, MACHINE, Stands, tell};
use super::password;
use super::role::Role;
use super::scope::Scope;
use super::session::{caller, role_of};
use super::sign_in::address;
use crate::Engine;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::ports::Rng;
use crate::secret::Secret;

/// Characters of a name at most.
const NAME_MAX: usize = 100;
/// People and keys that a page has at most.
pub(super) const PAGE_MAX: i64 = 200;

/// Somebody who comes.
#[derive(Clone, Copy)]
pub struct NewPerson<'a> {
    /// What people call them, 1 to 100 characters.
    pub name: &'a str,
    /// Their address; nobody else of the company has it.
    pub email: &'a str,
}

/// Shows nothing of the person.
impl fmt::Debug for NewPerson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPerson(…)")
    }
}

/// What somebody may do, and how much of it alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Their role.
    pub role: Role,
    /// Their limit; none is without limit.
    pub limit: Option<Limit>,
}

/// What becomes another of a person. What is absent stays.
#[derive(Clone, Copy, Default)]
pub struct Change<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The role.
    pub role: Option<Role>,
    /// The limit; `Some(None)` is without limit.
    pub limit: Option<Option<Limit>>,
}

/// Shows nothing of the person.
impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("role", &self.role).field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// A person as others see them.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub person: PersonId,
    /// In lower case.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// How much they may decide alone; none is without limit.
    pub limit: Option<Limit>,
    /// When they were set up or invited.
    pub created_at: Instant,
    /// Since when they may not sign in.
    pub disabled_at: Option<Instant>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether a second factor is asked of them.
    pub second_factor: bool,
    /// Until when their invitation or reset can be used.
    pub token_until: Option<Instant>,
    /// The issuers whose word is taken for them.
    pub issuers: Vec<String>,
}

/// Shows nothing of the person but who it is.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("person", &self.person).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Engine {
    /// Sets the first owner up, as long as the tenant has nobody at all.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `set_up_before`, or why name, address or password will not do; [`crate::Kind::NotFound`] without
    /// such a tenant; whatever the database says.
    pub fn set_up(&self, tenant: TenantId, new: NewPerson<'_>, password: &str, now: Instant, rng: &mut dyn Rng) -> Result<PersonId> {
        let before = || Error::refused("set_up_before", "somebody has set this up before: sign in, or ask an owner for an invitation");
        if self.db.read(Rows::Tenant(tenant), |tx| persons::count(tx, tenant))? > 0 {
            return Err(before());
        }
        let (name, email) = checked(new)?;
        password::accept(password, &email, &name)?;
        let hash = password::hash(password, rng)?;
        let mut row = fresh(PersonId::new(millis(now), rng.bytes()), name, email, Role::Owner, None, now);
        (row.founder, row.password) = (true, Some(hash));
        let done = self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            if persons::count(tx, tenant)? > 0 {
                return Err(before());
            }
            persons::add(tx, tenant, &row)?;
            tell(tx, &mut stored, now, events::ADDED, &stands(&row, false, MACHINE))?;
            Ok(row.person)
        });
        // The unique key has the last word, should the lock ever not.
        done.map_err(|error| if matches!(error.store(), Some(StoreError::Unique { .. })) { before() } else { error })
    }

    /// Whether the tenant has nobody yet, so that [`Engine::set_up`] is what comes next.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn wants_set_up(&self, tenant: TenantId) -> Result<bool> {
        self.db.read(Rows::Tenant(tenant), |tx| Ok(persons::count(tx, tenant)? == 0))
    }

    /// Invites somebody: they, and a token that is good once and for 72 hours, by which they choose a password.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the caller may not, may not give that much, or the address is taken; whatever the database says.
    pub fn invite(
        &self,
        by: &Caller,
        new: NewPerson<'_>,
        standing: Standing,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<(PersonId, Secret)> {
        let (name, email) = checked(new)?;
        let taken = || Error::refused("email_taken", "somebody of the company has this address already");
        let tenant = by.tenant;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let by = self.again(tx, by, now)?;
            by.need(Scope::PeopleAct)?;
            may_give(&by, standing)?;
            if persons::by_email(tx, tenant, &email)?.is_some() {
                return Err(taken());
            }
            let id = PersonId::new(millis(now), rng.bytes());
            let row = fresh(id, name.clone(), email.clone(), standing.role, standing.limit, now);
            persons::add(tx, tenant, &row)?;
            let who = by.who.to_string();
            tell(tx, &mut stored, now, events::ADDED, &stands(&row, false, &who))?;
            tell(tx, &mut stored, now, events::INVITED, &Happened::by(id, &who))?;
            Ok((id, self.issue(tx, tenant, id, super::once::INVITE, now, rng)?))
        })
    }

    /// The people of a tenant behind one, in the order in which they came: 200 at most.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn people(&self, tenant: TenantId, after: Option<PersonId>, limit: i64) -> Result<Vec<Person>> {
        self.db.read(Rows::Tenant(tenant), |tx| {
            let after = after.map_or([0; 16], PersonId::to_bytes);
            let rows = persons::page(tx, tenant, after, limit.clamp(1, PAGE_MAX))?;
            rows.into_iter().map(|row| seen(tx, tenant, row)).collect()
        })
    }

    /// A person.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none; whatever the database says.
    pub fn person(&self, tenant: TenantId, id: PersonId) -> Result<Person> {
        self.db.read(Rows::Tenant(tenant), |tx| {
            let row = found(tx, tenant, id)?;
            seen(tx, tenant, row)
        })
    }

    /// Changes a person's name, role or limit. One's own name is one's own business; one's own role and limit are not.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the caller may not, or it would leave nobody who owns the place; [`crate::Kind::NotFound`]
    /// without such a person; whatever the database says.
    pub fn change_person(&self, by: &Caller, id: PersonId, change: Change<'_>, now: Instant) -> Result<Person> {
        let name = change.name.map(checked_name).transpose()?;
        let tenant = by.tenant;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let by = self.again(tx, by, now)?;
            let own = by.person() == Some(id);
            let mut row = if own { found(tx, tenant, id)? } else { self.subject(tx, &by, id)? };
            let before = row.clone();
            if let Some(name) = name {
                row.name = name;
            }
            if let Some(role) = change.role {
                role.word().clone_into(&mut row.role);
            }
            if let Some(limit) = change.limit {
                row.limit_minor = limit.map(|limit| limit.minor);
            }
            if (&row.role, row.limit_minor) != (&before.role, before.limit_minor) {
                if own {
                    return Err(Error::refused("own_standing", "nobody changes their own role or limit; ask another owner"));
                }
                may_give(&by, Standing { role: role_of(&row)?, limit: row.limit_minor.and_then(Limit::new) })?;
                if row.role != before.role {
                    keep_an_owner(tx, tenant, &before)?;
                }
            }
            if row != before {
                persons::set(tx, tenant, &row)?;
                tell(tx, &mut stored, now, events::CHANGED, &stands(&row, row.name != before.name, &by.who.to_string()))?;
            }
            seen(tx, tenant, row)
        })
    }

    /// Keeps somebody out: their sessions, invitations and resets end, and their keys do not work as long as it lasts.
    /// Whether they were let in before.
    ///
    /// # Errors
    /// As [`Engine::change_person`].
    pub fn disable_person(&self, by: &Caller, id: PersonId, now: Instant) -> Result<bool> {
        self.able(by, id, now, |tx, stored, row, who| {
            if row.disabled_at.is_some() {
                return Ok(false);
            }
            keep_an_owner(tx, stored.tenant, row)?;
            row.disabled_at = Some(now);
            persons::set(tx, stored.tenant, row)?;
            sessions::end_all(tx, stored.tenant, id, None)?;
            tokens::drop_of(tx, stored.tenant, id)?;
            tell(tx, stored, now, events::DISABLED, &Happened::by(id, who))?;
            Ok(true)
        })
    }

    /// Lets somebody in again; whether they were kept out.
    ///
    /// # Errors
    /// As [`Engine::change_person`].
    pub fn enable_person(&self, by: &Caller, id: PersonId, now: Instant) -> Result<bool> {
        self.able(by, id, now, |tx, stored, row, who| {
            if row.disabled_at.take().is_none() {
                return Ok(false);
            }
            persons::set(tx, stored.tenant, row)?;
            tell(tx, stored, now, events::ENABLED, &Happened::by(id, who))?;
            Ok(true)
        })
    }

    fn able(
        &self,
        by: &Caller,
        id: PersonId,
        now: Instant,
        work: impl FnOnce(&mut Tx<'_>, &mut StoredTenant, &mut PersonRow, &str) -> Result<bool>,
    ) -> Result<bool> {
        self.db.write(Rows::Tenant(by.tenant), |tx| {
            let mut stored = self.locked_tenant(tx, by.tenant)?;
            let by = self.again(tx, by, now)?;
            let mut row = self.subject(tx, &by, id)?;
            if by.person() == Some(id) {
                return Err(Error::refused("own_standing", "nobody keeps themselves out; ask another owner"));
            }
            work(tx, &mut stored, &mut row, &by.who.to_string())
        })
    }

    /// Forgets what an issuer calls a person, so that its word is not taken for them; whether it was known.
    ///
    /// # Errors
    /// As [`Engine::change_person`].
    pub fn unlink_identity(&self, by: &Caller, id: PersonId, issuer: &str, now: Instant) -> Result<bool> {
        self.db.write(Rows::Tenant(by.tenant), |tx| {
            let mut stored = self.locked_tenant(tx, by.tenant)?;
            let by = self.again(tx, by, now)?;
            let row = self.subject(tx, &by, id)?;
            if row.password.is_none() {
                keep_an_owner(tx, by.tenant, &row)?;
            }
            // No issuer is called so, and not every database takes such a text.
            let removed = !issuer.chars().any(char::is_control) && identities::remove(tx, by.tenant, id, issuer)?;
            if removed {
                let told = Happened { with: Some(issuer.to_owned()), ..Happened::by(id, &by.who.to_string()) };
                tell(tx, &mut stored, now, events::UNLINKED, &told)?;
            }
            Ok(removed)
        })
    }

    /// A caller as they stand now, under the tenant's lock: what they were a moment ago may have been taken from them.
    pub(super) fn again(&self, tx: &mut Tx<'_>, by: &Caller, now: Instant) -> Result<Caller> {
        let now_is = match by.who {
            Who::Person(id) => {
                let row = persons::one(tx, by.tenant, id)?.filter(|row| row.disabled_at.is_none());
                row.map(|row| caller(by.tenant, &row, None)).transpose()?
            }
            Who::Key(id) => super::key::caller_of(tx, by.tenant, id, now)?,
        };
        let gone = || Error::refused("not_allowed", format!("{} may do nothing any more", by.who));
        // Never more than what they came with.
        now_is.map(|now_is| Caller { scopes: now_is.scopes.both(by.scopes), ..now_is }).ok_or_else(gone)
    }

    /// A person whom a caller may change: one who may not do more than the caller, and an owner only by an owner.
    pub(super) fn subject(&self, tx: &mut Tx<'_>, by: &Caller, id: PersonId) -> Result<PersonRow> {
        by.need(Scope::PeopleAct)?;
        let row = found(tx, by.tenant, id)?;
        let role = role_of(&row)?;
        if (role == Role::Owner && !by.is_owner()) || !role.scopes().within(by.scopes) {
            return Err(Error::refused("above_oneself", format!("{} may do more than {}; ask an owner", id, by.who)));
        }
        Ok(row)
    }
}

/// Refuses to give more than the giver has.
fn may_give(by: &Caller, standing: Standing) -> Result<()> {
    if standing.role == Role::Owner && !by.is_owner() {
        return Err(Error::refused("owners_make_owners", "only an owner makes owners"));
    }
    if !standing.role.scopes().within(by.scopes) || !Limit::within(standing.limit, by.limit) {
        return Err(Error::refused("above_oneself", "nobody gives more than they have: a role and a limit within their own"));
    }
    Ok(())
}

/// Refuses what would leave nobody who owns the place.
fn keep_an_owner(tx: &mut Tx<'_>, tenant: TenantId, row: &PersonRow) -> Result<()> {
    let owns = role_of(row)? == Role::Owner && row.disabled_at.is_none();
    if owns && persons::other_owners(tx, tenant, row.person)? == 0 {
        return Err(Error::refused("last_owner", "this is the last owner who can sign in; make another one first"));
    }
    Ok(())
}

pub(super) fn found(tx: &mut Tx<'_>, tenant: TenantId, id: PersonId) -> Result<PersonRow> {
    persons::one(tx, tenant, id)?.ok_or_else(|| Error::not_found("no_person", format!("there is no {id}")))
}

fn seen(tx: &mut Tx<'_>, tenant: TenantId, row: PersonRow) -> Result<Person> {
    let issuers = identities::of(tx, tenant, row.person)?.into_iter().map(|known| known.issuer).collect();
    let token_until = tokens::one(tx, tenant, row.person)?.map(|token| token.expires_at);
    let role = role_of(&row)?;
    Ok(Person {
        person: row.person,
        role,
        limit: row.limit_minor.and_then(Limit::new),
        created_at: row.created_at,
        disabled_at: row.disabled_at,
        has_password: row.password.is_some(),
        second_factor: row.totp_at.is_some(),
        email: row.email,
        name: row.name,
        token_until,
        issuers,
    })
}

fn fresh(person: PersonId, name: String, email: String, role: Role, limit: Option<Limit>, now: Instant) -> PersonRow {
    PersonRow {
        person,
        email,
        name,
        role: role.word().to_owned(),
        limit_minor: limit.map(|limit| limit.minor),
        founder: false,
        created_at: now,
        disabled_at: None,
        password: None,
        totp: None,
        totp_at: None,
        totp_step: 0,
    }
}

fn stands(row: &PersonRow, renamed: bool, by: &str) -> Stands {
    let (role, limit, founder) = (row.role.clone(), row.limit_minor, row.founder);
    Stands { person: row.person, role, limit, founder, renamed, by: by.to_owned() }
}

/// A name and an address that will do.
fn checked(new: NewPerson<'_>) -> Result<(String, String)> {
    let name = checked_name(new.name)?;
    let email = Email::parse(new.email).map_err(|bad| Error::refused("bad_email", bad.to_string()))?;
    Ok((name, address(email.as_str())))
}

/// A name that will do, for a person or a key.
pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::refused("bad_name", format!("a name has 1 to {NAME_MAX} characters and no control characters")));
    }
    Ok(name.to_owned())
}
