//! One payment through one plan.
//!
//! A plan is given the code, the times and outcomes of its own tries, the scheme, the amount and the zone: never the cause. What
//! the networks would charge for is counted here once more, apart from the rulebook, so that the rulebook is watched too.
//! Deliberately absent: floats, a clock, learning.

use rayon::prelude::*;
use regua_core::calendar::Calendar;
use regua_core::charging::choose::{Choose, Chosen, choose};
use regua_core::charging::timing::{Funding, Timing};
use regua_core::charging::{Advice, Method, MethodStatus, Scheme, Tried, Trigger, declines};
use regua_core::ids::PaymentMethodId;
use regua_core::rulebook::{ChargeAnswer, ChargeAsk, Limits, charge};
use regua_core::time::{Instant, Zone};
use regua_model::timing::Outcome as Logged;

use super::Payment;
use super::cause::Parameters;
use super::plans::{Moment, Plan};
use crate::draw::Draw;

/// Times that a fixed try is moved to the moment that the rulebook names, at most.
const MOVES_MAX: usize = 8;
/// What an attempt costs, in cents.
const ATTEMPT_CENTS: i64 = 3;

/// Under which rules tries are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Law {
    /// None: as the facts computed their reference outcomes.
    None,
    /// The rulebook's budgets, codes and waits.
    Rulebook,
}

/// How moments are chosen by a plan that has none of its own.
#[derive(Clone, Copy, Debug)]
pub struct Chooser<'a> {
    /// By which weights.
    pub timing: &'a Timing,
    /// Share of choices that are drawn, in basis points.
    pub floor_bp: u16,
}

/// What came of one payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Seconds from the first failure to the money.
    pub paid_after: Option<i64>,
    /// Tries after the first failure.
    pub tries: u16,
    /// Tries that the rulebook moved or refused to a fixed schedule.
    pub refused: u16,
    /// Tries that a network would charge a fee for, or that come after a code that ends it.
    pub excess: u16,
    /// Chosen moments that the rulebook then refused: a mistake, whenever it is not 0.
    pub unlawful: u16,
    /// The amount in cents.
    pub amount: i64,
    /// Money that came, less attempts and fees, in cents.
    pub net: i64,
}

/// One payment, as it is walked.
struct Walk<'p> {
    payment: &'p Payment,
    law: Law,
    method: Method,
    series: [u8; 16],
    advice: Advice,
    tried: Vec<Tried>,
    outcome: Outcome,
}

impl<'p> Walk<'p> {
    fn new(payment: &'p Payment, law: Law) -> Self {
        let mut credential = [0; 16];
        credential.iter_mut().zip(payment.number.to_be_bytes()).for_each(|(cell, byte)| *cell = byte);
        let method = Method {
            id: PaymentMethodId::new(payment.number, [1; 10]),
            scheme: payment.scheme,
            gateway: "simulated".into(),
            credential,
            expires_on: None,
            status: MethodStatus::Active,
            rank: 0,
            since: payment.failed_at.plus_hours(-24 * 90),
            allows_retry: false,
        };
        let advice = declines::read(&[payment.code.signal()]);
        let outcome = Outcome { amount: payment.amount.minor(), ..Outcome::default() };
        let mut walk = Self { payment, law, method, series: credential, advice, tried: Vec::new(), outcome };
        walk.failed(payment.failed_at, Trigger::Schedule);
        walk
    }

    fn failed(&mut self, at: Instant, trigger: Trigger) {
        self.tried.push(Tried {
            charge: None,
            credential: self.method.credential,
            at,
            amount: self.payment.amount,
            trigger,
            failed: Some(self.advice),
            series: self.series,
            settled: false,
        });
    }

    fn ask(&self, now: Instant) -> ChargeAsk<'_> {
        ChargeAsk {
            method: &self.method,
            tried: &self.tried,
            amount: self.payment.amount,
            series: self.series,
            trigger: Trigger::Retry,
            zone: self.payment.zone,
            now,
            limits: Limits::default(),
            mended_at: None,
            released_at: None,
            cycle: None,
        }
    }

    /// The next lawful moment from one on and not after another; none when there is none.
    fn lawful(&self, from: Instant, until: Instant) -> Option<Instant> {
        if self.law == Law::None {
            return Some(from);
        }
        let mut at = from;
        for _ in 0..MOVES_MAX {
            match charge(self.ask(at)) {
                ChargeAnswer::Allowed(_) => return Some(at),
                ChargeAnswer::Until(later, _) if later <= until => at = later,
                ChargeAnswer::Until(..) | ChargeAnswer::Never(_) => return None,
            }
        }
        None
    }

    /// Tries, and says whether money came.
    fn attempt(&mut self, at: Instant) -> bool {
        self.outcome.tries += 1;
        self.outcome.excess += u16::from(self.fee(at));
        let paid = self.payment.pays(at, self.outcome.tries);
        if paid {
            self.outcome.paid_after = Some(at.secs() - self.payment.failed_at.secs());
        } else {
            self.failed(at, Trigger::Retry);
        }
        paid
    }

    /// Whether the network charges for a try at a moment, counted apart from the rulebook.
    ///
    /// Source: facts, international.md §1.2 to §1.4: Visa 15 further tries in 30 days, Mastercard 10 in 24 hours and 35 in 30 days,
    /// Elo 15 further in a calendar month, others 8; and a fee for each after a code that ends it, which here are the number that is
    /// wrong, the account that is invalid and the transaction that is not allowed.
    fn fee(&self, at: Instant) -> bool {
        let ended = ["transaction_not_allowed", "incorrect_number", "invalid_account"].contains(&self.payment.code.name);
        let within = |hours: i64, further: bool| {
            let earlier = self.tried.iter().skip(usize::from(further));
            earlier.filter(|tried| tried.at > at.plus_hours(-hours)).count()
        };
        let (day, month) = (24, 30 * 24);
        let full = match self.payment.scheme {
            Scheme::Visa => within(month, true) >= 15,
            Scheme::Elo => self.tried.iter().skip(1).filter(|tried| month_of(tried.at) == month_of(at)).count() >= 15,
            Scheme::Mastercard => within(day, false) >= 10 || within(month, false) >= 35,
            Scheme::Amex
            | Scheme::Hipercard
            | Scheme::Discover
            | Scheme::Diners
            | Scheme::Jcb
            | Scheme::UnionPay
            | Scheme::OtherCard
            | Scheme::Ach
            | Scheme::Sepa
            | Scheme::SepaB2b
            | Scheme::Bacs
            | Scheme::Becs
            | Scheme::Pad
            | Scheme::PixAutomatico
            | Scheme::Debit150 => within(month, true) >= 8,
        };
        ended || full
    }

    fn fixed(&mut self, moments: &[Moment], window_days: u16) {
        let end = self.payment.failed_at.plus_hours(i64::from(window_days) * 24);
        let times: Vec<Instant> = moments.iter().map(|moment| moment.of(self.payment)).collect();
        for (place, &planned) in times.iter().enumerate() {
            // What has to wait comes before the next of the schedule, or within the window, or not at all.
            let until = times.get(place + 1).map_or(end.max(planned), |next| Instant::from_secs(next.secs() - 1));
            match self.lawful(planned, until) {
                Some(at) => {
                    self.outcome.refused += u16::from(at != planned);
                    if self.attempt(at) {
                        break;
                    }
                }
                None => self.outcome.refused += 1,
            }
        }
    }

    fn chosen(&mut self, plan: &Plan, chooser: Chooser<'_>, seed: u64, log: &mut Vec<Logged>) {
        let draws = Draw::new(seed).part(self.payment.number);
        while self.outcome.tries < plan.tries {
            let last = self.tried.last().map_or(self.payment.failed_at, |tried| tried.at);
            let question = Choose {
                ask: self.ask(last),
                calendar: Calendar::UsFederal,
                funding: Funding::Unknown,
                window_days: plan.window_days,
                tries_max: plan.tries,
                timing: chooser.timing,
                floor_bp: chooser.floor_bp,
                seed: draws.part(u64::from(self.outcome.tries)).bits(),
            };
            let Some(Chosen { at, propensity_bp, features, .. }) = choose(question) else { break };
            let end = self.payment.failed_at.plus_hours(i64::from(plan.window_days) * 24);
            if self.lawful(at, at) != Some(at) || at <= last || at > end {
                self.outcome.unlawful += 1;
                break;
            }
            let success = self.attempt(at);
            log.push(Logged { features, success, propensity_bp });
            if success {
                break;
            }
        }
    }

    fn end(mut self) -> Outcome {
        let fee = match self.payment.scheme {
            Scheme::Mastercard => 50,
            Scheme::Visa
            | Scheme::Amex
            | Scheme::Elo
            | Scheme::Hipercard
            | Scheme::Discover
            | Scheme::Diners
            | Scheme::Jcb
            | Scheme::UnionPay
            | Scheme::OtherCard
            | Scheme::Ach
            | Scheme::Sepa
            | Scheme::SepaB2b
            | Scheme::Bacs
            | Scheme::Becs
            | Scheme::Pad
            | Scheme::PixAutomatico
            | Scheme::Debit150 => 10,
        };
        let came = if self.outcome.paid_after.is_some() { self.outcome.amount } else { 0 };
        self.outcome.net = came - i64::from(self.outcome.tries) * ATTEMPT_CENTS - i64::from(self.outcome.excess) * fee;
        self.outcome
    }
}

/// The calendar month of Brazil in which a network there counts.
fn month_of(at: Instant) -> (i16, i8) {
    let civil = Zone::parse("America/Sao_Paulo").unwrap_or(Zone::utc()).day_of(at).civil();
    (civil.year(), civil.month())
}

/// Takes one payment through a plan; what was chosen, and what came of it, is added to the log.
#[must_use]
pub fn walk(payment: &Payment, plan: &Plan, law: Law, chooser: Chooser<'_>, seed: u64, log: &mut Vec<Logged>) -> Outcome {
    let mut walk = Walk::new(payment, law);
    match &plan.moments {
        Some(moments) => walk.fixed(moments, plan.window_days),
        None => walk.chosen(plan, chooser, seed, log),
    }
    walk.end()
}

/// A world, and how many payments of it.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// What it is made from.
    pub parameters: Parameters,
    /// Decides everything that is drawn.
    pub seed: u64,
    /// Payments: numbers 0 to this.
    pub payments: u64,
}

/// Takes every payment of a world through a plan: outcomes by number, and the log of chosen moments in the same order.
///
/// Threads do not matter: each payment is drawn and walked alone.
#[must_use]
pub fn run(world: &World, plan: &Plan, law: Law, chooser: Chooser<'_>) -> (Vec<Outcome>, Vec<Logged>) {
    let each = |number: u64| {
        let payment = Payment::draw(&world.parameters, world.seed, number);
        let mut log = Vec::new();
        (walk(&payment, plan, law, chooser, world.seed, &mut log), log)
    };
    let all: Vec<(Outcome, Vec<Logged>)> = (0..world.payments).into_par_iter().map(each).collect();
    let mut logs = Vec::new();
    let mut outcomes = Vec::with_capacity(all.len());
    for (outcome, log) in all {
        outcomes.push(outcome);
        logs.extend(log);
    }
    (outcomes, logs)
}

/// One choice, and the bare reading that it is measured beside.
pub mod choices {
    use regua_core::charging::timing::{Features, Situation};

    use super::{Calendar, Choose, Chooser, Chosen, Funding, Instant, Law, Payment, Plan, Timing, Walk, choose};

    /// The first try of a payment.
    #[must_use]
    pub fn first(payment: &Payment, plan: &Plan, chooser: Chooser<'_>) -> Option<Chosen> {
        let walk = Walk::new(payment, Law::Rulebook);
        choose(Choose {
            ask: walk.ask(payment.failed_at),
            calendar: Calendar::UsFederal,
            funding: Funding::Unknown,
            window_days: plan.window_days,
            tries_max: plan.tries,
            timing: chooser.timing,
            floor_bp: chooser.floor_bp,
            seed: payment.number,
        })
    }

    /// Reads the features of every hour of two paces, which is as far as a choice looks, adds their weights up, and nothing else.
    #[must_use]
    pub fn bare(payment: &Payment, plan: &Plan, timing: &Timing) -> i64 {
        let walk = Walk::new(payment, Law::Rulebook);
        let situation = Situation {
            reason: walk.advice.reason,
            rail: payment.scheme.rail(),
            funding: Funding::Unknown,
            amount: payment.amount,
            first_failed_at: payment.failed_at,
            last_failed_at: payment.failed_at,
            attempts: 1,
            zone: payment.zone,
            calendar: Calendar::UsFederal,
        };
        let hour = |hour: i64| Instant::from_secs(payment.failed_at.secs() + hour * 3600);
        (1..=i64::from(plan.window_days) * 48 / i64::from(plan.tries.max(1)))
            .map(|at| i64::from(timing.log_odds(Features::of(&situation, hour(at)))))
            .sum()
    }
}
