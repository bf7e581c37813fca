//! Whether a stored method may be charged at a moment: codes, caps of networks, re-presentment of bank debits, Pix Automático.
//!
//! An attempt is carried out only with a [`ChargePermit`], which nothing outside this module can make. Deliberately absent:
//! the numbers (`networks`, `schemes`, and the table of codes), what the policy wants, and when it would be best.

use super::Rule;
use super::networks::{self, Cap, Key, Span};
use super::schemes::{self, PixCycle, Represent, Within, brasilia};
use crate::charging::{Action, Advice, Again, Method, MethodStatus, Reason, Scheme, Tried, Trigger, last_settled};
use crate::ids::PaymentMethodId;
use crate::money::Money;
use crate::time::{Day, Instant, Zone};
use crate::words::Rail;

/// How far a tenant loosened what is good practice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    visa: u16,
    sepa_days: u16,
}

impl Limits {
    /// Visa's tries in 30 days, held within 1 and 20, and SEPA's window in days, held within 1 and 48.
    ///
    /// Source: facts, international.md §1.2 and §2.2.
    #[must_use]
    pub fn new(visa: u16, sepa_days: u16) -> Self {
        Self { visa: visa.clamp(1, 20), sepa_days: sepa_days.clamp(1, 48) }
    }
}

impl Default for Limits {
    /// 15 tries, 42 days.
    fn default() -> Self {
        Self { visa: 15, sepa_days: 42 }
    }
}

/// An attempt that the rulebook is asked about.
#[derive(Clone, Copy, Debug)]
pub struct ChargeAsk<'a> {
    /// What would be charged.
    pub method: &'a Method,
    /// Every attempt of the customer that may matter, in any order: those of the last 180 days, and every one with the
    /// credential that is known, whoever made it. One that settled counts in the caps of networks as any other. It excludes
    /// no further one, and what is tried after it for the rest of the same thing is a new presentment.
    pub tried: &'a [Tried],
    /// How much would be charged.
    pub amount: Money,
    /// Names the thing that is paid for.
    pub series: [u8; 16],
    /// What makes somebody try. A payer who is there may pay whatever an earlier code asked for; budgets hold all the same.
    pub trigger: Trigger,
    /// The customer's zone.
    pub zone: Zone,
    /// The moment of the attempt.
    pub now: Instant,
    /// What the tenant loosened.
    pub limits: Limits,
    /// When the method was last mended: by its owner, by an updater, by an authentication. Its `since` counts too.
    pub mended_at: Option<Instant>,
    /// When a person last decided that charging may go on after a failure that stops everything.
    pub released_at: Option<Instant>,
    /// Of Pix Automático: the cycle that is charged.
    pub cycle: Option<PixCycle>,
}

/// Allowed by the rulebook: this amount, with this method, at this moment. Only the rulebook makes one, and it cannot be
/// copied.
#[derive(PartialEq, Eq, Debug)]
pub struct ChargePermit {
    method: PaymentMethodId,
    amount: Money,
    at: Instant,
}

impl ChargePermit {
    /// The method that may be charged.
    #[must_use]
    pub const fn method(&self) -> PaymentMethodId {
        self.method
    }

    /// The amount that may be charged.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The moment that was asked for.
    #[must_use]
    pub const fn at(&self) -> Instant {
        self.at
    }
}

/// What the rulebook answers.
#[derive(PartialEq, Eq, Debug)]
pub enum ChargeAnswer {
    /// Now.
    Allowed(ChargePermit),
    /// Not before this instant, which is later than the one asked for.
    Until(Instant, &'static Rule),
    /// Not with this method for this thing, unless something is mended or a person decides.
    Never(&'static Rule),
}

/// Source: ours; a method that is pending, broken, dead or removed cannot be charged.
pub(crate) static STATUS: Rule = ours("charge.method", "only an active method is charged");
/// Source: ours; a card after its last day is declined.
static EXPIRED: Rule = ours("charge.expired", "a method is not charged after the last day of its validity");
/// Source: ours; an unknown outcome is asked for, never charged again (SPEC §5).
static UNDER_WAY: Rule = ours("charge.under_way", "while the outcome of an attempt is unknown, none is made for the same thing");
/// After so long an attempt of which nobody told is taken for one that settled: it goes on to count.
///
/// Source: ours; Pix Automático settles 10 days after it was sent at the latest, bank debits return within 5 banking days.
const UNDER_WAY_HOURS: i64 = 15 * 24;
/// Source: facts, international.md §0 (`stop_*`).
static HELD: Rule = ours("charge.held", "after such a failure nothing of the customer is charged until a person decides");
/// Source: facts, international.md §0 (`review_internal`, `check_duplicate`, `resolve_dispute`, `fix_request`).
static REVIEW: Rule = ours("charge.review", "after such a failure the same thing is not charged until a person decides");
/// Source: facts, international.md §1.1 step 2 (Visa category 1, Mastercard MAC 03 and 21, irreversible codes).
static STOPPED: Rule = ours("charge.never_again", "after a code that ends it, a credential is never charged again for the same thing");
/// Source: facts, international.md §1.1 steps 3 and 5.
static NEEDS_PAYER: Rule = ours("charge.needs_payer", "after such a failure a method is charged only once it was mended or authenticated");
/// Source: facts, international.md §1.1 step 4; decline-codes.csv `min_wait_hours`.
static CODE_WAIT: Rule = ours("charge.code_wait", "a code sets the earliest time of another attempt with the credential");
/// Source: facts, decline-codes.csv `max_attempts` and `window_days`.
static CODE_TRIES: Rule = ours("charge.code_tries", "a code sets how often the same amount is tried again");

/// A rule of our own table of codes, which tells the source of each code.
const fn ours(id: &'static str, says: &'static str) -> Rule {
    Rule { id, says, source: "charging/declines.csv and SPEC §5", good_practice: false }
}

/// For how long a credential's end holds for other things than the one it was told of.
///
/// Source: Mastercard counts attempts after MAC 03 and 21 for 30 days, whatever they pay; facts, brazil.md §5.3.
const ELSEWHERE_HOURS: i64 = 30 * 24;

/// Whether an attempt may be made now.
///
/// Each call looks at every attempt of `tried` a fixed number of times. What is allowed at a moment stays forbidden at
/// every earlier one that [`ChargeAnswer::Until`] names, as long as nothing new happened.
#[must_use]
pub fn charge(ask: ChargeAsk<'_>) -> ChargeAnswer {
    let mut wait = Wait::default();
    match look(&ask, &mut wait) {
        Err(rule) => ChargeAnswer::Never(rule),
        Ok(()) => match wait.until {
            Some((at, rule)) if at > ask.now => ChargeAnswer::Until(at, rule),
            Some(_) | None => ChargeAnswer::Allowed(ChargePermit { method: ask.method.id, amount: ask.amount, at: ask.now }),
        },
    }
}

/// The latest of the moments to wait for.
#[derive(Default)]
struct Wait {
    until: Option<(Instant, &'static Rule)>,
}

impl Wait {
    fn for_(&mut self, at: Instant, rule: &'static Rule) {
        if self.until.is_none_or(|(until, _)| until < at) {
            self.until = Some((at, rule));
        }
    }
}

fn look(ask: &ChargeAsk<'_>, wait: &mut Wait) -> Result<(), &'static Rule> {
    if ask.method.status != MethodStatus::Active {
        return Err(&STATUS);
    }
    let today = ask.zone.day_of(ask.now);
    if ask.method.expires_on.is_some_and(|last| last < today) {
        return Err(&EXPIRED);
    }
    let series = Series::of(ask);
    codes(ask, wait)?;
    for cap in networks::caps(ask.method.scheme, ask.amount.currency().code() == "BRL") {
        count(ask, cap, wait);
    }
    if ask.method.scheme == Scheme::Visa && series.first.is_some_and(|first| ask.now >= after(first.at, networks::VISA_AFTER_HOURS)) {
        return Err(&networks::VISA_AFTER);
    }
    if let Some(represent) = schemes::represent(ask.method.scheme) {
        again(ask, &series, represent)?;
    }
    if ask.method.scheme == Scheme::PixAutomatico {
        pix(ask, &series, wait)?;
    }
    Ok(())
}

/// An instant some hours later; nothing that happened lies near the end of time.
const fn after(at: Instant, hours: i64) -> Instant {
    at.plus_hours(hours)
}

/// What was tried with the credential for the same thing since an attempt last took money for it: schemes count what
/// follows a return, and what settled was none.
struct Series<'a> {
    first: Option<&'a Tried>,
    last: Option<&'a Tried>,
    count: usize,
}

impl<'a> Series<'a> {
    fn of(ask: &ChargeAsk<'a>) -> Self {
        let mine = || ask.tried.iter().filter(|tried| tried.series == ask.series && tried.credential == ask.method.credential);
        let settled = last_settled(mine());
        let row = || mine().filter(move |tried| settled.is_none_or(|at| tried.at > at));
        Self { first: row().min_by_key(|tried| tried.at), last: row().max_by_key(|tried| tried.at), count: row().count() }
    }
}

/// What the codes of earlier failures allow.
fn codes(ask: &ChargeAsk<'_>, wait: &mut Wait) -> Result<(), &'static Rule> {
    let payer_is_there = ask.trigger == Trigger::Payer;
    let mut last: Option<(Instant, &Advice)> = None;
    for tried in ask.tried {
        let same = tried.series == ask.series;
        let Some(advice) = &tried.failed else {
            if same && tried.is_under_way() && ask.now < after(tried.at, UNDER_WAY_HOURS) {
                wait.for_(ask.now.plus_hours(1), &UNDER_WAY);
            }
            continue;
        };
        if let Some(rule) = held(advice, same).filter(|_| ask.released_at.is_none_or(|released| released <= tried.at)) {
            return Err(rule);
        }
        if tried.credential != ask.method.credential {
            continue;
        }
        if let Some(rule) = ended(ask, tried, advice) {
            return Err(rule);
        }
        if !payer_is_there {
            wait.for_(after(tried.at, i64::from(advice.wait_hours)), &CODE_WAIT);
            if tried.amount == ask.amount && last.is_none_or(|(at, _)| at <= tried.at) {
                last = Some((tried.at, advice));
            }
        }
    }
    // The latest code says how many may follow. The first does not count, so one more than its number has room.
    if let Some((_, advice)) = last.filter(|(_, advice)| advice.tries_max > 0) {
        let hours = i64::from(advice.tries_days).saturating_mul(24);
        if let Some(at) = full_until(ask, Key::CredentialAmount, hours, usize::from(advice.tries_max).saturating_add(1)) {
            wait.for_(at, &CODE_TRIES);
        }
    }
    Ok(())
}

/// The rule by which an earlier failure with the credential forbids another attempt.
fn ended(ask: &ChargeAsk<'_>, tried: &Tried, advice: &Advice) -> Option<&'static Rule> {
    let same = tried.series == ask.series;
    let recent = ask.now < after(tried.at, ELSEWHERE_HOURS);
    let elsewhere = recent && (of_credential(advice, ask.method.scheme) || tried.amount == ask.amount);
    let mended = ask.trigger == Trigger::Payer || mended_at(ask) > tried.at;
    match advice.again {
        Again::Never => (same || elsewhere).then_some(&STOPPED),
        Again::AfterUpdate => (!mended && (same || elsewhere)).then_some(&NEEDS_PAYER),
        Again::AfterAuth => (!mended && same).then_some(&NEEDS_PAYER),
        Again::FixedDelay | Again::Smart => None,
    }
}

/// When the method became what it is.
fn mended_at(ask: &ChargeAsk<'_>) -> Instant {
    ask.mended_at.map_or(ask.method.since, |at| at.max(ask.method.since))
}

/// The rule by which a failure holds everything of the customer, or the same thing, until a person decides.
fn held(advice: &Advice, same: bool) -> Option<&'static Rule> {
    match advice.action {
        Action::StopContact | Action::StopAndConfirm => Some(&HELD),
        Action::ReviewInternal
        | Action::CheckDuplicate
        | Action::ResolveDispute
        | Action::FixRequest
        | Action::FixRequestOrContactIssuer => (same && advice.again == Again::Never).then_some(&REVIEW),
        Action::Nothing
        | Action::Wait
        | Action::AddFunds
        | Action::ContactIssuer
        | Action::ContactBank
        | Action::Authenticate
        | Action::ActivateCard
        | Action::UpdateCard
        | Action::CorrectData
        | Action::NewMethod
        | Action::NewMandate
        | Action::FixAccount
        | Action::ContactCustomer => None,
    }
}

/// Whether a failure stops charging until a person decides.
pub(crate) fn stops(advice: &Advice) -> bool {
    held(advice, true).is_some()
}

/// Whether a failure says something about the credential, and not only about the one request.
fn of_credential(advice: &Advice, scheme: Scheme) -> bool {
    // Mastercard charges every attempt after MAC 03 or 21, whatever came beside them.
    scheme == Scheme::Mastercard || !matches!(advice.reason, Reason::Format | Reason::Duplicate | Reason::Limit)
}

/// How a network's cap counts.
fn count(ask: &ChargeAsk<'_>, cap: &Cap, wait: &mut Wait) {
    let max = most(ask, cap);
    match cap.span {
        Span::Hours(hours) => {
            if let Some(at) = full_until(ask, cap.key, hours, max) {
                wait.for_(at, cap.rule);
            }
        }
        Span::Month => {
            let (first, next) = month(brasilia().day_of(ask.now));
            let since = brasilia().midnight(first);
            if counted(ask, cap.key).filter(|at| *at >= since).count() >= max {
                wait.for_(brasilia().midnight(next), cap.rule);
            }
        }
    }
}

/// The attempts that a key counts together.
fn counted<'a>(ask: &ChargeAsk<'a>, key: Key) -> impl Iterator<Item = Instant> + use<'a> {
    let (credential, amount) = (ask.method.credential, ask.amount);
    let fits = move |tried: &&Tried| tried.credential == credential && (key == Key::Credential || tried.amount == amount);
    ask.tried.iter().filter(fits).map(|tried| tried.at)
}

/// When fewer than `max` attempts lie within so many hours before; none when that is so now.
fn full_until(ask: &ChargeAsk<'_>, key: Key, hours: i64, max: usize) -> Option<Instant> {
    let recent = || counted(ask, key).filter(|at| after(*at, hours) > ask.now);
    let over = recent().count().checked_sub(max)?;
    let mut within: Vec<Instant> = recent().collect();
    within.sort_unstable();
    within.get(over).map(|at| after(*at, hours))
}

/// How a bank debit may be presented again. A mended method is a new authorisation or a corrected entry, and a payer who is
/// there gives one: then only the number and the time bind.
fn again(ask: &ChargeAsk<'_>, series: &Series<'_>, represent: &'static Represent) -> Result<(), &'static Rule> {
    let (Some(first), Some(last)) = (series.first, series.last) else { return Ok(()) };
    let mended = mended_at(ask) > last.at;
    let known = last.failed.is_none_or(|advice| represent.reasons.contains(&advice.reason));
    let in_time = last_moment(ask, represent, first).is_none_or(|last| ask.now <= last);
    let fits = (known || mended || ask.trigger == Trigger::Payer)
        && in_time
        && represent.max.is_none_or(|max| series.count <= max)
        && (!represent.same_amount || first.amount == ask.amount);
    if fits { Ok(()) } else { Err(represent.rule) }
}

/// The windows of Pix Automático.
fn pix(ask: &ChargeAsk<'_>, series: &Series<'_>, wait: &mut Wait) -> Result<(), &'static Rule> {
    let Some(cycle) = ask.cycle else { return Err(&schemes::PIX_NOTICE) };
    let zone = brasilia();
    let today = zone.day_of(ask.now);
    let Some(first) = series.first else {
        let (from, until) = cycle.send();
        if today > until {
            return Err(&schemes::PIX_NOTICE);
        }
        wait.for_(zone.midnight(from), &schemes::PIX_NOTICE);
        return Ok(());
    };
    let (from, until) = cycle.retry();
    let asked = PixCycle::asked(ask.now);
    if !ask.method.allows_retry || series.count > schemes::PIX_RETRIES || first.amount != ask.amount || asked > until {
        return Err(&schemes::PIX_RETRY);
    }
    // The day of the first is not over before its settlement day is; the next day's try is asked for a day before.
    let mut earliest = from.plus(-1);
    if let Some(last) = series.last.filter(|_| series.count > 1) {
        earliest = earliest.max(zone.day_of(last.at).plus(1));
    }
    if earliest.plus(1) > until {
        return Err(&schemes::PIX_RETRY);
    }
    wait.for_(zone.midnight(earliest), &schemes::PIX_RETRY);
    Ok(())
}

/// How many further attempts the codes, caps and schemes leave until a moment; what a code's shorter window takes is given back
/// with each such window that passes by then.
///
/// For planning: whether the next one may be made, and when, only [`charge`] says.
#[must_use]
pub fn room(ask: &ChargeAsk<'_>, until: Instant) -> usize {
    let series = Series::of(ask);
    let within = |key, hours| counted(ask, key).filter(|at| after(*at, hours) > ask.now).count();
    let caps = networks::caps(ask.method.scheme, ask.amount.currency().code() == "BRL").iter();
    let network = caps.map(|cap| {
        let hours = match cap.span {
            // A day's cap bounds the day, not the plan.
            Span::Hours(hours) if hours <= 24 => return usize::MAX,
            Span::Hours(hours) => hours,
            Span::Month => 31 * 24,
        };
        most(ask, cap).saturating_sub(within(cap.key, hours))
    });
    let further = series.count.saturating_sub(1);
    let scheme = schemes::represent(ask.method.scheme).and_then(|represent| represent.max).map(|max| max.saturating_sub(further));
    let pix = (ask.method.scheme == Scheme::PixAutomatico).then(|| schemes::PIX_RETRIES.saturating_sub(further));
    let code = series.last.and_then(|last| last.failed).filter(|advice| advice.tries_max > 0).map(|advice| {
        let so_far = within(Key::CredentialAmount, i64::from(advice.tries_days).saturating_mul(24));
        let passes = until.secs().saturating_sub(ask.now.secs()).max(0) / (i64::from(advice.tries_days.max(1)) * 86_400);
        let again = usize::from(advice.tries_max).saturating_mul(usize::try_from(passes).unwrap_or(usize::MAX));
        usize::from(advice.tries_max).saturating_add(1).saturating_sub(so_far).saturating_add(again)
    });
    network.chain(scheme).chain(pix).chain(code).min().unwrap_or(usize::MAX)
}

/// The moment after which a scheme allows no further attempt for the same thing, where it sets one.
///
/// For planning: whether an attempt may be made, only [`charge`] says.
#[must_use]
pub fn ends(ask: &ChargeAsk<'_>) -> Option<Instant> {
    let first = Series::of(ask).first?;
    match ask.method.scheme {
        Scheme::Visa => Some(after(first.at, networks::VISA_AFTER_HOURS)),
        // The last day is asked for on its eve.
        Scheme::PixAutomatico => ask.cycle.map(|cycle| brasilia().midnight(cycle.retry().1)),
        Scheme::Ach | Scheme::Sepa | Scheme::SepaB2b | Scheme::Bacs | Scheme::Becs | Scheme::Pad | Scheme::Debit150 => {
            schemes::represent(ask.method.scheme).and_then(|represent| last_moment(ask, represent, first))
        }
        Scheme::Mastercard
        | Scheme::Amex
        | Scheme::Elo
        | Scheme::Hipercard
        | Scheme::Discover
        | Scheme::Diners
        | Scheme::Jcb
        | Scheme::UnionPay
        | Scheme::OtherCard => None,
    }
}

/// The last moment at which a debit may be presented again.
fn last_moment(ask: &ChargeAsk<'_>, represent: &Represent, first: &Tried) -> Option<Instant> {
    match represent.within? {
        Within::Days(days) => Some(after(first.at, days.saturating_mul(24))),
        Within::Sepa => Some(after(first.at, i64::from(ask.limits.sepa_days).saturating_mul(24))),
        Within::Month => {
            let over = ask.zone.midnight(month_later(ask.zone.day_of(first.at)).plus(1));
            Some(Instant::from_micros(over.micros().saturating_sub(1)))
        }
    }
}

/// What a cap allows this tenant.
fn most(ask: &ChargeAsk<'_>, cap: &Cap) -> usize {
    if cap.loosest > cap.max { usize::from(ask.limits.visa).min(cap.loosest) } else { cap.max }
}

/// The first day of a day's month, and that of the next.
fn month(day: Day) -> (Day, Day) {
    let civil = day.civil();
    let first = day.plus(1 - i32::from(civil.day()));
    (first, first.plus(i32::from(civil.days_in_month())))
}

/// The same day of the next month, or its last day.
fn month_later(day: Day) -> Day {
    let month = jiff::Span::new().months(1);
    day.civil().checked_add(month).ok().and_then(Day::from_civil).unwrap_or(Day::MAX)
}

/// Whether a rail takes debits only on business days.
#[must_use]
pub const fn on_open_days_only(rail: Rail) -> bool {
    matches!(rail, Rail::Ach | Rail::Sepa | Rail::Bacs | Rail::DirectDebit)
}
