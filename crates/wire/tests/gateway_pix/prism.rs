//! Every request that the dialect makes, against a mock that checks it by the central bank's own description.
//!
//! `REGUA_PRISM` is the path of `prism` (`@stoplight/prism-cli`), `REGUA_DATA` where the description is: unset prints what was
//! skipped, set and missing fails. The description has three faults that let no request through at all; they are mended in the
//! copy that the mock reads, and each must still be there, so that a newer description without them is noticed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use regua_core::time::Instant;
use regua_wire::gateways::pix::cob::{self, CobChange, Expiry, Kind, Original};
use regua_wire::gateways::pix::cobv::{self, CobvChange};
use regua_wire::gateways::pix::rec::{self, Bond, Every, RecBody, RecCalendar, RecValue, Retries};
use regua_wire::gateways::pix::solicrec::{self, Recipient, RequestExpiry, SolicrecBody};
use regua_wire::gateways::pix::{Debtor, DueCalendar, DueValue, Figure, Hook, Window, cobr, list, payments};
use regua_wire::gateways::{ChargeOrder, InstrumentOrder, Late, Request};
use regua_wire::pix::{EndToEndId, PixKey, RecurrenceId, RecurrenceRequestId, Txid};

use super::examples::description;
use super::{at, authorisation, charge, day, dialect, instrument, payer, reais, refund, second_try};

/// How long the mock may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Lines that the mock may say before it listens.
const LINES_MAX: usize = 10_000;

/// What is wrong in the description, what it is in our copy, and how often it is there.
const FAULTS: [(&str, &str, usize); 3] = [
    // The slashes of another notation: no text begins with one and then begins.
    ("pattern: \"/^\\\\d{11}$/\"", "pattern: \"^\\\\d{11}$\"", 12),
    // Of what the bank gives, demanded of who asks; and a name that no field has.
    ("required: [\"idRec\", \"calendario\",\"vinculo\",\"retentativa\"]", "required: [\"calendario\",\"vinculo\"]", 1),
    ("required: [\"calendario\", \"pagador\", \"idRec\",\"destinatario\"]", "required: [\"calendario\", \"idRec\",\"destinatario\"]", 1),
];

fn mended(mut text: String) -> String {
    for (fault, mend, times) in FAULTS {
        assert_eq!(text.matches(fault).count(), times, "the description changed: {fault}");
        text = text.replace(fault, mend);
    }
    text
}

/// The mock, ended when the test ends.
struct Prism {
    child: Child,
    port: u16,
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Prism {
    fn start(program: &str, description: &str) -> Self {
        let file = std::env::temp_dir().join(format!("regua-pix-api-{}.yaml", std::process::id()));
        std::fs::write(&file, description).unwrap();
        // A port that was free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(program)
            .args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let said = BufReader::new(child.stdout.take().unwrap());
        let prism = Self { child, port };
        let mut lines = said.lines();
        let listens = lines.by_ref().take(LINES_MAX).any(|line| line.is_ok_and(|line| line.contains("is listening")));
        std::fs::remove_file(&file).unwrap();
        assert!(listens, "prism ended before it listened");
        // What it says of each request must go somewhere, or it would wait for us to read.
        std::thread::spawn(move || lines.for_each(drop));
        prism
    }

    /// Sends a request as an adapter would; status and head of the answer.
    fn send(&self, request: &Request, token: bool) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut head = format!("{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n", request.method.as_str(), request.path);
        if token {
            head.push_str("authorization: Bearer none\r\n");
        }
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !request.body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", request.body.len()));
        }
        stream.write_all(&[head.as_bytes(), b"\r\n", &request.body].concat()).unwrap();
        let mut answer = Vec::new();
        // A mock that refuses a request closes before it has read the body: then the line breaks behind a whole answer.
        let read = stream.read_to_end(&mut answer);
        assert!(read.is_ok() || !answer.is_empty(), "{read:?}");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {head}"));
        (status, head)
    }
}

fn prism() -> Option<Prism> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the mock from the environment")]
    let program = std::env::var("REGUA_PRISM");
    if program.is_err() {
        println!("skipped: REGUA_PRISM is not set, no request is checked by the description of the Pix API");
    }
    let (program, text) = (program.ok()?, description()?);
    Some(Prism::start(&program, &mended(text)))
}

fn charges() -> Vec<Request> {
    let (api, now) = (dialect(), at("2026-12-01T12:00:00-03:00"));
    let txid = Txid::parse("rcv01kb7z8s9ceq4tqv7e3k5m6n7px0").unwrap();
    let amount = Figure::of(reais(100)).unwrap();
    let company = |due_on| InstrumentOrder { payer: payer(Some("12.ABC.345/01DE-35")), ..instrument(due_on) };
    let mut all: Vec<Request> = [
        instrument("2026-12-15"),
        instrument("2026-12-01"),
        company("2026-12-15"),
        company("2026-11-01"),
        InstrumentOrder { late: Late::default(), description: String::new(), reference: String::new(), ..instrument("2026-12-15") },
        InstrumentOrder { payer: payer(None), description: "é".repeat(300), ..instrument("2026-12-01") },
        InstrumentOrder { amount: reais(999_999_999_999), ..instrument("2026-12-15") },
    ]
    .iter()
    .map(|order| api.issue(order, now).unwrap())
    .collect();
    let calendario = Some(DueCalendar::until(day("2026-12-15"), day("2027-01-14")));
    let valor = Some(DueValue::new(amount, Late { fine_bp: 200, interest_month_bp: 33 }).unwrap());
    let due_change = CobvChange { calendario, valor };
    let change = CobChange { calendario: Some(Expiry { expiracao: 60 }), valor: Some(Original { original: amount }) };
    all.extend(api.look(txid.as_str()).unwrap());
    all.extend(api.cancel(txid.as_str()).unwrap());
    all.extend([cob::change(&txid, &change), cobv::change(&txid, &due_change)]);
    all.extend([Kind::Now, Kind::Due].map(|kind| kind.list(&window(now))));
    all
}

fn window(now: Instant) -> Window {
    Window { from: now.plus_hours(-24), until: now, page: 2 }
}

fn recurring() -> Vec<Request> {
    let (api, today) = (dialect(), day("2026-12-10"));
    let without_branch = ChargeOrder { description: String::new(), ..charge() };
    let rec = RecurrenceId::parse("RR1234567820261130abcdefghijk").unwrap();
    let asked = RecurrenceRequestId::parse("SC123456782026113012345678901").unwrap();
    let txid = Txid::parse("rcv01kb7z8s9ceq4tqv7e3k5m6n7px0").unwrap();
    let amount = Figure::of(reais(5_000)).unwrap();
    let body = |document, valor, loc| RecBody {
        vinculo: Bond {
            contrato: "cus01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(),
            devedor: Debtor::of_rec(&payer(Some(document))).unwrap(),
            objeto: Some("Plano mensal".to_owned()),
        },
        calendario: RecCalendar { data_inicial: day("2026-12-12"), data_final: None, periodicidade: Every::Month },
        valor,
        politica_retentativa: Retries::ThreeInSeven,
        loc,
        ativacao: None,
    };
    let solicrec = SolicrecBody {
        id_rec: rec.as_str().to_owned(),
        calendario: RequestExpiry { data_expiracao_solicitacao: at("2026-12-05T12:00:00Z") },
        destinatario: Recipient::new("52998224725", Some("1"), "2", "12345678").unwrap(),
    };
    vec![
        api.charge(&charge(), today).unwrap(),
        api.charge(&without_branch, today).unwrap(),
        api.charge(&second_try(), day("2026-12-17")).unwrap(),
        api.ask(&charge()).unwrap(),
        api.ask(&second_try()).unwrap(),
        api.call_off(&charge()).unwrap(),
        cobr::list(&window(at("2026-12-01T12:00:00Z")), Some(&rec)),
        rec::place(),
        // Journeys 1 to 4.
        rec::create(&body("52998224725", Some(RecValue::Fixed(amount)), None)),
        solicrec::ask(&solicrec),
        rec::create(&body("11222333000181", Some(RecValue::Variable(amount)), Some(108))),
        rec::create(&body("12.ABC.345/01DE-35", None, Some(108)).first_paid_by(&txid)),
        rec::create(&RecBody::of(&authorisation()).unwrap()),
        rec::one(&rec, None),
        rec::one(&rec, Some(&txid)),
        rec::cancel(&rec),
        rec::list(&window(at("2026-12-01T12:00:00Z"))),
        solicrec::one(&asked),
        solicrec::cancel(&asked),
    ]
}

fn money_and_news() -> Vec<Request> {
    let (api, now) = (dialect(), at("2026-12-01T12:00:00Z"));
    let mut all = vec![
        api.refund(&refund()).unwrap(),
        api.ask_refund(&refund()).unwrap(),
        payments::one(&EndToEndId::parse(&refund().payment).unwrap()),
    ];
    let places = [None, Some("pix:1"), Some("returned:0"), Some("charges:0"), Some("recs:7")];
    all.extend(places.map(|place| list(now.plus_hours(-24), now, place).unwrap()));
    for key in ["7d9f0335-8dcc-4054-9bf9-0dbd61d36906", "+5511987654321", "pix@example.com"] {
        let key = PixKey::parse(key).unwrap();
        for hook in Hook::ALL {
            all.extend([hook.register(&key, "https://cobranca.example.com/hooks/pix"), hook.registered(&key), hook.unregister(&key)]);
        }
    }
    all
}

#[test]
fn every_request_passes_a_validating_mock_of_the_central_banks_description() {
    let Some(prism) = prism() else { return };
    let requests = [charges(), recurring(), money_and_news()].concat();
    let mut refused = Vec::new();
    for request in &requests {
        let (status, head) = prism.send(request, true);
        // Its own examples break the description in places: what it says of its response is not about us. For one question it
        // has no example that fits at all, and answers 500 once the request has passed.
        let its_own = status == 500 && head.contains("[\"response\"");
        if head.contains("[\"request\"") || !((200..300).contains(&status) || its_own) {
            refused.push(format!("{request:?}: {head}"));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    println!("{} requests pass the description of the Pix API", requests.len());
    // The mock does look: without a token, and with another body, it refuses.
    assert_eq!(prism.send(&requests[0], false).0, 401);
    let body = String::from_utf8(requests[0].body.clone()).unwrap().replace("219.90", "219.9");
    let (status, head) = prism.send(&Request { body: body.into_bytes(), ..requests[0].clone() }, true);
    assert!(status == 400 && head.contains("[\"request\",\"body\",\"valor\""), "{status} {head}");
}
