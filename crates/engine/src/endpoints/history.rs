//! What went to an endpoint, what waits and what could not go; sent once more on demand; and forgotten in the end.

use regua_core::ids::{EndpointId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::endpoints::{self as rows, DeliveryRow, EndpointRow};
use regua_store::feed;
use serde_json::json;

use super::{REMOVED, after_secs, locked, missing};
use crate::Engine;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::events::{self, Type};
use crate::log::{self, Act};

/// Positions of the feed that one replay covers, at most.
pub const REPLAY_MAX: i64 = 100_000;
/// Entries of the feed that one transaction of a replay takes on.
const REPLAY_PAGE: i64 = 1_000;
/// For how long deliveries are kept, in seconds: thirty days.
const KEPT_SECS: i64 = 30 * 86_400;
/// The longest page.
const PAGE_MAX: usize = 200;

/// Where a delivery stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DeliveryState {
    /// It goes out when its time comes.
    Waiting,
    /// It is on its way.
    Sending,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sending, Self::Delivered, Self::Failed];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A delivery: one event to one endpoint. It is named by both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// To which endpoint.
    pub endpoint: EndpointId,
    /// The event's place in the feed.
    pub position: i64,
    /// The event's id, which is the webhook's.
    pub event: String,
    /// The event's type; none of a newer program's.
    pub kind: Option<Type>,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was ordered.
    pub created_at: Instant,
    /// When it goes next; of one on its way, when it is taken for lost.
    pub due_at: Option<Instant>,
    /// How often it was tried.
    pub tries: i64,
    /// When it was tried last.
    pub tried_at: Option<Instant>,
    /// When it arrived, or was given up.
    pub finished_at: Option<Instant>,
    /// The status of the last answer.
    pub code: Option<i64>,
    /// A word that says why the last try did not arrive.
    pub error: Option<String>,
}

/// A page of deliveries, the newest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryPage {
    /// The deliveries.
    pub items: Vec<Delivery>,
    /// Where the next page begins, as `before`; none when this is the last.
    pub next: Option<i64>,
}

impl Engine {
    /// The deliveries of an endpoint, the newest event first, in one state when it is named.
    ///
    /// * `before` — [`DeliveryPage::next`] of the page before; none for the newest.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint; whatever the database says.
    pub fn deliveries(
        &self,
        tenant: TenantId,
        endpoint: EndpointId,
        state: Option<DeliveryState>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<DeliveryPage> {
        let limit = limit.clamp(1, PAGE_MAX);
        let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        self.db.read(Scope::Tenant(tenant), |tx| {
            there(tx, tenant, endpoint)?;
            let state = state.map(DeliveryState::word);
            let mut found = rows::list(tx, tenant, endpoint, state, before.unwrap_or(i64::MAX), wanted)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|last| last.position);
            let items = found.into_iter().map(|row| shown(tenant, row)).collect::<Result<Vec<_>>>()?;
            Ok(DeliveryPage { items, next })
        })
    }

    /// Sends one event to an endpoint once more, or for the first time; its delivery then.
    ///
    /// * `event` — its id.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint or event; [`crate::Kind::Refused`] unless the endpoint is active.
    pub fn replay_delivery(&self, tenant: TenantId, endpoint: EndpointId, event: &str, act: &Act, now: Instant) -> Result<Delivery> {
        let no_event = || Error::not_found("no_event", "there is no such event; ids of events are `evt_` and 26 characters");
        let position = events::position_of(tenant, event).ok_or_else(no_event)?;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let row = active(tx, tenant, endpoint)?;
            events::one(tx, tenant, position)?.ok_or_else(no_event)?;
            send_again(tx, tenant, &row, &[position], now)?;
            let payload = json!({ "endpoint": endpoint.to_string(), "from": position, "to": position, "act": act });
            note(tx, &mut stored, now, "endpoint_replayed", log::json(&payload)?)?;
            let row = rows::one_delivery(tx, tenant, endpoint, position)?;
            shown(tenant, row.ok_or_else(|| Error::bug("delivery", "a delivery that was ordered is not there"))?)
        })
    }

    /// Sends every event from one position of the feed to another to an endpoint once more, as far as it takes their types; how
    /// many. Those on their way are left. Receivers know by the id what they had before.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint; [`crate::Kind::Refused`] unless it is active, and beyond
    /// [`REPLAY_MAX`] positions.
    pub fn replay_deliveries(
        &self,
        tenant: TenantId,
        endpoint: EndpointId,
        (from, to): (i64, i64),
        act: &Act,
        now: Instant,
    ) -> Result<u64> {
        let from = from.max(1);
        if to < from || to.saturating_sub(from) >= REPLAY_MAX {
            let why = format!("a replay goes from a position to a later one, {REPLAY_MAX} at most; replay the rest after it");
            return Err(Error::refused("bad_range", why));
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            active(tx, tenant, endpoint)?;
            let payload = json!({ "endpoint": endpoint.to_string(), "from": from, "to": to, "act": act });
            note(tx, &mut stored, now, "endpoint_replayed", log::json(&payload)?)
        })?;
        let (mut after, mut sent) = (from - 1, 0);
        loop {
            let (last, count) = self.db.write(Scope::Tenant(tenant), |tx| {
                let row = active(tx, tenant, endpoint)?;
                let mut page = feed::after(tx, tenant, after, REPLAY_PAGE)?;
                page.retain(|entry| entry.position <= to);
                let last = page.last().map(|entry| entry.position);
                // A test was of its moment.
                page.retain(|entry| entry.kind != Type::EndpointTest.word() && takes(&row, &entry.kind));
                let positions: Vec<i64> = page.iter().map(|entry| entry.position).collect();
                Ok::<_, Error>((last, send_again(tx, tenant, &row, &positions, now)?))
            })?;
            sent += count;
            match last {
                Some(last) if last < to => after = last,
                Some(_) | None => return Ok(sent),
            }
        }
    }

    /// Forgets about `limit` deliveries of a tenant that nobody needs any more: those that ended thirty days ago, those that have
    /// waited as long for an endpoint that is not active, and those of endpoints that were removed. How many; call it again
    /// until nothing is left.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn forget_deliveries(&self, tenant: TenantId, now: Instant, limit: i64) -> Result<u64> {
        let (limit, before) = (limit.max(1), after_secs(now, -KEPT_SECS));
        let mut gone = self.db.write(Scope::Tenant(tenant), |tx| rows::forget(tx, tenant, before, limit))?;
        let all = self.db.read(Scope::Tenant(tenant), |tx| rows::all(tx, tenant))?;
        for row in all.iter().filter(|row| row.state != "active") {
            let removed = row.state == REMOVED;
            let before = if removed { Instant::NEVER } else { before };
            gone += self.db.write(Scope::Tenant(tenant), |tx| {
                rows::lock(tx, tenant, &[row.endpoint.to_bytes()])?;
                let gone = rows::forget_of(tx, tenant, row.endpoint, before, limit)?;
                if removed && rows::list(tx, tenant, row.endpoint, None, i64::MAX, 1)?.is_empty() {
                    rows::remove(tx, tenant, row.endpoint)?;
                }
                Ok::<_, Error>(gone)
            })?;
        }
        Ok(gone)
    }
}

/// Orders deliveries to an endpoint, or lets those that were go once more; how many.
fn send_again(tx: &mut Tx<'_>, tenant: TenantId, row: &EndpointRow, positions: &[i64], now: Instant) -> Result<u64> {
    if positions.is_empty() {
        return Ok(0);
    }
    let again = rows::again(tx, tenant, row.endpoint, positions, now)?;
    let pairs: Vec<(EndpointId, i64)> = positions.iter().map(|position| (row.endpoint, *position)).collect();
    let new = rows::order(tx, tenant, &pairs, now)?;
    rows::stand(tx, tenant, &[(row.endpoint, Some(row.due_at.map_or(now, |due| due.min(now))), row.failing_since)])?;
    Ok(again.saturating_add(new))
}

/// Whether an endpoint takes a type.
fn takes(row: &EndpointRow, kind: &str) -> bool {
    row.types.is_empty() || row.types.split(' ').any(|word| word == kind)
}

/// An active endpoint under its lock.
fn active(tx: &mut Tx<'_>, tenant: TenantId, endpoint: EndpointId) -> Result<EndpointRow> {
    let row = locked(tx, tenant, endpoint)?;
    if row.state == "active" {
        return Ok(row);
    }
    Err(Error::refused("endpoint_not_active", "nothing goes to it now; resume it first"))
}

fn there(tx: &mut Tx<'_>, tenant: TenantId, endpoint: EndpointId) -> Result<()> {
    let row = rows::one(tx, tenant, endpoint)?;
    row.filter(|row| row.state != REMOVED).map(drop).ok_or_else(missing)
}

fn shown(tenant: TenantId, row: DeliveryRow) -> Result<Delivery> {
    let state = DeliveryState::parse(&row.status);
    Ok(Delivery {
        endpoint: row.endpoint,
        position: row.position,
        event: events::id_of(tenant, row.position),
        kind: row.kind.parse().ok(),
        state: state.ok_or_else(|| Error::bug("delivery", format!("`{}` is no state of a delivery", row.status)))?,
        created_at: row.created_at,
        due_at: row.due_at,
        tries: row.tries,
        tried_at: row.tried_at,
        finished_at: row.finished_at,
        code: row.code,
        error: row.error,
    })
}
