//! Seeded draws: the same seed gives the same world on every machine and in every version.
//!
//! Not for secrets. A generator of our own, because a library may change its sequence with a release.

/// A sequence of numbers that a seed determines: SplitMix64.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
///
/// ```
/// # use regua_sim::draw::Draw;
/// let (mut one, mut two) = (Draw::new(7), Draw::new(7));
/// assert_eq!(one.below(100), two.below(100));
/// ```
#[derive(Clone, Debug)]
pub struct Draw(u64);

/// The odd constant nearest to 2⁶⁴ divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Draw {
    /// A sequence of its own for each seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// An independent sequence for one part of a world: a part added later leaves the others as they were.
    #[must_use]
    pub const fn part(&self, number: u64) -> Self {
        let mut other = Self(self.0 ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        let seed = other.bits();
        Self(seed)
    }

    /// 64 even bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An even number from 0 to `limit` − 1; 0 when `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(limit);
        // The upper half of a product of two u64 always fits.
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// An even number from `from` to `to`, both included; `from` when the range is empty.
    pub fn between(&mut self, from: i32, to: i32) -> i32 {
        let width = u64::try_from(i64::from(to) - i64::from(from) + 1).unwrap_or(0);
        let step = i64::try_from(self.below(width)).unwrap_or(0);
        i32::try_from(i64::from(from) + step).unwrap_or(from)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list; nothing of an empty one.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let place = self.below(u64::try_from(list.len()).unwrap_or(0));
        usize::try_from(place).ok().and_then(|place| list.get(place))
    }

    /// One of the values, each as often as its weight; nothing when all weigh nothing.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, u64)]) -> Option<T> {
        let mut left = self.below(list.iter().map(|(_, weight)| weight).sum());
        list.iter().find_map(|&(value, weight)| {
            if left < weight {
                return Some(value);
            }
            left -= weight;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_never_changes() {
        let mut draw = Draw::new(0);
        // The reference values of SplitMix64 for seed 0.
        assert_eq!([draw.bits(), draw.bits(), draw.bits()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
    }

    #[test]
    fn draws_stay_in_range_and_reach_both_ends() {
        let mut draw = Draw::new(42);
        let drawn: Vec<i32> = (0..1000).map(|_| draw.between(-2, 2)).collect();
        for expected in -2..=2 {
            assert!(drawn.contains(&expected), "{expected}");
        }
        assert!(drawn.iter().all(|number| (-2..=2).contains(number)));
        assert_eq!((draw.below(0), draw.between(5, 4)), (0, 5));
        assert_eq!(draw.pick::<u8>(&[]), None);
        assert_eq!(draw.weighted(&[('a', 0), ('b', 3)]), Some('b'));
        assert_eq!(draw.weighted(&[('a', 0)]), None);
    }

    #[test]
    fn parts_are_independent() {
        let world = Draw::new(1);
        assert_ne!(world.part(0).bits(), world.part(1).bits());
        assert_eq!(world.part(3).bits(), world.part(3).bits());
    }
}
