//! The living engine under a simulated clock: what a backtest walks is told to a real engine on a real database as it
//! becomes known, and the clock goes from one moment at which something happens to the next.
//!
//! Entries, payments and other facts come at the same moments and in the same order as in [`crate::backtest`]; the engine
//! sleeps when the backtest does. Decisions can so be compared row by row. Deliberately absent: deciding.

mod script;

use std::collections::{BTreeMap, BTreeSet};

use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_engine::commands::import::{Doing, Import};
use regua_engine::commands::tell::About as Subject;
use regua_engine::commands::tenant::FILES;
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::{Courier, Rng};
use regua_engine::stationery::Stationery;
use regua_engine::{Engine, Kind, Scratch, Ticked};
use regua_store::db::Scope;
use regua_store::due;
use regua_wire::files::portfolio::{CustomerRow, PaymentRow, Portfolio, ReceivableRow};

use crate::backtest::index::row;
use crate::backtest::{Backtest, Reject, Span};
use crate::draw::Draw;
use crate::facts_file::About;
use script::{Item, Line, Script};

/// Why a life ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine did not do what it was asked.
    #[error(transparent)]
    Engine(#[from] regua_engine::Error),
    /// The database did not answer when asked for the next wake-up.
    #[error(transparent)]
    Store(#[from] regua_store::StoreError),
    /// The engine wants to be looked at again at a moment at which it was looked at.
    #[error("the engine does not move on at {at}; this is a bug, please report it")]
    Stuck {
        /// The moment, RFC 3339.
        at: String,
    },
}

/// What a life was made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lived {
    /// Moments at which something happened.
    pub moments: u64,
    /// Receivables that entered.
    pub entered: u64,
    /// Payments that became known.
    pub payments: u64,
    /// Other facts that were told.
    pub told: u64,
    /// How often a source was read.
    pub readings: u64,
    /// What was decided.
    pub ticked: Ticked,
    /// What was sent.
    pub dispatched: Dispatched,
    /// The last moment.
    pub ended_at: Option<Instant>,
    /// Rows that could not be used.
    pub rejects: Vec<Reject>,
}

/// Where messages go at the moment at which they are decided; without it they stay queued.
pub struct Post<'a> {
    /// Takes them.
    pub courier: &'a mut dyn Courier,
    /// What they are written on.
    pub stationery: &'a Stationery,
}

/// Batches at one moment beyond which the engine goes round in circles.
const BATCHES_MAX: u32 = 100_000;

/// Lets an engine live what a backtest would walk, from the first fact until nothing more can happen by itself, or until
/// the backtest's end. The tenant is new, its policy is published.
///
/// * `customers` — by index into [`Portfolio::customers`]; the others are never told.
///
/// # Errors
/// [`Error`]: what cannot be used of the files is none.
pub fn live(engine: &Engine, tenant: TenantId, backtest: &Backtest<'_>, customers: &[u32], post: Option<Post<'_>>) -> Result<Lived, Error> {
    let script = Script::of(backtest, customers);
    let mut life = Life {
        engine,
        tenant,
        backtest,
        rng: Drawn::new(1),
        scratch: Scratch::default(),
        known: vec![false; backtest.portfolio().customers.len()],
        refused: BTreeSet::new(),
        read_at: BTreeMap::new(),
        silent: &script.silent,
        post,
        lived: Lived::default(),
    };
    let mut zones: Vec<Zone> = Vec::new();
    for &customer in customers {
        let zone = backtest.zone_of(customer);
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    life.run(&script.lines, &zones)?;
    life.lived.rejects.sort_unstable();
    Ok(life.lived)
}

/// A span in which the engine wakes for one moment a day and sleeps the rest of it.
#[must_use]
pub fn daily(zone: Zone, time: LocalTime, from: Day, days: i32) -> Span {
    let mut down = Vec::new();
    for ahead in 0..days {
        let pass = zone.at(from.plus(ahead), time);
        let next = zone.at(from.plus(ahead + 1), time);
        down.push((Instant::from_micros(pass.micros() + 1), next));
    }
    Span { until: None, down }
}

/// Bytes that a seed determines, for ids and keys: never for a company that is real.
#[derive(Clone, Debug)]
pub struct Drawn(Draw);

impl Drawn {
    /// A sequence of its own for each seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Draw::new(seed))
    }
}

impl Rng for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            for (byte, drawn) in part.iter_mut().zip(self.0.bits().to_be_bytes()) {
                *byte = drawn;
            }
        }
    }
}

struct Life<'a, 'p> {
    engine: &'a Engine,
    tenant: TenantId,
    backtest: &'a Backtest<'a>,
    rng: Drawn,
    scratch: Scratch,
    /// Per customer of the portfolio: whether the engine knows it.
    known: Vec<bool>,
    /// Receivables that did not enter.
    refused: BTreeSet<Box<str>>,
    /// When each silent customer's own source was last read.
    read_at: BTreeMap<u32, Instant>,
    /// Customers whose source is silent at times; each has a source of its own.
    silent: &'a BTreeMap<u32, Vec<(Instant, Instant)>>,
    post: Option<Post<'p>>,
    lived: Lived,
}

impl Life<'_, '_> {
    fn run(&mut self, lines: &[Line], zones: &[Zone]) -> Result<(), Error> {
        let mut rest = lines;
        let mut readings = Readings::new(self.backtest, zones);
        let mut wake = Instant::NEVER;
        loop {
            let asleep = &self.backtest.asleep;
            let told_at = rest.first().map_or(Instant::NEVER, |line| line.at);
            let soonest = told_at.min(asleep.awake_at(wake));
            if soonest == Instant::NEVER {
                return Ok(());
            }
            let now = soonest.min(readings.next_at());
            if self.backtest.until.is_some_and(|until| now >= until) {
                return Ok(());
            }
            let (here, later) = rest.split_at(rest.partition_point(|line| line.at <= now));
            rest = later;
            self.tell(here, now)?;
            let reads = readings.take(now);
            if asleep.awake_at(now) == now {
                let again = here.iter().filter(|line| line.what == Item::Reads).map(|line| line.customer);
                self.read(reads, &again.collect::<Vec<_>>(), now)?;
                wake = self.decide(now)?;
            } else {
                wake = self.next_wake()?;
            }
            self.lived.moments += 1;
            self.lived.ended_at = Some(now);
        }
    }

    /// Everything that becomes known at a moment: rows of files first, then what files cannot express.
    fn tell(&mut self, lines: &[Line], now: Instant) -> Result<(), Error> {
        let mut slices: BTreeMap<Option<u32>, Slice> = BTreeMap::new();
        for line in lines {
            let source = self.silent.contains_key(&line.customer).then_some(line.customer);
            match line.what {
                Item::Enters { receivable, subscription } => {
                    let slice = slices.entry(source).or_default();
                    slice.receivable(self.backtest, receivable);
                    slice.subscribe(self.backtest, receivable, subscription);
                }
                Item::Pays { payment } => slices.entry(source).or_default().payment(self.backtest, payment, &self.refused),
                Item::Told { .. } => {
                    if row(&self.known, line.customer) == Some(&false) {
                        // Something is told of a customer before the first bill.
                        slices.entry(source).or_default().customer(self.backtest, line.customer);
                    }
                }
                Item::Reads => {}
            }
        }
        for (source, slice) in slices {
            self.import(source, &slice, now)?;
        }
        for line in lines {
            if let Item::Told { fact } = line.what {
                self.tell_one(fact, now)?;
            }
        }
        Ok(())
    }

    fn import(&mut self, source: Option<u32>, slice: &Slice, now: Instant) -> Result<(), Error> {
        let name = self.source_name(source);
        // Rows as they come are no reading: those have moments of their own.
        let import = Import { portfolio: &slice.portfolio, source: &name, subscriptions: &slice.subscriptions, reads: false, act: None };
        let imported = self.engine.import(self.tenant, import, Doing::Write, now, &mut self.rng, &mut |_| ())?;
        for &customer in slice.customers.keys() {
            if let Some(known) = usize::try_from(customer).ok().and_then(|customer| self.known.get_mut(customer)) {
                *known = true;
            }
        }
        self.lived.entered += imported.receivables_new;
        self.lived.payments += imported.payments_new;
        for refusal in imported.refused {
            let receivable: Box<str> = refusal.receivable.into();
            if !refusal.reason.starts_with("a payment of ") {
                self.refused.insert(receivable.clone());
            }
            self.lived.rejects.push(Reject { line: None, receivable: Some(receivable), reason: refusal.reason });
        }
        Ok(())
    }

    fn tell_one(&mut self, fact: usize, now: Instant) -> Result<(), Error> {
        let Some(resolved) = self.backtest.told.get(fact) else { return Ok(()) };
        let zone = self.backtest.zone_of(resolved.customer);
        let currency = resolved.receivable.and_then(|id| row(&self.backtest.portfolio().receivables, id)).map(|row| row.amount.currency());
        let about = match &resolved.event.about {
            About::Receivable(id) if self.refused.contains(id) => return Ok(()), // which was told already
            About::Receivable(id) => Subject::Receivable(id.to_string()),
            About::Customer(id) => Subject::Customer(id.to_string()),
        };
        let told = match resolved.event.told.fact(zone.day_of(now), currency) {
            Ok(None) => return Ok(()),
            Ok(Some(fact)) => self.engine.tell(self.tenant, &about, fact, None, now),
            Err(reason) => {
                self.lived.rejects.push(Reject::of(resolved.event, reason));
                return Ok(());
            }
        };
        match told {
            Ok(_) => self.lived.told += 1,
            Err(error) if error.kind == Kind::Refused => self.lived.rejects.push(Reject::of(resolved.event, error.detail)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Reads the sources: all when it is time, and those that can be read `again` after a silence.
    fn read(&mut self, all: bool, again: &[u32], now: Instant) -> Result<(), Error> {
        if all {
            self.engine.source_read(self.tenant, FILES, now)?;
            self.lived.readings += 1;
        }
        for (&customer, silent) in self.silent {
            if !all && !again.contains(&customer) {
                continue;
            }
            let zone = self.backtest.zone_of(customer);
            let read_at = self.backtest.asleep.source_read_at(now, zone, self.backtest.start(), silent);
            if self.read_at.get(&customer) != Some(&read_at)
                && self.known.get(usize::try_from(customer).unwrap_or(usize::MAX)) == Some(&true)
            {
                self.engine.source_read(self.tenant, &self.source_name(Some(customer)), read_at)?;
                self.read_at.insert(customer, read_at);
                self.lived.readings += 1;
            }
        }
        Ok(())
    }

    /// Ticks and sends until nothing is due, and says when something will be.
    fn decide(&mut self, now: Instant) -> Result<Instant, Error> {
        for _ in 0..BATCHES_MAX {
            let wake = self.next_wake()?;
            if wake > now {
                return Ok(wake);
            }
            let ticked = self.engine.tick(now, &mut self.scratch)?;
            self.lived.ticked.add(ticked);
            if let Some(post) = self.post.as_mut().filter(|_| ticked.customers == 0) {
                let sent = self.engine.dispatch(&|| now, post.courier, post.stationery, Sending::default(), &|_| true)?;
                self.lived.dispatched.add(sent);
            }
        }
        Err(Error::Stuck { at: Zone::utc().rfc3339(now) })
    }

    fn next_wake(&self) -> Result<Instant, Error> {
        match self.post {
            Some(_) => Ok(self.engine.next_due()?),
            None => Ok(self.engine.db().read(Scope::Tenant(self.tenant), |tx| due::next_wake(tx, self.tenant))?),
        }
    }

    fn source_name(&self, customer: Option<u32>) -> String {
        let own = customer.and_then(|customer| row(&self.backtest.portfolio().customers, customer));
        own.map_or_else(|| FILES.to_owned(), |row| format!("{FILES} of {}", row.id))
    }
}

/// When sources are read: at the start, at every local 00:00 of every zone while awake, and on waking (SPEC §17).
struct Readings<'a> {
    backtest: &'a Backtest<'a>,
    zones: &'a [Zone],
    /// Per zone: its next reading.
    next: Vec<Instant>,
}

impl<'a> Readings<'a> {
    fn new(backtest: &'a Backtest<'a>, zones: &'a [Zone]) -> Self {
        Self { backtest, zones, next: vec![backtest.start(); zones.len()] }
    }

    fn next_at(&self) -> Instant {
        self.next.iter().copied().min().unwrap_or(Instant::NEVER)
    }

    /// Whether a reading falls on this moment.
    fn take(&mut self, now: Instant) -> bool {
        let mut due = false;
        for (next, zone) in self.next.iter_mut().zip(self.zones) {
            if *next <= now {
                due = true;
                *next = self.backtest.asleep.next_reading(Instant::from_micros(now.micros() + 1), *zone);
            }
        }
        due
    }
}

/// What files tell at one moment.
#[derive(Default)]
struct Slice {
    portfolio: Portfolio,
    subscriptions: BTreeMap<Box<str>, regua_core::facts::Subscription>,
    /// Places in the slice, by index into the whole portfolio.
    customers: BTreeMap<u32, u32>,
    receivables: BTreeMap<u32, u32>,
}

impl Slice {
    fn customer(&mut self, backtest: &Backtest<'_>, customer: u32) -> u32 {
        let whole = &backtest.portfolio().customers;
        *self.customers.entry(customer).or_insert_with(|| {
            let place = u32::try_from(self.portfolio.customers.len()).unwrap_or(u32::MAX);
            self.portfolio
                .customers
                .extend(row(whole, customer).map(|row| CustomerRow { id: row.id.clone(), customer: row.customer.clone() }));
            place
        })
    }

    fn receivable(&mut self, backtest: &Backtest<'_>, receivable: u32) -> Option<u32> {
        if let Some(&known) = self.receivables.get(&receivable) {
            return Some(known);
        }
        let file = row(&backtest.portfolio().receivables, receivable)?;
        let customer = self.customer(backtest, file.customer);
        let place = u32::try_from(self.portfolio.receivables.len()).unwrap_or(u32::MAX);
        let &ReceivableRow { ref id, customer: _, issued, due_on, amount, method } = file;
        self.portfolio.receivables.push(ReceivableRow { id: id.clone(), customer, issued, due_on, amount, method });
        self.receivables.insert(receivable, place);
        Some(place)
    }

    fn subscribe(&mut self, backtest: &Backtest<'_>, receivable: u32, fact: Option<usize>) {
        let told = fact.and_then(|fact| backtest.told.get(fact)).and_then(|resolved| resolved.event.told.subscription());
        if let Some((file, told)) = row(&backtest.portfolio().receivables, receivable).zip(told) {
            self.subscriptions.insert(file.id.clone(), told);
        }
    }

    fn payment(&mut self, backtest: &Backtest<'_>, payment: u32, refused: &BTreeSet<Box<str>>) {
        let Some(file) = row(&backtest.portfolio().payments, payment) else { return };
        if row(&backtest.portfolio().receivables, file.receivable).is_none_or(|row| refused.contains(&row.id)) {
            return;
        }
        if let Some(receivable) = self.receivable(backtest, file.receivable) {
            self.portfolio.payments.push(PaymentRow { receivable, paid: file.paid, amount: file.amount, id: file.id.clone() });
        }
    }
}
