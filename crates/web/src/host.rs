//! What the program around knows and does: its engine and clock, and everything that needs its settings.

use std::path::PathBuf;

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;
use regua_core::words::Language;
use regua_engine::Engine;
use regua_engine::adapters::oidc::Provider;
use regua_engine::endpoints::Reach;
use regua_engine::ports::Rng;

use crate::Hooks;
use crate::metrics::Standing;
use crate::office::Office;
use crate::stream::Bell;

/// How a company shows itself to its customers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CompanyLook {
    /// What customers know it by.
    pub name: String,
    /// Where a person answers.
    pub contact: String,
    /// Its colour, e.g. `#1f4e79`.
    pub colour: Option<String>,
}

/// What the API asks of the program that it runs in. Called on threads that may wait.
pub trait Host: Hooks {
    /// The engine.
    fn engine(&self) -> &Engine;

    /// Now.
    fn now(&self) -> Instant;

    /// Random bytes.
    fn rng(&self) -> Box<dyn Rng>;

    /// Whose rows a request without a caller means: signing in, setting up.
    fn tenant(&self) -> TenantId;

    /// Something was changed from which something may follow at once: the workers look again.
    fn ring(&self);

    /// What whoever sets the first owner up must send: it is shown where the program runs, so that a stranger on the network
    /// cannot be first. None where nobody is set up in this way.
    fn setup_token(&self) -> Option<String> {
        None
    }

    /// Who vouches for people besides passwords; nobody where none is set.
    fn oidc(&self) -> Option<&Provider> {
        None
    }

    /// Where endpoints may be: outside, unless the settings say otherwise.
    fn reach(&self) -> Reach {
        Reach::Public
    }

    /// Rings when the event feed has grown, so that event streams look at once; they look each second without.
    fn bell(&self) -> Option<&Bell> {
        None
    }

    /// Where the workers stand, for metrics; none where it is not counted.
    fn standing(&self) -> Option<Standing> {
        None
    }

    /// Whether `GET /metrics` answers whoever reaches it, besides `/v1/metrics`, which asks who it is.
    fn shows_metrics(&self) -> bool {
        false
    }

    /// What is done with settings: documents, gateways, files; none where there are no settings.
    fn office(&self) -> Option<&dyn Office> {
        None
    }

    /// The folder of messages that are captured and may be looked at by whoever comes: only a demo has one.
    fn captured(&self) -> Option<PathBuf> {
        None
    }

    /// Whether it is kept that e-mails were opened: the pictures of those that went out before it was switched off tell nothing more.
    fn asks_opens(&self) -> bool {
        false
    }

    /// The origins of pages that may ask what an app shows, such as `https://app.acme.example`; no page may where there is none.
    fn in_app_origins(&self) -> &[String] {
        &[]
    }

    /// Where a customer sees and pays what it owes, for as long as that link lasts; the same link for the whole of a day. None
    /// where there is no portal.
    fn portal_link(&self, _tenant: TenantId, _customer: CustomerId, _now: Instant) -> Option<String> {
        None
    }

    /// How the company shows itself to its customers where no brand of its own does; none where there are no settings.
    fn company_look(&self) -> Option<CompanyLook> {
        None
    }

    /// The language of customers who stated none; that of the policy's rulebook where none is said.
    fn language(&self) -> Option<Language> {
        None
    }
}
