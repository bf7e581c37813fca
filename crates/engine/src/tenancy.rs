//! A tenant as decisions see it: its mode, its published policies compiled, its pauses. Kept between batches.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::facts::{Approvals, Policies, Span};
use regua_core::ids::{CustomerId, TenantId};
use regua_core::policy::{self, Condition, Policy};
use regua_core::time::{Instant, Zone};
use regua_core::words::Mode;
use regua_store::charging::gateways;
use regua_store::db::Tx;
use regua_store::seal::MasterKey;
use regua_store::tenants::{self, StoredPause, StoredPolicy, StoredTenant};

use crate::case::count;
use crate::error::{Error, Result};
use crate::log::Seen;
use crate::names::Names;

/// A tenant, read in this transaction.
#[derive(Clone)]
pub(crate) struct Tenancy {
    /// Its row.
    pub(crate) stored: StoredTenant,
    /// How real its decisions are.
    pub(crate) mode: Mode,
    /// Its published policies, compiled, with what goes with each.
    pub(crate) published: Arc<Published>,
    /// Its pauses, ended ones included.
    pub(crate) pauses: Vec<Pause>,
    /// Whether it charges by itself: it has a gateway of its own.
    pub(crate) charges: bool,
    /// What customers are marked with as payers; nothing in a replay, which finds nobody.
    pub(crate) marker: Option<MasterKey>,
}

/// Every policy of a tenant that was published.
pub(crate) struct Published {
    /// Per version that can be the newest for somebody: the policies as that customer's decisions see them.
    ///
    /// The last is for those whom the newest version covers.
    views: Vec<View>,
    /// The names of each policy's steps, in the order of publication.
    pub(crate) names: Vec<Names>,
    /// Hash of each, in the order of publication.
    pub(crate) rows: Vec<StoredPolicy>,
}

/// The policies as those see them whose bucket lies below a share.
struct View {
    /// Buckets below this, in basis points.
    below_bp: i64,
    policies: Policies,
}

/// A pause with its condition compiled.
#[derive(Clone)]
pub(crate) struct Pause {
    /// Whom it pauses; everybody when absent.
    pub(crate) filter: Option<Arc<Condition>>,
    /// When.
    pub(crate) span: Span,
}

impl Tenancy {
    /// The policies as a customer's decisions see them.
    pub(crate) fn policies(&self, customer: CustomerId) -> &Policies {
        self.published.policies(bucket_bp(customer))
    }

    /// Which policies a customer's facts meet.
    pub(crate) fn seen(&self, customer: CustomerId) -> Seen {
        Seen { policy: count(self.policies(customer).newest_index() + 1), published: count(self.published.rows.len()) }
    }
}

impl Published {
    /// The currency of amounts that name none: that of the newest policy.
    pub(crate) fn currency(&self) -> Currency {
        self.policies(0).newest().currency
    }

    /// The zone of days that are nobody's: that of the newest policy.
    pub(crate) fn zone(&self) -> Zone {
        self.policies(0).newest().zone
    }

    /// The calendar of days that are nobody's: that of the newest policy.
    pub(crate) fn calendar(&self) -> Calendar {
        self.policies(0).newest().calendar
    }

    /// The policies as they would be if a text were published for everybody now, and the hash of that text.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] with every finding when the text is not right.
    pub(crate) fn with_draft(&self, body: &str) -> Result<(Self, String)> {
        let compiled = policy::compile(body, &policy::Names::shipped(&[])).map_err(|findings| {
            let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
            Error::refused("bad_policy", shown.join("\n"))
        })?;
        let mut rows = self.rows.clone();
        // A version that covers a share covers everybody in this look; receivables that walk it already are found by its hash.
        if let Some(known) = rows.iter_mut().find(|row| row.hash == compiled.hash) {
            known.share_bp = WHOLE_BP;
        } else {
            rows.push(StoredPolicy {
                number: i64::try_from(rows.len()).unwrap_or(i64::MAX).saturating_add(1),
                hash: compiled.hash.clone(),
                name: compiled.name.clone(),
                body: body.to_owned(),
                share_bp: WHOLE_BP,
                published_at: rows.last().map_or(Instant::DAWN, |row| row.published_at),
            });
        }
        Ok((Self::of(rows)?, compiled.hash))
    }

    fn policies(&self, bucket_bp: i64) -> &Policies {
        // `of` made at least one view, and the last of them covers every bucket.
        let found = self.views.iter().find(|view| bucket_bp < view.below_bp);
        &found.unwrap_or(&self.views[self.views.len() - 1]).policies
    }

    fn of(rows: Vec<StoredPolicy>) -> Result<Self> {
        let compiled = rows.iter().map(compile).collect::<Result<Vec<Arc<Policy>>>>()?;
        let names = compiled.iter().map(|policy| Names::of(policy)).collect();
        // The newest version that covers a bucket: from the newest back to the first that covers all.
        let mut views: Vec<View> = Vec::new();
        let mut covered = 0;
        for (index, row) in rows.iter().enumerate().rev() {
            if row.share_bp <= covered {
                continue;
            }
            let policies = Policies::new(compiled.clone()).and_then(|all| all.with_newest(index));
            let policies = policies.ok_or_else(|| Error::bug("policies", "the tenant's policies cannot be laid out"))?;
            views.push(View { below_bp: row.share_bp, policies });
            covered = row.share_bp;
            if covered >= WHOLE_BP {
                break;
            }
        }
        if views.is_empty() || covered < WHOLE_BP {
            return Err(Error::refused("no_policy", "no policy covers every customer yet; publish one: regua policy publish FILE"));
        }
        Ok(Self { views, names, rows })
    }

    /// Some policies as a customer saw them of whom the `newest`-th was the newest: for replays. `compiled` is of `rows`.
    pub(crate) fn as_seen(rows: &[StoredPolicy], compiled: &[Arc<Policy>], newest: usize) -> Option<Self> {
        let policies = Policies::new(compiled.to_vec())?.with_newest(newest)?;
        let names = compiled.iter().map(|policy| Names::of(policy)).collect();
        Some(Self { views: vec![View { below_bp: WHOLE_BP, policies }], names, rows: rows.to_vec() })
    }
}

/// All customers, in basis points.
pub(crate) const WHOLE_BP: i64 = 10_000;

/// A customer's sticky place among all, in basis points from 0 to 9,999.
pub(crate) fn bucket_bp(customer: CustomerId) -> i64 {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(customer.to_bytes());
    let part = digest.first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    i64::from(part % 10_000)
}

/// A published policy, which was checked before it was.
pub(crate) fn compile(row: &StoredPolicy) -> Result<Arc<Policy>> {
    policy::compile(&row.body, &policy::Names::any()).map(Arc::new).map_err(|findings| {
        let first = findings.first().map(|finding| finding.in_file(&row.name).to_string()).unwrap_or_default();
        Error::bug("policy_unreadable", format!("version {} of the policy cannot be read any more: {first}", row.number))
    })
}

/// The tenants whose policies were compiled.
pub(crate) struct Tenancies {
    known: Mutex<BTreeMap<TenantId, Arc<Published>>>,
    approvals: Option<Approvals>,
    marker: MasterKey,
}

impl Tenancies {
    /// None yet; customers are marked with this key.
    pub(crate) fn new(marker: MasterKey) -> Self {
        Self { known: Mutex::default(), approvals: None, marker }
    }

    /// Who releases what asks for approval: a person, unless a simulation said otherwise.
    pub(crate) fn approvals(&self) -> Approvals {
        self.approvals.unwrap_or(Approvals::Asked)
    }

    /// Everything is released at once: for simulations.
    pub(crate) fn approve_at_once(&mut self) {
        self.approvals = Some(Approvals::AtOnce);
    }

    /// Reads a tenant as it is in this transaction.
    pub(crate) fn read(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<Tenancy> {
        let stored = tenants::one(tx, tenant)?
            .ok_or_else(|| Error::not_found("no_tenant", "this database has no such tenant; make one with: regua init"))?;
        let published = self.published(tx, tenant)?;
        let pauses = tenants::pauses(tx, tenant)?;
        let currency = published.currency();
        let pauses = pauses.into_iter().map(|pause| compile_pause(pause, currency)).collect::<Result<_>>()?;
        let mode = stored.mode.parse().map_err(|bad: regua_core::words::UnknownWord| Error::bug("tenant_mode", bad.to_string()))?;
        let charges = gateways::all(tx, tenant)?.iter().any(|gateway| gateway.role == "owner");
        Ok(Tenancy { stored, mode, published, pauses, charges, marker: Some(self.marker.clone()) })
    }

    fn published(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<Arc<Published>> {
        // A panic while it was locked cannot have left half an entry: an insert is the last thing done.
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        let count = known.as_ref().map_or(0, |known| known.rows.len());
        let after = i64::try_from(count).unwrap_or(i64::MAX);
        let newer = tenants::policies(tx, tenant, after)?;
        if let Some(known) = known.as_ref().filter(|_| newer.is_empty()) {
            return Ok(Arc::clone(known));
        }
        let mut rows = known.map_or_else(Vec::new, |known| known.rows.clone());
        rows.extend(newer);
        let published = Arc::new(Published::of(rows)?);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Arc::clone(&published));
        Ok(published)
    }
}

fn compile_pause(stored: StoredPause, currency: Currency) -> Result<Pause> {
    let filter = stored.filter.as_deref().map(|text| condition(text, currency)).transpose()?.map(Arc::new);
    Ok(Pause { filter, span: Span { from: stored.from_at, until: stored.until_at } })
}

/// A condition of a filter, in the vocabulary of policies; amounts without a currency are the policy's.
pub(crate) fn condition(text: &str, currency: Currency) -> Result<Condition> {
    Condition::compile(text, currency).map_err(|problems| {
        let first = problems.first().map(|problem| format!("{}; {}", problem.message, problem.mend)).unwrap_or_default();
        Error::refused("bad_filter", format!("the filter `{text}` cannot be used: {first}"))
    })
}
