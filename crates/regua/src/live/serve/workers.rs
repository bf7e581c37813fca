//! What goes on beside the web: the event feed, deliveries, mirrored accounts, and what is forgotten in time. Decisions and
//! charges go on in `run::follow`.
//!
//! Whatever goes wrong here is told and tried again; nothing of it ends the server.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Duration;

use regua_core::time::Instant;
use regua_engine::adapters::deliver::{HttpsDeliverer, Settings};
use regua_engine::endpoints::Reach;
use regua_engine::{Error, Kind};

use super::{Door, is_over};
use crate::config::Config;
use crate::live::mirrors;
use crate::world::clock;

/// Pages of the log that one transaction puts into the feed, of each company.
const FEED_PAGES: i64 = 500;
/// How often the feed is looked after when nothing rings: other processes do not ring here.
const FEED_EVERY: Duration = Duration::from_secs(1);
/// Deliveries of one turn: between two a stop is heard.
const DELIVERIES: u64 = 64;
/// How long deliveries rest at most.
const DELIVER_EVERY: Duration = Duration::from_secs(1);
/// After something went wrong.
const REST: Duration = Duration::from_secs(5);
/// How often what is old is forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// Rows that are forgotten in one transaction.
const SWEEP_ROWS: i64 = 200;
/// Transactions of one sweep.
const SWEEPS: usize = 500;
/// Answers to requests are kept for so long, to be given again.
const REQUESTS_HOURS: i64 = 24;
/// Held acts that are over are kept for so long, with what was asked for; the record keeps their steps.
const HELD_HOURS: i64 = 90 * 24;

/// Where endpoints may be.
pub(in crate::live) const fn reach(config: &Config) -> Reach {
    if config.private_endpoints { Reach::Private } else { Reach::Public }
}

/// Begins everything.
pub(super) fn begin<'s, 'e>(scope: &'s Scope<'s, 'e>, door: &Arc<Door>, halt: &Arc<AtomicBool>) -> Vec<ScopedJoinHandle<'s, ()>> {
    let work: [fn(&Door, &AtomicBool); 4] = [feed, deliveries, sweeps, |door, halt| mirrors::keep_up(&door.installation, halt)];
    let begin = |work: fn(&Door, &AtomicBool)| {
        let (door, halt) = (Arc::clone(door), Arc::clone(halt));
        scope.spawn(move || work(&door, &halt))
    };
    work.into_iter().map(begin).collect()
}

/// Puts what happened into the feed, as soon as something may have.
fn feed(door: &Door, halt: &AtomicBool) {
    let mut seen = 0;
    while !is_over(halt) {
        let rest = match door.installation.engine.feed_due(clock(), FEED_PAGES) {
            Ok(fed) => {
                if fed.events > 0 {
                    door.bell.ring();
                }
                if fed.pages > 0 { continue } else { FEED_EVERY }
            }
            Err(error) => failed("feed", &error),
        };
        door.wake.wait(&mut seen, rest, halt);
    }
}

/// Takes events to endpoints.
fn deliveries(door: &Door, halt: &AtomicBool) {
    let engine = &door.installation.engine;
    let settings = Settings { reach: reach(&door.installation.config), ..Settings::default() };
    let mut deliverer = match HttpsDeliverer::new(&settings) {
        Ok(deliverer) => deliverer,
        Err(why) => {
            tracing::error!(why, "nothing is delivered: connections cannot be made ready");
            return;
        }
    };
    let mut seen = 0;
    while !is_over(halt) {
        let rest = match engine.deliver_due(&clock, &mut deliverer, DELIVERIES) {
            Ok(done) if done.tried > 0 => continue,
            Ok(_) => DELIVER_EVERY,
            Err(error) => failed("deliveries", &error),
        };
        door.wake.wait(&mut seen, rest, halt);
    }
}

/// Forgets what is old, and catches up with what an older version left.
fn sweeps(door: &Door, halt: &AtomicBool) {
    let mut seen = 0;
    while !is_over(halt) {
        for sweep in SWEPT {
            if let Err(error) = swept(door, halt, *sweep) {
                failed("sweeps", &error);
            }
        }
        // It does not matter what rings: what is old stays so.
        let mut left = SWEEP_EVERY;
        while !left.is_zero() && !is_over(halt) {
            let part = left.min(REST);
            let begun = std::time::Instant::now();
            door.wake.wait(&mut seen, part, halt);
            left = left.saturating_sub(begun.elapsed().max(Duration::from_millis(1)));
        }
    }
}

/// Looks after up to so many rows; how many there were.
type Sweep = fn(&Door, Instant) -> Result<u64, Error>;

const SWEPT: &[Sweep] = &[
    |door, now| door.installation.engine.forget_requests(door.installation.tenant, now.plus_hours(-REQUESTS_HOURS), SWEEP_ROWS),
    |door, now| door.installation.engine.expire_acts(door.installation.tenant, now, SWEEP_ROWS),
    |door, now| door.installation.engine.forget_held_acts(door.installation.tenant, now.plus_hours(-HELD_HOURS), SWEEP_ROWS),
    |door, now| door.installation.engine.forget_deliveries(door.installation.tenant, now, SWEEP_ROWS),
    |door, now| door.installation.engine.forget_sessions(door.installation.tenant, now, SWEEP_ROWS),
    |door, _now| door.installation.engine.mark_names(door.installation.tenant, SWEEP_ROWS),
    |door, now| door.installation.engine.forget_failed_sign_ins(door.installation.tenant, now, SWEEP_ROWS),
];

fn swept(door: &Door, halt: &AtomicBool, sweep: Sweep) -> Result<(), Error> {
    for _ in 0..SWEEPS {
        if is_over(halt) || sweep(door, clock())? == 0 {
            break;
        }
    }
    Ok(())
}

/// Tells what went wrong; how long to rest then.
fn failed(what: &'static str, error: &Error) -> Duration {
    if error.kind == Kind::Busy {
        tracing::warn!(what, code = error.code, "could not go on; it is tried again");
    } else {
        tracing::error!(what, code = error.code, "could not go on; it is tried again");
    }
    REST
}
