//! The same with the built binary, its workers and its captured mails, by the real clock. The weeks before are played with the
//! moments that commands take; from the webhook on everything happens when it happens.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Clock};

use regua_core::ids::ChargeId;
use regua_core::time::Instant;
use regua_engine::in_app;
use regua_engine::secret::Secret;
use regua_wire::channels::shown;
use regua_wire::gateways::sandbox;
use serde_json::{Value, json};

use crate::far::{EXPIRED, POLICY, POOR, SECRET, declined};
use crate::page;

/// The longest that anything may take to happen by itself.
const PATIENCE: Duration = Duration::from_secs(45);

/// An installation in a temporary folder, with a customer who owes.
struct House {
    dir: tempfile::TempDir,
}

/// A server that runs, ended when it is dropped.
struct Serving {
    child: Child,
    address: String,
    key: String,
}

#[expect(clippy::disallowed_methods, reason = "the binary lives by the real clock")]
fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock behind 1970");
    Instant::from_secs(i64::try_from(since.as_secs()).expect("a clock before the end of time"))
}

/// A day that lies so many days from today, in São Paulo.
fn day(from_now: i64) -> String {
    let mut date = Command::new("date");
    let out = date.env("TZ", "America/Sao_Paulo").args(["-d", &format!("{from_now} days"), "+%F"]).output().expect("a date");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

impl House {
    fn new() -> Self {
        let house = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::write(house.path("policy.yaml"), POLICY).unwrap();
        let who = ["--address", "Rua A 1, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@acme.example"];
        let place = ["--link", "https://acme.example/contas", "--from", "Acme <contas@acme.example>"];
        house.done(&[&["init", "acme", "--name", "Acme", "--policy", "policy.yaml"], &who[..], &place[..]].concat());
        house.done(&["mode", "live", "--yes", "--dir", "acme"]);
        let row = format!("R-1,C-1,{},{},100.00,BRL,Ana Souza,ana@customer.example,pt-BR", day(-30), day(-20));
        let heading = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,language";
        std::fs::write(house.path("bills.csv"), format!("{heading}\n{row}\n")).unwrap();
        house.done(&["import", "bills.csv", "--dir", "acme", "--as-of", &day(-29)]);
        let card = ["method", "add", "C-1", "--gateway", "sandbox", "--token", POOR, "--scheme", "visa", "--dir", "acme"];
        house.done(&[&card[..], &["--as-of", &day(-28)]].concat());
        // The due day, and two weeks of passes behind it.
        for back in (4..=20).rev() {
            for hour in ["10", "14"] {
                house.done(&["run", "--dir", "acme", "--as-of", &format!("{}T{hour}:00:00-03:00", day(-back))]);
            }
        }
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_EMAIL_CAPTURE", "captured")
            .env("REGUA_GATEWAY_SANDBOX_ENABLED", "on")
            .env("REGUA_GATEWAY_SANDBOX_SECRET", SECRET)
            .env("REGUA_SERVE_PUBLIC_ADDRESS", "https://conta.acme.example")
            .env("REGUA_SERVE_LOG", "json")
            .stdin(Stdio::null());
        command
    }

    fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    fn serve(&self) -> Serving {
        std::fs::write(self.path("password"), "tapir-lua-goiaba-7\n").unwrap();
        let who = ["person", "set-up", "--name", "Eva Lima", "--email", "eva@acme.example", "--password-file", "password"];
        self.done(&[&who[..], &["--dir", "acme"]].concat());
        let told = self.done(&["key", "create", "everything", "--scopes", "all", "--format", "json", "--dir", "acme"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let key = told["secret"].as_str().expect("the secret, once").to_owned();
        let log = std::fs::File::create(self.path("serve.log")).unwrap();
        let mut command = self.command(&["serve", "--dir", "acme", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.find_map(|line| Some(line.split_once("Listening on http://")?.1.split(';').next()?.to_owned()));
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Serving { child, address: first.expect("it says where it listens"), key }
    }

    /// The mails that were captured, the oldest first: subject and text.
    fn mails(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.path("acme/captured")).into_iter().flatten();
        let mut names: Vec<PathBuf> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
        names.retain(|name| name.extension().is_some_and(|ending| ending == "eml"));
        names.sort_unstable();
        let read = |name: PathBuf| {
            let mail = shown::read(&std::fs::read(name).ok()?)?;
            Some(format!("{}\n{}", mail.subject, mail.text.unwrap_or_default()))
        };
        names.into_iter().filter_map(read).collect()
    }

    /// Waits until there is one mail more than so many; that one.
    fn mail_after(&self, count: usize) -> String {
        until("a mail", || self.mails().get(count).cloned())
    }
}

/// Waits until there is something.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Clock::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

impl Serving {
    fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {}", self.key);
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let text = if method == "GET" { String::new() } else { body.to_string() };
        let answer = page::ask(&self.address, method, path, &headers, text.as_bytes());
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.body);
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    fn get(&self, path: &str) -> Value {
        self.api("GET", path, &Value::Null)
    }

    /// The newest attempt on the bill, once it stands so: its id.
    fn attempt(&self, status: &str) -> String {
        until(status, || {
            let all = self.get("/v1/charges?receivable=R-1");
            let newest = all["items"].as_array()?.first()?.clone();
            (newest["status"] == status).then(|| newest["id"].as_str().map(str::to_owned))?
        })
    }

    /// What the app shows to the customer.
    fn shown(&self, secret: &Secret) -> String {
        let token = in_app::token_for(secret, "C-1", None, now(), 600).expect("a token");
        let answer = page::ask(&self.address, "GET", "/in-app/feed", &[("Authorization", &format!("Bearer {token}"))], b"");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let shown: Value = serde_json::from_str(&answer.body).unwrap();
        shown["state"].as_str().unwrap_or_default().to_owned()
    }

    /// Ends it as a supervisor would.
    fn end(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

#[test]
fn the_binary_does_the_same_within_seconds() {
    let house = House::new();
    let serving = house.serve();
    let made = serving.api("POST", "/v1/in-app/secret", &json!({}));
    let secret = Secret::new(made["secret"].as_str().unwrap());
    assert_eq!(serving.get("/v1/customers/C-1/access")["state"], "limited");
    assert_eq!(serving.shown(&secret), "read_only");
    // A card of which the gateway cannot say yet what becomes of it is tried at once.
    let card = json!({"gateway": "sandbox", "token": EXPIRED, "scheme": "visa", "last4": "0002"});
    serving.api("POST", "/v1/customers/C-1/methods", &card);
    let charge: ChargeId = serving.attempt("pending").parse().expect("the id of an attempt");
    let mails = house.mails().len();
    // The webhook.
    let begun = Clock::now();
    let (signature, body) = declined(charge, now());
    let taken = page::ask(&serving.address, "POST", "/webhooks/acme/sandbox", &[(sandbox::SIGNATURE, &signature)], &body);
    assert_eq!(taken.status, 200);
    let mail = house.mail_after(mails);
    let link = page::link(&mail);
    assert_eq!(serving.attempt("declined"), charge.to_string());
    // The portal, without a browser.
    assert!(page::look(&serving.address, &link).contains("100,00"));
    let card = [("number", "5555 5555 5555 4444"), ("expiry", "12/30"), ("consent", "1")];
    let after = page::send(&serving.address, &format!("{link}/method"), "add", &card);
    assert!(after.contains("4444"), "{after}");
    // The try at once, the receipt, and access as before.
    serving.attempt("settled");
    let receipt = house.mail_after(mails + 1);
    assert!(receipt.contains("100,00"), "{receipt}");
    assert_eq!(serving.get("/v1/receivables/R-1")["status"], "paid");
    assert_eq!(serving.get("/v1/customers/C-1/access")["state"], "active");
    assert_eq!(serving.shown(&secret), "none");
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert!(page::ask(&serving.address, "GET", &link, &[], b"").status == 200, "the link goes on showing that nothing is owed");
    serving.end();
    assert_eq!(house.mails().len(), mails + 2, "one message and one receipt");
    house.done(&["verify", "--dir", "acme"]);
    let log = std::fs::read_to_string(house.path("serve.log")).unwrap();
    for personal in ["ana@customer.example", "Ana Souza", "/p/", "ia_", "rk_", secret.expose()] {
        assert!(!log.contains(personal), "the log says {personal}");
    }
}
