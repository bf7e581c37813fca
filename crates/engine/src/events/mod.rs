//! The event feed: everything that happens to a tenant, one thing after the other, as it is told outside.
//!
//! The log has a chain for each customer, so that nobody waits for anybody; here their events are put into one order, after the
//! fact and for good. `docs/adr/0013-event-feed.md` says how. Deliberately absent: personal data, and sockets.

mod became;
mod feed;
mod id;
mod tell;
mod types;

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::feed::{self as rows, FeedRow};

use crate::Engine;
use crate::error::{Error, Result};

pub(crate) use became::Stood;
pub use feed::Fed;
pub use id::{parse as position_of, text as id_of};
pub use types::{Field, Shape, Type, UnknownType};

/// Entries that are read at a time.
const WINDOW: i64 = 500;
/// Entries that one call looks at, at most: with a narrow filter a page may be empty and yet not the last.
const LOOKED_AT_MAX: usize = 10_000;
/// The longest page.
pub const PAGE_MAX: usize = 1_000;

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its place in the feed, from 1, without gaps.
    pub position: i64,
    /// Its id, `evt_…`: the same for ever.
    pub id: String,
    /// Its type.
    pub kind: Type,
    /// When it happened.
    pub at: Instant,
    /// The customer whom it is about, if one.
    pub customer: Option<CustomerId>,
    /// A JSON object with the fields of [`Type::fields`].
    pub data: String,
}

/// A page of the feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Events in the order of their positions.
    pub items: Vec<Event>,
    /// Where the next page begins, as `after`; none when nothing is left now.
    pub next: Option<i64>,
    /// Everything up to here was looked at: whoever asks again later goes on behind it.
    pub seen: i64,
}

impl Engine {
    /// Up to `limit` events behind a position, in order, of these types (all of them when the list is empty) and of one customer
    /// when it is named.
    ///
    /// * `after` — 0 for the beginning; [`Page::next`] or [`Page::seen`] of the page before.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn events(&self, tenant: TenantId, after: i64, types: &[Type], customer: Option<CustomerId>, limit: usize) -> Result<Page> {
        let limit = limit.clamp(1, PAGE_MAX);
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (mut items, mut seen, mut looked_at) = (Vec::new(), after.max(0), 0_usize);
            loop {
                let window = match customer {
                    None => rows::after(tx, tenant, seen, WINDOW)?,
                    Some(customer) => rows::of_stream(tx, tenant, customer.to_bytes(), seen, WINDOW)?,
                };
                let whole = i64::try_from(window.len()) == Ok(WINDOW);
                looked_at += window.len();
                for row in window {
                    if items.len() == limit {
                        return Ok(Page { items, next: Some(seen), seen });
                    }
                    seen = row.position;
                    // A type of a newer program is nothing that this one can tell.
                    items.extend(Event::of(tenant, row).filter(|event| types.is_empty() || types.contains(&event.kind)));
                }
                if !whole {
                    return Ok(Page { items, next: None, seen });
                }
                if items.len() == limit || looked_at >= LOOKED_AT_MAX {
                    return Ok(Page { items, next: Some(seen), seen });
                }
            }
        })
    }

    /// One event by its id.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when the tenant has no such event; whatever the database says.
    pub fn event(&self, tenant: TenantId, id: &str) -> Result<Event> {
        let missing = || Error::not_found("no_event", "there is no such event; ids of events are `evt_` and 26 characters");
        let position = id::parse(tenant, id).ok_or_else(missing)?;
        self.db.read(Scope::Tenant(tenant), |tx| one(tx, tenant, position)?.ok_or_else(missing))
    }

    /// The last position of the feed; 0 when nothing is in it.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn latest_position(&self, tenant: TenantId) -> Result<i64> {
        Ok(self.db.read(Scope::Tenant(tenant), |tx| rows::latest(tx, tenant))?.unwrap_or(0))
    }
}

/// The event at a position.
pub(crate) fn one(tx: &mut Tx<'_>, tenant: TenantId, position: i64) -> Result<Option<Event>> {
    Ok(rows::one(tx, tenant, position)?.and_then(|row| Event::of(tenant, row)))
}

impl Event {
    pub(crate) fn of(tenant: TenantId, row: FeedRow) -> Option<Self> {
        let kind = row.kind.parse().ok()?;
        let customer = CustomerId::from_bytes(row.stream).ok().filter(|_| row.stream != tenant.to_bytes());
        Some(Self { position: row.position, id: id::text(tenant, row.position), kind, at: row.at, customer, data: row.data })
    }
}
