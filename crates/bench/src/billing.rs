//! Billing beside its floor: subscriptions of one plan, invoiced month after month.
//!
//! The floor is that of the rule: every transaction's rows, written into a copy of the database and nothing else.

use std::time::Instant as Clock;

use anyhow::Result;
use regua_core::billing::{Cycle, Kind, NewSubscription, Plan, Price, Scale, Terms, Timing};
use regua_core::currency::Currency;
use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};
use regua_engine::billing::{Billed, SELF, Subscribe};
use regua_engine::{Act, Engine};
use regua_store::db::{Db, Options};

use crate::world::{self, portfolio};
use crate::{Beside, Floor, System, open, rate, row};

/// Subscriptions that begin in one transaction.
const TOGETHER: u32 = 500;

/// The first month, whose boundary is the day of [`world::START`], and the next two.
const MONTHS: [(&str, i64); 3] = [("first month", 0), ("second month, one open", 31), ("third month, two open", 61)];

/// Measures `count` subscriptions.
pub(crate) fn measure(count: u32, name: &str, own: &str, floor: &str, copy: impl FnOnce() -> Result<()>) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let engine = open(own)?;
    engine.db().migrate(world::START)?;
    let tenant = engine.add_tenant("Bench", world::START, &mut System)?;
    let act = Act { by: "bench".to_owned(), reason: None };
    engine.publish(tenant, "bench.yaml", world::POLICY, 10_000, &act, world::START)?;
    let plan = plan()?;
    engine.publish_plan(tenant, &plan, &act, world::START)?;
    begin(count, name, &engine, tenant, &plan, &act)?;
    drop(engine);
    copy()?;
    let engine = open(own)?;
    let floor = Db::open(floor, &Options::default())?;
    engine.db().analyze()?;
    floor.analyze()?;
    for (what, days) in MONTHS {
        let now = Instant::from_micros(world::START.micros() + days * 86_400 * 1_000_000);
        month(name, what, &engine, &floor, now)?;
    }
    Ok(())
}

fn plan() -> Result<Plan> {
    let fee = Kind::Flat { amount: 9_990, timing: Timing::Advance };
    let seat = Kind::PerUnit { scale: Scale::each(3_000), timing: Timing::Advance };
    let prices = vec![
        Price { key: "fee".into(), name: "Mensalidade".into(), kind: fee },
        Price { key: "seat".into(), name: "Usuário".into(), kind: seat },
    ];
    Ok(Plan::new("team", "Time", Currency::BRL, Cycle::MONTHLY, prices)?)
}

fn begin(count: u32, name: &str, engine: &Engine, tenant: TenantId, plan: &Plan, act: &Act) -> Result<()> {
    let begun = Clock::now();
    let begins_on = Day::from_epoch(20_514); // 2026-03-02
    let mut from = 0;
    while from < count {
        let to = (from + TOGETHER).min(count);
        let customers = portfolio(from..to, 0, 0).customers;
        let all: Vec<Subscribe<'_>> = customers
            .iter()
            .map(|customer| Subscribe {
                customer,
                source: SELF,
                new: NewSubscription {
                    key: format!("S{}", customer.id).into(),
                    plan: plan.clone(),
                    quantity: 3,
                    begins_on,
                    trial_until: None,
                    anchor: None,
                    terms: Terms::default(),
                    coupons: Vec::new(),
                },
                method: None,
            })
            .collect();
        for one in engine.subscribe_all(tenant, &all, (act, world::START, false), &mut System)? {
            let _begun = one?;
        }
        from = to;
    }
    row(name, &format!("subscriptions begun a second ({count})"), rate(count.into(), begun.elapsed()), "", "");
    Ok(())
}

fn month(name: &str, what: &str, engine: &Engine, floor: &Db, now: Instant) -> Result<()> {
    let mut all = Billed::default();
    let mut floor = Floor::of(floor);
    loop {
        let done = engine.bill_batch_then(now, &mut |_| Ok(()), &mut |tenant, wrote| {
            floor.write(tenant, wrote.rows(), |tx| wrote.write(tx, tenant));
        })?;
        if done.customers == 0 {
            break;
        }
        all.add(done);
    }
    let Beside { own, bare, rows, times } = floor.end()?;
    let title = format!("{what}: invoices a second ({}, {rows} rows)", all.invoices);
    row(name, &title, rate(all.invoices, own), &rate(all.invoices, bare), &times);
    anyhow::ensure!(all.parked == 0, "{} customers were set aside", all.parked);
    Ok(())
}
