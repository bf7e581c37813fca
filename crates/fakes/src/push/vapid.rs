//! Tokens of senders as a push service looks at them (RFC 8292).
//!
//! Deliberately absent: the older scheme `WebPush`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

use super::state::wrong;
use crate::clock::DAY;
use crate::serve::Reply;

pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// A point of the curve, uncompressed.
pub(crate) fn point(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text).filter(|bytes| bytes.len() == 65)?;
    p256::PublicKey::from_sec1_bytes(&bytes).ok()?;
    Some(bytes)
}

/// Whether whoever sends may. `sender` is the key that the subscription was made for; without one a token is not needed.
pub(crate) fn verify(header: Option<&str>, origin: &str, sender: Option<&[u8]>, now: i64) -> Result<(), Reply> {
    let Some(header) = header else {
        return if sender.is_none() { Ok(()) } else { Err(wrong(401, "a token is missing")) };
    };
    let refused = |why: &str| wrong(401, why);
    let fields = header.strip_prefix("vapid ").ok_or_else(|| refused("the scheme is vapid"))?;
    let field = |name: &str| fields.split(',').map(str::trim).find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
    let (token, key) = (field("t").ok_or_else(|| refused("no token"))?, field("k").ok_or_else(|| refused("no key"))?);
    let key = point(key).ok_or_else(|| refused("the key is no point of P-256"))?;
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| refused("the token is none"))?;
    let signature = decode(signature).ok_or_else(|| refused("the signature is none"))?;
    let verified = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key).verify(signed.as_bytes(), &signature);
    verified.map_err(|_bad| refused("the signature is another's"))?;
    let (head, claims) = signed.split_once('.').ok_or_else(|| refused("the token is none"))?;
    let json = |part: &str| decode(part).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).unwrap_or_default();
    let (head, claims) = (json(head), json(claims));
    if head["alg"] != "ES256" {
        return Err(refused("the token is signed by ES256"));
    }
    if claims["aud"] != origin {
        return Err(refused("the token is for another service"));
    }
    let expires = claims["exp"].as_i64().ok_or_else(|| refused("the token does not say until when"))?;
    if expires <= now || expires > now + DAY {
        return Err(refused("the token has expired, or lives longer than a day"));
    }
    let contact = claims["sub"].as_str().unwrap_or_default();
    if !contact.starts_with("mailto:") && !contact.starts_with("https:") {
        return Err(refused("the token does not say whom to turn to"));
    }
    match sender {
        Some(sender) if sender != key => Err(wrong(403, "the subscription was made for another key")),
        Some(_) | None => Ok(()),
    }
}
