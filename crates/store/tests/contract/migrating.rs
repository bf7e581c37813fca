//! How a database comes to its schema, on each database.

use crate::common::{NOW, SCHEMA};
use regua_core::time::Instant;
use regua_store::db::{Db, Options, Scope, StoreError};
use regua_store::migrate::Migration;
use regua_testkit::Fresh;

const TWO: &[Migration] = &[
    SCHEMA[0],
    Migration {
        number: 2,
        name: "0002_more",
        common: "CREATE TABLE more (tenant {id} NOT NULL PRIMARY KEY) {strict};",
        sqlite: "INSERT INTO more VALUES (x'00')",
        postgres: "INSERT INTO more VALUES ('00000000-0000-0000-0000-000000000000')",
    },
];

/// Empty databases, each opened twice.
fn on_empty(test: impl Fn(&Db, &Db)) {
    for fresh in [Fresh::file(), Fresh::postgres("empty", |_| {})] {
        let open = || Db::open(fresh.url(), &Options::default()).expect("the kit's databases open");
        test(&open(), &open());
    }
}

#[test]
fn steps_run_once_whoever_comes_first() {
    on_empty(|one, two| {
        assert_eq!(one.check_schema_with(SCHEMA), Err(StoreError::Older { next: "0001_things".to_owned() }));
        let applied: usize = std::thread::scope(|threads| {
            let migrate = |db: &Db| db.migrate_with(SCHEMA, NOW).map(|applied| applied.len());
            let (first, second) = (threads.spawn(move || migrate(one)), threads.spawn(move || migrate(two)));
            first.join().unwrap().unwrap() + second.join().unwrap().unwrap()
        });
        assert_eq!(applied, 1);
        assert_eq!(two.check_schema_with(SCHEMA), Ok(()));
        assert_eq!(one.check_schema_with(TWO), Err(StoreError::Older { next: "0002_more".to_owned() }));
        let applied = one.migrate_with(TWO, Instant::NEVER).unwrap();
        assert_eq!(
            applied.iter().map(|step| (step.number, step.name.as_str(), step.at)).collect::<Vec<_>>(),
            [(2, "0002_more", Instant::NEVER)]
        );
        let count = two.read(Scope::Owner, |tx| tx.one("SELECT count(*) FROM more", &[], |row| row.int(0)));
        assert_eq!(count, Ok(Some(1)));
    });
}

#[test]
fn a_newer_database_and_an_edited_step_are_refused() {
    on_empty(|db, _| {
        db.migrate_with(TWO, NOW).unwrap();
        let newer = StoreError::Newer { found: "0002_more".to_owned(), known: "0001_things".to_owned() };
        assert_eq!(db.check_schema_with(SCHEMA), Err(newer.clone()));
        assert_eq!(db.migrate_with(SCHEMA, NOW), Err(newer));
        for (edited, expected) in [
            (Migration { common: "", ..TWO[1] }, "another text"),
            (Migration { sqlite: "", ..TWO[1] }, "another text"),
            (Migration { postgres: "", ..TWO[1] }, "another text"),
            (Migration { name: "0002_other", ..TWO[1] }, "another name"),
        ] {
            let error = db.migrate_with(&[SCHEMA[0], edited], NOW).unwrap_err();
            assert!(matches!(error, StoreError::Edited { why, .. } if why == expected), "{error:?}");
        }
    });
}

#[test]
fn a_step_that_fails_leaves_the_database_as_it_was() {
    on_empty(|db, _| {
        let bad = Migration {
            number: 2,
            name: "0002_bad",
            common: "CREATE TABLE half (a {int}); CREATE TABLE thing (a {int});",
            ..Migration::EMPTY
        };
        db.migrate_with(SCHEMA, NOW).unwrap();
        assert!(db.migrate_with(&[SCHEMA[0], bad], NOW).is_err());
        assert_eq!(db.check_schema_with(SCHEMA), Ok(()));
        assert!(db.read(Scope::Owner, |tx| tx.rows("SELECT a FROM half", &[], |row| row.int(0))).is_err());
        // Foreign keys are on again, and hold.
        let orphan =
            db.write(Scope::Owner, |tx| tx.batch("INSERT INTO part (tenant, id, thing, size) SELECT tenant, id, id, 1 FROM thing"));
        assert_eq!(orphan, Ok(()));
        db.migrate_with(TWO, NOW).unwrap();
    });
}

#[test]
fn a_step_that_breaks_a_foreign_key_is_refused_on_sqlite() {
    let fresh = Fresh::file();
    let db = Db::open(fresh.url(), &Options::default()).unwrap();
    db.migrate_with(SCHEMA, NOW).unwrap();
    let orphan = Migration {
        number: 2,
        name: "0002_orphan",
        common: "INSERT INTO part (tenant, id, thing, size) VALUES (x'00', x'00', x'00', 1)",
        ..Migration::EMPTY
    };
    assert!(matches!(db.migrate_with(&[SCHEMA[0], orphan], NOW), Err(StoreError::Foreign { .. })));
    assert_eq!(db.check_schema_with(SCHEMA), Ok(()));
}
