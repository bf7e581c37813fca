//! The identifiers of Pix, each in its one form.
//!
//! | name here | in the Pix API | form |
//! | --- | --- | --- |
//! | [`Txid`] | `txid` of a charge | 26 to 35 letters and digits |
//! | [`StaticTxid`] | `txid` in a static code | 1 to 25 letters and digits |
//! | [`ReceivedTxid`] | `txid` of a Pix that came in | 1 to 35 letters and digits |
//! | [`EndToEndId`] | `endToEndId` | `E`, participant 8, `yyyyMMddHHmm`, 11 letters and digits |
//! | [`ReturnId`] | `rtrId` | `D` and the same |
//! | [`RefundId`] | `id` of a refund | 1 to 35 letters and digits |
//! | [`RecurrenceId`] | `idRec` | `RR` or `RN`, participant or CNPJ root 8, `yyyyMMdd`, 11 letters and digits |
//! | [`RecurrenceRequestId`] | `idSolicRec` | `SC`, participant 8, `yyyyMMdd`, 11 letters and digits |
//! | [`Amount`] | `valor` | up to ten digits, a point, two digits |
//!
//! Upper and lower case differ everywhere. A date inside is twelve or eight digits and need not be a day: what a participant
//! sends must not be refused because its clock is wrong. Deliberately absent: whether an id exists, which the bank knows.
//!
//! Source: Banco Central do Brasil, Pix API (OpenAPI 2.9.0), schemas of these names.

use std::fmt;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

/// Declares an identifier: its name, what it is called, its form in words, and the check of its bytes.
macro_rules! identifiers {
    ($($(#[$meta:meta])* $name:ident, $what:literal, $form:literal, $check:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            #[doc = concat!("Reads it: ", $form, ".")]
            ///
            /// # Errors
            /// [`BadPixId`] when it has another form.
            pub fn parse(text: &str) -> Result<Self, BadPixId> {
                let check: fn(&[u8]) -> bool = $check;
                if check(text.as_bytes()) { Ok(Self(text.into())) } else { Err(BadPixId { what: $what, form: $form }) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

identifiers! {
    /// The receiver's id of a charge (dynamic code, due-dated charge, Pix Automático), one of its own per receiver for ever.
    Txid, "txid of a charge", "26 to 35 letters and digits, without accents", |text| alnum(text, 26..=35);
    /// The reference in a static code. Payers may pay such a code any number of times: never enough to settle by.
    StaticTxid, "txid of a static code", "1 to 25 letters and digits, without accents", |text| alnum(text, 1..=25);
    /// The txid of a Pix that came in, of whichever kind.
    ReceivedTxid, "txid", "1 to 35 letters and digits, without accents", |text| alnum(text, 1..=35);
    /// The id of a Pix from end to end: the natural key of money that came in.
    EndToEndId, "endToEndId", "E, 8 letters in capitals or digits, 12 digits, 11 letters or digits", |text| participant_id(text, b"E", 12);
    /// The id of a refund from end to end.
    ReturnId, "rtrId", "D, 8 letters in capitals or digits, 12 digits, 11 letters or digits", |text| participant_id(text, b"D", 12);
    /// The receiver's id of a refund.
    RefundId, "id of a refund", "1 to 35 letters and digits, without accents", |text| alnum(text, 1..=35);
    /// The id of a payer's authorisation of Pix Automático.
    RecurrenceId, "idRec", "RR or RN, 8 letters in capitals or digits, 8 digits, 11 letters or digits",
        |text| participant_id(text, b"RR", 8) || participant_id(text, b"RN", 8);
    /// The id of a request for such an authorisation.
    RecurrenceRequestId, "idSolicRec", "SC, 8 letters in capitals or digits, 8 digits, 11 letters or digits",
        |text| participant_id(text, b"SC", 8);
}

fn alnum(text: &[u8], lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric)
}

/// A prefix, a participant of eight, a date of some digits, eleven of its own.
fn participant_id(text: &[u8], prefix: &[u8], date: usize) -> bool {
    let upper = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    let Some((participant, rest)) = text.strip_prefix(prefix).and_then(|rest| rest.split_at_checked(8)) else { return false };
    let Some((date, own)) = rest.split_at_checked(date) else { return false };
    participant.iter().all(upper) && date.iter().all(u8::is_ascii_digit) && alnum(own, 11..=11)
}

/// `yyyyMMdd` at a place of a text.
fn day_at(text: &str, from: usize) -> Option<Day> {
    let digits = text.get(from..from + 8)?;
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    Day::new(number(0, 4)?, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?)
}

impl Txid {
    /// The id of the `nth` charge (from 0) of something of ours, whose own id is `id`, e.g. `rcv_01jf2z8s9…`.
    ///
    /// Always the same for the same two, and never for two others of ids of one length; a person sees in it what it is of:
    /// the letters and digits of the id, `x`, and the number of the charge. So a charge that is sent twice is one charge.
    ///
    /// # Errors
    /// [`BadPixId`] when the id is too short or too long for the 26 to 35 of a txid. Ours have 29 letters and digits, which
    /// leaves room for charges up to 99,999.
    ///
    /// ```
    /// # use regua_wire::pix::Txid;
    /// let txid = Txid::of("rcv_01jf2z8s9ceq4tqv7e3k5m6n7p", 0)?;
    /// assert_eq!(txid.as_str(), "rcv01jf2z8s9ceq4tqv7e3k5m6n7px0");
    /// # Ok::<(), regua_wire::pix::BadPixId>(())
    /// ```
    pub fn of(id: &str, nth: u32) -> Result<Self, BadPixId> {
        let mut text: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        text.push_str(&format!("x{nth}"));
        Self::parse(&text)
    }
}

impl EndToEndId {
    /// The payer's participant: its ISPB.
    #[must_use]
    pub fn participant(&self) -> &str {
        self.0.get(1..9).unwrap_or_default()
    }

    /// The day on which it began, in the participant's reckoning, if the digits are a day.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        day_at(&self.0, 9)
    }
}

impl RecurrenceId {
    /// Whether a charge that failed may be tried again after its due date (`politicaRetentativa`), fixed for ever.
    #[must_use]
    pub fn allows_retries(&self) -> bool {
        self.0.starts_with("RR")
    }

    /// The day on which it was made, if the digits are a day.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        day_at(&self.0, 10)
    }
}

/// An amount as the Pix API and the BR Code write it: `37.00`.
///
/// ```
/// # use regua_core::{currency::Currency, money::Money};
/// # use regua_wire::pix::Amount;
/// assert_eq!(Amount::parse("37.00")?.money(), Money::new(3_700, Currency::BRL));
/// assert_eq!(Amount::of(Money::new(5, Currency::BRL))?.to_string(), "0.05");
/// # Ok::<(), regua_wire::pix::BadPixId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// What is wrong with an amount.
const BAD_AMOUNT: BadPixId = BadPixId { what: "amount of a Pix", form: "reais of up to ten digits, a point and two digits" };
/// The first amount, in cents, that has more digits than there is room for.
const CENTS_END: i64 = 1_000_000_000_000;

impl Amount {
    /// From money.
    ///
    /// # Errors
    /// [`BadPixId`] when it is not in reais, below zero, or 10,000,000,000.00 or more.
    pub fn of(money: Money) -> Result<Self, BadPixId> {
        let good = money.currency() == Currency::BRL && (0..CENTS_END).contains(&money.minor());
        if good { Ok(Self(money.minor())) } else { Err(BAD_AMOUNT) }
    }

    /// Reads `1234.56`.
    ///
    /// # Errors
    /// [`BadPixId`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, BadPixId> {
        let (whole, cents) = text.split_once('.').ok_or(BAD_AMOUNT)?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !(1..=10).contains(&whole.len()) || cents.len() != 2 || !digits(whole) || !digits(cents) {
            return Err(BAD_AMOUNT);
        }
        [whole, cents].concat().parse().map(Self).or(Err(BAD_AMOUNT))
    }

    /// As money.
    #[must_use]
    pub const fn money(self) -> Money {
        Money::new(self.0, Currency::BRL)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not the identifier that it should be. Never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the {what} must be {form}")]
pub struct BadPixId {
    /// What it should be.
    pub what: &'static str,
    /// The form that it has.
    pub form: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regua_core::ids::ReceivableId;

    #[test]
    fn what_an_id_says_is_read() {
        let id = EndToEndId::parse("E12345678202009091221abcdef12345").unwrap();
        assert_eq!((id.participant(), id.day()), ("12345678", Day::parse("2020-09-09").ok()));
        let id = RecurrenceId::parse("RN123456782024011577825445612").unwrap();
        assert_eq!((id.allows_retries(), id.day()), (false, Day::parse("2024-01-15").ok()));
        assert_eq!(EndToEndId::parse("E12345678999999999999abcdef12345").unwrap().day(), None);
        let error = Txid::parse("curto").unwrap_err().to_string();
        assert_eq!(error, "the txid of a charge must be 26 to 35 letters and digits, without accents");
    }

    #[test]
    fn an_id_of_ours_has_room_for_all_its_charges() {
        let id = ReceivableId::new(1_796_000_000_000, [7; 10]).to_string();
        for (nth, fits) in [(0, true), (99_999, true), (100_000, false)] {
            assert_eq!(Txid::of(&id, nth).is_ok(), fits, "{nth}");
        }
        assert!(Txid::of("rcv_short", 1).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}", id in "[ERDSC]{1,2}[0-9A-Z]{8}[0-9]{8,12}[0-9a-zA-Z]{10,12}") {
            for text in [text, id] {
                let _ = (Txid::parse(&text), EndToEndId::parse(&text), ReturnId::parse(&text), RecurrenceId::parse(&text));
                let _ = (RecurrenceRequestId::parse(&text), RefundId::parse(&text), ReceivedTxid::parse(&text), Amount::parse(&text));
            }
        }

        #[test]
        fn an_amount_comes_back(cents in 0..CENTS_END) {
            let amount = Amount::of(Money::new(cents, Currency::BRL)).unwrap();
            prop_assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
        }

        #[test]
        fn two_charges_never_share_a_txid(a in any::<[u8; 10]>(), b in any::<[u8; 10]>(), n in 0..99_999_u32, m in 0..99_999_u32) {
            let of = |random, nth| Txid::of(&ReceivableId::new(1, random).to_string(), nth).unwrap();
            let same = ReceivableId::new(1, a) == ReceivableId::new(1, b) && n == m;
            prop_assert_eq!(of(a, n) == of(b, m), same);
        }
    }
}
