//! Sessions: found by their token, listed, ended.

use regua_core::ids::{PersonId, SessionId, TenantId};
use regua_core::time::{Instant, Zone};
use regua_store::db::{Scope as Rows, Tx};
use regua_store::people::persons::{self, PersonRow};
use regua_store::people::sessions::{self, SessionRow};
use regua_store::tenants::StoredTenant;

use super::caller::{Caller, Limit, Who};
use super::events::{self, Happened, tell};
use super::role::Role;
use super::throttle::{SWEPT_MAX, after};
use super::token::{Sort, Token};
use crate::Engine;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::ports::Rng;
use crate::secret::Secret;

/// A session that nobody used for so long has ended, in seconds.
const IDLE: i64 = 12 * 60 * 60;
/// However busy, a session ends after so long, in seconds.
const WHOLE: i64 = 30 * 24 * 60 * 60;
/// When it was last seen is written no more often than this, in seconds.
const SLIDE: i64 = 60;
/// Sessions that are listed.
const LISTED: i64 = 200;

/// Somebody is signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser shows from now on. It is nowhere else.
    pub token: Secret,
    /// Who that is; with [`Caller::csrf`].
    pub caller: Caller,
    /// When the session ends, however busy it is.
    pub expires_at: Instant,
}

/// A session as its person sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionView {
    /// Which.
    pub session: SessionId,
    /// When it began.
    pub made_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// When it ends, however busy it is.
    pub expires_at: Instant,
    /// A word that two sessions share when they began on one day at one address. The address itself is not kept.
    pub place: String,
}

impl Engine {
    /// Forgets up to `limit` sessions, at most a thousand, that have ended because nobody used them; how many. One whose time is up
    /// is used no more either.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn forget_sessions(&self, tenant: TenantId, now: Instant, limit: i64) -> Result<u64> {
        let before = after(now, -IDLE);
        Ok(self.db.write(Rows::Tenant(tenant), |tx| sessions::forget(tx, tenant, before, limit.clamp(0, SWEPT_MAX)))?)
    }

    /// Who shows a session's token; nobody when it is none, has ended, or its person may not sign in any more.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn session(&self, token: &str, now: Instant) -> Result<Option<Caller>> {
        let Some(shown) = Token::parse(Sort::Session, token) else { return Ok(None) };
        let found = self.db.read(Rows::Tenant(shown.tenant), |tx| live(tx, &shown, now))?;
        let Some((row, person)) = found else { return Ok(None) };
        if after(row.seen_at, SLIDE) <= now {
            // Whoever cannot write it now does next time: the session is good all the same.
            drop(self.db.write(Rows::Tenant(shown.tenant), |tx| sessions::see(tx, shown.tenant, row.session, now)));
        }
        caller(shown.tenant, &person, Some((&shown, row.session))).map(Some)
    }

    /// Ends the session of a token; whether there was one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn sign_out(&self, token: &str, now: Instant) -> Result<bool> {
        let Some(shown) = Token::parse(Sort::Session, token) else { return Ok(false) };
        self.db.write(Rows::Tenant(shown.tenant), |tx| {
            if live(tx, &shown, now)?.is_none() {
                return Ok(false);
            }
            let mut stored = self.locked_tenant(tx, shown.tenant)?;
            let Some((row, _)) = live(tx, &shown, now)? else { return Ok(false) };
            sessions::end(tx, shown.tenant, row.person, row.session)?;
            let told = Happened { session: Some(row.session), ..Happened::to(row.person) };
            tell(tx, &mut stored, now, events::SIGNED_OUT, &told)?;
            Ok(true)
        })
    }

    /// The sessions of a person that run, the last used first: 200 at most.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn sessions(&self, tenant: TenantId, person: PersonId, now: Instant) -> Result<Vec<SessionView>> {
        let rows = self.db.read(Rows::Tenant(tenant), |tx| sessions::of(tx, tenant, person, LISTED).map_err(Error::from))?;
        let view = |row: SessionRow| SessionView {
            session: row.session,
            made_at: row.made_at,
            seen_at: row.seen_at,
            expires_at: row.expires_at,
            place: row.place.iter().take(4).map(|byte| format!("{byte:02x}")).collect(),
        };
        Ok(rows.into_iter().filter(|row| runs(row, now)).map(view).collect())
    }

    /// Ends a session of one's own, or of somebody else; whether there was one.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when it is somebody else's and the caller may not change them; whatever the database says.
    pub fn end_session(&self, by: &Caller, person: PersonId, session: SessionId, now: Instant) -> Result<bool> {
        self.db.write(Rows::Tenant(by.tenant), |tx| {
            let mut stored = self.locked_tenant(tx, by.tenant)?;
            self.may_end(tx, by, person, now)?;
            let ended = sessions::end(tx, by.tenant, person, session)?;
            if ended {
                let told = Happened { session: Some(session), ..Happened::by(person, &by.who.to_string()) };
                tell(tx, &mut stored, now, events::SESSIONS_ENDED, &told)?;
            }
            Ok(ended)
        })
    }

    /// Ends all sessions of oneself or of somebody else, or all but one; how many.
    ///
    /// # Errors
    /// As [`Engine::end_session`].
    pub fn end_sessions(&self, by: &Caller, person: PersonId, but: Option<SessionId>, now: Instant) -> Result<u64> {
        self.db.write(Rows::Tenant(by.tenant), |tx| {
            let mut stored = self.locked_tenant(tx, by.tenant)?;
            self.may_end(tx, by, person, now)?;
            let ended = sessions::end_all(tx, by.tenant, person, but)?;
            if ended > 0 {
                tell(tx, &mut stored, now, events::SESSIONS_ENDED, &Happened::by(person, &by.who.to_string()))?;
            }
            Ok(ended)
        })
    }

    fn may_end(&self, tx: &mut Tx<'_>, by: &Caller, person: PersonId, now: Instant) -> Result<()> {
        let by = self.again(tx, by, now)?;
        if by.person() == Some(person) {
            return Ok(());
        }
        self.subject(tx, &by, person).map(drop)
    }

    /// Begins a session: always a new one, whatever the browser showed before.
    pub(super) fn begin_session(
        &self,
        tx: &mut Tx<'_>,
        stored: &mut StoredTenant,
        person: &PersonRow,
        begin: Begin<'_>,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<SignedIn> {
        let tenant = stored.tenant;
        let session = SessionId::new(millis(now), rng.bytes());
        let token = Token::new(tenant, session.to_bytes(), rng);
        let mut place = tenant.to_bytes().to_vec();
        place.extend_from_slice(&Zone::utc().day_of(now).epoch().to_be_bytes());
        let expires_at = after(now, WHOLE);
        let row = SessionRow {
            session,
            person: person.person,
            hash: token.hash().to_vec(),
            made_at: now,
            seen_at: now,
            expires_at,
            place: self.master.mark("place", &place, begin.from.as_bytes()),
        };
        sessions::end_old(tx, tenant, person.person, after(now, -IDLE), now)?;
        sessions::add(tx, tenant, &row)?;
        let told = Happened { with: begin.with.map(str::to_owned), session: Some(session), ..Happened::to(person.person) };
        tell(tx, stored, now, events::SIGNED_IN, &told)?;
        let caller = caller(tenant, person, Some((&token, session)))?;
        Ok(SignedIn { token: token.text(Sort::Session), caller, expires_at })
    }
}

/// How a session begins.
#[derive(Clone, Copy)]
pub(super) struct Begin<'a> {
    /// The address that it comes from.
    pub(super) from: &'a str,
    /// With what, besides a password.
    pub(super) with: Option<&'a str>,
}

/// The session of a token and its person, while both are good.
fn live(tx: &mut Tx<'_>, shown: &Token, now: Instant) -> Result<Option<(SessionRow, PersonRow)>> {
    let Ok(id) = SessionId::from_bytes(shown.id) else { return Ok(None) };
    let Some(row) = sessions::one(tx, shown.tenant, id)? else { return Ok(None) };
    if !shown.is(&row.hash) || !runs(&row, now) {
        return Ok(None);
    }
    let person = persons::one(tx, shown.tenant, row.person)?.filter(|person| person.disabled_at.is_none());
    Ok(person.map(|person| (row, person)))
}

fn runs(row: &SessionRow, now: Instant) -> bool {
    after(row.seen_at, IDLE) > now && row.expires_at > now
}

/// A person as a caller, with the session that they come in.
pub(super) fn caller(tenant: TenantId, person: &PersonRow, session: Option<(&Token, SessionId)>) -> Result<Caller> {
    let role = role_of(person)?;
    Ok(Caller {
        tenant,
        who: Who::Person(person.person),
        name: person.name.clone(),
        role: Some(role),
        scopes: role.scopes(),
        limit: person.limit_minor.and_then(Limit::new),
        csrf: session.map(|(token, _)| token.csrf()),
        session: session.map(|(_, id)| id),
    })
}

pub(super) fn role_of(person: &PersonRow) -> Result<Role> {
    Role::parse(&person.role).ok_or_else(|| Error::bug("role", format!("{} has a role that this program does not know", person.person)))
}
