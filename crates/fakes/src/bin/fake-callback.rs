//! A fake carrier to be asked by hand: prints its address and secret, then posts what is due, until it is ended.
//!
//! Deliberately absent: faults by argument; tests script them.

use regua_fakes::args::Args;
use regua_fakes::callback::{FakeCallback, SECRET, Script};
use regua_fakes::hooks::Order;

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), &["port", "now", "status", "secret"], &["storm"])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let secret = args.value("secret").unwrap_or(SECRET).to_owned();
    let script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        secret: secret.clone(),
        status: args.value("status").map(str::to_owned),
        ..Script::default()
    };
    let fake = FakeCallback::start(script).map_err(|error| format!("it does not start: {error}"))?;
    println!("{}  secret {secret}", fake.base());
    let order = if args.flag("storm") { Order::Storm(present) } else { Order::AsMade };
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        for sent in fake.deliver(order)? {
            println!("{} {}", sent.event, sent.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()));
        }
    }
}
