//! What a message is worth: which goes first where a channel carries only so many.
//!
//! Deliberately absent: sums of money. Currencies of one customer are counted alike, since it is an order and no amount.

use regua_core::ids::ReceivableId;

use crate::case::Case;

/// Bits behind the first of a worth that count.
const FINE_BITS: u32 = 23;

/// What is owed on these receivables of a customer, each counted once, in minor units.
pub(crate) fn worth<'r>(case: &Case, receivables: impl Iterator<Item = &'r [u8; 16]>) -> i64 {
    let mut walks: Vec<usize> = receivables.filter_map(|id| case.walk_of(ReceivableId::from_bytes(*id).ok()?)).collect();
    walks.sort_unstable();
    walks.dedup();
    let owed = walks.iter().filter_map(|&walk| case.facts.walks.get(walk)).map(|walk| walk.ledger.balance().minor());
    owed.fold(0_i64, i64::saturating_add)
}

/// By how many microseconds a message is due before others that were decided at the same moment: more for a greater worth, and
/// never as much as nine minutes, so that an old message is not overtaken for ever. Twice the worth is about eight seconds.
pub(crate) fn head_start(worth: i64) -> i64 {
    let worth = u64::try_from(worth).unwrap_or(0).saturating_add(1);
    let bits = worth.ilog2();
    // The bits behind the first, as many as count, whatever the size of the number.
    let behind = worth ^ (1 << bits);
    let fine = if bits > FINE_BITS { behind >> (bits - FINE_BITS) } else { behind << (FINE_BITS - bits) };
    i64::from(bits) * (1 << FINE_BITS) + i64::try_from(fine).unwrap_or(0)
}

/// The greatest [`head_start`] of all.
pub(crate) const HEAD_START_MAX: i64 = 64 << FINE_BITS;

/// By how many microseconds a message comes after the first of those that wait for the same free place: less for a greater worth,
/// and never as much as half a minute.
pub(crate) fn place_behind(worth: i64) -> i64 {
    (HEAD_START_MAX - head_start(worth)) / 18
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_owed_has_no_head_start_and_the_greatest_worth_less_than_nine_minutes() {
        assert_eq!((head_start(0), head_start(-5)), (0, 0));
        assert!(head_start(i64::MAX) < HEAD_START_MAX && HEAD_START_MAX < 9 * 60 * 1_000_000);
        assert!(place_behind(0) < 30_000_000 && place_behind(i64::MAX) >= 0);
        assert!((8_000_000..9_000_000).contains(&(head_start(20_000) - head_start(10_000))));
    }

    proptest! {
        #[test]
        fn more_is_never_later(a in 0_i64..=i64::MAX, b in 0_i64..10_000_000) {
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(head_start(low) <= head_start(high) && place_behind(low) >= place_behind(high));
            prop_assert!(b == 0 || head_start(b - 1) < head_start(b), "each cent counts of what people owe");
        }
    }
}
