//! An SMTP sink in a process of its own: `smtp-sink [ADDRESS]`. It prints where it listens and, when its input ends, what
//! it counted. Deliberately absent: keeping mails.

use std::io::{Read, Write};
use std::net::SocketAddr;

use regua_testkit::smtp::{Keep, Options, Sink};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = Options { keep: Keep::Nothing, ..Options::default() };
    if let Some(address) = std::env::args().nth(1) {
        options.listen = address.parse::<SocketAddr>()?;
    }
    let sink = Sink::with(options)?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", sink.address())?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    let counts = sink.counts();
    writeln!(
        out,
        "connections {} transactions {} dots {} accepted {} violations {}",
        counts.connections, counts.begun, counts.dots, counts.accepted, counts.violations
    )?;
    Ok(())
}
