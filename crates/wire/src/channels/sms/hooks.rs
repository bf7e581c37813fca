//! What the far side posts to us: how far a message came, and messages from people; and whether it was the far side.
//!
//! Deliberately absent: remembering what was heard before. Statuses come in any order and twice; [`Standing::with`] joins them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::super::answer::{Refusal, Standing, Unreadable, name};
use super::super::stop::{Wish, wish};
use super::errors;

/// Bytes of a body.
pub const BODY_MAX: usize = 64 << 10;
/// Fields of a body; the far side sends some twenty.
const FIELDS_MAX: usize = 200;

/// The header with the signature.
pub const SIGNATURE: &str = "x-twilio-signature";

/// What was posted. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub enum News {
    /// How far a message of ours came.
    Status {
        /// The far side's name of the message.
        reference: String,
        /// How far.
        standing: Standing,
        /// Why it did not arrive.
        refusal: Option<Refusal>,
    },
    /// Somebody wrote to us.
    Inbound(Inbound),
}

impl std::fmt::Debug for News {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status { reference, standing, .. } => write!(f, "Status({reference} {standing:?})"),
            Self::Inbound(inbound) => write!(f, "{inbound:?}"),
        }
    }
}

/// A message from somebody. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The far side's name of it, by which a second one is known.
    pub reference: String,
    /// Who wrote: a number of E.164.
    pub from: String,
    /// To which of our numbers.
    pub to: String,
    /// What.
    pub text: String,
    /// What it asks for, when that is plain. `OptOutType` counts before words: the far side acts on it by itself.
    pub wish: Option<Wish>,
    /// Pictures and the like that came with it; they are not fetched.
    pub media: u32,
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Inbound({}, {:?})", self.reference, self.wish)
    }
}

/// Reads a form that was posted; its signature was looked at before.
///
/// # Errors
/// [`Unreadable`] when it is neither of the two.
pub fn heard(body: &[u8]) -> Result<News, Unreadable> {
    let fields = fields(body)?;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let reference = [field("MessageSid"), field("SmsSid"), field("SmsMessageSid")].into_iter().find(|sid| !sid.is_empty());
    let reference = name(reference.ok_or(Unreadable("no message is named"))?);
    if reference.is_empty() {
        return Err(Unreadable("no message is named"));
    }
    let said = [field("MessageStatus"), field("SmsStatus")].into_iter().find(|status| !status.is_empty()).unwrap_or_default();
    // A message to us is `received` or `receiving`, or has no status at all.
    if !said.is_empty() && !said.starts_with("receiv") {
        let standing = standing(said).ok_or(Unreadable("a status that is not known"))?;
        let refusal = (standing == Standing::Failed).then(|| errors::refusal(field("ErrorCode").parse().unwrap_or(0)));
        return Ok(News::Status { reference, standing, refusal });
    }
    let from = field("From");
    if from.is_empty() || !fields.contains_key("Body") {
        return Err(Unreadable("neither a status nor a message"));
    }
    let wish = match field("OptOutType") {
        "STOP" => Some(Wish::Stop),
        "START" => Some(Wish::Start),
        "HELP" => Some(Wish::Help),
        _ => wish(field("Body")),
    };
    Ok(News::Inbound(Inbound {
        reference,
        from: from.to_owned(),
        to: field("To").to_owned(),
        text: field("Body").to_owned(),
        wish,
        media: field("NumMedia").parse().unwrap_or(0),
    }))
}

/// How far a word of the far side is.
pub(super) fn standing(word: &str) -> Option<Standing> {
    Some(match word {
        "accepted" | "scheduled" | "queued" | "sending" => Standing::Taken,
        "sent" => Standing::Sent,
        "delivered" => Standing::Delivered,
        "read" => Standing::Read,
        "undelivered" | "failed" | "canceled" => Standing::Failed,
        _ => return None,
    })
}

/// Whether the far side posted a form to this address, by the account's token. Compared in constant time.
///
/// * `url` — as the far side was told it, query included.
/// * `header` — [`SIGNATURE`], when there is one.
///
/// ```
/// use regua_wire::channels::sms::hooks::{sign, verify};
/// let signature = sign("https://r.example/sms", b"From=%2B1&Body=Oi", "token");
/// assert!(verify("https://r.example/sms", b"Body=Oi&From=%2B1", "token", Some(&signature)), "the order of fields is not signed");
/// assert!(!verify("https://r.example/other", b"Body=Oi&From=%2B1", "token", Some(&signature)));
/// ```
#[must_use]
pub fn verify(url: &str, body: &[u8], token: &str, header: Option<&str>) -> bool {
    let signature = header.and_then(|header| BASE64.decode(header).ok());
    // A token that was left empty would let anybody sign.
    let mac = mac(url, body, token).filter(|_| !token.trim().is_empty());
    signature.zip(mac).is_some_and(|(signature, mac)| mac.verify_slice(&signature).is_ok())
}

/// The header that the far side would send: for tests, and for stand-ins that play it.
#[must_use]
pub fn sign(url: &str, body: &[u8], token: &str) -> String {
    mac(url, body, token).map(|mac| BASE64.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// HMAC-SHA1 of the address and of every name and value behind each other, in the order of the names.
fn mac(url: &str, body: &[u8], token: &str) -> Option<Hmac<Sha1>> {
    if body.len() > BODY_MAX {
        return None;
    }
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().take(FIELDS_MAX + 1).collect();
    if pairs.len() > FIELDS_MAX {
        return None;
    }
    pairs.sort();
    // A value that stands twice under one name is signed once.
    pairs.dedup();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    for (name, value) in &pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Some(mac)
}

/// Names and their first values.
fn fields(body: &[u8]) -> Result<BTreeMap<String, String>, Unreadable> {
    if body.len() > BODY_MAX {
        return Err(Unreadable("it is too long"));
    }
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body).into_owned() {
        if fields.len() >= FIELDS_MAX {
            return Err(Unreadable("it has too many fields"));
        }
        fields.entry(name).or_insert(value);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vector_of_the_far_sides_own_libraries_is_signed_and_verified() {
        // Of the tests of twilio-python.
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let body = b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309";
        assert_eq!(sign(url, body, "12345"), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        assert!(verify(url, body, "12345", Some("RSOYDt4T1cUTdK1PDd93/VVr8B8=")));
        for (url, body, token, header) in [
            (&url[..url.len() - 1], &body[..], "12345", Some("RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
            (url, &body[1..], "12345", Some("RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
            (url, body, "1234", Some("RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
            (url, body, "12345", Some("RSOYDt4T1cUTdK1PDd93/VVr8B9=")),
            (url, body, "12345", Some("")),
            (url, body, "12345", None),
        ] {
            assert!(!verify(url, body, token, header));
        }
        assert!(!verify(url, body, "", Some(&sign(url, body, ""))), "a token that was left empty");
    }

    #[test]
    fn statuses_and_messages_are_told_apart() {
        let status = |body: &str| match heard(body.as_bytes()).unwrap() {
            News::Status { reference, standing, refusal } => (reference, standing, refusal.map(|refusal| refusal.code)),
            News::Inbound(_) => panic!("{body}"),
        };
        let sm1 = || "SM1".to_owned();
        assert_eq!(status("MessageSid=SM1&MessageStatus=queued&From=%2B1&To=%2B2"), (sm1(), Standing::Taken, None));
        assert_eq!(status("SmsSid=SM1&SmsStatus=sent&MessageStatus=sent&Body=x&From=%2B1"), (sm1(), Standing::Sent, None));
        assert_eq!(status("MessageSid=SM1&MessageStatus=delivered&ErrorCode=30003"), (sm1(), Standing::Delivered, None));
        assert_eq!(status("MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003"), (sm1(), Standing::Failed, Some("30003".to_owned())));
        let inbound = |body: &str| match heard(body.as_bytes()).unwrap() {
            News::Inbound(inbound) => inbound,
            News::Status { .. } => panic!("{body}"),
        };
        let one = inbound("MessageSid=SM2&SmsStatus=received&From=%2B5511&To=%2B1&Body=Ol%C3%A1&NumMedia=2");
        assert_eq!((one.from.as_str(), one.text.as_str(), one.wish, one.media), ("+5511", "Olá", None, 2));
        assert_eq!(inbound("MessageSid=SM2&From=%2B5511&Body=sair").wish, Some(Wish::Stop));
        assert_eq!(inbound("MessageSid=SM2&From=%2B5511&Body=fora&OptOutType=STOP").wish, Some(Wish::Stop));
        assert_eq!(format!("{one:?}"), "Inbound(SM2, None)", "a person's words do not show");
        for odd in
            ["", "MessageSid=", "MessageSid=SM1", "MessageSid=SM1&MessageStatus=dreamt", "MessageSid=SM1&From=%2B1", "a=1&From=2&Body=3"]
        {
            assert!(heard(odd.as_bytes()).is_err(), "{odd}");
        }
        assert!(heard(&vec![b'a'; BODY_MAX + 1]).is_err() && heard("&a=".repeat(999).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn a_signature_holds_for_its_fields_alone(
            fields in prop::collection::vec(("[A-Za-z]{1,8}", "\\PC{0,12}"), 1..9), url in "https://[a-z]{1,9}/[a-z?=&]{0,9}", turn in 0_usize..9,
        ) {
            let form = |fields: &[(String, String)]| form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
            let signature = sign(&url, &form(&fields), "token");
            let mut turned = fields.clone();
            turned.rotate_left(turn % fields.len());
            prop_assert!(verify(&url, &form(&turned), "token", Some(&signature)));
            turned[0].1.push('x');
            prop_assert!(!verify(&url, &form(&turned), "token", Some(&signature)));
        }
    }
}
