//! What the program around knows and does: its engine and clock, and everything that needs its settings.

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_engine::Engine;
use regua_engine::ports::Rng;

use crate::Hooks;

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
}
