//! A fake provider of SMS to be asked by hand: prints its address and an account, then posts what is due, until it is ended.
//!
//! Deliberately absent: faults by argument; tests script them.

use regua_fakes::args::Args;
use regua_fakes::hooks::Order;
use regua_fakes::sms::{ACCOUNT, Account, FakeSms, NUMBER, SERVICE, Script, TOKEN};

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), &["port", "now", "inbound", "per-second"], &["storm"])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut account = Account::new(ACCOUNT, TOKEN, &[NUMBER], SERVICE);
    account.inbound = args.value("inbound").map(str::to_owned);
    let script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        accounts: vec![account],
        per_second: args.number("per-second", 0)?,
        ..Script::default()
    };
    let fake = FakeSms::start(script).map_err(|error| format!("the port is not to be had: {error}"))?;
    println!("{}  account {ACCOUNT} with token {TOKEN}, number {NUMBER}, service {SERVICE}", fake.base());
    let order = if args.flag("storm") { Order::Storm(present) } else { Order::AsMade };
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        for sent in fake.deliver(order)? {
            println!("{} {}", sent.event, sent.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()));
        }
    }
}
