//! Receivables: the newest first, or by the day on which they are due.
//!
//! By day there is one walk of an index for each status and currency that is wanted; the walks are merged here. A customer's
//! receivables are few enough to be sorted.

use std::cmp::Reverse;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::Day;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::{customer, receivable};
use crate::person::OwedRow;
use crate::statements::Statement;

/// The columns of a receivable in a list.
macro_rules! receivable {
    ($rest:literal) => {
        concat!(
            "SELECT receivable, external_id, currency, amount, issued_on, due_on, method, policy, status, balance, entered_at, closed_at,
                    customer
               FROM receivables WHERE tenant = $1 ",
            $rest
        )
    };
}

const NEWEST: &str = receivable!("AND receivable < $2 ORDER BY receivable DESC LIMIT $3");
// A customer's are sorted here: asked for in order, SQLite would walk everybody's.
const OF: &str = "
    SELECT receivable, due_on FROM receivables
     WHERE tenant = $1 AND customer = $2 AND (status = $3 OR $3 IS NULL) AND (currency = $4 OR $4 IS NULL)
       AND due_on >= $5 AND due_on <= $6";
const DUE: &str = receivable!(
    "AND policy > 0 AND status = $2 AND currency = $3 AND (due_on, receivable) > ($4, $5) AND due_on >= $4 AND due_on <= $6
     ORDER BY due_on, receivable LIMIT $7"
);
const CURRENCY_AFTER: &str = "
    SELECT currency FROM receivables WHERE tenant = $1 AND policy > 0 AND status = $2 AND currency > $3 ORDER BY currency LIMIT 1";
const THESE: &str = receivable!("AND receivable IN /*+list*/ ($2)");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_receivables.newest", NEWEST),
    ("lists_receivables.of", OF),
    ("lists_receivables.due", DUE),
    ("lists_receivables.currency_after", CURRENCY_AFTER),
    ("lists_receivables.these", THESE),
];

/// Every status.
pub const STATUSES: &[&str] = &["open", "paid", "void", "written_off", "assigned"];

/// A receivable in a list, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedReceivable {
    /// What it is.
    pub row: OwedRow,
    /// Whose.
    pub customer: CustomerId,
}

/// Which are wanted; everything when nothing is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted<'a> {
    /// Only a customer's.
    pub customer: Option<CustomerId>,
    /// Only those that stand so.
    pub status: Option<&'a str>,
    /// Only those in a currency, ISO 4217.
    pub currency: Option<&'a str>,
    /// Due on this day or later.
    pub from: Day,
    /// Due on this day or earlier.
    pub until: Day,
}

/// A customer's receivables before an id, the newest first; without a customer everybody's, whatever else is wanted.
///
/// # Errors
/// Whatever the database says.
pub fn newest(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: Wanted<'_>,
    before: [u8; 16],
    limit: i64,
) -> Result<Vec<ListedReceivable>, StoreError> {
    let Some(of) = wanted.customer else {
        return tx.rows(NEWEST, &[own.into(), Value::Id(before), limit.into()], listed);
    };
    let ids = of_customer(tx, own, of, wanted)?.into_iter().map(|(_, id)| id.to_bytes()).collect();
    let mut rows = by_ids(tx, own, &super::last(ids, before, limit))?;
    rows.sort_by_key(|one| Reverse(one.row.receivable));
    Ok(rows)
}

/// A customer's receivables that are wanted: when they are due, and which they are.
fn of_customer(tx: &mut Tx<'_>, own: TenantId, of: CustomerId, wanted: Wanted<'_>) -> Result<Vec<(Day, ReceivableId)>, StoreError> {
    let (status, currency) = (wanted.status.into(), wanted.currency.into());
    let params = [own.into(), of.into(), status, currency, wanted.from.into(), wanted.until.into()];
    tx.rows(OF, &params, |row| Ok((row.date(1)?, receivable(row, 0)?)))
}

/// Receivables behind a place, by the day on which they are due.
///
/// * `after` — the day and the id that the page before ended with; nothing for the first page.
///
/// # Errors
/// Whatever the database says.
pub fn by_due(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: Wanted<'_>,
    after: Option<(Day, [u8; 16])>,
    limit: i64,
) -> Result<Vec<ListedReceivable>, StoreError> {
    let (day, id) = after.filter(|(day, _)| *day >= wanted.from).unwrap_or((wanted.from, [0; 16]));
    if let Some(of) = wanted.customer {
        let mut all = of_customer(tx, own, of, wanted)?;
        all.retain(|(due, which)| (*due, which.to_bytes()) > (day, id));
        all.sort_unstable();
        all.truncate(usize::try_from(limit).unwrap_or(0));
        let ids: Vec<[u8; 16]> = all.iter().map(|(_, id)| id.to_bytes()).collect();
        let mut rows = by_ids(tx, own, &ids)?;
        rows.sort_by_key(|one| (one.row.due_on, one.row.receivable));
        return Ok(rows);
    }
    let one;
    let statuses: &[&str] = match wanted.status {
        Some(status) => {
            one = [status];
            &one
        }
        None => STATUSES,
    };
    let mut found = Vec::new();
    for status in statuses {
        for currency in currencies(tx, own, status, wanted.currency)? {
            let params =
                [own.into(), Value::Text(status), Value::Text(&currency), day.into(), Value::Id(id), wanted.until.into(), limit.into()];
            found.extend(tx.rows(DUE, &params, listed)?);
        }
    }
    found.sort_by_key(|one: &ListedReceivable| (one.row.due_on, one.row.receivable));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// The currencies of receivables that stand so, or the one that is wanted: hops over the index, one for each.
fn currencies(tx: &mut Tx<'_>, own: TenantId, status: &str, wanted: Option<&str>) -> Result<Vec<String>, StoreError> {
    if let Some(wanted) = wanted {
        return Ok(vec![wanted.to_owned()]);
    }
    let mut found: Vec<String> = Vec::new();
    loop {
        let last = found.last().map_or("", String::as_str);
        let next = tx.one(CURRENCY_AFTER, &[own.into(), Value::Text(status), Value::Text(last)], |row| row.text(0))?;
        match next {
            Some(next) => found.push(next),
            None => return Ok(found),
        }
    }
}

/// These receivables, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn these(tx: &mut Tx<'_>, own: TenantId, ids: &[ReceivableId]) -> Result<Vec<ListedReceivable>, StoreError> {
    let ids: Vec<[u8; 16]> = ids.iter().map(|id| id.to_bytes()).collect();
    by_ids(tx, own, &ids)
}

fn by_ids(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<ListedReceivable>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.rows(THESE, &[own.into(), Value::List(ids)], listed)
}

fn listed(row: &Row<'_>) -> Result<ListedReceivable, StoreError> {
    Ok(ListedReceivable {
        row: OwedRow {
            receivable: receivable(row, 0)?,
            external_id: row.text(1)?,
            currency: row.text(2)?,
            amount: row.int(3)?,
            issued_on: row.date(4)?,
            due_on: row.date(5)?,
            method: row.opt_text(6)?,
            policy: row.int(7)?,
            status: row.text(8)?,
            balance: row.int(9)?,
            entered_at: row.at(10)?,
            closed_at: row.opt_at(11)?,
        },
        customer: customer(row, 12)?,
    })
}
