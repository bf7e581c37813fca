//! Every code that came with a failed attempt, and whose it is.
//!
//! One failure says up to five things: what Stripe concluded, what the network advises through Stripe, what the issuer said in
//! its network's code, the network's own advice, and why Stripe itself stopped it. What they mean together is decided where
//! the table of codes is; nothing is dropped here but what says the same again.

use regua_core::charging::{CodeSpace, Scheme, Signal};
use serde_json::Value;

use super::methods::{scheme_of_brand, scheme_of_kind};
use super::read::{at, object, text};

/// Bytes of a code; the longest of Stripe's have some fifty.
const CODE_MAX: usize = 64;
/// Reasons of an outcome that are Stripe's own: with these it never went to the network, or was held.
const OWN_REASONS: &[&str] =
    &["highest_risk_level", "elevated_risk_level", "rule", "low_probability_of_authorization", "previously_declined_do_not_retry"];
/// The code that only says that there is another one.
const DECLINED: &str = "card_declined";
/// Codes with which only the payer can go on, by authenticating.
const AUTHENTICATE: &[&str] = &[
    "authentication_required",
    "authentication_not_handled",
    "payment_intent_authentication_failure",
    "setup_intent_authentication_failure",
];

/// What a failed attempt was told with.
#[derive(Clone, Copy, Default)]
pub(super) struct Failure<'a> {
    /// `last_payment_error`, or `error` of a refusal.
    pub error: Option<&'a Value>,
    /// The charge, when it came whole.
    pub charge: Option<&'a Value>,
}

impl Failure<'_> {
    /// Whether the payer has to authenticate, on session.
    pub(super) fn needs_payer(self) -> bool {
        let codes = [self.of_error("decline_code"), self.of_error("code"), self.of_charge("failure_code")];
        codes.into_iter().flatten().any(|code| AUTHENTICATE.contains(&code))
    }

    /// Every code, the one that says most first.
    pub(super) fn signals(self) -> Vec<Signal> {
        let mut signals = Signals(Vec::new());
        let scheme = self.scheme();
        let outcome = self.charge.and_then(|charge| object(charge, "outcome"));
        let of_outcome = |key: &str| outcome.and_then(|outcome| text(outcome, key));
        let own = if self.is_card() { CodeSpace::Stripe } else { CodeSpace::StripeLpm };

        let reason = of_outcome("reason");
        let is_own = |reason: &str| OWN_REASONS.contains(&reason) || of_outcome("type") != Some("issuer_declined");
        signals.add(own, self.of_error("decline_code"));
        signals.add(own, reason.filter(|reason| !is_own(reason)));
        for code in [self.of_error("code"), self.of_charge("failure_code")] {
            signals.add(own, code.filter(|code| *code != DECLINED));
        }
        let advice = self.of_error("advice_code").or_else(|| of_outcome("advice_code"));
        signals.add(CodeSpace::StripeAdvice, advice);
        let network = self.of_error("network_decline_code").or_else(|| of_outcome("network_decline_code"));
        signals.add(network_space(scheme), network);
        if scheme == Some(Scheme::Mastercard) {
            let advice = self.of_error("network_advice_code").or_else(|| of_outcome("network_advice_code"));
            signals.add(CodeSpace::MastercardMac, advice);
        }
        // A charge that passed may have been looked at too; only what stands by a failure is a reason for it.
        signals.add(CodeSpace::StripeOutcome, reason.filter(|reason| is_own(reason)));
        if signals.0.is_empty() {
            signals.add(own, self.of_error("code").or_else(|| self.of_charge("failure_code")));
        }
        signals.0
    }

    fn of_error(&self, key: &str) -> Option<&str> {
        self.error.and_then(|error| text(error, key))
    }

    fn of_charge(&self, key: &str) -> Option<&str> {
        self.charge.and_then(|charge| text(charge, key))
    }

    /// The kind of the method, in Stripe's words.
    fn kind(&self) -> Option<&str> {
        let details = self.charge.and_then(|charge| object(charge, "payment_method_details"));
        let method = self.error.and_then(|error| object(error, "payment_method"));
        let told = details.or(method).and_then(|method| text(method, "type")).or_else(|| self.of_error("payment_method_type"));
        told.or_else(|| match text(self.source()?, "object")? {
            "source" => text(self.source()?, "type"),
            object => Some(object),
        })
    }

    fn is_card(&self) -> bool {
        // Who says nothing of the method speaks of a card: the older the version, the more so.
        self.kind().is_none_or(|kind| kind == "card" || kind == "card_present" || kind == "link")
    }

    /// The card or account of an old charge, from before there were payment methods.
    fn source(&self) -> Option<&Value> {
        let mut told = [self.charge, self.error].into_iter().flatten();
        told.find_map(|from| object(from, "source").or_else(|| object(from, "card")))
    }

    /// Whose rules bind the method that failed.
    fn scheme(&self) -> Option<Scheme> {
        if !self.is_card() {
            return self.kind().and_then(scheme_of_kind);
        }
        let details = self.charge.and_then(|charge| at(charge, &["payment_method_details", "card"]));
        let of_error = self.error.and_then(|error| at(error, &["payment_method", "card"]));
        // The network that carried it stands over the brand: a card may have two.
        let brand = details.and_then(|card| text(card, "network").or_else(|| text(card, "brand")));
        let brand = brand.or_else(|| of_error.and_then(|card| text(card, "brand")));
        let old = || self.source().and_then(|card| text(card, "brand").or_else(|| at(card, &["card", "brand"]).and_then(Value::as_str)));
        brand.or_else(old).map(scheme_of_brand)
    }
}

/// Whose code an issuer or a bank answers with. Networks without a list of their own follow ISO 8583.
fn network_space(scheme: Option<Scheme>) -> CodeSpace {
    match scheme {
        Some(Scheme::Visa) => CodeSpace::Visa,
        Some(Scheme::Mastercard) => CodeSpace::Mastercard,
        Some(Scheme::Amex) => CodeSpace::Amex,
        Some(Scheme::Elo) => CodeSpace::Elo,
        Some(Scheme::Ach) => CodeSpace::Ach,
        Some(Scheme::Sepa | Scheme::SepaB2b) => CodeSpace::Sepa,
        Some(Scheme::Bacs) => CodeSpace::BacsArudd,
        Some(Scheme::Becs) => CodeSpace::Becs,
        Some(Scheme::Pad) => CodeSpace::Pad,
        Some(Scheme::PixAutomatico) => CodeSpace::PixAutomatico,
        Some(Scheme::Debit150) => CodeSpace::Debit150,
        Some(Scheme::Hipercard | Scheme::Discover | Scheme::Diners | Scheme::Jcb | Scheme::UnionPay | Scheme::OtherCard) | None => {
            CodeSpace::Iso8583
        }
    }
}

/// Signals without repetition.
struct Signals(Vec<Signal>);

impl Signals {
    fn add(&mut self, space: CodeSpace, code: Option<&str>) {
        let fits = |code: &&str| !code.is_empty() && code.len() <= CODE_MAX && code.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(code) = code.filter(fits) else { return };
        let signal = Signal { space, code: code.into() };
        if !self.0.contains(&signal) {
            self.0.push(signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(error: &Value, charge: &Value) -> Vec<String> {
        let failure =
            Failure { error: Some(error).filter(|error| error.is_object()), charge: Some(charge).filter(|charge| charge.is_object()) };
        failure.signals().iter().map(|signal| format!("{}:{}", signal.space.as_str(), signal.code)).collect()
    }

    #[test]
    fn every_code_is_told_with_its_space_and_none_twice() {
        let card = |brand: &str| json!({ "type": "card", "card": { "brand": brand } });
        let rows = [
            (
                json!({ "code": "card_declined", "decline_code": "insufficient_funds", "advice_code": "try_again_later",
                    "network_decline_code": "51", "network_advice_code": "24", "payment_method": card("mastercard") }),
                json!(null),
                "stripe:insufficient_funds stripe-advice-code:try_again_later mastercard:51 mastercard-mac:24",
            ),
            // The advice of another network has no list here.
            (
                json!({ "code": "card_declined", "decline_code": "do_not_honor", "network_decline_code": "05", "network_advice_code": "02",
                    "payment_method": card("visa") }),
                json!(null),
                "stripe:do_not_honor visa:05",
            ),
            (
                json!({ "code": "expired_card", "decline_code": "expired_card", "network_decline_code": "101", "payment_method": card("amex") }),
                json!(null),
                "stripe:expired_card amex:101",
            ),
            (json!({ "code": "card_declined", "network_decline_code": "14", "payment_method": card("jcb") }), json!(null), "iso8583:14"),
            // Two brands: the network that carried it counts.
            (
                json!({ "code": "card_declined", "decline_code": "generic_decline", "network_decline_code": "05", "payment_method": card("visa") }),
                json!({ "payment_method_details": { "type": "card", "card": { "brand": "visa", "network": "cartes_bancaires" } } }),
                "stripe:generic_decline iso8583:05",
            ),
            // Stripe itself stopped it.
            (
                json!(null),
                json!({ "failure_code": "card_declined", "outcome": { "type": "blocked", "network_status": "not_sent_to_network",
                    "reason": "previously_declined_do_not_retry" } }),
                "stripe-outcome-reason:previously_declined_do_not_retry",
            ),
            (
                json!(null),
                json!({ "failure_code": "card_declined", "outcome": { "type": "issuer_declined", "reason": "lost_card",
                    "network_decline_code": "41" }, "payment_method_details": { "type": "card", "card": { "network": "visa" } } }),
                "stripe:lost_card visa:41",
            ),
            // A bank debit, and what its bank said.
            (
                json!({ "code": "payment_intent_payment_attempt_failed", "network_decline_code": "R01",
                    "payment_method": { "type": "us_bank_account" } }),
                json!(null),
                "stripe-lpm:payment_intent_payment_attempt_failed ach:R01",
            ),
            (
                json!({ "decline_code": "insufficient_funds", "network_decline_code": "AM04", "payment_method": { "type": "sepa_debit" } }),
                json!(null),
                "stripe-lpm:insufficient_funds sepa-sdd:AM04",
            ),
            // Of 2013: a card in the charge, and nothing but the code that says nothing.
            (
                json!(null),
                json!({ "failure_code": "card_declined", "card": { "object": "card", "brand": "Visa" } }),
                "stripe:card_declined",
            ),
            (json!({}), json!({}), ""),
            (json!({ "code": 7, "decline_code": "", "advice_code": "with space" }), json!({ "outcome": "x" }), ""),
        ];
        for (error, charge, expected) in rows {
            assert_eq!(told(&error, &charge).join(" "), expected, "{error} {charge}");
        }
    }

    #[test]
    fn only_what_the_payer_can_authenticate_needs_the_payer() {
        for (error, needs) in [
            (json!({ "code": "authentication_required" }), true),
            (json!({ "code": "card_declined", "decline_code": "authentication_required" }), true),
            (json!({ "code": "payment_intent_authentication_failure" }), true),
            (json!({ "code": "card_declined", "decline_code": "insufficient_funds" }), false),
            (json!({}), false),
        ] {
            assert_eq!(Failure { error: Some(&error), charge: None }.needs_payer(), needs, "{error}");
        }
    }
}
