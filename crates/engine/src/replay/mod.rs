//! `verify`: a tenant is made again from its log, in an empty database and by the code that lives, and then every row of
//! both databases is compared.
//!
//! The tenant's own chain comes first, then customers in the order of their ids. Everything is read in one transaction, so
//! that others may go on writing. `docs/adr/0005-event-log.md` says what is proved and what is not. Deliberately absent:
//! mending anything.

mod billing;
mod chain;
mod charges;
mod customers;
mod events;
mod judge;
mod pages;
mod past;
mod people;
mod recorded;
mod slips;
mod sums;
mod tables;
mod tenant;
mod timeline;
mod verdict;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::db::{Db, Options, Scope, Tx};

use crate::Engine;
use crate::error::{Error, Result};

pub use past::{Ended, Moment, Recalled};
pub use verdict::{FINDINGS_MAX, Finding, MoneyLine, Sort, Stage, Verdict};

pub(crate) use past::past;

use customers::Customers;
use timeline::Timeline;
use verdict::Report;

/// Why the rows of a customer are not compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Left {
    /// Its key is gone: nobody can tell any more what was known of the person, and so decide again.
    Erased,
    /// Another version of the engine or of the rulebook decided.
    OtherVersion,
    /// Its log is broken, or comes to something else: that is reported.
    Broken,
}

/// Customers whose rows are not compared: some thirty bytes for each.
type LeftOut = BTreeMap<[u8; 16], Left>;

/// Events, or rows of a table, that are in memory at once.
const PAGE: i64 = 2_000;

/// Checks everything about a tenant that its database can be asked about.
///
/// * `scratch` — a folder for the second database, which is removed at the end; it grows as large as the first.
/// * `progress` — is told now and then what is being done, and how much of it was.
///
/// # Errors
/// Whatever the databases say. What is found wrong is no error: it is in the verdict.
pub fn verify(engine: &Engine, tenant: TenantId, scratch: &Path, progress: &mut dyn FnMut(Stage, u64)) -> Result<Verdict> {
    let file = Scratch::new(scratch, tenant)?;
    let copy = Db::open(&format!("sqlite:{}", file.path.display()), &Options::default())?;
    copy.migrate(Instant::from_secs(0))?;
    let verdict = engine.db.read(Scope::Tenant(tenant), |tx| check(engine, tx, &copy, tenant, progress));
    drop(copy);
    verdict
}

fn check(engine: &Engine, tx: &mut Tx<'_>, copy: &Db, tenant: TenantId, progress: &mut dyn FnMut(Stage, u64)) -> Result<Verdict> {
    let mut report = Report::default();
    let own = tenant::rebuild(tx, copy, tenant, &mut report)?;
    let mut customers = Customers::new(&engine.master, tenant, Timeline::of(&own.stored, own.policies, &mut report));
    customers.rebuild(tx, copy, &mut report, progress)?;
    let Customers { left, seen, events, .. } = customers;
    let rows = tables::compare(tx, copy, tenant, &left, &mut report, progress)?;
    recorded::check(tx, tenant, &left, &mut report)?;
    let pages = pages::check(tx, tenant, events + own.events, &own.roots, &mut report, progress)?;
    let money = sums::check(tx, tenant, &mut report, progress)?;
    let count = |why: Left| left.values().filter(|known| **known == why).count().try_into().unwrap_or(u64::MAX);
    Ok(Verdict {
        customers: seen,
        events: events + own.events,
        rows,
        erased: count(Left::Erased),
        other_version: count(Left::OtherVersion),
        broken: count(Left::Broken),
        pages: pages.count,
        root: pages.root,
        money,
        more: report.more,
        findings: report.findings,
    })
}

/// The file of the second database, gone when this value is.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new(folder: &Path, tenant: TenantId) -> Result<Self> {
        let shown = folder.display();
        std::fs::create_dir_all(folder)
            .map_err(|why| Error::refused("no_scratch", format!("the folder {shown} cannot be made: {why}; name another")))?;
        let own = Self { path: folder.join(format!("verify-{tenant}.db")) };
        own.remove();
        Ok(own)
    }

    /// What is not there needs no removing, and what cannot be removed is in the way of nobody but the next.
    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut name = self.path.clone().into_os_string();
            name.push(end);
            drop(std::fs::remove_file(name));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}
