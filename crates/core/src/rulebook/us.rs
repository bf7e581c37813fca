//! United States: hours and frequency for creditors and, as the stricter yardstick, for collectors.

use crate::calendar::Calendar;
use crate::rulebook::hours::daily;
use crate::rulebook::{Class, Frequency, Hours, Rule, Rulebook, RulebookName};
use crate::words::Channel;

const ALL: &[Channel] = &[Channel::Email, Channel::Push, Channel::Voice, Channel::Sms, Channel::Whatsapp];
const CALLS_AND_TEXTS: &[Channel] = &[Channel::Voice, Channel::Sms];

/// Source: 15 USC 1692c(a)(1), 12 CFR 1006.6(b)(1): binds collectors of consumer debt, here for all; facts, international.md §5.1.
static WAKING: Rule = Rule {
    id: "us.hours",
    says: "collection contacts are made 08:00 to 21:00 at the debtor's place",
    source: "15 USC 1692c(a)(1); 12 CFR 1006.6(b)(1)",
    good_practice: true,
};

/// Source: 940 CMR 7.04(1)(f): binds creditors; facts, international.md §5.1.
static MASSACHUSETTS: Rule = Rule {
    id: "us.frequency.ma",
    says: "in Massachusetts a creditor calls or texts at most twice in seven days",
    source: "940 CMR 7.04(1)(f)",
    good_practice: false,
};

/// Source: 12 CFR 1006.14(b)(2): presumption for collectors, here as a limit; facts, international.md §5.1.
static SEVEN_CALLS: Rule = Rule {
    id: "us.frequency.calls",
    says: "a debtor is called at most seven times in seven days",
    source: "12 CFR 1006.14(b)(2)",
    good_practice: true,
};

/// Source: the rules named in each row.
pub(super) static US: Rulebook = Rulebook {
    name: RulebookName::Us,
    hours: &[Hours {
        classes: &[Class::Informative, Class::Collection],
        channels: ALL,
        state: None,
        week: daily(8, 21),
        closed_on_holidays: false,
        rule: &WAKING,
    }],
    frequencies: &[
        Frequency { state: Some("MA"), channels: CALLS_AND_TEXTS, max: 2, days: 7, rule: &MASSACHUSETTS },
        Frequency { state: None, channels: &[Channel::Voice], max: 7, days: 7, rule: &SEVEN_CALLS },
    ],
    holidays: Calendar::UsFederal,
    prescription: None,
    fine_ceiling: None,
    interest_warning: None,
};
