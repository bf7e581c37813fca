//! `regua bank lines|book|set-aside|undo`: what a person is asked about banks, and the answers.

use regua_core::money::Money;
use regua_engine::bank::{Asked, line_of};
use regua_engine::commands::account::Moved;
use serde_json::{Value, json};

use crate::cli::bank::{BookArgs, LineArgs, LinesArgs};
use crate::exit::Exit;
use crate::live::installation::{Installation, act};
use crate::output::{Format, Listing, Out, Paint, clean, shortened};
use crate::world::World;

/// Letters of a line's id that are shown: enough to tell lines apart in any list a person looks at.
const SHORT: usize = 10;
/// Letters of the bank's text that fit a row.
const TEXT: usize = 40;

/// Lists what waits.
pub(super) fn list(args: &LinesArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let asked = installation.engine.bank_waiting(installation.tenant, None, args.limit, world.now)?;
    match args.listing.format {
        Format::Json => out.json(&Value::Array(asked.iter().map(as_json).collect()))?,
        Format::Table if asked.is_empty() => out.line("No line of a bank waits for a person.")?,
        format @ (Format::Table | Format::Csv) => out.listing(&rows(&asked), format)?,
    }
    if args.listing.format == Format::Table && asked.len() == usize::from(args.limit) {
        out.aside(Paint::Dim, "There may be more; raise --limit.")?;
    }
    Ok(Exit::Done)
}

fn rows(asked: &[Asked]) -> Listing {
    let mut rows = Listing::new(&[
        ("line", "line"),
        ("account", "account"),
        ("day", "day"),
        ("event", "event"),
        ("amount", "amount"),
        ("payer", "payer"),
        ("text", "text"),
        ("why", "why"),
        ("suggestion", "may be"),
        ("percent", "%"),
    ]);
    for one in asked {
        let line = one.line.as_ref();
        let best = one.suggestions.first();
        let payer = line.and_then(|line| line.payer.name.as_deref().or(line.payer.tax_id.as_deref())).map(clean);
        rows.row([
            short(&one.id).into(),
            one.account.clone().into(),
            one.posted_on.map(|day| day.to_string()).into(),
            line.map(|line| line.event.as_str()).into(),
            line.and_then(|line| line.amount).map(|amount| amount.to_string()).into(),
            payer.into(),
            line.map(|line| shortened(&clean(&line.text), TEXT)).into(),
            one.why.clone().into(),
            best.map(|best| format!("{} of {} ({})", best.receivable, best.customer, best.found.by.as_str())).into(),
            best.map(|best| u64::from(best.found.percent)).into(),
        ]);
    }
    rows
}

fn as_json(one: &Asked) -> Value {
    let suggestions: Vec<Value> = one
        .suggestions
        .iter()
        .map(|may| {
            json!({
                "receivable": may.receivable, "customer": may.customer, "owes": may.owes.to_string(),
                "found_by": may.found.by.as_str(), "percent": may.found.percent,
            })
        })
        .collect();
    json!({
        "line": hex(&one.id), "account": one.account, "day": one.posted_on.map(|day| day.to_string()), "why": one.why,
        "told": one.line, "suggestions": suggestions,
    })
}

/// Books a line that waits.
pub(super) fn book(args: &BookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let id = line_of(engine, tenant, &args.line)?;
    let about = args.ids.iter().map(|id| engine.resolve(tenant, id)).collect::<Result<Vec<_>, _>>()?;
    let now = installation.moment(args.told.as_of, world)?;
    let moved = engine.book_bank_line(tenant, id, &about, &act(&args.told.act, world), now)?;
    told(&moved, "moved on it", out)
}

/// Says of a line that it is no customer's business.
pub(super) fn set_aside(args: &LineArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let id = line_of(engine, tenant, &args.line)?;
    let now = installation.moment(args.told.as_of, world)?;
    engine.set_bank_line_aside(tenant, id, &act(&args.told.act, world), now)?;
    out.aside(Paint::Green, &format!("{} is set aside.", short(&id)))?;
    Ok(Exit::Done)
}

/// Takes back what a line was booked on.
pub(super) fn undo(args: &LineArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let id = line_of(engine, tenant, &args.line)?;
    let now = installation.moment(args.told.as_of, world)?;
    let moved = engine.undo_bank_line(tenant, id, &act(&args.told.act, world), now)?;
    told(&moved, "was taken back", out)
}

fn told(moved: &Moved, says: &str, out: &mut Out) -> anyhow::Result<Exit> {
    for part in &moved.parts {
        let due = if part.due.is_zero() { "nothing is due on it".to_owned() } else { format!("{} settles it today", part.due) };
        out.aside(Paint::Green, &format!("{}: {} {says}; {due}.", part.receivable, part.amount))?;
    }
    if !moved.rest.is_zero() {
        out.aside(
            Paint::Yellow,
            &format!("{} no receivable takes: it is the customer's credit.", Money::new(moved.rest.minor(), moved.rest.currency())),
        )?;
    }
    Ok(Exit::Done)
}

fn short(id: &[u8; 16]) -> String {
    let mut hex = hex(id);
    hex.truncate(SHORT);
    hex
}

fn hex(id: &[u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
