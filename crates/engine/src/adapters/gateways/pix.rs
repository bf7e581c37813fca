//! A bank's Pix API as a gateway: charges that wait for the payer, Pix Automático, refunds, with OAuth2 and mutual TLS.
//!
//! A reply that leaves it open is asked about at once, by the same id. Deliberately absent: stored methods by customer, which the
//! API does not list: they come by webhook and listing.

mod authorise;

use std::sync::{Arc, Mutex, PoisonError};

use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use regua_wire::gateways::authorise::{Authorise, Authorised};
use regua_wire::gateways::pix::oauth::{self, SCOPES_CHARGES, SCOPES_RECURRING, Token};
use regua_wire::gateways::pix::{self as dialect, Account, Dialect, errors};
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Instrument, InstrumentOrder, InstrumentStanding, Listing, MethodNews, Refund, RefundOrder,
    Request, Response, Trouble,
};
use regua_wire::pix::PixKey;

use super::settle;
use crate::adapters::http::{self, BadSettings, Carrier, Credential, Http};
use crate::ports::Gateway;
use crate::secret::Secret;

/// The bank's zone: its days and windows are those of Brasília.
const ZONE: &str = "America/Sao_Paulo";
/// Statuses that say that we may not ask.
const DENIED: [u16; 2] = [401, 403];
/// How far back the trial of `check` reads.
const TRIAL_HOURS: i64 = 1;

/// One receiver at one bank. Its key may be a person's: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct PixSettings {
    /// The API: its address, our certificate, patience.
    pub api: http::Settings,
    /// Where tokens are asked for, when at another address; our certificate is shown there too.
    pub tokens_base: Option<String>,
    /// The path there.
    pub tokens_path: String,
    /// Which client of the bank's we are.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// Where payers send their money.
    pub key: String,
    /// Where recurring charges go; none leaves Pix Automático out.
    pub account: Option<Account>,
}

impl std::fmt::Debug for PixSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PixSettings({})", self.api.base)
    }
}

impl PixSettings {
    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.api.check()?;
        self.tokens().check()?;
        self.dialect()?;
        if self.client_id.is_empty() || self.client_id.contains(':') || self.client_secret.expose().is_empty() {
            return Err(BadSettings("client id or secret is missing; the bank shows both where it made the client".to_owned()));
        }
        if !self.tokens_path.starts_with('/') {
            return Err(BadSettings("the path of tokens begins with /, as in /oauth/token".to_owned()));
        }
        Ok(())
    }

    fn tokens(&self) -> http::Settings {
        let base = self.tokens_base.clone().unwrap_or_else(|| self.api.base.clone());
        http::Settings { base, ..self.api.clone() }
    }

    fn dialect(&self) -> Result<Dialect, BadSettings> {
        let key = PixKey::parse(&self.key).map_err(|bad| BadSettings(format!("the Pix key cannot be used: {bad}")))?;
        Ok(Dialect { key, account: self.account.clone() })
    }
}

/// A token in the hands of all that talk to one bank. Whoever finds it gone gets the next one, and the others wait for that.
#[derive(Clone, Debug, Default)]
pub struct Purse(Arc<Mutex<Option<Token>>>);

/// A Pix API. `C` carries the API's requests, `T` those for tokens.
pub struct Pix<C = Http, T = Http> {
    api: C,
    tokens: T,
    purse: Purse,
    client: Credential,
    tokens_path: String,
    dialect: Dialect,
    clock: Box<dyn FnMut() -> Instant + Send>,
}

impl<C, T> std::fmt::Debug for Pix<C, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pix")
    }
}

impl Pix {
    /// Gets ready; nothing is sent. Gateways of one receiver share a purse.
    ///
    /// # Errors
    /// [`BadSettings`], as [`PixSettings::check`].
    pub fn new(settings: &PixSettings, purse: &Purse, clock: impl FnMut() -> Instant + Send + 'static) -> Result<Self, BadSettings> {
        settings.check()?;
        Self::over(settings, Http::new(&settings.api)?, Http::new(&settings.tokens())?, purse, clock)
    }
}

impl<C: Carrier, T: Carrier> Pix<C, T> {
    /// The same over other carriers.
    ///
    /// # Errors
    /// [`BadSettings`] when the key is none.
    pub fn over(
        settings: &PixSettings,
        api: C,
        tokens: T,
        purse: &Purse,
        clock: impl FnMut() -> Instant + Send + 'static,
    ) -> Result<Self, BadSettings> {
        Ok(Self {
            api,
            tokens,
            purse: purse.clone(),
            client: Credential::basic(&settings.client_id, &settings.client_secret),
            tokens_path: settings.tokens_path.clone(),
            dialect: settings.dialect()?,
            clock: Box::new(clock),
        })
    }

    fn scopes(&self) -> Vec<&'static str> {
        let recurring = if self.dialect.account.is_some() { SCOPES_RECURRING } else { &[] };
        [SCOPES_CHARGES, recurring].concat()
    }

    /// A token that holds, and is not `refused`. While one asks for it the others wait.
    fn token(&mut self, refused: Option<&Token>) -> Result<Token, Trouble> {
        let now = (self.clock)();
        let purse = self.purse.clone();
        let mut purse = purse.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = purse.as_ref().filter(|token| token.holds(now) && Some(*token) != refused) {
            return Ok(token.clone());
        }
        let request = oauth::request(&self.tokens_path, &self.scopes());
        // A token more or less changes nothing: one whose reply was lost is asked for again later.
        let response = self.tokens.carry(&request, std::slice::from_ref(&self.client)).map_err(only_outage)?;
        let token = Token::read(&response, now)?;
        *purse = Some(token.clone());
        Ok(token)
    }

    /// Carries any request of the API, such as those of authorisations; once more with a new token when the first is not taken.
    ///
    /// # Errors
    /// As [`Carrier::carry`].
    pub fn call(&mut self, request: &Request) -> Result<Response, Trouble> {
        let token = self.token(None)?;
        let response = self.api.carry(request, &[Credential::bearer(&Secret::new(&token.bearer))])?;
        if !errors::is_token_refused(&response) {
            return let_in(response);
        }
        let token = self.token(Some(&token))?;
        let_in(self.api.carry(request, &[Credential::bearer(&Secret::new(&token.bearer))])?)
    }

    fn today(&mut self) -> regua_core::time::Day {
        let zone = Zone::parse(ZONE).unwrap_or_else(|_error| Zone::utc());
        zone.day_of((self.clock)())
    }

    /// Asks for a charge as one that is due, and if there is none, as one that is paid at once.
    fn either(
        &mut self,
        requests: [Request; 2],
        read: impl Fn(&Dialect, &Response) -> Result<Instrument, Trouble>,
    ) -> Result<Instrument, Trouble> {
        let mut answer = Err(Trouble::NotFound);
        for request in requests {
            let response = self.call(&request)?;
            answer = read(&self.dialect, &response);
            if answer != Err(Trouble::NotFound) {
                break;
            }
        }
        answer
    }

    fn looked(&mut self, key: &str) -> Result<Instrument, Trouble> {
        let requests = self.dialect.look(key)?;
        self.either(requests, Dialect::looked)
    }
}

/// What a question can come to that changes nothing.
fn only_outage(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Unknown { why } => Trouble::Outage { why, wait_secs: None },
        Trouble::Outage { .. } | Trouble::Refused { .. } | Trouble::NotFound => trouble,
    }
}

/// A reply, unless it says that we may not ask: that has a code of its own, whatever the bank calls it.
fn let_in(response: Response) -> Result<Response, Trouble> {
    if !DENIED.contains(&response.status) {
        return Ok(response);
    }
    Err(match errors::trouble(&response, true) {
        Trouble::Refused { why, .. } => Trouble::Refused { code: response.status.to_string(), why },
        trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::NotFound) => trouble,
    })
}

/// As [`settle`], and a refusal is asked about too: a bank that has one of this id already refuses the same order sent again, by
/// us or by the repeat of a request whose reply was lost, each in its own words.
fn settle_refused<A>(ordered: Result<A, Trouble>, ask: impl FnOnce() -> Result<A, Trouble>) -> Result<A, Trouble> {
    match ordered {
        // Who may not order may not ask either.
        Err(Trouble::Refused { code, why }) if DENIED.iter().any(|status| status.to_string() == code) => {
            Err(Trouble::Refused { code, why })
        }
        Err(trouble @ (Trouble::Unknown { .. } | Trouble::Refused { .. })) => ask().or(Err(trouble)),
        Err(trouble @ (Trouble::Outage { .. } | Trouble::NotFound)) => Err(trouble),
        Ok(answer) => Ok(answer),
    }
}

fn only_pix(rail: Rail) -> Result<(), Trouble> {
    if rail == Rail::Pix {
        return Ok(());
    }
    Err(Trouble::Refused { code: "rail".to_owned(), why: format!("the Pix API makes no {rail}: order it from another gateway") })
}

impl<C: Carrier, T: Carrier> Gateway for Pix<C, T> {
    fn charge(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble> {
        let today = self.today();
        let request = self.dialect.charge(order, today)?;
        let ordered = self.call(&request).and_then(|response| self.dialect.charged(order, &response));
        settle_refused(ordered, || self.ask(order, None))
    }

    fn ask(&mut self, order: &ChargeOrder, _reference: Option<&str>) -> Result<Charged, Trouble> {
        let request = self.dialect.ask(order)?;
        let response = self.call(&request)?;
        self.dialect.asked(order, &response)
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble> {
        let now = (self.clock)();
        let request = self.dialect.issue(order, now)?;
        let ordered = self.call(&request).and_then(|response| self.dialect.issued(&response));
        settle_refused(ordered, || self.looked(&order.key))
    }

    fn look(&mut self, rail: Rail, key: &str, _reference: Option<&str>) -> Result<Instrument, Trouble> {
        only_pix(rail)?;
        self.looked(key)
    }

    fn cancel(&mut self, rail: Rail, key: &str, _reference: Option<&str>) -> Result<Instrument, Trouble> {
        only_pix(rail)?;
        let requests = self.dialect.cancel(key)?;
        let ordered = self.either(requests, Dialect::cancelled);
        // Still open after a refusal says nothing new: the payer may be at it right now.
        settle(ordered, || match self.looked(key) {
            Ok(instrument) if instrument.standing == InstrumentStanding::Open => Err(Trouble::NotFound),
            looked => looked,
        })
    }

    fn refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble> {
        let request = self.dialect.refund(order)?;
        let ordered = self.call(&request).and_then(|response| self.dialect.refunded(order, &response, false));
        settle_refused(ordered, || {
            let request = self.dialect.ask_refund(order)?;
            let response = self.call(&request)?;
            self.dialect.refunded(order, &response, true)
        })
    }

    /// The API knows no customers: an authorisation names ours as its contract, by this key.
    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        Ok(order.key.clone())
    }

    fn methods(&mut self, _customer_token: &str) -> Result<Vec<MethodNews>, Trouble> {
        let why = "the Pix API does not list the authorisations of one payer; they come by webhook and by listing";
        Err(Trouble::Refused { code: "methods".to_owned(), why: why.to_owned() })
    }

    fn authorise(&mut self, order: &Authorise) -> Result<Authorised, Trouble> {
        self.ask_payer(order)
    }

    fn authorisation(&mut self, reference: &str) -> Result<Authorised, Trouble> {
        self.look_at(reference)
    }

    fn end_authorisation(&mut self, reference: &str) -> Result<Authorised, Trouble> {
        self.take_back(reference)
    }

    fn list(&mut self, since: Instant, until: Instant, place: Option<&str>) -> Result<Listing, Trouble> {
        let request = dialect::list(since, until, place)?;
        let response = self.call(&request)?;
        dialect::listed(place, &response, self.dialect.account.is_some())
    }

    fn check(&mut self) -> Result<String, Trouble> {
        let token = self.token(None)?;
        let asked = self.scopes();
        let lacks = token.lacks(&asked);
        if !lacks.is_empty() {
            let why = format!("the bank did not grant {}; ask it to, for this client", lacks.join(", "));
            return Err(Trouble::Refused { code: "scopes".to_owned(), why });
        }
        let now = (self.clock)();
        self.list(now.plus_hours(-TRIAL_HOURS), now, None)?;
        let recurring = if self.dialect.account.is_some() { ", with Pix Automático" } else { "" };
        Ok(format!("the bank lets us in and lists what came{recurring}"))
    }
}

#[cfg(test)]
mod tests;
