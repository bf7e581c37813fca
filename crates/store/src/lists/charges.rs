//! Attempts, refunds and second payments by pages.

use std::cmp::Reverse;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::charging::charges::{self, ChargeRow};
use crate::charging::refunds::{self, RefundRow};
use crate::db::{Row, StoreError, Tx, Value};
use crate::due::{customer, receivable};
use crate::statements::Statement;

const NEWEST: &str = "SELECT charge FROM charges WHERE tenant = $1 AND charge < $2 ORDER BY charge DESC LIMIT $3";
// A customer's are sorted here: asked for in order, SQLite would walk everybody's.
const OF: &str = "SELECT charge FROM charges WHERE tenant = $1 AND customer = $2 AND (receivable = $3 OR $3 IS NULL)";
// Few at any time, so that they are sorted here.
const NEEDING: &str = "SELECT charge FROM charges WHERE tenant = $1 AND status IN ('unknown', 'lost')";
const UNDER_WAY: &str = "
    SELECT charge FROM charges
     WHERE tenant = $1 AND receivable >= $2 AND status IN ('ordered', 'sending', 'pending', 'unknown')";
const REFUNDS: &str = "
    SELECT refund FROM refunds
     WHERE tenant = $1 AND amount > 0 AND (ordered_at, refund) < ($2, $3) AND ordered_at <= $2
     ORDER BY ordered_at DESC, refund DESC LIMIT $4";
const SECONDS: &str = "
    SELECT gateway, reference, customer, receivable, rail, currency, amount, fee, paid_on, known_at, fate, returned
      FROM gateway_payments
     WHERE tenant = $1 AND kind = 'second' AND (known_at, gateway, reference) < ($2, $3, $4) AND known_at <= $2
     ORDER BY known_at DESC, gateway DESC, reference DESC LIMIT $5";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_charges.newest", NEWEST),
    ("lists_charges.of", OF),
    ("lists_charges.needing", NEEDING),
    ("lists_charges.under_way", UNDER_WAY),
    ("lists_charges.refunds", REFUNDS),
    ("lists_charges.seconds", SECONDS),
];

/// Which attempts are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// All.
    All,
    /// A customer's, or those on one of its receivables.
    Of(CustomerId, Option<ReceivableId>),
    /// Those that a person must look at.
    Needing,
    /// Those that have not ended.
    UnderWay,
}

/// The attempts before an id, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn newest(tx: &mut Tx<'_>, own: TenantId, wanted: Wanted, before: [u8; 16], limit: i64) -> Result<Vec<ChargeRow>, StoreError> {
    let page = [own.into(), Value::Id(before), limit.into()];
    let id = |row: &Row<'_>| row.id(0);
    let ids = match wanted {
        Wanted::All => tx.rows(NEWEST, &page, id)?,
        Wanted::Of(of, on) => super::last(tx.rows(OF, &[own.into(), of.into(), on.into()], id)?, before, limit),
        Wanted::Needing => super::last(tx.rows(NEEDING, &[own.into()], id)?, before, limit),
        Wanted::UnderWay => super::last(tx.rows(UNDER_WAY, &[own.into(), Value::Id([0; 16])], id)?, before, limit),
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = charges::load(tx, own, &ids)?;
    rows.sort_by_key(|row| Reverse(row.charge));
    Ok(rows)
}

/// The refunds before a place, those that were ordered or told last first.
///
/// # Errors
/// Whatever the database says.
pub fn refunds(tx: &mut Tx<'_>, own: TenantId, before: Option<(Instant, [u8; 16])>, limit: i64) -> Result<Vec<RefundRow>, StoreError> {
    let (at, id) = before.unwrap_or((Instant::NEVER, super::NEWEST));
    let ids = tx.rows(REFUNDS, &[own.into(), at.into(), Value::Id(id), limit.into()], |row| row.id(0))?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = refunds::load(tx, own, &ids)?;
    rows.sort_by_key(|row| Reverse((row.ordered_at, row.refund)));
    Ok(rows)
}

/// A payment that came when nothing was owed any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecondPayment {
    /// The gateway.
    pub gateway: String,
    /// Its name of the payment.
    pub reference: String,
    /// Whose.
    pub customer: CustomerId,
    /// For which receivable it came.
    pub receivable: ReceivableId,
    /// The rail.
    pub rail: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// What the gateway kept, minor units.
    pub fee: Option<i64>,
    /// The payer's day.
    pub paid_on: Day,
    /// When it became known.
    pub known_at: Instant,
    /// credited, refunding, refunded, charged_back, kept.
    pub fate: String,
    /// What of it went back, minor units.
    pub returned: i64,
}

/// The place of a second payment: when it became known, the gateway, and its name there.
pub type Place = (Instant, String, String);

/// The second payments before a place, those that became known last first.
///
/// # Errors
/// Whatever the database says.
pub fn seconds(tx: &mut Tx<'_>, own: TenantId, before: Option<&Place>, limit: i64) -> Result<Vec<SecondPayment>, StoreError> {
    let (at, gateway, name) = before.map_or((Instant::NEVER, "", ""), |(at, gateway, name)| (*at, gateway.as_str(), name.as_str()));
    tx.rows(SECONDS, &[own.into(), at.into(), Value::Text(gateway), Value::Text(name), limit.into()], |row| {
        Ok(SecondPayment {
            gateway: row.text(0)?,
            reference: row.text(1)?,
            customer: customer(row, 2)?,
            receivable: receivable(row, 3)?,
            rail: row.text(4)?,
            currency: row.text(5)?,
            amount: row.int(6)?,
            fee: row.opt_int(7)?,
            paid_on: row.date(8)?,
            known_at: row.at(9)?,
            fate: row.text(10)?,
            returned: row.int(11)?,
        })
    })
}
