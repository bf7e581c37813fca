//! A fake Asaas to be asked by hand: prints its address, then sends due webhooks, until it is ended.
//!
//! Deliberately absent: faults by argument; tests script them.

use regua_fakes::args::Args;
use regua_fakes::asaas::{API_KEY, FakeAsaas, Script, Target};
use regua_fakes::hooks::Order;

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), &["port", "now", "webhook", "token"], &[])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        ..Script::default()
    };
    if let Some(url) = args.value("webhook") {
        script.targets.push(Target::new(url, args.value("token").unwrap_or("fake-token")));
    }
    let fake = FakeAsaas::start(script).map_err(|error| format!("the port is not to be had: {error}"))?;
    println!("{}/v3  access_token {API_KEY}", fake.base());
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        fake.turn();
        for sent in fake.deliver(Order::AsMade)? {
            println!("{} {}", sent.event, sent.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()));
        }
    }
}
