//! Payments at Asaas: what is owed, how it is paid, and where it stands.
//!
//! `CONFIRMED` is paid, though the money is not at hand yet; `RECEIVED` that it is. For who owes there is no difference. What
//! went back is told beside: a payment that was given back was taken before. Deliberately absent: numbers of cards, instalments,
//! and splits, which are read over.

use std::fmt;

use regua_core::charging::{CodeSpace, Scheme, Signal};
use regua_core::time::Day;
use regua_core::words::Rail;
use serde::{Deserialize, Serialize};

use super::list;
use super::reais::{Reais, loose};
use crate::gateways::br::{bare, code, get, is_id, segment, send};
use crate::gateways::{
    Charged, Instrument, InstrumentStanding, MethodNews, MethodStanding, Refund, RefundStanding, Request, Settlement, Verb,
};

/// Characters of what a payment says.
pub(super) const DESCRIPTION_MAX: usize = 500;

/// How a payment is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Billing {
    /// By slip, which also shows a Pix code.
    Boleto,
    /// By Pix.
    Pix,
    /// By card: by a stored one, or on a page of Asaas's.
    CreditCard,
    /// As the payer likes, on a page of Asaas's.
    Undefined,
}

/// A share (`interest`, `fine`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Share {
    /// In percent; of interest per month.
    pub value: Reais,
    /// `PERCENTAGE`; interest has no type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
}

/// A payment as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPayment {
    /// Asaas's name of the customer.
    pub customer: String,
    /// How it is paid.
    pub billing_type: Billing,
    /// How much.
    pub value: Reais,
    /// Not before today.
    pub due_date: Day,
    /// Shown to the payer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Ours: what it is found again by, since Asaas has no idempotency key.
    pub external_reference: String,
    /// Of a slip: days after the due date on which it can be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_after_due_date_to_registration_cancellation: Option<i32>,
    /// Added by time after the due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest: Option<Share>,
    /// Added once after the due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine: Option<Share>,
    /// A stored card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_card_token: Option<String>,
    /// Asaas wants an address of whoever pays by card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
}

/// `POST /payments`. Sent twice it makes two: a lost reply is asked about by [`find`].
#[must_use]
pub fn create(payment: &NewPayment) -> Request {
    send(Verb::Post, "/payments".to_owned(), payment, false)
}

/// `GET /payments?externalReference=`: those of a key of ours.
#[must_use]
pub fn find(key: &str) -> Request {
    list::request("/payments", &[("externalReference", key)], 0)
}

/// `GET /payments/{id}`.
#[must_use]
pub fn one(id: &str) -> Request {
    get(format!("/payments/{}", segment(id)))
}

/// `DELETE /payments/{id}`: takes one away that was not paid. Sent twice it is gone all the same.
#[must_use]
pub fn delete(id: &str) -> Request {
    bare(Verb::Delete, format!("/payments/{}", segment(id)), true)
}

/// `GET /payments/{id}/pixQrCode`: the code of a Pix.
#[must_use]
pub fn pix_code(id: &str) -> Request {
    get(format!("/payments/{}/pixQrCode", segment(id)))
}

/// `GET /payments/{id}/identificationField`: the line of a slip.
#[must_use]
pub fn line(id: &str) -> Request {
    get(format!("/payments/{}/identificationField", segment(id)))
}

#[derive(Serialize)]
struct RefundBody<'a> {
    value: Reais,
    description: &'a str,
}

/// `POST /payments/{id}/refund`. Sent twice it gives back twice: a lost reply is asked about by [`one`], and found by its words.
#[must_use]
pub fn refund(id: &str, value: Reais, description: &str) -> Request {
    send(Verb::Post, format!("/payments/{}/refund", segment(id)), &RefundBody { value, description }, false)
}

/// Reads the reply to [`pix_code`].
///
/// # Errors
/// Where it cannot be read.
pub fn read_pix_code(body: &[u8]) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Code {
        payload: String,
    }
    crate::gateways::br::read(body).map(|code: Code| code.payload)
}

/// Reads the reply to `line`.
///
/// # Errors
/// Where it cannot be read.
pub fn read_line(body: &[u8]) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(rename = "identificationField")]
        line: String,
    }
    crate::gateways::br::read(body).map(|line: Line| line.line)
}

/// A payment as Asaas has it. What it says to the payer is not read.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Its name, `pay_…`.
    pub id: String,
    /// Of whom.
    #[serde(default)]
    pub customer: Option<String>,
    /// Of which subscription.
    #[serde(default)]
    pub subscription: Option<String>,
    /// How it is paid.
    #[serde(default)]
    pub billing_type: Option<String>,
    /// How much; once it is paid, what was paid.
    pub value: Reais,
    /// What is left of it after Asaas's fee.
    #[serde(default, deserialize_with = "loose")]
    pub net_value: Option<Reais>,
    /// What was owed, when something else was paid.
    #[serde(default, deserialize_with = "loose")]
    pub original_value: Option<Reais>,
    /// Where it stands.
    pub status: String,
    /// When it was made.
    #[serde(default)]
    pub date_created: Option<Day>,
    /// When it is due.
    #[serde(default)]
    pub due_date: Option<Day>,
    /// When it was due at first.
    #[serde(default)]
    pub original_due_date: Option<Day>,
    /// When the payer paid.
    #[serde(default)]
    pub client_payment_date: Option<Day>,
    /// When Asaas knew.
    #[serde(default)]
    pub confirmed_date: Option<Day>,
    /// When the money came.
    #[serde(default)]
    pub payment_date: Option<Day>,
    /// Its page.
    #[serde(default)]
    pub invoice_url: Option<String>,
    /// Ours.
    #[serde(default)]
    pub external_reference: Option<String>,
    /// Whether it was taken away.
    #[serde(default)]
    pub deleted: Option<bool>,
    /// The card that paid.
    #[serde(default)]
    pub credit_card: Option<Card>,
    /// What went back of it.
    #[serde(default)]
    pub refunds: Option<Vec<Back>>,
}

/// A card that paid. It does not show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// The last four digits.
    #[serde(default, rename = "creditCardNumber")]
    pub last4: Option<String>,
    /// Whose.
    #[serde(default, rename = "creditCardBrand")]
    pub brand: Option<String>,
    /// What it is charged by.
    #[serde(default, rename = "creditCardToken")]
    pub token: Option<String>,
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Card")
    }
}

/// Money that goes back of a payment.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Back {
    /// When it was asked for.
    #[serde(default)]
    pub date_created: Option<String>,
    /// `PENDING`, `DONE`, `CANCELLED`, and waiting for somebody.
    pub status: String,
    /// How much.
    pub value: Reais,
    /// What was said with it: ours end with the key in brackets.
    #[serde(default)]
    pub description: Option<String>,
}

/// Where a payment stands, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It waits to be paid.
    Open,
    /// Its money was taken, whatever became of it after.
    Taken,
    /// It cannot be paid any more.
    Gone,
}

impl Payment {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let payment: Self = crate::gateways::br::read(body)?;
        if payment.is_sound() { Ok(payment) } else { Err("an id in it has another form".to_owned()) }
    }

    pub(super) fn is_sound(&self) -> bool {
        is_id(&self.id)
    }

    /// Where it stands. A word that is not known waits: it can be looked at again, and nothing is given up for it.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.status.as_str() {
            "RECEIVED"
            | "CONFIRMED"
            | "RECEIVED_IN_CASH"
            | "DUNNING_RECEIVED"
            | "REFUNDED"
            | "REFUND_REQUESTED"
            | "REFUND_IN_PROGRESS"
            | "CHARGEBACK_REQUESTED"
            | "CHARGEBACK_DISPUTE"
            | "AWAITING_CHARGEBACK_REVERSAL" => Standing::Taken,
            _ if self.deleted == Some(true) => Standing::Gone,
            _ => Standing::Open,
        }
    }

    /// The last day that it tells of itself.
    pub(super) fn last_day(&self) -> Option<Day> {
        let paid = self.client_payment_date.max(self.confirmed_date).max(self.payment_date);
        paid.or(self.due_date)
    }

    /// The rail that it goes over.
    #[must_use]
    pub fn rail(&self) -> Rail {
        if self.status == "RECEIVED_IN_CASH" {
            return Rail::Cash;
        }
        match self.billing_type.as_deref().unwrap_or_default() {
            "BOLETO" => Rail::Boleto,
            "PIX" => Rail::Pix,
            "CREDIT_CARD" | "DEBIT_CARD" => Rail::Card,
            "TRANSFER" | "DEPOSIT" => Rail::Transfer,
            _ => Rail::Other,
        }
    }

    /// The money that was taken; `told_on` is the day where the payment itself has none.
    #[must_use]
    pub fn settlement(&self, told_on: Option<Day>) -> Option<Settlement> {
        if self.standing() != Standing::Taken {
            return None;
        }
        let days = [self.client_payment_date, self.confirmed_date, self.payment_date, told_on, self.due_date];
        let fee = self.net_value.and_then(|net| self.value.money().minus(net.money()).ok()).filter(|fee| fee.minor() > 0);
        Some(Settlement {
            reference: self.id.clone(),
            amount: self.value.money(),
            paid_on: days.into_iter().flatten().next()?,
            at: None,
            rail: self.rail(),
            fee,
        })
    }

    /// As an attempt of ours.
    #[must_use]
    pub fn charged(&self, told_on: Option<Day>) -> Charged {
        if let Some(settlement) = self.settlement(told_on) {
            return Charged::Settled(settlement);
        }
        let reference = self.id.clone();
        match (self.standing(), self.status.as_str()) {
            (Standing::Gone, _) => self.declined("DELETED"),
            // A card that was taken is never due: the capture failed, and Asaas tries no more by itself.
            (Standing::Open, "OVERDUE") if self.rail() == Rail::Card => self.declined("CREDIT_CARD_CAPTURE_REFUSED"),
            (Standing::Open | Standing::Taken, _) => Charged::Pending { reference },
        }
    }

    /// Not taken, for a reason that Asaas tells by an event or a state.
    pub(super) fn declined(&self, code: &str) -> Charged {
        Charged::Declined { reference: Some(self.id.clone()), signals: vec![signal(code)] }
    }

    /// As an instrument: where it stands.
    #[must_use]
    pub fn instrument_standing(&self, told_on: Option<Day>) -> InstrumentStanding {
        match (self.standing(), self.settlement(told_on)) {
            (_, Some(settlement)) => InstrumentStanding::Paid(vec![settlement]),
            (Standing::Gone, None) => InstrumentStanding::Closed,
            (Standing::Open | Standing::Taken, None) => InstrumentStanding::Open,
        }
    }

    /// As an instrument; its code or line is asked for besides.
    #[must_use]
    pub fn instrument(&self) -> Instrument {
        Instrument {
            reference: self.id.clone(),
            brcode: None,
            boleto_line: None,
            link: self.invoice_url.clone(),
            standing: self.instrument_standing(None),
        }
    }

    /// The card that paid, when it is stored.
    #[must_use]
    pub fn method(&self) -> Option<MethodNews> {
        let card = self.credit_card.as_ref()?;
        let token = card.token.as_deref().filter(|token| is_id(token))?;
        let brand = card.brand.as_deref().unwrap_or_default();
        let last4 = card.last4.clone().filter(|last| last.len() == 4 && last.bytes().all(|b| b.is_ascii_digit()));
        Some(MethodNews {
            customer_token: self.customer.clone(),
            method_token: token.to_owned(),
            scheme: scheme(brand),
            // Asaas has no fingerprint, and gives one card a new token each time: brand and digits keep one budget for it.
            fingerprint: last4.as_ref().map(|last| format!("{}:{}:{last}", self.customer.as_deref().unwrap_or_default(), code(brand))),
            last4,
            expires_on: None,
            standing: MethodStanding::Active,
            allows_retry: false,
        })
    }

    /// The refund of a key of ours.
    #[must_use]
    pub fn refund_of(&self, key: &str) -> Option<Refund> {
        let mark = mark(key);
        let back = self.refunds.iter().flatten().find(|back| back.description.as_deref().is_some_and(|text| text.ends_with(&mark)))?;
        let standing = match back.status.as_str() {
            "DONE" => RefundStanding::Done,
            "CANCELLED" => RefundStanding::Refused { why: "Asaas cancelled it".to_owned() },
            _ => RefundStanding::Pending,
        };
        Some(Refund { reference: back.reference(&self.id), standing })
    }
}

impl Back {
    /// Asaas gives it no name: our key, else the moment and the amount.
    #[must_use]
    pub fn reference(&self, payment: &str) -> String {
        let words = self.description.as_deref().unwrap_or_default();
        let ours = words.strip_suffix(']').and_then(|words| words.rsplit_once('[')).map(|(_, key)| key);
        if let Some(key) = ours.filter(|key| is_id(key) && key.len() <= 35) {
            return format!("{payment}/{key}");
        }
        let at = code(self.date_created.as_deref().unwrap_or_default());
        format!("{payment}/{at}/{}", self.value.money().minor())
    }
}

/// What the words of a refund of ours end with.
pub(super) fn mark(key: &str) -> String {
    format!("[{key}]")
}

/// A code of Asaas's.
pub(super) fn signal(text: &str) -> Signal {
    Signal { space: CodeSpace::Asaas, code: code(text).into() }
}

/// Whose rules bind a card.
fn scheme(brand: &str) -> Scheme {
    match brand.to_ascii_uppercase().as_str() {
        "VISA" => Scheme::Visa,
        "MASTERCARD" => Scheme::Mastercard,
        "AMEX" => Scheme::Amex,
        "ELO" => Scheme::Elo,
        "HIPERCARD" => Scheme::Hipercard,
        "DISCOVER" => Scheme::Discover,
        "DINERS" => Scheme::Diners,
        "JCB" => Scheme::Jcb,
        _ => Scheme::OtherCard,
    }
}
