//! A fake WhatsApp to be asked by hand: prints its address and an account, then posts what is due, until it is ended.
//!
//! Deliberately absent: faults by argument; tests script them.

use regua_fakes::args::Args;
use regua_fakes::hooks::Order;
use regua_fakes::whatsapp::{FakeWhatsapp, NUMBER, SECRET, Script, TOKEN, VERIFY};

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), &["port", "now", "webhook", "per-second"], &["storm", "read"])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let otherwise = Script::default();
    let script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        webhook: args.value("webhook").map(str::to_owned),
        latency: (1, 2, args.flag("read").then_some(3)),
        per_second: args.number("per-second", otherwise.per_second)?,
        ..otherwise
    };
    let templates = script.templates.iter().map(|template| format!("{} ({})", template.name, template.language)).collect::<Vec<_>>();
    let fake = FakeWhatsapp::start(script).map_err(|error| format!("the port is not to be had: {error}"))?;
    println!("{}/v23.0/{NUMBER}  token {TOKEN}, app secret {SECRET}, verify token {VERIFY}", fake.base());
    println!("templates: {}", templates.join(", "));
    if let Some(url) = args.value("webhook") {
        println!("the webhook's address is {}", if fake.handshake(url, VERIFY) == Ok(true) { "ours" } else { "not ours" });
    }
    let order = if args.flag("storm") { Order::Storm(present) } else { Order::AsMade };
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        for sent in fake.deliver(order)? {
            println!("{} {}", sent.event, sent.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()));
        }
    }
}
