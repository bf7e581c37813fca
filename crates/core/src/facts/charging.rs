//! Stored methods and attempts: what becomes known of them, and what that does to a receivable.
//!
//! Deliberately absent: whether an attempt may be made, which the rulebook says, and whoever makes it.

use crate::calendar::Calendar;
use crate::charging::{Advice, Method, MethodStatus, Scheme, Tried, Trigger, last_settled};
use crate::facts::{FactError, Facts, Policies, Span};
use crate::ids::ChargeId;
use crate::money::Money;
use crate::rulebook::{self, ChargeAsk, Limits, PixCycle};
use crate::time::{Day, Instant};

/// Attempts older than this are counted by no scheme: ACH looks back furthest, 180 days.
const TRIED_DAYS: i32 = 200;

impl Facts<'_> {
    /// What the rulebook is asked of an attempt on a receivable; `tried` are the attempts that count beside it.
    #[must_use]
    pub fn ask<'f>(
        &'f self,
        walk: &super::Walk,
        method: &'f Method,
        tried: &'f [Tried],
        (amount, trigger): (Money, Trigger),
        now: Instant,
    ) -> ChargeAsk<'f> {
        let cycle = (method.scheme == Scheme::PixAutomatico).then(|| {
            let renewal = walk.subscription.as_ref().and_then(|sub| sub.renewal_on);
            // A charge that comes too late for its due date settles on the first day that the scheme still takes.
            let earliest = self.zone.day_of(now).plus(rulebook::lead_days(method.scheme));
            let series = || tried.iter().filter(|known| known.series == walk.series);
            let settled = last_settled(series());
            let first = series().map(|known| known.at).filter(|at| settled.is_none_or(|last| *at > last)).min();
            let settles = match first {
                Some(first) => walk.due.max(self.zone.day_of(first).plus(rulebook::lead_days(method.scheme))),
                None => walk.due.max(earliest),
            };
            PixCycle::of(Calendar::BrBanking.roll(settles), false, renewal.filter(|next| *next > settles))
        });
        ChargeAsk {
            method,
            tried,
            amount,
            series: walk.series,
            trigger,
            zone: self.zone,
            now,
            limits: Limits::default(),
            mended_at: authenticated_at(method, tried),
            released_at: self.released_at.max(walk.released_at),
            cycle,
        }
    }

    /// Whether a receivable is frozen: by a dispute, a promise, an agreement, a hold, a pause, or what stops the customer. Its
    /// own attempt under way does not freeze it.
    #[must_use]
    pub fn is_frozen(&self, walk: usize, at: Instant) -> bool {
        let receivable = &self.walks[walk];
        let holds = |spans: &[Span]| spans.iter().any(|span| span.holds(at));
        holds(&receivable.freezes) || holds(&receivable.paused) || holds(&self.freezes)
    }

    /// The day on which money of an attempt counts as paid, given the day that its rail tells.
    ///
    /// Lateness goes by the payer's day (SPEC §6). Who is debited does not choose how long the rail takes, so money that was asked
    /// for counts no later than it was asked for, or than it was due; where what was asked for held an early discount that ended
    /// meanwhile, it counts on the day on which it was asked for. Without this a debit that was ordered in time would leave a
    /// fine behind each month. Of an attempt that is not known, the rail's day counts.
    #[must_use]
    pub fn counts_on(&self, walk: usize, charge: ChargeId, paid_on: Day, policies: &Policies) -> Day {
        let Some(tried) = self.tried.iter().find(|tried| tried.charge == Some(charge)) else { return paid_on };
        let receivable = &self.walks[walk];
        let asked = self.zone.day_of(tried.at);
        let in_time = paid_on.min(receivable.due.max(asked));
        let due = |on| receivable.ledger.amount_due(&receivable.terms(policies), on).total.minor();
        if asked < in_time && due(asked) < due(in_time) { asked } else { in_time }
    }

    /// A stored method becomes known or changes. They are kept in the order in which they are tried.
    ///
    /// One that can be charged and was not, or that has another credential or another last day, is mended at this moment,
    /// whatever it says of itself.
    pub(super) fn method_known(&mut self, method: &Method, at: Instant) {
        let before = self.methods.iter().find(|known| known.id == method.id);
        let since = match before {
            Some(before) if is_mended(before, method) => method.since.max(at),
            Some(before) => method.since.max(before.since),
            None => method.since,
        };
        self.methods.retain(|known| known.id != method.id);
        let place = self.methods.partition_point(|known| (known.rank, known.id) <= (method.rank, method.id));
        self.methods.insert(place, Method { since, ..method.clone() });
        self.touch();
    }

    /// A person lifts a hold of a receivable, or with `None` of the customer: charging may go on after a failure that stopped
    /// it, whether or not a hold had been laid.
    pub(super) fn released(&mut self, walk: Option<usize>, at: Instant) {
        let known = match walk {
            Some(walk) => &mut self.walks[walk].released_at,
            None => &mut self.released_at,
        };
        *known = (*known).max(Some(at));
        self.touch();
    }

    /// Somebody tries to take money outside the ladder's steps, or is known to have tried.
    ///
    /// An attempt that is under way excludes every other on the same receivable: whoever comes second is refused.
    pub(super) fn tried(&mut self, walk: usize, tried: Tried, at: Instant) -> Result<(), FactError> {
        if tried.is_under_way() {
            if self.walks[walk].is_tried(at) {
                return Err(FactError::UnderWay);
            }
            self.set_off(walk, tried, at);
        } else {
            if let Some(advice) = &tried.failed {
                self.failure_known(walk, advice, tried.at);
            }
            self.remember(tried);
        }
        Ok(())
    }

    /// An attempt begins: until somebody knows what came of it, its receivable is in flight.
    pub(crate) fn set_off(&mut self, walk: usize, tried: Tried, at: Instant) {
        self.remember(tried);
        let receivable = &mut self.walks[walk];
        receivable.in_flight.push(Span { from: at, until: Instant::NEVER });
        receivable.touch();
    }

    /// An attempt that was sent then is known to have failed. If that stops charging, what a person said since, without knowing,
    /// was not about it.
    fn failure_known(&mut self, walk: usize, advice: &Advice, sent: Instant) {
        if !rulebook::stops(advice) {
            return;
        }
        for said in [&mut self.released_at, &mut self.walks[walk].released_at] {
            *said = said.map(|said| said.min(sent));
        }
    }

    fn remember(&mut self, tried: Tried) {
        let oldest = Instant::from_micros(tried.at.micros().saturating_sub(i64::from(TRIED_DAYS) * 24 * 3_600_000_000));
        self.tried.retain(|known| known.at >= oldest && (known.charge.is_none() || known.charge != tried.charge));
        let place = self.tried.partition_point(|known| known.at <= tried.at);
        self.tried.insert(place, tried);
    }

    /// An attempt failed: it counts, and its receivable is in flight no more.
    pub(super) fn try_failed(&mut self, walk: usize, charge: ChargeId, advice: Option<Advice>, at: Instant) {
        let known = self.tried.iter_mut().find(|known| known.charge == Some(charge));
        if let (Some(known), Some(advice)) = (known, advice) {
            (known.failed, known.settled) = (Some(advice), false);
            let sent = known.at;
            self.failure_known(walk, &advice, sent);
        }
        self.autopaid = 0;
        self.land(walk, at);
    }

    /// An attempt took the money, whatever was told of it before: it excludes no other any more, and goes on to count. On time
    /// it continues the row of automatic payments, late it begins a new one.
    pub(super) fn taken(&mut self, walk: usize, charge: ChargeId, on: Day, at: Instant) {
        let by_itself = self.tried.iter().any(|known| known.charge == Some(charge) && known.trigger.counts());
        if let Some(known) = self.tried.iter_mut().find(|known| known.charge == Some(charge)) {
            (known.failed, known.settled) = (None, true);
        }
        let late = on > self.walks[walk].due;
        if late {
            self.autopaid = 0;
        } else if by_itself {
            self.autopaid = self.autopaid.saturating_add(1);
        }
        self.land(walk, at);
    }

    /// An attempt was never made: nothing counts it.
    pub(super) fn try_dropped(&mut self, walk: usize, charge: ChargeId, at: Instant) {
        self.tried.retain(|known| known.charge != Some(charge));
        self.land(walk, at);
    }

    /// Money was taken back: to schemes, what took it is a presentment that came back, and counts as one. No other follows it
    /// for a while, as before it was known to have taken the money.
    pub(super) fn taken_back(&mut self, walk: usize) {
        let series = self.walks[walk].series;
        for known in self.tried.iter_mut().filter(|known| known.series == series) {
            known.settled = false;
        }
    }

    /// What was under way by an attempt is so no more; what the payer claims to have sent stays on its way.
    fn land(&mut self, walk: usize, at: Instant) {
        let receivable = &mut self.walks[walk];
        for span in receivable.in_flight.iter_mut().filter(|span| span.until == Instant::NEVER) {
            span.until = at.max(span.from);
        }
        receivable.touch();
    }
}

impl super::Walk {
    /// Whether an attempt is under way.
    #[must_use]
    pub fn is_tried(&self, at: Instant) -> bool {
        self.in_flight.iter().any(|span| span.until == Instant::NEVER && span.holds(at))
    }
}

impl Tried {
    /// Whether nobody knows yet what came of it; what another system tried is its own affair.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.failed.is_none() && !self.settled && self.trigger != Trigger::Biller
    }
}

/// Whether a method works now and did not as it was.
fn is_mended(before: &Method, now: &Method) -> bool {
    let same = before.status == MethodStatus::Active && before.credential == now.credential && before.expires_on == now.expires_on;
    now.status == MethodStatus::Active && !same
}

/// When the payer last paid with a method in person, which its owner's bank would not have let through unauthenticated.
fn authenticated_at(method: &Method, tried: &[Tried]) -> Option<Instant> {
    last_settled(tried.iter().filter(|known| known.trigger == Trigger::Payer && known.credential == method.credential))
}
