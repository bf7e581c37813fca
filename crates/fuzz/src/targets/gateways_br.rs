//! Gateways in Brazil: every reply and webhook of the Pix API and of Asaas.

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_wire::gateways::asaas::{self, Page, Payment, Reais, Subscription, mirror, moment, notification};
use regua_wire::gateways::pix::cob::read_list;
use regua_wire::gateways::pix::oauth::Token;
use regua_wire::gateways::pix::rec::{Rec, read_place};
use regua_wire::gateways::pix::solicrec::Solicrec;
use regua_wire::gateways::pix::{self, Address, Hook, errors, listed};
use regua_wire::gateways::{ChargeOrder, Charged, Heard, HookRefused, News, RefundOrder, Response, Trouble};
use regua_wire::pix::PixKey;

use crate::target::{Target, kind, words_of};

const WORDS_PIX: &str = "{¦}¦[¦]¦:¦,¦null¦\"txid\":¦\"endToEndId\":¦\"valor\":\"1.00\"¦\"horario\":\"2026-12-01T00:00:00Z\"¦\
     \"status\":\"ATIVA\"¦\
     CONCLUIDA¦REJEITADA¦EXPIRADA¦CANCELADA¦\"tentativas\":[¦\"tipo\":\"NTAG\"¦AGND¦PAGA¦AGENDADA¦\"devolucoes\":[¦DEVOLVIDO¦\
     \"natureza\":\"MED_FRAUDE\"¦\"dataLiquidacao\":\"2026-12-14\"¦\"pix\":[¦\"paginacao\":{¦\"quantidadeDePaginas\":2¦9999999999.99¦\
     \"encerramento\":{¦\"rejeicao\":{\"codigo\":¦\"violacoes\":[";
const WORDS_ASAAS: &str = "{¦}¦[¦]¦:¦,¦null¦true¦\"id\":\"pay_1\"¦\"value\":1e2¦0.105¦99999999.99¦\
     \"status\":\"RECEIVED\"¦CONFIRMED¦OVERDUE¦REFUNDED¦\
     CHARGEBACK_REQUESTED¦\"billingType\":\"CREDIT_CARD\"¦PIX¦\"refunds\":[¦\"deleted\":true¦\"hasMore\":true¦\"offset\":0¦\"data\":[¦\
     \"creditCard\":{¦\"creditCardToken\":¦\"event\":\"PAYMENT_REFUNDED\"¦\"dateCreated\":\"2026-12-01 10:00:00\"¦\
     \"errors\":[¦invalid_creditCard";

pub(super) const TARGETS: &[Target] = &[
    Target::new("pix-webhook", pix_webhook, &["{}", "{\"pix\":[],\"recs\":[],\"cobsr\":[]}"])
        .files(&[
            "crates/wire/tests/gateway_pix/vectors/webhook_pix.json",
            "crates/wire/tests/gateway_pix/vectors/webhook_rec.json",
            "crates/wire/tests/gateway_pix/vectors/webhook_cobr.json",
        ])
        .words(WORDS_PIX)
        .len_max(4_096),
    Target::new("pix-replies", pix_replies, &[])
        .files(&[
            "crates/wire/tests/gateway_pix/vectors/cob.json",
            "crates/wire/tests/gateway_pix/vectors/cobv.json",
            "crates/wire/tests/gateway_pix/vectors/cobr.json",
            "crates/wire/tests/gateway_pix/vectors/devolucao.json",
            "crates/wire/tests/gateway_pix/vectors/pix_page.json",
            "crates/wire/tests/gateway_pix/vectors/problem.json",
            "crates/wire/tests/gateway_pix/vectors/rec.json",
            "crates/wire/tests/gateway_pix/vectors/solicrec.json",
            "crates/wire/tests/gateway_pix/vectors/token.json",
        ])
        .words(WORDS_PIX)
        .len_max(4_096),
    Target::new("asaas-webhook", asaas_webhook, &["{\"id\":\"evt_1\",\"event\":\"TRANSFER_CREATED\"}"])
        .files(&[
            "crates/wire/tests/gateway_asaas/vectors/event_refunded.json",
            "crates/wire/tests/gateway_asaas/vectors/event_chargeback.json",
        ])
        .data(&["payment_events/asaas-docs"])
        .words(WORDS_ASAAS)
        .len_max(4_096),
    Target::new("asaas-replies", asaas_replies, &["{\"payload\":\"000201\"}", "{\"identificationField\":\"23791\"}"])
        .files(&[
            "crates/wire/tests/gateway_asaas/vectors/payment_card.json",
            "crates/wire/tests/gateway_asaas/vectors/payments_page.json",
            "crates/wire/tests/gateway_asaas/vectors/customers_page.json",
            "crates/wire/tests/gateway_asaas/vectors/subscriptions_page.json",
            "crates/wire/tests/gateway_asaas/vectors/notifications.json",
            "crates/wire/tests/gateway_asaas/vectors/errors_card.json",
        ])
        .words(WORDS_ASAAS)
        .len_max(4_096),
    Target::new("asaas-amounts", amounts, &["19.99", "1e2", "0.1", "99999999.99", "-0.10", "2024-06-12 16:45:03"])
        .words("e¦E¦+¦-¦.¦00¦9999999999999¦ ¦:¦T")
        .len_max(64),
];

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

fn order() -> ChargeOrder {
    let charge = ChargeId::new(1_796_000_000_000, [7; 10]);
    ChargeOrder {
        charge,
        receivable: ReceivableId::new(1_796_000_000_000, [7; 10]),
        reference: "R".to_owned(),
        method: PaymentMethodId::new(1_796_000_000_000, [7; 10]),
        scheme: Scheme::PixAutomatico,
        customer_token: "cus_1".to_owned(),
        method_token: "RR1234567820261130abcdefghijk".to_owned(),
        amount: brl(8_990),
        description: String::new(),
        on: Day::from_epoch(20_805),
        retry: 0,
        first: None,
    }
}

fn refund() -> RefundOrder {
    let payment = "E12345678202611301410abcdef12345".to_owned();
    RefundOrder { key: "rfd01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(), payment, amount: brl(100), description: String::new() }
}

fn reply(status: u16, body: &[u8]) -> Response {
    Response { status, headers: Vec::new(), body: body.to_vec() }
}

/// What holds of everything that was heard, whoever told it.
fn sound(heard: &[Heard]) {
    let id = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    for one in heard {
        assert!(!one.event.is_empty(), "an event has an id");
        match &one.news {
            News::Charge { reference, charged, .. } => {
                assert!(id(reference));
                if let Charged::Settled(money) = charged {
                    assert!(id(&money.reference) && money.amount.currency() == Currency::BRL);
                }
                if let Charged::Declined { signals, .. } = charged {
                    assert!(!signals.is_empty(), "a decline says why");
                }
            }
            News::Instrument { reference, .. } => assert!(id(reference)),
            News::Refunded { payment, refund, .. } => assert!(id(payment) && !refund.is_empty()),
            News::ChargedBack { payment, dispute, .. } | News::DisputeWon { payment, dispute, .. } => {
                assert!(id(payment) && !dispute.is_empty());
            }
            News::Method(method) => assert!(id(&method.method_token)),
            News::Mirror { reference, .. } => assert!(id(reference)),
            News::Channel(news) => panic!("a gateway tells of a message: {news:?}"),
            News::Nothing => {}
        }
    }
}

fn hook(answer: &Result<Vec<Heard>, HookRefused>) -> u64 {
    match answer {
        Ok(heard) if heard.is_empty() => 2,
        Ok(heard) => {
            sound(heard);
            1
        }
        Err(error) => words_of(error),
    }
}

/// The first answer that is good, else the kind of the last refusal.
fn best(answers: &[u64]) -> u64 {
    answers.iter().copied().find(|answer| *answer == 1).or(answers.last().copied()).unwrap_or(2)
}

fn pix_webhook(input: &[u8]) -> u64 {
    best(&Hook::ALL.map(|told| hook(&told.read(input))))
}

fn pix_replies(input: &[u8]) -> u64 {
    let Ok(key) = PixKey::parse("7d9f0335-8dcc-4054-9bf9-0dbd61d36906") else { return 2 };
    let api = pix::Dialect { key, account: None };
    let good = reply(200, input);
    let listings = [None, Some("charges:0"), Some("recs:0")].map(|place| listed(place, &good, true));
    for listing in listings.iter().flatten() {
        sound(&listing.heard);
    }
    let refused = errors::trouble(&reply(400, input), true);
    assert!(refused.to_string().chars().count() < 1_200, "what is shown is short");
    let again = api.looked(&good);
    if let Ok(instrument) = &again {
        assert!(!instrument.reference.is_empty());
    }
    best(&[
        kind(&Token::read(&good, Instant::from_secs(0))),
        kind(&again),
        kind(&api.asked(&order(), &good)),
        kind(&api.refunded(&refund(), &good, true)),
        kind(&Rec::read(input)),
        kind(&Solicrec::read(input)),
        kind(&Address::read(input)),
        kind(&read_place(input)),
        kind(&read_list(input)),
        listings.iter().map(kind).min().unwrap_or(2),
    ])
}

fn asaas_webhook(input: &[u8]) -> u64 {
    let (ours, mirrored) = (asaas::heard(input), mirror::heard(input));
    let _ = hook(&mirrored);
    hook(&ours)
}

fn asaas_replies(input: &[u8]) -> u64 {
    let api = asaas::Dialect::default();
    let good = reply(200, input);
    let charged = api.charged(&reply(400, input));
    if let Ok(Charged::Declined { signals, .. }) = &charged {
        assert!(!signals.is_empty());
    }
    if let Err(error @ Trouble::Refused { .. }) = &charged {
        assert!(error.to_string().chars().count() < 1_200, "what is shown is short");
    }
    let listing = api.listed(Some("1:0"), &good);
    if let Ok(listing) = &listing {
        sound(&listing.heard);
    }
    let issued = api.issued(&good);
    let owed = |payment: &Payment| [false, true].map(|is_reminded| mirror::invoice(payment, is_reminded));
    let invoices = Page::<Payment>::read(input).map(|page| page.data.iter().map(owed).collect::<Vec<_>>());
    let with = |rail| issued.clone().and_then(|instrument| api.with_code(instrument, rail, &good));
    best(&[
        kind(&issued),
        kind(&with(Rail::Pix)),
        kind(&with(Rail::Boleto)),
        kind(&charged),
        kind(&api.asked(&order(), None, &good)),
        kind(&api.refunded(&refund(), &good, true)),
        kind(&api.listed_methods(&good)),
        kind(&api.made_customer(&good)),
        kind(&notification::read(input)),
        kind(&mirror::read_customers(input)),
        kind(&invoices),
        kind(&Page::<Subscription>::read(input)),
        kind(&listing),
    ])
}

fn amounts(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let amount = Reais::parse(&text);
    if let Ok(amount) = amount {
        assert_eq!(Reais::parse(&amount.to_string()), Ok(amount));
    }
    let _ = moment(&text);
    kind(&amount)
}
