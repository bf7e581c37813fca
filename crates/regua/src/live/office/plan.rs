//! What will happen, as the API tells it: the earliest steps, and how many come after them.

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use regua_core::decide::Outcome;
use regua_core::time::Instant;
use regua_engine::Error;
use regua_engine::commands::ahead::Ahead;
use regua_web::office::Ahead as Asked;
use serde_json::{Value, json};

use super::{amount, moment};
use crate::letters::{self, Letters};
use crate::live::installation::Installation;
use crate::live::post::templates;
use crate::plan::days_later;
use crate::witness::{Event, Scene, What};

/// How long may be looked: a request is waited for a little longer.
const TIME_MAX: Duration = Duration::from_secs(15);

/// What will happen.
pub(super) fn plan(installation: &Installation, asked: &Asked, now: Instant) -> anyhow::Result<Value> {
    let zone = installation.zone()?;
    let to = days_later(zone, now, i32::from(asked.days));
    let base = asked.render.then(|| templates(&installation.config.dir)).transpose()?.map(Arc::new);
    let texts = base.map(|base| installation.engine.texts(installation.tenant, &base)).transpose()?;
    let company = installation.config.company.as_ref().ok().cloned().unwrap_or_else(letters::example);
    let writing = texts.as_ref().map(|templates| Letters { templates, company: &company, events: &[] });
    let mut earliest = Earliest { most: asked.most.max(1), steps: Vec::new(), until: None, seen: 0 };
    let begun = Clock::now();
    let mut see = |ahead: &Ahead<'_>| {
        if begun.elapsed() > TIME_MAX {
            let told = "there is too much to look at in one request; ask for fewer days, for one customer, or use `regua plan`";
            return Err(Error::refused("plan_too_long", told));
        }
        earliest.see(ahead, writing.as_ref());
        Ok(())
    };
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let moves = match (&asked.customer, &asked.under) {
        (Some(customer), _) => engine.look_ahead_of(tenant, customer, now, to, &mut see).map(|()| None)?,
        (None, Some(text)) => Some(engine.look_ahead_under(tenant, text, now, to, &mut see)?),
        (None, None) => engine.look_ahead(tenant, now, to, &mut see).map(|()| None)?,
    };
    let (steps, more) = earliest.ended();
    let mut told = json!({ "from": moment(now), "to": moment(to), "steps": steps, "more": more });
    if let Some(moves) = moves {
        told["moves"] = json!({
            "moved": moves.moved, "there": moves.there, "kept_steps": moves.kept_steps, "open_steps": moves.open_steps,
            "refused_count": moves.refused.len(),
        });
    }
    Ok(told)
}

/// What sorts a step: when, of which receivable, and its place among the decisions of one moment.
type Key = (Instant, String, u16);

/// Keeps the earliest steps; memory is bounded by how many are asked for.
struct Earliest {
    most: usize,
    steps: Vec<(Key, Value)>,
    /// Later than this none is kept.
    until: Option<Instant>,
    seen: u64,
}

impl Earliest {
    fn see(&mut self, ahead: &Ahead<'_>, letters: Option<&Letters<'_>>) {
        if ahead.decisions.rows.is_empty() && ahead.decisions.deferrals.is_empty() {
            return;
        }
        let places: Vec<u32> = (0..).take(ahead.receivables.len()).collect();
        let scene = Scene {
            now: ahead.now,
            customer: 0,
            facts: ahead.facts,
            policies: ahead.policies,
            decisions: ahead.decisions,
            receivables: &places,
            id: &|walk| ahead.receivables.get(walk).copied(),
        };
        let late = self.until.is_some_and(|until| ahead.now > until);
        // What is not kept is only counted, and no letter is written for it.
        let events = scene.events(letters.filter(|_| !late));
        self.seen += u64::try_from(events.len()).unwrap_or(u64::MAX);
        if late {
            return;
        }
        self.steps.extend(events.iter().map(|event| step(ahead, event)));
        if self.steps.len() >= self.most.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.steps.sort_by(|(a, _), (b, _)| a.cmp(b));
        if self.steps.len() > self.most {
            self.steps.truncate(self.most);
            self.until = self.steps.last().map(|((at, ..), _)| *at);
        }
    }

    fn ended(mut self) -> (Vec<Value>, u64) {
        self.cut();
        let more = self.seen.saturating_sub(u64::try_from(self.steps.len()).unwrap_or(0));
        (self.steps.into_iter().map(|(_, step)| step).collect(), more)
    }
}

fn step(ahead: &Ahead<'_>, event: &Event) -> (Key, Value) {
    let name = |place: u32| usize::try_from(place).ok().and_then(|place| ahead.receivables.get(place)).copied().unwrap_or_default();
    let zone = ahead.facts.zone;
    let (decided, until) = match &event.what {
        What::Decided(decided) => (Some(decided), Value::Null),
        What::Waits { until, .. } => (None, moment(*until)),
        What::Paid { .. } => (None, Value::Null),
    };
    let outcome = match decided.map(|decided| decided.outcome) {
        Some(Outcome::Done) => "done",
        Some(Outcome::Skipped(_)) => "skipped",
        None => "deferred",
    };
    let sent = decided.and_then(|decided| decided.sent.as_ref());
    let letters: Vec<Value> = sent.map(|sent| sent.letters.as_slice()).unwrap_or_default().iter().map(letter).collect();
    let channels: Vec<&str> = sent.map(|sent| sent.channels.iter().map(|channel| channel.as_str()).collect()).unwrap_or_default();
    let value = json!({
        "at": moment(event.at),
        "customer": ahead.customer,
        "customer_name": ahead.facts.customer.name.as_deref(),
        "receivable": name(event.receivable),
        "step": event.step().unwrap_or_default(),
        "cycle": decided.map(|decided| decided.cycle.clone()),
        "outcome": outcome,
        "reason": event.reason(),
        "until": until,
        "due": decided.map(|decided| amount(decided.due)),
        "channels": channels,
        "sentence": event.sentence(zone, |item| name(item).to_owned()),
        "letters": letters,
        "unwritten": sent.and_then(|sent| sent.unwritten.clone()),
    });
    ((event.at, name(event.receivable).to_owned(), decided.map_or(u16::MAX, |decided| decided.order)), value)
}

fn letter(letter: &letters::Letter) -> Value {
    json!({
        "channel": letter.channel.as_str(),
        "template": letter.template,
        "tone": letter.tone.as_str(),
        "to": Some(letter.to.as_str()).filter(|to| !to.is_empty()),
        "subject": letter.subject,
        "text": letter.body,
    })
}
