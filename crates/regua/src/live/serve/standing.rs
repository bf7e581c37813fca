//! Where the workers stand, for metrics.

use regua_web::Standing;

use crate::live::installation::Installation;

/// What waits; none when the database cannot be asked now.
pub(super) fn standing(installation: &Installation) -> Option<Standing> {
    let counts = installation.engine.waiting(installation.tenant, crate::world::clock()).ok()?;
    Some(Standing {
        queued_messages: counts.messages,
        due_customers: counts.customers,
        unfed_pages: counts.pages,
        deliveries_waiting: counts.deliveries,
    })
}
