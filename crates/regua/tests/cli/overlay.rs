//! `sync`, `switches` and `eject` over a Stripe of our own.

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
