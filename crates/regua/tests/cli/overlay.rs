//! `sync`, `switches` and `eject` over a Stripe of our own.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use regua_fakes::faults::{Fault, Rule};
use regua_fakes::stripe::{Behaviour, Bill, Decline, FakeStripe, Outcome, READ_KEY, Script};

use crate::Bench;
use crate::live::ready;

const DAY: i64 = 86_400;

#[expect(clippy::disallowed_methods, reason = "the binary lives by the real clock")]
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock behind 1970");
    i64::try_from(since.as_secs()).expect("a clock before the end of time")
}

/// An installation over an account with one invoice that its biller charges in vain and one that is sent.
fn over(fake: &FakeStripe) -> Bench {
    let bench = Bench::new();
    ready(&bench);
    let file = bench.read("acme/regua.toml");
    let address = format!("[gateway.stripe]\nrole = \"mirror\"\nkey = \"{READ_KEY}\"\nbase = \"{}\"\n", fake.base());
    let file: String = file.lines().filter(|line| *line != "[gateway.stripe]").map(|line| format!("{line}\n")).collect();
    bench.write("acme/regua.toml", format!("{file}\n{address}"));
    let ana = fake.customer("Ana Souza", "ana@example.com", &[]);
    let _token = fake.card(&ana, "visa", "0002", Behaviour::always(Outcome::Declines(Decline::of("insufficient_funds"))));
    let bill = |due| Bill { customer: ana.clone(), amount: 21_990, currency: "brl".into(), due, ..Bill::default() };
    fake.biller_days(vec![1, 2]);
    let (_charged, _sent) = (fake.bill(&bill(None)), fake.bill(&bill(Some(now() + 10 * DAY))));
    fake.advance_to(now());
    bench
}

#[test]
fn an_account_is_read_its_switches_are_named_and_control_is_handed_back() {
    let fake = FakeStripe::start(Script { now: now() - 3 * DAY, ..Script::default() }).expect("a fake");
    let bench = over(&fake);
    let first = bench.regua("sync stripe --dir acme --format json");
    assert_eq!(first.code, 0, "{first}");
    let told = first.json();
    assert_eq!((told["customers"]["new"].as_u64(), told["invoices"]["new"].as_u64(), told["paused"].as_u64()), (Some(1), Some(2), Some(2)));
    assert!(told["attempts"]["new"].as_u64() >= Some(2), "{first}");
    let again = bench.regua("sync stripe --dir acme");
    assert_eq!(again.code, 0, "{again}");
    assert!(again.stdout.contains("Turn off at the biller") && again.stdout.contains("auto_advance"), "{again}");
    let switches = bench.regua("gateway switch stripe --dir acme --format csv").csv();
    assert_eq!((switches[1][0].as_str(), switches[1][1].as_str()), ("auto_advance", "2"));
    let dry = bench.regua("eject stripe --dir acme --dry-run --out dry.csv");
    assert_eq!(dry.code, 0, "{dry}");
    let done = bench.regua("eject stripe --dir acme --out back.csv --format json");
    assert_eq!(done.code, 0, "{done}");
    assert_eq!((done.json()["held"].as_u64(), done.json()["open"].as_u64()), (Some(2), Some(2)));
    assert_eq!(bench.read("dry.csv"), bench.read("back.csv"));
    let file = bench.read("back.csv");
    assert!(file.starts_with("invoice,customer,currency,") && file.lines().count() == 3 && file.contains("insufficient_funds"), "{file}");
    assert_eq!(bench.regua("verify --dir acme").code, 0);
    let uses = fake.inspect().uses[READ_KEY];
    assert_eq!((uses.writes, uses.refused), (0, 0), "{uses:?}");
}

/// `regua serve` in the background.
fn serve(bench: &Bench) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
    command.args(["serve", "--dir", "acme", "--listen", "127.0.0.1:0"]).current_dir(bench.path());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

/// Interrupts it; what it said on standard error.
fn end(child: Child) -> String {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("it can be killed").success());
    let ended = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{told}");
    told
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

/// What `doctor` says of the account.
fn health(bench: &Bench) -> String {
    let told = bench.regua("doctor --dir acme --format json").json();
    let rows = told.as_array().into_iter().flatten().filter(|row| row["what"] == "stripe");
    rows.map(|row| format!("{} {}; ", row["state"], row["found"])).collect()
}

#[test]
fn a_server_reads_a_mirrored_account_by_itself_and_outlives_what_goes_wrong() {
    let fake = FakeStripe::start(Script { now: now() - 3 * DAY, ..Script::default() }).expect("a fake");
    let bench = over(&fake);
    let open = |bench: &Bench| bench.regua("gateway switch stripe --dir acme --format csv").csv()[1][1].clone();
    assert!(health(&bench).contains("was never read"), "{}", health(&bench));
    assert_eq!(bench.regua("sync stripe --dir acme").code, 0);
    assert!(health(&bench).contains("was read as of"), "{}", health(&bench));
    let bob = fake.customer("Bob", "bob@example.com", &[]);
    let _sent = fake.bill(&Bill { customer: bob, amount: 7_000, currency: "brl".into(), due: Some(now() + 10 * DAY), ..Bill::default() });
    // The biller is away: that is told, the server goes on, and the doctor knows why.
    fake.fault(Rule::always(Fault::ErrorBefore(503)).on("GET", "/v1/events"));
    let away = serve(&bench);
    wait_until("the doctor knows", || health(&bench).contains("could not go on"));
    assert_eq!(open(&bench), "2");
    let told = end(away);
    assert!(told.contains("the account at stripe was not read"), "{told}");
    // It is back: what was billed meanwhile becomes known, and nobody typed a command.
    fake.faults(|faults| *faults = regua_fakes::faults::Faults::default());
    let back = serve(&bench);
    wait_until("the new invoice is known", || open(&bench) == "3");
    wait_until("the trouble is over", || health(&bench).contains("was read as of"));
    let told = end(back);
    assert!(!told.contains("not read"), "{told}");
    let uses = fake.inspect().uses[READ_KEY];
    assert_eq!((uses.writes, uses.refused), (0, 0), "{uses:?}");
}

#[test]
fn a_biller_that_cannot_be_read_is_told_with_the_mend() {
    let bench = Bench::new();
    ready(&bench);
    for (line, told) in [
        ("sync stripe --dir acme", "REGUA_GATEWAY_STRIPE_KEY"),
        ("sync paypal --dir acme", "use one of stripe, asaas"),
        ("eject stripe --dir acme", "no gateway `stripe`"),
    ] {
        let refused = bench.regua(line);
        assert_eq!(refused.code, 2, "{refused}");
        assert!(refused.stderr.contains(told), "{refused}");
    }
}
