//! Publishing a policy, and moving open receivables to it.

use regua_core::decide::View;
use regua_core::facts::Fact;
use regua_core::ids::TenantId;
use regua_core::policy::{self, Verdict};
use regua_core::time::Instant;
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_store::tenants::{self, StoredPolicy};

use crate::Engine;
use crate::case::Case;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::tenancy::{Tenancy, WHOLE_BP, condition};

/// A policy as published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// Its place in the order of publication.
    pub number: i64,
    /// The hash of its text.
    pub hash: String,
    /// Whether it was the newest already, so that nothing changed.
    pub unchanged: bool,
}

/// What moving would do, or did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Migration {
    /// Receivables that walk the policy already.
    pub there: u64,
    /// Receivables that move.
    pub moved: u64,
    /// Receivables that the policy refuses, each with why.
    pub refused: Vec<(String, String)>,
    /// Steps of moved receivables that were decided and stay so.
    pub kept_steps: u64,
    /// Steps that are open under the new policy.
    pub open_steps: u64,
}

impl Engine {
    /// Publishes a checked file: receivables that enter from now on walk it. Those that have entered do not move.
    ///
    /// * `share_bp` — the share of customers, in basis points of their sticky place, that enter under it.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] with every finding when the file is not right.
    pub fn publish(&self, tenant: TenantId, file: &str, body: &str, share_bp: i64, act: &Act, now: Instant) -> Result<Published> {
        let compiled = policy::compile(body, &policy::Names::shipped(&[])).map_err(|findings| {
            let shown: Vec<String> = findings.iter().map(|finding| finding.in_file(file).to_string()).collect();
            Error::refused("bad_policy", shown.join("\n"))
        })?;
        if !(1..=WHOLE_BP).contains(&share_bp) {
            return Err(Error::refused("bad_share", "the share lies between 0.01 % and 100 %"));
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let known = tenants::policies(tx, tenant, 0)?;
            if let Some(newest) = known.last().filter(|newest| newest.hash == compiled.hash && newest.share_bp == share_bp) {
                return Ok(Published { number: newest.number, hash: newest.hash.clone(), unchanged: true });
            }
            if known.is_empty() && share_bp < WHOLE_BP {
                return Err(Error::refused("first_policy", "the first policy covers every customer; publish it without a share"));
            }
            let number = i64::try_from(known.len()).unwrap_or(i64::MAX).saturating_add(1);
            let policy = StoredPolicy {
                number,
                hash: compiled.hash.clone(),
                name: compiled.name.clone(),
                body: body.to_owned(),
                share_bp,
                published_at: now,
            };
            tenants::add_policy(tx, tenant, &policy)?;
            let payload = serde_json::json!({
                "number": number, "hash": policy.hash, "name": policy.name, "share_bp": share_bp, "body": body, "act": act,
            });
            note(tx, &mut stored, now, "policy_published", log::json(&payload)?)?;
            Ok(Published { number, hash: policy.hash, unchanged: false })
        })
    }

    /// Moves open receivables to a published policy, or with `preview` only says what that would do.
    ///
    /// Steps that both policies have keep where they stand; adverse steps need a new announcement.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a policy; [`crate::Kind::Refused`] for a bad filter.
    pub fn migrate_receivables(
        &self,
        tenant: TenantId,
        hash: &str,
        filter: Option<&str>,
        preview: bool,
        act: &Act,
        now: Instant,
    ) -> Result<Migration> {
        let mut found = Migration::default();
        let mut known: Option<Option<policy::Condition>> = None;
        self.each_customer(tenant, Which::Live, now, |case, tenancy| {
            let target = tenancy.published.rows.iter().find(|row| row.hash.starts_with(hash) && !hash.is_empty());
            let target = target.ok_or_else(|| {
                Error::not_found("no_policy", format!("no policy `{hash}` is published; see: regua policy list --published"))
            })?;
            if known.is_none() {
                let currency = tenancy.policies(case.customer).newest().currency;
                known = Some(filter.map(|text| condition(text, currency)).transpose()?);
            }
            let filter = known.as_ref().and_then(Option::as_ref);
            case.act = Some(act.clone());
            migrate_case(case, tenancy, &target.hash, filter, now, &mut found);
            if preview {
                case.noted.clear(); // nothing noted, nothing saved
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Moves the open receivables of one customer that a filter matches; nothing is saved here.
pub(crate) fn migrate_case(
    case: &mut Case,
    tenancy: &Tenancy,
    hash: &str,
    filter: Option<&policy::Condition>,
    now: Instant,
    found: &mut Migration,
) {
    let policies = tenancy.policies(case.customer);
    for walk in 0..case.facts.walks.len() {
        let receivable = &case.facts.walks[walk];
        if receivable.closed.is_some() {
            continue;
        }
        if filter.is_some_and(|filter| filter.eval(&View::new(&case.facts, receivable, policies, now)) != Verdict::True) {
            continue;
        }
        if policies.get(receivable.policy).hash == hash {
            found.there += 1;
            continue;
        }
        match case.tell(tenancy, Some(walk), Fact::Migrated { policy: hash.into(), segment: None }, now) {
            Ok(_) => {
                found.moved += 1;
                for state in &case.facts.walks[walk].slots {
                    if state.stand.is_open() { found.open_steps += 1 } else { found.kept_steps += 1 }
                }
            }
            Err(bad) => found.refused.push((case.held[walk].external_id.clone(), bad.to_string())),
        }
    }
}
