//! What the core reads: policies and conditions, and the values that every file has.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::{Email, Phone, TaxId};
use regua_core::policy::{Condition, Names, check};
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::Language;

use crate::target::{Target, kind, words_of};

/// Small, so that most of the time goes into meanings and not into YAML.
const POLICY: &str = "regua: 1
name: Small
currency: BRL
timezone: America/Sao_Paulo
segments: [{ name: default }]
ladders:
  default:
    - { id: soon, at: D-3 09:00, do: notify, template: upcoming }
    - { id: late, at: D+2bd, do: notify, template: overdue, tone: firm, announces: [suspend], if: \"receivable.amount_due > money('150.00')\" }
    - { id: suspend, at: D+22, do: access, state: suspended }
";

pub(super) const TARGETS: &[Target] = &[
    Target::new("policy", policy, &[POLICY])
        .files(&[
            "policies/spec-example.yaml",
            "policies/baselines/asaas.yaml",
            "crates/core/tests/policies_bad/everything_at_once.yaml",
            "crates/core/tests/policies_bad/alias_bomb.yaml",
        ])
        .words(
            ": ¦- ¦{ ¦ }¦[¦]¦&a ¦*a¦<<: ¦|\n¦>-\n¦#¦D+0bd¦D-99999¦0/day¦money('1.005')¦receivable.amount_due > 150¦at: ¦\
             after: ¦do: notify¦template: overdue¦if: ¦announces: [a]¦---\n",
        )
        .len_max(1_200),
    Target::new(
        "condition",
        condition,
        &["receivable.amount_due > money('150.00')", "customer.paid_count >= 3 && !(receivable.days_late in [1, 2, 3])", "has(risk.score)"],
    )
    .words("&&¦||¦!¦(¦)¦[¦]¦ in ¦money('1.00')¦receivable.amount_due¦customer.¦has(¦? 1 : 2¦'¦\"¦==¦1.5¦-")
    .len_max(400),
    Target::new(
        "values",
        values,
        &[
            "529.982.247-25",
            "(11) 98765-4321",
            "ana@example.com",
            "1234.56",
            "2026-12-31",
            "09:00",
            "America/Sao_Paulo",
            "2026-12-16T09:00:00-03:00",
        ],
    )
    .words("-¦.¦@¦+55¦T¦Z¦:¦/¦0")
    .len_max(120),
];

fn policy(input: &[u8]) -> u64 {
    let outcome = check(&String::from_utf8_lossy(input), &Names::shipped(&[Language::PtBr]));
    for finding in &outcome.findings {
        assert!(!finding.to_string().is_empty());
    }
    if outcome.policy.is_some() { 1 } else { outcome.findings.first().map_or(2, words_of) }
}

fn condition(input: &[u8]) -> u64 {
    match Condition::compile(&String::from_utf8_lossy(input), Currency::BRL) {
        Ok(_) => 1,
        Err(problems) => problems.first().map_or(2, |problem| words_of(&problem.message)),
    }
}

fn values(input: &[u8]) -> u64 {
    let text = &*String::from_utf8_lossy(input);
    let (tax_id, phone, email) = (TaxId::parse(text, "BR"), Phone::parse(text, "BR"), Email::parse(text));
    if let Ok(id) = &tax_id {
        assert_eq!(TaxId::parse(&id.to_formatted(), "BR").as_ref(), Ok(id));
    }
    if let Ok(phone) = &phone {
        assert_eq!(Phone::parse(phone.as_str(), "BR").as_ref(), Ok(phone));
    }
    if let Ok(email) = &email {
        assert_eq!(Email::parse(email.as_str()).as_ref(), Ok(email));
    }
    let money = Money::parse(text, Currency::BRL);
    if let Ok(day) = Day::parse(text) {
        assert_eq!(day.to_string(), text);
    }
    let others = [Instant::parse(text).is_ok(), LocalTime::parse(text).is_ok(), Zone::parse(text).is_ok(), money.is_ok()];
    let answers = [kind(&tax_id), kind(&phone), kind(&email)];
    if answers.contains(&1) {
        1
    } else {
        answers.iter().fold(others.iter().fold(1, |kind, good| kind * 2 + u64::from(*good)), |kind, one| kind.rotate_left(5) ^ one)
    }
}
