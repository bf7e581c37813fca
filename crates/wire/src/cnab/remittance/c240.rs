//! Remittances in CNAB 240: for each title a segment P and a Q, and an R when it has a fine, more discounts or messages.
//!
//! P: 16-17 movement · 18-57 branch, account and nosso número, 58-62 portfolio and habits, all by bank (`tables`) · 63-77
//! document · 78-85 due · 86-100 amount · 107-108 sort · 109 `N` · 110-117 issued · 118 interest (1 a day, 2 a month), 119-126
//! from, 127-141 value · 142 discount (0 none, 1 reais, 2 share), 143-150 until, 151-165 value · 166-180 IOF · 181-195
//! abatement · 196-220 company use · 221-223 `300` no protest · 224 write-off (1 after days, 2 never) 225-227 days · 228-229
//! `09`.
//! Q: 18 kind of id · 19-33 id · 34-73 name · 74-113 street · 114-128 district · 129-136 CEP · 137-151 city · 152-153 state.
//! R: 18-41 and 42-65 more discounts · 66 fine (0, 1, 2), 67-74 from, 75-89 value · 100-139, 140-179 messages.
//!
//! Sources: `tests/cnab/SOURCE.md`.

use regua_core::bank::Check;
use regua_core::party::{TaxId, tax_id::TaxIdKind};
use regua_core::time::LocalTime;

use super::super::batches::{Written, batches, record};
use super::super::tables240::{self, WIDTH};
use super::super::title::{Company, Discount, Fine, Instruction, Interest, Place, Title};
use super::Remittance;
use super::amounts::{cents, charge, charge_of, interest, interest_of, real};
use super::tables::{Digit, Head, Layout, Portfolio, WriteOff, layout};
use crate::cnab::returns240;
use crate::fixed::{BadField, BadFile, Column, Columns, LINES_MAX, Letters, Lines, Pen, Refusals, too_many_lines, write_line};

const MOVEMENT: Column = Column::text(16, 17, "instruction");
const PORTFOLIO: Column = Column::text(58, 58, "portfolio");
const HABITS: Column = Column::text(59, 62, "registration");
const DUE: Column = Column::ddmmyyyy(78, "due");
const AMOUNT: Column = Column::number(86, 100, "amount");
const COLLECTOR: Column = Column::number(101, 105, "collecting branch");
const SORT: Column = Column::number(107, 108, "sort of debt");
const ACCEPTED: Column = Column::text(109, 109, "accepted");
const ISSUED_ON: Column = Column::ddmmyyyy(110, "issued on");
const INTEREST: (Column, Column, Column) =
    (Column::text(118, 118, "interest"), Column::ddmmyyyy(119, "interest from"), Column::number(127, 141, "interest"));
const DISCOUNTS: [(Column, Column, Column); 3] = [
    (Column::text(142, 142, "discount"), Column::ddmmyyyy(143, "discount until"), Column::number(151, 165, "discount")),
    (Column::text(18, 18, "second discount"), Column::ddmmyyyy(19, "second discount until"), Column::number(27, 41, "second discount")),
    (Column::text(42, 42, "third discount"), Column::ddmmyyyy(43, "third discount until"), Column::number(51, 65, "third discount")),
];
const TAX: Column = Column::number(166, 180, "IOF");
const ABATEMENT: Column = Column::number(181, 195, "abatement");
const COMPANY_USE: Column = Column::text(196, 220, "company use");
const PROTEST: Column = Column::text(221, 223, "protest");
const WRITE_OFF: Column = Column::text(224, 224, "write-off");
const WRITE_OFF_DAYS: Column = Column::number(225, 227, "write-off days");
const CURRENCY: Column = Column::text(228, 229, "currency");
const PAYER_KIND: Column = Column::text(18, 18, "kind of the payer's id");
const PAYER_ID: Column = Column::number(19, 33, "payer's id");
const PAYER_NAME: Column = Column::text(34, 73, "payer's name");
const STREET: Column = Column::text(74, 113, "street");
const DISTRICT: Column = Column::text(114, 128, "district");
const POSTCODE: Column = Column::number(129, 136, "postcode");
const CITY: Column = Column::text(137, 151, "city");
const STATE: Column = Column::text(152, 153, "state");
const FINE: (Column, Column, Column) = (Column::text(66, 66, "fine"), Column::ddmmyyyy(67, "fine from"), Column::number(75, 89, "fine"));
const MESSAGES: [Column; 2] = [Column::text(100, 139, "message"), Column::text(140, 179, "second message")];
const MADE_AT: Column = Column::number(152, 157, "time of the file");
const BANK_NAME: Column = Column::text(103, 132, "bank's name");

/// The days after which Sicredi writes every slip off.
const SIXTY: u16 = 60;

fn kind(id: &TaxId) -> Result<&'static str, BadField> {
    match id.kind() {
        TaxIdKind::Cpf => Ok("1"),
        TaxIdKind::Cnpj => Ok("2"),
        TaxIdKind::Other => Err(BadField::new("tax id", "is neither CPF nor CNPJ; a slip needs one of these")),
    }
}

pub(super) fn write(company: &Company, titles: &[Title]) -> Result<Vec<u8>, BadField> {
    let Some(layout) = layout(&company.bank) else {
        return Err(BadField::new("bank", "its segment P is another record than FEBRABAN's; write CNAB 400"));
    };
    let mut out = Vec::new();
    header(layout, company, &mut out)?;
    let mut written = Written::default();
    for titles in batches(titles) {
        written.batches += 1;
        batch_header(layout, company, written.batches, &mut out)?;
        let mut sequence = 0;
        let mut sum = 0_i64;
        for title in titles {
            let mut segment = |letter: &str| -> Result<Pen, BadField> {
                sequence += 1;
                let mut pen = record(&company.bank, written.batches, "3")?;
                pen.whole(tables240::SEQUENCE, sequence)?.text(tables240::SEGMENT, letter)?.text(MOVEMENT, title.instruction.code())?;
                Ok(pen)
            };
            write_line(&mut out, &segment_p(layout, company, title, segment("P")?)?);
            write_line(&mut out, &segment_q(title, segment("Q")?)?);
            if title.fine.is_some() || title.discounts.len() > 1 || !title.messages.is_empty() {
                write_line(&mut out, &segment_r(title, segment("R")?)?);
            }
            sum = sum.saturating_add(cents(title.amount, "amount")?);
        }
        let told = if layout.sums { (titles.len(), sum) } else { (0, 0) };
        written.end_batch(&mut out, &company.bank, sequence, told.0, told.1)?;
    }
    written.end(&mut out, &company.bank)?;
    Ok(out)
}

fn header(layout: &Layout, company: &Company, out: &mut Vec<u8>) -> Result<(), BadField> {
    let mut pen = record(&company.bank, 0, "0")?;
    head(&layout.file, company, &mut pen)?;
    pen.name(tables240::FILE_COMPANY, &company.name)?.text(BANK_NAME, layout.name)?.text(tables240::FILE_DIRECTION, "1")?;
    let minutes = i64::from(company.made_at.minutes());
    pen.day(tables240::FILE_MADE_ON, Some(company.made_on))?.whole(MADE_AT, (minutes / 60 * 100 + minutes % 60) * 100)?;
    pen.whole(tables240::FILE_NUMBER, i64::from(company.file_number))?;
    write_line(out, &pen);
    Ok(())
}

fn batch_header(layout: &Layout, company: &Company, batch: i64, out: &mut Vec<u8>) -> Result<(), BadField> {
    let mut pen = record(&company.bank, batch, "1")?;
    pen.text(tables240::BATCH_OPERATION, "R")?.text(tables240::BATCH_SERVICE, "01")?;
    head(&layout.batch, company, &mut pen)?;
    pen.name(tables240::BATCH_COMPANY, &company.name)?.whole(tables240::BATCH_NUMBER, i64::from(company.file_number))?;
    pen.day(tables240::BATCH_MADE_ON, Some(company.made_on))?;
    write_line(out, &pen);
    Ok(())
}

fn head(columns: &Head, company: &Company, pen: &mut Pen) -> Result<(), BadField> {
    pen.text(columns.kind, kind(&company.tax_id)?)?.text(columns.id, company.tax_id.as_str())?.text(columns.branch, &company.branch)?;
    let maybe = [
        (columns.agreement, &company.agreement),
        (columns.wallet, &company.portfolio),
        (columns.branch_digit, &company.branch_digit),
        (columns.account.map(|account| account.0), &company.account),
        (columns.account.map(|account| account.1), &company.account_digit),
    ];
    for (column, text) in maybe {
        if let Some(column) = column {
            pen.text(column, text)?;
        }
    }
    for (column, text) in columns.fixed {
        pen.text(*column, text)?;
    }
    Ok(())
}

/// What column 58 says.
fn portfolio(layout: &Layout, company: &Company) -> String {
    let above = |limit: u32| company.portfolio.parse::<u32>().is_ok_and(|wallet| wallet > limit);
    match layout.portfolio {
        Portfolio::Given => company.portfolio.to_string(),
        Portfolio::Simple => "1".to_owned(),
        Portfolio::Brasil => if &*company.portfolio == "17" { "7" } else { "1" }.to_owned(),
        Portfolio::Santander => if above(200) { "1" } else { "5" }.to_owned(),
    }
}

fn number(layout: &Layout, title: &Title, pen: &mut Pen) -> Result<(), BadField> {
    let needed = || title.check_digit.ok_or_else(|| BadField::new("check digit of the nosso número", "is missing; this bank needs it"));
    match layout.digit {
        Digit::Absent => {
            pen.text(layout.number, &title.our_number)?;
        }
        Digit::Joined => {
            pen.text(layout.number, &format!("{}{}", title.our_number, needed()?))?;
        }
        Digit::At(column) => {
            pen.text(layout.number, &title.our_number)?.text(column, &needed()?.to_string())?;
        }
    }
    Ok(())
}

fn write_off(layout: &Layout, title: &Title, pen: &mut Pen) -> Result<(), BadField> {
    let (code, days) = match (layout.write_off, title.write_off_days) {
        (WriteOff::Agreed, _) => {
            pen.text(WRITE_OFF, "0")?;
            return Ok(());
        }
        (WriteOff::Sixty, None | Some(SIXTY)) => ("1", SIXTY),
        (WriteOff::Sixty, Some(_)) => return Err(BadField::new("write-off days", "are not 60; this bank takes no other")),
        (WriteOff::Given, Some(days)) => ("1", days),
        (WriteOff::Given, None) => ("2", 0),
    };
    pen.text(WRITE_OFF, code)?.whole(WRITE_OFF_DAYS, i64::from(days))?;
    Ok(())
}

fn segment_p(layout: &Layout, company: &Company, title: &Title, mut pen: Pen) -> Result<Pen, BadField> {
    pen.text(layout.branch, &company.branch)?;
    if let Some(column) = layout.branch_digit {
        pen.text(column, &company.branch_digit)?;
    }
    for (account, digit) in layout.accounts {
        pen.text(*account, &company.account)?.text(*digit, &company.account_digit)?;
    }
    if let Some(column) = layout.agreement {
        pen.text(column, &company.agreement)?;
    }
    if let Some(column) = layout.wallet {
        pen.text(column, &company.portfolio)?;
    }
    number(layout, title, &mut pen)?;
    pen.text(PORTFOLIO, &portfolio(layout, company))?;
    pen.text(HABITS, layout.habits)?.text(layout.document, &title.document)?.day(DUE, Some(title.due))?;
    pen.whole(AMOUNT, cents(title.amount, "amount")?)?.whole(COLLECTOR, 0)?.text(SORT, &title.sort)?.text(ACCEPTED, "N")?;
    pen.day(ISSUED_ON, Some(title.issued_on))?;
    let (code, from, value) = match title.interest {
        Some(Interest { from, rate }) => {
            let (code, value) = interest(rate)?;
            (code, Some(from), value)
        }
        None => (layout.no_interest, None, 0),
    };
    pen.text(INTEREST.0, code)?.day(INTEREST.1, from)?.whole(INTEREST.2, value)?;
    discount(DISCOUNTS.first().copied(), title.discounts.first(), &mut pen)?;
    pen.whole(TAX, 0)?.whole(ABATEMENT, title.abatement.map_or(Ok(0), |amount| cents(amount, "abatement"))?)?;
    pen.text(COMPANY_USE, &title.company_use)?.text(PROTEST, "300")?.text(CURRENCY, "09")?;
    write_off(layout, title, &mut pen)?;
    for (column, text) in layout.fixed {
        pen.text(*column, text)?;
    }
    Ok(pen)
}

fn discount(columns: Option<(Column, Column, Column)>, discount: Option<&Discount>, pen: &mut Pen) -> Result<(), BadField> {
    let Some((code, until, value)) = columns else { return Ok(()) };
    let (sign, day, amount) = match discount {
        Some(discount) => {
            let (sign, amount) = charge(discount.charge, "discount")?;
            (sign, Some(discount.until), amount)
        }
        None => ("0", None, 0),
    };
    pen.text(code, sign)?.day(until, day)?.whole(value, amount)?;
    Ok(())
}

fn segment_q(title: &Title, mut pen: Pen) -> Result<Pen, BadField> {
    let payer = &title.payer;
    pen.text(PAYER_KIND, kind(&payer.tax_id)?)?.text(PAYER_ID, payer.tax_id.as_str())?.name(PAYER_NAME, &payer.name)?;
    pen.name(STREET, &payer.street)?.name(DISTRICT, &payer.district)?.text(POSTCODE, &payer.postcode)?;
    pen.name(CITY, &payer.city)?.text(STATE, &payer.state)?;
    Ok(pen)
}

fn segment_r(title: &Title, mut pen: Pen) -> Result<Pen, BadField> {
    if title.discounts.len() > DISCOUNTS.len() {
        return Err(BadField::new("discounts", "are more than three; a slip has at most three"));
    }
    if title.messages.len() > MESSAGES.len() {
        return Err(BadField::new("messages", "are more than two lines; the file holds two"));
    }
    for (at, columns) in DISCOUNTS.into_iter().enumerate().skip(1) {
        discount(Some(columns), title.discounts.get(at), &mut pen)?;
    }
    let (code, from, value) = match title.fine {
        Some(Fine { from, charge: how }) => {
            let (code, value) = charge(how, "fine")?;
            (code, Some(from), value)
        }
        None => ("0", None, 0),
    };
    pen.text(FINE.0, code)?.day(FINE.1, from)?.whole(FINE.2, value)?;
    for (column, message) in MESSAGES.into_iter().zip(&title.messages) {
        pen.text(column, message)?;
    }
    Ok(pen)
}

pub(super) fn read(bytes: &[u8], letters: Letters) -> Result<Remittance, BadFile> {
    let bank = crate::cnab::bank_240(bytes);
    let Some(layout) = layout(&bank) else {
        return Err(BadFile::new("a remittance of CNAB 240 whose segment P is not FEBRABAN's", "give the file in CNAB 400"));
    };
    let mut reader = Reader::new(bank, layout);
    let mut last = 0;
    for line in Lines::of(bytes) {
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
    reader.keep();
    Ok(Remittance { company: reader.company, titles: reader.titles, refused: reader.refused.end(last), checks: reader.checks })
}

struct Reader {
    bank: String,
    layout: &'static Layout,
    company: Option<Company>,
    titles: Vec<Title>,
    /// A P that waits for its Q.
    half: Option<HalfTitle>,
    /// A whole title that may still get an R.
    whole: Option<Title>,
    refused: Refusals,
    checks: Vec<Check>,
    lines: i64,
}

/// What a segment P alone says.
struct HalfTitle {
    place: u32,
    title: Box<dyn FnOnce(Place) -> Title>,
}

impl Reader {
    fn new(bank: String, layout: &'static Layout) -> Self {
        let refused = Refusals::default();
        Self { bank, layout, company: None, titles: Vec::new(), half: None, whole: None, refused, checks: Vec::new(), lines: 0 }
    }

    fn record(&mut self, line: &Columns<'_>) -> Result<(), String> {
        match (line.byte(8), line.byte(14)) {
            (b'0', _) => self.header(line),
            (b'3', b'P') => {
                self.keep();
                self.segment_p(line)
            }
            (b'3', b'Q') => self.segment_q(line),
            (b'3', b'R') => self.segment_r(line),
            (b'1' | b'3' | b'5', _) => Ok(()),
            (b'9', _) => {
                let told = line.whole(tables240::END_LINES)?;
                self.checks.push(Check { place: line.number(), of: "lines of the file", told, read: self.lines });
                Ok(())
            }
            _ => Err(tables240::KIND.bad("none of 0, 1, 3, 5, 9", "write the file again")),
        }
    }

    /// Puts away what is complete, and tells what is not.
    fn keep(&mut self) {
        self.titles.extend(self.whole.take());
        if let Some(half) = self.half.take() {
            self.refused.push(half.place, "a segment P without its Q; write both, one behind the other".to_owned());
        }
    }

    fn header(&mut self, line: &Columns<'_>) -> Result<(), String> {
        let minutes = u16::try_from(line.whole(MADE_AT)? / 100).unwrap_or(u16::MAX);
        let columns = &self.layout.file;
        let id = returns240::tax_id(&line.text(columns.kind), &line.text(columns.id)).unwrap_or_default();
        let text = |column: Option<Column>| -> Box<str> {
            let text = |column: Column| if column.is_number() { line.number_text(column) } else { Some(line.text(column).into()) };
            column.and_then(text).unwrap_or_default()
        };
        self.company = Some(Company {
            bank: self.bank.as_str().into(),
            name: line.text(tables240::FILE_COMPANY).into(),
            tax_id: TaxId::parse(&id, "BR").ok().ok_or_else(|| columns.id.bad("not a CPF or CNPJ", "correct it"))?,
            branch: text(Some(columns.branch)),
            branch_digit: text(columns.branch_digit),
            account: text(columns.account.map(|account| account.0)),
            account_digit: text(columns.account.map(|account| account.1)),
            agreement: text(columns.agreement),
            portfolio: text(columns.wallet),
            file_number: u32::try_from(line.whole(tables240::FILE_NUMBER)?).unwrap_or(0),
            made_on: line.day(tables240::FILE_MADE_ON)?.ok_or_else(|| tables240::FILE_MADE_ON.bad("no day", "write one"))?,
            made_at: LocalTime::new(minutes / 100, minutes % 100).ok_or_else(|| MADE_AT.bad("not a time as HHMMSS", "correct it"))?,
        });
        Ok(())
    }

    fn segment_p(&mut self, line: &Columns<'_>) -> Result<(), String> {
        let layout = self.layout;
        let wallet = match layout.portfolio {
            Portfolio::Given => Some(PORTFOLIO),
            Portfolio::Simple | Portfolio::Brasil | Portfolio::Santander => layout.wallet,
        };
        let portfolio = wallet.and_then(|column| line.number_text(column)).unwrap_or_default();
        if let Some(company) = self.company.as_mut().filter(|company| company.portfolio.is_empty()) {
            company.portfolio = portfolio;
        }
        let instruction = instruction(&line.text(MOVEMENT))?;
        let needed = |column: Column| line.day(column)?.ok_or_else(|| column.bad("no day", "write one"));
        let rate = interest_of(&line.text(INTEREST.0), line.whole(INTEREST.2)?);
        let from = line.day(INTEREST.1)?;
        let abatement = line.whole(ABATEMENT)?;
        let days = u16::try_from(line.whole(WRITE_OFF_DAYS)?).unwrap_or(u16::MAX);
        let (due, issued_on, amount) = (needed(DUE)?, needed(ISSUED_ON)?, real(line.whole(AMOUNT)?));
        let discounts = DISCOUNTS.first().map(|columns| read_discount(line, *columns)).transpose()?.flatten().into_iter().collect();
        let number = line.number_text(layout.number).unwrap_or_default();
        let (our_number, check_digit) = match layout.digit {
            Digit::Absent => (number, None),
            Digit::At(column) => (number, line.text(column).chars().next()),
            Digit::Joined => {
                let digit = number.chars().next_back();
                (number.get(..number.len().saturating_sub(digit.map_or(0, char::len_utf8))).unwrap_or_default().into(), digit)
            }
        };
        let (document, company_use) = (line.text(layout.document).into(), line.text(COMPANY_USE).into());
        let sort = line.text(SORT).into();
        let write_off_days = (line.text(WRITE_OFF) == "1").then_some(days);
        let title = move |payer: Place| Title {
            instruction,
            our_number,
            check_digit,
            document,
            company_use,
            due,
            amount,
            issued_on,
            sort,
            fine: None,
            interest: rate.zip(from).map(|(rate, from)| Interest { from, rate }),
            discounts,
            abatement: (abatement > 0).then(|| real(abatement)),
            payer,
            write_off_days,
            messages: Vec::new(),
        };
        self.half = Some(HalfTitle { place: line.number(), title: Box::new(title) });
        Ok(())
    }

    fn segment_q(&mut self, line: &Columns<'_>) -> Result<(), String> {
        let Some(half) = self.half.take() else { return Err("a segment Q without its P; write both, one behind the other".to_owned()) };
        let id = returns240::tax_id(&line.text(PAYER_KIND), &line.text(PAYER_ID)).unwrap_or_default();
        let tax_id = TaxId::parse(&id, "BR").ok().ok_or_else(|| PAYER_ID.bad("not a CPF or CNPJ", "correct it in the file's source"))?;
        let payer = Place {
            tax_id,
            name: line.text(PAYER_NAME).into(),
            street: line.text(STREET).into(),
            district: line.text(DISTRICT).into(),
            postcode: line.text(POSTCODE).into(),
            city: line.text(CITY).into(),
            state: line.text(STATE).into(),
        };
        self.whole = Some((half.title)(payer));
        Ok(())
    }

    fn segment_r(&mut self, line: &Columns<'_>) -> Result<(), String> {
        let Some(title) = self.whole.as_mut() else { return Err("a segment R without its P and Q; write all three together".to_owned()) };
        for columns in DISCOUNTS.into_iter().skip(1) {
            title.discounts.extend(read_discount(line, columns)?);
        }
        let charge = charge_of(&line.text(FINE.0), line.whole(FINE.2)?);
        title.fine = charge.zip(line.day(FINE.1)?).map(|(charge, from)| Fine { from, charge });
        title.messages = MESSAGES.into_iter().map(|column| line.text(column).into_boxed_str()).filter(|text| !text.is_empty()).collect();
        Ok(())
    }
}

/// What an instruction's code asks.
pub(super) fn instruction(code: &str) -> Result<Instruction, String> {
    Instruction::of(code).ok_or_else(|| MOVEMENT.bad("none of 01, 02, 04, 05, 06", "read this file with the program that wrote it"))
}

fn read_discount(line: &Columns<'_>, (code, until, value): (Column, Column, Column)) -> Result<Option<Discount>, String> {
    let charge = charge_of(&line.text(code), line.whole(value)?);
    Ok(charge.zip(line.day(until)?).map(|(charge, until)| Discount { until, charge }))
}
