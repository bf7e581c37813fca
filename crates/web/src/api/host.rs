//! What rows share that ask the program around.

use std::sync::Arc;

use regua_core::words::Language;
use regua_engine::letters::Company;
use regua_wire::messages::{Templates, samples};

use super::op::Call;
use super::problem::Problem;
use super::reply::Reply;
use crate::office::{Office, Paper, Paperwork};

/// Languages that texts and documents are in.
pub(super) const LANGUAGES: &[&str] = &["pt-BR", "en", "es", "it", "fr", "de"];

/// What does it, where there is one.
pub(super) fn office<'a>(call: &'a Call<'_>) -> Result<&'a dyn Office, Problem> {
    let others = call.host.office().is_some();
    let none = || {
        if others {
            Problem::new(404, "not_offered", "the settings of this server are another company's; ask the server of your own")
        } else {
            Problem::new(501, "not_offered", "this server has no settings to do it with")
        }
    };
    call.office().ok_or_else(none)
}

/// What messages are written on: as the settings have it, or what ships where a server has no settings.
pub(super) fn paperwork(call: &Call<'_>) -> Result<Paperwork, Problem> {
    if call.host.office().is_some() {
        return office(call)?.paperwork();
    }
    let company = Company { creditor: samples::creditor(), link: samples::link(), language: None };
    Ok(Paperwork { company, templates: Arc::new(Templates::shipped()) })
}

/// A document as an answer.
pub(super) fn printed(call: &Call<'_>, paper: &Paper, language: Option<Language>) -> Result<Reply, Problem> {
    let document = office(call)?.print(paper, language, &call.act()?)?;
    Ok(Reply::File { kind: "application/pdf", name: document.name, bytes: document.bytes })
}
