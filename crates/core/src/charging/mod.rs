//! Charging by itself: stored methods, attempts, why one failed, and when another may follow.
//!
//! Deliberately absent: money, which is the ledger's, and whatever carries an attempt out. A token never stands here: what
//! is decided about a method needs its scheme and its past, not its number.

pub mod choose;
pub mod declines;
pub mod discounts;
mod priors;
mod rest;
pub mod timing;

use serde::{Deserialize, Serialize};

use crate::ids::{ChargeId, PaymentMethodId};
use crate::money::Money;
use crate::time::{Day, Instant};
use crate::words::{Rail, text_enum};

text_enum! {
    /// Whose rules bind an attempt with a method: a card network, or the scheme of a bank debit.
    Scheme, "payment scheme" {
        Visa = "visa", Mastercard = "mastercard", Amex = "amex", Elo = "elo", Hipercard = "hipercard", Discover = "discover",
        Diners = "diners", Jcb = "jcb", UnionPay = "unionpay", OtherCard = "other_card", Ach = "ach", Sepa = "sepa", SepaB2b = "sepa_b2b",
        Bacs = "bacs", Becs = "becs", Pad = "pad", PixAutomatico = "pix_automatico", Debit150 = "debit150",
    }
}

impl Scheme {
    /// The rail that it moves money on.
    #[must_use]
    pub const fn rail(self) -> Rail {
        match self {
            Self::Visa
            | Self::Mastercard
            | Self::Amex
            | Self::Elo
            | Self::Hipercard
            | Self::Discover
            | Self::Diners
            | Self::Jcb
            | Self::UnionPay
            | Self::OtherCard => Rail::Card,
            Self::Ach => Rail::Ach,
            Self::Sepa | Self::SepaB2b => Rail::Sepa,
            Self::Bacs => Rail::Bacs,
            Self::Becs | Self::Pad | Self::Debit150 => Rail::DirectDebit,
            Self::PixAutomatico => Rail::PixAutomatico,
        }
    }
}

text_enum! {
    /// What made somebody try to take money.
    Trigger, "trigger" {
        Schedule = "schedule", Retry = "retry", NewMethod = "new_method", Operator = "operator", Payer = "payer", Biller = "biller",
    }
}

impl Trigger {
    /// Whether the attempt counts against `retry.max` of the policy. Every attempt counts against the budget of its scheme;
    /// what the payer or a new method brings about does not use up the policy's own tries (SPEC §5).
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Self::Schedule | Self::Retry | Self::Biller => true,
            Self::NewMethod | Self::Operator | Self::Payer => false,
        }
    }
}

text_enum! {
    /// Where a code of a failed attempt comes from: the first column of the table of decline codes.
    CodeSpace, "code space" {
        Stripe = "stripe", StripeLpm = "stripe-lpm", StripeOutcome = "stripe-outcome-reason", StripeAdvice = "stripe-advice-code",
        Visa = "visa", Mastercard = "mastercard", MastercardMac = "mastercard-mac", Amex = "amex", Elo = "elo", Iso8583 = "iso8583",
        Adyen = "adyen", Ach = "ach", Sepa = "sepa-sdd", BacsArudd = "bacs-arudd", BacsAddacs = "bacs-addacs", Becs = "becs", Pad = "pad",
        VisaVau = "visa-vau", MastercardAbu = "mastercard-abu", Abecs = "abecs", PixAutomatico = "pix-automatico", Debit150 = "debit150",
        Asaas = "asaas", Sandbox = "sandbox",
    }
}

/// A code that an attempt failed with, as it was told. Several may come with one attempt.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Signal {
    /// Whose code.
    pub space: CodeSpace,
    /// The code; text, since leading zeros count.
    pub code: Box<str>,
}

text_enum! {
    /// Why an attempt failed, whoever said so (`last_failure.reason`).
    Reason, "decline reason" {
        InsufficientFunds = "insufficient_funds", Limit = "limit", Generic = "generic", Expired = "expired", WrongNumber = "wrong_number",
        ClosedAccount = "closed_account", NewData = "new_data", LostStolen = "lost_stolen", Restricted = "restricted",
        NotPermitted = "not_permitted", Fraud = "fraud", Authentication = "authentication", Security = "security", Revoked = "revoked",
        Technical = "technical", Duplicate = "duplicate", Format = "format", Blocked = "blocked", NoMethod = "no_method", Unknown = "unknown",
    }
}

text_enum! {
    /// The kind of a failure (SPEC §5).
    Category, "decline category" { Hard = "hard", Soft = "soft", Data = "data", Auth = "auth", Fraud = "fraud", Unknown = "unknown" }
}

text_enum! {
    /// Whether the same method may be tried again, from the least to the most restrictive.
    Again, "retry class" {
        Smart = "smart", FixedDelay = "fixed-delay", AfterAuth = "after-auth", AfterUpdate = "after-update", Never = "never",
    }
}

text_enum! {
    /// What the payer, or a person of ours, has to do.
    Action, "customer action" {
        Nothing = "none", Wait = "wait", AddFunds = "add_funds_or_new_method", ContactIssuer = "contact_issuer",
        ContactBank = "contact_bank", Authenticate = "authenticate", ActivateCard = "activate_card", UpdateCard = "update_card",
        CorrectData = "correct_data", NewMethod = "new_method", NewMandate = "new_mandate", FixAccount = "fix_account",
        FixRequest = "fix_request", FixRequestOrContactIssuer = "fix_request_or_contact_issuer", CheckDuplicate = "check_duplicate",
        ReviewInternal = "review_internal", ContactCustomer = "contact_customer", ResolveDispute = "resolve_dispute",
        StopAndConfirm = "stop_and_confirm_intent", StopContact = "stop_contact",
    }
}

impl Action {
    /// Whether only the payer can mend it (`last_failure.needs_payer`).
    #[must_use]
    pub const fn needs_payer(self) -> bool {
        match self {
            Self::Authenticate
            | Self::ActivateCard
            | Self::UpdateCard
            | Self::CorrectData
            | Self::NewMethod
            | Self::NewMandate
            | Self::ContactIssuer
            | Self::ContactBank
            | Self::FixRequestOrContactIssuer
            | Self::StopAndConfirm => true,
            Self::Nothing
            | Self::Wait
            | Self::AddFunds
            | Self::FixAccount
            | Self::FixRequest
            | Self::CheckDuplicate
            | Self::ReviewInternal
            | Self::ContactCustomer
            | Self::ResolveDispute
            | Self::StopContact => false,
        }
    }
}

/// What all signals of a failed attempt mean together: the most restrictive of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Advice {
    /// Why, for people, conditions and the estimate.
    pub reason: Reason,
    /// Its kind.
    pub category: Category,
    /// Whether the same method may be tried again.
    pub again: Again,
    /// Not within so many hours.
    pub wait_hours: u16,
    /// At most so many further attempts with this method and amount within `tries_days`; no limit of the code's own when 0 and
    /// `again` allows more.
    pub tries_max: u16,
    /// Days in which `tries_max` counts.
    pub tries_days: u16,
    /// What somebody has to do.
    pub action: Action,
    /// Whether no row of the table fits one of the codes: counted and shown.
    pub unmapped: bool,
}

text_enum! {
    /// Whether a stored method can be charged.
    MethodStatus, "method status" {
        /// It can.
        Active = "active",
        /// It waits for its owner's bank or for the payer, as an authorisation that was not yet given.
        Pending = "pending",
        /// Only after the payer or an updater mended it.
        Broken = "broken",
        /// Never again: revoked, closed, reported.
        Dead = "dead",
        /// Taken away, or replaced by another.
        Removed = "removed",
    }
}

/// A stored way to charge, as far as a decision needs it. Every field is written, always: saved facts have no names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Method {
    /// Which.
    pub id: PaymentMethodId,
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// The name of the gateway that holds it, as configured.
    pub gateway: Box<str>,
    /// What the scheme counts by besides the amount: a hash of the credential (card and expiry, account), the same in each
    /// of its stored copies at one gateway account.
    pub credential: [u8; 16],
    /// The last day of its validity.
    pub expires_on: Option<Day>,
    /// Whether it can be charged.
    pub status: MethodStatus,
    /// Smaller is tried first.
    pub rank: u16,
    /// Since when it is what it is: it became known, or was last mended by its owner or an updater.
    pub since: Instant,
    /// Of Pix Automático: whether the authorisation allows three further tries in seven days.
    pub allows_retry: bool,
}

/// An attempt as budgets count it, whoever made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tried {
    /// Which; none when another system made it.
    pub charge: Option<ChargeId>,
    /// With which credential.
    pub credential: [u8; 16],
    /// When it was sent.
    pub at: Instant,
    /// How much.
    pub amount: Money,
    /// What made somebody try.
    pub trigger: Trigger,
    /// What it came to; none while nobody knows, and when it took the money.
    pub failed: Option<Advice>,
    /// Names the thing that is paid for, as the first attempt of a row of re-presentments: a hash.
    pub series: [u8; 16],
    /// Whether it took the money. Never told with an attempt: [`crate::facts::Fact::Taken`] says so later, and saved facts
    /// keep it beside the attempts.
    #[serde(skip)]
    pub settled: bool,
}

/// When the last of these attempts was made that took money: what is tried after it is a row of tries of its own.
pub(crate) fn last_settled<'t>(tried: impl Iterator<Item = &'t Tried>) -> Option<Instant> {
    tried.filter(|known| known.settled).map(|known| known.at).max()
}
