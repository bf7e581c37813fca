//! What the tests of charging are made of.

use regua_core::charging::{Advice, CodeSpace, Method, MethodStatus, Scheme, Signal, Tried, Trigger, declines};
use regua_core::currency::Currency;
use regua_core::ids::PaymentMethodId;
use regua_core::money::Money;
use regua_core::rulebook::{ChargeAnswer, ChargeAsk, Limits, PixCycle, charge};
use regua_core::time::{Day, Instant, Zone};

pub(crate) const CARD: [u8; 16] = [7; 16];
pub(crate) const SERIES: [u8; 16] = [1; 16];
pub(crate) const OTHER_SERIES: [u8; 16] = [2; 16];

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn real(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

pub(crate) fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").unwrap())
}

pub(crate) fn brazil() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

pub(crate) fn signal(space: CodeSpace, code: &str) -> Signal {
    Signal { space, code: code.into() }
}

pub(crate) fn read(space: CodeSpace, code: &str) -> Advice {
    declines::read(&[signal(space, code)])
}

pub(crate) fn method(scheme: Scheme) -> Method {
    Method {
        id: PaymentMethodId::new(0, [0; 10]),
        scheme,
        gateway: "sandbox".into(),
        credential: CARD,
        expires_on: None,
        status: MethodStatus::Active,
        rank: 0,
        since: at("2026-01-01T00:00:00Z"),
        allows_retry: true,
    }
}

/// A world of one method and what was tried with it.
pub(crate) struct World {
    pub(crate) method: Method,
    pub(crate) tried: Vec<Tried>,
    pub(crate) amount: Money,
    pub(crate) trigger: Trigger,
    pub(crate) limits: Limits,
    pub(crate) mended_at: Option<Instant>,
    pub(crate) released_at: Option<Instant>,
    pub(crate) cycle: Option<PixCycle>,
}

impl World {
    pub(crate) fn of(scheme: Scheme) -> Self {
        Self {
            method: method(scheme),
            tried: Vec::new(),
            amount: dollars(9900),
            trigger: Trigger::Retry,
            limits: Limits::default(),
            mended_at: None,
            released_at: None,
            cycle: None,
        }
    }

    /// An attempt that failed so.
    pub(crate) fn failed(&mut self, when: Instant, advice: Advice) {
        self.tried.push(Tried {
            charge: None,
            credential: self.method.credential,
            at: when,
            amount: self.amount,
            trigger: if self.tried.is_empty() { Trigger::Schedule } else { Trigger::Retry },
            failed: Some(advice),
            series: SERIES,
            settled: false,
        });
    }

    pub(crate) fn ask(&self, now: Instant) -> ChargeAsk<'_> {
        ChargeAsk {
            method: &self.method,
            tried: &self.tried,
            amount: self.amount,
            series: SERIES,
            trigger: self.trigger,
            zone: brazil(),
            now,
            limits: self.limits,
            mended_at: self.mended_at,
            released_at: self.released_at,
            cycle: self.cycle,
        }
    }

    pub(crate) fn charge(&self, now: Instant) -> ChargeAnswer {
        charge(self.ask(now))
    }

    /// Tries at each answer's moment until the end, always failing so: the attempts that were made.
    pub(crate) fn hammer(&mut self, from: Instant, hours: i64, advice: Advice) -> Vec<Instant> {
        let (mut now, mut made) = (from, Vec::new());
        while now < from.plus_hours(hours) {
            match self.charge(now) {
                ChargeAnswer::Allowed(permit) => {
                    assert_eq!((permit.at(), permit.amount(), permit.method()), (now, self.amount, self.method.id));
                    made.push(now);
                    self.failed(now, advice);
                }
                ChargeAnswer::Until(later, rule) => {
                    assert!(later > now, "{}: {later:?} is not later than {now:?}", rule.id);
                    now = later;
                }
                ChargeAnswer::Never(_) => break,
            }
        }
        made
    }
}

/// The rule that refuses, and until when.
pub(crate) fn refused(answer: &ChargeAnswer) -> (&'static str, Option<Instant>) {
    match answer {
        ChargeAnswer::Allowed(_) => ("allowed", None),
        ChargeAnswer::Until(until, rule) => (rule.id, Some(*until)),
        ChargeAnswer::Never(rule) => (rule.id, None),
    }
}

pub(crate) fn is_allowed(answer: &ChargeAnswer) -> bool {
    matches!(answer, ChargeAnswer::Allowed(_))
}
