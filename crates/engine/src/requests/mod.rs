//! Requests that may be sent again with their key, and acts that wait for a second person.
//!
//! A request with a key is carried out once: its answer is kept for a day and given again. One that began and was never
//! answered is under way for two minutes; after that nobody knows what it did, and it is not carried out again. What was asked
//! and answered may say anything about anybody, so it is sealed. Deliberately absent: carrying anything out, which is the
//! caller's.

mod held;

use std::fmt;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::db::{Scope, StoreError};
use regua_store::requests::{self, RequestKey};

use crate::Engine;
use crate::error::{Error, Result};

pub(crate) use held::HeldNote;
pub use held::{HeldAct, HeldState, WAITING_HOURS, WAITING_MAX};

/// Hours for which an answer is given again, and after which its key may be used anew.
pub const KEPT_HOURS: i64 = 24;
/// Microseconds after which a request that was not answered is of unknown outcome.
const UNDER_WAY_MICROS: i64 = 2 * 60 * 1_000_000;
/// Most requests or acts that are listed, ended or forgotten at once.
const PAGE_MAX: i64 = 1_000;
/// What answers are sealed for.
const ANSWER: &str = "request answer";

/// What a request with a key finds.
#[derive(Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nobody asked before: carry it out, then finish or drop it.
    New,
    /// It was answered; this is the answer.
    Answered {
        /// The status of HTTP.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// The key was used for something else.
    Other,
    /// It is being carried out.
    UnderWay,
    /// It began and was never answered: whether it happened must be looked up.
    Unknown,
}

/// Without the answer, which may be about people.
impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("New"),
            Self::Answered { status, body } => write!(f, "Answered({status}, {} bytes)", body.len()),
            Self::Other => f.write_str("Other"),
            Self::UnderWay => f.write_str("UnderWay"),
            Self::Unknown => f.write_str("Unknown"),
        }
    }
}

impl Engine {
    /// Begins a request that its caller may send again with this key; what it finds.
    ///
    /// * `digest` — SHA-256 of everything that makes it the same request.
    ///
    /// # Errors
    /// Whatever the database says.
    ///
    /// ```no_run
    /// # use regua_engine::{Engine, requests::Begun};
    /// # fn f(engine: &Engine, tenant: regua_core::ids::TenantId, now: regua_core::time::Instant) -> regua_engine::Result<()> {
    /// let (caller, digest) = ([7; 16], [1; 32]);
    /// if engine.begin_request(tenant, caller, "order-17", &digest, now)? == Begun::New {
    ///     engine.finish_request(tenant, caller, "order-17", 201, b"{}", now)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn begin_request(&self, tenant: TenantId, caller: [u8; 16], key: &str, digest: &[u8; 32], now: Instant) -> Result<Begun> {
        let key = self.request_key(tenant, caller, key);
        let found = self.db.write(Scope::Tenant(tenant), |tx| {
            if requests::begin(tx, &key, digest, now)? {
                return Ok(None);
            }
            if requests::anew(tx, &key, digest, now, now.plus_hours(-KEPT_HOURS))? {
                return Ok(None);
            }
            // It may have been dropped between the two; whoever asks once more begins it.
            let found = requests::find(tx, &key)?;
            Ok::<_, StoreError>(Some(found))
        })?;
        let Some(found) = found else { return Ok(Begun::New) };
        let Some(row) = found else { return Ok(Begun::UnderWay) };
        if row.digest != *digest {
            return Ok(Begun::Other);
        }
        match row.answer {
            Some((status, sealed)) => {
                let status = u16::try_from(status).map_err(|_bad| unreadable("the answer of a request", "its status is none"))?;
                Ok(Begun::Answered { status, body: self.unsealed_request(ANSWER, &answer_owner(&key, status), &sealed)? })
            }
            None if now.micros().saturating_sub(row.begun_at.micros()) <= UNDER_WAY_MICROS => Ok(Begun::UnderWay),
            None => Ok(Begun::Unknown),
        }
    }

    /// Keeps the answer of a request that began, to be given again. One that is answered already or was forgotten stays so:
    /// what was asked for has happened, and failing would hide that.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn finish_request(&self, tenant: TenantId, caller: [u8; 16], key: &str, status: u16, body: &[u8], now: Instant) -> Result<()> {
        let key = self.request_key(tenant, caller, key);
        let sealed = self.sealed_request(ANSWER, &answer_owner(&key, status), body)?;
        self.db.write(Scope::Tenant(tenant), |tx| requests::finish(tx, &key, status, &sealed, now))?;
        Ok(())
    }

    /// Forgets a request that began and changed nothing, so that its key may be used at once.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn drop_request(&self, tenant: TenantId, caller: [u8; 16], key: &str) -> Result<()> {
        let key = self.request_key(tenant, caller, key);
        self.db.write(Scope::Tenant(tenant), |tx| requests::drop(tx, &key))?;
        Ok(())
    }

    /// Forgets up to `limit` requests that began before a moment, at most a thousand; how many. The moment lies at least
    /// [`KEPT_HOURS`] back.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn forget_requests(&self, tenant: TenantId, before: Instant, limit: i64) -> Result<u64> {
        Ok(self.db.write(Scope::Tenant(tenant), |tx| requests::forget(tx, tenant, before, limit.clamp(0, PAGE_MAX)))?)
    }

    fn request_key(&self, tenant: TenantId, caller: [u8; 16], key: &str) -> RequestKey {
        let mark = self.master.mark("idempotency key", &[tenant.to_bytes(), caller].concat(), key.as_bytes());
        RequestKey { tenant, caller, mark }
    }

    fn sealed_request(&self, purpose: &str, owner: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let sealed = self.master.seal(purpose, owner, plain);
        sealed.map_err(|why| Error::bug("sealed", format!("a request cannot be sealed: {why}")))
    }

    fn unsealed_request(&self, purpose: &str, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let opened = self.master.open(purpose, owner, sealed);
        opened.map_err(|why| Error::bug("sealed", format!("a request cannot be opened: {why}; is this the right key file?")))
    }
}

/// Whom an answer is sealed for.
fn answer_owner(key: &RequestKey, status: u16) -> Vec<u8> {
    [&key.tenant.to_bytes()[..], &key.caller, &key.mark, &status.to_be_bytes()].concat()
}

fn unreadable(what: &str, why: &str) -> Error {
    Error::bug("request_read", format!("{what} cannot be read: {why}"))
}
