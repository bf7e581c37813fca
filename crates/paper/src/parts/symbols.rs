//! QR codes and barcodes as dark modules. Deliberately absent: what they say.

use fast_qr::{ECL, QRBuilder};
use regua_wire::boleto::itf;

use crate::checks::PIX_MAX;
use crate::error::PaperError;
use crate::layout::{Module, Mpt, Shape, tenths};

/// Height of a boleto's barcode: 13 mm.
pub(super) const BARCODE_HEIGHT: Mpt = tenths(130);
/// A module of a boleto's barcode: its 405 give 103 mm.
const BARCODE_MODULE: Mpt = 721;
/// White modules around a QR code, by its specification (ISO/IEC 18004).
const QR_QUIET: Mpt = 4;

/// A QR code of medium error correction in a square of a size, its quiet zone included.
pub(super) fn qr(text: &str, x: Mpt, y: Mpt, size: Mpt) -> Result<Shape, PaperError> {
    let too_long = || PaperError::PixCode { chars: text.chars().count(), max: PIX_MAX };
    let code = QRBuilder::new(text).ecl(ECL::M).build().or(Err(too_long()))?;
    let mut modules = Vec::new();
    for row in 0..code.size {
        let mut column = 0;
        let dark = |column: usize| code.data.get(row * code.size + column).is_some_and(|module| module.value());
        while column < code.size {
            let width = (column..code.size).take_while(|column| dark(*column)).count();
            if width > 0 {
                modules.push(Module { column: short(column), row: short(row), width: short(width) });
            }
            column += width + 1;
        }
    }
    let count = Mpt::from(short(code.size)) + 2 * QR_QUIET;
    let module = size / count;
    // What does not divide goes to the quiet zone.
    let margin = (size - module * (count - 2 * QR_QUIET)) / 2;
    Ok(Shape::Symbol { x: x + margin, y: y + margin, across: module, down: module, modules })
}

/// The barcode of a boleto; its quiet zone is the caller's.
pub(super) fn barcode(digits: &str, x: Mpt, y: Mpt) -> Result<Shape, PaperError> {
    let mut modules = Vec::new();
    let mut column = 0_u16;
    for bar in itf::bars(digits).map_err(|why| PaperError::Barcode(why.to_string()))? {
        let width = u16::from(bar.modules);
        if bar.dark {
            modules.push(Module { column, row: 0, width });
        }
        column = column.saturating_add(width);
    }
    Ok(Shape::Symbol { x, y, across: BARCODE_MODULE, down: BARCODE_HEIGHT, modules })
}

fn short(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
