//! An invoice or credit note, with a slip where one comes along. Deliberately absent: arithmetic.

use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::Language;
use regua_wire::messages::locale::{date_long, date_short, money, number};

use crate::documents::{Brand, Invoice, InvoiceKind, InvoiceLine, Slip};
use crate::error::PaperError;
use crate::layout::{Align, Cell, Column, Ink, Mpt, Owner, RIGHT, Sheet, Table, Tag, Tree, length, mm, pt, tenths};
use crate::text::{Faces, Style, Weight};

use super::head::{Head, head};
use super::hero::{Hero, hero};
use super::{HEADING, LEAST, slip};

/// Width of the sums below the lines.
const SUMS: Mpt = mm(80);
const SUM: Style = Style::new(Weight::Regular, pt(9), Ink::Quiet);
const TOTAL: Style = Style::new(Weight::Semibold, pt(11), Ink::Text);
/// Sums that stay on the page of the last line; more of them begin a page of their own.
const SUMS_KEPT: Mpt = mm(60);

/// Lays out an invoice.
pub(crate) fn invoice<'a>(faces: &'a Faces, brand: &'a Brand, invoice: &'a Invoice, slip: Option<&Slip>) -> Result<Sheet<'a>, PaperError> {
    let language = invoice.language;
    let words = crate::words::words(language);
    let kind = match invoice.kind {
        InvoiceKind::Invoice => words.invoice,
        InvoiceKind::Credit => words.credit,
    };
    let title = format!("{kind} {}", invoice.number);
    let mut sheet = Sheet::new(faces, brand, language, title, invoice.issued_on);
    let facts = facts(&sheet, invoice);
    head(&mut sheet, &Head { title: kind, number: Some(&invoice.number), to: (words.to, &invoice.customer), facts })?;
    panel(&mut sheet, invoice, slip)?;
    lines(&mut sheet, invoice);
    if invoice.instalments.len() > 1 {
        instalments(&mut sheet, invoice);
    }
    sheet.notes(words.notes, &invoice.notes);
    if let Some(slip) = slip {
        slip::place(&mut sheet, slip)?;
    }
    Ok(sheet.finish())
}

fn facts(sheet: &Sheet<'_>, invoice: &Invoice) -> Vec<(&'static str, String)> {
    let (words, language) = (sheet.words, invoice.language);
    let mut facts = vec![(words.issued, date_short(language, invoice.issued_on))];
    if invoice.kind == InvoiceKind::Invoice {
        facts.push((words.due, date_short(language, invoice.due_on)));
    }
    if let Some((from, to)) = invoice.period {
        facts.push((words.period, span(language, from, to)));
    }
    if let Some(order) = &invoice.purchase_order {
        facts.push((words.order, order.clone()));
    }
    facts
}

fn panel(sheet: &mut Sheet<'_>, invoice: &Invoice, slip: Option<&Slip>) -> Result<(), PaperError> {
    let (words, language) = (sheet.words, invoice.language);
    let (label, below) = match invoice.kind {
        InvoiceKind::Invoice => (words.total_due, words.due_on.replace("{date}", &date_long(language, invoice.due_on))),
        InvoiceKind::Credit => (words.total_credit, words.credit_on.replace("{date}", &date_long(language, invoice.issued_on))),
    };
    let of_slip = slip.and_then(|slip| Some((slip.pix.as_deref()?, slip::shows(sheet, slip))));
    let shows = || words.qr_shows.replace("{amount}", &money(language, invoice.total)).replace("{name}", &sheet.brand.name);
    let pix = of_slip.or_else(|| invoice.pix.as_deref().map(|code| (code, shows())));
    let mut aside = invoice.how_to_pay.clone();
    if invoice.is_automatic && invoice.kind == InvoiceKind::Invoice {
        aside.insert(0, words.automatic.to_owned());
    }
    let amount = money(language, invoice.total);
    let line = slip.map(|slip| slip.line.as_str());
    hero(sheet, &Hero { label, amount, below, pix, line, aside: Some((words.how_to_pay, aside)), figures: Vec::new() })
}

fn lines(sheet: &mut Sheet<'_>, invoice: &Invoice) {
    let (words, language) = (sheet.words, invoice.language);
    let has = |test: fn(&InvoiceLine) -> bool| invoice.lines.iter().any(test);
    let (periods, prices) = (has(|line| line.period.is_some()), has(|line| line.unit_price.is_some()));
    let quantities = prices || has(|line| line.quantity != 1);
    let mut columns = vec![Column::wide(words.description)];
    let optional =
        [(periods, Column::left(words.period)), (quantities, Column::right(words.quantity)), (prices, Column::right(words.unit_price))];
    columns.extend(optional.into_iter().filter(|(is_there, _)| *is_there).map(|(_, column)| column));
    columns.push(Column::right(words.amount));
    let row = |line: &InvoiceLine| {
        let period = line.period.map(|(from, to)| span(language, from, to)).unwrap_or_default();
        let price = line.unit_price.map(|price| money(language, price)).unwrap_or_default();
        let description = Cell { detail: line.detail.clone().unwrap_or_default(), ..Cell::new(line.description.as_str()) };
        let optional = [(periods, period), (quantities, number(language, line.quantity)), (prices, price)];
        let mut cells = vec![description];
        cells.extend(optional.into_iter().filter(|(is_there, _)| *is_there).map(|(_, text)| Cell::new(text)));
        cells.push(Cell::new(money(language, line.amount)));
        cells
    };
    let sums = sums(sheet, invoice);
    let tall = SUM.line_height() * length(sums.len()) + TOTAL.line_height() + mm(6);
    let mut table = Table::new(words.items, columns, invoice.lines.iter().map(row).collect());
    table.keep = tall.min(SUMS_KEPT);
    table.place(sheet, Tree::ROOT);
    write_sums(sheet, invoice, sums);
}

/// What stands between the lines and the total.
fn sums(sheet: &Sheet<'_>, invoice: &Invoice) -> Vec<(String, Money)> {
    let words = sheet.words;
    let (contained, on_top): (Vec<_>, Vec<_>) = invoice.taxes.iter().partition(|tax| tax.is_contained);
    let mut sums: Vec<(String, Money)> = Vec::new();
    if !invoice.discounts.is_empty() || !on_top.is_empty() {
        let zero = Money::zero(invoice.total.currency());
        let lines = invoice.lines.iter().map(|line| line.amount);
        // The document adds up, so this does not overflow unless its parts take each other back.
        if let Ok(subtotal) = lines.into_iter().try_fold(zero, Money::plus) {
            sums.push((words.subtotal.to_owned(), subtotal));
        }
    }
    let label = |label: &str| if label.trim().is_empty() { words.discount.to_owned() } else { format!("{} · {label}", words.discount) };
    sums.extend(invoice.discounts.iter().map(|discount| (label(&discount.label), discount.amount)));
    let rate = |rate| decimal(invoice.language, rate);
    sums.extend(on_top.iter().map(|tax| (format!("{} {}", tax.name, rate(tax.rate)), tax.amount)));
    sums.extend(contained.iter().map(|tax| (format!("{} {} {}", words.contained, tax.name, rate(tax.rate)), tax.amount)));
    sums
}

fn write_sums(sheet: &mut Sheet<'_>, invoice: &Invoice, sums: Vec<(String, Money)>) {
    let (words, language) = (sheet.words, invoice.language);
    let x = RIGHT - SUMS;
    sheet.rule(crate::layout::LEFT, sheet.y, crate::layout::WIDTH, Ink::Rule);
    sheet.y += mm(2);
    let table = sheet.tree.add(Tree::ROOT, Tag::Table(words.total.to_owned()));
    let row = |sheet: &mut Sheet<'_>, label: &str, amount: String, style: Style, strong: Style| {
        sheet.need(style.line_height() + mm(1));
        let row = sheet.tree.add(table, Tag::Row);
        let (label_owner, owner) = (sheet.tree.add(row, Tag::RowHeader), sheet.tree.add(row, Tag::Cell));
        let top = sheet.y;
        let width = SUMS * 55 / 100;
        sheet.few((x, top, width - mm(2)), label, style, Align::Left, (1, LEAST), Owner::Node(label_owner));
        sheet.y = sheet.one((x + width, top, SUMS - width), &amount, strong.figures(), Align::Right, Owner::Node(owner));
    };
    for (label, amount) in sums {
        row(sheet, &label, money(language, amount), SUM, SUM.inked(Ink::Text));
    }
    sheet.y += tenths(12);
    sheet.need(TOTAL.line_height() + mm(3));
    sheet.rule(x, sheet.y, SUMS, Ink::Text);
    sheet.y += tenths(12);
    row(sheet, words.total, money(language, invoice.total), TOTAL, TOTAL);
    sheet.y += mm(6);
}

fn instalments(sheet: &mut Sheet<'_>, invoice: &Invoice) {
    let (words, language) = (sheet.words, invoice.language);
    sheet.need(HEADING.line_height() + mm(20));
    let owner = sheet.heading(Tree::ROOT, 2, words.instalments, sheet.y);
    sheet.y = sheet.block((crate::layout::LEFT, sheet.y, SUMS), words.instalments, HEADING, Align::Left, owner) + mm(1);
    let count = invoice.instalments.len();
    let rows = invoice.instalments.iter().zip(1..).map(|(part, at): (_, usize)| {
        vec![Cell::new(format!("{at}/{count}")), Cell::new(date_short(language, part.due_on)), Cell::new(money(language, part.amount))]
    });
    let columns = vec![Column::wide(words.instalment), Column::left(words.due), Column::right(words.amount)];
    let mut table = Table::new(words.instalments, columns, rows.collect());
    table.width = mm(96);
    table.place(sheet, Tree::ROOT);
    sheet.y += mm(6);
}

fn span(language: Language, from: Day, to: Day) -> String {
    format!("{} – {}", date_short(language, from), date_short(language, to))
}

/// A rate with the decimal sign of a language.
fn decimal(language: Language, rate: regua_core::rate::Rate) -> String {
    let text = rate.to_string();
    match language {
        Language::En => text,
        Language::PtBr | Language::Es | Language::It | Language::Fr | Language::De => text.replace('.', ","),
    }
}
