//! A statement of account. Deliberately absent: single receivables and what is overdue of them.

use regua_core::money::Money;
use regua_wire::messages::locale::{date, date_short, money};

use crate::documents::{Brand, Statement};
use crate::error::PaperError;
use crate::layout::{Align, Cell, Column, LEFT, Sheet, Table, Tree, WIDTH, mm};
use crate::text::Faces;

use super::HEADING;
use super::head::{Head, head};
use super::hero::{Hero, hero};

/// Lays out a statement.
pub(crate) fn statement<'a>(faces: &'a Faces, brand: &'a Brand, statement: &'a Statement) -> Result<Sheet<'a>, PaperError> {
    let language = statement.language;
    let words = crate::words::words(language);
    let span = format!("{} – {}", date_short(language, statement.from), date_short(language, statement.to));
    let title = format!("{} {span}", words.statement);
    let mut sheet = Sheet::new(faces, brand, language, title, statement.issued_on);
    let facts = vec![(words.issued, date_short(language, statement.issued_on)), (words.period, span)];
    head(&mut sheet, &Head { title: words.statement, number: None, to: (words.account_of, &statement.customer), facts })?;
    let closing = statement.closing;
    let label = if closing.minor() < 0 { words.closing_credit } else { words.closing };
    let below = date(language, statement.to);
    let figures = figures(&sheet, statement)?;
    hero(&mut sheet, &Hero { label, amount: money(language, positive(closing)), below, pix: None, line: None, aside: None, figures })?;
    movements(&mut sheet, statement)?;
    sheet.notes(words.notes, &statement.notes);
    Ok(sheet.finish())
}

/// What a balance is called says which way it goes.
fn positive(amount: Money) -> Money {
    Money::new(amount.minor().checked_abs().unwrap_or(i64::MAX), amount.currency())
}

/// Before, up, down.
fn figures(sheet: &Sheet<'_>, statement: &Statement) -> Result<Vec<(&'static str, String)>, PaperError> {
    let words = sheet.words;
    let sum = |of: fn(i64) -> bool| {
        let mut amounts = statement.movements.iter().map(|movement| movement.amount).filter(|amount| of(amount.minor()));
        let zero = Money::zero(statement.opening.currency());
        amounts.try_fold(zero, Money::plus).or(Err(PaperError::Currencies { place: "statement.movements" }))
    };
    let figures = [(words.opening, statement.opening), (words.charged, sum(|minor| minor > 0)?), (words.paid, sum(|minor| minor < 0)?)];
    Ok(figures.map(|(label, amount)| (label, money(statement.language, amount))).to_vec())
}

fn movements(sheet: &mut Sheet<'_>, statement: &Statement) -> Result<(), PaperError> {
    let (words, language) = (sheet.words, statement.language);
    let owner = sheet.heading(Tree::ROOT, 2, words.movements, sheet.y);
    sheet.y = sheet.block((LEFT, sheet.y, WIDTH), words.movements, HEADING, Align::Left, owner) + mm(1);
    let empty = Cell::default;
    let mut balance = statement.opening;
    let mut rows = Vec::with_capacity(statement.movements.len() + 2);
    let edge = |day, label: &str, balance| {
        let (day, balance) = (Cell::new(date_short(language, day)), Cell::strong(money(language, balance)));
        vec![day, Cell::strong(label), empty(), empty(), balance]
    };
    rows.push(edge(statement.from, words.opening, balance));
    for movement in &statement.movements {
        balance = balance.plus(movement.amount).or(Err(PaperError::Currencies { place: "statement.movements" }))?;
        rows.push(vec![
            Cell::new(date_short(language, movement.on)),
            Cell::new(movement.description.as_str()),
            Cell::new(movement.document.clone().unwrap_or_default()),
            Cell::new(money(language, movement.amount)),
            Cell::new(money(language, balance)),
        ]);
    }
    rows.push(edge(statement.to, words.balance, balance));
    let columns = vec![
        Column::left(words.date),
        Column::wide(words.description),
        Column::left(words.document),
        Column::right(words.amount),
        Column::right(words.balance),
    ];
    Table::new(words.movements, columns, rows).place(sheet, Tree::ROOT);
    sheet.y += mm(8);
    Ok(())
}
