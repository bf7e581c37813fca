//! What a bank tells by itself: where it shall tell it, and what the bodies say.
//!
//! A bank adds `/pix`, `/rec` or `/cobr` to the address that it was given. Nothing is signed: that the bank sent it is known
//! by its client certificate (mutual TLS), which whoever takes the connection checks before a body comes here. Delivery is best
//! effort: the lists are read besides. Deliberately absent: that check, and acknowledging.
//!
//! Source: Pix API 2.9.0, `WebhookPixBody`, `WebhookRecBody`, `WebhookCobRBody`.

use serde::{Deserialize, Serialize};

use super::cobr::Cobr;
use super::payments::Pix;
use super::rec::Rec;
use crate::gateways::br::{bare, get, read, segment, send};
use crate::gateways::{Heard, HookRefused, Request, Verb};
use crate::pix::PixKey;

/// What a bank tells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hook {
    /// Money that came in and went back, of one key.
    Pix,
    /// Authorisations.
    Rec,
    /// Recurring charges.
    Cobr,
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pix, Self::Rec, Self::Cobr];

    /// What the bank adds to the address.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Pix => "/pix",
            Self::Rec => "/rec",
            Self::Cobr => "/cobr",
        }
    }

    /// Which one a path is of, by its end.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
        Self::ALL.into_iter().find(|hook| path.ends_with(hook.suffix()))
    }

    fn path(self, key: &PixKey) -> String {
        match self {
            Self::Pix => format!("/webhook/{}", segment(key.as_str())),
            Self::Rec => "/webhookrec".to_owned(),
            Self::Cobr => "/webhookcobr".to_owned(),
        }
    }

    /// `PUT`: tells the bank where; the address has no suffix yet.
    #[must_use]
    pub fn register(self, key: &PixKey, url: &str) -> Request {
        send(Verb::Put, self.path(key), &Address { webhook_url: url.to_owned() }, true)
    }

    /// `GET`: where it tells now.
    #[must_use]
    pub fn registered(self, key: &PixKey) -> Request {
        get(self.path(key))
    }

    /// `DELETE`: tells it no more.
    #[must_use]
    pub fn unregister(self, key: &PixKey) -> Request {
        bare(Verb::Delete, self.path(key), true)
    }

    /// Reads a body. An empty one, and one without a list, is a test of the bank's and says nothing.
    ///
    /// # Errors
    /// [`HookRefused::Unreadable`] with the place: kept for a person, while the lists tell the same.
    pub fn read(self, body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Vec::new());
        }
        let told: Told = read(body).map_err(HookRefused::Unreadable)?;
        let (pix, recs, cobsr) = match self {
            Self::Pix => (told.pix, Vec::new(), Vec::new()),
            Self::Rec => (Vec::new(), told.recs, Vec::new()),
            Self::Cobr => (Vec::new(), Vec::new(), told.cobsr),
        };
        let sound = pix.iter().all(Pix::is_sound) && recs.iter().all(Rec::is_sound) && cobsr.iter().all(Cobr::is_sound);
        if !sound {
            return Err(HookRefused::Unreadable("an id in it has another form".to_owned()));
        }
        let mut heard: Vec<Heard> = pix.iter().flat_map(Pix::heard).collect();
        heard.extend(recs.iter().map(Rec::heard));
        heard.extend(cobsr.iter().flat_map(Cobr::heard));
        Ok(heard)
    }
}

/// Where a bank tells.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The address.
    pub webhook_url: String,
}

impl Address {
    /// Reads the reply to [`Hook::registered`].
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        read(body)
    }
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    pix: Vec<Pix>,
    #[serde(default)]
    recs: Vec<Rec>,
    #[serde(default)]
    cobsr: Vec<Cobr>,
}
