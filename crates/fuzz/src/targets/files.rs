//! Files of customers, receivables, payments, plans and texts.

use regua_core::currency::Currency;
use regua_wire::billing::{parse_plan, read_subscriptions};
use regua_wire::files::{Mapping, Options, Portfolio, RejectList, read_payments, read_receivables};
use regua_wire::messages::{Templates, lint, sms};

use crate::target::{Target, kind, words_of};

const RECEIVABLES: &str = "receivable_id;customer_id;issued_on;due_on;amount;currency;name;email;phone;tax_id;paid_on\n\
     R1;C1;01/02/2026;13/02/2026;1.234,56;BRL;Ana;ana@example.com;(11) 98765-4321;529.982.247-25;\n\
     R2;C1;01/02/2026;28/02/2026;10,00;BRL;Ana;;;;14/02/2026\n";
const JSON_LINES: &str = "{\"receivable_id\":\"R1\",\"customer_id\":\"C1\",\"issued_on\":\"2026-02-01\",\"due_on\":\"2026-02-13\",\
     \"amount\":\"10.00\",\"currency\":\"BRL\"}\n";
const PAYMENTS: &str = "receivable_id,paid_on,amount,payment_id\nR1,2026-02-13,10.00,P1\nR1,2026-02-14,,P2\n";
/// What payments name.
const OWED: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency\nR1,C1,2026-02-01,2026-02-13,100.00,BRL\n";
const PLAN: &str = "plan: 1
key: team
name: Team
currency: BRL
cycle: month
prices:
  - { key: seat, name: Seat, unit: 30.00 }
  - { key: calls, name: Calls, meter: calls, unit: 0.15, per: 100, minimum: 10.00 }
  - { key: gb, name: Storage, meter: storage, aggregate: max, tiers: volume, steps: [{ upto: 100, unit: 0.50 }, { unit: 0.30 }] }
";
const SUBSCRIPTIONS: &str = "subscription_id,customer_id,plan,started_on,quantity,attribute.region\nS1,C1,team,2026-12-31,3,south\n";

pub(super) const TARGETS: &[Target] = &[
    Target::new("receivables", receivables, &[RECEIVABLES, JSON_LINES])
        .data(&["highradius"])
        .len_max(400)
        .words(";¦,¦\t¦|¦\"¦\"\"¦due_on¦amount¦1.234,56¦31/12/2026¦2026-12-31¦BRL¦EUR¦\r\n¦{\"¦\":\"¦}"),
    Target::new("payments", payments, &[PAYMENTS]).len_max(240).words(",¦;¦\"¦R1¦paid_on¦payment_id¦10.00¦1.000,00¦\r\n"),
    Target::new("mapping", mapping, &["mapping: 1\nname: ERP\nreceivables:\n  receivable_id: Titulo\n  currency: { fixed: BRL }\n"])
        .files(&["mappings/road_fines.yaml", "mappings/highradius-open.yaml"])
        .words(": ¦{ fixed: ¦ }¦receivables:\n¦events:\n¦payments:\n¦  due_on: ¦[¦]¦&a ¦*a¦- "),
    Target::new("plan", plan, &[PLAN])
        .len_max(500)
        .words(": ¦{ ¦ }¦unit: ¦cycle: ¦month¦99.90¦tiers: volume¦steps: [¦upto: ¦- ¦minimum: ¦meter: "),
    Target::new("subscriptions", subscriptions, &[SUBSCRIPTIONS]).len_max(240).words(",¦;¦\"¦pro¦2026-12-31¦attribute.x¦\r\n¦coupon"),
    Target::new("template", template, &[])
        .files(&["templates/pt-BR/overdue.txt", "templates/en/final_notice.txt"])
        .words("{{ ¦ }}¦{% if ¦ %}¦{% endif %}¦{% for ¦{# ¦#}¦| ¦\n== ¦customer.name¦debts¦}}{{"),
    Target::new("sms", short, &["Olá, João: não há pressa. R$ 1,00", "à è é ù ì ò Ç", "😀"]).words("ã¦€¦😀¦…¦[¦~").len_max(160),
];

fn receivables(input: &[u8]) -> u64 {
    let mut rejects = RejectList::new(8);
    let answer = read_receivables(input, "fuzz", &Options::default(), Portfolio::default(), &mut rejects);
    if let Ok(reading) = &answer {
        for row in &reading.portfolio.receivables {
            assert!(row.amount.minor() > 0 || !row.id.is_empty());
        }
    }
    match (&answer, rejects.rows.first()) {
        // A file of which nothing was refused is the best answer.
        (Ok(_), Some(reject)) => words_of(&reject.mend),
        _ => kind(&answer),
    }
}

fn payments(input: &[u8]) -> u64 {
    let mut rejects = RejectList::new(8);
    let owed = read_receivables(OWED.as_bytes(), "owed", &Options::default(), Portfolio::default(), &mut rejects);
    let owed = owed.map(|reading| reading.portfolio).unwrap_or_default();
    let answer = read_payments(input, "fuzz", &Options::default(), owed, &mut rejects);
    match (&answer, rejects.rows.first()) {
        (Ok(reading), Some(reject)) if reading.portfolio.payments.is_empty() => words_of(&reject.mend),
        _ => kind(&answer),
    }
}

fn mapping(input: &[u8]) -> u64 {
    let answer = Mapping::parse("fuzz.yaml", &String::from_utf8_lossy(input));
    if let Ok(mapping) = &answer {
        let options = Options { mapping: Some(mapping.clone()), currency: Some(Currency::BRL), ..Options::default() };
        let _ = read_receivables(RECEIVABLES.as_bytes(), "fuzz", &options, Portfolio::default(), &mut RejectList::new(1));
    }
    kind(&answer)
}

fn plan(input: &[u8]) -> u64 {
    kind(&parse_plan(&String::from_utf8_lossy(input)))
}

fn subscriptions(input: &[u8]) -> u64 {
    let mut rejects = RejectList::new(8);
    let answer = read_subscriptions("fuzz", input, &mut rejects);
    match (&answer, rejects.rows.first()) {
        (Ok(_), Some(reject)) => words_of(&reject.mend),
        _ => kind(&answer),
    }
}

fn template(input: &[u8]) -> u64 {
    let answer = Templates::from_texts([("pt-BR/overdue.txt", String::from_utf8_lossy(input))]);
    if let Ok(templates) = &answer {
        assert!(lint(templates).iter().all(|finding| !finding.message.is_empty()));
    }
    kind(&answer)
}

fn short(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let folded = sms::fold(&text);
    assert_eq!(sms::fold(&folded), folded);
    assert!(sms::segments(&folded).count <= text.len());
    1
}
