//! Subscriptions at Asaas, which only a mirror reads: Régua bills by itself.
//!
//! Deliberately absent: making and changing one.

use regua_core::time::Day;
use serde::Deserialize;

use super::list;
use super::reais::Reais;
use crate::gateways::Request;
use crate::gateways::br::{get, is_id, read, segment};

/// A subscription as Asaas has it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its name, `sub_…`.
    pub id: String,
    /// Of whom.
    pub customer: String,
    /// How it is paid.
    #[serde(default)]
    pub billing_type: Option<String>,
    /// How much each time.
    pub value: Reais,
    /// When the next payment is due.
    #[serde(default)]
    pub next_due_date: Option<Day>,
    /// `WEEKLY`, `BIWEEKLY`, `MONTHLY`, `BIMONTHLY`, `QUARTERLY`, `SEMIANNUALLY`, `YEARLY`.
    #[serde(default)]
    pub cycle: Option<String>,
    /// Until when.
    #[serde(default)]
    pub end_date: Option<Day>,
    /// `ACTIVE`, `INACTIVE`, `EXPIRED`.
    #[serde(default)]
    pub status: Option<String>,
    /// The account owner's.
    #[serde(default)]
    pub external_reference: Option<String>,
    /// Whether it was taken away.
    #[serde(default)]
    pub deleted: Option<bool>,
}

impl Subscription {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let subscription: Self = read(body)?;
        let sound = is_id(&subscription.id) && is_id(&subscription.customer);
        if sound { Ok(subscription) } else { Err("an id in it has another form".to_owned()) }
    }

    /// Whether it makes payments still.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.deleted != Some(true) && !matches!(self.status.as_deref(), Some("INACTIVE" | "EXPIRED"))
    }
}

/// `GET /subscriptions`.
#[must_use]
pub fn list(offset: u32) -> Request {
    list::request("/subscriptions", &[], offset)
}

/// `GET /subscriptions/{id}`.
#[must_use]
pub fn one(id: &str) -> Request {
    get(format!("/subscriptions/{}", segment(id)))
}

/// `GET /subscriptions/{id}/payments`: those that were made until now, up to 40 days ahead.
#[must_use]
pub fn payments(id: &str, offset: u32) -> Request {
    list::request(&format!("/subscriptions/{}/payments", segment(id)), &[], offset)
}
