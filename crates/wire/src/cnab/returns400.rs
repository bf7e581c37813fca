//! Returns in CNAB 400: a header, one line for each occurrence of a slip, a trailer; columns by bank.
//!
//! A record that is no detail (messages, Pix codes, shares of a credit) is one line of its own. The header must be whole,
//! since it names the bank, and with that every column. Tables: `tables400`.

use regua_core::bank::{BankAccount, BankFile, Check, Event, Format, Names, Payer, Statement};
use regua_core::currency::Currency;

use super::occurrences::event;
use super::sequence_400;
use super::tables400::{BANK, BANKS, Layout, Trailer, WIDTH, layout};
use super::told::{Told, other, reasons};
use crate::fixed::{BadFile, Column, Columns, LINES_MAX, Letters, Lines, Refusals, too_many_lines};

/// Reads a return whose first line says `02RETORNO`.
pub(super) fn read(bytes: &[u8], letters: Letters) -> Result<BankFile, BadFile> {
    let mut lines = Lines::of(bytes);
    let head = lines.by_ref().find(|line| !line.is_blank());
    let Some(Ok(header)) = head.as_ref().map(|line| line.columns(WIDTH, letters)) else {
        return Err(BadFile::new("the first line is longer than 400 columns", "ask the bank for the file again"));
    };
    if header.byte(2) == b'1' {
        return Err(BadFile::new("a remittance: what the company asked of the bank", "give the bank's return, often named .RET"));
    }
    let bank = header.text(BANK);
    let Some(layout) = layout(&bank) else { return Err(unknown(&bank)) };
    let mut reader = Reader::new(layout, &header);
    let mut last = header.number();
    for line in lines {
        if line.number > LINES_MAX {
            return Err(too_many_lines());
        }
        last = line.number;
        if !line.is_blank() {
            reader.lines += 1;
            let done = line.columns(WIDTH, letters).and_then(|columns| reader.record(&columns));
            if let Err(what) = done {
                reader.refused.push(line.number, what);
            }
        }
    }
    Ok(reader.end(last))
}

fn unknown(bank: &str) -> BadFile {
    let problem = if bank.len() == 3 && bank.bytes().all(|byte| byte.is_ascii_digit()) {
        let known: Vec<&str> = BANKS.iter().map(|layout| layout.bank).collect();
        format!("CNAB 400 of bank {bank}, whose columns are not known here (known: {})", known.join(", "))
    } else {
        "line 1, columns 77-79 (bank): not three digits".to_owned()
    };
    BadFile::new(problem, "ask the bank for its return in CNAB 240, or as OFX or camt.053")
}

/// Sums for the trailer.
#[derive(Default)]
struct Sums {
    details: i64,
    billed: i64,
    /// Details of the occurrences that Bradesco counts, and what those of 06 paid and billed.
    registered: i64,
    settled: i64,
    settled_paid: i64,
    settled_billed: i64,
    closed: i64,
    moved: i64,
}

struct Reader {
    layout: &'static Layout,
    statement: Statement,
    lines: i64,
    sums: Sums,
    refused: Refusals,
    checks: Vec<Check>,
}

impl Reader {
    fn new(layout: &'static Layout, header: &Columns<'_>) -> Self {
        let mut refused = Refusals::default();
        let made_on = header.day(layout.made_on).unwrap_or_else(|what| {
            refused.push(header.number(), what);
            None
        });
        let number = layout.number.map_or(Ok(0), |column| header.whole(column)).unwrap_or_else(|what| {
            refused.push(header.number(), what);
            0
        });
        let account = if layout.account_in_detail {
            BankAccount { bank: layout.bank.into(), ..BankAccount::default() }
        } else {
            layout.account.read(layout.bank, header)
        };
        let number = u64::try_from(number).ok().filter(|number| *number > 0);
        let statement = Statement { account, currency: Currency::BRL, number, made_on, until: None, lines: Vec::new() };
        Self { layout, statement, lines: 1, sums: Sums::default(), refused, checks: Vec::new() }
    }

    fn record(&mut self, line: &Columns<'_>) -> Result<(), String> {
        match line.byte(1) {
            kind if kind == self.layout.detail => self.detail(line),
            b'9' => self.trailer(line),
            kind @ b'1'..=b'8' => {
                self.statement.lines.push(other(line.number(), format!("type {}", char::from(kind))));
                Ok(())
            }
            _ => Err("columns 1-1 (kind of record): not a digit from 1 to 9; ask the bank for the file again".to_owned()),
        }
    }

    fn detail(&mut self, line: &Columns<'_>) -> Result<(), String> {
        self.sums.details += 1;
        let told = told(self.layout, line)?;
        if self.layout.account_in_detail && self.statement.account.number.is_empty() {
            self.statement.account = self.layout.account.read(self.layout.bank, line);
        }
        let event = event(self.layout.occurrences, &told.code);
        self.sum(&told, event);
        self.statement.lines.push(told.line(event));
        Ok(())
    }

    fn sum(&mut self, told: &Told, event: Event) {
        let sums = &mut self.sums;
        sums.billed = sums.billed.saturating_add(told.billed);
        match told.code.as_str() {
            "02" => sums.registered += 1,
            "06" => {
                sums.settled += 1;
                sums.settled_paid = sums.settled_paid.saturating_add(told.paid.unwrap_or(0));
                sums.settled_billed = sums.settled_billed.saturating_add(told.billed);
            }
            "14" => sums.moved += 1,
            _ if event == Event::Closed => sums.closed += 1,
            _ => {}
        }
    }

    fn trailer(&mut self, line: &Columns<'_>) -> Result<(), String> {
        let place = line.number();
        let checks = &mut self.checks;
        let mut check = |of: &'static str, told: i64, read: i64| checks.push(Check { place, of, told, read });
        check("lines of the file", line.whole(sequence_400())?, self.lines);
        let sums = &self.sums;
        let whole = |from: u16, to: u16, name: &'static str| line.whole(Column::number(from, to, name));
        match self.layout.trailer {
            Trailer::Lines => {}
            Trailer::Itau => {
                check("details of the file", whole(213, 220, "details")?, sums.details);
                check("sum of titles of the file", whole(221, 234, "sum of titles")?, sums.billed);
            }
            Trailer::Bradesco => {
                check("registered slips", whole(58, 62, "occurrence 02")?, sums.registered);
                check("settled slips", whole(87, 91, "occurrence 06")?, sums.settled);
                // The manual does not say whether it sums titles or payments: either is right.
                let told = whole(92, 103, "sum of occurrence 06")?;
                check("sum of settled slips", told, if told == sums.settled_billed { told } else { sums.settled_paid });
                check("closed slips", whole(104, 108, "occurrences 09 and 10")?, sums.closed);
                check("slips with another due date", whole(138, 142, "occurrence 14")?, sums.moved);
            }
        }
        Ok(())
    }

    fn end(self, last: u32) -> BankFile {
        let refused = self.refused.end(last);
        BankFile { format: Format::Cnab400, statements: vec![self.statement], refused, checks: self.checks }
    }
}

fn told(layout: &Layout, line: &Columns<'_>) -> Result<Told, String> {
    // The last columns hold the number of the line, so a line that ends before was cut.
    line.reach(sequence_400())?;
    let columns = layout.slip;
    let code = line.text(columns.occurrence);
    if code.len() != 2 {
        return Err(columns.occurrence.bad("not a code of two characters", "ask the bank for the file again"));
    }
    let maybe = |column: Option<Column>| column.map_or(Ok(0), |column| line.whole(column));
    let mut why = columns.reasons.map(|(column, width)| reasons(&line.text(column), width)).unwrap_or_default();
    why.extend(columns.settlement.and_then(|column| line.some(column)));
    let mut told = Told {
        place: line.number(),
        code,
        reasons: why,
        names: Names {
            our_number: line.number_text(columns.our_number),
            document: line.some(columns.document),
            company_use: line.some(columns.company_use),
            ..Names::default()
        },
        payer: Payer { name: columns.payer_name.and_then(|column| line.some(column)), ..Payer::default() },
        billed: line.whole(columns.billed)?,
        added: maybe(columns.added)?.saturating_add(maybe(columns.fine)?),
        discount: line.whole(columns.discount)?,
        abatement: line.whole(columns.abatement)?,
        tax: maybe(columns.tax)?,
        fee: line.whole(columns.fee)?.saturating_add(maybe(columns.expenses)?),
        paid: Some(line.whole(columns.paid)?),
        occurred_on: line.day(columns.occurred_on)?,
        credited_on: line.day(columns.credited_on)?,
    };
    if layout.net {
        told.paid = told.paid.map(|credited| gross(credited, &told));
    }
    Ok(told)
}

/// What the payer paid when the bank says what it credited.
///
/// Where that is already what the slip came to, the fee was not taken off: some companies pay their fees once a month.
fn gross(credited: i64, told: &Told) -> i64 {
    let due = told.billed.saturating_add(told.added).saturating_sub(told.discount).saturating_sub(told.abatement);
    if credited == 0 || credited == due { credited } else { credited.saturating_add(told.fee) }
}
