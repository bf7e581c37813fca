//! Acts beyond the limit of whoever asked for them: they wait for another person, who answers for them.
//!
//! Each step is an event of the tenant's own chain, which says ids, the operation, what is at stake and the state, and nobody's
//! words. An act that was approved runs once: one of which nobody knows how it ended is shown as running, and never run again.

use std::fmt;

use regua_core::currency::Currency;
use regua_core::ids::{ActId, TenantId};
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::requests::{self, HeldRow};
use regua_store::tenants::StoredTenant;
use serde::{Deserialize, Serialize};

use super::{ANSWER, PAGE_MAX, unreadable};
use crate::Engine;
use crate::commands::tenant::{millis, note};
use crate::error::{Error, Result};
use crate::log;
use crate::people::{Caller, Who};
use crate::ports::Rng;

/// Hours for which an act waits for a second person.
pub const WAITING_HOURS: i64 = 7 * 24;
/// Acts of a tenant that wait at most.
pub const WAITING_MAX: i64 = 1_000;
/// Microseconds after which an act that runs is of unknown outcome.
const RUNNING_MICROS: i64 = 10 * 60 * 1_000_000;
/// Acts whose time is over that are ended when another is held.
const SWEPT: i64 = 20;
/// Longest name of an operation, in bytes.
const OPERATION_MAX: usize = 100;
/// Longest request that is held, in bytes.
const REQUEST_MAX: usize = 1 << 20;
/// What is sealed of an act, beside its answer.
const REQUEST: &str = "held request";
const ASKED: &str = "held act asked";
const DECIDED: &str = "held act decided";

/// Where a held act stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum HeldState {
    /// For a second person.
    Waiting,
    /// It was approved, and is being carried out; or was, and nobody knows what came of it.
    Running,
    /// It was approved and carried out.
    Done,
    /// Somebody refused it.
    Refused,
    /// Nobody decided in time.
    Expired,
}

impl HeldState {
    /// Every state, in the order in which an act comes to it.
    pub const ALL: &'static [Self] = &[Self::Waiting, Self::Running, Self::Done, Self::Refused, Self::Expired];

    /// Its word, as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    /// The state of a word.
    ///
    /// ```
    /// use regua_engine::requests::HeldState;
    /// assert_eq!(HeldState::parse("waiting"), Some(HeldState::Waiting));
    /// assert_eq!(HeldState::parse("Waiting"), None);
    /// ```
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word)
    }
}

impl fmt::Display for HeldState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An act beyond the limit of whoever asked for it.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldAct {
    /// Its id.
    pub id: ActId,
    /// Which operation, by its name in the API.
    pub operation: String,
    /// How much it is about.
    pub stake: Money,
    /// Who asked, as the audit calls them.
    pub by: String,
    /// The person or key that asked.
    pub by_id: [u8; 16],
    /// Why, in their words.
    pub reason: Option<String>,
    /// Where it stands.
    pub state: HeldState,
    /// When it was asked for.
    pub created_at: Instant,
    /// The first moment at which nobody may approve it any more.
    pub expires_at: Instant,
    /// Who approved or refused it.
    pub decided_by: Option<String>,
    /// When they did.
    pub decided_at: Option<Instant>,
    /// Why they refused, in their words.
    pub refused_because: Option<String>,
    /// What carrying it out answered: the status of HTTP, and the body.
    pub answer: Option<(u16, Vec<u8>)>,
    /// The request as it was asked for.
    pub request: Vec<u8>,
}

/// Without people's words, request and answer.
impl fmt::Debug for HeldAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldAct")
            .field("id", &self.id)
            .field("operation", &self.operation)
            .field("stake", &self.stake)
            .field("state", &self.state)
            .field("created_at", &self.created_at)
            .field("decided_at", &self.decided_at)
            .finish_non_exhaustive()
    }
}

impl HeldAct {
    /// Whether it has been running for longer than anything does: what came of it must be looked up, and it is not run again.
    #[must_use]
    pub fn is_unknown(&self, now: Instant) -> bool {
        let since = self.decided_at.map_or(now.micros(), Instant::micros);
        self.state == HeldState::Running && now.micros().saturating_sub(since) > RUNNING_MICROS
    }
}

/// Who, and why: sealed beside an act.
#[derive(Serialize, Deserialize)]
struct Word {
    by: String,
    reason: Option<String>,
}

/// The payload of an event of kind `held_act`: a step of one, without anybody's words.
#[derive(Serialize, Deserialize)]
pub(crate) struct HeldNote {
    /// Which.
    pub(crate) act: ActId,
    /// Which operation.
    pub(crate) operation: String,
    /// The currency of what is at stake.
    pub(crate) currency: String,
    /// What is at stake, in minor units.
    pub(crate) stake: i64,
    /// What it came to.
    pub(crate) state: String,
    /// The person or key by whom; nobody when its time was over or it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
}

impl Engine {
    /// Lets an act wait for a second person, for [`WAITING_HOURS`].
    ///
    /// * `request` — what carrying it out later needs.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `many_held_acts`, when [`WAITING_MAX`] wait already; `held_act_long` for a request beyond a
    /// mebibyte. Whatever the database says.
    #[expect(clippy::too_many_arguments, reason = "an act is exactly these")]
    pub fn hold_act(
        &self,
        tenant: TenantId,
        caller: &Caller,
        operation: &str,
        stake: Money,
        request: &[u8],
        reason: Option<&str>,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<ActId> {
        if request.len() > REQUEST_MAX || operation.len() > OPERATION_MAX {
            return Err(Error::refused("held_act_long", "this is too long to wait for a second person; ask for less at once"));
        }
        let id = ActId::new(millis(now), rng.bytes());
        let asked = Word { by: caller.name.clone(), reason: reason.map(str::to_owned) };
        let row = HeldRow {
            act: id,
            operation: operation.to_owned(),
            currency: stake.currency().code().to_owned(),
            stake: stake.minor(),
            asked_by: id_of(caller.who),
            state: HeldState::Waiting.as_str().to_owned(),
            created_at: now,
            expires_at: now.plus_hours(WAITING_HOURS),
            decided_at: None,
            asked: self.sealed_request(ASKED, &owner(tenant, id), log::json(&asked)?.as_bytes())?,
            decided: None,
            request: self.sealed_request(REQUEST, &owner(tenant, id), request)?,
            answer: None,
        };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            expire(tx, &mut stored, now, SWEPT)?;
            // The tenant's row is locked, so nobody else adds one meanwhile.
            if requests::waiting(tx, tenant)? >= WAITING_MAX {
                let told = format!("{WAITING_MAX} acts wait for a second person; approve or refuse some of them first");
                return Err(Error::refused("many_held_acts", told));
            }
            requests::hold(tx, tenant, &row)?;
            step(tx, &mut stored, now, &row, HeldState::Waiting, Some(caller.who))
        })?;
        Ok(id)
    }

    /// Up to `limit` acts, the newest first, at most a thousand: of a state or of all, older than `before`. One whose time is
    /// over waits until [`Engine::expire_acts`] or somebody who decides finds it.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn held_acts(&self, tenant: TenantId, state: Option<HeldState>, before: Option<[u8; 16]>, limit: i64) -> Result<Vec<HeldAct>> {
        let (state, before) = (state.map(HeldState::as_str), before.unwrap_or([0xff; 16]));
        let limit = limit.clamp(0, PAGE_MAX);
        let rows = self.db.read(Scope::Tenant(tenant), |tx| requests::list(tx, tenant, state, before, limit))?;
        rows.into_iter().map(|row| self.read_act(tenant, row)).collect()
    }

    /// An act.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`], `no_held_act`; whatever the database says.
    pub fn held_act(&self, tenant: TenantId, id: ActId) -> Result<HeldAct> {
        let row = self.db.read(Scope::Tenant(tenant), |tx| requests::one(tx, tenant, id))?;
        self.read_act(tenant, row.ok_or_else(|| no_act(id))?)
    }

    /// Approves an act that waits: it is running, and whoever approved it carries it out now, once.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `needs_person` for a key, `own_act` for who asked, `beyond_limit` for a stake above the
    /// approver's own limit, `held_act_decided` when it does not wait any more, also because its time is over.
    /// [`crate::Kind::NotFound`], `no_held_act`. Whatever the database says.
    pub fn approve_act(&self, tenant: TenantId, id: ActId, caller: &Caller, now: Instant) -> Result<HeldAct> {
        let row = self.decide_act(tenant, id, caller, HeldState::Running, None, now, |row| {
            if caller.person().is_none() {
                return Err(Error::refused("needs_person", "a person approves this, not a key"));
            }
            if id_of(caller.who) == row.asked_by {
                return Err(Error::refused("own_act", "whoever asked for this cannot approve it; somebody else must"));
            }
            if caller.limit.is_some_and(|limit| !limit.allows(row.stake)) {
                return Err(Error::refused("beyond_limit", "this is above your own limit too; somebody with a higher one must approve it"));
            }
            Ok(())
        })?;
        self.read_act(tenant, row)
    }

    /// Keeps what carrying an act out answered: it is done.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `held_act_not_running`; [`crate::Kind::NotFound`], `no_held_act`; whatever the database says.
    pub fn finish_act(&self, tenant: TenantId, id: ActId, status: u16, body: &[u8], now: Instant) -> Result<()> {
        let sealed = self.sealed_request(ANSWER, &owner(tenant, id), body)?;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let row = requests::one(tx, tenant, id)?.ok_or_else(|| no_act(id))?;
            if !requests::end(tx, tenant, id, status, &sealed, now)? {
                return Err(Error::refused("held_act_not_running", format!("{id} is {}; only what runs can be done", row.state)));
            }
            step(tx, &mut stored, now, &row, HeldState::Done, None)
        })
    }

    /// Refuses an act that waits. Whoever asked for it may, too: that takes it back.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `held_act_decided`, when it does not wait any more; [`crate::Kind::NotFound`], `no_held_act`;
    /// whatever the database says.
    pub fn refuse_act(&self, tenant: TenantId, id: ActId, caller: &Caller, reason: Option<&str>, now: Instant) -> Result<()> {
        self.decide_act(tenant, id, caller, HeldState::Refused, reason, now, |_row| Ok(())).map(drop)
    }

    /// Ends up to `limit` acts that nobody decided over in time, at most a thousand; how many.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn expire_acts(&self, tenant: TenantId, now: Instant, limit: i64) -> Result<u64> {
        let late = self.db.read(Scope::Tenant(tenant), |tx| requests::late(tx, tenant, now, 1))?;
        if late.is_empty() {
            return Ok(0);
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            expire(tx, &mut stored, now, limit.clamp(0, PAGE_MAX))
        })
    }

    /// Forgets up to `limit` acts that were over before a moment, at most a thousand, with what was asked and answered; how
    /// many. The audit keeps their steps.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn forget_held_acts(&self, tenant: TenantId, before: Instant, limit: i64) -> Result<u64> {
        Ok(self.db.write(Scope::Tenant(tenant), |tx| requests::forget_held(tx, tenant, before, limit.clamp(0, PAGE_MAX)))?)
    }

    /// Decides over an act that waits, if `may` has nothing against it; its row as it is then.
    #[expect(clippy::too_many_arguments, reason = "a decision is exactly these")]
    fn decide_act(
        &self,
        tenant: TenantId,
        id: ActId,
        caller: &Caller,
        state: HeldState,
        reason: Option<&str>,
        now: Instant,
        may: impl FnOnce(&HeldRow) -> Result<()>,
    ) -> Result<HeldRow> {
        let word = Word { by: caller.name.clone(), reason: reason.map(str::to_owned) };
        let sealed = self.sealed_request(DECIDED, &owner(tenant, id), log::json(&word)?.as_bytes())?;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let mut row = requests::one(tx, tenant, id)?.ok_or_else(|| no_act(id))?;
            if row.state != HeldState::Waiting.as_str() {
                return Err(decided_before(id, &row.state));
            }
            if row.expires_at <= now {
                // This is kept: only the answer is a refusal.
                over(tx, &mut stored, now, &row)?;
                return Ok(Err(decided_before(id, HeldState::Expired.as_str())));
            }
            may(&row)?;
            if !requests::decide(tx, tenant, id, state.as_str(), &sealed, now)? {
                return Err(decided_before(id, "decided"));
            }
            step(tx, &mut stored, now, &row, state, Some(caller.who))?;
            state.as_str().clone_into(&mut row.state);
            (row.decided_at, row.decided) = (Some(now), Some(sealed.clone()));
            Ok::<_, Error>(Ok(row))
        })?
    }

    fn read_act(&self, tenant: TenantId, row: HeldRow) -> Result<HeldAct> {
        let bad = |why: &str| unreadable("a held act", why);
        let owner = owner(tenant, row.act);
        let currency = Currency::parse(&row.currency).ok_or_else(|| bad("its currency is none"))?;
        let word = |purpose: &str, sealed: &[u8]| -> Result<Word> {
            serde_json::from_slice(&self.unsealed_request(purpose, &owner, sealed)?).map_err(|_why| bad("who asked or decided is not said"))
        };
        let asked = word(ASKED, &row.asked)?;
        let decided = row.decided.as_deref().map(|sealed| word(DECIDED, sealed)).transpose()?;
        let answer = row.answer.map(|(status, sealed)| {
            let status = u16::try_from(status).map_err(|_bad| bad("the status of its answer is none"))?;
            Ok::<_, Error>((status, self.unsealed_request(ANSWER, &owner, &sealed)?))
        });
        let (decided_by, refused_because) = decided.map_or((None, None), |word| (Some(word.by), word.reason));
        Ok(HeldAct {
            id: row.act,
            operation: row.operation,
            stake: Money::new(row.stake, currency),
            by: asked.by,
            by_id: row.asked_by,
            reason: asked.reason,
            state: HeldState::parse(&row.state).ok_or_else(|| bad("its state is none"))?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            decided_by,
            decided_at: row.decided_at,
            refused_because,
            answer: answer.transpose()?,
            request: self.unsealed_request(REQUEST, &owner, &row.request)?,
        })
    }
}

fn owner(tenant: TenantId, act: ActId) -> Vec<u8> {
    [tenant.to_bytes(), act.to_bytes()].concat()
}

const fn id_of(who: Who) -> [u8; 16] {
    match who {
        Who::Person(id) => id.to_bytes(),
        Who::Key(id) => id.to_bytes(),
    }
}

fn no_act(id: ActId) -> Error {
    Error::not_found("no_held_act", format!("there is no act {id} that waits or waited for a second person"))
}

fn decided_before(id: ActId, state: &str) -> Error {
    Error::refused("held_act_decided", format!("{id} does not wait any more: it is {state}"))
}

/// Ends acts whose time is over; how many.
fn expire(tx: &mut Tx<'_>, stored: &mut StoredTenant, now: Instant, limit: i64) -> Result<u64> {
    let mut ended = 0;
    for row in requests::late(tx, stored.tenant, now, limit)? {
        over(tx, stored, now, &row)?;
        ended += 1;
    }
    Ok(ended)
}

/// Ends an act whose time is over.
fn over(tx: &mut Tx<'_>, stored: &mut StoredTenant, now: Instant, row: &HeldRow) -> Result<()> {
    if requests::expire(tx, stored.tenant, row.act, now)? {
        step(tx, stored, now, row, HeldState::Expired, None)?;
    }
    Ok(())
}

/// Enters a step of an act into the tenant's chain.
fn step(tx: &mut Tx<'_>, stored: &mut StoredTenant, now: Instant, row: &HeldRow, state: HeldState, by: Option<Who>) -> Result<()> {
    let payload = HeldNote {
        act: row.act,
        operation: row.operation.clone(),
        currency: row.currency.clone(),
        stake: row.stake,
        state: state.as_str().to_owned(),
        by: by.map(|who| who.to_string()),
    };
    note(tx, stored, now, "held_act", log::json(&payload)?)
}
