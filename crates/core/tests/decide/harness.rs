//! One customer's life as a script of facts, walked by `decide`.

use std::borrow::Cow;
use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::decide::{Decisions, Message, Outcome, StepRef, decide};
use regua_core::facts::saved::WalkColumns;
use regua_core::facts::{Approvals, Facts, Failure, NewWalk, Policies, Subscription};
use regua_core::ledger::Ledger;
use regua_core::money::Money;
use regua_core::party::{Address, Consent, ContactPoint, Customer, Health};
use regua_core::policy;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::{Channel, DeferReason, Rail};

/// A fact of the script.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Enter { issued_on: Day, due_on: Day, minor: i64, currency: Currency, method: Option<Rail> },
    Pay { receivable: usize, on: Day, minor: Option<i64> },
    Hold { receivable: Option<usize> },
    Release { receivable: Option<usize> },
    Promise { receivable: usize, on: Day },
    Initiated { receivable: usize },
    ChargeFailed { receivable: usize, needs_payer: bool },
    Reopen { receivable: usize },
    Reject { receivable: usize, step: usize },
    Withhold { receivable: usize, step: usize },
    Subscribe { receivable: usize, key: usize, renewal_on: Option<Day> },
}

/// What was decided, as a line of text and as parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub at: Instant,
    pub receivable: usize,
    pub order: u16,
    pub step: String,
    pub cycle: u16,
    pub occurrence: u16,
    pub outcome: Outcome,
    pub message: Option<usize>,
}

/// A customer's life as decided.
#[derive(Default)]
pub(crate) struct Life {
    pub rows: Vec<Told>,
    pub messages: Vec<(Instant, Message)>,
    pub deferrals: Vec<(Instant, usize, String, DeferReason)>,
}

impl Life {
    /// One line per row in the order of `decisions.csv`: `step[.occurrence] outcome local-time [channel]`.
    pub(crate) fn lines(&self, zone: Zone) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| {
                let outcome = match row.outcome {
                    Outcome::Done => "done".to_owned(),
                    Outcome::Skipped(reason) => reason.to_string(),
                };
                let channel = row.message.map(|message| format!(" {}", self.messages[message].1.channels)).unwrap_or_default();
                let occurrence = if row.occurrence == 0 { String::new() } else { format!(".{}", row.occurrence) };
                let cycle = if row.cycle == 0 { String::new() } else { format!("/{}", row.cycle) };
                format!("r{} {}{occurrence}{cycle} {outcome} {}{channel}", row.receivable, row.step, &zone.rfc3339(row.at)[..16])
            })
            .collect()
    }
}

/// How the engine is driven.
#[derive(Clone, Default)]
pub(crate) struct Drive {
    /// Asleep in these spans.
    pub down: Vec<(Instant, Instant)>,
    /// Decides at these instants too, with every cache dropped.
    pub extra: Vec<Instant>,
    /// Drops every cache before each decision.
    pub touch: bool,
    /// Keeps everything as bytes between two decisions, and takes out only what is not at rest.
    pub reload: bool,
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

pub(crate) fn policies(text: &str) -> Policies {
    let policy = policy::compile(text, &policy::Names::default()).unwrap_or_else(|findings| panic!("{findings:?}"));
    Policies::new(vec![Arc::new(policy)]).expect("one policy")
}

pub(crate) fn customer(channels: &[(Channel, Consent)]) -> Customer {
    let contacts = channels.iter().map(|&(channel, consent)| ContactPoint {
        channel,
        address: Address::Token("somewhere".into()),
        role: None,
        consent,
        health: Health::Usable,
    });
    Customer { contacts: contacts.collect(), ..Customer::default() }
}

/// Walks a script to its end (or to a bound that no real life reaches).
pub(crate) fn live(policies: &Policies, customer: &Customer, zone: Zone, script: &[(Instant, Fact)], drive: &Drive) -> Life {
    let mut facts = Facts::new(Cow::Borrowed(customer), zone);
    facts.approvals = Approvals::AtOnce;
    let mut pending: Vec<(Instant, Fact)> = script.to_vec();
    pending.sort_by_key(|(at, _)| *at);
    pending.reverse();
    let mut extra: Vec<Instant> = drive.extra.clone();
    extra.sort();
    extra.reverse();
    let mut held = Held::default();
    let (mut life, mut out) = (Life::default(), Decisions::default());
    let (mut next, mut woke, mut ranks) = (Instant::NEVER, Instant::DAWN, 0);
    for _ in 0..200_000 {
        let fact = pending.last().map_or(Instant::NEVER, |(at, _)| *at);
        let tick = extra.last().copied().unwrap_or(Instant::NEVER);
        let mut now = next.min(fact).min(tick);
        if now == Instant::NEVER {
            return life;
        }
        if let Some(&(_, until)) = drive.down.iter().find(|(from, until)| *from <= now && now < *until) {
            now = until;
            woke = until;
        }
        while extra.last().is_some_and(|&at| at <= now) {
            extra.pop();
            facts.touch();
        }
        while pending.last().is_some_and(|(at, _)| *at <= now) {
            let (at, fact) = pending.pop().expect("just seen");
            apply(&mut facts, policies, &mut held, &mut ranks, at, fact);
        }
        while let Some(broken) = facts.next_break().filter(|broken| broken.at <= now) {
            facts.promise_broken(broken.walk, broken.on, broken.at, policies);
        }
        let today = facts.zone.midnight(facts.zone.day_of(now));
        let read = if drive.down.iter().any(|(from, until)| *from <= today && today < *until) { woke } else { today };
        facts.source_read_at = read.max(woke);
        if drive.touch {
            facts.touch();
        }
        if drive.reload {
            facts = held.reload(&facts, policies);
            facts.source_read_at = read.max(woke);
        }
        out.clear();
        next = decide(&mut facts, policies, now, &mut out);
        assert!(next > now, "the next instant is in the future");
        record(&mut life, &facts, &held, policies, now, &out);
    }
    panic!("a life without end");
}

/// Where the receivables of a script are.
#[derive(Default)]
struct Held {
    /// Per receivable of the script: its walk, or what is kept of it.
    places: Vec<Place>,
    /// Per walk: its receivable of the script.
    receivables: Vec<usize>,
}

enum Place {
    Walk(usize),
    Kept(Vec<u8>, WalkColumns),
}

impl Held {
    fn entered(&mut self, walk: usize) {
        self.receivables.push(self.places.len());
        self.places.push(Place::Walk(walk));
    }

    /// The walk of a receivable, taken out if it was at rest; none while it is not known.
    fn walk(&mut self, facts: &mut Facts<'_>, receivable: usize, policies: &Policies) -> Option<usize> {
        let place = self.places.get_mut(receivable)?;
        if let Place::Kept(bytes, columns) = place {
            let saved = postcard::from_bytes(bytes).expect("a walk");
            *place = Place::Walk(facts.restore_walk(saved, columns.clone(), policies).expect("a walk"));
            self.receivables.push(receivable);
        }
        match place {
            Place::Walk(walk) => Some(*walk),
            Place::Kept(..) => None,
        }
    }

    /// Everything to bytes and back, but for what is at rest.
    fn reload<'a>(&mut self, facts: &Facts<'a>, policies: &Policies) -> Facts<'a> {
        let saved = postcard::to_allocvec(&facts.save()).expect("a customer");
        let saved = postcard::from_bytes(&saved).expect("a customer");
        let mut fresh = Facts::restore(saved, facts.customer.clone(), facts.zone);
        fresh.approvals = facts.approvals;
        let walks: Vec<usize> = std::mem::take(&mut self.receivables);
        for (receivable, walk) in walks.into_iter().zip(&facts.walks) {
            let bytes = postcard::to_allocvec(&walk.save()).expect("a walk");
            let columns = WalkColumns {
                rank: walk.rank,
                policy: walk.policy,
                issued_on: walk.issued_on,
                due_on: walk.due_on,
                method: walk.method,
                entered_at: walk.entered_at,
                entries: walk.ledger.stored().collect(),
            };
            self.places[receivable] = Place::Kept(bytes, columns);
            if !walk.is_at_rest() {
                let again = self.walk(&mut fresh, receivable, policies).expect("just kept");
                assert_eq!(fresh.walks[again].ledger, walk.ledger, "a ledger is its entries");
                assert_eq!(fresh.walks[again].save(), walk.save(), "what was read back is what was written");
            }
        }
        fresh
    }
}

fn apply(facts: &mut Facts<'_>, policies: &Policies, held: &mut Held, ranks: &mut u32, at: Instant, fact: Fact) {
    let about = match &fact {
        Fact::Enter { .. } | Fact::Hold { receivable: None } | Fact::Release { receivable: None } => None,
        Fact::Hold { receivable: Some(receivable) }
        | Fact::Release { receivable: Some(receivable) }
        | Fact::Pay { receivable, .. }
        | Fact::Promise { receivable, .. }
        | Fact::Initiated { receivable }
        | Fact::ChargeFailed { receivable, .. }
        | Fact::Reopen { receivable }
        | Fact::Reject { receivable, .. }
        | Fact::Withhold { receivable, .. }
        | Fact::Subscribe { receivable, .. } => match held.walk(facts, *receivable, policies) {
            Some(walk) => Some(walk),
            // A fact about a receivable that is not known yet says nothing.
            None => return,
        },
    };
    let walk = about.unwrap_or_default();
    match fact {
        Fact::Enter { issued_on, due_on, minor, currency, method } => {
            let ledger = Ledger::new(Money::new(minor, currency), issued_on, at).expect("an amount");
            let new = NewWalk { rank: *ranks, issued_on, due_on, ledger, method, subscription: None };
            *ranks += 1;
            held.entered(facts.enter(new, at, policies, policies.newest_index()).expect("a segment"));
        }
        Fact::Pay { on, minor, .. } => {
            let currency = facts.walks[walk].ledger.currency();
            facts.pay(walk, on, minor.map(|minor| Money::new(minor, currency)), at, policies).expect("a payment");
        }
        Fact::Hold { .. } => facts.freeze(about, at, Instant::NEVER),
        Fact::Release { .. } => facts.thaw(about, at),
        Fact::Promise { on, .. } => {
            facts.promise(walk, on, at, policies);
        }
        Fact::Initiated { .. } => facts.initiated(walk, None, at, policies),
        Fact::ChargeFailed { needs_payer, .. } => {
            facts.charge_failed(
                walk,
                Failure { at, step: None, reason: "insufficient_funds".into(), needs_payer, retry_at: None },
                policies,
            );
        }
        Fact::Reopen { .. } => {
            let on = facts.zone.day_of(at);
            // Nothing was paid: nothing comes back.
            let _ = facts.reopen(walk, None, on, at, policies);
        }
        Fact::Reject { step, .. } => {
            facts.walks[walk].verdicts.rejected.push(step);
            facts.touch();
        }
        Fact::Subscribe { key, renewal_on, .. } => {
            let subscription = Subscription { key: key.to_string().into(), plan: None, collection: None, renewal_on, renewal_price: None };
            facts.subscribe(walk, subscription, at, policies);
        }
        Fact::Withhold { step, .. } => {
            facts.walks[walk].verdicts.withheld.push(step);
            facts.touch();
        }
    }
}

fn record(life: &mut Life, facts: &Facts<'_>, held: &Held, policies: &Policies, now: Instant, out: &Decisions) {
    let name = |walk: usize, step: StepRef| {
        let walk = &facts.walks[walk];
        let rules = policies.get(walk.policy);
        let ladder = &rules.ladders[rules.segments[walk.segment].ladder];
        match step {
            StepRef::Step(index) => ladder.steps[index].id.clone(),
            StepRef::Notice(index) => format!("{}.notice", ladder.steps[index].id),
            StepRef::Reaction(index) => rules.reactions[index].id.clone(),
        }
    };
    let base = life.messages.len();
    let first = life.rows.len();
    life.messages.extend(out.messages.iter().map(|message| {
        let mut message = message.clone();
        message.announces.iter_mut().for_each(|named| named.walk = held.receivables[named.walk]);
        message.announces.sort_by_key(|named| (named.walk, named.step));
        (now, message)
    }));
    life.rows.extend(out.rows.iter().map(|row| Told {
        at: now,
        receivable: held.receivables[row.walk],
        order: row.order,
        step: name(row.walk, row.step),
        cycle: row.cycle,
        occurrence: row.occurrence,
        outcome: row.outcome,
        message: row.message.map(|message| base + message),
    }));
    life.rows[first..].sort_by_key(|row| (row.receivable, row.order, row.cycle, row.occurrence));
    life.deferrals.extend(out.deferrals.iter().map(|wait| (now, held.receivables[wait.walk], name(wait.walk, wait.step), wait.reason)));
}

/// The moment at which a receivable known by date becomes known.
pub(crate) fn known(zone: Zone, on: Day, hour: u16) -> Instant {
    zone.at(on, LocalTime::hour(hour))
}
