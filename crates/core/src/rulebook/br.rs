//! Brazil: contact hours by state, prescription, ceilings.
//!
//! No national statute on hours was found (facts, brazil.md §6.4): the national rows are the strictest common window and
//! good practice; the states' rows are law.

use crate::calendar::Calendar;
use crate::rate::Rate;
use crate::rulebook::hours::{daily, week};
use crate::rulebook::{Class, Hours, Prescription, Rule, Rulebook, RulebookName};
use crate::words::Channel;

/// Who would ring, text or write to a handset.
const HANDSET: &[Channel] = &[Channel::Voice, Channel::Sms, Channel::Whatsapp];
const CALLS: &[Channel] = &[Channel::Voice];
const CALLS_AND_TEXTS: &[Channel] = &[Channel::Voice, Channel::Sms, Channel::Whatsapp];
const COLLECTION: &[Class] = &[Class::Collection];
const INFORMATIVE: &[Class] = &[Class::Informative];

/// Source: Lei estadual (SP) 15.426/2014; facts, brazil.md §6.4.
static SP: Rule = Rule {
    id: "br.hours.sp",
    says: "in São Paulo collection calls are allowed Monday to Friday 08:00 to 20:00 and Saturday 08:00 to 14:00, not on Sundays and holidays",
    source: "Lei estadual (SP) 15.426/2014",
    good_practice: false,
};

/// Source: Lei estadual (RJ) 7.868/2018; facts, brazil.md §6.4.
static RJ: Rule = Rule {
    id: "br.hours.rj",
    says: "in Rio de Janeiro collection calls are allowed on business days 09:00 to 19:00",
    source: "Lei estadual (RJ) 7.868/2018",
    good_practice: false,
};

/// Source: Lei estadual (ES) 10.626/2017; facts, brazil.md §6.4.
static ES: Rule = Rule {
    id: "br.hours.es",
    says: "in Espírito Santo collection calls are allowed 08:00 to 19:00, not on weekends and holidays",
    source: "Lei estadual (ES) 10.626/2017",
    good_practice: false,
};

/// Source: Lei estadual (AM) 306/2016; facts, brazil.md §6.4 (the law sets no opening hour: 08:00 is good practice).
static AM: Rule = Rule {
    id: "br.hours.am",
    says: "in Amazonas collection calls are allowed until 19:00, not on weekends",
    source: "Lei estadual (AM) 306/2016",
    good_practice: false,
};

/// Source: Lei estadual (AL) 7.782/2016; facts, brazil.md §6.4.
static AL: Rule = Rule {
    id: "br.hours.al",
    says: "in Alagoas collection calls and texts are allowed Monday to Friday 08:00 to 20:00 and Saturday 08:00 to 14:00",
    source: "Lei estadual (AL) 7.782/2016",
    good_practice: false,
};

/// Source: strictest common window of the state laws; facts, brazil.md §6.4; SPEC §4.
static HANDSET_HOURS: Rule = Rule {
    id: "br.hours.handset",
    says: "collection by phone, SMS and WhatsApp is made on business days 09:00 to 19:00 local time",
    source: "strictest common window of the state laws (SP 15.426/2014, RJ 7.868/2018, ES 10.626/2017, AM 306/2016, AL 7.782/2016)",
    good_practice: true,
};

/// Source: good practice; SPEC §4; facts, international.md §5.2.
static MAIL_COLLECTION: Rule = Rule {
    id: "br.hours.email.collection",
    says: "collection by e-mail is sent 07:00 to 21:00 local time, not on Sundays and holidays",
    source: "good practice (CDC art. 42: no embarrassment)",
    good_practice: true,
};

/// Source: good practice; SPEC §4; facts, international.md §5.2.
static WAKING: Rule =
    Rule { id: "br.hours.informative", says: "messages are sent 07:00 to 21:00 local time", source: "good practice", good_practice: true };

/// Source: Código Civil art. 206 §5 I; STJ, REsp 2.088.100 (2023); facts, brazil.md §6.3.
static FIVE_YEARS: Rule = Rule {
    id: "br.prescription",
    says: "a debt is not collected any more five years after its due date",
    source: "Código Civil art. 206 §5 I; STJ REsp 2.088.100 (2023)",
    good_practice: false,
};

/// Source: CDC (Lei 8.078/1990) art. 52 §1; facts, brazil.md §1.2.
static FINE: Rule = Rule {
    id: "br.fine.ceiling",
    says: "the fine of a consumer contract is at most 2 % of the instalment",
    source: "CDC (Lei 8.078/1990) art. 52 §1",
    good_practice: false,
};

/// Source: market practice; Código Civil art. 406; facts, brazil.md §1.2.
static INTEREST: Rule = Rule {
    id: "br.interest.usual",
    says: "default interest above 1 % a month is unusual and may be reduced by a judge",
    source: "market practice; Código Civil art. 406",
    good_practice: true,
};

/// Source: the rules named in each row.
pub(super) static BR: Rulebook = Rulebook {
    name: RulebookName::Br,
    hours: &[
        row(COLLECTION, CALLS, Some("SP"), week((8, 20), Some((8, 14)), None), true, &SP),
        row(COLLECTION, CALLS, Some("RJ"), week((9, 19), None, None), true, &RJ),
        row(COLLECTION, CALLS, Some("ES"), week((8, 19), None, None), true, &ES),
        row(COLLECTION, CALLS, Some("AM"), week((8, 19), None, None), false, &AM),
        row(COLLECTION, CALLS_AND_TEXTS, Some("AL"), week((8, 20), Some((8, 14)), None), false, &AL),
        row(COLLECTION, HANDSET, None, week((9, 19), None, None), true, &HANDSET_HOURS),
        row(COLLECTION, &[Channel::Email, Channel::Push], None, week((7, 21), Some((7, 21)), None), true, &MAIL_COLLECTION),
        row(
            INFORMATIVE,
            &[Channel::Email, Channel::Push, Channel::Voice, Channel::Sms, Channel::Whatsapp],
            None,
            daily(7, 21),
            false,
            &WAKING,
        ),
    ],
    frequencies: &[],
    holidays: Calendar::BrBanking,
    prescription: Some(Prescription { years: 5, rule: &FIVE_YEARS }),
    fine_ceiling: Some((Rate::from_bps(200), &FINE)),
    interest_warning: Some((Rate::from_bps(100), &INTEREST)),
};

const fn row(
    classes: &'static [Class],
    channels: &'static [Channel],
    state: Option<&'static str>,
    week: super::Week,
    closed_on_holidays: bool,
    rule: &'static Rule,
) -> Hours {
    Hours { classes, channels, state, week, closed_on_holidays, rule }
}
