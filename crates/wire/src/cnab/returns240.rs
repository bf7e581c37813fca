//! Returns in CNAB 240: batches of slips, each slip in a segment T and a segment U behind it.
//!
//! A T whose U cannot be read, or is missing, still tells of its slip, but settles nothing; a U whose T cannot be read still
//! tells of its money, which then has no name. Any other segment is one line of its own. Columns: `tables240`.

use regua_core::bank::{BankAccount, BankFile, Check, Format, Names, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::occurrences::event;
use super::tables240::{
    BATCH_MADE_ON, BATCH_NUMBER, END_BATCHES, END_LINES, FILE_MADE_ON, FILE_NUMBER, Layout, OCCURRENCE, TRAILER_LINES, TRAILER_TITLES,
    WIDTH, layout, money,
};
use super::told::{Told, other, reasons};
use super::{bank_240, first_lines};
use crate::fixed::{BadFile, Columns, LINES_MAX, Letters, Lines, Refusals, too_many_lines};

/// Reads a return whose first lines are records of CNAB 240.
pub(super) fn read(bytes: &[u8], letters: Letters) -> Result<BankFile, BadFile> {
    let segment = |letters: &[u8]| {
        let mut lines = first_lines(bytes).into_iter();
        lines.any(|line| line.raw.get(7) == Some(&b'3') && line.raw.get(13).is_some_and(|letter| letters.contains(letter)))
    };
    if segment(b"PQR") && !segment(b"TU") {
        return Err(BadFile::new("a remittance: what the company asked of the bank", "give the bank's return, often named .RET"));
    }
    let bank = bank_240(bytes);
    let mut reader = Reader::new(&bank);
    let mut last = 0;
    for line in Lines::of(bytes) {
        if line.number > LINES_MAX {
            return Err(too_many_lines());
        }
        last = line.number;
        if !line.is_blank() {
            reader.count();
            match line.columns(WIDTH, letters) {
                Ok(columns) => reader.record(&columns),
                Err(what) => reader.refuse(line.number, what),
            }
        }
    }
    Ok(reader.end(last))
}

/// What a batch told so far.
#[derive(Default)]
struct Batch {
    lines: i64,
    titles: i64,
    billed: i64,
}

struct Reader<'b> {
    bank: &'b str,
    layout: &'static Layout,
    account: BankAccount,
    number: Option<u64>,
    made_on: Option<Day>,
    lines: i64,
    batches: i64,
    batch: Batch,
    /// A T that waits for its U.
    waiting: Option<Told>,
    statements: Vec<Statement>,
    refused: Refusals,
    checks: Vec<Check>,
}

impl<'b> Reader<'b> {
    fn new(bank: &'b str) -> Self {
        Self {
            bank,
            layout: layout(bank),
            account: BankAccount { bank: bank.into(), ..BankAccount::default() },
            number: None,
            made_on: None,
            lines: 0,
            batches: 0,
            batch: Batch::default(),
            waiting: None,
            statements: Vec::new(),
            refused: Refusals::default(),
            checks: Vec::new(),
        }
    }

    fn count(&mut self) {
        self.lines += 1;
        self.batch.lines += 1;
    }

    fn refuse(&mut self, place: u32, what: String) {
        self.refused.push(place, what);
    }

    fn record(&mut self, line: &Columns<'_>) {
        let done = match line.byte(8) {
            b'0' => self.file(line),
            b'1' => self.open(line),
            b'3' => self.detail(line),
            b'5' => self.close(line),
            b'9' => self.finish(line),
            _ => Err("columns 8-8 (kind of record): none of 0, 1, 3, 5, 9; ask the bank for the file again".to_owned()),
        };
        if let Err(what) = done {
            self.refuse(line.number(), what);
        }
    }

    fn file(&mut self, line: &Columns<'_>) -> Result<(), String> {
        self.account = self.layout.file_account.read(self.bank, line);
        self.number = u64::try_from(line.whole(FILE_NUMBER)?).ok().filter(|number| *number > 0);
        self.made_on = line.day(FILE_MADE_ON)?;
        Ok(())
    }

    fn open(&mut self, line: &Columns<'_>) -> Result<(), String> {
        self.settle();
        self.batches += 1;
        self.batch = Batch { lines: 1, ..Batch::default() };
        let account = self.layout.batch_account.read(self.bank, line);
        let account = if account.number.is_empty() { self.account.clone() } else { account };
        let mut statement = self.statement(account);
        let number = line.whole(BATCH_NUMBER);
        let made_on = line.day(BATCH_MADE_ON);
        if let Ok(Some(number)) = number.as_ref().map(|number| u64::try_from(*number).ok().filter(|number| *number > 0)) {
            statement.number = Some(number);
        }
        if let Ok(Some(day)) = made_on {
            statement.made_on = Some(day);
        }
        self.statements.push(statement);
        number.and(made_on).map(|_| ())
    }

    fn statement(&self, account: BankAccount) -> Statement {
        Statement { account, currency: Currency::BRL, number: self.number, made_on: self.made_on, until: None, lines: Vec::new() }
    }

    fn push(&mut self, line: regua_core::bank::Line) {
        if self.statements.is_empty() {
            let statement = self.statement(self.account.clone());
            self.statements.push(statement);
        }
        if let Some(statement) = self.statements.last_mut() {
            statement.lines.push(line);
        }
    }

    /// Ends a T that still waits: its money is not known.
    fn settle(&mut self) {
        if let Some(told) = self.waiting.take() {
            let event = event(self.layout.occurrences, &told.code);
            self.push(told.line(event));
        }
    }

    fn detail(&mut self, line: &Columns<'_>) -> Result<(), String> {
        let segment = line.byte(14);
        match segment {
            b'T' => {
                self.settle();
                self.batch.titles += 1;
                let told = self.title(line)?;
                self.batch.billed = self.batch.billed.saturating_add(told.billed);
                self.waiting = Some(told);
                Ok(())
            }
            b'U' => {
                let waiting = self.waiting.take();
                let place = line.number();
                let code = waiting.as_ref().map_or_else(|| line.text(OCCURRENCE), |told| told.code.clone());
                match amounts(line, waiting.unwrap_or_else(|| Told { place, ..Told::default() })) {
                    Ok(told) => {
                        let event = event(self.layout.occurrences, &code);
                        self.push(Told { code, ..told }.line(event));
                        Ok(())
                    }
                    Err((told, what)) => {
                        // The slip is known, its money is not; a U alone that cannot be read says nothing.
                        if told.place != place {
                            self.waiting = Some(*told);
                            self.settle();
                        }
                        Err(what)
                    }
                }
            }
            letter if letter.is_ascii_uppercase() => {
                self.push(other(line.number(), format!("segment {}", char::from(letter))));
                Ok(())
            }
            _ => Err("columns 14-14 (segment): not a letter; ask the bank for the file again".to_owned()),
        }
    }

    fn title(&self, line: &Columns<'_>) -> Result<Told, String> {
        let columns = self.layout.title;
        line.reach(columns.fee)?;
        let code = line.text(OCCURRENCE);
        if code.len() != 2 {
            return Err(OCCURRENCE.bad("not a code of two characters", "ask the bank for the file again"));
        }
        let packed = columns.packed.filter(|(zeros, _)| line.text(*zeros) == "00000").map(|(_, number)| number);
        Ok(Told {
            place: line.number(),
            code,
            reasons: reasons(&line.text(columns.reasons), 2),
            names: Names {
                our_number: line.number_text(packed.unwrap_or(columns.our_number)),
                document: line.some(columns.document),
                company_use: line.some(columns.company_use),
                ..Names::default()
            },
            payer: Payer {
                name: line.some(columns.payer_name),
                tax_id: tax_id(&line.text(columns.payer_kind), &line.text(columns.payer_id)),
                account: None,
            },
            billed: line.whole(columns.billed)?,
            fee: line.whole(columns.fee)?,
            ..Told::default()
        })
    }

    fn close(&mut self, line: &Columns<'_>) -> Result<(), String> {
        self.settle();
        let batch = std::mem::take(&mut self.batch);
        self.check(line.number(), "lines of the batch", line.whole(TRAILER_LINES)?, batch.lines);
        let (mut titles, mut billed) = (0_i64, 0_i64);
        for (count, sum) in TRAILER_TITLES {
            titles = titles.saturating_add(line.whole(count)?);
            billed = billed.saturating_add(line.whole(sum)?);
        }
        if titles > 0 {
            self.check(line.number(), "titles of the batch", titles, batch.titles);
        }
        if billed > 0 {
            self.check(line.number(), "sum of titles of the batch", billed, batch.billed);
        }
        Ok(())
    }

    fn finish(&mut self, line: &Columns<'_>) -> Result<(), String> {
        self.settle();
        self.check(line.number(), "batches of the file", line.whole(END_BATCHES)?, self.batches);
        self.check(line.number(), "lines of the file", line.whole(END_LINES)?, self.lines);
        Ok(())
    }

    fn check(&mut self, place: u32, of: &'static str, told: i64, read: i64) {
        self.checks.push(Check { place, of, told, read });
    }

    fn end(mut self, last: u32) -> BankFile {
        self.settle();
        BankFile { format: Format::Cnab240, statements: self.statements, refused: self.refused.end(last), checks: self.checks }
    }
}

/// The money of a segment U beside what its T told; the T again when the columns cannot be read.
fn amounts(line: &Columns<'_>, told: Told) -> Result<Told, (Box<Told>, String)> {
    let read = || -> Result<[i64; 7], String> {
        line.reach(money::OCCURRED_ON)?;
        Ok([
            line.whole(money::ADDED)?,
            line.whole(money::DISCOUNT)?,
            line.whole(money::ABATEMENT)?,
            line.whole(money::TAX)?,
            line.whole(money::PAID)?,
            line.whole(money::EXPENSES)?,
            // Looked at so that a spoilt column is told; what was credited beside the slip is nobody's payment.
            line.whole(money::NET).and(line.whole(money::CREDITS))?,
        ])
    };
    let days = || -> Result<_, String> { Ok((line.day(money::OCCURRED_ON)?, line.day(money::CREDITED_ON)?)) };
    match read().and_then(|amounts| days().map(|days| (amounts, days))) {
        Ok(([added, discount, abatement, tax, paid, expenses, _], (occurred_on, credited_on))) => {
            let fee = told.fee.saturating_add(expenses);
            Ok(Told { added, discount, abatement, tax, fee, paid: Some(paid), occurred_on, credited_on, ..told })
        }
        Err(what) => Err((Box::new(told), what)),
    }
}

/// A payer's id: 15 columns for the 11 characters of a CPF or the 14 of a CNPJ.
pub(crate) fn tax_id(kind: &str, text: &str) -> Option<Box<str>> {
    let length = match kind {
        "1" | "01" => 11,
        "2" | "02" => 14,
        _ => 0,
    };
    if text.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let trimmed = text.trim_start_matches('0');
    let from = text.len().saturating_sub(length);
    // An id longer than its kind says is kept whole: cutting it would make another one.
    Some(text.get(from..).filter(|id| length > 0 && id.len() >= trimmed.len()).unwrap_or(trimmed).into())
}
