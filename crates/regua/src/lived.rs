//! The demo's installation: the engine itself lives the made-up company from its first day to today, and every message
//! goes into a folder.
//!
//! It lives in memory, from one moment at which something happens to the next, and is written down as a file in the end: a
//! disk would be asked tens of thousands of times to keep what nobody needs before. Deliberately absent: deciding.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use regua_core::facts::Channels;
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::policy::Policy;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::adapters::post::Capture;
use regua_engine::letters::Company;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::{Act, Engine};
use regua_sim::backtest::{Backtest, Summary};
use regua_sim::live::{self, Drawn, Post};
use regua_store::db::{Db, Options, Scope};
use regua_store::reports;
use regua_store::seal::MasterKey;

use crate::config::{Config, Environment, FILE, KeyFile, Values, own_file};
use crate::exit::BadInput;
use crate::live::aging;
use crate::live::installation::{EVERYBODY_BP, database};
use crate::live::post::stationery;
use crate::progress::Progress;

/// The folder of the messages.
pub(crate) const CAPTURED: &str = "captured";
/// The database, and what SQLite keeps beside it.
const DATABASE: [&str; 3] = ["regua.db", "regua.db-wal", "regua.db-shm"];
/// What the settings of a demo begin with: only such a folder is made anew.
const MARK: &str = "# This installation was made by `regua demo`, which makes it anew whenever it runs here again.\n";

/// What the installation holds in the end, as it was read from there.
pub(crate) struct Lived {
    /// Final decisions.
    pub(crate) decisions: u64,
    /// Files in the folder of messages.
    pub(crate) captured: u64,
    /// What is open in the policy's currency, by age: the band, its receivables, their balance.
    pub(crate) aging: Vec<(&'static str, u64, Money)>,
}

/// Takes away the installation of an earlier demo.
///
/// # Errors
/// When the folder holds an installation that is no demo's.
pub(crate) fn clear(dir: &Path) -> anyhow::Result<()> {
    let settings = dir.join(FILE);
    match fs::read_to_string(&settings) {
        Ok(text) if !text.starts_with(MARK) => {
            let told = format!("{}: there is an installation already; name another folder with --out", dir.display());
            return Err(BadInput::new(told).into());
        }
        Ok(_) => {}
        // Nothing that is named like ours may be anybody else's.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let left = ["regua.key", DATABASE[0], CAPTURED].into_iter().map(|name| dir.join(name)).find(|path| path.exists());
            return left.map_or(Ok(()), |path| {
                let told = format!("{}: it is there already; name another folder with --out, or move it away", path.display());
                Err(BadInput::new(told).into())
            });
        }
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", settings.display())),
    }
    // The settings go last: until then the folder is a demo's.
    let gone = |path: &Path, removed: io::Result<()>| match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).with_context(|| format!("failed to remove {}", path.display())),
        Ok(()) | Err(_) => Ok(()),
    };
    let captured = dir.join(CAPTURED);
    gone(&captured, fs::remove_dir_all(&captured))?;
    for name in DATABASE.into_iter().chain(["regua.key", FILE]) {
        let path = dir.join(name);
        gone(&path, fs::remove_file(&path))?;
    }
    Ok(())
}

/// Makes the installation and lives in it what the backtest walks.
///
/// # Errors
/// When a file cannot be written; when the installation decided otherwise than the backtest, which is a bug.
pub(crate) fn live(
    dir: &Path,
    company: &Company,
    (policy, text): (&Policy, &str),
    backtest: &Backtest<'_>,
    summary: &Summary,
    now: Instant,
) -> anyhow::Result<Lived> {
    let settings = settings(company);
    let path = dir.join(FILE);
    // First of all, so that a demo that was broken off is known as one.
    fs::write(&path, &settings).with_context(|| format!("failed to write {}", path.display()))?;
    // Whatever the environment says of other installations.
    let config = Config::of(&Values::read(&path.display().to_string(), &settings, &Environment::default())?, dir)?;
    let key = MasterKey::new(KeyFile::make(&config.key_file)?.0);
    let db = Db::open("sqlite::memory:", &Options::default())?;
    db.migrate(backtest.start())?;
    let engine = Engine::new(db, key).approving_at_once();
    let tenant = begin(&engine, company, text, backtest.start())?;
    let stationery = stationery(&config)?;
    let folder = config.email.capture.as_deref().context("the demo's settings capture nothing")?;
    let progress = Progress::of_messages("living", summary.messages);
    let mut courier = Counted { inner: Capture::into(folder)?, progress };
    let customers: Vec<u32> = (0..).take(backtest.portfolio().customers.len()).collect();
    let post = Post { courier: &mut courier, stationery: &stationery };
    let lived = live::live(&engine, tenant, backtest, &customers, Some(post))?;
    drop(courier);
    engine.seal_days(now)?;
    anyhow::ensure!(
        (lived.ticked.decisions, lived.dispatched.sent, lived.ticked.parked) == (summary.decisions, summary.messages, 0),
        "the installation took {} decisions and {} messages where the backtest has {} and {}; this is a bug, please report it with the seed",
        lived.ticked.decisions,
        lived.dispatched.sent,
        summary.decisions,
        summary.messages,
    );
    engine.db().copy(&dir.join(DATABASE[0]))?;
    drop(engine);
    read(&config, tenant, policy, folder, now)
}

/// What is there now, as whoever opens the installation finds it.
fn read(config: &Config, tenant: TenantId, policy: &Policy, folder: &Path, now: Instant) -> anyhow::Result<Lived> {
    let engine = Engine::new(database(config)?, MasterKey::new(KeyFile::read(&config.key_file)?.0));
    let mut decisions = 0;
    engine.db().read(Scope::Tenant(tenant), |tx| {
        reports::decisions(tx, tenant, |_| {
            decisions += 1;
            Ok(())
        })
    })?;
    let captured = fs::read_dir(folder).with_context(|| format!("failed to read {}", folder.display()))?.count();
    let aging = aging::bands(&engine, tenant, (policy.zone.day_of(now), policy.zone), policy.currency)?;
    Ok(Lived { decisions, captured: u64::try_from(captured).unwrap_or(u64::MAX), aging })
}

/// A company that is live from its first day, as the backtest takes it to be.
fn begin(engine: &Engine, company: &Company, policy: &str, at: Instant) -> anyhow::Result<TenantId> {
    let tenant = engine.add_tenant(company.creditor.name.as_str(), at, &mut Drawn::new(0))?;
    let act = Act { by: "regua demo".to_owned(), reason: Some("a made-up company".to_owned()) };
    engine.publish(tenant, "policy.yaml", policy, EVERYBODY_BP, &act, at)?;
    engine.set_mode(tenant, Mode::Live, None, &act, at)?;
    Ok(tenant)
}

/// `regua.toml` of the demo.
fn settings(company: &Company) -> String {
    let creditor = &company.creditor;
    let from = format!("{} <{}>", creditor.name.as_str(), creditor.contact.as_str());
    let settings = own_file(&BTreeMap::from([
        ("company.name", creditor.name.as_str()),
        ("company.address", creditor.address.as_str()),
        ("company.tax_id", creditor.tax_id.as_str()),
        ("company.contact", creditor.contact.as_str()),
        ("company.link", company.link.as_str()),
        ("email.from", &from),
        ("email.capture", CAPTURED),
    ]));
    format!("{MARK}#\n{settings}")
}

/// Shows how far it is.
struct Counted {
    inner: Capture,
    progress: Progress,
}

impl Courier for Counted {
    fn carries(&self) -> Channels {
        self.inner.carries()
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.progress.advance(u64::try_from(parcels.len()).unwrap_or(0));
        self.inner.send(parcels)
    }
}
