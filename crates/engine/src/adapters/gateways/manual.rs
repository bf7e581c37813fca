//! A gateway that does nothing by itself: the payer sends a transfer, and the bank's statement says so.
//!
//! Deliberately absent: matching, which is `bank`'s, and the words for the payer, which are the message's: this only has a
//! page of instructions when the tenant keeps one.

use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Instrument, InstrumentOrder, InstrumentStanding, Listing, MethodNews, Refund, RefundOrder, Trouble,
};

use crate::ports::Gateway;

/// Transfers by hand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Manual {
    /// Where the payer reads how to transfer; none when each message says it.
    pub page: Option<String>,
}

/// What names of its instruments begin with.
const INSTRUMENT: &str = "manual_";

impl Manual {
    fn instrument(&self, rail: Rail, key: &str, standing: InstrumentStanding) -> Result<Instrument, Trouble> {
        if rail != Rail::Transfer {
            return Err(refused(&format!("a manual gateway only waits for a transfer, not for {rail}; name another gateway for it")));
        }
        let reference = format!("{INSTRUMENT}{key}");
        Ok(Instrument { reference, brcode: None, boleto_line: None, link: self.page.clone(), standing })
    }
}

fn refused(why: &str) -> Trouble {
    Trouble::Refused { code: "manual".to_owned(), why: why.to_owned() }
}

impl Gateway for Manual {
    fn charge(&mut self, _order: &ChargeOrder) -> Result<Charged, Trouble> {
        Err(refused("a manual gateway takes no money by itself; charge with another, or ask the payer for a transfer"))
    }

    fn ask(&mut self, _order: &ChargeOrder, _reference: Option<&str>) -> Result<Charged, Trouble> {
        Err(Trouble::NotFound)
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble> {
        self.instrument(order.rail, &order.key, InstrumentStanding::Open)
    }

    fn look(&mut self, rail: Rail, key: &str, _reference: Option<&str>) -> Result<Instrument, Trouble> {
        self.instrument(rail, key, InstrumentStanding::Open)
    }

    /// Whoever has the account's number can still transfer: what comes is matched, and returned or credited.
    fn cancel(&mut self, rail: Rail, key: &str, _reference: Option<&str>) -> Result<Instrument, Trouble> {
        self.instrument(rail, key, InstrumentStanding::Closed)
    }

    fn refund(&mut self, _order: &RefundOrder) -> Result<Refund, Trouble> {
        Err(refused("a manual gateway gives no money back by itself; transfer it, and record the refund"))
    }

    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        Ok(order.key.clone())
    }

    fn methods(&mut self, _customer_token: &str) -> Result<Vec<MethodNews>, Trouble> {
        Ok(Vec::new())
    }

    fn list(&mut self, _since: Instant, _until: Instant, _place: Option<&str>) -> Result<Listing, Trouble> {
        Ok(Listing::default())
    }

    fn check(&mut self) -> Result<String, Trouble> {
        Ok("transfers by hand: payments come from bank statements".to_owned())
    }
}
