//! A fake PSP to be asked by hand: prints its address, writes its authority and a client's certificate, sends due webhooks.
//!
//! Deliberately absent: faults by argument; tests script them.

use std::path::Path;

use regua_fakes::args::Args;
use regua_fakes::hooks::Order;
use regua_fakes::pix::{FakePix, KEY, Receiver, Script};

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), &["port", "now", "certificates"], &["plain"])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        secure: !args.flag("plain"),
        ..Script::default()
    };
    let fake = FakePix::start(script).map_err(|error| format!("it does not start: {error}"))?;
    if let Some(folder) = args.value("certificates") {
        let trust = fake.trust();
        for (name, text) in
            [("authority.pem", &trust.authority), ("client.pem", &trust.client.certificate), ("client.key", &trust.client.key)]
        {
            std::fs::write(Path::new(folder).join(name), text).map_err(|error| format!("{folder}/{name}: {error}"))?;
        }
    }
    let receiver = Receiver::default();
    println!("{}  client {} with secret {}, Pix key {KEY}", fake.base(), receiver.client_id, receiver.client_secret);
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        fake.turn();
        for sent in fake.deliver(Order::AsMade)? {
            println!("{} {}", sent.event, sent.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()));
        }
    }
}
