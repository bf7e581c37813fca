//! What codes mean, alone and together.

use regua_core::charging::{Action, Again, Category, CodeSpace, Reason, Scheme, declines};
use serde_json::Value;

use crate::harness::{read, signal};

#[test]
fn a_codes_meaning_is_its_row() {
    for (space, code, reason, again, wait, tries) in [
        (CodeSpace::Stripe, "insufficient_funds", Reason::InsufficientFunds, Again::Smart, 24, (8, 14)),
        (CodeSpace::Stripe, "authentication_required", Reason::Authentication, Again::AfterAuth, 0, (1, 14)),
        (CodeSpace::Stripe, "lost_card", Reason::LostStolen, Again::AfterUpdate, 0, (0, 0)),
        (CodeSpace::StripeOutcome, "previously_declined_do_not_retry", Reason::Blocked, Again::AfterUpdate, 0, (0, 0)),
        (CodeSpace::Visa, "51", Reason::InsufficientFunds, Again::Smart, 24, (15, 30)),
        (CodeSpace::Visa, "41", Reason::LostStolen, Again::Never, 0, (0, 0)),
        (CodeSpace::Visa, "54", Reason::Expired, Again::AfterUpdate, 0, (15, 30)),
        (CodeSpace::Mastercard, "91", Reason::Technical, Again::FixedDelay, 1, (10, 1)),
        (CodeSpace::MastercardMac, "02", Reason::Generic, Again::Smart, 72, (35, 30)),
        (CodeSpace::MastercardMac, "21", Reason::Revoked, Again::Never, 0, (0, 0)),
        (CodeSpace::Amex, "116", Reason::InsufficientFunds, Again::Smart, 24, (8, 30)),
        (CodeSpace::Elo, "05", Reason::Generic, Again::Smart, 24, (15, 30)),
        (CodeSpace::Elo, "5", Reason::Generic, Again::Smart, 24, (15, 30)),
        (CodeSpace::Ach, "R01", Reason::InsufficientFunds, Again::Smart, 72, (2, 180)),
        (CodeSpace::Sepa, "AM04", Reason::InsufficientFunds, Again::Smart, 120, (2, 42)),
        (CodeSpace::BacsArudd, "0", Reason::InsufficientFunds, Again::Smart, 120, (2, 30)),
        (CodeSpace::Pad, "901", Reason::InsufficientFunds, Again::Smart, 72, (1, 30)),
        (CodeSpace::PixAutomatico, "EXPIRADA", Reason::InsufficientFunds, Again::Smart, 0, (3, 7)),
        (CodeSpace::PixAutomatico, "AC05", Reason::ClosedAccount, Again::Never, 0, (0, 0)),
        (CodeSpace::Debit150, "01", Reason::InsufficientFunds, Again::Smart, 24, (3, 30)),
        (CodeSpace::Debit150, "30", Reason::Revoked, Again::AfterUpdate, 0, (0, 0)),
        (CodeSpace::Asaas, "PAYMENT_OVERDUE", Reason::InsufficientFunds, Again::Smart, 0, (3, 7)),
    ] {
        let advice = read(space, code);
        let found = (advice.reason, advice.again, advice.wait_hours, (advice.tries_max, advice.tries_days), advice.unmapped);
        assert_eq!(found, (reason, again, wait, tries, false), "{space} {code}");
    }
}

#[test]
fn the_four_codes_that_stop_all_contact_say_so() {
    for (space, code) in [(CodeSpace::Ach, "R15"), (CodeSpace::Sepa, "MD07"), (CodeSpace::BacsArudd, "2"), (CodeSpace::Becs, "4")] {
        assert_eq!(read(space, code).action, Action::StopContact, "{space} {code}");
    }
}

#[test]
fn the_most_restrictive_signal_wins() {
    let together = |signals: &[(CodeSpace, &str)]| {
        let signals: Vec<_> = signals.iter().map(|(space, code)| signal(*space, code)).collect();
        let (advice, mut back) = (declines::read(&signals), signals.clone());
        back.reverse();
        assert_eq!(advice, declines::read(&back), "the order of signals means something: {signals:?}");
        advice
    };
    // A gateway's soft code beside a scheme's stop.
    let advice = together(&[(CodeSpace::Stripe, "do_not_honor"), (CodeSpace::Mastercard, "05"), (CodeSpace::MastercardMac, "03")]);
    assert_eq!((advice.again, advice.action, advice.wait_hours), (Again::Never, Action::NewMethod, 48));
    // Waits and tries come from different codes: the longest wait, the fewest tries over the longest window.
    let advice = together(&[(CodeSpace::Stripe, "insufficient_funds"), (CodeSpace::Visa, "59")]);
    assert_eq!((advice.wait_hours, advice.tries_max, advice.tries_days), (72, 8, 30));
    // The network's own reason goes before the gateway's where both are as strict.
    let advice = together(&[(CodeSpace::Stripe, "generic_decline"), (CodeSpace::Iso8583, "51")]);
    assert_eq!((advice.reason, advice.action), (Reason::InsufficientFunds, Action::ContactIssuer), "the network names a reason");
    let advice = together(&[(CodeSpace::MastercardMac, "02"), (CodeSpace::Mastercard, "51")]);
    assert_eq!((advice.reason, advice.wait_hours), (Reason::InsufficientFunds, 72), "a scheme that advises to wait names no reason");
    let advice = together(&[(CodeSpace::Stripe, "card_velocity_exceeded"), (CodeSpace::Visa, "05")]);
    assert_eq!(advice.reason, Reason::Limit, "a named reason before a generic one, though a gateway names it");
    let advice = together(&[(CodeSpace::Stripe, "issuer_not_available"), (CodeSpace::Mastercard, "91")]);
    assert_eq!((advice.reason, advice.tries_max, advice.tries_days), (Reason::Technical, 4, 3));
    // An unknown code beside a known one slows it and is counted.
    let advice = together(&[(CodeSpace::Stripe, "brand_new_code"), (CodeSpace::Visa, "51")]);
    assert_eq!((advice.again, advice.wait_hours, advice.tries_max, advice.unmapped), (Again::Smart, 72, 2, true));
}

#[test]
fn mastercards_timed_advice_counts_only_beside_a_lack_of_funds() {
    for (code, hours) in [("24", 24), ("25", 24), ("26", 48), ("27", 96), ("28", 144), ("29", 192), ("30", 240)] {
        let advice = declines::read(&[signal(CodeSpace::Mastercard, "51"), signal(CodeSpace::MastercardMac, code)]);
        assert_eq!((advice.wait_hours, advice.again), (hours, Again::FixedDelay), "{code}");
        let advice = declines::read(&[signal(CodeSpace::Mastercard, "05"), signal(CodeSpace::MastercardMac, code)]);
        assert_eq!(advice, read(CodeSpace::Mastercard, "05"), "{code}");
    }
    assert!(read(CodeSpace::MastercardMac, "30").unmapped, "alone it means nothing");
}

#[test]
fn nothing_and_nonsense_are_unknown_slow_and_counted() {
    let nothing = declines::read(&[]);
    assert_eq!((nothing.reason, nothing.category, nothing.again), (Reason::Unknown, Category::Unknown, Again::Smart));
    assert_eq!((nothing.wait_hours, nothing.tries_max, nothing.tries_days, nothing.action), (72, 2, 14, Action::ReviewInternal));
    assert!(nothing.unmapped);
    for code in ["", " ", "*", "visa:", ":", "9999999999", "\u{0}", "é", "insufficient_funds,", "0"] {
        for space in [CodeSpace::Visa, CodeSpace::Stripe, CodeSpace::Abecs, CodeSpace::Elo, CodeSpace::Debit150] {
            assert_eq!(read(space, code), nothing, "{space} {code:?}");
        }
    }
}

#[test]
fn each_pair_of_abecs_is_as_strict_as_its_class_and_as_the_brands_own_row() {
    let rows: Value = serde_json::from_str(include_str!("../vectors/abecs_return_codes.json")).unwrap();
    let mut checked = 0;
    for row in rows.as_array().unwrap() {
        let irreversible = row["retry"] == "irreversible";
        for (column, scheme, space) in [
            ("elo", Scheme::Elo, CodeSpace::Elo),
            ("visa", Scheme::Visa, CodeSpace::Visa),
            ("mastercard_hiper", Scheme::Mastercard, CodeSpace::Mastercard),
            ("mastercard_hiper", Scheme::Hipercard, CodeSpace::Mastercard),
            ("amex", Scheme::Amex, CodeSpace::Amex),
        ] {
            for code in row[column].as_array().unwrap() {
                let code = code.as_str().unwrap();
                let signal = declines::abecs(scheme, code).unwrap();
                let advice = declines::read(std::slice::from_ref(&signal));
                assert!(!advice.unmapped, "{signal:?}");
                assert!(!irreversible || advice.again >= Again::AfterUpdate, "{signal:?} may not be tried again as it is");
                let unbranded = read(CodeSpace::Abecs, code);
                assert!(unbranded.again >= advice.again, "{signal:?}: without a brand the strictest counts");
                if let Some(own) = declines::row(space, code) {
                    assert!(advice.again >= own.advice.again && advice.wait_hours >= own.advice.wait_hours, "{signal:?}");
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 120, "{checked}");
    // Examples where the two differ.
    let brand = |scheme, code| declines::read(&[declines::abecs(scheme, code).unwrap()]).again;
    assert_eq!(brand(Scheme::Visa, "03"), Again::AfterUpdate, "Visa's category 2, irreversible for ABECS");
    assert_eq!(brand(Scheme::Visa, "57"), Again::Never, "ABECS says irreversible, Visa's category 1 says never");
    assert_eq!(brand(Scheme::Elo, "62"), Again::AfterUpdate, "ambiguous within the brand: the stricter");
    assert_eq!(brand(Scheme::Visa, "51"), Again::Smart);
    assert!(declines::abecs(Scheme::Ach, "51").is_none());
}
