//! The QR code of a Pix as SVG: one path, no script.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// White modules around it, by its specification (ISO/IEC 18004).
const QUIET: usize = 4;

/// A QR code; nothing for a text that fits into none. `label` says what it is to who cannot see it, as it stands in HTML.
pub(super) fn svg(text: &str, label: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for row in 0..code.size {
        let dark = |column: usize| code.data.get(row * code.size + column).is_some_and(|module| module.value());
        let mut column = 0;
        while column < code.size {
            let width = (column..code.size).take_while(|column| dark(*column)).count();
            if width > 0 {
                let _ = write!(path, "M{} {}h{width}v1h-{width}z", column + QUIET, row + QUIET);
            }
            column += width + 1;
        }
    }
    let size = code.size + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\"><path \
         fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pix_becomes_one_small_picture() {
        let text = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Nuvem6009SAO PAULO62070503***6304ABCD";
        let svg = svg(text, "QR").unwrap();
        assert!(svg.len() < 20_000 && svg.starts_with("<svg") && svg.contains("aria-label=\"QR\""));
    }
}
