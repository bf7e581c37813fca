//! Customers at Asaas, and whether Asaas speaks to them.
//!
//! Asaas makes a second customer of the same data without a word, so one is looked for by our key before it is made. Every
//! customer of ours is made with Asaas's own messages off: who duns is Régua. Deliberately absent: addresses, notes.

use std::fmt;

use regua_core::party::TaxId;
use serde::{Deserialize, Serialize};

use super::list;
use crate::gateways::br::{cut, get, is_id, read, segment, send};
use crate::gateways::{CustomerOrder, Request, Trouble, Verb};

/// Characters of a name.
const NAME_MAX: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewCustomer {
    name: String,
    cpf_cnpj: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    external_reference: String,
    notification_disabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Silence {
    notification_disabled: bool,
}

/// `GET /customers?externalReference=`: those of a key of ours.
#[must_use]
pub fn find(key: &str) -> Request {
    list::request("/customers", &[("externalReference", key)], 0)
}

/// `POST /customers`, with Asaas's own messages off.
///
/// # Errors
/// [`Trouble::Refused`] names what lacks: a name, or a document.
pub fn create(order: &CustomerOrder) -> Result<Request, Trouble> {
    let lacks = |code: &str, why: &str| Trouble::Refused { code: code.to_owned(), why: why.to_owned() };
    let name = cut(&order.payer.name, NAME_MAX);
    if name.is_empty() {
        return Err(lacks("payer-name", "Asaas wants a name of each customer: give this one a name"));
    }
    let document = order.payer.tax_id.as_deref().unwrap_or_default();
    let id = TaxId::parse(document, "BR")
        .or(Err(lacks("payer-document", "Asaas wants a CPF or CNPJ of each customer: give this one a right one")))?;
    let customer = NewCustomer {
        name,
        cpf_cnpj: id.as_str().to_owned(),
        email: order.payer.email.clone().filter(|email| !email.is_empty()),
        external_reference: order.key.clone(),
        notification_disabled: true,
    };
    Ok(send(Verb::Post, "/customers".to_owned(), &customer, false))
}

/// `PUT /customers/{id}`: turns Asaas's own messages off.
#[must_use]
pub fn silence(id: &str) -> Request {
    send(Verb::Put, format!("/customers/{}", segment(id)), &Silence { notification_disabled: true }, true)
}

/// `GET /customers/{id}`.
#[must_use]
pub fn one(id: &str) -> Request {
    get(format!("/customers/{}", segment(id)))
}

/// A customer as Asaas has it. Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Its name, `cus_…`.
    pub id: String,
    /// Who.
    #[serde(default)]
    pub name: Option<String>,
    /// CPF or CNPJ.
    #[serde(default)]
    pub cpf_cnpj: Option<String>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// A mobile number.
    #[serde(default)]
    pub mobile_phone: Option<String>,
    /// Another number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Ours, or whatever the account's owner keeps there.
    #[serde(default)]
    pub external_reference: Option<String>,
    /// Whether Asaas is silent to it.
    #[serde(default)]
    pub notification_disabled: Option<bool>,
    /// Whether it was taken away.
    #[serde(default)]
    pub deleted: Option<bool>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Customer {}", self.id)
    }
}

impl Customer {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let customer: Self = read(body)?;
        if is_id(&customer.id) { Ok(customer) } else { Err("an id in it has another form".to_owned()) }
    }

    /// Whether Asaas speaks to it by itself; when it does not say, it does: that is how customers are made there.
    #[must_use]
    pub fn is_reminded(&self) -> bool {
        self.notification_disabled != Some(true)
    }
}
