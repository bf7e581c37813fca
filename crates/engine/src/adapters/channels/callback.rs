//! A channel that a program of the tenant's own carries: one signed POST for each message. It knows a message on its way to an
//! address by our id of that, so that one whose answer was lost is sent again without harm.
//!
//! Deliberately absent: what the carrier does with it, and what it tells later, which `wire` reads.

use regua_core::facts::Channels;
use regua_core::ids::{MessageId, ReceivableId};
use regua_core::time::Instant;
use regua_core::words::Language;
use regua_wire::channels::answer::Answer;
use regua_wire::channels::callback::{self, Order};
use regua_wire::webhooks_out::SigningKey;

use super::Carries;
use crate::adapters::http::{self, BadSettings, Carrier, Http};
use crate::ports::{Parcel, Sent};
use crate::secret::Secret;

/// One carrier.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackSettings {
    /// Scheme and host of its address, and patience.
    pub api: http::Settings,
    /// Path and query of its address; begins with `/`.
    pub path: String,
    /// What signs, both ways: `whsec_…`. Two while one takes the place of another.
    pub secrets: Vec<Secret>,
    /// The channels that it carries.
    pub channels: Channels,
}

/// What stands behind the host may be a key, and does not show.
impl std::fmt::Debug for CallbackSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackSettings").field("api", &self.api).field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl CallbackSettings {
    /// A carrier at an address, such as `https://letters.acme.example/regua?key=7`.
    ///
    /// # Errors
    /// [`BadSettings`] when it is no address.
    pub fn new(url: &str, secrets: Vec<Secret>, channels: Channels) -> Result<Self, BadSettings> {
        let told = || BadSettings("the carrier's address is none; write it as https://host/path".to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(told)?;
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { api: http::Settings::new(&format!("{scheme}://{host}")), path, secrets, channels })
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.api.check()?;
        if self.channels.is_empty() {
            return Err(BadSettings(
                "no channel is named that it carries; write some of voice, letter, in_app, sms and whatsapp".to_owned(),
            ));
        }
        self.keys().map(drop)
    }

    /// The keys, ready to sign and to verify.
    ///
    /// # Errors
    /// [`BadSettings`] when one is none, or there is none.
    pub fn keys(&self) -> Result<Vec<SigningKey>, BadSettings> {
        let told = |_none| BadSettings("the secret is none; it is whsec_ and 24 to 64 bytes in base 64".to_owned());
        let keys = self.secrets.iter().map(|secret| SigningKey::parse(secret.expose()).map_err(told)).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(BadSettings("there is no secret that signs; the carrier could not know us".to_owned()));
        }
        Ok(keys)
    }
}

/// A carrier of the tenant's own over a carrier of requests.
pub struct Callback<C = Http> {
    http: C,
    path: String,
    keys: Vec<SigningKey>,
    clock: fn() -> Instant,
}

impl Callback {
    /// Over the network; nothing is sent yet.
    ///
    /// # Errors
    /// [`BadSettings`], as [`CallbackSettings::check`].
    pub fn new(settings: &CallbackSettings, clock: fn() -> Instant) -> Result<Self, BadSettings> {
        settings.check()?;
        Self::over(Http::new(&settings.api)?, settings, clock)
    }
}

impl<C: Carrier> Callback<C> {
    /// Over any carrier of requests.
    ///
    /// # Errors
    /// [`BadSettings`] when a secret is none.
    pub fn over(http: C, settings: &CallbackSettings, clock: fn() -> Instant) -> Result<Self, BadSettings> {
        Ok(Self { http, path: settings.path.clone(), keys: settings.keys()?, clock })
    }
}

impl<C: Carrier> Carries for Callback<C> {
    fn send(&mut self, parcel: &Parcel) -> Sent {
        let now = (self.clock)();
        let whose = parcel.whose.as_ref();
        let customer = whose.map(|whose| whose.customer.to_string()).unwrap_or_default();
        let due: Vec<String> = whose.map(|whose| whose.due.iter().map(ReceivableId::to_string).collect()).unwrap_or_default();
        let due: Vec<&str> = due.iter().map(String::as_str).collect();
        let id = callback::id_of(&parcel.key.0, parcel.channel, &parcel.to);
        let order = Order {
            id: &id,
            message: &parcel.key.0,
            channel: parcel.channel,
            customer: &customer,
            reference: None,
            to: &parcel.to,
            language: whose.map_or(Language::En, |whose| whose.language),
            subject: parcel.subject.as_deref(),
            text: &parcel.text,
            due: &due,
            at: made(&parcel.key.0).unwrap_or(now),
        };
        let request = callback::send(&self.path, &order, &self.keys, now);
        match self.http.carry(&request, &[]) {
            Ok(response) => Sent::of_answer(match callback::answer(&response) {
                // It tells of it by the id that it got; a name of its own may be the same for two.
                Answer::Taken { .. } => Answer::Taken { reference: id },
                answer @ (Answer::Refused(_) | Answer::Unknown { .. }) => answer,
            }),
            Err(trouble) => Sent::of_trouble(trouble, true),
        }
    }

    fn check(&mut self) -> Result<String, String> {
        Ok("its address and secret are right; whether it takes a message shows `regua channel test`".to_owned())
    }
}

/// When a message was made, as its id tells: the same in every try.
fn made(message: &str) -> Option<Instant> {
    let id: MessageId = message.parse().ok()?;
    let mut millis = [0; 8];
    millis[2..].copy_from_slice(&id.to_bytes()[..6]);
    Some(Instant::from_micros(i64::from_be_bytes(millis).saturating_mul(1_000)))
}
