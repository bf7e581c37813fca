//! Why billing refused something. What was to be changed is then as it was.

use crate::currency::Currency;
use crate::time::Day;

/// Why a plan, a change or a bill was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BillingError {
    /// An amount does not fit 64 bits.
    #[error("the amount is too large: lower the price or the quantity")]
    Overflow,
    /// Two currencies met.
    #[error("{found} does not go with a subscription in {expected}: end it and begin another, sums across currencies do not exist")]
    Currencies {
        /// The subscription's.
        expected: Currency,
        /// The other.
        found: Currency,
    },
    /// A day lies outside the years 1900 to 2199.
    #[error("the period lies outside the years 1900 to 2199: choose a day or a cycle within them")]
    OutOfRange,
    /// No such day of the month.
    #[error("{0} is no day of a month: write 1 to 31")]
    DayOfMonth(u8),
    /// A plan without prices.
    #[error("the plan `{0}` has no price: give it at least one, perhaps of zero")]
    NoPrice(Box<str>),
    /// Two prices of one plan have one key.
    #[error("the plan has two prices `{0}`: give each its own key")]
    TwicePrice(Box<str>),
    /// An amount below zero in a price or a coupon.
    #[error("`{0}` has a negative amount: write what is billed as zero or more, and a reduction as a coupon")]
    Negative(Box<str>),
    /// Tiers that do not rise.
    #[error("a tier up to {0} does not lie above the one before it: write the upper ends in rising order")]
    Tiers(u64),
    /// A share that cannot be.
    #[error("`{0}` has a percentage that cannot be: write 0% to 100%, and a tax within its own base below 100%")]
    Percentage(Box<str>),
    /// The subscription has ended.
    #[error("the subscription ended on {0}: begin another")]
    Ended(Day),
    /// The day lies in a period that is closed.
    #[error("{on} lies before {from}, from which the subscription can still change: use that day or a later one")]
    TooEarly {
        /// The day of the change.
        on: Day,
        /// The first day that can be used.
        from: Day,
    },
    /// A pause of what is paused.
    #[error("the subscription is paused from {0} already: resume it first")]
    Paused(Day),
    /// A resumption of what is not paused.
    #[error("the subscription is not paused: there is nothing to resume")]
    NotPaused,
    /// A pause that ends before it begins.
    #[error("a pause from {from} cannot end on {until}: write a later day")]
    PauseEnd {
        /// When it begins.
        from: Day,
        /// When it should end.
        until: Day,
    },
    /// Nothing to withdraw.
    #[error("the subscription is not about to end: there is no cancellation to withdraw")]
    NotEnding,
    /// A trial that ends before it begins.
    #[error("a trial from {from} cannot end on {until}: write the first day that is billed")]
    Trial {
        /// When the subscription begins.
        from: Day,
        /// When the trial should end.
        until: Day,
    },
    /// The coupon is past its day.
    #[error("the coupon `{code}` could be used until {until}: use another")]
    Expired {
        /// Its code.
        code: Box<str>,
        /// The last day.
        until: Day,
    },
    /// The coupon is there already.
    #[error("the coupon `{0}` is in use on this subscription already")]
    CouponTwice(Box<str>),
    /// No such coupon.
    #[error("the subscription has no coupon `{0}`")]
    NoCoupon(Box<str>),
    /// Nothing counts this meter.
    #[error("the plan has no metered price for `{0}` on that day: use the meter that one of its prices names")]
    NoMeter(Box<str>),
    /// Usage of a day on which the subscription did not run.
    #[error("the subscription did not run on {0}: usage of that day cannot be billed")]
    NotRunning(Day),
    /// One key, two contents.
    #[error("the usage report `{0}` was given before with other content: give a correction its own key")]
    UsageDiffers(Box<str>),
}
