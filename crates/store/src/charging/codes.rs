//! Codes of failed attempts that no row of the table of decline codes fits: counted, so that somebody adds the row.

use std::collections::BTreeMap;

use regua_core::charging::Signal;
use regua_core::ids::TenantId;
use regua_core::time::Instant;

use super::all_of;
use crate::db::{Insert, StoreError, Tx, Type, Value};
use crate::statements::Statement;

/// A code that nobody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeRow {
    /// Whose code.
    pub space: String,
    /// The code.
    pub code: String,
    /// When it was seen first.
    pub first_at: Instant,
    /// When it was seen last.
    pub last_at: Instant,
    /// How often.
    pub seen: i64,
}

static CODES: Insert = Insert::new(
    "unmapped_codes",
    &[
        ("tenant", Type::Id),
        ("space", Type::Text),
        ("code", Type::Text),
        ("first_at", Type::At),
        ("last_at", Type::At),
        ("seen", Type::Int),
    ],
)
.or_leave();

const COUNT: &str = "
    UPDATE unmapped_codes
       SET seen = unmapped_codes.seen + v.more,
           last_at = CASE WHEN unmapped_codes.last_at < v.last_at THEN v.last_at ELSE unmapped_codes.last_at END
      FROM /*+rows: space text, code text, more int, last_at at*/ AS v
     WHERE unmapped_codes.tenant = $1 AND unmapped_codes.space = v.space AND unmapped_codes.code = v.code";
const LIST: &str = "
    SELECT space, code, first_at, last_at, seen FROM unmapped_codes WHERE tenant = $1 ORDER BY seen DESC, space, code LIMIT $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[("codes.count", COUNT), ("codes.list", LIST)];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&CODES];

/// Counts codes that were seen at a moment, each as often as it stands in the list.
///
/// # Errors
/// Whatever the database says.
pub fn count(tx: &mut Tx<'_>, own: TenantId, signals: &[Signal], at: Instant) -> Result<(), StoreError> {
    let mut seen: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for signal in signals {
        let count = seen.entry((signal.space.as_str(), &signal.code)).or_default();
        *count = count.saturating_add(1);
    }
    let values = seen.keys().map(|(space, code)| [own.into(), Value::Text(space), Value::Text(code), at.into(), at.into(), Value::Int(0)]);
    tx.insert(&CODES, values)?;
    let values = seen.iter().map(|((space, code), more)| [Value::Text(space), Value::Text(code), (*more).into(), at.into()]);
    all_of(tx.update(COUNT, &[own.into()], values)?, seen.len(), "unmapped_codes")
}

/// Up to `limit` codes, the most frequent first.
///
/// # Errors
/// Whatever the database says.
pub fn list(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<CodeRow>, StoreError> {
    tx.rows(LIST, &[own.into(), limit.into()], |row| {
        Ok(CodeRow { space: row.text(0)?, code: row.text(1)?, first_at: row.at(2)?, last_at: row.at(3)?, seen: row.int(4)? })
    })
}
