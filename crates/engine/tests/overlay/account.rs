//! The biller's account: a port that lists what a test put in, counts what it was asked, and fails when told to.

use std::collections::BTreeMap;

use regua_core::charging::{CodeSpace, Scheme, Signal};
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_engine::ports::Biller;
use regua_wire::gateways::mirror::{
    Acts, Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledObject, BilledPayment, BilledStatus, Collection, Outcome, Switch,
};
use regua_wire::gateways::{MethodNews, MethodStanding, Settlement, Trouble};

use crate::common::{brl, day};

/// What a biller has.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) customers: Vec<BilledCustomer>,
    pub(crate) invoices: Vec<BilledInvoice>,
    pub(crate) attempts: Vec<BilledAttempt>,
    pub(crate) methods: BTreeMap<String, Vec<MethodNews>>,
    /// When an object changed, where a test says so; else before anything.
    pub(crate) changed: BTreeMap<String, Instant>,
    /// Objects of a page.
    pub(crate) per_page: usize,
    /// After so many calls the next one fails.
    pub(crate) fails_after: Option<usize>,
    /// Calls so far.
    pub(crate) calls: usize,
}

impl Account {
    pub(crate) fn new() -> Self {
        Self {
            customers: Vec::new(),
            invoices: Vec::new(),
            attempts: Vec::new(),
            methods: BTreeMap::new(),
            changed: BTreeMap::new(),
            per_page: 2,
            fails_after: None,
            calls: 0,
        }
    }

    pub(crate) fn person(&mut self, reference: &str) -> &mut BilledCustomer {
        self.customers.push(BilledCustomer {
            reference: reference.into(),
            name: Some(format!("Cliente {reference}")),
            email: Some(format!("{}@customer.example", reference.replace('_', "-"))),
            country: Some("BR".into()),
            languages: vec!["pt-BR".into()],
            ..BilledCustomer::default()
        });
        self.customers.last_mut().unwrap()
    }

    /// An open invoice that is sent, on which the biller does nothing any more.
    pub(crate) fn invoice(&mut self, reference: &str, customer: &str, (issued, due): (&str, &str), minor: i64) -> &mut BilledInvoice {
        self.invoices.push(BilledInvoice {
            reference: reference.into(),
            number: Some(format!("N-{reference}")),
            customer: Some(customer.into()),
            subscription: None,
            ours: None,
            status: BilledStatus::Open,
            collection: Collection::Invoice,
            amount: brl(minor),
            issued_on: day(issued),
            due_on: day(due),
            rail: None,
            payments: Vec::new(),
            returned: Vec::new(),
            acts: None,
        });
        self.invoices.last_mut().unwrap()
    }

    pub(crate) fn of(&mut self, reference: &str) -> &mut BilledInvoice {
        self.invoices.iter_mut().find(|invoice| invoice.reference == reference).unwrap()
    }

    /// A Visa card that can be charged.
    pub(crate) fn card(&mut self, customer: &str, token: &str) {
        let news = MethodNews {
            customer_token: Some(customer.into()),
            method_token: token.into(),
            scheme: Scheme::Visa,
            fingerprint: Some(format!("print-{token}")),
            last4: Some("4242".into()),
            expires_on: Some(day("2030-12-31")),
            standing: MethodStanding::Active,
            allows_retry: false,
        };
        self.methods.entry(customer.into()).or_default().push(news);
    }

    /// An attempt by card that failed for want of money.
    pub(crate) fn failed(&mut self, reference: &str, payment: &str, token: &str, at: Instant, amount: Money) {
        self.attempts.push(BilledAttempt {
            reference: reference.into(),
            payment: Some(payment.into()),
            invoice: None,
            ours: false,
            method: Some(token.into()),
            scheme: Some(Scheme::Visa),
            fingerprint: Some(format!("print-{token}")),
            expires_on: Some(day("2030-12-31")),
            at,
            amount,
            reached_scheme: true,
            outcome: Outcome::Failed(vec![Signal { space: CodeSpace::Stripe, code: "insufficient_funds".into() }]),
        });
    }

    fn call(&mut self) -> Result<(), Trouble> {
        if self.fails_after == Some(self.calls) {
            return Err(Trouble::Outage { why: "no connection".into(), wait_secs: None });
        }
        self.calls += 1;
        Ok(())
    }

    fn page<T: Clone>(&self, all: &[T], name: impl Fn(&T) -> &str, since: Option<Instant>, place: Option<&str>) -> Billed<T> {
        let since = since.unwrap_or(Instant::DAWN);
        let known = |item: &&T| self.changed.get(name(item)).copied().unwrap_or(Instant::DAWN) >= since;
        let all: Vec<T> = all.iter().filter(known).cloned().collect();
        let from: usize = place.map_or(0, |place| place.parse().unwrap());
        let until = (from + self.per_page).min(all.len());
        Billed { items: all[from..until].to_vec(), unreadable: Vec::new(), next: (until < all.len()).then(|| until.to_string()) }
    }
}

impl Biller for Account {
    fn customers(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledCustomer>, Trouble> {
        self.call()?;
        Ok(self.page(&self.customers, |item| &item.reference, since, place))
    }

    fn invoices(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble> {
        self.call()?;
        Ok(self.page(&self.invoices, |item| &item.reference, since, place))
    }

    fn attempts(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledAttempt>, Trouble> {
        self.call()?;
        let since = since.unwrap_or(Instant::DAWN);
        let own: Vec<BilledAttempt> = self.attempts.iter().filter(|item| item.at >= since).cloned().collect();
        Ok(self.page(&own, |item| &item.reference, None, place))
    }

    fn methods(&mut self, customer: &str) -> Result<Vec<MethodNews>, Trouble> {
        self.call()?;
        Ok(self.methods.get(customer).cloned().unwrap_or_default())
    }

    fn read(&mut self, object: &str, reference: &str) -> Result<Vec<BilledObject>, Trouble> {
        self.call()?;
        let found = match object {
            "customer" => self.customers.iter().find(|one| one.reference == reference).cloned().map(BilledObject::Customer),
            "invoice" => self.invoices.iter().find(|one| one.reference == reference).cloned().map(BilledObject::Invoice),
            _ => None,
        };
        found.map(|one| vec![one]).ok_or(Trouble::NotFound)
    }
}

/// Money that came by a payment of this name.
pub(crate) fn paid(reference: &str, minor: i64, on: &str) -> BilledPayment {
    let money = Settlement { reference: reference.into(), amount: brl(minor), paid_on: day(on), at: None, rail: Rail::Card, fee: None };
    BilledPayment { reference: reference.into(), settled: Some(money), added: None }
}

/// A payment that was tried and did not come.
pub(crate) fn tried(reference: &str) -> BilledPayment {
    BilledPayment { reference: reference.into(), settled: None, added: None }
}

/// It charges and reminds by itself.
pub(crate) fn acts() -> Acts {
    Acts { charges: true, reminds: true, switches: vec![Switch::StripeInvoice, Switch::StripeRetries] }
}
