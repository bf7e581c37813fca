//! `regua subscription change|pause|resume|cancel|usage`: what a change comes to is shown before it is made.

use regua_core::billing::{Change, Effect, Outcome, Settle, Subscription};
use regua_core::time::Day;
use regua_wire::billing::coupon;

use super::{Desk, due_by, next, paper, refused, said, subscriptions};
use crate::cli::billing::{At, CancelArgs, ChangeArgs, DoingArgs, PauseSubscriptionArgs, ResumeSubscriptionArgs, SettleOn, UsageArgs};
use crate::exit::{BadInput, Exit};
use crate::live::installation::act;
use crate::live::sure;
use crate::output::{Out, Paint};
use crate::why::day;
use crate::world::World;

const fn settle(on: SettleOn) -> Settle {
    match on {
        SettleOn::Own => Settle::OwnInvoice,
        SettleOn::Next => Settle::NextInvoice,
    }
}

/// Changes quantity, plan, coupons or terms.
pub(super) fn change(args: &ChangeArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.doing.place, Some(args.doing.when), world)?;
    let effect = match args.at {
        At::Now => Effect::Now(settle(args.settle)),
        At::PeriodEnd => Effect::PeriodEnd,
    };
    let known = desk.installation.engine.subscription(desk.installation.tenant, &args.id)?.subscription;
    let from = match args.at {
        At::Now => format!("from {} on", day(args.doing.on.unwrap_or(desk.today))),
        At::PeriodEnd => "from the end of its period on".to_owned(),
    };
    let said = said(&args.terms)?;
    let is_other = args.quantity.is_some() || args.plan.is_some() || args.coupon.is_some() || args.remove_coupon.is_some();
    if is_other != said.is_empty() {
        let told = if is_other {
            "terms change apart from quantity, plan and coupons; say them in a command of their own"
        } else {
            "nothing is said to change; add --quantity, --plan, --coupon, --remove-coupon, or a term such as --net"
        };
        return Err(BadInput::new(told).into());
    }
    let (change, what) = if let Some(quantity) = args.quantity {
        let was = known.quantity(desk.today);
        (Change::QuantityChanged { quantity, effect }, format!("{} has {quantity} instead of {was}, {from}", args.id))
    } else if let Some(key) = &args.plan {
        let plan = desk.installation.engine.plan(desk.installation.tenant, key)?;
        let what = format!("{} has the plan {key} instead of {}, {from}", args.id, known.plan(desk.today).key());
        (Change::PlanChanged { plan: Box::new(plan), effect }, what)
    } else if let Some(text) = &args.coupon {
        let coupon = coupon(text, known.plan(desk.today).currency()).map_err(refused)?;
        let what = format!("{} has the coupon {}", args.id, coupon.code);
        (Change::CouponApplied(coupon), what)
    } else if let Some(code) = &args.remove_coupon {
        (Change::CouponRemoved { code: code.as_str().into() }, format!("The coupon {code} takes nothing off {} any more", args.id))
    } else {
        let terms = said.over(known.terms().clone(), desk.policy.calendar);
        (Change::TermsChanged(Box::new(terms)), format!("The invoices to come of {} have these terms", args.id))
    };
    Changing { desk: &desk, id: &args.id, known, change, what }.carry_out(&args.doing, world, out)
}

/// Pauses.
pub(super) fn pause(args: &PauseSubscriptionArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.doing.place, Some(args.doing.when), world)?;
    let effect = if args.now { Effect::Now(Settle::OwnInvoice) } else { Effect::PeriodEnd };
    let from =
        if args.now { format!("from {} on", day(args.doing.on.unwrap_or(desk.today))) } else { "from the end of its period on".to_owned() };
    let until = args.until.map_or_else(|| "until it is resumed".to_owned(), |until| format!("until {}", day(until)));
    let what = format!("{} is paused {from} {until}", args.id);
    changing(&desk, &args.id, Change::Paused { effect, until: args.until }, what)?.carry_out(&args.doing, world, out)
}

/// Lets run again.
pub(super) fn resume(args: &ResumeSubscriptionArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.doing.place, Some(args.doing.when), world)?;
    let what = format!("{} runs again from {} on", args.id, day(args.doing.on.unwrap_or(desk.today)));
    changing(&desk, &args.id, Change::Resumed { settle: settle(args.settle) }, what)?.carry_out(&args.doing, world, out)
}

/// Ends, or does not end after all.
pub(super) fn cancel(args: &CancelArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.doing.place, Some(args.doing.when), world)?;
    let (change, what) = if args.undo {
        (Change::Continued, format!("{} does not end after all", args.id))
    } else if args.now {
        let on = day(args.doing.on.unwrap_or(desk.today));
        (Change::CancelledNow { credit: !args.no_credit }, format!("{} ends on {on}", args.id))
    } else {
        (Change::CancelledAtPeriodEnd, format!("{} ends with its period", args.id))
    };
    changing(&desk, &args.id, change, what)?.carry_out(&args.doing, world, out)
}

/// Reports what was used.
pub(super) fn usage(args: &UsageArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.place, Some(args.when), world)?;
    let on = args.on.unwrap_or(desk.today);
    let key = args.report.clone().unwrap_or_else(|| format!("{on}/{}", args.meter));
    let change = Change::UsageReported { key: key.as_str().into(), meter: args.meter.as_str().into(), quantity: args.quantity };
    let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
    match engine.change_subscription(tenant, &args.id, &change, Some(on), &act(&args.act, world), desk.now)? {
        Outcome::Changed => {
            out.aside(Paint::Green, &format!("{}: {} of {} on {} ({key}).", args.id, args.quantity, args.meter, day(on)))?
        }
        Outcome::Unchanged => out.line(&format!("{}: the report {key} is known already; nothing changed.", args.id))?,
    }
    Ok(Exit::Done)
}

fn changing<'a>(desk: &'a Desk, id: &'a str, change: Change, what: String) -> anyhow::Result<Changing<'a>> {
    let known = desk.installation.engine.subscription(desk.installation.tenant, id)?.subscription;
    Ok(Changing { desk, id, known, change, what })
}

/// A change that is about to be made.
struct Changing<'a> {
    desk: &'a Desk,
    id: &'a str,
    known: Subscription,
    change: Change,
    /// What becomes of it, in words.
    what: String,
}

impl Changing<'_> {
    /// Shows what the change comes to, asks, and makes it.
    fn carry_out(self, doing: &DoingArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
        let Self { desk, id, known, change, what } = self;
        let on = doing.on.unwrap_or(desk.today);
        let mut after = known.clone();
        match after.apply(change.clone(), on).map_err(refused)? {
            Outcome::Changed => {}
            Outcome::Unchanged => {
                out.line(&format!("{id} is so already; nothing changed."))?;
                return Ok(Exit::Done);
            }
        }
        foreseen(desk, known, after.clone(), on, out)?;
        if doing.preview {
            return Ok(Exit::Done);
        }
        if !sure::sure(doing.sure, &format!("{what}."), world, out)? {
            return Ok(Exit::Input);
        }
        let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
        // The day that was shown, wherever the customer's midnight is.
        match engine.change_subscription(tenant, id, &change, Some(on), &act(&doing.act, world), desk.now)? {
            Outcome::Changed => out.aside(Paint::Green, &format!("Done. {id} is {}.", subscriptions::told(&after, desk.today)))?,
            Outcome::Unchanged => out.line(&format!("{id} is so already; nothing changed."))?,
        }
        Ok(Exit::Done)
    }
}

/// Shows what comes of a change: what is made at once because of it, and the next document after that.
fn foreseen(desk: &Desk, mut known: Subscription, mut after: Subscription, on: Day, out: &mut Out) -> anyhow::Result<()> {
    let language = desk.language(None);
    let today = desk.today.max(on);
    // What is due without the change is made anyway.
    let anyway = due_by(&mut known, today)?;
    let due: Vec<_> = due_by(&mut after, today)?.into_iter().filter(|draft| !anyway.contains(draft)).collect();
    for draft in &due {
        out.aside(Paint::Dim, "With the next run:")?;
        paper::print(draft, &draft.key.to_string(), language, out)?;
        out.gap()?;
    }
    match (next(&known, today)?, next(&after, today)?) {
        (Some(before), Some(then)) if before == then => out.aside(Paint::Dim, "The invoice after that stays as it is.")?,
        (_, Some(then)) => {
            out.aside(Paint::Dim, &format!("The next one, on {}:", day(then.issued_on)))?;
            paper::print(&then, &then.key.to_string(), language, out)?;
        }
        (_, None) => out.aside(Paint::Dim, "Then nothing is billed any more, as it stands.")?,
    }
    out.gap()?;
    Ok(())
}
