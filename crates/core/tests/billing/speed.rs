//! How fast `bill` is, roughly, printed for the reader; the bench measures it beside the floor.

use std::time::Instant;

use regua_core::billing::Cycle;
use regua_core::time::Day;

use crate::harness::{begin, calls, day, flat, plan, seat, usage};

#[test]
fn bills_per_second_are_printed() {
    let offered = plan("team", Cycle::MONTHLY, vec![flat(9_900), seat(3_000), calls(15)]);
    let mut subscriptions: Vec<_> = (0..200).map(|_| begin(offered.clone(), "2026-01-31")).collect();
    let last = day("2028-12-31");
    let begun = Instant::now();
    let mut made = 0_u128;
    for subscription in &mut subscriptions {
        subscription.apply(usage("a", 12_345), day("2026-02-01")).expect("usage");
        while let Some(invoice) = subscription.bill(Day::min(last, Day::MAX)).expect("a bill") {
            assert_eq!(invoice.lines.len(), if invoice.key.period == 0 { 2 } else { 3 });
            made += 1;
        }
    }
    let micros = begun.elapsed().as_micros().max(1);
    assert_eq!(made, 200 * 36);
    println!("{made} invoices of two or three lines: {} per second, {} ns each", made * 1_000_000 / micros, micros * 1_000 / made);
}
