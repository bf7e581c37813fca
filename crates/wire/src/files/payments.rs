//! A payments file: what was paid on receivables that are already read.

use std::io::Read;

use super::columns::Columns;
use super::field::FieldColumn;
use super::header::{Content, Field};
use super::ids;
use super::index::Index;
use super::ledger::at_u32;
use super::options::Options;
use super::portfolio::{PaymentId, PaymentRow, Portfolio, When};
use super::refused::Refused;
use super::reject::{Fault, Reject, Rejects};
use super::report::{Reading, Report};
use super::rows::Row;
use super::table::{Table, Taker};

/// Reads a payments file (SPEC §17) for the receivables of `portfolio`.
///
/// Columns: `receivable_id`, `paid_on` or `paid_at`, `amount` (empty or without the column: in full), optional
/// `payment_id`. Two rows with one payment id are one payment; without ids the k-th identical row is the k-th
/// payment, so both count. A payment on a receivable that is not in the portfolio is rejected.
///
/// # Errors
/// [`Refused`] when the file as a whole cannot be read, or `rejects` fails; nothing of it is then taken.
pub fn read_payments(
    input: impl Read,
    file: &str,
    options: &Options,
    portfolio: Portfolio,
    rejects: &mut dyn Rejects,
) -> Result<Reading, Refused> {
    let table = Table::open(input, file, options, Content::Payments)?;
    table.columns.require(&[&[Field::ReceivableId], &[Field::PaidOn, Field::PaidAt]], table.headers(), file)?;
    let mut intake = Intake {
        columns: RowColumns::of(&table.columns, table.headers()),
        receivables: Index::of(portfolio.receivables.iter().map(|receivable| &*receivable.id)),
        ids: Index::default(),
        known: Vec::new(),
        portfolio,
    };
    let report = table.read(&mut intake, rejects)?;
    Ok(Reading { portfolio: intake.portfolio, report })
}

/// The receivables that a payments file names, each once, in the order of the file.
///
/// For a caller that knows them from elsewhere than a receivables file, and asks only for those.
///
/// # Errors
/// [`Refused`] when the file as a whole cannot be read.
pub fn payment_receivables(input: impl Read, file: &str, options: &Options) -> Result<Vec<Box<str>>, Refused> {
    let table = Table::open(input, file, options, Content::Payments)?;
    table.columns.require(&[&[Field::ReceivableId]], table.headers(), file)?;
    let column = FieldColumn::of(&table.columns, table.headers(), Field::ReceivableId);
    let mut named = Named { column, index: Index::default(), ids: Vec::new() };
    // A row that cannot be right is told when the file is read for its payments.
    table.read(&mut named, &mut Unheard)?;
    Ok(named.ids)
}

/// Takes ids only.
struct Named {
    column: FieldColumn,
    index: Index,
    ids: Vec<Box<str>>,
}

impl Taker for Named {
    fn take(&mut self, row: &Row, _report: &mut Report) -> Result<(), Fault> {
        let id = self.column.fetch(row);
        let id = ids::checked(&id, &self.column.header)?;
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let known = &self.ids;
        if self.index.find_or_insert(id, next, |at| at_u32(known, at).map_or("", |id| id)).is_none() {
            self.ids.push(id.into());
        }
        Ok(())
    }

    fn grown(&mut self, columns: &Columns, headers: &[String], _report: &mut Report) {
        self.column = FieldColumn::of(columns, headers, Field::ReceivableId);
    }
}

/// Lets rejects go.
struct Unheard;

impl Rejects for Unheard {
    fn reject(&mut self, _reject: Reject) -> std::io::Result<()> {
        Ok(())
    }
}

/// The columns of a payment.
struct RowColumns {
    receivable: FieldColumn,
    paid_on: FieldColumn,
    paid_at: FieldColumn,
    amount: FieldColumn,
    currency: FieldColumn,
    id: FieldColumn,
}

impl RowColumns {
    fn of(columns: &Columns, headers: &[String]) -> Self {
        let column = |field| FieldColumn::of(columns, headers, field);
        Self {
            receivable: column(Field::ReceivableId),
            paid_on: column(Field::PaidOn),
            paid_at: column(Field::PaidAt),
            amount: column(Field::Amount),
            currency: column(Field::Currency),
            id: column(Field::PaymentId),
        }
    }

    fn paid(&self, row: &Row) -> Result<When, Fault> {
        if let Some(at) = self.paid_at.moment(row)? {
            return Ok(at);
        }
        let column = if self.paid_on.is_absent() { &self.paid_at } else { &self.paid_on };
        self.paid_on.when(row)?.ok_or_else(|| column.empty("write the day of payment"))
    }
}

/// Takes a payments file's rows into a portfolio.
struct Intake {
    columns: RowColumns,
    portfolio: Portfolio,
    receivables: Index,
    /// Payment ids and the rows they stood in.
    ids: Index,
    known: Vec<(Box<str>, u64)>,
}

impl Intake {
    /// Refuses a payment id that was there before.
    fn claim(&mut self, id: &str, row: u64) -> Result<(), Fault> {
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let known = |at| usize::try_from(at).ok().and_then(|at: usize| self.known.get(at));
        if let Some(twin) = self.ids.find_or_insert(id, next, |at| known(at).map_or("", |(id, _)| id)) {
            let first = known(twin).map_or(0, |&(_, row)| row);
            let reason = format!("is the payment id of row {first} too; the first one stays");
            return Err(self.columns.id.fault(id, &reason, "take the second row out, or give it an id of its own"));
        }
        self.known.push((id.into(), row));
        Ok(())
    }
}

impl Taker for Intake {
    fn take(&mut self, row: &Row, report: &mut Report) -> Result<(), Fault> {
        let columns = &self.columns;
        let id = columns.receivable.fetch(row);
        let id = ids::checked(&id, &columns.receivable.header)?;
        let receivables = &self.portfolio.receivables;
        let found = self.receivables.find(id, |at| at_u32(receivables, at).map_or("", |receivable| &receivable.id));
        let Some((receivable, currency)) = found.and_then(|at| Some((at, at_u32(receivables, at)?.amount.currency()))) else {
            let mend = "give the receivables file that holds it, or mend the id (the receivable itself may have been rejected)";
            return Err(columns.receivable.fault(id, "is not a receivable of the portfolio", mend));
        };
        let paid = columns.paid(row)?;
        let written = columns.currency.fetch(row);
        if !written.text.is_empty() && !written.text.eq_ignore_ascii_case(currency.code()) {
            let reason = format!("is not the receivable's currency, {currency}");
            return Err(columns.currency.fault(&written.text, &reason, "enter the payment in the receivable's currency"));
        }
        let amount = columns.amount.positive(row, currency)?;
        let payment_id = columns.id.fetch(row);
        let payment_id: Option<Box<str>> =
            if payment_id.text.is_empty() { None } else { Some(ids::checked(&payment_id, &columns.id.header)?.into()) };
        let id = match payment_id {
            Some(id) => {
                self.claim(&id, row.number)?;
                PaymentId::Own(id)
            }
            None => PaymentId::Content,
        };
        self.portfolio.payments.push(PaymentRow { receivable, paid, amount, id });
        report.counts.payments += 1;
        Ok(())
    }

    fn grown(&mut self, columns: &Columns, headers: &[String], _report: &mut Report) {
        self.columns = RowColumns::of(columns, headers);
    }
}
