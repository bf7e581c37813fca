//! `:61:`, one movement.
//!
//! `YYMMDD` value day · `MMDD` entry day, may be missing · mark `C`, `D`, `RC` (a credit reversed), `RD` (a debit reversed),
//! `EC`, `ED` (expected, MT942) · third letter of the currency, may be missing · amount with a comma · type: `N`, `S` or
//! `F` and three letters · reference of the account's owner, 16 · `//` and the bank's reference, 16 · second line: details.
//!
//! Deliberately absent: checking the lengths of references; banks write names behind them.
//! Source: SWIFT FIN, MT940 Customer Statement Message, field 61.

use regua_core::bank::Event;
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::{amount, day};

/// What a movement says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Movement<'t> {
    pub(super) posted_on: Day,
    /// Signed minor units.
    pub(super) minor: i64,
    /// Whether it reverses an earlier one.
    pub(super) reversal: bool,
    /// Whether it is only expected, and in no balance.
    pub(super) expected: bool,
    /// Type: `N` and three letters in most cases.
    pub(super) kind: &'t str,
    /// Reference of the account's owner.
    pub(super) own: &'t str,
    /// Reference of the bank.
    pub(super) bank: &'t str,
    /// Details behind the references.
    pub(super) details: String,
}

/// Words that stand where a reference should, and are none.
const NO_REFERENCES: [&str; 4] = ["NONREF", "EREF", "PREF", "MARF"];
/// Longest reference.
const REFERENCE_CHARS: usize = 16;

/// Reads the value of a `:61:`, line by line.
///
/// # Errors
/// Which part is wrong.
pub(super) fn read<'t>(lines: &[&'t str], joined: &'t str, currency: Currency) -> Result<Movement<'t>, String> {
    let first = lines.first().copied().unwrap_or("");
    match parse(first, currency) {
        Ok(mut movement) => {
            for line in lines.iter().skip(1) {
                movement.details.push(' ');
                movement.details.push_str(line);
            }
            Ok(movement)
        }
        // A line that was wrapped within its amount is whole when its lines are put together.
        Err(bad) if lines.len() > 1 => parse(joined, currency).or(Err(bad)),
        Err(bad) => Err(bad),
    }
}

fn parse(text: &str, currency: Currency) -> Result<Movement<'_>, String> {
    let bad = |what: &str| format!(":61: {what}");
    let (value, rest) = text.split_at_checked(6).ok_or_else(|| bad("shorter than its value day"))?;
    let value = day::yymmdd(value).ok_or_else(|| bad("characters 1 to 6 (value day): not a day that exists, such as 261130"))?;
    let (posted_on, rest) = match rest.split_at_checked(4) {
        Some((entry, rest)) if entry.bytes().all(|byte| byte.is_ascii_digit()) => {
            let entry = day::mmdd(entry, value);
            (entry.ok_or_else(|| bad("characters 7 to 10 (entry day): not a day that exists, such as 1130"))?, rest)
        }
        _ => (value, rest),
    };
    let marks = [("RC", -1, true, false), ("RD", 1, true, false), ("EC", 1, false, true), ("ED", -1, false, true)];
    let marks = marks.into_iter().chain([("C", 1, false, false), ("D", -1, false, false)]);
    let found = marks.into_iter().find_map(|(mark, sign, reversal, expected)| Some((rest.strip_prefix(mark)?, sign, reversal, expected)));
    let (rest, sign, reversal, expected) = found.ok_or_else(|| bad("the mark is none of C, D, RC, RD, EC, ED"))?;
    let rest = rest.strip_prefix(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(rest);
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, ',' | '.')).unwrap_or(rest.len());
    let (size, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let minor = amount::minor(size, currency.digits()).map_err(|what| bad(&format!("amount: {what}")))?;
    let (kind, rest) = rest.split_at_checked(4).unwrap_or((rest, ""));
    let (own, bank) = rest.split_once("//").unwrap_or((rest, ""));
    let (own, behind) = reference(own);
    let (bank, further) = reference(bank);
    let details = [behind, further].join(" ");
    Ok(Movement { posted_on, minor: minor * sign, reversal, expected, kind: kind.trim(), own, bank, details })
}

/// A reference, and the name that some banks write behind it where they fill its sixteen characters with blanks.
fn reference(text: &str) -> (&str, &str) {
    let end = text.char_indices().nth(REFERENCE_CHARS).map_or(text.len(), |(at, _)| at);
    let (reference, behind) = match text.split_at_checked(end) {
        Some((reference, behind)) if reference.ends_with(' ') && !behind.is_empty() => (reference, behind),
        _ => (text, ""),
    };
    let reference = reference.trim();
    (if NO_REFERENCES.contains(&reference) { "" } else { reference }, behind)
}

impl Movement<'_> {
    /// What happened, with what `:86:` says of returns.
    pub(super) fn event(&self, returned: bool, fee: bool) -> Event {
        let letters = self.kind.get(1..).unwrap_or("");
        let back = self.reversal || returned || letters == "RTI";
        match self.minor.signum() {
            0 => Event::Other,
            1 if self.expected => Event::Pending,
            _ if self.expected => Event::Other,
            // What the company itself paid came back: no customer paid it.
            1 if back => Event::Other,
            1 => Event::Paid,
            _ if back => Event::Returned,
            _ if fee || matches!(letters, "CHG" | "COM") => Event::Fee,
            _ => Event::Spent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let lines: Vec<&str> = text.split('\n').collect();
        match read(&lines, &text.replace('\n', ""), Currency::EUR) {
            Ok(read) => {
                let event = read.event(false, false);
                format!("{} {} {event} {}|{}|{}|{}", read.posted_on, read.minor, read.kind, read.own, read.bank, read.details.trim())
            }
            Err(bad) => bad,
        }
    }

    #[test]
    fn movements_are_read_with_whatever_is_left_out() {
        for (text, expected) in [
            ("260320C1250,50NTRFNONREF//MT940-1", "2026-03-20 125050 paid NTRF||MT940-1|"),
            (
                "1409010902DR000000000001,62NTRF0000549855700010//025498557/000001",
                "2014-09-02 -162 spent NTRF|0000549855700010|025498557/000001|",
            ),
            ("2612310102RC5,NRTIX\nmore", "2027-01-02 -500 returned NRTI|X||more"),
            ("261130RDR5,1NTRFX", "2026-11-30 510 other NTRF|X||"),
            ("261130EC5,NTRFX", "2026-11-30 500 pending NTRF|X||"),
            ("261130D0,42NCHGX", "2026-11-30 -42 fee NCHG|X||"),
            ("110527D000000001213,28N0440121470966      W.P. Jansen", "2011-05-27 -121328 spent N044|0121470966||W.P. Jansen"),
            ("1811261126CR\n30,00N062NONREF", "2018-11-26 3000 paid N062|||"),
            ("170914D233,15NMSC", "2017-09-14 -23315 spent NMSC|||"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, expected) in [
            ("260230C1,00NMSC", ":61: characters 1 to 6 (value day): not a day that exists, such as 261130"),
            ("2602280230C1,00NMSC", ":61: characters 7 to 10 (entry day): not a day that exists, such as 1130"),
            ("260228X1,00NMSC", ":61: the mark is none of C, D, RC, RD, EC, ED"),
            ("260228C1,005NMSC", ":61: amount: more digits behind the point than the currency has, and it cannot be rounded"),
            ("260228CNMSC", ":61: amount: an amount is missing"),
            ("2602", ":61: shorter than its value day"),
            ("26é228C1,00", ":61: characters 1 to 6 (value day): not a day that exists, such as 261130"),
            ("é2602", ":61: characters 1 to 6 (value day): not a day that exists, such as 261130"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
