//! `regua plan`: what will happen next, to whom and why; nothing is changed.

use std::collections::BTreeMap;

use regua_core::decide::Outcome;
use regua_core::facts::Facts;
use regua_core::policy::Policy;
use regua_core::time::{Instant, LocalTime, Zone};
use regua_sim::backtest::{Backtest, Paid, Span, Step, Watch};
use regua_wire::files::When;
use regua_wire::messages::Templates;

use crate::backtest::{in_pool, policies, reject, walk};
use crate::cli::PlanArgs;
use crate::exit::Exit;
use crate::input::{Loaded, Wanted};
use crate::letters::{self, Letters, at};
use crate::output::{Format, Listing, Out, Paint, clean, counted, grouped};
use crate::rejects::RejectFile;
use crate::source;
use crate::warnings;
use crate::why::moment;
use crate::witness::{self, Decided, Event, Sent, What, Witness};
use crate::world::World;

/// Rows and messages that a table shows: more is for a program, or a spreadsheet.
const ROWS_MAX: usize = 1_000;

/// Carries out `plan`.
pub(crate) fn run(args: &PlanArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let Some(input) = args.input() else { return crate::live::plan::run(args, world, out) };
    let wanted = Wanted::new(&input)?;
    let (_, policy) = source::policy(&input.policy)?;
    let company = args.company.as_deref().map(letters::company).transpose()?;
    let from = args.as_of.map_or(world.now, |as_of| as_of.instant(policy.zone));
    let to = days_later(policy.zone, from, i32::from(args.days));
    let mut rejects = RejectFile::unwritten();
    let mut loaded = wanted.load(&mut rejects)?;
    if args.as_of.is_some() {
        forget_later(&mut loaded, from, &policy);
    }
    let templates = args.render.then(Templates::shipped);
    let borrowed = company.is_none();
    let company = company.unwrap_or_else(letters::example);
    let policies = policies(&policy)?;
    let plan = in_pool(world.threads, || {
        let span = Span { until: Some(to), down: Vec::new() };
        let backtest = Backtest::new(&policies, &loaded.portfolio, &loaded.events, &span)?;
        let letters = templates.as_ref().map(|templates| Letters { templates, company: &company, events: &loaded.events });
        let wanted = witness::Wanted { backtest: &backtest, from, to, letters: letters.as_ref(), ends: false };
        let walked = walk(&backtest, &world.temp_dir, || Planner { witness: Witness::new(wanted), open: Vec::new() })?;
        reject(&walked.rejects, &loaded, &mut rejects)?;
        let warnings = warnings::of(&policy, &loaded.portfolio, &walked.watch.open, &walked.summary);
        let zones = walked.watch.witness.events.iter().map(|event| (event.customer, backtest.zone_of(event.customer))).collect();
        Ok(Plan { events: walked.watch.witness.in_order(), zones, warnings, zone: policy.zone, from, to })
    })?;
    plan.tell(args, &Named::of(&loaded), borrowed, &rejects, out)?;
    Ok(if rejects.count() == 0 { Exit::Done } else { Exit::Rejected })
}

/// What customers and receivables are called.
#[derive(Default)]
pub(crate) struct Named {
    /// Per customer: id and name.
    pub(crate) customers: Vec<(Box<str>, Option<Box<str>>)>,
    /// Per receivable: id.
    pub(crate) receivables: Vec<Box<str>>,
}

impl Named {
    fn of(loaded: &Loaded) -> Self {
        let portfolio = &loaded.portfolio;
        Self {
            customers: portfolio.customers.iter().map(|row| (row.id.clone(), row.customer.name.clone())).collect(),
            receivables: portfolio.receivables.iter().map(|row| row.id.clone()).collect(),
        }
    }

    /// The customer's name, else id.
    fn customer(&self, event: &Event) -> String {
        at(&self.customers, event.customer).map_or_else(String::new, |(id, name)| name.as_ref().unwrap_or(id).to_string())
    }

    pub(crate) fn receivable(&self, receivable: u32) -> String {
        at(&self.receivables, receivable).map_or_else(String::new, ToString::to_string)
    }
}

/// The same local time some days later.
pub(crate) fn days_later(zone: Zone, from: Instant, days: i32) -> Instant {
    let (day, secs) = zone.local(from);
    let minutes = u16::try_from(secs / 60).unwrap_or(0);
    zone.at(day.plus(days), LocalTime::new(minutes / 60, minutes % 60).unwrap_or(LocalTime::MIDNIGHT))
}

/// A plan as of an earlier day must not know what came later. Receivables stay: they are issued when they say.
fn forget_later(loaded: &mut Loaded, from: Instant, policy: &Policy) {
    let customers: Vec<Zone> = loaded.portfolio.customers.iter().map(|row| row.customer.zone.unwrap_or(policy.zone)).collect();
    let receivables: Vec<u32> = loaded.portfolio.receivables.iter().map(|row| row.customer).collect();
    let zone = |receivable: u32| at(&receivables, receivable).and_then(|&customer| at(&customers, customer)).copied();
    loaded.portfolio.payments.retain(|payment| {
        let zone = zone(payment.receivable).unwrap_or(policy.zone);
        let known = match payment.paid {
            When::On(day) => zone.midnight(day.plus(1)),
            When::At(at) => at,
        };
        known <= from
    });
    loaded.events.retain(|event| {
        let known = match event.at {
            When::On(day) => policy.zone.at(day, policy.time),
            When::At(at) => at,
        };
        known <= from
    });
}

/// Sees what happens within the plan, and who owes something at its end.
struct Planner<'a> {
    witness: Witness<'a>,
    /// Customers with an open receivable.
    open: Vec<u32>,
}

impl Watch for Planner<'_> {
    fn paid(&mut self, paid: &Paid) {
        self.witness.paid(paid);
    }

    fn decided(&mut self, step: &Step<'_>) {
        self.witness.decided(step);
    }

    fn ended(&mut self, customer: u32, facts: &Facts<'_>, receivables: &[u32]) {
        self.witness.ended(customer, facts, receivables);
        if facts.walks.iter().any(|walk| walk.closed.is_none()) {
            self.open.push(customer);
        }
    }

    fn absorb(&mut self, other: Self) {
        self.witness.absorb(other.witness);
        self.open.extend(other.open);
    }
}

/// What will happen.
pub(crate) struct Plan {
    pub(crate) events: Vec<Event>,
    /// The zones of the customers of the events.
    pub(crate) zones: BTreeMap<u32, Zone>,
    pub(crate) warnings: Vec<String>,
    /// The policy's.
    pub(crate) zone: Zone,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

impl Plan {
    /// Prints it as asked for.
    pub(crate) fn tell(&self, args: &PlanArgs, named: &Named, borrowed: bool, rejects: &RejectFile, out: &mut Out) -> anyhow::Result<()> {
        match args.listing.format {
            Format::Table => {
                self.table(named, out)?;
                if args.render {
                    self.letters(named, borrowed, out)?;
                }
                self.remarks(rejects, out)
            }
            format @ (Format::Json | Format::Csv) => out.listing(&self.rows(named), format),
        }
    }

    fn zone_of(&self, event: &Event) -> Zone {
        self.zones.get(&event.customer).copied().unwrap_or(self.zone)
    }

    /// What will be done, and the decision it is.
    fn done(&self) -> impl Iterator<Item = (&Event, &Decided)> {
        self.events.iter().filter_map(|event| match &event.what {
            What::Decided(decided) if decided.outcome == Outcome::Done => Some((event, decided)),
            What::Decided(_) | What::Waits { .. } | What::Paid { .. } => None,
        })
    }

    fn table(&self, named: &Named, out: &mut Out) -> anyhow::Result<()> {
        let span = format!("From {} to {}, if nobody pays before.", moment(self.zone, self.from), moment(self.zone, self.to));
        out.paragraph(0, &span)?;
        out.gap()?;
        let columns = [
            ("when", "when"),
            ("customer", "customer"),
            ("receivable", "receivable"),
            ("due", "due then"),
            ("step", "step"),
            ("what", "what"),
        ];
        let mut rows = Listing::new(&columns);
        for (event, decided) in self.done().take(ROWS_MAX) {
            rows.row([
                moment(self.zone_of(event), event.at).into(),
                named.customer(event).into(),
                named.receivable(event.receivable).into(),
                decided.due.to_string().into(),
                decided.label().into(),
                event.sentence(self.zone_of(event), |item| named.receivable(item)).into(),
            ]);
        }
        if self.done().next().is_none() {
            out.line("Nothing happens in these days.")?;
        } else {
            out.listing(&rows, Format::Table)?;
        }
        let more = self.done().count().saturating_sub(ROWS_MAX);
        if more > 0 {
            out.aside(
                Paint::Dim,
                &format!("and {} more; --format csv lists all of them", grouped(u64::try_from(more).unwrap_or(u64::MAX))),
            )?;
        }
        Ok(())
    }

    /// Every message as its reader gets it.
    fn letters(&self, named: &Named, borrowed: bool, out: &mut Out) -> anyhow::Result<()> {
        for (event, decided) in self.done().take(ROWS_MAX) {
            let Some(sent) = decided.sent.as_ref().filter(|sent| sent.leads) else { continue };
            letter(sent, &format!("{} · {}", moment(self.zone_of(event), event.at), clean(&named.customer(event))), out)?;
        }
        if borrowed {
            out.gap()?;
            let told = "The messages are signed by a made-up company; --company FILE gives them yours.";
            out.aside(Paint::Yellow, told)?;
        }
        Ok(())
    }

    /// What is not done, what waits, and what is worth a second look.
    fn remarks(&self, rejects: &RejectFile, out: &mut Out) -> anyhow::Result<()> {
        out.gap()?;
        let messages = self.done().filter(|(_, decided)| decided.sent.as_ref().is_some_and(|sent| sent.leads)).count();
        let done = u64::try_from(self.done().count()).unwrap_or(u64::MAX);
        let mut told = format!("{} in {}", counted(done, "step"), counted(u64::try_from(messages).unwrap_or(u64::MAX), "message"));
        let (skipped, waits) = (self.reasons(true), self.reasons(false));
        if !skipped.is_empty() {
            told = format!("{told}; skipped: {skipped}");
        }
        if !waits.is_empty() {
            told = format!("{told}; put off at times: {waits}");
        }
        out.paragraph(0, &format!("{told}."))?;
        for warning in &self.warnings {
            out.aside(Paint::Yellow, &format!("warning: {warning}"))?;
        }
        if rejects.count() > 0 {
            let told =
                out.paint(Paint::Yellow, &format!("{} rejected; `regua backtest` lists all of them:", counted(rejects.count(), "row")));
            out.line(&told)?;
            out.listing(&rejects.listing(), Format::Table)?;
        }
        Ok(())
    }

    /// How often each reason was given, the most frequent first.
    fn reasons(&self, skipped: bool) -> String {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for event in self.events.iter().filter(|event| matches!(event.what, What::Decided(_)) == skipped) {
            if let Some(reason) = event.reason() {
                *counts.entry(reason).or_default() += 1;
            }
        }
        let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
    }

    /// Everything, for programs: what is done, skipped and put off.
    fn rows(&self, named: &Named) -> Listing {
        let columns = [
            "instant",
            "customer_id",
            "customer",
            "receivable_id",
            "due_then",
            "step",
            "cycle",
            "outcome",
            "reason",
            "until",
            "channel",
            "to",
            "subject",
            "body",
            "sentence",
        ];
        let mut rows = Listing::new(&columns.map(|name| (name, name)));
        for event in &self.events {
            let zone = self.zone_of(event);
            let (decided, until) = match &event.what {
                What::Decided(decided) => (Some(decided), None),
                What::Waits { until, .. } => (None, (*until != Instant::NEVER).then(|| zone.rfc3339(*until))),
                What::Paid { .. } => continue,
            };
            let outcome = match decided.map(|decided| decided.outcome) {
                Some(Outcome::Done) => "done",
                Some(Outcome::Skipped(_)) => "skipped",
                None => "deferred",
            };
            let sent = decided.and_then(|decided| decided.sent.as_ref());
            let letter = sent.and_then(|sent| sent.letters.first());
            let row = at(&named.customers, event.customer);
            rows.row([
                zone.rfc3339(event.at).into(),
                row.map_or("", |(id, _)| &**id).into(),
                row.and_then(|(_, name)| name.as_deref()).into(),
                named.receivable(event.receivable).into(),
                decided.map(|decided| decided.due.to_string()).into(),
                event.step().into(),
                decided.map(|decided| decided.cycle.clone()).into(),
                outcome.into(),
                event.reason().into(),
                until.into(),
                sent.map(|sent| sent.channels.to_string()).into(),
                letter.map(|letter| letter.to.clone()).into(),
                letter.and_then(|letter| letter.subject.clone()).into(),
                letter.map(|letter| letter.body.clone()).into(),
                event.sentence(zone, |item| named.receivable(item)).into(),
            ]);
        }
        rows
    }
}

/// A message over each of its channels, under a line that says when and to whom.
pub(crate) fn letter(sent: &Sent, head: &str, out: &mut Out) -> anyhow::Result<()> {
    for letter in &sent.letters {
        let to = if letter.to.is_empty() { String::new() } else { format!(" to {}", letter.to) };
        out.heading(&format!("── {head} · {}{to} · {} {}", letter.channel, letter.tone, letter.template))?;
        if let Some(subject) = &letter.subject {
            out.paragraph(2, &out.paint(Paint::Bold, subject))?;
            out.gap()?;
        }
        out.paragraph(2, &letter.body)?;
    }
    if let Some(told) = &sent.unwritten {
        out.heading(&format!("── {head}"))?;
        out.aside(Paint::Red, &format!("the message cannot be rendered: {told}"))?;
    }
    Ok(())
}
