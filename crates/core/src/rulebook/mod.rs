//! Law, network and scheme rules as data with citations, compiled into checks.
//!
//! One file per jurisdiction holds rows; this file asks them. A contact is carried out only with a [`Permit`], which
//! nothing outside this module can make, so a forbidden one cannot be written by mistake; an attempt to take money only with
//! a [`ChargePermit`]. Deliberately absent: the codes that attempts fail with, which are `charging::declines`.

mod br;
mod charge;
mod eu;
mod hours;
mod networks;
mod schemes;
mod uk;
mod us;

use crate::calendar::Calendar;
use crate::time::{Day, Instant, LocalTime, Zone};
use crate::words::Channel;

pub use charge::{ChargeAnswer, ChargeAsk, ChargePermit, Limits, charge, ends, on_open_days_only, room};
pub(crate) use charge::{STATUS, stops};
pub use hours::{Hours, Week};
pub use schemes::{PixCycle, lead_days};

crate::words::text_enum! {
    /// Whose law and good practice applies to contacts.
    RulebookName, "rulebook" { Br = "br", Us = "us", Eu = "eu", Uk = "uk", None = "none" }
}

/// The version of the shipped rulebooks: part of every decision's receipt. Raise it with every change of a row.
pub const VERSION: &str = "2026-12";

/// One rule with its source.
#[derive(PartialEq, Eq, Debug)]
pub struct Rule {
    /// Names it in receipts and explanations.
    pub id: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
    /// Law, article, page.
    pub source: &'static str,
    /// Whether a tenant may loosen it.
    pub good_practice: bool,
}

/// What the law distinguishes contacts by (SPEC §4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Invoice, reminder up to and on the due date, receipt, access notice.
    Informative,
    /// About an overdue amount.
    Collection,
}

/// The rules of one jurisdiction.
#[derive(Debug)]
pub struct Rulebook {
    /// Its name in policy files.
    pub name: RulebookName,
    /// When contacts may be made: per channel and class the first row that fits the debtor's state.
    pub hours: &'static [Hours],
    /// How often, beyond the policy's caps.
    pub frequencies: &'static [Frequency],
    /// Whose holidays the hours mean.
    pub holidays: Calendar,
    /// After how many years a debt may not be collected any more.
    pub prescription: Option<Prescription>,
    /// The highest fine on a consumer, as a rate.
    pub fine_ceiling: Option<(crate::rate::Rate, &'static Rule)>,
    /// The monthly interest above which a contract is doubtful.
    pub interest_warning: Option<(crate::rate::Rate, &'static Rule)>,
}

/// At most so many contacts on some channels in some days.
#[derive(Debug)]
pub struct Frequency {
    /// The debtor's state; everywhere when absent.
    pub state: Option<&'static str>,
    /// The channels that count together.
    pub channels: &'static [Channel],
    /// At most this many …
    pub max: usize,
    /// … in so many local days, today included.
    pub days: i32,
    /// The rule.
    pub rule: &'static Rule,
}

/// From when on a debt may not be collected.
#[derive(Debug)]
pub struct Prescription {
    /// Years after the due date.
    pub years: i32,
    /// The rule.
    pub rule: &'static Rule,
}

/// A contact that the rulebook is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Informative or collection.
    pub class: Class,
    /// The channel it would use.
    pub channel: Channel,
    /// The debtor's state, when known.
    pub state: Option<&'a str>,
    /// The debtor's zone.
    pub zone: Zone,
    /// The due date D.
    pub due: Day,
    /// Now.
    pub now: Instant,
}

/// Allowed by the rulebook at a moment. Only [`Rulebook`] makes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Permit {
    rule: Option<&'static Rule>,
}

impl Permit {
    /// The rule that was looked at, if any binds.
    #[must_use]
    pub const fn rule(self) -> Option<&'static Rule> {
        self.rule
    }
}

/// What the rulebook answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Now.
    Allowed(Permit),
    /// Not before this instant.
    Until(Instant, &'static Rule),
    /// Never.
    Forbidden(&'static Rule),
}

impl Rulebook {
    /// The shipped rulebook of a name.
    #[must_use]
    pub const fn named(name: RulebookName) -> &'static Self {
        match name {
            RulebookName::Br => &br::BR,
            RulebookName::Us => &us::US,
            RulebookName::Eu => &eu::EU,
            RulebookName::Uk => &uk::UK,
            RulebookName::None => &NONE,
        }
    }

    /// Whether a contact may be made now.
    #[must_use]
    pub fn contact(&self, ask: Ask<'_>) -> Answer {
        if ask.class == Class::Collection
            && let Some(rule) = self.prescribed(ask.due, ask.zone.day_of(ask.now))
        {
            return Answer::Forbidden(rule);
        }
        match self.hours_for(ask.class, ask.channel, ask.state) {
            None => Answer::Allowed(Permit { rule: None }),
            Some(hours) => match hours.next(ask.zone, ask.now, self.holidays) {
                Some(at) if at <= ask.now => Answer::Allowed(Permit { rule: Some(hours.rule) }),
                Some(at) => Answer::Until(at, hours.rule),
                None => Answer::Forbidden(hours.rule),
            },
        }
    }

    /// Whether an adverse step other than a contact may be taken on a debt of this age.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn act(&self, due: Day, today: Day) -> Result<Permit, &'static Rule> {
        self.prescribed(due, today).map_or(Ok(Permit { rule: None }), Err)
    }

    /// The rule by which a debt is too old to be collected.
    #[must_use]
    pub fn prescribed(&self, due: Day, today: Day) -> Option<&'static Rule> {
        let rule = self.prescription.as_ref()?.rule;
        self.prescribed_on(due).is_some_and(|day| day <= today).then_some(rule)
    }

    /// The day from which a debt is too old to be collected; 28 February where the year has no 29th.
    #[must_use]
    pub fn prescribed_on(&self, due: Day) -> Option<Day> {
        let years = jiff::Span::new().years(self.prescription.as_ref()?.years);
        due.civil().checked_add(years).ok().and_then(Day::from_civil)
    }

    fn hours_for(&self, class: Class, channel: Channel, state: Option<&str>) -> Option<&'static Hours> {
        let fits = |row: &&Hours| row.classes.contains(&class) && row.channels.contains(&channel);
        let local = state.and_then(|state| self.hours.iter().filter(fits).find(|row| row.state == Some(state)));
        local.or_else(|| self.hours.iter().filter(fits).find(|row| row.state.is_none()))
    }
}

/// Why a contact at a local hour could never be made over any of its channels; `None` when some channel allows it.
///
/// A step later than the hours of a day would be put off to its own hour of the next day, for ever.
#[must_use]
pub fn always_forbidden(name: RulebookName, channels: &[Channel], collection: bool, time: LocalTime) -> Option<&'static str> {
    let rulebook = Rulebook::named(name);
    let class = if collection { Class::Collection } else { Class::Informative };
    let mut why = None;
    for &channel in channels {
        match rulebook.hours_for(class, channel, None) {
            Some(hours) if !hours.ever_open_after(time) => why = Some(hours.rule.says),
            Some(_) | None => return None,
        }
    }
    why
}

/// No law and no good practice: what the policy says is all.
static NONE: Rulebook = Rulebook {
    name: RulebookName::None,
    hours: &[],
    frequencies: &[],
    holidays: Calendar::None,
    prescription: None,
    fine_ceiling: None,
    interest_warning: None,
};

/// When restrictions of access may begin: business days, 09:00 to 16:00 local, so that help is there.
///
/// Source: SPEC §3.4; facts, international.md §5.2 (good practice).
pub const RESTRICTION_HOURS: (LocalTime, LocalTime) = (LocalTime::hour(9), LocalTime::hour(16));
