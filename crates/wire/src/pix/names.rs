//! Texts of a BR Code: the names of who is paid, the note to the payer, the address of a charge.
//!
//! Lengths are characters. Readers that count bytes instead misread a code with an accent in it, so [`Text::fold`] makes names
//! of plain capitals; what a code from elsewhere holds is kept as it is. Deliberately absent: cutting a name that is too
//! long, since a payer reads it before paying: the company chooses the shorter one.
//!
//! Source: Banco Central do Brasil, Manual de Padrões para Iniciação do Pix; EMV QR Code Specification, merchant-presented mode.

use std::fmt;

/// A text of 1 to `MAX` characters without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(Box<str>);

/// Who is paid.
pub type MerchantName = Text<25>;
/// Where.
pub type MerchantCity = Text<15>;
/// A postal code.
pub type PostalCode = Text<10>;
/// A note to the payer. Key and note share 99 characters: how many are left for the note, [`super::BrCode::encode`] knows.
pub type Note = Text<72>;

impl<const MAX: usize> Text<MAX> {
    /// Takes a text as it is.
    ///
    /// # Errors
    /// [`BadText`] when it is empty, too long, or has a control character.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        // No character has more than four bytes: what is longer is not counted.
        let count = if text.len() > 4 * MAX { text.len() } else { text.chars().count() };
        if count == 0 || count > MAX {
            return Err(BadText::Length { count, max: MAX });
        }
        match text.chars().position(char::is_control) {
            Some(index) => Err(BadText::Character { place: index + 1 }),
            None => Ok(Self(text.into())),
        }
    }

    /// Writes a text in plain capitals: accents and typographic marks go, blanks become one space.
    ///
    /// # Errors
    /// [`BadText::Character`] for what has no plain form, e.g. `李`; [`BadText::Length`] when the result is empty or too long:
    /// it is never cut.
    ///
    /// ```
    /// # use regua_wire::pix::MerchantName;
    /// assert_eq!(MerchantName::fold("Açaí & Cia. Ltda")?.as_str(), "ACAI & CIA. LTDA");
    /// assert!(MerchantName::fold("Companhia Brasileira de Nomes Compridos").is_err());
    /// # Ok::<(), regua_wire::pix::BadText>(())
    /// ```
    pub fn fold(text: &str) -> Result<Self, BadText> {
        let mut plain = String::with_capacity(MAX);
        for (index, c) in text.chars().enumerate() {
            // Enough to know that it is too long, and not so much as to fill the memory.
            if plain.len() > 4 * MAX {
                break;
            }
            for upper in c.to_uppercase() {
                match upper {
                    // An accent that stands for itself goes along with the letter before it.
                    '\u{300}'..='\u{36f}' => {}
                    blank if blank.is_whitespace() => {
                        if !plain.is_empty() && !plain.ends_with(' ') {
                            plain.push(' ');
                        }
                    }
                    upper => plain.push(without_accent(upper).ok_or(BadText::Character { place: index + 1 })?),
                }
            }
        }
        Self::parse(plain.trim_end())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A capital without its accent, a typographic mark as a typewriter has it.
const fn without_accent(c: char) -> Option<char> {
    Some(match c {
        'À'..='Å' | 'ª' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' | 'Ø' | 'º' => 'O',
        'Ù'..='Ü' => 'U',
        'Ý' | 'Ÿ' => 'Y',
        '‘' | '’' | '´' => '\'',
        '“' | '”' => '"',
        '‐'..='―' => '-',
        c if c.is_ascii_graphic() => c,
        _ => return None,
    })
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Where a bank reads a charge or a recurrence: a host and a path, without `https://`.
///
/// ```
/// # use regua_wire::pix::Location;
/// assert!(Location::parse("pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd441").is_ok());
/// assert!(Location::parse("https://pix.example.com/qr").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Location(Box<str>);

/// Characters of the longest location.
pub const LOCATION_MAX: usize = 77;

impl Location {
    /// Reads a location.
    ///
    /// # Errors
    /// [`BadText::Location`] when it has a scheme, no host of the public internet, no path, a blank, or 78 characters or more.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        let (host, path) = text.split_once('/').ok_or(BadText::Location)?;
        let host_good = host.contains('.') && host.split('.').all(|label| !label.is_empty() && label.bytes().all(host_byte));
        let path_good = !path.is_empty() && !path.starts_with('/') && path.bytes().all(|b| b.is_ascii_graphic());
        if text.len() <= LOCATION_MAX && host_good && path_good { Ok(Self(text.into())) } else { Err(BadText::Location) }
    }

    /// The host and the path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn host_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-'
}

/// Why a text does not fit a BR Code. Never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadText {
    /// Empty or too long.
    #[error("it has 1 to {max} characters, not {count}: write a shorter one")]
    Length {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A character that cannot stand there.
    #[error("character {place} cannot be written there: use letters, digits and plain marks")]
    Character {
        /// Its place, from 1.
        place: usize,
    },
    /// Not a location.
    #[error("it is a host and a path without https:// and at most {LOCATION_MAX} characters, such as pix.example.com/qr/v2/…")]
    Location,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_plain_capitals() {
        for (text, expected) in [
            ("São João d’El-Rei", Ok("SAO JOAO D'EL-REI")),
            ("Jose\u{301}  da\tSilva ", Ok("JOSE DA SILVA")),
            ("Straße – 2ª Loja", Ok("STRASSE - 2A LOJA")),
            ("Loja 李", Err(BadText::Character { place: 6 })),
            ("\u{301} ", Err(BadText::Length { count: 0, max: 25 })),
            ("abcdefghijklmnopqrstuvwxyz", Err(BadText::Length { count: 26, max: 25 })),
        ] {
            assert_eq!(MerchantName::fold(text).as_ref().map(MerchantName::as_str), expected.as_ref().copied(), "{text}");
        }
    }

    #[test]
    fn names_from_elsewhere_stay_as_they_are() {
        assert_eq!(MerchantName::parse("Fulano de Tal").unwrap().as_str(), "Fulano de Tal");
        assert_eq!(MerchantName::parse(&"ã".repeat(25)).unwrap().as_str().chars().count(), 25);
        assert_eq!(MerchantName::parse("a\nb"), Err(BadText::Character { place: 2 }));
    }

    #[test]
    fn a_location_has_a_host_and_a_path() {
        for text in [
            "",
            "pix.example.com",
            "pix.example.com/",
            "https://pix.example.com/a",
            "localhost/a",
            "a..b/c",
            "a.b/c d",
            "a.b//c",
            "a.b:80/c",
        ] {
            assert_eq!(Location::parse(text), Err(BadText::Location), "{text}");
        }
        let long = format!("a.b/{}", "c".repeat(LOCATION_MAX - 4));
        assert!(Location::parse(&long).is_ok() && Location::parse(&format!("{long}c")).is_err());
    }

    proptest! {
        #[test]
        fn what_is_folded_is_plain_and_folds_to_itself(text in "[A-Za-zÀ-ÿ '.&-]{0,30}|\\PC{0,40}") {
            if let Ok(name) = MerchantName::fold(&text) {
                prop_assert!(name.as_str().bytes().all(|b| b == b' ' || (b.is_ascii_graphic() && !b.is_ascii_lowercase())));
                prop_assert_eq!(MerchantName::fold(name.as_str()), Ok(name.clone()));
            }
            let _ = (MerchantName::parse(&text), Location::parse(&text));
        }
    }
}
