//! Exact rates: a share written in hundred-millionths.

/// A share of an amount in units of 10⁻⁸: 2 % is 2,000,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Rate(i64);

impl Rate {
    /// Units in the whole (100 %).
    pub const ONE: i64 = 100_000_000;

    /// From units of 10⁻⁸.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// From basis points: 100 bp is 1 %.
    #[must_use]
    pub const fn from_bps(bps: i32) -> Self {
        // Widening an i32 to i64 loses nothing; `From` is not const.
        #[expect(clippy::as_conversions, reason = "const widening")]
        Self(bps as i64 * 10_000)
    }

    /// Units of 10⁻⁸.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }
}
