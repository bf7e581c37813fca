//! Authorisations: a payer is asked to let us charge by itself, and what becomes of that is a stored method of the customer.
//!
//! Our name of the customer is known as the gateway's before anything is asked, so that an authorisation whose reply was lost is
//! told by the gateway's list or webhook and becomes the customer's all the same. Deliberately absent: charging before the payer
//! said yes.

use regua_core::ids::{PaymentMethodId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_store::charging::{gateways, methods};
use regua_store::db::Scope;
use regua_wire::gateways::authorise::{Authorise, Authorised, Notice};
use regua_wire::gateways::pix::rec::Every;
use regua_wire::gateways::{MethodStanding, Trouble};

use super::Gateways;
use super::instruments::payer_of;
use super::order::moves_money;
use crate::Engine;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::Act;
use crate::ports::Gateway;
use crate::profile;

/// What a payer is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    /// By which gateway, as the settings call it.
    pub gateway: String,
    /// What for, as the payer reads it.
    pub what: String,
    /// The first day on which money may be asked for; tomorrow when absent.
    pub from: Option<Day>,
    /// How often.
    pub every: Every,
    /// How much each time; what comes when absent.
    pub fixed: Option<Money>,
    /// Whether a charge that failed may be tried again.
    pub retries: bool,
    /// Where the payer is asked by a notice; without it a code asks.
    pub notice: Option<Notice>,
}

impl Engine {
    /// Asks a customer for an authorisation. Until the payer gave it, the method is pending and never charged.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer or gateway; [`crate::Kind::Refused`] when the gateway asks for none,
    /// something lacks, or the mode is shadow or redirect; [`crate::Kind::Busy`] when it cannot be reached, or nobody knows whether
    /// it asked.
    pub fn authorise(
        &self,
        tenant: TenantId,
        about: &About,
        wanted: &Wanted,
        reach: &mut Gateways,
        act: &Act,
        now: Instant,
    ) -> Result<(PaymentMethodId, Authorised)> {
        let (customer, order) = self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, about)?.customer;
            if gateways::one(tx, tenant, &wanted.gateway)?.is_none() {
                return Err(no_gateway(&wanted.gateway));
            }
            let key = customer.to_string();
            let order = self.with_case(tx, tenant, customer, &[], now, |case, _tenancy| {
                if case.key.is_none() {
                    return Err(Error::refused("erased", "the person was erased; nothing can be asked of them"));
                }
                if !moves_money(case.facts.mode) {
                    let why = "in mode shadow or redirect nothing is asked of a payer at a bank; `regua mode live` ends that";
                    return Err(Error::refused("mode", why));
                }
                let tomorrow = case.facts.zone.day_of(now).plus(1);
                Ok(Authorise {
                    key: key.clone(),
                    payer: payer_of(&case.facts.customer),
                    what: wanted.what.clone(),
                    from: wanted.from.unwrap_or(tomorrow),
                    every: wanted.every,
                    fixed: wanted.fixed,
                    retries: wanted.retries,
                    notice: wanted.notice.clone(),
                })
            })?;
            self.name_customer(tx, tenant, &wanted.gateway, customer, &key)?;
            Ok((customer, order))
        })?;
        let gateway = reached(reach, tenant, &wanted.gateway)?;
        let asked = gateway.authorise(&order).map_err(|trouble| untold(&wanted.gateway, &trouble))?;
        let method = self.db.write(Scope::Tenant(tenant), |tx| {
            self.enter_method(tx, tenant, &wanted.gateway, customer, (&asked.method, None, Some(act)), now)
        })?;
        Ok((method, asked))
    }

    /// Where an authorisation stands at its gateway, and takes that in: given meanwhile, it is charged from now on.
    ///
    /// # Errors
    /// As [`Engine::authorise`]; [`crate::Kind::NotFound`] when there is no such method.
    pub fn authorisation(&self, tenant: TenantId, method: PaymentMethodId, reach: &mut Gateways, now: Instant) -> Result<Authorised> {
        self.at_gateway(tenant, method, reach, (None, now), &mut |gateway, token| gateway.authorisation(token))
    }

    /// Ends an authorisation at its gateway: it is charged no more, here and there.
    ///
    /// # Errors
    /// As [`Engine::authorisation`].
    pub fn end_authorisation(
        &self,
        tenant: TenantId,
        method: PaymentMethodId,
        reach: &mut Gateways,
        act: &Act,
        now: Instant,
    ) -> Result<Authorised> {
        let ended = self.at_gateway(tenant, method, reach, (Some(act), now), &mut |gateway, token| gateway.end_authorisation(token))?;
        if ended.method.standing == MethodStanding::Gone {
            return Ok(ended);
        }
        Err(Error::busy("gateway", "the gateway has not ended it yet; look again with: regua method show METHOD"))
    }

    fn at_gateway(
        &self,
        tenant: TenantId,
        method: PaymentMethodId,
        reach: &mut Gateways,
        (act, now): (Option<&Act>, Instant),
        call: &mut dyn FnMut(&mut dyn Gateway, &str) -> Result<Authorised, Trouble>,
    ) -> Result<Authorised> {
        let (row, token) = self.db.read(Scope::Tenant(tenant), |tx| {
            let missing = || Error::not_found("no_method", format!("no method {method}; list them: regua method list CUSTOMER"));
            let row = methods::one(tx, tenant, method)?.ok_or_else(missing)?;
            let erased = || Error::refused("erased", "the person was erased, and what the gateway calls the method with them");
            let (_, wrapped) = regua_store::log::keys(tx, tenant, &[row.customer.to_bytes()])?.pop().ok_or_else(erased)?;
            let key = profile::unwrap(&self.master, tenant, row.customer, &wrapped)?;
            let token = self.token_of(&key, tenant, &row)?;
            Ok::<_, Error>((row, token))
        })?;
        let gateway = reached(reach, tenant, &row.gateway)?;
        let told = call(gateway, &token).map_err(|trouble| untold(&row.gateway, &trouble))?;
        self.db
            .write(Scope::Tenant(tenant), |tx| self.enter_method(tx, tenant, &row.gateway, row.customer, (&told.method, None, act), now))?;
        Ok(told)
    }
}

fn no_gateway(name: &str) -> Error {
    Error::not_found("no_gateway", format!("no gateway `{name}`; add it to the settings and run: regua gateway list"))
}

fn reached<'g>(reach: &'g mut Gateways, tenant: TenantId, name: &str) -> Result<&'g mut (dyn Gateway + 'static)> {
    reach.get(tenant, name).ok_or_else(|| no_gateway(name))
}

/// What a gateway did not say.
fn untold(gateway: &str, trouble: &Trouble) -> Error {
    let told = format!("gateway `{gateway}`: {trouble}");
    match trouble {
        Trouble::Refused { .. } => Error::refused("gateway", told),
        Trouble::NotFound => Error::not_found("no_authorisation", told),
        Trouble::Outage { .. } => Error::busy("gateway", format!("{told}; try again")),
        Trouble::Unknown { .. } => {
            Error::busy("gateway", format!("{told}; what it did comes with: regua gateway read {gateway}, and then: regua method list"))
        }
    }
}
