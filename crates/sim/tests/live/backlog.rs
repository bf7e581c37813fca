//! A backlog set live: nobody is restricted unannounced, and nobody gets a burst.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use regua_core::policy::Policy;
use regua_core::policy::program::{Act, Delay};
use regua_core::time::{Day, Instant};
use regua_core::words::Mode;
use regua_sim::draw::Draw;
use regua_store::db::{Scope, StoreError};
use regua_store::reports::{self, DecidedRow};

use crate::BRASIL;
use crate::town::{at, portfolio, zone};
use crate::world::{Living, act, databases, in_full, policies, stopwatch};
use regua_wire::files::Portfolio;

/// When the files are imported, and when the tenant is set live.
const KNOWN: &str = "2026-06-15 10:00";
const LIVE: &str = "2026-06-18 08:00";
const DAYS: i32 = 60;

/// Receivables 1 to 400 days late when they are imported, of people who owe one to nine of them.
fn backlog(customers: u32, receivables: u32) -> Portfolio {
    let world = Draw::new(400);
    let today = zone().day_of(at(KNOWN));
    let mut file = "receivable_id,customer_id,issued_on,due_on,amount,currency,method,name,email,whatsapp,consent\n".to_owned();
    for number in 0..receivables {
        let mut draw = world.part(u64::from(number));
        let customer = draw.below(u64::from(customers));
        let due = today.plus(-draw.between(1, 400));
        let (issued, amount) = (due.plus(-15), draw.between(1_000, 300_000));
        let method = draw.pick(&["boleto", "pix", "card"]).unwrap();
        let email = if customer.is_multiple_of(20) { String::new() } else { format!("c{customer}@customer.example") };
        let consent = if customer.is_multiple_of(3) { "whatsapp" } else { "" };
        writeln!(
            file,
            "R{number:05},C{customer:05},{issued},{due},{}.{:02},BRL,{method},Cliente {customer},{email},+551190{customer:07},{consent}",
            amount / 100,
            amount % 100
        )
        .unwrap();
    }
    portfolio(&file, "")
}

fn decisions(living: &Living) -> Vec<DecidedRow> {
    let mut rows = Vec::new();
    let read = living.engine.db().read(Scope::Tenant(living.tenant), |tx| {
        reports::decisions(tx, living.tenant, |row| {
            rows.push(row);
            Ok(())
        })
    });
    read.unwrap_or_else(|error: StoreError| panic!("{error}"));
    rows
}

/// The contacts of each customer by local day: a message counts once.
fn contacts(rows: &[DecidedRow]) -> BTreeMap<(String, Day), BTreeSet<[u8; 16]>> {
    let mut days: BTreeMap<(String, Day), BTreeSet<[u8; 16]>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.mode == "live") {
        if let Some(message) = row.message {
            days.entry((row.customer.clone(), zone().day_of(row.decided_at))).or_default().insert(message);
        }
    }
    days
}

/// Steps that announce a step of some ladder, its own notice included, and how long before.
fn announcers(policy: &Policy) -> BTreeMap<String, (BTreeSet<String>, Delay)> {
    let mut found: BTreeMap<String, (BTreeSet<String>, Delay)> = BTreeMap::new();
    for ladder in &policy.ladders {
        for (place, step) in ladder.steps.iter().enumerate() {
            if !matches!(step.act, Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_)) {
                continue;
            }
            let (names, _) = found.entry(step.id.clone()).or_insert_with(|| (BTreeSet::from([format!("{}.notice", step.id)]), step.notice));
            names.extend(ladder.steps.iter().filter(|other| other.announces.contains(&place)).map(|other| other.id.clone()));
        }
    }
    found
}

#[test]
fn a_backlog_set_live_restricts_nobody_unannounced_and_sends_no_burst() {
    let (customers, receivables) = if in_full() { (1_500, 5_000) } else { (300, 1_000) };
    let portfolio = backlog(customers, receivables);
    let rules = policies(BRASIL);
    for kind in databases() {
        let watch = stopwatch();
        let living = Living::in_shadow(kind, BRASIL, at(KNOWN));
        let imported = living.take_in(&portfolio, regua_engine::commands::import::Doing::Write, at(KNOWN));
        assert_eq!((imported.receivables_new, imported.refused.len()), (u64::from(receivables), 0));
        living.go(at(KNOWN), at(LIVE));
        assert!(decisions(&living).iter().all(|row| row.mode == "shadow"));
        living.engine.set_mode(living.tenant, Mode::Live, None, &act(), at(LIVE)).unwrap();
        let first = zone().day_of(at(LIVE));
        living.go(at(LIVE), zone().midnight(first.plus(1)));
        assert_first_day(&living, first, kind);

        living.read_source(zone().midnight(first.plus(1)));
        living.go(zone().midnight(first.plus(1)), zone().midnight(first.plus(DAYS + 1)));
        crate::compare::assert_nobody_parked(&living.engine, living.tenant);
        let rows = decisions(&living);
        let adverse = assert_announced(&living, rules.newest(), &rows, kind);
        let (contacts, messages) = assert_capped(&rows, kind);
        println!(
            "{kind}: {receivables} receivables of {} customers live for {DAYS} days in {:.1?}: {} rows, {messages} messages on {contacts} days, {adverse} adverse steps",
            imported.customers_new,
            stopwatch().duration_since(watch),
            rows.len(),
        );
    }
}

fn assert_first_day(living: &Living, first: Day, kind: &str) {
    let adverse: Vec<_> = living.effects().into_iter().filter(|effect| is_adverse(&effect.kind) && effect.mode == "live").collect();
    assert_eq!(adverse, [], "{kind}: nothing adverse on the day it goes live");
    let rows = decisions(living);
    let contacts = contacts(&rows);
    assert!(contacts.len() > 5, "{kind}: somebody is contacted");
    for ((customer, day), messages) in &contacts {
        assert_eq!((*day, messages.len()), (first, 1), "{kind}: {customer}");
    }
    let mut of: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.mode == "live" && row.message.is_some()) {
        *of.entry(&row.receivable).or_default() += 1;
    }
    assert!(of.values().all(|&count| count == 1), "{kind}: at most one contact of a receivable");
}

fn is_adverse(kind: &str) -> bool {
    ["access", "fee", "report", "assign"].contains(&kind)
}

/// Every adverse step was announced since the tenant is live, by what its policy says announces it, in time.
fn assert_announced(living: &Living, policy: &Policy, rows: &[DecidedRow], kind: &str) -> usize {
    let announcers = announcers(policy);
    let mut contacts: BTreeMap<(&str, &str), Vec<Instant>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.mode == "live" && row.outcome == "done" && row.message.is_some()) {
        contacts.entry((&row.receivable, &row.step)).or_default().push(row.decided_at);
    }
    let mut days: BTreeSet<(String, Day)> = BTreeSet::new();
    let effects: Vec<_> = living.effects().into_iter().filter(|effect| is_adverse(&effect.kind) && effect.mode == "live").collect();
    for effect in &effects {
        let (names, notice) = &announcers[&effect.step];
        let day = zone().day_of(effect.at);
        let noticed = |when: &Instant| {
            let from = zone().day_of(*when);
            let to = match *notice {
                Delay::Days(days) => from.plus(days),
                Delay::OpenDays(days) => policy.calendar.add_open_days(from, days),
            };
            *when >= at(LIVE) && to <= day
        };
        let announced = names.iter().filter_map(|name| contacts.get(&(effect.receivable.as_str(), name.as_str()))).flatten().any(noticed);
        assert!(announced, "{kind}: {effect:?} was not announced in time");
        assert!(days.insert((effect.receivable.clone(), day)), "{kind}: two adverse steps on one day: {effect:?}");
    }
    assert!(effects.len() > 50, "{kind}: something adverse happens at all");
    effects.len()
}

/// One contact a day and three a week, of any customer. Returns the days with contacts, and the messages.
fn assert_capped(rows: &[DecidedRow], kind: &str) -> (usize, usize) {
    let contacts = contacts(rows);
    for ((customer, day), messages) in &contacts {
        assert_eq!(messages.len(), 1, "{kind}: {customer} on {day}");
        let week = (0..7).filter(|back| contacts.contains_key(&(customer.clone(), day.plus(-back)))).count();
        assert!(week <= 3, "{kind}: {customer} in the week to {day}");
    }
    (contacts.len(), contacts.values().map(BTreeSet::len).sum())
}
