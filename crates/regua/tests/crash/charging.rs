//! The real binary killed while it charges by a gateway over HTTP: each bill is paid once, as the gateway's own books say.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use regua_fakes::faults::{Fault, Rule};
use regua_fakes::stripe::{Behaviour, Decline, FakeStripe, Outcome, SECRET_KEY, Script};
use regua_testkit::postgres::TempDatabase;

use crate::house::Size;
use crate::kills::Draw;

const POLICY: &str = "
regua: 1
name: Charging
currency: BRL
timezone: America/Sao_Paulo
retry: { mode: fixed, at: [F+1d, F+2d] }
segments: [{ name: default }]
ladders:
  default:
    - { id: charge, at: D, do: charge }
";

/// The due day, and those on which what failed is tried again.
const DAYS: [&str; 4] = ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"];

/// An installation that charges by a gateway of its own.
struct Till {
    dir: tempfile::TempDir,
    fake: FakeStripe,
    size: Size,
    _database: Option<TempDatabase>,
}

impl Till {
    fn new(database: Option<TempDatabase>, size: Size) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let file = || format!("sqlite:{}", dir.path().join("home/regua.db").display());
        let url = database.as_ref().map_or_else(file, |own| own.url().to_owned());
        let fake = FakeStripe::start(Script { running: true, ..Script::default() }).expect("a gateway");
        let till = Self { dir, fake, size, _database: database };
        till.write("policy.yaml", POLICY);
        let mut rows = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n".to_owned();
        for number in 0..size.customers {
            rows.push_str(&format!(
                "R{number},C{number},2026-03-02,2026-03-10,1{number:02}.00,BRL,Cliente {number},c{number}@customer.example\n"
            ));
        }
        till.write("receivables.csv", &rows);
        let who = ["--address", "Rua A 1", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@nuvem.example"];
        let place = ["--link", "https://nuvem.example/contas", "--from", "contas@nuvem.example", "--database", &url];
        till.done(&[&["init", "home", "--name", "Nuvem", "--policy", "policy.yaml"], &who[..], &place[..]].concat());
        till.done(&["mode", "live", "--yes", "--dir", "home"]);
        till.done(&["import", "receivables.csv", "--dir", "home", "--as-of", "2026-03-02T08:00:00-03:00"]);
        for number in 0..size.customers {
            let (name, email) = (format!("Cliente {number}"), format!("c{number}@customer.example"));
            let customer = till.fake.customer(&name, &email, &[]);
            let failing = Decline::of("insufficient_funds");
            // Every third card pays at the second try only.
            let behaviour = if number % 3 == 0 { Behaviour::succeeds_on(2, &failing) } else { Behaviour::always(Outcome::Succeeds) };
            let token = till.fake.card(&customer, "visa", "4242", behaviour);
            let who = format!("C{number}");
            let by = ["--gateway", "stripe", "--scheme", "visa", "--dir", "home", "--as-of", "2026-03-02T09:00:00-03:00"];
            till.done(&[&["method", "add", &who, "--token", &token, "--customer-token", &customer], &by[..]].concat());
        }
        till
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).expect("a file");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_DATABASE_BATCH", self.size.batch.to_string())
            .env("REGUA_EMAIL_CAPTURE", "captured")
            .env("REGUA_GATEWAY_STRIPE_KEY", SECRET_KEY)
            .env("REGUA_GATEWAY_STRIPE_BASE", self.fake.base())
            .stdin(Stdio::null());
        command
    }

    fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    /// A day's work begins, at an hour of its own: what a killed one left is looked at when its lease has run out.
    fn start(&self, day: &str, minute: u64) -> Child {
        let mut command = self.command(&["run", "--dir", "home", "--as-of", &at(day, minute)]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    }

    /// Requests that the gateway has heard.
    fn heard(&self) -> u64 {
        self.fake.inspect().log.requests
    }
}

/// Minutes after 09:00 of a day.
fn at(day: &str, minute: u64) -> String {
    format!("{day}T{:02}:{:02}:00-03:00", 9 + minute / 60, minute % 60)
}

/// Charges with kills until enough have hit.
pub(crate) fn killed_while_charging(database: impl Fn() -> Option<TempDatabase>, processes: usize, many: Option<u64>, seed: u64) {
    let begun = Instant::now();
    let mut draw = Draw(seed);
    let size = if many.is_some() { Size { customers: 60, batch: 4 } } else { Size { customers: 9, batch: 2 } };
    let wanted = many.unwrap_or(10);
    let (mut hits, mut within, mut tills) = (0_u64, 0_u64, 0_u64);
    while hits < wanted {
        let till = Till::new(database(), size);
        // A gateway that takes its time, so that kills hit within a call, before and after it has acted.
        till.fake.fault(Rule::always(Fault::Delay(Duration::from_millis(15))).on("POST", "/v1/payment_intents"));
        for day in DAYS {
            let mut minute = 0;
            for _ in 0..wanted.div_ceil(3).min(14) {
                let before = till.heard();
                let mut running: Vec<Child> = (0..processes).map(|_| till.start(day, minute)).collect();
                let wait = Duration::from_micros(20_000 + draw.below(250_000));
                let requests = draw.below(6);
                let limit = Instant::now() + Duration::from_secs(20);
                let started = Instant::now();
                // By the clock, or when the gateway has heard so many requests.
                let by_clock = draw.below(3) == 0;
                loop {
                    let enough = if by_clock { started.elapsed() >= wait } else { till.heard() > before + requests };
                    let ended = running.iter_mut().all(|child| child.try_wait().expect("it is ours").is_some());
                    if enough || ended || Instant::now() > limit {
                        break;
                    }
                    std::thread::park_timeout(Duration::from_micros(500));
                }
                let mut killed = 0;
                for child in &mut running {
                    let _late = child.kill();
                    killed += u64::from(!child.wait().expect("it ends").success());
                }
                hits += killed;
                within += if till.heard() > before { killed } else { 0 };
                minute += 11; // the lease of an attempt is ten minutes
            }
            for _ in 0..4 {
                till.done(&["run", "--dir", "home", "--as-of", &at(day, minute)]);
                minute += 70;
            }
        }
        tills += 1;
        check(&till, seed);
    }
    println!(
        "{hits} kills hit while {processes} at a time charged, {within} of them when the gateway had heard of something; {tills} \
         installations of {} bills, each paid once; verify clean; {} s (seed {seed:#x})",
        size.customers,
        begun.elapsed().as_secs()
    );
}

/// Each bill was paid once by the gateway's own books, and by ours.
fn check(till: &Till, seed: u64) {
    let inspection = till.fake.inspect();
    let mut settled = 0;
    for number in 0..till.size.customers {
        let told = till.done(&["charge", "list", &format!("R{number}"), "--dir", "home", "--format", "json"]);
        let attempts: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        let own: Vec<&serde_json::Value> = attempts.as_array().into_iter().flatten().filter(|one| one["status"] == "settled").collect();
        assert_eq!(own.len(), 1, "R{number} has {} settled attempts (seed {seed:#x}): {attempts}", own.len());
        settled += own.len();
    }
    let taken: Vec<usize> = inspection.ledger.keys().map(|key| inspection.ledger.payments(key).len()).collect();
    assert_eq!(taken.len(), till.size.customers, "the gateway took money for {} things (seed {seed:#x})", taken.len());
    assert!(taken.iter().all(|count| *count == 1), "the gateway took money twice (seed {seed:#x}): {taken:?}");
    assert_eq!(settled, till.size.customers);
    let verdict: serde_json::Value = serde_json::from_str(&till.done(&["verify", "--dir", "home", "--format", "json"])).expect("JSON");
    assert_eq!(verdict["clean"], true, "{verdict}");
}
