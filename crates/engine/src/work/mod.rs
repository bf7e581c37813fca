//! Work of people: what they note of customers.

mod notes;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::db::Tx;
use regua_store::due::{self, Which};

use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

pub(crate) use notes::NoteNote;
pub use notes::{NOTE_MAX, NewNote, Note};

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
        work: impl FnOnce(&mut Case, &Tenancy, &mut Batch) -> Result<T>,
    ) -> Result<T> {
        let ids = [customer.to_bytes()];
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let about: Vec<[u8; 16]> = about.iter().map(|id| id.to_bytes()).collect();
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let (_, case) = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)?.pop().ok_or_else(missing)?;
        let mut case = case?;
        let mut batch = Batch::default();
        let result = work(&mut case, &tenancy, &mut batch)?;
        case.save_if_changed(&tenancy, now, &mut batch)?;
        batch.write(tx, tenant)?;
        Ok(result)
    }
}
