//! Mails that came back for a reason that may pass: a full mailbox, a server that could not be reached for days.
//!
//! Once is an accident. An address that takes none for long is one that does not work, and counts as such from then on. Deliberately
//! absent: what becomes of the mail, which goes to the next contact point either way.

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::db::Tx;
use regua_store::opens;

use crate::error::Result;

/// On so many days in a row without a mail that is known to have arrived an address is given up.
pub(crate) const SOFT_MAX: i64 = 4;
/// What comes back within so many hours counts once: a server that is down returns all of a day's mails.
const APART_HOURS: i64 = 20;
/// What was counted so many hours ago counts no more.
const FORGOTTEN_HOURS: i64 = 60 * 24;

/// Counts that a mail to an address came back; whether that was once too often. Then counting begins anew.
pub(crate) fn came_back(tx: &mut Tx<'_>, tenant: TenantId, mark: [u8; 16], now: Instant) -> Result<bool> {
    let known = opens::soft(tx, tenant, mark)?.filter(|(_, at)| at.plus_hours(FORGOTTEN_HOURS) > now);
    let count = match known {
        Some((_, at)) if at.plus_hours(APART_HOURS) > now => return Ok(false),
        Some((count, _)) => count.saturating_add(1),
        None => 1,
    };
    if count >= SOFT_MAX {
        opens::forget_soft(tx, tenant, &[mark])?;
        return Ok(true);
    }
    opens::set_soft(tx, tenant, mark, count, now)?;
    Ok(false)
}
