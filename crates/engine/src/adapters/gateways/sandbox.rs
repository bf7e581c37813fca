//! The built-in sandbox as a gateway: the answers of `wire::gateways::sandbox`, with its latency and the time.
//!
//! Deliberately absent: sockets, and memory: after a restart it answers as before.

use std::time::Duration;

use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_wire::gateways::sandbox as dialect;
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Instrument, InstrumentOrder, Listing, MethodNews, Refund, RefundOrder, Trouble,
};

use crate::ports::Gateway;

/// The sandbox. Clock and patience are given to it, so that a year of it can run in a second.
pub struct Sandbox {
    clock: Box<dyn FnMut() -> Instant + Send>,
    wait: Box<dyn FnMut(Duration) + Send>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sandbox")
    }
}

impl Sandbox {
    /// A sandbox by this clock that really takes the time its tokens say.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the latency that a token asks for is what is tried out")]
    pub fn new(clock: impl FnMut() -> Instant + Send + 'static) -> Self {
        Self::waiting(clock, std::thread::sleep)
    }

    /// A sandbox by this clock that leaves waiting to `wait`.
    #[must_use]
    pub fn waiting(clock: impl FnMut() -> Instant + Send + 'static, wait: impl FnMut(Duration) + Send + 'static) -> Self {
        Self { clock: Box::new(clock), wait: Box::new(wait) }
    }

    fn dawdle(&mut self, order: &ChargeOrder) {
        // A token that is no magic value is refused, at once, by what follows.
        let slow_ms = dialect::Plan::of(&order.method_token).map_or(0, |plan| plan.slow_ms);
        if slow_ms > 0 {
            (self.wait)(Duration::from_millis(u64::from(slow_ms)));
        }
    }
}

impl Gateway for Sandbox {
    fn charge(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble> {
        self.dawdle(order);
        dialect::charge(order, (self.clock)())
    }

    fn ask(&mut self, order: &ChargeOrder, _reference: Option<&str>) -> Result<Charged, Trouble> {
        dialect::ask(order, (self.clock)())
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble> {
        dialect::issue(order, (self.clock)())
    }

    fn look(&mut self, _rail: Rail, _key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        dialect::look(reference, (self.clock)())
    }

    fn cancel(&mut self, _rail: Rail, _key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        dialect::cancel(reference, (self.clock)())
    }

    fn refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble> {
        dialect::refund(order)
    }

    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        Ok(dialect::customer(order))
    }

    fn methods(&mut self, customer_token: &str) -> Result<Vec<MethodNews>, Trouble> {
        dialect::methods(customer_token)
    }

    fn list(&mut self, _since: Instant, _until: Instant, _place: Option<&str>) -> Result<Listing, Trouble> {
        Ok(Listing::default())
    }

    fn check(&mut self) -> Result<String, Trouble> {
        Ok("the built-in sandbox: it takes no money".to_owned())
    }
}
