//! Asaas as another biller: its account read over a carrier that sends nothing but questions.
//!
//! Asaas has no list of what changed: afterwards what is open is read again, what was made, and what was paid. It reminds by
//! customer, so the customer of each open payment is looked at. Deliberately absent: writing; attempts, which Asaas does not
//! list: a card that failed is an overdue payment.

use std::collections::BTreeMap;

use regua_core::time::{Instant, Zone};
use regua_wire::gateways::asaas::{Page, Payment, customer, mirror, notification, payment, subscription};
use regua_wire::gateways::mirror::{Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledObject, CUSTOMER, INVOICE, SUBSCRIPTION};
use regua_wire::gateways::{MethodNews, Request, Trouble};

use super::asaas::{Asaas, AsaasSettings};
use crate::adapters::http::{BadSettings, Carrier, Http, ReadOnly};
use crate::ports::Biller;

/// Its days are those of São Paulo.
const ZONE: &str = "America/Sao_Paulo";
/// Customers of whom it is remembered whether Asaas reminds them.
const REMINDED_MAX: usize = 10_000;
/// The lists that are read of payments, one behind the other: of all, or of what may have changed.
const ALL: &str = "all";
const LISTS: [&str; 4] = ["pending", "overdue", "made", "paid"];

/// An account that Asaas bills.
pub struct AsaasBiller<C: Carrier = ReadOnly<Http>> {
    asaas: Asaas<C>,
    clock: Box<dyn FnMut() -> Instant + Send>,
    reminded: BTreeMap<String, bool>,
}

impl<C: Carrier> std::fmt::Debug for AsaasBiller<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AsaasBiller")
    }
}

impl AsaasBiller {
    /// Gets ready; nothing is sent, and nothing but questions ever is.
    ///
    /// # Errors
    /// [`BadSettings`], as [`AsaasSettings::check`].
    pub fn new(settings: AsaasSettings, clock: impl Fn() -> Instant + Clone + Send + 'static) -> Result<Self, BadSettings> {
        settings.check()?;
        let carrier = ReadOnly(Http::new(&settings.api)?);
        let asaas = Asaas::over(settings, carrier, clock.clone());
        Ok(Self { asaas, clock: Box::new(clock), reminded: BTreeMap::new() })
    }
}

impl<C: Carrier> AsaasBiller<C> {
    /// Asks, and gives the body of a good answer.
    fn ask(&mut self, request: &Request) -> Result<Vec<u8>, Trouble> {
        debug_assert!(request.method.only_reads());
        let response = self.asaas.call(request)?;
        if (200..300).contains(&response.status) {
            return Ok(response.body);
        }
        Err(regua_wire::gateways::asaas::errors::trouble(&response, true))
    }

    /// Whether Asaas itself writes to a customer about what is owed.
    fn is_reminded(&mut self, reference: &str) -> Result<bool, Trouble> {
        if let Some(known) = self.reminded.get(reference) {
            return Ok(*known);
        }
        let one = match self.ask(&customer::one(reference)) {
            Ok(body) => customer::Customer::read(&body).map_err(unread)?,
            // Nobody is written to who was taken away.
            Err(Trouble::NotFound) => return Ok(false),
            Err(trouble) => return Err(trouble),
        };
        let mut is_reminded = one.is_reminded();
        if is_reminded {
            // Notifications are on, but perhaps none of them reaches the customer.
            let all = notification::read(&self.ask(&notification::of(reference))?).map_err(unread)?;
            is_reminded = all.iter().any(notification::Notification::speaks);
        }
        if self.reminded.len() >= REMINDED_MAX {
            self.reminded.clear();
        }
        self.reminded.insert(reference.to_owned(), is_reminded);
        Ok(is_reminded)
    }

    /// A payment as something owed; nothing for one that no day is told of.
    fn billed(&mut self, payment: &Payment) -> Result<Option<BilledInvoice>, Trouble> {
        let owes = payment.customer.as_deref().filter(|_| payment.standing() == payment::Standing::Open);
        let is_reminded = owes.map_or(Ok(false), |customer| self.is_reminded(customer))?;
        Ok(mirror::invoice(payment, is_reminded))
    }

    /// A page, its own next place left out; and where that is.
    fn page(&mut self, request: &Request) -> Result<(Billed<BilledInvoice>, Option<u32>), Trouble> {
        let page: Page<Payment> = Page::read(&self.ask(request)?).map_err(unread)?;
        let mut billed = Billed::default();
        for payment in &page.data {
            match self.billed(payment)? {
                Some(invoice) => billed.items.push(invoice),
                None => billed.unreadable.push((payment.id.clone(), "a payment without a due date".to_owned())),
            }
        }
        Ok((billed, page.next()))
    }
}

impl<C: Carrier> Biller for AsaasBiller<C> {
    fn customers(&mut self, _since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledCustomer>, Trouble> {
        // Asaas does not say when a customer changed: all are read, and what is known is left.
        mirror::read_customers(&self.ask(&mirror::customers(offset(place)))?).map_err(unread)
    }

    fn invoices(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble> {
        let first = if since.is_some() { LISTS[0] } else { ALL };
        let (list, at) = place.and_then(|place| place.split_once(':')).unwrap_or((first, "0"));
        let offset = offset(Some(at));
        let (since, until) = (since.unwrap_or(Instant::DAWN), (self.clock)());
        let request = match list {
            "pending" => mirror::owed("PENDING", offset),
            "overdue" => mirror::owed("OVERDUE", offset),
            "made" => mirror::payments(Some(zone().day_of(since)), offset),
            "paid" => mirror::paid(since, until, offset),
            _ => mirror::payments(None, offset),
        };
        // What was turned at a customer meanwhile shows with the next list.
        if offset == 0 {
            self.reminded.clear();
        }
        let (page, next) = self.page(&request)?;
        let behind = || LISTS.iter().skip_while(|known| **known != list).nth(1).map(|list| format!("{list}:0"));
        Ok(Billed { next: next.map(|next| format!("{list}:{next}")).or_else(behind), ..page })
    }

    fn attempts(&mut self, _since: Option<Instant>, _place: Option<&str>) -> Result<Billed<BilledAttempt>, Trouble> {
        Ok(Billed::default())
    }

    fn methods(&mut self, customer: &str) -> Result<Vec<MethodNews>, Trouble> {
        crate::ports::Gateway::methods(&mut self.asaas, customer)
    }

    fn read(&mut self, object: &str, reference: &str) -> Result<Vec<BilledObject>, Trouble> {
        match object {
            CUSTOMER => {
                self.reminded.remove(reference);
                let one = customer::Customer::read(&self.ask(&customer::one(reference))?).map_err(unread)?;
                Ok(vec![BilledObject::Customer(mirror::customer(&one))])
            }
            INVOICE => {
                let one = Payment::read(&self.ask(&payment::one(reference))?).map_err(unread)?;
                if let Some(customer) = &one.customer {
                    self.reminded.remove(customer);
                }
                Ok(self.billed(&one)?.into_iter().map(BilledObject::Invoice).collect())
            }
            SUBSCRIPTION => {
                // Those that it made, up to forty days ahead: a change of the subscription may change each.
                let page: Page<Payment> = Page::read(&self.ask(&subscription::payments(reference, 0))?).map_err(unread)?;
                let open = page.data.iter().filter(|payment| payment.standing() == payment::Standing::Open);
                let open: Vec<Option<BilledInvoice>> = open.map(|payment| self.billed(payment)).collect::<Result<_, Trouble>>()?;
                Ok(open.into_iter().flatten().map(BilledObject::Invoice).collect())
            }
            _ => Ok(Vec::new()),
        }
    }
}

fn zone() -> Zone {
    Zone::parse(ZONE).unwrap_or_else(|_unknown| Zone::utc())
}

fn offset(place: Option<&str>) -> u32 {
    place.and_then(|place| place.parse().ok()).unwrap_or(0)
}

fn unread(why: String) -> Trouble {
    Trouble::Outage { why: format!("its reply cannot be read: {why}"), wait_secs: None }
}
