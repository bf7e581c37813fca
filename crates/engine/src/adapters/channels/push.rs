//! Web push: to whatever push service a browser named, sealed for that browser.
//!
//! The address was entered by somebody's browser, so that a message goes only to machines that everybody can reach. Its topic is
//! our id of the message: the same one twice takes the place of itself, so that one whose answer was lost is sent again without
//! harm. Deliberately absent: what the browser shows, which its service worker makes of the payload.

use regua_core::time::Instant;
use regua_wire::channels::push::{self, Manner, Subscription, Urgency, VapidKey};
use regua_wire::gateways::Response;

use super::Carries;
use crate::adapters::deliver::{self, HttpsDeliverer};
use crate::adapters::http::BadSettings;
use crate::ports::{Deliver, Parcel, Post, Posted, Rng, Sent};
use crate::secret::Secret;

/// Seconds that a push service keeps a message for a browser that is away: a day.
const TTL_SECS: u32 = 86_400;
/// Bytes of a payload of which a shorter one is padded to: its length tells nobody what it says.
const PADDED: usize = 1_024;
/// Characters of the text in a payload.
const TEXT_CHARS_MAX: usize = 700;

/// Who sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PushSettings {
    /// The private key that browsers subscribed for (VAPID): 32 bytes in base 64 for addresses.
    pub key: Secret,
    /// Where a push service reaches us: `mailto:…` or `https://…`.
    pub contact: String,
    /// How the addresses of push services are reached.
    pub reach: deliver::Settings,
}

impl PushSettings {
    /// To everybody's push services.
    #[must_use]
    pub fn new(key: Secret, contact: &str) -> Self {
        Self { key, contact: contact.to_owned(), reach: deliver::Settings::default() }
    }

    /// The key, ready to sign.
    ///
    /// # Errors
    /// [`BadSettings`] when it is none.
    pub fn key(&self) -> Result<VapidKey, BadSettings> {
        VapidKey::parse(self.key.expose()).map_err(|wrong| BadSettings(wrong.to_string()))
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        if !self.contact.starts_with("mailto:") && !self.contact.starts_with("https://") {
            return Err(BadSettings("the contact is none; push services want mailto:… or https://…".to_owned()));
        }
        self.key().map(drop)
    }
}

/// Web push over a deliverer.
pub struct Push<D = HttpsDeliverer> {
    deliver: D,
    key: VapidKey,
    contact: String,
    rng: Box<dyn Rng>,
    clock: fn() -> Instant,
}

impl Push {
    /// Over the network; nothing is sent yet.
    ///
    /// # Errors
    /// [`BadSettings`], as [`PushSettings::check`].
    pub fn new(settings: &PushSettings, rng: Box<dyn Rng>, clock: fn() -> Instant) -> Result<Self, BadSettings> {
        settings.check()?;
        Self::over(HttpsDeliverer::new(&settings.reach).map_err(BadSettings)?, settings, rng, clock)
    }
}

impl<D: Deliver> Push<D> {
    /// Over any deliverer.
    ///
    /// # Errors
    /// [`BadSettings`] when the key is none.
    pub fn over(deliver: D, settings: &PushSettings, rng: Box<dyn Rng>, clock: fn() -> Instant) -> Result<Self, BadSettings> {
        Ok(Self { deliver, key: settings.key()?, contact: settings.contact.clone(), rng, clock })
    }

    fn sealed(&mut self, to: &Subscription, parcel: &Parcel) -> Result<Vec<u8>, push::Wrong> {
        let text: String = parcel.text.chars().take(TEXT_CHARS_MAX).collect();
        let payload = serde_json::json!({ "message": parcel.key.0, "title": parcel.subject, "body": text }).to_string();
        let (salt, key) = (self.rng.bytes::<16>(), self.rng.bytes::<32>());
        push::seal(to, payload.as_bytes(), PADDED, salt, key)
    }
}

impl<D: Deliver> Carries for Push<D> {
    fn send(&mut self, parcel: &Parcel) -> Sent {
        let refused = |why: &str| Sent::Refused { code: None, reply: format!("bad address (subscription): {why}") };
        let Ok(to) = Subscription::parse(parcel.to.as_bytes()) else { return refused("it is no subscription of a browser") };
        let sealed = match self.sealed(&to, parcel) {
            Ok(sealed) => sealed,
            Err(push::Wrong::Long) => return Sent::Refused { code: None, reply: "refused (long): the payload is too long".to_owned() },
            // Bytes were drawn that are no key: the next try draws others.
            Err(_) => return Sent::Later { code: None, reply: "later (key): other bytes are drawn".to_owned() },
        };
        let manner = Manner { ttl_secs: TTL_SECS, urgency: Urgency::Normal, topic: Some(&parcel.key.0) };
        let request = push::send(&to, sealed, &manner);
        let mut headers = request.headers;
        headers.push(("authorization", self.key.authorization(&to, &self.contact, (self.clock)())));
        let post = Post { url: to.endpoint(), headers, body: request.body };
        match self.deliver.deliver(std::slice::from_ref(&post)).pop() {
            Some(Posted::Answered { status, wait_secs }) => {
                let headers = wait_secs.map(|secs| ("retry-after".to_owned(), secs.to_string())).into_iter().collect();
                Sent::of_answer(push::answer(&Response { status, headers, body: Vec::new() }))
            }
            Some(Posted::Missed("address")) => refused("its push service is not open to everybody"),
            Some(Posted::Missed(word)) => Sent::Later { code: None, reply: format!("later ({word}): the push service did not answer") },
            None => Sent::Unknown { why: "the deliverer said nothing; this is a bug".to_owned() },
        }
    }

    fn check(&mut self) -> Result<String, String> {
        Ok(format!("browsers subscribe with the key {}", self.key.public()))
    }
}
