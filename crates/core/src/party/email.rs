//! E-mail addresses in their normal form.
//!
//! Pragmatic: what mail systems deliver to, not all that RFC 5322 can spell. Deliberately absent: display names,
//! comments, quoted local parts, address literals, characters outside ASCII (write the domain as `xn--…`).

use std::fmt;

/// An e-mail address: RFC 5321 lengths, dot-atom local part kept as written, domain in lower case.
///
/// ```
/// # use regua_core::party::Email;
/// assert_eq!(Email::parse(" Ana.Silva@Example.COM ")?.as_str(), "Ana.Silva@example.com");
/// # Ok::<(), regua_core::party::email::BadEmail>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Email(Box<str>);

/// RFC 5321 §4.5.3.1: octets of a path without its brackets, of a local part; RFC 1035 §2.3.4: of a label.
const ADDRESS_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const LABEL_MAX: usize = 63;

impl Email {
    /// Reads one address.
    ///
    /// # Errors
    /// [`BadEmail`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BadEmail> {
        let text = text.trim();
        if let Some(c) = text.chars().find(|c| !c.is_ascii_graphic()) {
            return Err(BadEmail::Character(c));
        }
        let (local, domain) = text.rsplit_once('@').ok_or(BadEmail::NoAt)?;
        if text.len() > ADDRESS_MAX || local.len() > LOCAL_MAX {
            return Err(BadEmail::Long);
        }
        if let Some(c) = local.chars().find(|&c| !is_atext(c) && c != '.') {
            return Err(BadEmail::Character(c));
        }
        if local.split('.').any(str::is_empty) {
            return Err(BadEmail::Dots);
        }
        let domain = domain.to_ascii_lowercase();
        check_domain(&domain)?;
        Ok(Self(format!("{local}@{domain}").into()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// For eyes that need to recognise it: `A***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}***@{}", self.0.get(..1).unwrap_or_default(), self.domain())
    }
}

/// Characters of an atom (RFC 5322 §3.2.3).
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn check_domain(domain: &str) -> Result<(), BadEmail> {
    let mut labels = 0;
    for label in domain.split('.') {
        labels += 1;
        let ok = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if label.is_empty() || label.len() > LABEL_MAX || !label.bytes().all(ok) || label.starts_with('-') || label.ends_with('-') {
            return Err(BadEmail::Domain);
        }
    }
    let top = domain.rsplit('.').next().unwrap_or_default();
    if labels < 2 || top.len() < 2 || top.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadEmail::Domain);
    }
    Ok(())
}

/// Shows nothing of the address: it is personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("email(***)")
    }
}

/// Why a text is no e-mail address. Never shows the text: it may be a person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadEmail {
    /// Not an address at all, or several things at once.
    #[error("an e-mail address has the form name@example.com")]
    NoAt,
    /// A character that does not belong there.
    #[error("an e-mail address cannot have `{}` there: write the bare address, one per field", .0.escape_debug())]
    Character(char),
    /// Longer than mail systems accept.
    #[error("an e-mail address has at most 64 characters before the @ and 254 in all")]
    Long,
    /// A dot at an end or two in a row.
    #[error("the part before the @ cannot begin or end with a dot or have two in a row")]
    Dots,
    /// Not a domain of the public internet.
    #[error("the part after the @ must be a domain such as example.com")]
    Domain,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_addresses_get_their_normal_form() {
        for (text, normal) in [
            ("ana@example.com", "ana@example.com"),
            (" Ana.Silva+boletos@Mail.Example.COM.BR\t", "Ana.Silva+boletos@mail.example.com.br"),
            ("o'neill_7@ex-ample.io", "o'neill_7@ex-ample.io"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ] {
            assert_eq!(Email::parse(text).map(|email| email.as_str().to_owned()).as_deref(), Ok(normal), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_reason() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_label = format!("a@{}.com", "b".repeat(64));
        for (text, expected) in [
            ("", BadEmail::NoAt),
            ("example.com", BadEmail::NoAt),
            ("@example.com", BadEmail::Dots),
            ("a@b@example.com", BadEmail::Character('@')),
            ("Ana <ana@example.com>", BadEmail::Character(' ')),
            ("ana@example.com;bia@example.com", BadEmail::Character('@')),
            ("a,b@example.com", BadEmail::Character(',')),
            ("\"a b\"@example.com", BadEmail::Character(' ')),
            ("joão@example.com", BadEmail::Character('ã')),
            ("a\r\nBcc:x@example.com", BadEmail::Character('\r')),
            (".a@example.com", BadEmail::Dots),
            ("a..b@example.com", BadEmail::Dots),
            ("a@example", BadEmail::Domain),
            ("a@example.", BadEmail::Domain),
            ("a@-example.com", BadEmail::Domain),
            ("a@exa_mple.com", BadEmail::Domain),
            ("a@[127.0.0.1]", BadEmail::Domain),
            ("a@127.0.0.1", BadEmail::Domain),
            ("a@example.c", BadEmail::Domain),
            (long_local.as_str(), BadEmail::Long),
            (long_label.as_str(), BadEmail::Domain),
        ] {
            assert_eq!(Email::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn nothing_leaks_through_debug() {
        let email = Email::parse("ana.silva@example.com").unwrap();
        assert_eq!((format!("{email:?}"), email.masked()), ("email(***)".to_owned(), "a***@example.com".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_in_its_normal_form(text in "\\PC{0,12}@?[a-zA-Z0-9.-]{0,16}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert!(email.as_str().is_ascii() && !email.as_str().contains(char::is_whitespace));
            }
        }
    }
}
