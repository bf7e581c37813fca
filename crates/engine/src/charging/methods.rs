//! Stored methods: entered by a person, told by a gateway, ended by a code. Tokens are sealed under the customer's key.
//!
//! A method that becomes chargeable makes every failed charge of the customer be tried again at once, which uses up none of
//! the policy's own tries (SPEC §5).

use regua_core::charging::{Method, MethodStatus, Scheme, Trigger};
use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, PaymentMethodId, TenantId};
use regua_core::time::{Day, Instant};
use regua_store::charging::charges::ChargeRow;
use regua_store::charging::methods::{self, GatewayCustomerRow, MethodRow};
use regua_store::charging::{charges, gateways};
use regua_store::db::{Scope, Tx};
use regua_wire::gateways::{MethodNews, MethodStanding};
use serde::{Deserialize, Serialize};

use super::answer::Work;
use super::order::{is_chargeable, order_now};
use super::send::tell;
use crate::Engine;
use crate::case::Case;
use crate::commands::tell::{About, find};
use crate::commands::tenant::millis;
use crate::error::{Error, Kind, Result};
use crate::log::Act;
use crate::profile;
use crate::tenancy::Tenancy;

/// A method as it is entered.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMethod {
    /// The gateway that holds it, by its name in the settings.
    pub gateway: String,
    /// The gateway's name of the customer; empty where it needs none.
    pub customer_token: String,
    /// The gateway's name of the method. Never a card number.
    pub token: String,
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// What tells the same card or account from another; the token when absent.
    pub fingerprint: Option<String>,
    /// The last four characters, for people.
    pub last4: Option<String>,
    /// The last day of its validity.
    pub expires_on: Option<Day>,
    /// Of Pix Automático: whether the authorisation allows three further tries in seven days.
    pub allows_retry: bool,
    /// How the customer agreed that it is charged by itself: words, version, moment, as the company keeps them.
    pub consent: Option<String>,
}

/// A method as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    /// Which.
    pub method: PaymentMethodId,
    /// The gateway that holds it.
    pub gateway: String,
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// The last four characters.
    pub last4: Option<String>,
    /// The last day of its validity.
    pub expires_on: Option<Day>,
    /// Whether it can be charged.
    pub status: MethodStatus,
    /// When it became known.
    pub added_at: Instant,
}

/// What is sealed of a method.
#[derive(Serialize, Deserialize, Default)]
struct Sealed {
    token: String,
    customer_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last4: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent: Option<String>,
}

/// What a gateway calls a method and its customer.
pub(super) struct Tokens {
    pub(super) customer: String,
    pub(super) method: String,
}

impl Engine {
    /// Adds a stored method of a customer, or tells anew of one that is known by its token. Failed charges are tried again at
    /// once when it can be charged.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when there is no such customer or gateway.
    pub fn add_method(&self, tenant: TenantId, about: &About, new: &NewMethod, act: Option<&Act>, now: Instant) -> Result<PaymentMethodId> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            if gateways::one(tx, tenant, &new.gateway)?.is_none() {
                let mend = format!("no gateway `{}`; add it to the settings and run: regua gateway list", new.gateway);
                return Err(Error::not_found("no_gateway", mend));
            }
            let news = MethodNews {
                customer_token: Some(new.customer_token.clone()),
                method_token: new.token.clone(),
                scheme: new.scheme,
                fingerprint: new.fingerprint.clone(),
                last4: new.last4.clone(),
                expires_on: new.expires_on,
                standing: MethodStanding::Active,
                allows_retry: new.allows_retry,
            };
            self.enter_method(tx, tenant, &new.gateway, found.customer, (&news, new.consent.as_deref(), act), now)
        })
    }

    /// What a gateway told of a method.
    pub(super) fn heard_method(&self, tx: &mut Tx<'_>, tenant: TenantId, gateway: &str, news: &MethodNews, now: Instant) -> Result<bool> {
        let known = methods::by_marks(tx, tenant, gateway, &[self.token_mark(tenant, gateway, &news.method_token)])?.pop();
        let ends_on = known.as_ref().filter(|known| known.scheme == Scheme::PixAutomatico).and_then(|known| known.expires_on);
        let customer = match (known, &news.customer_token) {
            (Some(known), _) => Some(known.customer),
            (None, Some(token)) => {
                let mark = self.token_mark(tenant, gateway, token);
                methods::customers_by_marks(tx, tenant, gateway, &[mark])?.pop().map(|known| known.customer)
            }
            (None, None) => None,
        };
        let Some(customer) = customer else { return Ok(false) };
        // A webhook of Pix Automático says less than the list does: what it leaves out stays.
        let news = MethodNews { expires_on: news.expires_on.or(ends_on), ..news.clone() };
        self.enter_method(tx, tenant, gateway, customer, (&news, None, None), now)?;
        Ok(true)
    }

    pub(crate) fn enter_method(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        gateway: &str,
        customer: CustomerId,
        (news, consent, act): (&MethodNews, Option<&str>, Option<&Act>),
        now: Instant,
    ) -> Result<PaymentMethodId> {
        let mark = self.token_mark(tenant, gateway, &news.method_token);
        let mut again: Vec<ChargeRow> = Vec::new();
        let known = methods::by_marks(tx, tenant, gateway, &[mark])?.pop();
        // What is open is in hand, so every failed charge may be tried again.
        let (id, row, fresh) = self.with_case(tx, tenant, customer, &[], now, |case, tenancy| {
            case.act = act.cloned();
            if known.as_ref().is_some_and(|known| known.customer != case.customer) {
                return Err(Error::refused("another_customer", "this method is another customer's; take it away there first"));
            }
            let (method, row) = self.method_row(case, tenancy, gateway, mark, (news, consent), known.as_ref(), now)?;
            let before = case.facts.methods.iter().find(|other| other.id == method.id).cloned();
            let (id, chargeable) = (method.id, is_chargeable(&method, now, case.facts.zone));
            let renewed = |before: &Method| before.expires_on.zip(method.expires_on).is_some_and(|(before, now)| before != now);
            let mended = before.as_ref().is_none_or(|before| before.status != MethodStatus::Active || renewed(before));
            if before.as_ref() != Some(&method) {
                tell(case, tenancy, None, Fact::MethodKnown { method }, now)?;
            }
            if chargeable && mended {
                again = self.try_again(case, tenancy, id, now)?;
            }
            Ok((id, row, known.is_none()))
        })?;
        if fresh {
            methods::enter(tx, tenant, &[row])?;
        } else {
            methods::set(tx, tenant, &[row])?;
        }
        charges::enter(tx, tenant, &again)?;
        if let Some(token) = news.customer_token.as_deref().filter(|token| !token.is_empty()) {
            self.name_customer(tx, tenant, gateway, customer, token)?;
        }
        Ok(id)
    }

    /// Every failed charge that this method may mend, ordered at once.
    fn try_again(&self, case: &mut Case, tenancy: &Tenancy, method: PaymentMethodId, now: Instant) -> Result<Vec<ChargeRow>> {
        let failed = |walk: &regua_core::facts::Walk| !walk.has_ended() && !walk.failures.is_empty();
        let walks: Vec<usize> = (0..case.facts.walks.len()).filter(|&walk| failed(&case.facts.walks[walk])).collect();
        let mut rows = Vec::new();
        for walk in walks {
            match order_now(case, tenancy, walk, Some(method), Trigger::NewMethod, now) {
                Ok(row) => rows.push(row),
                Err(error) if error.kind == Kind::Refused => {} // frozen, or under way: its own time will come
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    #[expect(clippy::too_many_arguments, reason = "a row is exactly these")]
    fn method_row(
        &self,
        case: &Case,
        tenancy: &Tenancy,
        gateway: &str,
        mark: [u8; 16],
        (news, consent): (&MethodNews, Option<&str>),
        known: Option<&MethodRow>,
        now: Instant,
    ) -> Result<(Method, MethodRow)> {
        let tenant = tenancy.stored.tenant;
        let key = case.key.as_ref().ok_or_else(|| Error::refused("erased", "the person was erased; nothing can be stored of them"))?;
        let named = news.fingerprint.as_deref().unwrap_or(&news.method_token);
        let credential = self.credential_mark(tenant, gateway, named, news.expires_on);
        let status = match news.standing {
            MethodStanding::Active => MethodStatus::Active,
            MethodStanding::Pending => MethodStatus::Pending,
            MethodStanding::Gone => MethodStatus::Removed,
        };
        // What a code has ended stays so until something of the method itself is new. What was taken away here stays so until a
        // person brings it again: the gateway still has it and goes on telling of it.
        let same = known.is_some_and(|known| self.is_same(tenant, gateway, known, news));
        let is_ended = |held: MethodStatus| match held {
            MethodStatus::Dead | MethodStatus::Broken => same && status == MethodStatus::Active,
            MethodStatus::Removed => case.act.is_none(),
            MethodStatus::Active | MethodStatus::Pending => false,
        };
        let status = known.map(|known| known.status).filter(|held| is_ended(*held)).unwrap_or(status);
        let id = known.map_or_else(|| PaymentMethodId::new(millis(now), last_ten(mark)), |known| known.method);
        let before = case.facts.methods.iter().find(|other| other.id == id);
        let since = before.filter(|before| same && before.status == status).map_or(now, |before| before.since);
        let old: Sealed = known.map(|known| self.open_method(key, tenant, case.customer, &known.body)).transpose()?.unwrap_or_default();
        let sealed = Sealed {
            token: news.method_token.clone(),
            customer_token: news.customer_token.clone().unwrap_or(old.customer_token),
            last4: news.last4.clone().or(old.last4),
            consent: consent.map(str::to_owned).or(old.consent),
        };
        let plain = crate::log::json(&sealed)?;
        let method = Method {
            id,
            scheme: news.scheme,
            gateway: gateway.into(),
            credential,
            expires_on: news.expires_on,
            status,
            rank: before.map_or_else(|| u16::try_from(case.facts.methods.len()).unwrap_or(u16::MAX), |before| before.rank),
            since,
            allows_retry: news.allows_retry,
        };
        let row = MethodRow {
            method: id,
            customer: case.customer,
            gateway: gateway.to_owned(),
            mark,
            scheme: news.scheme,
            credential,
            status,
            expires_on: news.expires_on,
            added_at: known.map_or(now, |known| known.added_at),
            changed_at: now,
            body: profile::seal_method(key, tenant, case.customer, plain.as_bytes())?,
        };
        Ok((method, row))
    }

    /// Whether what is told of a method is nothing new: what was not known of it before is not, nor what is not told again.
    fn is_same(&self, tenant: TenantId, gateway: &str, known: &MethodRow, news: &MethodNews) -> bool {
        let ends_alike = known.expires_on.is_none() || news.expires_on.is_none() || known.expires_on == news.expires_on;
        let is_it = |named: &str| self.credential_mark(tenant, gateway, named, known.expires_on) == known.credential;
        ends_alike && news.fingerprint.as_deref().is_none_or(|card| is_it(card) || is_it(&news.method_token))
    }

    fn open_method(&self, key: &regua_store::seal::CustomerKey, tenant: TenantId, customer: CustomerId, body: &[u8]) -> Result<Sealed> {
        let plain = profile::open_method(key, tenant, customer, body)?;
        serde_json::from_slice(&plain).map_err(|bad| Error::bug("method_read", format!("a stored method cannot be read: {bad}")))
    }

    /// What a gateway calls a method, if it is still there.
    pub(super) fn tokens_of(&self, tx: &mut Tx<'_>, tenant: TenantId, case: &Case, method: PaymentMethodId) -> Result<Option<Tokens>> {
        let (Some(row), Some(key)) = (methods::one(tx, tenant, method)?, &case.key) else { return Ok(None) };
        let sealed = self.open_method(key, tenant, case.customer, &row.body)?;
        Ok(Some(Tokens { customer: sealed.customer_token, method: sealed.token }))
    }

    /// What its gateway calls a method.
    pub(super) fn token_of(&self, key: &regua_store::seal::CustomerKey, tenant: TenantId, row: &MethodRow) -> Result<String> {
        Ok(self.open_method(key, tenant, row.customer, &row.body)?.token)
    }

    /// The stored methods of a customer.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when there is no such customer.
    pub fn methods(&self, tenant: TenantId, about: &About) -> Result<Vec<Stored>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, about)?.customer;
            let rows = methods::of_customers(tx, tenant, &[customer.to_bytes()])?;
            let key = regua_store::log::keys(tx, tenant, &[customer.to_bytes()])?.pop();
            let key = key.map(|(_, wrapped)| profile::unwrap(&self.master, tenant, customer, &wrapped)).transpose()?;
            let mut all = Vec::with_capacity(rows.len());
            for row in rows {
                let sealed = key.as_ref().map(|key| self.open_method(key, tenant, customer, &row.body)).transpose()?.unwrap_or_default();
                let (method, gateway, scheme) = (row.method, row.gateway, row.scheme);
                let (expires_on, status, added_at) = (row.expires_on, row.status, row.added_at);
                all.push(Stored { method, gateway, scheme, last4: sealed.last4, expires_on, status, added_at });
            }
            Ok(all)
        })
    }

    /// Takes a method away: it is charged no more. The gateway keeps it until it is detached there.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when there is none.
    pub fn remove_method(&self, tenant: TenantId, method: PaymentMethodId, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let missing = || Error::not_found("no_method", format!("no method {method}"));
            let row = methods::one(tx, tenant, method)?.ok_or_else(missing)?;
            self.with_case(tx, tenant, row.customer, &[], now, |case, tenancy| {
                case.act = Some(act.clone());
                let Some(known) = case.facts.methods.iter().find(|known| known.id == method).cloned() else { return Ok(()) };
                tell(case, tenancy, None, Fact::MethodKnown { method: Method { status: MethodStatus::Removed, since: now, ..known } }, now)
            })?;
            methods::set(tx, tenant, &[MethodRow { status: MethodStatus::Removed, changed_at: now, ..row }]).map_err(Into::into)
        })
    }

    /// Says what a gateway calls a customer.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) fn name_customer(&self, tx: &mut Tx<'_>, tenant: TenantId, gateway: &str, customer: CustomerId, token: &str) -> Result<()> {
        let key = regua_store::log::keys(tx, tenant, &[customer.to_bytes()])?.pop();
        let Some((_, wrapped)) = key else { return Ok(()) };
        let key = profile::unwrap(&self.master, tenant, customer, &wrapped)?;
        let sealed = profile::seal_method(&key, tenant, customer, token.as_bytes())?;
        let mark = self.token_mark(tenant, gateway, token);
        let row = GatewayCustomerRow { gateway: gateway.to_owned(), mark, customer, token: sealed };
        methods::enter_customers(tx, tenant, &[row]).map(drop).map_err(Into::into)
    }

    /// What schemes count by, of the card or account that a gateway names so.
    pub(crate) fn credential_mark(&self, tenant: TenantId, gateway: &str, named: &str, expires_on: Option<Day>) -> [u8; 16] {
        self.token_mark(tenant, gateway, &format!("credential:{named}:{expires_on:?}"))
    }

    /// A keyed hash of a token, to find it by: it says nothing to whoever has not the installation's key.
    pub(crate) fn token_mark(&self, tenant: TenantId, gateway: &str, token: &str) -> [u8; 16] {
        self.master.mark("gateway token", &tenant.to_bytes(), format!("{gateway}\0{token}").as_bytes())
    }
}

impl Work {
    /// Writes the status of a method that a code has ended.
    pub(super) fn set_statuses(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        for (method, status) in std::mem::take(&mut self.statuses) {
            if let Some(row) = methods::one(tx, self.tenant, method)? {
                methods::set(tx, self.tenant, &[MethodRow { status, changed_at: self.now, ..row }])?;
            }
        }
        Ok(())
    }
}

fn last_ten(mark: [u8; 16]) -> [u8; 10] {
    let mut ten = [0; 10];
    ten.copy_from_slice(&mark[6..]);
    ten
}
