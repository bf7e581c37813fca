//! Work of people: what they note of customers, and the list of what they are to do.
//!
//! `notes` are kept of customers, `tasks` listed, taken and worked, `codes` what follows from what a call came to.

mod codes;
mod notes;
mod tasks;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::db::Tx;
use regua_store::due::{self, Which};

use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

pub use codes::{Code, FOLLOW_UP_DAYS_MAX};
pub(crate) use notes::NoteNote;
pub use notes::{NOTE_MAX, NewNote, Note};
pub use regua_store::tasks::Wanted;
pub(crate) use tasks::TaskNote;
pub use tasks::{CLAIM_MINUTES, OVERFLOW_DAYS, Sorted, Task, Worked};

impl Engine {
    /// Enters events about one customer under its lock; it is decided again only when something became known with them.
    ///
    /// * `about` — receivables that have to be in hand although nothing can happen to them by itself.
    fn beside<T>(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        customer: CustomerId,
        about: &[ReceivableId],
        now: Instant,
        work: impl FnOnce(&mut Tx<'_>, &mut Case, &Tenancy, &mut Batch) -> Result<T>,
    ) -> Result<T> {
        let ids = [customer.to_bytes()];
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let about: Vec<[u8; 16]> = about.iter().map(|id| id.to_bytes()).collect();
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let (_, case) = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)?.pop().ok_or_else(missing)?;
        let mut case = case?;
        let mut batch = Batch::default();
        let result = work(tx, &mut case, &tenancy, &mut batch)?;
        case.save_if_changed(&tenancy, now, &mut batch)?;
        batch.write(tx, tenant)?;
        Ok(result)
    }
}
