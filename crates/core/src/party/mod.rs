//! Who owes: customers, their contact points, consent and preferences.

pub mod email;
pub mod phone;
pub mod tax_id;

use std::collections::BTreeMap;

use crate::time::Zone;
use crate::words::{Channel, Language, Role};

pub use email::Email;
pub use phone::Phone;
pub use tax_id::TaxId;

/// Who owes. Names and addresses are personal data: `Debug` of the parts shows none of it.
#[derive(Clone, PartialEq, Default)]
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

/// One way to reach one person of the customer.
#[derive(Clone, PartialEq)]
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

/// An address in its normal form.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// An e-mail address.
    Email(Email),
    /// A phone number, for SMS, WhatsApp and voice.
    Phone(Phone),
    /// A device, browser or user known to the channel's adapter.
    Token(Box<str>),
}

/// On what ground an address may be used (SPEC §17: without a consent column e-mail is `Contract`, SMS and WhatsApp `None`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    /// Nothing speaks against it.
    Usable,
    /// A hard bounce or a complaint: not used until mended.
    Bounced,
    /// On a suppression list (do-not-call registers, "not me").
    Suppressed,
}

/// The value of an attribute: what a file's further column held.
#[derive(Clone, PartialEq, Debug)]
pub enum Attribute {
    /// `true` or `false`.
    Bool(bool),
    /// A fixed-point number in millionths.
    Number(i64),
    /// Anything else.
    Text(Box<str>),
}
