//! What is due: customers found by one index, locked, and loaded in a few set-based statements.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::ledger::StoredEntry;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A customer taken to be decided, its row locked until the transaction ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// Whose.
    pub tenant: TenantId,
    /// Who.
    pub customer: CustomerId,
    /// How many receivables a decision looks at.
    pub live: i64,
}

/// A customer as stored.
#[derive(Clone, Debug)]
pub struct StoredCustomer {
    /// Who.
    pub customer: CustomerId,
    /// What its source calls it.
    pub external_id: String,
    /// What reports its payments.
    pub source: String,
    /// The sealed profile.
    pub profile: Vec<u8>,
    /// The wrapped key; none once the person is erased.
    pub key: Option<Vec<u8>>,
    /// The saved facts.
    pub facts: Vec<u8>,
    /// Length of the chain.
    pub seq: i64,
    /// Last hash of the chain.
    pub head: [u8; 32],
    /// Why it is parked.
    pub parked: Option<String>,
    /// When the source was last read.
    pub source_read_at: Instant,
    /// When it is looked at next.
    pub wake_at: Instant,
}

/// A receivable as stored.
#[derive(Clone, Debug)]
pub struct StoredReceivable {
    /// Which.
    pub receivable: ReceivableId,
    /// Whose.
    pub customer: CustomerId,
    /// What its source calls it.
    pub external_id: String,
    /// ISO 4217.
    pub currency: String,
    /// Billed, in minor units.
    pub amount: i64,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// The rail it is expected on.
    pub method: Option<String>,
    /// Number of the policy.
    pub policy: i64,
    /// Open, or how it ended.
    pub status: String,
    /// How many ledger entries it has.
    pub entries: i64,
    /// When it entered.
    pub entered_at: Instant,
    /// Whether decisions may leave it out.
    pub resting: bool,
    /// The saved walk.
    pub walk: Vec<u8>,
}

/// Which receivables of a customer are loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Those to which something can happen by itself.
    Live,
    /// All.
    All,
}

const CLAIM: &str = "
    SELECT tenant, customer, live FROM customer_facts
     WHERE wake_at <= $1
     ORDER BY wake_at, tenant, customer
     LIMIT $2 /*+skip_locked*/";

const CLAIM_OTHERS: &str = "
    SELECT tenant, customer, live FROM customer_facts
     WHERE wake_at <= $1 AND NOT (tenant IN /*+list*/ ($3))
     ORDER BY wake_at, tenant, customer
     LIMIT $2 /*+skip_locked*/";

const NEXT: &str = "SELECT wake_at FROM customer_facts ORDER BY wake_at LIMIT 1";

const NEXT_WAKE: &str = "SELECT wake_at FROM customer_facts WHERE tenant = $1 ORDER BY wake_at LIMIT 1";

const LOCK: &str = "
    SELECT customer FROM customer_facts
     WHERE tenant = $1 AND customer IN /*+list*/ ($2)
     ORDER BY customer /*+for_update*/";

const CUSTOMERS: &str = "
    SELECT f.customer, c.external_id, c.source, c.profile, k.wrapped, f.facts, f.seq, f.head, f.parked, s.read_at, f.wake_at
      FROM customer_facts f
      JOIN customers c ON c.tenant = f.tenant AND c.customer = f.customer
      JOIN sources s ON s.tenant = c.tenant AND s.source = c.source
      LEFT JOIN customer_keys k ON k.tenant = f.tenant AND k.customer = f.customer
     WHERE f.tenant = $1 AND f.customer IN /*+list*/ ($2)
     ORDER BY f.customer";

const LIVE: &str = "
    SELECT receivable, customer, external_id, currency, amount, issued_on, due_on, method, policy, status, entries,
           entered_at, resting, walk
      FROM receivables
     WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND resting = FALSE
     ORDER BY customer, external_id";

const ALL: &str = "
    SELECT receivable, customer, external_id, currency, amount, issued_on, due_on, method, policy, status, entries,
           entered_at, resting, walk
      FROM receivables
     WHERE tenant = $1 AND customer IN /*+list*/ ($2)
     ORDER BY customer, external_id";

const CURRENCY: &str = "SELECT currency FROM receivables WHERE tenant = $1 AND receivable = $2";

const RESTING: &str = "
    SELECT receivable, customer, external_id, currency, amount, issued_on, due_on, method, policy, status, entries,
           entered_at, resting, walk
      FROM receivables
     WHERE tenant = $1 AND receivable IN /*+list*/ ($2) AND resting";

const THESE: &str = "
    SELECT receivable, customer, external_id, currency, amount, issued_on, due_on, method, policy, status, entries,
           entered_at, resting, walk
      FROM receivables
     WHERE tenant = $1 AND receivable IN /*+list*/ ($2)";

const ENTRIES: &str = "
    SELECT receivable, kind, amount, counts_on, known_at, origin FROM ledger_entries
     WHERE tenant = $1 AND receivable IN /*+list*/ ($2)
     ORDER BY receivable, number";

const LOCK_DUE: &str = "
    SELECT customer FROM customer_facts
     WHERE tenant = $1 AND customer = $2 AND wake_at <= $3 /*+for_update*/";

const PARK: &str = "UPDATE customer_facts SET parked = $3, wake_at = $4 WHERE tenant = $1 AND customer = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("due.claim", CLAIM),
    ("due.claim_others", CLAIM_OTHERS),
    ("due.next", NEXT),
    ("due.next_wake", NEXT_WAKE),
    ("due.lock", LOCK),
    ("due.customers", CUSTOMERS),
    ("due.live", LIVE),
    ("due.all", ALL),
    ("due.resting", RESTING),
    ("due.these", THESE),
    ("due.currency", CURRENCY),
    ("due.entries", ENTRIES),
    ("due.lock_due", LOCK_DUE),
    ("due.park", PARK),
];

/// Takes up to `limit` customers whose time has come, the longest overdue first, leaving out those of `sated` tenants.
///
/// PostgreSQL workers skip each other's rows; SQLite has one writer, so there is nothing to skip. Call it in the scope
/// of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn claim(tx: &mut Tx<'_>, now: Instant, limit: i64, sated: &[[u8; 16]]) -> Result<Vec<Claimed>, StoreError> {
    if sated.is_empty() {
        tx.rows(CLAIM, &[now.into(), limit.into()], claimed)
    } else {
        tx.rows(CLAIM_OTHERS, &[now.into(), limit.into(), Value::List(sated)], claimed)
    }
}

fn claimed(row: &Row<'_>) -> Result<Claimed, StoreError> {
    Ok(Claimed { tenant: tenant(row, 0)?, customer: customer(row, 1)?, live: row.int(2)? })
}

/// When the next customer of any tenant wants to be looked at; [`Instant::NEVER`] when none does.
///
/// # Errors
/// Whatever the database says.
pub fn next(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// When the tenant's next customer wants to be looked at; [`Instant::NEVER`] when none does.
///
/// # Errors
/// Whatever the database says.
pub fn next_wake(tx: &mut Tx<'_>, own: TenantId) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT_WAKE, &[own.into()], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// Locks customers until the transaction ends, in one order for all, so that no two transactions wait for each other.
///
/// Returns those that exist.
///
/// # Errors
/// [`StoreError::Busy`] when somebody else holds one for too long; whatever else the database says.
pub fn lock(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<CustomerId>, StoreError> {
    tx.rows(LOCK, &[own.into(), Value::List(customers)], |row| customer(row, 0))
}

/// Locks one customer until the transaction ends if it is still due; whether it is.
///
/// # Errors
/// As [`lock`].
pub fn lock_due(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, now: Instant) -> Result<bool, StoreError> {
    Ok(tx.one(LOCK_DUE, &[own.into(), id.into(), now.into()], |row| row.id(0))?.is_some())
}

/// Sets a customer aside with why: nothing is decided until somebody looks.
///
/// # Errors
/// Whatever the database says.
pub fn park(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, why: &str) -> Result<(), StoreError> {
    tx.execute(PARK, &[own.into(), id.into(), Value::Text(why), Instant::NEVER.into()]).map(drop)
}

/// Loads customers in the order of their ids.
///
/// # Errors
/// Whatever the database says.
pub fn customers(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<StoredCustomer>, StoreError> {
    tx.rows(CUSTOMERS, &[own.into(), Value::List(customers)], |row| {
        Ok(StoredCustomer {
            customer: customer(row, 0)?,
            external_id: row.text(1)?,
            source: row.text(2)?,
            profile: row.bytes(3)?,
            key: row.opt_bytes(4)?,
            facts: row.bytes(5)?,
            seq: row.int(6)?,
            head: hash(row, 7)?,
            parked: row.opt_text(8)?,
            source_read_at: row.at(9)?,
            wake_at: row.at(10)?,
        })
    })
}

/// Loads receivables of customers, by customer and then in the byte order of their external ids.
///
/// # Errors
/// Whatever the database says.
pub fn receivables(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]], which: Which) -> Result<Vec<StoredReceivable>, StoreError> {
    let text = match which {
        Which::Live => LIVE,
        Which::All => ALL,
    };
    tx.rows(text, &[own.into(), Value::List(customers)], stored)
}

/// Loads those of these receivables that are at rest, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn resting(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<StoredReceivable>, StoreError> {
    tx.rows(RESTING, &[own.into(), Value::List(receivables)], stored)
}

/// Loads these receivables, by customer and then in the byte order of their external ids.
///
/// # Errors
/// Whatever the database says.
pub fn these(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<StoredReceivable>, StoreError> {
    // Sorted here: asked for in order, SQLite would walk everybody's.
    let mut rows = tx.rows(THESE, &[own.into(), Value::List(receivables)], stored)?;
    rows.sort_by(|a, b| (a.customer, &a.external_id).cmp(&(b.customer, &b.external_id)));
    Ok(rows)
}

fn stored(row: &Row<'_>) -> Result<StoredReceivable, StoreError> {
    Ok(StoredReceivable {
        receivable: receivable(row, 0)?,
        customer: customer(row, 1)?,
        external_id: row.text(2)?,
        currency: row.text(3)?,
        amount: row.int(4)?,
        issued_on: row.date(5)?,
        due_on: row.date(6)?,
        method: row.opt_text(7)?,
        policy: row.int(8)?,
        status: row.text(9)?,
        entries: row.int(10)?,
        entered_at: row.at(11)?,
        resting: row.bool(12)?,
        walk: row.bytes(13)?,
    })
}

/// Loads the ledgers of receivables, one after the other, each entry in its place. `currency` tells a receivable's.
///
/// # Errors
/// Whatever the database says.
pub fn entries(
    tx: &mut Tx<'_>,
    own: TenantId,
    receivables: &[[u8; 16]],
    currency: impl Fn(ReceivableId) -> Option<regua_core::currency::Currency>,
) -> Result<Vec<(ReceivableId, StoredEntry)>, StoreError> {
    tx.rows(ENTRIES, &[own.into(), Value::List(receivables)], |row| {
        let of = receivable(row, 0)?;
        let currency = currency(of).ok_or_else(|| row.bad(0, "an entry of a receivable that was not asked for", "another"))?;
        let kind = row.text(1)?;
        let entry = StoredEntry {
            kind: kind.parse().map_err(|_unknown| row.bad(1, "a kind of ledger entry", "another"))?,
            amount: Money::new(row.int(2)?, currency),
            on: row.date(3)?,
            at: row.at(4)?,
            origin: row.opt_int(5)?,
        };
        Ok((of, entry))
    })
}

/// A customer's id in a column.
pub(crate) fn customer(row: &Row<'_>, column: usize) -> Result<CustomerId, StoreError> {
    CustomerId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a customer", "another"))
}

/// A receivable's id in a column.
pub(crate) fn receivable(row: &Row<'_>, column: usize) -> Result<ReceivableId, StoreError> {
    ReceivableId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a receivable", "another"))
}

/// A tenant's id in a column.
pub(crate) fn tenant(row: &Row<'_>, column: usize) -> Result<TenantId, StoreError> {
    TenantId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a tenant", "another"))
}

/// 32 bytes in a column.
pub(crate) fn hash(row: &Row<'_>, column: usize) -> Result<[u8; 32], StoreError> {
    row.bytes(column)?.try_into().map_err(|_other| row.bad(column, "32 bytes", "another"))
}

/// The currency of a receivable.
///
/// # Errors
/// Whatever the database says.
pub fn currency(tx: &mut Tx<'_>, own: TenantId, id: ReceivableId) -> Result<Option<String>, StoreError> {
    tx.one(CURRENCY, &[own.into(), id.into()], |row| row.text(0))
}
