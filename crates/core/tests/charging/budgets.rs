//! The budget of each scheme, and what stops an attempt besides budgets.

use regua_core::calendar::Calendar;
use regua_core::charging::{CodeSpace, MethodStatus, Scheme, Tried, Trigger};
use regua_core::rulebook::{ChargeAnswer, Limits, PixCycle};
use regua_core::time::Instant;
use serde_json::Value;

use crate::harness::{CARD, OTHER_SERIES, World, at, brazil, day, dollars, is_allowed, read, real, refused};

const START: &str = "2026-12-01T12:00:00-03:00";

fn most_within(made: &[Instant], hours: i64) -> usize {
    made.iter().map(|from| made.iter().filter(|at| **at >= *from && **at < from.plus_hours(hours)).count()).max().unwrap_or(0)
}

#[test]
fn a_visa_card_is_tried_15_times_in_30_days_and_not_after_them() {
    let mut world = World::of(Scheme::Visa);
    let made = world.hammer(at(START), 60 * 24, read(CodeSpace::Visa, "91"));
    assert_eq!((made.len(), most_within(&made, 30 * 24)), (15, 15));
    assert_eq!(made[14].micros() - made[0].micros(), 14 * 3_600_000_000, "a technical failure may be tried again after an hour");
    assert_eq!(refused(&world.charge(made[14].plus_hours(1))), ("visa.reattempts", Some(made[0].plus_hours(720))));
    assert_eq!(refused(&world.charge(made[0].plus_hours(720))), ("visa.after_30_days", None));
}

#[test]
fn a_tenant_may_loosen_visa_to_20_and_no_further() {
    for (asked, made) in [(20, 20), (1000, 20), (5, 5), (0, 1)] {
        let mut world = World::of(Scheme::Visa);
        world.limits = Limits::new(asked, 42);
        // A payer who is there is bound by the network, not by the code's own number.
        world.trigger = Trigger::Payer;
        assert_eq!(world.hammer(at(START), 29 * 24, read(CodeSpace::Visa, "91")).len(), made, "{asked}");
    }
}

#[test]
fn another_amount_and_another_card_have_budgets_of_their_own() {
    let mut world = World::of(Scheme::Visa);
    let made = world.hammer(at(START), 48, read(CodeSpace::Visa, "91"));
    let now = made[14].plus_hours(2);
    assert!(!is_allowed(&world.charge(now)));
    world.amount = dollars(5000);
    assert!(is_allowed(&world.charge(now)));
    world.amount = dollars(9900);
    world.method.credential = [8; 16];
    assert!(is_allowed(&world.charge(now)));
}

#[test]
fn a_mastercard_is_tried_10_times_a_day_in_all_and_7_times_in_reais() {
    for (reais, day_max) in [(false, 10), (true, 7)] {
        let mut world = World::of(Scheme::Mastercard);
        world.trigger = Trigger::Payer;
        world.amount = if reais { real(9900) } else { dollars(9900) };
        let made = world.hammer(at(START), 35 * 24, read(CodeSpace::Mastercard, "91"));
        assert_eq!((most_within(&made, 24), most_within(&made, 30 * 24)), (day_max, 35));
        // The day's number counts every amount.
        let last = made[day_max - 1];
        world.tried.truncate(day_max);
        world.amount = if reais { real(100) } else { dollars(100) };
        let id = if reais { "mastercard.24_hours.br" } else { "mastercard.24_hours" };
        assert_eq!(refused(&world.charge(last)), (id, Some(made[0].plus_hours(24))));
    }
}

#[test]
fn an_elo_card_is_tried_15_times_in_a_calendar_month() {
    let mut world = World::of(Scheme::Elo);
    world.amount = real(9900);
    let made = world.hammer(at("2026-11-20T12:00:00-03:00"), 60 * 24, read(CodeSpace::Elo, "91"));
    let in_month = |month: &str| made.iter().filter(|at| brazil().rfc3339(**at).starts_with(month)).count();
    assert_eq!((in_month("2026-11"), in_month("2026-12")), (15, 15));
    assert_eq!(made[15], at("2026-12-01T00:00:00-03:00"));
    assert_eq!(made[16], made[0].plus_hours(720), "the code's own number, 15 more in 30 days, holds longer than the month");
    world.trigger = Trigger::Payer;
    world.tried.truncate(15);
    assert_eq!(refused(&world.charge(made[14].plus_hours(1))), ("elo.month", Some(at("2026-12-01T00:00:00-03:00"))));
    assert!(is_allowed(&world.charge(at("2026-12-01T00:00:00-03:00"))));
}

#[test]
fn other_networks_get_8_tries_in_30_days() {
    for scheme in [Scheme::Amex, Scheme::Discover, Scheme::Diners, Scheme::Jcb, Scheme::UnionPay, Scheme::Hipercard, Scheme::OtherCard] {
        let mut world = World::of(scheme);
        world.trigger = Trigger::Payer;
        let made = world.hammer(at(START), 29 * 24, read(CodeSpace::Amex, "911"));
        assert_eq!(made.len(), 8, "{scheme}");
    }
}

#[test]
fn bank_debits_are_presented_again_as_often_as_their_schemes_say() {
    for (scheme, space, code, presented, last_day) in [
        (Scheme::Ach, CodeSpace::Ach, "R01", 3, 180),
        (Scheme::Ach, CodeSpace::Ach, "R09", 3, 180),
        (Scheme::Sepa, CodeSpace::Sepa, "AM04", 3, 42),
        (Scheme::SepaB2b, CodeSpace::Sepa, "MS03", 3, 42),
        (Scheme::Bacs, CodeSpace::BacsArudd, "0", 4, 31),
        (Scheme::Becs, CodeSpace::Becs, "6", 4, 28),
        (Scheme::Pad, CodeSpace::Pad, "901", 2, 30),
        (Scheme::Pad, CodeSpace::Pad, "908", 2, 30),
    ] {
        let mut world = World::of(scheme);
        world.trigger = Trigger::Payer;
        let start = at(START);
        assert_eq!(world.hammer(start, 200 * 24, read(space, code)).len(), presented, "{scheme} {code}");
        // With one presentment only, the window ends it.
        world.tried.truncate(1);
        assert!(is_allowed(&world.charge(start.plus_hours(last_day * 24))), "{scheme} {code}: on its last day");
        let late = world.charge(start.plus_hours((last_day + 1) * 24));
        assert!(matches!(late, ChargeAnswer::Never(_)), "{scheme} {code}: {late:?}");
    }
}

#[test]
fn only_the_codes_that_a_scheme_names_are_presented_again() {
    for (scheme, space, code, again) in [
        (Scheme::Ach, CodeSpace::Ach, "R01", true),
        (Scheme::Ach, CodeSpace::Ach, "R03", false),
        (Scheme::Ach, CodeSpace::Ach, "R08", false),
        (Scheme::Ach, CodeSpace::Stripe, "insufficient_funds", true),
        (Scheme::Ach, CodeSpace::Stripe, "generic_decline", false),
        (Scheme::Sepa, CodeSpace::Sepa, "AM04", true),
        (Scheme::Sepa, CodeSpace::Sepa, "MD06", false),
        (Scheme::Sepa, CodeSpace::Stripe, "no such code", false),
        (Scheme::Bacs, CodeSpace::BacsArudd, "8", false),
        (Scheme::Pad, CodeSpace::Pad, "911", false),
        (Scheme::Debit150, CodeSpace::Debit150, "01", true),
        (Scheme::Debit150, CodeSpace::Debit150, "05", true),
        (Scheme::Debit150, CodeSpace::Debit150, "04", false),
        (Scheme::Debit150, CodeSpace::Debit150, "14", false),
        (Scheme::Debit150, CodeSpace::Debit150, "77", false),
    ] {
        let mut world = World::of(scheme);
        world.failed(at(START), read(space, code));
        assert_eq!(is_allowed(&world.charge(at(START).plus_hours(10 * 24))), again, "{scheme} {space} {code}");
    }
}

#[test]
fn ach_and_pad_are_presented_again_with_the_same_amount_only() {
    for (scheme, space, code) in [(Scheme::Ach, CodeSpace::Ach, "R01"), (Scheme::Pad, CodeSpace::Pad, "901")] {
        let mut world = World::of(scheme);
        world.failed(at(START), read(space, code));
        world.amount = dollars(9901);
        assert!(matches!(world.charge(at(START).plus_hours(10 * 24)), ChargeAnswer::Never(_)), "{scheme}");
    }
}

#[test]
fn a_tenant_may_set_the_window_of_sepa() {
    let mut world = World::of(Scheme::Sepa);
    world.failed(at(START), read(CodeSpace::Sepa, "AM04"));
    for (days, last) in [(14, 14), (48, 48), (90, 48), (0, 1)] {
        world.limits = Limits::new(15, days);
        world.trigger = Trigger::Payer;
        assert!(is_allowed(&world.charge(at(START).plus_hours(last * 24))), "{days}");
        assert!(!is_allowed(&world.charge(at(START).plus_hours(last * 24 + 1))), "{days}");
    }
}

#[test]
fn a_code_sets_the_earliest_time_for_the_whole_credential() {
    let mut world = World::of(Scheme::Mastercard);
    let signals = [crate::harness::signal(CodeSpace::Mastercard, "51"), crate::harness::signal(CodeSpace::MastercardMac, "30")];
    world.failed(at(START), regua_core::charging::declines::read(&signals));
    let then = at(START).plus_hours(240);
    assert_eq!(refused(&world.charge(at(START).plus_hours(1))), ("charge.code_wait", Some(then)));
    let elsewhere = regua_core::rulebook::ChargeAsk { series: OTHER_SERIES, amount: dollars(5), ..world.ask(at(START).plus_hours(1)) };
    assert_eq!(refused(&regua_core::rulebook::charge(elsewhere)), ("charge.code_wait", Some(then)));
    assert!(is_allowed(&world.charge(then)));
}

#[test]
fn a_code_sets_how_often_the_same_amount_is_tried_again() {
    let mut world = World::of(Scheme::Mastercard);
    let made = world.hammer(at(START), 10 * 24, read(CodeSpace::Stripe, "issuer_not_available"));
    // The first and four more in any three days.
    assert_eq!(most_within(&made, 72), 5);
    assert_eq!(made[5], made[0].plus_hours(72));
}

#[test]
fn a_stop_holds_for_the_thing_for_ever_and_for_the_card_30_days() {
    let mut world = World::of(Scheme::Mastercard);
    let signals = [crate::harness::signal(CodeSpace::Mastercard, "05"), crate::harness::signal(CodeSpace::MastercardMac, "03")];
    world.failed(at(START), regua_core::charging::declines::read(&signals));
    world.mended_at = Some(at(START).plus_hours(5));
    for trigger in Trigger::ALL {
        world.trigger = *trigger;
        assert_eq!(refused(&world.charge(at(START).plus_hours(6))), ("charge.never_again", None), "{trigger}");
        assert_eq!(refused(&world.charge(at(START).plus_hours(1000))), ("charge.never_again", None), "{trigger}");
        let other = |hours| {
            let ask = world.ask(at(START).plus_hours(hours));
            regua_core::rulebook::charge(regua_core::rulebook::ChargeAsk { series: OTHER_SERIES, amount: dollars(7), ..ask })
        };
        assert_eq!(refused(&other(719)), ("charge.never_again", None), "{trigger}");
        assert!(is_allowed(&other(720)), "{trigger}");
    }
    world.method.credential = [9; 16];
    assert!(is_allowed(&world.charge(at(START).plus_hours(6))), "another card is another matter");
}

#[test]
fn what_the_payer_must_mend_waits_for_the_mending() {
    for (space, code) in [(CodeSpace::Visa, "54"), (CodeSpace::Visa, "1A")] {
        let mut world = World::of(Scheme::Visa);
        world.failed(at(START), read(space, code));
        let later = at(START).plus_hours(100);
        assert_eq!(refused(&world.charge(later)), ("charge.needs_payer", None), "{code}");
        world.mended_at = Some(at(START));
        assert!(!is_allowed(&world.charge(later)), "{code}: mended before it failed");
        world.mended_at = Some(at(START).plus_hours(1));
        assert!(is_allowed(&world.charge(later)), "{code}");
        world.mended_at = None;
        world.trigger = Trigger::Payer;
        assert!(is_allowed(&world.charge(later)), "{code}: the payer is there");
        world.trigger = Trigger::Retry;
        world.method.since = at(START).plus_hours(2);
        assert!(is_allowed(&world.charge(later)), "{code}: stored anew");
    }
}

#[test]
fn what_stops_contact_or_asks_for_the_payers_intent_stops_every_method_until_a_person_decides() {
    for (space, code, id) in
        [(CodeSpace::Visa, "R1", "charge.held"), (CodeSpace::Ach, "R15", "charge.held"), (CodeSpace::Ach, "R24", "charge.review")]
    {
        let mut world = World::of(Scheme::Visa);
        world.failed(at(START), read(space, code));
        world.method.credential = [9; 16];
        let later = at(START).plus_hours(100);
        assert_eq!(refused(&world.charge(later)), (id, None), "{code}");
        world.released_at = Some(at(START).plus_hours(1));
        assert!(is_allowed(&world.charge(later)), "{code}");
    }
}

#[test]
fn only_an_active_valid_method_is_charged() {
    for status in MethodStatus::ALL {
        let mut world = World::of(Scheme::Visa);
        world.method.status = *status;
        assert_eq!(is_allowed(&world.charge(at(START))), *status == MethodStatus::Active, "{status}");
    }
    let mut world = World::of(Scheme::Visa);
    world.method.expires_on = Some(day("2026-12-31"));
    assert!(is_allowed(&world.charge(at("2026-12-31T23:59:00-03:00"))));
    assert_eq!(refused(&world.charge(at("2027-01-01T00:00:00-03:00"))), ("charge.expired", None));
}

#[test]
fn an_attempt_whose_outcome_is_unknown_excludes_another_for_the_same_thing() {
    let mut world = World::of(Scheme::Visa);
    let known = Tried {
        charge: None,
        credential: CARD,
        at: at(START),
        amount: dollars(9900),
        trigger: Trigger::Schedule,
        failed: None,
        series: crate::harness::SERIES,
        settled: false,
    };
    world.tried.push(known);
    let now = at(START).plus_hours(3);
    assert_eq!(refused(&world.charge(now)), ("charge.under_way", Some(now.plus_hours(1))));
    world.method.credential = [9; 16];
    assert_eq!(refused(&world.charge(now)).0, "charge.under_way", "with any method");
    world.tried[0].series = OTHER_SERIES;
    assert!(is_allowed(&world.charge(now)));
}

/// The attempt that was made last took the money.
fn settle_last(world: &mut World) {
    let last = world.tried.last_mut().unwrap();
    (last.failed, last.settled) = (None, true);
}

#[test]
fn an_attempt_that_settled_excludes_none_and_counts_in_the_networks_cap() {
    let mut world = World::of(Scheme::Visa);
    for hours in 0..15 {
        let now = at(START).plus_hours(hours);
        assert!(is_allowed(&world.charge(now)), "{hours}");
        world.failed(now, read(CodeSpace::Visa, "91"));
        settle_last(&mut world);
    }
    assert_eq!(refused(&world.charge(at(START).plus_hours(15))), ("visa.reattempts", Some(at(START).plus_hours(720))));
}

#[test]
fn what_a_bank_debit_left_is_a_new_presentment_with_an_amount_of_its_own() {
    let mut world = World::of(Scheme::Ach);
    world.failed(at(START), read(CodeSpace::Ach, "R01"));
    world.failed(at(START).plus_hours(100), read(CodeSpace::Ach, "R01"));
    world.amount = dollars(4000);
    assert_eq!(refused(&world.charge(at(START).plus_hours(300))), ("ach.reinitiation", None), "while nothing of it came");
    settle_last(&mut world);
    for hours in [300, 400, 500] {
        assert!(is_allowed(&world.charge(at(START).plus_hours(hours))), "{hours}: the rest, and twice again");
        world.failed(at(START).plus_hours(hours), read(CodeSpace::Ach, "R01"));
    }
    assert_eq!(refused(&world.charge(at(START).plus_hours(600))).0, "ach.reinitiation");
}

#[test]
fn pix_automatico_follows_the_published_windows() {
    let rows: Value = serde_json::from_str(include_str!("../vectors/pix_automatico_windows.json")).unwrap();
    for row in rows.as_array().unwrap() {
        let text = |key: &str| row[key].as_str().unwrap();
        let cycle = PixCycle::of(day(text("cobr_due")), row["ajusteDiaUtil"].as_bool().unwrap(), None);
        assert_eq!(cycle.settles_on, day(text("settlement")));
        assert_eq!(cycle.send(), (day(text("instruct_from")), day(text("instruct_until"))));
        let dates: Vec<_> = row["retry_dates_allowed"].as_array().unwrap().iter().map(|date| day(date.as_str().unwrap())).collect();
        assert_eq!(cycle.retry(), (dates[0], *dates.last().unwrap()));
        let (receiver, payer) = cycle.cancel();
        assert!(brazil().rfc3339(receiver).starts_with(text("receiver_cancel_until")));
        assert!(text("payer_cancel_until").starts_with(&payer.to_string()));

        // The rulebook says the same, hour by hour.
        let mut world = World::of(Scheme::PixAutomatico);
        world.cycle = Some(cycle);
        let start = brazil().midnight(cycle.settles_on.plus(-12));
        for hours in 0..14 * 24 {
            let now = start.plus_hours(hours);
            let today = brazil().day_of(now);
            let expected = day(text("instruct_from")) <= today && today <= day(text("instruct_until"));
            assert_eq!(is_allowed(&world.charge(now)), expected, "{today}");
        }
        world.failed(brazil().midnight(cycle.settles_on.plus(-5)), read(CodeSpace::PixAutomatico, "EXPIRADA"));
        let made = world.hammer(brazil().midnight(cycle.settles_on.plus(-4)), 20 * 24, read(CodeSpace::PixAutomatico, "EXPIRADA"));
        let asked: Vec<_> = made.iter().map(|at| PixCycle::asked(*at)).collect();
        assert_eq!(asked, dates[..3], "three tries, on the first three of the dates");
    }
}

#[test]
fn pix_automatico_is_tried_again_only_where_the_authorisation_allows_it_and_before_the_next_cycle() {
    let cycle = PixCycle::of(day("2026-12-15"), true, Some(day("2026-12-18")));
    let mut world = World::of(Scheme::PixAutomatico);
    world.cycle = Some(cycle);
    world.failed(at("2026-12-08T09:00:00-03:00"), read(CodeSpace::PixAutomatico, "EXPIRADA"));
    assert_eq!(refused(&world.charge(at("2026-12-14T09:00:00-03:00"))), ("pix_automatico.retry", Some(at("2026-12-15T00:00:00-03:00"))));
    for (now, allowed) in [("2026-12-15T22:00:00-03:00", true), ("2026-12-16T09:00:00-03:00", true), ("2026-12-17T09:00:00-03:00", false)] {
        assert_eq!(is_allowed(&world.charge(at(now))), allowed, "{now}: settles the day after, before the 18th");
    }
    world.amount = dollars(1);
    assert!(!is_allowed(&world.charge(at("2026-12-16T09:00:00-03:00"))), "another amount");
    world.amount = dollars(9900);
    world.method.allows_retry = false;
    assert!(!is_allowed(&world.charge(at("2026-12-16T09:00:00-03:00"))), "the authorisation says no");
    world.cycle = None;
    assert_eq!(refused(&world.charge(at("2026-12-16T09:00:00-03:00"))), ("pix_automatico.notice", None), "no cycle is known");
    assert!(Calendar::BrBanking.is_open(cycle.settles_on));
}
