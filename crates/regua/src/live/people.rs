//! `regua person` and `regua key`: who may sign in, and the keys of programs.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use regua_core::ids::{KeyId, PersonId};
use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_engine::people::{Caller, Change, KeyView, Limit, MadeKey, NewKey, NewPerson, Person, Role, Scopes, Standing, Who};

use super::gateway::zone_of;
use super::installation::Installation;
use crate::cli::live::LookArgs;
use crate::cli::people::{CreateKeyArgs, InNameArgs, InviteArgs, KeyVerb, OfArgs, PersonVerb, SetUpArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::source::{is_stdin, unreadable};
use crate::why::moment;
use crate::world::{SystemRng, World};

/// People and keys that are read at a time.
const PAGE: i64 = 200;
/// The longest password file.
const PASSWORD_BYTES_MAX: u64 = 4_096;

/// Carries out a verb of `person`.
pub(crate) fn person(verb: &PersonVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        PersonVerb::SetUp(args) => set_up(args, world, out),
        PersonVerb::List(args) => list(args, world, out),
        PersonVerb::Invite(args) => invite(args, world, out),
        PersonVerb::Role { of, role } => {
            let role = Role::parse(role).ok_or_else(|| BadInput::new("no such role"))?;
            change(of, Change { role: Some(role), ..Change::default() }, &format!("is {role} now"), world, out)
        }
        PersonVerb::Limit { of, amount } => {
            let installation = Installation::open(&of.place, world)?;
            let limit = if amount == "none" { None } else { Some(limit(&installation, amount)?) };
            let told =
                limit.map_or_else(|| "moves any amount alone".to_owned(), |limit| format!("moves {} alone", shown(&installation, limit)));
            drop(installation);
            change(of, Change { limit: Some(limit), ..Change::default() }, &told, world, out)
        }
        PersonVerb::Disable(of) => {
            let (installation, by, person) = found(of, world)?;
            let told =
                if installation.engine.disable_person(&by, person.person, world.now)? { "is kept out" } else { "was kept out before" };
            out.aside(Paint::Green, &format!("{} {told}.", person.email))?;
            Ok(Exit::Done)
        }
        PersonVerb::Enable(of) => {
            let (installation, by, person) = found(of, world)?;
            let told =
                if installation.engine.enable_person(&by, person.person, world.now)? { "is let in again" } else { "was not kept out" };
            out.aside(Paint::Green, &format!("{} {told}.", person.email))?;
            Ok(Exit::Done)
        }
        PersonVerb::Reset(of) => {
            let (installation, by, person) = found(of, world)?;
            let token = installation.engine.issue_reset(installation.tenant, Some(&by), person.person, world.now, &mut SystemRng)?;
            out.aside(Paint::Yellow, &format!("Good once and for an hour; give it to {} alone:", person.email))?;
            out.line(token.expose())?;
            out.line("POST /v1/password/reset takes it with the new password.")?;
            Ok(Exit::Done)
        }
    }
}

fn set_up(args: &SetUpArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    if !engine.wants_set_up(tenant)? {
        let told = "somebody has set this up before; see: regua person list";
        return Err(BadInput::new(told).into());
    }
    let password = password(args.password_file.as_deref(), world, out)?;
    let new = NewPerson { name: &args.name, email: &args.email };
    let id = engine.set_up(tenant, new, &password, world.now, &mut SystemRng)?;
    out.aside(Paint::Green, &format!("{} is the owner ({id}), and may invite others.", args.name))?;
    Ok(Exit::Done)
}

/// A password: the first line of a file, or what somebody types here, twice and unseen.
fn password(file: Option<&Path>, world: &World, out: &mut Out) -> anyhow::Result<String> {
    if let Some(path) = file {
        let mut text = String::new();
        if is_stdin(path) {
            std::io::stdin().lock().take(PASSWORD_BYTES_MAX).read_to_string(&mut text)?;
        } else {
            let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
            file.take(PASSWORD_BYTES_MAX).read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
        }
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    if !world.asks {
        return Err(BadInput::new("nobody can type a password here; write it into a file and name it with --password-file").into());
    }
    out.flush()?;
    let terminal = console::Term::stderr();
    let ask = |what: &str| -> anyhow::Result<String> {
        terminal.write_str(what)?;
        Ok(terminal.read_secure_line()?)
    };
    let typed = ask("Password: ")?;
    if typed != ask("The same again: ")? {
        return Err(BadInput::new("the two are not the same; nothing was set up").into());
    }
    Ok(typed)
}

/// Everybody who may sign in or might.
fn everybody(installation: &Installation) -> anyhow::Result<Vec<Person>> {
    let mut all: Vec<Person> = Vec::new();
    loop {
        let page = installation.engine.people(installation.tenant, all.last().map(|person| person.person), PAGE)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Somebody by their address or id.
fn somebody(installation: &Installation, named: &str) -> anyhow::Result<Person> {
    if let Ok(id) = named.parse::<PersonId>() {
        return Ok(installation.engine.person(installation.tenant, id)?);
    }
    let email = named.trim().to_lowercase();
    let all = everybody(installation)?;
    let missing = || BadInput::new(format!("nobody has the address `{named}`; see: regua person list"));
    all.into_iter().find(|person| person.email == email).ok_or_else(|| missing().into())
}

/// In whose name something is done: somebody who is named, else the first owner who may sign in.
pub(super) fn in_name(installation: &Installation, args: &InNameArgs) -> anyhow::Result<Caller> {
    let person = match &args.name {
        Some(named) => somebody(installation, named)?,
        None => {
            let missing =
                || BadInput::new("nobody may sign in yet; set the first owner up: regua person set-up --name NAME --email ADDRESS");
            let mut all = everybody(installation)?.into_iter();
            all.find(|person| person.role == Role::Owner && person.disabled_at.is_none()).ok_or_else(missing)?
        }
    };
    Ok(Caller {
        tenant: installation.tenant,
        who: Who::Person(person.person),
        name: person.name,
        role: Some(person.role),
        scopes: person.role.scopes(),
        limit: person.limit,
        csrf: None,
        session: None,
    })
}

impl Installation {
    /// Whether an address is that of somebody who may sign in.
    pub(super) fn is_ours(&self, email: &str) -> anyhow::Result<bool> {
        let email = email.trim().to_lowercase();
        Ok(everybody(self)?.iter().any(|person| person.email == email && person.disabled_at.is_none()))
    }
}

fn found(of: &OfArgs, world: &World) -> anyhow::Result<(Installation, Caller, Person)> {
    let installation = Installation::open(&of.place, world)?;
    let by = in_name(&installation, &of.by)?;
    let person = somebody(&installation, &of.person)?;
    Ok((installation, by, person))
}

fn change(of: &OfArgs, change: Change<'_>, told: &str, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let (installation, by, person) = found(of, world)?;
    installation.engine.change_person(&by, person.person, change, world.now)?;
    out.aside(Paint::Green, &format!("{} {told}.", person.email))?;
    Ok(Exit::Done)
}

fn invite(args: &InviteArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let by = in_name(&installation, &args.by)?;
    let token = if args.again {
        let person = somebody(&installation, &args.email)?;
        installation.engine.invite_again(&by, person.person, world.now, &mut SystemRng)?
    } else {
        let role = Role::parse(&args.role).ok_or_else(|| BadInput::new("no such role"))?;
        let limit = args.limit.as_deref().map(|text| limit(&installation, text)).transpose()?;
        let new = NewPerson { name: args.name.as_deref().unwrap_or_default(), email: &args.email };
        installation.engine.invite(&by, new, Standing { role, limit }, world.now, &mut SystemRng)?.1
    };
    out.aside(Paint::Yellow, &format!("Good once and for 72 hours; give it to {} alone:", args.email))?;
    out.line(token.expose())?;
    out.line("POST /v1/invitations/accept takes it with the password that they choose.")?;
    Ok(Exit::Done)
}

/// An amount of the policy's currency as a limit.
fn limit(installation: &Installation, text: &str) -> anyhow::Result<Limit> {
    let currency = installation.policy()?.currency;
    let money = Money::parse(text, currency).map_err(|bad| BadInput::new(format!("the limit: {bad}")))?;
    Limit::new(money.minor()).ok_or_else(|| BadInput::new("a limit is not below zero").into())
}

/// A limit as people read it.
fn shown(installation: &Installation, limit: Limit) -> String {
    match installation.policy() {
        Ok(policy) => Money::new(limit.minor, policy.currency).to_string(),
        Err(_unpublished) => limit.minor.to_string(),
    }
}

/// Moments of a listing: for people, or for programs.
pub(super) fn times(zone: Zone, format: Format) -> impl Fn(Instant) -> String {
    move |at| if format == Format::Table { moment(zone, at) } else { zone.rfc3339(at) }
}

fn list(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let format = args.listing.format;
    let at = times(zone_of(&installation), format);
    let mut rows = Listing::new(&[
        ("person", "person"),
        ("email", "e-mail"),
        ("name", "name"),
        ("role", "role"),
        ("limit", "alone up to"),
        ("state", "state"),
        ("second_factor", "second factor"),
        ("since", "since"),
    ]);
    for one in everybody(&installation)? {
        let state = match (&one.disabled_at, one.has_password || !one.issuers.is_empty()) {
            (Some(_), _) => "kept out",
            (None, true) => "may sign in",
            (None, false) => "invited",
        };
        rows.row([
            one.person.to_string().into(),
            one.email.into(),
            one.name.into(),
            one.role.word().into(),
            one.limit.map_or(Cell::Empty, |limit| Cell::Amount(shown(&installation, limit))),
            state.into(),
            if one.second_factor { "yes" } else { "no" }.into(),
            at(one.created_at).into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

/// Carries out a verb of `key`.
pub(crate) fn key(verb: &KeyVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        KeyVerb::Create(args) => create(args, world, out),
        KeyVerb::List(args) => keys(args, world, out),
        KeyVerb::Revoke(of) => {
            let installation = Installation::open(&of.place, world)?;
            let by = in_name(&installation, &of.by)?;
            let told = if installation.engine.revoke_key(&by, named(&of.key)?, world.now)? { "is ended" } else { "had ended before" };
            out.aside(Paint::Green, &format!("{} {told}.", of.key))?;
            Ok(Exit::Done)
        }
        KeyVerb::Rotate { of, overlap_hours, listing } => {
            let installation = Installation::open(&of.place, world)?;
            let by = in_name(&installation, &of.by)?;
            let overlap = overlap_hours.saturating_mul(3_600);
            made(&installation.engine.rotate_key(&by, named(&of.key)?, overlap, world.now, &mut SystemRng)?, listing.format, out)
        }
    }
}

fn named(text: &str) -> anyhow::Result<KeyId> {
    text.parse().map_err(|_bad| BadInput::new(format!("`{text}` is no key; `regua key list` lists them")).into())
}

/// Prints a key this once.
fn made(made: &MadeKey, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    once(("key", &made.key.to_string()), made.secret.expose(), format, out)
}

/// Prints a secret this once; where no person looks on, nothing but the secret.
pub(super) fn once((what, id): (&'static str, &str), secret: &str, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    match format {
        Format::Table => {
            if out.terminal {
                out.aside(Paint::Yellow, &format!("{id}: keep it well, it is not shown again."))?;
            }
            out.line(secret)?;
        }
        Format::Json => out.json(&serde_json::json!({ what: id, "secret": secret }))?,
        Format::Csv => {
            let mut rows = Listing::new(&[(what, what), ("secret", "secret")]);
            rows.row([id.into(), secret.into()]);
            out.listing(&rows, format)?;
        }
    }
    Ok(Exit::Done)
}

fn create(args: &CreateKeyArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.look.place, world)?;
    let by = in_name(&installation, &args.by)?;
    let words: Vec<&str> = args.scopes.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    let scopes = if words == ["all"] {
        by.scopes
    } else {
        let all = || Scopes::ALL.words().replace(' ', ", ");
        Scopes::parse(&words.join(" ")).map_err(|bad| BadInput::new(format!("--scopes: `{bad}` is none of {}", all())))?
    };
    let limit = args.limit.as_deref().map(|text| limit(&installation, text)).transpose()?.or(by.limit);
    let zone = zone_of(&installation);
    let new = NewKey { name: &args.name, scopes, limit, expires_at: args.expires.map(|day| zone.midnight(day.plus(1))) };
    made(&installation.engine.create_key(&by, new, world.now, &mut SystemRng)?, args.look.listing.format, out)
}

fn keys(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let format = args.listing.format;
    let at = times(zone_of(&installation), format);
    let mut rows = Listing::new(&[
        ("key", "key"),
        ("name", "name"),
        ("state", "state"),
        ("scopes", "may"),
        ("limit", "alone up to"),
        ("person", "answers for it"),
        ("made", "made"),
        ("expires", "ends"),
        ("used", "last used"),
    ]);
    let mut all: Vec<KeyView> = Vec::new();
    loop {
        let page = installation.engine.keys(installation.tenant, all.last().map(|key| key.key), PAGE, world.now)?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    for one in all {
        let state = if one.revoked_at.is_some() {
            "revoked"
        } else if one.expires_at.is_some_and(|at| at <= world.now) {
            "expired"
        } else if one.now.is_empty() {
            "rests"
        } else {
            "works"
        };
        rows.row([
            one.key.to_string().into(),
            one.name.into(),
            state.into(),
            one.scopes.words().into(),
            one.limit.map_or(Cell::Empty, |limit| Cell::Amount(shown(&installation, limit))),
            one.person.to_string().into(),
            at(one.made_at).into(),
            one.expires_at.map(&at).into(),
            one.used_at.map(&at).into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}
