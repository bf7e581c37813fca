//! Orders as the engine would give them, and patience that a test can wait for.

use std::time::Duration;

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::Rail;
use regua_engine::adapters::http::Settings;
use regua_wire::gateways::{ChargeOrder, InstrumentOrder, Late, Payer, RefundOrder};
use regua_wire::pix::Txid;

/// How long a call may take in these tests; a fake that hangs does so for longer.
pub(crate) const WHOLE: Duration = Duration::from_millis(1_500);
/// How long a fake hangs.
pub(crate) const HANGS: Duration = Duration::from_secs(4);

pub(crate) fn settings(base: &str) -> Settings {
    Settings { connect: Duration::from_secs(1), whole: WHOLE, ..Settings::new(base) }
}

pub(crate) fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

fn millis(secs: i64) -> u64 {
    u64::try_from(secs).unwrap() * 1000
}

pub(crate) fn receivable(secs: i64, nth: u8) -> ReceivableId {
    ReceivableId::new(millis(secs), [nth; 10])
}

/// The nth attempt of a test, made at a moment.
pub(crate) fn charge(secs: i64, nth: u8, scheme: Scheme, customer: &str, method: &str) -> ChargeOrder {
    ChargeOrder {
        charge: ChargeId::new(millis(secs), [nth; 10]),
        receivable: receivable(secs, nth),
        reference: format!("2026-{nth}"),
        method: PaymentMethodId::new(millis(secs), [nth; 10]),
        scheme,
        customer_token: customer.to_owned(),
        method_token: method.to_owned(),
        amount: Money::new(21_990, Currency::BRL),
        description: "Invoice".to_owned(),
        on: zone().day_of(Instant::from_secs(secs)),
        retry: 0,
        first: None,
    }
}

pub(crate) fn payer() -> Payer {
    Payer { name: "Ana Souza".to_owned(), tax_id: Some("52998224725".to_owned()), email: Some("ana@example.com".to_owned()) }
}

/// Something to pay by, due in some days.
pub(crate) fn instrument(secs: i64, nth: u8, rail: Rail, customer: Option<&str>, days: i32) -> InstrumentOrder {
    let today: Day = zone().day_of(Instant::from_secs(secs));
    InstrumentOrder {
        key: Txid::of(&receivable(secs, nth).to_string(), 0).unwrap().as_str().to_owned(),
        receivable: receivable(secs, nth),
        reference: format!("2026-{nth}"),
        rail,
        amount: Money::new(21_990, Currency::BRL),
        due_on: today.plus(days),
        valid_until: today.plus(days + 30),
        late: Late { fine_bp: 200, interest_month_bp: 100 },
        payer: payer(),
        customer_token: customer.map(str::to_owned),
        description: "Invoice".to_owned(),
    }
}

pub(crate) fn refund(key: &str, payment: &str, minor: i64) -> RefundOrder {
    let amount = Money::new(minor, Currency::BRL);
    RefundOrder { key: key.to_owned(), payment: payment.to_owned(), amount, description: "Paid twice".to_owned() }
}
