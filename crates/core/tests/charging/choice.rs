//! The choice of the next try: lawful, in its window, paced, and explored with a known share.

use regua_core::calendar::Calendar;
use regua_core::charging::choose::{Choose, Chosen, choose};
use regua_core::charging::timing::{Funding, Timing};
use regua_core::charging::{CodeSpace, Scheme, Trigger};
use regua_core::rulebook::PixCycle;
use regua_core::time::{Instant, LocalTime};

use crate::harness::{World, at, brazil, day, is_allowed, read, real};

const FAILED: &str = "2026-12-01T09:30:00-03:00"; // a Tuesday

fn question(world: &World, now: Instant) -> Choose<'_> {
    Choose {
        ask: world.ask(now),
        calendar: Calendar::BrBanking,
        funding: Funding::Unknown,
        window_days: 14,
        tries_max: 8,
        timing: Timing::shipped(),
        floor_bp: 0,
        seed: 0,
    }
}

fn failed_once(scheme: Scheme, space: CodeSpace, code: &str) -> World {
    let mut world = World::of(scheme);
    world.amount = real(9900);
    world.failed(at(FAILED), read(space, code));
    world
}

/// Tries as chosen until none is left; each fails so.
fn play(world: &mut World, space: CodeSpace, code: &str, floor_bp: u16) -> Vec<Chosen> {
    let mut made: Vec<Chosen> = Vec::new();
    let mut now = at(FAILED);
    while let Some(chosen) = choose(Choose { floor_bp, seed: u64::try_from(made.len()).unwrap(), ..question(world, now) }) {
        assert!(is_allowed(&world.charge(chosen.at)), "the rulebook allows what is chosen");
        world.failed(chosen.at, read(space, code));
        now = chosen.at;
        made.push(chosen);
        assert!(made.len() < 100);
    }
    made
}

#[test]
fn tries_for_funds_are_spread_over_the_window_and_stay_within_it() {
    let mut world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    let made = play(&mut world, CodeSpace::Visa, "51", 0);
    assert!((6..=8).contains(&made.len()), "{made:?}");
    let end = at(FAILED).plus_hours(14 * 24);
    for pair in made.windows(2) {
        assert!(pair[1].at >= pair[0].at.plus_hours(24), "one a day at most: {pair:?}");
    }
    for chosen in &made {
        let (_, secs) = brazil().local(chosen.at);
        assert_eq!(secs % 3600, 0, "a whole hour");
        assert!(!(1..5).contains(&(secs / 3600)), "not at night");
        assert!(chosen.at <= end && chosen.propensity_bp == 10_000 && !chosen.explored);
    }
    assert!(made[0].at >= at(FAILED).plus_hours(24), "the code waits a day");
    let middle = at(FAILED).plus_hours(7 * 24);
    assert!((2..=5).contains(&made.iter().filter(|chosen| chosen.at < middle).count()), "not burnt early, nor saved up: {made:?}");
    assert!(made.last().unwrap().at > at(FAILED).plus_hours(11 * 24), "the end of the window is used: {made:?}");
}

#[test]
fn a_codes_window_that_moves_on_leaves_room_for_later_tries() {
    // Eight tries in 14 days, by the code; the policy has twelve in 28.
    let mut world = failed_once(Scheme::Mastercard, CodeSpace::Stripe, "insufficient_funds");
    let (mut now, mut made) = (at(FAILED), 0);
    while let Some(chosen) = choose(Choose { window_days: 28, tries_max: 12, ..question(&world, now) }) {
        world.failed(chosen.at, read(CodeSpace::Stripe, "insufficient_funds"));
        (now, made) = (chosen.at, made + 1);
    }
    assert!((10..=12).contains(&made), "{made}");
}

#[test]
fn a_technical_failure_is_tried_again_within_hours() {
    let mut world = failed_once(Scheme::Visa, CodeSpace::Visa, "91");
    let made = play(&mut world, CodeSpace::Visa, "91", 0);
    assert!(made[0].at <= at(FAILED).plus_hours(9), "{:?}", made[0]);
    assert_eq!(made.len(), 8);
    let gaps: Vec<i64> = made.windows(2).map(|pair| (pair[1].at.micros() - pair[0].at.micros()) / 3_600_000_000).collect();
    assert!(gaps.iter().all(|gap| *gap >= 1) && gaps[0] <= 32, "{gaps:?}");
}

#[test]
fn the_last_try_waits_for_a_payday() {
    // Failed on Monday 28 December: the month ends on Thursday. With many tries left one may be spent before.
    let mut world = World::of(Scheme::Visa);
    world.amount = real(9900);
    let failed = at("2026-12-28T09:30:00-03:00");
    world.failed(failed, read(CodeSpace::Visa, "51"));
    let chosen = choose(Choose { tries_max: 1, ..question(&world, failed) }).unwrap();
    assert!(chosen.at >= brazil().midnight(day("2026-12-31")), "{}", brazil().rfc3339(chosen.at));
    assert!(chosen.features.payday > 0);
}

#[test]
fn nothing_is_chosen_where_nothing_may_be() {
    let none = |world: &World, question: Choose<'_>| {
        assert_eq!(choose(question), None, "{:?}", world.tried.last());
    };
    let world = World::of(Scheme::Visa);
    none(&world, question(&world, at(FAILED)));
    let world = failed_once(Scheme::Visa, CodeSpace::Visa, "41");
    none(&world, question(&world, at(FAILED)));
    let world = failed_once(Scheme::Visa, CodeSpace::Visa, "54");
    none(&world, question(&world, at(FAILED)));
    let world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    none(&world, Choose { tries_max: 0, ..question(&world, at(FAILED)) });
    none(&world, Choose { window_days: 0, ..question(&world, at(FAILED)) });
    none(&world, question(&world, at(FAILED).plus_hours(14 * 24)));
    let mut world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    world.tried.push(regua_core::charging::Tried { failed: None, at: at(FAILED).plus_hours(30), ..world.tried[0] });
    none(&world, Choose { window_days: 7, ..question(&world, at(FAILED).plus_hours(31)) });
}

#[test]
fn what_the_payer_brings_about_does_not_use_up_the_policys_tries() {
    let mut world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    for hours in [30, 60, 90] {
        world.failed(at(FAILED).plus_hours(hours), read(CodeSpace::Visa, "51"));
        world.tried.last_mut().unwrap().trigger = Trigger::Payer;
    }
    let now = at(FAILED).plus_hours(91);
    assert!(choose(Choose { tries_max: 1, ..question(&world, now) }).is_some());
    world.tried.last_mut().unwrap().trigger = Trigger::Retry;
    assert!(choose(Choose { tries_max: 1, ..question(&world, now) }).is_none());
}

#[test]
fn what_is_left_after_money_came_has_a_window_of_its_own() {
    let mut world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    let late = at(FAILED).plus_hours(20 * 24);
    world.failed(at(FAILED).plus_hours(48), read(CodeSpace::Visa, "51"));
    world.failed(late, read(CodeSpace::Visa, "51"));
    assert!(choose(question(&world, late)).is_none(), "the window of 14 days is over");
    (world.tried[1].failed, world.tried[1].settled) = (None, true);
    assert!(choose(question(&world, late)).is_some());
}

#[test]
fn bank_debits_are_tried_on_business_days_of_their_own_calendar() {
    for (scheme, space, code, calendar) in [
        (Scheme::Sepa, CodeSpace::Sepa, "AM04", Calendar::EuTarget2),
        (Scheme::Ach, CodeSpace::Ach, "R01", Calendar::UsFederal),
        (Scheme::Bacs, CodeSpace::BacsArudd, "0", Calendar::UkBanking),
        (Scheme::Debit150, CodeSpace::Debit150, "01", Calendar::BrBanking),
    ] {
        for floor_bp in [0, 10_000] {
            let mut world = failed_once(scheme, space, code);
            world.tried[0].at = at("2026-12-21T09:30:00-03:00");
            let made = {
                let ask = Choose { window_days: 28, floor_bp, ..question(&world, world.tried[0].at) };
                choose(ask).unwrap()
            };
            assert!(calendar.is_open(brazil().day_of(made.at)), "{scheme}: {}", brazil().rfc3339(made.at));
        }
    }
}

#[test]
fn pix_automatico_uses_its_three_days() {
    let mut world = World::of(Scheme::PixAutomatico);
    world.amount = real(9900);
    let cycle = PixCycle::of(day("2026-12-15"), true, None);
    world.cycle = Some(cycle);
    world.failed(at("2026-12-08T09:00:00-03:00"), read(CodeSpace::PixAutomatico, "EXPIRADA"));
    let mut now = at("2026-12-15T21:30:00-03:00");
    let mut settled = Vec::new();
    while let Some(chosen) = choose(Choose { window_days: 21, ..question(&world, now) }) {
        assert!(is_allowed(&world.charge(chosen.at)));
        settled.push(PixCycle::asked(chosen.at));
        world.failed(chosen.at, read(CodeSpace::PixAutomatico, "EXPIRADA"));
        now = brazil().at(PixCycle::asked(chosen.at), LocalTime::hour(21));
    }
    assert_eq!(settled.len(), 3, "{settled:?}");
    assert!(settled.windows(2).all(|pair| pair[0] < pair[1]), "{settled:?}");
    let (first, last) = cycle.retry();
    assert!(settled.iter().all(|day| first <= *day && *day <= last), "{settled:?}");
}

#[test]
fn a_share_is_explored_and_each_propensity_is_the_share_that_is_seen() {
    let world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    let draws = 40_000_u32;
    let mut seen: std::collections::BTreeMap<Instant, (u32, u16)> = std::collections::BTreeMap::new();
    for seed in 0..u64::from(draws) {
        // Seeds as they come: a hash of what is chosen for.
        let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let chosen = choose(Choose { floor_bp: 2000, seed, ..question(&world, at(FAILED)) }).unwrap();
        let entry = seen.entry(chosen.at).or_insert((0, chosen.propensity_bp));
        entry.0 += 1;
        assert_eq!(entry.1, chosen.propensity_bp, "one moment has one propensity");
        assert_eq!(chosen.explored, chosen.propensity_bp < 5000);
    }
    let total: u32 = seen.values().map(|(_, bp)| u32::from(*bp)).sum();
    assert!(total.abs_diff(10_000) <= u32::try_from(seen.len()).unwrap(), "propensities add up to one: {total}");
    for (when, (count, bp)) in &seen {
        let expected = u64::from(draws) * u64::from(*bp) / 10_000;
        // Five standard deviations, and what the rounding of a basis point is worth.
        let slack = 5 * expected.isqrt() + u64::from(draws) / 20_000 + 1;
        assert!(u64::from(*count).abs_diff(expected) <= slack, "{when:?}: {count} instead of {expected}");
    }
    assert!(seen.len() > 20, "{}", seen.len());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let world = failed_once(Scheme::Mastercard, CodeSpace::Mastercard, "51");
    for seed in 0..50 {
        let ask = || choose(Choose { floor_bp: 5000, seed, ..question(&world, at(FAILED)) });
        assert_eq!(ask(), ask());
    }
}

#[test]
fn a_late_question_still_finds_a_moment_and_extreme_ones_end() {
    let world = failed_once(Scheme::Visa, CodeSpace::Visa, "51");
    let now = at(FAILED).plus_hours(13 * 24);
    let chosen = choose(question(&world, now)).unwrap();
    assert!(chosen.at >= now.plus_hours(1) && chosen.at <= at(FAILED).plus_hours(14 * 24));
    for asked_at in [Instant::DAWN, Instant::NEVER, Instant::from_micros(0)] {
        let widest = Choose { window_days: u16::MAX, tries_max: u16::MAX, floor_bp: u16::MAX, ..question(&world, asked_at) };
        if let Some(chosen) = choose(widest) {
            assert!(chosen.at > at(FAILED) && chosen.at < Instant::NEVER, "{asked_at:?}");
        }
    }
}
