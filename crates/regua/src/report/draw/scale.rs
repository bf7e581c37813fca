//! From values to places: one straight scale, and the round numbers of its ticks.

/// Maps `from..to` onto `start..end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Scale {
    from: i64,
    to: i64,
    start: i64,
    end: i64,
}

impl Scale {
    /// A scale of values (ends may be equal) onto tenths of a pixel (which may run backwards).
    pub(in super::super) const fn new(values: (i64, i64), places: (i64, i64)) -> Self {
        Self { from: values.0, to: values.1, start: places.0, end: places.1 }
    }

    /// The place of a value; values outside the scale stay at its ends.
    pub(in super::super) fn at(self, value: i64) -> i64 {
        let span = i128::from(self.to) - i128::from(self.from);
        if span <= 0 {
            return self.start;
        }
        let part = (i128::from(value) - i128::from(self.from)).clamp(0, span);
        let moved = part * (i128::from(self.end) - i128::from(self.start)) / span;
        self.start + i64::try_from(moved).unwrap_or_default()
    }
}

/// Round numbers from zero to at least `max`, with at most `count` steps of 1, 2, 2.5 or 5 times a power of ten.
///
/// The last may be beyond `max`; what would not fit an `i64` becomes its greatest value.
pub(in super::super) fn ticks(max: i64, count: i64) -> Vec<i64> {
    let (max, count) = (i128::from(max.max(1)), i128::from(count.max(1)));
    let mut power = 1_i128;
    let step = loop {
        // 2.5 only where it is whole.
        let quarters = if power >= 10 { [4, 8, 10, 20] } else { [4, 8, 8, 20] };
        if let Some(step) = quarters.into_iter().map(|quarters| power * quarters / 4).find(|step| step * count >= max) {
            break step;
        }
        power *= 10;
    };
    let steps = (max + step - 1) / step;
    (0..=steps).map(|index| i64::try_from(index * step).unwrap_or(i64::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_greatest_value() {
        for (max, count, expected) in [
            (0, 4, vec![0, 1]),
            (3, 4, vec![0, 1, 2, 3]),
            (10, 4, vec![0, 5, 10]),
            (97, 4, vec![0, 25, 50, 75, 100]),
            (10_000, 5, vec![0, 2_000, 4_000, 6_000, 8_000, 10_000]),
            (1_234, 3, vec![0, 500, 1_000, 1_500]),
        ] {
            assert_eq!(ticks(max, count), expected, "{max} in {count}");
        }
        assert_eq!(ticks(i64::MAX, 4).last(), Some(&i64::MAX));
        assert_eq!(ticks(-5, -5), [0, 1]);
    }

    #[test]
    fn places_stay_on_the_scale() {
        let scale = Scale::new((-10, 90), (0, 1_000));
        for (value, place) in [(-10, 0), (0, 100), (90, 1_000), (-50, 0), (500, 1_000)] {
            assert_eq!(scale.at(value), place, "{value}");
        }
        assert_eq!(Scale::new((0, i64::MAX), (500, 0)).at(i64::MAX), 0);
        assert_eq!(Scale::new((i64::MIN, i64::MAX), (0, 500)).at(0), 250);
        assert_eq!(Scale::new((5, 5), (7, 9)).at(5), 7, "a scale of one value");
    }
}
