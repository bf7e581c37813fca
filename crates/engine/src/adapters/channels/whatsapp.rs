//! WhatsApp by Meta's Cloud API. It knows no key of ours: after a cut line nobody knows, and nothing is sent again.
//!
//! Our id of a message comes back with its statuses, so that even one whose answer was lost is found again. Deliberately absent:
//! when a template must be used, which the engine decides by what people wrote, and tiers, which its database counts.

use regua_wire::channels::whatsapp::{self, Content, Order, VERSION};
use regua_wire::gateways::{Request, Verb};

use super::Carries;
use crate::adapters::http::{self, BadSettings, Carrier, Credential, Http};
use crate::ports::{Parcel, Sent};
use crate::secret::Secret;

/// Meta's address.
const BASE: &str = "https://graph.facebook.com";

/// One number of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhatsappSettings {
    /// The API: its address and patience.
    pub api: http::Settings,
    /// The id of the number that sends, which is not the number.
    pub number: String,
    /// The token that may send.
    pub token: Secret,
}

impl WhatsappSettings {
    /// Meta itself.
    #[must_use]
    pub fn new(number: &str, token: Secret) -> Self {
        Self { api: http::Settings::new(BASE), number: number.to_owned(), token }
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.api.check()?;
        if self.number.is_empty() || !self.number.bytes().all(|byte| byte.is_ascii_digit()) {
            let why = "the id of the number is none; it is the long number of digits that Meta shows beside the telephone number";
            return Err(BadSettings(why.to_owned()));
        }
        Ok(())
    }
}

/// WhatsApp over a carrier of requests.
pub struct Whatsapp<C = Http> {
    http: C,
    key: Credential,
    number: String,
}

impl Whatsapp {
    /// Over the network; nothing is sent yet.
    ///
    /// # Errors
    /// [`BadSettings`], as [`WhatsappSettings::check`].
    pub fn new(settings: &WhatsappSettings) -> Result<Self, BadSettings> {
        settings.check()?;
        Ok(Self::over(Http::new(&settings.api)?, settings))
    }
}

impl<C: Carrier> Whatsapp<C> {
    /// Over any carrier of requests.
    pub fn over(http: C, settings: &WhatsappSettings) -> Self {
        Self { http, key: Credential::bearer(&settings.token), number: settings.number.clone() }
    }
}

impl<C: Carrier> Carries for Whatsapp<C> {
    fn send(&mut self, parcel: &Parcel) -> Sent {
        let parameters: Vec<&str> =
            parcel.template.as_ref().map(|filled| filled.parameters.iter().map(String::as_str).collect()).unwrap_or_default();
        let content = match &parcel.template {
            Some(filled) => Content::Template {
                name: &filled.name,
                language: filled.language,
                parameters: &parameters,
                button: filled.button.as_deref(),
            },
            None => Content::Text(&parcel.text),
        };
        let order = Order { number: &self.number, to: &parcel.to, content, tag: Some(&parcel.key.0) };
        let request = match whatsapp::send(&order) {
            Ok(request) => request,
            Err(refusal) => return Sent::of_refusal(&refusal),
        };
        match self.http.carry(&request, std::slice::from_ref(&self.key)) {
            Ok(response) => Sent::of_answer(whatsapp::answer(&response).0),
            Err(trouble) => Sent::of_trouble(trouble, false),
        }
    }

    fn check(&mut self) -> Result<String, String> {
        let path = format!("/{VERSION}/{}?fields=quality_rating,messaging_limit_tier", self.number);
        let request = Request { method: Verb::Get, path, headers: Vec::new(), body: Vec::new(), repeatable: true };
        match self.http.carry(&request, std::slice::from_ref(&self.key)) {
            Ok(response) if response.status == 200 => {
                let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
                let word = |field: &str| body[field].as_str().unwrap_or("not told").chars().take(40).collect::<String>();
                Ok(format!("the number answers; quality {}, tier {}", word("quality_rating"), word("messaging_limit_tier")))
            }
            Ok(response) if matches!(response.status, 401 | 403) => {
                Err("the token is not taken; make a permanent one of a system user that may send".to_owned())
            }
            Ok(response) => Err(format!("the number answers {}; compare number and address with Meta's", response.status)),
            Err(trouble) => Err(format!("{trouble}; look at the network and at the address in the settings")),
        }
    }
}
