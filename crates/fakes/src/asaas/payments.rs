//! Payments of every billing type: made without an idempotency key, paid, overdue, given back, taken away.
//!
//! Deliberately absent: instalments, splits, anticipation, and the late charges' arithmetic: who pays says how much came.

use serde_json::{Map, Value, json};

use super::decimal::{cents, reais};
use super::state::{OFFSET, State, Wrong, absent, fields, invalid, page, shown_day, text};
use crate::clock::{date, date_time, parse_date};
use crate::serve::Ask;

const BILLING: [&str; 4] = ["UNDEFINED", "BOLETO", "CREDIT_CARD", "PIX"];
/// Days from a card's confirmation until the money is there.
const CARD_DAYS: i64 = 32;
/// Longest description.
const DESCRIPTION_MAX: usize = 500;

/// A payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) billing: String,
    pub(crate) value: i64,
    pub(crate) original: Option<i64>,
    pub(crate) due: i64,
    original_due: i64,
    description: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) subscription: Option<String>,
    charges: Map<String, Value>,
    pub(crate) status: String,
    created: i64,
    paid: Option<i64>,
    confirmed: Option<i64>,
    credited: Option<i64>,
    pub(crate) deleted: bool,
    refunds: Vec<Value>,
    refunded: i64,
    card: Option<String>,
    /// Moments at which it was fetched, so that a QR code of old can be told.
    pub(crate) revision: u64,
}

impl Payment {
    pub(crate) fn show(&self) -> Value {
        let number = self.id.trim_start_matches("pay_");
        let card = self.card.as_ref().map(|token| json!({"creditCardNumber": "4444", "creditCardBrand": "VISA", "creditCardToken": token}));
        let slip = matches!(self.billing.as_str(), "BOLETO" | "UNDEFINED");
        let mut shown = json!({
            "object": "payment", "id": self.id, "dateCreated": date(self.created), "customer": self.customer,
            "subscription": self.subscription, "installment": null, "paymentLink": null, "dueDate": date(self.due),
            "originalDueDate": date(self.original_due), "value": reais(self.value), "netValue": reais(self.value - self.fee()),
            "originalValue": self.original.map_or(Value::Null, reais),
            "interestValue": self.original.map_or(Value::Null, |original| reais((self.value - original).max(0))),
            "nossoNumero": if slip { json!(number) } else { Value::Null }, "description": self.description,
            "externalReference": self.reference, "billingType": self.billing, "status": self.status, "pixTransaction": null,
            "confirmedDate": shown_day(self.confirmed), "paymentDate": shown_day(self.paid.filter(|_| self.status != "CONFIRMED")),
            "clientPaymentDate": shown_day(self.paid), "installmentNumber": null, "creditDate": shown_day(self.credited),
            "estimatedCreditDate": shown_day(self.credited), "invoiceUrl": format!("https://asaas.example/i/{number}"),
            "bankSlipUrl": if slip { json!(format!("https://asaas.example/b/pdf/{number}")) } else { Value::Null },
            "transactionReceiptUrl": null, "invoiceNumber": number, "deleted": self.deleted, "anticipated": false,
            "anticipable": false, "postalService": false, "creditCard": card,
            "refunds": if self.refunds.is_empty() { Value::Null } else { json!(self.refunds) },
        });
        if let Value::Object(fields) = &mut shown {
            fields.extend(self.charges.clone());
        }
        shown
    }

    /// What Asaas keeps of it: 0.99 whatever the amount, as its documentation's examples of slips do.
    fn fee(&self) -> i64 {
        99.min(self.value)
    }

    pub(crate) fn key(&self) -> &str {
        self.reference.as_deref().unwrap_or(&self.id)
    }

    pub(crate) fn open(&self) -> bool {
        !self.deleted && matches!(self.status.as_str(), "PENDING" | "OVERDUE")
    }
}

pub(crate) fn create(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let customer = text(&said, "customer").filter(|id| state.customers.get(*id).is_some_and(|customer| customer["deleted"] == false));
    let customer = customer.ok_or_else(|| invalid("invalid_customer", "O cliente informado não existe."))?.to_owned();
    let billing = text(&said, "billingType").filter(|kind| BILLING.contains(kind));
    let billing = billing.ok_or_else(|| invalid("invalid_billingType", "A forma de pagamento deve ser informada."))?.to_owned();
    let value = said.get("value").and_then(cents).filter(|value| *value > 0);
    let value = value.ok_or_else(|| invalid("invalid_value", "O valor da cobrança deve ser informado."))?;
    let due = text(&said, "dueDate").and_then(parse_date).ok_or_else(|| invalid("invalid_dueDate", "A data de vencimento é inválida."))?;
    let today = state.today();
    if due < today {
        return Err(invalid("invalid_dueDate", "Não é permitido data de vencimento inferior a hoje."));
    }
    let description = described(&said)?;
    let charges = charges(&said, value)?;
    let token = card_token(state, &said);
    if billing == "CREDIT_CARD"
        && let Some(token) = &token
    {
        // A refused card leaves no payment behind.
        state.try_card(token)?;
    }
    let id = state.id("pay");
    let payment = Payment {
        id: id.clone(),
        customer,
        billing: billing.clone(),
        value,
        original: None,
        due,
        original_due: due,
        description,
        reference: text(&said, "externalReference").map(str::to_owned),
        subscription: None,
        charges,
        status: "PENDING".to_owned(),
        created: today,
        paid: None,
        confirmed: None,
        credited: None,
        deleted: false,
        refunds: Vec::new(),
        refunded: 0,
        card: token.clone(),
        revision: 0,
    };
    state.payments.insert(id.clone(), payment.clone());
    state.emit("PAYMENT_CREATED", &payment);
    if billing == "CREDIT_CARD" && token.is_some() {
        confirm(state, &id, value)?;
    }
    find(state, &id)
}

/// What the charges of a body are, as they are shown again.
fn charges(said: &Map<String, Value>, value: i64) -> Result<Map<String, Value>, Wrong> {
    let mut laid = Map::new();
    for (name, code) in [("discount", "invalid_discount"), ("interest", "invalid_interest"), ("fine", "invalid_fine")] {
        let Some(object) = said.get(name).filter(|object| !object.is_null()) else { continue };
        let amount = cents(&object["value"]).ok_or_else(|| invalid(code, "O valor informado é inválido."))?;
        let fixed = object["type"] == "FIXED" || (name == "discount" && object["type"].is_null());
        if name == "discount" && ((fixed && amount >= value) || (!fixed && amount >= 10_000)) {
            return Err(invalid(code, "O desconto deve ser inferior ao valor da cobrança."));
        }
        laid.insert(name.to_owned(), object.clone());
    }
    Ok(laid)
}

fn described(said: &Map<String, Value>) -> Result<Option<String>, Wrong> {
    match text(said, "description") {
        Some(text) if text.chars().count() > DESCRIPTION_MAX => {
            Err(invalid("invalid_description", "A descrição deve ter no máximo 500 caracteres."))
        }
        other => Ok(other.map(str::to_owned)),
    }
}

/// The token of a stored card, or one that stands for the card's number.
fn card_token(state: &mut State, said: &Map<String, Value>) -> Option<String> {
    if let Some(token) = text(said, "creditCardToken") {
        return Some(token.to_owned());
    }
    let number: String = said.get("creditCard")?["number"].as_str()?.chars().filter(char::is_ascii_digit).collect();
    let token = format!("tok-{number}");
    if ["5184019740373151", "4916561358240741"].contains(&number.as_str()) {
        let script = super::state::CardScript { refusals: vec!["invalid_creditCard".to_owned()] };
        state.cards.entry(token.clone()).or_insert((script, 0));
    }
    Some(token)
}

pub(crate) fn find(state: &State, id: &str) -> Result<Value, Wrong> {
    state.payments.get(id).map(Payment::show).ok_or_else(absent)
}

pub(crate) fn update(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let today = state.today();
    let mut payment = open_one(state, id)?;
    if let Some(value) = said.get("value") {
        payment.value =
            cents(value).filter(|value| *value > 0).ok_or_else(|| invalid("invalid_value", "O valor da cobrança é inválido."))?;
    }
    if let Some(due) = text(&said, "dueDate") {
        let due = parse_date(due).filter(|due| *due >= today);
        payment.due = due.ok_or_else(|| invalid("invalid_dueDate", "A data de vencimento é inválida."))?;
        payment.status = "PENDING".to_owned();
    }
    if let Some(billing) = text(&said, "billingType").filter(|kind| BILLING.contains(kind)) {
        billing.clone_into(&mut payment.billing);
    }
    if said.contains_key("description") {
        payment.description = described(&said)?;
    }
    if let Some(reference) = text(&said, "externalReference") {
        payment.reference = Some(reference.to_owned());
    }
    payment.charges.extend(charges(&said, payment.value)?);
    payment.revision += 1;
    state.payments.insert(id.to_owned(), payment.clone());
    state.emit("PAYMENT_UPDATED", &payment);
    Ok(payment.show())
}

pub(crate) fn delete(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let mut payment = open_one(state, id)?;
    payment.deleted = true;
    state.payments.insert(id.to_owned(), payment.clone());
    state.emit("PAYMENT_DELETED", &payment);
    Ok(json!({"deleted": true, "id": id}))
}

pub(crate) fn restore(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let payment = state.payments.get_mut(id).ok_or_else(absent)?;
    if !payment.deleted {
        return Err(invalid("invalid_action", "A cobrança não está removida."));
    }
    payment.deleted = false;
    let payment = payment.clone();
    state.emit("PAYMENT_RESTORED", &payment);
    Ok(payment.show())
}

/// A payment that can still be changed.
fn open_one(state: &State, id: &str) -> Result<Payment, Wrong> {
    let payment = state.payments.get(id).ok_or_else(absent)?;
    if payment.open() {
        return Ok(payment.clone());
    }
    Err(invalid("invalid_action", "Só é possível alterar ou remover cobranças pendentes ou vencidas."))
}

/// Money came in: a card is confirmed and credited later, a slip the day after, a Pix at once.
pub(crate) fn confirm(state: &mut State, id: &str, amount: i64) -> Result<Value, Wrong> {
    let mut payment = open_one(state, id)?;
    let (today, now) = (state.today(), state.now());
    if payment.billing == "UNDEFINED" {
        "BOLETO".clone_into(&mut payment.billing);
    }
    payment.original = (amount != payment.value).then_some(payment.value);
    payment.value = amount;
    payment.paid = Some(today);
    state.ledger.take(payment.key(), id, amount, now);
    let later = match payment.billing.as_str() {
        "CREDIT_CARD" => Some(CARD_DAYS),
        "BOLETO" => Some(1),
        _ => None,
    };
    payment.credited = Some(today + later.unwrap_or(0));
    payment.confirmed = Some(today);
    payment.status = if later.is_some() { "CONFIRMED" } else { "RECEIVED" }.to_owned();
    state.payments.insert(id.to_owned(), payment.clone());
    state.emit(if later.is_some() { "PAYMENT_CONFIRMED" } else { "PAYMENT_RECEIVED" }, &payment);
    Ok(payment.show())
}

/// Days go by: what is past due becomes overdue, what was confirmed is credited.
pub(crate) fn turn(state: &mut State) {
    let today = state.today();
    let ids: Vec<String> = state.payments.keys().cloned().collect();
    for id in ids {
        let Some(payment) = state.payments.get_mut(&id).filter(|payment| !payment.deleted) else { continue };
        let event = if payment.status == "PENDING" && payment.due < today {
            "OVERDUE".clone_into(&mut payment.status);
            "PAYMENT_OVERDUE"
        } else if payment.status == "CONFIRMED" && payment.credited.is_some_and(|day| day <= today) {
            "RECEIVED".clone_into(&mut payment.status);
            "PAYMENT_RECEIVED"
        } else {
            continue;
        };
        let payment = payment.clone();
        state.emit(event, &payment);
    }
}

pub(crate) fn overdue(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let mut payment = open_one(state, id)?;
    "OVERDUE".clone_into(&mut payment.status);
    payment.due = payment.due.min(state.today() - 1);
    state.payments.insert(id.to_owned(), payment.clone());
    state.emit("PAYMENT_OVERDUE", &payment);
    Ok(payment.show())
}

pub(crate) fn refund(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let (now, mut payment) = (state.now(), state.payments.get(id).cloned().ok_or_else(absent)?);
    if !matches!(payment.status.as_str(), "RECEIVED" | "CONFIRMED") || payment.billing == "BOLETO" {
        return Err(invalid("invalid_action", "Somente cobranças recebidas por Pix ou cartão podem ser estornadas."));
    }
    let left = payment.value - payment.refunded;
    let amount = match said.get("value").filter(|value| !value.is_null()) {
        None => left,
        Some(value) => cents(value).ok_or_else(|| invalid("invalid_value", "O valor do estorno é inválido."))?,
    };
    if amount <= 0 || amount > left {
        return Err(invalid("invalid_value", "O valor do estorno é maior que o valor da cobrança."));
    }
    payment.refunded += amount;
    payment.refunds.push(json!({
        "dateCreated": date_time(now, OFFSET), "status": "DONE", "value": reais(amount), "description": said.get("description"),
        "transactionReceiptUrl": null, "endToEndIdentifier": null,
    }));
    let whole = payment.refunded == payment.value;
    if whole {
        "REFUNDED".clone_into(&mut payment.status);
    }
    state.ledger.give_back(payment.key(), id, amount, now);
    state.payments.insert(id.to_owned(), payment.clone());
    state.emit(if whole { "PAYMENT_REFUNDED" } else { "PAYMENT_PARTIALLY_REFUNDED" }, &payment);
    Ok(payment.show())
}

pub(crate) fn in_cash(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let mut payment = open_one(state, id)?;
    let day = text(&said, "paymentDate").and_then(parse_date).ok_or_else(|| invalid("invalid_paymentDate", "A data é inválida."))?;
    let value = said.get("value").and_then(cents).ok_or_else(|| invalid("invalid_value", "O valor é inválido."))?;
    payment.original = (value != payment.value).then_some(payment.value);
    (payment.value, payment.paid) = (value, Some(day));
    "RECEIVED_IN_CASH".clone_into(&mut payment.status);
    state.payments.insert(id.to_owned(), payment.clone());
    // No money came through Asaas: the ledger has nothing to say.
    state.emit("PAYMENT_RECEIVED", &payment);
    Ok(payment.show())
}

pub(crate) fn undo_in_cash(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let today = state.today();
    let payment = state.payments.get_mut(id).ok_or_else(absent)?;
    if payment.status != "RECEIVED_IN_CASH" {
        return Err(invalid("invalid_action", "A cobrança não foi recebida em dinheiro."));
    }
    payment.status = if payment.due < today { "OVERDUE" } else { "PENDING" }.to_owned();
    payment.paid = None;
    let payment = payment.clone();
    state.emit("PAYMENT_RECEIVED_IN_CASH_UNDONE", &payment);
    Ok(payment.show())
}

pub(crate) fn pay_with_card(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let payment = open_one(state, id)?;
    let token = card_token(state, &said).ok_or_else(|| invalid("invalid_creditCard", "Os dados do cartão devem ser informados."))?;
    state.try_card(&token)?;
    if let Some(payment) = state.payments.get_mut(id) {
        "CREDIT_CARD".clone_into(&mut payment.billing);
        payment.card = Some(token);
    }
    confirm(state, id, payment.value)
}

pub(crate) fn list(state: &State, ask: &Ask) -> Result<Value, Wrong> {
    let mut bounds = Vec::new();
    for (name, field) in [("dueDate", 0), ("dateCreated", 1), ("paymentDate", 2)] {
        for (end, lowest) in [("[ge]", true), ("[le]", false)] {
            if let Some(text) = ask.asked(&format!("{name}{end}")) {
                let day = parse_date(&text).ok_or_else(|| invalid("invalid_action", "A data é inválida."))?;
                bounds.push((field, lowest, day));
            }
        }
    }
    let fits = |payment: &&Payment| {
        let equal = |name: &str, have: Option<&str>| ask.asked(name).is_none_or(|wanted| have == Some(wanted.as_str()));
        let within = |&(field, lowest, bound): &(i32, bool, i64)| {
            let day = match field {
                0 => Some(payment.due),
                1 => Some(payment.created),
                _ => payment.paid,
            };
            day.is_some_and(|day| if lowest { day >= bound } else { day <= bound })
        };
        !payment.deleted
            && equal("customer", Some(&payment.customer))
            && equal("billingType", Some(&payment.billing))
            && equal("status", Some(&payment.status))
            && equal("externalReference", payment.reference.as_deref())
            && equal("subscription", payment.subscription.as_deref())
            && bounds.iter().all(within)
    };
    let found: Vec<&Payment> = state.payments.values().rev().filter(fits).collect();
    page(ask, &found, |payment| payment.show())
}

/// The line of a slip. Its free field is the payment's number.
pub(crate) fn line(state: &State, id: &str) -> Result<Value, Wrong> {
    let payment = state.payments.get(id).ok_or_else(absent)?;
    if !matches!(payment.billing.as_str(), "BOLETO" | "UNDEFINED") {
        return Err(invalid("invalid_action", "A cobrança não possui boleto."));
    }
    let number = payment.id.trim_start_matches("pay_");
    let (bar, line) = super::slip::slip(payment.due, payment.value, number);
    Ok(json!({"identificationField": line, "nossoNumero": number, "barCode": bar}))
}

/// The QR code of a Pix: good for this revision of the payment.
pub(crate) fn qr(state: &State, id: &str) -> Result<Value, Wrong> {
    let payment = state.payments.get(id).ok_or_else(absent)?;
    if !payment.open() || payment.billing == "CREDIT_CARD" {
        return Err(invalid("invalid_action", "Não é possível gerar QR Code para esta cobrança."));
    }
    let url = format!("pix.asaas.example/qr/cobv/{}-{}", payment.id, payment.revision);
    let payload = crate::pix::brcode(&url);
    let expires = date_time(state.now() + 365 * crate::clock::DAY, OFFSET);
    Ok(json!({"encodedImage": "iVBORw0KGgo=", "payload": payload, "expirationDate": expires}))
}
