//! A stream of numbers from a seed: SplitMix64, the same on every machine and in every version of anything.
//!
//! Deliberately absent: a library, whose next version would turn an old seed into other inputs.

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for a name and a number.
    #[must_use]
    pub fn branch(seed: u64, name: &str, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        Self(seed ^ hash(name.as_bytes()).rotate_left(17) ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % end).unwrap_or(0)
    }

    /// A byte.
    pub const fn byte(&mut self) -> u8 {
        self.number().to_le_bytes()[7]
    }

    /// One of some things, if there are any.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// Whether one of `of` equal chances came.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// FNV-1a, 64 bits.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}
