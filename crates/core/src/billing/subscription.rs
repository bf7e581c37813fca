//! A subscription: what holds from which day on, and how far it was billed.
//!
//! Plan, quantity and running or paused stand each on a track of their own, so that changes of different things on one
//! day come to the same in any order. The state at a day is read from them and never stored, so it cannot contradict
//! them.

use serde::{Deserialize, Serialize};

use super::coupon::Redeemed;
use super::eras::Eras;
use super::track::Track;
use super::{Anchor, BillingError, Coupon, DiscountLine, Line, Off, Period, Plan, Terms};
use crate::facts;
use crate::money::Money;
use crate::time::Day;

/// How a subscription begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewSubscription {
    /// Names it: the key of [`facts::Subscription`] and of its invoices.
    pub key: Box<str>,
    /// What is billed.
    pub plan: Plan,
    /// How many, for prices per unit.
    pub quantity: u64,
    /// The first day.
    pub begins_on: Day,
    /// The first day that is billed, when a trial comes before it.
    pub trial_until: Option<Day>,
    /// Where periods begin; on the first billed day when absent. Then that day is a boundary, else the first period may
    /// be a short one, billed in proportion.
    pub anchor: Option<Anchor>,
    /// On what terms.
    pub terms: Terms,
    /// Coupons from the beginning.
    pub coupons: Vec<Coupon>,
}

/// A subscription. See the module.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Subscription {
    pub(super) key: Box<str>,
    pub(super) begins_on: Day,
    /// The first billed day.
    pub(super) first_on: Day,
    pub(super) terms: Terms,
    pub(super) plans: Track<Plan>,
    pub(super) quantities: Track<u64>,
    pub(super) running: Track<bool>,
    pub(super) end: Option<End>,
    pub(super) eras: Eras,
    pub(super) coupons: Vec<Redeemed>,
    /// The number of the first period without an invoice of its own.
    pub(super) next: i32,
    /// The number of the first period whose use was not billed.
    pub(super) open: i32,
    /// The coupons that reduced the last period's invoice.
    pub(super) used: Vec<(Box<str>, Off)>,
    /// Credits and charges of changes that wait for an invoice.
    pub(super) pending: Vec<Line>,
    /// What coupons change in them.
    pub(super) pending_discounts: Vec<DiscountLine>,
    /// When they are invoiced on their own.
    pub(super) settle_on: Option<Day>,
    /// How often that happened.
    pub(super) settled: u32,
    /// Use that was not billed yet, by day and key.
    pub(super) usage: Vec<Usage>,
    /// The last invoice was made.
    pub(super) closed: bool,
}

/// When a subscription ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct End {
    /// The first day without it.
    pub(super) on: Day,
    /// Up to which day what is billed in advance is owed: later than `on` when nothing is given back.
    pub(super) owed_to: Day,
}

/// A report of use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Usage {
    pub(super) on: Day,
    pub(super) key: Box<str>,
    pub(super) meter: Box<str>,
    pub(super) quantity: u64,
}

/// What a subscription is on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not begun.
    Upcoming {
        /// The first day.
        from: Day,
    },
    /// It is tried without being billed.
    Trialing {
        /// The first billed day.
        until: Day,
    },
    /// It runs and is billed.
    Active,
    /// Nothing is billed.
    Paused {
        /// When it runs again, if that is known.
        until: Option<Day>,
    },
    /// It runs and ends.
    Ending {
        /// The first day without it.
        on: Day,
    },
    /// It has ended.
    Ended {
        /// The first day without it.
        on: Day,
    },
}

impl Subscription {
    /// Begins one.
    ///
    /// # Errors
    /// [`BillingError`] when trial, anchor, taxes or coupons cannot be.
    ///
    /// ```
    /// # use regua_core::billing::{Anchor, Cycle, Kind, NewSubscription, Plan, Price, Subscription, Terms, Timing};
    /// # use regua_core::{currency::Currency, time::Day};
    /// let fee = Price { key: "fee".into(), name: "Fee".into(), kind: Kind::Flat { amount: 10_000, timing: Timing::Advance } };
    /// let begins_on = Day::parse("2027-01-31").unwrap();
    /// let mut subscription = Subscription::new(NewSubscription {
    ///     key: "sub_a".into(),
    ///     plan: Plan::new("basic", "Basic", Currency::BRL, Cycle::MONTHLY, vec![fee])?,
    ///     quantity: 1, begins_on, trial_until: None, anchor: None, terms: Terms::default(), coupons: Vec::new(),
    /// })?;
    /// let mut days = Vec::new();
    /// while let Some(invoice) = subscription.bill(Day::parse("2027-03-31").unwrap())? {
    ///     days.extend(invoice.period.map(|period| period.0.to_string()));
    /// }
    /// assert_eq!(days, ["2027-01-31", "2027-02-28", "2027-03-31"]);
    /// # Ok::<(), regua_core::billing::BillingError>(())
    /// ```
    pub fn new(new: NewSubscription) -> Result<Self, BillingError> {
        let NewSubscription { key, plan, quantity, begins_on, trial_until, anchor, terms, coupons } = new;
        let first_on = trial_until.unwrap_or(begins_on);
        if first_on < begins_on {
            return Err(BillingError::Trial { from: begins_on, until: first_on });
        }
        terms.check()?;
        let eras = Eras::new(first_on, anchor.unwrap_or_else(|| Anchor::on(first_on)), plan.cycle())?;
        let mut subscription = Self {
            key,
            begins_on,
            first_on,
            terms,
            plans: Track::new(plan),
            quantities: Track::new(quantity),
            running: Track::new(true),
            end: None,
            eras,
            coupons: Vec::new(),
            next: 0,
            open: 0,
            used: Vec::new(),
            pending: Vec::new(),
            pending_discounts: Vec::new(),
            settle_on: None,
            settled: 0,
            usage: Vec::new(),
            closed: false,
        };
        for coupon in coupons {
            subscription.redeem(coupon, begins_on)?;
        }
        Ok(subscription)
    }

    /// Names it.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The first day.
    #[must_use]
    pub const fn begins_on(&self) -> Day {
        self.begins_on
    }

    /// The first day that is billed.
    #[must_use]
    pub const fn billed_from(&self) -> Day {
        self.first_on
    }

    /// The codes of coupons that still take something off.
    pub fn coupons(&self) -> impl Iterator<Item = &str> {
        self.coupons.iter().filter(|coupon| coupon.until.is_none()).map(|coupon| &*coupon.code)
    }

    /// Credits and charges of changes that wait for an invoice, without what coupons change in them.
    #[must_use]
    pub fn pending(&self) -> &[Line] {
        &self.pending
    }

    /// What it is on a day, from all that is known now.
    #[must_use]
    pub fn state(&self, on: Day) -> State {
        match self.end {
            Some(end) if end.on <= on => return State::Ended { on: end.on },
            Some(_) | None => {}
        }
        if on < self.begins_on {
            return State::Upcoming { from: self.begins_on };
        }
        if on < self.first_on {
            return State::Trialing { until: self.first_on };
        }
        if !*self.running.at(on) {
            return State::Paused { until: self.running.after(on).next().map(|step| step.0) };
        }
        self.end.map_or(State::Active, |end| State::Ending { on: end.on })
    }

    /// The plan on a day.
    #[must_use]
    pub fn plan(&self, on: Day) -> &Plan {
        self.plans.at(on)
    }

    /// The quantity on a day.
    #[must_use]
    pub fn quantity(&self, on: Day) -> u64 {
        *self.quantities.at(on)
    }

    /// The terms of the invoices to come.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The period with a number: 0 is the first that is billed. Of periods long billed only the dates of the last
    /// cycle are known.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] outside the years 1900 to 2199.
    pub fn period(&self, index: i32) -> Result<Period, BillingError> {
        self.eras.period(index)
    }

    /// The period that holds a day; the first for a day before it.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] outside the years 1900 to 2199.
    pub fn period_at(&self, on: Day) -> Result<Period, BillingError> {
        self.eras.period(self.eras.index_at(on)?)
    }

    /// `R`: the day after `on` on which it renews, the end of a trial included. None when it ends or rests by then.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] outside the years 1900 to 2199.
    pub fn renewal_on(&self, on: Day) -> Result<Option<Day>, BillingError> {
        let day = if on < self.first_on { self.first_on } else { self.period_at(on)?.to };
        let ends = self.end.is_some_and(|end| end.on <= day);
        Ok((!ends && *self.running.at(day)).then_some(day))
    }

    /// What the collection rule sees of it: the content of [`facts::Fact::Subscribed`].
    ///
    /// # Errors
    /// As [`Subscription::renewal_on`].
    pub fn as_fact(&self, on: Day) -> Result<facts::Subscription, BillingError> {
        Ok(facts::Subscription {
            key: self.key.clone(),
            plan: Some(self.plan(on).key().into()),
            collection: Some(self.terms.collection.as_str().into()),
            renewal_on: self.renewal_on(on)?,
            renewal_price: self.renewal_price(on)?,
        })
    }

    /// What the period that begins with the renewal after `on` will be billed at, as far as is known now: with what has
    /// changed and was not billed yet, without what will still be used. None when it does not renew or cannot be billed.
    ///
    /// # Errors
    /// As [`Subscription::renewal_on`].
    pub fn renewal_price(&self, on: Day) -> Result<Option<Money>, BillingError> {
        let Some(day) = self.renewal_on(on)? else { return Ok(None) };
        let mut ahead = self.clone();
        while let Ok(Some(draft)) = ahead.bill(day) {
            if draft.period.is_some_and(|(from, _)| from == day) {
                return Ok(Some(Money::new(draft.total, draft.currency)));
            }
        }
        Ok(None)
    }
}
