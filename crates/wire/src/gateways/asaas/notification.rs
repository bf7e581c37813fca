//! Asaas's own messages to a customer: whether they are on, and off with them.
//!
//! Each customer has eight from the beginning, which can be changed and neither made nor taken away. Those to the account's
//! owner are left as they are. Deliberately absent: their words and hours.

use serde::{Deserialize, Serialize};

use super::list::Page;
use crate::gateways::br::{get, is_id, segment, send};
use crate::gateways::{Request, Verb};

/// Messages of a customer that are changed at most in one request.
const BATCH_MAX: usize = 100;

/// One message, by its event.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its name, `not_…`.
    pub id: String,
    /// When it goes, e.g. `PAYMENT_OVERDUE`.
    #[serde(default)]
    pub event: Option<String>,
    /// Whether it goes at all.
    #[serde(default)]
    pub enabled: bool,
    #[serde(default)]
    email_enabled_for_customer: bool,
    #[serde(default)]
    sms_enabled_for_customer: bool,
    #[serde(default)]
    phone_call_enabled_for_customer: bool,
    #[serde(default)]
    whatsapp_enabled_for_customer: bool,
}

impl Notification {
    /// Whether it reaches the customer.
    #[must_use]
    pub const fn speaks(&self) -> bool {
        self.enabled
            && (self.email_enabled_for_customer
                || self.sms_enabled_for_customer
                || self.phone_call_enabled_for_customer
                || self.whatsapp_enabled_for_customer)
    }
}

/// `GET /customers/{id}/notifications`.
#[must_use]
pub fn of(customer: &str) -> Request {
    get(format!("/customers/{}/notifications", segment(customer)))
}

/// Reads the reply.
///
/// # Errors
/// Where it cannot be read.
pub fn read(body: &[u8]) -> Result<Vec<Notification>, String> {
    Page::read(body).map(|page: Page<Notification>| page.data)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Off<'a> {
    id: &'a str,
    email_enabled_for_customer: bool,
    sms_enabled_for_customer: bool,
    phone_call_enabled_for_customer: bool,
    whatsapp_enabled_for_customer: bool,
}

#[derive(Serialize)]
struct Batch<'a> {
    customer: &'a str,
    notifications: Vec<Off<'a>>,
}

/// `PUT /notifications/batch`: those that reach the customer do no more; none when none does.
#[must_use]
pub fn turn_off(customer: &str, all: &[Notification]) -> Option<Request> {
    let notifications: Vec<Off<'_>> = all
        .iter()
        .filter(|notification| notification.speaks() && is_id(&notification.id))
        .take(BATCH_MAX)
        .map(|notification| Off {
            id: &notification.id,
            email_enabled_for_customer: false,
            sms_enabled_for_customer: false,
            phone_call_enabled_for_customer: false,
            whatsapp_enabled_for_customer: false,
        })
        .collect();
    let batch = Batch { customer, notifications };
    (!batch.notifications.is_empty()).then(|| send(Verb::Put, "/notifications/batch".to_owned(), &batch, true))
}
