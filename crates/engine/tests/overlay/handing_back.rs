//! `eject`: nothing is charged by the gateway any more, everything is held, and the biller learns what it must know.

use regua_core::charging::Trigger;
use regua_core::facts::{Cause, Fact};
use regua_core::words::Channel;
use regua_engine::charging::Gateways;
use regua_engine::commands::tell::About;
use regua_engine::overlay::{Ejected, Handed};
use regua_wire::gateways::mirror::{BilledStatus, Collection};

use crate::account::{paid, tried};
use crate::common::{act, brl, day, on_both};
use crate::house::{House, hour, rcv};

fn filled(url: &str) -> House {
    let mut house = House::new(url);
    house.account.person("cus_a");
    house.account.person("cus_b");
    house.account.card("cus_a", "pm_1");
    let invoice = house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-02"), 10_000);
    (invoice.collection, invoice.payments) = (Collection::Automatic, vec![tried("pi_1")]);
    house.account.invoice("in_2", "cus_b", ("2026-02-10", "2026-03-20"), 6_000).payments = vec![paid("pi_2", 1_000, "2026-02-20")];
    let paid_one = house.account.invoice("in_3", "cus_b", ("2026-02-10", "2026-02-20"), 500);
    (paid_one.status, paid_one.payments) = (BilledStatus::Paid, vec![paid("pi_3", 500, "2026-02-20")]);
    house.account.failed("ch_1", "pi_1", "pm_1", hour("2026-02-20", 9), brl(10_000));
    house.sync(hour("2026-03-02", 9));
    let tenant = house.company.tenant;
    let now = hour("2026-03-02", 10);
    let tell = |about: &About, fact| house.engine().tell(tenant, about, fact, Some(&act()), now).unwrap();
    tell(&rcv("in_2"), Fact::Promised { on: day("2026-03-10") });
    tell(&About::Customer("cus_b".into()), Fact::OptedOut { channel: Channel::Email, point: None });
    house
}

fn eject(house: &House, dry_run: bool, now: regua_core::time::Instant) -> (Ejected, Vec<Handed>) {
    let mut rows = Vec::new();
    let done = house.engine().eject(house.company.tenant, "far", dry_run, &act(), now, &mut |row| rows.push(row.clone())).unwrap();
    (done, rows)
}

fn role(house: &House) -> String {
    house.engine().gateways(house.company.tenant).unwrap().pop().unwrap().role
}

#[test]
fn a_biller_that_gets_control_back_learns_what_is_open_promised_tried_and_refused() {
    on_both(|url| {
        let house = filled(url);
        let events = house.events();
        let now = hour("2026-03-02", 12);
        let (dry, previewed) = eject(&house, true, now);
        assert_eq!((dry.held, dry.open, dry.already), (2, 2, false));
        assert_eq!((house.events(), role(&house).as_str()), (events, "owner"), "a preview changes nothing");
        let (done, rows) = eject(&house, false, now);
        assert_eq!(rows, previewed);
        assert_eq!((done.held, done.held_before, done.already, done.under_way.len()), (2, 0, false, 0));
        assert_eq!(role(&house), "mirror");
        let [first, second] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(
            (first.invoice.as_str(), first.customer.as_str(), first.balance, first.due),
            ("in_1", "cus_a", brl(10_000), brl(10_000))
        );
        assert_eq!((first.tries, first.last_try), (1, Some((hour("2026-02-20", 9), Some("insufficient_funds")))));
        assert_eq!((second.invoice.as_str(), second.balance, second.promised_on), ("in_2", brl(5_000), Some(day("2026-03-10"))));
        assert_eq!((second.opted_out.as_slice(), second.last_try), (&[Channel::Email][..], None));
        // Again: nothing is new, and the same is told.
        let events = house.events();
        let (again, rows) = eject(&house, false, now);
        assert_eq!((again.held, again.held_before, again.already, house.events()), (0, 2, true, events));
        assert_eq!(rows, previewed);
        assert_eq!((3..25).map(|day| house.pass(hour(&format!("2026-03-{day:02}"), 10))).sum::<usize>(), 0, "nobody is dunned");
        house.clean();
    });
}

#[test]
fn an_attempt_that_was_ordered_and_not_sent_is_not_made_any_more() {
    on_both(|url| {
        let house = filled(url);
        let now = hour("2026-03-02", 11);
        house.engine().charge_now(house.company.tenant, &rcv("in_1"), None, Trigger::Operator, &act(), now).unwrap();
        let (done, _) = eject(&house, false, hour("2026-03-02", 12));
        assert_eq!((done.under_way.len(), done.under_way[0].status.as_str()), (1, "ordered"), "it is waited for");
        // No gateway is there: asking one would put the attempt off instead of dropping it.
        let charged = house.engine().charge_due(&|| hour("2026-03-02", 13), &mut Gateways::default(), house.how()).unwrap();
        assert_eq!((charged.dropped, charged.later), (1, 0));
        assert!(eject(&house, false, hour("2026-03-02", 14)).0.under_way.is_empty(), "control is back");
        house.clean();
    });
}

#[test]
fn what_a_person_held_before_stays_held_and_a_dispute_is_told() {
    on_both(|url| {
        let house = filled(url);
        let now = hour("2026-03-02", 11);
        let tell = |fact| house.engine().tell(house.company.tenant, &rcv("in_1"), fact, Some(&act()), now).unwrap();
        tell(Fact::Froze { cause: Cause::Hold });
        tell(Fact::Froze { cause: Cause::Dispute });
        let (done, rows) = eject(&house, false, now);
        assert_eq!((done.held, done.held_before), (1, 1));
        assert_eq!(rows[0].frozen_by, [Cause::Dispute]);
        house.clean();
    });
}
