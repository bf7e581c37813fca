//! Pix Automático: the charge of one cycle (`cobr`), its attempts and its retries.
//!
//! Sent 10 to 2 days before settlement; at most three retries on distinct days within seven days, none while another is
//! pending. Deliberately absent: bank holidays; a day is moved from a weekend only.

use serde_json::{Value, json};

use super::charges::weekday_from;
use super::check::{Check, Wrong, absent, body, cents, is_txid, problem, violation};
use super::state::{Attempted, State, between, move_to, page, set};
use crate::clock::{civil, date, parse_date};
use crate::serve::Ask;

const INVALID: &str = "CobROperacaoInvalida";
/// Fewest and most days between a charge and its settlement.
const NOTICE: std::ops::RangeInclusive<i64> = 2..=10;
/// Most retries.
const RETRIES: usize = 3;
/// Days after the first settlement day in which they lie.
const RETRY_DAYS: i64 = 7;
/// The hour of the evening before, in Brazil, until which the receiver can cancel.
const CANCEL_HOUR: i64 = 22;
/// Codes of a refusal after which no retry is allowed.
const FINAL: [&str; 9] = ["AC05", "AM09", "DENC", "DS27", "MIDI", "MSUC", "NITX", "RC09", "DTED"];

fn refused(reason: &str, property: &str, value: &Value) -> Wrong {
    problem(400, INVALID, "Operação inválida.", &[violation(reason, property, value)])
}

pub(crate) fn create(state: &mut State, txid: Option<&str>, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, INVALID)?;
    let txid = txid.map_or_else(|| format!("psp{}", state.number(29)), str::to_owned);
    if !is_txid(&txid) {
        return Err(refused("O campo cobr.txid não respeita o schema.", "cobr.txid", &json!(txid)));
    }
    if state.cycles.contains_key(&txid) || state.charges.contains_key(&txid) {
        return Err(refused("O campo cobr.txid encontra-se em uso.", "cobr.txid", &json!(txid)));
    }
    let mut check = Check::new("cobr", &asked);
    check.must("idRec");
    check.amount("valor.original");
    check.day_from("calendario.dataDeVencimento", state.today());
    check.must("recebedor");
    check.must("recebedor.conta");
    check.short("recebedor.conta", 20);
    check.short("recebedor.agencia", 4);
    check.must("recebedor.tipoConta");
    check.word("recebedor.tipoConta", &["CORRENTE", "POUPANCA", "PAGAMENTO"]);
    check.short("infoAdicional", 140);
    check.must("ajusteDiaUtil");
    if !check.at("ajusteDiaUtil").is_null() && !check.at("ajusteDiaUtil").is_boolean() {
        check.refuse("ajusteDiaUtil", "O campo cobr.ajusteDiaUtil não respeita o schema.");
    }
    check.done(INVALID)?;
    let id = asked["idRec"].as_str().unwrap_or_default().to_owned();
    let rec = super::recurrence::find(state, &id)?;
    let due = asked["calendario"]["dataDeVencimento"].as_str().and_then(parse_date).unwrap_or(0);
    let settles = if asked["ajusteDiaUtil"] == false { due } else { weekday_from(due) };
    allowed(state, &rec, &asked, due, settles)?;

    let stamp = state.stamp();
    let mut calendar = asked["calendario"].clone();
    set(&mut calendar, "criacao", json!(date(state.today())));
    let mut cycle = asked.clone();
    let debtor = if asked["devedor"].is_null() { rec["vinculo"]["devedor"].clone() } else { asked["devedor"].clone() };
    for (name, value) in
        [("txid", json!(txid)), ("calendario", calendar), ("atualizacao", json!([])), ("tentativas", json!([])), ("devedor", debtor)]
    {
        set(&mut cycle, name, value);
    }
    set(&mut cycle, "politicaRetentativa", rec["politicaRetentativa"].clone());
    set(&mut cycle, "_first", json!(settles));
    set(&mut cycle, "_due", json!(due));
    set(&mut cycle, "_at", json!(state.now()));
    move_to(&mut cycle, "CRIADA", &stamp);
    move_to(&mut cycle, "ATIVA", &stamp);
    schedule(state, &mut cycle, settles, "AGND");
    state.cycles.insert(txid, cycle.clone());
    super::hooks::of_cycle(state, &cycle);
    Ok(cycle)
}

/// What the account's state allows: an approved authorisation, its amount, the notice, one live charge of a cycle.
fn allowed(state: &State, rec: &Value, asked: &Value, due: i64, settles: i64) -> Result<(), Wrong> {
    if rec["status"] != "APROVADA" {
        return Err(refused("A recorrência não está APROVADA.", "cobr.idRec", &asked["idRec"]));
    }
    if !NOTICE.contains(&(settles - state.today())) {
        let text = "A cobrança deve ser enviada entre 10 e 2 dias antes da liquidação.";
        return Err(refused(text, "cobr.calendario.dataDeVencimento", &asked["calendario"]["dataDeVencimento"]));
    }
    let amount = |value: &Value| value.as_str().and_then(cents);
    let original = amount(&asked["valor"]["original"]);
    let fixed = amount(&rec["valor"]["valorRec"]);
    if fixed.is_some() && fixed != original {
        return Err(refused("O valor difere do valor fixo da recorrência.", "cobr.valor.original", &asked["valor"]["original"]));
    }
    let own = cycle_of(rec, due);
    let same = |cycle: &&Value| {
        cycle["idRec"] == rec["idRec"]
            && !matches!(cycle["status"].as_str(), Some("REJEITADA" | "CANCELADA"))
            && cycle["_due"].as_i64().is_some_and(|due| cycle_of(rec, due) == own)
    };
    if state.cycles.values().any(|cycle| same(&cycle)) {
        let text = "Existe uma CobR com status diferente de REJEITADA e CANCELADA no mesmo ciclo.";
        return Err(refused(text, "cobr.calendario.dataDeVencimento", &asked["calendario"]["dataDeVencimento"]));
    }
    Ok(())
}

/// Which cycle of an authorisation a day is in.
fn cycle_of(rec: &Value, day: i64) -> i64 {
    let first = rec["calendario"]["dataInicial"].as_str().and_then(parse_date).unwrap_or(0);
    let months = match rec["calendario"]["periodicidade"].as_str() {
        Some("SEMANAL") => return (day - first).div_euclid(7),
        Some("TRIMESTRAL") => 3,
        Some("SEMESTRAL") => 6,
        Some("ANUAL") => 12,
        Some(_) | None => 1,
    };
    let month = |day: i64| {
        let (year, month, _) = civil(day);
        year * 12 + month
    };
    (month(day) - month(first)).div_euclid(months)
}

/// Puts an attempt on a cycle.
fn schedule(state: &mut State, cycle: &mut Value, day: i64, kind: &str) {
    let (id, stamp) = (state.end_to_end('E'), state.stamp());
    let mut attempt = json!({"dataLiquidacao": date(day), "tipo": kind, "endToEndId": id, "atualizacao": []});
    move_to(&mut attempt, "SOLICITADA", &stamp);
    move_to(&mut attempt, "AGENDADA", &stamp);
    if let Some(attempts) = cycle.get_mut("tentativas").and_then(Value::as_array_mut) {
        attempts.push(attempt);
    }
}

pub(crate) fn find(state: &State, txid: &str) -> Result<Value, Wrong> {
    state.cycles.get(txid).cloned().ok_or_else(|| absent("CobRNaoEncontrado"))
}

pub(crate) fn list(state: &State, ask: &Ask) -> Result<Value, Wrong> {
    let (from, until) = between(ask, "CobRConsultaInvalida")?;
    let fits = |cycle: &&Value| {
        let same = |name: &str, have: &Value| ask.asked(name).is_none_or(|wanted| *have == wanted.as_str());
        cycle["_at"].as_i64().is_some_and(|at| (from..=until).contains(&at))
            && same("idRec", &cycle["idRec"])
            && same("status", &cycle["status"])
    };
    let found: Vec<Value> = state.cycles.values().filter(fits).cloned().collect();
    page(ask, "CobRConsultaInvalida", "cobsr", &found)
}

pub(crate) fn cancel(state: &mut State, txid: &str, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, INVALID)?;
    let mut cycle = find(state, txid)?;
    if asked["status"] != "CANCELADA" {
        return Err(refused("O campo cobr.status não respeita o schema.", "cobr.status", &asked["status"]));
    }
    if !matches!(cycle["status"].as_str(), Some("CRIADA" | "ATIVA")) {
        return Err(refused("A cobrança não pode mais ser cancelada.", "cobr.status", &cycle["status"]));
    }
    let first = cycle["_first"].as_i64().unwrap_or(0);
    let hour = (state.now() + super::state::OFFSET).rem_euclid(86_400) / 3_600;
    let today = state.today();
    if today >= first || (today == first - 1 && hour >= CANCEL_HOUR) {
        let text = "Não é possível cancelar em data igual ou maior que a da primeira tentativa de liquidação.";
        return Err(refused(text, "cobr.status", &asked["status"]));
    }
    let stamp = state.stamp();
    move_to(&mut cycle, "CANCELADA", &stamp);
    each_pending(&mut cycle, |attempt| move_to(attempt, "CANCELADA", &stamp));
    state.cycles.insert(txid.to_owned(), cycle.clone());
    super::hooks::of_cycle(state, &cycle);
    Ok(cycle)
}

fn pending(attempt: &Value) -> bool {
    matches!(attempt["status"].as_str(), Some("SOLICITADA" | "AGENDADA"))
}

fn each_pending(cycle: &mut Value, work: impl FnMut(&mut Value)) {
    if let Some(attempts) = cycle.get_mut("tentativas").and_then(Value::as_array_mut) {
        attempts.iter_mut().filter(|attempt| pending(attempt)).for_each(work);
    }
}

pub(crate) fn retry(state: &mut State, txid: &str, day: &str) -> Result<Value, Wrong> {
    let mut cycle = find(state, txid)?;
    let asked = json!(day);
    let refuse = |text: &str| Err(refused(text, "data", &asked));
    let Some(on) = parse_date(day) else { return refuse("O parâmetro data não respeita o schema.") };
    let attempts = cycle["tentativas"].as_array().cloned().unwrap_or_default();
    if cycle["politicaRetentativa"] != "PERMITE_3R_7D" {
        return refuse("A política configurada na recorrência não permite retentativa de cobrança.");
    }
    if cycle["status"] != "ATIVA" {
        return refuse("A cobrança não está ATIVA.");
    }
    if attempts.iter().any(pending) {
        return refuse("Existe uma tentativa com status SOLICITADA ou AGENDADA.");
    }
    if on <= state.today() {
        return refuse("O parâmetro data não corresponde a uma data futura.");
    }
    if attempts.iter().any(|attempt| attempt["dataLiquidacao"] == day) {
        return refuse("Existe uma tentativa para a data informada.");
    }
    if attempts.len() > RETRIES {
        return refuse("O limite de três retentativas foi atingido.");
    }
    if on > cycle["_first"].as_i64().unwrap_or(0) + RETRY_DAYS {
        return refuse("A data passa de sete dias da liquidação original.");
    }
    schedule(state, &mut cycle, on, "NTAG");
    state.cycles.insert(txid.to_owned(), cycle.clone());
    super::hooks::of_cycle(state, &cycle);
    Ok(cycle)
}

/// A day is over: what was to be settled on it or before is, as each payer's script says.
pub(crate) fn settle(state: &mut State, today: i64) {
    let ids: Vec<String> = state.cycles.iter().filter(|(_, cycle)| cycle["status"] == "ATIVA").map(|(txid, _)| txid.clone()).collect();
    for txid in ids {
        let Ok(cycle) = find(state, &txid) else { continue };
        let attempts = cycle["tentativas"].as_array().cloned().unwrap_or_default();
        let due = |attempt: &&Value| attempt["dataLiquidacao"].as_str().and_then(parse_date).is_some_and(|day| day <= today);
        match attempts.iter().filter(|attempt| pending(attempt)).find(due) {
            Some(attempt) => happen(state, &txid, cycle, attempt),
            None => lapse(state, &txid, cycle, today),
        }
    }
}

fn happen(state: &mut State, txid: &str, mut cycle: Value, attempt: &Value) {
    let (stamp, id) = (state.stamp(), cycle["idRec"].as_str().unwrap_or_default().to_owned());
    let script = state.payers.entry(id).or_insert_with(|| vec![Attempted::Pays]);
    let does = if script.len() > 1 { script.remove(0) } else { script.first().cloned().unwrap_or(Attempted::Pays) };
    let paid = matches!(does, Attempted::Pays);
    match &does {
        Attempted::Pays => {
            each_pending(&mut cycle, |attempt| move_to(attempt, "PAGA", &stamp));
            move_to(&mut cycle, "CONCLUIDA", &stamp);
        }
        Attempted::Expires => each_pending(&mut cycle, |attempt| move_to(attempt, "EXPIRADA", &stamp)),
        Attempted::Rejects(code) => {
            each_pending(&mut cycle, |attempt| {
                move_to(attempt, "REJEITADA", &stamp);
                set(attempt, "rejeicao", json!({"codigo": code}));
            });
            if FINAL.contains(&code.as_str()) {
                set(&mut cycle, "encerramento", json!({"rejeicao": {"codigo": code}}));
                move_to(&mut cycle, "REJEITADA", &stamp);
            }
        }
    }
    if cycle["status"] == "ATIVA" && cycle["politicaRetentativa"] != "PERMITE_3R_7D" {
        move_to(&mut cycle, "EXPIRADA", &stamp);
    }
    state.cycles.insert(txid.to_owned(), cycle.clone());
    if paid {
        let amount = cycle["valor"]["original"].as_str().and_then(cents).unwrap_or(0);
        let end_to_end = attempt["endToEndId"].as_str().unwrap_or_default().to_owned();
        super::received::receive_as(state, &end_to_end, Some(txid), None, amount, &Value::Null);
    }
    if let Ok(cycle) = find(state, txid) {
        super::hooks::of_cycle(state, &cycle);
    }
}

/// A charge that nobody can try again any more is over.
fn lapse(state: &mut State, txid: &str, mut cycle: Value, today: i64) {
    let attempts = cycle["tentativas"].as_array().map_or(0, Vec::len);
    let waits = cycle["tentativas"].as_array().into_iter().flatten().any(pending);
    let over = attempts > RETRIES || today > cycle["_first"].as_i64().unwrap_or(0) + RETRY_DAYS;
    if over && !waits {
        move_to(&mut cycle, "EXPIRADA", &state.stamp());
        state.cycles.insert(txid.to_owned(), cycle.clone());
        super::hooks::of_cycle(state, &cycle);
    }
}
