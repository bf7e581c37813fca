//! Interleaved 2 of 5: an even number of digits as dark bars and the light ones between them, as a boleto prints them.
//!
//! Two digits share ten elements: the first is told by five bars, the second by the five spaces between. Two of five are
//! wide. Before all stands the start (four narrow elements), behind all the stop (wide, narrow, narrow).
//! Deliberately absent: a reader, a check digit of its own (the number has one), sizes in millimetres and quiet zones,
//! which are the printer's.
//!
//! Source: the symbology of ISO/IEC 16390, with the ratio 3:1 of the boleto's own specification by FEBRABAN.

use super::digits::BadDigits;

/// Modules of a narrow element.
pub const NARROW: u8 = 1;
/// Modules of a wide element.
pub const WIDE: u8 = 3;
/// Most digits of one symbol. A boleto has 44; more than this is no barcode that anybody could print or scan.
pub const DIGITS_MAX: usize = 128;

/// One element of a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Whether it is printed; the others are the paper between.
    pub dark: bool,
    /// Its width in modules: [`NARROW`] or [`WIDE`].
    pub modules: u8,
}

/// The elements of `digits` from left to right. They alternate: the first, the last and every second one are dark.
///
/// # Errors
/// [`BadDigits`] when there is none, an odd number, more than [`DIGITS_MAX`], or anything but `0` to `9`.
///
/// ```
/// # use regua_wire::boleto::itf;
/// let bars = itf::bars("23791165600000219901234091234567890100123450")?;
/// let modules: u32 = bars.iter().map(|bar| u32::from(bar.modules)).sum();
/// assert_eq!((bars.len(), modules), (227, 405));
/// # Ok::<(), regua_wire::boleto::BadDigits>(())
/// ```
pub fn bars(digits: &str) -> Result<Vec<Bar>, BadDigits> {
    let count = digits.chars().count();
    if count == 0 || count % 2 == 1 || count > DIGITS_MAX {
        return Err(BadDigits::PairsOfDigits { count, max: DIGITS_MAX });
    }
    let mut widths = Vec::with_capacity(START.len() + 5 * count + STOP.len());
    widths.extend(START);
    let mut patterns = digits.chars().enumerate().map(|(index, c)| pattern(c).ok_or(BadDigits::Character { place: index + 1 }));
    while let (Some(bars), Some(spaces)) = (patterns.next(), patterns.next()) {
        widths.extend(bars?.into_iter().zip(spaces?).flat_map(<[u8; 2]>::from));
    }
    widths.extend(STOP);
    let dark = [true, false].into_iter().cycle();
    Ok(widths.into_iter().zip(dark).map(|(modules, dark)| Bar { dark, modules }).collect())
}

const N: u8 = NARROW;
const W: u8 = WIDE;
const START: [u8; 4] = [N, N, N, N];
const STOP: [u8; 3] = [W, N, N];

/// The widths of a digit's five elements.
const fn pattern(digit: char) -> Option<[u8; 5]> {
    Some(match digit {
        '0' => [N, N, W, W, N],
        '1' => [W, N, N, N, W],
        '2' => [N, W, N, N, W],
        '3' => [W, W, N, N, N],
        '4' => [N, N, W, N, W],
        '5' => [W, N, W, N, N],
        '6' => [N, W, W, N, N],
        '7' => [N, N, N, W, W],
        '8' => [W, N, N, W, N],
        '9' => [N, W, N, W, N],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_row_of_pairs_is_refused_with_its_place() {
        let long = "0".repeat(DIGITS_MAX + 2);
        for (digits, expected) in [
            ("", BadDigits::PairsOfDigits { count: 0, max: DIGITS_MAX }),
            ("123", BadDigits::PairsOfDigits { count: 3, max: DIGITS_MAX }),
            (long.as_str(), BadDigits::PairsOfDigits { count: DIGITS_MAX + 2, max: DIGITS_MAX }),
            ("12a4", BadDigits::Character { place: 3 }),
            ("1\u{660}", BadDigits::Character { place: 2 }),
        ] {
            assert_eq!(bars(digits), Err(expected), "{digits}");
        }
    }

    proptest! {
        #[test]
        fn every_pair_has_eighteen_modules_and_bars_and_spaces_alternate(pairs in "([0-9]{2}){1,30}") {
            let bars = bars(&pairs).unwrap();
            let modules: usize = bars.iter().map(|bar| usize::from(bar.modules)).sum();
            prop_assert_eq!(modules, 9 + 9 * pairs.len());
            prop_assert_eq!(bars.len(), 7 + 5 * pairs.len());
            prop_assert!(bars.iter().enumerate().all(|(index, bar)| bar.dark == (index % 2 == 0)));
            prop_assert!(bars.first() == bars.last());
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,200}") {
            let _ = bars(&text);
        }
    }
}
