//! From the log to the feed: pages that are not in it yet, in one order, each event as what it says outside.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::ids::{EndpointId, TenantId};
use regua_core::time::Instant;
use regua_store::chain::{self, Run};
use regua_store::db::{Scope, Tx};
use regua_store::endpoints::{self, EndpointRow};
use regua_store::feed::{self as rows, FeedRow, Said, UnfedPage};

use super::tell::{self, Draft};
use super::types::Type;
use crate::Engine;
use crate::error::Result;

/// Pages that one transaction takes on, at most.
const PAGES_MAX: i64 = 500;
/// Events of the log that one transaction takes on, unless one page has more.
const EVENTS_MAX: u64 = 1_000;
/// Chains are read together whose places lie in the same stretch of so many.
const STRETCH: i64 = 16;

/// What a round of feeding came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fed {
    /// Tenants that had something.
    pub tenants: u64,
    /// Pages of the log.
    pub pages: u64,
    /// Events of the log.
    pub said: u64,
    /// Events of the feed.
    pub events: u64,
    /// Deliveries that were ordered.
    pub deliveries: u64,
    /// Events of the log that this program cannot read, which tell nothing.
    pub unread: u64,
    /// Tenants that somebody else was working on.
    pub busy: u64,
}

impl Fed {
    /// Adds what another round did.
    pub fn add(&mut self, other: Self) {
        self.tenants += other.tenants;
        self.pages += other.pages;
        self.said += other.said;
        self.events += other.events;
        self.deliveries += other.deliveries;
        self.unread += other.unread;
        self.busy += other.busy;
    }

    /// Whether nothing was there to be fed.
    #[must_use]
    pub const fn is_still(&self) -> bool {
        self.pages == 0 && self.busy == 0
    }
}

impl Engine {
    /// Feeds what the log of each tenant has since, up to `limit` pages of each, each tenant in a transaction of its own, and
    /// orders what has to go to its endpoints. Call it again until [`Fed::is_still`]. Several threads and processes may do so
    /// at once: one feeds a tenant at a time.
    ///
    /// # Errors
    /// What the database says of the first tenant that could not be fed; the others were.
    pub fn feed_due(&self, now: Instant, limit: i64) -> Result<Fed> {
        let (mut fed, mut after, mut failed) = (Fed::default(), [0; 16], None);
        while let Some(tenant) = self.db.read(Scope::Claim, |tx| rows::next_tenant(tx, after))? {
            after = tenant.to_bytes();
            match self.db.write(Scope::Tenant(tenant), |tx| feed_tenant(tx, tenant, now, limit.clamp(1, PAGES_MAX))) {
                Ok(one) => fed.add(one),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(fed), Err)
    }
}

fn feed_tenant(tx: &mut Tx<'_>, tenant: TenantId, now: Instant, limit: i64) -> Result<Fed> {
    let busy = Fed { busy: 1, ..Fed::default() };
    let Some(last) = rows::lock(tx, tenant)? else { return Ok(busy) };
    let Some(mut pages) = rows::unfed(tx, tenant, limit)? else { return Ok(busy) };
    let runs = cut(&mut pages);
    if pages.is_empty() {
        return Ok(Fed::default());
    }
    let said = ordered(tx, tenant, &runs)?;
    let mut fed = Fed { tenants: 1, pages: size(pages.len()), said: size(said.len()), ..Fed::default() };
    let mut drafts = Vec::new();
    for event in &said {
        match tell::tell(tenant, event) {
            Some(parts) => drafts.extend(parts.into_iter().zip(0_i64..).map(|(draft, part)| (event, part, draft))),
            None => fed.unread += 1,
        }
    }
    let entries = entries(tx, tenant, drafts, last)?;
    rows::add(tx, tenant, &entries)?;
    rows::fed(tx, tenant, &pages)?;
    fed.events = size(entries.len());
    fed.deliveries = order(tx, tenant, &entries, now)?;
    Ok(fed)
}

/// The runs of pages with the place of their page, up to as many events as one transaction takes on; the other pages wait.
fn cut(pages: &mut Vec<UnfedPage>) -> Vec<(Run, usize)> {
    let (mut runs, mut events) = (Vec::new(), 0_u64);
    let mut kept = 0;
    for (place, page) in pages.iter().enumerate() {
        // One that cannot be read names no events; `verify` says so.
        let own = chain::Page::read(&page.runs).unwrap_or_default();
        let more: u64 = own.iter().map(|run| u64::from(run.count)).sum();
        if place > 0 && events + more > EVENTS_MAX {
            break;
        }
        events += more;
        runs.extend(own.into_iter().map(|run| (run, place)));
        kept = place + 1;
    }
    pages.truncate(kept);
    runs
}

/// What the order of the feed goes by: the latest moment that the chain has come to, page, chain, place.
type Order = (Instant, usize, [u8; 16], i64);

/// The events of runs in the order of the feed: within a chain by place, between chains by the latest moment that the chain has
/// come to, then by page.
fn ordered(tx: &mut Tx<'_>, tenant: TenantId, runs: &[(Run, usize)]) -> Result<Vec<Said>> {
    let mut pages: BTreeMap<([u8; 16], i64), usize> = BTreeMap::new();
    let mut stretches: BTreeMap<i64, BTreeSet<[u8; 16]>> = BTreeMap::new();
    for (run, page) in runs {
        for seq in run.first..run.first.saturating_add(i64::from(run.count)) {
            pages.insert((run.stream, seq), *page);
            stretches.entry(seq.div_euclid(STRETCH)).or_default().insert(run.stream);
        }
    }
    let mut found: BTreeMap<([u8; 16], i64), Said> = BTreeMap::new();
    for (stretch, streams) in stretches {
        let streams: Vec<[u8; 16]> = streams.into_iter().collect();
        let from = stretch.saturating_mul(STRETCH);
        for event in rows::said(tx, tenant, &streams, from, from.saturating_add(STRETCH))? {
            let place = (event.stream, event.seq);
            if pages.contains_key(&place) {
                found.insert(place, event);
            }
        }
    }
    let mut latest: Option<([u8; 16], Instant)> = None;
    let mut keyed: Vec<(Order, Said)> = Vec::with_capacity(found.len());
    for ((stream, seq), event) in found {
        let before = latest.filter(|(of, _)| *of == stream).map_or(Instant::DAWN, |(_, at)| at);
        let at = event.at.max(before);
        latest = Some((stream, at));
        let page = pages.get(&(stream, seq)).copied().unwrap_or(0);
        keyed.push(((at, page, stream, seq), event));
    }
    keyed.sort_by_key(|(order, _)| *order);
    Ok(keyed.into_iter().map(|(_, event)| event).collect())
}

/// Drafts as entries behind a position, with what rows say of what they name.
fn entries(tx: &mut Tx<'_>, tenant: TenantId, drafts: Vec<(&Said, i64, Draft)>, last: i64) -> Result<Vec<FeedRow>> {
    let named = |of: &dyn Fn(&Draft) -> Option<[u8; 16]>| -> Vec<[u8; 16]> {
        let ids: BTreeSet<[u8; 16]> = drafts.iter().filter_map(|(_, _, draft)| of(draft)).collect();
        ids.into_iter().collect()
    };
    let (charges, methods) = (named(&|draft| draft.charge), named(&|draft| draft.method));
    let attempts = if charges.is_empty() { Vec::new() } else { rows::attempts(tx, tenant, &charges)? };
    let methods = if methods.is_empty() { Vec::new() } else { rows::methods(tx, tenant, &methods)? };
    let mut receivables: BTreeSet<[u8; 16]> = named(&|draft| draft.receivable).into_iter().collect();
    receivables.extend(attempts.iter().map(|attempt| attempt.receivable.to_bytes()));
    let receivables: Vec<[u8; 16]> = receivables.into_iter().collect();
    let owed = if receivables.is_empty() { Vec::new() } else { rows::owed(tx, tenant, &receivables)? };
    let known = tell::Known {
        owed: owed.into_iter().map(|owed| (owed.receivable.to_bytes(), owed)).collect(),
        attempts: attempts.into_iter().map(|attempt| (attempt.charge.to_bytes(), attempt)).collect(),
        methods: methods.into_iter().collect(),
    };
    let rows = drafts.into_iter().zip(last.saturating_add(1)..).map(|((event, part, draft), position)| {
        let (kind, at, data) = draft.finish(&known);
        FeedRow { position, stream: event.stream, seq: event.seq, part, kind: kind.word().to_owned(), at, data }
    });
    Ok(rows.collect())
}

/// Orders what has to go to endpoints, and wakes these; how many deliveries.
fn order(tx: &mut Tx<'_>, tenant: TenantId, entries: &[FeedRow], now: Instant) -> Result<u64> {
    if entries.is_empty() || endpoints::all(tx, tenant)?.is_empty() {
        return Ok(0);
    }
    let (mut ordered, mut woken) = (Vec::new(), Vec::new());
    for row in endpoints::lock_all(tx, tenant)?.iter().filter(|row| ["active", "paused"].contains(&row.state.as_str())) {
        let before = ordered.len();
        ordered.extend(entries.iter().filter(|entry| takes(row, entry)).map(|entry| (row.endpoint, entry.position)));
        if ordered.len() > before {
            woken.push((row.endpoint, Some(row.due_at.map_or(now, |due| due.min(now))), row.failing_since));
        }
    }
    let count = endpoints::order(tx, tenant, &ordered, now)?;
    endpoints::stand(tx, tenant, &woken)?;
    Ok(count)
}

/// Whether an entry goes to an endpoint.
fn takes(row: &EndpointRow, entry: &FeedRow) -> bool {
    if entry.kind == Type::EndpointTest.word() {
        return names(&entry.data, row.endpoint);
    }
    row.types.is_empty() || row.types.split(' ').any(|word| word == entry.kind)
}

/// Whether a test is of this endpoint.
fn names(data: &str, endpoint: EndpointId) -> bool {
    let data: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
    data.get("endpoint").and_then(serde_json::Value::as_str) == Some(endpoint.to_string().as_str())
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
