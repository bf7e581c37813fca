//! Customers' chains, one after the other: each is checked, and carried out again as far as it goes.

use std::collections::BTreeMap;

use regua_core::ids::TenantId;
use regua_store::db::{Db, Scope, Tx};
use regua_store::log::{self, StoredEvent};
use regua_store::seal::MasterKey;

use super::chain::{Heads, Link, stream_name};
use super::events::{Carried, Events};
use super::timeline::Timeline;
use super::verdict::{Finding, Report, Sort, Stage};
use super::{Left, LeftOut, PAGE};
use crate::error::Result;

/// The customers of a tenant as they are rebuilt.
pub(super) struct Customers<'e> {
    tenant: TenantId,
    carry: Events<'e>,
    /// Whose rows cannot be compared.
    pub(super) left: LeftOut,
    /// Customers seen.
    pub(super) seen: u64,
    /// Events seen.
    pub(super) events: u64,
}

/// Wrapped keys of customers, by id.
pub(super) type Keys = BTreeMap<[u8; 16], Vec<u8>>;

impl<'e> Customers<'e> {
    pub(super) fn new(master: &'e MasterKey, tenant: TenantId, timeline: Timeline) -> Self {
        Self { tenant, carry: Events::new(master, tenant, timeline), left: LeftOut::new(), seen: 0, events: 0 }
    }

    /// Goes through all events.
    pub(super) fn rebuild(&mut self, tx: &mut Tx<'_>, copy: &Db, report: &mut Report, progress: &mut dyn FnMut(Stage, u64)) -> Result<()> {
        let own = self.tenant.to_bytes();
        let mut heads = Heads::of(self.tenant);
        let mut link: Option<Link> = None;
        let mut last = ([0; 16], 0);
        loop {
            let page = log::after(tx, self.tenant, last, PAGE)?;
            let Some(end) = page.last() else { break };
            last = (end.stream, end.seq);
            let groups: Vec<&[StoredEvent]> = page.chunk_by(|a, b| a.stream == b.stream).filter(|group| stream_of(group) != own).collect();
            for group in &groups {
                let stream = stream_of(group);
                let mut current = match link.take() {
                    Some(known) if known.stream == stream => known,
                    known => {
                        self.end(tx, &mut heads, known, report)?;
                        self.seen += 1;
                        Link::before(stream)
                    }
                };
                for event in *group {
                    current.take(self.tenant, event, report);
                    self.events += 1;
                }
                if !current.whole {
                    self.left.insert(stream, Left::Broken);
                }
                link = Some(current);
            }
            self.carry_out(tx, copy, &groups, report)?;
            progress(Stage::Events, self.events);
        }
        self.end(tx, &mut heads, link, report)?;
        let left = &mut self.left;
        heads.of_stream(tx, None, report, &mut |customer| lose(left, customer))?;
        Ok(())
    }

    /// A chain has ended.
    fn end(&mut self, tx: &mut Tx<'_>, heads: &mut Heads, link: Option<Link>, report: &mut Report) -> Result<()> {
        let Some(mut link) = link else { return Ok(()) };
        let left = &mut self.left;
        let head = heads.of_stream(tx, Some(link.stream), report, &mut |customer| lose(left, customer))?;
        link.end(self.tenant, head, report);
        if !link.whole {
            self.left.insert(link.stream, Left::Broken);
        }
        Ok(())
    }

    /// Carries out what a page holds of each chain, in one transaction; if that cannot be, each chain's part alone.
    fn carry_out(&mut self, tx: &mut Tx<'_>, copy: &Db, groups: &[&[StoredEvent]], report: &mut Report) -> Result<()> {
        let groups: Vec<&[StoredEvent]> = groups.iter().copied().filter(|group| !self.left.contains_key(&stream_of(group))).collect();
        let streams: Vec<[u8; 16]> = groups.iter().map(|group| stream_of(group)).collect();
        let keys: Keys = log::keys(tx, self.tenant, &streams)?.into_iter().map(|(customer, key)| (customer.to_bytes(), key)).collect();
        let scope = Scope::Tenant(self.tenant);
        let carry = &mut self.carry;
        let together: Result<Vec<Carried>> = copy.write(scope, |copy| groups.iter().map(|group| carry.group(copy, group, &keys)).collect());
        if let Ok(all) = together {
            for (carried, group) in all.into_iter().zip(&groups) {
                self.note(stream_of(group), carried, report);
            }
            return Ok(());
        }
        for group in &groups {
            let carry = &mut self.carry;
            let stream = stream_of(group);
            let alone: Result<Carried> = copy.write(scope, |copy| carry.group(copy, group, &keys));
            let carried = alone.unwrap_or_else(|error| {
                let what = format!("{}: its events do not fit together: {error}", stream_name(self.tenant, &stream));
                Carried { left: Some(Left::Broken), findings: vec![Finding { sort: Sort::NotReplayed, what }] }
            });
            self.note(stream, carried, report);
        }
        Ok(())
    }

    fn note(&mut self, stream: [u8; 16], carried: Carried, report: &mut Report) {
        for finding in carried.findings {
            report.put(finding);
        }
        if let Some(left) = carried.left {
            self.left.insert(stream, left);
        }
    }
}

/// Groups are never empty.
fn stream_of(group: &[StoredEvent]) -> [u8; 16] {
    group.first().map_or([0; 16], |event| event.stream)
}

fn lose(left: &mut LeftOut, customer: [u8; 16]) {
    left.insert(customer, Left::Broken);
}
