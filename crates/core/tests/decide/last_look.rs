//! Between decision and effect (SPEC §3.10), and to the next address or channel after a failure (§3.9).

use std::borrow::Cow;
use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::decide::{Fresh, LastLook, Queued, QueuedItem, look_again};
use regua_core::facts::{Cause, Channels, Fact, Facts, Policies, Span};
use regua_core::money::Money;
use regua_core::party::{Consent, ContactPoint, Customer, Email};
use regua_core::policy;
use regua_core::time::Instant;
use regua_core::words::{Channel, SkipReason, Tone};

use crate::facts::{Case, LATE, at};
use crate::harness::{customer, day};

const WARN: &str = "id: warn, at: D+1, do: notify, template: overdue, announces: [limit]";
const LIMIT: &str = "id: limit, at: D+8, do: access, state: limited";

/// A message as its caller keeps it.
struct Kept {
    items: Vec<QueuedItem>,
    channels: Channels,
    decided_at: Instant,
    failed: Vec<u16>,
}

impl Kept {
    /// The only message of the last decision, made at a moment.
    fn of(case: &Case, made: &str) -> Self {
        let [message] = case.out.messages.as_slice() else { panic!("{:?}", case.out.messages) };
        let rows = message.rows.iter().map(|&row| &case.out.rows[row]);
        let items = rows.map(|row| QueuedItem { of: Some((row.walk, row.step)), cycle: row.cycle, occurrence: row.occurrence });
        Self { items: items.collect(), channels: message.channels, decided_at: at(made), failed: Vec::new() }
    }

    /// Looks again; the facts are as they were.
    fn look(&self, case: &Case, now: &str) -> LastLook {
        let Self { items, channels, decided_at, failed } = self;
        let carried = Channel::ALL.iter().copied().collect();
        let queued = Queued { items, channels: *channels, decided_at: *decided_at, failed, carried };
        look_again(&case.facts, &case.policies, at(now), &queued)
    }

    #[track_caller]
    fn goes(&self, case: &Case, now: &str) -> Fresh {
        match self.look(case, now) {
            LastLook::Go(fresh) => fresh,
            other @ (LastLook::Later(_) | LastLook::Nothing(_)) => panic!("{other:?}"),
        }
    }
}

/// A message of one receivable, decided on Wed 11 March 2026 at 09:00.
fn one(extra: &str, ladder: &[&str]) -> (Case, usize, Kept) {
    let mut case = Case::of(extra, &[ladder], customer(&[(Channel::Email, Consent::Contract), (Channel::Sms, Consent::OptedIn)]));
    let walk = case.enter();
    case.until("2026-03-11 08:00");
    case.decide(at("2026-03-11 09:00"));
    let kept = Kept::of(&case, "2026-03-11 09:00");
    (case, walk, kept)
}

#[test]
fn what_has_not_changed_goes_out_as_it_was_decided() {
    let (case, walk, message) = one("", &[WARN, LIMIT]);
    let fresh = message.goes(&case, "2026-03-11 09:00");
    assert_eq!((fresh.kept.as_slice(), fresh.dropped.as_slice(), fresh.tone), (&[0][..], &[][..], Tone::Friendly));
    assert_eq!((fresh.channels, fresh.counts), (Channels::of(Channel::Email), true));
    assert_eq!(fresh.announces.iter().map(|named| (named.walk, named.named)).collect::<Vec<_>>(), [(walk, day("2026-03-18"))]);
}

/// What happens, how it is told, when the message is looked at, and why it is not sent.
type Row = (&'static str, fn(&mut Case, usize), &'static str, SkipReason);

#[test]
fn what_may_not_go_out_any_more_does_not() {
    const TEN: &str = "2026-03-11 10:00";
    let rows: [Row; 11] = [
        ("paid", |case, walk| tell(case, walk, &paid()), TEN, SkipReason::Closed),
        ("void", |case, walk| tell(case, walk, &Fact::Voided), TEN, SkipReason::Closed),
        (
            "paid and charged back",
            |case, walk| {
                tell(case, walk, &paid());
                tell(case, walk, &Fact::ChargedBack { on: day("2026-03-11"), amount: None });
            },
            TEN,
            SkipReason::Superseded,
        ),
        ("disputed", |case, walk| tell(case, walk, &Fact::Froze { cause: Cause::Dispute }), TEN, SkipReason::Frozen),
        ("promised", |case, walk| tell(case, walk, &Fact::Promised { on: day("2026-03-12") }), TEN, SkipReason::Frozen),
        (
            "the tenant paused",
            |case, walk| case.facts.walks[walk].paused.push(Span { from: at("2026-03-11 09:30"), until: Instant::NEVER }),
            TEN,
            SkipReason::Frozen,
        ),
        ("a payment is on its way", |case, walk| tell(case, walk, &Fact::Initiated { rail: None }), TEN, SkipReason::Frozen),
        ("refused", |case, walk| tell(case, walk, &Fact::Rejected { step: "warn".into() }), TEN, SkipReason::Rejected),
        (
            "opted out of everything",
            |case, _| {
                for channel in [Channel::Email, Channel::Sms] {
                    case.tell(None, "2026-03-11 09:30", &Fact::OptedOut { channel, point: None });
                }
            },
            TEN,
            SkipReason::Unreachable,
        ),
        (
            "amended to almost nothing",
            |case, walk| {
                let amount = Money::new(50, Currency::BRL);
                tell(case, walk, &Fact::Amended { issued_on: day("2026-03-02"), due_on: day("2026-03-10"), amount, method: None });
            },
            TEN,
            SkipReason::Minimum,
        ),
        ("superseded while it was queued", |_, _| {}, "2026-03-12 09:00", SkipReason::Superseded),
    ];
    for (what, change, now, reason) in rows {
        let late2 = "id: late2, at: D+2, do: notify, template: overdue";
        let policy = "contact: { channels: [email, sms] }\nminimum: { BRL: 1.00 }";
        let (mut case, walk, message) = one(policy, &[WARN, late2, LIMIT]);
        change(&mut case, walk);
        assert_eq!(message.look(&case, now), LastLook::Nothing(vec![reason]), "{what}");
    }
    let (case, _, message) = one("", &[WARN, LIMIT]);
    assert_eq!(message.look(&case, "2026-03-14 09:00"), LastLook::Nothing(vec![SkipReason::Stale]));
}

fn tell(case: &mut Case, walk: usize, fact: &Fact) {
    case.tell(Some(walk), "2026-03-11 09:30", fact);
}

fn paid() -> Fact {
    Fact::Paid { paid_on: day("2026-03-11"), amount: None }
}

#[test]
fn what_is_sent_later_names_the_day_that_holds_then() {
    let limit = LIMIT.replace("D+8", "D+3");
    let (case, walk, message) = one("", &[WARN, &limit]);
    // Said on Wed 11: three open days, Mon 16. Said on Fri 13: Wed 18.
    assert_eq!(case.facts.walks[walk].announcements[0].named, day("2026-03-16"));
    assert_eq!(message.goes(&case, "2026-03-13 08:00").announces[0].named, day("2026-03-18"));
}

#[test]
fn outside_the_hours_of_law_the_message_waits() {
    let sms = "id: warn, at: \"D+1 18:30\", do: notify, template: overdue, channels: [sms]";
    let mut case = Case::of("contact: { rulebook: br, channels: [email] }", &[&[sms]], customer(&[(Channel::Sms, Consent::OptedIn)]));
    case.enter();
    case.until("2026-03-11 18:00");
    case.decide(at("2026-03-11 18:30"));
    let message = Kept::of(&case, "2026-03-11 18:30");
    assert_eq!(message.look(&case, "2026-03-11 19:05"), LastLook::Later(at("2026-03-12 18:30")));
    assert_eq!(message.goes(&case, "2026-03-12 18:30").kept, [0]);
}

#[test]
fn the_message_itself_does_not_count_and_caps_that_were_lowered_do() {
    let (case, _, message) = one("contact: { caps: [1/day], channels: [email] }", &[LATE]);
    assert_eq!(message.goes(&case, "2026-03-11 10:00").kept, [0], "it is the one of this day");

    let compiled = |caps: &str| {
        let text = format!(
            "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\ncalendar: br-banking\ncontact: {{ {caps}channels: [email], consolidate: false }}\nsegments: [{{ name: default }}]\nladders:\n  default:\n    - {{ {LATE} }}\n"
        );
        Arc::new(policy::compile(&text, &policy::Names::default()).expect("a policy"))
    };
    let mut case = Case::new(&[&[LATE]]);
    case.policies = Policies::new(vec![compiled("")]).expect("a policy");
    case.enter();
    case.enter();
    case.until("2026-03-11 08:00");
    case.decide(at("2026-03-11 09:00"));
    assert_eq!(case.out.messages.len(), 2);
    case.out.messages.pop();
    let message = Kept::of(&case, "2026-03-11 09:00");
    case.policies = Policies::new(vec![compiled(""), compiled("caps: [1/day], ")]).expect("policies");
    assert_eq!(message.look(&case, "2026-03-11 10:00"), LastLook::Nothing(vec![SkipReason::Capped]));
}

#[test]
fn a_contact_in_shadow_is_never_taken_for_the_messages_own() {
    let probe = "id: probe, at: D+1, do: notify, template: overdue, tone: firm, mode: shadow";
    let mut case =
        Case::of("contact: { caps: [2/day], channels: [email] }", &[&[LATE, probe]], customer(&[(Channel::Email, Consent::Contract)]));
    case.enter();
    case.until("2026-03-11 08:00");
    case.decide(at("2026-03-11 09:00"));
    assert_eq!(case.facts.contacts.len(), 2);
    case.out.messages.retain(|message| message.mode == regua_core::words::Mode::Live);
    let message = Kept::of(&case, "2026-03-11 09:00");
    assert_eq!(message.goes(&case, "2026-03-11 10:00").kept, [0]);
    // Two real ones a day: another real one besides it, and the shadow one, leave room for it; a third would not.
    let real = *case.facts.contacts.iter().find(|known| !known.shadow).expect("the message's own");
    case.facts.contacts.insert(0, real);
    assert_eq!(message.goes(&case, "2026-03-11 10:00").kept, [0]);
    case.facts.contacts.insert(0, real);
    assert_eq!(message.look(&case, "2026-03-11 10:00"), LastLook::Nothing(vec![SkipReason::Capped]));
}

#[test]
fn a_merged_message_loses_what_was_paid_and_takes_the_rest() {
    let firm = "id: firm, at: D+1, do: notify, template: overdue, tone: firm, if: \"receivable.sequence > 1\", announces: [limit]";
    let mild = "id: mild, at: D+1, do: notify, template: overdue, if: \"receivable.sequence < 2\", announces: [limit]";
    let mut case = Case::new(&[&[firm, mild, LIMIT]]);
    let (first, second) = (case.enter(), case.enter());
    case.until("2026-03-11 08:00");
    case.decide(at("2026-03-11 09:00"));
    let message = Kept::of(&case, "2026-03-11 09:00");
    assert_eq!(message.items.iter().filter_map(|item| item.of).map(|(walk, _)| walk).collect::<Vec<_>>(), [second, first]);
    tell(&mut case, second, &paid());
    let fresh = message.goes(&case, "2026-03-11 10:00");
    assert_eq!((fresh.kept.as_slice(), fresh.dropped.as_slice()), (&[1][..], &[(0, SkipReason::Closed)][..]));
    assert_eq!(fresh.tone, Tone::Friendly, "taken anew");
    assert_eq!(fresh.announces.iter().map(|named| named.walk).collect::<Vec<_>>(), [first]);
}

#[test]
fn what_fails_at_an_address_goes_to_the_next_and_then_to_the_next_channel() {
    let email = |text: &str| ContactPoint::email(Email::parse(text).expect("an address"));
    let sms = ContactPoint::token(Channel::Sms, "a phone");
    let known = Customer { contacts: vec![email("a@example.com"), email("b@example.com"), sms], ..Customer::default() };
    let (mut case, _, mut message) = one("contact: { channels: [email, sms] }", &[WARN, LIMIT]);
    case.facts.customer = Cow::Owned(known);
    for (failed, channel) in [(vec![], Channel::Email), (vec![0], Channel::Email), (vec![0, 1], Channel::Sms)] {
        message.failed = failed;
        assert_eq!(message.goes(&case, "2026-03-11 10:00").channels, Channels::of(channel));
    }
    message.failed = vec![0, 1, 2];
    assert_eq!(message.look(&case, "2026-03-11 11:00"), LastLook::Nothing(vec![SkipReason::Unreachable]));
    // An address that bounced is out for every message, and the next channel takes over.
    message.failed = Vec::new();
    for point in [0, 1] {
        case.tell(None, "2026-03-11 09:30", &Fact::Bounced { channel: Channel::Email, point: Some(point) });
    }
    assert_eq!(message.goes(&case, "2026-03-11 10:00").channels, Channels::of(Channel::Sms));
}

#[test]
fn a_condition_is_judged_at_the_decision_and_not_again() {
    let rich = "id: rich, at: D+1, do: notify, template: overdue, if: \"receivable.amount_due > money('80.00')\"";
    let (mut case, walk, message) = one("", &[rich]);
    tell(&mut case, walk, &Fact::Paid { paid_on: day("2026-03-11"), amount: Some(Money::new(5_000, Currency::BRL)) });
    assert_eq!(message.goes(&case, "2026-03-11 10:00").kept, [0]);
}

#[test]
fn receipts_are_not_frozen_and_do_not_count() {
    let text = "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\nsegments: [{ name: default }]\nladders:\n  default:\n    - { id: late, at: D+1, do: notify, template: overdue }\nreactions:\n  - { on: paid, do: notify, template: receipt }\n";
    let mut case = Case::new(&[&[LATE]]);
    case.policies = Policies::new(vec![Arc::new(policy::compile(text, &policy::Names::default()).expect("a policy"))]).expect("one");
    case.facts = Facts::new(Cow::Owned(customer(&[(Channel::Email, Consent::Contract)])), case.facts.zone);
    let walk = case.enter();
    case.tell(Some(walk), "2026-03-05 10:00", &Fact::Froze { cause: Cause::Hold });
    case.tell(Some(walk), "2026-03-05 11:00", &Fact::Paid { paid_on: day("2026-03-05"), amount: None });
    case.decide(at("2026-03-05 11:00"));
    let fresh = Kept::of(&case, "2026-03-05 11:00").goes(&case, "2026-03-05 12:00");
    assert_eq!((fresh.kept.as_slice(), fresh.counts), (&[0][..], false));
}
