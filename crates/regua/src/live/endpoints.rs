//! `regua endpoint` and `regua events`: what happened, and where it is delivered.

use std::sync::atomic::Ordering;
use std::time::Duration;

use regua_core::ids::EndpointId;
use regua_engine::endpoints::{DeliveryState, NewEndpoint};
use regua_engine::events::{Event, Type, position_of};
use serde_json::{Value, json};

use super::gateway::zone_of;
use super::installation::{Installation, act};
use super::people::{once, times};
use super::{run, serve};
use crate::cli::feed::{EndpointVerb, EventsArgs, OfEndpointArgs};
use crate::cli::live::LookArgs;
use crate::exit::{BadInput, Exit};
use crate::output::{Format, Listing, Out, Paint, counted};
use crate::world::{SystemRng, World, clock};

/// Deliveries and events that are read at a time.
const PAGE: usize = 200;
/// Pages of the log that one transaction puts into the feed.
const FEED_PAGES: i64 = 500;
/// How often a follower looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Carries out a verb of `endpoint`.
pub(crate) fn endpoint(verb: &EndpointVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        EndpointVerb::Add { url, types, description, act: acting, look } => {
            let installation = Installation::open(&look.place, world)?;
            let (types, reach) = (parsed(types)?, serve::reach(&installation.config));
            let new = NewEndpoint { url, types: &types, description };
            let (engine, tenant) = (&installation.engine, installation.tenant);
            let (made, secret) = engine.add_endpoint(tenant, &new, reach, &act(acting, world), world.now, &mut SystemRng)?;
            once(("endpoint", &made.id.to_string()), secret.expose(), look.listing.format, out)
        }
        EndpointVerb::List(args) => list(args, world, out),
        EndpointVerb::Pause(of) => done(of, world, out, "is paused: what happens meanwhile waits", |of| {
            of.installation.engine.pause_endpoint(of.installation.tenant, of.id, &of.act, of.now).map(drop)
        }),
        EndpointVerb::Resume(of) => done(of, world, out, "goes on", |of| {
            of.installation.engine.resume_endpoint(of.installation.tenant, of.id, &of.act, of.now).map(drop)
        }),
        EndpointVerb::Remove(of) => {
            done(of, world, out, "is removed", |of| of.installation.engine.remove_endpoint(of.installation.tenant, of.id, &of.act, of.now))
        }
        EndpointVerb::Test(of) => done(of, world, out, "gets a test with the next deliveries of `regua serve`", |of| {
            of.installation.engine.test_endpoint(of.installation.tenant, of.id, &of.act, of.now).map(drop)
        }),
        EndpointVerb::Rotate { of, overlap_hours, listing } => {
            let (installation, id) = (Installation::open(&of.place, world)?, named(&of.endpoint)?);
            let (engine, tenant, overlap) = (&installation.engine, installation.tenant, overlap_hours.saturating_mul(3_600));
            let (made, secret) = engine.rotate_endpoint(tenant, id, overlap, &act(&of.act, world), world.now, &mut SystemRng)?;
            once(("endpoint", &made.id.to_string()), secret.expose(), listing.format, out)
        }
        EndpointVerb::Deliveries { endpoint, state, limit, look } => deliveries(endpoint, state.as_deref(), *limit, look, world, out),
        EndpointVerb::Replay { of, event, to } => replay(of, event, to.as_deref(), world, out),
    }
}

/// An endpoint, and who acts on it.
struct Of {
    installation: Installation,
    id: EndpointId,
    act: regua_engine::Act,
    now: regua_core::time::Instant,
}

fn done(
    of: &OfEndpointArgs,
    world: &World,
    out: &mut Out,
    told: &str,
    work: impl FnOnce(&Of) -> regua_engine::Result<()>,
) -> anyhow::Result<Exit> {
    let installation = Installation::open(&of.place, world)?;
    work(&Of { installation, id: named(&of.endpoint)?, act: act(&of.act, world), now: world.now })?;
    out.aside(Paint::Green, &format!("{} {told}.", of.endpoint))?;
    Ok(Exit::Done)
}

fn named(text: &str) -> anyhow::Result<EndpointId> {
    text.parse().map_err(|_bad| BadInput::new(format!("`{text}` is no endpoint; `regua endpoint list` lists them")).into())
}

fn parsed(words: &[String]) -> anyhow::Result<Vec<Type>> {
    let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
    let known = || Type::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    let one = |word: &str| word.parse::<Type>().map_err(|_bad| BadInput::new(format!("--types: `{word}` is none of {}", known())));
    Ok(words.map(one).collect::<Result<_, _>>()?)
}

fn list(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let format = args.listing.format;
    let at = times(zone_of(&installation), format);
    let mut rows = Listing::new(&[
        ("endpoint", "endpoint"),
        ("url", "address"),
        ("state", "state"),
        ("types", "types"),
        ("description", "description"),
        ("failing_since", "nothing arrived since"),
        ("added", "added"),
    ]);
    for one in installation.engine.endpoints(installation.tenant, world.now)? {
        let types: Vec<&str> = one.types.iter().map(|kind| kind.word()).collect();
        let state = match &one.reason {
            Some(reason) => format!("{} ({reason})", one.state.word()),
            None => one.state.word().to_owned(),
        };
        let types = if types.is_empty() { "every type".to_owned() } else { types.join(" ") };
        rows.row([
            one.id.to_string().into(),
            one.url.into(),
            state.into(),
            types.into(),
            one.description.into(),
            one.failing_since.map(&at).into(),
            at(one.added_at).into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

fn deliveries(endpoint: &str, state: Option<&str>, limit: u16, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&look.place, world)?;
    let (id, state, format) = (named(endpoint)?, state.and_then(DeliveryState::parse), look.listing.format);
    let at = times(zone_of(&installation), format);
    let mut rows = Listing::new(&[
        ("event", "event"),
        ("type", "type"),
        ("state", "state"),
        ("tries", "tries"),
        ("code", "answer"),
        ("error", "why"),
        ("tried", "tried"),
        ("due", "next try"),
    ]);
    let (mut before, mut left) = (None, usize::from(limit));
    while left > 0 {
        let page = installation.engine.deliveries(installation.tenant, id, state, before, left.min(PAGE))?;
        left = left.saturating_sub(page.items.len());
        for one in page.items {
            rows.row([
                one.event.into(),
                one.kind.map(|kind| kind.word()).into(),
                one.state.word().into(),
                u64::try_from(one.tries).unwrap_or_default().into(),
                one.code.map(|code| code.to_string()).into(),
                one.error.into(),
                one.tried_at.map(&at).into(),
                one.due_at.map(&at).into(),
            ]);
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

fn replay(of: &OfEndpointArgs, event: &str, to: Option<&str>, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let (installation, id) = (Installation::open(&of.place, world)?, named(&of.endpoint)?);
    let (engine, tenant, act) = (&installation.engine, installation.tenant, act(&of.act, world));
    let count = match to {
        None => {
            engine.replay_delivery(tenant, id, event, &act, world.now)?;
            1
        }
        Some(to) => {
            let position = |id: &str| position_of(tenant, id).ok_or_else(|| BadInput::new(format!("`{id}` is no event of this company")));
            engine.replay_deliveries(tenant, id, (position(event)?, position(to)?), &act, world.now)?
        }
    };
    out.aside(Paint::Green, &format!("{} again, with the next deliveries of `regua serve`.", counted(count, "event")))?;
    Ok(Exit::Done)
}

/// Lists what happened, or tells it as it comes.
pub(crate) fn events(args: &EventsArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let types = parsed(&args.types)?;
    let mut after = match args.after.as_deref() {
        None => 0,
        Some(text) => match (text.parse::<i64>(), position_of(tenant, text)) {
            (Ok(position), _) | (Err(_), Some(position)) => position.max(0),
            (Err(_), None) => return Err(BadInput::new(format!("--after: `{text}` is no event of this company")).into()),
        },
    };
    feed(&installation)?;
    if args.follow {
        return follow(&installation, args, &types, after, out);
    }
    let (mut found, most) = (Vec::new(), usize::from(args.limit));
    loop {
        let page = engine.events(tenant, after, &types, None, (most - found.len()).min(PAGE))?;
        found.extend(page.items);
        match page.next {
            Some(next) if found.len() < most => after = next,
            Some(_) | None => break,
        }
    }
    if args.listing.format == Format::Json {
        let all: Vec<Value> = found.iter().map(as_json).collect();
        out.json(&Value::Array(all))?;
        return Ok(Exit::Done);
    }
    let at = times(zone_of(&installation), args.listing.format);
    let columns = [("position", "place"), ("event", "event"), ("type", "type"), ("at", "when"), ("customer", "customer"), ("data", "data")];
    let mut rows = Listing::new(&columns);
    for one in found {
        let place = u64::try_from(one.position).unwrap_or_default();
        let customer = one.customer.map(|id| id.to_string());
        rows.row([place.into(), one.id.into(), one.kind.word().into(), at(one.at).into(), customer.into(), one.data.into()]);
    }
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

/// Puts into the feed what is not there yet.
fn feed(installation: &Installation) -> anyhow::Result<()> {
    while installation.engine.feed_due(clock(), FEED_PAGES)?.pages > 0 {}
    Ok(())
}

fn follow(installation: &Installation, args: &EventsArgs, types: &[Type], mut after: i64, out: &mut Out) -> anyhow::Result<Exit> {
    let stop = run::interrupted()?;
    let at = times(zone_of(installation), Format::Table);
    while !stop.load(Ordering::Relaxed) {
        let page = installation.engine.events(installation.tenant, after, types, None, PAGE)?;
        for one in &page.items {
            match args.listing.format {
                Format::Table => out.line(&format!("{}  {}  {}  {}", at(one.at), one.id, one.kind.word(), one.data))?,
                Format::Json | Format::Csv => out.line(&as_json(one).to_string())?,
            }
        }
        out.flush()?;
        after = page.seen;
        if page.next.is_none() {
            run::sleep(LOOK_EVERY);
            feed(installation)?;
        }
    }
    Ok(Exit::Done)
}

fn as_json(event: &Event) -> Value {
    json!({
        "position": event.position,
        "id": event.id,
        "type": event.kind.word(),
        "at": regua_core::time::Zone::utc().rfc3339(event.at),
        "customer": event.customer.map(|id| id.to_string()),
        "data": serde_json::from_str::<Value>(&event.data).unwrap_or(Value::Null),
    })
}
