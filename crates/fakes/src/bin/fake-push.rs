//! A fake push service to be asked by hand: prints subscriptions, and what each browser was shown, until it is ended.
//!
//! Deliberately absent: faults by argument; tests script them.

use regua_fakes::args::Args;
use regua_fakes::push::{FakePush, Script};

#[expect(clippy::print_stdout, reason = "a program tells its address")]
#[expect(clippy::disallowed_methods, reason = "a program that is used by hand lives in the present")]
fn main() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1), &["port", "now", "browsers", "sender", "per-minute"], &[])?;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let script = Script {
        now: args.number("now", i64::try_from(present).unwrap_or(0))?,
        running: true,
        port: args.number("port", 0)?,
        per_minute: args.number("per-minute", 0)?,
        seed: present,
        ..Script::default()
    };
    let fake = FakePush::start(script).map_err(|error| format!("the port is not to be had: {error}"))?;
    println!("{}", fake.base());
    let mut browsers = Vec::new();
    for _ in 0..args.number("browsers", 1_usize)? {
        let subscription = fake.subscribe(args.value("sender"))?;
        println!("{subscription}");
        browsers.push((subscription["endpoint"].as_str().unwrap_or_default().to_owned(), 0));
    }
    loop {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
        for (endpoint, shown) in &mut browsers {
            let received = fake.received(endpoint);
            for one in received.iter().skip(*shown) {
                println!("{endpoint} {} {}", one.urgency, String::from_utf8_lossy(&one.plain));
            }
            *shown = received.len();
        }
    }
}
