//! The fake PSP against the central bank's description: certificates, tokens, charges, Pix Automático, refunds, webhooks.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod receiver;

use std::time::Duration;

use receiver::Receiver as Inbox;
use regua_fakes::client::{Answer, Client};
use regua_fakes::clock::{DAY, date, rfc3339};
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order;
use regua_fakes::pix::{Attempted, FakePix, KEY, Script};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(10);
const TXID: &str = "regua000000000000000000000001";

struct Psp {
    fake: FakePix,
    client: Client,
    token: String,
}

impl Psp {
    fn start() -> Self {
        let fake = FakePix::start(Script { secure: false, ..Script::default() }).unwrap();
        let client = Client::plain(PATIENCE).unwrap();
        let token = token(&fake, &client, "").json()["access_token"].as_str().unwrap().to_owned();
        Self { fake, client, token }
    }

    fn try_ask(&self, verb: &str, path: &str, body: &Value) -> Result<Answer, String> {
        let bearer = format!("Bearer {}", self.token);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.client.send(verb, &format!("{}{path}", self.fake.base()), &headers, text.as_bytes())
    }

    fn ask(&self, verb: &str, path: &str, body: &Value) -> Answer {
        self.try_ask(verb, path, body).unwrap()
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).json()
    }

    /// The day so many days from today in Brazil.
    fn day(&self, ahead: i64) -> String {
        date((self.fake.clock().now() - 3 * 3600).div_euclid(DAY) + ahead)
    }

    fn approved(&self, policy: &str) -> String {
        let body = json!({
            "vinculo": {"contrato": "C1", "devedor": {"cpf": "52998224725", "nome": "Ana"}, "objeto": "Plano"},
            "calendario": {"dataInicial": self.day(0), "periodicidade": "MENSAL"}, "valor": {"valorRec": "106.07"},
            "politicaRetentativa": policy,
        });
        let made = self.ask("POST", "/rec", &body);
        assert_eq!(made.status, 201, "{}", made.json());
        let id = made.json()["idRec"].as_str().unwrap().to_owned();
        self.fake.approve(&id);
        id
    }

    fn cycle(&self, rec: &str, txid: &str, due: &str) -> Answer {
        let body = json!({
            "idRec": rec, "calendario": {"dataDeVencimento": due}, "valor": {"original": "106.07"}, "ajusteDiaUtil": false,
            "recebedor": {"agencia": "9708", "conta": "012682", "tipoConta": "CORRENTE"},
        });
        self.ask("PUT", &format!("/cobr/{txid}"), &body)
    }
}

fn token(fake: &FakePix, client: &Client, scope: &str) -> Answer {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.append_pair("grant_type", "client_credentials");
    if !scope.is_empty() {
        text.append_pair("scope", scope);
    }
    // fake-client:fake-secret
    let headers = [("authorization", "Basic ZmFrZS1jbGllbnQ6ZmFrZS1zZWNyZXQ="), ("content-type", "application/x-www-form-urlencoded")];
    client.send("POST", &format!("{}/oauth/token", fake.base()), &headers, text.finish().as_bytes()).unwrap()
}

fn cob() -> Value {
    json!({"calendario": {"expiracao": 3600}, "valor": {"original": "37.00"}, "chave": KEY, "devedor": {"cpf": "52998224725", "nome": "Ana"}})
}

fn reasons(answer: &Answer) -> Vec<String> {
    let told = answer.json();
    told["violacoes"].as_array().into_iter().flatten().map(|one| one["propriedade"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn who_shows_no_certificate_of_the_authority_is_not_let_in() {
    let fake = FakePix::start(Script::default()).unwrap();
    assert!(fake.base().starts_with("https://"));
    let trust = fake.trust();
    let known = Client::new(PATIENCE, Some(&trust.authority), Some(&trust.client)).unwrap();
    assert_eq!(token(&fake, &known, "").status, 200);
    let url = format!("{}/oauth/token", fake.base());
    let nobody = Client::new(PATIENCE, Some(&trust.authority), None).unwrap();
    assert!(nobody.send("POST", &url, &[], b"").is_err());
    let other = FakePix::start(Script::default()).unwrap();
    let stranger = Client::new(PATIENCE, Some(&trust.authority), Some(&other.trust().client)).unwrap();
    assert!(stranger.send("POST", &url, &[], b"").is_err());
    assert_eq!(fake.inspect().log.requests, 1);
}

#[test]
fn a_token_is_for_its_scopes_and_its_hour() {
    let mut psp = Psp::start();
    let whole = psp.token.clone();
    psp.token = token(&psp.fake, &psp.client, "cob.read").json()["access_token"].as_str().unwrap().to_owned();
    let refused = psp.ask("PUT", &format!("/cob/{TXID}"), &cob());
    assert_eq!(refused.status, 403);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert!(refused.json()["type"].as_str().unwrap().ends_with("/AcessoNegado"));
    assert_eq!(psp.ask("GET", &format!("/cob/{TXID}"), &Value::Null).status, 404);
    assert_eq!(token(&psp.fake, &psp.client, "cob.read nothing").status, 400);
    psp.token = whole;
    assert_eq!(psp.ask("PUT", &format!("/cob/{TXID}"), &cob()).status, 201);
    psp.fake.clock().advance(3_600);
    assert_eq!(psp.ask("GET", &format!("/cob/{TXID}"), &Value::Null).status, 401);
}

#[test]
fn a_charge_is_made_once_revised_while_active_and_paid_once() {
    let psp = Psp::start();
    let path = format!("/cob/{TXID}");
    let made = psp.ask("PUT", &path, &cob());
    assert_eq!((made.status, made.json()["status"].clone(), made.json()["revisao"].clone()), (201, "ATIVA".into(), 0.into()));
    assert!(made.json()["pixCopiaECola"].as_str().unwrap().starts_with("000201"));
    assert_eq!(psp.ask("PUT", &path, &cob()).json()["revisao"], 0, "the same again changes nothing");
    assert_eq!(psp.ask("PATCH", &path, &json!({"valor": {"original": "38.00"}})).json()["revisao"], 1);
    let id = psp.fake.pay(TXID, 3_800, psp.fake.clock().now()).unwrap();
    assert!(id.len() == 32 && id.starts_with("E99999004"), "{id}");
    assert!(psp.fake.pay(TXID, 3_800, psp.fake.clock().now()).is_err());
    let shown = psp.get(&path);
    assert_eq!((shown["status"].clone(), shown["pix"][0]["endToEndId"].clone()), ("CONCLUIDA".into(), id.as_str().into()));
    assert_eq!(psp.ask("PUT", &path, &cob()).status, 400);
    assert_eq!(psp.ask("PATCH", &path, &json!({"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"})).status, 400);
    assert_eq!(psp.fake.inspect().ledger.payments(TXID).len(), 1);
}

#[test]
fn a_charge_that_was_removed_or_expired_cannot_be_paid() {
    let psp = Psp::start();
    let now = psp.fake.clock().now();
    psp.ask("PUT", &format!("/cob/{TXID}"), &cob());
    let removed = psp.ask("PATCH", &format!("/cob/{TXID}"), &json!({"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"}));
    assert_eq!(removed.json()["status"], "REMOVIDA_PELO_USUARIO_RECEBEDOR");
    assert!(psp.fake.pay(TXID, 3_700, now).is_err());
    let other = "regua000000000000000000000002";
    psp.ask("PUT", &format!("/cob/{other}"), &cob());
    assert!(psp.fake.pay(other, 3_700, now + 3_600).is_err());
    // The token of the start is as old as the charge, so that the PSP itself is looked at.
    assert_eq!(psp.fake.charge(other).unwrap()["status"], "ATIVA", "expiry does not change the status");
    assert!(psp.fake.pay(other, 3_700, now + 3_599).is_ok());
}

#[test]
fn what_a_charge_must_be_is_told_field_by_field() {
    let psp = Psp::start();
    let path = format!("/cob/{TXID}");
    let mut wrong = cob();
    wrong["valor"]["original"] = json!("37.0");
    wrong["devedor"] = json!({"cpf": "529.982.247-25", "nome": "Ana"});
    wrong["chave"] = json!("other@example.com");
    wrong["calendario"]["expiracao"] = json!(0);
    let told = psp.ask("PUT", &path, &wrong);
    assert_eq!(told.status, 400);
    assert_eq!(reasons(&told), ["cob.chave", "cob.valor.original", "cob.calendario.expiracao", "cob.devedor.cpf"]);
    assert_eq!(psp.ask("PUT", "/cob/short", &cob()).status, 400);
    let due = json!({"calendario": {"dataDeVencimento": psp.day(-1)}, "valor": {"original": "10.00"}, "chave": KEY});
    assert_eq!(reasons(&psp.ask("PUT", &format!("/cobv/{TXID}"), &due)), ["cobv.calendario.dataDeVencimento", "cobv.devedor"]);
}

#[test]
fn a_charge_with_a_due_date_is_paid_late_until_its_validity_ends() {
    let psp = Psp::start();
    let body = |late: Value| {
        json!({"calendario": {"dataDeVencimento": psp.day(5), "validadeAposVencimento": 10}, "chave": KEY,
            "devedor": {"cnpj": "12ABC34501DE35", "nome": "Ana Ltda"},
            "valor": {"original": "100.00", "multa": {"modalidade": 2, "valorPerc": "2.00"}, "juros": late}})
    };
    let path = format!("/cobv/{TXID}");
    assert_eq!(reasons(&psp.ask("PUT", &path, &body(json!({"modalidade": 9, "valorPerc": "1.00"})))), ["cobv.valor.juros.modalidade"]);
    let made = psp.ask("PUT", &path, &body(json!({"modalidade": 3, "valorPerc": "1.00"})));
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(psp.ask("GET", &format!("/cob/{TXID}"), &Value::Null).status, 404, "it is of the other kind");
    assert!(psp.fake.pay(TXID, 10_300, psp.fake.clock().now() + 20 * DAY).is_err());
    let id = psp.fake.pay(TXID, 10_250, psp.fake.clock().now() - 12 * DAY).unwrap();
    psp.fake.clock().set(psp.fake.clock().now() - 8 * DAY);
    let pix = psp.get(&format!("/pix/{id}"));
    assert_eq!(pix["componentesValor"], json!({"original": {"valor": "100.00"}, "juros": {"valor": "2.50"}}));
}

#[test]
fn received_pix_are_listed_by_pages_between_two_moments() {
    let psp = Psp::start();
    let start = psp.fake.clock().now();
    for number in 0..5 {
        psp.fake.clock().set(start + number);
        let _ = psp.fake.receive((number != 2).then_some("abc"), 100 + number);
    }
    let path = |rest: &str| format!("/pix?inicio={}&fim={}{rest}", rfc3339(start), rfc3339(start + 3));
    let page = psp.get(&path("&paginacao.itensPorPagina=3&paginacao.paginaAtual=1"));
    assert_eq!(page["pix"].as_array().unwrap().len(), 1);
    assert_eq!(page["parametros"]["paginacao"]["quantidadeDePaginas"], 2);
    assert_eq!(page["parametros"]["paginacao"]["quantidadeTotalDeItens"], 4);
    assert_eq!(psp.get(&path("&txIdPresente=false"))["pix"][0]["valor"], "1.02");
    assert_eq!(psp.ask("GET", "/pix", &Value::Null).status, 400);
}

#[test]
fn no_more_goes_back_than_came_and_each_refund_has_its_own_id() {
    let psp = Psp::start();
    psp.ask("PUT", &format!("/cob/{TXID}"), &cob());
    let id = psp.fake.pay(TXID, 3_700, psp.fake.clock().now()).unwrap();
    let refund = |name: &str, amount: &str| psp.ask("PUT", &format!("/pix/{id}/devolucao/{name}"), &json!({"valor": amount}));
    let first = refund("r1", "30.00");
    assert_eq!((first.status, first.json()["status"].clone()), (201, "DEVOLVIDO".into()));
    assert_eq!(refund("r1", "1.00").status, 400);
    assert_eq!(refund("r2", "7.01").status, 400);
    psp.fake.refunds_wait(true);
    assert_eq!(refund("r3", "7.00").json()["status"], "EM_PROCESSAMENTO");
    psp.fake.finish_refund(&id, "r3", false).unwrap();
    assert_eq!(psp.get(&format!("/pix/{id}/devolucao/r3"))["status"], "NAO_REALIZADO");
    assert_eq!(psp.fake.inspect().ledger.kept(TXID), 700);
}

#[test]
fn a_cycle_is_sent_ten_to_two_days_before_and_once() {
    let psp = Psp::start();
    let rec = psp.approved("PERMITE_3R_7D");
    assert!(rec.starts_with("RR99999004") && rec.len() == 29, "{rec}");
    for (ahead, status) in [(1, 400), (11, 400), (2, 201)] {
        let told = psp.cycle(&rec, TXID, &psp.day(ahead));
        assert_eq!(told.status, status, "{ahead}: {}", told.json());
    }
    let second = psp.cycle(&rec, "regua000000000000000000000002", &psp.day(3));
    // The next day may be in another month, which is another cycle.
    let month = |day: String| day[..7].to_owned();
    assert_eq!(second.status, if month(psp.day(2)) == month(psp.day(3)) { 400 } else { 201 });
    psp.fake.advance_to(psp.fake.clock().now() + 3 * DAY);
    let shown = psp.fake.charge(TXID).unwrap();
    assert_eq!((shown["status"].clone(), shown["tentativas"][0]["status"].clone()), ("CONCLUIDA".into(), "PAGA".into()));
    assert_eq!(psp.fake.inspect().ledger.taken(TXID), 10_607);
}

#[test]
fn a_failed_cycle_is_tried_three_times_on_distinct_days_within_seven() {
    let psp = Psp::start();
    let rec = psp.approved("PERMITE_3R_7D");
    psp.fake.payer(&rec, vec![Attempted::Expires]);
    assert_eq!(psp.cycle(&rec, TXID, &psp.day(2)).status, 201);
    let again = |day: &str| psp.ask_renewed("POST", &format!("/cobr/{TXID}/retentativa/{day}"));
    assert_eq!(again(&psp.day(3)).status, 400, "the first is pending");
    psp.fake.advance_to(psp.fake.clock().now() + 3 * DAY);
    assert_eq!(psp.fake.charge(TXID).unwrap()["tentativas"][0]["status"], "EXPIRADA");
    assert_eq!(again(&psp.day(0)).status, 400, "today is not the future");
    assert_eq!(again(&psp.day(7)).status, 400, "more than seven days after");
    for _ in 0..3 {
        assert_eq!(again(&psp.day(1)).status, 201);
        assert_eq!(again(&psp.day(2)).status, 400, "one is pending");
        psp.fake.advance_to(psp.fake.clock().now() + DAY + DAY / 2);
        psp.fake.clock().advance(-DAY / 2);
    }
    assert_eq!(again(&psp.day(1)).status, 400, "three are all");
    assert_eq!(psp.fake.inspect().ledger.taken(TXID), 0);
}

#[test]
fn a_policy_without_retries_and_a_final_code_allow_none() {
    let psp = Psp::start();
    let rec = psp.approved("NAO_PERMITE");
    assert!(rec.starts_with("RN"));
    psp.fake.payer(&rec, vec![Attempted::Expires]);
    psp.cycle(&rec, TXID, &psp.day(2));
    psp.fake.advance_to(psp.fake.clock().now() + 3 * DAY);
    assert_eq!(psp.fake.charge(TXID).unwrap()["status"], "EXPIRADA");
    assert_eq!(psp.ask_renewed("POST", &format!("/cobr/{TXID}/retentativa/{}", psp.day(1))).status, 400);

    let psp = Psp::start();
    let rec = psp.approved("PERMITE_3R_7D");
    psp.fake.payer(&rec, vec![Attempted::Rejects("AC05".to_owned())]);
    psp.cycle(&rec, TXID, &psp.day(2));
    psp.fake.advance_to(psp.fake.clock().now() + 3 * DAY);
    assert_eq!(psp.fake.charge(TXID).unwrap()["status"], "REJEITADA");
}

#[test]
fn a_cycle_is_cancelled_until_ten_in_the_evening_before() {
    let psp = Psp::start();
    let rec = psp.approved("NAO_PERMITE");
    psp.cycle(&rec, TXID, &psp.day(2));
    let cancel = || psp.ask_renewed_with("PATCH", &format!("/cobr/{TXID}"), &json!({"status": "CANCELADA"}));
    let midnight = (psp.fake.clock().now() - 3 * 3600).div_euclid(DAY) * DAY + 3 * 3600;
    psp.fake.clock().set(midnight + DAY + 22 * 3600);
    assert_eq!(cancel().status, 400);
    psp.fake.clock().set(midnight + DAY + 22 * 3600 - 1);
    assert_eq!(cancel().json()["status"], "CANCELADA");
}

#[test]
fn an_authorisation_is_asked_for_once_and_no_charge_follows_a_refused_one() {
    let psp = Psp::start();
    let rec = json!({
        "vinculo": {"contrato": "C1", "devedor": {"cpf": "52998224725", "nome": "Ana"}},
        "calendario": {"dataInicial": psp.day(0), "periodicidade": "MENSAL"}, "politicaRetentativa": "NAO_PERMITE",
    });
    let rec = psp.ask("POST", "/rec", &rec).json()["idRec"].as_str().unwrap().to_owned();
    let request = json!({"idRec": rec, "calendario": {"dataExpiracaoSolicitacao": rfc3339(psp.fake.clock().now() + DAY)},
        "destinatario": {"conta": "123", "ispbParticipante": "91193552", "agencia": "2569", "cpf": "52998224725"}});
    let made = psp.ask("POST", "/solicrec", &request);
    assert_eq!((made.status, made.json()["status"].clone()), (201, "CRIADA".into()));
    assert_eq!(psp.ask("POST", "/solicrec", &request).status, 400);
    psp.fake.reject(&rec, "AP13");
    assert_eq!(psp.get(&format!("/solicrec/{}", made.json()["idSolicRec"].as_str().unwrap()))["status"], "REJEITADA");
    assert_eq!(psp.get(&format!("/rec/{rec}"))["status"], "REJEITADA");
    assert_eq!(psp.cycle(&rec, TXID, &psp.day(3)).status, 400);
}

#[test]
fn webhooks_go_to_the_address_of_their_kind() {
    let psp = Psp::start();
    let inbox = Inbox::start();
    for path in [format!("/webhook/{KEY}"), "/webhookrec".to_owned(), "/webhookcobr".to_owned()] {
        assert_eq!(psp.ask("PUT", &path, &json!({"webhookUrl": inbox.url("/in")})).status, 200, "{path}");
    }
    assert_eq!(psp.ask("PUT", "/webhook/nobody", &json!({"webhookUrl": inbox.url("/in")})).status, 400);
    psp.ask("PUT", &format!("/cob/{TXID}"), &cob());
    psp.fake.pay(TXID, 3_700, psp.fake.clock().now()).unwrap();
    let rec = psp.approved("NAO_PERMITE");
    psp.cycle(&rec, "regua000000000000000000000002", &psp.day(2));
    inbox.answer(503);
    psp.fake.deliver(Order::AsMade).unwrap();
    inbox.answer(200);
    psp.fake.clock().advance(60);
    psp.fake.deliver(Order::AsMade).unwrap();
    psp.fake.deliver(Order::AsMade).unwrap();
    let paths: Vec<String> = inbox.taken().into_iter().map(|ask| ask.path).collect();
    assert_eq!(paths, ["/in/pix", "/in/rec", "/in/cobr"].repeat(2), "what was refused comes again, what was taken does not");
    let bodies = inbox.bodies();
    assert_eq!((bodies[0]["pix"][0]["txid"].clone(), bodies[0]["pix"][0]["valor"].clone()), (TXID.into(), "37.00".into()));
    assert_eq!((bodies[1]["recs"][0]["status"].clone(), bodies[2]["cobsr"][0]["status"].clone()), ("APROVADA".into(), "ATIVA".into()));
}

#[test]
fn a_charge_whose_answer_was_lost_is_there() {
    let psp = Psp::start();
    psp.fake.fault(Rule::always(Fault::HangAfter(Duration::from_millis(200))).on("PUT", "/cob/").times(1));
    assert!(psp.try_ask("PUT", &format!("/cob/{TXID}"), &cob()).is_err());
    assert_eq!(psp.get(&format!("/cob/{TXID}"))["status"], "ATIVA");
    assert_eq!(psp.ask("PUT", &format!("/cob/{TXID}"), &cob()).json()["revisao"], 0);
    assert_eq!(psp.fake.inspect().charges, 1);
}

impl Psp {
    /// With a token of now: days went by since the first.
    fn ask_renewed(&self, verb: &str, path: &str) -> Answer {
        self.ask_renewed_with(verb, path, &Value::Null)
    }

    fn ask_renewed_with(&self, verb: &str, path: &str, body: &Value) -> Answer {
        let fresh = token(&self.fake, &self.client, "").json()["access_token"].as_str().unwrap().to_owned();
        let bearer = format!("Bearer {fresh}");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.client.send(verb, &format!("{}{path}", self.fake.base()), &headers, text.as_bytes()).unwrap()
    }
}
