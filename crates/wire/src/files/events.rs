//! An event log as receivables: one event opens a case, others add to its amount, date it or pay on it.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

use super::columns::Columns;
use super::customer::CustomerColumns;
use super::field::{Currencies, FieldColumn};
use super::header::Field;
use super::ids;
use super::index::Index;
use super::ledger::{Ledger, at_u32};
use super::mapping::Events;
use super::options::Options;
use super::portfolio::{PaymentId, PaymentRow, Portfolio, ReceivableRow, When};
use super::refused::Refused;
use super::reject::{Fault, Rejects};
use super::report::{Reading, Report};
use super::rows::Row;
use super::table::{Table, Taker, reject};

/// Reads an event log.
///
/// # Errors
/// As [`super::read_receivables`].
pub(super) fn read(
    table: Table<'_>,
    log: &Events,
    options: &Options,
    portfolio: Portfolio,
    rejects: &mut dyn Rejects,
) -> Result<Reading, Refused> {
    let file = table.file.clone();
    table.columns.require(&[&[Field::Currency]], table.headers(), &file)?;
    let headers = table.headers();
    let at = |header: &String| headers.iter().position(|found| found.trim() == header).unwrap_or(usize::MAX);
    let column = |header: &String| FieldColumn::of_event(&table.columns, headers, at(header));
    let mut intake = Intake {
        log: log.clone(),
        activity: at(&log.activity),
        amounts: log.amounts.iter().map(|(event, header)| (event.clone(), column(header))).collect(),
        payments: log.payments.iter().map(|(event, header)| (event.clone(), column(header))).collect(),
        case: FieldColumn::of(&table.columns, headers, Field::ReceivableId),
        customer: FieldColumn::of(&table.columns, headers, Field::CustomerId),
        date: FieldColumn::of(&table.columns, headers, Field::IssuedOn),
        currency: FieldColumn::of(&table.columns, headers, Field::Currency),
        customer_columns: CustomerColumns::of(&table.columns, headers),
        currencies: Currencies::default(),
        country: options.country.clone(),
        ledger: Ledger::new(portfolio),
        index: Index::default(),
        cases: Vec::new(),
        paid: Vec::new(),
        unused: 0,
    };
    let mut report = table.read(&mut intake, rejects)?;
    intake.customer_columns.close(&mut report);
    intake.finish(&mut report, rejects, &file)?;
    Ok(Reading { portfolio: intake.ledger.portfolio, report })
}

/// A receivable in the making.
struct Case {
    id: Box<str>,
    row: u64,
    customer: u32,
    issued_on: Day,
    currency: Currency,
    /// The sum so far.
    minor: i64,
    /// The first events that the due date counts from.
    notified_on: Option<Day>,
    otherwise_on: Option<Day>,
}

struct Intake {
    log: Events,
    activity: usize,
    amounts: Vec<(String, FieldColumn)>,
    payments: Vec<(String, FieldColumn)>,
    case: FieldColumn,
    customer: FieldColumn,
    date: FieldColumn,
    currency: FieldColumn,
    customer_columns: CustomerColumns,
    currencies: Currencies,
    country: Option<Box<str>>,
    ledger: Ledger,
    index: Index,
    cases: Vec<Case>,
    /// Case, date and amount of each payment.
    paid: Vec<(u32, When, Money)>,
    unused: u64,
}

impl Taker for Intake {
    fn take(&mut self, row: &Row, report: &mut Report) -> Result<(), Fault> {
        let event = row.cell(self.activity).text;
        let of = |list: &[(String, FieldColumn)]| list.iter().position(|(name, _)| *name == event);
        let (opens, amount, payment) = (event == self.log.opens.as_str(), of(&self.amounts), of(&self.payments));
        let dates = event == self.log.due.after.as_str() || self.log.due.otherwise.as_deref() == Some(event.as_ref());
        if !opens && !dates && amount.is_none() && payment.is_none() {
            self.unused += 1;
            report.counts.skipped += 1;
            return Ok(());
        }
        let cell = self.case.fetch(row);
        let id: Box<str> = ids::checked(&cell, &self.case.header)?.into();
        if opens {
            return self.open(&id, row, report);
        }
        let cases = &self.cases;
        let found = self.index.find(&id, |at| at_u32(cases, at).map_or("", |case| &case.id));
        let found = found.ok_or_else(|| {
            let reason = format!("has not been opened by a good `{}` above this row", self.log.opens);
            self.case.fault(&id, &reason, "put the rows of a case in order of time, or mend its first one")
        })?;
        let case = usize::try_from(found).ok().and_then(|at| self.cases.get_mut(at));
        let Some(case) = case else { return Ok(()) };
        // Everything that can fail comes first, so that a rejected row leaves nothing behind.
        let day = if dates { Some(self.date.date(row)?.ok_or_else(|| self.date.empty("write the day of the event"))?) } else { None };
        let added = match amount.and_then(|at| self.amounts.get(at)) {
            Some((_, column)) => column.minor(row, case.currency)?.unwrap_or(0),
            None => 0,
        };
        if let Some((_, column)) = payment.and_then(|at| self.payments.get(at)) {
            let money = column.positive(row, case.currency)?.ok_or_else(|| column.empty("write what was paid, or take the row out"))?;
            let paid = self.date.when(row)?.ok_or_else(|| self.date.empty("write the day of payment"))?;
            self.paid.push((found, paid, money));
        }
        case.minor = case.minor.saturating_add(added);
        let is_after = event == self.log.due.after.as_str();
        let slot = if is_after { &mut case.notified_on } else { &mut case.otherwise_on };
        *slot = slot.or(day);
        Ok(())
    }

    fn grown(&mut self, _columns: &Columns, _headers: &[String], _report: &mut Report) {}
}

impl Intake {
    /// Opens a case.
    fn open(&mut self, id: &str, row: &Row, report: &mut Report) -> Result<(), Fault> {
        let customer_id = self.customer.fetch(row);
        let customer_id = ids::checked(&customer_id, &self.customer.header)?;
        let issued_on = self.date.date(row)?.ok_or_else(|| self.date.empty("write the day of the event"))?;
        let currency = self.currencies.read(&self.currency, row)?;
        let amount = self.amounts.iter().find(|(event, _)| *event == self.log.opens);
        let minor = match amount {
            Some((_, column)) => {
                let money = column.positive(row, currency)?;
                money.ok_or_else(|| column.empty("write the amount, or take the row out"))?.minor()
            }
            None => 0,
        };
        let cases = &self.cases;
        let place = u32::try_from(cases.len()).unwrap_or(u32::MAX);
        if self.ledger.holds(id) {
            return Err(self.case.taken(id, "an earlier file"));
        }
        if let Some(twin) = self.index.find_or_insert(id, place, |at| at_u32(cases, at).map_or("", |case| &case.id)) {
            let row = at_u32(cases, twin).map_or(0, |case| case.row);
            return Err(self.case.taken(id, &format!("row {row}")));
        }
        let customer = self.ledger.customer(customer_id, report);
        if let Some((known, draft)) = self.ledger.known(customer) {
            let country = self.country.as_deref().unwrap_or(if currency == Currency::BRL { "BR" } else { "" });
            self.customer_columns.learn(known, draft, row, country, report);
        }
        let on = |event: &str| (event == self.log.opens).then_some(issued_on);
        let (notified_on, otherwise_on) = (on(&self.log.due.after), self.log.due.otherwise.as_deref().and_then(on));
        self.cases.push(Case { id: id.into(), row: row.number, customer, issued_on, currency, minor, notified_on, otherwise_on });
        Ok(())
    }

    /// Turns the cases into receivables, in the order in which they were opened.
    fn finish(&mut self, report: &mut Report, rejects: &mut dyn Rejects, file: &str) -> Result<(), Refused> {
        if self.unused > 0 {
            report.skipped.push(("events that the mapping does not use".to_owned(), self.unused));
        }
        let mut places = Vec::with_capacity(self.cases.len());
        for case in std::mem::take(&mut self.cases) {
            let from = case.notified_on.or(case.otherwise_on);
            let (Some(from), true) = (from, case.minor > 0) else {
                let reason = format!("the case `{}` has no event that its due date counts from, or no amount", ids::short(&case.id));
                let mut row = Row::default();
                row.clear(case.row);
                reject(
                    &row,
                    Fault::at(&self.case.header, reason, "add the event, or an `else` to the mapping's `due`"),
                    report,
                    rejects,
                    file,
                )?;
                places.push(None);
                continue;
            };
            let receivables = &mut self.ledger.portfolio.receivables;
            places.push(u32::try_from(receivables.len()).ok());
            receivables.push(ReceivableRow {
                id: case.id,
                customer: case.customer,
                issued: When::On(case.issued_on),
                due_on: from.plus(self.log.due.days),
                amount: Money::new(case.minor, case.currency),
                method: None,
            });
            report.counts.receivables += 1;
        }
        for (case, paid, amount) in self.paid.drain(..) {
            if let Some(&Some(receivable)) = at_u32(&places, case) {
                self.ledger.portfolio.payments.push(PaymentRow { receivable, paid, amount: Some(amount), id: PaymentId::Content });
                report.counts.payments += 1;
            }
        }
        Ok(())
    }
}
