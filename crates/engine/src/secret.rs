//! A word that never shows: passwords and keys.

use std::fmt;

/// A password or key. It prints as nothing of itself, and is read only where it is sent.
///
/// ```
/// # use regua_engine::secret::Secret;
/// let secret = Secret::new("hunter2");
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes it in.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The word itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
