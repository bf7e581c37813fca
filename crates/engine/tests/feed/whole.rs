//! A company that has lived some weeks: what is told of it is what happened.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, ReceivableId};
use regua_engine::events::{Event, Shape, Type};
use regua_store::db::Scope;
use serde_json::Value;

use crate::company::{Company, moment, on_lived, shown};
use crate::{expected, feed, in_order, read, said, size};

fn data(event: &Event) -> Value {
    serde_json::from_str(&event.data).unwrap()
}

/// Where an event says that its receivable stands from then on.
fn became(event: &Event) -> Option<String> {
    if event.kind == Type::ReceivablePaid {
        return Some("paid".to_owned());
    }
    if [Type::ReceivableReopened, Type::ReceivableCreated].contains(&event.kind) {
        return Some("open".to_owned());
    }
    data(event)["reason"].as_str().filter(|_| event.kind == Type::ReceivableClosed).map(str::to_owned)
}

/// Whether a value is what its field promises.
fn fits(shape: Shape, value: &Value) -> bool {
    let text = value.as_str();
    match shape {
        Shape::Id(prefix) => {
            text.is_some_and(|text| text.strip_prefix(prefix).is_some_and(|rest| rest.len() == 27 && rest.starts_with('_')))
        }
        Shape::Ids(prefix) => value.as_array().is_some_and(|all| all.iter().all(|one| fits(Shape::Id(prefix), one))),
        Shape::Money => {
            let (amount, currency) = (value["amount"].as_str().unwrap(), value["currency"].as_str().unwrap());
            amount.split_once('.').is_some_and(|(_, cents)| cents.len() == 2) && currency == "BRL" && value.as_object().unwrap().len() == 2
        }
        Shape::Day => text.is_some_and(|text| regua_core::time::Day::parse(text).is_ok()),
        Shape::Instant => text.is_some_and(|text| text.ends_with('Z') && regua_core::time::Instant::parse(text).is_ok()),
        Shape::Word => {
            text.is_some_and(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        }
        Shape::Text => text.is_some(),
        Shape::Int => value.is_i64(),
        Shape::Bool => value.is_boolean(),
    }
}

#[test]
fn what_is_told_is_what_happened_and_nothing_of_persons() {
    // One life for all of it: it takes a while.
    on_lived(|fresh| {
        let company = Company::again(fresh.url());
        let (engine, tenant, now) = (&company.engine, company.tenant, moment("2027-02-10", 12));
        let done = feed(engine, now, 7);
        let (said, told) = (said(engine, tenant), read(engine, tenant));
        assert_eq!((done.said, done.unread, done.events), (u64::try_from(said.len()).unwrap(), 0, u64::try_from(told.len()).unwrap()));
        assert_eq!(engine.latest_position(tenant).unwrap(), size(told.len()));
        in_order(engine, tenant);

        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for event in &told {
            *count.entry(event.kind.word()).or_default() += 1;
            let (data, fields) = (data(event), event.kind.fields());
            for field in &fields {
                match data.get(field.name) {
                    Some(value) => assert!(fits(field.shape, value), "{}: {} {value}", event.kind, field.name),
                    None => assert!(!field.always, "{} has no {}: {data}", event.kind, field.name),
                }
            }
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            assert!(data.as_object().unwrap().keys().all(|name| names.contains(&name.as_str())), "{}: {data}", event.kind);
            for personal in ["@", "Ana", "Bruno", "Hugo", "551198", "a test", "\"test\""] {
                assert!(!event.data.contains(personal), "{}: {data}", event.kind);
            }
            assert_eq!(data.get("customer").and_then(Value::as_str).map(str::to_owned), event.customer.map(|id| id.to_string()));
        }
        for (word, wanted) in expected(&said) {
            assert_eq!(count.get(word).copied().unwrap_or(0), wanted, "{word}");
        }
        for seldom in [
            "access.changed",
            "receivable.paid",
            "receivable.closed",
            "receivable.reopened",
            "promise.broken",
            "dispute.opened",
            "dispute.settled",
            "hold.placed",
            "pause.begun",
            "pause.ended",
            "approval.awaited",
            "customer.changed",
        ] {
            assert!(count.contains_key(seldom), "{seldom}: {count:?}");
        }
        what_became(&company, &told);
        let verdict = company.verdict();
        assert!(verdict.is_clean(), "{}", shown(&verdict.findings));
    });
}

/// What receivables and access became is what rows and the past say.
fn what_became(company: &Company, told: &[Event]) {
    let (engine, tenant) = (&company.engine, company.tenant);
    let rows = engine.db().read(Scope::Tenant(tenant), |tx| {
        tx.rows("SELECT receivable, customer, status FROM receivables WHERE tenant = $1", &[tenant.into()], |row| {
            Ok((row.id(0)?, row.id(1)?, row.text(2)?))
        })
    });
    let rows = rows.unwrap();
    assert!(rows.len() > 10);
    for (receivable, _, status) in &rows {
        let id = ReceivableId::from_bytes(*receivable).unwrap().to_string();
        let last = told.iter().rev().filter(|event| data(event)["receivable"] == id.as_str()).find_map(became);
        assert_eq!(last.as_ref(), Some(status), "{id}");
    }
    // The past carried out again says when access changed, by another way.
    let mut changes = 0;
    let mut customers: Vec<CustomerId> = rows.iter().map(|(_, customer, _)| CustomerId::from_bytes(*customer).unwrap()).collect();
    customers.sort_unstable();
    customers.dedup();
    for customer in customers {
        let (past, recalled) = engine.access_timeline(tenant, &customer.to_string()).unwrap();
        assert!(recalled.ended.is_none());
        let past: Vec<(String, String)> = past.iter().map(|one| (one.was.to_string(), one.state.to_string())).collect();
        let own = told.iter().filter(|event| event.customer == Some(customer) && event.kind == Type::AccessChanged);
        let own: Vec<(String, String)> =
            own.map(|event| (data(event)["was"].as_str().unwrap().to_owned(), data(event)["state"].as_str().unwrap().to_owned())).collect();
        assert_eq!(own, past, "{customer}");
        changes += own.len();
    }
    assert!(changes > 2, "{changes}");
}
