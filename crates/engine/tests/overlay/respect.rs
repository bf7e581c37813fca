//! While the biller charges and reminds by itself nobody does here, and what it tried counts.

use regua_core::charging::Trigger;
use regua_core::facts::{Cause, Fact};
use regua_engine::Kind;
use regua_wire::gateways::mirror::{BilledStatus, Collection, Switch};

use crate::account::{acts, paid, tried};
use crate::common::{act, brl, on_both};
use crate::house::{House, hour, rcv};

/// A debt that is due by a stored card, on which the biller still acts.
fn charged_by_the_biller(url: &str) -> House {
    let mut house = House::new(url);
    house.account.person("cus_a");
    house.account.card("cus_a", "pm_1");
    let invoice = house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-02"), 10_000);
    (invoice.collection, invoice.acts) = (Collection::Automatic, Some(acts()));
    let synced = house.sync(hour("2026-03-02", 9));
    assert_eq!((synced.paused, synced.methods), (1, 1));
    house
}

fn charge(house: &House, now: regua_core::time::Instant) -> regua_engine::Result<()> {
    house.engine().charge_now(house.company.tenant, &rcv("in_1"), None, Trigger::Operator, &act(), now).map(drop)
}

fn tell(house: &House, fact: Fact, now: regua_core::time::Instant) -> regua_engine::Result<()> {
    house.engine().tell(house.company.tenant, &rcv("in_1"), fact, Some(&act()), now).map(drop)
}

const PAUSE: Cause = Cause::Pause;

#[test]
fn a_receivable_is_neither_charged_nor_dunned_while_the_biller_acts_and_the_switch_is_named() {
    on_both(|url| {
        let mut house = charged_by_the_biller(url);
        let now = hour("2026-03-02", 10);
        let refused = charge(&house, now).unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Refused, "biller_acts"));
        assert!(refused.detail.contains("auto_advance") && refused.detail.contains("retry schedule"), "{}", refused.detail);
        let switches = house.engine().biller_switches(house.company.tenant, "far").unwrap();
        let counted: Vec<(Switch, u64)> = switches.iter().map(|count| (count.switch, count.receivables)).collect();
        assert_eq!(counted, [(Switch::StripeInvoice, 1), (Switch::StripeRetries, 1)]);
        assert_eq!((3..20).map(|day| house.pass(hour(&format!("2026-03-{day:02}"), 10))).sum::<usize>(), 0, "no mail goes");
        // A switch is turned off, and the biller tells.
        house.account.of("in_1").acts.as_mut().unwrap().switches = vec![Switch::StripeRetries];
        house.account.changed.insert("in_1".into(), hour("2026-03-20", 8));
        let synced = house.sync(hour("2026-03-20", 9));
        assert_eq!((synced.released, synced.switches.len()), (0, 1), "one switch is left");
        assert_eq!(charge(&house, hour("2026-03-20", 10)).unwrap_err().code, "biller_acts");
        house.account.of("in_1").acts = None;
        let synced = house.sync(hour("2026-03-20", 11));
        assert_eq!((synced.released, synced.switches.len()), (1, 0));
        charge(&house, hour("2026-03-20", 12)).unwrap();
        house.clean();
    });
}

#[test]
fn dunning_begins_when_the_last_switch_is_off() {
    on_both(|url| {
        let mut house = charged_by_the_biller(url);
        house.account.of("in_1").acts = None;
        house.account.changed.insert("in_1".into(), hour("2026-03-03", 8));
        house.sync(hour("2026-03-03", 9));
        let mails: usize = (3..25).map(|day| house.pass(hour(&format!("2026-03-{day:02}"), 10))).sum();
        assert!(mails >= 2, "{mails}");
        house.clean();
    });
}

#[test]
fn a_pause_of_a_persons_is_never_lifted_by_a_reading_and_one_of_the_billers_never_by_a_person() {
    on_both(|url| {
        let mut house = charged_by_the_biller(url);
        let now = hour("2026-03-02", 10);
        let refused = tell(&house, Fact::Thawed { cause: PAUSE }, now).unwrap_err();
        assert_eq!(refused.code, "biller_acts");
        // A person pauses it too: the pause outlives the biller's.
        tell(&house, Fact::Froze { cause: PAUSE }, now).unwrap();
        house.account.of("in_1").acts = None;
        house.account.changed.insert("in_1".into(), hour("2026-03-03", 8));
        let synced = house.sync(hour("2026-03-03", 9));
        assert_eq!(synced.released, 0);
        assert_eq!(charge(&house, hour("2026-03-03", 10)).unwrap_err().code, "no_charge", "it is paused still");
        // And the other way round: paused by a person first.
        house.account.of("in_1").acts = Some(acts());
        house.account.changed.insert("in_1".into(), hour("2026-03-04", 8));
        assert_eq!(house.sync(hour("2026-03-04", 9)).paused, 0);
        house.account.of("in_1").acts = None;
        house.account.changed.insert("in_1".into(), hour("2026-03-05", 8));
        assert_eq!(house.sync(hour("2026-03-05", 9)).released, 0);
        tell(&house, Fact::Thawed { cause: PAUSE }, hour("2026-03-05", 10)).unwrap();
        charge(&house, hour("2026-03-05", 11)).unwrap();
        house.clean();
    });
}

#[test]
fn what_is_paid_at_the_biller_is_paused_no_more() {
    on_both(|url| {
        let mut house = charged_by_the_biller(url);
        let invoice = house.account.of("in_1");
        (invoice.status, invoice.payments, invoice.acts) = (BilledStatus::Paid, vec![paid("pi_1", 10_000, "2026-03-02")], None);
        house.account.changed.insert("in_1".into(), hour("2026-03-02", 12));
        let synced = house.sync(hour("2026-03-02", 13));
        assert_eq!((synced.payments, synced.released, synced.switches.len()), (1, 1, 0));
        assert_eq!(house.owes("cus_a"), ["in_1 paid 10000 0 2026-03-02"]);
        house.clean();
    });
}

#[test]
fn attempts_of_the_biller_use_up_the_budget_of_the_scheme() {
    on_both(|url| {
        let mut house = House::new(url);
        house.account.person("cus_a");
        house.account.card("cus_a", "pm_1");
        let invoice = house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-20"), 10_000);
        (invoice.collection, invoice.payments) = (Collection::Automatic, vec![tried("pi_1")]);
        // A Visa card is tried at most fifteen times in thirty days with one amount.
        for nth in 0..14 {
            house.account.failed(&format!("ch_{nth}"), "pi_1", "pm_1", hour(&format!("2026-02-{:02}", 12 + nth), 9), brl(10_000));
        }
        let now = hour("2026-03-02", 9);
        assert_eq!(house.sync(now).attempts.new, 14);
        house.account.failed("ch_last", "pi_1", "pm_1", hour("2026-02-26", 9), brl(10_000));
        let mut stopped = house.account.attempts.last().unwrap().clone();
        (stopped.reference, stopped.reached_scheme) = ("ch_stopped".into(), false);
        house.account.attempts.push(stopped);
        let synced = house.sync(hour("2026-03-02", 10));
        assert_eq!((synced.attempts.new, synced.attempts.left), (1, 1), "what the biller stopped by itself counts for nobody");
        let refused = charge(&house, hour("2026-03-02", 11)).unwrap_err();
        assert!(refused.detail.contains("15 times in 30 days"), "{}", refused.detail);
        let rows = house.attempts("cus_a");
        assert_eq!((rows.len(), rows.iter().filter(|row| row.method.is_some()).count()), (15, 15));
        assert!(rows.iter().all(|row| row.reason.is_some() && row.trigger == Trigger::Biller));
        house.clean();
    });
}

#[test]
fn one_attempt_less_leaves_one_try() {
    on_both(|url| {
        let mut house = House::new(url);
        house.account.person("cus_a");
        house.account.card("cus_a", "pm_1");
        let invoice = house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-20"), 10_000);
        (invoice.collection, invoice.payments) = (Collection::Automatic, vec![tried("pi_1")]);
        for nth in 0..14 {
            house.account.failed(&format!("ch_{nth}"), "pi_1", "pm_1", hour(&format!("2026-02-{:02}", 12 + nth), 9), brl(10_000));
        }
        house.sync(hour("2026-03-02", 9));
        // The code of the last ones has a smaller budget of its own, which is free again by then.
        charge(&house, hour("2026-03-10", 11)).unwrap();
        assert_eq!(charge(&house, hour("2026-03-10", 12)).unwrap_err().kind, Kind::Refused, "one is under way");
        house.clean();
    });
}
