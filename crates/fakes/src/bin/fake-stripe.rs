//! A fake Stripe to be asked by hand: prints its address, then sends due webhooks and lets its biller charge, until it is ended.
//!
//! Deliberately absent: faults by argument beyond an outage that begins at once; tests script them.

use regua_fakes::args::Args;
use regua_fakes::hooks::Order;
use regua_fakes::stripe::{Endpoint, FakeStripe, Generation, READ_KEY, SECRET_KEY, Script};

const VALUES: &[&str] = &["port", "now", "webhook", "secret"];
const FLAGS: &[&str] = &["classic"];

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), VALUES, FLAGS)?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let generation = if args.flag("classic") { Generation::Classic } else { Generation::Basil };
    let mut script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        generation,
        ..Script::default()
    };
    if let Some(url) = args.value("webhook") {
        let secret = args.value("secret").unwrap_or("whsec_fake").to_owned();
        script.endpoints.push(Endpoint { url: url.to_owned(), secret, generation, kinds: Vec::new() });
    }
    let fake = FakeStripe::start(script).map_err(|error| format!("the port is not to be had: {error}"))?;
    println!("{}/v1  key {SECRET_KEY}, read-only key {READ_KEY}", fake.base());
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        fake.run_biller();
        for sent in fake.deliver(Order::AsMade)? {
            println!("{} {}", sent.event, sent.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()));
        }
    }
}
