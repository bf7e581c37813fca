//! Features of a moment, and the weights that are shipped.

use regua_core::calendar::Calendar;
use regua_core::charging::Reason;
use regua_core::charging::timing::{BadTiming, Features, Funding, Situation, Timing};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::Rail;

use crate::harness::{at, brazil, dollars, real};

fn situation(reason: Reason) -> Situation {
    Situation {
        reason,
        rail: Rail::Card,
        funding: Funding::Unknown,
        amount: real(9900),
        first_failed_at: at("2026-12-16T09:00:00-03:00"),
        last_failed_at: at("2026-12-16T09:00:00-03:00"),
        attempts: 1,
        zone: brazil(),
        calendar: Calendar::BrBanking,
    }
}

fn features(when: &str) -> Features {
    Features::of(&situation(Reason::InsufficientFunds), at(when))
}

#[test]
fn the_clock_and_the_calendar_are_local() {
    for (when, clock, weekday, month_day) in [
        ("2026-12-17T02:59:00Z", 7, 2, 5),      // 23:59 on Wednesday the 16th
        ("2026-12-17T03:00:00Z", 0, 3, 5),      // 00:00 on Thursday the 17th
        ("2026-12-17T04:00:00Z", 1, 3, 5),      // 01:00
        ("2026-12-17T07:59:00Z", 1, 3, 5),      // 04:59
        ("2026-12-17T05:00:00-03:00", 2, 3, 5), // the day begins
        ("2026-12-31T11:00:00-03:00", 4, 3, 7), // the last of the month
        ("2027-01-01T14:00:00-03:00", 5, 4, 0), // the first
        ("2027-02-28T17:00:00-03:00", 6, 6, 7), // the last of a short month
        ("2026-12-15T20:00:00-03:00", 7, 1, 4),
    ] {
        let found = features(when);
        assert_eq!((found.clock, found.weekday, found.month_day), (clock, weekday, month_day), "{when}");
    }
}

#[test]
fn hours_since_the_failure_fall_into_buckets() {
    for (hours, age) in
        [(-5, 0), (0, 0), (1, 0), (2, 1), (6, 2), (12, 3), (24, 4), (47, 4), (48, 5), (72, 6), (168, 8), (336, 10), (504, 11), (9999, 11)]
    {
        let situation = situation(Reason::Technical);
        assert_eq!(Features::of(&situation, situation.first_failed_at.plus_hours(hours)).age, age, "{hours}");
    }
}

#[test]
fn paydays_count_only_when_they_came_after_the_failure() {
    // Failed on the 16th: the last of the month, the 1st, the fifth business day (Friday 8 January, as the 1st is closed), the 15th.
    for (day, payday) in [
        ("2026-12-17", 0),
        ("2026-12-30", 0),
        ("2026-12-31", 1),
        ("2027-01-01", 1),
        ("2027-01-02", 1),
        ("2027-01-03", 2),
        ("2027-01-06", 3),
        ("2027-01-08", 1),
        ("2027-01-14", 3),
        ("2027-01-15", 1),
        ("2027-01-26", 4),
    ] {
        assert_eq!(features(&format!("{day}T09:00:00-03:00")).payday, payday, "{day}");
    }
    let elsewhere = Situation { calendar: Calendar::None, ..situation(Reason::InsufficientFunds) };
    assert_eq!(Features::of(&elsewhere, at("2027-01-08T09:00:00-03:00")).payday, 3, "no fifth business day outside Brazil");
    let later = Situation { first_failed_at: at("2026-12-31T23:00:00-03:00"), ..elsewhere };
    assert_eq!(Features::of(&later, at("2026-12-31T23:30:00-03:00")).payday, 0, "it failed on payday itself");
}

#[test]
fn amounts_fall_into_buckets_of_whole_units() {
    let yen = Currency::parse("JPY").unwrap();
    for (amount, bucket) in [
        (real(999), 0),
        (real(1000), 1),
        (real(-1000), 1),
        (dollars(19_999), 2),
        (dollars(20_000), 3),
        (Money::new(4_999, yen), 4),
        (Money::new(5_000, yen), 5),
        (real(i64::MIN), 5),
        (real(0), 0),
    ] {
        let situation = Situation { amount, ..situation(Reason::Generic) };
        assert_eq!(Features::of(&situation, situation.first_failed_at).amount, bucket, "{amount:?}");
    }
}

#[test]
fn each_feature_has_a_weight_of_its_own() {
    let base = features("2026-12-18T09:00:00-03:00");
    let variants = [
        Features { reason: Reason::Limit, ..base },
        Features { age: 9, ..base },
        Features { clock: 6, ..base },
        Features { weekday: 1, ..base },
        Features { month_day: 2, ..base },
        Features { payday: 3, ..base },
        Features { attempts: 5, ..base },
        Features { amount: 0, ..base },
        Features { rail: Rail::Sepa, ..base },
        Features { funding: Funding::Prepaid, ..base },
        Features { gap: 8, ..base },
        Features { fresh: 0, ..base },
    ];
    for (block, variant) in variants.iter().enumerate() {
        let (one, other) = (base.slots(), variant.slots());
        assert_ne!(one[block], other[block], "{variant:?}");
        if block > 0 {
            let differing = one.iter().zip(other).filter(|(one, other)| **one != *other).count();
            assert_eq!(differing, 1, "{variant:?}");
        }
        assert!(other.windows(2).all(|pair| pair[0] < pair[1]), "blocks follow each other");
        assert!(other.iter().all(|slot| *slot < Features::WIDTH));
    }
    let wild = Features {
        age: 255,
        clock: 255,
        weekday: 255,
        month_day: 255,
        payday: 255,
        attempts: 255,
        amount: 255,
        gap: 255,
        fresh: 255,
        ..base
    };
    assert!(wild.slots().iter().all(|slot| *slot < Features::WIDTH), "stored features of another version stay within the table");
    assert!((1..10_000).contains(&Timing::shipped().probability_bp(wild)));
}

#[test]
fn the_shipped_weights_say_what_the_facts_say() {
    let timing = Timing::shipped();
    let worth = |reason, when: &str, attempts| {
        let situation = Situation { attempts, ..situation(reason) };
        timing.probability_bp(Features::of(&situation, at(when)))
    };
    let funds = Reason::InsufficientFunds;
    // Failed on Wednesday 16 December 09:00.
    assert!(worth(funds, "2026-12-16T11:00:00-03:00", 1) < worth(funds, "2026-12-18T11:00:00-03:00", 1), "funds come in days");
    assert!(worth(funds, "2026-12-30T11:00:00-03:00", 1) < worth(funds, "2026-12-31T11:00:00-03:00", 1), "on payday");
    assert!(worth(funds, "2026-12-18T02:00:00-03:00", 1) < worth(funds, "2026-12-18T11:00:00-03:00", 1), "not at night");
    assert!(worth(funds, "2026-12-17T11:00:00-03:00", 1) < worth(funds, "2026-12-18T11:00:00-03:00", 1), "on Friday");
    let technical = Reason::Technical;
    assert!(worth(technical, "2026-12-16T10:00:00-03:00", 1) < worth(technical, "2026-12-16T16:00:00-03:00", 1), "outages end in hours");
    assert!(worth(technical, "2026-12-17T11:00:00-03:00", 1) > worth(funds, "2026-12-17T11:00:00-03:00", 1));
    // An issuer's doubt: each attempt leaves 0.8 of the odds.
    let (first, second) = (worth(Reason::Generic, "2026-12-20T11:00:00-03:00", 1), worth(Reason::Generic, "2026-12-20T11:00:00-03:00", 2));
    let odds = |bp: u16| u32::from(bp) * 10_000 / (10_000 - u32::from(bp));
    assert!((790..=810).contains(&(odds(second) * 1000 / odds(first))), "{first} {second}");
    assert!(worth(Reason::Expired, "2026-12-20T11:00:00-03:00", 1) < 400, "nothing but a new card helps");
}

#[test]
fn a_table_is_stored_and_read_and_a_bad_one_refused() {
    let shipped = Timing::shipped();
    let stored = serde_json::to_string(shipped).unwrap();
    let back: Timing = serde_json::from_str(&stored).unwrap();
    assert_eq!((&back, back.version()), (shipped, shipped.version()));
    let mut weights = shipped.weights().to_vec();
    weights[3] += 1;
    assert_ne!(Timing::from_weights(weights.clone()).unwrap().version(), shipped.version());
    weights[3] = Timing::WEIGHT_MAX + 1;
    assert_eq!(Timing::from_weights(weights.clone()), Err(BadTiming::Weight(3)));
    weights.pop();
    assert_eq!(Timing::from_weights(weights), Err(BadTiming::Width(Features::WIDTH - 1)));
    assert!(serde_json::from_str::<Timing>(r#"{"weights":[1,2,3]}"#).is_err());
}

#[test]
fn features_are_stored_as_words_and_small_numbers() {
    let features = features("2026-12-18T09:00:00-03:00");
    let text = serde_json::to_string(&features).unwrap();
    assert!(text.contains(r#""reason":"insufficient_funds""#) && text.contains(r#""rail":"card""#), "{text}");
    assert_eq!(serde_json::from_str::<Features>(&text).unwrap(), features);
    assert_eq!(Features::of(&situation(Reason::Generic), Instant::NEVER).age, 11, "total at the ends of time");
    assert_eq!(Features::of(&situation(Reason::Generic), Instant::DAWN).age, 0);
}

#[test]
fn money_is_fresh_when_it_may_have_come_since_the_last_failure() {
    let since = |last: &str, when: &str| {
        let situation = Situation { last_failed_at: at(last), ..situation(Reason::InsufficientFunds) };
        Features::of(&situation, at(when))
    };
    // Failed on Wednesday the 16th; outside Brazil Friday is the weekly payday, so the zone's calendar is none here.
    let elsewhere = |when: &str| {
        let situation = Situation { calendar: Calendar::None, ..situation(Reason::InsufficientFunds) };
        Features::of(&situation, at(when)).fresh
    };
    assert_eq!(elsewhere("2026-12-16T20:00:00-03:00"), 0, "nothing comes on the day of the failure");
    let (thursday, friday, saturday) =
        (elsewhere("2026-12-17T10:00:00-03:00"), elsewhere("2026-12-18T10:00:00-03:00"), elsewhere("2026-12-19T10:00:00-03:00"));
    assert!(thursday < friday && friday <= saturday, "{thursday} {friday} {saturday}");
    // What came before the last try was not enough, or is gone.
    let (long, short) =
        (since("2026-12-16T09:00:00-03:00", "2027-01-09T10:00:00-03:00"), since("2027-01-08T09:00:00-03:00", "2027-01-09T10:00:00-03:00"));
    assert!(short.fresh < long.fresh && short.gap < long.gap, "{short:?} {long:?}");
    assert_eq!((short.age, short.payday), (long.age, long.payday), "what counts from the first failure does not change");
    // The fifth business day of January 2027 is Friday the 8th.
    let (before, on) =
        (since("2027-01-06T09:00:00-03:00", "2027-01-07T10:00:00-03:00"), since("2027-01-07T09:00:00-03:00", "2027-01-08T10:00:00-03:00"));
    assert!(before.fresh < on.fresh, "{before:?} {on:?}");
}
