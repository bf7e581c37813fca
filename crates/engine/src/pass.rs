//! One pass over everything due: invoices, then decisions in batches until nothing is, then messages until none is, and so
//! on until all are still.

use regua_core::time::Instant;
use regua_store::db::Scope;
use regua_store::outbox;

use crate::Engine;
use crate::billing::Billed;
use crate::charging::{Charged, Charging, Gateways};
use crate::error::{Error, Kind, Result};
use crate::outbox::{Dispatched, Sending};
use crate::ports::Courier;
use crate::stationery::Stationery;
use crate::tick::{Scratch, Ticked};

/// What a pass did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Passed {
    /// Invoices.
    pub billed: Billed,
    /// Decisions.
    pub ticked: Ticked,
    /// Messages.
    pub dispatched: Dispatched,
    /// Attempts, things to pay by, refunds.
    pub charged: Charged,
}

/// Tries of a batch while the database is busy.
const BUSY_TRIES: u32 = 20;

impl Engine {
    /// Decides everything that is due at `now`, on `workers` threads.
    ///
    /// More than one helps on PostgreSQL only: SQLite has one writer.
    ///
    /// # Errors
    /// What [`Engine::tick`] says, after a bounded number of tries while the database is busy.
    pub fn decide_due(&self, now: Instant, workers: usize, progress: &(dyn Fn(&Ticked) + Sync)) -> Result<Ticked> {
        let parts = together(workers, &|| {
            let (mut all, mut scratch) = (Ticked::default(), Scratch::default());
            patiently(&mut || self.tick(now, &mut scratch), &mut |done: Ticked| {
                all.add(done);
                if done.customers > 0 {
                    progress(&done);
                }
                done.customers > 0
            })?;
            Ok(all)
        })?;
        let mut all = Ticked::default();
        parts.into_iter().for_each(|part| all.add(part));
        Ok(all)
    }

    /// Bills, decides and sends everything that is due, until all are still.
    ///
    /// `clock` is asked before each group of messages: a mail takes as long as it takes.
    ///
    /// # Errors
    /// What [`Engine::bill_due`], [`Engine::decide_due`] and [`Engine::dispatch`] say.
    pub fn pass(
        &self,
        clock: &dyn Fn() -> Instant,
        workers: usize,
        courier: &mut dyn Courier,
        stationery: &Stationery,
        sending: Sending,
        progress: &(dyn Fn(&Ticked) + Sync),
    ) -> Result<Passed> {
        let (mut none, how) = (Gateways::default(), Charging::default());
        self.pass_charging(clock, workers, (courier, stationery, sending), (&mut none, how), progress)
    }

    /// As [`Engine::pass`], charging what is due by these gateways before messages are sent: who has just paid is thanked, and
    /// not reminded. Without any, attempts stay where they are.
    ///
    /// # Errors
    /// As [`Engine::pass`], and what [`Engine::charge_due`] says.
    pub fn pass_charging(
        &self,
        clock: &dyn Fn() -> Instant,
        workers: usize,
        (courier, stationery, sending): (&mut dyn Courier, &Stationery, Sending),
        (gateways, how): (&mut Gateways, Charging),
        progress: &(dyn Fn(&Ticked) + Sync),
    ) -> Result<Passed> {
        let mut passed = Passed::default();
        loop {
            passed.billed.add(self.bill_due(clock(), workers)?);
            let ticked = self.decide_due(clock(), workers, progress)?;
            let charged = if gateways.is_empty() { Charged::default() } else { self.gateways_due(clock, gateways, how)? };
            let dispatched = self.dispatch(clock, courier, stationery, sending, &|_| true)?;
            self.send_links(clock, courier, stationery)?;
            passed.ticked.add(ticked);
            passed.charged.add(charged);
            passed.dispatched.add(dispatched);
            if dispatched.taken == 0 && charged.is_still() {
                return Ok(passed);
            }
        }
    }

    /// Everything that is due with gateways: attempts, things to pay by, refunds.
    ///
    /// # Errors
    /// As [`Engine::charge_due`].
    pub fn gateways_due(&self, clock: &dyn Fn() -> Instant, gateways: &mut Gateways, how: Charging) -> Result<Charged> {
        let mut all = self.charge_due(clock, gateways, how)?;
        all.add(self.instruments_due(clock, gateways, how)?);
        all.add(self.refunds_due(clock, gateways, how)?);
        Ok(all)
    }

    /// When the next customer, message or subscription wants to be looked at; [`Instant::NEVER`] when nothing does.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn next_due(&self) -> Result<Instant> {
        let next = self.db.read(Scope::Claim, |tx| {
            let customer = regua_store::due::next(tx)?;
            let billing = regua_store::billing::next(tx)?;
            Ok::<_, Error>(outbox::next_due(tx)?.min(customer).min(billing))
        })?;
        Ok(next.min(self.next_charge_due()?))
    }
}

/// Does the same work on several threads; what each came to.
pub(crate) fn together<T: Send>(workers: usize, work: &(dyn Fn() -> Result<T> + Sync)) -> Result<Vec<T>> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut all = vec![work()?];
        for other in others {
            let ended = |_| Err(Error::bug("worker", "a worker's thread ended; this is a bug, please report it"));
            all.push(other.join().unwrap_or_else(ended)?);
        }
        Ok(all)
    })
}

/// Does batch after batch for as long as `more` says so, with patience for a database that is busy.
pub(crate) fn patiently<T>(batch: &mut dyn FnMut() -> Result<T>, more: &mut dyn FnMut(T) -> bool) -> Result<()> {
    let mut busy = 0;
    loop {
        match batch() {
            Ok(done) => {
                busy = 0;
                if !more(done) {
                    return Ok(());
                }
            }
            Err(error) if error.kind == Kind::Busy && busy < BUSY_TRIES => busy += 1,
            Err(error) => return Err(error),
        }
    }
}
