//! Orders of any gateway as requests to Asaas, and its replies as answers.
//!
//! Asaas has no idempotency key. What makes an order happen once is our key in `externalReference`: whoever orders looks for it
//! first, and after a lost reply looks for it again, never ordering anew before that answered. Deliberately absent: the clock,
//! the key of the account, and Pix Automático, which goes by the bank's own API.

use regua_core::charging::Scheme;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

use super::customer::{self, Customer};
use super::list::{self, Page};
use super::payment::{self, Billing, DESCRIPTION_MAX, NewPayment, Payment, Share, Standing, mark};
use super::reais::Reais;
use super::{errors, webhook};
use crate::gateways::br::{cut, is_id, some_cut, unreadable, zone};
use crate::gateways::{
    ChargeOrder, Charged, CustomerOrder, Heard, Instrument, InstrumentOrder, Late, Listing, MethodNews, Refund, RefundOrder, Request,
    Response, Trouble,
};

/// Days after the due date on which a slip can be paid at most.
const REGISTERED_DAYS_MAX: i32 = 3_650;
/// How far back payments are read whose money is not at hand, or that are disputed: a card's comes after 32 days.
const BACK_DAYS: i32 = 120;

/// One account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Dialect {
    /// The address of a payer, which Asaas wants of some accounts with each charge of a card.
    pub remote_ip: Option<String>,
}

fn refused(code: &str, why: impl Into<String>) -> Trouble {
    Trouble::Refused { code: code.to_owned(), why: why.into() }
}

fn is_done(response: &Response) -> bool {
    (200..300).contains(&response.status)
}

fn payment(response: &Response, only_reads: bool) -> Result<Payment, Trouble> {
    if !is_done(response) {
        return Err(errors::trouble(response, only_reads));
    }
    Payment::read(&response.body).map_err(|why| unreadable(only_reads, &why))
}

/// The payment of a key among those found: the one that took money, else one that can be paid, else one that is gone.
fn found(response: &Response, key: &str) -> Result<Payment, Trouble> {
    if !is_done(response) {
        return Err(errors::trouble(response, true));
    }
    let page: Page<Payment> = Page::read(&response.body).map_err(|why| unreadable(true, &why))?;
    let ours = page.data.into_iter().filter(|payment| payment.external_reference.as_deref() == Some(key) && payment.is_sound());
    ours.min_by_key(|payment| match payment.standing() {
        Standing::Taken => 0,
        Standing::Open => 1,
        Standing::Gone => 2,
    })
    .ok_or(Trouble::NotFound)
}

fn reais(money: regua_core::money::Money) -> Result<Reais, Trouble> {
    Reais::of(money).map_err(|bad| refused("amount", bad.to_string()))
}

impl Dialect {
    /// Looks for a customer of ours.
    #[must_use]
    pub fn find_customer(&self, order: &CustomerOrder) -> Request {
        customer::find(&order.key)
    }

    /// Reads the reply: the customer, when there is one.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when there is none: make it.
    pub fn found_customer(&self, order: &CustomerOrder, response: &Response) -> Result<Customer, Trouble> {
        if !is_done(response) {
            return Err(errors::trouble(response, true));
        }
        let page: Page<Customer> = Page::read(&response.body).map_err(|why| unreadable(true, &why))?;
        let ours = |customer: &Customer| {
            customer.external_reference.as_deref() == Some(order.key.as_str()) && customer.deleted != Some(true) && is_id(&customer.id)
        };
        page.data.into_iter().find(ours).ok_or(Trouble::NotFound)
    }

    /// Makes one; what is found with Asaas's own messages on is silenced by [`customer::silence`].
    ///
    /// # Errors
    /// [`Trouble::Refused`] names what lacks.
    pub fn make_customer(&self, order: &CustomerOrder) -> Result<Request, Trouble> {
        customer::create(order)
    }

    /// Reads the reply to making or silencing one.
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it may have been made: look for it.
    pub fn made_customer(&self, response: &Response) -> Result<Customer, Trouble> {
        if !is_done(response) {
            return Err(errors::trouble(response, false));
        }
        Customer::read(&response.body).map_err(|why| unreadable(false, &why))
    }

    /// Looks for what was made with a key: before an order, and after one whose reply was lost.
    #[must_use]
    pub fn find(&self, key: &str) -> Request {
        payment::find(key)
    }

    /// Charges a stored card.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when it is no card, or the amount is none.
    pub fn charge(&self, order: &ChargeOrder) -> Result<Request, Trouble> {
        if order.scheme.rail() != Rail::Card || order.scheme == Scheme::PixAutomatico {
            return Err(refused(
                "scheme",
                format!("Asaas charges cards alone by itself, and this is {}: use another gateway", order.scheme),
            ));
        }
        if order.amount.minor() <= 0 {
            return Err(refused("amount", "a payment is of at least one cent"));
        }
        Ok(payment::create(&NewPayment {
            customer: order.customer_token.clone(),
            billing_type: Billing::CreditCard,
            value: reais(order.amount)?,
            due_date: order.on,
            description: some_cut(&order.description, DESCRIPTION_MAX),
            external_reference: order.charge.to_string(),
            days_after_due_date_to_registration_cancellation: None,
            interest: None,
            fine: None,
            credit_card_token: Some(order.method_token.clone()),
            remote_ip: self.remote_ip.clone(),
        }))
    }

    /// Reads the reply to [`Dialect::charge`].
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it may have happened: look for it.
    pub fn charged(&self, response: &Response) -> Result<Charged, Trouble> {
        if let Some(signals) = errors::declined(response) {
            return Ok(Charged::Declined { reference: None, signals });
        }
        payment(response, false).map(|payment| payment.charged(None))
    }

    /// What became of an attempt: by Asaas's name of it, else by ours.
    #[must_use]
    pub fn ask(&self, order: &ChargeOrder, reference: Option<&str>) -> Request {
        reference.map_or_else(|| payment::find(&order.charge.to_string()), payment::one)
    }

    /// Reads the reply to [`Dialect::ask`] with the same arguments. A card that was refused at once has left no payment behind.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when Asaas has none.
    pub fn asked(&self, order: &ChargeOrder, reference: Option<&str>, response: &Response) -> Result<Charged, Trouble> {
        let payment = match reference {
            Some(_) => payment(response, true)?,
            None => found(response, &order.charge.to_string())?,
        };
        Ok(payment.charged(None))
    }

    /// Something to pay by. The due date is not before today; fine and interest are added where it is later.
    ///
    /// # Errors
    /// [`Trouble::Refused`] names what the order lacks.
    pub fn issue(&self, order: &InstrumentOrder, today: Day) -> Result<Request, Trouble> {
        let billing_type = match order.rail {
            Rail::Pix => Billing::Pix,
            Rail::Boleto => Billing::Boleto,
            Rail::Card => Billing::CreditCard,
            Rail::Other => Billing::Undefined,
            Rail::PixAutomatico | Rail::Ach | Rail::Sepa | Rail::Bacs | Rail::DirectDebit | Rail::Transfer | Rail::Cash | Rail::Check => {
                return Err(refused("rail", format!("Asaas makes nothing to pay by over {}: order Pix, boleto or card", order.rail)));
            }
        };
        if order.amount.minor() <= 0 {
            return Err(refused("amount", "a payment is of at least one cent"));
        }
        let customer = order
            .customer_token
            .clone()
            .ok_or_else(|| refused("customer", "Asaas knows no customer of this order: make the customer known first"))?;
        let due_date = order.due_on.max(today);
        let late = if order.due_on > today { order.late } else { Late::default() };
        let share = |bp: u32, kind| (bp > 0).then(|| Share { value: Reais::percent(bp), kind });
        let registered = (billing_type == Billing::Boleto).then(|| order.valid_until.since(due_date).clamp(0, REGISTERED_DAYS_MAX));
        Ok(payment::create(&NewPayment {
            customer,
            billing_type,
            value: reais(order.amount)?,
            due_date,
            description: some_cut(&order.description, DESCRIPTION_MAX),
            external_reference: order.key.clone(),
            days_after_due_date_to_registration_cancellation: registered,
            interest: share(late.interest_month_bp, None),
            fine: share(late.fine_bp, Some("PERCENTAGE")),
            credit_card_token: None,
            remote_ip: None,
        }))
    }

    /// Reads the reply to [`Dialect::issue`].
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it may have been made: look for it.
    pub fn issued(&self, response: &Response) -> Result<Instrument, Trouble> {
        payment(response, false).map(|payment| payment.instrument())
    }

    /// What it is paid by is asked for besides, of what is open: the code of a Pix, the line of a slip; a page needs neither.
    #[must_use]
    pub fn code(&self, rail: Rail, reference: &str) -> Option<Request> {
        match rail {
            Rail::Pix => Some(payment::pix_code(reference)),
            Rail::Boleto => Some(payment::line(reference)),
            Rail::PixAutomatico
            | Rail::Card
            | Rail::Ach
            | Rail::Sepa
            | Rail::Bacs
            | Rail::DirectDebit
            | Rail::Transfer
            | Rail::Cash
            | Rail::Check
            | Rail::Other => None,
        }
    }

    /// Reads the reply to [`Dialect::code`] into an instrument.
    ///
    /// # Errors
    /// [`Trouble::Outage`] when it cannot be read now.
    pub fn with_code(&self, instrument: Instrument, rail: Rail, response: &Response) -> Result<Instrument, Trouble> {
        if !is_done(response) {
            return Err(errors::trouble(response, true));
        }
        let bad = |why: String| unreadable(true, &why);
        Ok(match rail {
            Rail::Pix => Instrument { brcode: Some(payment::read_pix_code(&response.body).map_err(bad)?), ..instrument },
            Rail::Boleto => Instrument { boleto_line: Some(payment::read_line(&response.body).map_err(bad)?), ..instrument },
            Rail::PixAutomatico
            | Rail::Card
            | Rail::Ach
            | Rail::Sepa
            | Rail::Bacs
            | Rail::DirectDebit
            | Rail::Transfer
            | Rail::Cash
            | Rail::Check
            | Rail::Other => instrument,
        })
    }

    /// Where something to pay by stands: by Asaas's name of it, else by our key.
    #[must_use]
    pub fn look(&self, key: &str, reference: Option<&str>) -> Request {
        reference.map_or_else(|| payment::find(key), payment::one)
    }

    /// Reads the reply to [`Dialect::look`] with the same arguments.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when Asaas has none.
    pub fn looked(&self, key: &str, reference: Option<&str>, response: &Response) -> Result<Instrument, Trouble> {
        let payment = match reference {
            Some(_) => payment(response, true)?,
            None => found(response, key)?,
        };
        Ok(payment.instrument())
    }

    /// Takes something to pay by away.
    #[must_use]
    pub fn cancel(&self, reference: &str) -> Request {
        payment::delete(reference)
    }

    /// Reads the reply to [`Dialect::cancel`], which only says that it is gone: look at it after.
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it is not gone, as when it was paid: look at it.
    pub fn cancelled(&self, response: &Response) -> Result<(), Trouble> {
        if is_done(response) {
            return Ok(());
        }
        match errors::trouble(response, false) {
            Trouble::Refused { code, why } if errors::is_too_late(response) => {
                Err(Trouble::Unknown { why: format!("{code}: it was not taken away ({why}); look where it stands") })
            }
            trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::Refused { .. } | Trouble::NotFound) => Err(trouble),
        }
    }

    /// Gives money back; our key stands at the end of its words, to find it by.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the amount is none.
    pub fn refund(&self, order: &RefundOrder) -> Result<Request, Trouble> {
        let mark = mark(&order.key);
        let words = cut(&order.description, DESCRIPTION_MAX.saturating_sub(mark.len() + 1));
        Ok(payment::refund(&order.payment, reais(order.amount)?, format!("{words} {mark}").trim_start()))
    }

    /// Asks for the payment with its refunds: before giving back, and after a reply that was lost.
    #[must_use]
    pub fn ask_refund(&self, order: &RefundOrder) -> Request {
        payment::one(&order.payment)
    }

    /// Reads the reply to either; `asked` says that it was only a question. Some replies list the refund later.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when a question finds no refund of this key, [`Trouble::Unknown`] when an order may have happened.
    pub fn refunded(&self, order: &RefundOrder, response: &Response, asked: bool) -> Result<Refund, Trouble> {
        let payment = payment(response, asked)?;
        match payment.refund_of(&order.key) {
            Some(refund) => Ok(refund),
            None if asked => Err(Trouble::NotFound),
            None => Err(Trouble::Unknown { why: "it was taken, and the reply does not list it yet; ask for the payment".to_owned() }),
        }
    }

    /// The cards that paid for a customer: Asaas lists no cards, so its payments are looked through.
    #[must_use]
    pub fn methods(&self, customer_token: &str, offset: u32) -> Request {
        list::request("/payments", &[("customer", customer_token), ("billingType", "CREDIT_CARD")], offset)
    }

    /// Reads the reply, newest first, each card once, and where the next page begins.
    ///
    /// # Errors
    /// [`Trouble::Outage`] when it cannot be read now.
    pub fn listed_methods(&self, response: &Response) -> Result<(Vec<MethodNews>, Option<u32>), Trouble> {
        if !is_done(response) {
            return Err(errors::trouble(response, true));
        }
        let page: Page<Payment> = Page::read(&response.body).map_err(|why| unreadable(true, &why))?;
        let mut methods: Vec<MethodNews> = Vec::new();
        for method in page.data.iter().filter_map(Payment::method) {
            if !methods.iter().any(|known| known.method_token == method.method_token) {
                methods.push(method);
            }
        }
        Ok((methods, page.next()))
    }

    /// A page of what changed in a time: payments whose money came, then those that are paid and wait for it, then disputes and
    /// refunds, as far as they are not too old.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the place is none of [`Dialect::listed`]'s.
    pub fn list(&self, since: Instant, until: Instant, place: Option<&str>) -> Result<Request, Trouble> {
        let (stage, offset) = read_place(place)?;
        let day = |at| zone().day_of(at);
        let (from, to, back) = (day(since).to_string(), day(until).to_string(), day(since).plus(-BACK_DAYS).to_string());
        Ok(match STAGES.get(stage).copied().flatten() {
            None => list::request("/payments", &[("paymentDate[ge]", from.as_str()), ("paymentDate[le]", to.as_str())], offset),
            Some(status) => list::request("/payments", &[("status", status), ("dateCreated[ge]", back.as_str())], offset),
        })
    }

    /// Reads the reply.
    ///
    /// # Errors
    /// [`Trouble::Outage`] when it cannot be read now.
    pub fn listed(&self, place: Option<&str>, response: &Response) -> Result<Listing, Trouble> {
        let (stage, _) = read_place(place)?;
        if !is_done(response) {
            return Err(errors::trouble(response, true));
        }
        let page: Page<Payment> = Page::read(&response.body).map_err(|why| unreadable(true, &why))?;
        if !page.data.iter().all(Payment::is_sound) {
            return Err(unreadable(true, "an id in it has another form"));
        }
        let heard = page.data.iter().flat_map(told).collect();
        let behind = (stage + 1 < STAGES.len()).then(|| place_text(stage + 1, 0));
        Ok(Listing { heard, next: page.next().map(|offset| place_text(stage, offset)).or(behind) })
    }

    /// A question that any key may ask: what `regua doctor` asks.
    #[must_use]
    pub fn check(&self) -> Request {
        list::request("/payments", &[], 0)
    }
}

/// The lists, one behind the other: none for payments by the day their money came, else a state.
const STAGES: &[Option<&str>] = &[
    None,
    Some("CONFIRMED"),
    Some("REFUNDED"),
    Some("CHARGEBACK_REQUESTED"),
    Some("CHARGEBACK_DISPUTE"),
    Some("AWAITING_CHARGEBACK_REVERSAL"),
];

fn place_text(stage: usize, offset: u32) -> String {
    format!("{stage}:{offset}")
}

fn read_place(place: Option<&str>) -> Result<(usize, u32), Trouble> {
    let Some(text) = place else { return Ok((0, 0)) };
    let parts = text.split_once(':').and_then(|(stage, offset)| Some((stage.parse::<usize>().ok()?, offset.parse::<u32>().ok()?)));
    parts
        .filter(|(stage, offset)| *stage < STAGES.len() && *offset < list::OFFSET_MAX)
        .ok_or_else(|| refused("place", "the place in the lists of Asaas has another form: read them anew"))
}

/// What a listed payment says; made of what it says, so that it is told once.
fn told(payment: &Payment) -> Vec<Heard> {
    let news = webhook::of_payment(payment, "", None);
    let heard = |(what, news)| Heard {
        event: format!("list:{}:{}{what}", payment.id, payment.status),
        kind: payment.status.clone(),
        news,
        at: None,
    };
    news.into_iter().map(heard).collect()
}
