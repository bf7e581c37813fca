//! What is sent, byte by byte.

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_wire::gateways::stripe::requests::{self, Dialect, Return};
use regua_wire::gateways::stripe::{VERSION, reading};
use regua_wire::gateways::{CustomerOrder, Payer, RefundOrder, Request, Trouble, Verb};

use super::{CHARGE, order, page_order};

/// Verb, path, key and the fields one by one, decoded.
fn sent(request: &Request) -> String {
    let header = |name: &str| request.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str());
    assert_eq!(header("stripe-version"), Some(VERSION));
    assert_eq!(header("content-type").is_some(), request.method == Verb::Post);
    assert!(request.repeatable && (request.method == Verb::Post || request.body.is_empty()));
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    assert!(path.starts_with("/v1/"), "{path}");
    let mut lines = vec![format!("{} {path} key {}", request.method.as_str(), header("idempotency-key").unwrap_or("-"))];
    let fields = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(&request.body));
    lines.extend(fields.map(|(key, value)| format!("{key}={value}")));
    lines.join("\n")
}

fn to() -> Return {
    Return { done: "https://pay.example.com/obrigado?a=1&b=2".to_owned(), back: "https://pay.example.com/".to_owned() }
}

#[test]
fn a_charge_is_asked_for_off_session_with_our_ids_and_our_key() {
    let request = requests::charge(&order(), Dialect::Stripe).unwrap();
    let receivable = order().receivable;
    let expected = format!(
        "POST /v1/payment_intents key {CHARGE}\namount=21990\ncurrency=brl\ncustomer=cus_1Ana\npayment_method=pm_1Ana\n\
         payment_method_types[0]=card\nconfirm=true\noff_session=true\nmetadata[regua_charge]={CHARGE}\n\
         metadata[regua_receivable]={receivable}\nerror_on_requires_action=true\ndescription=Plano anual (FAT-42)\n\
         expand[]=latest_charge"
    );
    assert_eq!(sent(&request), expected);
    // The same attempt is the same bytes: another body under the same key is refused.
    assert_eq!(requests::charge(&order(), Dialect::Stripe).unwrap(), request);
    let plain = requests::charge(&order(), Dialect::Plain).unwrap();
    assert!(!sent(&plain).contains("error_on_requires_action") && !sent(&plain).contains("description"));
    assert!(sent(&plain).contains("off_session=true"));
    // A body may hold a name: it does not show.
    assert!(!format!("{request:?}").contains("Plano"));
}

#[test]
fn a_scheme_that_stripe_does_not_have_is_refused_before_anything_is_sent() {
    for scheme in Scheme::ALL.iter().copied() {
        let mut order = order();
        order.scheme = scheme;
        let kind = match scheme {
            Scheme::Ach => Some("us_bank_account"),
            Scheme::Sepa => Some("sepa_debit"),
            Scheme::Bacs => Some("bacs_debit"),
            Scheme::Becs => Some("au_becs_debit"),
            Scheme::Pad => Some("acss_debit"),
            Scheme::SepaB2b | Scheme::PixAutomatico | Scheme::Debit150 => None,
            Scheme::Visa
            | Scheme::Mastercard
            | Scheme::Amex
            | Scheme::Elo
            | Scheme::Hipercard
            | Scheme::Discover
            | Scheme::Diners
            | Scheme::Jcb
            | Scheme::UnionPay
            | Scheme::OtherCard => Some("card"),
        };
        match (requests::charge(&order, Dialect::Stripe), kind) {
            (Ok(request), Some(kind)) => assert!(sent(&request).contains(&format!("payment_method_types[0]={kind}\n")), "{scheme}"),
            (Err(Trouble::Refused { code, .. }), None) => assert_eq!(code, "scheme"),
            (answer, _) => panic!("{scheme}: {answer:?}"),
        }
    }
    let mut yen = order();
    yen.amount = Money::new(2_199, Currency::parse("JPY").unwrap());
    assert!(sent(&requests::charge(&yen, Dialect::Stripe).unwrap()).contains("amount=2199\ncurrency=jpy\n"));
    yen.amount = Money::new(0, Currency::BRL);
    assert!(requests::charge(&yen, Dialect::Stripe).is_err());
}

#[test]
fn customers_methods_and_refunds_are_asked_for_with_their_keys() {
    let payer =
        Payer { name: "Ana & Filhos".to_owned(), tax_id: Some("11144477735".to_owned()), email: Some("ana@example.com".to_owned()) };
    let customer = CustomerOrder { key: "cus_01".to_owned(), payer };
    let refund = |payment: &str| RefundOrder {
        key: "R1".to_owned(),
        payment: payment.to_owned(),
        amount: Money::new(5_000, Currency::BRL),
        description: String::new(),
    };
    let rows = [
        (
            requests::customer_create(&customer),
            "POST /v1/customers key cus_01-customer\nname=Ana & Filhos\nemail=ana@example.com\nmetadata[regua_customer]=cus_01",
        ),
        (requests::customer_search("a'b\\c"), "GET /v1/customers/search key -\nquery=metadata['regua_customer']:'a\\'b\\\\c'\nlimit=10"),
        (requests::customers_with("ana@example.com", None), "GET /v1/customers key -\nemail=ana@example.com\nlimit=100"),
        (
            requests::methods("cus_1Ana", None, Some("pm_9")),
            "GET /v1/payment_methods key -\ncustomer=cus_1Ana\nlimit=100\nstarting_after=pm_9",
        ),
        (requests::attach("pm_1", "cus_1Ana"), "POST /v1/payment_methods/pm_1/attach key -\ncustomer=cus_1Ana"),
        (requests::detach("pm_1"), "POST /v1/payment_methods/pm_1/detach key -"),
        (requests::intent("pi_1", false), "GET /v1/payment_intents/pi_1 key -\nexpand[]=latest_charge"),
        (
            requests::intent("pi_1/../x", true),
            "GET /v1/payment_intents/pi_1%2F%2E%2E%2Fx key -\nexpand[]=latest_charge.balance_transaction",
        ),
        (
            requests::intents_of("cus_1Ana", Some(requests::since(order().charge)), None, Dialect::Stripe),
            "GET /v1/payment_intents key -\ncustomer=cus_1Ana\nexpand[]=data.latest_charge\ncreated[gte]=1764417600\nlimit=100",
        ),
        (
            requests::intents_of("cus_1Ana", None, Some("pi_1"), Dialect::Plain),
            "GET /v1/payment_intents key -\nlimit=100\nstarting_after=pi_1",
        ),
        (requests::intent_cancel("pi_1"), "POST /v1/payment_intents/pi_1/cancel key -\ncancellation_reason=abandoned"),
        (
            requests::refund(&refund("pi_1")).unwrap(),
            "POST /v1/refunds key R1\npayment_intent=pi_1\namount=5000\nmetadata[regua_refund]=R1",
        ),
        (requests::refund(&refund("py_1")).unwrap(), "POST /v1/refunds key R1\ncharge=py_1\namount=5000\nmetadata[regua_refund]=R1"),
        (requests::refunds_of("ch_1", None), "GET /v1/refunds key -\ncharge=ch_1\nlimit=100"),
        (requests::setup("seti_1"), "GET /v1/setup_intents/seti_1 key -\nexpand[]=payment_method"),
    ];
    for (request, expected) in rows {
        assert_eq!(sent(&request), expected);
    }
}

#[test]
fn a_page_takes_a_card_once_and_no_other_rail() {
    let request = requests::pay_page(&page_order(), &to()).unwrap();
    let (key, receivable) = (page_order().key, page_order().receivable);
    let expected = format!(
        "POST /v1/checkout/sessions key {key}\nmode=payment\ncustomer=cus_1Ana\npayment_method_types[0]=card\n\
         client_reference_id={key}\nline_items[0][price_data][currency]=brl\nline_items[0][price_data][unit_amount]=21990\n\
         line_items[0][price_data][product_data][name]=Plano anual\nline_items[0][quantity]=1\nmetadata[regua_instrument]={key}\n\
         payment_intent_data[metadata][regua_instrument]={key}\npayment_intent_data[metadata][regua_receivable]={receivable}\n\
         success_url=https://pay.example.com/obrigado?a=1&b=2\ncancel_url=https://pay.example.com/"
    );
    assert_eq!(sent(&request), expected);
    let mut unknown = page_order();
    unknown.customer_token = None;
    assert!(sent(&requests::pay_page(&unknown, &to()).unwrap()).contains("\ncustomer_email=ana@example.com\n"));
    for rail in [Rail::Pix, Rail::Boleto] {
        let mut order = page_order();
        order.rail = rail;
        assert!(matches!(requests::pay_page(&order, &to()), Err(Trouble::Refused { .. })), "{rail}");
    }
    assert_eq!(
        sent(&requests::card_page("cus_1Ana", "K", &to())).lines().take(4).collect::<Vec<_>>(),
        ["POST /v1/checkout/sessions key K", "mode=setup", "customer=cus_1Ana", "payment_method_types[0]=card"]
    );
    assert_eq!(sent(&requests::page_look("cs_1")), "GET /v1/checkout/sessions/cs_1 key -\nexpand[]=payment_intent.latest_charge");
    assert_eq!(sent(&requests::page_close("cs_1")), "POST /v1/checkout/sessions/cs_1/expire key -");
    assert_eq!(
        sent(&requests::pages(None, Instant::from_secs(1_764_504_000), None)),
        "GET /v1/checkout/sessions key -\ncreated[gte]=1764504000\nlimit=100"
    );
}

#[test]
fn what_the_mirror_asks_changes_nothing() {
    let (since, until) = (Instant::from_secs(1_764_417_600), Instant::from_secs(1_764_504_000));
    let mut asked = vec![
        (reading::customers(None), "GET /v1/customers key -\nlimit=100"),
        (reading::customer("cus_1"), "GET /v1/customers/cus_1 key -"),
        (
            reading::invoices(Some("open"), Some("cus_1"), Some(since), Some("in_1")),
            "GET /v1/invoices key -\nstatus=open\ncustomer=cus_1\nexpand[]=data.payments\ncreated[gte]=1764417600\nlimit=100\nstarting_after=in_1",
        ),
        (reading::invoice("in_1"), "GET /v1/invoices/in_1 key -\nexpand[]=payments.data.payment.payment_intent"),
        (reading::invoice_payments("in_1", None), "GET /v1/invoice_payments key -\ninvoice=in_1\nlimit=100"),
        (reading::subscriptions(None, None), "GET /v1/subscriptions key -\nstatus=all\nlimit=100"),
        (reading::subscription("sub_1"), "GET /v1/subscriptions/sub_1 key -"),
        (reading::charges(Some("cus_1"), None, None), "GET /v1/charges key -\ncustomer=cus_1\nlimit=100"),
        (reading::charge("ch_1"), "GET /v1/charges/ch_1 key -"),
        (
            reading::events(since, until, Some("evt_1")),
            "GET /v1/events key -\ncreated[gte]=1764417600\ncreated[lt]=1764504000\nlimit=100\nstarting_after=evt_1",
        ),
    ];
    for (request, expected) in &asked {
        assert_eq!(&sent(request), expected);
    }
    let checks: Vec<Request> = [true, false].into_iter().flat_map(reading::checks).map(|(_, request)| request).collect();
    assert_eq!(checks.len(), 11);
    for request in asked.drain(..).map(|(request, _)| request).chain(checks) {
        assert!(request.method.only_reads() && request.body.is_empty(), "{request:?}");
    }
    // Before the epoch there is nothing to filter by.
    assert!(sent(&reading::events(Instant::DAWN, Instant::NEVER, None)).contains("created[gte]=0\n"));
}
