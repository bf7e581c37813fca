//! Both databases have the same schema after the migrations, and every key begins with the tenant.

use crate::common::on_both_real;
use regua_store::db::{Db, Dialect, Scope};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Keys that do not begin with the tenant, each reviewed: what the program keeps about itself.
const WITHOUT_TENANT: &[&str] = &["regua_migration"];

/// What a table is made of, without the words of one database.
#[derive(Default, PartialEq, Eq, Debug)]
struct Table {
    /// Name, class of type, whether a value is required.
    columns: Vec<(String, String, bool)>,
    primary: Vec<String>,
    unique: BTreeSet<Vec<String>>,
    /// Columns, the other table, its columns.
    foreign: BTreeSet<(Vec<String>, String, Vec<String>)>,
    /// Name and columns of other indexes.
    indexes: BTreeSet<(String, Vec<String>)>,
}

/// Table, column, type, required.
const COLUMNS: [&str; 2] = [
    "SELECT m.name, c.name, c.type, c.\"notnull\" = 1 FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid",
    "SELECT t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) || CASE WHEN a.atttypid = 'text'::regtype
         AND a.attcollation <> '\"C\"'::regcollation THEN ' of another collation' ELSE '' END, a.attnotnull
     FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid WHERE t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
     AND t.relnamespace = current_schema()::regnamespace ORDER BY t.relname, a.attnum",
];
/// Table, index, column, unique, primary.
const INDEXES: [&str; 2] = [
    "SELECT m.name, i.name, c.name, i.\"unique\" = 1, i.origin = 'pk' FROM sqlite_master m JOIN pragma_index_list(m.name) i
     JOIN pragma_index_info(i.name) c WHERE m.type = 'table' ORDER BY m.name, i.name, c.seqno",
    "SELECT t.relname::text, i.relname::text, a.attname::text, x.indisunique, x.indisprimary FROM pg_index x
     JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
     CROSS JOIN LATERAL unnest(x.indkey::smallint[]) WITH ORDINALITY AS k(number, place)
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
     WHERE t.relnamespace = current_schema()::regnamespace ORDER BY t.relname, i.relname, k.place",
];
/// Table, number of the key, column, other table, other column.
const FOREIGN: [&str; 2] = [
    "SELECT m.name, CAST(f.id AS TEXT), f.\"from\", f.\"table\", COALESCE(f.\"to\", '?') FROM sqlite_master m
     JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq",
    "SELECT t.relname::text, c.conname::text, a.attname::text, o.relname::text, b.attname::text FROM pg_constraint c
     JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
     CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(own, other, place)
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = k.other
     WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace ORDER BY t.relname, c.conname, k.place",
];

/// Kinds that one database tells apart and the other does not.
fn class(kind: &str) -> &str {
    match kind {
        "INTEGER" | "bigint" | "boolean" | "timestamp with time zone" => "whole",
        "TEXT" | "text" | "date" | "jsonb" => "text",
        "BLOB" | "uuid" | "bytea" => "bytes",
        other => other,
    }
}

fn schema(db: &Db) -> BTreeMap<String, Table> {
    let which = usize::from(db.dialect() == Dialect::Postgres);
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let read = db.read(Scope::Owner, |tx| {
        tx.each(COLUMNS[which], &[], |row| {
            let column = (row.text(1)?, class(row.str(2)?).to_owned(), row.bool(3)?);
            tables.entry(row.text(0)?).or_default().columns.push(column);
            Ok(())
        })?;
        let mut indexes: BTreeMap<(String, String, bool, bool), Vec<String>> = BTreeMap::new();
        tx.each(INDEXES[which], &[], |row| {
            indexes.entry((row.text(0)?, row.text(1)?, row.bool(3)?, row.bool(4)?)).or_default().push(row.text(2)?);
            Ok(())
        })?;
        for ((table, name, unique, primary), columns) in indexes {
            let table = tables.entry(table).or_default();
            match (unique, primary) {
                (_, true) => table.primary = columns,
                (true, false) => drop(table.unique.insert(columns)),
                (false, false) => drop(table.indexes.insert((name, columns))),
            }
        }
        let mut keys: BTreeMap<_, (Vec<String>, Vec<String>)> = BTreeMap::new();
        tx.each(FOREIGN[which], &[], |row| {
            let (own, other) = keys.entry((row.text(0)?, row.text(1)?, row.text(3)?)).or_default();
            own.push(row.text(2)?);
            other.push(row.text(4)?);
            Ok(())
        })?;
        for ((table, _, other), (own, others)) in keys {
            tables.entry(table).or_default().foreign.insert((own, other, others));
        }
        Ok::<_, regua_store::StoreError>(())
    });
    read.expect("the catalogue can be read");
    tables
}

#[test]
fn both_schemas_are_the_same() {
    let seen: RefCell<Vec<BTreeMap<String, Table>>> = RefCell::default();
    on_both_real(|db| seen.borrow_mut().push(schema(db)));
    let seen = seen.into_inner();
    let [sqlite, _, postgres] = seen.as_slice() else { panic!("three databases") };
    assert!(sqlite.len() > 10);
    for (name, table) in sqlite {
        let mut table = Table { primary: table.primary.clone(), ..clone(table) };
        if table.primary.is_empty() {
            // A key of one whole number is the row's own number on SQLite, and no index.
            table.primary = postgres.get(name).map_or(Vec::new(), |other| other.primary.clone());
        }
        assert_eq!(Some(&table), postgres.get(name), "{name}");
    }
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
}

fn clone(table: &Table) -> Table {
    Table {
        columns: table.columns.clone(),
        primary: Vec::new(),
        unique: table.unique.clone(),
        foreign: table.foreign.clone(),
        indexes: table.indexes.clone(),
    }
}

#[test]
fn every_key_begins_with_the_tenant() {
    on_both_real(|db| {
        for (name, table) in schema(db) {
            if WITHOUT_TENANT.contains(&name.as_str()) {
                continue;
            }
            let first = |columns: &[String]| columns.first().is_some_and(|column| column == "tenant");
            assert!(first(&table.primary), "the primary key of {name}: {:?}", table.primary);
            for columns in &table.unique {
                assert!(first(columns), "a unique key of {name}: {columns:?}");
            }
            for (own, other, others) in &table.foreign {
                assert!(first(own) && first(others), "a foreign key of {name}: {own:?} to {other} {others:?}");
            }
        }
    });
}
