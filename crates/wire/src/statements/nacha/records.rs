//! The records of a NACHA file, column by column. Columns are counted from 1, both ends included.
//!
//! | record | columns |
//! | --- | --- |
//! | 1 file | 24–29 day of creation |
//! | 5 batch | 2–4 service class · 5–20 company · 41–50 company id · 51–53 class of entries · 54–63 description · 70–75 effective day · 76–78 settlement day of the year · 80–87 bank of origin · 88–94 number. IAT: 5–20 `IATCOR` for notifications, 21–40 foreign exchange |
//! | 6 entry | 2–3 transaction code · 4–11 receiver's bank · 12 its check digit · 13–29 account · 30–39 amount · 40–54 individual id · 55–76 name (CTX, ATX: 59–74) · 80–94 trace |
//! | 6 entry, IAT | as above, but 13–16 addenda · 40–74 foreign account; the name stands in addenda 10, 47–81 |
//! | 6 entry, ADV | 2–3 code · 4–11 bank · 12 digit · 13–27 account · 28–39 amount · 55–76 name · 80–94 operator, day, sequence |
//! | 7 addenda 05 | 4–83 text |
//! | 7 addenda 98 | 4–6 change code · 7–21 original trace · 28–35 original bank · 36–64 corrected data (IAT 36–70) · 80–94 trace |
//! | 7 addenda 99 | 4–6 reason · 7–21 original trace · 28–35 original bank · 36–79 note (IAT 36–45 original amount, 46–79 note) · 80–94 trace |
//! | 8 batch control | 5–10 entries and addenda · 11–20 hash · 21–32 debits · 33–44 credits (ADV: 21–40, 41–60) |
//! | 9 file control | 2–7 batches · 8–13 blocks of ten lines · 14–21 entries and addenda · 22–31 hash · 32–43 debits · 44–55 credits (ADV: 32–51, 52–71) |
//!
//! Deliberately absent: what it means for the company (`batch`). Source: Nacha Operating Rules, appendix three, subparts 3.1.5
//! to 3.1.8 and 3.2.2 (sequence and layout of records), appendix four and five (returns, notifications of change).

use super::super::text::word;

/// Columns of a line.
pub(super) const COLUMNS: usize = 94;

/// The columns of a line, from 1, both ends included; the line must be ASCII of [`COLUMNS`].
pub(super) fn columns(line: &str, from: usize, to: usize) -> &str {
    line.get(from.saturating_sub(1)..to).unwrap_or("")
}

/// A number in columns, zeros in front or not.
///
/// # Errors
/// Names the columns.
pub(super) fn number(line: &str, from: usize, to: usize, what: &str) -> Result<i64, String> {
    let text = columns(line, from, to);
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bad = || format!("columns {from}-{to} ({what}): not {} digits", to + 1 - from);
    text.parse().ok().filter(|_| digits).ok_or_else(bad)
}

/// What kind of batch an entry is in, which decides its columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// PPD, CCD, WEB, TEL and most others.
    Plain,
    /// CTX and ATX: a shorter name.
    Trade,
    /// International.
    International,
    /// Accounting advice for banks.
    Advice,
}

impl Class {
    /// By the class of entries and the field that says IAT.
    pub(super) fn of(class: &str, indicator: &str) -> Self {
        match class {
            "IAT" => Self::International,
            "COR" if indicator == "IATCOR" => Self::International,
            "ADV" => Self::Advice,
            "CTX" | "ATX" => Self::Trade,
            _ => Self::Plain,
        }
    }
}

/// An entry, before its addenda are known.
#[derive(Clone, Debug)]
pub(super) struct Entry<'l> {
    pub(super) code: &'l str,
    /// The first eight digits of the receiver's bank, for the hash.
    pub(super) bank: i64,
    /// Minor units.
    pub(super) minor: i64,
    pub(super) account: Option<Box<str>>,
    pub(super) individual: Option<Box<str>>,
    pub(super) name: Option<Box<str>>,
    pub(super) trace: &'l str,
}

impl<'l> Entry<'l> {
    /// Reads a record 6.
    ///
    /// # Errors
    /// Names the columns that are wrong.
    pub(super) fn read(line: &'l str, class: Class) -> Result<Self, String> {
        let code = columns(line, 2, 3);
        number(line, 2, 3, "transaction code")?;
        let bank = number(line, 4, 11, "receiver's bank")?;
        let digit = number(line, 12, 12, "check digit")?;
        if check_digit(columns(line, 4, 11)) != digit {
            return Err("columns 4-12 (receiver's bank): the check digit does not fit; the number is damaged".to_owned());
        }
        let (amount, account, individual, name) = match class {
            Class::Plain => ((30, 39), (13, 29), (40, 54), (55, 76)),
            Class::Trade => ((30, 39), (13, 29), (40, 54), (59, 74)),
            Class::International => ((30, 39), (40, 74), (0, 0), (0, 0)),
            Class::Advice => ((28, 39), (13, 27), (0, 0), (55, 76)),
        };
        let minor = number(line, amount.0, amount.1, "amount")?;
        number(line, 80, 94, "trace")?;
        let text = |(from, to): (usize, usize)| if from == 0 { None } else { word(columns(line, from, to)) };
        Ok(Self { code, bank, minor, account: text(account), individual: text(individual), name: text(name), trace: columns(line, 80, 94) })
    }

    /// Whether the receiver's account is debited: the second digit is 5 to 9, of advice an even one.
    pub(super) fn is_debit(&self, class: Class) -> bool {
        let last = self.code.as_bytes().last().map_or(0, |byte| byte.saturating_sub(b'0'));
        if class == Class::Advice { last.is_multiple_of(2) } else { last >= 5 }
    }
}

/// The check digit of a routing number: 10 less the sum with weights 3, 7, 1. Source: ABA routing number policy.
fn check_digit(bank: &str) -> i64 {
    let weights = [3_i64, 7, 1].into_iter().cycle();
    let sum: i64 = bank.bytes().zip(weights).map(|(byte, weight)| i64::from(byte.saturating_sub(b'0')) * weight).sum();
    (10 - sum % 10) % 10
}

/// A return (99) or a notification of change (98).
#[derive(Clone, Debug)]
pub(super) struct News<'l> {
    /// Whether it is a return.
    pub(super) returned: bool,
    /// `R01`, `C01` and so on.
    pub(super) code: &'l str,
    /// The trace of the entry that it is about.
    pub(super) of: Option<Box<str>>,
    /// The note of a return, the corrected data of a change.
    pub(super) text: &'l str,
    /// Its own trace, where it is filled.
    pub(super) trace: Option<Box<str>>,
}

impl<'l> News<'l> {
    /// Reads a record 7 of type 98 or 99.
    ///
    /// # Errors
    /// Names the columns that are wrong.
    pub(super) fn read(line: &'l str, class: Class) -> Result<Self, String> {
        let returned = columns(line, 2, 3) == "99";
        let code = columns(line, 4, 6);
        let letter = if returned { 'R' } else { 'C' };
        if !code.starts_with(letter) || !columns(line, 5, 6).bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("columns 4-6 (reason): not {letter} and two digits"));
        }
        number(line, 7, 21, "original trace")?;
        number(line, 28, 35, "original bank")?;
        let international = class == Class::International;
        let text = match (returned, international) {
            (true, false) => columns(line, 36, 79),
            (true, true) => columns(line, 46, 79),
            (false, false) => columns(line, 36, 64),
            (false, true) => columns(line, 36, 70),
        };
        Ok(Self { returned, code, of: word(columns(line, 7, 21)), text, trace: word(columns(line, 80, 94)) })
    }

    /// Whether it is about a return itself: dishonored by the bank of origin, or that contested. R61 to R77.
    pub(super) fn is_dispute(&self) -> bool {
        ("R61"..="R77").contains(&self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "62723138010412345678         0100000000               Receiver Account Name   0121042880000001";
    const RETURN: &str = "799R01121042880000001      23138010Account closed                              231380100000009";

    #[test]
    fn entries_and_returns_are_read_by_their_columns() {
        let entry = Entry::read(ENTRY, Class::Plain).unwrap();
        assert_eq!((entry.code, entry.bank, entry.minor, entry.trace), ("27", 23_138_010, 100_000_000, "121042880000001"));
        assert_eq!(entry.name.as_deref(), Some("Receiver Account Name"));
        assert!(entry.is_debit(Class::Plain));
        let news = News::read(RETURN, Class::Plain).unwrap();
        assert_eq!((news.code, news.of.as_deref(), news.text.trim()), ("R01", Some("121042880000001"), "Account closed"));
        assert!(!news.is_dispute());
        assert!(News::read(&RETURN.replace("R01", "R68"), Class::Plain).unwrap().is_dispute());
    }

    #[test]
    fn wrong_columns_are_named() {
        let wrong = |from: &str, to: &str| Entry::read(&ENTRY.replacen(from, to, 1), Class::Plain).map(|_| ()).unwrap_err();
        assert_eq!(wrong("627", "6x7"), "columns 2-3 (transaction code): not 2 digits");
        assert_eq!(wrong("231380104", "231380105"), "columns 4-12 (receiver's bank): the check digit does not fit; the number is damaged");
        assert_eq!(wrong("0100000000 ", "010000 000 "), "columns 30-39 (amount): not 10 digits");
        let wrong = |from: &str, to: &str| News::read(&RETURN.replacen(from, to, 1), Class::Plain).map(|_| ()).unwrap_err();
        assert_eq!(wrong("R01", "X01"), "columns 4-6 (reason): not R and two digits");
        assert_eq!(wrong("R011", "R01x"), "columns 7-21 (original trace): not 15 digits");
    }
}
