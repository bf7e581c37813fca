//! What facts of methods, attempts and holds do to the next charge. Deliberately absent: the budgets themselves, which
//! `tests/charging` has.

use regua_core::charging::{CodeSpace, Method, MethodStatus, Scheme, Signal, Tried, Trigger, declines};
use regua_core::currency::Currency;
use regua_core::facts::saved::SavedCustomer;
use regua_core::facts::{Cause, Fact, Facts};
use regua_core::ids::{ChargeId, PaymentMethodId};
use regua_core::money::Money;
use regua_core::party::Consent;
use regua_core::rulebook::{ChargeAnswer, charge};
use regua_core::words::Channel;

use crate::facts::{Case, LATE, at};
use crate::harness::{customer, day};

const CHARGE: &str = "id: charge, at: D, do: charge";
const REST: &str = "id: rest, at: D+6, do: charge";
const CARD: [u8; 16] = [7; 16];
const FINE: &str = "late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }";

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

fn id(number: u8) -> ChargeId {
    ChargeId::new(0, [number; 10])
}

fn card() -> Method {
    Method {
        id: PaymentMethodId::new(0, [0; 10]),
        scheme: Scheme::Visa,
        gateway: "sandbox".into(),
        credential: CARD,
        expires_on: None,
        status: MethodStatus::Active,
        rank: 0,
        since: at("2026-01-02 09:00"),
        allows_retry: true,
    }
}

/// A customer with a card, and with a receivable of R$ 100.00 due on 10 March 2026.
fn house() -> (Case, usize) {
    let mut case = Case::new(&[&[CHARGE, REST]]);
    let walk = case.enter();
    case.tell(None, "2026-03-02 10:00", &Fact::MethodKnown { method: card() });
    (case, walk)
}

/// The attempt that was just ordered has an id now, as the engine gives it one, and takes so much.
fn takes(case: &mut Case, walk: usize, charge: ChargeId, when: &str, minor: i64) {
    let on = day(when.split_once(' ').expect("a date").0);
    case.facts.tried.last_mut().expect("an attempt").charge = Some(charge);
    case.tell(Some(walk), when, &Fact::Taken { charge, on });
    case.tell(Some(walk), when, &Fact::Paid { paid_on: on, amount: Some(brl(minor)) });
}

/// An attempt outside the ladder; it failed with a code of Visa's, or nobody knows.
fn tried(case: &mut Case, walk: usize, when: &str, attempt: (u8, [u8; 16], Trigger), code: Option<&str>) {
    let (number, credential, trigger) = attempt;
    let failed = code.map(|code| declines::read(&[Signal { space: CodeSpace::Visa, code: code.into() }]));
    let series = case.facts.walks[walk].series;
    let charge = Some(id(number));
    let tried = Tried { charge, credential, at: at(when), amount: brl(10_000), trigger, failed, series, settled: false };
    case.tell(Some(walk), when, &Fact::Tried { tried });
}

/// The rule that keeps a scheduled charge of the whole amount back at a moment, or `allowed`.
fn says(case: &Case, walk: usize, when: &str) -> &'static str {
    let facts = &case.facts;
    let ask = facts.ask(&facts.walks[walk], &facts.methods[0], &facts.tried, (brl(10_000), Trigger::Schedule), at(when));
    match charge(ask) {
        ChargeAnswer::Allowed(_) => "allowed",
        ChargeAnswer::Until(_, rule) | ChargeAnswer::Never(rule) => rule.id,
    }
}

#[test]
fn what_an_attempt_left_is_charged_by_the_next_step_without_waiting() {
    let (mut case, walk) = house();
    assert_eq!(case.until("2026-03-10 12:00"), ["03-10T09:00 charge done"]);
    assert_eq!(says(&case, walk, "2026-03-10 12:00"), "charge.under_way");
    takes(&mut case, walk, id(1), "2026-03-10 13:00", 4_000);
    assert_eq!(case.until("2026-03-16 12:00"), ["03-16T09:00 rest done"], "six days later, not fifteen");
    let made: Vec<(i64, bool)> = case.facts.tried.iter().map(|known| (known.amount.minor(), known.settled)).collect();
    assert_eq!(made, [(10_000, true), (6_000, false)], "the first still counts, the second is the rest");
    assert_eq!(says(&case, walk, "2026-03-16 12:00"), "charge.under_way", "nobody knows of the second yet");
}

#[test]
fn what_was_taken_back_counts_as_a_presentment_again_and_what_was_given_back_does_not() {
    for (fact, expected) in [
        (Fact::ChargedBack { on: day("2026-03-12"), amount: None }, "charge.under_way"),
        (Fact::Refunded { on: day("2026-03-12"), amount: None }, "allowed"),
    ] {
        let (mut case, walk) = house();
        case.until("2026-03-10 12:00");
        takes(&mut case, walk, id(1), "2026-03-10 13:00", 10_000);
        case.tell(Some(walk), "2026-03-12 10:00", &fact);
        assert_eq!(says(&case, walk, "2026-03-12 11:00"), expected, "{fact:?}");
    }
}

#[test]
fn a_late_success_undoes_what_the_failure_of_the_same_attempt_forbade() {
    let (mut case, walk) = house();
    tried(&mut case, walk, "2026-03-03 10:00", (1, CARD, Trigger::Operator), Some("1A"));
    assert_eq!(says(&case, walk, "2026-03-05 10:00"), "charge.needs_payer");
    case.tell(Some(walk), "2026-03-05 11:00", &Fact::Taken { charge: id(1), on: day("2026-03-05") });
    assert_eq!(says(&case, walk, "2026-03-05 12:00"), "allowed");
}

#[test]
fn a_method_that_is_mended_may_be_charged_again_whatever_it_says_of_itself() {
    let (mut case, walk) = house();
    tried(&mut case, walk, "2026-03-03 10:00", (1, CARD, Trigger::Operator), Some("54"));
    case.tell(None, "2026-03-03 10:01", &Fact::MethodKnown { method: Method { rank: 3, ..card() } });
    assert_eq!(says(&case, walk, "2026-03-05 10:00"), "charge.needs_payer", "another rank mends nothing");
    let renewed = Method { expires_on: Some(day("2030-12-31")), ..card() };
    case.tell(None, "2026-03-05 11:00", &Fact::MethodKnown { method: renewed.clone() });
    assert_eq!((says(&case, walk, "2026-03-05 12:00"), case.facts.methods[0].since), ("allowed", at("2026-03-05 11:00")));
    // Told again it is no newer; broken and active again it is.
    case.tell(None, "2026-03-06 11:00", &Fact::MethodKnown { method: renewed.clone() });
    case.tell(None, "2026-03-07 11:00", &Fact::MethodKnown { method: Method { status: MethodStatus::Broken, ..renewed.clone() } });
    assert_eq!(case.facts.methods[0].since, at("2026-03-05 11:00"));
    case.tell(None, "2026-03-08 11:00", &Fact::MethodKnown { method: renewed });
    assert_eq!(case.facts.methods[0].since, at("2026-03-08 11:00"));
}

#[test]
fn a_payer_who_paid_in_person_has_authenticated_the_method() {
    let (mut case, walk) = house();
    tried(&mut case, walk, "2026-03-03 10:00", (1, CARD, Trigger::Operator), Some("1A"));
    tried(&mut case, walk, "2026-03-05 10:00", (2, CARD, Trigger::Payer), None);
    case.tell(Some(walk), "2026-03-05 10:05", &Fact::Taken { charge: id(2), on: day("2026-03-05") });
    assert_eq!(says(&case, walk, "2026-03-05 12:00"), "allowed");
}

#[test]
fn a_failure_that_stops_everything_stops_it_until_a_person_releases_the_customer_or_the_receivable() {
    let (mut case, walk) = house();
    let other = case.enter();
    tried(&mut case, walk, "2026-03-03 10:00", (1, [9; 16], Trigger::Operator), Some("R1"));
    for cause in [Cause::Pause, Cause::Dispute] {
        case.tell(Some(walk), "2026-03-04 09:00", &Fact::Froze { cause });
        case.tell(Some(walk), "2026-03-04 10:00", &Fact::Thawed { cause });
    }
    assert_eq!(says(&case, walk, "2026-03-05 10:00"), "charge.held", "lifting anything else decides nothing");
    // No hold was laid: what is said is that charging may go on.
    case.tell(Some(walk), "2026-03-05 11:00", &Fact::Thawed { cause: Cause::Hold });
    assert_eq!((says(&case, walk, "2026-03-05 12:00"), says(&case, other, "2026-03-05 12:00")), ("allowed", "charge.held"));
    case.tell(None, "2026-03-06 09:00", &Fact::Froze { cause: Cause::Hold });
    case.tell(None, "2026-03-06 10:00", &Fact::Thawed { cause: Cause::Hold });
    assert_eq!(says(&case, other, "2026-03-06 12:00"), "allowed");
    tried(&mut case, walk, "2026-03-07 10:00", (2, [9; 16], Trigger::Operator), Some("R1"));
    assert_eq!(says(&case, other, "2026-03-07 12:00"), "charge.held", "a later failure waits for a later word");
}

#[test]
fn a_release_while_nobody_knew_of_the_failure_is_not_about_it() {
    let (mut case, walk) = house();
    tried(&mut case, walk, "2026-03-03 10:00", (1, [9; 16], Trigger::Operator), None);
    case.tell(None, "2026-03-03 10:30", &Fact::Thawed { cause: Cause::Hold });
    case.tell(Some(walk), "2026-03-03 10:40", &Fact::Thawed { cause: Cause::Hold });
    let failed = Fact::ChargeFailed {
        reason: "revoked".into(),
        needs_payer: true,
        step: None,
        charge: Some(id(1)),
        advice: Some(declines::read(&[Signal { space: CodeSpace::Visa, code: "R1".into() }])),
        retry_at: None,
    };
    case.tell(Some(walk), "2026-03-03 11:00", &failed);
    assert_eq!(says(&case, walk, "2026-03-05 10:00"), "charge.held");
    case.tell(None, "2026-03-05 11:00", &Fact::Thawed { cause: Cause::Hold });
    assert_eq!(says(&case, walk, "2026-03-05 12:00"), "allowed");
    // What another system tried the day before is heard of late: it stops nothing, and then it does.
    tried(&mut case, walk, "2026-03-03 09:00", (3, [9; 16], Trigger::Biller), Some("51"));
    assert_eq!(says(&case, walk, "2026-03-06 10:00"), "allowed");
    tried(&mut case, walk, "2026-03-04 10:00", (2, [9; 16], Trigger::Biller), Some("R1"));
    assert_eq!(says(&case, walk, "2026-03-06 10:00"), "charge.held");
}

#[test]
fn what_settled_and_what_was_released_is_kept_beside_the_attempts_and_never_told_with_one() {
    let (mut case, walk) = house();
    case.until("2026-03-10 12:00");
    takes(&mut case, walk, id(1), "2026-03-10 13:00", 4_000);
    tried(&mut case, walk, "2026-03-11 10:00", (2, CARD, Trigger::Payer), Some("51"));
    case.tell(None, "2026-03-11 11:00", &Fact::Thawed { cause: Cause::Hold });
    case.tell(Some(walk), "2026-03-11 12:00", &Fact::Thawed { cause: Cause::Hold });
    let again = |facts: &Facts<'static>| {
        let bytes = postcard::to_allocvec(&facts.save()).expect("a customer");
        let saved: SavedCustomer = postcard::from_bytes(&bytes).expect("a customer");
        Facts::restore(saved, facts.customer.clone(), facts.zone)
    };
    let fresh = again(&case.facts);
    assert_eq!((&fresh.tried, fresh.released_at), (&case.facts.tried, Some(at("2026-03-11 11:00"))));
    assert_eq!(fresh.tried.iter().map(|known| known.settled).collect::<Vec<_>>(), [true, false]);
    let saved = postcard::to_allocvec(&case.facts.walks[walk].save()).expect("a walk");
    case.facts.walks[walk].released_at = None;
    assert_ne!(postcard::to_allocvec(&case.facts.walks[walk].save()).expect("a walk"), saved, "the receivable's own is kept");
    let told = serde_json::to_string(&Fact::Tried { tried: case.facts.tried[0] }).expect("a fact");
    assert!(!told.contains("settled"), "{told}");
}

#[test]
fn a_customer_that_was_kept_before_attempts_were_facts_is_read_as_one_without_any() {
    let mut case = Case::new(&[&[LATE]]);
    case.enter();
    let bytes = postcard::to_allocvec(&case.facts.save()).expect("a customer");
    // Of format 1 all that is new is missing; zeros behind it stand for it.
    let (old, new) = bytes.split_at(bytes.len() - 5);
    assert_eq!(new, [0; 5]);
    let read: SavedCustomer = postcard::from_bytes(&[old, &[0; 8]].concat()).expect("a customer");
    assert_eq!(read, case.facts.save());
}

#[test]
fn what_was_asked_for_in_time_counts_in_time_however_long_the_rail_takes() {
    let counts = |extra: &str, asked: &str, paid_on: &str| {
        let mut case = Case::of(extra, &[&[CHARGE]], customer(&[(Channel::Email, Consent::Contract)]));
        let walk = case.enter();
        case.tell(None, "2026-03-02 10:00", &Fact::MethodKnown { method: card() });
        tried(&mut case, walk, asked, (1, CARD, Trigger::Operator), None);
        let counts = |charge| case.facts.counts_on(walk, charge, day(paid_on), &case.policies);
        assert_eq!(counts(id(9)), day(paid_on), "of an attempt that is not known the rail's day counts");
        counts(id(1)).to_string()
    };
    // Before it is due the rail's own day, then the due day, or the day of asking when that is later.
    assert_eq!(counts(FINE, "2026-03-05 10:00", "2026-03-07"), "2026-03-07");
    assert_eq!(counts(FINE, "2026-03-05 10:00", "2026-03-14"), "2026-03-10");
    assert_eq!(counts(FINE, "2026-03-12 10:00", "2026-03-16"), "2026-03-12");
    // A rail whose clock is behind ours.
    assert_eq!(counts(FINE, "2026-03-12 10:00", "2026-03-11"), "2026-03-11");
    // An early discount that what was asked for held is not lost either; one that it did not hold is no reason.
    let early = format!("{FINE}\nearly_discount: [{{ percent: 5%, until: D-4 }}]");
    assert_eq!(counts(&early, "2026-03-05 10:00", "2026-03-09"), "2026-03-05");
    assert_eq!(counts(&early, "2026-03-08 10:00", "2026-03-09"), "2026-03-09");
}
