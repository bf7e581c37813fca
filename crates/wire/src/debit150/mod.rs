//! Direct debit as FEBRABAN's file of 150 columns: what banks report, and what the company asks for.
//!
//! A, header: 2 `1` to the bank, `2` from it · 3-22 agreement · 23-42 company · 43-45 bank · 46-65 its name · 66-73 day ·
//! 74-79 number of the file (NSA) · 80-81 version · 82-98 service. F, what came of a debit: 2-26 customer · 27-30 branch ·
//! 31-44 account · 45-52 day · 53-67 amount · 68-69 code · 70-139 company use (from version 5: 70-129, then 130 kind of id, 1
//! CNPJ, 2 CPF, and 131-145 id) · 150 `0` debit, `1` taking one back. E, a debit asked for: 68-69 currency `03`, 70-129 company
//! use, the rest as F. Z, trailer: 2-7 lines · 8-24 sum of amounts. B, C, D, H, J and others are one line each.
//!
//! [`read`] takes F, [`write()`] makes E. The customer whom the permission names stands in `names.document`. Deliberately absent: which failures may be tried again, and layout 8's schedules.
//! Sources: `tests/cnab/SOURCE.md`.

mod request;

pub use crate::fixed::{BadField, BadFile};
pub use request::{Debit, Sender, write};

use regua_core::bank::{BadLine, BankAccount, BankFile, Check, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;

use crate::fixed::{Column, Columns, LINES_MAX, Letters, Lines, Refusals, measure, too_many_lines};

/// Columns of a line.
pub(crate) const WIDTH: usize = 150;

const KIND: Column = Column::text(1, 1, "kind of record");
const DIRECTION: Column = Column::text(2, 2, "to or from the bank");
const AGREEMENT: Column = Column::text(3, 22, "agreement");
const COMPANY: Column = Column::text(23, 42, "company");
const BANK: Column = Column::number(43, 45, "bank");
const BANK_NAME: Column = Column::text(46, 65, "bank's name");
const MADE_ON: Column = Column::yyyymmdd(66, "day of the file");
const NUMBER: Column = Column::number(74, 79, "number of the file");
const VERSION: Column = Column::number(80, 81, "version");
const SERVICE: Column = Column::text(82, 98, "service");
const CUSTOMER: Column = Column::text(2, 26, "customer");
const BRANCH: Column = Column::text(27, 30, "branch");
const ACCOUNT: Column = Column::text(31, 44, "account");
const DAY: Column = Column::yyyymmdd(45, "day of the debit");
const AMOUNT: Column = Column::number(53, 67, "amount");
const CODE: Column = Column::text(68, 69, "code");
const COMPANY_USE_4: Column = Column::text(70, 139, "company use");
const COMPANY_USE_5: Column = Column::text(70, 129, "company use");
const ID_KIND: Column = Column::text(130, 130, "kind of the payer's id");
const ID: Column = Column::number(131, 145, "payer's id");
const MOVEMENT: Column = Column::text(150, 150, "debit or taking back");
const LINES: Column = Column::number(2, 7, "lines of the file");
const SUM: Column = Column::number(8, 24, "sum of amounts");

/// The version from which a debit names the payer's tax id.
const WITH_ID: i64 = 5;

/// Whether a file begins as one of direct debit.
///
/// ```
/// # use regua_wire::debit150;
/// assert!(debit150::sniff(b"A2CONVENIO            ACME                237BRADESCO            20261215"));
/// assert!(!debit150::sniff(b"ABC"));
/// ```
#[must_use]
pub fn sniff(bytes: &[u8]) -> bool {
    let head = Lines::of(bytes.get(..4096).unwrap_or(bytes)).find(|line| !line.is_blank());
    head.is_some_and(|line| {
        let direction = matches!(line.raw.get(..2), Some(b"A1" | b"A2"));
        direction && line.raw.get(42..45).is_some_and(|bank| bank.iter().all(u8::is_ascii_digit))
    })
}

/// Reads what a bank reports of debits.
///
/// * Code 00, and 31 (carried out on another day, a holiday), is `Paid`.
/// * Any other code of a debit is `Returned`: no money came, so there is no amount; what was asked for is in `parts.billed`.
/// * A debit that was taken back as asked (99) is `Closed`; 97 and 98 are `Other`.
///
/// # Errors
/// [`BadFile`] when the file does not begin as one of direct debit, goes to the bank, or is too big.
///
/// ```
/// # use regua_core::bank::Event;
/// # use regua_wire::debit150;
/// let head = format!("A2{:<20}{:<20}237{:<20}2026121600000104{:<69}", "4321", "ACME", "BRADESCO", "DEBITO AUTOMATICO");
/// let line = format!("F{:<25}1234{:<14}2026121500000000002199000{:<80}0", "CLI42", "567890", "FAT0001");
/// let last = format!("Z00000300000000000021990{:<126}", "");
/// let file = debit150::read(format!("{head}\r\n{line}\r\n{last}\r\n").as_bytes())?;
/// assert_eq!(file.statements[0].lines[0].event, Event::Paid);
/// assert!(file.checks.iter().all(|check| check.holds()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<BankFile, BadFile> {
    measure(bytes)?;
    if !sniff(bytes) {
        let mend = "give the bank's return of direct debit (débito automático), whose first line begins with A2";
        return Err(BadFile::new("not a file of direct debit in 150 columns", mend));
    }
    let letters = Letters::of(bytes, WIDTH);
    let mut reader = Reader { statement: None, version: 4, lines: 0, sum: 0, refused: Refusals::default(), checks: Vec::new() };
    let mut last = 0;
    for line in Lines::of(bytes) {
        if line.number > LINES_MAX {
            return Err(too_many_lines());
        }
        last = line.number;
        if line.is_blank() {
            continue;
        }
        reader.lines += 1;
        let columns = line.columns(WIDTH, letters);
        if reader.lines == 1 && columns.as_ref().is_ok_and(|line| line.byte(2) == b'1') {
            return Err(BadFile::new(
                "a file to the bank: what the company asked for",
                "give the bank's return, whose first line begins with A2",
            ));
        }
        if let Err(what) = columns.and_then(|columns| reader.record(&columns)) {
            reader.refused.push(line.number, what);
        }
    }
    Ok(reader.end(last))
}

struct Reader {
    statement: Option<Statement>,
    version: i64,
    lines: i64,
    sum: i64,
    refused: Refusals,
    checks: Vec<Check>,
}

impl Reader {
    fn record(&mut self, line: &Columns<'_>) -> Result<(), String> {
        match line.byte(1) {
            b'A' => self.header(line),
            b'F' => {
                let line = self.debit(line)?;
                self.statement().lines.push(line);
                Ok(())
            }
            b'Z' => {
                self.check(line.number(), "lines of the file", line.whole(LINES)?, self.lines);
                self.check(line.number(), "sum of amounts", line.whole(SUM)?, self.sum);
                Ok(())
            }
            letter if letter.is_ascii_uppercase() => {
                let mut line = other(line, letter);
                line.codes.retain(|code| !code.is_empty());
                self.statement().lines.push(line);
                Ok(())
            }
            _ => Err(KIND.bad("not a letter", "ask the bank for the file again")),
        }
    }

    fn statement(&mut self) -> &mut Statement {
        self.statement.get_or_insert_with(|| Statement {
            account: BankAccount::default(),
            currency: Currency::BRL,
            number: None,
            made_on: None,
            until: None,
            lines: Vec::new(),
        })
    }

    fn header(&mut self, line: &Columns<'_>) -> Result<(), String> {
        self.version = line.whole(VERSION)?;
        let bank = line.text(BANK).into_boxed_str();
        let number = u64::try_from(line.whole(NUMBER)?).ok().filter(|number| *number > 0);
        let made_on = line.day(MADE_ON)?;
        let statement = self.statement();
        // The file names the agreement; the account behind it is known to the company and the bank only.
        statement.account = BankAccount { bank, branch: "".into(), number: line.number_text(AGREEMENT).unwrap_or_default() };
        statement.number = number;
        statement.made_on = made_on;
        Ok(())
    }

    fn debit(&mut self, line: &Columns<'_>) -> Result<Line, String> {
        let asked = line.whole(AMOUNT)?;
        let day = line.day(DAY)?;
        let code = line.text(CODE);
        if code.len() != 2 {
            return Err(CODE.bad("not a code of two characters", "ask the bank for the file again"));
        }
        self.sum = self.sum.saturating_add(asked);
        let taking_back = line.text(MOVEMENT) == "1";
        let event = match (code.as_str(), taking_back) {
            ("99", _) => Event::Closed,
            ("97" | "98", _) | (_, true) => Event::Other,
            ("00" | "31", false) => Event::Paid,
            (_, false) => Event::Returned,
        };
        let amount = Money::new(asked, Currency::BRL);
        let with_id = self.version >= WITH_ID;
        let account = format!("{} {}", line.text(BRANCH), line.text(ACCOUNT));
        let account = Some(account.trim()).filter(|account| account.bytes().any(|byte| byte != b'0' && byte != b' '));
        Ok(Line {
            place: line.number(),
            event,
            amount: (event == Event::Paid).then_some(amount),
            paid_on: day,
            posted_on: None,
            names: Names {
                document: line.some(CUSTOMER),
                company_use: line.some(if with_id { COMPANY_USE_5 } else { COMPANY_USE_4 }),
                ..Names::default()
            },
            payer: Payer {
                name: None,
                tax_id: if with_id { tax_id(&line.text(ID_KIND), &line.text(ID)) } else { None },
                account: account.map(Into::into),
            },
            parts: Parts { billed: (asked > 0).then_some(amount), ..Parts::default() },
            text: "".into(),
            codes: vec![code.into_boxed_str()],
        })
    }

    fn check(&mut self, place: u32, of: &'static str, told: i64, read: i64) {
        self.checks.push(Check { place, of, told, read });
    }

    fn end(mut self, last: u32) -> BankFile {
        let _ = self.statement();
        let refused: Vec<BadLine> = self.refused.end(last);
        BankFile { format: Format::Debit150, statements: self.statement.into_iter().collect(), refused, checks: self.checks }
    }
}

/// A record that is no debit: permissions given and withdrawn (B), refusals of data (C), confirmations (J).
fn other(line: &Columns<'_>, letter: u8) -> Line {
    let customer = if matches!(letter, b'B' | b'C' | b'D' | b'H') { line.some(CUSTOMER) } else { None };
    Line {
        place: line.number(),
        event: Event::Other,
        amount: None,
        paid_on: None,
        posted_on: None,
        names: Names { document: customer, ..Names::default() },
        payer: Payer::default(),
        parts: Parts::default(),
        text: "".into(),
        codes: vec![char::from(letter).to_string().into_boxed_str(), line.text(MOVEMENT).into_boxed_str()],
    }
}

/// Kinds are the other way round here than in CNAB: 1 is a CNPJ, 2 a CPF.
fn tax_id(kind: &str, text: &str) -> Option<Box<str>> {
    let cnab = match kind {
        "1" => "2",
        "2" => "1",
        other => other,
    };
    crate::cnab::tax_id(cnab, text)
}
