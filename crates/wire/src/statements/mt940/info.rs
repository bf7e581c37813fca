//! `:86:`, what the bank writes beside a movement.
//!
//! Three forms: three digits and `?00…?20…` (German; some banks write another sign for `?`), words between slashes
//! (`/EREF/…/NAME/…/REMI/…`), and free text. In the first, `?20` to `?29` and `?60` to `?63` are the purpose, in which `EREF+`,
//! `SVWZ+` and their like may stand, `?30` bank, `?31` account, `?32` and `?33` name, `?34` an extension of the code.
//!
//! Deliberately absent: failing. What is not understood is text.
//! Source: DFÜ-Abkommen of the German banks, Anlage 3, chapter 8; Rabobank, format description SWIFT MT940 structured.

use super::super::text::{clean, word};

/// Length at which a line of a free text is full, and the next one continues its word.
const FULL_LINE_CHARS: usize = 65;
/// Words of the purpose. Source: DFÜ-Abkommen, Anlage 3, chapter 8.2.6.
const PURPOSE: [&str; 13] =
    ["EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "COAM+", "OAMT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+", "PURP+"];
/// Words between slashes, those of parties first.
const SLASHED: [&str; 19] = [
    "ORDP", "BENM", "NAME", "IBAN", "BIC", "REMI", "EREF", "PREF", "KREF", "MARF", "CSID", "ISDT", "RTRN", "TRTP", "TRCD", "ULTD", "ULTB",
    "ADDR", "ID",
];
/// Codes of business transactions (GVK) that are returns of direct debits, and the one that is charges.
const RETURNS: [&str; 4] = ["108", "109", "181", "184"];
const CHARGES: &str = "808";

/// What `:86:` says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Info {
    pub(super) text: Box<str>,
    pub(super) name: Option<Box<str>>,
    pub(super) account: Option<Box<str>>,
    /// End-to-end reference of the payment.
    pub(super) end_to_end: Option<Box<str>>,
    /// The bank's own code and its reasons.
    pub(super) codes: Vec<Box<str>>,
    pub(super) returned: bool,
    pub(super) fee: bool,
}

/// Reads the lines of all `:86:` of a movement; each field is a list of lines.
pub(super) fn read(fields: &[Vec<&str>]) -> Info {
    let Some(first) = fields.first() else { return Info::default() };
    let whole: String = first.concat();
    if let Some(info) = coded(&whole) {
        return info;
    }
    let free: Vec<String> = fields.iter().map(|lines| unwrapped(lines)).collect();
    let free = free.join(" ");
    slashed(&whole).unwrap_or_else(|| Info { text: clean(&free), ..Info::default() })
}

/// Lines of free text as one: full lines break words.
fn unwrapped(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line);
        if line.chars().count() < FULL_LINE_CHARS {
            text.push(' ');
        }
    }
    text
}

/// `105?00…?20…`: three digits, a sign, two digits.
fn coded(whole: &str) -> Option<Info> {
    let (code, rest) = whole.split_at_checked(3)?;
    let sign = rest.chars().next()?;
    let numbered = rest.get(sign.len_utf8()..)?.get(..2)?.bytes().all(|byte| byte.is_ascii_digit());
    if !code.bytes().all(|byte| byte.is_ascii_digit()) || !numbered || sign.is_alphanumeric() {
        return None;
    }
    let mut parts: [String; 5] = Default::default();
    let [posting, purpose, account, name, key] = &mut parts;
    for piece in rest.split(sign).skip(1) {
        let (number, value) = piece.split_at_checked(2).unwrap_or((piece, ""));
        match number.parse::<u8>() {
            Ok(0) => posting.push_str(value),
            Ok(20..=29 | 60..=63) => purpose.push_str(value),
            Ok(31 | 38) => account.push_str(value),
            Ok(32 | 33) => name.push_str(value),
            Ok(34) => key.push_str(value),
            Ok(_) => {}
            // The sign stood within a text.
            Err(_) => purpose.push_str(piece),
        }
    }
    let (said, end_to_end) = purpose_of(purpose);
    let text = [posting.as_str(), said.as_str()].join(" ");
    Some(Info {
        text: clean(&text),
        name: word(name),
        account: word(account),
        end_to_end: end_to_end.and_then(|id| word(&id)).filter(|id| !matches!(&**id, "NOTPROVIDED")),
        codes: [word(code), word(key)].into_iter().flatten().collect(),
        returned: RETURNS.contains(&code),
        fee: code == CHARGES,
    })
}

/// What is said in a purpose, and its end-to-end reference: `EREF+…SVWZ+…`.
fn purpose_of(purpose: &str) -> (String, Option<String>) {
    let mut starts: Vec<(usize, &str)> = PURPOSE.iter().flat_map(|key| purpose.match_indices(key).map(|(at, _)| (at, *key))).collect();
    starts.sort_unstable();
    let Some((first, _)) = starts.first() else { return (purpose.to_owned(), None) };
    let mut said = purpose.get(..*first).unwrap_or("").to_owned();
    let mut end_to_end = None;
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([purpose.len()]);
    for ((at, key), end) in starts.iter().zip(ends) {
        let value = purpose.get(at + key.len()..end).unwrap_or("").trim();
        match *key {
            "EREF+" => end_to_end = Some(value.to_owned()),
            "SVWZ+" => said = format!("{said} {value}"),
            _ => {}
        }
    }
    (said, end_to_end)
}

/// `/EREF/…/BENM//NAME/…/REMI/…`: values between words that are known.
fn slashed(whole: &str) -> Option<Info> {
    if !whole.starts_with('/') {
        return None;
    }
    let mut values: Vec<(&str, String)> = Vec::new();
    for piece in whole.split('/').skip(1) {
        if SLASHED.contains(&piece) {
            values.push((piece, String::new()));
        } else if let Some((_, value)) = values.last_mut() {
            if !value.is_empty() {
                value.push('/');
            }
            value.push_str(piece);
        } else {
            // It begins with a word that nobody knows: free text with slashes.
            return None;
        }
    }
    let of = |key: &str| values.iter().find(|(known, value)| *known == key && !value.is_empty()).and_then(|(_, value)| word(value));
    let said = of("REMI").unwrap_or_default();
    let said = said.trim_start_matches("USTD/").trim_start_matches('/');
    let returned = values.iter().any(|(key, _)| *key == "RTRN");
    Some(Info {
        text: clean(said),
        name: of("NAME"),
        account: of("IBAN"),
        end_to_end: of("EREF"),
        codes: [of("TRCD"), of("RTRN")].into_iter().flatten().collect(),
        returned,
        fee: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[&str]) -> String {
        let info = read(&[lines.to_vec()]);
        let of = |word: &Option<Box<str>>| word.clone().unwrap_or_default();
        format!("{}|{}|{}|{}|{}", info.text, of(&info.name), of(&info.account), of(&info.end_to_end), info.codes.join(","))
    }

    #[test]
    fn the_three_forms_are_read() {
        let coded = ["171?00LASTSCHRIFT?20EREF+AB-1?21234?22MREF+M1?23SVWZ+RECHNUNG 47?24", "11?30BIC?31DE12?32Peter ?33Pan?34171"];
        assert_eq!(shown(&coded), "LASTSCHRIFT RECHNUNG 4711|Peter Pan|DE12|AB-1234|171,171");
        assert_eq!(shown(&["000>100987>20ALGEMENE >21KOSTEN>310390123456"]), "ALGEMENE KOSTEN||0390123456||");
        let slashed = ["/EREF/01-01 12:00/BENM//NAME/CONTRA ACCOUN", "T HOLDER/REMI/A/B/ISDT/2013-07-11"];
        assert_eq!(shown(&slashed), "A/B|CONTRA ACCOUNT HOLDER||01-01 12:00|");
        assert_eq!(shown(&["FREE", "TEXT"]), "FREE TEXT||||");
        assert_eq!(shown(&["109?00RUECKLASTSCHRIFT?34901"]), "RUECKLASTSCHRIFT||||109,901");
        assert!(read(&[vec!["109?00X"]]).returned);
        assert_eq!(shown(&["/X/Y"]), "/X/Y||||");
        assert_eq!(shown(&["091"]), "091||||");
        assert_eq!(shown(&[""]), "||||");
    }
}
