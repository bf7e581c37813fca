//! What is stored comes back as it was, as text and in the compact form.

use std::fmt::Debug;
use std::num::NonZeroU16;

use proptest::prelude::*;
use regua_core::billing::{
    Anchor, Attachment, Change, Coupon, CreditOf, Cycle, DraftInvoice, Lasts, Net, NewSubscription, Off, Plan, Settle, Subscription, Tax,
    TaxMode, Terms, Tiers,
};
use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::rate::Rate;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::harness::{NOW_OWN, any_cycle, any_plan, bill_until, day, flat, new, plan, plan_change, quantity, usage};

fn assert_comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).expect("text");
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap_or_else(|error| panic!("{error} in {text}")), value);
    let bytes = postcard::to_allocvec(value).expect("bytes");
    assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap_or_else(|error| panic!("{error} in {text}")), value);
}

fn full(plan: Plan) -> NewSubscription {
    let terms = Terms {
        net: Net::Rolled(7),
        calendar: Calendar::BrBanking,
        instalments: NonZeroU16::new(2).expect("two"),
        taxes: vec![Tax { name: "ISS".into(), rate: Rate::from_bps(500), mode: TaxMode::Within }],
        purchase_order: Some("PO 1".into()),
        attachments: vec![Attachment { name: "a.pdf".into(), place: "files/a.pdf".into(), sha256: Some("00".into()) }],
        ..Terms::default()
    };
    let half =
        Coupon { code: "HALF".into(), off: Off::Percent(Rate::from_bps(5_000)), lasts: Lasts::Once, expires_on: Some(day("2027-12-31")) };
    let five = Off::Amount(Money::new(500, Currency::BRL));
    let five = Coupon { code: "FIVE".into(), off: five, lasts: Lasts::Periods(NonZeroU16::new(3).expect("three")), expires_on: None };
    let anchor = Some(Anchor::with_day(day("2026-11-01"), 31).expect("31"));
    NewSubscription { terms, coupons: vec![half, five], anchor, trial_until: Some(day("2026-11-08")), ..new(plan, "2026-11-01") }
}

proptest! {
    #[test]
    fn whatever_is_stored_comes_back(offered in any_plan("p", any_cycle()), other in any_plan("q", any_cycle()), days in 0..200_i32) {
        let begin = full(offered);
        assert_comes_back(&begin);
        let mut subscription = Subscription::new(begin).unwrap();
        assert_comes_back(&subscription);
        let on = day("2026-11-10").plus(days);
        let before = bill_until(&mut subscription, on);
        let changes = [
            quantity(3, NOW_OWN),
            usage("u", 9),
            plan_change(other, NOW_OWN),
            Change::Paused { effect: NOW_OWN, until: Some(on.plus(40)) },
            Change::Resumed { settle: Settle::NextInvoice },
            Change::CancelledAtPeriodEnd,
            Change::Continued,
            Change::CancelledNow { credit: true },
            Change::TermsChanged(Box::default()),
            Change::CouponRemoved { code: "FIVE".into() },
        ];
        for change in &changes {
            assert_comes_back(change);
            let _ = subscription.apply(change.clone(), on);
            assert_comes_back(&subscription);
        }
        let drafts: Vec<DraftInvoice> = before.into_iter().chain(bill_until(&mut subscription, on.plus(500))).collect();
        for draft in &drafts {
            assert_comes_back(draft);
            if let Ok(note) = draft.credit_note(&[], CreditOf::All, on, "all") {
                assert_comes_back(&note);
            }
        }
        // A subscription that was stored between two bills goes on as if it had not been.
        let mut kept = subscription.clone();
        let bytes = postcard::to_allocvec(&subscription).unwrap();
        let mut read: Subscription = postcard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(bill_until(&mut kept, on.plus(900)), bill_until(&mut read, on.plus(900)));
    }
}

#[test]
fn what_cannot_be_is_not_read() {
    let good = serde_json::to_string(&plan("p", Cycle::MONTHLY, vec![flat(100)])).unwrap();
    for (bad, part) in [
        (good.replace("100", "-100"), "negative amount"),
        (good.replace("BRL", "XXZ"), "ISO 4217"),
        (good.replace("\"every\":1", "\"every\":0"), "nonzero"),
    ] {
        assert_ne!(bad, good);
        let error = serde_json::from_str::<Plan>(&bad).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert!(serde_json::from_str::<Anchor>(r#"{"on":"2026-11-01","day_of_month":32}"#).is_err());
    assert!(
        serde_json::from_str::<Tiers>(r#"{"upto":[[5,{"unit":1,"fixed":0}],[5,{"unit":1,"fixed":0}]],"above":{"unit":1,"fixed":0}}"#)
            .is_err()
    );
}

#[test]
fn the_stored_forms_are_these() {
    // Stored for good: a change here breaks what is in databases.
    let change = plan_change(plan("p", Cycle::MONTHLY, vec![flat(100)]), NOW_OWN);
    assert_eq!(
        serde_json::to_string(&change).unwrap(),
        r#"{"plan_changed":{"plan":{"key":"p","name":"p","currency":"BRL","cycle":{"every":1,"unit":"month"},"prices":[{"key":"fee","name":"fee","kind":{"flat":{"amount":100,"timing":"advance"}}}]},"effect":{"now":"own_invoice"}}}"#
    );
    let subscription = Subscription::new(full(plan("p", Cycle::MONTHLY, vec![flat(100)]))).unwrap();
    let bytes = postcard::to_allocvec(&subscription).unwrap();
    assert!(bytes.len() < 160, "{} bytes", bytes.len());
}
