//! Receivables as their source tells them, with customer and payments: read from a body, taken in as rows of a file are.

use std::collections::BTreeMap;

use regua_core::facts::Subscription;
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::words::Rail;
use regua_wire::files::portfolio::{CustomerRow, PaymentId, PaymentRow, Portfolio, ReceivableRow, When};

use super::super::input::Input;
use super::super::op::Call;
use super::super::problem::{FieldError, Problem};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::contact;
use super::shared::{RAILS, external_id};

/// Who tells it.
pub(super) const SOURCE: Field = may(
    "source",
    Kind::Text(40),
    "Who reports the payments of a new customer: letters, digits, `-` and `_`; `api` when nothing is said. Steps that need to know that \
     nothing was paid wait until POST /sources/{source}/read says so.",
);

/// The source where none is said.
const API: &str = "api";

/// The source that the body says.
pub(super) fn source(call: &Call<'_>) -> Result<String, Problem> {
    let source = call.body.text("source").unwrap_or(API);
    if source.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        Ok(source.to_owned())
    } else {
        Err(Problem::field("/source", "text", "write letters, digits, `-` and `_`"))
    }
}

/// A payment on a receivable.
static PAYMENT: Schema = Schema {
    name: "PaymentRecord",
    doc: "A payment as the source of a receivable tells it.",
    fields: &[
        may("id", Kind::Name, "What the source calls it: told again under the same name it changes nothing."),
        may("paid_on", Kind::Day, "The payer's day; this or `paid_at`."),
        may("paid_at", Kind::Moment, "When it was paid."),
        may("amount", Kind::Money, "How much; what settles it in full when nothing is said."),
    ],
};

static ONE_PAYMENT: Kind = Kind::Of(&PAYMENT);

/// What a receivable bills.
static BILLS: Schema = Schema {
    name: "BilledSubscription",
    doc: "What a receivable bills, for conditions of a policy.",
    fields: &[
        must("key", Kind::Name, "Names it among the customer's subscriptions."),
        may("plan", Kind::Text(100), "The plan."),
        may("collection", Kind::Word(&["automatic", "invoice"]), "Whether it is charged or sent to be paid."),
        may("renewal_on", Kind::Day, "When it renews."),
        may("renewal_price", Kind::Money, "What the period that begins then will be billed at."),
    ],
};

/// What is said of a receivable, with more fields behind it.
macro_rules! with_receivable {
    ($($more:expr),* $(,)?) => {
        &[
            must("customer", Kind::Of(&contact::RECORD), "Who owes it."),
            may("issued_on", Kind::Day, "The date of issue; this or `issued_at`."),
            may("issued_at", Kind::Moment, "When it was issued."),
            must("due_on", Kind::Day, "The due date as written."),
            must("amount", Kind::Money, "What was billed."),
            may("method", Kind::Word(RAILS), "How it is expected to be paid."),
            may("subscription", Kind::Of(&BILLS), "What it bills; read when the receivable is new."),
            may("payments", Kind::List(&ONE_PAYMENT, 100), "What was paid on it."),
            $($more),*
        ]
    };
}

/// A receivable by itself.
pub(super) const PUT: &[Field] = with_receivable![SOURCE, super::shared::REASON];

/// A receivable in a batch.
pub(super) static RECORD: Schema = Schema {
    name: "ReceivableRecord",
    doc: "A receivable as its source tells it, with customer and payments.",
    fields: with_receivable![must("id", Kind::Name, "What the source calls it.")],
};

/// Rows that were read from bodies.
#[derive(Default)]
pub(super) struct Records {
    /// As the engine takes them.
    pub(super) portfolio: Portfolio,
    /// What receivables bill.
    pub(super) subscriptions: BTreeMap<Box<str>, Subscription>,
    customers: BTreeMap<String, u32>,
    receivables: BTreeMap<String, usize>,
}

impl Records {
    /// Which row a receivable came from.
    pub(super) fn row_of(&self, receivable: &str) -> Option<usize> {
        self.receivables.get(receivable).copied()
    }

    /// Takes a row in, or none of it.
    ///
    /// * `at` — where it stands in the body.
    pub(super) fn take(&mut self, (row, id): (usize, &str), said: &Input, at: &str) -> Result<(), Vec<FieldError>> {
        let mut wrong = Vec::new();
        let id = noted(external_id(id, &format!("{at}/id")), &mut wrong).unwrap_or_default();
        if self.receivables.contains_key(&id) {
            wrong.push(FieldError::new(&format!("{at}/id"), "twice", "is there already; tell a receivable once"));
        }
        let told = said.object("customer").cloned().unwrap_or_default();
        let own = noted(external_id(told.text("id").unwrap_or_default(), &format!("{at}/customer/id")), &mut wrong).unwrap_or_default();
        let place = self.customers.get(&own).copied();
        let known = place.and_then(|place| self.portfolio.customers.get(usize::try_from(place).ok()?));
        let before = known.map_or_else(Customer::default, |row| row.customer.clone());
        let customer = noted(contact::over(&before, &told, &format!("{at}/customer")), &mut wrong);
        let amount = said.money("amount");
        if amount.is_some_and(|amount| amount.minor() <= 0) {
            wrong.push(FieldError::new(&format!("{at}/amount"), "money", "write an amount above zero"));
        }
        let issued = when(said, ("issued_on", "issued_at"), at, &mut wrong);
        let payments: Vec<Paid> = said
            .objects("payments")
            .enumerate()
            .filter_map(|(n, one)| paid(one, amount, &format!("{at}/payments/{n}"), &mut wrong))
            .collect();
        let (Some(customer), Some(amount), Some(issued), Some(due_on), true) =
            (customer, amount, issued, said.day("due_on"), wrong.is_empty())
        else {
            return Err(wrong);
        };
        let next = count(self.portfolio.customers.len());
        let place = *self.customers.entry(own.clone()).or_insert(next);
        match usize::try_from(place).ok().and_then(|place| self.portfolio.customers.get_mut(place)) {
            Some(row) => row.customer = customer,
            None => self.portfolio.customers.push(CustomerRow { id: own.into(), customer }),
        }
        let receivable = count(self.portfolio.receivables.len());
        let method = said.text("method").and_then(|word| word.parse::<Rail>().ok());
        if let Some(bills) = said.object("subscription") {
            self.subscriptions.insert(id.as_str().into(), subscription(bills));
        }
        self.portfolio.receivables.push(ReceivableRow { id: id.as_str().into(), customer: place, issued, due_on, amount, method });
        self.portfolio.payments.extend(payments.into_iter().map(|one| PaymentRow {
            receivable,
            paid: one.paid,
            amount: one.amount,
            id: one.id,
        }));
        self.receivables.insert(id, row);
        Ok(())
    }

    /// What of these rows lowers what is owed: payments, and amounts that are lower than they were told before.
    pub(super) fn at_stake(&self, call: &Call<'_>) -> Result<Option<Money>, Problem> {
        let Some(first) = self.portfolio.receivables.first() else { return Ok(None) };
        let mut known = Portfolio::default();
        let ids: Vec<&str> = self.portfolio.receivables.iter().map(|row| &*row.id).collect();
        call.engine().add_known(call.tenant, &ids, &mut known)?;
        let was: BTreeMap<&str, i64> = known.receivables.iter().map(|row| (&*row.id, row.amount.minor())).collect();
        let mut sum = 0_i64;
        for row in &self.portfolio.receivables {
            let lowered = was.get(&*row.id).map_or(0, |was| was.saturating_sub(row.amount.minor()).max(0));
            sum = sum.saturating_add(lowered);
        }
        for payment in &self.portfolio.payments {
            let whole =
                usize::try_from(payment.receivable).ok().and_then(|place| self.portfolio.receivables.get(place)).map(|row| row.amount);
            sum = sum.saturating_add(payment.amount.or(whole).map_or(0, Money::minor));
        }
        Ok((sum > 0).then(|| Money::new(sum, first.amount.currency())))
    }
}

struct Paid {
    paid: When,
    amount: Option<Money>,
    id: PaymentId,
}

fn paid(said: &Input, billed: Option<Money>, at: &str, wrong: &mut Vec<FieldError>) -> Option<Paid> {
    let paid = when(said, ("paid_on", "paid_at"), at, wrong)?;
    let amount = said.money("amount");
    if amount.is_some_and(|amount| amount.minor() <= 0) {
        wrong.push(FieldError::new(&format!("{at}/amount"), "money", "write an amount above zero"));
        return None;
    }
    if let (Some(amount), Some(billed)) = (amount, billed)
        && amount.currency() != billed.currency()
    {
        wrong.push(FieldError::new(&format!("{at}/amount/currency"), "currency", "is not the currency of what was billed"));
        return None;
    }
    let id = match said.text("id") {
        Some(id) => PaymentId::Own(noted(external_id(id, &format!("{at}/id")), wrong)?.into()),
        None => PaymentId::Content,
    };
    Some(Paid { paid, amount, id })
}

/// A day or a moment: one of them, not both.
fn when(said: &Input, (day, moment): (&str, &str), at: &str, wrong: &mut Vec<FieldError>) -> Option<When> {
    match (said.day(day), said.moment(moment)) {
        (Some(day), None) => Some(When::On(day)),
        (None, Some(at)) => Some(When::At(at)),
        (Some(_), Some(_)) => {
            wrong.push(FieldError::new(&format!("{at}/{moment}"), "twice", format!("say {day} or {moment}, not both")));
            None
        }
        (None, None) => {
            wrong.push(FieldError::new(&format!("{at}/{day}"), "required", format!("say {day} or {moment}")));
            None
        }
    }
}

fn subscription(said: &Input) -> Subscription {
    Subscription {
        key: said.text("key").unwrap_or_default().into(),
        plan: said.text("plan").map(Into::into),
        collection: said.text("collection").map(Into::into),
        renewal_on: said.day("renewal_on"),
        renewal_price: said.money("renewal_price"),
    }
}

/// What was read, or its mistakes noted.
fn noted<T>(read: Result<T, Problem>, wrong: &mut Vec<FieldError>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(problem) => {
            wrong.extend(problem.fields);
            None
        }
    }
}

fn count(places: usize) -> u32 {
    u32::try_from(places).unwrap_or(u32::MAX)
}
