//! What was decided of a receivable.

use regua_core::ids::{MessageId, ReceivableId, TenantId};

use crate::db::{StoreError, Tx, Value};
use crate::person::StoredDecision;
use crate::statements::Statement;

const OF: &str = "
    SELECT mode, step, cycle, occurrence, outcome, decided_at, message, rule, policy, seq FROM decisions
     WHERE tenant = $1 AND receivable = $2 AND (seq, mode, step, cycle, occurrence) > ($3, $4, $5, $6, $7)
     ORDER BY seq, mode, step, cycle, occurrence LIMIT $8";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[("lists_decisions.of", OF)];

/// What tells the decisions of a receivable apart: mode, step, cycle and occurrence.
pub type Key = (String, String, i64, i64);

/// The decisions of a receivable behind a place, in the order in which they were made.
///
/// * `after` — the event and the key of the last of the page before.
///
/// # Errors
/// Whatever the database says.
pub fn of(
    tx: &mut Tx<'_>,
    own: TenantId,
    of: ReceivableId,
    after: Option<&(i64, Key)>,
    limit: i64,
) -> Result<Vec<StoredDecision>, StoreError> {
    let nothing = (-1, Key::default());
    let (seq, (mode, step, cycle, occurrence)) = after.unwrap_or(&nothing);
    let params =
        [own.into(), of.into(), (*seq).into(), Value::Text(mode), Value::Text(step), (*cycle).into(), (*occurrence).into(), limit.into()];
    tx.rows(OF, &params, |row| {
        let message = row.opt_id(6)?.map(MessageId::from_bytes).transpose();
        Ok(StoredDecision {
            seq: row.int(9)?,
            receivable: of,
            mode: row.text(0)?,
            step: row.text(1)?,
            cycle: row.int(2)?,
            occurrence: row.int(3)?,
            outcome: row.text(4)?,
            decided_at: row.at(5)?,
            message: message.map_err(|_bad| row.bad(6, "the id of a message", "another"))?,
            rule: row.opt_text(7)?,
            policy: row.int(8)?,
        })
    })
}
