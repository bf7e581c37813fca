//! Pix ids inside the text of a statement line. Deliberately absent: guessing. Two ids in one text are none.
//!
//! End-to-end id: `E` · ISPB, 8 digits · `yyyyMMddHHmm` · 11 letters or digits. Return id: the same behind `D`.
//! Txid: 26 to 35 letters and digits. Source: Banco Central do Brasil, API Pix, `EndToEndId`, `RtrId`, `TxId`.

use regua_core::bank::Names;
use regua_core::currency::Currency;

use super::day;

/// Letters and digits of an end-to-end id and of a return id.
const ID_CHARS: usize = 32;

/// Lifts ids from the text of a line in reais into its names, where exactly one of a kind stands there.
/// Whether the text names the return of a Pix.
pub(super) fn lift(text: &str, currency: Currency, names: &mut Names) -> bool {
    if currency != Currency::BRL {
        return false;
    }
    let words = || text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() >= 26);
    if names.end_to_end.is_none() {
        names.end_to_end = only(words().filter(|word| is_id(word, 'E')));
    }
    if names.txid.is_none() {
        names.txid = only(words().filter(|word| is_txid(word)));
    }
    only(words().filter(|word| is_id(word, 'D'))).is_some()
}

/// Whether a text is an end-to-end id (`E`) or a return id (`D`), with a day and an hour that exist.
pub(super) fn is_id(text: &str, kind: char) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let below = |text: &str, limit: i16| text.len() == 2 && day::number(text).is_some_and(|number| number < limit);
    text.len() == ID_CHARS
        && text.starts_with(kind)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && part(1, 9).bytes().all(|byte| byte.is_ascii_digit())
        && day::yyyymmdd(part(9, 17)).is_some()
        && below(part(17, 19), 24)
        && below(part(19, 21), 60)
}

/// Whether a word can only be a txid: letters and digits of its length, of both kinds, and neither another id nor an IBAN.
fn is_txid(word: &str) -> bool {
    (26..=35).contains(&word.len())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !is_id(word, 'E')
        && !is_id(word, 'D')
        && !is_iban(word)
}

/// Whether the check digits of ISO 13616 fit.
fn is_iban(word: &str) -> bool {
    let (front, rest) = word.split_at_checked(4).unwrap_or(("", ""));
    let kinds = |(at, byte): (usize, u8)| if at < 2 { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() };
    let rest_of = |sum: u32, letter: char| {
        let value = letter.to_digit(36).unwrap_or(0);
        (sum * if value < 10 { 10 } else { 100 } + value) % 97
    };
    front.len() == 4 && front.bytes().enumerate().all(kinds) && rest.chars().chain(front.chars()).fold(0, rest_of) == 1
}

/// The one that all are; none where there are two.
fn only<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<Box<str>> {
    let first = words.next()?;
    words.all(|other| other == first).then(|| first.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "E00416968202611301230abcdefghijk";
    const TWO: &str = "E00416968202611301231abcdefghijk";

    fn lifted(text: &str) -> (Option<Box<str>>, Option<Box<str>>, bool) {
        let mut names = Names::default();
        let back = lift(text, Currency::BRL, &mut names);
        (names.end_to_end, names.txid, back)
    }

    #[test]
    fn exactly_one_well_formed_id_is_lifted() {
        assert_eq!(lifted(&format!("PIX RECEBIDO {ONE} FULANA")).0.as_deref(), Some(ONE));
        assert_eq!(lifted(&format!("{ONE}/{ONE}")).0.as_deref(), Some(ONE));
        assert_eq!(lifted(&format!("{ONE} {TWO}")).0, None);
        assert_eq!(lifted(&format!("x{ONE}")).0, None);
        for bad in ["E00416968202602301230abcdefghijk", "E00416968202611302430abcdefghijk", "E0041696x202611301230abcdefghijk"] {
            assert_eq!(lifted(bad).0, None, "{bad}");
        }
        assert!(lifted("DEVOLUCAO D00416968202611301230abcdefghijk").2);
        let mut names = Names::default();
        assert!(!lift(ONE, Currency::EUR, &mut names));
        assert_eq!(names, Names::default());
    }

    #[test]
    fn a_txid_is_neither_words_nor_numbers_nor_an_iban() {
        let txid = "7978c0c97ea847e78e8849634473c1f1";
        assert_eq!(lifted(&format!("{ONE} {txid}")).1.as_deref(), Some(txid));
        for no in ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "56114010810000267002001001", "BR1800360305000010009795493C1", ONE] {
            assert_eq!(lifted(no).1, None, "{no}");
        }
    }
}
