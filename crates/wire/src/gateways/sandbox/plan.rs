//! Magic values: what the token of a method says shall happen.
//!
//! | token | what happens |
//! | --- | --- |
//! | `sandbox_ok` | the money is taken |
//! | `sandbox_decline_CODE` | declined with a code of Stripe's, e.g. `sandbox_decline_insufficient_funds` |
//! | `sandbox_decline_SPACE_CODE` | declined with another's code: `sandbox_decline_visa_51`, `sandbox_decline_ach_R01` |
//! | `sandbox_decline_A+B+C` | with several at once, each as above |
//! | `sandbox_reason_REASON` | declined for a reason of ours, e.g. `sandbox_reason_fraud` |
//! | `sandbox_mac_03` | declined by Mastercard with this advice |
//! | `sandbox_recovers_after_3` | the third try of the same thing succeeds, those before lack funds |
//! | `sandbox_recovers_after_3_decline_…` | the same, and those before are declined with what follows |
//! | `sandbox_pending_2h` | open for two hours, then taken |
//! | `sandbox_pending_2h_decline_…` | open for two hours, then what follows |
//! | `sandbox_needs_payer`, `sandbox_needs_payer_2h` | the payer must authenticate, and never does, or has after two hours |
//! | `sandbox_unknown`, `sandbox_unknown_decline_…` | it acts, and its answer is lost; asked, it says what it did |
//! | `sandbox_lost` | the order is lost; asked, it knows nothing of it |
//! | `sandbox_outage`, `sandbox_outage_2h`, `sandbox_outage_2h_decline_…` | it cannot be used, for ever or for two hours |
//! | `sandbox_slow_1500`, `sandbox_slow_1500_decline_…` | it takes 1,500 ms, then what follows |
//!
//! Hours count from the attempt, which is in its id. Deliberately absent: chance.

use std::fmt;

use regua_core::charging::{CodeSpace, Reason, Signal};

/// The longest latency, in milliseconds.
pub const SLOW_MS_MAX: u32 = 60_000;
/// The longest delay, in hours: a year.
pub const DELAY_HOURS_MAX: u32 = 8_760;
/// Codes of one decline.
pub const SIGNALS_MAX: usize = 8;
/// Parts of one token that hold another.
const DEPTH_MAX: u8 = 4;
/// Characters of the longest token.
const TOKEN_MAX: usize = 200;

/// What shall happen, and after how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// How long the answer takes, in milliseconds.
    pub slow_ms: u32,
    /// The answer.
    pub outcome: Outcome,
}

/// What shall happen to an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The money is taken.
    Settles,
    /// It is declined with these codes.
    Declines(Vec<Signal>),
    /// The n-th try of the same thing succeeds.
    RecoversAfter {
        /// Which: 1 is the first.
        tries: u16,
        /// What happens to those before.
        before: Box<Outcome>,
    },
    /// It is open for a while.
    Pending {
        /// For how many hours.
        hours: u32,
        /// What happens then.
        then: Box<Outcome>,
    },
    /// The payer must authenticate.
    NeedsPayer {
        /// With these codes.
        signals: Vec<Signal>,
        /// After how many hours the payer has; none for never.
        done_after: Option<u32>,
    },
    /// It happens, and nobody hears of it.
    Unknown {
        /// What happens.
        then: Box<Outcome>,
    },
    /// The order is lost, and nobody hears of that either.
    Lost,
    /// The sandbox cannot be used.
    Outage {
        /// For how many hours; none for ever.
        hours: Option<u32>,
        /// What happens then.
        then: Box<Outcome>,
    },
}

/// A token that is no magic value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadToken;

impl std::error::Error for BadToken {}

impl fmt::Display for BadToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the method's token is no magic value of the sandbox; write e.g. sandbox_ok, sandbox_decline_insufficient_funds, \
             sandbox_decline_visa_51, sandbox_reason_fraud, sandbox_recovers_after_3, sandbox_pending_2h, sandbox_needs_payer, \
             sandbox_unknown, sandbox_outage or sandbox_slow_1500",
        )
    }
}

impl Plan {
    /// Reads a magic value.
    ///
    /// # Errors
    /// [`BadToken`] names some.
    ///
    /// ```
    /// # use regua_core::charging::{CodeSpace, Signal};
    /// # use regua_wire::gateways::sandbox::{Outcome, Plan};
    /// let plan = Plan::of("sandbox_slow_1500_decline_visa_51")?;
    /// assert_eq!(plan.slow_ms, 1_500);
    /// assert_eq!(plan.outcome, Outcome::Declines(vec![Signal { space: CodeSpace::Visa, code: "51".into() }]));
    /// # Ok::<(), regua_wire::gateways::sandbox::BadToken>(())
    /// ```
    pub fn of(token: &str) -> Result<Self, BadToken> {
        let rest = token.strip_prefix("sandbox_").filter(|_| token.len() <= TOKEN_MAX).ok_or(BadToken)?;
        let Some(rest) = rest.strip_prefix("slow_") else { return Ok(Self { slow_ms: 0, outcome: outcome(rest, 0)? }) };
        let (slow_ms, rest) = number(rest)?;
        if slow_ms > SLOW_MS_MAX {
            return Err(BadToken);
        }
        Ok(Self { slow_ms, outcome: then(rest, 0)? })
    }
}

/// What a part that holds another says of the rest: nothing is `ok`.
fn then(rest: &str, depth: u8) -> Result<Outcome, BadToken> {
    match rest.strip_prefix('_') {
        None if rest.is_empty() => Ok(Outcome::Settles),
        None => Err(BadToken),
        Some(rest) => outcome(rest, depth + 1),
    }
}

fn outcome(text: &str, depth: u8) -> Result<Outcome, BadToken> {
    if depth >= DEPTH_MAX {
        return Err(BadToken);
    }
    if let Some(codes) = text.strip_prefix("decline_") {
        return signals(codes).map(Outcome::Declines);
    }
    if let Some(reason) = text.strip_prefix("reason_") {
        let reason: Reason = reason.parse().or(Err(BadToken))?;
        return Ok(Outcome::Declines(vec![Signal { space: CodeSpace::Sandbox, code: reason.as_str().into() }]));
    }
    if let Some(advice) = text.strip_prefix("mac_") {
        // Advice stands beside a code of the network's; that of a timed one, beside a lack of funds.
        return Ok(Outcome::Declines(vec![code(CodeSpace::Mastercard, "51")?, code(CodeSpace::MastercardMac, advice)?]));
    }
    if let Some(rest) = text.strip_prefix("recovers_after_") {
        let (tries, rest) = number(rest)?;
        let tries = u16::try_from(tries).ok().filter(|tries| *tries > 0).ok_or(BadToken)?;
        let before =
            if rest.is_empty() { Outcome::Declines(vec![code(CodeSpace::Stripe, "insufficient_funds")?]) } else { then(rest, depth)? };
        return Ok(Outcome::RecoversAfter { tries, before: Box::new(before) });
    }
    if let Some(rest) = text.strip_prefix("pending_") {
        let (hours, rest) = hours(rest)?;
        return Ok(Outcome::Pending { hours, then: Box::new(then(rest, depth)?) });
    }
    if let Some(rest) = text.strip_prefix("needs_payer") {
        let done_after = match rest.strip_prefix('_') {
            None if rest.is_empty() => None,
            None => return Err(BadToken),
            Some(rest) => match hours(rest)? {
                (hours, "") => Some(hours),
                _ => return Err(BadToken),
            },
        };
        return Ok(Outcome::NeedsPayer { signals: vec![code(CodeSpace::Stripe, "authentication_required")?], done_after });
    }
    if let Some(rest) = text.strip_prefix("unknown") {
        return Ok(Outcome::Unknown { then: Box::new(then(rest, depth)?) });
    }
    if let Some(rest) = text.strip_prefix("outage") {
        let timed = rest.strip_prefix('_').filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        let (hours, rest) = match timed {
            None if rest.is_empty() => (None, rest),
            None => return Err(BadToken),
            Some(rest) => hours(rest).map(|(hours, rest)| (Some(hours), rest))?,
        };
        return Ok(Outcome::Outage { hours, then: Box::new(then(rest, depth)?) });
    }
    match text {
        "ok" => Ok(Outcome::Settles),
        "lost" => Ok(Outcome::Lost),
        _ => Err(BadToken),
    }
}

/// `51`, `visa_51`, `do_not_honor+mastercard_05+mastercard-mac_03`.
fn signals(codes: &str) -> Result<Vec<Signal>, BadToken> {
    let signals: Vec<Signal> = codes.split('+').take(SIGNALS_MAX + 1).map(signal).collect::<Result<_, _>>()?;
    if signals.len() > SIGNALS_MAX { Err(BadToken) } else { Ok(signals) }
}

fn signal(text: &str) -> Result<Signal, BadToken> {
    let other = CodeSpace::ALL.iter().find_map(|space| {
        let rest = text.strip_prefix(space.as_str())?.strip_prefix('_')?;
        Some((*space, rest))
    });
    let (space, rest) = other.unwrap_or((CodeSpace::Stripe, text));
    code(space, rest)
}

fn code(space: CodeSpace, text: &str) -> Result<Signal, BadToken> {
    if text.is_empty() { Err(BadToken) } else { Ok(Signal { space, code: text.into() }) }
}

/// A number and what follows it.
fn number(text: &str) -> Result<(u32, &str), BadToken> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Ok((digits.parse().or(Err(BadToken))?, rest))
}

/// `2h` or `3d` and what follows it, as hours.
fn hours(text: &str) -> Result<(u32, &str), BadToken> {
    let (count, rest) = number(text)?;
    let (hours, rest) = match (rest.strip_prefix('h'), rest.strip_prefix('d')) {
        (Some(rest), _) => (count, rest),
        (None, Some(rest)) => (count.checked_mul(24).ok_or(BadToken)?, rest),
        (None, None) => return Err(BadToken),
    };
    if hours > DELAY_HOURS_MAX { Err(BadToken) } else { Ok((hours, rest)) }
}
