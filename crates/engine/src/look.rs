//! The last look at a queued message, and what follows from it for the facts and the log (SPEC §3.10).

use regua_core::decide::{Fresh, LastLook, Queued, QueuedItem, look_again};
use regua_core::facts::{Channels, Fact, Slot, SlotKind};
use regua_core::ids::ReceivableId;
use regua_core::time::{Day, Instant};
use regua_core::words::{Channel, SkipReason};
use regua_store::outbox::{DroppedRow, StoredMessage};

use crate::case::Case;
use crate::channels::CLOSED_SECS;
use crate::error::{Error, Result};
use crate::order::{Named, Plan};
use crate::outbox::Ways;
use crate::tenancy::Tenancy;

/// What a last look came to.
pub(crate) enum Look {
    /// It goes out over these channels.
    Go(Channels),
    /// Not before this moment.
    Later(Instant),
    /// Nothing is left of it, and why: whether because nobody could be reached.
    Nothing {
        /// The reason of its most severe item.
        why: SkipReason,
    },
}

/// Looks at a message again and enters what is different now: items that fall out, days that are named anew, the count.
pub(crate) fn again(
    case: &mut Case,
    tenancy: &Tenancy,
    message: &StoredMessage,
    plan: &mut Plan,
    ways: Ways,
    now: Instant,
    dropped: &mut Vec<DroppedRow>,
) -> Result<Look> {
    let policies = tenancy.policies(case.customer);
    let items: Vec<QueuedItem> = plan
        .items
        .iter()
        .map(|item| {
            let walk = ReceivableId::from_bytes(item.receivable).ok().and_then(|id| case.walk_of(id));
            let of = walk.and_then(|walk| {
                let receivable = case.facts.walks.get(walk)?;
                let step = tenancy.published.names.get(receivable.policy)?.find(policies, receivable, &item.step)?;
                Some((walk, step))
            });
            QueuedItem { of, cycle: item.cycle, occurrence: item.occurrence }
        })
        .collect();
    let channels: Channels = plan.channels.iter().copied().collect();
    let queued = Queued { items: &items, channels, decided_at: plan.looked_at, failed: &plan.failed, carried: ways.open };
    match look_again(&case.facts, policies, now, &queued) {
        LastLook::Nothing(reasons) if reasons.contains(&SkipReason::Unreachable) && !ways.closed.is_empty() => {
            // It goes over a channel that is closed for a while, or would if the hour were right: that is no failure.
            match look_again(&case.facts, policies, now, &Queued { carried: ways.open.with(ways.closed), ..queued }) {
                LastLook::Go(_) => Ok(Look::Later(Instant::from_micros(now.micros().saturating_add(CLOSED_SECS * 1_000_000)))),
                LastLook::Later(until) => Ok(Look::Later(until)),
                LastLook::Nothing(_) => nothing(case, tenancy, message, plan, &reasons, now, dropped),
            }
        }
        LastLook::Later(until) => Ok(Look::Later(until.max(now.plus_hours(0)))),
        LastLook::Nothing(reasons) => nothing(case, tenancy, message, plan, &reasons, now, dropped),
        LastLook::Go(fresh) => {
            let go = fresh.channels;
            take_up(case, tenancy, message, plan, (&items, fresh), now, dropped)?;
            Ok(Look::Go(go))
        }
    }
}

/// Nothing is left of a message: it announced nothing and counts for nothing.
fn nothing(
    case: &mut Case,
    tenancy: &Tenancy,
    message: &StoredMessage,
    plan: &Plan,
    reasons: &[SkipReason],
    now: Instant,
    dropped: &mut Vec<DroppedRow>,
) -> Result<Look> {
    withdraw(case, tenancy, plan, &[], now)?;
    recount(case, tenancy, plan, None, now)?;
    drop_items(message, plan, reasons.iter().copied().enumerate(), now, dropped)?;
    Ok(Look::Nothing { why: reasons.first().copied().unwrap_or(SkipReason::Stale) })
}

/// What goes out now: the plan becomes what is left, and the facts hear of it where it differs from what was decided.
fn take_up(
    case: &mut Case,
    tenancy: &Tenancy,
    message: &StoredMessage,
    plan: &mut Plan,
    (items, fresh): (&[QueuedItem], Fresh),
    now: Instant,
    dropped: &mut Vec<DroppedRow>,
) -> Result<()> {
    let zone = case.facts.zone;
    let mut named: Vec<(usize, usize, Day)> = fresh.announces.iter().map(|named| (named.walk, named.step, named.named)).collect();
    named.sort_unstable();
    let same_day = zone.day_of(plan.looked_at) == zone.day_of(now);
    let channels: Vec<Channel> = fresh.channels.iter().collect();
    let kept_walks: Vec<usize> = fresh.kept.iter().filter_map(|&place| items.get(place)?.of).map(|(walk, _)| walk).collect();
    let changed = withdraw_or_renew(case, tenancy, plan, &kept_walks, &named, same_day, now)?;
    let counted_anew = !same_day || channels != plan.channels;
    if counted_anew && fresh.counts {
        recount(case, tenancy, plan, Some((zone.day_of(now), channels.clone())), now)?;
    }
    drop_items(message, plan, fresh.dropped.iter().copied(), now, dropped)?;
    plan.items = fresh.kept.iter().filter_map(|&place| plan.items.get(place).cloned()).collect();
    plan.announces = named
        .into_iter()
        .filter_map(|(walk, step, on)| {
            let receivable = case.held.get(walk)?.receivable.to_bytes();
            let step = crate::order::name(case, tenancy, walk, regua_core::decide::StepRef::Step(step))?.to_string();
            Some(Named { receivable, step, on })
        })
        .collect();
    plan.tone = fresh.tone;
    if changed || counted_anew {
        plan.looked_at = now;
        plan.channels = channels;
    }
    Ok(())
}

/// Takes back what the message announced of receivables that are not in it any more.
fn withdraw(case: &mut Case, tenancy: &Tenancy, plan: &Plan, kept: &[usize], now: Instant) -> Result<()> {
    withdraw_or_renew(case, tenancy, plan, kept, &[], true, now).map(drop)
}

/// Announcements of the message: those of dropped receivables are withdrawn, those that name another day or are made on
/// another day are made anew. Whether any was.
fn withdraw_or_renew(
    case: &mut Case,
    tenancy: &Tenancy,
    plan: &Plan,
    kept: &[usize],
    named: &[(usize, usize, Day)],
    same_day: bool,
    now: Instant,
) -> Result<bool> {
    let policies = tenancy.policies(case.customer);
    let mut facts = Vec::new();
    for walk in walks_of(case, plan) {
        let receivable = &case.facts.walks[walk];
        let rules = policies.get(receivable.policy);
        let Some(segment) = rules.segments.get(receivable.segment) else { continue };
        let slots: &[Slot] = policies.slots(receivable.policy, segment.ladder);
        for known in receivable.announcements.iter().filter(|known| known.at == plan.looked_at) {
            let Some(slot) = slots.get(known.slot).filter(|slot| slot.kind == SlotKind::Adverse) else { continue };
            let Some(step) = rules.ladders.get(segment.ladder).and_then(|ladder| ladder.steps.get(slot.step)) else { continue };
            let now_named = named.iter().find(|&&(other, step, _)| (other, step) == (walk, slot.step)).map(|&(_, _, day)| day);
            let holds = kept.contains(&walk) && same_day && now_named.is_none_or(|day| day == known.named);
            if holds {
                continue;
            }
            let now_named = if kept.contains(&walk) { now_named.or(Some(known.named)) } else { None };
            let fact =
                Fact::Reannounced { step: step.id.as_str().into(), occurrence: slot.occurrence, was: plan.looked_at, named: now_named };
            facts.push((walk, fact));
        }
    }
    let changed = !facts.is_empty();
    for (walk, fact) in facts {
        case.tell(tenancy, Some(walk), fact, now).map_err(|bad| Error::bug("reannounced", bad.to_string()))?;
    }
    Ok(changed)
}

/// The walks of a message's items, each once.
fn walks_of(case: &Case, plan: &Plan) -> Vec<usize> {
    let mut walks: Vec<usize> =
        plan.items.iter().filter_map(|item| case.walk_of(ReceivableId::from_bytes(item.receivable).ok()?)).collect();
    walks.sort_unstable();
    walks.dedup();
    walks
}

/// The message counts for another day or other channels, or with nothing not at all.
fn recount(case: &mut Case, tenancy: &Tenancy, plan: &Plan, counts: Option<(Day, Vec<Channel>)>, now: Instant) -> Result<()> {
    let was = case.facts.zone.day_of(plan.looked_at);
    let channels: Channels = plan.channels.iter().copied().collect();
    if !case.facts.contacts.iter().any(|known| known.day == was && known.channels == channels) {
        return Ok(()); // a receipt, which never counted, or long ago
    }
    let (day, over) = counts.map_or((None, None), |(day, over)| (Some(day), Some(over)));
    let fact = Fact::Recounted { was, channels: plan.channels.clone(), now: day, over };
    case.tell(tenancy, None, fact, now).map(drop).map_err(|bad| Error::bug("recounted", bad.to_string()))
}

/// A message that reached nobody: what it announced was not announced, and it counts for nothing.
pub(crate) fn undelivered(case: &mut Case, tenancy: &Tenancy, plan: &Plan, now: Instant) -> Result<()> {
    withdraw(case, tenancy, plan, &[], now)?;
    recount(case, tenancy, plan, None, now)
}

fn drop_items(
    message: &StoredMessage,
    plan: &Plan,
    which: impl Iterator<Item = (usize, SkipReason)>,
    now: Instant,
    dropped: &mut Vec<DroppedRow>,
) -> Result<()> {
    for (place, reason) in which {
        let Some(item) = plan.items.get(place) else { continue };
        let receivable = ReceivableId::from_bytes(item.receivable).map_err(|bad| Error::bug("plan", bad.to_string()))?;
        dropped.push(DroppedRow { message: message.message, receivable, step: item.step.clone(), reason: reason.as_str(), at: now });
    }
    Ok(())
}
