//! What a transaction promises, on each database: all or nothing, one at a time where it matters, and never a wait without end.

use crate::common::{SCHEMA, THINGS, id, on_both, on_both_shared, on_postgres, open, open_with, tenant, thing};
use regua_store::db::{Db, Dialect, Options, Scope, StoreError, Tx, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::time::Duration;

const OWN: Scope = Scope::Owner;

fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.one("SELECT count(*) FROM thing", &[], |row| row.int(0))?.unwrap_or(0))
}

#[test]
fn an_error_or_a_panic_undoes_everything_and_frees_the_connection() {
    on_both(|db| {
        let undone = db.write(OWN, |tx| {
            tx.insert(&THINGS, [thing(tenant(1), 1)])?;
            Err::<(), _>(StoreError::Nested)
        });
        assert_eq!(undone, Err(StoreError::Nested), "the caller's own error comes out");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            db.write(OWN, |tx| {
                tx.insert(&THINGS, [thing(tenant(1), 1)])?;
                if count(tx)? == 1 {
                    panic!("a mistake of ours");
                }
                Ok::<_, StoreError>(())
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(db.read(OWN, count), Ok(0));
        assert_eq!(db.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 1)])), Ok(1));
        assert_eq!(db.read(OWN, count), Ok(1));
    });
}

#[test]
fn a_transaction_inside_another_is_refused_instead_of_waiting_for_itself() {
    on_both(|db| {
        let inner = db.write(OWN, |_| db.read(OWN, count));
        assert_eq!(inner, Err(StoreError::Nested));
        // Another database is another matter.
        let other = Db::open("sqlite::memory:", &Options::default()).unwrap();
        other.migrate_with(SCHEMA, crate::common::NOW).unwrap();
        assert_eq!(db.read(OWN, |_| other.write(OWN, count)), Ok(0));
    });
}

#[test]
fn a_reader_sees_one_state_and_writes_nothing() {
    on_both_shared(|url| {
        let db = open(url);
        let other = open(url);
        let seen = db.read(OWN, |tx| {
            let before = count(tx)?;
            other.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 1)]))?;
            Ok::<_, StoreError>((before, count(tx)?))
        });
        assert_eq!(seen, Ok((0, 0)));
        assert_eq!(db.read(OWN, count), Ok(1));
        let error = db.read(OWN, |tx| tx.execute("DELETE FROM thing", &[])).unwrap_err();
        assert!(matches!(error, StoreError::Other { .. }), "{error:?}");
        assert_eq!(db.read(OWN, count), Ok(1));
    });
}

#[test]
fn a_reader_of_memory_writes_nothing_either() {
    let db = open("sqlite::memory:");
    assert!(db.read(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 1)])).is_err());
    assert_eq!(db.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 1)])), Ok(1));
}

#[test]
fn whoever_locks_the_row_first_loses_no_update() {
    on_both_shared(|url| {
        let db = open(url);
        db.write(OWN, |tx| tx.execute("INSERT INTO thing (tenant, id, amount) VALUES ($1, $1, 0)", &[tenant(1).into()])).unwrap();
        let start = Barrier::new(4);
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    start.wait();
                    for _ in 0..25 {
                        db.write(OWN, |tx| {
                            let sql = "SELECT amount FROM thing WHERE tenant = $1 /*+for_update*/";
                            let amount = tx.one(sql, &[tenant(1).into()], |row| row.int(0))?.unwrap_or(0);
                            tx.execute("UPDATE thing SET amount = $2 WHERE tenant = $1", &[tenant(1).into(), (amount + 1).into()])
                        })
                        .unwrap();
                    }
                });
            }
        });
        assert_eq!(db.read(OWN, |tx| tx.one("SELECT amount FROM thing", &[], |row| row.int(0))), Ok(Some(100)));
    });
}

#[test]
fn what_somebody_else_holds_is_skipped_or_busy() {
    let impatient = Options {
        busy_timeout: Duration::from_millis(50),
        lock_timeout: Duration::from_millis(50),
        wait: Duration::from_millis(50),
        pool: 1,
        ..Options::default()
    };
    on_both_shared(|url| {
        let (db, other) = (open(url), open_with(url, &impatient));
        db.write(OWN, |tx| tx.insert(&THINGS, (1..=3).map(|number| thing(tenant(1), number)))).unwrap();
        let claim = "SELECT amount FROM thing WHERE tenant = $1 ORDER BY id LIMIT 2 /*+skip_locked*/";
        let own = [tenant(1).into()];
        db.write(OWN, |tx| {
            assert_eq!(tx.rows(claim, &own, |row| row.int(0))?, [1, 2]);
            match db.dialect() {
                Dialect::Sqlite => {
                    let error = other.write(OWN, |tx| tx.rows(claim, &own, |row| row.int(0))).unwrap_err();
                    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
                    assert!(error.is_transient());
                }
                Dialect::Postgres => {
                    assert_eq!(other.write(OWN, |tx| tx.rows(claim, &own, |row| row.int(0))), Ok(vec![3]));
                    let sql = "SELECT amount FROM thing WHERE tenant = $1 /*+for_update*/";
                    let error = other.write(OWN, |tx| tx.rows(sql, &own, |row| row.int(0))).unwrap_err();
                    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
                }
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
        // A pool that is empty is busy too, after its wait.
        std::thread::scope(|threads| {
            other
                .write(OWN, |_| {
                    let error = threads.spawn(|| other.write(OWN, count)).join().unwrap().unwrap_err();
                    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        });
        assert_eq!(other.write(OWN, count), Ok(3));
    });
}

#[test]
fn a_lost_connection_is_told_and_the_next_transaction_has_a_new_one() {
    on_postgres(|url| {
        let db = open_with(url, &Options { pool: 1, ..Options::default() });
        let killer = open(url);
        let pid = |tx: &mut Tx<'_>| Ok::<_, StoreError>(tx.one("SELECT pg_backend_pid()", &[], |row| row.int(0))?.unwrap_or(0));
        let kill = |pid: i64| killer.write(OWN, |tx| tx.one("SELECT pg_terminate_backend($1)", &[pid.into()], |row| row.bool(0)));
        // While it rests: nobody notices.
        kill(db.write(OWN, pid).unwrap()).unwrap();
        assert_eq!(db.write(OWN, count), Ok(0));
        // In the middle of a transaction: nothing of it happened.
        let error = db
            .write(OWN, |tx| {
                tx.insert(&THINGS, [thing(tenant(1), 1)])?;
                kill(pid(tx)?)?;
                count(tx)
            })
            .unwrap_err();
        assert!(matches!(error, StoreError::Gone { .. }), "{error:?}");
        assert_eq!(db.write(OWN, count), Ok(0));
    });
}

#[test]
fn a_statement_that_takes_too_long_is_ended() {
    on_postgres(|url| {
        let db = open_with(url, &Options { statement_timeout: Duration::from_millis(40), ..Options::default() });
        let error = db.read(OWN, |tx| tx.rows("SELECT count(*) FROM generate_series(1, 1000000000)", &[], |row| row.int(0))).unwrap_err();
        assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    });
}

#[test]
fn an_address_that_cannot_be_used_is_explained_without_its_password() {
    for (url, expected) in [
        ("mysql://x", "it begins with `sqlite:` and a path, or with `postgres://`"),
        ("sqlite:", "`sqlite:` is followed by a path, or by `:memory:`"),
        ("sqlite:/no/such/folder/a.db", "cannot open or make the file /no/such/folder/a.db; make its folder"),
        ("postgres://u:secret@h/d?sslmode=require", "sslmode=require"),
        ("postgres://u:secret@h/d?sslmod=x", "sslmod"),
        ("postgres://u:secret@h:99999999/d", "invalid"),
    ] {
        let error = Db::open(url, &Options::default()).unwrap_err();
        assert!(matches!(error, StoreError::Address { .. }), "{error:?}");
        let error = error.to_string();
        assert!(error.contains(expected) && !error.contains("secret"), "{error}");
    }
    let nobody = Db::open("postgres://u:secret@127.0.0.1:1/d", &Options::default()).unwrap_err();
    assert!(matches!(nobody, StoreError::Gone { .. }) && !nobody.to_string().contains("secret"), "{nobody:?}");
}

#[test]
fn an_id_of_another_length_is_refused_by_the_reader() {
    let db = open("sqlite::memory:");
    let sql = "INSERT INTO thing (tenant, id) VALUES ($1, $2)";
    db.write(OWN, |tx| tx.execute(sql, &[tenant(1).into(), Value::Bytes(&id(1)[..15])])).unwrap();
    let error = db.read(OWN, |tx| tx.one("SELECT id FROM thing", &[], |row| row.id(0))).unwrap_err().to_string();
    assert_eq!(error, "column 0 holds 15 bytes where an id is read: SELECT id FROM thing");
}

#[test]
fn what_lived_in_memory_goes_on_in_a_file_that_was_not_there() {
    let db = open("sqlite::memory:");
    db.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 1)])).unwrap();
    assert_eq!(db.read(OWN, count), Ok(1));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    db.copy(&file).unwrap();
    assert!(matches!(db.copy(&file), Err(StoreError::File { .. })), "a file is never overwritten");
    // The memory goes on by itself, after a reader too.
    db.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 2)])).unwrap();
    let copy = Db::open(&format!("sqlite:{}", file.display()), &Options::default()).unwrap();
    assert_eq!((copy.read(OWN, count), db.read(OWN, count)), (Ok(1), Ok(2)));
}
