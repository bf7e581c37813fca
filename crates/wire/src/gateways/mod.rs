//! Gateways: what is asked of one, and what it says, whatever its dialect. Requests and answers as bytes are the modules'.
//!
//! A dialect turns an order into a [`Request`], and a [`Response`] or the body of a webhook into what is said here. It is
//! total on any input. Deliberately absent: sockets, clocks, state, and secrets, which the adapter adds as headers.

pub mod asaas;
pub mod authorise;
mod br;
pub mod mirror;
pub mod pix;
pub mod sandbox;
pub mod stripe;

use regua_core::charging::{Scheme, Signal};
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

/// An HTTP request without its host and without what authenticates it.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: Verb,
    /// Path and query, percent-encoded, from the gateway's base: begins with `/`.
    pub path: String,
    /// Besides those of authentication.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent; empty for none.
    pub body: Vec<u8>,
    /// Whether sending it twice does what sending it once does: by its verb, or by an idempotency key in it.
    pub repeatable: bool,
}

/// A body may hold names and documents: it does not show.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({} bytes)", self.method.as_str(), self.path.split('?').next().unwrap_or_default(), self.body.len())
    }
}

/// A verb of HTTP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Verb {
    /// As it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it changes nothing at the other end.
    #[must_use]
    pub const fn only_reads(self) -> bool {
        matches!(self, Self::Get)
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    /// At most what the adapter reads.
    pub body: Vec<u8>,
}

/// As for [`Request`].
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Why there is no answer to an order. The four differ in what may be done next.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Trouble {
    /// The far side surely did nothing: no connection, 429, a 5xx that says so. Try again later, with the same key.
    #[error("the gateway cannot be used now: {why}")]
    Outage {
        /// What happened.
        why: String,
        /// Not within so many seconds, when the far side said so.
        wait_secs: Option<u64>,
    },
    /// It was sent and no answer came, or one that leaves it open. Ask with the same key; never order anew.
    #[error("nobody knows whether the gateway did it: {why}")]
    Unknown {
        /// What happened.
        why: String,
    },
    /// The far side refuses what we sent, and will again: settings, a key, a field. A person must mend it.
    #[error("the gateway refuses the request: {why}")]
    Refused {
        /// Its code, to look it up by.
        code: String,
        /// Why, and the mend.
        why: String,
    },
    /// It does not know what we ask about.
    #[error("the gateway does not know it")]
    NotFound,
}

/// An order to take money with a stored method. The key is the same on every try of the same attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChargeOrder {
    /// The attempt: also its idempotency key.
    pub charge: ChargeId,
    /// What is paid for.
    pub receivable: ReceivableId,
    /// What the source calls it; shown to people at the gateway.
    pub reference: String,
    /// Which method.
    pub method: PaymentMethodId,
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// The gateway's name of the customer.
    pub customer_token: String,
    /// The gateway's name of the method.
    pub method_token: String,
    /// How much.
    pub amount: Money,
    /// For whom reads the statement of a card or account.
    pub description: String,
    /// On which day it shall be taken, on rails that take it on a day (Pix Automático, bank debits).
    pub on: Day,
    /// Which try of the same thing: 0 for the first. A Pix Automático retry goes to the charge of the first.
    pub retry: u16,
    /// The gateway's name of the first attempt of the same thing, for rails on which a retry belongs to it.
    pub first: Option<String>,
}

/// What became of an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Charged {
    /// The money was taken.
    Settled(Settlement),
    /// The far side has it and will say: by webhook or when asked.
    Pending {
        /// Its name of the attempt.
        reference: String,
    },
    /// It was not taken.
    Declined {
        /// Its name of the attempt, when there is one.
        reference: Option<String>,
        /// Every code that came with it.
        signals: Vec<Signal>,
    },
    /// The payer must authenticate, on session.
    NeedsPayer {
        /// Its name of the attempt.
        reference: String,
        /// Where the payer does it, when the gateway has a page.
        link: Option<String>,
        /// Every code that came with it.
        signals: Vec<Signal>,
    },
}

/// Money that a gateway took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// The gateway's name of the payment: the key by which it is taken once, whoever tells of it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The payer's day, in the gateway's zone.
    pub paid_on: Day,
    /// When it happened, when told.
    pub at: Option<Instant>,
    /// Over which rail.
    pub rail: Rail,
    /// What the gateway keeps of it.
    pub fee: Option<Money>,
}

/// Something to pay by that waits for the payer: a charge of a Pix, a slip, a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstrumentOrder {
    /// The idempotency key: 26 to 35 characters of `[a-zA-Z0-9]`, so that it is also a Pix txid.
    pub key: String,
    /// What it is for.
    pub receivable: ReceivableId,
    /// What the source calls it.
    pub reference: String,
    /// `Pix` or `Boleto`; `Card` asks for a page that takes a card.
    pub rail: Rail,
    /// What is due today.
    pub amount: Money,
    /// The due date.
    pub due_on: Day,
    /// Until when it can be paid.
    pub valid_until: Day,
    /// What is added after the due date, where the rail computes it.
    pub late: Late,
    /// Who pays, as far as the rail demands it.
    pub payer: Payer,
    /// The gateway's name of the customer, where it has one.
    pub customer_token: Option<String>,
    /// For the payer.
    pub description: String,
}

/// Fine and interest that the rail itself adds (a `cobv`, a boleto).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Late {
    /// Once, hundredths of a percent of the amount.
    pub fine_bp: u32,
    /// Per month, hundredths of a percent, by civil days of a month of 30.
    pub interest_month_bp: u32,
}

/// Who pays. Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Payer {
    /// Name.
    pub name: String,
    /// CPF or CNPJ, digits and letters only.
    pub tax_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

impl std::fmt::Debug for Payer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payer")
    }
}

/// Something to pay by, as the gateway has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instrument {
    /// The gateway's name of it.
    pub reference: String,
    /// What a Pix is paid by: the text of its QR code.
    pub brcode: Option<String>,
    /// What a boleto is paid by: its line.
    pub boleto_line: Option<String>,
    /// Its page.
    pub link: Option<String>,
    /// Where it stands.
    pub standing: InstrumentStanding,
}

/// Where an instrument stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InstrumentStanding {
    /// It can be paid.
    Open,
    /// It was, by these payments.
    Paid(Vec<Settlement>),
    /// Nobody can pay it any more.
    Closed,
}

/// An order to give money of a payment back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundOrder {
    /// The idempotency key, the same on every try: at most 35 characters of `[a-zA-Z0-9]`.
    pub key: String,
    /// The gateway's name of the payment, as in [`Settlement::reference`].
    pub payment: String,
    /// How much.
    pub amount: Money,
    /// For people at the gateway.
    pub description: String,
}

/// A refund as the gateway has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refund {
    /// The gateway's name of it.
    pub reference: String,
    /// Where it stands.
    pub standing: RefundStanding,
}

/// Where a refund stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefundStanding {
    /// The money is on its way back for good.
    Done,
    /// The far side has it and will say.
    Pending,
    /// It will not happen.
    Refused {
        /// Why.
        why: String,
    },
}

/// A customer to be known at the gateway.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomerOrder {
    /// Ours, by which it is found again.
    pub key: String,
    /// Who.
    pub payer: Payer,
}

/// A page of what a gateway lists.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// What it says.
    pub heard: Vec<Heard>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<String>,
}

/// Why a webhook is not taken in. None of it is told to whoever sent it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HookRefused {
    /// Nothing says that the gateway sent it.
    #[error("the webhook carries no signature or token of the gateway's")]
    Unsigned,
    /// The signature or token is not the gateway's: the secret in the settings may be another one's.
    #[error("the signature of the webhook does not fit; compare the secret of the settings with the gateway's")]
    Forged,
    /// Signed too long ago, or in the future.
    #[error("the webhook was signed at another time than now; look at this machine's clock")]
    Stale,
    /// It cannot be read, though the signature fits: kept for a person.
    #[error("the webhook cannot be read: {0}")]
    Unreadable(String),
}

/// Something that a gateway told by itself, or that a listing told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// The gateway's id of the event: what makes it the same when it comes again. Of a listing, made of what it says.
    pub event: String,
    /// The gateway's word for its kind, for people.
    pub kind: String,
    /// What it says.
    pub news: News,
    /// When it says that it happened.
    pub at: Option<Instant>,
}

/// What an event says. Whoever takes it in asks the gateway for the state it is about where the event alone can be old.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// About an attempt of ours or another's.
    Charge {
        /// Our attempt, when the gateway repeats it.
        charge: Option<ChargeId>,
        /// The gateway's name of it.
        reference: String,
        /// What became of it.
        charged: Charged,
    },
    /// About an instrument.
    Instrument {
        /// The gateway's name of it.
        reference: String,
        /// Our key of it, when the gateway repeats it.
        key: Option<String>,
        /// Where it stands.
        standing: InstrumentStanding,
    },
    /// Money was given back.
    Refunded {
        /// The gateway's name of the payment.
        payment: String,
        /// The gateway's name of the refund.
        refund: String,
        /// How much.
        amount: Money,
        /// On which day.
        on: Day,
    },
    /// Money was taken back by the payer's bank or scheme.
    ChargedBack {
        /// The gateway's name of the payment.
        payment: String,
        /// The gateway's name of the dispute.
        dispute: String,
        /// How much.
        amount: Money,
        /// On which day.
        on: Day,
    },
    /// A dispute was won: the money that was taken back came again.
    DisputeWon {
        /// The gateway's name of the payment.
        payment: String,
        /// The gateway's name of the dispute.
        dispute: String,
        /// How much.
        amount: Money,
        /// On which day.
        on: Day,
    },
    /// A stored method was added, changed, updated by the network, or taken away.
    Method(MethodNews),
    /// About something of a mirrored biller (customer, invoice, subscription): read it anew.
    Mirror {
        /// `customer`, `invoice`, `subscription`.
        object: String,
        /// The gateway's name of it.
        reference: String,
    },
    /// What a carrier of messages told: channels have their webhooks where gateways have theirs.
    Channel(Box<crate::channels::news::News>),
    /// Nothing that anybody here acts on.
    Nothing,
}

/// A stored method at a gateway.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodNews {
    /// The gateway's name of the customer.
    pub customer_token: Option<String>,
    /// Its name of the method.
    pub method_token: String,
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// What tells the same card from another: the gateway's fingerprint.
    pub fingerprint: Option<String>,
    /// The last four characters, for people.
    pub last4: Option<String>,
    /// The last day of its validity.
    pub expires_on: Option<Day>,
    /// Whether it can be charged.
    pub standing: MethodStanding,
    /// Of Pix Automático: whether the authorisation allows three further tries in seven days.
    pub allows_retry: bool,
}

/// Where a stored method stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodStanding {
    /// It can be charged.
    Active,
    /// Not yet.
    Pending,
    /// Not any more.
    Gone,
}
