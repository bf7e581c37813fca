//! What a decision did, in one sentence without its subject.

use regua_core::decide::Outcome;
use regua_core::facts::Channels;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::DeferReason;

use super::why::{day, moment};

/// The message that a decision became part of.
#[derive(Clone, Copy, Debug)]
pub struct InMessage<'a> {
    /// Where it goes.
    pub channels: Channels,
    /// The other receivables that it is about, by what their source calls them.
    pub others: &'a [String],
    /// Whether this decision gave it template, tone and channels.
    pub leads: bool,
    /// The adverse steps of this receivable that it names, with their dates.
    pub announces: &'a [(String, Day)],
}

/// What was decided.
///
/// * `why` — what was done, or why not.
/// * `shadow` — whether only shadow sees it.
#[must_use]
pub fn decided(outcome: Outcome, why: &str, shadow: bool, message: Option<InMessage<'_>>) -> String {
    match (outcome, message) {
        (Outcome::Skipped(reason), _) => format!("skipped ({reason}): {why}"),
        (Outcome::Done, None) if shadow => format!("done in shadow only: {why}"),
        (Outcome::Done, None) => format!("done: {why}"),
        (Outcome::Done, Some(message)) => {
            format!("{} by {}", if shadow { "shadow, nobody gets it:" } else { "sent" }, message.sentence(why))
        }
    }
}

/// Until when something waits, and why.
///
/// * `until` — [`Instant::NEVER`] until a fact ends it.
#[must_use]
pub fn waits(zone: Zone, until: Instant, reason: DeferReason, why: &str) -> String {
    let until = if until == Instant::NEVER { "until that changes".to_owned() } else { format!("until {}", moment(zone, until)) };
    format!("waits {until} ({reason}): {why}")
}

impl InMessage<'_> {
    fn sentence(&self, what: &str) -> String {
        let mut told = format!("{}: {what}", self.channels.to_string().replace(';', " and "));
        if !self.others.is_empty() {
            told = format!("{told}, in one message with {}", self.others.join(", "));
        }
        if self.others.is_empty() && !self.leads {
            told.push_str(", in the same message");
        }
        for (place, (step, on)) in self.announces.iter().enumerate() {
            told = format!("{told}{} {step} for {}", if place == 0 { "; announces" } else { " and" }, day(*on));
        }
        told
    }
}
