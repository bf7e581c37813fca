//! The panel that everybody looks for: how much, until when, and how to pay. Deliberately absent: how it came to that.

use crate::error::PaperError;
use crate::layout::{Align, Ink, LEFT, Mpt, Owner, RIGHT, Sheet, Tag, Tree, WIDTH, mm, pt, tenths};
use crate::text::{Style, Weight};

use super::{ASIDE, HEADING, LABEL, LEAST, SMALL, symbols};

const AMOUNT: Style = Style::new(Weight::Semibold, pt(25), Ink::Text).tight();
const CODE: Style = Style::new(Weight::Regular, pt(6) + 500, Ink::Text);
const LINE: Style = Style::new(Weight::Semibold, pt(8) + 500, Ink::Text).figures();

/// Between the panel's edge and what is in it.
const INSET: Mpt = tenths(55);
/// A QR code with its white card.
const QR: Mpt = mm(39);
const RADIUS: Mpt = mm(2);
/// Least height of what stands below the amount.
const BELOW_LEAST: Mpt = pt(7) + 500;
/// Between the panel's columns.
const GAP: Mpt = tenths(65);

/// What the panel says.
pub(super) struct Hero<'a> {
    pub(super) label: &'a str,
    pub(super) amount: String,
    pub(super) below: String,
    /// A Pix copy-and-paste code, and what its picture shows.
    pub(super) pix: Option<(&'a str, String)>,
    /// A boleto's digitable line.
    pub(super) line: Option<&'a str>,
    /// Other ways to pay, or a sentence, under a heading if there is one.
    pub(super) aside: Option<(&'a str, Vec<String>)>,
    /// Figures beside the amount: label and amount.
    pub(super) figures: Vec<(&'a str, String)>,
}

/// Writes the panel where the sheet is.
pub(super) fn hero(sheet: &mut Sheet<'_>, hero: &Hero<'_>) -> Result<(), PaperError> {
    let top = sheet.y;
    // The panel lies behind what stands on it, and is as high as that: it is put first and measured after.
    let page = sheet.pages.len() - 1;
    let behind = sheet.pages.last().map_or(0, |page| page.items.len());
    sheet.area(LEFT, top, WIDTH, 0, RADIUS, Ink::Tint);
    let inner = WIDTH - 2 * INSET;
    let aside = hero.aside.as_ref().filter(|(_, lines)| !lines.is_empty());
    let has_aside = hero.pix.is_some() || aside.is_some() || !hero.figures.is_empty();
    let qr = if hero.pix.is_some() { QR + GAP } else { 0 };
    let (amount_width, aside_width) = if has_aside { ((inner - qr - GAP) / 2, (inner - qr - GAP) / 2) } else { (inner, 0) };
    let mut y = amount(sheet, hero, top + INSET, amount_width);
    let x = LEFT + INSET + amount_width + GAP;
    if let Some((code, shows)) = &hero.pix {
        y = y.max(pix(sheet, code, shows, (x, top + INSET, aside_width))?);
        y = y.max(top + INSET + QR);
    } else if let Some((heading, lines)) = aside {
        let mut end = top + INSET;
        if !heading.is_empty() {
            let owner = sheet.heading(Tree::ROOT, 2, heading, top);
            end = sheet.few((x, end, aside_width), heading, LABEL, Align::Left, (2, LEAST), owner) + tenths(8);
        }
        for line in lines.iter().filter(|line| !line.trim().is_empty()) {
            let owner = sheet.paragraph(Tree::ROOT);
            end = sheet.few((x, end, aside_width), line, SMALL, Align::Left, (4, LEAST), owner);
        }
        y = y.max(end);
    } else if !hero.figures.is_empty() {
        y = y.max(figures(sheet, &hero.figures, (x, top + INSET, aside_width)));
    }
    let height = y + INSET - top;
    if let Some(item) = sheet.pages.get_mut(page).and_then(|page| page.items.get_mut(behind))
        && let crate::layout::Shape::Area { height: panel, .. } = &mut item.shape
    {
        *panel = height;
    }
    sheet.y = top + height + mm(5);
    Ok(())
}

/// Labels at the left, amounts at the right, a thin line between two.
fn figures(sheet: &mut Sheet<'_>, figures: &[(&str, String)], (x, top, width): (Mpt, Mpt, Mpt)) -> Mpt {
    let mut y = top;
    for (at, (label, value)) in figures.iter().enumerate() {
        if at > 0 {
            sheet.rule(x, y, width, Ink::Rule);
            y += tenths(7);
        }
        let half = width / 2;
        let owner = sheet.paragraph(Tree::ROOT);
        sheet.few((x, y, half), label, ASIDE, Align::Left, (1, LEAST), owner);
        y = sheet.few((x + half, y, half), value, SMALL.figures(), Align::Right, (1, LEAST), owner) + tenths(7);
    }
    y
}

fn amount(sheet: &mut Sheet<'_>, hero: &Hero<'_>, top: Mpt, width: Mpt) -> Mpt {
    let x = LEFT + INSET;
    let owner = sheet.paragraph(Tree::ROOT);
    let mut y = sheet.few((x, top, width), hero.label, LABEL, Align::Left, (2, LEAST), owner) + tenths(3);
    y = sheet.few((x, y, width), &hero.amount, AMOUNT, Align::Left, (1, pt(9)), owner) + tenths(6);
    if !hero.below.is_empty() {
        let owner = sheet.paragraph(Tree::ROOT);
        let style = SMALL.sized(pt(9) + 500);
        let count = if sheet.setter.line(&hero.below, style.sized(BELOW_LEAST)).width <= width { 1 } else { 3 };
        y = sheet.few((x, y, width), &hero.below, style, Align::Left, (count, BELOW_LEAST), owner);
    }
    if let Some(line) = hero.line {
        let words = sheet.words;
        let owner = sheet.heading(Tree::ROOT, 2, words.line, y);
        y = sheet.few((x, y + tenths(35), width), words.line, HEADING, Align::Left, (2, LEAST), owner);
        let owner = Owner::Node(sheet.tree.add(Tree::ROOT, Tag::Code));
        let (style, lines, is_cut) = sheet.setter.fit(line, LINE, width, 2, LEAST);
        sheet.shortened += usize::from(is_cut);
        y = sheet.code_lines((x, y + tenths(4), width), lines, style, line, owner);
    }
    y
}

fn pix(sheet: &mut Sheet<'_>, code: &str, shows: &str, (x, top, width): (Mpt, Mpt, Mpt)) -> Result<Mpt, PaperError> {
    let words = sheet.words;
    let owner = sheet.heading(Tree::ROOT, 2, words.pix_title, top);
    let mut y = sheet.few((x, top, width), words.pix_title, HEADING, Align::Left, (2, LEAST), owner);
    let owner = sheet.paragraph(Tree::ROOT);
    y = sheet.few((x, y + tenths(4), width), words.pix_help, ASIDE.sized(pt(7) + 500), Align::Left, (5, LEAST), owner);
    let (card_x, card_y) = (RIGHT - INSET - QR, top);
    sheet.area(card_x, card_y, QR, QR, RADIUS, Ink::White);
    let symbol = symbols::qr(code, card_x, card_y, QR)?;
    let owner = Owner::Node(sheet.tree.add(Tree::ROOT, Tag::Figure(shows.to_owned())));
    sheet.put(symbol, owner);
    let owner = sheet.paragraph(Tree::ROOT);
    y = sheet.few((x, y + mm(2), width), words.pix_code, LABEL, Align::Left, (2, LEAST), owner);
    let owner = Owner::Node(sheet.tree.add(Tree::ROOT, Tag::Code));
    Ok(sheet.code((x, y + tenths(4), width), code, CODE, owner))
}
