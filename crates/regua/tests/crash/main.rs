//! The real binary, killed again and again: nothing twice, nothing lost, and what nobody knows is shown.
//!
//! Half of the kills come after a random time, between writes and at fsync; half at a random stage of a random mail's
//! talk with the SMTP server. `REGUA_CRASHES` says how many there are per database; the gate makes few, `make crash` 500.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use regua_store::db::{Db, Options, Scope};
use regua_store::outbox::StoredMessage;
use regua_store::{lookup, outbox, reports, tenants};
use regua_testkit::smtp::{Sink, Stage};

const CUSTOMERS: usize = 150;

/// Days on which something is due, each run until it is done.
const DAYS: [&str; 6] = [
    "2026-03-02T09:00:00-03:00",
    "2026-03-05T09:00:00-03:00",
    "2026-03-10T09:00:00-03:00",
    "2026-03-12T09:00:00-03:00",
    "2026-03-17T09:00:00-03:00",
    "2026-03-25T09:00:00-03:00",
];

const POLICY: &str = "
regua: 1
name: Crash
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
contact: { rulebook: br, caps: [1/day], channels: [email], consolidate: true }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued,   at: I,    do: notify, template: invoice_issued, tone: friendly }
    - { id: upcoming, at: D-5,  do: notify, template: upcoming, tone: friendly }
    - { id: due,      at: D,    do: notify, template: due_today, tone: friendly }
    - { id: late2,    at: D+2,  do: notify, template: overdue, tone: friendly }
    - { id: late7,    at: D+7,  do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: limit,    at: D+12, do: access, state: limited }
";

/// An installation in a temporary folder, with a mail server of its own.
struct House {
    dir: tempfile::TempDir,
    url: String,
    sink: Sink,
}

/// Draws that a failure can repeat.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

impl House {
    fn new(url: Option<&str>) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let url = url.map_or_else(|| format!("sqlite:{}", dir.path().join("home/regua.db").display()), str::to_owned);
        let house = Self { dir, url, sink: Sink::start().expect("a mail server") };
        std::fs::write(house.path("policy.yaml"), POLICY).expect("a file");
        let mut rows = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n".to_owned();
        for customer in 0..CUSTOMERS {
            for part in 0..1 + customer % 2 {
                rows.push_str(&format!(
                    "R{customer}-{part},C{customer},2026-03-02,2026-03-10,10{part}.00,BRL,Cliente {customer},c{customer}@customer.example\n"
                ));
            }
        }
        std::fs::write(house.path("receivables.csv"), rows).expect("a file");
        let from = "Nuvem <contas@nuvem.example>";
        let who = ["--address", "Rua A 1, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@nuvem.example"];
        let place = ["--link", "https://nuvem.example/contas", "--from", from, "--database", &house.url];
        house.done(&[&["init", "home", "--name", "Nuvem", "--policy", "policy.yaml"], &who[..], &place[..]].concat());
        house.done(&["mode", "live", "--yes", "--dir", "home"]);
        house.done(&["import", "receivables.csv", "--dir", "home", "--as-of", "2026-03-02T08:00:00-03:00"]);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let address = self.sink.address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_EMAIL_SMTP_HOST", address.ip().to_string())
            .env("REGUA_EMAIL_SMTP_PORT", address.port().to_string())
            .env("REGUA_EMAIL_SMTP_TLS", "none")
            .env("REGUA_EMAIL_SMTP_PER_SECOND", "0")
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end, which must be a good one.
    fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    /// The source is read: nothing new, but steps on overdue amounts wait for it.
    fn read(&self, day: &str) {
        self.done(&["import", "receivables.csv", "--dir", "home", "--as-of", &day.replace("T09:00", "T08:30")]);
    }

    fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs")
    }
}

fn kill(pid: u32) {
    // The child is ours and not yet waited for, so its number is nobody else's.
    let _gone = Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status();
}

/// Runs one day's work with kills until `kills` were made, then to the end. How many died of it.
fn day_with_kills(house: &House, day: &str, kills: u64, draw: &mut Draw) -> u64 {
    let victim = Arc::new(AtomicU32::new(0));
    let countdown = Arc::new(AtomicI64::new(i64::MAX));
    let stage = Arc::new(AtomicU64::new(0));
    let (who, left, at) = (Arc::clone(&victim), Arc::clone(&countdown), Arc::clone(&stage));
    house.sink.on_stage(move |now, _| {
        let wanted = [Stage::Connect, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Body, Stage::Dot];
        let place = wanted.iter().position(|&stage| stage == now).and_then(|place| u64::try_from(place).ok());
        if place == Some(at.load(Ordering::SeqCst)) && left.fetch_sub(1, Ordering::SeqCst) == 0 {
            let pid = who.load(Ordering::SeqCst);
            if pid != 0 {
                kill(pid);
            }
        }
    });
    let mut died = 0;
    for round in 0..kills {
        let in_mail = round % 2 == 1;
        stage.store(draw.below(6), Ordering::SeqCst);
        countdown.store(if in_mail { i64::try_from(draw.below(12)).unwrap_or(0) } else { i64::MAX }, Ordering::SeqCst);
        let mut child = house.start(&["run", "--dir", "home", "--as-of", day]);
        victim.store(child.id(), Ordering::SeqCst);
        if !in_mail {
            wait(&mut child, Duration::from_micros(5_000 + draw.below(120_000)));
            kill(child.id());
        }
        // One that finishes before its moment was not killed, and is not counted.
        let status = child.wait().expect("the child ends");
        victim.store(0, Ordering::SeqCst);
        died += u64::from(!status.success());
    }
    countdown.store(i64::MAX, Ordering::SeqCst);
    house.done(&["run", "--dir", "home", "--as-of", day]);
    died
}

/// Waits for a time, or for the child if it is quicker.
fn wait(child: &mut Child, time: Duration) {
    let begun = std::time::Instant::now();
    while begun.elapsed() < time {
        if child.try_wait().ok().flatten().is_some() {
            return;
        }
        std::thread::yield_now();
    }
}

/// Everything that the database and the mail server say, held against each other.
fn check(house: &House, died: u64) {
    let db = Db::open(&house.url, &Options::default()).expect("the database opens");
    let tenant = db.read(Scope::Owner, |tx| tenants::all(tx, 10)).expect("tenants")[0].tenant;
    let mut decided = 0_usize;
    let mut seen = BTreeSet::new();
    let mut told: BTreeSet<[u8; 16]> = BTreeSet::new();
    db.read(Scope::Tenant(tenant), |tx| {
        reports::decisions(tx, tenant, |row| {
            decided += 1;
            assert!(
                seen.insert((row.receivable.clone(), row.step.clone(), row.cycle, row.occurrence)),
                "{} {} twice",
                row.receivable,
                row.step
            );
            told.extend(row.message);
            Ok(())
        })
    })
    .expect("decisions");
    let messages: Vec<StoredMessage> = db
        .read(Scope::Tenant(tenant), |tx| {
            let mut all = Vec::new();
            for (customer, _) in lookup::page(tx, tenant, [0; 16], 1_000_000)? {
                all.extend(outbox::of_customer(tx, tenant, customer, 1_000)?);
            }
            Ok::<_, regua_store::StoreError>(all)
        })
        .expect("messages");
    // 5 contacts for each receivable, one message for each customer and day.
    assert_eq!(messages.len(), CUSTOMERS * 5, "every message was ordered once");
    assert_eq!(told.len(), messages.len());
    let mut arrived: BTreeMap<String, u32> = BTreeMap::new();
    for mail in house.sink.transactions().iter().filter(|mail| mail.stage >= Stage::Dot) {
        *arrived.entry(message_of(&mail.data)).or_default() += 1;
        assert!(mail.violations.is_empty(), "{:?}", mail.violations);
    }
    let mut statuses: BTreeMap<&str, u32> = BTreeMap::new();
    for message in &messages {
        *statuses.entry(message.status.as_str()).or_default() += 1;
        let count = arrived.remove(&message.message.to_string()).unwrap_or(0);
        match message.status.as_str() {
            "sent" => assert_eq!(count, 1, "{} is sent", message.message),
            "unknown" => assert!(count <= 1, "{} is unknown and arrived {count} times", message.message),
            // A later contact may have taken the place of one that waited.
            "cancelled" => assert_eq!(count, 0, "{} is cancelled", message.message),
            other => panic!("{} is {other}", message.message),
        }
    }
    assert!(arrived.is_empty(), "mails of no message: {arrived:?}");
    let accesses = seen.iter().filter(|(_, step, _, _)| step == "limit").count();
    println!(
        "{}: {died} kills hit, {decided} decisions, {accesses} restrictions, messages {statuses:?}",
        house.url.split(':').next().unwrap_or("")
    );
}

fn message_of(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail);
    let line = text.lines().find_map(|line| line.strip_prefix("X-Regua-Message: "));
    line.expect("a mail of ours names its message").trim().to_owned()
}

fn crashes() -> u64 {
    std::env::var_os("REGUA_CRASHES").and_then(|count| count.to_str()?.parse().ok()).unwrap_or(18)
}

fn killed_again_and_again(url: Option<&str>, seed: u64) {
    println!("seed {seed}");
    let house = House::new(url);
    let mut draw = Draw(seed);
    let (mut died, each) = (0, crashes().div_ceil(6));
    for day in DAYS {
        house.read(day);
        died += day_with_kills(&house, day, each, &mut draw);
    }
    // Leases have run out: what was being sent when the process died is unknown now.
    house.done(&["run", "--dir", "home", "--as-of", "2026-03-25T12:00:00-03:00"]);
    check(&house, died);
    assert!(died > 0, "no kill hit");
}

#[test]
fn real_kills_on_sqlite_do_nothing_twice_and_lose_nothing() {
    killed_again_and_again(None, 0x5eed_0001);
}

#[test]
fn real_kills_on_postgresql_do_nothing_twice_and_lose_nothing() {
    let database = regua_testkit::postgres::database("crash", |_| {});
    killed_again_and_again(Some(database.url()), 0x5eed_0002);
}

/// Whoever looks at the same day from several processes at once gets the same.
fn side_by_side(processes: usize) {
    let database = regua_testkit::postgres::database("crash", |_| {});
    let house = House::new(Some(database.url()));
    let shares = Mutex::new(vec![0_u64; processes]);
    for day in DAYS {
        house.read(day);
        std::thread::scope(|scope| {
            for share in 0..processes {
                let (house, shares) = (&house, &shares);
                scope.spawn(move || {
                    let told = house.done(&["run", "--dir", "home", "--as-of", day, "--format", "json"]);
                    let claimed = told.split("\"customers\":").nth(1).and_then(|rest| {
                        rest.trim_start().split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u64>().ok())
                    });
                    if let Ok(mut shares) = shares.lock() {
                        shares[share] += claimed.unwrap_or(0);
                    }
                });
            }
        });
    }
    house.done(&["run", "--dir", "home", "--as-of", "2026-03-25T12:00:00-03:00"]);
    check(&house, 0);
    println!("{processes} processes claimed {:?} customers", shares.lock().expect("no thread panicked"));
}

#[test]
fn real_processes_side_by_side_on_postgresql_do_nothing_twice() {
    side_by_side(2);
    side_by_side(4);
}
