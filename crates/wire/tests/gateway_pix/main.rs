//! The Pix API: orders as requests, replies and webhooks as answers, the description's own examples, and its validating mock.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::print_stdout, reason = "what is skipped is said")]

mod examples;
mod orders;
mod prism;
mod properties;
mod replies;

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_wire::gateways::authorise::Authorise;
use regua_wire::gateways::pix::rec::Every;
use regua_wire::gateways::pix::{Account, AccountKind, Dialect};
use regua_wire::gateways::{ChargeOrder, InstrumentOrder, Late, Payer, RefundOrder, Request, Response};
use regua_wire::pix::PixKey;

/// The receiver of every test.
fn dialect() -> Dialect {
    Dialect {
        key: PixKey::parse("7d9f0335-8dcc-4054-9bf9-0dbd61d36906").unwrap(),
        account: Some(Account { agencia: Some("9708".to_owned()), conta: "012682".to_owned(), tipo_conta: AccountKind::Current }),
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn reais(cents: i64) -> Money {
    Money::new(cents, Currency::BRL)
}

fn receivable() -> ReceivableId {
    "rcv_01kb7z8s9ceq4tqv7e3k5m6n7p".parse().unwrap()
}

fn charge_id() -> ChargeId {
    "chg_01kb7z8s9ceq4tqv7e3k5m6n7p".parse().unwrap()
}

fn payer(document: Option<&str>) -> Payer {
    Payer { name: "Maria Silva".to_owned(), tax_id: document.map(str::to_owned), email: Some("maria@example.com".to_owned()) }
}

/// What a payer is asked for: R$ 99.90 each month, with further tries, by a code.
fn authorisation() -> Authorise {
    Authorise {
        key: "cus_01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(),
        payer: payer(Some("52998224725")),
        what: "Plano mensal".to_owned(),
        from: day("2026-12-12"),
        every: Every::Month,
        fixed: Some(reais(9_990)),
        retries: true,
        notice: None,
    }
}

/// Something to pay by, due on 15 December.
fn instrument(due_on: &str) -> InstrumentOrder {
    InstrumentOrder {
        key: "rcv01kb7z8s9ceq4tqv7e3k5m6n7px0".to_owned(),
        receivable: receivable(),
        reference: "FAT-2026-12".to_owned(),
        rail: Rail::Pix,
        amount: reais(21_990),
        due_on: day(due_on),
        valid_until: day("2027-01-14"),
        late: Late { fine_bp: 200, interest_month_bp: 100 },
        payer: payer(Some("529.982.247-25")),
        customer_token: None,
        description: "Mensalidade de dezembro".to_owned(),
    }
}

/// An attempt on 15 December.
fn charge() -> ChargeOrder {
    ChargeOrder {
        charge: charge_id(),
        receivable: receivable(),
        reference: "FAT-2026-12".to_owned(),
        method: PaymentMethodId::new(1_796_000_000_000, [7; 10]),
        scheme: Scheme::PixAutomatico,
        customer_token: "cus01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(),
        method_token: "RR1234567820261130abcdefghijk".to_owned(),
        amount: reais(8_990),
        description: "Plano mensal".to_owned(),
        on: day("2026-12-15"),
        retry: 0,
        first: None,
    }
}

/// The second further try of it, on the 18th.
fn second_try() -> ChargeOrder {
    ChargeOrder {
        charge: ChargeId::new(1_796_500_000_000, [9; 10]),
        on: day("2026-12-18"),
        retry: 2,
        first: Some("chg01kb7z8s9ceq4tqv7e3k5m6n7px0".to_owned()),
        ..charge()
    }
}

fn refund() -> RefundOrder {
    RefundOrder {
        key: "rfd01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(),
        payment: "E12345678202611301410abcdef12345".to_owned(),
        amount: reais(5_000),
        description: "Pago duas vezes".to_owned(),
    }
}

fn reply(status: u16, body: &str) -> Response {
    Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// Verb, path and body on lines, as tables show them.
fn shown(request: &Request) -> String {
    format!("{} {} {}", request.method.as_str(), request.path, String::from_utf8_lossy(&request.body)).trim_end().to_owned()
}
