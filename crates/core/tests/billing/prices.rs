//! What quantities cost.

use std::num::NonZeroU32;

use proptest::prelude::*;
use regua_core::billing::{BillingError, Cycle, Kind, Plan, Rates, Scale, Tier, Tiers, Timing};
use regua_core::currency::Currency;
use regua_core::policy::program::Rounding;

use crate::harness::{any_scale, flat, price, seat};

fn tier(unit: i64, fixed: i64) -> Tier {
    Tier { unit, fixed }
}

#[test]
fn graduated_tiers_add_up_and_volume_takes_one() {
    // Up to 10: 5.00 each; up to 50: 4.00 each and 10.00 once; above: 3.00 each.
    let tiers = Tiers::new(vec![(10, tier(500, 0)), (50, tier(400, 1_000))], tier(300, 0)).unwrap();
    let graduated = Scale { per: NonZeroU32::MIN, rates: Rates::Graduated(tiers.clone()) };
    let volume = Scale { per: NonZeroU32::MIN, rates: Rates::Volume(tiers) };
    for (quantity, by_parts, by_whole) in [
        (0, 0, 0),
        (1, 500, 500),
        (10, 5_000, 5_000),
        (11, 5_000 + 400 + 1_000, 11 * 400 + 1_000),
        (50, 5_000 + 40 * 400 + 1_000, 50 * 400 + 1_000),
        (51, 5_000 + 40 * 400 + 1_000 + 300, 51 * 300),
    ] {
        assert_eq!(graduated.amount(quantity, Rounding::HalfEven), Ok(by_parts), "{quantity} graduated");
        assert_eq!(volume.amount(quantity, Rounding::HalfEven), Ok(by_whole), "{quantity} by volume");
    }
}

#[test]
fn a_price_per_thousand_is_exact_and_rounded_once() {
    let scale = Scale { per: NonZeroU32::new(1_000).unwrap(), rates: Rates::Unit(15) };
    for (calls, even, up) in
        [(0, 0, 0), (33, 0, 0), (34, 1, 1), (100, 2, 2), (1_000, 15, 15), (1_234_567, 18_519, 18_519), (300, 4, 5), (500, 8, 8)]
    {
        // 300 calls are 4.5 cents: to the even neighbour, or up.
        assert_eq!(scale.amount(calls, Rounding::HalfEven), Ok(even), "{calls}");
        assert_eq!(scale.amount(calls, Rounding::HalfUp), Ok(up), "{calls}");
    }
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let plan = |prices| Plan::new("p", "P", Currency::BRL, Cycle::MONTHLY, prices).map(|_| ());
    assert_eq!(plan(vec![]), Err(BillingError::NoPrice("p".into())));
    assert_eq!(plan(vec![flat(1), flat(2)]), Err(BillingError::TwicePrice("fee".into())));
    assert_eq!(plan(vec![flat(-1)]), Err(BillingError::Negative("fee".into())));
    assert_eq!(plan(vec![seat(-1)]), Err(BillingError::Negative("seat".into())));
    let below = Tiers::new(vec![(5, tier(1, -1))], tier(1, 0)).unwrap();
    let scale = Scale { per: NonZeroU32::MIN, rates: Rates::Volume(below) };
    assert_eq!(plan(vec![price("t", Kind::PerUnit { scale, timing: Timing::Advance })]), Err(BillingError::Negative("t".into())));
    for (ends, wrong) in [(vec![0], 0), (vec![5, 5], 5), (vec![5, 4], 4)] {
        let tiers = Tiers::new(ends.into_iter().map(|end| (end, tier(1, 0))).collect(), tier(1, 0));
        assert_eq!(tiers, Err(BillingError::Tiers(wrong)));
    }
}

proptest! {
    #[test]
    fn no_quantity_panics_and_what_fits_is_not_negative(scale in any_scale(), quantity in any::<u64>(), unit in 0..i64::MAX) {
        for scale in [scale, Scale::each(unit)] {
            match scale.amount(quantity, Rounding::HalfEven) {
                Ok(amount) => prop_assert!(amount >= 0),
                Err(error) => prop_assert_eq!(error, BillingError::Overflow),
            }
        }
    }

    #[test]
    fn graduated_units_cost_one_by_one_what_their_tiers_say(first in 1..20_u64, second in 1..20_u64, units in proptest::array::uniform3(0..900_i64), quantity in 0..60_u64) {
        let tiers = Tiers::new(vec![(first, tier(units[0], 0)), (first + second, tier(units[1], 0))], tier(units[2], 0)).unwrap();
        let one = |unit: u64| units[usize::from(unit > first) + usize::from(unit > first + second)];
        let expected: i64 = (1..=quantity).map(one).sum();
        prop_assert_eq!(Scale { per: NonZeroU32::MIN, rates: Rates::Graduated(tiers) }.amount(quantity, Rounding::HalfEven), Ok(expected));
    }
}
