//! The top of a first page: who speaks, what this is, to whom, and the facts of it. Deliberately absent: amounts.

use crate::documents::Party;
use crate::error::PaperError;
use crate::layout::{Align, Ink, LEFT, Mpt, Owner, RIGHT, Shape, Sheet, Tag, Tree, WIDTH, mm, pt, tenths};
use crate::picture::{Picture, picture};
use crate::text::{Style, Weight};

use super::{ASIDE, LABEL, LEAST, SMALL};

const TITLE: Style = Style::new(Weight::Semibold, pt(20), Ink::Text).tight();
const NAME: Style = Style::new(Weight::Semibold, pt(16), Ink::Brand).tight();
const BESIDE: Style = Style::new(Weight::Semibold, pt(14), Ink::Text).tight();
const PARTY: Style = Style::new(Weight::Semibold, pt(9), Ink::Text);

/// Least height of a fact that stays in the line of its label.
const FACT_LEAST: Mpt = pt(7);

const LOGO_WIDTH: Mpt = mm(52);
const LOGO_HEIGHT: Mpt = mm(13);
/// The columns of issuer, customer and facts: places and widths.
const ISSUER: (Mpt, Mpt) = (LEFT, mm(54));
const CUSTOMER: (Mpt, Mpt) = (LEFT + mm(60), mm(54));
const FACTS: (Mpt, Mpt) = (LEFT + mm(122), WIDTH - mm(122));

/// What a document is called, and who it is for.
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) number: Option<&'a str>,
    pub(super) to: (&'a str, &'a Party),
    /// Labels and what stands beside them.
    pub(super) facts: Vec<(&'static str, String)>,
}

/// Writes the head of a first page; what follows begins below it.
pub(super) fn head(sheet: &mut Sheet<'_>, head: &Head<'_>) -> Result<(), PaperError> {
    sheet.area(0, 0, crate::layout::PAGE_WIDTH, tenths(25), 0, Ink::Band);
    let top = mm(13);
    letterhead(sheet, top)?;
    let half = WIDTH / 2 - mm(4);
    let owner = sheet.heading(Tree::ROOT, 1, head.title, top);
    let y = sheet.few((RIGHT - half, top - tenths(10), half), head.title, TITLE, Align::Right, (1, pt(12)), owner);
    if let Some(number) = head.number {
        let owner = sheet.paragraph(Tree::ROOT);
        let number = sheet.words.number.replace("{number}", number);
        sheet.few((RIGHT - half, y, half), &number, ASIDE.figures(), Align::Right, (2, LEAST), owner);
    }
    let top = mm(31);
    let brand = sheet.brand;
    let issuer = Party { name: brand.legal_name.clone(), tax_id: brand.tax_id.clone(), address: brand.address.clone() };
    let from = party(sheet, ISSUER, top, sheet.words.from, &issuer);
    let to = party(sheet, CUSTOMER, top, head.to.0, head.to.1);
    let facts = facts(sheet, top, &head.facts);
    sheet.y = from.max(to).max(facts) + mm(5);
    Ok(())
}

/// The logo, or the name as large as one.
fn letterhead(sheet: &mut Sheet<'_>, top: Mpt) -> Result<(), PaperError> {
    let name = sheet.brand.name.clone();
    let Some(logo) = &sheet.brand.logo else {
        let owner = sheet.paragraph(Tree::ROOT);
        sheet.few((LEFT, top, WIDTH / 2), &name, NAME, Align::Left, (2, pt(9)), owner);
        return Ok(());
    };
    let picture = picture(logo)?;
    let (width, height) = scaled(&picture);
    let shows = sheet.words.logo_shows.replace("{name}", &name);
    let owner = Owner::Node(sheet.tree.add(Tree::ROOT, Tag::Figure(shows)));
    sheet.put(Shape::Logo { x: LEFT, y: top - tenths(10), width, height }, owner);
    sheet.logo = Some(picture);
    // A mark that is hardly wider than high says no name.
    if width < height * 3 / 2 {
        let owner = sheet.paragraph(Tree::ROOT);
        let x = LEFT + width + mm(3);
        let middle = top - tenths(10) + (height - BESIDE.line_height()) / 2;
        sheet.few((x, middle, WIDTH / 2 - width - mm(3)), &name, BESIDE, Align::Left, (1, pt(8)), owner);
    }
    Ok(())
}

/// As large as fits its place.
fn scaled(picture: &Picture) -> (Mpt, Mpt) {
    let (across, down) = (i64::from(picture.width), i64::from(picture.height));
    let wide = i64::from(LOGO_HEIGHT) * across / down;
    let (width, height) = if wide <= i64::from(LOGO_WIDTH) {
        (wide, i64::from(LOGO_HEIGHT))
    } else {
        (i64::from(LOGO_WIDTH), i64::from(LOGO_WIDTH) * down / across)
    };
    let visible = |length: i64| Mpt::try_from(length).unwrap_or(LOGO_HEIGHT).max(pt(1));
    (visible(width), visible(height))
}

fn party(sheet: &mut Sheet<'_>, (x, width): (Mpt, Mpt), top: Mpt, label: &str, party: &Party) -> Mpt {
    let owner = sheet.paragraph(Tree::ROOT);
    let mut y = sheet.one((x, top, width), label, LABEL, Align::Left, owner) + tenths(5);
    let owner = sheet.paragraph(Tree::ROOT);
    y = sheet.few((x, y, width), &party.name, PARTY, Align::Left, (3, pt(7)), owner);
    if let Some(id) = &party.tax_id {
        let text = tax_id(id);
        let owner = sheet.paragraph(Tree::ROOT);
        y = sheet.one((x, y, width), &text, ASIDE.figures(), Align::Left, owner);
    }
    for line in party.address.iter().filter(|line| !line.trim().is_empty()) {
        let owner = sheet.paragraph(Tree::ROOT);
        y = sheet.few((x, y, width), line, ASIDE, Align::Left, (2, LEAST), owner);
    }
    y
}

/// A tax id with what it is called in its country.
pub(super) fn tax_id(id: &regua_core::party::TaxId) -> String {
    use regua_core::party::tax_id::TaxIdKind;
    match id.kind() {
        TaxIdKind::Cpf => format!("CPF {}", id.to_formatted()),
        TaxIdKind::Cnpj => format!("CNPJ {}", id.to_formatted()),
        TaxIdKind::Other => id.to_formatted(),
    }
}

fn facts(sheet: &mut Sheet<'_>, top: Mpt, facts: &[(&'static str, String)]) -> Mpt {
    let (x, width) = FACTS;
    let mut y = top;
    for (label, value) in facts {
        let owner = sheet.paragraph(Tree::ROOT);
        let line = sheet.setter.line(label, ASIDE);
        let label_width = line.width;
        let value_width = width - label_width - mm(2);
        let style = SMALL.figures();
        // A little smaller is better than below.
        if sheet.setter.line(value, style.sized(FACT_LEAST)).width <= value_width {
            sheet.lines((x, y, width), vec![line], ASIDE, Align::Left, owner);
            y = sheet.few((x + width - value_width, y, value_width), value, style, Align::Right, (1, FACT_LEAST), owner);
        } else {
            y = sheet.lines((x, y, width), vec![line], ASIDE, Align::Left, owner);
            let count = if sheet.setter.line(value, style.sized(FACT_LEAST)).width <= width { 1 } else { 2 };
            y = sheet.few((x, y, width), value, style, Align::Right, (count, LEAST), owner);
        }
    }
    y
}
