//! `report.html`: what a walk up to a day told, and a week ahead of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_core::facts::Policies;
use regua_core::policy::Policy;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_engine::letters::{Company, default_language};
use regua_sim::backtest::{Backtest, Span, Summary};
use regua_wire::files::When;
use regua_wire::messages::Templates;

use crate::backtest::walk;
use crate::input::Loaded;
use crate::letters::Letters;
use crate::report::{Coming, Gather, Lang, ReportData, Told, html};
use crate::witness::{self, Event, Witness};

/// Days that the plan looks ahead, the first one included.
pub(crate) const PLAN_DAYS: i32 = 7;

/// What a page is of.
pub(crate) struct Page<'p> {
    pub(crate) policies: &'p Policies,
    pub(crate) loaded: &'p Loaded,
    /// Whose books these are.
    pub(crate) title: String,
    /// Who signs the messages; without one, none are shown.
    pub(crate) company: Option<&'p Company>,
    /// What the books were drawn from, if they were.
    pub(crate) seed: Option<u64>,
    /// What to type for the same page.
    pub(crate) commands: Vec<String>,
}

impl Page<'_> {
    fn policy(&self) -> &Policy {
        self.policies.newest()
    }

    /// The zone of each customer.
    pub(crate) fn zones(&self) -> Vec<Zone> {
        self.loaded.portfolio.customers.iter().map(|row| row.customer.zone.unwrap_or(self.policy().zone)).collect()
    }

    /// The first moment after the plan that begins on the day of `as_of`.
    pub(crate) fn plan_ends(&self, as_of: Instant) -> Instant {
        let zone = self.policy().zone;
        zone.at(zone.day_of(as_of).plus(PLAN_DAYS), LocalTime::MIDNIGHT)
    }

    /// What happens from a moment to the end of the plan, if nobody pays.
    pub(crate) fn coming(&self, as_of: Instant, spill: &Path) -> anyhow::Result<Vec<Event>> {
        let until = self.plan_ends(as_of);
        let span = Span { until: Some(until), down: Vec::new() };
        let ahead = Backtest::new(self.policies, &self.loaded.portfolio, &self.loaded.events, &span)?;
        let templates = self.company.map(|_| Templates::shipped());
        let letters = self.company.zip(templates.as_ref());
        let letters = letters.map(|(company, templates)| Letters { templates, company, events: &self.loaded.events });
        let wanted = witness::Wanted { backtest: &ahead, from: as_of, to: until, letters: letters.as_ref(), ends: false };
        Ok(walk(&ahead, spill, || Witness::new(wanted))?.watch.in_order())
    }

    /// Walks up to a moment and a week ahead of it, and writes the page.
    pub(crate) fn walked(&self, as_of: Instant, down: &[(Instant, Instant)], dir: &Path) -> anyhow::Result<PathBuf> {
        let span = Span { until: Some(as_of), down: down.to_vec() };
        let past = Backtest::new(self.policies, &self.loaded.portfolio, &self.loaded.events, &span)?;
        let walked = walk(&past, dir, || Gather::new(&past, as_of))?;
        let coming = self.coming(as_of, dir)?;
        self.write(walked.watch, &walked.summary, &coming, as_of, dir)
    }

    /// Writes the page of what was gathered.
    pub(crate) fn write(
        &self,
        gather: Gather<'_>,
        summary: &Summary,
        events: &[Event],
        as_of: Instant,
        dir: &Path,
    ) -> anyhow::Result<PathBuf> {
        let today = self.policy().zone.day_of(as_of);
        let lang = Lang::from(default_language(self.policies));
        let zones = self.zones();
        let coming = Coming { events, zones: &zones, portfolio: &self.loaded.portfolio, policy: self.policy(), lang };
        let told = Told {
            lang,
            title: self.title.clone(),
            plan: coming.plan((today, today.plus(PLAN_DAYS - 1))),
            messages: self.company.map(|company| coming.messages(company.name())).unwrap_or_default(),
            seed: self.seed,
            commands: self.commands.clone(),
        };
        let path = dir.join("report.html");
        let page = html(&ReportData::new(gather, summary, told));
        fs::write(&path, page).with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    }
}

/// The moment up to which the files tell: 00:00 of the day after the last issue, payment or fact.
pub(crate) fn data_ends(loaded: &Loaded, policy: &Policy) -> Option<Instant> {
    let day = |when: When| match when {
        When::On(day) => day,
        When::At(at) => policy.zone.day_of(at),
    };
    let receivables = loaded.portfolio.receivables.iter().map(|row| day(row.issued));
    let payments = loaded.portfolio.payments.iter().map(|row| day(row.paid));
    let facts = loaded.events.iter().map(|event| day(event.at));
    let last: Option<Day> = receivables.chain(payments).chain(facts).max();
    last.map(|last| policy.zone.midnight(last.plus(1)))
}
