//! Every key of the régua file: the one list behind the reader, its errors and the published schema.

use crate::calendar::Calendar;
use crate::rulebook::RulebookName;
use crate::words::{AccessState, Channel, Mode, Rail, Role, SecondPayment, Tone, text_enum};

use super::program::Event;

/// A key of a map.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
    pub(super) doc: &'static str,
}

/// What a value looks like.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// The id of a step, ladder or segment.
    Id,
    /// A whole number within bounds.
    Whole(u32, u32),
    /// `true` or `false`.
    Yes,
    /// One word of a closed list.
    Word(fn() -> Vec<&'static str>),
    /// A text in a small language, with its pattern and an example.
    Form(&'static Form),
    /// A CEL condition.
    Condition,
    /// An amount: a number in the policy's currency, or a map of one currency.
    Money,
    /// A map of currencies to amounts.
    Amounts,
    /// A map of payment rails to lengths.
    Clearing,
    /// A map with these keys.
    Of(&'static Object),
    /// A list of one or more.
    List(&'static Shape),
    /// A map of names to ladders.
    Ladders,
}

/// A small language inside a text.
pub(super) struct Form {
    pub(super) name: &'static str,
    /// Regular expression, anchored by the schema.
    pub(super) pattern: &'static str,
    pub(super) example: &'static str,
    pub(super) doc: &'static str,
}

/// A map of known keys.
pub(super) struct Object {
    /// Its name in the schema.
    pub(super) name: &'static str,
    /// What it is called in a sentence.
    pub(super) called: &'static str,
    pub(super) doc: &'static str,
    pub(super) keys: &'static [&'static [Key]],
}

impl Object {
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.keys.iter().copied().flatten()
    }
}

/// The known words of a list, for shapes.
macro_rules! words {
    ($type:ty) => {
        || <$type>::ALL.iter().map(|word| word.as_str()).collect()
    };
}

const fn must(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, required: true, shape, doc }
}

const fn may(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, required: false, shape, doc }
}

text_enum! {
    /// What a step does.
    Verb, "verb" {
        Notify = "notify", Offer = "offer", Charge = "charge", Access = "access", Fee = "fee", Report = "report",
        Assign = "assign", Task = "task", WriteOff = "write_off",
    }
}

pub(super) static MOMENT: Form = Form {
    name: "moment",
    pattern: "[IDFPXR]([+-][0-9]{1,4}d?|[+-][1-9][0-9]{0,3}bd|\\+[0-9]{1,4}h)?( [0-2][0-9]:[0-5][0-9])?",
    example: "D+5bd 10:00",
    doc: "Anchor (I issue, D due date after the roll, F failed charge, P promise, X expiry of the method, R renewal), an offset (`-5` or `-5d` civil days, `+5bd` open days, `+6h` elapsed hours) and perhaps a local hour.",
};
pub(super) static AFTER: Form = Form {
    name: "after",
    pattern: "[A-Za-z0-9_-]{1,40}(\\+([0-9]{1,4}[dh]?|[1-9][0-9]{0,3}bd))?( [0-2][0-9]:[0-5][0-9])?",
    example: "charge+2d",
    doc: "An earlier step of the same ladder and an offset of zero or more, counted from the local date on which that step's last occurrence so far was done.",
};
pub(super) static TIME: Form = Form { name: "time", pattern: "[0-2][0-9]:[0-5][0-9]", example: "09:00", doc: "A local hour." };
pub(super) static DAYS: Form = Form { name: "days", pattern: "[0-9]{1,3}d", example: "3d", doc: "A number of civil days." };
pub(super) static DELAY: Form =
    Form { name: "delay", pattern: "[0-9]{1,3}(d|bd)", example: "3bd", doc: "A number of civil days (`d`) or open days (`bd`)." };
pub(super) static EVERY: Form =
    Form { name: "every", pattern: "[0-9]{1,3}(d|bd)?", example: "7d", doc: "Civil days (`d`) or open days (`bd`) between occurrences." };
pub(super) static PERCENT: Form =
    Form { name: "percent", pattern: "[0-9]{1,3}(\\.[0-9]{1,6})?%", example: "2%", doc: "A share, at most 100 %." };
pub(super) static CAP: Form = Form {
    name: "cap",
    pattern: "[1-9][0-9]{0,4}/(day|week|month)",
    example: "3/week",
    doc: "Most contacts per customer: on one local date, on it and the six before, on it and the twenty-nine before.",
};
pub(super) static MONTH_DAY: Form =
    Form { name: "month_day", pattern: "[01][0-9]-[0-3][0-9]", example: "12-24", doc: "A day of the year." };
pub(super) static CURRENCY: Form = Form { name: "currency", pattern: "[A-Z]{3}", example: "BRL", doc: "ISO 4217 code." };
pub(super) static ZONE: Form =
    Form { name: "time_zone", pattern: "[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", example: "America/Sao_Paulo", doc: "IANA time zone." };
/// The forms, for the schema.
pub(super) static FORMS: [&Form; 11] = [&MOMENT, &AFTER, &TIME, &DAYS, &DELAY, &EVERY, &PERCENT, &CAP, &MONTH_DAY, &CURRENCY, &ZONE];

const CHANNEL: Shape = Shape::Word(words!(Channel));
const CHANNEL_CHOICE: Shape = Shape::Word(|| std::iter::once("preferred").chain(Channel::ALL.iter().map(|word| word.as_str())).collect());
const ROLE: Shape = Shape::Word(words!(Role));
const ID: Shape = Shape::Id;
const CAP_SHAPE: Shape = Shape::Form(&CAP);
const PERCENT_SHAPE: Shape = Shape::Form(&PERCENT);
const MOMENT_SHAPE: Shape = Shape::Form(&MOMENT);
const STOP: Shape = Shape::Word(|| vec!["adverse", "contacts", "charges"]);

/// The file itself.
pub(super) static POLICY: Object = Object {
    name: "policy",
    called: "the policy",
    doc: "A régua file: when a customer is contacted or charged, how and where.",
    keys: &[&[
        must("regua", Shape::Whole(1, 1), "Version of the file format: 1."),
        must("name", Shape::Text, "What people call the policy."),
        must("currency", Shape::Form(&CURRENCY), "Currency of amounts without one."),
        must("timezone", Shape::Form(&ZONE), "Time zone of customers who have none."),
        may(
            "calendar",
            Shape::Word(words!(Calendar)),
            "Business days; a due date on a closed day rolls to the next open one. Default: none.",
        ),
        may("time", Shape::Form(&TIME), "Local hour of a step that names none. Default: 09:00."),
        may("max_delay", Shape::Form(&DAYS), "A contact later than this is stale and not sent. Default: 3d."),
        may("notice", Shape::Form(&DELAY), "How long before an adverse step it must have been announced. Default: 3bd."),
        may("minimum", Shape::Amounts, "An open amount below it is not chased."),
        may("clearing", Shape::Clearing, "How long after its day a payment on a rail may still become known."),
        may("late_charges", Shape::Of(&LATE_CHARGES), "What lateness costs. Default: nothing."),
        may("early_discount", Shape::List(&EARLY_SHAPE), "What paying early saves."),
        may(
            "autopay_discount",
            Shape::List(&PERCENT_SHAPE),
            "Progressive discount: first, second, … consecutive on-time automatic payment.",
        ),
        may(
            "second_payment",
            Shape::Word(words!(SecondPayment)),
            "What is done with money that a gateway takes when nothing is owed any more. Default: credit.",
        ),
        may("contact", Shape::Of(&CONTACT_RULES), "Law, caps and channels of contacts."),
        may("blackouts", Shape::List(&BLACKOUT_SHAPE), "Spans of the year in which some steps stop."),
        may("retry", Shape::Of(&RETRY), "How a failed charge is tried again. Default: not at all."),
        must("segments", Shape::List(&SEGMENT_SHAPE), "Who walks which ladder; the first that matches wins."),
        must("ladders", Shape::Ladders, "The ordered steps of each segment."),
        may("reactions", Shape::List(&REACTION_SHAPE), "What follows an event."),
    ]],
};

const EARLY_SHAPE: Shape = Shape::Of(&EARLY_DISCOUNT);
const BLACKOUT_SHAPE: Shape = Shape::Of(&BLACKOUT);
const SEGMENT_SHAPE: Shape = Shape::Of(&SEGMENT);
const REACTION_SHAPE: Shape = Shape::Of(&REACTION);
const FIXED_SHAPE: Shape = Shape::Of(&FIXED_SUM);

pub(super) static LATE_CHARGES: Object = Object {
    name: "late_charges",
    called: "`late_charges`",
    doc: "What lateness costs.",
    keys: &[&[
        may("fine", PERCENT_SHAPE, "Once, on the principal unpaid at the first late day."),
        may("interest", Shape::Of(&INTEREST), "Simple interest per day on unpaid principal."),
        may("fixed", Shape::List(&FIXED_SHAPE), "Fixed sums; the last entry whose `from` is at most the principal applies."),
        may("rounding", Shape::Word(|| vec!["half_up", "half_even", "truncate"]), "How fractions of a cent are rounded. Default: half_up."),
        may(
            "days_from",
            Shape::Word(|| vec!["adjusted", "original"]),
            "Days late count from the due date rolled to an open day, or as written. Default: adjusted.",
        ),
    ]],
};

pub(super) static INTEREST: Object = Object {
    name: "interest",
    called: "`interest`",
    doc: "Simple interest.",
    keys: &[&[
        must("rate", PERCENT_SHAPE, "The share of the principal per period."),
        must("per", Shape::Word(|| vec!["day", "month", "year"]), "The period."),
        may("method", Shape::Word(|| vec!["simple"]), "Simple: interest bears no interest. Default: simple."),
        may("base", Shape::Whole(1, 366), "Days in the period. Default: 1 for a day, 30 for a month, 365 for a year."),
    ]],
};

pub(super) static FIXED_SUM: Object = Object {
    name: "fixed_sum",
    called: "a fixed sum",
    doc: "A fixed compensation for principals of at least `from`.",
    keys: &[&[
        may("from", Shape::Money, "The smallest principal it applies to. Default: 0."),
        must("sum", Shape::Money, "The compensation."),
    ]],
};

pub(super) static EARLY_DISCOUNT: Object = Object {
    name: "early_discount",
    called: "an early discount",
    doc: "A discount while paid on or before a date.",
    keys: &[&[
        must("percent", PERCENT_SHAPE, "Share of the principal."),
        must("until", MOMENT_SHAPE, "The last day, from D, as in `D-3`."),
    ]],
};

pub(super) static CONTACT_RULES: Object = Object {
    name: "contact_rules",
    called: "`contact`",
    doc: "Law, caps and channels of contacts.",
    keys: &[&[
        may("rulebook", Shape::Word(words!(RulebookName)), "Whose law and good practice applies. Default: none."),
        may("caps", Shape::List(&CAP_SHAPE), "Most contacts per customer, all channels together. Default: no limit."),
        may("channels", Shape::List(&CHANNEL), "Order of channels when the customer stated no preference. Default: email."),
        may("consolidate", Shape::Yes, "Whether contacts of one customer that are open together become one message. Default: true."),
    ]],
};

pub(super) static BLACKOUT: Object = Object {
    name: "blackout",
    called: "a blackout",
    doc: "A span of the year, both dates included, in which some steps stop and are moved behind it.",
    keys: &[&[
        must("from", Shape::Form(&MONTH_DAY), "First day."),
        must("to", Shape::Form(&MONTH_DAY), "Last day; before `from` when the span crosses new year."),
        must("stop", Shape::List(&STOP), "What stops."),
        may("then", Shape::Word(|| vec!["shift"]), "What stopped is moved behind the span. Default: shift."),
    ]],
};

pub(super) static RETRY: Object = Object {
    name: "retry",
    called: "`retry`",
    doc: "How a failed charge is tried again.",
    keys: &[&[
        must("mode", Shape::Word(|| vec!["fixed", "smart"]), "`fixed` moments, or `smart`: moments chosen by estimated success."),
        may("at", Shape::List(&MOMENT_SHAPE), "With `fixed`: moments from the first failure, ascending, as in `F+3d`."),
        may("window", Shape::Form(&DAYS), "With `smart`: days after the first failure in which tries are made."),
        may("max", Shape::Whole(1, 50), "With `smart`: most tries."),
    ]],
};

pub(super) static SEGMENT: Object = Object {
    name: "segment",
    called: "a segment",
    doc: "A group of customers or receivables and the ladder they walk.",
    keys: &[&[
        must("name", Shape::Id, "Its name."),
        may("when", Shape::Condition, "Who belongs to it; everyone when absent, which only the last may."),
        may("ladder", Shape::Id, "The ladder it walks. Default: the one of its own name, else `default`."),
        may("not_before", MOMENT_SHAPE, "Overdue contacts and adverse steps before this moment are skipped, as in `D+10`."),
        may("late_charges", Shape::Of(&LATE_CHARGES), "Replaces the policy's."),
        may("caps", Shape::List(&CAP_SHAPE), "Replaces the policy's."),
    ]],
};

/// Keys of every step.
const STEP: &[Key] = &[
    must("id", Shape::Id, "Unique within the ladder."),
    may("at", MOMENT_SHAPE, "When it happens; this or `after`."),
    may("after", Shape::Form(&AFTER), "When it happens, counted from an earlier step; this or `at`."),
    may("if", Shape::Condition, "Whether it happens, judged at decision time."),
    must("do", Shape::Word(words!(Verb)), "What happens."),
    may("mode", Shape::Word(words!(Mode)), "How real this step is. Default: the tenant's."),
    may("approval", Shape::Yes, "Whether a person must release it. Default: false."),
];
const REPEAT: &[Key] = &[
    may("every", Shape::Form(&EVERY), "Repeats the step, until `until`."),
    may("until", MOMENT_SHAPE, "The last date that may hold an occurrence."),
];
const TEMPLATE: Key = must("template", Shape::Text, "Which message.");
const OFFER_TEMPLATE: Key = may("template", Shape::Text, "Which message. Default: offer.");
const CONTACT: &[Key] = &[
    may("tone", Shape::Word(words!(Tone)), "How it speaks. Default: friendly."),
    may(
        "channels",
        Shape::List(&CHANNEL_CHOICE),
        "Channels in fallback order; `preferred` is the customer's choice. Default: the policy's.",
    ),
    may("send", Shape::Word(|| vec!["first", "all"]), "Whether the first channel that works is used, or all. Default: first."),
    may("to", Shape::List(&ROLE), "Roles addressed. Default: owner and billing."),
    may("cc", Shape::List(&ROLE), "Roles copied."),
];
const ANNOUNCES: &[Key] = &[may("announces", Shape::List(&ID), "Adverse steps of the same ladder that this message announces.")];
const TERMS_KEY: Key = must("terms", Shape::Of(&TERMS), "What is offered.");
const ADVERSE: &[Key] = &[may("notice", Shape::Form(&DELAY), "How long before it must have been announced. Default: the policy's.")];

/// The keys of a step with this verb.
pub(super) const fn step(verb: Verb) -> &'static Object {
    match verb {
        Verb::Notify => &NOTIFY,
        Verb::Offer => &OFFER,
        Verb::Charge => &CHARGE,
        Verb::Access => &ACCESS,
        Verb::Fee => &FEE,
        Verb::Report => &REPORT,
        Verb::Assign => &ASSIGN,
        Verb::Task => &TASK,
        Verb::WriteOff => &WRITE_OFF,
    }
}

static NOTIFY: Object =
    Object { name: "notify", called: "a notify step", doc: "Sends a message.", keys: &[STEP, REPEAT, &[TEMPLATE], CONTACT, ANNOUNCES] };
static OFFER: Object = Object {
    name: "offer",
    called: "an offer step",
    doc: "Sends a message with terms.",
    keys: &[STEP, REPEAT, &[OFFER_TEMPLATE], CONTACT, ANNOUNCES, &[TERMS_KEY]],
};
static CHARGE: Object = Object {
    name: "charge",
    called: "a charge step",
    doc: "Charges the stored method; `retry` says how failures are tried again.",
    keys: &[STEP],
};
static ACCESS: Object = Object {
    name: "access",
    called: "an access step",
    doc: "Restricts access. Adverse: another step must announce it.",
    keys: &[STEP, ADVERSE, &[must("state", Shape::Word(restrictions), "The access that remains.")]],
};
static FEE: Object = Object {
    name: "fee",
    called: "a fee step",
    doc: "Adds a fee. Adverse: another step must announce it.",
    keys: &[STEP, ADVERSE, &[must("amount", Shape::Money, "The fee.")]],
};
static REPORT: Object = Object {
    name: "report",
    called: "a report step",
    doc: "Reports to a credit bureau. Adverse: another step must announce it.",
    keys: &[STEP, ADVERSE, &[must("bureau", Shape::Text, "The bureau.")]],
};
static ASSIGN: Object = Object {
    name: "assign",
    called: "an assign step",
    doc: "Hands over to an agency, which ends the ladder. Adverse: another step must announce it.",
    keys: &[STEP, ADVERSE, &[must("agency", Shape::Text, "The agency.")]],
};
static TASK: Object = Object {
    name: "task",
    called: "a task step",
    doc: "Puts work on a queue; the debtor sees nothing of it.",
    keys: &[STEP, REPEAT, &[must("queue", Shape::Text, "The queue.")]],
};
static WRITE_OFF: Object =
    Object { name: "write_off", called: "a write_off step", doc: "Gives the amount up, which ends the ladder.", keys: &[STEP] };

/// The states that a step may order: all but free use, which payment restores by itself.
pub(super) fn restrictions() -> Vec<&'static str> {
    AccessState::ALL.iter().filter(|state| **state != AccessState::Active).map(|state| state.as_str()).collect()
}

pub(super) static TERMS: Object = Object {
    name: "terms",
    called: "`terms`",
    doc: "What an offer offers; at least one of them.",
    keys: &[&[
        may("instalments", Shape::Whole(2, 120), "Number of equal parts."),
        may("discount", PERCENT_SHAPE, "Discount for settling at once."),
        may("down_payment", PERCENT_SHAPE, "Share paid first."),
    ]],
};

const REACTION_KEYS: &[Key] = &[
    must("on", Shape::Word(words!(Event)), "The event."),
    may("id", Shape::Id, "Default: `on.` and the event; a second one for the same event needs its own."),
    may("at", MOMENT_SHAPE, "When: the event's instant, or this if later."),
    may("if", Shape::Condition, "Whether it happens, judged at decision time."),
    must("do", Shape::Word(reaction_verbs), "What happens: notify, offer or task."),
    may("template", Shape::Text, "Which message; required with notify."),
    may("by_reason", Shape::Yes, "With payment_failed: one message per kind of failure. Default: false."),
    may("terms", Shape::Of(&TERMS), "With offer: what is offered."),
    may("queue", Shape::Text, "With task: the queue."),
];

/// What a reaction may do: nothing adverse, because an event cannot be announced.
pub(super) fn reaction_verbs() -> Vec<&'static str> {
    vec![Verb::Notify.as_str(), Verb::Offer.as_str(), Verb::Task.as_str()]
}

/// A reaction of any verb.
pub(super) static REACTION: Object =
    Object { name: "reaction", called: "a reaction", doc: "What follows an event.", keys: &[REACTION_KEYS, CONTACT] };

/// Rails, for the map of `clearing`.
pub(super) fn rails() -> Vec<&'static str> {
    Rail::ALL.iter().map(|rail| rail.as_str()).collect()
}
