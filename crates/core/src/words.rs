//! The closed word lists of the field, each with its one spelling in files, tables and messages.

/// Declares an enum whose variants have one text each, in order.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[doc = concat!("`", $text, "`")] #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files, tables and messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::words::UnknownWord> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| $crate::words::UnknownWord {
                    text: text.to_owned(),
                    what: $what,
                    known: Self::ALL.iter().map(|word| word.as_str()).collect(),
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use text_enum;

/// A word that is not in its list.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is not a {what} ({})", known.join(", "))]
pub struct UnknownWord {
    /// What was written.
    pub text: String,
    /// What it should have been, e.g. `channel`.
    pub what: &'static str,
    /// Every word of the list.
    pub known: Vec<&'static str>,
}

text_enum! {
    /// A way to reach a person.
    Channel, "channel" {
        Email = "email", Sms = "sms", Whatsapp = "whatsapp", Push = "push", InApp = "in_app", Voice = "voice", Letter = "letter",
    }
}

text_enum! {
    /// What a contact point's person is to the customer.
    Role, "role" {
        Owner = "owner", Billing = "billing", Accountant = "accountant", Technical = "technical", Legal = "legal", Guarantor = "guarantor",
    }
}

text_enum! {
    /// How a message speaks, in order of severity.
    Tone, "tone" { Friendly = "friendly", Neutral = "neutral", Firm = "firm" }
}

text_enum! {
    /// A way that money moves.
    Rail, "payment rail" {
        Pix = "pix", PixAutomatico = "pix_automatico", Boleto = "boleto", Card = "card", Ach = "ach", Sepa = "sepa", Bacs = "bacs",
        DirectDebit = "direct_debit", Transfer = "transfer", Cash = "cash", Check = "check", Other = "other",
    }
}

text_enum! {
    /// What is done with money that comes when nothing is owed any more.
    SecondPayment, "fate of a second payment" { Credit = "credit", Refund = "refund" }
}

text_enum! {
    /// What a customer may use, from free to none (SPEC §8).
    AccessState, "access state" {
        Active = "active", Grace = "grace", Limited = "limited", Suspended = "suspended", Cancelled = "cancelled",
    }
}

text_enum! {
    /// How real a tenant, a policy or a step is (SPEC §3.13).
    Mode, "mode" { Shadow = "shadow", Redirect = "redirect", Approve = "approve", Live = "live" }
}

text_enum! {
    /// Why a step was finally not carried out, in the order in which reasons are tried (SPEC §3.11).
    SkipReason, "skip reason" {
        BeforeEntry = "before_entry", Closed = "closed", NotBefore = "not_before", Condition = "condition", Currency = "currency",
        Superseded = "superseded", Minimum = "minimum", Unreachable = "unreachable", Forbidden = "forbidden", Rejected = "rejected",
        Frozen = "frozen", NoLegalMoment = "no_legal_moment", Capped = "capped", NotApproved = "not_approved", Stale = "stale",
    }
}

text_enum! {
    /// Why a step waits, in the order in which reasons are tried (SPEC §3.11).
    DeferReason, "defer reason" {
        Frozen = "frozen", InFlight = "in_flight", StaleSource = "stale_source", Unannounced = "unannounced", Blackout = "blackout",
        NoLegalMoment = "no_legal_moment", Capped = "capped", OnePerDay = "one_per_day", Approval = "approval",
    }
}

text_enum! {
    /// A language that messages are written in.
    Language, "language" { PtBr = "pt-BR", En = "en", Es = "es", It = "it", Fr = "fr", De = "de" }
}
