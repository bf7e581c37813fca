//! Facts one by one: how they are written, and what each changes.

use std::borrow::Cow;
use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::decide::{Decisions, Outcome, decide};
use regua_core::facts::{Applied, Cause, Closed, Entry, Fact, FactError, Facts, Policies, Subscription};
use regua_core::money::Money;
use regua_core::party::{Consent, ContactPoint, Customer, Email, Health};
use regua_core::policy;
use regua_core::time::{Instant, LocalTime, Zone};
use regua_core::words::{Channel, DeferReason, Mode, Rail};

use crate::harness::{customer, day};

fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").expect("a zone")
}

pub(crate) fn at(text: &str) -> Instant {
    let (date, time) = text.split_once(' ').expect("date and time");
    zone().at(day(date), LocalTime::parse(time).expect("a time"))
}

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

/// Policies of these steps, oldest first.
pub(crate) fn versions(extra: &str, ladders: &[&[&str]]) -> Policies {
    let compiled = ladders.iter().map(|steps| {
        let steps = steps.iter().map(|step| format!("    - {{ {step} }}\n")).collect::<String>();
        let text = format!(
            "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\ncalendar: br-banking\n{extra}\nsegments: [{{ name: default }}]\nladders:\n  default:\n{steps}reactions:\n  - {{ on: promise_broken, do: notify, template: promise_broken }}\n"
        );
        Arc::new(policy::compile(&text, &policy::Names::default()).unwrap_or_else(|findings| panic!("{findings:?}")))
    });
    Policies::new(compiled.collect()).expect("a policy")
}

/// One customer under test.
pub(crate) struct Case {
    pub policies: Policies,
    pub facts: Facts<'static>,
    pub out: Decisions,
    clock: Instant,
    next: Instant,
}

impl Case {
    pub(crate) fn new(ladders: &[&[&str]]) -> Self {
        Self::of("", ladders, customer(&[(Channel::Email, Consent::Contract)]))
    }

    pub(crate) fn of(extra: &str, ladders: &[&[&str]], customer: Customer) -> Self {
        Self::under(versions(extra, ladders), customer)
    }

    pub(crate) fn under(policies: Policies, customer: Customer) -> Self {
        let facts = Facts::new(Cow::Owned(customer), zone());
        Self { policies, facts, out: Decisions::default(), clock: Instant::DAWN, next: Instant::DAWN }
    }

    /// R$ 100.00 issued on Mon 2 March 2026, due Tue 10 March 2026, under the newest policy.
    pub(crate) fn enter(&mut self) -> usize {
        self.enter_in(Mode::Live)
    }

    pub(crate) fn enter_in(&mut self, mode: Mode) -> usize {
        self.enter_as("2026-03-02", "2026-03-10", mode, None)
    }

    /// R$ 100.00 of a subscription.
    pub(crate) fn enter_of(&mut self, issued_on: &str, due_on: &str, subscription: Subscription) -> usize {
        self.enter_as(issued_on, due_on, Mode::Live, Some(subscription))
    }

    fn enter_as(&mut self, issued_on: &str, due_on: &str, mode: Mode, subscription: Option<Subscription>) -> usize {
        let (issued_on, due_on) = (day(issued_on), day(due_on));
        let entry = Entry { issued_on, due_on, amount: brl(10_000), method: None, subscription, policy: None, mode };
        let known = zone().at(issued_on, LocalTime::hour(9));
        match self.facts.apply(None, &Fact::Entered(entry), known, &self.policies) {
            Ok(Applied::Entered(walk)) => {
                self.clock = self.clock.max(known);
                walk
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn tell(&mut self, walk: Option<usize>, when: &str, fact: &Fact) -> Applied {
        self.clock = at(when);
        self.facts.apply(walk, fact, self.clock, &self.policies).unwrap_or_else(|error| panic!("{fact:?}: {error}"))
    }

    /// Decides at every moment asked for up to and including `until`, promises that break by themselves included; returns
    /// what was decided: `step.occurrence outcome`, and deferrals.
    pub(crate) fn until(&mut self, until: &str) -> Vec<String> {
        let until = at(until);
        let mut lines = Vec::new();
        let mut now = self.clock;
        while now <= until {
            while let Some(broken) = self.facts.next_break().filter(|broken| broken.at <= now) {
                let fact = Fact::PromiseBroken { on: broken.on };
                self.facts.apply(Some(broken.walk), &fact, broken.at, &self.policies).expect("a promise");
            }
            lines.extend(self.decide(now));
            now = self.next;
        }
        lines
    }

    pub(crate) fn decide(&mut self, now: Instant) -> Vec<String> {
        self.out.clear();
        self.clock = now;
        self.next = decide(&mut self.facts, &self.policies, now, &mut self.out);
        let rows = self.out.rows.iter().map(|row| {
            let rules = self.policies.get(self.facts.walks[row.walk].policy);
            let ladder = &rules.ladders[rules.segments[self.facts.walks[row.walk].segment].ladder];
            let name = match row.step {
                regua_core::decide::StepRef::Step(step) => ladder.steps[step].id.clone(),
                regua_core::decide::StepRef::Notice(step) => format!("{}.notice", ladder.steps[step].id),
                regua_core::decide::StepRef::Reaction(reaction) => rules.reactions[reaction].id.clone(),
            };
            let occurrence = if row.occurrence == 0 { String::new() } else { format!(".{}", row.occurrence) };
            let outcome = match row.outcome {
                Outcome::Done => "done".to_owned(),
                Outcome::Skipped(reason) => reason.to_string(),
            };
            let mode = if row.mode == Mode::Live { String::new() } else { format!(" {}", row.mode) };
            format!("{} {name}{occurrence} {outcome}{mode}", &zone().rfc3339(now)[5..16])
        });
        rows.collect()
    }

    pub(crate) fn waits(&self, walk: usize, slot: usize) -> Option<DeferReason> {
        self.facts.walks[walk].slots[slot].deferral.map(|known| known.reason)
    }
}

pub(crate) const LATE: &str = "id: late, at: D+1, do: notify, template: overdue";

#[test]
fn facts_are_written_as_people_read_them_and_read_back() {
    let entry = Entry {
        issued_on: day("2026-12-01"),
        due_on: day("2026-12-12"),
        amount: brl(10_000),
        method: Some(Rail::Boleto),
        subscription: Some(Subscription {
            key: "main".into(),
            plan: None,
            collection: None,
            renewal_on: Some(day("2027-01-12")),
            renewal_price: Some(brl(12_000)),
        }),
        policy: Some("abc".into()),
        mode: Mode::Live,
    };
    for (fact, json) in [
        (
            Fact::Entered(entry),
            r#"{"fact":"entered","issued_on":"2026-12-01","due_on":"2026-12-12","amount":"BRL 100.00","method":"boleto","subscription":{"key":"main","plan":null,"collection":null,"renewal_on":"2027-01-12","renewal_price":"BRL 120.00"},"policy":"abc"}"#,
        ),
        (Fact::Paid { paid_on: day("2026-12-15"), amount: None }, r#"{"fact":"paid","paid_on":"2026-12-15"}"#),
        (
            Fact::Paid { paid_on: day("2026-12-15"), amount: Some(brl(10_203)) },
            r#"{"fact":"paid","paid_on":"2026-12-15","amount":"BRL 102.03"}"#,
        ),
        (Fact::Froze { cause: Cause::Dispute }, r#"{"fact":"froze","cause":"dispute"}"#),
        (
            Fact::ChargeFailed {
                reason: "insufficient_funds".into(),
                needs_payer: false,
                step: Some("charge".into()),
                charge: None,
                advice: None,
                retry_at: None,
            },
            r#"{"fact":"charge_failed","reason":"insufficient_funds","needs_payer":false,"step":"charge"}"#,
        ),
        (Fact::Migrated { policy: "def".into(), segment: None }, r#"{"fact":"migrated","policy":"def"}"#),
        (Fact::WentTo { mode: Mode::Live }, r#"{"fact":"went_to","mode":"live"}"#),
        (
            Fact::Reannounced { step: "limit".into(), occurrence: 0, was: at("2026-12-21 09:00"), named: Some(day("2027-01-04")) },
            r#"{"fact":"reannounced","step":"limit","occurrence":0,"was":"2026-12-21T12:00:00Z","named":"2027-01-04"}"#,
        ),
        (Fact::Bounced { channel: Channel::Email, point: Some(1) }, r#"{"fact":"bounced","channel":"email","point":1}"#),
        (Fact::FlightFailed, r#"{"fact":"flight_failed"}"#),
        (Fact::SourceRead, r#"{"fact":"source_read"}"#),
    ] {
        assert_eq!(serde_json::to_string(&fact).expect("a fact"), json);
        assert_eq!(serde_json::from_str::<Fact>(json).expect(json), fact);
    }
}

#[test]
fn a_fact_of_another_subject_or_of_an_unknown_step_is_refused_and_changes_nothing() {
    let mut case = Case::new(&[&[LATE]]);
    let walk = case.enter();
    for (about, fact, error) in [
        (Some(walk), Fact::SourceRead, FactError::OfCustomer),
        (None, Fact::Voided, FactError::OfReceivable),
        (Some(7), Fact::Voided, FactError::OfReceivable),
        (Some(walk), Fact::Rejected { step: "none".into() }, FactError::NoStep("none".into())),
        (Some(walk), Fact::Migrated { policy: "none".into(), segment: None }, FactError::NoPolicy("none".into())),
    ] {
        let before = format!("{:?}", case.facts.walks);
        assert_eq!(case.facts.apply(about, &fact, at("2026-03-03 09:00"), &case.policies), Err(error));
        assert_eq!(format!("{:?}", case.facts.walks), before);
    }
}

#[test]
fn several_causes_freeze_as_one_and_the_last_thaws() {
    let mut case = Case::new(&[&[LATE]]);
    let walk = case.enter();
    for cause in [Cause::Hold, Cause::Dispute, Cause::Hold] {
        case.tell(Some(walk), "2026-03-03 10:00", &Fact::Froze { cause });
    }
    case.tell(Some(walk), "2026-03-04 10:00", &Fact::Thawed { cause: Cause::Hold });
    assert!(case.facts.walks[walk].freezes.iter().any(|span| span.holds(at("2026-03-05 10:00"))));
    case.tell(Some(walk), "2026-03-05 11:00", &Fact::Thawed { cause: Cause::Dispute });
    assert!(!case.facts.walks[walk].freezes.iter().any(|span| span.holds(at("2026-03-06 10:00"))));
    assert_eq!(case.facts.walks[walk].freezes.len(), 1);
}

#[test]
fn a_promise_breaks_by_itself_unless_it_was_paid_by_then() {
    // Promised for Fri 13: broken at the end of Mon 16.
    for (paid, reopened, lines) in [
        (None, None, vec!["03-17T00:00 on.promise_broken done"]),
        (Some("2026-03-17 00:00"), None, vec!["03-17T00:00 late closed"]),
        (Some("2026-03-15 00:00"), Some("2026-03-16 10:00"), vec!["03-15T00:00 late closed", "03-17T00:00 on.promise_broken done"]),
        (Some("2026-03-15 00:00"), Some("2026-03-18 10:00"), vec!["03-15T00:00 late closed"]),
    ] {
        let mut case = Case::new(&[&["id: late, at: D+30, do: notify, template: overdue"]]);
        let walk = case.enter();
        case.tell(Some(walk), "2026-03-10 10:00", &Fact::Promised { on: day("2026-03-13") });
        assert_eq!(case.facts.next_break().map(|broken| broken.at), Some(at("2026-03-17 00:00")));
        let mut told = case.decide(at("2026-03-10 10:00"));
        for (when, fact) in [
            (paid, Fact::Paid { paid_on: day("2026-03-14"), amount: None }),
            (reopened, Fact::ChargedBack { on: day("2026-03-16"), amount: None }),
        ] {
            if let Some(when) = when {
                case.tell(Some(walk), when, &fact);
                told.extend(case.decide(at(when)));
            }
        }
        told.extend(case.until("2026-03-20 00:00"));
        assert_eq!(told, lines, "{paid:?} {reopened:?}");
    }
}

#[test]
fn a_promise_that_is_withdrawn_holds_nothing_and_is_not_broken() {
    let mut case = Case::new(&[&["id: late, at: D+1, do: notify, template: overdue"]]);
    let walk = case.enter();
    case.tell(Some(walk), "2026-03-10 10:00", &Fact::Promised { on: day("2026-03-13") });
    case.tell(Some(walk), "2026-03-10 11:00", &Fact::Promised { on: day("2026-03-20") });
    let withdraw = |on| Fact::PromiseWithdrawn { on: day(on) };
    case.tell(Some(walk), "2026-03-12 10:00", &withdraw("2026-03-20"));
    // The other one stands: it holds until the end of Mon 16, and breaks.
    assert_eq!(case.facts.next_break().map(|broken| broken.on), Some(day("2026-03-13")));
    assert!(case.facts.walks[walk].freezes.iter().any(|span| span.holds(at("2026-03-16 10:00"))));
    assert!(!case.facts.walks[walk].freezes.iter().any(|span| span.holds(at("2026-03-17 10:00"))));
    case.tell(Some(walk), "2026-03-12 11:00", &withdraw("2026-03-13"));
    assert_eq!(case.facts.next_break(), None);
    assert!(!case.facts.walks[walk].freezes.iter().any(|span| span.holds(at("2026-03-13 10:00"))));
    assert_eq!(case.until("2026-03-20 00:00"), ["03-12T11:00 late done"], "the rule goes on at once, and nothing was broken");
    assert_eq!(case.facts.broken_promises, 0);
    // What does not stand cannot be taken back.
    let again = case.facts.apply(Some(walk), &withdraw("2026-03-13"), at("2026-03-20 10:00"), &case.policies);
    assert_eq!(again, Err(FactError::NoPromise(day("2026-03-13"))));
}

#[test]
fn what_follows_a_promise_and_was_not_decided_yet_falls_with_it() {
    let text = "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\ncalendar: br-banking\nsegments: [{ name: default }]\nladders:\n  default:\n    - { id: late, at: D+30, do: notify, template: overdue }\nreactions:\n  - { on: promise_made, at: P-1, do: notify, template: promise_made }\n";
    for (withdrawn, lines) in [(None, 1), (Some("2026-03-11 10:00"), 0)] {
        let policy = policy::compile(text, &policy::Names::default()).unwrap_or_else(|findings| panic!("{findings:?}"));
        let policies = Policies::new(vec![Arc::new(policy)]).expect("a policy");
        let mut case = Case::under(policies, customer(&[(Channel::Email, Consent::Contract)]));
        let walk = case.enter();
        case.tell(Some(walk), "2026-03-10 10:00", &Fact::Promised { on: day("2026-03-13") });
        if let Some(when) = withdrawn {
            case.tell(Some(walk), when, &Fact::PromiseWithdrawn { on: day("2026-03-13") });
        }
        let told = case.until("2026-03-16 12:00");
        let about = told.iter().filter(|line| line.contains("promise_made") && line.ends_with("done")).count();
        assert_eq!(about, lines, "{withdrawn:?}: {told:?}");
    }
}

#[test]
fn an_amended_bill_moves_what_is_undecided_and_enters_the_difference() {
    let mut case = Case::new(&[&["id: soon, at: D-5, do: notify, template: upcoming", LATE]]);
    let walk = case.enter();
    assert_eq!(case.until("2026-03-05 12:00"), ["03-05T09:00 soon done"]);
    let amended = |due_on, minor| Fact::Amended { issued_on: day("2026-03-02"), due_on: day(due_on), amount: brl(minor), method: None };
    case.tell(Some(walk), "2026-03-06 10:00", &amended("2026-03-20", 15_000));
    let receivable = &case.facts.walks[walk];
    assert_eq!((receivable.ledger.billed(), receivable.ledger.balance()), (brl(15_000), brl(15_000)));
    assert_eq!(case.until("2026-03-23 12:00"), ["03-21T09:00 late done"], "`soon` is not sent again");

    // Less than was paid: the rest is the customer's, and nothing is owed.
    case.tell(Some(walk), "2026-03-24 00:00", &Fact::Paid { paid_on: day("2026-03-23"), amount: Some(brl(9_000)) });
    let Applied::Moved(receipt) = case.tell(Some(walk), "2026-03-24 10:00", &amended("2026-03-20", 8_000)) else { panic!("moved") };
    assert_eq!((receipt.credit, receipt.settled), (brl(1_000), true));
    assert!(matches!(case.facts.walks[walk].closed, Some(Closed::Paid(_))));
    // More again: a new cycle.
    case.tell(Some(walk), "2026-03-25 10:00", &amended("2026-03-20", 9_500));
    assert_eq!((case.facts.walks[walk].closed, case.facts.walks[walk].cycle), (None, 1));
    assert_eq!(case.facts.walks[walk].ledger.balance(), brl(500));
    let sum: i64 = case.facts.walks[walk].ledger.entries().map(|entry| entry.amount.minor()).sum();
    assert_eq!(sum, 500, "the entries are the balance");
}

#[test]
fn what_is_credited_in_full_was_never_owed_and_what_is_given_back_is_owed_again() {
    let mut case = Case::new(&[&[LATE]]);
    let walk = case.enter();
    case.tell(Some(walk), "2026-03-03 10:00", &Fact::Credited { on: day("2026-03-03"), amount: brl(10_000) });
    assert!(matches!(case.facts.walks[walk].closed, Some(Closed::Void(_))));
    let other = case.enter();
    case.tell(Some(other), "2026-03-04 00:00", &Fact::Paid { paid_on: day("2026-03-03"), amount: None });
    case.tell(Some(other), "2026-03-05 10:00", &Fact::Refunded { on: day("2026-03-05"), amount: Some(brl(4_000)) });
    assert_eq!((case.facts.walks[other].closed, case.facts.walks[other].ledger.balance()), (None, brl(4_000)));
}

#[test]
fn moving_to_another_policy_keeps_what_was_decided_there_and_back() {
    let old: &[&str] = &[
        "id: soon, at: D-5, do: notify, template: upcoming",
        "id: warn, at: D+1, do: notify, template: overdue, announces: [limit]",
        "id: limit, at: D+8, do: access, state: limited",
    ];
    let new: &[&str] = &[
        "id: warn, at: D+2, do: notify, template: overdue, announces: [limit]",
        "id: limit, at: D+8, do: access, state: limited",
        "id: call, at: D+9, do: task, queue: q",
    ];
    let mut case = Case::new(&[new, old]);
    let walk = case.enter();
    assert_eq!(case.until("2026-03-11 12:00"), ["03-05T09:00 soon done", "03-11T09:00 warn done"]);
    let hash = |case: &Case, index: usize| Box::from(case.policies.get(index).hash.as_str());
    let there = Fact::Migrated { policy: hash(&case, 0), segment: Some("default".into()) };
    case.tell(Some(walk), "2026-03-12 10:00", &there);
    // `warn` was sent, but what it announced stands no more: a notice of its own goes out at the raw instant of `limit`.
    assert_eq!(case.until("2026-03-26 12:00"), ["03-18T09:00 limit.notice done", "03-19T09:00 call done", "03-23T09:00 limit done"]);
    let back = Fact::Migrated { policy: hash(&case, 1), segment: None };
    case.tell(Some(walk), "2026-03-27 10:00", &back);
    assert_eq!(case.until("2026-04-30 12:00"), [""; 0], "all of it was decided before");
}

#[test]
fn a_bounce_concerns_one_address_and_outlives_a_file_read_again() {
    let email = |text: &str| ContactPoint::email(Email::parse(text).expect("an address"));
    let profile = Customer { contacts: vec![email("a@example.com"), email("b@example.com")], ..Customer::default() };
    let mut case = Case::of("", &[&[LATE]], profile.clone());
    case.enter();
    case.tell(None, "2026-03-03 10:00", &Fact::Bounced { channel: Channel::Email, point: Some(0) });
    case.tell(None, "2026-03-03 11:00", &Fact::OptedOut { channel: Channel::Email, point: Some(1) });
    case.tell(None, "2026-03-04 10:00", &Fact::Profile(Box::new(profile.clone())));
    let known: Vec<_> = case.facts.customer.contacts.iter().map(|point| (point.health, point.consent)).collect();
    assert_eq!(known, [(Health::Bounced, Consent::Contract), (Health::Usable, Consent::OptedOut)]);
    let moved = Customer { zone: Some(Zone::parse("America/Manaus").expect("a zone")), ..profile };
    case.tell(None, "2026-03-05 10:00", &Fact::Profile(Box::new(moved)));
    assert_eq!(case.facts.zone.name(), "America/Manaus");
    assert_eq!(case.until("2026-03-12 12:00"), ["03-11T10:00 late unreachable"], "09:00 in Manaus is 10:00 in São Paulo");
}

#[test]
fn a_notice_that_reached_nobody_is_not_repeated_until_the_data_is_mended() {
    let ladder: &[&str] =
        &["id: warn, at: D+20, do: notify, template: overdue, announces: [limit]", "id: limit, at: D+1, do: access, state: limited"];
    let mut case = Case::new(&[ladder]);
    let walk = case.enter();
    assert_eq!(case.until("2026-03-11 12:00"), ["03-11T09:00 limit.notice done"]);
    let undelivered = Fact::Reannounced { step: "limit".into(), occurrence: 0, was: at("2026-03-11 09:00"), named: None };
    case.tell(Some(walk), "2026-03-11 13:00", &undelivered);
    case.tell(None, "2026-03-11 13:00", &Fact::Bounced { channel: Channel::Email, point: None });
    assert_eq!(case.until("2026-03-25 12:00"), [""; 0]);
    assert_eq!(case.waits(walk, 2), Some(DeferReason::Unannounced));
    case.tell(None, "2026-03-25 13:00", &Fact::Mended { channel: Channel::Email, point: None });
    assert_eq!(case.until("2026-03-29 12:00"), ["03-25T13:00 limit.notice.1 done"]);
    assert_eq!(case.until("2026-03-30 08:00"), [""; 0]);
    assert!(case.until("2026-03-30 12:00").contains(&"03-30T09:00 limit done".to_owned()));
}

#[test]
fn a_plain_walk_is_kept_in_few_bytes() {
    let names: Vec<String> =
        (0..12).map(|step| format!("id: s{step}, at: D+{step}, do: notify, template: overdue, tone: friendly")).collect();
    let steps: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut case = Case::new(&[&steps]);
    let walk = case.enter();
    let mut sizes = Vec::new();
    for until in ["2026-03-03 12:00", "2026-03-16 12:00", "2026-04-16 12:00"] {
        case.until(until);
        sizes.push(postcard::to_allocvec(&case.facts.walks[walk].save()).expect("a walk").len());
    }
    println!("bytes fresh, half decided, wholly decided: {sizes:?}");
    assert!(sizes.iter().all(|&size| size < 120), "{sizes:?}");
}
