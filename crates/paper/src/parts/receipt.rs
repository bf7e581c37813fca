//! A receipt. Deliberately absent: what is still owed.

use regua_wire::messages::locale::{date, date_short, money};

use crate::documents::{Brand, Paid, Receipt};
use crate::error::PaperError;
use crate::layout::{Align, Cell, Column, LEFT, Sheet, Table, Tree, WIDTH, mm};
use crate::text::Faces;

use super::HEADING;
use super::head::{Head, head};
use super::hero::{Hero, hero};

/// Lays out a receipt.
pub(crate) fn receipt<'a>(faces: &'a Faces, brand: &'a Brand, receipt: &'a Receipt) -> Result<Sheet<'a>, PaperError> {
    let language = receipt.language;
    let words = crate::words::words(language);
    let title = format!("{} {}", words.receipt, receipt.number);
    let mut sheet = Sheet::new(faces, brand, language, title, receipt.issued_on);
    let mut facts = vec![
        (words.issued, date_short(language, receipt.issued_on)),
        (words.paid_on, date_short(language, receipt.paid_on)),
        (words.method, words.rail(receipt.rail).to_owned()),
    ];
    if let Some(reference) = &receipt.reference {
        facts.push((words.reference, reference.clone()));
    }
    head(&mut sheet, &Head { title: words.receipt, number: Some(&receipt.number), to: (words.to, &receipt.payer), facts })?;
    let amount = money(language, receipt.amount);
    let sentence = words.received_from.replace("{amount}", &amount).replace("{date}", &date(language, receipt.paid_on));
    // The name goes in last: what stands in braces in it is part of it.
    let sentence = sentence.replace("{name}", &receipt.payer.name);
    let below = format!("{} · {}", date(language, receipt.paid_on), words.rail(receipt.rail));
    hero(
        &mut sheet,
        &Hero { label: words.received, amount, below, pix: None, line: None, aside: Some(("", vec![sentence])), figures: Vec::new() },
    )?;
    applied(&mut sheet, receipt);
    sheet.notes(words.notes, &receipt.notes);
    Ok(sheet.finish())
}

fn applied(sheet: &mut Sheet<'_>, receipt: &Receipt) {
    let (words, language) = (sheet.words, receipt.language);
    if receipt.paid.is_empty() && receipt.credit.is_none() {
        return;
    }
    sheet.need(HEADING.line_height() + mm(20));
    let owner = sheet.heading(Tree::ROOT, 2, words.applied, sheet.y);
    sheet.y = sheet.block((LEFT, sheet.y, WIDTH), words.applied, HEADING, Align::Left, owner) + mm(1);
    let row = |paid: &Paid| {
        vec![
            Cell::new(paid.document.as_str()),
            Cell::new(paid.description.as_str()),
            Cell::new(date_short(language, paid.due_on)),
            Cell::new(money(language, paid.amount)),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = receipt.paid.iter().map(row).collect();
    let credit = |credit| vec![Cell::default(), Cell::new(words.credit_left), Cell::default(), Cell::new(money(language, credit))];
    rows.extend(receipt.credit.map(credit));
    rows.push(vec![Cell::default(), Cell::strong(words.total), Cell::default(), Cell::strong(money(language, receipt.amount))]);
    let columns = vec![Column::left(words.document), Column::wide(words.description), Column::left(words.due), Column::right(words.amount)];
    Table::new(words.applied, columns, rows).place(sheet, Tree::ROOT);
    sheet.y += mm(8);
}
