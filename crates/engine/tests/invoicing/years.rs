//! Two years of billing under a simulated clock: no gap, no duplicate, and the books close.
//!
//! 200 subscriptions; 10,000 with REGUA_FULL=1, or as many as REGUA_SUBSCRIPTIONS says.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::time::Duration;

use regua_core::billing::{Anchor, Change, Coupon, Cycle, Effect, InvoiceStatus, Lasts, NewSubscription, Off, Plan, Purpose, Settle, Unit};
use regua_core::rate::Rate;
use regua_core::time::Day;
use regua_core::words::Mode;
use regua_engine::billing::Invoiced;
use regua_engine::commands::import::{Doing, Import};
use regua_store::db::Scope;
use regua_wire::files::portfolio::Portfolio;

use crate::common::{Company1, act, day, migrate, payment};
use crate::harness::{flat, hour, new, seats};

const BEGIN: &str = "2026-01-05";
const END: &str = "2028-01-05";

fn cycle(number: usize) -> Cycle {
    let every = |every, unit| Cycle::new(NonZeroU16::new(every).unwrap(), unit);
    match number % 20 {
        0 => every(1, Unit::Week),
        1 => every(2, Unit::Week),
        2 => every(10, Unit::Day),
        3 => every(3, Unit::Month),
        4 => every(6, Unit::Month),
        5 => Cycle::YEARLY,
        6 => every(45, Unit::Day),
        _ => Cycle::MONTHLY,
    }
}

fn plan(number: usize) -> Plan {
    match cycle(number) {
        Cycle::MONTHLY if number.is_multiple_of(2) => seats("team", 3_000),
        other => flat(&format!("flat-{}-{}", other.every, other.unit), 10_000, other),
    }
}

/// Whether nothing happens to it but that it is billed.
fn is_plain(number: usize) -> bool {
    changes(number).is_empty()
}

/// Days after the beginning on which something happens to it, and what.
fn changes(number: usize) -> Vec<(i32, Change)> {
    let own = Effect::Now(Settle::OwnInvoice);
    let next = Effect::Now(Settle::NextInvoice);
    let is_seats = cycle(number) == Cycle::MONTHLY && number.is_multiple_of(2);
    match number % 25 {
        8 if is_seats => {
            vec![(100, Change::QuantityChanged { quantity: 9, effect: own }), (301, Change::QuantityChanged { quantity: 2, effect: own })]
        }
        10 if is_seats => vec![(211, Change::QuantityChanged { quantity: 5, effect: next })],
        12 | 17 => vec![(222, Change::PlanChanged { plan: Box::new(flat("other", 7_700, cycle(number))), effect: own })],
        14 => vec![(404, Change::CancelledNow { credit: true })],
        15 => vec![(404, Change::CancelledAtPeriodEnd)],
        19 => {
            vec![(250, Change::Paused { effect: Effect::PeriodEnd, until: None }), (347, Change::Resumed { settle: Settle::NextInvoice })]
        }
        _ => Vec::new(),
    }
}

fn begins(number: usize) -> Day {
    // From the 28th of January to the 3rd of March: 29th, 30th and 31st among them.
    day("2026-01-28").plus(i32::try_from(number % 35).unwrap())
}

fn subscription(number: usize) -> NewSubscription {
    let begins_on = begins(number);
    let half = Coupon { code: "HALF".into(), off: Off::Percent(Rate::from_bps(5_000)), lasts: Lasts::Once, expires_on: None };
    NewSubscription {
        quantity: u64::try_from(number % 7 + 1).unwrap(),
        anchor: (number % 6 == 4).then(|| Anchor::with_day(begins_on, 31).unwrap()),
        trial_until: (number % 9 == 3).then(|| begins_on.plus(14)),
        coupons: if number % 8 == 5 { vec![half] } else { Vec::new() },
        ..new(&format!("s{number}"), plan(number), &begins_on.to_string())
    }
}

fn who(number: usize) -> String {
    // Some customers have two.
    format!("C{}", number - number % 5 / 4)
}

struct World {
    company: Company1,
    count: usize,
    invoices: u64,
    credits: u64,
    /// How long billing took.
    billing: Duration,
}

impl World {
    /// Everything open is paid by a file, as a bank would tell it.
    fn pay(&mut self, today: Day) {
        let now = hour(&today.to_string(), 20);
        let mut open = Vec::new();
        for number in 0..self.count {
            // Every sixth pays once a year, so that credits find something open.
            if number % 6 != 5 || today.civil().month() == 12 {
                let invoices = self.own(number);
                open.extend(invoices.into_iter().filter(|one| one.status == InvoiceStatus::Open).map(|one| one.row.key));
            }
        }
        let ids: Vec<&str> = open.iter().map(String::as_str).collect();
        let mut portfolio = Portfolio::default();
        let known = self.company.engine.add_known(self.company.tenant, &ids, &mut portfolio).unwrap();
        assert_eq!(known, ids.len());
        portfolio.payments = (0..).take(known).map(|receivable| payment(receivable, &today.to_string(), None)).collect();
        let import = Import { reads: false, ..Import::of(&portfolio, "files") };
        let done = self.company.engine.import(self.company.tenant, import, Doing::Write, now, &mut self.company.rng, &mut |_| {}).unwrap();
        assert!(done.refused.is_empty() && done.receivables_new == 0, "{:?}", done.refused);
    }

    /// The invoices of one subscription.
    fn own(&self, number: usize) -> Vec<Invoiced> {
        let key = format!("s{number}");
        let mut own = self.company.invoices(&who(number));
        own.retain(|one| *one.draft.key.subscription == *key);
        own
    }

    fn bill(&mut self, today: Day, at: u16) {
        let begun = std::time::Instant::now();
        let billed = self.company.bill(hour(&today.to_string(), at));
        self.billing += begun.elapsed();
        assert_eq!(billed.parked, 0);
        self.invoices += billed.invoices;
        self.credits += billed.credits;
    }

    fn live(&mut self) {
        let (tenant, mut today) = (self.company.tenant, day(BEGIN));
        self.company.engine.set_mode(tenant, Mode::Shadow, None, &act(), hour(BEGIN, 8)).unwrap();
        self.company.engine.publish_plan(tenant, &flat("other", 7_700, Cycle::MONTHLY), &act(), hour(BEGIN, 8)).unwrap();
        let mut later: BTreeMap<Day, Vec<(usize, Change)>> = BTreeMap::new();
        for number in 0..self.count {
            self.company.subscribe(&who(number), subscription(number), hour(BEGIN, 9));
            for (days, change) in changes(number) {
                later.entry(begins(number).plus(days)).or_default().push((number, change));
            }
        }
        self.company.engine.db().analyze().unwrap();
        while today < day(END) {
            self.bill(today, 0);
            for (number, change) in later.remove(&today).unwrap_or_default() {
                if let Change::PlanChanged { plan, .. } = &change {
                    self.company.engine.publish_plan(tenant, plan, &act(), hour(&today.to_string(), 8)).unwrap();
                }
                self.company.change(&format!("s{number}"), change, hour(&today.to_string(), 9)).unwrap();
            }
            self.bill(today, 12);
            if today.civil().day() == 28 {
                // Statements that were made ready while tables were empty would read them from end to end.
                self.company.engine.db().analyze().unwrap();
                self.pay(today);
                // What is paid comes to rest, so that no run loads it again.
                self.company.engine.decide_due(hour(&today.to_string(), 21), 1, &|_| {}).unwrap();
            }
            today = today.plus(1);
        }
    }

    /// Of each subscription every period has one invoice, made on its day, and each begins where the one before ends.
    fn assert_no_gap(&self) {
        for number in 0..self.count {
            let invoices = self.own(number);
            let periods: Vec<&Invoiced> = invoices.iter().filter(|one| one.draft.key.purpose == Purpose::Period).collect();
            let mut expected = 0;
            let mut ends = None;
            for one in &periods {
                let (from, to) = one.draft.period.unwrap();
                if number % 25 == 19 {
                    assert!((from..to).contains(&one.row.issued_on), "{}: on its first day that is not paused", one.row.key);
                } else {
                    assert_eq!(one.row.issued_on, from, "{}", one.row.key);
                    assert_eq!((one.draft.key.period, ends.unwrap_or(from)), (expected, from), "{}", one.row.key);
                }
                (expected, ends) = (expected + 1, Some(to));
            }
            if is_plain(number) {
                // Counted from the calendar alone.
                let new = subscription(number);
                let first = new.trial_until.unwrap_or(new.begins_on);
                let anchor = new.anchor.unwrap_or_else(|| Anchor::on(first));
                let cycle = cycle(number);
                let base = cycle.index_at(anchor, first).unwrap();
                let days = (base..).map(|k| cycle.boundary(anchor, k).unwrap().max(first)).take_while(|on| *on < day(END));
                assert_eq!(periods.iter().map(|one| one.row.issued_on).collect::<Vec<_>>(), days.collect::<Vec<_>>(), "s{number}");
                assert_eq!(periods.len(), invoices.len(), "s{number}: nothing else was billed");
            }
        }
    }

    /// What invoices say is what ledgers have: charges, credits, and what of them is left.
    fn assert_books_close(&self) {
        let (mut billed, mut credited, mut left, mut count) = (0, 0, 0, 0);
        let mut seen = std::collections::BTreeSet::new();
        for one in (0..self.count).flat_map(|number| self.own(number)) {
            assert!(seen.insert(one.row.key.clone()), "{} twice", one.row.key);
            count += 1;
            if one.row.total >= 0 {
                billed += one.row.total
            } else {
                credited -= one.row.total
            }
            left += one.row.credit_left;
        }
        assert_eq!(count, self.invoices + self.credits);
        let verdict = self.company.assert_clean();
        let [money] = verdict.money.as_slice() else { panic!("{:?}", verdict.money) };
        // The words are apart: statements of ours live in the store, this is a question of a test's own.
        let sql = ["SELECT", "CAST(SUM(amount) AS BIGINT)", "FROM ledger_entries", "WHERE kind = 'credit'"].join(" ");
        let sql: &'static str = Box::leak(sql.into_boxed_str());
        let applied = self.company.engine.db().read(Scope::Tenant(self.company.tenant), |tx| tx.one(sql, &[], |row| row.opt_int(0)));
        let applied = -applied.unwrap().flatten().unwrap_or(0);
        assert_eq!(money.billed, billed, "the charges that entered are the sum of the invoices");
        assert_eq!(applied + left, credited, "every credit lowered something, or waits");
        assert!(credited > 0 && applied > 0 && money.paid > 0);
        eprintln!("{} invoices and {} credits, {} events, {} rows compared", self.invoices, self.credits, verdict.events, verdict.rows);
    }
}

fn two_years(url: &str) {
    let full = std::env::var_os("REGUA_FULL").is_some();
    let said = std::env::var_os("REGUA_SUBSCRIPTIONS").and_then(|count| count.to_str()?.parse().ok());
    let count = said.unwrap_or(if full { 10_000 } else { 200 });
    let mut world = World { company: Company1::new(url), count, invoices: 0, credits: 0, billing: Duration::ZERO };
    let begun = std::time::Instant::now();
    world.live();
    eprintln!("lived for {:?}, of which {:?} billing {} documents", begun.elapsed(), world.billing, world.invoices + world.credits);
    world.assert_no_gap();
    world.assert_books_close();
    eprintln!("all after {:?}", begun.elapsed());
}

#[test]
fn two_years_of_all_cycles_leave_no_gap_and_close_the_books_on_sqlite() {
    two_years(regua_testkit::Fresh::file().url());
}

#[test]
fn two_years_of_all_cycles_leave_no_gap_and_close_the_books_on_postgresql() {
    let key = format!("invoicing-{}", regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS));
    two_years(regua_testkit::Fresh::postgres(&key, migrate).url());
}
