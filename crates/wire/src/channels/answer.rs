//! What a far side says of a message, in the words of every channel: taken, refused with what may be done next, or nobody knows;
//! and how far a message has come.
//!
//! Deliberately absent: the codes of each far side, which its own module knows, and doing what is next.

use crate::gateways::Response;

/// The longest wait that a far side can ask for, in seconds: a day.
pub const WAIT_SECS_MAX: u64 = 86_400;
/// Characters of a code or reference of a far side that are kept.
const NAME_CHARS_MAX: usize = 255;

/// What became of a message that was handed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The far side took responsibility.
    Taken {
        /// Its name of the message, by which it tells later how far it came; empty when it gave none.
        reference: String,
    },
    /// It surely did not take it.
    Refused(Refusal),
    /// It may have it: never sent again by itself, unless the far side knows a message by our id.
    Unknown {
        /// What happened; no word of the message.
        why: String,
    },
}

/// Why a message was not taken, or did not arrive, and what may be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The far side's code, or the HTTP status.
    pub code: String,
    /// What may be done.
    pub next: Next,
    /// Why, in our words: those of the far side may hold an address.
    pub why: String,
}

impl Refusal {
    pub(super) fn new(code: &str, next: Next, why: &str) -> Self {
        Self { code: name(code), next, why: why.to_owned() }
    }
}

/// What may be done with a message that was refused, and with its address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// The same message again, later.
    Later {
        /// Not within so many seconds, when that is known.
        wait_secs: Option<u64>,
    },
    /// Not this message on this channel; the address stays as it is.
    OtherChannel,
    /// Nothing more to this address on this channel: it does not work.
    BadAddress,
    /// Nothing more to this address on this channel: its owner said so.
    OptedOut,
    /// No offers to this address on this channel: its owner said so. What is owed may still be told.
    NoOffers,
    /// The same words as an approved template: free text is not allowed now.
    AsTemplate,
    /// Another template: this one is paused, disabled or missing.
    OtherTemplate,
    /// Nothing until what we send is mended: a field, a length, a parameter.
    Mend,
    /// Nothing at all on this channel until a person has looked: a key, a right, an account.
    Alert,
}

/// How far a message has come. News come in any order and twice: the furthest counts ([`Standing::with`]).
///
/// ```
/// use regua_wire::channels::answer::Standing;
/// assert_eq!(Standing::Read.with(Standing::Delivered), Standing::Read, "an older one that comes late");
/// assert_eq!(Standing::Failed.with(Standing::Delivered), Standing::Delivered, "what arrived has arrived");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// The far side has it.
    Taken,
    /// It went on to the network; no proof of delivery.
    Sent,
    /// It will not arrive.
    Failed,
    /// It arrived.
    Delivered,
    /// Somebody saw it.
    Read,
}

impl Standing {
    /// Every standing, the furthest last.
    pub const ALL: [Self; 5] = [Self::Taken, Self::Sent, Self::Failed, Self::Delivered, Self::Read];

    /// Where a message stands after one more piece of news, whatever the order in which they come.
    #[must_use]
    pub fn with(self, news: Self) -> Self {
        self.max(news)
    }

    /// The word in tables and feeds.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// A body of a far side that says nothing we can use. It quotes nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the far side's words cannot be read: {0}")]
pub struct Unreadable(pub &'static str);

/// `Retry-After` in whole seconds, at most a day; none for a date, which no far side of ours sends.
pub(super) fn wait(response: &Response) -> Option<u64> {
    let value = response.headers.iter().find(|(name, _)| name == "retry-after").map(|(_, value)| value.trim())?;
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().unwrap_or(WAIT_SECS_MAX).min(WAIT_SECS_MAX))
}

/// A code or reference of a far side as it may be kept and shown: visible letters of ASCII, cut to a length.
pub(super) fn name(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wait_is_whole_seconds_and_bounded() {
        let said = |value: &str| wait(&Response { status: 429, headers: vec![("retry-after".to_owned(), value.to_owned())], body: vec![] });
        for (value, expected) in
            [("7", Some(7)), (" 8 ", Some(8)), ("99999999999999999999999", Some(WAIT_SECS_MAX)), ("-1", None), ("", None), ("Wed", None)]
        {
            assert_eq!(said(value), expected, "{value}");
        }
        assert_eq!(wait(&Response { status: 429, headers: vec![], body: vec![] }), None);
    }

    #[test]
    fn a_name_of_a_far_side_is_short_and_visible() {
        assert_eq!(name("SM 1\u{0}\né"), "SM1");
        assert_eq!(name(&"a".repeat(999)).len(), NAME_CHARS_MAX);
    }

    proptest! {
        #[test]
        fn a_message_stands_the_same_whatever_the_order_of_its_news(news in prop::collection::vec(0_usize..5, 1..20), turn in 0_usize..20) {
            let news: Vec<Standing> = news.into_iter().map(|place| Standing::ALL[place]).collect();
            let after = |news: &[Standing]| news.iter().fold(Standing::Taken, |standing, news| standing.with(*news));
            let mut turned = news.clone();
            turned.rotate_left(turn % news.len());
            let twice = [turned.clone(), news.clone()].concat();
            turned.reverse();
            prop_assert_eq!(after(&news), after(&turned));
            prop_assert_eq!(after(&news), after(&twice));
            for end in 1..news.len() {
                prop_assert!(after(&news[..end]) <= after(&news[..=end]), "it never goes back");
            }
        }
    }
}
