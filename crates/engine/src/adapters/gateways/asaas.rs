//! Asaas as a gateway. It knows no idempotency key: what makes an order happen once is that our key is looked for first.
//!
//! After a lost reply it is looked for again, and what is not found then stays in doubt: a card that was refused leaves nothing
//! behind. Deliberately absent: the mirror of a biller's objects, which reads with the same carrier, and webhooks.

use regua_core::time::{Day, Instant, Zone};
use regua_core::words::Rail;
use regua_wire::gateways::asaas::{Dialect, customer};
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Instrument, InstrumentOrder, InstrumentStanding, Listing, MethodNews, Refund, RefundOrder,
    Request, Response, Trouble,
};

use super::settle;
use crate::adapters::http::{self, BadSettings, Carrier, Credential, Http};
use crate::ports::Gateway;
use crate::secret::Secret;

/// Asaas's address.
const BASE: &str = "https://api.asaas.com/v3";
/// The header that carries the key.
const KEY_HEADER: &str = "access_token";
/// Its days are those of São Paulo.
const ZONE: &str = "America/Sao_Paulo";
/// Pages of a customer's payments that are looked through for cards at most: of a hundred each.
const PAGES_MAX: usize = 20;

/// One account at Asaas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AsaasSettings {
    /// The API: its address and patience.
    pub api: http::Settings,
    /// The key of the account.
    pub key: Secret,
    /// What the account agreed on with Asaas.
    pub dialect: Dialect,
}

impl AsaasSettings {
    /// Asaas itself, by a key.
    #[must_use]
    pub fn new(key: Secret) -> Self {
        Self { api: http::Settings::new(BASE), key, dialect: Dialect::default() }
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.api.check()?;
        let key = self.key.expose();
        if !key.starts_with("$aact_") || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let why =
                "the key of Asaas is none: it begins $aact_, the dollar sign included, which a shell takes away where it is not quoted";
            return Err(BadSettings(why.to_owned()));
        }
        Ok(())
    }
}

/// Asaas over a carrier.
pub struct Asaas<C = Http> {
    carrier: C,
    key: Credential,
    base: String,
    dialect: Dialect,
    clock: Box<dyn FnMut() -> Instant + Send>,
}

impl<C> std::fmt::Debug for Asaas<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asaas({})", self.base)
    }
}

impl Asaas {
    /// Gets ready; nothing is sent.
    ///
    /// # Errors
    /// [`BadSettings`], as [`AsaasSettings::check`].
    pub fn new(settings: AsaasSettings, clock: impl FnMut() -> Instant + Send + 'static) -> Result<Self, BadSettings> {
        settings.check()?;
        let carrier = Http::new(&settings.api)?;
        Ok(Self::over(settings, carrier, clock))
    }
}

impl<C: Carrier> Asaas<C> {
    /// The same over another carrier, such as one that only reads.
    #[must_use]
    pub fn over(settings: AsaasSettings, carrier: C, clock: impl FnMut() -> Instant + Send + 'static) -> Self {
        let AsaasSettings { api, key, dialect } = settings;
        Self { carrier, key: Credential::header(KEY_HEADER, key), base: api.base, dialect, clock: Box::new(clock) }
    }

    /// Carries any request of the dialect, such as those of the mirror.
    ///
    /// # Errors
    /// As [`Carrier::carry`].
    pub fn call(&mut self, request: &Request) -> Result<Response, Trouble> {
        self.carrier.carry(request, std::slice::from_ref(&self.key))
    }

    fn today(&mut self) -> Day {
        let zone = Zone::parse(ZONE).unwrap_or_else(|_error| Zone::utc());
        zone.day_of((self.clock)())
    }

    /// What is paid by is asked for besides, of what can be paid.
    fn with_code(&mut self, instrument: Instrument, rail: Rail) -> Result<Instrument, Trouble> {
        if instrument.standing != InstrumentStanding::Open {
            return Ok(instrument);
        }
        let Some(request) = self.dialect.code(rail, &instrument.reference) else { return Ok(instrument) };
        let response = self.call(&request)?;
        self.dialect.with_code(instrument, rail, &response)
    }

    fn find(&mut self, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        let request = self.dialect.look(key, reference);
        let response = self.call(&request)?;
        self.dialect.looked(key, reference, &response)
    }

    fn find_customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        let request = self.dialect.find_customer(order);
        let response = self.call(&request)?;
        let known = self.dialect.found_customer(order, &response)?;
        if known.is_reminded() {
            // Who duns is Régua.
            let response = self.call(&customer::silence(&known.id))?;
            self.dialect.made_customer(&response)?;
        }
        Ok(known.id)
    }

    fn find_refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble> {
        let request = self.dialect.ask_refund(order);
        let response = self.call(&request)?;
        self.dialect.refunded(order, &response, true)
    }
}

impl<C: Carrier> Gateway for Asaas<C> {
    fn charge(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble> {
        let request = self.dialect.charge(order)?;
        match self.ask(order, None) {
            Err(Trouble::NotFound) => {}
            answer => return answer,
        }
        let ordered = self.call(&request).and_then(|response| self.dialect.charged(&response));
        settle(ordered, || self.ask(order, None))
    }

    fn ask(&mut self, order: &ChargeOrder, reference: Option<&str>) -> Result<Charged, Trouble> {
        let request = self.dialect.ask(order, reference);
        let response = self.call(&request)?;
        self.dialect.asked(order, reference, &response)
    }

    /// A refused card leaves nothing to find: sent again, the order would be another try of it.
    fn repeats_safely(&self) -> bool {
        false
    }

    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble> {
        let today = self.today();
        let request = self.dialect.issue(order, today)?;
        let instrument = match self.find(&order.key, None) {
            Err(Trouble::NotFound) => {
                let ordered = self.call(&request).and_then(|response| self.dialect.issued(&response));
                settle(ordered, || self.find(&order.key, None))?
            }
            found => found?,
        };
        self.with_code(instrument, order.rail)
    }

    fn look(&mut self, rail: Rail, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        let instrument = self.find(key, reference)?;
        self.with_code(instrument, rail)
    }

    fn cancel(&mut self, _rail: Rail, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        let found = self.find(key, reference)?;
        if found.standing != InstrumentStanding::Open {
            return Ok(found);
        }
        let request = self.dialect.cancel(&found.reference);
        let gone = self.call(&request).and_then(|response| self.dialect.cancelled(&response));
        match gone {
            // What is gone may not be shown any more.
            Ok(()) => match self.find(key, Some(&found.reference)) {
                Ok(paid) if matches!(paid.standing, InstrumentStanding::Paid(_)) => Ok(paid),
                Ok(_) | Err(Trouble::NotFound) => Ok(Instrument { standing: InstrumentStanding::Closed, ..found }),
                Err(trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::Refused { .. })) => Err(trouble),
            },
            Err(trouble @ (Trouble::Unknown { .. } | Trouble::NotFound)) => match self.find(key, Some(&found.reference)) {
                Ok(instrument) if instrument.standing != InstrumentStanding::Open => Ok(instrument),
                Ok(_) | Err(_) => Err(trouble),
            },
            Err(trouble @ (Trouble::Outage { .. } | Trouble::Refused { .. })) => Err(trouble),
        }
    }

    fn refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble> {
        let request = self.dialect.refund(order)?;
        match self.find_refund(order) {
            Err(Trouble::NotFound) => {}
            answer => return answer,
        }
        let ordered = self.call(&request).and_then(|response| self.dialect.refunded(order, &response, false));
        settle(ordered, || self.find_refund(order))
    }

    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        match self.find_customer(order) {
            Err(Trouble::NotFound) => {}
            answer => return answer,
        }
        let request = self.dialect.make_customer(order)?;
        let made = self.call(&request).and_then(|response| self.dialect.made_customer(&response));
        settle(made.map(|made| made.id), || self.find_customer(order))
    }

    fn methods(&mut self, customer_token: &str) -> Result<Vec<MethodNews>, Trouble> {
        let mut methods: Vec<MethodNews> = Vec::new();
        let mut offset = 0;
        for _ in 0..PAGES_MAX {
            let request = self.dialect.methods(customer_token, offset);
            let response = self.call(&request)?;
            let (more, next) = self.dialect.listed_methods(&response)?;
            for method in more {
                if !methods.iter().any(|known| known.method_token == method.method_token) {
                    methods.push(method);
                }
            }
            match next {
                Some(next) => offset = next,
                None => break,
            }
        }
        // Beyond are payments of years ago: a card that paid none since is not one to charge.
        Ok(methods)
    }

    fn list(&mut self, since: Instant, until: Instant, place: Option<&str>) -> Result<Listing, Trouble> {
        let request = self.dialect.list(since, until, place)?;
        let response = self.call(&request)?;
        self.dialect.listed(place, &response)
    }

    fn check(&mut self) -> Result<String, Trouble> {
        let request = self.dialect.check();
        let response = self.call(&request)?;
        self.dialect.listed_methods(&response)?;
        Ok("the key reads payments".to_owned())
    }
}
