//! Customers, duplicates allowed, and the notifications that Asaas would send them by itself.
//!
//! Deliberately absent: sending those. A test reads whether they are on.

use serde_json::{Map, Value, json};

use super::state::{State, Wrong, absent, fields, invalid, page, text};
use crate::clock::date;
use crate::serve::Ask;

const KNOWN: [&str; 18] = [
    "name",
    "cpfCnpj",
    "email",
    "phone",
    "mobilePhone",
    "address",
    "addressNumber",
    "complement",
    "province",
    "postalCode",
    "externalReference",
    "notificationDisabled",
    "additionalEmails",
    "municipalInscription",
    "stateInscription",
    "observations",
    "groupName",
    "company",
];

/// The notifications that come with a customer: event and days before or after.
const DEFAULTS: [(&str, i64); 8] = [
    ("PAYMENT_CREATED", 0),
    ("PAYMENT_DUEDATE_WARNING", 0),
    ("PAYMENT_DUEDATE_WARNING", 10),
    ("SEND_LINHA_DIGITAVEL", 0),
    ("PAYMENT_OVERDUE", 0),
    ("PAYMENT_OVERDUE", 7),
    ("PAYMENT_RECEIVED", 0),
    ("PAYMENT_UPDATED", 0),
];

/// The fields of a notification that can be changed.
const SWITCHES: [&str; 8] = [
    "enabled",
    "emailEnabledForProvider",
    "smsEnabledForProvider",
    "emailEnabledForCustomer",
    "smsEnabledForCustomer",
    "phoneCallEnabledForCustomer",
    "whatsappEnabledForCustomer",
    "scheduleOffset",
];

pub(crate) fn create(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    if text(&said, "name").is_none() {
        return Err(invalid("invalid_name", "O nome do cliente deve ser informado."));
    }
    check(&said)?;
    let id = state.id("cus");
    let mut customer = json!({"object": "customer", "id": id, "dateCreated": date(state.today())});
    let mut laid = Map::new();
    for name in KNOWN {
        laid.insert(name.to_owned(), Value::Null);
    }
    laid.insert("notificationDisabled".to_owned(), json!(false));
    lay(&mut customer, laid);
    lay(&mut customer, known(said));
    let document = customer["cpfCnpj"].as_str().unwrap_or_default().len();
    lay(
        &mut customer,
        [("personType".to_owned(), json!(if document == 14 { "JURIDICA" } else { "FISICA" })), ("deleted".to_owned(), json!(false))]
            .into_iter()
            .collect(),
    );
    state.customers.insert(id.clone(), customer.clone());
    for (event, offset) in DEFAULTS {
        let own = state.id("not");
        let notification = json!({
            "object": "notification", "id": own, "customer": id, "enabled": true, "emailEnabledForProvider": true,
            "smsEnabledForProvider": false, "emailEnabledForCustomer": true, "smsEnabledForCustomer": true,
            "phoneCallEnabledForCustomer": false, "whatsappEnabledForCustomer": false, "event": event,
            "scheduleOffset": offset, "deleted": false,
        });
        state.notifications.insert(own, notification);
    }
    Ok(customer)
}

pub(crate) fn update(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    check(&said)?;
    let customer = state.customers.get_mut(id).filter(|customer| customer["deleted"] == false).ok_or_else(absent)?;
    lay(customer, known(said));
    Ok(customer.clone())
}

pub(crate) fn set_deleted(state: &mut State, id: &str, deleted: bool) -> Result<Value, Wrong> {
    let customer = state.customers.get_mut(id).ok_or_else(absent)?;
    lay(customer, [("deleted".to_owned(), json!(deleted))].into_iter().collect());
    Ok(if deleted { json!({"deleted": true, "id": id}) } else { customer.clone() })
}

pub(crate) fn find(state: &State, id: &str) -> Result<Value, Wrong> {
    state.customers.get(id).cloned().ok_or_else(absent)
}

pub(crate) fn list(state: &State, ask: &Ask) -> Result<Value, Wrong> {
    let fits = |customer: &&Value| {
        let equal = |name: &str| ask.asked(name).is_none_or(|wanted| customer[name] == wanted.as_str());
        let named = ask.asked("name").is_none_or(|wanted| customer["name"].as_str().unwrap_or_default().contains(&wanted));
        customer["deleted"] == false && named && ["email", "cpfCnpj", "groupName", "externalReference"].into_iter().all(equal)
    };
    let found: Vec<&Value> = state.customers.values().rev().filter(fits).collect();
    page(ask, &found, |customer| (*customer).clone())
}

pub(crate) fn notifications(state: &State, customer: &str, ask: &Ask) -> Result<Value, Wrong> {
    find(state, customer)?;
    let own: Vec<&Value> = state.notifications.values().filter(|notification| notification["customer"] == customer).collect();
    page(ask, &own, |notification| (*notification).clone())
}

pub(crate) fn change_notification(state: &mut State, id: &str, said: &Map<String, Value>) -> Result<Value, Wrong> {
    let notification = state.notifications.get_mut(id).ok_or_else(absent)?;
    let wanted = said.iter().filter(|(name, _)| SWITCHES.contains(&name.as_str()));
    lay(notification, wanted.map(|(name, value)| (name.clone(), value.clone())).collect());
    Ok(notification.clone())
}

pub(crate) fn change_notifications(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let customer = text(&said, "customer").ok_or_else(|| invalid("invalid_customer", "O cliente deve ser informado."))?;
    let mut changed = Vec::new();
    for item in said.get("notifications").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        let id = text(item, "id").unwrap_or_default();
        if state.notifications.get(id).is_none_or(|notification| notification["customer"] != customer) {
            return Err(invalid("invalid_action", "A notificação não pertence ao cliente."));
        }
        changed.push(change_notification(state, id, item)?);
    }
    Ok(json!({ "notifications": changed }))
}

fn check(said: &Map<String, Value>) -> Result<(), Wrong> {
    if let Some(document) = text(said, "cpfCnpj")
        && !matches!(document.bytes().filter(u8::is_ascii_alphanumeric).count(), 11 | 14)
    {
        return Err(invalid("invalid_cpfCnpj", "O CPF/CNPJ informado é inválido."));
    }
    match text(said, "email") {
        Some(email) if !email.contains('@') => Err(invalid("invalid_email", "O email informado é inválido.")),
        Some(_) | None => Ok(()),
    }
}

fn known(said: Map<String, Value>) -> Map<String, Value> {
    let digits = |name: &str, value: Value| match value.as_str().filter(|_| name == "cpfCnpj") {
        Some(text) => json!(text.chars().filter(char::is_ascii_alphanumeric).collect::<String>()),
        None => value,
    };
    said.into_iter().filter(|(name, _)| KNOWN.contains(&name.as_str())).map(|(name, value)| (name.clone(), digits(&name, value))).collect()
}

fn lay(object: &mut Value, fields: Map<String, Value>) {
    if let Value::Object(have) = object {
        have.extend(fields);
    }
}
