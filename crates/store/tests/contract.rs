//! What the layer promises, on each database: one suite, and each trap between the two has a test.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::{Day, Instant};
use regua_store::db::{Db, Insert, Options, Row, Scope, StoreError, Tx, Type, Value};
use regua_store::migrate::Migration;

const NOW: Instant = Instant::from_secs(1_800_000_000);

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "0001_things",
    common:
        "CREATE TABLE thing (tenant {id} NOT NULL, id {id} NOT NULL, amount {int}, name {text}, done {bool}, wake_at {at}, due_on {date},
                 more {json}, blob {bytes}, PRIMARY KEY (tenant, id), UNIQUE (tenant, name)) {strict};
             CREATE TABLE part (tenant {id} NOT NULL, id {id} NOT NULL, thing {id} NOT NULL, size {int} NOT NULL CHECK (size > 0),
                 PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, thing) REFERENCES thing (tenant, id)) {strict};",
    ..Migration::EMPTY
}];

static THINGS: Insert = Insert::new(
    "thing",
    &[
        ("tenant", Type::Id),
        ("id", Type::Id),
        ("amount", Type::Int),
        ("name", Type::Text),
        ("done", Type::Bool),
        ("wake_at", Type::At),
        ("due_on", Type::Date),
        ("more", Type::Json),
        ("blob", Type::Bytes),
    ],
);

fn tenant(seed: u8) -> TenantId {
    TenantId::new(1_700_000_000_000, [seed; 10])
}

fn id(seed: u8) -> [u8; 16] {
    CustomerId::new(1_700_000_000_000, [seed; 10]).to_bytes()
}

fn on_both(test: impl Fn(&Db)) {
    let migrated = |url: &str| {
        let db = Db::open(url, &Options::default()).expect("the kit's databases open");
        db.migrate_with(SCHEMA, NOW).expect("the steps run");
        db
    };
    regua_testkit::on_both("contract", |url| drop(migrated(url)), |url| test(&migrated(url)));
}

fn thing(tenant: TenantId, seed: u8) -> [Value<'static>; 9] {
    [
        tenant.into(),
        Value::Id(id(seed)),
        Value::Int(i64::from(seed)),
        Value::Null,
        Value::Bool(seed.is_multiple_of(2)),
        Value::At(Instant::NEVER),
        Value::Date(Day::MIN),
        Value::Json("{\"a\": 1}"),
        Value::Bytes(b"\x00\xff"),
    ]
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    on_both(|db| {
        let scope = Scope::Tenant(tenant(1));
        db.write(scope, |tx| tx.insert(&THINGS, [thing(tenant(1), 7)])).unwrap();
        let read = |row: &Row<'_>| {
            assert_eq!((row.id(0)?, row.int(1)?, row.opt_text(2)?, row.bool(3)?), (id(7), 7, None, false));
            assert_eq!((row.at(4)?, row.date(5)?, row.bytes(7)?), (Instant::NEVER, Day::MIN, vec![0, 255]));
            row.text(6)
        };
        let sql = "SELECT id, amount, name, done, wake_at, due_on, more, blob FROM thing WHERE tenant = $1";
        let more = db.read(scope, |tx| tx.one(sql, &[tenant(1).into()], read)).unwrap();
        assert_eq!(more.as_deref(), Some("{\"a\": 1}"));
    });
}

#[test]
fn parameters_are_bound_by_number_and_not_by_first_appearance() {
    on_both(|db| {
        let found = |tx: &mut Tx<'_>| tx.one("SELECT CAST($2 AS BIGINT) - CAST($1 AS BIGINT)", &[1.into(), 10.into()], |row| row.int(0));
        assert_eq!(db.read(Scope::Owner, found).unwrap(), Some(9));
    });
}

#[test]
fn bulk_updates_and_lists_touch_the_rows_that_they_name() {
    on_both(|db| {
        let scope = Scope::Tenant(tenant(1));
        let (changed, found) = db
            .write(scope, |tx| {
                assert_eq!(tx.insert(&THINGS, (1..=9).map(|seed| thing(tenant(1), seed)))?, 9);
                let sql = "UPDATE thing SET amount = v.more + $2, blob = v.blob FROM /*+rows: id id, more int, blob bytes*/ AS v
                           WHERE thing.tenant = $1 AND thing.id = v.id";
                let rows = [[Value::Id(id(3)), 30.into(), Value::Null], [Value::Id(id(4)), 40.into(), Value::Bytes(b"x")]];
                let changed = tx.update(sql, &[tenant(1).into(), 2.into()], rows)?;
                let sql = "SELECT amount FROM thing WHERE tenant = $1 AND id IN /*+list*/ ($2) ORDER BY id";
                let list = [id(2), id(3), id(4), id(99)];
                Ok::<_, StoreError>((changed, tx.rows(sql, &[tenant(1).into(), Value::List(&list)], |row| row.int(0))?))
            })
            .unwrap();
        assert_eq!((changed, found), (2, vec![2, 32, 42]));
    });
}
