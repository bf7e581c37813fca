//! An installation with the sandbox on, its binary, and a server in front of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Clock};

use regua_testkit::postgres::TempDatabase;
use serde_json::Value;

/// Nothing happens by itself: what is done is asked for.
const POLICY: &str = "\
regua: 1
name: Serving
currency: BRL
timezone: America/Sao_Paulo
segments: [{ name: default }]
ladders:
  default:
    - { id: late, at: D+60, do: notify, template: overdue }
";

/// An installation in a temporary folder.
pub(crate) struct House {
    dir: tempfile::TempDir,
    logs: AtomicUsize,
    _database: Option<TempDatabase>,
}

/// A server that runs; it is ended when it is dropped.
pub(crate) struct Served {
    child: Child,
    /// Where it listens, without `http://`.
    address: String,
    /// What it printed until then.
    pub(crate) said: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl House {
    /// Live, captured, with so many customers of one bill each, and a card of the sandbox that pays.
    pub(crate) fn new(database: Option<TempDatabase>, bills: usize) -> Self {
        let house = Self::begun(database, POLICY);
        house.bill(bills);
        house
    }

    /// Live, captured, under a policy, and nobody owes anything.
    pub(crate) fn under(policy: &str) -> Self {
        Self::begun(None, policy)
    }

    fn begun(database: Option<TempDatabase>, policy: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = database.as_ref().map(|own| own.url().to_owned());
        let house = Self { dir, logs: AtomicUsize::new(0), _database: database };
        std::fs::write(house.path("policy.yaml"), policy).unwrap();
        let who = ["--address", "Rua A 1, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@acme.example"];
        let place = ["--link", "https://acme.example/contas", "--from", "Acme <contas@acme.example>"];
        let mut init = [&["init", "acme", "--name", "Acme", "--policy", "policy.yaml"], &who[..], &place[..]].concat();
        if let Some(url) = &url {
            init.extend(["--database", url.as_str()]);
        }
        house.done(&init);
        house.done(&["mode", "live", "--yes", "--dir", "acme"]);
        house
    }

    fn bill(&self, bills: usize) {
        let mut rows = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n".to_owned();
        for bill in 0..bills {
            rows.push_str(&format!("R-{bill},C-{bill},{},{},10{bill}.00,BRL,Cliente {bill},c{bill}@customer.example\n", day(-20), day(10)));
        }
        std::fs::write(self.path("receivables.csv"), rows).unwrap();
        self.done(&["import", "receivables.csv", "--dir", "acme"]);
        for bill in 0..bills {
            let customer = format!("C-{bill}");
            // A card of their own each: one that pays, after so many milliseconds.
            let token = format!("sandbox_slow_{}", bill + 1);
            self.done(&["method", "add", &customer, "--gateway", "sandbox", "--token", &token, "--scheme", "visa", "--dir", "acme"]);
        }
    }

    /// Something in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command of the binary.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_EMAIL_CAPTURE", "captured")
            .env("REGUA_GATEWAY_SANDBOX_ENABLED", "on")
            .env("REGUA_GATEWAY_SANDBOX_SECRET", "sandbox-secret")
            .env("REGUA_ENDPOINTS_ALLOW_PRIVATE", "on")
            .env("REGUA_SERVE_LOG", "json")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command: its exit code and what it printed.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String) {
        let told = self.command(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (told.status.code().unwrap(), text(&told.stdout) + &text(&told.stderr))
    }

    fn done(&self, args: &[&str]) {
        let (code, told) = self.run(args);
        assert_eq!(code, 0, "regua {}: {told}", args.join(" "));
    }

    /// Sets the first owner up.
    pub(crate) fn owner(&self) {
        std::fs::write(self.path("password"), "tapir-lua-goiaba-7\n").unwrap();
        let who =
            ["person", "set-up", "--name", "Ana Souza", "--email", "ana@acme.example", "--password-file", "password", "--dir", "acme"];
        self.done(&who);
    }

    /// A key of these scopes.
    pub(crate) fn made(&self, name: &str, scopes: &str) -> String {
        let (code, told) = self.run(&["key", "create", name, "--scopes", scopes, "--dir", "acme", "--format", "json"]);
        assert_eq!(code, 0, "{told}");
        let told: Value = serde_json::from_str(&told).unwrap();
        told["secret"].as_str().unwrap().to_owned()
    }

    /// The first owner, and a key that may do everything.
    pub(crate) fn key(&self) -> String {
        self.owner();
        self.made("everything", "all")
    }

    /// Begins to serve.
    pub(crate) fn serve(&self) -> Served {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        let log = std::fs::File::create(self.path(&format!("serve-{number}.log"))).unwrap();
        Served::begin(self.command(&["serve", "--dir", "acme", "--listen", "127.0.0.1:0"]).stderr(log))
    }

    /// What the first server logged.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.path("serve-0.log")).unwrap()
    }

    /// The books are whole.
    pub(crate) fn verified(&self) {
        self.done(&["verify", "--dir", "acme"]);
    }
}

impl Served {
    /// Starts a command that serves, and waits until it says where.
    pub(crate) fn begin(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut said = String::new();
        let mut address = String::new();
        for line in lines.by_ref() {
            if let Some((_, rest)) = line.split_once("Listening on http://") {
                address = rest.split(';').next().unwrap().to_owned();
            }
            said.push_str(&line);
            said.push('\n');
            if line.starts_with("Running;") {
                break;
            }
        }
        assert!(!address.is_empty(), "it does not say where it listens: {said}");
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, said }
    }

    /// Asks for something.
    pub(crate) fn ask(&self, method: &str, path: &str, key: &str, body: Option<&str>) -> Answer {
        self.send(method, path, key, "application/json", body.unwrap_or_default().as_bytes())
    }

    /// Asks for something with a body of a type.
    pub(crate) fn send(&self, method: &str, path: &str, key: &str, kind: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let host = &self.address;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !key.is_empty() {
            head.push_str(&format!("authorization: Bearer {key}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("content-type: {kind}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer with a head");
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head, body: answer[end + 4..].to_vec() }
    }

    /// What is at an address, which must be there.
    pub(crate) fn get(&self, path: &str, key: &str) -> Value {
        self.ask("GET", path, key, None).json(path)
    }

    /// Does something, which must go well.
    pub(crate) fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        self.ask("POST", path, key, Some(&body.to_string())).json(path)
    }

    /// The status of `/ready`, once the workers have begun.
    pub(crate) fn ready(&self) -> u16 {
        let begun = Clock::now();
        loop {
            let status = self.ask("GET", "/ready", "", None).status;
            if status == 200 || begun.elapsed() > Duration::from_secs(20) {
                return status;
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }

    /// Waits until a receivable is paid.
    pub(crate) fn until_paid(&self, receivable: &str, key: &str, most: Duration) {
        let begun = Clock::now();
        loop {
            let found = self.get(&format!("/v1/receivables/{receivable}"), key);
            if found["status"] == "paid" {
                return;
            }
            assert!(begun.elapsed() < most, "{receivable} is not paid after {:?}: {found}", begun.elapsed());
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }

    /// Asks it to end, which it must do well; how long it took.
    pub(crate) fn ended(mut self) -> Duration {
        let begun = Clock::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::park_timeout(Duration::from_millis(50));
        };
        assert!(status.success(), "{status}");
        begun.elapsed()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again.
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

impl Answer {
    /// The body as JSON of an answer that went well.
    pub(crate) fn json(&self, what: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert!((200..300).contains(&self.status), "{what}: {} {text}", self.status);
        if self.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
        }
    }
}

/// So many days from today.
pub(crate) fn day(ahead: i32) -> String {
    regua_core::time::Zone::utc().day_of(regua_core::time::Instant::from_secs(now())).plus(ahead).to_string()
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a server lives in real time")]
pub(crate) fn now() -> i64 {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(seconds).unwrap()
}
