//! The form of a boleto: the payer's part and, below a line to cut, the part that a bank reads. Its labels are in
//! Portuguese for every customer. Deliberately absent: what the numbers mean.
//!
//! Source: the fields and their order are those of the slip's specification by FEBRABAN (*recibo do pagador* and *ficha de
//! compensação*); the barcode is 103 mm by 13 mm with 5 mm of white before it.

use regua_core::time::Day;
use regua_core::words::Language;
use regua_wire::messages::locale::{date_short, money};

use crate::documents::{Party, Slip};
use crate::error::PaperError;
use crate::layout::{Align, Ink, LEFT, Mpt, Owner, RIGHT, Shape, Sheet, Tag, Tree, WIDTH, mm, pt, tenths};
use crate::text::{Style, Weight};

use super::head::tax_id;
use super::symbols;

/// Height of the form, from the payer's part to the barcode.
pub(super) const FORM_HEIGHT: Mpt = RECEIPT_HEIGHT + CUT_HEIGHT + BANK_HEIGHT;

const LABEL: Style = Style::new(Weight::Regular, pt(5) + 500, Ink::Quiet).tight();
const VALUE: Style = Style::new(Weight::Regular, pt(8), Ink::Black).tight().figures();
const STRONG: Style = Style::new(Weight::Semibold, pt(8), Ink::Black).tight().figures();
const BANK: Style = Style::new(Weight::Semibold, pt(11), Ink::Black).tight();
const NUMBER: Style = Style::new(Weight::Semibold, pt(11), Ink::Black).tight().figures();
/// Least height of type in the form.
const LEAST: Mpt = pt(5);

/// Above the first row of a part: the bank and what the part is.
const TITLE_HEIGHT: Mpt = tenths(68);
const ROW: Mpt = tenths(67);
/// The beneficiary with its address.
const TALL_ROW: Mpt = tenths(98);
/// One of the five rows beside the instructions.
const LOW_ROW: Mpt = tenths(51);
const PAYER: Mpt = tenths(126);
/// Between the form's last line and the barcode.
const BARCODE_GAP: Mpt = tenths(18);

const RECEIPT_HEIGHT: Mpt = TITLE_HEIGHT + 2 * ROW + tenths(28);
const CUT_HEIGHT: Mpt = tenths(42);
const BANK_HEIGHT: Mpt = TITLE_HEIGHT + 3 * ROW + TALL_ROW + 5 * LOW_ROW + PAYER + BARCODE_GAP + symbols::BARCODE_HEIGHT;

/// The column at the right, where amounts and dates stand.
const SIDE: Mpt = mm(42);
const MAIN: Mpt = WIDTH - SIDE;
/// Between a line of the form and a text.
const INSET: Mpt = tenths(11);
const THIN: Mpt = 400;
/// White before the barcode.
const QUIET_ZONE: Mpt = mm(5);

/// One field: its place and width, its label, what stands in it.
struct Field {
    x: Mpt,
    width: Mpt,
    label: &'static str,
    value: String,
    looks: Looks,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    Plain,
    /// At the right of its field.
    Figure,
    /// The two that everybody looks for: when, and how much.
    Key,
}

impl Field {
    fn new(x: Mpt, width: Mpt, label: &'static str, value: impl Into<String>) -> Self {
        Self { x, width, label, value: value.into(), looks: Looks::Plain }
    }

    fn side(label: &'static str, value: impl Into<String>, looks: Looks) -> Self {
        Self { looks, ..Self::new(LEFT + MAIN, SIDE, label, value) }
    }
}

/// Writes the form so that it ends with the page.
pub(super) fn form(sheet: &mut Sheet<'_>, slip: &Slip) -> Result<(), PaperError> {
    let top = Sheet::form_top(FORM_HEIGHT);
    sheet.footer_above_form(FORM_HEIGHT);
    let foreign = slip.language != Language::PtBr;
    let section = sheet.tree.add(Tree::ROOT, Tag::Section(foreign.then_some("pt-BR")));
    receipt(sheet, section, slip, top);
    cut(sheet, section, top + RECEIPT_HEIGHT);
    bank(sheet, section, slip, top + RECEIPT_HEIGHT + CUT_HEIGHT)
}

/// *Recibo do pagador*.
fn receipt(sheet: &mut Sheet<'_>, section: usize, slip: &Slip, top: Mpt) {
    let heading = "Recibo do pagador";
    let owner = sheet.heading(section, 2, heading, top);
    sheet.few((LEFT + WIDTH / 2, top + tenths(16), WIDTH / 2), heading, STRONG, Align::Right, (1, LEAST), owner);
    title(sheet, section, slip, top, WIDTH / 3);
    let mut y = top + TITLE_HEIGHT;
    let (first, second) = (LEFT, LEFT + mm(80));
    let width = (MAIN - mm(80)) / 2;
    let fields = [
        Field::new(first, mm(80), "Beneficiário", named(&slip.beneficiary)),
        Field::new(second, width, "Agência/Código do beneficiário", slip.agency_and_code.as_str()),
        Field::new(second + width, width, "Nosso número", slip.our_number.as_str()),
        Field::side("Vencimento", date(slip.due_on), Looks::Key),
    ];
    y = row(sheet, section, y, ROW, &fields);
    let fields = [
        Field::new(first, mm(80), "Pagador", named(&slip.payer)),
        Field::new(second, width, "Número do documento", slip.document_number.as_str()),
        Field::new(second + width, width, "Data do documento", date(slip.document_on)),
        Field::side("(=) Valor do documento", amount(slip), Looks::Key),
    ];
    y = row(sheet, section, y, ROW, &fields);
    let owner = sheet.paragraph(section);
    sheet.one((RIGHT - mm(60), y + tenths(6), mm(60)), "Autenticação mecânica", LABEL, Align::Right, owner);
}

fn cut(sheet: &mut Sheet<'_>, section: usize, top: Mpt) {
    let owner = sheet.paragraph(section);
    sheet.one((LEFT, top - tenths(6), mm(60)), "Corte na linha pontilhada", LABEL, Align::Left, owner);
    sheet.put(Shape::Dashes { x: 0, y: top + CUT_HEIGHT / 2, width: crate::layout::PAGE_WIDTH }, furniture());
}

/// *Ficha de compensação*.
fn bank(sheet: &mut Sheet<'_>, section: usize, slip: &Slip, top: Mpt) -> Result<(), PaperError> {
    sheet.outline.push(("Ficha de compensação".to_owned(), sheet.pages.len() - 1, top));
    let after = title(sheet, section, slip, top, WIDTH / 4);
    let owner = Owner::Node(sheet.tree.add(section, Tag::Code));
    let width = RIGHT - after - INSET;
    sheet.few((after + INSET, top + tenths(14), width), &slip.line, NUMBER.sized(pt(10) + 500), Align::Right, (1, LEAST), owner);
    let mut y = top + TITLE_HEIGHT;
    let fields = [
        Field::new(LEFT, MAIN, "Local de pagamento", slip.place_of_payment.as_str()),
        Field::side("Vencimento", date(slip.due_on), Looks::Key),
    ];
    y = row(sheet, section, y, ROW, &fields);
    let beneficiary = format!("{}\n{}", named(&slip.beneficiary), slip.beneficiary.address.join(", "));
    let fields = [
        Field::new(LEFT, MAIN, "Beneficiário", beneficiary),
        Field::side("Agência/Código do beneficiário", slip.agency_and_code.as_str(), Looks::Figure),
    ];
    y = row(sheet, section, y, TALL_ROW, &fields);
    y = documents(sheet, section, slip, y);
    y = instructions(sheet, section, slip, y);
    payer(sheet, section, slip, y);
    y += PAYER;
    let owner = sheet.paragraph(section);
    let ends = "Autenticação mecânica – Ficha de compensação";
    sheet.one((RIGHT - mm(58), y + tenths(8), mm(58)), ends, LABEL, Align::Right, owner);
    let shows = sheet.words.barcode_shows.replace("{line}", &slip.line);
    let owner = Owner::Node(sheet.tree.add(section, Tag::Figure(shows)));
    let symbol = symbols::barcode(&slip.barcode, LEFT + QUIET_ZONE, y + BARCODE_GAP)?;
    sheet.put(symbol, owner);
    Ok(())
}

/// The rows about the document.
fn documents(sheet: &mut Sheet<'_>, section: usize, slip: &Slip, top: Mpt) -> Mpt {
    let accepted = if slip.is_accepted { "S" } else { "N" };
    let places = [mm(0), mm(28), mm(66), mm(86), mm(102)].map(|from| LEFT + from);
    let width = |at: usize| places.get(at + 1).copied().unwrap_or(LEFT + MAIN) - places.get(at).copied().unwrap_or(LEFT);
    let [a, b, c, d, e] = places;
    let fields = [
        Field::new(a, width(0), "Data do documento", date(slip.document_on)),
        Field::new(b, width(1), "Número do documento", slip.document_number.as_str()),
        Field::new(c, width(2), "Espécie doc.", slip.document_kind.as_str()),
        Field::new(d, width(3), "Aceite", accepted),
        Field::new(e, width(4), "Data do processamento", date(slip.processed_on)),
        Field::side("Nosso número", slip.our_number.as_str(), Looks::Figure),
    ];
    let y = row(sheet, section, top, ROW, &fields);
    let fields = [
        Field::new(a, width(0), "Uso do banco", ""),
        Field::new(b, width(1), "Carteira", slip.portfolio.as_str()),
        Field::new(c, width(2), "Espécie", currency(slip)),
        Field::new(d, width(3), "Quantidade", ""),
        Field::new(e, width(4), "(x) Valor", ""),
        Field::side("(=) Valor do documento", amount(slip), Looks::Key),
    ];
    row(sheet, section, y, ROW, &fields)
}

/// What the beneficiary asks of the bank, and beside it what a clerk fills in.
fn instructions(sheet: &mut Sheet<'_>, section: usize, slip: &Slip, top: Mpt) -> Mpt {
    let label = "Instruções (texto de responsabilidade do beneficiário)";
    let owner = sheet.paragraph(section);
    let from = sheet.one((LEFT + INSET, top + tenths(6), MAIN - 2 * INSET), label, LABEL, Align::Left, owner) + tenths(4);
    let bottom = top + 5 * LOW_ROW;
    let texts: Vec<&String> = slip.instructions.iter().filter(|text| !text.trim().is_empty()).collect();
    let width = MAIN - 2 * INSET;
    let mut style = VALUE;
    // As large as all of them fit; then the last ones are cut.
    let (lines, is_cut) = loop {
        let lines: Vec<Vec<_>> = texts.iter().map(|text| sheet.setter.wrap(text, style, width)).collect();
        let room = usize::try_from((bottom - from) / style.line_height()).unwrap_or(0);
        let count: usize = lines.iter().map(Vec::len).sum();
        if count <= room || style.size <= LEAST {
            let is_cut = count > room;
            let mut left = room;
            let kept = lines.into_iter().map(|mut lines| {
                lines.truncate(left);
                left -= lines.len();
                lines
            });
            break (kept.collect::<Vec<_>>(), is_cut);
        }
        style = style.sized((style.size - 250).max(LEAST));
    };
    sheet.shortened += usize::from(is_cut);
    let mut y = from;
    for lines in lines {
        let owner = sheet.paragraph(section);
        y = sheet.lines((LEFT + INSET, y, width), lines, style, Align::Left, owner);
    }
    let mut y = top;
    for label in ["(-) Desconto/Abatimento", "(-) Outras deduções", "(+) Mora/Multa", "(+) Outros acréscimos", "(=) Valor cobrado"] {
        let owner = sheet.paragraph(section);
        sheet.one((LEFT + MAIN + INSET, y + tenths(6), SIDE - 2 * INSET), label, LABEL, Align::Left, owner);
        y += LOW_ROW;
        sheet.area(LEFT + MAIN, y, SIDE, THIN, 0, Ink::Black);
    }
    sheet.area(LEFT + MAIN, top, THIN, bottom - top, 0, Ink::Black);
    sheet.area(LEFT, bottom, MAIN, THIN, 0, Ink::Black);
    bottom
}

fn payer(sheet: &mut Sheet<'_>, section: usize, slip: &Slip, top: Mpt) {
    let width = MAIN - 2 * INSET;
    let x = LEFT + INSET;
    let owner = sheet.paragraph(section);
    let mut y = sheet.one((x, top + tenths(6), width), "Pagador", LABEL, Align::Left, owner);
    let owner = sheet.paragraph(section);
    y = sheet.one((x, y, width), &named(&slip.payer), VALUE, Align::Left, owner);
    let address = slip.payer.address.join(", ");
    if !address.trim().is_empty() {
        let owner = sheet.paragraph(section);
        sheet.few((x, y, width), &address, VALUE.sized(pt(7)), Align::Left, (1, LEAST), owner);
    }
    let guarantor = slip.guarantor.as_ref().map(named).unwrap_or_default();
    let text = format!("Sacador/Avalista: {guarantor}");
    let owner = sheet.paragraph(section);
    let small = LABEL.sized(pt(6));
    let low = top + PAYER - small.line_height() - tenths(3);
    sheet.few((x, low, width), text.trim_end(), small, Align::Left, (1, LEAST), owner);
    let owner = sheet.paragraph(section);
    sheet.one((LEFT + MAIN + INSET, low, SIDE - 2 * INSET), "Código de baixa", LABEL, Align::Left, owner);
    sheet.area(LEFT, top + PAYER, WIDTH, THIN * 2, 0, Ink::Black);
}

/// The bank's name and code above a thick line. Returns where they end.
fn title(sheet: &mut Sheet<'_>, section: usize, slip: &Slip, top: Mpt, width: Mpt) -> Mpt {
    let baseline_top = top + tenths(14);
    let owner = sheet.paragraph(section);
    let name = sheet.setter.fit(&slip.bank.name, BANK, width, 1, LEAST);
    let code = sheet.setter.fit(&slip.bank.code, NUMBER, mm(18), 1, LEAST);
    sheet.shortened += usize::from(name.2) + usize::from(code.2);
    let mut x = LEFT;
    let (of_name, of_code) = (name.1.first().map_or(0, |line| line.width), code.1.first().map_or(0, |line| line.width));
    sheet.lines((x, baseline_top, width), name.1, name.0, Align::Left, owner);
    x += of_name + mm(2);
    sheet.area(x, top + tenths(10), THIN * 2, TITLE_HEIGHT - tenths(20), 0, Ink::Black);
    let owner = sheet.paragraph(section);
    sheet.lines((x + mm(2), baseline_top, width), code.1, code.0, Align::Left, owner);
    x += of_code + mm(4);
    sheet.area(x, top + tenths(10), THIN * 2, TITLE_HEIGHT - tenths(20), 0, Ink::Black);
    sheet.area(LEFT, top + TITLE_HEIGHT, WIDTH, THIN * 2, 0, Ink::Black);
    x
}

/// A row of fields with the lines around them. Returns where it ends.
fn row(sheet: &mut Sheet<'_>, section: usize, top: Mpt, height: Mpt, fields: &[Field]) -> Mpt {
    let bottom = top + height;
    for field in fields {
        if field.looks == Looks::Key {
            sheet.area(field.x, top + THIN, field.width, height - THIN, 0, Ink::Tint);
        }
        if field.x > LEFT {
            sheet.area(field.x, top, THIN, height, 0, Ink::Black);
        }
        let (x, width) = (field.x + INSET, field.width - 2 * INSET);
        let owner = sheet.paragraph(section);
        let y = sheet.one((x, top + tenths(6), width), field.label, LABEL, Align::Left, owner) + tenths(2);
        let (style, align) = match field.looks {
            Looks::Plain => (VALUE, Align::Left),
            Looks::Figure => (VALUE, Align::Right),
            Looks::Key => (STRONG, Align::Right),
        };
        let mut y = y;
        for (text, at) in field.value.split('\n').filter(|text| !text.trim().is_empty()).zip(0..) {
            let owner = sheet.paragraph(section);
            let style = if at == 0 { style } else { style.sized(pt(7)) };
            y = sheet.few((x, y, width), text, style, align, (1, LEAST), owner);
        }
    }
    sheet.area(LEFT, bottom, WIDTH, THIN, 0, Ink::Black);
    bottom
}

fn named(party: &Party) -> String {
    match &party.tax_id {
        Some(id) => format!("{} – {}", party.name.replace('\n', " "), tax_id(id)),
        None => party.name.replace('\n', " "),
    }
}

fn date(day: Day) -> String {
    date_short(Language::PtBr, day)
}

fn amount(slip: &Slip) -> String {
    money(Language::PtBr, slip.amount)
}

fn currency(slip: &Slip) -> String {
    let text = amount(slip);
    text.split('\u{a0}').next().unwrap_or_default().trim_start_matches('-').to_owned()
}

const fn furniture() -> Owner {
    Owner::Furniture(crate::layout::Furniture::Layout)
}
