//! Worlds for measuring: as many receivables as wanted, written as a canonical file in one stream.
//!
//! Made to be walked, not to be believed; [`crate::demo`] is for people. Deliberately absent: a clock. Whoever measures
//! brings one.

use std::io::{self, Write};

use regua_core::time::{Day, Instant, LocalTime, Zone};

use crate::backtest::{Backtest, Error, Step, Watch};
use crate::draw::Draw;

/// A world's size and seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct World {
    /// Decides everything that is drawn.
    pub seed: u64,
    /// Customers.
    pub customers: u32,
    /// Receivables of each, one a month.
    pub receivables_each: u32,
}

/// The first date of issue: Thursday, 1 January 2026.
const START: Day = Day::from_epoch(20_454);
/// The header row.
const HEADER: &[u8] =
    b"receivable_id,customer_id,issued_on,due_on,amount,currency,paid_on,method,name,email,whatsapp,time_zone,consent,state,tier\n";
/// Bytes gathered before they are written.
const BLOCK_BYTES: usize = 1 << 16;

/// Zone and state, the first most often.
const PLACES: [(&str, &str); 6] = [
    ("America/Sao_Paulo", "SP"),
    ("America/Sao_Paulo", "RJ"),
    ("America/Sao_Paulo", "MG"),
    ("America/Bahia", "BA"),
    ("America/Manaus", "AM"),
    ("America/Rio_Branco", "AC"),
];

impl World {
    /// The world of `make bench`: 1,000,000 receivables of 250,000 customers, issued over four months.
    pub const BENCH: Self = Self { seed: 1, customers: 250_000, receivables_each: 4 };

    /// The end of its 120 days, in the zone of most of its customers: everything later is not decided.
    #[must_use]
    pub fn until() -> Instant {
        // The zone is in the bundled database; a test looks.
        Zone::parse("America/Sao_Paulo").unwrap_or(Zone::utc()).at(START.plus(120), LocalTime::MIDNIGHT)
    }

    /// Writes `receivables.csv` (SPEC §17) in the order of issue and returns its bytes. `out` needs no buffer of its own.
    ///
    /// # Errors
    /// When `out` does not take it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<u64> {
        let mut block = Vec::with_capacity(BLOCK_BYTES + 1024);
        block.extend_from_slice(HEADER);
        let mut bytes = 0_u64;
        let world = Draw::new(self.seed);
        for month in 0..self.receivables_each {
            for customer in 0..self.customers {
                self.row(&mut block, &world, month, customer)?;
                if block.len() >= BLOCK_BYTES {
                    bytes += pass(&mut block, out)?;
                }
            }
        }
        bytes += pass(&mut block, out)?;
        out.flush()?;
        Ok(bytes)
    }

    fn row(&self, block: &mut Vec<u8>, world: &Draw, month: u32, customer: u32) -> io::Result<()> {
        let mut of_customer = world.part(u64::from(customer));
        let mut draw = of_customer.part(u64::from(month) + 1);
        let day = of_customer.between(0, 27);
        let issued = START.plus(day + i32::try_from(month).unwrap_or(0).saturating_mul(30));
        let due = issued.plus(10);
        let amount = [8_900, 24_900, 59_000, 189_000].get(usize::from(of_customer.chance(40)) + usize::from(of_customer.chance(15)));
        let amount = amount.copied().unwrap_or(8_900_u32);
        let place = of_customer.weighted(&[(0, 50), (1, 15), (2, 12), (3, 10), (4, 8), (5, 5)]).unwrap_or(0);
        let (zone, state) = PLACES.get(place).copied().unwrap_or(("America/Sao_Paulo", "SP"));
        let method = of_customer.weighted(&[("boleto", 50), ("pix", 35), ("card", 15)]).unwrap_or("boleto");
        let consent = if of_customer.chance(45) { "whatsapp" } else { "" };
        let tier = if of_customer.chance(3) { "gold" } else { "" };
        let number = month * self.customers + customer;
        write!(block, "R{number:08},C{customer:06},{issued},{due},{}.{:02},BRL,", amount / 100, amount % 100)?;
        // Seven in ten on time, two late, one never.
        match draw.below(10) {
            0..=6 => write!(block, "{}", due.plus(-draw.between(0, 6)))?,
            7 | 8 => write!(block, "{}", due.plus(draw.between(1, 25)))?,
            _ => {}
        }
        writeln!(
            block,
            ",{method},Cliente {customer},contas@cliente-{customer}.example,+551190{customer:07},{zone},{consent},{state},{tier}"
        )
    }
}

fn pass(block: &mut Vec<u8>, out: &mut impl Write) -> io::Result<u64> {
    out.write_all(block)?;
    let bytes = u64::try_from(block.len()).unwrap_or(u64::MAX);
    block.clear();
    Ok(bytes)
}

/// What was concluded when everybody was walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Decided {
    /// Final decisions, receipts and conditions included.
    pub decisions: u64,
    /// Calls of `decide`.
    pub calls: u64,
    /// Messages.
    pub messages: u64,
}

/// Walks every customer of a backtest on the current thread and only counts: what `decide` itself takes, over facts
/// that are in memory.
///
/// # Errors
/// As [`Backtest::walk`].
pub fn decide_all(backtest: &Backtest<'_>) -> Result<Decided, Error> {
    let mut decided = Decided::default();
    backtest.walk_all(&mut decided)?;
    Ok(decided)
}

impl Watch for Decided {
    fn decided(&mut self, step: &Step<'_>) {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        self.calls += 1;
        self.decisions += count(step.decisions.rows.len());
        self.messages += count(step.decisions.messages.len());
    }

    fn absorb(&mut self, other: Self) {
        self.calls += other.calls;
        self.decisions += other.decisions;
        self.messages += other.messages;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_wire::files::{Options, Portfolio, RejectList, read_receivables};

    #[test]
    fn a_world_reads_without_a_reject_or_a_warning() {
        let world = World { seed: 3, customers: 500, receivables_each: 4 };
        let mut file = Vec::new();
        assert_eq!(world.write(&mut file).unwrap(), u64::try_from(file.len()).unwrap());
        let mut again = Vec::new();
        world.write(&mut again).unwrap();
        assert!(file == again, "the same seed, the same bytes");
        let mut rejects = RejectList::new(3);
        let read = read_receivables(file.as_slice(), "world.csv", &Options::default(), Portfolio::default(), &mut rejects).unwrap();
        assert_eq!((rejects.rows.as_slice(), read.report.warnings.as_slice()), ([].as_slice(), [].as_slice()));
        assert_eq!((read.portfolio.customers.len(), read.portfolio.receivables.len()), (500, 2_000));
        let paid = read.portfolio.payments.len();
        assert!((1_700..1_900).contains(&paid), "{paid} paid");
        assert_eq!(START.to_string(), "2026-01-01");
    }
}
