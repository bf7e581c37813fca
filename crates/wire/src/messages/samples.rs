//! Made-up messages for previews, the lint and tests: everything at once, next to nothing, and what lies between.

use regua_core::charges::Due;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{AccessState, Language};

use super::context::{Access, Announced, Consequence, Creditor, Failure, Item, MessageContext, Offer, Payment, Promise, Renewal, Settled};
use super::text::{Line, Link};

/// Monday 2027-01-04, on which the samples are written.
const TODAY: i32 = 20_822;

/// Every sample with a name that a finding can give: `full`, `minimal`, `upcoming` and one per kind of failure, state and offer.
#[must_use]
pub fn all(language: Language) -> Vec<(String, MessageContext)> {
    let mut samples = vec![
        ("full".to_owned(), full(language)),
        ("minimal".to_owned(), minimal()),
        ("upcoming".to_owned(), upcoming()),
        ("bare".to_owned(), MessageContext::new(creditor(), link())),
    ];
    for failure in Failure::ALL {
        let charge_on = (failure == Failure::Temporary).then(|| day(3));
        samples.push((format!("failure {}", failure.as_str()), MessageContext { failure: Some(failure), charge_on, ..upcoming() }));
    }
    for &state in AccessState::ALL {
        let announced = vec![Announced { what: Consequence::Access(state), on: day(7) }];
        let access = Some(Access { state, since: day(-1) });
        samples.push((format!("access {state}"), MessageContext { announced, access, ..minimal() }));
    }
    for what in [Consequence::Report(Line::default()), Consequence::Assign(Line::default()), Consequence::Fee(brl(1_500))] {
        let announced = vec![Announced { what, on: day(7) }];
        samples.push(("other announcements".to_owned(), MessageContext { announced, ..minimal() }));
    }
    let settlement = Offer { instalments: 1, first: brl(8_000), further: None, discount: brl(2_003), until: None };
    let uneven = Offer { instalments: 3, first: brl(4_000), further: Some(brl(3_102)), discount: brl(0), until: Some(day(10)) };
    for offer in [settlement, uneven] {
        samples.push((format!("offer of {}", offer.instalments), MessageContext { offer: Some(offer), ..minimal() }));
    }
    samples
}

/// Everything that a message can hold: several items in every block, two currencies, terms, steps ahead.
#[must_use]
pub fn full(language: Language) -> MessageContext {
    let plan = |month: &str| Line::new(&format!("{}, {month}", plan_name(language)));
    let late =
        Due { fine: brl(200), interest: brl(70), fixed: brl(1_000), total: brl(11_270), valid_until: day(1), ..due(brl(10_000), 21) };
    let late = Item { description: plan("12/2026"), paid: Some(brl(5_000)), ..Item::new("1042", day(-21), late) };
    let dollars = Item::new("1043", day(-1), due(Money::new(2_000, Currency::USD), 1));
    let next = Due { discount: brl(750), total: brl(14_250), valid_until: day(5), ..due(brl(15_000), 0) };
    let next = Item { description: plan("01/2027"), ..Item::new("1051", day(8), next) };
    let third = Item { description: plan("02/2027"), ..Item::new("1052", day(39), due(brl(15_000), 0)) };
    let disputed = Item { description: plan("11/2026"), ..Item::new("1031", day(-52), due(brl(9_990), 52)) };
    let steps = [
        (Consequence::Access(AccessState::Limited), 7),
        (Consequence::Access(AccessState::Suspended), 14),
        (Consequence::Report(Line::name("Serasa")), 31),
    ];
    MessageContext {
        name: Line::name("Ana Beatriz Moura"),
        overdue: vec![late, dollars],
        upcoming: vec![next, third],
        disputed: vec![disputed],
        announced: steps.map(|(what, days)| Announced { what, on: day(days) }).into(),
        offer: Some(Offer { instalments: 3, first: brl(3_757), further: Some(brl(3_757)), discount: brl(1_000), until: Some(day(10)) }),
        failure: Some(Failure::Funds),
        method: Some(Line::new("Visa •••• 4242")),
        method_expires_on: None,
        charge_on: Some(day(3)),
        payment: Some(Payment {
            amount: brl(10_203),
            on: day(-1),
            settled: vec![Settled { label: Line::new("1042"), description: plan("12/2026"), amount: brl(10_203) }],
        }),
        promise: Some(Promise { amount: brl(10_000), on: day(-3) }),
        renewal: Some(Renewal { plan: Line::new(plan_name(language)), on: day(30), amount: brl(180_000) }),
        access: Some(Access { state: AccessState::Limited, since: day(-1) }),
        preferences: Link::parse("https://conta.nuvemclara.example/c/k3v9x2").ok(),
        ..MessageContext::new(creditor(), link())
    }
}

/// One overdue item and nothing that may be absent: no name, no description.
#[must_use]
pub fn minimal() -> MessageContext {
    let item = Item::new("1042", day(-2), due(brl(10_000), 2));
    MessageContext { overdue: vec![item], ..MessageContext::new(creditor(), link()) }
}

/// One item not yet due, a name, a method that expires.
#[must_use]
pub fn upcoming() -> MessageContext {
    let item = Item::new("1051", day(5), due(brl(15_000), 0));
    MessageContext {
        name: Line::name("Ana"),
        upcoming: vec![item],
        method: Some(Line::new("Visa •••• 4242")),
        method_expires_on: Some(day(26)),
        ..MessageContext::new(creditor(), link())
    }
}

/// A creditor that does not exist.
#[must_use]
pub fn creditor() -> Creditor {
    Creditor {
        name: Line::name("Nuvem Clara"),
        address: Line::new("Rua das Palmeiras, 100, sala 12, 01310-000 São Paulo, SP"),
        tax_id: Line::new("CNPJ 12.345.678/0001-95"),
        contact: Line::new("contas@nuvemclara.example"),
    }
}

/// The place of a link until the portal gives real ones.
///
/// # Panics
/// Never: the address is constant and tested.
#[must_use]
pub fn link() -> Link {
    Link::parse("https://conta.nuvemclara.example/p/7Qm2xV").expect("a constant https address")
}

/// A principal without charges and discount.
#[must_use]
pub fn due(principal: Money, days_late: i32) -> Due {
    let zero = Money::zero(principal.currency());
    Due { principal, fine: zero, interest: zero, fixed: zero, discount: zero, total: principal, days_late, valid_until: Day::MAX }
}

fn day(offset: i32) -> Day {
    Day::from_epoch(TODAY).plus(offset)
}

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

const fn plan_name(language: Language) -> &'static str {
    match language {
        Language::PtBr => "Plano Pro",
        Language::En => "Pro Plan",
        Language::Es => "Plan Pro",
        Language::It => "Piano Pro",
        Language::Fr => "Formule Pro",
        Language::De => "Tarif Pro",
    }
}
