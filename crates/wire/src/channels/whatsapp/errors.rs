//! Codes of the Cloud API, and what may be done after each.
//!
//! Deliberately absent: what the far side says beside a code: it may hold a number of somebody.
//!
//! Source: facts/brazil.md §8.1 (Meta's pages of May 2026).

use super::super::answer::{Next, Refusal};

const DAY: Next = Next::Later { wait_secs: Some(86_400) };
const HOUR: Next = Next::Later { wait_secs: Some(3_600) };
const SOON: Next = Next::Later { wait_secs: Some(60) };

/// Code, what may be done, why.
const TABLE: &[(u32, Next, &str)] = &[
    (0, Next::Alert, "the token is not right"),
    (1, SOON, "the API does not say why"),
    (2, SOON, "the API is not available"),
    (3, Next::Alert, "the token lacks a right"),
    (4, HOUR, "the app asked too often"),
    (10, Next::Alert, "the token lacks a right, or the number is not the account's"),
    (33, Next::Alert, "the number was deleted"),
    (100, Next::Mend, "a parameter is not right"),
    (190, Next::Alert, "the token has expired"),
    (368, Next::Alert, "the account is restricted for breaking the far side's policies"),
    (80_007, HOUR, "the account asked too often"),
    (130_429, SOON, "too many messages at a time"),
    (130_472, Next::OtherChannel, "the person is in a group that the far side experiments with"),
    (130_497, Next::OtherChannel, "the account may not write to that country"),
    (131_000, SOON, "the API does not say why"),
    (131_005, Next::Alert, "the token lacks a right"),
    (131_008, Next::Mend, "a parameter is missing"),
    (131_009, Next::Mend, "a parameter is not right"),
    (131_016, SOON, "the service is not available"),
    (131_021, Next::Mend, "the sender would write to itself"),
    (131_026, Next::BadAddress, "the number cannot be reached: no WhatsApp, an old one, or its terms not accepted"),
    (131_030, Next::Mend, "a test number writes only to numbers of its list"),
    (131_031, Next::Alert, "the account is locked"),
    (131_037, Next::Alert, "the number's name is not approved"),
    (131_042, Next::Alert, "the account's own payment method fails"),
    (131_045, Next::Alert, "the number is not registered"),
    (131_047, Next::AsTemplate, "more than 24 hours since the person wrote"),
    (131_048, Next::Alert, "the number is limited because people blocked or reported it"),
    (131_049, DAY, "the far side holds it back: the person has had enough messages"),
    (131_050, Next::NoOffers, "the person wants no offers"),
    (131_051, Next::Mend, "the kind of message is not supported"),
    (131_052, Next::Mend, "a file cannot be fetched"),
    (131_053, Next::Mend, "a file cannot be stored"),
    (131_056, SOON, "too many messages to this person at a time"),
    (131_057, Next::Alert, "the account is in maintenance"),
    (131_062, Next::Mend, "a person's id of this kind is not supported here"),
    (131_063, Next::Mend, "offers are switched off on this API"),
    (131_064, Next::Mend, "the account is limited because its templates are in the wrong category"),
    (132_000, Next::Mend, "the number of parameters is not the template's"),
    (132_001, Next::OtherTemplate, "there is no such template in that language, or it is not approved"),
    (132_005, Next::Mend, "the text is too long with its parameters"),
    (132_007, Next::OtherTemplate, "the template breaks the far side's policies"),
    (132_008, Next::Mend, "a parameter is not of its form"),
    (132_012, Next::Mend, "a parameter is not of its form"),
    (132_015, Next::OtherTemplate, "the template is paused: its quality is low"),
    (132_016, Next::OtherTemplate, "the template is disabled: its quality was low too often"),
    (132_018, Next::Mend, "a parameter is not of its form"),
    (133_010, Next::Alert, "the number is not registered"),
    (133_016, Next::Alert, "the number was registered too often"),
    (135_000, HOUR, "the API does not say why; a second try is worth it, a third is not"),
];

/// Every code that is known, but those of rights (200 to 299).
pub fn known() -> impl Iterator<Item = u32> {
    TABLE.iter().map(|(code, ..)| *code)
}

/// What a code means.
///
/// ```
/// use regua_wire::channels::{answer::Next, whatsapp::errors::refusal};
/// assert_eq!(refusal(131_047).next, Next::AsTemplate);
/// assert_eq!(refusal(275).next, Next::Alert);
/// assert_eq!(refusal(999_999).next, Next::OtherChannel);
/// ```
#[must_use]
pub fn refusal(code: u32) -> Refusal {
    let known = TABLE.binary_search_by_key(&code, |(code, ..)| *code).ok().and_then(|place| TABLE.get(place));
    let (next, why) = match known {
        Some((_, next, why)) => (*next, *why),
        None if (200..=299).contains(&code) => (Next::Alert, "the token lacks a right"),
        None => (Next::OtherChannel, "a code that is not known; it stands in the far side's list of errors"),
    };
    Refusal::new(&code.to_string(), next, why)
}

/// What a status without a code means.
pub(super) fn of_status(status: u16) -> Refusal {
    let (next, why) = match status {
        408 | 429 => (Next::Later { wait_secs: None }, "too many requests"),
        401 | 403 => (Next::Alert, "the token is not right, or lacks a right"),
        404 | 300..=399 => (Next::Alert, "the number or the address of the API is not known"),
        _ => (Next::Mend, "the far side refuses the request"),
    };
    Refusal::new(&status.to_string(), next, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_order_so_that_each_is_found() {
        let codes: Vec<u32> = known().collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        for (code, next, why) in TABLE {
            assert_eq!(refusal(*code), Refusal::new(&code.to_string(), *next, why));
        }
    }

    #[test]
    fn no_code_of_the_facts_is_unknown() {
        let facts = [
            131_026, 131_047, 131_048, 131_049, 131_050, 131_051, 131_052, 131_053, 131_056, 130_429, 80_007, 4, 130_472, 130_497, 131_000,
            131_016, 131_005, 10, 3, 0, 190, 131_008, 131_009, 131_021, 131_030, 131_031, 368, 131_042, 131_045, 131_057, 133_016, 131_062,
            131_063, 131_064, 132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016, 135_000,
        ];
        for code in facts {
            assert!(known().any(|known| known == code), "{code}");
        }
    }
}
