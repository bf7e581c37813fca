//! Typed, time-ordered ids with a prefix: `rcv_01jf2z8s9…`.
//!
//! Inside a UUIDv7 (RFC 9562 §5.7), outside the prefix of its type and 26 characters of Crockford's base 32 in lower
//! case, which sort as the bytes do: by type, then by time. Deliberately absent: clock and randomness; the maker of an
//! id passes both.

use std::fmt;

use uuid::{Builder, Uuid, Variant};

/// Characters after the prefix: 26 × 5 bits hold 128, the first character stays below `8`.
const CHARS: usize = 26;

/// Ten bytes that begin with a place. The id's version and variant take bits of the first and third, so the place is cut
/// into 4, 8, 6 and 8 bits.
const fn behind(place: u32, random: [u8; 10]) -> [u8; 10] {
    const fn low(bits: u32) -> u8 {
        bits.to_be_bytes()[3]
    }
    let [_, _, _, _, rest @ ..] = random;
    let [a, b, c, d, e, f] = rest;
    [low(place >> 22), low(place >> 14), low(place >> 8), low(place), a, b, c, d, e, f]
}

/// Crockford's base 32: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Declares an id type per noun.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[doc = concat!("\n\nWritten `", $prefix, "_` and 26 characters.")]
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(Uuid);

            impl $name {
                /// What its text begins with, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// An id made at `millis` after the Unix epoch (the low 48 bits count) with ten random bytes, of which 74 bits are used.
                #[must_use]
                pub fn new(millis: u64, random: [u8; 10]) -> Self {
                    Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
                }

                /// An id made at `millis` that sorts behind those of a lower `place` made at the same moment, so that many
                /// that are written together lie together; of the random bytes six are used.
                ///
                /// 26 bits of the place count (RFC 9562 §6.2, method 1).
                #[must_use]
                pub fn placed(millis: u64, place: u32, random: [u8; 10]) -> Self {
                    Self::new(millis, behind(place, random))
                }

                /// From the bytes that are stored.
                ///
                /// # Errors
                /// [`BadId::NotTimeOrdered`] when they are no UUIDv7.
                pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, BadId> {
                    time_ordered(Uuid::from_bytes(bytes)).map(Self)
                }

                /// The bytes to store.
                #[must_use]
                pub const fn to_bytes(self) -> [u8; 16] {
                    self.0.into_bytes()
                }

                /// When it was made, in milliseconds after the Unix epoch.
                #[must_use]
                pub fn millis(self) -> u64 {
                    made_at(self.0)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }

            impl std::str::FromStr for $name {
                type Err = BadId;
                fn from_str(text: &str) -> Result<Self, BadId> {
                    read($prefix, text).map(Self)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str($prefix)?;
                    write(self.0, f)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }
        )+

        /// Every prefix with the noun's type, for the message about a wrong one.
        const PREFIXES: &[(&str, &str)] = &[$(($prefix, stringify!($name))),+];
    };
}

ids! {
    /// A company that collects.
    TenantId = "ten",
    /// A name and sender of a tenant.
    BrandId = "brd",
    /// Who owes.
    CustomerId = "cus",
    /// A way to reach a person.
    ContactPointId = "cpt",
    /// A stored way to charge.
    PaymentMethodId = "mth",
    /// What is billed in cycles.
    SubscriptionId = "sub",
    /// A bill.
    InvoiceId = "inv",
    /// One amount due on one date.
    ReceivableId = "rcv",
    /// A movement on a receivable.
    EntryId = "ent",
    /// Money that came in.
    PaymentId = "pay",
    /// One version of a régua file.
    PolicyId = "pol",
    /// What was concluded for one step.
    DecisionId = "dec",
    /// Something sent to a person.
    MessageId = "msg",
    /// A try to take money.
    ChargeId = "chg",
    /// Work for a person.
    TaskId = "tsk",
    /// A promise to pay.
    PromiseId = "prm",
    /// An instalment plan or settlement.
    AgreementId = "agr",
    /// An objection.
    DisputeId = "dsp",
    /// A hold or pause.
    HoldId = "hld",
    /// An entry of the log.
    EventId = "evt",
    /// Where webhooks of a tenant go.
    EndpointId = "end",
    /// Somebody of the company who signs in.
    PersonId = "per",
    /// What a program asks with.
    KeyId = "key",
    /// A person at a browser, signed in.
    SessionId = "ses",
    /// Something asked for that a second person must approve.
    ActId = "act",
    /// A way in which somebody looks at a list.
    ViewId = "viw",
}

fn time_ordered(uuid: Uuid) -> Result<Uuid, BadId> {
    let ours = uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122;
    if ours { Ok(uuid) } else { Err(BadId::NotTimeOrdered) }
}

/// The first 48 bits.
fn made_at(uuid: Uuid) -> u64 {
    uuid.as_u64_pair().0 >> 16
}

/// Writes the underscore and the characters.
fn write(uuid: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let bits = uuid.as_u128();
    let mut text = String::with_capacity(1 + CHARS);
    text.push('_');
    for place in (0..CHARS).rev() {
        let digit = usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0);
        text.extend(ALPHABET.get(digit).copied().map(char::from));
    }
    f.write_str(&text)
}

fn read(prefix: &'static str, text: &str) -> Result<Uuid, BadId> {
    let Some((found, chars)) = text.split_once('_') else { return Err(BadId::NoPrefix { prefix }) };
    if found != prefix {
        let other = PREFIXES.iter().find(|known| known.0 == found).map(|known| known.1);
        return Err(BadId::OtherPrefix { prefix, other });
    }
    if chars.chars().count() != CHARS {
        return Err(BadId::Length { prefix, chars: chars.chars().count() });
    }
    let mut bits: u128 = 0;
    for c in chars.chars() {
        let digit = ALPHABET.iter().zip(0_u128..).find(|(known, _)| char::from(**known) == c).map(|(_, digit)| digit);
        bits = (bits << 5) | digit.ok_or(BadId::Character(c))?;
    }
    // The first character carries three bits only.
    match chars.chars().next() {
        Some(first @ '8'..) => Err(BadId::Character(first)),
        _ => time_ordered(Uuid::from_u128(bits)),
    }
}

/// Why a text or bytes are no such id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadId {
    /// No underscore.
    #[error("an id begins with its type: `{prefix}_` and 26 characters")]
    NoPrefix {
        /// What it should begin with.
        prefix: &'static str,
    },
    /// The id of something else.
    #[error("the id must begin with `{prefix}_`{}", .other.map_or(String::new(), |other| format!("; this is a {other}")))]
    OtherPrefix {
        /// What it should begin with.
        prefix: &'static str,
        /// The type that it belongs to, if we know it.
        other: Option<&'static str>,
    },
    /// Cut off or run together.
    #[error("`{prefix}_` is followed by 26 characters, not {chars}: was it copied whole?")]
    Length {
        /// What it begins with.
        prefix: &'static str,
        /// How many follow.
        chars: usize,
    },
    /// Not of the alphabet: ids are lower case and have no `i`, `l`, `o` or `u`.
    #[error("`{}` does not occur there in an id: digits and lower-case letters without i, l, o, u", .0.escape_debug())]
    Character(char),
    /// Some other UUID.
    #[error("not an id of this system: its bits are not time-ordered")]
    NotTimeOrdered,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rfc_example_has_one_spelling() {
        // RFC 9562 appendix A.6: 2022-02-22T19:22:22Z, 017F22E2-79B0-7CC3-98C4-DC0C0C07398F.
        let bytes = 0x017F_22E2_79B0_7CC3_98C4_DC0C_0C07_398F_u128.to_be_bytes();
        let id = ReceivableId::from_bytes(bytes).unwrap();
        assert_eq!(id.to_string(), "rcv_01fwhe4ydgfk1shh6w1g60eecf");
        assert_eq!((id.millis(), id.to_bytes()), (1_645_557_742_000, bytes));
        assert_eq!("rcv_01fwhe4ydgfk1shh6w1g60eecf".parse(), Ok(id));
    }

    proptest! {
        #[test]
        fn ids_of_one_moment_sort_by_their_places(a in 0..1_u32 << 26, b in 0..1_u32 << 26, noise in any::<[u8; 10]>(), other in any::<[u8; 10]>()) {
            let (one, two) = (ReceivableId::placed(1, a, noise), ReceivableId::placed(1, b, other));
            prop_assert_eq!(ReceivableId::from_bytes(one.to_bytes()), Ok(one));
            prop_assert_eq!(one.millis(), 1);
            if a != b {
                prop_assert_eq!(one < two, a < b);
            }
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("", "an id begins with its type: `rcv_` and 26 characters"),
            ("cus_01fwhe4ydgfk1shh6w1g60eecf", "the id must begin with `rcv_`; this is a CustomerId"),
            ("xyz_01fwhe4ydgfk1shh6w1g60eecf", "the id must begin with `rcv_`"),
            ("rcv_01fwhe4ydgfk1shh6w1g60eec", "`rcv_` is followed by 26 characters, not 25: was it copied whole?"),
            ("rcv_01fwhe4ydgfk1shh6w1g60eecu", "`u` does not occur there in an id: digits and lower-case letters without i, l, o, u"),
            ("rcv_01FWHE4YDGFK1SHH6W1G60EECF", "`F` does not occur there in an id: digits and lower-case letters without i, l, o, u"),
            ("rcv_81fwhe4ydgfk1shh6w1g60eecf", "`8` does not occur there in an id: digits and lower-case letters without i, l, o, u"),
            ("rcv_00000000000000000000000000", "not an id of this system: its bits are not time-ordered"),
        ] {
            assert_eq!(text.parse::<ReceivableId>().unwrap_err().to_string(), expected, "{text}");
        }
        assert_eq!(EventId::from_bytes([0xff; 16]), Err(BadId::NotTimeOrdered));
    }

    #[test]
    fn prefixes_are_three_letters_and_differ() {
        let mut prefixes: Vec<&str> = PREFIXES.iter().map(|known| known.0).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), PREFIXES.len());
        assert!(prefixes.iter().all(|prefix| prefix.len() == 3 && prefix.bytes().all(|b| b.is_ascii_lowercase())));
    }

    proptest! {
        #[test]
        fn texts_round_trip_and_sort_as_ids_do(a in 0..1_u64 << 48, b in 0..1_u64 << 48, x in any::<[u8; 10]>(), y in any::<[u8; 10]>()) {
            let (one, two) = (MessageId::new(a, x), MessageId::new(b, y));
            prop_assert_eq!(one.to_string().parse(), Ok(one));
            prop_assert_eq!(MessageId::from_bytes(one.to_bytes()), Ok(one));
            prop_assert_eq!(one.millis(), a);
            prop_assert_eq!(one.cmp(&two), one.to_string().cmp(&two.to_string()));
            prop_assert_eq!(one.cmp(&two), one.to_bytes().cmp(&two.to_bytes()));
            if a != b {
                prop_assert_eq!(one.cmp(&two), a.cmp(&b));
            }
        }

        #[test]
        fn an_accepted_text_is_the_only_spelling(id in any::<[u8; 10]>(), place in 4..30_usize, c in "[0-9a-zA-Z_ ]", other in "\\PC{0,40}") {
            let mut text = MessageId::new(1_700_000_000_000, id).to_string();
            text.replace_range(place..=place, &c);
            for text in [text, other] {
                if let Ok(id) = text.parse::<MessageId>() {
                    prop_assert_eq!(id.to_string(), text);
                }
            }
        }
    }
}
