//! Ledgers: the sum of a receivable's entries is its balance, and money adds up by currency.

use std::collections::BTreeMap;

use regua_core::ids::TenantId;
use regua_store::audit::{self, SumRow};
use regua_store::db::Tx;

use super::PAGE;
use super::verdict::{MoneyLine, Report, Sort, Stage};
use crate::error::Result;

/// Checks every receivable; the sums by currency.
pub(super) fn check(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    report: &mut Report,
    progress: &mut dyn FnMut(Stage, u64),
) -> Result<Vec<MoneyLine>> {
    let mut lines: BTreeMap<String, MoneyLine> = BTreeMap::new();
    let (mut last, mut count) = ([0; 16], 0);
    loop {
        let page = audit::sums(tx, tenant, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = end.receivable.to_bytes();
        for row in &page {
            judge(row, report);
            let line =
                lines.entry(row.currency.clone()).or_insert_with(|| MoneyLine { currency: row.currency.clone(), ..MoneyLine::default() });
            line.add(row);
            count += 1;
        }
        progress(Stage::Sums, count);
    }
    Ok(lines.into_values().collect())
}

fn judge(row: &SumRow, report: &mut Report) {
    let SumRow { receivable, balance, entries, sum, count, .. } = row;
    if sum != balance {
        report.add(Sort::WrongSum, format!("{receivable}: its balance is {balance}, its ledger comes to {sum} (minor units)"));
    }
    if count != entries {
        report.add(Sort::WrongSum, format!("{receivable}: it has {entries} ledger entries by its row, {count} by its ledger"));
    }
}

impl MoneyLine {
    fn add(&mut self, row: &SumRow) {
        for (sum, amount) in [
            (&mut self.billed, row.billed),
            (&mut self.paid, row.paid),
            (&mut self.credit, row.credit),
            (&mut self.returned, row.returned),
            (&mut self.balance, row.balance),
        ] {
            *sum = sum.saturating_add(amount);
        }
    }
}
