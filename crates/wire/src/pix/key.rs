//! Pix keys: what an account is found by in the directory (DICT).
//!
//! | kind | normal form |
//! | --- | --- |
//! | CPF, CNPJ | 11 digits, 14 letters and digits, check digits right |
//! | phone | `+` and the country's code; in Brazil a mobile number |
//! | e-mail | lower case, at most 77 characters |
//! | random (EVP) | a UUID in lower case with its hyphens |
//!
//! Eleven bare digits are a CPF, whose check digits must agree: a mobile number is written with `+55` or with its area code in
//! parentheses. One that has neither is refused rather than guessed, since a key that is wrong pays a stranger.
//! Deliberately absent: whether a key exists and whose it is, which the directory knows.
//!
//! Source: Banco Central do Brasil, DICT API 1.8 and Pix API 2.9.0 (letters in a CNPJ).

use std::fmt;

use regua_core::party::email::BadEmail;
use regua_core::party::phone::BadPhone;
use regua_core::party::tax_id::{BadTaxId, TaxIdKind};
use regua_core::party::{Email, Phone, TaxId};

/// Characters of the longest key.
pub const KEY_MAX: usize = 77;
/// Characters of a CPF, of a CNPJ, of a random key.
const CPF_LEN: usize = 11;
const CNPJ_LEN: usize = 14;
const EVP_LEN: usize = 36;

/// What sort of key it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PixKeyKind {
    /// A person's tax id.
    Cpf,
    /// A company's tax id.
    Cnpj,
    /// A mobile number.
    Phone,
    /// An e-mail address.
    Email,
    /// A random key (chave aleatória, EVP).
    Random,
}

/// A Pix key in its normal form.
///
/// ```
/// # use regua_wire::pix::{PixKey, PixKeyKind};
/// let key = PixKey::parse("(11) 98765-4321")?;
/// assert_eq!((key.kind(), key.as_str()), (PixKeyKind::Phone, "+5511987654321"));
/// assert_eq!(PixKey::parse("529.982.247-25")?.as_str(), "52998224725");
/// # Ok::<(), regua_wire::pix::BadPixKey>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PixKey {
    kind: PixKeyKind,
    text: Box<str>,
}

impl PixKey {
    /// Reads a key as people write it, punctuation or not.
    ///
    /// # Errors
    /// [`BadPixKey`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BadPixKey> {
        let text = text.trim();
        if text.chars().count() > KEY_MAX {
            return Err(BadPixKey::Long);
        }
        let new = |kind, text: &str| Ok(Self { kind, text: text.into() });
        if text.contains('@') {
            return new(PixKeyKind::Email, Email::parse(&text.to_ascii_lowercase())?.as_str());
        }
        if text.len() == EVP_LEN && text.bytes().filter(|b| *b == b'-').count() >= 4 {
            let random = text.to_ascii_lowercase();
            return if is_uuid(&random) { new(PixKeyKind::Random, &random) } else { Err(BadPixKey::Random) };
        }
        if text.starts_with('+') || text.contains('(') {
            let phone = Phone::parse(text, "BR")?;
            return if phone.takes_text() { new(PixKeyKind::Phone, phone.as_str()) } else { Err(BadPixKey::Landline) };
        }
        match text.chars().filter(char::is_ascii_alphanumeric).count() {
            CPF_LEN => new(PixKeyKind::Cpf, tax_id(text).map_err(|error| own(text, error))?.as_str()),
            CNPJ_LEN => new(PixKeyKind::Cnpj, tax_id(text)?.as_str()),
            _ => Err(BadPixKey::Kind),
        }
    }

    /// Reads a key that must be in its normal form already, as it is in a code.
    ///
    /// # Errors
    /// [`BadPixKey::NotNormal`] when it is a key in another form, else as [`PixKey::parse`].
    pub fn parse_normal(text: &str) -> Result<Self, BadPixKey> {
        let key = Self::parse(text)?;
        if key.as_str() == text { Ok(key) } else { Err(BadPixKey::NotNormal) }
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What sort of key it is.
    #[must_use]
    pub const fn kind(&self) -> PixKeyKind {
        self.kind
    }
}

fn tax_id(text: &str) -> Result<TaxId, BadPixKey> {
    let id = TaxId::parse(text, "BR")?;
    // Two letters in front make it another country's number, of which there are no keys.
    if id.kind() == TaxIdKind::Other { Err(BadPixKey::Kind) } else { Ok(id) }
}

/// Eleven digits whose check digits disagree may be a mobile number: the mend names both.
fn own(text: &str, error: BadPixKey) -> BadPixKey {
    let mobile = Phone::parse(text, "BR").is_ok_and(|phone| phone.takes_text());
    if mobile { BadPixKey::CpfOrPhone } else { error }
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, b)| match index {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
    })
}

/// Shows the kind only: most keys are personal data.
impl fmt::Debug for PixKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(***)", self.kind)
    }
}

/// Why a text is no Pix key. Never shows the text: it may be a person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPixKey {
    /// Longer than any key.
    #[error("a Pix key has at most {KEY_MAX} characters")]
    Long,
    /// None of the five kinds.
    #[error("a Pix key is a CPF, a CNPJ, a mobile number with +55, an e-mail address, or a random key with its hyphens")]
    Kind,
    /// Eleven digits that are no CPF and could be a phone.
    #[error("eleven digits are read as a CPF, and its check digits are wrong: write a mobile number with +55 in front")]
    CpfOrPhone,
    /// A number that is not mobile.
    #[error("a phone is a Pix key only if it is a mobile one")]
    Landline,
    /// Almost a random key.
    #[error("a random key is 32 digits and letters a to f in groups of 8, 4, 4, 4 and 12 with hyphens between")]
    Random,
    /// A key, but not as a code must have it.
    #[error("the key is not in its normal form: CPF, CNPJ without punctuation, phone with +, e-mail and random key in lower case")]
    NotNormal,
    /// Not an e-mail address.
    #[error(transparent)]
    Email(#[from] BadEmail),
    /// Not a phone number.
    #[error(transparent)]
    Phone(#[from] BadPhone),
    /// Not a tax id.
    #[error(transparent)]
    TaxId(#[from] BadTaxId),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_gets_its_normal_form() {
        use PixKeyKind::{Cnpj, Cpf, Email, Phone, Random};
        for (text, kind, normal) in [
            ("529.982.247-25", Cpf, "52998224725"),
            ("12.abc.345/01de-35", Cnpj, "12ABC34501DE35"),
            ("ABCDEFGHIJKL80", Cnpj, "ABCDEFGHIJKL80"),
            (" +55 11 98765-4321", Phone, "+5511987654321"),
            ("(011) 98765-4321", Phone, "+5511987654321"),
            ("+351 912 345 678", Phone, "+351912345678"),
            ("Financeiro@Example.com", Email, "financeiro@example.com"),
            ("123E4567-E12B-12D1-A456-426655440000", Random, "123e4567-e12b-12d1-a456-426655440000"),
        ] {
            let key = PixKey::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((key.kind(), key.as_str()), (kind, normal), "{text}");
            assert_eq!(PixKey::parse_normal(normal), Ok(key));
            assert!(text == normal || PixKey::parse_normal(text) == Err(BadPixKey::NotNormal), "{text}");
        }
    }

    #[test]
    fn what_could_be_two_keys_is_neither() {
        let long = format!("{}@example.com", "a".repeat(KEY_MAX));
        for (text, expected) in [
            ("11987654321", BadPixKey::CpfOrPhone),
            ("52998224726", BadPixKey::TaxId(BadTaxId::CheckDigits(TaxIdKind::Cpf))),
            ("5511987654321", BadPixKey::Kind),
            ("+55 11 3234-5678", BadPixKey::Landline),
            ("123e4567-e12b-12d1-a456-42665544000g", BadPixKey::Random),
            ("123e4567e12b12d1a456426655440000", BadPixKey::Kind),
            ("IT123456789", BadPixKey::Kind),
            (long.as_str(), BadPixKey::Long),
            ("", BadPixKey::Kind),
        ] {
            assert_eq!(PixKey::parse(text), Err(expected), "{text}");
        }
        assert_eq!(format!("{:?}", PixKey::parse("52998224725").unwrap()), "Cpf(***)");
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_normal(text in "\\PC{0,40}", digits in "[+(]?[0-9 ().-]{9,20}", mail in "[a-zA-Z.]{1,9}@[a-zA-Z.]{1,9}") {
            for text in [text, digits, mail] {
                if let Ok(key) = PixKey::parse(&text) {
                    prop_assert_eq!(PixKey::parse_normal(key.as_str()), Ok(key.clone()));
                    prop_assert!(key.as_str().len() <= KEY_MAX);
                }
            }
        }
    }
}
