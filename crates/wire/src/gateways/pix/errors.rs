//! Refusals of the Pix API: RFC 7807 with what offends (`violacoes`).
//!
//! The offending value is never read: it may be a person's. Deliberately absent: what each kind of refusal means beyond what
//! may be done next; its name goes to the person who mends it.
//!
//! Source: Pix API 2.9.0, schema `Problema`.

use serde::Deserialize;

use crate::gateways::br::{self, BODY_MAX, code, said};
use crate::gateways::{Response, Trouble};

/// Offences that are shown.
const SHOWN_MAX: usize = 3;
/// How banks say, in the words of the description, that a charge of this txid or such a try is there already.
const THERE_ALREADY: &[&str] = &["encontra-se em uso", "já existe", "status ativa", "existe uma tentativa"];

#[derive(Deserialize, Default)]
struct Problem {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    violacoes: Vec<Offence>,
}

#[derive(Deserialize)]
struct Offence {
    #[serde(default)]
    razao: String,
    #[serde(default)]
    propriedade: String,
}

fn problem(body: &[u8]) -> Problem {
    if body.len() > BODY_MAX { Problem::default() } else { serde_json::from_slice(body).unwrap_or_default() }
}

/// What a reply that is no success means.
#[must_use]
pub fn trouble(response: &Response, only_reads: bool) -> Trouble {
    let problem = problem(&response.body);
    let kind = code(problem.kind.rsplit('/').next().unwrap_or_default());
    let kind = if kind.is_empty() { response.status.to_string() } else { kind };
    if !only_reads && is_there_already(response) {
        return Trouble::Unknown { why: format!("{kind}: the bank has one of this id already; ask about it") };
    }
    let mut why = format!("status {} {}", response.status, said(&problem.title));
    for offence in problem.violacoes.iter().take(SHOWN_MAX) {
        why.push_str(&format!("; {}: {}", code(&offence.propriedade), said(&offence.razao)));
    }
    match response.status {
        401 => why.push_str("; compare client id, secret and certificate of the settings with the bank's"),
        403 => why.push_str("; the bank did not grant this scope: ask it to"),
        _ => {}
    }
    br::trouble(response, only_reads, kind, why)
}

/// Whether the token was not taken: a new one may be.
#[must_use]
pub fn is_token_refused(response: &Response) -> bool {
    response.status == 401
}

/// Whether a refusal says that there is a charge or try of this id or day: sent twice, or the reply to the first was lost.
fn is_there_already(response: &Response) -> bool {
    if !matches!(response.status, 400 | 409 | 422) {
        return false;
    }
    let problem = problem(&response.body);
    let words = problem.violacoes.iter().map(|offence| offence.razao.as_str()).chain(problem.detail.as_deref());
    words.map(str::to_lowercase).any(|text| THERE_ALREADY.iter().any(|hint| text.contains(hint)))
}
