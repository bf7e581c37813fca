//! `regua subscription add|show|list`.

use regua_core::billing::{NewSubscription, State, Subscription};
use regua_core::party::{ContactPoint, Customer, Email};
use regua_core::time::{Day, Instant};
use regua_engine::billing::{Listed, Of, SELF, Subscribe};
use regua_wire::billing::coupon;
use regua_wire::files::CustomerRow;
use serde_json::json;

use super::{Desk, due_by, next, paper, prices, refused, said};
use crate::cli::billing::{AddArgs, StateWord, SubscriptionListArgs, WhenArgs};
use crate::cli::live::LookArgs;
use crate::exit::{BadInput, Exit};
use crate::live::installation::act;
use crate::live::sure;
use crate::output::{Cell, Format, Listing, Out, Paint, counted};
use crate::why::day;
use crate::world::{SystemRng, World};

/// Begins one.
pub(super) fn add(args: &AddArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.place, Some(args.when), world)?;
    let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
    let plan = engine.plan(tenant, &args.plan)?;
    let coupons = args.coupons.iter().map(|text| coupon(text, plan.currency())).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let begins_on = args.from.unwrap_or(desk.today);
    let first_on = args.trial_until.unwrap_or(begins_on);
    let new = NewSubscription {
        key: args.id.as_str().into(),
        plan,
        quantity: args.quantity,
        begins_on,
        trial_until: args.trial_until,
        anchor: args.anchor.map(|anchor| anchor.anchor(first_on)),
        terms: desk.terms(said(&args.terms)?),
        coupons,
    };
    let subscription = Subscription::new(new.clone()).map_err(refused)?;
    let past = due_by(&mut subscription.clone(), desk.today)?.len();
    if past > 1 {
        let question = format!("It begins in the past: {} are made at once, with today as their day of issue.", counted_documents(past));
        if !sure::sure(args.sure, &question, world, out)? {
            return Ok(Exit::Input);
        }
    }
    let email = args.email.as_deref().map(Email::parse).transpose().map_err(refused)?;
    let customer = Customer {
        name: args.name.as_deref().map(Into::into),
        contacts: email.map(ContactPoint::email).into_iter().collect(),
        ..Customer::default()
    };
    let customer = CustomerRow { id: args.customer.as_str().into(), customer };
    let subscribe = Subscribe { customer: &customer, source: SELF, new, method: args.method };
    engine.subscribe(tenant, &subscribe, &act(&args.act, world), desk.now, &mut SystemRng)?;
    out.aside(Paint::Green, &format!("{} of {}: {}.", args.id, args.customer, told(&subscription, desk.today)))?;
    if let Some(draft) = next(&subscription, desk.today)? {
        let made = if draft.issued_on <= desk.today { "with the next run".to_owned() } else { format!("on {}", day(draft.issued_on)) };
        out.line(&format!("The first invoice is made {made}: {}, due {}.", draft.amount(), day(draft.due_on)))?;
    }
    Ok(Exit::Done)
}

fn counted_documents(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "invoice")
}

/// What it is on a day, in a few words.
pub(super) fn told(subscription: &Subscription, today: Day) -> String {
    match subscription.state(today) {
        State::Upcoming { from } => format!("begins on {}", day(from)),
        State::Trialing { until } => format!("not billed before {}", day(until)),
        State::Active => "active".to_owned(),
        State::Paused { until: None } => "paused".to_owned(),
        State::Paused { until: Some(until) } => format!("paused until {}", day(until)),
        State::Ending { on } => format!("active, ends on {}", day(on)),
        State::Ended { on } => format!("ended on {}", day(on)),
    }
}

const fn word(state: State) -> (StateWord, &'static str) {
    match state {
        State::Upcoming { .. } => (StateWord::Upcoming, "upcoming"),
        State::Trialing { .. } => (StateWord::Trialing, "trialing"),
        State::Active => (StateWord::Active, "active"),
        State::Paused { .. } => (StateWord::Paused, "paused"),
        State::Ending { .. } => (StateWord::Ending, "ending"),
        State::Ended { .. } => (StateWord::Ended, "ended"),
    }
}

/// The day of the next document.
fn next_day(desk: &Desk, bill_at: Instant) -> Option<String> {
    (bill_at != Instant::NEVER).then(|| desk.policy.zone.day_of(bill_at).to_string())
}

/// Lists them.
pub(super) fn list(args: &SubscriptionListArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.look.place, Some(args.when), world)?;
    let format = args.look.listing.format;
    let wanted = |one: &Listed| {
        let subscription = &one.subscribed.subscription;
        args.plan.as_deref().is_none_or(|plan| subscription.plan(desk.today).key() == plan)
            && args.state.is_none_or(|state| word(subscription.state(desk.today)).0 == state)
    };
    let of = args.customer.as_deref().map_or(Of::All, Of::Customer);
    let found = desk.installation.engine.subscriptions(desk.installation.tenant, of, args.limit.limit, &wanted)?;
    if found.is_empty() && format == Format::Table {
        out.line("No such subscription.")?;
        return Ok(Exit::Done);
    }
    let columns = [
        ("subscription", "subscription"),
        ("customer", "customer"),
        ("plan", "plan"),
        ("quantity", "quantity"),
        ("state", "state"),
        ("begins_on", "begins"),
        ("next_on", "next invoice"),
        ("set_aside", "set aside"),
    ];
    let mut rows = Listing::new(&columns);
    let shown = found.len();
    for Listed { subscribed, customer, parked } in found {
        let subscription = &subscribed.subscription;
        rows.row([
            subscription.key().into(),
            customer.into(),
            subscription.plan(desk.today).key().into(),
            subscription.quantity(desk.today).into(),
            word(subscription.state(desk.today)).1.into(),
            subscription.begins_on().to_string().into(),
            next_day(&desk, subscribed.bill_at).into(),
            parked.into(),
        ]);
    }
    out.listing(&rows, format)?;
    more(shown, args.limit.limit, format, out)
}

/// Says that there may be more than is shown.
pub(super) fn more(shown: usize, limit: usize, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    if shown >= limit && format == Format::Table {
        out.aside(Paint::Dim, &format!("The newest {limit}; --limit shows more."))?;
    }
    Ok(Exit::Done)
}

/// Shows one.
pub(super) fn show(id: &str, when: WhenArgs, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&look.place, Some(when), world)?;
    let found = desk.installation.engine.subscriptions(desk.installation.tenant, Of::Subscription(id), 1, &|_| true)?.pop();
    let Some(Listed { subscribed, customer, parked }) = found else {
        return Err(BadInput::new(format!("there is no subscription `{id}`; see: regua subscription list")).into());
    };
    let subscription = &subscribed.subscription;
    let (plan, quantity) = (subscription.plan(desk.today), subscription.quantity(desk.today));
    let draft = next(subscription, desk.today)?;
    let coupons: Vec<&str> = subscription.coupons().collect();
    match look.listing.format {
        Format::Table => {
            out.aside(Paint::Bold, &format!("{id} of {customer}: {}", told(subscription, desk.today)))?;
            let mut facts = vec![
                ("plan", format!("{} ({}), every {}", plan.name(), plan.key(), prices::cycle(plan))),
                ("quantity", quantity.to_string()),
                ("begins", day(subscription.begins_on())),
            ];
            facts.extend(paper::terms(subscription.terms()));
            if !coupons.is_empty() {
                facts.push(("coupons", coupons.join(", ")));
            }
            facts.extend(subscribed.method.clone().map(|method| ("paid by", method)));
            let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            for (name, value) in facts {
                out.hanging(&format!("  {name:width$}  "), &value)?;
            }
            if let Some(why) = parked {
                out.aside(Paint::Red, &format!("It could not be billed and is set aside: {why}"))?;
            }
            match draft {
                None => out.heading("Nothing is billed any more, as it stands.")?,
                Some(draft) => {
                    out.heading("The next document as it stands, a draft")?;
                    paper::print(&draft, &draft.key.to_string(), desk.language(None), out)?;
                }
            }
        }
        Format::Json => out.json(&json!({
            "subscription": id, "customer": customer, "plan": plan.key(), "quantity": quantity,
            "state": word(subscription.state(desk.today)).1, "begins_on": subscription.begins_on().to_string(),
            "billed_from": subscription.billed_from().to_string(), "next_on": next_day(&desk, subscribed.bill_at),
            "coupons": coupons, "method": subscribed.method, "set_aside": parked,
            "terms": paper::terms(subscription.terms()).into_iter().map(|(name, value)| json!({ "what": name, "is": value })).collect::<Vec<_>>(),
            "next": draft.map(|draft| paper::as_json(&draft, &draft.key.to_string())),
        }))?,
        Format::Csv => {
            let mut rows = Listing::new(&[("subscription", ""), ("customer", ""), ("plan", ""), ("quantity", ""), ("state", ""), ("next_on", "")]);
            rows.row([
                id.into(),
                customer.into(),
                plan.key().into(),
                Cell::Count(quantity),
                word(subscription.state(desk.today)).1.into(),
                next_day(&desk, subscribed.bill_at).into(),
            ]);
            out.listing(&rows, Format::Csv)?;
        }
    }
    Ok(Exit::Done)
}
