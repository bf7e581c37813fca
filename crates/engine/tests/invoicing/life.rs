//! What happens to subscriptions: changes with their proration, credits, parts, ends, and the rule that collects.

use std::num::NonZeroU16;

use regua_core::billing::{Change, Collection, Cycle, Effect, InvoiceStatus, Net, NewSubscription, Settle, Terms};
use regua_core::facts::Fact;
use regua_core::time::Instant;
use regua_engine::Kind;
use regua_engine::billing::{SELF, Subscribe};
use regua_engine::commands::tell::About;
use regua_store::db::Scope;

use crate::common::{Company1, act, day, on_both};
use crate::harness::{flat, hour, new, seats};

const NOW_OWN: Effect = Effect::Now(Settle::OwnInvoice);

#[test]
fn a_plan_change_charges_the_days_that_are_left_and_the_next_period_in_full() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.subscribe("C1", new("s1", flat("basic", 30_000, Cycle::MONTHLY), "2026-04-01"), hour("2026-03-20", 9));
        company.bill(hour("2026-04-01", 9));
        let better = flat("better", 60_000, Cycle::MONTHLY);
        let change = Change::PlanChanged { plan: Box::new(better.clone()), effect: NOW_OWN };
        assert_eq!(company.change("s1", change.clone(), hour("2026-04-21", 9)).unwrap_err().code, "no_plan");
        company.engine.publish_plan(company.tenant, &better, &act(), hour("2026-04-21", 9)).unwrap();
        company.change("s1", change, hour("2026-04-21", 9)).unwrap();
        company.bill(hour("2026-04-21", 10));
        company.bill(hour("2026-05-01", 0));
        // Ten of thirty days: −100.00 for the old plan, +200.00 for the new one.
        let expected = ["s1/0/period 2026-04-01 30000 open", "s1/0/change-0 2026-04-21 10000 open", "s1/1/period 2026-05-01 60000 open"];
        assert_eq!(company.listed("C1"), expected);
        company.assert_clean();
    });
}

#[test]
fn a_credit_lowers_what_is_open_and_the_rest_waits_for_the_next_invoice() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let ten = NewSubscription { quantity: 10, ..new("s1", seats("team", 3_000), "2026-04-01") };
        company.subscribe("C1", ten, hour("2026-03-20", 9));
        company.bill(hour("2026-04-01", 9));
        let about = About::Receivable("s1/0/period".to_owned());
        let paid = Fact::Paid { paid_on: day("2026-04-10"), amount: None };
        company.engine.tell(company.tenant, &about, paid, Some(&act()), hour("2026-04-10", 9)).unwrap();
        // 30 days of ten seats are 300.00; from the 16th on fifteen days of nine seats less: −135.00, and nothing is open.
        company.change("s1", Change::QuantityChanged { quantity: 1, effect: NOW_OWN }, hour("2026-04-16", 9)).unwrap();
        let billed = company.bill(hour("2026-04-16", 10));
        assert_eq!((billed.invoices, billed.credits, billed.receivables), (0, 1, 0));
        let left = |company: &Company1| company.invoices("C1").iter().map(|one| one.row.credit_left).sum::<i64>();
        assert_eq!(left(&company), 13_500);
        // May costs 30.00 for one seat: all of it is taken from the credit.
        company.bill(hour("2026-05-01", 0));
        let expected = ["s1/0/period 2026-04-01 30000 paid", "s1/0/change-0 2026-04-16 -13500 paid", "s1/1/period 2026-05-01 3000 paid"];
        assert_eq!(company.listed("C1"), expected);
        assert_eq!(left(&company), 10_500);
        company.bill(hour("2026-09-01", 0));
        assert_eq!(left(&company), 0);
        let open: Vec<i64> = company.invoices("C1").iter().map(|one| one.open).collect();
        assert_eq!(open.iter().sum::<i64>(), 4 * 3_000 - 10_500, "{open:?}");
        company.assert_clean();
    });
}

#[test]
fn a_cancellation_gives_back_what_was_not_used_and_nothing_is_billed_after_it() {
    on_both(|url| {
        let mut company = Company1::new(url);
        for (who, key) in [("C1", "s1"), ("C2", "s2")] {
            company.subscribe(who, new(key, flat("basic", 30_000, Cycle::MONTHLY), "2026-04-01"), hour("2026-03-20", 9));
        }
        company.bill(hour("2026-04-01", 9));
        company.change("s1", Change::CancelledNow { credit: true }, hour("2026-04-11", 9)).unwrap();
        company.change("s2", Change::CancelledAtPeriodEnd, hour("2026-04-11", 9)).unwrap();
        company.bill(hour("2026-04-11", 10));
        company.bill(hour("2026-08-01", 10));
        assert_eq!(company.listed("C1"), ["s1/0/period 2026-04-01 30000 open", "s1/0/final 2026-04-11 -20000 paid"]);
        assert_eq!(company.invoices("C1")[0].open, 10_000, "the credit lowered the open invoice");
        assert_eq!(company.listed("C2"), ["s2/0/period 2026-04-01 30000 open"]);
        for key in ["s1", "s2"] {
            assert_eq!(company.engine.subscription(company.tenant, key).unwrap().bill_at, Instant::NEVER);
        }
        let late = company.change("s1", Change::CancelledAtPeriodEnd, hour("2026-08-01", 9));
        assert_eq!(late.unwrap_err().kind, Kind::Refused);
        company.assert_clean();
    });
}

#[test]
fn an_invoice_in_parts_is_as_many_receivables_and_can_be_voided_unpaid() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let terms =
            Terms { instalments: NonZeroU16::new(3).unwrap(), net: Net::Days(10), collection: Collection::Automatic, ..Terms::default() };
        let parts = NewSubscription { terms, ..new("s1", flat("year", 100_000, Cycle::YEARLY), "2026-04-01") };
        company.subscribe("C1", parts, hour("2026-03-20", 9));
        let billed = company.bill(hour("2026-04-01", 9));
        assert_eq!((billed.invoices, billed.receivables), (1, 3));
        let invoice = company.invoices("C1").remove(0);
        assert_eq!((invoice.status, invoice.open), (InvoiceStatus::Open, 100_000));
        let due: Vec<String> = invoice.draft.instalments.iter().map(|part| part.due_on.to_string()).collect();
        assert_eq!(due, ["2026-04-11", "2026-05-11", "2026-06-11"]);
        company.engine.void_invoice(company.tenant, "s1/0/period", &act(), hour("2026-04-02", 9)).unwrap();
        assert_eq!(company.listed("C1"), ["s1/0/period 2026-04-01 100000 void"]);
        assert_eq!(company.invoices("C1")[0].open, 0);
        let twice = company.engine.void_invoice(company.tenant, "s1/0/period", &act(), hour("2026-04-02", 9));
        assert_eq!(twice.unwrap_err().code, "cannot_void");
        company.assert_clean();
    });
}

#[test]
fn what_is_paid_on_cannot_be_voided() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.subscribe("C1", new("s1", flat("basic", 10_000, Cycle::MONTHLY), "2026-04-01"), hour("2026-03-20", 9));
        company.bill(hour("2026-04-01", 9));
        let about = About::Receivable("s1/0/period".to_owned());
        let paid = Fact::Paid { paid_on: day("2026-04-01"), amount: Some(crate::common::brl(100)) };
        company.engine.tell(company.tenant, &about, paid, Some(&act()), hour("2026-04-01", 10)).unwrap();
        let refused = company.engine.void_invoice(company.tenant, "s1/0/period", &act(), hour("2026-04-02", 9)).unwrap_err();
        assert_eq!(refused.code, "cannot_void");
        assert!(refused.detail.contains("was paid on the invoice"), "{refused}");
    });
}

#[test]
fn what_was_billed_here_is_collected_without_a_source_being_read() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let terms = Terms { net: Net::Days(10), ..Terms::default() };
        company.subscribe(
            "C1",
            NewSubscription { terms, ..new("s1", flat("basic", 10_000, Cycle::MONTHLY), "2026-04-01") },
            hour("2026-03-20", 9),
        );
        let mut steps = Vec::new();
        let mut today = day("2026-04-01");
        while today < day("2026-04-25") {
            let now = hour(&today.to_string(), 10);
            company.bill(now);
            company.engine.decide_due(now, 1, &|_| {}).unwrap();
            today = today.plus(1);
        }
        let customer = company.engine.subscription(company.tenant, "s1").unwrap().customer;
        let decided =
            company.engine.db().read(Scope::Tenant(company.tenant), |tx| regua_store::person::decisions(tx, company.tenant, customer));
        steps.extend(decided.unwrap().into_iter().filter(|row| row.outcome == "done").map(|row| row.step));
        assert_eq!(steps, ["issued", "upcoming", "due", "late2", "late5"], "invoice, reminder, due day, and two when it was late");
        company.assert_clean();
    });
}

#[test]
fn who_pays_elsewhere_is_not_chased_before_that_was_read() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (plan, now) = (flat("basic", 10_000, Cycle::MONTHLY), hour("2026-03-20", 9));
        company.engine.publish_plan(company.tenant, &plan, &act(), now).unwrap();
        let customer = crate::common::customer("C1");
        let subscribe = Subscribe { customer: &customer, source: "files", new: new("s1", plan, "2026-04-01"), method: None };
        company.engine.subscribe(company.tenant, &subscribe, &act(), now, &mut company.rng).unwrap();
        for date in ["2026-04-01", "2026-04-03", "2026-04-06"] {
            company.bill(hour(date, 10));
            company.engine.decide_due(hour(date, 10), 1, &|_| {}).unwrap();
        }
        let customer = company.engine.subscription(company.tenant, "s1").unwrap().customer;
        let decided =
            company.engine.db().read(Scope::Tenant(company.tenant), |tx| regua_store::person::decisions(tx, company.tenant, customer));
        let late = decided.unwrap().into_iter().map(|row| format!("{} {}", row.step, row.outcome));
        let late: Vec<String> = late.filter(|told| told.starts_with("late") && told.ends_with("done")).collect();
        assert!(late.is_empty(), "{late:?}");
        company.assert_clean();
    });
}

#[test]
fn the_same_name_twice_an_unknown_plan_and_a_bad_name_are_refused() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (plan, now) = (flat("basic", 10_000, Cycle::MONTHLY), hour("2026-03-20", 9));
        company.subscribe("C1", new("s1", plan.clone(), "2026-04-01"), now);
        let again = |company: &mut Company1, key: &str, plan| {
            let customer = crate::common::customer("C2");
            let subscribe = Subscribe { customer: &customer, source: SELF, new: new(key, plan, "2026-04-01"), method: None };
            company.engine.subscribe(company.tenant, &subscribe, &act(), now, &mut company.rng).unwrap_err().code
        };
        assert_eq!(again(&mut company, "s1", plan.clone()), "subscription_known");
        assert_eq!(again(&mut company, "s 2", plan), "bad_subscription");
        assert_eq!(again(&mut company, "s2", flat("basic", 1, Cycle::MONTHLY)), "other_plan");
        assert_eq!(again(&mut company, "s2", flat("other", 1, Cycle::MONTHLY)), "no_plan");
        assert!(company.engine.invoices(company.tenant, "C2").is_err(), "nobody became known by a refusal");
    });
}
