//! The console's files: a page, and what it is made of, as they were built into the program.
//!
//! What is named after its content never changes and may be kept for good; the page itself is asked for each time. Each file lies here
//! compressed, too, as it was when the console was built. Deliberately absent: what the console shows, which it asks the API for.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::looks;

/// What `npm run build` made; nothing in a program that was built without it.
#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Files;

/// The page that every address of the console begins with.
const PAGE: &str = "index.html";
/// Where files lie that are named after their content.
const FIXED: &str = "assets/";
/// How a file may be compressed, the best first: what a browser calls it, and how its name ends here.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// What a browser may do with the page: run and show what comes from here, ask here, and be framed by nobody. Styles stand in elements,
/// too: lists and charts place what they show so.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Answers what nothing else does: a file of the console, or its page where a browser asks for one; nothing otherwise.
pub(crate) fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let name = path.strip_prefix('/')?;
    if !name.is_empty() && Files::get(name).is_some() {
        return Some(file(name, headers));
    }
    let wants_page = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"));
    // What looks like a file is none of the console's addresses.
    let is_address = !name.rsplit('/').next().unwrap_or_default().contains('.');
    (wants_page && is_address).then(|| if Files::get(PAGE).is_some() { file(PAGE, headers) } else { unbuilt() })
}

/// A file that is there.
fn file(name: &str, headers: &HeaderMap) -> Response {
    let packed = PACKED.iter().filter(|(coding, _)| takes(headers, coding));
    let packed = packed.filter_map(|(coding, end)| Some((*coding, Files::get(&format!("{name}{end}"))?))).next();
    let (coding, found) = match packed {
        Some((coding, found)) => (Some(coding), Some(found)),
        None => (None, Files::get(name)),
    };
    let Some(EmbeddedFile { data, metadata }) = found else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| tags.contains(&tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { data.into_owned().into_response() };
    let told = response.headers_mut();
    told.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    told.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let keep = if name.starts_with(FIXED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    told.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        told.insert(header::ETAG, tag);
    }
    if let Some(coding) = coding {
        told.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// Whether whoever asks takes a coding. One that is refused by `q=0` is taken to be wanted by nobody who runs a browser.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let said = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(coding) && !parts.any(|part| part == "q=0")
    })
}

/// What a file is, by how its name ends.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Says that this program was built without the console, and how one with it is made.
fn unbuilt() -> Response {
    let html = "<main class=\"wrap\"><h1>The console is not in this program</h1><p>It was built without it. With Node 20.19 or newer, \
                <code>make console</code> builds it; then build Régua again.</p><p>The API is explained at \
                <a href=\"/v1/docs\">/v1/docs</a>.</p></main>\n";
    let mut response = looks::page("The console is not in this program", html);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn asking(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_browser_gets_a_page_wherever_it_begins_and_a_program_does_not() {
        let browser = asking(&[(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")]);
        for path in ["/", "/receivables", "/customers/cus_1"] {
            let response = answer(&Method::GET, path, &browser).unwrap();
            let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
            assert!(kind.starts_with("text/html"), "{path}: {kind}");
            assert!(answer(&Method::POST, path, &browser).is_none(), "{path}");
            assert!(answer(&Method::GET, path, &asking(&[(header::ACCEPT, "application/json")])).is_none(), "{path}");
        }
        for path in ["/assets/none.js", "/favicon.ico", "/../Cargo.toml", "/assets/../../package.json", ""] {
            assert!(answer(&Method::GET, path, &browser).is_none(), "{path}");
        }
    }

    /// The types of the console's client are made from the document: the line of its digest says from which.
    #[test]
    fn the_console_was_made_for_this_document() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = crate::api::openapi::text();
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let types = std::fs::read_to_string(root.join("console/src/api/schema.d.ts")).unwrap();
        if !types.lines().take(3).any(|line| line.ends_with(&digest)) {
            let file = std::env::temp_dir().join("regua-openapi.json");
            std::fs::write(&file, text).unwrap();
            panic!("the API has changed: cd console && npm run api -- {}", file.display());
        }
    }

    #[test]
    fn a_coding_is_sent_to_whoever_takes_it() {
        let takes = |said: &'static str, coding: &str| super::takes(&asking(&[(header::ACCEPT_ENCODING, said)]), coding);
        assert!(takes("gzip, deflate, br, zstd", "br") && takes("br;q=1.0, gzip;q=0.8", "gzip"));
        assert!(!takes("gzip", "br") && !takes("br;q=0, gzip", "br") && !takes("", "gzip"));
    }

    #[test]
    fn what_was_built_is_small_kept_for_good_and_bound_to_its_page() {
        if Files::get(PAGE).is_none() {
            println!("skipped: the console is not built (`make console`)");
            return;
        }
        let headers = asking(&[(header::ACCEPT, "text/html"), (header::ACCEPT_ENCODING, "gzip, br")]);
        let page = answer(&Method::GET, "/", &headers).unwrap();
        assert_eq!(page.headers()[header::CACHE_CONTROL], "no-cache");
        let tag = page.headers()[header::ETAG].to_str().unwrap().to_owned();
        let mut again = headers.clone();
        again.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&tag).unwrap());
        assert_eq!(answer(&Method::GET, "/", &again).unwrap().status(), StatusCode::NOT_MODIFIED);
        let script = Files::iter().find(|name| name.starts_with(FIXED) && name.ends_with(".js")).unwrap();
        let script = answer(&Method::GET, &format!("/{script}"), &headers).unwrap();
        assert_eq!(script.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(script.headers()[header::CONTENT_ENCODING], "br");
    }
}
