//! Pix that came in, and money that goes back.
//!
//! Deliberately absent: the return mechanism for fraud, which a payer's bank begins.

use serde_json::{Value, json};

use super::charges::shown_amount;
use super::check::{Wrong, absent, body, cents, is_refund_id, problem, violation};
use super::state::{State, between, page, set};
use crate::clock::{DAY, parse_rfc3339};
use crate::serve::Ask;

/// Days in which money can be given back.
const REFUND_DAYS: i64 = 90;

/// Money comes in. `original` is what the charge asked for, without which it carries no components.
pub(crate) fn receive(state: &mut State, txid: Option<&str>, key: Option<&str>, amount: i64, original: &Value) -> String {
    let id = state.end_to_end('E');
    receive_as(state, &id, txid, key, amount, original);
    id
}

/// The same with the id that an attempt was scheduled under.
pub(crate) fn receive_as(state: &mut State, id: &str, txid: Option<&str>, key: Option<&str>, amount: i64, original: &Value) {
    let now = state.now();
    let asked = original.as_str().and_then(cents);
    let late = asked.map(|asked| amount - asked).filter(|more| *more > 0);
    let components = asked.map(|asked| {
        let mut parts = json!({"original": {"valor": shown_amount(asked.min(amount))}});
        if let Some(more) = late {
            set(&mut parts, "juros", json!({"valor": shown_amount(more)}));
        }
        parts
    });
    let pix = json!({
        "endToEndId": id, "txid": txid, "valor": shown_amount(amount), "chave": key, "horario": state.stamp(),
        "componentesValor": components, "devolucoes": [], "_at": now,
    });
    state.ledger.take(txid.unwrap_or(id), id, amount, now);
    state.received.push(pix.clone());
    attach(state, &pix);
    if txid.is_some() {
        super::hooks::of_pix(state, &pix);
    }
}

/// The charge that a Pix belongs to shows it.
fn attach(state: &mut State, pix: &Value) {
    let shown = super::state::show(pix);
    let Some(txid) = pix["txid"].as_str() else { return };
    let charge = if state.cycles.contains_key(txid) { state.cycles.get_mut(txid) } else { state.charges.get_mut(txid) };
    let Some(charge) = charge else { return };
    let mut all = charge["pix"].as_array().cloned().unwrap_or_default();
    all.retain(|have| have["endToEndId"] != pix["endToEndId"]);
    all.push(shown);
    set(charge, "pix", json!(all));
}

pub(crate) fn find(state: &State, id: &str) -> Result<Value, Wrong> {
    state.received.iter().find(|pix| pix["endToEndId"] == id).cloned().ok_or_else(|| absent("PixNaoEncontrado"))
}

pub(crate) fn list(state: &State, ask: &Ask) -> Result<Value, Wrong> {
    let (from, until) = between(ask, "PixConsultaInvalida")?;
    let told = |name: &str| ask.asked(name).map(|text| text == "true");
    let fits = |pix: &&Value| {
        let at = pix["horario"].as_str().and_then(parse_rfc3339).unwrap_or(0);
        let refunded = pix["devolucoes"].as_array().is_some_and(|all| !all.is_empty());
        (from..=until).contains(&at)
            && ask.asked("txid").is_none_or(|txid| pix["txid"] == txid.as_str())
            && told("txIdPresente").is_none_or(|present| present != pix["txid"].is_null())
            && told("devolucaoPresente").is_none_or(|present| present == refunded)
    };
    let found: Vec<Value> = state.received.iter().filter(fits).cloned().collect();
    page(ask, "PixConsultaInvalida", "pix", &found)
}

pub(crate) fn refund(state: &mut State, id: &str, refund: &str, ask: &Ask) -> Result<Value, Wrong> {
    const KIND: &str = "PixDevolucaoInvalida";
    let asked = body(ask, KIND)?;
    let pix = find(state, id)?;
    let now = state.now();
    let refused = |reason: &str, field: &str, value: &Value| problem(400, KIND, "Devolução inválida.", &[violation(reason, field, value)]);
    if !is_refund_id(refund) {
        return Err(refused("O id não respeita o schema.", "id", &json!(refund)));
    }
    let amount = asked["valor"].as_str().and_then(cents).filter(|amount| *amount > 0);
    let amount = amount.ok_or_else(|| refused("O campo devolucao.valor não respeita o schema.", "devolucao.valor", &asked["valor"]))?;
    if !asked["natureza"].is_null() && asked["natureza"] != "ORIGINAL" && asked["natureza"] != "RETIRADA" {
        return Err(refused("O campo devolucao.natureza não respeita o schema.", "devolucao.natureza", &asked["natureza"]));
    }
    let earlier = pix["devolucoes"].as_array().cloned().unwrap_or_default();
    if earlier.iter().any(|have| have["id"] == refund) {
        return Err(refused("O id já foi utilizado por outra devolução deste Pix.", "id", &json!(refund)));
    }
    let back: i64 = earlier.iter().filter(|have| have["status"] != "NAO_REALIZADO").filter_map(|have| cents(have["valor"].as_str()?)).sum();
    if back + amount > pix["valor"].as_str().and_then(cents).unwrap_or(0) {
        return Err(refused("As devoluções excederiam o valor do Pix.", "devolucao.valor", &asked["valor"]));
    }
    if now > pix["_at"].as_i64().unwrap_or(0) + REFUND_DAYS * DAY {
        return Err(refused("A janela de 90 dias para devoluções passou.", "horario", &pix["horario"]));
    }
    let rtr = state.end_to_end('D');
    let made = json!({
        "id": refund, "rtrId": rtr, "valor": shown_amount(amount), "natureza": asked["natureza"].as_str().unwrap_or("ORIGINAL"),
        "descricao": asked["descricao"], "horario": {"solicitacao": state.stamp()}, "status": "EM_PROCESSAMENTO",
    });
    change(state, id, |all| all.push(super::state::show(&made)));
    if !state.refunds_wait {
        finish(state, id, refund, true)?;
    }
    find_refund(state, id, refund)
}

pub(crate) fn find_refund(state: &State, id: &str, refund: &str) -> Result<Value, Wrong> {
    let pix = find(state, id)?;
    let found = pix["devolucoes"].as_array().into_iter().flatten().find(|have| have["id"] == refund);
    found.cloned().ok_or_else(|| absent("PixDevolucaoNaoEncontrada"))
}

/// A refund ends, done or not.
pub(crate) fn finish(state: &mut State, id: &str, refund: &str, done: bool) -> Result<(), Wrong> {
    let made = find_refund(state, id, refund)?;
    if made["status"] != "EM_PROCESSAMENTO" {
        return Ok(());
    }
    let (now, stamp) = (state.now(), state.stamp());
    change(state, id, |all| {
        for have in all.iter_mut().filter(|have| have["id"] == refund) {
            set(have, "status", json!(if done { "DEVOLVIDO" } else { "NAO_REALIZADO" }));
            if let Some(times) = have.get_mut("horario").filter(|_| done) {
                set(times, "liquidacao", stamp.clone());
            }
        }
    });
    let pix = find(state, id)?;
    if done {
        let amount = made["valor"].as_str().and_then(cents).unwrap_or(0);
        let key = pix["txid"].as_str().unwrap_or(id).to_owned();
        state.ledger.give_back(&key, made["rtrId"].as_str().unwrap_or_default(), amount, now);
    }
    if !pix["txid"].is_null() {
        super::hooks::of_pix(state, &pix);
    }
    Ok(())
}

fn change(state: &mut State, id: &str, work: impl FnOnce(&mut Vec<Value>)) {
    let Some(pix) = state.received.iter_mut().find(|pix| pix["endToEndId"] == id) else { return };
    if let Some(all) = pix.get_mut("devolucoes").and_then(Value::as_array_mut) {
        work(all);
    }
    let pix = pix.clone();
    attach(state, &pix);
}
