//! A tenant that lives on a database of its own.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use regua_core::facts::{Channels, Policies};
use regua_core::ids::TenantId;
use regua_core::party::Email;
use regua_core::policy::{Names, compile};
use regua_core::time::Instant;
use regua_core::words::{Channel, Mode};
use regua_engine::letters::Company;
use regua_engine::ports::{Courier, Parcel, Rng, Sent};
use regua_engine::replay::verify;
use regua_engine::stationery::Stationery;
use regua_engine::{Act, Engine};
use regua_store::db::{Db, Options};
use regua_store::seal::MasterKey;
use regua_testkit::Fresh;
use regua_wire::channels::mime::Brand;
use regua_wire::messages::{Line, Templates, samples};

/// The kinds of database that a company lives on.
pub(crate) fn databases() -> [&'static str; 2] {
    ["SQLite", "PostgreSQL"]
}

/// Whether everything lives, and not only what keeps the gate quick.
pub(crate) fn in_full() -> bool {
    std::env::var_os("REGUA_FULL").is_some_and(|full| full == "1")
}

pub(crate) fn stopwatch() -> Stopwatch {
    Stopwatch::now()
}

pub(crate) fn policies(file: &str) -> Policies {
    let policy = compile(file, &Names::any()).unwrap_or_else(|findings| panic!("{findings:#?}"));
    Policies::new(vec![Arc::new(policy)]).unwrap()
}

/// An engine over a database of its own, with one tenant.
pub(crate) struct Living {
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    fresh: Fresh,
}

impl Living {
    /// A tenant that is live from the start, with everything released at once, as in a backtest.
    pub(crate) fn on(kind: &str, policy: &str, now: Instant) -> Self {
        let living = Self::in_shadow(kind, policy, now);
        living.engine.set_mode(living.tenant, Mode::Live, None, &act(), now).unwrap();
        living
    }

    /// A tenant as it is made.
    pub(crate) fn in_shadow(kind: &str, policy: &str, now: Instant) -> Self {
        let fresh = match kind {
            "SQLite" => Fresh::file(),
            _ => Fresh::postgres(&schema(), |url| drop(migrated(url))),
        };
        let engine = over(&fresh);
        let tenant = engine.add_tenant("test", now, &mut Same).unwrap();
        engine.publish(tenant, "policy.yaml", policy, 10_000, &act(), now).unwrap();
        Self { engine, tenant, fresh }
    }
}

impl Living {
    /// The same database under a process that was started anew.
    pub(crate) fn anew(self) -> Self {
        let Self { engine, tenant, fresh } = self;
        drop(engine);
        Self { engine: over(&fresh), tenant, fresh }
    }
}

impl Living {
    /// Every row must be what the log of events comes to again.
    pub(crate) fn assert_comes_to_the_same(&self, name: &str) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(&self.engine, self.tenant, scratch.path(), &mut |_, _| {}).unwrap();
        let found: String = verdict.findings.iter().map(|finding| format!("{finding}\n")).collect();
        assert!(verdict.is_clean(), "{name}: {found}and {} more", verdict.more);
        assert_eq!((verdict.other_version, verdict.broken), (0, 0), "{name}");
        println!("{name}: {} events come to the same {} rows", verdict.events, verdict.rows);
    }
}

fn over(fresh: &Fresh) -> Engine {
    Engine::new(migrated(fresh.url()), MasterKey::new([7; 32])).approving_at_once()
}

/// Takes every message over every channel, and keeps what was taken.
#[derive(Default)]
pub(crate) struct Captured(Vec<String>);

impl Courier for Captured {
    fn carries(&self) -> Channels {
        Channel::ALL.iter().copied().collect()
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.0.extend(parcels.iter().map(|parcel| parcel.key.0.clone()));
        parcels.iter().map(|_| Sent::Accepted { reply: String::new() }).collect()
    }
}

impl Captured {
    /// So many were taken, none twice.
    pub(crate) fn assert_once(mut self, count: usize) {
        assert_eq!(self.0.len(), count);
        self.0.sort_unstable();
        self.0.dedup();
        assert_eq!(self.0.len(), count, "sent twice");
    }
}

pub(crate) fn stationery() -> Stationery {
    let company = Company { creditor: samples::creditor(), link: samples::link(), language: None };
    let sender = Email::parse("contas@nuvem.example").unwrap();
    Stationery::new(
        company,
        Templates::shipped(),
        Some(Brand { name: Line::name("Nuvem"), sender, reply_to: None, colour: None, logo: None }),
    )
}

/// Whoever acts in tests.
pub(crate) fn act() -> Act {
    Act { by: "test".to_owned(), reason: None }
}

/// Names the schema, so that a database made of an older one is not copied.
fn schema() -> String {
    let mut hash = DefaultHasher::new();
    for step in regua_store::migrations::MIGRATIONS {
        (step.common, step.sqlite, step.postgres).hash(&mut hash);
    }
    format!("living-{:016x}", hash.finish())
}

fn migrated(url: &str) -> Db {
    let db = Db::open(url, &Options::default()).unwrap();
    db.migrate(Instant::from_secs(1_500_000_000)).unwrap();
    db
}

/// One tenant needs no chance.
struct Same;

impl Rng for Same {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }
}
