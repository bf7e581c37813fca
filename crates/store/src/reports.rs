//! Questions about many rows at once: what was open on a day, by age.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{StoreError, Tx};
use crate::due::{customer, receivable};
use crate::statements::Statement;

const AGING: &str = "
    SELECT r.receivable, r.customer, r.external_id, r.currency, r.due_on, CAST(SUM(e.amount) AS BIGINT)
      FROM receivables r
      JOIN ledger_entries e ON e.tenant = r.tenant AND e.receivable = r.receivable
     WHERE r.tenant = $1 AND e.counts_on <= $2 AND e.known_at < $3
     GROUP BY r.receivable, r.customer, r.external_id, r.currency, r.due_on
    HAVING SUM(e.amount) <> 0
     ORDER BY r.receivable";

const DECISIONS: &str = "
    SELECT r.external_id, c.external_id, d.step, d.cycle, d.occurrence, d.outcome, d.decided_at, m.channels, d.message,
           d.mode, d.rule, d.policy, d.seq, c.customer, r.receivable
      FROM decisions d
      JOIN receivables r ON r.tenant = d.tenant AND r.receivable = d.receivable
      JOIN customers c ON c.tenant = r.tenant AND c.customer = r.customer
      LEFT JOIN messages m ON m.tenant = d.tenant AND m.message = d.message
     WHERE d.tenant = $1
     ORDER BY d.receivable, d.mode, d.step, d.cycle, d.occurrence";

const EFFECTS: &str = "
    SELECT r.external_id, e.mode, e.step, e.cycle, e.occurrence, e.kind, e.detail, e.at, e.status
      FROM effects e
      JOIN receivables r ON r.tenant = e.tenant AND r.receivable = e.receivable
     WHERE e.tenant = $1
     ORDER BY e.receivable, e.mode, e.step, e.cycle, e.occurrence";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[("reports.aging", AGING), ("reports.decisions", DECISIONS), ("reports.effects", EFFECTS)];

/// What was open of a receivable on a day.
#[derive(Clone, Debug)]
pub struct OpenRow {
    /// Which.
    pub receivable: ReceivableId,
    /// Whose.
    pub customer: CustomerId,
    /// What its source calls it.
    pub external_id: String,
    /// ISO 4217.
    pub currency: String,
    /// Due date as written.
    pub due_on: Day,
    /// The balance at the end of that day, in minor units.
    pub balance: i64,
}

/// The balance of every receivable with one at the end of a day, as known before a moment; row by row. What was void or
/// written off by then has none: its ledger says so.
///
/// # Errors
/// Whatever the database or `each` says.
pub fn aging(
    tx: &mut Tx<'_>,
    own: TenantId,
    on: Day,
    known_before: Instant,
    mut each: impl FnMut(OpenRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(AGING, &[own.into(), on.into(), known_before.into()], |row| {
        each(OpenRow {
            receivable: receivable(row, 0)?,
            customer: customer(row, 1)?,
            external_id: row.text(2)?,
            currency: row.text(3)?,
            due_on: row.date(4)?,
            balance: row.int(5)?,
        })
    })
}

/// A decision with the names of what it is about.
#[derive(Clone, Debug)]
pub struct DecidedRow {
    /// What its source calls the receivable.
    pub receivable: String,
    /// What its source calls the customer.
    pub customer: String,
    /// The step's name.
    pub step: String,
    /// The cycle.
    pub cycle: i64,
    /// The occurrence.
    pub occurrence: i64,
    /// done, or why it was skipped.
    pub outcome: String,
    /// When.
    pub decided_at: Instant,
    /// The channels of its message, joined by `;`.
    pub channels: Option<String>,
    /// Its message.
    pub message: Option<[u8; 16]>,
    /// How real.
    pub mode: String,
    /// The rule of law behind it.
    pub rule: Option<String>,
    /// Number of the policy.
    pub policy: i64,
    /// The event with its receipt.
    pub seq: i64,
}

/// Every decision of a tenant, row by row.
///
/// # Errors
/// Whatever the database or `each` says.
pub fn decisions(tx: &mut Tx<'_>, own: TenantId, mut each: impl FnMut(DecidedRow) -> Result<(), StoreError>) -> Result<(), StoreError> {
    tx.each(DECISIONS, &[own.into()], |row| {
        each(DecidedRow {
            receivable: row.text(0)?,
            customer: row.text(1)?,
            step: row.text(2)?,
            cycle: row.int(3)?,
            occurrence: row.int(4)?,
            outcome: row.text(5)?,
            decided_at: row.at(6)?,
            channels: row.opt_text(7)?,
            message: row.opt_id(8)?,
            mode: row.text(9)?,
            rule: row.opt_text(10)?,
            policy: row.int(11)?,
            seq: row.int(12)?,
        })
    })
}

/// Something that a decision brought about besides a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BroughtAbout {
    /// What its source calls the receivable.
    pub receivable: String,
    /// How real.
    pub mode: String,
    /// The step's name.
    pub step: String,
    /// The cycle.
    pub cycle: i64,
    /// The occurrence.
    pub occurrence: i64,
    /// What sort.
    pub kind: String,
    /// The state, queue, bureau …
    pub detail: String,
    /// When.
    pub at: Instant,
    /// Where it stands.
    pub status: String,
}

/// Every effect of a tenant that is no message, row by row.
///
/// # Errors
/// Whatever the database or `each` says.
pub fn effects(tx: &mut Tx<'_>, own: TenantId, mut each: impl FnMut(BroughtAbout) -> Result<(), StoreError>) -> Result<(), StoreError> {
    tx.each(EFFECTS, &[own.into()], |row| {
        each(BroughtAbout {
            receivable: row.text(0)?,
            mode: row.text(1)?,
            step: row.text(2)?,
            cycle: row.int(3)?,
            occurrence: row.int(4)?,
            kind: row.text(5)?,
            detail: row.text(6)?,
            at: row.at(7)?,
            status: row.text(8)?,
        })
    })
}
