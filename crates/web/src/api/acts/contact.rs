//! Who a customer is and how to reach them, as a body says it.

use regua_core::party::{Address, Consent, ContactPoint, Customer, Email, Health, Phone, TaxId};
use regua_core::time::Zone;
use regua_core::words::{Channel, Language, Role};
use regua_wire::files::attribute_of;

use super::super::input::Input;
use super::super::problem::{FieldError, Problem};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::records::SOURCE;
use super::shared::{CHANNELS, REASON};

const LANGUAGES: &[&str] = &["pt-BR", "en", "es", "it", "fr", "de"];
const ROLES: &[&str] = &["owner", "billing", "accountant", "technical", "legal", "guarantor"];
const CONSENTS: &[&str] = &["contract", "opted_in", "opted_out", "none"];
/// The country of numbers where none is said.
const COUNTRY: &str = "BR";

/// A way to reach a person.
static CONTACT: Schema = Schema {
    name: "ContactPoint",
    doc: "A way to reach a person of a customer.",
    fields: &[
        must("channel", Kind::Word(CHANNELS), "The channel that this reaches."),
        must("address", Kind::Text(254), "The address on it: an e-mail address, a phone number, a name that the channel knows."),
        may("role", Kind::Word(ROLES), "What the person is to the customer; nobody in particular when nothing is said."),
        may(
            "consent",
            Kind::Word(CONSENTS),
            "On what ground it may be used; `contract` for e-mail and `none` elsewhere when nothing is said. Who opted out stays so \
             until POST /customers/{customer}/contact-news lifts it.",
        ),
    ],
};

static ONE_CONTACT: Kind = Kind::Of(&CONTACT);

/// What can be said of a customer, with more fields behind it.
macro_rules! with_customer {
    ($($more:expr),* $(,)?) => {
        &[
            may("name", Kind::Text(300), "What the person or company is called in a greeting."),
            may("tax_id", Kind::Text(40), "CPF, CNPJ or a foreign number."),
            may("country", Kind::Text(2), "The country of the tax id and of phone numbers without `+`; BR when nothing is said."),
            may("language", Kind::Word(LANGUAGES), "The language of messages; the company's when nothing is said."),
            may("time_zone", Kind::Text(60), "The time zone, such as America/Sao_Paulo; the policy's when nothing is said."),
            may("state", Kind::Text(6), "The state, such as SP, where law differs by it."),
            may("preferred_channel", Kind::Word(CHANNELS), "The channel that the customer chose."),
            may("contacts", Kind::List(&ONE_CONTACT, 50), "All ways to reach the customer, in order of preference."),
            may("attributes", Kind::Texts(200), "What else is known, for conditions and templates; an empty text takes one away."),
            $($more),*
        ]
    };
}

/// What a customer is entered with.
pub(super) const PUT: &[Field] = with_customer![SOURCE, REASON];
/// What of a customer is changed.
pub(super) const CHANGE: &[Field] = with_customer![REASON];

/// A customer beside what it owes.
pub(super) static RECORD: Schema = Schema {
    name: "CustomerRecord",
    doc: "A customer as its source tells it. What is left out stays as it is.",
    fields: with_customer![must("id", Kind::Name, "What the source calls it.")],
};

/// What was said, read; places of mistakes begin with `at`. Fields that were left out keep what `known` has.
pub(super) fn over(known: &Customer, said: &Input, at: &str) -> Result<Customer, Problem> {
    let mut wrong = Vec::new();
    let mut customer = known.clone();
    let country = said.text("country").unwrap_or(COUNTRY);
    if said.has("name") {
        customer.name = said.text("name").map(|name| name.trim().into());
    }
    if said.has("tax_id") {
        let read = said.text("tax_id").map(|text| TaxId::parse(text, country));
        customer.tax_id = keep(read, format!("{at}/tax_id"), &mut wrong);
    }
    if said.has("language") {
        customer.language = said.text("language").and_then(|word| word.parse::<Language>().ok());
    }
    if said.has("time_zone") {
        customer.zone = keep(said.text("time_zone").map(Zone::parse), format!("{at}/time_zone"), &mut wrong);
    }
    if said.has("state") {
        customer.state = keep(said.text("state").map(state), format!("{at}/state"), &mut wrong);
    }
    if said.has("preferred_channel") {
        customer.preferred = said.text("preferred_channel").and_then(|word| word.parse::<Channel>().ok());
    }
    if said.has("contacts") {
        customer.contacts = contacts(said, country, at, &mut wrong);
    }
    for (name, value) in said.by_name("attributes").unwrap_or_default() {
        if value.trim().is_empty() {
            customer.attributes.remove(name.as_str());
        } else {
            customer.attributes.insert(name.as_str().into(), attribute_of(value.trim()));
        }
    }
    if wrong.is_empty() { Ok(customer) } else { Err(Problem::fields(wrong)) }
}

/// What was read, or the mistake noted at its place.
fn keep<T, E: std::fmt::Display>(read: Option<Result<T, E>>, at: String, wrong: &mut Vec<FieldError>) -> Option<T> {
    match read? {
        Ok(value) => Some(value),
        Err(bad) => {
            wrong.push(FieldError::new(&at, "text", bad.to_string()));
            None
        }
    }
}

/// The subdivision of an ISO 3166-2 code, `SP` of `BR-SP` or `SP`.
fn state(text: &str) -> Result<Box<str>, &'static str> {
    let part = text.split_once('-').filter(|(country, _)| country.len() == 2).map_or(text, |(_, part)| part);
    if (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(part.to_ascii_uppercase().into())
    } else {
        Err("write a state such as SP or BR-SP")
    }
}

fn contacts(said: &Input, country: &str, at: &str, wrong: &mut Vec<FieldError>) -> Vec<ContactPoint> {
    let mut points: Vec<ContactPoint> = Vec::new();
    for (place, one) in said.objects("contacts").enumerate() {
        let channel = one.text("channel").and_then(|word| word.parse::<Channel>().ok()).unwrap_or(Channel::Email);
        let text = one.text("address").unwrap_or_default().trim();
        let address = match channel {
            Channel::Email => Email::parse(text).map(Address::Email).map_err(|bad| bad.to_string()),
            Channel::Sms | Channel::Whatsapp | Channel::Voice => {
                Phone::parse(text, country).map(Address::Phone).map_err(|bad| bad.to_string())
            }
            Channel::Push | Channel::InApp | Channel::Letter => Ok(Address::Token(text.into())),
        };
        let Some(address) = keep(Some(address), format!("{at}/contacts/{place}/address"), wrong) else { continue };
        if points.iter().any(|known| known.channel == channel && known.address == address) {
            wrong.push(FieldError::new(&format!("{at}/contacts/{place}"), "twice", "is there already; write it once"));
            continue;
        }
        let unasked = if channel == Channel::Email { Consent::Contract } else { Consent::None };
        let consent = match one.text("consent") {
            Some("contract") => Consent::Contract,
            Some("opted_in") => Consent::OptedIn,
            Some("opted_out") => Consent::OptedOut,
            Some("none") => Consent::None,
            Some(_) | None => unasked,
        };
        let role = one.text("role").and_then(|word| word.parse::<Role>().ok());
        points.push(ContactPoint { channel, address, role, consent, health: Health::Usable });
    }
    points
}
