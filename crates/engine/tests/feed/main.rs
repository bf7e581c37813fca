//! The event feed: everything that the log says, once each, in one order, whoever feeds it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../verify/company.rs"]
#[expect(dead_code, reason = "another binary uses the rest of it")]
mod company;
mod reading;
mod together;
mod whole;

use std::collections::BTreeMap;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_engine::Engine;
use regua_engine::events::{Event, Fed};
use regua_store::db::Scope;
use regua_store::log::{self, StoredEvent};

/// Feeds until nothing is left.
fn feed(engine: &Engine, now: Instant, limit: i64) -> Fed {
    let mut all = Fed::default();
    loop {
        let one = engine.feed_due(now, limit).unwrap();
        all.add(one);
        if one.is_still() {
            return all;
        }
    }
}

/// A count as positions count.
fn size(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}

/// The whole feed.
fn read(engine: &Engine, tenant: TenantId) -> Vec<Event> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = engine.events(tenant, after, &[], None, 97).unwrap();
        all.extend(page.items);
        match page.next {
            Some(next) => after = next,
            None => return all,
        }
    }
}

/// The whole log.
fn said(engine: &Engine, tenant: TenantId) -> Vec<StoredEvent> {
    let (mut all, mut place) = (Vec::new(), ([0; 16], 0));
    loop {
        let page = engine.db().read(Scope::Tenant(tenant), |tx| log::after(tx, tenant, place, 1_000)).unwrap();
        let Some(last) = page.last() else { return all };
        place = (last.stream, last.seq);
        all.extend(page);
    }
}

/// Where every entry of the feed is from: chain, place, part.
fn origins(engine: &Engine, tenant: TenantId) -> Vec<([u8; 16], i64, i64)> {
    let rows = engine.db().read(Scope::Tenant(tenant), |tx| regua_store::feed::after(tx, tenant, 0, 1_000_000)).unwrap();
    assert!(rows.iter().zip(1..).all(|(row, position)| row.position == position), "positions count from one without gaps");
    rows.iter().map(|row| (row.stream, row.seq, row.part)).collect()
}

/// That nothing stands twice and every chain is told in its order.
fn in_order(engine: &Engine, tenant: TenantId) {
    let mut last: BTreeMap<[u8; 16], (i64, i64)> = BTreeMap::new();
    for (stream, seq, part) in origins(engine, tenant) {
        let before = last.insert(stream, (seq, part));
        let follows = match before {
            None => part == 0,
            Some((of, place)) => (of == seq && part == place + 1) || (of < seq && part == 0),
        };
        assert!(follows, "{seq} {part} behind {before:?}");
    }
}

/// What the log says that has to be told, counted from its own text: by word of the type.
fn expected(said: &[StoredEvent]) -> BTreeMap<&'static str, usize> {
    let mut expected: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut more = |word: &'static str, count: usize| *expected.entry(word).or_default() += count;
    for event in said {
        let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap();
        let facts = payload["facts"].as_array().cloned().unwrap_or_default();
        let fact = |name: &str| facts.iter().filter(|fact| fact["fact"] == name).count();
        let rows = payload["rows"].as_array().cloned().unwrap_or_default();
        match event.kind.as_str() {
            "told" => {
                more("customer.created", usize::from(payload["known"].is_object()));
                more("receivable.created", fact("entered"));
                more("payment.received", fact("paid") + fact("received"));
                more("payment.returned", fact("charged_back"));
                more("promise.made", fact("promised"));
                more("promise.broken", fact("promise_broken"));
                more("policy.migrated", fact("migrated"));
                let changed = ["amended", "credited", "tax_withheld", "fee_added", "credit_used", "subscribed"].map(fact);
                more("receivable.changed", changed.into_iter().sum());
                more("contact.changed", ["opted_out", "opted_in", "bounced", "suppressed", "mended"].map(fact).into_iter().sum());
            }
            "decided" => {
                let done = rows.iter().filter(|row| row[4] == "done").count();
                more("step.done", done);
                more("step.skipped", rows.len() - done);
            }
            "message" if payload["status"] == "sent" => more("message.sent", 1),
            "message" if payload["status"] == "failed" => more("message.failed", 1),
            "message" if payload["status"] == "unknown" => more("message.unknown", 1),
            "policy_published" => more("policy.published", 1),
            "mode_set" => more("mode.changed", 1),
            "day_sealed" => more("day.sealed", 1),
            _ => {}
        }
    }
    expected
}
