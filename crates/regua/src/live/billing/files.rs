//! `regua subscription import`: a file of subscriptions, taken row by row.

use std::collections::BTreeMap;
use std::io::Read as _;

use anyhow::Context as _;
use regua_core::billing::{NewSubscription, Plan, Subscription};
use regua_engine::billing::{Begun, SELF, Subscribe};
use regua_wire::billing::{AnchorWords, SubscriptionRow, coupon, read_subscriptions};
use regua_wire::files::{Reject, Rejects as _};
use serde_json::json;

use super::{Desk, due_by};
use crate::cli::billing::ImportSubscriptionsArgs;
use crate::exit::{BadInput, Exit};
use crate::live::import::{REJECTS, forget, rejected};
use crate::live::installation::act;
use crate::output::{Format, Listing, Out, Paint};
use crate::progress::Progress;
use crate::rejects::RejectFile;
use crate::source::{is_stdin, name_of, unreadable};
use crate::world::{SystemRng, World};

/// Subscriptions that begin in one transaction.
const TOGETHER: usize = 200;

/// Takes a file in.
pub(super) fn import(args: &ImportSubscriptionsArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&args.place, Some(args.when), world)?;
    let path = desk.installation.config.dir.join(REJECTS);
    let mut rejects = if args.dry_run {
        RejectFile::unwritten()
    } else {
        forget(&path)?;
        RejectFile::at(path.clone())
    };
    let name = name_of(&args.file);
    rejects.begin(&name);
    let rows = read_subscriptions(&name, &bytes(args)?, &mut rejects).map_err(BadInput::from)?;
    let mut taking = Taking { desk: &desk, bill_past: args.bill_past, plans: BTreeMap::new() };
    let (mut new, mut same) = (0_u64, 0_u64);
    let act = act(&args.act, world);
    let progress = Progress::of_customers("taking in", rows.len());
    for group in rows.chunks(TOGETHER) {
        let mut wanted = Vec::new();
        for row in group {
            match taking.begins(row) {
                Ok(begins) => wanted.push((row, begins)),
                Err((column, told)) => rejects.reject(reject(row, column, &told)).context("failed to write the rejected rows")?,
            }
        }
        let all: Vec<Subscribe<'_>> = wanted
            .iter()
            .map(|(row, new)| Subscribe { customer: &row.customer, source: SELF, new: new.clone(), method: row.method })
            .collect();
        let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
        let begun = engine.subscribe_all(tenant, &all, (&act, desk.now, args.dry_run), &mut SystemRng)?;
        for ((row, _), begun) in wanted.iter().zip(begun) {
            match begun {
                Ok(Begun::New(_)) => new += 1,
                Ok(Begun::Known(_)) => same += 1,
                Err(error) => {
                    rejects.reject(reject(row, "", &error.detail)).context("failed to write the rejected rows")?;
                }
            }
        }
        progress.advance(u64::try_from(group.len()).unwrap_or(0));
    }
    drop(progress);
    rejects.finish().context("failed to write the rejected rows")?;
    let mut counts = Listing::new(&[("what", "what"), ("new", "new"), ("same", "as before")]);
    counts.row(["subscriptions".into(), new.into(), same.into()]);
    match args.listing.format {
        Format::Table => {
            if args.dry_run {
                out.aside(Paint::Yellow, "Nothing was written; this is what an import would do:")?;
            }
            out.listing(&counts, Format::Table)?;
            rejected(&rejects, &path, args.dry_run, out)?;
        }
        Format::Csv => out.listing(&counts, Format::Csv)?,
        Format::Json => {
            let counts = json!({ "new": new, "same": same });
            out.json(&json!({ "written": !args.dry_run, "subscriptions": counts, "rejected": rejects.count() }))?;
        }
    }
    Ok(if rejects.count() == 0 { Exit::Done } else { Exit::Rejected })
}

fn bytes(args: &ImportSubscriptionsArgs) -> anyhow::Result<Vec<u8>> {
    if is_stdin(&args.file) {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("failed to read standard input")?;
        return Ok(bytes);
    }
    std::fs::read(&args.file).map_err(|error| unreadable(&args.file, &error).into())
}

fn reject(row: &SubscriptionRow, column: &str, told: &str) -> Reject {
    let (reason, mend) = told.split_once("; ").unwrap_or((told, ""));
    Reject { row: row.row, column: column.to_owned(), reason: reason.to_owned(), mend: mend.to_owned(), original: row.original.clone() }
}

struct Taking<'d> {
    desk: &'d Desk,
    bill_past: bool,
    /// Plans that rows named, or why there is none.
    plans: BTreeMap<Box<str>, Result<Plan, String>>,
}

impl Taking<'_> {
    fn plan(&mut self, key: &str) -> Result<Plan, String> {
        let installation = &self.desk.installation;
        let read = || installation.engine.plan(installation.tenant, key).map_err(|error| error.detail);
        self.plans.entry(key.into()).or_insert_with(read).clone()
    }

    /// How the subscription of a row begins; else the column and what is wrong with it.
    fn begins(&mut self, row: &SubscriptionRow) -> Result<NewSubscription, (&'static str, String)> {
        let plan = self.plan(&row.plan).map_err(|told| ("plan", told))?;
        let coupons = row.coupons.iter().map(|text| coupon(text, plan.currency())).collect::<Result<Vec<_>, _>>();
        let first_on = row.billed_from.into_iter().chain(row.trial_until).max();
        // What began elsewhere keeps the days on which its periods begin.
        let anchor = row.anchor.or_else(|| row.billed_from.map(|_| AnchorWords::On(row.started_on)));
        let new = NewSubscription {
            key: row.id.clone(),
            plan,
            quantity: row.quantity,
            begins_on: row.started_on,
            trial_until: first_on,
            anchor: anchor.map(|anchor| anchor.anchor(first_on.unwrap_or(row.started_on))),
            terms: self.desk.terms(row.terms.clone()),
            coupons: coupons.map_err(|bad| ("coupons", bad.to_string()))?,
        };
        let told = |why: &dyn std::fmt::Display| ("", why.to_string());
        let mut subscription = Subscription::new(new.clone()).map_err(|why| told(&why))?;
        if !self.bill_past && row.billed_from.is_none() {
            let past = due_by(&mut subscription, self.desk.today).map_err(|why| told(&why))?.len();
            if past > 1 {
                let what = format!("{past} periods since {} would be billed at once", row.trial_until.unwrap_or(row.started_on));
                let mend = "say in `billed_from` which day is the first that is billed here, or add --bill-past";
                return Err(("billed_from", format!("{what}; {mend}")));
            }
        }
        Ok(new)
    }
}

/// A file that is none ends the verb with the caller's exit code.
impl From<regua_wire::billing::ReadError> for BadInput {
    fn from(error: regua_wire::billing::ReadError) -> Self {
        Self::new(error.to_string())
    }
}
