//! A period is billed once: again, at once from two sides, after a run that was undone, after an outage.

use regua_core::billing::{Cycle, Unit};
use regua_engine::{Engine, Error};
use regua_store::billing::{BillingRows, InvoiceRow};
use regua_store::db::{Scope, StoreError};
use regua_store::seal::MasterKey;
use regua_testkit::Fresh;

use crate::common::{Company1, on_both, open};
use crate::harness::{flat, hour, new};

#[test]
fn billing_a_period_twice_makes_one_invoice() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.subscribe("C1", new("s1", flat("basic", 10_000, Cycle::MONTHLY), "2026-02-01"), hour("2026-01-20", 9));
        assert_eq!(company.bill(hour("2026-01-31", 23)).customers, 0, "the first of February has not begun in São Paulo");
        let first = company.bill(hour("2026-02-01", 0));
        assert_eq!((first.invoices, first.receivables), (1, 1));
        let again = company.bill(hour("2026-02-01", 12));
        assert_eq!((again.customers, again.invoices), (0, 0));
        assert_eq!(company.listed("C1"), ["s1/0/period 2026-02-01 10000 open"]);
        // And the database would not take it.
        let row = company.invoices("C1").remove(0).row;
        let twice = InvoiceRow { invoice: regua_core::ids::InvoiceId::new(1, [1; 10]), ..row };
        let rows = BillingRows { invoices: vec![twice], ..BillingRows::default() };
        let refused = company.engine.db().write(Scope::Tenant(company.tenant), |tx| rows.write(tx, company.tenant));
        assert!(matches!(refused, Err(StoreError::Unique { .. })), "{refused:?}");
        company.assert_clean();
    });
}

#[test]
fn two_engines_at_once_bill_each_period_once() {
    const CUSTOMERS: u64 = 60;
    let key = format!("billing-{}", regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS));
    let fresh = Fresh::postgres(&key, |url| drop(open(url)));
    let mut company = Company1::new(fresh.url());
    for number in 0..CUSTOMERS {
        company.subscribe(
            &format!("C{number}"),
            new(&format!("s{number}"), flat("basic", 100, Cycle::MONTHLY), "2026-02-01"),
            hour("2026-01-20", 9),
        );
    }
    let limits = regua_engine::Limits { customers: 4, ..regua_engine::Limits::default() };
    let engines = [0, 1].map(|_| Engine::new(open(fresh.url()), MasterKey::new([7; 32])).with_limits(limits));
    let done = std::thread::scope(|scope| {
        let run = |engine: &Engine| engine.bill_due(hour("2026-03-01", 9), 2).unwrap();
        let runs: Vec<_> = engines.iter().map(|engine| scope.spawn(move || run(engine))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).fold((0, 0), |sum, one| (sum.0 + one.invoices, sum.1 + one.parked))
    });
    assert_eq!(done, (2 * CUSTOMERS, 0), "two periods each");
    for number in 0..CUSTOMERS {
        assert_eq!(company.invoices(&format!("C{number}")).len(), 2);
    }
    company.assert_clean();
}

#[test]
fn a_run_that_is_undone_at_its_end_bills_again_exactly_once() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.subscribe("C1", new("s1", flat("basic", 10_000, Cycle::MONTHLY), "2026-02-01"), hour("2026-01-20", 9));
        let mut would = 0;
        let killed = company.engine.bill_batch(hour("2026-02-01", 9), &mut |billed| {
            would = billed.invoices;
            Err(Error::busy("killed", "the process ended before it could commit"))
        });
        assert_eq!((killed.unwrap_err().code, would), ("killed", 1));
        assert!(company.invoices("C1").is_empty());
        assert_eq!(company.bill(hour("2026-02-01", 10)).invoices, 1);
        assert_eq!(company.listed("C1"), ["s1/0/period 2026-02-01 10000 open"]);
        company.assert_clean();
    });
}

#[test]
fn an_outage_of_three_months_is_made_up_for_with_real_days_of_issue() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.subscribe("C1", new("s1", flat("basic", 10_000, Cycle::MONTHLY), "2026-01-31"), hour("2026-01-20", 9));
        assert_eq!(company.bill(hour("2026-01-31", 1)).invoices, 1);
        assert_eq!(company.bill(hour("2026-04-30", 15)).invoices, 3);
        let expected = [
            "s1/0/period 2026-01-31 10000 open",
            "s1/1/period 2026-04-30 10000 open",
            "s1/2/period 2026-04-30 10000 open",
            "s1/3/period 2026-04-30 10000 open",
        ];
        assert_eq!(company.listed("C1"), expected);
        let periods: Vec<String> = company.invoices("C1").iter().map(|one| one.draft.period.unwrap().0.to_string()).collect();
        assert_eq!(periods, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
        company.assert_clean();
    });
}

#[test]
fn anchors_from_28_to_31_come_through_february() {
    on_both(|url| {
        let mut company = Company1::new(url);
        for date in ["28", "29", "30", "31"] {
            let begins = format!("2027-12-{date}");
            company.subscribe(
                &format!("C{date}"),
                new(&format!("s{date}"), flat("basic", 100, Cycle::MONTHLY), &begins),
                hour("2027-12-01", 9),
            );
        }
        let mut today = crate::common::day("2027-12-01");
        while today < crate::common::day("2028-06-01") {
            company.bill(hour(&today.to_string(), 0));
            today = today.plus(1);
        }
        let issued =
            |who: &str| company.invoices(who).iter().map(|one| one.row.issued_on.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(issued("C28"), "12-28 01-28 02-28 03-28 04-28 05-28");
        assert_eq!(issued("C29"), "12-29 01-29 02-29 03-29 04-29 05-29"); // 2028 is a leap year
        assert_eq!(issued("C30"), "12-30 01-30 02-29 03-30 04-30 05-30");
        assert_eq!(issued("C31"), "12-31 01-31 02-29 03-31 04-30 05-31");
        company.assert_clean();
    });
}

#[test]
fn what_cannot_be_billed_is_set_aside_and_holds_up_nobody() {
    on_both(|url| {
        let mut company = Company1::new(url);
        // Somebody imported a receivable under the name that the invoice would have.
        let portfolio = regua_wire::files::portfolio::Portfolio {
            customers: vec![crate::common::customer("C9")],
            receivables: vec![crate::common::receivable("s1/0/period", 0, "2026-01-05", "2026-01-10", 500)],
            ..regua_wire::files::portfolio::Portfolio::default()
        };
        company.import(&portfolio, hour("2026-01-06", 9));
        let week = Cycle::new(std::num::NonZeroU16::MIN, Unit::Week);
        for (who, key) in [("C1", "s1"), ("C2", "s2")] {
            company.subscribe(who, new(key, flat("basic", 10_000, week), "2026-02-01"), hour("2026-01-20", 9));
        }
        let billed = company.bill(hour("2026-02-01", 9));
        assert_eq!((billed.invoices, billed.parked), (1, 1));
        let parked =
            company.engine.db().read(Scope::Tenant(company.tenant), |tx| regua_store::billing::parked(tx, company.tenant, 9)).unwrap();
        assert!(matches!(parked.as_slice(), [(key, why)] if key == "s1" && why.contains("happened_before")), "{parked:?}");
        assert_eq!(company.bill(hour("2026-02-01", 10)).customers, 0, "it is not tried again and again");
        assert_eq!((company.invoices("C1").len(), company.invoices("C2").len()), (0, 1));
        // Its cause is still there: once more, and set aside again.
        assert!(company.engine.bill_again(company.tenant, "s1", &crate::common::act(), hour("2026-02-01", 10)).unwrap());
        assert!(!company.engine.bill_again(company.tenant, "s2", &crate::common::act(), hour("2026-02-01", 10)).unwrap());
        assert_eq!(company.bill(hour("2026-02-01", 11)).parked, 1);
        company.assert_clean();
    });
}
