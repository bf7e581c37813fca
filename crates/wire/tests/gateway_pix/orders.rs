//! Orders as requests: each by its verb, path and body, and each that is refused by what it lacks.

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::words::Rail;
use regua_wire::gateways::pix::{CHARGES_BACK_HOURS, DueCalendar, RETURNED_BACK_HOURS, cobr, list};
use regua_wire::gateways::{ChargeOrder, InstrumentOrder, Late, RefundOrder, Trouble};
use serde_json::Value;

use super::{at, charge, charge_id, day, dialect, instrument, payer, reais, refund, second_try, shown};

/// What refuses an order.
fn code<T: std::fmt::Debug>(answer: Result<T, Trouble>) -> String {
    match answer.unwrap_err() {
        Trouble::Refused { code, why } => {
            assert!(!why.contains("529"), "no document is shown: {why}");
            code
        }
        other @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::NotFound) => panic!("{other:?}"),
    }
}

const NOON: &str = "2026-12-01T12:00:00-03:00";

#[test]
fn what_is_due_later_is_a_charge_with_a_due_date_and_its_rates() {
    let request = dialect().issue(&instrument("2026-12-15"), at(NOON)).unwrap();
    assert!(request.repeatable);
    assert_eq!(
        shown(&request),
        "PUT /cobv/rcv01kb7z8s9ceq4tqv7e3k5m6n7px0 {\"calendario\":{\"dataDeVencimento\":\"2026-12-15\",\
         \"validadeAposVencimento\":30},\"devedor\":{\"cpf\":\"52998224725\",\"nome\":\"Maria Silva\"},\"valor\":{\"original\":\"219.90\",\
         \"multa\":{\"modalidade\":2,\"valorPerc\":\"2.00\"},\"juros\":{\"modalidade\":3,\"valorPerc\":\"1.00\"}},\
         \"chave\":\"7d9f0335-8dcc-4054-9bf9-0dbd61d36906\",\"solicitacaoPagador\":\"Mensalidade de dezembro\",\
         \"infoAdicionais\":[{\"nome\":\"Referência\",\"valor\":\"FAT-2026-12\"}]}"
    );
}

#[test]
fn what_is_due_is_a_charge_that_is_paid_at_once_until_the_end_of_its_last_day() {
    for due_on in ["2026-12-01", "2026-11-01"] {
        let order = InstrumentOrder { valid_until: day("2026-12-02"), ..instrument(due_on) };
        let request = dialect().issue(&order, at(NOON)).unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(request.path, "/cob/rcv01kb7z8s9ceq4tqv7e3k5m6n7px0");
        assert_eq!(body["calendario"]["expiracao"], 36 * 3_600);
        assert_eq!(body["valor"]["original"], "219.90");
        assert_eq!(body["valor"]["multa"], Value::Null, "what is due is ordered with all that was added");
    }
    // The end of that day has passed: an hour is the least.
    let order = InstrumentOrder { valid_until: day("2026-11-30"), ..instrument("2026-11-01") };
    let body: Value = serde_json::from_slice(&dialect().issue(&order, at(NOON)).unwrap().body).unwrap();
    assert_eq!(body["calendario"]["expiracao"], 3_600);
}

#[test]
fn the_evening_in_sao_paulo_is_still_the_day_that_it_is_due() {
    // 22:00 there is the next day in UTC.
    let order = instrument("2026-12-02");
    assert!(dialect().issue(&order, at("2026-12-02T01:00:00Z")).unwrap().path.starts_with("/cobv/"));
    assert!(dialect().issue(&order, at("2026-12-02T03:00:00Z")).unwrap().path.starts_with("/cob/"));
}

#[test]
fn a_charge_at_once_needs_no_payer_and_one_with_a_due_date_does() {
    let anybody = |due_on, payer| InstrumentOrder { payer, ..instrument(due_on) };
    let now = at(NOON);
    let request = dialect().issue(&anybody("2026-12-01", payer(None)), now).unwrap();
    assert!(!String::from_utf8_lossy(&request.body).contains("devedor"));
    assert_eq!(code(dialect().issue(&anybody("2026-12-15", payer(None)), now)), "payer-document");
    assert_eq!(code(dialect().issue(&anybody("2026-12-15", payer(Some("529.982.247-26"))), now)), "payer-document");
    assert_eq!(code(dialect().issue(&anybody("2026-12-15", payer(Some("DE123456789"))), now)), "payer-document");
    let nameless = regua_wire::gateways::Payer { name: " ".to_owned(), ..payer(Some("52998224725")) };
    assert_eq!(code(dialect().issue(&anybody("2026-12-15", nameless), now)), "payer-name");
    let company = dialect().issue(&anybody("2026-12-15", payer(Some("12.ABC.345/01DE-35"))), now).unwrap();
    assert!(String::from_utf8_lossy(&company.body).contains("\"devedor\":{\"cnpj\":\"12ABC34501DE35\""));
}

#[test]
fn an_instrument_that_cannot_be_is_refused_before_it_is_sent() {
    let order = || instrument("2026-12-15");
    let dollars = Money::new(100, Currency::USD);
    for (order, want) in [
        (InstrumentOrder { rail: Rail::Boleto, ..order() }, "rail"),
        (InstrumentOrder { amount: dollars, ..order() }, "form"),
        (InstrumentOrder { amount: reais(0), ..order() }, "amount"),
        (InstrumentOrder { key: "short".to_owned(), ..order() }, "form"),
        (InstrumentOrder { key: "../../cob/rcv01kb7z8s9ceq4tqv7e3k".to_owned(), ..order() }, "form"),
    ] {
        assert_eq!(code(dialect().issue(&order, at(NOON))), want);
    }
}

#[test]
fn a_validity_never_reaches_beyond_what_was_ordered() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/cobv_validity.json")).unwrap();
    let rows = vectors["vectors"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let text = |key: &str| day(row[key].as_str().unwrap());
        let calendar = DueCalendar::until(text("due"), text("last_payable"));
        assert_eq!(calendar.payable().last_on, text("last_payable"), "{row}");
        assert!(u64::from(calendar.validade_apos_vencimento) >= row["validade"].as_u64().unwrap(), "the longest of those: {row}");
        let eve = DueCalendar::until(text("due"), text("last_payable").plus(-1));
        assert!(eve.payable().last_on < text("last_payable") || eve.validade_apos_vencimento == 0, "{row}");
    }
    assert_eq!(DueCalendar::until(day("2026-12-15"), day("2026-12-01")).validade_apos_vencimento, 0);
}

#[test]
fn a_rate_of_nothing_is_not_said() {
    let order = InstrumentOrder { late: Late::default(), ..instrument("2026-12-15") };
    let text = String::from_utf8(dialect().issue(&order, at(NOON)).unwrap().body).unwrap();
    assert!(text.contains("\"valor\":{\"original\":\"219.90\"}"), "{text}");
}

#[test]
fn a_recurring_charge_is_sent_ten_to_two_days_ahead() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/pix_automatico_windows.json")).unwrap();
    let rows = vectors["vectors"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let text = |key: &str| day(row[key].as_str().unwrap());
        let order = ChargeOrder { on: text("cobr_due"), ..charge() };
        for (today, sent) in [
            (text("instruct_from").plus(-1), false),
            (text("instruct_from"), true),
            (text("instruct_until"), true),
            (text("instruct_until").plus(1), false),
        ] {
            let answer = dialect().charge(&order, today);
            assert_eq!(answer.is_ok(), sent, "{today} {row}");
            if !sent {
                assert_eq!(code(answer), "window");
            }
        }
    }
}

#[test]
fn a_recurring_charge_names_the_attempt_in_its_txid() {
    let request = dialect().charge(&charge(), day("2026-12-10")).unwrap();
    assert_eq!(
        shown(&request),
        "PUT /cobr/chg01kb7z8s9ceq4tqv7e3k5m6n7px0 {\"idRec\":\"RR1234567820261130abcdefghijk\",\"infoAdicional\":\"Plano mensal\",\
         \"calendario\":{\"dataDeVencimento\":\"2026-12-15\"},\"valor\":{\"original\":\"89.90\"},\"ajusteDiaUtil\":true,\
         \"recebedor\":{\"agencia\":\"9708\",\"conta\":\"012682\",\"tipoConta\":\"CORRENTE\"}}"
    );
    assert_eq!(cobr::charge_of("chg01kb7z8s9ceq4tqv7e3k5m6n7px0"), Some(charge_id()));
    for other in ["rcv01kb7z8s9ceq4tqv7e3k5m6n7px0", "chg01kb7z8s9ceq4tqv7e3k5m6n7px1", "chgx0", ""] {
        assert_eq!(cobr::charge_of(other), None, "{other}");
    }
    assert_eq!(shown(&dialect().ask(&charge()).unwrap()), "GET /cobr/chg01kb7z8s9ceq4tqv7e3k5m6n7px0");
    assert_eq!(shown(&dialect().call_off(&charge()).unwrap()), "PATCH /cobr/chg01kb7z8s9ceq4tqv7e3k5m6n7px0 {\"status\":\"CANCELADA\"}");
}

#[test]
fn a_further_try_belongs_to_the_charge_of_the_first() {
    let request = dialect().charge(&second_try(), day("2026-12-17")).unwrap();
    assert_eq!(shown(&request), "POST /cobr/chg01kb7z8s9ceq4tqv7e3k5m6n7px0/retentativa/2026-12-18");
    assert_eq!(shown(&dialect().ask(&second_try()).unwrap()), "GET /cobr/chg01kb7z8s9ceq4tqv7e3k5m6n7px0");
    // The name of an earlier further try says the same.
    let named = ChargeOrder { first: Some("chg01kb7z8s9ceq4tqv7e3k5m6n7px0/2026-12-16".to_owned()), ..second_try() };
    assert_eq!(dialect().charge(&named, day("2026-12-17")).unwrap(), request);
}

#[test]
fn a_charge_that_cannot_be_is_refused_before_it_is_sent() {
    let today = day("2026-12-10");
    let no_retries = "RN1234567820261130abcdefghijk".to_owned();
    for (order, want) in [
        (ChargeOrder { scheme: Scheme::Visa, ..charge() }, "scheme"),
        (ChargeOrder { method_token: "pm_1".to_owned(), ..charge() }, "form"),
        (ChargeOrder { amount: reais(0), ..charge() }, "amount"),
        (ChargeOrder { amount: Money::new(5, Currency::EUR), ..charge() }, "form"),
        (ChargeOrder { on: today, ..second_try() }, "window"),
        (ChargeOrder { retry: 4, ..second_try() }, "retries"),
        (ChargeOrder { first: None, ..second_try() }, "first"),
        (ChargeOrder { first: Some("short".to_owned()), ..second_try() }, "form"),
        (ChargeOrder { method_token: no_retries, ..second_try() }, "policy"),
    ] {
        assert_eq!(code(dialect().charge(&order, today)), want, "{order:?}");
    }
    let without = regua_wire::gateways::pix::Dialect { account: None, ..dialect() };
    assert_eq!(code(without.charge(&charge(), today)), "account");
    assert_eq!(code(dialect().call_off(&second_try())), "retry");
}

#[test]
fn a_refund_is_named_by_its_key() {
    let path = "/pix/E12345678202611301410abcdef12345/devolucao/rfd01kb7z8s9ceq4tqv7e3k5m6n7p";
    assert_eq!(
        shown(&dialect().refund(&refund()).unwrap()),
        format!("PUT {path} {{\"valor\":\"50.00\",\"natureza\":\"ORIGINAL\",\"descricao\":\"Pago duas vezes\"}}")
    );
    assert_eq!(shown(&dialect().ask_refund(&refund()).unwrap()), format!("GET {path}"));
    assert_eq!(code(dialect().refund(&RefundOrder { payment: "pay_1".to_owned(), ..refund() })), "form");
    assert_eq!(code(dialect().refund(&RefundOrder { key: "a/b".to_owned(), ..refund() })), "form");
}

#[test]
fn a_charge_is_looked_at_and_taken_away_as_either_kind() {
    let key = "rcv01kb7z8s9ceq4tqv7e3k5m6n7px0";
    assert_eq!(dialect().look(key).unwrap().each_ref().map(shown), [format!("GET /cobv/{key}"), format!("GET /cob/{key}")]);
    let away = "{\"status\":\"REMOVIDA_PELO_USUARIO_RECEBEDOR\"}";
    let want = [format!("PATCH /cobv/{key} {away}"), format!("PATCH /cob/{key} {away}")];
    assert_eq!(dialect().cancel(key).unwrap().each_ref().map(shown), want);
}

#[test]
fn the_lists_are_read_from_further_back_the_longer_they_take() {
    let (since, until) = (at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"));
    let path = |place| list(since, until, place).unwrap().path;
    let encoded = |hours: i64| {
        let from = regua_core::time::Zone::utc().rfc3339(since.plus_hours(-hours));
        from.replace(':', "%3A").replace('+', "%2B")
    };
    let rest = "&fim=2026-12-02T00%3A00%3A00%2B00%3A00";
    let page = |page: u32| format!("&paginacao.paginaAtual={page}&paginacao.itensPorPagina=100");
    assert_eq!(path(None), format!("/pix?inicio={}{rest}{}", encoded(0), page(0)));
    assert_eq!(path(Some("pix:3")), format!("/pix?inicio={}{rest}{}", encoded(0), page(3)));
    let returned = format!("/pix?inicio={}{rest}&devolucaoPresente=true{}", encoded(RETURNED_BACK_HOURS), page(0));
    assert_eq!(path(Some("returned:0")), returned);
    assert_eq!(path(Some("charges:1")), format!("/cobr?inicio={}{rest}{}", encoded(CHARGES_BACK_HOURS), page(1)));
    assert!(path(Some("recs:0")).starts_with("/rec?inicio="));
    for place in ["", "pix", "pix:", "pix:-1", "pix:10000", "other:0", "pix:0:0", "recs:99999999999"] {
        assert_eq!(code(list(since, until, Some(place))), "place", "{place}");
    }
}
