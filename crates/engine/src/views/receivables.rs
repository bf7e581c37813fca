//! Receivables as they stand: what is due of one and why, where it is on its ladder, what holds it still, what comes next.

use regua_core::charges::Due;
use regua_core::currency::Currency;
use regua_core::decide::{Decisions, StepRef, decide};
use regua_core::facts::{Cause, Facts, SlotKind, Span, Stand, Subscription, Walk};
use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::{AccessState, Mode};
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_store::lists::receivables;
use regua_store::lookup;
use regua_store::person::OwedRow;

use super::customers::open_since;
use crate::Engine;
use crate::case;
use crate::commands::ahead::Ahead;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::found;
use crate::telling::standing::{self, Standing};

/// A receivable as it stands.
#[derive(Clone, Debug)]
pub struct ReceivableView {
    /// Its row.
    pub row: OwedRow,
    /// Whose.
    pub customer: CustomerId,
    /// What its source calls the customer.
    pub customer_name: String,
    /// The name and the hash of the policy that it walks.
    pub policy: (String, String),
    /// How it stands; nothing when its customer cannot be read.
    pub now: Option<Now>,
}

/// How a receivable stands at a moment.
#[derive(Clone, Debug)]
pub struct Now {
    /// Its due date rolled to an open day.
    pub due: Day,
    /// What settles it today, by parts.
    pub amount: Due,
    /// What was paid on it.
    pub paid: Money,
    /// What credits and discounts took off.
    pub lowered: Money,
    /// The segment that it entered with.
    pub segment: String,
    /// The ladder that it walks.
    pub ladder: String,
    /// How real decisions about it are.
    pub mode: Mode,
    /// What it bills, where that is known.
    pub subscription: Option<Subscription>,
    /// What its own steps made of access.
    pub access: AccessState,
    /// The last day for which payment is promised, where a promise stands.
    pub promised_on: Option<Day>,
    /// How often it began its ladder anew.
    pub cycle: u16,
    /// The step that was decided last: its name, when, and whether it was carried out.
    pub last: Option<(String, Instant, bool)>,
    /// Days on which payment was promised.
    pub promises: Vec<Day>,
    /// What holds it still.
    pub holds: Vec<Hold>,
    /// What waits, comes and is unknown yet, in words.
    pub standing: Standing,
}

/// What holds a receivable still.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// A word of [`Cause`], `promise`, `paused` by the company, `in_flight` for a payment on its way, or `frozen`.
    pub cause: &'static str,
    /// Whether it holds all receivables of the customer.
    pub of_customer: bool,
    /// Since when, where that is known.
    pub since: Option<Instant>,
    /// Until when; nothing until it is lifted.
    pub until: Option<Instant>,
}

impl Engine {
    /// A receivable as it stands.
    ///
    /// * `id` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such receivable.
    pub fn receivable_view(&self, tenant: TenantId, id: &str, now: Instant) -> Result<ReceivableView> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &About::Receivable(id.to_owned()))?;
            let missing = || Error::not_found("no_receivable", "the receivable is not there any more");
            let receivable = found.receivable.ok_or_else(missing)?;
            let row = receivables::these(tx, tenant, &[receivable])?.pop().ok_or_else(missing)?.row;
            let customer_name = lookup::customer_of(tx, tenant, found.customer)?.unwrap_or_default();
            let tenancy = self.tenancies.read(tx, tenant)?;
            let number = row.policy.checked_sub(1).and_then(|number| usize::try_from(number).ok());
            let published = number.and_then(|number| tenancy.published.rows.get(number));
            let policy = published.map(|known| (known.name.clone(), known.hash.clone())).unwrap_or_default();
            let ids = [found.customer.to_bytes()];
            let loaded = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &[receivable.to_bytes()])?.pop();
            let now = loaded.and_then(|(_, loaded)| loaded.ok()).and_then(|mut case| {
                case.facts.approvals = self.tenancies.approvals();
                case.keep_time(&tenancy, Instant::from_micros(now.micros().saturating_add(1)));
                case.pause(&tenancy, now);
                let policies = tenancy.policies(found.customer);
                let mut decisions = Decisions::default();
                decide(&mut case.facts, policies, now, &mut decisions);
                let names: Vec<&str> = case.held.iter().map(|held| held.external_id.as_str()).collect();
                let ahead =
                    Ahead { now, customer: &case.external_id, receivables: &names, facts: &case.facts, policies, decisions: &decisions };
                let place = case.walk_of(receivable)?;
                stands(&ahead, case.facts.walks.get(place)?, &row)
            });
            Ok(ReceivableView { row, customer: found.customer, customer_name, policy, now })
        })
    }
}

fn stands(ahead: &Ahead<'_>, walk: &Walk, row: &OwedRow) -> Option<Now> {
    let (facts, policies, now) = (ahead.facts, ahead.policies, ahead.now);
    let standing = standing::of(ahead).remove(&row.external_id)?;
    let policy = policies.get(walk.policy);
    let segment = policy.segments.get(walk.segment)?;
    let ladder = policy.ladders.get(segment.ladder)?;
    let copy = walk.second_copy(policies, facts.zone.day_of(now));
    Some(Now {
        due: walk.due,
        amount: copy.amount,
        paid: copy.paid,
        lowered: copy.lowered,
        segment: segment.name.clone(),
        ladder: ladder.name.clone(),
        mode: walk.mode,
        subscription: walk.subscription.clone(),
        access: walk.access,
        promised_on: walk.promises.iter().map(|promise| promise.on).max(),
        cycle: walk.cycle,
        last: last(ahead, walk),
        promises: walk.promises.iter().map(|promise| promise.on).collect(),
        holds: holds(facts, walk, now),
        standing,
    })
}

/// The step of the ladder that was decided last, before what would be decided now.
fn last(ahead: &Ahead<'_>, walk: &Walk) -> Option<(String, Instant, bool)> {
    let segment = ahead.policies.get(walk.policy).segments.get(walk.segment)?;
    let slots = ahead.policies.slots(walk.policy, segment.ladder).iter().zip(&walk.slots);
    let decided = slots.filter(|(slot, _)| slot.kind != SlotKind::Notice).filter_map(|(slot, state)| match state.stand {
        Stand::Open => None,
        Stand::Done(at) => Some((slot.step, at, true)),
        Stand::Skipped(_, at) => Some((slot.step, at, false)),
    });
    let (step, at, done) = decided.filter(|(_, at, _)| *at < ahead.now).max_by_key(|(step, at, _)| (*at, *step))?;
    Some((found::find(ahead.policies, walk, StepRef::Step(step))?.name(), at, done))
}

/// What holds it still, the customer's own causes included.
pub(super) fn holds(facts: &Facts<'_>, walk: &Walk, now: Instant) -> Vec<Hold> {
    let mut all = Vec::new();
    let mut open = |causes: &[Cause], spans: &[Span], of_customer: bool| {
        let since = open_since(spans, now);
        all.extend(causes.iter().map(|cause| Hold { cause: cause.as_str(), of_customer, since, until: None }));
    };
    open(&walk.causes, &walk.freezes, false);
    open(&facts.causes, &facts.freezes, true);
    let ends = |span: &Span| Some(span.until).filter(|until| *until != Instant::NEVER);
    let held = |span: &Span, cause| Hold { cause, of_customer: false, since: Some(span.from), until: ends(span) };
    let promised = if walk.promises.is_empty() { "frozen" } else { "promise" };
    all.extend(walk.freezes.iter().filter(|span| span.holds(now) && span.until != Instant::NEVER).map(|span| held(span, promised)));
    all.extend(walk.paused.iter().filter(|span| span.holds(now)).map(|span| held(span, "paused")));
    all.extend(walk.in_flight.iter().filter(|span| span.holds(now)).map(|span| held(span, "in_flight")));
    all
}

/// Minor units of a currency's code as an amount.
///
/// # Errors
/// [`crate::Kind::Bug`] for what is no currency.
pub fn money(minor: i64, code: &str) -> Result<Money> {
    let bad = || Error::bug("currency_read", format!("`{code}` is no currency"));
    Ok(Money::new(minor, Currency::parse(code).ok_or_else(bad)?))
}
