//! A receivables file: one receivable per row, its payment when the row has one, and its customer.

use std::io::Read;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::words::Rail;

use super::columns::Columns;
use super::customer::CustomerColumns;
use super::field::{Currencies, FieldColumn};
use super::header::{Content, Field};
use super::ledger::Ledger;
use super::options::Options;
use super::portfolio::{PaymentId, PaymentRow, Portfolio, ReceivableRow, When};
use super::refused::Refused;
use super::reject::{Fault, Rejects};
use super::report::{Reading, Report};
use super::rows::Row;
use super::source::Source;
use super::table::{Table, Taker};
use super::{contact, events, ids};

/// Reads a receivables file (SPEC §17) into `portfolio`, which may hold earlier files' rows.
///
/// CSV and JSON Lines, both also gzipped, are read as a stream; XLSX and Parquet are held whole. Every row that
/// cannot be used goes to `rejects` with its reason and the mend, and takes no other row with it.
///
/// ```
/// use regua_wire::files::{Options, Portfolio, RejectList, read_receivables};
/// let file = "receivable_id;customer_id;issued_on;due_on;amount;currency\n\
///             R1;C1;01/02/2026;13/02/2026;1.234,56;BRL\n\
///             R2;C1;01/02/2026;31/02/2026;10,00;BRL\n";
/// let mut rejects = RejectList::new(100);
/// let reading = read_receivables(file.as_bytes(), "abc.csv", &Options::default(), Portfolio::default(), &mut rejects)?;
/// assert_eq!(reading.portfolio.receivables[0].amount.minor(), 123_456);
/// assert_eq!(rejects.rows[0].reason, "`31/02/2026` is not a day of the calendar");
/// # Ok::<(), regua_wire::files::Refused>(())
/// ```
///
/// # Errors
/// [`Refused`] when the file as a whole cannot be read, or `rejects` fails; nothing of it is then taken.
pub fn read_receivables(
    input: impl Read,
    file: &str,
    options: &Options,
    portfolio: Portfolio,
    rejects: &mut dyn Rejects,
) -> Result<Reading, Refused> {
    let options = &options.mapping.as_ref().map_or_else(|| options.clone(), |mapping| mapping.options(options));
    let mut table = Table::open(input, file, options, Content::Receivables)?;
    if let Some(currency) = options.currency {
        table.columns.set_default(Field::Currency, Source::Fixed(currency.code().into()));
    }
    if let Some(log) = options.mapping.as_ref().and_then(|mapping| mapping.events()) {
        return events::read(table, log, options, portfolio, rejects);
    }
    let required: [&[Field]; 6] = [
        &[Field::ReceivableId],
        &[Field::CustomerId],
        &[Field::IssuedOn, Field::IssuedAt],
        &[Field::DueOn],
        &[Field::Amount],
        &[Field::Currency],
    ];
    table.columns.require(&required, table.headers(), file)?;
    let mut intake = Intake {
        columns: RowColumns::of(&table.columns, table.headers()),
        customer_columns: CustomerColumns::of(&table.columns, table.headers()),
        currencies: Currencies::default(),
        country: options.country.clone(),
        ledger: Ledger::new(portfolio),
    };
    let mut report = table.read(&mut intake, rejects)?;
    intake.customer_columns.close(&mut report);
    Ok(Reading { portfolio: intake.ledger.portfolio, report })
}

/// The columns of a receivable itself.
struct RowColumns {
    id: FieldColumn,
    customer: FieldColumn,
    issued_on: FieldColumn,
    issued_at: FieldColumn,
    due_on: FieldColumn,
    amount: FieldColumn,
    currency: FieldColumn,
    method: FieldColumn,
    paid_on: FieldColumn,
    paid_at: FieldColumn,
    paid_amount: FieldColumn,
}

impl RowColumns {
    fn of(columns: &Columns, headers: &[String]) -> Self {
        let column = |field| FieldColumn::of(columns, headers, field);
        Self {
            id: column(Field::ReceivableId),
            customer: column(Field::CustomerId),
            issued_on: column(Field::IssuedOn),
            issued_at: column(Field::IssuedAt),
            due_on: column(Field::DueOn),
            amount: column(Field::Amount),
            currency: column(Field::Currency),
            method: column(Field::Method),
            paid_on: column(Field::PaidOn),
            paid_at: column(Field::PaidAt),
            paid_amount: column(Field::PaidAmount),
        }
    }

    /// When the receivable became known.
    fn issued(&self, row: &Row) -> Result<When, Fault> {
        if let Some(at) = self.issued_at.moment(row)? {
            return Ok(at);
        }
        let column = if self.issued_on.is_absent() { &self.issued_at } else { &self.issued_on };
        self.issued_on.when(row)?.ok_or_else(|| column.empty("write the day on which the receivable became known"))
    }

    /// The payment that the row itself tells of.
    fn payment(&self, row: &Row, currency: Currency) -> Result<Option<(When, Option<Money>)>, Fault> {
        let paid = match self.paid_at.moment(row)? {
            Some(at) => Some(at),
            None => self.paid_on.when(row)?,
        };
        match paid {
            Some(paid) => Ok(Some((paid, self.paid_amount.positive(row, currency)?))),
            // Exports write 0.00 where nothing was paid.
            None => match self.paid_amount.minor(row, currency)? {
                None | Some(0) => Ok(None),
                Some(_) => {
                    let text = self.paid_amount.fetch(row).text;
                    Err(self.paid_amount.fault(&text, "was paid, and there is no day of payment", "write the day in `paid_on`"))
                }
            },
        }
    }

    /// The rail; one that is not known is `other`, with a warning.
    fn method(&self, row: &Row, report: &mut Report) -> Option<Rail> {
        let cell = self.method.fetch(row);
        if cell.text.is_empty() {
            return None;
        }
        let rail = contact::rail(&cell.text);
        if rail.is_none() {
            let text = format!("`{}` is no payment rail we know; taken as other", ids::short(&cell.text));
            report.warn(row.number, &self.method.header, text);
        }
        rail.or(Some(Rail::Other))
    }
}

/// Takes a receivables file's rows into a portfolio.
struct Intake {
    columns: RowColumns,
    customer_columns: CustomerColumns,
    currencies: Currencies,
    country: Option<Box<str>>,
    ledger: Ledger,
}

impl Taker for Intake {
    fn take(&mut self, row: &Row, report: &mut Report) -> Result<(), Fault> {
        let Self { columns, customer_columns, currencies, country, ledger } = self;
        let id = columns.id.fetch(row);
        let id = ids::checked(&id, &columns.id.header)?;
        let customer_id = columns.customer.fetch(row);
        let customer_id = ids::checked(&customer_id, &columns.customer.header)?;
        let issued = columns.issued(row)?;
        let due_on = columns.due_on.date(row)?.ok_or_else(|| columns.due_on.empty("write the due date"))?;
        let currency = currencies.read(&columns.currency, row)?;
        let amount = columns.amount.positive(row, currency)?;
        let amount = amount.ok_or_else(|| columns.amount.empty("write the amount, or take the row out"))?;
        let payment = columns.payment(row, currency)?;
        let receivable = ledger.claim(id, row.number).map_err(|place| columns.id.taken(id, &place))?;
        // From here on the row is taken: what is wrong with the rest is a warning.
        let customer = ledger.customer(customer_id, report);
        if let Some((known, draft)) = ledger.known(customer) {
            let country = country.as_deref().unwrap_or(if currency == Currency::BRL { "BR" } else { "" });
            customer_columns.learn(known, draft, row, country, report);
        }
        let method = columns.method(row, report);
        ledger.portfolio.receivables.push(ReceivableRow { id: id.into(), customer, issued, due_on, amount, method });
        report.counts.receivables += 1;
        if let Some((paid, amount)) = payment {
            ledger.portfolio.payments.push(PaymentRow { receivable, paid, amount, id: PaymentId::Row });
            report.counts.payments += 1;
        }
        Ok(())
    }

    fn grown(&mut self, columns: &Columns, headers: &[String], report: &mut Report) {
        self.columns = RowColumns::of(columns, headers);
        std::mem::replace(&mut self.customer_columns, CustomerColumns::of(columns, headers)).close(report);
    }
}
