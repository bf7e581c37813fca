//! The portfolio while it is filled: finds receivables and customers by their ids.

use regua_core::party::Customer;

use super::customer::Draft;
use super::index::Index;
use super::portfolio::{CustomerRow, Portfolio};
use super::report::Report;

/// The portfolio being filled, with what finds its parts.
pub(super) struct Ledger {
    pub(super) portfolio: Portfolio,
    receivables: Index,
    customers: Index,
    drafts: Vec<Draft>,
    /// The rows in which this file's receivables stood, for naming the first of two.
    rows: Vec<u64>,
    /// How many receivables came from earlier files.
    earlier: usize,
}

impl Ledger {
    pub(super) fn new(portfolio: Portfolio) -> Self {
        Self {
            receivables: Index::of(portfolio.receivables.iter().map(|receivable| &*receivable.id)),
            customers: Index::of(portfolio.customers.iter().map(|customer| &*customer.id)),
            drafts: vec![Draft::default(); portfolio.customers.len()],
            rows: Vec::new(),
            earlier: portfolio.receivables.len(),
            portfolio,
        }
    }

    /// Notes an id, of row `row`, for the next receivable, and gives its place; when it is taken, says by which row.
    pub(super) fn claim(&mut self, id: &str, row: u64) -> Result<u32, String> {
        let receivables = &self.portfolio.receivables;
        let next = u32::try_from(receivables.len()).unwrap_or(u32::MAX);
        let twin = self.receivables.find_or_insert(id, next, |at| at_u32(receivables, at).map_or("", |receivable| &receivable.id));
        let Some(twin) = twin else {
            self.rows.push(row);
            return Ok(next);
        };
        let at = usize::try_from(twin).ok().and_then(|at| at.checked_sub(self.earlier));
        Err(at.and_then(|at| self.rows.get(at)).map_or_else(|| "an earlier file".to_owned(), |row| format!("row {row}")))
    }

    /// The place of a customer, who may be new.
    pub(super) fn customer(&mut self, id: &str, report: &mut Report) -> u32 {
        let customers = &mut self.portfolio.customers;
        let next = u32::try_from(customers.len()).unwrap_or(u32::MAX);
        let found = self.customers.find_or_insert(id, next, |at| at_u32(customers, at).map_or("", |customer| &customer.id));
        found.unwrap_or_else(|| {
            customers.push(CustomerRow { id: id.into(), customer: Customer::default() });
            self.drafts.push(Draft::default());
            report.counts.customers += 1;
            next
        })
    }

    /// A customer and what is remembered of it while reading.
    pub(super) fn known(&mut self, place: u32) -> Option<(&mut Customer, &mut Draft)> {
        let at = usize::try_from(place).ok()?;
        Some((&mut self.portfolio.customers.get_mut(at)?.customer, self.drafts.get_mut(at)?))
    }

    /// Whether an earlier file had a receivable of this id.
    pub(super) fn holds(&self, id: &str) -> bool {
        let receivables = &self.portfolio.receivables;
        self.receivables.find(id, |at| at_u32(receivables, at).map_or("", |receivable| &receivable.id)).is_some()
    }
}

/// The item at a place.
pub(super) fn at_u32<T>(list: &[T], at: u32) -> Option<&T> {
    list.get(usize::try_from(at).ok()?)
}
