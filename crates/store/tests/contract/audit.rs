//! What `verify` compares is every table and every column, or somebody has said why not.

use crate::common::{on_both_real, tenant};
use regua_store::audit::{LEFT, TABLES};
use regua_store::db::{Dialect, Scope};

#[test]
fn every_table_and_column_is_compared_or_left_out_for_a_reason() {
    on_both_real(|db| {
        let sql = match db.dialect() {
            Dialect::Sqlite => {
                "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid"
            }
            Dialect::Postgres => {
                "SELECT table_name::text, column_name::text FROM information_schema.columns
                 WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
            }
        };
        let there: Vec<(String, String)> = db.read(Scope::Owner, |tx| tx.rows(sql, &[], |row| Ok((row.text(0)?, row.text(1)?)))).unwrap();
        for (table, column) in &there {
            let Some(known) = TABLES.iter().find(|known| known.name == table) else {
                assert!(LEFT.iter().any(|(left, _)| left == table), "{table}: compare it in audit.rs, or say there why not");
                continue;
            };
            let named = known.key.iter().chain(known.columns).any(|(name, _)| name == column);
            let left = known.left.iter().any(|(name, _)| name == column);
            assert!(column == "tenant" || named != left, "{table}.{column}: compare it in audit.rs, or say there why not");
        }
        for known in TABLES {
            let columns = known.key.iter().chain(known.columns).map(|(name, _)| *name).chain(known.left.iter().map(|(name, _)| *name));
            for column in columns {
                assert!(there.iter().any(|(table, name)| table == known.name && name == column), "{}.{column} is gone", known.name);
            }
            assert!(db.read(Scope::Tenant(tenant(1)), |tx| known.page(tx, tenant(1), None, 10)).unwrap().is_empty());
        }
        for (left, why) in LEFT {
            assert!(there.iter().any(|(table, _)| table == left) && !why.is_empty(), "{left} is gone");
        }
    });
}
