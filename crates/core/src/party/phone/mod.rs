//! Phone numbers in E.164.
//!
//! Brazilian numbers are read by rules of our own ([`br`]), all others by libphonenumber's metadata. Deliberately
//! absent: whether anybody answers, and extensions.

mod br;

use std::fmt;
use std::str::FromStr as _;

use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Mode, PhoneNumber, Type, country};

use crate::words::text_enum;

text_enum! {
    /// What sort of line a number reaches.
    PhoneKind, "kind of phone number" {
        Mobile = "mobile", Landline = "landline", MobileOrLandline = "mobile_or_landline", NonGeographic = "non_geographic",
    }
}

/// A phone number in E.164.
///
/// ```
/// # use regua_core::party::Phone;
/// let phone = Phone::parse("(11) 98765-4321", "BR")?;
/// assert_eq!((phone.as_str(), phone.br_state()), ("+5511987654321", Some("SP")));
/// # Ok::<(), regua_core::party::phone::BadPhone>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Phone {
    e164: Box<str>,
    kind: PhoneKind,
}

/// No number with its punctuation is longer; what is, is no number.
const WRITTEN_MAX: usize = 40;

impl Phone {
    /// Reads a number as it is written in a region (ISO 3166 code, e.g. `BR`); one that begins with `+` needs none.
    ///
    /// # Errors
    /// [`BadPhone`] says what is wrong. A Brazilian mobile number without its ninth digit is
    /// [`BadPhone::NinthDigit`]: to be confirmed by the customer, never mended by guess.
    pub fn parse(text: &str, region: &str) -> Result<Self, BadPhone> {
        let (plus, digits) = digits(text)?;
        let brazil = region.eq_ignore_ascii_case("BR");
        match (plus, digits.strip_prefix("55")) {
            (true, Some(national)) => br::read(national),
            (false, _) if brazil => br::read(br::without_prefixes(&digits)),
            (true, None) => foreign(&format!("+{digits}"), None),
            (false, _) => foreign(&digits, Some(country::Id::from_str(&region.to_ascii_uppercase()).or(Err(BadPhone::Region))?)),
        }
    }

    /// The number with its plus sign, e.g. `+5511987654321`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.e164
    }

    /// What sort of line it reaches.
    #[must_use]
    pub const fn kind(&self) -> PhoneKind {
        self.kind
    }

    /// Whether SMS and WhatsApp can reach it, as far as its kind tells.
    #[must_use]
    pub const fn takes_text(&self) -> bool {
        matches!(self.kind, PhoneKind::Mobile | PhoneKind::MobileOrLandline)
    }

    /// The Brazilian state (`SP`) of its area code; none for other countries and non-geographic numbers.
    ///
    /// Area code 61 covers the Federal District and its surroundings in Goiás: it counts as `DF`. A number says where
    /// it was taken out, not where the person is.
    #[must_use]
    pub fn br_state(&self) -> Option<&'static str> {
        if self.kind == PhoneKind::NonGeographic {
            return None;
        }
        br::state(self.e164.strip_prefix("+55")?.get(..2)?)
    }

    /// For eyes that need to recognise it: `+55*******4321`.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = 3..self.e164.len().saturating_sub(4);
        self.e164.char_indices().map(|(place, c)| if hidden.contains(&place) { '*' } else { c }).collect()
    }

    fn new(e164: String, kind: PhoneKind) -> Self {
        Self { e164: e164.into(), kind }
    }
}

/// Shows the kind only: a number is personal data.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(***)", self.kind)
    }
}

/// Whether it begins with `+`, and its digits without the punctuation that people write.
fn digits(text: &str) -> Result<(bool, String), BadPhone> {
    let text = text.trim();
    if text.len() > WRITTEN_MAX {
        return Err(BadPhone::Number);
    }
    let (plus, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
    let mut digits = String::with_capacity(15);
    for c in rest.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
            c => return Err(BadPhone::Character(c)),
        }
    }
    if digits.is_empty() { Err(BadPhone::Empty) } else { Ok((plus, digits)) }
}

/// Reads a number by libphonenumber's metadata.
///
/// The parser takes a national prefix away where it sees one, and may see another in what is left. What counts is the number in
/// E.164, so it is read once more: one that does not read as itself is none.
fn foreign(text: &str, region: Option<country::Id>) -> Result<Phone, BadPhone> {
    let read = |region, text: &str| {
        let number = phonenumber::parse(region, text).or(Err(BadPhone::Number))?;
        let written = number.format().mode(Mode::E164).to_string();
        Ok((number, written))
    };
    let (_, e164) = read(region, text)?;
    if let Some(national) = e164.strip_prefix("+55") {
        return br::read(national);
    }
    let (number, again) = read(None, &e164)?;
    if again != e164 {
        return Err(BadPhone::Number);
    }
    let national = number.national().to_string();
    // The crate's `number_type` forgets leading zeros, which Italian landlines have.
    let kind = if national.starts_with('0') { kind_by_plans(&number, &national) } else { kind_by_type(number.number_type(&DATABASE)) };
    Ok(Phone::new(e164, kind.ok_or(BadPhone::Number)?))
}

/// What the plans of the regions that share the country code say of a number; none when it is in none of them.
fn kind_by_plans(number: &PhoneNumber, national: &str) -> Option<PhoneKind> {
    if !phonenumber::is_valid(number) {
        return None;
    }
    let regions = DATABASE.region(&number.code().value())?;
    let plans: Vec<&Metadata> = regions.into_iter().filter_map(|region| DATABASE.by_id(region)).collect();
    let fits = |line: Option<&Descriptor>| line.is_some_and(|line| line.is_match(national));
    let mobile = plans.iter().any(|plan| fits(plan.descriptors().mobile()));
    let landline = plans.iter().any(|plan| fits(plan.descriptors().fixed_line()));
    Some(match (mobile, landline) {
        (true, true) => PhoneKind::MobileOrLandline,
        (true, false) => PhoneKind::Mobile,
        (false, true) => PhoneKind::Landline,
        (false, false) => PhoneKind::NonGeographic,
    })
}

/// Our word for libphonenumber's type; none for numbers that are in no plan.
fn kind_by_type(kind: Type) -> Option<PhoneKind> {
    Some(match kind {
        Type::Mobile => PhoneKind::Mobile,
        Type::FixedLine => PhoneKind::Landline,
        Type::FixedLineOrMobile => PhoneKind::MobileOrLandline,
        Type::TollFree
        | Type::PremiumRate
        | Type::SharedCost
        | Type::PersonalNumber
        | Type::Voip
        | Type::Pager
        | Type::Uan
        | Type::Emergency
        | Type::Voicemail
        | Type::ShortCode
        | Type::StandardRate
        | Type::Carrier
        | Type::NoInternational => PhoneKind::NonGeographic,
        Type::Unknown => return None,
    })
}

/// Why a text is no phone number. Never shows the text: it may be a person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPhone {
    /// No digits.
    #[error("the phone number is empty")]
    Empty,
    /// A character that no number has.
    #[error("a phone number has digits, spaces and `+ ( ) - . /`, not `{}`: write one number per field, without extension", .0.escape_debug())]
    Character(char),
    /// No such number in the numbering plan.
    #[error("no such phone number exists in its country: compare it with the source, or write it with + and country code")]
    Number,
    /// The default region is none.
    #[error("the default region is not a country code such as BR, and the number does not begin with +")]
    Region,
    /// Brazil: eight or nine digits alone.
    #[error("the area code (DDD) is missing: write it before the number, as in 11 98765-4321")]
    AreaCode,
    /// Brazil: two digits that are no area code.
    #[error("{0} is not an area code (DDD) of Brazil")]
    NoSuchAreaCode(u8),
    /// Brazil: a mobile number from before 2016.
    #[error("a mobile number without its ninth digit: ask the customer, it is not added by guess")]
    NinthDigit,
}

#[cfg(test)]
mod tests;
