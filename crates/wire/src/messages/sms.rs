//! What an SMS costs: the GSM-7 alphabet and its segments.

/// Characters of the GSM 03.38 default alphabet, each one septet.
const GSM7: &str =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Characters of its extension table, each two septets.
const GSM7_EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// Letters outside the alphabet and what people write for them on a phone without them.
const FOLDS: &[(&str, &str)] = &[
    ("áâãåą", "a"),
    ("ÁÂÃÀ", "A"),
    ("ç", "c"),
    ("êëę", "e"),
    ("ÊËÈ", "E"),
    ("íîï", "i"),
    ("ÍÎÏÌ", "I"),
    ("óôõ", "o"),
    ("ÓÔÕÒ", "O"),
    ("úû", "u"),
    ("ÚÛÙ", "U"),
    ("ÿý", "y"),
    ("º", "o"),
    ("ª", "a"),
    ("œ", "oe"),
    ("Œ", "OE"),
    ("“”«»„", "\""),
    ("‘’‚", "'"),
    ("–—−‑", "-"),
    ("…", "..."),
    ("•", "*"),
    ("·", "-"),
    ("\u{a0}\u{202f}", " "),
];

/// How a text is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alphabet {
    /// 160 septets alone, 153 per segment of several.
    Gsm7,
    /// 70 UTF-16 units alone, 67 per segment of several.
    Ucs2,
}

/// What a text costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segments {
    /// How it is sent.
    pub alphabet: Alphabet,
    /// Septets or UTF-16 units.
    pub units: usize,
    /// Messages paid for; 0 for an empty text.
    pub count: usize,
}

/// Counts the segments of a text as networks do: no two-septet character and no surrogate pair is cut in half.
///
/// Source: GSM 03.38; facts/brazil.md §8.2.
///
/// ```
/// # use regua_wire::messages::sms::{Alphabet, segments};
/// assert_eq!(segments(&"a".repeat(160)).count, 1);
/// assert_eq!(segments(&"a".repeat(161)).count, 2);
/// assert_eq!(segments(&"ã".repeat(70)).count, 1);
/// assert_eq!(segments("ã").alphabet, Alphabet::Ucs2);
/// ```
#[must_use]
pub fn segments(text: &str) -> Segments {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (alphabet, widths, alone, part) = match septets {
        Some(widths) => (Alphabet::Gsm7, widths, 160, 153),
        None => (Alphabet::Ucs2, text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    let units: usize = widths.iter().sum();
    if units <= alone {
        return Segments { alphabet, units, count: usize::from(units > 0) };
    }
    let mut count = 1;
    let mut room = part;
    for width in widths {
        if width > room {
            count += 1;
            room = part;
        }
        room -= width;
    }
    Segments { alphabet, units, count }
}

fn septets(c: char) -> Option<usize> {
    if GSM7.contains(c) { Some(1) } else { GSM7_EXTENDED.contains(c).then_some(2) }
}

/// Writes accents and typographic marks that GSM-7 lacks without them, if the whole text then fits that alphabet.
///
/// Otherwise only the spaces that do not break become plain ones. `ã, ç, á, ê …` alone would make every Portuguese text
/// cost more than double; senders in Brazil leave them out.
///
/// ```
/// # use regua_wire::messages::sms::fold;
/// assert_eq!(fold("Olá, João: não há pressa. R$\u{a0}1,00"), "Ola, Joao: nao ha pressa. R$ 1,00");
/// assert_eq!(fold("Olá, 李"), "Olá, 李", "the name forces the other alphabet anyway");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match FOLDS.iter().find(|fold| septets(c).is_none() && fold.0.contains(c)) {
            Some(fold) => out.push_str(fold.1),
            None if septets(c).is_some() => out.push(c),
            None => return text.replace(['\u{a0}', '\u{202f}'], " "),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn segments_are_counted_as_networks_do() {
        for (text, alphabet, units, count) in [
            (String::new(), Alphabet::Gsm7, 0, 0),
            ("à è é ù ì ò Ç ñ ü ä ö ß".to_owned(), Alphabet::Gsm7, 23, 1),
            ("ç".to_owned(), Alphabet::Ucs2, 1, 1),
            ("€".repeat(80), Alphabet::Gsm7, 160, 1),
            // 76 pairs fill 152 septets; the 77th does not fit into the 153rd.
            ("€".repeat(153), Alphabet::Gsm7, 306, 3),
            ("a".repeat(306), Alphabet::Gsm7, 306, 2),
            ("a".repeat(307), Alphabet::Gsm7, 307, 3),
            ("ã".repeat(71), Alphabet::Ucs2, 71, 2),
            ("😀".repeat(35), Alphabet::Ucs2, 70, 1),
            // 33 pairs fill 66 units of 67.
            ("😀".repeat(67), Alphabet::Ucs2, 134, 3),
        ] {
            assert_eq!(segments(&text), Segments { alphabet, units, count }, "{text}");
        }
        assert_eq!(GSM7.chars().count(), 127, "128 codes without the escape");
        assert_eq!(GSM7_EXTENDED.chars().count(), 10);
    }

    proptest! {
        #[test]
        fn folding_never_costs_more(text in "[a-zA-Záâãàçéêíóôõúü€ºR$…–“”\u{a0}李😀]{0,300}") {
            let folded = fold(&text);
            prop_assert!(segments(&folded).count <= segments(&text).count.max(segments(&text.replace('…', "...")).count));
            prop_assert_eq!(fold(&folded), folded.clone());
        }
    }
}
