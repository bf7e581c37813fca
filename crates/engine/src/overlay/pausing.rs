//! Whether a biller still acts on a receivable: then it is paused here, nobody charges it, and the switches to turn are named.
//!
//! The pause is the ordinary one, so a row beside it says whose it is: one that a person laid is never lifted by a reading, and
//! one of a biller's not by a person. Deliberately absent: turning a switch, which a person does at the biller.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::facts::{Cause, Fact};
use regua_core::ids::{ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_store::charging::mirrored::{self, MirroredRow};
use regua_store::db::Tx;
use regua_wire::gateways::mirror::Switch;

use super::Site;
use super::invoices::mirrored_row;
use super::settling::{One, Taking};
use crate::Engine;
use crate::case::Case;
use crate::error::{Error, Result};

/// What freezes while a biller acts.
const WHILE_IT_ACTS: Cause = Cause::Pause;
/// What a mirror calls a pause that it laid; it holds while the row says that the biller acts.
const PAUSE: &str = "pause";
/// What the name of a switch begins with where it is an object of the mirror.
const SWITCH: &str = "switch:";

/// The switch that an object of the mirror is.
pub(super) fn switch_of(object: &str) -> Option<Switch> {
    let name = object.strip_prefix(SWITCH)?;
    Switch::ALL.iter().copied().find(|switch| switch.as_str() == name)
}

fn object_of(switch: Switch) -> String {
    format!("{SWITCH}{}", switch.as_str())
}

/// What is known of pauses and switches before a page is taken in.
#[derive(Default)]
pub(super) struct Laid {
    /// Invoices whose pause is the mirror's.
    pauses: BTreeSet<String>,
    /// Switches by which the biller acted, with what each is known as.
    switches: BTreeMap<ReceivableId, BTreeMap<Switch, MirroredRow>>,
}

impl Engine {
    /// What is known of pauses and switches of these invoices and their receivables.
    pub(super) fn laid(&self, tx: &mut Tx<'_>, site: Site<'_>, references: &[&str], receivables: &[[u8; 16]]) -> Result<Laid> {
        let mut laid = Laid::default();
        if receivables.is_empty() {
            return Ok(laid);
        }
        laid.pauses =
            self.mirrored(tx, site, PAUSE, references)?.into_values().filter(|row| row.biller_acts).map(|row| row.reference).collect();
        for row in mirrored::acting_on(tx, site.tenant, receivables)? {
            if let (Some(switch), Some(receivable)) = (switch_of(&row.object), row.receivable) {
                laid.switches.entry(receivable).or_default().insert(switch, row);
            }
        }
        Ok(laid)
    }

    /// Refuses what is ours to do only when no biller does it: charging, and lifting the pause. A person's pause over a
    /// biller's is the person's from then on.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] with the switches to turn.
    pub(crate) fn heed_biller(&self, tx: &mut Tx<'_>, tenant: TenantId, receivable: Option<ReceivableId>, facts: &[Fact]) -> Result<()> {
        let Some(receivable) = receivable else { return Ok(()) };
        let about = |wanted: fn(&Fact) -> bool| facts.iter().any(wanted);
        let lifts = about(|fact| matches!(fact, Fact::Thawed { cause } if *cause == WHILE_IT_ACTS));
        let lays = about(|fact| matches!(fact, Fact::Froze { cause } if *cause == WHILE_IT_ACTS));
        if lifts {
            self.biller_is_done(tx, tenant, receivable)?;
        }
        if lays {
            let acting = mirrored::acting_on(tx, tenant, &[receivable.to_bytes()])?;
            let mut ours = BTreeMap::new();
            for row in acting.into_iter().filter(|row| row.object == PAUSE) {
                ours.entry(self.gateway_of(tx, tenant, &row)?).or_insert_with(Vec::new).push(MirroredRow { biller_acts: false, ..row });
            }
            for (gateway, rows) in ours {
                mirrored::put(tx, tenant, &gateway, &rows)?;
            }
        }
        Ok(())
    }

    /// Refuses to charge a receivable on which a biller still acts.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] with the switches to turn.
    pub(crate) fn biller_is_done(&self, tx: &mut Tx<'_>, tenant: TenantId, receivable: ReceivableId) -> Result<()> {
        let acting = mirrored::acting_on(tx, tenant, &[receivable.to_bytes()])?;
        let switches: BTreeSet<Switch> = acting.iter().filter_map(|row| switch_of(&row.object)).collect();
        if switches.is_empty() {
            return Ok(());
        }
        let turn: Vec<&str> = switches.iter().map(|switch| switch.off()).collect();
        let told = format!("another biller still charges or reminds for it: {}; then run: regua sync GATEWAY", turn.join("; and "));
        Err(Error::refused("biller_acts", told))
    }

    /// Which gateway knows an object: there are few.
    fn gateway_of(&self, tx: &mut Tx<'_>, tenant: TenantId, row: &MirroredRow) -> Result<String> {
        for gateway in regua_store::charging::gateways::all(tx, tenant)? {
            let known = mirrored::of(tx, tenant, (&gateway.gateway, &row.object), &[row.reference.as_str()])?;
            if known.iter().any(|other| other.receivable == row.receivable) {
                return Ok(gateway.gateway);
            }
        }
        Err(Error::bug("mirrored", "an object is mirrored of a gateway that is not there"))
    }
}

impl Taking<'_> {
    /// Lays a pause while the biller acts on what is open, lifts its own when it does not, and remembers by which switches.
    pub(super) fn pause(&mut self, case: &mut Case, walk: usize, one: One<'_>) -> Result<()> {
        let (site, reference) = (self.site, one.item.reference.as_str());
        let whose = (case.customer, Some(one.receivable));
        let open = !case.facts.walks[walk].has_ended();
        let acts = one.item.acts.as_ref().filter(|_| open);
        let frozen = case.facts.walks[walk].causes.contains(&WHILE_IT_ACTS);
        let own = self.laid.pauses.contains(reference);
        let now = site.now;
        match (acts.is_some(), frozen, own) {
            (true, false, _) => {
                self.tell(case, walk, Fact::Froze { cause: WHILE_IT_ACTS }, now)?;
                self.synced.paused += 1;
                self.put(MirroredRow { biller_acts: true, ..mirrored_row(site, PAUSE, reference, whose, [0; 32]) });
            }
            (false, _, true) => {
                if frozen {
                    self.tell(case, walk, Fact::Thawed { cause: WHILE_IT_ACTS }, now)?;
                    self.synced.released += 1;
                }
                self.put(mirrored_row(site, PAUSE, reference, whose, [0; 32]));
            }
            // Paused already, by us or by a person; or nothing to pause.
            (true, true, _) | (false, _, false) => {}
        }
        let by: BTreeSet<Switch> = acts.iter().flat_map(|acts| acts.switches.iter().copied()).collect();
        let before = self.laid.switches.remove(&one.receivable).unwrap_or_default();
        for switch in by.iter().copied().filter(|switch| !before.contains_key(switch)) {
            self.put(MirroredRow { biller_acts: true, ..mirrored_row(site, &object_of(switch), reference, whose, [0; 32]) });
        }
        for (_, row) in before.into_iter().filter(|(switch, row)| !by.contains(switch) && row.reference == reference) {
            self.put(MirroredRow { biller_acts: false, seen_at: now, ..row });
        }
        Ok(())
    }

    fn tell(&self, case: &mut Case, walk: usize, fact: Fact, at: Instant) -> Result<()> {
        case.tell(self.tenancy, Some(walk), fact, at).map(drop).map_err(|bad| Error::bug("pausing", bad.to_string()))
    }
}
