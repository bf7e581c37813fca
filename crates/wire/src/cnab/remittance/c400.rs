//! Remittances in CNAB 400: Itaú's and Bradesco's.
//!
//! Both: header 1-9 `01REMESSA` · 47-76 company · 77-79 bank · 95-100 day. Detail 1 `1` · 38-62 company use · 109-110
//! instruction · 111-120 document · 121-126 due · 127-139 amount · 148-149 sort · 150 `N` · 151-156 issued · 157-160 orders ·
//! 161-173 interest a day · 174-179 discount until · 180-192 discount · 193-205 IOF · 206-218 abatement · 219-220 kind of id ·
//! 221-234 id · 275-314 street · 327-334 CEP. 395-400 number of the line.
//!
//! Itaú: 2-17 company's id · 18-21 branch · 24-28 account · 29 its digit · 63-70 nosso número · 84-86 portfolio · 108 `I` ·
//! 235-264 name · 315-326 district · 335-349 city · 350-351 state · 386-391 interest from · 392-393 days, with order 92 in
//! 157-158: write off after them. A fine is a line 2 behind: 2 kind (1 reais, 2 share) · 3-10 from · 11-23 value.
//! Bradesco: 21-24 portfolio · 25-29 branch · 30-36 account · 37 its digit · 66 `2` fine, 67-70 its share · 71-81 nosso número
//! · 82 its digit · 93 `2` · 159-160 days, with order 18 in 157-158 · 235-274 name · 315-326 and 335-394 messages.
//!
//! What a table has no column for is refused: more than one discount, discounts and fines of the other kind, interest a
//! month. Sources: `tests/cnab/SOURCE.md`.

use regua_core::bank::Check;
use regua_core::party::{TaxId, tax_id::TaxIdKind};
use regua_core::time::{Day, LocalTime};

use super::super::tables400::{BANK, BANK_NAME, COMPANY, HEADER_LITERAL, KIND, WIDTH};
use super::super::title::{Charge, Company, Discount, Fine, Interest, InterestRate, Place, Title};
use super::Remittance;
use super::amounts::{cents, charge, charge_of, hundredths, real, share};
use super::c240::instruction;
use crate::cnab::{returns240, sequence_400};
use crate::fixed::{BadField, BadFile, Column, Columns, LINES_MAX, Letters, Lines, Pen, Refusals, too_many_lines, write_line};

const MADE_ON: Column = Column::ddmmyy(95, "day of the file");
const COMPANY_USE: Column = Column::text(38, 62, "company use");
const INSTRUCTION: Column = Column::text(109, 110, "instruction");
const DOCUMENT: Column = Column::text(111, 120, "document");
const DUE: Column = Column::ddmmyy(121, "due");
const AMOUNT: Column = Column::number(127, 139, "amount");
const COLLECTOR: Column = Column::number(140, 147, "collecting bank and branch");
const SORT: Column = Column::number(148, 149, "sort of debt");
const ACCEPTED: Column = Column::text(150, 150, "accepted");
const ISSUED_ON: Column = Column::ddmmyy(151, "issued on");
const ORDER: Column = Column::text(157, 158, "order");
const SECOND_ORDER: Column = Column::number(159, 160, "second order");
const INTEREST: Column = Column::number(161, 173, "interest");
const DISCOUNT_UNTIL: Column = Column::ddmmyy(174, "discount until");
const DISCOUNT: Column = Column::number(180, 192, "discount");
const TAX: Column = Column::number(193, 205, "IOF");
const ABATEMENT: Column = Column::number(206, 218, "abatement");
const PAYER_KIND: Column = Column::number(219, 220, "kind of the payer's id");
const PAYER_ID: Column = Column::number(221, 234, "payer's id");
const STREET: Column = Column::text(275, 314, "street");
const POSTCODE: Column = Column::number(327, 334, "postcode");

/// What the two banks do not share.
struct Layout {
    bank: &'static str,
    name: &'static str,
    agreement: Option<Column>,
    header_branch: Option<Column>,
    header_account: Option<(Column, Column)>,
    number: Option<Column>,
    branch: Column,
    account: Column,
    account_digit: Column,
    portfolio: Column,
    our_number: Column,
    digit: Option<Column>,
    company_id: Option<(Column, Column)>,
    fixed: &'static [(Column, &'static str)],
    payer_name: Column,
    town: Option<(Column, Column, Column)>,
    interest_from: Option<Column>,
    /// The order to write off some days after the due date, and where the days stand.
    write_off: (&'static str, Column),
    fine_share: Option<(Column, Column)>,
    messages: &'static [Column],
}

const ITAU: Layout = Layout {
    bank: "341",
    name: "BANCO ITAU SA",
    agreement: None,
    header_branch: Some(Column::number(27, 30, "branch")),
    header_account: Some((Column::number(33, 37, "account"), Column::text(38, 38, "account's check digit"))),
    number: None,
    branch: Column::number(18, 21, "branch"),
    account: Column::number(24, 28, "account"),
    account_digit: Column::text(29, 29, "account's check digit"),
    portfolio: Column::number(84, 86, "portfolio"),
    our_number: Column::number(63, 70, "nosso número"),
    digit: None,
    company_id: Some((Column::number(2, 3, "kind of the company's id"), Column::number(4, 17, "company's id"))),
    fixed: &[
        (Column::number(22, 23, "zeros"), "0"),
        (Column::number(34, 37, "allegation"), "0"),
        (Column::number(71, 83, "foreign amount"), "0"),
        (Column::text(108, 108, "code of the portfolio"), "I"),
    ],
    payer_name: Column::text(235, 264, "payer's name"),
    town: Some((Column::text(315, 326, "district"), Column::text(335, 349, "city"), Column::text(350, 351, "state"))),
    interest_from: Some(Column::ddmmyy(386, "interest from")),
    write_off: ("92", Column::number(392, 393, "write-off days")),
    fine_share: None,
    messages: &[],
};

const BRADESCO: Layout = Layout {
    bank: "237",
    name: "BRADESCO",
    agreement: Some(Column::number(27, 46, "agreement")),
    header_branch: None,
    header_account: None,
    number: Some(Column::number(111, 117, "number of the file")),
    branch: Column::number(25, 29, "branch"),
    account: Column::number(30, 36, "account"),
    account_digit: Column::text(37, 37, "account's check digit"),
    portfolio: Column::number(21, 24, "portfolio"),
    our_number: Column::number(71, 81, "nosso número"),
    digit: Some(Column::text(82, 82, "check digit of the nosso número")),
    company_id: None,
    fixed: &[
        (Column::number(63, 65, "debiting bank"), "0"),
        (Column::number(83, 92, "bonus"), "0"),
        (Column::text(93, 93, "written by the company"), "2"),
        (Column::text(106, 106, "no notice"), "2"),
    ],
    payer_name: Column::text(235, 274, "payer's name"),
    town: None,
    interest_from: None,
    write_off: ("18", Column::number(159, 160, "write-off days")),
    fine_share: Some((Column::text(66, 66, "fine"), Column::number(67, 70, "fine"))),
    messages: &[Column::text(315, 326, "message"), Column::text(335, 394, "second message")],
};

/// Itaú's line of a fine.
const FINE_KIND: Column = Column::text(2, 2, "fine");
const FINE_FROM: Column = Column::ddmmyyyy(3, "fine from");
const FINE_VALUE: Column = Column::number(11, 23, "fine");
/// Bradesco's literal of the system that takes the file.
const SYSTEM: Column = Column::text(109, 110, "system");

fn layout(bank: &str) -> Option<&'static Layout> {
    match bank {
        "341" => Some(&ITAU),
        "237" => Some(&BRADESCO),
        _ => None,
    }
}

fn kind(id: &TaxId) -> Result<&'static str, BadField> {
    match id.kind() {
        TaxIdKind::Cpf => Ok("1"),
        TaxIdKind::Cnpj => Ok("2"),
        TaxIdKind::Other => Err(BadField::new("tax id", "is neither CPF nor CNPJ; a slip needs one of these")),
    }
}

/// A field for which the bank's CNAB 400 has no column.
fn absent(field: &'static str) -> BadField {
    BadField::new(field, "has no column in this bank's CNAB 400; leave it out, or write CNAB 240")
}

pub(super) fn write(company: &Company, titles: &[Title]) -> Result<Vec<u8>, BadField> {
    let layout = layout(&company.bank).ok_or_else(|| BadField::new("bank", "its CNAB 400 is not written here; write CNAB 240"))?;
    let mut out = Vec::new();
    let mut pen = Pen::new(WIDTH);
    pen.text(HEADER_LITERAL, "01REMESSA01COBRANCA")?.name(COMPANY, &company.name)?.text(BANK, layout.bank)?;
    pen.text(BANK_NAME, layout.name)?.day(MADE_ON, Some(company.made_on))?.whole(sequence_400(), 1)?;
    if let Some(column) = layout.agreement {
        pen.text(column, &company.agreement)?;
    }
    if let Some(column) = layout.header_branch {
        pen.text(column, &company.branch)?;
    }
    if let Some((account, digit)) = layout.header_account {
        pen.text(account, &company.account)?.text(digit, &company.account_digit)?;
    }
    if let Some(column) = layout.number {
        pen.text(SYSTEM, "MX")?.whole(column, i64::from(company.file_number))?;
    }
    write_line(&mut out, &pen);
    let mut sequence = 1;
    for title in titles {
        sequence += 1;
        let mut pen = detail(layout, company, title)?;
        pen.whole(sequence_400(), sequence)?;
        write_line(&mut out, &pen);
        if let (Some(Fine { from, charge: how }), None) = (title.fine, layout.fine_share) {
            sequence += 1;
            let (code, value) = charge(how, "fine")?;
            let mut pen = Pen::new(WIDTH);
            pen.text(KIND, "2")?.text(FINE_KIND, code)?.day(FINE_FROM, Some(from))?.whole(FINE_VALUE, value)?;
            pen.whole(sequence_400(), sequence)?;
            write_line(&mut out, &pen);
        }
    }
    let mut pen = Pen::new(WIDTH);
    pen.text(KIND, "9")?.whole(sequence_400(), sequence + 1)?;
    write_line(&mut out, &pen);
    Ok(out)
}

fn detail(layout: &Layout, company: &Company, title: &Title) -> Result<Pen, BadField> {
    let mut pen = Pen::new(WIDTH);
    pen.text(KIND, "1")?.text(layout.branch, &company.branch)?.text(layout.account, &company.account)?;
    pen.text(layout.account_digit, &company.account_digit)?.text(layout.portfolio, &company.portfolio)?;
    if let Some((column, id)) = layout.company_id {
        pen.text(column, kind(&company.tax_id)?)?.text(id, company.tax_id.as_str())?;
    }
    for (column, text) in layout.fixed {
        pen.text(*column, text)?;
    }
    pen.text(layout.our_number, &title.our_number)?;
    match (layout.digit, title.check_digit) {
        (Some(column), Some(digit)) => {
            pen.text(column, &digit.to_string())?;
        }
        (Some(column), None) => return Err(BadField::new(column.name(), "is missing; this bank needs it")),
        // The bank works it out.
        (None, _) => {}
    }
    pen.text(COMPANY_USE, &title.company_use)?.text(INSTRUCTION, title.instruction.code())?.text(DOCUMENT, &title.document)?;
    pen.day(DUE, Some(title.due))?.whole(AMOUNT, cents(title.amount, "amount")?)?.whole(COLLECTOR, 0)?;
    pen.text(SORT, &title.sort)?.text(ACCEPTED, "N")?.day(ISSUED_ON, Some(title.issued_on))?;
    extras(layout, title, &mut pen)?;
    payer(layout, &title.payer, &mut pen)?;
    Ok(pen)
}

fn extras(layout: &Layout, title: &Title, pen: &mut Pen) -> Result<(), BadField> {
    pen.text(ORDER, "00")?.whole(SECOND_ORDER, 0)?;
    let (from, daily) = match title.interest {
        Some(Interest { from, rate: InterestRate::Daily(amount) }) => (Some(from), cents(amount, "interest")?),
        Some(Interest { rate: InterestRate::Monthly(_), .. }) => {
            return Err(BadField::new("interest", "is a share a month; CNAB 400 holds an amount a day"));
        }
        None => (None, 0),
    };
    pen.whole(INTEREST, daily)?;
    match (layout.interest_from, from) {
        (Some(column), from) => {
            pen.day(column, from)?;
        }
        // The bank counts from the day after the due date.
        (None, Some(from)) if from != title.due.plus(1) => {
            return Err(BadField::new("interest from", "is not the day after the due date, from which this bank counts"));
        }
        (None, _) => {}
    }
    let (until, off) = match title.discounts.as_slice() {
        [] => (None, 0),
        [Discount { until, charge: Charge::Amount(amount) }] => (Some(*until), cents(*amount, "discount")?),
        [_] => return Err(BadField::new("discount", "is a share; CNAB 400 holds an amount")),
        _ => return Err(absent("second discount")),
    };
    pen.day(DISCOUNT_UNTIL, until)?.whole(DISCOUNT, off)?.whole(TAX, 0)?;
    pen.whole(ABATEMENT, title.abatement.map_or(Ok(0), |amount| cents(amount, "abatement"))?)?;
    if let Some((flag, column)) = layout.fine_share {
        let value = match title.fine {
            None => None,
            Some(Fine { from, .. }) if from != title.due.plus(1) => {
                return Err(BadField::new("fine from", "is not the day after the due date, from which this bank counts"));
            }
            Some(Fine { charge: Charge::Share(rate), .. }) => Some(hundredths(rate, "fine")?),
            Some(Fine { charge: Charge::Amount(_), .. }) => return Err(BadField::new("fine", "is an amount; this bank holds a share")),
        };
        pen.text(flag, if value.is_some() { "2" } else { "0" })?.whole(column, value.unwrap_or(0))?;
    }
    let (order, days) = layout.write_off;
    pen.whole(days, i64::from(title.write_off_days.unwrap_or(0)))?;
    if title.write_off_days.is_some() {
        pen.text(ORDER, order)?;
    }
    if title.messages.len() > layout.messages.len() {
        return Err(absent("message"));
    }
    for (column, message) in layout.messages.iter().zip(&title.messages) {
        pen.text(*column, message)?;
    }
    Ok(())
}

fn payer(layout: &Layout, payer: &Place, pen: &mut Pen) -> Result<(), BadField> {
    pen.text(PAYER_KIND, kind(&payer.tax_id)?)?.text(PAYER_ID, payer.tax_id.as_str())?.name(layout.payer_name, &payer.name)?;
    pen.name(STREET, &payer.street)?.text(POSTCODE, &payer.postcode)?;
    // Without columns for the town the bank finds it by the postcode.
    if let Some((district, city, state)) = layout.town {
        pen.name(district, &payer.district)?.name(city, &payer.city)?.text(state, &payer.state)?;
    }
    Ok(())
}

pub(super) fn read(bytes: &[u8], letters: Letters) -> Result<Remittance, BadFile> {
    let mut lines = Lines::of(bytes);
    let header = lines.by_ref().find(|line| !line.is_blank());
    let bad = || BadFile::new("not a remittance of CNAB 400 that is known here", "give Itaú's (341) or Bradesco's (237)");
    let header = header.as_ref().and_then(|line| line.columns(WIDTH, letters).ok()).ok_or_else(bad)?;
    let layout = layout(&header.text(BANK)).ok_or_else(bad)?;
    let mut read = Remittance { company: None, titles: Vec::new(), refused: Vec::new(), checks: Vec::new() };
    let mut refused = Refusals::default();
    let (mut count, mut last) = (1, header.number());
    for line in lines {
        if line.number > LINES_MAX {
            return Err(too_many_lines());
        }
        last = line.number;
        if !line.is_blank() {
            count += 1;
            let done = line.columns(WIDTH, letters).and_then(|columns| record(layout, &header, &columns, count, &mut read));
            if let Err(what) = done {
                refused.push(line.number, what);
            }
        }
    }
    read.refused = refused.end(last);
    Ok(read)
}

fn record(layout: &Layout, header: &Columns<'_>, line: &Columns<'_>, count: i64, read: &mut Remittance) -> Result<(), String> {
    match line.byte(1) {
        b'1' => {
            let title = read_detail(layout, line)?;
            if read.company.is_none() {
                read.company = company(layout, header, line)?;
            }
            read.titles.push(title);
            Ok(())
        }
        b'2' => {
            let charge = charge_of(&line.text(FINE_KIND), line.whole(FINE_VALUE)?);
            let fine = charge.zip(line.day(FINE_FROM)?).map(|(charge, from)| Fine { from, charge });
            if let Some(title) = read.titles.last_mut() {
                title.fine = fine;
            }
            Ok(())
        }
        b'9' => {
            let told = line.whole(sequence_400())?;
            read.checks.push(Check { place: line.number(), of: "lines of the file", told, read: count });
            Ok(())
        }
        _ => Err(KIND.bad("none of 1, 2, 9", "write the file again")),
    }
}

/// Who asks; none where the layout does not name the company's tax id.
fn company(layout: &Layout, header: &Columns<'_>, line: &Columns<'_>) -> Result<Option<Company>, String> {
    let Some((kind, id)) = layout.company_id else { return Ok(None) };
    let tax_id = returns240::tax_id(&line.text(kind), &line.text(id)).and_then(|id| TaxId::parse(&id, "BR").ok());
    let number = layout.number.map_or(Ok(0), |column| header.whole(column))?;
    let made_on = header.day(MADE_ON)?;
    Ok(tax_id.zip(made_on).map(|(tax_id, made_on): (TaxId, Day)| Company {
        bank: layout.bank.into(),
        name: header.text(COMPANY).into(),
        tax_id,
        branch: line.number_text(layout.branch).unwrap_or_default(),
        branch_digit: "".into(),
        account: line.number_text(layout.account).unwrap_or_default(),
        account_digit: line.text(layout.account_digit).into(),
        agreement: layout.agreement.and_then(|column| header.number_text(column)).unwrap_or_default(),
        portfolio: line.number_text(layout.portfolio).unwrap_or_default(),
        file_number: u32::try_from(number).unwrap_or(0),
        made_on,
        made_at: LocalTime::MIDNIGHT,
    }))
}

fn read_detail(layout: &Layout, line: &Columns<'_>) -> Result<Title, String> {
    let needed = |column: Column| line.day(column)?.ok_or_else(|| column.bad("no day", "write one"));
    let due = needed(DUE)?;
    let daily = line.whole(INTEREST)?;
    let from = layout.interest_from.map_or(Ok(Some(due.plus(1))), |column| line.day(column))?;
    let off = line.whole(DISCOUNT)?;
    let abatement = line.whole(ABATEMENT)?;
    let fine = match layout.fine_share {
        Some((flag, column)) if line.text(flag) == "2" => {
            Some(Fine { from: due.plus(1), charge: Charge::Share(share(line.whole(column)?)) })
        }
        Some(_) | None => None,
    };
    let days = Some(layout.write_off).filter(|(order, _)| line.text(ORDER) == *order).map(|(_, days)| days);
    let id = returns240::tax_id(&line.text(PAYER_KIND), &line.text(PAYER_ID)).unwrap_or_default();
    let town = |column: Option<Column>| column.map(|column| line.text(column)).unwrap_or_default().into_boxed_str();
    Ok(Title {
        instruction: instruction(&line.text(INSTRUCTION))?,
        our_number: line.number_text(layout.our_number).unwrap_or_default(),
        check_digit: layout.digit.and_then(|column| line.text(column).chars().next()),
        document: line.text(DOCUMENT).into(),
        company_use: line.text(COMPANY_USE).into(),
        due,
        amount: real(line.whole(AMOUNT)?),
        issued_on: needed(ISSUED_ON)?,
        sort: line.text(SORT).into(),
        fine,
        interest: from.filter(|_| daily > 0).map(|from| Interest { from, rate: InterestRate::Daily(real(daily)) }),
        discounts: line.day(DISCOUNT_UNTIL)?.map(|until| Discount { until, charge: Charge::Amount(real(off)) }).into_iter().collect(),
        abatement: (abatement > 0).then(|| real(abatement)),
        payer: Place {
            tax_id: TaxId::parse(&id, "BR").ok().ok_or_else(|| PAYER_ID.bad("not a CPF or CNPJ", "correct it in the file's source"))?,
            name: line.text(layout.payer_name).into(),
            street: line.text(STREET).into(),
            district: town(layout.town.map(|columns| columns.0)),
            postcode: line.text(POSTCODE).into(),
            city: town(layout.town.map(|columns| columns.1)),
            state: town(layout.town.map(|columns| columns.2)),
        },
        write_off_days: days.map(|column| line.whole(column)).transpose()?.and_then(|days| u16::try_from(days).ok()),
        messages: layout.messages.iter().map(|column| line.text(*column).into_boxed_str()).filter(|text| !text.is_empty()).collect(),
    })
}
