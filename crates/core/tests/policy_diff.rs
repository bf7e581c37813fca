//! Differences between two policies, as a person reads them.

use regua_core::policy::{Names, Policy, compile, diff};

const BEFORE: &str = r#"
regua: 1
name: Old
currency: BRL
timezone: America/Sao_Paulo
contact: { caps: [1/day], channels: [email] }
segments:
  - { name: gold, when: "customer.attributes.tier == 'gold'" }
  - { name: default }
ladders:
  default:
    - { id: due, at: D, do: notify, template: due_today }
    - { id: late5, at: D+5bd, do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: limit, at: D+12, do: access, state: limited }
    - { id: follow, after: late5+3d, do: task, queue: collectors }
    - { id: weekly, at: D+30, every: 7d, until: D+60, do: notify, template: overdue }
reactions:
  - { on: paid, do: notify, template: receipt }
"#;

const AFTER: &str = r#"
regua: 1
name: New
currency: BRL
timezone: America/Sao_Paulo
time: "10:00"
minimum: { BRL: 1.00, JPY: 50 }
late_charges: { fine: 2%, interest: { rate: 0.0333%, per: day } }
contact: { caps: [1/day, 3/week], channels: [email] }
blackouts: [{ from: 12-24, to: 01-01, stop: [adverse, charges] }]
retry: { mode: smart, window: 21d, max: 8 }
segments:
  - { name: gold, when: "customer.attributes.tier == 'gold'", ladder: gold, not_before: D+10 }
  - { name: default }
ladders:
  gold:
    - { id: manager, at: D+3, do: task, queue: managers }
  default:
    - { id: late5, at: D+7bd, do: notify, template: overdue, tone: firm, announces: [limit], to: [billing] }
    - { id: due, at: D, do: notify, template: due_today }
    - { id: limit, at: D+12, do: access, state: suspended, notice: 5bd }
    - { id: offer, at: D+15, do: offer, terms: { instalments: 3, discount: 10% }, if: "receivable.amount_due > money('150.00')" }
    - { id: weekly, at: D+30, every: 5bd, until: D+60, do: notify, template: overdue }
"#;

fn policy(text: &str) -> Policy {
    compile(text, &Names::any()).expect("a good policy")
}

#[test]
fn every_difference_is_told_once_in_the_words_of_the_file() {
    let shown: Vec<String> = diff(&policy(BEFORE), &policy(AFTER)).iter().map(ToString::to_string).collect();
    let expected = "\
~ name: Old → New
~ time: 09:00 → 10:00
~ minimum: none → BRL 1.00, JPY 50
~ late_charges: none → fine 2%, interest 0.0333% per 1 days
~ contact.caps: 1/day → 1/day, 3/week
~ blackouts: none → 12-24 to 01-01 stops adverse and charges
~ retry: none → smart, at most 8 in 21d
~ segment gold ladder: default → gold
~ segment gold not_before: none → D+10d
+ ladder gold: manager
~ default/due at: D 09:00 → D 10:00
~ default/late5 at: D+5bd 09:00 → D+7bd 10:00
~ default/late5 tone: neutral → firm
~ default/late5 to: none → billing
~ default/limit at: D+12d 09:00 → D+12d 10:00
~ default/limit state: limited → suspended
~ default/limit notice: 3bd → 5bd
- default/follow: at late5+3d 09:00, do task, queue collectors
~ default/weekly at: D+30d 09:00 → D+30d 10:00
~ default/weekly repeats: every 7d until D+60d → every 5bd until D+60d
+ default/offer: at D+15d 10:00, if receivable.amount_due > money('150.00'), do offer, template offer, tone friendly, terms 3 instalments and 10% discount
~ default order: due, late5, limit, weekly → late5, due, limit, weekly
- reaction on.paid: on paid, do notify, template receipt, tone friendly";
    assert_eq!(shown.join("\n"), expected);
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    for text in [BEFORE, AFTER] {
        assert_eq!(diff(&policy(text), &policy(text)), []);
    }
}

#[test]
fn a_policy_is_named_by_the_hash_of_its_bytes() {
    // printf 'a' | sha256sum
    assert_eq!(regua_core::policy::hash("a"), "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    assert_eq!(policy(BEFORE).hash, regua_core::policy::hash(BEFORE));
    assert_ne!(policy(BEFORE).hash, policy(&format!("{BEFORE} ")).hash);
}
