//! The picture by which an e-mail is seen to be opened: one dot that nobody sees, the same for whatever address is asked for.
//!
//! It never fails before its reader: an address that is none of ours, one that counts no more, too many at once and a database that
//! does not answer give the same dot. Deliberately absent: cookies, and anything of whoever fetches it.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::limit::Rate;
use crate::program;
use crate::routes::Shared;

/// How often one picture may be fetched before it is told no more.
pub(crate) const RATE: Rate = Rate { per_second: 1, burst: 5, connections: u32::MAX };
/// The longest address, in bytes: whatever is longer is none of ours.
const TEXT_MAX: usize = 200;

/// One clear dot, as GIF.
const DOT: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0x21, 0xf9, 0x04,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b,
];

/// Gives the dot, and tells that it was fetched where that is wanted.
pub(crate) async fn picture(State(shared): State<Arc<Shared>>, named: Result<Path<String>, PathRejection>, request: Request) -> Response {
    let text = named.map(|named| named.0).unwrap_or_default();
    let host = shared.host.clone().filter(|host| host.asks_opens() && text.len() <= TEXT_MAX);
    // Who only asks whether it is there fetched nothing.
    if let Some(host) = host.filter(|_| request.method() == Method::GET) {
        let which = Sha256::digest(text.as_bytes()).first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        let by_program = program::asks(request.method(), request.headers());
        if shared.pictures.admit(which) {
            let tell = move || {
                if let Err(error) = host.engine().mail_opened(host.tenant(), &text, by_program, host.now()) {
                    tracing::warn!(code = error.code, "that an e-mail was opened could not be told");
                }
            };
            let _waited = shared.wait_for(tell).await;
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "image/gif"),
        (header::CACHE_CONTROL, "no-store, private"),
        // It is shown in the pages of mail programs.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, DOT).into_response()
}
