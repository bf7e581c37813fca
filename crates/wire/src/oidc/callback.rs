//! What the browser brings back from the provider: the query behind our return address (RFC 6749 §4.1.2, RFC 9207).
//!
//! Deliberately absent: answers by form or behind `#`, which are not asked for.

use super::{What, Wrong};

/// Bytes of the query.
const QUERY_BYTES_MAX: usize = 16 << 10;
/// Bytes of a value.
const VALUE_BYTES_MAX: usize = 4_096;

/// What came of the visit to the provider. It does not show.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A code, to be changed for tokens.
    Code(String),
    /// The provider, or the person, said no.
    Refused(Wrong),
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(_) => f.write_str("Code"),
            Self::Refused(wrong) => write!(f, "Refused({wrong:?})"),
        }
    }
}

/// A return from the provider. Codes and states do not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// Which sign-in it says that it is of.
    pub state: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Which issuer it says that it is of, where the provider says so.
    pub issuer: Option<String>,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Callback({:?})", self.outcome)
    }
}

impl Callback {
    /// Reads the query without its `?`.
    ///
    /// ```
    /// # use regua_wire::oidc::{Callback, Outcome};
    /// let callback = Callback::read("code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")?;
    /// assert_eq!(callback.outcome, Outcome::Code("SplxlOBeZQQYbYS6WxSbIA".to_owned()));
    /// # Ok::<(), regua_wire::oidc::Wrong>(())
    /// ```
    ///
    /// # Errors
    /// When it is none: no state, neither code nor error, or something twice.
    pub fn read(query: &str) -> Result<Self, Wrong> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(Wrong::TooLong(What::Callback));
        }
        let bad = |field| Wrong::Field { what: What::Callback, field };
        let one = |field: &'static str| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == field).map(|(_, value)| value);
            let Some(value) = values.next() else { return Ok(None) };
            let good =
                values.next().is_none() && !value.is_empty() && value.len() <= VALUE_BYTES_MAX && !value.chars().any(char::is_control);
            if good { Ok(Some(value.into_owned())) } else { Err(bad(field)) }
        };
        let state = one("state")?.ok_or(bad("state"))?;
        let outcome = match (one("code")?, one("error")?) {
            (Some(code), None) => Outcome::Code(code),
            (_, Some(word)) if word == "access_denied" => Outcome::Refused(Wrong::Denied),
            (_, Some(word)) => Outcome::Refused(Wrong::refused(&word)),
            (None, None) => return Err(bad("code")),
        };
        Ok(Self { state, outcome, issuer: one("iss")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_a_code_or_a_refusal() {
        let read = Callback::read("code=a%2Fb&state=s&iss=https%3A%2F%2Fa&session_state=x").unwrap();
        assert_eq!((read.state.as_str(), read.issuer.as_deref()), ("s", Some("https://a")));
        assert_eq!(read.outcome, Outcome::Code("a/b".to_owned()));
        assert_eq!(format!("{read:?}"), "Callback(Code)");
        let refused = |query| Callback::read(query).unwrap().outcome;
        assert_eq!(refused("error=access_denied&error_description=Ana&state=s"), Outcome::Refused(Wrong::Denied));
        assert_eq!(refused("error=login_required&state=s&code=c"), Outcome::Refused(Wrong::Refused("login_required".to_owned())));
        assert_eq!(refused("error=%3Cb%3E&state=s"), Outcome::Refused(Wrong::Refused("unknown".to_owned())));
    }

    #[test]
    fn what_is_missing_empty_doubled_or_too_long_is_named() {
        let long = format!("state=s&code={}", "c".repeat(VALUE_BYTES_MAX + 1));
        for (query, field) in [
            ("", "state"),
            ("code=c", "state"),
            ("code=c&state=", "state"),
            ("code=c&state=s&state=s", "state"),
            ("state=s", "code"),
            ("state=s&code=a&code=b", "code"),
            ("state=s&code=%00", "code"),
            (long.as_str(), "code"),
            ("state=s&code=c&iss=a&iss=b", "iss"),
        ] {
            assert_eq!(Callback::read(query), Err(Wrong::Field { what: What::Callback, field }), "{query:.40}");
        }
        assert_eq!(Callback::read(&"a".repeat(QUERY_BYTES_MAX + 1)), Err(Wrong::TooLong(What::Callback)));
    }
}
