//! What a message says: facts of the moment → its context.

use std::num::NonZeroU16;

use regua_core::currency::Currency;
use regua_core::decide::StepRef;
use regua_core::facts::{SlotKind, Walk};
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::policy::program::{Act, Event, Rounding, Terms};
use regua_core::time::{Day, Instant};
use regua_wire::messages::context::{Access, Announced, Consequence, Failure, Item, Offer, Payment, Promise, Renewal, Settled};
use regua_wire::messages::{Line, MessageContext};

use super::{Asked, Company};
use crate::found::{self, Found, Place};

/// What the message says, of which `walk` and `lead` are the most severe item.
pub(super) fn context(asked: &Asked<'_>, company: &Company, walk: &Walk, lead: Found<'_>) -> MessageContext {
    Saying { asked, today: asked.facts.zone.day_of(asked.now) }.context(company, walk, lead)
}

/// One message being put together.
struct Saying<'a> {
    asked: &'a Asked<'a>,
    today: Day,
}

impl Saying<'_> {
    fn context(&self, company: &Company, walk: &Walk, lead: Found<'_>) -> MessageContext {
        let facts = self.asked.facts;
        let mut context = MessageContext::new(company.creditor.clone(), company.link.clone());
        context.name = facts.customer.name.as_deref().map(Line::name).unwrap_or_default();
        for &index in self.asked.items {
            let Some(walk) = facts.walks.get(index) else { continue };
            let item = self.item(index, walk);
            // What is settled is not asked for: a receipt, a renewal and access that is back speak of receivables that are.
            if item.due.total.is_zero() {
                continue;
            }
            if self.today > walk.due { context.overdue.push(item) } else { context.upcoming.push(item) }
        }
        context.announced = self.asked.announces.iter().filter_map(|named| self.announced(named.walk, named.step, named.named)).collect();
        // What several bills have in common is said once, what comes first stands first.
        context.announced.sort_by_key(|named| named.on);
        context.announced.dedup_by_key(|named| (named.on, format!("{:?}", named.what)));
        let currency = walk.ledger.currency();
        if let Some(Act::Offer(_, terms)) = lead.act() {
            let total = walk.second_copy(self.asked.policies, self.today).amount.total;
            context.offer = offer(total, terms);
        }
        context.charge_on = self.next_charge(walk);
        context.failure = walk.failures.last().map(|failure| failure_of(&failure.reason));
        if let Some(subscription) = &walk.subscription {
            let plan = subscription.plan.as_deref().map(Line::new).unwrap_or_default();
            context.renewal = subscription.renewal_on.map(|on| {
                let amount = subscription.renewal_price.unwrap_or_else(|| walk.ledger.billed());
                Renewal { plan, on, amount }
            });
        }
        let since = self.today;
        context.access = Some(Access { state: facts.access_in_force(walk.subscription.as_ref()), since });
        if let Place::Reaction(reaction) = lead.place {
            match reaction.on {
                Event::Paid => context.payment = self.payment(walk, currency),
                Event::PromiseBroken | Event::PromiseMade => context.promise = self.promise(walk),
                Event::PaymentFailed | Event::MethodExpiring | Event::DisputeOpened | Event::AccessRestored | Event::Renewal => {}
            }
        }
        context
    }

    fn item(&self, index: usize, walk: &Walk) -> Item {
        let copy = walk.second_copy(self.asked.policies, self.today);
        let label = (self.asked.label)(index);
        let paid = (!copy.paid.is_zero()).then_some(copy.paid);
        Item { label, description: description(walk), due_on: copy.due, due: copy.amount, paid }
    }

    fn announced(&self, walk: usize, step: usize, on: Day) -> Option<Announced> {
        let walk = self.asked.facts.walks.get(walk)?;
        let what = match found::find(self.asked.policies, walk, StepRef::Step(step))?.act()? {
            Act::Access(state) => Consequence::Access(*state),
            Act::Fee(fee) => Consequence::Fee(*fee),
            Act::Report(bureau) => Consequence::Report(Line::name(bureau)),
            Act::Assign(agency) => Consequence::Assign(Line::name(agency)),
            Act::Notify(_) | Act::Offer(..) | Act::Charge | Act::Task(_) | Act::WriteOff => return None,
        };
        Some(Announced { what, on })
    }

    /// The day of the next charge that is still to come.
    fn next_charge(&self, walk: &Walk) -> Option<Day> {
        let policies = self.asked.policies;
        let ladder = policies.get(walk.policy).segments.get(walk.segment)?.ladder;
        let slots = policies.slots(walk.policy, ladder).iter().zip(&walk.slots);
        let open = slots.filter(|(slot, state)| slot.kind == SlotKind::Charge && state.stand.is_open());
        let raw = open.map(|(_, state)| state.raw).filter(|raw| *raw >= self.asked.now).min()?;
        (raw != Instant::NEVER).then(|| self.asked.facts.zone.day_of(raw))
    }

    /// The last payment of the leading receivable.
    fn payment(&self, walk: &Walk, currency: Currency) -> Option<Payment> {
        let entry = walk.ledger.entries().filter(|entry| entry.kind == EntryKind::Payment).last()?;
        let amount = Money::zero(currency).minus(entry.amount).ok()?;
        let settled = vec![Settled { label: (self.asked.label)(self.asked.lead.0), description: description(walk), amount }];
        Some(Payment { amount, on: entry.on, settled })
    }

    /// The promise for the leading receivable.
    fn promise(&self, walk: &Walk) -> Option<Promise> {
        let on = (self.asked.promised)(self.asked.lead.0)?;
        let amount = walk.second_copy(self.asked.policies, self.today).amount.total;
        Some(Promise { amount, on })
    }
}

fn description(walk: &Walk) -> Line {
    walk.subscription.as_ref().and_then(|subscription| subscription.plan.as_deref()).map(Line::new).unwrap_or_default()
}

/// The terms of an offer on an amount; nothing when there is nothing to offer.
fn offer(total: Money, terms: &Terms) -> Option<Offer> {
    let discount = total.times(terms.discount, Rounding::HalfUp).ok()?;
    let rest = total.minus(discount).ok()?;
    let parts = NonZeroU16::new(terms.instalments.max(1))?;
    let down = rest.times(terms.down_payment, Rounding::HalfUp).ok()?;
    let (first, further) = match (down.is_zero(), NonZeroU16::new(parts.get() - 1)) {
        (_, None) => (rest, None),
        (true, Some(_)) => {
            let split = rest.split(parts);
            (*split.first()?, split.get(1).copied())
        }
        (false, Some(others)) => (down, rest.minus(down).ok()?.split(others).first().copied()),
    };
    Some(Offer { instalments: u32::from(parts.get()), first, further, discount, until: None })
}

/// A normalised decline reason as a message may give it.
fn failure_of(reason: &str) -> Failure {
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["authentication", "3ds", "sca"]) {
        Failure::Authentication
    } else if has(&["funds", "limit", "balance"]) {
        Failure::Funds
    } else if has(&["expired", "method", "hard", "closed", "cancelled"]) {
        Failure::NewMethod
    } else if has(&["data", "number", "cvc", "address"]) {
        Failure::Data
    } else if has(&["soft", "temporary", "unavailable", "timeout"]) {
        Failure::Temporary
    } else {
        Failure::Other
    }
}
