//! Codes of the far side, and what may be done after each.
//!
//! Deliberately absent: codes of calls, pictures and of products that we do not use: one that is not known stops nothing but its
//! message.
//!
//! Source: Twilio's error dictionary, 2026; facts/brazil.md §8.2.

use super::super::answer::{Next, Refusal};

const HOUR: Next = Next::Later { wait_secs: Some(3_600) };
const SOON: Next = Next::Later { wait_secs: Some(60) };

/// Code, what may be done, why. What holds of one country or network alone needs a person, and closes the channel for nobody else.
const TABLE: &[(u32, Next, &str)] = &[
    (20_003, Next::Alert, "the account's key is not right, or it may not send"),
    (20_404, Next::Alert, "the account or the address of the API is not known"),
    (20_429, SOON, "too many requests"),
    (20_503, SOON, "the service is not available"),
    (21_201, Next::Mend, "there is no number to send to"),
    (21_211, Next::BadAddress, "the number is none"),
    (21_212, Next::Alert, "the sender's number is none"),
    (21_217, Next::BadAddress, "the number is none"),
    (21_408, Next::Mend, "the account may not send to that country; allow it under its geographic permissions"),
    (21_601, Next::Alert, "the sender's number cannot send SMS"),
    (21_602, Next::Mend, "there is no text"),
    (21_603, Next::Alert, "there is no sender"),
    (21_604, Next::Mend, "there is no number to send to"),
    (21_606, Next::Alert, "the sender's number is not one of the account's"),
    (21_608, Next::Mend, "a trial account sends only to numbers that were verified"),
    (21_609, Next::Mend, "the address for statuses is none"),
    (21_610, Next::OptedOut, "the person said stop to this sender"),
    (21_611, SOON, "the sender's queue is full"),
    (21_612, Next::OtherChannel, "this sender cannot reach that number"),
    (21_614, Next::BadAddress, "the number is no mobile"),
    (21_617, Next::Mend, "the text is longer than 1600 characters"),
    (21_635, Next::BadAddress, "the number is a landline"),
    (21_656, Next::Mend, "the template's variables are not right"),
    (21_701, Next::Alert, "the messaging service does not exist"),
    (21_703, Next::Alert, "the messaging service has no number"),
    (21_704, Next::Alert, "the messaging service has no number that fits"),
    (21_705, Next::Alert, "the messaging service is not right"),
    (30_001, SOON, "the account's queue is full"),
    (30_002, Next::Alert, "the account is suspended"),
    (30_003, HOUR, "the phone cannot be reached now"),
    (30_004, Next::OtherChannel, "the person or the network blocks the message"),
    (30_005, Next::BadAddress, "the number is not in use"),
    (30_006, Next::BadAddress, "the number is a landline, or its network cannot be reached"),
    (30_007, Next::OtherChannel, "the network takes the message for unwanted"),
    (30_008, Next::OtherChannel, "the network does not say why"),
    (30_009, HOUR, "a part of the message is missing"),
    (30_010, Next::Mend, "the message costs more than the account allows"),
    (30_022, SOON, "too many messages for what the sender is registered for"),
    (30_023, Next::Later { wait_secs: Some(86_400) }, "the sender's messages of a day are used up"),
    (30_024, Next::Mend, "the sender's registration does not hold for that network"),
    (30_032, Next::Mend, "the sender's toll-free number is not verified"),
    (30_034, Next::Mend, "the sender's number is not registered"),
    (30_036, Next::OtherChannel, "the message waited longer than it is good for"),
    (30_410, HOUR, "the network does not answer in time"),
    (30_450, Next::OtherChannel, "the far side takes the message for fraud"),
    (30_500, HOUR, "the far side has trouble of its own"),
    (63_038, Next::Later { wait_secs: Some(86_400) }, "the account's messages of a day are used up"),
    (63_041, Next::Alert, "the account's spending limit is reached"),
];

/// Every code that is known.
pub fn known() -> impl Iterator<Item = u32> {
    TABLE.iter().map(|(code, ..)| *code)
}

/// What a code means.
///
/// ```
/// use regua_wire::channels::{answer::Next, sms::errors::refusal};
/// assert_eq!(refusal(21610).next, Next::OptedOut);
/// assert_eq!(refusal(99999).next, Next::OtherChannel);
/// ```
#[must_use]
pub fn refusal(code: u32) -> Refusal {
    match TABLE.binary_search_by_key(&code, |(code, ..)| *code).ok().and_then(|place| TABLE.get(place)) {
        Some((_, next, why)) => Refusal::new(&code.to_string(), *next, why),
        None => {
            Refusal::new(&code.to_string(), Next::OtherChannel, "a code that is not known; it stands in the far side's error dictionary")
        }
    }
}

/// What a status without a code means.
pub(super) fn of_status(status: u16) -> Refusal {
    let (next, why) = match status {
        408 | 429 => (Next::Later { wait_secs: None }, "too many requests"),
        401 | 403 => (Next::Alert, "the account's key is not right, or it may not send"),
        404 => (Next::Alert, "the account or the address of the API is not known"),
        300..=399 => (Next::Alert, "the far side points elsewhere; its address is not right"),
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
}
