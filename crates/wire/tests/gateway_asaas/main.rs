//! Asaas: orders as requests, replies and webhooks as answers, an account as it is mirrored, amounts exactly.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod mirrored;
mod orders;
mod replies;
mod webhooks;

use regua_core::charging::{CodeSpace, Scheme, Signal};
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_wire::gateways::asaas::Dialect;
use regua_wire::gateways::{ChargeOrder, CustomerOrder, InstrumentOrder, Late, Payer, RefundOrder, Request, Response};

fn dialect() -> Dialect {
    Dialect { remote_ip: None }
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

fn signal(code: &str) -> Signal {
    Signal { space: CodeSpace::Asaas, code: code.into() }
}

fn charge_id() -> ChargeId {
    "chg_01kb7z8s9ceq4tqv7e3k5m6n7p".parse().unwrap()
}

fn receivable() -> ReceivableId {
    "rcv_01kb7z8s9ceq4tqv7e3k5m6n7p".parse().unwrap()
}

fn payer(document: Option<&str>) -> Payer {
    Payer { name: "Maria Silva".to_owned(), tax_id: document.map(str::to_owned), email: Some("maria@example.com".to_owned()) }
}

fn customer(document: Option<&str>) -> CustomerOrder {
    CustomerOrder { key: "cus_01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(), payer: payer(document) }
}

fn instrument(rail: Rail, due_on: &str) -> InstrumentOrder {
    InstrumentOrder {
        key: "rcv01kb7z8s9ceq4tqv7e3k5m6n7px0".to_owned(),
        receivable: receivable(),
        reference: "FAT-2026-12".to_owned(),
        rail,
        amount: reais(21_990),
        due_on: day(due_on),
        valid_until: day("2027-01-14"),
        late: Late { fine_bp: 200, interest_month_bp: 100 },
        payer: payer(Some("52998224725")),
        customer_token: Some("cus_000005219613".to_owned()),
        description: "Mensalidade de dezembro".to_owned(),
    }
}

fn charge() -> ChargeOrder {
    ChargeOrder {
        charge: charge_id(),
        receivable: receivable(),
        reference: "FAT-2026-12".to_owned(),
        method: PaymentMethodId::new(1_796_000_000_000, [7; 10]),
        scheme: Scheme::Mastercard,
        customer_token: "cus_000005219613".to_owned(),
        method_token: "a75a1d98-c52d-4a6b-a413-71e00b193c99".to_owned(),
        amount: reais(21_990),
        description: "Mensalidade".to_owned(),
        on: day("2026-11-30"),
        retry: 0,
        first: None,
    }
}

fn refund() -> RefundOrder {
    RefundOrder {
        key: "rfd01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(),
        payment: "pay_9".to_owned(),
        amount: reais(3_000),
        description: "pago duas vezes".to_owned(),
    }
}

fn reply(status: u16, body: &str) -> Response {
    Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn shown(request: &Request) -> String {
    format!("{} {} {}", request.method.as_str(), request.path, String::from_utf8_lossy(&request.body)).trim_end().to_owned()
}

/// A page of a list with these items.
fn page(items: &[&str]) -> Response {
    let items = items.join(",");
    reply(200, &format!("{{\"object\":\"list\",\"hasMore\":false,\"totalCount\":1,\"limit\":100,\"offset\":0,\"data\":[{items}]}}"))
}
