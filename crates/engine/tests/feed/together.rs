//! Several threads tell and several feed at once, on both databases; and a backup goes on where it was.

use std::sync::atomic::{AtomicBool, Ordering};

use regua_core::facts::Fact;
use regua_core::time::Instant;
use regua_engine::commands::tell::About;
use regua_engine::events::Fed;
use regua_engine::{Engine, Kind};
use regua_store::db::{Db, Dialect, Options};
use regua_store::seal::MasterKey;
use regua_testkit::Fresh;
use regua_wire::files::portfolio::Portfolio;

use crate::common::{Company1, Counting, act, at, brl, customer, day, migrate, open, receivable};
use crate::{feed, in_order, origins, read, said};

const CUSTOMERS: u32 = 12;
const ROUNDS: u32 = 15;

fn bases() -> [Fresh; 2] {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    [Fresh::file(), Fresh::postgres(&format!("engine-{key}"), migrate)]
}

fn company(url: &str) -> Company1 {
    let mut company = Company1::new(url);
    let portfolio = Portfolio {
        customers: (0..CUSTOMERS).map(|one| customer(&format!("C{one}"))).collect(),
        receivables: (0..CUSTOMERS).map(|one| receivable(&format!("R{one}"), one, "2026-03-01", "2026-03-10", 10_000)).collect(),
        payments: vec![],
    };
    company.import(&portfolio, at("2026-03-01T09:00"));
    company
}

/// Again and again while the database is busy: SQLite has one writer.
fn patiently<T>(mut work: impl FnMut() -> regua_engine::Result<T>) -> T {
    loop {
        match work() {
            Ok(done) => return done,
            Err(error) if error.kind == Kind::Busy => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn fee(engine: &Engine, tenant: regua_core::ids::TenantId, receivable: u32, round: u32, now: Instant) {
    let fact = Fact::FeeAdded { on: day("2026-03-02"), amount: brl(i64::from(round) + 1) };
    patiently(|| engine.tell(tenant, &About::Receivable(format!("R{receivable}")), fact.clone(), Some(&act()), now));
}

#[test]
fn whoever_tells_and_feeds_at_once_each_event_is_told_once_and_each_chain_in_its_order() {
    for fresh in bases() {
        eprintln!("on {}", fresh.url());
        let company = company(fresh.url());
        let tenant = company.tenant;
        // A second tenant, so that feeders pass from one to the other.
        let other = company.engine.add_tenant("Outra", at("2026-03-01T09:00"), &mut Counting(99)).unwrap();
        let telling = AtomicBool::new(true);
        let fed = std::thread::scope(|scope| {
            let feeders: Vec<_> = (0..3)
                .map(|_| {
                    let telling = &telling;
                    let engine = Engine::new(open(fresh.url()), MasterKey::new([7; 32]));
                    scope.spawn(move || {
                        let mut all = Fed::default();
                        while telling.load(Ordering::SeqCst) {
                            // Few pages at a time, so that an order that is wrong shows.
                            all.add(patiently(|| engine.feed_due(at("2026-03-03T09:00"), 3)));
                        }
                        all
                    })
                })
                .collect();
            let tellers: Vec<_> = (0..3_u32)
                .map(|teller| {
                    let engine = Engine::new(open(fresh.url()), MasterKey::new([7; 32]));
                    scope.spawn(move || {
                        for round in 0..ROUNDS {
                            for one in 0..CUSTOMERS {
                                // Each receivable is told of by all of them, and clocks differ.
                                let now = Instant::from_secs(at("2026-03-02T09:00").secs() + i64::from((round * 7 + teller * 31) % 50));
                                fee(&engine, tenant, (one + teller * 4) % CUSTOMERS, round, now);
                            }
                        }
                    })
                })
                .collect();
            // Days end meanwhile, which takes the same pages.
            for today in 4..9 {
                patiently(|| company.engine.seal_day(tenant, at(&format!("2026-03-{today:02}T09:00"))));
            }
            tellers.into_iter().for_each(|teller| teller.join().unwrap());
            telling.store(false, Ordering::SeqCst);
            let mut all = Fed::default();
            feeders.into_iter().for_each(|feeder| all.add(feeder.join().unwrap()));
            all
        });
        let rest = feed(&company.engine, at("2026-03-03T09:00"), 500);
        let all = said(&company.engine, tenant).len() + said(&company.engine, other).len();
        assert_eq!(fed.said + rest.said, u64::try_from(all).unwrap(), "each event of the log was fed once");
        assert!(fed.said > 0, "they fed while it was told");
        in_order(&company.engine, tenant);
        in_order(&company.engine, other);
        let fees = read(&company.engine, tenant).iter().filter(|event| event.data.contains("fee_added")).count();
        assert_eq!(u32::try_from(fees), Ok(3 * ROUNDS * CUSTOMERS));
    }
}

#[test]
fn what_waits_in_a_backup_is_fed_before_what_comes_after_it() {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    let postgres = || Fresh::postgres(&format!("engine-{key}"), migrate);
    for [from, to] in [[Fresh::file(), Fresh::file()], [postgres(), postgres()]] {
        let folder = tempfile::tempdir().unwrap();
        let company = company(from.url());
        let tenant = company.tenant;
        for round in 0..5 {
            fee(&company.engine, tenant, 0, round, at("2026-03-02T09:00"));
        }
        company.engine.feed_due(at("2026-03-02T10:00"), 2).unwrap();
        let file = folder.path().join("one.backup");
        company.engine.db().backup(&file, at("2026-03-02T10:00")).unwrap();
        let db = open(to.url());
        db.restore(&file).unwrap();
        let engine = Engine::new(db, MasterKey::new([7; 32]));
        for round in 5..9 {
            fee(&engine, tenant, 0, round, at("2026-03-02T11:00"));
        }
        let before = origins(&engine, tenant).len();
        let done = feed(&engine, at("2026-03-02T12:00"), 1);
        assert!(before > 0 && done.events > 0);
        in_order(&engine, tenant);
        let fees: Vec<String> = read(&engine, tenant)
            .iter()
            .filter(|event| event.data.contains("fee_added"))
            .map(|event| serde_json::from_str::<serde_json::Value>(&event.data).unwrap()["amount"]["amount"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(fees, ["0.01", "0.02", "0.03", "0.04", "0.05", "0.06", "0.07", "0.08", "0.09"]);
    }
}

#[test]
fn a_page_of_a_long_feed_is_a_walk_along_an_index() {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    let fresh = Fresh::postgres(&format!("engine-{key}"), migrate);
    let company = Company1::new(fresh.url());
    let db = Db::open(fresh.url(), &Options::default()).unwrap();
    assert_eq!(db.dialect(), Dialect::Postgres);
    let hex: String = company.tenant.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let own = regua_store::db::Scope::Owner;
    let fill = format!(
        "INSERT INTO feeds (tenant, position) VALUES ('{hex}', 100000);
         INSERT INTO feed (tenant, position, stream, seq, part, type, at, data)
             SELECT '{hex}', g, md5((g % 500)::text)::uuid, g / 500, 0, 'step.done', now(), '{{}}' FROM generate_series(1::bigint, 100000) g;
         ANALYZE feed"
    );
    db.write(own, |tx| tx.batch(&fill)).unwrap();
    for name in ["feed.after", "feed.of_stream", "feed.one"] {
        let sql = regua_store::statements::all().into_iter().find(|(known, _)| *known == name).unwrap().1;
        // Whatever is asked for: the plan that the statement keeps.
        let plan = db.write(own, |tx| {
            tx.batch("SET LOCAL plan_cache_mode = force_generic_plan")?;
            tx.explain(sql)
        });
        let text = plan.unwrap().join("\n");
        assert!(text.contains("Index Scan using feed_") && !text.contains("Seq Scan") && !text.contains("Bitmap"), "{name}: {text}");
        assert!(!text.contains("Sort"), "{name}: {text}");
    }
}
