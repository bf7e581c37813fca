//! What takes requests in: webhooks for the gateways of the settings, and everything that the API asks of the program around.

use std::path::PathBuf;
use std::sync::Arc;

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;
use regua_core::words::Language;
use regua_engine::Engine;
use regua_engine::adapters::oidc::Provider;
use regua_engine::commands::tell::About;
use regua_engine::endpoints::Reach;
use regua_engine::hooks::{self, Hook};
use regua_engine::links::Purpose;
use regua_engine::ports::Rng;
use regua_store::db::Scope;
use regua_web::office::Office;
use regua_web::{Bell, CompanyLook, Hooks, Host, Standing, Taken};

use super::wake::{Pulse, Wake};
use crate::live::gateway::{verify, zone_of};
use crate::live::installation::Installation;
use crate::live::office::{Place, Proof, Trial};
use crate::world::{SystemRng, World, clock};

/// For so many seconds workers that do nothing are taken to live: a pass waits half a minute at most, and beats while it works.
const PULSE_SECS: i64 = 300;

/// What takes requests in.
pub(crate) struct Door {
    pub(crate) installation: Arc<Installation>,
    pub(crate) world: World,
    /// The company's name in addresses, besides its id.
    pub(super) name: String,
    /// Wakes the workers.
    pub(super) wake: Arc<Wake>,
    /// Wakes event streams.
    pub(super) bell: Bell,
    /// Whether the workers live.
    pub(super) pulse: Arc<Pulse>,
    /// What whoever sets the first owner up must send.
    pub(super) setup: String,
    /// Who vouches for people besides passwords.
    pub(super) provider: Option<Provider>,
    /// Where a demo's messages are.
    pub(super) captured: Option<PathBuf>,
    /// Held while something slow is done.
    pub(crate) slow: Place,
    /// The proof that everything is whole.
    pub(crate) proof: Arc<Proof>,
    /// The backtest that was asked for last.
    pub(crate) trial: Arc<Trial>,
}

impl Hooks for Door {
    fn take(&self, tenant: &str, gateway: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Taken {
        if tenant != self.name && tenant != self.installation.tenant.to_string() {
            return Taken::NotFound;
        }
        let (config, zone) = (&self.installation.config, zone_of(&self.installation));
        let hook = Hook { gateway, path, headers, body };
        let taken = self
            .installation
            .engine
            .take_hook(self.installation.tenant, &hook, clock(), &|hook, now| verify(config, zone, tenant, hook, now));
        match taken {
            Ok(hooks::Taken::Stored) => {
                self.wake.ring();
                Taken::Stored
            }
            Ok(hooks::Taken::Known) => Taken::Known,
            Ok(hooks::Taken::Refused(_)) => Taken::Refused,
            Ok(hooks::Taken::TooLarge) => Taken::TooLarge,
            Ok(hooks::Taken::NoGateway) => Taken::NotFound,
            Err(_) => Taken::Busy,
        }
    }

    fn challenge(&self, tenant: &str, name: &str, query: &str) -> Option<String> {
        let ours = tenant == self.name || tenant == self.installation.tenant.to_string();
        crate::live::channels::challenge(&self.installation.config, name, query).filter(|_| ours)
    }

    /// The database answers, and the workers live: traffic that nobody would act on belongs to another process.
    fn ready(&self) -> bool {
        let own = self.installation.tenant;
        let found = self.installation.engine.db().read(Scope::Tenant(own), |tx| regua_store::tenants::one(tx, own));
        found.is_ok_and(|found| found.is_some()) && self.pulse.is_felt(clock(), PULSE_SECS)
    }
}

impl Host for Door {
    fn engine(&self) -> &Engine {
        &self.installation.engine
    }

    fn now(&self) -> Instant {
        clock()
    }

    fn rng(&self) -> Box<dyn Rng> {
        Box::new(SystemRng)
    }

    fn tenant(&self) -> TenantId {
        self.installation.tenant
    }

    fn ring(&self) {
        self.wake.ring();
    }

    fn setup_token(&self) -> Option<String> {
        Some(self.setup.clone())
    }

    fn oidc(&self) -> Option<&Provider> {
        self.provider.as_ref()
    }

    fn reach(&self) -> Reach {
        super::workers::reach(&self.installation.config)
    }

    fn bell(&self) -> Option<&Bell> {
        Some(&self.bell)
    }

    fn standing(&self) -> Option<Standing> {
        super::standing::standing(&self.installation)
    }

    fn shows_metrics(&self) -> bool {
        self.installation.config.serve.metrics
    }

    fn office(&self) -> Option<&dyn Office> {
        Some(self)
    }

    fn captured(&self) -> Option<PathBuf> {
        self.captured.clone()
    }

    fn asks_opens(&self) -> bool {
        self.installation.config.email.asks_opens
    }

    fn in_app_origins(&self) -> &[String] {
        &self.installation.config.in_app_origins
    }

    /// As in messages: the portal where the settings say under which address it is reached, and the company's own page elsewhere.
    fn portal_link(&self, tenant: TenantId, customer: CustomerId, now: Instant) -> Option<String> {
        let config = &self.installation.config;
        let Some(base) = &config.serve.public_address else {
            return config.company.as_ref().ok().map(|company| company.link.as_str().to_owned());
        };
        let (engine, id) = (&self.installation.engine, customer.to_string());
        let token = engine.make_link(tenant, &id, Purpose::Portal, now).ok()?;
        let brand = engine.brand_of(tenant, &About::Customer(id)).ok()?;
        let domain = brand.map(|brand| brand.portal_domain).filter(|domain| !domain.trim().is_empty());
        Some(domain.map_or_else(|| format!("{base}/p/{token}"), |domain| format!("https://{}/p/{token}", domain.trim())))
    }

    fn company_look(&self) -> Option<CompanyLook> {
        let config = &self.installation.config;
        let creditor = &config.company.as_ref().ok()?.creditor;
        Some(CompanyLook {
            name: creditor.name.as_str().to_owned(),
            contact: creditor.contact.as_str().to_owned(),
            colour: Some(config.brand.colour.clone()).filter(|colour| !colour.is_empty()),
        })
    }

    fn language(&self) -> Option<Language> {
        self.installation.config.language
    }
}
