//! A receivables file: one receivable per row, its payment when the row has one, and its customer.

use std::io::Read;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::time::Day;
use regua_core::words::Rail;

use super::amount::{AmountFormat, NoAmount};
use super::columns::{Columns, Formats};
use super::customer::{CustomerColumns, Draft};
use super::date::{NoDate, moment};
use super::header::{Content, Field};
use super::index::Index;
use super::options::Options;
use super::portfolio::{CustomerRow, PaymentRow, Portfolio, ReceivableRow, When};
use super::refused::Refused;
use super::reject::{Fault, Rejects};
use super::report::{Reading, Report};
use super::rows::Row;
use super::source::Source;
use super::table::{Table, Taker};
use super::{contact, ids};

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
    let mut table = Table::open(input, file, options, Content::Receivables)?;
    if let Some(currency) = options.currency {
        table.columns.set_default(Field::Currency, Source::Fixed(currency.code().into()));
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
    id: Source,
    customer: Source,
    issued_on: Source,
    issued_at: Source,
    due_on: Source,
    amount: Source,
    currency: Source,
    method: Source,
    paid_on: Source,
    paid_at: Source,
    paid_amount: Source,
    formats: Formats,
    round: bool,
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
            id: source(Field::ReceivableId),
            customer: source(Field::CustomerId),
            issued_on: source(Field::IssuedOn),
            issued_at: source(Field::IssuedAt),
            due_on: source(Field::DueOn),
            amount: source(Field::Amount),
            currency: source(Field::Currency),
            method: source(Field::Method),
            paid_on: source(Field::PaidOn),
            paid_at: source(Field::PaidAt),
            paid_amount: source(Field::PaidAmount),
            formats: columns.formats,
            round: false,
            headers: Field::ALL.iter().map(header).collect(),
        }
    }

    /// A fault of a field's column, quoting the value.
    fn fault(&self, field: Field, text: &str, reason: &str, mend: &str) -> Fault {
        Fault::at(self.header(field), format!("`{}` {reason}", ids::short(text)), mend)
    }

    fn no_date(&self, field: Field, text: &str, no: NoDate) -> Fault {
        self.fault(field, text, no.0, no.1)
    }

    fn no_amount(&self, field: Field, text: &str, no: &NoAmount) -> Fault {
        self.fault(field, text, &no.0, no.1)
    }

    fn empty(&self, field: Field, mend: &str) -> Fault {
        Fault::at(self.header(field), format!("`{}` is empty", self.header(field)), mend)
    }

    fn header(&self, field: Field) -> &str {
        self.headers.iter().find(|(found, _)| *found == field).map_or("", |(_, header)| header)
    }

    /// A moment where the file has one, else a date, else nothing.
    fn when(&self, row: &Row, at: (&Source, Field), on: (&Source, Field), format: super::date::DateFormat) -> Result<Option<When>, Fault> {
        let cell = at.0.fetch(row);
        if !cell.text.is_empty() {
            return moment(&cell.text).map(|instant| Some(When::At(instant))).map_err(|no| self.no_date(at.1, &cell.text, no));
        }
        let cell = on.0.fetch(row);
        if cell.text.is_empty() {
            return Ok(None);
        }
        format.when(&cell.text).map(Some).map_err(|no| self.no_date(on.1, &cell.text, no))
    }

    fn issued(&self, row: &Row) -> Result<When, Fault> {
        let issued = self.when(row, (&self.issued_at, Field::IssuedAt), (&self.issued_on, Field::IssuedOn), self.formats.issued)?;
        let field = if self.issued_on == Source::Absent { Field::IssuedAt } else { Field::IssuedOn };
        issued.ok_or_else(|| self.empty(field, "write the day on which the receivable became known"))
    }

    fn due(&self, row: &Row) -> Result<Day, Fault> {
        let cell = self.due_on.fetch(row);
        if cell.text.is_empty() {
            return Err(self.empty(Field::DueOn, "write the due date"));
        }
        self.formats.due.date(&cell.text).map_err(|no| self.no_date(Field::DueOn, &cell.text, no))
    }

    fn money(&self, row: &Row, currency: Currency) -> Result<Money, Fault> {
        let cell = self.amount.fetch(row);
        if cell.text.is_empty() {
            return Err(self.empty(Field::Amount, "write the amount, or take the row out"));
        }
        let minor = self.formats.amount.positive(&cell.text, cell.kind, currency, self.round);
        minor.map(|minor| Money::new(minor, currency)).map_err(|no| self.no_amount(Field::Amount, &cell.text, &no))
    }

    /// The rail; one that is not known is `other`, with a warning.
    fn method(&self, row: &Row, report: &mut Report) -> Option<Rail> {
        let cell = self.method.fetch(row);
        if cell.text.is_empty() {
            return None;
        }
        let rail = contact::rail(&cell.text);
        if rail.is_none() {
            report.warn(
                row.number,
                self.header(Field::Method),
                format!("`{}` is no payment rail we know; taken as other", ids::short(&cell.text)),
            );
        }
        rail.or(Some(Rail::Other))
    }

    /// The payment that the row itself tells of.
    fn payment(&self, row: &Row, currency: Currency) -> Result<Option<(When, Option<Money>)>, Fault> {
        let paid = self.when(row, (&self.paid_at, Field::PaidAt), (&self.paid_on, Field::PaidOn), self.formats.paid)?;
        let cell = self.paid_amount.fetch(row);
        let format: AmountFormat = self.formats.paid_amount;
        let no_amount = |no: &NoAmount| self.no_amount(Field::PaidAmount, &cell.text, no);
        match (paid, cell.text.is_empty()) {
            (None, true) => Ok(None),
            (Some(paid), true) => Ok(Some((paid, None))),
            (Some(paid), false) => {
                let minor = format.positive(&cell.text, cell.kind, currency, self.round).map_err(|no| no_amount(&no))?;
                Ok(Some((paid, Some(Money::new(minor, currency)))))
            }
            // Exports write 0.00 where nothing was paid.
            (None, false) => match format.minor(&cell.text, cell.kind, currency, self.round).map_err(|no| no_amount(&no))? {
                0 => Ok(None),
                _ => {
                    Err(self.fault(Field::PaidAmount, &cell.text, "was paid, and there is no day of payment", "write the day in `paid_on`"))
                }
            },
        }
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

/// The portfolio being filled, with what finds its parts.
struct Ledger {
    portfolio: Portfolio,
    receivables: Index,
    customers: Index,
    drafts: Vec<Draft>,
    /// The rows in which this file's receivables stood, for naming the first of two.
    rows: Vec<u64>,
    /// How many receivables came from earlier files.
    earlier: usize,
}

/// The currency of the last row, which nearly always is that of the next.
#[derive(Default)]
struct Currencies(Option<(Box<str>, Currency)>);

impl Currencies {
    fn read(&mut self, columns: &RowColumns, row: &Row) -> Result<Currency, Fault> {
        let cell = columns.currency.fetch(row);
        if let Some((text, currency)) = &self.0
            && **text == *cell.text
        {
            return Ok(*currency);
        }
        if cell.text.is_empty() {
            return Err(columns.empty(Field::Currency, "write the three letters of ISO 4217, such as BRL"));
        }
        let currency = Currency::parse(&cell.text.to_ascii_uppercase()).ok_or_else(|| {
            columns.fault(Field::Currency, &cell.text, "is not a currency of ISO 4217", "write its three letters, such as BRL")
        })?;
        self.0 = Some((cell.text.as_ref().into(), currency));
        Ok(currency)
    }
}

impl Ledger {
    fn new(portfolio: Portfolio) -> Self {
        Self {
            receivables: Index::of(portfolio.receivables.iter().map(|receivable| &*receivable.id)),
            customers: Index::of(portfolio.customers.iter().map(|customer| &*customer.id)),
            drafts: vec![Draft::default(); portfolio.customers.len()],
            rows: Vec::new(),
            earlier: portfolio.receivables.len(),
            portfolio,
        }
    }

    /// Notes an id for the next receivable; when it is taken, says by which row.
    fn claim(&mut self, id: &str) -> Result<u32, String> {
        let receivables = &self.portfolio.receivables;
        let next = u32::try_from(receivables.len()).unwrap_or(u32::MAX);
        let twin = self.receivables.find_or_insert(id, next, |at| at_u32(receivables, at).map_or("", |receivable| &receivable.id));
        let Some(twin) = twin else { return Ok(next) };
        let at = usize::try_from(twin).ok().and_then(|at| at.checked_sub(self.earlier));
        Err(at.and_then(|at| self.rows.get(at)).map_or_else(|| "an earlier file".to_owned(), |row| format!("row {row}")))
    }

    /// The place of a customer, who may be new.
    fn customer(&mut self, id: &str, report: &mut Report) -> u32 {
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
}

fn at_u32<T>(list: &[T], at: u32) -> Option<&T> {
    list.get(usize::try_from(at).ok()?)
}

impl Taker for Intake {
    fn take(&mut self, row: &Row, report: &mut Report) -> Result<(), Fault> {
        let Self { columns, customer_columns, currencies, country, ledger } = self;
        let id = columns.id.fetch(row);
        let id = ids::checked(&id, columns.header(Field::ReceivableId))?;
        let customer_id = columns.customer.fetch(row);
        let customer_id = ids::checked(&customer_id, columns.header(Field::CustomerId))?;
        let issued = columns.issued(row)?;
        let due_on = columns.due(row)?;
        let currency = currencies.read(columns, row)?;
        let amount = columns.money(row, currency)?;
        let payment = columns.payment(row, currency)?;
        let receivable = ledger.claim(id).map_err(|place| {
            let reason = format!("is the id of {place} too; the first one stays");
            columns.fault(Field::ReceivableId, id, &reason, "give every receivable an id of its own")
        })?;
        // From here on the row is taken: what is wrong with the rest is a warning.
        let customer = ledger.customer(customer_id, report);
        let at = usize::try_from(customer).unwrap_or(usize::MAX);
        if let (Some(known), Some(draft)) = (ledger.portfolio.customers.get_mut(at), ledger.drafts.get_mut(at)) {
            let country = country.as_deref().unwrap_or(if currency == Currency::BRL { "BR" } else { "" });
            customer_columns.learn(&mut known.customer, draft, row, country, report);
        }
        let method = columns.method(row, report);
        ledger.rows.push(row.number);
        ledger.portfolio.receivables.push(ReceivableRow { id: id.into(), customer, issued, due_on, amount, method });
        report.counts.receivables += 1;
        if let Some((paid, amount)) = payment {
            ledger.portfolio.payments.push(PaymentRow { receivable, paid, amount });
            report.counts.payments += 1;
        }
        Ok(())
    }

    fn grown(&mut self, columns: &Columns, headers: &[String], report: &mut Report) {
        self.columns = RowColumns::of(columns, headers);
        std::mem::replace(&mut self.customer_columns, CustomerColumns::of(columns, headers)).close(report);
    }
}
