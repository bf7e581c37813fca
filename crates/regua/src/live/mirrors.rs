//! Mirrored accounts read again and again beside a server: what changed at a biller becomes known without a person's `sync`.
//!
//! An account is read once somebody has begun to, by `regua sync`: what a first reading brings is looked at before. Whatever goes
//! wrong is told, kept for `regua doctor`, and tried again at the next turn. Deliberately absent: ending the server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use regua_engine::overlay::Syncing;

use super::installation::Installation;
use super::overlay;
use super::run::sleep;
use crate::config::Config;
use crate::exit::note;
use crate::output::counted;
use crate::world::{SystemRng, clock};

/// Pages of one call: between two calls an interrupt is heard.
const PAGES_AT_ONCE: u64 = 5;
/// Pages of one account at a turn: what lies behind them is read at the next.
const PAGES_MAX: u64 = 5_000;
/// How often a wait looks whether it is interrupted.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The accounts of the settings that another system charges by.
pub(super) fn mirrored(config: &Config) -> Vec<&'static str> {
    let accounts = [("stripe", &config.gateway.stripe), ("asaas", &config.gateway.asaas)];
    accounts.into_iter().filter(|(_, account)| account.as_ref().is_some_and(|account| account.mirror)).map(|(name, _)| name).collect()
}

/// Reads what is mirrored, turn after turn, until it is stopped.
pub(super) fn keep_up(installation: &Installation, stop: &AtomicBool) {
    let names = mirrored(&installation.config);
    let Some(every) = installation.config.serve.sync_every.filter(|_| !names.is_empty()) else { return };
    while !stop.load(Ordering::Relaxed) {
        for name in &names {
            match turn(installation, name, stop) {
                Ok(0) => {}
                Ok(refusals) => {
                    let what = counted(refusals, "object");
                    note(&format!("{what} of {name} could not be taken in; `regua sync {name} --full` writes down which and why"));
                }
                Err(error) => note(&format!("the account at {name} was not read: {error:#}")),
            }
        }
        wait(every, stop);
    }
}

/// Reads one account as far as a turn goes; how much could not be taken in.
fn turn(installation: &Installation, name: &str, stop: &AtomicBool) -> anyhow::Result<u64> {
    let (engine, tenant) = (&installation.engine, installation.tenant);
    if !engine.is_mirrored(tenant, name)? {
        return Ok(0);
    }
    let mut biller = overlay::biller(installation, name)?;
    let how = Syncing { pages: Some(PAGES_AT_ONCE), ..Syncing::default() };
    let (mut pages, mut refusals) = (0, 0);
    while pages < PAGES_MAX && !stop.load(Ordering::Relaxed) {
        let synced = engine.sync(tenant, name, &mut *biller, how, clock(), &mut SystemRng, &mut |_| {})?;
        pages += synced.pages;
        refusals += synced.refusals;
        if !synced.more {
            break;
        }
    }
    Ok(refusals)
}

fn wait(length: Duration, stop: &AtomicBool) {
    let mut left = length;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        let part = left.min(LOOK_EVERY);
        sleep(part);
        left = left.saturating_sub(part);
    }
}
