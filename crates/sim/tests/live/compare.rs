//! What a living engine decided beside what a backtest decides: every column of `decisions.csv` but `message_id`, whose
//! grouping is the items.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::decide::Outcome;
use regua_core::ids::TenantId;
use regua_core::time::{Instant, Zone};
use regua_engine::Engine;
use regua_sim::backtest::{Backtest, Walked};
use regua_store::db::{Scope, StoreError};
use regua_store::{lookup, reports};

/// What makes a decision happen once.
type Key = (String, String, i64, i64);

/// The other columns: customer, outcome, instant, channels, items.
type Row = (String, String, Instant, String, String);

/// Decisions by key: receivable, step, cycle, occurrence.
pub(crate) type Rows = BTreeMap<Key, Row>;

/// What the database holds.
pub(crate) fn lived(engine: &Engine, tenant: TenantId) -> Rows {
    let mut rows = Rows::new();
    let mut messages: BTreeMap<[u8; 16], BTreeSet<String>> = BTreeMap::new();
    let mut of: BTreeMap<Key, [u8; 16]> = BTreeMap::new();
    let read = engine.db().read(Scope::Tenant(tenant), |tx| {
        reports::decisions(tx, tenant, |row| {
            assert_eq!(row.mode, "live");
            let key = (row.receivable.clone(), row.step, row.cycle, row.occurrence);
            if let Some(message) = row.message {
                messages.entry(message).or_default().insert(row.receivable);
                of.insert(key.clone(), message);
            }
            let twice = rows.insert(key, (row.customer, row.outcome, row.decided_at, row.channels.unwrap_or_default(), String::new()));
            assert_eq!(twice, None, "decided twice");
            Ok(())
        })
    });
    read.unwrap_or_else(|error: StoreError| panic!("{error}"));
    for (key, message) in of {
        let items: Vec<&str> = messages[&message].iter().map(String::as_str).collect();
        if let Some(row) = rows.get_mut(&key) {
            row.4 = items.join(";");
        }
    }
    rows
}

/// What the backtest decides.
pub(crate) fn walked<W>(backtest: &Backtest<'_>, walked: &mut Walked<'_, W>) -> Rows {
    let portfolio = backtest.portfolio();
    let place = |number: u32| usize::try_from(number).expect("32 bits");
    let id = |receivable: u32| portfolio.receivables[place(receivable)].id.to_string();
    let mut rows = Rows::new();
    for decision in walked.decisions().expect("readable") {
        let decision = decision.expect("readable");
        let customer = &portfolio.customers[place(portfolio.receivables[place(decision.receivable)].customer)];
        let outcome = match decision.outcome {
            Outcome::Done => "done",
            Outcome::Skipped(reason) => reason.as_str(),
        };
        let (channels, items) = decision.message.map_or_else(Default::default, |message| {
            let items: Vec<String> = message.items().map(id).collect();
            (message.channels.to_string(), items.join(";"))
        });
        let key = (id(decision.receivable), decision.step.to_owned(), decision.cycle.into(), decision.occurrence.into());
        let twice = rows.insert(key, (customer.id.to_string(), outcome.to_owned(), decision.at, channels, items));
        assert_eq!(twice, None, "decided twice");
    }
    rows
}

/// Fails with the first rows that differ, side by side in the order of time.
pub(crate) fn assert_same(name: &str, lived: &Rows, walked: &Rows) {
    const SHOWN: usize = 10;
    let keys: BTreeSet<&Key> = lived.keys().chain(walked.keys()).collect();
    let mut differing: Vec<(&Key, Option<&Row>, Option<&Row>)> =
        keys.into_iter().map(|key| (key, lived.get(key), walked.get(key))).filter(|(_, a, b)| a != b).collect();
    differing.sort_by_key(|(key, a, b)| (a.iter().chain(b.iter()).map(|row| row.2).min(), *key));
    let text = |row: Option<&Row>| {
        row.map_or_else(
            || "nothing".to_owned(),
            |(_, outcome, at, channels, items)| format!("{outcome} at {} {channels} [{items}]", Zone::utc().rfc3339(*at)),
        )
    };
    let shown: Vec<String> =
        differing.iter().take(SHOWN).map(|(key, a, b)| format!("{key:?}\n    lived  {}\n    walked {}", text(*a), text(*b))).collect();
    assert!(
        differing.is_empty(),
        "{name}: {} of {} rows differ; the first of them:\n  {}",
        differing.len(),
        walked.len(),
        shown.join("\n  ")
    );
}

/// Nobody was set aside.
pub(crate) fn assert_nobody_parked(engine: &Engine, tenant: TenantId) {
    let parked = engine.db().read(Scope::Tenant(tenant), |tx| lookup::parked(tx, tenant, 10));
    assert_eq!(parked.unwrap_or_else(|error: StoreError| panic!("{error}")), []);
}
