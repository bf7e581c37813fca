//! Messages leave in groups: while the courier has one, the next is made ready and waits behind it, so that database and
//! mail server do not wait for each other.
//!
//! A group is handed over after the transaction that says that it is being sent. Its answers are written with the taking of
//! the group after the next: the order is the same however long anybody takes. What a group is, and what becomes of each of
//! its messages, is `outbox`. Deliberately absent: sockets, which are the courier's.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use regua_core::ids::{MessageId, TenantId};
use regua_core::time::Instant;
use regua_store::db::Scope;
use regua_store::outbox;

use crate::Engine;
use crate::error::{Error, Kind, Result};
use crate::outbox::{Answered, Dispatched, Going, Sending, Ways};
use crate::pass::patiently;
use crate::ports::{Courier, Parcel};
use crate::stationery::Stationery;

/// Groups that the courier has: the one that it is sending, and one that waits for it.
const UNDER_WAY: usize = 2;

/// How messages are taken and written.
struct Desk<'d> {
    engine: &'d Engine,
    clock: &'d dyn Fn() -> Instant,
    ways: Ways,
    stationery: &'d Stationery,
    sending: Sending,
}

/// The way to the courier and back.
struct Line {
    groups: Sender<Vec<Going>>,
    answers: Receiver<Vec<Answered>>,
    /// The groups that it has, by their messages and the number of the try.
    under_way: VecDeque<Vec<(TenantId, MessageId, i64)>>,
}

impl Engine {
    /// Sends what is due, group after group for as long as `more` says so of what was done; `clock` is asked before each.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database is; whatever else it says. What the far side says is no error. What was handed
    /// over before an error is written down nevertheless, as far as the database takes it.
    pub fn dispatch(
        &self,
        clock: &dyn Fn() -> Instant,
        courier: &mut dyn Courier,
        stationery: &Stationery,
        sending: Sending,
        more: &dyn Fn(&Dispatched) -> bool,
    ) -> Result<Dispatched> {
        let group = sending.group.min(i64::try_from(courier.at_a_time()).unwrap_or(i64::MAX)).max(1);
        let ways = Ways { open: courier.carries(), closed: courier.closed() };
        let desk = Desk { engine: self, clock, ways, stationery, sending: Sending { group, ..sending } };
        let mut all = Dispatched::default();
        // Mostly nothing is due, and no thread is needed to find that out.
        let first = loop {
            let (going, done) = desk.turn(&[], more(&all))?;
            all.add(done);
            if !going.is_empty() {
                break going;
            }
            if done.taken == 0 {
                return Ok(all);
            }
        };
        std::thread::scope(|scope| {
            let (groups, handed) = channel();
            let (tell, answers) = channel();
            let carrying = scope.spawn(move || carry(courier, &handed, &tell));
            let mut line = Line { groups, answers, under_way: VecDeque::new() };
            let done = line.hand_over(first).and_then(|()| desk.keep_going(&mut line, &mut all, more));
            if done.is_err() {
                desk.settle(&mut line, &mut all);
            }
            drop(line);
            if let Err(panic) = carrying.join() {
                std::panic::resume_unwind(panic);
            }
            done.map(|()| all)
        })
    }
}

/// Sends groups as they come, until there are no more.
fn carry(courier: &mut dyn Courier, groups: &Receiver<Vec<Going>>, tell: &Sender<Vec<Answered>>) {
    for group in groups {
        let parcels: Vec<&Parcel> = group.iter().map(|going| &going.parcel).collect();
        let sent = courier.send(&parcels);
        let answered = group.into_iter().zip(sent).map(|(going, sent)| Answered { going, sent }).collect();
        if tell.send(answered).is_err() {
            return;
        }
    }
}

impl Desk<'_> {
    /// Takes, hands over and writes down, until nothing is due and nothing under way.
    fn keep_going(&self, line: &mut Line, all: &mut Dispatched, more: &dyn Fn(&Dispatched) -> bool) -> Result<()> {
        let mut answered: Vec<Answered> = Vec::new();
        loop {
            let wanted = more(all);
            let (going, done) = match self.turn(&answered, wanted) {
                Ok(turned) => turned,
                Err(error) => {
                    // What was sent does not become unknown because the next group cannot be taken.
                    if let Ok((_, done)) = self.turn(&answered, false) {
                        all.add(done);
                    }
                    return Err(error);
                }
            };
            all.add(done);
            // What was answered may be due again at once, at the next contact point.
            let still = answered.is_empty() && done.taken == 0;
            answered.clear();
            let full = !going.is_empty();
            if full {
                line.hand_over(going)?;
            }
            if line.under_way.is_empty() {
                if still || !wanted {
                    return Ok(());
                }
            } else if line.under_way.len() >= UNDER_WAY || !full {
                answered = self.wait(line)?;
            }
        }
    }

    /// One transaction, with patience for a database that is busy.
    fn turn(&self, answered: &[Answered], more: bool) -> Result<(Vec<Going>, Dispatched)> {
        let take = if more { self.sending.group } else { 0 };
        let mut turned = None;
        let turn = &mut || self.engine.turn((self.clock)(), answered, take, self.ways, self.stationery, self.sending);
        patiently(turn, &mut |done| {
            turned = Some(done);
            false
        })?;
        Ok(turned.unwrap_or_default())
    }

    /// The answers of the group that was handed over first. While the far side takes its time, nobody else shall think that we
    /// are dead.
    fn wait(&self, line: &mut Line) -> Result<Vec<Answered>> {
        // Two tries more before a lease runs out.
        let micros = u64::try_from(self.sending.lease_micros / 3).unwrap_or(0).max(1_000);
        loop {
            match line.answers.recv_timeout(Duration::from_micros(micros)) {
                Ok(answered) => {
                    line.under_way.pop_front();
                    return Ok(answered);
                }
                Err(RecvTimeoutError::Timeout) => match self.renew(line) {
                    Err(error) if error.kind != Kind::Busy => return Err(error),
                    Ok(()) | Err(_) => {}
                },
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
            }
        }
    }

    fn renew(&self, line: &Line) -> Result<()> {
        let mut all: Vec<(TenantId, MessageId, i64)> = line.under_way.iter().flatten().copied().collect();
        all.sort_unstable();
        let lease = Instant::from_micros((self.clock)().micros().saturating_add(self.sending.lease_micros));
        for own in all.chunk_by(|(a, ..), (b, ..)| a == b) {
            let Some(&(tenant, ..)) = own.first() else { continue };
            let ids: Vec<(MessageId, i64)> = own.iter().map(|&(_, message, tries)| (message, tries)).collect();
            self.engine.db.write(Scope::Tenant(tenant), |tx| outbox::renew(tx, tenant, &ids, lease))?;
        }
        Ok(())
    }

    /// After an error: what the courier still has is waited for and written down, if that can be.
    fn settle(&self, line: &mut Line, all: &mut Dispatched) {
        while !line.under_way.is_empty() {
            let Ok(answered) = self.wait(line) else { return };
            if let Ok((_, done)) = self.turn(&answered, false) {
                all.add(done);
            }
        }
    }
}

impl Line {
    fn hand_over(&mut self, group: Vec<Going>) -> Result<()> {
        self.under_way.push_back(group.iter().map(|going| (going.of.tenant, going.of.message, going.of.tries)).collect());
        self.groups.send(group).map_err(|_back| gone())
    }
}

fn gone() -> Error {
    Error::bug("courier", "the thread that sends messages ended; this is a bug, please report it")
}
