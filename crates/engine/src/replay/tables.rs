//! Every table of both databases, side by side in the order of its keys: what differs is named by table, row and column.

use std::cmp::Ordering;
use std::collections::VecDeque;

use regua_core::ids::TenantId;
use regua_store::audit::{AuditRow, Cell, TABLES, Table};
use regua_store::db::{Db, Scope, Tx};

use super::verdict::{Report, Sort, Stage};
use super::{LeftOut, PAGE};
use crate::error::Result;

/// Columns whose content is of a person: it is not shown.
const PERSONAL: &[(&str, &str)] = &[("customers", "external_id"), ("messages", "reply"), ("effects", "detail")];

/// Compares all tables; how many rows were.
pub(super) fn compare(
    tx: &mut Tx<'_>,
    copy: &Db,
    tenant: TenantId,
    left: &LeftOut,
    report: &mut Report,
    progress: &mut dyn FnMut(Stage, u64),
) -> Result<u64> {
    let mut rows = 0;
    copy.read(Scope::Tenant(tenant), |copy| {
        for &table in TABLES {
            let (mut living, mut again) = (Side::of(table, tenant), Side::of(table, tenant));
            loop {
                // A row behind the other side's is alone.
                let order = match (living.peek(tx)?, again.peek(copy)?) {
                    (None, None) => break,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(one), Some(other)) => one.key.cmp(&other.key),
                };
                let one = if order.is_le() { living.rows.pop_front() } else { None };
                let other = if order.is_ge() { again.rows.pop_front() } else { None };
                rows += u64::from(judge(table, one.as_ref(), other.as_ref(), left, report));
                if rows % 10_000 == 1 {
                    progress(Stage::Rows, rows);
                }
            }
        }
        Ok(rows)
    })
}

/// Compares a row with what the log makes of it; whether it was.
fn judge(table: &Table, living: Option<&AuditRow>, again: Option<&AuditRow>, left: &LeftOut, report: &mut Report) -> bool {
    let Some(row) = living.or(again) else { return false };
    let is_left = |row: Option<&AuditRow>| row.and_then(|row| row.owner).is_some_and(|owner| left.contains_key(&owner));
    if is_left(living) || is_left(again) {
        return false;
    }
    let name = format!("{} {}", table.name, table.name_of(row));
    match (living, again) {
        (Some(living), Some(again)) => {
            let both = living.cells.iter().zip(&again.cells);
            for ((column, _), (is, was)) in table.columns.iter().zip(both).filter(|(_, (is, was))| is != was) {
                report.add(Sort::AlteredRow, format!("{name}: {}", told(table.name, column, is, was)));
            }
        }
        (Some(_), None) => report.add(Sort::UnknownRow, format!("{name}: the log does not know it")),
        (None, _) => report.add(Sort::MissingRow, format!("{name}: the log says that it is there")),
    }
    true
}

fn told(table: &str, column: &str, is: &Cell, was: &Cell) -> String {
    let hidden = PERSONAL.contains(&(table, column)) || matches!((is, was), (Cell::Bytes(_), Cell::Bytes(_)));
    if hidden { format!("`{column}` is not what the log says") } else { format!("`{column}` is {is}, the log says {was}") }
}

/// One of the two.
struct Side {
    table: &'static Table,
    tenant: TenantId,
    rows: VecDeque<AuditRow>,
    last: Option<Vec<Cell>>,
    done: bool,
}

impl Side {
    const fn of(table: &'static Table, tenant: TenantId) -> Self {
        Self { table, tenant, rows: VecDeque::new(), last: None, done: false }
    }

    fn peek(&mut self, tx: &mut Tx<'_>) -> Result<Option<&AuditRow>> {
        if self.rows.is_empty() && !self.done {
            self.rows = self.table.page(tx, self.tenant, self.last.as_deref(), PAGE)?.into();
            self.done = self.rows.is_empty();
            self.last = self.rows.back().map(|row| row.key.clone());
        }
        Ok(self.rows.front())
    }
}
