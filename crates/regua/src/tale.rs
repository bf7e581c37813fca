//! What a founder wants to read after the demo: who was contacted and why, what was not done and why, what came in,
//! what comes next, and three messages.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use regua_core::decide::Outcome;
use regua_core::money::Money;
use regua_core::policy::Policy;
use regua_core::policy::program::{Act, Step};
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::{Channel, DeferReason, Language, SkipReason, Tone};
use regua_sim::demo::{Cast, Scene};
use regua_sim::report::{Sums, basis_points};
use regua_wire::messages::locale;

use crate::demo::Told;
use crate::input::Loaded;
use crate::letters::at;
use crate::lived::CAPTURED;
use crate::meaning;
use crate::output::{Cell, Format, Listing, Out, Paint, bar, counted, grouped, shortened};
use crate::plan::letter;
use crate::why::{day, moment};
use crate::witness::{Decided, Event, Sent, What};
use regua_engine::found::{Sort, act_says};

/// Rows of the plan that are shown; the rest is in the report.
const PLAN_ROWS: usize = 12;
/// Characters of a customer's name in the plan.
const NAME: usize = 24;
/// Characters of a bar.
const BAR: usize = 20;
/// Scenes that most people ask about first.
const SCENES: [Scene; 8] = [
    Scene::Dispute,
    Scene::PromiseBroken,
    Scene::Franchise,
    Scene::Strategic,
    Scene::Chargeback,
    Scene::Bounced,
    Scene::ApprovalRejected,
    Scene::SourceSilent,
];

/// What is told, and of what.
pub(crate) struct Tale<'t> {
    pub(crate) told: &'t Told,
    pub(crate) loaded: &'t Loaded,
    pub(crate) policy: &'t Policy,
    pub(crate) company: &'t str,
    pub(crate) seed: u64,
    pub(crate) now: Instant,
    pub(crate) until: Instant,
}

impl Tale<'_> {
    /// Tells everything.
    pub(crate) fn tell(&self, cast: &[Cast], dir: &Path, out: &mut Out) -> anyhow::Result<()> {
        self.opening(dir, out)?;
        self.contacts(out)?;
        self.reasons(out)?;
        self.money(out)?;
        self.week(dir, out)?;
        self.letters(out)?;
        self.scenes(cast, dir, out)?;
        self.installed(dir, out)?;
        self.going_on(dir, out)?;
        Ok(())
    }

    fn opening(&self, dir: &Path, out: &mut Out) -> io::Result<()> {
        let (summary, lived) = (&self.told.summary, &self.told.lived);
        let title = format!("{}, a made-up software company, on {}", self.company, day(self.today()));
        let title = out.paint(Paint::Bold, &title);
        out.line(&title)?;
        out.paragraph(
            0,
            &format!(
                "{} with {} since {}, drawn from seed {}. An installation lived all of it under the rule \"{}\": {}, and {}, which went \
                 into {} and nowhere else.",
                counted(length(summary.customers), "customer"),
                counted(length(summary.receivables), "receivable"),
                summary.first_instant.as_deref().and_then(|first| first.split('T').next()).unwrap_or_default(),
                self.seed,
                self.policy.name,
                counted(lived.decisions, "decision"),
                counted(lived.captured, "message"),
                dir.join(CAPTURED).display(),
            ),
        )
    }

    fn today(&self) -> Day {
        self.policy.zone.day_of(self.now)
    }

    fn contacts(&self, out: &mut Out) -> anyhow::Result<()> {
        let report = &self.told.report;
        out.heading("Who was contacted, and why")?;
        let paid = format!("paid within {} days", report.within_days);
        let mut rows = Listing::owned(vec![
            ("step", "step".to_owned()),
            ("message", "message".to_owned()),
            ("sent", "sent".to_owned()),
            ("paid", paid),
            ("received", "which brought".to_owned()),
        ]);
        for line in &report.steps {
            let Some(what) = self.message(&line.step).filter(|_| line.done > 0) else { continue };
            let brought = if line.received_after.is_zero() { Cell::Empty } else { Cell::Amount(self.main(&line.received_after)) };
            rows.row([line.step.as_str().into(), what.into(), line.done.into(), line.payments_after.into(), brought]);
        }
        out.listing(&rows, Format::Table)?;
        let channels = report.channels.iter().filter(|(_, count)| **count > 0);
        let channels: Vec<String> = channels.map(|(channel, count)| format!("{} by {channel}", grouped(*count))).collect();
        let mut others: BTreeMap<String, u64> = BTreeMap::new();
        for (what, times) in report.steps.iter().filter(|line| line.done > 0).filter_map(|line| Some((self.other(&line.step)?, line.done)))
        {
            *others.entry(what).or_default() += times;
        }
        let mut others: Vec<(String, u64)> = others.into_iter().collect();
        others.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        let others: Vec<String> = others.into_iter().map(told_times).collect();
        out.gap()?;
        out.paragraph(
            0,
            &format!(
                "{} of {} customers got a message: {}.",
                grouped(report.totals.contacted),
                grouped(report.totals.customers),
                channels.join(", ")
            ),
        )?;
        out.paragraph(0, &format!("Other steps: {}.", others.join(", ")))?;
        let most = report.most_contacted.iter().take(3);
        let most: Vec<String> = most.map(|line| format!("{} ({})", line.name.as_deref().unwrap_or(&line.id), line.messages)).collect();
        out.paragraph(0, &format!("Most messages went to {}.", most.join(", ")))?;
        Ok(())
    }

    fn reasons(&self, out: &mut Out) -> anyhow::Result<()> {
        let report = &self.told.report;
        let skipped: Vec<(&str, u64, &str)> = report
            .skipped
            .iter()
            .filter_map(|(word, count)| Some((*word, *count, meaning::skipped(word.parse::<SkipReason>().ok()?))))
            .collect();
        let deferred: Vec<(&str, u64, &str)> = report
            .deferred
            .iter()
            .filter_map(|(word, count)| Some((*word, *count, meaning::deferred(word.parse::<DeferReason>().ok()?))))
            .collect();
        for (title, rows) in [("What was skipped, and why", skipped), ("What waited, and why", deferred)] {
            out.heading(title)?;
            let most = rows.iter().map(|(_, count, _)| *count).max().unwrap_or(0);
            let mut listing = Listing::new(&[("reason", "reason"), ("times", "times"), ("share", ""), ("meaning", "because")]);
            for (word, count, means) in rows {
                listing.row([word.into(), count.into(), Cell::Bar(bar(count, most, BAR)), means.into()]);
            }
            out.listing(&listing, Format::Table)?;
        }
        Ok(())
    }

    fn money(&self, out: &mut Out) -> anyhow::Result<()> {
        let (report, totals) = (&self.told.report, &self.told.report.totals);
        out.heading("What came in")?;
        let main = |sums: &Sums| sums.of(report.currency).minor();
        let percent = |part: i64, whole: i64| {
            basis_points(part, whole).map_or_else(String::new, |share| format!("{} %", tenths(u64::from(share / 10))))
        };
        out.paragraph(
            0,
            &format!(
                "Billed {}, received {} ({} of it), open {}, of it late {}. {} of the receivables that were paid were paid on time; days late \
                 on average: {}.",
                self.sums(&totals.billed),
                self.sums(&totals.received),
                percent(main(&totals.received), main(&totals.billed)),
                self.sums(&totals.open),
                self.sums(&totals.overdue),
                totals.on_time().map_or_else(String::new, |share| format!("{} %", tenths(u64::from(share / 10)))),
                totals.days_late_tenths().map_or_else(String::new, tenths),
            ),
        )?;
        out.paragraph(
            0,
            &format!(
                "{} of late money came in within {} days after a message. That is a correlation: who would have paid anyway, these books \
                 cannot say.",
                self.sums(&totals.followed),
                report.within_days
            ),
        )?;
        out.gap()?;
        let aging = &self.told.lived.aging;
        let most = aging.iter().map(|(_, _, balance)| balance.minor()).max().unwrap_or(0);
        let mut rows = Listing::new(&[("days_late", "days late"), ("receivables", "receivables"), ("balance", "balance"), ("share", "")]);
        for &(band, receivables, balance) in aging {
            let (part, whole) = (u64::try_from(balance.minor()).unwrap_or(0), u64::try_from(most).unwrap_or(0));
            rows.row([band.into(), receivables.into(), Cell::Amount(money(balance)), Cell::Bar(bar(part, whole, BAR))]);
        }
        out.listing(&rows, Format::Table)?;
        Ok(())
    }

    fn week(&self, dir: &Path, out: &mut Out) -> anyhow::Result<()> {
        out.heading(&format!("The next {} days, if nobody pays before", self.policy.zone.day_of(self.until).since(self.today())))?;
        let done: Vec<(&Event, &Decided)> = self.coming().collect();
        let mut days: BTreeMap<Day, BTreeMap<&str, u64>> = BTreeMap::new();
        for (event, decided) in &done {
            let what = match &decided.sent {
                Some(sent) if sent.leads => sent.channels.iter().next().map_or("message", Channel::as_str),
                Some(_) => continue,
                None => match decided.sort {
                    Sort::Charge => "charges",
                    Sort::Contact | Sort::Adverse => "restrictions",
                    Sort::Neutral => "tasks and write-offs",
                },
            };
            *days.entry(self.zone(event).day_of(event.at)).or_default().entry(what).or_default() += 1;
        }
        for (date, counts) in &days {
            let counts: Vec<String> = counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
            out.hanging(&format!("{}  ", day(*date)), &counts.join(", "))?;
        }
        out.gap()?;
        let mut rows = Listing::new(&[("when", "when"), ("customer", "customer"), ("due", "due then"), ("step", "step"), ("what", "what")]);
        let mut lines = worth_a_look(&done);
        lines.truncate(PLAN_ROWS);
        for &(event, decided) in &lines {
            let what = decided.sent.as_ref().map_or_else(|| decided.why.clone(), |sent| self.sent(sent, &decided.why));
            let due = if decided.due.is_zero() { Cell::Empty } else { Cell::Amount(money(decided.due)) };
            rows.row([
                moment(self.zone(event), event.at).into(),
                shortened(&self.customer(event), NAME).into(),
                due,
                decided.label().into(),
                what.into(),
            ]);
        }
        out.listing(&rows, Format::Table)?;
        let more = done.len().saturating_sub(lines.len());
        if more > 0 {
            out.gap()?;
            out.aside(Paint::Dim, &format!("and {more} more, with every message:"))?;
            out.command(&format!("{} --render", self.plan_command(dir)))?;
        }
        Ok(())
    }

    fn letters(&self, out: &mut Out) -> anyhow::Result<()> {
        out.heading("Three of these messages, as their readers get them")?;
        for (event, sent) in self.chosen() {
            letter(sent, &format!("{} · {}", moment(self.zone(event), event.at), self.customer(event)), out)?;
        }
        Ok(())
    }

    fn scenes(&self, cast: &[Cast], dir: &Path, out: &mut Out) -> anyhow::Result<()> {
        out.heading("Ask why")?;
        let mut rows = Listing::new(&[("scene", "what happened"), ("command", "command")]);
        for scene in SCENES {
            if let Some(cast) = cast.iter().find(|cast| cast.scene == scene) {
                let command = format!("regua explain {} --in {}", cast.receivable, dir.display());
                rows.row([meaning::scene(scene).into(), command.into()]);
            }
        }
        out.listing(&rows, Format::Table)?;
        Ok(())
    }

    fn going_on(&self, dir: &Path, out: &mut Out) -> anyhow::Result<()> {
        out.heading("Go on")?;
        out.line("Look at it all on one page:")?;
        out.command(&dir.join("report.html").display().to_string())?;
        let shown = dir.display();
        let files = format!(
            "--receivables {shown}/receivables.csv --payments {shown}/payments.csv --facts {shown}/facts.jsonl --policy {shown}/policy.yaml \
             --until {}",
            self.today()
        );
        for (what, command) in [
            ("Change the rule in policy.yaml, then check it and walk it again", format!("regua policy check {shown}/policy.yaml")),
            ("", format!("regua backtest {files}")),
            (
                "See what an outage of five days would have done",
                format!("regua backtest {files} --down 2026-03-02..2026-03-07 --out outage"),
            ),
            ("Walk it over your own receivables", "regua backtest --receivables FILE --policy brasil-saas".to_owned()),
        ] {
            if !what.is_empty() {
                out.line(&format!("{what}:"))?;
            }
            out.command(&command)?;
        }
        Ok(())
    }

    /// Commands of an installation, for who wants to look into this one.
    fn installed(&self, dir: &Path, out: &mut Out) -> anyhow::Result<()> {
        out.heading("The installation")?;
        let (shown, today) = (dir.display(), self.today());
        let days = self.policy.zone.day_of(self.until).since(today);
        out.paragraph(
            0,
            &format!("{shown} is what `regua init` makes, with two years behind it. It captures what it writes, and sends nothing."),
        )?;
        let most = self.told.report.most_contacted.first().map_or("C-001", |line| line.id.as_ref());
        for (what, command) in [
            ("What will happen next, and to whom", format!("regua plan --dir {shown} --as-of {today} --days {days}")),
            ("Why it came so for one customer", format!("regua explain {most} --dir {shown}")),
            ("Whether books, log and decisions agree", format!("regua verify --dir {shown}")),
            ("All that one customer was written", format!("regua messages --dir {shown} --customer {most}")),
            ("What is open, by age", format!("regua report aging --dir {shown} --on {today}")),
            ("What waits for a person", format!("regua approve --dir {shown}")),
            ("Whether all is in order", format!("regua doctor --dir {shown}")),
        ] {
            out.line(&format!("{what}:"))?;
            out.command(&command)?;
        }
        Ok(())
    }

    fn plan_command(&self, dir: &Path) -> String {
        let dir = dir.display();
        let days = self.policy.zone.day_of(self.until).since(self.today());
        format!(
            "regua plan --receivables {dir}/receivables.csv --payments {dir}/payments.csv --facts {dir}/facts.jsonl --policy {dir}/policy.yaml \
             --as-of {} --days {days}",
            self.today(),
        )
    }

    /// What will be done, in order.
    fn coming(&self) -> impl Iterator<Item = (&Event, &Decided)> {
        self.told.coming.iter().filter_map(|event| match &event.what {
            What::Decided(decided) if decided.outcome == Outcome::Done => Some((event, decided)),
            What::Decided(_) | What::Waits { .. } | What::Paid { .. } => None,
        })
    }

    /// A friendly one over WhatsApp, one about several bills, one that announces a restriction; else others.
    fn chosen(&self) -> Vec<(&Event, &Sent)> {
        let written = |decided: &'_ Decided| decided.sent.as_ref().is_some_and(|sent| !sent.letters.is_empty());
        let all: Vec<(&Event, &Decided)> = self.coming().filter(|(_, decided)| written(decided)).collect();
        let has = |decided: &Decided, wish: &dyn Fn(&Sent) -> bool| decided.sent.as_ref().is_some_and(wish);
        let tone = |sent: &Sent| sent.letters.first().map(|letter| letter.tone);
        let by_whatsapp = |sent: &Sent| sent.channels.iter().any(|channel| channel == Channel::Whatsapp);
        // A receipt is no reminder.
        let reminder = |decided: &Decided| !decided.step.starts_with("on.");
        let wishes: [&dyn Fn(&Decided) -> bool; 3] = [
            &|decided| reminder(decided) && has(decided, &|sent| by_whatsapp(sent) && tone(sent) == Some(Tone::Friendly)),
            &|decided| reminder(decided) && has(decided, &|sent| sent.items.len() > 1 && !by_whatsapp(sent)),
            &|decided| has(decided, &|sent| tone(sent) == Some(Tone::Firm) && !sent.announces.is_empty() && !by_whatsapp(sent)),
        ];
        let mut chosen: Vec<&(&Event, &Decided)> = Vec::new();
        for wish in wishes {
            let fresh = |candidate: &&(&Event, &Decided)| !chosen.iter().any(|known| std::ptr::eq(known.0, candidate.0));
            let found = all.iter().filter(fresh).find(|(_, decided)| wish(decided)).or_else(|| all.iter().find(fresh));
            chosen.extend(found);
        }
        chosen.into_iter().filter_map(|(event, decided)| Some((*event, decided.sent.as_ref()?))).collect()
    }

    fn zone(&self, event: &Event) -> Zone {
        at(&self.told.zones, event.customer).copied().unwrap_or(self.policy.zone)
    }

    fn customer(&self, event: &Event) -> String {
        let row = at(&self.loaded.portfolio.customers, event.customer);
        row.map_or_else(String::new, |row| row.customer.name.as_deref().unwrap_or(&row.id).to_owned())
    }

    fn sent(&self, sent: &Sent, what: &str) -> String {
        let others = sent.items.len().saturating_sub(1);
        let more = if others == 0 { String::new() } else { format!(" and {}", counted(length(others), "other bill")) };
        format!("{}: {what}{more}", sent.channels.to_string().replace(';', " and "))
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.policy.ladders.iter().flat_map(|ladder| &ladder.steps)
    }

    /// The message of a step by its name, if it is one.
    fn message(&self, name: &str) -> Option<String> {
        if name.strip_suffix(".notice").is_some() {
            return Some("notice of a restriction".to_owned());
        }
        let step = self.steps().find(|step| step.id == name).map(|step| &step.act);
        let act = step.or_else(|| self.policy.reactions.iter().find(|reaction| reaction.id == name).map(|reaction| &reaction.act))?;
        act.contact().map(|_| act_says(act))
    }

    /// What a step without a message does.
    fn other(&self, name: &str) -> Option<String> {
        let act = self.steps().find(|step| step.id == name).map(|step| &step.act)?;
        match act {
            Act::Notify(_) | Act::Offer(..) => None,
            Act::Charge | Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_) | Act::Task(_) | Act::WriteOff => {
                Some(act_says(act))
            }
        }
    }

    /// The amount of the policy's currency.
    fn main(&self, sums: &Sums) -> String {
        money(sums.of(self.told.report.currency))
    }

    /// Amounts of every currency, that of the policy first.
    fn sums(&self, sums: &Sums) -> String {
        let main = self.told.report.currency;
        let others = sums.iter().filter(|amount| amount.currency() != main);
        let all: Vec<String> = std::iter::once(sums.of(main)).chain(others).map(money).collect();
        all.join(" and ")
    }
}

fn money(amount: Money) -> String {
    locale::money(Language::En, amount)
}

fn told_times((what, times): (String, u64)) -> String {
    format!("{what} ({})", grouped(times))
}

/// Leading decisions only, those that are not everyday first, then in order of time.
fn worth_a_look<'e>(done: &[(&'e Event, &'e Decided)]) -> Vec<(&'e Event, &'e Decided)> {
    let leads = |decided: &Decided| decided.sent.as_ref().is_none_or(|sent| sent.leads);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines: Vec<(usize, (&Event, &Decided))> = Vec::new();
    for &(event, decided) in done.iter().filter(|(_, decided)| leads(decided)) {
        let times = seen.entry(decided.step.as_str()).or_default();
        lines.push((*times, (event, decided)));
        *times += 1;
    }
    // The first of every step, then the second of every step …
    lines.sort_by_key(|(times, _)| *times);
    let mut lines: Vec<(&Event, &Decided)> = lines.into_iter().take(PLAN_ROWS).map(|(_, line)| line).collect();
    lines.sort_by_key(|(event, _)| event.at);
    lines
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// `63` is `6.3`.
fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}
