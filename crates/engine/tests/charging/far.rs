//! The far side: a gateway that remembers what it took, knows keys, and fails as it is told to.
//!
//! What it took is counted here, apart from everything that the engine writes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use regua_core::charging::{CodeSpace, Signal};
use regua_core::ids::{ChargeId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use regua_engine::ports::Gateway;
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Heard, Instrument, InstrumentOrder, InstrumentStanding, Listing, MethodNews, News, Refund,
    RefundOrder, RefundStanding, Settlement, Trouble,
};

/// What goes wrong with one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// No connection: nothing happened.
    Outage,
    /// Nothing happened, and nobody knows.
    LostBefore,
    /// It happened, and nobody knows.
    LostAfter,
    /// The process dies before the far side acts.
    KilledBefore,
    /// The process dies when the far side has acted.
    KilledAfter,
}

/// What the far side does with an attempt by a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Takes the money.
    Ok,
    /// Declines with a code of Stripe's.
    Decline(&'static str),
    /// Takes it later: by [`Far::settle_pending`].
    Pending,
}

#[derive(Clone, Debug)]
struct Attempt {
    order: ChargeOrder,
    charged: Charged,
}

#[derive(Clone, Debug)]
struct Issued {
    order: InstrumentOrder,
    standing: InstrumentStanding,
}

/// The far side's books.
pub(crate) struct Far {
    now: Instant,
    /// Outcomes by token; the last one stays.
    pub(crate) outcomes: BTreeMap<String, VecDeque<Outcome>>,
    pub(crate) faults: VecDeque<Option<Fault>>,
    attempts: BTreeMap<ChargeId, Attempt>,
    instruments: BTreeMap<String, Issued>,
    refunds: BTreeMap<String, (RefundOrder, String)>,
    /// Money taken: reference, of what, how much.
    pub(crate) taken: Vec<(String, ReceivableId, Money)>,
    /// Money given back: reference of the payment, how much.
    pub(crate) given: Vec<(String, Money)>,
    /// What it would tell by webhook, in its order.
    pub(crate) told: Vec<Heard>,
    /// Calls that took money with a key that was there already: none of them took it twice.
    pub(crate) repeated: usize,
    next: u32,
}

/// The zone of the far side's days.
fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

/// What the engine holds of it.
#[derive(Clone)]
pub(crate) struct Line(pub(crate) Arc<Mutex<Far>>);

impl Line {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(Far {
            now,
            outcomes: BTreeMap::new(),
            faults: VecDeque::new(),
            attempts: BTreeMap::new(),
            instruments: BTreeMap::new(),
            refunds: BTreeMap::new(),
            taken: Vec::new(),
            given: Vec::new(),
            told: Vec::new(),
            repeated: 0,
            next: 1,
        })))
    }

    pub(crate) fn far<T>(&self, act: impl FnOnce(&mut Far) -> T) -> T {
        // A kill poisons the lock and leaves what had happened.
        let mut far = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut far)
    }

    /// Does a call with whatever goes wrong with it.
    fn call<T>(&self, act: impl FnOnce(&mut Far) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let fault = self.far(|far| far.faults.pop_front().flatten());
        let lost = || Trouble::Unknown { why: "no answer".to_owned() };
        match fault {
            None => self.far(act),
            Some(Fault::Outage) => Err(Trouble::Outage { why: "no connection".to_owned(), wait_secs: None }),
            Some(Fault::LostBefore) => Err(lost()),
            Some(Fault::LostAfter) => {
                let _acted = self.far(act);
                Err(lost())
            }
            Some(Fault::KilledBefore) => panic!("killed before"),
            Some(Fault::KilledAfter) => {
                let _acted = self.far(act);
                panic!("killed after")
            }
        }
    }
}

impl Far {
    pub(crate) fn at(&mut self, now: Instant) {
        self.now = now;
    }

    fn reference(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}_{}", self.next)
    }

    fn settlement(&mut self, of: ReceivableId, amount: Money, rail: Rail) -> Settlement {
        let reference = self.reference("pay");
        self.taken.push((reference.clone(), of, amount));
        Settlement { reference, amount, paid_on: zone().day_of(self.now), at: Some(self.now), rail, fee: None }
    }

    pub(crate) fn tell(&mut self, kind: &str, news: News) {
        let event = self.reference("evt");
        self.told.push(Heard { event, kind: kind.to_owned(), news, at: Some(self.now) });
    }

    fn charge(&mut self, order: &ChargeOrder) -> Charged {
        if let Some(known) = self.attempts.get(&order.charge) {
            self.repeated += 1;
            assert_eq!(known.order.amount, order.amount, "the same key with another amount");
            return known.charged.clone();
        }
        let plan = self.outcomes.entry(order.method_token.clone()).or_default();
        let outcome = if plan.len() > 1 { plan.pop_front().unwrap() } else { plan.front().cloned().unwrap_or(Outcome::Ok) };
        let charged = match outcome {
            Outcome::Ok => Charged::Settled(self.settlement(order.receivable, order.amount, order.scheme.rail())),
            Outcome::Decline(code) => Charged::Declined {
                reference: Some(self.reference("try")),
                signals: vec![Signal { space: CodeSpace::Stripe, code: code.into() }],
            },
            Outcome::Pending => Charged::Pending { reference: self.reference("try") },
        };
        self.attempts.insert(order.charge, Attempt { order: order.clone(), charged: charged.clone() });
        self.tell_charge(order.charge);
        charged
    }

    fn tell_charge(&mut self, id: ChargeId) {
        let Attempt { charged, .. } = self.attempts[&id].clone();
        let reference = match &charged {
            Charged::Settled(settlement) => settlement.reference.clone(),
            Charged::Pending { reference } | Charged::NeedsPayer { reference, .. } => reference.clone(),
            Charged::Declined { reference, .. } => reference.clone().unwrap_or_default(),
        };
        self.tell("charge", News::Charge { charge: Some(id), reference, charged });
    }

    /// What was pending is taken.
    pub(crate) fn settle_pending(&mut self) {
        let pending: Vec<ChargeId> =
            self.attempts.iter().filter(|(_, known)| matches!(known.charged, Charged::Pending { .. })).map(|(id, _)| *id).collect();
        for id in pending {
            let order = self.attempts[&id].order.clone();
            let settlement = self.settlement(order.receivable, order.amount, order.scheme.rail());
            self.attempts.get_mut(&id).unwrap().charged = Charged::Settled(settlement);
            self.tell_charge(id);
        }
    }

    fn issued(&self, key: &str) -> Result<Instrument, Trouble> {
        let known = self.instruments.get(key).ok_or(Trouble::NotFound)?;
        Ok(Instrument {
            reference: format!("ins_{key}"),
            brcode: (known.order.rail == Rail::Pix).then(|| format!("BR{key}")),
            boleto_line: (known.order.rail == Rail::Boleto).then(|| format!("LINE{key}")),
            link: None,
            standing: known.standing.clone(),
        })
    }

    /// Keys of what can be paid, in order.
    pub(crate) fn payable(&self) -> Vec<String> {
        let open = |known: &Issued| matches!(known.standing, InstrumentStanding::Open);
        self.instruments.iter().filter(|(_, known)| open(known)).map(|(key, _)| key.clone()).collect()
    }

    /// A payer pays; whether it still could be.
    pub(crate) fn pay(&mut self, key: &str) -> bool {
        let Some(known) = self.instruments.get(key).cloned() else { return false };
        if !matches!(known.standing, InstrumentStanding::Open) {
            return false;
        }
        let settlement = self.settlement(known.order.receivable, known.order.amount, known.order.rail);
        let standing = InstrumentStanding::Paid(vec![settlement]);
        self.instruments.get_mut(key).unwrap().standing = standing.clone();
        self.tell("instrument", News::Instrument { reference: format!("ins_{key}"), key: Some(key.to_owned()), standing });
        true
    }

    /// Net money of a receivable, by the far side's books.
    pub(crate) fn kept(&self, of: ReceivableId) -> i64 {
        let own = self.taken.iter().filter(|(_, receivable, _)| *receivable == of);
        let back = |reference: &str| self.given.iter().filter(|(payment, _)| payment == reference).map(|(_, m)| m.minor()).sum::<i64>();
        own.map(|(reference, _, amount)| amount.minor() - back(reference)).sum()
    }

    /// How many payments of a receivable it holds and has not given back.
    pub(crate) fn payments(&self, of: ReceivableId) -> usize {
        let back = |reference: &str| self.given.iter().any(|(payment, _)| payment == reference);
        self.taken.iter().filter(|(reference, receivable, _)| *receivable == of && !back(reference)).count()
    }
}

impl Gateway for Line {
    fn charge(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble> {
        self.call(|far| Ok(far.charge(order)))
    }

    fn ask(&mut self, order: &ChargeOrder, _reference: Option<&str>) -> Result<Charged, Trouble> {
        self.call(|far| far.attempts.get(&order.charge).map(|known| known.charged.clone()).ok_or(Trouble::NotFound))
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble> {
        self.call(|far| {
            let new = Issued { order: order.clone(), standing: InstrumentStanding::Open };
            far.instruments.entry(order.key.clone()).or_insert(new);
            far.issued(&order.key)
        })
    }

    fn look(&mut self, _rail: Rail, key: &str, _reference: Option<&str>) -> Result<Instrument, Trouble> {
        self.call(|far| far.issued(key))
    }

    fn cancel(&mut self, _rail: Rail, key: &str, _reference: Option<&str>) -> Result<Instrument, Trouble> {
        self.call(|far| {
            if let Some(known) = far.instruments.get_mut(key)
                && matches!(known.standing, InstrumentStanding::Open)
            {
                known.standing = InstrumentStanding::Closed;
            }
            far.issued(key)
        })
    }

    fn refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble> {
        self.call(|far| {
            if let Some((_, reference)) = far.refunds.get(&order.key) {
                return Ok(Refund { reference: reference.clone(), standing: RefundStanding::Done });
            }
            let reference = far.reference("ref");
            far.refunds.insert(order.key.clone(), (order.clone(), reference.clone()));
            far.given.push((order.payment.clone(), order.amount));
            let (payment, refund, on) = (order.payment.clone(), reference.clone(), zone().day_of(far.now));
            far.tell("refund", News::Refunded { payment, refund, amount: order.amount, on });
            Ok(Refund { reference, standing: RefundStanding::Done })
        })
    }

    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        Ok(format!("cus_{}", order.key))
    }

    fn methods(&mut self, _customer: &str) -> Result<Vec<MethodNews>, Trouble> {
        Ok(Vec::new())
    }

    fn list(&mut self, _since: Instant, _until: Instant, _place: Option<&str>) -> Result<Listing, Trouble> {
        self.call(|far| Ok(Listing { heard: far.told.clone(), next: None }))
    }

    fn check(&mut self) -> Result<String, Trouble> {
        Ok("there".to_owned())
    }
}
