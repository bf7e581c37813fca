//! What waits for the payer: charges of a Pix, slips at a gateway, pages. Made when somebody asks, looked at when it is old,
//! taken away when nothing is owed any more.
//!
//! One that is open for the same amount and can still be paid is given again, not made anew.

use regua_core::ids::{ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::party::{Address, Customer};
use regua_core::policy::program::LateCharges;
use regua_core::rate::Rate;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_store::charging::instruments::{self, InstrumentRow};
use regua_store::charging::methods;
use regua_store::db::{Scope, Tx};
use regua_wire::gateways::{Instrument, InstrumentOrder, InstrumentStanding, Late, Payer, Trouble};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::answer::Work;
use super::hear::{ended, heard_instrument};
use super::{Charged, Charging, Gateways};
use crate::Engine;
use crate::case::Case;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::Act;
use crate::pass::patiently;
use crate::profile;
use crate::tenancy::Tenancy;

/// Something to pay by that is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asking {
    /// By which gateway.
    pub gateway: String,
    /// Pix, boleto, or a page that takes a card.
    pub rail: Rail,
    /// Until when it can be paid; the gateway's default of 30 days after today or the due date when absent.
    pub valid_until: Option<Day>,
}

/// Something to pay by, as the payer gets it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Default)]
pub struct Given {
    /// The text of a Pix's QR code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brcode: Option<String>,
    /// The line of a boleto.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boleto_line: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Days after today or the due date, whichever is later, until which something can be paid by default.
const VALID_DAYS: i32 = 30;
/// What one transaction takes at most.
const GROUP: i64 = 32;

/// What is asked of a gateway about an instrument.
enum Call {
    Issue(Box<InstrumentOrder>),
    Look,
    Cancel,
}

struct Going {
    tenant: TenantId,
    row: InstrumentRow,
    call: Call,
}

struct Answered {
    going: Going,
    said: Result<Instrument, Trouble>,
}

impl Engine {
    /// Orders something to pay by; its id. It is made by the next [`Engine::instruments_due`].
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when nothing is due; [`crate::Kind::NotFound`] when there is no such receivable or gateway.
    pub fn ask_instrument(&self, tenant: TenantId, about: &About, asking: &Asking, act: &Act, now: Instant) -> Result<[u8; 16]> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let receivable = found.receivable.ok_or_else(|| Error::refused("receivable", "something to pay by is of a receivable"))?;
            if regua_store::charging::gateways::one(tx, tenant, &asking.gateway)?.is_none() {
                return Err(Error::not_found("no_gateway", format!("no gateway `{}`; add it to the settings", asking.gateway)));
            }
            let open = instruments::of_receivables(tx, tenant, &[receivable.to_bytes()])?;
            let nth = instruments::every_of(tx, tenant, receivable, 1_000)?.len();
            let row = self.with_case(tx, tenant, found.customer, &[receivable], now, |case, tenancy| {
                case.act = Some(act.clone());
                new_row(case, tenancy, receivable, (asking, nth), now)
            })?;
            let same = |known: &&InstrumentRow| {
                (known.rail, known.amount, known.gateway.as_str()) == (row.rail, row.amount, row.gateway.as_str())
                    && known.status != "closing"
                    && known.valid_until >= row.valid_until.plus(-VALID_DAYS)
            };
            if let Some(known) = open.iter().find(same) {
                return Ok(known.instrument);
            }
            // What asks for another amount is taken away: two of them would be paid twice.
            let mut stale: Vec<InstrumentRow> =
                open.into_iter().filter(|known| known.rail == row.rail && known.status != "closing").collect();
            for known in &mut stale {
                (known.status, known.due_at) = ("closing".to_owned(), Some(now));
            }
            instruments::set(tx, tenant, &stale)?;
            instruments::enter(tx, tenant, std::slice::from_ref(&row))?;
            Ok(row.instrument)
        })
    }

    /// What the payer gets of an instrument; nothing while it is being made.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none.
    pub fn instrument(&self, tenant: TenantId, id: [u8; 16]) -> Result<(InstrumentRow, Option<Given>)> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let missing = || Error::not_found("no_instrument", "no such thing to pay by");
            let row = instruments::load(tx, tenant, &[id])?.pop().ok_or_else(missing)?;
            let key = regua_store::log::keys(tx, tenant, &[row.customer.to_bytes()])?.pop();
            let key = key.map(|(_, wrapped)| profile::unwrap(&self.master, tenant, row.customer, &wrapped)).transpose()?;
            let (Some(key), Some(body)) = (key, &row.body) else { return Ok((row, None)) };
            let plain = profile::open_method(&key, tenant, row.customer, body)?;
            let given = serde_json::from_slice(&plain).map_err(|bad| Error::bug("instrument_read", bad.to_string()))?;
            Ok((row, Some(given)))
        })
    }

    /// What of a receivable can be paid now, or is being made.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such receivable.
    pub fn open_instruments(&self, tenant: TenantId, about: &About) -> Result<Vec<InstrumentRow>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let ids: Vec<[u8; 16]> = found.receivable.iter().map(|id| id.to_bytes()).collect();
            instruments::of_receivables(tx, tenant, &ids).map_err(Error::from)
        })
    }

    /// Makes, looks at and takes away what is due, group after group.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database is; whatever else it says. What a gateway says is no error.
    pub fn instruments_due(&self, clock: &dyn Fn() -> Instant, gateways: &mut Gateways, how: Charging) -> Result<Charged> {
        let mut all = Charged::default();
        let mut answered: Vec<Answered> = Vec::new();
        loop {
            let mut turned = None;
            patiently(&mut || self.instrument_turn(clock(), &answered, how), &mut |done| {
                turned = Some(done);
                false
            })?;
            let going = turned.unwrap_or_default();
            let still = answered.is_empty() && going.is_empty();
            all.instruments += crate::case::count_u64(going.len());
            answered = going.into_iter().map(|going| carry(going, gateways)).collect();
            if still {
                return Ok(all);
            }
        }
    }

    fn instrument_turn(&self, now: Instant, answered: &[Answered], how: Charging) -> Result<Vec<Going>> {
        self.db.write(Scope::Claim, |tx| {
            let taken = instruments::take(tx, now, GROUP)?;
            let mut going = Vec::new();
            for one in answered {
                tx.scope(Scope::Tenant(one.going.tenant))?;
                self.instrument_answered(tx, one, how, now)?;
            }
            for due in taken {
                tx.scope(Scope::Tenant(due.tenant))?;
                let Some(mut row) = instruments::load(tx, due.tenant, &[due.instrument])?.pop() else { continue };
                if row.due_at.is_none_or(|due| due > now) {
                    continue; // answered above
                }
                let call = match row.status.as_str() {
                    "ordered" | "sending" => match self.issue_order(tx, due.tenant, &row, now)? {
                        Some(order) => Call::Issue(Box::new(order)),
                        None => Call::Cancel,
                    },
                    "closing" => Call::Cancel,
                    _ => Call::Look,
                };
                row.tries += 1;
                row.due_at = Some(Instant::from_micros(now.micros().saturating_add(how.lease_micros)));
                if matches!(call, Call::Issue(_)) {
                    row.status = "sending".to_owned();
                }
                instruments::set(tx, due.tenant, std::slice::from_ref(&row))?;
                going.push(Going { tenant: due.tenant, row, call });
            }
            Ok::<_, Error>(going)
        })
    }

    /// What the gateway is told; nothing when there is nothing to pay any more.
    fn issue_order(&self, tx: &mut Tx<'_>, tenant: TenantId, row: &InstrumentRow, now: Instant) -> Result<Option<InstrumentOrder>> {
        let tokens = methods::customers_of(tx, tenant, &[row.customer.to_bytes()])?;
        let sealed = tokens.into_iter().find(|known| known.gateway == row.gateway).map(|known| known.token);
        self.with_case(tx, tenant, row.customer, &[row.receivable], now, |case, tenancy| {
            let Some(walk) = case.walk_of(row.receivable) else { return Ok(None) };
            let receivable = &case.facts.walks[walk];
            if receivable.has_ended() {
                return Ok(None);
            }
            let token = match (&sealed, &case.key) {
                (Some(sealed), Some(key)) => {
                    let plain = profile::open_method(key, tenant, case.customer, sealed)?;
                    Some(String::from_utf8_lossy(&plain).into_owned())
                }
                _ => None,
            };
            let late = receivable.late_charges(tenancy.policies(case.customer));
            let person = &case.facts.customer;
            Ok(Some(InstrumentOrder {
                key: row.key.clone(),
                receivable: row.receivable,
                reference: case.held[walk].external_id.clone(),
                rail: row.rail,
                amount: Money::new(row.amount, receivable.ledger.currency()),
                due_on: receivable.due.max(case.facts.zone.day_of(now)),
                valid_until: row.valid_until,
                late: late_of(late),
                payer: payer_of(person),
                customer_token: token,
                description: tenancy.stored.name.clone(),
            }))
        })
    }

    fn instrument_answered(&self, tx: &mut Tx<'_>, one: &Answered, how: Charging, now: Instant) -> Result<()> {
        let Going { tenant, row: sent, call } = &one.going;
        let who = (sent.customer, sent.receivable);
        self.with_gateway(tx, *tenant, who, how, now, |tx, case, tenancy, work| {
            let Some(row) = instruments::load(tx, *tenant, &[sent.instrument])?.pop() else { return Ok(()) };
            if row.tries != sent.tries {
                return Ok(()); // somebody else works on it
            }
            match &one.said {
                Ok(made) => work.made(tx, case, tenancy, row, made),
                Err(Trouble::NotFound) if matches!(call, Call::Cancel | Call::Look) => {
                    instruments::set(tx, *tenant, &[ended(row, "closed", now)]).map_err(Into::into)
                }
                Err(refused @ (Trouble::Refused { .. } | Trouble::NotFound)) => {
                    let said = Some(refused.to_string());
                    instruments::set(tx, *tenant, &[InstrumentRow { said, ..ended(row, "refused", now) }]).map_err(Into::into)
                }
                // Its key makes it the same thing when it is asked for again.
                Err(trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. })) => {
                    let due_at = Some(work.after(how.back_off(row.tries)));
                    instruments::set(tx, *tenant, &[InstrumentRow { due_at, said: Some(trouble.to_string()), ..row }]).map_err(Into::into)
                }
            }
        })
    }
}

impl Work {
    /// An instrument as the gateway has it now.
    fn made(&mut self, tx: &mut Tx<'_>, case: &mut Case, tenancy: &Tenancy, row: InstrumentRow, made: &Instrument) -> Result<()> {
        let open = matches!(made.standing, InstrumentStanding::Open);
        let row = InstrumentRow { reference: Some(made.reference.clone()), ..row };
        if !open {
            instruments::set(tx, self.tenant, std::slice::from_ref(&row))?;
            return heard_instrument(tx, case, tenancy, self, row, &made.standing);
        }
        let given = Given { brcode: made.brcode.clone(), boleto_line: made.boleto_line.clone(), link: made.link.clone() };
        let sealed = case.key.as_ref().map(|key| seal(key, self.tenant, case, &given)).transpose()?;
        // It is looked at again when it can be paid no more: what was paid then, some gateway forgot to tell.
        let looked = case.facts.zone.midnight(row.valid_until.plus(2));
        let ended = case.walk_of(row.receivable).is_none_or(|walk| case.facts.walks[walk].has_ended());
        let (status, due_at) = if ended || row.status == "closing" { ("closing", Some(self.now)) } else { ("open", Some(looked)) };
        let row = InstrumentRow { status: status.to_owned(), due_at, tries: 0, said: None, body: sealed.or(row.body.clone()), ..row };
        instruments::set(tx, self.tenant, &[row]).map_err(Into::into)
    }

    /// Where the payer authenticates a charge that was declined for want of it.
    pub(super) fn offer_link(
        &mut self,
        tx: &mut Tx<'_>,
        case: &Case,
        row: &regua_store::charging::charges::ChargeRow,
        reference: &str,
        link: Option<&str>,
    ) -> Result<()> {
        let given = Given { link: link.map(str::to_owned), ..Given::default() };
        let body = case.key.as_ref().map(|key| seal(key, self.tenant, case, &given)).transpose()?;
        let key = key_of(row.receivable, &format!("authentication:{reference}"));
        if !instruments::by_key(tx, self.tenant, &row.gateway, &[key.as_str()])?.is_empty() {
            return Ok(());
        }
        let valid_until = case.facts.zone.day_of(self.now).plus(VALID_DAYS);
        let new = InstrumentRow {
            instrument: id_of(&key),
            customer: row.customer,
            receivable: row.receivable,
            gateway: row.gateway.clone(),
            rail: Rail::Card,
            key,
            reference: Some(reference.to_owned()),
            currency: row.currency.clone(),
            amount: row.amount,
            valid_until,
            status: "open".to_owned(),
            issued_at: self.now,
            due_at: Some(case.facts.zone.midnight(valid_until.plus(2))),
            tries: 0,
            finished_at: None,
            said: None,
            body,
        };
        instruments::enter(tx, self.tenant, &[new]).map_err(Into::into)
    }
}

fn seal(key: &regua_store::seal::CustomerKey, tenant: TenantId, case: &Case, given: &Given) -> Result<Vec<u8>> {
    profile::seal_method(key, tenant, case.customer, crate::log::json(given)?.as_bytes())
}

fn new_row(
    case: &Case,
    tenancy: &Tenancy,
    receivable: ReceivableId,
    (asking, nth): (&Asking, usize),
    now: Instant,
) -> Result<InstrumentRow> {
    let walk = case.walk_of(receivable).ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
    let known = &case.facts.walks[walk];
    let today = case.facts.zone.day_of(now);
    let due = known.ledger.amount_due(&known.terms(tenancy.policies(case.customer)), today.max(known.issued_on)).total;
    if known.has_ended() || due.minor() <= 0 {
        return Err(Error::refused("nothing_due", format!("{}: nothing is due", case.held[walk].external_id)));
    }
    let key = key_of(receivable, &format!("{}:{nth}", asking.rail));
    Ok(InstrumentRow {
        instrument: id_of(&key),
        customer: case.customer,
        receivable,
        gateway: asking.gateway.clone(),
        rail: asking.rail,
        key,
        reference: None,
        currency: due.currency().code().to_owned(),
        amount: due.minor(),
        valid_until: asking.valid_until.unwrap_or_else(|| today.max(known.due).plus(VALID_DAYS)),
        status: "ordered".to_owned(),
        issued_at: now,
        due_at: Some(now),
        tries: 0,
        finished_at: None,
        said: None,
        body: None,
    })
}

/// The key of an instrument: 32 characters that are also a Pix txid; the same thing asked for twice has the same.
fn key_of(receivable: ReceivableId, what: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(receivable.to_bytes());
    hash.update(what);
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn id_of(key: &str) -> [u8; 16] {
    let mut id = [0; 16];
    id.iter_mut().zip(Sha256::digest(key)).for_each(|(byte, digest)| *byte = digest);
    id
}

fn carry(going: Going, gateways: &mut Gateways) -> Answered {
    let Some(gateway) = gateways.get(going.tenant, &going.row.gateway) else {
        let why = format!("this process has no gateway `{}`; add it to the settings", going.row.gateway);
        return Answered { going, said: Err(Trouble::Outage { why, wait_secs: None }) };
    };
    let (rail, key, reference) = (going.row.rail, &going.row.key, going.row.reference.as_deref());
    let said = match &going.call {
        Call::Issue(order) => gateway.issue(order),
        Call::Look => gateway.look(rail, key, reference),
        Call::Cancel => gateway.cancel(rail, key, reference),
    };
    Answered { going, said }
}

/// Fine and interest as a rail adds them: hundredths of a percent, by a month of 30 days. What it cannot say is left to us.
fn late_of(late: &LateCharges) -> Late {
    let bp = |rate: Rate| u32::try_from(rate.units() / (Rate::ONE / 10_000)).unwrap_or(0);
    let monthly = late.interest.base_days == 30;
    Late { fine_bp: bp(late.fine), interest_month_bp: if monthly { bp(late.interest.rate) } else { 0 } }
}

/// A customer as gateways are told of it.
pub(super) fn payer_of(person: &Customer) -> Payer {
    Payer {
        name: person.name.as_deref().unwrap_or_default().to_owned(),
        tax_id: person.tax_id.as_ref().map(|id| id.as_str().to_owned()),
        email: first_email(person),
    }
}

fn first_email(person: &Customer) -> Option<String> {
    person.contacts.iter().find_map(|point| match &point.address {
        Address::Email(email) => Some(email.as_str().to_owned()),
        Address::Phone(_) | Address::Token(_) => None,
    })
}
