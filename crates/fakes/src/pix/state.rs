//! What a fake PSP holds for its one receiver: charges, authorisations, received Pix, tokens, webhooks.
//!
//! Deliberately absent: what requests do, which stands with each kind of object.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::check::{Wrong, problem};
use super::hooks::Registered;
use crate::clock::{Clock, civil, date_time, day_of, parse_rfc3339, rfc3339};
use crate::hooks::Hooks;
use crate::ledger::Ledger;
use crate::serve::Ask;

/// Brasília's offset; there is no summer time.
pub(crate) const OFFSET: i64 = -3 * 3600;
/// Most objects in an answer.
const PAGE_MAX: usize = 1_000;
/// How many when nobody says.
const PAGE: usize = 100;

/// Who receives, and how the PSP lets it in.
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Its CNPJ.
    pub cnpj: String,
    /// Its name.
    pub name: String,
    /// Its Pix keys.
    pub keys: Vec<String>,
    /// The PSP's ISPB, eight characters.
    pub ispb: String,
    /// The client of OAuth.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What the contract lets it ask for.
    pub scopes: Vec<String>,
    /// Seconds that a token is good for.
    pub token_life: i64,
}

/// The secret does not show.
impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Receiver({})", self.client_id)
    }
}

/// What the payer's bank makes of one attempt of a recurring charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attempted {
    /// It pays.
    Pays,
    /// It does not, and nobody says why.
    Expires,
    /// It refuses, with a code.
    Rejects(String),
}

/// The PSP.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) receiver: Receiver,
    /// Token to its scopes and its end.
    pub(crate) tokens: BTreeMap<String, (Vec<String>, i64)>,
    /// Immediate charges and charges with a due date; `_kind` tells which.
    pub(crate) charges: BTreeMap<String, Value>,
    pub(crate) recurrences: BTreeMap<String, Value>,
    pub(crate) requests: BTreeMap<String, Value>,
    pub(crate) cycles: BTreeMap<String, Value>,
    /// What the payer of an authorisation does with the next attempts; the last holds on.
    pub(crate) payers: BTreeMap<String, Vec<Attempted>>,
    pub(crate) received: Vec<Value>,
    pub(crate) registered: BTreeMap<String, Registered>,
    pub(crate) hooks: Hooks,
    pub(crate) ledger: Ledger,
    /// Whether refunds wait for a test to end them.
    pub(crate) refunds_wait: bool,
    made: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, receiver: Receiver) -> Self {
        Self {
            clock,
            receiver,
            tokens: BTreeMap::new(),
            charges: BTreeMap::new(),
            recurrences: BTreeMap::new(),
            requests: BTreeMap::new(),
            cycles: BTreeMap::new(),
            payers: BTreeMap::new(),
            received: Vec::new(),
            registered: BTreeMap::new(),
            hooks: Hooks::new(super::hooks::LADDER),
            ledger: Ledger::default(),
            refunds_wait: false,
            made: 0,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Now as the API writes it.
    pub(crate) fn stamp(&self) -> Value {
        json!(rfc3339(self.now()))
    }

    /// Today's day in Brazil.
    pub(crate) fn today(&self) -> i64 {
        day_of(self.now(), OFFSET)
    }

    /// The next number, as text of so many characters.
    pub(crate) fn number(&mut self, width: usize) -> String {
        self.made += 1;
        format!("{:0width$}", self.made)
    }

    /// `E` or `D`, the bank, the minute in UTC, eleven characters.
    pub(crate) fn end_to_end(&mut self, first: char) -> String {
        let minute: String = date_time(self.now(), 0).chars().filter(char::is_ascii_digit).take(12).collect();
        let number = self.number(11);
        format!("{first}{}{minute}{number}", self.receiver.ispb)
    }

    /// Today as `20261201`.
    pub(crate) fn compact_today(&self) -> String {
        let (year, month, day) = civil(self.today());
        format!("{year:04}{month:02}{day:02}")
    }

    /// The receiver as charges show it.
    pub(crate) fn shown_receiver(&self) -> Value {
        json!({"cnpj": self.receiver.cnpj, "nome": self.receiver.name})
    }
}

/// An object without what is the fake's own.
pub(crate) fn show(object: &Value) -> Value {
    let mut shown = object.clone();
    if let Value::Object(fields) = &mut shown {
        fields.retain(|name, value| !name.starts_with('_') && !value.is_null());
    }
    shown
}

/// Sets a field of an object.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(name.to_owned(), value);
    }
}

/// Lays the fields of one object over another, objects within objects too.
pub(crate) fn lay(object: &mut Value, over: &Value) {
    match (object, over) {
        (Value::Object(have), Value::Object(new)) => {
            for (name, value) in new {
                match have.get_mut(name) {
                    Some(inner) if inner.is_object() && value.is_object() => lay(inner, value),
                    Some(_) | None => {
                        have.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (object, over) => *object = over.clone(),
    }
}

/// Sets a status with the moment of it.
pub(crate) fn move_to(object: &mut Value, status: &str, at: &Value) {
    set(object, "status", json!(status));
    if let Some(history) = object.get_mut("atualizacao").and_then(Value::as_array_mut) {
        history.push(json!({"status": status, "data": at}));
    }
}

/// From when until when a list asks: both must be said.
pub(crate) fn between(ask: &Ask, kind: &str) -> Result<(i64, i64), Wrong> {
    let moment = |name: &str| ask.asked(name).and_then(|text| parse_rfc3339(&text));
    match (moment("inicio"), moment("fim")) {
        (Some(from), Some(until)) if from <= until => Ok((from, until)),
        _ => Err(problem(400, kind, "Os parâmetros inicio e fim são obrigatórios, e fim não pode ser anterior.", &[])),
    }
}

/// A page of what a list found, with its parameters.
pub(crate) fn page(ask: &Ask, kind: &str, name: &str, found: &[Value]) -> Result<Value, Wrong> {
    let number = |param: &str, otherwise: usize| -> Result<usize, Wrong> {
        let Some(text) = ask.asked(param) else { return Ok(otherwise) };
        text.parse().map_err(|_bad: std::num::ParseIntError| problem(400, kind, &format!("O parâmetro {param} é inválido."), &[]))
    };
    let (place, size) = (number("paginacao.paginaAtual", 0)?, number("paginacao.itensPorPagina", PAGE)?);
    if size == 0 || size > PAGE_MAX {
        return Err(problem(400, kind, "O parâmetro paginacao.itensPorPagina é inválido.", &[]));
    }
    let pages = found.len().div_ceil(size).max(1);
    let shown: Vec<Value> = found.iter().skip(place.saturating_mul(size)).take(size).map(show).collect();
    let mut answer = json!({"parametros": {
        "inicio": ask.asked("inicio"), "fim": ask.asked("fim"),
        "paginacao": {
            "paginaAtual": place, "itensPorPagina": size, "quantidadeDePaginas": pages, "quantidadeTotalDeItens": found.len(),
        },
    }});
    set(&mut answer, name, json!(shown));
    Ok(answer)
}
