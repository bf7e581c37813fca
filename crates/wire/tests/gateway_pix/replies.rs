//! Replies, webhooks and lists as answers.

use regua_core::charging::{CodeSpace, Scheme, Signal};
use regua_core::words::Rail;
use regua_wire::gateways::authorise::Authorise;
use regua_wire::gateways::pix::cob::Cob;
use regua_wire::gateways::pix::oauth::{self, SCOPES_CHARGES, Token};
use regua_wire::gateways::pix::rec::{Every, Rec, RecBody};
use regua_wire::gateways::pix::solicrec::{RequestStanding, Solicrec};
use regua_wire::gateways::pix::{Hook, errors, listed, payments};
use regua_wire::gateways::{
    ChargeOrder, Charged, Heard, HookRefused, InstrumentStanding, MethodStanding, News, Refund, RefundStanding, Response, Settlement,
    Trouble,
};

use super::{at, authorisation, charge, charge_id, day, dialect, payer, reais, refund, reply, second_try};

const TXID: &str = "chg01kb7z8s9ceq4tqv7e3k5m6n7px0";

fn settled(reference: &str, cents: i64, on: &str, rail: Rail, when: &str) -> Settlement {
    Settlement { reference: reference.to_owned(), amount: reais(cents), paid_on: day(on), at: Some(at(when)), rail, fee: None }
}

fn declined(reference: &str, codes: &[&str]) -> Charged {
    let signals = codes.iter().map(|code| Signal { space: CodeSpace::PixAutomatico, code: (*code).into() }).collect();
    Charged::Declined { reference: Some(reference.to_owned()), signals }
}

#[test]
fn a_paid_charge_is_paid_on_the_payers_day_in_brazil() {
    let instrument = dialect().looked(&reply(200, include_str!("vectors/cob.json"))).unwrap();
    // 02:10 of 1 December in UTC is the evening of 30 November.
    let money = settled("E12345678202611301410abcdef12345", 21_990, "2026-11-30", Rail::Pix, "2026-12-01T02:10:00Z");
    assert_eq!(instrument.standing, InstrumentStanding::Paid(vec![money]));
    assert_eq!(instrument.reference, "rcv01kb7z8s9ceq4tqv7e3k5m6n7px0");
    assert!(instrument.brcode.unwrap().starts_with("00020101021226"));
}

#[test]
fn an_open_charge_gives_its_code_and_a_removed_one_is_closed() {
    let open = include_str!("vectors/cobv.json");
    let instrument = dialect().issued(&reply(201, open)).unwrap();
    assert_eq!((instrument.standing, instrument.brcode.is_some()), (InstrumentStanding::Open, true));
    for word in ["REMOVIDA_PELO_USUARIO_RECEBEDOR", "REMOVIDA_PELO_PSP"] {
        let closed = open.replace("ATIVA", word);
        assert_eq!(dialect().cancelled(&reply(200, &closed)).unwrap().standing, InstrumentStanding::Closed);
    }
    let paid = open.replace("\"ATIVA\"", "\"CONCLUIDA\"");
    assert!(matches!(dialect().issued(&reply(201, &paid)), Err(Trouble::Unknown { .. })), "which Pix paid it is asked");
    // Removed and paid at once: money decides.
    let both = include_str!("vectors/cob.json").replace("CONCLUIDA", "REMOVIDA_PELO_USUARIO_RECEBEDOR");
    assert!(matches!(dialect().looked(&reply(200, &both)).unwrap().standing, InstrumentStanding::Paid(_)));
}

#[test]
fn until_when_a_charge_can_be_paid_is_computed_since_no_state_says_it() {
    let until = |body: &str| Cob::read(body.as_bytes()).unwrap().payable_until();
    assert_eq!(until(include_str!("vectors/cob.json")), Some(at("2026-12-01T12:00:00Z")));
    // 30 days after Tuesday the 15th: through the end of 14 January in Brazil.
    assert_eq!(until(include_str!("vectors/cobv.json")), Some(at("2027-01-15T00:00:00-03:00")));
    assert_eq!(until("{\"txid\":\"a\",\"status\":\"ATIVA\",\"valor\":{\"original\":\"1.00\"}}"), None);
}

#[test]
fn each_try_of_a_recurring_charge_has_its_own_end() {
    let body = reply(200, include_str!("vectors/cobr.json"));
    assert_eq!(dialect().asked(&charge(), &body), Ok(declined(TXID, &["EXPIRADA"])));
    let first = ChargeOrder { on: day("2026-12-16"), retry: 1, ..second_try() };
    assert_eq!(dialect().asked(&first, &body), Ok(declined(&format!("{TXID}/2026-12-16"), &["AM02"])));
    let money = settled("E12345678202612180000abcdef12345", 8_990, "2026-12-18", Rail::PixAutomatico, "2026-12-18T09:12:00Z");
    assert_eq!(dialect().asked(&second_try(), &body), Ok(Charged::Settled(money)));
    let other = ChargeOrder { on: day("2026-12-20"), ..second_try() };
    assert_eq!(dialect().asked(&other, &body), Err(Trouble::NotFound), "a try that the bank never had");
}

#[test]
fn a_recurring_charge_waits_until_its_bank_says() {
    let pending = Charged::Pending { reference: TXID.to_owned() };
    let of =
        |status: &str, rest: &str| format!("{{\"txid\":\"{TXID}\",\"status\":\"{status}\",\"valor\":{{\"original\":\"89.90\"}}{rest}}}");
    let attempt = |status: &str| {
        format!(
            ",\"tentativas\":[{{\"dataLiquidacao\":\"2026-12-15\",\"tipo\":\"AGND\",\"status\":\"{status}\",\
             \"endToEndId\":\"E12345678202612150000abcdef12345\"}}]"
        )
    };
    let ended = |kind: &str, code: &str| format!(",\"encerramento\":{{\"{kind}\":{{\"codigo\":\"{code}\",\"descricao\":\"x\"}}}}");
    let told = Settlement {
        at: None,
        ..settled("E12345678202612150000abcdef12345", 8_990, "2026-12-15", Rail::PixAutomatico, "2026-12-15T00:00:00Z")
    };
    for (body, want) in [
        (of("CRIADA", ""), pending.clone()),
        (of("ATIVA", ""), pending.clone()),
        (of("ATIVA", &attempt("SOLICITADA")), pending.clone()),
        (of("ATIVA", &attempt("AGENDADA")), pending.clone()),
        (of("NOVA_PALAVRA", &attempt("PAGA")), Charged::Settled(told.clone())),
        (of("CONCLUIDA", &attempt("PAGA")), Charged::Settled(told)),
        (of("CONCLUIDA", ""), pending),
        (of("ATIVA", &attempt("EXPIRADA")), declined(TXID, &["EXPIRADA"])),
        (of("EXPIRADA", ""), declined(TXID, &["EXPIRADA"])),
        (of("REJEITADA", &ended("rejeicao", "AC05")), declined(TXID, &["AC05"])),
        (of("CANCELADA", &(attempt("CANCELADA") + &ended("cancelamento", "SLBD"))), declined(TXID, &["SLBD"])),
        (of("CANCELADA", &attempt("AGENDADA")), declined(TXID, &["CANCELADA"])),
    ] {
        assert_eq!(dialect().asked(&charge(), &reply(200, &body)), Ok(want), "{body}");
    }
}

#[test]
fn a_new_try_that_is_not_listed_yet_waits() {
    let body = format!("{{\"txid\":\"{TXID}\",\"status\":\"ATIVA\"}}");
    let waits = Charged::Pending { reference: format!("{TXID}/2026-12-18") };
    assert_eq!(dialect().charged(&second_try(), &reply(201, &body)), Ok(waits));
}

#[test]
fn a_refund_is_told_by_its_id_from_end_to_end() {
    let body = include_str!("vectors/devolucao.json");
    let reference = "D12345678202612010000abcde123456".to_owned();
    let of = |status: &str| dialect().refunded(&refund(), &reply(201, &body.replace("EM_PROCESSAMENTO", status)), false).unwrap();
    let want = |standing| Refund { reference: reference.clone(), standing };
    assert_eq!(of("EM_PROCESSAMENTO"), want(RefundStanding::Pending));
    assert_eq!(of("DEVOLVIDO"), want(RefundStanding::Done));
    assert!(matches!(of("NAO_REALIZADO").standing, RefundStanding::Refused { .. }));
    let without = body.replace("\"rtrId\":\"D12345678202612010000abcde123456\",", "");
    let named = dialect().refunded(&refund(), &reply(201, &without), false).unwrap().reference;
    assert_eq!(named, "E12345678202611301410abcdef12345/rfd01kb7z8s9ceq4tqv7e3k5m6n7p");
}

#[test]
fn a_webhook_of_money_tells_what_came_what_we_gave_back_and_what_was_taken_back() {
    let heard = Hook::Pix.read(include_str!("vectors/webhook_pix.json").as_bytes()).unwrap();
    let payment = "E12345678202611301410abcdef12345".to_owned();
    let first = settled(&payment, 21_990, "2026-11-30", Rail::Pix, "2026-12-01T02:10:00Z");
    let txid = "rcv01kb7z8s9ceq4tqv7e3k5m6n7px0".to_owned();
    let standing = InstrumentStanding::Paid(vec![first]);
    assert_eq!(heard[0].event, format!("pix:{payment}"));
    assert_eq!(heard[0].news, News::Instrument { reference: txid.clone(), key: Some(txid), standing });
    let refund = "D12345678202612010000abcde123456".to_owned();
    assert_eq!(heard[1].news, News::Refunded { payment, refund, amount: reais(2_000), on: day("2026-12-02") });
    let dispute = "D12345678202612020000abcde123456".to_owned();
    let payment = "E12345678202609301410abcdef12345".to_owned();
    assert_eq!(heard[3].news, News::ChargedBack { payment, dispute, amount: reais(10_000), on: day("2026-12-03") });
    assert_eq!((heard.len(), &heard[4].news), (5, &News::Nothing), "a refund that did not happen");
    let events: std::collections::BTreeSet<&str> = heard.iter().map(|heard| heard.event.as_str()).collect();
    assert_eq!(events.len(), heard.len());
}

#[test]
fn money_of_a_recurring_charge_is_told_of_its_attempt() {
    let body = include_str!("vectors/webhook_pix.json").replace("rcv01kb7z8s9ceq4tqv7e3k5m6n7px0", TXID);
    let heard = Hook::Pix.read(body.as_bytes()).unwrap();
    let money = settled("E12345678202611301410abcdef12345", 21_990, "2026-11-30", Rail::PixAutomatico, "2026-12-01T02:10:00Z");
    let want = News::Charge { charge: Some(charge_id()), reference: TXID.to_owned(), charged: Charged::Settled(money) };
    assert_eq!(heard[0].news, want);
}

#[test]
fn a_webhook_of_recurring_charges_tells_each_try_apart() {
    let heard = Hook::Cobr.read(include_str!("vectors/webhook_cobr.json").as_bytes()).unwrap();
    let charged = Charged::Pending { reference: TXID.to_owned() };
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].news, News::Charge { charge: Some(charge_id()), reference: TXID.to_owned(), charged });
    let body = format!("{{\"cobsr\":[{}]}}", include_str!("vectors/cobr.json"));
    let heard = Hook::Cobr.read(body.as_bytes()).unwrap();
    let told: Vec<(bool, &str, &str)> = heard
        .iter()
        .map(|heard| {
            let News::Charge { charge, reference, charged } = &heard.news else { panic!("{heard:?}") };
            let how = match charged {
                Charged::Settled(_) => "settled",
                Charged::Declined { .. } => "declined",
                Charged::Pending { .. } | Charged::NeedsPayer { .. } => "waits",
            };
            (charge.is_some(), reference.as_str(), how)
        })
        .collect();
    let (second, third) = (format!("{TXID}/2026-12-16"), format!("{TXID}/2026-12-18"));
    assert_eq!(told, [(true, TXID, "declined"), (false, second.as_str(), "declined"), (false, third.as_str(), "settled")]);
}

#[test]
fn a_webhook_of_authorisations_tells_methods() {
    let heard = Hook::Rec.read(include_str!("vectors/webhook_rec.json").as_bytes()).unwrap();
    let methods: Vec<(&str, MethodStanding, bool)> = heard
        .iter()
        .map(|heard| {
            let News::Method(method) = &heard.news else { panic!("{heard:?}") };
            (method.method_token.as_str(), method.standing, method.allows_retry)
        })
        .collect();
    let want =
        [("RR1234567820261130abcdefghijk", MethodStanding::Active, true), ("RN1234567820261130abcdefghijk", MethodStanding::Gone, false)];
    assert_eq!(methods, want);
    let rec = Rec::read(include_bytes!("vectors/rec.json")).unwrap();
    let method = rec.method();
    assert_eq!((method.customer_token.as_deref(), method.expires_on), (Some("cus01kb7z8s9ceq4tqv7e3k5m6n7p"), Some(day("2027-12-12"))));
    assert_eq!((method.scheme, rec.dados_qr.unwrap().jornada.as_deref()), (Scheme::PixAutomatico, Some("JORNADA_2")));
    let asked = Solicrec::read(include_bytes!("vectors/solicrec.json")).unwrap();
    assert_eq!(asked.standing(), RequestStanding::Open);
}

#[test]
fn an_authorisation_is_known_again_by_its_contract_terms_and_place_while_it_waits() {
    let told = r#"{"idRec":"RR1234567820261130abcdefghijk","status":"CRIADA","vinculo":{"contrato":"cus_01kb7z8s9ceq4tqv7e3k5m6n7p"},
        "calendario":{"dataInicial":"2026-12-12","periodicidade":"MENSAL"},"valor":{"valorRec":"99.90"},
        "politicaRetentativa":"PERMITE_3R_7D","loc":{"id":108,"location":"pix.example.com/qr/v2/rec/1"}}"#;
    let body = RecBody { loc: Some(108), ..RecBody::of(&authorisation()).unwrap() };
    assert!(Rec::read(told.as_bytes()).unwrap().is_of(&body));
    for (this, that) in [
        ("CRIADA", "APROVADA"),
        ("5m6n7p", "5m6n7q"),
        ("2026-12-12", "2026-12-13"),
        ("MENSAL", "ANUAL"),
        ("99.90", "99.91"),
        ("PERMITE_3R_7D", "NAO_PERMITE"),
        ("108", "109"),
    ] {
        assert!(!Rec::read(told.replace(this, that).as_bytes()).unwrap().is_of(&body), "{that}");
    }
    for every in [Every::Week, Every::Month, Every::Quarter, Every::Half, Every::Year] {
        assert_eq!(serde_json::to_value(every).unwrap(), every.as_str());
    }
}

#[test]
fn an_authorisation_that_lacks_something_is_refused_by_name() {
    let refused = |order: Authorise| match RecBody::of(&order) {
        Err(Trouble::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(Authorise { fixed: Some(reais(0)), ..authorisation() }), "amount");
    let dollars = regua_core::money::Money::new(9_990, regua_core::currency::Currency::USD);
    assert_eq!(refused(Authorise { fixed: Some(dollars), ..authorisation() }), "amount");
    assert_eq!(refused(Authorise { key: "c".repeat(36), ..authorisation() }), "contract");
    assert_eq!(refused(Authorise { key: String::new(), ..authorisation() }), "contract");
    assert_eq!(refused(Authorise { payer: payer(None), ..authorisation() }), "payer-document");
}

#[test]
fn a_test_call_says_nothing_and_what_cannot_be_read_is_kept_for_a_person() {
    for body in ["", " \r\n", "{}", "{\"pix\":[]}", "{\"evento\":\"teste_webhook\"}"] {
        for hook in Hook::ALL {
            assert_eq!(hook.read(body.as_bytes()), Ok(Vec::new()), "{body}");
        }
    }
    for body in [
        "teste",
        "{\"pix\":[{\"endToEndId\":\"E1\"}]}",
        "{\"pix\":[{\"endToEndId\":\"\",\"txid\":\"a\",\"valor\":\"1.00\",\"horario\":\"2026-12-01T00:00:00Z\"}]}",
        "{\"pix\":[{\"endToEndId\":\"E1\",\"txid\":\"a b\",\"valor\":\"1.00\",\"horario\":\"2026-12-01T00:00:00Z\"}]}",
        "{\"pix\":[{\"endToEndId\":\"E1\",\"txid\":\"a\",\"valor\":1.00,\"horario\":\"2026-12-01T00:00:00Z\"}]}",
        "{\"pix\":[{\"endToEndId\":\"E1\",\"txid\":\"a\",\"valor\":\"1.00\",\"horario\":\"ontem 52998224725\"}]}",
    ] {
        let Err(HookRefused::Unreadable(why)) = Hook::Pix.read(body.as_bytes()) else { panic!("{body}") };
        assert!(!why.contains("52998224725"), "{why}");
    }
    assert_eq!(Hook::of_path("/hooks/pix-abc/pix"), Some(Hook::Pix));
    assert_eq!(Hook::of_path("/hooks/pix-abc/rec?x=/cobr"), Some(Hook::Rec));
    assert_eq!(Hook::of_path("/hooks/x/cobr/"), Some(Hook::Cobr));
    assert_eq!(Hook::of_path("/hooks/x"), None);
}

#[test]
fn the_lists_follow_one_another_to_the_last() {
    let page = include_str!("vectors/pix_page.json");
    let last = page.replace("\"quantidadeDePaginas\":2", "\"quantidadeDePaginas\":1");
    let next = |place, body: &str, recurring| listed(place, &reply(200, body), recurring).unwrap().next;
    let empty = |name: &str| {
        format!(
            "{{\"parametros\":{{\"paginacao\":{{\"paginaAtual\":0,\"itensPorPagina\":100,\"quantidadeDePaginas\":1,\
             \"quantidadeTotalDeItens\":0}}}},\"{name}\":[]}}"
        )
    };
    assert_eq!(next(None, page, true).as_deref(), Some("pix:1"));
    // A bank that gives the same page again does not hold us.
    assert_eq!(next(Some("pix:1"), page, true).as_deref(), Some("returned:0"));
    assert_eq!(next(Some("pix:0"), &last, true).as_deref(), Some("returned:0"));
    assert_eq!(next(Some("returned:0"), &last, false), None);
    assert_eq!(next(Some("returned:0"), &last, true).as_deref(), Some("charges:0"));
    assert_eq!(next(Some("charges:0"), &empty("cobsr"), true).as_deref(), Some("recs:0"));
    assert_eq!(next(Some("recs:0"), &empty("recs"), true), None);
    let heard: Vec<Heard> = listed(None, &reply(200, page), true).unwrap().heard;
    assert_eq!((heard.len(), &heard[1].news), (2, &News::Nothing), "a Pix without txid is the statement's");
    assert_eq!(heard[0], Hook::Pix.read(page.as_bytes()).unwrap()[0], "a list and a webhook tell the same");
}

#[test]
fn refusals_are_told_without_the_payers_document() {
    let response = reply(400, include_str!("vectors/problem.json"));
    let Trouble::Refused { code, why } = errors::trouble(&response, false) else { panic!("refused") };
    assert_eq!(code, "CobVOperacaoInvalida");
    assert_eq!(why, "status 400 Cobrança inválida.; cobv.devedor: O objeto cobv.devedor não respeita o schema: …");
    assert_eq!(errors::trouble(&reply(404, ""), false), Trouble::NotFound);
    let busy = Response { headers: vec![("retry-after".to_owned(), "30".to_owned())], ..reply(503, "<html>") };
    assert!(matches!(errors::trouble(&busy, false), Trouble::Outage { wait_secs: Some(30), .. }));
    assert!(matches!(errors::trouble(&reply(500, ""), false), Trouble::Unknown { .. }));
    assert!(matches!(errors::trouble(&reply(500, ""), true), Trouble::Outage { .. }));
    assert!(errors::is_token_refused(&reply(401, "")));
}

#[test]
fn a_charge_that_is_there_already_is_asked_about() {
    for words in [
        "O campo `cobr.txid` encontra-se em uso.",
        "A cobrança já existe, não está no status ATIVA, e a presente requisição busca alterá-la.",
        "Existe uma tentativa vigente para a `data` informada.",
        "Existe uma tentativa com status `SOLICITADA` ou `AGENDADA`.",
    ] {
        let body =
            format!("{{\"type\":\"x/CobROperacaoInvalida\",\"title\":\"t\",\"status\":400,\"violacoes\":[{{\"razao\":\"{words}\"}}]}}");
        assert!(matches!(dialect().charged(&charge(), &reply(400, &body)), Err(Trouble::Unknown { .. })), "{words}");
    }
    let cycle = "{\"violacoes\":[{\"razao\":\"Existe uma CobR com status diferente de REJEITADA e CANCELADA no mesmo ciclo.\"}]}";
    assert!(matches!(dialect().charged(&charge(), &reply(400, cycle)), Err(Trouble::Refused { .. })));
    assert!(matches!(dialect().cancelled(&reply(400, "{}")), Err(Trouble::Unknown { .. })), "paid, or gone already");
    assert!(matches!(dialect().cancelled(&reply(403, "{}")), Err(Trouble::Refused { .. })));
}

#[test]
fn a_reply_that_cannot_be_read_leaves_an_order_open() {
    for body in ["", "[]", "{\"txid\":\"a b\",\"status\":\"ATIVA\",\"valor\":{\"original\":\"1.00\"}}"] {
        assert!(matches!(dialect().issued(&reply(201, body)), Err(Trouble::Unknown { .. })), "{body}");
        assert!(matches!(dialect().looked(&reply(200, body)), Err(Trouble::Outage { .. })), "{body}");
        assert!(matches!(dialect().charged(&charge(), &reply(201, body)), Err(Trouble::Unknown { .. })), "{body}");
    }
}

#[test]
fn a_token_is_used_until_shortly_before_its_end() {
    let now = at("2026-12-01T12:00:00Z");
    let token = Token::read(&reply(200, include_str!("vectors/token.json")), now).unwrap();
    assert_eq!(token.bearer, "not-a-real-token-0123456789");
    assert!(token.holds(at("2026-12-01T12:59:29Z")) && !token.holds(at("2026-12-01T12:59:30Z")));
    assert_eq!(token.lacks(&["cob.write", "rec.write"]), ["rec.write"]);
    assert!(!format!("{token:?}").contains("not-a-real"));
    for body in ["{}", "{\"access_token\":\"a\\nb\",\"token_type\":\"bearer\"}", "{\"access_token\":\"a\",\"token_type\":\"mac\"}"] {
        assert!(matches!(Token::read(&reply(200, body), now), Err(Trouble::Outage { .. })), "{body}");
    }
    assert!(matches!(Token::read(&reply(401, "{}"), now), Err(Trouble::Refused { .. })));
    let request = oauth::request("/oauth/token", &SCOPES_CHARGES[..2]);
    assert_eq!(super::shown(&request), "POST /oauth/token grant_type=client_credentials&scope=cob.read+cob.write");
}

#[test]
fn what_went_back_for_good_is_summed() {
    let body = include_str!("vectors/webhook_pix.json");
    let told: serde_json::Value = serde_json::from_str(body).unwrap();
    let pix: payments::Pix = serde_json::from_value(told["pix"][1].clone()).unwrap();
    assert_eq!(payments::returned(&pix), reais(10_000));
}
