//! What Asaas tells by itself: whether it is Asaas, and what an event says.
//!
//! Nothing is signed: a header carries the token that was given when the webhook was made. Events come at least once, in their
//! order or not, so each is read by the state of the payment that it carries, and by its name only where the state says less.
//! Deliberately absent: events of transfers, invoices of services, the account itself; and of Pix Automático at Asaas.

use regua_core::ids::ChargeId;
use regua_core::time::{Day, Instant};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::list::moment;
use super::payment::{Back, Payment, Standing};
use crate::gateways::br::{code, day, is_id, read};
use crate::gateways::{Heard, HookRefused, InstrumentStanding, News};

/// The header with the token, in lower case.
pub const TOKEN_HEADER: &str = "asaas-access-token";
/// Characters of an event's id at most.
const EVENT_ID_MAX: usize = 200;

/// Whether the token of a webhook is ours, in a time that does not depend on how much of it fits.
///
/// ```
/// # use regua_wire::gateways::{HookRefused, asaas::verify};
/// assert_eq!(verify(Some("segredo"), "segredo"), Ok(()));
/// assert_eq!(verify(Some("outro"), "segredo"), Err(HookRefused::Forged));
/// assert_eq!(verify(None, "segredo"), Err(HookRefused::Unsigned));
/// ```
///
/// # Errors
/// [`HookRefused::Unsigned`] without one, [`HookRefused::Forged`] when it is another, or when the settings have none.
pub fn verify(token: Option<&str>, secret: &str) -> Result<(), HookRefused> {
    let token = token.ok_or(HookRefused::Unsigned)?;
    if !secret.is_empty() && same(token.as_bytes(), secret.as_bytes()) { Ok(()) } else { Err(HookRefused::Forged) }
}

/// Compares by hashes of one length, each byte of them, so that neither length nor a common beginning shows in the time.
fn same(a: &[u8], b: &[u8]) -> bool {
    let (a, b) = (Sha256::digest(a), Sha256::digest(b));
    a.iter().zip(b.iter()).fold(0_u8, |seen, (a, b)| seen | (a ^ b)) == 0
}

/// An event.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    id: String,
    event: String,
    #[serde(default)]
    date_created: Option<String>,
    #[serde(default)]
    payment: Option<Payment>,
    #[serde(default)]
    subscription: Option<Named>,
    #[serde(default)]
    customer: Option<Named>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Named {
    id: String,
}

impl Event {
    /// What makes it the same when it comes again.
    pub(super) fn sound_id(&self) -> Result<String, HookRefused> {
        let sound = (1..=EVENT_ID_MAX).contains(&self.id.len()) && self.id.bytes().all(|b| b.is_ascii_graphic());
        if sound { Ok(self.id.clone()) } else { Err(HookRefused::Unreadable("the id of the event has another form".to_owned())) }
    }

    pub(super) fn kind(&self) -> String {
        code(&self.event)
    }

    pub(super) fn at(&self) -> Option<Instant> {
        self.date_created.as_deref().and_then(moment)
    }

    pub(super) fn payment_id(&self) -> Option<String> {
        self.payment.as_ref().map(|payment| payment.id.clone()).filter(|id| is_id(id))
    }

    pub(super) fn subscription_id(&self) -> Option<String> {
        self.subscription.as_ref().map(|named| named.id.clone()).filter(|id| is_id(id))
    }

    pub(super) fn customer_id(&self) -> Option<String> {
        self.customer.as_ref().map(|named| named.id.clone()).filter(|id| is_id(id))
    }
}

/// Reads the body of a webhook. Its token is checked before, by [`verify`]. One event may say several things: each has the
/// event's id with what it is behind.
///
/// # Errors
/// [`HookRefused::Unreadable`] with the place: kept for a person, and Asaas is answered as if it were read, since it stops
/// telling after some refusals.
pub fn heard(body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let event: Event = read(body).map_err(HookRefused::Unreadable)?;
    let (id, kind, at) = (event.sound_id()?, event.kind(), event.at());
    let news = match &event.payment {
        Some(payment) if !payment.is_sound() => return Err(HookRefused::Unreadable("an id in it has another form".to_owned())),
        Some(payment) => of_payment(payment, &event.event, at.map(day)),
        None => Vec::new(),
    };
    let named = |(what, news): (String, News)| Heard { event: format!("{id}{what}"), kind: kind.clone(), news, at };
    let mut heard: Vec<Heard> = news.into_iter().map(named).collect();
    if heard.is_empty() {
        heard.push(Heard { event: id.clone(), kind: kind.clone(), news: News::Nothing, at });
    }
    Ok(heard)
}

/// What a payment says, by its state and by the name of the event (empty for a list), each with what tells it from the others.
pub(super) fn of_payment(payment: &Payment, event: &str, told_on: Option<Day>) -> Vec<(String, News)> {
    let mut news = vec![(String::new(), state(payment, event, told_on))];
    if let Some(method) = payment.method().filter(|_| payment.standing() == Standing::Taken) {
        news.push(("#method".to_owned(), News::Method(method)));
    }
    for back in payment.refunds.iter().flatten().filter(|back| back.status == "DONE") {
        news.push((format!("#{}", back.reference(&payment.id)), refunded(payment, back, told_on)));
    }
    let whole = || (payment.id.clone(), payment.value.money());
    let on = told_on.or(payment.last_day()).unwrap_or_default();
    match (event, payment.status.as_str()) {
        // Given back as a whole, by a way that lists nothing.
        ("PAYMENT_REFUNDED", _) | ("", "REFUNDED") if news_of_refunds(payment) == 0 => {
            let (payment, amount) = whole();
            news.push(("#refunded".to_owned(), News::Refunded { refund: format!("{payment}/all"), payment, amount, on }));
        }
        ("PAYMENT_CHARGEBACK_REQUESTED", _) | ("", "CHARGEBACK_REQUESTED" | "CHARGEBACK_DISPUTE") => {
            let (payment, amount) = whole();
            news.push(("#chargeback".to_owned(), News::ChargedBack { dispute: format!("{payment}/chargeback"), payment, amount, on }));
        }
        ("PAYMENT_AWAITING_CHARGEBACK_REVERSAL", _) | ("", "AWAITING_CHARGEBACK_REVERSAL") => {
            let (payment, amount) = whole();
            news.push(("#won".to_owned(), News::DisputeWon { dispute: format!("{payment}/chargeback"), payment, amount, on }));
        }
        // Somebody had said that it was paid in cash, and took it back.
        ("PAYMENT_RECEIVED_IN_CASH_UNDONE", _) => {
            let (payment, amount) = whole();
            news.push(("#undone".to_owned(), News::Refunded { refund: format!("{payment}/undone"), payment, amount, on }));
        }
        _ => {}
    }
    news
}

fn news_of_refunds(payment: &Payment) -> usize {
    payment.refunds.iter().flatten().filter(|back| back.status == "DONE").count()
}

fn refunded(payment: &Payment, back: &Back, told_on: Option<Day>) -> News {
    let asked_on = back.date_created.as_deref().and_then(moment).map(day);
    News::Refunded {
        payment: payment.id.clone(),
        refund: back.reference(&payment.id),
        amount: back.value.money(),
        on: asked_on.or(told_on).or(payment.last_day()).unwrap_or_default(),
    }
}

/// Where a payment of ours stands: of an attempt when our reference names one, else of an instrument.
fn state(payment: &Payment, event: &str, told_on: Option<Day>) -> News {
    let reference = payment.id.clone();
    let key = payment.external_reference.clone().filter(|key| is_id(key));
    let charge: Option<ChargeId> = key.as_deref().and_then(|key| key.parse().ok());
    match charge {
        Some(charge) => {
            let charged = match event {
                "PAYMENT_CREDIT_CARD_CAPTURE_REFUSED" => payment.declined("CREDIT_CARD_CAPTURE_REFUSED"),
                "PAYMENT_REPROVED_BY_RISK_ANALYSIS" => payment.declined("REPROVED_BY_RISK_ANALYSIS"),
                _ => payment.charged(told_on),
            };
            News::Charge { charge: Some(charge), reference, charged }
        }
        None => {
            let standing = payment.instrument_standing(told_on);
            // One that was removed and restored again is told as open: whoever closed it here looks at it.
            let standing =
                if event == "PAYMENT_DELETED" && payment.standing() == Standing::Open { InstrumentStanding::Closed } else { standing };
            News::Instrument { reference, key, standing }
        }
    }
}
