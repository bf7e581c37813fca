//! What a statement promises, on each database; each trap between the two has a test.

use crate::common::{NEW_THINGS, PARTS, THINGS, id, on_both, tenant, thing};
use regua_core::time::{Day, Instant};
use regua_store::db::{Db, Dialect, Row, Scope, StoreError, Tx, Value};

const OWN: Scope = Scope::Owner;

/// The text of the error that a transaction ends with.
fn refused<T: std::fmt::Debug>(db: &Db, work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>) -> StoreError {
    db.write(OWN, work).expect_err("it is refused")
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    on_both(|db| {
        // A tenant's rows and the owner's go different ways to PostgreSQL.
        for (number, at, day, scope) in [
            (6, Instant::NEVER, Day::MAX, OWN),
            (5, Instant::from_micros(-7), Day::MIN, OWN),
            (7, Instant::NEVER, Day::MIN, Scope::Tenant(tenant(1))),
            (8, Instant::DAWN, Day::MAX, Scope::Tenant(tenant(1))),
            (9, Instant::from_micros(-1), Day::from_epoch(0), Scope::Tenant(tenant(1))),
            (10, Instant::from_micros(1_798_765_432_123_456), Day::parse("2026-02-28").unwrap(), OWN),
        ] {
            let mut values = thing(tenant(1), number);
            (values[2], values[5], values[6]) = (Value::Int(i64::MIN), at.into(), day.into());
            // Once through the bulk way, once as parameters.
            db.write(scope, |tx| tx.insert(&THINGS, [values])).unwrap();
            let read = |row: &Row<'_>| {
                assert_eq!(
                    (row.id(0)?, row.int(1)?, row.opt_text(2)?, row.bool(3)?),
                    (id(number), i64::MIN, None, number.is_multiple_of(2))
                );
                assert_eq!((row.at(4)?, row.date(5)?, row.bytes(7)?, row.slice(7)?), (at, day, vec![0, 255], &[0, 255][..]));
                row.text(6)
            };
            let sql = "SELECT id, amount, name, done, wake_at, due_on, more, blob FROM thing
                       WHERE tenant = $1 AND wake_at = $2 AND due_on = $3 AND blob = $4 AND done = $5 AND amount = $6 AND id = $7";
            let params = [values[0], at.into(), day.into(), values[8], values[4], values[2], values[1]];
            let more = db.read(scope, |tx| tx.one(sql, &params, read)).unwrap();
            assert_eq!(more.as_deref(), Some("{\"a\": 1}"));
        }
    });
}

#[test]
fn parameters_are_bound_by_number_and_not_by_first_appearance() {
    on_both(|db| {
        let found = |tx: &mut Tx<'_>| tx.one("SELECT CAST($2 AS BIGINT) - CAST($1 AS BIGINT)", &[1.into(), 10.into()], |row| row.int(0));
        assert_eq!(db.read(OWN, found).unwrap(), Some(9));
    });
}

#[test]
fn a_sum_is_a_whole_number_after_its_cast() {
    on_both(|db| {
        let sum = |tx: &mut Tx<'_>, sql| tx.one(sql, &[], |row| row.int(0));
        db.write(OWN, |tx| tx.insert(&THINGS, (1..=4).map(|number| thing(tenant(1), number)))).unwrap();
        assert_eq!(db.read(OWN, |tx| sum(tx, "SELECT CAST(SUM(amount) AS BIGINT) FROM thing")).unwrap(), Some(10));
        match (db.dialect(), db.read(OWN, |tx| sum(tx, "SELECT SUM(amount) FROM thing"))) {
            (Dialect::Sqlite, sum) => assert_eq!(sum, Ok(Some(10))),
            (Dialect::Postgres, sum) => {
                let error = sum.unwrap_err().to_string();
                assert!(error.starts_with("column 0 holds numeric (PostgreSQL; cast a sum to BIGINT) where an int is read"), "{error}");
            }
        }
    });
}

#[test]
fn after_a_failed_statement_nothing_more_of_the_transaction_happens() {
    on_both(|db| {
        let work = |tx: &mut Tx<'_>| {
            tx.insert(&THINGS, [thing(tenant(1), 1)])?;
            let twice = tx.insert(&THINGS, [thing(tenant(1), 1)]);
            assert_eq!(twice, Err(StoreError::Unique { constraint: "thing(tenant, id)".to_owned() }));
            // Whoever catches it and goes on is told at the next statement, and at the end.
            assert!(matches!(tx.one("SELECT 1", &[], |row| row.int(0)), Err(StoreError::Aborted { .. })));
            Ok(())
        };
        assert!(matches!(refused(db, work), StoreError::Aborted { .. }));
        let count = db.read(OWN, |tx| tx.one("SELECT count(*) FROM thing", &[], |row| row.int(0)));
        assert_eq!(count, Ok(Some(0)));
    });
}

#[test]
fn a_row_that_is_there_already_can_be_left_and_is_not_counted() {
    on_both(|db| {
        let rows = |numbers: std::ops::RangeInclusive<u32>| numbers.map(|number| thing(tenant(1), number));
        let (first, then) =
            db.write(OWN, |tx| Ok::<_, StoreError>((tx.insert(&NEW_THINGS, rows(1..=3))?, tx.insert(&NEW_THINGS, rows(2..=7))?))).unwrap();
        assert_eq!((first, then), (3, 4));
    });
}

#[test]
fn an_insert_from_a_select_that_meets_a_row_needs_where_true() {
    on_both(|db| {
        let sql = "INSERT INTO thing (tenant, id, amount) SELECT tenant, id, 100 FROM thing WHERE TRUE
                   ON CONFLICT (tenant, id) DO UPDATE SET amount = thing.amount + excluded.amount";
        let amount = db.write(OWN, |tx| {
            tx.insert(&THINGS, [thing(tenant(1), 5)])?;
            tx.execute(sql, &[])?;
            tx.one("SELECT amount FROM thing", &[], |row| row.int(0))
        });
        assert_eq!(amount, Ok(Some(105)));
    });
}

#[test]
fn texts_are_ordered_by_their_bytes_and_searched_in_lower_case() {
    on_both(|db| {
        let names = ["a", "B", "ä", "Z", "_", "ab", "A", "É"];
        let rows = names.iter().zip(1..).map(|(name, number)| {
            let mut row = thing(tenant(1), number);
            row[3] = Value::Text(name);
            row
        });
        db.write(OWN, |tx| tx.insert(&THINGS, rows)).unwrap();
        let all = |sql| db.read(OWN, |tx| tx.rows(sql, &[], |row| row.text(0))).unwrap();
        let mut sorted: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        sorted.sort();
        assert_eq!(all("SELECT name FROM thing ORDER BY name"), sorted);
        assert_eq!(all("SELECT name FROM thing WHERE name > 'Z' AND name < 'b' ORDER BY name"), ["_", "a", "ab"]);
        // LIKE ignores case on SQLite alone, and lower() knows ASCII alone.
        assert_eq!(all("SELECT name FROM thing WHERE lower(name) LIKE 'a%' ORDER BY name"), ["A", "a", "ab"]);
        assert_eq!(all("SELECT lower(name) FROM thing WHERE name > 'z' ORDER BY name"), ["É", "ä"]);
    });
}

#[test]
fn json_is_a_kind_of_its_own() {
    on_both(|db| {
        let sql = "INSERT INTO thing (tenant, id, more) VALUES ($1, $2, $3)";
        db.write(OWN, |tx| tx.execute(sql, &[tenant(1).into(), Value::Id(id(1)), Value::Json("{\"b\": [1]}")])).unwrap();
        let back = db.read(OWN, |tx| tx.one("SELECT more FROM thing", &[], |row| row.text(0))).unwrap();
        assert_eq!(back.as_deref(), Some("{\"b\": [1]}"));
        if db.dialect() == Dialect::Postgres {
            let error = refused(db, |tx| tx.execute(sql, &[tenant(1).into(), Value::Id(id(2)), Value::Text("{}")])).to_string();
            assert!(error.starts_with("$3 is given text where jsonb is wanted"), "{error}");
        }
    });
}

#[test]
fn bulk_updates_and_lists_touch_the_rows_that_they_name() {
    on_both(|db| {
        let scope = Scope::Tenant(tenant(1));
        let (changed, found) = db
            .write(scope, |tx| {
                assert_eq!(tx.insert(&THINGS, (1..=9).map(|number| thing(tenant(1), number)))?, 9);
                let sql = "UPDATE thing SET amount = v.more + $2, blob = v.blob, name = v.name, done = v.done, wake_at = v.at, due_on = v.day, more = v.json
                           FROM /*+rows: id id, more int, blob bytes, name text, done bool, at at, day date, json json*/ AS v
                           WHERE thing.tenant = $1 AND thing.id = v.id";
                let rest = [Value::Text("é"), true.into(), Instant::DAWN.into(), Day::MAX.into(), Value::Json("[1, 2]")];
                let row = |number: u32, blob| [&[Value::Id(id(number)), (number * 10).into(), blob], &rest[..]].concat();
                // Names are unique, so the second has none.
                let mut second = row(4, Value::Bytes(b"x"));
                second[3] = Value::Null;
                let changed = tx.update(sql, &[tenant(1).into(), 2.into()], [row(3, Value::Null), second, row(77, Value::Null)])?;
                let sql = "SELECT amount FROM thing WHERE tenant = $1 AND id IN /*+list*/ ($2) ORDER BY id";
                let list = [id(2), id(3), id(4), id(99)];
                let found = tx.rows(sql, &[tenant(1).into(), Value::List(&list)], |row| row.int(0))?;
                let named = tx.rows(
                    "SELECT id FROM thing WHERE tenant = $1 AND name IN /*+list*/ ($2) AND id NOT IN /*+list*/ ($3)",
                    &[tenant(1).into(), Value::Texts(&["é", "x"]), Value::List(&[id(4)])],
                    |row| row.id(0),
                )?;
                assert_eq!(named, [id(3)]);
                let all = "SELECT name, done, wake_at, due_on, more, blob FROM thing WHERE tenant = $1 AND id = $2";
                tx.one(all, &[tenant(1).into(), Value::Id(id(3))], |row| {
                    assert_eq!((row.text(0)?, row.bool(1)?, row.at(2)?, row.date(3)?), ("é".to_owned(), true, Instant::DAWN, Day::MAX));
                    assert_eq!((row.str(4)?, row.opt_bytes(5)?), ("[1, 2]", None));
                    Ok(())
                })?;
                let none = tx.rows(sql, &[tenant(1).into(), Value::List(&[])], |row| row.int(0))?;
                assert!(none.is_empty(), "an empty list holds nothing");
                Ok::<_, StoreError>((changed, found))
            })
            .unwrap();
        assert_eq!((changed, found), (2, vec![2, 32, 42]));
    });
}

#[test]
fn bulk_statements_take_more_rows_than_are_sent_at_once() {
    const MANY: u32 = 23_456;
    on_both(|db| {
        let (inserted, changed, sum) = db
            .write(Scope::Tenant(tenant(1)), |tx| {
                let inserted = tx.insert(&THINGS, (0..MANY).map(|number| thing(tenant(1), number)))?;
                let sql = "UPDATE thing SET amount = v.a FROM /*+rows: id id, a int*/ AS v WHERE thing.tenant = $1 AND thing.id = v.id";
                let changed = tx.update(sql, &[tenant(1).into()], (0..MANY).map(|number| [Value::Id(id(number)), 1.into()]))?;
                let sum = tx.one("SELECT CAST(SUM(amount) AS BIGINT) FROM thing", &[], |row| row.int(0))?;
                Ok::<_, StoreError>((inserted, changed, sum))
            })
            .unwrap();
        assert_eq!((inserted, changed, sum), (u64::from(MANY), u64::from(MANY), Some(i64::from(MANY))));
        assert_eq!(db.write(OWN, |tx| tx.insert(&THINGS, (0..MANY).map(|number| thing(tenant(3), number)))), Ok(u64::from(MANY)));
        // Large values are sent before there are many of them.
        let big = vec![7_u8; 3 << 20];
        let rows = (0..4_u32).map(|number| {
            let mut row = thing(tenant(2), number);
            row[8] = Value::Bytes(&big);
            row
        });
        assert_eq!(db.write(Scope::Tenant(tenant(2)), |tx| tx.insert(&THINGS, rows)), Ok(4));
    });
}

#[test]
fn rows_can_be_looked_at_one_by_one_and_left_half_way() {
    on_both(|db| {
        db.write(OWN, |tx| tx.insert(&THINGS, (0..5_000).map(|number| thing(tenant(1), number)))).unwrap();
        let sum = db.read(OWN, |tx| {
            let mut seen = 0;
            let stopped = tx.try_each("SELECT amount FROM thing ORDER BY id", &[], |row| {
                seen += 1;
                if row.int(0)? == 10 { Err(Stop::Here) } else { Ok(()) }
            });
            assert!(matches!(stopped, Err(Stop::Here)), "the reader's own error comes out");
            assert_eq!(seen, 11);
            // It is no error of the statement: the transaction goes on.
            tx.one("SELECT CAST(SUM(amount) AS BIGINT) FROM thing", &[], |row| row.int(0))
        });
        assert_eq!(sum, Ok(Some(12_497_500)));
    });
}

#[derive(Debug)]
enum Stop {
    Here,
    Elsewhere,
}

impl From<StoreError> for Stop {
    fn from(_: StoreError) -> Self {
        Self::Elsewhere
    }
}

#[test]
fn broken_rules_have_the_same_names_on_both() {
    on_both(|db| {
        let named = |name, number| {
            let mut row = thing(tenant(1), number);
            row[3] = Value::Text(name);
            row
        };
        let part = |thing: u32, size: i64| [[tenant(1).into(), Value::Id(id(1)), Value::Id(id(thing)), size.into()]];
        // In the tenant's scope PostgreSQL hides details of rows; the names come from the catalogue.
        for scope in [Scope::Owner, Scope::Tenant(tenant(1))] {
            let error = db.write(scope, |tx| tx.insert(&THINGS, [named("a", 1), named("a", 2)])).unwrap_err();
            assert_eq!(error, StoreError::Unique { constraint: "thing(tenant, name)".to_owned() });
            let error = db.write(scope, |tx| tx.insert(&PARTS, part(1, 1))).unwrap_err();
            assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
            let error = db
                .write(scope, |tx| {
                    tx.insert(&THINGS, [named("a", 1)])?;
                    tx.insert(&PARTS, part(1, 0))
                })
                .unwrap_err();
            assert!(matches!(error, StoreError::Check { .. }), "{error:?}");
            let error = db
                .write(scope, |tx| tx.execute("INSERT INTO part (tenant, id, size) VALUES ($1, $1, 1)", &[tenant(1).into()]))
                .unwrap_err();
            assert!(matches!(error, StoreError::Check { .. }), "{error:?}");
        }
    });
}

#[test]
fn mistakes_in_kinds_and_counts_are_named() {
    on_both(|db| {
        db.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 1)])).unwrap();
        let sql = "SELECT id, amount, name, done, wake_at, due_on, more, blob FROM thing";
        let read = |column, read: &dyn Fn(&Row<'_>) -> Result<(), StoreError>| {
            let error = db.read(OWN, |tx| tx.rows(sql, &[], |row| read(row))).unwrap_err();
            assert!(matches!(&error, StoreError::Column { column: found, .. } if *found == column), "{error}");
        };
        read(0, &|row| row.int(0).map(drop));
        read(0, &|row| row.text(0).map(drop));
        read(1, &|row| row.id(1).map(drop));
        read(2, &|row| row.text(2).map(drop));
        read(4, &|row| row.bytes(4).map(drop));
        read(5, &|row| row.at(5).map(drop));
        read(6, &|row| row.date(6).map(drop));
        read(7, &|row| row.id(7).map(drop));
        read(8, &|row| row.int(8).map(drop));
        let one = "SELECT amount FROM thing WHERE tenant = $1";
        let error = refused(db, |tx| tx.one(one, &[], |row| row.int(0))).to_string();
        assert_eq!(error, "the statement is given 0 where 1 parameters is wanted: SELECT amount FROM thing WHERE tenant = $1");
        let error = refused(db, |tx| tx.insert(&PARTS, [[tenant(1).into(), Value::Null, Value::Null, Value::Text("1")]])).to_string();
        assert_eq!(error, "size is given text where int is wanted: part");
        let error = refused(db, |tx| tx.insert(&PARTS, [[Value::Null]])).to_string();
        assert_eq!(error, "a row is given 1 where 4 values is wanted: part");
        let error = refused(db, |tx| tx.execute("DELETE FROM thing RETURNING id", &[])).to_string();
        assert!(error.contains("answers rows, which nobody reads"), "{error}");
        let error = refused(db, |tx| tx.execute("DELETE FROM thin", &[]));
        assert!(matches!(error, StoreError::Other { .. }), "{error:?}");
        db.write(OWN, |tx| tx.insert(&THINGS, [thing(tenant(1), 2)])).unwrap();
        let error = refused(db, |tx| tx.one(one, &[tenant(1).into()], |row| row.int(0)));
        assert!(matches!(error, StoreError::Many { .. }), "{error:?}");
    });
}

#[test]
fn a_bad_value_in_the_middle_of_many_rows_leaves_a_connection_that_works() {
    on_both(|db| {
        for scope in [OWN, Scope::Tenant(tenant(1))] {
            let rows = (0..4_000).map(|number| {
                let mut row = thing(tenant(1), number);
                row[2] = if number == 3_000 { Value::Text("three thousand") } else { row[2] };
                row
            });
            let error = db.write(scope, |tx| tx.insert(&THINGS, rows)).unwrap_err().to_string();
            assert_eq!(error, "amount is given text where int is wanted: thing");
            let count = db.write(scope, |tx| tx.one("SELECT count(*) FROM thing", &[], |row| row.int(0)));
            assert_eq!(count, Ok(Some(0)), "nothing of it is there, and the next transaction runs");
        }
    });
}
