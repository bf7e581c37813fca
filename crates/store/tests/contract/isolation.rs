//! On PostgreSQL no row of one tenant is visible to another, in any table that there is.

use crate::common::{on_postgres_real, tenant};
use postgres::{Client, NoTls};
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::charging::{charges, instruments, refunds, webhooks};
use regua_store::db::{Db, Options, Scope, StoreError, Tx};
use regua_store::migrate::APPEND_ONLY;
use regua_store::{endpoints, feed};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

/// Tables without a tenant, which nobody but the owner may read.
const WITHOUT_TENANT: &[&str] = &["regua_migration"];

fn hex(tenant: TenantId) -> String {
    tenant.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every table with its columns and their types, from the catalogue: a new table cannot be forgotten.
fn tables(client: &mut Client) -> BTreeMap<String, Vec<(String, String)>> {
    let sql = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
               WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position";
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in client.query(sql, &[]).expect("the catalogue can be read") {
        tables.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
    }
    tables
}

/// One row for a tenant, with something in every column; parents need not be there.
fn fill(client: &mut Client, table: &str, columns: &[(String, String)], tenant: TenantId) -> String {
    static NUMBERS: AtomicU8 = AtomicU8::new(0);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|(name, kind)| match (name.as_str(), kind.as_str()) {
            ("tenant", _) => format!("'{}'", hex(tenant)),
            (_, "uuid") => {
                format!("'{}'", hex(TenantId::new(1_700_000_000_000, std::array::from_fn(|_| NUMBERS.fetch_add(1, Ordering::Relaxed)))))
            }
            (_, "bigint") => "1".to_owned(),
            (_, "text") => "md5(random()::text)".to_owned(),
            (_, "boolean") => "true".to_owned(),
            (_, "timestamp with time zone") => "'2026-01-01'".to_owned(),
            (_, "date") => "'2026-01-01'".to_owned(),
            (_, "jsonb") => "'{}'".to_owned(),
            (_, "bytea") => "'\\x00'".to_owned(),
            (_, other) => panic!("what is a {other}, in {table}?"),
        })
        .collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
    client.batch_execute(&sql).expect("the administrator may write");
    sql
}

fn leak(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

fn count(tx: &mut Tx<'_>, table: &str) -> Result<i64, StoreError> {
    Ok(tx.one(leak(format!("SELECT count(*) FROM {table}")), &[], |row| row.int(0))?.unwrap_or(-1))
}

/// A database in which two tenants have a row in every table, and the statement that made the second one's.
fn on_two_tenants(test: impl Fn(&Db, &mut Client, &BTreeMap<String, String>)) {
    on_postgres_real(|own| {
        let mut admin = regua_testkit::postgres::cluster(regua_testkit::postgres::Kind::Quick).superuser(own.name());
        // The administrator sees everything and may leave parents out.
        admin.batch_execute("SET session_replication_role = replica").expect("the administrator may do that");
        let mut others = BTreeMap::new();
        for (table, columns) in tables(&mut admin) {
            if !WITHOUT_TENANT.contains(&table.as_str()) {
                assert!(columns.iter().any(|(name, _)| name == "tenant"), "{table} has no tenant");
                fill(&mut admin, &table, &columns, tenant(1));
                let sql = fill(&mut admin, &table, &columns, tenant(2));
                others.insert(table, sql);
            }
        }
        assert!(others.len() > 10);
        let db = Db::open(own.url(), &Options::default()).expect("the kit's databases open");
        test(&db, &mut admin, &others);
    });
}

#[test]
fn a_tenant_sees_and_touches_its_own_rows_in_every_table() {
    on_two_tenants(|db, _, tables| {
        for (table, other) in tables {
            let scope = Scope::Tenant(tenant(1));
            assert_eq!(db.read(scope, |tx| count(tx, table)), Ok(1), "{table}");
            let own = leak(format!("SELECT tenant FROM {table}"));
            assert_eq!(db.read(scope, |tx| tx.one(own, &[], |row| row.id(0))), Ok(Some(tenant(1).to_bytes())), "{table}");
            assert_eq!(db.read(Scope::Owner, |tx| count(tx, table)), Ok(2), "{table}");
            // A row for somebody else is refused, and so is giving one away.
            for sql in [other.clone(), format!("UPDATE {table} SET tenant = '{}'", hex(tenant(2)))] {
                let error = db.write(scope, |tx| tx.batch(&sql)).unwrap_err();
                let refused = matches!(&error, StoreError::Other { code, .. } if code == "42501");
                assert!(refused, "{table}: {error:?}");
            }
        }
    });
}

#[test]
fn a_tenant_changes_and_deletes_nothing_of_another() {
    on_two_tenants(|db, admin, tables| {
        let scope = Scope::Tenant(tenant(1));
        for table in tables.keys() {
            // Without parents and children in the way: each in a transaction that is undone.
            admin.batch_execute(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).unwrap();
        }
        for table in tables.keys() {
            let change = || db.write(scope, |tx| tx.execute(leak(format!("UPDATE {table} SET tenant = tenant")), &[]));
            let delete = || db.write(scope, |tx| tx.execute(leak(format!("DELETE FROM {table}")), &[]));
            if APPEND_ONLY.contains(&table.as_str()) {
                assert!(change().is_err() && delete().is_err(), "{table}: what is written stays");
                continue;
            }
            assert_eq!((change(), delete()), (Ok(1), Ok(1)), "{table}");
            assert_eq!(db.read(Scope::Owner, |tx| count(tx, table)), Ok(1), "{table}: the other's is there");
        }
    });
}

#[test]
fn without_a_tenant_there_is_nothing_to_see() {
    on_two_tenants(|_, admin, tables| {
        admin.batch_execute("DROP ROLE IF EXISTS regua_outsider; CREATE ROLE regua_outsider").unwrap();
        for table in tables.keys() {
            let sql = format!("SELECT count(*) FROM {table}");
            // The program's role, and no tenant named: never, and after an earlier transaction named one.
            for before in ["SET ROLE regua_app", "SET ROLE regua_app; BEGIN; SET LOCAL regua.tenant = '00'; COMMIT"] {
                admin.batch_execute(before).unwrap();
                assert_eq!(admin.query_one(&sql, &[]).unwrap().get::<_, i64>(0), 0, "{table}");
                admin.batch_execute("RESET ROLE").unwrap();
            }
            // A user of the same server who has nothing to do with it.
            admin.batch_execute("SET ROLE regua_outsider").unwrap();
            assert!(admin.query_one(&sql, &[]).is_err(), "{table}");
            admin.batch_execute("RESET ROLE").unwrap();
        }
        admin.batch_execute("DROP ROLE regua_outsider").unwrap();
    });
}

#[test]
fn who_claims_finds_what_is_due_of_all_tenants_and_changes_nothing() {
    on_two_tenants(|db, _, tables| {
        let due = db.write(Scope::Claim, |tx| regua_store::due::claim(tx, Instant::NEVER, 10, &[])).unwrap();
        let mut tenants: Vec<TenantId> = due.iter().map(|one| one.tenant).collect();
        tenants.sort_unstable();
        assert_eq!(tenants, [tenant(1), tenant(2)]);
        assert_eq!(db.write(Scope::Claim, |tx| regua_store::outbox::take(tx, Instant::NEVER, 10)).map(|taken| taken.len()), Ok(2));
        let charges = db.write(Scope::Claim, |tx| charges::take(tx, Instant::NEVER, 10)).map(|taken| taken.len());
        let instruments = db.write(Scope::Claim, |tx| instruments::take(tx, Instant::NEVER, 10)).map(|taken| taken.len());
        let refunds = db.write(Scope::Claim, |tx| refunds::take(tx, Instant::NEVER, 10)).map(|taken| taken.len());
        let hooks = db.write(Scope::Claim, |tx| webhooks::take(tx, Instant::NEVER, 10)).map(|taken| taken.len());
        assert_eq!([charges, instruments, refunds, hooks], [Ok(2), Ok(2), Ok(2), Ok(2)]);
        assert_eq!(db.write(Scope::Claim, |tx| endpoints::take(tx, Instant::NEVER, 10)).map(|taken| taken.len()), Ok(2));
        assert_eq!(db.read(Scope::Claim, |tx| feed::next_tenant(tx, [0; 16])), Ok(Some(tenant(1))));
        assert_eq!(db.read(Scope::Claim, |tx| feed::next_tenant(tx, tenant(1).to_bytes())), Ok(Some(tenant(2))));
        for next in [charges::next_due, instruments::next_due, refunds::next_due, webhooks::next_due] {
            assert!(db.read(Scope::Claim, next).unwrap() < Instant::NEVER);
        }
        let billed = db.write(Scope::Claim, |tx| regua_store::billing::claim(tx, Instant::NEVER, 10));
        assert_eq!(billed.map(|found| found.len()), Ok(0), "the made-up subscriptions are set aside");
        for table in tables.keys() {
            let all = leak(format!("SELECT * FROM {table}"));
            assert!(db.read(Scope::Claim, |tx| tx.rows(all, &[], |_| Ok(()))).is_err(), "{table}: every column is too much");
            let delete = format!("DELETE FROM {table}");
            assert!(db.write(Scope::Claim, |tx| tx.batch(&delete)).is_err(), "{table}");
        }
        for update in [
            "UPDATE customer_facts SET wake_at = wake_at",
            "UPDATE messages SET due_at = due_at",
            "UPDATE subscriptions SET bill_at = bill_at",
            "UPDATE charges SET due_at = due_at",
            "UPDATE instruments SET due_at = due_at",
            "UPDATE refunds SET due_at = due_at",
            "UPDATE webhooks SET due_at = due_at",
            "UPDATE endpoints SET due_at = due_at",
            "UPDATE log_pages SET unfed = unfed",
        ] {
            assert!(db.write(Scope::Claim, |tx| tx.batch(update)).is_err(), "{update}");
        }
    });
}

#[test]
fn a_transaction_can_go_on_as_somebody_else() {
    on_two_tenants(|db, _, _| {
        let seen = db.write(Scope::Tenant(tenant(1)), |tx| {
            let first = count(tx, "receivables")?;
            tx.scope(Scope::Owner)?;
            let all = count(tx, "receivables")?;
            tx.scope(Scope::Claim)?;
            tx.scope(Scope::Tenant(tenant(2)))?;
            let second = tx.one("SELECT tenant FROM receivables", &[], |row| row.id(0))?;
            Ok::<_, StoreError>((first, all, second))
        });
        assert_eq!(seen, Ok((1, 2, Some(tenant(2).to_bytes()))));
    });
}

#[test]
fn the_owner_of_the_tables_is_an_ordinary_user() {
    on_postgres_real(|own| {
        let mut client = Client::connect(own.url(), NoTls).unwrap();
        let row = client.query_one("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user", &[]).unwrap();
        assert!(!row.get::<_, bool>(0), "what is tested here would not hold for a superuser's tests");
    });
}
