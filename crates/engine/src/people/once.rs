//! Invitations and resets, each good once, and passwords that are chosen.

use regua_core::ids::{PersonId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope as Rows, Tx};
use regua_store::people::persons::{self, PersonRow};
use regua_store::people::tokens::{self, TokenRow};
use regua_store::people::{failures, sessions};

use super::caller::Caller;
use super::events::{self, Happened, MACHINE, tell};
use super::password::{self, Checked};
use super::staff::found;
use super::throttle::{Turn, after};
use super::token::{Sort, Token};
use crate::Engine;
use crate::error::{Error, Result};
use crate::ports::Rng;
use crate::secret::Secret;

/// What a token is for, and how long it is good, in seconds.
pub(super) const INVITE: (&str, i64) = ("invite", 72 * 60 * 60);
const RESET: (&str, i64) = ("reset", 60 * 60);

impl Engine {
    /// A token by which a person chooses a new password: good once and for an hour. It ends the one before.
    ///
    /// * `by` — who asks for it; nobody when it is whoever has the machine.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the caller may not change that person, or they are disabled; [`crate::Kind::NotFound`] without
    /// such a person; whatever the database says.
    pub fn issue_reset(&self, tenant: TenantId, by: Option<&Caller>, id: PersonId, now: Instant, rng: &mut dyn Rng) -> Result<Secret> {
        self.issue_for(tenant, by, id, (RESET, events::RESET_ISSUED), now, rng)
    }

    /// Another invitation for somebody who has not used theirs.
    ///
    /// # Errors
    /// As [`Engine::issue_reset`], and [`crate::Kind::Refused`] when they have chosen a password.
    pub fn invite_again(&self, by: &Caller, id: PersonId, now: Instant, rng: &mut dyn Rng) -> Result<Secret> {
        self.issue_for(by.tenant, Some(by), id, (INVITE, events::INVITED), now, rng)
    }

    fn issue_for(
        &self,
        tenant: TenantId,
        by: Option<&Caller>,
        id: PersonId,
        (what, kind): ((&'static str, i64), &'static str),
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<Secret> {
        if by.is_some_and(|by| by.tenant != tenant) {
            return Err(Error::not_found("no_person", format!("there is no {id}")));
        }
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let (row, who) = match by {
                Some(by) => {
                    let by = self.again(tx, by, now)?;
                    (self.subject(tx, &by, id)?, by.who.to_string())
                }
                None => (found(tx, tenant, id)?, MACHINE.to_owned()),
            };
            if row.disabled_at.is_some() {
                return Err(Error::refused("disabled", "this person may not sign in; let them in again first"));
            }
            if what == INVITE && row.password.is_some() {
                return Err(Error::refused("accepted_before", "this person has chosen a password; issue a reset instead"));
            }
            tell(tx, &mut stored, now, kind, &Happened::by(id, &who))?;
            self.issue(tx, tenant, id, what, now, rng)
        })
    }

    pub(super) fn issue(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        id: PersonId,
        (kind, good): (&'static str, i64),
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<Secret> {
        let token = Token::new(tenant, id.to_bytes(), rng);
        let (hash, expires_at) = (token.hash().to_vec(), after(now, good));
        tokens::put(tx, tenant, &TokenRow { person: id, kind: kind.to_owned(), hash, made_at: now, expires_at })?;
        Ok(token.text(Sort::Once))
    }

    /// Uses an invitation or a reset: the person has this password from now on, and all their sessions have ended. Whoever
    /// asks for a second factor goes on asking.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `bad_token` for one that is none, was used, has ended or is of somebody disabled; or why the
    /// password will not do; whatever the database says.
    pub fn accept(&self, token: &str, password: &str, now: Instant, rng: &mut dyn Rng) -> Result<PersonId> {
        let bad = || Error::refused("bad_token", "this link was used before, has ended, or is none of ours; ask for another");
        let shown = Token::parse(Sort::Once, token).ok_or_else(bad)?;
        let tenant = shown.tenant;
        let person = self.db.read(Rows::Tenant(tenant), |tx| good(tx, &shown, now))?.ok_or_else(bad)?;
        password::accept(password, &person.email, &person.name)?;
        let hash = password::hash(password, rng)?;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let person = good(tx, &shown, now)?.ok_or_else(bad)?;
            if !tokens::take(tx, tenant, person.person, &shown.hash())? {
                return Err(bad());
            }
            persons::set_password(tx, tenant, person.person, &hash)?;
            sessions::end_all(tx, tenant, person.person, None)?;
            failures::clear(tx, tenant, self.typed_mark(tenant, &person.email))?;
            tell(tx, &mut stored, now, events::PASSWORD_SET, &Happened::to(person.person))?;
            Ok(person.person)
        })
    }

    /// Changes one's own password. All other sessions end, and an open reset does.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `wrong_password`, `throttled` after too many of those, or why the new one will not do; whatever
    /// the database says.
    pub fn change_password(&self, by: &Caller, current: &str, new: &str, now: Instant, rng: &mut dyn Rng) -> Result<()> {
        let person = self.proved(by, current, now)?;
        password::accept(new, &person.email, &person.name)?;
        let hash = password::hash(new, rng)?;
        let tenant = by.tenant;
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            unchanged(tx, tenant, &person)?;
            persons::set_password(tx, tenant, person.person, &hash)?;
            sessions::end_all(tx, tenant, person.person, by.session)?;
            tokens::drop_of(tx, tenant, person.person)?;
            tell(tx, &mut stored, now, events::PASSWORD_SET, &Happened::to(person.person))
        })
    }

    /// The person who asks, once more by their password. Guesses count as failed sign-ins do.
    pub(super) fn proved(&self, by: &Caller, password: &str, now: Instant) -> Result<PersonRow> {
        let id = by.person().ok_or_else(|| Error::refused("not_allowed", "a program has no password"))?;
        let person = self.db.read(Rows::Tenant(by.tenant), |tx| found(tx, by.tenant, id))?;
        let counted = match self.begin_try(by.tenant, &person.email, now)? {
            Turn::Wait(until) => {
                let until = regua_core::time::Zone::utc().rfc3339(until);
                return Err(Error::refused("throttled", format!("too many have failed; try again after {until}")));
            }
            Turn::Try(counted) => counted,
        };
        let checked = password::check(password, person.password.as_deref())?;
        if checked == Checked::Wrong || person.disabled_at.is_some() {
            return Err(Error::refused("wrong_password", "this is not the password"));
        }
        self.db.write(Rows::Tenant(by.tenant), |tx| failures::clear(tx, by.tenant, counted.mark))?;
        Ok(person)
    }
}

/// The person of a token that is good, and may sign in.
fn good(tx: &mut Tx<'_>, shown: &Token, now: Instant) -> Result<Option<PersonRow>> {
    let Ok(id) = PersonId::from_bytes(shown.id) else { return Ok(None) };
    let Some(row) = tokens::one(tx, shown.tenant, id)? else { return Ok(None) };
    if !shown.is(&row.hash) || row.expires_at <= now {
        return Ok(None);
    }
    Ok(persons::one(tx, shown.tenant, id)?.filter(|person| person.disabled_at.is_none()))
}

/// Refuses to go on when the password that was proved is not the one any more.
pub(super) fn unchanged(tx: &mut Tx<'_>, tenant: TenantId, proved: &PersonRow) -> Result<PersonRow> {
    let row = found(tx, tenant, proved.person)?;
    if row.password != proved.password || row.disabled_at.is_some() {
        return Err(Error::refused("wrong_password", "this is not the password any more"));
    }
    Ok(row)
}
