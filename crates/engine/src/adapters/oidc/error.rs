//! Why a sign-in is nobody's.
//!
//! Deliberately absent: tokens, codes, names and what a provider wrote. A sentence may be logged, and shown to whoever runs the
//! installation.

use regua_wire::oidc::{What, Wrong};

/// What went wrong. Each has a [`code`](OidcError::code) that stays, and a sentence that says what to do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OidcError {
    /// No answer, or none in time.
    #[error("the provider's {what} cannot be had now: {why}")]
    Unreachable {
        /// What was asked for.
        what: What,
        /// What happened.
        why: String,
    },
    /// It sends us elsewhere.
    #[error("the provider sends us elsewhere for its {what}, where nobody follows; compare the issuer with the provider's documentation")]
    Redirected {
        /// What was asked for.
        what: What,
    },
    /// A status that is no answer.
    #[error("the provider answers {status} instead of its {what}; try again, and if it stays so compare the issuer with its documentation")]
    Answered {
        /// What was asked for.
        what: What,
        /// The status.
        status: u16,
    },
    /// The cookie is not ours, of other settings, or was altered.
    #[error("the browser brought back no sign-in of ours; begin again from our own page, with cookies allowed")]
    Sealed,
    /// It took longer than [`TRIP_SECS`](super::TRIP_SECS).
    #[error("the sign-in took longer than ten minutes; begin again")]
    Late,
    /// It was finished before.
    #[error("this sign-in was finished before; begin again")]
    Used,
    /// The return is of another sign-in than the cookie.
    #[error("the return from the provider is of another sign-in than this browser began; begin again from our own page")]
    State,
    /// Nobody published the key.
    #[error(
        "the ID token is signed with a key that the provider does not publish; keys are read again at most once a minute, so try again in one"
    )]
    UnknownKey,
    /// What the provider says is not accepted.
    #[error(transparent)]
    Wrong(#[from] Wrong),
}

impl OidcError {
    /// Its name, which stays the same when the sentence gets better.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Redirected { .. } => "redirected",
            Self::Answered { .. } => "answered",
            Self::Sealed => "sealed",
            Self::Late => "late",
            Self::Used => "used",
            Self::State => "state",
            Self::UnknownKey => "unknown_key",
            Self::Wrong(wrong) => wrong.code(),
        }
    }

    /// Whether the provider, or our settings, are at fault, so that whoever runs the installation should hear of it. The rest
    /// ends when the person begins again.
    #[must_use]
    pub const fn is_ours_to_mend(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Redirected { .. } | Self::Answered { .. } | Self::UnknownKey => true,
            Self::Sealed | Self::Late | Self::Used | Self::State => false,
            Self::Wrong(wrong) => !matches!(wrong, Wrong::Denied | Wrong::Code | Wrong::Nonce | Wrong::IssuerOfCallback),
        }
    }
}
