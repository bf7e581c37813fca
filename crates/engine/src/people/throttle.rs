//! Guessing made slow: failures are counted by what was typed, whether or not anybody has that address.
//!
//! A try is counted before the password is looked at and taken back when it was right, so that many at once are no way around.
//! What is refused for its count is not counted, so that nobody keeps the right person out by going on; a wait is never longer
//! than a quarter of an hour from now, whatever another machine's clock wrote.

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::db::Scope as Rows;
use regua_store::people::failures;
use regua_store::tenants;

use crate::Engine;
use crate::error::{Error, Result};

/// Failures that cost nothing but themselves.
const FREE: i64 = 4;
const MINUTE: i64 = 60;
/// The longest wait, in seconds.
const LONGEST: i64 = 15 * MINUTE;
/// Failures are forgotten this long after the last one, in seconds.
const FORGOTTEN: i64 = 24 * 60 * MINUTE;

/// Rows of one sweep at most.
pub(super) const SWEPT_MAX: i64 = 1_000;

/// Whether somebody may try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// Not before.
    Wait(Instant),
    /// Yes, and it is counted already.
    Try(Counted),
}

/// A try that was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Counted {
    pub(super) mark: [u8; 16],
    failures: i64,
    /// The wait as it was before.
    until_at: Instant,
}

pub(super) const fn after(at: Instant, secs: i64) -> Instant {
    Instant::from_micros(at.micros().saturating_add(secs.saturating_mul(1_000_000)))
}

/// Seconds to wait after so many failures: from the fifth on 1, 2, 4, 8, 15 minutes.
fn wait(failures: i64) -> i64 {
    match failures.saturating_sub(FREE + 1) {
        ..0 => 0,
        doubled @ 0..4 => MINUTE << doubled,
        4.. => LONGEST,
    }
}

impl Engine {
    /// The mark of what was typed as an address, which says nothing to whoever has not the installation's key.
    pub(super) fn typed_mark(&self, tenant: TenantId, typed: &str) -> [u8; 16] {
        self.master.mark("typed", &tenant.to_bytes(), typed.as_bytes())
    }

    /// Counts a try.
    pub(super) fn begin_try(&self, tenant: TenantId, typed: &str, now: Instant) -> Result<Turn> {
        let mark = self.typed_mark(tenant, typed);
        self.db.write(Rows::Tenant(tenant), |tx| {
            if tenants::one(tx, tenant)?.is_none() {
                return Err(Error::not_found("no_tenant", "this database has no such tenant; make one with: regua init"));
            }
            let mut row = failures::lock(tx, tenant, mark, now)?;
            let longest = after(now, LONGEST);
            if row.until_at > longest {
                // Another machine's clock was ahead.
                (row.until_at, row.failed_at) = (longest, now);
                failures::set(tx, tenant, &row)?;
            }
            if row.until_at > now {
                return Ok(Turn::Wait(row.until_at));
            }
            if after(row.failed_at, FORGOTTEN) <= now {
                row.failures = 0;
            }
            let until_at = row.until_at;
            row.failures += 1;
            row.failed_at = now;
            row.until_at = after(now, wait(row.failures));
            failures::set(tx, tenant, &row)?;
            Ok(Turn::Try(Counted { mark, failures: row.failures, until_at }))
        })
    }

    /// Takes a try back that was neither a failure nor a success.
    pub(super) fn uncount(&self, tenant: TenantId, counted: Counted) -> Result<()> {
        self.db.write(Rows::Tenant(tenant), |tx| {
            failures::take_back(tx, tenant, counted.mark, counted.failures, counted.until_at).map_err(Error::from)
        })
    }

    /// Forgets up to `limit` counts of failed sign-ins, at most a thousand, that count no more: of two days and older; how many.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn forget_failed_sign_ins(&self, tenant: TenantId, now: Instant, limit: i64) -> Result<u64> {
        let before = after(now, -2 * FORGOTTEN);
        Ok(self.db.write(Rows::Tenant(tenant), |tx| failures::forget(tx, tenant, before, limit.clamp(0, SWEPT_MAX)))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_fifth_failure_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (0..12).map(|failures| wait(failures) / MINUTE).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15]);
        assert_eq!((wait(i64::MAX), wait(-1)), (LONGEST, 0));
    }
}
