//! Asaas as another biller: its account read over a carrier that sends nothing but questions.
//!
//! Asaas has no list of what changed: afterwards what is open is read again, what was made, and what was paid. It reminds by
//! customer, so the customer of each open payment is looked at. Deliberately absent: writing; attempts, which Asaas does not
//! list: a card that failed is an overdue payment.

use std::collections::BTreeMap;

use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use regua_wire::gateways::asaas::mirror::{self as asaas, InvoiceStatus, MirroredInvoice};
use regua_wire::gateways::asaas::{Page, Payment, customer, moment, notification, payment, subscription};
use regua_wire::gateways::mirror::{
    Acts, Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledObject, BilledPayment, BilledReturn, BilledStatus, CUSTOMER,
    Collection, INVOICE, SUBSCRIPTION, Switch,
};
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
        let mut told = asaas::MirroredCustomer::of(&one);
        if told.biller_reminds {
            let all = notification::read(&self.ask(&notification::of(reference))?).map_err(unread)?;
            told = told.with(&all);
        }
        if self.reminded.len() >= REMINDED_MAX {
            self.reminded.clear();
        }
        self.reminded.insert(reference.to_owned(), told.biller_reminds);
        Ok(told.biller_reminds)
    }

    /// A payment as something owed; nothing for one that no day is told of.
    fn billed(&mut self, payment: &Payment) -> Result<Option<BilledInvoice>, Trouble> {
        let invoice = MirroredInvoice::of(payment);
        let mut switches = Vec::new();
        if invoice.status == InvoiceStatus::Open {
            if invoice.biller_charges {
                switches.push(Switch::AsaasCard);
            }
            if let Some(customer) = &invoice.customer
                && self.is_reminded(customer)?
            {
                switches.push(Switch::AsaasMessages);
            }
        }
        let (charges, reminds) = (switches.contains(&Switch::AsaasCard), switches.contains(&Switch::AsaasMessages));
        let acts = (charges || reminds).then_some(Acts { charges, reminds, switches });
        Ok(standing(payment, invoice).map(|standing| BilledInvoice { acts, ..standing }))
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
        let (items, next) = asaas::read_customers(&self.ask(&asaas::customers(offset(place)))?).map_err(unread)?;
        let items = items.into_iter().map(person).collect();
        Ok(Billed { items, unreadable: Vec::new(), next: next.map(|next| next.to_string()) })
    }

    fn invoices(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble> {
        let first = if since.is_some() { LISTS[0] } else { ALL };
        let (list, at) = place.and_then(|place| place.split_once(':')).unwrap_or((first, "0"));
        let offset = offset(Some(at));
        let (since, until) = (since.unwrap_or(Instant::DAWN), (self.clock)());
        let request = match list {
            "pending" => asaas::owed("PENDING", offset),
            "overdue" => asaas::owed("OVERDUE", offset),
            "made" => asaas::payments(Some(zone().day_of(since)), offset),
            "paid" => asaas::paid(since, until, offset),
            _ => asaas::payments(None, offset),
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
                Ok(vec![BilledObject::Customer(person(asaas::MirroredCustomer::of(&one)))])
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

fn person(told: asaas::MirroredCustomer) -> BilledCustomer {
    BilledCustomer {
        reference: told.reference,
        name: told.name,
        email: told.email,
        phones: told.phones,
        tax_id: told.tax_id,
        country: Some("BR".to_owned()),
        languages: vec!["pt-BR".to_owned()],
        deleted: told.deleted,
    }
}

/// An invoice as it stands, but for what Asaas does about it. Nothing in it changes by time alone.
fn standing(payment: &Payment, invoice: MirroredInvoice) -> Option<BilledInvoice> {
    let status = match invoice.status {
        InvoiceStatus::Open => BilledStatus::Open,
        InvoiceStatus::Paid | InvoiceStatus::Refunded | InvoiceStatus::Disputed => BilledStatus::Paid,
        InvoiceStatus::Voided => BilledStatus::Void,
    };
    let due_on = invoice.due_on?;
    let rail = Some(payment.rail()).filter(|rail| *rail != Rail::Other);
    let added = invoice.paid.as_ref().and_then(|paid| paid.amount.minus(invoice.amount).ok()).filter(|added| added.minor() > 0);
    let payments: Vec<BilledPayment> = invoice
        .paid
        .iter()
        .map(|paid| BilledPayment { reference: invoice.reference.clone(), settled: Some(paid.clone()), added })
        .collect();
    let returned = returned(payment, &invoice);
    Some(BilledInvoice {
        reference: invoice.reference,
        number: None,
        customer: invoice.customer,
        subscription: invoice.subscription,
        ours: invoice.external_reference,
        status,
        collection: if payment.rail() == Rail::Card { Collection::Automatic } else { Collection::Invoice },
        amount: invoice.amount,
        issued_on: payment.date_created.unwrap_or(due_on).min(due_on),
        due_on,
        rail,
        payments,
        returned,
        acts: None,
    })
}

/// What went back for good, by the names that webhooks tell.
fn returned(payment: &Payment, invoice: &MirroredInvoice) -> Vec<BilledReturn> {
    let Some(paid) = &invoice.paid else { return Vec::new() };
    let on = |back: &payment::Back| back.date_created.as_deref().and_then(moment).map_or(paid.paid_on, |at| zone().day_of(at));
    let done = payment.refunds.iter().flatten().filter(|back| back.status == "DONE");
    let mut all: Vec<BilledReturn> = done
        .map(|back| BilledReturn {
            payment: payment.id.clone(),
            reference: back.reference(&payment.id),
            taken_back: false,
            amount: back.value.money(),
            on: on(back),
        })
        .collect();
    // Of what went back as a whole no day is told.
    let whole = |name: &str, taken_back| BilledReturn {
        payment: payment.id.clone(),
        reference: format!("{}/{name}", payment.id),
        taken_back,
        amount: paid.amount,
        on: paid.paid_on,
    };
    match (payment.status.as_str(), invoice.status) {
        ("REFUNDED", _) if all.is_empty() => all.push(whole("all", false)),
        ("CHARGEBACK_REQUESTED" | "CHARGEBACK_DISPUTE", InvoiceStatus::Disputed) => all.push(whole("chargeback", true)),
        (_, InvoiceStatus::Open | InvoiceStatus::Paid | InvoiceStatus::Refunded | InvoiceStatus::Disputed | InvoiceStatus::Voided) => {}
    }
    all
}
