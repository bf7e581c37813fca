//! Ledgers and accounts: the sum of a receivable's entries is its balance, and of each customer money in is what was applied,
//! credit, and what was given back, by currency.

use std::collections::BTreeMap;

use regua_core::account::AccountKind;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::ledger::EntryKind;
use regua_store::account::{self, KindSum};
use regua_store::audit::{self, SumRow};
use regua_store::db::Tx;
use regua_store::lookup;

use super::PAGE;
use super::verdict::{MoneyLine, Report, Sort, Stage};
use crate::error::Result;

/// The sums by currency.
type Lines = BTreeMap<String, MoneyLine>;

/// Checks every receivable and every customer; the sums by currency.
pub(super) fn check(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    report: &mut Report,
    progress: &mut dyn FnMut(Stage, u64),
) -> Result<Vec<MoneyLine>> {
    let mut lines = Lines::new();
    let (mut last, mut count) = ([0; 16], 0);
    loop {
        let page = audit::sums(tx, tenant, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = end.receivable.to_bytes();
        for row in &page {
            judge(row, report);
            let line = line(&mut lines, &row.currency);
            line.billed = line.billed.saturating_add(row.billed);
            line.balance = line.balance.saturating_add(row.balance);
            count += 1;
        }
        progress(Stage::Sums, count);
    }
    customers(tx, tenant, &mut lines, report)?;
    Ok(lines.into_values().collect())
}

fn line<'l>(lines: &'l mut Lines, currency: &str) -> &'l mut MoneyLine {
    lines.entry(currency.to_owned()).or_insert_with(|| MoneyLine { currency: currency.to_owned(), ..MoneyLine::default() })
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

/// What ledgers and account say of the money of one customer in one currency, in minor units.
#[derive(Clone, Copy, Default)]
struct Money {
    paid: i64,
    used: i64,
    overpaid: i64,
    returned: i64,
    account_overpaid: i64,
    account_received: i64,
    account_applied: i64,
    account_refunded: i64,
}

impl Money {
    fn of_ledgers(&mut self, sum: &KindSum) {
        let known = sum.kind.parse::<EntryKind>();
        let into = match known {
            Ok(EntryKind::Payment) => &mut self.paid,
            Ok(EntryKind::Application) => &mut self.used,
            Ok(EntryKind::Overpayment) => &mut self.overpaid,
            _ => &mut self.returned, // no other kind is asked for
        };
        let signed = if matches!(known, Ok(EntryKind::Payment | EntryKind::Application)) { -sum.amount } else { sum.amount };
        *into = into.saturating_add(signed);
    }

    fn of_account(&mut self, sum: &KindSum) -> bool {
        let into = match sum.kind.parse::<AccountKind>() {
            Ok(AccountKind::Overpaid) => &mut self.account_overpaid,
            Ok(AccountKind::Received) => &mut self.account_received,
            Ok(AccountKind::Applied) => &mut self.account_applied,
            Ok(AccountKind::Refunded) => &mut self.account_refunded,
            Err(_) => return false,
        };
        *into = into.saturating_add(sum.amount);
        true
    }

    /// Money that came in.
    const fn money_in(self) -> i64 {
        self.paid.saturating_add(self.account_received)
    }

    /// What of it, and of credit, stands on receivables.
    const fn applied(self) -> i64 {
        self.paid.saturating_add(self.used).saturating_sub(self.returned).saturating_sub(self.overpaid)
    }

    /// What the account comes to.
    const fn credit(self) -> i64 {
        let more = self.account_overpaid.saturating_add(self.account_received);
        more.saturating_add(self.account_applied).saturating_add(self.account_refunded)
    }

    /// What was given or taken back.
    const fn refunded(self) -> i64 {
        self.returned.saturating_sub(self.account_refunded)
    }
}

/// Checks that of each customer money in is what was applied, credit, and what was given back.
fn customers(tx: &mut Tx<'_>, tenant: TenantId, lines: &mut Lines, report: &mut Report) -> Result<()> {
    let mut after = [0; 16];
    loop {
        let page = lookup::page(tx, tenant, after, PAGE)?;
        let Some((end, _)) = page.last() else { return Ok(()) };
        let span = (after, end.to_bytes());
        after = span.1;
        let mut sums: BTreeMap<(CustomerId, String), Money> = BTreeMap::new();
        for sum in account::ledger_sums(tx, tenant, span)? {
            sums.entry((sum.customer, sum.currency.clone())).or_default().of_ledgers(&sum);
        }
        for sum in account::sums(tx, tenant, span)? {
            if !sums.entry((sum.customer, sum.currency.clone())).or_default().of_account(&sum) {
                report.add(Sort::WrongSum, format!("{}: its account has entries of the kind `{}`", sum.customer, sum.kind));
            }
        }
        for ((customer, currency), money) in sums {
            judge_customer(customer, &currency, money, report);
            let line = line(lines, &currency);
            for (sum, amount) in [
                (&mut line.paid, money.money_in()),
                (&mut line.applied, money.applied()),
                (&mut line.credit, money.credit()),
                (&mut line.returned, money.refunded()),
            ] {
                *sum = sum.saturating_add(amount);
            }
        }
    }
}

fn judge_customer(customer: CustomerId, currency: &str, money: Money, report: &mut Report) {
    for (what, ledgers, account) in
        [("was overpaid", money.overpaid, money.account_overpaid), ("credit pays on it", money.used, -money.account_applied)]
    {
        if ledgers != account {
            let told = format!(
                "{customer}: {what} {ledgers} by the ledgers of its receivables, {account} by its account ({currency}, minor units)"
            );
            report.add(Sort::WrongSum, told);
        }
    }
    let (paid, applied, credit, returned) = (money.money_in(), money.applied(), money.credit(), money.refunded());
    if paid != applied.saturating_add(credit).saturating_add(returned) {
        let told = format!(
            "{customer}: {paid} came in, which is not {applied} applied, {credit} credit and {returned} given back ({currency}, minor units)"
        );
        report.add(Sort::WrongSum, told);
    }
}
