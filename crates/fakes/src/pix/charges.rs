//! Charges that wait for the payer: immediate ones (`cob`) and those with a due date (`cobv`).
//!
//! Deliberately absent: batches, locations that are made apart, withdrawals, and the reckoning of fine and interest: who pays
//! says how much came.

use serde_json::{Value, json};

use super::check::{Check, Wrong, absent, body, cents, is_txid, problem, reais, violation};
use super::state::{State, between, lay, page, set};
use crate::clock::{parse_date, parse_rfc3339};
use crate::serve::Ask;

/// Seconds that an immediate charge can be paid when nobody says.
const EXPIRY: i64 = 86_400;
/// Days after the due date that a charge can be paid when nobody says.
const VALIDITY: i64 = 30;

/// Of which kind a charge is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Cob,
    Cobv,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cob => "cob",
            Self::Cobv => "cobv",
        }
    }

    const fn invalid(self) -> &'static str {
        match self {
            Self::Cob => "CobOperacaoInvalida",
            Self::Cobv => "CobVOperacaoInvalida",
        }
    }

    const fn absent(self) -> &'static str {
        match self {
            Self::Cob => "CobNaoEncontrado",
            Self::Cobv => "CobVNaoEncontrada",
        }
    }

    const fn unlisted(self) -> &'static str {
        match self {
            Self::Cob => "CobConsultaInvalida",
            Self::Cobv => "CobVConsultaInvalida",
        }
    }
}

/// `PUT`: makes a charge, or revises one that is active.
pub(crate) fn put(state: &mut State, kind: Kind, txid: &str, ask: &Ask) -> Result<Value, Wrong> {
    if !is_txid(txid) {
        let wrong = violation("O txid não respeita o schema.", &format!("{}.txid", kind.name()), &json!(txid));
        return Err(problem(400, kind.invalid(), "Operação inválida.", &[wrong]));
    }
    let asked = body(ask, kind.invalid())?;
    check(state, kind, &asked, true)?;
    if state.cycles.contains_key(txid) {
        return Err(used(kind, txid));
    }
    match state.charges.get(txid) {
        None => Ok(make(state, kind, txid, &asked)),
        Some(have) if have["_kind"] != kind.name() => Err(used(kind, txid)),
        Some(have) if have["status"] != "ATIVA" => Err(problem(400, kind.invalid(), "A cobrança já existe e não está ATIVA.", &[])),
        Some(have) if have["_asked"] == asked => Ok(have.clone()),
        Some(_) => Ok(revise(state, txid, &asked)),
    }
}

fn used(kind: Kind, txid: &str) -> Wrong {
    let wrong = violation("O txid encontra-se em uso.", &format!("{}.txid", kind.name()), &json!(txid));
    problem(400, kind.invalid(), "Operação inválida.", &[wrong])
}

/// `POST /cob`: the PSP chooses the txid.
pub(crate) fn post(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, Kind::Cob.invalid())?;
    check(state, Kind::Cob, &asked, true)?;
    let txid = format!("psp{}", state.number(29));
    Ok(make(state, Kind::Cob, &txid, &asked))
}

/// `PATCH`: revises or removes.
pub(crate) fn patch(state: &mut State, kind: Kind, txid: &str, ask: &Ask) -> Result<Value, Wrong> {
    let asked = body(ask, kind.invalid())?;
    let have = find(state, kind, txid)?;
    if have["status"] != "ATIVA" {
        return Err(problem(400, kind.invalid(), "A cobrança não está ATIVA.", &[]));
    }
    if asked.get("status").is_some() {
        let alone = asked.as_object().is_some_and(|fields| fields.len() == 1);
        if asked["status"] != "REMOVIDA_PELO_USUARIO_RECEBEDOR" || !alone {
            let wrong = violation("O status só pode ser REMOVIDA_PELO_USUARIO_RECEBEDOR, sozinho.", "status", &asked["status"]);
            return Err(problem(400, kind.invalid(), "Operação inválida.", &[wrong]));
        }
        let Some(charge) = state.charges.get_mut(txid) else { return Err(absent(kind.absent())) };
        set(charge, "status", asked["status"].clone());
        return Ok(charge.clone());
    }
    let mut whole = have["_asked"].clone();
    lay(&mut whole, &asked);
    check(state, kind, &whole, false)?;
    Ok(revise(state, txid, &whole))
}

pub(crate) fn find(state: &State, kind: Kind, txid: &str) -> Result<Value, Wrong> {
    state.charges.get(txid).filter(|charge| charge["_kind"] == kind.name()).cloned().ok_or_else(|| absent(kind.absent()))
}

pub(crate) fn list(state: &State, kind: Kind, ask: &Ask) -> Result<Value, Wrong> {
    let (from, until) = between(ask, kind.unlisted())?;
    if ask.asked("cpf").is_some() && ask.asked("cnpj").is_some() {
        return Err(problem(400, kind.unlisted(), "Os parâmetros cpf e cnpj não podem estar juntos.", &[]));
    }
    let fits = |charge: &&Value| {
        let made = charge["calendario"]["criacao"].as_str().and_then(parse_rfc3339).unwrap_or(0);
        let same = |name: &str, have: &Value| ask.asked(name).is_none_or(|wanted| *have == wanted.as_str());
        let debtor = &charge["devedor"];
        charge["_kind"] == kind.name()
            && (from..=until).contains(&made)
            && same("status", &charge["status"])
            && same("cpf", &debtor["cpf"])
            && same("cnpj", &debtor["cnpj"])
    };
    let found: Vec<Value> = state.charges.values().filter(fits).cloned().collect();
    page(ask, kind.unlisted(), "cobs", &found)
}

fn check(state: &State, kind: Kind, asked: &Value, new: bool) -> Result<(), Wrong> {
    let mut check = Check::new(kind.name(), asked);
    check.must("calendario");
    check.must("chave");
    check.short("chave", 77);
    if check.at("chave").as_str().is_some_and(|key| !state.receiver.keys.iter().any(|have| have == key)) {
        check.refuse("chave", "A chave corresponde a uma conta que não pertence a este usuário recebedor.");
    }
    check.amount("valor.original");
    check.whole("valor.modalidadeAlteracao", 0, 1);
    check.short("solicitacaoPagador", 140);
    extras(&mut check);
    match kind {
        Kind::Cob => {
            check.whole("calendario.expiracao", 1, i64::from(i32::MAX));
            check.person("devedor", 200);
        }
        Kind::Cobv => {
            // A revision may leave a due date that has passed as it is.
            check.day_from("calendario.dataDeVencimento", if new { state.today() } else { i64::MIN });
            check.whole("calendario.validadeAposVencimento", 0, 3_650);
            check.must("devedor");
            check.person("devedor", 200);
            check.text("devedor.uf", |text| text.len() == 2);
            late(&mut check);
        }
    }
    check.done(kind.invalid())
}

/// `infoAdicionais`: at most fifty pairs.
fn extras(check: &mut Check<'_>) {
    let extras = check.at("infoAdicionais");
    if extras.is_null() {
        return;
    }
    let short = |value: &Value, longest: usize| value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= longest);
    let fits =
        extras.as_array().is_some_and(|all| all.len() <= 50 && all.iter().all(|one| short(&one["nome"], 50) && short(&one["valor"], 200)));
    if !fits {
        check.refuse("infoAdicionais", "O objeto infoAdicionais não respeita o schema.");
    }
}

/// Fine, interest, abatement and discount of a charge with a due date.
fn late(check: &mut Check<'_>) {
    let original = check.at("valor.original").as_str().and_then(cents).unwrap_or(0);
    for (name, most, absolute) in [("multa", 2, 1), ("juros", 8, 1), ("abatimento", 2, 1)] {
        let path = format!("valor.{name}");
        if check.at(&path).is_null() {
            continue;
        }
        let (kind, value) = (format!("{path}.modalidade"), format!("{path}.valorPerc"));
        check.must(&kind);
        check.whole(&kind, 1, most);
        check.amount(&value);
        let worth = check.at(&value).as_str().and_then(cents).unwrap_or(0);
        let whole = if check.at(&kind).as_i64() == Some(absolute) { original } else { 10_000 };
        if name == "abatimento" && worth >= whole {
            check.refuse(&value, "O abatimento deve ser menor que o valor da cobrança.");
        }
    }
    discount(check, original);
}

fn discount(check: &mut Check<'_>, original: i64) {
    if check.at("valor.desconto").is_null() {
        return;
    }
    check.must("valor.desconto.modalidade");
    check.whole("valor.desconto.modalidade", 1, 6);
    let kind = check.at("valor.desconto.modalidade").as_i64().unwrap_or(0);
    let whole = if matches!(kind, 1 | 3 | 4) { original } else { 10_000 };
    if kind > 2 {
        check.amount("valor.desconto.valorPerc");
        return;
    }
    let due = check.at("calendario.dataDeVencimento").as_str().and_then(parse_date).unwrap_or(i64::MAX);
    let fits = |one: &Value| {
        let day = one["data"].as_str().and_then(parse_date).is_some_and(|day| day <= due);
        day && one["valorPerc"].as_str().and_then(cents).is_some_and(|worth| worth > 0 && worth < whole)
    };
    let dates = check.at("valor.desconto.descontoDataFixa").as_array();
    if !dates.is_some_and(|dates| (1..=3).contains(&dates.len()) && dates.iter().all(fits)) {
        check.refuse("valor.desconto.descontoDataFixa", "O objeto desconto não respeita o schema.");
    }
}

fn make(state: &mut State, kind: Kind, txid: &str, asked: &Value) -> Value {
    let url = format!("pix.fakepsp.example/qr/v2/{}{txid}", if kind == Kind::Cobv { "cobv/" } else { "" });
    let mut charge = asked.clone();
    let mut calendar = asked["calendario"].clone();
    set(&mut calendar, "criacao", state.stamp());
    match kind {
        Kind::Cob if calendar["expiracao"].is_null() => set(&mut calendar, "expiracao", json!(EXPIRY)),
        Kind::Cobv if calendar["validadeAposVencimento"].is_null() => set(&mut calendar, "validadeAposVencimento", json!(VALIDITY)),
        Kind::Cob | Kind::Cobv => {}
    }
    let number = state.number(1).parse::<i64>().unwrap_or(0);
    let location = json!({"id": number, "location": url, "tipoCob": kind.name(), "criacao": state.stamp()});
    let fields = [
        ("calendario", calendar),
        ("txid", json!(txid)),
        ("revisao", json!(0)),
        ("loc", location),
        ("location", json!(url)),
        ("status", json!("ATIVA")),
        ("pixCopiaECola", json!(super::brcode(&url))),
        ("recebedor", if kind == Kind::Cobv { state.shown_receiver() } else { Value::Null }),
        ("_kind", json!(kind.name())),
        ("_asked", asked.clone()),
    ];
    for (name, value) in fields {
        set(&mut charge, name, value);
    }
    state.charges.insert(txid.to_owned(), charge.clone());
    charge
}

fn revise(state: &mut State, txid: &str, asked: &Value) -> Value {
    let Some(charge) = state.charges.get_mut(txid) else { return Value::Null };
    let revision = charge["revisao"].as_i64().unwrap_or(0) + 1;
    lay(charge, asked);
    set(charge, "revisao", json!(revision));
    set(charge, "_asked", asked.clone());
    charge.clone()
}

/// The payer pays a charge: its Pix's id.
pub(crate) fn pay(state: &mut State, txid: &str, amount: i64) -> Result<String, String> {
    let charge = state.charges.get(txid).cloned().ok_or_else(|| format!("no charge with txid {txid}"))?;
    if charge["status"] != "ATIVA" {
        return Err(format!("the charge is {}", charge["status"]));
    }
    let calendar = &charge["calendario"];
    if charge["_kind"] == "cob" {
        let made = calendar["criacao"].as_str().and_then(parse_rfc3339).unwrap_or(0);
        if state.now() >= made + calendar["expiracao"].as_i64().unwrap_or(0) {
            return Err("the charge expired".to_owned());
        }
    } else {
        let due = calendar["dataDeVencimento"].as_str().and_then(parse_date).unwrap_or(0);
        // Weekends only: which holidays the payer's town keeps, a test says by not paying on them.
        let last = weekday_from(weekday_from(due) + calendar["validadeAposVencimento"].as_i64().unwrap_or(0));
        if state.today() > last {
            return Err("the charge can no longer be paid".to_owned());
        }
    }
    let id = super::received::receive(state, Some(txid), charge["chave"].as_str(), amount, &charge["valor"]["original"]);
    if let Some(charge) = state.charges.get_mut(txid) {
        set(charge, "status", json!("CONCLUIDA"));
    }
    Ok(id)
}

/// The day itself or the Monday after: 1970-01-01 was a Thursday.
pub(crate) fn weekday_from(day: i64) -> i64 {
    match (day + 3).rem_euclid(7) {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    }
}

/// An amount as the API writes it.
pub(crate) fn shown_amount(cents: i64) -> Value {
    json!(reais(cents))
}
