//! `regua method ask`, `show` and `cancel`: authorisations of Pix Automático, at the bank and here.
//!
//! Deliberately absent: waiting for the payer, whose answer comes by webhook and listing.

use regua_core::currency::Currency;
use regua_core::ids::PaymentMethodId;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_engine::charging::Wanted;
use regua_engine::commands::tell::About;
use regua_wire::gateways::MethodStanding;
use regua_wire::gateways::authorise::{Authorised, Notice};
use regua_wire::gateways::pix::rec;

use super::gateway::gateways;
use super::installation::{Installation, act};
use crate::cli::charging::{AskMethodArgs, Every, RemoveMethodArgs, ShowMethodArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Format, Listing, Out, Paint};
use crate::world::World;

/// How long a payer has to answer the notice of the bank.
pub(super) const NOTICE_HOURS: i64 = 3 * 24;

/// Asks a customer.
pub(super) fn ask(args: &AskMethodArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    let fixed = args.fixed.as_deref().map(|text| Money::parse(text, Currency::BRL)).transpose();
    let wanted = Wanted {
        gateway: args.gateway.clone(),
        what: args.what.clone(),
        from: args.from,
        every: match args.every {
            Every::Week => rec::Every::Week,
            Every::Month => rec::Every::Month,
            Every::Quarter => rec::Every::Quarter,
            Every::HalfYear => rec::Every::Half,
            Every::Year => rec::Every::Year,
        },
        fixed: fixed.map_err(|bad| BadInput::new(format!("--fixed: {bad}")))?,
        retries: args.allows_retry,
        notice: notice(args, now),
    };
    let mut reach = gateways(&installation, now)?;
    let about = About::Customer(args.customer.clone());
    let act = act(&args.told.act, world);
    let (method, asked) = installation.engine.authorise(installation.tenant, &about, &wanted, &mut reach, &act, now)?;
    told(method, &asked, args.listing.format, out)?;
    if args.listing.format == Format::Table {
        let next = if wanted.notice.is_some() { "The payer's bank shows a notice." } else { "Show the payer the code." };
        out.aside(Paint::Green, &format!("{next} It is charged once the payer has said yes: regua method show {method}"))?;
    }
    Ok(Exit::Done)
}

fn notice(args: &AskMethodArgs, now: Instant) -> Option<Notice> {
    let (bank, account) = args.bank.clone().zip(args.account.clone())?;
    Some(Notice { bank, branch: args.branch.clone(), account, until: now.plus_hours(NOTICE_HOURS) })
}

/// Looks where one stands.
pub(super) fn show(args: &ShowMethodArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.look.place, world)?;
    let mut reach = gateways(&installation, world.now)?;
    let method = named(&args.method)?;
    let stands = installation.engine.authorisation(installation.tenant, method, &mut reach, world.now)?;
    told(method, &stands, args.look.listing.format, out)?;
    Ok(Exit::Done)
}

/// Ends one at its bank.
pub(super) fn cancel(args: &RemoveMethodArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    let mut reach = gateways(&installation, now)?;
    let act = act(&args.told.act, world);
    installation.engine.end_authorisation(installation.tenant, named(&args.method)?, &mut reach, &act, now)?;
    out.aside(Paint::Green, "It is ended at the bank, and is charged no more.")?;
    Ok(Exit::Done)
}

fn named(text: &str) -> anyhow::Result<PaymentMethodId> {
    let parsed = text.parse().map_err(|bad| BadInput::new(format!("{bad}; `regua method list CUSTOMER` lists them")));
    Ok(parsed?)
}

fn told(method: PaymentMethodId, stands: &Authorised, format: Format, out: &mut Out) -> anyhow::Result<()> {
    let state = match stands.method.standing {
        MethodStanding::Active => "authorised",
        MethodStanding::Pending => "waits for the payer",
        MethodStanding::Gone => "ended",
    };
    let mut rows = Listing::new(&[("what", "what"), ("value", "value")]);
    rows.row(["method".into(), method.to_string().into()]);
    rows.row(["authorisation".into(), stands.method.method_token.as_str().into()]);
    rows.row(["state".into(), state.into()]);
    rows.row(["further tries".into(), if stands.method.allows_retry { "three in seven days" } else { "none" }.into()]);
    for (what, value) in [("pix code", &stands.brcode), ("why", &stands.why)] {
        if let Some(value) = value {
            rows.row([what.into(), value.as_str().into()]);
        }
    }
    out.listing(&rows, format)
}
