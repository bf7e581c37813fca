//! Returns as a bank writes them: for tests, and for the bank of a company that is made up.
//!
//! The column tables are the reader's. What [`write()`] wrote reads back as the same lines. Deliberately absent: check digits
//! of the nosso número, whose columns are zero, and fees that a bank takes outside of a slip.

use regua_core::bank::{BankAccount, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

use super::batches::{Written, batches, record};
use super::tables240::{self, money};
use super::tables400::{self, Trailer};
use super::{occurrences, sequence_400};
use crate::fixed::{BadField, Column, Pen, write_line};

/// The code that a bank usually gives an event, such as `06` for a payment; none where it has none, or is not known.
///
/// ```
/// # use regua_core::bank::{Event, Format};
/// # use regua_wire::cnab::bank_side::code;
/// assert_eq!(code("104", Format::Cnab240, Event::Paid), Some("06"));
/// assert_eq!(code("104", Format::Cnab400, Event::Paid), Some("21"));
/// ```
#[must_use]
pub fn code(bank: &str, format: Format, event: Event) -> Option<&'static str> {
    if format == Format::Cnab400 {
        return tables400::layout(bank).and_then(|layout| occurrences::code(layout.occurrences, event));
    }
    (format == Format::Cnab240).then(|| occurrences::code(tables240::layout(bank).occurrences, event)).flatten()
}

/// A payment at a made-up branch of bank 237, for examples.
#[must_use]
pub fn example() -> Statement {
    let day = Day::from_epoch(20_802);
    let real = |cents: i64| Some(Money::new(cents, Currency::BRL));
    let line = Line {
        place: 3,
        event: Event::Paid,
        amount: real(22_540),
        paid_on: Some(day),
        posted_on: Some(day.plus(1)),
        names: Names { our_number: Some("12345678901".into()), document: Some("FAT0001".into()), ..Names::default() },
        payer: Payer { name: Some("MARIA SILVA".into()), tax_id: Some("52998224725".into()), account: None },
        parts: Parts { billed: real(21_990), added: real(550), fee: real(199), ..Parts::default() },
        text: "".into(),
        codes: vec!["06".into()],
    };
    Statement {
        account: BankAccount { bank: "237".into(), branch: "1234".into(), number: "56789-0".into() },
        currency: Currency::BRL,
        number: Some(1),
        made_on: Some(day.plus(1)),
        until: None,
        lines: vec![line],
    }
}

/// Writes a return: slips in one batch, or in several when they are many, with the trailers that the bank's format has.
///
/// * `company`: whose return it is.
/// * `statement`: the account with its bank; each line's first code is the occurrence, those behind it the reasons. `place`,
///   `event` and `text` are not written.
///
/// # Errors
/// [`BadField`] names what does not fit: a bank without a known CNAB 400, a name that is too long, an amount below zero or
/// not in reals, a day missing.
///
/// ```
/// # use regua_core::bank::Format;
/// # use regua_wire::cnab::bank_side;
/// let file = bank_side::write(Format::Cnab400, "ACME", &bank_side::example())?;
/// assert_eq!(file.len(), 3 * 402);
/// # Ok::<(), regua_wire::cnab::BadField>(())
/// ```
pub fn write(format: Format, company: &str, statement: &Statement) -> Result<Vec<u8>, BadField> {
    if format == Format::Cnab400 {
        write_400(company, statement)
    } else if format == Format::Cnab240 {
        write_240(company, statement)
    } else {
        Err(BadField::new("format", "not CNAB 240 or CNAB 400"))
    }
}

fn cents(amount: Option<Money>, field: &'static str) -> Result<i64, BadField> {
    match amount {
        Some(amount) if amount.currency() != Currency::BRL => Err(BadField::new(field, "is not in reals")),
        Some(amount) => Ok(amount.minor()),
        None => Ok(0),
    }
}

fn text(value: &Option<Box<str>>) -> &str {
    value.as_deref().unwrap_or_default()
}

fn occurrence(line: &Line) -> Result<&str, BadField> {
    line.codes.first().map(|code| &**code).ok_or_else(|| BadField::new("occurrence", "is missing; give the bank's code of two characters"))
}

fn counted(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn number(statement: &Statement) -> i64 {
    i64::try_from(statement.number.unwrap_or(0)).unwrap_or(i64::MAX)
}

/// Codes behind the first, which are reasons, one behind the other.
fn reasons(codes: &[Box<str>], width: usize) -> String {
    codes.iter().skip(1).map(|code| format!("{code:width$}")).collect::<String>().trim_end().to_owned()
}

fn write_240(company: &str, statement: &Statement) -> Result<Vec<u8>, BadField> {
    let bank = &*statement.account.bank;
    let layout = tables240::layout(bank);
    let mut out = Vec::new();
    let mut pen = record(bank, 0, "0")?;
    layout.file_account.write(&statement.account, &mut pen)?;
    pen.name(tables240::FILE_COMPANY, company)?.text(tables240::FILE_DIRECTION, "2")?;
    pen.day(tables240::FILE_MADE_ON, statement.made_on)?.whole(tables240::FILE_NUMBER, number(statement))?;
    write_line(&mut out, &pen);

    let mut written = Written::default();
    for lines in batches(&statement.lines) {
        written.batches += 1;
        let batch = written.batches;
        let mut pen = record(bank, batch, "1")?;
        pen.text(tables240::BATCH_OPERATION, "T")?.text(tables240::BATCH_SERVICE, "01")?;
        layout.batch_account.write(&statement.account, &mut pen)?;
        pen.name(tables240::BATCH_COMPANY, company)?.whole(tables240::BATCH_NUMBER, number(statement))?;
        pen.day(tables240::BATCH_MADE_ON, statement.made_on)?;
        write_line(&mut out, &pen);
        let (mut sequence, mut billed) = (0, 0_i64);
        for line in lines {
            sequence += 1;
            write_line(&mut out, &title(layout, record(bank, batch, "3")?, sequence, line)?);
            sequence += 1;
            write_line(&mut out, &amounts(record(bank, batch, "3")?, sequence, line)?);
            billed = billed.saturating_add(cents(line.parts.billed, "amount")?);
        }
        written.end_batch(&mut out, bank, sequence, lines.len(), billed)?;
    }
    written.end(&mut out, bank)?;
    Ok(out)
}

fn title(layout: &tables240::Layout, mut pen: Pen, sequence: i64, line: &Line) -> Result<Pen, BadField> {
    let columns = layout.title;
    pen.whole(tables240::SEQUENCE, sequence)?.text(tables240::SEGMENT, "T")?.text(tables240::OCCURRENCE, occurrence(line)?)?;
    pen.text(columns.our_number, text(&line.names.our_number))?.text(columns.document, text(&line.names.document))?;
    pen.day(columns.due, None)?.whole(columns.billed, cents(line.parts.billed, "amount")?)?;
    pen.text(columns.company_use, text(&line.names.company_use))?;
    let id = text(&line.payer.tax_id);
    let kind = match id.len() {
        0 => "0",
        11 => "1",
        _ => "2",
    };
    pen.text(columns.payer_kind, kind)?.text(columns.payer_id, id)?.name(columns.payer_name, text(&line.payer.name))?;
    pen.whole(columns.fee, cents(line.parts.fee, "fee")?)?;
    pen.text(columns.reasons, &reasons(&line.codes, 2))?;
    Ok(pen)
}

fn amounts(mut pen: Pen, sequence: i64, line: &Line) -> Result<Pen, BadField> {
    pen.whole(tables240::SEQUENCE, sequence)?.text(tables240::SEGMENT, "U")?.text(tables240::OCCURRENCE, occurrence(line)?)?;
    pen.whole(money::ADDED, cents(line.parts.added, "fine and interest")?)?;
    pen.whole(money::DISCOUNT, cents(line.parts.discount, "discount")?)?;
    pen.whole(money::ABATEMENT, cents(line.parts.abatement, "abatement")?)?;
    pen.whole(money::TAX, cents(line.parts.tax, "IOF")?)?;
    let paid = paid(line)?;
    pen.whole(money::PAID, paid)?.whole(money::NET, paid.saturating_sub(cents(line.parts.fee, "fee")?).max(0))?;
    pen.whole(money::EXPENSES, 0)?.whole(money::CREDITS, 0)?;
    pen.day(money::OCCURRED_ON, line.paid_on)?.day(money::CREDITED_ON, line.posted_on)?;
    Ok(pen)
}

/// What was paid; the amount of a fee stands in the fee's column.
fn paid(line: &Line) -> Result<i64, BadField> {
    if line.event == Event::Fee { Ok(0) } else { cents(line.amount, "paid") }
}

fn write_400(company: &str, statement: &Statement) -> Result<Vec<u8>, BadField> {
    let Some(layout) = tables400::layout(&statement.account.bank) else {
        return Err(BadField::new("bank", "its CNAB 400 is not known here; write CNAB 240"));
    };
    let mut out = Vec::new();
    let mut pen = Pen::new(tables400::WIDTH);
    pen.text(tables400::HEADER_LITERAL, "02RETORNO01COBRANCA")?.name(tables400::COMPANY, company)?;
    pen.text(tables400::BANK, layout.bank)?.text(tables400::BANK_NAME, layout.name)?.day(layout.made_on, statement.made_on)?;
    if let Some(column) = layout.number {
        pen.whole(column, number(statement))?;
    }
    if !layout.account_in_detail {
        layout.account.write(&statement.account, &mut pen)?;
    }
    pen.whole(sequence_400(), 1)?;
    write_line(&mut out, &pen);
    for (line, sequence) in statement.lines.iter().zip(2_i64..) {
        write_line(&mut out, &slip(layout, statement, sequence, line)?);
    }
    write_line(&mut out, &trailer(layout, statement)?);
    Ok(out)
}

fn slip(layout: &tables400::Layout, statement: &Statement, sequence: i64, line: &Line) -> Result<Pen, BadField> {
    let columns = layout.slip;
    let mut pen = Pen::new(tables400::WIDTH);
    pen.text(tables400::KIND, &char::from(layout.detail).to_string())?;
    if layout.account_in_detail {
        layout.account.write(&statement.account, &mut pen)?;
    }
    pen.text(columns.company_use, text(&line.names.company_use))?.text(columns.our_number, text(&line.names.our_number))?;
    pen.text(columns.occurrence, occurrence(line)?)?.day(columns.occurred_on, line.paid_on)?;
    pen.text(columns.document, text(&line.names.document))?.whole(columns.billed, cents(line.parts.billed, "amount")?)?;
    let fee = cents(line.parts.fee, "fee")?;
    pen.whole(columns.fee, fee)?.whole(columns.abatement, cents(line.parts.abatement, "abatement")?)?;
    pen.whole(columns.discount, cents(line.parts.discount, "discount")?)?;
    let paid = paid(line)?;
    pen.whole(columns.paid, if layout.net { paid.saturating_sub(fee).max(0) } else { paid })?;
    pen.day(columns.credited_on, line.posted_on)?;
    let maybe = [
        (columns.expenses, Ok(0)),
        (columns.tax, cents(line.parts.tax, "IOF")),
        (columns.added, cents(line.parts.added, "interest")),
        (columns.fine, Ok(0)),
    ];
    for (column, amount) in maybe {
        match (column, amount?) {
            (Some(column), amount) => {
                pen.whole(column, amount)?;
            }
            (None, 0) => {}
            (None, _) => return Err(BadField::new("IOF or interest", "this bank's CNAB 400 has no column for it; write CNAB 240")),
        }
    }
    if let Some((column, width)) = columns.reasons {
        pen.text(column, &reasons(&line.codes, width))?;
    }
    if let Some(column) = columns.payer_name {
        pen.name(column, text(&line.payer.name))?;
    }
    pen.whole(sequence_400(), sequence)?;
    Ok(pen)
}

fn trailer(layout: &tables400::Layout, statement: &Statement) -> Result<Pen, BadField> {
    let lines = &statement.lines;
    let mut pen = Pen::new(tables400::WIDTH);
    pen.text(tables400::TRAILER_LITERAL, &format!("9201{}", layout.bank))?;
    let of = |codes: &[&str]| counted(lines.iter().filter(|line| occurrence(line).is_ok_and(|code| codes.contains(&code))).count());
    let mut billed = 0_i64;
    let mut settled = 0_i64;
    for line in lines {
        billed = billed.saturating_add(cents(line.parts.billed, "amount")?);
        if occurrence(line)? == "06" {
            settled = settled.saturating_add(paid(line)?);
        }
    }
    match layout.trailer {
        Trailer::Lines => {}
        Trailer::Itau => {
            pen.whole(Column::number(213, 220, "details"), counted(lines.len()))?;
            pen.whole(Column::number(221, 234, "sum of titles"), billed)?;
        }
        Trailer::Bradesco => {
            pen.whole(Column::number(58, 62, "occurrence 02"), of(&["02"]))?;
            pen.whole(Column::number(87, 91, "occurrence 06"), of(&["06"]))?;
            pen.whole(Column::number(92, 103, "sum of occurrence 06"), settled)?;
            pen.whole(Column::number(104, 108, "occurrences 09 and 10"), of(&["09", "10"]))?;
            pen.whole(Column::number(138, 142, "occurrence 14"), of(&["14"]))?;
        }
    }
    pen.whole(sequence_400(), counted(lines.len()).saturating_add(2))?;
    Ok(pen)
}
