//! Stored methods: payment methods, and the cards, bank accounts and sources of older accounts.
//!
//! Deliberately absent: methods that are no scheme of ours (wallets with an account of their own, instalments, bank
//! redirects). Nobody charges those off session here; they are nothing.

use regua_core::charging::Scheme;
use regua_core::time::Day;
use serde_json::Value;

use super::super::{MethodNews, MethodStanding};
use super::read::{at, name, object, own_name, text, truth, whole};

/// Characters of a method that people see.
const LAST_MAX: usize = 4;
/// Bytes of a fingerprint; Stripe's have 16.
const FINGERPRINT_MAX: usize = 128;

/// The scheme of a card, by its brand or network in any of Stripe's spellings.
pub(super) fn scheme_of_brand(brand: &str) -> Scheme {
    match brand.to_ascii_lowercase().as_str() {
        "visa" => Scheme::Visa,
        "mastercard" => Scheme::Mastercard,
        "amex" | "american express" | "american_express" => Scheme::Amex,
        "elo" => Scheme::Elo,
        "hipercard" => Scheme::Hipercard,
        "discover" => Scheme::Discover,
        "diners" | "diners club" | "diners_club" => Scheme::Diners,
        "jcb" => Scheme::Jcb,
        "unionpay" | "union_pay" => Scheme::UnionPay,
        _ => Scheme::OtherCard,
    }
}

/// The scheme of a bank debit, by the kind of the method.
pub(super) fn scheme_of_kind(kind: &str) -> Option<Scheme> {
    match kind {
        "us_bank_account" | "ach_debit" | "bank_account" => Some(Scheme::Ach),
        "sepa_debit" => Some(Scheme::Sepa),
        "bacs_debit" => Some(Scheme::Bacs),
        "au_becs_debit" => Some(Scheme::Becs),
        "acss_debit" => Some(Scheme::Pad),
        _ => None,
    }
}

/// Stripe's kind of a method, to ask for a charge with it; none where Stripe has no such method.
pub(super) const fn kind_of_scheme(scheme: Scheme) -> Option<&'static str> {
    match scheme {
        Scheme::Visa
        | Scheme::Mastercard
        | Scheme::Amex
        | Scheme::Elo
        | Scheme::Hipercard
        | Scheme::Discover
        | Scheme::Diners
        | Scheme::Jcb
        | Scheme::UnionPay
        | Scheme::OtherCard => Some("card"),
        Scheme::Ach => Some("us_bank_account"),
        Scheme::Sepa => Some("sepa_debit"),
        Scheme::Bacs => Some("bacs_debit"),
        Scheme::Becs => Some("au_becs_debit"),
        Scheme::Pad => Some("acss_debit"),
        Scheme::SepaB2b | Scheme::PixAutomatico | Scheme::Debit150 => None,
    }
}

/// A stored method as it stands; none when it is no scheme of ours or has no name.
///
/// * `gone` — whether what told of it says that it was taken away.
#[must_use]
pub fn method(value: &Value, gone: bool) -> Option<MethodNews> {
    let token = own_name(value)?;
    let (scheme, details) = details(value)?;
    let fits = |text: &&str| text.len() <= FINGERPRINT_MAX;
    let customer = name(value, "customer");
    let blocked = at(value, &["us_bank_account", "status_details", "blocked"]).is_some_and(Value::is_object);
    let dead = matches!(text(value, "status"), Some("canceled" | "failed" | "consumed" | "errored" | "verification_failed"));
    let standing = if gone || truth(value, "deleted") == Some(true) || blocked || dead {
        MethodStanding::Gone
    } else if customer.is_some() {
        MethodStanding::Active
    } else {
        // It belongs to nobody yet: what is not attached cannot be charged off session.
        MethodStanding::Pending
    };
    Some(MethodNews {
        customer_token: customer.map(str::to_owned),
        method_token: token.to_owned(),
        scheme,
        fingerprint: text(details, "fingerprint").filter(fits).map(str::to_owned),
        last4: text(details, "last4").filter(|last| last.chars().count() <= LAST_MAX).map(str::to_owned),
        expires_on: expiry(details),
        standing,
        allows_retry: false,
    })
}

/// What the owner's bank or the payer said of an authorisation: of bank debits, whose method it makes or ends.
#[must_use]
pub(super) fn mandate(value: &Value) -> Option<MethodNews> {
    let method_token = name(value, "payment_method")?.to_owned();
    let scheme = at(value, &["payment_method_details", "type"]).and_then(Value::as_str).and_then(scheme_of_kind)?;
    let standing = match text(value, "status")? {
        "active" => MethodStanding::Active,
        "pending" => MethodStanding::Pending,
        _ => MethodStanding::Gone,
    };
    Some(MethodNews {
        customer_token: None,
        method_token,
        scheme,
        fingerprint: None,
        last4: None,
        expires_on: None,
        standing,
        allows_retry: false,
    })
}

/// The scheme, and where the rest stands: in a part named by the kind, or in the object itself when it is an old one.
fn details(value: &Value) -> Option<(Scheme, &Value)> {
    match text(value, "object") {
        Some("card") => Some((scheme_of_brand(text(value, "brand").unwrap_or_default()), value)),
        Some("bank_account") => Some((Scheme::Ach, value)),
        _ => {
            let kind = text(value, "type")?;
            let part = object(value, kind)?;
            let card = || scheme_of_brand(text(part, "brand").unwrap_or_default());
            let scheme = if kind == "card" { card() } else { scheme_of_kind(kind)? };
            Some((scheme, part))
        }
    }
}

/// The scheme that a charge was made with, its fingerprint and expiry.
pub(super) fn charged_with(charge: &Value) -> Option<(Scheme, Option<String>, Option<Day>)> {
    let of_details = object(charge, "payment_method_details").and_then(|told| {
        let kind = text(told, "type")?;
        let part = object(told, kind)?;
        let brand = || text(part, "network").or_else(|| text(part, "brand")).unwrap_or_default();
        let scheme = if kind == "card" { scheme_of_brand(brand()) } else { scheme_of_kind(kind)? };
        Some((scheme, part))
    });
    let old = || object(charge, "source").or_else(|| object(charge, "card")).and_then(details);
    let (scheme, part) = of_details.or_else(old)?;
    Some((scheme, text(part, "fingerprint").filter(|text| text.len() <= FINGERPRINT_MAX).map(str::to_owned), expiry(part)))
}

/// The last day of the month that a card is valid in.
fn expiry(card: &Value) -> Option<Day> {
    let year = i16::try_from(whole(card, "exp_year")?).ok()?;
    let month = i8::try_from(whole(card, "exp_month")?).ok().filter(|month| (1..=12).contains(month))?;
    let (year, month) = if month == 12 { (year.checked_add(1)?, 1) } else { (year, month.checked_add(1)?) };
    Day::new(year, month, 1).map(|day| day.plus(-1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_is_valid_to_the_last_day_of_its_month() {
        for (year, month, last) in [
            (2026, 12, Some("2026-12-31")),
            (2028, 2, Some("2028-02-29")),
            (2027, 4, Some("2027-04-30")),
            (2026, 13, None),
            (2026, 0, None),
            (-1, 1, None),
            (99_999, 1, None),
        ] {
            let card = json!({ "exp_year": year, "exp_month": month });
            assert_eq!(expiry(&card).map(|day| day.to_string()).as_deref(), last, "{year}-{month}");
        }
        assert_eq!(expiry(&json!({ "exp_year": 2026, "exp_month": 127 })), None);
    }

    #[test]
    fn schemes_are_found_in_every_spelling() {
        for (brand, scheme) in [
            ("visa", Scheme::Visa),
            ("MasterCard", Scheme::Mastercard),
            ("American Express", Scheme::Amex),
            ("Diners Club", Scheme::Diners),
            ("cartes_bancaires", Scheme::OtherCard),
            ("", Scheme::OtherCard),
        ] {
            assert_eq!(scheme_of_brand(brand), scheme, "{brand}");
        }
        for scheme in Scheme::ALL.iter().copied() {
            let Some(kind) = kind_of_scheme(scheme) else { continue };
            assert!(kind == "card" || scheme_of_kind(kind) == Some(scheme), "{scheme}");
        }
    }

    #[test]
    fn a_method_is_gone_when_it_was_taken_away_or_its_bank_blocked_it() {
        let bank = |blocked: Value| {
            json!({ "id": "pm_1", "type": "us_bank_account", "customer": "cus_1",
            "us_bank_account": { "fingerprint": "f", "last4": "6789", "status_details": { "blocked": blocked } } })
        };
        let standing = |value: &Value, gone| method(value, gone).unwrap().standing;
        assert_eq!(standing(&bank(json!(null)), false), MethodStanding::Active);
        assert_eq!(standing(&bank(json!(null)), true), MethodStanding::Gone);
        assert_eq!(standing(&bank(json!({ "network_code": "R02" })), false), MethodStanding::Gone);
        assert_eq!(method(&json!({ "id": "pm_1", "type": "klarna", "klarna": {} }), false), None);
        assert_eq!(method(&json!({ "type": "card", "card": {} }), false), None);
    }
}
