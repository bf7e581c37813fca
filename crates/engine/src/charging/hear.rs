//! What gateways tell by webhook or listing: whatever its order and however often, it comes to one state.
//!
//! What is told is matched to an attempt, an instrument or a payment by the gateway's own names. Deliberately absent:
//! whether the gateway told it, which was checked before it was stored.

use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_store::charging::charges::{self, ChargeRow};
use regua_store::charging::instruments::{self, InstrumentRow};
use regua_store::charging::payments;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_wire::gateways::{self, Heard, InstrumentStanding, News};

use super::Charging;
use super::answer::Work;
use super::send::tell;
use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

impl Engine {
    /// Takes in what a gateway told; whether it was about anything that is known here.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database is; whatever else it says.
    pub fn hear(&self, tenant: TenantId, gateway: &str, heard: &Heard, how: Charging, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| self.hear_in(tx, tenant, gateway, heard, how, now))
    }

    /// As [`Engine::hear`], in a transaction that is under way.
    ///
    /// # Errors
    /// As [`Engine::hear`].
    pub fn hear_in(&self, tx: &mut Tx<'_>, tenant: TenantId, gateway: &str, heard: &Heard, how: Charging, now: Instant) -> Result<bool> {
        match &heard.news {
            News::Charge { charge, reference, charged } => {
                let by_id = charge.map(|id| charges::load(tx, tenant, &[id.to_bytes()])).transpose()?.unwrap_or_default().pop();
                let row = match by_id {
                    Some(row) => Some(row),
                    None => charges::by_reference(tx, tenant, gateway, &[reference.as_str()])?.pop(),
                };
                let Some(row) = row else { return Ok(false) };
                self.with_gateway(tx, tenant, (row.customer, row.receivable), how, now, |tx, case, tenancy, work| {
                    heard_charge(tx, case, tenancy, work, row.charge.to_bytes(), charged)
                })?;
                Ok(true)
            }
            News::Instrument { reference, key, standing } => {
                let row = match instruments::by_reference(tx, tenant, gateway, &[reference.as_str()])?.pop() {
                    Some(row) => Some(row),
                    None => {
                        key.as_deref().map(|key| instruments::by_key(tx, tenant, gateway, &[key])).transpose()?.unwrap_or_default().pop()
                    }
                };
                let Some(row) = row else { return Ok(false) };
                self.with_gateway(tx, tenant, (row.customer, row.receivable), how, now, |tx, case, tenancy, work| {
                    heard_instrument(tx, case, tenancy, work, row, standing)
                })?;
                Ok(true)
            }
            News::Refunded { payment, refund, amount, on } => {
                self.heard_back(tx, tenant, gateway, (payment, "refund", refund, *amount, *on), how, now)
            }
            News::ChargedBack { payment, dispute, amount, on } => {
                self.heard_back(tx, tenant, gateway, (payment, "chargeback", dispute, *amount, *on), how, now)
            }
            News::DisputeWon { payment, dispute, amount, on } => {
                self.heard_back(tx, tenant, gateway, (payment, "dispute_won", dispute, *amount, *on), how, now)
            }
            News::Method(news) => self.heard_method(tx, tenant, gateway, news, now),
            News::Channel(news) => self.hear_channel(tx, tenant, gateway, news, heard.at, now),
            News::Mirror { .. } | News::Nothing => Ok(false),
        }
    }

    fn heard_back(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        gateway: &str,
        (payment, kind, reference, amount, on): (&str, &str, &str, regua_core::money::Money, regua_core::time::Day),
        how: Charging,
        now: Instant,
    ) -> Result<bool> {
        // The payment may be told after what became of it: the event waits and is tried again.
        let Some(known) = payments::by_reference(tx, tenant, gateway, &[payment])?.pop() else {
            return Err(Error::busy("early", "money went back of a payment that is not known yet"));
        };
        self.with_gateway(tx, tenant, (known.customer, known.receivable), how, now, |tx, case, tenancy, work| {
            let Some(known) = payments::by_reference(tx, tenant, gateway, &[payment])?.pop() else { return Ok(()) };
            // A refund of ours is known by its key until the gateway's name of it came back.
            if kind == "refund" && work.is_own_refund(tx, case, tenancy, &known, (reference, amount, on))? {
                return Ok(());
            }
            work.give_back(tx, case, tenancy, &known, (kind, reference, amount, on)).map(drop)
        })?;
        Ok(true)
    }

    /// Works on one customer with what a transaction with gateways gathers.
    pub(super) fn with_gateway(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        (customer, receivable): (CustomerId, ReceivableId),
        how: Charging,
        now: Instant,
        act: impl FnOnce(&mut Tx<'_>, &mut Case, &Tenancy, &mut Work) -> Result<()>,
    ) -> Result<()> {
        let ids = [customer.to_bytes()];
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let (_, case) =
            case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &[receivable.to_bytes()])?.pop().ok_or_else(missing)?;
        let mut case = case?;
        case.keep_time(&tenancy, Instant::from_micros(now.micros().saturating_add(1)));
        let mut work = Work::new(tenant, now, how);
        act(tx, &mut case, &tenancy, &mut work)?;
        work.keep(case, &tenancy)?;
        work.write(tx)
    }
}

/// What became of an attempt, told by the gateway. Its row is read again under the customer's lock.
fn heard_charge(
    tx: &mut Tx<'_>,
    case: &mut Case,
    tenancy: &Tenancy,
    work: &mut Work,
    id: [u8; 16],
    charged: &gateways::Charged,
) -> Result<()> {
    let Some(row) = charges::load(tx, work.tenant, &[id])?.pop() else { return Ok(()) };
    let open = matches!(row.status.as_str(), "ordered" | "sending" | "pending" | "unknown");
    match charged {
        // Money that came is money, whatever was thought of the attempt before.
        gateways::Charged::Settled(settlement) if !open => {
            if row.status != "settled" {
                let took = work.take_money(tx, case, tenancy, (&row.gateway, row.receivable, Some(row.charge)), settlement)?;
                let row = ChargeRow { reference: Some(settlement.reference.clone()), discount: took.discount, ..row };
                work.end(case, tenancy, row, "settled", None)?;
            }
            Ok(())
        }
        _ if !open => Ok(()),
        gateways::Charged::Pending { .. } if row.status == "pending" => Ok(()),
        gateways::Charged::Settled(_)
        | gateways::Charged::Pending { .. }
        | gateways::Charged::Declined { .. }
        | gateways::Charged::NeedsPayer { .. } => work.charged(tx, case, tenancy, row, charged),
    }
}

/// Where something to pay by stands, told by the gateway.
pub(super) fn heard_instrument(
    tx: &mut Tx<'_>,
    case: &mut Case,
    tenancy: &Tenancy,
    work: &mut Work,
    row: InstrumentRow,
    standing: &InstrumentStanding,
) -> Result<()> {
    let status = match standing {
        InstrumentStanding::Open => return Ok(()),
        InstrumentStanding::Paid(settlements) => {
            // Its own row first: what is taken away next is the others.
            instruments::set(tx, work.tenant, &[ended(row.clone(), "paid", work.now)])?;
            for settlement in settlements {
                work.take_money(tx, case, tenancy, (&row.gateway, row.receivable, None), settlement)?;
                if let Some(walk) = case.walk_of(row.receivable) {
                    landed(case, tenancy, walk, work.now)?;
                }
            }
            return Ok(());
        }
        InstrumentStanding::Closed => "closed",
    };
    if row.status == "paid" {
        return Ok(());
    }
    instruments::set(tx, work.tenant, &[ended(row, status, work.now)]).map_err(Into::into)
}

/// An instrument that is at its end.
pub(super) fn ended(row: InstrumentRow, status: &str, now: Instant) -> InstrumentRow {
    InstrumentRow { status: status.to_owned(), due_at: None, finished_at: Some(now), ..row }
}

/// What the payer said to be on its way has come.
fn landed(case: &mut Case, tenancy: &Tenancy, walk: usize, now: Instant) -> Result<()> {
    let claimed = case.facts.walks[walk].in_flight.iter().any(|span| span.holds(now) && span.until != Instant::NEVER);
    if claimed { tell(case, tenancy, Some(walk), Fact::FlightFailed, now) } else { Ok(()) }
}
