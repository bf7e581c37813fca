//! `decisions.csv`, exactly as SPEC §17 has it, written by hand: it is most of a backtest's bytes.

use std::io::Write;

use regua_core::decide::Outcome;
use regua_core::facts::Channels;
use regua_core::time::{Instant, Zone};

use super::index::row;
use super::{Backtest, Decisions, Error};

/// The header row.
pub(crate) const HEADER: &str = "receivable_id,customer_id,step,cycle,outcome,reason,instant,channel,message_id,items\n";
/// Bytes gathered before they are written.
const BLOCK_BYTES: usize = 1 << 16;

/// Writes every decision and returns how many bytes it took.
pub(super) fn write(backtest: &Backtest<'_>, decisions: Decisions<'_>, out: &mut impl Write) -> Result<u64, Error> {
    let mut block = Vec::with_capacity(BLOCK_BYTES + 4096);
    let mut clock = Clock::new(&backtest.index.zones);
    let mut bytes = 0_u64;
    let mut id = String::new();
    block.extend_from_slice(HEADER.as_bytes());
    for decision in decisions {
        let decision = decision?;
        let receivable = row(&backtest.portfolio.receivables, decision.receivable);
        let customer = receivable.map_or(0, |row| row.customer);
        field(&mut block, receivable.map_or("", |row| &row.id));
        block.push(b',');
        field(&mut block, row(&backtest.portfolio.customers, customer).map_or("", |row| &row.id));
        block.push(b',');
        field(&mut block, decision.step);
        block.push(b',');
        cycle(&mut block, decision.cycle, decision.occurrence);
        match decision.outcome {
            Outcome::Done => block.extend_from_slice(b",done,,"),
            Outcome::Skipped(reason) => {
                block.extend_from_slice(b",skipped,");
                block.extend_from_slice(reason.as_str().as_bytes());
                block.push(b',');
            }
        }
        block.extend_from_slice(clock.text(backtest.index.zone_of(customer), decision.at));
        let Some(message) = decision.message else {
            block.extend_from_slice(b",,,\n");
            continue;
        };
        block.push(b',');
        channels(&mut block, message.channels);
        block.push(b',');
        let of = |receivable: u32| row(&backtest.portfolio.receivables, receivable).map_or("", |row| &*row.id);
        id.clear();
        id.push_str(of(message.receivable));
        id.push('/');
        id.push_str(message.step);
        id.push('/');
        cycle_text(&mut id, message.cycle, message.occurrence);
        field(&mut block, &id);
        block.push(b',');
        id.clear();
        for (place, item) in message.items().enumerate() {
            if place > 0 {
                id.push(';');
            }
            id.push_str(of(item));
        }
        field(&mut block, &id);
        block.push(b'\n');
        if block.len() >= BLOCK_BYTES {
            bytes += pass(&mut block, out)?;
        }
    }
    bytes += pass(&mut block, out)?;
    out.flush().map_err(Error::Write)?;
    Ok(bytes)
}

fn pass(block: &mut Vec<u8>, out: &mut impl Write) -> Result<u64, Error> {
    out.write_all(block).map_err(Error::Write)?;
    let bytes = u64::try_from(block.len()).unwrap_or(u64::MAX);
    block.clear();
    Ok(bytes)
}

/// A field by RFC 4180, in quotes only when it must be.
fn field(block: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        block.extend_from_slice(text.as_bytes());
        return;
    }
    block.push(b'"');
    for (place, part) in text.split('"').enumerate() {
        if place > 0 {
            block.extend_from_slice(b"\"\"");
        }
        block.extend_from_slice(part.as_bytes());
    }
    block.push(b'"');
}

/// `0` for a plain step, `0.3` for the third occurrence of a repeated one.
fn cycle(block: &mut Vec<u8>, cycle: u16, occurrence: u16) {
    if cycle == 0 && occurrence == 0 {
        block.push(b'0');
        return;
    }
    let mut text = String::new();
    cycle_text(&mut text, cycle, occurrence);
    block.extend_from_slice(text.as_bytes());
}

fn cycle_text(text: &mut String, cycle: u16, occurrence: u16) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = if occurrence == 0 { write!(text, "{cycle}") } else { write!(text, "{cycle}.{occurrence}") };
}

fn channels(block: &mut Vec<u8>, channels: Channels) {
    for (place, channel) in channels.iter().enumerate() {
        if place > 0 {
            block.push(b';');
        }
        block.extend_from_slice(channel.as_str().as_bytes());
    }
}

/// Times as text. Most decisions fall on the moment of the one before: each zone keeps its last.
struct Clock<'a> {
    zones: &'a [Zone],
    last: Vec<(Instant, String)>,
}

impl<'a> Clock<'a> {
    fn new(zones: &'a [Zone]) -> Self {
        Self { zones, last: vec![(Instant::DAWN, String::new()); zones.len()] }
    }

    fn text(&mut self, zone: usize, at: Instant) -> &[u8] {
        let Some((zone, (last, text))) = self.zones.get(zone).zip(self.last.get_mut(zone)) else { return b"" };
        if *last != at {
            text.clear();
            zone.write_rfc3339(at, text);
            *last = at;
        }
        text.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_when_they_must_be() {
        for (text, expected) in [
            ("R-1", "R-1"),
            ("", ""),
            ("a;b c", "a;b c"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("ação", "ação"),
        ] {
            let mut block = Vec::new();
            field(&mut block, text);
            assert_eq!(String::from_utf8(block).unwrap(), expected);
        }
    }

    #[test]
    fn cycles_name_their_occurrence() {
        for (number, occurrence, expected) in [(0, 0, "0"), (0, 3, "0.3"), (2, 0, "2"), (12, 40, "12.40")] {
            let mut block = Vec::new();
            cycle(&mut block, number, occurrence);
            assert_eq!(String::from_utf8(block).unwrap(), expected);
        }
    }
}
