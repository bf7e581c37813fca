//! What depends on data and is worth a second look (SPEC §2): warnings of `plan`.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::party::{Consent, Customer};
use regua_core::policy::{Condition, Policy};
use regua_core::words::{Channel, SkipReason};
use regua_sim::backtest::Summary;
use regua_wire::files::Portfolio;

use crate::letters::at;
use crate::output::counted;

/// Ids named in one warning.
const NAMED_MAX: usize = 5;

/// Warnings of a policy on a portfolio; `open` are the customers who owe something.
pub(crate) fn of(policy: &Policy, portfolio: &Portfolio, open: &[u32], summary: &Summary) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(unreachable(policy, portfolio, open));
    found.extend(without_minimum(policy, portfolio));
    found.extend(unknown_attributes(policy, portfolio));
    found.extend(never_reached(policy, summary));
    found.extend(never_done(policy, summary));
    found
}

fn unreachable(policy: &Policy, portfolio: &Portfolio, open: &[u32]) -> Option<String> {
    let channels = channels(policy);
    let silent = |customer: &Customer| {
        !customer.contacts.iter().any(|point| {
            let consented = matches!(point.consent, Consent::OptedIn | Consent::Contract);
            channels.contains(&point.channel) && point.is_usable() && consented
        })
    };
    let ids: Vec<&str> = open
        .iter()
        .filter_map(|&customer| at(&portfolio.customers, customer))
        .filter(|row| silent(&row.customer))
        .map(|row| &*row.id)
        .collect();
    let words: Vec<&str> = channels.iter().map(|channel| channel.as_str()).collect();
    let owing = if ids.len() == 1 { "owes" } else { "owe" };
    (!ids.is_empty()).then(|| {
        format!(
            "{} {owing} something and cannot be reached on {}: {}; add an address, or the consent for it",
            counted(u64::try_from(ids.len()).unwrap_or(u64::MAX), "customer"),
            words.join(", "),
            named(&ids)
        )
    })
}

/// All channels that the policy may use.
fn channels(policy: &Policy) -> BTreeSet<Channel> {
    let contacts = policy.ladders.iter().flat_map(|ladder| &ladder.steps).filter_map(|step| step.act.contact());
    let own = contacts.filter_map(|contact| contact.channels.as_ref()).flatten().filter_map(|choice| match choice {
        regua_core::policy::program::ChannelChoice::This(channel) => Some(*channel),
        regua_core::policy::program::ChannelChoice::Preferred => None,
    });
    policy.contact.channels.iter().copied().chain(own).collect()
}

fn without_minimum(policy: &Policy, portfolio: &Portfolio) -> Option<String> {
    let codes: BTreeSet<&str> = portfolio.receivables.iter().map(|row| row.amount.currency().code()).collect();
    let known = |code: &&str| policy.minimum.iter().any(|minimum| minimum.currency().code() == *code);
    let missing: Vec<&str> = codes.into_iter().filter(|code| !known(code)).collect();
    let first = missing.first()?;
    Some(format!("no `minimum` for {}: the last cent is chased; add one, such as minimum: {{ {first}: 1.00 }}", missing.join(", ")))
}

/// Attributes that a condition reads and no customer has: it can never hold.
fn unknown_attributes(policy: &Policy, portfolio: &Portfolio) -> Vec<String> {
    let steps =
        policy.ladders.iter().flat_map(|ladder| ladder.steps.iter().map(move |step| (format!("{}/{}", ladder.name, step.id), step)));
    let segments = policy.segments.iter().filter_map(|segment| Some((format!("the segment {}", segment.name), segment.when.as_ref()?)));
    let conditions = steps.filter_map(|(name, step)| Some((format!("the step {name}"), step.condition.as_ref()?))).chain(segments);
    let mut readers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, condition) in conditions {
        for attribute in attributes(condition) {
            readers.entry(attribute).or_default().push(name.clone());
        }
    }
    let known = |attribute: &str| portfolio.customers.iter().any(|row| row.customer.attributes.contains_key(attribute));
    let missing = readers.into_iter().filter(|(attribute, _)| !known(attribute));
    missing.map(|(attribute, readers)| format!("no customer has the attribute `{attribute}`, which {} reads", readers.join(", "))).collect()
}

/// The keys that follow `customer.attributes.` in a condition.
fn attributes(condition: &Condition) -> Vec<String> {
    let rest = condition.source().split("customer.attributes.").skip(1);
    let keys = rest.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>());
    keys.filter(|key| !key.is_empty()).collect()
}

/// Ladders that no receivable walks, and steps that none has come to.
fn never_reached(policy: &Policy, summary: &Summary) -> Option<String> {
    let silent = |name: &String| summary.steps.get(name).is_none_or(|counts| counts.decisions() == 0 && counts.deferred_total == 0);
    let steps: BTreeSet<&String> = policy.ladders.iter().flat_map(|ladder| ladder.steps.iter().map(|step| &step.id)).collect();
    let silent: Vec<&str> = steps.into_iter().filter(|name| silent(name)).map(String::as_str).collect();
    (!silent.is_empty()).then(|| format!("no receivable has come to {} by the end of the plan", silent.join(", ")))
}

/// Reasons that say more of the policy than of the receivable.
const OF_THE_POLICY: [SkipReason; 6] = [
    SkipReason::Currency,
    SkipReason::Unreachable,
    SkipReason::Forbidden,
    SkipReason::NoLegalMoment,
    SkipReason::Capped,
    SkipReason::Stale,
];

/// Steps that never once got through, where the policy may be why.
fn never_done(policy: &Policy, summary: &Summary) -> Vec<String> {
    let steps: BTreeSet<&String> = policy.ladders.iter().flat_map(|ladder| ladder.steps.iter().map(|step| &step.id)).collect();
    let stuck = steps.into_iter().filter_map(|name| Some((name, summary.steps.get(name).filter(|counts| counts.done == 0)?)));
    let told = stuck.filter_map(|(name, counts)| {
        let count = |reason: SkipReason| counts.skipped.get(reason.as_str()).copied().unwrap_or(0);
        let reasons = OF_THE_POLICY.iter().filter(|reason| count(**reason) > 0).map(|reason| format!("{reason} {}", count(*reason)));
        let reasons: Vec<String> = reasons.collect();
        (!reasons.is_empty()).then(|| format!("{name} was never carried out: {}", reasons.join(", ")))
    });
    told.collect()
}

/// The first few, and how many more.
fn named(ids: &[&str]) -> String {
    let shown = ids.get(..NAMED_MAX).unwrap_or(ids).join(", ");
    let more = ids.len().saturating_sub(NAMED_MAX);
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
