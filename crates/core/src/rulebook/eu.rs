//! European Union: no common statute on hours; good practice that fits every member state read.

use crate::calendar::Calendar;
use crate::rulebook::hours::{daily, week};
use crate::rulebook::{Class, Hours, Rule, Rulebook, RulebookName};
use crate::words::Channel;

const HANDSET: &[Channel] = &[Channel::Voice, Channel::Sms, Channel::Whatsapp];

/// Source: good practice; facts, international.md §5.2 (strictest common denominator).
static HANDSET_HOURS: Rule = Rule {
    id: "eu.hours.handset",
    says: "collection by phone, SMS and WhatsApp is made Monday to Friday 09:00 to 19:00 and Saturday 10:00 to 13:00, not on holidays",
    source: "good practice (GDPR art. 5(1)(a), Italian Garante 2005-11-30: no insistent contact)",
    good_practice: true,
};

/// Source: good practice; facts, international.md §5.2.
static WAKING: Rule =
    Rule { id: "eu.hours.email", says: "messages are sent 07:00 to 21:00 local time", source: "good practice", good_practice: true };

/// Source: the rules named in each row.
pub(super) static EU: Rulebook = Rulebook {
    name: RulebookName::Eu,
    hours: &[
        Hours {
            classes: &[Class::Collection],
            channels: HANDSET,
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
    holidays: Calendar::EuTarget2,
    prescription: None,
    fine_ceiling: None,
    interest_warning: None,
};
