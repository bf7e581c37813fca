//! A backup holds one state while others write, comes back the same, and a damaged one is refused.

use crate::common::{NOW, PARTS, SCHEMA, THINGS, id, open, tenant, thing};
use regua_store::backup::inspect;
use regua_store::db::{Db, Dialect, Options, Scope, StoreError, Tx, Value};
use regua_store::migrate::{Migration, fingerprint};
use regua_testkit::Fresh;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const OWN: Scope = Scope::Owner;

fn fresh() -> [[Fresh; 2]; 3] {
    let postgres = || Fresh::postgres(&fingerprint(SCHEMA), |url| drop(open(url)));
    [[Fresh::memory(), Fresh::memory()], [Fresh::file(), Fresh::file()], [postgres(), postgres()]]
}

/// A full database, an empty one, and a folder for the backup.
fn on_pairs(test: impl Fn(&Db, &Db, &Path)) {
    for [full, empty] in fresh() {
        eprintln!("on {}", full.url().split(':').next().unwrap_or(""));
        let folder = tempfile::tempdir().expect("a temporary folder");
        test(&open(full.url()), &open(empty.url()), folder.path());
    }
}

/// Every row, in order.
fn rows(db: &Db) -> Vec<String> {
    db.read(OWN, |tx| {
        let mut all =
            tx.rows("SELECT tenant, id, amount, name, done, wake_at, due_on, more, blob FROM thing ORDER BY tenant, id", &[], |row| {
                Ok(format!(
                    "{:?} {:?} {:?} {:?} {} {:?} {:?} {:?} {:?}",
                    row.id(0)?,
                    row.id(1)?,
                    row.opt_int(2)?,
                    row.opt_text(3)?,
                    row.bool(4)?,
                    row.at(5)?,
                    row.date(6)?,
                    row.text(7)?,
                    row.bytes(8)?
                ))
            })?;
        all.extend(tx.rows("SELECT id, thing, size FROM part ORDER BY tenant, id", &[], |row| {
            Ok(format!("{:?} {:?} {}", row.id(0)?, row.id(1)?, row.int(2)?))
        })?);
        Ok::<_, StoreError>(all)
    })
    .expect("the rows can be read")
}

/// A thing and a part of it, always both or none.
fn add(tx: &mut Tx<'_>, number: u32) -> Result<(), StoreError> {
    tx.insert(&THINGS, [thing(tenant(1), number)])?;
    tx.insert(&PARTS, [[tenant(1).into(), Value::Id(id(number)), Value::Id(id(number)), 1.into()]]).map(drop)
}

#[test]
fn a_backup_comes_back_as_it_was() {
    on_pairs(|full, empty, folder| {
        full.write(OWN, |tx| (0..3_000).try_for_each(|number| add(tx, number))).unwrap();
        let file = folder.join("a.backup");
        let made = full.backup(&file, NOW).unwrap();
        assert_eq!((made.dialect, made.at, made.schema.as_str()), (full.dialect(), NOW, "0001_things"));
        let mut tables = made.tables.clone();
        tables.sort();
        assert_eq!(tables, [("part".to_owned(), 3_000), ("thing".to_owned(), 3_000)]);
        assert_eq!(made.bytes, std::fs::metadata(&file).unwrap().len());
        assert_eq!(inspect(&file), Ok(made.clone()));
        assert_eq!(empty.restore(&file), Ok(made));
        assert_eq!(rows(empty), rows(full));
        empty.write(OWN, |tx| add(tx, 5_000)).unwrap();
        assert_eq!(empty.check_schema_with(SCHEMA), Ok(()));
        if let Some(path) = empty.path() {
            let mode = empty.read(OWN, |tx| tx.one("PRAGMA journal_mode", &[], |row| row.text(0)));
            assert_eq!(mode, Ok(Some("wal".to_owned())), "{}", path.display());
        }
        // Nothing is left beside it.
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    });
}

#[test]
fn a_backup_holds_one_state_while_others_write() {
    for [full, empty] in fresh().into_iter().skip(1) {
        let folder = tempfile::tempdir().unwrap();
        let (full, empty) = (open(full.url()), open(empty.url()));
        full.write(OWN, |tx| (0..2_000).try_for_each(|number| add(tx, number))).unwrap();
        let stop = AtomicBool::new(false);
        let (made, written) = std::thread::scope(|threads| {
            let writer = threads.spawn(|| {
                let mut number = 10_000;
                while !stop.load(Ordering::Relaxed) {
                    full.write(OWN, |tx| add(tx, number)).unwrap();
                    number += 1;
                }
                number
            });
            let made: Vec<_> = (0..3).map(|round| full.backup(&folder.path().join(round.to_string()), NOW)).collect();
            stop.store(true, Ordering::Relaxed);
            (made, writer.join().unwrap())
        });
        assert!(written > 10_000, "somebody wrote");
        for made in made {
            let tables = made.unwrap().tables;
            assert_eq!(tables[0].1, tables[1].1, "both or none");
            assert!(tables[0].1 >= 2_000);
        }
        empty.restore(&folder.path().join("2")).unwrap();
        let orphans = empty.read(OWN, |tx| {
            tx.one("SELECT count(*) FROM thing t LEFT JOIN part p ON p.tenant = t.tenant AND p.id = t.id WHERE p.id IS NULL", &[], |row| {
                row.int(0)
            })
        });
        assert_eq!(orphans, Ok(Some(0)));
    }
}

#[test]
fn a_file_that_was_altered_or_cut_is_refused_and_changes_nothing() {
    on_pairs(|full, empty, folder| {
        full.write(OWN, |tx| (0..20).try_for_each(|number| add(tx, number))).unwrap();
        let file = folder.join("a");
        full.backup(&file, NOW).unwrap();
        let whole = std::fs::read(&file).unwrap();
        let broken = folder.join("b");
        let places = (0..whole.len()).step_by(whole.len() / 50 + 1).chain([0, 14, 15, 18, 19, 40, whole.len() - 1]);
        for place in places {
            let mut altered = whole.clone();
            altered[place] ^= 0x20;
            for bytes in [&altered[..], &whole[..place]] {
                std::fs::write(&broken, bytes).unwrap();
                let error = empty.restore(&broken).unwrap_err();
                assert!(matches!(error, StoreError::Damaged { .. }), "{place}: {error:?}");
            }
        }
        std::fs::write(&broken, [&whole[..], &[0]].concat()).unwrap();
        assert!(matches!(empty.restore(&broken), Err(StoreError::Damaged { .. })));
        assert!(rows(empty).is_empty());
        empty.restore(&file).unwrap();
    });
}

#[test]
fn a_backup_is_restored_into_an_empty_database_of_its_own_schema_only() {
    on_pairs(|full, other, folder| {
        full.write(OWN, |tx| add(tx, 1)).unwrap();
        let file = folder.join("a");
        full.backup(&file, NOW).unwrap();
        let again = full.backup(&file, NOW).unwrap_err();
        assert!(matches!(&again, StoreError::File { why } if why.contains("there is a file")), "{again}");
        let error = full.restore(&file).unwrap_err();
        assert!(matches!(error, StoreError::NotEmpty { .. }), "{error:?}");
        let more = Migration {
            number: 2,
            name: "0002_more",
            common: "CREATE TABLE more (tenant {id} NOT NULL PRIMARY KEY) {strict}",
            ..Migration::EMPTY
        };
        other.migrate_with(&[SCHEMA[0], more], NOW).unwrap();
        let error = other.restore(&file).unwrap_err().to_string();
        assert!(error.contains("up to 0001_things, and this one has those up to 0002_more"), "{error}");
        if full.dialect() == Dialect::Postgres {
            let memory = Db::open("sqlite::memory:", &Options::default()).unwrap();
            memory.migrate_with(SCHEMA, NOW).unwrap();
            let error = memory.restore(&file).unwrap_err().to_string();
            assert!(error.contains("the backup is of postgres"), "{error}");
        }
        let nowhere = full.backup(&folder.join("no/such/folder"), NOW).unwrap_err();
        assert!(matches!(nowhere, StoreError::File { .. }), "{nowhere:?}");
        assert!(matches!(inspect(&folder.join("nothing")), Err(StoreError::File { .. })));
    });
}
