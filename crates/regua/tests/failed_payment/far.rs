//! The gateway's side: which card does what, and the webhook that says that a try failed after all.

use regua_core::ids::ChargeId;
use regua_core::time::Instant;
use regua_wire::gateways::sandbox::{self, Outcome, Plan};

/// With what the sandbox signs.
pub(crate) const SECRET: &str = "sandbox-secret";
/// A card that lacks funds, at once.
pub(crate) const POOR: &str = "sandbox_decline_insufficient_funds";
/// A card of which the gateway says after a while that it has expired.
pub(crate) const EXPIRED: &str = "sandbox_pending_72h_decline_expired_card";

/// Charges on the due day and never by itself again; restricts a week later.
pub(crate) const POLICY: &str = "\
regua: 1
name: Failed payment
currency: BRL
timezone: America/Sao_Paulo
contact: { rulebook: none, channels: [email] }
segments: [{ name: default }]
ladders:
  default:
    - { id: charge, at: D, do: charge }
    - { id: late,   at: D+1, do: notify, template: overdue, announces: [limit] }
    - { id: limit,  at: D+6, do: access, state: limited }
reactions:
  - { on: payment_failed, do: notify, template: payment_failed, by_reason: true }
  - { on: paid, do: notify, template: receipt }
";

/// The webhook that says that an attempt was declined: its signature, and its body.
pub(crate) fn declined(charge: ChargeId, now: Instant) -> (String, Vec<u8>) {
    let Outcome::Declines(codes) = Plan::of("sandbox_decline_expired_card").unwrap().outcome else { panic!("it declines") };
    let body = sandbox::charge_declined(charge, &codes, now);
    (sandbox::sign(SECRET.as_bytes(), now, &body), body)
}
