//! Pix Automático: authorisations (`rec`) and requests to confirm one in the payer's app (`solicrec`).
//!
//! Deliberately absent: lists of locations, and codes that also pay (journeys 3 and 4).

use serde_json::{Value, json};

use super::check::{Check, Wrong, absent, body, problem};
use super::state::{State, between, lay, move_to, page, set};
use crate::clock::{parse_date, parse_rfc3339};
use crate::serve::Ask;

const INVALID: &str = "RecOperacaoInvalida";
const REQUEST_INVALID: &str = "SolicRecOperacaoInvalida";

/// A place for the code of an authorisation.
pub(crate) fn place(state: &mut State) -> Value {
    let number = state.number(9);
    let id: u64 = number.parse().unwrap_or_default();
    json!({"id": id, "location": format!("pix.fake.example/qr/rec/{number}"), "criacao": state.stamp(), "idRec": null})
}

pub(crate) fn create(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, INVALID)?;
    let mut check = Check::new("rec", &asked);
    check.must("vinculo.contrato");
    check.short("vinculo.contrato", 35);
    check.short("vinculo.objeto", 35);
    check.must("vinculo.devedor");
    check.person("vinculo.devedor", 140);
    check.day_from("calendario.dataInicial", state.today());
    check.text("calendario.dataFinal", |text| parse_date(text).is_some());
    let day = |value: &Value| value.as_str().and_then(parse_date);
    let (first, last) = (day(check.at("calendario.dataInicial")), day(check.at("calendario.dataFinal")));
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        check.refuse("calendario.dataFinal", "O campo rec.calendario.dataFinal é anterior ao campo rec.calendario.dataInicial.");
    }
    check.must("calendario.periodicidade");
    check.word("calendario.periodicidade", &["SEMANAL", "MENSAL", "TRIMESTRAL", "SEMESTRAL", "ANUAL"]);
    check.must("politicaRetentativa");
    check.word("politicaRetentativa", &["NAO_PERMITE", "PERMITE_3R_7D"]);
    check.short("recebedor.convenio", 60);
    for name in ["valor.valorRec", "valor.valorMinimoRecebedor"] {
        if !check.at(name).is_null() {
            check.amount(name);
        }
    }
    if !check.at("valor.valorRec").is_null() && !check.at("valor.valorMinimoRecebedor").is_null() {
        check.refuse("valor", "Ambos os campos valorRec e valorMinimoRecebedor estão preenchidos.");
    }
    check.text("ativacao.dadosJornada.txid", super::check::is_txid);
    check.done(INVALID)?;

    let letter = if asked["politicaRetentativa"] == "PERMITE_3R_7D" { 'R' } else { 'N' };
    let number = state.number(11);
    let id = format!("R{letter}{}{}{number}", state.receiver.ispb, state.compact_today());
    let mut rec = asked.clone();
    let mut receiver = state.shown_receiver();
    if !asked["recebedor"]["convenio"].is_null() {
        set(&mut receiver, "convenio", asked["recebedor"]["convenio"].clone());
    }
    set(&mut rec, "idRec", json!(id));
    set(&mut rec, "recebedor", receiver);
    set(&mut rec, "atualizacao", json!([]));
    if let Some(place) = asked["loc"].as_u64() {
        let url = format!("pix.fake.example/qr/rec/{place:09}");
        set(&mut rec, "loc", json!({"id": place, "location": url, "idRec": id, "criacao": state.stamp()}));
        set(&mut rec, "dadosQR", json!({"jornada": "JORNADA_2", "pixCopiaECola": super::brcode(&url)}));
    }
    set(&mut rec, "_at", json!(state.now()));
    move_to(&mut rec, "CRIADA", &state.stamp());
    state.recurrences.insert(id, rec.clone());
    Ok(rec)
}

pub(crate) fn find(state: &State, id: &str) -> Result<Value, Wrong> {
    state.recurrences.get(id).cloned().ok_or_else(|| absent("RecNaoEncontrada"))
}

pub(crate) fn list(state: &State, ask: &Ask) -> Result<Value, Wrong> {
    let (from, until) = between(ask, "RecConsultaInvalida")?;
    let fits = |rec: &&Value| {
        let debtor = &rec["vinculo"]["devedor"];
        let same = |name: &str, have: &Value| ask.asked(name).is_none_or(|wanted| *have == wanted.as_str());
        rec["_at"].as_i64().is_some_and(|at| (from..=until).contains(&at))
            && same("status", &rec["status"])
            && same("cpf", &debtor["cpf"])
            && same("cnpj", &debtor["cnpj"])
    };
    let found: Vec<Value> = state.recurrences.values().filter(fits).cloned().collect();
    page(ask, "RecConsultaInvalida", "recs", &found)
}

pub(crate) fn revise(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, INVALID)?;
    let rec = find(state, id)?;
    if !matches!(rec["status"].as_str(), Some("CRIADA" | "APROVADA")) {
        return Err(problem(400, INVALID, "A recorrência encontra-se expirada, cancelada ou rejeitada.", &[]));
    }
    if asked.get("status").is_some() {
        if asked["status"] != "CANCELADA" {
            return Err(problem(400, INVALID, "O campo rec.status não respeita o schema.", &[]));
        }
        return Ok(end(state, id, "CANCELADA", &json!({"cancelamento": {"solicitante": "USUARIO_RECEBEDOR", "codigo": "SLCR"}})));
    }
    if asked.get("calendario").is_some() && rec["status"] != "CRIADA" {
        return Err(problem(400, INVALID, "A data inicial só pode ser alterada no status CRIADA.", &[]));
    }
    let mut rec = rec;
    lay(&mut rec, &asked);
    state.recurrences.insert(id.to_owned(), rec.clone());
    Ok(rec)
}

/// The payer's side says what becomes of an authorisation, or the receiver takes it away.
pub(crate) fn end(state: &mut State, id: &str, status: &str, why: &Value) -> Value {
    let stamp = state.stamp();
    let Some(rec) = state.recurrences.get_mut(id) else { return Value::Null };
    move_to(rec, status, &stamp);
    if !why.is_null() {
        set(rec, "encerramento", why.clone());
    }
    let rec = rec.clone();
    let accepted = match status {
        "APROVADA" => "ACEITA",
        "REJEITADA" => "REJEITADA",
        "EXPIRADA" => "EXPIRADA",
        _ => "CANCELADA",
    };
    for request in state.requests.values_mut() {
        if request["idRec"] == id && active(request) {
            move_to(request, accepted, &stamp);
        }
    }
    super::hooks::of_recurrence(state, &rec);
    rec
}

fn active(request: &Value) -> bool {
    matches!(request["status"].as_str(), Some("CRIADA" | "ENVIADA" | "RECEBIDA"))
}

pub(crate) fn request(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, REQUEST_INVALID)?;
    let mut check = Check::new("solicrec", &asked);
    check.must("idRec");
    check.must("calendario.dataExpiracaoSolicitacao");
    check.text("calendario.dataExpiracaoSolicitacao", |text| parse_rfc3339(text).is_some());
    if check.at("calendario.dataExpiracaoSolicitacao").as_str().and_then(parse_rfc3339).is_some_and(|at| at < state.now()) {
        check.refuse("calendario.dataExpiracaoSolicitacao", "A expiração é anterior à criação da solicitação.");
    }
    for name in ["destinatario.conta", "destinatario.ispbParticipante"] {
        check.must(name);
    }
    check.short("destinatario.conta", 20);
    check.short("destinatario.agencia", 4);
    check.text("destinatario.ispbParticipante", |text| text.len() == 8 && text.bytes().all(|b| b.is_ascii_alphanumeric()));
    if check.at("destinatario.cpf").is_null() == check.at("destinatario.cnpj").is_null() {
        check.refuse("destinatario", "O objeto solicrec.destinatario não respeita o schema.");
    }
    check.done(REQUEST_INVALID)?;
    let id = asked["idRec"].as_str().unwrap_or_default().to_owned();
    let rec = find(state, &id)?;
    if rec["status"] != "CRIADA" {
        return Err(problem(400, REQUEST_INVALID, "A recorrência não está no status CRIADA.", &[]));
    }
    if state.requests.values().any(|request| request["idRec"] == id.as_str() && active(request)) {
        return Err(problem(400, REQUEST_INVALID, "Existe uma solicitação ativa referente ao mesmo idRec.", &[]));
    }
    let number = state.number(11);
    let own = format!("SC{}{}{number}", state.receiver.ispb, state.compact_today());
    let mut request = asked;
    set(&mut request, "idSolicRec", json!(own));
    set(&mut request, "atualizacao", json!([]));
    set(&mut request, "recPayload", super::state::show(&rec));
    move_to(&mut request, "CRIADA", &state.stamp());
    state.requests.insert(own, request.clone());
    Ok(request)
}

pub(crate) fn find_request(state: &State, id: &str) -> Result<Value, Wrong> {
    state.requests.get(id).cloned().ok_or_else(|| absent("SolicRecNaoEncontrada"))
}

pub(crate) fn cancel_request(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, REQUEST_INVALID)?;
    let request = find_request(state, id)?;
    if asked["status"] != "CANCELADA" || !active(&request) {
        return Err(problem(400, REQUEST_INVALID, "Só se cancela uma solicitação CRIADA, ENVIADA ou RECEBIDA.", &[]));
    }
    let stamp = state.stamp();
    let Some(request) = state.requests.get_mut(id) else { return Err(absent("SolicRecNaoEncontrada")) };
    move_to(request, "CANCELADA", &stamp);
    Ok(request.clone())
}
