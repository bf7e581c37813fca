//! Webhooks of a PSP: one address for each Pix key, one for authorisations, one for recurring charges. Best effort.
//!
//! Deliberately absent: a signature. There is none; the PSP shows a certificate where the receiver asks for one.

use serde_json::{Value, json};

use super::check::{Wrong, absent, body, problem};
use super::state::{State, show};
use crate::clock::rfc3339;
use crate::serve::Ask;

/// Seconds until each try: the description promises none, so that there are few.
pub(crate) const LADDER: &[i64] = &[0, 60, 600, 3_600, 21_600];

/// An address that webhooks go to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Registered {
    url: String,
    at: i64,
}

/// The names of the addresses that are not of a key.
pub(crate) const RECURRENCES: &str = "*rec";
pub(crate) const CYCLES: &str = "*cobr";

pub(crate) fn register(state: &mut State, name: &str, ask: &Ask) -> Result<Value, Wrong> {
    const KIND: &str = "WebhookOperacaoInvalida";
    let asked = body(ask, KIND)?;
    if !name.starts_with('*') && !state.receiver.keys.iter().any(|key| key == name) {
        return Err(problem(400, KIND, "A chave não pertence a este usuário recebedor.", &[]));
    }
    // In the clear only on this machine, as a PSP would only over TLS.
    let url = asked["webhookUrl"].as_str().filter(|url| url.starts_with("https://") || url.starts_with("http://127.0.0.1:"));
    let url = url.ok_or_else(|| problem(400, KIND, "Campo webhook.webhookUrl não respeita o schema.", &[]))?.to_owned();
    let at = state.now();
    state.registered.insert(name.to_owned(), Registered { url: url.clone(), at });
    Ok(json!({"webhookUrl": url}))
}

pub(crate) fn find(state: &State, name: &str) -> Result<Value, Wrong> {
    let found = state.registered.get(name).ok_or_else(|| absent("WebhookNaoEncontrado"))?;
    let mut shown = json!({"webhookUrl": found.url, "criacao": rfc3339(found.at)});
    if !name.starts_with('*') {
        super::state::set(&mut shown, "chave", json!(name));
    }
    Ok(shown)
}

pub(crate) fn remove(state: &mut State, name: &str) -> Result<(), Wrong> {
    state.registered.remove(name).map(|_| ()).ok_or_else(|| absent("WebhookNaoEncontrado"))
}

/// A Pix came in, or its refund ended. Only those with a txid are told.
pub(crate) fn of_pix(state: &mut State, pix: &Value) {
    let key = pix["chave"].as_str().or(state.receiver.keys.first().map(String::as_str)).unwrap_or_default().to_owned();
    let mut shown = show(pix);
    if shown["devolucoes"].as_array().is_some_and(Vec::is_empty)
        && let Value::Object(fields) = &mut shown
    {
        fields.remove("devolucoes");
    }
    let id = pix["endToEndId"].as_str().unwrap_or_default();
    push(state, &key, "pix", id, &json!({ "pix": [shown] }));
}

pub(crate) fn of_recurrence(state: &mut State, rec: &Value) {
    let told = json!({
        "idRec": rec["idRec"], "status": rec["status"], "atualizacao": rec["atualizacao"], "encerramento": rec["encerramento"],
        "ativacao": rec["ativacao"],
    });
    push(state, RECURRENCES, "rec", rec["idRec"].as_str().unwrap_or_default(), &json!({ "recs": [show(&told)] }));
}

pub(crate) fn of_cycle(state: &mut State, cycle: &Value) {
    let told = json!({
        "idRec": cycle["idRec"], "txid": cycle["txid"], "status": cycle["status"], "atualizacao": cycle["atualizacao"],
        "tentativas": cycle["tentativas"], "encerramento": cycle["encerramento"], "pix": cycle["pix"],
    });
    push(state, CYCLES, "cobr", cycle["txid"].as_str().unwrap_or_default(), &json!({ "cobsr": [show(&told)] }));
}

fn push(state: &mut State, name: &str, end: &str, event: &str, told: &Value) {
    let Some(registered) = state.registered.get(name) else { return };
    let url = format!("{}/{end}", registered.url.trim_end_matches('/'));
    let now = state.now();
    state.hooks.push(event, &url, 0, told.to_string().into_bytes(), now);
}
