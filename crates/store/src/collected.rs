//! What came in, summed: the movements of all ledgers by due date, how far receivables got, what messages were followed by. Each
//! reads the whole book in one pass, and the database sums.

use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};

use crate::db::{StoreError, Tx, Value};
use crate::lists::messages::edge;
use crate::statements::Statement;

const MOVEMENTS: &str = "
    SELECT r.currency, r.due_on, e.counts_on, e.kind, CAST(SUM(e.amount) AS BIGINT), COUNT(*)
      FROM receivables r
      JOIN ledger_entries e ON e.tenant = r.tenant AND e.receivable = r.receivable
     WHERE r.tenant = $1 AND r.status <> 'void'
     GROUP BY r.currency, r.due_on, e.counts_on, e.kind";

// What is open at the end of the due date as written is late. One look at each ledger: the inner sums are not asked for again.
const FATES: &str = "
    SELECT f.currency, f.status, CAST(CASE WHEN f.late > 0 THEN 1 ELSE 0 END AS BIGINT), f.contacted, COUNT(*),
           CAST(SUM(f.amount) AS BIGINT), CAST(SUM(CASE WHEN f.late > 0 THEN f.late ELSE 0 END) AS BIGINT),
           CAST(SUM(f.came) AS BIGINT), CAST(SUM(f.balance) AS BIGINT)
      FROM (SELECT r.receivable, r.currency, r.status, r.amount, r.balance,
                   SUM(CASE WHEN e.counts_on <= r.due_on THEN e.amount ELSE 0 END) AS late,
                   SUM(CASE WHEN e.counts_on > r.due_on
                             AND e.kind IN ('payment', 'application', 'overpayment', 'refund', 'chargeback') THEN -e.amount ELSE 0 END) AS came,
                   CAST(CASE WHEN EXISTS (SELECT 1 FROM decisions d
                     WHERE d.tenant = r.tenant AND d.receivable = r.receivable AND d.message IS NOT NULL
                       AND d.outcome = 'done' AND d.mode <> 'shadow') THEN 1 ELSE 0 END AS BIGINT) AS contacted
              FROM receivables r
              JOIN ledger_entries e ON e.tenant = r.tenant AND e.receivable = r.receivable
             WHERE r.tenant = $1 AND r.due_on >= $2 AND r.due_on <= $3 AND r.status <> 'void'
             GROUP BY r.tenant, r.receivable, r.currency, r.status, r.amount, r.balance) AS f
     GROUP BY f.currency, f.status, CAST(CASE WHEN f.late > 0 THEN 1 ELSE 0 END AS BIGINT), f.contacted";

// An id begins with the moment at which its message was decided, so that a span is a range of ids. A message may have been carried
// more than once: how far it came is the furthest that any of them was told of.
const DELIVERIES: &str = "
    SELECT s.step, s.channel, s.status, s.standing, s.clicked, COUNT(*)
      FROM (SELECT m.step, COALESCE(m.channel, '') AS channel, m.status,
                   CAST(COALESCE((SELECT MAX(CASE c.standing WHEN 'read' THEN 4 WHEN 'delivered' THEN 3 WHEN 'failed' THEN 1 ELSE 2 END)
                      FROM carriages c WHERE c.tenant = m.tenant AND c.message = m.message AND c.channel = m.channel), 0) AS BIGINT) AS standing,
                   CAST(CASE WHEN EXISTS (SELECT 1 FROM carriages c
                     WHERE c.tenant = m.tenant AND c.message = m.message AND c.clicked_at IS NOT NULL) THEN 1 ELSE 0 END AS BIGINT) AS clicked
              FROM messages m
             WHERE m.tenant = $1 AND m.message >= $2 AND m.message < $3 AND m.mode <> 'shadow' AND m.step IS NOT NULL) AS s
     GROUP BY s.step, s.channel, s.status, s.standing, s.clicked";

const DAYS: &str = "
    SELECT m.decided_at, m.status FROM messages m
     WHERE m.tenant = $1 AND m.message >= $2 AND m.message < $3 AND m.mode <> 'shadow'";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("collected.movements", MOVEMENTS), ("collected.fates", FATES), ("collected.deliveries", DELIVERIES), ("collected.days", DAYS)];

/// Movements of one kind that count on one day, of all receivables that fall due on one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Movement {
    /// ISO 4217.
    pub currency: String,
    /// Their due date as written.
    pub due_on: Day,
    /// The day for which the movements count.
    pub counts_on: Day,
    /// What they are, in the words of a ledger.
    pub kind: String,
    /// Their sum in minor units; what raises what is owed is positive.
    pub amount: i64,
    /// How many there are.
    pub count: i64,
}

/// Every movement of a tenant, summed; void receivables are left out.
///
/// # Errors
/// Whatever the database or `each` says.
pub fn movements(tx: &mut Tx<'_>, own: TenantId, mut each: impl FnMut(Movement) -> Result<(), StoreError>) -> Result<(), StoreError> {
    tx.each(MOVEMENTS, &[own.into()], |row| {
        each(Movement {
            currency: row.text(0)?,
            due_on: row.date(1)?,
            counts_on: row.date(2)?,
            kind: row.text(3)?,
            amount: row.int(4)?,
            count: row.int(5)?,
        })
    })
}

/// Receivables that came equally far. Amounts are sums in minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fate {
    /// ISO 4217.
    pub currency: String,
    /// Where they stand now.
    pub status: String,
    /// Whether something was open when the due date had ended.
    pub late: bool,
    /// Whether a message that was no trial spoke of them.
    pub contacted: bool,
    /// How many.
    pub count: i64,
    /// What was billed.
    pub billed: i64,
    /// What was open when the due date had ended.
    pub open_when_due: i64,
    /// What was paid after it, less what was taken back.
    pub came: i64,
    /// What is open now.
    pub balance: i64,
}

/// How far the receivables got that fell due in a span, both days included; void ones are left out.
///
/// # Errors
/// Whatever the database says.
pub fn fates(tx: &mut Tx<'_>, own: TenantId, from: Day, until: Day) -> Result<Vec<Fate>, StoreError> {
    tx.rows(FATES, &[own.into(), from.into(), until.into()], |row| {
        Ok(Fate {
            currency: row.text(0)?,
            status: row.text(1)?,
            late: row.int(2)? != 0,
            contacted: row.int(3)? != 0,
            count: row.int(4)?,
            billed: row.int(5)?,
            open_when_due: row.int(6)?,
            came: row.int(7)?,
            balance: row.int(8)?,
        })
    })
}

/// The furthest that carriers told of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing.
    Untold,
    /// It did not arrive.
    Failed,
    /// It is on its way.
    Sent,
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
}

/// Messages of one step and channel that came equally far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// The step that led them.
    pub step: String,
    /// The channel that carried them; nothing while none did.
    pub channel: String,
    /// Where they stand in the outbox.
    pub status: String,
    /// The furthest that their carriers told.
    pub standing: Standing,
    /// Whether their link was followed.
    pub clicked: bool,
    /// How many.
    pub count: i64,
}

/// What became of the messages that were decided in a span; trials in shadow are left out.
///
/// # Errors
/// Whatever the database says.
pub fn deliveries(tx: &mut Tx<'_>, own: TenantId, from: Instant, until: Instant) -> Result<Vec<Delivered>, StoreError> {
    tx.rows(DELIVERIES, &[own.into(), Value::Id(edge(from)), Value::Id(edge(until))], |row| {
        Ok(Delivered {
            step: row.text(0)?,
            channel: row.text(1)?,
            status: row.text(2)?,
            standing: match row.int(3)? {
                4 => Standing::Read,
                3 => Standing::Delivered,
                2 => Standing::Sent,
                1 => Standing::Failed,
                _ => Standing::Untold,
            },
            clicked: row.int(4)? != 0,
            count: row.int(5)?,
        })
    })
}

/// When each message of a span was decided, and where it stands; trials in shadow are left out.
///
/// # Errors
/// Whatever the database or `each` says.
pub fn decided(
    tx: &mut Tx<'_>,
    own: TenantId,
    from: Instant,
    until: Instant,
    mut each: impl FnMut(Instant, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(DAYS, &[own.into(), Value::Id(edge(from)), Value::Id(edge(until))], |row| each(row.at(0)?, &row.text(1)?))
}
