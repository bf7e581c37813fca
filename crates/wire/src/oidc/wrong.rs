//! Why what a provider says, or what a browser brings back, is not accepted.
//!
//! Deliberately absent: what was said. A token, a code or a name never stands in an error.

use std::fmt;

/// What was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The discovery document.
    Discovery,
    /// The key set.
    Keys,
    /// The answer to a code.
    Reply,
    /// The ID token.
    IdToken,
    /// The answer of the userinfo endpoint.
    Userinfo,
    /// What the browser brought back.
    Callback,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set",
            Self::Reply => "token answer",
            Self::IdToken => "ID token",
            Self::Userinfo => "userinfo answer",
            Self::Callback => "return from the provider",
        })
    }
}

/// What is wrong with it. Each has a [`code`](Wrong::code) that stays, and a sentence that says what to do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Wrong {
    /// More bytes than [`BODY_BYTES_MAX`](super::BODY_BYTES_MAX), or a field beyond its limit.
    #[error("the {0} is longer than is read; a provider's is some kilobytes: look whether the issuer leads to one")]
    TooLong(What),
    /// It is no JSON, or a name stands in it twice.
    #[error("the {0} is not the JSON that OpenID Connect describes; look whether the issuer leads to a provider and not to a page")]
    NotJson(What),
    /// A field is absent or cannot be used.
    #[error("the {what} has no usable `{field}`; the provider does not follow OpenID Connect here, ask whoever runs it")]
    Field {
        /// Where.
        what: What,
        /// Its name in the specification.
        field: &'static str,
    },
    /// The configured issuer is no address.
    #[error("the issuer is no address; write it as the provider's documentation does: https://host/path, without `?` and `#`")]
    BadIssuer,
    /// The document is of another issuer.
    #[error(
        "the discovery document names another issuer than the settings; write the issuer exactly as the document does, the last `/` included"
    )]
    IssuerOfDiscovery,
    /// An endpoint is not https.
    #[error("the provider's `{0}` is not an https address; a sign-in is sent nowhere else (http only on this machine, when allowed)")]
    Endpoint(&'static str),
    /// The provider signs in no way that is verified here.
    #[error("the provider signs with neither RS256 nor ES256; switch one of them on for this client")]
    NoAlgorithm,
    /// The provider wants a client to show itself in another way.
    #[error("the provider takes neither client_secret_basic nor client_secret_post; switch one of them on for this client")]
    NoClientBy,
    /// No key that can be used.
    #[error("the key set holds no key for signatures that can be used: RSA of 2048 to 8192 bits, or P-256")]
    NoKeys,
    /// It is no signed token in the compact form.
    #[error("the ID token is no signed token; an encrypted one is not read: switch encryption off for this client")]
    NotAToken,
    /// It is signed otherwise than with RS256 or ES256, or not at all.
    #[error("the ID token is not signed with RS256 or ES256; set one of them for this client at the provider")]
    Algorithm,
    /// It demands what is not understood here.
    #[error("the ID token demands an extension that is not known here (`crit`)")]
    Critical,
    /// The signature is not the key's.
    #[error("the ID token's signature is not the provider's; somebody altered it, or the provider's keys are mixed up")]
    Signature,
    /// Another issuer's token.
    #[error("the ID token is another issuer's; compare the issuer in the settings with the provider's")]
    Issuer,
    /// Meant for somebody else.
    #[error("the ID token is meant for another client; compare the client's id in the settings with the provider's")]
    Audience,
    /// Given to somebody else.
    #[error("the ID token was given to another client (`azp`); compare the client's id in the settings with the provider's")]
    AuthorisedParty,
    /// Of another sign-in.
    #[error("the ID token is of another sign-in (`nonce`); begin again, and if it stays so somebody replays an old one")]
    Nonce,
    /// Over.
    #[error("the ID token has expired; begin again, and if it stays so compare this machine's clock with the provider's")]
    Expired,
    /// From the future.
    #[error("the ID token comes from the future; compare this machine's clock with the provider's")]
    Future,
    /// The userinfo is of somebody else.
    #[error("the userinfo answer is of another person than the ID token; nothing of it is used")]
    OtherPerson,
    /// The answer to a code says no token.
    #[error("the provider's answer holds no ID token; allow the scope `openid` for this client")]
    NoIdToken,
    /// The code is not good: used, too old, or of another client, address or sign-in.
    #[error(
        "the provider does not take the code: it was used, is too old, or is of another sign-in; begin again, and if it stays so compare the return address with the provider's"
    )]
    Code,
    /// The provider does not know us.
    #[error("the provider does not take our client id and secret; compare both with the provider's, a secret may have expired")]
    Client,
    /// The provider refuses in another way, told by a word of its own.
    #[error("the provider refuses: `{0}`; its documentation says what that means")]
    Refused(String),
    /// The person, or a rule of the provider's, said no.
    #[error("the sign-in was not allowed at the provider; somebody declined, or is not assigned to this client there")]
    Denied,
    /// The return is of another provider.
    #[error("the return is of another issuer than the settings (`iss`); begin again from our own page")]
    IssuerOfCallback,
}

impl Wrong {
    /// Its name, which stays the same when the sentence gets better.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "too_long",
            Self::NotJson(_) => "not_json",
            Self::Field { .. } => "field",
            Self::BadIssuer => "bad_issuer",
            Self::IssuerOfDiscovery => "issuer_of_discovery",
            Self::Endpoint(_) => "endpoint",
            Self::NoAlgorithm => "no_algorithm",
            Self::NoClientBy => "no_client_authentication",
            Self::NoKeys => "no_keys",
            Self::NotAToken => "not_a_token",
            Self::Algorithm => "algorithm",
            Self::Critical => "critical",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::AuthorisedParty => "authorised_party",
            Self::Nonce => "nonce",
            Self::Expired => "expired",
            Self::Future => "future",
            Self::OtherPerson => "other_person",
            Self::NoIdToken => "no_id_token",
            Self::Code => "code",
            Self::Client => "client",
            Self::Refused(_) => "refused",
            Self::Denied => "denied",
            Self::IssuerOfCallback => "issuer_of_callback",
        }
    }

    /// A refusal by the provider's own word, which is kept only when it looks like one of OAuth's.
    pub(super) fn refused(word: &str) -> Self {
        let safe = !word.is_empty() && word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        Self::Refused(if safe { word.to_owned() } else { "unknown".to_owned() })
    }
}
