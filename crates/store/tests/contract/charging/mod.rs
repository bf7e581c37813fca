//! What charging keeps: once each, excluded from each other, and never back from its end, on every database.

mod attempts;
mod money;
mod told;

use crate::common::{NOW, id, tenant};
use regua_core::ids::{ChargeId, CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};
use regua_store::charging::gateways::{self, GatewayRow};
use regua_store::db::{Db, Insert, Scope, StoreError, Tx, Type, Value};

static TENANTS: Insert = Insert::new(
    "tenants",
    &[
        ("tenant", Type::Id),
        ("name", Type::Text),
        ("mode", Type::Text),
        ("created_at", Type::At),
        ("seq", Type::Int),
        ("head", Type::Bytes),
    ],
);

static POLICIES: Insert = Insert::new(
    "policies",
    &[
        ("tenant", Type::Id),
        ("number", Type::Int),
        ("hash", Type::Text),
        ("name", Type::Text),
        ("body", Type::Text),
        ("share_bp", Type::Int),
        ("published_at", Type::At),
    ],
);

static SOURCES: Insert = Insert::new("sources", &[("tenant", Type::Id), ("source", Type::Text), ("read_at", Type::At)]);

static CUSTOMERS: Insert = Insert::new(
    "customers",
    &[
        ("tenant", Type::Id),
        ("customer", Type::Id),
        ("external_id", Type::Text),
        ("source", Type::Text),
        ("profile", Type::Bytes),
        ("created_at", Type::At),
    ],
);

static RECEIVABLES: Insert = Insert::new(
    "receivables",
    &[
        ("tenant", Type::Id),
        ("receivable", Type::Id),
        ("customer", Type::Id),
        ("external_id", Type::Text),
        ("currency", Type::Text),
        ("amount", Type::Int),
        ("issued_on", Type::Date),
        ("due_on", Type::Date),
        ("policy", Type::Int),
        ("status", Type::Text),
        ("balance", Type::Int),
        ("entries", Type::Int),
        ("entered_at", Type::At),
        ("resting", Type::Bool),
        ("walk", Type::Bytes),
    ],
);

const DAY: Day = Day::from_epoch(20_520);

fn later(secs: i64) -> Instant {
    Instant::from_secs(NOW.secs() + secs)
}

fn customer(number: u32) -> CustomerId {
    CustomerId::from_bytes(id(number)).expect("an id")
}

fn receivable(number: u32) -> ReceivableId {
    ReceivableId::from_bytes(id(number)).expect("an id")
}

fn attempt(number: u32) -> ChargeId {
    ChargeId::from_bytes(id(number)).expect("an id")
}

/// Two tenants with two customers each, of whom each owes twice: receivables 11 and 12, 21 and 22. One gateway each.
fn book(db: &Db) -> TenantId {
    for own in [tenant(1), tenant(2)] {
        let made: Result<(), StoreError> = db.write(Scope::Tenant(own), |tx| {
            let tenant = Value::from(own);
            let row = [tenant, Value::Text("Nuvem"), Value::Text("live"), NOW.into(), Value::Int(0), Value::Bytes(&[0; 32])];
            tx.insert(&TENANTS, [row])?;
            let row = [tenant, Value::Int(1), Value::Text("h"), Value::Text("n"), Value::Text("b"), Value::Int(10_000), NOW.into()];
            tx.insert(&POLICIES, [row])?;
            tx.insert(&SOURCES, [[tenant, Value::Text("files"), NOW.into()]])?;
            let names = ["C0", "C1", "C2"];
            tx.insert(
                &CUSTOMERS,
                [1_u32, 2].map(|of| {
                    let name = Value::Text(names[usize::try_from(of).expect("small")]);
                    [tenant, Value::Id(id(of)), name, Value::Text("files"), Value::Bytes(b"sealed"), NOW.into()]
                }),
            )?;
            tx.insert(
                &RECEIVABLES,
                [(11_u32, "R11"), (12, "R12"), (21, "R21"), (22, "R22")].map(|(number, name)| {
                    let (day, int, text) = (Value::Date(DAY), Value::Int(100), Value::Text);
                    [
                        tenant,
                        Value::Id(id(number)),
                        Value::Id(id(number / 10)),
                        text(name),
                        text("BRL"),
                        int,
                        day,
                        day,
                        Value::Int(1),
                        text("open"),
                        int,
                        Value::Int(1),
                        NOW.into(),
                        Value::Bool(false),
                        Value::Bytes(b""),
                    ]
                }),
            )?;
            assert!(gateways::add(tx, own, &gateway("cards"))?);
            Ok(())
        });
        made.expect("a book");
    }
    tenant(1)
}

fn gateway(name: &str) -> GatewayRow {
    GatewayRow {
        gateway: name.to_owned(),
        kind: "sandbox".to_owned(),
        role: "owner".to_owned(),
        added_at: NOW,
        listed_at: NOW,
        place: None,
    }
}

/// Within the tenant, committed.
fn within<T>(db: &Db, own: TenantId, work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
    db.write(Scope::Tenant(own), work)
}
