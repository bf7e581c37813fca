//! OpenID Connect: what an identity provider says, as types, and what it is asked.
//!
//! `discovery` what a provider says of itself, `jwks` its keys, `reply` the answer to a code, `jws` a token before and after
//! its signature was verified, `claims` what an ID token says and whether it is meant for us, `callback` what a browser brings
//! back, `ask` what is sent. Deliberately absent: sockets and the arithmetic of signatures, which are the engine's; logging a
//! person out at the provider; tokens that are encrypted.

mod ask;
mod callback;
mod claims;
mod discovery;
mod jwks;
mod jws;
mod reply;
mod wrong;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use ask::{SignIn, challenge, exchange, word};
pub use callback::{Callback, Outcome};
pub use claims::{Expected, IdToken, Profile};
pub use discovery::{Address, ClientBy, Discovery};
pub use jwks::{Jwks, Key, Material};
pub use jws::{Algorithm, Token};
pub use reply::{Reply, Userinfo};
pub use wrong::{What, Wrong};

/// Bytes of anything that a provider answers; what is longer is not read.
pub const BODY_BYTES_MAX: usize = 256 << 10;
/// Seconds that the provider's clock and ours may be apart.
pub const SKEW_SECS: i64 = 120;
/// The last second that a claim may name: the end of the year 9999.
const SECS_MAX: i64 = 253_402_300_799;

/// Bytes as base 64 for addresses, without padding (RFC 4648 §5).
///
/// ```
/// assert_eq!(regua_wire::oidc::encode(&[0xfb, 0xff]), "-_8");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The inverse of [`encode`]; none for padding, other letters, and bits left over.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Reads JSON of a bounded length. A name that stands twice is refused, where the type names it.
fn json<T: serde::de::DeserializeOwned>(what: What, bytes: &[u8]) -> Result<T, Wrong> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(Wrong::TooLong(what));
    }
    // The library's error may show what it read.
    serde_json::from_slice(bytes).or(Err(Wrong::NotJson(what)))
}

/// A text of at most so many bytes that holds no control characters and is not empty.
fn text(value: Option<&serde_json::Value>, max: usize) -> Option<String> {
    let text = value?.as_str()?;
    let fits = !text.is_empty() && text.len() <= max && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}
