//! Stripe's dialect: what is asked, what replies and events mean, who signed them. The bodies of `vectors` are ours; those of
//! other projects are read in `real`, and Stripe's own library in `client`.

#![expect(clippy::unwrap_used, reason = "a test may stop at what must be there")]
#![expect(clippy::print_stdout, reason = "what is skipped is said")]

mod client;
mod errors;
mod events;
mod mirror;
mod real;
mod replies;
mod requests;

use regua_core::charging::{Scheme, Signal};
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Zone};
use regua_core::words::Rail;
use regua_wire::gateways::{
    ChargeOrder, Charged, Heard, Instrument, InstrumentOrder, InstrumentStanding, Late, MethodNews, MethodStanding, News, Payer, Response,
    Settlement,
};

/// 2025-11-30T12:00:00Z, at which everything of the vectors happens.
const NOW: u64 = 1_764_504_000;
const CHARGE: &str = "chg_01kbaa4ng0e00r60g30g2gc1r8";

/// A body of `vectors`.
macro_rules! vector {
    ($name:literal) => {
        include_bytes!(concat!("../../src/gateways/stripe/vectors/", $name, ".json")).as_slice()
    };
}
pub(crate) use vector;

fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

fn response(status: u16, body: &[u8]) -> Response {
    Response { status, headers: vec![("request-id".to_owned(), "req_1".to_owned())], body: body.to_vec() }
}

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

fn order() -> ChargeOrder {
    ChargeOrder {
        charge: CHARGE.parse::<ChargeId>().unwrap(),
        receivable: ReceivableId::new(NOW * 1_000, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        reference: "FAT-42".to_owned(),
        method: PaymentMethodId::new(NOW * 1_000, [0; 10]),
        scheme: Scheme::Mastercard,
        customer_token: "cus_1Ana".to_owned(),
        method_token: "pm_1Ana".to_owned(),
        amount: brl(21_990),
        description: "Plano anual".to_owned(),
        on: Day::parse("2025-11-30").unwrap(),
        retry: 0,
        first: None,
    }
}

fn page_order() -> InstrumentOrder {
    InstrumentOrder {
        key: "ins01kbaa4ng0e00r60g30g2gc1r8".to_owned(),
        receivable: order().receivable,
        reference: "FAT-42".to_owned(),
        rail: Rail::Card,
        amount: brl(21_990),
        due_on: Day::parse("2025-11-30").unwrap(),
        valid_until: Day::parse("2025-12-30").unwrap(),
        late: Late::default(),
        payer: Payer { name: "Ana".to_owned(), tax_id: None, email: Some("ana@example.com".to_owned()) },
        customer_token: Some("cus_1Ana".to_owned()),
        description: "Plano anual".to_owned(),
    }
}

fn settlement(told: &Settlement) -> String {
    let fee = told.fee.map(|fee| format!(" less {fee}")).unwrap_or_default();
    format!("settled {} as {} on {} by {}{fee}", told.amount, told.reference, told.paid_on, told.rail)
}

fn signals(told: &[Signal]) -> String {
    let each: Vec<String> = told.iter().map(|signal| format!("{}:{}", signal.space, signal.code)).collect();
    format!("[{}]", each.join(" "))
}

fn charged(told: &Charged) -> String {
    match told {
        Charged::Settled(told) => settlement(told),
        Charged::Pending { reference } => format!("pending as {reference}"),
        Charged::Declined { reference, signals: told } => {
            format!("declined as {} {}", reference.as_deref().unwrap_or("-"), signals(told))
        }
        Charged::NeedsPayer { reference, link, signals: told } => {
            format!("needs the payer as {reference} at {} {}", link.as_deref().unwrap_or("-"), signals(told))
        }
    }
}

fn standing(told: &InstrumentStanding) -> String {
    match told {
        InstrumentStanding::Open => "open".to_owned(),
        InstrumentStanding::Closed => "closed".to_owned(),
        InstrumentStanding::Paid(by) => by.iter().map(settlement).collect::<Vec<_>>().join(", "),
    }
}

fn instrument(told: &Instrument) -> String {
    assert_eq!((&told.brcode, &told.boleto_line), (&None, &None));
    format!("page {} at {}: {}", told.reference, told.link.as_deref().unwrap_or("-"), standing(&told.standing))
}

fn method(told: &MethodNews) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let expires = told.expires_on.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let standing = match told.standing {
        MethodStanding::Active => "active",
        MethodStanding::Pending => "pending",
        MethodStanding::Gone => "gone",
    };
    assert!(!told.allows_retry);
    let (customer, fingerprint, last) = (text(&told.customer_token), text(&told.fingerprint), text(&told.last4));
    format!("method {} of {customer}: {} {fingerprint} {last} to {expires}, {standing}", told.method_token, told.scheme)
}

fn news(told: &News) -> String {
    match told {
        News::Charge { charge, reference, charged: told } => {
            let ours = charge.map_or_else(|| "theirs".to_owned(), |charge| charge.to_string());
            format!("charge {reference}, {ours}: {}", charged(told))
        }
        News::Instrument { reference, key, standing: told } => {
            format!("instrument {reference}, key {}: {}", key.as_deref().unwrap_or("-"), standing(told))
        }
        News::Refunded { payment, refund, amount, on } => format!("refunded {amount} of {payment} by {refund} on {on}"),
        News::ChargedBack { payment, dispute, amount, on } => format!("charged back {amount} of {payment} by {dispute} on {on}"),
        News::DisputeWon { payment, dispute, amount, on } => format!("won {amount} of {payment} by {dispute} on {on}"),
        News::Method(told) => method(told),
        News::Mirror { object, reference } => format!("mirror {object} {reference}"),
        News::Channel(told) => format!("channel {told:?}"),
        News::Nothing => "nothing".to_owned(),
    }
}

fn heard(told: &[Heard]) -> String {
    told.iter().map(|heard| news(&heard.news)).collect::<Vec<_>>().join("; ")
}
