//! Over another biller: its account mirrored, its own charging and reminding respected, and control handed back.
//!
//! What a biller has is read page by page, in full once and by what changed afterwards, and becomes known as facts, as an
//! import does. A payment is booked under the biller's name of it, so that a webhook and a reading never book it twice. While
//! the biller itself charges or reminds for an invoice, its receivable is paused here and nobody charges it. Deliberately
//! absent: writing anything at the biller, which no port here can.

mod attempts;
mod customers;
mod eject;
mod invoices;
mod pausing;
mod settling;
mod sync;

use std::collections::BTreeMap;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::charging::gateways;
use regua_store::charging::mirrored::{self, MirroredRow};
use regua_store::db::{Scope, Tx};
use regua_wire::gateways::mirror::Switch;
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::error::{Error, Result};

pub use eject::{Ejected, Handed, UnderWay};

/// How an account is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Syncing {
    /// All of it, also what is known.
    pub full: bool,
    /// Nothing is written: what would be is told.
    pub dry_run: bool,
    /// At most so many pages are read now, and the next call goes on behind them; all when absent.
    pub pages: Option<u64>,
}

/// What became of objects of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// They became known.
    pub new: u64,
    /// They say something else than before.
    pub changed: u64,
    /// They are as they were.
    pub same: u64,
    /// They are nothing that is mirrored: drafts, what we made ourselves, what is too old to count.
    pub left: u64,
}

/// What a reading brought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Synced {
    /// Whether all of it was read, also what is known.
    pub full: bool,
    /// Whether it went on where an earlier reading had stopped.
    pub resumed: bool,
    /// Whether there is more to read: as many pages as were asked for are read.
    pub more: bool,
    /// Pages read.
    pub pages: u64,
    /// Customers.
    pub customers: Told,
    /// Invoices.
    pub invoices: Told,
    /// Attempts that the biller made.
    pub attempts: Told,
    /// Payments that were booked.
    pub payments: u64,
    /// Stored methods that became known or changed.
    pub methods: u64,
    /// Receivables that are paused from now on, since the biller acts on them.
    pub paused: u64,
    /// Receivables whose pause ended, since it acts no more.
    pub released: u64,
    /// Which switches the biller still acts by, of all that is mirrored; in a dry run, of what was read;
    /// none while there is more to read.
    pub switches: Vec<SwitchCount>,
    /// What could not be taken in, the first [`REFUSED_MAX`] of it.
    pub refused: Vec<Refused>,
    /// How many could not be.
    pub refusals: u64,
}

/// Things that could not be taken in which are listed; the others are counted.
pub const REFUSED_MAX: usize = 200;

/// An object that could not be taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// `customer`, `invoice`, `attempt`, `method`.
    pub object: &'static str,
    /// The biller's name of it.
    pub reference: String,
    /// Why, and the mend.
    pub reason: String,
}

/// How far the mirror of an account has got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mirrored {
    /// What changed until then is known; none before all of it was read once.
    pub synced_at: Option<Instant>,
    /// Why the last reading could not go on, while none has gone on since.
    pub trouble: Option<String>,
}

/// On how many receivables a biller still acts by a switch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SwitchCount {
    /// Which.
    pub switch: Switch,
    /// On how many.
    pub receivables: u64,
}

impl Synced {
    fn refuse(&mut self, object: &'static str, reference: &str, reason: impl Into<String>) {
        self.refusals += 1;
        if self.refused.len() < REFUSED_MAX {
            self.refused.push(Refused { object, reference: reference.to_owned(), reason: reason.into() });
        }
    }
}

/// A mirror at work: whose, by which gateway, when.
#[derive(Clone, Copy)]
struct Site<'a> {
    tenant: TenantId,
    gateway: &'a str,
    dry_run: bool,
    now: Instant,
}

/// Who reports the payments of a biller's customers: not the gateway itself, whose own listing tells of ours alone.
#[must_use]
pub fn source_of(gateway: &str) -> String {
    format!("mirror:{gateway}")
}

impl Engine {
    /// By which switches a biller still acts, each with on how many receivables.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn biller_switches(&self, tenant: TenantId, gateway: &str) -> Result<Vec<SwitchCount>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let counts = mirrored::counts(tx, tenant)?;
            let own = counts.iter().filter(|count| count.gateway == gateway && count.biller_acts);
            let mut all: Vec<SwitchCount> = own
                .filter_map(|count| {
                    let receivables = u64::try_from(count.count).unwrap_or(0);
                    Some(SwitchCount { switch: pausing::switch_of(&count.object)?, receivables })
                })
                .collect();
            all.sort_by_key(|count| count.switch);
            Ok(all)
        })
    }

    /// Whether an account of this gateway was ever read, or begun to be.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn is_mirrored(&self, tenant: TenantId, gateway: &str) -> Result<bool> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let row = gateways::sync(tx, tenant, gateway)?;
            Ok(row.is_some_and(|row| row.synced_at.is_some() || row.place.is_some()))
        })
    }

    /// How far the mirror of an account has got; nothing when no reading of it was ever begun.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn mirror_of(&self, tenant: TenantId, gateway: &str) -> Result<Option<Mirrored>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let row = gateways::sync(tx, tenant, gateway)?.filter(|row| row.synced_at.is_some() || row.place.is_some());
            Ok(row.map(|row| Mirrored { synced_at: row.synced_at, trouble: sync::trouble_of(&row) }))
        })
    }

    /// What is known of objects, by the biller's name.
    fn mirrored(&self, tx: &mut Tx<'_>, site: Site<'_>, object: &str, references: &[&str]) -> Result<BTreeMap<String, MirroredRow>> {
        if references.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = mirrored::of(tx, site.tenant, (site.gateway, object), references)?;
        Ok(rows.into_iter().map(|row| (row.reference.clone(), row)).collect())
    }

    /// A keyed digest of what was understood of an object: it says nothing to whoever has not the installation's key.
    fn understood(&self, site: Site<'_>, text: &str) -> [u8; 32] {
        let mark = self.master.mark("mirrored object", &site.tenant.to_bytes(), format!("{}\0{text}", site.gateway).as_bytes());
        Sha256::digest(mark).into()
    }
}

/// A gateway that nobody added.
fn no_gateway(name: &str) -> Error {
    Error::not_found("no_gateway", format!("no gateway `{name}`; add it to the settings and run: regua gateway list"))
}
