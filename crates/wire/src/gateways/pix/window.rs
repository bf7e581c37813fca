//! Pages of what the Pix API lists: a time from, a time until, and a page.
//!
//! Deliberately absent: filters by payer, which would put a document into the address of a request.

use regua_core::time::{Instant, Zone};
use serde::Deserialize;

use crate::gateways::Request;
use crate::gateways::br::{get, with_query};

/// Items of a page. The API allows a thousand; a page of a hundred is read in one go everywhere.
pub const PAGE_ITEMS: u16 = 100;

/// Which page of which time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// From.
    pub from: Instant,
    /// Until.
    pub until: Instant,
    /// From 0.
    pub page: u32,
}

impl Window {
    /// A request for a page of a list, with filters.
    #[must_use]
    pub fn request(&self, path: &str, filters: &[(&str, &str)]) -> Request {
        let utc = Zone::utc();
        let (from, until) = (utc.rfc3339(self.from), utc.rfc3339(self.until));
        let (page, items) = (self.page.to_string(), PAGE_ITEMS.to_string());
        let mut pairs = vec![("inicio", from.as_str()), ("fim", until.as_str())];
        pairs.extend_from_slice(filters);
        pairs.extend([("paginacao.paginaAtual", page.as_str()), ("paginacao.itensPorPagina", items.as_str())]);
        get(with_query(path, &pairs))
    }
}

/// What a list says of itself (`parametros`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub(super) struct Parameters {
    paginacao: Paging,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    pagina_atual: u32,
    quantidade_de_paginas: u32,
}

impl Parameters {
    /// The next page, when there is one.
    pub(super) fn next(&self) -> Option<u32> {
        let next = self.paginacao.pagina_atual.checked_add(1)?;
        (next < self.paginacao.quantidade_de_paginas).then_some(next)
    }
}
