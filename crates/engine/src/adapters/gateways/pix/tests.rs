//! The Pix gateway over a carrier that answers by a script: tokens, and what is asked after a lost reply.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

use regua_core::currency::Currency;
use regua_core::ids::ReceivableId;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_wire::gateways::{Late, Payer};

use super::*;

const KEY: &str = "rcv01jf2z8s9ceq4tqv7e3k5m6n7px0";

/// Answers in order.
type Answers = VecDeque<Result<Response, Trouble>>;

/// Answers in order, and what it was asked.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<(Answers, Vec<String>)>>);

impl Script {
    fn then(self, answer: Result<Response, Trouble>) -> Self {
        self.0.lock().unwrap().0.push_back(answer);
        self
    }

    fn seen(&self) -> Vec<String> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Carrier for Script {
    fn carry(&mut self, request: &Request, credentials: &[Credential]) -> Result<Response, Trouble> {
        let mut script = self.0.lock().unwrap();
        let path = request.path.split('?').next().unwrap_or_default();
        let by = if credentials.contains(&Credential::bearer(&Secret::new("t1"))) {
            "t1"
        } else if credentials.contains(&Credential::bearer(&Secret::new("t2"))) {
            "t2"
        } else {
            "client"
        };
        script.1.push(format!("{} {path} {by}", request.method.as_str()));
        script.0.pop_front().unwrap_or_else(|| panic!("nothing more was expected than {:?}", script.1))
    }
}

fn says(status: u16, body: &str) -> Result<Response, Trouble> {
    Ok(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

fn token(bearer: &str, secs: u32) -> Result<Response, Trouble> {
    says(200, &format!(r#"{{"access_token":"{bearer}","token_type":"Bearer","expires_in":{secs}}}"#))
}

fn charge(status: &str, pix: &str) -> String {
    format!(
        r#"{{"txid":"{KEY}","status":"{status}","valor":{{"original":"219.90"}},"pixCopiaECola":"00020126","pix":[{pix}],
            "calendario":{{"criacao":"2026-12-01T10:00:00Z","expiracao":3600}},"revisao":0,
            "chave":"7d9f0335-8dcc-4054-9bf9-0dbd61d36906"}}"#
    )
}

const PAID: &str = r#"{"endToEndId":"E12345678202612011000aBcDeFgHiJk","txid":"rcv01jf2z8s9ceq4tqv7e3k5m6n7px0",
    "valor":"219.90","horario":"2026-12-01T10:00:00Z"}"#;

fn settings() -> PixSettings {
    PixSettings {
        api: http::Settings::new("https://pix.example.com/api/v2"),
        tokens_base: None,
        tokens_path: "/oauth/token".to_owned(),
        client_id: "client".to_owned(),
        client_secret: Secret::new("secret"),
        key: "7d9f0335-8dcc-4054-9bf9-0dbd61d36906".to_owned(),
        account: None,
    }
}

fn gateway(api: &Script, tokens: &Script, clock: &Arc<AtomicI64>) -> Pix<Script, Script> {
    let clock = Arc::clone(clock);
    let now = move || Instant::from_secs(clock.load(Ordering::SeqCst));
    Pix::over(&settings(), api.clone(), tokens.clone(), &Purse::default(), now).unwrap()
}

fn clock() -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(1_796_119_200))
}

fn order() -> InstrumentOrder {
    InstrumentOrder {
        key: KEY.to_owned(),
        receivable: ReceivableId::new(1, [2; 10]),
        reference: "2026-17".to_owned(),
        rail: Rail::Pix,
        amount: Money::new(21_990, Currency::BRL),
        due_on: Day::parse("2026-01-01").unwrap(),
        valid_until: Day::parse("2027-01-01").unwrap(),
        late: Late::default(),
        payer: Payer::default(),
        customer_token: None,
        description: String::new(),
    }
}

#[test]
fn a_token_is_used_until_shortly_before_its_end() {
    let open = charge("ATIVA", "");
    let api = Script::default().then(says(201, &open)).then(says(200, &open)).then(says(200, &open));
    let tokens = Script::default().then(token("t1", 300)).then(token("t2", 300));
    let clock = clock();
    let mut pix = gateway(&api, &tokens, &clock);
    let path = format!("/cob/{KEY}");
    assert_eq!(pix.issue(&order()).unwrap().brcode.as_deref(), Some("00020126"));
    clock.fetch_add(200, Ordering::SeqCst);
    pix.look(Rail::Pix, KEY, None).unwrap();
    assert_eq!(tokens.seen().len(), 1);
    clock.fetch_add(90, Ordering::SeqCst);
    pix.look(Rail::Pix, KEY, None).unwrap();
    assert_eq!(tokens.seen(), ["POST /oauth/token client", "POST /oauth/token client"]);
    assert_eq!(api.seen(), [format!("PUT {path} t1"), format!("GET /cobv/{KEY} t1"), format!("GET /cobv/{KEY} t2")]);
}

#[test]
fn a_token_that_is_not_taken_is_renewed_once() {
    let api = Script::default().then(says(401, "{}")).then(says(201, &charge("ATIVA", "")));
    let tokens = Script::default().then(token("t1", 300)).then(token("t2", 300));
    let mut pix = gateway(&api, &tokens, &clock());
    pix.issue(&order()).unwrap();
    assert_eq!(api.seen(), [format!("PUT /cob/{KEY} t1"), format!("PUT /cob/{KEY} t2")]);

    let api = Script::default().then(says(401, "{}")).then(says(401, "{}"));
    let tokens = Script::default().then(token("t1", 300)).then(token("t2", 300));
    let mut pix = gateway(&api, &tokens, &clock());
    assert!(matches!(pix.issue(&order()), Err(Trouble::Refused { .. })));
    assert_eq!(tokens.seen().len(), 2);
}

#[test]
fn gateways_that_share_a_purse_ask_for_one_token() {
    let tokens = Script::default().then(token("t1", 300));
    let purse = Purse::default();
    let open = charge("ATIVA", "");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let api = Script::default().then(says(200, &open));
            let mut pix = Pix::over(&settings(), api, tokens.clone(), &purse, || Instant::from_secs(1_796_119_200)).unwrap();
            std::thread::spawn(move || pix.look(Rail::Pix, KEY, None).unwrap())
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(tokens.seen().len(), 1);
}

#[test]
fn a_token_whose_reply_was_lost_leaves_nothing_in_doubt() {
    let tokens = Script::default().then(Err(Trouble::Unknown { why: "cut".to_owned() }));
    let api = Script::default();
    let mut pix = gateway(&api, &tokens, &clock());
    assert!(matches!(pix.issue(&order()), Err(Trouble::Outage { .. })));
    assert!(api.seen().is_empty());
}

fn lost<T>() -> Result<T, Trouble> {
    Err(Trouble::Unknown { why: "cut".to_owned() })
}

#[test]
fn a_charge_whose_reply_was_lost_is_looked_at_and_stays_in_doubt_where_that_says_nothing() {
    let tokens = || Script::default().then(token("t1", 300));
    // It was made.
    let api = Script::default().then(lost()).then(says(404, "{}")).then(says(200, &charge("ATIVA", "")));
    let instrument = gateway(&api, &tokens(), &clock()).issue(&order()).unwrap();
    assert_eq!(instrument.standing, InstrumentStanding::Open);
    // The bank knows nothing of it now, and may do in a moment.
    let api = Script::default().then(lost()).then(says(404, "{}")).then(says(404, "{}"));
    assert!(matches!(gateway(&api, &tokens(), &clock()).issue(&order()), Err(Trouble::Unknown { .. })));
    let api = Script::default().then(lost()).then(says(503, "{}"));
    assert!(matches!(gateway(&api, &tokens(), &clock()).issue(&order()), Err(Trouble::Unknown { .. })));
}

#[test]
fn a_bank_that_refuses_an_id_it_has_already_is_asked_about_it() {
    let used = r#"{"type":"https://pix.bcb.gov.br/api/v2/error/PixDevolucaoInvalida","title":"x","status":400}"#;
    let back = r#"{"id":"r1","rtrId":"D12345678202612011000aBcDeFgHiJk","valor":"50.00","horario":{},"status":"DEVOLVIDO"}"#;
    let order = RefundOrder {
        key: "r1".to_owned(),
        payment: "E12345678202612011000aBcDeFgHiJk".to_owned(),
        amount: Money::new(5_000, Currency::BRL),
        description: String::new(),
    };
    let tokens = || Script::default().then(token("t1", 300));
    let api = Script::default().then(says(400, used)).then(says(200, back));
    assert_eq!(gateway(&api, &tokens(), &clock()).refund(&order).unwrap().reference, "D12345678202612011000aBcDeFgHiJk");
    // It has none: the refusal is one.
    let api = Script::default().then(says(400, used)).then(says(404, "{}"));
    assert!(matches!(gateway(&api, &tokens(), &clock()).refund(&order), Err(Trouble::Refused { .. })));
}

#[test]
fn a_payer_who_is_faster_than_the_cancellation_has_paid() {
    let tokens = || Script::default().then(token("t1", 300));
    let refused = r#"{"type":"https://pix.bcb.gov.br/api/v2/error/CobOperacaoInvalida","title":"x","status":400}"#;
    let api =
        Script::default().then(says(404, "{}")).then(says(400, refused)).then(says(404, "{}")).then(says(200, &charge("CONCLUIDA", PAID)));
    let standing = gateway(&api, &tokens(), &clock()).cancel(Rail::Pix, KEY, None).unwrap().standing;
    assert!(matches!(&standing, InstrumentStanding::Paid(paid) if paid.len() == 1), "{standing:?}");
    // Refused and open: nothing is known.
    let api = Script::default().then(says(404, "{}")).then(says(400, refused)).then(says(404, "{}")).then(says(200, &charge("ATIVA", "")));
    assert!(matches!(gateway(&api, &tokens(), &clock()).cancel(Rail::Pix, KEY, None), Err(Trouble::Unknown { .. })));
    let api = Script::default().then(says(404, "{}")).then(says(200, &charge("REMOVIDA_PELO_USUARIO_RECEBEDOR", "")));
    assert_eq!(gateway(&api, &tokens(), &clock()).cancel(Rail::Pix, KEY, None).unwrap().standing, InstrumentStanding::Closed);
}

#[test]
fn other_rails_and_bad_settings_are_refused_before_anything_is_sent() {
    let (api, tokens) = (Script::default(), Script::default());
    let mut pix = gateway(&api, &tokens, &clock());
    assert!(matches!(pix.look(Rail::Boleto, KEY, None), Err(Trouble::Refused { .. })));
    assert!(matches!(pix.cancel(Rail::Card, KEY, None), Err(Trouble::Refused { .. })));
    assert!(matches!(pix.methods("c"), Err(Trouble::Refused { .. })));
    assert!(settings().check().is_ok());
    for bad in [
        PixSettings { client_id: String::new(), ..settings() },
        PixSettings { client_id: "a:b".to_owned(), ..settings() },
        PixSettings { client_secret: Secret::new(""), ..settings() },
        PixSettings { key: "nonsense".to_owned(), ..settings() },
        PixSettings { tokens_path: "oauth".to_owned(), ..settings() },
        PixSettings { tokens_base: Some("http://pix.example.com".to_owned()), ..settings() },
        PixSettings { api: http::Settings::new("http://pix.example.com"), ..settings() },
    ] {
        assert!(bad.check().is_err(), "{bad:?}");
    }
    assert!(!format!("{:?}", settings()).contains("secret\""));
}
