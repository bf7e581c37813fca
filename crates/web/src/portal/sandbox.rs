//! Test cards of the built-in sandbox: their numbers stand for what shall happen. Any other number is refused and goes nowhere.

use regua_core::charging::Scheme;
use regua_core::ids::CustomerId;
use sha2::{Digest as _, Sha256};

/// A test card as it is stored.
pub(super) struct Card {
    /// What the sandbox knows it by.
    pub(super) token: String,
    pub(super) scheme: Scheme,
    pub(super) last4: String,
}

/// The numbers of test cards, as the form shows them: what is taken, what is declined, what needs the payer.
pub(super) const NUMBERS: [&str; 4] = ["4242 4242 4242 4242", "5555 5555 5555 4444", "4000 0000 0000 9995", "4000 0025 0000 3155"];

/// The card of a number; nothing for one that is no test card. A token is one customer's.
pub(super) fn card(number: &str, customer: CustomerId) -> Option<Card> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let last4 = digits.get(digits.len().checked_sub(4)?..)?.to_owned();
    let own: String = customer.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let part = Sha256::digest(format!("{own}{last4}").as_bytes()).first_chunk::<2>().map_or(0, |two| u16::from_be_bytes(*two));
    let (token, scheme) = match digits.as_str() {
        // The first try is taken, so that what comes before it never happens; it only tells one customer's card from another's.
        "4242424242424242" => (format!("sandbox_recovers_after_1_decline_{own}{last4}"), Scheme::Visa),
        "5555555555554444" => (format!("sandbox_recovers_after_1_decline_{own}{last4}"), Scheme::Mastercard),
        // Nothing is tried so often.
        "4000000000009995" => (format!("sandbox_recovers_after_{}_decline_insufficient_funds", part.max(1_000)), Scheme::Visa),
        "4000002500003155" => (format!("sandbox_slow_{}_needs_payer", 1 + part % 500), Scheme::Visa),
        _ => return None,
    };
    Some(Card { token, scheme, last4 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_wire::gateways::sandbox::{Outcome, Plan};

    #[test]
    fn test_cards_are_what_the_sandbox_knows_and_others_are_none() {
        let (one, other) = (CustomerId::new(1, [1; 10]), CustomerId::new(1, [2; 10]));
        for number in NUMBERS {
            let card = card(number, one).unwrap();
            assert!(Plan::of(&card.token).is_ok(), "{}", card.token);
            assert!(number.ends_with(&card.last4));
        }
        assert_ne!(card(NUMBERS[0], one).unwrap().token, card(NUMBERS[0], other).unwrap().token);
        let needs = Plan::of(&card(NUMBERS[3], one).unwrap().token).unwrap();
        assert!(matches!(needs.outcome, Outcome::NeedsPayer { .. }));
        assert!(card("4111 1111 1111 1111", one).is_none() && card("", one).is_none() && card("42", one).is_none());
    }
}
