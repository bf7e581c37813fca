//! Charging by itself, as a company tries it out: the sandbox, ways to pay, webhooks over the wire.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up has failed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use regua_core::time::Instant;
use regua_fakes::pix::{FakePix, KEY, Script};
use regua_wire::gateways::sandbox;

use crate::Bench;
use crate::live::ready;

const POLICY: &str = "\
regua: 1
name: Charging
currency: BRL
timezone: America/Sao_Paulo
autopay_discount: [1%, 2%]
retry: { mode: smart, window: 14d, max: 5 }
segments: [{ name: default }]
ladders:
  default:
    - { id: charge, at: D, do: charge }
reactions:
  - { on: payment_failed, do: notify, template: payment_failed, by_reason: true }
  - { on: paid, do: notify, template: receipt }
";

const RECEIVABLES: &str = "\
receivable_id,customer_id,issued_on,due_on,amount,currency,name,email
R-1,C-1,2026-03-02,2026-03-10,100.00,BRL,Ana Souza,ana@example.com
R-2,C-2,2026-03-02,2026-03-10,80.00,BRL,Bruno Lima,bruno@example.com
R-3,C-3,2026-03-02,2026-03-10,50.00,BRL,Caio Reis,caio@example.com
R-4,C-1,2026-04-02,2026-04-10,100.00,BRL,Ana Souza,ana@example.com
";

/// A live installation with the sandbox on.
fn acme() -> Bench {
    let bench = Bench::new();
    ready(&bench);
    let file = bench.read("acme/regua.toml");
    let (before, own) = file.split_once("[gateway.sandbox]").unwrap();
    let on = own.replacen("# enabled = \"off\"", "enabled = \"on\"", 1).replacen("# secret = \"\"", "secret = \"sandbox-secret\"", 1);
    assert_ne!(own, on, "{file}");
    bench.write("acme/regua.toml", format!("{before}[gateway.sandbox]{on}"));
    bench.write("charging.yaml", POLICY);
    bench.write("receivables.csv", RECEIVABLES);
    for line in [
        "policy publish charging.yaml --dir acme",
        "mode live --yes --dir acme",
        "import receivables.csv --dir acme --as-of 2026-03-02",
        "method add C-1 --gateway sandbox --token sandbox_ok --scheme visa --last4 4242 --dir acme --as-of 2026-03-03",
        "method add C-2 --gateway sandbox --token sandbox_decline_insufficient_funds --scheme visa --dir acme --as-of 2026-03-03",
    ] {
        let told = bench.regua(line);
        assert_eq!(told.code, 0, "{line}: {told}");
    }
    bench
}

#[test]
fn a_month_at_the_sandbox_pays_declines_and_tries_again() {
    let bench = acme();
    let told = bench.regua("run --dir acme --as-of 2026-03-10T09:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    let list = |id: &str| bench.regua(&format!("charge list {id} --dir acme --format json")).json();
    let of = |id: &str, column: &str| column_of(&list(id), column);
    assert_eq!(of("R-1", "status"), ["settled"]);
    assert_eq!((of("R-2", "status"), of("R-2", "reason")), (vec!["declined".to_owned()], vec!["insufficient_funds".to_owned()]));
    assert_eq!(of("R-3", "status"), ["declined"], "nobody stored a way to charge");
    assert_eq!(of("R-3", "reason"), ["no_method"]);
    // The moment of the next try is chosen, and comes within the window.
    let told = bench.regua("run --dir acme --as-of 2026-03-24T09:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    assert!(of("R-2", "trigger").contains(&"retry".to_owned()), "{}", list("R-2"));
    // A new method is tried at once.
    let told =
        bench.regua("method add C-3 --gateway sandbox --token sandbox_slow_1 --scheme elo --dir acme --as-of 2026-03-24T10:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    let told = bench.regua("run --dir acme --as-of 2026-03-24T11:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    assert!(of("R-3", "status").contains(&"settled".to_owned()), "{:?}", list("R-3"));
    // The second payment in time in a row is cheaper.
    let told = bench.regua("run --dir acme --as-of 2026-04-10T09:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    assert_eq!(of("R-4", "amount"), ["BRL 99.00"]);
    let report = bench.regua("report discounts --dir acme --format json").json();
    assert_eq!((report[0]["payments"].as_u64(), report[0]["cost"].as_str()), (Some(1), Some("BRL 1.00")), "{report}");
    let learnt = bench.regua("retries learn --dir acme");
    assert_eq!(learnt.code, 0, "{learnt}");
    let verdict = bench.regua("verify --dir acme");
    assert_eq!(verdict.code, 0, "{verdict}");
}

#[test]
fn a_pix_is_paid_once_and_a_second_payment_is_shown() {
    let bench = acme();
    let told = bench.regua("pay-by R-1 pix --gateway sandbox --dir acme --as-of 2026-03-09T09:00:00-03:00 --format json");
    assert_eq!(told.code, 0, "{told}");
    let code = value_of(&told.json(), "pix code");
    assert!(regua_wire::pix::BrCode::decode(&code).is_ok(), "{code}");
    let told = bench.regua("sandbox pay R-1 --dir acme --as-of 2026-03-09T10:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    let told = bench.regua("run --dir acme --as-of 2026-03-10T09:00:00-03:00");
    assert_eq!(told.code, 0, "{told}");
    assert_eq!(rows(&bench, "charge list R-1 --dir acme"), 0, "what is paid is not charged");
    let again = bench.regua("charge now R-1 --dir acme --as-of 2026-03-10T10:00:00-03:00");
    assert_eq!(again.code, 2, "{again}");
    assert!(again.to_string().contains("nothing of it is open"), "{again}");
    assert_eq!(rows(&bench, "charge second --dir acme"), 0);
    let verdict = bench.regua("verify --dir acme");
    assert_eq!(verdict.code, 0, "{verdict}");
}

#[test]
fn what_cannot_be_charged_is_refused_with_the_mend() {
    let bench = acme();
    for (line, mend) in [
        ("charge now R-3 --dir acme --as-of 2026-03-05", "no stored method can be charged"),
        ("charge now C-1 --dir acme --as-of 2026-03-05", "no receivable"),
        ("method add C-1 --gateway sandbox --token 4242424242424242 --scheme visa --dir acme", "looks like a card number"),
        ("method add C-1 --gateway sandbox --token t --scheme vissa --dir acme", "visa"),
        ("method add C-1 --gateway stripe --token t --scheme visa --dir acme", "no gateway `stripe`"),
        ("pay-by R-1 pix --gateway pix --dir acme", "no gateway `pix`"),
        ("gateway replay sandbox 00 --dir acme", "gateway poison"),
        ("sandbox pay R-3 --dir acme", "pay-by R-3 pix --gateway sandbox"),
    ] {
        let told = bench.regua(line);
        assert_ne!(told.code, 0, "{line}: {told}");
        assert!(told.to_string().contains(mend), "{line}: {told}");
    }
}

/// A live installation with a bank of our own, whose customer C-1 has a document.
fn banked(fake: &FakePix) -> Bench {
    let bench = Bench::new();
    ready(&bench);
    let file = bench.read("acme/regua.toml");
    let file: String = file.lines().filter(|line| *line != "[gateway.pix]").map(|line| format!("{line}\n")).collect();
    let bank = format!(
        "[gateway.pix]\nbase = \"{}\"\nclient_id = \"fake-client\"\nclient_secret = \"fake-secret\"\nkey = \"{KEY}\"\n\
         account = \"123456\"\nbranch = \"0001\"\n",
        fake.base()
    );
    bench.write("acme/regua.toml", format!("{file}\n{bank}"));
    bench.write("charging.yaml", POLICY);
    let bills = RECEIVABLES.replace("name,email", "name,email,cpf").replace("ana@example.com", "ana@example.com,529.982.247-25");
    bench.write(
        "receivables.csv",
        bills.replace("bruno@example.com", "bruno@example.com,").replace("caio@example.com", "caio@example.com,"),
    );
    for line in
        ["policy publish charging.yaml --dir acme", "mode live --yes --dir acme", "import receivables.csv --dir acme --as-of 2026-03-02"]
    {
        let told = bench.regua(line);
        assert_eq!(told.code, 0, "{line}: {told}");
    }
    bench
}

#[test]
fn a_payer_is_asked_to_authorise_debits_and_what_was_said_is_seen() {
    let now = crate::overlay::now();
    let fake = FakePix::start(Script { now, secure: false, ..Script::default() }).unwrap();
    let bench = banked(&fake);
    let statuses = || column_of(&bench.regua("method list C-1 --dir acme --format json").json(), "status");
    let told = bench.regua("method ask C-1 --what Plano --every month --allows-retry --dir acme --format json");
    assert_eq!(told.code, 0, "{told}");
    let asked = told.json();
    assert!(regua_wire::pix::BrCode::decode(&value_of(&asked, "pix code")).is_ok(), "{told}");
    assert_eq!(
        (value_of(&asked, "state"), value_of(&asked, "further tries")),
        ("waits for the payer".into(), "three in seven days".into())
    );
    assert_eq!(statuses(), ["pending"]);
    fake.approve(&value_of(&asked, "authorisation"));
    let method = value_of(&asked, "method");
    let told = bench.regua(&format!("method show {method} --dir acme --format json"));
    assert_eq!(told.code, 0, "{told}");
    assert_eq!((value_of(&told.json(), "state"), statuses()), ("authorised".into(), vec!["active".to_owned()]), "{told}");
    let told = bench.regua(&format!("method cancel {method} --reason asked --dir acme"));
    assert_eq!(told.code, 0, "{told}");
    assert_eq!(statuses(), ["removed"]);
    let told = bench.regua(&format!("method show {method} --dir acme --format json"));
    assert_eq!((value_of(&told.json(), "state"), value_of(&told.json(), "why")), ("ended".into(), "SLCR".into()), "{told}");
    let told = bench.regua("method ask C-1 --what Plano --every year --fixed 99.90 --bank 99999004 --account 123456 --dir acme");
    assert_eq!(told.code, 0, "{told}");
    assert!(told.to_string().contains("shows a notice"), "{told}");
    for (line, mend) in [
        ("method ask C-2 --what Plano --every month --dir acme", "CPF or CNPJ"),
        ("method ask C-9 --what Plano --every month --dir acme", "no customer"),
        ("method ask C-1 --what Plano --every month --gateway stripe --dir acme", "no gateway `stripe`"),
        ("method ask C-1 --what Plano --every month --bank 99999004 --dir acme", "--account"),
        ("method ask C-1 --what Plano --every month --fixed much --dir acme", "--fixed: "),
        ("method show nothing --dir acme", "regua method list"),
    ] {
        let told = bench.regua(line);
        assert_ne!(told.code, 0, "{line}: {told}");
        assert!(told.to_string().contains(mend), "{line}: {told}");
    }
    let verdict = bench.regua("verify --dir acme");
    assert_eq!(verdict.code, 0, "{verdict}");
}

/// A column of a listing.
fn column_of(rows: &serde_json::Value, column: &str) -> Vec<String> {
    rows.as_array().into_iter().flatten().map(|row| row[column].as_str().unwrap_or_default().to_owned()).collect()
}

/// A value of a listing of what and value.
fn value_of(rows: &serde_json::Value, what: &str) -> String {
    let row = rows.as_array().into_iter().flatten().find(|row| row["what"] == what);
    row.and_then(|row| row["value"].as_str()).unwrap_or_else(|| panic!("no {what} in {rows}")).to_owned()
}

fn rows(bench: &Bench, line: &str) -> usize {
    bench.regua(&format!("{line} --format json")).json().as_array().map_or(0, Vec::len)
}

/// Whether nothing of it can be paid any more.
fn is_paid(bench: &Bench, id: &str) -> bool {
    bench.regua(&format!("pay-by {id} boleto --gateway sandbox --dir acme")).to_string().contains("nothing is due")
}

/// Sends one request and reads the answer's status.
fn post(address: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn serve_takes_webhooks_in_and_acts_on_them() {
    let bench = acme();
    // Due today, so that the real clock has something to do.
    let told = bench.regua("pay-by R-2 pix --gateway sandbox --dir acme --format json");
    assert_eq!(told.code, 0, "{told}");
    let reference = value_of(&told.json(), "reference");
    let mut child = Command::new(env!("CARGO_BIN_EXE_regua"))
        .args(["serve", "--dir", "acme", "--listen", "127.0.0.1:0"])
        .current_dir(bench.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.split("http://").nth(1).unwrap().split(';').next().unwrap().to_owned();
    let now = Instant::from_secs(crate::overlay::now());
    let body = sandbox::instrument_paid(&reference, 0, None, now).unwrap();
    let signature = sandbox::sign(b"sandbox-secret", now, &body);
    let path = "/webhooks/acme/sandbox";
    assert_eq!(post(&address, path, &[(sandbox::SIGNATURE, &sandbox::sign(b"another", now, &body))], &body), 401);
    assert_eq!(post(&address, "/webhooks/nobody/sandbox", &[(sandbox::SIGNATURE, &signature)], &body), 404);
    assert_eq!(post(&address, path, &[(sandbox::SIGNATURE, &signature)], &body), 200);
    assert_eq!(post(&address, path, &[(sandbox::SIGNATURE, &signature)], &body), 200, "the same one again");
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !is_paid(&bench, "R-2") && std::time::Instant::now() < limit {
        std::thread::park_timeout(std::time::Duration::from_millis(200));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(is_paid(&bench, "R-2"));
    let verdict = bench.regua("verify --dir acme");
    assert_eq!(verdict.code, 0, "{verdict}");
}
