//! Access as a product asks for it, what tells that it is back, and what precedes a renewal (SPEC §8).

use std::sync::Arc;

use regua_core::decide::{Access, access};
use regua_core::facts::{Fact, Policies, Subscription};
use regua_core::party::Consent;
use regua_core::policy;
use regua_core::words::{AccessState, Channel, DeferReason};

use crate::facts::{Case, at};
use crate::harness::{customer, day};

/// Limited twelve days after the due date, suspended ten later; both are announced. What a person is told of access and renewals.
const TEXT: &str = r#"
regua: 1
name: Access
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
contact: { caps: [1/day] }
segments: [{ name: default }]
ladders:
  default:
    - { id: late,    at: D+5,  do: notify, template: overdue, announces: [limit] }
    - { id: limit,   at: D+12, do: access, state: limited }
    - { id: final,   at: D+15, do: notify, template: final_notice, tone: firm, announces: [suspend] }
    - { id: suspend, at: D+22, do: access, state: suspended }
reactions:
  - { on: paid, do: notify, template: receipt }
  - { on: access_restored, do: notify, template: access_restored }
  - { on: renewal, at: R-10, do: notify, template: renewal, if: "subscription.plan == 'yearly'" }
"#;

fn case() -> Case {
    let policy = policy::compile(TEXT, &policy::Names::default()).unwrap_or_else(|findings| panic!("{findings:?}"));
    Case::under(Policies::new(vec![Arc::new(policy)]).expect("a policy"), customer(&[(Channel::Email, Consent::Contract)]))
}

fn of(key: &str, renewal: Option<&str>) -> Subscription {
    Subscription { key: key.into(), plan: Some("yearly".into()), collection: None, renewal_on: renewal.map(day), renewal_price: None }
}

/// Each subscription: its state, since when and by which step, and what comes next, from when on, announced or not.
fn told(case: &Case, now: &str) -> Vec<String> {
    let ladder = &case.policies.newest().ladders[0];
    let step = |step: usize| ladder.steps[step].id.as_str();
    let line = |access: Access| {
        let because = access.because.map(|because| format!(" by r{} {}", because.walk, because.step.map_or("?", step)));
        let next = access.next.map(|next| {
            let announced = if next.announced { "announced" } else { "not announced" };
            let waits = next.waits.map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!(", {} by r{} {} from {} {announced}{waits}", next.state, next.walk, step(next.step), next.not_before)
        });
        let restored = access.restored_by.iter().map(|walk| format!(", restored by r{walk}")).collect::<String>();
        let key = access.subscription.as_deref().unwrap_or("-");
        format!("{key}: {}{}{}{restored}", access.state, because.unwrap_or_default(), next.unwrap_or_default())
    };
    access(&case.facts, &case.policies, at(now)).into_iter().map(line).collect()
}

#[test]
fn a_product_reads_the_state_its_reason_and_the_next_change() {
    let mut case = case();
    let first = case.enter_of("2026-03-02", "2026-03-10", of("main", None));
    // Twelve days after Tuesday the 10th is Sunday the 22nd: the Monday after it.
    assert_eq!(told(&case, "2026-03-02 10:00"), ["main: active, limited by r0 limit from 2026-03-23 not announced"]);
    case.until("2026-03-15 12:00");
    assert_eq!(told(&case, "2026-03-15 12:00"), ["main: active, limited by r0 limit from 2026-03-23 announced"]);
    case.until("2026-03-24 12:00");
    let limited = "main: limited by r0 limit, suspended by r0 suspend from 2026-04-01 not announced, restored by r0";
    assert_eq!(told(&case, "2026-03-24 12:00"), [limited]);
    assert_eq!(told(&case, "2026-03-24 12:00"), [limited], "asking changes nothing");
    case.tell(None, "2026-03-24 13:00", &Fact::Froze { cause: regua_core::facts::Cause::Hold });
    case.until("2026-04-02 12:00");
    let [access] = &access(&case.facts, &case.policies, at("2026-04-02 12:00"))[..] else { panic!("one") };
    assert_eq!(access.next.and_then(|next| next.waits), Some(DeferReason::Frozen));
    case.tell(Some(first), "2026-04-02 13:00", &Fact::Paid { paid_on: day("2026-04-02"), amount: None });
    assert_eq!(told(&case, "2026-04-02 13:00"), ["main: active"]);
}

#[test]
fn each_subscription_has_its_own_access_and_the_strictest_of_its_receivables_holds() {
    let mut case = case();
    case.enter_of("2026-03-02", "2026-03-10", of("a", None));
    let second = case.enter_of("2026-03-03", "2026-03-11", of("a", None));
    case.until("2026-03-29 12:00");
    case.enter_of("2026-03-30", "2026-04-10", of("b", None));
    case.until("2026-04-02 18:00");
    let lines = told(&case, "2026-04-02 18:00");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("a: suspended by r0 suspend"), "{lines:?}");
    assert!(lines[1].starts_with("b: active, limited by r2 limit from 2026-04-22 not announced"), "{lines:?}");
    // What was paid gives its own restriction back and leaves the other's.
    case.tell(Some(second), "2026-04-03 08:00", &Fact::Paid { paid_on: day("2026-04-03"), amount: None });
    assert_eq!(access(&case.facts, &case.policies, at("2026-04-03 08:00"))[0].state, AccessState::Suspended);
}

#[test]
fn access_that_comes_back_is_told_once_and_by_itself() {
    let mut case = case();
    let first = case.enter_of("2026-03-02", "2026-03-10", of("main", None));
    case.until("2026-03-24 12:00");
    case.tell(Some(first), "2026-03-24 13:00", &Fact::Paid { paid_on: day("2026-03-24"), amount: None });
    let lines = case.until("2026-05-30 12:00");
    assert_eq!(
        lines,
        ["03-24T13:00 final closed", "03-24T13:00 on.paid done", "03-24T13:00 on.access_restored done"],
        "neither waits for the other or for the caps"
    );
    // One that was never restricted gives nothing back.
    let second = case.enter_of("2026-06-01", "2026-06-10", of("main", None));
    case.tell(Some(second), "2026-06-10 13:00", &Fact::Paid { paid_on: day("2026-06-10"), amount: None });
    let lines = case.until("2026-07-30 12:00");
    assert!(!lines.iter().any(|line| line.contains("access_restored")), "{lines:?}");
}

#[test]
fn a_void_gives_access_back_and_a_write_off_does_not() {
    for (ending, restored) in [(Fact::Voided, true), (Fact::WrittenOff, false)] {
        let mut case = case();
        let walk = case.enter_of("2026-03-02", "2026-03-10", of("main", None));
        case.until("2026-03-24 12:00");
        case.tell(Some(walk), "2026-03-24 13:00", &ending);
        let lines = case.until("2026-05-30 12:00");
        assert_eq!(lines.iter().any(|line| line.ends_with("on.access_restored done")), restored, "{lines:?}");
    }
}

#[test]
fn a_renewal_is_announced_once_though_everything_is_paid() {
    let mut case = case();
    let walk = case.enter_of("2026-03-02", "2026-03-10", of("main", Some("2027-03-01")));
    case.tell(Some(walk), "2026-03-05 10:00", &Fact::Paid { paid_on: day("2026-03-05"), amount: None });
    let lines = case.until("2027-02-18 12:00");
    assert!(!lines.iter().any(|line| line.contains("renewal")), "{lines:?}");
    assert_eq!(case.until("2027-04-01 12:00"), ["02-19T09:00 on.renewal done"]);
    // Told again, it is not announced again; the renewal after it is.
    case.tell(Some(walk), "2027-04-01 13:00", &Fact::Subscribed(of("main", Some("2028-03-01"))));
    case.tell(Some(walk), "2027-04-02 13:00", &Fact::Subscribed(of("main", Some("2028-03-01"))));
    assert_eq!(case.until("2028-04-01 12:00"), ["02-20T09:00 on.renewal.1 done"]);
}

#[test]
fn two_receivables_of_one_subscription_announce_one_renewal() {
    let mut case = case();
    case.enter_of("2026-03-02", "2026-03-10", of("main", Some("2026-03-30")));
    case.enter_of("2026-03-03", "2026-03-11", of("main", Some("2026-03-30")));
    let lines = case.until("2026-04-30 12:00");
    assert_eq!(lines.iter().filter(|line| line.contains("renewal")).collect::<Vec<_>>(), ["03-20T09:00 on.renewal done"]);
}

#[test]
fn a_renewal_that_will_not_be_is_not_announced_and_one_that_moves_is_announced_anew() {
    let mut case = case();
    let walk = case.enter_of("2026-03-02", "2026-03-10", of("main", Some("2026-04-30")));
    case.tell(Some(walk), "2026-03-05 10:00", &Fact::Paid { paid_on: day("2026-03-05"), amount: None });
    case.tell(Some(walk), "2026-04-01 10:00", &Fact::Subscribed(of("main", Some("2026-05-31"))));
    assert!(case.until("2026-05-01 12:00").iter().all(|line| !line.contains("renewal")));
    case.tell(Some(walk), "2026-05-02 10:00", &Fact::Subscribed(of("main", None)));
    assert!(case.until("2026-07-01 12:00").iter().all(|line| !line.contains("renewal")));
}

#[test]
fn a_renewal_is_a_message_of_its_own_and_waits_for_a_free_day() {
    let mut case = case();
    // `late` of an overdue bill is on Sunday the 15th, and so is the notice of a renewal on the 25th.
    case.enter_of("2026-03-02", "2026-03-10", of("main", Some("2026-03-25")));
    let lines = case.until("2026-03-17 12:00");
    assert_eq!(lines, ["03-15T09:00 late done", "03-16T09:00 on.renewal done"]);
}
