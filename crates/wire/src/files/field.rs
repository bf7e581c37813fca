//! The column of one field: its value for a row, or why there is none.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

use super::amount::{AmountFormat, NoAmount};
use super::columns::Columns;
use super::date::{DateFormat, NoDate, moment};
use super::header::Field;
use super::ids;
use super::portfolio::When;
use super::reject::Fault;
use super::rows::{Cell, Row};
use super::source::Source;

/// Where a field comes from and how it is read. Every reader gives nothing for an empty cell.
pub(super) struct FieldColumn {
    /// The header as the file has it; the field's own name when a mapping makes it up.
    pub(super) header: String,
    source: Source,
    dates: DateFormat,
    amounts: AmountFormat,
    plus_days: i32,
    round: bool,
}

impl FieldColumn {
    /// The column of a field.
    pub(super) fn of(columns: &Columns, headers: &[String], field: Field) -> Self {
        let source = columns.source(field).clone();
        let header = source.column().and_then(|index| headers.get(index)).map_or(field.as_str(), String::as_str).to_owned();
        let formats = &columns.formats;
        let dates = if field == Field::DueOn {
            formats.due
        } else if field == Field::PaidOn {
            formats.paid
        } else {
            formats.issued
        };
        let amounts = if field == Field::PaidAmount { formats.paid_amount } else { formats.amount };
        Self { header, source, dates, amounts, plus_days: columns.plus_days(field), round: columns.rounds(field) }
    }

    /// A column of amounts of an event log; all of them are written in one way.
    pub(super) fn of_event(columns: &Columns, headers: &[String], index: usize) -> Self {
        let header = headers.get(index).cloned().unwrap_or_default();
        Self { header, source: Source::Column(index), ..Self::of(columns, headers, Field::Amount) }
    }

    /// Whether the file has no such column.
    pub(super) fn is_absent(&self) -> bool {
        self.source == Source::Absent
    }

    /// The cell of a row.
    pub(super) fn fetch<'a>(&'a self, row: &'a Row) -> Cell<'a> {
        self.source.fetch(row)
    }

    /// A date.
    pub(super) fn date(&self, row: &Row) -> Result<Option<Day>, Fault> {
        let cell = self.fetch(row);
        if cell.text.is_empty() {
            return Ok(None);
        }
        self.dates.date(&cell.text).map(|day| Some(day.plus(self.plus_days))).map_err(|no| self.no_date(&cell.text, no))
    }

    /// A date, or a moment when the cell has a time with an offset.
    pub(super) fn when(&self, row: &Row) -> Result<Option<When>, Fault> {
        let cell = self.fetch(row);
        if cell.text.is_empty() {
            return Ok(None);
        }
        let when = self.dates.when(&cell.text).map_err(|no| self.no_date(&cell.text, no))?;
        Ok(Some(match when {
            When::On(day) => When::On(day.plus(self.plus_days)),
            When::At(at) => When::At(at.plus_hours(i64::from(self.plus_days) * 24)),
        }))
    }

    /// A moment.
    pub(super) fn moment(&self, row: &Row) -> Result<Option<When>, Fault> {
        let cell = self.fetch(row);
        if cell.text.is_empty() {
            return Ok(None);
        }
        moment(&cell.text).map(|at| Some(When::At(at))).map_err(|no| self.no_date(&cell.text, no))
    }

    /// An amount above zero.
    pub(super) fn positive(&self, row: &Row, currency: Currency) -> Result<Option<Money>, Fault> {
        let cell = self.fetch(row);
        if cell.text.is_empty() {
            return Ok(None);
        }
        let minor = self.amounts.positive(&cell.text, cell.kind, currency, self.round);
        minor.map(|minor| Some(Money::new(minor, currency))).map_err(|no| self.no_amount(&cell.text, &no))
    }

    /// An amount in minor units, whatever its sign.
    pub(super) fn minor(&self, row: &Row, currency: Currency) -> Result<Option<i64>, Fault> {
        let cell = self.fetch(row);
        if cell.text.is_empty() {
            return Ok(None);
        }
        self.amounts.minor(&cell.text, cell.kind, currency, self.round).map(Some).map_err(|no| self.no_amount(&cell.text, &no))
    }

    /// A fault of this column, quoting the value.
    pub(super) fn fault(&self, text: &str, reason: &str, mend: &str) -> Fault {
        Fault::at(&self.header, format!("`{}` {reason}", ids::short(text)), mend)
    }

    /// The fault of a cell that must not be empty.
    pub(super) fn empty(&self, mend: &str) -> Fault {
        Fault::at(&self.header, format!("`{}` is empty", self.header), mend)
    }

    /// The fault of an id that another row has.
    pub(super) fn taken(&self, id: &str, place: &str) -> Fault {
        self.fault(id, &format!("is the id of {place} too; the first one stays"), "give every receivable an id of its own")
    }

    fn no_date(&self, text: &str, no: NoDate) -> Fault {
        self.fault(text, no.0, no.1)
    }

    fn no_amount(&self, text: &str, no: &NoAmount) -> Fault {
        self.fault(text, &no.0, no.1)
    }
}

/// The currency of the last row, which nearly always is that of the next.
#[derive(Default)]
pub(super) struct Currencies(Option<(Box<str>, Currency)>);

impl Currencies {
    /// The currency of a row.
    pub(super) fn read(&mut self, column: &FieldColumn, row: &Row) -> Result<Currency, Fault> {
        let cell = column.fetch(row);
        if let Some((text, currency)) = &self.0
            && **text == *cell.text
        {
            return Ok(*currency);
        }
        if cell.text.is_empty() {
            return Err(column.empty("write the three letters of ISO 4217, such as BRL"));
        }
        let currency = Currency::parse(&cell.text.to_ascii_uppercase())
            .ok_or_else(|| column.fault(&cell.text, "is not a currency of ISO 4217", "write its three letters, such as BRL"))?;
        self.0 = Some((cell.text.as_ref().into(), currency));
        Ok(currency)
    }
}
