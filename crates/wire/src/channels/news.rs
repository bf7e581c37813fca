//! What carriers of messages tell, in the words of every channel: how far a message came, what somebody wrote, what became of
//! templates and numbers.
//!
//! Each far side's own module reads its bodies; here they become events that are stored once and processed apart, like those of
//! gateways. Deliberately absent: signatures, which are looked at before, and what an event does.

use regua_core::time::Instant;
use regua_core::words::Channel;

use super::answer::{Refusal, Standing, Unreadable};
use super::stop::Wish;
use super::{callback, sms, whatsapp};
use crate::gateways::{self, Heard, HookRefused};

/// Something that a carrier told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// How far a message of ours came.
    Status {
        /// The carrier's name of the message; empty when it knows ours alone.
        reference: String,
        /// Our id of it, when the carrier repeats it.
        message: Option<String>,
        /// How far.
        standing: Standing,
        /// Why it did not arrive.
        refusal: Option<Refusal>,
    },
    /// Somebody wrote to us.
    Reply(Reply),
    /// What became of a template.
    Template {
        /// Its name.
        name: String,
        /// Its language, as the carrier names it.
        language: String,
        /// `APPROVED`, `PAUSED`, `DISABLED`, `REJECTED` and others.
        event: String,
        /// The word of why.
        why: Option<String>,
    },
    /// A template is in another category, and costs and counts as such.
    Category {
        /// Its name.
        name: String,
        /// Its language, as the carrier names it.
        language: String,
        /// The category that it has now.
        now: String,
    },
    /// How a number of ours stands with people, and how many it may write to.
    Number {
        /// Its digits.
        number: String,
        /// `FLAGGED`, `UNFLAGGED`, `UPGRADE`, `DOWNGRADE` and others.
        event: String,
        /// People in 24 hours; none for no limit. Absent when the carrier does not say.
        limit: Option<Option<u32>>,
    },
}

/// A message from somebody. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The carrier's name of it, by which a second one is known.
    pub reference: String,
    /// Who wrote, as the channel names people: of a phone its number, with or without `+`.
    pub from: String,
    /// What; of a picture or a sound the word of its kind in brackets.
    pub text: String,
    /// The carrier's name of the message of ours that it answers.
    pub answers: Option<String>,
    /// Our id of that message, when the carrier repeats it.
    pub message: Option<String>,
    /// Over which channel, where a carrier has several and says so.
    pub channel: Option<Channel>,
    /// What it asks for, when that is plain.
    pub wish: Option<Wish>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({}, {:?})", self.reference, self.wish)
    }
}

fn unreadable(why: Unreadable) -> HookRefused {
    HookRefused::Unreadable(why.to_string())
}

fn heard(event: String, kind: &str, news: News, at: Option<Instant>) -> Heard {
    Heard { event, kind: kind.to_owned(), news: gateways::News::Channel(Box::new(news)), at }
}

fn status(reference: String, message: Option<String>, standing: Standing, refusal: Option<Refusal>, at: Option<Instant>) -> Heard {
    let whose = if reference.is_empty() { message.clone().unwrap_or_default() } else { reference.clone() };
    let event = format!("{whose} {}", standing.as_str());
    heard(event, standing.as_str(), News::Status { reference, message, standing, refusal }, at)
}

/// What a provider of SMS posted.
///
/// * `path` — what stands behind the channel in the address: our id of the message, which we told with it, or nothing.
///
/// # Errors
/// [`HookRefused::Unreadable`] when it is neither a status nor a message.
///
/// ```
/// use regua_wire::channels::news::of_sms;
/// let heard = of_sms("msg_1", b"MessageSid=SM1&MessageStatus=delivered").unwrap();
/// assert_eq!((heard[0].event.as_str(), heard[0].kind.as_str()), ("SM1 delivered", "delivered"));
/// ```
pub fn of_sms(path: &str, body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let message = Some(path.to_owned()).filter(|path| !path.is_empty());
    Ok(vec![match sms::hooks::heard(body).map_err(unreadable)? {
        sms::hooks::News::Status { reference, standing, refusal } => status(reference, message, standing, refusal, None),
        sms::hooks::News::Inbound(inbound) => {
            let text = if inbound.text.trim().is_empty() && inbound.media > 0 { "[media]".to_owned() } else { inbound.text };
            let (reference, from, wish) = (inbound.reference, inbound.from, inbound.wish);
            heard(
                format!("{reference} reply"),
                "reply",
                News::Reply(Reply { reference, from, text, answers: None, message: None, channel: None, wish }),
                None,
            )
        }
    }])
}

/// What Meta posted of a WhatsApp account. What is about another of its numbers is nothing of ours: a person who writes there opens no
/// window here.
///
/// * `own` — the id of the number that is ours; empty for every one.
///
/// # Errors
/// [`HookRefused::Unreadable`] when it is no webhook of one.
///
/// ```
/// use regua_wire::channels::news::of_whatsapp;
/// let body = br#"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{
///     "metadata":{"phone_number_id":"1"},"statuses":[{"id":"wamid.1","status":"read","timestamp":"1800000000"}]}}]}]}"#;
/// assert_eq!(of_whatsapp("1", body).unwrap()[0].event, "wamid.1 read");
/// assert_eq!(of_whatsapp("2", body).unwrap()[0].kind, "number");
/// ```
pub fn of_whatsapp(own: &str, body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    use whatsapp::hooks::{Inbound, News as Told, Said};
    let all = whatsapp::hooks::heard(body).map_err(unreadable)?;
    Ok(all
        .into_iter()
        .map(|told| match told {
            Told::Status { number, .. } | Told::Inbound(Inbound { number, .. })
                if !own.is_empty() && !number.is_empty() && number != own =>
            {
                Heard { event: String::new(), kind: "number".to_owned(), news: gateways::News::Nothing, at: None }
            }
            Told::Status { number: _, reference, standing, at, tag, billed: _, refusal } => status(reference, tag, standing, refusal, at),
            Told::Inbound(inbound) => {
                // A sign that was taken back says nothing.
                if inbound.said == Said::Reaction(String::new()) {
                    return Heard { event: String::new(), kind: "reaction".to_owned(), news: gateways::News::Nothing, at: None };
                }
                let text = match inbound.said {
                    Said::Text(text) | Said::Button(text) | Said::Reaction(text) => text,
                    Said::Other(kind) => format!("[{kind}]"),
                };
                let reply = Reply {
                    reference: inbound.reference,
                    from: inbound.from,
                    text,
                    answers: inbound.answers,
                    message: None,
                    channel: None,
                    wish: inbound.wish,
                };
                heard(format!("{} reply", reply.reference), "reply", News::Reply(reply), inbound.at)
            }
            Told::Template { template, language, event, why } => {
                let name = format!("{template} {language} {event} {}", digest(body));
                heard(name, "template", News::Template { name: template, language, event, why }, None)
            }
            Told::Category { template, language, now } => {
                let name = format!("{template} {language} {now} {}", digest(body));
                heard(name, "category", News::Category { name: template, language, now }, None)
            }
            Told::Quality { number, event, limit } => {
                let name = format!("{number} {event} {}", digest(body));
                heard(name, "number", News::Number { number, event, limit }, None)
            }
            Told::Nothing(field) => Heard { event: String::new(), kind: field, news: gateways::News::Nothing, at: None },
        })
        .collect())
}

/// What a carrier of the tenant's own posted.
///
/// # Errors
/// [`HookRefused::Unreadable`] when it is neither a status nor an answer.
///
/// ```
/// use regua_wire::channels::news::of_callback;
/// let body = br#"{"type":"message.status","data":{"message":"msg_1","status":"failed","refused":"bad_address"}}"#;
/// assert_eq!(of_callback(body).unwrap()[0].event, "msg_1 failed");
/// ```
pub fn of_callback(body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    Ok(vec![match callback::heard(body).map_err(unreadable)? {
        callback::News::Status { id, order, message, standing, refusal } => {
            let mut heard = status(order.unwrap_or_default(), Some(message), standing, refusal, None);
            // A message may fail at one address after another, of which the carrier tells with ids of their own.
            heard.event.extend(id.iter().flat_map(|id| [" ", id.as_str()]));
            heard
        }
        callback::News::Reply { id, message, channel, from, text, wish } => {
            let reply = Reply { reference: id, from, text, answers: None, message, channel, wish };
            heard(format!("{} reply", reply.reference), "reply", News::Reply(reply), None)
        }
    }])
}

/// What tells bodies apart whose events have no ids: the same thing may be told of a template a second time, later.
fn digest(body: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(heard: &[Heard]) -> Vec<News> {
        let of = |heard: &Heard| if let gateways::News::Channel(news) = &heard.news { Some((**news).clone()) } else { None };
        heard.iter().filter_map(of).collect()
    }

    #[test]
    fn a_status_of_each_carrier_names_the_message_as_the_carrier_knows_it() {
        let told = |heard: Vec<Heard>| {
            let Some(News::Status { reference, message, standing, refusal }) = news(&heard).pop() else { panic!("{heard:?}") };
            (reference, message, standing, refusal.is_some())
        };
        let own = || Some("msg_1".to_owned());
        assert_eq!(told(of_sms("msg_1", b"MessageSid=SM1&MessageStatus=sent").unwrap()), ("SM1".to_owned(), own(), Standing::Sent, false));
        assert_eq!(told(of_sms("", b"MessageSid=SM1&MessageStatus=failed").unwrap()), ("SM1".to_owned(), None, Standing::Failed, true));
        let body = br#"{"type":"message.status","data":{"message":"msg_1","status":"read"}}"#;
        assert_eq!(told(of_callback(body).unwrap()), (String::new(), own(), Standing::Read, false));
    }

    #[test]
    fn the_same_news_twice_have_one_name_and_other_news_another() {
        let event = |body: &[u8]| of_sms("", body).unwrap()[0].event.clone();
        let sent = event(b"MessageSid=SM1&MessageStatus=sent");
        assert_eq!(sent, event(b"MessageStatus=sent&MessageSid=SM1"));
        for other in [&b"MessageSid=SM1&MessageStatus=delivered"[..], b"MessageSid=SM2&MessageStatus=sent", b"MessageSid=SM1&From=1&Body=x"]
        {
            assert_ne!(sent, event(other));
        }
    }

    #[test]
    fn what_somebody_wrote_does_not_show_and_a_picture_is_named() {
        let heard = of_sms("", b"MessageSid=SM2&From=%2B5511987654321&Body=&NumMedia=1").unwrap();
        let Some(News::Reply(reply)) = news(&heard).pop() else { panic!("{heard:?}") };
        assert_eq!(reply.text, "[media]");
        assert!(!format!("{heard:?}").contains("98765"), "{heard:?}");
        assert!(of_sms("", b"").is_err() && of_whatsapp("", b"{}").is_err() && of_callback(b"{}").is_err());
    }
}
