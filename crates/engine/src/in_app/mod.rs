//! What a company's own app shows to a customer: a state, from failure to cure, outside of order and caps (SPEC §3, §8).
//!
//! It is read off the facts at the moment of asking and stored nowhere, so it is never out of date: who pays sees nothing any
//! more at the next look. `secrets` and `token` say who may look. Deliberately absent: words, which are `web`'s, and messages.

mod hex;
mod secrets;
mod token;

use std::collections::BTreeMap;

use regua_core::decide::{self, StepRef};
use regua_core::facts::{Policies, Walk};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::policy::program::Act;
use regua_core::time::{Day, Instant};
use regua_core::words::{AccessState, Language, Mode};
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;
use regua_store::in_app::{self as rows, SeenRow};
use regua_store::lists::customers::open_at_rest;

use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::found;
use crate::letters::default_language;

pub use secrets::{OVERLAP_SECS_MAX, Reader, SECRETS_MAX, SecretView, token_for};
pub use token::LIFE_SECS_MAX;

/// Receivables that are shown one by one at most; sums are of all.
pub const SHOWN_MAX: usize = 50;

/// How much of the app is the debt's, in order of severity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// Nothing: there is nothing to say.
    None,
    /// A line that can be put away until tomorrow: a charge has failed, and nothing is late yet.
    Notice,
    /// A bar that can be put away until tomorrow: something is late, or a restriction was announced.
    Banner,
    /// The app shows and changes nothing: access is limited.
    ReadOnly,
    /// Nothing but the way out: access is suspended, or the ladder has ended it.
    Wall,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::None, Self::Notice, Self::Banner, Self::ReadOnly, Self::Wall];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Notice => "notice",
            Self::Banner => "banner",
            Self::ReadOnly => "read_only",
            Self::Wall => "wall",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a customer can put it away for a day.
    #[must_use]
    pub const fn can_be_put_away(self) -> bool {
        matches!(self, Self::Notice | Self::Banner)
    }
}

/// Something that is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Which.
    pub receivable: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// When it was or is due, rolled to an open day.
    pub due_on: Day,
    /// What settles it today.
    pub due: Money,
    /// Days late; 0 while it is not.
    pub days_late: i32,
    /// Whether it is late: the due date and the time that money takes are over.
    pub late: bool,
    /// Whether a charge of it has failed.
    pub failed: bool,
}

/// What was announced to happen, unless somebody pays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Coming {
    /// Access becomes this.
    Access(AccessState),
    /// A fee is added.
    Fee,
    /// A credit bureau is told.
    Report,
    /// An agency takes over.
    Assign,
}

/// What the app shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// To whom.
    pub customer: CustomerId,
    /// In which language.
    pub language: Language,
    /// The customer's day.
    pub today: Day,
    /// How much of the app.
    pub state: State,
    /// The strictest access of all subscriptions that debt has brought about.
    pub access: AccessState,
    /// What is late or has failed, the oldest due date first, [`SHOWN_MAX`] at most.
    pub asked: Vec<Asked>,
    /// The sums of all of it, one a currency.
    pub sums: Vec<Money>,
    /// What was announced and is still to come, and for which day, the first first.
    pub coming: Vec<(Day, Coming)>,
    /// Whether something is owed of which the customer has said that it comes, or that it is none: a payment on its way, a promise,
    /// a dispute. It is not asked for.
    pub resting: bool,
    /// Whether the customer has put it away for today.
    pub put_away: bool,
    /// The moment until which it does not change by itself.
    pub until: Instant,
    /// How much has happened to the customer; see [`Engine::in_app_moved`].
    pub moved: i64,
}

impl Engine {
    /// What a company's app shows to a customer now.
    ///
    /// * `language` — that of customers who stated none; without one, that of the rulebook's country.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a customer; whatever the database says.
    pub fn in_app(&self, tenant: TenantId, customer: CustomerId, language: Option<Language>, now: Instant) -> Result<Shown> {
        self.db.read(Scope::Tenant(tenant), |tx| self.in_app_of(tx, tenant, customer, language, now))
    }

    /// A customer puts away what is shown, until tomorrow; whether it could: what has become stricter meanwhile stays.
    ///
    /// # Errors
    /// As [`Engine::in_app`].
    pub fn put_in_app_away(&self, tenant: TenantId, customer: CustomerId, state: State, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let shown = self.in_app_of(tx, tenant, customer, None, now)?;
            if !shown.state.can_be_put_away() || shown.state > state {
                return Ok(false);
            }
            rows::see(tx, tenant, customer, &SeenRow { state: shown.state.word().to_owned(), seen_on: shown.today })?;
            Ok(true)
        })
    }

    /// How much has happened to a customer: another number than before means that what is shown may be another. A look at one
    /// row, so that whoever waits for news may look often.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn in_app_moved(&self, tenant: TenantId, customer: CustomerId) -> Result<Option<i64>> {
        Ok(self.db.read(Scope::Tenant(tenant), |tx| rows::moved(tx, tenant, customer))?)
    }

    fn in_app_of(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        customer: CustomerId,
        language: Option<Language>,
        now: Instant,
    ) -> Result<Shown> {
        let tenancy = self.tenancies.read(tx, tenant)?;
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let moved = rows::moved(tx, tenant, customer)?.ok_or_else(missing)?;
        // What nothing happens to any more by itself is owed all the same.
        let at_rest = open_at_rest(tx, tenant, customer)?;
        let loaded = case::load_also(tx, &tenancy, &self.master, &[customer.to_bytes()], Which::Live, &at_rest)?.pop();
        let mut case = loaded.ok_or_else(missing)?.1?;
        case.keep_time(&tenancy, Instant::from_micros(now.micros().saturating_add(1)));
        case.pause(&tenancy, now);
        let policies = tenancy.policies(customer);
        let mut shown = looked(&case, policies, now);
        shown.moved = moved;
        shown.language = case.facts.customer.language.or(language).unwrap_or_else(|| default_language(policies));
        let seen = rows::seen(tx, tenant, customer)?.filter(|seen| seen.seen_on == shown.today);
        let seen = seen.and_then(|seen| State::parse(&seen.state));
        shown.put_away = shown.state.can_be_put_away() && seen.is_some_and(|seen| shown.state <= seen);
        Ok(shown)
    }
}

/// What the facts say.
fn looked(case: &Case, policies: &Policies, now: Instant) -> Shown {
    let facts = &case.facts;
    let today = facts.zone.day_of(now);
    let (mut asked, mut sums, mut coming, mut resting) = (Vec::new(), BTreeMap::new(), Vec::new(), false);
    let still = facts.freezes.iter().any(|span| span.holds(now));
    // Who was erased is asked for nothing any more.
    let erased = case.key.is_none();
    for (walk, held) in facts.walks.iter().zip(&case.held).filter(|(walk, _)| walk.closed.is_none()) {
        // Who is contacted by nobody is told nothing here either.
        if erased || !matches!(facts.mode_of(walk), Mode::Approve | Mode::Live) || walk.is_prescribed(now) {
            continue;
        }
        if still || is_resting(walk, now) {
            resting = true;
            continue;
        }
        let announced = announced(walk, policies, &facts.unsent, today);
        let (late, failed) = (walk.is_late(now), !walk.failures.is_empty());
        let due = walk.second_copy(policies, today).amount;
        if due.total.is_zero() || !(late || failed || !announced.is_empty()) {
            continue;
        }
        coming.extend(announced);
        let sum = sums.entry(due.total.currency().code()).or_insert_with(|| Money::new(0, due.total.currency()));
        *sum = Money::new(sum.minor().saturating_add(due.total.minor()), sum.currency());
        let (receivable, external_id) = (held.receivable, held.external_id.clone());
        asked.push(Asked { receivable, external_id, due_on: walk.due, due: due.total, days_late: due.days_late, late, failed });
    }
    asked.sort_by(|a, b| (a.due_on, &a.external_id).cmp(&(b.due_on, &b.external_id)));
    coming.sort_unstable();
    coming.dedup();
    let access = decide::access(facts, policies, now).into_iter().map(|one| one.state).max().unwrap_or(AccessState::Active);
    let state = if erased { State::None } else { state(access, &asked, !coming.is_empty()) };
    asked.truncate(SHOWN_MAX);
    let midnight = facts.zone.midnight(today.plus(1));
    let breaks = facts.next_break().map_or(Instant::NEVER, |broken| broken.at);
    Shown {
        customer: case.customer,
        language: Language::En,
        today,
        state,
        access,
        asked,
        sums: sums.into_values().collect(),
        coming,
        resting,
        put_away: false,
        until: case.wakes_at().min(midnight).min(breaks),
        moved: 0,
    }
}

/// How much of the app is the debt's.
fn state(access: AccessState, asked: &[Asked], announced: bool) -> State {
    match access {
        AccessState::Suspended | AccessState::Cancelled => State::Wall,
        AccessState::Limited => State::ReadOnly,
        AccessState::Grace => State::Banner,
        AccessState::Active if announced || asked.iter().any(|one| one.late) => State::Banner,
        AccessState::Active if asked.is_empty() => State::None,
        AccessState::Active => State::Notice,
    }
}

/// Whether nothing is asked for now: it is disputed, promised, held or paused, or money is on its way.
fn is_resting(walk: &Walk, now: Instant) -> bool {
    [&walk.freezes, &walk.paused, &walk.in_flight].into_iter().flatten().any(|span| span.holds(now))
        || walk.promises.iter().any(|promise| now < promise.breaks)
}

/// What was announced of a receivable, still stands, and was not carried out yet.
fn announced(walk: &Walk, policies: &Policies, unsent: &[Instant], today: Day) -> Vec<(Day, Coming)> {
    let Some(segment) = policies.get(walk.policy).segments.get(walk.segment) else { return Vec::new() };
    let slots = policies.slots(walk.policy, segment.ladder);
    let standing = walk.announcements.iter().filter(|known| {
        let open = walk.slots.get(known.slot).is_some_and(|slot| slot.stand.is_open() && !slot.settled_before);
        open && !known.shadow && known.at >= walk.renewed_at && !unsent.contains(&known.at)
    });
    let named = standing.filter_map(|known| {
        let step = slots.get(known.slot)?.step;
        let coming = match found::find(policies, walk, StepRef::Step(step))?.act()? {
            Act::Access(to) if *to > walk.access => Coming::Access(*to),
            Act::Fee(_) => Coming::Fee,
            Act::Report(_) => Coming::Report,
            Act::Assign(_) => Coming::Assign,
            Act::Access(_) | Act::Notify(_) | Act::Offer(..) | Act::Charge | Act::Task(_) | Act::WriteOff => return None,
        };
        // A day that passed while something waited is today at the earliest.
        Some((known.named.max(today), coming))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_core::currency::Currency;

    fn asked(late: bool) -> Vec<Asked> {
        let receivable = ReceivableId::new(1_700_000_000_000, [1; 10]);
        let due = Money::new(10_000, Currency::BRL);
        let due_on = Day::parse("2026-01-10").unwrap();
        vec![Asked { receivable, external_id: "R1".to_owned(), due_on, due, days_late: i32::from(late), late, failed: !late }]
    }

    #[test]
    fn access_goes_before_what_is_owed() {
        use AccessState as A;
        for (access, late, announced, expected) in [
            (A::Active, Some(false), false, State::Notice),
            (A::Active, Some(false), true, State::Banner),
            (A::Active, Some(true), false, State::Banner),
            (A::Active, None, false, State::None),
            (A::Grace, None, false, State::Banner),
            (A::Limited, Some(true), false, State::ReadOnly),
            (A::Limited, None, false, State::ReadOnly),
            (A::Suspended, Some(true), true, State::Wall),
            (A::Cancelled, None, false, State::Wall),
        ] {
            let asked = late.map(asked).unwrap_or_default();
            assert_eq!(state(access, &asked, announced), expected, "{access} {late:?} {announced}");
        }
    }

    #[test]
    fn words_and_order_of_states() {
        for state in State::ALL {
            assert_eq!(State::parse(state.word()), Some(state));
        }
        assert_eq!(State::parse("modal"), None);
        assert!(State::ALL.windows(2).all(|two| two[0] < two[1]));
        assert!(!State::Wall.can_be_put_away() && !State::ReadOnly.can_be_put_away() && State::Banner.can_be_put_away());
    }
}
