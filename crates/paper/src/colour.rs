//! A tenant's colour, and what can be read on it. Deliberately absent: other colour spaces, transparency, floats.
//!
//! Source: WCAG 2.2, success criterion 1.4.3: text of normal size has a contrast of at least 4.5:1 with what is behind it.

/// A colour in sRGB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

/// Least contrast of text, in hundredths.
pub const CONTRAST_MIN: u32 = 450;

/// Percent of a colour in the tint behind a panel.
const TINT: u32 = 7;
/// Percent of a channel that is left after a step towards black.
const DARKER: u32 = 94;
/// Steps towards black after which nothing is left of any colour.
const STEPS_MAX: usize = 80;

impl Colour {
    /// White.
    pub const WHITE: Self = Self::new(255, 255, 255);
    /// What text is printed in.
    pub const INK: Self = Self::new(24, 28, 36);

    /// From its channels.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#1a2b3c`.
    ///
    /// ```
    /// # use regua_paper::Colour;
    /// assert_eq!(Colour::parse("#ff8000"), Some(Colour::new(255, 128, 0)));
    /// assert_eq!(Colour::parse("orange"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let channel = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        Some(Self::new(channel(0)?, channel(2)?, channel(4)?))
    }

    /// The contrast with another colour in hundredths: 100 (the same) to 2100 (black on white).
    ///
    /// ```
    /// # use regua_paper::Colour;
    /// assert_eq!(Colour::WHITE.contrast(Colour::new(0, 0, 0)), 2100);
    /// ```
    #[must_use]
    pub fn contrast(self, other: Self) -> u32 {
        let (a, b) = (self.luminance() + 50_000, other.luminance() + 50_000);
        100 * a.max(b) / a.min(b)
    }

    /// Whether text in this colour can be read on another one.
    #[must_use]
    pub fn reads_on(self, behind: Self) -> bool {
        self.contrast(behind) >= CONTRAST_MIN
    }

    /// This colour, darker as far as it takes to be read on its own tint, and so on white.
    #[must_use]
    pub fn as_text(self) -> Self {
        let behind = self.tint();
        let mut colour = self;
        for _ in 0..STEPS_MAX {
            if colour.reads_on(behind) {
                return colour;
            }
            let darker = |channel: u8| u8::try_from(u32::from(channel) * DARKER / 100).unwrap_or(0);
            colour = Self::new(darker(colour.red), darker(colour.green), darker(colour.blue));
        }
        Self::INK
    }

    /// What is laid behind a panel: a breath of this colour on white.
    #[must_use]
    pub fn tint(self) -> Self {
        let mixed = |channel: u8| u8::try_from((u32::from(channel) * TINT + 255 * (100 - TINT)) / 100).unwrap_or(255);
        Self::new(mixed(self.red), mixed(self.green), mixed(self.blue))
    }

    /// Parts in a million of the light of white.
    fn luminance(self) -> u32 {
        let linear = |channel: u8| LINEAR.get(usize::from(channel)).copied().unwrap_or(0);
        let (red, green, blue) = (linear(self.red), linear(self.green), linear(self.blue));
        // Each product stays below 7.2 · 10⁹, so the weights are taken in ten-thousandths of a u64.
        let sum = 2_126 * u64::from(red) + 7_152 * u64::from(green) + 722 * u64::from(blue);
        u32::try_from(sum / 10_000).unwrap_or(u32::MAX)
    }
}

/// The light of each value of a channel in parts in a million: the transfer function of sRGB (IEC 61966-2-1).
#[rustfmt::skip]
const LINEAR: [u32; 256] = [
    0, 304, 607, 911, 1214, 1518, 1821, 2125, 2428, 2732, 3035, 3347,
    3677, 4025, 4391, 4777, 5182, 5605, 6049, 6512, 6995, 7499, 8023, 8568,
    9134, 9721, 10_330, 10_960, 11_612, 12_286, 12_983, 13_702, 14_444, 15_209, 15_996, 16_807,
    17_642, 18_500, 19_382, 20_289, 21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426,
    29_557, 30_713, 31_896, 33_105, 34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735,
    45_186, 46_665, 48_172, 49_707, 51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010,
    64_803, 66_626, 68_478, 70_360, 72_272, 74_214, 76_185, 78_187, 80_220, 82_283, 84_376, 86_500,
    88_656, 90_842, 93_059, 95_307, 97_587, 99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435,
    116_971, 119_538, 122_139, 124_772, 127_438, 130_136, 132_868, 135_633, 138_432, 141_263, 144_128, 147_027,
    149_960, 152_926, 155_926, 158_961, 162_029, 165_132, 168_269, 171_441, 174_647, 177_888, 181_164, 184_475,
    187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231, 215_861, 219_526, 223_228, 226_966,
    230_740, 234_551, 238_398, 242_281, 246_201, 250_158, 254_152, 258_183, 262_251, 266_356, 270_498, 274_677,
    278_894, 283_149, 287_441, 291_771, 296_138, 300_544, 304_987, 309_469, 313_989, 318_547, 323_143, 327_778,
    332_452, 337_164, 341_914, 346_704, 351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429,
    391_572, 396_755, 401_978, 407_240, 412_543, 417_885, 423_268, 428_690, 434_154, 439_657, 445_201, 450_786,
    456_411, 462_077, 467_784, 473_531, 479_320, 485_150, 491_021, 496_933, 502_886, 508_881, 514_918, 520_996,
    527_115, 533_276, 539_479, 545_724, 552_011, 558_340, 564_712, 571_125, 577_580, 584_078, 590_619, 597_202,
    603_827, 610_496, 617_207, 623_960, 630_757, 637_597, 644_480, 651_406, 658_375, 665_387, 672_443, 679_542,
    686_685, 693_872, 701_102, 708_376, 715_694, 723_055, 730_461, 737_910, 745_404, 752_942, 760_525, 768_151,
    775_822, 783_538, 791_298, 799_103, 806_952, 814_847, 822_786, 830_770, 838_799, 846_873, 854_993, 863_157,
    871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111, 938_686, 947_307, 955_973, 964_686,
    973_445, 982_251, 991_102, 1_000_000,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_pairs_have_their_known_contrast() {
        // As the contrast checkers of WebAIM and of browsers print them.
        assert_eq!(Colour::new(0x76, 0x76, 0x76).contrast(Colour::WHITE), 454);
        assert_eq!(Colour::new(255, 0, 0).contrast(Colour::WHITE), 399);
        assert_eq!(Colour::new(0, 0, 255).contrast(Colour::WHITE), 859);
    }

    proptest! {
        #[test]
        fn every_colour_becomes_readable_text(red: u8, green: u8, blue: u8) {
            let colour = Colour::new(red, green, blue);
            let text = colour.as_text();
            prop_assert!(text.reads_on(colour.tint()) && text.reads_on(Colour::WHITE));
            prop_assert!(Colour::INK.reads_on(colour.tint()));
            if colour.reads_on(colour.tint()) {
                prop_assert_eq!(text, colour, "a colour that can be read stays as it is");
            }
        }
    }
}
