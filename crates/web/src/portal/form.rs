//! Forms: what proves that one came from our page, and what stands in it.
//!
//! Each form carries a number that is used once, and a code over the link, the page and that number: nobody else can make one, and one
//! that is sent twice is done once. Deliberately absent: cookies, which a link needs none of.

use axum::http::HeaderMap;
use regua_core::time::Instant;
use regua_engine::Engine;
use regua_engine::ports::Rng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::multipart;
use super::page::Page;

/// Hours for which a form may be sent: less than answers are kept for, so that a form that is sent again is always known.
const HOURS: i64 = 12;
/// Fields of a form, and bytes of a value.
const FIELDS_MAX: usize = 64;
const VALUE_MAX: usize = 4_000;

/// A form as it was sent.
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// The file in it, if it is not empty.
    pub(super) file: Option<Vec<u8>>,
}

/// The number and the code of a new form: what its hidden fields say.
pub(super) fn fresh(engine: &Engine, token: &str, page: Page, now: Instant, rng: &mut dyn Rng) -> (String, String) {
    let random: [u8; 8] = rng.bytes();
    let number = format!("{}-{}", hex(&random), hour(now));
    let code = hex(&engine.form_mark(token, &marked(page, &number)));
    (number, code)
}

impl Form {
    /// Reads one; nothing when it cannot be read or has too much in it.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (fields, file) = match kind.strip_prefix("multipart/form-data") {
            Some(rest) => multipart::read(multipart::boundary(rest)?, body)?,
            None => (plain(body), None),
        };
        let fits = fields.len() <= FIELDS_MAX && fields.iter().all(|(_, value)| value.len() <= VALUE_MAX);
        fits.then_some(Self { fields, file })
    }

    /// The number of the form, when it came from our page behind this link and is not too old.
    pub(super) fn number(&self, engine: &Engine, token: &str, page: Page, now: Instant) -> Option<&str> {
        let (number, code) = (self.text("n")?, self.text("c")?);
        let (random, made) = number.split_once('-')?;
        let made: i64 = made.parse().ok()?;
        let fresh = (0..=HOURS).contains(&hour(now).checked_sub(made)?) && random.len() == 16;
        let expected = hex(&engine.form_mark(token, &marked(page, number)));
        let same = bool::from(expected.as_bytes().ct_eq(code.as_bytes()));
        (fresh && same).then_some(number)
    }

    /// A field; nothing when it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    /// Whether a box is ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// A field, cut to so many characters, on one line or several.
    pub(super) fn words(&self, name: &str, max: usize) -> String {
        let kept = |c: &char| !c.is_control() || *c == '\n';
        self.text(name).unwrap_or_default().replace("\r\n", "\n").chars().filter(kept).take(max).collect()
    }

    /// What makes it the same form when it is sent again.
    pub(super) fn digest(&self, page: Page) -> [u8; 32] {
        let mut digest = Sha256::new().chain_update(page.slug().as_bytes());
        for (name, value) in &self.fields {
            for part in [name, value] {
                digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                digest.update(part.as_bytes());
            }
        }
        digest.update(self.file.as_deref().unwrap_or_default());
        digest.finalize().into()
    }
}

/// The fields of a form without files.
pub(super) fn plain(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).take(FIELDS_MAX + 1).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// Whether a browser says that a form comes from a page of ours, or says nothing.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let said = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    said.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

fn marked(page: Page, number: &str) -> String {
    format!("{}:{number}", page.slug())
}

fn hour(now: Instant) -> i64 {
    now.secs().div_euclid(3_600)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
