//! The real binary, killed again and again: nothing twice, nothing lost, and what nobody knows is shown.
//!
//! Kills come after random times, inside calls that wait for the disk, and at every stage of a mail's talk with its server.
//! `REGUA_CRASHES` says how many must hit per database; the gate makes few, `make crash` 500.

#![expect(clippy::print_stdout, reason = "what was hit is a part of the result")]

mod billing;
mod charging;
mod check;
mod house;
mod kills;

use std::collections::BTreeMap;

use check::{Tally, check};
use house::{DAYS, House, Size};
use kills::{Aim, Draw, Killer, together};
use regua_testkit::postgres::TempDatabase;

/// Kills of one day at most: the later days have work of another kind.
const DAY_MAX: u64 = 14;

fn crashes() -> Option<u64> {
    std::env::var_os("REGUA_CRASHES").map(|count| count.to_str().and_then(|count| count.parse().ok()).expect("REGUA_CRASHES is a number"))
}

fn postgres() -> TempDatabase {
    regua_testkit::postgres::database("crash", |_| {})
}

/// Houses one after the other, until enough kills have hit.
fn killed_again_and_again(database: impl Fn() -> Option<TempDatabase>, seed: u64) {
    let begun = std::time::Instant::now();
    let mut aim = Aim::new(seed);
    let mut tally = Tally::default();
    let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
    let (wanted, size) = match crashes() {
        Some(many) => (many, Size { customers: 150, batch: 8 }),
        None => (12, Size { customers: 40, batch: 4 }),
    };
    let mut hit = 0;
    while hit < wanted {
        let house = House::new(database(), size);
        let mut killer = Killer::new(&house);
        for day in DAYS {
            house.read(day);
            let left = wanted.saturating_sub(hit + killer.hit());
            let each = DAY_MAX.min(wanted.div_ceil(6)).min(left);
            if !killer.day(day, each, &mut aim) {
                house.finish(day);
            }
        }
        house.settle();
        hit += killer.hit();
        for (place, count) in std::mem::take(&mut killer.hits) {
            *hits.entry(place).or_default() += count;
        }
        check(&house, &mut tally);
    }
    println!("{hit} kills hit in {} s (seed {seed:#x})", begun.elapsed().as_secs());
    for (place, count) in hits {
        println!("  {count:4}  {place}");
    }
    println!("  {}", tally.told());
}

#[test]
fn real_kills_on_sqlite_do_nothing_twice_and_lose_nothing() {
    killed_again_and_again(|| None, 0x5eed_0001);
}

#[test]
fn real_kills_on_postgresql_do_nothing_twice_and_lose_nothing() {
    killed_again_and_again(|| Some(postgres()), 0x5eed_0002);
}

/// Whoever looks at the same day from several processes at once gets the same. On the first days everybody lives and says
/// how many customers it looked at; on the others one after the other is killed and replaced.
fn side_by_side(processes: usize, seed: u64) {
    let begun = std::time::Instant::now();
    let mut draw = Draw(seed);
    let house = House::new(Some(postgres()), Size { customers: 160, batch: 2 });
    let mut shares = vec![0_u64; processes];
    let mut hits = 0;
    for (number, day) in DAYS.iter().enumerate() {
        house.read(day);
        if number < 3 {
            let looked: Vec<u64> = std::thread::scope(|scope| {
                let running: Vec<_> = (0..processes).map(|_| scope.spawn(|| looked_at(&house, day))).collect();
                running.into_iter().map(|one| one.join().expect("it ends well")).collect()
            });
            for (share, looked) in shares.iter_mut().zip(looked) {
                *share += looked;
            }
        } else {
            hits += together(&house, day, processes, crashes().map_or(3, |many| many / 20), &mut draw);
            house.finish(day);
        }
    }
    house.settle();
    let mut tally = Tally::default();
    check(&house, &mut tally);
    let all: u64 = shares.iter().sum();
    println!("{processes} processes looked at {shares:?} customers; {hits} kills hit; {} s", begun.elapsed().as_secs());
    println!("  {}", tally.told());
    for share in &shares {
        assert!(share * 10 >= all, "one of {processes} processes had less than a tenth: {shares:?}");
    }
}

/// One process's day, and how many customers it claimed.
fn looked_at(house: &House, day: &str) -> u64 {
    let told = house.json(&["run", "--as-of", day]);
    let row = told.as_array().into_iter().flatten().find(|row| row["what"] == "customers looked at");
    row.and_then(|row| row["count"].as_u64()).expect("a run says how many it looked at")
}

#[test]
fn real_processes_two_by_two_on_postgresql_do_nothing_twice() {
    side_by_side(2, 0x5eed_0003);
}

#[test]
fn real_processes_four_at_a_time_on_postgresql_do_nothing_twice() {
    side_by_side(4, 0x5eed_0004);
}

#[test]
fn a_run_killed_while_it_bills_on_sqlite_makes_the_same_invoices_once() {
    billing::killed_while_billing(|| None, 1, crashes(), 0x5eed_0005);
}

#[test]
fn runs_killed_while_they_bill_on_postgresql_make_the_same_invoices_once() {
    billing::killed_while_billing(|| Some(postgres()), 2, crashes(), 0x5eed_0006);
}

#[test]
fn a_run_killed_while_it_charges_on_sqlite_takes_each_bills_money_once() {
    charging::killed_while_charging(|| None, 1, crashes(), 0x5eed_0007);
}

#[test]
fn runs_killed_while_they_charge_on_postgresql_take_each_bills_money_once() {
    charging::killed_while_charging(|| Some(postgres()), 2, crashes(), 0x5eed_0008);
}
