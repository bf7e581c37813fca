//! What a condition sees: one receivable among its customer's, at a moment (SPEC §2, CEL vocabulary).

use crate::facts::{Facts, Policies, Walk};
use crate::party::Attribute;
use crate::policy::{Value, Var, Vars};
use crate::time::{Day, Instant};

/// The variables of a condition, read from the facts when asked for.
pub struct View<'v> {
    facts: &'v Facts<'v>,
    walk: &'v Walk,
    policies: &'v Policies,
    today: Day,
}

const MILLION: i64 = 1_000_000;

impl<'v> View<'v> {
    /// A receivable as it stands at `now`.
    #[must_use]
    pub fn new(facts: &'v Facts<'_>, walk: &'v Walk, policies: &'v Policies, now: Instant) -> Self {
        Self { facts, walk, policies, today: facts.zone.day_of(now) }
    }

    fn money(&self, minor: i64) -> Value<'v> {
        Value::Money { minor, currency: self.walk.ledger.currency() }
    }

    fn open_amount(&self) -> i64 {
        let currency = self.walk.ledger.currency();
        let open = self.facts.walks.iter().filter(|walk| walk.closed.is_none() && walk.ledger.currency() == currency);
        open.map(|walk| walk.due_now(self.policies, self.today)).fold(0, i64::saturating_add)
    }

    /// The share, in millionths, of late payments among those of the last 365 days.
    fn late_rate(&self) -> Value<'v> {
        let recent = || self.facts.history.iter().filter(|paid| self.today.since(paid.paid_on) < 365);
        let (paid, late) = (recent().count(), recent().filter(|paid| paid.days_late > 0).count());
        share(late, paid)
    }
}

fn whole(count: usize) -> Value<'static> {
    Value::Number(i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(MILLION))
}

fn share(part: usize, of: usize) -> Value<'static> {
    match (i64::try_from(part), i64::try_from(of)) {
        (Ok(part), Ok(of)) if of > 0 => Value::Number(part.saturating_mul(MILLION) / of),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Value::Absent,
    }
}

fn text(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Absent, Value::Text)
}

impl Vars for View<'_> {
    fn get(&self, var: &Var) -> Value<'_> {
        let (walk, customer) = (self.walk, &self.facts.customer);
        let subscription = walk.subscription.as_ref();
        match var {
            Var::Attribute(key) => match customer.attributes.get(key) {
                Some(Attribute::Bool(value)) => Value::Bool(*value),
                Some(Attribute::Number(value)) => Value::Number(*value),
                Some(Attribute::Text(value)) => Value::Text(value),
                None => Value::Absent,
            },
            Var::Language => text(customer.language.map(crate::words::Language::as_str)),
            Var::State => text(customer.state.as_deref()),
            Var::PreferredChannel => text(customer.preferred.map(crate::words::Channel::as_str)),
            Var::OpenCount => whole(self.facts.walks.iter().filter(|walk| walk.closed.is_none()).count()),
            Var::OpenAmount => self.money(self.open_amount()),
            Var::Plan => text(subscription.and_then(|sub| sub.plan.as_deref())),
            Var::Collection => text(subscription.and_then(|sub| sub.collection.as_deref())),
            Var::RenewalOn => subscription.and_then(|sub| sub.renewal_on).map_or(Value::Absent, Value::Day),
            Var::Amount => self.money(walk.ledger.billed().minor()),
            Var::AmountDue => self.money(walk.due_now(self.policies, self.today)),
            Var::Balance => self.money(walk.ledger.balance().minor()),
            Var::Method => text(walk.method.map(crate::words::Rail::as_str)),
            Var::Sequence => Value::Number(i64::from(walk.sequence).saturating_mul(MILLION)),
            Var::DaysLate => Value::Number(i64::from(self.today.since(walk.due).max(0)).saturating_mul(MILLION)),
            Var::CurrencyCode => Value::Text(walk.ledger.currency().code()),
            Var::PaidCount => whole(self.facts.history.len()),
            Var::LateCount => whole(self.facts.history.iter().filter(|paid| paid.days_late > 0).count()),
            Var::LateRate12m => self.late_rate(),
            Var::AverageDaysLate => {
                let days: i64 = self.facts.history.iter().map(|paid| i64::from(paid.days_late)).sum();
                match i64::try_from(self.facts.history.len()) {
                    Ok(count) if count > 0 => Value::Number(days.saturating_mul(MILLION) / count),
                    Ok(_) | Err(_) => Value::Absent,
                }
            }
            Var::BrokenPromises => Value::Number(i64::from(self.facts.broken_promises).saturating_mul(MILLION)),
            Var::FailureNeedsPayer => walk.failures.last().map_or(Value::Absent, |failure| Value::Bool(failure.needs_payer)),
            Var::FailureReason => text(walk.failures.last().map(|failure| &*failure.reason)),
            Var::FailureCount => whole(walk.failures.len()),
            // Scores come with the model (SPEC §14): until then nothing is known.
            Var::RiskLate | Var::RiskSelfCure => Value::Absent,
        }
    }
}
