//! United Kingdom: CONC 7 as the benchmark, though it binds only regulated credit.

use crate::calendar::Calendar;
use crate::rulebook::hours::{daily, week};
use crate::rulebook::{Class, Hours, Rule, Rulebook, RulebookName};
use crate::words::Channel;

/// Source: FCA Handbook CONC 7.9.4R (no contact at unreasonable times), as a benchmark; facts, international.md §5.1, §5.2.
static HANDSET_HOURS: Rule = Rule {
    id: "uk.hours.handset",
    says: "collection by phone, SMS and WhatsApp is made Monday to Friday 09:00 to 19:00 and Saturday 10:00 to 13:00, not on bank holidays",
    source: "FCA Handbook CONC 7.9.4R as a benchmark",
    good_practice: true,
};

/// Source: good practice; facts, international.md §5.2.
static WAKING: Rule =
    Rule { id: "uk.hours.email", says: "messages are sent 07:00 to 21:00 local time", source: "good practice", good_practice: true };

/// Source: the rules named in each row.
pub(super) static UK: Rulebook = Rulebook {
    name: RulebookName::Uk,
    hours: &[
        Hours {
            classes: &[Class::Collection],
            channels: &[Channel::Voice, Channel::Sms, Channel::Whatsapp],
            state: None,
            week: week((9, 19), Some((10, 13)), None),
            closed_on_holidays: true,
            rule: &HANDSET_HOURS,
        },
        Hours {
            classes: &[Class::Informative, Class::Collection],
            channels: &[Channel::Email, Channel::Push, Channel::Voice, Channel::Sms, Channel::Whatsapp],
            state: None,
            week: daily(7, 21),
            closed_on_holidays: false,
            rule: &WAKING,
        },
    ],
    frequencies: &[],
    holidays: Calendar::UkBanking,
    prescription: None,
    fine_ceiling: None,
    interest_warning: None,
};
