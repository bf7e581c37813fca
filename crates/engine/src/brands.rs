//! Brands: the names under which a company writes, each with its legal data, sender and looks.
//!
//! A customer's attribute `brand` says the key of its brand; without one, or with a key of none, the default brand writes, and
//! without a default what the settings say. Brands are read once for a group of messages. Each change is an event of the
//! tenant's chain with a digest of what the brand then is, and `verify` compares. Deliberately absent: what only the settings
//! say: the language, where to unsubscribe, and where bounces return.

use std::collections::BTreeMap;
use std::sync::Arc;

use regua_core::ids::{BrandId, TenantId};
use regua_core::party::{Attribute, Customer, Email};
use regua_core::time::Instant;
use regua_store::brands::{self, BrandRow};
use regua_store::db::{Scope, Tx};
use regua_wire::channels::{Colour, mime};
use regua_wire::messages::context::Creditor;
use regua_wire::messages::{Line, Link, Templates};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::commands::tell::{About, find};
use crate::commands::tenant::{millis, note};
use crate::error::{Error, Result};
use crate::letters::Company;
use crate::links::Mint;
use crate::log::{self, Act};
use crate::ports::Rng;

/// The attribute of a customer that names its brand.
pub const ATTRIBUTE: &str = "brand";
/// Most brands of a tenant.
pub const BRANDS_MAX: usize = 200;
/// Longest key, in bytes.
const KEY_MAX: usize = 40;
/// Longest domain (RFC 1035), in bytes.
const DOMAIN_MAX: usize = 253;

/// A brand as it is set up. Nothing in it is of a debtor.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
#[serde(default)]
pub struct Brand {
    /// What customers know it by; at most 60 characters.
    pub name: String,
    /// The name of the company behind it, where that is another: it stands before the address.
    pub legal_name: String,
    /// The postal address in one line.
    pub address: String,
    /// The company's number with its label, e.g. `CNPJ 12.345.678/0001-95`.
    pub tax_id: String,
    /// Where a person answers, e.g. an e-mail address or a phone number.
    pub contact: String,
    /// Where to see, pay and answer: `https`.
    pub link: String,
    /// What stands beside the sender's address; the brand's name when empty.
    pub sender_name: String,
    /// The address that mails are from.
    pub sender: String,
    /// Where answers go, if not to the sender.
    pub reply_to: String,
    /// The colour of the button and the page's edge, e.g. `#1f4e79`.
    pub colour: String,
    /// A picture in place of the name: `https`.
    pub logo: String,
    /// The domain under which its customers find the portal.
    pub portal_domain: String,
}

/// A brand with what it goes by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedBrand {
    /// Its id.
    pub id: BrandId,
    /// What a customer's attribute `brand` says to choose it.
    pub key: String,
    /// Whether it writes to customers that choose none.
    pub is_default: bool,
    /// When it was added.
    pub added_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
    /// What it is.
    pub brand: Brand,
}

/// The payload of events of the kinds `brand_put`, `brand_default` and `brand_removed`.
#[derive(Serialize, Deserialize)]
struct BrandNote {
    /// Which; of `brand_default` nothing when no brand is the default any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    brand: Option<BrandId>,
    /// Its key, when it was put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// SHA-256 of what it is then, when it was put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// By whom.
    by: String,
}

impl Brand {
    /// How it writes.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `bad_brand`: the field that is missing or none, and the mend.
    fn compiled(&self) -> Result<Writes> {
        for (field, text) in [("name", &self.name), ("address", &self.address), ("tax_id", &self.tax_id), ("contact", &self.contact)] {
            if text.trim().is_empty() {
                return Err(bad(field, "is missing; messages must say who writes"));
            }
        }
        let name = whole("name", &self.name, Line::name)?;
        let address = if self.legal_name.trim().is_empty() {
            whole("address", &self.address, Line::new)?
        } else {
            whole("legal_name", &self.legal_name, Line::name)?;
            // Both must stand on what is written; the name alone is what subjects say.
            whole("address", &format!("{}, {}", self.legal_name.trim(), self.address.trim()), Line::new)?
        };
        let creditor = Creditor {
            name: name.clone(),
            address,
            tax_id: whole("tax_id", &self.tax_id, Line::new)?,
            contact: whole("contact", &self.contact, Line::new)?,
        };
        let link = |field: &'static str, text: &str| Link::parse(text).map_err(|why| bad(field, &why.to_string()));
        let email = |field: &'static str, text: &str| Email::parse(text).map_err(|_why| bad(field, "is not an e-mail address"));
        let colour = given(&self.colour).map(|text| Colour::parse(text).ok_or_else(|| bad("colour", "is not one such as #1f4e79")));
        if let Some(domain) = given(&self.portal_domain)
            && !is_domain(domain)
        {
            return Err(bad("portal_domain", "is not a domain such as pay.acme.example"));
        }
        let mail = mime::Brand {
            name: given(&self.sender_name).map(|text| whole("sender_name", text, Line::name)).transpose()?.unwrap_or(name),
            sender: email("sender", &self.sender)?,
            reply_to: given(&self.reply_to).map(|text| email("reply_to", text)).transpose()?,
            colour: colour.transpose()?,
            logo: given(&self.logo).map(|text| link("logo", text)).transpose()?,
        };
        Ok(Writes { creditor, link: link("link", &self.link)?, mail })
    }
}

/// A brand in the types of messages.
struct Writes {
    creditor: Creditor,
    link: Link,
    mail: mime::Brand,
}

/// Who writes a message: the company on it, and how its mail looks.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) company: Company,
    pub(crate) mail: mime::Brand,
    /// Where its customers find the portal, if that is a domain of its own.
    pub(crate) portal_domain: Option<String>,
}

/// The brands of a tenant, ready to write.
pub(crate) struct Writers {
    by_key: BTreeMap<String, Writer>,
    default: Option<String>,
    /// Makes each message's own link; nothing where there is no portal.
    pub(crate) mint: Option<Mint>,
    /// The texts of the company's own over those of the stationery; nothing where it has none.
    pub(crate) texts: Option<Arc<Templates>>,
}

impl Writers {
    /// Reads them, one query for all; `company` is that of the settings.
    pub(crate) fn read(tx: &mut Tx<'_>, tenant: TenantId, company: &Company) -> Result<Self> {
        let mut writers = Self { by_key: BTreeMap::new(), default: None, mint: None, texts: None };
        for row in brands::all(tx, tenant)? {
            let is_default = row.is_default;
            let NamedBrand { key, brand, .. } = named(row)?;
            let Writes { creditor, link, mail } = brand.compiled()?;
            if is_default {
                writers.default = Some(key.clone());
            }
            let portal_domain = given(&brand.portal_domain).map(str::to_owned);
            let company = Company { creditor, link, language: company.language };
            writers.by_key.insert(key, Writer { company, mail, portal_domain });
        }
        Ok(writers)
    }

    /// Who writes to a customer; nobody when that is as the settings say.
    pub(crate) fn of(&self, customer: &Customer) -> Option<&Writer> {
        let chosen = match customer.attributes.get(ATTRIBUTE) {
            Some(Attribute::Text(text)) => self.by_key.get(&text.trim().to_ascii_lowercase()),
            // No key reads as one of these.
            Some(Attribute::Bool(_) | Attribute::Number(_)) | None => None,
        };
        chosen.or_else(|| self.by_key.get(self.default.as_ref()?))
    }
}

/// The brand that a customer sees; none when that is as the settings say.
pub(crate) fn of_customer(tx: &mut Tx<'_>, tenant: TenantId, customer: &Customer) -> Result<Option<Brand>> {
    let mut rows = brands::all(tx, tenant)?;
    let chosen = match customer.attributes.get(ATTRIBUTE) {
        Some(Attribute::Text(text)) => Some(text.trim().to_ascii_lowercase()),
        Some(Attribute::Bool(_) | Attribute::Number(_)) | None => None,
    };
    let place = rows.iter().position(|row| Some(&row.key) == chosen.as_ref()).or_else(|| rows.iter().position(|row| row.is_default));
    place.map(|place| Ok(named(rows.swap_remove(place))?.brand)).transpose()
}

impl Engine {
    /// The brand that the customer of a receivable, or a customer, sees; none when that is as the settings say.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such thing; whatever the database says.
    pub fn brand_of(&self, tenant: TenantId, about: &About) -> Result<Option<Brand>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, about)?.customer;
            // Who was erased has chosen none.
            let person = self.person_behind(tx, tenant, customer)?.unwrap_or_default();
            of_customer(tx, tenant, &person)
        })
    }

    /// Adds a brand, or changes the one that has this key.
    ///
    /// * `key` — lower-case letters, digits and `-`, beginning with a letter, at most 40: what a customer's attribute says.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `bad_brand_key`; `bad_brand` with the field and the mend; `many_brands` beyond [`BRANDS_MAX`].
    /// Whatever the database says.
    pub fn put_brand(&self, tenant: TenantId, key: &str, brand: &Brand, act: &Act, now: Instant, rng: &mut dyn Rng) -> Result<BrandId> {
        if !is_key(key) {
            let told =
                "the key of a brand is lower-case letters, digits and `-`, begins with a letter, and has at most 40; not true or false";
            return Err(Error::refused("bad_brand_key", told));
        }
        brand.compiled()?;
        let body = log::json(brand)?;
        let new = BrandId::new(millis(now), rng.bytes());
        self.db.write(Scope::Tenant(tenant), |tx| {
            // The tenant's row is locked, so nobody else adds one of this key meanwhile.
            let mut stored = self.locked_tenant(tx, tenant)?;
            let known = brands::all(tx, tenant)?;
            let id = match known.iter().find(|row| row.key == key) {
                Some(row) if row.body == body => return Ok(row.brand),
                Some(row) => {
                    brands::set(tx, tenant, row.brand, &body, now)?;
                    row.brand
                }
                None if known.len() >= BRANDS_MAX => {
                    return Err(Error::refused("many_brands", format!("a company has at most {BRANDS_MAX} brands; remove one first")));
                }
                None => {
                    let (key, body) = (key.to_owned(), body.clone());
                    let row = BrandRow { brand: new, key, is_default: false, added_at: now, changed_at: now, body };
                    brands::add(tx, tenant, &row)?;
                    new
                }
            };
            let digest = Some(digest(&body));
            let payload = BrandNote { brand: Some(id), key: Some(key.to_owned()), digest, by: act.by.clone() };
            note(tx, &mut stored, now, "brand_put", log::json(&payload)?)?;
            Ok(id)
        })
    }

    /// The brands, by key; at most [`BRANDS_MAX`].
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn brands(&self, tenant: TenantId) -> Result<Vec<NamedBrand>> {
        self.db.read(Scope::Tenant(tenant), |tx| brands::all(tx, tenant)?.into_iter().map(named).collect())
    }

    /// A brand.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`], `no_brand`; whatever the database says.
    pub fn brand(&self, tenant: TenantId, id: BrandId) -> Result<NamedBrand> {
        self.brands(tenant)?.into_iter().find(|brand| brand.id == id).ok_or_else(|| no_brand(id))
    }

    /// Makes a brand the one that writes to customers that choose none; with nothing, the settings write to them again.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`], `no_brand`; whatever the database says.
    pub fn make_default_brand(&self, tenant: TenantId, id: Option<BrandId>, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let before = brands::all(tx, tenant)?.into_iter().find(|row| row.is_default).map(|row| row.brand);
            if before == id {
                return Ok(());
            }
            match id {
                Some(id) if !brands::make_default(tx, tenant, id)? => return Err(no_brand(id)),
                Some(_) => {}
                None => brands::clear_default(tx, tenant)?,
            }
            let payload = BrandNote { brand: id, key: None, digest: None, by: act.by.clone() };
            note(tx, &mut stored, now, "brand_default", log::json(&payload)?)
        })
    }

    /// Removes a brand that is not the default. To customers that chose it the default brand writes from now on.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `default_brand`; [`crate::Kind::NotFound`], `no_brand`; whatever the database says.
    pub fn remove_brand(&self, tenant: TenantId, id: BrandId, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            if !brands::remove(tx, tenant, id)? {
                let is_there = brands::all(tx, tenant)?.iter().any(|row| row.brand == id);
                let refused = || Error::refused("default_brand", "this is the default brand; make another the default first, or none");
                return Err(if is_there { refused() } else { no_brand(id) });
            }
            let payload = BrandNote { brand: Some(id), key: None, digest: None, by: act.by.clone() };
            note(tx, &mut stored, now, "brand_removed", log::json(&payload)?)
        })
    }
}

/// The brands as the tenant's chain tells of them: which there are, with key and digest, and the default.
#[derive(Default)]
pub(crate) struct Told {
    brands: BTreeMap<BrandId, (String, String)>,
    default: Option<BrandId>,
}

impl Told {
    /// Takes an event in.
    pub(crate) fn take(&mut self, kind: &str, payload: &str) -> Result<()> {
        let unread = |why: &str| Error::bug("event_read", format!("a `{kind}` event cannot be read: {why}"));
        let BrandNote { brand, key, digest, .. } = serde_json::from_str(payload).map_err(|why| unread(&why.to_string()))?;
        if kind == "brand_default" {
            self.default = brand;
            return Ok(());
        }
        let brand = brand.ok_or_else(|| unread("it names no brand"))?;
        match key.zip(digest) {
            Some(now) => drop(self.brands.insert(brand, now)),
            None => drop(self.brands.remove(&brand)),
        }
        Ok(())
    }

    /// The brands that are not as the chain says: those that it does not know, those that are missing, those that differ.
    pub(crate) fn differing(mut self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<Differing> {
        let mut found = Differing::default();
        for row in brands::all(tx, tenant)? {
            match self.brands.remove(&row.brand) {
                None => found.unknown.push(row.brand),
                Some(told) => {
                    if told != (row.key, digest(&row.body)) || row.is_default != (self.default == Some(row.brand)) {
                        found.altered.push(row.brand);
                    }
                }
            }
        }
        found.missing.extend(self.brands.into_keys());
        Ok(found)
    }
}

/// Brands that are not as the chain says.
#[derive(Default)]
pub(crate) struct Differing {
    pub(crate) unknown: Vec<BrandId>,
    pub(crate) altered: Vec<BrandId>,
    pub(crate) missing: Vec<BrandId>,
}

fn named(row: BrandRow) -> Result<NamedBrand> {
    let unread = |why: serde_json::Error| Error::bug("brand_read", format!("the brand {} cannot be read: {why}", row.key));
    let brand = serde_json::from_str(&row.body).map_err(unread)?;
    let BrandRow { brand: id, key, is_default, added_at, changed_at, .. } = row;
    Ok(NamedBrand { id, key, is_default, added_at, changed_at, brand })
}

fn digest(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn no_brand(id: BrandId) -> Error {
    Error::not_found("no_brand", format!("there is no brand {id}"))
}

fn bad(field: &str, why: &str) -> Error {
    Error::refused("bad_brand", format!("{field} {why}"))
}

/// What is there.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A text as a line that says all of it: what legal data leave out nobody can complain about.
fn whole(field: &str, text: &str, line: impl FnOnce(&str) -> Line) -> Result<Line> {
    let line = line(text);
    if line.is_empty() {
        return Err(bad(field, "cannot be printed: it looks like a link or a number"));
    }
    if line.as_str().ends_with('…') && !text.trim_end().ends_with('…') {
        return Err(bad(field, "is too long to be printed whole; a name has at most 60 characters, an address 160 with the legal name"));
    }
    Ok(line)
}

/// Nothing that a file's column would read as a number or as true or false.
fn is_key(key: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    key.len() <= KEY_MAX
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(fits)
        && !matches!(key, "true" | "false")
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= DOMAIN_MAX && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> Brand {
        Brand {
            name: "Acme".into(),
            address: "Rua das Flores 12, 01310-100 São Paulo SP".into(),
            tax_id: "CNPJ 12.345.678/0001-95".into(),
            contact: "contas@acme.example".into(),
            link: "https://pay.acme.example".into(),
            sender: "contas@acme.example".into(),
            ..Brand::default()
        }
    }

    #[test]
    fn a_brand_is_checked_as_the_settings_are() {
        type Spoil = fn(&mut Brand);
        assert!(acme().compiled().is_ok());
        let spoilt: [(&str, Spoil); 14] = [
            ("name", |brand| brand.name.clear()),
            ("name", |brand| brand.name = "www.acme.example".into()),
            ("name", |brand| brand.name = "A".repeat(61)),
            ("address", |brand| brand.address = "  ".into()),
            ("address", |brand| (brand.legal_name, brand.address) = ("Acme Ltda".into(), "x".repeat(155))),
            ("tax_id", |brand| brand.tax_id.clear()),
            ("contact", |brand| brand.contact.clear()),
            ("link", |brand| brand.link = "http://acme.example".into()),
            ("sender", |brand| brand.sender = "acme".into()),
            ("sender_name", |brand| brand.sender_name = "a@b".into()),
            ("reply_to", |brand| brand.reply_to = "@".into()),
            ("colour", |brand| brand.colour = "blue".into()),
            ("logo", |brand| brand.logo = "logo.png".into()),
            ("portal_domain", |brand| brand.portal_domain = "https://acme.example".into()),
        ];
        for (field, spoil) in spoilt {
            let mut brand = acme();
            spoil(&mut brand);
            let told = brand.compiled().err().map(|error| error.to_string()).unwrap_or_default();
            assert!(told.starts_with(&format!("{field} ")), "{field}: {told}");
        }
    }

    #[test]
    fn the_legal_name_stands_with_the_address_and_subjects_say_the_brand() {
        let writes = Brand { legal_name: "Acme Pagamentos Ltda".into(), ..acme() }.compiled().unwrap();
        assert_eq!(writes.creditor.name.as_str(), "Acme");
        assert_eq!(writes.creditor.address.as_str(), "Acme Pagamentos Ltda, Rua das Flores 12, 01310-100 São Paulo SP");
        assert_eq!(writes.mail.name.as_str(), "Acme");
    }

    #[test]
    fn keys_are_words_that_no_file_reads_otherwise() {
        for key in ["acme", "a", "acme-2", &"a".repeat(40)] {
            assert!(is_key(key), "{key}");
        }
        for key in ["", "2", "Acme", "acme corp", "-acme", "true", "false", "ação", &"a".repeat(41)] {
            assert!(!is_key(key), "{key}");
        }
    }
}
