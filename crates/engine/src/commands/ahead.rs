//! What will happen if nobody pays: customers are walked on from what is known, by the same decision, and nothing is kept.

use std::sync::Arc;

use regua_core::decide::{Decisions, decide};
use regua_core::facts::{Facts, Policies};
use regua_core::ids::TenantId;
use regua_core::time::{Instant, Zone};
use regua_store::db::Scope;
use regua_store::due::Which;

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::policy::{Migration, migrate_case};
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

/// A customer at a moment of the future.
pub struct Ahead<'a> {
    /// The moment.
    pub now: Instant,
    /// The customer, as its source calls it.
    pub customer: &'a str,
    /// Per walk of the facts: what its source calls the receivable.
    pub receivables: &'a [&'a str],
    /// Everything known, the decisions included.
    pub facts: &'a Facts<'a>,
    /// The policies as this customer's decisions see them.
    pub policies: &'a Policies,
    /// What would be decided.
    pub decisions: &'a Decisions,
}

/// Who is shown it.
pub type See<'s> = &'s mut dyn FnMut(&Ahead<'_>) -> Result<()>;

/// Decisions of one customer beyond which something goes round in circles.
const STEPS_MAX: usize = 100_000;

impl Engine {
    /// Shows what would be decided of each customer from `from` until before `until`, one customer after the other. An error of
    /// `see` ends it.
    ///
    /// Payments are taken to be read at every local midnight, and to bring nothing.
    ///
    /// # Errors
    /// Whatever `see` and the database say.
    pub fn look_ahead(&self, tenant: TenantId, from: Instant, until: Instant, see: See<'_>) -> Result<()> {
        let mut decisions = Decisions::default();
        self.look_at_each(tenant, Which::Live, |case, tenancy| self.walk_on(case, tenancy, (from, until), &mut decisions, see))
    }

    /// As [`Engine::look_ahead`], if a policy's text were published now and every open receivable moved to it; also says what moving
    /// them would do. The text is kept nowhere.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] with every finding when the text is not right; as [`Engine::look_ahead`].
    pub fn look_ahead_under(&self, tenant: TenantId, text: &str, from: Instant, until: Instant, see: See<'_>) -> Result<Migration> {
        let tenancy = self.db.read(Scope::Tenant(tenant), |tx| self.tenancies.read(tx, tenant))?;
        let (published, hash) = tenancy.published.with_draft(text)?;
        let tenancy = Tenancy { published: Arc::new(published), ..tenancy };
        let (mut decisions, mut moves) = (Decisions::default(), Migration::default());
        self.look_at_each_in(tenant, Which::Live, Some(&tenancy), |case, tenancy| {
            migrate_case(case, tenancy, &hash, None, from, &mut moves);
            self.walk_on(case, tenancy, (from, until), &mut decisions, see)
        })?;
        Ok(moves)
    }

    /// As [`Engine::look_ahead`], of one customer.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer; as [`Engine::look_ahead`].
    pub fn look_ahead_of(&self, tenant: TenantId, customer: &str, from: Instant, until: Instant, see: See<'_>) -> Result<()> {
        let mut decisions = Decisions::default();
        self.db.read(Scope::Tenant(tenant), |tx| {
            let id = find(tx, tenant, &About::Customer(customer.to_owned()))?.customer;
            let tenancy = self.tenancies.read(tx, tenant)?;
            for (_, case) in case::load(tx, &tenancy, &self.master, &[id.to_bytes()], Which::Live)? {
                self.walk_on(&mut case?, &tenancy, (from, until), &mut decisions, see)?;
            }
            Ok(())
        })
    }

    fn walk_on(
        &self,
        case: &mut Case,
        tenancy: &Tenancy,
        (from, until): (Instant, Instant),
        decisions: &mut Decisions,
        see: See<'_>,
    ) -> Result<()> {
        let policies = tenancy.policies(case.customer);
        let zone = policies.newest().zone;
        case.facts.approvals = self.tenancies.approvals();
        let mut now = from;
        for _ in 0..STEPS_MAX {
            if now >= until {
                return Ok(());
            }
            case.keep_time(tenancy, Instant::from_micros(now.micros().saturating_add(1)));
            case.pause(tenancy, now);
            decisions.clear();
            let next = decide(&mut case.facts, policies, now, decisions);
            let receivables: Vec<&str> = case.held.iter().map(|held| held.external_id.as_str()).collect();
            see(&Ahead { now, customer: &case.external_id, receivables: &receivables, facts: &case.facts, policies, decisions })?;
            if next <= now {
                return Err(Error::bug("stuck", "the decision does not move on; this is a bug, please report it"));
            }
            let read = if case.facts.awaits_source() { midnight_after(zone, now) } else { Instant::NEVER };
            now = case.facts.next_break().map_or(next, |broken| broken.at.min(next)).min(read).max(Instant::from_micros(now.micros() + 1));
            if now == read {
                case.facts.source_read_at = now;
                case.facts.touch();
            }
        }
        Err(Error::bug("endless", format!("{} is decided so often that it goes round in circles; please report it", case.external_id)))
    }
}

fn midnight_after(zone: Zone, at: Instant) -> Instant {
    zone.midnight(zone.day_of(at).plus(1))
}
