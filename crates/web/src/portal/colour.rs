//! A brand's colour made readable: on a light page as dark as it must be, on a dark one as light.
//!
//! Luminance is that of WCAG 2.2 in ten-thousandths, the display's curve taken as c² (0.68 + 0.32 c), within 0.005 of it; the limits
//! leave room for that. Deliberately absent: floats.

/// Until a brand has one.
const DEFAULT: [u8; 3] = [0x1f, 0x4b, 0x99];
/// At most so light, beside white: a contrast of 4.5 is 1,833.
const DARK_MAX: u32 = 1_750;
/// At least so light, beside the dark page: a contrast of 4.5 is 2,400 there.
const LIGHT_MIN: u32 = 2_700;

/// The accents of a light and of a dark page, as `#rrggbb`. White is readable on the first, near black on the second.
pub(super) fn accents(colour: Option<&str>) -> (String, String) {
    let own = colour.and_then(parse).unwrap_or(DEFAULT);
    let mut dark = own;
    while luminance(dark) > DARK_MAX {
        dark = dark.map(|part| u8::try_from(u32::from(part) * 9 / 10).unwrap_or(0));
    }
    let mut light = own;
    while luminance(light) < LIGHT_MIN {
        // Brighter first, so that it stays the brand's colour, and only then paler.
        light = if light.iter().all(|part| *part < 255) {
            light.map(|part| u8::try_from(u32::from(part) * 11 / 10 + 1).unwrap_or(255))
        } else {
            light.map(|part| u8::try_from(u32::from(part) + (255 - u32::from(part)).div_ceil(10)).unwrap_or(255))
        };
    }
    (written(dark), written(light))
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([r, g, b])
}

fn luminance(colour: [u8; 3]) -> u32 {
    let [r, g, b] = colour.map(|part| u32::from(part) * u32::from(part) * (68 * 255 + 32 * u32::from(part)) / (100 * 255));
    (2_126 * r + 7_152 * g + 722 * b) / (255 * 255)
}

fn written([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_becomes_one_that_can_be_read() {
        for colour in ["#000000", "#ffffff", "#ffff00", "#0000ff", "#1f4e79", "#ff0000", "#767c85", "#00ff00"] {
            let (dark, light) = accents(Some(colour));
            assert!(luminance(parse(&dark).unwrap()) <= DARK_MAX, "{colour}: {dark}");
            assert!(luminance(parse(&light).unwrap()) >= LIGHT_MIN, "{colour}: {light}");
        }
        assert_eq!(accents(Some("#1f4e79")).0, "#1f4e79", "what can be read stays");
        assert_eq!(accents(Some("red")), accents(None));
    }
}
