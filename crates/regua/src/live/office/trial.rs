//! Backtests that the API asks for: policies over the company's own receivables, one at a time, beside requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use regua_core::facts::Policies;
use regua_core::money::Money;
use regua_core::policy::{Names, Policy, compile};
use regua_core::time::Instant;
use regua_engine::commands::history::History;
use regua_sim::backtest::{Backtest, Span, Spill, Summary};
use regua_sim::report::{Report, Reporter, Sums};
use regua_web::office::Backtesting as Asked;
use serde_json::{Value, json};

use super::{amount, moment};
use crate::backtest::{in_pool, policies};
use crate::live::installation::Installation;
use crate::live::serve::Door;
use crate::world::clock;

/// Receivables that are walked at most: what they need stays within some hundred megabytes.
const RECEIVABLES_MAX: usize = 200_000;
/// A payment follows a message within so many days, as in the report of `regua backtest`.
const WITHIN_DAYS: i32 = 7;
/// Days that are told: more than a year of due dates and the ladders behind them.
const DAYS_MAX: usize = 1_000;

/// Where the backtest stands, in this process.
#[derive(Default)]
pub(crate) struct Trial {
    standing: Mutex<Standing>,
    /// Customers that were walked, and how many there are under both policies; 0 while they are read.
    walked: AtomicU64,
    of: AtomicU64,
}

#[derive(Default)]
struct Standing {
    running: bool,
    began_at: Option<Instant>,
    ended_at: Option<Instant>,
    result: Option<Value>,
    failed: Option<String>,
}

impl Trial {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        // Nothing panics while it is held.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As the API tells it.
    pub(super) fn state(&self) -> Value {
        let (walked, of) = (self.walked.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
        let standing = self.standing();
        let done_bp = walked.saturating_mul(10_000).checked_div(of).unwrap_or(0).min(10_000);
        json!({
            "running": standing.running,
            "done_bp": if standing.running { done_bp } else { 10_000 },
            "began_at": standing.began_at.map(moment),
            "ended_at": standing.ended_at.map(moment),
            "result": standing.result,
            "failed": standing.failed,
        })
    }
}

/// Begins a backtest; what an earlier one found is forgotten. `false` while another is under way.
pub(super) fn begin(door: &Door, asked: &Asked) -> anyhow::Result<bool> {
    let mut standing = door.trial.standing();
    if standing.running {
        return Ok(false);
    }
    *standing = Standing { running: true, began_at: Some(clock()), ..Standing::default() };
    door.trial.walked.store(0, Ordering::Relaxed);
    door.trial.of.store(0, Ordering::Relaxed);
    let (installation, trial, asked) = (Arc::clone(&door.installation), Arc::clone(&door.trial), asked.clone());
    // Requests come first: half of the machine at most.
    let threads = door.world.threads.div_ceil(2);
    let spill = door.world.temp_dir.clone();
    let begun = std::thread::Builder::new().name("backtest".to_owned()).spawn(move || {
        // Whatever happens to this thread, the next one can be begun.
        let ending = Ending(trial);
        let found = in_pool(threads, || both(&installation, &asked, &ending.0, &Spill::to(&spill)));
        let mut standing = ending.0.standing();
        match found {
            Ok(found) => standing.result = Some(found),
            Err(error) => standing.failed = Some(why(&error)),
        }
    });
    if let Err(error) = begun {
        standing.running = false;
        return Err(error).context("failed to begin");
    }
    Ok(true)
}

/// Enters that the backtest has ended when it is dropped.
struct Ending(Arc<Trial>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut standing = self.0.standing();
        (standing.running, standing.ended_at) = (false, Some(clock()));
        if standing.result.is_none() && standing.failed.is_none() {
            standing.failed = Some(FAILED.to_owned());
        }
    }
}

/// What whoever asked is told when there is nothing that they could mend.
const FAILED: &str = "it could not be carried out; the log of the server says more";

/// Why a backtest ended without a result: what whoever asked can mend is said, everything else is for the log.
fn why(error: &anyhow::Error) -> String {
    let own = error.downcast_ref::<regua_engine::Error>();
    if let Some(refused) = own.filter(|error| error.kind == regua_engine::Kind::Refused) {
        return refused.detail.clone();
    }
    // What it says may name customers: the log hears what sort of error it was.
    let sim = error.downcast_ref::<regua_sim::backtest::Error>().map(|error| match error {
        regua_sim::backtest::Error::TooManyRows | regua_sim::backtest::Error::TooManySteps => "too_large",
        regua_sim::backtest::Error::Stuck { .. } | regua_sim::backtest::Error::Endless { .. } => "goes_round",
        regua_sim::backtest::Error::Spill(_) | regua_sim::backtest::Error::Write(_) => "temporary_files",
    });
    let code = own.map(|error| error.code).or(sim).unwrap_or("other");
    tracing::error!(place = "backtest", code, "a backtest could not be carried out");
    FAILED.to_owned()
}

fn both(installation: &Installation, asked: &Asked, trial: &Trial, spill: &Spill) -> anyhow::Result<Value> {
    let history = installation.engine.history(installation.tenant, asked.from, RECEIVABLES_MAX)?;
    let customers = u64::try_from(history.portfolio.customers.len()).unwrap_or(u64::MAX);
    let sides = 1 + u64::from(asked.against.is_some());
    trial.of.store(customers.saturating_mul(sides), Ordering::Relaxed);
    let until = clock();
    let after = side(&asked.text, &history, until, trial, spill)?;
    let before = asked.against.as_ref().map(|text| side(text, &history, until, trial, spill)).transpose()?;
    Ok(json!({
        "from": asked.from.to_string(), "until": moment(until), "void": history.void, "within_days": WITHIN_DAYS,
        "policy": after, "against": before,
    }))
}

/// What one policy would have done.
fn side(text: &str, history: &History, until: Instant, trial: &Trial, spill: &Spill) -> anyhow::Result<Value> {
    let policy: Policy = compile(text, &Names::any()).ok().context("a policy that was right a moment ago")?;
    let policies: Policies = policies(&Arc::new(policy))?;
    let span = Span { until: Some(until), down: Vec::new() };
    let backtest = Backtest::new(&policies, &history.portfolio, &[], &span)?;
    let walked = backtest.run(
        spill.clone(),
        || Reporter::new(&backtest, until, WITHIN_DAYS),
        |customers| {
            trial.walked.fetch_add(u64::try_from(customers).unwrap_or(0), Ordering::Relaxed);
        },
    )?;
    let rejected = walked.rejects.len();
    Ok(told(&walked.watch.report(&walked.summary), &walked.summary, rejected))
}

/// The numbers as the API tells them; the report's customers stay out of it.
fn told(report: &Report, summary: &Summary, rejected: usize) -> Value {
    let totals = &report.totals;
    let times = |reasons: &[(&'static str, u64)]| -> Vec<Value> {
        reasons.iter().map(|(reason, times)| json!({ "reason": reason, "times": times })).collect()
    };
    let steps = report.steps.iter().map(|step| {
        json!({
            "step": step.step, "done": step.done, "skipped": step.skipped, "deferred": step.deferred, "top_skip": step.top_skip,
            "payments_after": step.payments_after, "received_after": sums(&step.received_after),
        })
    });
    let months = report.months.iter().map(|month| {
        json!({
            "month": month.month, "billed": sums(&month.billed), "received": sums(&month.received),
            "received_late": sums(&month.received_late), "messages": month.messages,
        })
    });
    // The newest days, in their order.
    let skipped_days = report.contacts_per_day.len().saturating_sub(DAYS_MAX);
    let days = report.contacts_per_day.iter().skip(skipped_days);
    json!({
        "name": summary.policy, "hash": summary.policy_hash, "rejected": rejected,
        "customers": totals.customers, "receivables": totals.receivables, "messages": totals.messages, "contacted": totals.contacted,
        "paid": totals.paid, "paid_on_time": totals.paid_on_time,
        "billed": sums(&totals.billed), "received": sums(&totals.received), "followed": sums(&totals.followed),
        "open": sums(&totals.open), "overdue": sums(&totals.overdue),
        "steps": steps.collect::<Vec<_>>(), "months": months.collect::<Vec<_>>(),
        "days": days.map(|(day, messages)| json!({ "day": day.to_string(), "messages": messages })).collect::<Vec<_>>(),
        "channels": report.channels.iter().map(|(channel, messages)| json!({ "channel": channel, "messages": messages })).collect::<Vec<_>>(),
        "skipped": times(&report.skipped), "deferred": times(&report.deferred),
    })
}

fn sums(sums: &Sums) -> Vec<Value> {
    sums.iter().map(|sum: Money| amount(sum)).collect()
}
