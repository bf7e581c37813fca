//! `regua invoice`: what was made, where it stands, and taking it back.

use regua_core::billing::{CreditOf, CreditShare, DraftInvoice, Line};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::words::Language;
use regua_engine::billing::{ListedInvoice, Of};
use serde_json::{Value, json};

use super::{Desk, paper, subscriptions::more};
use crate::cli::billing::{CreditArgs, InvoiceListArgs, InvoiceVerb, WhenArgs};
use crate::cli::live::{ActArgs, LookArgs, PlaceArgs, SureArgs};
use crate::exit::{BadInput, Exit};
use crate::live::installation::act;
use crate::live::sure;
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::why::moment;
use crate::world::World;

/// Carries out a verb of `invoice`.
pub(crate) fn run(verb: &InvoiceVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        InvoiceVerb::List(args) => list(args, world, out),
        InvoiceVerb::Show { id, language, look } => show(id, *language, look, world, out),
        InvoiceVerb::Void { id, act, sure, when, place } => void(id, (act, *sure, *when, place), world, out),
        InvoiceVerb::Credit(args) => credit(args, world, out),
    }
}

/// An amount of an invoice with its currency.
fn money(one: &ListedInvoice, minor: i64) -> String {
    let row = &one.invoiced.row;
    Currency::parse(&row.currency).map_or_else(|| format!("{minor} {}", row.currency), |currency| Money::new(minor, currency).to_string())
}

fn list(args: &InvoiceListArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.look.place, None, world)?;
    let format = args.look.listing.format;
    let of = match (&args.customer, &args.subscription) {
        (Some(customer), _) => Of::Customer(customer),
        (None, Some(subscription)) => Of::Subscription(subscription),
        (None, None) => Of::All,
    };
    let found = desk.installation.engine.invoices_listed(desk.installation.tenant, of, args.status, args.limit.limit)?;
    if found.is_empty() && format == Format::Table {
        out.line("No such invoice. What is due is invoiced by `regua run`.")?;
        return Ok(Exit::Done);
    }
    let columns = [
        ("invoice", "invoice"),
        ("customer", "customer"),
        ("kind", "kind"),
        ("issued_on", "issued"),
        ("due_on", "due"),
        ("total", "total"),
        ("open", "open"),
        ("credit_left", "credit left"),
        ("status", "status"),
    ];
    let mut rows = Listing::new(&columns);
    for one in &found {
        let row = &one.invoiced.row;
        let left = (row.credit_left > 0).then(|| Cell::Amount(money(one, row.credit_left)));
        rows.row([
            row.key.as_str().into(),
            one.customer.as_str().into(),
            row.kind.as_str().into(),
            row.issued_on.to_string().into(),
            row.due_on.to_string().into(),
            Cell::Amount(money(one, row.total)),
            Cell::Amount(money(one, one.invoiced.open)),
            left.into(),
            status(one).into(),
        ]);
    }
    out.listing(&rows, format)?;
    more(found.len(), args.limit.limit, format, out)
}

/// Where it stands: a credit is `open` while something of it is left.
fn status(one: &ListedInvoice) -> &'static str {
    let row = &one.invoiced.row;
    if row.total >= 0 {
        one.invoiced.status.as_str()
    } else if row.credit_left > 0 {
        "open"
    } else {
        "applied"
    }
}

fn show(id: &str, language: Option<Language>, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&look.place, None, world)?;
    let one = desk.installation.engine.invoice(desk.installation.tenant, id)?;
    let draft = &one.invoiced.draft;
    match look.listing.format {
        Format::Table => told(&one, draft, desk.language(language), &desk, out)?,
        Format::Json => out.json(&as_json(&one, &desk))?,
        Format::Csv => {
            let mut rows =
                Listing::new(&[("line", ""), ("kind", ""), ("name", ""), ("quantity", ""), ("from", ""), ("to", ""), ("amount", "")]);
            for (number, line) in (1_u64..).zip(&draft.lines) {
                rows.row([
                    number.into(),
                    line.kind.as_str().into(),
                    (&*line.name).into(),
                    line.quantity.into(),
                    line.from.to_string().into(),
                    line.to.to_string().into(),
                    Cell::Amount(money(&one, line.amount)),
                ]);
            }
            out.listing(&rows, Format::Csv)?;
        }
    }
    Ok(Exit::Done)
}

fn told(one: &ListedInvoice, draft: &DraftInvoice, language: Language, desk: &Desk, out: &mut Out) -> anyhow::Result<()> {
    let row = &one.invoiced.row;
    let what = match (row.voided_at, row.total < 0) {
        (Some(at), _) => format!("void since {}", moment(desk.policy.zone, at)),
        (None, true) => format!("{} of it left as credit", money(one, row.credit_left)),
        (None, false) => format!("{}, {} of {} open", one.invoiced.status, money(one, one.invoiced.open), money(one, row.total)),
    };
    out.aside(Paint::Bold, &format!("{} of {}: {what}", row.key, one.customer))?;
    out.gap()?;
    paper::print(draft, &row.key, language, out)?;
    if !one.parts.is_empty() {
        out.gap()?;
        out.listing(&parts(one, draft), Format::Table)?;
    }
    Ok(())
}

/// What a part is called: what every other verb takes.
fn called(one: &ListedInvoice, place: usize) -> String {
    let key = &one.invoiced.row.key;
    if one.parts.len() == 1 { key.clone() } else { format!("{key}#{place}") }
}

/// Its parts with where they stand.
fn parts(one: &ListedInvoice, draft: &DraftInvoice) -> Listing {
    let mut rows =
        Listing::new(&[("receivable", "receivable"), ("due", "due"), ("amount", "amount"), ("open", "open"), ("status", "status")]);
    for (place, (part, instalment)) in (1..).zip(one.parts.iter().zip(&draft.instalments)) {
        rows.row([
            called(one, place).into(),
            instalment.due_on.to_string().into(),
            Cell::Amount(money(one, instalment.amount)),
            Cell::Amount(money(one, if part.status == "open" { part.balance } else { 0 })),
            part.status.as_str().into(),
        ]);
    }
    rows
}

fn as_json(one: &ListedInvoice, desk: &Desk) -> Value {
    let row = &one.invoiced.row;
    let parts = (1..).zip(one.parts.iter().zip(&one.invoiced.draft.instalments)).map(|(place, (part, instalment))| {
        json!({
            "receivable": called(one, place), "id": part.receivable.to_string(), "due_on": instalment.due_on.to_string(), "amount": money(one, instalment.amount),
            "balance": money(one, part.balance), "status": part.status,
        })
    });
    json!({
        "id": row.invoice.to_string(),
        "customer": one.customer,
        "status": status(one),
        "open": money(one, one.invoiced.open),
        "credit_left": money(one, row.credit_left),
        "voided_at": row.voided_at.map(|at| desk.policy.zone.rfc3339(at)),
        "parts": parts.collect::<Vec<_>>(),
        "document": paper::as_json(&one.invoiced.draft, &row.key),
    })
}

fn void(
    id: &str,
    (acting, sure, when, place): (&ActArgs, SureArgs, WhenArgs, &PlaceArgs),
    world: &World,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let desk = Desk::open(place, Some(when), world)?;
    let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
    let one = engine.invoice(tenant, id)?;
    let question = format!(
        "{} of {} over {} is void then: nothing of it is owed.",
        one.invoiced.row.key,
        one.customer,
        money(&one, one.invoiced.row.total)
    );
    if !sure::sure(sure, &question, world, out)? {
        return Ok(Exit::Input);
    }
    engine.void_invoice(tenant, id, &act(acting, world), desk.now)?;
    out.aside(Paint::Green, &format!("{} is void.", one.invoiced.row.key))?;
    Ok(Exit::Done)
}

fn credit(args: &CreditArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.place, Some(args.when), world)?;
    let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
    let one = engine.invoice(tenant, &args.id)?;
    let what = credited(args, &one)?;
    let act = act(&args.act, world);
    let would = engine.credit_invoice(tenant, &args.id, &what, &act, desk.now, true)?;
    paper::print(&would.document, &would.key, desk.language(args.language), out)?;
    out.gap()?;
    if args.preview {
        return Ok(Exit::Done);
    }
    let (applied, left) = (money(&one, would.applied), money(&one, would.left));
    let question = match (would.applied, would.left) {
        (_, 0) => format!("It takes {applied} off what is open."),
        (0, _) => format!("Nothing is open; {left} stay as credit for the next invoice."),
        (_, _) => format!("It takes {applied} off what is open; {left} stay as credit for the next invoice."),
    };
    if !sure::sure(args.sure, &question, world, out)? {
        return Ok(Exit::Input);
    }
    let done = engine.credit_invoice(tenant, &args.id, &what, &act, desk.now, false)?;
    out.aside(Paint::Green, &format!("{} is made.", done.key))?;
    Ok(Exit::Done)
}

/// What was really charged for a line: without its share of what coupons took off.
fn charged(draft: &DraftInvoice, line: &Line) -> i64 {
    let lines: i128 = draft.lines.iter().map(|line| i128::from(line.amount)).sum();
    let off: i128 = draft.discounts.iter().map(|off| i128::from(off.amount)).sum();
    if off == 0 || lines <= 0 {
        return line.amount;
    }
    // Down: together they are never more than was charged.
    i64::try_from(i128::from(line.amount) * (lines + off) / lines).unwrap_or(line.amount)
}

/// What is credited, as it was said.
fn credited(args: &CreditArgs, one: &ListedInvoice) -> anyhow::Result<CreditOf> {
    let draft = &one.invoiced.draft;
    let amount = |text: &str| {
        let example = Money::new(12_345, draft.currency);
        let told =
            |_bad| BadInput::new(format!("`{text}` is not an amount of {}; write a number such as that of {example}", draft.currency));
        Money::parse(text, draft.currency).map(Money::minor).map_err(told)
    };
    if let Some(text) = &args.amount {
        return Ok(CreditOf::Amount(amount(text)?));
    }
    if args.all {
        return Ok(CreditOf::All);
    }
    let line = |text: &String| {
        let (number, sum) = text.split_once('=').map_or((text.as_str(), None), |(number, sum)| (number, Some(sum)));
        let place = number.trim().parse::<u32>().ok().and_then(|number| number.checked_sub(1));
        let known = place.and_then(|place| Some((place, draft.lines.get(usize::try_from(place).ok()?)?)));
        let told = || BadInput::new(format!("the invoice has no line `{number}`; it has {}, counted from 1", draft.lines.len()));
        let (line, known) = known.ok_or_else(told)?;
        Ok(CreditShare { line, amount: sum.map_or_else(|| Ok(charged(draft, known)), |sum| amount(sum.trim()))? })
    };
    Ok(CreditOf::Lines(args.lines.iter().map(line).collect::<anyhow::Result<_>>()?))
}
