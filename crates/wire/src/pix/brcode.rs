//! The BR Code: what a Pix QR code holds, and what people copy and paste.
//!
//! | id | content |
//! | --- | --- |
//! | 00 | `01` |
//! | 01 | `11` may be paid again, `12` once |
//! | 26-00 | `br.gov.bcb.pix`, in any case of letters |
//! | 26-01, 26-02, 26-03 | of a static code: key, note to the payer, ISPB of who hands out cash |
//! | 26-25 | of a dynamic code: where the charge is read |
//! | 52, 53, 58 | category, `986`, `BR` |
//! | 54 | of a static code: the amount |
//! | 59, 60, 61 | who is paid, where, postal code |
//! | 62-05 | `***`, or the txid of a static code |
//! | 80-00, 80-25 | Pix Automático: `br.gov.bcb.pix`, where the recurrence is read |
//! | 63 | CRC-16 of all before it, its own id and length included, in capitals |
//!
//! Reading is strict: a payer's bank is lenient in its own way, so a code that only some can pay must be found before it is
//! sent. All that is not in the table is kept and written again. Writing is exact: what is read from what was written is equal, and
//! a code whose 26-00 and 80-00 are in small letters is written as it was read. Deliberately absent: the picture, and asking
//! the location.
//!
//! Source: Banco Central do Brasil, Manual de Padrões para Iniciação do Pix; worked examples in `tests/vectors/brcode.json`.

use super::names::{BadText, Location, MerchantCity, MerchantName, Note, PostalCode};
use super::tlv::{self, CRC, Tag};
use super::{Amount, BadPixId, BadPixKey, PixKey, StaticTxid, crc16};
use crate::boleto::Digits;

/// Characters of the longest code: the limit of the Pix API's `pixCopiaECola`.
pub const CODE_MAX: usize = 512;

const GUI: &str = "br.gov.bcb.pix";
const NO_TXID: &str = "***";
const VERSION: &str = "01";
const REAL: &str = "986";
const BRAZIL: &str = "BR";
/// Ids of the code itself.
const FORMAT: u8 = 0;
const INITIATION: u8 = 1;
const ACCOUNT: u8 = 26;
const CATEGORY: u8 = 52;
const CURRENCY: u8 = 53;
const AMOUNT: u8 = 54;
const COUNTRY: u8 = 58;
const NAME: u8 = 59;
const CITY: u8 = 60;
const POSTAL_CODE: u8 = 61;
const ADDITIONAL: u8 = 62;
const RECURRENCE: u8 = 80;
/// Ids inside templates.
const INNER_GUI: u8 = 0;
const KEY: u8 = 1;
const NOTE: u8 = 2;
const FACILITATOR: u8 = 3;
const TXID: u8 = 5;
const URL: u8 = 25;

/// What a code asks for, apart from a recurrence.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Payment {
    /// A static code: payable by anybody, any number of times.
    Static {
        /// Whose account.
        key: PixKey,
        /// How much; none leaves it to the payer.
        amount: Option<Amount>,
        /// What the payer reads.
        note: Option<Note>,
        /// Who hands out cash (Pix Saque): eight digits or capitals.
        facilitator: Option<Ispb>,
    },
    /// A dynamic code: one charge, which the payer's bank reads at its location.
    Dynamic(Location),
    /// Nothing: the code only asks for a recurrence.
    Nothing,
}

/// A participant of Pix: eight digits or capitals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ispb([u8; 8]);

impl Ispb {
    /// Reads it; none when it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = <[u8; 8]>::try_from(text.as_bytes()).ok()?;
        bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()).then_some(Self(bytes))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// How often a code may be paid, where it says so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Initiation {
    /// `11`.
    Reusable,
    /// `12`; not for static codes, which nobody can close.
    Once,
}

/// Who is paid, as the payer reads it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Merchant {
    /// Its name.
    pub name: MerchantName,
    /// Its city.
    pub city: MerchantCity,
    /// Its postal code.
    pub postal_code: Option<PostalCode>,
    /// Its category (MCC); `0000` says none.
    pub category: Digits<4>,
}

impl Merchant {
    /// A merchant from its name and city, both written in plain capitals; see [`super::Text::fold`].
    ///
    /// # Errors
    /// [`BadBrCode::Text`] when one has no plain form or is too long.
    pub fn new(name: &str, city: &str) -> Result<Self, BadBrCode> {
        let name = MerchantName::fold(name).map_err(|error| BadBrCode::Text(Tag::root(NAME), error))?;
        let city = MerchantCity::fold(city).map_err(|error| BadBrCode::Text(Tag::root(CITY), error))?;
        let category = Digits::parse("0000").or(Err(BadBrCode::Missing(Tag::root(CATEGORY))))?;
        Ok(Self { name, city, postal_code: None, category })
    }
}

/// A field that is not in the table, kept as it was.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OtherField {
    /// Where it stands; in a template only of 26, 62 or 80.
    pub tag: Tag,
    /// Its value.
    pub value: Box<str>,
}

/// What a code says.
///
/// ```
/// # use regua_wire::pix::{Amount, BrCode, Merchant, Payment, PixKey, StaticTxid};
/// let payment = Payment::Static {
///     key: PixKey::parse("529.982.247-25")?,
///     amount: Some(Amount::parse("150.00")?),
///     note: None,
///     facilitator: None,
/// };
/// let merchant = Merchant::new("Maria Silva", "São Paulo")?;
/// let code = BrCode { txid: Some(StaticTxid::parse("FAT20261201")?), ..BrCode::new(payment, merchant) };
/// let text = code.encode()?;
/// assert_eq!(
///     text,
///     "00020126330014br.gov.bcb.pix0111529982247255204000053039865406150.00\
///      5802BR5911MARIA SILVA6009SAO PAULO62150511FAT20261201630449F4"
/// );
/// assert_eq!(BrCode::decode(&text)?, code);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BrCode {
    /// What is to be paid.
    pub payment: Payment,
    /// Where the recurrence is read that the payer is asked to authorise (Pix Automático).
    pub recurrence: Option<Location>,
    /// How often it may be paid.
    pub initiation: Option<Initiation>,
    /// Who is paid.
    pub merchant: Merchant,
    /// The txid of a static code; none writes `***`. Dynamic codes say `***`, and banks do not read it there.
    pub txid: Option<StaticTxid>,
    /// Everything else, in the order of [`Tag`]: the code's own fields, then those of templates.
    pub others: Vec<OtherField>,
}

impl BrCode {
    /// A code for a payment, and nothing that may be left out.
    #[must_use]
    pub const fn new(payment: Payment, merchant: Merchant) -> Self {
        Self { payment, recurrence: None, initiation: None, merchant, txid: None, others: Vec::new() }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// [`BadBrCode`] names the field that is wrong.
    pub fn decode(text: &str) -> Result<Self, BadBrCode> {
        // No character has more than four bytes: what is longer is not counted.
        if text.len() > 4 * CODE_MAX || text.chars().count() > CODE_MAX {
            return Err(BadBrCode::Long);
        }
        let mut fields = tlv::fields(text, None)?;
        checksum(text, fields.pop())?;
        let mut root = Template { within: None, fields };
        root.must_be(FORMAT, VERSION)?;
        let initiation = root.take(INITIATION);
        let mut account = root.template(ACCOUNT)?;
        account.must_be_pix()?;
        let category = root.needed(CATEGORY)?;
        root.must_be(CURRENCY, REAL)?;
        let payment = payment(&mut root, &mut account)?;
        root.must_be(COUNTRY, BRAZIL)?;
        let merchant = Merchant {
            name: MerchantName::parse(root.needed(NAME)?).map_err(|error| BadBrCode::Text(Tag::root(NAME), error))?,
            city: MerchantCity::parse(root.needed(CITY)?).map_err(|error| BadBrCode::Text(Tag::root(CITY), error))?,
            postal_code: root.text(POSTAL_CODE)?,
            category: Digits::parse(category).or(Err(BadBrCode::Form(Tag::root(CATEGORY), "four digits")))?,
        };
        let mut additional = root.template(ADDITIONAL)?;
        let txid = match additional.needed(TXID)? {
            NO_TXID => None,
            txid => Some(StaticTxid::parse(txid).map_err(|error| BadBrCode::Id(Tag::inner(ADDITIONAL, TXID), error))?),
        };
        let mut recurring = if root.has(RECURRENCE) { Some(root.template(RECURRENCE)?) } else { None };
        let recurrence = recurring.as_mut().map(Template::recurrence).transpose()?;
        let others = [root, account, additional].into_iter().chain(recurring).flat_map(Template::rest).collect();
        let code = Self { payment, recurrence, initiation: initiation_of(initiation)?, merchant, txid, others };
        code.consistent()?;
        Ok(code)
    }

    /// Writes the code.
    ///
    /// # Errors
    /// [`BadBrCode::Length`] when a template has more than 99 characters, e.g. with a long note; [`BadBrCode::Long`] beyond 512;
    /// [`BadBrCode::Nothing`] for a code that asks for nothing; [`BadBrCode::Form`] for a static code that says it is paid once;
    /// [`BadBrCode::Twice`] when a field of `others` is one that the code has already, [`BadBrCode::Missing`] when it is in a template
    /// that the code has not.
    pub fn encode(&self) -> Result<String, BadBrCode> {
        self.consistent()?;
        let mut account = vec![(INNER_GUI, GUI.to_owned())];
        let mut root = vec![
            (FORMAT, VERSION.to_owned()),
            (CATEGORY, self.merchant.category.to_string()),
            (CURRENCY, REAL.to_owned()),
            (COUNTRY, BRAZIL.to_owned()),
            (NAME, self.merchant.name.to_string()),
            (CITY, self.merchant.city.to_string()),
        ];
        root.extend(self.merchant.postal_code.as_ref().map(|code| (POSTAL_CODE, code.to_string())));
        root.extend(self.initiation.map(|initiation| (INITIATION, initiation_text(initiation).to_owned())));
        match &self.payment {
            Payment::Static { key, amount, note, facilitator } => {
                account.push((KEY, key.as_str().to_owned()));
                account.extend(note.as_ref().map(|note| (NOTE, note.to_string())));
                account.extend(facilitator.map(|ispb| (FACILITATOR, ispb.as_str().to_owned())));
                root.extend(amount.map(|amount| (AMOUNT, amount.to_string())));
            }
            Payment::Dynamic(location) => account.push((URL, location.as_str().to_owned())),
            Payment::Nothing => {}
        }
        let txid = self.txid.as_ref().map_or(NO_TXID, StaticTxid::as_str);
        let recurring = self.recurrence.as_ref().map(|url| vec![(INNER_GUI, GUI.to_owned()), (URL, url.as_str().to_owned())]);
        let templates = [(ACCOUNT, Some(account)), (ADDITIONAL, Some(vec![(TXID, txid.to_owned())])), (RECURRENCE, recurring)];
        for (id, fields) in templates {
            let others =
                self.others.iter().filter(|other| other.tag.within == Some(id)).map(|other| (other.tag.id, other.value.to_string()));
            if let Some(fields) = fields {
                root.push((id, tlv::text(fields.into_iter().chain(others).collect(), Some(id))?));
            }
        }
        root.extend(self.others.iter().filter(|other| other.tag.within.is_none()).map(|other| (other.tag.id, other.value.to_string())));
        if root.iter().any(|(id, _)| *id == CRC) {
            return Err(BadBrCode::Twice(Tag::root(CRC)));
        }
        let mut text = tlv::text(root, None)?;
        text.push_str("6304");
        text.push_str(&format!("{:04X}", crc16(text.as_bytes())));
        if text.chars().count() > CODE_MAX { Err(BadBrCode::Long) } else { Ok(text) }
    }

    /// What no field says alone.
    fn consistent(&self) -> Result<(), BadBrCode> {
        for within in self.others.iter().filter_map(|other| other.tag.within) {
            if !(matches!(within, ACCOUNT | ADDITIONAL) || (within == RECURRENCE && self.recurrence.is_some())) {
                return Err(BadBrCode::Missing(Tag::root(within)));
            }
        }
        match (&self.payment, self.initiation) {
            (Payment::Nothing, _) if self.recurrence.is_none() => Err(BadBrCode::Nothing),
            (Payment::Static { .. }, Some(Initiation::Once)) => {
                Err(BadBrCode::Form(Tag::root(INITIATION), "11 or absent in a static code, which can be paid again"))
            }
            (Payment::Static { .. } | Payment::Dynamic(_) | Payment::Nothing, _) => Ok(()),
        }
    }
}

const fn initiation_text(initiation: Initiation) -> &'static str {
    match initiation {
        Initiation::Reusable => "11",
        Initiation::Once => "12",
    }
}

fn initiation_of(text: Option<&str>) -> Result<Option<Initiation>, BadBrCode> {
    match text {
        None => Ok(None),
        Some("11") => Ok(Some(Initiation::Reusable)),
        Some("12") => Ok(Some(Initiation::Once)),
        Some(_) => Err(BadBrCode::Form(Tag::root(INITIATION), "11 or 12")),
    }
}

/// Compares the last field with what stands before it.
fn checksum(text: &str, last: Option<(u8, &str)>) -> Result<(), BadBrCode> {
    let value = match last {
        Some((CRC, value)) if value.len() == 4 => value,
        _ => return Err(BadBrCode::NoChecksum),
    };
    let covered = text.as_bytes().get(..text.len() - value.len()).unwrap_or_default();
    if value == format!("{:04X}", crc16(covered)) { Ok(()) } else { Err(BadBrCode::Checksum) }
}

/// What 26 and 54 ask for together.
fn payment(root: &mut Template<'_>, account: &mut Template<'_>) -> Result<Payment, BadBrCode> {
    let Some(key) = account.take(KEY) else {
        for id in [NOTE, FACILITATOR] {
            if account.has(id) {
                return Err(BadBrCode::NotStatic(Tag::inner(ACCOUNT, id)));
            }
        }
        return Ok(account.location()?.map_or(Payment::Nothing, Payment::Dynamic));
    };
    if account.has(URL) {
        return Err(BadBrCode::KeyAndLocation);
    }
    let amount = root.take(AMOUNT).map(amount).transpose()?;
    let facilitator = match account.take(FACILITATOR) {
        None => None,
        Some(text) => Some(Ispb::parse(text).ok_or(BadBrCode::Form(Tag::inner(ACCOUNT, FACILITATOR), "eight digits or capitals"))?),
    };
    let key = PixKey::parse_normal(key).map_err(|error| BadBrCode::Key(Tag::inner(ACCOUNT, KEY), error))?;
    Ok(Payment::Static { key, amount, note: account.text(NOTE)?, facilitator })
}

/// An amount as we write it, so that it is written again as it was read.
fn amount(text: &str) -> Result<Amount, BadBrCode> {
    let amount = Amount::parse(text).map_err(|error| BadBrCode::Id(Tag::root(AMOUNT), error))?;
    if amount.to_string() == text { Ok(amount) } else { Err(BadBrCode::Form(Tag::root(AMOUNT), "reais without zeros in front")) }
}

/// Fields that were not looked at yet.
struct Template<'a> {
    within: Option<u8>,
    fields: Vec<(u8, &'a str)>,
}

impl<'a> Template<'a> {
    fn tag(&self, id: u8) -> Tag {
        Tag { within: self.within, id }
    }

    fn has(&self, id: u8) -> bool {
        self.fields.iter().any(|field| field.0 == id)
    }

    fn take(&mut self, id: u8) -> Option<&'a str> {
        let place = self.fields.iter().position(|field| field.0 == id)?;
        Some(self.fields.remove(place).1)
    }

    fn needed(&mut self, id: u8) -> Result<&'a str, BadBrCode> {
        self.take(id).ok_or(BadBrCode::Missing(self.tag(id)))
    }

    fn must_be(&mut self, id: u8, expected: &'static str) -> Result<(), BadBrCode> {
        if self.needed(id)? == expected { Ok(()) } else { Err(BadBrCode::Form(self.tag(id), expected)) }
    }

    fn must_be_pix(&mut self) -> Result<(), BadBrCode> {
        if self.needed(INNER_GUI)?.eq_ignore_ascii_case(GUI) { Ok(()) } else { Err(BadBrCode::Form(self.tag(INNER_GUI), GUI)) }
    }

    fn template(&mut self, id: u8) -> Result<Self, BadBrCode> {
        Ok(Self { within: Some(id), fields: tlv::fields(self.needed(id)?, Some(id))? })
    }

    fn text<const MAX: usize>(&mut self, id: u8) -> Result<Option<super::Text<MAX>>, BadBrCode> {
        let tag = self.tag(id);
        self.take(id).map(|text| super::Text::parse(text).map_err(|error| BadBrCode::Text(tag, error))).transpose()
    }

    fn location(&mut self) -> Result<Option<Location>, BadBrCode> {
        let tag = self.tag(URL);
        self.take(URL).map(|text| Location::parse(text).map_err(|error| BadBrCode::Text(tag, error))).transpose()
    }

    fn recurrence(&mut self) -> Result<Location, BadBrCode> {
        self.must_be_pix()?;
        self.location()?.ok_or(BadBrCode::Missing(self.tag(URL)))
    }

    fn rest(self) -> impl Iterator<Item = OtherField> + use<'a> {
        let within = self.within;
        self.fields.into_iter().map(move |(id, value)| OtherField { tag: Tag { within, id }, value: value.into() })
    }
}

/// Why a text is no BR Code, or a code cannot be written. Never shows what stands there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadBrCode {
    /// Longer than banks take.
    #[error("a BR Code has at most {CODE_MAX} characters")]
    Long,
    /// Not an id and a length.
    #[error("field {field}{} does not begin with two digits of its id and two of its length: copy the whole code", inside(*within))]
    Grammar {
        /// The template, if it is in one.
        within: Option<u8>,
        /// Which field, from 1.
        field: usize,
    },
    /// A length that does not fit its value.
    #[error("field {0} has another length than it says, none, or more than 99 characters: copy the whole code, or shorten the field")]
    Length(Tag),
    /// An id that stands there already.
    #[error("field {0} is there twice: remove one")]
    Twice(Tag),
    /// An id behind a higher one.
    #[error("field {0} stands behind one that must follow it: order fields by their ids, with 63 last of all")]
    Order(Tag),
    /// No checksum at the end.
    #[error("field 63 with a checksum of four characters must end the code: copy the whole code")]
    NoChecksum,
    /// A checksum of something else.
    #[error("the checksum (field 63, four capitals or digits) is not that of this code: copy it again")]
    Checksum,
    /// A field that must be there.
    #[error("field {0} is missing")]
    Missing(Tag),
    /// A field of another form.
    #[error("field {0} must be {1}")]
    Form(Tag, &'static str),
    /// A text that does not fit.
    #[error("field {0}: {1}")]
    Text(Tag, BadText),
    /// A key that is none.
    #[error("field {0}: {1}")]
    Key(Tag, BadPixKey),
    /// An identifier or amount of another form.
    #[error("field {0}: {1}")]
    Id(Tag, BadPixId),
    /// A field of static codes in another.
    #[error("field {0} belongs to a static code, which has a key in 26-01")]
    NotStatic(Tag),
    /// Static and dynamic at once.
    #[error("a code has a key (26-01) or a location (26-25), not both")]
    KeyAndLocation,
    /// Neither a payment nor a recurrence.
    #[error("the code asks for nothing: it needs a key (26-01), a location (26-25) or a recurrence (80)")]
    Nothing,
}

fn inside(within: Option<u8>) -> String {
    within.map(|id| format!(" inside {id:02}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
