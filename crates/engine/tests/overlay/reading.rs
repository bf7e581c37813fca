//! Reading an account: in full, interrupted, again, and what changed.

use regua_engine::Kind;
use regua_engine::overlay::Syncing;
use regua_wire::gateways::mirror::{BilledReturn, BilledStatus, Collection};

use crate::account::{Account, acts, paid, tried};
use crate::common::{brl, on_both};
use crate::house::{House, hour};

/// Three customers; what is open, paid, given up, taken back, not issued, paid in part, and of somebody no list tells of.
fn filled(account: &mut Account) {
    for reference in ["cus_a", "cus_b", "cus_c"] {
        account.person(reference);
    }
    account.invoice("in_open", "cus_a", ("2026-02-10", "2026-03-20"), 10_000);
    let old = account.invoice("in_paid", "cus_a", ("2025-06-01", "2025-06-10"), 5_000);
    (old.status, old.payments) = (BilledStatus::Paid, vec![tried("pi_0"), paid("pi_1", 5_000, "2025-06-25")]);
    let part = account.invoice("in_part", "cus_b", ("2026-01-10", "2026-03-20"), 9_000);
    (part.payments, part.subscription) = (vec![paid("pi_2", 2_000, "2026-01-20")], Some("sub_1".into()));
    account.invoice("in_lost", "cus_b", ("2025-01-10", "2025-02-10"), 7_000).status = BilledStatus::Uncollectible;
    account.invoice("in_void", "cus_c", ("2026-01-10", "2026-02-10"), 3_000).status = BilledStatus::Void;
    account.invoice("in_draft", "cus_c", ("2026-02-10", "2026-03-10"), 3_000).status = BilledStatus::Draft;
    account.invoice("in_zero", "cus_c", ("2026-02-10", "2026-03-10"), 0);
    account.invoice("in_gone", "cus_gone", ("2026-02-10", "2026-04-10"), 1_000);
    account.failed("ch_1", "pi_0", "pm_1", hour("2025-06-10", 9), brl(5_000));
    account.failed("ch_2", "pi_2", "pm_1", hour("2026-01-15", 9), brl(9_000));
    account.failed("ch_x", "pi_unknown", "pm_1", hour("2026-01-15", 9), brl(9_000));
}

const OWED: [(&str, &[&str]); 4] = [
    ("cus_a", &["in_open open 10000 10000 2026-03-20", "in_paid paid 5000 0 2025-06-10"]),
    ("cus_b", &["in_lost written_off 7000 0 2025-02-10", "in_part open 9000 7000 2026-03-20"]),
    ("cus_c", &["in_void void 3000 0 2026-02-10"]),
    ("cus_gone", &["in_gone open 1000 1000 2026-04-10"]),
];

fn shows_what_was_put_in(house: &House) {
    for (who, owed) in OWED {
        assert_eq!(house.owes(who), owed, "{who}");
    }
    assert_eq!(house.payments("in_paid"), ["pi_1 5000 kept kept"]);
    assert_eq!(house.payments("in_part"), ["pi_2 2000 kept kept"]);
    let tried: Vec<String> = house.attempts("cus_b").iter().map(|row| format!("{} {} {}", row.trigger, row.status, row.retry)).collect();
    assert_eq!(tried, ["biller declined 0"], "what is older than schemes count is left, what is nobody's debt too");
    assert!(house.attempts("cus_a").is_empty());
}

#[test]
fn an_account_becomes_known_whole_and_a_second_reading_changes_nothing() {
    on_both(|url| {
        let mut house = House::new(url);
        filled(&mut house.account);
        let now = hour("2026-03-01", 9);
        let first = house.sync(now);
        assert!(first.full && !first.resumed);
        assert_eq!((first.customers.new, first.invoices.new, first.invoices.left, first.payments), (4, 6, 2, 2));
        assert_eq!((first.attempts.new, first.attempts.left), (1, 1));
        shows_what_was_put_in(&house);
        // What was paid long before anybody here knew of it brings no receipt, and what is not due no reminder.
        assert_eq!(house.pass(now), 0);
        let events = house.events();
        for how in [Syncing::default(), Syncing { full: true, ..Syncing::default() }] {
            let again = house.try_sync(how, hour("2026-03-01", 10)).unwrap();
            assert_eq!((again.customers.new, again.customers.changed, again.invoices.new, again.invoices.changed), (0, 0, 0, 0), "{how:?}");
            assert_eq!((again.payments, again.attempts.new, again.refusals, again.full), (0, 0, 0, how.full));
        }
        assert_eq!(house.events(), events, "nothing was written");
        shows_what_was_put_in(&house);
        house.clean();
    });
}

#[test]
fn a_reading_that_is_cut_off_anywhere_goes_on_where_it_stopped() {
    on_both(|url| {
        let mut whole = House::new(url);
        filled(&mut whole.account);
        whole.sync(hour("2026-03-01", 9));
        let calls = whole.account.calls;
        for cut in (0..calls).step_by(2) {
            let mut house = House::new(url);
            filled(&mut house.account);
            house.account.fails_after = Some(cut);
            let stopped = house.try_sync(Syncing::default(), hour("2026-03-01", 9)).unwrap_err();
            assert_eq!(stopped.kind, Kind::Busy, "{cut}: {stopped}");
            house.account.fails_after = None;
            let rest = house.sync(hour("2026-03-01", 10));
            assert_eq!((rest.resumed, rest.full), (cut > 0, true), "{cut}");
            // At most the calls of one page are made again.
            assert!(house.account.calls <= calls + 2, "{cut}: {} of {calls}", house.account.calls);
            shows_what_was_put_in(&house);
            house.clean();
        }
    });
}

#[test]
fn a_few_pages_at_a_time_come_to_the_same_and_say_when_there_is_more() {
    on_both(|url| {
        let mut house = House::new(url);
        filled(&mut house.account);
        let how = Syncing { pages: Some(1), ..Syncing::default() };
        let mut readings = 0;
        loop {
            let synced = house.try_sync(how, hour("2026-03-01", 9)).unwrap();
            readings += 1;
            assert_eq!((synced.pages, synced.resumed), (1, readings > 1));
            if !synced.more {
                break;
            }
            let known = house.engine().mirror_of(house.company.tenant, "far").unwrap().unwrap();
            assert_eq!((known.synced_at, known.trouble), (None, None));
        }
        assert!(readings > 5, "{readings}");
        shows_what_was_put_in(&house);
        house.clean();
    });
}

#[test]
fn why_a_reading_could_not_go_on_is_kept_until_one_goes_on() {
    on_both(|url| {
        let mut house = House::new(url);
        filled(&mut house.account);
        let known = |house: &House| house.engine().mirror_of(house.company.tenant, "far").unwrap();
        // An account that nobody has read a page of stays one that nobody mirrors.
        house.account.fails_after = Some(0);
        house.try_sync(Syncing::default(), hour("2026-03-01", 8)).unwrap_err();
        assert_eq!(known(&house), None);
        house.account.fails_after = None;
        house.sync(hour("2026-03-01", 9));
        assert_eq!(known(&house).map(|known| (known.synced_at, known.trouble)), Some((Some(hour("2026-03-01", 9)), None)));
        house.account.fails_after = Some(house.account.calls);
        house.try_sync(Syncing::default(), hour("2026-03-01", 10)).unwrap_err();
        let stopped = known(&house).unwrap();
        assert_eq!(stopped.synced_at, Some(hour("2026-03-01", 9)));
        assert!(stopped.trouble.is_some_and(|why| why.contains("no connection")));
        house.account.fails_after = None;
        // Nothing was read by the one that failed, so the next reads up to its own moment.
        let rest = house.sync(hour("2026-03-01", 12));
        assert!(!rest.resumed && !rest.full);
        assert_eq!(known(&house).map(|known| (known.synced_at, known.trouble)), Some((Some(hour("2026-03-01", 12)), None)));
    });
}

#[test]
fn what_changed_at_the_biller_becomes_known_and_nothing_else_is_read() {
    on_both(|url| {
        let mut house = House::new(url);
        filled(&mut house.account);
        house.sync(hour("2026-03-01", 9));
        let later = hour("2026-03-02", 9);
        let account = &mut house.account;
        for name in ["cus_a", "in_open", "in_part", "in_void", "in_lost"] {
            account.changed.insert(name.into(), hour("2026-03-02", 8));
        }
        account.customers[0].email = Some("new@customer.example".into());
        let open = account.of("in_open");
        (open.amount, open.due_on) = (brl(12_000), crate::common::day("2026-03-25"));
        let part = account.of("in_part");
        // The rest was a credit note there: nothing is owed, and no more money came.
        part.status = BilledStatus::Paid;
        let lost = account.of("in_lost");
        (lost.status, lost.payments) = (BilledStatus::Paid, vec![paid("pi_9", 7_000, "2026-03-02")]);
        let before = account.calls;
        let synced = house.sync(later);
        assert!(house.account.calls - before <= 8, "only pages of what changed are read");
        assert_eq!((synced.full, synced.customers.changed, synced.invoices.changed, synced.invoices.same), (false, 1, 3, 1));
        assert_eq!(house.owes("cus_a")[0], "in_open open 12000 12000 2026-03-25");
        assert_eq!(house.owes("cus_b"), ["in_lost written_off 7000 0 2025-02-10", "in_part paid 9000 0 2026-03-20"]);
        assert_eq!(house.payments("in_lost"), ["pi_9 7000 kept kept"], "what comes for what was given up is a recovery");
        house.clean();
    });
}

#[test]
fn money_that_went_back_is_known_once_and_what_the_biller_charges_on_top_is_not_paid_too_much() {
    on_both(|url| {
        let mut house = House::new(url);
        house.account.person("cus_a");
        let late = house.account.invoice("pay_1", "cus_a", ("2026-01-01", "2026-01-10"), 10_000);
        let mut payment = paid("pay_1", 12_000, "2026-02-09");
        payment.added = Some(brl(2_000));
        (late.status, late.payments) = (BilledStatus::Paid, vec![payment]);
        let now = hour("2026-03-01", 9);
        house.sync(now);
        assert_eq!(house.owes("cus_a"), ["pay_1 paid 10000 0 2026-01-10"]);
        house.account.changed.insert("pay_1".into(), now);
        let back = BilledReturn {
            payment: "pay_1".into(),
            reference: "re_1".into(),
            taken_back: false,
            amount: brl(12_000),
            on: crate::common::day("2026-03-02"),
        };
        house.account.of("pay_1").returned = vec![back];
        house.sync(hour("2026-03-02", 9));
        // It was given back and is not owed at the biller, so it is not owed here.
        assert_eq!(house.owes("cus_a")[0].split(' ').nth(3), Some("0"));
        assert_eq!(house.payments("pay_1"), ["pay_1 12000 kept refunded"]);
        let events = house.events();
        house.account.of("pay_1").number = Some("another".into());
        house.account.changed.insert("pay_1".into(), hour("2026-03-03", 8));
        house.sync(hour("2026-03-03", 9));
        assert_eq!(house.payments("pay_1"), ["pay_1 12000 kept refunded"]);
        assert_eq!(house.events(), events, "told again it is nothing new");
        house.clean();
    });
}

#[test]
fn a_dry_run_tells_what_would_be_and_writes_nothing() {
    on_both(|url| {
        let mut house = House::new(url);
        filled(&mut house.account);
        house.account.of("in_open").acts = Some(acts());
        let dry = Syncing { dry_run: true, ..Syncing::default() };
        let told = house.try_sync(dry, hour("2026-03-01", 9)).unwrap();
        assert_eq!((told.customers.new, told.invoices.new, told.switches.len()), (3, 6, 2));
        assert_eq!((house.events(), house.mirrored("customer"), house.mirrored("invoice")), (0, 0, 0));
        assert!(house.sync(hour("2026-03-01", 9)).full, "the reading is still to be made");
        house.clean();
    });
}

#[test]
fn a_bad_invoice_is_told_of_and_does_not_hold_up_the_others() {
    on_both(|url| {
        let mut house = House::new(url);
        house.account.person("cus_a");
        house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-20"), 10_000);
        house.account.invoice("in_2", "cus_a", ("2026-02-10", "2026-03-20"), 10_000).customer = None;
        let dollars = regua_core::money::Money::new(500, regua_core::currency::Currency::USD);
        let mut payment = paid("pi_1", 1, "2026-02-20");
        payment.settled.as_mut().unwrap().amount = dollars;
        let mixed = house.account.invoice("in_3", "cus_a", ("2026-02-10", "2026-03-20"), 10_000);
        (mixed.payments, mixed.collection) = (vec![payment], Collection::Automatic);
        let synced = house.try_sync(Syncing::default(), hour("2026-03-01", 9)).unwrap();
        let refused: Vec<&str> = synced.refused.iter().map(|one| one.reference.as_str()).collect();
        assert_eq!((refused, synced.refusals, synced.invoices.new), (vec!["in_2", "in_3"], 2, 2));
        assert_eq!(house.owes("cus_a").len(), 2);
        house.clean();
    });
}
