//! `regua plan` on an installation: what will happen next to everybody, from what is known now.

use std::collections::BTreeMap;
use std::sync::Arc;

use regua_engine::commands::ahead::Ahead;

use super::installation::Installation;
use super::post::templates;
use crate::cli::PlanArgs;
use crate::exit::Exit;
use crate::letters::{self, Letters};
use crate::output::Out;
use crate::plan::{Named, Plan, days_later};
use crate::rejects::RejectFile;
use crate::witness::{Event, Scene, in_order};
use crate::world::World;

/// Carries out `plan`.
pub(crate) fn run(args: &PlanArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let zone = installation.zone()?;
    let from = installation.moment(args.as_of, world)?;
    let to = days_later(zone, from, i32::from(args.days));
    let base = args.render.then(|| templates(&installation.config.dir)).transpose()?.map(Arc::new);
    let texts = base.map(|base| installation.engine.texts(installation.tenant, &base)).transpose()?;
    let given = args.company.as_deref().map(letters::company).transpose()?;
    let own = given.or_else(|| installation.config.company.as_ref().ok().cloned());
    let borrowed = own.is_none();
    let company = own.unwrap_or_else(letters::example);
    let writing = texts.as_ref().map(|templates| Letters { templates, company: &company, events: &[] });
    let mut looking = Looking::default();
    installation.engine.look_ahead(installation.tenant, from, to, &mut |ahead| {
        looking.see(ahead, writing.as_ref());
        Ok(())
    })?;
    let Looking { events, zones, named, .. } = looking;
    let events = in_order(events, |receivable| crate::letters::at(&named.receivables, receivable).map_or("", |id| &**id));
    let plan = Plan { events, zones, warnings: Vec::new(), zone, from, to };
    plan.tell(args, &named, borrowed, &RejectFile::unwritten(), out)?;
    Ok(Exit::Done)
}

/// Keeps what will happen, with the names of whom it happens to.
#[derive(Default)]
struct Looking {
    events: Vec<Event>,
    zones: BTreeMap<u32, regua_core::time::Zone>,
    named: Named,
    /// The customer seen last, and the places of its receivables.
    last: Option<Box<str>>,
    receivables: Vec<u32>,
}

impl Looking {
    fn see(&mut self, ahead: &Ahead<'_>, letters: Option<&Letters<'_>>) {
        if ahead.decisions.rows.is_empty() && ahead.decisions.deferrals.is_empty() {
            return;
        }
        if self.last.as_deref() != Some(ahead.customer) {
            self.last = Some(ahead.customer.into());
            self.named.customers.push((ahead.customer.into(), ahead.facts.customer.name.clone()));
            self.receivables.clear();
        }
        for place in self.receivables.len()..ahead.receivables.len() {
            self.receivables.push(u32::try_from(self.named.receivables.len()).unwrap_or(u32::MAX));
            self.named.receivables.push(ahead.receivables[place].into());
        }
        let customer = u32::try_from(self.named.customers.len() - 1).unwrap_or(u32::MAX);
        self.zones.insert(customer, ahead.facts.zone);
        let scene = Scene {
            now: ahead.now,
            customer,
            facts: ahead.facts,
            policies: ahead.policies,
            decisions: ahead.decisions,
            receivables: &self.receivables,
            id: &|walk| ahead.receivables.get(walk).copied(),
        };
        self.events.extend(scene.events(letters));
    }
}
