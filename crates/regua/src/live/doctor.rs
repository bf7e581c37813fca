//! `regua doctor`: everything that an installation needs, looked at one by one: what works, what is wrong, the mend.
//!
//! Deliberately absent: mending, and stopping at the first thing that is wrong.

use std::path::Path;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::Engine;
use regua_engine::ports::Sent;
use regua_store::db::{Db, Dialect, Scope, StoreError};
use regua_store::seal::MasterKey;
use regua_store::tenants::StoredTenant;
use regua_store::{billing, lookup, outbox, tenants};
use regua_wire::messages::lint;

use super::installation::database;
use super::mirrors;
use super::post::{has_own_texts, mailer, templates};
use crate::cli::live::LookArgs;
use crate::config::{self, Config, KeyFile, without_password};
use crate::exit::Exit;
use crate::output::{Format, Listing, Out, Paint, counted};
use crate::world::World;

/// Days after which a source that was not read is worth a word.
const STALE_DAYS: i32 = 2;
/// Parked customers that are named.
const PARKED_SHOWN_MAX: i64 = 5;

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Works,
    /// It works, and somebody should look.
    Look,
    Wrong,
}

impl State {
    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Look => "look",
            Self::Wrong => "wrong",
        }
    }
}

/// Something that was looked at.
pub(super) struct Finding {
    pub(super) what: &'static str,
    pub(super) state: State,
    pub(super) found: String,
    pub(super) mend: String,
}

/// All that was looked at.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    fn works(&mut self, what: &'static str, found: impl Into<String>) {
        self.0.push(Finding { what, state: State::Works, found: found.into(), mend: String::new() });
    }

    fn look(&mut self, what: &'static str, found: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding { what, state: State::Look, found: found.into(), mend: mend.into() });
    }

    /// An error's text is what was found, then `;` and the mend.
    fn wrong(&mut self, what: &'static str, told: &str) {
        let (found, mend) = told.rsplit_once("; ").unwrap_or((told, ""));
        self.0.push(Finding { what, state: State::Wrong, found: found.to_owned(), mend: mend.to_owned() });
    }
}

/// Looks at everything.
pub(crate) fn run(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let dir = config::folder(args.place.dir.as_deref(), &world.environment)?;
    let findings = look(&dir, world);
    told(&findings, args.listing.format, out)?;
    let wrong = findings.0.iter().any(|finding| finding.state == State::Wrong);
    Ok(if wrong { Exit::Failed } else { Exit::Done })
}

/// Looks at everything that the installation in a folder needs.
pub(super) fn look(dir: &Path, world: &World) -> Findings {
    let mut findings = Findings::default();
    match Config::load(dir, &world.environment) {
        Ok(config) => {
            settings(&config, world, &mut findings);
            let key = key(&config, &mut findings);
            if let Some(db) = opened(&config, &mut findings) {
                inside(&config, db, key, world, &mut findings);
            }
            messages(&config, &mut findings);
            mail(&config, &mut findings);
            for (name, state) in super::channels::states(&config).into_iter().chain(super::gateway::states(&config)) {
                match state {
                    Ok(found) => findings.works(name, found),
                    Err(told) => findings.wrong(name, &told),
                }
            }
        }
        Err(bad) => bad.to_string().lines().for_each(|line| findings.wrong("settings", line)),
    }
    findings
}

fn told(findings: &Findings, format: Format, out: &mut Out) -> anyhow::Result<()> {
    if format != Format::Table {
        let mut rows = Listing::new(&["what", "state", "found", "mend"].map(|name| (name, name)));
        for finding in &findings.0 {
            rows.row([finding.what.into(), finding.state.as_str().into(), finding.found.as_str().into(), finding.mend.as_str().into()]);
        }
        return out.listing(&rows, format);
    }
    for finding in &findings.0 {
        let paint = match finding.state {
            State::Works => Paint::Green,
            State::Look => Paint::Yellow,
            State::Wrong => Paint::Red,
        };
        let head = format!("{:9} {:7} ", finding.what, finding.state.as_str());
        let indent = " ".repeat(head.chars().count());
        let painted = format!("{:9} {}", finding.what, out.paint(paint, &format!("{:7} ", finding.state.as_str())));
        for (place, line) in crate::output::wrap(&finding.found, out.width.saturating_sub(head.len())).iter().enumerate() {
            out.line(format!("{}{line}", if place == 0 { &painted } else { &indent }).trim_end())?;
        }
        if !finding.mend.is_empty() {
            out.hanging(&format!("{indent}mend: "), &finding.mend)?;
        }
    }
    Ok(())
}

fn settings(config: &Config, world: &World, findings: &mut Findings) {
    findings.works("settings", format!("{} is read", config.dir.join(config::FILE).display()));
    if let Ok(values) = config::values(&config.dir, &world.environment) {
        for stranger in values.strangers(&world.environment) {
            findings.look("settings", stranger, "correct the variable's name, or take it away");
        }
    }
    match &config.company {
        Ok(company) => findings.works("company", company.name().to_owned()),
        Err(missing) => findings.look("company", missing.clone(), "set it before messages go out"),
    }
}

fn key(config: &Config, findings: &mut Findings) -> Option<KeyFile> {
    match KeyFile::read(&config.key_file) {
        Ok(key) => {
            findings.works("key", format!("{} is a key that only its owner reads", config.key_file.display()));
            Some(key)
        }
        Err(bad) => {
            findings.wrong("key", &bad.to_string());
            None
        }
    }
}

/// The database, when it can be used.
fn opened(config: &Config, findings: &mut Findings) -> Option<Db> {
    let url = config.database.url.expose();
    if let Some(file) = url.strip_prefix("sqlite:").filter(|file| !Path::new(file).exists()) {
        findings.wrong("database", &format!("{file}: no such database; bring it back, or restore a backup with `regua restore FILE`"));
        return None;
    }
    let db = match database(config) {
        Ok(db) => db,
        Err(bad) => {
            findings.wrong("database", &format!("{}: {bad:#}", without_password(url)));
            return None;
        }
    };
    let kind = match db.dialect() {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    };
    match db.check_schema() {
        Ok(()) => findings.works("database", format!("{kind} answers, with the tables of this version")),
        Err(StoreError::Older { next }) => {
            findings.look(
                "database",
                format!("{kind} answers, with tables of an older version (before {next})"),
                "any other command brings it up",
            );
            return None;
        }
        Err(bad) => {
            findings.wrong("database", &bad.to_string());
            return None;
        }
    }
    Some(db)
}

/// What the database holds.
fn inside(config: &Config, db: Db, key: Option<KeyFile>, world: &World, findings: &mut Findings) {
    let known = match db.read(Scope::Owner, |tx| tenants::all(tx, 1_000)) {
        Ok(known) => known,
        Err(bad) => return findings.wrong("database", &bad.to_string()),
    };
    let own = match &config.tenant {
        Some(id) => known.iter().find(|one| one.tenant.to_string() == *id),
        None => known.first().filter(|_| known.len() == 1),
    };
    let Some(own) = own.cloned() else {
        return findings
            .wrong("database", "the company of company.tenant is not in it; set company.tenant to one that is, or restore a backup");
    };
    if known.len() > 1 {
        findings.look(
            "database",
            "it holds several companies, and messages are sent for one only",
            "give each company a database of its own",
        );
    }
    mode(config, &own, findings);
    if let Err(bad) = state(&db, &own, world, findings) {
        findings.wrong("database", &bad.to_string());
    }
    if let Some(key) = key {
        let engine = Engine::new(db, MasterKey::new(key.0));
        fits(&engine, own.tenant, findings);
        channels(&engine, own.tenant, findings);
        for name in mirrors::mirrored(config) {
            mirror(&engine, own.tenant, name, findings);
        }
    }
}

/// What carriers of channels told that somebody should look at, and what people answered.
fn channels(engine: &Engine, tenant: TenantId, findings: &mut Findings) {
    let known = match engine.channel_states(tenant) {
        Ok(known) => known,
        Err(bad) => return findings.wrong("channels", &bad.to_string()),
    };
    for row in known {
        let detail = row.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
        let found = format!("{} {} {}{detail} ({})", row.channel, row.name, row.state, utc(row.at));
        match (row.kind.as_str(), row.state.as_str()) {
            ("trouble", _) => {
                let mend = format!("look at it there, mend it, then: regua channel mended {}", row.channel);
                findings.look("channels", found, &mend);
            }
            ("number", "FLAGGED") => {
                findings.look("channels", found, "people block or report what the number sends: send less, and only what was asked for");
            }
            ("template", "PAUSED" | "DISABLED" | "REJECTED") => {
                findings.look("channels", found, "its messages go over other channels until it is approved again, or another one is set");
            }
            (_, _) => {}
        }
    }
    match engine.db().read(Scope::Tenant(tenant), |tx| regua_store::channels::open_replies(tx, tenant)) {
        Ok(0) => {}
        Ok(open) => findings.look("replies", counted(u64::try_from(open).unwrap_or(0), "answer"), "see: regua channel replies"),
        Err(bad) => findings.wrong("replies", &bad.to_string()),
    }
}

/// Whether a mirrored account is read, and why not.
fn mirror(engine: &Engine, tenant: TenantId, name: &'static str, findings: &mut Findings) {
    let mend = format!("read it: regua sync {name}");
    match engine.mirror_of(tenant, name) {
        Err(bad) => findings.wrong(name, &bad.to_string()),
        Ok(None) => findings.look(name, "its account is mirrored, and was never read", mend),
        Ok(Some(known)) => match (known.trouble, known.synced_at) {
            (Some(trouble), _) => {
                let found = trouble.rsplit_once("; ").map_or(trouble.as_str(), |(found, _)| found);
                findings.look(name, format!("the last reading of its account could not go on: {found}"), mend);
            }
            (None, Some(at)) => findings.works(name, format!("its account was read as of {}", utc(at))),
            (None, None) => findings.look(name, "the first reading of its account is not done", mend),
        },
    }
}

/// Whether the key opens what is sealed: any customer will do.
fn fits(engine: &Engine, tenant: TenantId, findings: &mut Findings) {
    match engine.check_key(tenant) {
        Ok(true) => findings.works("key", "it opens the personal data of this database"),
        Ok(false) => {} // nothing is sealed yet
        Err(bad) => findings.wrong("key", &bad.to_string()),
    }
}

fn mode(config: &Config, own: &StoredTenant, findings: &mut Findings) {
    let mode: Mode = own.mode.parse().unwrap_or(Mode::Shadow);
    match mode {
        Mode::Shadow => findings.works("mode", "shadow: nothing is sent; `regua mode` says what comes next"),
        Mode::Redirect | Mode::Approve | Mode::Live => {
            let captured = config.email.capture.as_ref().map(|folder| format!("; every message is captured in {}", folder.display()));
            findings.works("mode", format!("{mode}{}", captured.unwrap_or_default()));
        }
    }
}

fn state(db: &Db, own: &StoredTenant, world: &World, findings: &mut Findings) -> Result<(), StoreError> {
    let tenant = own.tenant;
    let (sources, policies, parked, unbilled, troubles, counts) = db.read(Scope::Tenant(tenant), |tx| {
        let mut sources = tenants::sources(tx, tenant)?;
        sources.retain(|(_, read_at)| *read_at != Instant::NEVER); // the own ledger is always read
        let unbilled = billing::parked(tx, tenant, PARKED_SHOWN_MAX)?;
        let policies = tenants::policies(tx, tenant, 0)?;
        let parked = lookup::parked(tx, tenant, PARKED_SHOWN_MAX)?;
        Ok::<_, StoreError>((sources, policies, parked, unbilled, outbox::troubles(tx, tenant)?, lookup::counts(tx, tenant)?))
    })?;
    let last = sources.iter().map(|(_, read_at)| *read_at).chain(policies.iter().map(|policy| policy.published_at)).max();
    match last {
        Some(last) if last > world.now => {
            let told = format!("it says {}, which is before something that has happened already", utc(world.now));
            findings.look("clock", told, "set this machine's clock; an import or run with --as-of in the future explains it too");
        }
        Some(_) | None => findings.works("clock", format!("it says {}", utc(world.now))),
    }
    if policies.is_empty() {
        findings.wrong("policy", "none is published; publish one: regua policy publish FILE");
    } else {
        findings.works("policy", counted(u64::try_from(policies.len()).unwrap_or(0), "published version"));
    }
    let (customers, receivables, live) = counts;
    let count = |count: i64, what: &str| counted(u64::try_from(count).unwrap_or(0), what);
    findings.works("books", format!("{}, {}, {live} of them open", count(customers, "customer"), count(receivables, "receivable")));
    for (source, read_at) in sources {
        let stale = read_at.plus_hours(i64::from(STALE_DAYS) * 24) < world.now;
        if stale && receivables > 0 {
            let told = format!("payments of `{source}` were last read {}: overdue steps wait for them", utc(read_at));
            let mend = match source.strip_prefix("mirror:") {
                Some(biller) => format!("read the account again: regua sync {biller}"),
                None => "import the payments again: regua import --payments FILE".to_owned(),
            };
            findings.look("payments", told, mend);
        }
    }
    for (customer, why) in parked {
        findings.wrong("customers", &format!("{customer} was set aside: {why}; please report it with this text"));
    }
    for (subscription, why) in unbilled {
        findings.wrong("subscriptions", &format!("{subscription} could not be billed: {why}; it is billed again once it is changed"));
    }
    for (status, number) in troubles {
        findings.look("messages", format!("{} {status}", count(number, "message")), "see: regua messages");
    }
    Ok(())
}

fn messages(config: &Config, findings: &mut Findings) {
    const READS_WELL: &str = "every language reads as it should";
    // Those that ship were looked at before they shipped.
    if !has_own_texts(&config.dir) {
        return findings.works("texts", READS_WELL);
    }
    match templates(&config.dir) {
        Ok(texts) => {
            let found = lint(&texts);
            match found.first() {
                None => findings.works("texts", READS_WELL),
                Some(first) => {
                    let more = if found.len() > 1 { format!(", and {} more", found.len() - 1) } else { String::new() };
                    findings.look("texts", format!("{first}{more}"), "mend it in the folder `templates`");
                }
            }
        }
        Err(bad) => findings.wrong("texts", &bad.to_string()),
    }
}

fn mail(config: &Config, findings: &mut Findings) {
    match &config.email.from {
        None => findings.look("sender", "email.from is empty", "set it before messages go out"),
        Some(from) => {
            let domain = from.address.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
            let told = format!("{}; whether receivers trust {domain} stands in its DNS, which is not looked at", from.address.as_str());
            let mend =
                format!("see that `dig +short TXT {domain}` names the mail server (SPF) and `dig +short TXT _dmarc.{domain}` answers");
            findings.look("sender", told, mend);
        }
    }
    if let Some(folder) = &config.email.capture {
        return findings.works("mail", format!("captured in {}: nothing is sent", folder.display()));
    }
    let Some(smtp) = &config.email.smtp else {
        return findings.look("mail", "email.smtp.host is empty", "set it before messages go out");
    };
    let place = format!("{}:{}", smtp.host, smtp.port);
    match mailer(smtp) {
        Err(bad) => findings.wrong("mail", &bad.to_string()),
        Ok(mut mailer) => match mailer.greet() {
            Ok(()) => {
                findings.works("mail", format!("{place} answers{}", if smtp.login.is_some() { " and takes the password" } else { "" }))
            }
            Err(Sent::Refused { reply, .. } | Sent::Later { reply, .. } | Sent::Unknown { why: reply } | Sent::Accepted { reply }) => {
                findings.wrong("mail", &format!("{place}: {reply}; check host, port, tls, user and password in [email.smtp]"));
            }
        },
    }
}

fn utc(at: Instant) -> String {
    regua_core::time::Zone::utc().rfc3339(at)
}
