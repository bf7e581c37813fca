//! A payments file: what was paid on receivables that are already read.

use std::io::Read;

use regua_core::money::Money;

use super::columns::{Columns, Formats};
use super::date::moment;
use super::header::{Content, Field};
use super::ids;
use super::index::Index;
use super::options::Options;
use super::portfolio::{PaymentRow, Portfolio, When};
use super::refused::Refused;
use super::reject::{Fault, Rejects};
use super::report::{Reading, Report};
use super::rows::Row;
use super::source::Source;
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

struct RowColumns {
    receivable: Source,
    paid_on: Source,
    paid_at: Source,
    amount: Source,
    currency: Source,
    id: Source,
    formats: Formats,
    headers: Vec<(Field, String)>,
}

impl RowColumns {
    fn of(columns: &Columns, headers: &[String]) -> Self {
        let source = |field| columns.source(field).clone();
        let header = |&field: &Field| {
            let index = columns.source(field).column();
            (field, index.and_then(|index| headers.get(index)).map_or(field.as_str(), String::as_str).to_owned())
        };
        Self {
            receivable: source(Field::ReceivableId),
            paid_on: source(Field::PaidOn),
            paid_at: source(Field::PaidAt),
            amount: source(Field::Amount),
            currency: source(Field::Currency),
            id: source(Field::PaymentId),
            formats: columns.formats,
            headers: Field::ALL.iter().map(header).collect(),
        }
    }

    fn header(&self, field: Field) -> &str {
        self.headers.iter().find(|(found, _)| *found == field).map_or("", |(_, header)| header)
    }

    fn fault(&self, field: Field, text: &str, reason: &str, mend: &str) -> Fault {
        Fault::at(self.header(field), format!("`{}` {reason}", ids::short(text)), mend)
    }

    fn paid(&self, row: &Row) -> Result<When, Fault> {
        let at = self.paid_at.fetch(row);
        if !at.text.is_empty() {
            return moment(&at.text).map(When::At).map_err(|no| self.fault(Field::PaidAt, &at.text, no.0, no.1));
        }
        let on = self.paid_on.fetch(row);
        if on.text.is_empty() {
            let header = self.header(if self.paid_on == Source::Absent { Field::PaidAt } else { Field::PaidOn });
            return Err(Fault::at(header, format!("`{header}` is empty"), "write the day of payment"));
        }
        self.formats.paid.when(&on.text).map_err(|no| self.fault(Field::PaidOn, &on.text, no.0, no.1))
    }
}

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
            return Err(self.columns.fault(Field::PaymentId, id, &reason, "take the second row out, or give it an id of its own"));
        }
        self.known.push((id.into(), row));
        Ok(())
    }
}

impl Taker for Intake {
    fn take(&mut self, row: &Row, report: &mut Report) -> Result<(), Fault> {
        let columns = &self.columns;
        let id = columns.receivable.fetch(row);
        let id = ids::checked(&id, columns.header(Field::ReceivableId))?;
        let receivables = &self.portfolio.receivables;
        let row_of = |at: u32| usize::try_from(at).ok().and_then(|at| receivables.get(at));
        let found = self.receivables.find(id, |at| row_of(at).map_or("", |receivable| &receivable.id));
        let Some((receivable, currency)) = found.and_then(|at| Some((at, row_of(at)?.amount.currency()))) else {
            let mend = "give the receivables file that holds it, or mend the id (the receivable itself may have been rejected)";
            return Err(columns.fault(Field::ReceivableId, id, "is not a receivable of the portfolio", mend));
        };
        let paid = columns.paid(row)?;
        let written = columns.currency.fetch(row);
        if !written.text.is_empty() && !written.text.eq_ignore_ascii_case(currency.code()) {
            let reason = format!("is not the receivable's currency, {currency}");
            return Err(columns.fault(Field::Currency, &written.text, &reason, "enter the payment in the receivable's currency"));
        }
        let cell = columns.amount.fetch(row);
        let amount = if cell.text.is_empty() {
            None
        } else {
            let minor = columns.formats.amount.positive(&cell.text, cell.kind, currency, false);
            let minor = minor.map_err(|no| columns.fault(Field::Amount, &cell.text, &no.0, no.1))?;
            Some(Money::new(minor, currency))
        };
        let payment_id = columns.id.fetch(row);
        let payment_id: Option<Box<str>> =
            if payment_id.text.is_empty() { None } else { Some(ids::checked(&payment_id, columns.header(Field::PaymentId))?.into()) };
        if let Some(id) = payment_id {
            self.claim(&id, row.number)?;
        }
        self.portfolio.payments.push(PaymentRow { receivable, paid, amount });
        report.counts.payments += 1;
        Ok(())
    }

    fn grown(&mut self, columns: &Columns, headers: &[String], _report: &mut Report) {
        self.columns = RowColumns::of(columns, headers);
    }
}
