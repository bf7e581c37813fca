//! Webhooks of the sandbox: how they are signed, and what they say.
//!
//! The header [`SIGNATURE`] is `t=SECONDS,v1=HEX`: HMAC-SHA-256 under the secret of the seconds, a dot, and the body. Several
//! `v1` are allowed, for a secret that is being changed. Deliberately absent: sending them, and storing what came.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use regua_core::charging::Signal;
use regua_core::currency::Currency;
use regua_core::ids::ChargeId;
use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::super::{Charged, Heard, HookRefused, InstrumentStanding, News, Settlement, Trouble};
use super::instruments;

/// The header that carries the signature.
pub const SIGNATURE: &str = "sandbox-signature";
/// A webhook that is older, or further ahead, is not taken.
const SECS_MAX: i64 = 300;
/// Signatures of one header that are looked at.
const SIGNATURES_MAX: usize = 4;
/// Codes of one decline.
const CODES_MAX: usize = 8;
/// Bytes of the longest body.
const BODY_MAX: usize = 65_536;

/// What a webhook says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instrument: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charge: Option<ChargeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<Paid>,
    /// The codes with which an attempt was declined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<Signal>,
}

/// Money in a webhook.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Paid {
    reference: String,
    minor: i64,
    currency: String,
    rail: Rail,
    at: Instant,
}

impl Paid {
    fn of(settlement: &Settlement, at: Instant) -> Self {
        let Settlement { reference, amount, rail, .. } = settlement;
        let (minor, currency) = (amount.minor(), amount.currency().code().to_owned());
        Self { reference: reference.clone(), minor, currency, rail: *rail, at: settlement.at.unwrap_or(at) }
    }

    fn settlement(self) -> Option<Settlement> {
        let amount = Money::new(self.minor, Currency::parse(&self.currency)?);
        let paid_on = Zone::utc().day_of(self.at);
        Some(Settlement { reference: self.reference, amount, paid_on, at: Some(self.at), rail: self.rail, fee: None })
    }
}

/// The body of the webhook that an instrument was paid: the `nth` time (from 0), at a moment, in full or another amount.
///
/// The same arguments make the same event.
///
/// # Errors
/// [`Trouble::NotFound`] when the instrument is not the sandbox's.
pub fn instrument_paid(reference: &str, nth: u32, amount: Option<Money>, at: Instant) -> Result<Vec<u8>, Trouble> {
    let (key, whole, rail) = instruments::told(reference).ok_or(Trouble::NotFound)?;
    let settlement = super::payment(&format!("{key}x{nth}"), amount.unwrap_or(whole), rail, at);
    Ok(write(&Event {
        id: format!("sbx_evt_{key}x{nth}"),
        kind: "instrument.paid".to_owned(),
        at,
        instrument: Some(reference.to_owned()),
        charge: None,
        payment: Some(Paid::of(&settlement, at)),
        codes: Vec::new(),
    }))
}

/// The body of the webhook that an attempt which was open was settled.
#[must_use]
pub fn charge_told(charge: ChargeId, settlement: &Settlement, at: Instant) -> Vec<u8> {
    write(&Event {
        id: format!("sbx_evt_{charge}"),
        kind: "charge.settled".to_owned(),
        at,
        instrument: None,
        charge: Some(charge),
        payment: Some(Paid::of(settlement, at)),
        codes: Vec::new(),
    })
}

/// The body of the webhook that an attempt which was open was declined, with these codes.
#[must_use]
pub fn charge_declined(charge: ChargeId, codes: &[Signal], at: Instant) -> Vec<u8> {
    write(&Event {
        id: format!("sbx_evt_{charge}d"),
        kind: "charge.declined".to_owned(),
        at,
        instrument: None,
        charge: Some(charge),
        payment: None,
        codes: codes.to_vec(),
    })
}

fn write(event: &Event) -> Vec<u8> {
    // Its parts are texts and numbers: there is nothing in it that JSON cannot say.
    serde_json::to_vec(event).unwrap_or_default()
}

/// The value of [`SIGNATURE`] for a body.
///
/// ```
/// # use regua_core::time::Instant;
/// # use regua_wire::gateways::{HookRefused, sandbox};
/// let now = Instant::from_secs(1_800_000_000);
/// let signature = sandbox::sign(b"secret", now, b"{}");
/// assert!(signature.starts_with("t=1800000000,v1="));
/// assert!(matches!(sandbox::hear(b"{}", Some(&signature), b"secret", now), Err(HookRefused::Unreadable(_))));
/// assert_eq!(sandbox::hear(b"{}", Some(&signature), b"another", now), Err(HookRefused::Forged));
/// assert_eq!(sandbox::hear(b"{}", None, b"secret", now), Err(HookRefused::Unsigned));
/// ```
#[must_use]
pub fn sign(secret: &[u8], at: Instant, body: &[u8]) -> String {
    let mut text = format!("t={},v1=", at.secs());
    for byte in mac(secret, at.secs(), body).finalize().into_bytes() {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

fn mac(secret: &[u8], secs: i64, body: &[u8]) -> Hmac<Sha256> {
    // A key of any length is taken; an empty one would be too, and never fits, since `hear` refuses it.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(secs.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// Reads a webhook whose signature fits.
///
/// * `signature`: the value of [`SIGNATURE`].
///
/// # Errors
/// [`HookRefused`]; nothing of the body is read before the signature fits.
pub fn hear(body: &[u8], signature: Option<&str>, secret: &[u8], now: Instant) -> Result<Vec<Heard>, HookRefused> {
    let signature = signature.ok_or(HookRefused::Unsigned)?;
    let mut secs = None;
    let mut given = Vec::new();
    for part in signature.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) if secs.is_none() => secs = text.parse::<i64>().ok(),
            Some(("v1", text)) if given.len() < SIGNATURES_MAX => given.extend(bytes(text)),
            Some(_) | None => {}
        }
    }
    let Some(secs) = secs else { return Err(HookRefused::Unsigned) };
    if given.is_empty() {
        return Err(HookRefused::Unsigned);
    }
    let fits = |given: &Vec<u8>| mac(secret, secs, body).verify_slice(given).is_ok();
    if secret.is_empty() || !given.iter().any(fits) {
        return Err(HookRefused::Forged);
    }
    if secs.abs_diff(now.secs()) > SECS_MAX.unsigned_abs() {
        return Err(HookRefused::Stale);
    }
    read(body)
}

fn read(body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let unreadable = |why: &str| HookRefused::Unreadable(why.to_owned());
    if body.len() > BODY_MAX {
        return Err(unreadable("it is too long"));
    }
    // The library's error could show what it read.
    let Ok(event) = serde_json::from_slice::<Event>(body) else { return Err(unreadable("it is no event of the sandbox")) };
    let Event { id, kind, at, instrument, charge, payment, codes } = event;
    if codes.len() > CODES_MAX {
        return Err(unreadable("it has too many codes"));
    }
    let settlement = match payment {
        Some(payment) => Some(payment.settlement().ok_or_else(|| unreadable("its currency is unknown"))?),
        None => None,
    };
    let attempt = |charge: ChargeId| format!("{}{charge}", super::ATTEMPT);
    let news = match (kind.as_str(), instrument, charge, settlement) {
        ("instrument.paid", Some(reference), _, Some(settlement)) => {
            let key = instruments::told(&reference).map(|(key, _, _)| key);
            News::Instrument { reference, key, standing: InstrumentStanding::Paid(vec![settlement]) }
        }
        ("charge.settled", _, Some(charge), Some(settlement)) => {
            News::Charge { charge: Some(charge), reference: attempt(charge), charged: Charged::Settled(settlement) }
        }
        ("charge.declined", _, Some(charge), None) => {
            let charged = Charged::Declined { reference: Some(attempt(charge)), signals: codes };
            News::Charge { charge: Some(charge), reference: attempt(charge), charged }
        }
        _ => News::Nothing,
    };
    Ok(vec![Heard { event: id, kind, news, at: Some(at) }])
}

/// The bytes of hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    // A signature has 64; nothing longer is looked at.
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}
