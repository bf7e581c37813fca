//! A slip of its own. Deliberately absent: the form, which an invoice has too.

use regua_wire::messages::locale::{date_long, date_short, money};

use crate::documents::{Brand, Slip};
use crate::error::PaperError;
use crate::layout::Sheet;
use crate::text::Faces;

use super::form::{FORM_HEIGHT, form};
use super::head::{Head, head};
use super::hero::{Hero, hero};

/// Lays out a slip.
pub(crate) fn slip_alone<'a>(faces: &'a Faces, brand: &'a Brand, slip: &Slip) -> Result<Sheet<'a>, PaperError> {
    let language = slip.language;
    let words = crate::words::words(language);
    let title = format!("{} {}", words.slip, slip.document_number);
    let mut sheet = Sheet::new(faces, brand, language, title, slip.document_on);
    let facts = vec![
        (words.issued, date_short(language, slip.document_on)),
        (words.due, date_short(language, slip.due_on)),
        (words.document, slip.document_number.clone()),
    ];
    head(&mut sheet, &Head { title: words.slip, number: Some(&slip.document_number), to: (words.to, &slip.payer), facts })?;
    panel(&mut sheet, slip)?;
    place(&mut sheet, slip)?;
    Ok(sheet.finish())
}

/// What the picture of a slip's Pix code shows.
pub(super) fn shows(sheet: &Sheet<'_>, slip: &Slip) -> String {
    let amount = money(slip.language, slip.amount);
    sheet.words.qr_shows.replace("{amount}", &amount).replace("{name}", &slip.beneficiary.name)
}

/// The panel of a slip.
fn panel(sheet: &mut Sheet<'_>, slip: &Slip) -> Result<(), PaperError> {
    let words = sheet.words;
    let pix = slip.pix.as_deref().map(|code| (code, shows(sheet, slip)));
    let amount = money(slip.language, slip.amount);
    let below = words.due_on.replace("{date}", &date_long(slip.language, slip.due_on));
    hero(sheet, &Hero { label: words.total_due, amount, below, pix, line: Some(&slip.line), aside: None, figures: Vec::new() })
}

/// Writes the form at the end of this page, or of another one.
pub(super) fn place(sheet: &mut Sheet<'_>, slip: &Slip) -> Result<(), PaperError> {
    if !sheet.has_room_for_form(FORM_HEIGHT) {
        sheet.break_page();
        // A page of its own can be taken alone to pay.
        panel(sheet, slip)?;
    }
    form(sheet, slip)
}
