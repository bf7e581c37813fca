//! What a carrier of a channel said, as the outbox understands it: the words of `wire` become an outcome whose reply begins with
//! what follows for the address, the template or the channel.
//!
//! Replies are kept and shown, so what they say is read back from them, here and nowhere else. Deliberately absent: the words of
//! mail servers, which `wire::channels::bounce` reads.

use regua_wire::channels::answer::{Answer, Next, Refusal};
use regua_wire::gateways::Trouble;

use crate::ports::Sent;

/// What stands before a carrier's name of a message.
const TAKEN_AS: &str = "taken as ";
const TAKEN: &str = "taken";
const LATER: &str = "later";
const RATE: &str = "rate";
const ALERT: &str = "stopped";
const CLOSED: &str = "closed";
const BAD_ADDRESS: &str = "bad address";
const OPTED_OUT: &str = "opted out";
const OTHER_TEMPLATE: &str = "other template";
const OTHER_CHANNEL: &str = "other channel";
const MEND: &str = "refused";

/// What follows from an outcome besides the message itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// It waits for its turn only: no try was made.
    Rate,
    /// Its channel is closed for a while: no try was made.
    Closed,
    /// The address does not work.
    BadAddress,
    /// The person wants no more messages there.
    OptedOut,
    /// The template cannot be used now.
    OtherTemplate,
    /// Nothing goes over this channel until a person has looked.
    Alert,
    /// What we send must be mended by a person.
    Mend,
}

impl Sent {
    /// What a carrier answered.
    ///
    /// ```
    /// use regua_engine::ports::Sent;
    /// use regua_wire::channels::answer::Answer;
    /// let sent = Sent::of_answer(Answer::Taken { reference: "SM1".to_owned() });
    /// assert_eq!(sent.reference(), Some("SM1"));
    /// ```
    #[must_use]
    pub fn of_answer(answer: Answer) -> Self {
        match answer {
            Answer::Taken { reference } if reference.is_empty() => Self::Accepted { reply: TAKEN.to_owned() },
            Answer::Taken { reference } => Self::Accepted { reply: format!("{TAKEN_AS}{reference}") },
            Answer::Unknown { why } => Self::Unknown { why },
            Answer::Refused(refusal) => Self::of_refusal(&refusal),
        }
    }

    /// What a carrier refused, or what surely would be.
    #[must_use]
    pub fn of_refusal(refusal: &Refusal) -> Self {
        let Refusal { code, next, why } = refusal;
        let refused = |word: &str| Self::Refused { code: None, reply: format!("{word} ({code}): {why}") };
        match next {
            Next::Later { wait_secs } => later(LATER, code, *wait_secs, why),
            // The window closed between our look and theirs: the next look takes the template.
            Next::AsTemplate => later(LATER, code, Some(60), why),
            Next::Alert => Self::Later { code: None, reply: format!("{ALERT} ({code}): {why}") },
            Next::BadAddress => refused(BAD_ADDRESS),
            Next::OptedOut => refused(OPTED_OUT),
            Next::OtherTemplate => refused(OTHER_TEMPLATE),
            Next::OtherChannel | Next::NoOffers => refused(OTHER_CHANNEL),
            Next::Mend => refused(MEND),
        }
    }

    /// Why there was no answer.
    ///
    /// * `repeats_safely` — whether the far side knows a second one by our id of it: then nobody need be in doubt.
    #[must_use]
    pub fn of_trouble(trouble: Trouble, repeats_safely: bool) -> Self {
        match trouble {
            Trouble::Outage { why, wait_secs } => later(LATER, "outage", wait_secs, &why),
            Trouble::Unknown { why } if repeats_safely => later(LATER, "no answer", None, &why),
            Trouble::Unknown { why } => Self::Unknown { why },
            Trouble::Refused { code, why } => Self::Later { code: None, reply: format!("{ALERT} ({code}): {why}") },
            Trouble::NotFound => Self::Later { code: None, reply: format!("{ALERT} (404): there is nothing at the carrier's address") },
        }
    }

    /// It waits for its turn: the channel carries no more now.
    pub(crate) fn of_rate(wait_secs: u64) -> Self {
        later(RATE, RATE, Some(wait_secs), "others go first")
    }

    /// The channel is closed for a while, by what a carrier said of another message.
    pub(crate) fn of_closed(why: &str) -> Self {
        later(CLOSED, CLOSED, Some(60), why)
    }

    /// The carrier's name of a message that it took, when it gave one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Accepted { reply } => reply.strip_prefix(TAKEN_AS),
            Self::Refused { .. } | Self::Later { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Whether a carrier of a channel took it, and no folder or mail server.
    pub(crate) fn is_carried(&self) -> bool {
        matches!(self, Self::Accepted { reply } if reply == TAKEN) || self.reference().is_some()
    }

    /// For how many seconds the far side asks to be left alone with this message.
    pub(crate) fn wait_secs(&self) -> Option<u64> {
        let Self::Later { reply, .. } = self else { return None };
        let (head, _) = [LATER, RATE, CLOSED].into_iter().find_map(|word| reply.strip_prefix(word))?.split_once(" s): ")?;
        head.rsplit_once(", ")?.1.parse().ok()
    }

    /// What else follows from it.
    #[must_use]
    pub fn says(&self) -> Says {
        let (Self::Refused { reply, .. } | Self::Later { reply, .. }) = self else { return Says::Nothing };
        let word = reply.split_once(" (").map_or("", |(word, _)| word);
        match (self, word) {
            (Self::Refused { .. }, BAD_ADDRESS) => Says::BadAddress,
            (Self::Refused { .. }, OPTED_OUT) => Says::OptedOut,
            (Self::Refused { .. }, OTHER_TEMPLATE) => Says::OtherTemplate,
            (Self::Refused { .. }, MEND) => Says::Mend,
            (Self::Later { .. }, ALERT) => Says::Alert,
            (Self::Later { .. }, RATE) => Says::Rate,
            (Self::Later { .. }, CLOSED) => Says::Closed,
            (_, _) => Says::Nothing,
        }
    }
}

fn later(word: &str, code: &str, wait_secs: Option<u64>, why: &str) -> Sent {
    let wait = wait_secs.map(|secs| format!(", {secs} s")).unwrap_or_default();
    Sent::Later { code: None, reply: format!("{word} ({code}{wait}): {why}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(next: Next) -> Sent {
        Sent::of_refusal(&Refusal { code: "7".to_owned(), next, why: "because".to_owned() })
    }

    #[test]
    fn each_word_is_read_back_as_what_it_was() {
        for (next, says) in [
            (Next::BadAddress, Says::BadAddress),
            (Next::OptedOut, Says::OptedOut),
            (Next::OtherTemplate, Says::OtherTemplate),
            (Next::OtherChannel, Says::Nothing),
            (Next::NoOffers, Says::Nothing),
            (Next::Mend, Says::Mend),
            (Next::Alert, Says::Alert),
            (Next::AsTemplate, Says::Nothing),
            (Next::Later { wait_secs: None }, Says::Nothing),
        ] {
            assert_eq!(refusal(next).says(), says, "{next:?}");
        }
        assert_eq!(Sent::of_rate(3).says(), Says::Rate);
        assert_eq!(Sent::of_rate(3).wait_secs(), Some(3));
        let closed = Sent::of_closed("stopped (190): a key");
        assert_eq!((closed.says(), closed.wait_secs()), (Says::Closed, Some(60)));
    }

    #[test]
    fn a_wait_is_kept_and_none_is_made_up() {
        assert_eq!(refusal(Next::Later { wait_secs: Some(86_400) }).wait_secs(), Some(86_400));
        assert_eq!(refusal(Next::Later { wait_secs: None }).wait_secs(), None);
        assert_eq!(refusal(Next::BadAddress).wait_secs(), None);
        assert_eq!(Sent::Later { code: Some(451), reply: "451 4.7.1 later, 5 s): x".to_owned() }.wait_secs(), None);
    }

    #[test]
    fn a_cut_line_is_unknown_unless_the_far_side_knows_our_id() {
        let cut = || Trouble::Unknown { why: "cut".to_owned() };
        assert_eq!(Sent::of_trouble(cut(), false), Sent::Unknown { why: "cut".to_owned() });
        assert!(matches!(Sent::of_trouble(cut(), true), Sent::Later { .. }));
        let away = Trouble::Outage { why: "away".to_owned(), wait_secs: Some(5) };
        assert_eq!(Sent::of_trouble(away, false).wait_secs(), Some(5));
    }

    #[test]
    fn what_a_mail_server_says_is_no_carrier_s_name() {
        for reply in ["250 2.0.0 Ok: queued as A1", "captured", ""] {
            let sent = Sent::Accepted { reply: reply.to_owned() };
            assert!(sent.reference().is_none() && !sent.is_carried(), "{reply}");
        }
        assert!(Sent::of_answer(Answer::Taken { reference: String::new() }).is_carried());
    }
}
