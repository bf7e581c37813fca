//! SMS at a provider that speaks Twilio's API of 2010. It knows no key of ours: after a cut line nobody knows, and nothing is sent
//! again.
//!
//! Where a message came is posted to an address that ends in our id of it, so that even one whose answer was lost is found again.
//! Deliberately absent: reading what is posted, which is `wire`'s, and rates, which are the line's.

use regua_wire::channels::sms::{self, Order, Sender};
use regua_wire::gateways::{Request, Verb};

use super::Carries;
use crate::adapters::http::{self, BadSettings, Carrier, Credential, Http};
use crate::ports::{Parcel, Sent};
use crate::secret::Secret;

/// Twilio's address.
const BASE: &str = "https://api.twilio.com";

/// Who sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SmsSender {
    /// A number of the account, or a short code.
    Number(String),
    /// A service of the account, which picks one of its numbers: `MG…`.
    Service(String),
}

/// One account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SmsSettings {
    /// The API: its address and patience.
    pub api: http::Settings,
    /// The account: `AC…`.
    pub account: String,
    /// Its token, which also signs what it posts to us.
    pub token: Secret,
    /// Who sends.
    pub sender: SmsSender,
    /// Where to post how far a message came: our id of it is put behind a slash. None asks for nothing.
    pub callback: Option<String>,
    /// Seconds after which a message is not worth sending any more.
    pub validity_secs: Option<u32>,
}

impl SmsSettings {
    /// Twilio itself, with statuses to nobody and messages that are worth sending for four hours.
    #[must_use]
    pub fn new(account: &str, token: Secret, sender: SmsSender) -> Self {
        let api = http::Settings::new(BASE);
        Self { api, account: account.to_owned(), token, sender, callback: None, validity_secs: Some(14_400) }
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.api.check()?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain(&self.account) {
            return Err(BadSettings("the account is none; it begins with AC and has letters and digits only".to_owned()));
        }
        let (SmsSender::Number(sender) | SmsSender::Service(sender)) = &self.sender;
        if sender.trim().is_empty() {
            return Err(BadSettings("nobody is named who sends; write a number such as +15005550006, or a service: MG…".to_owned()));
        }
        Ok(())
    }
}

/// SMS over a carrier of requests.
pub struct Sms<C = Http> {
    http: C,
    key: Credential,
    settings: SmsSettings,
}

impl Sms {
    /// Over the network; nothing is sent yet.
    ///
    /// # Errors
    /// [`BadSettings`], as [`SmsSettings::check`].
    pub fn new(settings: SmsSettings) -> Result<Self, BadSettings> {
        settings.check()?;
        let http = Http::new(&settings.api)?;
        Ok(Self::over(http, settings))
    }
}

impl<C: Carrier> Sms<C> {
    /// Over any carrier of requests.
    pub fn over(http: C, settings: SmsSettings) -> Self {
        let key = Credential::basic(&settings.account, &settings.token);
        Self { http, key, settings }
    }
}

impl<C: Carrier> Carries for Sms<C> {
    fn send(&mut self, parcel: &Parcel) -> Sent {
        let callback = self.settings.callback.as_ref().map(|base| format!("{base}/{}", parcel.key.0));
        let order = Order {
            account: &self.settings.account,
            sender: match &self.settings.sender {
                SmsSender::Number(number) => Sender::From(number),
                SmsSender::Service(service) => Sender::Service(service),
            },
            to: &parcel.to,
            text: &parcel.text,
            callback: callback.as_deref(),
            validity_secs: self.settings.validity_secs,
        };
        let request = match sms::send(&order) {
            Ok(request) => request,
            Err(refusal) => return Sent::of_refusal(&refusal),
        };
        match self.http.carry(&request, std::slice::from_ref(&self.key)) {
            Ok(response) => Sent::of_answer(sms::answer(&response)),
            Err(trouble) => Sent::of_trouble(trouble, false),
        }
    }

    fn check(&mut self) -> Result<String, String> {
        let path = format!("/2010-04-01/Accounts/{}/Messages.json?PageSize=1", self.settings.account);
        let request = Request { method: Verb::Get, path, headers: Vec::new(), body: Vec::new(), repeatable: true };
        match self.http.carry(&request, std::slice::from_ref(&self.key)) {
            Ok(response) if response.status == 200 => Ok("the account answers".to_owned()),
            Ok(response) if matches!(response.status, 401 | 403) => {
                Err("the account does not take the token; compare account and token with the provider's".to_owned())
            }
            Ok(response) => Err(format!("the account answers {}; compare account and address with the provider's", response.status)),
            Err(trouble) => Err(format!("{trouble}; look at the network and at the address in the settings")),
        }
    }
}
