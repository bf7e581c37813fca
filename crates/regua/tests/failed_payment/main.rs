//! A failed payment, from end to end: the gateway's webhook, a message with a link, a new card in the portal, the try at once, the
//! receipt, and access as before. Once under a clock that is simulated, and once with the built binary in real time.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod far;
mod page;
mod real;
mod simulated;
