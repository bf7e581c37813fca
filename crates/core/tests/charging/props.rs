//! Whatever codes come: reading them is total, and one more never makes the advice less restrictive.

use proptest::prelude::*;
use regua_core::charging::{Again, CodeSpace, Signal, declines};

fn any_signal() -> impl Strategy<Value = Signal> {
    let known = prop::sample::select(declines::rows())
        .prop_filter_map("the row of no space", |row| row.space.map(|space| Signal { space, code: row.code.into() }));
    let spaces = prop::sample::select(CodeSpace::ALL);
    let other = (spaces, ".{0,12}").prop_map(|(space, code)| Signal { space, code: code.into() });
    prop_oneof![6 => known, 1 => other]
}

/// Whether a signal counts only beside a lack of funds.
fn is_timed(signal: &Signal) -> bool {
    signal.space == CodeSpace::MastercardMac && (24..=30).any(|code| signal.code.trim() == code.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn one_more_signal_never_loosens(signals in prop::collection::vec(any_signal(), 1..5), more in any_signal()) {
        // Timed advice alone says nothing, as no signal does; what comes beside it is the first that does.
        prop_assume!(!signals.iter().all(is_timed));
        let before = declines::read(&signals);
        let mut all = signals;
        all.push(more);
        let after = declines::read(&all);
        prop_assert!(after.again >= before.again);
        prop_assert!(after.wait_hours >= before.wait_hours);
        prop_assert!(after.unmapped >= before.unmapped);
        if before.tries_max > 0 {
            prop_assert!((1..=before.tries_max).contains(&after.tries_max));
            prop_assert!(after.tries_days >= before.tries_days);
        }
    }

    #[test]
    fn any_text_is_read(space in prop::sample::select(CodeSpace::ALL), code in any::<String>()) {
        let advice = declines::read(&[Signal { space, code: code.into() }]);
        prop_assert!(advice.again <= Again::Never && advice.wait_hours <= 240);
    }

    #[test]
    fn the_order_of_signals_does_not_matter(signals in prop::collection::vec(any_signal(), 0..6), by in 0..6_usize) {
        let mut turned = signals.clone();
        let by = by.min(turned.len());
        turned.rotate_left(by);
        prop_assert_eq!(declines::read(&signals), declines::read(&turned));
    }
}
