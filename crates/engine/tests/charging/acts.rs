//! One thing at a time: what a charge does, what follows a decline, and who excludes whom.

use regua_core::charging::{MethodStatus, Scheme, Trigger};
use regua_core::words::{Mode, Rail};
use regua_engine::Kind;

use crate::common::{act, brl, on_both};
use crate::far::{Fault, Outcome};
use crate::house::{House, POLICY, hour, rcv};

/// A customer with a bill of R$ 100.00 due on Tuesday 10 March 2026, and a card.
fn house(url: &str) -> House {
    let mut house = House::new(url, POLICY);
    house.bill("C1", "R1", ("2026-03-01", "2026-03-10"), brl(10_000));
    house.card("C1", "tok", hour("2026-03-01", 10));
    house
}

/// Lives from a day to a day at 09:00.
fn live(house: &House, from: u32, until: u32) {
    for day in from..=until {
        house.pass(hour(&format!("2026-03-{day:02}"), 9));
    }
}

#[test]
fn a_charge_takes_the_money_on_the_due_day_and_once() {
    on_both(|url| {
        let house = house(url);
        live(&house, 9, 12);
        assert_eq!(house.attempts("C1"), ["schedule settled"]);
        assert_eq!((house.owed("C1", "R1").status.as_str(), house.owed("C1", "R1").balance), ("paid", 0));
        // A webhook that tells of it, and a listing, tell nothing new.
        house.hear(&[0, 0], hour("2026-03-12", 10));
        let mut gateways = house.gateways();
        house.engine().list_gateway(house.tenant(), "far", &mut gateways, house.how, hour("2026-03-12", 11)).unwrap();
        assert_eq!((house.payments("R1").len(), house.credit("C1")), (1, 0));
        house.clean();
    });
}

#[test]
fn on_time_automatic_payments_in_a_row_earn_the_progressive_discount_and_a_failure_ends_it() {
    on_both(|url| {
        let mut house = house(url);
        live(&house, 10, 10);
        for (month, id, paid) in [(4, "R2", 9_900), (5, "R3", 9_800), (6, "R4", 9_800)] {
            house.bill("C1", id, (&format!("2026-{month:02}-01"), &format!("2026-{month:02}-10")), brl(10_000));
            // Sunday the 10th of May rolls to Monday.
            house.pass(hour(&format!("2026-{month:02}-10"), 9));
            house.pass(hour(&format!("2026-{month:02}-11"), 9));
            assert_eq!(house.payments(id).iter().map(|row| row.amount).collect::<Vec<_>>(), [paid], "{id}");
            assert_eq!(house.owed("C1", id).status, "paid", "{id}");
        }
        house.line.far(|far| far.outcomes.insert("tok".to_owned(), [Outcome::Decline("insufficient_funds"), Outcome::Ok].into()));
        house.bill("C1", "R5", ("2026-07-01", "2026-07-10"), brl(10_000));
        house.pass(hour("2026-07-10", 9));
        house.pass(hour("2026-07-11", 9));
        assert_eq!(house.owed("C1", "R5").status, "paid");
        // Late: the whole amount, with fine and interest of the law that the policy asks for.
        assert!(house.payments("R5")[0].amount > 10_000);
        house.clean();
    });
}

#[test]
fn a_soft_decline_is_tried_again_by_the_plan_and_the_reason_is_told() {
    on_both(|url| {
        let house = house(url);
        let plan = [Outcome::Decline("insufficient_funds"), Outcome::Decline("insufficient_funds"), Outcome::Ok];
        house.line.far(|far| far.outcomes.insert("tok".to_owned(), plan.into()));
        live(&house, 10, 20);
        assert_eq!(house.attempts("C1"), ["schedule declined insufficient_funds", "retry declined insufficient_funds", "retry settled"]);
        house.clean();
    });
}

#[test]
fn a_hard_decline_is_never_tried_again_with_that_method_and_a_new_one_is_tried_at_once() {
    on_both(|url| {
        let house = house(url);
        house.line.far(|far| far.outcomes.insert("tok".to_owned(), [Outcome::Decline("stolen_card")].into()));
        live(&house, 10, 17);
        assert_eq!(house.attempts("C1"), ["schedule declined lost_stolen"]);
        assert!(matches!(house.statuses("C1")[..], [MethodStatus::Dead | MethodStatus::Broken]));
        house.card("C1", "tok2", hour("2026-03-17", 10));
        house.pass(hour("2026-03-17", 10));
        assert_eq!(house.attempts("C1"), ["schedule declined lost_stolen", "new_method settled"]);
        assert_eq!(house.owed("C1", "R1").status, "paid");
        house.clean();
    });
}

#[test]
fn the_next_method_is_charged_when_the_first_cannot_work() {
    on_both(|url| {
        let house = house(url);
        house.method("C1", "second", Scheme::Mastercard, hour("2026-03-02", 10)).unwrap();
        house.line.far(|far| far.outcomes.insert("tok".to_owned(), [Outcome::Decline("expired_card")].into()));
        live(&house, 10, 12);
        assert_eq!(house.attempts("C1"), ["schedule declined expired", "retry settled"]);
        house.clean();
    });
}

#[test]
fn a_card_is_not_charged_anew_because_its_gateway_tells_more_of_it_and_is_when_it_was_renewed() {
    for (says, reason, status) in
        [("expired_card", "expired", MethodStatus::Broken), ("insufficient_funds", "insufficient_funds", MethodStatus::Active)]
    {
        on_both(|url| {
            let house = house(url);
            house.line.far(|far| far.outcomes.insert("tok".to_owned(), [Outcome::Decline(says), Outcome::Ok].into()));
            live(&house, 10, 10);
            let (first, late) = (format!("schedule declined {reason}"), hour("2026-03-10", 20));
            for known in [(None, Some("2026-12-31")), (Some("card 1"), Some("2026-12-31")), (Some("card 1"), None), (None, None)] {
                house.told_of_card("tok", "C1", known, late);
                house.pass(late);
                assert_eq!((house.statuses("C1"), house.attempts("C1")), (vec![status], vec![first.clone()]), "{known:?}");
            }
            house.told_of_card("tok", "C1", (Some("card 1"), Some("2026-12-31")), late);
            house.told_of_card("tok", "C1", (Some("card 1"), Some("2029-12-31")), late);
            house.pass(late);
            assert_eq!(house.attempts("C1"), [first.as_str(), "new_method settled"]);
            house.clean();
        });
    }
}

#[test]
fn without_a_method_that_works_the_charge_fails_and_asks_for_one() {
    on_both(|url| {
        let house = house(url);
        let method = house.engine().methods(house.tenant(), &crate::house::cus("C1")).unwrap()[0].method;
        house.engine().remove_method(house.tenant(), method, &act(), hour("2026-03-05", 9)).unwrap();
        live(&house, 10, 16);
        assert_eq!(house.attempts("C1"), ["schedule declined no_method"]);
        assert!(house.line.far(|far| far.taken.is_empty()));
        house.clean();
    });
}

#[test]
fn what_was_taken_away_here_is_not_charged_again_because_its_gateway_still_tells_of_it() {
    on_both(|url| {
        let house = house(url);
        let method = house.engine().methods(house.tenant(), &crate::house::cus("C1")).unwrap()[0].method;
        house.engine().remove_method(house.tenant(), method, &act(), hour("2026-03-05", 9)).unwrap();
        house.told_of_method("tok", "C1", hour("2026-03-05", 10));
        assert_eq!(house.statuses("C1"), [MethodStatus::Removed]);
        live(&house, 10, 16);
        assert!(house.line.far(|far| far.taken.is_empty()));
        // Who owes brings the same card again: that is a will of its own.
        house.card("C1", "tok", hour("2026-03-17", 10));
        assert_eq!(house.statuses("C1"), [MethodStatus::Active]);
        house.clean();
    });
}

#[test]
fn scheduled_operators_and_payers_attempts_exclude_each_other() {
    on_both(|url| {
        let house = house(url);
        house.line.far(|far| far.outcomes.insert("tok".to_owned(), [Outcome::Pending].into()));
        let now = hour("2026-03-05", 9);
        let charge = |trigger, now| house.engine().charge_now(house.tenant(), &rcv("R1"), None, trigger, &act(), now);
        charge(Trigger::Operator, now).unwrap();
        let refused = charge(Trigger::Payer, now).unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Refused, "no_charge"), "{refused}");
        house.pass(now);
        // The schedule waits while nobody knows what becomes of it.
        live(&house, 10, 11);
        assert_eq!(house.attempts("C1"), ["operator pending"]);
        house.line.far(|far| far.settle_pending());
        house.hear(&[1], hour("2026-03-11", 12));
        live(&house, 12, 13);
        assert_eq!(house.attempts("C1"), ["operator settled"]);
        assert_eq!(house.line.far(|far| far.taken.len()), 1);
        assert_eq!(charge(Trigger::Operator, hour("2026-03-13", 12)).unwrap_err().code, "no_charge");
        house.clean();
    });
}

#[test]
fn days_that_a_rail_needs_make_no_fine() {
    on_both(|url| {
        let house = house(url);
        house.line.far(|far| far.outcomes.insert("tok".to_owned(), [Outcome::Decline("insufficient_funds"), Outcome::Pending].into()));
        // Declined on the due day, tried again on the next: that attempt holds a fine and a day's interest.
        live(&house, 10, 11);
        assert_eq!(house.attempts("C1"), ["schedule declined insufficient_funds", "retry pending"]);
        live(&house, 12, 14);
        house.line.far(|far| far.settle_pending());
        house.hear(&[2], hour("2026-03-14", 12));
        assert_eq!(house.payments("R1")[0].paid_on, crate::common::day("2026-03-11"));
        assert_eq!((house.owed("C1", "R1").status.as_str(), house.credit("C1")), ("paid", 0));
        live(&house, 15, 20);
        assert_eq!(house.attempts("C1").len(), 2);
        house.clean();
    });
}

#[test]
fn a_pause_holds_an_attempt_that_was_ordered() {
    on_both(|url| {
        let house = house(url);
        let frozen = regua_core::facts::Fact::Froze { cause: regua_core::facts::Cause::Dispute };
        // Ordered, and not sent since the gateway is away.
        house.line.far(|far| far.faults = [Some(Fault::Outage)].into());
        house.pass(hour("2026-03-10", 9));
        house.engine().tell(house.tenant(), &rcv("R1"), frozen, Some(&act()), hour("2026-03-10", 10)).unwrap();
        live(&house, 11, 14);
        assert!(house.line.far(|far| far.taken.is_empty()));
        let thawed = regua_core::facts::Fact::Thawed { cause: regua_core::facts::Cause::Dispute };
        house.engine().tell(house.tenant(), &rcv("R1"), thawed, Some(&act()), hour("2026-03-14", 10)).unwrap();
        house.pass(hour("2026-03-14", 12));
        assert_eq!(house.attempts("C1"), ["schedule settled"]);
        house.clean();
    });
}

#[test]
fn the_first_payment_takes_the_other_ways_to_pay_away_and_a_late_second_one_is_credited_and_shown() {
    on_both(|url| {
        let house = house(url);
        let now = hour("2026-03-09", 9);
        house.asks("R1", Rail::Pix, now).unwrap();
        house.asks("R1", Rail::Boleto, now).unwrap();
        house.pass(now);
        let keys = house.line.far(|far| far.payable());
        assert_eq!(keys.len(), 2);
        // The boleto is paid at the bank in the same second in which the card is charged.
        house.line.far(|far| assert!(far.pay(&keys[0])));
        house.pass(hour("2026-03-10", 9));
        house.hear(&[0, 1, 0], hour("2026-03-10", 10));
        house.pass(hour("2026-03-10", 10));
        assert!(house.line.far(|far| far.payable().is_empty()), "the other one can still be paid");
        let payments = house.payments("R1");
        let kinds: Vec<(&str, &str)> = payments.iter().map(|row| (row.kind.as_str(), row.fate.as_str())).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == ("kept", "kept")).count(), 1, "{kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| **kind == ("second", "credited")).count(), 1, "{kinds:?}");
        assert_eq!(house.credit("C1"), 10_000);
        assert_eq!(house.engine().second_payments(house.tenant(), 10).unwrap().len(), 1);
        house.clean();
    });
}

#[test]
fn what_is_owed_again_after_a_charge_that_settled_is_charged_without_waiting_fifteen_days() {
    on_both(|url| {
        let house = house(url);
        live(&house, 10, 10);
        let refunded = regua_wire::gateways::Heard {
            event: "evt_refund".to_owned(),
            kind: "refund".to_owned(),
            at: None,
            news: regua_wire::gateways::News::Refunded {
                payment: house.payments("R1")[0].reference.clone(),
                refund: "re_1".to_owned(),
                amount: brl(4_000),
                on: crate::common::day("2026-03-11"),
            },
        };
        house.engine().hear(house.tenant(), "far", &refunded, house.how, hour("2026-03-11", 10)).unwrap();
        assert_eq!(house.owed("C1", "R1").status, "open");
        house.engine().charge_now(house.tenant(), &rcv("R1"), None, Trigger::Operator, &act(), hour("2026-03-11", 11)).unwrap();
        house.pass(hour("2026-03-11", 12));
        assert_eq!(house.attempts("C1"), ["schedule settled", "operator settled"]);
        assert_eq!((house.owed("C1", "R1").status.as_str(), house.line.far(|far| far.taken.len())), ("paid", 2));
        house.clean();
    });
}

#[test]
fn a_second_payment_is_refunded_when_the_policy_says_so() {
    on_both(|url| {
        let mut house = House::new(url, &POLICY.replace("second_payment: credit", "second_payment: refund"));
        house.bill("C1", "R1", ("2026-03-01", "2026-03-10"), brl(10_000));
        house.card("C1", "tok", hour("2026-03-01", 10));
        let now = hour("2026-03-09", 9);
        house.asks("R1", Rail::Pix, now).unwrap();
        house.pass(now);
        house.line.far(|far| far.pay(&far.payable()[0]));
        house.pass(hour("2026-03-10", 9)); // the card is charged: nobody has told of the Pix yet
        house.hear(&[0, 1], hour("2026-03-10", 10));
        // The answer to the refund is lost; asked again by its key it is the same one.
        house.line.far(|far| far.faults = [Some(Fault::LostAfter)].into());
        for hours in [10, 11, 12] {
            house.pass(hour("2026-03-10", hours));
        }
        let id = house.id("R1");
        assert_eq!(house.line.far(|far| (far.kept(id), far.given.len())), (10_000, 1));
        assert_eq!((house.credit("C1"), house.owed("C1", "R1").status.as_str()), (0, "paid"));
        let fates: Vec<String> = house.engine().second_payments(house.tenant(), 10).unwrap().into_iter().map(|one| one.fate).collect();
        assert_eq!(fates, ["refunded"]);
        house.clean();
    });
}

#[test]
fn a_chargeback_opens_the_debt_again_and_its_event_twice_does_it_once() {
    on_both(|url| {
        let house = house(url);
        live(&house, 10, 10);
        let payment = house.payments("R1")[0].reference.clone();
        let news = |dispute: &str| regua_wire::gateways::Heard {
            event: "evt".to_owned(),
            kind: "dispute".to_owned(),
            at: None,
            news: regua_wire::gateways::News::ChargedBack {
                payment: payment.clone(),
                dispute: dispute.to_owned(),
                amount: brl(10_000),
                on: crate::common::day("2026-03-20"),
            },
        };
        for _ in 0..2 {
            house.engine().hear(house.tenant(), "far", &news("dp_1"), house.how, hour("2026-03-20", 12)).unwrap();
        }
        assert_eq!(house.owed("C1", "R1").status, "open");
        assert!(house.owed("C1", "R1").balance >= 10_000);
        house.clean();
    });
}

#[test]
fn in_shadow_and_redirect_no_money_moves_whoever_asks_and_what_was_ordered_before_is_not_sent() {
    on_both(|url| {
        let house = house(url);
        let now = hour("2026-03-05", 9);
        let by_hand = |now| house.engine().charge_now(house.tenant(), &rcv("R1"), None, Trigger::Operator, &act(), now);
        by_hand(now).unwrap();
        for (mode, to) in [(Mode::Shadow, None), (Mode::Redirect, Some("ops@x.example"))] {
            house.engine().set_mode(house.tenant(), mode, to, &act(), now).unwrap();
            let refused = by_hand(now).unwrap_err();
            assert_eq!((refused.kind, refused.code), (Kind::Refused, "no_charge"), "{refused}");
            assert!(refused.to_string().contains("regua mode live"), "{refused}");
        }
        house.pass(hour("2026-03-05", 10));
        assert_eq!(house.attempts("C1"), ["operator dropped"]);
        assert_eq!(house.line.far(|far| far.kept(house.id("R1"))), 0);
        house.engine().set_mode(house.tenant(), Mode::Live, None, &act(), hour("2026-03-05", 11)).unwrap();
        live(&house, 10, 10);
        assert_eq!(house.owed("C1", "R1").status, "paid");
        house.clean();
    });
}
