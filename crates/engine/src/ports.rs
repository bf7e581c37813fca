//! The ports: where the world comes in, each a trait that a test replaces.
//!
//! Deliberately absent: what is on the other side. That is in `adapters`, or a test's own.

use regua_core::facts::Channels;
use regua_core::ids::{CustomerId, ReceivableId};
use regua_core::time::Instant;
use regua_core::words::{Channel, Language, Rail};
use regua_wire::gateways::authorise::{Authorise, Authorised};
use regua_wire::gateways::mirror::{Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledObject};
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Instrument, InstrumentOrder, Listing, MethodNews, Refund, RefundOrder, Trouble,
};

/// Where random bytes come from.
pub trait Rng: Send {
    /// Fills them in.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl dyn Rng + '_ {
    /// Some random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// Carries messages over whatever channels it has, on a thread of its own.
pub trait Courier: Send {
    /// The channels that it carries anything over.
    fn carries(&self) -> Channels;

    /// Channels that it would carry and that are closed for a while: what could only go there waits.
    fn closed(&self) -> Channels {
        Channels::default()
    }

    /// How many parcels it can use at a time: more would wait with it, and be in doubt if the process died meanwhile.
    fn at_a_time(&self) -> usize {
        usize::MAX
    }

    /// Sends parcels, each once, and says of each what became of it, in their order.
    ///
    /// The caller has written down that it is sending them, and writes down what comes back.
    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent>;
}

/// A message for one contact point, ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Which effect this is.
    pub key: EffectKey,
    /// What carries it.
    pub channel: Channel,
    /// The address on that channel; for an e-mail also in `mail`.
    pub to: String,
    /// The subject, on channels that have one.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The whole mail, when it is one.
    pub mail: Option<Outgoing>,
    /// The template that says the same, where the channel takes no free text now.
    pub template: Option<Filled>,
    /// Whose it is, for far sides that are told; none for a message of nobody, such as a sample.
    pub whose: Option<Whose>,
}

/// An approved template with what stands in its places.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// Its name at the far side.
    pub name: String,
    /// In which language.
    pub language: Language,
    /// What stands in its places, in their order.
    pub parameters: Vec<String>,
    /// What stands at the end of the address of its button.
    pub button: Option<String>,
}

/// What stands in a template is personal: it does not show.
impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filled({} in {})", self.name, self.language)
    }
}

/// Whose a message is and what it is about, as ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whose {
    /// The customer.
    pub customer: CustomerId,
    /// The language of the text.
    pub language: Language,
    /// The receivables that it is about.
    pub due: Vec<ReceivableId>,
}

/// Address and content are personal data: they do not show.
impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({} by {})", self.key.0, self.channel)
    }
}

/// Sends one e-mail, now.
///
/// The caller has written that it is sending before it calls, and writes down what comes back: the far side has no key
/// by which it could tell a second try from a second mail (SPEC §5).
pub trait Mailer: Send {
    /// Hands one mail to the far side. It takes as long as the far side takes, within the adapter's time limits.
    fn send(&mut self, mail: &Outgoing) -> Sent;
}

/// Which effect this is, the same on every try. For logs and for far sides that know such keys; SMTP does not.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EffectKey(pub String);

/// A mail that is ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Which effect this is.
    pub key: EffectKey,
    /// The envelope's sender, to which bounces return; empty for a mail that none may answer.
    pub from: String,
    /// Who it is to: whether this address takes it decides what became of the mail.
    pub to: String,
    /// Who gets a copy. One that is refused is left out and holds nothing up.
    pub copies: Vec<String>,
    /// The whole mail as `wire` made it, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// Address and content are personal data: they do not show.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({}, {} bytes)", self.key.0, self.bytes.len())
    }
}

/// What became of a mail. The four differ in what may be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sent {
    /// The far side took responsibility.
    Accepted {
        /// Its last words, often with its queue's id.
        reply: String,
    },
    /// The far side will never take this mail. Whether that is the address's fault or the sender's is in the reply;
    /// `wire::channels::bounce` reads it.
    Refused {
        /// The SMTP code; none when the mail was refused before it was tried.
        code: Option<u16>,
        /// Why.
        reply: String,
    },
    /// The far side surely does not have it, and may take it later: trying again is safe.
    Later {
        /// The SMTP code, if it came to one.
        code: Option<u16>,
        /// Why.
        reply: String,
    },
    /// The end of the mail was sent and no answer came. The far side may have it: never tried again, shown to a person.
    Unknown {
        /// What happened.
        why: String,
    },
}

/// A mailbox to which bounces, complaints and answers return.
///
/// A letter may be fetched again, also after it was done: by a crash in between, or because the far side forgot. The
/// caller knows each by its uid.
pub trait Mailbox: Send {
    /// At most `max` letters that are not done, oldest first.
    ///
    /// # Errors
    /// When the mailbox cannot be read now.
    fn fetch(&mut self, max: usize) -> Result<Vec<Letter>, Unreadable>;

    /// The letter is dealt with: it will not be fetched again, as far as the far side remembers.
    ///
    /// # Errors
    /// When that cannot be told to the far side now; the letter will be fetched again.
    fn done(&mut self, uid: &str) -> Result<(), Unreadable>;
}

/// A letter in a mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name in this mailbox, the same each time.
    pub uid: String,
    /// The letter; of one that is too big, the beginning.
    pub bytes: Vec<u8>,
}

/// What people write is theirs: it does not show.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({}, {} bytes)", self.uid, self.bytes.len())
    }
}

/// A mailbox that cannot be read now, and why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Moves money at one gateway: each call is an exchange over the network, within the adapter's time limits.
///
/// The caller has written down what it is about to do before it calls, and writes down what comes back. A call with a key
/// that the far side has seen does nothing anew and says what became of it.
pub trait Gateway: Send {
    /// Tries to take money with a stored method.
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it may have happened.
    fn charge(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble>;

    /// What became of an attempt that was ordered before; `reference` is the gateway's name of it, if it told one.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the far side never had it.
    fn ask(&mut self, order: &ChargeOrder, reference: Option<&str>) -> Result<Charged, Trouble>;

    /// Whether the same order sent again takes money at most once. Where it does not, an attempt that the far side does not
    /// know is asked about again, and then given up, never sent again.
    fn repeats_safely(&self) -> bool;

    /// Makes something to pay by.
    ///
    /// # Errors
    /// As [`Gateway::charge`].
    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble>;

    /// Where something to pay by stands.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the far side never had it.
    fn look(&mut self, rail: Rail, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble>;

    /// Takes something to pay by away; where it stands then, which is paid when the payer was faster.
    ///
    /// # Errors
    /// As [`Gateway::charge`].
    fn cancel(&mut self, rail: Rail, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble>;

    /// Gives money of a payment back.
    ///
    /// # Errors
    /// As [`Gateway::charge`].
    fn refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble>;

    /// Makes a customer known, or finds the one that was made with this key; the gateway's name of it.
    ///
    /// # Errors
    /// As [`Gateway::charge`].
    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble>;

    /// The stored methods of a customer.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the far side does not know the customer.
    fn methods(&mut self, customer_token: &str) -> Result<Vec<MethodNews>, Trouble>;

    /// Asks a payer for an authorisation to be charged by itself, and says where it stands then.
    ///
    /// # Errors
    /// As [`Gateway::charge`]; [`Trouble::Refused`] by a gateway that asks for none.
    fn authorise(&mut self, _order: &Authorise) -> Result<Authorised, Trouble> {
        Err(asks_for_none())
    }

    /// Where an authorisation stands, by the gateway's name of it.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the far side does not have it; as [`Gateway::authorise`].
    fn authorisation(&mut self, _reference: &str) -> Result<Authorised, Trouble> {
        Err(asks_for_none())
    }

    /// Ends an authorisation; where it stands then. One that has ended stays so.
    ///
    /// # Errors
    /// As [`Gateway::authorisation`].
    fn end_authorisation(&mut self, _reference: &str) -> Result<Authorised, Trouble> {
        Err(asks_for_none())
    }

    /// A page of what changed since a moment: what a webhook would have told.
    ///
    /// # Errors
    /// [`Trouble::Outage`] when it cannot be read now.
    fn list(&mut self, since: Instant, until: Instant, place: Option<&str>) -> Result<Listing, Trouble>;

    /// Whether it can be used: what `regua doctor` says of it.
    ///
    /// # Errors
    /// Why not, and the mend.
    fn check(&mut self) -> Result<String, Trouble>;
}

/// What most gateways say: only a scheme whose payers authorise at their bank has authorisations.
fn asks_for_none() -> Trouble {
    let why = "this gateway asks for no authorisations: use the one of a bank's Pix API, and `regua method add` for cards and accounts";
    Trouble::Refused { code: "authorise".to_owned(), why: why.to_owned() }
}

/// Reads another biller's account at a gateway: everything here only reads.
///
/// Each list is read page by page from its beginning; `since` asks for what may have changed since then, and everything when
/// absent. What is told twice does no harm. `place` is where a page told that the next one begins.
pub trait Biller: Send {
    /// A page of customers.
    ///
    /// # Errors
    /// [`Trouble::Outage`] when it cannot be read now; [`Trouble::Refused`] when the key may not read it.
    fn customers(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledCustomer>, Trouble>;

    /// A page of invoices, each with what was paid on it.
    ///
    /// # Errors
    /// As [`Biller::customers`].
    fn invoices(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble>;

    /// A page of attempts that were made.
    ///
    /// # Errors
    /// As [`Biller::customers`].
    fn attempts(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledAttempt>, Trouble>;

    /// The stored methods of a customer.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the biller does not know the customer.
    fn methods(&mut self, customer: &str) -> Result<Vec<MethodNews>, Trouble>;

    /// One object by its name, as it stands now; of a subscription its newest invoice. None when nobody here acts on such.
    ///
    /// * `object` — `customer`, `invoice` or `subscription`.
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the biller does not have it any more.
    fn read(&mut self, object: &str, reference: &str) -> Result<Vec<BilledObject>, Trouble>;
}

/// Carries webhooks to the endpoints of tenants: addresses that anybody may have entered.
pub trait Deliver: Send {
    /// How many it carries at a time.
    fn at_a_time(&self) -> usize;

    /// Posts each, and says what came back, in the same order: as many answers as there are posts.
    fn deliver(&mut self, posts: &[Post]) -> Vec<Posted>;
}

/// A webhook on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// Its headers, signatures among them.
    pub headers: Vec<(&'static str, String)>,
    /// Its body, JSON.
    pub body: Vec<u8>,
}

/// Addresses may hold secrets, and signatures are some: they do not show.
impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Post({} bytes)", self.body.len())
    }
}

/// What came back for a webhook. What the other side wrote is not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Posted {
    /// An answer.
    Answered {
        /// Its status.
        status: u16,
        /// For how many seconds it asks to be left alone.
        wait_secs: Option<u64>,
    },
    /// No answer: a word that says why.
    Missed(&'static str),
}
