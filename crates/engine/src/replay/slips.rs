//! Events of bank slips carried out again: one is issued, and stands otherwise later.

use regua_core::time::Instant;
use regua_store::bank::{self, SlipRow};
use regua_store::batch::Batch;
use regua_store::db::Tx;
use regua_store::log::StoredEvent;

use super::Left;
use super::events::{Events, as_recorded, receivable_of};
use super::tenant::payload;
use crate::bank::SlipNote;
use crate::error::Result;

impl Events<'_> {
    /// A slip was issued, or stands otherwise.
    pub(super) fn slip(&mut self, copy: &mut Tx<'_>, event: &StoredEvent) -> Result<Option<Left>> {
        let note: SlipNote = payload(event)?;
        let tenancy = self.timeline.latest()?;
        let mut case = self.customer(copy, &tenancy, event, &[])?;
        if case.key.is_none() {
            return Ok(Some(Left::Erased));
        }
        match note.issued {
            None => bank::set_slip(copy, self.tenant, (&note.account, &note.number), &note.status, note.file)?,
            Some(issued) => {
                let slip = SlipRow {
                    account: note.account,
                    number: note.number,
                    receivable: receivable_of(&issued.receivable)?,
                    customer: case.customer,
                    amount: issued.amount,
                    due_on: issued.due_on,
                    issued_at: event.at,
                    file: note.file,
                    status: note.status,
                };
                bank::add_slips(copy, self.tenant, &[slip])?;
            }
        }
        let mut batch = Batch::default();
        case.save(&tenancy, event.at, Instant::NEVER, &mut batch)?;
        as_recorded(&mut batch, case.customer, event);
        batch.write(copy, self.tenant)?;
        Ok(None)
    }
}
