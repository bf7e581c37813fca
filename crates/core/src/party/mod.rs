//! Who owes: customers, their contact points, consent and preferences.

pub mod email;
pub mod phone;
pub mod tax_id;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Zone;
use crate::words::{Channel, Language, Role};

pub use email::Email;
pub use phone::Phone;
pub use tax_id::TaxId;

/// Who owes. Names and addresses are personal data: `Debug` of the parts shows none of it.
///
/// What is serialised is for our own encrypted store: reading it back trusts it.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// What the person or company is called in a greeting.
    pub name: Option<Box<str>>,
    /// CPF, CNPJ or a foreign number kept as text.
    pub tax_id: Option<TaxId>,
    /// The language of messages; the tenant's when absent.
    pub language: Option<Language>,
    /// The time zone; the policy's when absent.
    pub zone: Option<Zone>,
    /// ISO 3166-2 subdivision without its country (`SP`, `MA`), where law differs by state.
    pub state: Option<Box<str>>,
    /// The channel that the customer chose.
    pub preferred: Option<Channel>,
    /// Ways to reach the customer, in order of preference within a channel.
    pub contacts: Vec<ContactPoint>,
    /// Everything else that is known, for conditions and templates.
    pub attributes: BTreeMap<Box<str>, Attribute>,
}

impl Customer {
    /// The contact points of a channel, in order of preference.
    pub fn on(&self, channel: Channel) -> impl Iterator<Item = &ContactPoint> {
        self.contacts.iter().filter(move |point| point.channel == channel)
    }

    /// The contact points of a channel whose person has this role (or, with `None`, no role).
    pub fn holders(&self, channel: Channel, role: Option<Role>) -> impl Iterator<Item = &ContactPoint> {
        self.on(channel).filter(move |point| point.role == role)
    }

    /// Whether any contact point, on whatever channel, has this role.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.contacts.iter().any(|point| point.role == Some(role))
    }
}

/// Shows what decides about contacts, and nothing of the person: no name, number, address or attribute's value.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("tax_id", &self.tax_id)
            .field("language", &self.language)
            .field("zone", &self.zone)
            .field("state", &self.state)
            .field("preferred", &self.preferred)
            .field("contacts", &self.contacts)
            .field("attributes", &self.attributes.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// One way to reach one person of the customer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContactPoint {
    /// The channel this reaches.
    pub channel: Channel,
    /// The address on it.
    pub address: Address,
    /// The person's role; none in imported files (SPEC §2).
    pub role: Option<Role>,
    /// On what ground the address may be used.
    pub consent: Consent,
    /// Whether messages arrive, as far as known.
    pub health: Health,
}

impl ContactPoint {
    /// An e-mail address without a role, usable for the contract (SPEC §17).
    #[must_use]
    pub fn email(email: Email) -> Self {
        Self { channel: Channel::Email, address: Address::Email(email), role: None, consent: Consent::Contract, health: Health::Usable }
    }

    /// A phone number without a role, on a channel of phones, of whose consent nothing is known (SPEC §17).
    #[must_use]
    pub fn phone(channel: Channel, phone: Phone) -> Self {
        Self { channel, address: Address::Phone(phone), role: None, consent: Consent::None, health: Health::Usable }
    }

    /// A device, browser or user known to the channel's adapter, who opted in by registering it.
    #[must_use]
    pub fn token(channel: Channel, token: &str) -> Self {
        Self { channel, address: Address::Token(token.into()), role: None, consent: Consent::OptedIn, health: Health::Usable }
    }

    /// The same point, of a person with this role.
    #[must_use]
    pub fn with_role(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    /// The same point, on another ground.
    #[must_use]
    pub fn with_consent(self, consent: Consent) -> Self {
        Self { consent, ..self }
    }

    /// Whether messages arrive and the person has not opted out. Whether the channel asks for more than that, the
    /// rulebook says.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.health == Health::Usable && self.consent != Consent::OptedOut
    }
}

/// An address in its normal form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// An e-mail address.
    Email(Email),
    /// A phone number, for SMS, WhatsApp and voice.
    Phone(Phone),
    /// A device, browser or user known to the channel's adapter.
    Token(Box<str>),
}

impl Address {
    /// The address as its channel takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
            Self::Token(token) => token,
        }
    }

    /// For eyes that need to recognise it.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Email(email) => email.masked(),
            Self::Phone(phone) => phone.masked(),
            Self::Token(_) => "***".to_owned(),
        }
    }
}

/// Shows the sort of address only: it is personal data.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(email) => email.fmt(f),
            Self::Phone(phone) => phone.fmt(f),
            Self::Token(_) => f.write_str("token(***)"),
        }
    }
}

/// On what ground an address may be used (SPEC §17: without a consent column e-mail is `Contract`, SMS and WhatsApp `None`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Given for messages about the contract; no opt-in needed on this channel.
    Contract,
    /// The person opted in.
    OptedIn,
    /// The person opted out: never use.
    OptedOut,
    /// Nothing is known; usable only where no consent is needed.
    None,
}

/// Whether messages to a contact point arrive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nothing speaks against it.
    Usable,
    /// A hard bounce or a complaint: not used until mended.
    Bounced,
    /// On a suppression list (do-not-call registers, "not me").
    Suppressed,
}

/// The value of an attribute: what a file's further column held.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// `true` or `false`.
    Bool(bool),
    /// A fixed-point number in millionths.
    Number(i64),
    /// Anything else.
    Text(Box<str>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> Customer {
        let email = |text: &str| ContactPoint::email(Email::parse(text).unwrap());
        let phone = Phone::parse("11 98765-4321", "BR").unwrap();
        Customer {
            name: Some("Ana Silva".into()),
            tax_id: Some(TaxId::parse("529.982.247-25", "BR").unwrap()),
            language: Some(Language::PtBr),
            contacts: vec![
                email("ana@example.com"),
                email("contas@example.com").with_role(Role::Billing),
                ContactPoint::phone(Channel::Whatsapp, phone.clone()).with_consent(Consent::OptedIn),
                ContactPoint::phone(Channel::Sms, phone).with_consent(Consent::OptedOut),
                ContactPoint::token(Channel::Push, "secret-device"),
            ],
            attributes: BTreeMap::from([("tier".into(), Attribute::Text("gold".into()))]),
            ..Customer::default()
        }
    }

    #[test]
    fn contact_points_are_found_by_channel_and_role() {
        let customer = customer();
        let found = |channel, role| customer.holders(channel, role).map(|point| point.address.as_str()).collect::<Vec<_>>();
        assert_eq!(found(Channel::Email, Some(Role::Billing)), ["contas@example.com"]);
        assert_eq!(found(Channel::Email, None), ["ana@example.com"]);
        assert_eq!(found(Channel::Whatsapp, Some(Role::Billing)), [""; 0]);
        assert_eq!(customer.on(Channel::Email).count(), 2);
        assert!(customer.has_role(Role::Billing) && !customer.has_role(Role::Owner));
        let usable: Vec<bool> = customer.contacts.iter().map(ContactPoint::is_usable).collect();
        assert_eq!(usable, [true, true, true, false, true]);
    }

    #[test]
    fn debug_output_has_nothing_of_the_person() {
        let text = format!("{:?}", customer());
        for secret in ["Ana", "ana", "contas", "example", "52998", "982", "98765", "4321", "secret", "gold"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("Whatsapp") && text.contains("tier"), "{text}");
    }
}
