//! How a method behaves when it is charged: what every decline says, and on which try or from which moment it succeeds.
//!
//! The codes are those of Stripe's pages on declines. Deliberately absent: what a decline means to whoever retries.

use std::collections::BTreeMap;

/// A refusal by the issuer, or by Stripe before it reached the issuer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decline {
    /// The error's `code`.
    pub code: String,
    /// `decline_code`.
    pub decline_code: String,
    /// `advice_code`.
    pub advice_code: Option<String>,
    /// `network_decline_code`: the scheme's own.
    pub network_decline_code: Option<String>,
    /// `network_advice_code`: two digits.
    pub network_advice_code: Option<String>,
    /// `outcome.reason` when it is another word than the decline code.
    pub reason: Option<String>,
    /// Whether it never reached the issuer: `not_sent_to_network`, `blocked`.
    pub blocked: bool,
}

/// Decline codes that are also the error's code; every other one comes as `card_declined`.
const OWN_CODE: [&str; 10] = [
    "authentication_required",
    "expired_card",
    "incorrect_cvc",
    "incorrect_number",
    "incorrect_zip",
    "incorrect_address",
    "invalid_cvc",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "processing_error",
];

/// Advice and the network's code that come with a decline when a test says no other.
const USUAL: [(&str, &str, &str); 16] = [
    ("insufficient_funds", "try_again_later", "51"),
    ("do_not_honor", "try_again_later", "05"),
    ("generic_decline", "try_again_later", "05"),
    ("expired_card", "confirm_card_data", "54"),
    ("incorrect_number", "confirm_card_data", "14"),
    ("incorrect_cvc", "confirm_card_data", "N7"),
    ("lost_card", "do_not_try_again", "41"),
    ("stolen_card", "do_not_try_again", "43"),
    ("pickup_card", "do_not_try_again", "04"),
    ("card_velocity_exceeded", "try_again_later", "65"),
    ("processing_error", "try_again_later", "96"),
    ("issuer_not_available", "try_again_later", "91"),
    ("transaction_not_allowed", "do_not_try_again", "57"),
    ("revocation_of_authorization", "do_not_try_again", "R1"),
    ("revocation_of_all_authorizations", "do_not_try_again", "R3"),
    ("authentication_required", "", "1A"),
];

/// After these Stripe's own biller charges no more until there is another method.
const NOT_RETRIED: [&str; 8] = [
    "incorrect_number",
    "lost_card",
    "pickup_card",
    "stolen_card",
    "revocation_of_authorization",
    "revocation_of_all_authorizations",
    "authentication_required",
    "highest_risk_level",
];

impl Decline {
    /// By its decline code, with the advice and network code that usually come with it.
    #[must_use]
    pub fn of(decline_code: &str) -> Self {
        let usual = USUAL.iter().find(|(code, ..)| *code == decline_code);
        Self {
            code: if OWN_CODE.contains(&decline_code) { decline_code } else { "card_declined" }.to_owned(),
            decline_code: decline_code.to_owned(),
            advice_code: usual.map(|(_, advice, _)| (*advice).to_owned()).filter(|advice| !advice.is_empty()),
            network_decline_code: usual.map(|(.., network)| (*network).to_owned()),
            network_advice_code: None,
            reason: None,
            blocked: false,
        }
    }

    /// With another advice code; empty for none.
    #[must_use]
    pub fn advice(mut self, code: &str) -> Self {
        self.advice_code = (!code.is_empty()).then(|| code.to_owned());
        self
    }

    /// With the network's own codes; empty for none.
    #[must_use]
    pub fn network(mut self, decline: &str, advice: &str) -> Self {
        self.network_decline_code = (!decline.is_empty()).then(|| decline.to_owned());
        self.network_advice_code = (!advice.is_empty()).then(|| advice.to_owned());
        self
    }

    /// Stripe itself stops it, for a reason such as `previously_declined_do_not_retry`.
    #[must_use]
    pub fn blocked(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self.blocked = true;
        self
    }

    /// Whether Stripe's own biller charges the same method again after it.
    #[must_use]
    pub fn retried_by_biller(&self) -> bool {
        !NOT_RETRIED.contains(&self.decline_code.as_str()) && self.reason.as_deref() != Some("highest_risk_level")
    }
}

/// What becomes of one try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The money is taken.
    Succeeds,
    /// It is not.
    Declines(Decline),
    /// The payer must authenticate: declined off session, `requires_action` on session.
    Authenticates,
    /// A bank debit: it is on its way, and a test says how it ends.
    Processes,
}

/// How a method behaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Behaviour {
    first: Vec<Outcome>,
    then: Outcome,
    from: Option<(i64, Outcome)>,
}

impl Behaviour {
    /// Each try comes to this.
    #[must_use]
    pub fn always(outcome: Outcome) -> Self {
        Self { first: Vec::new(), then: outcome, from: None }
    }

    /// The first tries come to these, every later one to `then`.
    #[must_use]
    pub fn row(first: Vec<Outcome>, then: Outcome) -> Self {
        Self { first, then, from: None }
    }

    /// Declined until the n-th try, counted from 1, which succeeds.
    #[must_use]
    pub fn succeeds_on(nth: usize, decline: &Decline) -> Self {
        Self::row(vec![Outcome::Declines(decline.clone()); nth.saturating_sub(1)], Outcome::Succeeds)
    }

    /// From a moment of the fake's clock on, every try comes to this.
    #[must_use]
    pub fn from(mut self, moment: i64, outcome: Outcome) -> Self {
        self.from = Some((moment, outcome));
        self
    }

    /// What the try with this number comes to, counted from 0.
    #[must_use]
    pub(crate) fn outcome(&self, tried: usize, now: i64) -> Outcome {
        match &self.from {
            Some((moment, outcome)) if now >= *moment => outcome.clone(),
            Some(_) | None => self.first.get(tried).unwrap_or(&self.then).clone(),
        }
    }
}

/// A card that can be made a method of: by a token such as `pm_card_visa`, or by its number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// `visa`, `mastercard`, `amex`, `elo` …
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// What it does.
    pub behaviour: Behaviour,
    /// Declined when it is attached, not when it is charged.
    pub refuses_attachment: Option<Decline>,
}

impl Card {
    /// A card by its brand and behaviour.
    #[must_use]
    pub fn new(brand: &str, last4: &str, behaviour: Behaviour) -> Self {
        Self { brand: brand.to_owned(), last4: last4.to_owned(), behaviour, refuses_attachment: None }
    }
}

/// Tokens of Stripe's page of test cards, the number each stands for, and what it does when charged: empty for success.
const TOKENS: [(&str, &str, &str, &str); 20] = [
    ("pm_card_visa", "4242424242424242", "visa", ""),
    ("pm_card_visa_debit", "4000056655665556", "visa", ""),
    ("pm_card_mastercard", "5555555555554444", "mastercard", ""),
    ("pm_card_amex", "378282246310005", "amex", ""),
    ("pm_card_discover", "6011111111111117", "discover", ""),
    ("pm_card_diners", "3056930009020004", "diners", ""),
    ("pm_card_jcb", "3566002020360505", "jcb", ""),
    ("pm_card_unionpay", "6200000000000005", "unionpay", ""),
    ("pm_card_visa_chargeDeclined", "4000000000000002", "visa", "generic_decline"),
    ("pm_card_chargeCustomerFail", "4000000000000341", "visa", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", "visa", "insufficient_funds"),
    ("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", "visa", "lost_card"),
    ("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", "visa", "stolen_card"),
    ("pm_card_chargeDeclinedExpiredCard", "4000000000000069", "visa", "expired_card"),
    ("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", "visa", "incorrect_cvc"),
    ("pm_card_chargeDeclinedProcessingError", "4000000000000119", "visa", "processing_error"),
    ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", "visa", "card_velocity_exceeded"),
    ("pm_card_chargeDeclinedFraudulent", "4100000000000019", "visa", "fraudulent"),
    ("pm_card_authenticationRequired", "4000002760003184", "visa", "authentication"),
    ("pm_card_threeDSecure2Required", "4000000000003220", "visa", "authentication"),
];

/// The cards that a fake knows from its start, by token and by number.
#[must_use]
pub(crate) fn known() -> BTreeMap<String, Card> {
    let mut cards = BTreeMap::new();
    for (token, number, brand, does) in TOKENS {
        let outcome = match does {
            "" => Outcome::Succeeds,
            "authentication" => Outcome::Authenticates,
            code => Outcome::Declines(Decline::of(code)),
        };
        let last4 = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
        let card = Card::new(brand, last4, Behaviour::always(outcome));
        cards.insert(token.to_owned(), card.clone());
        cards.insert(number.to_owned(), card);
    }
    cards
}
