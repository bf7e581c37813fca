//! What the suites share: a small schema of their own, and one test on each kind of database.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::{Day, Instant};
use regua_store::db::{Db, Insert, Options, Type, Value};
use regua_store::migrate::{Migration, fingerprint};
use regua_store::migrations::MIGRATIONS;
use regua_testkit::Fresh;
use regua_testkit::postgres::TempDatabase;

pub(crate) const NOW: Instant = Instant::from_secs(1_800_000_000);

pub(crate) const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "0001_things",
    common:
        "CREATE TABLE thing (tenant {id} NOT NULL, id {id} NOT NULL, amount {int}, name {text}, done {bool}, wake_at {at}, due_on {date},
                 more {json}, blob {bytes}, PRIMARY KEY (tenant, id), UNIQUE (tenant, name)) {strict};
             CREATE TABLE part (tenant {id} NOT NULL, id {id} NOT NULL, thing {id} NOT NULL, size {int} NOT NULL CHECK (size > 0),
                 PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, thing) REFERENCES thing (tenant, id)) {strict};",
    postgres: "GRANT SELECT, UPDATE ON thing TO regua_claim; CREATE POLICY claim ON thing TO regua_claim USING (true) WITH CHECK (false)",
    ..Migration::EMPTY
}];

pub(crate) static THINGS: Insert = Insert::new("thing", THING);
pub(crate) static NEW_THINGS: Insert = Insert::new("thing", THING).or_leave();
pub(crate) static PARTS: Insert = Insert::new("part", &[("tenant", Type::Id), ("id", Type::Id), ("thing", Type::Id), ("size", Type::Int)]);

const THING: &[(&str, Type)] = &[
    ("tenant", Type::Id),
    ("id", Type::Id),
    ("amount", Type::Int),
    ("name", Type::Text),
    ("done", Type::Bool),
    ("wake_at", Type::At),
    ("due_on", Type::Date),
    ("more", Type::Json),
    ("blob", Type::Bytes),
];

pub(crate) fn tenant(seed: u8) -> TenantId {
    TenantId::new(1_700_000_000_000, [seed; 10])
}

/// Ids that sort as their numbers do.
pub(crate) fn id(number: u32) -> [u8; 16] {
    CustomerId::new(1_700_000_000_000 + u64::from(number), [0; 10]).to_bytes()
}

pub(crate) fn thing(tenant: TenantId, number: u32) -> [Value<'static>; 9] {
    [
        tenant.into(),
        Value::Id(id(number)),
        number.into(),
        Value::Null,
        Value::Bool(number.is_multiple_of(2)),
        Value::At(Instant::NEVER),
        Value::Date(Day::MIN),
        Value::Json("{\"a\": 1}"),
        Value::Bytes(b"\x00\xff"),
    ]
}

pub(crate) fn open(url: &str) -> Db {
    open_with(url, &Options::default())
}

pub(crate) fn open_with(url: &str, options: &Options) -> Db {
    let db = Db::open(url, options).expect("the kit's databases open");
    db.migrate_with(SCHEMA, NOW).expect("the steps run");
    db
}

pub(crate) fn on_both(test: impl Fn(&Db)) {
    regua_testkit::on_both(&fingerprint(SCHEMA), |url| drop(open(url)), |url| test(&open(url)));
}

/// As [`on_both`], for tests that open the database themselves: memory is left out, since it is another for each opening.
pub(crate) fn on_both_shared(test: impl Fn(&str)) {
    for fresh in [Fresh::file(), Fresh::postgres(&fingerprint(SCHEMA), |url| drop(open(url)))] {
        eprintln!("on {}", fresh.url().split(':').next().unwrap_or(""));
        test(fresh.url());
    }
}

pub(crate) fn on_postgres(test: impl Fn(&str)) {
    test(Fresh::postgres(&fingerprint(SCHEMA), |url| drop(open(url))).url());
}

/// A database with the real schema.
fn open_real(url: &str) -> Db {
    let db = Db::open(url, &Options::default()).expect("the kit's databases open");
    db.migrate(NOW).expect("the steps run");
    db
}

/// As [`on_both`], with the real schema.
pub(crate) fn on_both_real(test: impl Fn(&Db)) {
    regua_testkit::on_both(&fingerprint(MIGRATIONS), |url| drop(open_real(url)), |url| test(&open_real(url)));
}

pub(crate) fn on_postgres_real(test: impl Fn(&TempDatabase)) {
    test(&regua_testkit::postgres::database(&fingerprint(MIGRATIONS), |url| drop(open_real(url))));
}
