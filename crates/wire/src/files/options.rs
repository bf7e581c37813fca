//! What a user may say about a file, where it does not say it itself.

use regua_core::currency::Currency;

use super::mapping::Mapping;

/// How a file is to be read. The default detects everything and asks where two readings are possible.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The order of dates such as `01/02/2026` (`--dates`).
    pub dates: Option<DateOrder>,
    /// The decimal mark of amounts (`--decimal`).
    pub decimal: Option<DecimalMark>,
    /// The column separator (`--delimiter`).
    pub delimiter: Option<Delimiter>,
    /// The text encoding (`--encoding`).
    pub encoding: Option<Encoding>,
    /// The currency of a file without a currency column (`--currency`).
    pub currency: Option<Currency>,
    /// The country (ISO 3166, `BR`) of tax ids and of phone numbers without `+` (`--country`); when absent, Brazil
    /// for a receivable in BRL and none for others.
    pub country: Option<Box<str>>,
    /// What turns a file of another shape into a canonical one (`--map`). What is said here stands above it.
    pub mapping: Option<Mapping>,
}

/// Declares a small enum of words that an option takes.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the command line and in mapping files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of a word, if it is one.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}

words! {
    /// In which order a date's numbers stand.
    DateOrder {
        /// `2026-12-31`
        YearFirst = "ymd",
        /// `31/12/2026`
        DayFirst = "dmy",
        /// `12/31/2026`
        MonthFirst = "mdy",
    }
}

words! {
    /// Which mark stands before an amount's decimals.
    DecimalMark {
        /// `1,234.56`
        Point = "point",
        /// `1.234,56`
        Comma = "comma",
    }
}

words! {
    /// What stands between two columns.
    Delimiter {
        /// `,`
        Comma = "comma",
        /// `;`
        Semicolon = "semicolon",
        /// A tab.
        Tab = "tab",
    }
}

impl Delimiter {
    /// Its byte.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

words! {
    /// How letters are written as bytes.
    Encoding {
        /// UTF-8, with or without a byte order mark.
        Utf8 = "utf-8",
        /// Windows-1252, of which Latin-1 is a part.
        Latin1 = "latin1",
        /// UTF-16, little-endian.
        Utf16Le = "utf-16le",
        /// UTF-16, big-endian.
        Utf16Be = "utf-16be",
    }
}
